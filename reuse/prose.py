"""Text -> words with their offsets, in sentences, in paragraphs: the reader's one token pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import itemgetter
from typing import Final

from reuse.languages import BLANK, INITIAL, LINE, TOUCH, UNSURE, Language, Token, language

ENDERS: Final = frozenset((".", "!", "?", "…", "..."))
# Marks that may stand between the end of a sentence and the space behind it.
CLOSERS: Final = frozenset(('"', "”", "“", "''", "’", "'", "»", "«", "‘", ")", "]", "›", "‹"))
_TERMINAL: Final = ENDERS | CLOSERS | frozenset((":", ";", ","))
# A line longer than this is prose even without a full stop; shorter, without one, it is a heading.
_HEADING_WORDS: Final = 25
_LINE_END: Final = re.compile(f"[{LINE}{BLANK}]")


@dataclass(frozen=True, slots=True, eq=False)
class Prose:
    """The tokens of a text in columns: ``text[starts[i]:end(i)] == words[i]``, ``lower[i]`` its
    lower case, ``kinds[i]`` its class in the features, ``bits[i]`` what it can be, ``shapes[i]``
    its shape and ``gaps[i]`` what stands behind it, in letters (`reuse.languages.SHAPES`).

    A token is a word (with its inner apostrophes and hyphens, "Kaine's", and the full stop of an
    abbreviation, "Sen.", "J."), a number or one sign. ``paragraphs`` and ``sentences`` are
    ranges of tokens, half-open, in order, and each tiles the tokens. ``headings`` are the
    paragraphs (by index) that are titles, sub-heads and the like.
    """

    text: str
    language: Language
    words: list[str]
    lower: list[str]
    kinds: list[str]
    bits: list[int]
    shapes: str
    gaps: str
    starts: list[int]
    paragraphs: list[tuple[int, int]]
    sentences: list[tuple[int, int]]
    headings: frozenset[int]

    def end(self, token: int) -> int:
        """Where a token ends in the text."""
        return self.starts[token] + len(self.words[token])


def prose(text: str, code: str | None) -> Prose:
    """The tokens of a text by the rules of a language (its code; unknown ones have no rules)."""
    rules = language(code)
    tokens, letters = _tokens(text, rules)
    words, lower, kinds, bits, lengths = _columns(tokens)
    gaps = letters[1::2]
    starts = list(accumulate(lengths, initial=len(text) - len(text.lstrip())))[:-1]
    breaks = _breaks(gaps, words)
    paragraphs = _ranges(breaks, len(words))
    inside = _sentence_ends(words, letters)
    sentences = _ranges(sorted({*inside, *breaks}), len(words))
    headings = frozenset(
        n
        for n, (first, last) in enumerate(paragraphs)
        if last - first <= _HEADING_WORDS and words[last - 1] not in _TERMINAL
    )
    return Prose(
        text, rules, words, lower, kinds, bits, letters[::2], gaps, starts, paragraphs, sentences,
        headings,
    )  # fmt: skip


# Tokens that are turned into columns at once: of millions the iterators would fill the memory.
_BLOCK: Final = 10_000
_LETTERS: Final = itemgetter(4)


def _columns(
    tokens: list[Token],
) -> tuple[list[str], list[str], list[str], list[int], list[int]]:
    words: list[str] = []
    lower: list[str] = []
    kinds: list[str] = []
    bits: list[int] = []
    lengths: list[int] = []
    for i in range(0, len(tokens), _BLOCK):
        word, low, kind, bit, _, length = zip(*tokens[i : i + _BLOCK], strict=True)
        words.extend(word)
        lower.extend(low)
        kinds.extend(kind)
        bits.extend(bit)
        lengths.extend(length)
    return words, lower, kinds, bits, lengths


_RARE: Final = ("  ", " \n", "\n ", "\n\n\n", "\0")
_LONE_SPACE: Final = re.compile(r" (?<!\s )(?!\s)")


def _tokens(text: str, rules: Language) -> tuple[list[Token], str]:
    """The tokens of a text, which tile it but for the white space before the first; the letters of
    their shapes and gaps."""
    # A line's end, one or two in a row, ends a chunk as well, and belongs to it; a space beside
    # another one, or beside a line's end, does not.
    if any(rare in text for rare in _RARE):
        chunks: list[str] = _LONE_SPACE.split(text.lstrip())
    else:
        lines = text.replace("\n\n", "\0").replace("\n", "\n ").replace("\0", "\n\n ")
        chunks = lines.split(" ")
    last = chunks.pop()
    tokens: list[Token] = []
    if not last[:1].isspace():
        tokens.extend(chain.from_iterable(map(rules.chunks.__getitem__, chunks)))
        tokens.extend(map(rules.words.__getitem__, rules.token.findall(last)))
        letters = "".join(map(_LETTERS, tokens))
        if UNSURE not in letters:
            return tokens, letters
        tokens = _settled(tokens, letters, rules)
    if not tokens:
        tokens = list(map(rules.words.__getitem__, rules.token.findall(text.lstrip())))
    return tokens, "".join(map(_LETTERS, tokens))


def _settled(tokens: list[Token], letters: str, rules: Language) -> list[Token]:
    """The tokens when each stop behind a capital is looked at: before another, it is of its word.
    None at all where white space stands as no space between chunks does."""
    out: list[Token] = []
    done = 0
    for found in _UNSURE.finditer(letters):
        i = found.start() // 2
        if not tokens[i][0]:
            return []
        if i + 1 < len(tokens) and INITIAL.match(tokens[i + 1][0]):
            out += tokens[done : i - 1]
            out.append(rules.words[tokens[i - 1][0] + ". "])
        else:
            out += tokens[done:i]
            out.append(rules.words[". "])
        done = i + 1
    return out + tokens[done:]


_UNSURE: Final = re.compile(re.escape(UNSURE))


def _breaks(gaps: str, words: list[str]) -> list[int]:
    """The tokens behind which a paragraph ends.

    A blank line ends one. A single line end does where the text has no blank lines, and where lines
    end like paragraphs, with a full stop or a mark; in a text wrapped at a fixed width they do not.
    """
    lines = [found.end() for found in _LINE_END.finditer(gaps)]
    blank = [i for i in lines if gaps[i - 1] == BLANK]
    if len(blank) == len(lines) or not blank or blank == [len(words)]:
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


def _sentence_ends(words: list[str], letters: str) -> list[int]:
    """Where sentences end inside paragraphs: a full stop, closing marks, and no small letter."""
    out = []
    for found in _SENTENCE_END.finditer(letters):
        if found[1] == TOUCH:
            continue
        begin, word = found.end() // 2, found.end(2) // 2
        # A lower-case shape may be of a script that knows no capitals.
        if word == len(words) or letters[2 * word] not in "ac" or not words[word][0].islower():
            out.append(begin)
    return out


# In shapes and gaps by turns: a stop; what touches it and closes, for a mark behind a space opens;
# what stands behind; and, looking ahead, no more than three signs before the next word. (Asked to
# fail here, the pattern would try every stop of a long row again.)
_SENTENCE_END: Final = re.compile(rf"[.…](?:\{TOUCH}[.…)“”])*+(.)(?=((?:[^aAcC].){{0,3}}+))")
