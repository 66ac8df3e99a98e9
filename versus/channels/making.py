"""A variant becomes its copy for a channel: document, template, then the kind's own files.

In: the imprint, a variant with its brief, the name of a channel, the ledger's URLs. Out: artifacts
below `channels/<channel>/`, and a warning where a file is larger than the platform takes.
"""

from functools import partial

from markupsafe import Markup

import versus.channels.rewriting  # noqa: F401 - workers forked from here find it loaded
from versus.artifacts import COPY, Artifact
from versus.briefs import Brief
from versus.channels import KINDS
from versus.channels.fitting import fitted, tags
from versus.channels.kind import Copy, Kind, State
from versus.channels.media import Route
from versus.diagnostics import Diagnostic, Severity
from versus.documents import document
from versus.imprint import Imprint
from versus.ledger import Copies
from versus.library import Entry
from versus.model import Channel, Site
from versus.templating import Templates
from versus.variants import Variant
from versus.views import Document


def make(
    imprint: Imprint,
    templates: Templates,
    variant: Variant,
    brief: Brief,
    name: str,
    copies: Copies,
) -> tuple[list[Artifact], list[Diagnostic]]:
    """The files of a copy. Raises VersusError for faults in the templates."""
    channel = imprint.site.channels[name]
    kind = KINDS[channel.kind]
    route = Route(name, channel, copies)
    page = document(imprint, variant, brief, partial(kind.medium, route=route))
    source = templates.render(kind.template, doc=page, cover=kind.shows_cover)
    copy = _copy(source, page, variant.entry, channel, kind, templates, imprint.site)
    artifacts, warnings = [], []
    for file in kind.files(copy):
        artifacts.append(
            Artifact(
                path=f"channels/{name}/{file.path}",
                content=file.data,
                media_type=file.media_type,
                article=variant.entry.slug,
                variant=variant.name,
                format=COPY + name,
            )
        )
        if kind.limits.bytes is not None and len(file.data) > kind.limits.bytes:
            warnings.append(_too_large(variant.entry, name, kind, artifacts[-1]))
    return artifacts, warnings


def _copy(
    source: str, page: Document, entry: Entry, channel: Channel, kind: Kind, templates: Templates,
    site: Site,
) -> Copy:  # fmt: skip
    made = (tag.made for tag in tags(page.tags, channel.tags, kind.tags))

    def render(template: str, *, body: str = "", **values: object) -> str:
        return templates.render(template, body=Markup(body), **values)  # noqa: S704 - it is HTML

    def door() -> object:
        from versus.writers.pdf import engine

        return engine.fetcher(site, templates.root)

    return Copy(
        source=source,
        document=page,
        channel=channel,
        slug=entry.slug,
        title=fitted(page.title, kind.limits.title),
        description=fitted(page.description, kind.limits.description),
        tags=tuple(tag for tag in made if tag is not None),
        state=state_of(entry, channel, kind),
        tables=channel.tables or kind.tables[0],
        stylesheet=templates.stylesheet,
        render=render,
        door=door,
    )


def state_of(entry: Entry, channel: Channel, kind: Kind) -> State:
    """A copy appears when the article has, unless the channel makes drafts."""
    return "draft" if (channel.status or kind.status) == "draft" else entry.state


def _too_large(entry: Entry, name: str, kind: Kind, artifact: Artifact) -> Diagnostic:
    size, limit = artifact.size // 1000, (kind.limits.bytes or 0) // 1000
    message = f"channel {name!r}: {artifact.path} has {size} kB, and {kind.platform} takes {limit}"
    hint = "give the channel a shorter `edition`"
    return Diagnostic(entry.source.path, 1, 1, Severity.WARNING, message, hint)
