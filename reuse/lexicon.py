"""What a language says about people: tables of words under ``data/``, read once."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

_NONE: frozenset[str] = frozenset()
_NOTHING: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Lexicon:
    """The tables of data/people.CODE.toml: sets of words, and maps from a word to its meanings."""

    code: str
    sets: dict[str, frozenset[str]]
    maps: dict[str, dict[str, tuple[str, ...]]]

    def __getitem__(self, table: str) -> frozenset[str]:
        return self.sets.get(table, _NONE)

    def meaning(self, table: str, word: str) -> tuple[str, ...]:
        """What a word stands for: ("senator",) for "sen" in the classes of roles."""
        return self.maps.get(table, _NOTHING).get(word, ())

    @cached_property
    def titles(self) -> frozenset[str]:
        """Every word that can stand before a name as its title."""
        return self["titles"] | self["titles_m"] | self["titles_f"]

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every noun for one person, titles included."""
        return self["roles"] | self["roles_m"] | self["roles_f"] | self.titles

    @cached_property
    def places(self) -> frozenset[str]:
        """Countries, states and great cities."""
        named = {
            place
            for table in ("nationalities", "states")
            for places in self.maps.get(table, {}).values()
            for place in places
        }
        return self["places"] | named

    def role(self, word: str) -> str:
        """The role that a word names, of a compound its end ("Finanzminister"); else nothing."""
        if word in self.roles:
            return word
        if word.endswith(self.role_endings):
            return next(ending for ending in self.role_endings if word.endswith(ending))
        return ""

    @cached_property
    def role_endings(self) -> tuple[str, ...]:
        return tuple(sorted(self["role_endings"], key=lambda ending: (-len(ending), ending)))

    @cached_property
    def nouns_have_capitals(self) -> bool:
        """Whether a capital only says that a word is a noun."""
        return "capitals" in self["grammar"]

    @cached_property
    def ordinary(self) -> frozenset[str]:
        """Words that a capital does not make a name of."""
        tables = ("groups", "nationalities", "title_words", "documents", "adverbs", "role_plurals")
        return self.roles.union(*(self[table] for table in tables))

    @cached_property
    def meant_by(self) -> dict[str, frozenset[str]]:
        """The nouns that a pronoun of a gender ("f", "m", "thing") can mean."""
        return {
            "f": frozenset(word for word, told in self.genders.items() if told == "f"),
            "m": frozenset(word for word, told in self.genders.items() if told == "m"),
            "thing": self["documents"] - self.roles,
        }

    @cached_property
    def modified(self) -> frozenset[str]:
        """Nouns that a name before them only describes: campaign, aide, letter."""
        nouns = self.roles | self["collectives"] | self["documents"] | self["role_plurals"]
        return nouns | {f"{noun}s" for noun in nouns}

    @cached_property
    def telling(self) -> frozenset[str]:
        """Words that tell something of the name they stand in; a name without one is plain."""
        tables = (
            "function_words", "organisations", "bodies_open", "members", "not_people", "suffixes",
        )  # fmt: skip
        words = {word for place in self.places for word in place.split()}
        return self.ordinary.union(words, self.past, *(self[table] for table in tables))

    @cached_property
    def introducing(self) -> frozenset[str]:
        """Words that stand with a capital before a name and do not belong to it."""
        return self.roles | self["title_words"] | self["adverbs"]

    @cached_property
    def unsaid(self) -> frozenset[str]:
        """Words that are no part of what is said of somebody before the name."""
        return self["function_words"] - self["title_words"]

    @cached_property
    def past(self) -> frozenset[str]:
        """Verbs of the past that may open a sentence before their subject: "Added Ann Lee"."""
        return frozenset(verb for verb in self["verbs"] if verb.endswith("ed"))

    @cached_property
    def behind_a_name(self) -> frozenset[str]:
        """Words that may follow a name without being described by it."""
        return self["function_words"] | self["verbs"] | self["generations"]

    @cached_property
    def shared(self) -> dict[str, tuple[str, ...]]:
        """What words say that is said of two people: offices by class, places by their name; a
        word that is not here stands for itself."""
        out: dict[str, tuple[str, ...]] = dict.fromkeys(self["title_words"], ())
        for table in ("nationalities", "states", "role_classes"):
            out |= self.maps.get(table, {})
        return out | dict.fromkeys(self["function_words"] | self["courtesy"], ())

    @cached_property
    def genders(self) -> dict[str, str]:
        """The sex that a title or a role tells."""
        return {
            **dict.fromkeys(self["titles_m"] | self["roles_m"], "m"),
            **dict.fromkeys(self["titles_f"] | self["roles_f"], "f"),
        }


@lru_cache(maxsize=32)
def lexicon(code: str) -> Lexicon:
    """The tables of a language; empty ones where it has no file."""
    source = files("reuse") / "data" / f"people.{code}.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8")) if code and source.is_file() else {}
    sets: dict[str, frozenset[str]] = {}
    maps: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, table in tables.items():
        entries = [entry.replace("_", " ") for entry in table["words"].split()]
        sets[name] = frozenset(entry.partition(":")[0] for entry in entries)
        maps[name] = {}
        for entry in entries:
            key, colon, meaning = entry.partition(":")
            if colon:
                maps[name][key] = (*maps[name].get(key, ()), meaning)
    return Lexicon(code, sets, maps)


@lru_cache(maxsize=1)
def first_names() -> dict[str, str]:
    """Folded first name -> "f", "m" or "u" (both, or unclear)."""
    out: dict[str, str] = {}
    for section, entry in _sections("first_names.txt"):
        key = fold(entry)
        out[key] = section if out.get(key, section) == section else "u"
    return out


@lru_cache(maxsize=1)
def common_names() -> dict[str, dict[str, int]]:
    """Bearers in 100,000 people of the commonest "surnames" and "first" names."""
    out: dict[str, dict[str, int]] = {}
    for section, entry in _sections("common_names.txt"):
        name, _, count = entry.rpartition(":")
        out.setdefault(section, {})[name] = int(count)
    return out


def _sections(name: str) -> list[tuple[str, str]]:
    text = (files("reuse") / "data" / name).read_text(encoding="utf-8")
    out: list[tuple[str, str]] = []
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            out += [(section, entry) for entry in line.split()]
    return out


_APART = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "æ": "ae"})
_ALIKE = str.maketrans({".": "", "'": "", "’": "", "‑": "-"})


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A word as names are compared: lower case, without accents, apostrophes and full stops."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.translate(_APART))
        word = "".join(c for c in word if not unicodedata.combining(c))
    return word.lower().translate(_ALIKE)


def owns(word: str) -> bool:
    """Whether a word has the possessive ending with an s: "Holt's"."""
    return word.endswith(("'s", "’s"))


def bare(word: str) -> str:
    """A word without its possessive ending."""
    if owns(word):
        return word[:-2]
    return word[:-1] if word.endswith(("s'", "s’")) else word
