#!/usr/bin/env python3
"""Versus: comparison articles as HTML, Markdown and PDF. `python build.py --help` says more."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def run() -> None:
    """Run Versus, in the project's own environment if this Python lacks what it needs."""
    try:
        from versus.cli import main

        main()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "versus":
            raise
        python = ROOT / ".venv" / "bin" / "python"
        if python.exists() and Path(sys.prefix) != ROOT / ".venv":
            os.execv(python, [str(python), *sys.argv])  # noqa: S606
        sys.exit(
            f"Versus is not set up: {error.name} is missing.\n"
            "Run `make setup` in its folder, then try again."
        )


if __name__ == "__main__":
    run()
