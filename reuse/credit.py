"""An article's text -> whom it names as the source of some words: an agency or another outlet.

"told Reuters", "according to the Guardian", "the Courier reports" count in the sentences around the
words; "(AP)" in a dateline or at the end counts for the whole article. Agencies are a table,
``data/agencies.toml``; the outlets are those of the corpus.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from reuse.words import folded

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
# The longest name of an outlet or agency, in words.
LONGEST = 6
# Characters at either end of an article where a bare "(AP)" or "AP -" is its origin.
EDGE = 220
# A dateline's or sign-off's marks around an agency's name.
_MARKED = re.compile(r"[(\[]\s*(?:source:\s*)?$|(?:^|\n)\s*(?:source:\s*|by\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited: the name, the outlet's id when it is in the corpus."""

    name: str
    outlet_id: str | None


@dataclass(frozen=True, slots=True)
class Forms:
    """Names by their folded words; `initials` leads from letters to an outlet named by them."""

    names: Mapping[tuple[str, ...], Credit]
    initials: Mapping[str, Credit]
    begin: frozenset[str]


@cache
def _tables() -> tuple[
    tuple[tuple[str, ...], ...], frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]
]:
    table = tomllib.loads(
        resources.files("reuse").joinpath("data/agencies.toml").read_text("utf-8")
    )
    return (
        tuple(tuple(row) for row in table["agencies"]),
        frozenset(tuple(phrase.split()) for phrase in table["before"]),
        frozenset(tuple(phrase.split()) for phrase in table["after"]),
    )


def forms(outlets: Mapping[str, str]) -> Forms:
    """The forms under which a text may credit an agency or one of the outlets (id -> name).

    An outlet goes by its whole name, without "The", and by its last word where no other one has it
    ("the Courier").
    """
    names: dict[tuple[str, ...], Credit] = {}
    for row in _tables()[0]:
        for form in row:
            names[_folded(form)] = Credit(row[0], None)
    plain = {key: _without_article(name) for key, name in sorted(outlets.items())}
    last = Counter(_folded(name)[-1] for name in plain.values() if _folded(name))
    initials: dict[str, Credit] = {}
    for key, name in plain.items():
        spelled = _folded(name)
        if not spelled:
            continue
        credit = Credit(name, key)
        if len(spelled) > 1 and last[spelled[-1]] == 1 and len(spelled[-1]) > 3:
            names.setdefault(spelled[-1:], credit)
        names[spelled] = credit
        letters = "".join(word[:1] for word in name.split())
        if len(letters) >= 3 and letters.isupper():
            names.setdefault((folded(letters),), credit)
        if name.isupper() and 3 <= len(name) <= 5:
            initials[name] = credit
    return Forms(names, initials, frozenset(form[0] for form in names))


def _without_article(name: str) -> str:
    return re.sub(r"^(?:The|Der|Die|Das)\s+", "", name.strip())


def _folded(name: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in _TOKEN.findall(name))


def credited(
    text: str,
    spans: Sequence[tuple[int, int]],
    known: Forms,
    own: str | None,
    otherwise: Credit | None,
) -> Credit | None:
    """Whom the article credits with the words at `spans`: the nearest in their paragraph.

    `own` is the article's outlet: "told this paper" says nothing about a source. `otherwise` is
    what `whole` gives for the article.
    """
    start, end = spans[0][0], spans[-1][1]
    first = max((m.end() for m in _PARAGRAPH.finditer(text, 0, start)), default=0)
    stop = _PARAGRAPH.search(text, end)
    last = stop.start() if stop else len(text)
    found = [
        (min(max(s - at, at - e, 0) for s, e in spans), at, credit)
        for at, credit in _mentions(text, first, last, known)
        if not any(s <= at < e for s, e in spans) and credit.outlet_id != own
    ]
    if found:
        return min(found, key=lambda row: row[:2])[2]
    return otherwise


def whole(text: str, known: Forms, own: str | None) -> Credit | None:
    """Whom the article as a whole credits: a dateline, a sign-off."""
    for first, last in ((0, min(EDGE, len(text))), (max(len(text) - EDGE, 0), len(text))):
        for at, length, credit in _names(text, first, last, known):
            if credit.outlet_id == own and own is not None:
                continue
            before, behind = text[max(at - 24, 0) : at], text[at + length : at + length + 4]
            if _MARKED.search(before) and re.match(r"\s*(?:[)\]/]|[-–—]\s|$|\n|\.\s*$)", behind):
                return credit
    return None


def _mentions(text: str, first: int, last: int, known: Forms) -> list[tuple[int, Credit]]:
    """Names in text[first:last] with words of crediting before or behind them."""
    _, before, after = _tables()
    result: list[tuple[int, Credit]] = []
    for at, length, credit in _names(text, first, last, known):
        leading = _TOKEN.findall(text[max(at - 60, first) : at])
        # "the Hessel Vale Plainsman": the rest of a name that is known by its last word.
        while leading and leading[-1][0].isupper() and text[at - 1] == " ":
            leading.pop()
        ahead = [folded(w) for w in leading]
        behind = [
            folded(w) for w in _TOKEN.findall(text[at + length : min(at + length + 30, last)])
        ]
        # "the agency NWA", "the news agency AP"
        while ahead and ahead[-1] in ("agency", "news", "newspaper", "daily", "agentur", "zeitung"):
            ahead.pop()
        bracket = text[max(at - 1, 0)] in "([" and text[at + length : at + length + 1] in (")", "]")
        if (
            bracket
            or any(tuple(ahead[-n:]) in before for n in (1, 2, 3, 4) if len(ahead) >= n)
            or any(tuple(behind[:n]) in after for n in (1, 2, 3) if len(behind) >= n)
        ):
            result.append((at, credit))
    return result


def _names(text: str, first: int, last: int, known: Forms) -> list[tuple[int, int, Credit]]:
    """Where capitalised words of text[first:last] are a known name: offset, length, who."""
    if not known.initials and not any(
        _may_begin(word) and folded(word) in known.begin
        for word in set(_TOKEN.findall(text, first, last))
    ):
        return []
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text, first, last)]
    result: list[tuple[int, int, Credit]] = []
    k = 0
    while k < len(tokens):
        at = tokens[k][1]
        length, credit = _named(tokens, k, known)
        if credit is not None:
            result.append((at, tokens[k + length - 1][2] - at, credit))
        k += length
    return result


def _may_begin(word: str) -> bool:
    return word[0].isupper() or word == "dpa"


def _named(tokens: list[tuple[str, int, int]], k: int, known: Forms) -> tuple[int, Credit | None]:
    """The longest known name that begins with a token, and how many tokens it takes."""
    word = tokens[k][0]
    if not _may_begin(word):
        return 1, None
    capitals = 1
    while (
        capitals < LONGEST and k + capitals < len(tokens) and tokens[k + capitals][0][0].isupper()
    ):
        capitals += 1
    if capitals >= 3 and known.initials:
        for length in range(capitals, 2, -1):
            letters = "".join(token[0][0] for token in tokens[k : k + length])
            if letters in known.initials:
                return length, known.initials[letters]
    if folded(word) not in known.begin:
        return 1, None
    for length in range(min(LONGEST, len(tokens) - k), 0, -1):
        credit = known.names.get(tuple(folded(t[0]) for t in tokens[k : k + length]))
        # "Ap" and "Ana" are no agencies, "AP" and "ANA" are.
        if credit and not (length == 1 and len(word) <= 4 and not word.isupper() and word != "dpa"):
            return length, credit
    return 1, None
