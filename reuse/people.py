"""Names of one article -> its people and organisations, each with all the forms it is named by."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, log
from typing import Final

from rapidfuzz.distance import OSA

from reuse.capitals import capitals, runs, title_case
from reuse.lexicon import Lexicon, bare, common_names, first_names, fold, lexicon, owns
from reuse.naming import Name, Placed, head_of, known_words, names_in
from reuse.prose import Prose
from reuse.words import common

Span = tuple[int, int]
# Bearers of one surname that are weighed: a bound for odd texts.
_RIVALS: Final = 20
# A misspelt surname is looked for among so many of its first letters: a bound for odd texts.
_SAME_START: Final = 30
_MAYBE_PEOPLE: Final = frozenset(("person", ""))
# What a relative clause behind a name says that it is a name of.
_RELATIVES: Final = {"who": "person", "which": "organisation"}


@dataclass(slots=True)
class Entity:
    """Somebody or something the article names, as it is put together.

    ``kind`` is "person", "organisation", "place", "other", "unnamed", "document" or "" while it
    cannot be told. ``spans`` are its occurrences by number, ``speaks`` how many mentions resolved
    to it. ``firm``: seen with a capital where no sentence or headline asks for one.
    """

    words: tuple[str, ...]
    keys: tuple[str, ...]
    kind: str
    gender: str | None = None
    suffix: str = ""
    forms: dict[str, int] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()
    spans: list[int] = field(default_factory=list)
    roles: tuple[str, ...] | None = None
    speaks: int = 0
    firm: bool = False
    located: int = 0  # how often it stands behind "in", "near" and the like
    sure: bool = False  # whether a title or a role tells the gender, not a first name

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def may_be_a_person(self) -> bool:
        return self.kind in _MAYBE_PEOPLE


@dataclass(slots=True)
class Occurrence:
    """Where the article writes a name, in tokens, and whom it means there.

    ``standing`` is what its place in the sentence is worth to a pronoun behind it (``None`` until
    somebody asks).
    """

    first: int
    last: int
    name: Name
    entity: int
    sentence: int
    paragraph: int
    quoted: bool
    heading: bool
    standing: float | None = None


@dataclass(slots=True)
class Table:
    """The people of one article, and where it names them.

    Resolving a mention adds to it: the unnamed and the documents that speak, a gender that a
    pronoun told. So mentions are to be resolved in the order of the text.
    """

    prose: Prose
    quoted: list[Span]  # the stretches between the outermost marks, as offsets
    lexicon: Lexicon
    entities: list[Entity]
    occurrences: list[Occurrence]
    firsts: list[int]  # the first token of each occurrence
    by_last: dict[str, list[int]]
    by_any: dict[str, list[int]]
    by_start: dict[str, list[str]]  # surnames by their first two letters
    aliases: dict[str, int]  # acronyms that the article explains
    described: dict[tuple[str, str], int]
    uttered: list[tuple[int, int]]  # (token, entity) of the mentions resolved so far
    said: dict[int, tuple[list[str], set[str], set[str], set[str]]]  # by entity, of its roles
    resolved: dict[tuple[int, int], tuple[int | None, float, str]]  # by the mention's tokens

    def is_quoted(self, token: int) -> bool:
        """Whether a token stands between marks."""
        at = self.prose.starts[token]
        n = bisect_right(self.quoted, (at, len(self.prose.text)))
        return n > 0 and at < self.quoted[n - 1][1]


def people(prose: Prose, quoted: list[Span]) -> Table:
    """Whom an article names; ``quoted`` are the stretches between marks, as offsets, in order."""
    lex = lexicon(prose.language.code)
    table = Table(prose, _outermost(quoted), lex, [], [], [], {}, {}, {}, {}, {}, [], {}, {})
    capital = capitals(prose)
    titles = frozenset[int]() if lex.nouns_have_capitals else title_case(prose, capital)
    found = [
        (at + first, at + last, name)
        for at, run in _promising(prose, runs(prose, capital, lex), lex)
        for first, last, name in names_in(run, lex.code)
    ]
    occurrences = _placed(prose, quoted, found, titles)
    whom = _entities(table, occurrences)
    table.occurrences = [o for o in occurrences if whom.get(o.name)]
    clear, unclear = [], []
    for number, o in enumerate(table.occurrences):
        candidates = whom[o.name]
        if len(candidates) == 1:
            o.entity = candidates[0]
            clear.append(number)
        else:
            unclear.append(number)
    _count(table, clear)
    _share_out(table, unclear, whom)
    for entity in table.entities:
        entity.spans.sort()
    table.firsts = [o.first for o in table.occurrences]
    return table


def _outermost(quoted: list[Span]) -> list[Span]:
    """The stretches that stand in no other."""
    out: list[Span] = []
    for start, end in sorted(quoted):
        if not out or start >= out[-1][1]:
            out.append((start, end))
    return out


def _promising(
    prose: Prose, found: Iterable[tuple[int, tuple[str, ...]]], lex: Lexicon
) -> Iterable[tuple[int, tuple[str, ...]]]:
    """The runs that may hold a name. Where every noun has a capital, one noun by itself does when
    it ends a longer run too, is the letters of a body, or stands in brackets."""
    if not lex.nouns_have_capitals:
        return found
    found, words, known = list(found), prose.words, known_words(lex.code)
    last = {known[word].key for _, run in found if len(run) > 1 for word in run[1:]}
    return [
        (at, run)
        for at, run in found
        if len(run) > 1
        or known[run[0]].key in last
        or run[0].isupper()
        or (at and words[at - 1] == "(")
    ]


def _placed(
    prose: Prose, quoted: list[Span], found: list[Placed], titles: frozenset[int]
) -> list[Occurrence]:
    """Each name with its sentence, its paragraph, and whether marks or a headline hold it."""
    starts = prose.starts
    sentence_ends = [end for _, end in prose.sentences]
    paragraph_ends = [end for _, end in prose.paragraphs]
    stretches = [*quoted, (len(prose.text) + 1,) * 2]
    s = p = q = 0
    out = []
    for first, last, name in found:
        while sentence_ends[s] <= first:
            s += 1
        while paragraph_ends[p] <= first:
            p += 1
        at = starts[first]
        while stretches[q][1] <= at:
            q += 1
        inside = stretches[q][0] <= at
        out.append(Occurrence(first, last, name, -1, s, p, inside, p in titles))
    return out


def _acronyms(table: Table, occurrences: list[Occurrence]) -> dict[str, Name]:
    """ "Association of Flight Attendants (AFA)": the letters stand for the words before them."""
    words = table.prose.words
    found: dict[str, Name] = {}
    for before, o in pairwise(occurrences):
        if o.first == before.last + 1 and words[before.last] == "(" and len(o.name.keys) == 1:
            letters = o.name.keys[0]
            if 2 <= len(letters) <= 8 and _stands_for(letters, before.name.words):
                found.setdefault(letters, before.name)
    return found


def _stands_for(letters: str, words: Sequence[str]) -> bool:
    """Whether letters are the first ones of words, small words counted or not."""
    parts = [p for w in words for p in fold(w).replace("&", "and").split("-") if p]
    if len(parts) < 2:
        return False
    every = "".join(p[0] for p in parts)
    great = "".join(fold(w)[0] for w in words if w[0].isupper())
    return letters in {every, great} or (len(letters) > 2 and letters == every.replace("o", ""))


# --- Which names are one ------------------------------------------------------------------------


def _entities(table: Table, occurrences: list[Occurrence]) -> dict[Name, tuple[int, ...]]:
    """The entities that each name may mean.

    Names of more words first, so that a surname finds the full name wherever it stands.
    """
    where: dict[Name, list[Occurrence]] = {}
    for o in occurrences:
        if o.name in where:
            where[o.name].append(o)
        else:
            where[o.name] = [o]
    letters = _acronyms(table, occurrences)
    full = {
        name.keys
        for name, places in where.items()
        if len(name.keys) > 1 and not all(o.heading for o in places)
    }
    single = {name.keys[0] for name in where if len(name.keys) == 1}
    given = single | {keys[0] for keys in full}
    whom: dict[Name, tuple[int, ...]] = {}
    later: list[Name] = []
    parts: dict[Name, Name] = {}
    for name in sorted(where, key=lambda name: (-len(name.keys), where[name][0].first)):
        if len(name.keys) > 1:
            shown = name if name.keys in full or name.kind == "organisation" else None
            shown = shown or _in_headline(name, single, table.lexicon)
            if shown is name and _has_opener(name, given, table.lexicon):
                sentences = table.prose.sentences
                if all(o.first == sentences[o.sentence][0] for o in where[name]):
                    shown = _part(name, 1, table.lexicon) or name
            if shown is not None and len(shown.keys) > 1:
                whom[name] = _full_name(table, shown, full)
            elif shown is not None:
                later.append(name)
                parts[name] = shown
        elif name.weak or (name.titles and name.gender is None):
            later.append(name)
        else:
            kin = _kin(table, where[name][0], occurrences)
            whom[name] = (
                _full_name(table, kin, full)
                if kin is not None
                else _one_word(table, name, letters, whom, where[name])
            )
    # A title that tells no gender ("President Holt") takes whom the others have made.
    for name in later:
        whom[name] = _one_word(table, parts.get(name, name), letters, whom, where[name])
    return whom


def _in_headline(name: Name, single: set[str], lex: Lexicon) -> Name | None:
    """The name in a headline: a first name, and a surname that the text goes on with."""
    for k, (first, last) in enumerate(pairwise(name.words)):
        keys = fold(first), fold(last)
        if keys[0] in first_names() and keys[1] in single and keys[0] not in lex.ordinary:
            return name if len(name.words) == 2 else _part(name, k, lex, k + 2)
    return None


def _has_opener(name: Name, single: set[str], lex: Lexicon) -> bool:
    """Whether a name that begins a sentence may have an adjective there: "Modest Linnea"."""
    first, second = name.keys[:2]
    if first in first_names() or second not in first_names() or name.titles:
        return False
    if len(name.keys) > 2:
        return True
    return second in single and second not in common_names()["surnames"]


def _part(name: Name, first: int, lex: Lexicon, last: int | None = None) -> Name | None:
    """The name that some words of a name are by themselves."""
    found = names_in(name.words[first:last], lex.code)
    return found[0][2] if len(found) == 1 else None


def _full_name(table: Table, name: Name, full: set[tuple[str, ...]]) -> tuple[int, ...]:
    """The entity of a name of several words; a new one where none fits."""
    keys = name.keys
    # "Honest Mary Holt": a name the article has, and a word before it.
    for k in range(1, len(keys) - 1):
        if keys[k:] in full and keys[k] in first_names() and keys[0] not in first_names():
            keys = keys[k:]
            break
    for i in table.by_last.get(keys[-1], ())[:50]:
        other = table.entities[i]
        if keys == other.keys and name.suffix != other.suffix:
            continue
        if keys == other.keys or (
            len(keys) < len(other.keys)
            and other.keys[-len(keys) :] == keys
            and (name.kind != "place" or other.kind == "organisation")
        ):
            if keys == name.keys:
                _widen(other, name)
            return (i,)
        if _same_person(name, keys, other, table.lexicon):
            _widen(other, name)
            return (i,)
    if keys != name.keys:
        skip = len(name.keys) - len(keys)
        shorter = name.words[skip:]
        return (_new(table, shorter, keys, name),)
    return (_new(table, name.words, keys, name),)


def _new(table: Table, words: tuple[str, ...], keys: tuple[str, ...], name: Name) -> int:
    index = len(table.entities)
    gender = name.gender
    if gender is None and len(keys) == 1 and not name.titles:
        # A first name alone ("Melanie"); one that is a surname as well tells nothing.
        known = first_names().get(keys[0])
        if known in {"f", "m"} and keys[0] not in common_names()["surnames"]:
            gender = known
    table.entities.append(Entity(words, keys, name.kind, gender, name.suffix))
    last = keys[-1]
    if last in table.by_last:
        table.by_last[last].append(index)
    else:
        table.by_last[last] = [index]
        starts = table.by_start.setdefault(last[:2], [])
        if len(starts) < _SAME_START:
            starts.append(last)
    for key in set(keys) if len(keys) > 1 else keys:
        if key in table.by_any:
            table.by_any[key].append(index)
        else:
            table.by_any[key] = [index]
    return index


def _same_person(name: Name, keys: tuple[str, ...], other: Entity, lex: Lexicon) -> bool:
    if name.kind not in {"person", ""} or not other.may_be_a_person or len(other.keys) < 2:
        return False
    if name.suffix != other.suffix and (
        # "John Gale" and "John Gale Jr." are two; "Joe Gale" is "Joseph R. Gale Jr." for short.
        (name.suffix and other.suffix) or keys[0] == other.keys[0]
    ):
        return False
    return keys[-1] == other.keys[-1] and given_agree(keys[0], other.keys[0], lex)


def given_agree(a: str, b: str, lex: Lexicon) -> bool:
    """Whether two first names can be one person's: equal, an initial, or a short form."""
    if a == b or (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b)):
        return True
    return bool({a, *lex.meaning("nicknames", a)} & {b, *lex.meaning("nicknames", b)})


def _widen(entity: Entity, name: Name) -> None:
    """The fuller form is the name; a suffix and a kind stay once told."""
    if (len(name.words), len(name.text)) > (len(entity.words), len(entity.name)):
        entity.words = name.words
    entity.suffix = entity.suffix or name.suffix
    if name.kind == "person":
        entity.kind = "person"


def _one_word(
    table: Table,
    name: Name,
    letters: dict[str, Name],
    whom: dict[Name, tuple[int, ...]],
    places: list[Occurrence],
) -> tuple[int, ...]:
    """The entities that one word may mean; a new one where none fits; none for a mere word."""
    key = name.keys[0]
    if key in letters and whom.get(letters[key]):
        table.aliases[key] = whom[letters[key]][0]
        return whom[letters[key]]
    bearers = table.by_last.get(key, ())
    full = [i for i in bearers if len(table.entities[i].keys) > 1]
    alone = [i for i in bearers if table.entities[i].keys == (key,)]
    if name.kind == "person" or name.titles:
        full = [i for i in full if table.entities[i].may_be_a_person]
    if name.kind == "organisation" and name.words[0].isupper():
        full = [i for i in full if table.entities[i].kind == "person"]  # NBC is not the Holt NBC
    if name.kind == "place":
        # Israel is not Ann Israel, unless nobody is ever in it, of it or from it.
        lower, behind = table.prose.lower, table.lexicon["locatives"] | _WHENCE
        if any(o.first and lower[o.first - 1] in behind for o in places):
            full = []
        full = [
            i
            for i in full
            if table.entities[i].kind == "person" and table.entities[i].keys[0] in first_names()
        ]
    fitting = [
        i
        for i in full
        if _may_be_called(table.entities[i], key)
        and (
            name.gender is None
            or table.entities[i].gender is None
            or table.entities[i].gender == name.gender
        )
    ]
    if fitting and not name.titles and all(_opens(table, o) for o in places):
        # "Staff said so" is not the Joint Staff.
        ordinary = common(key, table.lexicon.code, _ORDINARY)
        fitting = [i for i in fitting if table.entities[i].kind == "person" or not ordinary]
    if name.weak and not fitting:
        return ()
    if alone and not (fitting and name.gender):
        # Made because "Mr." fitted nobody of this surname: so that is who has it here.
        return (alone[0],)
    if fitting:
        return tuple(fitting)
    if key.endswith("s") and not name.titles and key[:-1] in table.by_last:
        return ()  # the Gales are several
    if name.kind == "organisation":
        initials = [
            i
            for i, e in enumerate(table.entities[:200])
            if e.kind == "organisation" and len(e.keys) > 1 and _stands_for(key, e.words)
        ]
        if len(initials) == 1:
            return (initials[0],)
    by_given = not table.lexicon["first_name_titles"].isdisjoint(name.titles)
    if not name.titles or key not in first_names() or by_given:
        first = [
            i
            for i in table.by_any.get(key, ())
            if len(table.entities[i].keys) > 1
            and table.entities[i].keys[0] == key
            and _may_be_met(table, table.entities[i], len(places))
        ]
        if first and not full:
            return tuple(first)
    if not full and name.titles and name.gender is not None:
        # "Ms. Lora" is Ana Lora Reyes: of two surnames the first is the one used.
        double = [
            i
            for i in table.by_any.get(key, ())
            if table.entities[i].keys[1:-1] == (key,)
            and table.entities[i].kind == "person"
            and table.entities[i].gender in {None, name.gender}
        ]
        if len(double) == 1:
            return (double[0],)
    near = _misspelt(table, name) if not full else None
    if near is not None:
        return (near,)
    return (_new(table, name.words, name.keys, name),)


_WHENCE: Final = frozenset(("of", "from", "to", "for", "with"))


def _kin(table: Table, o: Occurrence, occurrences: list[Occurrence]) -> Name | None:
    """The full name of somebody named as kin: "Ann Lee's brother Tom" is Tom Lee."""
    lower, key = table.prose.lower, o.name.keys[0]
    if key not in first_names() or lower[o.first - 1] not in table.lexicon["same_surname"]:
        return None
    before = bisect_left(occurrences, o.first, key=lambda other: other.first) - 1
    if before < 0 or occurrences[before].last != o.first - 1:
        return None
    whose = occurrences[before]
    if len(whose.name.keys) < 2 or bare(table.prose.words[whose.last - 1]) != whose.name.words[-1]:
        return None
    found = names_in((*o.name.words, whose.name.words[-1]), table.lexicon.code)
    return found[0][2] if len(found) == 1 else None


def _opens(table: Table, o: Occurrence) -> bool:
    """Whether a name begins its sentence, where every word has a capital."""
    return o.first == table.prose.sentences[o.sentence][0]


def _may_be_met(table: Table, entity: Entity, times: int) -> bool:
    """Whether a name may be a person's, or a body's, whom the first of its words means so often:
    not the Holt Train, in an article about Holt."""
    last = entity.keys[-1]
    if entity.kind != "" or times < _OFTEN:
        return entity.may_be_a_person
    return last in common_names()["surnames"] or not common(last, table.lexicon.code, _ORDINARY)


def _may_be_called(entity: Entity, key: str) -> bool:
    """Whether one word can stand for a name: a Bank of Japan is the bank, and not Japan."""
    return entity.may_be_a_person or head_of(entity.keys) == key


def _misspelt(table: Table, name: Name) -> int | None:
    """Whose surname this is but for one letter, where only one fits."""
    key = name.keys[0]
    known = key in common_names()["surnames"] or key in first_names()
    if len(key) < 5 or known or name.kind == "place":
        return None
    found = [
        i
        for last in table.by_start.get(key[:2], ())
        if last != key and OSA.distance(last, key, score_cutoff=1) == 1
        if last in common_names()["surnames"] or not common(last, table.lexicon.code, _ORDINARY)
        for i in table.by_last[last]
        if len(table.entities[i].keys) > 1 and table.entities[i].may_be_a_person
    ]
    return found[0] if len(found) == 1 else None


# Zipf frequency from which a word that is no known surname is none: "Politico" is no slip for the
# last word of a site's name, "politics".
_ORDINARY: Final = 4.0
# What a title stands between.
_MARKS: Final = frozenset(("“", "”", '"', "''"))
# A word that stands alone so often is whom the article is about.
_OFTEN: Final = 4


def _count(table: Table, numbers: Iterable[int]) -> None:
    """What some occurrences add to their entities."""
    occurrences, entities = table.occurrences, table.entities
    lower, sentences = table.prose.lower, table.prose.sentences
    genders, locatives = table.lexicon.genders, table.lexicon["locatives"]
    for number in numbers:
        o = occurrences[number]
        entity, name = entities[o.entity], o.name
        forms, form = entity.forms, _form(name, entity)
        forms[form] = forms.get(form, 0) + 1
        entity.spans.append(number)
        if name.titles:
            entity.titles = entity.titles.union(name.titles)
        if entity.kind == "" and name.kind == "person":
            entity.kind = "person"
        if entity.kind in _MAYBE_PEOPLE:
            if name.gender and (entity.gender is None or name.titles):
                entity.gender = name.gender
                entity.sure = entity.sure or bool(name.titles)
            if o.first:
                before = lower[o.first - 1]
                apposed = before == "," and not "".join(lower[o.last : o.last + 1]).isalnum()
                if apposed and lower[o.first - 2] in table.lexicon["kin"]:
                    before = lower[o.first - 2]  # "Ann Lee's husband, Ali Lee, …"
                if before in genders and not entity.sure:
                    entity.gender, entity.sure = genders[before], True
                if before in locatives:
                    entity.located += 1
                if entity.kind == "" and _is_a_thing(table, o, before):
                    entity.kind = "organisation"
            if entity.kind == "" and lower[o.last : o.last + 1] == [","]:
                behind = lower[o.last + 1 : o.last + 2]
                entity.kind = _RELATIVES.get("".join(behind), "")
        if not entity.firm and not o.heading:
            begin = sentences[o.sentence][0]
            entity.firm = len(name.keys) > 1 or bool(name.titles) or o.first - begin > 1


def _form(name: Name, entity: Entity) -> str:
    """Under which form an occurrence names somebody: a headline has other words around it ("Tom
    Reed Denies It")."""
    keys, own = name.keys, entity.keys
    if len(own) < 2 or len(keys) < 2 or (keys[0] == own[0] and keys[-1] == own[-1]):
        return name.text
    other = keys[0] not in first_names() and keys[0][0] != own[0][0]
    if keys[-1] == own[0] or (len(keys) == 2 and keys[-1] == own[-1] and other):
        return name.words[-1]  # "Debating Reed"
    size = len(own)
    inside = any(keys[k : k + size] == own for k in range(len(keys) - size + 1))
    return entity.name if inside else name.text


def _is_a_thing(table: Table, o: Occurrence, before: str) -> bool:
    """Whether an article or a noun says that a name of unknown kind is no person's.

    "the ferry company Northstrand", "the Northstrand Anglers", "the “Harbour” star"; "the Holt
    plan" says nothing.
    """
    if before in table.lexicon["collectives"]:
        return True
    words, lower = table.prose.words, table.prose.lower
    titled = before in _MARKS and lower[o.first - 2] == "the"
    if (before != "the" and not titled) or o.last + titled >= len(words):
        return False
    behind = lower[o.last + titled]
    noun = behind == words[o.last + titled] and behind[0].isalpha()
    if titled:
        return noun and words[o.last] in _MARKS and behind not in table.lexicon["verbs"]
    return not noun or behind in table.lexicon["verbs"] or behind in table.lexicon["function_words"]


def _share_out(table: Table, unclear: list[int], whom: dict[Name, tuple[int, ...]]) -> None:
    """Give each occurrence of a surname that several bear to one of them.

    Whose full name stands near before it, who has had the surname often so far, who came first,
    whose title it has. Who goes by a first name ("Tom left") is not brought nearer by that.
    """
    full: dict[int, list[int]] = {}
    given: dict[int, tuple[int, int]] = {}  # how often the surname was given so far, where last
    for number in unclear:
        o = table.occurrences[number]
        weights = {}
        for e in whom[o.name][:_RIVALS]:
            if e not in full:
                key = table.entities[e].keys[-1]
                spans = table.entities[e].spans
                full[e] = [
                    i
                    for i in spans
                    if (table.occurrences[i].name.keys[-1] == key or i == spans[0])
                    and not _owns_kin(table, table.occurrences[i])
                ]
            k = bisect_left(full[e], number)
            times, last = given.get(e, (0, -1))
            last = max(last, full[e][k - 1] if k else -1)
            weights[e] = _ownership(table, e, number, times + k, last)
        o.entity = max(weights, key=lambda e: (weights[e], -e))
        given[o.entity] = given.get(o.entity, (0, -1))[0] + 1, number
        _count(table, (number,))


def _owns_kin(table: Table, o: Occurrence) -> bool:
    """Whether a name only says whose kin is spoken of: "*Ann Lee's* brother Tom"."""
    words, lower = table.prose.words, table.prose.lower
    behind = lower[o.last] if o.last < len(words) else ""
    return owns(words[o.last - 1]) and behind in table.lexicon["same_surname"]


def _ownership(table: Table, e: int, number: int, times: int, last: int) -> float:
    entity, o = table.entities[e], table.occurrences[number]
    score = -2.0
    if last >= 0:
        apart = o.sentence - table.occurrences[last].sentence
        score = 2.0 * exp(-apart / 4.0) + 0.5 * log(1 + times)
    if entity.spans:
        score += 1.5 * exp(-table.occurrences[min(entity.spans[0], entity.spans[-1])].first / 300.0)
    if not entity.titles.isdisjoint(o.name.titles):
        score += 2.0
    if _by_first_name(table, entity) > times:
        score -= 1.5
    if o.name.gender and entity.gender and o.name.gender != entity.gender:
        score -= 4.0
    told = _pronoun_beside(table, number) if entity.gender else None
    if told:
        score += 1.0 if told == entity.gender else -1.0
    return score if entity.may_be_a_person else score - 3.0


def _by_first_name(table: Table, entity: Entity) -> int:
    """How often the article says "Tom" of who else would be "Mr. Gale"; once is no habit."""
    alone = entity.keys[:1]
    times = 0
    for i in entity.spans[:_RIVALS]:
        times += table.occurrences[i].name.keys == alone
    return times if times > 1 and len(entity.keys) > 1 else 0


def _pronoun_beside(table: Table, number: int) -> str | None:
    """The sex of whom an occurrence means, where the pronouns behind it are of one. Behind somebody
    else of that sex a pronoun is theirs ("Holt said that Tom Reed had lost *his* seat")."""
    lower, lex, o = table.prose.lower, table.lexicon, table.occurrences[number]
    begin, end = table.prose.sentences[o.sentence]
    said = set(lower[begin:end])
    if lex["male"].isdisjoint(said) == lex["female"].isdisjoint(said):
        return None
    sex = "f" if lex["male"].isdisjoint(said) else "m"
    words, at = lex["female" if sex == "f" else "male"], o.last
    for other in table.occurrences[number + 1 : number + _RIVALS]:
        if other.first >= end or not words.isdisjoint(lower[at : other.first]):
            break
        if other.entity >= 0 and other.name.keys[-1] != o.name.keys[-1]:
            entity = table.entities[other.entity]
            if entity.may_be_a_person and entity.gender in (None, sex):
                return None
        at = other.last
    return None if words.isdisjoint(lower[at:end]) else sex
