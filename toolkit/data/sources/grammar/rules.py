"""The rules of the built-in grammar.

A row of RULES is a symbol, a weight (its share among the rows of its symbol) and what it is made of: a quoted word, a
lower-case word class of the lexicon, or a capitalised symbol. A part has the number of the whole, unless a `+` says
that its number is drawn afresh. The rows do not depend on number: a phrase's shape and length say nothing about it.
"""

from typing import NamedTuple

from toolkit.data.sources.grammar.lexicon import LEXICON

RULES = """
Sentence       12  Front PersonSubject PersonToVerb PersonVerb '.'
Sentence        5  Front ThingSubject ThingToVerb ThingVerb '.'
Sentence        3  Front PlaceSubject PlaceToVerb PlaceVerb '.'

Front          20
Front           4  Location ','
Front           2  Location 'and' Location ','
Front           2  day ','
Front           2  'when' Clause+ ','
Front           2  Clause+ ',' 'but'
Front           1  Clause+ 'and' Clause+ ',' 'but'
Location        1  in Place+
Clause          3  Someone act
Clause          1  Someone treat Someone+
Clause          1  Someone handle Something+
Admirer         1  Someone treat
Owner           1  Someone handle
Visitor         1  Someone visit
Thinker         1  Someone think
Someone         5  det person
Someone         1  det person_quality person
Something       5  det thing
Something       1  det thing_quality thing

PersonSubject   7  det person
PersonSubject   3  det person_quality person
ThingSubject    7  det thing
ThingSubject    3  det thing_quality thing
PlaceSubject    7  det place
PlaceSubject    3  det place_quality place

PersonToVerb    8
PersonToVerb    4  Adverb
PersonToVerb    8  OfPerson
PersonToVerb    2  OfPerson Adverb
PersonToVerb    1  Aside
PersonToVerb    1  OfPerson Aside
ThingToVerb     8
ThingToVerb     4  Adverb
ThingToVerb     8  OfThing
ThingToVerb     2  OfThing Adverb
ThingToVerb     1  Aside
ThingToVerb     1  OfThing Aside
PlaceToVerb     8
PlaceToVerb     4  Adverb
PlaceToVerb     8  OfPlace
PlaceToVerb     2  OfPlace Adverb
PlaceToVerb     1  Aside
PlaceToVerb     1  OfPlace Aside
Adverb          6  adverb
Adverb          1  'very' frequently
Adverb          1  'almost' wholly
Aside           2  ',' remark ','
Aside           1  ',' 'of' 'course' ','
Aside           2  ',' 'as' Thinker+ ','

OfPerson        7  PersonPlace
OfPerson        4  ByPerson
OfPerson        1  PersonPlace ByPerson
PersonPlace     4  in Place+
PersonPlace     2  'from' Place+
PersonPlace     1  'over' 'there'
PersonPlace     2  'with' Thing+
PersonPlace     2  beside Person+
ByPerson        2  'that' Admirer+
ByPerson        1  'whom' Admirer+
ByPerson        1  'who' act
ByPerson        1  'who' treat Person+
ByPerson        1  'who' handle Thing+
OfThing         7  ThingPlace
OfThing         4  ByThing
OfThing         1  ThingPlace ByThing
ThingPlace      3  'of' Person+
ThingPlace      3  in Place+
ThingPlace      2  'from' Place+
ThingPlace      1  'over' 'there'
ThingPlace      2  beside Thing+
ByThing         3  'that' Owner+
ByThing         1  'which' Owner+
ByThing         1  'that' please Person+
ByThing         1  'that' belong 'to' Person+
OfPlace         7  PlacePlace
OfPlace         4  ByPlace
OfPlace         1  PlacePlace ByPlace
PlacePlace      3  'of' Person+
PlacePlace      3  facing Place+
PlacePlace      1  'over' 'there'
ByPlace         3  'that' Visitor+
ByPlace         1  'which' Visitor+
ByPlace         1  'that' please Person+
ByPlace         1  'that' belong 'to' Person+
Person         14  det person
Person          2  det person_quality person
Person          4  det person OfPerson
Thing          14  det thing
Thing           2  det thing_quality thing
Thing           4  det thing OfThing
Place          14  det place
Place           2  det place_quality place
Place           4  det place OfPlace

PersonVerb      4  act
PersonVerb      2  act Location
PersonVerb      3  treat Person+
PersonVerb      3  handle Thing+
PersonVerb      2  visit Place+
PersonVerb      3  be person_quality
PersonVerb      1  think 'that' Clause+
ThingVerb       4  be thing_quality
ThingVerb       1  belong 'to' Person+
ThingVerb       1  please Person+
ThingVerb       1  rest Location
PlaceVerb       4  be place_quality
PlaceVerb       1  belong 'to' Person+
PlaceVerb       1  please Person+
PlaceVerb       1  rest Location
"""


class Part(NamedTuple):
    """One item of a rule.

    Attributes:
        symbol: The symbol or word class; empty for a quoted word.
        forms: The words that it can be, singular and plural; empty for a symbol.
        fresh: Whether its number is drawn afresh.
    """

    symbol: str
    forms: tuple[tuple[str, ...], ...]
    fresh: bool


class Rule(NamedTuple):
    """One row: its weight as a share of its symbol's, and its parts."""

    share: float
    parts: tuple[Part, ...]


def literal_words() -> list[str]:
    """The words that the rules quote, in order."""
    parts = (part for rules in GRAMMAR.values() for rule in rules for part in rule.parts)
    return list(dict.fromkeys(part.forms[0][0] for part in parts if part.forms and not part.symbol))


def _part(item: str) -> Part:
    name = item.removesuffix("+")
    if name.startswith("'"):
        return Part("", ((name.strip("'"),),) * 2, False)
    if name[0].isupper():
        return Part(name, (), item != name)
    return Part(name, (LEXICON[name].singular, LEXICON[name].plural), False)


def _rules() -> dict[str, list[Rule]]:
    rows = [row.split() for row in RULES.splitlines() if row]
    total = {symbol: sum(int(row[1]) for row in rows if row[0] == symbol) for symbol, *_ in rows}
    rules: dict[str, list[Rule]] = {symbol: [] for symbol in total}
    for symbol, weight, *items in rows:
        rules[symbol].append(Rule(int(weight) / total[symbol], tuple(map(_part, items))))
    return rules


GRAMMAR = _rules()
