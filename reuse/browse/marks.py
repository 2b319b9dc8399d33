"""A text and marked stretches of it -> paragraphs of segments, each with the marks that cover it.

Marks nest and overlap freely; HTML elements cannot. So a text is cut at every boundary of a mark,
and each segment knows all the marks it lies in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

BLANK_LINE = re.compile(r"(?:\r?\n[^\S\n]*){2,}")
LINE_END = re.compile(r"\r?\n[^\S\n]*")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch; ``name`` is its anchor on the page, ``kind`` its class in the CSS."""

    start: int
    end: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch that no mark begins or ends in. ``opens``: the marks that begin with it."""

    text: str
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``text[start:end]``, and ``gap``: the line ends that follow it."""

    start: int
    end: int
    gap: str
    segments: tuple[Segment, ...]

    @property
    def opens(self) -> tuple[str, ...]:
        return tuple(name for segment in self.segments for name in segment.opens)


def segments(text: str, marks: Iterable[Mark], start: int, end: int) -> tuple[Segment, ...]:
    """The segments of ``text[start:end]``, in order; joined, they are that text."""
    here = [m for m in marks if m.start < m.end and m.start < end and m.end > start]
    cuts = {start, end}
    for mark in here:
        cuts.add(max(mark.start, start))
        cuts.add(min(mark.end, end))
    edges = sorted(cuts)
    # Longer marks first: the order of names is the order of nesting.
    pending = sorted(here, key=lambda m: (m.start, -m.end, m.name))
    active: list[Mark] = []
    found = []
    next_mark = 0
    for left, right in pairwise(edges):
        active = [mark for mark in active if mark.end > left]
        while next_mark < len(pending) and pending[next_mark].start <= left:
            active.append(pending[next_mark])
            next_mark += 1
        found.append(
            Segment(
                text[left:right],
                tuple(mark.name for mark in active),
                tuple(dict.fromkeys(mark.kind for mark in active)),
                tuple(mark.name for mark in active if mark.start == left),
            )
        )
    return tuple(found)


def paragraphs(
    text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None
) -> list[Paragraph]:
    """The paragraphs of ``text[start:end]``: parted by blank lines, else by line ends."""
    end = len(text) if end is None else end
    break_ = BLANK_LINE if BLANK_LINE.search(text) else LINE_END
    ordered = sorted(marks, key=lambda m: m.start)
    found = []
    place = start
    while place < end:
        gap = break_.search(text, place, end)
        stop, following = (gap.start(), gap.end()) if gap else (end, end)
        if stop > place:
            inside = [m for m in ordered if m.start < stop and m.end > place]
            found.append(
                Paragraph(place, stop, text[stop:following], segments(text, inside, place, stop))
            )
        place = following
    return found


def covered(spans: Iterable[tuple[int, int]]) -> int:
    """How many characters lie in at least one of the spans."""
    total = reach = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reach))
        reach = max(reach, end)
    return total
