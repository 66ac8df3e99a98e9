"""What fuzzing found once stays right: `make fuzz` puts its cases into tests/fuzz."""

from pathlib import Path

import pytest
from fuzzing import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import words

CASES = sorted((Path(__file__).parent / "fuzz").glob("*-*"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_case_that_was_found_stays_right(case: Path) -> None:
    TARGETS[case.name.partition("-")[0]](case.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_the_promises_hold_for_words_that_trouble_readers(target: str) -> None:
    @given(words | st.text(max_size=30))
    @settings(max_examples=150)
    def check(text: str) -> None:
        TARGETS[target](text.encode("utf-8", "ignore"))

    check()
