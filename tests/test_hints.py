"""What a hint proposes for a name that nobody knows: the nearest one that is known."""

import difflib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from versus.diagnostics import did_you_mean

CHANCE = random.Random(1)
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
SLUGS = tuple(
    "-vs-".join("".join(CHANCE.choices(SYLLABLES, k=3)) for _side in "ab") for _ in range(2000)
)


def test_among_few_names_the_nearest_is_proposed_whatever_its_case() -> None:
    assert did_you_mean("kafak", ["Kafka", "Flink"]) == "did you mean 'Kafka'?"


def test_where_none_is_near_those_known_are_listed() -> None:
    names = [f"n{i}" for i in range(30)]
    listed = "known: " + ", ".join(names[:20]) + ", …"
    assert did_you_mean("something else", names) == listed
    assert did_you_mean("something else", names, else_list=False) == ""


def test_a_name_that_cannot_be_meant_is_not_proposed() -> None:
    assert did_you_mean("kafak", ["kafka", "kafkas"], but="kafka") == "did you mean 'kafkas'?"
    assert did_you_mean(SLUGS[3] + "s", SLUGS, but=SLUGS[3]) != f"did you mean {SLUGS[3]!r}?"


@given(st.sampled_from(SLUGS), st.integers(0, 15), st.sampled_from("abcdefghijklmnop-"))
def test_among_thousands_a_slip_of_one_letter_finds_what_comparing_all_finds(
    slug: str, place: int, letter: str
) -> None:
    wrong = slug[:place] + letter + slug[place + 1 :]
    near = difflib.get_close_matches(wrong, SLUGS, n=1, cutoff=0.6)[0]
    assert did_you_mean(wrong, SLUGS) == f"did you mean {near!r}?"


@pytest.mark.parametrize("count", [2, 16, 17, 400])
def test_names_that_all_look_alike_are_told_apart(count: int) -> None:
    names = [f"the-same-beginning-{i:03}" for i in range(count)]
    assert (
        did_you_mean("the-same-beginning-0001", names) == "did you mean 'the-same-beginning-001'?"
    )
