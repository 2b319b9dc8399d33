"""What the reader knows about a language: one TOML file for each, found by its code."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final

# What weights are learnt for: whose a quote is; whether a cue may have a clause at all, on which
# side it stands, where it begins and ends, and who its subject is.
WEIGHTS = ("quotes", "gate", "ways", "begins", "stops", "subjects")

# What a word can be, one bit for each table of the same name; a word may have several.
PRONOUN: Final = 1 << 0
OBJECT: Final = 1 << 1
RELATIVE: Final = 1 << 2
DETERMINER: Final = 1 << 3
PREPOSITION: Final = 1 << 4
LINKING: Final = 1 << 5
CONJUNCTION: Final = 1 << 6
SUBORDINATOR: Final = 1 << 7
AUXILIARY: Final = 1 << 8
PASSIVE: Final = 1 << 9
ADVERB: Final = 1 << 10
TIME: Final = 1 << 11
FINITE: Final = 1 << 12
ROLE: Final = 1 << 13
DOCUMENT: Final = 1 << 14
SPEAKING: Final = 1 << 15
SPEECH: Final = 1 << 16
OPENER: Final = 1 << 17
AGENT: Final = 1 << 18
OCCASION: Final = 1 << 19
POSSESSIVE: Final = 1 << 20
REFLEXIVE: Final = 1 << 21
NAMING: Final = 1 << 22
SINGULAR: Final = 1 << 23
PREFIX: Final = 1 << 24
CLOSED: Final = 1 << 25
CAPITAL: Final = 1 << 26
WORD: Final = 1 << 27
NOUN: Final = 1 << 28
VERB: Final = 1 << 29
VERBAL: Final = 1 << 30
GENITIVE: Final = 1 << 31
DIGIT: Final = 1 << 32
PHRASE: Final = 1 << 33
IMPERSONAL: Final = 1 << 34
REPORTING: Final = 1 << 35
TITLING: Final = 1 << 36
CONDITIONAL: Final = 1 << 37
_TABLES = {
    "pronouns": PRONOUN | CLOSED,
    "object_pronouns": OBJECT | CLOSED,
    "reflexives": REFLEXIVE | OBJECT | CLOSED,
    "relative": RELATIVE | CLOSED,
    "determiners": DETERMINER | CLOSED,
    "prepositions": PREPOSITION | CLOSED,
    "linking": LINKING,
    "conjunctions": CONJUNCTION | CLOSED,
    "subordinators": SUBORDINATOR | CLOSED,
    "auxiliaries": AUXILIARY | CLOSED,
    "passive": PASSIVE,
    "adverbs": ADVERB | CLOSED,
    "time": TIME,
    "finite": FINITE,
    "roles": ROLE,
    "documents": DOCUMENT,
    "speaking": SPEAKING,
    "speech": SPEECH,
    "openers": OPENER,
    "agents": AGENT,
    "occasions": OCCASION,
    "possessives": POSSESSIVE,
    "nominal": NAMING,
    "impersonal": IMPERSONAL,
    "reporting": REPORTING,
    "titling": TITLING,
    "conditional": CONDITIONAL,
}
# Of a compound its end says what it is: "Regierungssprecher".
_HEADS = ("roles", "documents", "speech", "titling")
# Letters of the end of a compound, at most.
_HEAD = 20
# What a quote's neighbour is called in the features, the first that fits.
_SPELT = frozenset((",", ":", ".", ";", "(", ")", "that", "as", "the", "a", "of", "dass", "wie"))
_CLASSES = (
    (PRONOUN, "pron"), (DETERMINER, "det"), (CONJUNCTION, "conj"), (PREPOSITION, "prep"),
    (CLOSED, "small"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of a verb of saying. ``shape`` is "base", "finite" or "ing"; ``lemma`` is empty
    where it takes a particle to say something."""

    lemma: str
    group: str
    shape: str


# The shape of a token: what it is to the reader, in one letter, so that a regular expression finds
# sentences, marks and cues in a whole article at once. The others are "a", "c" (a lower-case word,
# one that may be a cue), "A", "C" (the same with a capital or of digits) and "*", any other sign.
SHAPES = {
    sign: shape
    for shape, signs in (
        (".", ". ! ?"),  # ends a sentence, or stands behind its end
        ("…", "… ..."),  # ends a sentence
        (")", ") ]"),  # closes what a sentence may end in
        ("”", "” ’ ' \""),  # marks that close, or may
        ("“", "“ ‘ '' « » ‹ ›"),  # marks that close in some language
        ("„", "`` „ ‟ ‚ 「 」 『 』 ＂"),  # other marks
        (",", ", ; : ("),  # no sentence begins with it
        ("-", "- -- – —"),  # nor with a dash
        ("―", "―"),
        ("¶", "¶"),
    )
    for sign in signs.split()
}
# What stands behind a token, in one letter: nothing, space, the end of a line, a blank line; and,
# of a stop, space and a word that is to be looked at.
TOUCH, SPACE, LINE, BLANK, UNSURE = "+ |‖?"

# A token: its letters, the same in lower case, its class in the features, what it can be (bits),
# two letters for its shape and what stands behind it, and how many letters both take in the text.
Token = tuple[str, str, str, int, str, int]


class Words(dict[str, Token]):
    """Every token met so far, by its letters with the white space behind them.

    Filled as tokens are met, by their own letters alone, and emptied when it grows large.
    """

    def __init__(self, rules: Language) -> None:
        super().__init__()
        self.rules = rules
        endings = (*rules.adverbial, *rules.genitive, *rules.verbal, *rules.personal)
        self.ending = max(map(len, endings), default=1)
        self.open: dict[tuple[str, bool], tuple[str, int, str]] = {}
        # Thousands of words share a few hundred of these: kept once, they stay in the cache.
        self.numbers: dict[int, int] = {}

    def __missing__(self, piece: str) -> Token:
        if len(self) > _KNOWN:
            self.clear()
            self.open.clear()
        word = piece.rstrip()
        lower = word.lower()
        known = lower in self.rules.bits or lower in _SPELT or not word[0].isalpha()
        # More than an ending tells what a compound is.
        if known or (self.rules.heads and word[0].isupper()):
            kind, bits, shape = self._looks(word, lower)
        else:  # of a word that no table has, only its capital and its ending tell
            key = lower[-self.ending :], word[0].isupper()
            if key not in self.open:
                self.open[key] = self._looks(word, lower)
            kind, bits, shape = self.open[key]
        made = self[piece] = (
            word,
            word if lower == word else lower,
            kind,
            bits,
            sys.intern(shape + _gap(piece[len(word) :])),
            len(piece),
        )
        return made

    def _looks(self, word: str, lower: str) -> tuple[str, int, str]:
        """The class of a word in the features, what it can be, and its shape."""
        kind, bits = self._kind(word, lower)
        shape = SHAPES.get(word, "*")
        if bits & (WORD | VERB | PHRASE):
            shape = "c" if bits & (VERB | PHRASE | SPEECH) else "a"
            shape = shape.upper() if bits & (CAPITAL | DIGIT) else shape
        return sys.intern(kind), self.numbers.setdefault(bits, bits), shape

    def _kind(self, word: str, lower: str) -> tuple[str, int]:
        rules = self.rules
        bits = rules.bits.get(lower, 0)
        first = word[:1]
        if rules.heads and not bits and first.isupper():
            tails = (lower[k:] for k in range(max(2, len(lower) - _HEAD), len(lower) - 3))
            bits = next((rules.heads[tail] for tail in tails if tail in rules.heads), 0)
        if first.isalnum():
            bits |= WORD
        if first.isupper():
            bits |= CAPITAL
            bits &= ~REPORTING  # "Sorge" is a noun
        if lower.isdigit():
            bits |= DIGIT
        noun = bits & (CAPITAL | CLOSED | ROLE | DOCUMENT)  # "ally", "family", "weekly"
        if lower.endswith(rules.adverbial) and not noun and bits & WORD:
            bits |= ADVERB
        if lower.endswith(rules.genitive):
            bits |= GENITIVE
        elif not bits & (CAPITAL | ROLE | DOCUMENT) and (
            lower.endswith(rules.verbal) and not lower.endswith(rules.personal)
        ):
            bits |= VERBAL
        if word == "&":
            bits |= NOUN
        elif bits & WORD and not bits & CLOSED:
            finite = bits & VERB and rules.verbs[lower].shape == "finite"
            if bits & CAPITAL or not (finite or bits & (FINITE | ADVERB)):
                bits |= NOUN
        if lower in _SPELT:
            return lower, bits
        if bits & VERB:
            return "V" + rules.verbs[lower].group, bits
        if bits & CLOSED:
            return next(name for bit, name in _CLASSES if bits & bit), bits
        if word in ("“”", "¶"):
            return word, 0
        if not bits & WORD:
            return "sign", bits
        return ("Name" if bits & CAPITAL else "word"), bits


def _gap(space: str) -> str:
    if not space:
        return TOUCH
    if "\n" not in space and "\r" not in space:
        return SPACE
    return BLANK if len(f".{space}".rstrip(" \t").splitlines()) > 1 else LINE


_ODD: Final[Token] = ("", "", "", 0, "*" + UNSURE, 0)


class Chunks(dict[str, tuple[Token, ...]]):
    """The tokens of every chunk met so far: what stands between two lone spaces, with the second,
    or with the end of its line.

    ``UNSURE`` are those that depend on what stands around: the stop of an initial ("J. Holt", but
    "plan J. Nobody knew"), and the empty token of a chunk that white space begins, or of one that
    ends a line and depends on the next.
    """

    def __init__(self, rules: Language) -> None:
        super().__init__()
        self.find, self.words = rules.token.findall, rules.words
        self.lines: dict[str, tuple[Token, ...]] = {}

    def __missing__(self, chunk: str) -> tuple[Token, ...]:
        if chunk.endswith("\n") and not chunk[0].isspace():
            made = self[chunk] = self._line(chunk) or (_ODD,)
            return made
        # A word, the end of a line, a word: those two will hardly come together again.
        pieces = chunk.rsplit(None, 1)
        if len(pieces) == 2 and chunk.endswith(pieces[1]) and not chunk[0].isspace():
            head, tail = chunk[: -len(pieces[1])], pieces[1]
            line = self.lines.get(head) or self._line(head)
            return line + self[tail] if line else self._tokens(chunk)
        if len(self) > _KNOWN:
            self.clear()
        made = self[chunk] = self._tokens(chunk)
        return made

    def _tokens(self, chunk: str) -> tuple[Token, ...]:
        if not chunk or chunk[0].isspace():
            return (_ODD,)
        pieces = self.find(f"{chunk} ")
        made = tuple(map(self.words.__getitem__, pieces))
        if pieces[-1] == ". " and self.find(f"{chunk} A")[-2] != ". ":
            *others, (word, lower, kind, bits, letters, length) = made
            return *others, (word, lower, kind, bits, letters[0] + UNSURE, length)
        return made

    def _line(self, chunk: str) -> tuple[Token, ...]:
        """The tokens of a chunk that white space ends; none if they depend on the next."""
        pieces = self.find(chunk)
        if self.find(f"{chunk}A")[:-1] != pieces:
            return ()
        if len(self.lines) > _KNOWN:
            self.lines.clear()
        made = self.lines[chunk] = tuple(map(self.words.__getitem__, pieces))
        return made


_KNOWN = 200_000


@dataclass(frozen=True, eq=False)
class Language:
    """The tables of one language; a language without a file has none, and no speakers.

    ``code`` is empty for a language without rules. ``tables`` are the tables of the file, each a
    set of lower-case words under its name, and ``bits`` the same by word; ``verbs`` are the cues,
    by form, ``parted`` those whose particle stands apart ("teilte … mit"), by form and particle;
    ``heads`` what the last part of a compound says that it can be. The endings: of adverbs, of a
    genitive, of verbs, of nouns for people that look like verbs, of the past, of nouns for what
    cannot speak (``abstract``), of nouns for who does something (``doing``). ``nobody`` is the
    probability from which on nobody is taken to speak; of the log-odds of a speaker ``candour`` is
    the share that articles held out bear out; ``verb_second`` whether the verb is second, and last
    in a subordinate clause, and nouns have capitals.
    """

    code: str
    tables: dict[str, frozenset[str]] = field(default_factory=dict)
    bits: dict[str, int] = field(default_factory=dict)
    verbs: dict[str, Verb] = field(default_factory=dict)
    parted: dict[str, dict[str, Verb]] = field(default_factory=dict)
    phrases: dict[str, str] = field(default_factory=dict)
    weights: dict[str, dict[str, float]] = field(default_factory=dict)
    adverbial: tuple[str, ...] = ()
    genitive: tuple[str, ...] = ()
    verbal: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    abstract: tuple[str, ...] = ()
    doing: tuple[str, ...] = ()
    telling: frozenset[str] = frozenset()
    nobody: float = 0.5
    candour: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "token", _token(self.tables.get("abbreviations", frozenset())))
        object.__setattr__(self, "words", Words(self))
        object.__setattr__(self, "chunks", Chunks(self))
        heads: dict[str, int] = {}
        if "compounds" in self["grammar"]:
            for name in _HEADS:
                for word in self[name]:
                    heads[word] = heads.get(word, 0) | _TABLES[name]
        object.__setattr__(self, "heads", heads)
        object.__setattr__(self, "verb_second", "verb_second" in self["grammar"])

    token: re.Pattern[str] = field(init=False)
    words: Words = field(init=False)
    chunks: Chunks = field(init=False)
    heads: dict[str, int] = field(init=False)
    verb_second: bool = field(init=False)

    def __getitem__(self, table: str) -> frozenset[str]:
        return self.tables.get(table, frozenset())


def _weights(code: str) -> dict[str, dict[str, float]]:
    """The learnt weights of a language (``weights/<code>.json``, in hundredths)."""
    source = files(__name__) / "weights" / f"{code}.json"
    if not source.is_file():
        return {name: {} for name in WEIGHTS}
    tables = json.loads(source.read_text(encoding="utf-8"))
    return {
        name: {feature: weight / 100 for feature, weight in tables.get(name, {}).items()}
        for name in WEIGHTS
    }


def _verbs(
    groups: dict[str, dict[str, str]],
) -> tuple[dict[str, Verb], dict[str, dict[str, Verb]]]:
    """Forms to verbs, and forms that lack a particle to verbs by their particle.

    A form that two verbs share belongs to the first. "mit|teilen/teilt/…/geteilt" is "teilt" with a
    "mit" behind it, and "mitteilen", "mitteilt", "mitzuteilen", "mitgeteilt".
    """
    forms: dict[str, Verb] = {}
    parted: dict[str, dict[str, Verb]] = {}
    for group, table in groups.items():
        for entry in table["forms"].split():
            parts = entry.split("/")
            particle, bar, base = parts[0].rpartition("|")
            lemma = particle + base
            for n, form in enumerate([base, *parts[1:]]):
                shape = "base" if n == 0 else "ing" if n == len(parts) - 1 else "finite"
                verb = Verb(lemma, group, shape)
                forms.setdefault(particle + form, verb)
                if bar and shape == "base":
                    forms.setdefault(f"{particle}zu{form}", verb)
                if bar and shape != "ing":  # apart, the base is a plural: "werfen … vor"
                    finite = Verb(lemma, group, "finite")
                    parted.setdefault(form, {}).setdefault(particle, finite)
    # Without its particle such a form is a verb, but none of saying.
    for form, verbs in parted.items():
        forms.setdefault(form, Verb("", next(iter(verbs.values())).group, "finite"))
    return forms, parted


# A word may hold an apostrophe, a hyphen or an ampersand between letters ("O'Brien", "AT&T"), a
# number its points and commas. Every match takes the white space behind it, so that the tokens
# tile the text and their offsets are running sums. The first branches are the most frequent:
# an unaccented word before one space, a comma or full stop, a word that nothing could lengthen.
_QUICK = r"[A-Za-z]++ (?!\s)|[,.]\s++"
_PLAIN = r"\w++(?![.'’\-‑&:,])"
_WORD = r"\w+(?:['’\-‑&]\w+)*"
_NUMBER = r"\d+(?:[.,:]\d+)+"
INITIAL: Final = re.compile("[A-ZÄÖÜ]")
_INITIALS = rf"(?:[^\W\d_]\.){{2,}}|{INITIAL.pattern}\.(?=\s?{INITIAL.pattern})"
_SIGNS = r"''|``|--+|\.\.\.+|[^\w\s]"


def _token(abbreviations: frozenset[str]) -> re.Pattern[str]:
    listed = ""
    if abbreviations:
        # The look-ahead spares every ordinary word the walk through the list.
        longest_first = sorted(map(re.escape, abbreviations), key=len, reverse=True)
        listed = rf"(?=[^\W\d_]{{1,5}}\.)(?i:{'|'.join(longest_first)})\.|"
    slow = rf"{_PLAIN}|{listed}{_INITIALS}|{_NUMBER}|{_WORD}|{_SIGNS}"
    return re.compile(rf"{_QUICK}|(?:{slow})\s*|\s+")


@lru_cache(maxsize=32)
def language(code: str | None) -> Language:
    """The tables for a language code ("en", "de-AT"); empty ones where there is no file."""
    short = (code or "").lower().replace("_", "-").split("-")[0]
    source = files(__name__) / f"{short}.toml"
    if not short.isalpha() or not source.is_file():
        return Language("", weights={name: {} for name in WEIGHTS})
    read = tomllib.loads(source.read_text(encoding="utf-8"))
    choice = read.pop("choice", {})
    verbs, parted = _verbs(read.pop("verbs", {}))
    endings = {name: tuple(words.split()) for name, words in read.pop("endings", {}).items()}
    endings.pop("source", None)
    phrases = dict(pair.split("/") for pair in read.pop("phrases", {}).get("words", "").split())
    tables = {name: frozenset(table["words"].split()) for name, table in read.items()}
    bits: dict[str, int] = {}
    for name, bit in _TABLES.items():
        for word in tables.get(name, ()):
            bits[word] = bits.get(word, 0) | bit
    for form in verbs:
        bits[form] = bits.get(form, 0) | VERB
    for phrase in phrases:
        bits[phrase] = bits.get(phrase, 0) | PHRASE
    return Language(
        short,
        tables,
        bits,
        verbs,
        parted,
        phrases,
        _weights(short),
        telling=tables.get("telling", frozenset()),
        nobody=float(choice.get("nobody", 0.5)),
        candour=float(choice.get("candour", 1.0)),
        **endings,
    )
