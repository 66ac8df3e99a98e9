"""What a writer noticed in its own output: a file, and what may surprise who reads it.

In: nothing. Out: the types. A writer knows the words that a remark is about, but not the file that
they were written in; `render` looks their place up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing worth a warning. `words` are the article's own words that it is about."""

    message: str
    hint: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A file's bytes, and what its writer noticed."""

    data: bytes
    remarks: tuple[Remark, ...] = ()
    is_passing: bool = False
    """Whether something was not to be had for now, so that another attempt may end better."""
