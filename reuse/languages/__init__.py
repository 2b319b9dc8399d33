"""What the reader knows about a language: one TOML file for each, found by its code."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

# What weights are learnt for: whose a quote is; on which side of a cue its clause stands, where it
# begins and ends, and who its subject is.
WEIGHTS = ("quotes", "ways", "begins", "stops", "subjects")

Table = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of a verb of saying. ``shape`` is "base", "finite" or "ing"."""

    lemma: str
    group: str
    shape: str


@dataclass(frozen=True)
class Language:
    """The tables of one language; a language without a file has none, and no speakers.

    ``code`` is empty for a language without rules. ``words`` are the tables of the file, each a
    set of lower-case words under its name; ``verbs`` are the cues, by form.
    """

    code: str
    words: Table
    verbs: dict[str, Verb]
    weights: dict[str, dict[str, float]]
    past: tuple[str, ...]
    token: re.Pattern[str]

    def __getitem__(self, table: str) -> frozenset[str]:
        return self.words.get(table, frozenset())


def _weights(code: str) -> dict[str, dict[str, float]]:
    """The learnt weights of a language (``weights/<code>.json``, in hundredths), by what they judge."""
    source = files(__name__) / "weights" / f"{code}.json"
    if not source.is_file():
        return {name: {} for name in WEIGHTS}
    tables = json.loads(source.read_text(encoding="utf-8"))
    return {
        name: {feature: weight / 100 for feature, weight in tables.get(name, {}).items()}
        for name in WEIGHTS
    }


def _verbs(groups: dict[str, dict[str, str]]) -> dict[str, Verb]:
    """Forms to verbs; a form that two verbs share belongs to the first."""
    forms: dict[str, Verb] = {}
    for group, table in groups.items():
        for entry in table["forms"].split():
            parts = entry.split("/")
            for n, form in enumerate(parts):
                shape = "base" if n == 0 else "ing" if n == len(parts) - 1 else "finite"
                forms.setdefault(form, Verb(parts[0], group, shape))
    return forms


# A word may hold an apostrophe, a hyphen or an ampersand between letters ("O'Brien", "AT&T"), a
# number its points and commas. Every match takes the white space behind it, so that the tokens
# tile the text and their offsets are running sums. The first branches are the most frequent:
# a word before one space, a comma or full stop, a word that nothing could lengthen.
_QUICK = r"\w++ (?!\s)|[,.]\s++"
_PLAIN = r"\w++(?![.'’\-‑&:,])"
_WORD = r"\w+(?:['’\-‑&]\w+)*"
_NUMBER = r"\d+(?:[.,:]\d+)+"
_INITIALS = r"(?:[^\W\d_]\.){2,}|[A-ZÄÖÜ]\.(?=\s?[A-ZÄÖÜ])"
_SIGNS = r"''|``|--+|\.\.\.+|[^\w\s]"


def _token(abbreviations: frozenset[str]) -> re.Pattern[str]:
    listed = ""
    if abbreviations:
        # The look-ahead spares every ordinary word the walk through the list.
        longest_first = sorted(map(re.escape, abbreviations), key=len, reverse=True)
        listed = rf"(?=[^\W\d_]{{1,5}}\.)(?i:{'|'.join(longest_first)})\.|"
    slow = rf"{_PLAIN}|{listed}{_INITIALS}|{_NUMBER}|{_WORD}|{_SIGNS}"
    return re.compile(rf"{_QUICK}|(?:{slow})\s*|\s+")


_CLOSED = (
    "pronouns", "object_pronouns", "relative", "determiners", "prepositions", "conjunctions",
    "subordinators", "auxiliaries", "adverbs",
)  # fmt: skip


@lru_cache(maxsize=32)
def language(code: str | None) -> Language:
    """The tables for a language code ("en", "de-AT"); empty ones where there is no file."""
    short = (code or "").lower().replace("_", "-").split("-")[0]
    source = files(__name__) / f"{short}.toml"
    if not short.isalpha() or not source.is_file():
        return Language("", {}, {}, {name: {} for name in WEIGHTS}, (), _token(frozenset()))
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    verbs = _verbs(tables.pop("verbs", {}))
    past = tuple(tables.pop("past", {}).get("endings", "").split())
    words = {name: frozenset(table["words"].split()) for name, table in tables.items()}
    # What can be no part of a noun phrase, whatever stands around it.
    words["closed"] = frozenset().union(*(words.get(name, frozenset()) for name in _CLOSED))
    return Language(
        short, words, verbs, _weights(short), past, _token(words.get("abbreviations", frozenset()))
    )
