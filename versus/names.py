"""Names made from what people wrote: ids of headings, slugs of articles, variables of secrets."""

import re
import unicodedata
from functools import lru_cache

_SPELLED = (
    (re.compile(r"(?<=\w)\+\+"), "pp"),
    (re.compile(r"(?<=\w)\+"), "-plus"),
    (re.compile(r"(?<=\w)#"), "-sharp"),
)
_APOSTROPHE = re.compile("['\u2019](?<=\\w.)(?=\\w)")

_OTHERS = re.compile("[^a-z0-9]+")
_HYPHENS = re.compile("-+")

_MOST = 80
_MOST_BYTES = 240
"""How long a name is: file systems take 255 bytes (POSIX, NAME_MAX), and there may be a number."""


@lru_cache(maxsize=4096)
def slugify(text: str) -> str:
    """A name in lower case, of letters and digits of any script, joined by hyphens.

    `C++` becomes `cpp` and `C#` becomes `c-sharp`, since they are names that differ from `C`.
    A text without a letter or digit gives "section".
    """
    text = unicodedata.normalize("NFC", text).casefold()
    if "+" in text or "#" in text:
        for pattern, word in _SPELLED:
            text = pattern.sub(word, text)
    text = _APOSTROPHE.sub("", text)
    if text.isascii():
        kept = _OTHERS.sub("-", text)
    else:
        kept = "".join(c if unicodedata.category(c)[0] in "LNM" else "-" for c in text)
        kept = _HYPHENS.sub("-", kept)
    kept = kept.strip("-")[:_MOST]
    if not kept.isascii():
        kept = kept.encode()[:_MOST_BYTES].decode(errors="ignore")  # No half of a letter.
    return kept.rstrip("-") or "section"


def variable(channel: str) -> str:
    """How the names of environment variables with a channel's secrets begin: `VERSUS_DEVTO`."""
    return f"VERSUS_{re.sub('[^A-Z0-9]', '_', channel.upper())}"


class Names:
    """Gives out names, each once: what is taken already gets `-2`, `-3` and so on."""

    def __init__(self, *reserved: str, prefixes: tuple[str, ...] = ()) -> None:
        self._taken = set(reserved)
        self._prefixes = prefixes
        self._last: dict[str, int] = {}

    def unique(self, text: str) -> str:
        """A name for a text that no other text of the document has."""
        base = name = slugify(text)
        if base.startswith(self._prefixes):
            base = name = f"on-{base}"
        count = self._last.get(base, 1)
        while name in self._taken:
            count += 1
            name = f"{base}-{count}"
        self._taken.add(name)
        self._last[base] = count
        return name

    def own(self, name: str) -> str:
        """A name that somebody chose, as it is, unless it is taken."""
        if name in self._taken or name.startswith(self._prefixes):
            return self.unique(name)
        self._taken.add(name)
        return name

    @property
    def taken(self) -> frozenset[str]:
        """Every name given out or reserved."""
        return frozenset(self._taken)
