from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import Article, ArticleHeader, PassageVectors, RankedPassage, SentenceMatch, StoredPassage
from rag.ingest.chunking import chunk
from rag.retrieval.context_selection import EvidencePassage
from rag.text.sentence_segmentation import split_sentences
from rag.verification.citations import check, complete_sentences

FLOOR = 0.5
FERRY = (
    "The car ferry Sorrel was sold to the Dunmore cooperative for 4,200,000 crowns. Captain Rosa Ilves keeps her post. "
    "The crew of twelve stays until 2027."
)
LAMP = "The lighthouse on Gull Rock went dark after a storm. Keeper Anders Pohl carried the brass lens upstairs."
NO_VECTORS = PassageVectors(np.zeros(1, np.float32), np.zeros((1, 1), np.float32))


def evidence(*texts: str, day: date | None = None, title: str = "A title") -> list[EvidencePassage]:
    found = []
    for number, text in enumerate(texts, start=1):
        (passage,) = chunk(Article(str(number), title, text, str(number)), 110)
        header = ArticleHeader(str(number), title, "", "", "", day, (), "")
        matches = tuple(SentenceMatch(span, 0.5, 0.5) for span in passage.sentences)
        ranked = RankedPassage(
            StoredPassage(number, passage, header, NO_VECTORS), number, 1.0, 0.5, 0.5, number, number, matches
        )
        found.append(EvidencePassage(number, ranked, matches))
    return found


def test_supported_sentence_is_cited_with_the_exact_words_of_the_article() -> None:
    checked = check("Captain Rosa Ilves keeps her post.", "Who is captain?", evidence(LAMP, FERRY), FLOOR)
    assert checked.sentence.citations == (2,)
    assert checked.sentence.support > 0.9
    (source,) = checked.sources
    assert source.number == 2
    assert source.quoted == "Captain Rosa Ilves keeps her post."


def test_quote_is_the_smallest_that_carries_the_support() -> None:
    both = check("Captain Ilves keeps her post and the crew of twelve stays.", "Who?", evidence(FERRY), FLOOR)
    assert both.sources[0].quoted == "Captain Rosa Ilves keeps her post. The crew of twelve stays until 2027."


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("The crew of twelve stays until 2027.", True),
        ("The crew of 12 stays until 2027.", True),
        ("The crew of twelve stays until 2028.", False),
        ("The crew of thirteen stays until 2027.", False),
        ("The Sorrel was sold for 4200000 crowns.", True),
        ("The Sorrel was sold for 4,300,000 crowns.", False),
    ],
)
def test_number_that_the_passage_does_not_have_costs_the_citation(sentence: str, cited: bool) -> None:
    checked = check(sentence, "What?", evidence(FERRY), FLOOR)
    assert checked.sentence.citations == ((1,) if cited else ())
    assert (checked.sentence.support >= FLOOR) is cited
    assert len(checked.sources) == cited


def test_day_of_the_article_counts_as_its_words() -> None:
    dated = evidence(FERRY, day=date(2024, 5, 17))
    sentence = "The Sorrel was sold on 17 May 2024."
    assert check(sentence, "When?", dated, FLOOR).sentence.citations == (1,)
    assert check(sentence, "When?", evidence(FERRY), FLOOR).sentence.citations == ()


def test_sentence_from_two_passages_cites_both() -> None:
    checked = check("Rosa Ilves keeps her post and Anders Pohl carried the lens.", "Who?", evidence(LAMP, FERRY), FLOOR)
    assert checked.sentence.citations == (1, 2)
    assert [source.quoted for source in checked.sources] == [
        "Keeper Anders Pohl carried the brass lens upstairs.",
        "Captain Rosa Ilves keeps her post.",
    ]


def test_passage_that_adds_nothing_is_not_cited_as_well() -> None:
    assert check("Captain Rosa Ilves keeps her post.", "Who?", evidence(FERRY, FERRY), FLOOR).sentence.citations == (1,)


@pytest.mark.parametrize("sentence", ["Bananas grow in warm countries.", "Not.", "😀", "...", ""])
def test_sentence_out_of_nowhere_is_not_cited(sentence: str) -> None:
    checked = check(sentence, "Who is captain?", evidence(FERRY, LAMP), FLOOR)
    assert checked.sentence.text == sentence
    assert checked.sentence.citations == ()
    assert checked.sources == ()
    assert checked.sentence.support < FLOOR


def test_repeating_the_question_is_little_support() -> None:
    question = "Did the car ferry Sorrel carry elephants?"
    assert (
        check("The car ferry Sorrel carried elephants, giraffes and zebras.", question, evidence(FERRY), FLOOR).sources
        == ()
    )


def test_source_that_the_model_named_is_cited_before_another_that_says_the_same() -> None:
    twice = evidence(FERRY, FERRY)
    assert check("Captain Rosa Ilves keeps her post.", "Who?", twice, FLOOR, named=(2,)).sentence.citations == (2,)


def test_where_the_named_source_does_not_say_it_another_is_cited() -> None:
    both = evidence(FERRY, LAMP)
    assert check("Captain Rosa Ilves keeps her post.", "Who?", both, FLOOR, named=(2,)).sentence.citations == (1,)


@pytest.mark.parametrize("named", [(2,), (7,), (-1, 0)])
def test_naming_a_source_is_no_support(named: tuple[int, ...]) -> None:
    assert check("Bananas grow in warm countries.", "Who?", evidence(FERRY, LAMP), FLOOR, named=named).sources == ()


def test_sentence_that_the_model_has_read_is_marked_before_the_same_one_elsewhere() -> None:
    twice = evidence(FERRY, FERRY)
    read = [replace(twice[0], sentences=twice[0].sentences[:1]), twice[1]]
    assert check("Captain Rosa Ilves keeps her post.", "Who?", read, FLOOR).sentence.citations == (2,)


def test_vector_of_another_length_is_left_aside() -> None:
    vector = np.ones(384, np.float32)
    with_it = check("Captain Rosa Ilves keeps her post.", "Who?", evidence(FERRY), FLOOR, vector=vector)
    assert with_it == check("Captain Rosa Ilves keeps her post.", "Who?", evidence(FERRY), FLOOR)


def test_without_evidence_nothing_is_cited() -> None:
    assert check("Captain Rosa Ilves keeps her post.", "Who?", [], FLOOR).sentence.citations == ()


WORDS = st.lists(st.sampled_from("ferry Sorrel sold 4,200,000 Rosa 2027 storm moon 7 the".split()), max_size=12)


@given(WORDS, st.lists(st.sampled_from([FERRY, LAMP]), max_size=4), st.floats(0, 1))
def test_citations_name_their_sources_and_quotes_are_verbatim(words: list[str], texts: list[str], floor: float) -> None:
    found = evidence(*texts)
    checked = check(" ".join(words), "Who sold what?", found, floor)
    assert 0.0 <= checked.sentence.support <= 1.0
    assert checked.sentence.citations == tuple(source.number for source in checked.sources)
    assert list(checked.sentence.citations) == sorted(set(checked.sentence.citations))
    for source in checked.sources:
        assert source.quoted in texts[source.number - 1]


def streamed(pieces: list[str]) -> list[str]:
    found, rest = [], ""
    for piece in pieces:
        complete, rest = complete_sentences(rest + piece)
        found += complete
    return found + complete_sentences(rest, finished=True)[0]


PLAIN = [
    "It was sold for 3.5 million crowns.",
    "Nobody stayed after 4 p.m. on Monday.",
    "Why did they leave?",
    "Nobody knows!",
    "The firm, i.e. the buyer, paid 4,200,000.",
    "Über Zürich lag Nebel.",
]
HARD = [
    "Dr. Weld met J. R. R. Henk.",
    'She said "It is over. We won." to him.',
    "They (so. It. Goes) left.",
    "“Go. Now!” he said.",
]


def pieces_of(text: str, data: st.DataObject) -> list[str]:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=5), st.data())
def test_streamed_sentences_are_the_same_however_the_text_is_cut(sentences: list[str], data: st.DataObject) -> None:
    assert streamed(pieces_of(" ".join(sentences), data)) == sentences


@given(st.lists(st.sampled_from(PLAIN + HARD), min_size=1, max_size=4), st.data())
def test_streamed_abbreviations_and_quotations_are_the_same_however_the_text_is_cut(
    sentences: list[str], data: st.DataObject
) -> None:
    text = " ".join(sentences)
    assert streamed(pieces_of(text, data)) == [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It was sold for 3.5 million crowns. Nobody left at 4 p.m. on Monday. Why?",
        "It was sold. Dr. Weld left.",
        'She said "It is over. We won." and left. He stayed.',
        "«Уходим!» — сказал он. Все ушли.",
        "船は売られた。船長は残る。「行こう。今だ」と彼は言った。灯台は暗い。",
    ],
)
def test_sentences_that_arrive_letter_by_letter(text: str) -> None:
    assert streamed(list(text)) == [text[span.start : span.end] for span in split_sentences(text)]


def test_sentences_of_scripts_without_spaces_do_not_wait_for_the_end() -> None:
    assert complete_sentences("船は売られた。船長は残る。灯台") == (["船は売られた。", "船長は残る。"], "灯台")


def test_last_sentence_waits_until_the_text_is_finished() -> None:
    assert complete_sentences("It was sold. It w") == (["It was sold."], "It w")
    assert complete_sentences("It was sold.") == ([], "It was sold.")
    assert complete_sentences("It was sold.", finished=True) == (["It was sold."], "")
    assert complete_sentences("", finished=True) == ([], "")


def test_quote_is_the_sentence_that_says_it_and_not_one_below_a_title_that_does() -> None:
    beside, said = (
        "A tug brought it into Harrow, watched by many people.",
        "Two fishermen were hurt when a patrol ship struck their trawler.",
    )
    found = evidence(beside, said, title="Two hurt as patrol ship and Harrow trawler collide")
    checked = check("The patrol ship struck the Harrow trawler, and two people were hurt.", "Who?", found, FLOOR)
    assert [source.quoted for source in checked.sources] == [said]
