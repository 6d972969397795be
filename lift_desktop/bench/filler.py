"""Plain prose for the needle test to hide facts in: made by a seeded grammar, nobody's property, hardly ever the same
sentence twice.

It names no person and no place, so that nothing in it can be taken for a hidden fact.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from string import Formatter

_WORDS_TEXT = {
    "season": "spring,early summer,late summer,autumn,winter,the cold months,the dry months,the weeks before harvest",
    "weather": "steady rain,a dry east wind,morning fog,hard frost,long heat,sudden showers,a clear sky,heavy snow",
    "worker": "carpenter,gardener,baker,shepherd,weaver,mason,miller,beekeeper,potter,tanner,fisherman,smith",
    "helper": "an apprentice,a neighbour,a cousin,the eldest child,a hired hand,a retired colleague,two students",
    "tool": "a short knife,a wooden mallet,a wide rake,a pair of tongs,a linen cloth,a flat brush,a hand saw,a sieve",
    "vessel": "a clay jar,a wicker basket,a shallow tray,an iron pot,a sack,a deep bowl,a tin,a wooden crate",
    "material": "oak,clay,wool,slate,linen,willow,leather,limestone,beeswax,copper,hemp,sand",
    "crop": "barley,beans,apples,onions,flax,cabbages,pears,oats,turnips,cherries,rye,lentils",
    "animal": "goats,geese,sheep,bees,oxen,hens,doves,mules,ducks,rabbits",
    "quality": "patient,careful,cheap,reliable,steady,slow,simple,fair,rough,quiet,thrifty,modest",
    "reason": (
        "the old way costs less,nobody has found a better one,damp would spoil the rest,the light is best then,"
        "the roads are empty at that hour,strength matters more than looks,waste is disliked by everyone,"
        "the work cannot be hurried,small mistakes show later,habit is a good teacher"
    ),
    "time": (
        "before breakfast,at noon,towards evening,after the last meal,once a week,every other day,at first light,"
        "when the bells have rung,on the last day of the month,during the quiet hours"
    ),
    "span": "two days,a week,three weeks,about an hour,half a day,a whole month,a fortnight,ten minutes,a season",
    "amount": "a handful,twice as much,a third,nearly half,a small share,a dozen,several loads,more than enough",
    "room": "the yard,the loft,the shed,the kitchen,the cellar,the workshop,the back room,the barn,the porch",
    "way": "along the river,over the hill,through the orchard,past the quarry,by the canal,across the common",
    "feeling": "relief,pride,some doubt,good humour,boredom,curiosity,satisfaction,impatience",
    "judge": "visitors,older people,most buyers,the children,travellers,those who come late,the neighbours",
}
_WORDS = {name: text.split(",") for name, text in _WORDS_TEXT.items()}

_THEMES = (
    (
        "In {season} the {worker} begins the day {time}, because {reason}.",
        "Work with {material} asks for {tool} and a {quality} hand.",
        "Whoever hurries loses {amount} of the {material}, and {reason}.",
        "After {span} the pieces are turned, wiped with {tool} and carried to {room}.",
        "A good {worker} can tell by the sound whether the {material} is ready.",
        "What is left over goes into {vessel} and is used again {time}.",
        "For such work {judge} pay a {quality} price, though seldom with {feeling}.",
    ),
    (
        "The {crop} are brought in {time}, unless {weather} should make the ground too soft.",
        "Each row of {crop} gets {amount} of water, carried in {vessel} from {room}.",
        "Between the {crop} and the {other_crop} a strip is left free for {span}.",
        "In {season} {weather} can do more harm than insects, as {judge} like to say.",
        "Seeds are kept in {vessel} in {room}, where {weather} cannot reach them.",
        "If the {crop} fail, {other_crop} are sown in their place within {span}.",
        "The soil there is {quality}, and it is loosened with {tool} {time}.",
    ),
    (
        "The {animal} are led {way} {time} and come back without being called.",
        "During {weather} the {animal} stay in {room} and are fed {amount} of {crop}.",
        "A {worker} who keeps {animal} needs {helper} in {season}.",
        "The fence is mended with {material} whenever {weather} may have loosened it.",
        "To look after {animal} is {quality} work; {judge} watch it with {feeling}.",
        "Young {animal} are kept apart for {span}, because {reason}.",
        "Their straw is changed {time} and carried away in {vessel}.",
    ),
    (
        "The path {way} is used {time}, when {judge} go home with their loads.",
        "After {weather} the path is closed for {span}, and carts take the way {other_way}.",
        "Stones of {material} mark the bends, so that nobody is lost in {season}.",
        "A bench of {material} stands at the top, where {judge} rest with {feeling}.",
        "To walk {way} with {vessel} on the back takes {span} at a {quality} pace.",
        "The bridge is checked {time} by a {worker} and {helper}.",
        "Its ropes and planks are changed before they break, because {reason}.",
    ),
    (
        "Soup of {crop} is set on the fire {time} and left there for {span}.",
        "Bread with {other_crop} keeps for {span} when it lies in {vessel} in {room}.",
        "The recipe is {quality}: {amount} of {crop}, salt, water, and {span} of waiting.",
        "On days of {weather} there is {amount} more of it, shared among {judge}.",
        "A cook stirs with {tool} and tastes {time}, not more often.",
        "{crop} are dried in {room} during {season}, hung up on a string of {material}.",
        "Guests are served first and thank the cook with {feeling}.",
    ),
    (
        "The market opens {time}; {judge} come {way} with {vessel} on each arm.",
        "Prices of {crop} fall after {weather} and rise again within {span}.",
        "A {worker} sells goods of {material} beside a stall with {animal}.",
        "Bargaining is {quality} there, and it ends with {feeling} on both sides.",
        "What is not sold is stored in {room} or given away {time}.",
        "In {season} the stalls are covered with {material} against {weather}.",
        "The scales are tested {time}, because {reason}.",
    ),
    (
        "Children learn to handle {tool} from {helper}, mostly in {season}.",
        "The lesson lasts {span} and takes place in {room}, whatever the weather does.",
        "First they sort {crop}, then they may try {material} by themselves.",
        "A mistake is met with {feeling}; the {quality} way is shown once more.",
        "{judge} are invited {time} and look at what was made of {material}.",
        "Each child keeps {amount} of the work in {vessel} until the next lesson.",
        "Some want to become a {worker}, others would rather keep {animal}.",
    ),
    (
        "Old tales about {weather} are told in {room} {time}.",
        "They speak of a {worker} who trusted {animal} more than people.",
        "In one of them {amount} of the {crop} vanishes during {span} of {weather}.",
        "{judge} know the end and still listen with {feeling}.",
        "The teller holds {tool} in one hand and never puts it down.",
        "It is a {quality} story, and it is told only in {season}, because {reason}.",
        "Those who fall asleep are carried home {way} by {helper}.",
    ),
)
_SENTENCES = (4, 6)
_TRIES = 30


def paragraphs(dice: random.Random) -> Iterator[str]:
    """Paragraphs of four to six sentences without end; no sentence comes twice as long as the grammar has others."""
    seen: set[str] = set()
    last = -1
    while True:
        theme = dice.choice([number for number in range(len(_THEMES)) if number != last])
        last = theme
        patterns = dice.sample(_THEMES[theme], dice.randint(*_SENTENCES))
        yield " ".join(_new_sentence(pattern, dice, seen) for pattern in patterns)


def _new_sentence(pattern: str, dice: random.Random, seen: set[str]) -> str:
    for _ in range(_TRIES):
        sentence = _filled(pattern, dice)
        if sentence not in seen:
            break
    seen.add(sentence)
    return sentence


def _filled(pattern: str, dice: random.Random) -> str:
    """The pattern with a word in each slot; `other_crop` is not the word of `crop`."""
    words: dict[str, str] = {}
    for _, slot, _, _ in Formatter().parse(pattern):
        if slot:
            choices = _WORDS[slot.removeprefix("other_")]
            words[slot] = dice.choice([word for word in choices if word not in words.values()])
    sentence = pattern.format(**words)
    return sentence[0].upper() + sentence[1:]
