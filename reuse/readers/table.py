"""CSV and TSV: a header that names the fields, then an article a row."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from reuse.model import Article, Problem
from reuse.readers.opened import Opened
from reuse.readers.record import fields, names

_DELIMITERS = ",;\t|"
# How many times the size of an article may be read again in search of the end of broken rows.
_AGAIN = 8


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """The article of every row; a row whose quoting is broken costs only itself."""
    header: list[str] | None = None
    kept = opened.records()
    number = 0
    for row in _rows(opened):
        if isinstance(row, Problem):
            number += header is not None and row.level == "skipped"
            yield row
            continue
        place, values = row
        if header is None:
            header = [name.strip() for name in values]
            if "text" not in map(names, header):
                told = ", ".join(header)[:200]
                yield opened.skipped(f"no column for the text among its columns: {told}")
                return
            continue
        number += 1
        if any(map(str.strip, values[len(header) :])):
            told = f"{len(values)} fields under {len(header)} columns: broken quoting?"
            yield opened.skipped(told, place)
        else:
            found = fields(dict(zip(header, values, strict=False)))
            yield from kept.article(found, number=number, place=place)
    if header is not None and number == 0:
        yield opened.skipped("no rows under the header")


def _rows(opened: Opened) -> Iterator[tuple[str, list[str]] | Problem]:
    """Every row with the line it begins on.

    A quotation mark that is never closed would swallow all that follows it: at the end of the file
    or the size of an article the row is given up, and the lines after its first are read again.
    """
    csv.field_size_limit(max(csv.field_size_limit(), opened.max_article))
    lines = _Lines(opened)
    delimiter = "\t"
    if opened.format != "tsv":
        delimiter = _delimiter(next(lines, ""))
        lines.again(0)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        try:
            values = next(rows, None)
        except csv.Error as error:
            yield from lines.said()
            if lines.row:
                yield opened.skipped(f"broken row: {error}", f"line {lines.row[0][0]}")
                lines.again(1)
            continue
        yield from lines.said()
        if values is None:
            return
        if values:
            yield f"line {lines.row[0][0]}", values


def _delimiter(header: str) -> str:
    """The character that cuts `header` into the most columns that are known, else the most."""
    # A lone carriage return is an error in csv, and is reported when the row is read.
    line = header.replace("\r", "")
    columns = {mark: _cut(line, mark) for mark in _DELIMITERS}
    return max(
        _DELIMITERS,
        key=lambda mark: (sum(map(bool, map(names, columns[mark]))), len(columns[mark])),
    )


def _cut(line: str, mark: str) -> list[str]:
    """The columns of a line; none where csv finds no row: that is told when the row is read."""
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


class _Lines(Iterator[str]):
    """The lines of a table as csv wants them, with those of the row at hand kept."""

    def __init__(self, opened: Opened) -> None:
        self.row: list[tuple[int, str]] = []
        self._lines = opened.lines()
        self._limit = opened.max_article
        self._budget = _AGAIN * opened.max_article
        self._size = 0
        self._waiting: deque[tuple[int, str]] = deque()
        self._said: list[Problem] = []

    def begin(self) -> None:
        """The next line begins a row."""
        self.row = []
        self._size = 0

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        while isinstance(line, Problem):
            self._said.append(line)
            if line.level == "skipped" and self.row:
                raise csv.Error("one of its lines cannot be read")
            line = next(self._lines)
        self.row.append(line)
        self._size += len(line[1])
        if self._size > self._limit:
            raise csv.Error(f"over the limit of {self._limit:,}: a quotation mark too many?")
        return line[1]

    def said(self) -> Iterator[Problem]:
        """The problems met since the last time."""
        said, self._said = self._said, []
        return iter(said)

    def again(self, first: int) -> None:
        """Read the lines of this row from the `first` on once more, unless that is too much."""
        lines = self.row[first:]
        size = sum(len(text) for _, text in lines)
        if size <= self._budget:
            self._budget -= size
            self._waiting.extendleft(reversed(lines))
