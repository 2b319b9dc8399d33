"""What stages ask of an engine, on each that there is."""

from __future__ import annotations

import gzip
import operator
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reuse import readers
from reuse.engines import Engine, Given, Key, Rows, Share, Shelf, Shelved, merged
from reuse.engines.local import Local
from reuse.model import Article, Problem
from reuse.readers import elsewhere

PAIR = np.dtype([("key", np.uint32), ("from", np.uint16)])


# -- functions that travel -------------------------------------------------------------------------


def pairs(batch: tuple[int, int]) -> tuple[tuple[Rows, Rows], str]:
    """Rows of two kinds from a batch (number, count)."""
    number, count = batch
    rows = np.zeros(count, PAIR)
    rows["key"] = np.arange(count) * 7 % 5
    rows["from"] = number
    return (rows, np.arange(count, dtype=np.int64) + 1000 * number), f"batch {number}"


def remainder(rows: Rows, by: int, field: str | None = None) -> NDArray[np.int64]:
    return (rows[field] if field else rows).astype(np.int64) % by


def remainder_of_4(rows: Rows) -> NDArray[np.int64]:
    return remainder(rows, 4)


KEYS: list[tuple[np.dtype[Any], Key]] = [
    (PAIR, partial(remainder, by=8, field="key")),
    (np.dtype(np.int64), remainder_of_4),
]


def taken(rows: Share) -> list[Any]:
    found: list[Any] = rows.rows().tolist()
    return found


def columns(words: list[list[int]]) -> Shelved[int]:
    """Articles given as lists of numbers: a column of them, and one of their squares."""
    flat = np.array([word for article in words for word in article], np.uint32)
    return np.array([len(one) for one in words]), {"word": flat, "square": flat**2}, len(words)


def looked_up(shelf: Shelf, ranks: NDArray[np.int64]) -> list[int]:
    found: list[int] = shelf.some("square", np.uint32, ranks).tolist()
    return found


def multiplied(by: Given[int], number: int) -> int:
    return by.value * number


def noted(folder: Path, ends_at: int, number: int) -> int:
    """The square of a number, noted in a file; one number is too much."""
    with open(folder / str(number), "a") as file:
        file.write("x")
    if number == ends_at:
        raise ValueError("too much")
    return number**2


# -- on every engine -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_function_of_each_batch_comes_in_order(engine: Engine, count: int) -> None:
    assert list(engine.map(partial(pow, 2), range(count))) == [2**n for n in range(count)]


def test_batches_are_asked_for_as_they_are_needed(engine: Engine) -> None:
    batches = iter(range(10_000))
    assert next(engine.map(operator.neg, batches)) == 0
    assert next(batches) < 1000


def test_rows_of_one_key_come_together_in_the_order_they_came(engine: Engine) -> None:
    batches = [(0, 9), (1, 0), (2, 4), (3, 1)]
    (by_key, by_number), said = engine.together(pairs, batches, KEYS, 8)
    assert said == [f"batch {n}" for n, _ in batches]
    rows = np.concatenate([pairs(batch)[0][0] for batch in batches])
    numbers = np.concatenate([pairs(batch)[0][1] for batch in batches])
    assert [taken(share) for share in by_key] == [
        rows[rows["key"] == key].tolist() for key in range(8)
    ]
    assert list(engine.map(taken, by_number)) == [
        numbers[numbers % 4 == share].tolist() for share in range(8)
    ]
    assert [bool(share.nbytes) for share in by_key] == [True] * 5 + [False] * 3
    # What was brought together with them stays when one kind is forgotten.
    engine.forget(by_key)
    assert sum(len(share.rows()) for share in by_number) == 14


def test_shares_that_follow_one_another_are_taken_as_one(engine: Engine) -> None:
    (by_key, _), _ = engine.together(pairs, [(0, 9), (1, 3)], KEYS, 8)
    whole = [row for share in by_key for row in taken(share)]
    for least in (1, 20, 1 << 30):
        found = list(merged(by_key, least))
        assert [row for some in engine.map(taken, found) for row in some] == whole
        assert all(share.nbytes for share in found)
    assert len(list(merged(by_key, 1 << 30))) == 1


@pytest.mark.parametrize("batches", [[], [(0, 0)]])
def test_nothing_comes_together_where_nothing_is(
    engine: Engine, batches: list[tuple[int, int]]
) -> None:
    shares, said = engine.together(pairs, batches, KEYS, 2)
    assert [[taken(share) for share in some] for some in shares] == [[[], []], [[], []]]
    assert len(said) == len(batches)
    assert list(merged(shares[0], 1)) == []


ARTICLES = [[[1, 2, 3], [4]], [[], [5, 6]], [[7]], [[8, 9], [], [10, 11, 12]]]


@pytest.mark.parametrize(
    "ranks", [[], [0], [3], [2], [0, 1, 2, 3, 4, 5, 6, 7], [1, 3, 4, 7], [6], [0, 7]]
)
def test_columns_are_looked_up_by_rank(engine: Engine, ranks: list[int]) -> None:
    shelf, said = engine.shelve(columns, ARTICLES, ["word", "square"])
    assert said == [2, 2, 1, 3]
    every = [article for batch in ARTICLES for article in batch]
    assert np.diff(shelf.bounds).tolist() == [len(article) for article in every]
    (found,) = engine.map(partial(looked_up, shelf), [np.array(ranks, np.int64)])
    assert found == [word**2 for rank in ranks for word in every[rank]]
    for first in range(9):
        words = [word for article in every[first:] for word in article]
        assert shelf.column("word", np.uint32, first, 8).tolist() == words


def test_an_empty_shelf_is_a_shelf(engine: Engine) -> None:
    shelf, said = engine.shelve(columns, [], ["word"])
    assert (shelf.bounds.tolist(), said) == ([0], [])


def test_a_given_value_is_at_hand_everywhere(engine: Engine) -> None:
    by = engine.given(7)
    assert list(engine.map(partial(multiplied, by), range(5))) == [0, 7, 14, 21, 28]
    assert by.value == 7


def test_a_job_goes_on_beside_others(engine: Engine) -> None:
    result = engine.begin(partial(pow, 2), 10)
    assert list(engine.map(operator.neg, [1, 2])) == [-1, -2]
    assert result() == 1024


def test_what_asks_for_much_is_under_way_while_this_process_asks_for_more(engine: Engine) -> None:
    def squares() -> list[int]:
        return list(engine.map(partial(pow, 2), range(20)))

    found = engine.aside(squares)
    assert list(engine.map(partial(pow, 3), range(20))) == [3**n for n in range(20)]
    assert found() == [2**n for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        engine.aside(partial(operator.floordiv, 1, 0))()


def test_rows_that_are_here_come_together(engine: Engine) -> None:
    batches = [pairs((n, 6))[0][1] for n in range(3)]
    found = np.concatenate(list(engine.exchange(batches, remainder_of_4)))
    assert found.tolist() == sorted(np.concatenate(batches).tolist(), key=lambda n: (n % 4, n))


def test_what_goes_wrong_in_a_function_is_heard(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="too much"):
        list(engine.map(partial(noted, tmp_path, 2), range(4)))


@pytest.mark.parametrize("size", [0, 1, 1 << 20, 1 << 40])
def test_shares_are_a_power_of_two(engine: Engine, size: int) -> None:
    assert Counter(f"{engine.shares(size):b}")["1"] == 1


# -- on Spark alone --------------------------------------------------------------------------------


@pytest.fixture
def kept(spark: Any, tmp_path: Path) -> Iterator[Callable[[], Any]]:
    """Engines on one scratch folder that outlives them, as after a kill."""
    from reuse.engines.spark import Spark

    with Local() as here:
        yield lambda: Spark(spark, here, str(tmp_path / "scratch"))


@pytest.mark.spark
def test_an_interrupted_job_goes_on_from_what_is_complete(
    kept: Callable[[], Any], tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    function = partial(noted, notes, 40)
    with pytest.raises(Exception, match="too much"), kept() as engine:
        list(engine.map(function, range(41)))
    first = {file.name for file in notes.iterdir()}
    assert len(first) > 16

    folders = sorted(path.parent for path in (tmp_path / "scratch").rglob("_SUCCESS"))
    # Complete is what has the marker, whatever else lies there.
    (folders[0] / "_SUCCESS").unlink()
    with kept() as engine:
        assert list(engine.map(function, range(40))) == [n**2 for n in range(40)]
    again = {file.name for file in notes.iterdir() if len(file.read_text()) > 1}
    assert 0 < len(again) < len(first)
    assert not (tmp_path / "scratch" / "reuse").exists()


@pytest.mark.spark
def test_a_step_whose_input_is_another_is_made_anew(kept: Callable[[], Any]) -> None:
    with suppress(KeyboardInterrupt), kept() as engine:
        assert list(engine.map(partial(pow, 2), [1, 2, 3])) == [2, 4, 8]
        raise KeyboardInterrupt
    with kept() as engine:
        assert list(engine.map(partial(pow, 3), [1, 2, 3])) == [3, 9, 27]
        assert list(engine.map(partial(pow, 2), [1, 2, 4])) == [2, 4, 16]


# -- files that Spark reads ------------------------------------------------------------------------


@pytest.fixture
def found(spark: Any) -> Iterator[Callable[..., list[Article | Problem]]]:
    """What is read at an address."""
    from reuse.engines.spark import Spark

    with Local() as here, Spark(spark, here) as engine:
        yield lambda *addresses, **told: list(
            elsewhere.read(addresses, engine, **({"max_article": 1_000_000} | told))
        )


@pytest.mark.spark
def test_files_elsewhere_hold_what_they_hold_here(
    found: Callable[..., list[Article | Problem]], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    (folder / "herald [north]").mkdir(parents=True)
    (folder / "herald [north]" / "1.md").write_text("---\ndate: 2025-06-01\n---\nThe bridge.\n")
    (folder / "a b.jsonl").write_text('{"id": 1, "text": "The mayor."}\n{"text": ""}\nno JSON\n')
    (folder / "packed.txt.gz").write_bytes(gzip.compress("Die Brücke.".encode()))
    (folder / "x.exe").write_bytes(b"MZ")
    address = f"file://{folder}"
    here = list(readers.read([str(folder)], outlet="Post", max_article=1_000_000))
    assert len(here) == 6
    (folder / "_SUCCESS").touch()  # what a job leaves beside its tables
    there = [
        replace(one, source=one.source.replace(address, str(folder)))
        for one in found(address, outlet="Post")
    ]
    assert sorted(map(repr, there)) == sorted(map(repr, here))
    (one,) = found(f"{address}/packed.txt.gz")
    assert one.source == f"{address}/packed.txt.gz"


@pytest.mark.spark
def test_what_is_not_elsewhere_is_said(
    found: Callable[..., list[Article | Problem]], tmp_path: Path
) -> None:
    (problem,) = found(f"file://{tmp_path}/none")
    assert isinstance(problem, Problem)
    assert problem.level == "skipped"
    assert "none" in problem.reason
