"""Sentences of articles said in another way, without a model: what they say still holds. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from rag.text.abbreviations import STARTERS
from rag.text.english import IRREGULAR, MONTHS
from rag.text.tokenization import NUMBER_WORDS, STOP_WORDS

NAME = re.compile(r"[A-Z][\w'’-]*(?:\s(?:(?:of|de|van|von|the)\s)?[A-Z][\w'’-]*)*")
MONTH = "|".join(month.capitalize() for month in MONTHS)
DAY_FIRST = re.compile(rf"\b(\d{{1,2}}) ({MONTH})( \d{{4}})?\b")
MONTH_FIRST = re.compile(rf"\b({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?:, (\d{{4}}))?\b(?!\d)")
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|[.,]\d)")
SHORTEST = 6
"""Words of a sentence that is worth deriving others from."""
LONGEST = 45
SYNONYMS = {
    one: other
    for pair in """began started; started began; built constructed; constructed built; large big; located situated;
        situated located; received got; purchased bought; bought purchased; small little; often frequently; frequently
        often; helped assisted; used employed; created made; created established; established founded; founded
        established; important significant; significant important; famous well-known; whole entire; entire whole; about
        roughly; approximately about; roughly about; also additionally; many numerous; numerous many; but yet; because
        since; died passed; children kids; film movie; movie film; actor performer; author writer; writer author; city
        town; company firm; firm company; said stated; stated said; showed demonstrated; called named; named called;
        became turned; main principal; primary main; several various; various several; shown displayed; required needed;
        needed required; allowed permitted; usually normally; generally usually; area region; region area; released
        issued; published issued; played performed; work job; including among; road street; house home; group band; band
        group; doctors physicians; car automobile; ended finished; finished ended; attempted tried; tried attempted;
        obtained gained; selected chosen; chosen selected; gave provided; provided gave; takes requires; different
        distinct; led headed; headed led; join enter; near close; quickly fast; rapidly quickly; illness disease;
        workers employees; employees staff; discovered found; produced made; nation country; country nation; remained
        stayed; stayed remained; suggested proposed; proposed suggested""".split(";")
    for one, other in [pair.split()]
}
Rewriter = Callable[[str, str, random.Random], str | None]
"""A sentence and the title of its article to another sentence; None where it cannot be had from this one."""


def is_plain(sentence: str) -> bool:
    """Whether a sentence is of usual length, on one line, begins with a capital and ends with a full stop."""
    words = len(sentence.split())
    usual = SHORTEST <= words <= LONGEST and sentence[:1].isupper() and sentence[-1:] == "."
    return usual and not re.search(r"[\n\t|•…]", sentence) and sentence.count('"') % 2 == 0


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text with a small first letter, unless its first word is a name."""
    first = re.split(r"\W", text, maxsplit=1)[0].lower()
    return text[:1].lower() + text[1:] if first != "i" and first in STOP_WORDS | STARTERS else text


def verbatim(sentence: str, title: str, chance: random.Random) -> str | None:
    return sentence


def shortened(sentence: str, title: str, chance: random.Random) -> str | None:
    """Without what stands in brackets, before the first comma, or after the last one."""
    without = re.sub(r"\s*\([^()]*\)", "", sentence)
    options = [without] if without != sentence else []
    body = without.rstrip(".")
    for cut in re.finditer(r", (?:which|who|where|while|although|including|but|and|as|with|after|before)\b", body):
        options.append(body[: cut.start()] + ".")
    if found := re.match(r"(?:In|On|At|After|During|By|For|From|With|Since) [^,]{3,60}, (?=\w)", body):
        options.append(capital(body[found.end() :]) + ".")
    if found := re.match(r"(.{30,}?) (?:because|although|while|when|so that|in order to|after|before) ", body):
        options.append(found[1].rstrip(",") + ".")
    if found := re.fullmatch(r"([^,]+), [^,]{3,60}, ((?:is|was|were|are|has|had)\b.+)", body):
        options.append(f"{found[1]} {found[2]}.")
    options = [option for option in options if len(option.split()) >= SHORTEST - 1]
    return chance.choice(options) if options else None


def named(sentence: str, title: str, chance: random.Random) -> str | None:
    """With the article's title in place of the pronoun that the sentence begins with."""
    name = re.sub(r"\s*\(.*\)", "", title).replace("_", " ")
    found = re.match(r"(He|She|It|They) (?!is (?:\w+ )?(?:that|to)\b)", sentence)
    return f"{name} {sentence[found.end() :]}" if found and 1 <= len(name.split()) <= 4 else None


def fronted(sentence: str, title: str, chance: random.Random) -> str | None:
    """With an adverbial moved: "In 2010, …" to the end, or "… in 2010." to the beginning."""
    body = sentence.rstrip(".")
    if found := re.fullmatch(r"((?:In|On|At|During|After|Before|Since|By) [^,]{3,50}), ([^,;:]+)", body):
        return f"{capital(found[2])} {found[1][0].lower()}{found[1][1:]}."
    if found := re.fullmatch(r"([^;:,]{20,}) ((?:in|on|during|since) (?:[A-Z]\w+ )?(?:\d{1,2}(?:, | ))?\d{4})", body):
        return f"{capital(found[2])}, {lower_first(found[1])}."
    if found := re.fullmatch(r"((?:When|While|Because|Although|If|After|As) [^,]{10,80}), ([^,;:]+)", body):
        return f"{capital(found[2])} {found[1][0].lower()}{found[1][1:]}."
    return None


PASSIVE = re.compile(
    r"^((?:The |A |An )?[^,;:]{3,50}?) (was|were|is|are) (\w+ed) by ((?:the |a |an )?(?:[A-Z][\w'’-]*[ ]?)+|the \w+)"
    r"((?: (?:in|on|at|for|from|after|during|as|to)\b[^,]*)?)(\.|,.*)$"
)


def active(sentence: str, title: str, chance: random.Random) -> str | None:
    """With a passive made active: "A was opened by B in May" to "B opened A in May"."""
    found = PASSIVE.match(sentence)
    if not found or found[2] in ("is", "are"):
        return None
    return f"{capital(found[4].strip())} {found[3]} {lower_first(found[1])}{found[5]}."


def passive(sentence: str, title: str, chance: random.Random) -> str | None:
    """With an active clause made passive: "B opened A in May" to "A was opened by B in May"."""
    found = re.match(
        r"^((?:[A-Z][\w'’-]*[ ]?)+) (\w+ed) ((?:the |a |an |his |her )?(?:[A-Z][\w'’-]*)(?: [A-Z][\w'’-]*)*)"
        r"((?: (?:in|on|at|during)\b[^,;]*)?)\.$",
        sentence,
    )
    if not found or found[1].split()[0].lower() in STOP_WORDS - {"the"}:
        return None
    return f"{capital(found[3])} was {found[2]} by {lower_first(found[1].strip())}{found[4]}."


def rewritten(sentence: str, title: str, chance: random.Random) -> str | None:
    """With its dates, numbers or percents in another form."""
    digits = {value: word for word, value in NUMBER_WORDS.items()}

    def number(match: re.Match[str]) -> str:
        text = match[0]
        value = float(text.replace(",", ""))
        if value >= 1e6 and value % 1e4 == 0:
            scale, name = (1e9, "billion") if value >= 1e9 else (1e6, "million")
            return f"{value / scale:g} {name}"
        if "," in text:
            return text.replace(",", "")
        return digits.get(text, text) if value > 1 else text

    options = [
        DAY_FIRST.sub(lambda m: f"{m[2]} {m[1]}" + (f",{m[3]}" if m[3] else ""), sentence),
        MONTH_FIRST.sub(lambda m: f"{m[2]} {m[1]}" + (f" {m[3]}" if m[3] else ""), sentence),
        re.sub(r"(\d)\s?%", r"\1 percent", sentence),
        re.sub(r"(\d) (?:percent|per cent)\b", r"\1%", sentence),
        re.sub(r"[$]([\d.,]*\d(?: (?:m|b|tr)illion)?)", r"\1 dollars", sentence),
        sentence if DAY_FIRST.search(sentence) or MONTH_FIRST.search(sentence) else NUMBER.sub(number, sentence),
        re.sub(r"(?<!-)\b(" + "|".join(word for word in NUMBER_WORDS if word not in ("zero", "one")) + r")\b(?!-)",
               lambda m: NUMBER_WORDS[m[1]], sentence),
    ]  # fmt: skip
    options = [option for option in options if option != sentence]
    return chance.choice(options) if options else None


def reworded(sentence: str, title: str, chance: random.Random) -> str | None:
    """With up to three words replaced by synonyms."""
    places = [m for m in re.finditer(r"\b[a-z-]+\b", sentence) if m[0] in SYNONYMS]
    if not places:
        return None
    for place in sorted(chance.sample(places, min(3, len(places))), key=lambda m: -m.start()):
        sentence = sentence[: place.start()] + SYNONYMS[place[0]] + sentence[place.end() :]
    return sentence


def trimmed(sentence: str, title: str, chance: random.Random) -> str | None:
    """Without adverbs and without the adjective between an article and a noun."""
    shorter = re.sub(r" (?:also|\w{3,}ly|however|later|then|still|already)(?= [a-z])", "", sentence)
    shorter = re.sub(r"\b(the|an?) [a-z]+(?:ous|ful|ive|al|ic|able|ish) (?=[a-z]{4,})", r"\1 ", shorter)
    return shorter if shorter != sentence else None


def subject(sentence: str) -> tuple[str, str] | None:
    """(the name that a sentence begins with, the rest from its verb on); None where it begins otherwise."""
    found = NAME.match(sentence)
    if not found or found[0].split()[0].lower() in STOP_WORDS | STARTERS or len(found[0].split()) > 5:
        return None
    rest = sentence[found.end() :].strip()
    verb = re.match(r"[a-z]+\b", rest)
    if not verb or not (verb[0].endswith("ed") or verb[0] in IRREGULAR or verb[0] in ("is", "was", "has", "are")):
        return None
    return found[0], rest.rstrip(".")


PARAPHRASES: dict[str, Rewriter] = {
    "verbatim": verbatim,
    "shortened": shortened,
    "named": named,
    "fronted": fronted,
    "active": active,
    "passive": passive,
    "rewritten": rewritten,
    "reworded": reworded,
    "trimmed": trimmed,
}
