"""Articles are read: each file and its overlays become a summary, with every fault of their own.

In: sources whose texts nobody looked at yet. Out: `Reading`s, in the same order. What is found
depends on the files of the article, on the site's settings and on nothing else, so that a reading
holds for as long as these stay the same.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from versus import sources, validate
from versus.diagnostics import Diagnostic
from versus.library import Piece, Translated
from versus.model import Article, Site
from versus.outline import outline, translated
from versus.overlays import Translation
from versus.references import inner_links, own_faults
from versus.sources import Publication, Source
from versus.summaries import Summary, summary

_FEW = 48
"""Up to so many articles, starting workers costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read as one: an article's file, and the overlays that translate it."""

    source: Source
    overlays: tuple[Source, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """All its files."""
        return (self.source, *self.overlays)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading found: summaries where nothing is wrong, the files' digests, diagnostics."""

    digests: tuple[str, ...]
    """Those of the unit's files, in their order; an empty one for a file that cannot be read."""
    summary: Summary | None
    translations: tuple[Summary | None, ...]
    """By the unit's overlays."""
    diagnostics: tuple[Diagnostic, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read, so that its digest tells whether this still holds."""
        return all(self.digests)


def units(publication: Publication) -> tuple[Unit, ...]:
    """The articles of a publication with their overlays, in the order of their paths."""
    overlays: dict[str, list[Source]] = {}
    for overlay in publication.overlays:
        overlays.setdefault(overlay.base, []).append(overlay)
    return tuple(Unit(s, tuple(overlays.get(s.path, ()))) for s in publication.articles)


def read(wanted: Sequence[Unit], site: Site, jobs: int) -> Iterable[Reading]:
    """Read articles, in worker processes if they are many."""
    one = partial(read_one, site)
    if min(jobs, len(wanted)) < 2 or len(wanted) <= _FEW:
        yield from map(one, wanted)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as executor:
        chunk = max(1, min(64, len(wanted) // (jobs * 4)))
        for unit, found in zip(
            wanted, executor.map(partial(_read_and_forget, one), wanted, chunksize=chunk),
            strict=True,
        ):  # fmt: skip
            for source, digest in zip(unit.sources, found.digests, strict=True):
                source.digest = digest
            yield found


def _read_and_forget(one: Callable[[Unit], Reading], unit: Unit) -> Reading:
    found = one(unit)
    for source in unit.sources:
        source.forget()
    return found


def read_one(site: Site, unit: Unit) -> Reading:
    """Read an article and its overlays."""
    diagnostics: list[Diagnostic] = []
    readable = []
    for source in unit.sources:
        try:
            faults = sources.unreadable(source)
        except FileNotFoundError:
            faults = [sources.vanished(source)]
        diagnostics += faults
        readable.append(not faults)
    article = None
    if readable[0]:
        article, faults = validate.article(unit.source, site)
        diagnostics += faults
        if article is not None:
            diagnostics += validate.placed(unit.source, own_faults(article, site))
    translations: dict[str, Translation] = {}
    for overlay, is_readable in zip(unit.overlays, readable[1:], strict=True):
        if not (readable[0] and is_readable):
            continue
        translation, faults = validate.translation(overlay, unit.source, site)
        diagnostics += faults
        if translation is not None:
            inside = own_faults(translation.article, site)
            diagnostics += validate.placed(overlay, translation.own(inside))
            translations[overlay.path] = translation
    if site.channels and article is not None:
        from versus.channels import checking

        diagnostics += checking.cuts(site, unit.source, article, tuple(translations.values()))
    found = _summaries(site, article, [translations.get(o.path) for o in unit.overlays])
    return Reading(
        tuple(s.digest if ok else "" for s, ok in zip(unit.sources, readable, strict=True)),
        found[0],
        found[1:],
        tuple(diagnostics),
    )


def _summaries(
    site: Site, article: Article | None, translations: Sequence[Translation | None]
) -> tuple[Summary | None, ...]:
    if article is None:
        return (None, *(None for _t in translations))
    edition = site.edition_names[0]
    base = outline(article, edition)
    found: list[Summary | None] = [summary(article, base, edition, inner_links(article, site))]
    for translation in translations:
        if translation is None:
            found.append(None)
            continue
        other = translation.article
        found.append(
            summary(
                other,
                translated(base, other, edition),
                edition,
                inner_links(other, site),
                is_foreign=("title",) in translation.missing,
            )
        )
    return tuple(found)


def piece(unit: Unit, reading: Reading) -> Piece | None:
    """What the library needs of an article; None where it is wrong in itself."""
    if reading.summary is None:
        return None
    translations = {
        overlay.language: Translated(overlay, unit.source, found)
        for overlay, found in zip(unit.overlays, reading.translations, strict=True)
        if found is not None
    }
    return Piece(unit.source, reading.summary, translations)
