"""The people of every article -> columns: one element a person of an article, names numbered."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse.lexicon import first_names, fold, lexicon
from reuse.model import Person, SpeakerKind

Key = TypeVar("Key")
Integers = NDArray[np.int64]
_GENDERS = {"f": 1, "m": 2}


@dataclass(frozen=True, slots=True)
class Form:
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
class Everybody:
    """One element a person of an article, in the order of article ids and indexes.

    What occurs often is kept once and numbered, so that millions of rows are a few arrays of four
    bytes an element.
    """

    articles: list[str]
    first: array[int]  # of each article, its first row; one more at the end
    article: array[int]  # of each row, its article
    form: array[int]
    gender: array[int]  # 0 unknown, 1 f, 2 m
    forms: list[Form]
    strings: list[str]
    alias_first: array[int]  # of each row, its first alias; one more at the end
    alias: array[int]
    alias_count: array[int]
    role_first: array[int]
    role: array[int]

    def form_of(self, row: int) -> Form:
        return self.forms[self.form[row]]

    def role_words(self, row: int) -> Iterator[str]:
        """What is said of somebody, as words that can be shared."""
        for i in range(self.role_first[row], self.role_first[row + 1]):
            yield from meanings(self.strings[self.role[i]])

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
            if other != row and form.label and form.kind == "person" and is_given(form.keys):
                yield self.form[other]

    def features(self, rows: Iterable[int]) -> set[str]:
        out: set[str] = set()
        for row in rows:
            out.update(self.role_words(row))
            out.update(self.company(row))
        return out

    def by_form(self, wanted: Sequence[bool]) -> tuple[Integers, Integers]:
        """The rows of the forms that are wanted, form by form; and of every form, where its rows
        begin among them, one more at the end."""
        form = np.asarray(self.form)
        rows = np.flatnonzero(np.array(wanted, dtype=bool)[form])
        rows = rows[np.argsort(form[rows], kind="stable")]
        first = np.searchsorted(form[rows], np.arange(len(self.forms) + 1))
        return rows, first.astype(np.int64)


class _Numbers(dict[Key, int]):
    """Every key met so far with its number."""

    def __missing__(self, key: Key) -> int:
        number = self[key] = len(self)
        return number


def everybody(people: Iterable[tuple[str, int, Person]]) -> Everybody:
    """Everybody in columns. The rows of one article come together, their index counted from 0."""
    articles: list[str] = []
    first, form, gender = array("i"), array("i"), array("i")
    alias, alias_count, alias_first = array("i"), array("i"), array("i", [0])
    role, role_first = array("i"), array("i", [0])
    forms: _Numbers[tuple[SpeakerKind, str]] = _Numbers()
    strings: _Numbers[str] = _Numbers()
    begin, last = 0, None
    for article_id, index, person in people:
        if article_id != last:
            last = article_id
            articles.append(article_id)
            begin = len(form)
            first.append(begin)
        if index != len(form) - begin:
            raise ValueError(f"person {index} of article {article_id} is out of order")
        form.append(forms[person.kind, person.name])
        gender.append(_GENDERS.get(person.gender or "", 0))
        for text, count in person.forms:
            alias.append(strings[text])
            alias_count.append(count)
        alias_first.append(len(alias))
        if person.roles:
            role.extend([strings[text] for text in person.roles])
        role_first.append(len(role))
    first.append(len(form))
    if len(set(articles)) != len(articles):
        raise ValueError("the people of one article do not stand together")
    # Forms in the order of their names, articles in that of their ids, so that nothing depends on
    # the order they came in.
    order = np.array(sorted(range(len(articles)), key=articles.__getitem__), dtype=np.int64)
    names = sorted(forms)
    renumbered = np.empty(len(names), dtype=np.int64)
    renumbered[[forms[name] for name in names]] = np.arange(len(names))
    new_first, rows = _taken(first, order)
    new_alias_first, aliases = _taken(alias_first, rows)
    new_role_first, told = _taken(role_first, rows)
    return Everybody(
        articles=[articles[i] for i in order],
        first=column(new_first),
        article=column(np.repeat(np.arange(len(articles)), np.diff(new_first))),
        form=column(renumbered[np.asarray(form)[rows]]),
        gender=column(np.asarray(gender)[rows]),
        forms=[parsed(kind, name) for kind, name in names],
        strings=list(strings),
        alias_first=column(new_alias_first),
        alias=column(np.asarray(alias)[aliases]),
        alias_count=column(np.asarray(alias_count)[aliases]),
        role_first=column(new_role_first),
        role=column(np.asarray(role)[told]),
    )


def _taken(first: array[int], order: Integers) -> tuple[Integers, Integers]:
    """Ranges in a new order: where each begins then, and the old place of every element."""
    begins = np.asarray(first, dtype=np.int64)
    counts = np.diff(begins)[order]
    new_first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    shift = np.repeat(begins[:-1][order] - new_first[:-1], counts)
    return new_first, (np.arange(new_first[-1]) + shift).astype(np.int64)


def column(values: NDArray[np.integer]) -> array[int]:
    """Numbers as an array of four bytes each, which is quick to read one by one."""
    return array("i", np.ascontiguousarray(values, dtype=np.int32).tobytes())


# --- Names --------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A name or a description as it is looked up."""
    return " ".join([fold(w) for w in text.split()])


def is_given(keys: Sequence[str]) -> bool:
    """Whether a first name is one that people bear, and so no misspelling."""
    return keys[0] in first_names()


def parsed(kind: SpeakerKind, name: str) -> Form:
    """What a name says by itself."""
    if kind == "organisation":
        keys = _organisation_keys(name)
        label = "with " + " ".join(keys) if len(keys) > 1 else ""
        return Form(kind, name, keys, (), "", label)
    if kind != "person":
        return Form(kind, name, (plain(name),), (), "", "")
    first_and_last, middles, suffix = _person_keys(name)
    label = "with " + " ".join(first_and_last) if len(first_and_last) > 1 else ""
    return Form(kind, name, tuple(map(intern, first_and_last)), middles, suffix, label)


def _organisation_keys(name: str) -> tuple[str, ...]:
    """The great words of an organisation's name, letters written out: UN is United Nations."""
    lex = lexicon("en")
    company_forms = lex["company_forms"]
    keys: list[str] = []
    for word in name.split():
        key = fold(word.strip('(),"“”'))
        if key and key not in company_forms:
            keys += (lex.meaning("letters", key) or (key,))[0].split()
    return tuple(keys) if len(keys) > 1 else tuple(plain(name).removeprefix("the ").split())


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
def meanings(role: str) -> tuple[str, ...]:
    """The words of a role that two articles may share: offices by class, places by their name."""
    told = lexicon("en").shared
    out: dict[str, None] = {}
    for word in role.translate(_APART).split():
        key = fold(word.strip(".,;:'\"“”’")).removesuffix("s'")
        if len(key) > 1:
            out.update(dict.fromkeys(told.get(key, (key,))))
    return tuple(out)


_APART = str.maketrans("()-", "   ")


# --- Groups of rows -----------------------------------------------------------------------------


class Groups:
    """Which rows are one speaker: a forest in which each row points towards its group's root,
    which is its least row."""

    def __init__(self, n: int) -> None:
        self.parent = column(np.arange(n))

    def root(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def roots(self) -> Integers:
        """The root of every row."""
        roots = np.asarray(self.parent, dtype=np.int64)
        while True:
            above = roots[roots]
            if np.array_equal(above, roots):
                return roots
            roots = above

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

    def together(self, rows: Integers, part: Integers) -> None:
        """Make a group of the rows of each part, none of which is in a group yet; a part below 0
        is none."""
        rows, part = rows[part >= 0], part[part >= 0]
        order = np.lexsort((rows, part))
        rows, part = rows[order], part[order]
        head = np.flatnonzero(np.diff(part, prepend=-1))
        np.asarray(self.parent)[rows] = np.repeat(rows[head], np.diff(head, append=len(rows)))

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
