"""Names for addresses: ids of headings and slugs of articles, made from what people wrote."""

import re
import unicodedata
from functools import lru_cache

_SPELLED = (
    (re.compile(r"(?<=\w)\+\+"), "pp"),
    (re.compile(r"(?<=\w)\+"), "-plus"),
    (re.compile(r"(?<=\w)#"), "-sharp"),
)
_APOSTROPHE = re.compile("(?<=\\w)['\u2019](?=\\w)")


@lru_cache(maxsize=4096)
def slugify(text: str) -> str:
    """A name in lower case, of letters and digits of any script, joined by hyphens.

    `C++` becomes `cpp` and `C#` becomes `c-sharp`, since they are names that differ from `C`.
    A text without a letter or digit gives "section".
    """
    text = unicodedata.normalize("NFC", text).casefold()
    for pattern, word in _SPELLED:
        text = pattern.sub(word, text)
    text = _APOSTROPHE.sub("", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else "-" for c in text)
    return re.sub("-+", "-", kept).strip("-")[:80].rstrip("-") or "section"


class Names:
    """Gives out names, each once: what is taken already gets `-2`, `-3` and so on."""

    def __init__(self, *reserved: str) -> None:
        self._taken = set(reserved)

    def unique(self, text: str) -> str:
        """A name for a text that no other text of the document has."""
        base = name = slugify(text)
        count = 1
        while name in self._taken:
            count += 1
            name = f"{base}-{count}"
        self._taken.add(name)
        return name

    @property
    def taken(self) -> frozenset[str]:
        """Every name given out or reserved."""
        return frozenset(self._taken)
