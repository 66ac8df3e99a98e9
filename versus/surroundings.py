"""What a page shows around its sections: the publication, the way to it, where to go on.

In: the library and a variant. Out: views with addresses relative to the variant's page.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from versus.languages import Foreign, own_name
from versus.library import Library
from versus.model import SiteWords, default_text
from versus.variants import Variant
from versus.views import Alternate, Crumb, Discussion, SiteView, TopicView


def site(library: Library, language: str, to_root: str) -> SiteView:
    """The publication in a language, as a page from which `to_root` leads to its root sees it."""
    found, home = library.site, library.home(language)
    own = found.translations.get(language, SiteWords())
    return SiteView(
        title=own.title or untranslated(library, language, found.title),
        url=found.base_url + home,
        description=own.description or untranslated(library, language, found.description or ""),
        language=language,
        root=to_root,
        home=to_root + home,
        subscribe=found.subscribe,
        search=found.search,
        trust=found.trust,
    )


def untranslated(library: Library, language: str, text: str) -> str:
    """A text in the publication's language as a page in another one has it."""
    own = library.site.language
    return text if language == own else Foreign(text, own)


def breadcrumb(library: Library, variant: Variant) -> Iterator[Crumb]:
    """The front page, then the article's first tag."""
    front = site(library, variant.language, variant.to_root)
    yield Crumb(front.title, front.home, front.url)
    topic = library.tags(variant.language).get(next(iter(variant.article.tags), ""))
    if topic is not None:
        path = quote(topic.path)
        yield Crumb(topic.name, front.home + path, front.url + path)


def topics(library: Library, variant: Variant) -> Iterator[TopicView]:
    """The subjects that have other articles, then the tags, with the pages that list them."""
    article, home = variant.article, variant.to_root + variant.home
    shelf, tagged = library.subjects(variant.language), library.tags(variant.language)
    subjects = (shelf.get(default_text(s.name)) for s in article.subjects)
    tags = (tagged.get(tag) for tag in dict.fromkeys(article.tags))
    for topic in (*subjects, *tags):
        if topic is not None and len(topic.entries) > 1:
            yield TopicView(topic.name, home + quote(topic.path))


def alternates(library: Library, variant: Variant) -> Iterator[Alternate]:
    """The languages that the article can be read in, its own among them, if there are several."""
    tags = [tag for tag in library.languages if library.has(variant.entry, tag)]
    for tag in tags if len(tags) > 1 else ():
        other = replace(variant, language=tag, home=library.home(tag))
        path = f"{variant.to_root}{quote(other.folder)}/"
        yield Alternate(tag, own_name(tag), path, other.url(library.site.base_url))


def discussion(library: Library, variant: Variant) -> Discussion | None:
    """The page on which readers discuss the article, one for all editions in a language."""
    comments, path = library.site.comments, f"{variant.home}{variant.entry.slug}"
    if comments is None:
        return None
    return Discussion(f"{variant.to_root}{quote(path)}/comments/", path, comments.giscus)
