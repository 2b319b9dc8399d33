"""The program is held to what is true in ``corpus/``: every measure has its floor.

``python -m tests.gold`` prints the table, with ``--wrong`` every item that is wrong.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from gold import MEASURES, Row, scanned
from gold.found import Found

# What does not reach its floor yet, and how far it got. A measure that reaches it, or falls more
# than `SLACK` behind what is written here, fails.
NOT_YET: dict[str, float] = json.loads(
    (Path(__file__).parent / "gold" / "not_yet.json").read_text("utf-8")
)
SLACK = 0.02


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    database = tmp_path_factory.mktemp("gold") / "corpus.db"
    scanned(database)
    with closing(sqlite3.connect(database)) as db:
        yield Found(db)


def marked(row: Row) -> object:
    marks = []
    if row.name in NOT_YET:
        reason = f"{row.part}: {NOT_YET[row.name]:.3f} of {row.floor:.2f}"
        marks.append(pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError))
    return pytest.param(row, id=row.name, marks=marks)


@pytest.mark.parametrize("row", [marked(row) for row in MEASURES])
def test_the_corpus_is_read_as_it_is(found: Found, row: Row) -> None:
    measure = row.measure(found)
    assert measure.value >= row.floor, "\n".join(measure.wrong)


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.name) for row in MEASURES if row.name in NOT_YET]
)
def test_what_is_not_there_yet_has_not_become_worse(found: Found, row: Row) -> None:
    measure = row.measure(found)
    assert measure.value >= NOT_YET[row.name] - SLACK, "\n".join(measure.wrong)


def test_nothing_is_said_of_measures_that_are_not_there() -> None:
    assert NOT_YET.keys() <= {row.name for row in MEASURES}
