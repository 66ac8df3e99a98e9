"""Why a post stands in a list: what makes up its score, in numbers and in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from versus.languages import join_names
from versus.related.columns import ONE, SPREAD
from versus.related.docs import Doc, name_of

_WORDS_TOLD = 3
"""How many of the words that two texts share a reason names."""

_KINDS = ("words", "names", "named", "subjects", "criteria", "tags")
"""What the other one's features say: its own name is one that this article names."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A post of a list, and how it came there."""

    key: str
    score: float
    parts: Mapping[str, float]
    """What each kind of likeness adds to the score."""
    reasons: tuple[str, ...]
    """The same in words, the strongest first."""
    pinned: bool = False


def pick(
    docs: tuple[Doc, Doc],
    shared: Mapping[int, int],
    spelled: Sequence[str],
    *,
    is_pinned: bool,
    is_kept: bool,
) -> Pick:
    """A post in the list of another (the first of the two), with what they have in common."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for column, value in shared.items():
        found[_KINDS[column % SPREAD]][spelled[column // SPREAD]] = value / ONE
    sums = {kind: round(sum(values.values()), 3) for kind, values in found.items()}
    kinds = sorted(found, key=lambda kind: (-sums[kind], kind))
    reasons = [_reason(kind, found[kind], *docs) for kind in kinds]
    if not found and not is_pinned:
        reasons.append("nothing in common: it fills the list")
    if is_kept:
        reasons.append("stands in no other list")
    if is_pinned:
        reasons.insert(0, "pinned")
    total = round(sum(shared.values()) / ONE, 3)
    parts = {kind: sums[kind] for kind in kinds}
    return Pick(docs[1].key, total, parts, tuple(reasons), is_pinned)


def _reason(kind: str, values: Mapping[str, float], mine: Doc, other: Doc) -> str:
    """A part of a score in words; names are told as one of the two writes them."""
    written = {
        name_of(text): text
        for doc in (mine, other)
        for text in (*doc.tags, *doc.criteria, *doc.subjects, doc.title)
    }
    names = [written.get(name, name) for name in sorted(values, key=lambda n: (-values[n], n))]
    quoted = [f"'{name}'" for name in names]
    if kind == "words":
        return "words in common: " + ", ".join(names[:_WORDS_TOLD])
    said = {
        "names": ("this article names", names),
        "named": ("that post names", names),
        "subjects": ("both compare", names),
        "criteria": ("both look at", quoted),
        "tags": ("shares", quoted),
    }
    verb, listed = said[kind]
    return f"{verb} {join_names(listed, 'en')}"
