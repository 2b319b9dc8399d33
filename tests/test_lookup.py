"""Words to the rows of a database whose text has most of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from reuse.lookup import Index

TEXTS = [
    "The old granite pier will be closed until the winter storms have passed.",
    "The granite walls of the harbour are old.",
    "Nobody will be there, and it will not be so.",
    "Sparrows nest under the pier.",
    *["The council met on Monday."] * 9,
]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE quotes (text)")
        connection.execute("CREATE VIRTUAL TABLE quotes_fts USING fts5 (text, content=quotes)")
        for text in TEXTS:
            connection.execute("INSERT INTO quotes VALUES (?)", [text])
            connection.execute("INSERT INTO quotes_fts VALUES (?)", [text])
        yield connection


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("granite pier", [1, 2, 4]),
        ("granite harbour", [2, 1]),
        ("sparrows", [4]),
        ("it will not be so", [3, 1]),
        ("council monday sparrows", [4, 5, 6]),
        ("zebra", []),
        ("", []),
        ('" OR * NEAR( ^ - :', []),
    ],
)
def test_the_rows_that_have_most_of_the_telling_words_come_first(
    db: sqlite3.Connection, asked: str, rows: list[int]
) -> None:
    assert Index(db, "quotes", 5).rows(asked.split(), "en", 3) == rows


def test_the_list_of_a_common_word_is_not_read_to_its_end(db: sqlite3.Connection) -> None:
    index = Index(db, "quotes", 5)
    assert len(index.having("council")) == 6
    assert len(index.having("granite")) == 2
    assert index.having("granite", "pier").tolist() == [1]
