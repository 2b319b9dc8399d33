"""Rows to SQLite and back: one database, whole at every moment.

A scan into a new file builds it beside its place (``reuse.db-scan``) and publishes by a rename; a
scan that adds works in one write-ahead transaction, which touches only the rows that differ.
Readers see the old rows or the new ones, never a mixture. What is dear to make again (`keep`) goes
to a file of its own (``reuse.db-kept``) at once, so that a scan that is killed can be gone on with.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import numpy as np
from filelock import FileLock, Timeout
from sqlite_utils import Database

from reuse.model import Article, Listed, Outlet, Part, Problem, ReuseError, Same, Speaker
from reuse.rows import outlet_of

SCHEMA_VERSION = 1

SEARCHED = {"articles": ["title", "text"], "quotes": ["text", "mention"], "passages": ["text"]}
# Columns that are known after the rows are there: see `Store.link`.
LINKED = {("quotes", "family_id"), ("appearances", "source_id")}
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
)
"""
# What this scan has met and used: what else is there goes when it is published.
OF_THIS_SCAN = """
CREATE TEMP TABLE met (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE used (stage TEXT, key TEXT, PRIMARY KEY (stage, key)) WITHOUT ROWID;
"""
# An update of other columns is no reason to index the words again.
SEARCH_TRIGGERS = """
CREATE TRIGGER {table}_ai AFTER INSERT ON {table} BEGIN
  INSERT INTO {table}_fts (rowid, {columns}) VALUES (new.rowid, {new});
END;
CREATE TRIGGER {table}_ad AFTER DELETE ON {table} BEGIN
  INSERT INTO {table}_fts ({table}_fts, rowid, {columns}) VALUES ('delete', old.rowid, {old});
END;
CREATE TRIGGER {table}_au AFTER UPDATE OF {columns} ON {table} BEGIN
  INSERT INTO {table}_fts ({table}_fts, rowid, {columns}) VALUES ('delete', old.rowid, {old});
  INSERT INTO {table}_fts (rowid, {columns}) VALUES (new.rowid, {new});
END;
"""
# A page of 4 KB holds one article and wastes what the next one would need.
PAGE = 16_384
# Words that the search index gathers before it writes them (bytes): with SQLite's own million it
# spends half its time on merging.
GATHERED = 64 << 20
# Rows that are written by one statement, which makes ready once what it checks them by.
AT_ONCE = 200

Row = TypeVar("Row", bound=tuple[Any, ...])


class Busy(ReuseError):
    """Another scan is writing this database."""


class Unwritable(ReuseError):
    """Nothing can be written where the database is to be."""


class NotOurs(ReuseError):
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
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=60, check_same_thread=not Store.is_shared
    )
    connection.executescript(
        f"PRAGMA page_size = {PAGE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA cache_size = -64000"
    )
    return Database(connection)


def _empty(path: Path) -> Database:
    """A new database, which nobody sees before it is complete: without a journal."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=not Store.is_shared)
    connection.executescript(
        f"PRAGMA page_size = {PAGE}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -64000"
    )
    db = Database(connection)
    db.executescript(f"PRAGMA user_version = {SCHEMA_VERSION}; {KEPT}; {sql('schema.sql')}")
    for table, columns in SEARCHED.items():
        db.table(table).enable_fts(columns)
        db.execute(f"INSERT INTO {table}_fts ({table}_fts, rank) VALUES ('hashsize', {GATHERED})")
    return db


def _side(path: Path) -> Database:
    """The file of what was kept; one that a power cut spoilt is begun again."""
    try:
        db = _connect(path)
        db.execute(KEPT)
        db.execute("SELECT count(*) FROM _kept WHERE stage = ''")
    except sqlite3.DatabaseError:
        _remove(path)
        db = _connect(path)
        db.execute(KEPT)
    return db


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, to be executed inside the transaction that is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class Store:
    """All rows of one scan, in one transaction that `publish` ends."""

    # Whether another thread may ask for `texts` meanwhile: SQLite can be built without its locks.
    is_shared: ClassVar[bool] = sqlite3.threadsafety == 3

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made = path.with_name(path.name + "-scan")
        self._kept = path.with_name(path.name + "-kept")
        with ExitStack() as held:
            held.enter_context(_locked(path))
            self.fresh = not path.exists()
            if not self.fresh:
                check(path)
            _remove(self._made)
            self.side = _side(self._kept)
            held.callback(self.side.close)
            self.db = _empty(self._made) if self.fresh else _connect(path)
            self._held = held.pop_all()
        self._outlets: dict[str, Outlet] = {}
        self._published = False
        # No table is made or dropped while texts are read.
        self._turn = RLock()
        self._columns = {
            table: [column.name for column in self.db.table(table).columns]
            for table in self.db.table_names()
        }
        self.db.executescript(OF_THIS_SCAN)
        self.db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Let go of the files. Unless it was published nothing has changed, and what was kept stays
        for the next scan."""
        if not self.fresh and self.db.conn.in_transaction:
            self.db.rollback()
            _settle(self.db)
        self.db.close()
        _remove(self._made)
        anything = "SELECT EXISTS (SELECT 1 FROM _kept)"
        wanted = not self._published and self.side.execute(anything).fetchone()[0]
        self._held.close()
        if not wanted:
            _remove(self._kept)

    # -- what earlier scans kept ---------------------------------------------------------------

    def kept(self, stage: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The values that this stage kept under `keys`, in an earlier scan or one cut short."""
        found: dict[str, bytes] = {}
        for db in (self.side,) if self.fresh else (self.db, self.side):
            for part, marks in _parts(keys):
                found.update(
                    db.execute(
                        f"SELECT key, value FROM _kept WHERE stage = ? AND key IN ({marks})",
                        [stage, *part],
                    )
                )
        self._use(stage, found)
        return found

    def holds(self, stage: str, keys: Sequence[str]) -> set[str]:
        """Those of `keys` under which `kept` has something, which stays for the next scan."""
        found: set[str] = set()
        for db in (self.side,) if self.fresh else (self.db, self.side):
            for part, marks in _parts(keys):
                asked = f"SELECT key FROM _kept WHERE stage = ? AND key IN ({marks})"
                found.update(key for (key,) in db.execute(asked, [stage, *part]))
        self._use(stage, found)
        return found

    def keep(self, made: Mapping[str, Mapping[str, bytes]]) -> None:
        """Keep values of some stages for later scans, all of them or none; they survive even when
        this one is cut short."""
        with self.side.atomic():
            self.side.conn.executemany(
                "INSERT OR REPLACE INTO _kept VALUES (?, ?, ?)",
                ((stage, *item) for stage, values in made.items() for item in values.items()),
            )
        for stage, values in made.items():
            self._use(stage, values)

    def note(self, stage: str, values: Mapping[str, bytes]) -> None:
        """Note values with this scan: they are published or forgotten with it."""
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO _kept VALUES (?, ?, ?)",
            ((stage, *item) for item in values.items()),
        )
        self._use(stage, values)

    def differing(self, stage: str, values: Mapping[str, bytes]) -> set[str]:
        """The keys under which the last published scan noted another value of this stage, or none.

        The values are noted with this scan, and published or forgotten with it.
        """
        found: dict[str, bytes] = {}
        for part, marks in _parts(list(values)):
            asked = f"SELECT key, value FROM _kept WHERE stage = ? AND key IN ({marks})"
            found.update(self.db.execute(asked, [stage, *part]))
        others = {key for key, value in values.items() if found.get(key) != value}
        self.note(stage, {key: values[key] for key in others})
        self._use(stage, values.keys() - others)
        return others

    def _use(self, stage: str, keys: Iterable[str]) -> None:
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO temp.used VALUES (?, ?)", ((stage, key) for key in keys)
        )

    # -- articles ------------------------------------------------------------------------------

    def add(self, articles: Sequence[Article | Same]) -> list[Article | Same]:
        """Store articles and their outlets; returns those met before in this scan."""
        rows: list[tuple[Any, ...]] = []
        again: list[Article | Same] = []
        keys = [a.id for a in articles]
        known = self._met(keys)
        met: list[str] = []
        for a, key in zip(articles, keys, strict=True):
            outlet = outlet_of(a.outlet, a.outlet_kind)
            if outlet:
                self._know(outlet)
            if key in known:
                again.append(a)
                continue
            known.add(key)
            met.append(key)
            if isinstance(a, Article):
                rows.append(
                    (
                        key,
                        a.source,
                        outlet and outlet.id,
                        a.title,
                        a.byline,
                        a.url,
                        a.published,
                        a.language,
                        a.text,
                        len(a.text.split()),
                    )
                )
        self.db.conn.executemany("INSERT INTO temp.met VALUES (?)", ([key] for key in met))
        self._write("articles", rows)
        return again

    def _met(self, article_ids: Sequence[str]) -> set[str]:
        """Those of some articles that this scan has met."""
        found: set[str] = set()
        for part, marks in _parts(article_ids):
            asked = f"SELECT id FROM temp.met WHERE id IN ({marks})"
            found.update(key for (key,) in self.db.execute(asked, part))
        return found

    def _know(self, outlet: Outlet) -> None:
        """Two spellings of one outlet's name, or a kind that only some of its articles give, come
        out the same in any order."""
        known = self._outlets.get(outlet.id)
        if known is None:
            self._outlets[outlet.id] = outlet
        elif known != outlet:
            name, kind, owner = (
                min(filter(None, pair), default=None)
                for pair in zip(known[1:], outlet[1:], strict=True)
            )
            self._outlets[outlet.id] = Outlet(outlet.id, name or outlet.name, kind, owner)

    def carry_over(self, is_gone: Callable[[str], bool]) -> list[Listed]:
        """Drop the published articles that this scan did not meet and that are gone; the others
        stay, and are given. No article comes after this."""
        if self.fresh:
            # While workers read the last ones: nobody waits for it.
            self._index("articles")
        unmet = self.db.execute(
            "SELECT source, id, outlet_id, published, language FROM articles"
            " WHERE id NOT IN (SELECT id FROM temp.met)"
        ).fetchall()
        stay = [Listed(*row) for source, *row in unmet if not is_gone(source)]
        gone = {row[1] for row in unmet} - {article.id for article in stay}
        self.db.conn.executemany("DELETE FROM articles WHERE id = ?", ([key] for key in gone))
        outlets = {article.outlet_id for article in stay}
        # Who owns whom is a house list's word, and this scan has its own or none.
        for row in self.db.execute("SELECT id, name, kind, NULL FROM outlets").fetchall():
            if row[0] in outlets:
                self._know(Outlet(*row))
        return stay

    def listed(self) -> list[Listed]:
        """All articles of this scan without their texts, in the order of their ids."""
        rows = self.db.execute(
            "SELECT id, outlet_id, published, language FROM articles ORDER BY id"
        )
        return [Listed(*row) for row in rows]

    def outlets(self) -> list[Outlet]:
        """The outlets of this scan, in the order of their ids."""
        return [self._outlets[key] for key in sorted(self._outlets)]

    def texts(self, article_ids: Sequence[str]) -> dict[str, str]:
        """The texts of some articles of this scan."""
        found: dict[str, str] = {}
        for part, marks in _parts(article_ids):
            asked = f"SELECT id, text FROM articles WHERE id IN ({marks})"
            with self._turn:
                found.update(self.db.execute(asked, part).fetchall())
        return found

    # -- rows ----------------------------------------------------------------------------------

    def put(
        self, table: str, rows: Iterable[tuple[Any, ...]], of: Sequence[str] | None = None
    ) -> None:
        """Make `table` hold exactly these rows, writing only what differs.

        A row has the columns of `table`, in order. What it has under a column of `LINKED` counts
        for new rows only. With `of`, the rows are those of some articles, and those of the others
        that this scan has stay as they are.
        """
        rows = iter(rows)
        keys = self.db.table(table).pks
        places = [self._columns[table].index(key) for key in keys]
        named, marks = ", ".join(map(quoted, keys)), ", ".join("?" * len(keys))
        if not self.fresh:
            self._make(f"CREATE TEMP TABLE put ({named}, PRIMARY KEY ({named})) WITHOUT ROWID")
        while some := list(islice(rows, AT_ONCE)):
            self._write(table, some)
            if not self.fresh:
                self.db.conn.executemany(
                    f"INSERT INTO temp.put VALUES ({marks})",
                    ([row[i] for i in places] for row in some),
                )
        if self.fresh:
            self._index(table)
        else:
            same = " AND ".join(f"p.{key} = {table}.{key}" for key in map(quoted, keys))
            gone = f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM temp.put p WHERE {same})"
            if of is None:
                self.db.execute(gone)
            else:
                self.db.conn.executemany(f"{gone} AND article_id = ?", ([key] for key in of))
                self.db.execute(
                    f"DELETE FROM {table} WHERE article_id NOT IN (SELECT id FROM articles)"
                )
            self._make("DROP TABLE temp.put")

    def _make(self, statement: str) -> None:
        """Make or drop a table, an index or a trigger."""
        with self._turn:
            self.db.execute(statement)

    def _index(self, table: str) -> None:
        """The indexes of a new table, once its rows are there.

        Four times as fast as with the rows, and seven times for the words: a trigger makes the
        search index put down what it gathers at every row.
        """
        for statement in _statements(sql("views.sql")):
            if f" ON {table}(" in statement:
                self._make(statement)
        if columns := SEARCHED.get(table):
            self._make(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('rebuild')")
            sides = {side: ", ".join(f"{side}.{c}" for c in columns) for side in ("old", "new")}
            triggers = SEARCH_TRIGGERS.format(table=table, columns=", ".join(columns), **sides)
            for trigger in _statements(triggers):
                self._make(trigger)

    def _write(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows, `AT_ONCE` by one statement."""
        for i in range(0, len(rows), AT_ONCE):
            some = rows[i : i + AT_ONCE]
            self.db.execute(self._upsert(table, len(some)), [*chain.from_iterable(some)])

    def _upsert(self, table: str, rows: int) -> str:
        """The statement that writes so many rows of all columns, each unless it is there as it
        is."""
        names = self._columns[table]
        marks = ", ".join([f"({', '.join('?' * len(names))})"] * rows)
        insert = f"INSERT INTO {table} VALUES {marks}"
        if self.fresh:
            return insert
        keys = self.db.table(table).pks
        rest = [quoted(c) for c in names if c not in keys and (table, c) not in LINKED]
        old = ", ".join(f"{table}.{c}" for c in rest)
        new = ", ".join(f"excluded.{c}" for c in rest)
        return (
            f"{insert} ON CONFLICT ({', '.join(keys)}) DO UPDATE"
            f" SET ({', '.join(rest)}) = ({new}) WHERE ({old}) IS NOT ({new})"
        )

    def link(self, table: str, column: str, values: Mapping[str, str]) -> None:
        """Set a column of `LINKED` in the rows of these ids, and empty it in all others."""
        if not self.fresh:
            self._make("CREATE TEMP TABLE put (id PRIMARY KEY) WITHOUT ROWID")
            self.db.conn.executemany("INSERT INTO temp.put VALUES (?)", ([key] for key in values))
            self.db.execute(
                f"UPDATE {table} SET {column} = NULL"
                f" WHERE {column} IS NOT NULL AND id NOT IN (SELECT id FROM temp.put)"
            )
            self._make("DROP TABLE temp.put")
        self.db.conn.executemany(
            f"UPDATE {table} SET {column} = ?1 WHERE id = ?2 AND {column} IS NOT ?1",
            ((value, key) for key, value in values.items()),
        )

    def put_speakers(
        self, speakers: Iterable[Speaker], names: Iterable[tuple[str, str, int]]
    ) -> None:
        """The speakers that have quotes, with how many, and the names under which they appear."""
        counted = self._counted()
        self.put(
            "speakers",
            (Speaker(s.id, s.name, s.kind, *counted[s.id]) for s in speakers if s.id in counted),
        )
        self.put("speaker_names", (row for row in names if row[0] in counted))

    def _counted(self) -> dict[str, tuple[int, int, int]]:
        """Of each speaker, how many quotes, in how many articles, of how many outlets.

        In columns: SQLite would look up the article of every quote.
        """
        articles = self.db.execute("SELECT id, coalesce(outlet_id, id) FROM articles").fetchall()
        place = {key: n for n, (key, _) in enumerate(articles)}
        _, outlet = np.unique([house for _, house in articles] or [""], return_inverse=True)
        number: dict[str, int] = {}
        rows = self.db.execute(
            "SELECT speaker_id, article_id FROM quotes WHERE speaker_id IS NOT NULL"
        )
        pairs = np.fromiter(
            (number.setdefault(key, len(number)) << 32 | place[of] for key, of in rows), np.int64
        )
        quotes = np.bincount(pairs >> 32, minlength=len(number))
        pairs = np.unique(pairs)
        speaker, article = pairs >> 32, pairs & 0xFFFFFFFF
        carried = np.bincount(speaker, minlength=len(number))
        houses = np.unique(speaker << 32 | outlet[article]) >> 32
        by = np.bincount(houses, minlength=len(number))
        numbers = zip(quotes.tolist(), carried.tolist(), by.tolist(), strict=True)
        return dict(zip(number, numbers, strict=True))

    def parts(self, article_ids: Sequence[str]) -> dict[str, list[Part]]:
        """The quotes of some articles of this scan, each article's in the order of its text."""
        columns = ", ".join(map(quoted, Part._fields))
        found: dict[str, list[Part]] = {}
        for some, marks in _parts(article_ids):
            rows = self.db.execute(
                f"SELECT {columns} FROM quotes WHERE article_id IN ({marks})"
                ' ORDER BY article_id, start, "end", id',
                some,
            )
            for part in map(Part._make, rows):
                found.setdefault(part.article_id, []).append(part)
        return found

    def rows(self, table: str, record: Callable[..., Row]) -> Iterator[Row]:
        """The rows of `table` as records whose fields are its columns, in order."""
        for row in self.db.execute(f"SELECT * FROM {table}"):
            yield record(*row)

    def counts(self) -> dict[str, int]:
        """How much of everything this scan has."""
        return {
            name: int(self.db.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])
            for name, rows in COUNTED.items()
        }

    def decisions(self) -> list[tuple[str, str, str, str | None, str]]:
        """What people decided: rows of the published ``decisions``, oldest first."""
        return self.db.execute("SELECT * FROM decisions ORDER BY made_at, id").fetchall()

    # -- publishing ----------------------------------------------------------------------------

    def publish(self, scan: Mapping[str, Any], problems: Sequence[Problem]) -> None:
        """Make this scan's rows what people see, in one step."""
        # Not NOT IN: for each pair that is not there, SQLite looks through all that are.
        self.db.execute(
            "DELETE FROM _kept WHERE NOT EXISTS"
            " (SELECT 1 FROM temp.used u WHERE u.stage = _kept.stage AND u.key = _kept.key)"
        )
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO _kept SELECT ?1, ?2, ?3"
            " WHERE EXISTS (SELECT 1 FROM temp.used WHERE stage = ?1 AND key = ?2)",
            self.side.execute("SELECT stage, key, value FROM _kept"),
        )
        for statement in (*_statements(sql("views.sql")), *_statements(sql("summaries.sql"))):
            self.db.execute(statement)
        _record(self.db, scan, problems)
        self.db.execute("COMMIT")
        if self.fresh:
            self.db.close()
            _synced(self._made)
            os.replace(self._made, self.path)
            _synced(self.path.absolute().parent)
        else:
            _settle(self.db)
        self._published = True


def _parts(keys: Sequence[str], size: int = 500) -> Iterator[tuple[Sequence[str], str]]:
    """So many keys at a time, with the question marks that stand for them."""
    for i in range(0, len(keys), size):
        part = keys[i : i + size]
        yield part, ",".join("?" * len(part))


def _synced(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


# A database that is read is mapped into memory, so far: its pages are not copied one by one.
MAPPED = 1 << 34


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A published database, to read only; rows come as `sqlite3.Row`. Raises `NotOurs`."""
    check(path)
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA mmap_size = {MAPPED}")
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
        # What cannot be made is not held by anybody either.
        if Path(lock.lock_file).exists():
            raise Busy(f"{path}: another scan is writing this database") from None
        raise Unwritable(f"{path}: no file can be written there") from None
    except OSError as error:
        raise Unwritable(f"{path}: cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()
