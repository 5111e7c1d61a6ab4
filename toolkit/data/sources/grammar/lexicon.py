"""The words of the built-in grammar: classes of singular and plural forms.

In every class the first words are the likeliest. No noun or adjective begins with a vowel sound, so that the
determiner `a` is always right. A form belongs to one noun or one verb only: its number is known from the form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

# Nouns: the singular, and the plural where it is irregular.
PERSONS = """
man/men woman/women child/children boy girl teacher student doctor player writer friend king queen painter singer
farmer lawyer soldier driver baker dancer sailor scientist poet nurse priest guest judge lady waiter stranger
neighbour pilot manager tourist visitor fisherman/fishermen policeman/policemen cousin brother sister gardener
servant merchant prince princess butcher
"""
THINGS = """
book letter picture painting newspaper camera box table chair key map bottle coat hat basket bicycle boat clock
statue piano guitar toy gift cake ticket coin bag knife/knives plate mirror poster blanket candle vase bench
wagon carpet drum flag necklace
"""
PLACES = """
house garden school church village city park museum library market station forest hospital kitchen castle
shop hotel field street tower bakery theatre cottage barn palace temple restaurant factory prison harbour
valley cave bedroom monastery square
"""

# Verbs: the plural, and the singular where it is irregular.
ACTING = """
sing smile work laugh dance wait sleep shout listen hesitate cough whisper complain sneeze cry swim stumble giggle
weep yawn pray relax
"""
TREATING = "know like love help admire follow meet trust remember thank respect avoid greet envy praise miss blame pity"
HANDLING = "have/has like want buy carry need sell keep own find hide bring repair clean examine lose borrow choose"
VISITING = "see know visit like leave reach love avoid enter recognise describe explore"
THINKING = "say think believe know hope claim notice fear"
BEING = "are/is seem look remain"
PLEASING = "please surprise fascinate bore frighten amuse puzzle inspire annoy impress"
RESTING = "stand lie remain"

# Words without number.
PERSON_QUALITIES = """
young tall small happy famous quiet tired clever poor rich strong brave kind friendly lazy nervous curious proud shy
busy polite serious lonely cheerful
"""
THING_QUALITIES = """
new small beautiful large red heavy broken green blue strange cheap bright wooden dirty precious plain round
dusty grey rare
"""
PLACE_QUALITIES = """
large small beautiful quiet famous dark modern busy strange lively narrow peaceful cold noisy
"""
LOCATING = "in near behind outside beside"
FACING = "near behind beside beyond"
ACCOMPANYING = "beside behind near"
ADVERBS = """
often always never still usually also sometimes rarely really certainly clearly now probably seldom apparently
obviously
"""
FREQUENTLY = "often rarely seldom"
WHOLLY = "always never"
DAYS = "today sometimes now tonight usually"
REMARKS = "however therefore meanwhile moreover nevertheless"

# Determiners: each stands before a noun of its number; those in both rows, at the same
# places, say nothing about it.
SINGULAR_DETERMINERS = "the a some the this my every the our each his her their"
PLURAL_DETERMINERS = "the these some the many my those the our several his her their"

SINGULAR, PLURAL = 0, 1


@dataclass(frozen=True)
class WordClass:
    """Words that can stand in the same place.

    Attributes:
        singular: The forms for singular, the likeliest first.
        plural: The forms for plural, in the same order; the same words where number makes no difference.
    """

    singular: tuple[str, ...]
    plural: tuple[str, ...]

    def forms(self, number: int) -> tuple[str, ...]:
        """The forms for a number, 0 singular or 1 plural."""
        return (self.singular, self.plural)[number]


def _nouns(text: str) -> WordClass:
    pairs = [entry.split("/") if "/" in entry else [entry, _with_s(entry)] for entry in text.split()]
    singular, plural = zip(*pairs, strict=True)
    return WordClass(singular, plural)


def _verbs(text: str) -> WordClass:
    flipped = _nouns(text)
    return WordClass(flipped.plural, flipped.singular)


def _words(text: str) -> WordClass:
    return WordClass(tuple(text.split()), tuple(text.split()))


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


NOUNS = {"person": _nouns(PERSONS), "thing": _nouns(THINGS), "place": _nouns(PLACES)}
VERBS = {
    "act": _verbs(ACTING),
    "treat": _verbs(TREATING),
    "handle": _verbs(HANDLING),
    "visit": _verbs(VISITING),
    "think": _verbs(THINKING),
    "be": _verbs(BEING),
    "please": _verbs(PLEASING),
    "rest": _verbs(RESTING),
    "belong": _verbs("belong"),
}
QUALITIES = {
    "person_quality": _words(PERSON_QUALITIES),
    "thing_quality": _words(THING_QUALITIES),
    "place_quality": _words(PLACE_QUALITIES),
}
CLOSED = {
    "det": WordClass(tuple(SINGULAR_DETERMINERS.split()), tuple(PLURAL_DETERMINERS.split())),
    "in": _words(LOCATING),
    "facing": _words(FACING),
    "beside": _words(ACCOMPANYING),
    "adverb": _words(ADVERBS),
    "frequently": _words(FREQUENTLY),
    "wholly": _words(WHOLLY),
    "day": _words(DAYS),
    "remark": _words(REMARKS),
}
LEXICON: dict[str, WordClass] = {**CLOSED, **NOUNS, **VERBS, **QUALITIES}


def ordered_words() -> Iterator[str]:
    """Every form once: the closed classes first, then the open ones, the likeliest words of each class first."""
    closed = chain.from_iterable(chain(each.singular, each.plural) for each in CLOSED.values())
    ranks = zip_longest(
        *(zip(each.singular, each.plural, strict=True) for each in (NOUNS | VERBS | QUALITIES).values())
    )
    opened = chain.from_iterable(pair for rank in ranks for pair in rank if pair)
    yield from dict.fromkeys(chain(closed, opened))


def number_of(classes: dict[str, WordClass]) -> dict[str, int]:
    """The number, 0 singular or 1 plural, of every form of the given classes."""
    return {form: number for each in classes.values() for number in (SINGULAR, PLURAL) for form in each.forms(number)}
