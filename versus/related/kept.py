"""A ranking as bytes, and back: what the next one starts from.

In: what was ranked, and the digests of its documents. Out: bytes; and from these the same again,
each part made when it is asked for, or nothing where they are of another version or of other
settings.
"""

from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from unicodedata import unidata_version

from versus import machine
from versus.related.lists import Made
from versus.related.orders import Settings, Space
from versus.related.plain import Few
from versus.related.store import Pieces, let_go, pack, unpack
from versus.related.tokens import Reading, Rows, packed, unpacked

if TYPE_CHECKING:
    from versus.related.many import Beginnings, Many

_FORM = "versus related 1"


@lru_cache(maxsize=1)
def _ranked_by() -> dict[str, str]:
    """What ranks: with other weights it is another ranking, and so it is with other words."""
    code = machine.contents(machine.PACKAGE / "related", ".py")
    return {"code": code.hex(), "unicode": unidata_version}


@dataclass(frozen=True)
class Kept:
    """What is known of the last ranking."""

    digests: Mapping[str, str]
    state: bytes | memoryview
    _values: Mapping[str, Any]
    _arrays: Mapping[str, memoryview]

    def prepare(self) -> None:
        """Make all ready that keeping the ranking up needs, before it is known what changed."""
        if self.is_large:
            import versus.related.incremental  # noqa: F401 - with NumPy it takes its time

            _ready = self.many, self.beginnings

    def is_of(self, settings: Settings) -> bool:
        """Whether it was ranked with these settings."""
        return bool(self._values["settings"] == asdict(settings))

    def let_go(self) -> None:
        """Hold none of the state in memory until it is used again: there may be a lot of it."""
        let_go(self.state)

    @cached_property
    def reading(self) -> Reading:
        """The documents."""
        return unpacked(self._values["reading"], self._arrays)

    @property
    def is_worn(self) -> bool:
        """Whether most of its words are those of documents that are no more."""
        return len(self._values["reading"]["vocabulary"]) > 2 * self.words

    @property
    def words(self) -> int:
        """How many words there were when all documents were read."""
        return int(self._values["words"])

    @cached_property
    def made(self) -> Made:
        """The lists."""
        lists = Rows(*(array("I", self._arrays[f"lists.{part}"]) for part in ("ends", "values")))
        return Made(lists, {(i, j) for i, j in self._values["kept"]})

    @property
    def is_large(self) -> bool:
        """Whether it was ranked as arrays."""
        return self._values["many"] is not None

    @cached_property
    def many(self) -> "Many":
        """What is related to what, in a large collection."""
        from versus.related.many import Many

        return Many.unpacked(self.reading, self._values["many"], self._arrays)

    def space(self) -> Space:
        """What is related to what, in a collection of any size."""
        return self.many if self.is_large else Few(self.reading)

    @cached_property
    def beginnings(self) -> "Beginnings":
        """The beginnings of the orders in which the documents of a large collection asked."""
        from versus.related.many import Beginnings

        return Beginnings.unpacked(self._arrays)


def load(state: bytes | memoryview | None) -> Kept | None:
    """What bytes tell of the last ranking, if they are one's of this version."""
    if not state:
        return None
    try:
        values, arrays = unpack(_FORM, state)
    except (ValueError, TypeError, KeyError):
        return None
    if values.get("ranked by") != _ranked_by():
        return None
    digests = dict(zip(values["reading"]["keys"], values["digests"], strict=True))
    return Kept(digests, state, values, arrays)


def save(
    reading: Reading,
    digests: Mapping[str, str],
    settings: Settings,
    made: Made,
    *,
    words: int,
    many: "tuple[Many, Beginnings] | None",
) -> Pieces:
    """A ranking as bytes."""
    values, arrays = packed(reading)
    found: dict[str, Any] = {
        "settings": asdict(settings),
        "ranked by": _ranked_by(),
        "digests": [digests[key] for key in reading.keys],
        "reading": values,
        "words": words,
        "kept": sorted(made.kept),
        "many": None,
    }
    arrays |= {"lists.ends": made.lists.ends, "lists.values": made.lists.values}
    if many:
        found["many"], more = many[0].packed()
        arrays |= {**more, **many[1].packed()}
    return pack(_FORM, found, arrays)
