"""Markdown fields: read once as CommonMark, written as HTML, as Markdown and as plain text."""
