"""A build as JSON, for CI jobs and for whoever wants to know later what it said."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from versus import __version__
from versus.artifacts import Artifact
from versus.diagnostics import Diagnostic


def write(
    path: Path,
    diagnostics: Iterable[Diagnostic],
    artifacts: Iterable[Artifact] = (),
    written: Iterable[str] = (),
    removed: Iterable[str] = (),
    *,
    ok: bool,
) -> None:
    """Write what was built and every diagnostic to a file. Raises OSError."""
    data = {
        "generator": f"versus {__version__}",
        "ok": ok,
        "files": [artifact.record() for artifact in artifacts],
        "written": list(written),
        "removed": list(removed),
        "diagnostics": [asdict(d) for d in diagnostics],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    # A file's name may be no text; JSON escapes what is none just as Python does.
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
