"""All quotes -> pairs of utterances that may be one: hashed words, joined in columns.

Never all pairs. Every utterance gives hashed features: its runs of three words, its whole text, and
its telling words under its speaker's name (a retelling keeps who said it and what it was about).
Utterances that share features are linked to the first and the nearest in time, so that a line that
5,000 articles quote costs some thousand comparisons; a link is kept where the plain words in common
come near the bar of `kinship`.

Utterances are numbered in the order of time, and nothing here holds an object for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse.engines import Engine
from reuse.evidence import chances
from reuse.kinship import (
    FRAGMENT,
    FRAGMENT_DAYS,
    MOST_BITS,
    NAME_BITS,
    NUMBER_BITS,
    PLAIN,
    REPORTED,
    RETOLD,
    RUN,
    SLOGAN,
    SLOGAN_DAYS,
    bars,
    in_order,
)
from reuse.text import CAPITAL, NUMBER, tokens

# A run of words that so many different people say belongs to nobody ("thoughts and prayers").
STOCK, STOCK_DAYS = 4, 7
# Utterances linked to each one that shares a feature: the first and so many nearest in time.
NEAREST = 3
# What a feature in common is worth, and from what two utterances are looked at: two telling runs,
# three telling words of one speaker, or any feature of an utterance as short as this.
TELLS, NAMED, ASKED, SHORT = 3, 2, 6, 6
# Two utterances are compared word by word when their plain words reach this part of the bars.
HOPE = 0.75
# Bits are kept in so many parts, to fit a byte.
PARTS = 15
# Pairs compared at once: bounds the memory, shows in no result.
PAIRS = 1 << 15
NOBODY = -1

FEATURE = np.dtype(
    [("hash", "<u8"), ("owner", "<i4"), ("speaker", "<i4"), ("day", "<i4"), ("weight", "u1")]
)
LINK = np.dtype([("pair", "<i8"), ("worth", "u1")])
# A word's hash, what it tells (in parts of a bit), and whether it is grammar and no content.
WORD = np.dtype([("word", "<u4"), ("told", "u1"), ("plain", "u1")])


@dataclass(frozen=True, slots=True)
class Worded:
    """The words of some utterances (dtype `WORD`), and how many each of them has."""

    words: NDArray[Any]
    sizes: NDArray[np.int32]


def worded(texts: Sequence[str], parts: NDArray[np.int64], language: NDArray[np.str_]) -> Worded:
    """The words of utterances: their texts one after the other, `parts` of them each."""
    found = tokens(texts)
    part_of = np.repeat(np.arange(len(parts)), parts)
    owner = np.repeat(part_of, np.diff(found.bounds))
    words = np.empty(len(owner), WORD)
    words["word"] = found.word
    words["told"], words["plain"] = _told(found.word, found.flag, owner, language)
    return Worded(words, np.bincount(owner, minlength=len(parts)).astype(np.int32))


def featured(said: Worded, speaker: NDArray[np.int32], day: NDArray[np.int32]) -> NDArray[np.void]:
    """The hashed features (dtype `FEATURE`) of utterances, numbered from 0 on.

    `speaker` is the number of somebody with a name, `NOBODY` else; `day` -1 when unknown. A run of
    three words weighs `TELLS` when one of them is telling, else 1; a telling word under the
    speaker's name `NAMED`; the whole text, or any feature of a short one, as much as is asked.
    """
    size = said.sizes.astype(np.int64)
    owner = np.repeat(np.arange(len(size)), size)
    plain = said.words["plain"] > 0
    word = _mixed(said.words["word"].astype(np.uint64))
    runs, run_at, telling = _runs(word, owner, plain)
    some = np.flatnonzero(size)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    begins = (np.cumsum(size) - size)[some]
    spelled = _mixed(word ^ place.astype(np.uint64))
    wholes = np.add.reduceat(spelled, begins) if len(some) else spelled
    named = np.flatnonzero(~plain & (speaker[owner] != NOBODY))
    of_name = owner[named]
    names = _mixed(word[named] ^ (speaker[of_name].astype(np.uint64) << np.uint64(32)))
    short = size <= SHORT
    whose = np.concatenate([run_at, some, of_name])
    features = np.empty(len(whose), FEATURE)
    features["hash"] = np.concatenate([runs, wholes, names])
    features["owner"] = whose
    features["speaker"] = speaker[whose]
    features["day"] = day[whose]
    weight = np.concatenate(
        [np.where(telling, TELLS, 1), np.full(len(some), ASKED), np.full(len(named), NAMED)]
    )
    features["weight"] = np.where(short[whose], ASKED, weight)
    return features


def _told(
    word: NDArray[np.uint32],
    flag: NDArray[np.uint8],
    owner: NDArray[np.int64],
    language: NDArray[np.str_],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """What each word tells (in parts of a bit), and whether it is grammar and no content."""
    bits = np.empty(len(word))
    for name in np.unique(language).tolist():
        here = (language == name)[owner]
        bits[here] = -np.log2(chances(word[here], (name,), 2.0**-MOST_BITS))
    number = (flag & NUMBER) > 0
    plain = (bits <= (9.0 - PLAIN) * np.log2(10.0)) & ~number
    bits = np.minimum(np.where(number, NUMBER_BITS, bits), MOST_BITS)
    # As in `surprises`: names and titles tell little.
    capital = (flag & CAPITAL) > 0
    pair = capital[1:] & capital[:-1] & (owner[1:] == owner[:-1])
    title = np.zeros(len(word), dtype=bool)
    title[1:] |= pair
    title[:-1] |= pair
    bits[title] = np.minimum(bits[title], NAME_BITS)
    return np.rint(bits * PARTS).astype(np.uint8), plain


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finisher (Steele, Lea & Flood 2014)."""
    with np.errstate(over="ignore"):
        h = hashes + np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return h ^ (h >> np.uint64(31))


def _runs(
    word: NDArray[np.uint64],
    owner: NDArray[np.int64],
    plain: NDArray[np.bool_],
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.bool_]]:
    """Hashes of every three words of one utterance, the utterance of each, and whether it tells."""
    count = max(len(word) - RUN + 1, 0)
    h = word[:count]
    telling = ~plain[:count]
    for k in range(1, RUN):
        h = _mixed(h ^ word[k : count + k])
        telling |= ~plain[k : count + k]
    kept = owner[:count] == owner[RUN - 1 :][:count]
    return h[kept], owner[:count][kept], telling[kept]


# --- features of one hash together ---------------------------------------------------------------


def links(features: NDArray[Any]) -> NDArray[Any]:
    """Links (dtype `LINK`) between utterances that share features, along each feature's list.

    All features of a hash must be there, in the order of their owners. A feature's utterances are
    linked to its first and to those before them in time, so that their number does not matter: r of
    them make some 4r links and not r(r-1)/2. What many different people say is a feature of each of
    them.
    """
    rows = _met(features)
    if not len(rows):
        return np.zeros(0, LINK)
    h = _without_stock(rows)
    order = np.argsort(h, kind="stable")
    h, owner, weight = h[order], rows["owner"][order].astype(np.int64), rows["weight"][order]
    new = np.ones(len(h), dtype=bool)
    new[1:] = (h[1:] != h[:-1]) | (owner[1:] != owner[:-1])
    h, owner, weight = h[new], owner[new], weight[new]
    start = _starts(h)
    place = np.arange(len(h))
    left: list[NDArray[np.int64]] = []
    right: list[NDArray[np.int64]] = []
    for back in range(1, NEAREST + 1):
        at = place[place - back >= start]
        left.append(at - back)
        right.append(at)
    at = place[place - NEAREST > start]
    left.append(start[at])
    right.append(at)
    one, other = np.concatenate(left), np.concatenate(right)
    result = np.empty(len(one), LINK)
    result["pair"] = owner[one] << 32 | owner[other]
    result["worth"] = np.maximum(weight[one], weight[other])
    return result


def _met(features: NDArray[Any]) -> NDArray[Any]:
    """The features that another utterance has too, in the order of their hashes."""
    h = np.ascontiguousarray(features["hash"])
    order = np.argsort(h)
    h = h[order]
    same = h[1:] == h[:-1]
    meets = np.zeros(len(h), dtype=bool)
    meets[1:] |= same
    meets[:-1] |= same
    # Most stand alone: the others are put in the order they came in.
    h, order = h[meets], order[meets]
    return features[order[np.lexsort((order, h))]]


def _starts(h: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where the run of equal hashes begins that each of them stands in."""
    begins = np.ones(len(h), dtype=bool)
    begins[1:] = h[1:] != h[:-1]
    return np.maximum.accumulate(np.where(begins, np.arange(len(h)), 0))


def _without_stock(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """The hashes; of what many different people say, another one for each of them."""
    h, day = rows["hash"], rows["day"]
    speaker = rows["speaker"].astype(np.int64)
    group = _starts(h)
    order = np.lexsort((speaker, group))
    g, s = group[order], speaker[order]
    new_speaker = np.ones(len(h), dtype=bool)
    new_speaker[1:] = (g[1:] != g[:-1]) | (s[1:] != s[:-1])
    people = np.bincount(g, weights=new_speaker & (s >= 0), minlength=len(h))
    known = np.bincount(group, weights=speaker >= 0, minlength=len(h))
    starts = np.flatnonzero(np.bincount(group, minlength=len(h)))
    spread = np.zeros(len(h), dtype=bool)
    first_day = np.minimum.reduceat(np.where(day < 0, 10**9, day), starts)
    # One line that is credited to many within days is disputed; over weeks it is common property.
    spread[starts] = np.maximum.reduceat(day, starts) - first_day > STOCK_DAYS
    stock = (people >= STOCK) & (people * 2 >= known) & (spread | (people >= 3 * STOCK))
    salted = _mixed(h ^ _mixed((speaker + 2).astype(np.uint64)))
    return np.where(stock[group], salted, h)


def summed(found: NDArray[Any]) -> NDArray[Any]:
    """Of links of which all of one pair are there, one for each pair, in order."""
    order = np.argsort(found["pair"], kind="stable")
    pair, worth = found["pair"][order], found["worth"][order]
    new = np.ones(len(pair), dtype=bool)
    new[1:] = pair[1:] != pair[:-1]
    starts = np.flatnonzero(new)
    result = np.zeros(len(starts), LINK)
    if len(starts):
        result["pair"] = pair[starts]
        result["worth"] = np.minimum(np.add.reduceat(worth.astype(np.int64), starts), 255)
    return result


def linked(features: Iterable[NDArray[Any]], engine: Engine) -> NDArray[Any]:
    """Utterances that share features, in order (dtype `LINK`): the pair is the one's number << 32 |
    the later one's."""
    by_hash = engine.exchange(features, lambda rows: (rows["hash"] >> np.uint64(57)).astype(int))
    of_share = engine.map(links, by_hash)
    by_pair = engine.exchange(of_share, lambda rows: (rows["pair"] >> 32) % 128)
    found = np.concatenate([np.zeros(0, LINK), *engine.map(summed, by_pair)])
    return found[np.argsort(found["pair"])]


# --- the words of two utterances -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """All utterances, one element each; ``words`` are those of all of them (dtype `WORD`).

    The words of utterance i are ``words[begin[i]:begin[i + 1]]``; ``told`` is the sum of theirs.
    ``article`` numbers the articles, ``day`` is -1 when unknown.
    ``speaker`` numbers everybody, named or not; ``person`` says whether it is one, ``surname``
    numbers the last words of their names.
    """

    words: NDArray[Any]
    begin: NDArray[np.int64]
    told: NDArray[np.int32]
    article: NDArray[np.int32]
    day: NDArray[np.int32]
    quoted: NDArray[np.bool_]
    speaker: NDArray[np.int32]
    person: NDArray[np.bool_]
    surname: NDArray[np.int32]

    def spelled(self, one: int) -> tuple[list[int], list[float]]:
        """The words of an utterance, by number, and the bits of each."""
        own = self.words[self.begin[one] : self.begin[one + 1]]
        return own["word"].tolist(), (own["told"] / PARTS).tolist()


def hopeful(
    every: Columns, pairs: NDArray[np.int64], related: Callable[[int, int], bool]
) -> NDArray[np.int64]:
    """The pairs that have enough words in common to be compared as `kinship` does it.

    What `shared` and `retold` would find, but for words that only house style makes equal: `HOPE`
    leaves room for these. `related` says whether the articles of two utterances share more.
    """
    found = [
        _hopeful(every, part >> 32, part & 0xFFFFFFFF, related)
        for part in np.array_split(pairs, len(pairs) // PAIRS + 1)
    ]
    return pairs[np.concatenate(found)]


def _hopeful(
    every: Columns,
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    related: Callable[[int, int], bool],
) -> NDArray[np.bool_]:
    quoted = every.quoted[a] & every.quoted[b]
    differ = _differ(every, a, b)
    both = _in_common(every, a, b)
    shorter = np.minimum(every.told[a], every.told[b])
    retelling = quoted & (differ == SAME) & (both >= PARTS * HOPE * RETOLD[0])
    result: NDArray[np.bool_] = retelling & (both >= HOPE * RETOLD[1] * shorter)
    least, share = _LEAST[:, quoted.astype(int), differ], _SHARE[:, quoted.astype(int), differ]
    fragment = _fragment(every, a, b)
    enough = (both >= least) & (both >= share * shorter) & (both >= fragment)
    enough &= ~retelling
    for n in np.flatnonzero(enough.any(axis=0)).tolist():
        x, y = int(a[n]), int(b[n])
        near = int(related(x, y))
        if enough[near, n]:
            words, told = every.spelled(x)
            found = in_order(words, every.spelled(y)[0], told)
            result[n] = PARTS * found >= max(
                least[near, n], share[near, n] * shorter[n], fragment[n]
            )
    return result


def _fragment(every: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
    """What two utterances must share at least for where and when they stand."""
    known = (every.day[a] >= 0) & (every.day[b] >= 0)
    apart = np.where(known, np.abs(every.day[a] - every.day[b]), 0)
    same = np.where(every.article[a] == every.article[b], FRAGMENT / 2, 0.0)
    least = np.select([apart > SLOGAN_DAYS, apart > FRAGMENT_DAYS], [SLOGAN, FRAGMENT], same)
    return HOPE * PARTS * least


# Whether two utterances are credited to one speaker, to different people, or it cannot be told.
SAME, OTHER, UNTOLD = range(3)
_DIFFER = (False, True, None)


def _differ(every: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `People.differ`, of many pairs at once."""
    one, other = every.speaker[a], every.speaker[b]
    same = (one == other) & (one != NOBODY)
    return np.where(same, SAME, np.where(differing(every, a, b), OTHER, UNTOLD))


def differing(every: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether utterances are surely credited to different people."""
    one, other = every.speaker[a], every.speaker[b]
    people = (one != NOBODY) & (other != NOBODY) & every.person[one] & every.person[other]
    result: NDArray[np.bool_] = people & (every.surname[one] != every.surname[other])
    return result


def _lowest(part: int) -> NDArray[np.float64]:
    """The lowest of the bars: related or not, quoted or not, by the speakers."""
    return np.array(
        [
            [
                [
                    min(row[part] for row in bars(quoted, differ, related=near) or REPORTED)
                    for differ in _DIFFER
                ]
                for quoted in (False, True)
            ]
            for near in (False, True)
        ]
    )


_LEAST, _SHARE = HOPE * PARTS * _lowest(0), HOPE * _lowest(1)


def _in_common(every: Columns, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """What the words of each pair tell that both have, in any order (in parts of a bit)."""
    (key, told), (other, also) = (_bags(every, side) for side in (a, b))
    at = np.minimum(np.searchsorted(other, key), max(len(other) - 1, 0))
    hit = np.flatnonzero(other[at] == key) if len(other) else at[:0]
    least = np.minimum(told[hit], also[at[hit]])
    return np.bincount(key[hit] >> 32, weights=least, minlength=len(a)).astype(np.int64)


def _bags(every: Columns, which: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The words of some utterances, each once (place << 32 | word, in order); what they tell."""
    first, size = every.begin[which], every.begin[which + 1] - every.begin[which]
    place = np.repeat(np.arange(len(which)), size)
    at = np.arange(len(place)) - np.repeat(np.cumsum(size) - size - first, size)
    words = every.words[at]
    key = place << 32 | words["word"].astype(np.int64)
    order = np.argsort(key)
    key, told = key[order], words["told"][order].astype(np.int64)
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    starts = np.flatnonzero(new)
    return key[starts], np.add.reduceat(told, starts) if len(starts) else told
