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
from itertools import islice

from reuse.words import folded

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
# Words that may begin a name: those with a capital, and "dpa".
_CAPITAL = re.compile(
    r"(?<![^\W_])(?<![^\W_]['’.&-])(?:[^\W\d_a-z][^\W_]*(?:['’.&-][^\W_]+)*|dpa\b)"
)
# The longest name of an outlet or agency, in words.
LONGEST = 6
# Characters at either end of an article where a bare "(AP)" or "AP -" is its origin.
EDGE = 220
# What stands before an agency's name in a dateline or sign-off, and behind it.
_OPENED = re.compile(
    r"(?:[(\[]\s*(?i:source:\s*)?|(?:^|\n)\s*(?i:source:\s*|by\s+)?)(?=" + _CAPITAL.pattern + ")"
)
_CLOSED = re.compile(r"\s*(?:[)\]/]|[-–—]\s|\Z|\n|\.\s*\Z)")


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
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
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
        for opened in _OPENED.finditer(text, first, last):
            tokens = list(islice(_TOKEN.finditer(text, opened.end(), last), LONGEST))
            found = _named([token.group() for token in tokens], known)
            if found is None or (found[1].outlet_id == own and own is not None):
                continue
            if _CLOSED.match(text, tokens[found[0] - 1].end()):
                return found[1]
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
    result: list[tuple[int, int, Credit]] = []
    behind = first
    for word in _CAPITAL.finditer(text, first, last):
        begins = folded(word.group()) in known.begin
        if word.start() < behind or not (begins or known.initials):
            continue
        tokens = list(islice(_TOKEN.finditer(text, word.start(), last), LONGEST))
        found = _named([token.group() for token in tokens], known)
        if found is not None:
            behind = tokens[found[0] - 1].end()
            result.append((word.start(), behind - word.start(), found[1]))
    return result


def _named(tokens: Sequence[str], known: Forms) -> tuple[int, Credit] | None:
    """The longest known name that tokens begin with, and how many of them it takes."""
    word = tokens[0]
    capitals = next((n for n, token in enumerate(tokens) if not token[0].isupper()), len(tokens))
    if known.initials:
        for length in range(capitals, 2, -1):
            letters = "".join(token[0] for token in tokens[:length])
            if letters in known.initials:
                return length, known.initials[letters]
    if folded(word) not in known.begin:
        return None
    for length in range(len(tokens), 0, -1):
        credit = known.names.get(tuple(folded(token) for token in tokens[:length]))
        # "Ap" and "Ana" are no agencies, "AP" and "ANA" are.
        if credit and not (length == 1 and len(word) <= 4 and not word.isupper() and word != "dpa"):
            return length, credit
    return None
