"""Templates: what comes from outside is text there, whatever a template does with it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from jinja2 import UndefinedError
from markupsafe import Markup

from rag.core.serialization import CONTROL
from rag.web.api import docs_page
from rag.web.rendering import chat, environment
from rag.web.rendering.environment import ENVIRONMENT, render
from tests.web.made_exchanges import HOSTILE, OWN_TAGS, Reader, after

TEMPLATES = sorted(Path(environment.__file__).with_name("templates").glob("*.html"))
UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\b")


def written(source: str, **values: object) -> str:
    return ENVIRONMENT.from_string(source).render(values)


@given(HOSTILE)
def test_a_value_is_escaped_and_straightened_where_it_is_written(text: str) -> None:
    shown = written('<p title="{{ text }}">{{ text }}</p>', text=text)
    read = Reader(shown)
    assert read.tags == ["p"]
    assert [name for name, _ in read.attributes] == ["title"]
    assert not CONTROL.search(unescape(shown))
    shown.encode("utf-8")


def test_what_is_markup_already_is_not_escaped_again() -> None:
    assert written("{{ shown }}", shown=Markup("<b>\n</b>")) == "<b>\n</b>"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        written("{{ unknown }}")
    with pytest.raises(UndefinedError):
        written("{{ strings.NO_SUCH_TEXT }}")
    with pytest.raises(AttributeError):
        render("chat.no_such_macro")


def test_lines_of_a_template_are_joined_and_those_of_a_value_are_not() -> None:
    source = '<p>\n  <b\n    class="x">{{ text }}</b>\n  {% if text %}\n    <i></i> <u></u>\n  {% endif %}\n</p>\n'
    assert written(source, text="a\n  b") == '<p><b class="x">a\n  b</b><i></i> <u></u></p>'


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_template_leaves_escaping_out(file: Path) -> None:
    assert not UNESCAPED.search(file.read_text(encoding="utf-8"))


@given(HOSTILE)
def test_no_sentence_of_the_chat_makes_an_element(text: str) -> None:
    one = after()
    for shown in (
        render("chat.filter_problem", text),
        render("shared.problem", text),
        chat.earlier_answer(one.__class__(1, text), 2),
        chat.exchange(one.__class__(1, text, "failed", message=text)),
    ):
        read = Reader(shown)
        assert set(read.tags) <= OWN_TAGS
        assert read.open == []
        assert not CONTROL.search(unescape(shown))


@given(HOSTILE)
def test_no_schema_makes_an_element_of_the_page_of_the_api(text: str) -> None:
    kind = {"type": text, "description": text, "enum": [text]}
    operation = {
        "description": text,
        "parameters": [{"name": text, "schema": {"anyOf": [kind, {"$ref": f"#/{text}"}, {"type": "array"}]}}],
        "requestBody": {"content": {"application/json": {"schema": {"type": text, "minimum": 1}}}},
        "responses": {text: {"content": {"application/json": {"schema": {"const": text}}}}},
    }
    schema = {
        "info": {"title": text, "version": text, "description": text},
        "paths": {text: {text: operation}},
        "components": {"schemas": {text: {"description": text, "properties": {text: kind}}}},
    }
    read = Reader(docs_page.page(schema).partition("</head>")[2].removesuffix("</html>"))
    assert set(read.tags) <= {*"body main h1 h2 h3 p a code section span table tr th td".split()}
    assert {name for name, _ in read.attributes} <= {"class", "href", "id", "scope"}
    assert not CONTROL.search(read.words)
