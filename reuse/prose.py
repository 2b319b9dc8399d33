"""Text -> words with their offsets, in sentences, in paragraphs: the reader's one token pass."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add

from reuse.languages import Language, language

ENDERS = frozenset((".", "!", "?", "…", "..."))
# Marks that may stand between the end of a sentence and the space behind it.
CLOSERS = frozenset(('"', "”", "“", "''", "’", "'", "»", "«", "‘", ")", "]", "›", "‹"))
_TERMINAL = ENDERS | CLOSERS | frozenset((":", ";", ","))
# A line longer than this is prose even without a full stop; shorter, without one, it is a heading.
_HEADING_WORDS = 25
_LINE_END = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True, eq=False)
class Prose:
    """The tokens of a text: ``text[starts[i]:ends[i]] == words[i]``, ``lower[i]`` its lower case.

    A token is a word (with its inner apostrophes and hyphens, "Kaine's", and the full stop of an
    abbreviation, "Sen.", "J."), a number or one sign. ``paragraphs`` and ``sentences`` are
    ranges of tokens, half-open, in order, and each tiles the tokens. ``headings`` are the
    paragraphs (by index) that are titles, sub-heads and the like.
    """

    text: str
    language: Language
    words: Sequence[str]
    lower: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    paragraphs: Sequence[tuple[int, int]]
    sentences: Sequence[tuple[int, int]]
    headings: frozenset[int]


def prose(text: str, code: str | None) -> Prose:
    """The tokens of a text by the rules of a language (its code; unknown ones have no rules)."""
    rules = language(code)
    pieces = rules.token.findall(text)
    offsets = list(accumulate(map(len, pieces), initial=0))
    words = list(map(str.rstrip, pieces))
    if words and not words[0]:  # white space before the first word
        del words[0], pieces[0], offsets[0]
    lower = list(map(str.lower, words))
    starts = offsets[:-1]
    ends = list(map(add, starts, map(len, words)))
    breaks = _breaks(text, starts, pieces, words)
    paragraphs = _ranges(breaks, len(words))
    inside = _sentence_ends(words, starts, ends)
    sentences = _ranges(sorted({*inside, *breaks}), len(words))
    headings = frozenset(
        n
        for n, (first, last) in enumerate(paragraphs)
        if last - first <= _HEADING_WORDS and words[last - 1] not in _TERMINAL
    )
    return Prose(text, rules, words, lower, starts, ends, paragraphs, sentences, headings)


def _breaks(text: str, starts: list[int], pieces: list[str], words: list[str]) -> list[int]:
    """The tokens behind which a paragraph ends.

    A blank line ends one. A single line end does where the text has no blank lines, and where lines
    end like paragraphs, with a full stop or a mark; in a text wrapped at a fixed width they do not.
    """
    ends = {bisect_right(starts, found.start()) for found in _LINE_END.finditer(text)}
    lines = sorted(ends - {0})  # 0: before the first word
    n = len(words)
    blank = [i for i in lines if len(pieces[i - 1].rstrip(" \t").splitlines()) > 1]
    if len(blank) == len(lines) or not blank or blank == [n]:
        return lines
    at_blank = set(blank)
    single = [i for i in lines if i not in at_blank]
    whole = [i for i in single if words[i - 1] in _TERMINAL and words[i - 1] != ","]
    if len(whole) * 5 < len(single) * 3:
        return blank
    return sorted([*blank, *whole])


def _ranges(cuts: list[int], n: int) -> list[tuple[int, int]]:
    if n and (not cuts or cuts[-1] != n):
        cuts = [*cuts, n]
    return list(zip([0, *cuts], cuts, strict=False))


def _sentence_ends(words: list[str], starts: list[int], ends: list[int]) -> list[int]:
    """Where sentences end inside paragraphs: a full stop, closing marks, and no small letter."""
    out = []
    n = len(words)
    done = 0
    for i in [i for i, word in enumerate(words) if word in ENDERS]:
        if i < done:
            continue
        j = i + 1
        # A mark that touches what stands before it closes; one after a space opens.
        while j < n and (words[j] in CLOSERS or words[j] in ENDERS) and starts[j] == ends[j - 1]:
            j += 1
        done = j
        if j < n and starts[j] > ends[j - 1]:
            k = j
            while k < n and not words[k][0].isalnum() and k < j + 3:
                k += 1
            if k == n or not words[k][0].islower():
                out.append(j)
    return out
