from __future__ import annotations

import pytest

from rag.text.language_detection import UNKNOWN, detect
from tests.text.sentence_cases import CASES


@pytest.mark.parametrize("language", CASES)
def test_language_of_a_few_sentences(language: str) -> None:
    assert detect(CASES[language].replace("‖", "")) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", UNKNOWN),
        ("12.5 % … 😀\n", UNKNOWN),
        ("東京タワー", "ja"),
        ("東京は日本の首都である。人口は約一千四百万人。", "ja"),
        ("北京是中国的首都。", "zh"),
        ("Το ΝΑΤΟ (NATO) και η Ευρωπαϊκή Ένωση", "el"),
        ("Der Minister sagte, das Wort „правда“ heiße Wahrheit, und niemand widersprach.", "de"),
        ("გამარჯობა მსოფლიო", "ka"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert detect(text) == language


def test_most_of_a_text_decides() -> None:
    english = "The captain keeps her post until the ferry is sold. " * 40
    german = "Die Kapitänin behält ihren Posten, bis die Fähre verkauft ist. " * 400
    assert detect(english + german) == "de"
