"""Tokens to fingerprints: shingles, permuted by MinHash and sampled from every window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from reuse.text import Tokens

# Odd constants, one for each place in a shingle (the fractional parts of small primes' square
# roots, as SHA-512 takes them): a word counts differently in each place.
_PLACES = np.array(
    [
        0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
        0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
        0xCBBB9D5DC1059ED9, 0x629A292A367CD507, 0x9159015A3070DD17, 0x152FECD8F70E5939,
    ],
    np.uint64,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """The sampled shingles of a batch, one element a shingle.

    ``hash`` is the shingle (uint64); ``longer`` the hash of the longer shingle that begins at the
    same word (uint32), by which a frequent seed is looked at again; ``place`` its first word's
    index in its article (uint32); those of article i are ``bounds[i]:bounds[i + 1]``.
    """

    hash: NDArray[np.uint64]
    longer: NDArray[np.uint32]
    place: NDArray[np.uint32]
    bounds: NDArray[np.int64]


def shingles(words: NDArray[np.uint32], width: int) -> NDArray[np.uint64]:
    """The hash of every `width` consecutive words (shape n -> n - width + 1)."""
    count = max(0, len(words) - width + 1)
    h = np.zeros(count, np.uint64)
    for place in range(width):
        h += words[place : place + count] * _PLACES[place]
    h ^= h >> np.uint64(32)
    h *= np.uint64(0xD6E8FEB86659FD93)
    h ^= h >> np.uint64(32)
    return h


@cache
def permutations(count: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The multipliers and addends of datasketch's MinHash (its scheme affine32)."""
    # Imported late: half a second and 96 MB, for two rows of numbers.
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
    starts = bounds[filled]
    for j in range(count):
        result[filled, j] = np.minimum.reduceat(h * a[j] + b[j], starts)
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


def fingerprints(tokens: Tokens, width: int, longer: int, window: int, seed: int) -> Fingerprints:
    """The shingles of `width` words that stand for each article, sampled by windows."""
    a, b = permutations(1, seed)
    words, bounds = tokens.word, tokens.bounds
    hashes = shingles(words, width)
    wide = np.zeros(len(hashes), np.uint32)
    extended = shingles(words, longer)
    wide[: len(extended)] = (extended >> np.uint64(32)).astype(np.uint32)
    sizes = np.diff(bounds)
    left = np.repeat(bounds[1:], sizes)[: len(hashes)] - np.arange(len(hashes))
    kept = left >= width
    # Near an article's end the longer shingle would reach into the next: none is the same there.
    wide[left < longer] = 0
    if window > 1:
        # Windows that reach over an article's end may keep a shingle more than is needed.
        ranks = mixed32(hashes) * a[0] + b[0]
        ranks[~kept] = 0xFFFFFFFF
        kept &= windows(ranks, window)
    index = np.flatnonzero(kept)
    article = np.searchsorted(bounds, index, "right") - 1
    place = index - bounds[article]
    return Fingerprints(
        hashes[index], wide[index], place.astype(np.uint32), np.searchsorted(index, bounds)
    )
