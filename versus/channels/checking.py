"""What is wrong with the channels of a site, and what they would have to cut of its articles.

In: the site's settings with the library, or with an article. Out: diagnostics, at the places in
`site.yaml` and in the articles. Nothing is rendered for it, so that `check` tells all of it.
"""

from collections.abc import Iterator, Mapping, Sequence

from versus.channels import KINDS
from versus.channels.fitting import encoded, tags
from versus.channels.kind import Kind
from versus.diagnostics import Diagnostic, Fault, FieldPath, Severity, did_you_mean
from versus.fields import check_slug
from versus.library import Library
from versus.model import Article, Channel, Site, in_edition
from versus.names import variable
from versus.overlays import Translation
from versus.sources import Source
from versus.validate import placed


def check(library: Library, settings: Source) -> list[Diagnostic]:
    """What is wrong with the settings of channels."""
    channels = library.site.channels
    faults = [fault for name in channels for fault in _settings(name, channels[name], library)]
    return placed(settings, [*faults, *_shared_secrets(channels)])


def _shared_secrets(channels: Mapping[str, Channel]) -> Iterator[Fault]:
    """Channels whose names are one in environment variables, where each would read the other's."""
    first: dict[str, str] = {}
    for name, channel in channels.items():
        if KINDS[channel.kind].has_paths:
            continue  # It needs no secret.
        own = variable(name)
        if first.setdefault(own, name) != name:
            message = f"its secrets would be those of {first[own]!r}: {own}_…"
            hint = "give it a name that differs by more than '-' and '_'"
            yield Fault(("channels", name), message, hint, "key")


def cuts(
    site: Site, source: Source, article: Article, translations: Sequence[Translation]
) -> Iterator[Diagnostic]:
    """What channels would have to cut of an article, or leave out.

    Each at its place: in the overlay of the channel's language where it is the overlay's own.
    """
    for name, channel in site.channels.items():
        translation = next((t for t in translations if t.language == channel.language), None)
        shown = translation.article if translation else article
        slug = check_slug(article.slug or source.stem)
        for fault in _cuts(name, channel, site, shown, slug):
            own = list(translation.own([fault])) if translation else []
            if translation and own:
                yield from placed(translation.source, own)
            else:
                yield from placed(source, [fault])


def _settings(name: str, channel: Channel, library: Library) -> Iterator[Fault]:
    kind, at = KINDS[channel.kind], ("channels", name)
    known: dict[str, tuple[str, ...]] = {
        "edition": library.site.edition_names,
        "language": library.all_languages,
    }
    for field, names in known.items():
        asked = getattr(channel, field)
        if asked is not None and asked not in names:
            yield Fault((*at, field), f"no {field} {asked!r}", did_you_mean(asked, names))
    if channel.tables is not None and channel.tables not in kind.tables:
        hint = f"choose {' or '.join(kind.tables)}"
        yield Fault((*at, "tables"), f"{kind.platform} has no way to show {channel.tables!r}", hint)
    if channel.permalink is not None and channel.url is None:
        yield Fault((*at, "permalink"), "a permalink needs the blog's address", "add `url:`", "key")
    yield from _path(channel.path, kind, (*at, "path"))
    yield from _publishing(channel, kind, at)
    used = sorted({tag for entry in library.entries.values() for tag in entry.summary.tags})
    for tag in channel.tags:
        if tag not in used:
            message = f"no article has the tag {tag!r}"
            hint = did_you_mean(tag, used, else_list=False) or "remove it"
            yield Fault((*at, "tags", tag), message, hint, "key", Severity.WARNING)


def _publishing(channel: Channel, kind: Kind, at: FieldPath) -> Iterator[Fault]:
    """Settings of publishing that this kind of channel has no use for."""
    for field in ("clone", "branch", "author", "push"):
        if getattr(channel, field) and not kind.has_paths:
            hint = "only blogs made from files have it: remove it"
            yield Fault((*at, field), f"{kind.platform} has no `{field}`", hint, "key")
        elif field != "clone" and getattr(channel, field) and channel.clone is None:
            hint = "add `clone:`, the folder of a local clone"
            yield Fault((*at, field), f"`{field}` without a clone", hint, "key", Severity.WARNING)
    if channel.publication is not None and channel.kind != "hashnode":
        hint = "only Hashnode has it: remove it"
        yield Fault((*at, "publication"), f"{kind.platform} has no `publication`", hint, "key")


def _path(path: str | None, kind: Kind, at: FieldPath) -> Iterator[Fault]:
    if path is None:
        return
    if not kind.has_paths:
        hint = "only blogs made from files have it: remove it"
        yield Fault(at, f"{kind.platform} has no paths", hint, "key")
    elif not path.endswith((".md", ".mdx")):
        yield Fault(at, "not the path of a Markdown file", "let it end with '.md'")


def _cuts(name: str, channel: Channel, site: Site, article: Article, slug: str) -> Iterator[Fault]:
    kind, edition = KINDS[channel.kind], channel.edition or site.edition_names[0]
    texts = {"title": article.title, "description": article.description}
    limits = {"title": kind.limits.title, "description": kind.limits.description}
    for field, limit in limits.items():
        text = texts[field]
        if text is not None and limit is not None and len(in_edition(text, edition)) > limit:
            path: FieldPath = (field,)
            if isinstance(text, Mapping):
                path = (field, edition if edition in text else "default")
            message = f"channel {name!r}: cut, since {kind.platform} takes {limit} characters"
            yield Fault(path, message, "shorten it", severity=Severity.WARNING)
    for length, limit, how in (
        (len(slug), kind.limits.slug, ""),
        (len(encoded(slug)), kind.limits.address, " as addresses write them"),
    ):
        if limit is not None and length > limit:
            message = f"channel {name!r}: {kind.platform} takes {limit} characters{how}"
            path = ("slug",) if article.slug else ()
            yield Fault(path, message, "shorten it", severity=Severity.WARNING)
    for tag in tags(article.tags, channel.tags, kind.tags):
        if tag.why:
            done = "cut" if tag.made else "left out"
            message = f"channel {name!r}: {done} for {kind.platform}: {tag.why}"
            hint = (
                f"map it in site.yaml, as in `tags: {{{tag.written}: other}}`; null leaves it out"
            )
            at = article.tags.index(tag.written)
            yield Fault(("tags", at), message, hint, severity=Severity.WARNING)
