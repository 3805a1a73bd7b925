from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.answering.streaming import UnmarkedText, without_markers
from rag.verification.citations import complete_sentences

MARKED = [
    ("The ferry was sold [1].", "The ferry was sold.", (1,)),
    ("The ferry was sold. [1] It sails on [2].", "The ferry was sold. It sails on.", (1, 2)),
    ("It was sold.[1] It sails.[2]", "It was sold. It sails.", (1, 2)),
    ("It was sold.[1]It sails.", "It was sold. It sails.", (1,)),
    ("It was sold [1] , and [2] it sails.", "It was sold, and [2] it sails.", (1,)),
    ("It was sold [1, 2] and sails [3].", "It was sold and sails.", (1, 2, 3)),
    ("It was sold [1][3].", "It was sold.", (1, 3)),
    ("It was sold [1], [2] and [3].", "It was sold.", (1, 2, 3)),
    ("It was sold [1; 3] [1].", "It was sold.", (1, 3)),
    ("It was sold [1-3].", "It was sold.", (1, 2, 3)),
    ("It was sold [^1], then.", "It was sold, then.", (1,)),
    ("It was sold[1].", "It was sold.", (1,)),
    ("It was sold (1).", "It was sold.", (1,)),
    ("It was sold (1)", "It was sold", (1,)),
    ("It was sold (Passage 2, Passage 3), then.", "It was sold, then.", (2, 3)),
    ("It was sold【1】and sails【2†source】.", "It was sold and sails.", (1, 2)),
    ("It was sold [Passage 2].", "It was sold.", (2,)),
    ("It was sold [passages 1 and 2].", "It was sold.", (1, 2)),
    ("It was sold [source: 3].", "It was sold.", (3,)),
    ("It was sold [Ref. #3]!", "It was sold!", (3,)),
    ("It was sold¹. It sails.²", "It was sold. It sails.", (1, 2)),
    ("It was sold.¹² It sails.", "It was sold. It sails.", (1, 2)),
    ("It was sold¹,³ on Monday.", "It was sold on Monday.", (1, 3)),
    ("[1] The ferry was sold.", "The ferry was sold.", (1,)),
    (
        "[1] It was sold.\n[2] It sails.\n\n- Twice [3]\n- Daily",
        "It was sold.\nIt sails.\n\n- Twice\n- Daily",
        (1, 2, 3),
    ),
    ("It was sold.\n\n[1]\n\nIt sails.", "It was sold.\n\nIt sails.", (1,)),
    ('He said: "It was sold." [2]', 'He said: "It was sold."', (2,)),
    ("渡船卖了[1]。它还在航行【2】。", "渡船卖了。它还在航行。", (1, 2)),
    ("It was sold [2] [7].", "It was sold.", (2,)),
    ("It was sold [Passage 7].", "It was sold.", ()),
    ("[1]", "", (1,)),
]
UNMARKED = [
    "He said it was [sic] sold.",
    "It was sold in spring [2019].",
    "It was sold [7].",
    "It was sold [0].",
    "It cost a lot (4.2 million).",
    "In (2) years it will be sold.",
    "The reasons: (1) age, (2) cost.",
    "Harrow (2), Dunmore (1), and then Kelverry.",
    "The value of array[1] is read.",
    "Take rows[1][2] = 3 first.",
    "Write `f [1]` there.",
    "See [the notes](https://example.org/1) or [1](https://example.org/1).",
    "It is 3 km² or 4 m³, x² and 10³.",
    'She wrote "Footnotes [1] and more" in May.',
    "She wrote “Footnotes [1]” in May.",
    "According to [2], it was sold.",
    "Passage [2] says that it was sold.",
    "f(1) = [1, 2",
    "An open bracket [",
    "  Space at both ends \n",
    "",
]


@pytest.mark.parametrize(("text", "shown", "numbers"), MARKED)
def test_markers_are_taken_out_and_their_numbers_kept(text: str, shown: str, numbers: tuple[int, ...]) -> None:
    assert without_markers(text, 3) == (shown, numbers)


@pytest.mark.parametrize("text", UNMARKED)
def test_what_is_no_marker_stays(text: str) -> None:
    assert without_markers(text, 3) == (text, ())


@given(st.text().filter(lambda text: not set(text) & set("[(【⁰¹²³⁴⁵⁶⁷⁸⁹")))
def test_a_text_without_brackets_is_unchanged(text: str) -> None:
    assert without_markers(text, 3) == (text, ())


PARTS = st.sampled_from(
    [
        *("[]()【】†123 .,;-#^¹²“”`船。\n"),
        *("[1]", "[12]", "(2)", " [3]", "[1] [2]", "]. [", "【1†a】", "[Passage 1", "source: ", " and ", "to"),
        *("sold", "array", ' "', '" ', "  "),
    ]
)


@given(st.lists(PARTS, max_size=14).map("".join), st.lists(st.integers(0, 60), max_size=5))
@example("It was sold [1] [2]. Next", [12, 13, 14, 16, 18])
@example("sold [1]  \n . [2]", [8, 9, 10, 11, 12])
def test_a_text_is_shown_the_same_however_it_is_cut(text: str, cuts: list[int]) -> None:
    whole, numbers = without_markers(text, 3)
    bounds = [0, *sorted(cuts), len(text)]

    for pieces in (list(text), [text[start:end] for start, end in pairwise(bounds)]):
        unmarked = UnmarkedText(3)
        shown = "".join(map(unmarked.add, pieces)) + unmarked.finish()
        assert shown == whole
        assert unmarked.named_in(shown) == numbers


@given(st.lists(PARTS, max_size=14).map("".join))
def test_only_numbers_of_sources_are_named(text: str) -> None:
    _, numbers = without_markers(text, 2)
    assert set(numbers) <= {1, 2} and len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("text", [case[0] for case in MARKED])
def test_half_a_marker_is_never_seen(text: str) -> None:
    whole, _ = without_markers(text, 3)
    unmarked, shown = UnmarkedText(3), ""
    for character in text:
        shown += unmarked.add(character)
        assert whole.startswith(shown)


@pytest.mark.parametrize("text", ["It was sold (by Dunmore", "It was sold [in spring", "It costs (4.2", "Sold. Then"])
def test_text_that_can_be_no_marker_is_shown_at_once(text: str) -> None:
    assert UnmarkedText(3).add(text) == text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["[" * 9000, "[1" * 5000, "[1, " + "1, " * 5000, "¹" * 9000, "[a1" * 3000, '"' * 9000])
def test_hostile_text_takes_no_time(text: str) -> None:
    without_markers(text, 3)


SENTENCES = [
    (
        "It was sold. [1] It sails on [2]. Nobody knows.",
        [("It was sold.", (1,)), ("It sails on.", (2,)), ("Nobody knows.", ())],
    ),
    ("It was sold.[1][2] It sails.[3]", [("It was sold.", (1, 2)), ("It sails.", (3,))]),
    ("It [1] was sold [2]. It sails.\n[3]", [("It was sold.", (1, 2)), ("It sails.", (3,))]),
    ("[2] It was sold. It was sold. [1]", [("It was sold.", (2,)), ("It was sold.", (1,))]),
    ("渡船卖了。[1]它还在航行[2]。", [("渡船卖了。", (1,)), ("它还在航行。", (2,))]),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_a_marker_after_the_full_stop_belongs_to_the_sentence_before(
    text: str, expected: list[tuple[str, tuple[int, ...]]], size: int
) -> None:
    """As the chatbot uses it: the sentences are those of the text that is shown, as soon as they are complete."""
    unmarked, rest, found = UnmarkedText(3), "", []
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    for shown, finished in [*((unmarked.add(piece), False) for piece in pieces), ("", True)]:
        complete, rest = complete_sentences(rest + shown + (unmarked.finish() if finished else ""), finished=finished)
        found += [(sentence, unmarked.named_in(sentence)) for sentence in complete]

    assert found == expected
