"""The words of templates: every message is translated into every language that Versus speaks."""

import re
import sys
from string import Formatter
from typing import Any

import pytest
from babel.messages.pofile import read_po
from conftest import ROOT

from versus.catalogues import CatalogueError, compiled, words
from versus.machine import templates_folder

sys.path.insert(0, str(ROOT / "scripts"))
import catalogues

SHIPPED = templates_folder() / "locale"
LANGUAGES = ("ar", "de", "es", "fr", "zh-Hans")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_versus_speaks_these_languages_beside_english() -> None:
    assert sorted(path.stem for path in SHIPPED.glob("*.po")) == list(LANGUAGES)


def holes(text: str) -> list[str]:
    """The places in a message that values fill."""
    named = [f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name]
    return sorted([*PLACEHOLDER.findall(text), *named])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_with_the_same_holes(language: str) -> None:
    """`make catalogues` adds what is missing here to the catalogues."""
    template = catalogues.messages()
    known = read_po((SHIPPED / f"{language}.po").open("rb"))
    ids = {(message.id, message.context) for message in template if message.id}
    assert ids == {(message.id, message.context) for message in known if message.id}
    for message in known:
        if not message.id:
            continue
        string: Any = message.string
        said = string if isinstance(string, tuple) else (string,)
        source: Any = message.id[-1] if isinstance(message.id, tuple) else message.id
        assert all(said), f"{source!r} is not translated"
        assert not message.fuzzy
        for form in said:
            assert holes(form) == holes(source)


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "Verdict"),
        ("en-GB", "Verdict"),
        ("de-AT", "Urteil"),
        ("zh", "结论"),
        ("zh-CN", "结论"),
        ("zh-Hans", "结论"),
        ("fr-CA", "Verdict"),
    ],
)
def test_a_catalogue_serves_the_regions_of_its_language(language: str, heading: str) -> None:
    found = words(language, {})
    assert found.is_known
    assert found.gettext("Verdict") == heading


@pytest.mark.parametrize(
    ("message", "said", "why"),
    [
        ("The basics of {subjects}", "Zu {themes}", "there is no 'themes'"),
        ("The basics of {subjects}", "Zu {0}", "index 0"),
        ("The basics of {subjects}", "Zu {subjects", "expected '}'"),
        ("Articles on %(topic)s", "Zu %(topic)", "incomplete format"),
        ("Articles on %(topic)s", "Zu %(theme)s", "there is no 'theme'"),
        ("Articles on %(topic)s", "Zu %(topic)d", "a real number is required"),
        ("Verdict", "100 % wahr", "format"),
    ],
)
def test_words_that_cannot_be_filled_are_told_at_their_line(
    message: str, said: str, why: str
) -> None:
    with pytest.raises(CatalogueError, match=re.escape(why)) as error:
        compiled(f'\nmsgid "Sources"\nmsgstr "Quellen"\n\nmsgid "{message}"\nmsgstr "{said}"\n')
    assert error.value.line == 5


def test_holes_are_filled_where_a_message_has_them() -> None:
    for message, said in (
        ("A brace {x}", "Klammer {y}"),
        ("%(number)d of %(all)s", "%(all)s: %(number)03d"),
        ("Sure", "100 %% sicher"),
    ):
        compiled(f'msgid "{message}"\nmsgstr "{said}"\n')
    forms = 'msgstr[0] "%(num)s Quelle"\nmsgstr[1] "%(num)d Quellen"\n'
    compiled(f'msgid "Source"\nmsgid_plural "Sources"\n{forms}')


@pytest.mark.parametrize("language", ["zh-TW", "zh-Hant", "zh-HK", "pt", "tlh"])
def test_no_catalogue_serves_another_script_or_language(language: str) -> None:
    found = words(language, {})
    assert not found.is_known
    assert found.gettext("Verdict") == "Verdict"


def test_a_publications_own_catalogue_comes_first() -> None:
    own = {"fr": 'msgid ""\nmsgstr ""\n\nmsgid "Verdict"\nmsgstr "Le choix"\n'}
    assert words("fr", own).gettext("Verdict") == "Le choix"
    assert words("fr-CA", own).gettext("Verdict") == "Le choix"


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [("en", 1, "Source:"), ("en", 2, "Sources:"), ("de", 1, "Quelle:"), ("de", 2, "Quellen:"),
     ("fr", 2, "Sources\u202f:"), ("ar", 1, "المصدر:"), ("ar", 2, "المصدران:"), ("zh", 5, "来源：")],
)  # fmt: skip
def test_plurals_are_the_languages(language: str, number: int, said: str) -> None:
    assert words(language, {}).ngettext("Source:", "Sources:", number) == said


def test_the_catalogues_are_as_the_script_writes_them() -> None:
    template = catalogues.messages()
    for path in SHIPPED.glob("*.po"):
        fresh = catalogues.written(catalogues.updated(path, template)).rstrip() + b"\n"
        assert path.read_bytes() == fresh, f"{path.name}: run `make catalogues`"
