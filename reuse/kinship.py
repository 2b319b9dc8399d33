"""How sure it is that two utterances are one: the words that they share, weighed by what they tell.

The bar is bits of shared words, higher when the speakers differ than when they agree.
"""

from __future__ import annotations

import math
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from reuse.model import Speaker
from reuse.utterances import Utterance
from reuse.words import ELLIPSIS, Words, common, folded, frequency

Bars = Sequence[tuple[float, float]]

# Runs of three words: short enough to outlive an edit in a line of eight words.
RUN: Final = 3
# Bits (by general word frequency, an upper bound of surprise) and the share of the shorter one that
# make two utterances one; any row that is reached does. A few words are enough from one mouth in
# two articles that share more than these words; of two mouths a whole sentence is asked.
SAME_SPEAKER: Final[Bars] = ((28.0, 0.85), (45.0, 0.6))
SAME_SPEAKER_RELATED: Final[Bars] = ((14.0, 0.85), (32.0, 0.65), (45.0, 0.6))
UNKNOWN: Final[Bars] = ((45.0, 0.8), (70.0, 0.65))
UNKNOWN_RELATED: Final[Bars] = ((22.0, 0.85), (45.0, 0.6))
DIFFERENT: Final[Bars] = ((95.0, 0.6),)
DIFFERENT_RELATED: Final[Bars] = ((38.0, 0.8), (70.0, 0.5))
# The reporter's own words in a reported clause: they are like many others'.
REPORTED: Final[Bars] = ((45.0, 0.7),)
REPORTED_UNKNOWN: Final[Bars] = ((60.0, 0.7),)
# A fragment of fewer bits is one utterance with another only within days; a slogan within weeks.
FRAGMENT, FRAGMENT_DAYS = 48.0, 3
SLOGAN, SLOGAN_DAYS = 70.0, 14
# A run of two words counts from so many bits on; words so close to a run belong to it.
TELLING, BESIDE = 18.0, 3
# A retelling by the same speaker's name within some days: telling words shared in any order.
RETOLD: Final[Sequence[float]] = (40.0, 0.4)
RETOLD_DAYS: Final = 4
RETOLD_LENGTH, RETOLD_WORDS = 2.0, 4
# After weeks a line that was taken over is there to the word, a long one nearly all; who says it
# again, says it anew.
AGAIN: Final[Bars] = ((70.0, 0.95), (110.0, 0.75))
# No word says more than this, however rare: it may be a misprint.
MOST_BITS: Final = 16.0
# A number says this much, whichever it is.
NUMBER_BITS: Final = 9.0
# A word of a run of capitals is a name's or a title's.
NAME_BITS: Final = 5.0
# Zipf frequency from which a word tells nothing of what is spoken of.
PLAIN: Final = 5.2


@lru_cache(maxsize=1 << 18)
def bits(key: str, language: str) -> float:
    """The surprise of a word in general language, in bits."""
    if key.startswith("#"):
        return NUMBER_BITS
    if " " in key:
        # Words that house style takes for one ("going to") tell no more than the rarest of them.
        return max(bits(word, language) for word in key.split())
    try:
        zipf = frequency(key, language)
    except LookupError:
        zipf = 5.0 if len(key) <= 3 else 3.5
    return min(MOST_BITS, (9.0 - zipf) * math.log2(10))


def stem(key: str) -> str:
    """A telling word without what grammar or a synonym's form adds: its first five letters."""
    return key if key.startswith("#") else key[:5]


class People(NamedTuple):
    """What is known of speakers when two quotes credit different ones.

    `kind` and `surname` (the last word of the name, folded) are by id. `number` numbers all of
    them; by number, `named` is false for who is nobody in particular, `person` true for people,
    and equal `surnames` are equal surnames; each has one element more, for nobody (-1). A tuple: it
    travels to workers, which a frozen record of a compiled module does not.
    """

    kind: Mapping[str, str]
    surname: Mapping[str, str]
    number: Mapping[str, int]
    named: NDArray[np.bool_]
    person: NDArray[np.bool_]
    surnames: NDArray[np.int32]

    def differ(self, a: str | None, b: str | None) -> bool | None:
        """Whether two speakers are different people; None when it cannot be told.

        A document, an organisation and its people may be one voice.
        """
        if a is None or b is None:
            return None
        if a == b:
            return False
        if self.kind.get(a) != "person" or self.kind.get(b) != "person":
            return None
        if self.surname.get(a) == self.surname.get(b):
            return None
        return True


def people(speakers: Iterable[Speaker], outlets: Container[tuple[str, ...]] = ()) -> People:
    """The speakers as the comparison of families needs them.

    Who has the name (as folded words) of an outlet is none: it reports what somebody said.
    """
    rows = [
        speaker._replace(kind="organisation")
        if speaker.kind == "person" and tuple(map(folded, speaker.name.split())) in outlets
        else speaker
        for speaker in sorted(speakers, key=lambda speaker: speaker.id)
    ]
    surname = {s.id: folded(s.name.split()[-1]) if s.name.split() else "" for s in rows}
    seen: dict[str, int] = {}
    return People(
        kind={s.id: s.kind for s in rows},
        surname=surname,
        number={s.id: n for n, s in enumerate(rows)},
        named=np.array([*(s.kind != "unnamed" for s in rows), False], dtype=bool),
        person=np.array([*(s.kind == "person" for s in rows), False], dtype=bool),
        surnames=np.array(
            [*(seen.setdefault(surname[s.id], len(seen)) for s in rows), -1], dtype=np.int32
        ),
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
    found = in_order(a.keys, b.keys, mine)
    return found, min(found / total, 1.0) if total else 0.0


def in_order(a: Sequence[Hashable], b: Sequence[Hashable], told: Sequence[float]) -> float:
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


def bars(quoted: bool, differ: bool | None, *, related: bool) -> Bars:
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
    return sum(k != ELLIPSIS and not common(k, words.language, PLAIN) for k in words.keys)


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
            if told > NAME_BITS and not common(k, words.language, PLAIN)
        }

    first, second = telling(a), telling(b)
    both = sum(max(first[k], second[k]) for k in first.keys() & second.keys())
    least, most = sorted((sum(first.values()), sum(second.values())))
    # A long statement has some words of anything else its speaker says.
    if len(first.keys() & second.keys()) < RETOLD_WORDS or most > RETOLD_LENGTH * least:
        return 0.0, 0.0
    return both, both / least if least else 0.0


def fragment(apart: int) -> float:
    """From how many bits on words that return after so many days have not been said again."""
    return SLOGAN if apart > SLOGAN_DAYS else FRAGMENT if apart > FRAGMENT_DAYS else 0.0


def kinship(
    a: Utterance, b: Utterance, words_a: Words, words_b: Words, differ: bool | None, related: bool
) -> float:
    """How sure it is that two utterances are one; 0 when it is not. `b` stands in marks.

    `differ` is whether other people are credited, `related` whether the articles share more than
    these words.
    """
    found, share = shared(words_a, words_b)
    asked = bars(a.quoted, differ, related=related)
    apart = abs(a.day - b.day) if a.day is not None and b.day is not None else 0
    # Where a date is not known nothing says that these are not weeks apart.
    undated = (a.day is None or b.day is None) and a.article_id != b.article_id and not related
    if found < (FRAGMENT if undated else fragment(apart)):
        return 0.0
    if found < FRAGMENT / 2 and a.article_id == b.article_id:
        # Two words that return after days, or once more in the article, have been said again.
        return 0.0
    if apart > SLOGAN_DAYS and not any(found >= least and share >= part for least, part in AGAIN):
        return 0.0
    for least, part in asked:
        if found >= least and share >= part:
            return round(share * min(found / least, 3.0), 4)
    retelling = differ is False and a.quoted and apart <= RETOLD_DAYS and not undated
    if retelling and a.article_id != b.article_id:
        found, share = retold(words_a, words_b)
        if found >= RETOLD[0] and share >= RETOLD[1]:
            return round(0.5 * share, 4)
    return 0.0
