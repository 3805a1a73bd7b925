from __future__ import annotations

import random

import numpy as np
import pytest
from support_negatives import CORRUPTIONS, Derived, derive
from support_positives import PARAPHRASES

from rag.core.types import Article, ArticleHeader, PassageVectors, StoredPassage
from rag.ingest.chunking import chunk

TEXTS = {
    "Rosa Ilves": (
        "Rosa Ilves was beaten by Anders Pohl in the Harrow final of 2019. She received 4,200 crowns on 17 May 2024, "
        "which was about half of the prize. In 2010, Ilves moved to Dunmore with a small group of twelve sailors. "
        "Anders Pohl visited Tobias Henk in Pellinford in 2012. The boat is 12 kilometres from Gull Rock and was built "
        "before the war. The Dunmore club did not pay the 43 percent that was agreed with Greta Hollander."
    ),
    "The Stavering mill": (
        "The paper mill of Stavering opened in March 2003 with 310 workers from Ormsund. Benedikt Ammar founded the "
        "firm after Sverre Dunmow left the town in 1998. Prices rose by 8 percent before the strike of 2011, while "
        "the output fell. Nadia Fennimore has led the mill since 2015 and has never closed it for a day."
    ),
    "A lamp for Marrick": (
        "The lighthouse on Marrick was restored by Ruben Aldaine in the summer of 2021. It is 31 metres high and can "
        "be seen from Tessaly Reach. Joren Askeld praised the work of Aldaine in a speech on Monday in Port Sorrel."
    ),
}


def stored() -> list[StoredPassage]:
    found = []
    for number, (title, text) in enumerate(TEXTS.items()):
        header = ArticleHeader(title, title, "", "", "", None, (), "")
        for passage in chunk(Article(title, title, text, title), 60):
            vectors = PassageVectors(np.eye(4, dtype=np.float32)[number], np.zeros((1, 4), np.float32))
            found.append(StoredPassage(len(found) + 1, passage, header, vectors))
    return found


@pytest.fixture(scope="module")
def derived() -> list[Derived]:
    return derive(stored(), 5, seed=3)


def test_every_kind_of_corruption_is_made(derived: list[Derived]) -> None:
    made = {one.kind for one in derived if not one.supported}
    assert made == set(CORRUPTIONS) - {"another article"}  # Among so few articles all are in the evidence.


def test_most_kinds_of_paraphrase_are_made(derived: list[Derived]) -> None:
    made = {one.kind for one in derived if one.supported}
    assert {"verbatim", "shortened", "fronted", "active", "rewritten", "reworded", "joined", "answer"} <= made


def test_corrupted_sentences_stand_nowhere_in_their_evidence(derived: list[Derived]) -> None:
    for one in derived:
        if not one.supported:
            assert not any(one.text in passage.ranked.passage.text for passage in one.evidence), one


def test_the_sentence_of_origin_was_read_by_the_model(derived: list[Derived]) -> None:
    for one in derived:
        if one.kind == "verbatim":
            assert any(one.text in passage.text for passage in one.evidence)


def test_the_same_seed_makes_the_same(derived: list[Derived]) -> None:
    again = derive(stored(), 5, seed=3)
    assert [(one.text, one.question) for one in again] == [(one.text, one.question) for one in derived]
    assert [one.text for one in derive(stored(), 5, seed=4)] != [one.text for one in derived]


@pytest.mark.parametrize(
    ("kind", "sentence", "other"),
    [
        ("shortened", "He left in May (with a boat) and came to stay there.", "He left in May and came to stay there."),
        ("named", "She received a prize in Harrow.", "Rosa Ilves received a prize in Harrow."),
        ("fronted", "In 2010, the club moved to Dunmore.", "The club moved to Dunmore in 2010."),
        ("active", "The mill was opened by Benedikt Ammar in May.", "Benedikt Ammar opened the mill in May."),
        ("passive", "Benedikt Ammar visited Rosa Ilves in 2012.", "Rosa Ilves was visited by Benedikt Ammar in 2012."),
        ("rewritten", "It opened on 17 May 2024 at noon.", "It opened on May 17, 2024 at noon."),
        ("rewritten", "It had cost 4,200,000 crowns.", "It had cost 4.2 million crowns."),
        ("rewritten", "The crew of twelve stayed there.", "The crew of 12 stayed there."),
        ("reworded", "They built it in 1960.", "They constructed it in 1960."),
        ("trimmed", "It was quickly sold to them.", "It was sold to them."),
    ],
)
def test_a_paraphrase_says_the_same(kind: str, sentence: str, other: str) -> None:
    assert PARAPHRASES[kind](sentence, "Rosa Ilves", random.Random(1)) == other


def test_what_cannot_be_said_otherwise_is_left_alone() -> None:
    for kind in ("named", "fronted", "active", "passive", "rewritten"):
        assert PARAPHRASES[kind]("The old boat lies on the beach.", "Rosa", random.Random(1)) is None
