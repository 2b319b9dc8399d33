"""The whole of it, in order: articles in, one database out."""

from __future__ import annotations

import gc
import json
import logging
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from reuse import __version__
from reuse.comparing import reused as find_reuse
from reuse.echoes import linked
from reuse.engines import Engine, batches, uncollected
from reuse.everybody import plain
from reuse.kinship import People
from reuse.members import Carrier
from reuse.model import (
    Appearance,
    Article,
    Item,
    Listed,
    Match,
    Outlet,
    Part,
    Passage,
    Piece,
    Problem,
    QuoteRow,
    ReuseError,
    Same,
    content_id,
)
from reuse.provenance import in_order, provenance, voiced
from reuse.reading import read
from reuse.rows import outlet_key, packed, people_of, quote_rows, quotes_of
from reuse.settings import Settings
from reuse.speakers import Corrections, Decision, Names, Speakers, join
from reuse.store import SCHEMA_VERSION, Store
from reuse.utterances import by_article
from reuse.voices import Chorus, Heard, Said, Voices, numbered, said, voices

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int | None], None]

# A batch is one task of a worker: long enough to hide the cost of sending it, short enough that
# Ctrl-C does not wait for it.
BATCH_CHARACTERS = 250_000
BATCH_ARTICLES = 500

DECIDED = "decided by a person"


@dataclass(slots=True)
class Found:
    """What a scan found and how long each step took, for the table at its end."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)

    @contextmanager
    def step(self, name: str, progress: Progress) -> Iterator[None]:
        """Time what stands inside, and say that it began."""
        log.info("%s ...", name)
        progress(name, 0, None)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)
        log.info("%s: %.1f s", name, self.seconds[name])


@uncollected()
def scan(
    inputs: Iterable[Item],
    lies_under: Callable[[str], bool],
    store: Store,
    engine: Engine,
    settings: Settings,
    names: Names | None,
    progress: Progress,
    *,
    strict: bool = False,
) -> Found:
    """Read, compare, attribute, trace, publish. Nothing is seen before all of it is there."""
    started = datetime.now(UTC)
    found = Found()
    # Workers read quotes while this process stores articles.
    with found.step("reading", progress):
        taken = articles(inputs, found, settings, store, strict=strict)
        for made in engine.map(readings, unread(taken, lies_under, store, found, progress)):
            store.keep(made)
        listed, outlets = store.listed(), known_outlets(store.outlets(), names)
        store.put("outlets", outlets.values())
        decisions = store.decisions()
    # Reuse is looked for while speakers are joined and quotes written: neither asks for the other.
    everybody = [(article.id, value) for article, value in all_kept("people", listed, store)]
    joined = engine.begin(partial(speakers_of, decisions=decisions, names=names), everybody)
    del everybody
    searching = partial(
        find_reuse,
        listed,
        store.texts,
        engine,
        ignoring(settings, decisions),
        quoted(listed, store),
    )
    searched = engine.aside(searching) if store.is_shared else searching
    with found.step("speakers", progress):
        speakers = joined()
        named = {key: outlet.name for key, outlet in outlets.items()}
        who, chorus = voiced(speakers.speakers, named), Chorus(engine.file(), engine.file())
        digests, others = spoken(listed, store, speakers, decisions, settings)
        asked = reported(in_order(listed), digests, others, store, speakers, who, settings)
        quotes = quoted_by(engine.map(attributed, asked), chorus, store)
        store.put("quotes", quotes, of=sorted(others))
        linking = engine.aside(partial(linked, chorus.batches(), engine))
        store.put_speakers(speakers.speakers, speakers.names)
    with found.step("reuse", progress):
        reused = searched()
        store.put("passages", reused.passages)
        store.put("appearances", reused.appearances)
        store.put("matches", reused.matches)
    with found.step("provenance", progress):
        traced = provenance(
            carriers(listed, outlets),
            chorus,
            linking(),
            store.parts,
            who,
            store.rows("matches", Match),
            store.rows("passages", Passage),
            store.rows("appearances", Appearance),
            store.texts,
            named,
            engine,
            store,
        )
        store.put("families", traced.families)
        store.put("variants", traced.variants)
        store.put("disputes", traced.disputes)
        store.link("quotes", "family_id", traced.family_of)
        store.link("appearances", "source_id", traced.source_of)
    with found.step("write", progress):
        found.counts = store.counts() | {
            "frequent shingles": reused.counts.get("frequent", 0),
            "of them language": reused.counts.get("language", 0),
            "linked, not compared in pairs": reused.counts.get("linked", 0),
        }
        found.counts |= {
            "inputs skipped": sum(p.level == "skipped" for p in found.problems),
            "inputs noted": sum(p.level == "noted" for p in found.problems),
        }
        store.publish(
            {
                "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
                "finished": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "version": __version__,
                "schema_version": SCHEMA_VERSION,
                "settings": json.dumps(asdict(settings), sort_keys=True),
                "counts": json.dumps(found.counts),
                "seconds": json.dumps(found.seconds),
                "minhash_scheme": "affine32",
                "minhash_seed": settings.seed,
                "minhash_permutations": settings.permutations,
            },
            found.problems,
        )
    return found


class Skipped(ReuseError):
    """An input that would be skipped, where nothing may be."""


def articles(
    inputs: Iterable[Item], found: Found, settings: Settings, store: Store, *, strict: bool
) -> Iterator[Article | Same]:
    """The articles among `inputs` of the days that are asked for; the problems go to `found`, and
    what a later scan is to know of whole pieces to the store."""
    left_out = 0
    for item in inputs:
        if isinstance(item, Problem):
            log.warning(item)
            found.problems.append(item)
            if strict and item.level == "skipped":
                raise Skipped(item)
        elif isinstance(item, Piece):
            if len(found.left_out) == left_out:
                store.note("piece", {item.key: item.value})
            left_out = len(found.left_out)
        elif is_between(item.published, settings.since, settings.until):
            yield item
        else:
            found.left_out.add(item.source)
    if found.left_out:
        days = f"{settings.since or ''}..{settings.until or ''}"
        reason = f"{len(found.left_out)} articles of other days, or of no known one, left out"
        found.problems.append(Problem(days, "", reason, "noted"))


def is_between(published: str | None, since: str | None, until: str | None) -> bool:
    """Whether an article is surely of these days; one without a date is of no days but all."""
    if since is None and until is None:
        return True
    if published is None:
        return False
    # As much of both as both tell: "2024-05" may be of any day of May.
    return (since is None or published[: len(since)] >= since[: len(published)]) and (
        until is None or published[: len(until)] <= until[: len(published)]
    )


def again(articles: Sequence[Article | Same]) -> list[Problem]:
    """The same article met twice is kept once, and noted."""
    return [Problem(a.source, "", "the same article again, kept once", "noted") for a in articles]


def gone(lies_under: Callable[[str], bool], found: Found) -> Callable[[str], bool]:
    """Whether a source that this scan did not take is gone.

    It is when it lies under what was scanned, unless it was left out for its date, or its file is
    there and was not read whole.
    """
    troubled = {p.source for p in found.problems if p.level == "skipped"}

    def is_gone(source: str) -> bool:
        # A record may lie in a file that lies in an archive.
        holders = {source[:n] for n, letter in enumerate(source) if letter == "#"}
        return (
            lies_under(source)
            and source not in found.left_out
            and not troubled & {source, *holders}
        )

    return is_gone


def known_outlets(outlets: Iterable[Outlet], names: Names | None) -> dict[str, Outlet]:
    """The outlets with what the house list says of them: their owners, and kinds nobody gave."""
    houses = {outlet_key(house.name): house for house in (names.outlets if names else ())}
    return {
        o.id: o._replace(owner=houses[o.id].owner, kind=o.kind or houses[o.id].kind)
        if o.id in houses
        else o
        for o in outlets
    }


def unread(
    taken: Iterable[Article | Same],
    lies_under: Callable[[str], bool],
    store: Store,
    found: Found,
    progress: Progress,
) -> Iterator[list[tuple[str, str, str | None]]]:
    """Store the articles; give (key, text, language) of those that no scan has read, in batches."""
    done = 0
    for batch in batches(taken, _size, BATCH_CHARACTERS):
        found.problems += again(store.add(batch))
        gc.collect(0)  # parsers of pages leave circles behind
        done += len(batch)
        progress("articles read", done, None)
        by_key = {reading_key(article): article for article in batch}
        if new := by_key.keys() - store.holds("quotes", list(by_key)):
            texts = {a.id: a.text for a in batch if isinstance(a, Article)}
            texts |= store.texts([by_key[key].id for key in new if by_key[key].id not in texts])
            yield [(key, texts[by_key[key].id], by_key[key].language) for key in sorted(new)]
    # Of those that stay from earlier scans, another version of this program may have read some.
    for part in portions(store.carry_over(gone(lies_under, found))):
        listed = {reading_key(article): article for article in part}
        if new := listed.keys() - store.holds("quotes", list(listed)):
            texts = store.texts([listed[key].id for key in new])
            yield [(key, texts[listed[key].id], listed[key].language) for key in sorted(new)]


def _size(article: Article | Same) -> int:
    """What one more article costs a batch: one that was read before, next to nothing."""
    return len(article.text) if isinstance(article, Article) else BATCH_CHARACTERS // 1000


def portions(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    """So many articles at a time."""
    for i in range(0, len(listed), BATCH_ARTICLES):
        yield listed[i : i + BATCH_ARTICLES]


def reading_key(article: Article | Same | Listed) -> str:
    """What a reading depends on: the text and its language, and the program that read it."""
    return f"{article.id} {article.language or ''} {__version__}"


def readings(batch: list[tuple[str, str, str | None]]) -> dict[str, dict[str, bytes]]:
    """A batch of `unread` articles, read: what to keep of each stage under their keys."""
    read_ones = [(key, read(text, language)) for key, text, language in batch]
    return {
        "quotes": {key: packed(reading.quotes) for key, reading in read_ones},
        "people": {key: packed(reading.people) for key, reading in read_ones},
    }


def all_kept(stage: str, listed: Sequence[Listed], store: Store) -> Iterator[tuple[Listed, bytes]]:
    """Every article with what was kept of it, in the order of their ids."""
    for part in portions(listed):
        values = store.kept(stage, [reading_key(article) for article in part])
        for article in part:
            yield article, values[reading_key(article)]


def speakers_of(
    kept: Sequence[tuple[str, bytes]], decisions: Sequence[Decision], names: Names | None
) -> Speakers:
    """The speakers that the people of all articles are; (article id, what was kept of them)."""
    people = ((key, n, one) for key, value in kept for n, one in enumerate(people_of(value)))
    return join(people, decisions, names)


def ignoring(settings: Settings, decisions: Sequence[Decision]) -> Settings:
    """The settings, with what people marked as no reuse among the phrases to ignore."""
    wrong = [
        words
        for _, kind, names, *_ in decisions
        if kind == "not_reuse"
        for words in json.loads(names)
    ]
    return replace(settings, ignore=(*settings.ignore, *wrong))


def quoted(
    listed: Sequence[Listed], store: Store
) -> Callable[[Sequence[str]], dict[str, list[tuple[int, int]]]]:
    """What stands between marks in some articles: (start, end) of each stretch, by article."""
    by_id = {article.id: article for article in listed}

    def spans(article_ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        return {
            article.id: [(q.start, q.end) for q in quotes_of(value) if q.kind != "indirect"]
            for article, value in all_kept("quotes", [by_id[key] for key in article_ids], store)
        }

    return spans


def spoken(
    listed: Sequence[Listed],
    store: Store,
    speakers: Speakers,
    decisions: Sequence[Decision],
    settings: Settings,
) -> tuple[dict[str, str], set[str]]:
    """Of each article a digest of all that its quotes come from: what this scan was told, how it
    read the article, who the people in it are. The articles of which the last scan had another."""
    # Whom a correction names may be somebody else tonight, or somebody at last.
    told = content_id(
        settings.min_confidence, *decisions, *sorted(speakers.corrections.items(), key=str)
    )
    digests = {
        article.id: content_id(told, reading_key(article), *speakers.of(article.id))
        for article in listed
    }
    return digests, store.differing("spoken", {k: v.encode() for k, v in digests.items()})


class Asked(NamedTuple):
    """An article whose quotes are `attributed`: what was kept of them, and who its people are, with
    what `voices` needs of each; what a person decided of it. ``changed`` says whether its rows are
    to be written; ``said`` is what a scan before kept of their words under ``digest``, if one did.
    """

    article: Listed
    value: bytes
    people: list[str]
    who: dict[str, tuple[int, bool]]
    changed: bool
    min_confidence: float
    corrections: Corrections
    digest: str
    said: bytes | None


def reported(
    ordered: Sequence[Listed],
    digests: Mapping[str, str],
    others: Container[str],
    store: Store,
    speakers: Speakers,
    who: People,
    settings: Settings,
) -> Iterator[list[Asked]]:
    """All articles with what their quotes are attributed by, in batches."""
    for part in portions(ordered):
        known = store.kept("said", [digests[article.id] for article in part])
        anew = [a for a in part if a.id in others or digests[a.id] not in known]
        values = {article.id: value for article, value in all_kept("quotes", anew, store)}
        yield [
            Asked(
                article,
                values.get(article.id, b""),
                people := speakers.of(article.id),
                numbered(who, [*people, *(given := speakers.corrected(article.id)).values()]),
                article.id in others,
                settings.min_confidence,
                given,
                digests[article.id],
                None if article.id in values else known[digests[article.id]],
            )
            for article in part
        ]


class Attributed(NamedTuple):
    """Rows that have changed (packed: so they travel in half the time), all statements of some
    articles, and what to keep of them."""

    rows: bytes
    voices: Voices
    said: dict[str, bytes]


_ENCODER = msgspec.msgpack.Encoder()
_ROWS = msgspec.msgpack.Decoder(list[tuple[Any, ...]])
_SAID = msgspec.msgpack.Decoder(Said)


def attributed(batch: Sequence[Asked]) -> Attributed:
    """The quotes of some articles with their speakers, as rows and as statements. What a person
    decided of a quote's words comes before the reader."""
    rows: list[QuoteRow] = []
    anew: list[tuple[Asked, list[Part]]] = []
    for asked in batch:
        if asked.said is not None:
            continue
        own = quote_rows(
            asked.article.id, quotes_of(asked.value), asked.people, asked.min_confidence
        )
        if asked.corrections:
            own = [decided(row, asked.corrections) for row in own]
        if asked.changed:
            rows += own
        anew.append((asked, by_article(own).get(asked.article.id, [])))
    made = said([(parts, asked.article.language) for asked, parts in anew])
    new = {asked.digest: one for (asked, _), one in zip(anew, made, strict=True)}
    heard = [
        Heard(
            new[asked.digest] if asked.said is None else _SAID.decode(asked.said),
            asked.article.published,
            asked.who,
        )
        for asked in batch
    ]
    kept = {key: _ENCODER.encode(one) for key, one in new.items()}
    return Attributed(_ENCODER.encode(rows), voices(heard), kept)


def decided(row: QuoteRow, corrections: Corrections) -> QuoteRow:
    """A quote with the speaker that a person gave to its words, if somebody did."""
    speaker = corrections.get(plain(row.text))
    if speaker is None:
        return row
    return row._replace(speaker_id=speaker, confidence=1.0, evidence=DECIDED)


def quoted_by(
    made: Iterable[Attributed], chorus: Chorus, store: Store
) -> Iterator[tuple[Any, ...]]:
    """The rows of `attributed` articles (see `QuoteRow`); their statements go to the chorus."""
    for some in made:
        chorus.add(some.voices)
        store.keep({"said": some.said})
        yield from _ROWS.decode(some.rows)


def carriers(listed: Sequence[Listed], outlets: Mapping[str, Outlet]) -> Iterator[Carrier]:
    """The articles as provenance needs them."""
    for article in listed:
        outlet = outlets.get(article.outlet_id or "")
        yield Carrier(
            article.id,
            article.outlet_id,
            outlet.kind if outlet else None,
            article.published,
            article.language,
            outlet.owner if outlet else None,
        )
