"""The engine of one machine: worker processes, and rows that meet by way of files.

Batches, shares, shelves and given values are handles: small, and good in every process.
"""

from __future__ import annotations

import gc
import itertools
import os
import pickle
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse import engines
from reuse.engines import Key, Rows, Shelved, in_order, merged

T = TypeVar("T")
R = TypeVar("R")

# What a share of rows takes at most, in bytes: little enough to be sorted near the caches, and much
# enough to be worth a worker's while.
SHARE = 1 << 22
# More files are opened for each share, and each batch writes some rows for each: at most so many.
MOST_SHARES = 256
# What this process brings together itself: in so many shares, handed out so many bytes at once.
SHARES = 128
AT_ONCE = 1 << 23


class Local:
    """Maps functions over batches, brings rows of one key together; knows no stage by name.

    ``workers`` processes (1: this one). Rows that are brought together lie in files of a scratch
    folder; those that are looked at together take about ``memory`` bytes at most. Results do not
    depend on either.
    """

    def __init__(
        self, workers: int = 1, memory: int = 1 << 28, scratch: str | Path | None = None
    ) -> None:
        self.workers = workers
        self.memory = memory
        self._folder = Path(tempfile.mkdtemp(prefix="reuse-", dir=scratch))
        self._pool: ProcessPoolExecutor | None = None
        self._line: Connection | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._files = itertools.count(1)
        self._given: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            self._cut()
        self.close()

    def close(self) -> None:
        """End the workers and remove the scratch folder."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        self._cut()
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None
        for path in self._given:
            _GIVEN.pop(path, None)
        self.discard()

    def discard(self) -> None:
        """Remove the scratch folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _cut(self) -> None:
        """End the workers at once, whatever they are about."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def map(self, function: Callable[[T], R], batches: Iterable[T]) -> Iterator[R]:
        """The function of each batch, in order; a few batches are under way at once."""
        if self.workers <= 1:
            yield from map(function, batches)
            return
        pool = self._workers()
        source = iter(batches)
        waiting: deque[Future[R]] = deque(
            pool.submit(function, batch) for batch in islice(source, self.workers + 1)
        )
        while waiting:
            result = waiting.popleft().result()
            for batch in islice(source, 1):
                waiting.append(pool.submit(function, batch))
            yield result

    def begin(self, function: Callable[[T], R], batch: T) -> Callable[[], R]:
        """The function of one batch, under way while this process goes on: calling what is given
        waits for it."""
        if self.workers <= 1:
            return partial(function, batch)
        return self._workers().submit(function, batch).result

    def aside(self, function: Callable[[], R]) -> Callable[[], R]:
        """A function that asks this engine for much, under way in a thread while this process asks
        for more: calling what is given waits for it."""
        if self.workers <= 1:
            return function
        self._workers()
        if self._threads is None:
            self._threads = ThreadPoolExecutor()
        return self._threads.submit(function).result

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Forked workers share the tables that are loaded already; where there is no fork,
            # fresh ones load them.
            context = get_context("forkserver")
            line, self._line = context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self.workers, context, initializer=_attend, initargs=(line,)
            )
        return self._pool

    def together(
        self,
        function: Callable[[T], tuple[Sequence[Rows], R]],
        batches: Iterable[T],
        keys: Sequence[tuple[np.dtype[Any], Key]],
        shares: int,
    ) -> tuple[list[list[Share]], list[R]]:
        """Rows of one key, brought together from all batches.

        The function gives, for each batch, an array of rows for each of `keys`, and a word to the
        caller. A key is the type of its rows, and says for each to which of so many `shares` it
        belongs. The result has the shares of each key, each with its rows in the order they came,
        and what the function said.
        """
        folder = self.file()
        folder.mkdir()
        dealt = partial(_dealt, function, tuple(key for _, key in keys), shares, str(folder))
        return _met(self.map(dealt, enumerate(batches)), [dtype for dtype, _ in keys], shares)

    def forget(self, shares: Iterable[engines.Share]) -> None:
        """Remove the files of shares that nobody asks for again."""
        for path in {path for share in shares for path in share.files}:
            os.unlink(path)

    def exchange(self, batches: Iterable[Rows], share_of: Key) -> Iterator[Rows]:
        """The rows of batches that are here already, those of one share together, in the order they
        came; small shares that follow one another are handed out at once."""
        source = iter(batches)
        first = next(source, None)
        if first is None:
            return
        folder = self.file()
        folder.mkdir()
        dealt = partial(_dealt, _as_it_is, (share_of,), SHARES, str(folder))
        made = map(dealt, enumerate(chain([first], source)))
        (shares,), _ = _met(made, [first.dtype], SHARES)
        for share in merged(shares, AT_ONCE):
            yield share.rows()

    def shares(self, size: int) -> int:
        """In how many shares (a power of two) rows of so many bytes are to be brought together."""
        most = max(1 << 16, min(SHARE, self.memory // (8 * self.workers)))
        return min(MOST_SHARES, 1 << max(0, (size // most).bit_length()))

    def shelve(
        self, function: Callable[[T], Shelved[R]], batches: Iterable[T], names: Sequence[str]
    ) -> tuple[Shelf, list[R]]:
        """A shelf of the columns that the function gives of batches of articles, which come in
        order of rank; and what it said of each batch."""
        path = self.file()
        sizes, said = [np.zeros(1, np.int64)], []
        with ExitStack() as stack:
            files = {n: stack.enter_context(open(f"{path}.{n}", "wb")) for n in names}
            for size, columns, word in self.map(function, batches):
                sizes.append(size)
                said.append(word)
                for name, file in files.items():
                    columns[name].tofile(file)
        return Shelf(str(path), self.given(np.cumsum(np.concatenate(sizes)))), said

    def given(self, value: T) -> Given[T]:
        """A handle of a value, for functions that workers are to run on many batches."""
        path = str(self.file())
        if self.workers > 1:
            with open(path, "wb") as file:
                pickle.dump(value, file, protocol=5)
        _GIVEN[path] = value
        self._given.append(path)
        return Given(path)

    def file(self) -> Path:
        """The path of a new scratch file, which lives as long as the engine."""
        return self._folder / str(next(self._files))


@dataclass(frozen=True, slots=True)
class Share:
    """Rows that belong together, wherever they were written: read when they are asked for.

    Of each file that has some, rows from ``first`` on, ``count`` of them.
    """

    dtype: np.dtype[Any]
    files: tuple[str, ...]
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        return int(self.count.sum()) * self.dtype.itemsize

    def rows(self) -> Rows:
        """The rows, in the order they came."""
        size = self.dtype.itemsize
        read = bytearray(self.nbytes)
        into, at = memoryview(read), 0
        for path, first, count in zip(
            self.files, self.first.tolist(), self.count.tolist(), strict=True
        ):
            with open(path, "rb", buffering=0) as file:
                file.seek(first * size)
                at += file.readinto(into[at : at + count * size]) or 0
        return np.frombuffer(read, self.dtype)


def _met(
    results: Iterable[tuple[list[tuple[str, NDArray[np.int64]]], R]],
    dtypes: Sequence[np.dtype[Any]],
    shares: int,
) -> tuple[list[list[Share]], list[R]]:
    """The shares of what was `_dealt`, and what was said."""
    paths: list[list[str]] = [[] for _ in dtypes]
    edges: list[list[NDArray[np.int64]]] = [[np.zeros((0, shares + 1), np.int64)] for _ in dtypes]
    said = []
    for files, note in results:
        said.append(note)
        for i, (path, edge) in enumerate(files):
            paths[i].append(path)
            edges[i].append(edge[None])
    return [
        list(_shares(dtype, path, np.concatenate(edge)))
        for dtype, path, edge in zip(dtypes, paths, edges, strict=True)
    ], said


def _shares(dtype: np.dtype[Any], paths: list[str], edges: NDArray[np.int64]) -> Iterator[Share]:
    """The shares of some files, in which they begin at `edges` (shape files x shares + 1)."""
    counts = np.diff(edges, axis=1)
    for share in range(counts.shape[1]):
        some = np.flatnonzero(counts[:, share])
        yield Share(
            dtype,
            tuple(paths[i] for i in some.tolist()),
            edges[some, share],
            counts[some, share],
        )


def _as_it_is(rows: Rows) -> tuple[tuple[Rows], None]:
    return (rows,), None


def _dealt(
    function: Callable[[T], tuple[Sequence[Rows], R]],
    keys: Sequence[Key],
    shares: int,
    folder: str,
    batch: tuple[int, T],
) -> tuple[list[tuple[str, NDArray[np.int64]]], R]:
    """A batch's rows, written in order of their shares: each file, and where shares begin in it."""
    number, what = batch
    rows, said = function(what)
    files = []
    for i, (some, key) in enumerate(zip(rows, keys, strict=True)):
        some, edges = in_order(some, key(some), shares)
        path = f"{folder}/{number}-{i}"
        some.tofile(path)
        files.append((path, edges))
    return files, said


@dataclass(frozen=True, slots=True)
class Given(Generic[T]):
    """A value that every worker has at hand: sent to each once, however many batches it gets."""

    path: str

    @property
    def value(self) -> T:
        if self.path not in _GIVEN:
            with open(self.path, "rb") as file:
                _GIVEN[self.path] = pickle.load(file)
        value: T = _GIVEN[self.path]
        return value


# What was given in this process, by the path of its handle.
_GIVEN: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Columns of all articles, one element a word, in files: looked up by rank.

    The words of the article of rank i are ``bounds[i]:bounds[i + 1]`` of each column.
    """

    path: str
    given: Given[NDArray[np.int64]]

    @property
    def bounds(self) -> NDArray[np.int64]:
        return self.given.value

    def column(self, name: str, dtype: type, first: int, last: int) -> Rows:
        """The column's elements of the articles from rank `first` up to `last`."""
        start, end = int(self.bounds[first]), int(self.bounds[last])
        width = np.dtype(dtype).itemsize
        with open(f"{self.path}.{name}", "rb", buffering=0) as file:
            file.seek(start * width)
            return np.frombuffer(file.read((end - start) * width), dtype)

    def some(self, name: str, dtype: type, ranks: NDArray[np.int64]) -> Rows:
        """The column's elements of these articles, one after the other."""
        width = np.dtype(dtype).itemsize
        bounds = self.bounds
        # Articles that follow one another are read at once.
        edge = np.ones(len(ranks) + 1, bool)
        edge[1:-1] = ranks[1:] != ranks[:-1] + 1
        edges = np.flatnonzero(edge)
        starts = bounds[ranks[edges[:-1]]]
        ends = bounds[ranks[edges[1:] - 1] + 1]
        read = bytearray(int((ends - starts).sum()) * width)
        into, at = memoryview(read), 0
        with open(f"{self.path}.{name}", "rb", buffering=0) as file:
            number = file.fileno()
            for start, end in zip((starts * width).tolist(), (ends * width).tolist(), strict=True):
                at += os.preadv(number, [into[at : at + end - start]], start)
        return np.frombuffer(read, dtype)


def _attend(line: Connection) -> None:
    """A worker leaves Ctrl-C to its engine, looks for no circles of objects (`uncollected`), and
    ends when the line to it is cut.

    That is when the engine is closed early, and when its process is killed: without this the
    workers of a killed process would wait for work for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with suppress(EOFError, OSError):
        line.recv_bytes()
    os._exit(0)
