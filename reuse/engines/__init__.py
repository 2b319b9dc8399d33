"""Where the stages run: on this machine, or on a cluster. An engine knows no stage by name.

`Engine` is all that stages ask for; `local` and `spark` answer it. What an engine gives back are
handles, which say where rows lie: none has rows pass through the process that asks, but for what a
step says in a word (counts, headlines) and the matches themselves. Handles travel to wherever a
function runs, and rows are read there.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse.model import ReuseError

T = TypeVar("T")
R = TypeVar("R")
T_co = TypeVar("T_co", covariant=True)

Rows = NDArray[Any]
Key = Callable[[Rows], NDArray[np.int64]]
# Of some articles: how many words each has, columns with one element a word, and a word to the
# caller.
Shelved = tuple[NDArray[np.int64], Mapping[str, Rows], R]


@contextmanager
def uncollected() -> Iterator[None]:
    """Nobody looks for circles of objects meanwhile: what the stages make holds none, and looking
    costs a quarter of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def batches(items: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """`items` in lists of about `most` together: the tasks of an engine."""
    batch: list[T] = []
    held = 0
    for item in items:
        batch.append(item)
        held += size(item)
        if held >= most:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


class Unavailable(ReuseError):
    """An engine that cannot start here, and why."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which Spark to run on: a master, or the server of Spark Connect, else as Spark is set up.

    ``scratch`` is a folder that this process and all workers reach under one address; ``settings``
    are Spark's own.
    """

    master: str | None = None
    remote: str | None = None
    scratch: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


class Given(Protocol[T_co]):
    """A value that every worker has at hand: sent to each once, however many batches it gets."""

    @property
    def value(self) -> T_co: ...


class Share(Protocol):
    """Rows that belong together, wherever they were written: read when they are asked for."""

    @property
    def files(self) -> tuple[str, ...]:
        """Where they lie, some with rows of others."""

    @property
    def nbytes(self) -> int: ...

    def rows(self) -> Rows:
        """The rows, in the order they came."""


class Shelf(Protocol):
    """Columns of all articles, one element a word: looked up by rank.

    The words of the article of rank i are ``bounds[i]:bounds[i + 1]`` of each column.
    """

    @property
    def bounds(self) -> NDArray[np.int64]: ...

    def column(self, name: str, dtype: type, first: int, last: int) -> Rows:
        """The column's elements of the articles from rank `first` up to `last`."""

    def some(self, name: str, dtype: type, ranks: NDArray[np.int64]) -> Rows:
        """The column's elements of these articles, one after the other."""


class Engine(Protocol):
    """Maps functions over batches, brings rows of one key together, looks up columns by article.

    Functions are pure, and of module level, so that they can be sent; what they give depends on
    nothing but their batch. Results do not depend on the engine.
    """

    @property
    def workers(self) -> int:
        """How many batches are under way at once, at least."""

    def map(self, function: Callable[[T], R], batches: Iterable[T], /) -> Iterator[R]:
        """The function of each batch, in order; a few batches are under way at once."""

    def begin(self, function: Callable[[T], R], batch: T, /) -> Callable[[], R]:
        """The function of one batch, under way while this process goes on: calling what is given
        waits for it."""

    def aside(self, function: Callable[[], R], /) -> Callable[[], R]:
        """A function that asks the engine for much and does little itself, under way while this
        process asks for more: calling what is given waits for it."""

    def together(
        self,
        function: Callable[[T], tuple[Sequence[Rows], R]],
        batches: Iterable[T],
        keys: Sequence[tuple[np.dtype[Any], Key]],
        shares: int,
        /,
    ) -> tuple[Sequence[Sequence[Share]], list[R]]:
        """Rows of one key, brought together from all batches.

        The function gives, for each batch, an array of rows for each of `keys`, and a word to the
        caller. A key is the type of its rows, and says for each to which of so many `shares` it
        belongs. The result has the shares of each key, each with its rows in the order they came,
        and what the function said.
        """

    def shares(self, size: int, /) -> int:
        """In how many shares (a power of two) rows of so many bytes are to be brought together."""

    def forget(self, shares: Iterable[Share], /) -> None:
        """Remove shares that nobody asks for again."""

    def exchange(self, batches: Iterable[Rows], share_of: Key, /) -> Iterator[Rows]:
        """The rows of batches that are here already, those of one share together, in the order they
        came; small shares that follow one another are handed out at once."""

    def shelve(
        self, function: Callable[[T], Shelved[R]], batches: Iterable[T], names: Sequence[str], /
    ) -> tuple[Shelf, list[R]]:
        """A shelf of the columns that the function gives of batches of articles, which come in
        order of rank; and what it said of each batch."""

    def given(self, value: T, /) -> Given[T]:
        """A handle of a value, for functions that workers are to run on many batches."""

    def file(self) -> Path:
        """The path of a new scratch file on this machine, which lives as long as the engine."""

    def discard(self) -> None:
        """Remove what lies in scratch files: nothing will be asked for again."""


def in_order(rows: Rows, share: NDArray[np.int64], shares: int) -> tuple[Rows, NDArray[np.int64]]:
    """Rows in order of their shares, and where each of so many shares begins among them."""
    # Numbers of two bytes are sorted by their digits.
    share = share.astype(np.uint16 if shares <= 1 << 16 else np.int64)
    if len(share) and (share[1:] < share[:-1]).any():
        order = np.argsort(share, kind="stable")
        # Records are moved whole: ten times as fast as field by field.
        rows = rows.view(f"V{rows.dtype.itemsize}")[order].view(rows.dtype)
        share = share[order]
    begins = np.searchsorted(share, np.arange(shares, dtype=share.dtype))
    return rows, np.append(begins, len(share))


@dataclass(frozen=True, slots=True)
class Several:
    """Some shares as one."""

    shares: tuple[Share, ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path for share in self.shares for path in share.files))

    @property
    def nbytes(self) -> int:
        return sum(share.nbytes for share in self.shares)

    def rows(self) -> Rows:
        return np.concatenate([share.rows() for share in self.shares])


def merged(shares: Sequence[Share], least: int) -> Iterator[Share]:
    """Shares that follow one another as one, until it has `least` bytes; empty ones left out."""
    some: list[Share] = []
    held = 0
    for share in shares:
        if not share.nbytes:
            continue
        some.append(share)
        held += share.nbytes
        if held >= least:
            yield Several(tuple(some))
            some, held = [], 0
    if some:
        yield Several(tuple(some))
