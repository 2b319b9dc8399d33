"""Matches to passages: one text, all its appearances; furniture told apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from reuse.candidates import groups as runs
from reuse.components import components
from reuse.settings import Settings
from reuse.sketch import shingles, shingles_at, signatures
from reuse.text import CAPITAL, LINE, NUMBER, SENTENCE, STOP, Tokens, tokens

# The frame of a page, in words: as much as a headline, a byline and a place; as much as a few
# standing paragraphs and a list of links. Never more than a share of a short article.
HEAD, TAIL = 40, 150


@dataclass(frozen=True, slots=True)
class Clusters:
    """Spans of articles and the passage each belongs to, one element an appearance.

    ``article`` is a rank, ``start`` and ``end`` count words; ``passage`` numbers the passages;
    ``of_match`` (shape matches x 2) says which appearances are the two sides of each match.
    """

    article: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    passage: NDArray[np.int64]
    of_match: NDArray[np.int64]


def framed(
    rows: NDArray[np.void],
    outlets: NDArray[np.int64],
    sizes: NDArray[np.int64],
    days: NDArray[np.int64],
    settings: Settings,
) -> NDArray[np.bool_]:
    """Which fingerprints (as `ordered` gives them) are furniture of the page.

    Furniture is what outlets repeat in article after article, day after day, and in the frame:
    near the head or the tail, too often for chance. `outlets`, `sizes` (words) and `days` are those
    of the articles, by rank.
    """
    starts = runs(rows["hash"])
    count = np.diff(starts)
    often = count >= settings.furniture_articles
    result = np.zeros(len(rows), bool)
    if not often.any():
        return result
    at = np.flatnonzero(np.repeat(often, count))
    count = count[often]
    group = np.repeat(np.arange(len(count)), count)
    article, place = rows["article"][at], rows["place"][at].astype(np.int64)
    size = sizes[article]
    head, tail = frame(size)
    inside = (place < head) | (place + tail >= size)
    p, nats = _proof(group, inside, (head + tail) / np.maximum(size, 1), len(count))
    first = np.ones(len(group), bool)
    first[1:] = (group[1:] != group[:-1]) | (article[1:] != article[:-1])
    carriers = np.bincount(group[first], minlength=len(count))
    by = counted(group[first], outlets[article[first]])
    when = counted(group[first], days[article[first]])
    proof = (carriers >= settings.furniture_articles) & (nats >= settings.furniture_proof)
    proof &= (carriers >= settings.furniture_per_outlet * by) & (p >= 0.75)
    proof &= when >= min(settings.furniture_days, len(np.unique(days)))
    result[at] = np.repeat(proof, count)
    return result


def frame(size: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many words of an article of `size` words are its head, and how many its tail."""
    return np.minimum(HEAD, size * 3 // 20), np.minimum(TAIL, size * 2 // 5)


def _proof(
    group: NDArray[np.int64], inside: NDArray[np.bool_], share: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much of each group stands inside, and the nats against that by chance (Chernoff)."""
    number = np.maximum(np.bincount(group, minlength=count), 1)
    p = np.clip(np.bincount(group, inside, count) / number, 1e-9, 1 - 1e-9)
    q = np.clip(np.bincount(group, share, count) / number, 1e-9, 1 - 1e-9)
    nats = number * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
    return p, np.where(p > q, nats, 0.0)


def spots(
    article: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], overlap: float
) -> NDArray[np.int64]:
    """Which spans of one article are the same stretch: each belongs to the spot of the longest span
    that it overlaps by `overlap` of their union; spots are numbered by that span."""
    spot = np.arange(len(article))
    order = np.lexsort((end, start, article))
    art, s, e = article[order], start[order], end[order]
    # Equal spans are one from the start: a viral passage has thousands of them in one place.
    new = np.ones(len(order), bool)
    new[1:] = (art[1:] != art[:-1]) | (s[1:] != s[:-1]) | (e[1:] != e[:-1])
    head = np.flatnonzero(new)
    number = np.cumsum(new) - 1
    copies = np.diff(np.append(head, len(order)))
    art, s, e = art[head], s[head], e[head]
    leader = np.arange(len(head))
    edges = np.flatnonzero(np.append(True, art[1:] != art[:-1]))
    sizes = np.diff(np.append(edges, len(art)))
    for first, size in zip(edges[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = range(first, first + size)
        by_weight = sorted(rows, key=lambda i: (-int(copies[i]), -int(e[i] - s[i]), int(s[i])))
        leaders: list[int] = []
        for i in by_weight:
            for j in leaders:
                common = min(e[i], e[j]) - max(s[i], s[j])
                if common > 0 and common >= overlap * (max(e[i], e[j]) - min(s[i], s[j])):
                    leader[i] = j
                    break
            else:
                leaders.append(i)
    spot[order] = order[head[leader[number]]]
    return spot


def clusters(
    a: NDArray[np.int64],
    a0: NDArray[np.int64],
    a1: NDArray[np.int64],
    b: NDArray[np.int64],
    b0: NDArray[np.int64],
    b1: NDArray[np.int64],
    overlap: float,
) -> Clusters:
    """The passages that these matches tell of."""
    count = len(a)
    article = np.concatenate([a, b])
    start = np.concatenate([a0, b0])
    end = np.concatenate([a1, b1])
    spot = spots(article, start, end, overlap)
    where, inverse = np.unique(spot, return_inverse=True)
    sides = inverse.reshape(2, count).T
    label = components(len(where), sides[:, 0], sides[:, 1])
    _, passage = np.unique(label, return_inverse=True)
    return Clusters(article[where], start[where], end[where], passage, sides)


@cache
def _cues() -> dict[int, NDArray[np.uint64]]:
    """The cues of furniture by their number of words, as hashes in order."""
    found = _cue_words()
    sizes = np.diff(found.bounds)
    return {
        size: np.unique(shingles(found.word, size)[found.bounds[:-1][sizes == size]])
        for size in sorted(set(sizes.tolist()))
    }


@cache
def _cue_words() -> Tokens:
    lines = (files("reuse") / "data" / "furniture.txt").read_text("utf-8").splitlines()
    return tokens([line for line in lines if line and not line.startswith("#")])


# What a word may be of a cue: the whole, the first of several, the second.
WHOLE, FIRST, SECOND = 1, 2, 4


@cache
def _cue_places() -> NDArray[np.uint8]:
    """What words may be of a cue, by the upper sixteen bits of their hash."""
    found = _cue_words()
    starts, sizes = found.bounds[:-1], np.diff(found.bounds)
    table = np.zeros(1 << 16, np.uint8)
    for what, place, those in (
        (WHOLE, 0, sizes == 1), (FIRST, 0, sizes > 1), (SECOND, 1, sizes > 1),
    ):  # fmt: skip
        table[found.word[starts[those] + place] >> np.uint32(16)] |= np.uint8(what)
    return table


def noticed(word: NDArray[np.uint32], flag: NDArray[np.uint8], longest: int) -> NDArray[np.bool_]:
    """Which words stand in a sentence of up to `longest` words that two cues mark as furniture."""
    covered = np.zeros(len(word), bool)
    # Most words begin no cue: a table of their upper sixteen bits says so before all hashing.
    may_be = _cue_places().take(word >> np.uint32(16))
    alone = np.flatnonzero(may_be & WHOLE > 0)
    two = np.flatnonzero((may_be[:-1] & FIRST > 0) & (may_be[1:] & SECOND > 0))
    hits = []
    # The longest cue first: what it covers does not count again.
    for size, cues in sorted(_cues().items(), reverse=True):
        at = two if size > 1 else alone
        at = at[: np.searchsorted(at, len(word) - size, "right")]
        at = at[_among(shingles_at(word, at, size), cues)]
        hits.append(at[~covered[at]])
        for i in range(size):
            covered[hits[-1] + i] = True
    begins = np.append(np.flatnonzero(flag & SENTENCE > 0), len(word))
    number = np.searchsorted(begins, np.concatenate(hits), "right") - 1
    several = np.flatnonzero(np.bincount(number[number >= 0], minlength=len(begins)) >= 2)
    result = np.zeros(len(word), bool)
    for start, end in zip(begins[several].tolist(), begins[several + 1].tolist(), strict=True):
        result[start:end] = end - start <= longest
    return result


def line_begins(flag: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where each line begins, and the end of the last."""
    return np.append(np.flatnonzero(flag & LINE), len(flag))


def line_hashes(
    word: NDArray[np.uint32], start: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A hash of the words of some lines, of which none is empty."""
    if not len(start):
        return np.zeros(0, np.uint64)
    ends = np.cumsum(size)
    inside = np.arange(int(ends[-1])) - np.repeat(ends - size, size)
    value = (word[np.repeat(start, size) + inside].astype(np.uint64) + np.uint64(1)) * (
        inside.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0xD6E8FEB86659FD93)
        | np.uint64(1)
    )
    sums = np.add.reduceat(value, ends - size)
    sums ^= sums >> np.uint64(29)
    # The upper bits tell most lines apart before all of their words are looked at.
    return sums >> _UPPER | _outlines(word, start, size) << (np.uint64(64) - _UPPER)


_UPPER = np.uint64(20)


def _outlines(
    word: NDArray[np.uint32], start: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """The first and the last word of some lines, and their sizes, in `_UPPER` bits."""
    value = word[start] * np.uint64(0x9E3779B97F4A7C15) + word[start + size - 1]
    value *= np.uint64(0xD6E8FEB86659FD93)
    value += size.astype(np.uint64) << np.uint64(40)
    value *= np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(value >> (np.uint64(64) - _UPPER))


def headlines(
    word: NDArray[np.uint32], flag: NDArray[np.uint8], bounds: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """The hashes of the lines that may be headlines: the first, or the second after a byline, or
    one of them and the line after it."""
    begins = line_begins(flag)
    article, nth, size = _line_places(begins, bounds)
    short = size[np.searchsorted(article, article)] <= 8
    first = (nth == 0) | (nth == 1) & short
    alone = np.flatnonzero((size >= 4) & (size <= 30) & first)
    # Headline and subhead on two lines; a link has them on one.
    heads = np.flatnonzero(first)
    heads = heads[heads + 1 < len(article)]
    heads = heads[article[heads + 1] == article[heads]]
    sizes = size[heads] + size[heads + 1]
    heads, sizes = heads[sizes <= 40], sizes[sizes <= 40]
    return np.concatenate(
        [
            line_hashes(word, begins[alone], size[alone]),
            line_hashes(word, begins[heads], sizes),
        ]
    )


def _line_places(
    begins: NDArray[np.int64], bounds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The article of each line, its number there, and its words."""
    article = np.searchsorted(bounds, begins[:-1], "right") - 1
    return article, np.arange(len(article)) - np.searchsorted(article, article), np.diff(begins)


@dataclass(frozen=True, slots=True)
class Furniture:
    """Lines that are furniture: the article, the first word and the end, a hash of the words."""

    article: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    hash: NDArray[np.uint64]


def furnished(
    word: NDArray[np.uint32],
    flag: NDArray[np.uint8],
    bounds: NDArray[np.int64],
    article: NDArray[np.int64],
    place: NDArray[np.int64],
    headlines: NDArray[np.uint64],
    settings: Settings,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Furniture]:
    """Which words are furniture, which stand in a list; the lines that are furniture.

    `article` and `place` say where a framed shingle begins. A phrase that is to be ignored is
    furniture too. A line that is the
    headline of another article (`headlines`) and stands at the tail, or beside furniture or other
    such lines, is a link to it. A list is two lines or more, in the second half, that begin like a
    headline and end without a full stop; where lines are broken like a letter's, there is none.
    """
    width = settings.shingle
    at = bounds[article] + place
    mask = noticed(word, flag, settings.notice_words)
    for i in range(width):
        mask[at + i] = True
    for phrase in settings.ignore:
        mask |= spoken(word, phrase)
    begins = line_begins(flag)
    if len(begins) < 2:
        none = np.zeros(0, np.int64)
        return mask, mask & False, Furniture(none, none, none, np.zeros(0, np.uint64))
    owner, nth, size = _line_places(begins, bounds)
    link = (size >= 4) & (size <= 40) & (nth >= 2)
    known = np.zeros(1 << int(_UPPER), bool)
    known[headlines >> (np.uint64(64) - _UPPER)] = True
    link[link] = known[_outlines(word, begins[:-1][link], size[link])]
    link[link] = _among(line_hashes(word, begins[:-1][link], size[link]), headlines)
    mostly = np.add.reduceat(mask.astype(np.int64), begins[:-1]) * 2 > size
    odd = link | mostly
    beside = np.zeros(len(odd), bool)
    beside[1:] |= odd[:-1]
    beside[:-1] |= odd[1:]
    left = bounds[owner + 1] - begins[:-1]
    link &= beside | (left <= np.minimum(TAIL, np.diff(bounds)[owner] * 2 // 5))
    mask[begins[0] :] |= np.repeat(link, size)
    open_end = (flag[begins[1:] - 1] & STOP) == 0
    like_head = (flag[begins[:-1]] & (CAPITAL | NUMBER)) > 0
    count = np.bincount(owner, minlength=len(bounds) - 1)
    heads = np.bincount(owner, like_head, len(bounds) - 1)
    plain = (heads >= 0.6 * count)[owner]
    listed = open_end & like_head & plain & (size >= 3) & (size <= 30)
    listed &= left <= np.diff(bounds)[owner] // 2
    odd = listed | link | mostly
    beside[:] = False
    beside[1:] |= odd[:-1] & (owner[1:] == owner[:-1])
    beside[:-1] |= odd[1:] & (owner[1:] == owner[:-1])
    listing = np.zeros(len(word), bool)
    listing[begins[0] :] = np.repeat(listed & beside, size)
    whole = np.flatnonzero(mostly | link)
    base = bounds[owner[whole]]
    return (
        mask,
        listing,
        Furniture(
            owner[whole],
            begins[:-1][whole] - base,
            begins[1:][whole] - base,
            line_hashes(word, begins[:-1][whole], size[whole]),
        ),
    )


def standing(
    groups: Clusters,
    size: NDArray[np.int64],
    odd: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
    pair: NDArray[np.uint64],
    settings: Settings,
) -> NDArray[np.bool_]:
    """Which passages are furniture after all: forms and links, by their share; or what stands in
    the frame of its articles (of `size` words), and is all that these have in common.

    `odd` says which matches are forms or links, `spoken` which stand in marks, `pair`
    which pair of articles each is of.
    """
    count = int(groups.passage.max(initial=-1)) + 1
    of_match = groups.passage[groups.of_match[:, 0]]
    number = np.maximum(np.bincount(of_match, minlength=count), 1)
    forms = np.bincount(of_match, odd, count) >= settings.form_share * number
    head, tail = frame(size)
    inside = (groups.end <= np.maximum(head, 1)) | (groups.start + tail >= size)
    share = (head + tail) / np.maximum(size, 1)
    p, nats = _proof(groups.passage, inside, share, count)
    framed = (counted(groups.passage, groups.article) >= settings.furniture_articles) & (p >= 0.75)
    framed &= nats >= settings.furniture_proof
    framed &= np.bincount(of_match, spoken, count) * 2 < number
    # What is carried whole has its tail in common as well, and the rest.
    other = ~framed[of_match] & ~odd
    known, at = np.unique(pair, return_inverse=True)
    more = np.bincount(at, other, len(known))[at] > 0
    alone = np.bincount(of_match, ~more, count) >= 0.7 * number
    return forms | framed & alone


def forms(
    groups: Clusters, slot: NDArray[np.bool_], days: NDArray[np.int64], settings: Settings
) -> NDArray[np.bool_]:
    """Which matches have another number in a passage of which nearly all have, week after week: a
    form of words that is filled in (a poll's margin of error). A number that changes within days
    is a story's."""
    of_match = groups.passage[groups.of_match[:, 0]]
    count = int(groups.passage.max(initial=-1)) + 1
    number = np.bincount(of_match, minlength=count)
    slots = np.bincount(of_match, slot, count)
    known = days[groups.article] >= 0
    day, passage = days[groups.article[known]], groups.passage[known]
    first, last = np.full(count, 1 << 40), np.full(count, -1)
    np.minimum.at(first, passage, day)
    np.maximum.at(last, passage, day)
    form = (number >= 2) & (slots >= 0.6 * number) & (last - first >= settings.form_days)
    return np.asarray(slot & form[of_match])


def _among(value: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which values are among these, which are in order."""
    if not len(known):
        return np.zeros(len(value), bool)
    at = np.minimum(np.searchsorted(known, value), len(known) - 1)
    return np.equal(known[at], value)


def signed(
    stretches: tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]], settings: Settings
) -> NDArray[np.uint32]:
    """The MinHash of the shingles of each stretch of words (shape stretches x permutations).

    Stretches are words, and where in them each begins and ends. One shorter than a shingle has the
    MinHash of an empty set.
    """
    word, at, to = stretches
    sizes = np.maximum(to - at - settings.shingle + 1, 0)
    bounds = np.zeros(len(at) + 1, np.int64)
    np.cumsum(sizes, out=bounds[1:])
    place = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - at, sizes)
    hashes = shingles(word, settings.shingle)[place]
    if not len(hashes):
        return signatures(hashes, bounds, settings.permutations, settings.seed)
    # Most appearances are word for word another one: the sum of a set's hashes tells.
    filled = np.flatnonzero(sizes)
    total = np.zeros(len(at), np.uint64)
    total[filled] = np.add.reduceat(hashes, bounds[filled])
    _, first, same = np.unique(
        total ^ sizes.astype(np.uint64), return_index=True, return_inverse=True
    )
    ends = np.zeros(len(first) + 1, np.int64)
    np.cumsum(sizes[first], out=ends[1:])
    place = np.arange(ends[-1]) - np.repeat(ends[:-1] - bounds[first], sizes[first])
    return signatures(hashes[place], ends, settings.permutations, settings.seed)[same]


def likeness(
    word: NDArray[np.uint32], at: NDArray[np.int64], to: NDArray[np.int64], lead: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How like each stretch is to another one: twice the words in common by the words of both."""
    result = np.ones(len(at))
    size = to - at
    same = np.flatnonzero((lead != np.arange(len(at))) & (size == size[lead]))
    same = same[~_unlike(word, at[same], at[lead[same]], size[same])]
    alike = lead == np.arange(len(at))
    alike[same] = True
    for i in np.flatnonzero(~alike).tolist():
        j = int(lead[i])
        result[i] = Indel.normalized_similarity(
            word[at[i] : to[i]].tolist(), word[at[j] : to[j]].tolist()
        )
    return result


def _unlike(
    word: NDArray[np.uint32],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    size: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which stretches of `size` words differ anywhere."""
    bounds = np.zeros(len(size) + 1, np.int64)
    np.cumsum(size, out=bounds[1:])
    step = np.arange(bounds[-1]) - np.repeat(bounds[:-1], size)
    unlike = word[np.repeat(one, size) + step] != word[np.repeat(two, size) + step]
    sums = np.zeros(len(unlike) + 1, np.int64)
    np.cumsum(unlike, out=sums[1:])
    return sums[bounds[1:]] > sums[bounds[:-1]]


def verified(
    groups: Clusters,
    word: NDArray[np.uint32],
    at: NDArray[np.int64],
    to: NDArray[np.int64],
    least: float,
) -> tuple[Clusters, NDArray[np.float64]]:
    """The passages without those appearances that are not like the one that tells the passage
    (`least`), and how like the others are. Chains of likeness melt texts together otherwise.

    What is left out makes passages of its own, of those that matches join. Two appearances that
    only one match joins stay together: that was verified already.
    """
    passage = groups.passage.copy()
    one, two = groups.of_match[:, 0], groups.of_match[:, 1]
    like = np.ones(len(passage))
    rest = np.arange(len(passage))
    while len(rest):
        lead = leads(replace(groups, passage=passage))[passage]
        like[rest] = (
            likeness(word, at, to, lead)[rest]
            if len(rest) < len(passage)
            else likeness(word, at, to, lead)
        )
        number = np.bincount(passage, minlength=int(passage.max()) + 1)
        out = (like < least) & (number[passage] > 2)
        inner = out[one] & out[two] & (passage[one] == passage[two])
        if not out.any():
            break
        apart = components(len(passage), one[inner], two[inner])
        fresh = np.where(out, len(passage) + apart, passage)
        _, passage = np.unique(fresh, return_inverse=True)
        rest = np.flatnonzero(out)
        like[rest] = 1.0
    return replace(groups, passage=passage), like


def counted(group: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different values each group has."""
    if not len(group):
        return np.zeros(0, np.int64)
    least = int(value.min())
    span = int(value.max()) - least + 1
    keys = group * span + (value - least)
    keys.sort()
    return np.bincount(keys[np.append(True, keys[1:] != keys[:-1])] // span)


def inside(
    mask: NDArray[np.bool_], at: NDArray[np.int64], size: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which stretches of words lie for four fifths or more in the mask."""
    sums = np.zeros(len(mask) + 1, np.int64)
    np.cumsum(mask, out=sums[1:])
    return np.asarray((sums[at + size] - sums[at]) * 5 >= size.astype(np.int64) * 4)


def spoken(word: NDArray[np.uint32], phrase: str) -> NDArray[np.bool_]:
    """Which words are those of a phrase, one after the other."""
    wanted = tokens([phrase]).word
    count = len(word) - len(wanted) + 1
    result = np.zeros(len(word), bool)
    if count <= 0 or not len(wanted):
        return result
    here = np.ones(count, bool)
    for i, value in enumerate(wanted.tolist()):
        here &= word[i : i + count] == value
    for i in range(len(wanted)):
        result[i : i + count] |= here
    return result


def leads(groups: Clusters) -> NDArray[np.int64]:
    """The appearance that tells each passage: the first, as articles are numbered."""
    order = np.lexsort((groups.start, groups.article, groups.passage))
    first = np.ones(len(order), bool)
    first[1:] = groups.passage[order][1:] != groups.passage[order][:-1]
    return order[first]


def whole(
    pair: NDArray[np.uint64], matched: NDArray[np.int64], shorter: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which matches are of pairs of which one carries the other whole: nearly half of the
    shorter article's words (headline, frame and edits aside), and fifty at least."""
    known, at = np.unique(pair, return_inverse=True)
    total = np.bincount(at, matched, len(known))[at]
    return (total >= 0.45 * shorter) & (total >= 50)


# Words in marks of any kind, to the end of the line where no mark closes them.
# Each kind begins with its mark, so that the search goes from mark to mark.
_MARKED = re.compile(
    r"“[^”\n]*”?|„[^“”\n]*[“”]?|«[^»\n]*»?|»[^«\n]*«?|\"[^\"\n]*\"?|「[^」\n]*」?"
    r"|``(?:(?!'')[^\n])*(?:'')?|''(?:(?!'')[^\n])*(?:'')?"
    r"|‘(?<!\w‘)(?:[^’'\n]|[’'](?=\w))*[’'](?!\w)|'(?<!\w')(?:[^’'\n]|[’'](?=\w))*[’'](?!\w)"
)


def marked(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where words stand in quotation marks, line by line: a look, where `quotes` reads.

    `start` and `end` are those of lines: only these are looked at.
    """
    return [
        found.span() for found in _MARKED.finditer(text, start, len(text) if end is None else end)
    ]


def lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the first line of a stretch of text begins, and the last one ends."""
    last = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if last < 0 else last


def share(marks: Sequence[tuple[int, int]], start: int, end: int) -> float:
    """How much of a stretch of text lies in the marks."""
    inside = 0
    for i in range(max(0, bisect_right(marks, (start,)) - 1), len(marks)):
        s, e = marks[i]
        if s >= end:
            break
        inside += max(0, min(e, end) - max(s, start))
    return min(1.0, inside / max(1, end - start))


# A mark, or a new line, and not a word: right before a stretch of text, right after it.
_SET_OFF_BEFORE = re.compile(r"(?:\A|[^\w ]) {0,2}\Z")
_SET_OFF_AFTER = re.compile(r" {0,2}(?:[^\w ]|\Z)")


def apart(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text stands between marks of any kind, or new lines."""
    return bool(
        _SET_OFF_AFTER.match(text, end) and _SET_OFF_BEFORE.search(text[max(0, start - 3) : start])
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match: the article's text, the passage's offsets, the article's quotations."""

    text: str
    start: int
    end: int
    quotes: Sequence[tuple[int, int]] = ()

    def quoted(self) -> float:
        """How much of the passage stands between quotation marks."""
        return share(sorted(self.quotes), self.start, self.end)

    def line(self) -> str:
        """The line that holds the passage; empty when it runs over several."""
        first = self.text.rfind("\n", 0, self.start) + 1
        last = self.text.find("\n", self.start)
        last = len(self.text) if last < 0 else last
        return self.text[first:last] if self.end <= last and last - first <= 600 else ""

    def headed(self) -> bool:
        """Whether the passage is a line of its own that ends like a headline, below the first."""
        line = self.line().strip(" \t*#-•>")
        return (
            0 < len(line) <= self.end - self.start + 8
            and line[-1] not in '.!…:;,”"»'
            and bool(self.text[: self.start].strip(" \t\n*#-•>"))
        )


# A caption is a line that credits a picture; a promotion one that calls to another piece.
_CAPTION = re.compile(
    r"\((?:[^()]*\b(?:AP|AFP|EPA|Getty|Reuters)\b[^()]*|[^()]*[Pp]hoto[^()]*)\)\W*$"
    r"|\b(?:Getty Images|AP Photo|File [Pp]hoto|Photo(?:graph)?(?: by|:)|Picture:|Image:|Credit:)"
)
_PROMOTION = re.compile(r"^\W*(?:READ|WATCH|LISTEN|SEE|MORE|VIDEO|RELATED)\b[^.]{0,20}:", re.I)


def kind(whole: bool, a: Side, b: Side) -> str:
    """What a match is of: `article`, `caption`, `promotion`, `quotation`, `prose` or both."""
    if whole:
        return "article"
    for pattern, name in ((_CAPTION, "caption"), (_PROMOTION, "promotion")):
        if any(pattern.search(side.line()) for side in (a, b)):
            return name
    if a.headed() and b.headed():
        return "promotion"
    quoted = (a.quoted(), b.quoted())
    if min(quoted) >= 0.8:
        return "quotation"
    return "prose" if max(quoted) <= 0.2 else "quote_and_prose"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of furniture that two articles or more carry, those of one ``group`` together, in order
    of article and place; ``leads`` marks the first of each."""

    article: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    group: NDArray[np.int64]
    leads: NDArray[np.bool_]


def repeated(furniture: Furniture) -> Lines:
    """The lines that more than one article carries, word for word."""
    order = np.lexsort((furniture.start, furniture.article, furniture.hash))
    key, article = furniture.hash[order], furniture.article[order]
    leads = np.ones(len(key), bool)
    leads[1:] = key[1:] != key[:-1]
    group = np.cumsum(leads) - 1
    several = counted(group, article)[group] > 1 if len(group) else leads
    order, group, leads = order[several], group[several], leads[several]
    _, group = np.unique(group, return_inverse=True)
    return Lines(
        furniture.article[order], furniture.start[order], furniture.end[order], group, leads
    )
