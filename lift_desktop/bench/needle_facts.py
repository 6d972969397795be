"""Facts that nobody can know, for the needle test: made of invented names, numbers and things, by a seeded grammar.

Each fact is a sentence that stands by itself, with its question and the answer; the question gives nothing of the
answer away. Must not know where a fact is hidden, nor who is asked.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

_PLACE_HEADS = "Varn,Osk,Trell,Brim,Quor,Dask,Elv,Fjor,Grend,Hulm,Ister,Jarl,Korv,Lund,Morv,Nesk,Orl,Pelt,Rusk,Selv"
_PLACE_ENDS = "holm,wick,stead,mere,fell,ashby,gate,thorpe,combe,haven,dale,moor,brook,marsh,ness"
_GIVEN = (
    "Ilse,Torvald,Marit,Benedek,Oriana,Casimir,Delphine,Egon,Fenella,Gustaf,Henrike,Ivo,Jolanta,Kasper,Linnea,Mirko,"
    "Nadine,Oswin,Petra,Quentin,Rosalba,Sverre,Tamsin,Ulrich,Verena,Wendel,Xenia,Yorick,Zelda,Anselm,Birgit,Corwin"
)
_FAMILY_HEADS = "Brand,Ost,Kell,Marr,Halv,Quist,Rosen,Stav,Tolk,Vand,Lind,Haar,Dorn,Fisk,Grau,Nord,Pell,Sand"
_FAMILY_ENDS = "berg,ström,mann,sen,lund,vik,hoff,ner,gaard,ovic,ini,etti"
_BUILDINGS = "lighthouse,granary,chapel,boathouse,observatory,ropeworks,glasshouse,old customs house,windmill,library"
_OBJECTS = "silver barometer,walnut cradle,brass telescope,ivory chess set,painted sledge,copper sundial,red harmonium"
_BOATS = "Patient Heron,Second Thought,Grey Duchess,Lazy Comet,Salt Widow,Blue Parsnip,Honest Otter,Velvet Anvil"
_HIDING_PLACES = (
    "beneath the third stair of the cellar,inside the church organ,behind the bakery chimney,in a barrel of oats,"
    "above the kitchen beam,under a loose tile of the bath,in the hollow oak by the pond,inside a stuffed pike"
)
_FESTIVALS = "lantern parade,eel supper,stone-skipping contest,feast of kites,candle auction,goose race,rope dance"
_FOODS = "rhubarb,smoked herring,gooseberries,parsnips,liquorice,buckwheat,horseradish,quinces,chestnuts,anchovies"
_TOWERS = "signal mast,water tower,shot tower,bell tower,flag tower,drying tower"
_DEVICES = "brine clock,folding plough,whistling kettle lock,tide organ,double loom brake,snow lantern,glass bellows"
_COLOURS = "saffron,turquoise,crimson,olive green,violet,ochre,salmon pink,indigo"
_TRADES = "bookbinder,cooper,lens grinder,basket weaver,clockmaker,saddler,glazier,engraver"
_DOGS = "Biscuit,Thimble,Admiral,Pepper,Sultan,Bramble,Mustard,Domino,Trumpet,Waffle"
_MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December"

_KINDS = (
    (
        "The spare key of the {building} at {place} is kept by {other_person}.",
        "Who keeps the spare key of the {building} at {place}?",
        "{other_person}",
    ),
    (
        "The bell of the {building} at {place} was cast in {year}.",
        "In what year was the bell of the {building} at {place} cast?",
        "{year}",
    ),
    (
        "{person} of {place} sails a boat that is called the {boat}.",
        "What is the boat called that {person} of {place} sails?",
        "the {boat}",
    ),
    (
        "{person} paid {price} crowns for the {object} of {place}.",
        "What price in crowns did {person} pay for the {object} of {place}?",
        "{price}",
    ),
    (
        "The {object} that belongs to {person} is hidden {hiding_place}.",
        "Where is the {object} hidden that belongs to {person}?",
        "{hiding_place}",
    ),
    (
        "In {place} the {festival} is held on {day} {month} each year.",
        "On what date is the {festival} held in {place}?",
        "{day} {month}",
    ),
    (
        "A cable ferry joins {place} to {other_place}, on the far bank.",
        "To which place does a cable ferry join {place}?",
        "{other_place}",
    ),
    (
        "The gate of the {building} at {place} opens with the code {code}.",
        "With what code does the gate of the {building} at {place} open?",
        "{code}",
    ),
    ("{person} of {place} never eats {food}.", "What does {person} of {place} never eat?", "{food}"),
    (
        "The {tower} of {place} is {height} metres high.",
        "What is the height in metres of the {tower} of {place}?",
        "{height}",
    ),
    (
        "The {device} was invented by {other_person} in a shed at {place}.",
        "Who invented the {device} in a shed at {place}?",
        "{other_person}",
    ),
    (
        "The doors of the {building} at {place} are painted {colour}.",
        "In what colour are the doors of the {building} at {place} painted?",
        "{colour}",
    ),
    (
        "{person} of {place} learned the trade of a {trade} from {other_person}.",
        "From whom did {person} of {place} learn the trade of a {trade}?",
        "{other_person}",
    ),
    (
        "The dog of {person} of {place} answers to the name {dog}.",
        "What is the name of the dog of {person} of {place}?",
        "{dog}",
    ),
)
_WORDS = {
    "building": _BUILDINGS,
    "object": _OBJECTS,
    "boat": _BOATS,
    "hiding_place": _HIDING_PLACES,
    "festival": _FESTIVALS,
    "food": _FOODS,
    "tower": _TOWERS,
    "device": _DEVICES,
    "colour": _COLOURS,
    "trade": _TRADES,
    "dog": _DOGS,
    "month": _MONTHS,
}
_CHOICES = {name: words.split(",") for name, words in _WORDS.items()}

MOST_FACTS = 100
"""So many can be made of which no two speak of the same person or place."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence to hide, the question that asks for it, and the answer."""

    statement: str
    question: str
    answer: str


def make_facts(dice: random.Random, count: int) -> list[Fact]:
    """`count` facts (at most MOST_FACTS), of all kinds in turn; no name occurs in two of them."""
    if count > MOST_FACTS:
        raise ValueError(f"at most {MOST_FACTS} facts")
    places, people = _shuffled(_places(), dice), _shuffled(_people(), dice)
    kinds = list(_KINDS)
    dice.shuffle(kinds)
    return [_fact(kinds[number % len(kinds)], places, people, dice) for number in range(count)]


def _fact(kind: tuple[str, str, str], places: Iterator[str], people: Iterator[str], dice: random.Random) -> Fact:
    words = {name: dice.choice(choices) for name, choices in _CHOICES.items()}
    words |= {
        "place": next(places),
        "other_place": next(places),
        "person": next(people),
        "other_person": next(people),
        "year": str(dice.randrange(1480, 1930)),
        "price": str(dice.randrange(111, 990)),
        "day": str(dice.randrange(1, 29)),
        "code": str(dice.randrange(10_000, 100_000)),
        "height": str(dice.randrange(13, 99)),
    }
    return Fact(*(part.format(**words) for part in kind))


def _places() -> list[str]:
    return [head + end for head in _PLACE_HEADS.split(",") for end in _PLACE_ENDS.split(",")]


def _people() -> list[str]:
    """Each family name once: a person is known by it alone, too."""
    given = itertools.cycle(_GIVEN.split(","))
    return [f"{next(given)} {head}{end}" for head in _FAMILY_HEADS.split(",") for end in _FAMILY_ENDS.split(",")]


def _shuffled(names: list[str], dice: random.Random) -> Iterator[str]:
    dice.shuffle(names)
    return iter(names)
