"""The publication as a whole: which articles there are, and where every link of theirs leads.

In: validated articles, posts and the names of the assets. Out: `Library`, which knows every
address before any body is rendered, and diagnostics for those that lead nowhere.
"""

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeAlias
from urllib.parse import quote, unquote, urljoin, urlsplit

from versus.checks import markdown_texts
from versus.diagnostics import Diagnostic, Fault, FieldPath, Severity, did_you_mean
from versus.fields import check_slug
from versus.markup import commonmark, pymarkdown
from versus.model import Article, Moment, Post, Site, default_text, utc
from versus.names import Names
from versus.outline import Outline, markdown_fields, outline
from versus.sources import ARTICLES, Assets, Publication, Source
from versus.validate import placed
from versus.yamltext import YamlError, load

State: TypeAlias = Literal["published", "draft", "scheduled"]

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_OPEN_HTML = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_RAW_TAGS = re.compile(r"<(script|pre|style|textarea)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with what it needs to be found: its file, its slug, whether it is out yet."""

    source: Source
    article: Article
    slug: str
    state: State

    @property
    def title(self) -> str:
        """The title in the default edition."""
        return default_text(self.article.title)


@dataclass(frozen=True, slots=True)
class Target:
    """What a link of an article leads to."""

    kind: Literal["external", "article", "asset", "here"]
    address: str
    """A URL; an article's slug; an asset as in `assets/x.png`; or nothing, for this article."""
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A tag or a subject: its name, its page below the site's root, and its articles."""

    name: str
    path: str
    entries: tuple[Entry, ...]


def _topics(folder: str, pairs: Iterable[tuple[str, Entry]]) -> dict[str, Topic]:
    """Topics by name. Names that differ in case only have pages of their own (`mlops-2`)."""
    found: dict[str, list[Entry]] = {}
    for name, entry in pairs:
        found.setdefault(name, []).append(entry)
    names = Names()
    return {
        name: Topic(name, f"{folder}/{names.unique(name)}/", tuple(found[name]))
        for name in sorted(found)
    }


class Library:
    """Every article of a publication by its slug, its posts, and the addresses of all."""

    def __init__(
        self,
        site: Site,
        entries: tuple[Entry, ...],
        posts: tuple[Post, ...],
        assets: Assets,
        *,
        broken: tuple[Source, ...] = (),
        drafts: bool = False,
        future: bool = False,
    ) -> None:
        self.site = site
        self.entries: Mapping[str, Entry] = {entry.slug: entry for entry in entries}
        self.posts = posts
        self.assets = assets
        self.broken = frozenset(source.path for source in broken)
        """The files of articles that are wrong in themselves: links to them are not judged."""
        self._drafts, self._future = drafts, future
        self._by_file = {entry.source.path: entry for entry in entries}
        self._outlines: dict[str, Outline] = {}

    @cached_property
    def live(self) -> tuple[Entry, ...]:
        """The articles that this build publishes, in the order of their slugs."""
        return tuple(
            sorted((e for e in self.entries.values() if self.is_live(e)), key=lambda e: e.slug)
        )

    @cached_property
    def tags(self) -> Mapping[str, "Topic"]:
        """The tags of what is published, each with its page and its articles."""
        pairs = ((tag, entry) for entry in self.live for tag in dict.fromkeys(entry.article.tags))
        return _topics("tags", pairs)

    @cached_property
    def subjects(self) -> Mapping[str, "Topic"]:
        """The subjects of what is published, each with its page and its articles."""
        names = ((default_text(s.name), e) for e in self.live for s in e.article.subjects)
        return _topics("subjects", names)

    def is_live(self, entry: Entry) -> bool:
        """Whether an article is out; drafts and scheduled ones are if the build asks for them."""
        return (
            entry.state == "published"
            or {"draft": self._drafts, "scheduled": self._future}[entry.state]
        )

    def url(self, slug: str) -> str:
        """An article's canonical URL (RFC 3986: other scripts percent-encoded)."""
        return f"{self.site.base_url}{quote(slug)}/"

    def post_url(self, post: Post) -> str:
        """A post's URL, a relative one joined to the publication's."""
        return urljoin(self.site.base_url, post.url)

    def find(self, name: str) -> Entry | None:
        """An article by its slug or by its file, with or without folder and `.yaml`."""
        slug = unicodedata.normalize("NFC", name)
        if slug in self.entries:
            return self.entries[slug]
        path = posixpath.normpath(name.replace("\\", "/"))
        found = [
            e
            for e in self.entries.values()
            if path == e.source.path or path.endswith("/" + e.source.path)
        ]
        return found[0] if found else None

    def outline(self, entry: Entry) -> Outline:
        """The ids of an article's headings, in the default edition."""
        if entry.slug not in self._outlines:
            edition = self.site.edition_names[0]
            self._outlines[entry.slug] = outline(entry.article, edition)
        return self._outlines[entry.slug]

    def target(
        self, href: str, entry: Entry | None, *, is_image: bool = False
    ) -> "Target | Unresolved":
        """Where an address in a Markdown field leads, or why it leads nowhere.

        Without an entry (an article that is wrong in itself) its own headings are not judged.
        """
        try:
            parts = urlsplit(href)
        except ValueError as error:
            return Unresolved(
                f"not an address: {error}", "write it as in 'https://example.com/page'"
            )
        if parts.scheme:
            return _external(href, parts.scheme.lower(), is_image=is_image)
        if parts.netloc:
            return Unresolved("an address without a scheme", f"write https:{href}")
        if href.startswith("#"):
            return self._heading(entry, Target("here", "", unquote(parts.fragment)))
        if not parts.path:
            return Unresolved("a link without an address", "write where it leads")
        if parts.path.startswith("/"):
            return Target("external", urljoin(self.site.base_url, href))
        return self._file(parts.path, parts.fragment, entry, is_image=is_image)

    def _file(
        self, path: str, fragment: str, entry: Entry | None, *, is_image: bool
    ) -> "Target | Unresolved":
        written = unquote(path)
        asset = (
            written if written.startswith("assets/") else posixpath.normpath("articles/" + written)
        )
        if asset.startswith("assets/"):
            if asset in self.assets:
                return Target("asset", asset)
            hint = did_you_mean(asset, self.assets) or "put the file into content/assets/"
            return Unresolved(f"there is no file content/{asset}", hint)
        if is_image:
            return Unresolved(
                f"an image that is no asset: {path!r}",
                "put it into content/assets/ and write assets/NAME",
            )
        found = self._by_file.get("content/" + asset)
        if found is None and "content/" + asset in self.broken:
            return Target("article", written.removesuffix(".yaml"))
        if found is None:
            return Unresolved(f"a link that leads nowhere: {path!r}", self._near(written, entry))
        if _waits(self, entry, found):
            state = "a draft" if found.state == "draft" else "scheduled"
            hint = f"it is {state}: publish it, or remove the link"
            return Unresolved(f"a link to {written!r}, which is not published", hint)
        return self._heading(found, Target("article", found.slug, unquote(fragment)))

    def _near(self, written: str, entry: Entry | None) -> str:
        others = (path for path, other in self._by_file.items() if other is not entry)
        files = [path.rpartition("/")[2] for path in others]
        near = did_you_mean(written, files, else_list=False)
        return (
            near or "link to an article by its file (`x.yaml`), to an asset, or write a whole URL"
        )

    def _heading(self, entry: Entry | None, target: Target) -> "Target | Unresolved":
        if entry is None or not target.fragment:
            return target
        known = self.outline(entry).all
        if target.fragment in known:
            return target
        hint = did_you_mean(target.fragment, sorted(known))
        return Unresolved(f"no heading {'#' + target.fragment!r} in {entry.source.path}", hint)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why an address leads nowhere, and what to write instead."""

    message: str
    hint: str


def _external(href: str, scheme: str, *, is_image: bool) -> Target | Unresolved:
    if scheme not in _SCHEMES or (is_image and scheme not in ("http", "https")):
        return Unresolved(
            f"bad URL scheme {scheme!r}", "http, https, mailto and tel links are allowed"
        )
    if scheme in ("http", "https") and not urlsplit(href).netloc:
        return Unresolved("a URL without a host", "write it as in 'https://example.com/page'")
    return Target("external", href)


def state_of(published: Moment | None, now: datetime) -> State:
    """Whether something with this date is out yet."""
    if published is None:
        return "draft"
    return "scheduled" if utc(published) > now else "published"


def index(
    site: Site,
    articles: tuple[tuple[Source, Article], ...],
    posts: tuple[Post, ...],
    publication: Publication,
    now: datetime,
    *,
    broken: tuple[Source, ...] = (),
    drafts: bool = False,
    future: bool = False,
) -> tuple[Library, list[Diagnostic]]:
    """The library of validated articles, and every fault between one file and another."""
    entries = tuple(
        Entry(
            source,
            article,
            check_slug(article.slug or source.stem),
            state_of(article.published, now),
        )
        for source, article in articles
    )
    shown = tuple(p for p in posts if future or p.published is None or utc(p.published) <= now)
    library = Library(
        site, entries, shown, publication.assets, broken=broken, drafts=drafts, future=future
    )
    diagnostics = list(_slug_clashes(entries))
    everything = {library.post_url(post) for post in posts}
    for entry in entries:
        pins = entry.article.related
        faults = [
            *_pin_faults(entry, "pinned", pins.pinned, library, everything),
            *_pin_faults(entry, "exclude", pins.exclude, library, everything),
            *_markdown_faults(entry, library),
        ]
        diagnostics += placed(entry.source, faults)
    for source in broken:
        diagnostics += placed(source, _broken_faults(source, library, everything))
    if publication.posts:
        diagnostics += placed(publication.posts, _post_faults(posts, library))
    return library, diagnostics


def _slug_clashes(entries: tuple[Entry, ...]) -> Iterator[Diagnostic]:
    """Two slugs that differ in case only would be one file on macOS and Windows."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = unicodedata.normalize("NFC", entry.slug).casefold()
        path: FieldPath = ("slug",) if entry.article.slug else ()
        if key in seen:
            other = seen[key]
            message = f"the slug {entry.slug!r} is taken by {other.source.path}"
            if other.slug != entry.slug:
                message += f" ({other.slug!r}: case does not count)"
            yield from placed(
                entry.source, [Fault(path, message, "give one of the two another `slug:`")]
            )
        seen.setdefault(key, entry)


def _broken_faults(source: Source, library: Library, posts: set[str]) -> Iterator[Fault]:
    """What is wrong with the links of an article whose fields are wrong as well."""
    try:
        data = load(source.text)
    except YamlError:
        return
    if not isinstance(data, dict):
        return
    related = data.get("related")
    for field in ("pinned", "exclude"):
        names = related.get(field) if isinstance(related, dict) else None
        if isinstance(names, list):
            pins = [name if isinstance(name, str) else "" for name in names]
            yield from _pin_faults(None, field, pins, library, posts)
    for path, text in markdown_texts(data):
        yield from _field_faults(path, text, None, library)


def _pin_faults(
    entry: Entry | None, field: str, names: Sequence[str], library: Library, posts: set[str]
) -> Iterator[Fault]:
    known = [*library.entries, *(post.url for post in library.posts)]
    for i, name in enumerate(names):
        path: FieldPath = ("related", field, i)
        found = library.entries.get(unicodedata.normalize("NFC", name))
        if not name:
            continue
        if entry and found is entry:
            hint = "remove it: an article never lists itself"
            yield Fault(path, f"{name!r} is this article itself", hint, severity=Severity.WARNING)
        elif found is None and f"{ARTICLES}/{name}.yaml" in library.broken:
            continue
        elif found is None and urljoin(library.site.base_url, name) not in posts:
            hint = did_you_mean(name, known, else_list=False)
            hint = hint or "write an article's slug, or the URL of a post in content/posts.yaml"
            yield Fault(path, f"there is no post {name!r}", hint)
        elif found and field == "pinned" and _waits(library, entry, found):
            hint = "it is left out of the related posts until then"
            yield Fault(path, f"{name!r} is not published yet", hint, severity=Severity.WARNING)


def _waits(library: Library, entry: Entry | None, found: Entry) -> bool:
    """Whether an article that is out names one that is not."""
    return entry is not None and library.is_live(entry) and not library.is_live(found)


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
        if post.image and not urlsplit(post.image).scheme and post.image not in library.assets:
            hint = did_you_mean(post.image, library.assets, else_list=False)
            hint = hint or "put the file into content/assets/, or write a whole URL"
            yield Fault((i, "image"), f"there is no file content/{post.image}", hint)


def _markdown_faults(entry: Entry, library: Library) -> Iterator[Fault]:
    """What is wrong inside an article's Markdown, in any edition."""
    told: set[FieldPath] = set()
    for edition in library.site.edition_names:
        for path, text in markdown_fields(entry.article, edition):
            if path not in told and not commonmark.is_plain(text):
                told.add(path)
                yield from _field_faults(path, text, entry, library)


def _field_faults(
    path: FieldPath, text: str, entry: Entry | None, library: Library
) -> Iterator[Fault]:
    for link in commonmark.links(text):
        found = library.target(link.href, entry, is_image=link.is_image)
        if isinstance(found, Unresolved):
            yield Fault(path, found.message, found.hint, offset=link.offset)
    opening = _unclosed_html(text)
    if opening is not None:
        hint = "close it: it would swallow the rest of the page"
        yield Fault(path, "this HTML never ends", hint, offset=opening)
        return
    line = pymarkdown.rendered(text)[1]
    if line is not None:
        start = sum(len(part) + 1 for part in text.split("\n")[:line])
        start += len(text[start:]) - len(text[start:].lstrip(" "))
        message = "Python-Markdown reads this differently from CommonMark"
        yield Fault(
            path, message, _portable_hint(text[start:]), severity=Severity.WARNING, offset=start
        )


def _unclosed_html(text: str) -> int | None:
    """Where raw HTML opens that nothing closes (CommonMark 0.31, section 4.6, kinds 1 to 5)."""
    for token in commonmark.parse(text)[0]:
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
