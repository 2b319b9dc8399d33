"""A version of an utterance -> its words, as keys in which house style does not show.

"don't" and "do not", "per cent" and "%", "$2.5m" and "2.5 million dollars", "organise" and
"organize" have the same keys; the offsets of every word stay those of the text. The tables are
``data/house_style.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from math import log10
from typing import Final

from reuse.frequencies import by_centibel

Table = dict[str, str]

# Zipf frequency (log10 per billion words) from which a word is grammar more than content.
COMMON: Final = 5.8

ELLIPSIS: Final = "…"

_CJK: Final = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE: Final = re.compile(
    rf"""
    (?P<ellipsis> [\[(]\s*(?:…|\.\s?\.(?:\s?\.)+)\s*[\])] | … | \.\s?\.(?:\s?\.)+ )
  | (?P<number> (?:\b(?:US|A|C|HK|NZ))?[$€£¥₹₽]?\d+(?:[.,]\d+)*
      (?:(?:st|nd|rd|th|s|k|m|mn|bn|b|tn)\b)? )
  | (?P<symbol> [%&] )
  | (?P<abbreviation> (?:[^\W\d_]\.){{2,}} )
  | (?P<word> [{_CJK}]
      | \[[^\W\d_]{{1,3}}\][^\W\d_]+(?:['’ʼ][^\W\d_]+)*
      | [^\W\d_{_CJK}]+\[[^\W\d_]{{1,4}}\]
      | [^\W\d_{_CJK}]+(?:['’ʼ][^\W\d_{_CJK}]+)*(?:(?<=[sS])['’](?=\s))? )
    """,
    re.VERBOSE,
)
_BRACKETS: Final = re.compile(r"\[([^\[\]]{1,160})\]")
_SENTENCE_END: Final = re.compile(r"[.!?]['\"”’»)\]]*(?:\s|$)|\n\s*\n")
# A number's tail: an ordinal, a decade, or a scale written without a space.
_NUMBER: Final = re.compile(r"^\D*(?P<digits>\d[\d.,]*?)(?P<tail>st|nd|rd|th|s|k|m|mn|bn|b|tn)?$")
_OPENING: Final = "([{“‘«„‚<"
_COMMAS: Final = frozenset(",;:–—-")


@dataclass(frozen=True, slots=True)
class Style:
    """The tables of one language, ready for look-up."""

    language: str
    counting: frozenset[str]
    phrases: dict[tuple[str, ...], str]
    begin: frozenset[str]
    capitals: Table
    contractions: dict[str, tuple[str, ...]]
    contracted_endings: Table
    endings: tuple[tuple[str, str], ...]
    numerals: dict[str, int]
    scales: dict[str, int]
    ordinals: dict[str, int]
    times: dict[str, int]
    times_word: str
    months: Table
    days: frozenset[str]
    currencies: Table
    honorifics: frozenset[str]
    decimal: str


@cache
def style(language: str | None) -> Style:
    """House style of a language; English where the language is unknown or has no table."""
    tables = tomllib.loads(
        resources.files("reuse").joinpath("data/house_style.toml").read_text("utf-8")
    )
    name = (language or "en")[:2].lower()
    table = tables.get(name, tables["en"])
    phrases: dict[tuple[str, ...], str] = {}
    capitals: Table = {}
    for row in table["same"]:
        for form in row:
            if form.isupper() and form.isalpha():
                capitals[form] = row[0]
            else:
                plain = form if form.count(".") > 1 else form.removesuffix(".")
                phrases[tuple(folded(plain).split())] = row[0]
    counting = [*table["numerals"], *table["ordinals"], *table["times"]]
    return Style(
        language=name,
        counting=frozenset(folded(word) for word in counting),
        phrases=phrases,
        begin=frozenset(form[0] for form in phrases),
        capitals=capitals,
        contractions={k: tuple(v.split()) for k, v in table["contractions"].items()},
        contracted_endings=dict(table["contracted_endings"]),
        endings=tuple((a, b) for a, b in table["endings"]),
        numerals={folded(k): v for k, v in table["numerals"].items()},
        scales={folded(k): v for k, v in table["scales"].items()},
        ordinals={folded(k): v for k, v in table["ordinals"].items()},
        times=dict(table["times"]),
        times_word=table["times_word"],
        months={folded(form): folded(row[0]) for row in table["months"] for form in row},
        days=frozenset(folded(day) for day in [*table["weekdays"], *table["days"]]),
        currencies={form: row[0] for row in table["currencies"] for form in row},
        honorifics=frozenset(folded(title) for title in table["honorifics"]),
        decimal=table["decimal"],
    )


@lru_cache(maxsize=1 << 17)
def folded(word: str) -> str:
    """Lower case without accents, ligatures or curly apostrophes."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").replace("ʼ", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


# One word for the comparison: its key, where it begins and ends, and the number of the written word
# that it is a piece of.
Piece = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a version.

    `text` is its parts joined by one space; `starts`, `ends` are offsets into it, `units` numbers
    the written words ("don't" is one of two keys). `breaks` holds, for each word, whether a
    sentence ends behind it, `commas` whether a comma or the like stands behind it, `parts` the
    number of its part. `offset` leads back to the article.
    """

    text: str
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    units: tuple[int, ...]
    bracketed: tuple[bool, ...]
    breaks: tuple[bool, ...]
    commas: tuple[bool, ...]
    parts: tuple[int, ...]
    part_starts: tuple[int, ...]
    article_starts: tuple[int, ...]
    language: str

    def __len__(self) -> int:
        return len(self.keys)

    def offset(self, position: int, part: int | None = None) -> int:
        """Where a position of `text` stands in the article."""
        if part is None:
            part = max(bisect_right(self.part_starts, position) - 1, 0)
        return self.article_starts[part] + position - self.part_starts[part]

    def between(self, first: int, last: int) -> Words:
        """Words first to before last, as a text by themselves; they stand in one part."""
        start, end = self.starts[first], self.ends[last - 1]
        return Words(
            text=self.text[start:end],
            keys=self.keys[first:last],
            starts=tuple([at - start for at in self.starts[first:last]]),
            ends=tuple([at - start for at in self.ends[first:last]]),
            units=self.units[first:last],
            bracketed=self.bracketed[first:last],
            breaks=self.breaks[first:last],
            commas=self.commas[first:last],
            parts=(0,) * (last - first),
            part_starts=(0,),
            article_starts=(self.offset(start),),
            language=self.language,
        )

    def reach(self, first: int, last: int) -> tuple[int, int]:
        """The stretch of `text` that words first..last own: marks before and behind them too."""
        start = self.starts[first]
        floor = self.ends[first - 1] if first else 0
        if first and self.parts[first - 1] != self.parts[first]:
            floor = self.part_starts[self.parts[first]]
        gap = self.text[floor:start]
        if first and self.parts[first - 1] == self.parts[first]:
            cut = max((k for k, c in enumerate(gap) if c.isspace()), default=-1) + 1
            while cut == 0 and gap and start > floor and self.text[start - 1] in _OPENING:
                start -= 1
            start = floor + cut if cut else start
        else:
            start = floor + len(gap) - len(gap.lstrip())
        end = self.ends[last]
        ceiling = len(self.text)
        if last + 1 < len(self.keys):
            ceiling = self.starts[last + 1]
            if self.parts[last + 1] != self.parts[last]:
                ceiling = self.part_starts[self.parts[last + 1]] - 1
        tail = self.text[end:ceiling]
        if last + 1 < len(self.keys) and self.parts[last + 1] == self.parts[last]:
            spaces = [k for k, c in enumerate(tail) if c.isspace()]
            keep = spaces[-1] if spaces else len(tail.rstrip(_OPENING))
            tail = tail[:keep]
        return start, end + len(tail.rstrip())


def words(text: str, parts: Sequence[tuple[int, int]], language: str | None = None) -> Words:
    """The words of a version that stands in `text` at `parts`."""
    return words_of([(start, text[start:end]) for start, end in parts], language)


def words_of(parts: Sequence[tuple[int, str]], language: str | None = None) -> Words:
    """The words of a version whose parts are given: where each begins in the article, its text."""
    return _words_of(tuple(parts), language)


# A version is compared as a member of its family, with its source, and as a quote of its story.
@lru_cache(maxsize=1 << 12)
def _words_of(parts: tuple[tuple[int, str], ...], language: str | None) -> Words:
    tables = style(language)
    pieces: list[Piece] = []
    numbers: list[int] = []
    part_starts: list[int] = []
    position = units = 0
    for number, (_, stretch) in enumerate(parts):
        part_starts.append(position)
        found = _pieces(stretch, tables, position, units)
        if found:
            units = found[-1][3] + 1
        pieces += found
        numbers += [number] * len(found)
        position += len(stretch) + 1
    whole = " ".join([stretch for _, stretch in parts])
    spelled, starts, ends, unit_of = zip(*pieces, strict=True) if pieces else ((), (), (), ())
    behind = (*starts[1:], len(whole))
    gaps = [whole[end:start] for end, start in zip(ends, behind, strict=False)]
    return Words(
        text=whole,
        keys=spelled,
        starts=starts,
        ends=ends,
        units=unit_of,
        bracketed=_bracketed(whole, pieces),
        breaks=tuple(
            [
                gap != " "
                and _SENTENCE_END.search(gap) is not None
                and not _is_abbreviation(key, tables)
                for gap, key in zip(gaps, spelled, strict=True)
            ]
        ),
        commas=tuple([gap != " " and not _COMMAS.isdisjoint(gap) for gap in gaps]),
        parts=tuple(numbers),
        part_starts=tuple(part_starts) or (0,),
        article_starts=tuple([start for start, _ in parts]) or (0,),
        language=(language or "en")[:2].lower(),
    )


def _bracketed(whole: str, pieces: Sequence[Piece]) -> tuple[bool, ...]:
    """For each word whether it stands in brackets."""
    brackets = [m.span() for m in _BRACKETS.finditer(whole)] if "[" in whole else []
    if not brackets:
        return (False,) * len(pieces)
    opened = [b[0] for b in brackets]
    inside: list[bool] = []
    for key, start, end, _ in pieces:
        k = bisect_right(opened, max(start, end - 1)) - 1
        inside.append(key != ELLIPSIS and k >= 0 and brackets[k][1] > start)
    return tuple(inside)


def keys(text: str, language: str | None = None) -> tuple[str, ...]:
    """The keys of a text by itself."""
    return tuple([key for key, _, _, _ in _pieces(text, style(language))])


def _is_abbreviation(key: str, tables: Style) -> bool:
    return len(key) == 1 or (key in tables.honorifics and len(key) <= 4)


def _pieces(text: str, tables: Style, at: int = 0, unit: int = 0) -> list[Piece]:
    """The words of a text that begins at `at`, its first written word numbered `unit`."""
    found = list(_PIECE.finditer(text))
    result: list[Piece] = []
    language = tables.language
    behind = 0
    for index, match in enumerate(found):
        if index < behind:
            continue
        surface, start = match.group(), at + match.start()
        spelled = _alone(surface, language)
        if spelled is None:
            single, used = _together(text, found, index, tables)
            behind = index + max(used, 1)
            if single is not None:
                result.append((single, start, at + found[behind - 1].end(), unit))
                unit += 1
                continue
            spelled = _spelled(surface, language)
        for key, first, last in spelled:
            result.append((key, start + first, start + last, unit))
        unit += 1
    return result


@lru_cache(maxsize=1 << 17)
def _alone(surface: str, language: str) -> tuple[tuple[str, int, int], ...] | None:
    """The keys of a word that is no part of a number or of a form of house style, whatever follows
    it; None of any other."""
    tables, word, match = style(language), folded(surface), _PIECE.match(surface)
    if match is None or match.lastgroup in ("ellipsis", "number"):
        return None
    if word in tables.counting or word in tables.begin or surface in tables.capitals:
        return None
    return _spelled(surface, language)


def _together(
    text: str, found: Sequence[re.Match[str]], index: int, tables: Style
) -> tuple[str | None, int]:
    """The one key of the number or house-style form that begins here, and the words it takes."""
    kind, surface = found[index].lastgroup, found[index].group()
    if kind == "ellipsis":
        return ELLIPSIS, 1
    if kind == "number" or folded(surface) in tables.counting:
        number = _number(text, found, index, tables)
        if number is not None:
            return number
    return _phrase(found, index, tables)


@lru_cache(maxsize=1 << 17)
def _spelled(surface: str, language: str) -> tuple[tuple[str, int, int], ...]:
    """The keys of one written word, with their places in it: contractions spelled out,
    possessives and spelling levelled."""
    tables, end = style(language), len(surface)
    word = folded(surface).replace("[", "").replace("]", "").replace(".", "")
    if word in tables.contractions:
        first, second = tables.contractions[word]
        cut = max(1, end - 3)
        return (first, 0, cut), (second, cut, end)
    for ending, key in tables.contracted_endings.items():
        if word.endswith(ending) and len(word) > len(ending):
            cut = end - len(ending)
            return (word[: -len(ending)], 0, cut), (key, cut, end)
    word = word.removesuffix("'s").removesuffix("'")
    if word in tables.months and surface[:1].isupper():
        return ((tables.months[word], 0, end),)
    if len(word) >= 6:
        for british, american in tables.endings:
            if word.endswith(british):
                word = word.removesuffix(british) + american
                break
    return ((word, 0, end),)


def _phrase(found: Sequence[re.Match[str]], index: int, tables: Style) -> tuple[str | None, int]:
    """The one key of the longest house-style form that begins here, and how many words it takes."""
    surface = found[index].group()
    if surface in tables.capitals:
        return tables.capitals[surface], 1
    if folded(surface) not in tables.begin:
        return None, 0
    for length in (4, 3, 2, 1):
        form = tuple(folded(piece.group()) for piece in found[index : index + length])
        if len(form) == length and form in tables.phrases:
            return tables.phrases[form], length
    return None, 0


def _number(
    text: str, found: Sequence[re.Match[str]], index: int, tables: Style
) -> tuple[str, int] | None:
    """``#value`` of the number that begins here (with its currency) and how many words it takes."""
    kind, surface = found[index].lastgroup, found[index].group()
    word = folded(surface)
    if word in tables.ordinals:
        return f"#{tables.ordinals[word]}th", 1
    if word in tables.times:
        return f"#{tables.times[word]}x", 1
    used = 1
    unit = ""
    if kind == "number":
        match = _NUMBER.match(surface)
        if match is None:
            return None
        value = _value(match["digits"], tables.decimal)
        tail = match["tail"] or ""
        if value is None:
            return f"#{surface}", 1
        if tail in ("st", "nd", "rd", "th"):
            return f"#{value.normalize():f}th", 1
        if tail == "s":
            return f"#{value.normalize():f}s", 1
        value *= tables.scales.get(tail, 1)
        unit = next((tables.currencies[c] for c in surface if c in tables.currencies), "")
    elif word in tables.numerals:
        value = Decimal(tables.numerals[word])
    else:
        return None
    current, total = value, Decimal(0)
    while index + used < len(found):
        gap = text[found[index + used - 1].end() : found[index + used].start()]
        if gap.strip(" \u00a0-‑") or "\n" in gap:
            break
        nxt = folded(found[index + used].group())
        ahead = folded(found[index + used + 1].group()) if index + used + 1 < len(found) else ""
        if nxt in tables.scales and len(nxt) > 1:
            scale = tables.scales[nxt]
            if scale == 100:
                current *= scale
            else:
                total, current = total + current * scale, Decimal(0)
        elif kind == "word" and nxt in tables.numerals and _follows(current, tables.numerals[nxt]):
            current += tables.numerals[nxt]
        elif nxt == "and" and used > 1 and kind == "word" and ahead in tables.numerals:
            pass
        else:
            if nxt in tables.currencies and not unit:
                unit = tables.currencies[nxt]
                used += 1
            elif nxt == tables.times_word:
                unit = "x"
                used += 1
            break
        used += 1
    return f"#{(total + current).normalize():f}{unit}", used


def _follows(current: Decimal, unit: int) -> bool:
    """Whether a numeral goes on with the number before it: twenty five, hundred (and) six."""
    if current == 0 or current % 100 == 0:
        return True
    return current % 10 == 0 and current % 100 >= 20 and unit < 10


def _value(digits: str, decimal: str) -> Decimal | None:
    thousands = "," if decimal == "." else "."
    groups = digits.split(thousands)
    if len(groups) > 1 and all(len(g.split(decimal)[0]) == 3 for g in groups[1:]):
        digits = digits.replace(thousands, "")
    elif thousands in digits and decimal not in digits:
        return None
    try:
        return Decimal(digits.replace(decimal, "."))
    except InvalidOperation:
        return None


def weight(key: str, language: str) -> int:
    """What a word tells in an alignment: 2 for the commonest few hundred words, else 4."""
    return 2 if common(key, language) else 4


@cache
def _frequencies(language: str) -> dict[str, float]:
    lists = enumerate(by_centibel(language))
    return {word: 10 ** (-centibels / 100) for centibels, words in lists for word in words}


def frequency(key: str, language: str) -> float:
    """How often a word is written, as log10 per billion words (Zipf); 0 when it is in no table.

    Raises `LookupError` for a language without a table.
    """
    found = _frequencies(language).get(key)
    return log10(found) + 9.0 if found else 0.0


@cache
def common(key: str, language: str, zipf: float = COMMON) -> bool:
    """Whether a word is written more often than once in ``10 ** (9 - zipf)`` words."""
    if key.startswith("#"):
        return False
    try:
        return frequency(key, language) >= zipf
    except LookupError:
        return len(key) <= 3


def sentences(found: Words) -> list[tuple[int, int]]:
    """Runs of words between sentence ends, as half-open ranges of word numbers."""
    cuts = [0, *(i + 1 for i, stop in enumerate(found.breaks) if stop), len(found)]
    return [(a, b) for a, b in pairwise(sorted(set(cuts)))]
