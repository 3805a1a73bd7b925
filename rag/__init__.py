"""Footnote: ask your articles; every sentence of the answer is footnoted."""

__version__ = "0.1.0"
