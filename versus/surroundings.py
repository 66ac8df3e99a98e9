"""What a page shows around its sections: the way to it, where to go on, where to discuss it.

In: the library and a variant. Out: views with addresses relative to the variant's page.
"""

from collections.abc import Iterator
from urllib.parse import quote

from versus.library import Library
from versus.model import default_text
from versus.variants import Variant
from versus.views import Crumb, Discussion, TopicView


def breadcrumb(library: Library, variant: Variant) -> Iterator[Crumb]:
    """The front page, then the article's first tag."""
    site, root = library.site, variant.to_root
    yield Crumb(site.title, root, site.base_url)
    topic = library.tags.get(next(iter(variant.entry.article.tags), ""))
    if topic is not None:
        path = quote(topic.path)
        yield Crumb(topic.name, root + path, site.base_url + path)


def topics(library: Library, variant: Variant) -> Iterator[TopicView]:
    """The subjects that have other articles, then the tags, with the pages that list them."""
    article = variant.entry.article
    subjects = (library.subjects.get(default_text(s.name)) for s in article.subjects)
    tags = (library.tags.get(tag) for tag in dict.fromkeys(article.tags))
    for topic in (*subjects, *tags):
        if topic is not None and len(topic.entries) > 1:
            yield TopicView(topic.name, variant.to_root + quote(topic.path))


def discussion(library: Library, variant: Variant) -> Discussion | None:
    """The page on which readers discuss the article, one for all of its editions."""
    comments, slug = library.site.comments, variant.entry.slug
    if comments is None:
        return None
    return Discussion(f"{variant.to_root}{quote(slug)}/comments/", slug, comments.giscus)
