"""Utterances of two articles -> which are one, where both articles are accounts of one text.

Two translations of a letter share few words, too few for any of their sentences by itself. Where
most of what two articles quote of somebody within some days pairs up in the same order, each
sentence being likest to its own, the pairs are the sentences of one text.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse.echoes import PARTS, Columns, differing
from reuse.kinship import RETOLD_DAYS, in_order

# Two sentences of an account may be one from so many bits in common on, this share of the shorter.
LIKE_BITS, LIKE_SHARE = 25.0, 0.2
# So many sentences of both, and this share of those of the shorter account, pair up.
PAIRED, PAIRED_SHARE = 3, 0.66
# What the links of two articles are worth at least, in the measure of `echoes.ASKED`.
WORTH = 12
# Longer ones are no sentences that somebody chose from a text, but the text.
LONGEST = 30

Like = dict[tuple[int, int], float]


def accounts(every: Columns, links: NDArray[Any], spoken: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs (the one's number << 32 | the later one's) of what is linked (dtype `echoes.LINK`)."""
    a, b = links["pair"] >> 32, links["pair"] & 0xFFFFFFFF
    days = every.day[a], every.day[b]
    kept = (every.article[a] != every.article[b]) & spoken[a] & spoken[b]
    kept &= (np.minimum(*days) >= 0) & (np.abs(days[0] - days[1]) <= RETOLD_DAYS)
    a, b, worth = a[kept], b[kept], links["worth"][kept]
    both = every.article[a].astype(np.int64) << 32 | every.article[b]
    _, pair, count = np.unique(both, return_inverse=True, return_counts=True)
    enough = (count >= PAIRED) & (np.bincount(pair, worth, len(count)) >= WORTH)
    order = np.argsort(pair, kind="stable")
    order = order[enough[pair[order]]]
    rows = zip(pair[order].tolist(), a[order].tolist(), b[order].tolist(), strict=True)
    found: list[int] = []
    for _, some in groupby(rows, key=lambda row: row[0]):
        pairs = [(x, y) for _, x, y in some]
        one = _account(every, [x for x, _ in pairs], spoken)
        other = _account(every, [y for _, y in pairs], spoken)
        if not PAIRED <= min(len(one), len(other)) <= max(len(one), len(other)) <= LONGEST:
            continue
        chain = _chain(_likest(_likeness(every, one, other)))
        if len(chain) >= max(PAIRED, PAIRED_SHARE * min(len(one), len(other))):
            found += [x << 32 | y for x, y in chain]
    return np.sort(np.array(found, dtype=np.int64))


def _account(every: Columns, linked: list[int], spoken: NDArray[np.bool_]) -> list[int]:
    """What the article of some utterances quotes of those who speak them, for all that is known."""
    article = every.article[linked[0]]
    first, last = np.searchsorted(every.article, [article, article + 1]).tolist()
    place = np.arange(first, last)
    place = place[spoken[first:last] & (every.told[first:last] >= LIKE_BITS * PARTS)]
    by_one = [~differing(every, place, np.full(len(place), k)) for k in linked]
    return [int(k) for k in place[np.any(by_one, axis=0)]]


def _likeness(every: Columns, one: list[int], other: list[int]) -> Like:
    """The bits that sentences of two accounts have in common, where there are enough."""
    found: Like = {}
    theirs = {y: every.spelled(y) for y in other}
    for x in one:
        words, told = every.spelled(x)
        for y, (others, also) in theirs.items():
            both = in_order(words, others, told)
            if both >= LIKE_BITS and both >= LIKE_SHARE * min(sum(told), sum(also)):
                found[x, y] = both
    return found


def _likest(found: Like) -> Like:
    """Of pairs those in which either is likest to the other."""
    best: dict[tuple[str, int], float] = {}
    for (x, y), both in found.items():
        for side in (("one", x), ("other", y)):
            best[side] = max(best.get(side, 0.0), both)
    return {
        (x, y): both for (x, y), both in found.items() if best["one", x] == both == best["other", y]
    }


def _chain(found: Like) -> list[tuple[int, int]]:
    """The pairs that tell most and stand in the same order in both articles."""
    ends: list[tuple[float, list[tuple[int, int]]]] = []
    for (x, y), both in sorted(found.items()):
        before = [end for end in ends if end[1][-1][0] < x and end[1][-1][1] < y]
        told, chain = max(before, key=lambda end: end[0], default=(0.0, []))
        ends.append((told + both, [*chain, (x, y)]))
    return max(ends, key=lambda end: end[0], default=(0.0, []))[1]
