"""Texts to tokens: folded words, hashed, with their character offsets.

A batch of articles is one array of characters, a byte each: what it is, or the letter a to z or
digit it folds to. Differences find the edges of words, which are hashed eight letters at a time: no
Python loop sees a word. The rare word that holds something between its letters (an apostrophe, a
soft hyphen, an accent of its own), or a letter of another alphabet, is hashed a second time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

# What a character is. An ideograph is a word of its own; a mark belongs to the letter before it;
# what is invisible vanishes inside a word; a joiner may. The marks that end a sentence or a line
# never stand in one. Letters and digits make words: one that folds to a letter a to z or a digit is
# that character's code, above all these; any other is a `LETTER`.
OTHER, SINGLE, MARK, HIDDEN, APOSTROPHE, POINT, HYPHEN, STOPPER, BREAK, LETTER = range(10)

# What a word looks like and where it stands: with a capital, a digit first, all in capitals; first
# of its line, first of its sentence, last of it; in a list (which `passages` tells).
CAPITAL, NUMBER, CAPITALS, LINE, SENTENCE, STOP, LISTED = 1, 2, 4, 16, 32, 64, 128

_ONE, _TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd, to hash with
# What is left of eight bytes when so many count.
_FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)

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


# Tables are filled a page of code points at a time, as texts bring them: most bring 3 of 4,352.
_PAGE = 256
# Where no character needs a look at its own: ideographs, Korean syllables, private use.
_UNIFORM = ((0x3400, 0xA000), (0xAC00, 0xF900), (0x20000, 0x110000))
_KINDS = {
    APOSTROPHE: "'’‘ʼ＇`´", POINT: ".,", HYPHEN: "-‐\u2011", HIDDEN: _HIDDEN,
    STOPPER: "!?。…", BREAK: "\n",
}  # fmt: skip


class _Tables:
    """What each code point is (``kind``), what it folds to (``fold``; 0: to several letters, which
    ``several`` has), and how it looks (``look``)."""

    def __init__(self) -> None:
        size = 0x110000
        self.kind = np.zeros(size, np.uint8)
        self.fold = np.zeros(size, np.uint32)
        self.look = np.zeros(size, np.uint8)
        self.several: dict[int, str] = {}
        self._filled = np.zeros(size // _PAGE, bool)
        self.fill(np.zeros(1, np.uint32))

    def fill(self, codes: NDArray[np.unsignedinteger]) -> None:
        """See that the pages of these code points are filled."""
        pages = codes // _PAGE
        missing = pages[~self._filled[pages]]
        for page in np.unique(missing).tolist() if len(missing) else ():
            self._fill(page * _PAGE)
            self._filled[page] = True

    def _fill(self, start: int) -> None:
        end = start + _PAGE
        kind, look, plain = self.kind[start:end], self.look[start:end], self.fold[start:end]
        plain[:] = np.arange(start, end)
        uniform = any(low <= start < high for low, high in _UNIFORM)
        for i, char in enumerate(map(chr, () if uniform else range(start, end))):
            category = unicodedata.category(char)
            if category in ("Mn", "Me", "Mc"):
                kind[i] = MARK
            elif category[0] == "L" or (category[0] == "N" and char.isalnum()):
                kind[i] = LETTER
                folded = _fold(char)
                if len(folded) == 1:
                    plain[i] = ord(folded)
                elif folded:
                    plain[i] = 0
                    self.several[start + i] = folded
                if category in ("Lu", "Lt"):
                    look[i] |= CAPITAL
                elif category == "Nd":
                    look[i] |= NUMBER
        kind[max(0, 0xAC00 - start) : max(0, 0xD7A4 - start)] = LETTER
        for low, high in _SINGLES:
            part = kind[max(0, low - start) : max(0, high + 1 - start)]
            part[(part == LETTER) | (part == OTHER) & (low >= 0x3400) & (low != 0xF900)] = SINGLE
        for what, chars in _KINDS.items():
            for char in chars:
                if start <= ord(char) < end:
                    kind[ord(char) - start] = what
        near = (kind == LETTER) & (plain > LETTER) & (plain < 0x80)
        kind[near] = plain[near]


@cache
def _tables() -> _Tables:
    return _Tables()


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


def _hashes(
    letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """A hash of every slice of `letters`, the same wherever the slice stands. Behind the last slice
    stand eight bytes more."""
    eight = np.ndarray(len(letters) - 7, np.dtype("<u8"), letters.data, 0, (1,))
    size = ends - starts
    h = eight[starts]
    h &= _FIRST.take(size, mode="clip")
    h *= _ONE
    h ^= h >> np.uint64(32)
    done = 8
    rest = np.flatnonzero(size > done)
    while len(rest):
        more = eight[starts[rest] + done]
        more &= _FIRST.take(size[rest] - done, mode="clip")
        more ^= h[rest]
        more *= _ONE
        more ^= more >> np.uint64(32)
        h[rest] = more
        done += 8
        rest = rest[size[rest] > done]
    h *= _TWO
    h >>= np.uint64(32)
    return h.astype(np.uint32)


def tokens(texts: Sequence[str]) -> Tokens:
    """The words of each text, in order."""
    table = _tables()
    if not texts:
        return _none(0)
    sizes = np.fromiter((len(text) + 3 for text in texts), np.int64, len(texts))
    firsts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(sizes, out=firsts[1:])
    # Behind the last word stand eight bytes more.
    codes = _codes("\0\0\0".join([*texts, "\0" * 8]))
    # Nearly all characters are of the first page: bytes, which are looked up in a quarter of the
    # time. The others are put right.
    narrow = codes.astype(np.uint8)
    high = np.flatnonzero(codes > 0x7F)
    wide = high[codes[high] >= _PAGE]
    table.fill(codes[wide])
    kind = np.frombuffer(bytearray(narrow.data).translate(table.kind[:_PAGE].tobytes()), np.uint8)
    kind[wide] = table.kind[codes[wide]]
    odd = np.flatnonzero(kind - np.uint8(MARK) <= BREAK - MARK)
    what = kind.take(odd)
    irregular = _inside(codes, kind, odd[what <= HYPHEN], table.look)
    inside = kind >= LETTER
    inside[irregular] = True
    far = kind[high]
    if (far == SINGLE).any():
        inside |= kind == SINGLE
        starts, ends = _parted(kind, inside, irregular)
    else:
        edge = np.zeros(len(inside), bool)
        edge[0] = inside[0]
        np.not_equal(inside[1:], inside[:-1], out=edge[1:])
        edges = np.flatnonzero(edge)
        starts, ends = edges[::2].copy(), edges[1::2].copy()
    if not len(starts):
        return _none(len(texts))
    word = _hashes(kind, starts, ends)
    _close_up(word, kind, starts, ends, irregular)
    foreign = high[(far == LETTER) | (far == SINGLE) | (far == MARK)]
    _spell(word, codes, starts, ends, foreign, table)
    flag = table.look.take(codes.take(starts))
    flag &= np.uint8(CAPITAL | NUMBER)
    capital = np.flatnonzero(flag & CAPITAL)
    capital = capital[ends[capital] - starts[capital] > 1]
    capital = capital[table.look[codes[starts[capital] + 1]] & CAPITAL > 0]
    flag[capital] |= np.uint8(CAPITALS)
    bounds = np.searchsorted(starts, firsts)
    points = odd[what == POINT]
    stops = points[(narrow[points] == ord(".")) & ~inside[points]]
    for places in (stops, odd[what == STOPPER]):
        after = _follow(flag, starts, places, SENTENCE)
        # The mark and the word before it must stand in one article.
        own = firsts[np.searchsorted(firsts, places, "right") - 1]
        before = after - 1
        before = before[(before >= 0) & (starts[before] >= own)]
        flag[before] |= np.uint8(STOP)
    _follow(flag, starts, odd[what == BREAK], LINE | SENTENCE)
    flag[bounds[:-1][np.diff(bounds) > 0]] |= LINE | SENTENCE
    shift = np.repeat(firsts[:-1], np.diff(bounds))
    return Tokens(
        word,
        (starts - shift).astype(np.int32),
        (ends - shift).astype(np.int32),
        flag,
        bounds,
    )


def _codes(joined: str) -> NDArray[np.unsignedinteger]:
    """The code points of a text, in the narrowest of two types that holds them all."""
    narrow = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    if len(narrow) == len(joined):
        return narrow
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def _none(texts: int) -> Tokens:
    place = np.zeros(0, np.int32)
    bounds = np.zeros(texts + 1, np.int64)
    return Tokens(place.view(np.uint32), place, place, np.zeros(0, np.uint8), bounds)


def _inside(
    codes: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    place: NDArray[np.int64],
    looks: NDArray[np.uint8],
) -> NDArray[np.int64]:
    """Which of these places, in order, stand inside a word (or, a mark, at its end)."""
    # Every batch ends with NULs, so that something follows.
    following = place + 1
    what, after = kind.take(place), kind.take(following)
    soft = (what == MARK) | (what == HIDDEN)
    near = kind.take(np.maximum(place - 1, 0)) >= LETTER
    near &= (after >= LETTER) | (what == HYPHEN)
    near |= soft
    place, what, soft = place[near], what[near], soft[near]
    if not len(place):
        return place
    inside = _soft_inside(kind, place, what, soft) if soft.any() else soft
    following, after_that = place + 1, place + 2
    right = kind[following] >= LETTER
    inside |= (what == APOSTROPHE) & right
    # 12,000 and 3.5; and the single letters of U.S.
    previous = np.maximum(place - 1, 0)
    digits = (looks[codes[previous]] & looks[codes[following]] & NUMBER) > 0
    initials = (codes[place] == ord(".")) & ~_of_word(kind[after_that])
    initials &= ~_of_word(kind[np.maximum(place - 2, 0)]) | (place < 2)
    inside |= (what == POINT) & right & (digits | initials)
    # A word broken at the end of a line.
    broken = (what == HYPHEN) & (codes[following] == ord("\n")) & (kind[after_that] >= LETTER)
    broken &= (looks[codes[previous]] == 0) & (looks[codes[after_that]] == 0)
    hyphens = place[broken]
    place = place[inside | broken]
    return np.union1d(place, hyphens + 1) if len(hyphens) else place


def _of_word(kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which of these characters are words or letters of them."""
    return np.asarray((kind >= LETTER) | (kind == SINGLE))


def _soft_inside(
    kind: NDArray[np.uint8],
    place: NDArray[np.int64],
    what: NDArray[np.uint8],
    soft: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which of these places are `soft`, marks and hidden characters, and inside a word (or, a mark,
    at its end).

    A run of them counts as one: what is before it and after it decides.
    """
    begins = np.ones(len(place), bool)
    begins[1:] = (place[1:] != place[:-1] + 1) | ~soft[1:] | ~soft[:-1]
    run = np.cumsum(begins) - 1
    heads = np.flatnonzero(begins)
    tails = np.append(heads[1:], len(place)) - 1
    word_before = (place[heads] > 0) & _of_word(kind[place[heads] - 1])
    inside = soft & (word_before & (kind[place[tails] + 1] >= LETTER))[run]
    # Marks stay with the letter before them, even at its end, up to the first hidden character.
    hidden = np.cumsum(what == HIDDEN)
    hidden_at_head = (hidden - (what == HIDDEN))[heads][run]
    return np.asarray(inside | (what == MARK) & word_before[run] & (hidden == hidden_at_head))


def _follow(
    flag: NDArray[np.uint8], starts: NDArray[np.int64], places: NDArray[np.int64], what: int
) -> NDArray[np.int64]:
    """Mark, in place, the words that come next after these places; which words these are."""
    after = np.searchsorted(starts, places)
    flag[after[after < len(flag)]] |= np.uint8(what)
    return after


def _parted(
    kind: NDArray[np.uint8], inside: NDArray[np.bool_], irregular: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where words start and end among scripts without spaces: every character of these begins one,
    and so does what follows it."""
    first = inside.copy()
    first[1:] &= ~inside[:-1]
    single = kind == SINGLE
    first |= single
    for place in irregular[kind[irregular] == MARK].tolist():
        single[place] = single[place - 1]
    first[1:] |= inside[1:] & (kind[1:] >= LETTER) & single[:-1]
    last = inside.copy()
    last[:-1] &= ~inside[1:] | first[1:]
    return np.flatnonzero(first), np.flatnonzero(last) + 1


def _close_up(
    word: NDArray[np.uint32],
    kind: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    irregular: NDArray[np.int64],
) -> None:
    """Hash again, in place, the words that hold irregular characters, as if these were not."""
    if not len(irregular):
        return
    odd, place, bounds = _words_at(irregular, starts, ends)
    letters = kind[place]
    kept = letters >= LETTER
    sums = np.zeros(len(place) + 1, np.int64)
    np.cumsum(kept, out=sums[1:])
    letters = np.append(letters[kept], np.zeros(8, np.uint8))
    word[odd] = _hashes(letters, sums[bounds[:-1]], sums[bounds[1:]])


def _words_at(
    places: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The words that hold these places, in order: which, all places in them, and the bounds of each
    among these."""
    odd = np.searchsorted(starts, places, "right") - 1
    odd = odd[np.append(True, odd[1:] != odd[:-1]) & (odd >= 0)]
    sizes = ends[odd] - starts[odd]
    bounds = np.zeros(len(odd) + 1, np.int64)
    np.cumsum(sizes, out=bounds[1:])
    place = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - starts[odd], sizes)
    return odd, place, bounds


def _spell(
    word: NDArray[np.uint32],
    codes: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    foreign: NDArray[np.int64],
    table: _Tables,
) -> None:
    """Hash again, in place, the words that hold letters of other alphabets or marks, as folded."""
    if not len(foreign):
        return
    odd, place, bounds = _words_at(foreign, starts, ends)
    code = codes[place]
    kind, fold = table.kind[code], table.fold[code]
    counts = np.ones(len(place), np.int64)
    counts[(kind < LETTER) & (kind != SINGLE)] = 0
    # A mark of a script whose vowels are marks is part of the spelling; an accent is not.
    counts[(kind == MARK) & (code >= 0x0900) & (code < 0x1AB0)] = 1
    extra = [(i, table.several[int(code[i])]) for i in np.flatnonzero(fold == 0).tolist()]
    for i, plain in extra:
        counts[i] = len(plain)
    sums = np.zeros(len(place) + 1, np.int64)
    np.cumsum(counts, out=sums[1:])
    kept = np.append(np.repeat(fold, counts), np.zeros(8, np.uint32))
    for i, plain in extra:
        kept[sums[i] : sums[i + 1]] = [ord(letter) for letter in plain]
    first, last = sums[bounds[:-1]], sums[bounds[1:]]
    # Words of another alphabet are hashed by all bytes of their code points.
    far = np.append(0, np.cumsum(kept > 0x7F))
    near = far[first] == far[last]
    word[odd[near]] = _hashes(kept.astype(np.uint8), first[near], last[near])
    whole = kept.astype("<u4").view(np.uint8)
    word[odd[~near]] = _hashes(whole, 4 * first[~near], 4 * last[~near])


def unlike(places: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Words that are like no other word, nor like one another: one for each place."""
    return _mixed(places.astype(np.uint32) ^ np.uint32(0xA5A5A5A5))
