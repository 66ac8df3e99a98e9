"""Whether two pictures of a page look alike from a distance.

Other versions of fonts and of Pango put letters down a little differently. So both pictures are
blurred and cut into cells of about four millimetres, and the cells' greys are compared: a letter
more or less in a line changes nothing, a block that moved or lost its colour does.
"""

from PIL import Image, ImageChops, ImageFilter

DPI = 40
_BLUR = 3
_CELL = 6
_MOST, _MEAN = 26, 2.0
"""How much a single cell, and all of them in the mean, may differ, in levels of grey (0-255)."""


def difference(one: Image.Image, other: Image.Image) -> str | None:
    """What differs between two pictures of a page, in words; None where they look alike."""
    if any(abs(a - b) > 1 for a, b in zip(one.size, other.size, strict=True)):
        return f"the sizes differ: {one.size} and {other.size}"
    cells = one.width // _CELL, one.height // _CELL
    first, second = (_from_afar(picture, cells) for picture in (one, other))
    apart = ImageChops.difference(first, second)
    values = list(apart.tobytes())
    most, mean = max(values), sum(values) / len(values)
    if most <= _MOST and mean <= _MEAN:
        return None
    at = values.index(most)
    place = f"{(at % cells[0]) / cells[0]:.0%} from the left, {(at // cells[0]) / cells[1]:.0%} from the top"
    return f"a cell differs by {most} levels of grey ({place}), all by {mean:.1f} in the mean"


def _from_afar(picture: Image.Image, cells: tuple[int, int]) -> Image.Image:
    blurred = picture.convert("L").filter(ImageFilter.GaussianBlur(_BLUR))
    return blurred.resize(cells, Image.Resampling.BOX)
