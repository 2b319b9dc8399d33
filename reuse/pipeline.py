"""The whole of it, in order: articles in, one database out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import chain
from typing import TypeVar

from reuse import __version__
from reuse.engines.local import Engine
from reuse.model import Article, Listed, Person, Problem, Reading
from reuse.reading import read
from reuse.rows import packed, quote_rows, unpacked
from reuse.settings import Settings
from reuse.store import SCHEMA_VERSION, Store

Progress = Callable[[str, int, int | None], None]
Item = TypeVar("Item")

# A batch is one task of a worker: long enough to hide the cost of sending it, short enough that
# Ctrl-C does not wait for it.
BATCH_CHARACTERS = 1_000_000
BATCH_ARTICLES = 500


@dataclass(slots=True)
class Found:
    """What a scan found and how long each step took, for the table at its end."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what stands inside."""
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 3)


def scan(
    inputs: Iterable[Article | Problem],
    paths: Sequence[str],
    store: Store,
    engine: Engine,
    settings: Settings,
    progress: Progress,
) -> Found:
    """Read, attribute, compare, join, trace, publish. Nothing is seen before all of it is there."""
    started = datetime.now(UTC)
    found = Found()
    with found.step("articles"):
        done = 0
        for batch in batches(articles(inputs, found), lambda article: len(article.text)):
            found.problems += again(store.add(batch))
            done += len(batch)
            progress("articles read", done, None)
        store.carry_over(gone(paths, found.problems))
        listed = store.listed()
    with found.step("quotes"):
        for done, values in enumerate(engine.map(readings, unread(listed, store)), 1):
            store.keep("reading", values)
            progress("batches of articles read for quotes", done, None)
    with found.step("speakers"):
        store.put(
            "quotes",
            chain.from_iterable(
                quote_rows(article.id, reading, lambda person: None, settings.min_confidence)
                for article, reading in all_readings(listed, store)
            ),
        )
    with found.step("write"):
        found.counts |= store.counts()
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


def batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    """`items` in lists of about `BATCH_CHARACTERS` together."""
    batch: list[Item] = []
    held = 0
    for item in items:
        batch.append(item)
        held += size(item)
        if held >= BATCH_CHARACTERS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def articles(inputs: Iterable[Article | Problem], found: Found) -> Iterator[Article]:
    """The articles among `inputs`; the problems go to `found`."""
    for item in inputs:
        if isinstance(item, Problem):
            found.problems.append(item)
        else:
            yield item


def again(articles: Sequence[Article]) -> list[Problem]:
    """The same article met twice is kept once, and noted."""
    return [Problem(a.source, "", "the same article again, kept once", "noted") for a in articles]


def gone(paths: Sequence[str], problems: Sequence[Problem]) -> Callable[[str], bool]:
    """Whether a source that a scan of `paths` did not meet is gone.

    It is when it lies under one of them, unless that file is there and could not be read whole.
    """
    troubled = {p.source for p in problems if p.level == "skipped"}

    def is_gone(source: str) -> bool:
        file = source.rpartition("#")[0] or source
        if file in troubled or source in troubled:
            return False
        return any(
            path != "-"
            and (
                source.startswith((path.rstrip("/") + "/", path + "#"))
                or path in (source, "/")
                or fnmatchcase(file, path)
            )
            for path in paths
        )

    return is_gone


def unread(listed: Sequence[Listed], store: Store) -> Iterator[list[tuple[str, str, str | None]]]:
    """(key, text, language) of the articles that no earlier scan has read, in batches."""
    for i in range(0, len(listed), BATCH_ARTICLES):
        part = {reading_key(article): article for article in listed[i : i + BATCH_ARTICLES]}
        new = part.keys() - store.kept("reading", list(part)).keys()
        texts = store.texts([part[key].id for key in new])
        yield [(key, texts[part[key].id], part[key].language) for key in sorted(new)]


def reading_key(article: Listed) -> str:
    """What a reading depends on: the text and its language, and the program that read it."""
    return f"{article.id} {article.language or ''} {__version__}"


def readings(batch: list[tuple[str, str, str | None]]) -> dict[str, bytes]:
    """A batch of `unread` articles, read: what to keep under their keys."""
    return {key: packed(read(text, language)) for key, text, language in batch}


def all_readings(listed: Sequence[Listed], store: Store) -> Iterator[tuple[Listed, Reading]]:
    """Every article with its quotes and people, in the order of their ids."""
    for i in range(0, len(listed), BATCH_ARTICLES):
        part = listed[i : i + BATCH_ARTICLES]
        values = store.kept("reading", [reading_key(article) for article in part])
        for article in part:
            yield article, unpacked(values[reading_key(article)])


def people(listed: Sequence[Listed], store: Store) -> Iterator[tuple[str, int, Person]]:
    """Everybody in every article: (article id, index in the article, person)."""
    for article, reading in all_readings(listed, store):
        for index, person in enumerate(reading.people):
            yield article.id, index, person
