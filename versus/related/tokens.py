"""Documents read: their words in order and their names, as numbers.

In: documents. Out: a `Reading` of any number of them, which stands for them in all that follows.
Readings join, keep an order, and can be pickled, so that workers may read; plain Python makes them.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from versus import crew
from versus.related.docs import Doc, words

Numbers: TypeAlias = "array[int]"

BREAK = 0
"""Stands behind each title, each subject and each text, so that no name reaches over its end."""

_MANY = 1 << 16
"""From so many numbers on NumPy, once imported, is faster."""
_BATCH = 1024
"""How many documents a worker reads at a time."""
_SECONDS = 600
"""So long a worker may read: documents have their limits, this is for what nobody foresaw."""
_FEW = 256
"""Up to so many documents are read before workers are started."""


@dataclass(slots=True)
class Rows:
    """Rows of numbers of any length, one after the other."""

    ends: Numbers = field(default_factory=lambda: array("I"))
    values: Numbers = field(default_factory=lambda: array("I"))

    def __getitem__(self, row: int) -> Numbers:
        return self.values[self.ends[row - 1] if row else 0 : self.ends[row]]

    def append(self, row: Iterable[int]) -> None:
        """Add a row."""
        self.values.extend(row)
        self.ends.append(len(self.values))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a document asks of its own list."""

    pinned: tuple[str, ...] = ()
    exclude: frozenset[str] = frozenset()
    limit: int | None = None


NO_WISHES = Wishes()


class Vocabulary(dict[str, int]):
    """A number for each word and each name, in the order in which they come."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


@dataclass(slots=True)
class Reading:
    """What the ranking needs of some documents."""

    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary({"": BREAK}))
    keys: list[str] = field(default_factory=list)
    tokens: Rows = field(default_factory=Rows)
    """Title, subjects and text of each document, a BREAK behind each of them."""
    title_lengths: Numbers = field(default_factory=lambda: array("I"))
    """How many of its tokens are the title's."""
    head_lengths: Numbers = field(default_factory=lambda: array("I"))
    """How many of its tokens stand before the text."""
    names: Rows = field(default_factory=Rows)
    """What others call it: its title and its subjects."""
    sides: Rows = field(default_factory=Rows)
    """Its subjects as names; those that differ in case only are one."""
    criteria: Rows = field(default_factory=Rows)
    tags: Rows = field(default_factory=Rows)
    dates: "array[float]" = field(default_factory=lambda: array("d"))
    """When it was published, in seconds; NaN where nobody says."""
    ours: Numbers = field(default_factory=lambda: array("B"))
    """1 for what has a list and must stand in one."""
    wishes: dict[str, Wishes] = field(default_factory=dict)
    """What documents wish by their keys, where they do."""

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, doc: Doc) -> None:
        """Read a document."""
        number = self.vocabulary.__getitem__
        title, subjects = words(doc.title), list(map(words, doc.subjects))
        head = [*map(number, title), BREAK]
        for subject in subjects:
            head += (*map(number, subject), BREAK)
        self.tokens.values.extend(head)
        self.tokens.values.extend(map(number, words(f"{doc.excerpt}\n{doc.text}")))
        self.tokens.append([BREAK])
        self.title_lengths.append(len(title))
        self.head_lengths.append(len(head))
        sides = self._names(subjects)
        self.sides.append(sides)
        self.names.append(dict.fromkeys((*sides, *self._names([title]))))
        self.criteria.append(self._names(map(words, doc.criteria)))
        self.tags.append(self._names(map(words, doc.tags)))
        self.dates.append(doc.published.timestamp() if doc.published else float("nan"))
        self.ours.append(doc.is_ours)
        wishes = Wishes(doc.pinned, doc.exclude, doc.limit)
        if wishes != NO_WISHES:
            self.wishes[doc.key] = wishes
        self.keys.append(doc.key)

    def _names(self, names: Iterable[Sequence[str]]) -> dict[int, None]:
        return dict.fromkeys(self.vocabulary[" ".join(name)] for name in names if name)

    def extend(self, other: "Reading") -> None:
        """Put the documents of another reading behind those of this one."""
        is_first = len(self.vocabulary) == 1
        if is_first:
            self.vocabulary = other.vocabulary
        meaning = array("I", map(self.vocabulary.__getitem__, () if is_first else other.vocabulary))
        for name in _ROWS:
            mine, theirs = getattr(self, name), getattr(other, name)
            start = len(mine.values)
            _put(mine.values, theirs.values if is_first else _looked_up(theirs.values, meaning))
            mine.ends.extend(end + start for end in theirs.ends)
        for name in _COLUMNS:
            _put(getattr(self, name), getattr(other, name))
        self.keys += other.keys
        self.wishes |= other.wishes

    def updated(self, fresh: "Reading", keys: Sequence[str]) -> "Reading":
        """The documents of these keys, in this order, as they were read last.

        `fresh` was read after this one, and shares its words. Texts are copied once at most: all of
        them may be hundreds of megabytes.
        """
        if not self.keys and fresh.keys == keys:
            return fresh
        behind = len(self) + 1  # So that no run goes from the one reading into the other.
        places = {key: i for i, key in enumerate(self.keys)}
        places |= {key: i for i, key in enumerate(fresh.keys, behind)}
        found = Reading(fresh.vocabulary, list(keys))
        for start, end in _runs([places[key] for key in keys]):
            if start < behind:
                found._put_stretch(self, start, end)
            else:
                found._put_stretch(fresh, start - behind, end - behind)
        for key in keys:
            wishes = (self if places[key] < behind else fresh).wishes
            if key in wishes:
                found.wishes[key] = wishes[key]
        return found

    def _put_stretch(self, other: "Reading", start: int, end: int) -> None:
        """Add some documents of another reading that shares the words of this one."""
        for name in _ROWS:
            theirs, mine = getattr(other, name), getattr(self, name)
            first = theirs.ends[start - 1] if start else 0
            shift = len(mine.values) - first
            _put(mine.values, memoryview(theirs.values)[first : theirs.ends[end - 1]])
            mine.ends.extend(place + shift for place in theirs.ends[start:end])
        for name in _COLUMNS:
            _put(getattr(self, name), memoryview(getattr(other, name))[start:end])


_ROWS = ("tokens", "names", "sides", "criteria", "tags")
_COLUMNS = ("title_lengths", "head_lengths", "dates", "ours")


def _put(target: "array[Any]", numbers: Any) -> None:
    """Add numbers of the same type, whatever holds them, without looking at each."""
    if len(numbers):
        target.frombytes(memoryview(numbers).cast("B"))


def _looked_up(values: Numbers, meaning: Numbers) -> Any:
    if len(values) < _MANY:
        return array("I", map(meaning.__getitem__, values))
    import numpy as np

    return np.frombuffer(meaning, np.uint32)[np.frombuffer(values, np.uint32)]


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Numbers as pieces of consecutive ones, each from its first to before its end."""
    start = end = 0
    for place in places:
        if place != end:
            if start < end:
                yield start, end
            start = place
        end = place + 1
    if start < end:
        yield start, end


def reading(docs: Iterable[Doc]) -> Reading:
    """Read documents, in this or any other process."""
    found = Reading()
    for doc in docs:
        found.add(doc)
    return found


def readings(keys: Sequence[str], doc: Callable[[str], Doc], jobs: int = 1) -> Iterator[Reading]:
    """Read documents that can be had by their keys, many in forked workers; in their order."""

    def read(batch: Sequence[str]) -> Reading:
        return reading(map(doc, batch))

    workers = min(jobs, len(keys) // _FEW)
    if workers < 2:
        yield read(keys)
        return
    batches = [keys[i : i + _BATCH] for i in range(0, len(keys), _BATCH)]
    found: dict[int, Reading] = {}
    following = 0
    for number, answer in crew.run(read, batches, workers, _SECONDS):
        found[number] = read(batches[number]) if isinstance(answer, crew.Lost) else answer
        while following in found:
            yield found.pop(following)
            following += 1


def joined(found: Iterable[Reading], vocabulary: Vocabulary) -> Reading:
    """Several readings as one, in words that are known already and those of the readings."""
    whole = Reading(vocabulary)
    for part in found:
        whole.extend(part)
    return whole


def packed(reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """A reading as values that JSON can hold, and arrays by their names."""
    wishes = {k: [w.pinned, sorted(w.exclude), w.limit] for k, w in reading.wishes.items()}
    arrays = {name: getattr(reading, name) for name in _COLUMNS}
    for name in _ROWS:
        rows = getattr(reading, name)
        arrays |= {f"{name}.ends": rows.ends, f"{name}.values": rows.values}
    return {"vocabulary": list(reading.vocabulary), "keys": reading.keys, "wishes": wishes}, arrays


def unpacked(values: Mapping[str, Any], arrays: Mapping[str, Any]) -> Reading:
    """The reading again, its arrays as they are."""
    words = values["vocabulary"]
    rows = {name: Rows(arrays[f"{name}.ends"], arrays[f"{name}.values"]) for name in _ROWS}
    found = Reading(Vocabulary(zip(words, range(len(words)), strict=True)), values["keys"])
    for name, numbers in (rows | {name: arrays[name] for name in _COLUMNS}).items():
        setattr(found, name, numbers)
    for key, (pinned, exclude, limit) in values["wishes"].items():
        found.wishes[key] = Wishes(tuple(pinned), frozenset(exclude), limit)
    return found
