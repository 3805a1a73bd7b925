"""How questions are phrased in English, German, French and Spanish: where they begin, and what points back. Pure.

Patterns for openers and for words that point back are for texts made plain: lower case, without accents.
"""

from __future__ import annotations

import re

from rag.text.tokenization import STOP_WORDS, plain

MARK = r"[^\W_]"
TOKEN = re.compile(rf"{MARK}+(?:[.,]\d+)*(?:['’\-.]{MARK}+)*")
SMALL_WORDS = frozenset(
    # Those that are words of meaning in English ("war", "die", "son", "plus") are left out.
    """
    aber als auch auf aus bei beim bis da damit dann das dem den denn der dessen dies diese dieser dieses doch ein eine
    einem einen einer eines er es fur gab gibt haben hatte hatten ich ihm ihn ihr ihre ihrem ihren ihrer im ist jene
    kann konnte mit nach nicht noch nun ob oder ohne sehr sein seine seinem seinen seiner sich sie sind uber um und vom
    von vor waren wann warum was weil welche welchem welchen welcher welches wem wen wenn wer werden wessen wie wieso
    wieviel wo woher wohin worden wurde wurden zu zum zur
    a-t-elle a-t-il au aux avec c'est ce cela celle celui ces cet cette combien comment d'ou dans de des du elle elles
    est est-ce et etait eux il ils la le les leur leurs lui mais ne nous ou par pas pour pourquoi qu'est-ce quand que
    quel quelle quelles quels qui quoi sa ses sont sur un une y
    al como con cual cuales cuando cuanta cuantas cuanto cuantos del donde el ella ellas ellos en era eran es esa ese
    eso esta este esto fue fueron ha han las lo los para pero por porque que quien quienes se su sus una unas unos
    another anyone anything average called cannot different else every everyone happen happened however many named
    neither nobody nothing one's other others really rest someone something total without
    """.split()
)  # fmt: skip

ASKING = (
    r"(?:who(?:m|se)?|what|when|where|which|why|how|wer|wen|wem|wann|wo|warum|wieso|wie|wieviel|welche[mnrs]?"
    r"|qui|quand|où|pourquoi|comment|combien|quel(?:le)?s?|quién(?:es)?|cuándo|dónde|cómo|cuánt[oa]s?|cuál(?:es)?|qué)"
)
_AUXILIARY = (
    r"(?:did|do|does|was|were|is|are|will|would|has|have|had|can|could|should|shall|must|may|might|exactly|and|or|\W|$)"
)
STRICTLY_ASKING = r"(?:what|when|why|how|wann|warum|wie|wieviel|quand|pourquoi|comment|combien|cuándo|cómo)"
_PREPOSITION = r"(?:(?:in|at|on|by|for|from|to|of|with)\s+)"
NEXT_QUESTION = re.compile(
    rf"[,;]?\s+(?:and|or|und|oder|et|ou|y|o)\s+(?=¿?{_PREPOSITION}?{ASKING}\b)|,\s+(?={STRICTLY_ASKING}\b)",
    re.IGNORECASE,
)
"""Between two questions of one sentence; ", who" and ", which" go on with the same one."""
ASKS = re.compile(
    rf"¿?(?:(?:and|or|but|so)\s+|{_PREPOSITION})*(?!(?:when|where|while|whenever) (?!{_AUXILIARY})){ASKING}\b",
    re.IGNORECASE,
)
"""How a question begins; "When she moved, …" is none."""

_ARTICLE = (
    r"(?:(?:news|newspaper|magazine|press)\s+)?(?:article|report|story|piece|text|feature|document|coverage|news|item)"
)
_ARTICLE_ELSEWHERE = (
    r"(?:(?:im|in dem|laut(?: dem)?|nach dem|gemäß dem)\s+(?:artikel|bericht|text|beitrag|dokument)\s+"
    r"(?:über|zu[mr]?|von)|(?:dans|selon|d['’]après)\s+(?:l['’]article|le (?:texte|reportage|rapport|document))\s+"
    r"(?:sur|à propos de|concernant)|(?:en|según)\s+(?:el (?:artículo|texto|informe|reportaje|documento)"
    r"|la (?:noticia|nota))\s+(?:sobre|acerca de|de))"
)
_IN_ARTICLE = (
    rf"(?:\b(?:in|from|(?:as )?per|according to|based on|on)\s+(?:the|that|this|your|an?)\s+(?:\w+\s+)?{_ARTICLE}\s+"
    rf"(?:that (?:is|was) )?(?:about|on|of|regarding|concerning|covering)|\b{_ARTICLE_ELSEWHERE})\s+"
)
_SUBJECT = r"(?P<subject>[^,:;?]{2,80})"
_SHORTEST_SUBJECT = r"(?P<subject>[^,:;?]{2,80}?)"
_NO_SUBJECT = r"(?:other|same|first|second|third|last|latest|new|next|whole|official|final|annual)\b"
ARTICLE_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE)
    for frame in (
        rf"^{_IN_ARTICLE}{_SUBJECT}[,:]\s*",
        rf"^{_IN_ARTICLE}{_SHORTEST_SUBJECT}\s+(?={ASKING}\b)",
        rf"\bwhat (?:does|did|do) (?:the|that|this|your) (?:\w+\s+)?{_ARTICLE} (?:about|on|of) {_SHORTEST_SUBJECT} "
        r"(?:say|tell|mention|report|write)s?(?: (?:us|me))?(?: (?:about|on|of))?\s+",
        rf"[\s,]+{_IN_ARTICLE}{_SUBJECT}(?=\s*[?.!]*$)",
        rf"(?:^|\s)(?:in|according to|from)\s+(?:the|that)\s+(?!{_NO_SUBJECT})"
        rf"(?P<subject>(?:[^\s,:;?]+\s+){{1,6}}?){_ARTICLE}\b,?(?=\s*(?:[?.!]*$|{ASKING}\b))",
    )
)
"""Where a question says in which article to look; ``subject`` is what that one is about."""

_OPENER = re.compile(
    r"(?:(?:and|but|or|(?:what|how) about|(?:who|what|where|why|how) else|why not|how come"
    r"|und|aber|oder|was ist mit|wie (?:ist|war|steht) es (?:mit|um)"
    r"|et|mais|qu'en est-il|quid|y|pero|que (?:hay|pasa) (?:de|con))\b)"
)
_PERSON = re.compile(r"\b(?:he|she|they)\b")
_TIME = re.compile(
    r"\b(?:the (?:previous|following|same) (?:year|month|week|day|season|time)|afterwards(?=\W*$)"
    r"|(?:year|month|week|day|season)s? (?:later|earlier|before|after(?:wards)?)(?=\W*$))\b"
)
_THING = re.compile(
    r"\b(?:him|them|his|hers|her|theirs?|its|himself|herself|themselves|itself|these|those(?! who\b)"
    r"|it(?! (?:true|possible|legal|safe|necessary|allowed|mean|rain|snow|to)\b)"
    r"(?! (?:take|cost)s?(?: \w+){0,2} to\b)"
    r"|this(?= (?:is|was|one|all|has|did|does)\b|\W*$)|(?<=of )this"
    r"|(?:which|this|that|the|first|second|third|last|other|each|next|\w{3,}est) ones?|ones?(?=\W*$)"
    r"|(?:of|after|before|about|for|by|to|with|from|is|was|were|does|did|do|than|like|why|and|under|in|on|at) that"
    r"|that(?=\W*$)|^that(?= (?:one|was|is)\b)"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there(?! (?:is|are|was|were|be|been|has|have|will)\b)"
    r"|then|the (?:others?|same)\b|the rest(?! of)|(?:another|both|each)(?=\W*$)|instead"
    r"|the (?:first|second|third|last|next|latter|former|two|three|\w{3,}est)(?=\W*$))\b"
)
_ELSEWHERE = (
    (
        r"was|wer|wen|wem|wann|wo|warum|wieso|wie|wieviel|welche[mnrs]?|und|aber|wurden?|ist|sind",
        r"\b(?:er|sie|ihn|ihm|ihr|ihre[mnrs]?|seine?[mnrs]?|deren|dessen|davon|dafur|daran|darin|dabei|dort|damals"
        r"|dann|diese[mnrs]?|jene[mnrs]?|(?<!gibt )(?<!gab )es"
        r"|(?:der|die|das|den|dem) (?:anderen?|zweiten?)(?=\W*$))\b",
    ),
    (
        r"qui|quand|ou|pourquoi|comment|combien|quel(?:le)?s?|et|mais|est|sont|est-ce",
        r"(?:\b|-)(?:ils?(?! y a)|elles?|lui|leurs?|son|sa|ses|celui|celles?|cela|ca|eux|la-bas|alors|l'autre"
        r"|les autres)\b",
    ),
    (
        r"quien(?:es)?|cuando|donde|como|cuant[oa]s?|cual(?:es)?|que|y|pero|fue|fueron",
        r"\b(?:el(?= (?:hizo|fue|dijo|era|es)\b)|ellas?|ellos|sus?|eso|esto|es[ea]s?|est[ea]|alli|entonces"
        r"|l[ao]s? otr[ao]s?)\b",
    ),
)
"""Words that show a language, and those that point back in it."""
_POINTING_ELSEWHERE = [(re.compile(rf"\b(?:{shows})\b"), re.compile(pointing)) for shows, pointing in _ELSEWHERE]


def content(text: str) -> list[str]:
    """The words that carry meaning, as they are written; of none of the four languages' small words."""
    return [word for word in TOKEN.findall(text) if not is_small(word)]


def is_small(word: str) -> bool:
    """Whether a word serves the grammar alone."""
    key = plain(word).replace("’", "'")
    return key in STOP_WORDS or key in SMALL_WORDS or (len(key) == 1 and key.isascii() and not key.isdigit())


def opens(text: str) -> bool:
    """Whether a question goes on with "and" or "what about"."""
    return _OPENER.match(plain(text).lstrip(" ¿¡-–—.…,")) is not None


def points_back(text: str) -> bool:
    """Whether a question, or what comes before its first name, has a word for something that was said before.

    A pronoun after several words of meaning has one of them for its noun more often.
    """
    spoken = plain(text).replace("’", "'")
    found = [(_PERSON, 3), (_TIME, 5), (_THING, 2)]
    found += [(pointing, 1) for shows, pointing in _POINTING_ELSEWHERE if shows.search(spoken)]
    return any(
        len(content(spoken[: match.start()])) <= most for pattern, most in found for match in pattern.finditer(spoken)
    )
