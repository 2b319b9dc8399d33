"""Aligned words to bits of surprise, and to a score that reads as a probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse import frequencies
from reuse.align import Aligned, Words
from reuse.candidates import groups
from reuse.settings import Settings
from reuse.sketch import hashed, nested
from reuse.text import CAPITAL, CAPITALS, NUMBER, SENTENCE, tokens

# What the model of language backs off on: a word that no table knows; how many words of the corpus
# weigh as much as general language; how many sightings of a context
# weigh as much as the shorter one. Bits are capped: a word that nobody has seen may be a
# slip, a name or a number is shared by whoever writes about it. All were varied on planted passages
# in several corpora; recall at a given precision moves by less than a point within a factor of two.
RARE = 2e-7
GENERAL = 20_000.0
BACK_TWO = 6.0
BACK_THREE = 3.0
MOST_BITS = 16.0
# Words on either side that make a context. More would catch set phrases of nine words (a third
# of false matches where a corpus is full of them) but costs short viral passages: with 2, a point
# of recall on planted passages and 8 of the viral copies linked.
AROUND = 1
NAME_BITS = 8.0
MORE_NAME_BITS = 3.0
NUMBER_BITS = 7.0
# The corpus's own counts leave a word at least so much of its bits in general language: what
# thousands carry among other words every time is known to the corpus by heart.
GENERAL_SHARE = 0.4
# A word that the formulas of news writing are made of.
PRESS_BITS = 4.0

# A shared word is worth so many bits to the aligner, at least and at most.
LEAST_WEIGHT, RAREST_WEIGHT = 3, 10


@cache
def general(languages: tuple[str, ...]) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    """Words (as hashes, in order) and how often each occurs in general language (wordfreq).

    Of a language that wordfreq has no list for every word counts as rare.
    """
    words: list[str] = []
    chances: list[float] = []
    for language in sorted(frequencies.languages().intersection(languages)):
        for centibels, names in enumerate(frequencies.by_centibel(language)):
            words.extend(names)
            chances.extend([10 ** (-centibels / 100)] * len(names))
    found = tokens(words)
    whole = np.diff(found.bounds) == 1
    hashes = found.word[found.bounds[:-1][whole]]
    chance = np.array(chances)[whole]
    order = np.lexsort((-chance, hashes))
    hashes, chance = hashes[order], chance[order]
    first = np.ones(len(hashes), bool)
    first[1:] = hashes[1:] != hashes[:-1]
    return hashes[first], chance[first]


@dataclass(frozen=True, slots=True)
class Table:
    """Keys in order and a value of each, to be found by many at once.

    ``first`` says where the keys with the same upper bits begin, of which there is one or two: the
    second look finds nearly all, where halving takes sixteen.
    """

    keys: NDArray[np.uint64]
    values: NDArray[Any]
    first: NDArray[np.int64]

    def __getitem__(self, keys: NDArray[np.uint64]) -> NDArray[Any]:
        """The value of each key; 0 of one that is not there."""
        result = np.zeros(len(keys), self.values.dtype)
        if not len(self.keys):
            return result
        shift = np.uint64(65 - (len(self.first) - 1).bit_length())
        at = self.first.take((keys >> shift).astype(np.intp))
        rest = np.arange(len(keys))
        while len(rest):
            there = self.keys.take(at, mode="clip")
            same = np.flatnonzero(there == keys)
            result[rest[same]] = self.values.take(at[same])
            on = np.flatnonzero((there < keys) & (at < len(self.keys) - 1))
            rest, keys, at = rest[on], keys[on], at[on] + 1
        return result


def table(keys: NDArray[np.uint64], values: NDArray[Any]) -> Table:
    """A table of different keys, in order."""
    bits = max(1, len(keys).bit_length())
    edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    return Table(keys, values, np.append(np.searchsorted(keys, edges), len(keys)))


def _spread(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Words as keys of a table."""
    return words.astype(np.uint64) << np.uint64(32)


@cache
def _chances(languages: tuple[str, ...]) -> Table:
    known, chance = general(languages)
    return table(_spread(known), chance)


def chances(
    words: NDArray[np.uint32], languages: tuple[str, ...], rare: float
) -> NDArray[np.float64]:
    """How often each word occurs in general language; `rare` where the tables do not know it."""
    chance = _chances(languages)[_spread(words)]
    return np.where(chance > 0, chance, rare)


# What a word is, as far as formulas and names are concerned.
OFFICE, PRESS, LINK = 1, 2, 4


@cache
def _classes() -> Table:
    """The words of offices and ranks, those of press formulas, and the small ones inside names."""
    found: dict[int, int] = {}
    for name, what in (("offices.txt", OFFICE), ("press.txt", PRESS)):
        lines = (files("reuse") / "data" / name).read_text("utf-8").splitlines()
        for word in tokens([" ".join(s for s in lines if not s.startswith("#"))]).word.tolist():
            found[word] = found.get(word, 0) | what
    for word in tokens(
        ["of at for and on in the de la du des del di da der den van von"]
    ).word.tolist():
        found[word] = found.get(word, 0) | LINK
    words = np.array(sorted(found), np.uint32)
    return table(_spread(words), np.array([found[w] for w in words.tolist()], np.uint8))


@cache
def weights(languages: tuple[str, ...]) -> NDArray[np.int32]:
    """What a shared word is worth before the corpus has its say, by the upper sixteen bits of its
    hash, in quarters of a bit: a table that the caches hold, since every word is looked up.

    Only the two hundred most frequent words of a language weigh less than the most.
    """
    known, chance = general(languages)
    result = np.full(1 << 16, 4 * RAREST_WEIGHT, np.int32)
    bits = np.clip(np.round(-np.log2(chance) * 4), 4 * LEAST_WEIGHT, 4 * RAREST_WEIGHT)
    np.minimum.at(result, known >> np.uint32(16), bits.astype(np.int32))
    return result


@dataclass(frozen=True, slots=True)
class Language:
    """What a sample of the corpus knows of its language: n-grams, each counted once a context.

    A passage that thousands carry stands always between the same words, so it counts once and
    stays surprising; a stock phrase stands between ever new ones (as Kneser & Ney 1995 count).
    """

    three: Table
    three_context: Table
    two: Table
    two_context: Table
    one: Table
    total: int


# An n-gram is known by these bits of its hash; in the others there is room for that of its context.
_GRAM = np.uint64(0xFFFFFFFFFF000000)


def _counts(
    grams: NDArray[np.uint64], contexts: NDArray[np.uint64], inside: NDArray[np.bool_]
) -> tuple[Table, int]:
    """In how many contexts each n-gram occurs, and in how many all of them do together, at the
    places `inside`.

    Twice is nothing: the two occurrences under test do not count, and most n-grams have no others.
    """
    keys = grams & _GRAM
    keys |= contexts & ~_GRAM
    keys *= inside
    keys.sort()
    keys = keys[np.searchsorted(keys, 1) :]
    new = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    keys = keys[new] & _GRAM
    head = groups(keys)
    count = np.diff(head)
    more = np.flatnonzero(count > 2)
    return table(keys[head[more]], count[more]), len(keys)


def language(sample: Sequence[NDArray[np.uint32]]) -> Language:
    """The n-grams of the sampled articles (their words), one for each context of `AROUND` words
    more on either side."""
    edge = np.zeros(2 * AROUND + 1, np.uint32)
    words = np.concatenate([edge, *(part for article in sample for part in (article, edge))])
    inner = words != 0
    hashes = nested(words, 2 * AROUND + 3)

    def counts(size: int, known: int) -> tuple[Table, int]:
        """Of the n-grams of a size, those of which the first words are known."""
        contexts = hashes[2 * AROUND + size - 1]
        inside = inner[AROUND : AROUND + len(contexts)].copy()
        for i in range(1, size):
            inside &= inner[AROUND + i : AROUND + i + len(contexts)]
        return _counts(hashes[known - 1][AROUND : AROUND + len(contexts)], contexts, inside)

    one, total = counts(1, 1)
    (two_context, _), (two, _) = counts(2, 1), counts(2, 2)
    (three_context, _), (three, _) = counts(3, 2), counts(3, 3)
    return Language(three, three_context, two, two_context, one, total)


def surprise(
    words: NDArray[np.uint32],
    order: NDArray[np.int64],
    flags: NDArray[np.uint8],
    known: Language,
    languages: tuple[str, ...],
) -> NDArray[np.float64]:
    """The bits of each word given the (up to two) words before it that are shared as well.

    `words` has three rows: the word before the last one, the last one and the word itself; `order`
    says how many of the words before are shared (0 to 2). The two occurrences under test do not
    count. Each order of n-grams backs off to the one below (MacKay & Peto 1995).
    """
    chance = chances(words[2], languages, RARE)
    least = -np.log2(chance) * GENERAL_SHARE
    one = np.maximum(known.one[_grams(words[2:])] - 2, 0)
    chance = (one + GENERAL * chance) / (known.total + GENERAL)
    two = np.maximum(known.two[_grams(words[1:])] - 2, 0)
    base = np.maximum(known.two_context[_grams(words[1:2])] - 2, two)
    chance = np.where(order >= 1, (two + BACK_TWO * chance) / (base + BACK_TWO), chance)
    three = np.maximum(known.three[_grams(words)] - 2, 0)
    base = np.maximum(known.three_context[_grams(words[:2])] - 2, three)
    chance = np.where(order >= 2, (three + BACK_THREE * chance) / (base + BACK_THREE), chance)
    bits = np.minimum(np.maximum(-np.log2(chance), least), MOST_BITS)
    what = _classes()[_spread(words[2])]
    bits = np.where(what & PRESS > 0, np.minimum(bits, PRESS_BITS), bits)
    bits = np.where(flags & NUMBER > 0, np.minimum(bits, NUMBER_BITS), bits)
    # Names are shared by all who write of the same people: the first word of one counts a little,
    # the rest of it, and the office that stands beside it, next to nothing.
    name = (flags & CAPITAL > 0) & ((flags & SENTENCE == 0) | (flags & CAPITALS > 0))
    bits = np.where(name, np.minimum(bits, NAME_BITS), bits)
    after = np.zeros(len(bits), bool)
    after[1:] = name[:-1] & (order[1:] >= 1)
    # The Institute of Politics at Anselm College is one name.
    link = what & LINK > 0
    after[2:] |= name[:-2] & link[1:-1] & (order[2:] >= 2)
    office = what & OFFICE > 0
    beside = after.copy()
    beside[:-1] |= name[1:] & (order[1:] >= 1)
    more = after & name | office & beside
    return np.asarray(np.where(more, np.minimum(bits, MORE_NAME_BITS), bits))


def _grams(rows: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The n-gram of each column of `rows`, as it is known."""
    return hashed(list(rows)) & _GRAM


def bits(
    found: Aligned,
    words: Words,
    flags: NDArray[np.uint8],
    known: Language,
    languages: tuple[str, ...],
    edit: float,
) -> NDArray[np.int64]:
    """The evidence of each aligned pair, in hundredths of a bit."""
    length = found.blocks[:, 2].astype(np.int64)
    block = np.repeat(np.arange(len(length)), length)
    starts = np.zeros(len(length) + 1, np.int64)
    np.cumsum(length, out=starts[1:])
    inner = np.arange(starts[-1]) - starts[block]
    pair = np.repeat(np.arange(len(found.a)), np.diff(found.bounds))
    a = words.bounds[found.a[pair]] + found.blocks[:, 0]
    b = words.bounds[found.b[pair]] + found.blocks[:, 1]
    at = a[block] + inner
    there = b[block] + inner
    rows = np.stack(
        [words.word[np.maximum(at - 2, 0)], words.word[np.maximum(at - 1, 0)], words.word[at]]
    )
    look = flags[at] & flags[there]
    each = surprise(rows, np.minimum(inner, 2), look, known, languages)
    hundredths = np.round(each * 100).astype(np.int64)
    sums = np.zeros(len(hundredths) + 1, np.int64)
    np.cumsum(hundredths, out=sums[1:])
    first = starts[found.bounds[:-1]]
    last = starts[found.bounds[1:]]
    return sums[last] - sums[first] - np.round(found.edits * edit * 100).astype(np.int64)


def bar(words: int, settings: Settings) -> float:
    """The bits that an even chance takes, in a corpus of so many words.

    Any two places of the corpus may meet by chance: their number is the number of comparisons, and
    each doubling of it asks for one bit more; for `bar_rate`, since words hang together more than
    trigrams know, and a bit by their measure is less than one.
    """
    comparisons = 2 * float(np.log2(max(words, 64))) - 1
    return max(settings.bar_least, settings.bar_bits + settings.bar_rate * comparisons)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of matches beside their words, one element a match.

    ``quoted``: how much of it stands in quotation marks, on the side that has more, and ``spoken``
    on the side that has less; ``ends``: how many of its ends are a sentence's on both sides (0 to
    2); ``apart``: whether on some side both ends stand at a mark or a new line.
    """

    quoted: NDArray[np.float64]
    spoken: NDArray[np.float64]
    ends: NDArray[np.int64]
    apart: NDArray[np.bool_]


def score(
    bits: NDArray[np.int64],
    length: NDArray[np.int64],
    known: Circumstances,
    bar: float,
    settings: Settings,
) -> NDArray[np.float64]:
    """The chance that a match is reuse, by how far its bits stand over the bar; four decimals.

    Turns of phrase are short: below a length of `settings.phrase_words` words, each that lacks asks
    for `settings.phrase_bits` more. They begin and end among other words, where what was taken from
    elsewhere is set off: few write the same words in quotation marks by chance, or the same
    sentence, or just what another has put between two commas.
    """
    lacking = np.maximum(settings.phrase_words - length, 0)
    asked = bar + settings.prose_bits + settings.phrase_bits * lacking
    given = settings.quoted_bits * known.quoted + settings.spoken_bits * known.spoken
    given = given + settings.end_bits * known.ends + settings.apart_bits * known.apart
    over = (bits / 100 - asked + given) / settings.bar_slope
    return np.asarray(np.round(1 / (1 + np.exp(-np.clip(over, -60, 60))), 4))
