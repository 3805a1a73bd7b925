"""Pairs of short invented articles on the same kind of event at two times, and which of the two a question means.

A pair begins with ``# name``. Each article is a line with its day and title, and its text on the lines below. A
question is ``? kind meant as_of question``, where ``kind`` says what decides: "dated" a date in the question,
"relative" words such as "last year" understood on the day ``as_of``, "newest" nothing, so that the newer is meant, and
"content" what only the one article says, whichever is the newer. Tune on TUNING; what is said of the result rests on
HELD_OUT. An article on a year or quarter comes out after it: those are named in REPORTED_LATER.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DatedArticle:
    day: date
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DatedQuestion:
    kind: str
    meant: DatedArticle
    as_of: date
    text: str


@dataclass(frozen=True, slots=True)
class DatedPair:
    """Two articles, the ``older`` and the ``newer``, with questions that mean one of them."""

    name: str
    older: DatedArticle
    newer: DatedArticle
    questions: tuple[DatedQuestion, ...]


HEADING = re.compile(r"(\d{4}-\d{2}-\d{2}) (.+)")
QUESTION = re.compile(r"\? (dated|relative|newest|content) (older|newer) (\d{4}-\d{2}-\d{2}) (.+)")


def read_pair(block: str) -> DatedPair:
    """A pair as it is written below. Raises ValueError where it is not two articles and questions."""
    name, *lines = block.strip().splitlines()
    days: list[date] = []
    titles: list[str] = []
    texts: list[list[str]] = []
    asked: list[tuple[str, ...]] = []
    for line in lines:
        if question := QUESTION.fullmatch(line):
            asked.append(question.groups())
        elif heading := HEADING.fullmatch(line):
            days.append(date.fromisoformat(heading[1]))
            titles.append(heading[2])
            texts.append([])
        else:
            texts[-1].append(line)
    older, newer = (
        DatedArticle(day, title, " ".join(text)) for day, title, text in zip(days, titles, texts, strict=True)
    )
    return DatedPair(
        name,
        older,
        newer,
        tuple(
            DatedQuestion(kind, older if meant == "older" else newer, date.fromisoformat(as_of), text)
            for kind, meant, as_of, text in asked
        ),
    )


def read_pairs(text: str) -> tuple[DatedPair, ...]:
    return tuple(read_pair(block) for block in re.split(r"^# ", text, flags=re.MULTILINE)[1:])


TUNING = read_pairs("""
# brill-regatta
2023-06-18 Oars of the Heron Club take the Brill regatta
The eight of the Heron Rowing Club won the Brill regatta on Sunday, two lengths ahead of Cressing School. Their
stroke, Amabel Torrick, had never rowed the course before. The afternoon was less happy for the crew of the Minnow,
which filled with water in the wash of a pleasure steamer and sank off the second buoy. All nine were picked up by the
rescue launch, wet and unhurt. Some 4,200 people watched from the bank.
2024-06-16 Cressing School wins the Brill regatta at last
Cressing School won the Brill regatta on Sunday after eleven second places. Its eight, coxed by Wilfred Ashdene, 15,
passed the Heron Club at the old mill and held on by half a length. A headwind kept the times slow, and the prize
giving had to be moved into the boathouse when the marquee blew down. About 5,100 people lined the bank, the most
since the course was dredged. The school gave its pupils Monday off.
? dated older 2025-02-10 Who won the Brill regatta in 2023?
? dated newer 2025-02-10 Who won the Brill regatta in 2024?
? newest newer 2025-02-10 Who won the Brill regatta?
? relative older 2024-03-01 Who won the Brill regatta last year?
? content older 2025-02-10 Which boat sank in the regatta?
# tolver-bread
2023-10-04 A loaf in Tolver now costs 3.10 tallens
The price of a standard loaf in Tolver rose to 3.10 tallens in September, the Office of Prices reported on Wednesday,
14 per cent more than a year before. Bakers blamed flour, which they buy from abroad. The office counted the prices of
220 shops. Butter rose by a fifth, while eggs fell a little. The guild of bakers asked for a lower tax on ovens; the
finance ministry said it would read the letter with care.
2024-10-02 Bread in Tolver gets cheaper for the first time in years
A standard loaf in Tolver cost 2.85 tallens in September, eight per cent less than a year before, the Office of Prices
reported on Wednesday. A good harvest at home had brought down the price of flour. The office asked in 236 shops.
Butter hardly moved; eggs rose by nine per cent after an outbreak of fowl fever on three farms. The guild of bakers
called the fall welcome and small, and warned that rents were rising.
? dated older 2024-12-01 What did a loaf cost in Tolver in September 2023?
? relative older 2024-12-01 What was the price of bread in Tolver last year?
? newest newer 2024-12-01 What does a loaf cost in Tolver?
? content newer 2024-12-01 Which disease of hens made eggs dearer in Tolver?
? content older 2024-12-01 What did the bakers of Tolver want lowered?
# cardovan-quarter
2024-04-23 Cardovan Cement earns less in its first quarter
Cardovan Cement made a profit of 18.2 million sellas from January to March, a quarter less than a year earlier.
Turnover was 204 million sellas. The company said that the long frost had stopped building sites and that a kiln in
Pellerby had stood still for nine days after a fire in the coal store. The chairman, Lambert Oake, kept the forecast
for the year. The shares lost four per cent in the morning and won back half.
2024-07-23 Cardovan Cement recovers in its second quarter
Cardovan Cement made a profit of 31.7 million sellas from April to June, a tenth more than a year earlier and far more
than in the three months before. Turnover rose to 268 million sellas. The company owed much of it to the tunnel under
Mount Serrin, for which it delivers all the concrete. The chairman, Lambert Oake, raised the forecast for the year. A
new kiln that burns olive stones will be lit in October.
? dated older 2024-09-01 What profit did Cardovan Cement make in Q1 2024?
? relative newer 2024-09-01 How much did Cardovan Cement earn last quarter?
? newest newer 2024-09-01 What profit did Cardovan Cement report?
? content older 2024-09-01 Why did a kiln of Cardovan Cement stand still?
# osprey-festival
2023-08-20 Osprey festival ends with rain and a record
The Osprey folk festival in Dunmarrow ended on Sunday in pouring rain. The organisers counted 23,600 visitors over
four days, more than ever. The prize for the best new song went to Leontine Gorse for "The Ferryman's Coat". A
bagpiper from Ulling played for eleven hours without a break, and was carried off the stage by his friends. The
campsite turned to mud, and farmers pulled out 140 cars with tractors. Tickets cost 85 sellas for the whole time.
2024-08-18 Dry and smaller: the Osprey festival in Dunmarrow
The Osprey folk festival in Dunmarrow drew 19,800 visitors this year, fewer than the year before, and the organisers
sounded content. They had sold fewer tickets on purpose, at 95 sellas each. The prize for the best new song went to
the brothers Jory and Pask Withen for "Low Water". It did not rain for a minute. A goat that had got into the kitchen
tent ate most of Saturday's bread, and has since been adopted by the stage crew.
? dated older 2024-10-01 Who won the song prize at the Osprey festival in 2023?
? relative newer 2024-10-01 How many people came to the Osprey festival this year?
? newest newer 2024-10-01 Who won the prize for the best new song at the Osprey festival?
? content older 2024-10-01 How long did the bagpiper play at the Osprey festival?
? content newer 2024-10-01 Which animal ate the bread at the Osprey festival?
? dated newer 2024-10-01 How much did tickets for the Osprey festival cost in August 2024?
# lynx-count
2022-02-27 Fourteen lynxes counted in the Torrin hills
The rangers of the Torrin hills counted fourteen lynxes this winter, two of them cubs. They used 60 cameras and the
tracks in the snow, which lay for seven weeks. One animal, known as the Duchess, had crossed the motorway by the
footbridge at Stane, and was filmed doing so by a school bus driver. The head ranger, Magda Ferrow, called the figure
careful rather than exact. Farmers reported nine sheep killed, for which the county has paid.
2023-02-26 Torrin hills: seventeen lynxes, and a lame one
Seventeen lynxes live in the Torrin hills according to this winter's count, three more than a year ago. Four are cubs.
There was little snow, so the rangers relied on 85 cameras. A lame male had lived for weeks on scraps behind the inn
at Gallow Pass; he is now in the care of a vet in Morley. The head ranger, Magda Ferrow, retires in May. Farmers
reported six sheep killed, the fewest since the animals came back.
? dated older 2023-05-01 How many lynxes were counted in the Torrin hills in 2022?
? newest newer 2023-05-01 How many lynxes live in the Torrin hills?
? relative older 2023-05-01 How many sheep did lynxes in the Torrin hills kill last year?
? content older 2023-05-01 Where did the Duchess cross the motorway?
? content newer 2023-05-01 Where did a lame lynx live on scraps?
# ferry-timetable
2023-12-10 New winter timetable for the Skerry ferry
From Monday the Skerry ferry sails four times a day, at 7, 11, 15 and 19 o'clock. In the last winter there were five
crossings; the operator, Norrland Lines, gives the price of diesel as the reason. A single ticket costs 6.40 sellas.
The islanders had collected 900 signatures against the cut, which is more than there are islanders. The old ferry
Saint Odile will be replaced in January by the Guillemot while her engine is overhauled in Port Amery.
2024-12-08 Skerry ferry sails more often this winter
The Skerry ferry goes back to five crossings a day from Monday, at 6.30, 9.30, 12.30, 15.30 and 18.30. The county pays
Norrland Lines 240,000 sellas for it. A single ticket rises to 6.90 sellas; children under twelve travel free for the
first time. The Guillemot stays on the route, since the overhaul of the Saint Odile turned up cracks in the keel. She
will be sold, and her bell is to hang in the island's school.
? dated older 2025-01-15 How many crossings a day did the Skerry ferry make in the winter of 2023/24?
? newest newer 2025-01-15 What does a single ticket for the Skerry ferry cost?
? relative older 2025-01-15 How often did the Skerry ferry sail last winter?
? content older 2025-01-15 How many signatures did the islanders of Skerry collect?
# rail-strike
2024-05-17 Vallory trams stand still for two days
The tram drivers of Vallory stopped work on Thursday and Friday. Their union asks for nine per cent more pay; the
company offers four. Only line 6, which is run by volunteers of the museum, was in service, and carried 7,000 people
in cars built in 1926. The union's leader, Bettina Hallow, spoke to 600 drivers at the depot. Talks are to go on in a
monastery outside the town, where telephones are collected at the gate.
2024-06-14 Second tram strike in Vallory lasts a week
The trams of Vallory stood still from Monday to Friday, for the second time since spring. The company has raised its
offer to five and a half per cent; the union now asks for eight. The town put on 40 buses, and the bishop lent his car
to the blood bank. The union's leader, Bettina Hallow, said that there was movement at last. A mediator, the retired
judge Conrad Spey, begins on Monday, and has asked both sides for silence.
? dated older 2024-07-01 What pay rise did the tram drivers of Vallory ask for in May 2024?
? relative newer 2024-06-17 How long did the tram strike in Vallory last week take?
? newest newer 2024-07-01 What has the tram company of Vallory offered its drivers?
? content older 2024-07-01 Which tram line did museum volunteers run in Vallory?
# marrow-marathon
2023-04-23 Yusra Palance wins the Marrow marathon in the heat
Yusra Palance won the Marrow marathon on Sunday in 2 hours 31 minutes and 8 seconds. At 29 degrees it was the hottest
race yet, and 212 of 3,900 runners gave up. Among the men Tobit Greave was first in 2:14:40, after the leader had
followed a delivery van into a side street. The fire brigade sprayed the runners at four corners. The water ran out at
kilometre 33, and people passed bottles over their garden walls.
2024-04-21 Snow and a course record at the Marrow marathon
Isaura Fenn won the Marrow marathon on Sunday in 2 hours 26 minutes and 51 seconds, the fastest time a woman has run
there. It snowed for the first ten kilometres. Among the men Tobit Greave won again, in 2:12:09. Of 4,100 who started
3,980 arrived, the last after dark and in the company of a dog that had joined her at the river. The organisers handed
out gloves, and had 700 left in the evening.
? dated older 2024-08-08 Which woman won the Marrow marathon in 2023?
? relative newer 2024-04-24 Who won the Marrow marathon last weekend?
? newest newer 2024-08-08 Which woman won the Marrow marathon?
? content older 2024-08-08 At which kilometre did the water run out in the Marrow marathon?
? content newer 2024-08-08 In which race did a dog join the last runner?
# bridge-inspection
2023-07-07 Inspectors find 34 faults on the Halver bridge
The yearly inspection of the Halver bridge has found 34 faults, three of them serious. Rust has eaten into the hangers
on the north side, and a kestrel nests in the drain of the second pier. Lorries of more than 20 tonnes are banned at
once. The engineer in charge, Cosima Reed, expects repairs to cost 1.2 million sellas. The bridge, built in 1931,
carries 14,000 vehicles a day. The county must decide by the autumn.
2024-07-05 Halver bridge: only nine faults after the repair
The yearly inspection of the Halver bridge has found nine faults, none of them serious. A year ago there were 34. All
hangers on the north side have been replaced, for 1.35 million sellas, a little more than planned. The ban on lorries
is lifted from Monday. The engineer in charge, Cosima Reed, praised the painters, who worked at night by lamps. A
family that had married on the bridge during the closure asked for a plaque and got one.
? dated older 2024-09-09 How many faults did the inspection of the Halver bridge find in 2023?
? newest newer 2024-09-09 How many faults does the Halver bridge have?
? relative older 2024-09-09 Which lorries were banned from the Halver bridge last year?
? content older 2024-09-09 Which bird nests in the Halver bridge?
# reservoir-level
2024-08-05 Kelder reservoir down to 38 per cent
The Kelder reservoir was 38 per cent full on Monday, the lowest in August since it was built. The church tower of the
drowned village of Innish stands clear of the water, and 200 people a day walk out to it. Watering of gardens is
forbidden in six parishes. The water board's spokesman, Piers Halloran, asked people to shower together or not at all.
A carp of 19 kilos was moved to a deeper pond by the fire brigade.
2024-08-12 Kelder reservoir rises after four days of rain
The Kelder reservoir was 46 per cent full on Monday, eight points more than a week before. It rained on four days, 71
millimetres in all. Gardens may be watered again between ten in the evening and six in the morning. The water board's
spokesman, Piers Halloran, warned that one wet week was no autumn. The path to the tower of Innish is under water, and
two walkers had to be brought back from it by boat on Friday.
? dated older 2024-08-20 How full was the Kelder reservoir on 5 August 2024?
? relative older 2024-08-14 How full was the Kelder reservoir last week?
? newest newer 2024-08-20 How full is the Kelder reservoir?
? content older 2024-08-20 How heavy was the carp that the fire brigade moved?
# cycling-tour
2023-05-28 Benedetta Larch wins the Tour of the Five Passes
Benedetta Larch won the Tour of the Five Passes on Sunday, 48 seconds ahead of Saskia Orne. She had taken the lead on
the third stage, when a flock of 300 sheep held up the others below the Corran Pass. The weather was mild throughout.
Of 120 riders 97 finished. The last stage, through the vineyards of Mellin, was won by a substitute who had borrowed
her bicycle from a postwoman and gave it back clean.
2024-05-26 Tour of the Five Passes: Orne by two seconds
Saskia Orne won the Tour of the Five Passes on Sunday by two seconds, the smallest margin in its history. Benedetta
Larch, who had won a year earlier, was second after a puncture within sight of the finish. The Corran Pass was left
out because of snow. Of 118 riders 101 finished. Orne gave her winner's cheese, which weighs as much as a child of
four, to the mechanics of her rival, with a knife.
? dated older 2024-09-01 Who won the Tour of the Five Passes in 2023?
? newest newer 2024-09-01 Who won the Tour of the Five Passes?
? relative older 2024-09-01 Who won the Tour of the Five Passes last year?
? content older 2024-09-01 What held up the riders below the Corran Pass?
? dated newer 2024-09-01 Who won the Tour of the Five Passes in May 2024?
# rents
2022-06-30 Rents in Sarrow rise by six per cent
A flat in Sarrow costs 11.20 orrins a square metre on average, six per cent more than a year ago, according to the
town's rent survey, published on Thursday. The harbour quarter is dearest at 15.80. For the survey 3,400 households
were asked. The tenants' league spoke of an alarm, the owners of catching up. The smallest flat in the survey, of nine
square metres, was found in a former signal box, and its tenant would not move for anything.
2023-06-29 Rents in Sarrow: eleven per cent in a year
A flat in Sarrow costs 12.40 orrins a square metre on average, almost eleven per cent more than a year ago. So says
the town's rent survey, published on Thursday. The harbour quarter, at 16.10, rose little; the suburbs rose most. For
the survey 3,900 households were asked. The council will vote on a cap in September. The survey counts holiday flats
for the first time: there are 780, four in one lighthouse.
? dated older 2023-10-10 What did a square metre cost in Sarrow in 2022?
? newest newer 2023-10-10 What is the average rent in Sarrow?
? relative newer 2023-10-10 By how much did rents in Sarrow rise this year?
? content older 2023-10-10 Where was the smallest flat in Sarrow found?
? content newer 2023-10-10 How many holiday flats are there in Sarrow?
# wildfire
2022-08-09 Forest fire near Cassarra is out after five days
The fire in the pine forest near Cassarra was declared out on Tuesday. It had burned 640 hectares in five days. Some
320 firefighters were there, and two aeroplanes that took water from Lake Immer. The village of Santa Brac was
cleared; its inhabitants slept in a cinema. The police think of a discarded bottle. A hermit who had refused to leave
his chapel was found in the font, cross and unharmed. The smoke was seen from the islands.
2024-08-13 Cassarra forest burns again, and is saved by rain
A fire in the pine forest near Cassarra burned 210 hectares before a thunderstorm put it out on Tuesday. It had broken
out on Sunday below a power line. There were 450 firefighters on the spot, more than ever. Nobody had to leave home.
The lane cut two years ago, after the big fire, held the flames for a night. The grid operator has switched the line
off and promised to pay for new trees.
? dated older 2024-11-11 How large was the forest fire near Cassarra in 2022?
? newest newer 2024-11-11 How many hectares burned in the forest near Cassarra?
? relative newer 2024-08-15 Where did the forest fire near Cassarra start this week?
? content older 2024-11-11 Where did the people of Santa Brac sleep?
? dated newer 2024-11-11 How many firefighters fought the Cassarra fire in 2024?
# grain-harvest
2023-09-15 Farmers of the Lower Teme bring in a poor harvest
The farmers of the Lower Teme harvested 5.1 tonnes of wheat a hectare, the least in ten years. A wet July had laid the
fields flat. The chamber of farming put the loss at 17 million sellas on Friday. Barley did better. The president of
the chamber, Griselda Thorn, asked for seed on credit. On her own farm, she said, the combine had sunk to its axles
and been used for a week as a perch by storks.
2024-09-13 Good harvest on the Lower Teme, poor prices
The farmers of the Lower Teme harvested 7.4 tonnes of wheat a hectare, well above the average. The chamber of farming
said on Friday that there was too little room to store it: a disused cinema in Fenwick holds 800 tonnes. A tonne
fetches 182 sellas, a fifth less than a year ago. The president of the chamber, Griselda Thorn, said one could be too
lucky. Only the beans failed, as a beetle had come in spring.
? dated older 2024-12-12 How much wheat a hectare was harvested on the Lower Teme in 2023?
? newest newer 2024-12-12 How much wheat a hectare do farmers harvest on the Lower Teme?
? relative older 2024-12-12 How was the harvest on the Lower Teme last year?
? content older 2024-12-12 Which birds used the combine as a perch?
# school-report
2022-09-08 Merrow county has 18,200 pupils
Merrow county counts 18,200 pupils in the new school year, 300 more than in the last. There are 27 classes to be
taught in containers. The county lacks 64 teachers, mostly of mathematics and music. The school of Hag's End opens
with four children, all of one family, and two teachers. Lunch costs 2.30 sellas. The head of the school office,
Theobald Lyle, said on Thursday that the figures were better than the roofs. Swimming lessons are cancelled.
2023-09-07 Merrow county: fewer pupils, and still too few teachers
Merrow county counts 17,900 pupils in the new school year, 300 fewer than in the last. Nine classes are taught in
containers. The county lacks 51 teachers. The school of Hag's End has closed; its building is to be let to a maker of
kites. Lunch rises to 2.60 sellas. The head of the school office, Theobald Lyle, said on Thursday that swimming
lessons were back, in a river, as long as the weather holds.
? dated older 2023-12-01 How many pupils did Merrow county have in autumn 2022?
? newest newer 2023-12-01 How many teachers does Merrow county lack?
? relative newer 2023-12-01 How many pupils does Merrow county have this year?
? content older 2023-12-01 Which school opened with four children?
# budget
2023-12-13 Council of Fenwick passes its budget at 2 in the morning
The council of Fenwick passed a budget of 96 million sellas on Wednesday, at two in the morning and by one vote. The
library keeps its branch in Mill Row; the outdoor pool will be closed for two years. The property tax rises by four
per cent. The treasurer, Hester Vane, read out the whole budget after a councillor had asked for it, which took four
hours. Two members slept, and one proposed marriage to another.
2024-12-11 Fenwick has a budget, in forty minutes
The council of Fenwick passed a budget of 99 million sellas on Wednesday, in forty minutes and without a vote against.
The outdoor pool will be mended a year early, for an unnamed person has left the town 1.5 million. The property tax
stays as it is. The treasurer, Hester Vane, had put the figures on one page, with drawings. The two councillors who
became engaged during last year's debate brought their son along, who is a month old.
? dated older 2025-03-01 How large was the Fenwick budget passed in December 2023?
? newest newer 2025-03-01 How large is the budget of Fenwick?
? relative newer 2025-01-15 What did the council of Fenwick decide on the pool last month?
? content older 2025-03-01 How long did the treasurer of Fenwick read?
# sailing-record
2023-01-29 Cape Tarn race: Osgood first after nine days
The yacht Kittiwake, sailed by Lavinia Osgood, won the race round Cape Tarn on Sunday in nine days and four hours.
Nineteen of 26 boats arrived. The Brave Tilly lost her mast in the Straits of Morne and was towed in by a whaler
turned museum. Osgood had slept in pieces of twelve minutes. She had seen, she said, two albatrosses, an iceberg and a
sofa. The second boat came in five hours after her.
2025-02-02 Record in the race round Cape Tarn
The yacht Halcyon, sailed by the twins Abel and Moira Stint, won the race round Cape Tarn on Sunday in eight days and
nineteen hours, a record. All 22 boats arrived, which had never happened. Lavinia Osgood, who won two years ago, was
third, having turned back to pick up a man who had fallen from another boat. The jury gave her an hour for it, and the
sailors a standing ovation. The race is held every other year.
? dated older 2025-06-06 Who won the race round Cape Tarn in January 2023?
? newest newer 2025-06-06 Which yacht won the race round Cape Tarn?
? relative newer 2025-06-06 Who won the Cape Tarn race this year?
? content older 2025-06-06 Which boat lost her mast in the race round Cape Tarn?
# snow-line
2023-02-10 Cable car of Mount Serrin stuck for seven hours
The cable car to the summit of Mount Serrin stopped on Friday with 44 people in it, and hung for seven hours above the
glacier. Ice had formed on the wheels. The passengers were let down by ropes, one by one, the last at nine in the
evening. They had shared a wedding cake that was on its way to the summit hotel. Nobody was hurt. The company has
closed the line for a month and will heat the wheels.
2024-02-16 Cable car of Mount Serrin stops again, briefly
The cable car to the summit of Mount Serrin stopped on Friday with 27 people in it, for fifty minutes. A jackdaw had
got into the motor. The heated wheels, put in after last winter's accident, were not to blame, said the company. The
passengers were brought back to the valley by the spare motor. They were given soup and their money. The bird is
alive; the engineer who freed it has asked to be moved to another task.
? dated older 2024-05-01 How many people were stuck in the cable car of Mount Serrin in February 2023?
? newest newer 2024-05-01 Why did the cable car of Mount Serrin stop?
? relative older 2024-05-01 How long did the cable car of Mount Serrin hang still last year?
? content older 2024-05-01 What did the passengers of the cable car eat?
? content newer 2024-05-01 Which bird stopped the cable car of Mount Serrin?
# comet-watch
2023-08-13 Clouds spoil the shooting stars of Mount Hollin
About 700 people came to the observatory on Mount Hollin on Saturday night to see the shooting stars, and saw clouds.
The astronomer Petronella Ashby gave her lecture twice. At three in the morning the sky opened for eleven minutes, in
which a girl of six counted nine. The observatory sold all its cocoa. A proposal to shine a lamp on the clouds, so
that there would be something to see, was put to the vote and lost narrowly.
2024-08-11 A clear night and 64 shooting stars an hour on Mount Hollin
The observatory on Mount Hollin had a clear sky on Saturday night and 1,400 guests. The astronomer Petronella Ashby
counted 64 shooting stars an hour at the peak. One was so bright that the dogs of the valley barked. The car park was
full at ten, and some people watched from the roof of the bus. The new telescope, given by a maker of spectacles,
showed the rings of Saturn to whoever could wait for an hour.
? dated older 2024-12-01 How many people came to see the shooting stars on Mount Hollin in August 2023?
? newest newer 2024-12-01 How many shooting stars were counted on Mount Hollin?
? relative newer 2024-08-13 How many guests did the observatory on Mount Hollin have at the weekend?
? content older 2024-12-01 What did the observatory on Mount Hollin sell out of?
# poetry-prize
2024-04-14 Idris Vellacott receives the Inkwell
The poet Idris Vellacott received the Inkwell, the prize of the Brask book fair, on Sunday for "Tide Tables". The jury
praised poems "one can hang a coat on". The fair had 41,000 visitors. Vellacott read for eight minutes and left by the
window, since a train was waiting. In hall three a shelf of cookery books fell over without hurting anyone. The prize
is worth 10,000 skells. A stand for audio books was the loudest, a stand for atlases the fullest.
2025-04-13 The Inkwell goes to a translator for the first time
Ramona Teague received the Inkwell, the prize of the Brask book fair, on Sunday for her translation of the "Songs of
the Salt Road". No translator had been given it before. The fair had 44,500 visitors. Ms Teague spoke in four
languages and thanked a dictionary. The author of the songs has been dead for eight centuries; a chair was kept free
for him. The prize is worth 12,000 skells, and the shelf in hall three has been bolted to the floor.
? dated older 2025-09-09 Who received the Inkwell in 2024?
? newest newer 2025-09-09 Who received the Inkwell of the Brask book fair?
? relative older 2025-09-09 Who won the Inkwell last year?
? content older 2025-09-09 Who left the Brask book fair by the window?
""")

HELD_OUT = read_pairs("""
# harlow-ness-election
2021-05-09 Harlow Ness elects Osric Penhale
Osric Penhale of the Quay List was elected mayor of Harlow Ness on Sunday with 51.4 per cent of the vote. He beat the
sitting mayor, Dorothea Lusk, by 388 votes. Turnout was 62 per cent. The count stopped for an hour because a ballot
box from the lighthouse ward had been left on the ferry. Mr Penhale promised a covered market and said he would walk
to work. He takes the chain of office on the first of June.
2025-05-11 Penhale loses Harlow Ness to Ines Marrable
Ines Marrable, an independent and former harbour pilot, will be the next mayor of Harlow Ness. She won 54.9 per cent
in Sunday's vote against Osric Penhale, who had held the office for one term. Turnout rose to 68 per cent. Her
campaign had one subject, the price of water, and one poster, which she drew herself. Mr Penhale congratulated her
before the last ward was counted and said he would go back to keeping bees.
? dated older 2025-09-01 Who was elected mayor of Harlow Ness in 2021?
? relative newer 2025-09-01 Who won this year's election in Harlow Ness?
? newest newer 2025-09-01 Who won the election for mayor of Harlow Ness?
? content older 2025-09-01 What was left on the ferry during the count in Harlow Ness?
# wenlow-births
2024-01-26 Births in Wenlow: the week in figures
In the week to 26 January the maternity hospital of Wenlow registered 41 births, six more than in the week before.
Among them were two sets of twins. The youngest mother was 19, the oldest 44. The hospital had to open its second ward
because of a burst pipe in the first, and borrowed cots from the neighbouring county. The names given most often were
Orla and Benno. The hospital expects its spring figures to be lower than usual.
2024-02-02 Births in Wenlow: the week in figures
In the week to 2 February the maternity hospital of Wenlow registered 33 births, eight fewer than in the week before.
There were no twins. The first child of the week was born in a taxi on the Cobden bridge; the driver, Hamo Fitch, was
asked to be godfather and accepted. The first ward is in use again. The names given most often were Tilde and Benno.
The hospital is looking for four more midwives for the night shift.
? dated older 2024-02-05 How many births were there in Wenlow in the week to 26 January 2024?
? relative newer 2024-02-05 How many births did Wenlow register last week?
? newest newer 2024-02-05 How many births did the Wenlow hospital register?
? content older 2024-02-05 Why did the hospital in Wenlow open its second ward?
# storm-season
2022-11-19 Storm Agathe tears roofs off in Lorimer Bay
Storm Agathe crossed Lorimer Bay in the night to Saturday with gusts of 148 kilometres an hour. It took the roofs off
eleven houses in Little Sands and laid the fair's big wheel on its side. Two people were hurt by tiles. Nearly 9,000
homes had no power in the morning. The coast road is closed at the Cat Steps, where a stretch of forty metres slid
into the sea. The weather office had warned of wind, but not of so much.
2023-11-25 Storm Corwin floods the market of Lorimer Bay
Storm Corwin pushed the sea into the old town of Lorimer Bay on Saturday. The water stood 90 centimetres deep in the
market hall, and 60 stallholders lost their goods. Gusts reached 121 kilometres an hour. About 3,400 homes were
without power until noon. Nobody was hurt. The flood gates, finished in spring, had been left open because the man
with the key was at a wedding. The council wants a second key cut at once.
? dated older 2024-01-10 How strong were the gusts of the storm in Lorimer Bay in November 2022?
? relative newer 2023-11-27 What did the storm do in Lorimer Bay last weekend?
? newest newer 2024-01-10 How many homes in Lorimer Bay lost power in the storm?
? content older 2024-01-10 Where did the coast road of Lorimer Bay slide into the sea?
? dated newer 2024-01-10 How many homes in Lorimer Bay lost power in the storm of November 2023?
# salt-tax-court
2023-03-14 District court throws out the salt tax of Ervane
The district court of Ervane declared the town's salt tax void on Tuesday. Judge Philippa Crane found that the council
had voted on it with eleven members present, one fewer than its own rules ask for. The suit had been brought by three
fishmongers. The town has to pay back 410,000 orrins. The mayor said he would appeal, and that the twelfth councillor
had been in the building, though asleep. Parts of the ruling were read aloud twice because of a marching band.
2024-03-12 Court of appeal upholds the salt tax of Ervane
The court of appeal reversed last year's ruling on Tuesday and upheld the salt tax of Ervane. Eleven councillors were
enough, the three judges held, for the rule that asks for twelve had been repealed in 1988 and merely never struck
from the printed copy. The presiding judge was Ambrose Tell. The fishmongers must bear the costs of 36,000 orrins.
Their lawyer said they would not go on to the supreme court, for lack of money rather than of arguments.
? dated older 2024-06-01 What did the court decide on the Ervane salt tax in March 2023?
? relative newer 2024-06-01 How did the court rule on the salt tax of Ervane this year?
? newest newer 2024-06-01 Is the salt tax of Ervane valid?
? content older 2024-06-01 Who brought the suit against the salt tax of Ervane?
? dated newer 2024-06-01 What did the court decide on the salt tax of Ervane on 12 March 2024?
# chess-congress
2023-09-03 Ruan Skelley wins the Gavell chess congress
Ruan Skelley, 34, a dentist, won the Gavell chess congress on Sunday with seven points from nine games. He drew the
last one in twelve moves. Second was the favourite, Ottoline Brace, who lost on time to a boy of eleven while looking
for her glasses. The hall was so hot on Friday that two rounds were played in the swimming baths. There were 96
players, eight of them over eighty. The prize was 1,500 sellas and a ham.
2024-09-01 Ottoline Brace takes the Gavell chess congress
Ottoline Brace won the Gavell chess congress on Sunday with eight and a half points from nine games, the highest score
since it was founded. Ruan Skelley, the winner of the year before, came fourth. The deciding game lasted six hours and
ended with two lone kings and a bishop. There were 112 players. A fire alarm on Saturday proved to be a toaster. The
prize was 1,800 sellas; the ham has been replaced by a cheese.
? dated older 2024-11-05 Who won the Gavell chess congress in 2023?
? newest newer 2024-11-05 Who won the chess congress in Gavell?
? relative newer 2024-09-03 Who won the Gavell chess congress last weekend?
? content older 2024-11-05 Why were rounds of the Gavell chess congress played in the swimming baths?
? dated newer 2024-11-05 Who won the Gavell chess congress in September 2024?
# orchard-prize
2024-10-13 The heaviest pumpkin of Little Orme weighs 412 kilos
Gwilym Tarrant has grown the heaviest pumpkin at the Little Orme harvest show, at 412 kilograms. He fed it on seaweed
and read the newspaper to it, the sports pages first. His neighbour Sabra Quill came second with 390. The scales had
to be borrowed from the coal merchant, since the parish's own gave up at 300. Rain kept the number of visitors to
1,100. The pumpkin will be carved into a boat and paddled across the mill pond.
2025-10-12 Sabra Quill breaks the pumpkin record of Little Orme
Sabra Quill has won the Little Orme harvest show with a pumpkin of 447 kilograms, the heaviest ever seen there. Gwilym
Tarrant, who won the year before, was second with 431 and demanded a second weighing, which added half a kilo to hers.
The sun shone, and 2,300 visitors came. Ms Quill says her secret is cold tea. The pumpkin was cut into soup for the
whole parish on Sunday evening, and not all of it was eaten.
? dated older 2025-11-20 How heavy was the winning pumpkin at Little Orme in 2024?
? newest newer 2025-11-20 Who grew the heaviest pumpkin at the Little Orme show?
? relative newer 2025-11-20 How many visitors came to the Little Orme harvest show this year?
? content older 2025-11-20 Who lent the scales to the show in Little Orme?
# glass-museum
2022-04-03 Museum of Glass in Tessel counts its visitors
The Museum of Glass in Tessel had 88,000 visitors in its first year, twice as many as planned. Most came from abroad.
The director, Hippolyte Wray, attributed it to the glass organ, which is played every noon. Nineteen objects were
broken, thirteen of them by one school class and none beyond repair. The café lost money. Entrance will stay at eight
orrins. In autumn a hall for mirrors is to open, with tickets for a set time.
2023-04-02 Fewer visitors at the Museum of Glass in Tessel
The Museum of Glass in Tessel had 71,000 visitors in its second year, 17,000 fewer than in the first. The director,
Hippolyte Wray, spoke of a return to earth. The hall of mirrors opened four months late, because the mirrors had been
hung the wrong way round. Only three objects were broken. The café made a small profit for the first time, thanks to a
cake in the shape of a bottle. Entrance rises to nine orrins in May.
? dated older 2023-06-10 How many visitors did the Museum of Glass in Tessel have by April 2022?
? newest newer 2023-06-10 How many visitors does the Museum of Glass in Tessel have?
? relative newer 2023-06-10 How many objects were broken in the glass museum according to this year's report?
? content older 2023-06-10 Which instrument is played in the Museum of Glass every noon?
# key-rate
2024-09-12 Bank of Orrinland leaves its key rate alone
The Bank of Orrinland left its key rate at 4.75 per cent on Thursday. Five of its seven governors voted for it, two
for a cut. Prices were 3.4 per cent higher in August than a year before. The president, Severin Dunmore, said that
wages were rising too fast for comfort, and compared himself to a man who smells gas and does not look for it with a
match. The orrin gained a little. The bank next meets in December.
2024-12-12 Bank of Orrinland cuts its key rate to 4.25 per cent
The Bank of Orrinland lowered its key rate by half a point to 4.25 per cent on Thursday, its first cut in three years.
All seven governors voted for it. Prices were 2.6 per cent higher in November than a year before. The president,
Severin Dunmore, spoke of a door that had been opened and might be closed again. The orrin fell by one per cent, and
builders' shares rose. Mortgages will be cheaper from the new year.
? dated older 2025-01-20 What was the key rate of the Bank of Orrinland in September 2024?
? newest newer 2025-01-20 What is the key rate of the Bank of Orrinland?
? relative newer 2025-01-20 What did the Bank of Orrinland decide last month?
? content older 2025-01-20 To what did Severin Dunmore compare himself when he spoke of gas?
# choir-contest
2022-12-11 Choir of the Bellfounders wins in Amberley Vale
The Choir of the Bellfounders won the Advent contest in Amberley Vale on Sunday with 94 of 100 points. Its conductor,
Ludo Varn, led from a wheelchair after falling off his podium in the rehearsal. Twelve choirs sang. The choir of the
bakers was marked down for a late entry, since its tenors had gone to the wrong church. The winning piece was a carol
in five parts from the seventeenth century. The collection brought in 2,700 sellas.
2023-12-10 Women of Upper Lathe win the Advent contest
The Women's Choir of Upper Lathe won the Advent contest in Amberley Vale on Sunday with 96 of 100 points. Its
conductor, Perpetua Oakes, is 81, and said that this would be her last contest, as she had said twice before. Fourteen
choirs sang, two of them by candlelight after a power cut. The Bellfounders were third. The winning piece, a lullaby,
had been written by a member of the choir. The collection brought in 3,150 sellas.
? dated older 2024-02-02 Which choir won the Advent contest in Amberley Vale in 2022?
? newest newer 2024-02-02 Which choir won the Advent contest in Amberley Vale?
? relative newer 2024-02-02 Who won the Advent contest in Amberley Vale last year?
? content older 2024-02-02 Which conductor led a choir from a wheelchair?
# film-prize
2023-11-12 "The Lamplighters" wins the Golden Shell of Port Amery
"The Lamplighters" by Noor Castellan won the Golden Shell at the film festival of Port Amery on Sunday. The jury
praised a film "in which nothing is hurried". The audience chose another, the comedy "Three Uncles". Castellan
dedicated the prize to her electrician. The projector failed during the closing gala, and the mayor sang until it was
mended. The festival showed 84 films and sold 31,000 tickets. A shell that weighs two kilos comes with 20,000 sellas.
2024-11-10 Golden Shell goes to a film about a lift
"Between Floors" by Evander Mull won the Golden Shell at the film festival of Port Amery on Sunday. It plays for 88
minutes in a lift. The audience chose it too, which has happened twice before. Mull, who had taken the stairs to the
stage, thanked the firm that had lent him the lift. The festival showed 79 films and sold 33,500 tickets. Noor
Castellan, who had won the year before, headed the jury, and wept, as she admitted.
? dated older 2025-03-03 Which film won the Golden Shell in 2023?
? newest newer 2025-03-03 Which film won the Golden Shell of Port Amery?
? relative newer 2024-11-12 Which film won the Golden Shell at the weekend?
? content older 2025-03-03 Who sang when the projector failed at Port Amery?
? dated newer 2025-03-03 How many films did the festival of Port Amery show in November 2024?
# parliament-vote
2020-10-11 Green Union strongest party in Aldrany
The Green Union won 61 of the 150 seats in Sunday's election to the parliament of Aldrany. The Conservatives have 52,
the Pensioners' List 22. Turnout was 71 per cent. The leader of the Union, Mathis Kerrow, is expected to form a
government with the Pensioners. In the village of Upper Drum all 48 votes went to a candidate who had died in August;
the electoral court will have to say what becomes of them.
2024-10-13 Conservatives return to power in Aldrany
The Conservatives won 68 of the 150 seats in Sunday's election to the parliament of Aldrany. The Green Union fell to
49 seats, and the Pensioners' List to 12. Turnout was 66 per cent. The leader of the Conservatives, Avice Drummond,
said that she would talk to everybody. Counting in the capital was slow, as the new ballot paper was 1.1 metres long.
Mathis Kerrow, prime minister for four years, resigned as leader that night.
? dated older 2025-01-05 How many seats did the Green Union win in Aldrany in 2020?
? newest newer 2025-01-05 Which party won the election to the parliament of Aldrany?
? relative newer 2024-10-16 Who won the election in Aldrany on Sunday?
? content older 2025-01-05 Where did all votes go to a dead candidate?
? dated newer 2025-01-05 What was the turnout in Aldrany in October 2024?
# airport-year
2023-01-18 Lissom airport counts 2.1 million passengers
Lissom airport had 2.1 million passengers in 2022, as many as before the volcano. The most went to Cape Tarn. On one
day in July, when the baggage belt tore, 2,600 suitcases were carried by hand by firemen and by a rugby team on its
way home. The operator made a loss of four million sellas. Its head, Rosalind Pike, wants to charge for trolleys. A
second runway is off the table, she said, and the table has been sold.
2024-01-17 Lissom airport: more passengers and a small profit
Lissom airport had 2.4 million passengers in 2023, an increase of 14 per cent. For the first time more of them went to
Brask than to Cape Tarn. The operator made a profit of 1.3 million sellas. Its head, Rosalind Pike, gave the credit to
a new baggage belt and to the night trains having been cancelled. The airport employs 640 people. The trolleys stay
free, after 11,000 people had written in to defend them.
? dated older 2024-05-05 How many passengers did Lissom airport have in 2022?
? newest newer 2024-05-05 How many passengers does Lissom airport have?
? relative newer 2024-05-05 How many passengers did Lissom airport have last year?
? content older 2024-05-05 Who carried the suitcases at Lissom airport?
# football-cup
2024-05-04 Pellow Rovers win the County Shield on penalties
Pellow Rovers won the County Shield on Saturday, 5-4 on penalties after a goalless match with Staithe Town. The
goalkeeper Jem Orrick saved two and scored the last himself. There were 12,300 people in the ground at Marsh Lane. In
the second half a spectator's drone landed on the crossbar and had to be brought down with a corner flag. It was the
third title of the Rovers, who had been relegated a week earlier.
2025-05-03 Staithe Town beat Pellow 3-0 in the County Shield
Staithe Town won the County Shield on Saturday, 3-0 against the holders, Pellow Rovers. Dunstan Ame scored twice and
hit the post three times. There were 13,100 people in the ground at Marsh Lane, which will be torn down in summer. The
sprinklers came on in the 70th minute, for reasons unknown. It is Staithe's first title since 1974. The captain,
Barnaby Cole, put the shield on his grandmother's knees, who had seen the last one.
? dated older 2025-08-01 Who won the County Shield in 2024?
? newest newer 2025-08-01 Who won the County Shield?
? relative newer 2025-05-06 What was the score in the County Shield last Saturday?
? content older 2025-08-01 What landed on the crossbar in the County Shield final?
? dated newer 2025-08-01 Who won the County Shield in 2025?
# theft-trial
2023-11-07 Stamp thief of Orme sentenced to two years
The regional court of Orme sentenced the stamp dealer Valentin Roake to two years in prison on Tuesday. He had taken
41 stamps from the postal museum over six months, inside a hollow sandwich. The museum noticed when a visitor pointed
out that the blue swan was looking the wrong way. Thirty-eight stamps are back. The prosecutor had asked for three
years. Roake apologised to the museum and, at length, to his mother. He may appeal.
2024-11-05 Stamp thief of Orme gets a milder sentence
The court of appeal has changed the sentence on the stamp dealer Valentin Roake to fourteen months on probation. It
took into account that he had confessed to the hiding place of the last three stamps, behind a clock in a station
buffet. He must also catalogue the museum's 9,000 postcards without pay. The director of the museum, Eulalia Moss,
welcomed the verdict, and said that nobody knew the collection so well. The judgment is final.
? dated older 2025-02-02 What was the stamp thief of Orme sentenced to in 2023?
? newest newer 2025-02-02 What is the sentence of the stamp thief Valentin Roake?
? relative older 2024-12-12 What did the court decide on the stamp thief of Orme last year?
? content older 2025-02-02 In what did the thief carry the stamps out of the museum?
? content newer 2025-02-02 How many postcards must the stamp thief catalogue?
# ship-launch
2023-02-18 Shipyard of Pellerby launches the Aurelia
The Pellerby shipyard launched the cable ship Aurelia on Saturday before 6,000 people. She is 128 metres long and cost
74 million sellas. The bottle broke only at the fifth throw, which was made by the cook's daughter. The yard has
orders for two years and employs 1,150 people. Its head, Ignatius Marl, asked for a second crane. At high water the
wave reached the brass band, which went on playing in wet shoes to much applause.
2024-02-24 Pellerby launches a sister of the Aurelia
The Pellerby shipyard launched the cable ship Bettany on Saturday, a year after her sister Aurelia. She is eleven
metres longer and cost 81 million sellas. The bottle broke at once. The yard has orders for sixteen months and employs
1,240 people; a second crane has stood beside the slip since autumn. Its head, Ignatius Marl, said that the next ship
would run on methanol. The band had been put on the roof of the canteen.
? dated older 2024-06-06 Which ship did the Pellerby yard launch in February 2023?
? newest newer 2024-06-06 Which ship did the Pellerby shipyard launch?
? relative newer 2024-02-28 What was launched in Pellerby last weekend?
? content older 2024-06-06 Who threw the bottle that broke at the fifth throw?
? dated newer 2024-06-06 Which ship did the Pellerby yard launch in early 2024?
# dance-festival
2024-07-28 Three hundred drums on the Quay of Sallow
The Sallow Drum Days ended on Sunday with 300 drummers on the quay. The police counted 15,000 visitors, the organisers
22,000. The group Iron Spoon from Brask was voted the best. A shop window cracked during the finale; the drummers
collected 900 orrins for it on the spot. There had been 31 complaints about noise, one of them from a ship eight miles
out at sea. Next year the drumming is to stop at eleven.
2025-07-27 Quieter and fuller: the Drum Days of Sallow
The Sallow Drum Days ended on Sunday at eleven sharp. The police counted 18,500 visitors, and the organisers agreed
for once. The group Nine Mothers, whose members are between 61 and 84, was voted the best. There were eleven
complaints. On Friday the drummers played under water in the town's swimming pool, which was heard with the feet. A
workshop for the deaf had twice as many people as places and will be repeated in the autumn.
? dated older 2025-10-10 Which group was voted best at the Sallow Drum Days in 2024?
? newest newer 2025-10-10 Which group was voted the best at the Sallow Drum Days?
? relative newer 2025-07-30 How many visitors came to the Drum Days of Sallow last weekend?
? content older 2025-10-10 What cracked during the finale in Sallow?
# hospital-wait
2023-03-31 Patients in Danbury wait 19 weeks for a new hip
Patients wait 19 weeks for a new hip at the county hospital of Danbury, the health office reported on Friday. A year
ago it was 14. The office gives the lack of nurses as the reason; 38 posts are open. For cataracts the wait is eight
weeks. The hospital has bought a robot, which stands in its box in the corridor because the door of the theatre is
three centimetres too narrow. A mason is booked for May.
2024-03-29 Shorter waits at the hospital of Danbury
Patients wait 15 weeks for a new hip at the county hospital of Danbury, four fewer than a year ago, the health office
reported on Friday. The robot, at work since last June, has done 210 operations. For cataracts the wait is nine weeks.
There are 22 open posts for nurses. The head of surgery, Constance Byrd, said that the door had been the hardest part.
The hospital will open a house for the families of patients in the autumn.
? dated older 2024-07-07 How long did patients in Danbury wait for a new hip in March 2023?
? newest newer 2024-07-07 How long is the wait for a new hip in Danbury?
? relative older 2024-07-07 How many nursing posts were open at the Danbury hospital last year?
? content older 2024-07-07 Why did the robot stand in the corridor of the hospital?
? dated newer 2024-07-07 How long did patients wait for a new hip in Danbury in March 2024?
# inflation
2024-10-09 Prices in Kelland up 3.9 per cent in September
Consumer prices in Kelland were 3.9 per cent higher in September than a year before, the statistics office said on
Wednesday. Heating oil rose most, by 17 per cent; sugar fell. The office's chief, Linus Abbot, pointed to the new toll
on the mountain road. It had sent its counters to 1,900 shops. One of them was locked in a carpet warehouse overnight
and used the time to count. The government keeps to its forecast of three per cent for the year.
2024-11-13 Prices in Kelland up 3.2 per cent in October
Consumer prices in Kelland were 3.2 per cent higher in October than a year before, the statistics office said on
Wednesday. That is the smallest rise since spring. Heating oil became cheaper, while cinema tickets rose by twelve per
cent. The office's chief, Linus Abbot, spoke of a soft landing on a hard field. Without energy the rise was 2.7 per
cent. The trade unions said that wages had grown by less, and showed a basket of potatoes.
? dated older 2024-11-20 How much did prices in Kelland rise in September 2024?
? newest newer 2024-11-20 How high is inflation in Kelland?
? relative older 2024-11-01 What was reported on prices in Kelland last month?
? content older 2024-11-20 Where was a price counter of Kelland locked in?
# fish-quota
2022-12-20 Herring quota of the Grey Bank cut by a quarter
Fishermen may land 24,000 tonnes of herring from the Grey Bank in the coming year, a quarter less than before. The
ministers of the four coastal states agreed on it on Tuesday after 31 hours. Scientists had asked for a stop. The
Tessaly minister, Fergus Lorne, left the room at midnight and returned with herring rolls for all. Small boats under
nine metres are exempt. The skippers' union called the result survivable, and hung black flags on the pier.
2023-12-19 Grey Bank: herring quota rises a little
Fishermen may land 26,500 tonnes of herring from the Grey Bank in the coming year, ten per cent more than in this one.
The ministers of the four coastal states needed six hours on Tuesday. The scientists of the joint institute had found
more young fish than expected. The new Tessaly minister, Agatha Brome, brought a model of the bank made of bread.
Cameras on board become compulsory for large trawlers. The skippers' union was content, except with the cameras.
? dated older 2024-03-03 What herring quota was set for the Grey Bank in December 2022?
? newest newer 2024-03-03 How high is the herring quota of the Grey Bank?
? relative newer 2024-03-03 What did the ministers agree on the Grey Bank last year?
? content older 2024-03-03 Who returned with herring rolls?
# council-flood-wall
2024-03-05 Cobden votes on its flood wall: no
The citizens of Cobden rejected the flood wall on Sunday with 5,210 votes to 4,870, the town clerk announced on
Tuesday after a recount. The wall would have been 2.4 metres high and cost 19 million sellas. Opponents had put a
fence of that height along the promenade for a week, and let people try to see the river. Turnout was 47 per cent. The
mayor, Lydia Penrose, said that the river had not voted.
2025-03-04 Second vote in Cobden: yes to a lower flood wall
The citizens of Cobden approved a flood wall on Sunday with 6,130 votes to 4,020, a year after they had refused one.
It will be 1.6 metres high, with panes of glass, and cost 23 million sellas. In November the river had stood in the
cinema for nine days. Turnout was 54 per cent. The mayor, Lydia Penrose, who had offered to resign if it failed,
thanked both sides. Work begins in May at the old tannery.
? dated older 2025-06-01 How did the citizens of Cobden vote on the flood wall in March 2024?
? newest newer 2025-06-01 How high will the flood wall of Cobden be?
? relative newer 2025-06-01 How did Cobden vote on its flood wall this year?
? content older 2025-06-01 What did opponents put along the promenade of Cobden?
? dated newer 2025-06-01 How many citizens of Cobden voted for the flood wall in 2025?
""")

REPORTED_LATER = frozenset({"airport-year", "cardovan-quarter", "inflation", "tolver-bread"})
"""Pairs in which a question names the days that an article is about, and not the day it came out."""
