"""Chains and texts to aligned passages: ends found by extension, edits by alignment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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

    ``weight`` is each word's surprise in general language, in quarters of a bit (int32); ``flag``
    what it looks like (as in `Tokens`).
    """

    word: NDArray[np.uint32]
    weight: NDArray[np.int32]
    flag: NDArray[np.uint8]
    bounds: NDArray[np.int64]


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
    active = np.flatnonzero((room_a > 0) & (room_b > 0))
    low = np.int32(-(1 << 28))
    score = np.full((wide, len(active)), low, np.int32)
    for d in range(band, wide):
        score[d] = -edit * (d - band)
    pa, la = at_a[active], room_a[active]
    pb, lb = at_b[active], room_b[active]
    offsets = np.arange(wide)[:, None] - band
    size = len(words.word)
    top = best[active]
    row = 0
    while len(active):
        row += 1
        here = np.clip(pa + step * (row - 1), 0, size - 1)
        word, weight = words.word[here], words.weight[here]
        reach = row + offsets
        there = np.clip(pb + step * (reach - 1), 0, size - 1)
        same = words.word[there] == word
        gain = np.where(same, weight, np.int32(-edit)).astype(np.int32)
        new = score + gain
        new[(reach[:, 0] < 1).nonzero()[0]] = low
        np.maximum(new[:-1], score[1:] - edit, out=new[:-1])
        for d in range(1, wide):
            np.maximum(new[d], new[d - 1] - edit, out=new[d])
        new[(reach < 0) | (reach > lb)] = low
        score = new
        where = score.argmax(axis=0)
        value = score[where, np.arange(len(active))].astype(np.int64)
        better = value > top
        changed = active[better]
        best[changed] = value[better]
        best_a[changed] = row
        best_b[changed] = row + where[better] - band
        top = np.maximum(top, value)
        going = (value > top - drop) & (row < la)
        if not going.all():
            active, score = active[going], score[:, going]
            pa, la, pb, lb, top = pa[going], la[going], pb[going], lb[going], top[going]
    return best_a, best_b, best


def pieces(
    words: Words, found: Chains, edit: int, drop: int, band: int
) -> tuple[Chains, NDArray[np.int64]]:
    """Each chain drawn out to both ends, with its score."""
    base_a, base_b = words.bounds[found.a], words.bounds[found.b]
    end_a, end_b = (
        words.bounds[found.a.astype(np.int64) + 1],
        words.bounds[found.b.astype(np.int64) + 1],
    )
    a0, a1 = base_a + found.a0, base_a + found.a1
    b0, b1 = base_b + found.b0, base_b + found.b1
    right = extended(words, a1, end_a - a1, b1, end_b - b1, 1, edit, drop, band)
    left = extended(words, a0 - 1, a0 - base_a, b0 - 1, b0 - base_b, -1, edit, drop, band)
    sums = np.zeros(len(words.weight) + 1, np.int64)
    np.cumsum(words.weight, out=sums[1:])
    inner = (sums[a1] - sums[a0]) * found.words // np.maximum(1, found.a1 - found.a0)
    holes = np.maximum(found.a1 - found.a0, found.b1 - found.b0) - found.words
    score = inner - np.minimum(np.maximum(holes, 0), 8) * edit + left[2] + right[2]
    grown = Chains(
        found.a,
        found.b,
        (found.a0 - left[0]).astype(np.int32),
        (found.a1 + right[0]).astype(np.int32),
        (found.b0 - left[1]).astype(np.int32),
        (found.b1 + right[1]).astype(np.int32),
        found.words,
        found.bits,
    )
    return grown, score


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


def aligned(words: Words, found: Chains, edit: int) -> Aligned:
    """The words in common of each piece, and what was changed between them."""
    at_a = words.bounds[found.a] + found.a0
    at_b = words.bounds[found.b] + found.b0
    size = found.a1.astype(np.int64) - found.a0
    same = size == found.b1.astype(np.int64) - found.b0
    same[same] = _verbatim(words.word, at_a[same], at_b[same], size[same])
    rows = np.zeros((len(size), 8), np.int64)
    for i, column in enumerate((found.a0, found.a1, found.b0, found.b1)):
        rows[:, i] = column
    rows[:, 5] = np.where(same, size, 0)
    parts: list[NDArray[np.int64]] = []
    where: list[NDArray[np.int64]] = []
    whole = np.flatnonzero(same)
    parts.append(np.stack([found.a0[whole], found.b0[whole], size[whole]], axis=1).astype(np.int64))
    where.append(whole)
    number = words.flag & NUMBER > 0
    for i in np.flatnonzero(~same).tolist():
        a, b, end_a, end_b = (
            at_a[i],
            at_b[i],
            at_a[i] + size[i],
            at_b[i] + found.b1[i] - found.b0[i],
        )
        equal = _best_run(
            words.word[a:end_a].tolist(), words.word[b:end_b].tolist(), words.weight[a:end_a], edit
        )
        if not equal:
            continue
        first, last = equal[0], equal[-1]
        a0, b0 = int(found.a0[i]), int(found.b0[i])
        edits = slots = 0
        for p, q in pairwise(equal):
            edits += _price(q[0] - p[0] - p[2], q[1] - p[1] - p[2])
            left = number[a + p[0] + p[2] : a + q[0]]
            right = number[b + p[1] + p[2] : b + q[1]]
            # A number may be a word on one side.
            slots += bool(len(left) and len(right) and (left.any() or right.any()))
        matched = sum(n for _, _, n in equal)
        ends = (a0 + first[0], a0 + last[0] + last[2], b0 + first[1], b0 + last[1] + last[2])
        rows[i, :7] = (*ends, edits, matched, slots)
        parts.append(np.array([(a0 + i, b0 + j, n) for i, j, n in equal], np.int64))
        where.append(np.full(len(equal), i))
    table, pair = np.concatenate(parts), np.concatenate(where)
    order = np.argsort(pair, kind="stable")
    table, pair = table[order], pair[order]
    numbers = np.zeros(len(number) + 1, np.int64)
    np.cumsum(number, out=numbers[1:])
    begin = words.bounds[found.a[pair]] + table[:, 0]
    np.add.at(rows[:, 7], pair, numbers[begin + table[:, 2]] - numbers[begin])
    kept = rows[:, 5] > 0
    bounds = np.searchsorted(pair, np.append(np.flatnonzero(kept), len(size)))
    a0, a1, b0, b1, edits, matched, slots, same_numbers = rows[kept].T.astype(np.int32)
    return Aligned(
        found.a[kept],
        found.b[kept],
        a0,
        a1,
        b0,
        b1,
        edits,
        matched,
        slots,
        same_numbers,
        table.astype(np.int32),
        bounds,
    )


def _verbatim(
    word: NDArray[np.uint32],
    at_a: NDArray[np.int64],
    at_b: NDArray[np.int64],
    size: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which stretches of `size` words are the same from the first to the last."""
    bounds = np.zeros(len(size) + 1, np.int64)
    np.cumsum(size, out=bounds[1:])
    step = np.arange(bounds[-1]) - np.repeat(bounds[:-1], size)
    unlike = word[np.repeat(at_a, size) + step] != word[np.repeat(at_b, size) + step]
    sums = np.zeros(len(unlike) + 1, np.int64)
    np.cumsum(unlike, out=sums[1:])
    return np.equal(sums[bounds[1:]], sums[bounds[:-1]])


def _price(left: int, right: int) -> int:
    """The edits that a hole of `left` words against `right` words is charged for."""
    changed = min(left, right)
    extra = abs(left - right)
    return min(changed, 6) + min(extra, 2 + extra // 8)


def _best_run(
    left: list[int], right: list[int], weights: NDArray[np.int32], edit: int
) -> list[tuple[int, int, int]]:
    """The consecutive blocks in common (place in left, in right, length) that are worth most: a
    stray word at an end costs more than it adds."""
    blocks = [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in LCSseq.opcodes(left, right)
        if op.tag == "equal"
    ]
    if len(blocks) < 2:
        return blocks
    sums = [0, *np.cumsum(weights).tolist()]
    best, best_from, best_to = 0, 0, 0
    run, start = 0, 0
    end_left = end_right = 0
    for i, (at, to, size) in enumerate(blocks):
        if i:
            run -= _price(at - end_left, to - end_right) * edit
        if run <= 0:
            run, start = 0, i
        run += sums[at + size] - sums[at]
        if run > best:
            best, best_from, best_to = run, start, i + 1
        end_left, end_right = at + size, to + size
    return blocks[best_from:best_to]
