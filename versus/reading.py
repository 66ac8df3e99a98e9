"""Articles are read: each file and its overlays become a summary, with every fault of their own.

In: sources whose texts nobody looked at yet. Out: `Reading`s, in the same order. What is found
depends on the files of the article, on the site's settings and on nothing else, so that a reading
holds for as long as these stay the same.
"""

import hashlib
import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from versus import crew, diagnostics, sources, summaries, validate
from versus.anchors import anchors
from versus.crew import Lost
from versus.diagnostics import Diagnostic, Severity
from versus.library import Piece, Translated
from versus.model import Article, Site
from versus.outline import outline, translated
from versus.overlays import Translation
from versus.references import inner_links, own_faults
from versus.related import said
from versus.sources import Publication, Source
from versus.spool import Spool, packed
from versus.stamps import Stamp, is_settled
from versus.summaries import Summary, summary
from versus.yamltext import YamlError

_FEW = 48
"""Up to so many articles, starting workers costs more than it saves."""


_READINGS = 8
"""How many times the seconds of one check a whole article may take, with its translations."""


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
    face: bytes
    """A digest of all summaries: of what others see of the article."""
    diagnostics: tuple[Diagnostic, ...]
    kept: "Kept | None" = None
    """What it was taken from, where that holds as it is."""

    def plain(self) -> tuple[Any, ...]:
        """The reading, but for the digests, as plain values."""
        told = tuple(map(diagnostics.plain, self.diagnostics))
        return _plain(self.summary, *self.translations), self.face, told


Kept: TypeAlias = tuple[tuple[str, ...], tuple[Stamp | None, ...], tuple[str, ...], tuple[Any, ...]]
"""A reading for later: the overlays' paths, stamps and digests of all its files, what was found."""


def of_plain(digests: tuple[str, ...], values: tuple[Any, ...], kept: Kept | None) -> Reading:
    """A reading again."""
    plain, face, told = values
    found = [summaries.of_plain(v) if v is not None else None for v in plain]
    faults = tuple(map(diagnostics.of_plain, told)) if told else ()
    return Reading(digests, found[0], tuple(found[1:]), face, faults, kept)


def _plain(*found: Summary | None) -> tuple[tuple[Any, ...] | None, ...]:
    return tuple(summary.plain() if summary else None for summary in found)


def units(publication: Publication) -> tuple[Unit, ...]:
    """The articles of a publication with their overlays, in the order of their paths."""
    overlays: dict[str, list[Source]] = {}
    for overlay in publication.overlays:
        overlays.setdefault(overlay.base, []).append(overlay)
    return tuple(Unit(s, tuple(overlays.get(s.path, ()))) for s in publication.articles)


def read(
    wanted: Sequence[Unit], site: Site, jobs: int, known: Mapping[str, Kept] | None = None
) -> list[Reading]:
    """Read articles, in worker processes if they are many.

    `known` is what was found when the site's settings were the same, by the articles' paths.
    """
    found = [_recalled(unit, known.get(unit.source.path)) if known else None for unit in wanted]
    missing = [unit for unit, reading in zip(wanted, found, strict=True) if reading is None]
    anew = iter(_read(missing, site, jobs))
    return [next(anew) if reading is None else reading for reading in found]


def keep(wanted: Iterable[Unit], readings: Iterable[Reading], moment: int) -> dict[str, Kept]:
    """What a later build may take over, by the articles' paths.

    `moment` is when their files were looked at (ns since 1970).
    """
    kept = {}
    for unit, found in zip(wanted, readings, strict=True):
        if found.kept is not None:
            kept[unit.source.path] = found.kept
        elif all(found.digests):
            stamps = tuple(
                source.stamp if source.stamp and is_settled(source.stamp, moment) else None
                for source in unit.sources
            )
            names = tuple(overlay.path for overlay in unit.overlays)
            kept[unit.source.path] = (names, stamps, found.digests, found.plain())
    return kept


def _recalled(unit: Unit, kept: Kept | None) -> Reading | None:
    """What was found of an article, if its files are the same by stamp or else by content."""
    if kept is None:
        return None
    names, stamps, digests, plain = kept
    if names != tuple(overlay.path for overlay in unit.overlays):
        return None
    holds = True
    for source, stamp, digest in zip(unit.sources, stamps, digests, strict=True):
        if stamp is None or source.stamp != stamp:
            holds = False
            try:
                is_same = bool(source.text is not None and source.digest == digest)
            except (OSError, YamlError):
                return None
            source.forget()
            if not is_same:
                return None
        source.digest = digest
    return of_plain(digests, plain, kept if holds else None)


def _read(wanted: Sequence[Unit], site: Site, jobs: int) -> Iterable[Reading]:
    one, spool = partial(_read_one, site), Spool()
    if min(jobs, len(wanted)) < 2 or len(wanted) <= _FEW:
        for unit in wanted:
            found, pieces = _read_and_forget(one, unit)
            _spool(unit, pieces, spool)
            yield found
        return
    seconds = site.limits.reading * _READINGS
    results: dict[int, Reading] = {}
    make = partial(_read_and_forget, one)
    for number, answer in crew.run(make, wanted, jobs, seconds, crew.CHUNK):
        unit = wanted[number]
        if isinstance(answer, Lost):
            results[number] = _lost(unit, answer)
            continue
        results[number], pieces = answer
        _spool(unit, pieces, spool)
        for source, digest in zip(unit.sources, results[number].digests, strict=True):
            source.digest = digest
    yield from (results[number] for number in range(len(wanted)))


def _lost(unit: Unit, lost: Lost) -> Reading:
    """What is told of an article whose reader was killed."""
    message = f"what read it was killed (signal {lost.signal})"
    hint = "the machine may lack memory: try `--jobs 1`, or split the article"
    told = Diagnostic(unit.source.path, 1, 1, Severity.ERROR, message, hint)
    return Reading(("",) * len(unit.sources), None, (None,) * len(unit.overlays), b"", (told,))


def _read_and_forget(
    one: Callable[[Unit], tuple[Reading, str | None]], unit: Unit
) -> tuple[Reading, tuple[bytes, ...]]:
    """A reading, and what will be needed of the unit's files as bytes, if all could be read.

    That is what the YAML of each says, then what related posts see of the article, if they do.
    """
    found, words = one(unit)
    plain = [packed(source.plain) for source in unit.sources if source.plain is not None]
    for source in unit.sources:
        source.forget()
    if len(plain) < len(unit.sources):
        return found, ()
    return found, (*plain, packed(words)) if words else tuple(plain)


def _spool(unit: Unit, pieces: tuple[bytes, ...], spool: Spool) -> None:
    places = list(map(spool.put, pieces))
    for source, place in zip(unit.sources, places, strict=False):
        source.spooled = place
    if len(places) > len(unit.sources):
        unit.source.spooled_words = places[-1]


def _read_one(site: Site, unit: Unit) -> tuple[Reading, str | None]:
    """Read an article and its overlays; with what related posts see of it, where there are any."""
    told: list[Diagnostic] = []
    readable = []
    for source in unit.sources:
        try:
            faults = sources.unreadable(source)
        except FileNotFoundError:
            faults = [sources.vanished(source)]
        told += faults
        readable.append(not faults)
    article = None
    if readable[0]:
        article, faults = validate.article(unit.source, site)
        told += faults
        if article is not None:
            told += validate.placed(unit.source, own_faults(article, site))
    translations: dict[str, Translation] = {}
    for overlay, is_readable in zip(unit.overlays, readable[1:], strict=True):
        if not (readable[0] and is_readable):
            continue
        translation, faults = validate.translation(overlay, unit.source, site)
        told += faults
        if translation is not None:
            inside = own_faults(translation.article, site)
            told += validate.placed(overlay, translation.own(inside))
            translations[overlay.path] = translation
    if site.channels and article is not None:
        from versus.channels import checking

        told += checking.cuts(site, unit.source, article, tuple(translations.values()))
    found = _summaries(site, article, [translations.get(o.path) for o in unit.overlays])
    reading = Reading(
        tuple(s.digest if ok else "" for s, ok in zip(unit.sources, readable, strict=True)),
        found[0],
        found[1:],
        # Version 2 writes equal values equally, as in `briefs`.
        hashlib.blake2b(marshal.dumps(_plain(*found), 2), digest_size=16).digest(),
        tuple(told),
    )
    return reading, said(article) if article is not None and site.related.limit else None


def _summaries(
    site: Site, article: Article | None, translations: Sequence[Translation | None]
) -> tuple[Summary | None, ...]:
    if article is None:
        return (None, *(None for _t in translations))
    edition = site.edition_names[0]
    base = outline(article, edition)
    there = anchors(article, base, site)
    found: list[Summary | None] = [summary(article, there, edition, inner_links(article, site))]
    for translation in translations:
        if translation is None:
            found.append(None)
            continue
        other = translation.article
        found.append(
            summary(
                other,
                anchors(other, translated(base, other, edition), site),
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
    return Piece(unit.source, reading.summary, reading.face, translations)
