"""Pairs of invented articles that differ on what a question asks for, or only seem to.

A pair is ``# kind``, the question, the answer, the two articles and, where they differ, the two values as they stand
there. An article is ``day, outlet: title``, with "-" for a day or outlet that is not known, and its text below; the
answer rests on the first sentence of the first. Tune on TUNING and SEEN (held out at
first, until its mistakes were mended); what is said of the result rests on HELD_OUT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from rag.core.types import (
    Article,
    ArticleHeader,
    Passage,
    PassageVectors,
    RankedPassage,
    SentenceMatch,
    Source,
    StoredPassage,
)
from rag.ingest.chunking import chunk


@dataclass(frozen=True, slots=True)
class PrintedArticle:
    day: date | None
    outlet: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ArticlePair:
    """Two articles, the first of which the answer cites; ``values`` are None where they do not differ."""

    kind: str
    question: str
    answer: str
    cited: PrintedArticle
    other: PrintedArticle
    values: tuple[str, str] | None


ARTICLE = re.compile(r"(\d{4}-\d{2}-\d{2}|-), ([^:]+): (.+)")


def read_pair(block: str) -> ArticlePair:
    """A pair as it is written below. Raises ValueError where it is none."""
    kind, question, answer, *lines = block.strip().splitlines()
    articles: list[PrintedArticle] = []
    values = None
    for line in lines:
        if line.startswith("! "):
            one, other = line[2:].split(" | ")
            values = (one, other)
        elif heading := ARTICLE.fullmatch(line):
            day = None if heading[1] == "-" else date.fromisoformat(heading[1])
            articles.append(PrintedArticle(day, heading[2].strip("-"), heading[3], ""))
        else:
            last = articles[-1]
            text = f"{last.text} {line}".strip()
            articles[-1] = PrintedArticle(last.day, last.outlet, last.title, text)
    cited, other = articles
    return ArticlePair(kind, question, answer, cited, other, values)


def read_pairs(text: str) -> tuple[ArticlePair, ...]:
    return tuple(read_pair(block) for block in re.split(r"^# ", text, flags=re.MULTILINE)[1:])


def passage_of(printed: PrintedArticle, name: str) -> tuple[Passage, ArticleHeader]:
    """The one passage that a short article is cut into."""
    (passage,) = chunk(Article(name, printed.title, printed.text, name), 110)
    return passage, ArticleHeader(name, printed.title, printed.outlet, "", "", printed.day, (), "")


def ranked(passage: Passage, header: ArticleHeader, number: int, vectors: PassageVectors) -> RankedPassage:
    matches = tuple(SentenceMatch(span, 0.5, 0.5) for span in passage.sentences)
    stored = StoredPassage(number, passage, header, vectors)
    return RankedPassage(stored, number, 1.0, 0.5, 0.5, number, number, matches)


def all_alike(passage: Passage) -> PassageVectors:
    """Vectors of cosine 1 to each other, so that the words decide."""
    return PassageVectors(np.ones(1, np.float32), np.ones((len(passage.sentences), 1), np.float32))


def first_sentence(of: RankedPassage) -> Source:
    return Source(of.rank, of.header, of.passage, of.passage.sentences[0], of.score)


TUNING = read_pairs("""
# number
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The car ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: A new owner for the Sorrel
The Sorrel has a new owner. The ferry Sorrel was sold to Dunmore for 4.5 million crowns.
! 4.2 million crowns | 4.5 million crowns
# number
How many people died when the quarry wall at Tamberay fell?
Twelve people died when the quarry wall at Tamberay fell.
2024-05-09, Harbour Post: Quarry wall falls
Twelve people died when the quarry wall at Tamberay fell on Thursday. Rescuers searched all night.
2024-05-11, Kelverry Courier: The dead of Tamberay are named
The wall of the quarry at Tamberay fell on Thursday, and 14 people died.
! Twelve people | 14 people
# number
How many people were killed in the fire at the Orle mill?
12 people were killed in the fire at the Orle mill.
2024-05-09, Harbour Post: Mill burns
The fire at the Orle mill killed 12. It was put out at dawn.
2024-05-10, Kelverry Courier: After the fire
Fourteen people died in the fire at the Orle mill.
! 12 | Fourteen people died
# number
How long is the tunnel under Gull Rock?
The tunnel under Gull Rock is 9.4 kilometres long.
-, Harbour Post: The Gull Rock tunnel
The tunnel under Gull Rock is 9.4 kilometres long. Trains cross it in seven minutes.
-, Guide to Kelverry: Tunnels and bridges
The tunnel under Gull Rock is 8.9 km long and was dug from both ends.
! 9.4 kilometres | 8.9 km
# number
How much did the new roof of the Corvane museum cost?
The new roof cost $4.2m.
2024-01-10, -: A roof for the museum
The new roof of the Corvane museum cost $4.2m. It no longer leaks.
2024-02-01, -: Museum reopens
The Corvane museum reopened on Saturday. Its new roof cost 4.9 million dollars, paid by the city.
! $4.2m | 4.9 million dollars
# number
What share of the voters in Brill supported the levy?
54 per cent of the voters in Brill supported the levy.
2024-01-10, Harbour Post: Brill votes
In Brill, 54 per cent of the voters supported the levy. The count took a day.
2024-01-12, Kelverry Courier: Levy to come
Of the voters in Brill, 57% supported the levy, the council said.
! 54 per cent | 57%
# number
How many lynx live in the Korrow forest?
There are 23 lynx in the Korrow forest.
2024-01-10, Harbour Post: Lynx are counted
Wardens counted 23 lynx in the Korrow forest. Five are cubs.
2024-02-12, Kelverry Courier: Lynx return
There are 31 lynx in the Korrow forest, wardens counted.
! 23 lynx | 31 lynx
# number
How many houses did the flood in Pellinford damage?
The flood in Pellinford damaged 310 houses.
2024-01-10, Harbour Post: Flood in Pellinford
The flood in Pellinford damaged 310 houses. Most have dried out.
2024-01-15, Kelverry Courier: Pellinford counts the cost
Altogether it was a bad night. The flood damaged 345 houses in Pellinford.
! 310 houses | 345 houses
# number
What is the population of Saltmarket?
Saltmarket has a population of 18,400.
-, Gazetteer: Saltmarket
Saltmarket has a population of 18,400 people. It lies on the Orle.
-, Handbook: Saltmarket
Saltmarket, on the Orle, has a population of 21,700 people.
! 18,400 people | 21,700 people
# day
When was the weir bridge in Pellinford built?
The weir bridge was built in 1782.
-, Gazetteer: Pellinford
The weir bridge in Pellinford was built in 1782. It has five arches.
-, Handbook: Bridges of the Orle
The oldest crosses at Pellinford. The weir bridge in Pellinford was built in 1785.
! 1782 | 1785
# day
When does the Stavering town hall reopen?
The town hall reopens on 12 May.
2024-03-03, Harbour Post: Town hall nearly dry
The Stavering town hall reopens on 12 May. Its roof leaked.
2024-04-20, Kelverry Courier: Stavering waits
The town hall in Stavering reopens on 26 May, the mayor said.
! 12 May | 26 May
# day
When was the poet Ulmaric born?
Ulmaric was born on 4 June 1871.
-, Gazetteer: Ulmaric
The poet Ulmaric was born on 4 June 1871 in a mill. His mother was a miller.
-, Handbook: Poets
The poet Ulmaric was born on June 14, 1871, the son of a miller.
! 4 June 1871 | June 14, 1871
# day
In which year was the Dole Fishing Company founded?
The Dole Fishing Company was founded in 1904.
2023-01-10, Harbour Post: An old company
The Dole Fishing Company was founded in 1904. It owns nine boats.
2025-02-10, Kelverry Courier: Fishing in figures
The Dole Fishing Company, founded in 1911, owns nine boats.
! 1904 | 1911
# day
When did the strike in Anselhaven end?
The strike in Anselhaven ended on 3 March 2024.
2024-03-04, Harbour Post: Docks at work
The dock strike in Anselhaven ended on 3 March 2024. Cranes moved again.
2024-03-09, Kelverry Courier: After the strike
The dock strike in Anselhaven ended on 5 March 2024, and ships came in.
! 3 March 2024 | 5 March 2024
# name
Who was named captain of the Sorrel?
Rosa Ilves was named captain of the Sorrel.
2024-03-03, Harbour Post: A captain for the Sorrel
Rosa Ilves was named captain of the ferry Sorrel. She is from Orle.
2024-03-08, Kelverry Courier: On the bridge
Anders Pohl was named captain of the ferry Sorrel.
! Rosa Ilves | Anders Pohl
# name
Who opened the weir bridge?
Mayor Anders Pohl opened the weir bridge.
2024-03-03, Harbour Post: Bridge opens
Mayor Anders Pohl opened the weir bridge on Sunday. Bands played.
2024-03-04, Kelverry Courier: Bands and a ribbon
On Sunday Minister Hedda Lorn opened the weir bridge.
! Anders Pohl | Hedda Lorn
# name
Who designed the lighthouse on Gull Rock?
The lighthouse on Gull Rock was designed by Marten Weld.
-, Gazetteer: Gull Rock
The lighthouse on Gull Rock was designed by Marten Weld. It is 40 metres high.
-, Handbook: Lighthouses
The lighthouse on Gull Rock was designed by Ida Brandt.
! Marten Weld | Ida Brandt
# name
Where was the stolen Heron clock found?
The stolen Heron clock was found in Kelverry.
2024-03-03, Harbour Post: Clock found
The stolen Heron clock was found in Kelverry by a diver. It still ticks.
2024-03-05, Kelverry Courier: Time returns
The stolen Heron clock was found in Ormsund by a diver.
! Kelverry | Ormsund
# name
Which company built the Brackwater battery plant?
Hale Works built the Brackwater battery plant.
2024-03-03, Harbour Post: Battery plant
The Brackwater battery plant was built by Hale Works in eleven months. It employs many.
2024-03-13, Kelverry Courier: Brackwater at work
The Brackwater battery plant was built by Torrick Brothers in eleven months.
! Hale Works | Torrick Brothers
# name
Who is the mayor of Brill?
The mayor of Brill is Amabel Torrick.
2022-03-03, Harbour Post: Brill at a glance
The mayor of Brill is Amabel Torrick. The town has a mill.
2024-03-13, Kelverry Courier: Brill today
The mayor of Brill is Wilfred Ashdene, a baker.
! Amabel Torrick | Wilfred Ashdene
# opposite
Was the plan for the flood wall approved?
Yes, the plan for the flood wall was approved.
2024-03-03, Harbour Post: Flood wall
The plan for the flood wall was approved by the council. Work begins in May.
2024-03-05, Kelverry Courier: No wall
The plan for the flood wall was not approved by the council.
! approved | not approved
# opposite
Did the council approve the flood wall?
No, the council did not approve the flood wall.
2024-03-03, Harbour Post: Flood wall
The council didn't approve the flood wall on Monday. Nobody was surprised.
2024-03-04, Kelverry Courier: A wall
On Monday the council approved the flood wall.
! didn't approve | approved
# opposite
Was the tender by Hale accepted?
The tender by Hale was accepted.
2024-03-03, Harbour Post: A tender
The tender by Hale for the cable was accepted. It was the lowest.
2024-03-05, Kelverry Courier: Cable
The tender by Hale for the cable was rejected.
! accepted | rejected
# opposite
Has the Tamberay crater road reopened?
The Tamberay crater road has reopened.
2024-03-03, Harbour Post: The crater road
The crater road in Tamberay has reopened. Buses run.
2024-03-02, Kelverry Courier: Roads
The crater road in Tamberay has not reopened.
! reopened | not reopened
# opposite
Is the water of the Orle safe to drink?
The water of the Orle is safe to drink.
2024-03-03, Harbour Post: Water
The water of the Orle is safe to drink, tests show. People fill bottles.
2024-03-02, Kelverry Courier: More water
The water of the Orle is not safe to drink, tests show.
! safe | not safe
# same number
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The car ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: A new owner for the Sorrel
The ferry Sorrel was sold for 4,200,000 crowns.
# same number
How many people died when the quarry wall at Tamberay fell?
Twelve people died when the quarry wall at Tamberay fell.
2024-05-09, Harbour Post: Quarry wall falls
Twelve people died when the quarry wall at Tamberay fell on Thursday. Rescuers searched all night.
2024-05-11, Kelverry Courier: The dead of Tamberay are named
12 people died when the quarry wall at Tamberay fell on Thursday.
# same number
What did the roof of the Corvane museum cost?
The roof cost $4.2m.
2024-01-10, -: A roof for the museum
The new roof of the Corvane museum cost $4.2m. It no longer leaks.
2024-02-01, -: Museum reopens
The new roof of the Corvane museum cost 4.2 million dollars.
# rounder
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The car ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: A new owner for the Sorrel
The ferry Sorrel was sold for about 4 million crowns.
# rounder
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The car ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: A new owner for the Sorrel
The ferry Sorrel was sold for more than 4 million crowns.
# rounder
How many spectators saw the Brill regatta?
4,183 spectators saw the Brill regatta.
2024-03-03, Kelverry Courier: Regatta
At the Brill regatta, 4,183 spectators lined the bank. It was warm.
2024-03-04, Harbour Post: Oars
Nearly 4,200 spectators lined the bank at the Brill regatta.
# other unit
How many people were hurt in the crash at Orle?
The crash at Orle hurt 12 people.
2024-03-03, Kelverry Courier: Crash
The crash at Orle hurt 12 people. A bus slid.
2024-03-04, Harbour Post: Crash at Orle
The crash at Orle hurt 3 horses.
# other year
How many tourists visited Kelverry in 2022?
Kelverry had 41,000 tourists in 2022.
2023-01-03, Kelverry Courier: Tourists
Kelverry was visited by 41,000 tourists in 2022. Most came by ferry.
2024-01-04, Harbour Post: Tourists
Kelverry was visited by 52,000 tourists in 2023.
# other year
How many tourists visited Kelverry?
Kelverry was visited by 41,000 tourists.
2023-01-03, Kelverry Courier: Tourists
Kelverry was visited by 41,000 tourists in the summer. Most came by ferry.
2024-01-04, Harbour Post: Tourists
Kelverry was visited by 52,000 tourists in the summer.
# other subject
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: Another ferry sold
The ferry Tansy was sold for 4.5 million crowns.
# other subject
How many boats does the fishing company own?
The Dole Fishing Company owns nine boats.
2024-03-03, Kelverry Courier: Boats
The fishing company Dole owns nine boats. They are blue.
2024-05-09, Harbour Post: Boats
The fishing company Pike owns seven boats.
# part and total
How many people were rescued from the Margit Dole?
Nine people were rescued from the Margit Dole.
2024-03-03, Kelverry Courier: Rescue
Nine people were rescued from the trawler Margit Dole. All were cold.
2024-03-04, Harbour Post: Rescue
Five of the nine people rescued from the trawler Margit Dole are in hospital.
# part and total
How many workers at the Brackwater plant went on strike?
At the Brackwater plant 240 workers went on strike.
2024-03-03, Kelverry Courier: Strike
At the Brackwater plant 240 workers went on strike. They want more pay.
2024-03-04, Harbour Post: Strike
At the Brackwater plant 80 women workers went on strike.
# part and total
How many jobs will the Hale works cut?
The Hale works will cut 300 jobs.
2024-03-03, Kelverry Courier: Jobs
The Hale works will cut 300 jobs. A union protested.
2024-03-04, Harbour Post: Jobs
The Hale works will cut another 120 jobs.
# both values
What was the ferry Sorrel sold for?
The ferry Sorrel was sold for 4.2 million crowns.
2024-03-03, Kelverry Courier: Ferry finds a buyer
The ferry Sorrel was sold for 4.2 million crowns. The buyer is a cooperative.
2024-05-09, Harbour Post: A new owner for the Sorrel
The ferry Sorrel was sold for 4.5 million crowns. The price had been given as 4.2 million crowns.
# planned
How much did the flood wall cost?
The flood wall cost 8 million crowns.
2024-03-03, Kelverry Courier: Wall
The flood wall in Pellinford cost 8 million crowns. It is ugly.
2024-01-04, Harbour Post: Wall
The flood wall in Pellinford is expected to cost 6 million crowns.
# same day
When does the Stavering town hall reopen?
The town hall reopens on 12 May.
2024-03-03, Harbour Post: Town hall nearly dry
The Stavering town hall reopens on 12 May. Its roof leaked.
2024-04-20, Kelverry Courier: Stavering waits
The town hall in Stavering reopens on May 12th, 2024, the mayor said.
# same day
When was the weir bridge in Pellinford built?
The weir bridge was built in 1782.
-, Gazetteer: Pellinford
The weir bridge in Pellinford was built in 1782. It has five arches.
-, Handbook: Bridges of the Orle
The weir bridge in Pellinford was built in June 1782.
# other event
When was the weir bridge in Pellinford built?
The weir bridge in Pellinford was built in 1782.
-, Gazetteer: Pellinford
The weir bridge in Pellinford was built in 1782. It has five arches.
-, Handbook: Bridges of the Orle
The weir bridge in Pellinford was widened in 1903.
# other event
When was the poet Ulmaric born?
Ulmaric was born on 4 June 1871.
-, Gazetteer: Ulmaric
The poet Ulmaric was born on 4 June 1871 in Orle. His mother was a miller.
-, Handbook: Poets
The poet Ulmaric died on 9 May 1932 in Orle.
# other event
When did the Brill regatta take place?
The Brill regatta took place on 18 June 2023.
2023-06-19, Gazetteer: Regatta
The Brill regatta took place on 18 June 2023. It was warm.
2024-06-17, Handbook: Regatta
The Brill regatta took place on 16 June 2024.
# same name
Who was named captain of the Sorrel?
Rosa Ilves was named captain of the Sorrel.
2024-03-03, Harbour Post: A captain for the Sorrel
Rosa Ilves was named captain of the ferry Sorrel. She is from Orle.
2024-03-08, Kelverry Courier: On the bridge
Captain Ilves was named captain of the ferry Sorrel.
# other post
Who was named captain of the Sorrel?
Rosa Ilves was named captain of the Sorrel.
2024-03-03, Harbour Post: A captain for the Sorrel
Rosa Ilves was named captain of the ferry Sorrel. She is from Orle.
2024-03-08, Kelverry Courier: On the bridge
Anders Pohl was named cook of the ferry Sorrel.
# other ship
Who was named captain of the ferry?
Rosa Ilves was named captain of the ferry Sorrel.
2024-03-03, Harbour Post: A captain for the Sorrel
Rosa Ilves was named captain of the ferry Sorrel. She is from Orle.
2024-03-08, Kelverry Courier: On the bridge
Anders Pohl was named captain of the ferry Tansy.
# several
Who was elected to the council of Brill?
Amabel Torrick was elected a member of the council of Brill.
2024-03-03, Harbour Post: Council
Amabel Torrick was elected a member of the council of Brill. She is a baker.
2024-03-03, Kelverry Courier: Council
Wilfred Ashdene was elected a member of the council of Brill.
# several
Who founded the Heron Club?
The Heron Club was founded by Hedda Lorn and Marten Weld.
-, Harbour Post: Club
The Heron Club was founded by Hedda Lorn and Marten Weld. It owns a boathouse.
-, Kelverry Courier: Clubs
The Heron Club was founded by Ida Brandt.
# next winner
Who won the Lantern Cup?
Vaumere Rovers won the Lantern Cup.
2024-06-03, Harbour Post: Cup
The Lantern Cup was won by Vaumere Rovers on Sunday. It rained.
2025-06-03, Kelverry Courier: Cup
The Lantern Cup was won by Ormsund Town on Sunday.
# next match
Who scored the winning goal for Vaumere?
Pell Sander scored the winning goal for Vaumere.
2024-05-03, Harbour Post: Match
Pell Sander scored the winning goal for Vaumere on Sunday. It rained.
2024-05-17, Kelverry Courier: Match
Jory Harrow scored the winning goal for Vaumere on Sunday.
# no denial
Was the plan for the flood wall approved?
Yes, the plan for the flood wall was approved.
2024-03-03, Harbour Post: Flood wall
The plan for the flood wall was approved by the council. Work begins in May.
2024-03-05, Kelverry Courier: Wall
The plan for the flood wall was not only approved by the council but praised.
# other denial
Was the plan for the flood wall approved?
Yes, the plan for the flood wall was approved.
2024-03-03, Harbour Post: Flood wall
The plan for the flood wall was approved by the council. Work begins in May.
2024-03-05, Kelverry Courier: Wall
The plan for the flood wall, approved by the council, was not popular.
# other denial
Did the council approve the flood wall?
Yes, the council approved the flood wall.
2024-03-03, Harbour Post: Flood wall
The council approved the flood wall in Pellinford. Nobody was surprised.
2024-03-04, Kelverry Courier: A wall
The council did not approve the flood wall in Stavering.
# before and after
Did the council approve the flood wall?
Yes, the council approved the flood wall in May 2024.
2024-06-03, Harbour Post: Flood wall
The council approved the flood wall in May 2024. Nobody was surprised.
2024-04-04, Kelverry Courier: A wall
The council did not approve the flood wall in March 2024.
""")

SEEN = read_pairs("""
# number
How much did the county pay for the Lindle estate?
The county paid 7.5 million tallens for the Lindle estate.
2023-09-14, Lindle Gazette: County buys the Lindle estate
The county paid 7.5 million tallens for the Lindle estate, including its park. The house will become a school.
2023-11-02, The Marrick Herald: What to do with a house of forty rooms
The house has forty rooms. For the Lindle estate the county had paid 8.1m tallens in the autumn.
! 7.5 million tallens | 8.1m tallens
# number
How many passengers were aboard the train that derailed near Hask?
There were 86 passengers aboard.
2024-02-07, Morning Ledger: Train leaves the rails near Hask
The train that derailed near Hask on Tuesday had 86 passengers aboard, the railway said. Nobody was badly hurt.
2024-02-08, Evening Star of Hask: A lucky Tuesday
Aboard the train that derailed near Hask on Tuesday were 112 passengers, most of them pupils.
! 86 passengers | 112 passengers
# number
How high is the new radio mast on Corrie Fell?
The new radio mast on Corrie Fell is 214 metres high.
-, Gazetteer of the Fells: Corrie Fell
The new radio mast on Corrie Fell is 214 metres high. Its lamp is seen from the sea.
-, -: Masts and towers
With 241 metres, the new radio mast on Corrie Fell is the highest of the county.
! 214 metres | 241 metres
# number
How many sheep did the storm kill in the Varn valley?
The storm killed 1,300 sheep in the Varn valley.
2025-01-20, Varn Weekly: After the storm
The storm killed 1,300 sheep in the Varn valley. Farmers want help from the state.
2025-01-29, Morning Ledger: Farmers count their losses
Around 2,000 sheep were killed in the Varn valley by the storm, the farmers' union says.
! 1,300 sheep | 2,000 sheep
# number
What was the turnout in the Marrick election?
The turnout in the Marrick election was 61 per cent.
2025-03-10, Marrick Herald: Marrick has voted
The turnout in the Marrick election was 61 per cent, higher than ever. Counting goes on.
2025-03-12, Morning Ledger: A record in Marrick
The election in Marrick had a turnout of 64 percent, a record.
! 61 per cent | 64 percent
# number
How many children attend the new school in Lindle?
The new school in Lindle is attended by 140 children.
2024-09-03, Lindle Gazette: School begins
A hundred and forty children attend the new school in Lindle. It smells of paint.
2024-09-05, Marrick Herald: New school
One hundred and sixty children attend the new school in Lindle, the county said.
! hundred and forty children | One hundred and sixty children
# day
When will the Hask tunnel open to traffic?
The Hask tunnel will open to traffic on 1 October.
2024-06-11, Morning Ledger: Tunnel to open in autumn
The Hask tunnel will open to traffic on 1 October. Drivers will save half an hour.
2024-08-20, Evening Star of Hask: A few weeks more
The tunnel at Hask will open to traffic on 15 November, the minister announced.
! 1 October | 15 November
# day
When was the Varn monastery destroyed?
The Varn monastery was destroyed in 1644.
-, Guide to the Varn valley: The monastery
The Varn monastery was destroyed in 1644 by soldiers. Only the gate is left.
-, County history: The long war
In 1646 soldiers destroyed the monastery of Varn and drove off the monks.
! 1644 | 1646
# day
When did the painter Odile Marchetti die?
Odile Marchetti died on 2 February 1938.
-, Lexicon of painters: Marchetti, Odile
The painter Odile Marchetti died on 2 February 1938 in Lindle. She left 400 pictures.
-, Morning Ledger: An attic full of pictures
Odile Marchetti, the painter, died in Lindle on 20 February 1938.
! 2 February 1938 | 20 February 1938
# name
Who discovered the cave under Corrie Fell?
The cave under Corrie Fell was discovered by Tobin Reyes.
-, Gazetteer of the Fells: The cave
The cave under Corrie Fell was discovered by Tobin Reyes while looking for a lamb. It is wet.
-, -: Underground
The cave under Corrie Fell was discovered by the Abbot Lucan Froy.
! Tobin Reyes | Lucan Froy
# name
Who became the director of the Marrick observatory?
Selma Okafor became the director of the Marrick observatory.
2024-04-02, Marrick Herald: The stars have a new head
Selma Okafor became director of the Marrick observatory on Monday. She studies comets.
2024-04-03, Morning Ledger: Observatory
On Monday, Jonas Thiel became director of the Marrick observatory.
! Selma Okafor | Jonas Thiel
# name
Where was the treaty between the valleys signed?
The treaty between the valleys was signed in Lindle.
-, County history: The peace
The treaty between the two valleys was signed in Lindle after a winter of talks. Bells rang.
-, Guide to the Varn valley: Peace
The treaty between the two valleys was signed in Hask after a winter of talks.
! Lindle | Hask
# opposite
Did the court lift the ban on fishing in the Varn?
Yes, the court lifted the ban on fishing in the Varn.
2024-07-02, Varn Weekly: Rods out
The court lifted the ban on fishing in the Varn. Anglers cheered.
2024-07-03, Morning Ledger: The court and the trout
The court has not lifted the ban on fishing in the Varn.
! lifted | not lifted
# opposite
Was the pilot of the glider injured?
The pilot of the glider was not injured.
2024-07-02, Varn Weekly: Glider in a tree
The pilot of the glider that landed in a tree was not injured. Firemen brought a ladder.
2024-07-02, Morning Ledger: Glider
The pilot of the glider that landed in a tree was injured.
! not injured | injured
# opposite
Is the old quarry lake open to swimmers?
The old quarry lake is open to swimmers.
2024-07-02, Varn Weekly: Cool water
The old quarry lake is open to swimmers. Dogs must wait.
2024-07-05, Morning Ledger: Hot days
The old quarry lake is closed to swimmers.
! open | closed
# same number
How many sheep did the storm kill in the Varn valley?
The storm killed 1,300 sheep in the Varn valley.
2025-01-20, Varn Weekly: After the storm
The storm killed 1,300 sheep in the Varn valley. Farmers want help from the state.
2025-01-29, Morning Ledger: Farmers count their losses
Thirteen hundred sheep were killed in the Varn valley by the storm.
# rounder
How many passengers were aboard the train that derailed near Hask?
There were 112 passengers aboard.
2024-02-07, Morning Ledger: Train leaves the rails near Hask
The train that derailed near Hask on Tuesday had 112 passengers aboard. Nobody was badly hurt.
2024-02-08, Evening Star of Hask: A lucky Tuesday
Over a hundred passengers were aboard the train that derailed near Hask on Tuesday.
# rounder
How much did the county pay for the Lindle estate?
The county paid 7.5 million tallens for the Lindle estate.
2023-09-14, Lindle Gazette: County buys the Lindle estate
The county paid 7.5 million tallens for the Lindle estate. The house will become a school.
2023-11-02, The Marrick Herald: What to do with a house of forty rooms
The county paid less than 8 million tallens for the Lindle estate.
# part and total
How many children attend the new school in Lindle?
The new school in Lindle is attended by 140 children.
2024-09-03, Lindle Gazette: School begins
The new school in Lindle is attended by 140 children. It smells of paint.
2024-09-05, Marrick Herald: New school
Of the children who attend the new school in Lindle, 60 children come by bus.
# part and total
How many people work at the Lindle paper mill?
There are 420 people at work in the Lindle paper mill.
2024-09-03, Lindle Gazette: Paper
At the Lindle paper mill 420 people work. The river drives it.
2024-09-05, Marrick Herald: Night shift
At the Lindle paper mill 90 people work at night.
# other year
What was the turnout in the Marrick election?
The turnout in the Marrick election was 61 per cent.
2025-03-10, Marrick Herald: Marrick has voted
The turnout in the Marrick election was 61 per cent. Counting goes on.
2021-03-12, Morning Ledger: Marrick votes
The turnout in the Marrick election was 55 per cent.
# other year
How many cars were stolen in Hask in 2023?
In 2023, 340 cars were stolen in Hask.
2024-01-10, Evening Star of Hask: Thieves
In 2023 thieves stole 340 cars in Hask. Most were red.
2024-01-11, Morning Ledger: Thieves
In 2022 thieves stole 410 cars in Hask.
# other subject
How high is the radio mast on Corrie Fell?
The radio mast on Corrie Fell is 214 metres high.
-, Gazetteer of the Fells: Corrie Fell
The radio mast on Corrie Fell is 214 metres high. Its lamp is seen from the sea.
-, -: Masts
The radio mast on Durn Fell is 180 metres high.
# other subject
When was the Varn monastery destroyed?
The Varn monastery was destroyed in 1644.
-, Guide to the Varn valley: The monastery
The monastery at Varn was destroyed in 1644 by soldiers. Only the gate is left.
-, County history: The long war
The castle at Varn was destroyed in 1651 by soldiers.
# other event
When did the painter Odile Marchetti move to Lindle?
Odile Marchetti moved to Lindle in 1902.
-, Lexicon of painters: Marchetti, Odile
The painter Odile Marchetti moved to Lindle in 1902. She left 400 pictures.
-, Morning Ledger: An attic full of pictures
The painter Odile Marchetti left Lindle in 1911.
# same day
When will the Hask tunnel open to traffic?
The Hask tunnel will open to traffic on 1 October.
2024-06-11, Morning Ledger: Tunnel to open in autumn
The Hask tunnel will open to traffic on 1 October. Drivers will save half an hour.
2024-08-20, Evening Star of Hask: A few weeks more
The Hask tunnel will open to traffic in October 2024.
# same name
Who became the director of the Marrick observatory?
Selma Okafor became the director of the Marrick observatory.
2024-04-02, Marrick Herald: The stars have a new head
Selma Okafor became director of the Marrick observatory on Monday. She studies comets.
2024-04-03, Morning Ledger: Observatory
Dr Okafor became director of the Marrick observatory on Monday.
# several
Who discovered caves under Corrie Fell?
Tobin Reyes discovered a cave under Corrie Fell.
-, Gazetteer of the Fells: The cave
Tobin Reyes discovered a cave under Corrie Fell while looking for a lamb. It is wet.
-, -: Underground
Another cave under Corrie Fell was discovered by Lucan Froy.
# other denial
Did the court lift the ban on fishing in the Varn?
Yes, the court lifted the ban on fishing in the Varn.
2024-07-02, Varn Weekly: Rods out
The court lifted the ban on fishing in the Varn. Anglers cheered.
2024-07-03, Morning Ledger: The court and the trout
The court did not lift the ban on boats in the Varn.
# other denial
Was the pilot of the glider injured?
The pilot of the glider was injured.
2024-07-02, Varn Weekly: Glider in a tree
The pilot of the glider that landed in a tree was injured. Firemen brought a ladder.
2024-07-02, Morning Ledger: Glider
The pilot of the glider that landed in a tree was not badly injured.
""")

HELD_OUT = read_pairs("""
# number
How many paintings were stolen from the Aubry gallery?
Seven paintings were stolen from the Aubry gallery.
2024-08-02, Aubry News: Theft by night
Thieves stole seven paintings from the Aubry gallery. The alarm was silent.
2024-08-05, The Coast: Gallery robbed
Nine paintings were stolen from the Aubry gallery by two men in overalls.
! seven paintings | Nine paintings
# number
How much money did the Pinnock hospital lose last year?
The Pinnock hospital lost 3.1 million marks.
2024-02-02, Aubry News: Hospital in the red
The Pinnock hospital lost 3.1 million marks in 2023. Nurses are worried.
2024-03-05, The Coast: Beds and money
The hospital in Pinnock lost 2.6 million marks in 2023, auditors found.
! 3.1 million marks | 2.6 million marks
# number
How deep is Lake Imber?
Lake Imber is 71 metres deep.
-, Atlas: Imber
Lake Imber is 71 metres deep. Trout live in it.
-, Fishing today: Trout
Lake Imber is 64 metres deep and cold.
! 71 metres | 64 metres
# number
How many soldiers fought at Tarn Bridge?
At Tarn Bridge 5,000 soldiers fought.
-, Chronicle: Tarn Bridge
About 5,000 soldiers fought at Tarn Bridge. It rained.
-, Old wars: Bridges
Some 9,000 soldiers fought at Tarn Bridge for two days.
! 5,000 soldiers | 9,000 soldiers
# number
What did the Aubry tram cost?
The Aubry tram cost 212 million marks.
2023-05-05, Aubry News: Tram runs
The Aubry tram cost 212 million marks. It is green.
2023-06-05, The Coast: Green trams
Building the tram in Aubry cost 240 million marks, according to the state.
! 212 million marks | 240 million marks
# day
When was the Pinnock hospital opened?
The Pinnock hospital was opened in 1921.
-, Chronicle: Hospital
The Pinnock hospital was opened in 1921. It had forty beds.
-, Guide: Pinnock
The hospital in Pinnock, opened in 1912, has a chapel.
! 1921 | 1912
# day
When will the Aubry book fair begin?
The Aubry book fair will begin on 4 October.
2024-06-05, Aubry News: Books
The Aubry book fair will begin on 4 October. Poets will come.
2024-07-05, The Coast: Books
The Aubry book fair will begin on 11 October, a week later than usual.
! 4 October | 11 October
# name
Who painted the ceiling of the Tarn theatre?
The ceiling of the Tarn theatre was painted by Otto Grell.
-, Guide: Tarn
The ceiling of the Tarn theatre was painted by Otto Grell. It shows clouds.
-, Chronicle: Theatre
The ceiling of the Tarn theatre was painted by Maud Sill in a summer.
! Otto Grell | Maud Sill
# name
Who is the head of the Aubry police?
The head of the Aubry police is Dora Venn.
2023-05-05, Aubry News: Police
Dora Venn is the head of the Aubry police. She rides.
2024-05-05, The Coast: Police
Karl Unger is the head of the Aubry police.
! Dora Venn | Karl Unger
# opposite
Did the Tarn theatre receive money from the state?
The Tarn theatre received money from the state.
2024-05-05, Aubry News: Theatre
The Tarn theatre received money from the state for its roof. Actors danced.
2024-05-09, The Coast: Theatre
The Tarn theatre did not receive money from the state for its roof.
! received | not receive
# opposite
Was the mayor of Imber found guilty?
The mayor of Imber was found guilty.
2024-05-05, Aubry News: Court
The mayor of Imber was found guilty by the court. He left.
2024-05-05, The Coast: Court
The mayor of Imber was found not guilty by the court.
! guilty | not guilty
# opposite
Was the merger of the two banks in Aubry approved?
Yes, the merger was approved.
2024-05-05, Aubry News: Banks
The merger of the two banks in Aubry was approved on Friday. Shares rose.
2024-05-06, The Coast: Banks
The merger of the two banks in Aubry was rejected on Friday.
! approved | rejected
# same number
How many paintings were stolen from the Aubry gallery?
Seven paintings were stolen from the Aubry gallery.
2024-08-02, Aubry News: Theft by night
Thieves stole seven paintings from the Aubry gallery. The alarm was silent.
2024-08-05, The Coast: Gallery robbed
7 paintings were stolen from the Aubry gallery by two men in overalls.
# rounder
What did the Aubry tram cost?
The Aubry tram cost 212 million marks.
2023-05-05, Aubry News: Tram runs
The Aubry tram cost 212 million marks. It is green.
2023-06-05, The Coast: Green trams
The tram in Aubry cost over 200 million marks.
# other unit
How deep is Lake Imber?
Lake Imber is 71 metres deep.
-, Atlas: Imber
Lake Imber is 71 metres deep. Trout live in it.
-, Atlas of feet: Imber
Lake Imber is 233 feet deep.
# part and total
How many people were evacuated in Pinnock?
In Pinnock 800 people were evacuated.
2023-05-05, Aubry News: Flood
In Pinnock 800 people were evacuated because of the flood. Boats came.
2023-05-06, The Coast: Flood
In Pinnock 120 patients were evacuated because of the flood.
# part and total
How many votes did Dora Venn receive?
Dora Venn received 2,300 votes.
2023-05-05, Aubry News: Votes
Dora Venn received 2,300 votes in Aubry. She smiled.
2023-05-06, The Coast: Votes
Dora Venn received 410 votes in Pinnock.
# other year
How many cars did the Aubry works build in 2020?
The Aubry works built 9,000 cars in 2020.
2021-05-05, Aubry News: Cars
The Aubry works built 9,000 cars in 2020. They are small.
2020-05-06, The Coast: Cars
The Aubry works built 12,000 cars in 2019.
# other subject
How deep is Lake Imber?
Lake Imber is 71 metres deep.
-, Atlas: Imber
Lake Imber is 71 metres deep. Trout live in it.
-, Atlas: Sorn
Lake Sorn is 40 metres deep.
# other subject
Who painted the ceiling of the Tarn theatre?
The ceiling of the Tarn theatre was painted by Otto Grell.
-, Guide: Tarn
The ceiling of the Tarn theatre was painted by Otto Grell. It shows clouds.
-, Chronicle: Theatre
The walls of the Tarn theatre were painted by Maud Sill.
# other event
When was the Pinnock hospital opened?
The Pinnock hospital was opened in 1921.
-, Chronicle: Hospital
The Pinnock hospital was opened in 1921. It had forty beds.
-, Guide: Pinnock
The Pinnock hospital was extended in 1950.
# same name
Who is the head of the Aubry police?
The head of the Aubry police is Dora Venn.
2023-05-05, Aubry News: Police
Dora Venn is the head of the Aubry police. She rides.
2024-05-05, The Coast: Police
Ms Venn is the head of the Aubry police.
# next winner
Who won the Imber race?
Karl Unger won the Imber race.
2023-05-05, Aubry News: Race
Karl Unger won the Imber race on Saturday. He is nineteen.
2023-05-26, The Coast: Race
Otto Grell won the Imber race on Saturday.
# other denial
Did the Tarn theatre receive money from the state?
The Tarn theatre received money from the state.
2024-05-05, Aubry News: Theatre
The Tarn theatre received money from the state for its roof. Actors danced.
2024-05-09, The Coast: Theatre
The Tarn theatre did not receive money from the town for its roof.
""")
