"""The days that a question names, in English, German, French or Spanish.

vocabulary.py   the words and what kind each is of
tokens.py       a question as a string of kinds
calendar_arithmetic.py  days counted in weeks, months, years
grammar.py      which kinds in a row name days;  expressions.py joins them: "from … to …", "since …"
"""

from rag.text.dates.expressions import TimeExpression, asks_for_latest, time_expressions

__all__ = ["TimeExpression", "asks_for_latest", "time_expressions"]
