"""Quotes and passages -> families: every version of an utterance, its source, and what is disputed.

Steps: `stories` finds what hangs together; of each story, `families` gathers the quotes that are
one utterance; `members` adds the places where other articles have its words as their own prose;
every version is compared with the fullest one (`versions`, `edits`); each is given the earlier
version it was most likely taken from, where dates or a credit in the text allow one (`sources`);
`disputes` are what two versions cannot both be right about.

Nothing depends on the order of the input, and no step compares all members of a family with all.
What a story comes to depends on its articles, their quotes and its passages alone: a later scan
finds it again under a digest of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from numpy.typing import NDArray

from reuse import __version__
from reuse.credit import Forms, forms
from reuse.disputes import disputes
from reuse.edits import as_json
from reuse.engines import Engine, Given, batches
from reuse.families import families, joined
from reuse.kinship import People, people
from reuse.members import Carrier, Member, Scene, members
from reuse.memory import Memory, Nothing, recalled
from reuse.model import (
    Appearance,
    Dispute,
    Family,
    Match,
    Part,
    Passage,
    Speaker,
    Variant,
    content_id,
)
from reuse.sources import Source, Surroundings, appearance_sources, first, in_time, sources
from reuse.statements import statements, utterances
from reuse.stories import Parts, Story, stories
from reuse.utterances import Stated, Utterance, nested_in, stated, utterance
from reuse.versions import Compared, Credits, Version, versions
from reuse.voices import Chorus

Texts = Callable[[Sequence[str]], Mapping[str, str]]


class Dated(Protocol):
    """What of an article its place in time needs."""

    @property
    def id(self) -> str: ...
    @property
    def published(self) -> str | None: ...


Article = TypeVar("Article", bound=Dated)

# Articles that share so many words tell one story.
RELATED = 8
# Articles of the stories that are one task: enough to hide what sending it costs.
ARTICLES = 100


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What a story comes to: rows, and the family of each quote's id."""

    families: list[Family]
    variants: list[Variant]
    disputes: list[Dispute]
    family_of: dict[str, str]


_ENCODER = msgspec.msgpack.Encoder()
_TOLD = msgspec.msgpack.Decoder(Told)
_SOURCES = msgspec.msgpack.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class Provenance:
    """Rows of the database, and what to write into those that are there.

    `family_of` gives the family of a quote's id, `source_of` the source of an appearance's id.
    """

    families: tuple[Family, ...]
    variants: tuple[Variant, ...]
    disputes: tuple[Dispute, ...]
    family_of: Mapping[str, str]
    source_of: Mapping[str, str]


def in_order(articles: Iterable[Article]) -> list[Article]:
    """Articles in the order of time, in which provenance takes them."""
    return sorted(articles, key=lambda article: (article.published or "~", article.id))


def voiced(speakers: Iterable[Speaker], outlets: Mapping[str, str]) -> People:
    """The speakers as provenance knows them; an outlet (id -> name) is none."""
    return people(speakers, {name for name in forms(outlets).names if len(name) > 1})


def provenance(
    articles: Iterable[Carrier],
    chorus: Chorus,
    links: NDArray[Any],
    quotes: Parts,
    who: People,
    matches: Iterable[Match],
    passages: Iterable[Passage],
    appearances: Iterable[Appearance],
    texts: Texts,
    outlets: Mapping[str, str],
    engine: Engine,
    memory: Memory | None = None,
) -> Provenance:
    """Families, versions, sources and disputes of a corpus.

    `chorus` has what the articles quote, `in_order`, of which `links` were found (`echoes.linked`);
    `quotes` and `texts` give those of some articles, `outlets` the name of each outlet.
    """
    memory = memory or Nothing()
    carriers = {article.id: article for article in articles}
    known = forms(outlets)
    kept = {p.id for p in passages if not p.boilerplate}
    shown = sorted(
        (a for a in appearances if a.passage_id in kept and a.article_id in carriers),
        key=lambda a: (a.passage_id, a.article_id, a.start, a.end),
    )
    carried: dict[str, list[Appearance]] = defaultdict(list)
    for appearance in shown:
        # Where an earlier scan saw it come from is no reason for anything.
        carried[appearance.passage_id].append(appearance._replace(source_id=None))
    overlap = Surroundings(matches, shown)
    corpus = _Corpus(carriers, who, carried, overlap, known, sorted(outlets.items()))
    given = engine.given(corpus)
    found: list[Told] = []
    ordered = [article.id for article in in_order(carriers.values())]
    told = stories(ordered, chorus, links, who, shown, corpus.related)
    asked = (
        {corpus.digest(one): one for one in corpus.asked(batch, quotes)}
        for batch in batches(told, lambda story: len(corpus.ids_of([story])), ARTICLES)
    )
    for values in recalled(
        memory,
        "story",
        asked,
        lambda new: engine.map(partial(_stories_told, given), _with_texts(new, texts)),
    ):
        found += map(_TOLD.decode, values)
    carrying = (
        {corpus.digest_of_passage(one): one for one in map(_Carried, batch)}
        for batch in batches(carried.values(), len, ARTICLES)
    )
    source_of: dict[str, str] = {}
    for values in recalled(
        memory,
        "passage",
        carrying,
        lambda new: engine.map(partial(_sources_told, given), _with_texts(new, texts)),
    ):
        for value in values:
            source_of |= _SOURCES.decode(value)
    return Provenance(
        families=tuple(sorted((f for one in found for f in one.families), key=lambda f: f.id)),
        variants=tuple(
            sorted((v for one in found for v in one.variants), key=lambda v: (v.family_id, v.id))
        ),
        disputes=tuple(sorted((d for one in found for d in one.disputes), key=lambda d: d.id)),
        family_of={quote: family for one in found for quote, family in one.family_of.items()},
        source_of=source_of,
    )


class _Asked(NamedTuple):
    """A story with the quotes of all its articles."""

    story: Story
    said: Mapping[str, Sequence[Part]]

    @property
    def articles(self) -> Iterable[str]:
        return self.said


class _Carried(NamedTuple):
    """The appearances of a passage."""

    appearances: Sequence[Appearance]

    @property
    def articles(self) -> Iterable[str]:
        return (a.article_id for a in self.appearances)


Task = TypeVar("Task", _Asked, _Carried)


def _with_texts(
    batches: Iterable[list[Task]], texts: Texts
) -> Iterator[tuple[list[Task], Mapping[str, str]]]:
    """Batches of tasks with the texts of their articles."""
    for tasks in batches:
        yield tasks, texts(sorted({key for task in tasks for key in task.articles}))


@dataclass(frozen=True, slots=True)
class _Corpus:
    """What stories are told from, beside the quotes and the texts of their articles."""

    carriers: Mapping[str, Carrier]
    who: People
    carried: Mapping[str, Sequence[Appearance]]
    overlap: Surroundings
    credited: Forms
    outlets: Sequence[tuple[str, str]]

    def related(self, a: str, b: str) -> bool:
        """Whether two articles share more than one line."""
        return self.overlap(a, b) >= RELATED

    def ids_of(self, some: Iterable[Story]) -> list[str]:
        """The articles of some stories."""
        passages = {key for story in some for key in story.passages}
        speaking = {article_id for story in some for article_id, _, _ in story.utterances}
        return sorted(speaking | {a.article_id for key in passages for a in self.carried[key]})

    def asked(self, some: Sequence[Story], quotes: Parts) -> Iterator[_Asked]:
        """Some stories with the quotes of their articles."""
        rows = quotes(self.ids_of(some))
        for story in some:
            yield _Asked(story, {key: rows.get(key, ()) for key in self.ids_of([story])})

    def digest(self, asked: _Asked) -> str:
        """Of all that a story's families depend on; an article's id stands for its text."""
        story, said = asked.story, list(asked.said.values())
        voices = sorted({part.speaker_id for some in said for part in some if part.speaker_id})
        named = [(key, self.who.kind.get(key), self.who.surname.get(key)) for key in voices]
        # Echoes are numbered through the corpus.
        first: dict[int | None, int] = {None: -1}
        spoken = [
            (key, number, first.setdefault(echo, len(first)))
            for key, number, echo in story.utterances
        ]
        places = [self.carried[key] for key in story.passages]
        around = self._around(list(asked.said))
        return _digest(around, spoken, story.accounts, places, said, named)

    def digest_of_passage(self, passage: _Carried) -> str:
        """Of all that the sources of its appearances depend on."""
        return _digest(self._around(sorted(set(passage.articles))), passage.appearances)

    def _around(self, ids: Sequence[str]) -> list[object]:
        # Any outlet may be credited in any text.
        about = [self.carriers[key] for key in ids]
        return [__version__, self.outlets, about, self.overlap.among(ids)]


def _digest(*parts: object) -> str:
    """A key made of all that something depends on."""
    return blake2b(_ENCODER.encode(parts), digest_size=16).hexdigest()


def _stories_told(
    given: Given[_Corpus], batch: tuple[Sequence[_Asked], Mapping[str, str]]
) -> list[bytes]:
    """What some stories come to (`Told`)."""
    (some, texts), corpus = batch, given.value
    rows = {key: parts for one in some for key, parts in one.said.items()}
    scene = _scene(corpus.carriers, rows, texts)
    credits = Credits(scene.text, corpus.credited)
    told = []
    for story, _ in some:
        groups = _members(story, corpus.who, corpus.related, corpus.carried, scene)
        told.append(_told(groups, corpus.who, credits, corpus.overlap, scene))
    return list(map(_ENCODER.encode, told))


def _sources_told(
    given: Given[_Corpus], batch: tuple[Sequence[_Carried], Mapping[str, str]]
) -> list[bytes]:
    """The sources of the appearances of some passages."""
    (some, texts), corpus = batch, given.value
    credits = Credits(texts.__getitem__, corpus.credited)
    return [
        _ENCODER.encode(
            appearance_sources(passage.appearances, corpus.carriers, credits, corpus.overlap)
        )
        for passage in some
    ]


def _scene(
    carriers: Mapping[str, Carrier],
    rows: Mapping[str, Sequence[Part]],
    texts: Mapping[str, str],
) -> Scene:
    """Some articles with their texts, quotes (`rows`) and marks."""

    @cache
    def pieces(article_id: str) -> list[Stated]:
        return stated(rows.get(article_id, ()))

    @cache
    def said(article_id: str, number: int) -> Utterance:
        carrier, nested = carriers[article_id], nested_in(rows[article_id])
        one = pieces(article_id)[number]
        return utterance(one, nested, carrier.published, carrier.language)

    def count(article_id: str) -> int:
        return len(pieces(article_id))

    @cache
    def marked(article_id: str) -> list[tuple[int, int]]:
        own = rows.get(article_id, ())
        return [(row.start, row.end) for row in own if row.kind != "indirect"]

    return Scene(carriers, texts.__getitem__, count, said, marked)


def _members(
    story: Story,
    who: People,
    related: Callable[[str, str], bool],
    carried: Mapping[str, Sequence[Appearance]],
    scene: Scene,
) -> list[list[Member]]:
    """The families of a story, by their members."""
    echoes: dict[int | None, list[Utterance]] = defaultdict(list)
    said: list[Utterance] = []
    for article_id, number, echo in story.utterances:
        said.append(scene.utterance(article_id, number))
        echoes[echo].append(said[-1])
    gathered = [
        family
        for echo, found in echoes.items()
        if echo is not None
        for family in families(found, who, related)
    ]
    gathered = joined(gathered, [(said[a], said[b]) for a, b in story.accounts])
    used = {(u.article_id, start) for group in gathered for u in group for start, _ in u.parts}
    alone = [
        u
        for found in echoes.values()
        for u in found
        if not any((u.article_id, start) in used for start, _ in u.parts)
    ]
    passages = [carried[key] for key in story.passages]
    gathered, alone = utterances(gathered, alone)
    return [
        statement
        for family in members(gathered, alone, passages, scene)
        for statement in statements(family, scene)
    ]


def _told(
    groups: Sequence[Sequence[Member]],
    who: People,
    credits: Credits,
    overlap: Surroundings,
    scene: Scene,
) -> Told:
    """The rows of some families."""
    told = Told([], [], [], {})
    for group in groups:
        family, variants, disputed = _family(group, who, credits, overlap, scene)
        told.families.append(family)
        told.variants.extend(variants)
        told.disputes.extend(disputed)
        for member in group:
            for keys in member.quote_ids:
                told.family_of.update(dict.fromkeys(keys, family.id))
    return told


def _family(
    group: Sequence[Member], who: People, credits: Credits, overlap: Surroundings, scene: Scene
) -> tuple[Family, list[Variant], list[Dispute]]:
    """The rows of one family."""
    ordered = sorted(
        group, key=lambda m: (in_time(m.carrier), m.start, m.end, m.utterance_id or "")
    )
    family_id = content_id("family", next(m.quote_ids[0][0] for m in ordered if m.quote_ids))
    compared = Compared(scene.text)
    found, full = versions(family_id, ordered, credits, compared, scene.text)
    began = first(found)
    variants = [
        _variant(family_id, version, source, found, compared)
        for version, source in zip(found, sources(found, overlap), strict=True)
    ]
    disputed = disputes(family_id, found, who, scene)
    dated = [m.carrier.published for m in ordered if m.carrier.published]
    text = found[full].words.text
    family = Family(
        id=family_id,
        name=_name(text),
        speaker_id=_speaker(ordered, who),
        text=text,
        quotes=sum(m.quoted for m in ordered),
        outlets=len({m.carrier.outlet_id or m.carrier.id for m in ordered}),
        first_variant_id=None if began is None else found[began].id,
        first_published=min(dated) if dated else None,
        disputed=bool(disputed),
    )
    return family, variants, disputed


def _name(text: str) -> str:
    """The first words, short enough for a list."""
    plain = " ".join(text.split())
    if len(plain) <= 60:
        return plain
    return plain[:58].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def _variant(
    family_id: str,
    version: Version,
    source: Source | None,
    found: Sequence[Version],
    compared: Compared,
) -> Variant:
    member, against = version.member, version.against
    origin = None if source is None else found[source.number]
    difference = None if origin is None else compared(member, version.words, origin.words)
    return Variant(
        id=version.id,
        family_id=family_id,
        article_id=member.carrier.id,
        utterance_id=member.utterance_id,
        quote_id=member.quote_ids[0][0] if member.quoted and member.quote_ids else None,
        start=member.start,
        end=member.end,
        change=against.change,
        edits=as_json(against.edits),
        touches_meaning=against.touches_meaning,
        reason=against.reason,
        source_id=origin.id if origin else None,
        source_change=difference.source_change if difference else None,
        source_edits=as_json(difference.edits) if difference else None,
        source_confidence=source.confidence if source else None,
        credit=version.credit.name if version.credit is not None else None,
    )


def _speaker(members: Sequence[Member], who: People) -> str | None:
    """Whom most outlets credit, each house once; None on a tie."""
    votes: dict[str, set[str]] = defaultdict(set)
    for m in members:
        if m.speaker_id is not None:
            votes[m.speaker_id].add(m.carrier.house)
    named = {k: v for k, v in votes.items() if who.kind.get(k) != "unnamed"} or votes
    ranked = sorted(((len(v), k) for k, v in named.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
