"""Same inputs, same bytes: whatever the hash seed, time zone, locale, folder and workers."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Publication, run

from versus.mediatypes import media_type


@pytest.mark.parametrize(
    ("articles", "pdfs"),
    [
        pytest.param(("mlops-vs-mlops",), 6, id="one article", marks=pytest.mark.slow),
        pytest.param((), 28, id="all articles", marks=pytest.mark.e2e),
    ],
)
def test_two_builds_on_different_machines_give_identical_bytes(
    make_publication: Callable[[str], Publication],
    tmp_path: Path,
    articles: tuple[str, ...],
    pdfs: int,
) -> None:
    """Two editions of each article, one of them in three languages."""
    built = []
    for name, env, jobs in (
        (
            "one",
            {
                "PYTHONHASHSEED": "1",
                "TZ": "UTC",
                "LC_ALL": "C.UTF-8",
                "SOURCE_DATE_EPOCH": "1795478400",
            },
            "1",
        ),
        (
            "two",
            {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "de_DE.UTF-8"},
            "2",
        ),
    ):
        publication = make_publication(name)
        shutil.rmtree(publication.root / "content")
        shutil.copytree(ROOT / "content", publication.root / "content")
        elsewhere = tmp_path / f"cwd-{name}"
        elsewhere.mkdir()
        result = run(
            *articles,
            "-C",
            os.path.relpath(publication.root, elsewhere),
            "--jobs",
            jobs,
            env=env,
            cwd=elsewhere,
        )
        assert result.code == 0, result.stderr
        built.append(publication.files())
    assert set(built[0]) == set(built[1])
    for path, data in built[0].items():
        assert data == built[1][path], path
    assert sum(path.endswith(".pdf") for path in built[0]) == pdfs


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.webp", "image/webp"),
        ("photo.of.JPG", "image/jpeg"),
        ("table.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("README", "application/octet-stream"),
        ("zip", "application/octet-stream"),
    ],
)
def test_what_a_file_is_no_machine_decides(name: str, kind: str) -> None:
    """Python's `mimetypes` knows no `.webp` without a file of the system's (up to 3.12)."""
    assert media_type(name) == kind
