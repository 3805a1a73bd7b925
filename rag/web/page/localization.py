"""A Gradio page in the language of whoever opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from rag.web.i18n import catalogs

Props = dict[str, Any]
LayOut = Callable[[gr.Blocks], object]


class TranslatedBlocks(gr.Blocks):
    """Blocks that ``lay_out`` fills, and whoever opens the page gets the words in their language.

    It is laid out once for each language, aside from the page, and what comes of that takes the place of the page's
    own. Handlers are called in the language of the request, and each step of a generator anew, for Gradio runs them in
    contexts of its own.
    """

    def __init__(self, lay_out: LayOut, **options: Any) -> None:
        self._translated: dict[str, dict[int, Props]] = {}
        with gr.Blocks(**options) as aside:
            numbers = {language: _laid_out(aside, lay_out, language) for language in catalogs.LOCALES}
        props = {component["id"]: component["props"] for component in aside.config["components"]}
        super().__init__(**options)
        with self:
            own = _laid_out(self, lay_out, catalogs.DEFAULT)
        for language, theirs in numbers.items():
            pairs = zip(own, theirs, strict=True)
            self._translated[language] = {mine: props[other] for mine, other in pairs}

    @property
    def config(self) -> Any:
        """What the browser is told of the page."""
        translated = self._translated.get(catalogs.current_language(), {})
        components = [
            {**component, "props": translated.get(component["id"], component["props"])}
            for component in self._config["components"]
        ]
        return {**self._config, "components": components}

    @config.setter
    def config(self, value: Any) -> None:
        self._config = value

    async def call_function(
        self, block_fn: Any, processed_input: Any, iterator: Any = None, requests: Any = None, *more: Any, **others: Any
    ) -> Any:
        """Call a handler, or the next step of one. Raises what it raises."""
        request = requests[0] if isinstance(requests, list) else requests
        language = request.state.language if request else catalogs.current_language()
        with catalogs.use_language(language):
            return await super().call_function(block_fn, processed_input, iterator, requests, *more, **others)


def _laid_out(blocks: gr.Blocks, lay_out: LayOut, language: str) -> list[int]:
    """The ids of the components that are there afterwards, in their order."""
    before = len(blocks.blocks)
    with catalogs.use_language(language):
        lay_out(blocks)
    return list(blocks.blocks)[before:]
