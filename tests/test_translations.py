"""Translations: an overlay beside an article gives it pages, files and feeds in another language."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from conftest import ARTICLE, Publication
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from reading import html_tree

from versus import overlays
from versus.pipeline import check
from versus.request import Request
from versus.yamltext import load

BASE = """\
title: Kafka vs Flink
published: 2026-11-01
updated: 2026-11-02
tags: [streaming]
subjects:
  - {name: Kafka, definition: A log.}
  - {name: Flink, id: f, definition: An engine.}
introduction: {default: "Two tools, and [Spark](other.yaml).", brief: Two tools.}
differences:
  criteria:
    - name: Purpose
      values:
        Kafka: {text: It moves events., short: Moves}
        f: {text: It computes., short: Computes}
    - {name: License, values: {Kafka: Apache, f: null}}
verdict: {summary: Take both., choose: {Kafka: [you move], f: [you compute]}}
faq: [{question: Both?, answer: "Yes, see [the purpose](#purpose)."}]
sources: {docs: {title: The manual, url: "https://docs.example/"}}
"""

FRENCH = """\
title: "Kafka ou Flink\u202f?"
introduction: {default: "Deux outils, et [Spark](other.yaml).", brief: Deux outils.}
subjects:
  - {definition: Un journal.}
  - {id: f, definition: Un moteur.}
differences:
  criteria:
    - name: But
      values:
        Kafka: {text: Il transporte., short: Transporte}
"""

OTHER = ARTICLE.replace("Kafka vs Flink", "Spark vs Beam").replace("Kafka", "Spark")


@pytest.fixture
def translated(publication: Publication) -> Publication:
    """A publication with two articles, one of them in French too."""
    publication.article("kafka-vs-flink", BASE)
    publication.article("kafka-vs-flink.fr", FRENCH)
    publication.article("other", OTHER)
    return publication


def checked(publication: Publication) -> str:
    """What `check` tells, in this process."""
    request = Request(publication.root, publication.out, datetime(2026, 11, 24, tzinfo=UTC))
    return "\n".join(map(str, check(request).diagnostics))


def test_a_translation_has_a_page_a_file_and_a_pdf_of_its_own(translated: Publication) -> None:
    translated.build()
    for name in ("index.html", "index.md", "kafka-vs-flink.pdf", "brief/index.html"):
        assert (translated.out / "site/fr/kafka-vs-flink" / name).is_file()
    assert not (translated.out / "site/fr/other").exists(), "it has no translation"


def test_what_is_left_out_stays_in_the_articles_language_and_says_so(
    translated: Publication,
) -> None:
    translated.build("-f", "html")
    page = html_tree(translated.read("site/fr/kafka-vs-flink/index.html"))
    whole = translated.read("site/fr/kafka-vs-flink/index.html")
    assert whole.startswith('<!DOCTYPE html>\n<html lang="fr" dir="ltr">')
    foreign = {"".join(node.itertext()) for node in page.xpath('.//*[@lang="en"]')}
    assert {"Take both.", "It computes.", "Both?", "The manual", "License", "Apache"} <= foreign
    assert not {"Un journal.", "But", "Transporte"} & foreign


def test_headings_keep_their_ids_in_every_language(translated: Publication) -> None:
    translated.build("-f", "html")
    page = translated.read("site/fr/kafka-vs-flink/index.html")
    assert re.search(r'<h3 id="purpose">But</h3>', page)
    assert 'href="#purpose"' in page


def test_links_lead_to_the_translation_where_there_is_one(translated: Publication) -> None:
    translated.article("other.fr", "introduction: Voir [Kafka](kafka-vs-flink.yaml#verdict).\n")
    translated.build("-f", "html", "-f", "markdown")
    page = html_tree(translated.read("site/fr/kafka-vs-flink/index.html"))
    assert page.xpath('.//a[text()="Spark"]/@href') == ["../../fr/other/"]
    back = translated.read("site/fr/other/index.md")
    assert "[Kafka](https://test.example/fr/kafka-vs-flink/#verdict)" in back


def test_links_lead_to_the_article_itself_where_it_is_not_translated(
    translated: Publication,
) -> None:
    translated.build("-f", "html")
    page = html_tree(translated.read("site/fr/kafka-vs-flink/index.html"))
    assert page.xpath('.//a[text()="Spark"]/@href') == ["../../other/"]
    related = page.xpath('.//section[@aria-labelledby="related"]//h3//*[@lang]')
    assert [(node.get("lang"), node.text) for node in related] == [("en", "Spark vs Beam")]


def test_each_language_is_canonical_to_itself_and_names_the_others(
    translated: Publication,
) -> None:
    translated.build("-f", "html")
    for path, own in (
        ("kafka-vs-flink", "kafka-vs-flink/"),
        ("fr/kafka-vs-flink", "fr/kafka-vs-flink/"),
    ):
        page = translated.read(f"site/{path}/index.html")
        assert f'<link rel="canonical" href="https://test.example/{own}">' in page
        named = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', page)
        assert named == [
            ("en", "https://test.example/kafka-vs-flink/"),
            ("fr", "https://test.example/fr/kafka-vs-flink/"),
            ("x-default", "https://test.example/kafka-vs-flink/"),
        ]
    brief = translated.read("site/fr/kafka-vs-flink/brief/index.html")
    assert '<link rel="canonical" href="https://test.example/fr/kafka-vs-flink/">' in brief
    assert "hreflang" not in brief.partition("</head>")[0], "only canonical pages name each other"
    assert "hreflang" not in translated.read("site/other/index.html").partition("</head>")[0]


def test_readers_choose_a_language_by_its_own_name(translated: Publication) -> None:
    translated.build("-f", "html")
    page: Any = etree.HTML(translated.read("site/kafka-vs-flink/index.html"))
    links = page.xpath('//nav[contains(@class, "languages")]//a')
    assert [(a.get("hreflang"), a.get("href"), a.text) for a in links] == [
        ("fr", "../fr/kafka-vs-flink/", "français")
    ]


def test_each_language_has_its_index_and_its_feeds(translated: Publication) -> None:
    translated.write(
        "content/site.yaml",
        (translated.root / "content/site.yaml").read_text()
        + "translations: {fr: {title: Journal des tests, description: Des essais.}}\n",
    )
    translated.build("-f", "html")
    index = translated.read("site/fr/index.html")
    assert "Journal des tests" in index
    assert 'href="./kafka-vs-flink/"' in index.replace("../fr/", "./")
    assert "Spark vs Beam" not in index
    for name in ("feed.xml", "rss.xml"):
        feed: Any = etree.fromstring(translated.read(f"site/fr/{name}").encode())
        text = "".join(feed.itertext())
        assert "Kafka ou Flink" in text
        assert "Spark vs Beam" not in "".join(feed.xpath("//*[local-name()='title']//text()"))
    assert '"language": "fr"' in translated.read("site/fr/feed.json")
    assert (translated.out / "site/fr/tags/streaming/index.html").is_file()
    assert "https://test.example/fr/kafka-vs-flink/" in translated.read("site/sitemap.xml")


def test_words_and_dates_are_the_languages(translated: Publication) -> None:
    translated.build("-f", "html", "-f", "markdown")
    for name in ("index.html", "index.md"):
        said = translated.read(f"site/fr/kafka-vs-flink/{name}")
        for words in (
            "1 novembre 2026",
            "Kafka et Flink\u202f: les bases",
            "Sans objet",
            "Articles liés",
        ):
            assert words in said, words
        assert "Related posts" not in said
        assert "Not applicable" not in said


def test_arabic_is_written_from_right_to_left(translated: Publication) -> None:
    translated.article("kafka-vs-flink.ar", "title: كافكا مقابل فلينك\nintroduction: أداتان.\n")
    translated.build("-f", "html")
    page = translated.read("site/ar/kafka-vs-flink/index.html")
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p lang="en" dir="ltr">Take both.</p>' in page
    assert "نوفمبر" in page, "the month in words"


def test_only_the_languages_named_are_built(translated: Publication) -> None:
    translated.build("-f", "html", "-l", "fr")
    assert (translated.out / "site/fr/kafka-vs-flink/index.html").is_file()
    assert not (translated.out / "site/kafka-vs-flink/index.html").exists()
    wrong = translated.run("build", "-l", "fx")
    assert wrong.code == 2
    assert "known: en, fr" in wrong.stderr


def test_a_translation_that_is_gone_takes_its_files_with_it(translated: Publication) -> None:
    translated.build("-f", "html")
    (translated.root / "content/articles/kafka-vs-flink.fr.yaml").unlink()
    translated.build("-f", "html")
    assert not (translated.out / "site/fr").exists()


@pytest.mark.parametrize(
    ("overlay", "said", "hint"),
    [
        ("titel: x\n", ":1:1: error: unknown key 'titel'", "did you mean 'title'?"),
        ("slug: x\n", ":1:1: error: slug: `slug` is not translated", "remove it here"),
        ("published: 2026-12-01\n", ":1:1: error: published: `published` is not translated", ""),
        ("conclusion: x\n", ":1:1: error: conclusion: the article has nothing here to translate", ""),
        (
            "differences: {criteria: [{}, {}, {name: x}]}\n",
            ":1:34: error: differences.criteria[2]: the article has no such item",
            "",
        ),
        (
            "verdict: {choose: {kafka: [x]}}\n",
            ":1:20: error: verdict.choose.kafka: the article has no 'kafka' here",
            "did you mean 'Kafka'?",
        ),
        (
            "subjects: [{id: nope, name: x}]\n",
            ":1:12: error: subjects[0]: the article has no such item",
            "",
        ),
        (
            "subjects: [{id: Kafka, name: x}, {id: Kafka, name: y}]\n",
            ":1:34: error: subjects[1]: item 1 translates the same one",
            "",
        ),
        (
            "differences: {criteria: [{values: {Kafka: x}}]}\n",
            ":1:43: error: differences.criteria[0].values.Kafka: the value has a `text` and a `short`",
            "write `text:` and `short:`",
        ),
        (
            "differences: {criteria: [{}, {values: {Kafka: {text: x}}}]}\n",
            ":1:47: error: differences.criteria[1].values.Kafka: the value is a text and no mapping",
            "write the text itself",
        ),
        (
            "differences: {criteria: [{}, {values: {f: x}}]}\n",
            ":1:43: error: differences.criteria[1].values.f: the article says that it does not apply",
            "",
        ),
        ("introduction: see [x](gone.yaml)\n", ":1:23: error: introduction: a link that leads nowhere", ""),
        ("introduction: see [x](#gone)\n", ":1:23: error: introduction: no heading '#gone'", ""),
        ("introduction: {brief: x}\n", ":1:1: error: introduction: no `default` among the texts", ""),
        ("introduction: [a, b]\n", ":1:15: error: introduction: text is needed, not a list", ""),
        ("title: ' '\n", ":1:8: error: title: the text is empty", ""),
        ("title: [\n", "error: ", ""),
        ("faq: x\n", ":1:6: error: faq: a list is needed", ""),
        ("- x\n", ":1:1: error: a mapping is needed", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_overlay_is_told_at_its_place(
    translated: Publication, overlay: str, said: str, hint: str
) -> None:
    translated.article("kafka-vs-flink.fr", overlay)
    told = checked(translated)
    assert "content/articles/kafka-vs-flink.fr.yaml" in told
    assert said in told
    assert hint in told


def test_what_is_wrong_in_the_article_is_told_once_and_not_in_its_overlay(
    translated: Publication,
) -> None:
    broken = BASE.replace("choose: {Kafka:", "choose: {kafka:")
    translated.article("kafka-vs-flink", broken)
    result = translated.run("check")
    assert result.code == 1
    assert result.stderr.count("unknown subject id 'kafka'") == 1
    assert "kafka-vs-flink.fr.yaml" not in result.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kafka-vs-flink.french", "the file's name holds no language tag"),
        ("kafka-vs-flink.en", "'en' is the publication's own language"),
        ("gone.fr", "the article that this would translate is not there"),
    ],
)
def test_an_overlays_name_says_article_and_language(
    translated: Publication, name: str, said: str
) -> None:
    translated.article(name, "title: x\n")
    assert f"content/articles/{name}.yaml:1:1: error: {said}" in checked(translated)


def test_a_language_without_a_catalogue_is_warned_of_and_can_bring_its_own(
    translated: Publication,
) -> None:
    translated.article("kafka-vs-flink.pt", "title: Kafka ou Flink\n")
    warned = translated.build("-f", "html")
    assert "warning: no words for 'pt': headings and labels stay English" in warned.stderr
    catalogue = 'msgid ""\nmsgstr ""\n"Language: pt\\n"\n\nmsgid "Verdict"\nmsgstr "Veredito"\n'
    translated.write("templates/locale/pt.po", catalogue)
    quiet = translated.build("-f", "html")
    assert "pt" not in quiet.stderr
    assert ">Veredito<" in translated.read("site/pt/kafka-vs-flink/index.html")
    translated.write("templates/locale/pt.po", catalogue + "no catalogue\n")
    wrong = translated.run("build", "-f", "html")
    assert wrong.code == 1
    assert "templates/locale/pt.po:7:1: error: not a catalogue: " in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_check_lists_what_is_not_translated(translated: Publication) -> None:
    result = translated.run("check")
    assert result.code == 0
    assert (
        "kafka-vs-flink.fr.yaml:1:1: warning: 12 of 19 fields are not translated: " in result.stderr
    )
    assert "subjects[1].name, differences.criteria[0].values.f.text" in result.stderr
    assert "not translated" not in translated.build("-f", "html").stderr, "a build does not nag"


def test_translate_writes_a_skeleton_and_keeps_it_up_with_the_article(
    publication: Publication,
) -> None:
    """The life of a translation: written, filled in, outdated by the article, right again."""
    publication.article("kafka-vs-flink", BASE)
    publication.article("other", OTHER)
    path = publication.root / "content/articles/kafka-vs-flink.fr.yaml"

    written = publication.run("translate", "kafka-vs-flink", "fr")
    assert written.code == 0, written.stderr
    assert "0 of 19 fields translated" in written.stdout
    assert "# Take both.\n  summary:\n" in path.read_text()
    assert publication.run("check").code == 0

    filled = path.read_text().replace("  summary:\n", "  summary: Prenez les deux.\n")
    path.write_text(filled.replace("title:\n", "title: Kafka ou Flink\n", 1))
    again = publication.run("translate", "content/articles/kafka-vs-flink.yaml", "fr")
    assert "2 of 19 fields translated" in again.stdout
    kept = path.read_text()
    assert "summary: Prenez les deux." in kept
    assert publication.run("translate", "kafka-vs-flink", "fr").stdout == again.stdout
    assert path.read_text() == kept, "with nothing new the file stays as it is"

    publication.article("kafka-vs-flink", BASE.replace("Take both.", "Take one of them."))
    told = publication.run("check")
    line = kept.split("\n").index("  summary: Prenez les deux.") + 1
    assert (
        f"kafka-vs-flink.fr.yaml:{line}:12: warning: verdict.summary: the article says something else since"
        in told.stderr
    )
    changed = publication.run("translate", "kafka-vs-flink", "fr")
    assert "changed: verdict.summary\n" in changed.stdout
    assert "# Take one of them.\n  summary: Prenez les deux.\n" in path.read_text()
    assert "says something else since" in publication.run("check").stderr, "until it is accepted"

    path.write_text(path.read_text().replace("Prenez les deux.", "Prenez-en un."))
    assert publication.run("translate", "kafka-vs-flink", "fr", "--accept").code == 0
    assert "says something else since" not in publication.run("check").stderr
    assert "summary: Prenez-en un." in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("kafka-vs-fink", "fr"), 2, "did you mean 'kafka-vs-flink'?"),
        (("kafka-vs-flink", "en"), 2, "is no other language's tag"),
        (("kafka-vs-flink", "../fr"), 2, "is no other language's tag"),
        (("kafka-vs-flink", "french!"), 2, "is no other language's tag"),
    ],
)
def test_translate_refuses_what_it_cannot_mean(
    publication: Publication, arguments: tuple[str, str], code: int, said: str
) -> None:
    publication.article("kafka-vs-flink", BASE)
    result = publication.run("translate", *arguments)
    assert result.code == code
    assert said in result.stderr


def test_translate_never_drops_a_translation_that_it_does_not_understand(
    translated: Publication,
) -> None:
    path = translated.article("kafka-vs-flink.fr", "conclusion: Un travail perdu.\n")
    result = translated.run("translate", "kafka-vs-flink", "fr")
    assert result.code == 1
    assert "the article has nothing here to translate" in result.stderr
    assert path.read_text() == "conclusion: Un travail perdu.\n"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=60)
LINES = st.lists(TEXTS, min_size=1, max_size=4).map("\n".join)


@given(st.dictionaries(st.sampled_from(["title", "introduction", "conclusion"]), LINES), LINES)
def test_a_skeleton_keeps_every_translation_whatever_it_says(
    texts: dict[str, str], base: str
) -> None:
    from versus.translating import draft
    from versus.yamltext import YamlError

    article: Any = {
        "title": base,
        "introduction": base,
        "conclusion": base,
        "subjects": [{"name": "A", "id": "A"}],
    }
    try:
        overlay = load(yaml.safe_dump(texts, allow_unicode=True)) if texts else {}
    except YamlError:
        return  # Characters that no content file may hold.
    found = draft(article, overlay, "x.yaml", "fr").text
    assert overlays.merge(article, load(found)).data == overlays.merge(article, overlay).data


@given(st.text(st.sampled_from("a \t\n\r\x85\u2028\u2029\x80\ufeff#:-'\"\\"), max_size=8))
def test_a_skeleton_can_be_read_whatever_ends_a_line(words: str) -> None:
    from versus.translating import draft

    texts: Any = {"title": words, "introduction": words, "conclusion": words}
    found = load(draft(texts, {"introduction": words}, "x.yaml", "fr").text)
    assert isinstance(found, dict)
    assert (found["title"], found["introduction"], found["conclusion"]) == (None, words, None)


def test_every_text_of_an_article_can_be_translated() -> None:
    """Each field that holds text or Markdown by the contract is in the shape of overlays."""
    from versus.checks import texts

    data = load(
        BASE
        + "description: d\nbasics: b\nconclusion: c\nimage: {src: assets/x.png, alt: a}\n"
        + "sections: [{title: t, body: b}]\n"
    )
    assert isinstance(data, dict)
    data["differences"]["lead"] = "l"  # type: ignore[index,call-overload]
    told = {path for path, value in texts(data) if value is not None}
    assert told == {path for path, _value in overlays.leaves(data)}
