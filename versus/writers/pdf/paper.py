"""The sheets that a PDF may be laid out on: their sizes, and what their margins leave for text.

In: the site's setting. Out: `Paper`, with the CSS that says so; `pdf.css` comes after it and may
say otherwise.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, upright: millimetres, and the size of its text in points."""

    name: str
    width: float
    height: float
    side: float
    end: float
    text: float

    @property
    def measure(self) -> float:
        """The width that is left for text."""
        return self.width - 2 * self.side

    @property
    def turned_measure(self) -> float:
        """The width that is left for text on the sheet turned."""
        return self.height - 2 * self.side

    @property
    def rules(self) -> str:
        """The sheet as CSS: upright, and turned for what is named so."""
        return (
            f"@page {{ size: {self.name}; margin: {self.end}mm {self.side}mm }}\n"
            f"@page turned {{ size: {self.name} landscape }}\n"
            f"html {{ font-size: {self.text}pt }}"
        )


PAPERS = {
    paper.name: paper
    for paper in (
        Paper("A3", 297, 420, 38, 34, 12),
        Paper("A4", 210, 297, 20, 24, 10.5),
        Paper("A5", 148, 210, 14, 19, 9),
        Paper("letter", 215.9, 279.4, 21, 22, 10.5),
        Paper("legal", 215.9, 355.6, 21, 24, 10.5),
    )
}
