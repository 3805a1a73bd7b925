"""Greetings, "could you please tell me" and thanks around a question, in four languages: taken off. Pure."""

from __future__ import annotations

import re

ROUNDS = 6
"""Courtesies that are taken off one after another."""

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


def without_courtesies(text: str) -> str:
    """The question alone; the text as it was where there is nothing but courtesies."""
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
