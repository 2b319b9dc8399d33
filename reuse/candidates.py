"""Fingerprints to candidates: seeds that two articles share, and the chains they lie on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse.sketch import taken

# A shingle that two articles share: ``a`` and ``b`` are articles by rank, a before b; ``at_a`` and
# ``at_b`` the places of its first word; ``weight`` its words' surprise in general language
# (quarters of a bit); ``left`` and ``right`` how many of the four words before and after it are
# shared too; ``price`` what it costs that the shingle has more than these two places (quarters).
SEED = np.dtype(
    {
        "names": ["a", "b", "at_a", "at_b", "weight", "left", "right", "price"],
        "formats": [np.uint32] * 4 + [np.uint8] * 4,
        "itemsize": 20,
    }
)


@dataclass(frozen=True, slots=True)
class Chains:
    """Seeds on about one diagonal, one element a chain: the words from ``a0`` to ``a1`` of article
    ``a`` lie along those from ``b0`` to ``b1`` of ``b``; ``words`` counts those that the seeds
    cover, ``bits`` is their surprise in general language and that of their neighbours, less what
    the places of the rarest one cost.
    """

    a: NDArray[np.uint32]
    b: NDArray[np.uint32]
    a0: NDArray[np.int32]
    a1: NDArray[np.int32]
    b0: NDArray[np.int32]
    b1: NDArray[np.int32]
    words: NDArray[np.int32]
    bits: NDArray[np.int32]


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
        wide = sizes[large]
        total = int(wide.sum())
        bounds = np.zeros(len(large) + 1, np.int64)
        np.cumsum(wide, out=bounds[1:])
        row = np.arange(total) - np.repeat(bounds[:-1] - starts[:-1][large], wide)
        first = np.repeat(starts[:-1][large], wide)
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
        other = np.repeat(second_run, wide)
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


def packed(hashes: NDArray[np.uint64], places: NDArray[np.int64], words: int) -> NDArray[np.uint64]:
    """Each hash and its place (below `words`) in one number, in order: the upper bits of the one,
    the other in the room of the lower."""
    room = np.uint64((1 << words.bit_length()) - 1)
    keys = hashes & ~room
    keys |= places.astype(np.uint64)
    keys.sort()
    return keys


def repeated(keys: NDArray[np.uint64], words: int) -> NDArray[np.int64]:
    """The places of `packed` hashes that occur more than once, and of a few by chance; in order.

    `keys` are all that have these upper bits, and are put in order.
    """
    room = np.uint64((1 << words.bit_length()) - 1)
    keys.sort()
    same = keys[1:] ^ keys[:-1] <= room
    shared = np.zeros(len(keys), bool)
    shared[1:] |= same
    shared[:-1] |= same
    places = keys[shared] & room
    places.sort()
    return places.astype(np.int64)


def in_order(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The order of some keys; equal ones stay as they come.

    One sort of one integer, as above: six times as fast as sorting an index. Keys that differ in
    their lower bits alone are put right afterwards.
    """
    if not len(keys):
        return np.zeros(0, np.int64)
    room = np.uint64((1 << len(keys).bit_length()) - 1)
    rows = keys << np.uint64(64 - max(1, int(keys.max()).bit_length())) & ~room
    rows |= np.arange(len(keys), dtype=np.uint64)
    rows.sort()
    order = (rows & room).astype(np.int64)
    found = keys[order]
    alike = rows[1:] ^ rows[:-1] <= room
    if (alike & (found[1:] != found[:-1])).any():
        run = np.cumsum(np.append(True, ~alike)) - 1
        mixed = np.zeros(int(run[-1]) + 1, bool)
        mixed[run[1:][alike & (found[1:] != found[:-1])]] = True
        some = mixed[run]
        order[some] = order[some][np.lexsort((order[some], found[some]))]
    return order


def ordered(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Fingerprints ordered by hash, those of one hash as they came: by article and place."""
    return taken(rows, in_order(np.ascontiguousarray(rows["hash"])))


def priced(most: int, rate: float, spare: float) -> NDArray[np.uint8]:
    """What a seed costs whose shingle has 0, 1, … `most` places (quarters of a bit).

    Of r places r(r - 1)/2 pairs meet, most of them by a turn of phrase: each doubling costs `rate`
    bits. The first `spare` bits cost nothing.
    """
    places = np.arange(most + 1)
    pairs = np.maximum(places * (places - 1) / 2, 1)
    bits = np.maximum(rate * np.log2(pairs) - spare, 0)
    return np.minimum(np.round(4 * bits), 255).astype(np.uint8)


def seeds(
    rows: NDArray[np.void], outlet: NDArray[np.int64], prices: NDArray[np.uint8], least: int
) -> tuple[NDArray[np.void], dict[str, int]]:
    """The seeds (`SEED`) of some fingerprints, all that have these hashes, as `ordered` gives them.

    A shingle that more places have than `prices` (as `priced` gives them) knows is looked at again
    by its longer one: what then stands alone was language and is counted; what is still shared is
    linked, whatever its number. A seed of fewer than `least` bits beside its price, its shared
    neighbours counted at six each, is language too.
    """
    most = len(prices) - 1
    starts = groups(rows["hash"])
    sizes = np.diff(starts)
    shared = np.repeat(sizes, sizes)
    few = taken(rows, np.flatnonzero(shared <= most))
    many = taken(rows, np.flatnonzero(shared > most))
    counts = {"frequent": len(many), "language": 0, "linked": 0}
    many = taken(many, np.flatnonzero(many["longer"] != 0))
    keys = many["hash"] ^ many["longer"].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order = in_order(keys)
    many, keys = taken(many, order), keys[order]
    sizes = np.diff(groups(keys))
    again = np.flatnonzero(np.repeat(sizes > 1, sizes))
    many, keys = taken(many, again), keys[again]
    counts["language"] = counts["frequent"] - len(many)
    starts = groups(keys)
    sizes = np.diff(starts)
    counts["linked"] = int(sizes[sizes > most].sum())
    found = []
    for part, edges in ((few, groups(few["hash"])), (many, starts)):
        left, right = linked(edges, outlet[part["article"]], most)
        rest = part["article"][left] != part["article"][right]
        left, right = left[rest], right[rest]
        one, two = taken(part, left), taken(part, right)
        seed = np.zeros(len(one), SEED)
        seed["a"], seed["b"] = one["article"], two["article"]
        seed["at_a"], seed["at_b"] = one["place"], two["place"]
        seed["weight"] = one["weight"]
        if part is few:
            sizes = np.diff(edges)
            seed["price"] = prices[np.repeat(sizes, sizes)[left]]
        unlike = one["around"] ^ two["around"]
        before = np.minimum(seed["at_a"], seed["at_b"])
        after = np.minimum(one["after"], two["after"])
        same = np.ones((2, len(seed)), bool)
        for i in range(4):
            # Nearest first: before the shingle that is the last of four bytes, after it the first.
            same[0] &= (unlike >> np.uint64(8 * (3 - i)) & np.uint64(0xFF) == 0) & (before > i)
            same[1] &= (unlike >> np.uint64(32 + 8 * i) & np.uint64(0xFF) == 0) & (after > i)
            seed["left"] += same[0]
            seed["right"] += same[1]
        bits = seed["weight"].astype(np.int32) + NEIGHBOUR * (seed["left"] + seed["right"])
        found.append(taken(seed, np.flatnonzero(bits >= 4 * least + seed["price"])))
    raw = f"V{SEED.itemsize}"
    return np.concatenate([part.view(raw) for part in found]).view(SEED), counts


def _one(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.uint64]:
    """Two numbers as one, no larger than need be, in order of the first."""
    return np.asarray(first.astype(np.uint64) * np.uint64(int(second.max()) + 1) + second)


def _pairs(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One number for each two articles, in order of the first."""
    return a.astype(np.uint64) << np.uint64(32) | b


# What a shared neighbour of a seed is worth before it is looked at (quarters of a bit).
NEIGHBOUR = 24
# Words of a text within which chains are counted that begin there.
STRETCH = 256


def chains(found: NDArray[np.void], width: int, gap: int) -> Chains:
    """Seeds of one pair of articles that follow one another on about one diagonal.

    `width` is that of a shingle; up to `gap` words of either text may lie between two seeds.
    """
    if not len(found):
        none = np.zeros(0, np.int32)
        empty = np.zeros(0, np.uint32)
        return Chains(empty, empty, none, none, none, none, none, none)
    # By pair, in a pair by diagonal, on a diagonal by place.
    lean = found["at_b"].astype(np.int64) - found["at_a"]
    found = taken(found, in_order(_one(lean - lean.min(), found["at_a"])))
    found = taken(found, in_order(_one(found["a"], found["b"])))
    pair = _pairs(found["a"], found["b"])
    at_a = found["at_a"].astype(np.int64)
    at_b = found["at_b"].astype(np.int64)
    diagonal = at_b - at_a
    # First the runs on one diagonal: few are left to be chained.
    joins = np.zeros(len(pair), bool)
    joins[1:] = (pair[1:] == pair[:-1]) & (diagonal[1:] == diagonal[:-1])
    joins[1:] &= at_a[1:] - at_a[:-1] <= width + gap // 2
    head = np.flatnonzero(~joins)
    tail = np.append(head[1:], len(pair)) - 1
    step = np.full(len(pair), width)
    step[1:][joins[1:]] = np.minimum(at_a[1:] - at_a[:-1], width)[joins[1:]]
    words = np.add.reduceat(step, head)
    bits = np.add.reduceat(found["weight"].astype(np.int64) * step // width, head)
    bits += NEIGHBOUR * (found["left"][head].astype(np.int64) + found["right"][tail])
    price = np.minimum.reduceat(found["price"], head)
    a0, a1, b0, b1 = at_a[head], at_a[tail] + width, at_b[head], at_b[tail] + width
    pair = pair[head]
    # Then runs that follow one another in both texts.
    order = np.lexsort((b0, a0, pair))
    pair, a0, a1, b0, b1 = pair[order], a0[order], a1[order], b0[order], b1[order]
    diagonal, words, bits, price = b0 - a0, words[order], bits[order], price[order]
    joins = np.zeros(len(pair), bool)
    joins[1:] = (pair[1:] == pair[:-1]) & (np.abs(diagonal[1:] - diagonal[:-1]) <= gap)
    joins[1:] &= (a0[1:] - a1[:-1] <= gap) & (b0[1:] - b1[:-1] <= gap)
    joins[1:] &= (b0[1:] > b0[:-1]) & (b1[1:] > b1[:-1]) & (a1[1:] > a1[:-1])
    head = np.flatnonzero(~joins)
    tail = np.append(head[1:], len(pair)) - 1
    # What is shared costs as little as its rarest shingle.
    bits = np.maximum(np.add.reduceat(bits, head) - np.minimum.reduceat(price, head), 0)
    return Chains(
        (pair[head] >> np.uint64(32)).astype(np.uint32),
        (pair[head] & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        a0[head].astype(np.int32),
        a1[tail].astype(np.int32),
        b0[head].astype(np.int32),
        b1[tail].astype(np.int32),
        np.add.reduceat(words, head).astype(np.int32),
        (bits // 4).astype(np.int32),
    )


def uncrowded(found: Chains, most: int) -> NDArray[np.bool_]:
    """Which chains are among the `most` strongest that begin in one stretch of either text.

    Text that repeats itself gives a chain at each of its words, and each would be followed to the
    end: time would grow with the square.
    """
    keep = np.ones(len(found.a), bool)
    # Chains of one pair follow one another; nearly all pairs have few.
    sizes = np.diff(groups(_pairs(found.a, found.b)))
    many = np.flatnonzero(np.repeat(sizes > most, sizes))
    pair, a0, b0 = _pairs(found.a[many], found.b[many]), found.a0[many], found.b0[many]
    for begin in (a0, b0):
        stretch = begin // STRETCH
        order = np.lexsort((b0, a0, -found.bits[many], stretch, pair))
        same = (pair[order][1:] == pair[order][:-1]) & (stretch[order][1:] == stretch[order][:-1])
        head = np.flatnonzero(np.append(True, ~same))[: len(order)]
        sizes = np.diff(np.append(head, len(order)))
        rank = np.arange(len(order)) - np.repeat(head, sizes)
        keep[many[order[rank >= most]]] = False
    return keep


def rated(found: Chains, bits: NDArray[np.int64]) -> Chains:
    """The chains with other bits."""
    return replace(found, bits=bits.astype(np.int32))


def together(found: Chains, reach: int, price: int) -> NDArray[np.int64]:
    """The bits of each chain and of those that go on from it within `reach` words of both texts.

    Where one stretch is shared, the next one has few places to be by chance: each more is priced
    at `price` bits, not at a comparison with the whole corpus. So a heavy rewriting, that keeps
    four words here and five there, counts as one.
    """
    if not len(found.a):
        return np.zeros(0, np.int64)
    pair = _pairs(found.a, found.b)
    order = np.lexsort((found.b0, found.a0, pair))
    pair, bits = pair[order], found.bits[order].astype(np.int64)
    between_a = found.a0[order][1:] - found.a1[order][:-1]
    between_b = found.b0[order][1:] - found.b1[order][:-1]
    goes_on = np.zeros(len(pair), bool)
    goes_on[1:] = (pair[1:] == pair[:-1]) & (np.maximum(between_a, between_b) <= reach)
    goes_on[1:] &= np.minimum(between_a, between_b) >= -8
    head = np.flatnonzero(~goes_on)
    number = np.cumsum(~goes_on) - 1
    total = np.add.reduceat(np.where(goes_on, np.maximum(bits - price, 0), bits), head)
    result = np.empty(len(pair), np.int64)
    result[order] = total[number]
    return result
