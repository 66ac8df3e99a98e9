"""Fonts of the machine, as fontconfig lists them."""

import os
from pathlib import Path

import pytest

from versus import cache, fonts


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-1"])
def test_a_font_may_lie_in_a_file_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """A machine's font folders are not ours: one odd name there must end no build."""
    program = tmp_path / "fc-list"
    row = f"Odd\\t80\\t0\\t/fonts/{encoding}-".encode() + "é".encode(encoding) + rb".ttf\t65536\n"
    program.write_bytes(b"#!/bin/sh\nprintf '" + row + b"'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    fonts._fonts.cache_clear()
    fonts.fingerprint.cache_clear()
    try:
        assert [font.families for font in fonts._fonts()] == ["Odd"]
        assert f"/fonts/{encoding}-" in fonts.fingerprint()
        assert cache.key_of(fonts.fingerprint())
    finally:
        fonts._fonts.cache_clear()
        fonts.fingerprint.cache_clear()
