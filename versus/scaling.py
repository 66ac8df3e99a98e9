"""Smaller copies of pictures, made by Pillow and kept in the user's cache.

In: a plan, and the publication's folder. Out: the copies that are worth it, as files and as what
pages may offer; a warning for each picture that cannot be read.
"""

import io
import multiprocessing
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from versus.artifacts import Artifact
from versus.briefs import Copies, PlainCopy
from versus.cache import cached
from versus.diagnostics import Diagnostic, Severity
from versus.pictures import Plan, copy_path

if TYPE_CHECKING:
    from PIL.Image import Image

_FEW = 8
"""Up to so many pictures, starting workers costs more than it saves."""

_QUALITY = 84
_RECIPE = f"lanczos, webp {_QUALITY} or as many colours as before, 1"


@dataclass(frozen=True, slots=True)
class Scaled:
    """The copies of all pictures: as files, as what pages offer, and what could not be read."""

    artifacts: tuple[Artifact, ...]
    copies: Copies
    diagnostics: tuple[Diagnostic, ...]


def scale(plans: Sequence[Plan], root: Path, jobs: int) -> Scaled:
    """Make the copies that are planned, those that are smaller in bytes than their picture."""
    make = partial(_copies, root)
    if min(jobs, len(plans)) < 2 or len(plans) <= _FEW:
        outcomes: Iterable[tuple[Artifact, ...] | Diagnostic] = map(make, plans)
    else:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as executor:
            outcomes = tuple(executor.map(make, plans, chunksize=4))
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


def _copies(root: Path, plan: Plan) -> tuple[Artifact, ...] | Diagnostic:
    data = (root / "content" / plan.asset).read_bytes()
    try:
        return tuple(_worth_it(data, plan))
    except (OSError, SyntaxError, ValueError) as error:  # What Pillow raises for broken files.
        message = f"the picture cannot be read: {error}"
        hint = "it is used as it is; save it anew to have smaller copies made"
        return Diagnostic(f"content/{plan.asset}", 1, 1, Severity.WARNING, message, hint)


def _worth_it(data: bytes, plan: Plan) -> Iterator[Artifact]:
    @cache
    def picture() -> "Image | None":
        return _opened(data)

    for width in plan.widths:
        recipe = (data, str(width), _RECIPE, version("pillow"))
        copy = cached("pictures", recipe, lambda width=width: _scaled(picture(), width))  # type: ignore[misc]
        if copy and len(copy) < len(data):
            yield Artifact(f"site/{copy_path(plan.asset, width)}", copy, "image/webp")


def _opened(data: bytes) -> "Image | None":
    """The picture as it is to be seen; None where a copy would lose something."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            found = Image.open(io.BytesIO(data))
            found.load()
        except Image.DecompressionBombError as error:
            raise ValueError(str(error)) from None
    if getattr(found, "n_frames", 1) > 1 or found.mode.startswith(("I", "F")):
        return None
    return found if found.format == "PNG" else ImageOps.exif_transpose(found)


def _scaled(picture: "Image | None", width: int) -> bytes:
    """A copy as WebP: a drawing of few colours keeps its colours, all else is compressed.

    Nothing where there is to be no copy.
    """
    if picture is None:
        return b""
    from PIL import Image

    size = (width, max(1, round(picture.height * width / picture.width)))
    has_alpha = picture.has_transparency_data
    few = None if has_alpha else picture.convert("RGB").getcolors(256)
    small = picture.convert("RGBA" if has_alpha else "RGB").resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    profile = "" if picture.mode == "CMYK" else picture.info.get("icc_profile") or ""
    if few:
        drawing = small.quantize(max(len(few), 64), dither=Image.Dither.NONE).convert("RGB")
        drawing.save(out, "WEBP", lossless=True, quality=90, method=6, icc_profile=profile)
    else:
        small.save(out, "WEBP", quality=_QUALITY, method=6, icc_profile=profile)
    return out.getvalue()
