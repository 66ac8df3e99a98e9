"""What one content file says of another: slugs, pins, links, posts; and what leads nowhere.

In: the library, and the files that are wrong in themselves. Out: diagnostics, each at its place.
What one article's Markdown decides alone is judged when the article is read (`own_faults`); what
takes other files is judged from summaries, and read again only where something is wrong.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from versus.checks import image_faults, image_src, markdown_texts
from versus.deadline import TooLongError, deadline
from versus.diagnostics import Diagnostic, Fault, FieldPath, Severity, did_you_mean
from versus.library import Contents, Entry, Library, Unresolved, joined, outside, waits
from versus.markup import commonmark, simple
from versus.model import Article, Post, Site
from versus.outline import markdown_fields
from versus.sources import ARTICLES, Publication, Source
from versus.summaries import Link, Summary
from versus.validate import placed, too_long
from versus.yamltext import Plain, YamlError, load

if TYPE_CHECKING:
    from markdown_it.token import Token

_OPEN_HTML = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_TOO_DEEP = "lists, quotations or other marks nest too deeply"
_TRUST = "`trust: true` in content/site.yaml keeps it; then whoever writes content can run scripts"
_RAW_TAGS = re.compile(r"<(script|pre|style|textarea)\b", re.IGNORECASE)


def faults(library: Library, contents: Contents, publication: Publication) -> list[Diagnostic]:
    """Every fault between one file and another."""
    entries = tuple(library.by_file.values())
    diagnostics = [*_slug_clashes(entries), *_language_clashes(entries)]
    if publication.site and library.site.comments and "comments" in library.site.editions:
        message, hint = "the comments of an article use this path", "give the edition another name"
        clash = Fault(("editions", "comments"), message, hint, "key")
        diagnostics += placed(publication.site, [clash])
    everything = {library.post_url(post) for post in contents.posts}
    known = {*library.entries, *everything}
    judge = _Pins(library, everything, contents)
    for entry in entries:
        if not _is_sound(entry.summary, entry, library, None, known):
            found = [
                *image_faults(entry.summary.image, library.assets),
                *judge.faults(entry, "pinned", entry.summary.pinned),
                *judge.faults(entry, "exclude", entry.summary.exclude),
                *_link_faults(entry.article, entry, library, None),
            ]
            diagnostics += placed(entry.source, found)
        for language, other in entry.translations.items():
            if not _is_sound(other.summary, entry, library, language, known):
                inside = [
                    *image_faults(other.summary.image, library.assets),
                    *_link_faults(other.whole.article, entry, library, language),
                ]
                diagnostics += placed(other.source, other.whole.own(inside))
    for source in contents.broken:
        inside = _in_time(_broken_faults(source, library, judge), library.site)
        diagnostics += placed(source, inside)
    if publication.posts:
        diagnostics += placed(publication.posts, _post_faults(contents.posts, library))
    return diagnostics


def own_faults(article: Article, site: Site) -> list[Fault]:
    """What is wrong inside the Markdown of an article, whatever other files say."""

    def found() -> Iterator[Fault | FieldPath]:
        for path, text in _fields(article, site.edition_names):
            yield path
            yield from _own_field_faults(path, text, site)

    return _in_time(found(), site)


def _in_time(found: Iterator[Fault | FieldPath], site: Site) -> list[Fault]:
    """What is found in time; the generator says the path of a field before it judges it."""
    faults: list[Fault] = []
    path: FieldPath = ()
    try:
        with deadline(site.limits.reading):
            for fault in found:
                if isinstance(fault, Fault):
                    faults.append(fault)
                else:
                    path = fault
    except TooLongError:
        faults.append(too_long(path, site.limits))
    except RecursionError:
        faults.append(Fault(path, _TOO_DEEP, "take some levels out"))
    return faults


def inner_links(article: Article, site: Site) -> tuple[Link, ...]:
    """The addresses of an article's Markdown, in any edition, that other files decide on."""
    found: dict[Link, None] = {}
    for _path, text in _fields(article, site.edition_names):
        if _says_words_alone(text):
            continue
        for link in commonmark.links(text, trusted=site.trust):
            if outside(link.href, site.base_url, is_image=link.is_image) is None:
                found.setdefault((link.href, link.is_image))
    return tuple(found)


def _is_sound(
    summary: Summary, entry: Entry, library: Library, language: str | None, known: set[str]
) -> bool:
    """Whether everything that an article names is there, and out if the article is."""
    if summary.image is not None and summary.image not in library.assets:
        return False
    if any(name not in known or name == entry.slug for name in summary.exclude):
        return False
    for name in summary.pinned:
        other = library.entries.get(name)
        if name not in known or other is entry or (other and waits(library, entry, other)):
            return False
    return not any(
        isinstance(library.target(href, entry, is_image=is_image, language=language), Unresolved)
        for href, is_image in summary.links
    )


def _slug_clashes(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """Two slugs that differ in case only would be one file on macOS and Windows."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = unicodedata.normalize("NFC", entry.slug).casefold()
        path: FieldPath = ("slug",) if entry.summary.slug else ()
        if key in seen:
            other = seen[key]
            message = f"the slug {entry.slug!r} is taken by {other.source.path}"
            if other.slug != entry.slug:
                message += f" ({other.slug!r}: case does not count)"
            yield from placed(
                entry.source, [Fault(path, message, "give one of the two another `slug:`")]
            )
        seen.setdefault(key, entry)


def _broken_faults(source: Source, library: Library, judge: "_Pins") -> Iterator[Fault | FieldPath]:
    """What is wrong with the links of an article whose fields are wrong as well."""
    data = _plain(source, library.site)
    if not isinstance(data, dict):
        return
    related = data.get("related")
    for field in ("pinned", "exclude"):
        names = related.get(field) if isinstance(related, dict) else None
        if isinstance(names, list):
            pins = [name if isinstance(name, str) else "" for name in names]
            yield from judge.faults(None, field, pins)
    yield from image_faults(image_src(data), library.assets)
    for path, text in markdown_texts(data):
        yield path
        yield from _own_field_faults(path, text, library.site)
        yield from _field_link_faults(path, text, None, library)


def _language_clashes(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """A language is a folder beside those of articles, and has one on macOS and Windows too."""
    seen: dict[str, tuple[str, Source]] = {}
    for entry in entries:
        for tag, other in entry.translations.items():
            first, source = seen.setdefault(tag.casefold(), (tag, other.source))
            if first != tag:
                message = f"the language {tag!r} is written {first!r} by {source.path}"
                hint = "write it the same way in all files' names"
                yield from placed(other.source, [Fault((), message, hint)])
    for entry in entries:
        if entry.slug.casefold() in seen:
            _tag, source = seen[entry.slug.casefold()]
            path: FieldPath = ("slug",) if entry.summary.slug else ()
            message = f"the slug {entry.slug!r} is the folder of a language ({source.path})"
            yield from placed(entry.source, [Fault(path, message, "give it another `slug:`")])


class _Pins:
    """Judges the posts that articles name in `related`."""

    def __init__(self, library: Library, posts: set[str], contents: Contents) -> None:
        self._library, self._posts, self._contents = library, posts, contents

    @cached_property
    def _names(self) -> list[str]:
        return [*self._library.entries, *(post.url for post in self._library.posts)]

    @cached_property
    def _broken(self) -> frozenset[str]:
        """The slugs of articles that are wrong in themselves."""
        site = self._library.site
        data = ((source.stem, _plain(source, site)) for source in self._contents.broken)
        slugs = (d.get("slug", stem) if isinstance(d, dict) else stem for stem, d in data)
        return frozenset(slug for slug in slugs if isinstance(slug, str))

    def faults(self, entry: Entry | None, field: str, names: Sequence[str]) -> Iterator[Fault]:
        """What is wrong with the names in a field; of no entry, where that is wrong in itself."""
        for i, name in enumerate(names):
            path: FieldPath = ("related", field, i)
            found = self._library.named(name)
            if not name:
                continue
            if entry and found is entry:
                hint = "remove it: an article never lists itself"
                message = f"{name!r} is this article itself"
                yield Fault(path, message, hint, severity=Severity.WARNING)
            elif found is None and not self._may_be(name):
                hint = did_you_mean(name, self._names, else_list=False)
                hint = hint or "write an article's slug, or the URL of a post in content/posts.yaml"
                yield Fault(path, f"there is no post {name!r}", hint)
            elif found and field == "pinned" and waits(self._library, entry, found):
                hint = "it is left out of the related posts until then"
                yield Fault(path, f"{name!r} is not published yet", hint, severity=Severity.WARNING)

    def _may_be(self, name: str) -> bool:
        """Whether it names a post, or what is too wrong to be known."""
        if name in self._broken or f"{ARTICLES}/{name}.yaml" in self._library.broken:
            return True
        url = joined(self._library.site.base_url, name)
        return url in self._posts or ("/" in name and not self._contents.has_all_posts)


def _plain(source: Source, site: Site) -> Plain:
    """What the YAML of an article says that is wrong in itself; None where it is none."""
    try:
        return load(source.text, *site.limits.yaml)
    except (YamlError, OSError):
        return None


def _post_faults(posts: tuple[Post, ...], library: Library) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for i, post in enumerate(posts):
        url = library.post_url(post)
        if url in seen:
            yield Fault(
                (i, "url"),
                f"this URL is that of post {seen[url] + 1} already",
                "remove one of the two",
            )
        seen.setdefault(url, i)
        if not post.image or post.image in library.assets:
            continue
        where = outside(post.image, library.site.base_url, is_image=True)
        if isinstance(where, Unresolved):
            yield Fault((i, "image"), where.message, where.hint)
        elif where is None:
            hint = did_you_mean(post.image, library.assets, else_list=False)
            hint = hint or "put the file into content/assets/, or write a whole URL"
            yield Fault((i, "image"), f"there is no file content/{post.image}", hint)


def _fields(article: Article, editions: Iterable[str]) -> Iterator[tuple[FieldPath, str]]:
    """Every Markdown field of an article in any edition, each text once."""
    editions = tuple(editions)
    if len(editions) == 1:
        yield from markdown_fields(article, editions[0])
        return
    told: set[FieldPath] = set()
    for edition in editions:
        for path, text in markdown_fields(article, edition):
            if path not in told:
                told.add(path)
                yield path, text


def _link_faults(
    article: Article, entry: Entry, library: Library, language: str | None
) -> Iterator[Fault]:
    """The addresses of an article's Markdown that lead nowhere, if other files decide on that."""
    for path, text in _fields(article, library.site.edition_names):
        yield from _field_link_faults(path, text, entry, library, language)


def _field_link_faults(
    path: FieldPath,
    text: str,
    entry: Entry | None,
    library: Library,
    language: str | None = None,
) -> Iterator[Fault]:
    base_url = library.site.base_url
    for link in commonmark.links(text, trusted=library.site.trust):
        if outside(link.href, base_url, is_image=link.is_image) is None:
            found = library.target(link.href, entry, is_image=link.is_image, language=language)
            if isinstance(found, Unresolved):
                yield Fault(path, found.message, found.hint, offset=link.offset)


def _own_field_faults(path: FieldPath, text: str, site: Site) -> Iterator[Fault]:
    if _says_words_alone(text):
        return
    for offset, what in () if site.trust else commonmark.dropped(text):
        message = f"dropped {what}: content is not trusted"
        yield Fault(path, message, _TRUST, severity=Severity.WARNING, offset=offset)
    for link in commonmark.links(text, trusted=site.trust):
        found = outside(link.href, site.base_url, is_image=link.is_image)
        if isinstance(found, Unresolved):
            yield Fault(path, found.message, found.hint, offset=link.offset)
    if simple.read(text) is not None:
        return
    from versus.markup import pymarkdown  # What needs no parser imports none.

    tokens = commonmark.read(text, trusted=True)[0]
    if commonmark.is_too_deep(tokens):
        yield Fault(path, _TOO_DEEP, "take some levels out")
        return
    opening = _unclosed_html(text, tokens)
    if opening is not None:
        hint = "close it: it would swallow the rest of the page"
        yield Fault(path, "this HTML never ends", hint, offset=opening)
        return
    line = pymarkdown.rendered(text, trusted=site.trust)[1]
    if line is not None:
        start = sum(len(part) + 1 for part in text.split("\n")[:line])
        start += len(text[start:]) - len(text[start:].lstrip(" "))
        message = "Python-Markdown reads this differently from CommonMark"
        yield Fault(
            path, message, _portable_hint(text[start:]), severity=Severity.WARNING, offset=start
        )


def _says_words_alone(text: str) -> bool:
    """Whether a text is an easy one without a link, as most are."""
    return "](" not in text and simple.read(text) is not None


def _unclosed_html(text: str, tokens: "Iterable[Token]") -> int | None:
    """Where raw HTML opens that nothing closes (CommonMark 0.31, section 4.6, kinds 1 to 5)."""
    for token in tokens:
        if token.type != "html_block" or token.map is None:
            continue
        content = token.content
        start = sum(len(part) + 1 for part in text.split("\n")[: token.map[0]])
        for opens, closes in _OPEN_HTML:
            if content.lstrip().startswith(opens) and closes not in content:
                return start + content.index(opens)
        raw = _RAW_TAGS.match(content.lstrip())
        if raw and f"</{raw[1].lower()}" not in content.lower():
            return start + content.index(raw[0])
    return None


def _portable_hint(rest: str) -> str:
    """What to write so that both readers agree, guessed from what stands at the place."""
    line = rest.split("\n", 1)[0]
    if re.match(r"([-*+]|\d+[.)])(\s|$)", line):
        return (
            "put a blank line before a list, indent nested lists by four spaces, number from `1.`"
        )
    if line.startswith(("```", "~~~")):
        return "put a fence at the start of its line, with blank lines around it"
    if line.startswith("|") or "|" in line:
        return "put a blank line before a table, and no `|` into its cells"
    if line.startswith("<"):
        return "other blogs show it as CommonMark does; write Markdown instead of HTML"
    return (
        "other blogs show it as CommonMark does, as Versus does; write it in a way both read alike"
    )
