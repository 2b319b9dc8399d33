"""A language to write articles in: keys -> sentences, many at a time.

A sentence is a function of its key alone. Its shape is drawn from a bank of shapes that a small
grammar has written beforehand; its words come from classes made of the word list of `wordfreq`
(word frequencies as in English at large) and from invented places and bodies; some words repeat
within one article, as its topic does; stock phrases recur everywhere, as in any newspaper.
All draws are counters put through a hash, so that numpy makes thousands of sentences at once.
"""

# ruff: noqa: SIM905 - tables of words are easier to read as words

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ALL = (1 << 64) - 1
_BITS = 16
_DRAWS = 1 << _BITS

# Shares tuned on real US news (share of an article's word n-grams that other outlets' articles
# hold too, and how many articles hold them; docs/benchmarks.md has the figures).
_TOPIC = 0.25  # of content words come from the few that this article keeps repeating
_RARE = 0.05  # of content words come from anywhere in their class
_SHAPES = 12000
_STOCK = 12000  # phrases in the stock; the n-th is used in proportion to 1/n

PROSE, SPEECH, TITLE = 0, 1, 2

PLACES = tuple(
    a + b
    for a in (
        "Ash Bel Brad Carl Dor East Fair Glen Har Hol Iver Kings Lang Lin Mar Mill Nor Oak Pen "
        "Quar Rad Stan Thorn Ul Var Wal West Win Yar Zel"
    ).split()
    for b in "bury by dale field ford gate ham holm land leigh mouth port ton vale wick".split()
)
_BODIES = (
    "Council|Ministry of Health|University|Chamber of Commerce|Water Board|Fire Department|"
    "Transit Authority|School District|Supreme Court|Police Department|Port Authority|"
    "Teachers Union|Housing Agency|Zoo|Museum|Symphony|Hospital|Airport|Fish Market|"
    "Bar Association|Planning Office|Steel Works|Food Bank|Historical Society|Election Board|"
    "Land Trust|Rowing Club|Central Bank|Research Institute|City Hall|Power Company"
).split("|")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_FUNCTION = set(
    "a about after all also an and any are as at be because been but by can could did do does for "
    "from had has have he her him his how i if in into is it its just like may might more most "
    "must my no not now of off on only or our out over own same she should so some such than that "
    "the their them then there these they this those to too under up us very was we were what when "
    "where which while who why will with would you your has said say says mr mrs ms dr etc".split()
)

_RUDE = re.compile(r".*(fuck|shit|cunt|twat|nigg|bitch|porn|rape|slut|whore|fag|dick|cock)").match

# What newspapers write over and over. Not reuse: whoever matches on these alone is wrong.
STOCK_PHRASES = tuple(
    "at the end of the day|for the first time in years|in the wake of the|as soon as possible|"
    "on the other hand|at the same time|in the middle of the|one of the most important|"
    "the vast majority of the|as a result of the|in an effort to|a wide range of|"
    "over the course of the|it remains to be seen|for the rest of the|in the face of|"
    "a large number of|as part of the|on the eve of the|with the exception of the|"
    "a matter of days|in the hands of the|the beginning of the|the other side of the|"
    "in the first half of the year|"
    "under the terms of the agreement|on the sidelines of the|by a wide margin|"
    "at the top of the|in the heart of the|for the most part|to a certain extent|"
    "in the coming days and weeks|at a time when|in the long run|all over the country|"
    "in the last few years|the rest of the world|on behalf of the|a step in the right direction|"
    "across the political spectrum|for the foreseeable future|in the line of duty".split("|")
)


def mix(keys: Keys, counter: NDArray[np.uint64] | NDArray[np.int64] | int) -> Keys:
    """Draw number `counter` of every key, 64 even bits (the finaliser of splitmix64)."""
    x: Keys = keys + (np.atleast_1d(np.asarray(counter, np.uint64)) + np.uint64(1)) * _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def key(*parts: int) -> int:
    """One key from several numbers: `mix`, one at a time."""
    x = 0
    for part in parts:
        x = (x + (part + 1) * 0x9E3779B97F4A7C15) & _ALL
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _ALL
        x ^= x >> 31
    return x


# --- word classes -------------------------------------------------------------------------------


def _classes() -> dict[str, tuple[list[str], list[float]]]:
    """Words and weights by part of speech, judged by which of their endings are words as well."""
    from wordfreq import top_n_list, zipf_frequency  # heavy: only who generates pays for it

    listed = top_n_list("en", 50000)
    known = set(listed)
    found: dict[str, list[str]] = {c: [] for c in ("N", "NS", "A", "ADV", "VI", "VD", "VG")}
    for w in listed:
        if not (w.isascii() and w.isalpha()) or len(w) < 3 or w in _FUNCTION or _RUDE(w):
            continue
        stem = w.removesuffix("e")
        if w.endswith("ly"):
            found["ADV"].append(w)
        elif w.endswith("ing"):
            if w[:-3] in known or w[:-3] + "e" in known:
                found["VG"].append(w)
        elif w.endswith("ed"):
            if w[:-2] in known or w[:-1] in known:
                found["VD"].append(w)
        elif (w + "ly" in known or w.endswith(("ous", "ful", "ive", "able", "ible", "less"))) and (
            w + "s" not in known
        ):
            found["A"].append(w)
        elif stem + "ed" in known and stem + "ing" in known and w + "s" in known:
            # Both a verb and, as often as not, a noun: "vote", "plan", "report".
            found["VI"].append(w)
            if w + "er" not in known and stem + "er" not in known:
                found["N"].append(w)
        elif w.endswith("s") and not w.endswith(("ss", "us", "is")):
            if w[:-1] in known and len(w) > 4:
                found["NS"].append(w)
        elif len(w) > 3 and w + "s" in known:
            found["N"].append(w)
    out = {c: (ws, [10 ** zipf_frequency(w, "en") for w in ws]) for c, ws in found.items()}

    def ranked(ws: Iterable[str], head: int) -> tuple[list[str], list[float]]:
        ws = list(ws)
        return ws, [1 / (i + head) for i in range(len(ws))]

    shuffled = list(PLACES)
    random.Random(5).shuffle(shuffled)
    out["PLACE"] = ranked(shuffled, 20)
    out["ORG"] = ranked(
        (
            f"the {p} {b}"
            for i, p in enumerate(shuffled)
            for b in (_BODIES[i % len(_BODIES)], _BODIES[(i * 7 + 3) % len(_BODIES)])
        ),
        60,
    )
    out["DAY"] = DAYS, [1.0] * 7
    out["MONTH"] = _MONTHS, [1.0] * 12
    for name, words in _SMALL.items():
        out[name] = words.split(), [1.0] * len(words.split())
    numbers = [str(n) for n in range(2, 100)] + [f"{n:,}" for n in range(100, 9000, 7)]
    out["NUM"] = ranked(["two", "three", "four", "five", "six", "ten", "dozens of", *numbers], 3)
    return out


# Small words are drawn for each sentence like the others: a shape alone makes nothing alike.
_SMALL = {
    "DET": "the the the the the the a a a its their this that some another every his our any",
    "PREP": "in in in of of of for for on with at from by to about after against over under near",
    "CONJ": "and and and but while so or yet",
    "SUB": "because after although as when before if since once until unless where",
    "SELF": "we we we I I they you people it",
    "CAN": "will will would can could must should may might did",
    "WAS": "was was is became remains seemed looked",
    "HAS": "has has had",
    "THAT": "that that that how why whether",
    "THINK": "think believe know say hope fear see",
}


# --- grammar ------------------------------------------------------------------------------------

# symbol -> expansions; a word in capitals without an entry is a word class, the rest are words
_GRAMMAR: dict[str, str] = {
    "PROSE_S": "S|S|S|S|PP , S|S , CONJ S|S , CONJ S|SUB S , S|S SUB S|NP , REL , VP|NP , REL , VP|"
    "PP , S|S SUB S|S PP|STOCK , S|S STOCK NP",
    "SPEECH_S": "Q|Q|Q|Q|Q|Q , CONJ Q|Q , CONJ Q|SUB Q , Q|Q SUB Q|Q STOCK NP|STOCK , Q",
    "TITLE_S": "NH VD NH|NH to VI NH|NH VD NH in PLACE|PLACE N VD A NS|A NS VD SUB NH VD NH",
    "NH": "N|NS|A NS|A N|N NS|PLACE N|NUM NS",
    "S": "NP VP|NP VP|NP VP PP|NP VP TIME|NP VP ADV",
    "NP": "DET N|DET N|DET A N|DET N PREP NP|DET A N of NP|NS|A NS|NS of NP|NUM NS|ORG|PLACE|"
    "DET N N|DET N 's N|DET NS|A NS PREP NP|NS and NS|DET A A N",
    "VP": "VD NP|VD NP|VD NP PP|WAS VD by NP|WAS A|HAS VD NP|CAN VI NP|CAN VI NP|VG NP , VD NP|"
    "is VG NP|were VG NP PP|CAN not VI NP|VD THAT S|ADV VD NP|VD to VI NP|HAS been VD PREP NP|"
    "is expected to VI NP|VD VG NP|did not VI NP|WAS DET A N|VD and VD NP|WAS ADV A|WAS A PREP NP",
    "PP": "PREP NP|PREP NP|in PLACE|PREP DET A N|VG NP",
    "TIME": "on DAY|on DAY|last week|in MONTH|last year|earlier this year|this month|"
    "on DAY evening|ADV|NUM days later",
    "REL": "which VP|who VD NP|VG NP",
    "Q": "SELF CAN VI NP|SELF CAN VI NP PP|SELF do not VI NP|it WAS A THAT SELF CAN VI NP|"
    "there is no N PREP NP|this WAS DET A N PREP NP|SELF have VD NP|SELF were VG NP|"
    "NP WAS not DET N PP|SELF CAN not VI NP|SELF THINK S|SELF want to VI NP PP|NP VP|NP VP PP|"
    "SELF need DET A N PREP NP|nobody CAN VI NP|SELF VD NP PP|SELF CAN VI NP SUB Q|DET N WAS A|"
    "SELF never VD NP|NP CAN VI NP|SELF ADV VD NP",
}


def _shape(symbol: str, rng: random.Random, depth: int = 0) -> list[str]:
    rule = _GRAMMAR.get(symbol)
    if rule is None:
        return [symbol]
    options = rule.split("|")
    # Deep down, only what does not call itself again: sentences must end.
    if depth > 6:
        options = [o for o in options if not {"S", "NP", "PP", "Q"} & set(o.split())] or ["it"]
    return [w for s in rng.choice(options).split() for w in _shape(s, rng, depth + 1)]


class Sentences(NamedTuple):
    """The tables a sentence is read from: see `sentences`."""

    words: list[str]  # lower, then capitalised: each with the space before it
    tables: NDArray[np.int32]  # class x draw -> word, by frequency
    rare: NDArray[np.int32]  # class x draw -> word, all alike
    topical: NDArray[np.bool_]  # class -> does an article repeat its words
    slots: NDArray[np.int32]  # of all shapes, one after another: a class, or classes + word
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    shapes: NDArray[np.int32]  # kind x draw -> shape


def _by_weight(weights: NDArray[np.float64]) -> NDArray[np.int32]:
    edges = np.cumsum(weights) / weights.sum()
    draws = (np.arange(_DRAWS) + 0.5) / _DRAWS
    return np.minimum(np.searchsorted(edges, draws), len(weights) - 1).astype(np.int32)


@cache
def tables() -> Sentences:
    """The language; the same in every process."""
    rng = random.Random(20240229)
    classes = _classes()
    names = [*classes, "STOCK"]
    words: list[str] = []
    ids: dict[str, int] = {}

    def word(text: str) -> int:
        if text not in ids:
            ids[text] = len(words)
            words.append(text)
        return ids[text]

    members = {c: np.array([word(w) for w in ws], np.int32) for c, (ws, _) in classes.items()}
    by_weight = {c: members[c][_by_weight(np.array(f))] for c, (_, f) in classes.items()}

    def fill(symbol: str) -> str:
        if symbol not in by_weight:
            return symbol
        return words[int(by_weight[symbol][rng.randrange(_DRAWS)])]

    stock = list(STOCK_PHRASES)
    while len(stock) < _STOCK:
        shape = _shape(rng.choice(["NP", "PP", "VP", "S"]), rng, 3)
        phrase = " ".join(fill(s) for s in shape).replace(" 's", "'s")
        if 3 <= len(phrase.split()) <= 6:
            stock.append(phrase)
    members["STOCK"] = np.array([word(w) for w in stock], np.int32)
    by_weight["STOCK"] = members["STOCK"][_by_weight(1 / (np.arange(len(stock)) + 25.0))]

    shapes: list[list[int]] = []
    kinds = []
    for symbol, low, high in (("PROSE_S", 7, 40), ("SPEECH_S", 5, 34), ("TITLE_S", 4, 10)):
        first = len(shapes)
        while len(shapes) < first + _SHAPES:
            shape = _shape(symbol, rng)
            if low <= len(shape) <= high:
                shapes.append(
                    [names.index(s) if s in names else len(names) + word(s) for s in shape]
                )
        kinds.append(first + _by_weight(1 / (np.arange(_SHAPES) + 200.0)))
    lengths = np.array([len(s) for s in shapes], np.int64)
    draws = np.arange(_DRAWS)
    joined = [w if w in (",", "'s") else " " + w for w in words]
    capital = [" " + w[:1].upper() + w[1:] for w in words]
    return Sentences(
        words=joined + capital,
        tables=np.array([by_weight[c] for c in names], np.int32),
        rare=np.array([members[c][draws % len(members[c])] for c in names], np.int32),
        topical=np.array([c in ("N", "NS", "A", "VD", "VI", "PLACE", "ORG") for c in names]),
        slots=np.array([s for shape in shapes for s in shape], np.int32),
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        shapes=np.array(kinds, np.int32),
    )


def sentences(keys: Keys, topics: Keys, kinds: NDArray[np.int64]) -> list[str]:
    """One sentence for every key, without its full stop; `topics` is whose words it repeats."""
    t = tables()
    shape = t.shapes[kinds, (mix(keys, 0) >> np.uint64(48)).astype(np.int64)]
    lengths = t.lengths[shape]
    ends = np.cumsum(lengths)
    within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    slots = t.slots[np.repeat(t.starts[shape], lengths) + within]
    draws = mix(np.repeat(keys, lengths), within.astype(np.uint64) + np.uint64(1))

    classes = len(t.topical)
    open_ = np.flatnonzero(slots < classes)
    c, r = slots[open_], draws[open_]
    pick = r >> np.uint64(48)
    repeat = t.topical[c] & ((r & np.uint64(0xFF)) < np.uint64(int(_TOPIC * 256)))
    # The words an article keeps repeating are a few draws of its own, made again from its key.
    of_topic = np.flatnonzero(repeat)
    which = c[of_topic].astype(np.uint64) * np.uint64(16) + (
        (r[of_topic] >> np.uint64(8)) & np.uint64(7)
    )
    owner = np.repeat(topics, lengths)[open_[of_topic]]
    pick[of_topic] = mix(owner, which) >> np.uint64(48)
    chosen = t.tables[c, pick.astype(np.int64)]
    rare = np.flatnonzero(
        t.topical[c] & (((r >> np.uint64(16)) & np.uint64(0xFF)) < np.uint64(int(_RARE * 256)))
    )
    chosen[rare] = t.rare[c[rare], pick[rare].astype(np.int64)]
    tokens = slots - classes
    tokens[open_] = chosen
    tokens[ends - lengths] += len(t.words) // 2

    text = list(map(t.words.__getitem__, tokens.tolist()))
    join: Callable[[list[str]], str] = "".join
    return [
        join(text[a:b])[1:] for a, b in zip((ends - lengths).tolist(), ends.tolist(), strict=True)
    ]
