"""The people of every article -> the speakers of the corpus, and under which names each is quoted.

Full names join first, by blocks and never by pairs: one name, unless middle names or, for a common
name, what is said of them tell two people apart; then short forms, misspellings and
transliterations, where something besides the name speaks for it (what they are said to be, with
whom they appear, how much commoner one spelling is); then those that an article names by surname or
letters alone. The house list and people's decisions come last.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from reuse.lexicon import common_names, first_names, fold, lexicon
from reuse.model import Person, Speaker, SpeakerKind, content_id
from reuse.names import Entry, Names, names_from
from reuse.spellings import blocks, namesakes, variation

__all__ = ["Decision", "Names", "Speakers", "decision", "join", "names_from"]

# A row of the table `decisions`: id, kind, names (JSON), article_id, made_at.
Decision = tuple[str, str, str, str | None, str]

# How many of a speaker's articles are looked at for evidence: more add nothing.
_SAMPLE = 60
# A namesake with a rare name has a story of his own: at least that many articles.
_STORY = 2
# Names with more expected namesakes than this are told apart by what is said of their bearers.
_NAMESAKES = 0.05
# A surname alone joins the full name that so much of its use speaks for.
_DOMINANT = 0.8
# That many articles in which a person goes by the surname make it theirs without more evidence.
_KNOWN_BY = 5
# Each role or companion in common makes a short name so much likelier to be somebody's.
_COMPANY = 4
# A person who is called Jr. is called so at least that often.
_SELDOM = 0.25
# A form that so few use is not the name, however full it is.
_RARITY = 0.02
# A misspelling is this much rarer than the name it is taken for.
_RARER = 5
# A block that more names share tells nobody apart; its members meet in narrower ones.
_BLOCK = 50


@dataclass(frozen=True, slots=True)
class Speakers:
    """The speakers of a corpus; ``of`` says who a person of an article is."""

    speakers: list[Speaker]
    names: list[tuple[str, str, int]]
    _first: dict[str, tuple[int, int]]
    _numbers: array[int]
    _corrections: dict[tuple[str | None, str], int]

    def of(self, article_id: str, index: int) -> str:
        """The id of the speaker that person `index` of an article is."""
        first, count = self._first[article_id]
        if not 0 <= index < count:
            raise IndexError(f"article {article_id} has no person {index}")
        return self.speakers[self._numbers[first + index]].id

    def corrected(self, article_id: str, words: str) -> str | None:
        """The speaker that somebody decided a quote of these words has, if somebody did."""
        if not self._corrections:
            return None
        for place in (article_id, None):
            number = self._corrections.get((place, _plain(words)))
            if number is not None:
                return self.speakers[number].id
        return None


def join(
    people: Iterable[tuple[str, int, Person]],
    decisions: Sequence[Decision] = (),
    names: Names | None = None,
) -> Speakers:
    """Every person of every article joined into speakers.

    The rows of one article come together, their index counted from 0; articles in any order.
    """
    rows = _columns(people)
    groups = _Groups(len(rows.form))
    _full_names(rows, groups)
    _variants(rows, groups)
    _short_names(rows, groups)
    house = _house(rows, groups, names) if names is not None else {}
    corrections = _decided(rows, groups, decisions)
    return _result(rows, groups, house, corrections)


# --- Columns ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """One distinct (kind, name) of the corpus.

    ``keys`` are first name and surname of a person, all great words of an organisation; ``label``
    names a full one as company of others.
    """

    kind: SpeakerKind
    name: str
    keys: tuple[str, ...]
    middles: tuple[str, ...]
    suffix: str
    label: str

    @property
    def named(self) -> bool:
        return self.kind in {"person", "organisation"}


@dataclass(frozen=True, slots=True)
class _Rows:
    """One element a person of an article, in the order of article ids and indexes.

    What occurs often is kept once and numbered, so that millions of rows are a few arrays.
    """

    articles: list[str]
    first: array[int]  # of each article, its first row; one more at the end
    article: array[int]  # of each row, its article
    form: array[int]
    gender: array[int]  # 0 unknown, 1 f, 2 m
    forms: list[_Form]
    strings: list[str]
    alias_first: array[int]  # of each row, its first alias; one more at the end
    alias: array[int]
    alias_count: array[int]
    role_first: array[int]
    role: array[int]

    def form_of(self, row: int) -> _Form:
        return self.forms[self.form[row]]

    def aliases(self, row: int) -> Iterator[tuple[str, int]]:
        for i in range(self.alias_first[row], self.alias_first[row + 1]):
            yield self.strings[self.alias[i]], self.alias_count[i]

    def role_words(self, row: int) -> Iterator[str]:
        """What is said of somebody, as words that can be shared."""
        for i in range(self.role_first[row], self.role_first[row + 1]):
            yield from _meanings(self.strings[self.role[i]])

    def company(self, row: int) -> Iterator[str]:
        """With whom somebody appears: the others of the article that are named in full."""
        a = self.article[row]
        for other in range(self.first[a], self.first[a + 1]):
            label = self.forms[self.form[other]].label
            if other != row and label:
                yield label

    def people_beside(self, row: int) -> Iterator[int]:
        """The forms of the others of the article that are sure to be people named in full: the
        address of the paper stands below all its stories."""
        a = self.article[row]
        for other in range(self.first[a], self.first[a + 1]):
            form = self.forms[self.form[other]]
            if other != row and form.label and form.kind == "person" and _known(form.keys):
                yield self.form[other]

    def features(self, rows: Iterable[int]) -> set[str]:
        out: set[str] = set()
        for row in rows:
            out.update(self.role_words(row))
            out.update(self.company(row))
        return out


def _columns(people: Iterable[tuple[str, int, Person]]) -> _Rows:
    articles: list[str] = []
    first, form, gender = array("q"), array("q"), array("q")
    alias, alias_count, alias_first = array("q"), array("q"), array("q", [0])
    role, role_first = array("q"), array("q", [0])
    forms: list[_Form] = []
    form_numbers: dict[tuple[str, str], int] = {}
    string_numbers: dict[str, int] = {}
    for article_id, index, person in people:
        if not articles or articles[-1] != article_id:
            articles.append(article_id)
            first.append(len(form))
        if index != len(form) - first[-1]:
            raise ValueError(f"person {index} of article {article_id} is out of order")
        key = (person.kind, person.name)
        if key not in form_numbers:
            form_numbers[key] = len(forms)
            forms.append(_parsed(person.kind, person.name))
        form.append(form_numbers[key])
        gender.append({"f": 1, "m": 2}.get(person.gender or "", 0))
        for text, count in person.forms:
            alias.append(string_numbers.setdefault(text, len(string_numbers)))
            alias_count.append(count)
        alias_first.append(len(alias))
        for text in person.roles:
            role.append(string_numbers.setdefault(text, len(string_numbers)))
        role_first.append(len(role))
    first.append(len(form))
    if len(set(articles)) != len(articles):
        raise ValueError("the people of one article do not stand together")
    # Forms in the order of their names, articles in that of their ids, so that nothing depends on
    # the order they came in.
    order = np.array(sorted(range(len(articles)), key=articles.__getitem__), dtype=np.int64)
    by_name = sorted(range(len(forms)), key=lambda n: (forms[n].kind, forms[n].name))
    renumbered = np.argsort(np.array(by_name, dtype=np.int64))
    new_first, rows = _taken(first, order)
    new_alias_first, aliases = _taken(alias_first, rows)
    new_role_first, told = _taken(role_first, rows)
    counts = np.diff(new_first)
    return _Rows(
        articles=[articles[i] for i in order],
        first=_array(new_first),
        article=_array(np.repeat(np.arange(len(articles)), counts)),
        form=_array(renumbered[np.asarray(form)[rows]]),
        gender=_array(np.asarray(gender)[rows]),
        forms=[forms[n] for n in by_name],
        strings=list(string_numbers),
        alias_first=_array(new_alias_first),
        alias=_array(np.asarray(alias)[aliases]),
        alias_count=_array(np.asarray(alias_count)[aliases]),
        role_first=_array(new_role_first),
        role=_array(np.asarray(role)[told]),
    )


def _taken(
    first: array[int], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranges in a new order: where each begins then, and the old place of every element."""
    begins = np.asarray(first)
    counts = np.diff(begins)[order]
    new_first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    shift = np.repeat(begins[:-1][order] - new_first[:-1], counts)
    return new_first, (np.arange(new_first[-1]) + shift).astype(np.int64)


def _array(values: NDArray[np.int64]) -> array[int]:
    return array("q", np.ascontiguousarray(values, dtype=np.int64).tobytes())


def _plain(text: str) -> str:
    return " ".join(fold(w) for w in text.split())


def _parsed(kind: SpeakerKind, name: str) -> _Form:
    if kind == "organisation":
        keys = _organisation_keys(name)
        label = "with " + " ".join(keys) if len(keys) > 1 else ""
        return _Form(kind, name, keys, (), "", label)
    if kind != "person":
        return _Form(kind, name, (_plain(name),), (), "", "")
    first_and_last, middles, suffix = _person_keys(name)
    label = "with " + " ".join(first_and_last) if len(first_and_last) > 1 else ""
    return _Form(kind, name, first_and_last, middles, suffix, label)


def _organisation_keys(name: str) -> tuple[str, ...]:
    """The great words of an organisation's name, letters written out: UN is United Nations."""
    lex = lexicon("en")
    keys: list[str] = []
    for word in name.split():
        key = fold(word.strip('(),"“”'))
        if key and key not in lex["company_forms"]:
            keys += (lex.meaning("letters", key) or (key,))[0].split()
    return tuple(keys) if len(keys) > 1 else tuple(_plain(name).removeprefix("the ").split())


def _person_keys(name: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """First name and surname, what stands between them, and Jr. or Sr."""
    lex = lexicon("en")
    if "," in name:
        # "Holt, Mary"; but "Holt, Jr."
        last, _, rest = name.partition(",")
        if fold(rest.strip()) not in lex["suffixes"]:
            name = f"{rest.strip()} {last.strip()}"
    keys: list[str] = []
    words = name.split()
    for n, word in enumerate(words):
        key = fold(word.strip(",\"“”()'‘’"))
        # "H.W." and "HW" are two initials.
        if 0 < n < len(words) - 1 and 1 < len(key) < 4 and word.isupper() and not name.isupper():
            keys += key
        elif key:
            keys.append(key)
    while len(keys) > 2 and keys[0] in lex.titles and keys[0] not in first_names():
        keys = keys[1:]
    if len(keys) == 2 and keys[0] in lex["courtesy"]:
        keys = keys[1:]
    suffix = ""
    while len(keys) > 1 and keys[-1] in lex["suffixes"]:
        suffix, keys = keys[-1], keys[:-1]
    if len(keys) < 2:
        return tuple(keys), (), suffix
    last_at = len(keys) - 1
    while last_at > 1 and keys[last_at - 1] in lex["particles"]:
        last_at -= 1
    return (keys[0], " ".join(keys[last_at:])), tuple(keys[1:last_at]), suffix


@lru_cache(maxsize=1 << 16)
def _meanings(role: str) -> tuple[str, ...]:
    """The words of a role that two articles may share: offices by class, places by their name."""
    lex = lexicon("en")
    out: dict[str, None] = {}
    for word in role.replace("(", " ").replace(")", " ").replace("-", " ").split():
        key = fold(word.strip(".,;:'\"“”’")).removesuffix("s'")
        if len(key) < 2 or key in lex["function_words"] or key in lex["courtesy"]:
            continue
        for table in ("role_classes", "states", "nationalities"):
            if meanings := lex.meaning(table, key):
                out.update(dict.fromkeys(meanings))
                break
        else:
            if key not in lex["title_words"]:
                out[key] = None
    return tuple(out)


# --- Groups of rows -----------------------------------------------------------------------------


class _Groups:
    """Which rows are one speaker: a forest in which each row points towards its group's root,
    which is its least row."""

    def __init__(self, n: int) -> None:
        self.parent = array("q", range(n))

    def root(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def union(self, rows: Iterable[int]) -> None:
        """Make one group of all the groups these rows are in."""
        first: int | None = None
        for row in rows:
            root = self.root(row)
            if first is None or root == first:
                first = root
            else:
                first, other = min(first, root), max(first, root)
                self.parent[other] = first

    def leave(self, rows: Sequence[int]) -> None:
        """Make a group of these rows; those they leave stay together."""
        leaving = set(rows)
        roots = {self.root(row) for row in rows}
        members: dict[int, list[int]] = defaultdict(list)
        for row in range(len(self.parent)):
            root = self.root(row)
            if root in roots:
                members[root].append(row)
        for group in members.values():
            for row in group:
                self.parent[row] = row
            self.union(row for row in group if row not in leaving)
        self.union(rows)


# --- Full names ---------------------------------------------------------------------------------


def _full_names(rows: _Rows, groups: _Groups) -> None:
    """One name, one person, unless the middle names or what is said of them say otherwise."""
    by_name: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for n, form in enumerate(rows.forms):
        if form.named and len(form.keys) > 1:
            by_name[form.kind, form.keys].append(n)
    of_form: dict[int, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        if rows.forms[n].named and len(rows.forms[n].keys) > 1:
            of_form[n].append(row)
    for (kind, keys), numbers in by_name.items():
        for members in _by_middle(rows, numbers, of_form):
            if kind == "person" and namesakes(*keys) > _NAMESAKES:
                _apart_by_roles(rows, groups, members)
            elif kind == "person" and len(members) >= 2 * _STORY:
                _apart_by_stories(rows, groups, members)
            else:
                groups.union(members)
    plain: dict[str, int] = {}
    for n, form in enumerate(rows.forms):
        if n not in of_form:
            continue
        # The same words, here taken for a person's name and there for an organisation's.
        words = _plain(form.name)
        groups.union((plain.setdefault(words, of_form[n][0]), of_form[n][0]))
        # "Angry Tom Reed" at the start of a sentence, where "Tom Reed" is known.
        if form.middles and form.keys[0] not in first_names() and form.middles[0] in first_names():
            known = by_name.get(("person", (form.middles[0], form.keys[1])))
            if known:
                groups.union((*of_form[n], of_form[known[0]][0]))


def _by_middle(
    rows: _Rows, numbers: Sequence[int], of_form: dict[int, list[int]]
) -> Iterator[list[int]]:
    """The rows of one first name and surname, parted where middle names or Jr. contradict."""
    classes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n in numbers:
        form = rows.forms[n]
        classes[" ".join(form.middles), form.suffix] += of_form[n]
    # Fuller middle names first; a form joins the class that it does not contradict, if that is
    # the only one or by far the commonest.
    merged: dict[tuple[str, str], list[int]] = {}
    for key in sorted(classes, key=lambda k: (-len(k[0]), -len(k[1]), k)):
        fitting = [
            head
            for head in merged
            if _middles_agree(key[0], head[0])
            and _suffixes_agree(rows, key[1], head[1], classes[key], merged[head])
        ]
        if fitting:
            best = max(fitting, key=lambda head: (len(merged[head]), head))
            if len(merged[best]) >= _DOMINANT * sum(len(merged[head]) for head in fitting):
                merged[best] += classes[key]
                continue
        merged[key] = list(classes[key])
    for members in merged.values():
        yield sorted(members)


def _middles_agree(a: str, b: str) -> bool:
    """Whether one has no middle names, or all of them are the same or an initial of the other's."""
    xs, ys = a.split(), b.split()
    return not (xs and ys) or (
        len(xs) == len(ys)
        and all(
            x == y or (min(len(x), len(y)) == 1 and x[0] == y[0])
            for x, y in zip(xs, ys, strict=True)
        )
    )


def _suffixes_agree(rows: _Rows, a: str, b: str, of_a: Sequence[int], of_b: Sequence[int]) -> bool:
    """Jr. and no Jr. are one unless an article has both."""
    if a == b or (a and b):
        return a == b
    with_suffix = len(of_a) if a else len(of_b)
    if with_suffix < _SELDOM * (len(of_a) + len(of_b)):
        return False  # so seldom, Jr. is somebody else: the son of the one in the news
    return {rows.article[row] for row in of_a}.isdisjoint(rows.article[row] for row in of_b)


def _apart_by_roles(rows: _Rows, groups: _Groups, members: Sequence[int]) -> None:
    """Rows of a common name: one person where roles or company are shared; else roles part them.

    Rows of which nothing is said go with the largest group.
    """
    seen: dict[str, int] = {}
    for row in members:
        for feature in (*rows.role_words(row), *rows.company(row)):
            groups.union((seen.setdefault(feature, row), row))
    sizes = Counter(groups.root(row) for row in members)
    told = {groups.root(row) for row in members if any(True for _ in rows.role_words(row))}
    largest = min(told or sizes, key=lambda root: (-sizes[root], root))
    groups.union((largest, *(root for root in sizes if root not in told)))


def _apart_by_stories(rows: _Rows, groups: _Groups, members: Sequence[int]) -> None:
    """Rows of a name that hardly two people bear: one person, unless two stories of several
    articles say different things of its bearer and have nobody else in common."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for row in members:
        for word in rows.role_words(row):
            by_word[word].append(row)
    if len(by_word) < 2:
        groups.union(members)
        return
    story = _joined(members, by_word.values())
    if len({story[row] for shared in by_word.values() for row in shared}) > 1:
        by_company: dict[int, list[int]] = defaultdict(list)
        for row in members:
            for form in rows.people_beside(row):
                by_company[form].append(row)
        alone = set(members).difference(*by_company.values())
        story = _joined(members, (*by_word.values(), *by_company.values()))
        told = {row for shared in by_word.values() for row in shared}
        sizes = Counter(story[row] for row in members)
        saying = Counter(story[row] for row in told - alone)
        own = [root for root in sizes if sizes[root] >= _STORY and saying[root]]
    else:
        own = []
    if len(own) < 2:
        groups.union(members)
        return
    largest = min(own, key=lambda root: (-sizes[root], root))
    parts: dict[int, list[int]] = defaultdict(list)
    for row in members:
        parts[story[row] if story[row] in own else largest].append(row)
    for part in parts.values():
        groups.union(part)


def _joined(members: Sequence[int], shared: Iterable[Sequence[int]]) -> dict[int, int]:
    """Of each row the least one it is joined to by what they share."""
    part = {row: row for row in members}

    def root(row: int) -> int:
        while part[row] != row:
            part[row] = row = part[part[row]]
        return row

    for rows in shared:
        for row in rows[1:]:
            a, b = root(rows[0]), root(row)
            part[max(a, b)] = min(a, b)
    return {row: root(row) for row in members}


# --- Variants of a name -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Node:
    """A group of full-named rows while variants are compared."""

    root: int
    first: str
    last: str
    middles: frozenset[str]
    articles: int
    rows: tuple[int, ...]
    gender: int

    @property
    def name(self) -> tuple[str, str]:
        return self.first, self.last


def _nodes(rows: _Rows, groups: _Groups) -> list[_Node]:
    members: dict[int, list[int]] = defaultdict(list)
    counts: Counter[int] = Counter()
    for row, n in enumerate(rows.form):
        form = rows.forms[n]
        if form.kind == "person" and len(form.keys) == 2:
            root = groups.root(row)
            counts[root] += 1
            if len(members[root]) < _SAMPLE:
                members[root].append(row)
    nodes = []
    for root, sample in members.items():
        keys = Counter(rows.form_of(row).keys for row in sample)
        first, last = min(keys, key=lambda k: (-keys[k], k))
        genders = Counter(rows.gender[row] for row in sample if rows.gender[row])
        middles = frozenset(m[0] for row in sample for m in rows.form_of(row).middles[:1])
        gender = min(genders, key=lambda g: (-genders[g], g), default=0)
        nodes.append(_Node(root, first, last, middles, counts[root], tuple(sample), gender))
    return nodes


def _variants(rows: _Rows, groups: _Groups) -> None:
    """Short forms, initials, misspellings, transliterations, word order."""
    nodes = _nodes(rows, groups)
    by_block: dict[str, list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        for block in blocks(node.first, node.last):
            by_block[block].append(i)
    pairs = {
        (i, j)
        for sharing in by_block.values()
        if 1 < len(sharing) <= _BLOCK
        for x, i in enumerate(sharing)
        for j in sharing[x + 1 :]
        if i != j and variation(nodes[i].name, nodes[j].name) is not None
    }
    if not pairs:
        return
    rarity = _rarity(rows)
    scored = ((_alike(rows, nodes[i], nodes[j], rarity), i, j) for i, j in sorted(pairs))
    found = sorted(((s, i, j) for s, i, j in scored if s > 0), key=lambda f: (-f[0], f[1], f[2]))
    partners: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for score, i, j in found:
        partners[i].append((score, j))
        partners[j].append((score, i))
    # The surest first; a form that could about as well be another's is nobody's.
    for score, i, j in found:
        small = i if nodes[i].articles <= nodes[j].articles else j
        roots = {groups.root(nodes[i].root), groups.root(nodes[j].root)}
        rivals = [s for s, k in partners[small] if groups.root(nodes[k].root) not in roots]
        if not rivals or max(rivals) <= score - 1.0:
            groups.union((nodes[i].root, nodes[j].root))


def _rarity(rows: _Rows) -> Callable[[str], float]:
    """Of a feature, how surprising it is that two share it: the logarithm of one in how many."""
    counts: Counter[str] = Counter()
    for number, count in Counter(rows.role).items():
        for word in _meanings(rows.strings[number]):
            counts[word] += count
    for number, count in Counter(rows.form).items():
        if rows.forms[number].label:
            counts[rows.forms[number].label] += count
    total = max(20, len(rows.articles))
    return lambda feature: max(0.0, log(total / (1 + counts[feature])))


def _alike(rows: _Rows, a: _Node, b: _Node, rarity: Callable[[str], float]) -> float:
    """Log odds that two full names are one person's; 0 or less: they stay two."""
    if a.gender and b.gender and a.gender != b.gender:
        return 0.0
    if a.middles and b.middles and a.middles.isdisjoint(b.middles):
        return 0.0
    if {rows.article[row] for row in a.rows} & {rows.article[row] for row in b.rows}:
        return 0.0  # an article that has both thinks they are two
    prior = variation(a.name, b.name)
    if prior is None:
        return 0.0
    said_a, said_b = rows.features(a.rows), rows.features(b.rows)
    shared = min(6.0, sum(rarity(feature) for feature in sorted(said_a & said_b)))
    roles_a = {f for f in said_a if not f.startswith("with ")}
    roles_b = {f for f in said_b if not f.startswith("with ")}
    odds = -2.0 if roles_a and roles_b and roles_a.isdisjoint(roles_b) else 0.0
    rarer, commoner = sorted((a.articles, b.articles))
    dominance = min(1.5, 0.5 * log(commoner / rarer)) if commoner >= _RARER * rarer else 0.0
    return prior + shared + odds + dominance


# --- Surnames, letters --------------------------------------------------------------------------


@dataclass(slots=True)
class _Bearer:
    """A full-named group that a short name may mean: in how many articles it goes by the short
    name, in how many others it is only named in full."""

    alone: int = 0
    in_full: int = 0


def _short_names(rows: _Rows, groups: _Groups) -> None:
    """Who is named by one word in an article, by whom that word means in the others."""
    bare: dict[str, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        if rows.forms[n].named and len(rows.forms[n].keys) == 1:
            bare[rows.forms[n].keys[0]].append(row)
    bearers: dict[str, dict[int, _Bearer]] = defaultdict(lambda: defaultdict(_Bearer))
    sample: dict[int, list[int]] = defaultdict(list)
    genders: dict[int, Counter[int]] = defaultdict(Counter)
    for row, n in enumerate(rows.form):
        form = rows.forms[n]
        if not form.named or len(form.keys) < 2:
            continue
        root = groups.root(row)
        alone = {fold(alias) for alias, _ in rows.aliases(row) if " " not in alias} & bare.keys()
        ends: set[str] = set()
        if form.kind == "person":
            ends = {form.keys[1].rpartition(" ")[2]} & bare.keys()
        for key in alone:
            bearers[key][root].alone += 1
        for key in ends - alone:
            bearers[key][root].in_full += 1
        if alone or ends:
            genders[root][rows.gender[row]] += 1
            if len(sample[root]) < _SAMPLE:
                sample[root].append(row)
    features: dict[int, set[str]] = {}
    for key, members in bare.items():
        unclear = []
        for root in bearers.get(key, {}):
            if root not in features:
                features[root] = rows.features(sample[root])
        for row in members:
            chosen = _bearer(rows, row, key, bearers.get(key, {}), genders, features)
            if chosen is None:
                unclear.append(row)
            else:
                groups.union((chosen, row))
        _without_full_name(rows, groups, key, unclear, bool(bearers.get(key)))


def _bearer(
    rows: _Rows,
    row: int,
    key: str,
    bearers: dict[int, _Bearer],
    genders: dict[int, Counter[int]],
    features: dict[int, set[str]],
) -> int | None:
    """The group that a short name means, when one is clearly likelier than all others."""
    gender = rows.gender[row]
    mine = rows.features((row,))
    scores: dict[int, float] = {}
    shared: dict[int, int] = {}
    body = rows.form_of(row).kind == "organisation"
    for root, bearer in bearers.items():
        if body and not bearer.alone:
            continue  # letters are nobody's surname
        theirs = genders[root]
        known = 0 if theirs[1] == theirs[2] else 1 if theirs[1] > theirs[2] else 2
        if not gender or not known or gender == known:
            shared[root] = len(mine & features[root])
            scores[root] = (5 * bearer.alone + bearer.in_full) * (
                1 + _COMPANY * min(6, shared[root])
            )
    if not scores:
        return None
    best = min(scores, key=lambda root: (-scores[root], root))
    if scores[best] < _DOMINANT * sum(scores.values()):
        return None
    common = common_names()
    rare = key not in common["surnames"] and key not in first_names()
    if shared[best] or bearers[best].alone >= _KNOWN_BY or (rare and bearers[best].alone):
        return best
    return None


def _without_full_name(
    rows: _Rows, groups: _Groups, key: str, members: Sequence[int], rivals: bool
) -> None:
    """A short name that no article explains: one speaker where it is an organisation's or rare;
    else one where roles or company are shared."""
    rare = key not in common_names()["surnames"] and key not in first_names()
    if any(rows.form_of(row).kind == "organisation" for row in members) or (rare and not rivals):
        groups.union(members)
        return
    seen: dict[str, int] = {}
    for row in members:
        for feature in (*rows.role_words(row), *rows.company(row)):
            groups.union((seen.setdefault(feature, row), row))


# --- House list and decisions -------------------------------------------------------------------


def _called(rows: _Rows) -> dict[str, list[int]]:
    """Rows by the plain form of their name."""
    plain = [_plain(form.name) for form in rows.forms]
    out: dict[str, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        out[plain[n]].append(row)
    return out


def _house(rows: _Rows, groups: _Groups, names: Names) -> dict[int, Entry]:
    """What the list gives one name is one speaker; a form it gives to two is nobody's.

    Returns which row carries the name of which entry.
    """
    carriers: dict[int, Entry] = {}
    called = _called(rows)
    owners = Counter(form for entry in names.entries for form in {_plain(f) for f in _forms(entry)})
    for entry in names.entries:
        found = [
            row
            for form in dict.fromkeys(_plain(f) for f in _forms(entry))
            if owners[form] == 1
            for row in called.get(form, ())
        ]
        groups.union(found)
        if found:
            carriers[found[0]] = entry
    return carriers


def _forms(entry: Entry) -> tuple[str, ...]:
    return (entry.name, *entry.aliases, *entry.roles)


def _decided(
    rows: _Rows, groups: _Groups, decisions: Sequence[Decision]
) -> list[tuple[str | None, str, str]]:
    """Merges and splits, oldest first; returns corrections of quotes: (article, words, name)."""
    corrections: list[tuple[str | None, str, str]] = []
    called = _called(rows) if decisions else {}
    for _, kind, encoded, article_id, _ in decisions:
        forms = [str(name) for name in json.loads(encoded)]
        hits = [
            [
                row
                for row in called.get(_plain(form), ())
                if article_id is None or rows.articles[rows.article[row]] == article_id
            ]
            for form in forms
        ]
        if kind == "merge":
            groups.union(row for found in hits for row in found)
        elif kind == "split":
            for found in hits:
                groups.leave(found)
        elif kind == "speaker" and len(forms) == 2:
            corrections.append((article_id, _plain(forms[0]), forms[1]))
    return corrections


def decision(kind: str, names: Sequence[str], article_id: str | None, made_at: str) -> Decision:
    """A row for the table `decisions`.

    merge: these names are one speaker. split: each of these names is a speaker of its own (with an
    article: there). speaker: (the words of a quote, who said them).
    """
    encoded = json.dumps(list(names), ensure_ascii=False)
    return content_id("decision", kind, encoded, article_id), kind, encoded, article_id, made_at


# --- Result -------------------------------------------------------------------------------------


def _result(
    rows: _Rows,
    groups: _Groups,
    house: dict[int, Entry],
    corrections: Sequence[tuple[str | None, str, str]],
) -> Speakers:
    members: dict[int, list[int]] = defaultdict(list)
    own: dict[tuple[int, str], int] = {}
    for row, n in enumerate(rows.form):
        root = groups.root(row)
        if not rows.forms[n].named and root == row:
            # Of one article, and there one for one description.
            root = own.setdefault((rows.article[row], rows.forms[n].keys[0]), row)
        members[root].append(row)
    made: list[tuple[Speaker, list[int]]] = []
    for group in members.values():
        name, kind = _shown(rows, group, house)
        first = group[0]
        a = rows.article[first]
        key = content_id(
            "speaker", rows.articles[a], first - rows.first[a], rows.form_of(first).name
        )
        made.append((Speaker(key, name, kind), group))
    made.sort(key=lambda m: m[0].id)
    numbers = array("q", bytes(8 * len(rows.form)))
    listed: list[tuple[str, str, int]] = []
    for n, (speaker, group) in enumerate(made):
        counts: Counter[str] = Counter()
        for row in group:
            numbers[row] = n
            for alias, count in rows.aliases(row):
                counts[alias] += count
        listed += [(speaker.id, form, count) for form, count in sorted(counts.items())]
    speakers = [speaker for speaker, _ in made]
    placed = {
        article: (rows.first[a], rows.first[a + 1] - rows.first[a])
        for a, article in enumerate(rows.articles)
    }
    return Speakers(speakers, listed, placed, numbers, _corrected(speakers, listed, corrections))


def _corrected(
    speakers: list[Speaker],
    listed: list[tuple[str, str, int]],
    corrections: Sequence[tuple[str | None, str, str]],
) -> dict[tuple[str | None, str], int]:
    """The speakers that corrections name, by (article, words); one that nobody is yet is added."""
    if not corrections:
        return {}
    by_name: dict[str, int] = {}
    for n, speaker in enumerate(speakers):
        if speaker.kind in {"person", "organisation"}:
            by_name.setdefault(_plain(speaker.name), n)
    out: dict[tuple[str | None, str], int] = {}
    for article_id, words, name in corrections:
        if _plain(name) not in by_name:
            by_name[_plain(name)] = len(speakers)
            key = content_id("speaker", "", 0, name)
            speakers.append(Speaker(key, name, "person"))
            listed.append((key, name, 1))
        out[article_id, words] = by_name[_plain(name)]
    return out


def _known(keys: Sequence[str]) -> bool:
    """Whether a first name is one that people bear, and so no misspelling."""
    return keys[0] in first_names()


def _shown(rows: _Rows, group: Sequence[int], house: dict[int, Entry]) -> tuple[str, SpeakerKind]:
    """The name of a group: the house's; else the fullest form of its commonest full name."""
    for row in group if house else ():
        if row in house:
            return house[row].name, house[row].kind
    counts = Counter(rows.form[row] for row in group)
    by_keys: Counter[tuple[bool, bool, tuple[str, ...]]] = Counter()
    kinds: Counter[SpeakerKind] = Counter()
    for n, count in counts.items():
        form = rows.forms[n]
        by_keys[form.named, len(form.keys) > 1, form.keys] += count
        kinds[form.kind] += count if form.named else 0
    named, _, keys = max(by_keys, key=lambda k: (k[0], k[1], by_keys[k], _known(k[2]), k[2]))
    total = sum(count for n, count in counts.items() if rows.forms[n].keys == keys)
    alike = {
        n: rows.forms[n]
        for n, count in counts.items()
        if rows.forms[n].keys == keys and count >= _RARITY * total
    }
    # A fuller form with the same first name and surname only adds middle names; Jr. needs the most.
    suffixed = sum(counts[n] for n, form in alike.items() if form.suffix)
    if 2 * suffixed <= sum(counts[n] for n in alike):
        alike = {n: form for n, form in alike.items() if not form.suffix} or alike
    best = max(
        alike,
        key=lambda n: (not alike[n].name.isupper(), len(alike[n].name), counts[n], alike[n].name),
    )
    kind = rows.forms[best].kind
    if named and kinds["organisation"] != kinds["person"]:
        kind = "organisation" if kinds["organisation"] > kinds["person"] else "person"
    return rows.forms[best].name, kind
