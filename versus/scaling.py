"""Smaller copies of pictures, made by Pillow and kept in the user's cache.

In: a plan, and the publication's folder. Out: the copies that are worth it, as files and as what
pages may offer; a warning for each picture that cannot be read.
"""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from versus import crew
from versus.artifacts import Artifact
from versus.assets import DAMAGES
from versus.briefs import Copies, PlainCopy
from versus.cache import cached
from versus.crew import Lost
from versus.diagnostics import Diagnostic, Severity, reason
from versus.pictures import Plan, copy_path

if TYPE_CHECKING:
    from PIL.Image import Image

_FEW = 8
"""Up to so many pictures threads do: Pillow lets go of Python's lock for what takes long."""

_SECONDS = 60
"""Seconds of computing for the copies of one picture: `limits: {pixels: …}` bounds it before."""

_QUALITY = 84
_RECIPE = f"lanczos, webp {_QUALITY} or as many colours as before, 1"


@dataclass(frozen=True, slots=True)
class Scaled:
    """The copies of all pictures: as files, as what pages offer, and what could not be read."""

    artifacts: tuple[Artifact, ...]
    copies: Copies
    diagnostics: tuple[Diagnostic, ...]


Outcome: TypeAlias = tuple[Artifact, ...] | Diagnostic
"""The copies of a picture, or why there are none."""


class _Picture(NamedTuple):
    """A picture as it is to be seen: how many colours it has if they are few, its profile."""

    image: "Image"
    colours: int
    profile: bytes | str


def scale(plans: Sequence[Plan], root: Path, jobs: int) -> Scaled:
    """Make the copies that are planned, those that are smaller in bytes than their picture."""
    with warnings.catch_warnings():  # Not in each thread: what is ignored is one list for all.
        warnings.filterwarnings("ignore", "Image size")  # The site's limits judge it.
        outcomes = _made(partial(_copies, root), plans, jobs) if plans else ()
    artifacts: list[Artifact] = []
    copies: dict[str, tuple[PlainCopy, ...]] = {}
    diagnostics: list[Diagnostic] = []
    for plan, outcome in zip(plans, outcomes, strict=True):
        if isinstance(outcome, Diagnostic):
            diagnostics.append(outcome)
            continue
        widths = {f"site/{copy_path(plan.asset, width)}": width for width in plan.widths}
        artifacts += outcome
        copies[plan.asset] = tuple((widths[a.path], a.path.removeprefix("site/")) for a in outcome)
    return Scaled(tuple(artifacts), copies, tuple(diagnostics))


def _made(make: Callable[[Plan], Outcome], plans: Sequence[Plan], jobs: int) -> Sequence[Outcome]:
    if len(plans) <= _FEW or jobs < 2:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(jobs) as threads:
            return list(threads.map(make, plans))
    found = dict(crew.run(make, plans, jobs, _SECONDS))
    made = ((plan, found[number]) for number, plan in enumerate(plans))
    return [_lost(plan) if isinstance(o, Lost) else o for plan, o in made]


def _lost(plan: Plan) -> Diagnostic:
    message = "no smaller copies could be made: what made them was killed"
    hint = "it is used as it is; save it anew, smaller"
    return Diagnostic(f"content/{plan.asset}", 1, 1, Severity.WARNING, message, hint)


def _copies(root: Path, plan: Plan) -> Outcome:
    data = (root / "content" / plan.asset).read_bytes()
    try:
        return tuple(_worth_it(data, plan))
    except DAMAGES as error:
        message = f"the picture cannot be read: {reason(error)}"
        hint = "it is used as it is; save it anew to have smaller copies made"
        return Diagnostic(f"content/{plan.asset}", 1, 1, Severity.WARNING, message, hint)


def _worth_it(data: bytes, plan: Plan) -> Iterator[Artifact]:
    @cache
    def picture() -> _Picture | None:
        return _opened(data)

    for width in plan.widths:
        recipe = (data, str(width), _RECIPE, version("pillow"))
        copy = cached("pictures", recipe, lambda width=width: _scaled(picture(), width))  # type: ignore[misc]
        if copy and len(copy) < len(data):
            yield Artifact(f"site/{copy_path(plan.asset, width)}", copy, "image/webp")


def _opened(data: bytes) -> _Picture | None:
    """A picture to make copies of; None where a copy would lose something."""
    from PIL import Image, ImageOps

    try:
        found = Image.open(io.BytesIO(data))
        found.load()
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from None
    if getattr(found, "n_frames", 1) > 1 or found.mode.startswith(("I", "F")):
        return None
    seen = found if found.format == "PNG" else ImageOps.exif_transpose(found)
    has_alpha = seen.has_transparency_data
    image = seen.convert("RGBA" if has_alpha else "RGB")
    colours = None if has_alpha else image.getcolors(256)
    profile = "" if seen.mode == "CMYK" else seen.info.get("icc_profile") or ""
    return _Picture(image, len(colours or ()), profile)


def _scaled(picture: _Picture | None, width: int) -> bytes:
    """A copy as WebP: a drawing of few colours keeps its colours, all else is compressed.

    Nothing where there is to be no copy.
    """
    if picture is None:
        return b""
    from PIL import Image

    image, colours, profile = picture
    size = (width, max(1, round(image.height * width / image.width)))
    small = image.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if colours:
        drawing = small.quantize(max(colours, 64), dither=Image.Dither.NONE).convert("RGB")
        drawing.save(out, "WEBP", lossless=True, quality=90, method=6, icc_profile=profile)
    else:
        small.save(out, "WEBP", quality=_QUALITY, method=6, icc_profile=profile)
    return out.getvalue()
