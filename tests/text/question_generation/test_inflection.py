"""English verbs get their base form back, or none where it is not certain."""

from __future__ import annotations

import pytest

from rag.text.question_generation.inflection import base_of, is_participle

PAIRS = """
    named name voted vote fired fire closed close opened open planned plan visited visit decided decide created create
    treated treat released release caused cause changed change belonged belong carried carry died die added add called
    call controlled control reached reach settled settle handled handle crawled crawl failed fail ruled rule shared
    share appeared appear cleared clear offered offer required require repaired repair injured injure secured secure
    poured pour stated state floated float waited wait completed complete targeted target invited invite contributed
    contribute started start wasted waste traded trade loaded load needed need provided provide avoided avoid included
    include joined join combined combine explained explain mentioned mention postponed postpone tuned tune signed sign
    assumed assume claimed claim seemed seem formed form welcomed welcome escaped escape helped help hoped hope stopped
    stop worked work baked bake looked look liked like asked ask launched launch followed follow described describe
    climbed climb raised raise increased increase announced announce received receive argued argue organized organize
    seized seize used use focused focus managed manage staged stage judged judge charged charge rescued rescue measured
    measure refused refuse passed pass evacuated evacuate examined examine trained train happened happen replaced
    replace moved move saved save served serve insured insure owned own borrowed borrow stayed stay agreed agree
    debuted debut won win lost lose went go began begin wrote write took take sold sell said say found find cost cost
""".split()


@pytest.mark.parametrize(("past", "base"), list(zip(PAIRS[::2], PAIRS[1::2], strict=True)))
def test_the_base_of_a_simple_past(past: str, base: str) -> None:
    assert base_of(past) == base


@pytest.mark.parametrize("word", ["", "ed", "red", "shed", "hundred", "need", "written", "taken", "house", "pivoted"])
def test_what_is_no_simple_past_has_none(word: str) -> None:
    assert base_of(word) is None


def test_participles() -> None:
    assert all(map(is_participle, ["written", "planned", "had", "been", "found", "cost"]))
    assert not any(map(is_participle, ["wrote", "write", "red", "in"]))
