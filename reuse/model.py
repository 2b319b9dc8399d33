"""The records people look at: what the readers give, the stages find and the store writes.

All are frozen and flat. Offsets count Unicode characters of ``Article.text``, half-open, quotation
marks outside: wherever a record has offsets and words, the words are ``text[start:end]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

QuoteKind = Literal["direct", "mixed", "nested", "indirect", "term"]
SpeakerKind = Literal["person", "organisation", "document", "unnamed"]


class ReuseError(Exception):
    """What a caller may expect to go wrong, in words to show: all such errors are of this kind."""


def content_id(*parts: object) -> str:
    """Sixteen hexadecimal digits made from content, the same on every machine."""
    whole = "\0".join(map(str, parts)).encode("utf-8", "replace")
    return blake2b(whole, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read; ``text`` is stored character for character.

    ``published`` is ISO 8601 with the precision that was given ("2024-05", "2024-05-03",
    "2024-05-03T10:00Z"), in UTC where the zone is known, ``None`` when unknown.
    ``source`` is the path as given, with ``#id`` (else ``#n``) for a record inside a file.
    """

    source: str
    text: str
    outlet: str | None = None
    title: str | None = None
    byline: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    outlet_kind: str | None = None
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", content_id(self.source, self.text))


@dataclass(frozen=True, slots=True)
class Problem:
    """Trouble with one input, named where it happened. Only ``skipped`` changes the exit code."""

    source: str
    place: str
    reason: str
    level: Literal["skipped", "noted"] = "skipped"


class Same(NamedTuple):
    """An article that an earlier scan stored, met again as it was."""

    id: str
    source: str
    outlet: str | None
    outlet_kind: str | None
    published: str | None
    language: str | None


class Piece(NamedTuple):
    """What the articles before it came from, to be noted: a later scan knows them by `key`, and
    `value` tells it which they are."""

    key: str
    value: bytes


# What readers give.
Item = Article | Problem | Same | Piece


class Quote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Words between quotation marks (or a reported clause) and whose they are, inside one article.

    ``utterance`` numbers the utterances of the article: the parts of one share it. ``within`` is
    the index, in the article's list of quotes, of the quote this one stands in. ``person`` is the
    index, in the article's list of people, of the speaker; ``None`` when nobody speaks (``term``)
    or when the reader would have had to guess. ``confidence`` is the probability, to four
    decimals, that the speaker is right; ``evidence`` says why, in words a reader understands.
    """

    start: int
    end: int
    text: str
    kind: QuoteKind
    utterance: int
    within: int | None = None
    cue: str | None = None
    cue_start: int | None = None
    cue_end: int | None = None
    mention: str | None = None
    mention_start: int | None = None
    mention_end: int | None = None
    person: int | None = None
    confidence: float = 0.0
    evidence: str = ""


class Person(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Somebody (or some document) who speaks in one article.

    ``name`` is the fullest form in the article, without titles and roles; ``forms`` the forms under
    which the article mentions them with their counts; ``roles`` what they are said to be ("the
    Virginia senator"); ``gender`` "f", "m" or ``None`` by the article's own evidence.
    """

    name: str
    kind: SpeakerKind
    forms: tuple[tuple[str, int], ...] = ()
    roles: tuple[str, ...] = ()
    gender: str | None = None


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the quote reader found in one article."""

    quotes: tuple[Quote, ...]
    people: tuple[Person, ...]


# The records below are rows of the database: their fields are the columns of schema.sql, in order.
# Tuples, since SQLite takes tuples and there are millions.


class QuoteRow(NamedTuple):
    """A `Quote` with its place in the corpus: article, speaker, utterance, family."""

    id: str
    article_id: str
    start: int
    end: int
    text: str
    kind: QuoteKind
    cue: str | None
    mention: str | None
    mention_start: int | None
    mention_end: int | None
    speaker_id: str | None
    confidence: float
    evidence: str
    utterance_id: str
    within_id: str | None
    family_id: str | None = None


class Part(NamedTuple):
    """Of a row of ``quotes`` what its utterance is made of: the columns of these names."""

    id: str
    article_id: str
    start: int
    end: int
    text: str
    kind: QuoteKind
    speaker_id: str | None
    confidence: float
    utterance_id: str
    within_id: str | None


class Speaker(NamedTuple):
    """One person, organisation or document across the corpus (``unnamed``: of one article)."""

    id: str
    name: str
    kind: SpeakerKind
    quotes: int = 0
    articles: int = 0
    outlets: int = 0


class Match(NamedTuple):
    """A passage that two articles share; a is the earlier, without an order the smaller id.

    ``score`` reads as a probability that this is reuse; ``bits`` is the surprisal of the aligned
    words under the corpus's own language less the price of the edits.
    """

    id: str
    a_article_id: str
    a_start: int
    a_end: int
    b_article_id: str
    b_start: int
    b_end: int
    score: float
    similarity: float
    jaccard: float
    bits: float
    words: int
    kind: str
    a_outlet_id: str | None = None
    b_outlet_id: str | None = None
    passage_id: str | None = None


class Passage(NamedTuple):
    """One text and all its appearances."""

    id: str
    name: str
    text: str
    words: int
    articles: int
    outlets: int
    first_article_id: str | None
    first_published: str | None
    boilerplate: bool = False


class Appearance(NamedTuple):
    """Where one article carries a passage. ``signature`` is its MinHash, as bytes."""

    id: str
    passage_id: str
    article_id: str
    start: int
    end: int
    similarity: float
    source_id: str | None = None
    signature: bytes | None = None


class Family(NamedTuple):
    """One utterance in all its versions; ``text`` is the fullest."""

    id: str
    name: str
    speaker_id: str | None
    text: str
    quotes: int
    outlets: int
    first_variant_id: str | None
    first_published: str | None
    disputed: bool = False


class Variant(NamedTuple):
    """One appearance of an utterance, and what it changed: ``edits``, ``source_edits`` are JSON."""

    id: str
    family_id: str
    article_id: str
    utterance_id: str | None
    quote_id: str | None
    start: int
    end: int
    change: str
    edits: str
    touches_meaning: bool
    reason: str | None
    source_id: str | None = None
    source_change: str | None = None
    source_edits: str | None = None
    source_confidence: float | None = None
    credit: str | None = None


class Dispute(NamedTuple):
    """Two variants of one utterance that cannot both be right, or differ in who marks what."""

    id: str
    family_id: str
    kind: Literal["speaker", "quote_or_prose", "marks"]
    a_variant_id: str
    b_variant_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An article without its text: what comparing articles with one another needs to know."""

    id: str
    outlet_id: str | None
    published: str | None
    language: str | None


class Outlet(NamedTuple):
    """Who published; ``owner`` is known from a house list only."""

    id: str
    name: str
    kind: str | None = None
    owner: str | None = None
