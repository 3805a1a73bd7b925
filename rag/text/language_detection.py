"""Detect the language of a text by its script, else by its letters and words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

SAMPLE = 2000
"""Characters that are read, at the beginning, in the middle and at the end."""
KANA_SHARE = 0.03
"""Share of kana that makes a text with Chinese characters Japanese."""
UNKNOWN = "en"
"""What a text without letters is taken for."""

NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Character class of the scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
WITHOUT_SPACES = re.compile(f"[{NO_SPACES}]")

# Scripts are called by the first word of their characters' Unicode names.
LANGUAGE_OF_SCRIPT = {
    "ARMENIAN": "hy",
    "CJK": "zh",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "bo",
}
LANGUAGES_OF_SCRIPT = {
    "ARABIC": ("ar", "fa", "ku", "ps", "ug", "ur"),
    "BENGALI": ("bn", "as"),
    "CYRILLIC": ("ru", "be", "bg", "kk", "ky", "mk", "mn", "sr", "uk"),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "LATIN": (
        *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "is", "pl", "cs", "sk", "sl", "hr", "hu"),
        *("ro", "tr", "et", "lv", "lt", "ca", "eu", "gl", "ga", "cy", "sq", "mt", "af", "id", "ms", "tl", "vi", "sw"),
        *("az", "uz", "eo", "la"),
    ),
}


def detect(text: str) -> str:
    """The language that most of a text is in, as ISO 639-1 has it; UNKNOWN for a text without letters."""
    sample = _sample(text)
    scripts = Counter(map(_script, filter(str.isalpha, sample)))
    scripts["HIRAGANA"] += scripts.pop("KATAKANA", 0)
    if scripts["HIRAGANA"] > KANA_SHARE * scripts["CJK"]:
        scripts["HIRAGANA"] += scripts.pop("CJK", 0)
    ((script, count),) = scripts.most_common(1)
    if not count:
        return UNKNOWN
    return LANGUAGE_OF_SCRIPT.get(script) or _likeliest(sample, LANGUAGES_OF_SCRIPT.get(script, (UNKNOWN,)))


def _likeliest(sample: str, languages: tuple[str, ...]) -> str:
    """The likeliest of several languages of one script, by the letters that follow each other."""
    import py3langid  # Takes half a second and 80 MB at its first use.

    return next((str(language) for language, _ in py3langid.rank(sample) if language in languages), languages[0])


def _sample(text: str) -> str:
    if len(text) <= 3 * SAMPLE:
        return text
    middle = (len(text) - SAMPLE) // 2
    return " ".join([text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]])


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "LATIN").partition(" ")[0]
    return "LATIN" if name in {"FEMININE", "MASCULINE", "MICRO", "FULLWIDTH"} else name
