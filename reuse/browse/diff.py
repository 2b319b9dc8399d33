"""Two texts -> the stretches where their words differ, with offsets on both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
# How a mark is drawn is not what it says.
DRAWN_ALIKE = str.maketrans("“”„«»‘’‚–—‑", '"""""\'\'\'---')
# A lone word of so few letters between two changes ("the", "of") binds nothing: the eye sees one
# change, and so does the list.
SHORT = 3
# A page shows the beginning; nobody reads a word-by-word comparison longer than this.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """``a[a_start:a_end]`` became ``b[b_start:b_end]``; either may be empty.

    ``kind``: ``cut`` (only in a), ``added`` (only in b), ``changed``, or ``minor`` (case and
    punctuation only).
    """

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    kind: str


def folded(text: str) -> str:
    return "".join(TOKEN.findall(text.translate(DRAWN_ALIKE).casefold()))


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def changes(a: str, b: str) -> list[Change]:
    """Where the words of two texts differ, in reading order."""
    left = list(TOKEN.finditer(a))[:LONGEST]
    right = list(TOKEN.finditer(b))[:LONGEST]
    blocks: list[list[int]] = []
    opcodes = Levenshtein.opcodes(
        [m[0].translate(DRAWN_ALIKE) for m in left], [m[0].translate(DRAWN_ALIKE) for m in right]
    )
    for op in opcodes:
        if op.tag == "equal":
            words = [m[0] for m in left[op.src_start : op.src_end]]
            between = blocks and op.src_end < len(left) and op.dest_end < len(right)
            if between and len(words) == 1 and len(words[0]) <= SHORT:
                blocks.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
            continue
        blocks.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
    found = []
    for src, src_end, dest, dest_end in joined(blocks):
        a_start, a_end = span(left, src, src_end, len(a))
        b_start, b_end = span(right, dest, dest_end, len(b))
        if letters(a[a_start:a_end]) == letters(b[b_start:b_end]):
            kind = "minor"
        elif a_start == a_end:
            kind = "added"
        else:
            kind = "cut" if b_start == b_end else "changed"
        found.append(Change(a_start, a_end, b_start, b_end, kind))
    return found


def joined(blocks: list[list[int]]) -> list[list[int]]:
    """Blocks that touch on both sides are one."""
    found: list[list[int]] = []
    for block in blocks:
        if found and found[-1][1] == block[0] and found[-1][3] == block[2]:
            found[-1][1], found[-1][3] = block[1], block[3]
        else:
            found.append(list(block))
    return found


def span(tokens: list[re.Match[str]], first: int, last: int, length: int) -> tuple[int, int]:
    """Characters of ``tokens[first:last]``; for no tokens the empty place before ``first``."""
    if first < last:
        return tokens[first].start(), tokens[last - 1].end()
    place = tokens[first].start() if first < len(tokens) else length
    return place, place
