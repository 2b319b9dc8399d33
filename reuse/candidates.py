"""Fingerprints to candidates: seeds that two articles share, and the chains they lie on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Seeds:
    """Shingles that two articles share, one element a pair of places.

    ``a`` and ``b`` are articles by rank, a before b (uint32); ``at_a`` and ``at_b`` the places of
    the first word (uint32); ``shared`` how many articles carry the shingle (uint32).
    """

    a: NDArray[np.uint32]
    b: NDArray[np.uint32]
    at_a: NDArray[np.uint32]
    at_b: NDArray[np.uint32]
    shared: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Chains:
    """Seeds on about one diagonal, one element a chain: the words from ``a0`` to ``a1`` of article
    ``a`` lie along those from ``b0`` to ``b1`` of ``b``; ``seeds`` counts them, ``words`` the words
    that they cover, ``rarest`` is the least number of articles that carry one of them.
    """

    a: NDArray[np.uint32]
    b: NDArray[np.uint32]
    a0: NDArray[np.int32]
    a1: NDArray[np.int32]
    b0: NDArray[np.int32]
    b1: NDArray[np.int32]
    seeds: NDArray[np.int32]
    words: NDArray[np.int32]
    rarest: NDArray[np.int32]


def groups(sorted_keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each run of equal keys begins, and the end."""
    edge = np.ones(len(sorted_keys) + 1, bool)
    if len(sorted_keys):
        np.not_equal(sorted_keys[1:], sorted_keys[:-1], out=edge[1:-1])
    return np.flatnonzero(edge)


def linked(
    starts: NDArray[np.int64], outlet: NDArray[np.int64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of members of each group (rows in order of rank) that come from different outlets.

    All pairs of a group of up to `most`; in a larger one, each member and the earliest of another
    outlet, and the one before it of another outlet: 2(r - 1) pairs in place of r(r - 1)/2.
    """
    sizes = np.diff(starts)
    lefts: list[NDArray[np.int64]] = []
    rights: list[NDArray[np.int64]] = []
    for size in range(2, most + 1):
        heads = starts[:-1][sizes == size]
        if not len(heads):
            continue
        for i in range(size):
            for j in range(i + 1, size):
                lefts.append(heads + i)
                rights.append(heads + j)
    large = np.flatnonzero(sizes > most)
    if len(large):
        size = sizes[large]
        total = int(size.sum())
        bounds = np.zeros(len(large) + 1, np.int64)
        np.cumsum(size, out=bounds[1:])
        row = np.arange(total) - np.repeat(bounds[:-1] - starts[:-1][large], size)
        first = np.repeat(starts[:-1][large], size)
        own = outlet[row]
        change = np.ones(total, bool)
        change[1:] = (own[1:] != own[:-1]) | (row[1:] != row[:-1] + 1)
        change[bounds[:-1]] = True
        run = np.flatnonzero(change)
        before = np.repeat(row[run] - 1, np.diff(np.append(run, total)))
        # The first member of another outlet than the very first one's begins the second run.
        second_run = np.full(len(large), -1, np.int64)
        group_of_run = np.searchsorted(bounds, run, "right") - 1
        is_second = np.zeros(len(run), bool)
        is_second[1:] = (group_of_run[1:] == group_of_run[:-1]) & (
            run[:-1] == bounds[group_of_run[:-1]]
        )
        second_run[group_of_run[is_second]] = row[run[is_second]]
        other = np.repeat(second_run, size)
        earliest = np.where(own == outlet[first], other, first)
        good = (earliest >= 0) & (earliest != row)
        lefts.append(np.minimum(earliest[good], row[good]))
        rights.append(np.maximum(earliest[good], row[good]))
        good = (before >= first) & (before != earliest)
        lefts.append(before[good])
        rights.append(row[good])
    if not lefts:
        none = np.zeros(0, np.int64)
        return none, none
    left, right = np.concatenate(lefts), np.concatenate(rights)
    apart = outlet[left] != outlet[right]
    return left[apart], right[apart]


def ordered(
    hashes: NDArray[np.uint64], rank: NDArray[np.uint32], place: NDArray[np.uint32]
) -> NDArray[np.int64]:
    """The rows whose hash occurs more than once, ordered by hash, rank and place."""
    count = len(hashes)
    bits = np.uint64(max(1, int(count - 1).bit_length()))
    # One sort of one integer: the upper bits of the hash, and the row in the room of the lower.
    keys = hashes & ~((np.uint64(1) << bits) - np.uint64(1))
    packed = keys | np.arange(count, dtype=np.uint64)
    packed.sort()
    low = (np.uint64(1) << bits) - np.uint64(1)
    same = (packed[1:] ^ packed[:-1]) <= low
    shared = np.zeros(count, bool)
    shared[1:] |= same
    shared[:-1] |= same
    rows = (packed[shared] & low).astype(np.int64)
    keys = hashes[rows]
    order = np.lexsort((place[rows], rank[rows], keys))
    return rows[order]


def seeds(
    rows: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    longer: NDArray[np.uint32],
    rank: NDArray[np.uint32],
    place: NDArray[np.uint32],
    outlet: NDArray[np.int64],
    most: int,
) -> tuple[Seeds, dict[str, int]]:
    """The seeds of one share of the fingerprints (`rows`, as `ordered` gives them).

    A shingle that more than `most` places have is looked at again by its longer one: what then
    stands alone was language and is counted; what is still shared is linked, whatever its number.
    """
    starts = groups(hashes[rows])
    sizes = np.diff(starts)
    shared = np.repeat(sizes, sizes)
    few, many = rows[shared <= most], rows[shared > most]
    shared_few, shared_many = shared[shared <= most], shared[shared > most]
    counts = {"frequent": len(many), "language": 0, "linked": 0}
    keys = hashes[many] ^ (longer[many].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    order = np.lexsort((place[many], rank[many], keys))
    order = order[longer[many][order] != 0]
    many, keys, shared_many = many[order], keys[order], shared_many[order]
    again = groups(keys)
    sizes = np.diff(again)
    repeated = np.repeat(sizes > 1, sizes)
    many, keys, shared_many = many[repeated], keys[repeated], shared_many[repeated]
    counts["language"] = counts["frequent"] - len(many)
    again = groups(keys)
    sizes = np.diff(again)
    counts["linked"] = int(sizes[sizes > most].sum())
    left, right = linked(groups(hashes[few]), outlet[few], most)
    left2, right2 = linked(again, outlet[many], most)
    first = np.concatenate([few[left], many[left2]])
    second = np.concatenate([few[right], many[right2]])
    shared = np.concatenate([shared_few[left], shared_many[left2]])
    apart = rank[first] != rank[second]
    first, second, shared = first[apart], second[apart], shared[apart]
    return (
        Seeds(rank[first], rank[second], place[first], place[second], shared.astype(np.uint32)),
        counts,
    )


def chains(found: Seeds, width: int, gap: int) -> Chains:
    """Seeds of one pair of articles that follow one another on about one diagonal.

    `width` is that of a shingle; up to `gap` words of either text may lie between two seeds.
    """
    if not len(found.a):
        none = np.zeros(0, np.int32)
        empty = np.zeros(0, np.uint32)
        return Chains(empty, empty, none, none, none, none, none, none, none)
    pair = found.a.astype(np.uint64) << np.uint64(32) | found.b
    at_a = found.at_a.astype(np.int64)
    at_b = found.at_b.astype(np.int64)
    diagonal = at_b - at_a
    order = np.lexsort((at_a, diagonal, pair))
    pair, at_a, at_b = pair[order], at_a[order], at_b[order]
    diagonal, shared = diagonal[order], found.shared[order].astype(np.int64)
    # First the runs on one diagonal: few are left to be chained.
    joins = np.zeros(len(pair), bool)
    joins[1:] = (pair[1:] == pair[:-1]) & (diagonal[1:] == diagonal[:-1])
    joins[1:] &= at_a[1:] - at_a[:-1] <= width + gap // 2
    head = np.flatnonzero(~joins)
    tail = np.append(head[1:], len(pair)) - 1
    step = np.zeros(len(pair), np.int64)
    step[1:] = np.where(joins[1:], np.minimum(at_a[1:] - at_a[:-1], width), width)
    step[0] = width
    words = np.add.reduceat(step, head)
    rarest = np.minimum.reduceat(shared, head)
    count = tail - head + 1
    a0, a1, b0, b1 = at_a[head], at_a[tail] + width, at_b[head], at_b[tail] + width
    pair, diagonal = pair[head], diagonal[head]
    # Then runs that follow one another in both texts.
    order = np.lexsort((b0, a0, pair))
    pair, a0, a1, b0, b1 = pair[order], a0[order], a1[order], b0[order], b1[order]
    diagonal, words, rarest, count = diagonal[order], words[order], rarest[order], count[order]
    joins = np.zeros(len(pair), bool)
    joins[1:] = (pair[1:] == pair[:-1]) & (np.abs(diagonal[1:] - diagonal[:-1]) <= gap)
    joins[1:] &= (a0[1:] - a1[:-1] <= gap) & (b0[1:] - b1[:-1] <= gap)
    joins[1:] &= (b0[1:] > b0[:-1]) & (b1[1:] > b1[:-1]) & (a1[1:] > a1[:-1])
    head = np.flatnonzero(~joins)
    tail = np.append(head[1:], len(pair)) - 1
    return Chains(
        (pair[head] >> np.uint64(32)).astype(np.uint32),
        (pair[head] & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        a0[head].astype(np.int32),
        a1[tail].astype(np.int32),
        b0[head].astype(np.int32),
        b1[tail].astype(np.int32),
        np.add.reduceat(count, head).astype(np.int32),
        np.add.reduceat(words, head).astype(np.int32),
        np.minimum.reduceat(rarest, head).astype(np.int32),
    )
