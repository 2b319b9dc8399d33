"""Is a database whole, and does it say the same as another one?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

# What may differ between two scans of the same articles.
_OF_THE_SCAN = {"scans", "problems", "decisions"}

# Counts that are kept in one place and can be made again from another.
_COUNTS = {
    "passages.articles": (
        "SELECT count(*) FROM passages p WHERE articles <> "
        "(SELECT count(DISTINCT article_id) FROM appearances WHERE passage_id = p.id)"
    ),
    "families.quotes": (
        "SELECT count(*) FROM families f WHERE quotes <> "
        "(SELECT count(DISTINCT utterance_id) FROM quotes "
        "WHERE family_id = f.id AND kind <> 'indirect')"
    ),
    "quotes.text": (
        "SELECT count(*) FROM quotes q JOIN articles a ON a.id = q.article_id "
        'WHERE q.text <> substr(a.text, q.start + 1, q."end" - q.start)'
    ),
    "a match within its articles": (
        "SELECT count(*) FROM matches m JOIN articles a ON a.id = a_article_id "
        "JOIN articles b ON b.id = b_article_id WHERE a_start < 0 OR b_start < 0 "
        "OR a_end > length(a.text) OR b_end > length(b.text)"
    ),
    "passages whose first article is not among theirs": (
        "SELECT count(*) FROM passages p WHERE first_article_id IS NOT NULL AND first_article_id "
        "NOT IN (SELECT article_id FROM appearances WHERE passage_id = p.id)"
    ),
}


def broken(database: Path) -> Iterator[str]:
    """Everything that is wrong with a database, in words; nothing when it is whole."""
    try:
        with closing(sqlite3.connect(database)) as db:
            yield from (
                f"pages: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"
            )
            yield from (f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check"))
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
            ).fetchall():
                # rank = 1: against the text it indexes, not only within itself.
                db.execute(f"INSERT INTO [{name}]([{name}], rank) VALUES ('integrity-check', 1)")
            for what, question in _COUNTS.items():
                (count,) = db.execute(question).fetchone()
                if count:
                    yield f"{what}: {count} rows"
            db.rollback()
    except sqlite3.DatabaseError as error:
        yield f"sqlite: {error}"


def said(database: Path) -> dict[str, str]:
    """A digest of the rows of every table that only the articles decide."""
    digests = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        tables = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                "AND name NOT LIKE '%_fts%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"
            )
            if name not in _OF_THE_SCAN
        ]
        for table in tables:
            rows = sorted(repr(row) for row in db.execute(f"SELECT * FROM [{table}]"))
            digests[table] = blake2b("\n".join(rows).encode(), digest_size=8).hexdigest()
    return digests


def differing(one: Path, other: Path) -> list[str]:
    """The tables in which two databases differ."""
    a, b = said(one), said(other)
    return sorted(t for t in a.keys() | b.keys() if a.get(t) != b.get(t))
