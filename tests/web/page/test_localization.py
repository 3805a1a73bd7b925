"""The page is laid out once for each language that somebody opens it in, and no earlier."""

from __future__ import annotations

from threading import Thread

import gradio as gr

from rag.web.i18n import catalogs
from rag.web.page.localization import TranslatedBlocks


def language_of(page: TranslatedBlocks, language: str) -> str:
    with catalogs.use_language(language):
        return str(page.config["components"][0]["props"]["value"])


def test_each_language_is_laid_out_when_it_is_first_asked_for() -> None:
    laid_out: list[str] = []

    def lay_out(_: gr.Blocks) -> None:
        laid_out.append(catalogs.current_language())
        gr.Textbox(catalogs.current_language())

    page = TranslatedBlocks(lay_out)
    assert laid_out == [catalogs.DEFAULT]
    assert [language_of(page, language) for language in ("de", "ar", "de", catalogs.DEFAULT)] == [
        "de",
        "ar",
        "de",
        catalogs.DEFAULT,
    ]
    assert laid_out == [catalogs.DEFAULT, "de", "ar"]


def test_readers_who_open_it_in_several_languages_at_once_each_get_their_own() -> None:
    page = TranslatedBlocks(lambda _: gr.Textbox(catalogs.current_language()))
    got: dict[str, str] = {}
    threads = [
        Thread(target=lambda language=language: got.update({language: language_of(page, language)}))
        for language in catalogs.LOCALES
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {language: language for language in catalogs.LOCALES}
