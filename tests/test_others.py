"""The site's own files: made by workers where they are many, which changes nothing."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from conftest import ARTICLE, Publication

from versus import render
from versus.artifacts import Artifact, Making
from versus.diagnostics import Diagnostic, Severity, VersusError
from versus.pipeline import check
from versus.request import Request
from versus.templating import Templates
from versus.writers import Context


@pytest.fixture
def shop(publication: Publication, tmp_path: Path) -> render.Shop:
    publication.article("a", ARTICLE)
    library = check(
        Request(publication.root, publication.out, datetime(2026, 1, 1, tzinfo=UTC))
    ).library
    assert library is not None
    context = Context(library.site, Templates(publication.root))
    return render.Shop(library.imprint, context, staging=lambda: tmp_path)


def files(number: int, faulty: frozenset[int] = frozenset()) -> Iterator[Artifact]:
    if number in faulty:
        raise VersusError([Diagnostic("x", number, 1, Severity.ERROR, "wrong")])
    for part in range(number % 3):
        yield Artifact(f"site/{number}/{part}", f"{number} {part}".encode(), "text/plain")


def makings(count: int, faulty: frozenset[int] = frozenset()) -> list[Making]:
    return [partial(files, number, faulty) for number in range(count)]


@pytest.mark.parametrize("count", [10, 300], ids=["few", "many"])
def test_they_come_in_their_order_however_many_make_them(shop: render.Shop, count: int) -> None:
    alone = replace(shop, staging=None)
    expected = [tuple(making()) for making in makings(count)]
    assert list(render.run_others(alone, makings(count), jobs=1)) == expected
    for found, same in zip(render.run_others(shop, makings(count), jobs=2), expected, strict=True):
        assert [(a.path, a.data, a.sha256) for a in found] == [
            (a.path, a.data, a.sha256) for a in same
        ]


def test_the_first_fault_in_their_order_is_told(shop: render.Shop) -> None:
    wrong = makings(300, frozenset({40, 290}))
    for jobs in (1, 2):
        with pytest.raises(VersusError) as told:
            list(render.run_others(shop, wrong, jobs))
        assert [d.line for d in told.value.diagnostics] == [40]


def test_what_kills_its_worker_is_made_by_the_build_itself(shop: render.Shop) -> None:
    own = os.getpid()

    def deadly() -> Iterator[Artifact]:
        if os.getpid() != own:
            os.kill(os.getpid(), 9)
        yield Artifact("site/x", b"x", "text/plain")

    found = list(render.run_others(shop, [*makings(200), deadly], jobs=2))
    assert [a.path for a in found[-1]] == ["site/x"]
    assert len(found) == 201


def test_a_file_where_another_has_its_folder_is_laid_beside(shop: render.Shop) -> None:
    """Which of the two is to be told is not for those to say who make them."""

    def clashing() -> Iterator[Artifact]:
        yield Artifact("site/a/b", b"1", "text/plain")
        yield Artifact("site/a", b"2", "text/plain")
        yield Artifact("site/a/b/c", b"3", "text/plain")

    found = list(render.run_others(shop, [*makings(100), clashing], jobs=1))[-1]
    assert [a.data for a in found] == [b"1", b"2", b"3"]
