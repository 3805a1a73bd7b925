"""The words that name days, in four languages, and what each means in the grammar. Data.

Each kind is one character, so that a question becomes a string that a regular expression can read:

    n number   k larger number   w number word   o ordinal, "12th"   f first, second…   Y year   d decade   c "century"
    I numeric date   R "2023/24"   q "Q3"   h "H1"   D today, yesterday…   M month   W weekday   S season   U unit
    L last   T this   N next   P past   A ago   V ago, before its number   X "before last"   E early, mid, late
    G "so far"   t the   i in   O of   F from   B between   & and   + to   - dash   , comma   s since   b before
    u until   a after   > on, onwards   e ending   K beginning   . another word   ! another sign

An entry is ``words:value``, or words alone, separated by commas.
"""

from __future__ import annotations

WORDS = {
    "en": {
        "D": "day before yesterday:-2, yesterday:-1, today:0, this morning:0, this afternoon:0, this "
        "evening:0, tonight:0, tomorrow:1, day after tomorrow:2, last night:night",
        "M": "january:1, jan:1, february:2, feb:2, march:3, mar:3, april:4, apr:4, may:5, june:6, jun:6, "
        "july:7, jul:7, august:8, aug:8, september:9, sept:9, sep:9, october:10, oct:10, november:11, "
        "nov:11, december:12, dec:12",
        "W": "monday:0, tuesday:1, wednesday:2, thursday:3, friday:4, saturday:5, sunday:6",
        "S": "spring:3, summer:6, autumn:9, fall:9, winter:12",
        "U": "day:day, days:day, week:week, weeks:week, weekend:weekend, weekends:weekend, "
        "fortnight:fortnight, month:month, months:month, quarter:quarter, half:half, year:year, "
        "years:year, season:season, decade:decade, decades:decade",
        "w": "a:1, an:1, one:1, two:2, three:3, four:4, five:5, six:6, seven:7, eight:8, nine:9, ten:10, "
        "eleven:11, twelve:12, couple:2, couple of:2, a couple of:2, few:few, a few:few, several:few",
        "f": "first:1, second:2, third:3, fourth:4",
        "E": "early:early, early in:early, start of:early, beginning of:early, mid:mid, middle of:mid, "
        "late:late, late in:late, end of:late",
        "L": "last",
        "T": "this",
        "N": "next",
        "P": "past",
        "A": "ago",
        "X": "before last",
        "G": "so far",
        "c": "century",
        "t": "the",
        "i": "in, on, at, over, during, within",
        "O": "of",
        "F": "from",
        "B": "between",
        "&": "and",
        "+": "to, through",
        "s": "since",
        "b": "before",
        "u": "until, till, by",
        "a": "after",
        ">": "on, onward, onwards",
        "e": "ending, ended",
        "K": "beginning, starting",
    },
    "de": {
        "D": "vorgestern:-2, gestern:-1, heute:0, heute morgen:0, heute abend:0, übermorgen:2, letzte nacht:night",
        "M": "januar:1, jänner:1, februar:2, märz:3, april:4, mai:5, juni:6, juli:7, august:8, september:9, "
        "oktober:10, november:11, dezember:12",
        "W": "montag:0, dienstag:1, mittwoch:2, donnerstag:3, freitag:4, samstag:5, sonnabend:5, sonntag:6",
        "S": "frühling:3, frühjahr:3, sommer:6, herbst:9, winter:12",
        "U": "tag:day, tage:day, tagen:day, woche:week, wochen:week, wochenende:weekend, monat:month, "
        "monats:month, monate:month, monaten:month, quartal:quarter, hälfte:half, jahr:year, jahres:year, "
        "jahre:year, jahren:year, saison:season, jahrzehnt:decade, jahrzehnts:decade, jahrzehnte:decade, "
        "jahrzehnten:decade, halbjahr:half",
        "w": "einem:1, einer:1, einen:1, zwei:2, drei:3, vier:4, fünf:5, sechs:6, sieben:7, acht:8, neun:9, "
        "zehn:10, elf:11, zwölf:12, paar:few, ein paar:few, einigen:few, wenigen:few",
        "f": "erste:1, ersten:1, zweite:2, zweiten:2, dritte:3, dritten:3, vierte:4, vierten:4",
        "E": "anfang:early, mitte:mid, ende:late",
        "L": "letzte, letzten, letzter, letztes, letztem, vergangene, vergangenen, vergangenes, vorige, "
        "vorigen, voriges",
        "T": "diese, diesen, dieser, dieses, diesem",
        "N": "nächste, nächsten, nächster, nächstes",
        "V": "vor",
        "G": "bisher",
        "t": "der, die, das, den, dem, des",
        "i": "in, im, am, an",
        "O": "von, vom",
        "F": "ab",
        "B": "zwischen",
        "&": "und",
        "s": "seit",
        "u": "bis, bis zum",
        "a": "nach",
        "c": "jahrhundert, jahrhunderts",
    },
    "fr": {
        "D": "avant-hier:-2, hier:-1, aujourd'hui:0, ce matin:0, ce soir:0, demain:1, après-demain:2",
        "M": "janvier:1, février:2, mars:3, avril:4, mai:5, juin:6, juillet:7, août:8, septembre:9, "
        "octobre:10, novembre:11, décembre:12",
        "W": "lundi:0, mardi:1, mercredi:2, jeudi:3, vendredi:4, samedi:5, dimanche:6",
        "S": "printemps:3, été:6, automne:9, hiver:12",
        "U": "jour:day, jours:day, semaine:week, semaines:week, week-end:weekend, weekend:weekend, mois:month, "
        "trimestre:quarter, moitié:half, an:year, ans:year, année:year, années:year, saison:season, "
        "décennie:decade, décennies:decade",
        "w": "un:1, une:1, deux:2, trois:3, quatre:4, cinq:5, six:6, sept:7, huit:8, neuf:9, dix:10, onze:11, "
        "douze:12, quelques:few",
        "f": "premier:1, première:1, deuxième:2, second:2, seconde:2, troisième:3, quatrième:4",
        "E": "début:early, mi:mid, fin:late",
        "L": "dernier, dernière, derniers, dernières, passé, passée",
        "T": "ce, cet, cette",
        "N": "prochain, prochaine",
        "V": "il y a",
        "c": "siècle",
        "t": "le, la, les, l",
        "i": "en, dans",
        "O": "de, d",
        "F": "du",
        "B": "entre",
        "&": "et",
        "+": "à, au",
        "s": "depuis",
        "b": "avant",
        "u": "jusqu'en, jusqu'à, jusqu'au",
        "a": "après",
    },
    "es": {
        "D": "anteayer:-2, ayer:-1, hoy:0, esta mañana:0, esta noche:0, anoche:night",
        "M": "enero:1, febrero:2, marzo:3, abril:4, mayo:5, junio:6, julio:7, agosto:8, septiembre:9, "
        "setiembre:9, octubre:10, noviembre:11, diciembre:12",
        "W": "lunes:0, martes:1, miércoles:2, jueves:3, viernes:4, sábado:5, domingo:6",
        "S": "primavera:3, verano:6, otoño:9, invierno:12",
        "U": "día:day, días:day, semana:week, semanas:week, fin de semana:weekend, mes:month, meses:month, "
        "trimestre:quarter, mitad:half, año:year, años:year, temporada:season, década:decade, "
        "décadas:decade",
        "w": "un:1, una:1, dos:2, tres:3, cuatro:4, cinco:5, seis:6, siete:7, ocho:8, nueve:9, diez:10, "
        "once:11, doce:12, unos:few, unas:few",
        "f": "primer:1, primera:1, segundo:2, segunda:2, tercer:3, cuarto:4",
        "E": "principios de:early, comienzos de:early, mediados de:mid, finales de:late, fines de:late",
        "L": "pasado, pasada",
        "T": "este, esta",
        "N": "próximo, próxima",
        "P": "último, última, últimos, últimas",
        "V": "hace",
        "t": "el, la, los, las",
        "i": "en",
        "O": "de, del",
        "B": "entre",
        "&": "y",
        "+": "a, al",
        "s": "desde",
        "u": "hasta",
        "b": "antes de, antes del",
        "a": "después de, después del",
        "c": "siglo",
    },
}
"""By language and kind, the words with their values."""

COMMON_WORDS = {
    "en": "who what when where which why how is are was were did do does has have had of and to for with it "
    "that be not many much",
    "de": "wer was wann wo welche welcher welches warum wie ist sind war waren hat haben wurde wurden hier ein "
    "eine und zu für mit es nicht",
    "fr": "qui que qu quoi quand où quel quelle quels quelles pourquoi comment est s sont était a ont une et "
    "pour avec ce il elle pas",
    "es": "quién quiénes qué cuándo dónde cuál por cómo es son fue era ha han una y para con se no",
}
"""By which a question's language is told, together with the words above."""

NUMBERED = frozenset(
    "flight room section paragraph number route gate page bus model version area line highway chapter mars "
    "channel".split()
)
"""A number after one of these is a name rather than a year."""
MEASURES = frozenset(
    "m km cm mm metre metres meter meters kilometres kilometers miles feet kg kilo kilos tonnes tons litres volts "
    "watts pixels calories euros dollars pounds per percent times".split()
)
"""A number before one of these is no year, whatever comes before it."""
COUNTED = frozenset(
    "people persons men women children residents voters votes seats spectators visitors homes houses jobs workers "
    "soldiers years months weeks days hours minutes cars ships trees pages words points members cases deaths".split()
)
"""A number before one of these is a year only after "in", "since" and the like."""
