"""A build in parts, joined: the same bytes as one whole build, whatever the number of parts."""

import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, SITE, Publication, run
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from versus import merging, pipeline
from versus.diagnostics import VersusError
from versus.request import Request
from versus.shards import Shard, shard

ARTICLE = """\
title: {name} vs Other
published: 2026-11-01
tags: [one]
subjects:
  - name: {name}
  - name: Other
introduction: "![A picture](assets/wide.png) Two tools."
"""

NAMES = ("Kafka", "Flink", "Spark", "Pulsar")


@given(st.lists(st.text(), unique=True, max_size=10), st.integers(1, 99))
def test_every_article_is_in_one_part(slugs: list[str], count: int) -> None:
    parts = [Shard(number, count) for number in range(1, count + 1)]
    for slug in slugs:
        assert sum(part.holds(slug) for part in parts) == 1


@given(st.integers(1, 999), st.data())
def test_a_part_is_written_as_it_is_read(count: int, data: st.DataObject) -> None:
    part = Shard(data.draw(st.integers(1, count)), count)
    assert shard(str(part)) == part


def test_parts_are_of_similar_size() -> None:
    sizes = [sum(Shard(n, 5).holds(f"a-vs-{i}") for i in range(5000)) for n in range(1, 6)]
    assert max(sizes) - min(sizes) < 200


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "1/0", "2/5/9", "-1/5", "a/b", "1/ 2"])
def test_what_is_no_part_is_a_wrong_call(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no part|there are parts"):
        shard(text)


@pytest.fixture
def four(publication: Publication) -> Publication:
    """Four articles that show one picture."""
    picture = io.BytesIO()
    Image.effect_noise((600, 200), 40).save(picture, "PNG")
    publication.write("content/assets/wide.png", picture.getvalue())
    publication.write("content/site.yaml", SITE + "social: {card: false}\n")
    for name in NAMES:
        publication.article(f"{name.lower()}-vs-other", ARTICLE.format(name=name))
    return publication


def built(publication: Publication, folder: str, part: str | None, *formats: str) -> Path:
    """Build all or a part of it into a folder."""
    out = publication.root / folder
    now = datetime(2026, 11, 20, tzinfo=UTC)
    request = Request(publication.root, out, now, formats=formats)
    pipeline.build(replace(request, shard=shard(part) if part else None))
    return out


def files(out: Path) -> dict[str, bytes]:
    """Every file of an output, with its bytes."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def refused(*folders: Path) -> str:
    """Why `merge` does not join some folders."""
    with pytest.raises(VersusError) as caught:
        merging.joined(folders)
    return "\n".join(map(str, caught.value.diagnostics))


def test_joined_parts_are_the_whole_build_to_the_byte(four: Publication) -> None:
    whole = built(four, "whole", None, "html", "markdown")
    parts = [built(four, f"part-{n}", f"{n}/3", "html", "markdown") for n in (1, 2, 3)]
    assert sum(len(list(part.glob("site/*-vs-other"))) for part in parts) == len(NAMES)
    copies = [part.glob("site/assets/versus/pictures/*") for part in parts]
    assert sum(bool(list(found)) for found in copies) > 1, "parts make what their pages show"
    joined = four.root / "joined"
    merging.merge(parts[::-1], joined)
    assert files(joined) == files(whole)


def test_parts_that_are_not_one_build_are_not_joined(four: Publication) -> None:
    one, two, three = (built(four, f"part-{n}", f"{n}/3", "markdown") for n in (1, 2, 3))
    assert "error: missing: 2/3" in refused(one, three)
    assert f"error: part 1/3 again, after {one}" in refused(one, two, one)
    assert "error: not the manifest of a part" in refused(one, built(four, "w", None, "markdown"))
    assert "error: cannot be read: No such file" in refused(one, four.root)
    assert f"error: part 2/2, and {one} is part 1/3" in refused(
        one, built(four, "half", "2/2", "markdown")
    )
    four.article("kafka-vs-other", ARTICLE.format(name="Kafka").replace("Two", "Many"))
    other = built(four, "other", "2/3", "markdown")
    assert f"error: a part of another build than {one}" in refused(one, other, three)


def test_a_part_that_was_damaged_on_its_way_is_noticed(four: Publication) -> None:
    one, two = (built(four, f"part-{n}", f"{n}/2", "markdown") for n in (1, 2))
    page = next(two.glob("site/*/index.md"))
    page.write_text("damaged")
    assert f"{page}:1:1: error: not the file that the part's manifest tells of" in refused(one, two)
    page.unlink()
    assert f"{page}:1:1: error: not the file" in refused(one, two)
    (one / "manifest.json").write_text("{")
    assert "error: not the manifest of a part" in refused(one, two)


def test_a_part_leaves_nothing_else_in_its_folder(four: Publication) -> None:
    whole, part = (files(built(four, "out", part, "markdown")) for part in (None, "2/2"))
    pages = [path for path in whole if path.startswith("site/")]
    mine = {path for path in pages if Shard(2, 2).holds(path.split("/")[1])}
    assert 0 < len(mine) < len(pages)
    assert set(part) == {*mine, "manifest.json"}


@pytest.mark.e2e
@settings(max_examples=8)
@given(
    count=st.integers(1, 9),
    formats=st.sets(st.sampled_from(["html", "markdown"]), min_size=1),
    slugs=st.sets(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=6),
)
def test_any_number_of_parts_joins_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory, count: int, formats: set[str], slugs: set[str]
) -> None:
    publication = Publication(tmp_path_factory.mktemp("any") / "publication")
    publication.write("content/site.yaml", SITE + "social: {card: false}\n")
    for slug in slugs:
        article = ARTICLE.format(name=slug.title()).replace("![A picture](assets/wide.png) ", "")
        publication.article(slug, article)
    whole = built(publication, "whole", None, *sorted(formats))
    numbers = range(1, count + 1)
    parts = [built(publication, f"{n}", f"{n}/{count}", *sorted(formats)) for n in numbers]
    joined = publication.root / "joined"
    merging.merge(parts, joined)
    assert files(joined) == files(whole)


def commanded(publication: Publication, count: int, *options: str) -> list[str]:
    """Build all parts by the command, each into a folder of its own."""
    folders = [str(publication.root / f"part-{number}") for number in range(1, count + 1)]
    for number, folder in enumerate(folders, 1):
        publication.build("--shard", f"{number}/{count}", "-o", folder, *options)
    return folders


@pytest.mark.e2e
@pytest.mark.parametrize("count", [2, 5])
def test_the_example_publication_in_any_number_of_parts(tmp_path: Path, count: int) -> None:
    """In two, all formats; editions, languages, channels, pictures, cards, and the search index."""
    publication = Publication(tmp_path / "p")
    shutil.rmtree(publication.root / "content")
    shutil.copytree(ROOT / "content", publication.root / "content")
    site = publication.root / "content" / "site.yaml"
    site.write_text(site.read_text() + "search: true\n")
    formats = () if count == 2 else ("-f", "html", "-f", "markdown")
    publication.build(*formats)
    folders = commanded(publication, count, *formats)
    joined = Publication(tmp_path / "joined")
    result = run("merge", *folders, "-o", str(joined.out))
    assert result.code == 0, result.stderr
    found, whole = joined.files(), publication.files()
    assert [path for path in whole if found.get(path) != whole[path]] == []
    assert set(found) == set(whole)
    assert any(path.startswith("site/pagefind/") for path in found)
