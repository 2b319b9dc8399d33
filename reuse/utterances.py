"""Quotes of an article -> its utterances: the parts of one statement, and whose it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np

from reuse.model import Part, QuoteRow

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")

# What only names or distances, of so many words, may be somebody's words after all.
TERM_WORDS = 4
# With fewer words of its own, an utterance is known by the quote inside it.
OWN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one article gives of one utterance: its parts (start, words) and whose they are.

    `inner` are the places of quotes inside this one: somebody else's words, by which it is not
    known. `quote_ids` are the rows of each part, the part's own first. `quoted` is false for a
    reported clause without marks, `spoken` for one and for a term, which is an utterance only where
    somebody is quoted with its words. `day` counts days, None when unknown.
    """

    article_id: str
    utterance_id: str
    parts: tuple[tuple[int, str], ...]
    quote_ids: tuple[tuple[str, ...], ...]
    inner: tuple[tuple[int, int], ...]
    quoted: bool
    spoken: bool
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
                if at <= first and last <= start + len(text):
                    cut.append((at, text[at - start : first - start]))
                    at = last
            cut.append((at, text[at - start :]))
        kept = tuple((start, text) for start, text in cut if _WORD.search(text))
        left = sum(len(_WORD.findall(text)) for _, text in kept)
        return kept if left >= OWN_WORDS else self.parts

    def spans(self) -> list[tuple[int, int]]:
        """The parts as (start, end)."""
        return [(start, start + len(text)) for start, text in self.parts]


def by_article(quotes: Iterable[QuoteRow]) -> dict[str, list[Part]]:
    """The quotes of each article, in the order of the text."""
    result: dict[str, list[Part]] = {}
    for row in sorted(quotes, key=lambda row: (row.article_id, row.start, row.end, row.id)):
        part = Part._make(getattr(row, name) for name in Part._fields)
        result.setdefault(row.article_id, []).append(part)
    return result


def grouped(rows: Sequence[Part]) -> list[list[Part]]:
    """The quotes of one article, in the order of its text, as utterances.

    Of a reported clause with marks inside, the marked words are the utterance: the rest is the
    reporter's. What only names or distances (`term`) is one when it has some words.
    """
    groups: dict[str, list[Part]] = {}
    marks: tuple[list[int], list[int]] | None = None
    for row in rows:
        key, kind = row.utterance_id, row.kind
        if kind == "term":
            if len(row.text.split()) < TERM_WORDS:
                continue
            key += " term"
        elif kind == "nested":
            key += " nested " + (row.within_id or "")
        elif kind == "indirect":
            starts, furthest = marks = marks or _marks(rows)
            before = bisect_left(starts, row.end)
            if before and furthest[before - 1] > row.start:
                continue
            key += " indirect"
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def _marks(rows: Sequence[Part]) -> tuple[list[int], list[int]]:
    """Where each quote of an article begins, and how far the quotes reach that begin by then."""
    marked = [row for row in rows if is_spoken(row)]
    return [row.start for row in marked], list(accumulate((row.end for row in marked), max))


def is_spoken(part: Part) -> bool:
    """Whether words in marks are surely somebody's."""
    return part.kind != "indirect" and part.kind != "term"


def parts(group: Sequence[Part]) -> Sequence[Part]:
    """The quotes of one utterance that stand in no other one of it."""
    if len(group) == 1:
        return group
    return [row for n, row in enumerate(group) if not any(_inside(row, o) for o in group[:n])]


def surest(outer: Sequence[Part]) -> Part:
    """The part of an utterance whose speaker is the surest."""
    if len(outer) == 1:
        return outer[0]
    return max(outer, key=lambda row: (row.speaker_id is not None, row.confidence))


def utterance(
    group: Sequence[Part],
    nested: Sequence[tuple[int, int]],
    published: str | None,
    language: str | None,
) -> Utterance:
    """One of the groups of an article; `nested` are the places of its nested quotes, in order."""
    outer = parts(group)
    sure = surest(outer)
    return Utterance(
        article_id=sure.article_id,
        utterance_id=sure.utterance_id,
        parts=tuple((row.start, row.text) for row in outer),
        quote_ids=tuple(
            (part.id, *(row.id for row in group if _inside(row, part))) for part in outer
        ),
        inner=tuple(
            (first, last)
            for first, last in nested
            if any(o.start <= first and last <= o.end and o.kind != "nested" for o in outer)
        ),
        quoted=outer[0].kind != "indirect",
        spoken=is_spoken(outer[0]),
        speaker_id=sure.speaker_id,
        confidence=sure.confidence,
        language=(language or "en")[:2].lower(),
        published=published,
        day=day(published),
    )


def utterances(
    rows: Sequence[Part], published: str | None = None, language: str | None = None
) -> list[Utterance]:
    """The utterances of one article, whose quotes are given in the order of its text."""
    nested = nested_in(rows)
    return [utterance(group, nested, published, language) for group in grouped(rows)]


def nested_in(rows: Sequence[Part]) -> list[tuple[int, int]]:
    """Where the nested quotes of an article stand."""
    return [(row.start, row.end) for row in rows if row.kind == "nested"]


def _inside(row: Part, other: Part) -> bool:
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
