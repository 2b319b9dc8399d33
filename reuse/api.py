"""What a Python program calls: scan, trace, check, and the rows of a database.

    import reuse

    found = reuse.scan(["corpus/"], db="news.db")
    said = reuse.trace("we may have to close the works", db="news.db")
    with reuse.open("news.db") as rows:
        for match in rows.all(reuse.Match, "score >= ? ORDER BY bits DESC", 0.95):
            print(match.words, match.score)

What is heavy is imported by the first call, so that `import reuse` is quick. docs/api.md tells it
all.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypedDict, TypeVar, Unpack

from reuse.model import (
    Appearance,
    Dispute,
    Family,
    Match,
    Outlet,
    Passage,
    Problem,
    QuoteRow,
    Speaker,
    Variant,
)
from reuse.settings import Settings

if TYPE_CHECKING:
    from reuse.checking import Check
    from reuse.engines import Cluster, Engine
    from reuse.engines.local import Local
    from reuse.pipeline import Found
    from reuse.tracing import Trace

File = str | PathLike[str]


class Options(TypedDict, total=False):
    """The settings that a scan may be told; `reuse.settings` has their values and reasons."""

    min_score: float
    min_words: int
    min_confidence: float
    since: str | None
    until: str | None
    window_days: int | None
    same_outlet: bool
    ignore: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan did: what the database holds now, seconds by step, and what was wrong."""

    db: Path
    counts: Mapping[str, int]
    seconds: Mapping[str, float]
    problems: tuple[Problem, ...]

    @property
    def skipped(self) -> tuple[Problem, ...]:
        """The inputs that could not be read; the rest was scanned."""
        return tuple(problem for problem in self.problems if problem.level == "skipped")


class ArticleRow(NamedTuple):
    """An article as the database has it."""

    id: str
    source: str
    outlet_id: str | None
    title: str | None
    byline: str | None
    url: str | None
    published: str | None
    language: str | None
    text: str
    words: int


# The record of each table's rows; its fields are the columns.
TABLES: Mapping[type[tuple[object, ...]], str] = {
    ArticleRow: "articles",
    Outlet: "outlets",
    QuoteRow: "quotes",
    Speaker: "speakers",
    Match: "matches",
    Passage: "passages",
    Appearance: "appearances",
    Family: "families",
    Variant: "variants",
    Dispute: "disputes",
}

Row = TypeVar("Row", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True)
class Rows:
    """A database that is open to read. `connection` takes any SQL, the views included."""

    connection: sqlite3.Connection

    def all(self, kind: type[Row], where: str = "", *values: object) -> Iterator[Row]:
        """The rows of one record's table (`TABLES`), one at a time.

        `where` is what stands behind ``WHERE`` in SQL, an ``ORDER BY`` included, with a ``?`` for
        each of the `values`.
        """
        types = kind.__annotations__
        columns = ", ".join(f'"{name}"' for name in types)
        condition = where if where.lstrip().upper().startswith("ORDER BY") else f"WHERE {where}"
        query = f"SELECT {columns} FROM {TABLES[kind]} {condition if where else ''}"
        truths = [n for n, name in enumerate(types) if types[name] == "bool"]
        for row in self.connection.execute(query, values):
            cells = list(row)
            for n in truths:
                cells[n] = bool(cells[n])
            yield kind(*cells)

    def trace(self, words: str) -> Trace:
        """As `reuse.trace`."""
        from reuse import tracing

        return tracing.trace(self.connection, words)

    def check(self, draft: str, language: str | None = None) -> Check:
        """As `reuse.check`."""
        from reuse import checking

        return checking.check(self.connection, draft, language)


def scan(
    paths: File | Iterable[File],
    db: File = "reuse.db",
    *,
    outlet: str | None = None,
    format: str | None = None,
    names: File | None = None,
    forget: Iterable[File] = (),
    workers: int = 1,
    memory: int = 1000,
    cluster: Cluster | None = None,
    **settings: Unpack[Options],
) -> Scan:
    """Articles in, one database out, as `reuse scan` does: writes `db`, or adds to it.

    `memory` is in megabytes. With more than one of the `workers` the calling script needs its
    ``if __name__ == "__main__":``, as with `multiprocessing`. On a `cluster` Spark does the work.
    Raises `ReuseError` when the database is no database of this program, another scan is writing
    it, `names` is no house list, or Spark does not start; what cannot be read is no error but a
    problem.
    """
    found = run(
        [paths] if isinstance(paths, str | PathLike) else paths,
        Path(db),
        Settings(**settings),
        outlet=outlet,
        format=format,
        names=names,
        forget=forget,
        workers=workers,
        memory=memory,
        cluster=cluster,
    )
    return Scan(Path(db), found.counts, found.seconds, tuple(found.problems))


def run(
    paths: Iterable[File],
    db: Path,
    settings: Settings,
    *,
    outlet: str | None = None,
    format: str | None = None,
    names: File | None = None,
    forget: Iterable[File] = (),
    max_article: int | None = None,
    workers: int = 1,
    memory: int = 1000,
    strict: bool = False,
    stdin: BinaryIO | None = None,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
    cluster: Cluster | None = None,
    started: Callable[[Engine], None] = lambda engine: None,
) -> Found:
    """A scan, for those who watch it: `progress` is called as it goes on, `started` with each
    engine before anything is read. Files are parsed here, on a `cluster` or not."""
    from reuse import pipeline, readers, store
    from reuse.engines.local import Local
    from reuse.names import names_from
    from reuse.readers import elsewhere

    given = [fspath(path) for path in paths]
    roots = [*(path for path in given if path != "-"), *(fspath(path) for path in forget)]
    house = names_from(Path(names)) if names is not None else None
    written = store.Store(db)
    try:
        with Local(workers=workers, memory=memory << 20) as here, _running(cluster, here) as engine:
            started(here)
            started(engine)
            most = readers.MAX_ARTICLE if max_article is None else max_article
            far = engine if isinstance(engine, elsewhere.Elsewhere) else None
            addresses = [path for path in given if far and elsewhere.is_address(path)]
            inputs = readers.read(
                [path for path in given if path not in addresses],
                outlet=outlet,
                format=format,
                stdin=stdin or sys.stdin.buffer,
                max_article=most,
                map=here.map,
                recall=partial(written.kept, "piece"),
            )
            if far:
                brought = elsewhere.read(
                    addresses, far, outlet=outlet, format=format, max_article=most
                )
                inputs = chain(inputs, brought)
            return pipeline.scan(
                inputs,
                readers.under(roots),
                written,
                engine,
                settings,
                house,
                progress,
                strict=strict,
            )
    finally:
        written.close()


def _running(cluster: Cluster | None, here: Local) -> AbstractContextManager[Engine]:
    """The engine of a cluster, else the one that is here."""
    if cluster is None:
        return nullcontext(here)
    from reuse.engines import Unavailable

    try:
        from reuse.engines.spark import running
    except ImportError as error:
        raise Unavailable(f"{error}: pip install 'reuse-news[spark]'") from error
    return running(cluster, here)


@contextmanager
def open(db: File = "reuse.db") -> Iterator[Rows]:
    """The database to read. Raises `ReuseError` where there is none that a scan made."""
    from reuse import store

    if not Path(db).exists():
        raise store.NotOurs(f"{fspath(db)}: no such database")
    with store.reading(Path(db)) as connection:
        yield Rows(connection)


def trace(words: str, db: File = "reuse.db") -> Trace:
    """Who said these words, who had them first, and what each version changed."""
    with open(db) as rows:
        return rows.trace(words)


def check(draft: str, db: File = "reuse.db", language: str | None = None) -> Check:
    """What in a draft is reused, misquoted, or quoted from somebody else. Nothing is written."""
    with open(db) as rows:
        return rows.check(draft, language)
