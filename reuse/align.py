"""Chains and texts to aligned passages: ends found by extension, edits by alignment."""

from __future__ import annotations

from dataclasses import dataclass

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
        new[:-1] = np.maximum(new[:-1], score[1:] - edit)
        new[(reach < 1) | (reach > lb)] = low
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


def pieces(words: Words, found: Chains, edit: int, drop: int, band: int) -> tuple[Chains, NDArray[np.int64]]:
    """Each chain drawn out to both ends, with its score."""
    base_a, base_b = words.bounds[found.a], words.bounds[found.b]
    end_a, end_b = words.bounds[found.a.astype(np.int64) + 1], words.bounds[found.b.astype(np.int64) + 1]
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


def joined(found: Chains, gap: int, cut: int) -> Chains:
    """Pieces of one pair that overlap or follow one another closely in both texts, as one.

    Up to `gap` words of both may lie between (an attribution); up to `cut` words of one of them
    where the other goes straight on (something left out).
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
    blocks: list[tuple[int, int, int]] = []
    rows: list[tuple[int, ...]] = []
    ends: list[int] = [0]
    bounds = words.bounds
    columns = (found.a, found.b, found.a0, found.a1, found.b0, found.b1)
    for a, b, a0, a1, b0, b1 in zip(*(c.tolist() for c in columns), strict=True):
        at_a, at_b = int(bounds[a]), int(bounds[b])
        left = words.word[at_a + a0 : at_a + a1].tolist()
        right = words.word[at_b + b0 : at_b + b1].tolist()
        if left == right:
            equal = [(0, 0, len(left))]
        else:
            equal = [
                (op.src_start, op.dest_start, op.src_end - op.src_start)
                for op in LCSseq.opcodes(left, right)
                if op.tag == "equal"
            ]
            equal = _best_run(equal, words.weight[at_a + a0 : at_a + a1], edit)
        if not equal:
            continue
        matched = sum(n for _, _, n in equal)
        first, last = equal[0], equal[-1]
        edits = sum(
            _price(q[0] - p[0] - p[2], q[1] - p[1] - p[2])
            for p, q in zip(equal, equal[1:], strict=False)
        )
        number_a = words.flag[at_a + a0 : at_a + a1] & NUMBER > 0
        number_b = words.flag[at_b + b0 : at_b + b1] & NUMBER > 0
        slots = numbers = 0
        if number_a.any():
            numbers = sum(int(number_a[i : i + n].sum()) for i, _, n in equal)
            slots = sum(
                bool(number_a[p[0] + p[2] : q[0]].any() and number_b[p[1] + p[2] : q[1]].any())
                for p, q in zip(equal, equal[1:], strict=False)
            )
        rows.append(
            (a, b, a0 + first[0], a0 + last[0] + last[2], b0 + first[1], b0 + last[1] + last[2],
             edits, matched, slots, numbers)
        )  # fmt: skip
        blocks.extend((a0 + i, b0 + j, n) for i, j, n in equal)
        ends.append(len(blocks))
    table = np.array(rows, np.int64).reshape(-1, 10)
    return Aligned(
        table[:, 0].astype(np.uint32),
        table[:, 1].astype(np.uint32),
        *(table[:, i].astype(np.int32) for i in range(2, 10)),
        np.array(blocks, np.int32).reshape(-1, 3),
        np.array(ends, np.int64),
    )


def _price(left: int, right: int) -> int:
    """The edits that a hole of `left` words against `right` words is charged for."""
    changed = min(left, right)
    extra = abs(left - right)
    return min(changed, 6) + min(extra, 2 + extra // 8)


def _best_run(
    blocks: list[tuple[int, int, int]], weights: NDArray[np.int32], edit: int
) -> list[tuple[int, int, int]]:
    """The consecutive blocks that are worth most: a stray word at an end costs more than it adds."""
    if len(blocks) < 2:
        return blocks
    best, best_from, best_to = 0, 0, 0
    run, start = 0, 0
    previous: tuple[int, int, int] | None = None
    for i, block in enumerate(blocks):
        if previous is not None:
            hole = _price(block[0] - previous[0] - previous[2], block[1] - previous[1] - previous[2])
            run -= hole * edit
        if run <= 0:
            run, start = 0, i
        run += int(weights[block[0] : block[0] + block[2]].sum())
        if run > best:
            best, best_from, best_to = run, start, i + 1
        previous = block
    return blocks[best_from:best_to]
