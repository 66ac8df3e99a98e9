"""What a platform takes of an article's title, description and tags, and what it would cost.

In: the article's own and the platform's rules. Out: what fits, and what was cut or dropped.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from versus.channels.kind import Tags
from versus.names import slugify


@dataclass(frozen=True, slots=True)
class Tag:
    """What became of an article's tag: `made` is None where it is left out, `why` says why."""

    written: str
    made: str | None
    why: str = ""


def fitted(text: str, limit: int | None) -> str:
    """A text that is at most so long, cut between words, with an ellipsis where it is cut."""
    if limit is None or len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:-–—") + "…"


def encoded(slug: str) -> str:
    """A slug as long as addresses write it: three characters for each byte that is not ASCII.

    Letters with accents lose them first, as in WordPress' `remove_accents`.
    """
    bare = (unicodedata.normalize("NFD", letter)[0] for letter in slug)
    pairs = zip(slug, bare, strict=True)
    return "".join(base if base.isascii() else quote(letter) for letter, base in pairs)


def tags(written: tuple[str, ...], names: Mapping[str, str | None], rule: Tags) -> Iterator[Tag]:
    """Each tag as the platform takes it.

    `names` are the channel's own names for tags, None for those that it leaves out; they are
    not judged, since somebody has decided.
    """
    seen: set[str] = set()
    for tag in dict.fromkeys(written):
        if tag in names and names[tag] is None:
            continue
        whole = names.get(tag) or (_alphanumeric(tag) if rule.alphanumeric else tag)
        made = whole[: rule.length].rstrip()
        if rule.alphanumeric and not made.isalnum():
            yield Tag(tag, None, "it takes letters and digits only")
        elif rule.named and not any(c.isalnum() for c in made):
            yield Tag(tag, None, "it takes none without a letter or digit")
        elif made.casefold() in seen:
            yield Tag(tag, None, f"{made!r} is there already")
        elif rule.count is not None and len(seen) >= rule.count:
            yield Tag(tag, None, f"it takes {rule.count} tags")
        else:
            seen.add(made.casefold())
            is_cut = rule.length is not None and len(whole) > rule.length
            yield Tag(tag, made, f"it takes {rule.length} characters" if is_cut else "")


def _alphanumeric(tag: str) -> str:
    """A tag of letters and digits, as in `cpp`, `csharp`; nothing where it has none."""
    return slugify(tag).replace("-", "") if any(c.isalnum() for c in tag) else ""
