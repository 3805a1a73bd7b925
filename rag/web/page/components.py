"""What the views of the page have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

Updates = dict[Any, Any]
UNQUEUED: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
"""Arguments of an event whose handler waits for no other one, and that only the page itself calls."""
UNCHANGED: Updates = gr.skip()
"""Returned by a handler that changes nothing; for Gradio an empty dict is a value."""


def html(value: str, elem_id: str, **options: Any) -> gr.HTML:
    """Create an HTML component without Gradio's styles."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, **options)


def number_of(pressed: Mapping[str, Any], name: str) -> int | None:
    """Return a number that a button carries; None if it is missing or not a number."""
    digits = str(pressed.get(name, ""))
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None
