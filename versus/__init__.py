"""Versus publishes comparison articles as HTML, Markdown and PDF from one structured file."""

__version__ = "0.1.0"
