"""What a command asks of the pipeline."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FORMATS = ("html", "markdown", "pdf")
"""The formats that one can ask for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for. `now` decides what is scheduled; no other stage sees the clock."""

    root: Path
    out: Path
    now: datetime
    articles: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS
    editions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] | None = None
    """The channels to write copies for; None is all, as a build that names no format writes."""
    drafts: bool = False
    future: bool = False
    strict: bool = False
    jobs: int = 1
    force: bool = False
    """Whether to make everything anew."""

    @property
    def wanted(self) -> str:
        """What is asked for, apart from how to make it, as one text."""
        asked = (
            self.articles, self.formats, self.editions, self.languages, self.channels,
            self.drafts, self.future, self.strict,
        )  # fmt: skip
        return repr(asked)
