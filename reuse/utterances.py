"""Quotes of an article -> its utterances: the parts of one statement, and whose it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from reuse.model import Part, QuoteRow

_LETTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")

# What only names or distances, of so many words, may be somebody's words after all.
TERM_WORDS = 4
# A stretch of fewer words is no statement by itself.
STATED_WORDS = 4
# With fewer words of its own, an utterance is known by the quote inside it.
OWN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one article gives of one utterance: its parts (start, words) and whose they are.

    `inner` are the places of quotes inside this one: somebody else's words, by which it is not
    known. `quote_ids` are the rows of each part, the part's own first. `quoted` is false for a
    reported clause without marks, `spoken` for one and for a term, which is an utterance only where
    somebody is quoted with its words. `day` counts days, None when unknown. `number` is that of the
    utterance in its article, which its statements share.
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
    number: int

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


# Of a quote its columns in `Part`, and its place in the text.
_PART = itemgetter(*map(QuoteRow._fields.index, Part._fields))
_PLACE = itemgetter(*map(Part._fields.index, ("start", "end", "id")))


def by_article(quotes: Iterable[QuoteRow]) -> dict[str, list[Part]]:
    """The quotes of each article, in the order of the text."""
    result: dict[str, list[Part]] = {}
    for part in map(Part._make, map(_PART, quotes)):
        result.setdefault(part.article_id, []).append(part)
    for own in result.values():
        own.sort(key=_PLACE)
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


class Stated(NamedTuple):
    """A statement of one article: its quotes, those of them that stand in no other one, the one
    whose speaker is the surest of the whole utterance, and the number of that in the article."""

    rows: Sequence[Part]
    outer: Sequence[Part]
    sure: Part
    number: int


def stated(rows: Sequence[Part]) -> list[Stated]:
    """The utterances of one article, cut into their statements.

    A split quote is cut where a part begins a sentence: another article may have one side alone,
    or with something else.
    """
    result: list[Stated] = []
    for number, group in enumerate(grouped(rows)):
        outer = parts(group)
        sure = surest(outer)
        pieces = [outer] if len(outer) == 1 else _pieces(outer)
        for piece in pieces:
            inside = (
                group
                if len(pieces) == 1
                else [r for r in group if any(r is part or _inside(r, part) for part in piece)]
            )
            result.append(Stated(inside, piece, sure, number))
    return result


def _pieces(outer: Sequence[Part]) -> list[list[Part]]:
    """The parts of an utterance, those of one sentence together."""
    result: list[list[Part]] = [[outer[0]]]
    held = len(outer[0].text.split())
    for part in outer[1:]:
        count = len(part.text.split())
        first = _LETTER.search(part.text)
        begins = first is not None and not first.group().islower()
        if begins and is_spoken(part) and min(held, count) >= STATED_WORDS:
            result.append([part])
            held = count
        else:
            result[-1].append(part)
            held += count
    return result


def utterance(
    one: Stated, nested: Sequence[tuple[int, int]], published: str | None, language: str | None
) -> Utterance:
    """A statement of an article; `nested` are the places of the article's nested quotes."""
    group, outer, sure, number = one
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
        number=number,
    )


def together(statements: Sequence[Utterance]) -> Utterance:
    """Statements of one utterance as one."""
    if len(statements) == 1:
        return statements[0]
    ordered = sorted(statements, key=lambda u: u.start)
    return replace(
        ordered[0],
        parts=tuple(part for u in ordered for part in u.parts),
        quote_ids=tuple(keys for u in ordered for keys in u.quote_ids),
        inner=tuple(place for u in ordered for place in u.inner),
    )


def utterances(
    rows: Sequence[Part], published: str | None = None, language: str | None = None
) -> list[Utterance]:
    """The utterances of one article, whose quotes are given in the order of its text."""
    nested = nested_in(rows)
    found: dict[int, list[Utterance]] = {}
    for one in stated(rows):
        u = utterance(one, nested, published, language)
        found.setdefault(one.number, []).append(u)
    return [together(statements) for statements in found.values()]


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
