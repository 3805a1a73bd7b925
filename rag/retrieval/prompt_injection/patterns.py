"""The words of commands to a model, by what they do in a command, in four languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Classes of words, each an alternation of an expression: lower case, without accents.

    ``lead`` may stand before the verb of a command. ``told`` is what a model was told and ``whose`` says that it was
    this model; ``everything`` that came ``before``. ``show``, ``reply`` and ``put`` are what it does with ``answers``,
    in a ``manner``. ``asked`` sets a condition. It may ``refuse`` what is ``refused``, ``cite`` as it is ``cited``, and
    ``become`` another ``model``. ``new`` and ``to_a_model`` announce what comes, and to whom. It may ``decode`` words
    and ``follow`` them.
    """

    lead: str
    disregard: str
    told: str
    whose: str
    everything: str
    before: str
    show: str
    reply: str
    manner: str
    put: str
    answers: str
    asked: str
    refuse: str
    refused: str
    cite: str
    cited: str
    become: str
    model: str
    new: str
    to_a_model: str
    decode: str
    follow: str


ENGLISH = Vocabulary(
    lead=(
        r"please|kindly|now|then|and|or|but|so|instead|just|simply|always|first|also|immediately|therefore|next"
        r"|you (?:must|should|shall|will|have to|need to|are to|are (?:required|instructed|asked|ordered|told) to)"
        r"|(?:assistants?|chatbots?|ai|model) (?:must|should|shall|will|has to|is to)|make sure to|be sure to"
        r"|remember to|you (?:always|only|now)"
    ),
    disregard=(
        r"ignore|disregard|forget|override|bypass|discard|overlook|drop|set aside|pay no attention to"
        r"|stop following"
    ),
    told=(
        r"instructions?|prompts?|directives?|directions|orders|rules|guidelines|commands?|programming|constraints"
        r"|passages|articles|context|rows|sentences"
    ),
    whose=(
        r"the (?:other )?(?:passages|articles|context)|your|previous|prior|above|earlier|preceding|foregoing"
        r"|system|initial|original|all other|given to you|you were given|you have been given|hidden|secret"
        r"|developer'?s?"
    ),
    everything=r"everything|anything|all|whatever|what",
    before=(
        r"above|before this|before that|previous(?:ly)?|prior|earlier|preceding|so far|you were told"
        r"|you have been told"
    ),
    show=(
        r"print|reveal|repeat|show|output|display|translate|summari[sz]e|recite|leak|disclose|tell (?:me|us"
        r"|the \w+)|give (?:me|us)|copy|quote|write (?:out|down)|state|list|reproduce|paste|dump|spell out|share"
    ),
    reply=r"reply|respond|answer|say|output|write|print|state|type|claim|pretend|speak|talk|tell",
    manner=(
        r"only|nothing but|exactly|exclusively|solely|verbatim|with (?:the (?:single )?(?:words?|text|sentence"
        r"|phrase|code|following|number|name|string)|\W*[a-z]+\W*$)|the words?|in (?:the (?:style|voice) of"
        r"|rhymes?|verse|capitals|german|french|spanish|english|latin|italian|emoji|json)|like an?|as if|that you"
        r"|as an?|the (?:user|reader)s? (?:to|that)"
    ),
    put=(
        r"start|begin|end|finish|close|add|append|include|insert|put|prefix|place|give|mention|embed|attach|link"
        r"|translate|make|format|sign|keep|precede|follow|replace|conclude|preface"
    ),
    answers=(
        r"(?:your|every|each|all)(?: (?:of your|single|one|next|future|further|final))?"
        r" (?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies))"
    ),
    asked=r"(?:when|whenever|if|once|should)\b[^.!?]{0,40}\bask(?:s|ed)?",
    refuse=r"do not|don'?t|never|refuse to|decline to|must not|should not|stop",
    refused=(
        r"(?:answer|answering|respond|reply|cite|quote|mention|use|trust|rely on|reveal"
        r"|tell)\b[^.!?]{0,40}\b(?:(?:the|any|this|these|all|further|users?'?) questions?|questions? (?:about|on)"
        r"|this (?:article|message|note|passage|text)|(?:other|the|any) (?:articles|passages|sources)|the users?"
        r"|the readers?|instructions)|(?:answer|respond|reply)\W*$"
    ),
    cite=r"cite|quote|credit|reference|use|link to",
    cited=(
        r"as (?:the|your|its) (?:only |sole )?sources?|instead of (?:this|the other)|(?:article|passage"
        r"|source) (?:number )?\[?\d|for every (?:answer|question|claim)"
    ),
    become=(
        r"you are (?:now|no longer|henceforth|from now on)|from now on,? you|act as|pretend (?:to be|you are)"
        r"|behave (?:as|like)|role-?play|henceforth,? you|imagine (?:that )?you are|you (?:must|will"
        r"|shall) (?:now )?(?:act|behave|play)"
    ),
    model=(
        r"assistants?|chatbots?|bots?|language models?|llms?|gpt|ai(?: model| system)?s?|dan|unrestricted|persona"
        r"|mode|jailbroken|who (?:answers|speaks|replies|says)|answer|reply|respond|speak|say"
    ),
    new=(
        r"(?:new|updated|revised|real|actual|hidden|special|urgent|important|additional|secret) (?:\w+ )?"
        r"(?:instructions?|directives?|tasks?|prompts?|commands?|orders)(?: (?:for|to) [^.:]{1,30})?\s*:"
        r"|your (?:new|real|actual|only) (?:task|job|role|goal|instruction|objective|purpose) is"
    ),
    to_a_model=(
        r"(?:instructions?|note|attention|message|notice|reminder|warning|dear|hello|hey|memo|hint)(?: (?:to|for"
        r"|of))?,?(?: (?:the|any|all|every|our))? (?:assistants?|chatbots?|bots?|(?:large )?language models?|llms?"
        r"|ai(?: \w+)?)\b\s*(?:[:,!]|who|that|which|reading)|(?:any|every|each|the|all) (?:\w+ )?(?:assistants?"
        r"|chatbots?|models?|llms?|ais?) (?:that |which |who )?(?:reads?|reading|process(?:es|ing)"
        r"|summari[sz](?:es?|ing)|answers?|answering)\b[^.!?]{0,40}\b(?:must|should|shall|will|has to|have to"
        r"|is to|are to)|as an? (?:ai|(?:large )?language model|chatbot|assistant)\b[^.!?]{0,30}\byou\b"
        r"|if you are an? (?:\w+ )?(?:ai|language model|assistant|chatbot|bot|llm)\b"
    ),
    decode=(
        r"decode|decipher|decrypt|unscramble|base64|base 64|rot13|rot 13|backwards|put the \w+ together"
        r"|join the \w+|combine the \w+"
    ),
    follow=(
        r"(?:follow|obey|execute|carry out|do|perform|comply with) (?:it|them|what|this|that|the (?:result|message"
        r"|text|instruction))|reply with|answer with"
    ),
)
GERMAN = Vocabulary(
    lead=(
        r"bitte|nun|jetzt|dann|und|oder|sondern|stattdessen|einfach|immer|ab sofort|zuerst|du (?:musst|sollst"
        r"|wirst)|sie (?:mussen|sollen|werden)"
    ),
    disregard=(
        r"ignorieren?(?: sie)?|vergiss|vergessen sie|missachten?(?: sie)?|verwirf|ubergehen?(?: sie)?"
        r"|beachten?(?: sie)? nicht"
    ),
    told=(
        r"anweisung(?:en)?|instruktion(?:en)?|prompts?|vorgaben?|regeln|befehle?|anordnungen|systemprompt"
        r"|eingabeaufforderung"
    ),
    whose=(
        r"deinen?|ihren?|bisherigen?|vorherigen?|vorigen?|obigen?|oben|fruheren?|vorangehenden?|vorstehenden?"
        r"|system\w*|ursprunglichen?|geheimen?"
    ),
    everything=r"alles|was",
    before=r"oben|vorher|bisher|zuvor|davor|vorherige|vorangehende",
    show=(
        r"zeigen?(?: sie)?|druck(?:e|en sie)|gib|geben sie|wiederholen?(?: sie)?|nenne|nennen sie|verrate"
        r"|verraten sie|ubersetzen?(?: sie)?|schreibe?|schreiben sie|zitieren?(?: sie)?|offenbare"
    ),
    reply=(
        r"antworten?(?: sie)?|beantworten?(?: sie)?|sagen?(?: sie)?|schreibe?|schreiben sie|erwidere"
        r"|behaupten?(?: sie)?|sprich"
    ),
    manner=(
        r"nur|ausschliesslich|ausschließlich|lediglich|genau|immer mit|stets mit|mit (?:dem|den|der"
        r"|folgende[mnr])(?: \w+)? ?(?:wort\w*|satz|text|code)|auf (?:deutsch|englisch|franzosisch)|wie ein"
    ),
    put=r"beginnen?(?: sie)?|beenden?(?: sie)?|schliesse|schließe|fugen?(?: sie)?|hange|setze|stelle|erganze",
    answers=r"(?:deiner?n?|ihrer?n?|jeder?n?|aller?) (?:\w+ )?antwort(?:en)?",
    asked=r"(?:wenn|falls|sobald|sollte)\b[^.!?]{0,60}\b(?:gefragt|fragt|gefragt wird|gefragt wirst)",
    refuse=(
        r"beantworten?(?: sie)?|antworten?(?: sie)?|zitieren?(?: sie)?|nennen?(?: sie)?|erwahnen?(?: sie)?"
        r"|verweigere"
    ),
    refused=(
        r"(?:keine|nicht|nie|niemals|jede|alle)\b[^.!?]{0,40}\b(?:fragen?|artikel|quellen?|antwort(?:en)?"
        r"|passagen?)"
    ),
    cite=r"zitieren?(?: sie)?|nenne|nennen sie|verweise",
    cited=r"als (?:einzige |deine |ihre )?quelle|statt(?:dessen)?",
    become=(
        r"du bist (?:jetzt|nun|ab sofort|nicht mehr|von nun an)|sie sind (?:jetzt|nun|ab sofort) ein|ab (?:jetzt"
        r"|sofort) bist du|verhalte dich|tu so|spiele"
    ),
    model=r"assistent\w*|chatbot|bot|sprachmodell|ki|modell|antworte\w*|pirat\w*|rolle|der nur|sprichst",
    new=r"neue (?:\w+ )?(?:anweisung(?:en)?|aufgaben?|instruktion(?:en)?|befehle?)\s*:|deine neue aufgabe",
    to_a_model=(
        r"(?:hinweis|anweisung(?:en)?|nachricht|achtung|hallo|lieber?s?)(?: an| fur)?,?(?: (?:das|die|den|alle"
        r"|jede[ns]?))? (?:ki\b\S*(?: \w+)?|assistent\w*|chatbot\w*|sprachmodelle?n?)\s*[:,!]"
        r"|als (?:ein )?(?:ki(?:-\w+)?|sprachmodell|chatbot|assistent)\b[^.!?]{0,30}\b(?:musst|sollst|darfst"
        r"|mussen sie)"
    ),
    decode=r"entschlussle|dekodiere|decodiere",
    follow=r"(?:folge|befolge|fuhre)\b",
)
FRENCH = Vocabulary(
    lead=(
        r"veuillez|merci de|s'il (?:te|vous) plait|maintenant|puis|et|ou|mais|toujours|d'abord|desormais"
        r"|simplement|tu dois|vous devez|il faut"
    ),
    disregard=r"ignore[zr]?|oublie[zr]?|neglige[zr]?|ne (?:tiens|tenez) pas compte|ecarte[zr]?",
    told=r"instructions?|consignes?|prompts?|invites?|directives?|regles|ordres",
    whose=(
        r"tes|ton|vos|votre|precedente?s?|ci-dessus|anterieure?s?|systeme|initiale?s?|originale?s?|secretes?"
        r"|cachees?"
    ),
    everything=r"tout|ce qui",
    before=r"precede|ci-dessus|avant|plus haut|precedent",
    show=(
        r"affiche[zr]?|montre[zr]?|revele[zr]?|repete[zr]?|imprime[zr]?|traduis(?:ez)?|donne[zr]?|ecris|ecrivez"
        r"|recopie[zr]?"
    ),
    reply=r"repond(?:s|ez|re)|dis|dites|ecris|ecrivez|affirme[zr]?|parle[zr]?|pretends",
    manner=(
        r"seulement|uniquement|exclusivement|exactement|rien que|toujours par|par le mot|avec le mot|en (?:rimes"
        r"|vers|anglais|allemand|francais)|comme un"
    ),
    put=r"commence[zr]?|termine[zr]?|ajoute[zr]?|insere[zr]?|mets|mettez|place[zr]?",
    answers=r"(?:ta|tes|vos|votre|chaque|toutes? (?:tes|vos|les)) reponses?",
    asked=r"(?:quand|lorsqu'?|si)\b[^.!?]{0,40}\b(?:demande|interroge|pose)\w*",
    refuse=r"ne (?:reponds|repondez|cite|citez|mentionne|mentionnez)|refuse[zr]?",
    refused=r"(?:pas|jamais|aucune?|a toute|de repondre)\b[^.!?]{0,40}(?:questions?|articles?|sources?)?",
    cite=r"cite[zr]?",
    cited=r"comme (?:seule )?source|a la place",
    become=(
        r"tu es (?:maintenant|desormais)|vous etes (?:maintenant|desormais)|agis comme|agissez comme|comporte-toi"
        r"|fais comme si"
    ),
    model=r"assistant\w*|chatbot|robot|modele|ia|pirate|reponds?|repondez|qui (?:repond|parle)",
    new=(
        r"(?:nouvelles? (?:instructions?|consignes?|taches?|directives?))\b[^.:]{0,30}:|ta nouvelle (?:tache"
        r"|mission)"
    ),
    to_a_model=(
        r"(?:note|message|instructions?|consignes?|attention|avis|cher)(?: (?:a|aux?|pour))?,?(?: (?:l'|les?|tout"
        r"|toute))? ?(?:ia|assistants?|chatbots?|modeles? de langage)\b\s*[:,!]|en tant qu(?:e |')(?:ia"
        r"|modele de langage|assistant|chatbot)\b[^.!?]{0,40}\b(?:tu|vous)"
    ),
    decode=r"decode[zr]?|dechiffre[zr]?",
    follow=r"(?:suis|suivez|execute[zr]?)\b",
)
SPANISH = Vocabulary(
    lead=r"por favor|ahora|luego|entonces|y|o|pero|siempre|primero|simplemente|debes|debe|tienes que",
    disregard=r"ignora|ignore|ignorad|olvida|olvide|descarta|descarte|omite|haz caso omiso|no hagas caso",
    told=r"instruccion(?:es)?|indicaciones|prompts?|ordenes|reglas|directrices|mensajes? del sistema",
    whose=(
        r"tus?|sus?|anteriore?s?|previas?|previos?|de arriba|sistema|inicial(?:es)?|original(?:es)?|secretas?"
        r"|ocultas?"
    ),
    everything=r"todo|lo",
    before=r"anterior|arriba|previo|antes",
    show=(
        r"muestra|muestre|revela|revele|repite|repita|imprime|imprima|traduce|traduzca|escribe|escriba|dime|copia"
        r"|ensename"
    ),
    reply=r"responde|responda|contesta|conteste|di|diga|escribe|escriba|afirma|habla",
    manner=(
        r"solo|solamente|unicamente|exclusivamente|exactamente|siempre con|con la palabra|en (?:rima|verso|ingles"
        r"|aleman|frances)|como un"
    ),
    put=r"empieza|comienza|termina|anade|agrega|incluye|inserta|pon|coloca",
    answers=r"(?:tus?|sus?|cada|todas (?:tus|las)) respuestas?",
    asked=r"(?:cuando|si)\b[^.!?]{0,40}\b(?:pregunt\w*)",
    refuse=r"no (?:respondas|responda|contestes|conteste|cites|cite|menciones|mencione)|niegate",
    refused=r"\W?(?:ninguna?|a|las?|esta|este)\b[^.!?]{0,40}\b(?:preguntas?|articulos?|fuentes?|responder)",
    cite=r"cita|cite",
    cited=r"como (?:unica )?fuente|en su lugar",
    become=(r"(?:ahora|desde ahora|a partir de ahora) (?:tu )?eres|eres ahora|ya no eres|actua como|comportate|finge"),
    model=r"asistente|chatbot|bot|modelo|ia|pirata|respond\w*|que (?:responde|habla)",
    new=r"nuevas? (?:instruccion(?:es)?|tareas?|ordenes)\b[^.:]{0,30}:|tu nueva tarea",
    to_a_model=(
        r"(?:nota|mensaje|instrucciones|atencion|aviso|querido)(?: (?:al?|para))?,?(?: (?:el|la|los|las"
        r"|todo))? (?:ia|asistentes?|chatbots?|modelos? de lenguaje)\b\s*[:,!]|como (?:ia|modelo de lenguaje"
        r"|asistente|chatbot)\b[^.!?]{0,30}\b(?:debes|tienes que|debe)"
    ),
    decode=r"decodifica|descifra",
    follow=r"(?:sigue|siga|obedece|ejecuta)\b",
)
