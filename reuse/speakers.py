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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reuse.everybody import Everybody, Groups, Integers, column, everybody, is_given, plain
from reuse.fullnames import full_names
from reuse.model import Person, Speaker, SpeakerKind, content_id
from reuse.names import Entry, Names, names_from
from reuse.shortnames import short_names
from reuse.variants import variants

__all__ = ["Decision", "Names", "Speakers", "decision", "join", "names_from"]

# The speaker that a quote of some words (as `plain` has them) was decided to have.
Corrections = dict[str, str]
# A row of the table `decisions`: id, kind, names (JSON), article_id, made_at.
Decision = tuple[str, str, str, str | None, str]

# A form that so few use is not the name, however full it is.
_RARITY = 0.02


@dataclass(frozen=True, slots=True)
class Speakers:
    """The speakers of a corpus; ``of`` says who a person of an article is.

    Columns, from which a speaker is made when asked for: ``root`` is, of each row, the first row
    of its speaker; ``shown``, of a first row, the form that is shown as the name. ``named`` has
    the names that no form of its kind tells, ``added`` whom only a correction names.
    """

    rows: Everybody
    root: array[int]
    shown: array[int]
    named: dict[int, tuple[str, SpeakerKind]]
    added: list[Speaker]
    corrections: dict[tuple[str | None, str], str]
    placed: dict[str, tuple[int, int]]  # of each article, its first row and how many
    ids: dict[int, str]  # of each first row, the id of its speaker

    @property
    def speakers(self) -> Iterator[Speaker]:
        """Every speaker, in the order of their first rows."""
        for row, root in enumerate(self.root):
            if row == root:
                form = self.rows.forms[self.shown[row]]
                yield Speaker(self.ids[row], *self.named.get(row, (form.name, form.kind)))
        yield from self.added

    @property
    def names(self) -> Iterator[tuple[str, str, int]]:
        """(speaker id, a form of the name, how often articles use it), the speakers as above."""
        rows = self.rows
        of_rows = np.repeat(np.asarray(self.root), np.diff(np.asarray(rows.alias_first)))
        spelled = np.empty(len(rows.strings), dtype=np.int64)
        order = sorted(range(len(rows.strings)), key=rows.strings.__getitem__)
        spelled[order] = np.arange(len(order))
        many = max(1, len(order))
        pairs, back = np.unique(
            of_rows.astype(np.int64) * many + spelled[np.asarray(rows.alias)], return_inverse=True
        )
        counts = np.bincount(back, weights=np.asarray(rows.alias_count), minlength=len(pairs))
        key, last = "", -1
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            root, word = divmod(pair, many)
            if root != last:
                key, last = self.ids[root], root
            yield key, rows.strings[order[word]], int(count)
        for speaker in self.added:
            yield speaker.id, speaker.name, 1

    def of(self, article_id: str) -> list[str]:
        """The ids of the speakers that the people of an article are, in their order there."""
        first, count = self.placed.get(article_id, (0, 0))
        return [self.ids[root] for root in self.root[first : first + count]]

    def corrected(self, article_id: str) -> Corrections:
        """What somebody decided of the quotes of an article; what was decided of it comes before
        what was decided of all."""
        return {
            words: speaker
            for place in (None, article_id)
            for (where, words), speaker in self.corrections.items()
            if where == place
        }


def join(
    people: Iterable[tuple[str, int, Person]],
    decisions: Sequence[Decision] = (),
    names: Names | None = None,
) -> Speakers:
    """Every person of every article joined into speakers.

    The rows of one article come together, their index counted from 0; articles in any order.
    """
    rows = everybody(people)
    groups = Groups(len(rows.form))
    full_names(rows, groups)
    variants(rows, groups)
    short_names(rows, groups)
    house = _house(rows, groups, names) if names is not None else {}
    corrections = _decided(rows, groups, decisions)
    return _result(rows, groups, house, corrections)


# --- House list and decisions -------------------------------------------------------------------


def _called(rows: Everybody) -> dict[str, list[int]]:
    """Rows by the plain form of their name."""
    spelled = [plain(form.name) for form in rows.forms]
    out: dict[str, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        out[spelled[n]].append(row)
    return out


def _house(rows: Everybody, groups: Groups, names: Names) -> dict[int, Entry]:
    """What the list gives one name is one speaker; a form it gives to two is nobody's.

    Returns which row carries the name of which entry.
    """
    carriers: dict[int, Entry] = {}
    called = _called(rows)
    owners = Counter(form for entry in names.entries for form in {plain(f) for f in _forms(entry)})
    for entry in names.entries:
        found = [
            row
            for form in dict.fromkeys(plain(f) for f in _forms(entry))
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
    rows: Everybody, groups: Groups, decisions: Sequence[Decision]
) -> list[tuple[str | None, str, str]]:
    """Merges and splits, oldest first; returns corrections of quotes: (article, words, name)."""
    corrections: list[tuple[str | None, str, str]] = []
    called = _called(rows) if decisions else {}
    for _, kind, encoded, article_id, _ in decisions:
        forms = [str(name) for name in json.loads(encoded)]
        hits = [
            [
                row
                for row in called.get(plain(form), ())
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
            corrections.append((article_id, plain(forms[0]), forms[1]))
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
    rows: Everybody,
    groups: Groups,
    house: dict[int, Entry],
    corrections: Sequence[tuple[str | None, str, str]],
) -> Speakers:
    root = _final(rows, groups)
    shown, named = _names(rows, root)
    for row in sorted(house):
        entry = house[row]
        named.setdefault(int(root[row]), (entry.name, entry.kind))
    placed = {
        article: (rows.first[a], rows.first[a + 1] - rows.first[a])
        for a, article in enumerate(rows.articles)
    }
    ids = {first: _id(rows, first) for first in np.unique(root).tolist()}
    found = Speakers(rows, column(root), column(shown), named, [], {}, placed, ids)
    if corrections:
        _correct(found, corrections)
    return found


def _id(rows: Everybody, first: int) -> str:
    """The id of a speaker: made of where the corpus has them first, and of the name there."""
    a = rows.article[first]
    return content_id("speaker", rows.articles[a], first - rows.first[a], rows.form_of(first).name)


def _final(rows: Everybody, groups: Groups) -> Integers:
    """The first row of the speaker of each row; who is unnamed is one for one description of an
    article, and never another's."""
    root = groups.roots()
    key: dict[str, int] = {}
    described = np.array(
        [-1 if form.named else key.setdefault(form.keys[0], len(key)) for form in rows.forms]
    )[np.asarray(rows.form)]
    alone = np.flatnonzero((described >= 0) & (root == np.arange(len(root))))
    place = np.asarray(rows.article)[alone].astype(np.int64) * len(key) + described[alone]
    _, first, back = np.unique(place, return_index=True, return_inverse=True)
    root[alone] = alone[first][back]
    return root[root]


def _names(rows: Everybody, root: Integers) -> tuple[Integers, dict[int, tuple[str, SpeakerKind]]]:
    """Of each first row the form that is shown; and names with a kind that this form has not."""
    many = max(1, len(rows.forms))
    pairs, counts = np.unique(root * many + np.asarray(rows.form), return_counts=True)
    roots, forms = pairs // many, pairs % many
    begins = np.flatnonzero(np.diff(roots, prepend=-1))
    sizes = np.diff(begins, append=len(roots))
    shown = np.zeros(len(root), dtype=np.int64)
    shown[roots[begins]] = forms[begins]
    named: dict[int, tuple[str, SpeakerKind]] = {}
    several = sizes > 1
    for begin, size in zip(begins[several].tolist(), sizes[several].tolist(), strict=True):
        stretch = slice(begin, begin + size)
        head = int(roots[begin])
        best, kind = _shown(
            rows, dict(zip(forms[stretch].tolist(), counts[stretch].tolist(), strict=True))
        )
        shown[head] = best
        if kind != rows.forms[best].kind:
            named[head] = rows.forms[best].name, kind
    return shown, named


def _shown(rows: Everybody, counts: Mapping[int, int]) -> tuple[int, SpeakerKind]:
    """The form that is shown of a group: the fullest form of its commonest full name; its kind.

    ``counts`` are rows by form.
    """
    by_keys: Counter[tuple[bool, bool, tuple[str, ...]]] = Counter()
    kinds: Counter[SpeakerKind] = Counter()
    for n, count in counts.items():
        form = rows.forms[n]
        by_keys[form.named, len(form.keys) > 1, form.keys] += count
        kinds[form.kind] += count if form.named else 0
    named, _, keys = max(by_keys, key=lambda k: (k[0], k[1], by_keys[k], is_given(k[2]), k[2]))
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
    return best, kind


def _correct(found: Speakers, corrections: Sequence[tuple[str | None, str, str]]) -> None:
    """Note the speakers that corrections name; one that nobody is yet is added."""
    by_name: dict[str, str] = {}
    for speaker in sorted(found.speakers, key=lambda speaker: speaker.id):
        if speaker.kind in {"person", "organisation"}:
            by_name.setdefault(plain(speaker.name), speaker.id)
    for article_id, words, name in corrections:
        key = by_name.get(plain(name))
        if key is None:
            key = by_name[plain(name)] = content_id("speaker", "", 0, name)
            found.added.append(Speaker(key, name, "person"))
        found.corrections[article_id, words] = key
