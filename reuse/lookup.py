"""Some words and a database -> the rows whose text has most of them, by its full-text index.

A word that many texts have tells little and costs much: its list is not read to the end. What is
left is a few hundred numbers for each word, added up by what the words tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from reuse.kinship import bits

# The rarest of the words that are asked for, by general frequency, and how many of them are added
# up at most.
ASKED, ADDED = 8, 3
# With fewer words that few texts have, the texts that have all of the others count too.
FEW = 2


class Index:
    """The full-text index over the texts of one table; what it was asked is remembered.

    A word counts as common when more than `most` texts have it.
    """

    def __init__(self, db: sqlite3.Connection, table: str, most: int) -> None:
        self._db, self._most = db, most
        # One text of all numbers: half the time of a row for each.
        self._ask = (
            "SELECT group_concat(rowid) FROM (SELECT rowid"
            f" FROM {table}_fts WHERE {table}_fts MATCH ? LIMIT {most + 1})"
        )
        self._known: dict[str, NDArray[np.int64]] = {}

    def having(self, *words: str) -> NDArray[np.int64]:
        """The numbers of the rows whose text has all of some words; of many rows, not all."""
        # Each word in quotes: nothing in it is syntax.
        asked = " AND ".join('"' + word.replace('"', "") + '"' for word in words)
        if asked not in self._known:
            (found,) = self._db.execute(self._ask, [f"text : ({asked})"]).fetchone()
            self._known[asked] = np.fromstring(found or "", np.int64, sep=",")
        return self._known[asked]

    def rows(self, words: Iterable[str], language: str, count: int) -> list[int]:
        """The numbers of so many rows: those first that have most of the words, by their bits."""
        telling = sorted(set(words), key=lambda word: (-bits(word, language), word))
        found: list[NDArray[np.int64]] = []
        told: list[float] = []
        common: list[str] = []
        for word in telling[:ASKED]:
            if len(found) == ADDED:
                break
            rows = self.having(word)
            if len(rows) > self._most:
                common.append(word)
            elif len(rows):
                found.append(rows)
                told.append(bits(word, language))
        if len(found) < FEW:
            together = self._together([*common, *telling[ASKED:]][:ADDED])
            found.append(together)
            told.append(1.0)
        every = np.concatenate(found)
        row, place = np.unique(every, return_inverse=True)
        weight = np.bincount(place, np.repeat(told, [len(rows) for rows in found]))
        best = np.lexsort((row, -weight.round(6)))[:count]
        return [int(n) for n in row[best]]

    def _together(self, words: Sequence[str]) -> NDArray[np.int64]:
        """The rows that have all of some words, without the least telling of them if need be."""
        for size in range(len(words), 0, -1):
            rows = self.having(*words[:size])
            if len(rows):
                return rows
        return np.zeros(0, np.int64)
