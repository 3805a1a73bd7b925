"""Tables of English words: numbers, units, irregular verbs, prepositions, negations and contraries. Pure."""

from __future__ import annotations

from rag.text.tokenization import NUMBER_WORDS, stem

MONTHS = """january february march april may june july august september october november december""".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10}
SHORT |= {"nov": 11, "dec": 12}
TENS = {word: 10 * at for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
SMALL = {word: int(digits) for word, digits in NUMBER_WORDS.items()} | TENS
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "bn": 1e9}
ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
OFTEN_NO_FIGURE = {"#1", "#1st", "#2nd"}
"""Written "one", "first" and "second", which are pronouns, adverbs and parts of a minute more often than figures."""
SYMBOLS = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound"}
UNITS = {
    stem(name): stem(names.split()[0])
    for names in """percent percentage; dollar dollars; euro euros; pound pounds; yen; franc francs; crown crowns; cent
        cents; kilometre km kilometer kilometres; metre meter metres meters; centimetre cm centimeter; millimetre mm
        millimeter; mile miles; foot feet ft; inch inches; yard yards; hectare hectares; acre acres; kilogram kg
        kilograms kilo kilos; gram grams; milligram mg milligrams; tonne tonnes; ton tons; ounce ounces; litre liter
        litres; gallon gallons; second seconds; minute minutes; hour hours; day days; week weeks; month months; year
        years; decade decades; century centuries; degree degrees; celsius; fahrenheit; watt watts; kilowatt kw;
        megawatt mw; gigawatt gw; volt volts; hertz; kilohertz khz; megahertz mhz; byte bytes; kilobyte kb; megabyte mb;
        gigabyte gb; terabyte tb""".split(";")
    for name in names.split()
}
DIRECTIONS = {
    word: (side, pair)
    for pair, (one, other) in enumerate(
        [
            ("before prior until", "after since following"),
            ("more above over exceeding", "less fewer below under"),
            ("most", "least"),
        ]
    )
    for side, words in ((1, one), (-1, other))
    for word in words.split()
}
CONTRARIES = {
    "#1st" if word == "first" else stem(word): (side, pair)
    for pair, (one, other) in enumerate(
        [
            ("increase rise grow gain climb expand raise", "decrease fall drop decline shrink reduce cut"),
            ("win victory defeat beat", "lose loss"),
            ("open begin start launch", "close end finish stop cease"),
            ("high higher highest", "low lower lowest"),
            ("large larger largest big bigger biggest", "small smaller smallest little"),
            ("early earlier earliest", "late later latest"),
            ("first", "last"),
            ("accept agree approve allow permit", "reject refuse oppose ban prohibit forbid"),
            ("buy purchase", "sell sale"),
            ("north northern", "south southern"),
            ("east eastern", "west western"),
            ("male man men", "female woman women"),
            ("majority", "minority"),
            ("always", "never rarely seldom"),
            ("all every", "no none some few"),
            ("include", "exclude"),
            ("support", "oppose"),
            ("success successful succeed", "failure fail unsuccessful"),
            ("new newest", "old oldest"),
            ("rich", "poor"),
            ("strong", "weak"),
            ("public", "private"),
            ("married marry", "divorced divorce"),
            ("import", "export"),
            ("enter arrive", "leave depart"),
            ("same similar", "different"),
            ("legal", "illegal"),
            ("possible", "impossible"),
            ("true", "false"),
            ("guilty convict", "acquit innocent"),
        ]
    )
    for side, words in ((1, one), (-1, other))
    for word in words.split()
}
NEGATIONS = frozenset("not no never without neither nor none nobody nothing nowhere cannot unable hardly".split())
NEGATING = frozenset(stem(word) for word in "fail refuse deny lack reject".split())
BE = frozenset("is are was were be been being".split())
IRREGULAR = {
    form: forms.split()[0]
    for forms in """be; beat beaten; become became; begin began begun; bite bit bitten; blow blew blown; break broke
        broken; bring brought; build built; buy bought; catch caught; choose chose chosen; come came; deal dealt; draw
        drew drawn; drink drank drunk; drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight
        fought; find found; fly flew flown; forget forgot forgotten; freeze froze frozen; give gave given; go went gone;
        grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; know knew known; lay laid; lead
        led; leave left; lend lent; lose lost; make made; mean meant; meet met; overcome overcame; pay paid; ride rode
        ridden; ring rang rung; rise rose risen; run ran; say said; see saw seen; seek sought; sell sold; send sent;
        shake shook shaken; shoot shot; show shown; sing sang sung; sink sank sunk; sit sat; speak spoke spoken; spend
        spent; stand stood; steal stole stolen; stick stuck; strike struck stricken; swim swam swum; swear swore sworn;
        take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown; undergo underwent
        undergone; understand understood; wear wore worn; win won; withdraw withdrew withdrawn; write wrote
        written""".split(";")
    for form in forms.split()
}
OPENERS = frozenset(
    """about above after against among around as at before behind below between by during for from in inside into near
    of off on onto outside over since through to toward towards under until upon via with within""".split()
)
CLAUSES = frozenset("and but or while when where who which that because although though if than whereas".split())
ORDINARY_ENDINGS = ("ing", "ed", "ly", "tion", "sion", "ment", "ness", "ity", "s")
AUXILIARIES = BE | frozenset("has have had do does did will would can could may might must shall should".split())
