"""The controls of the filters: from which articles the next question is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr

from rag.core.errors import FilterError
from rag.core.filters import EVERYTHING, Filters, filters_of
from rag.core.serialization import displayable
from rag.web.i18n import strings
from rag.web.library.articles import ArticleService
from rag.web.page.components import UNQUEUED, Updates, html
from rag.web.rendering import chat
from rag.web.rendering.environment import render

CHOICES = 500
"""Most sources or tags in a list, those of most articles: a page with very many loads slowly."""
LIVE = '<div aria-live="polite">${value}</div>'


class FilterControls:
    """A fold with the controls, and a line with the active filters. Create it within the Blocks of the page.

    ``controls`` are the inputs of a handler that needs the filters, in the order of the arguments of ``filters``.
    """

    def __init__(self, articles: ArticleService) -> None:
        self._articles = articles

    def lay_out_line(self) -> None:
        """Lay out the line with the active filters, which is hidden if there are none."""
        with gr.Row(elem_id="in-force", visible=False) as self._line:
            self._in_force = html("", "only", html_template=LIVE)
            self._clear = gr.Button(strings.ALL_OF_THEM, size="sm", min_width=0, elem_id="clear")

    def lay_out_controls(self) -> None:
        with gr.Accordion(strings.ONLY_SOME, open=False, elem_id="filters") as self._fold:
            lists = [
                gr.Dropdown(label=label, multiselect=True, elem_id=name, elem_classes="fn-choices")
                for name, label in (
                    ("only-sources", strings.ONLY_SOURCES),
                    ("only-tags", strings.ONLY_TAGS),
                    ("only-languages", strings.ONLY_LANGUAGES),
                )
            ]
            with gr.Row(elem_id="days"):
                days = [
                    gr.DateTime(label=label, include_time=False, type="string", elem_id=name, elem_classes="fn-day")
                    for name, label in (("since", strings.SINCE), ("until", strings.UNTIL))
                ]
            self._span = html("", "span")
        self._lists, self._days = lists, days
        self.controls: list[Any] = [*lists, *days]
        self.renewable: list[Any] = [*self.controls, self._fold, self._span]
        self.refusable: list[Any] = [self._line, self._in_force, self._fold]

    def connect(self) -> None:
        gr.on(
            [control.change for control in self.controls],
            self._changed,
            inputs=self.controls,
            outputs=[self._line, self._in_force],
            trigger_mode="always_last",
            **UNQUEUED,
        )
        self._clear.click(self._cleared, outputs=[*self.controls, self._line, self._in_force], **UNQUEUED)

    def filters(
        self,
        sources: Sequence[str] | None,
        tags: Sequence[str] | None,
        languages: Sequence[str] | None,
        since: str | None,
        until: str | None,
    ) -> Filters:
        """Return the filters that the controls hold. Raises FilterError if a day is invalid or the range is empty."""
        return filters_of(sources or (), tags or (), languages or (), since or "", until or "")

    def refused(self, error: FilterError) -> Updates:
        """Show why the question was not asked, with the controls open."""
        return {**self._refused(error), self._fold: gr.Accordion(open=True)}

    def renewed(self, *chosen: Any) -> Updates:
        """Show the choices that the library offers now, keeping those of ``chosen`` that still exist."""
        facets = self._articles.facets()
        offers = (facets.sources, facets.tags, facets.languages)
        labels: tuple[Callable[[str], str], ...] = (str, str, strings.language_name)
        dated = facets.published.start is not None
        return {
            **{
                control: gr.Dropdown(**_choices(offer, label, values or ()))
                for control, offer, label, values in zip(self._lists, offers, labels, chosen, strict=False)
            },
            **{day: gr.DateTime(visible=dated) for day in self._days},
            self._span: chat.span_of_days(facets.published),
            self._fold: gr.Accordion(visible=dated or any(offers)),
        }

    def _changed(self, *chosen: Any) -> Updates:
        try:
            filters = self.filters(*chosen)
        except FilterError as error:
            return self._refused(error)
        return {self._line: gr.Row(visible=bool(filters)), self._in_force: chat.filters(filters)}

    def _cleared(self) -> Updates:
        return {
            **{control: gr.Dropdown(value=[]) for control in self._lists},
            **{day: gr.DateTime(value=None) for day in self._days},
            self._line: gr.Row(visible=False),
            self._in_force: chat.filters(EVERYTHING),
        }

    def _refused(self, error: FilterError) -> Updates:
        return {self._line: gr.Row(visible=True), self._in_force: render("chat.filter_problem", str(error))}


def _choices(counted: Mapping[str, int], label: Callable[[str], str], chosen: Sequence[str]) -> dict[str, Any]:
    """Return a list's choices with their numbers of articles; it is hidden if there are none."""
    values = list(dict.fromkeys([*list(counted)[:CHOICES], *(one for one in chosen if one in counted)]))
    return {
        "choices": [(strings.choice(displayable(label(value)), counted[value]), value) for value in values],
        "value": [value for value in chosen if value in values],
        "visible": bool(values),
    }
