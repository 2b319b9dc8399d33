"""Tokens to fingerprints: shingles, permuted by MinHash and sampled from every window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

_BASE, _ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # to hash with


# One sampled shingle that occurs again somewhere: ``hash`` is the shingle; ``longer`` the hash of
# the longer shingle that begins at the same word, by which a frequent seed is looked at again (0:
# the article ends before); ``article`` is the rank of its article, ``place`` its first word's index
# there; ``around`` one byte of each of the four words before it and the four after it, nearest
# first, and ``after`` how many of these are of its article; ``weight`` its words' surprise in
# general language (quarters of a bit). One row of 32 bytes, so that bringing the rows of one hash
# together moves each once.
FINGERPRINT = np.dtype(
    {
        "names": ["hash", "around", "longer", "article", "place", "weight", "after"],
        "formats": [np.uint64, np.uint64, np.uint32, np.uint32, np.uint32, np.uint8, np.uint8],
        "itemsize": 32,
    }
)


def taken(rows: NDArray[np.void], index: NDArray[np.int64]) -> NDArray[np.void]:
    """These rows of an array of records, moved whole: ten times as fast as field by field."""
    return rows.view(f"V{rows.dtype.itemsize}")[index].view(rows.dtype)


# Shingles that are hashed at once: what is made of them on the way stays in the nearest cache.
_BLOCK = 8192


def shingles(words: NDArray[np.uint32], width: int) -> NDArray[np.uint64]:
    """The hash of every `width` consecutive words (shape n -> n - width + 1)."""
    count = max(0, len(words) - width + 1)
    return hashed([words[i : count + i] for i in range(width)])


def shingles_at(words: NDArray[np.uint32], at: NDArray[np.int64], width: int) -> NDArray[np.uint64]:
    """The hashes of the `width` words that begin at some places, as `shingles` gives them."""
    return hashed([words.take(at + i) for i in range(width)])


def hashed(columns: Sequence[NDArray[np.uint32]]) -> NDArray[np.uint64]:
    """The hashes of some shingles: their first words, their second words, and so on."""
    result = np.empty(len(columns[0]), np.uint64)
    for first in range(0, len(result), _BLOCK):
        h = result[first : first + _BLOCK]
        h[:] = columns[0][first : first + _BLOCK]
        for column in columns[1:]:
            h *= _BASE
            h += column[first : first + _BLOCK]
        _mix(h)
    return result


def nested(words: NDArray[np.uint32], widest: int) -> list[NDArray[np.uint64]]:
    """The shingles of 1, 2, … `widest` words, as `shingles` gives them."""
    results = [np.empty(max(0, len(words) - i), np.uint64) for i in range(widest)]
    for first in range(0, len(words), _BLOCK):
        h = words[first : first + _BLOCK].astype(np.uint64)
        for i, result in enumerate(results):
            some = result[first : first + _BLOCK]
            h = h[: len(some)]
            if i:
                h *= _BASE
                h += words[first + i : first + i + len(some)]
            some[:] = h
            _mix(some)
    return results


def _mix(h: NDArray[np.uint64]) -> None:
    """Make hashes of sums, in place."""
    h ^= h >> np.uint64(32)
    h *= _ODD
    h ^= h >> np.uint64(32)


_ROWS = 256


@cache
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The multipliers and addends of datasketch's MinHash (its scheme affine32).

    Imported late: datasketch costs half a second and 96 MB, which no other command should pay.
    """
    from datasketch import MinHash

    a, b = MinHash(count, seed=seed).permutations
    return a.astype(np.uint32), b.astype(np.uint32)


def mixed32(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """What datasketch permutes: murmur's finaliser of the low 32 bits of each hash."""
    h = hashes.astype(np.uint32)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


def signatures(
    hashes: NDArray[np.uint64], bounds: NDArray[np.int64], count: int, seed: int
) -> NDArray[np.uint32]:
    """The MinHash of every slice of `hashes` (shape slices x count), as datasketch computes it.

    An empty slice has the signature of an empty set: all ones.
    """
    a, b = permutations(count, seed)
    result = np.full((len(bounds) - 1, count), 0xFFFFFFFF, np.uint32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    if not len(filled):
        return result
    h = mixed32(hashes)
    starts, ends = bounds[filled].tolist(), bounds[filled + 1].tolist()
    # A row for each shingle, so that the least of all permutations are found side by side; as many
    # rows at once as the nearest cache holds.
    least = np.empty((min(_ROWS, len(h)), count), np.uint32)
    for i, start, end in zip(filled.tolist(), starts, ends, strict=True):
        for first in range(start, end, _ROWS):
            part = h[first : min(end, first + _ROWS), None]
            rows = least[: len(part)]
            np.multiply(part, a, out=rows)
            rows += b
            np.minimum(result[i], rows.min(axis=0), out=result[i])
    return result


def windows(ranks: NDArray[np.uint32], width: int) -> NDArray[np.bool_]:
    """Which shingles are the least of some `width` consecutive ones (the last of equals).

    Winnowing (Schleimer, Wilkerson & Aiken 2003): two texts that share `width` shingles in a row
    share a sampled one. Doubling: a window of 2m is the lesser of two windows of m.
    """
    count = len(ranks)
    if width <= 1 or count == 0:
        return np.ones(count, bool)
    # The place breaks ties, and comes back out of the least element.
    keys = ranks.astype(np.uint64) << np.uint64(32)
    keys |= np.arange(count, 0, -1, dtype=np.uint64)
    least, reach = keys, 1
    width = min(width, count)
    while reach < width:
        step = min(reach, width - reach)
        least = np.minimum(least[: len(least) - step], least[step:])
        reach += step
    chosen = np.zeros(count, bool)
    chosen[count - (least & np.uint64(0xFFFFFFFF)).astype(np.int64)] = True
    return chosen


def sampled(
    words: NDArray[np.uint32], bounds: NDArray[np.int64], width: int, window: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Where the shingles begin that stand for some articles, and their hashes.

    All of `width` words inside one article (the words of article i are
    ``bounds[i]:bounds[i + 1]``), or of every `window` consecutive ones that of the least rank.
    """
    hashes = shingles(words, width)
    kept = _reaching(bounds, width)[: len(hashes)]
    if window > 1:
        # Windows that reach over an article's end may keep a shingle more than is needed.
        a, b = permutations(1, seed)
        ranks = mixed32(hashes) * a[0] + b[0]
        ranks[~kept] = 0xFFFFFFFF
        kept &= windows(ranks, window)
    at = np.flatnonzero(kept)
    return at, hashes[at]


def fingerprints(
    words: NDArray[np.uint32],
    weights: NDArray[np.int32],
    bounds: NDArray[np.int64],
    at: NDArray[np.int64],
    width: int,
    longer: int,
) -> NDArray[np.void]:
    """The rows (`FINGERPRINT`) of the shingles of `width` words that begin at these places.

    `weights` is a table of a word's surprise in general language, by the upper sixteen bits of its
    hash, in quarters of a bit; articles are numbered from 0.
    """
    rows = np.zeros(len(at), FINGERPRINT)
    article = np.searchsorted(bounds, at, "right") - 1
    left = bounds[article + 1] - at
    rows["hash"] = shingles_at(words, at, width)
    rows["longer"] = _longer(words, at, left, rows["hash"], width, longer)
    rows["article"] = article
    rows["place"] = at - bounds[article]
    rows["after"] = np.minimum(left - width, 4)
    # Four words on either side, a byte of each: read as one number out of the bytes in a row.
    byte = np.zeros(len(words) + width + 8, np.uint8)
    byte[4 : 4 + len(words)] = words >> np.uint32(24)
    count = len(words) + 1
    before = np.ndarray(count, np.uint32, byte.data, 0, (1,))[at]
    around = np.ndarray(count, np.uint32, byte.data, 4 + width, (1,))[at].astype(np.uint64)
    around <<= np.uint64(32)
    around |= before
    rows["around"] = around
    total = np.zeros(len(at), np.int32)
    for place in range(width):
        total += weights.take(words.take(at + place) >> np.uint32(16))
    rows["weight"] = np.minimum(total, 255)
    return rows


def _reaching(bounds: NDArray[np.int64], width: int) -> NDArray[np.bool_]:
    """At which words `width` of their article begin."""
    result = np.ones(int(bounds[-1]), bool)
    for back in range(1, width):
        place = bounds[1:] - back
        result[place[place >= 0]] = False
    return result


def _longer(
    words: NDArray[np.uint32],
    at: NDArray[np.int64],
    left: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    width: int,
    longer: int,
) -> NDArray[np.uint32]:
    """The hash of the longer shingle that begins with each one, told by two that overlap or touch
    (0: the article has fewer words `left`)."""
    if not width <= longer <= 2 * width:
        raise ValueError(f"a longer shingle has {width} to {2 * width} words, not {longer}")
    there = np.flatnonzero(left >= longer)
    value = hashes[there] * np.uint64(0x9E3779B97F4A7C15)
    value ^= shingles_at(words, at[there] + (longer - width), width)
    value *= np.uint64(0xD6E8FEB86659FD93)
    result = np.zeros(len(at), np.uint32)
    result[there] = value >> np.uint64(32)
    return result
