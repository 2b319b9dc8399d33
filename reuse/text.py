"""Texts to tokens: folded words, hashed, with their character offsets.

A batch of articles is one array of code points. Tables say what each character is and what it
folds to, differences find the edges of words, prefix sums hash them: no Python loop sees a word.
The rare word that holds something between its letters (an apostrophe, a soft hyphen, an accent of
its own) or a letter that folds to two is hashed a second time without it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# What a character is. Letters and digits make words; an ideograph is a word of its own; a mark
# belongs to the letter before it; what is invisible vanishes inside a word; a joiner may.
OTHER, LETTER, SINGLE, MARK, HIDDEN, APOSTROPHE, POINT, HYPHEN = range(8)

# What a word looks like and where it stands: with a capital, a digit first, all in capitals; first
# of its line, first of its sentence, last of it; in a list (which `passages` tells).
CAPITAL, NUMBER, CAPITALS, SEVERAL, LINE, SENTENCE, STOP, LISTED = 1, 2, 4, 8, 16, 32, 64, 128

_BASE = 0x9E3779B1  # odd, so that it has an inverse modulo 2**32
_INVERSE = pow(_BASE, -1, 1 << 32)

# Ranges of scripts that put no space between words; here one character is one token.
_SINGLES = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x0F40, 0x0FBC),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),  # half-width Katakana
    (0x20000, 0x3FFFF),
)
# Letters that no decomposition takes apart, and letters that Arabic and Persian writers exchange.
_SPECIAL = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o",
    "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "ı": "i", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th",
    "ς": "σ", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا",
}  # fmt: skip
_HIDDEN = "\u00ad\u034f\u061c\u0640\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d"
_HIDDEN += "\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a batch of articles, one element a word.

    ``word`` is the folded word's hash (uint32); ``start`` and ``end`` count characters of its own
    article (int32); ``flag`` says what it looks like and where it stands (uint8: `CAPITAL` first
    letter, `NUMBER` first digit, all `CAPITALS`, first of its `LINE`, of its `SENTENCE`, `STOP`
    after it); the words of article i are ``bounds[i]:bounds[i + 1]``.
    """

    word: NDArray[np.uint32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    flag: NDArray[np.uint8]
    bounds: NDArray[np.int64]


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8], dict[int, str]]:
    """For each code point: what it is, the value of its fold, its look; and the folds of many."""
    size = 0x110000
    kind = np.zeros(size, np.uint8)
    fold = np.arange(size, dtype=np.uint32)
    look = np.zeros(size, np.uint8)
    several: dict[int, str] = {}
    blocks = [range(0x3400), range(0xA000, 0xAC00), range(0xF900, 0x10000), range(0x10000, 0x20000)]
    for block in blocks:
        for code in block:
            char = chr(code)
            category = unicodedata.category(char)
            if category in ("Mn", "Me", "Mc"):
                kind[code] = MARK
            elif category[0] == "L" or (category[0] == "N" and char.isalnum()):
                kind[code] = LETTER
                plain = _fold(char)
                if len(plain) == 1:
                    fold[code] = ord(plain)
                elif plain:
                    several[code] = plain
                    look[code] |= SEVERAL
                if category in ("Lu", "Lt"):
                    look[code] |= CAPITAL
                elif category == "Nd":
                    look[code] |= NUMBER
    kind[0xAC00:0xD7A4] = LETTER
    for low, high in _SINGLES:
        part = kind[low : high + 1]
        part[(part == LETTER) | (part == OTHER) & (low >= 0x3400) & (low != 0xF900)] = SINGLE
    for char in _HIDDEN:
        kind[ord(char)] = HIDDEN
    for char in "'’‘ʼ＇`´":
        kind[ord(char)] = APOSTROPHE
    for char in ".,":
        kind[ord(char)] = POINT
    for char in "-‐\u2011":
        kind[ord(char)] = HYPHEN
    return kind, _mixed(fold), look, several


def _fold(char: str) -> str:
    """The letters and digits a letter stands for: no case, accent, ligature or width."""
    if char in _SPECIAL:
        return _SPECIAL[char]
    form: Literal["NFKC", "NFKD"] = (
        "NFKC" if 0x3040 <= ord(char) <= 0x30FF or 0xFF66 <= ord(char) <= 0xFF9F else "NFKD"
    )
    plain = unicodedata.normalize(form, char)
    plain = "".join(c for c in plain.casefold() if c.isalnum())
    return "".join(_SPECIAL.get(c, c) for c in plain)


def _mixed(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Murmur's 32-bit finaliser: close code points get values with nothing in common."""
    h = codes + np.uint32(0x9E3779B9)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h


@cache
def _powers(size: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The powers of the hash's base and of its inverse, below `size` (a power of two)."""
    up = np.full(size, _BASE, np.uint32)
    down = np.full(size, _INVERSE, np.uint32)
    up[0] = down[0] = 1
    return (
        np.multiply.accumulate(up, dtype=np.uint32),
        np.multiply.accumulate(down, dtype=np.uint32),
    )


def _hashes(
    values: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """A polynomial hash of every slice of `values`, the same wherever the slice stands."""
    up, down = _powers(1 << max(16, len(values).bit_length()))
    sums = np.zeros(len(values) + 1, np.uint32)
    np.cumsum(values * up[: len(values)], out=sums[1:], dtype=np.uint32)
    return _mixed((sums[ends] - sums[starts]) * down[starts])


def tokens(texts: Sequence[str]) -> Tokens:
    """The words of each text, in order."""
    kinds, folds, looks, several = _tables()
    sizes = np.fromiter((len(text) + 3 for text in texts), np.int64, len(texts))
    firsts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(sizes, out=firsts[1:])
    joined = "\0\0\0".join([*texts, ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    index = codes.astype(np.intp)
    kind = kinds.take(index)
    odd = np.flatnonzero(kind >= MARK)
    irregular = odd[_inside(codes, kind, odd, looks)] if len(odd) else odd
    hyphens = irregular[kind[irregular] == HYPHEN]
    irregular = np.union1d(irregular, hyphens + 1) if len(hyphens) else irregular
    inside = (kind == LETTER) | (kind == SINGLE)
    inside[irregular] = True
    first = inside.copy()
    first[1:] &= ~inside[:-1]
    if (kind == SINGLE).any():
        _part_singles(kind, inside, irregular, first)
    starts = np.flatnonzero(first)
    if not len(starts):
        return _none(len(texts))
    last = inside.copy()
    last[:-1] &= ~inside[1:] | first[1:]
    ends = np.flatnonzero(last) + 1
    values = folds.take(index)
    word = _hashes(values, starts, ends)
    wide = np.flatnonzero(codes > 0x7F)
    wide = wide[looks[codes[wide]] & SEVERAL > 0]
    irregular = np.union1d(irregular, wide) if len(wide) else irregular
    _mend(word, codes, values, starts, ends, irregular, several)
    flag = looks[codes[starts]] & np.uint8(CAPITAL | NUMBER)
    second = np.minimum(starts + 1, ends - 1)
    flag[(flag & CAPITAL > 0) & (second > starts) & (looks[codes[second]] & CAPITAL > 0)] |= (
        CAPITALS
    )
    bounds = np.searchsorted(starts, firsts)
    stops = odd[(codes[odd] == 46) & ~np.isin(odd, irregular, assume_unique=True)]
    marks = np.flatnonzero((codes == 33) | (codes == 63) | (codes == 0x3002) | (codes == 0x2026))
    for places in (stops, marks):
        _follow(flag, starts, places, SENTENCE)
        before = np.searchsorted(starts, places) - 1
        # The mark and the word before it must stand in one article.
        own = firsts[np.searchsorted(firsts, places, "right") - 1]
        before = before[(before >= 0) & (starts[before] >= own)]
        flag[before] |= np.uint8(STOP)
    _follow(flag, starts, np.flatnonzero(codes == 10), LINE | SENTENCE)
    flag[bounds[:-1][np.diff(bounds) > 0]] |= LINE | SENTENCE
    shift = np.repeat(firsts[:-1], np.diff(bounds))
    return Tokens(
        word,
        (starts - shift).astype(np.int32),
        (ends - shift).astype(np.int32),
        flag,
        bounds,
    )


def _none(texts: int) -> Tokens:
    place = np.zeros(0, np.int32)
    bounds = np.zeros(texts + 1, np.int64)
    return Tokens(place.view(np.uint32), place, place, np.zeros(0, np.uint8), bounds)


def _inside(
    codes: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    odd: NDArray[np.int64],
    looks: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """Which of the odd characters stand inside a word (or, a mark, at its end)."""
    what = kind[odd]
    word = (kind == LETTER) | (kind == SINGLE)
    # A run of marks and hidden characters counts as one: what is before it and after it decides.
    soft = (what == MARK) | (what == HIDDEN)
    place = odd
    run_start = np.ones(len(odd), bool)
    run_start[1:] = (place[1:] != place[:-1] + 1) | ~soft[1:] | ~soft[:-1]
    run = np.cumsum(run_start) - 1
    heads = np.flatnonzero(run_start)
    tails = np.append(heads[1:], len(odd)) - 1
    size = len(codes)
    before = place[heads] - 1
    after = place[tails] + 1
    word_before = (before >= 0) & word[before]
    letter_after = (after < size) & (kind[np.minimum(after, size - 1)] == LETTER)
    joined = (word_before & letter_after)[run]
    marked = word_before[run]
    inside = np.where(soft, joined, False)
    # Marks stay with the letter before them, even at its end, up to the first hidden character.
    mark = what == MARK
    hidden_before = np.cumsum(what == HIDDEN)
    hidden_at_head = hidden_before[heads][run] - (what[heads] == HIDDEN)[run]
    inside |= mark & marked & (hidden_before == hidden_at_head)
    previous = np.maximum(place - 1, 0)
    following = np.minimum(place + 1, size - 1)
    before_that = np.maximum(place - 2, 0)
    after_that = np.minimum(place + 2, size - 1)
    left, right = kind[previous] == LETTER, kind[following] == LETTER
    left &= place > 0
    right &= place < size - 1
    inside |= (what == APOSTROPHE) & left & right
    # 12,000 and 3.5; and the single letters of U.S.
    digits = (looks[codes[previous]] & looks[codes[following]] & NUMBER) > 0
    initials = (codes[place] == ord(".")) & left & right & ~digits
    initials &= ~word[before_that] | (place < 2)
    initials &= ~word[after_that] | (place + 2 >= size)
    inside |= (what == POINT) & left & right & (digits | initials)
    # A word broken at the end of a line.
    broken = (what == HYPHEN) & left & (codes[following] == 10) & (kind[after_that] == LETTER)
    broken &= (looks[codes[previous]] == 0) & (looks[codes[after_that]] == 0)
    inside |= broken
    return inside


def _follow(
    flag: NDArray[np.uint8], starts: NDArray[np.int64], places: NDArray[np.int64], what: int
) -> None:
    """Mark, in place, the words that come next after these places."""
    after = np.searchsorted(starts, places)
    flag[after[after < len(flag)]] |= np.uint8(what)


def _part_singles(
    kind: NDArray[np.uint8],
    inside: NDArray[np.bool_],
    irregular: NDArray[np.int64],
    first: NDArray[np.bool_],
) -> None:
    """Where a script has no spaces, every character begins a word, and so does what follows it."""
    single = kind == SINGLE
    first |= single
    for place in irregular[kind[irregular] == MARK].tolist():
        single[place] = single[place - 1]
    first[1:] |= inside[1:] & (kind[1:] == LETTER) & single[:-1]


def _mend(
    word: NDArray[np.uint32],
    codes: NDArray[np.uint32],
    values: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    irregular: NDArray[np.int64],
    several: dict[int, str],
) -> None:
    """Hash again, in place, the words that hold irregular characters, as if these were folded."""
    if not len(irregular):
        return
    odd = np.unique(np.searchsorted(starts, irregular, "right") - 1)
    odd = odd[odd >= 0]
    sizes = ends[odd] - starts[odd]
    bounds = np.zeros(len(odd) + 1, np.int64)
    np.cumsum(sizes, out=bounds[1:])
    place = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - starts[odd], sizes)
    counts = np.ones(len(place), np.int64)
    kinds = _tables()[0]
    kind = kinds[codes[place]]
    counts[(kind != LETTER) & (kind != SINGLE)] = 0
    # A mark of a script whose vowels are marks is part of the spelling; an accent is not.
    counts[(kind == MARK) & (codes[place] >= 0x0900) & (codes[place] < 0x1AB0)] = 1
    extra: list[tuple[int, str]] = []
    for i in np.flatnonzero((codes[place] > 0x7F) & (kind == LETTER)).tolist():
        plain = several.get(int(codes[place[i]]))
        if plain is not None:
            counts[i] = len(plain)
            extra.append((i, plain))
    sums = np.zeros(len(place) + 1, np.int64)
    np.cumsum(counts, out=sums[1:])
    kept = np.repeat(values[place], counts)
    for i, plain in extra:
        kept[sums[i] : sums[i + 1]] = _mixed(np.array([ord(c) for c in plain], np.uint32))
    word[odd] = _hashes(kept, sums[bounds[:-1]], sums[bounds[1:]])


def unlike(first: int, count: int) -> NDArray[np.uint32]:
    """Words that are like no other word, nor like one another: `count` of them from `first` on."""
    return _mixed(np.arange(first, first + count).astype(np.uint32) ^ np.uint32(0xA5A5A5A5))


def word_hash(word: str) -> int:
    """The hash of one word, as `tokens` gives it."""
    return int(tokens([word]).word[0])
