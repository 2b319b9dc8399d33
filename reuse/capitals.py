"""A text -> its runs of capitalised words, where names may stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress
from operator import is_not
from typing import Final

from reuse.lexicon import Lexicon
from reuse.prose import Prose

MARKS: Final = frozenset("\"“”„‘’'()")
JOINTS: Final = frozenset(("of", "for", "and", "on", "to", "&"))
_SUFFIXES: Final = frozenset(("Jr.", "Sr.", "Jr", "Sr", "II", "III", "IV"))
# A longer run of capitals is no name; it also bounds what one run may cost.
_LONGEST: Final = 14
# Text set in lines has them at least so long; a shorter one is a headline or a list.
_FULL_LINE: Final = 50
_BREAKS: Final = frozenset("\n\r")
_POSSESSIVE: Final = frozenset(("'s", "’s"))
# Headlines are shorter, and longer paragraphs cost nothing.
_TITLE_WORDS: Final = 40


def capitals(prose: Prose) -> list[int]:
    """The tokens that have a capital."""
    # A word without one is its own lower case.
    return list(compress(range(len(prose.words)), map(is_not, prose.words, prose.lower)))


def title_case(prose: Prose, capital: list[int]) -> frozenset[int]:
    """The paragraphs that capitalise every longer word: their capitals name nobody."""
    out = []
    i = 0
    for n, (a, b) in enumerate(prose.paragraphs):
        j = bisect_left(capital, b, i)
        many, i = j - i, j
        if b - a > _TITLE_WORDS or many < 3 or 2 * many < b - a:
            continue
        longer = [w for w in prose.words[a:b] if len(w) > 3 and w.isalpha()]
        enough = 3 if n in prose.headings else 5
        if len(longer) >= enough and sum(w[0].isupper() for w in longer) >= 0.75 * len(longer):
            out.append(n)
    return frozenset(out)


def runs(prose: Prose, capital: list[int], lex: Lexicon) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Runs of capitalised words, each with the index of its first token.

    Words of a name may have "of", "for", "and", "van der" or a nickname in marks between them; a
    full stop, the end of a paragraph or a possessive ends the run.
    """
    words, lower, text = prose.words, prose.lower, prose.text
    particles, function = lex["particles"], lex["function_words"]
    begins = {a for a, _ in prose.paragraphs}
    first = last = -1
    for i in capital:
        if last >= 0:
            if (
                i - last <= 3
                and (i - last == 1 or _joins(words, last, i, particles))
                and i - first < _LONGEST
                and i not in begins
                and words[last][-2:] not in _POSSESSIVE
                and (text[prose.end(i - 1)] not in _BREAKS or _wrapped(text, prose.end(i - 1)))
            ):
                last = i
                continue
            if first < last:
                yield first, tuple(words[first : last + 1])
            elif lower[first] not in function:
                yield first, (words[first],)
        first = last = i
    if last >= 0 and (first < last or lower[first] not in function):
        yield first, tuple(words[first : last + 1])


def _wrapped(text: str, end: int) -> bool:
    """Whether a line that ends there is full, so that a name may run on into the next."""
    return end - 1 - max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) >= _FULL_LINE


def _joins(words: list[str], last: int, i: int, particles: frozenset[str]) -> bool:
    """Whether what stands between two capitalised words can stand inside a name."""
    between = words[last + 1]
    if i - last == 2:
        if between in particles or between in JOINTS:
            return True
        if between in MARKS:
            # Robert "Bob" Gale: a mark opens, closes, and a capital follows.
            opener = words[last - 1]
            if opener in MARKS and between != "(" and (opener == "(") == (between == ")"):
                return True
            return (
                i + 2 < len(words)
                and words[i + 1] in MARKS
                and words[i + 2][0].isupper()
                and words[i].isalpha()
                and not words[i].isupper()
            )
        return between == "," and words[i] in _SUFFIXES
    pair = between, words[last + 2]
    return pair == ("of", "the") or (pair[0] in particles and pair[1] in particles)
