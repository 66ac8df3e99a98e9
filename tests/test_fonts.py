"""Fonts of the machine, as fontconfig lists them."""

import os
from pathlib import Path

import pytest

from versus import cache, fonts, machine
from versus.diagnostics import VersusError


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


@pytest.mark.parametrize(
    ("variable", "path"),
    [
        ("XDG_CONFIG_HOME", "fontconfig/fonts.conf"),
        ("XDG_CONFIG_HOME", "fontconfig/conf.d/10-own.conf"),
        ("HOME", ".fonts.conf"),
        ("FONTCONFIG_FILE", ""),
        ("FONTCONFIG_PATH", "fonts.conf"),
    ],
)
def test_settings_of_fontconfig_decide_what_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, path: str
) -> None:
    file = tmp_path / "place" / path
    monkeypatch.setenv(variable, str(tmp_path / "place"))
    seen = {(machine.stamp(tmp_path), machine.font_settings())}
    file.parent.mkdir(parents=True, exist_ok=True)
    for family in ("Inter", "Serif"):
        file.write_text(f"<fontconfig><alias><family>{family}</family></alias></fontconfig>")
        seen.add((machine.stamp(tmp_path), machine.font_settings()))
    stamped, told = zip(*seen, strict=True)
    assert len(set(stamped)) == len(set(told)) == 3
    fonts.fingerprint.cache_clear()
    try:
        assert machine.font_settings().hex() in fonts.fingerprint()
    finally:
        fonts.fingerprint.cache_clear()


def test_what_lays_out_text_is_known_by_its_version() -> None:
    tools = machine.tools("")
    assert ".so." in tools["Pango"] or ".dylib" in tools["Pango"]
    assert tools["HarfBuzz"].startswith("libharfbuzz.")


def test_fonts_that_nobody_lists_in_time_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(fonts, "_SECONDS", 0.2)
    fonts._fonts.cache_clear()
    with pytest.raises(VersusError, match="seconds to list the fonts"):
        fonts.missing()
