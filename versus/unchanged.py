"""Whether anything changed since the last build, asked before anything heavy is imported.

In: a request, and what the last build noted. Out: what that build told, if every file that it read
and every file that it wrote is still the same, and it is still between the moments at which
something is scheduled. Else nothing, and the pipeline finds out what is to be done.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from versus import machine, memory
from versus.diagnostics import Diagnostic, of_plain, plain
from versus.request import Request
from versus.stamps import Stamp, View, is_settled, look, now, stamp_of

_KIND = "unchanged"


@dataclass(frozen=True, slots=True)
class Last:
    """What the last build told."""

    files: int
    articles: int
    diagnostics: tuple[Diagnostic, ...]


def view(request: Request) -> View:
    """Look at everything that a build reads."""
    moment, content = now(), request.root / "content"
    files = {path: stamp_of(status) for path, status in machine.files([content], follows=False)}
    articles = content / "articles"
    if articles.is_symlink():  # The one folder that may be a link.
        found = ((str(path), look(str(path))) for path in articles.glob("*.yaml"))
        files |= {path: stamp for path, stamp in found if stamp is not None}
    return View(moment, files, machine.stamp(request.root))


def since(request: Request, found: View) -> Last | None:
    """What the last build told, if it would do nothing now."""
    kept = memory.read(memory.path(request.root, request.out, _KIND))
    if kept is None:
        return None
    wanted, machine_then, files, (first, last), outputs, told = kept
    moment = request.now.timestamp()
    if (wanted, machine_then) != (request.wanted, found.machine) or files != found.stamps:
        return None
    if moment < first or (last is not None and moment >= last):
        return None
    out = os.fspath(request.out)
    if any(look(f"{out}/{path}") != stamp for path, stamp in outputs.items()):
        return None
    if os.path.lexists(f"{out}/.versus-staging"):
        return None
    count, articles, diagnostics = told
    return Last(count, articles, tuple(map(of_plain, diagnostics)))


def note(
    request: Request,
    found: View,
    outputs: Mapping[str, Stamp | None],
    coming: Iterable[datetime],
    last: Last,
) -> None:
    """Note what a build found at its beginning, what stands in `out/` after it, what it told.

    Of `outputs` there is a stamp if it can be trusted; `coming` are scheduled moments.
    """
    moment, out = now(), os.fspath(request.out)
    manifest = look(f"{out}/manifest.json")
    is_certain = all(is_settled(stamp, found.moment) for stamp in found.stamps.values())
    is_certain &= all(outputs.values())
    is_certain &= manifest is not None and is_settled(manifest, moment)
    outputs = {**outputs, "manifest.json": manifest}
    kept: Any = None
    later = [m.timestamp() for m in coming if m > request.now]
    if is_certain:
        span = (request.now.timestamp(), min(later, default=None))
        told = (last.files, last.articles, tuple(map(plain, last.diagnostics)))
        kept = (request.wanted, found.machine, dict(found.stamps), span, outputs, told)
    memory.store(memory.path(request.root, request.out, _KIND), kept)
