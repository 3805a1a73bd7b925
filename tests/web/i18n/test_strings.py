"""The words of the page: there in every language, with the same places for values, and in the right form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstention import MESSAGES
from rag.core.types import Answer, ArticleHeader, Decline, IngestProgress, Passage, Remark, Source, Span, Timings, Usage
from rag.web.conversations.exchange import Exchange
from rag.web.i18n import catalogs, strings
from rag.web.i18n.catalogs import FILE, LOCALES, Catalog, catalog, use_language
from rag.web.i18n.middleware import language_of, preferred_language
from rag.web.rendering import escaping
from rag.web.rendering.abstention import message_of, remark_text, shortfall_of
from rag.web.rendering.environment import render

WEB = Path(strings.__file__).parent.parent
OTHERS = sorted(set(LOCALES) - {"en"})
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MILLIONS = {"fr", "es"}
"""Languages with a CLDR category for whole millions. Its form is always that of "other" here."""
QUOTES_ITSELF = re.compile(r'library_editing = "on"')


def places(words: str) -> set[str]:
    """The names of the values that a phrase has places for."""
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def all_words(of: Catalog) -> Iterator[tuple[str, str]]:
    yield from of.messages.items()
    for name in of.plurals:
        yield from ((f"{name}.{key}", words) for key, words in of.plural_categories(name).items())
    for name, table in of.contexts.items():
        yield from ((f"{name}.{key}", words) for key, words in table.items())


def uses(file: Path) -> Iterator[tuple[str, bool]]:
    """The names of ``strings`` that a module or a template uses, and whether it does so when it is imported."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield from ((name, False) for name in re.findall(r"\bstrings\.(\w+)", text))
        return
    tree = ast.parse(text)
    later = {node for function in ast.walk(tree) if isinstance(function, FUNCTIONS) for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "strings":
            yield node.attr, node not in later


FILES = [
    file for end in ("py", "html", "jinja", "j2", "xml") for file in sorted(WEB.rglob(f"*.{end}")) if any(uses(file))
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_word_that_is_used_is_there_and_looked_up_for_each_reader_anew(file: Path) -> None:
    for name, at_import in uses(file):
        assert not at_import, f"{name} would be kept in the language of nobody"
        for language in LOCALES:
            with use_language(language):
                assert getattr(strings, name)


def test_a_word_that_is_nowhere_is_refused() -> None:
    assert len(FILES) > 5
    with pytest.raises(AttributeError, match="no message 'AKS'"):
        _ = strings.AKS
    with pytest.raises(AttributeError):
        _ = strings.exchange_lable  # type: ignore[attr-defined, unused-ignore]
    with pytest.raises(KeyError), use_language("tlh"):
        pass


def test_every_message_is_used() -> None:
    """In any language: the next test has the same ids in all of them."""
    named = {name for file in FILES for name, _ in uses(file)}
    composed = set(re.findall(r'"(\w+)"', Path(strings.__file__).read_text(encoding="utf-8")))
    english = catalog("en")
    assert {*english.messages, *english.plurals, *english.contexts} - named - composed == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_every_message_with_the_same_places(language: str) -> None:
    english, other = catalog("en"), catalog(language)
    assert list(other.messages) == list(english.messages)
    assert {name: list(table) for name, table in other.contexts.items()} == {
        **{name: list(table) for name, table in english.contexts.items()},
        "REMARKS": list(MESSAGES),
    }
    assert list(other.plurals) == list(english.plurals)
    for name, words in english.messages.items():
        assert places(other.messages[name]) == places(words), name


@pytest.mark.parametrize("language", LOCALES)
def test_the_plural_forms_are_those_of_the_language(language: str) -> None:
    """By CLDR, which the widget selects by: each of its categories has one form for all of its numbers."""
    here = catalog(language)
    needed = {"other", *here.locale.plural_form.tags} - ({"many"} if language in MILLIONS else set())
    category_of = {here.plural_index(count): here.locale.plural_form(count) for count in range(1000)}
    assert set(category_of.values()) == needed
    assert all(category_of[here.plural_index(count)] == here.locale.plural_form(count) for count in range(1000))
    for name, forms in here.plurals.items():
        assert len(forms) == len(needed), name
        assert set(here.plural_categories(name)) == needed, name


@pytest.mark.parametrize("language", LOCALES)
def test_each_plural_form_has_the_places_of_the_english(language: str) -> None:
    here = catalog(language)
    for name in here.plurals:
        english = places(catalog("en").plural(name, 2))
        for form, words in here.plural_categories(name).items():
            # "One article" needs no figure, but what else is told must be.
            spelt = {"count"} if form in {"zero", "one", "two"} else set()
            missing = english - places(words)
            assert places(words) <= english, name
            assert missing <= spelt or form == "zero", (name, form)


@pytest.mark.parametrize("language", LOCALES)
def test_no_message_is_there_twice(language: str) -> None:
    file = WEB / "i18n" / FILE.format(language=language)
    ids = re.findall(r'(?:msgctxt "(\w+)"\n)?msgid "(\w+)"', file.read_text(encoding="utf-8"))
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("language", LOCALES)
def test_words_are_neither_html_nor_empty(language: str) -> None:
    for name, words in all_words(catalog(language)):
        assert words.strip() == words or name == "COMMA", name
        assert words, name
        assert not re.search(r'[<>&"]', QUOTES_ITSELF.sub("", words)), name


@pytest.mark.parametrize("language", OTHERS)
def test_hardly_a_word_is_left_in_english(language: str) -> None:
    english = dict(all_words(catalog("en")))
    same = {name for name, words in all_words(catalog(language)) if english.get(name) == words}
    assert len(same) < len(english) / 8, same


@pytest.mark.parametrize("name", LOCALES)
def test_arabic_alone_is_written_from_the_right(name: str) -> None:
    with use_language(name):
        assert catalogs.direction() == ("rtl" if name == "ar" else "ltr")
        in_arabic = sum("\u0600" <= letter <= "\u06ff" for _, words in all_words(catalog(name)) for letter in words)
    assert (in_arabic > 1000) == (name == "ar")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", {0: "0 pages", 1: "1 page", 2: "2 pages", 1234: "1,234 pages"}),
        ("de", {0: "0 Seiten", 1: "1 Seite", 2: "2 Seiten", 1234: "1.234 Seiten"}),
        ("fr", {0: "0 page", 1: "1 page", 2: "2 pages", 1234: "1\u202f234 pages", 10**6: "1\u202f000\u202f000 pages"}),
        ("es", {0: "0 páginas", 1: "1 página", 2: "2 páginas", 12345: "12.345 páginas", 10**6: "1.000.000 páginas"}),
        (
            "ar",
            {0: "لا صفحات", 1: "صفحة واحدة", 2: "صفحتان", 3: "3 صفحات", 10: "10 صفحات", 11: "11 صفحة", 99: "99 صفحة",
             100: "100 صفحة", 103: "103 صفحات", 1234: "1,234 صفحة"},
        ),
    ],
)  # fmt: skip
def test_numbers_take_the_form_and_the_separators_of_the_language(language: str, said: Mapping[int, str]) -> None:
    with use_language(language):
        assert {count: strings.pages(count) for count in said} == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3 November 2024"),
        ("de", "3. November 2024"),
        ("fr", "3 novembre 2024"),
        ("es", "3 de noviembre de 2024"),
        ("ar", "3 نوفمبر 2024"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, said: str) -> None:
    with use_language(language):
        assert escaping.day(date(2024, 11, 3)) == said
        assert escaping.day(None) == ""
        assert escaping.day(date.min)
        assert escaping.day(date.max)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "3 articles added, 1 changed, 2 already there"),
        ("de", "3 Artikel hinzugefügt, 1 geändert, 2 schon vorhanden"),
        ("fr", "3 articles ajoutés, 1 modifié, 2 déjà présents"),
        ("es", "3 artículos añadidos, 1 modificado, 2 que ya estaban"),
        ("ar", "أُضيفت 3 مقالات، وغُيّرت واحدة، وكانت اثنتان موجودتين من قبل"),
    ],
)
def test_what_came_of_adding_is_one_sentence(language: str, said: str) -> None:
    with use_language(language):
        assert strings.outcome(3, 1, 2, 0) == said
        assert strings.outcome(0, 0, 0, 0) == ""


@pytest.mark.parametrize("language", LOCALES)
def test_everything_that_is_composed_can_be_said(language: str) -> None:
    with use_language(language):
        progress = IngestProgress(1, 3, "The lamp", 2, 40, 0.3, 61)
        said = [
            *(strings.only_days(*days) for days in (("a", "a"), ("a", "b"), ("a", ""), ("", "b"))),
            *(strings.shown(*which) for which in ((1, 2, 2, ""), (1, 50, 70, ""), (1, 2, 2, "x"), (1, 50, 70, "x"))),
            *(strings.time_left(seconds) for seconds in (1, 30, 400)),
            *(strings.adding(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c", "d"))),
            strings.span_of_days("a", "a"), strings.span_of_days("a", "b"), strings.figures(progress),
            strings.reading(240, None), strings.reading(240, 3.2), strings.ahead(1), strings.ahead(2),
        ]  # fmt: skip
    assert all(said)
    assert len(set(said)) == len(said)
    assert not any("{" in words for words in said)


@pytest.mark.parametrize("language", OTHERS)
def test_a_decline_is_explained_in_the_readers_language(language: str) -> None:
    translated = catalog(language).contexts["REMARKS"]
    assert list(translated) == list(MESSAGES)
    for kind, message in MESSAGES.items():
        assert places(translated[kind]) == places(message), kind
        assert translated[kind] != message, kind


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "The articles do not mention “Oslo”, “sonata” or “7”. "
                "Ask about something else, or add articles on the subject.",
                "It does not mention Oslo, “sonata” or 7.",
                "It is in French, but the question seems to be in qqq.",
                "It is dated 3 November 2024; the question asks about another time.",
                "It has these words but does not answer the question.",
            ],
        ),
        (
            "de",
            [
                "Die Artikel erwähnen „Oslo“, „sonata“ oder „7“ nicht. "
                "Fragen Sie nach etwas anderem, oder fügen Sie Artikel zum Thema hinzu.",
                "Oslo, „sonata“ oder 7 kommt darin nicht vor.",
                "Ihre Sprache ist Französisch, die der Frage anscheinend qqq.",
                "Sie ist vom 3. November 2024; die Frage gilt einer anderen Zeit.",
                "Sie enthält diese Wörter, beantwortet die Frage aber nicht.",
            ],
        ),
    ],
)
def test_what_a_remark_names_is_written_as_the_language_does(language: str, sentences: Sequence[str]) -> None:
    words = ("Oslo", "sonata", "7")
    remarks = [
        Remark("absent_alone", words), Remark("lacking", words), Remark("of_another_language", (), ("qqq", "fr-CA")),
        Remark("of_another_day"), Remark("worded"),
    ]  # fmt: skip
    with use_language(language):
        assert [remark_text(remark, date(2024, 11, 3)) for remark in remarks] == sentences


def test_a_remark_that_is_missing_or_unknown_leaves_the_sentence_as_it_is() -> None:
    header = ArticleHeader("a", "A", "", "", "", date(2024, 11, 3), (), "")
    near = Source(1, header, Passage("a", 0, 1, "x", ()), Span(0, 1), 1.0)

    def exchange(*remarks: Remark) -> Exchange:
        decline = Decline("not_supported", "Why.", (near,), (), ("It is far.",), *remarks[:1], remarks[1:])
        answer = Answer("Q", "", (), (), decline, Timings(0, None, None, 0), Usage(), "fake")
        return Exchange(1, "Q", "declined", message="Why.", answer=answer)

    with use_language("fr"):
        unknown = exchange(Remark("of_tomorrow"), Remark("of_tomorrow"))
        assert (message_of(unknown), shortfall_of(unknown, near)) == ("Why.", "It is far.")
        known = exchange(Remark("silent"), Remark("of_another_day"))
        assert message_of(known).startswith("Aucune réponse n’a été trouvée dans ces articles.")
        assert shortfall_of(known, near) == "Il date du 3 novembre 2024 ; la question porte sur une autre période."
        assert message_of(Exchange(1, "Q", "declined", message="Why.")) == "Why."
        assert shortfall_of(Exchange(1, "Q"), near) == ""


def test_what_is_put_into_a_phrase_is_not_a_phrase() -> None:
    assert strings.only_tag("{tag} {0} {tag.__class__}") == "tag: {tag} {0} {tag.__class__}"


def test_a_language_holds_for_its_block_alone() -> None:
    with use_language("de"):
        with use_language("ar"):
            assert strings.ASK == "اسأل"
        assert strings.ASK == "Fragen"
        assert dict(strings.VIEW_NAMES) == {"chat": "Chat", "library": "Bibliothek"}
        assert len(strings.VIEW_NAMES) == 2
    assert strings.ASK == "Ask"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("zh-CN,zh;q=0.9,fr;q=0.5,en;q=0.4", "fr"),
        ("en;q=0.3, es;q=0.7", "es"),
        ("AR-eg", "ar"),
        ("fr;q=0, en;q=0.1", "en"),
        ("fr;q=0", "en"),
        ("de;q=0,de-AT", "en"),
        ("fr;q=0.5,es;q=0.5", "fr"),
        ("*", "en"),
        ("tlh", "en"),
        ("", "en"),
        ("de;q=1.5,fr;q=nonsense,es;level=1,;;,=,ar", "ar"),
        ("de ; q=0.5 , fr", "fr"),
        ("d€,\x00,deutsch", "en"),
        (",".join(["xx"] * 5000) + ",de", "en"),
    ],
)
def test_the_browsers_favourite_among_our_languages(accepted: str, language: str) -> None:
    assert preferred_language(accepted) == language


@given(st.one_of(st.text(), st.text(alphabet="defrsanq=;,.01 -*")), st.text())
def test_no_header_is_too_odd(accepted: str, cookies: str) -> None:
    assert language_of(cookies, accepted) in LOCALES


@pytest.mark.parametrize(
    ("cookies", "accepted", "setting", "language"),
    [
        ("", "fr", "auto", "fr"),
        ("", "fr", "de", "de"),
        ("footnote_language=ar", "fr", "auto", "ar"),
        ("other=1; footnote_language=es; more=2", "fr", "de", "es"),
        ("footnote_language=tlh", "fr", "auto", "fr"),
        ("footnote_language=", "", "auto", "en"),
        ('footnote_language="\\', "", "auto", "en"),
    ],
)
def test_a_choice_goes_before_the_setting_and_the_setting_before_the_browser(
    cookies: str, accepted: str, setting: str, language: str
) -> None:
    assert language_of(cookies, accepted, setting) == language


def test_every_language_can_be_chosen_by_its_own_name() -> None:
    with use_language("de"):
        shown = render("page_frame.languages")
    assert re.findall(r'href="language/(\w+)" lang="(\w+)"', shown) == [(one, one) for one in LOCALES]
    for name in ("English", "Deutsch", "Français", "Español", "العربية"):
        assert f">{name}</a>" in shown
    assert re.findall(r'lang="(\w+)" hreflang="\w+" aria-current', shown) == ["de"]
    assert "Sprache: </span>Deutsch</summary>" in shown
