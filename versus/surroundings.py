"""What a page shows around its sections: the publication, the way to it, where to go on.

In: the imprint, a variant and its brief. Out: views with addresses relative to the variant's page.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from versus.briefs import Brief
from versus.imprint import Imprint
from versus.languages import Foreign, own_name
from versus.model import SiteWords
from versus.variants import Variant
from versus.views import Alternate, Crumb, Discussion, SiteView, TopicView


def site(imprint: Imprint, language: str, to_root: str) -> SiteView:
    """The publication in a language, as a page from which `to_root` leads to its root sees it."""
    found, home = imprint.site, imprint.home(language)
    own = found.translations.get(language, SiteWords())
    subscribe = found.subscribe
    if subscribe is not None and subscribe.note is not None:
        note = untranslated(imprint, language, subscribe.note)
        subscribe = subscribe.model_copy(update={"note": note})
    return SiteView(
        title=own.title or untranslated(imprint, language, found.title),
        url=found.base_url + home,
        description=own.description or untranslated(imprint, language, found.description or ""),
        language=language,
        root=to_root,
        home=to_root + home,
        subscribe=subscribe,
        search=found.search,
        trust=found.trust,
    )


def untranslated(imprint: Imprint, language: str, text: str) -> str:
    """A text in the publication's language as a page in another one has it."""
    own = imprint.site.language
    return text if language == own else Foreign(text, own)


def breadcrumb(front: SiteView, brief: Brief) -> Iterator[Crumb]:
    """The front page, then the article's first tag."""
    yield Crumb(front.title, front.home, front.url)
    if brief.crumb is not None:
        name, path = brief.crumb
        yield Crumb(name, front.home + path, front.url + path)


def topics(variant: Variant, brief: Brief) -> Iterator[TopicView]:
    """The subjects that have other articles, then the tags, with the pages that list them."""
    home = variant.to_root + variant.home
    for name, path in brief.topics:
        yield TopicView(name, home + path)


def alternates(imprint: Imprint, variant: Variant, brief: Brief) -> Iterator[Alternate]:
    """The languages that the article can be read in, its own among them, if there are several."""
    for tag in brief.languages if len(brief.languages) > 1 else ():
        other = replace(variant, language=tag, home=imprint.home(tag))
        path = f"{variant.to_root}{quote(other.folder)}/"
        yield Alternate(tag, own_name(tag), path, other.url(imprint.site.base_url))


def discussion(imprint: Imprint, variant: Variant) -> Discussion | None:
    """The page on which readers discuss the article, one for all editions in a language."""
    comments, path = imprint.site.comments, f"{variant.home}{variant.entry.slug}"
    if comments is None:
        return None
    return Discussion(f"{variant.to_root}{quote(path)}/comments/", path, comments.giscus)
