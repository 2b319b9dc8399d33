"""Words of one article -> the people, organisations and documents in it, and who a mention means."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from math import exp, log

from reuse.model import Person, SpeakerKind
from reuse.prose import Prose

Span = tuple[int, int]


# --- Tables of a language -----------------------------------------------------------------------


@dataclass(frozen=True)
class Lexicon:
    """What one language says about people: sets of words and maps, all lower case."""

    code: str
    sets: dict[str, frozenset[str]]
    maps: dict[str, dict[str, tuple[str, ...]]]
    run: re.Pattern[str]
    run_over_lines: re.Pattern[str]

    def __getitem__(self, table: str) -> frozenset[str]:
        return self.sets.get(table, frozenset())

    def meaning(self, table: str, word: str) -> tuple[str, ...]:
        return self.maps.get(table, {}).get(word, ())


@lru_cache(maxsize=1)
def first_names() -> dict[str, str]:
    """Folded first name -> "f", "m" or "u"."""
    text = (files("reuse") / "data" / "first_names.txt").read_text(encoding="utf-8")
    out: dict[str, str] = {}
    gender = "u"
    for line in text.splitlines():
        if line.startswith("["):
            gender = line[1]
        elif not line.startswith("#"):
            for name in line.split():
                key = fold(name)
                out[key] = gender if out.get(key, gender) == gender else "u"
    return out


_UPPER = "".join(
    re.escape(chr(c)) for c in range(0x41, 0x530) if chr(c).isupper() or chr(c).istitle()
)
_NAME_WORDS = 12  # a longer run of capitals is no name; it also bounds what one run may cost


def _run(titles: frozenset[str], particles: frozenset[str], gap: str) -> re.Pattern[str]:
    short = "|".join(sorted((t for t in titles if len(t) <= 6), key=len, reverse=True))
    upper = f"[{_UPPER}]"
    word = rf"(?:(?:al|el|as|ar|ad|an|ul)[-‑])?{upper}\w*+(?:['’](?!s\b)\w++|[-‑&]\w++|\.(?=\w\w)\w++)*+"
    part = rf"(?:(?:{upper}\.)++(?!\w)|(?i:{short})\.|{word})" if short else word
    between = (
        rf"(?:(?:{'|'.join(sorted(particles, key=len, reverse=True))}|of(?:{gap}the)?){gap}){{0,2}}"
    )
    nick = rf"(?:[\"“‘'(]{word}[\"”’')]{gap})?"
    return re.compile(
        rf"\b(?<![-’'&]){part}(?:,?{gap}(?:[JS]r\.|I{{2,3}}\b|IV\b)|{gap}{nick}{between}{part}){{0,{_NAME_WORDS - 1}}}"
    )


@lru_cache(maxsize=32)
def lexicon(code: str) -> Lexicon:
    """The tables of data/people.CODE.toml; empty ones where there is no such file."""
    source = files("reuse") / "data" / f"people.{code}.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8")) if code and source.is_file() else {}
    sets: dict[str, frozenset[str]] = {}
    maps: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, table in tables.items():
        entries = [entry.replace("_", " ") for entry in table["words"].split()]
        if any(":" in entry for entry in entries):
            pairs = [entry.split(":") for entry in entries]
            maps[name] = {}
            for key, value in pairs:
                maps[name][key] = (*maps[name].get(key, ()), value)
        sets[name] = frozenset(entry.split(":")[0] for entry in entries)
    titles = sets.get("titles", frozenset()) | sets.get("titles_m", frozenset())
    titles |= sets.get("titles_f", frozenset())
    particles = sets.get("particles", frozenset()) - {"of"}
    particles = particles or frozenset({"de", "van", "von"})
    return Lexicon(
        code,
        sets,
        maps,
        _run(titles, particles, "[ \u00a0]"),
        _run(titles, particles, "(?:[ \u00a0]|\r?\n(?!\\s))"),
    )


def fold(word: str) -> str:
    """A word as names are compared: lower case, without accents, apostrophes and full stops."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word.replace("ß", "ss").replace("ø", "o"))
        word = "".join(c for c in word if not unicodedata.combining(c))
    return word.lower().replace(".", "").replace("'", "").replace("’", "").replace("‑", "-")


# --- One run of capitals ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a run of capitals: ``run[start:end]``, its titles before it left out.

    ``keys`` are its folded words without initials and suffix. ``kind`` is what its own words say:
    "person", "organisation", "place", "" (cannot be told).
    """

    start: int
    end: int
    words: tuple[str, ...]
    keys: tuple[str, ...]
    initials: tuple[str, ...]
    suffix: str
    titles: tuple[str, ...]
    gender: str | None
    kind: str

    @property
    def text(self) -> str:
        return " ".join(self.words)


_PIECE = re.compile(r"\S+")


@lru_cache(maxsize=1 << 15)
def names_in(run: str, code: str) -> tuple[Name, ...]:
    """The names of a run of capitals ("But Gov. Mike Pence of Indiana": Mike Pence, Indiana)."""
    lex = lexicon(code)
    words = [(m.group().rstrip(","), m.start()) for m in _PIECE.finditer(run)]
    out: list[Name] = []
    for piece in _pieces(words, lex):
        name = _name(piece, lex)
        if name is not None:
            out.append(name)
    return tuple(out)


def _pieces(words: list[tuple[str, int]], lex: Lexicon) -> list[list[tuple[str, int]]]:
    """A run cut at words that are no part of a name, and at "of" after a person."""
    function, hard = lex["function_words"], lex["hard_function_words"]
    pieces: list[list[tuple[str, int]]] = [[]]
    for i, (word, at) in enumerate(words):
        low = fold(word)
        last = i == len(words) - 1
        if word[0].isupper() and low in function:
            initial = len(word) == 2 and word[1] == "."
            if not initial and not (low in hard and pieces[-1] == [] and not last):
                pieces.append([])
                continue
        if (
            word[0].isupper()
            and "'" in word.replace("’", "'")
            and low.startswith(("im", "ive", "ill", "id", "its"))
            and low[:3] in {"im", "ive", "ill", "id", "its"}
        ):
            pieces.append([])
            continue
        if low == "of" and pieces[-1]:
            head = [fold(w) for w, _ in pieces[-1]]
            if _looks_like_person(head, lex):
                pieces.append([])
                continue
        pieces[-1].append((word, at))
    out = []
    for piece in pieces:
        while piece and (
            not piece[0][0][0].isupper()
            and not piece[0][0][0] in "\"“‘'("
            and "-" not in piece[0][0]
        ):
            piece = piece[1:]
        while piece and piece[-1][0].islower():
            piece = piece[:-1]
        if piece:
            out.append(piece)
    return out


def _looks_like_person(keys: list[str], lex: Lexicon) -> bool:
    titles = lex["titles"] | lex["titles_m"] | lex["titles_f"]
    rest = [k for k in keys if k not in titles]
    if len(rest) < len(keys) and rest and keys[-1] not in titles:
        return True
    return len(keys) >= 2 and keys[0] in first_names() and keys[-1] not in lex["organisations"]


def _name(piece: list[tuple[str, int]], lex: Lexicon) -> Name | None:
    titles = lex["titles"] | lex["titles_m"] | lex["titles_f"]
    keys = [fold(word) for word, _ in piece]
    if keys[-1] in titles and not (
        len(keys) > 1
        and keys[-1] in lex["surname_titles"]
        and (
            keys[-2] in first_names() or keys[-2] in lex["titles_m"] or keys[-2] in lex["titles_f"]
        )
    ):
        return None
    # Titles: everything up to the last title word that still has a name behind it.
    cut = 0
    for i in range(len(keys) - 1, -1, -1):
        if keys[i] in titles and i + 1 < len(keys):
            cut = i + 1
            break
    if cut and cut < len(keys) and keys[cut] == "of":
        after = cut + 1
        while after < len(keys) and keys[after] in lex["offices"]:
            after += 1
        while after < len(keys) - 1 and not (keys[after] in first_names()):
            after += 1
        cut = after if after < len(keys) else 0
        if not cut:
            return _other(piece, keys, lex)
    title_words = tuple(keys[:cut])
    rest, rest_keys = piece[cut:], keys[cut:]
    suffix = ""
    while len(rest) > 1 and rest_keys[-1] in lex["suffixes"]:
        suffix, rest, rest_keys = rest_keys[-1], rest[:-1], rest_keys[:-1]
    # "Republican Donald Trump", "French Economist Jean Tirole": what stands before the name.
    before: list[str] = []
    roles = lex["roles"] | lex["roles_m"] | lex["roles_f"]
    while len(rest) > 1 and (
        rest_keys[0] in lex["groups"]
        or rest_keys[0] in roles
        or (rest_keys[0] in lex["title_words"] and rest_keys[0] not in {"of", "and", "for"})
        or (rest_keys[0] in lex["nationalities"] and len(rest) > 2)
    ):
        if rest_keys[-1] in lex["organisations"] or rest_keys[-1] in lex["not_people"]:
            break
        if rest_keys[0] in first_names() and rest_keys[0] not in lex["groups"]:
            break
        before.append(rest_keys[0])
        rest, rest_keys = rest[1:], rest_keys[1:]
    titled = bool(title_words) and (title_words[-1] in titles)
    if not titled and not before and len(rest_keys) == 1:
        only = rest_keys[0]
        if only in titles or only in roles or only in lex["groups"] or only in lex["nationalities"]:
            return None
    words = [word for word, _ in rest]
    kind = _kind(words, rest_keys, titled, lex)
    if kind == "none":
        return None
    gender = None
    for word in (*title_words, *before):
        if word in lex["titles_f"] or word in lex["roles_f"]:
            gender = "f"
        elif word in lex["titles_m"] or word in lex["roles_m"]:
            gender = "m"
    initials = tuple(k[0] for w, k in zip(words, rest_keys, strict=True) if _initial(w))
    solid = tuple(
        k for w, k in zip(words, rest_keys, strict=True) if not _initial(w) and not _nick(w)
    )
    if not solid:
        return None
    if gender is None and kind == "person" and len(rest_keys) > 1:
        known = first_names().get(rest_keys[0]) or first_names().get(
            solid[0] if len(solid) > 1 else ""
        )
        gender = known if known in {"f", "m"} else None
    start = rest[0][1]
    last_word, last_at = (rest if not suffix else piece)[-1]
    end = last_at + len(last_word)
    return Name(
        start, end, tuple(words), solid, initials, suffix, (*title_words, *before), gender, kind
    )


def _other(piece: list[tuple[str, int]], keys: list[str], lex: Lexicon) -> Name | None:
    words = [word for word, _ in piece]
    kind = _kind(words, keys, False, lex)
    if kind != "organisation":
        return None
    end = piece[-1][1] + len(piece[-1][0])
    return Name(piece[0][1], end, tuple(words), tuple(keys), (), "", (), None, kind)


def _initial(word: str) -> bool:
    return len(word) == 1 or (
        word.endswith(".") and "." in word and all(len(p) <= 1 for p in word.split("."))
    )


def _nick(word: str) -> bool:
    return word[0] in "\"“‘'("


def _kind(words: list[str], keys: list[str], titled: bool, lex: Lexicon) -> str:
    whole = " ".join(keys)
    places = lex["places"]
    if whole in places or whole in _countries(lex.code):
        return (
            "person" if titled and len(keys) == 1 and whole not in _countries(lex.code) else "place"
        )
    head = keys[-1]
    for joint in ("of", "for", "on", "to"):
        if joint in keys[1:]:
            head = keys[keys.index(joint, 1) - 1]
            break
    if "&" in "".join(words):
        return "organisation"
    if head in lex["organisations"] and not (
        titled and len(keys) <= 2 and keys[0] in first_names()
    ):
        if len(keys) == 1:
            return "organisation" if words[0].isupper() and len(head) > 1 else "none"
        return "organisation"
    if (
        head in lex["not_people"]
        and not titled
        and not (
            keys[0] in first_names()
            and len(keys) == 2
            and head not in {"act", "state", "award", "awards"}
        )
    ):
        return "other" if len(keys) > 1 else "none"
    if len(keys) == 1:
        if titled:
            return "person"
        if words[0].isupper() and len(words[0]) > 1:
            return "organisation" if len(words[0].replace(".", "")) <= 6 else ""
        return ""
    if titled or keys[0] in first_names() or any(_initial(w) for w in words[:-1]):
        return "person"
    return ""


@lru_cache(maxsize=8)
def _countries(code: str) -> frozenset[str]:
    lex = lexicon(code)
    maps = (lex.maps.get("nationalities", {}), lex.maps.get("states", {}))
    return frozenset(value for table in maps for values in table.values() for value in values)


# --- The people of one article -------------------------------------------------------------------


@dataclass(slots=True)
class Entity:
    """Somebody or something of the article with a name, as it is put together."""

    words: tuple[str, ...]
    keys: tuple[str, ...]
    kind: str
    gender: str | None
    suffix: str = ""
    initials: tuple[str, ...] = ()
    first: int = 0
    full: int = 0  # how often the article names them with more than one word
    forms: Counter[str] = field(default_factory=Counter)
    titles: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    roles: list[str] | None = None
    speaks: int = 0
    unnamed: bool = False
    document: bool = False


@dataclass(slots=True)
class Occurrence:
    """Where the article writes a name, and which entities it may mean."""

    start: int
    end: int
    name: Name
    entities: tuple[int, ...]


@dataclass(slots=True)
class Table:
    """The names of one article and whom they mean; ``resolve`` adds the unnamed as they speak."""

    prose: Prose
    lexicon: Lexicon
    quoted: Sequence[Span]
    entities: list[Entity]
    occurrences: list[Occurrence]
    starts: list[int]
    by_last: dict[str, list[int]]
    by_any: dict[str, list[int]]
    sentence_starts: list[int]
    paragraph_starts: list[int]
    headings: list[Span]
    quote_starts: list[int]
    unnamed: dict[str, int]
    uttered: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whom a mention means: an index into ``Table.entities``, how sure, and why."""

    person: int | None
    confidence: float
    evidence: str


def people(prose: Prose, quoted: Sequence[Span]) -> Table:
    """The names of an article; ``quoted`` are the stretches between marks, in order."""
    text = prose.text
    lex = lexicon(prose.language.code)
    pattern = lex.run_over_lines if re.search(r"\n[ \t\r]*\n", text) else lex.run
    headings = [
        (prose.starts[a], prose.ends[b - 1])
        for a, b in (prose.paragraphs[n] for n in sorted(prose.headings))
        if b > a
    ]
    found: dict[str, list[int]] = {}
    for m in pattern.finditer(text):
        found.setdefault(m.group(), []).append(m.start())
    table = Table(
        prose,
        lex,
        quoted,
        [],
        [],
        [],
        {},
        {},
        [prose.starts[a] for a, b in prose.sentences if b > a],
        [prose.starts[a] for a, b in prose.paragraphs if b > a],
        headings,
        [a for a, _ in quoted],
        {},
        [],
    )
    occurrences: list[tuple[int, int, Name]] = []
    for run, places in found.items():
        for name in names_in(run, lex.code):
            occurrences += [(at + name.start, at + name.end, name) for at in places]
    occurrences.sort(key=lambda o: o[0])
    _gather(table, occurrences)
    return table


def _within(spans: Sequence[Span], starts: Sequence[int], at: int) -> bool:
    i = bisect_right(starts, at) - 1
    return i >= 0 and at < spans[i][1]


def _gather(table: Table, occurrences: list[tuple[int, int, Name]]) -> None:
    heading_starts = [a for a, _ in table.headings]
    seen: dict[Name, list[Span]] = {}
    for start, end, name in occurrences:
        seen.setdefault(name, []).append((start, end))
    whom: dict[Name, tuple[int, ...]] = {}
    # Names of more words first, so that a surname finds the full name wherever it stands.
    for name in sorted(seen, key=lambda n: (-len(n.keys), seen[n][0])):
        if name.kind in {"place", "other"}:
            whom[name] = _thing(table, name, seen[name][0][0])
            continue
        spans = seen[name]
        if table.headings and len(name.keys) > 1 and name.kind != "organisation":
            # A headline capitalises everything: "Trump Says Clinton" is no name.
            outside = [s for s in spans if not _within(table.headings, heading_starts, s[0])]
            if not outside:
                continue
            spans = outside
        whom[name] = _entities_for(table, name, spans[0][0])
    for start, end, name in occurrences:
        entities = whom.get(name)
        if not entities:
            continue
        table.occurrences.append(Occurrence(start, end, name, entities))
        if len(entities) == 1:
            _count(table.entities[entities[0]], start, end, name)
    table.starts = [o.start for o in table.occurrences]
    for i, occurrence in enumerate(table.occurrences):
        if len(occurrence.entities) > 1:
            chosen = _owner(table, i)
            occurrence.entities = (chosen,)
            _count(table.entities[chosen], occurrence.start, occurrence.end, occurrence.name)


def _count(entity: Entity, start: int, end: int, name: Name) -> None:
    entity.forms[name.text] += 1
    entity.spans.append((start, end))
    entity.titles.update(name.titles)
    if len(name.words) > 1:
        entity.full += 1
    if name.gender and not entity.gender and entity.kind != "organisation":
        entity.gender = name.gender
    if name.gender and name.titles:
        entity.gender = name.gender
    if name.kind == "person" and entity.kind == "":
        entity.kind = "person"


def _new(table: Table, name: Name, first: int) -> int:
    index = len(table.entities)
    entity = Entity(
        name.words, name.keys, name.kind, name.gender, name.suffix, name.initials, first
    )
    table.entities.append(entity)
    table.by_last.setdefault(name.keys[-1], []).append(index)
    for key in set(name.keys):
        table.by_any.setdefault(key, []).append(index)
    return index


def _thing(table: Table, name: Name, first: int) -> tuple[int, ...]:
    for i in table.by_last.get(name.keys[-1], ()):
        if table.entities[i].keys == name.keys:
            return (i,)
    return (_new(table, name, first),)


def _entities_for(table: Table, name: Name, first: int) -> tuple[int, ...]:
    """The entities a name may mean; a new one where none fits."""
    keys = name.keys
    if len(keys) == 1:
        return _single(table, name, first)
    for i in table.by_last.get(keys[-1], ()):
        other = table.entities[i]
        if len(other.keys) < 2:
            continue
        if name.kind == "organisation" or other.kind == "organisation":
            if keys == other.keys or _suffix_of(keys, other.keys) and name.kind == other.kind:
                return (i,)
            continue
        if _same_person(name, other):
            _widen(other, name)
            return (i,)
        if _suffix_of(keys, other.keys):
            return (i,)
    return (_new(table, name, first),)


def _suffix_of(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(short) < len(long) and long[-len(short) :] == short


def _given_agree(a: str, b: str) -> bool:
    """Whether two first names can be one person's: equal, an initial, or a short form."""
    if a == b or (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b)):
        return True
    lex = lexicon("en")
    forms_a = {a, *lex.meaning("nicknames", a)}
    forms_b = {b, *lex.meaning("nicknames", b)}
    return bool(forms_a & forms_b)


def _same_person(name: Name, other: Entity) -> bool:
    if other.kind not in {"person", ""} or name.keys[-1] != other.keys[-1]:
        return False
    if (
        name.suffix != other.suffix
        and {name.suffix, other.suffix} & {"jr", "sr"}
        and not (
            # "Donald Trump" before "Donald Trump Jr." are two; "Joseph R. Biden Jr.", then
            # "Joe Biden" is one.
            name.suffix == ""
        )
    ):
        return False
    return _given_agree(name.keys[0], other.keys[0])


def _widen(entity: Entity, name: Name) -> None:
    if (len(name.words), len(name.text)) > (len(entity.words), len(" ".join(entity.words))):
        entity.words = name.words
    if name.kind == "person":
        entity.kind = "person"


def _single(table: Table, name: Name, first: int) -> tuple[int, ...]:
    key = name.keys[0]
    lasts = [i for i in table.by_last.get(key, ()) if len(table.entities[i].keys) > 1]
    if name.kind == "person" or name.titles:
        lasts = [i for i in lasts if table.entities[i].kind in {"person", ""}] or lasts
    fitting = [i for i in lasts if _gender_fits(name.gender, table.entities[i].gender)]
    if fitting:
        return tuple(fitting)
    same = [i for i in table.by_last.get(key, ()) if table.entities[i].keys == (key,)]
    if same and not lasts:
        return (same[0],)
    anywhere = [
        i
        for i in table.by_any.get(key, ())
        if table.entities[i].kind in {"person", ""}
        and len(table.entities[i].keys) > 1
        and table.entities[i].keys[0] == key
    ]
    if anywhere and not name.titles and not lasts:
        return tuple(anywhere)
    if anywhere and name.titles and key not in first_names() and not lasts:
        return tuple(anywhere)
    return (_new(table, name, first),)


def _gender_fits(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def _owner(table: Table, i: int) -> int:
    """Which of several entities of one surname an occurrence means.

    The one whose surname it is in this article: whose full name stands nearest before it in the
    same paragraph, else who is named in full first and most.
    """
    occurrence = table.occurrences[i]
    best, best_score = occurrence.entities[0], -1e9
    for e in occurrence.entities:
        entity = table.entities[e]
        before = [s for s in entity.spans if s[0] < occurrence.start]
        score = 0.0
        if not before:
            score -= 2.0
        else:
            sentences = _sentences_between(table, before[-1][0], occurrence.start)
            score += 2.0 * exp(-sentences / 2.0)
            score += 0.5 * log(1 + len(before))
        score -= 0.02 * e
        first = entity.spans[0][0] if entity.spans else entity.first
        score += 1.0 * exp(-first / 1500.0)
        if occurrence.name.titles and entity.titles & set(occurrence.name.titles):
            score += 2.0
        if entity.kind == "organisation":
            score -= 3.0
        if score > best_score:
            best, best_score = e, score
    return best


def _sentence(table: Table, at: int) -> int:
    return bisect_right(table.sentence_starts, at) - 1


def _sentences_between(table: Table, a: int, b: int) -> int:
    return abs(_sentence(table, b) - _sentence(table, a))


# --- From a mention to an entity ----------------------------------------------------------------

_HE = {"he": "m", "him": "m", "his": "m", "himself": "m"}
_SHE = {"she": "f", "her": "f", "hers": "f", "herself": "f"}
_THEY = {"they", "them", "their", "themselves"}
_IT = {"it", "its", "itself"}
_RELATIVE = {"who", "which", "that", "whom"}
_PRONOUNS = {**_HE, **_SHE}

_TOKEN = re.compile(r"[^\W_]+(?:['’.\-‑][^\W_]+)*")
_PREPOSITION = re.compile(
    r"\b(?:of|for|from|at|with|to|by|in|on|about|against|than|like|near|under|behind|over|between|around|toward|towards|alongside)\s+(?:the\s+|a\s+|an\s+|his\s+|her\s+|their\s+|its\s+)?(?:[a-z-]+\s+){0,2}$"
)


def resolve(
    table: Table,
    start: int | None,
    end: int | None,
    *,
    quote: Span,
    told: Span | None = None,
    previous: int | None = None,
) -> Resolution:
    """Whom the mention ``text[start:end]`` of a quote means.

    ``told`` is the one spoken to, ``previous`` the entity that uttered the quote before. Without a
    mention the likeliest speaker at the quote is judged, and the confidence is low.
    """
    if start is None or end is None:
        result = _salient(table, quote[0], None, told, previous, "nobody named beside the words")
        result = Resolution(result.person, round(result.confidence * 0.7, 4), result.evidence)
    else:
        words = [m.group() for m in _TOKEN.finditer(table.prose.text, start, end)]
        lower = [w.lower() for w in words]
        if not words:
            return Resolution(None, 0.0, "")
        if len(lower) == 1 and (lower[0] in _PRONOUNS or lower[0] in _THEY | _IT | _RELATIVE):
            result = _pronoun(table, start, lower[0], quote, told, previous)
        else:
            named = _named(table, start, end)
            if named is not None:
                result = named
            else:
                result = _described(table, start, end, lower, quote, told, previous)
    if result.person is not None:
        table.entities[result.person].speaks += 1
        table.uttered.append((start if start is not None else quote[0], result.person))
    return result


def _occurrences_in(table: Table, start: int, end: int) -> list[Occurrence]:
    i = bisect_left(table.starts, start)
    out = []
    while i < len(table.occurrences) and table.occurrences[i].start < end:
        out.append(table.occurrences[i])
        i += 1
    return out


def _named(table: Table, start: int, end: int) -> Resolution | None:
    """The name at the head of a mention: not the one that owns, or stands behind "of"."""
    text, lex = table.prose.text, table.lexicon
    inside = _occurrences_in(table, start, end)
    for o in inside:
        entity = table.entities[o.entities[0]]
        after = text[o.end : end]
        if re.match(r"['’]s?\b", after) and after.strip("'’s ,"):
            continue
        if _PREPOSITION.search(text[start : o.start]) and not text[
            start : o.start
        ].rstrip().endswith(","):
            continue
        follow = re.match(r"[ \u00a0\n]([a-z][\w'’-]*)", after)
        if (
            follow
            and follow.group(1) not in lex["function_words"]
            and not follow.group(1).endswith("ly")
        ):
            # "Trump campaign", "Clinton spokesman Nick Merrill"
            if follow.group(1) not in {"added", "who", "adds", "wrote", "tweeted"}:
                continue
        if entity.kind == "place" and len(inside) > 1 and o is not inside[-1]:
            continue
        how = "named in full" if len(o.name.words) > 1 else _how(table, o)
        sure = 0.97 if len(o.name.words) > 1 else 0.93 if entity.full else 0.9
        return Resolution(o.entities[0], sure, how)
    return None


def _how(table: Table, o: Occurrence) -> str:
    entity = table.entities[o.entities[0]]
    if entity.keys == o.name.keys:
        return "the only form of the name in the article"
    part = "surname" if entity.keys[-1] == o.name.keys[-1] else "name"
    return f"{part} of {' '.join(entity.words)}"


def _pronoun(
    table: Table, start: int, word: str, quote: Span, told: Span | None, previous: int | None
) -> Resolution:
    if word in _RELATIVE:
        before = _occurrences_in(table, max(0, start - 200), start)
        for o in reversed(before):
            gap = table.prose.text[o.end : start]
            if "." not in gap.replace("Mr.", "") and gap.count(",") <= 3:
                return Resolution(o.entities[0], 0.8, f"“{word}” follows {o.name.text}")
        return _salient(table, start, None, told, previous, f"“{word}”")
    gender = _PRONOUNS.get(word)
    if word in _IT | _THEY:
        return _salient(table, start, "org", told, previous, f"“{word}”")
    return _salient(table, start, gender, told, previous, f"“{word}”")


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for a candidate of a pronoun, in natural logarithms of the odds."""

    sentence: float = -0.75
    paragraph: float = -0.35
    subject: float = 1.2
    possessive: float = -0.8
    object: float = -0.7
    frequency: float = 0.35
    speaker: float = 1.0
    quoted: float = -2.5
    nobody: float = -2.0
    unsure: float = -0.6
    gender_unknown: float = -0.7
    told: float = -2.0
    heading: float = -1.5


WEIGHTS = Weights()
_LOOK_BACK = 60  # names; nearer than the reach of any pronoun


def _salient(
    table: Table,
    at: int,
    gender: str | None,
    told: Span | None,
    previous: int | None,
    word: str,
    bonus: dict[int, float] | None = None,
) -> Resolution:
    """The entity most in mind at ``at``: near, subject, often named, speaking before."""
    w = WEIGHTS
    here = _sentence(table, at)
    here_paragraph = bisect_right(table.paragraph_starts, at) - 1
    scores: dict[int, float] = {}
    i = bisect_left(table.starts, at) - 1
    low = max(-1, i - _LOOK_BACK)
    told_entities = (
        {o.entities[0] for o in _occurrences_in(table, *told)} if told is not None else set()
    )
    heading_starts = [a for a, _ in table.headings]
    while i > low:
        o = table.occurrences[i]
        i -= 1
        e = o.entities[0]
        fit = _fit(table, e, gender)
        if fit is None:
            continue
        score = fit
        score += w.sentence * min(6, here - _sentence(table, o.start))
        score += w.paragraph * min(
            6, here_paragraph - (bisect_right(table.paragraph_starts, o.start) - 1)
        )
        score += _place(table, o)
        if _within(table.quoted, table.quote_starts, o.start):
            score += w.quoted
        if table.headings and _within(table.headings, heading_starts, o.start):
            score += w.heading
        if score > scores.get(e, -1e9):
            scores[e] = score
    for e in scores:
        entity = table.entities[e]
        scores[e] += w.frequency * log(1 + bisect_left(entity.spans, (at, 0)))
        if e == previous:
            scores[e] += w.speaker
        if e in told_entities:
            scores[e] += w.told
        if bonus:
            scores[e] += bonus.get(e, 0.0)
    if not scores:
        return Resolution(None, 0.0, word)
    ranked = sorted(scores, key=lambda e: (-scores[e], e))
    best = ranked[0]
    total = sum(exp(scores[e] - scores[best]) for e in ranked)
    sure = min(0.95, 0.93 / total)
    name = " ".join(table.entities[best].words)
    return Resolution(best, round(sure, 4), f"{word}: {name} is the nearest that fits")


def _fit(table: Table, e: int, gender: str | None) -> float | None:
    """How well an entity can be meant at all: ``None`` when it cannot."""
    entity = table.entities[e]
    if gender == "org":
        if entity.kind == "organisation":
            return 0.5
        if entity.kind == "person" or entity.kind == "other":
            return None
        return -1.0
    if entity.kind in {"organisation", "place", "other"}:
        return None
    if gender and entity.gender and entity.gender != gender:
        return None
    score = 0.0
    if gender and entity.gender is None:
        score += WEIGHTS.gender_unknown
    if entity.kind == "" and not entity.speaks:
        score += WEIGHTS.unsure
    return score


_VERB_AFTER = re.compile(
    r"(?:,[^,.]{0,80},)?(?:\s\([^)]{0,20}\))?[ \u00a0](?:(?:also|then|has|had|have|is|was|will|would|later|never|still|repeatedly|often|now|did|does|could|should|may|might|can|who)\b|[a-z]+(?:ed|s)\b|(?:said|told|went|took|made|came|gave|won|lost|spoke|wrote|held|met|left|led|ran|began|became|got|kept|put|saw|set|stood|thought|sought|laid|drew|fell|grew|rose|shot|hit|cut)\b)"
)
_OBJECT_BEFORE = re.compile(
    r"\b(?:of|for|from|at|with|to|by|in|on|about|against|than|like|near|under|behind|over|between|toward|towards|alongside|and|told|asked|called|urged|including|including|support|attack(?:ed)?|endors\w+|back(?:ed)?|criticiz\w+|praised|defend\w*)\s+(?:[\w.-]+\s+){0,1}$"
)


def _place(table: Table, o: Occurrence) -> float:
    """Grammar as far as it shows: subject, owner or object."""
    w, text = WEIGHTS, table.prose.text
    if text[o.end : o.end + 1] in {"'", "’"}:
        return w.possessive
    s = table.sentence_starts[max(0, _sentence(table, o.start))]
    ahead = text[s : o.start]
    if len(ahead) < 25 and not _OBJECT_BEFORE.search(ahead):
        return w.subject
    if _VERB_AFTER.match(text, o.end):
        return w.subject * (0.5 if _OBJECT_BEFORE.search(ahead[-30:]) else 0.85)
    if _OBJECT_BEFORE.search(ahead[-30:]):
        return w.object
    return 0.0


# --- Descriptions -------------------------------------------------------------------------------

_POST = re.compile(
    r"\s*(?:,|\(|\b(?:of|for|at|from|with|in|on|who|whose|which|that|to|by|familiar|close|near|said|speaking|briefed)\b).*",
    re.S,
)


def _described(
    table: Table,
    start: int,
    end: int,
    lower: list[str],
    quote: Span,
    told: Span | None,
    previous: int | None,
) -> Resolution:
    text, lex = table.prose.text, table.lexicon
    phrase = " ".join(text[start:end].split()).strip(" ,")
    core = _POST.sub("", phrase) or phrase
    core_words = [w.lower() for w in _TOKEN.findall(core)] or lower
    head = core_words[-1].removesuffix("'s").removesuffix("’s")
    definite = lower[0] in {"the", "this", "that", "his", "her", "their", "its", "our", "my"}
    definite = definite or bool(re.match(r"[A-Z][\w.-]+(?: [A-Z][\w.-]+)*['’]s\b", phrase))
    if head in lex["documents"] and head not in lex["roles"]:
        return _document(table, start, end, phrase, head, quote, told, previous)
    if head in lex["collectives"]:
        return _organisation(table, start, phrase, head, core_words, told, previous)
    plural = head.endswith("s") and head not in lex["roles"] and head[:-1] in lex["roles"]
    person = head in lex["roles"] or head in lex["roles_m"] or head in lex["roles_f"]
    person = person or bool(lex.meaning("role_classes", head)) or head in lex["titles"]
    if person and definite and not plural:
        found = _by_role(table, start, core_words, head, phrase, told, previous)
        if found is not None:
            return found
    return Resolution(_unnamed(table, phrase, "unnamed"), 0.8, "described, not named")


def _unnamed(table: Table, phrase: str, kind: str) -> int:
    key = f"{kind}:{phrase.lower()}"
    if key not in table.unnamed:
        table.unnamed[key] = len(table.entities)
        entity = Entity(tuple(phrase.split()), (phrase.lower(),), kind, None)
        entity.unnamed = kind == "unnamed"
        entity.document = kind == "document"
        entity.forms[phrase] = 0
        table.entities.append(entity)
    index = table.unnamed[key]
    table.entities[index].forms[phrase] += 1
    return index


def roles(table: Table, e: int) -> list[str]:
    """What the article says somebody is: titles, words before the name, appositives behind it."""
    entity = table.entities[e]
    if entity.roles is None:
        found: dict[str, None] = {}
        for start, end in entity.spans[:12]:
            for role in _roles_at(table, start, end):
                found[role] = None
        entity.roles = list(found)
    return entity.roles


_BEFORE = re.compile(r"(?:[\w.’'&-]+[ \u00a0]){1,6}$")
_APPOSITIVE = re.compile(
    r"(?:[ \u00a0]\(([^)]{1,40})\))?,?(?:[ \u00a0]\d{1,3},)?[ \u00a0]((?:an?|the|one of|who|whose|his|her|their|head|chief|president|director|chair\w*|spokes\w+|secretary|founder|co-founder|editor|professor|senior|executive|managing|former|then|of)[ \u00a0][^.;:“”\"()]{2,120}|[a-z][\w-]+[ \u00a0](?:of|at|for|with)[ \u00a0][^.;:“”\"()]{2,100})"
)
_COPULA = re.compile(
    r"[ \u00a0](?:is|was|became|remains|,)[ \u00a0]((?:an?|the)[ \u00a0][^.;:,“”\"()]{2,80})"
)


def _roles_at(table: Table, start: int, end: int) -> list[str]:
    text, lex = table.prose.text, table.lexicon
    out = []
    s = table.sentence_starts[max(0, _sentence(table, start))]
    m = _BEFORE.search(text, max(s, start - 70), start)
    if m:
        words = m.group().split()
        keep: list[str] = []
        for word in reversed(words):
            low = fold(word)
            if low in lex["function_words"] and low not in lex["title_words"]:
                break
            keep.append(word)
        if keep and any(_is_role(fold(k), lex) for k in keep):
            while keep and not _is_role(fold(keep[0]), lex) and keep[0][0].islower():
                keep.pop(0)
            if keep:
                out.append(" ".join(reversed(keep)).strip(" ,"))
    m = _APPOSITIVE.match(text, end)
    if m:
        if m.group(1):
            out.append(m.group(1))
        if text[end : end + 1] == "," or m.group(1) and text[m.end(1) + 1 : m.end(1) + 2] == ",":
            out.append(" ".join(m.group(2).split()))
        elif re.match(r"[ \u00a0]of[ \u00a0]", text[end : end + 4]):
            out.append(" ".join(m.group(2).split())[:60])
    else:
        m = re.match(r"[ \u00a0]\(([^)]{1,40})\)", text[end : end + 45])
        if m:
            out.append(m.group(1))
        m = re.match(r",[ \u00a0]([DRI][-–][A-Z][\w. ]+)", text[end : end + 25])
        if m:
            out.append(m.group(1))
    m = _COPULA.match(text, end)
    if m:
        out.append(" ".join(m.group(1).split()))
    return out


def _is_role(word: str, lex: Lexicon) -> bool:
    return (
        word in lex["roles"]
        or word in lex["roles_m"]
        or word in lex["roles_f"]
        or word in lex["titles"]
        or word in lex["titles_m"]
        or word in lex["titles_f"]
    )


def _classes(words: Sequence[str], lex: Lexicon) -> set[str]:
    out: set[str] = set()
    for word in words:
        out.update(lex.meaning("role_classes", word) or ((word,) if _is_role(word, lex) else ()))
    for a, b in zip(words, words[1:], strict=False):
        if _is_role(b, lex):
            out.add(f"{a} {b}")
    return out


def _places(words: Sequence[str], lex: Lexicon) -> set[str]:
    out: set[str] = set()
    known = _countries(lex.code) | lex["places"]
    pairs = [*words, *(f"{a} {b}" for a, b in zip(words, words[1:], strict=False))]
    for word in pairs:
        if word in known:
            out.add(word)
        out.update(lex.meaning("nationalities", word))
        if "." in word or len(word) > 2:
            out.update(lex.meaning("states", word.rstrip(".")))
    return out


_PARTIES = {
    "democrat": "d",
    "democratic": "d",
    "democrats": "d",
    "d": "d",
    "republican": "r",
    "gop": "r",
    "r": "r",
    "republicans": "r",
    "independent": "i",
    "i": "i",
}


def _by_role(
    table: Table,
    start: int,
    core: list[str],
    head: str,
    phrase: str,
    told: Span | None,
    previous: int | None,
) -> Resolution | None:
    lex = table.lexicon
    gender = "f" if head in lex["roles_f"] | lex["titles_f"] else None
    gender = "m" if head in lex["roles_m"] | lex["titles_m"] else gender
    wanted = set(lex.meaning("role_classes", head)) or {head}
    wider = {b for c in (*wanted, head) for b in lex.meaning("class_members", c)}
    words = [w.lower().rstrip(".") for w in _TOKEN.findall(phrase)]
    places, parties = _places(words, lex), {_PARTIES[w] for w in words if w in _PARTIES}
    bonus: dict[int, float] = {}
    reasons: dict[int, str] = {}
    for e, entity in enumerate(table.entities):
        if entity.kind in {"organisation", "place", "other", "unnamed", "document"}:
            continue
        said = [w for role in roles(table, e) for w in _role_words(role)]
        said += list(entity.titles)
        have = _classes(said, lex)
        score = 0.0
        if have & wanted:
            score += 3.0
            reasons[e] = f"{' '.join(entity.words)} is called {', '.join(sorted(have & wanted))}"
        elif have & wider:
            score += 2.2
            reasons[e] = f"{' '.join(entity.words)} is called {', '.join(sorted(have & wider))}"
        elif have:
            score -= 0.6
        theirs = _places(said, lex)
        if places and theirs:
            score += 1.5 if places & theirs else -0.8
        mine = {_PARTIES[w] for w in said if w in _PARTIES}
        if parties and mine:
            score += 1.2 if parties & mine else -2.0
        bonus[e] = score
    result = _salient(table, start, gender, told, previous, f"“{phrase}”", bonus)
    if result.person is None:
        return None
    why = reasons.get(result.person)
    if why:
        return Resolution(result.person, result.confidence, f"“{phrase}”: {why}")
    return Resolution(result.person, round(result.confidence * 0.75, 4), result.evidence)


def _role_words(role: str) -> list[str]:
    words = [w.lower() for w in re.findall(r"[^\W_]+(?:['’.][^\W_]+)*", role)]
    return [w.removesuffix("'s").removesuffix("’s").rstrip(".") for w in words]


def _organisation(
    table: Table,
    start: int,
    phrase: str,
    head: str,
    core: list[str],
    told: Span | None,
    previous: int | None,
) -> Resolution:
    named = _occurrences_in(table, start, start + len(phrase))
    if named:
        # "Clinton's campaign", "the Trump campaign": an organisation called after its owner.
        o = named[0]
        owner = table.entities[o.entities[0]]
        name = (
            f"{owner.words[-1] if owner.kind in {'person', ''} else ' '.join(owner.words)} {head}"
        )
        return Resolution(_unnamed(table, name, "organisation"), 0.8, f"“{phrase}”")
    bonus: dict[int, float] = {}
    for e, entity in enumerate(table.entities):
        if entity.kind != "organisation":
            continue
        keys = set(entity.keys)
        if head in keys:
            bonus[e] = 3.0
        elif head in {"union", "group", "association", "organization", "organisation"} and keys & {
            "association",
            "federation",
            "union",
            "alliance",
            "league",
            "society",
        }:
            bonus[e] = 1.5
    result = _salient(table, start, "org", told, previous, f"“{phrase}”", bonus)
    if result.person is not None:
        return result
    return Resolution(
        _unnamed(table, phrase, "unnamed"), 0.6, "an organisation described, not named"
    )


def _document(
    table: Table,
    start: int,
    end: int,
    phrase: str,
    head: str,
    quote: Span,
    told: Span | None,
    previous: int | None,
) -> Resolution:
    """Who speaks in a document where the text says it, else the document itself."""
    inside = _occurrences_in(table, start, end)
    for o in inside:
        entity = table.entities[o.entities[0]]
        if entity.kind in {"organisation", "person", ""}:
            return Resolution(o.entities[0], 0.75, f"“{phrase}” is by {' '.join(entity.words)}")
    text = table.prose.text
    own = re.compile(
        rf"\b{re.escape(head)}\s+(?:\w+\s+)?(?:by|from|of|issued by|written by|released by|signed by)\s+(?:the\s+)?",
        re.I,
    )
    for m in own.finditer(text, max(0, start - 4000), start):
        behind = _occurrences_in(table, m.end() - 1, m.end() + 40)
        if behind and table.entities[behind[0].entities[0]].kind in {"organisation", "person", ""}:
            e = behind[0].entities[0]
            return Resolution(e, 0.7, f"“{phrase}” is by {' '.join(table.entities[e].words)}")
    return Resolution(
        _unnamed(table, phrase, "document"), 0.6, "a document whose author is not said"
    )


def records(table: Table) -> tuple[tuple[Person, ...], dict[int, int]]:
    """The speakers, then everybody else named in full, and from entity to index among them."""
    order = [e for e, entity in enumerate(table.entities) if entity.speaks]
    order += [
        e
        for e, entity in enumerate(table.entities)
        if not entity.speaks
        and len(entity.keys) > 1
        and entity.kind in {"person", "", "organisation"}
        and entity.spans
    ]
    out = []
    for e in order:
        entity = table.entities[e]
        kind: SpeakerKind = "person"
        if entity.unnamed:
            kind = "unnamed"
        elif entity.document:
            kind = "document"
        elif entity.kind in {"organisation", "place", "other"}:
            kind = "organisation"
        name = " ".join(entity.words)
        if entity.suffix and kind == "person" and entity.suffix in {"jr", "sr", "ii", "iii", "iv"}:
            name += f" {_SUFFIX[entity.suffix]}"
        forms = tuple(sorted(entity.forms.items(), key=lambda f: (-f[1], f[0])))
        said = () if kind == "unnamed" else (*sorted(entity.titles), *roles(table, e))
        out.append(Person(name, kind, forms, tuple(said), entity.gender))
    return tuple(out), {e: i for i, e in enumerate(order)}


_SUFFIX = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}
