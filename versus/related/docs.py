"""What the ranking sees of a post: plain texts, and the words in them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from versus.related.weights import WORDS

_WORD = re.compile(r"[^\W_]+[+#]*")


@dataclass(frozen=True)
class Doc:
    """A post to be ranked: an article, a post from elsewhere, or any text with a title."""

    key: str
    """Its name. Among posts that are equally good the first by name wins."""
    title: str
    excerpt: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    published: datetime | None = None
    criteria: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Keys that its list begins with."""
    exclude: frozenset[str] = field(default_factory=frozenset)
    limit: int | None = None
    """How many posts it lists; None leaves it to the publication."""
    is_ours: bool = True
    """Whether it has a list, and must stand in one: not so for posts from elsewhere."""

    @cached_property
    def phrases(self) -> tuple[str, str]:
        """The words of the title, and those of all else: what names are looked for in."""
        rest = " ".join(_WORD.findall(f"{self.excerpt}\n{self.text}".casefold()))
        return name_of(self.title), rest

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What others call it: its title and its subjects, as words in lower case."""
        found = map(name_of, (*self.subjects, self.title))
        return tuple(dict.fromkeys(name for name in found if name))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Its subjects as names; those that differ in case only are one."""
        return tuple(dict.fromkeys(filter(None, map(name_of, self.subjects))))

    def counts(self) -> Counter[str]:
        """Its words, each counted by the weight of the field that it stands in."""
        title, rest = self.phrases
        found = Counter(rest.split(" ")) if rest else Counter()
        for words, times in (
            (title.split(), WORDS["title"]),
            (name_of(" ".join(self.subjects)).split(), WORDS["subjects"]),
        ):
            for word in words:
                found[word] += times
        return found


def name_of(text: str) -> str:
    """The words of a text in lower case, a space between them: `C++ vs. C#` is `c++ vs c#`."""
    return " ".join(_WORD.findall(text.casefold()))


def shared(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """What stands in both, in the order of the first; case does not count."""
    theirs = {text.casefold() for text in other}
    return tuple(dict.fromkeys(text for text in one if text.casefold() in theirs))
