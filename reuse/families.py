"""Quotes -> families: which utterances of different articles are one utterance.

Never all pairs. Every utterance gives hashed features: its runs of three words, and its telling
words under its speaker's name (a retelling keeps who said it and what it was about). Utterances
that share features are linked to the first and the nearest in time, so that a line that 5,000
articles quote costs some thousand comparisons; what is linked together is then gathered around its
fullest versions (leader clustering), each utterance compared with the few that its own features
point to. The bar is bits of shared words, higher when the speakers differ than when they agree.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from reuse.edits import alignment
from reuse.model import QuoteRow, Speaker
from reuse.words import ELLIPSIS, Words, common, folded, frequency, words_of

Item = TypeVar("Item")

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
# The same where an editor's brackets may stand in the word: "[T]he".
_BARE_WORD = re.compile(r"\[?[^\W_](?:[^\W_]|[\[\]](?=[^\W_]))*(?:['’][^\W\d_]+)*")

# Runs of three words: short enough to outlive an edit in a line of eight words.
RUN = 3
# With fewer words of its own, an utterance is known by the quote inside it.
OWN_WORDS = 4
# Longer utterances keep every second run; they have enough of them.
LONG = 24
# A run of words that so many different people say belongs to nobody ("thoughts and prayers").
STOCK, STOCK_DAYS = 4, 7
# Utterances linked to each one that shares a feature: the first and so many nearest in time.
NEAREST = 3
# Candidates that are compared word by word.
COMPARED = 6
# Bits (by general word frequency, an upper bound of surprise) and the share of the shorter one that
# make two utterances one; any row that is reached does. A few words are enough from one mouth in
# two articles that share more than these words; of two mouths a whole sentence is asked.
SAME_SPEAKER = ((28.0, 0.85), (45.0, 0.5))
SAME_SPEAKER_RELATED = ((14.0, 0.85), (32.0, 0.55))
UNKNOWN = ((45.0, 0.8), (70.0, 0.65))
UNKNOWN_RELATED = ((22.0, 0.85), (45.0, 0.6))
DIFFERENT = ((95.0, 0.6),)
DIFFERENT_RELATED = ((38.0, 0.8), (70.0, 0.5))
# The reporter's own words in a reported clause: they are like many others'.
REPORTED = ((45.0, 0.7),)
REPORTED_UNKNOWN = ((60.0, 0.7),)
# A fragment of fewer bits is one utterance with another only within days.
FRAGMENT, FRAGMENT_DAYS = 48.0, 3
# A run of two words counts from so many bits on; words so close to a run belong to it.
TELLING, BESIDE = 18.0, 3
# A retelling by the same speaker's name within some days: telling words shared in any order.
RETOLD = (40.0, 0.4)
RETOLD_DAYS = 4
RETOLD_LENGTH, RETOLD_WORDS = 2.0, 4
AGAIN, AGAIN_DAYS = 1.5, 14
# What a feature in common is worth, and from what two utterances are looked at: two telling runs,
# three telling words of one speaker, or any feature of an utterance as short as this.
TELLS, NAMED, ASKED, SHORT = 3, 2, 6, 6
# Two utterances are compared word by word when their plain words reach this part of the bars.
HOPE = 0.6
# No word says more than this, however rare: it may be a misprint.
MOST_BITS = 16.0
# A word of a run of capitals is a name's or a title's.
NAME_BITS = 5.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one article gives of one utterance: its parts (start, words) and whose they are.

    `inner` are the places of quotes inside this one: somebody else's words, by which it is not
    known. `quote_ids` are the rows of each part, the part's own first. `quoted` is false for a
    reported clause without marks. `day` counts days, None when unknown.
    """

    article_id: str
    utterance_id: str
    parts: tuple[tuple[int, str], ...]
    quote_ids: tuple[tuple[str, ...], ...]
    inner: tuple[tuple[int, int], ...]
    quoted: bool
    speaker_id: str | None
    confidence: float
    language: str
    published: str | None
    day: int | None

    @property
    def start(self) -> int:
        """Where the first part begins in the article."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """Where the last part ends in the article."""
        return self.parts[-1][0] + len(self.parts[-1][1])

    def own(self) -> tuple[tuple[int, str], ...]:
        """The parts without the quotes inside them, unless little would be left."""
        if not self.inner:
            return self.parts
        cut: list[tuple[int, str]] = []
        for start, text in self.parts:
            at = start
            for first, last in self.inner:
                if start <= first and last <= start + len(text):
                    cut.append((at, text[at - start : first - start]))
                    at = last
            cut.append((at, text[at - start :]))
        kept = tuple((start, text) for start, text in cut if _WORD.search(text))
        left = sum(len(_WORD.findall(text)) for _, text in kept)
        return kept if left >= OWN_WORDS else self.parts

    def spans(self) -> list[tuple[int, int]]:
        """The parts as (start, end)."""
        return [(start, start + len(text)) for start, text in self.parts]


def utterances(
    quotes: Iterable[QuoteRow],
    published: Mapping[str, str | None],
    language: Mapping[str, str | None],
) -> list[Utterance]:
    """The utterances of all articles, in the order of time, then of article and place.

    Of a reported clause with marks inside, the marked words are the utterance: the rest is the
    reporter's. What only names or distances (`term`) is no utterance.
    """
    rows_of: dict[str, list[QuoteRow]] = defaultdict(list)
    for row in quotes:
        rows_of[row.article_id].append(row)
    grouped: dict[tuple[str, str, str], list[QuoteRow]] = defaultdict(list)
    nested = {
        key: sorted((row.start, row.end) for row in rows if row.kind == "nested")
        for key, rows in rows_of.items()
        if any(row.kind == "nested" for row in rows)
    }
    for row in (row for rows in rows_of.values() for row in _without_frames(rows)):
        if row.kind == "term":
            continue
        manner = "indirect" if row.kind == "indirect" else "marked"
        within = row.within_id or "" if row.kind == "nested" else ""
        grouped[row.article_id, row.utterance_id, manner + within].append(row)
    result: list[Utterance] = []
    for (article_id, utterance_id, manner), rows in grouped.items():
        if len(rows) > 1:
            rows.sort(key=lambda row: (row.start, row.end, row.id))
        outer = rows
        if len(rows) > 1:
            outer = [r for n, r in enumerate(rows) if not any(_inside(r, o) for o in rows[:n])]
        surest = max(outer, key=lambda row: (row.speaker_id is not None, row.confidence))
        result.append(
            Utterance(
                article_id=article_id,
                utterance_id=utterance_id,
                parts=tuple((row.start, row.text) for row in outer),
                quote_ids=tuple(
                    (part.id, *(row.id for row in rows if _inside(row, part))) for part in outer
                ),
                inner=tuple(
                    (first, last)
                    for first, last in nested.get(article_id, ())
                    if any(o.start <= first and last <= o.end and o.kind != "nested" for o in outer)
                ),
                quoted=not manner.startswith("indirect"),
                speaker_id=surest.speaker_id,
                confidence=surest.confidence,
                language=(language.get(article_id) or "en")[:2].lower(),
                published=published.get(article_id),
                day=day(published.get(article_id)),
            )
        )
    result.sort(key=lambda u: (u.published or "~", u.article_id, u.start, u.end, not u.quoted))
    return result


def _without_frames(rows: list[QuoteRow]) -> list[QuoteRow]:
    marked = [row for row in rows if row.kind not in ("indirect", "term")]
    if len(marked) == len(rows):
        return rows
    return [
        row
        for row in rows
        if row.kind != "indirect"
        or not any(m.start < row.end and row.start < m.end for m in marked)
    ]


def _inside(row: QuoteRow, other: QuoteRow) -> bool:
    return row is not other and other.start <= row.start and row.end <= other.end


@lru_cache(maxsize=1 << 14)
def day(published: str | None) -> int | None:
    """The day of a date as a number; None where the day is not known."""
    if published is None or len(published) < 10:
        return None
    try:
        return int(np.datetime64(published[:10], "D").astype(np.int64))
    except ValueError:
        return None


# --- features and links --------------------------------------------------------------------------


@lru_cache(maxsize=1 << 18)
def bits(key: str, language: str) -> float:
    """The surprise of a word in general language, in bits."""
    if key.startswith("#"):
        return 9.0
    try:
        zipf = frequency(key, language)
    except LookupError:
        zipf = 5.0 if len(key) <= 3 else 3.5
    return min(MOST_BITS, (9.0 - zipf) * math.log2(10))


def stem(key: str) -> str:
    """A telling word without what grammar or a synonym's form adds: its first five letters."""
    return key if key.startswith("#") else key[:5]


class Vocabulary(dict[str, int]):
    """Numbers of words as they are written, and what each of them is."""

    def __init__(self) -> None:
        super().__init__()
        self.folded: dict[str, int] = {}
        self.word: list[int] = []
        self.capital: list[bool] = []

    def __missing__(self, surface: str) -> int:
        bare = surface.replace("[", "").replace("]", "")
        self.word.append(self.folded.setdefault(folded(bare), len(self.folded)))
        self.capital.append(bare[:1].isupper())
        number = self[surface] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Said:
    """The words of all utterances, one element a word: its number, its utterance, its bits.

    `words` are spelled by number; `size` counts the words of each utterance; `plain` tells grammar
    from content.
    """

    words: Sequence[str]
    number: NDArray[np.int64]
    owner: NDArray[np.int64]
    told: NDArray[np.float64]
    plain: NDArray[np.bool_]
    size: NDArray[np.int64]


def said(found: Sequence[Utterance]) -> Said:
    """The words of all utterances."""
    vocabulary = Vocabulary()
    written: list[int] = []
    sizes: list[int] = []
    for utterance in found:
        own = utterance.own()
        text = own[0][1] if len(own) == 1 else " ".join([part for _, part in own])
        before = len(written)
        written += [vocabulary[word] for word in _BARE_WORD.findall(text)]
        sizes.append(len(written) - before)
    surface = np.array(written, dtype=np.int64)
    size = np.array(sizes, dtype=np.int64)
    owner = np.repeat(np.arange(len(found)), size)
    number = np.array(vocabulary.word, dtype=np.int64)[surface]
    words = list(vocabulary.folded)
    told = np.zeros(len(number))
    plain = np.zeros(len(number), dtype=bool)
    languages = [u.language for u in found]
    language_of = np.array(languages)[owner]
    for language in sorted(set(languages)):
        here = np.flatnonzero(language_of == language)
        used, which = np.unique(number[here], return_inverse=True)
        spelled = [words[n] for n in used.tolist()]
        told[here] = np.array([bits(word, language) for word in spelled])[which]
        plain[here] = np.array([common(word, language, 5.2) for word in spelled], dtype=bool)[which]
    # As in `surprises`: names and titles tell little.
    capital = np.array(vocabulary.capital, dtype=bool)[surface]
    pair = capital[1:] & capital[:-1] & (owner[1:] == owner[:-1])
    title = np.zeros(len(number), dtype=bool)
    title[1:] |= pair
    title[:-1] |= pair
    told[title] = np.minimum(told[title], NAME_BITS)
    return Said(words, number, owner, told, plain, size)


def features(
    found: Sequence[Utterance], spoken: Said, unnamed: frozenset[str]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8]]:
    """Hashed features of all utterances, one element a feature: hash, utterance, weight.

    A run of three words weighs `TELLS` when one of them is telling, else 1; a telling word under
    the speaker's name `NAMED`; the whole text, or any feature of a short one, as much as is asked.
    """
    checksum = _checksums(spoken.words)
    runs, of, telling = _runs(checksum[spoken.number], spoken.owner, spoken.plain)
    lists = _by_utterance(spoken.number.tolist(), spoken.size)
    wholes = [hash(tuple(numbers)) & 0xFFFFFFFFFFFFFFFF for numbers in lists]
    some = np.flatnonzero(spoken.size)
    named, who = _named(found, spoken, unnamed)
    short = spoken.size <= SHORT
    return (
        np.concatenate([runs, np.array(wholes, dtype=np.uint64)[some], named]),
        np.concatenate([of, some, who]),
        np.concatenate(
            [
                np.where(short[of], ASKED, np.where(telling, TELLS, 1)).astype(np.uint8),
                np.full(len(some), ASKED, dtype=np.uint8),
                np.where(short[who], ASKED, NAMED).astype(np.uint8),
            ]
        ),
    )


def _by_utterance(every: list[Item], size: NDArray[np.int64]) -> list[list[Item]]:
    """One element a word -> a list for each utterance."""
    ends = np.cumsum(size).tolist()
    return [every[end - length : end] for end, length in zip(ends, size.tolist(), strict=True)]


def _checksums(words: Iterable[str]) -> NDArray[np.uint64]:
    return np.array([crc32(w.encode("utf-8", "replace")) for w in words], dtype=np.uint64)


def _named(
    found: Sequence[Utterance], spoken: Said, unnamed: frozenset[str]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of the telling words under their speaker's name, once each, and their utterances."""
    roots: dict[str, int] = {}
    root_of = np.array(
        [roots.setdefault(stem(word), len(roots)) for word in spoken.words], dtype=np.int64
    )
    salts = np.array(
        [
            crc32(u.speaker_id.encode()) if u.speaker_id and u.speaker_id not in unnamed else -1
            for u in found
        ],
        dtype=np.int64,
    )
    tells = ~spoken.plain & (salts[spoken.owner] >= 0)
    pairs = np.unique(spoken.owner[tells] * len(roots) + root_of[spoken.number[tells]])
    who, root = pairs // max(len(roots), 1), pairs % max(len(roots), 1)
    salted = salts[who].astype(np.uint64) << np.uint64(32)
    return salted | _checksums(roots)[root], who


def hopeful(
    found: Sequence[Utterance],
    spoken: Said,
    who: People,
    related: Callable[[str, str], bool],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which pairs have enough words in common to be compared as `kinship` does it.

    What `shared` and `retold` would find, but for words that only house style makes equal: `HOPE`
    leaves room for these.
    """
    lists = _by_utterance(spoken.number.tolist(), spoken.size)
    bits_of = _by_utterance(spoken.told.tolist(), spoken.size)

    @cache
    def known(number: int) -> tuple[list[float], dict[int, float], float]:
        told = bits_of[number]
        by_word: dict[int, float] = defaultdict(float)
        for n, one in zip(lists[number], told, strict=True):
            by_word[n] += one
        return told, by_word, sum(told)

    result = np.zeros(len(a), dtype=bool)
    for place, (x, y) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
        one, other = found[x], found[y]
        differ = who.differ(one.speaker_id, other.speaker_id)
        quoted = one.quoted and other.quoted
        (told, first, all_first), (_, second, all_second) = known(x), known(y)
        near = related(one.article_id, other.article_id)
        bars = _bars(quoted, differ, related=near) or REPORTED
        least = HOPE * min(bar for bar, _ in bars)
        share = HOPE * min(part for _, part in bars) * min(all_first, all_second)
        both = sum([min(first[n], second[n]) for n in first.keys() & second.keys()])
        retelling = quoted and differ is False
        if retelling and both >= HOPE * RETOLD[0]:
            result[place] = both >= HOPE * RETOLD[1] * min(all_first, all_second)
        elif both >= least and both >= share:
            in_order = _in_order(lists[x], lists[y], told)
            result[place] = in_order >= least and in_order >= share
    return result


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finisher (Steele, Lea & Flood 2014)."""
    with np.errstate(over="ignore"):
        h = hashes + np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return h ^ (h >> np.uint64(31))


def _runs(
    ids: NDArray[np.uint64], owners: NDArray[np.int64], plain: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.bool_]]:
    """Hashes of every three words of one utterance, the utterance of each, and whether it tells."""
    if len(ids) < RUN:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    size = len(ids) - RUN + 1
    h = _mixed(ids[:size])
    telling = ~plain[:size]
    for k in range(1, RUN):
        h = _mixed(h ^ ids[k : size + k])
        telling |= ~plain[k : size + k]
    whole = owners[:size] == owners[RUN - 1 :]
    sizes = np.bincount(owners)
    kept = whole & ((sizes[owners[:size]] <= LONG) | (h % np.uint64(2) == 0))
    return h[kept], owners[:size][kept], telling[kept]


def _without_stock(
    hashes: NDArray[np.uint64],
    owner: NDArray[np.int64],
    speaker: NDArray[np.int64],
    days: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """What many different people say is made a feature of each of them.

    `speaker` and `days` are of each utterance; -1 is unknown.
    """
    order = np.lexsort((speaker[owner], hashes))
    h, s = hashes[order], speaker[owner[order]]
    first = np.ones(len(h), dtype=bool)
    first[1:] = h[1:] != h[:-1]
    group = np.cumsum(first) - 1
    new_speaker = first.copy()
    new_speaker[1:] |= s[1:] != s[:-1]
    people = np.bincount(group, weights=new_speaker & (s >= 0))
    known = np.bincount(group, weights=s >= 0)
    starts = np.flatnonzero(first)
    when = days[owner[order]]
    first_day = np.minimum.reduceat(np.where(when < 0, 10**9, when), starts) if len(h) else people
    last_day = np.maximum.reduceat(when, starts) if len(h) else people
    # One line that is credited to many within days is disputed; over weeks it is common property.
    spread = (last_day - first_day > STOCK_DAYS) | (people >= 3 * STOCK)
    stock = (people >= STOCK) & (people * 2 >= known) & spread
    result = hashes.copy()
    salted = _mixed(h ^ (s + 2).astype(np.uint64))
    result[order] = np.where(stock[group], salted, h)
    return result


def linked(
    hashes: NDArray[np.uint64], owner: NDArray[np.int64], weight: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of utterances that share features worth `ASKED`, along each feature's list.

    A feature's utterances are linked to its first and to those before them in time, so that their
    number does not matter: r of them make some 4r pairs and not r(r-1)/2.
    """
    order = np.lexsort((owner, hashes))
    h, o, w = hashes[order], owner[order], weight[order]
    new = np.ones(len(h), dtype=bool)
    new[1:] = (h[1:] != h[:-1]) | (o[1:] != o[:-1])
    h, o, w = h[new], o[new], w[new]
    begins = np.ones(len(h), dtype=bool)
    begins[1:] = h[1:] != h[:-1]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(h)), 0))
    place = np.arange(len(h))
    left: list[NDArray[np.int64]] = []
    right: list[NDArray[np.int64]] = []
    worth: list[NDArray[np.int64]] = []
    for back in range(1, NEAREST + 1):
        at = place[place - back >= start]
        left.append(o[at - back])
        right.append(o[at])
        worth.append(np.maximum(w[at], w[at - back]).astype(np.int64))
    at = place[place - NEAREST > start]
    left.append(o[start[at]])
    right.append(o[at])
    worth.append(np.maximum(w[at], w[start[at]]).astype(np.int64))
    a, b, n = np.concatenate(left), np.concatenate(right), np.concatenate(worth)
    if not len(a):
        return a, b
    pair = a * (int(owner.max()) + 1) + b
    unique, inverse = np.unique(pair, return_inverse=True)
    total = np.bincount(inverse, weights=n)
    kept = unique[total >= ASKED]
    span = int(owner.max()) + 1
    return kept // span, kept % span


def components(count: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least member of each one's connected component (Shiloach & Vishkin 1982)."""
    label = np.arange(count)
    while len(a):
        low = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], low)
        np.minimum.at(new, label[b], low)
        while not np.array_equal(new[new], new):
            new = new[new]
        if np.array_equal(new, label):
            break
        label = new
    return label


# --- comparison ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class People:
    """What is known of speakers when two quotes credit different ones.

    `surname` is the last word of a person's name, `unnamed` those who are nobody in particular;
    a document, an organisation and its people may be one voice.
    """

    kind: Mapping[str, str]
    surname: Mapping[str, str]

    @property
    def unnamed(self) -> frozenset[str]:
        """Speakers without a name."""
        return frozenset(key for key, kind in self.kind.items() if kind == "unnamed")

    def differ(self, a: str | None, b: str | None) -> bool | None:
        """Whether two speakers are different people; None when it cannot be told."""
        if a is None or b is None:
            return None
        if a == b:
            return False
        if self.kind.get(a) != "person" or self.kind.get(b) != "person":
            return None
        if self.surname.get(a) == self.surname.get(b):
            return None
        return True


def people(speakers: Iterable[Speaker]) -> People:
    """The speakers as the comparison of families needs them."""
    rows = list(speakers)
    return People(
        {s.id: s.kind for s in rows},
        {s.id: folded(s.name.split()[-1]) if s.name.split() else "" for s in rows},
    )


def shared(a: Words, b: Words) -> tuple[float, float]:
    """Bits of the words that two texts have in the same order, and their share of the shorter one.

    The longest common subsequence finds common words by chance: only runs count that tell
    something, and what stands close to one.
    """
    mine = surprises(a)
    total = min(sum(mine), sum(surprises(b)))
    if a.keys == b.keys:
        return total, 1.0
    found = _in_order(a.keys, b.keys, mine)
    return found, min(found / total, 1.0) if total else 0.0


def _in_order(a: Sequence[Hashable], b: Sequence[Hashable], told: Sequence[float]) -> float:
    """The bits of what `shared` counts; `told` are those of each word of `a`."""
    runs = [
        (code.src_start, code.src_end, code.dest_start, code.dest_end)
        for code in LCSseq.opcodes(a, b)
        if code.tag == "equal"
    ]
    firm = [
        last - first >= RUN or (last - first > 1 and sum(told[first:last]) >= TELLING)
        for first, last, _, _ in runs
    ]
    found = 0.0
    for n, (first, last, start, end) in enumerate(runs):
        near = firm[n]
        if not near and n and firm[n - 1]:
            near = first - runs[n - 1][1] <= BESIDE and start - runs[n - 1][3] <= BESIDE
        if not near and n + 1 < len(runs) and firm[n + 1]:
            near = runs[n + 1][0] - last <= BESIDE and runs[n + 1][2] - end <= BESIDE
        if near:
            found += sum(told[first:last])
    return found


def _bars(quoted: bool, differ: bool | None, *, related: bool) -> Sequence[tuple[float, float]]:
    """The bars of two utterances, one of them in marks; `kinship` says what is asked."""
    if not quoted:
        return () if differ else REPORTED_UNKNOWN if differ is None else REPORTED
    if differ is None:
        return UNKNOWN_RELATED if related else UNKNOWN
    if differ:
        return DIFFERENT_RELATED if related else DIFFERENT
    return SAME_SPEAKER_RELATED if related else SAME_SPEAKER


def content(words: Words) -> int:
    """How many words of a text are not among the commonest."""
    return sum(k != ELLIPSIS and not common(k, words.language, 5.2) for k in words.keys)


@lru_cache(maxsize=4096)
def surprises(words: Words) -> tuple[float, ...]:
    """The bits of each word; of names and titles little: anybody who speaks of them says them."""
    capital = [words.text[start : start + 1].isupper() for start in words.starts]
    result: list[float] = []
    for n, key in enumerate(words.keys):
        if key == ELLIPSIS:
            result.append(0.0)
            continue
        beside = (n > 0 and capital[n - 1]) or (n + 1 < len(capital) and capital[n + 1])
        title = capital[n] and beside
        result.append(min(bits(key, words.language), NAME_BITS if title else MOST_BITS))
    return tuple(result)


def retold(a: Words, b: Words) -> tuple[float, float]:
    """Bits of the telling words that two texts share in any order, and the shorter's share."""

    def telling(words: Words) -> dict[str, float]:
        return {
            stem(k): told
            for k, told in zip(words.keys, surprises(words), strict=True)
            if told > NAME_BITS and not common(k, words.language, 5.2)
        }

    first, second = telling(a), telling(b)
    both = sum(max(first[k], second[k]) for k in first.keys() & second.keys())
    least, most = sorted((sum(first.values()), sum(second.values())))
    # A long statement has some words of anything else its speaker says.
    if len(first.keys() & second.keys()) < RETOLD_WORDS or most > RETOLD_LENGTH * least:
        return 0.0, 0.0
    return both, both / least if least else 0.0


def kinship(
    a: Utterance, b: Utterance, words_a: Words, words_b: Words, differ: bool | None, related: bool
) -> float:
    """How sure it is that two utterances are one; 0 when it is not. `b` stands in marks.

    `differ` is whether other people are credited, `related` whether the articles share more than
    these words.
    """
    found, share = shared(words_a, words_b)
    bars = _bars(a.quoted, differ, related=related)
    apart = abs(a.day - b.day) if a.day is not None and b.day is not None else 0
    if found < FRAGMENT and apart > FRAGMENT_DAYS:
        return 0.0
    if found < FRAGMENT / 2 and a.article_id == b.article_id:
        # Two words that return after days, or once more in the article, have been said again.
        return 0.0
    later = AGAIN if apart > AGAIN_DAYS and found < 2 * FRAGMENT else 1.0
    for least, part in bars:
        if found >= least * later and share >= part:
            return round(share * min(found / least, 3.0), 4)
    retelling = differ is False and a.quoted and apart <= RETOLD_DAYS
    if retelling and a.article_id != b.article_id:
        found, share = retold(words_a, words_b)
        if found >= RETOLD[0] and share >= RETOLD[1]:
            return round(0.5 * share, 4)
    return 0.0


# --- gathering -----------------------------------------------------------------------------------


def families(
    found: Sequence[Utterance], who: People, related: Callable[[str, str], bool]
) -> list[list[int]]:
    """Numbers of the utterances that are one, the fullest first; without those that stand alone.

    `related` says whether two articles share more than one line.
    """
    if not found:
        return []
    spoken = said(found)
    hashes, owner, weight = features(found, spoken, who.unnamed)
    named = {u.speaker_id for u in found if u.speaker_id} - who.unnamed
    numbers = {key: n for n, key in enumerate(sorted(named))}
    speaker = np.array([numbers.get(u.speaker_id or "", -1) for u in found], dtype=np.int64)
    days = np.array([-1 if u.day is None else u.day for u in found], dtype=np.int64)
    hashes = _without_stock(hashes, owner, speaker, days)
    a, b = linked(hashes, owner, weight)
    hope = hopeful(found, spoken, who, related, a, b)
    a, b = a[hope], b[hope]
    label = components(len(found), a, b)
    quoted = np.array([u.quoted for u in found])
    size = np.bincount(label, minlength=len(found))
    # Reported clauses alone are nobody's words.
    spoken_aloud = np.bincount(label, weights=quoted, minlength=len(found))
    member = np.flatnonzero((size[label] > 1) & (spoken_aloud[label] > 0))
    if not len(member):
        return []
    order = np.lexsort((hashes, owner))
    owner, hashes = owner[order], hashes[order]
    begin = np.searchsorted(owner, member, side="left")
    end = np.searchsorted(owner, member, side="right")
    groups: dict[int, list[int]] = defaultdict(list)
    own: dict[int, NDArray[np.uint64]] = {}
    for number, first, last in zip(member.tolist(), begin.tolist(), end.tolist(), strict=True):
        groups[int(label[number])].append(number)
        own[number] = hashes[first:last]
    result: list[list[int]] = []
    for numbers_of in groups.values():
        result += _gathered(numbers_of, found, own, who, related)
    return sorted(result)


def stated(members: Sequence[Utterance]) -> list[list[Utterance]]:
    """A family, cut where it holds more than one statement.

    A quote that runs over several stretches of marks is one utterance of its article, but where
    another article gives two of its stretches as two utterances, and nobody has both within one
    pair of marks, each is a statement of its own. The fullest member stands first.
    """
    leader = members[0]
    counts = Counter(u.article_id for u in members)
    if len(leader.parts) < 2 or all(n < 2 or k == leader.article_id for k, n in counts.items()):
        return [list(members)]
    full = words_of(leader.parts, leader.language)
    places: dict[tuple[str, ...], list[int]] = {}
    reach: list[list[tuple[float, float]]] = []
    for u in members:
        own = []
        for _, text in u.parts:
            found = words_of([(0, text)], u.language)
            if found.keys not in places:
                places[found.keys] = _placed(found, full)
            at = places[found.keys]
            own.append((min(at), max(at)) if at else (math.inf, -math.inf))
        reach.append(own)
    cuts: list[int] = []
    for part in range(1, len(leader.parts)):
        border = full.parts.index(part) if part in full.parts else 0
        if border and _separate(members, reach, border):
            cuts.append(border)
    if not cuts:
        return [list(members)]
    edges = [-math.inf, *cuts, math.inf]
    result: list[list[Utterance]] = []
    for low, high in pairwise(edges):
        group = []
        for u, own in zip(members, reach, strict=True):
            kept = [k for k, (first, _) in enumerate(own) if low <= first < high]
            if kept:
                group.append(
                    replace(
                        u,
                        parts=tuple(u.parts[k] for k in kept),
                        quote_ids=tuple(u.quote_ids[k] for k in kept),
                    )
                )
        result.append(group)
    return [group for group in result if len(group) > 1]


def _placed(found: Words, full: Words) -> list[int]:
    return [
        j for i, j in alignment(found, full) if i >= 0 and j >= 0 and found.keys[i] == full.keys[j]
    ]


def _separate(
    members: Sequence[Utterance], reach: Sequence[Sequence[tuple[float, float]]], border: int
) -> bool:
    """Whether an article has the sides of a border as two utterances, and none in one stretch."""
    left: dict[str, set[str]] = defaultdict(set)
    right: dict[str, set[str]] = defaultdict(set)
    for u, own in zip(members, reach, strict=True):
        if any(first < border <= last for first, last in own):
            return False
        if all(last < border for _, last in own):
            left[u.article_id].add(u.utterance_id)
        elif all(first >= border for first, _ in own):
            right[u.article_id].add(u.utterance_id)
    return any(right[key] - left[key] for key in left.keys() & right.keys())


def _gathered(
    numbers: list[int],
    found: Sequence[Utterance],
    own: Mapping[int, NDArray[np.uint64]],
    who: People,
    related: Callable[[str, str], bool],
) -> list[list[int]]:
    """One component, gathered around its fullest utterances."""
    words = {n: words_of(found[n].own(), found[n].language) for n in numbers}
    numbers = [
        n
        for n in numbers
        if len(words[n]) > 1 and (content(words[n]) or sum(surprises(words[n])) >= FRAGMENT)
    ]
    order = sorted(numbers, key=lambda n: (not found[n].quoted, -len(words[n]), n))
    leaders: dict[int, list[int]] = {}
    pointing: dict[int, list[int]] = defaultdict(list)
    exact: dict[tuple[tuple[str, ...], str | None], int] = {}
    for n in order:
        utterance = found[n]
        leader = exact.get((words[n].keys, utterance.speaker_id))
        if leader is None or not _apart(utterance, found[leader]):
            votes: Counter[int] = Counter()
            for h in own[n].tolist():
                for other in pointing.get(h, ())[: COMPARED * 8]:
                    votes[other] += 1
            leader = None
            best = 0.0
            for other, _ in sorted(votes.items(), key=lambda v: (-v[1], v[0]))[:COMPARED]:
                if not _apart(utterance, found[other]):
                    continue
                score = _kin(n, other, found, words, who, related)
                if score > best:
                    best, leader = score, other
        if leader is None and not utterance.quoted:
            continue
        if leader is None:
            leader = n
            leaders[n] = []
            for h in own[n].tolist():
                pointing[h].append(n)
        leaders[leader].append(n)
        if sum(surprises(words[n])) >= 2 * FRAGMENT:
            exact.setdefault((words[n].keys, utterance.speaker_id), leader)
    return [members for members in leaders.values() if len(members) > 1]


def _apart(a: Utterance, b: Utterance) -> bool:
    """Whether two utterances stand apart: a quote in a quote is not its own version."""
    return a.article_id != b.article_id or a.end <= b.start or b.end <= a.start


def _kin(
    n: int,
    other: int,
    found: Sequence[Utterance],
    words: Mapping[int, Words],
    who: People,
    related: Callable[[str, str], bool],
) -> float:
    a, b = found[n], found[other]
    differ = who.differ(a.speaker_id, b.speaker_id)
    return kinship(a, b, words[n], words[other], differ, related(a.article_id, b.article_id))
