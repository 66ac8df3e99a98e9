"""Where the links of a copy lead: to the channel's own copies, else back to the publication.

In: the channel's settings and the ledger. Out: the media that fill a copy's document, as HTML or
as Markdown, every address absolute.
"""

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote, unquote_plus, urlencode, urlsplit, urlunsplit

from versus.briefs import Brief
from versus.imprint import Imprint
from versus.ledger import Copies
from versus.library import Target
from versus.media import FeedMedium, MarkdownMedium, place
from versus.model import Channel, Moment, utc
from versus.summaries import moment
from versus.variants import Variant


@dataclass(frozen=True, slots=True)
class Route:
    """A channel by its name, and where its copies are."""

    name: str
    channel: Channel
    copies: Copies

    def address(self, base_url: str, target: Target, url: str) -> str:
        """The address to write for a target whose own URL is known.

        The copies' readers stay where they are if the other article's copy is known; a place
        inside an article is certain to be there only in the original.
        """
        if target.kind == "asset":
            return url
        if target.kind == "article" and not target.fragment:
            own = self.copy(target)
            if own is not None:
                return own
        return self.tagged(url) if url.startswith(base_url) else url

    def copy(self, target: Target) -> str | None:
        """The URL of an article's copy on this channel, as the ledger or `permalink` tells it."""
        slug = target.address
        if (self.name, slug) in self.copies:
            return self.copies[self.name, slug]
        if self.channel.url is None or self.channel.permalink is None:
            return None
        path = fill(self.channel.permalink, quote(slug), moment(target.published))
        return None if path is None else self.channel.url + path

    def tagged(self, url: str) -> str:
        """A link back to the publication, with the channel's `utm` parameters.

        What else its query says stays as it is written.
        """
        utm = self.channel.utm
        if not utm:
            return url
        parts = urlsplit(url)
        pairs = parts.query.split("&") if parts.query else []
        pairs = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in utm]
        return urlunsplit(parts._replace(query="&".join([*pairs, urlencode(utm)])))


def fill(pattern: str, slug: str, published: Moment | None) -> str | None:
    """A pattern of paths for one article; None where it needs a date and there is none."""
    values = {"slug": slug}
    if published is not None:
        day = utc(published)
        values |= {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    try:
        return pattern.format_map(values)
    except KeyError:
        return None


class MarkdownCopy(MarkdownMedium):
    """A copy in Markdown."""

    def __init__(self, imprint: Imprint, variant: Variant, brief: Brief, route: Route) -> None:
        super().__init__(imprint, variant, brief)
        self.route = route

    def address(self, target: Target) -> str:
        """Absolute: the other copy, or the publication."""
        return self.route.address(self.imprint.site.base_url, target, self.absolute(target))


class HtmlCopy(FeedMedium):
    """A copy in HTML, for platforms that keep no ids to link to inside."""

    def __init__(self, imprint: Imprint, variant: Variant, brief: Brief, route: Route) -> None:
        super().__init__(imprint, variant, brief)
        self.route = route

    def address(self, target: Target) -> str:
        """Absolute: the other copy, or the publication."""
        return self.route.address(self.imprint.site.base_url, target, self.absolute(target))


class LinkedHtmlCopy(HtmlCopy):
    """A copy in HTML that keeps its ids, so that its parts link to each other."""

    links_inside = True

    def address(self, target: Target) -> str:
        """A place inside the copy, if it has all places; else as in other copies."""
        if target.kind == "here" and self.variant.is_default:
            return place(target) or "#"
        return super().address(target)


CopyMedium: TypeAlias = MarkdownCopy | HtmlCopy
