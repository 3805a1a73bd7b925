"""Patterns of questions in English, German, French and Spanish: openers, references back, article frames, courtesies.

Patterns of openers and of references back expect plain text: lower case, without accents.
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
"""Separates two questions in one sentence; ", who" and ", which" continue the same one."""
ASKS = re.compile(
    rf"¿?(?:(?:and|or|but|so)\s+|{_PREPOSITION})*(?!(?:when|where|while|whenever) (?!{_AUXILIARY})){ASKING}\b",
    re.IGNORECASE,
)
"""How a question begins; "When she moved, …" does not match."""

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
"""Phrases that name the article to search in; ``subject`` is what it is about."""

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
"""Words by which a language is recognised, and those that refer back in it."""
_POINTING_ELSEWHERE = [(re.compile(rf"\b(?:{shows})\b"), re.compile(pointing)) for shows, pointing in _ELSEWHERE]

# Greetings, requests and thanks around a question.
ROUNDS = 6
"""How many courtesies are removed one after another."""

_SALUTATION = (
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|moin"
    r"|servus|grüß gott|bonjour|bonsoir|salut|hola|buen[oa]s (?:días|tardes|noches))"
    r"(?: (?:there|all|everyone|everybody|team|footnote|bot|assistant|zusammen|à tous|a todos))?(?=\s*[,.!:;–—-]|$)"
    r"|(?:hi|hello|hey|hallo|bonjour|hola)(?: there\b|\b(?!(?-i: [A-Z])))"
)
_THANKS = (
    r"(?:many |kind )?(?:thanks?|thank you|thx|cheers|danke|merci|gracias)"
    r"(?: (?:you|a lot|so much|very much|in advance|again|schön|im voraus|beaucoup|d['’]avance|de antemano))*"
)
_ASIDE = (
    r"ok(?:ay)?|right|great|good|nice|cool|perfect|interesting|i see|got it|oh|ah|well|so|hm+|wow"
    r"|excuse me|sorry|pardon(?: me)?|entschuldigung|excusez-moi|perdón|disculpe"
)
_ANNOUNCEMENT = (
    r"(?:i(?: ha|['’])?ve (?:got )?(?:a|another) |(?:just )?(?:a|one|another) )?(?:quick |short |simple )?questions?"
    r"(?: for you)?\s*[:,.!–—-]|(?:can|could|would) you (?:please )?help me(?: out| with something| please)*\s*[?.,!]"
)
_GREETING = re.compile(
    rf"(?:{_SALUTATION}|{_ANNOUNCEMENT}|(?:{_THANKS}|{_ASIDE})(?=\s*[,.!;…–—-]))[\s,.!:;…–—-]*", re.IGNORECASE
)
_SOFTLY = r"(?:please |kindly |maybe |perhaps |possibly |also |just |then )*"
_TELL = r"(?:tell|let|inform|remind|explain|show|give|find)(?: out)?(?: to)?(?: (?:me|us))?(?: know)?"
_REQUEST = re.compile(
    r"(?P<opener>(?:(?:and|but|und|aber|et|mais|y|pero)\s+)?)(?:"
    rf"(?:can|could|would|will|might) you {_SOFTLY}(?:be (?:so kind|able) (?:as )?to {_SOFTLY})?{_TELL}"
    rf"|(?:do|would|did) you {_SOFTLY}(?:happen to )?know|any idea|does any(?:one|body) know"
    rf"|please {_SOFTLY}(?:tell|inform|remind|explain to|let) (?:me|us)(?: know)?"
    r"|tell me(?= (?:who|what|when|where|which|why|how)\b)"
    r"|i(?: was| am|['’]m)(?: just)? (?:wondering|curious)"
    r"(?: (?:about|if|whether) you (?:could|can|would|might) (?:please )?(?:tell me|let me know))?"
    r"|i(?: would|['’]d)(?: really| just)? (?:like|love) to (?:know|ask|find out|hear|learn)(?: you)?"
    r"|i (?:want|need|wish) to (?:know|ask|find out|learn)(?: you)?|i wonder|let me ask(?: you)?|may i ask"
    r"|i(?: am|['’]m) (?:(?:looking|searching) for|trying to find(?: out)?)"
    r"|(?:kannst du|können sie|könntest du|könnten sie) (?:mir |uns )?(?:bitte )?(?:sagen|erklären|verraten)"
    r"|weißt du|wissen sie|ich (?:würde gerne? wissen|möchte wissen|wüsste gerne?)"
    r"|(?:peux-tu|pouvez-vous|pourriez-vous|pourrais-tu)(?: me| nous)? (?:dire|expliquer)"
    r"|je voudrais savoir|j['’]aimerais savoir|sais-tu|savez-vous"
    r"|¿?(?:me )?(?:puedes|puede|podrías|podría)(?: decir(?:me)?| explicar(?:me)?)"
    r"|(?:quisiera|me gustaría) saber|¿?(?:sabes|sabe usted)"
    r")\b\s*[,:]?\s*(?:(?:if|about|that)\s+(?=(?:the|there|any|a)\b))?",
    re.IGNORECASE,
)
_PLEASE_WORD = r"(?:please|pls|plz|kindly|bitte|s'il (?:te|vous) pla[iî]t|svp|por favor)"
_PLEASE = re.compile(rf"{_PLEASE_WORD}\b\s*,?\s*", re.IGNORECASE)
_FAREWELL = re.compile(
    rf"[\s,.;!–—-]*\b(?:{_PLEASE_WORD}|{_THANKS}|if you (?:can|could|know|don['’]t mind|please)"
    r"|if (?:that['’]s|it['’]s|that is) (?:ok|okay|all right|possible)|if (?:possible|i may ask)|by any chance"
    r"|(?:kind|best) regards|do you know|can you (?:tell me|help(?: me)?))\s*(?P<end>[?？]?)[\s.!]*$",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\w")


def content(text: str) -> list[str]:
    """Return the words, as written, that are function words in none of the four languages."""
    return [word for word in TOKEN.findall(text) if not is_small(word)]


def is_small(word: str) -> bool:
    """Return whether a word is a function word."""
    key = plain(word).replace("’", "'")
    return key in STOP_WORDS or key in SMALL_WORDS or (len(key) == 1 and key.isascii() and not key.isdigit())


def opens(text: str) -> bool:
    """Return whether a question begins with "and", "what about" or the like."""
    return _OPENER.match(plain(text).lstrip(" ¿¡-–—.…,")) is not None


def points_back(text: str) -> bool:
    """Return whether a question, or its part before the first name, refers back to something said before.

    A pronoun after several words of meaning has one of them for its noun more often.
    """
    spoken = plain(text).replace("’", "'")
    found = [(_PERSON, 3), (_TIME, 5), (_THING, 2)]
    found += [(pointing, 1) for shows, pointing in _POINTING_ELSEWHERE if shows.search(spoken)]
    return any(
        len(content(spoken[: match.start()])) <= most for pattern, most in found for match in pattern.finditer(spoken)
    )


def without_courtesies(text: str) -> str:
    """Remove greetings, requests and thanks; return the text as it is if it is nothing else."""
    for _ in range(ROUNDS):
        shorter = _without_one(text)
        if shorter == text:
            break
        text = shorter
    return text


def _without_one(text: str) -> str:
    for pattern, instead in ((_GREETING, ""), (_REQUEST, r"\g<opener>"), (_PLEASE, "")):
        found = pattern.match(text)
        if found and _SAYS.search(text, found.end()):
            return found.expand(instead) + text[found.end() :]
    farewell = _FAREWELL.search(text)
    if farewell and _SAYS.search(text, 0, farewell.start()):
        return text[: farewell.start()].rstrip() + farewell["end"]
    return text
