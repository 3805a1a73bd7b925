"""Which days questions name, decided by hand: a case a line, [words|days] where days are named.

Days are a year, a month, a day, or two of these with ``..`` between them, either left out where that side is open.
"""

from __future__ import annotations

CASES = {
    "2024-11-13": """
What happened [today|2024-11-13]?
Who resigned [yesterday|2024-11-12]?
What did the mayor say [this morning|2024-11-13]?
Who plays [tonight|2024-11-13]?
What burned down [last night|2024-11-12..2024-11-13]?
Which ferry sank [the day before yesterday|2024-11-11]?
Who was arrested [three days ago|2024-11-10]?
Who was arrested [3 days ago|2024-11-10]?
What was said [a week ago|2024-11-04..2024-11-10]?
Who led the poll [two months ago|2024-09]?
What did bread cost [a year ago|2023]?
What closed [a few days ago|2024-11-08..2024-11-11]?
What changed in [the past week|2024-11-06..2024-11-13]?
What changed over [the past fortnight|2024-10-30..2024-11-13]?
Which shops closed in [the past month|2024-10-13..2024-11-13]?
Who has died in [the last three days|2024-11-10..2024-11-13]?
How far did prices rise over [the last year|2023-11-13..2024-11-13]?
What broke in [the last 90 days|2024-08-15..2024-11-13]?
Who won [last weekend|2024-11-09..2024-11-10]?
What is on [this weekend|2024-11-16..2024-11-17]?
Who won at [the weekend|2024-11-09..2024-11-10]?
Which road flooded over [the weekend|2024-11-09..2024-11-10]?
Who won [the weekend before last|2024-11-02..2024-11-03]?
Who spoke on [Friday|2024-11-08]?
Who spoke on [Wednesday|2024-11-13]?
Who spoke [last Friday|2024-11-08]?
Who spoke [last Wednesday|2024-11-06]?
Who speaks [this Friday|2024-11-15]?
What did [Friday|2024-11-08]'s report say?
What was decided on [Monday last week|2024-11-04]?
How many trains ran [this week|2024-11-11..2024-11-17]?
How many trains ran [last week|2024-11-04..2024-11-10]?
What did [last week|2024-11-04..2024-11-10]'s audit find?
What opened [the week before last|2024-10-28..2024-11-03]?
What opens [next week|2024-11-18..2024-11-24]?
What opens [tomorrow|2024-11-14]?
How much rain fell [this month|2024-11]?
How much rain fell [last month|2024-10]?
What did the firm earn [this quarter|2024-10-01..2024-12-31]?
What did the firm earn [last quarter|2024-07-01..2024-09-30]?
Who won the cup [this year|2024]?
Who won the cup [last year|2023]?
What was [last year|2023]'s theme?
Who won [the year before last|2022]?
Who scored most [this season|2024-07-01..2025-06-30]?
Who scored most [last season|2023-07-01..2024-06-30]?
Which bridges were built [this decade|2020..2029]?
Which bridges were built [last decade|2010..2019]?
What has changed [since March|2024-03-01..]?
What has changed [since December|2023-12-01..]?
What has changed [since 2021|2021-01-01..]?
What has changed [since last week|2024-11-04..]?
What has happened [since Friday|2024-11-08..]?
What has happened [since 12 April|2024-04-12..]?
Who was mayor [before June 2023|..2023-05-31]?
Who was mayor [before 2019|..2018-12-31]?
Who was mayor [until June 2023|..2023-06-30]?
Who was mayor [until 2019|..2019-12-31]?
What is planned [by 2030|..2030-12-31]?
What was built [after 2015|2016-01-01..]?
What was built [after March 2024|2024-04-01..]?
Who resigned [after 12 April 2024|2024-04-13..]?
Which prices rose [from 2022 onwards|2022-01-01..]?
What happened [between May and July 2024|2024-05-01..2024-07-31]?
What happened [between May and July|2024-05-01..2024-07-31]?
What happened [between November and February 2024|2023-11-01..2024-02-29]?
What happened [between July and May 2024|2023-07-01..2024-05-31]?
What happened [between July 2024 and May 2024|2024-05-01..2024-07-31]?
What happened [from 2024 to 2021|2021..2024]?
How did rents move [between 2021 and 2023|2021..2023]?
How did rents move [from 2019 to 2021|2019..2021]?
How did rents move, [2019–2021|2019..2021]?
Who exhibited [from 3 to 7 May|2024-05-03..2024-05-07]?
Who exhibited [from 3 to 7 May 2023|2023-05-03..2023-05-07]?
Who exhibited on [3–7 May 2023|2023-05-03..2023-05-07]?
Who exhibited [between 28 April and 3 May 2024|2024-04-28..2024-05-03]?
Who exhibited [from 28 to 3 May 2024|2024-04-28..2024-05-03]?
Which day of [May 3-7|2024-05-03..2024-05-07] was dry?
What happened [between Monday and Friday|2024-11-04..2024-11-08]?
How many births were there in [the week to 26 January 2024|2024-01-20..2024-01-26]?
How many births were there in [the week ending 26 January 2024|2024-01-20..2024-01-26]?
What was read in [the week of 4 March|2024-03-04..2024-03-10]?
What was read in [the week of 6 March 2024|2024-03-04..2024-03-10]?
What was sold in [the year to March 2025|2024-04-01..2025-03-31]?
What was sold in [the three months to June 2024|2024-04-01..2024-06-30]?
What was sold in [the month to 15 May 2024|2024-04-16..2024-05-15]?
What was exported in [the first half of 2024|2024-01-01..2024-06-30]?
What was exported in [the second half of last year|2023-07-01..2023-12-31]?
What was exported in [the third quarter of 2023|2023-07-01..2023-09-30]?
What was exported in [the last quarter of 2023|2023-10-01..2023-12-31]?
What was exported in [Q3 2024|2024-07-01..2024-09-30]?
What was exported in [H1 2023|2023-01-01..2023-06-30]?
Who sang in [the last week of May 2024|2024-05-25..2024-05-31]?
Who sang in [the first week of May|2024-05-01..2024-05-07]?
Who left in [early 2023|2023-01-01..2023-04-30]?
Who left in [mid-2023|2023-05-01..2023-08-31]?
Who left in [mid 2023|2023-05-01..2023-08-31]?
Who left in [late 2023|2023-09-01..2023-12-31]?
Who left [late last year|2023-09-01..2023-12-31]?
Who left in [early March|2024-03-01..2024-03-10]?
Who left at [the end of March 2023|2023-03-21..2023-03-31]?
Which lake dried up in [summer 2024|2024-06-01..2024-08-31]?
Which lake dried up in [the summer of 2022|2022-06-01..2022-08-31]?
Which lake froze in [the winter of 2023/24|2023-12-01..2024-02-29]?
Which lake froze in [winter 2022|2022-12-01..2023-02-28]?
Which lake froze [last winter|2023-12-01..2024-02-29]?
Which lake dried up [last summer|2024-06-01..2024-08-31]?
Which lake dried up [this spring|2024-03-01..2024-05-31]?
Who ruled in [the 1990s|1990..1999]?
Who ruled in [the early 1990s|1990..1993]?
Who built the mill in [the 18th century|1701..1800]?
Who won in [the 2023/24 season|2023-07-01..2024-06-30]?
Who was born on [12 April|2024-04-12]?
Who was born on [12 December|2023-12-12]?
Who was born on [the 12th of April 2023|2023-04-12]?
Who won on [April 12th, 2024|2024-04-12]?
Who won on [April 12 2024|2024-04-12]?
Who won on [April 12|2024-04-12]?
Who won on [Friday 12 April 2024|2024-04-12]?
Who won on [Friday, April 12, 2024|2024-04-12]?
Who won on [12 Apr 2024|2024-04-12]?
Who won on [Sept. 3, 2023|2023-09-03]?
Who won on [2024-04-12|2024-04-12]?
Who won on [12/04/2024|2024-04-12]?
Who won on [04/22/2024|2024-04-22]?
Wer gewann am [12.04.2024|2024-04-12]?
Who won on [29 February|2024-02-29]?
What happened on [the 12th|2024-11-12]?
What happened on [the 20th|2024-10-20]?
Who won in [2024|2024]?
Who won the [2024|2024] regatta?
Regatta [2024|2024] winner
Who was crowned in [1066|1066]?
Who won in [March|2024-03]?
Who won in [December|2023-12]?
Who won in [November|2024-11]?
Who won in [march|2024-03]?
Who won in [march 2023|2023-03]?
Who won in [may|2024-05]?
Who won in [March 2023|2023-03]?
Who won in [March last year|2023-03]?
Who won [last March|2024-03]?
Who won [last November|2023-11]?
What did the [March|2024-03] report say?
How many storms [so far this year|2024-01-01..2024-11-13]?
How many storms [this year so far|2024-01-01..2024-11-13]?
How many storms [since the start of the year|2024-01-01..]?
WHO WON [LAST WEEKEND|2024-11-09..2024-11-10]?
WHO WON IN [MARCH 2023|2023-03]?
Did [2023|2023] or [2024|2024] bring more rain?
Was it wetter in [March|2024-03] than [last month|2024-10]?
Who won in [2019|2019] and in [May 2021|2021-05]?
What rose in [2022|2022] people ask?
Who may attend?
May I enter?
May the club sell the boat?
Which film is March of the Penguins?
Did the band march to the harbour?
How far did they march 5 days in a row?
Who led the march on the town hall?
What took a second?
Who came second?
Were there 2,024 people?
Were there 2024 people?
Who won the 1500 metres?
Who won in the 1500 metres?
Who was on flight 2024?
Who sleeps in room 2015?
Does it cost £2024?
Is 2024% a mistake?
Who sat in the Sun?
What did the Sun write?
What ended in the last week of the strike?
Which year was the last year of the war?
What is on Spring Street?
Who fell in the fall?
Who sells on Black Friday?
Who plays for Sheffield Wednesday?
What is served on Fridays?
What is served every Friday?
What does USA Today say?
Who hosts The Tonight Show?
Who is April Hayes?
What was written by June Carter?
What happened on 31 February?
What happened on 31 February 2024?
What happened on 30/02/2024?
What happened on the 12th floor?
How long did it last?
Which is the last of the four?
What does version 2.2024 do?
Call 555-2024?
Who scored 20 to 30 goals?
Is the current strong?
""",
    "2024-11-16": """
Who won [last weekend|2024-11-09..2024-11-10]?
Who wins [this weekend|2024-11-16..2024-11-17]?
Who won at [the weekend|2024-11-16..2024-11-17]?
Who spoke [last Friday|2024-11-15]?
""",
    "2024-01-02": """
Who won [last weekend|2023-12-30..2023-12-31]?
Who won [last month|2023-12]?
What did it earn [last quarter|2023-10-01..2023-12-31]?
Who won in [March|2023-03]?
Which lake froze [this winter|2023-12-01..2024-02-29]?
Who was born on [29 February|2020-02-29]?
What was sold in [the past month|2023-12-02..2024-01-02]?
""",
    "2024-03-31": """
What closed in [the past month|2024-02-29..2024-03-31]?
What closed in [the last year|2023-03-31..2024-03-31]?
""",
}
OTHER_LANGUAGES = {
    "2024-11-13": """
Wer gewann [gestern|2024-11-12]?
Was geschah [vorgestern|2024-11-11]?
Was geschah [heute|2024-11-13]?
Wer gewann [letzte Woche|2024-11-04..2024-11-10]?
Wer gewann [letztes Wochenende|2024-11-09..2024-11-10]?
Wer gewann am [Wochenende|2024-11-09..2024-11-10]?
Wer gewann [letztes Jahr|2023]?
Wer gewann in [diesem Jahr|2024]?
Was wurde [vor drei Tagen|2024-11-10] entschieden?
Was geschah in [den letzten drei Tagen|2024-11-10..2024-11-13]?
Wer gewann am [12. April|2024-04-12]?
Wer gewann am [12. April 2023|2023-04-12]?
Wer gewann im [März|2024-03]?
Wer gewann im [Mai 2023|2023-05]?
Was geschah [seit März|2024-03-01..]?
Was geschah [zwischen Mai und Juli 2024|2024-05-01..2024-07-31]?
Was geschah [vor 2019|..2018-12-31]?
Wer sprach am [Freitag|2024-11-08]?
Wer ging [Anfang 2023|2023-01-01..2023-04-30]?
Welcher See fror im [Winter 2022|2022-12-01..2023-02-28]?
Was ist hier passiert?
Qui a gagné [hier|2024-11-12] ?
Qui a gagné [la semaine dernière|2024-11-04..2024-11-10] ?
Qui a gagné [le week-end dernier|2024-11-09..2024-11-10] ?
Qui a gagné [l'année dernière|2023] ?
Qui a gagné [cette année|2024] ?
Qu'est-ce qui a fermé [il y a trois jours|2024-11-10] ?
Qui a gagné [le 12 avril 2024|2024-04-12] ?
Qui a gagné [le 1er mai 2023|2023-05-01] ?
Qui a gagné en [mars|2024-03] ?
Que s'est-il passé [depuis mars|2024-03-01..] ?
Que s'est-il passé [entre mai et juillet 2024|2024-05-01..2024-07-31] ?
Qui a parlé [vendredi dernier|2024-11-08] ?
Que s'est-il passé [aujourd'hui|2024-11-13] ?
Quel lac a gelé à [l'été 2022|2022-06-01..2022-08-31] ?
¿Quién ganó [ayer|2024-11-12]?
¿Quién ganó [la semana pasada|2024-11-04..2024-11-10]?
¿Quién ganó [el año pasado|2023]?
¿Quién ganó [este año|2024]?
¿Quién ganó [el fin de semana pasado|2024-11-09..2024-11-10]?
¿Qué cerró [hace tres días|2024-11-10]?
¿Quién ganó [el 12 de abril de 2024|2024-04-12]?
¿Quién ganó en [marzo de 2023|2023-03]?
¿Qué pasó [desde marzo|2024-03-01..]?
¿Qué pasó [entre mayo y julio de 2024|2024-05-01..2024-07-31]?
¿Quién habló [el viernes|2024-11-08]?
¿Qué pasó en [los últimos tres días|2024-11-10..2024-11-13]?
""",
}
HELD_OUT = {
    "2025-06-20": """
Which candidate withdrew [two weeks ago|2025-06-02..2025-06-08]?
What were the flood losses in [autumn 2023|2023-09-01..2023-11-30]?
How many ferries were late in [the past three months|2025-03-20..2025-06-20]?
Who chaired the council [from March to May 2022|2022-03-01..2022-05-31]?
Who chaired the council from [June 2021|2021-06]?
What did the court rule on [Tuesday|2025-06-17]?
What did the court rule [yesterday|2025-06-19] afternoon?
Who won [yesterday|2025-06-19]'s match?
Was the bridge open in the meantime?
How did prices change [between April 2023 and April 2024|2023-04-01..2024-04-30]?
What were sales in [the quarter to March 2025|2025-01-01..2025-03-31]?
What were sales in [the six months to 30 September 2024|2024-04-01..2024-09-30]?
What came out in [late May|2025-05-21..2025-05-31]?
How many visitors came in [July|2024-07] and [August|2024-08]?
Which party leads now?
How long has she been mayor [since 1 March 2020|2020-03-01..]?
Which players left [this summer|2025-06-01..2025-08-31]?
Who won [the 2010s|2010..2019] ranking?
Who won [last December|2024-12]?
What has been built in [the last decade|2015-06-20..2025-06-20]?
Who spoke at [the start of June|2025-06-01..2025-06-10]?
Who won in [Feb 2025|2025-02]?
Who won on [Jan. 4|2025-01-04]?
How many goals in [the 2024-25 season|2024-07-01..2025-06-30]?
Is the Mars 2020 rover mentioned?
Are there more than 1999 members?
Which bus is line 2024?
How many seconds are in an hour?
Who wrote Nineteen Eighty-Four?
Which day comes before a Sunday mass?
Who marches in the [May|2025-05] parade?
Which law passed in [the second week of January 2025|2025-01-08..2025-01-14]?
Did anything happen on [1 January|2025-01-01] or [2 January|2025-01-02]?
Was geschah [letzten Montag|2025-06-16]?
Was geschah [vor zwei Wochen|2025-06-02..2025-06-08]?
Wie hoch war der Preis [Ende 2024|2024-09-01..2024-12-31]?
Qui a gagné en [2023|2023]?
Combien de voix [le mois dernier|2025-05] ?
Quel temps [avant-hier|2025-06-18] ?
¿Quién ganó [el mes pasado|2025-05]?
¿Qué pasó en [verano de 2024|2024-06-01..2024-08-31]?
¿Cuánto costaba [hace dos años|2023]?
""",
}
FOUND_IN_USE = {
    "2024-11-13": """
What was sold in [Q3|2024-07-01..2024-09-30]?
What was sold in [Q4 2023|2023-10-01..2023-12-31]?
Who scored in the second half of the [2023|2023] final?
Who scored at the end of the [2023|2023] final?
What was hidden on the Monday before it fell?
Who sang at the Spring Fair?
Did it last a week?
Is it true that between 1990 and 2000 people left?
What does Section 2012 forbid?
Who lives in May Street?
[March to May|2024-03-01..2024-05-31]: how many strikes?
[2021–2023|2021..2023]: how many strikes?
The weekend before the vote, who resigned?
- [2023|2023] flood damage
What is the 0th law of thermodynamics?
Who won on the 0th?
Who won on the 0th of [May 2024|2024-05]?
Wer gewann am 0. Mai?
Who sailed in [the 2 decades beginning in 2024|2024-01-01..2043-12-31]?
Who sails in [the 999 decades beginning in 2024|2024-01-01..9999-12-31]?
Who sails in [the year beginning 9999-01-01|9999]?
Who sails in [the 10 years starting 9999-12-31|9999-12-31]?
""",
}
