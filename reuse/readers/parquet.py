"""Parquet: an article a row, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pyarrow as pa
import pyarrow.parquet as pq

from reuse.model import Article, Problem
from reuse.readers.encoding import decoded
from reuse.readers.opened import BOMB_FLOOR, BOMB_RATIO, Bomb, Opened
from reuse.readers.record import fields, names

# Rows that are held at once: each may have the longest article there is.
_ROWS = 16


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """The article of every row; a row group that is broken costs only itself.

    The columns are named as the fields of JSON lines are; the others are not read.
    """
    stream, size = opened.seekable()
    if not size:
        yield opened.skipped("empty file")
        return
    try:
        table = pq.ParquetFile(stream, pre_buffer=False)
        columns = table.schema_arrow.names
    except (pa.ArrowException, OSError, ValueError) as error:
        yield opened.skipped(f"no Parquet table: {_reason(error)}")
        return
    wanted = [column for column in columns if names(column)]
    if "text" not in map(names, columns):
        told = ", ".join(columns)[:200]
        yield opened.skipped(f"no column for the text among its columns: {told}")
        return
    kept = opened.records()
    number = unpacked = 0
    for group in range(table.num_row_groups):
        first = number + 1
        try:
            batches = table.iter_batches(_ROWS, row_groups=[group], columns=wanted)
            for batch in batches:
                for values, notes in _rows(batch):
                    number += 1
                    # Each text is stored once and may be meant a million times.
                    unpacked += len(str(values.get("text", "")))
                    if unpacked > BOMB_FLOOR and unpacked > BOMB_RATIO * size:
                        raise Bomb(f"{size:,} bytes unpack to over {unpacked:,}: taken for a bomb")
                    place = f"row {number}"
                    yield from kept.article(values, number=number, place=place, notes=notes)
        except Bomb:
            raise
        except (pa.ArrowException, OSError, ValueError) as error:
            last = first + table.metadata.row_group(group).num_rows - 1
            told = f"broken Parquet: {_reason(error)}"
            yield opened.skipped(told, f"rows {number + 1} to {last}")
            number = last
    if number == 0:
        yield opened.skipped("no rows")


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[dict[str, object], list[str]]]:
    """The fields of every row under our names, and what was assumed to read them."""
    columns = {
        name: _whole_microseconds(batch.column(n)) for n, name in enumerate(batch.schema.names)
    }
    for row in range(batch.num_rows):
        notes: list[str] = []
        yield fields({name: _value(column[row], notes) for name, column in columns.items()}), notes


def _whole_microseconds(column: pa.Array) -> pa.Array:
    """A moment as Python has it, in UTC where its zone is known."""
    if not pa.types.is_timestamp(column.type):
        return column
    zone = "UTC" if column.type.tz else None
    return column.cast(pa.timestamp("us", zone), safe=False)


def _value(cell: pa.Scalar, notes: list[str]) -> object:
    try:
        value = cell.as_py()
    except UnicodeDecodeError:
        value = cell.as_buffer().to_pybytes()
    except (ValueError, OverflowError):  # a year that no calendar has
        return getattr(cell, "value", None)
    if isinstance(value, bytes):
        read = decoded(value)
        notes += read.notes if read else ()
        return read.text if read else None
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        # Tables that know the day alone write its first second.
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _reason(error: Exception) -> str:
    """The first line of what pyarrow says: the rest is about its own source."""
    return str(error).partition("\n")[0][:200] or type(error).__name__
