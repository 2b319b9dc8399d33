"""Rows to SQLite and back: one database, whole at every moment.

A scan builds in a work database beside the published one (``reuse.db-scan``) and publishes in one
step: a rename where there was no database, else one write-ahead transaction that touches only the
rows that differ. Readers see the old rows or the new ones, never a mixture. A scan that is killed
leaves its work database; the next one takes from it what is complete.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, fields
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlite_utils import Database

from reuse.model import Article, Listed, Outlet, Problem, Speaker
from reuse.rows import outlet_of

SCHEMA_VERSION = 1

# Parents before children, so that a row never points at one that is not there yet.
DERIVED = (
    "speakers",
    "speaker_names",
    "passages",
    "appearances",
    "matches",
    "families",
    "quotes",
    "variants",
    "disputes",
)
SEARCHED = {"articles": ["title", "text"], "quotes": ["text", "mention"], "passages": ["text"]}
COUNTED = {
    "articles": "articles",
    "outlets": "outlets",
    "passages": "passages WHERE boilerplate = 0",
    "furniture": "passages WHERE boilerplate = 1",
    "matches": "matches",
    "quotes": "quotes",
    "quotes with a speaker": "quotes WHERE speaker_id IS NOT NULL",
    "speakers": "speakers",
    "families": "families",
    "versions": "variants",
    "versions that touch the meaning": "variants WHERE touches_meaning = 1",
    "disputes": "disputes",
}
KEPT = """
CREATE TABLE IF NOT EXISTS _kept (
  stage TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (stage, key)
) WITHOUT ROWID;
"""

ADD_ARTICLE = "INSERT OR IGNORE INTO main.articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# Two spellings of one outlet's name, or a kind that only some of its articles give, must come out
# the same in any order.
ADD_OUTLET = """
INSERT INTO main.outlets VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  name = min(name, excluded.name),
  kind = coalesce(min(kind, excluded.kind), kind, excluded.kind),
  owner = coalesce(min(owner, excluded.owner), owner, excluded.owner)
"""


Row = TypeVar("Row", bound=Any)


class Busy(Exception):
    """Another scan is writing this database."""


class NotOurs(Exception):
    """The file is not a database of this program, or of another version of it."""


def quoted(name: str) -> str:
    """A column's or table's name as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def sql(name: str) -> str:
    """The text of one of the package's ``.sql`` files."""
    return (files("reuse") / name).read_text("utf-8")


def check(path: Path) -> None:
    """Raise `NotOurs` unless `path` is a database that this version can read and add to."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError as error:
        raise NotOurs(f"{path}: not a database ({error})") from error
    finally:
        connection.close()
    if not {"articles", "quotes", "matches", "scans"} <= tables:
        raise NotOurs(f"{path}: a database, but not one that a scan made")
    if version != SCHEMA_VERSION:
        raise NotOurs(
            f"{path}: made with schema {version}, this program writes schema {SCHEMA_VERSION}; "
            "scan into a new file with --db"
        )


def _connect(path: Path) -> Database:
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -64000"
    )
    return Database(connection)


def _run(db: Database, name: str) -> None:
    """Execute a ``.sql`` file of the package inside the transaction that is open, if one is."""
    statement = ""
    for line in sql(name).splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


def _finish(db: Database) -> None:
    """Search indexes, indexes and views, after the rows: four times as fast as before them."""
    for table, columns in SEARCHED.items():
        if not db.table(table).detect_fts():
            db.table(table).enable_fts(columns, create_triggers=True)
    _run(db, "views.sql")
    _run(db, "summaries.sql")


def _replace(db: Database, table: str) -> None:
    """Make ``main.table`` hold exactly the rows of ``work.table``, writing only what differs."""
    columns = [quoted(column.name) for column in db.table(table).columns]
    keys = [quoted(key) for key in db.table(table).pks]
    key, everything = ", ".join(keys), ", ".join(columns)
    changes = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in keys)
    db.execute(f"DELETE FROM main.{table} WHERE ({key}) NOT IN (SELECT {key} FROM work.{table})")
    db.execute(
        f"INSERT INTO main.{table} ({everything})"
        f" SELECT {everything} FROM work.{table} WHERE true"
        f" EXCEPT SELECT {everything} FROM main.{table} WHERE true"
        f" ON CONFLICT ({key}) DO {'UPDATE SET ' + changes if changes else 'NOTHING'}"
    )


class Store:
    """All rows of one scan, in a work database that `publish` makes the database people see."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.work_path = path.with_name(path.name + "-scan")
        with ExitStack() as held:
            held.enter_context(_locked(path))
            self.fresh = not path.exists()
            if not self.fresh:
                check(path)
            self.db = self._open_work()
            self._held = held.pop_all()
        self._text = lru_cache(maxsize=256)(lambda key: self.texts([key])[key])

    def _open_work(self) -> Database:
        try:
            db = _connect(self.work_path)
            self._clear(db)
        except sqlite3.DatabaseError:  # Spoilt by a power cut: only kept values are lost.
            self._remove_work()
            db = _connect(self.work_path)
            self._clear(db)
        db.executescript(sql("schema.sql"))
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if not self.fresh:
            db.execute("ATTACH ? AS old", [str(self.path)])
        db.executescript(
            "CREATE TABLE _used (stage TEXT, key TEXT, PRIMARY KEY (stage, key)) WITHOUT ROWID"
        )
        return db

    @staticmethod
    def _clear(db: Database) -> None:
        """Empty a work database of all but what its scan kept before it was cut short."""
        db.executescript(KEPT)
        views = [f'DROP VIEW "{view}"' for view in db.view_names()]
        search = [t for t in db.table_names() if t.endswith("_fts")]
        tables = [t for t in db.table_names() if t != "_kept" and "_fts" not in t]
        drops = views + [f'DROP TABLE "{table}"' for table in search + tables]
        db.executescript(";".join(["PRAGMA foreign_keys = OFF", "SELECT 1", *drops]))

    def _remove_work(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.work_path.with_name(self.work_path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files. What was kept stays for the next scan unless it was published."""
        self.db.close()
        self._held.close()

    # -- what earlier scans kept ---------------------------------------------------------------

    def kept(self, stage: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The values that this stage kept under `keys`, in an earlier scan or one cut short."""
        found: dict[str, bytes] = {}
        for schema in ("main",) if self.fresh else ("main", "old"):
            for i in range(0, len(keys), 500):
                part = keys[i : i + 500]
                marks = ",".join("?" * len(part))
                found.update(
                    self.db.execute(
                        f"SELECT key, value FROM {schema}._kept"
                        f" WHERE stage = ? AND key IN ({marks})",
                        [stage, *part],
                    )
                )
        self._use(stage, found)
        return found

    def keep(self, stage: str, values: Mapping[str, bytes]) -> None:
        """Keep values for later scans; they survive even when this one is cut short."""
        with self.db.atomic():
            self.db.conn.executemany(
                "INSERT OR REPLACE INTO _kept VALUES (?, ?, ?)",
                ((stage, key, value) for key, value in values.items()),
            )
        self._use(stage, values)

    def _use(self, stage: str, keys: Iterable[str]) -> None:
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO main._used VALUES (?, ?)", ((stage, key) for key in keys)
        )

    # -- articles ------------------------------------------------------------------------------

    def add(self, articles: Sequence[Article]) -> list[Article]:
        """Store articles and their outlets; returns those met before in this scan."""
        again: list[Article] = []
        with self.db.atomic():
            for a in articles:
                outlet = outlet_of(a)
                if outlet:
                    self.db.execute(ADD_OUTLET, astuple(outlet))
                key = outlet and outlet.id
                words = len(a.text.split())
                row = (a.id, a.source, key, a.title, a.byline, a.url, a.published, a.language)
                if not self.db.execute(ADD_ARTICLE, (*row, a.text, words)).rowcount:
                    again.append(a)
        return again

    def carry_over(self, is_gone: Callable[[str], bool]) -> int:
        """Take the published articles that this scan did not meet and that are not gone."""
        if self.fresh:
            return 0
        unmet = self.db.execute(
            "SELECT id, source FROM old.articles WHERE id NOT IN (SELECT id FROM main.articles)"
        )
        stay = [(key,) for key, source in unmet.fetchall() if not is_gone(source)]
        with self.db.atomic():
            self.db.conn.executemany(
                "INSERT INTO main.articles SELECT * FROM old.articles WHERE id = ?", stay
            )
            outlets = self.db.execute(
                # Who owns whom is a house list's word, and this scan has its own or none.
                "SELECT id, name, kind, NULL FROM old.outlets"
                " WHERE id IN (SELECT outlet_id FROM main.articles)"
            )
            self.db.conn.executemany(ADD_OUTLET, outlets.fetchall())
        return len(stay)

    def listed(self) -> list[Listed]:
        """All articles of this scan without their texts, in the order of their ids."""
        rows = self.db.execute(
            "SELECT id, outlet_id, published, language FROM main.articles ORDER BY id"
        )
        return [Listed(*row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How much of everything this scan has."""
        return {
            name: int(self.db.execute(f"SELECT count(*) FROM main.{rows}").fetchone()[0])
            for name, rows in COUNTED.items()
        }

    def outlets(self) -> list[Outlet]:
        """The outlets of this scan, in the order of their ids."""
        return [Outlet(*row) for row in self.db.execute("SELECT * FROM main.outlets ORDER BY id")]

    def put_outlets(self, outlets: Iterable[Outlet]) -> None:
        """Replace the outlets of this scan by these, of the same ids."""
        with self.db.atomic():
            self.db.conn.executemany(
                "INSERT OR REPLACE INTO main.outlets VALUES (?, ?, ?, ?)", map(astuple, outlets)
            )

    def text(self, article_id: str) -> str:
        """The text of one article of this scan; the last ones asked for are remembered."""
        return self._text(article_id)

    def texts(self, article_ids: Sequence[str]) -> dict[str, str]:
        """The texts of some articles of this scan."""
        found: dict[str, str] = {}
        for i in range(0, len(article_ids), 500):
            part = article_ids[i : i + 500]
            marks = ",".join("?" * len(part))
            found.update(
                self.db.execute(f"SELECT id, text FROM main.articles WHERE id IN ({marks})", part)
            )
        return found

    def put(self, table: str, rows: Iterable[Row]) -> int:
        """Insert records whose fields are the columns of `table`, in order; returns how many."""
        rows = iter(rows)
        first = next(rows, None)
        if first is None:
            return 0
        columns = [f.name for f in fields(first)]
        before = self.db.conn.total_changes
        with self.db.atomic():
            self.db.conn.executemany(
                f'INSERT INTO main."{table}" ({", ".join(map(quoted, columns))})'
                f" VALUES ({', '.join('?' * len(columns))})",
                map(attrgetter(*columns), chain([first], rows)),
            )
        return self.db.conn.total_changes - before

    def put_speakers(
        self, speakers: Iterable[Speaker], names: Iterable[tuple[str, str, int]]
    ) -> None:
        """The speakers that have quotes, with how many, and the names under which they appear."""
        counted = {
            key: numbers
            for key, *numbers in self.db.execute(
                "SELECT q.speaker_id, count(*), count(DISTINCT q.article_id),"
                " count(DISTINCT coalesce(a.outlet_id, a.id))"
                " FROM main.quotes q JOIN main.articles a ON a.id = q.article_id"
                " WHERE q.speaker_id IS NOT NULL GROUP BY q.speaker_id"
            )
        }
        self.put(
            "speakers",
            (Speaker(s.id, s.name, s.kind, *counted[s.id]) for s in speakers if s.id in counted),
        )
        with self.db.atomic():
            self.db.conn.executemany(
                "INSERT INTO main.speaker_names VALUES (?, ?, ?)",
                (row for row in names if row[0] in counted),
            )

    def decisions(self) -> list[tuple[str, str, str, str | None, str]]:
        """What people decided: rows of the published ``decisions``, oldest first."""
        if self.fresh:
            return []
        return self.db.execute("SELECT * FROM old.decisions ORDER BY made_at, id").fetchall()

    # -- publishing ----------------------------------------------------------------------------

    def publish(self, scan: Mapping[str, Any], problems: Sequence[Problem]) -> None:
        """Make this scan's rows the database that people see, in one step."""
        if self.fresh:
            self.db.execute("DELETE FROM _kept WHERE (stage, key) NOT IN (SELECT * FROM _used)")
            self.db.execute("DROP TABLE _used")
            _finish(self.db)
            with self.db.atomic():
                _record(self.db, scan, problems)
            _settle(self.db)
            self.db.close()
            os.replace(self.work_path, self.path)
        else:
            self.db.execute("DETACH old")
            self.db.close()
            published = _connect(self.path)
            published.execute("ATTACH ? AS work", [str(self.work_path)])
            with published.atomic():
                for table in ("outlets", "articles", *DERIVED):
                    _replace(published, table)
                published.execute(
                    "DELETE FROM main._kept WHERE (stage, key) NOT IN (SELECT * FROM work._used)"
                )
                published.execute(
                    "INSERT OR REPLACE INTO main._kept SELECT * FROM work._kept"
                    " WHERE (stage, key) IN (SELECT * FROM work._used)"
                )
                _finish(published)
                _record(published, scan, problems)
            published.execute("DETACH work")
            _settle(published)
            published.close()
        self._remove_work()


def _record(db: Database, scan: Mapping[str, Any], problems: Sequence[Problem]) -> None:
    """One row in ``scans`` and its rows in ``problems``."""
    scan_id = db.table("scans").insert(dict(scan)).last_pk
    db.table("problems").insert_all(
        {
            "scan_id": scan_id,
            "source": p.source,
            "place": p.place,
            "reason": p.reason,
            "level": p.level,
        }
        for p in problems
    )


def _settle(db: Database) -> None:
    """Everything into the one file; readers that are open keep the write-ahead log, empty."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with suppress(sqlite3.OperationalError):  # A reader is open: the log stays, and is empty.
        db.execute("PRAGMA journal_mode = DELETE")


# -- what people decide ----------------------------------------------------------------------------


def decide(path: Path, rows: Iterable[tuple[str, str, str, str | None, str]]) -> int:
    """Add rows to ``decisions`` of a published database; the next scan applies them. How many were
    new. Raises `NotOurs` or `Busy`."""
    check(path)
    with _locked(path):
        db = _connect(path)
        before = db.conn.total_changes
        with db.atomic():
            db.conn.executemany("INSERT OR IGNORE INTO decisions VALUES (?, ?, ?, ?, ?)", rows)
        added = db.conn.total_changes - before
        _settle(db)
        db.close()
    return added


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A published database, to read only; rows come as `sqlite3.Row`. Raises `NotOurs`."""
    check(path)
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path.with_name(path.name + "-lock"))
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise Busy(f"{path}: another scan is writing this database") from None
    try:
        yield
    finally:
        lock.release()
