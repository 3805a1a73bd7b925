from __future__ import annotations

import pytest

from rag.ingest.readers.document_builder import DocumentBuilder
from rag.ingest.readers.hidden_text import remove_hidden
from rag.ingest.readers.html_blocks import add_html, add_tree
from rag.ingest.readers.xml import html_tree


def text_of(html: str) -> str:
    builder = DocumentBuilder()
    add_html(html, builder)
    return builder.text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("a <b>b</b>\n\n c<wbr>d", "a b cd"),
        ("<p>a<p>b", "a\n\nb"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<pre>a\n  b\n</pre>", "a\n  b"),
        ("<ul><li><p>a</p><p>b</p></li><li>c<ol><li>d</ol></ul><p>e", "- a\n\nb\n\n- c\n1. d\n\ne"),
        ("<ol start=7><li>a<li>b</ol><ol start=x><li>c</ol>", "7. a\n8. b\n\n1. c"),
        ("<dl><dt>a<dd>b</dl>", "a\n\nb"),
        ("<table><caption>C</caption><tr><th>a<th>b<tr><td><p>1</p><p>2</p><td></table>x", "C\n\na | b\n1 2 |\n\nx"),
        ("<table><tr><td>a</table>", "a"),
        ("<table><tr><td><h2>a</h2><td>b</table>", "a\n\nb"),
        ("<table><tr><td>l<td><table><tr><td>1<td>2</table></table>", "l\n\n1 | 2"),
        ("<table><tr><td>a<td hidden>x<td>b</table>", "a | b"),
        ("a<p hidden>x</p>b<span aria-hidden=TRUE>y</span>c", "abc"),
        ("<body hidden><p>shown</p></body>", "shown"),
        ("<select><option>x</select><button>y</button><svg><text>z</text></svg>a", "a"),
        ("</li></td></table></ul>a<li>b", "a\n\n- b"),
        ("&nbsp;a&nbsp;&nbsp;b&#0;", "a b\ufffd"),
    ],
)
def test_html_becomes_blocks(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize("character", ["\x01", "&#1;", "&#x1F;", "&#0011", "&#xFFFE;", "&#65535;", "\uffff", "&#31;"])
def test_characters_that_no_tree_takes_are_replaced(character: str) -> None:
    root = html_tree(f"<p>a<i hidden>{character}</i>{character}b</p>")
    remove_hidden(root)
    builder = DocumentBuilder()
    add_tree(root, builder)
    assert builder.text == "a\ufffdb"
    root[0][0].text = root.text_content()  # Refused by lxml where such a character is left.


def test_characters_with_longer_numbers_stay() -> None:
    assert text_of("&#10;&#100; &#x1F600; &#x12; &#128;x &#9;") == "d 😀 \ufffd €x"
