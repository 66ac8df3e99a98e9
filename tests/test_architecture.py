"""The shape of the code: imports point one way, and what is heavy stays where it is used."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "versus"

LAYERS = (
    {
        "__init__",
        "diagnostics",
        "names",
        "mediatypes",
        "spool",
        "stamps",
        "shards",
        "deadline",
        "fetching",
        "crew",
    },
    {"yamltext", "artifacts", "cache", "machine", "request"},
    {"fields"},
    {"model"},
    {"assets"},
    {"sources", "languages", "sections", "memory"},
    {"unchanged"},
    {"checks", "catalogues"},
    {"overlays", "views"},
    {"translating", "schema"},
    {"validate", "markup", "imprint"},
    {"ledger"},
    {"outline", "excerpt", "scaffold"},
    {"anchors", "summaries"},
    {"library"},
    {"references", "variants", "related"},
    {"briefs", "structured_data"},
    {"pictures", "surroundings"},
    {"basis", "media"},
    {"advice", "documents"},
    {"compiling"},
    {"templating"},
    {"fonts", "scaling"},
    {"places", "writers"},
    {"channels", "cluster"},
    {"reading", "render", "site_files", "emit", "report", "search"},
    {"merging", "recall", "scope"},
    {"workshop"},
    {"pipeline"},
    {"publishing"},
    {"cli"},
    {"__main__"},
)
"""From the bottom up: a module imports only from layers below its own, or beside it in `markup`,
`writers` and `channels`."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def unit(path: Path) -> str:
    """The name by which a file stands in the layers."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.split(".")[0] == "versus"
        ):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("versus.")}
    return {name if name in LEVEL else "__init__" for name in found}


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = unit(path)
    for name in imported(path) - {own}:
        assert LEVEL[name] < LEVEL[own], f"{own} imports {name}"


def test_every_module_has_its_layer() -> None:
    assert {unit(path) for path in FILES} == set(LEVEL)


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("weasyprint", {"writers"}),
        ("rich", {"cli"}),
        ("pagefind", {"search"}),
        ("fcntl", {"emit"}),
        ("subprocess", {"fonts", "publishing"}),
        ("httpx", {"publishing"}),
        ("jinja2", {"compiling", "templating"}),
        ("mimetypes", set()),
        ("fontTools", {"fonts"}),
        ("markdown", {"markup"}),
        ("nh3", {"markup"}),
        ("socket", {"fetching"}),
        ("http", {"fetching"}),
        ("time", {"cli", "stamps", "crew"}),
        ("sparse_dot_topn", {"related"}),
        ("scipy", {"related"}),
        ("numpy", {"related"}),
    ],
)
def test_what_is_special_is_imported_in_one_place_only(module: str, allowed: set[str]) -> None:
    users = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == module for name in names):
                users.add(unit(path))
    assert users <= allowed


def test_modules_stay_small() -> None:
    for path in FILES:
        lines = len(path.read_text().splitlines())
        assert lines <= 500, f"{path.name} has {lines} lines: split it by reason"


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5, which Debian 12 has, matches such groups wrongly (CPython 106052)."""
    possessive = re.compile(r"\)(?:[+*?]|\{[\d,]+\})\+|\(\?>")
    for path in FILES:
        found = possessive.search(path.read_text())
        assert not found, f"{path.name}: {found}"


NOT_OURS = {".git", ".venv", "out", "node_modules", ".installed", "__pycache__", ".hypothesis"}
"""Folders of what others wrote, or machines: large, so they are not even entered."""


def committed() -> Iterator[Path]:
    """Files that are, or may be, committed, but for pictures and PDFs."""
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [n for n in inside if n not in NOT_OURS and not n.endswith("_cache")]
        paths = (Path(folder, name) for name in names if name not in NOT_OURS)
        yield from (p for p in paths if p.is_file() and p.suffix not in (".png", ".pdf"))


def test_no_file_names_a_registry_or_a_machines_path() -> None:
    words = (
        "pypi" + ".org",
        "registry.npm" + "js",
        "files.python" + "hosted",
        "/ro" + "ot/",
        "/work/" + "main",
    )
    for path in committed():
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in words:
            assert word not in text, f"{path} names {word}"
