"""Which full stops do not end a sentence: abbreviations and the words that begin sentences, of many languages at once.

One table for all, since articles name people and places of other languages; what would be wrong elsewhere is left
out. Words stand here without their last full stop, and in small letters but in SELDOM_LAST. Where the next word is in
small letters the sentence goes on anyway, so only what comes before a capital or a digit is listed.
"""

from __future__ import annotations

NEVER_LAST = frozenset(
    """mr mrs ms mx mme mlle mgr dr prof e.g i.e cf vs viz approx z.b d.h bzw vgl sog ggf p.ex p.ej c.-à-d bijv d.w.z
    t.ex f.eks tj np tzn např т.е т.к т.н т.зв напр см ср π.χ δηλ βλ""".split()
)
"""A sentence does not end here: something that belongs to the word must follow."""

SELDOM_LAST = frozenset(
    """Sra Srta Profa Eng Sres Ste Sta Gen Col Maj Capt Adm Sen Rep Gov Hon Rev Pres Supt Msgr Messrs Esq Inc Co Corp
    Bros Dept Univ Assn Ave Blvd al Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec

    MM Mgr Sté Cie bd Av av bld janv févr avr juil sept oct nov déc

    hr Fa Dipl Ing Mag jur med phil Str Pl Okt Dez

    sr sra Gral gral Avda avda Dra dra Ud ud Uds uds Vd EE UU

    Sig sig Dott dott Avv avv l'on L'on Geom geom Arch arch ing rag

    Dhr dhr Mevr mevr mw drs Ir ir

    hab inż ul al pl św ks Mudr MUDr JUDr PhDr RNDr Bc

    Ул ул Вул вул Просп просп Пл пл пер г гг р Им им Проф проф Акад акад доц ред сост Св св янв февр апр авг сент
    окт нояб дек

    Δρ δρ Κα κα Κος κος κκ Αγ αγ

    डॉ श्री श्रीमती प्रो कु पं""".split()
)
"""A sentence ends here only where the next word is one that begins sentences: names follow these. In their own case.

Those that are a capital and consonants in small letters, such as Hr and Ltd, need not be listed."""

BEFORE_NUMBERS = frozenset(
    """no nos nr nro núm num p pp pg pag pág págs fig figs tab eq sec sect ch chap cap vol vols art arts par para v vv
    ver op c ca circa est geb gest rd dar inkl bd bde abb kap abs ziff tél tel ext pt str стр рис табл ок ok kl гл п пп
    ст кв буд αρ σελ""".split()
)
"""Not the end before a number."""

TIMES = frozenset("a.m p.m μ.μ π.μ".split())
"""The end, but not before a weekday or a time zone."""

AFTER_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday today tomorrow eastern central pacific mountain et est
    edt ct cst cdt mt mst mdt pt pst pdt gmt utc bst cet cest""".split()
)

LAST = frozenset("т.д т.п u.s.w u.dgl".split())
"""Letters with full stops that close a list, and so the sentence where a capital follows."""

ORDINAL_LANGUAGES = frozenset("de da nb nn no fi is fo et lv lt cs sk sl hr bs sr hu tr eu lb".split())
"""Languages that write "3." for "third"."""

AFTER_ORDINALS = frozenset(
    """januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert
    jahrhunderts jahrtausend weltkrieg weltkriegs bundesliga""".split()
)
"""Capitalised words that follow an ordinal in German, for texts whose language is not known."""

STARTERS = frozenset(
    """a after all although an and another any as at because before both but by did do does during each even every few
    finally first for four five from he her here his how however i if in instead is it its last later many meanwhile
    most much my neither never next no nobody none nor not nothing now of on once one only or other others our perhaps
    she since so some soon still such ten that the their then there these they this those though three thus to today
    two under until was we were what when where whether which while who why with yes yet you your

    ainsi alors après au aucun aucune aussi aux avant avec car ce cela ces cet cette c'est dans depuis des donc elle
    elles en enfin et il ils je leur leurs les lors mais nous où par pendant personne plus pour puis quand que qui rien
    sa selon ses si son sous sur tous tout tu un une vers voici vous

    aber als also am auch auf aus bei bis da daher damit danach dann darum das dass deshalb der die dies diese
    dieser dieses doch durch ein eine einer er es für gegen heute ich ihr ihre im in ist jede jeder kein keine man mit
    nach nicht nichts niemand noch nun nur ob ohne seine seit seitdem sein sie später sogar trotz um und unter viele
    vom von vor wann warum was weil wenn wer wie wir wo zu zum zur zwei

    además al aquí así aunque cada como con cuando desde después durante el él ella ellas ellos entonces entre era
    es esa ese eso esta este esto está fue ha hace hay hoy las los luego mientras muchos muy nada nadie no nunca otros
    para pero por porque pues según ser sin sobre su sus también tras un una unos y ya

    anche allora che chi come con da dal dalla dopo dove due è ed erano gli ha ho il infatti la loro lo ma mentre
    nel nella nessuno non ogni oggi perché perciò però poi prima quando quella quello questa questo qui se si sono sua
    suo tra tutti un una

    ainda antes ao aos apesar as assim até com como depois durante e ela elas ele eles em então entre era esta este
    foi hoje isso já mais mas muitos na nas nem ninguém no nos não o os ou para pela pelo por porque quando que se sem
    ser seu sua também tudo um uma

    alle als bij daar daarna dan dat deze die dit door een en er haar het hier hij hun ik in is maar met na naar
    niemand niet nog nu of om ook op te toen tot uit van veel voor waarom wat we wie wij ze zij zijn zo

    alla att bara de den deras det detta dette där efter eller en ett flera för från första han havde henne hon hun
    hur hvad hvem hvor hvorfor i ikke ingen inte jag jeg med men mens när nu och och og også om på samt sedan siden som
    så til till under var varför vi

    a ale bo był była było co dla do dziś gdy gdzie i ich ja jak jego jej jest jeszcze już kiedy lecz na nie nikt o
    od on ona one oni ono po potem przed są tak ta te ten to tu w we więc wtedy z za że

    а без був була були было были был была в вже він він вона вони воно все всё вы где да де для до его ее её если
    же за и из или их і її їх його к как как-то когда коли кто ли лишь мы на над не нет но ну о об он она они оно от по
    под після после потом при с сегодня сейчас со так также там та те тепер теперь то того тоді тогда тоже у уже хто це
    что чтобы щоб я як який это этот эта эти

    αλλά αν από αυτά αυτές αυτή αυτό αυτοί αυτός για γιατί δεν εδώ είναι εκεί ένα ένας ενώ επίσης έτσι ζει η ήταν θα
    και κανείς κατά με μετά μια μόνο να ο οι όμως όπως όταν ότι πολλοί που πρέπει προς σήμερα σε στα στη στην στις στο
    στον τα τη την της τι τις το τον του τους τώρα ως""".split()
) - frozenset("la le lo al de da von van ten te".split())
"""Words that begin sentences and hardly ever names; particles of names (Le Pen, De Niro) are left out."""
