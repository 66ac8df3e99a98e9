"""A large collection kept up: only what a change touches is made again.

In: the collection as it was, and a reading of what it is now. Out: the collection as `many.anew`
would find it, and the documents whose order may be another than before; or nothing, where so much
has changed that making it anew costs less. A change of one text moves the frequency of some words
over a step; then the rows of the documents that have those words change, and with a row the scores
of the document with all others. Everything else stays.
"""

import numpy as np
from numpy.typing import NDArray

from versus.related.arrays import (
    Ints,
    Matrix,
    Mentions,
    Names,
    Rarities,
    View,
    count_mentions,
    frequencies,
    matrix,
    stretches,
)  # fmt: skip
from versus.related.changes import Change
from versus.related.columns import SAID, SPREAD, WORD
from versus.related.keys import LOW, position_of
from versus.related.many import Many
from versus.related.nearest import Near, all_sums, keys_of, mend
from versus.related.tokens import Reading

MUCH = 8
"""When more than one in so many rows changed, everything is made anew."""


def kept_up(old: Many, reading: Reading, change: Change) -> tuple[Many, Ints] | None:
    """The collection as it is now, and whose order may have changed; nothing if much has."""
    before, view = View(old.reading), View(reading)  # They share their words.
    mentions, touched = _mentions(old.mentions, before, view, reading, change)
    known = np.zeros(view.numbers * SPREAD, np.int64)  # There may be new words.
    known[: len(old.frequency)] = old.frequency
    frequency = known + frequencies(view, change.fresh)
    frequency -= frequencies(before, change.gone)
    count_mentions(frequency, mentions)
    was, now = Rarities.among(known, before.size), Rarities.among(frequency, view.size)
    if was.most != now.most:
        return None
    is_moved = was.of != now.of
    docs = np.union1d(touched, np.union1d(change.fresh, _having(view, mentions, is_moved)))
    if MUCH and len(docs) * 2 > view.size:
        return None
    rows, changed = _rows(old.rows, matrix(view, docs, mentions, now), docs, change)
    if len(changed) * MUCH > view.size:
        return None
    near, is_other = _near(old.nearest, rows, changed, change)
    covers = _covers(old.covers, before, view, reading, change)
    found = Many(reading, frequency, mentions, rows, near, covers)
    return found, _look_again(old, found, change, changed, is_other)


def _mentions(
    old: Mentions, before: View, view: View, reading: Reading, change: Change
) -> tuple[Mentions, Ints]:
    """Which document says which name now, and which say names that are new or no names now."""
    known, names = np.unique(before.names.values), np.unique(view.names.values)
    lost, new = np.setdiff1d(known, names), np.setdiff1d(names, known)
    docs = change.places[old.docs]
    is_lost = np.isin(old.names, lost)
    is_kept = (docs >= 0) & ~is_lost
    parts = [Mentions(docs[is_kept], old.names[is_kept], old.counts[is_kept])]
    touched = [docs[is_lost & (docs >= 0)]]
    if len(new):
        found = view.all_mentions(Names(reading, new))
        is_kept = ~np.isin(found.docs, change.fresh)
        parts.append(Mentions(found.docs[is_kept], found.names[is_kept], found.counts[is_kept]))
        touched.append(parts[-1].docs)
    said = view.is_said(change.fresh)
    found = view.mentions(change.fresh, Names(reading, names, said))
    parts.append(Mentions(change.fresh[found.docs], found.names, found.counts))
    keys = np.concatenate([part.docs << 32 | part.names for part in parts])
    order = np.argsort(keys)
    counts = np.concatenate([part.counts for part in parts])[order]
    keys = keys[order]
    return Mentions(keys >> 32, keys & 0xFFFFFFFF, counts), np.unique(np.concatenate(touched))


def _covers(old: Ints, before: View, view: View, reading: Reading, change: Change) -> Ints:
    """Which document is on which side now."""
    known, sides = np.unique(before.sides.values), np.unique(view.sides.values)
    docs, names = change.places[old >> 32], old & LOW
    is_kept = (docs >= 0) & np.isin(names, sides)
    said = view.is_said(change.fresh)
    parts = [
        docs[is_kept] << 32 | names[is_kept],
        view.covers(change.fresh, Names(reading, sides, said)),
        view.own_sides(change.fresh),
    ]
    if len(new := np.setdiff1d(sides, known)):
        parts.append(view.covers(np.arange(view.size), Names(reading, new)))
    return np.unique(np.concatenate(parts))


def _having(view: View, mentions: Mentions, is_meant: NDArray[np.bool_]) -> Ints:
    """The documents with any of the features that are meant."""
    by_kind = is_meant.reshape(-1, SPREAD)
    found = [view.having(by_kind[:, WORD]), mentions.docs[by_kind[mentions.names, SAID]]]
    for kind, sets in view.sets():
        owner, names = sets.of_rows(np.arange(view.size))
        found.append(owner[by_kind[names, kind]])
    return np.unique(np.concatenate(found))


def _rows(old: Matrix, made: Matrix, docs: Ints, change: Change) -> tuple[Matrix, Ints]:
    """All rows, some of which were made again, and the documents whose row is another one now."""
    size = len(change.stayed) + len(change.fresh)
    every = Matrix(  # Its rows do not end where the next one begins.
        np.concatenate((old.starts[:-1], made.starts[:-1] + len(old.columns))),
        np.concatenate((old.columns, made.columns)),
        np.concatenate((old.values, made.values)),
    )
    lengths = np.concatenate((np.diff(old.starts), np.diff(made.starts)))
    source = np.full(size, -1)
    source[change.places[change.stayed]] = change.stayed
    mine, others = source[docs], len(change.places) + np.arange(len(docs))
    is_other = (mine < 0) | (lengths[mine] != lengths[others])
    alike = np.flatnonzero(~is_other)
    at, owner = stretches(every.starts[mine[alike]], lengths[mine[alike]])
    to, _owner = stretches(every.starts[others[alike]], lengths[others[alike]])
    differ = (every.columns[at] != every.columns[to]) | (every.values[at] != every.values[to])
    is_other[alike[owner[differ]]] = True
    source[docs] = others
    return every.picked(source, lengths[source]), docs[is_other]


def _near(
    old: Near, matrix: Matrix, changed: Ints, change: Change
) -> tuple[Near, NDArray[np.bool_]]:
    """The nearest of each, and for whom they are others, or the same with other scores."""
    size = len(change.stayed) + len(change.fresh)
    near = old.moved(change, size)
    before = near.pool.copy()
    is_changed = np.zeros(size + 1, np.bool_)  # The last one stands for no document.
    is_changed[changed] = True
    near.drop(is_changed)
    rows, keys = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for some, sums in all_sums(matrix, changed):
        cells = np.flatnonzero(sums)
        row, key = cells % size, keys_of(sums.flat[cells], some[cells // size])
        is_near = (key <= near.bounds[row]) & ~is_changed[row]
        rows.append(row[is_near])
        keys.append(key[is_near])
        for i, own in zip(some.tolist(), sums, strict=True):
            near.put(i, own)
    near.add(np.concatenate(rows), np.concatenate(keys))
    mend(near, matrix)
    is_other = (near.pool != before).any(axis=1)
    is_other[change.fresh] = True
    return near, is_other


def _look_again(
    old: Many, found: Many, change: Change, changed: Ints, is_other: NDArray[np.bool_]
) -> Ints:
    """Bring what depends on sides up to date; the documents whose order may have changed."""
    size, places = len(found.reading), change.places
    docs = places[old.covers >> 32]
    is_kept = docs >= 0
    sides = old.covers & LOW
    differ = np.setxor1d(docs[is_kept] << 32 | sides[is_kept], found.covers)
    is_meant = np.zeros(size + 1, np.bool_)  # The last one stands for no document.
    is_meant[changed] = True
    of_changed = found.covers[is_meant[found.covers >> 32]] & LOW
    touched = {*sides[~is_kept].tolist(), *(differ & LOW).tolist(), *of_changed.tolist()}
    is_meant[:] = False
    is_meant[change.fresh] = is_meant[differ >> 32] = True
    is_meant[_relabelled(old, found, places)] = True
    is_other |= found.nearest.has_any(is_meant)
    now = places.tolist()
    again = set(np.flatnonzero(is_other).tolist())
    for i, more in old.more.items():
        if now[i] < 0:
            continue
        if touched.intersection(old.reading.sides[i]) or any(
            is_meant[now[j]] for j in map(position_of, more)
        ):
            again.add(now[i])
        else:
            found.more[now[i]] = [
                key + (now[j] - j << 1) for key, j in zip(more, map(position_of, more), strict=True)
            ]
    found.look_at_sides(sorted(again))
    positions = {key: i for i, key in enumerate(found.reading.keys)}
    again |= {positions[key] for key in found.reading.wishes}
    return np.array(sorted(again), np.int64)


def _relabelled(old: Many, found: Many, places: Ints) -> Ints:
    """The documents that say the same as another first one than before, or now as one."""
    was = {places[j]: places[first] for j, first in old.same.items()}
    return np.array(
        [j for j in {*was, *found.same} if was.get(j) != found.same.get(j) and j >= 0], np.int64
    )
