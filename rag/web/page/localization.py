"""A Gradio page in the language of whoever opens it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import gradio as gr

from rag.web.i18n import catalogs

Props = dict[str, Any]
LayOut = Callable[[gr.Blocks], object]


class TranslatedBlocks(gr.Blocks):
    """Blocks that are shown in the language of whoever opens the page.

    ``lay_out`` fills the page itself in the default language. For every other language it is called once more, aside
    from the page, when somebody first opens the page in that language, and the components' properties that come of it
    take the place of the page's own. Each handler, and each step of one that is a generator, is called in the language
    of the request, because Gradio runs them in contexts of its own.
    """

    def __init__(self, lay_out: LayOut, **options: Any) -> None:
        self._lay_out, self._options = lay_out, options
        self._translated: dict[str, dict[int, Props]] = {}
        self._one_at_a_time = Lock()  # Gradio knows one page that is being laid out in the whole process.
        super().__init__(**options)
        with self:
            self._components = _laid_out(self, lay_out, catalogs.DEFAULT)

    @property
    def config(self) -> Any:
        """The page as the browser is told of it, in the language of the request."""
        translated = self._translation(catalogs.current_language())
        components = [
            {**component, "props": translated.get(component["id"], component["props"])}
            for component in self._config["components"]
        ]
        return {**self._config, "components": components}

    @config.setter
    def config(self, value: Any) -> None:
        self._config = value

    def _translation(self, language: str) -> dict[int, Props]:
        """The properties of the components in a language, by component id; empty for the default language."""
        if language == catalogs.DEFAULT or not self.exited:
            return {}
        with self._one_at_a_time:
            if language not in self._translated:
                with gr.Blocks(**self._options) as aside:
                    numbers = _laid_out(aside, self._lay_out, language)
                props = {component["id"]: component["props"] for component in aside.config["components"]}
                pairs = zip(self._components, numbers, strict=True)
                self._translated[language] = {own: props[other] for own, other in pairs}
            return self._translated[language]

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
