"""The page, the Markdown file and the PDF say the same, in the same order: no format loses a word.

What must be said is read off the article's model here, by code of the test's own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from indexing import indexed
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from reading import (
    assert_in_order,
    html_tree,
    in_parts,
    links,
    markdown_tree,
    pdf_links,
    pdf_text,
    squeezed,
    text,
)

from versus import render, sections
from versus.artifacts import Artifact
from versus.basis import Basis
from versus.briefs import Briefing
from versus.documents import document, document_on
from versus.library import Library
from versus.media import FeedMedium, HtmlMedium, MarkdownMedium
from versus.model import Article, Site, Value, in_edition
from versus.outline import markdown_fields
from versus.related import Related
from versus.sections import ORDER
from versus.sources import Publication as Folder
from versus.sources import Source, read
from versus.templating import Templates
from versus.variants import Variant, expand
from versus.writers import Context

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("html", "markdown", "pdf")
NOT_APPLICABLE = "Not applicable"


def words(field: object, edition: str) -> list[str]:
    """The words of a Markdown field, block by block, as a CommonMark reader finds them."""
    assert isinstance(field, str | dict)
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    parser.disable("footnote_inline")
    found: list[str] = []
    for token in parser.parse(in_edition(field, edition)):
        if token.type == "footnote_block_open":
            break
        if token.type == "inline":
            said = ""
            for child in token.children or []:
                if child.type in ("text", "code_inline"):
                    said += child.content
                elif child.type in ("image", "footnote_ref", "html_inline"):
                    found.append(said)
                    said = ""
            found.append(said)
        elif token.type in ("fence", "code_block"):
            found += token.content.splitlines()
    return [said for said in found if said.strip()]


def notes(article: Article, edition: str) -> Iterator[str]:
    """The words of an article's footnotes."""
    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
    for _path, field in markdown_fields(article, edition):
        tokens = parser.parse(field)
        for token in tokens[
            next(
                (i for i, t in enumerate(tokens) if t.type == "footnote_block_open"), len(tokens)
            ) :
        ]:
            if token.type == "inline":
                yield "".join(
                    child.content for child in token.children or [] if child.type == "text"
                )


def narrated(article: Article, index: int) -> bool:
    """The contract's rule: a lead, or a value with `text`."""
    assert article.differences
    criterion = article.differences.criteria[index]
    return criterion.lead is not None or any(
        isinstance(v, Value) and v.text is not None for v in criterion.values.values()
    )


ALL = frozenset(ORDER)


def said(
    article: Article, edition: str = "full", shown: frozenset[str] = ALL, no: str = NOT_APPLICABLE
) -> Iterator[str]:
    """Everything that an edition of an article says, in the contract's order.

    `shown` are the sections it has, `no` is what it says where something does not apply.
    """
    yield in_edition(article.title, edition)
    if article.introduction and "introduction" in shown:
        yield from words(article.introduction, edition)
    if "basics" in shown:
        yield from basics(article, edition)
    yield from differences(article, edition, shown, no)
    for section in article.sections if "sections" in shown else ():
        if section.only is None or edition in section.only:
            yield in_edition(section.title, edition)
            yield from words(section.body, edition)
    if article.verdict and "verdict" in shown:
        if article.verdict.summary:
            yield from words(article.verdict.summary, edition)
        for subject in article.subjects:
            for reason in article.verdict.choose.get(subject.key, ()):
                yield from words(reason, edition)
    for question in article.faq if "faq" in shown else ():
        if question.only is None or edition in question.only:
            yield in_edition(question.question, edition)
            yield from words(question.answer, edition)
    if article.conclusion and "conclusion" in shown:
        yield from words(article.conclusion, edition)
    for source in article.sources.values() if "sources" in shown else ():
        yield in_edition(source.title, edition)


def basics(article: Article, edition: str) -> Iterator[str]:
    """The section of definitions."""
    if article.basics:
        yield from words(article.basics, edition)
    for subject in article.subjects:
        if subject.definition:
            yield in_edition(subject.name, edition)
            yield from words(subject.definition, edition)


def differences(article: Article, edition: str, shown: frozenset[str], no: str) -> Iterator[str]:
    """The comparison: lead, table, narrated criteria; with one of the two alone, all is in it."""
    narrating, tabling = "differences" in shown, "table" in shown
    if article.differences is None:
        return
    if article.differences.lead and narrating:
        yield from words(article.differences.lead, edition)
    criteria = [
        (i, c)
        for i, c in enumerate(article.differences.criteria)
        if c.only is None or edition in c.only
    ]
    has_short = any(
        isinstance(v, Value) and v.short is not None for _, c in criteria for v in c.values.values()
    )
    rule = article.differences.table
    by_rule = rule == "true" or (
        rule == "auto" and (has_short or any(not narrated(article, i) for i, _ in criteria))
    )
    if tabling and criteria and (by_rule or not narrating):
        for _, criterion in criteria:
            yield in_edition(criterion.name, edition)
            for subject in article.subjects:
                value = criterion.values.get(subject.key)
                if value is None:
                    yield no
                elif isinstance(value, Value) and value.short is not None:
                    yield in_edition(value.short, edition)
                else:
                    yield from words(value.text if isinstance(value, Value) else value, edition)
    for i, criterion in criteria if narrating else ():
        if not narrated(article, i) and rule != "false" and tabling:
            continue
        yield in_edition(criterion.name, edition)
        if criterion.lead:
            yield from words(criterion.lead, edition)
        for subject in article.subjects:
            yield in_edition(subject.name, edition)
            value = criterion.values.get(subject.key)
            if value is None:
                yield no
            elif isinstance(value, Value) and value.text is None:
                assert value.short is not None
                yield in_edition(value.short, edition)
            else:
                yield from words(value.text if isinstance(value, Value) else value, edition)


def rendered(folder: Folder, formats: tuple[str, ...]) -> tuple[Library, dict[str, Artifact]]:
    """A publication's variants, rendered in this process; nothing is written."""
    found = indexed(folder)
    briefing = Briefing(found, Related(found), {})
    context = Context(found.site, Templates(folder.root))
    shop = render.Shop(found.imprint, context, briefing.brief)
    orders = render.orders(found.site, expand(found, found.live), formats)
    todo = [render.Task(v, name) for v, names in orders for name in names]
    made = {}
    for _place, outcome in render.run(shop, todo, 1, lambda: None):
        assert outcome.artifacts, "\n".join(map(str, outcome.diagnostics))
        made[
            f"{outcome.artifacts[0].article} {outcome.artifacts[0].variant} {outcome.artifacts[0].format}"
        ] = outcome.artifacts[0]
    return found, made


def assert_parity(folder: Folder, formats: tuple[str, ...] = FORMATS) -> None:
    """Every article says all it has to say in every format, and links to the same places."""
    found, made = rendered(folder, formats)
    for variant in expand(found, found.live):
        files = {name: made[f"{variant.entry.slug} {variant.name} {name}"] for name in formats}
        assert_variant(found, variant, {name: file.data for name, file in files.items()})


def assert_variant(found: Library, variant: Variant, files: Mapping[str, bytes]) -> None:
    """One variant of an article says in each of its files what it has to say."""
    article, edition = variant.article, variant.edition
    shown = sections.shown(found.site.editions.get(edition))
    no = found.imprint.words(variant.language).gettext(NOT_APPLICABLE)
    needles = list(said(article, edition, shown, no))
    brief = Briefing(found, Related(found), {}).brief(variant)
    for post in document(found.imprint, variant, brief, HtmlMedium).sections[-1].posts:
        needles += [post.title, post.excerpt] if post.excerpt else [post.title]
    url = variant.url(found.site.base_url)
    trees, texts = {}, {}
    if "html" in files:
        trees["html"] = html_tree(files["html"].decode())
    if "markdown" in files:
        trees["markdown"] = markdown_tree(files["markdown"].decode())
    texts = {name: text(tree) for name, tree in trees.items()}
    if "pdf" in files:
        texts["pdf"] = pdf_text(files["pdf"])
    for name, whole in texts.items():
        assert_in_order(needles, whole, f"{variant.folder} as {name}")
        for note in notes(article, edition) if shown == ALL else ():
            assert all(squeezed(part) in squeezed(whole) for part in in_parts(note))
            assert "<p>" not in whole.partition("Notes")[2], "notes are not escaped"
    if "html" not in files:
        return
    pages = content_links(links(trees["html"], url), article)
    if "markdown" in files:
        assert pages == content_links(links(trees["markdown"], url), article)
    if "pdf" in files:
        in_pdf = pdf_links(files["pdf"])
        assert set(pages) <= set(in_pdf), set(pages) - set(in_pdf)


def content_links(found: list[str], article: Article) -> list[str]:
    """The links in order, but for those to sources, which pages make to their list instead."""
    sources = {source.url for source in article.sources.values()}
    return [address for address in found if address not in sources]


def test_the_example_publication_says_the_same_as_page_and_as_markdown() -> None:
    assert_parity(read(ROOT), ("html", "markdown"))


@pytest.mark.parametrize(
    "folder", [ROOT, *(ROOT / "tests/sites" / name for name in ("arabic", "chinese", "stress"))]
)
def test_formats_that_share_a_basis_are_as_each_is_alone(folder: Path) -> None:
    found = indexed(read(folder))
    briefing = Briefing(found, Related(found), {})
    media = (MarkdownMedium, FeedMedium, HtmlMedium)
    for variant in expand(found, found.live):
        brief = briefing.brief(variant)
        basis = Basis(found.imprint, variant, brief)
        for medium in media:
            alone = document(found.imprint, variant, brief, medium)
            assert repr(document_on(basis, medium)) == repr(alone)


@pytest.mark.e2e
def test_the_example_publication_says_the_same_in_its_pdfs() -> None:
    assert_parity(read(ROOT), ("html", "pdf"))


TROUBLE = [
    "*args", "**kwargs", "C++", "C#", "F#", "<T>", "a|b", "__init__", "MLOps", "mlops", "R&D",
    "&amp;", "&copy;", "`code`", "[x]", "[a](b)", "![i](u)", "1. one", "2) two", "- dash", "+ plus",
    "# hash", "> quote", "~~gone~~", "~tilde~", "\\back\\", "a_b_c", "_x_", "$5 and $6",
    "\"quoted\"", "it's", "«guillemets»", "café", "naïve", "東京 タワー", "数据库", "قاعدة بيانات",
    "🚀", "👩‍💻", "{{ x }}", "{% raw %}", "</script>", "<!-- c -->", "a:b: c", "https://x.example/a_b",
    "www.example.com", "x" * 200, "=", "===", "---", "***", ":-:", "|", "||", "[^1]", "^", "100%",
    "<b>bold</b>", "\u00a0nbsp", "tail \\", "trailing #", "a*b*c", "x<y>z", "!", "![", "](", "Ⅳ",
]  # fmt: skip

PRINTABLE = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"],
    exclude_characters="\ufffe\uffff",
)  # fmt: skip
IN_FONTS = st.characters(codec="utf-8", max_codepoint=0x17F, categories=["L", "Nd", "P", "S", "Zs"])


def plain(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Plain text: what Markdown, HTML or YAML could misread, and anything else."""
    return st.one_of(
        st.sampled_from(TROUBLE),
        st.lists(st.sampled_from(TROUBLE), min_size=1, max_size=4).map(" ".join),
        st.text(alphabet, min_size=1, max_size=40),
    ).filter(lambda value: bool(value.strip()))


PROSE = [
            "Plain words.", "Some *stress* and **weight**, `code | bar` too.",
            "First.\n\n- one\n- two\n\n    - inner\n\nLast.", "1. first\n2. second",
            "```python\nx = a | b  # <T>\n```", "A [link](https://x.example/a_b?c=d&e=f) here.",
            "> quoted words", "| A | B |\n|---|---|\n| `x` | y \\| z |", "Note[^1].\n\n[^1]: *Said* below.",
            "## Inner\n\nwords\n\n### Deeper\n\nmore", "Line one\\\nline two", "&copy; & &lt;", "A <b>raw</b> word.",
            "<https://auto.example/>", "***both***", "Two\nlines of *one* paragraph", "\\*not stress\\*",
            "Ends in a fence:\n\n```\nopen", "[ref][r]\n\n[r]: https://ref.example/ \"T\"",
]  # fmt: skip


def prose(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Markdown: each construct that a field may hold, and words of any script."""
    letters = st.text(alphabet, min_size=1, max_size=60).filter(str.isalnum)
    return st.one_of(st.sampled_from(PROSE), letters)


@st.composite
def articles(draw: st.DrawFn, alphabet: st.SearchStrategy[str]) -> dict[str, object]:
    """An article as its file's data, with every kind of field."""
    texts, fields = plain(alphabet), prose(alphabet)
    names = draw(st.lists(texts, min_size=2, max_size=4, unique_by=lambda n: n))
    ids = [f"s{i}" for i in range(len(names))]
    value = st.one_of(
        st.none(),
        fields,
        st.fixed_dictionaries(
            {"text": fields}, optional={"short": texts, "sources": st.just(["a"])}
        ),
        st.fixed_dictionaries({"short": texts}),
    )
    criterion = st.fixed_dictionaries(
        {"name": texts, "values": st.fixed_dictionaries(dict.fromkeys(ids, value))},
        optional={"lead": fields},
    )
    return {
        "title": draw(texts),
        "published": "2026-11-01",
        "subjects": [
            {"name": name, "id": id_}
            | ({"definition": draw(fields)} if draw(st.booleans()) else {})
            for name, id_ in zip(names, ids, strict=True)
        ],
        "introduction": draw(fields),
        "differences": {
            "table": draw(st.sampled_from(["auto", "true", "false"])),
            "criteria": draw(st.lists(criterion, min_size=1, max_size=3)),
        },
        "sections": [{"title": draw(texts), "body": draw(fields)}],
        "verdict": {"summary": draw(fields), "choose": {ids[0]: [draw(fields)]}},
        "faq": [{"question": draw(texts), "answer": draw(fields)}],
        "conclusion": draw(fields),
        "sources": {"a": {"title": draw(texts), "url": "https://source.example/a_b"}},
    }


SITE = "title: T\nbase_url: https://test.example/blog/\nsocial: {card: false}\n"
POSTS = "- {title: '*A* post', url: posts/one/, excerpt: 'It | says <much>.'}\n"


def folder_of(data: Mapping[str, object], root: Path) -> Folder:
    """A publication in memory with one article."""
    source = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False)
    return Folder(
        root,
        Source("content/site.yaml", SITE),
        (Source("content/articles/x.yaml", source),),
        (),
        Source("content/posts.yaml", POSTS),
        {},
    )


@pytest.mark.e2e
@settings(max_examples=300)
@given(articles(PRINTABLE))
def test_whatever_an_article_says_page_and_markdown_say(data: dict[str, object]) -> None:
    assert_parity(folder_of(data, ROOT / "tests"), ("html", "markdown"))


@pytest.mark.e2e
@pytest.mark.slow
@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(articles(IN_FONTS))
def test_whatever_an_article_says_the_pdf_says_too(data: dict[str, object]) -> None:
    assert_parity(folder_of(data, ROOT / "tests"), ("html", "pdf"))


def test_the_order_of_a_page_is_the_contracts() -> None:
    site = Site(title="T", base_url="https://t.example/")
    data = {
        "title": "A vs B", "published": "2026-11-01", "subjects": [{"name": "A"}, {"name": "B"}],
        "introduction": "INTRODUCTION", "basics": "BASICS", "conclusion": "CONCLUSION",
        "differences": {"lead": "LEAD", "criteria": [{"name": "C", "values": {"A": "CELL", "B": None}}]},
        "sections": [{"title": "EXTRA", "body": "x"}], "verdict": {"summary": "VERDICT"},
        "faq": [{"question": "FAQ", "answer": "x"}],
        "sources": {"s": {"title": "SOURCE", "url": "https://s.example/"}},
    }  # fmt: skip
    assert site.edition_names == ("full",)
    _found, made = rendered(folder_of(data, ROOT / "tests"), ("html",))
    order = ["A vs B", "INTRODUCTION", "The basics of A and B", "BASICS", "The key differences between A and B",
             "LEAD", "CELL", "Not applicable", "EXTRA", "VERDICT", "FAQ", "CONCLUSION", "SOURCE", "Related posts"]  # fmt: skip
    assert_in_order(order, text(html_tree(made["x full/en html"].data.decode())), "the page")


@pytest.mark.parametrize("name", ["قاعدة بيانات", "סדר"])
def test_names_written_from_right_to_left_stand_in_the_pdf(name: str) -> None:
    data = {
        "title": f"{name} vs B", "published": "2026-11-01", "introduction": "Words.",
        "subjects": [{"name": name, "definition": "One."}, {"name": "B"}],
    }  # fmt: skip
    _found, made = rendered(folder_of(data, ROOT / "tests"), ("pdf",))
    said_by_pdf = squeezed(pdf_text(made["x full/en pdf"].data))
    for word in name.split():
        assert squeezed(word) in said_by_pdf
