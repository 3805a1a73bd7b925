"""Questions and articles in the forms in which they are found, and the line of everything that is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import DatasetError, PathError, UsageError
from rag.core.types import Turn
from rag.evaluation.datasets import beir
from rag.evaluation.datasets.loading import load_articles, load_questions, own_articles
from rag.evaluation.datasets.questions import Question, check_gold, limit, of_types, sample
from rag.evaluation.metrics.outcome import Outcome

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


# JSONL


def test_a_row_with_everything(write: Write) -> None:
    row = {
        "id": "q7",
        "question": " Who keeps the bees? ",
        "answers": ["Ada Moor", "Moor", "Ada Moor"],
        "answerable": True,
        "evidence_ids": ["bees", "hives", "bees"],
        "type": "follow_up",
        "gold_sentences": ["Ada Moor keeps the bees."],
        "history": [{"question": "What is on the roof?", "answer": "Three hives."}],
        "as_of": "2025-04-30",
        "candidate_ids": ["unused"],
    }
    assert load_questions(write("qa.jsonl", jsonl(row))) == [
        Question(
            id="q7",
            question="Who keeps the bees?",
            answers=("Ada Moor", "Moor"),
            answerable=True,
            evidence_ids=("bees", "hives"),
            type="follow_up",
            gold_sentences=("Ada Moor keeps the bees.",),
            history=(Turn("What is on the roof?", "Three hives."),),
            as_of=date(2025, 4, 30),
            line=1,
        )
    ]


@pytest.mark.parametrize(
    ("row", "answerable", "kind"),
    [
        ({}, False, "unanswerable"),
        ({"answers": []}, False, "unanswerable"),
        ({"answers": [" "]}, False, "unanswerable"),
        ({"answers": "one text"}, True, "answerable"),
        ({"answers": [1999]}, True, "answerable"),
        ({"evidence_ids": ["a"]}, True, "answerable"),
        ({"evidence_ids": ["a"], "answerable": False}, False, "unanswerable"),
        ({"answerable": True}, True, "answerable"),
        ({"type": "odd"}, False, "odd"),
    ],
)
def test_what_a_row_leaves_out(write: Write, row: dict[str, object], answerable: bool, kind: str) -> None:
    [question] = load_questions(write("qa.jsonl", jsonl({"question": "Why?", **row})))
    assert (question.answerable, question.type, question.id) == (answerable, kind, "1")


def test_empty_lines_and_a_byte_order_mark_are_passed_over(write: Write) -> None:
    path = write("qa.jsonl", b'\xef\xbb\xbf{"question": "One?"}\r\n\r\n{"question": "Two \xe2\x80\xa8?"}')
    assert [(question.question, question.line, question.id) for question in load_questions(path)] == [
        ("One?", 1, "1"),
        ("Two \u2028?", 3, "3"),
    ]


def test_gold_sentences_of_several_annotators(write: Write) -> None:
    rows = jsonl({"question": "Why?", "answers": ["x"], "gold_sentences": [["A.", "B."], ["B.", "C."], []]})
    [question] = load_questions(write("qa.jsonl", rows))
    assert question.gold_sentences == ("A.", "B.", "C.")
    assert question.gold_sentence_sets == (("A.", "B."), ("B.", "C."))
    assert Outcome.from_json(json.loads(json.dumps(Outcome(question, (), None, None).to_json()))).question == question


def test_facts_stand_in_for_gold_sentences(write: Write) -> None:
    row = {"question": "Why?", "answers": ["x"], "evidence_facts": [{"article_id": "a", "fact": "F."}]}
    assert load_questions(write("qa.jsonl", jsonl(row)))[0].gold_sentences == ("F.",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"answers": ["x"]}', "no 'question'"),
        ('{"question": "  "}', "no 'question'"),
        ('{"question": 5}', "no 'question'"),
        ('{"question": "x"', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "no JSON object"),
        ('{"question": "x", "answerable": "yes"}', "'answerable' is 'yes'"),
        ('{"question": "x", "answers": [{"text": "y"}]}', "'answers' holds {'text': 'y'}"),
        ('{"question": "x", "answers": [true]}', "'answers' holds True"),
        ('{"question": "x", "evidence_ids": [null]}', "'evidence_ids' holds None"),
        ('{"question": "x", "gold_sentences": [["y"], [3, {}]]}', "'gold_sentences' holds {}"),
        ('{"question": "x", "evidence_facts": ["y"]}', "'evidence_facts' is no list of objects"),
        ('{"question": "x", "history": ["y"]}', "'history' is not understood"),
        ('{"question": "x", "history": [{"question": "y"}]}', "'history' is not understood"),
        ('{"question": "x", "as_of": "yesterday"}', "'as_of' is 'yesterday'"),
        ('{"question": "y", "id": "first"}', "the id 'first' is that of line 1 already"),
    ],
)
def test_a_bad_row_is_named_with_its_line(write: Write, row: str, problem: str) -> None:
    path = write("qa.jsonl", '{"question": "x", "id": "first"}\n\n' + row + "\n")
    with pytest.raises(DatasetError) as caught:
        load_questions(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert problem in str(caught.value)
    assert str(caught.value).endswith(".") and len(str(caught.value)) < 300 + len(str(path))


def test_a_dataset_error_ends_the_command_line_as_wrong_usage() -> None:
    assert issubclass(DatasetError, UsageError)


@pytest.mark.parametrize("name", ["qa.jsonl", "qa.csv"])
def test_an_empty_file(write: Write, name: str) -> None:
    with pytest.raises(DatasetError, match=r"holds no question\. Put one in"):
        load_questions(write(name, "\n \n"))


def test_a_file_that_is_not_utf8(write: Write) -> None:
    with pytest.raises(DatasetError, match=r"line 2: the text is not UTF-8\. Save"):
        load_questions(write("qa.jsonl", b'{"question": "x"}\n{"question": "caf\xe9"}\n'))


def test_paths_that_are_no_data_set(write: Write, tmp_path: Path) -> None:
    with pytest.raises(PathError, match="There is no file or folder"):
        load_questions(tmp_path / "absent.jsonl")
    with pytest.raises(PathError, match="There is no file or folder"):
        list(load_articles(tmp_path / "absent"))
    with pytest.raises(DatasetError, match=r"Give one of \.jsonl, \.csv, \.json, or BEIR's folder"):
        load_questions(write("qa.txt", "x"))
    with pytest.raises(DatasetError, match=r"neither qa\.jsonl nor queries\.jsonl"):
        load_questions(tmp_path)
    with pytest.raises(DatasetError, match=r"corpus\.jsonl is missing"):
        list(load_articles(tmp_path))
    with pytest.raises(DatasetError, match="is no corpus"):
        list(load_articles(write("corpus.csv", "x")))


# CSV


def test_csv(write: Write) -> None:
    text = 'Question, answer ,id,evidence_ids,as_of\r\n"Who, then?",Ann|Ann Lee,a1,x|y,2024-02-29\r\n\r\n'
    text += '"Two\nlines?",,a2,,\r\nWhen?, 7 ,a3,,\r\n'
    first, second, third = load_questions(write("qa.csv", text))
    assert first == Question(
        "a1", "Who, then?", ("Ann", "Ann Lee"), True, ("x", "y"), "answerable", as_of=date(2024, 2, 29), line=2
    )
    assert second == Question("a2", "Two\nlines?", (), False, (), "unanswerable", line=4)
    assert (third.answers, third.line) == (("7",), 6)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("question;answer\nx;y\n", 1, "no column 'question' among question;answer"),
        ("question,question,answer\n", 1, "more than one column 'question'"),
        ("question,reply\n", 1, "no column 'answer' among question, reply"),
        ("question,answer\nWho?,Ann\nx\n", 3, "has 1 fields, and the first line names 2"),
        ("question,answer\nWho?,Ann, or Eve\n", 2, "has 3 fields"),
        ('question,answer\nWho?,"Ann\nx,y\n', 2, "is not CSV"),
        ('question,answer\nWho?,"Ann"x\n', 2, "is not CSV"),
        ("question,answer\nWho?,Ann\n,Eve\n", 3, "no 'question'"),
        ("question,answer,id\nWho?,Ann,a\n\nWhen?,1,a\n", 4, "the id 'a' is that of line 2 already"),
    ],
)
def test_bad_csv_is_named_with_its_line(write: Write, text: str, line: int, problem: str) -> None:
    path = write("qa.csv", text)
    with pytest.raises(DatasetError) as caught:
        load_questions(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert problem in str(caught.value)


# SQuAD


def squad_text(**changes: object) -> str:
    qa = {"id": "s1", "question": "Who swims?", "answers": [{"text": "Otters", "answer_start": 0}]} | changes
    impossible = {"id": "s2", "question": "Who flies?", "answers": [], "is_impossible": True}
    impossible["plausible_answers"] = [{"text": "Otters", "answer_start": 0}]
    paragraphs = [{"context": "Otters swim.", "qas": [qa, impossible]}, {"context": "They dive.", "qas": []}]
    return json.dumps({"version": "v2.0", "data": [{"title": "River_otter%C3%A9", "paragraphs": paragraphs}]})


def test_squad(write: Write) -> None:
    path = write("dev-v2.0.json", squad_text())
    assert load_questions(path) == [
        Question("s1", "Who swims?", ("Otters",), True, ("River_otteré",), "answerable", line=1),
        Question("s2", "Who flies?", (), False, (), "unanswerable", line=2),
    ]
    [article] = load_articles(path)
    assert (article.id, article.title, article.text) == ("River_otteré", "River otteré", "Otters swim.\n\nThey dive.")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{\n"data": [,]}', r"line 2: this is not JSON"),
        ('[{"question": "x"}]', "is not in SQuAD's form"),
        ('{"data": [5]}', "'data' of the file is no list of objects"),
        ('{"data": [{"paragraphs": []}]}', "article 1 has no 'title'"),
        ('{"data": [{"title": "T", "paragraphs": [{"qas": 5}]}]}', "'qas' of article 'T'"),
        (squad_text(question=""), "question 1: it has no 'question'"),
        (squad_text(answers=[]), "question 1: it has no 'answers' and is not marked"),
        (squad_text(id="s2"), "question 2: the id 's2' is that of question 1 already"),
        ('{"data": []}', "holds no question"),
    ],
)
def test_bad_squad(write: Write, text: str, problem: str) -> None:
    with pytest.raises(DatasetError, match=problem):
        load_questions(write("dev.json", text))


def test_squad_articles_that_collide_or_are_empty(write: Write) -> None:
    entry = {"title": "T", "paragraphs": [{"context": "x", "qas": []}]}
    with pytest.raises(DatasetError, match="two articles have the title 'T'"):
        list(load_articles(write("a.json", json.dumps({"data": [entry, entry]}))))
    with pytest.raises(DatasetError, match="article 'T' has no text"):
        list(load_articles(write("b.json", json.dumps({"data": [{"title": "T", "paragraphs": []}]}))))


# BEIR


@pytest.fixture
def beir_folder(write: Write) -> Path:
    write("beir/corpus.jsonl", jsonl({"_id": "d1", "title": "Tea", "text": "Hot."}, {"_id": "d2", "title": "Ice"}))
    write("beir/queries.jsonl", jsonl({"_id": "q1", "text": "warm?"}, {"_id": "q2", "text": "cold?"}))
    write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq2\td2\t2\nq2\td1\t1\nq1\td1\t0\n")
    write("beir/qrels/train.tsv", "q1\td1\t1\n")
    return write("beir/qrels/dev.tsv", "q1\td1\t1\n").parents[1]


def test_beir(beir_folder: Path) -> None:
    assert beir.qrels_file(beir_folder).name == "test.tsv"
    assert load_questions(beir_folder) == [Question("q2", "cold?", (), True, ("d2", "d1"), "answerable", line=2)]
    assert [(article.id, article.title, article.text) for article in load_articles(beir_folder)] == [
        ("d1", "Tea", "Hot."),
        ("d2", "Ice", "Ice"),
    ]


def test_beir_with_one_split_and_no_header(beir_folder: Path) -> None:
    for name in ("test", "train"):
        (beir_folder / "qrels" / f"{name}.tsv").unlink()
    assert [question.id for question in load_questions(beir_folder)] == ["q1"]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("qrels/test.tsv", "q1\td1\t1\nq1 d1 1\n", r"test\.tsv, line 2: this is no judgement"),
        ("qrels/test.tsv", "q1\td1\tgood\n", r"test\.tsv, line 1: this is no judgement"),
        ("qrels/test.tsv", "q1\td1\t0\n", "calls no article relevant"),
        ("qrels/test.tsv", "q1\td1\t1\nq9\td1\t1\n", r"test\.tsv, line 2: queries\.jsonl has no query 'q9'"),
        ("queries.jsonl", '{"text": "x"}\n', r"queries\.jsonl, line 1: the query has no '_id'"),
        ("queries.jsonl", '\n{"_id": "q1"}\n', r"queries\.jsonl, line 2: the query has no 'text'"),
        ("queries.jsonl", jsonl(*[{"_id": "q2", "text": "x"}] * 2), r"line 2: the id 'q2' is that of line 1"),
    ],
)
def test_bad_beir(beir_folder: Path, name: str, text: str, problem: str) -> None:
    (beir_folder / name).write_text(text)
    with pytest.raises(DatasetError, match=problem):
        load_questions(beir_folder)


def test_beir_judgements_that_are_missing_or_unclear(beir_folder: Path) -> None:
    (beir_folder / "qrels" / "test.tsv").unlink()
    with pytest.raises(DatasetError, match=r"holds dev\.tsv, train\.tsv, and none is test\.tsv"):
        load_questions(beir_folder)
    for file in (beir_folder / "qrels").iterdir():
        file.unlink()
    with pytest.raises(DatasetError, match=r"holds no \.tsv file"):
        load_questions(beir_folder)


# Corpora


def test_a_jsonl_corpus(write: Write) -> None:
    path = write("corpus.jsonl", jsonl({"id": "a", "title": "T", "text": "x", "date": "2024-05-01"}))
    [article] = load_articles(path.parent)
    assert (article.id, article.title, article.text, article.date) == ("a", "T", "x", date(2024, 5, 1))


@pytest.mark.parametrize("name", ["id", "_id"])
@pytest.mark.parametrize(
    ("second", "problem"),
    [
        ({"name": "a", "text": "y"}, "ine 2.*the id 'a'.*(earlier|line 1)"),
        ({"name": "b", "text": ""}, "ine 2.*has no 'text'"),
        (5, "ine 2"),
    ],
)
def test_a_corpus_that_is_wrong(write: Write, name: str, second: object, problem: str) -> None:
    if isinstance(second, dict):
        second = {name: second["name"], "text": second["text"]}
    path = write("corpus.jsonl", jsonl({name: "a", "text": "x"}, second))
    with pytest.raises(DatasetError, match=problem) as caught:
        list(load_articles(path))
    assert str(path) in str(caught.value)


def test_an_empty_corpus(write: Write) -> None:
    with pytest.raises(DatasetError, match="holds no article"):
        list(load_articles(write("corpus.jsonl", "\n")))


# Choosing


def questions_of(**sizes: int) -> list[Question]:
    return [Question(f"{kind}-{at}", "x", (), False, type=kind) for kind, size in sizes.items() for at in range(size)]


def test_gold_articles_that_are_not_there() -> None:
    questions = [Question(f"q{at}", "x", ("y",), True, ("a", f"b{at}"), line=at) for at in range(1, 8)]
    check_gold(questions, {"a", *(f"b{at}" for at in range(1, 8))})
    with pytest.raises(DatasetError) as caught:
        check_gold(questions, ["a", "b2"], Path("qa.jsonl"))
    assert str(caught.value).startswith("qa.jsonl: 6 of 7 questions name gold articles")
    assert "line 1 ('b1'), line 3 ('b3'), line 4 ('b4'), line 5 ('b5'), line 6 ('b6') and 1 more." in str(caught.value)


def test_a_sample_is_in_proportion_and_leaves_no_type_out() -> None:
    questions = questions_of(common=180, some=90, rare=3)
    drawn = sample(questions, 30, seed=1)
    # One each, then 27 in proportion to 179, 89 and 2 of 270: 17.9, 8.9 and 0.2.
    assert Counter(question.type for question in drawn) == {"common": 19, "some": 10, "rare": 1}
    assert drawn == [question for question in questions if question in drawn]


def test_a_sample_depends_on_the_seed_alone() -> None:
    questions = questions_of(a=50, b=50)
    ids = {question.id for question in sample(questions, 20, seed=3)}
    assert {question.id for question in sample(questions[::-1], 20, seed=3)} == ids
    assert {question.id for question in sample(questions, 20, seed=4)} != ids


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(1, 200), st.integers(0, 5))
def test_a_sample_has_the_size_that_was_asked_for(sizes: list[int], count: int, seed: int) -> None:
    questions = questions_of(**{f"t{at}": size for at, size in enumerate(sizes)})
    drawn = sample(questions, count, seed)
    assert len(drawn) == min(count, len(questions))
    assert count < len(sizes) or {question.type for question in drawn} == {question.type for question in questions}


def test_limit_and_types() -> None:
    questions = questions_of(a=2, b=1)
    assert [question.id for question in limit(questions, 2)] == ["a-0", "a-1"]
    assert [question.id for question in of_types(questions, ["b"])] == ["b-0"]
    with pytest.raises(DatasetError, match=r"of the type 'c'\. The types are: a \(2\), b \(1\)\."):
        of_types(questions, ["a", "c"])
    for choose in (lambda: limit(questions, 0), lambda: sample(questions, -1, seed=0)):
        with pytest.raises(DatasetError, match="Give a number from 1"):
            choose()


def test_a_folder_of_questions_and_their_articles(tmp_path: Path) -> None:
    (tmp_path / "qa.jsonl").write_text('{"question": "Who?", "answers": ["Ina"]}\n', encoding="utf-8")
    assert [question.question for question in load_questions(tmp_path)] == ["Who?"]
    assert own_articles(tmp_path) is None
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "text": "Ina Weld."}\n', encoding="utf-8")
    assert own_articles(tmp_path) == tmp_path
    assert own_articles(tmp_path / "qa.jsonl") is None


def test_a_folder_without_questions_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"neither qa\.jsonl nor queries\.jsonl"):
        load_questions(tmp_path)
