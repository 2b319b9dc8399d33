"""(seed, index) -> an article of an invented press, and what is true in it.

    python benchmarks/generate.py --articles 10000 --seed 1 --out DIR [--viral 500]

writes DIR/articles.jsonl (what a scan reads), DIR/gold.jsonl (what is true) and DIR/text.txt (the
texts alone, for `wc`). Articles are made in blocks of 250, and whatever one article shares with
another stays inside its block, so that a block is a function of (seed, number of the block): any
process can make any part of a corpus, and a larger corpus begins with the smaller one.

gold.jsonl has two kinds of rows. An article: its `quotes` (`start`, `end`, `kind`, `utterance`,
`mention_start`, `mention_end`, `name`: the speaker's full name, null when nobody is named) and its
`furniture` ([start, end]). A passage: its `type`, the share of words edited, and its `members`
(`id`, `start`, `end`, and `source_start`, `source_end` in the first member), the first of which
is the one the others were taken from.
"""

# ruff: noqa: SIM905 - tables of words are easier to read as words

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import language
from benchmarks.language import PLACES, PROSE, SPEECH, TITLE

BLOCK = 250
_DAYS = 180
_WINDOW = 14  # days over which the articles of one block are spread
_FIRST_DAY = datetime(2024, 1, 1)
_PEOPLE = 40_000

# How many of each in a block of 250: about a fifth of all articles carry something.
_PLANTS = (
    ("verbatim", 4), ("edited", 10), ("ocr", 2), ("ellipsis", 2), ("quote", 4), ("wire", 1),
)  # fmt: skip
_EDIT_RATES = (0.05, 0.10, 0.15, 0.20, 0.30)
_OCR_RATES = (0.01, 0.02, 0.05)
_LENGTHS = ((8, 12), (13, 20), (21, 40), (41, 80), (81, 160))


class Quoted(TypedDict):
    """Words that somebody said, where they stand, and whose they are."""

    start: int
    end: int
    kind: str
    utterance: int
    mention_start: int | None
    mention_end: int | None
    name: str | None


class Place(TypedDict):
    """Where an article carries a passage, and which stretch of the source that is."""

    id: str
    start: int
    end: int
    source_start: int
    source_end: int


class Shared(TypedDict):
    """A planted passage; the first member is the source of the others."""

    passage: str
    type: str
    rate: float
    members: list[Place]


@dataclass(slots=True)
class Made:
    """An article as it was made: ``text[start:end]`` is what gold says it is."""

    id: str
    outlet: str
    published: str
    title: str
    text: str
    quotes: list[Quoted]
    furniture: list[tuple[int, int]]

    def row(self) -> dict[str, str]:
        return {
            "id": self.id, "outlet": self.outlet, "published": self.published,
            "title": self.title, "language": "en", "text": self.text,
        }  # fmt: skip


# --- the invented world -------------------------------------------------------------------------

_WOMEN = (
    "Anna Beth Carla Diana Edith Fiona Grace Helen Irene Joan Karen Laura Mary Nora Olive Paula "
    "Rachel Susan Teresa Vera Wanda Amina Priya Mei Sofia Ingrid Leila Yuki Marta Elena"
).split()
_MEN = (
    "Adam Brian Colin Daniel Edward Frank George Henry Ivan James Kevin Louis Martin Neil Oscar "
    "Peter Robert Simon Thomas Victor Walter Ahmed Rajiv Wei Marco Lars Omar Kenji Pavel Diego"
).split()
_SURNAMES = tuple(
    a + b
    for a in (
        "Al Ander Bar Bren Cal Cor Dal Den El Far Gar Hal Han Hart Jar Kel Lan Mar Mer Nor Ol "
        "Par Quin Ros Sal San Tal Tor Var Wil Win Yor"
    ).split()
    for b in (
        "berg bright by croft dale der din do el er ford gan go han key ling low man mer mond ney "
        "nell ov sen ski son ston ter vale well wood worth"
    ).split()
)
_OFFICES = (
    ("mayor", "the mayor of {place}"),
    ("governor", "the governor of {place}"),
    ("senator", "a senator from {place}"),
    ("minister", "the minister for trade"),
    ("professor", "a professor at {place} University"),
    ("director", "the director of the {place} Water Board"),
    ("lawyer", "a lawyer in {place}"),
    ("chairman", "the chairman of the {place} Chamber of Commerce"),
    ("doctor", "a doctor at {place} General Hospital"),
    ("analyst", "an analyst at {place} Research"),
    ("farmer", "a farmer near {place}"),
    ("teacher", "a teacher in {place}"),
    ("coach", "the coach of the {place} team"),
    ("commissioner", "the police commissioner of {place}"),
    ("student", "a student in {place}"),
    ("pilot", "a pilot from {place}"),
)
_PAPERS = (
    "Herald Courier Times Post Tribune Gazette Chronicle Observer Examiner Standard Dispatch "
    "Register Sentinel Journal Mirror Record Argus Echo Ledger Star"
).split()


class Person(NamedTuple):
    """Somebody the press quotes."""

    name: str
    surname: str
    he: str
    honorific: str
    office: str
    role: str


@cache
def person(number: int) -> Person:
    rng = random.Random(number * 2 + 1)
    woman = rng.random() < 0.45
    first = rng.choice(_WOMEN if woman else _MEN)
    surname = _SURNAMES[int(len(_SURNAMES) * rng.random() ** 1.5)]
    if rng.random() < 0.1:
        first += f" {rng.choice('ABCDEGHJKLMPRSTW')}."
    office, role = rng.choice(_OFFICES)
    return Person(
        name=f"{first} {surname}",
        surname=surname,
        he="she" if woman else "he",
        honorific=f"{'Ms.' if woman else 'Mr.'} {surname}",
        office=office,
        role=role.format(place=rng.choice(PLACES)),
    )


def _somebody(rng: random.Random) -> int:
    """Some are quoted far more often than others, nobody in a thousandth of all articles."""
    return int(_PEOPLE ** (0.5 + 0.5 * rng.random()))


class Outlet(NamedTuple):
    """A newspaper and its house style."""

    name: str
    marks: tuple[str, str]
    honorifics: bool
    head: str | None
    middle: str | None
    tail: tuple[str, ...]


_HEADS = ("By {name} Staff", "{name} | News", "{name} Reporters", "Updated by the {name} desk")
_MIDDLES = (
    "Advertisement", "Story continues below advertisement", "Sign up for the {name} newsletter",
    "Read more from the {name}", "Article continues after this advertisement",
)  # fmt: skip
_TAILS = (
    "© 2024 {name} Media. All rights reserved. No part of this page may be copied or passed on.",
    "Sign up for the {name} morning letter and have the top stories of {place} in your inbox.",
    "Follow {name} wherever you are, and tell our editors what we should look into next.",
    "Support local reporting. If you value what the {name} does, please become a subscriber.",
    "Have a tip for the {name}? Write to our news desk or call the number on our contact page.",
    "The {name} is printed in {place} and has been independent since its first edition in 1897.",
    "Comments are open to subscribers of the {name} and are read by a person before they appear.",
)
_EVERYWHERE = (
    "We use cookies to make this site work and to see how it is used. You can change your "
    "settings at any time.",
    "It looks as though you are using an ad blocker. Please switch it off to go on reading.",
    "This material may not be printed, broadcast or rewritten without permission in writing.",
)


@cache
def outlets() -> tuple[Outlet, ...]:
    """Forty outlets, the largest first."""
    rng = random.Random(40)
    made = []
    for place, paper in zip(rng.sample(PLACES, 40), _PAPERS * 2, strict=True):
        name = f"{place} {paper}"
        # Most of what an outlet repeats is its own; some is worded alike everywhere.
        keys = language.mix(np.full(2, language.key(rng.getrandbits(60)), np.uint64), np.arange(2))
        own = language.sentences(keys, keys, np.full(2, PROSE))
        tails = [f"{t}." for t in own[: rng.randrange(3)]]
        tails += rng.sample(_TAILS, rng.randrange(2))
        made.append(
            Outlet(
                name=name,
                marks=("“", "”") if rng.random() < 0.6 else ('"', '"'),
                honorifics=rng.random() < 0.25,
                head=rng.choice(_HEADS).format(name=name) if rng.random() < 0.4 else None,
                middle=rng.choice(_MIDDLES).format(name=name) if rng.random() < 0.4 else None,
                tail=(
                    *(t.format(name=name, place=place) for t in tails),
                    *([rng.choice(_EVERYWHERE)] if rng.random() < 0.15 else []),
                ),
            )
        )
    return tuple(made)


# --- ways to quote ------------------------------------------------------------------------------

# {F} full name, {S} surname (or Mr. Surname, as the house has it), {p} pronoun, {R} "the mayor",
# {U} somebody unnamed: the mention. {q} and {r} are what is said, {q1}{q2} the halves of one
# sentence, {l} a sentence begun in lower case, {t} two to five words, {n} own prose, {i} what is
# said without marks. ¶ ends a paragraph whose quote goes on in the next.
_FIRST = (
    "“{q},” said {F}, {role}.",
    "“{q},” {F}, {role}, said.",
    "“{q},” said {F}, {role}. “{r}.”",
    "{F}, {role}, said: “{q}.”",
    "{F}, {role}, told {whom} on {day}: “{q}. {r}.”",
    "According to {F}, {role}, “{l}.”",
    "{F}, {role}, {called} “{t}.”",
    "“{q}. {r},” said {F}, {role}.",
    "In a statement, {F}, {role}, said that “{l}.”",
    "“{q1},” said {F}, {role}, “{q2}.”",
    "{F}, {role}, came to {place}. “{q},” {p} said.",
)
_AGAIN = (
    "“{q},” {S} said.",
    "“{q},” {S} said. “{r}.”",
    "“{q},” said {S}.",
    "“{q}. {r},” {S} said on {day}.",
    "{S} said that {i}.",
    "{S} added: “{q}.”",
    "{S} {called} “{t},” and said “{l}.”",
    "“{q1},” {S} said, “{q2}.”",
    "“{q}.¶“{r},” {S} said.",
    "{S} told {whom} that “{l}.”",
    "“{q},” {S} wrote to {whom}.",
    "According to {S}, “{l}.”",
    "“{q},” argued {S}.",
)
_AT_ONCE = (  # only where the person was the last to be spoken of
    "“{q},” {p} said.",
    "“{q},” {p} added. “{r}.”",
    "“{q}.”",
    "“{q},” the {office} said.",
    "On {day} {p} went on: “{q}.”",
    "“{q}. {r},” {p} told {whom}.",
)
_UNNAMED = (
    "“{q},” said {U}.",
    "“{q},” {U} said on {day}.",
    "According to {U}, “{l}.”",
)
_NOBODY = (
    "{n}, the so-called “{t}.”",
    "{n}, or “{t},” as it is known.",
)
_SOMEBODY = (
    "a spokeswoman for {place}", "one official", "an insider",
    "a resident of {place}", "a company spokesman", "a second witness", "an aide",
    "a neighbour", "a woman from {place}", "a city spokesman", "two officials",
    "the {place} police",
    "an official in {place}", "a former employee", "a union leader from {place}", "one voter",
)  # fmt: skip
_WHOM = (
    "reporters", "the committee", "a meeting in {place}", "the {place} Herald", "lawmakers",
    "a crowd in {place}", "the court", "members of the panel", "supporters", "the board",
    "a radio station in {place}", "parents", "staff",
)  # fmt: skip
_CALLED = (
    "called the plan", "described it as", "spoke of", "dismissed it as", "saw", "warned of",
    "called for", "said it was", "promised", "called the vote",
)  # fmt: skip
# What every newsroom writes in its own few words; [a/b] is one or the other.
_STANDING = (
    "The {place} Council did not [immediately /]respond to [a request/requests/a message] "
    "[for comment/seeking comment/left on {day}].",
    "[He/She/The official] [spoke/asked to speak] [on condition of anonymity/without being named] "
    "[to discuss private talks/for fear of losing the job/as is custom there].",
    "A [spokesman/spokeswoman/lawyer] for the [mayor of {place}/company/family] declined to "
    "[comment/say more/be interviewed].",
    "No one was [hurt/injured], and the cause [was not known/is under review] on {day}.",
    "Polls [open/will open] at [7/8] a.m. [and close at 8 p.m./across {place}] on {day}.",
    "Shares [of the company/in {place} Power] [fell 3 percent/rose 2 percent/were little changed] "
    "[in early trading/in afternoon trading/on {day}].",
    "Skies [will be/should stay] [clear/cloudy] on {day} with [a high near 60/rain by night].",
    "[The company/The union/The school] did not [return calls/answer an email] "
    "[seeking comment/on {day}].",
)
_PIECES = re.compile(r"(“|”|¶|\{\w+\})")


_EITHER = re.compile(r"\[([^]]*)\]")


def _standing(number: int, rng: random.Random) -> str:
    """A sentence that any newspaper might have."""

    def one(options: re.Match[str]) -> str:
        return options[1].split("/")[int((options[1].count("/") + 1) * rng.random())]

    text = _EITHER.sub(one, _STANDING[int(len(_STANDING) * rng.random())])
    place = PLACES[int(len(PLACES) * rng.random())]
    return text.format(place=place, day=language.DAYS[number % 7])


@cache
def _pieces(form: str) -> tuple[str, ...]:
    return tuple(p for p in _PIECES.split(form) if p)


# --- one article under construction -------------------------------------------------------------


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


@dataclass(slots=True)
class Draft:
    """Text as it grows, with what is true in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    quotes: list[Quoted] = field(default_factory=list)
    furniture: list[tuple[int, int]] = field(default_factory=list)
    paragraphs: list[int] = field(default_factory=list)  # where each begins
    utterances: int = 0

    def add(self, text: str) -> tuple[int, int]:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start, self.length

    def paragraph(self) -> None:
        if self.parts:
            self.add("\n\n")
        self.paragraphs.append(self.length)

    def repeat(self, text: str) -> None:
        """A paragraph of furniture."""
        self.paragraph()
        self.furniture.append(self.add(text))

    def said(
        self,
        form: str,
        fields: dict[str, str],
        marks: tuple[str, str],
        name: str | None,
        mention: tuple[int, int] | None,
    ) -> tuple[int, int] | None:
        """Write a quote as `form` has it; returns where its speaker is mentioned.

        `mention` is where the speaker was last spoken of, for forms that name nobody.
        """
        spans: list[tuple[int, int, str]] = []
        opened = 0
        for piece in _pieces(form):
            if piece == "“":
                self.add(marks[0])
                opened = self.length
            elif piece in "”¶":
                inside = "{t}" in form or "{l}" in form
                spans.append((opened, self.length, "mixed" if inside else "direct"))
                self.add(marks[1]) if piece == "”" else self.paragraph()
            elif piece[0] == "{":
                at = self.add(fields[piece[1:-1]])
                if piece in ("{F}", "{S}", "{p}", "{office}", "{U}"):
                    mention = (at[0] - 4, at[1]) if piece == "{office}" else at
                elif piece == "{i}":
                    spans.append((*at, "indirect"))
            else:
                self.add(piece)
        nobody = form in _NOBODY
        for start, end, kind in spans:
            self.quotes.append(
                Quoted(
                    start=start,
                    end=end,
                    kind="term" if nobody else kind,
                    utterance=self.utterances,
                    mention_start=None if nobody or not mention else mention[0],
                    mention_end=None if nobody or not mention else mention[1],
                    name=None if nobody else name,
                )
            )
        self.utterances += 1
        return mention

    def carry(self, other: Draft, first: int, last: int) -> tuple[int, int]:
        """Paragraphs `first` to `last` of another draft, with what is true in them."""
        self.paragraph()
        ends = [*(p - 2 for p in other.paragraphs[1:]), other.length]
        a, b = other.paragraphs[first], ends[last - 1]
        shift = self.length - a
        span = self.add("".join(other.parts)[a:b])
        self.paragraphs += [p + shift for p in other.paragraphs[first + 1 : last]]
        for q in other.quotes:
            if a <= q["start"] and q["end"] <= b:
                s, e = q["mention_start"], q["mention_end"]
                self.quotes.append(
                    {
                        **q,
                        "start": q["start"] + shift,
                        "end": q["end"] + shift,
                        "utterance": q["utterance"] + self.utterances,
                        "mention_start": None if s is None else s + shift,
                        "mention_end": None if e is None else e + shift,
                    }
                )
        self.utterances += other.utterances
        return span


# --- edits --------------------------------------------------------------------------------------


def edited(text: str, rate: float, rng: random.Random) -> str:
    """`rate` of the words replaced (half), left out (a quarter) or put in (a quarter)."""
    words = text.split(" ")
    vocabulary = language.tables().words
    lower = len(vocabulary) // 2

    def another() -> str:
        return vocabulary[int(lower * rng.random() ** 3)].strip(" ,").split(" ")[0]

    count = int(rate * len(words) + rng.random())
    for i in sorted(rng.sample(range(len(words)), count), reverse=True):
        kind = rng.random()
        if kind < 0.5:
            words[i] = another()
        elif kind < 0.75:
            words.insert(i, another())
        elif len(words) > 4:
            del words[i]
    return " ".join(words)


_MISREAD = {
    "e": "c", "c": "e", "o": "0", "l": "1", "i": "l", "s": "5", "h": "b", "n": "u", "u": "n",
    "t": "f", "m": "rn", "w": "vv", "d": "cl", "a": "u", "g": "q",
}  # fmt: skip


def misread(text: str, rate: float, rng: random.Random) -> str:
    """`rate` of the letters as a poor scan has them."""
    return "".join(_MISREAD.get(c, c) if rng.random() < rate else c for c in text)


def elided(text: str, rng: random.Random) -> str:
    """The middle left out, an ellipsis in its place; a third of the words at most."""
    words = text.split(" ")
    cut = max(2, int(len(words) * (0.1 + 0.2 * rng.random())))
    at = rng.randrange(3, max(4, len(words) - cut - 2))
    return " ".join([*words[:at], "...", *words[at + cut :]])


# --- a block of articles ------------------------------------------------------------------------


class _Plant(NamedTuple):
    """A passage to be put into several articles of a block; the first is its source."""

    type: str
    key: int
    members: tuple[int, ...]
    words: tuple[int, int]


def _plan(seed: int, block: int, papers: list[int], times: list[float]) -> list[_Plant]:
    rng = random.Random(language.key(seed, block, 1))

    def chosen(count: int, among: list[int]) -> tuple[int, ...]:
        """Articles of different outlets, the earliest first."""
        taken: dict[int, int] = {}
        for _ in range(count * 8):
            if len(taken) == count:
                break
            i = rng.choice(among)
            taken.setdefault(papers[i], i)
        return tuple(sorted(taken.values(), key=lambda i: times[i]))

    everyone = list(range(BLOCK))
    plants = []
    for kind, count in _PLANTS:
        for _ in range(count):
            size = rng.randrange(3, 6) if kind == "wire" else 2
            members = chosen(size, everyone)
            if kind == "wire":
                everyone = [i for i in everyone if i not in members]
            low, high = rng.choice(_LENGTHS)
            if kind in ("ocr", "ellipsis") and low < 13:
                low, high = 13, 40
            plants.append(_Plant(kind, rng.getrandbits(60), members, (low, high)))
    if rng.random() < 0.3:
        members = chosen(rng.randrange(4, 22), everyone)
        plants.append(_Plant("viral", rng.getrandbits(60), members, (20, 60)))
    wired = {i for p in plants if p.type == "wire" for i in p.members}
    return [p for p in plants if p.type == "wire" or not wired & set(p.members)]


class _Words:
    """The sentences of one article, one after another; more are made when they run out."""

    def __init__(self, prose: list[str], speech: list[str], topic: int) -> None:
        self._ready = (prose[::-1], speech[::-1])
        self._topic = topic
        self._made = 1000

    def _next(self, kind: int) -> str:
        ready = self._ready[kind]
        if not ready:
            topics = np.full(8, self._topic, np.uint64)
            keys = language.mix(topics, np.arange(self._made, self._made + 8, dtype=np.uint64))
            ready.extend(language.sentences(keys, topics, np.full(8, kind)))
            self._made += 8
        return ready.pop()

    def own(self) -> str:
        return self._next(PROSE)

    def spoken(self) -> str:
        return self._next(SPEECH)


def _fields(
    words: _Words, who: Person | None, house: Outlet, form: str, rng: random.Random
) -> dict[str, str]:
    q = words.spoken()
    fields = {"q": q, "day": language.DAYS[int(7 * rng.random())]}
    if "{r}" in form:
        fields["r"] = words.spoken()
    if "{l}" in form:
        fields["l"] = _lower(q)
    if "{t}" in form:
        fields["t"] = _lower(" ".join(words.spoken().split(" ")[-int(2 + 4 * rng.random()) :]))
    if "{q1}" in form:
        half = q.find(" ", len(q) // 2)
        fields["q1"], fields["q2"] = (q[:half], q[half + 1 :]) if half > 0 else (q, words.spoken())
    if "{whom}" in form:
        place = PLACES[int(len(PLACES) * rng.random())]
        fields["whom"] = _WHOM[int(len(_WHOM) * rng.random())].format(place=place)
    if "{called}" in form:
        fields["called"] = _CALLED[int(len(_CALLED) * rng.random())]
    if "{place}" in form:
        fields["place"] = PLACES[int(len(PLACES) * rng.random())]
    if "{n}" in form:
        fields["n"] = words.own()
    if "{i}" in form:
        fields["i"] = _lower(words.own())
    if who:
        fields |= {
            "F": who.name,
            "S": who.honorific if house.honorifics else who.surname,
            "p": who.he,
            "office": who.office,
            "role": who.role,
        }
    else:
        place = PLACES[int(len(PLACES) * rng.random())]
        fields["U"] = _SOMEBODY[int(len(_SOMEBODY) * rng.random())].format(place=place)
    return fields


def _body(
    draft: Draft,
    words: _Words,
    prose: int,
    house: Outlet,
    rng: random.Random,
    inserts: dict[int, list[tuple[int, _Insert]]],
) -> dict[int, tuple[int, int]]:
    """Paragraphs of prose and quotes; returns where each insert came to stand."""
    who = [person(_somebody(rng)) for _ in range(1 + int(3 * rng.random()))]
    met: dict[str, tuple[int, int]] = {}
    last: Person | None = None
    stands: dict[int, tuple[int, int]] = {}
    quoting = 0.15 + 0.5 * rng.random()
    number = 0
    while prose > 0:
        for index, insert in inserts.get(number, ()):
            stands[index] = insert(draft, words, house, rng)
            last = None
        draft.paragraph()
        count = min(prose, 1 + int(3 * rng.random()))
        prose -= count
        draft.add(". ".join([words.own() for _ in range(count)]) + ".")
        if rng.random() < 0.01:
            draft.add(" " + _standing(number, rng))
        number += 1
        if house.middle and number == 4:
            draft.repeat(house.middle)
        # Prose has come between: only a name or a description says who speaks next.
        last = None
        while rng.random() < quoting:
            draft.paragraph()
            r = rng.random()
            if r < 0.08:
                form = _UNNAMED[int(len(_UNNAMED) * rng.random())]
                draft.said(form, _fields(words, None, house, form, rng), house.marks, None, None)
                last = None
                break
            if r < 0.13:
                form = _NOBODY[int(len(_NOBODY) * rng.random())]
                draft.said(form, _fields(words, None, house, form, rng), house.marks, None, None)
                last = None
                break
            speaker = last if last and rng.random() < 0.6 else who[int(len(who) * rng.random())]
            forms = _FIRST if speaker.name not in met else _AT_ONCE if speaker is last else _AGAIN
            form = forms[int(len(forms) * rng.random())]
            at = draft.said(
                form,
                _fields(words, speaker, house, form, rng),
                house.marks,
                speaker.name,
                met.get(speaker.name),
            )
            if at:
                met[speaker.name] = at
            last = speaker
    return stands


class _Insert:
    """A passage as one article carries it."""

    def __init__(self, text: str, quoted: tuple[Person, str, str, int] | None) -> None:
        self.text, self.quoted = text, quoted

    def __call__(
        self, draft: Draft, words: _Words, house: Outlet, rng: random.Random
    ) -> tuple[int, int]:
        draft.paragraph()
        if self.quoted is None:
            before, after = rng.random(), rng.random()
            if self.text[:1].islower():
                draft.add(words.own() + ", and ")
            elif before < 0.5:
                draft.add(words.own() + ". ")
            span = draft.add(self.text)
            draft.add("." if after < 0.5 else f". {words.own()}.")
            return span
        who, q, r, form = self.quoted
        first = len(draft.quotes)
        fields = _fields(words, who, house, _CARRIED[form], rng) | {"q": q, "r": r}
        draft.said(_CARRIED[form], fields, house.marks, who.name, None)
        return draft.quotes[first]["start"], draft.quotes[-1]["end"]


# One statement of two sentences, as five newsrooms print it.
_CARRIED = (
    "“{q}. {r},” said {F}, {role}.",
    "“{q},” said {F}, {role}. “{r}.”",
    "{F}, {role}, said: “{q}. {r}.”",
    "“{q},” {F} told {whom} on {day}. “{r}.”",
    "In a statement, {F} said: “{q}. {r}.”",
)


def _cut(sentences: list[str], low: int, high: int, rng: random.Random) -> str:
    """Whole sentences, or the end of one, of `low` to `high` words."""
    text = ". ".join(sentences)
    words = text.split(" ")
    count = min(len(words), int(low + (high + 1 - low) * rng.random()))
    if count <= 20:
        return " ".join(words[1 : count + 1]).replace(".", "").rstrip(",")
    return " ".join(words[:count]).rstrip(",.")


def _carried(plant: _Plant, sentences: list[str], speech: list[str]) -> list[_Insert]:
    """The passage of a plant as each member carries it, the source first."""
    rng = random.Random(plant.key)
    rate = _rate(plant)
    if plant.type == "quote" or (plant.type == "viral" and plant.key % 2):
        who = person(_somebody(rng))
        q, r = speech[0], speech[1]
        out = [_Insert("", (who, q, r, int(len(_CARRIED) * rng.random())))]
        for _ in plant.members[1:]:
            pair = (edited(q, rate, rng), edited(r, rate, rng))
            out.append(_Insert("", (who, *pair, int(len(_CARRIED) * rng.random()))))
        return out
    text = _cut(sentences, *plant.words, rng)
    out = [_Insert(text, None)]
    for _ in plant.members[1:]:
        if plant.type == "ocr":
            copy = misread(text, rate, rng)
        elif plant.type == "ellipsis":
            copy = elided(text, rng)
        else:
            copy = edited(text, rate, rng)
        out.append(_Insert(copy, None))
    return out


def _rate(plant: _Plant) -> float:
    rng = random.Random(plant.key + 1)
    if plant.type == "edited":
        return rng.choice(_EDIT_RATES)
    if plant.type == "ocr":
        return rng.choice(_OCR_RATES)
    if plant.type in ("viral", "quote"):
        return rng.choice((0.0, 0.05, 0.10))
    return 0.0


def _paper(x: float) -> int:
    """Outlets of unequal size: the first has ten times the articles of the last."""
    return int(len(outlets()) * (10**x - 1) / 9)


@dataclass(frozen=True, slots=True)
class Corpus:
    """`articles` articles of `seed`; `viral` of them, evenly spread, carry one passage more."""

    articles: int
    seed: int = 1
    viral: int = 0

    def carriers(self) -> frozenset[int]:
        return frozenset(j * self.articles // self.viral for j in range(self.viral))

    def blocks(self) -> Iterator[tuple[list[Made], list[Shared]]]:
        """Articles and what they share, block after block."""
        carriers = self.carriers()
        for number in range(-(-self.articles // BLOCK)):
            first = number * BLOCK
            here = {i - first for i in range(first, first + BLOCK) if i in carriers}
            made, shared = block(self.seed, number, here)
            keep = {m.id for m in made[: self.articles - first]}
            for s in shared:
                s["members"] = [m for m in s["members"] if m["id"] in keep]
            yield (
                made[: self.articles - first],
                [s for s in shared if len(s["members"]) > 1 or s["type"] == "everywhere"],
            )


def block(
    seed: int, number: int, viral: set[int] | frozenset[int] = frozenset()
) -> tuple[list[Made], list[Shared]]:
    """The articles of one block, and the passages they share (`viral`: see `Corpus`)."""
    rngs = [random.Random(language.key(seed, number, i, 2)) for i in range(BLOCK)]
    papers = [_paper(rng.random()) for rng in rngs]
    start = random.Random(language.key(seed, number, 3)).random() * (_DAYS - _WINDOW)
    times = [start + _WINDOW * rng.random() for rng in rngs]
    sizes = [max(3, min(60, int(17 * 1.6 ** rng.gauss(0, 1)))) for rng in rngs]
    plants = _plan(seed, number, papers, times)

    # All sentences of the block at once: each article's own, then each plant's.
    wants = [(size + 2, 4 + size, 1) for size in sizes]
    wants += [(16, 12, 0) for _ in plants]
    owners = [language.key(seed, number, i, 4) for i in range(BLOCK)] + [p.key for p in plants]
    counts = [sum(w) for w in wants]
    topics = np.repeat(np.array(owners, np.uint64), counts)
    ends = np.cumsum(counts)
    within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    kinds = np.repeat(np.tile([PROSE, SPEECH, TITLE], len(wants)), np.array(wants).ravel())
    texts = language.sentences(language.mix(topics, within + 1), topics, kinds)

    def parts(i: int) -> tuple[list[str], list[str], list[str]]:
        at = int(ends[i]) - counts[i]
        p, s, _ = wants[i]
        return texts[at : at + p], texts[at + p : at + p + s], texts[at + p + s : int(ends[i])]

    inserts: list[dict[int, list[tuple[int, _Insert]]]] = [{} for _ in range(BLOCK)]
    wires: dict[int, tuple[int, Draft, bool]] = {}
    for n, plant in enumerate(plants):
        prose, speech, _ = parts(BLOCK + n)
        if plant.type == "wire":
            wire = Draft()
            house = outlets()[papers[plant.members[0]]]._replace(middle=None)
            _body(wire, _Words(prose, speech, plant.key), 12, house, random.Random(plant.key), {})
            for i in plant.members:
                wires[i] = n, wire, i == plant.members[0]
            continue
        for i, insert in zip(plant.members, _carried(plant, prose, speech), strict=True):
            paragraph = int((sizes[i] / 3) * rngs[i].random())
            inserts[i].setdefault(paragraph, []).append((n, insert))
    if viral:
        for i in sorted(viral):
            insert = _everywhere(seed, rngs[i])
            paragraph = int((sizes[i] / 3) * rngs[i].random())
            inserts[i].setdefault(paragraph, []).append((-1, insert))

    made = []
    stands: dict[int, dict[int, tuple[int, int]]] = {}
    for i, rng in enumerate(rngs):
        prose, speech, title = parts(i)
        house = outlets()[papers[i]]
        if rng.random() < 0.5:  # as the wire services and feeds deliver it
            house = house._replace(head=None, middle=None, tail=())
        draft = Draft()
        if house.head:
            draft.repeat(house.head)
        words = _Words(prose, speech, owners[i])
        at: dict[int, tuple[int, int]] = {}
        if i in wires:
            n, wire, is_source = wires[i]
            length = len(wire.paragraphs)
            if not is_source:
                for _ in range(int(3 * rng.random())):
                    draft.paragraph()
                    draft.add(words.own() + ".")
            keep = (
                length
                if is_source or rng.random() < 0.4
                else int(length * (0.4 + 0.5 * rng.random()))
            )
            at[n] = draft.carry(wire, 0, max(1, keep))
            late = [(number, x) for xs in inserts[i].values() for number, x in xs]
            at |= _body(draft, words, 2, house, rng, {0: late})
        else:
            at |= _body(draft, words, sizes[i], house, rng, inserts[i])
        for tail in house.tail:
            if rng.random() < 0.7:
                draft.repeat(tail)
        stands[i] = at
        when = _FIRST_DAY + timedelta(minutes=int(times[i] * 1440))
        made.append(
            Made(
                id=f"a{number * BLOCK + i:07d}",
                outlet=house.name,
                published=when.strftime("%Y-%m-%dT%H:%MZ"),
                title=title[0],
                text="".join(draft.parts),
                quotes=draft.quotes,
                furniture=draft.furniture,
            )
        )

    def place(i: int, n: int, source: int) -> Place:
        s, e = stands[i][n]
        first, last = stands[source][n]
        # A wire copy that was cut ends early; of all else the whole is carried.
        if n >= 0 and plants[n].type == "wire":
            last = first + e - s
        return Place(id=made[i].id, start=s, end=e, source_start=first, source_end=last)

    shared = [
        Shared(
            passage=f"p{number}-{n}",
            type=plant.type,
            rate=_rate(plant),
            members=[place(i, n, plant.members[0]) for i in plant.members],
        )
        for n, plant in enumerate(plants)
        if len(plant.members) > 1
    ]
    if viral:
        members = [place(i, -1, min(viral)) for i in sorted(viral)]
        shared.append(Shared(passage="everywhere", type="everywhere", rate=0.05, members=members))
    return made, shared


def _everywhere(seed: int, rng: random.Random) -> _Insert:
    """The passage that `--viral` plants, as one article has it."""
    keys = language.mix(np.full(2, language.key(seed, 9), np.uint64), np.arange(2))
    q, r = language.sentences(keys, keys[:1].repeat(2), np.full(2, SPEECH))
    who = person(language.key(seed, 10) % 1000)
    form = int(len(_CARRIED) * rng.random())
    return _Insert("", (who, edited(q, 0.05, rng), edited(r, 0.05, rng), form))


# --- files --------------------------------------------------------------------------------------


class Files(NamedTuple):
    """A corpus on disk."""

    articles: Path
    gold: Path
    text: Path


def write(corpus: Corpus, folder: Path) -> Files:
    """The corpus as files (see the top of this module), whole or not at all."""
    files = Files(folder / "articles.jsonl", folder / "gold.jsonl", folder / "text.txt")
    if all(f.exists() for f in files):
        return files
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f.with_suffix(".part") for f in files]
    everywhere: list[Place] = []
    with (
        parts[0].open("w", encoding="utf-8") as articles,
        parts[1].open("w", encoding="utf-8") as gold,
        parts[2].open("w", encoding="utf-8") as text,
    ):

        def true(row: object) -> None:
            gold.write(json.dumps(row, ensure_ascii=False) + "\n")

        for made, shared in corpus.blocks():
            for m in made:
                articles.write(json.dumps(m.row(), ensure_ascii=False) + "\n")
                text.write(m.text + "\n")
                true({"id": m.id, "quotes": m.quotes, "furniture": m.furniture})
            for s in shared:
                if s["type"] == "everywhere":
                    everywhere += s["members"]
                else:
                    true(s)
        if everywhere:
            first = everywhere[0]
            for carrier in everywhere:
                carrier["source_start"], carrier["source_end"] = first["start"], first["end"]
            true(Shared(passage="everywhere", type="everywhere", rate=0.05, members=everywhere))
    for part, done in zip(parts, files, strict=True):
        part.rename(done)
    return files


def main() -> None:
    import argparse

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--articles", type=int, default=1000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--viral", type=int, default=0, help="articles that carry one passage more")
    ask.add_argument("--out", type=Path, required=True)
    told = ask.parse_args()
    files = write(Corpus(told.articles, told.seed, told.viral), told.out)
    print(*files, sep="\n")


if __name__ == "__main__":
    main()
