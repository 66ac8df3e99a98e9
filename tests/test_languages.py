"""Texts in one language among those of another: which way each is written, and what says so."""

import pytest

from versus.languages import direction


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("ar", "rtl"), ("he-IL", "rtl"), ("ur", "rtl"), ("yi", "rtl"), ("ku-Arab", "rtl"),
        ("arc", "rtl"), ("az-IR", "rtl"), ("ff-adlm", "rtl"), ("ar-EG-u-nu-latn", "rtl"),
        ("en", "ltr"), ("ku", "ltr"), ("ar-Latn", "ltr"), ("uz-Cyrl", "ltr"), ("zh-Hant", "ltr"),
        ("en-x-arab", "ltr"), ("tlh", "ltr"),
    ],
)  # fmt: skip
def test_the_script_decides_which_way_a_language_is_written(tag: str, way: str) -> None:
    assert direction(tag) == way
