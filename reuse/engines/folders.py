"""Handles of what lies in files that many machines reach: values, shares of rows, shelves.

They need pyarrow and no more, so that whoever holds one reads it, in a task or beside the cluster.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import fs

from reuse.engines import Rows, Shelved

T = TypeVar("T")
R = TypeVar("R")

# The names that Spark has for what pyarrow calls otherwise.
_SCHEMES = {"s3a": "s3", "s3n": "s3", "gs": "gs", "hdfs": "hdfs"}


# -- files -----------------------------------------------------------------------------------------


def reached(address: str) -> tuple[fs.FileSystem, str]:
    """The file system of an address, and the path in it."""
    scheme, host, *_ = urlsplit(address)
    if scheme in ("", "file"):
        return _system("", ""), address.removeprefix("file://")
    system = _system(_SCHEMES.get(scheme, scheme), host)
    path = address.removeprefix(f"{scheme}://{host}")
    # A bucket is part of the path, a name node is not.
    return system, path if scheme == "hdfs" else host + path


@lru_cache(maxsize=8)
def _system(scheme: str, host: str) -> fs.FileSystem:
    if not scheme:
        return fs.LocalFileSystem()
    return fs.FileSystem.from_uri(f"{scheme}://{host}")[0]


def exists(address: str) -> bool:
    system, path = reached(address)
    return bool(system.get_file_info(path).type != fs.FileType.NotFound)


def made(folder: str) -> str:
    """The folder, which is there from now on."""
    system, path = reached(folder)
    system.create_dir(path, recursive=True)
    return folder


def removed(address: str) -> None:
    """A folder and all in it, if it is there."""
    system, path = reached(address)
    if exists(address):
        system.delete_dir(path)


def sizes(folder: str) -> dict[str, int]:
    """The bytes of the files in each folder below this one, by its path from here."""
    system, path = reached(folder)
    found: dict[str, int] = {}
    for file in system.get_file_info(fs.FileSelector(path, recursive=True)):
        below, _, name = file.path.removeprefix(path).strip("/").rpartition("/")
        # Spark's own begin so: checksums and markers.
        if file.type == fs.FileType.File and not name.startswith((".", "_")):
            found[below] = found.get(below, 0) + file.size
    return found


def values(folder: str) -> list[pa.Buffer]:
    """The column ``value`` of a folder of Parquet files, in order of its column ``n``."""
    system, path = reached(folder)
    # Folders named `key=1` are names here, no columns.
    table = pq.read_table(path, columns=["n", "value"], filesystem=system, partitioning=None)
    return [value.as_buffer() for value in table.sort_by("n")["value"]]


def _bytes(address: str, start: int, count: int) -> memoryview:
    system, path = reached(address)
    with system.open_input_file(path) as file:
        return memoryview(file.read_at(count, start))


# -- handles ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given(Generic[T]):
    """A value in a file, read once by each process that asks for it."""

    file: str

    @classmethod
    def of(cls, file: str, pickled: bytes) -> Given[T]:
        """Written now; where it is there already, it is the same."""
        system, path = reached(file)
        with system.open_output_stream(path) as stream:
            stream.write(pickled)
        return cls(file)

    @property
    def value(self) -> T:
        value: T = _loaded(self.file)
        return value


@lru_cache(maxsize=16)
def _loaded(file: str) -> Any:
    system, path = reached(file)
    with system.open_input_stream(path) as stream:
        return pickle.loads(stream.read())


@dataclass(frozen=True, slots=True)
class Share:
    """Rows in Parquet files of some folders: ``value`` their bytes, ``n`` the batch they are of.

    ``nbytes`` is what the files take: about that of the rows, and 0 where there are none.
    """

    dtype: np.dtype[Any]
    files: tuple[str, ...]
    nbytes: int

    def rows(self) -> Rows:
        """The rows, in the order they came."""
        pieces = [piece for folder in self.files for piece in values(folder)]
        return np.frombuffer(bytearray().join(pieces), self.dtype)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where the columns of a shelf lie: of each piece the rank of its first article, its file, and
    at which byte of it each column begins."""

    bounds: NDArray[np.int64]
    first: NDArray[np.int64]
    files: Sequence[str]
    starts: Sequence[Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Columns of all articles, one element a word, in files of a batch of articles each."""

    given: Given[Pieces]

    @property
    def bounds(self) -> NDArray[np.int64]:
        return self.given.value.bounds

    def column(self, name: str, dtype: type, first: int, last: int) -> Rows:
        """The column's elements of the articles from rank `first` up to `last`."""
        return self.some(name, dtype, np.arange(first, last))

    def some(self, name: str, dtype: type, ranks: NDArray[np.int64]) -> Rows:
        """The column's elements of these articles, one after the other."""
        if not len(ranks):
            return np.zeros(0, dtype)
        return np.concatenate(list(self._runs(name, dtype, ranks)))

    def _runs(self, name: str, dtype: type, ranks: NDArray[np.int64]) -> Iterator[Rows]:
        """A piece is asked once for all its articles that follow one another among the ranks."""
        pieces, width = self.given.value, np.dtype(dtype).itemsize
        bounds, first = pieces.bounds, pieces.first
        piece = np.searchsorted(first, ranks, "right") - 1
        for start, end in _edges(piece[1:] != piece[:-1]):
            some, at = ranks[start:end], int(piece[start])
            least, most = int(bounds[some.min()]), int(bounds[some.max() + 1])
            begins = pieces.starts[at][name] + (least - int(bounds[first[at]])) * width
            held: Rows = np.frombuffer(
                _bytes(pieces.files[at], begins, (most - least) * width), dtype
            )
            for one, last in _edges(some[1:] != some[:-1] + 1):
                yield held[bounds[some[one]] - least : bounds[some[last - 1] + 1] - least]


def _edges(new: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """From where to where rows go on alike, given whether each but the first begins anew."""
    return list(pairwise([0, *(np.flatnonzero(new) + 1).tolist(), len(new) + 1]))


def shelved(
    function: Callable[[T], Shelved[R]], names: Sequence[str], folder: str, batch: T
) -> tuple[NDArray[np.int64], str, dict[str, int], R]:
    """The columns that the function gives of a batch, written to a file: how many words each
    article has, the file, where the columns begin in it, and what the function said.

    The file has a name of its own: where a task is run again, only what it gave last is read.
    """
    size, columns, said = function(batch)
    path = f"{folder}/{uuid4().hex}"
    system, name = reached(path)
    starts: dict[str, int] = {}
    at = 0
    with system.open_output_stream(name) as stream:
        for column in names:
            starts[column] = at
            at += columns[column].nbytes
            stream.write(np.ascontiguousarray(columns[column]).data)
    return size, path, starts, said
