"""What is said of a question without an answer: what it looked for, and why the nearest passages fall short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.abstention import explain_decline
from rag.core.types import ArticleHeader, Decline, DeclineReason, RankedPassage, Source
from rag.retrieval.retriever import Retrieved
from rag.text.tokenization import WeightedWords, all_words, content_words, inverse_document_frequency, stem, stems
from tests.helpers.made_passages import TOWARDS, header, scored, stored

TODAY = date(2025, 6, 1)
FERRY = "Captain Rosa Ilves sailed the ferry Sorrel from Dunmore on 3 May 2023."
CUP = "Vaumere won the Lantern Cup before 4.2 million viewers."


def passage(text: str, number: int = 1, **changes: object) -> RankedPassage:
    """A passage of one sentence. ``changes`` are those of the header; "heading" is the passage's own."""
    heading = str(changes.pop("heading", ""))
    head: ArticleHeader = replace(header(f"article-{number}"), **changes)  # type: ignore[arg-type]
    return scored(stored(number, head, text, heading=heading), 1.0)


def search(
    question: str,
    found: Sequence[RankedPassage],
    *,
    everywhere: str = "",
    corrections: dict[str, str] | None = None,
    common: Collection[str] = (),
) -> Retrieved:
    """What a search would say of a library that holds these passages, and the words of ``everywhere``."""
    held = [{*stems(one.passage.text), *stems(one.passage.heading), *stems(one.header.title)} for one in found]
    held.append(set(stems(everywhere)))
    meant = corrections or {}
    terms = [meant.get(word, word) for word in content_words(question)]
    counts = {term: sum(stem(term) in words for words in held) for term in terms}
    weights = {stem(term): inverse_document_frequency(counts[term], 100) for term in terms}
    unknown = frozenset(term for term in terms if not counts[term])
    return Retrieved(
        question,
        TOWARDS,
        WeightedWords(weights),
        tuple(found),
        corrections=meant,
        unknown=unknown,
        common=frozenset(common),
    )


def sources(found: Sequence[RankedPassage]) -> list[Source]:
    return [
        Source(number, one.header, one.passage, one.best.span, one.score) for number, one in enumerate(found, start=1)
    ]


def decline(
    question: str, *found: RankedPassage, reason: DeclineReason = "not_in_articles", **known: object
) -> Decline:
    return explain_decline(reason, question, search(question, found, **known), sources(found), TODAY)  # type: ignore[arg-type]


def shortfall(question: str, found: RankedPassage, **known: object) -> str:
    (sentence,) = decline(question, found, **known).shortfalls
    return sentence


@pytest.mark.parametrize(
    ("question", "looked_for"),
    [
        ("Which volcano erupted near Reykjavik?", ("Reykjavik", "volcano", "erupted", "near")),
        ("Who is Rosa Ilves?", ("Rosa Ilves",)),
        ("who is rosa ilves", ("rosa", "ilves")),
        ("Please tell me, did Rosa Ilves' brother sink the Sorrel in 1987? Thank you!",
         ("1987", "Rosa Ilves", "Sorrel", "brother")),
        ("What did the mayor of Saint-Denis say?", ("Saint-Denis", "mayor")),
        ("What is Kelverry’s harbour dues of 1,200 crowns for?", ("1,200", "Kelverry", "harbour", "dues")),
        ("Who won yesterday?", ("won",)),
        ("Who won it in March 2021?", ("2021", "won")),
        ("Who led the guild in the 1990s and in the 21st century?", ("led", "guild")),
        ("How fast did the Sorrel go?", ("Sorrel",)),
        ("谁是港口主管？", ("谁是港口主管",)),
        ("?!", ()),
        ("😀😀", ()),
        ("the", ()),
        ("a" * 500, ()),
    ],
)  # fmt: skip
def test_names_numbers_and_rare_words_are_looked_for(question: str, looked_for: tuple[str, ...]) -> None:
    assert set(decline(question, passage(CUP)).looked_for) == set(looked_for)


def test_names_come_before_other_words_and_rare_words_before_common_ones() -> None:
    asked = "Which brother of the captain sailed to Reykjavik?"
    looked_for = decline(asked, passage(FERRY), everywhere="sailed").looked_for
    assert looked_for == ("Reykjavik", "brother", "captain", "sailed")


def test_words_that_most_passages_have_are_not_looked_for() -> None:
    found = [passage(f"The harbour has {word}.", number) for number, word in enumerate("cod eel hake ling".split())]
    assert decline("Does the harbour have herring?", *found).looked_for == ("herring",)


def test_a_misspelt_word_is_shown_as_it_was_written_and_its_correction_is_offered() -> None:
    offered = decline("Where is the ferrry?", passage(FERRY), corrections={"ferrry": "ferri"})
    assert offered.looked_for == ("ferrry",)
    assert offered.message.startswith("Did you mean “ferry”? No answer found in these articles.")
    assert offered.shortfalls == ("It has these words but does not answer the question.",)
    unsupported = decline(
        "Where is the ferrry?", passage(FERRY), corrections={"ferrry": "ferri"}, reason="not_supported"
    )
    assert unsupported.message.startswith("Did you mean “ferry”?")


def test_a_correction_that_no_passage_has_is_not_offered() -> None:
    found = decline("What of the acquittal?", passage(FERRY), corrections={"acquittal": "acquitt"})
    assert "Did you mean" not in found.message


def test_a_word_taken_for_another_ones_stem_is_shown_as_it_was_written() -> None:
    found = passage("He was acquitted in Dunmore.")
    offered = decline("What of the acquittal?", found, corrections={"acquittal": "acquitt"})
    assert offered.looked_for == ("acquittal",)
    assert "not mention" not in f"{offered.message} {offered.shortfalls}"


def test_an_ordinary_word_is_never_named_as_missing() -> None:
    asked = "Who won the article of Reykjavik about photosynthesis?"
    found = decline(asked, passage(FERRY), common={"won", "article"})
    assert found.message.startswith("The articles do not mention “Reykjavik” or “photosynthesis”.")
    assert found.shortfalls == ("It is only distantly related and does not mention Reykjavik or “photosynthesis”.",)
    ordinary = decline("Who won?", passage(FERRY), common={"won"})
    assert ordinary.message.startswith("No answer found in these articles.")
    assert ordinary.shortfalls == ("It is only distantly related.",)
    partly = decline("Which captain won?", passage(FERRY), common={"won"})
    assert partly.shortfalls == ("It touches on this but does not answer the question.",)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "Which volcano erupted near Reykjavik?",
            "The articles do not mention “Reykjavik”, “volcano” or “erupted”. Ask about something in the nearest "
            "passages, or add articles on the subject.",
        ),
        (
            "Who sold the Sorrel?",
            "The articles do not mention “sold”. Ask about something in the nearest passages, or add articles on the "
            "subject.",
        ),
        (
            "Who is the captain of the Sorrel?",
            "No answer found in these articles. Ask about something in the nearest passages, or add articles on the "
            "subject.",
        ),
        (
            "?",
            "No answer found in these articles. Ask about something in the nearest passages, or add articles on the "
            "subject.",
        ),
    ],
)
def test_the_message_names_what_was_looked_for(question: str, message: str) -> None:
    assert decline(question, passage(FERRY)).message == message


@pytest.mark.parametrize(
    ("question", "begin"),
    [
        ("Who sold the Sorrel in Reykjavik?", "The articles do not mention “Reykjavik” or “sold”, and no supported"),
        (
            "Who is the captain of the Sorrel?",
            "The articles mention “Sorrel” and “captain”, but no supported answer was",
        ),
        ("?", "No supported answer found."),
    ],
)
def test_an_answer_without_support_is_declined_with_what_the_articles_touch_on(question: str, begin: str) -> None:
    message = decline(question, passage(FERRY), reason="not_supported").message
    assert message.startswith(begin)
    assert message.endswith("found. Read the nearest passages, or ask more precisely.")


def test_without_any_passage_the_next_step_is_another_question() -> None:
    nothing = decline("Who is Rosa Ilves?")
    assert nothing.message == (
        "The articles do not mention “Rosa Ilves”. Ask about something else, or add articles on the subject."
    )
    assert nothing.shortfalls == ()


def test_filters_that_let_nothing_through_are_what_to_change() -> None:
    nothing = decline("Who is Rosa Ilves?", reason="nothing_fits")
    assert nothing.message == "No article matches the filters. Remove one of them, or widen the range of dates."
    assert nothing.looked_for == ("Rosa Ilves",)


def test_a_word_of_an_article_that_was_not_found_is_not_said_to_be_in_none() -> None:
    asked = "Which volcano erupted near Reykjavik?"
    message = decline(asked, passage(CUP), everywhere="The Reykjavik volcano erupts near by.").message
    assert message.startswith("No answer found in these articles.")


def test_a_year_that_no_text_names_may_be_that_of_an_article() -> None:
    assert "do not mention" not in decline("What happened in 2019?", passage(FERRY)).message


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who won the Lantern Cup?", "It is only distantly related and does not mention Lantern Cup or “won”."),
        ("Who sold the Sorrel in 1987?", "It does not mention 1987 or “sold”."),
        ("Who is Rosa Tench?", "It does not mention Tench."),
        ("Where is Captain Ilves?", "It has these words but does not answer the question."),
        ("What year did Ilves sail?", "It has these words but does not answer the question."),
        ("Which captain is Ilves?", "It has these words but does not answer the question."),
        ("How many ferries did Ilves sail?", "It has these words but does not answer the question."),
        ("Did Ilves sail the Sorrel?", "It has these words but does not answer the question."),
        ("captain of the Sorrel", "It has these words but does not answer the question."),
        ("When Ilves sailed, who was captain?", "It has these words but does not answer the question."),
        ("😀", "It is only distantly related."),
    ],
)
def test_a_passage_falls_short_by_the_words_it_lacks_or_by_what_is_asked(question: str, sentence: str) -> None:
    everywhere = "Tench Lantern Cup won sold"
    assert shortfall(question, passage(FERRY), everywhere=everywhere) == sentence


def test_title_heading_and_day_of_an_article_count_as_its_words() -> None:
    asked = "What did Reykjavik and Dunmore agree on in 2019?"
    lacking = shortfall(asked, passage("They agreed."))
    assert lacking == "It does not mention Reykjavik, Dunmore or 2019."
    found = passage("They agreed.", title="Talks in Reykjavik", heading="At Dunmore", date=date(2019, 4, 2))
    assert shortfall(asked, found) == "It has these words but does not answer the question."


def test_a_passage_of_another_day_says_so() -> None:
    found = passage(FERRY, date=date(2023, 5, 4))
    assert shortfall("Who sailed the ferry Sorrel last week?", found) == (
        "It is dated 4 May 2023; the question asks about another time."
    )
    assert "another time" not in shortfall("Who sailed the ferry Sorrel in May 2023?", found)
    assert "another time" not in shortfall("Who sailed the ferry Sorrel last week?", passage(FERRY))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Where is Reykjavík?", "It lies north of Reykjavik."),
        ("Where is the volcano?", "A volcanic island."),
        ("How many women came?", "One woman came."),
        ("Who won?", "She wins the cup."),
        ("Who sold the boat?", "He sells boats."),
        ("Who is the organiser?", "She organizes it."),
        ("What does the USA say?", "The United States of America were silent."),
        ("What does the USA say?", "The U.S.A. were silent."),
        ("What do the United Nations say?", "The UN were silent."),
        ("What did it cost in 2023?", "In the season 2022/23 it cost more."),
        ("What cost 1200 crowns?", "It cost 1,200 crowns."),
        ("What cost 4200000 crowns?", "It cost 4.2 million crowns."),
        ("Who are the 12 jurors?", "Twelve jurors sat."),
        ("Who are the 45 jurors?", "Forty-five jurors sat."),
        ("What is a lighthouse?", "A light\u00adhouse stands there."),
        ("What is the Hafen?", "Der Seehafen ist groß."),
        ("Wo ist der Bürgermeister?", "Der Bu\u0308rgermeister ist da."),
        ("京都の市長", "京都は古い都市である。"),
        ("Who is Rosa Ilves?", "Ilves was captain."),
        ("Who won in 2019?", "It was won in ２０１９."),
    ],
)
def test_what_stands_there_in_another_form_is_not_said_to_be_absent(question: str, text: str) -> None:
    for reason in ("not_in_articles", "not_supported"):
        found = decline(question, passage(text), reason=reason)
        assert "not mention" not in found.message + found.shortfalls[0], found


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("Wer ist der Hafenmeister und seit wann hat er dieses Amt?", "en", "seems to be in German"),
        ("Кто начальник порта?", "en", "seems to be in Russian"),
        ("谁是港口主管？", "en", "seems to be in Chinese"),
        ("Who is the harbour master, and since when?", "de", "seems to be in English"),
    ],
)
def test_a_question_in_another_language_than_the_articles_is_told_so(question: str, language: str, words: str) -> None:
    found = decline(question, passage("Xyz.", language=language))
    assert words in found.message
    assert words in found.shortfalls[0]
    assert found.message.endswith("Ask in the language of the articles.")
    assert "not mention" not in found.message + found.shortfalls[0]


@pytest.mark.parametrize("question", ["Zelda Quux Frobnicator", "Who is Zelda Quux Frobnicator?", "zelda quux"])
def test_unknown_names_are_no_foreign_language(question: str) -> None:
    assert "language" not in decline(question, passage(FERRY)).message


def test_a_follow_up_without_words_of_its_own_looks_for_what_was_lent_to_it() -> None:
    found = [passage(FERRY)]
    retrieved = replace(search("Reykjavik harbour why", found), depends_on_history=True)
    assert explain_decline("not_in_articles", "And why?", retrieved, sources(found)).looked_for == (
        "Reykjavik",
        "harbour",
    )


def test_shortfalls_come_in_the_order_of_the_passages() -> None:
    found = decline("Who sailed the Sorrel for the Lantern Cup?", passage(FERRY), passage(CUP, 2), passage("No.", 3))
    assert found.shortfalls == (
        "It does not mention Lantern Cup.",
        "It does not mention Sorrel or “sailed”.",
        "It is only distantly related and does not mention Sorrel, Lantern Cup or “sailed”.",
    )


WORDS = st.sampled_from(
    "harbour Ilves café MÜNCHEN Straße volcano 2023 1,200 USA U.S. O’Brien Saint-Denis twenty-one 東京 москва שלום 4.2"
    " won ½ ﬁnal 21st 1990s İstanbul e\u0301clair zero\u200bwidth x".split(" ")
)
FORMS = st.sampled_from([str, str.lower, str.upper, str.title, lambda word: f"{word}’s", lambda word: f"({word})"])


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def claimed_absent(sentences: str) -> list[str]:
    listed = re.findall(r"not mention (.*?)(?:\.(?= [A-Z]|$)|, and no supported)", sentences)
    return [bare(word) for words in listed for word in re.split(r", | or ", words)]


@given(st.lists(st.tuples(WORDS, FORMS), min_size=1, max_size=6), st.lists(WORDS, max_size=4), st.sampled_from("qtsh"))
def test_nothing_is_said_to_be_absent_that_is_there(
    there: list[tuple[str, object]], others: list[str], where: str
) -> None:
    held = " ".join(word for word, _ in there)
    asked = " ".join([*(form(word) for word, form in there), *others])  # type: ignore[operator]
    changes = {"title": held} if where == "t" else {"heading": held} if where == "h" else {}
    found = passage(held if where in "qs" else "Nothing.", **changes)
    for reason in ("not_in_articles", "not_supported"):
        said = decline(f"What of {asked}?", found, reason=reason)
        absent = claimed_absent(said.message) + claimed_absent(said.shortfalls[0])
        assert not {bare(word) for word, _ in there} & set(absent), said


@given(
    st.text(max_size=80),
    st.lists(st.text(min_size=1, max_size=60).filter(str.strip), max_size=4),
    st.sampled_from(["nothing_fits", "not_in_articles", "not_supported"]),
    st.dates(),
    st.booleans(),
)
def test_it_never_fails_and_says_whole_sentences(
    question: str, texts: list[str], reason: DeclineReason, day: date, dated: bool
) -> None:
    found = [passage(text, number, date=day if dated else None) for number, text in enumerate(texts)]
    said = explain_decline(reason, question, search(question, found), sources(found), day)
    assert said.reason == reason
    assert list(said.nearest) == sources(found)
    assert len(said.shortfalls) == (0 if reason == "nothing_fits" else len(found))
    for sentence in (said.message, *said.shortfalls):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "  " not in sentence
    assert all(word.strip() for word in said.looked_for)


@given(st.text(max_size=60), st.text(min_size=1, max_size=200).filter(str.strip))
def test_every_word_said_to_be_absent_is_in_the_question_and_not_in_the_passage(question: str, text: str) -> None:
    said = shortfall(f"{question} Ilves", passage(text))
    words = set(all_words(text))
    for word in claimed_absent(said):
        assert word in bare(f"{question} Ilves")
        assert word not in words
