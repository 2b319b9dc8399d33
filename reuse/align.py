"""Chains and texts to aligned passages: ends found by extension, edits by alignment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from reuse.candidates import Chains
from reuse.text import NUMBER

# Scores are integers: quarters of a bit.
UNIT = 4


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some articles, one after the other; article i has ``bounds[i]:bounds[i + 1]``.

    ``flag`` is what each looks like (as in `Tokens`); ``weights`` a table of a word's surprise in
    general language, by the upper sixteen bits of its hash, in quarters of a bit (int32).
    """

    word: NDArray[np.uint32]
    flag: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    weights: NDArray[np.int32]

    def weight(self, word: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The surprise of some words: looked up where it is asked for, since of the articles that
        chains lie in most words never are."""
        return self.weights.take(word >> np.uint32(16))


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two stretches of words that tell the same, one element a pair; offsets count words.

    ``blocks`` are the words in common: rows of (place in a, place in b, length), those of pair i
    are ``bounds[i]:bounds[i + 1]``. ``edits`` counts the words changed, put in or left out (a long
    insertion counts less for each further word). ``slots`` counts the places where both have
    numbers, but different ones, ``numbers`` the numbers in common.
    """

    a: NDArray[np.uint32]
    b: NDArray[np.uint32]
    a0: NDArray[np.int32]
    a1: NDArray[np.int32]
    b0: NDArray[np.int32]
    b1: NDArray[np.int32]
    edits: NDArray[np.int32]
    matched: NDArray[np.int32]
    slots: NDArray[np.int32]
    numbers: NDArray[np.int32]
    blocks: NDArray[np.int32]
    bounds: NDArray[np.int64]


def extended(
    words: Words,
    at_a: NDArray[np.int64],
    room_a: NDArray[np.int64],
    at_b: NDArray[np.int64],
    room_b: NDArray[np.int64],
    step: int,
    edit: int,
    drop: int,
    band: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """How far each pair of places can be read on together: (words of a, words of b, score).

    A banded alignment of all pairs at once, a row of a's words at a time. A pair rests when its
    score has fallen `drop` below its best (X-drop; Zhang, Schwartz, Wagner & Miller 2000).
    """
    total = len(at_a)
    best = np.zeros(total, np.int64)
    best_a = np.zeros(total, np.int64)
    best_b = np.zeros(total, np.int64)
    wide = 2 * band + 1
    low = np.int32(-(1 << 28))
    active = np.flatnonzero((room_a > 0) & (room_b > 0))
    pa, la = at_a[active], room_a[active].astype(np.int32)
    pb, lb = at_b[active], room_b[active].astype(np.int32)
    top = np.zeros(len(active), np.int32)
    score = np.full((wide, len(active)), low, np.int32)
    for d in range(band, wide):
        score[d] = -edit * (d - band)
    # The words of b that may stand against one of a: a row's are those of the row before, less the
    # first, and one more. Kept in a ring, so that each is fetched once.
    near = np.empty((wide, len(active)), np.uint32)
    for d in range(wide):
        near[d] = words.word.take(pb + step * (d - band), mode="clip")
    row = 0
    while len(active):
        row += 1
        word = words.word.take(pa + step * (row - 1), mode="clip")
        weight = words.weight(word)
        if row > 1:
            near[(row - 2) % wide] = words.word.take(pb + step * (row + band - 1), mode="clip")
        new = np.empty_like(score)
        for d in range(wide):
            np.copyto(new[d], weight)
            new[d][near[(row - 1 + d) % wide] != word] = -edit
        new += score
        new[: max(0, band + 1 - row)] = low
        score -= edit
        np.maximum(new[:-1], score[1:], out=new[:-1])
        for d in range(1, wide):
            np.maximum(new[d], new[d - 1] - edit, out=new[d])
        new[: max(0, band - row)] = low
        if row + band > int(lb.min()):
            for d in range(wide):
                new[d][lb < row + d - band] = low
        score = new
        value = score.max(axis=0)
        better = np.flatnonzero(value > top)
        top[better] = value[better]
        changed = active[better]
        best[changed] = value[better]
        best_a[changed] = row
        best_b[changed] = row - band + score[:, better].argmax(axis=0)
        rests = (value <= top - drop) | (row >= la)
        count = int(np.count_nonzero(rests))
        # To move all that go on costs more than to leave some lie for a few rows.
        if 4 * count > len(active) or count == len(active):
            going = np.flatnonzero(~rests)
            active, score, near = active[going], score[:, going], near[:, going]
            pa, la, pb, lb, top = pa[going], la[going], pb[going], lb[going], top[going]
        elif count:
            score[:, rests] = low
    return best_a, best_b, best


def pieces(
    words: Words, found: Chains, edit: int, drop: int, band: int
) -> tuple[Chains, NDArray[np.int64]]:
    """Each chain drawn out to both ends, with its score."""
    grown, gained = _drawn_out(words, found, edit, drop, band, 0)
    start = words.bounds[found.a] + found.a0
    size = found.a1.astype(np.int64) - found.a0
    weight = words.weight(words.word[places(start, size)])
    inner = np.bincount(np.repeat(np.arange(len(size)), size), weight, len(size)).astype(np.int64)
    inner = inner * found.words // np.maximum(1, size)
    holes = np.maximum(found.a1 - found.a0, found.b1 - found.b0) - found.words
    return grown, inner - np.minimum(np.maximum(holes, 0), 8) * edit + gained


def followed(
    words: Words,
    found: Chains,
    which: NDArray[np.bool_],
    edit: int,
    drop: int,
    band: int,
    least: int,
) -> Chains:
    """Some of the pieces drawn out once more, by less strict prices, where that gains `least`: one
    word that both texts have anyway is no reason to go on."""
    some = np.flatnonzero(which)
    columns = {f.name: getattr(found, f.name).copy() for f in fields(Chains)}
    part = Chains(**{name: column[some] for name, column in columns.items()})
    grown, _ = _drawn_out(words, part, edit, drop, band, least)
    for name, column in columns.items():
        column[some] = getattr(grown, name)
    return Chains(**columns)


def _drawn_out(
    words: Words, found: Chains, edit: int, drop: int, band: int, least: int
) -> tuple[Chains, NDArray[np.int64]]:
    """The chains with both ends as far out as pays, and what was gained; an end that gains less
    than `least` stays."""
    base_a, base_b = words.bounds[found.a], words.bounds[found.b]
    end_a, end_b = (
        words.bounds[found.a.astype(np.int64) + 1],
        words.bounds[found.b.astype(np.int64) + 1],
    )
    a0, a1 = base_a + found.a0, base_a + found.a1
    b0, b1 = base_b + found.b0, base_b + found.b1
    right = extended(words, a1, end_a - a1, b1, end_b - b1, 1, edit, drop, band)
    left = extended(words, a0 - 1, a0 - base_a, b0 - 1, b0 - base_b, -1, edit, drop, band)
    left_a, left_b, left_gain = (np.where(left[2] >= least, column, 0) for column in left)
    right_a, right_b, right_gain = (np.where(right[2] >= least, column, 0) for column in right)
    grown = Chains(
        found.a,
        found.b,
        (found.a0 - left_a).astype(np.int32),
        (found.a1 + right_a).astype(np.int32),
        (found.b0 - left_b).astype(np.int32),
        (found.b1 + right_b).astype(np.int32),
        found.words,
        found.bits,
    )
    return grown, left_gain + right_gain


def joined(found: Chains, gap: int, cut: int, reach: int, price: int) -> Chains:
    """Pieces of one pair that overlap or follow one another closely in both texts, as one.

    Up to `gap` words of both may lie between (an attribution); up to `cut` words of one of them
    where the other goes straight on (something left out); up to `reach` of both between pieces of
    more than `price` bits each (a rewriting that keeps a few words here and there).
    """
    a0, a1 = found.a0.astype(np.int64), found.a1.astype(np.int64)
    b0, b1 = found.b0.astype(np.int64), found.b1.astype(np.int64)
    pair = found.a.astype(np.uint64) << np.uint64(32) | found.b
    words, bits = found.words, found.bits
    while True:
        order = np.lexsort((b0, a0, pair))
        pair, a0, a1, b0, b1 = pair[order], a0[order], a1[order], b0[order], b1[order]
        words, bits = words[order], bits[order]
        if len(pair) < 2:
            break
        between_a, between_b = a0[1:] - a1[:-1], b0[1:] - b1[:-1]
        widest, least = np.maximum(between_a, between_b), np.minimum(between_a, between_b)
        inside = (a1[1:] <= a1[:-1]) & (b0[1:] >= b0[:-1]) & (b1[1:] <= b1[:-1])
        forward = (b1[1:] > b1[:-1]) & (b0[1:] >= b0[:-1]) | (a0[1:] == a0[:-1])
        drift = np.abs(between_a - between_b)
        near = (widest <= gap) | ((least <= 3) & (widest <= cut))
        near |= (widest <= reach) & (np.minimum(bits[1:], bits[:-1]) > price)
        near &= forward & ((least >= 0) | (drift <= gap) | (least >= -4))
        joins = np.zeros(len(pair), bool)
        joins[1:] = (pair[1:] == pair[:-1]) & (inside | near)
        if not joins.any():
            break
        head = np.flatnonzero(~joins)
        pair = pair[head]
        a0, a1 = np.minimum.reduceat(a0, head), np.maximum.reduceat(a1, head)
        b0, b1 = np.minimum.reduceat(b0, head), np.maximum.reduceat(b1, head)
        words, bits = np.add.reduceat(words, head), np.add.reduceat(bits, head)
    return Chains(
        (pair >> np.uint64(32)).astype(np.uint32),
        (pair & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        a0.astype(np.int32),
        a1.astype(np.int32),
        b0.astype(np.int32),
        b1.astype(np.int32),
        words,
        bits,
    )


def aligned(words: Words, found: Chains, edit: NDArray[np.int64], cut: int, least: int) -> Aligned:
    """The words in common of each piece, and what was changed between them; what other text breaks
    apart (`runs`) is several. `edit` is what a changed word costs in each piece."""
    at_a = words.bounds[found.a] + found.a0
    at_b = words.bounds[found.b] + found.b0
    size_a = found.a1.astype(np.int64) - found.a0
    size_b = found.b1.astype(np.int64) - found.b0
    same = size_a == size_b
    same[same] = _verbatim(words.word, at_a[same], at_b[same], size_a[same])
    whole = np.flatnonzero(same)
    equal: list[int] = []
    for i in np.flatnonzero(~same).tolist():
        left = words.word[at_a[i] : at_a[i] + size_a[i]].tolist()
        right = words.word[at_b[i] : at_b[i] + size_b[i]].tolist()
        for block in LCSseq.editops(left, right).as_matching_blocks()[:-1]:
            equal += (i, block.a, block.b, block.size)
    verbatim = np.stack([whole, whole * 0, whole * 0, size_a[whole]])
    edited = np.array(equal, np.int64).reshape(-1, 4).T
    piece, a, b, size = np.concatenate([verbatim, edited], axis=1)
    order = np.argsort(piece, kind="stable")
    piece, a, b, size = piece[order], a[order], b[order], size[order]
    follows = _follows(piece)
    gap_a, gap_b = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
    gap_a[1:] = a[1:] - a[:-1] - size[:-1]
    gap_b[1:] = b[1:] - b[:-1] - size[:-1]
    price = np.where(follows, _price(gap_a, gap_b), 0)
    place = places(at_a[piece] + a, size)
    worth = np.bincount(
        np.repeat(np.arange(len(size)), size), words.weight(words.word[place]), len(size)
    ).astype(np.int64)
    run = runs(follows, worth, price * edit[piece], cut, least)
    kept = run >= 0
    piece, a, b, size, price, run = (c[kept] for c in (piece, a, b, size, price, run))
    gap_a, gap_b = gap_a[kept], gap_b[kept]
    begins = ~_follows(run)
    heads, owner = np.flatnonzero(begins), np.cumsum(begins) - 1
    tails = np.append(heads, len(piece))[1:] - 1
    # What stands before the first block kept is not of the piece.
    price[heads] = gap_a[heads] = gap_b[heads] = 0
    number = partial(_numbers, words.flag)
    before_a, before_b = at_a[piece] + a - gap_a, at_b[piece] + b - gap_b
    # A number may be a word on one side.
    slot = (gap_a > 0) & (gap_b > 0)
    slot[slot] = number(before_a[slot], gap_a[slot]) + number(before_b[slot], gap_b[slot]) > 0
    # One that was moved is no other number.
    told = (_told(words, before_a, gap_a), _told(words, before_b, gap_b))
    here, there = (np.bincount(owner, column, len(heads)) for column in told)
    slot &= (here != there)[owner]
    which = piece[heads]
    a0, b0 = found.a0[which], found.b0[which]

    def sums(column: NDArray[Any]) -> NDArray[np.int32]:
        return np.bincount(owner, column, len(heads)).astype(np.int32)

    return Aligned(
        found.a[which],
        found.b[which],
        (a0 + a[heads]).astype(np.int32),
        (a0 + a[tails] + size[tails]).astype(np.int32),
        (b0 + b[heads]).astype(np.int32),
        (b0 + b[tails] + size[tails]).astype(np.int32),
        sums(price),
        sums(size),
        sums(slot),
        sums(number(at_a[piece] + a, size)),
        np.stack([found.a0[piece] + a, found.b0[piece] + b, size], axis=1).astype(np.int32),
        np.append(heads, len(piece)),
    )


def _follows(piece: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which blocks are of the piece of the one before."""
    result = np.zeros(len(piece), bool)
    np.equal(piece[1:], piece[:-1], out=result[1:])
    return result


def places(start: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every place of some stretches, one after the other."""
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(start - ends + size, size) + np.arange(total)


def _numbers(
    flag: NDArray[np.uint8], start: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many numbers stand in each stretch."""
    number = flag[places(start, size)] & NUMBER > 0
    return np.bincount(np.repeat(np.arange(len(size)), size)[number], minlength=len(size))


def _told(words: Words, start: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """One number for all the numbers that stand in each stretch, in whatever order."""
    place = places(start, size)
    value = np.where(words.flag[place] & NUMBER > 0, words.word[place], 0).astype(np.float64)
    return np.asarray(np.bincount(np.repeat(np.arange(len(size)), size), value, len(size)))


def _verbatim(
    word: NDArray[np.uint32],
    at_a: NDArray[np.int64],
    at_b: NDArray[np.int64],
    size: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which stretches of `size` words are the same from the first to the last."""
    unlike = word[places(at_a, size)] != word[places(at_b, size)]
    odd = np.bincount(np.repeat(np.arange(len(size)), size)[unlike], minlength=len(size))
    return np.asarray(odd == 0)


# A hole is charged for each word that was changed up to what an attribution has, and again from
# twice as much: then it is other text that stands there.
ATTRIBUTION, OTHER_TEXT = 6, 12


def _price(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The edits that holes of `left` words against `right` words are charged for."""
    changed = np.minimum(left, right)
    extra = np.abs(left - right)
    told = np.minimum(changed, ATTRIBUTION) + np.maximum(changed - OTHER_TEXT, 0)
    return np.asarray(told + np.minimum(extra, 2 + extra // 8))


def runs(
    follows: NDArray[np.bool_],
    worth: NDArray[np.int64],
    price: NDArray[np.int64],
    cut: int,
    least: int,
) -> NDArray[np.int64]:
    """The run that each block is of, numbered by its first block; -1 where it is of none.

    A run is of one piece (a block that `follows` is of the piece of the one before it), and ends
    where going on has cost `cut`, by the `price` of what lies before each block, or all that it
    was worth. A stray block at an end costs more than it adds; what is worth less than `least` is
    no run, but a piece that is one block is.
    """
    run = np.where(follows, -1, np.arange(len(follows)))
    heads = np.flatnonzero(~follows)
    sizes = np.diff(np.append(heads, len(follows)))
    for head, size in zip(heads[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        run[head] = -1
        gains = worth[head : head + size].tolist()
        costs = price[head : head + size].tolist()
        start = 0
        while start < size:
            best = total = gains[start]
            stop = start + 1
            for i in range(start + 1, size):
                total -= costs[i]
                if total <= max(0, best - cut):
                    break
                total += gains[i]
                if total > best:
                    best, stop = total, i + 1
            if best >= least:
                run[head + start : head + stop] = head + start
            start = stop
    return run
