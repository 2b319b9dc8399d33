"""The database of a scan of ``corpus/``, and its labels, in the same terms.

Only the tables and columns of the contract are read.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"

SPOKEN = ("direct", "mixed", "nested")

Label = dict[str, Any]


class Place(NamedTuple):
    """A stretch of one article, named as the labels name it."""

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quoted:
    """A row of ``quotes`` with the name and kind of its speaker."""

    place: Place
    kind: str
    mention: str | None
    mention_start: int | None
    speaker_id: str | None
    speaker: str | None
    speaker_kind: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Version:
    """A row of ``variants``; ``covers`` is the characters of its article that are its words."""

    id: str
    family: str
    article: str
    covers: frozenset[int]
    quoted: bool
    change: str
    touches_meaning: bool
    reason: str | None
    source: str | None  # the article of the version it was most likely taken from


@dataclass(frozen=True, slots=True)
class Shared:
    """A row of ``matches``."""

    a: Place
    b: Place
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Measure:
    """``right`` of ``of``, or the harmonic mean of such a share and another (``F1``)."""

    value: float
    right: int
    of: int
    wrong: tuple[str, ...] = ()


def share(outcomes: Iterable[tuple[bool, str]]) -> Measure:
    """The share of the outcomes that are right; the others by their words."""
    outcomes = list(outcomes)
    assert outcomes, "a measure of nothing holds nothing to anything"
    wrong = tuple(words for right, words in outcomes if not right)
    right = len(outcomes) - len(wrong)
    return Measure(right / len(outcomes), right, len(outcomes), wrong)


def f1(found: int, missed: Iterable[str], invented: Iterable[str]) -> Measure:
    """Harmonic mean of precision and recall."""
    missed, invented = list(missed), list(invented)
    of = 2 * found + len(missed) + len(invented)
    wrong = [f"missed: {m}" for m in missed] + [f"invented: {i}" for i in invented]
    return Measure(2 * found / of, 2 * found, of, tuple(wrong))


def article(label: Label) -> str:
    return "#".join(filter(None, (label["file"], label.get("record"))))


def touching(group: Iterable[Place], place: Place) -> bool:
    return any(
        one.article == place.article and one.start < place.end and place.start < one.end
        for one in group
    )


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("’", "").replace("'", ""))


class Found:
    """What a database says of the corpus, and what the labels say, in the same terms."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.labels: dict[str, list[Label]] = json.loads((CORPUS / "gold.json").read_text("utf-8"))
        self.names: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.outlets: dict[str, str | None] = {}
        self.published: dict[str, str | None] = {}
        self.languages: dict[str, str | None] = {}
        for key, source, outlet, published, language, text in db.execute(
            "SELECT id, source, outlet_id, published, language, text FROM articles"
        ):
            name = source.rpartition("corpus/")[2]
            self.names[key] = name
            self.texts[name] = text
            self.outlets[name] = outlet
            self.published[name] = published
            self.languages[name] = language

    # -- rows ----------------------------------------------------------------------------------

    @cached_property
    def quotes(self) -> dict[str, list[Quoted]]:
        """The rows of ``quotes``, by article."""
        found = defaultdict(list)
        for (
            key,
            start,
            end,
            kind,
            mention,
            at,
            speaker,
            name,
            its_kind,
            confidence,
        ) in self.db.execute(
            'SELECT q.article_id, start, "end", q.kind, mention, mention_start, speaker_id,'
            " name, s.kind, confidence FROM quotes q"
            " LEFT JOIN speakers s ON s.id = q.speaker_id ORDER BY q.article_id, start, q.kind"
        ):
            place = Place(self.names[key], start, end)
            found[place.article].append(
                Quoted(place, kind, mention, at, speaker, name, its_kind, confidence)
            )
        return dict(found)

    @cached_property
    def matches(self) -> list[Shared]:
        return [
            Shared(
                Place(self.names[a], a_start, a_end),
                Place(self.names[b], b_start, b_end),
                kind,
                score,
            )
            for a, a_start, a_end, b, b_start, b_end, kind, score in self.db.execute(
                "SELECT a_article_id, a_start, a_end, b_article_id, b_start, b_end, kind, score"
                " FROM matches ORDER BY score DESC, id"
            )
        ]

    @cached_property
    def appearances(self) -> dict[bool, dict[str, list[Place]]]:
        """Where the passages stand, by whether they are furniture, then by passage."""
        found: dict[bool, dict[str, list[Place]]] = {False: {}, True: {}}
        for passage, furniture, key, start, end in self.db.execute(
            'SELECT passage_id, boilerplate, article_id, start, "end" FROM appearances'
            " JOIN passages p ON p.id = passage_id ORDER BY passage_id, article_id, start"
        ):
            places = found[bool(furniture)].setdefault(passage, [])
            places.append(Place(self.names[key], start, end))
        return found

    @cached_property
    def versions(self) -> dict[str, Version]:
        """The rows of ``variants`` by id."""
        rows = self.db.execute(
            'SELECT v.id, v.family_id, v.article_id, v.start, v."end", v.quote_id, v.change,'
            " v.edits, v.touches_meaning, v.reason, s.article_id FROM variants v"
            " LEFT JOIN variants s ON s.id = v.source_id ORDER BY v.id"
        ).fetchall()
        return {
            key: Version(
                key,
                family,
                self.names[at],
                frozenset(
                    i
                    for edit in json.loads(edits)
                    if edit["op"] != "delete"
                    for i in range(edit["start"], edit["end"])
                )
                or frozenset(range(start, end)),
                quote is not None,
                change,
                bool(touches),
                reason,
                self.names.get(source),
            )
            for key, family, at, start, end, quote, change, edits, touches, reason, source in rows
        }

    # -- labels --------------------------------------------------------------------------------

    def place(self, label: Label, stretch: Label | None = None, what: str = "words") -> Place:
        """Where the words of a label stand in the text that the database stores."""
        stretch = stretch or label
        name, wanted = article(label), stretch[what]
        number = "occurrence" if what == "words" else f"{what}_occurrence"
        pattern = r"\s+".join(map(re.escape, wanted.split(" ")))
        if wanted[0].isalnum():
            pattern = r"(?<!\w)" + pattern
        if wanted[-1].isalnum():
            pattern += r"(?!\w)"
        found = list(re.finditer(pattern, self.texts[name]))
        at = (stretch.get(number) or 1) - 1
        assert len(found) > at, f"{name} does not hold {wanted!r}"
        return Place(name, *found[at].span())

    def told(self, place: Place) -> str:
        """The place and its words, for whoever reads what is wrong."""
        said = " ".join(self.texts[place.article][place.start : place.end].split())
        return f"{place.article}: {said[:90]}"

    @cached_property
    def labelled_quotes(self) -> list[tuple[Label, Place]]:
        return [(label, self.place(label)) for label in self.labels["quotes"]]

    @cached_property
    def read(self) -> list[tuple[Label, Place, Quoted | None]]:
        """Every labelled stretch between marks, with the row of exactly this stretch."""
        rows = {q.place: q for found in self.quotes.values() for q in found if q.kind != "indirect"}
        return [
            (label, place, rows.get(place))
            for label, place in self.labelled_quotes
            if label["kind"] != "indirect"
        ]

    @cached_property
    def groups(self) -> list[list[Place]]:
        """What is labelled as reuse: all places of one text."""
        families: dict[str, list[Place]] = {}
        for family in self.labels["families"]:
            families[family["id"]] = [
                self.place(variant, part)
                for variant in family["variants"]
                for part in variant["parts"]
            ]
        passages = [
            [self.place(one, part) for one in passage["appearances"] for part in one["parts"]]
            for passage in self.labels["passages"]
        ]
        return passages + list(families.values())

    @cached_property
    def furniture(self) -> list[Place]:
        return [self.place(label) for label in self.labels["furniture"]]

    @cached_property
    def variants(self) -> list[tuple[str, Label, frozenset[int]]]:
        """(family, variant, characters of the article that are its words)."""
        return [
            (
                family["id"],
                variant,
                frozenset(
                    i for part in variant["parts"] for i in range(*self.place(variant, part)[1:])
                ),
            )
            for family in self.labels["families"]
            for variant in family["variants"]
        ]

    @cached_property
    def version_of(self) -> dict[int, Version]:
        """The version that the database has of a labelled variant (by its index), if it has one.

        One to one; first those of which most is common.
        """
        by_article = defaultdict(list)
        for version in self.versions.values():
            by_article[version.article].append(version)
        pairs = []
        for i, (_, variant, covers) in enumerate(self.variants):
            for version in by_article[article(variant)]:
                common = len(covers & version.covers)
                if 2 * common >= min(len(covers), len(version.covers)):
                    alike = common / len(covers | version.covers)
                    pairs.append((-alike, i, version.id))
        found: dict[int, Version] = {}
        taken = set()
        for _, i, key in sorted(pairs):
            if i not in found and key not in taken:
                found[i] = self.versions[key]
                taken.add(key)
        return found
