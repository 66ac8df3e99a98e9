"""The ledger as a file that is written again after each change, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

from versus import ledger
from versus.emit import write_whole
from versus.ledger import Hosted, Record, Records
from versus.sources import LEDGER


class Book:
    """The records of a publication; each change is on the disk before the next step begins."""

    def __init__(self, root: Path, records: Records) -> None:
        self._path = root / LEDGER
        self._records = dict(records)

    def get(self, channel: str, article: str) -> Record | None:
        """What is written about an article on a channel."""
        return self._records.get((channel, article))

    def of(self, channel: str) -> Iterator[Record]:
        """The records of a channel."""
        yield from (record for record in self._records.values() if record.channel == channel)

    def pictures(self, channel: str) -> dict[str, Hosted]:
        """The pictures that a channel's platform has already, by their digests."""
        return {digest: it for r in self.of(channel) for digest, it in r.pictures.items()}

    def put(self, record: Record) -> None:
        """Write a record down. Raises OSError."""
        self._records[record.channel, record.article] = record
        self._write()

    def drop(self, channel: str, article: str) -> None:
        """Forget a record. Raises OSError."""
        if self._records.pop((channel, article), None) is not None:
            self._write()

    def _write(self) -> None:
        text = ledger.written(self._records.values())
        write_whole(self._path, text.encode())
