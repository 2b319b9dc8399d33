"""The engine of a cluster: Apache Spark, by its data frames of Arrow batches alone.

No RDD and no context, so that a session of Spark Connect does as well. A batch is a row of a frame,
pickled; a function of it runs in `mapInArrow`; what comes of it Spark writes as Parquet into the
scratch folder, which all workers reach, and whoever needs it reads it there. A folder is whole when
Spark's marker of a finished job, `_SUCCESS`, lies in it, and only then. Where the scratch folder is
kept, steps have names made from what goes into them: a scan that was cut off finds again what it
had finished, and goes on from there.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from itertools import count, islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from reuse import __version__, engines
from reuse.engines import Cluster, Key, Rows, Shelved, Unavailable, folders, in_order, uncollected
from reuse.engines.local import Local

T = TypeVar("T")
R = TypeVar("R")

Records = Iterator[pa.RecordBatch]

# Batches go to the cluster in groups: of so many a worker, and so many bytes, at most; so many
# groups are under way at once, and that is what the process that asks holds.
GROUP, GROUP_BYTES, GROUPS = 8, 1 << 26, 2
# A group has so many tasks for each worker: some more than one, so that a long one holds up little.
TASKS = 4
# What a share of rows takes at most, and at least where that leaves workers without any, in bytes.
SHARE, LEAST_SHARE, MOST_SHARES = 1 << 25, 1 << 18, 1 << 14

# What a session is told, unless the one who starts it says otherwise: a row is a batch, which has
# thousands of words; and partitions grow together and are split by their size.
SESSION = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
}
# What an application of our own is told as well.
APPLICATION = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
# Rows of a share are shuffled and read once: neither packed nor looked up.
WRITTEN = {"compression": "uncompressed", "parquet.enable.dictionary": "false"}


@contextmanager
def running(cluster: Cluster, here: Local) -> Iterator[Spark]:
    """An engine on a session of its own.

    What an interrupted scan finished stays in the scratch folder for the next one. Without such a
    folder, one of this machine serves where the workers are threads of this process.
    """
    session = started(cluster)
    try:
        threads = str(session.conf.get("spark.master", "")).startswith("local")
        if cluster.scratch is None and (cluster.remote or not threads):
            raise Unavailable("Spark's workers need a scratch folder that they all reach")
        with Spark(session, here, cluster.scratch) as engine:
            yield engine
    finally:
        session.stop()


def started(cluster: Cluster) -> SparkSession:
    """A session on the cluster."""
    # Workers run the Python that runs here, unless the machine says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("reuse")
    builder = builder.remote(cluster.remote) if cluster.remote else builder
    builder = builder.master(cluster.master) if cluster.master else builder
    own = {} if cluster.remote else APPLICATION | SESSION
    for key, value in {**own, **cluster.settings}.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, OSError) as error:
        raise Unavailable(f"Spark does not start: {error}") from error


class Spark:
    """Maps functions over batches, brings rows of one key together; knows no stage by name.

    What is asked of this process and not of the cluster, scratch files of its own and rows that
    are here already, `here` does.
    """

    def __init__(self, session: SparkSession, here: Local, scratch: str | None = None) -> None:
        self.session = session
        self.kept = scratch is not None
        folder = tempfile.mkdtemp(prefix="reuse-") if scratch is None else f"{scratch}/reuse"
        self.folder = folders.made(_address(folder))
        self._here = here
        self._jobs = ThreadPoolExecutor(GROUPS + 1)
        self._names = count()
        for key, value in SESSION.items():
            session.conf.set(key, value)
        self._workers = 0

    def __enter__(self) -> Spark:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._jobs.shutdown(cancel_futures=True)
        if kind is None or not self.kept:
            folders.removed(self.folder)

    def discard(self) -> None:
        """Remove the scratch folder, but for one that the next scan goes on from."""
        if not self.kept:
            folders.removed(self.folder)

    @property
    def workers(self) -> int:
        """The cores of the cluster, as far as Spark knows of them now."""
        if not self._workers:
            # The first job waits for workers, the second counts the parts that these are given.
            for _ in range(2):
                parts = self.session.range(1 << 16).selectExpr("spark_partition_id() AS part")
                self._workers = parts.distinct().count()
        return self._workers

    # -- what stages ask for ----------------------------------------------------------------------

    def map(self, function: Callable[[T], R], batches: Iterable[T]) -> Iterator[R]:
        """The function of each batch, in order; a few batches are under way at once."""
        groups = _groups(map(_pickled, batches), GROUP * self.workers)
        waiting: deque[Future[list[R]]] = deque()
        while True:
            for group in islice(groups, GROUPS - len(waiting)):
                waiting.append(self._jobs.submit(self._mapped, function, group))
            if not waiting:
                return
            yield from waiting.popleft().result()

    def aside(self, function: Callable[[], R]) -> Callable[[], R]:
        return function

    def begin(self, function: Callable[[T], R], batch: T) -> Callable[[], R]:
        """The function of one batch, under way while this process goes on: calling what is given
        waits for it."""
        job: Future[list[R]] = self._jobs.submit(self._mapped, function, [_pickled(batch)])
        return lambda: job.result()[0]

    def together(
        self,
        function: Callable[[T], tuple[Sequence[Rows], R]],
        batches: Iterable[T],
        keys: Sequence[tuple[np.dtype[Any], Key]],
        shares: int,
    ) -> tuple[list[list[folders.Share]], list[R]]:
        """Rows of one key, brought together from all batches, by Spark's own shuffle."""
        dealt = partial(_dealt, function, tuple(key for _, key in keys), shares)
        schema = f"key int, share int, {_NUMBERED}"
        found = [
            self._made(dealt, schema, group, ("key", "share"))
            for group in _groups(map(_pickled, batches))
        ]
        said = [pickle.loads(word) for one in found for word in folders.values(f"{one}/{_SAID}")]
        lies = [folders.sizes(one) for one in found]

        def share(key: int, number: int, dtype: np.dtype[Any]) -> folders.Share:
            place = f"key={key}/share={number}"
            files = tuple(
                f"{one}/{place}" for one, size in zip(found, lies, strict=True) if place in size
            )
            return folders.Share(dtype, files, sum(size.get(place, 0) for size in lies))

        return [
            [share(i, number, dtype) for number in range(shares)]
            for i, (dtype, _) in enumerate(keys)
        ], said

    def shares(self, size: int) -> int:
        """In how many shares (a power of two) rows of so many bytes are to be brought together."""
        most = max(LEAST_SHARE, min(SHARE, size // (2 * self.workers)))
        return min(MOST_SHARES, 1 << max(0, (size // most).bit_length()))

    def forget(self, shares: Iterable[engines.Share]) -> None:
        """Remove shares that nobody asks for again; where the scratch folder is kept, a scan that
        goes on may."""
        if not self.kept:
            # The folder of one key holds its shares and no others.
            for folder in {path.rpartition("/")[0] for share in shares for path in share.files}:
                folders.removed(folder)

    def exchange(self, batches: Iterable[Rows], share_of: Key) -> Iterator[Rows]:
        """The rows of batches that are here already, brought together here."""
        return self._here.exchange(batches, share_of)

    def shelve(
        self, function: Callable[[T], Shelved[R]], batches: Iterable[T], names: Sequence[str]
    ) -> tuple[folders.Shelf, list[R]]:
        """A shelf of columns: each batch a file of its own, which the task writes."""
        folder = folders.made(self._new())
        bounds, first = [np.zeros(1, np.int64)], [0]
        files, starts, said = [], [], []
        for size, file, begins, word in self.map(
            partial(folders.shelved, function, tuple(names), folder), batches
        ):
            bounds.append(size)
            first.append(first[-1] + len(size))
            files.append(file)
            starts.append(begins)
            said.append(word)
        pieces = folders.Pieces(
            np.cumsum(np.concatenate(bounds)), np.array(first[:-1], np.int64), files, starts
        )
        return folders.Shelf(self.given(pieces)), said

    def given(self, value: T) -> folders.Given[T]:
        """A handle of a value, for functions that workers are to run on many batches."""
        pickled = _pickled(value)
        return folders.Given.of(self._new(pickled), pickled)

    def file(self) -> Path:
        """The path of a new scratch file on this machine, which lives as long as the engine."""
        return self._here.file()

    # -- what readers ask for, of any file system that Spark reads ---------------------------------

    def files(self, address: str) -> list[tuple[str, int]]:
        """The files at an address or below it, by name, and their bytes. Raises `OSError`."""
        whole = self.session.read.format("binaryFile").option("recursiveFileLookup", "true")
        try:
            listed = whole.load(_literal(address)).select("path", "length").collect()
        except AnalysisException as error:
            raise OSError(str(error).splitlines()[0]) from error
        return sorted((row["path"], row["length"]) for row in listed)

    def opened(self, function: Callable[[tuple[str, bytes]], R], files: Sequence[str]) -> list[R]:
        """What the function gives of each file, its name and its bytes, in this order."""
        folder = f"{self.folder}/{next(self._names)}-files"
        frame = self.session.read.format("binaryFile").load([_literal(file) for file in files])
        read = frame.select("path", "content").mapInArrow(
            partial(_opened, function, {file: n for n, file in enumerate(files)}), _NUMBERED
        )
        read.write.options(**WRITTEN).parquet(folder)
        results: list[R] = [pickle.loads(value) for value in folders.values(folder)]
        folders.removed(folder)
        return results

    # -- how --------------------------------------------------------------------------------------

    def _mapped(self, function: Callable[[Any], R], group: list[bytes]) -> list[R]:
        """The function of each batch of a group."""
        folder = self._made(partial(_mapped, function), _NUMBERED, group)
        results: list[R] = [pickle.loads(value) for value in folders.values(folder)]
        if not self.kept:
            folders.removed(folder)
        return results

    def _made(
        self,
        task: Callable[[Records], Records],
        schema: str,
        group: list[bytes],
        by: tuple[str, ...] = (),
    ) -> str:
        """The folder of what a task makes of a group of batches, rows that are alike in `by`
        together: made now, or by a scan that was cut off later."""
        folder = self._new(_pickled((task, by)), *group)
        if not folders.exists(f"{folder}/_SUCCESS"):
            made = self._frame(group).mapInArrow(task, schema)
            if by:
                made = made.repartition(*by).sortWithinPartitions(*by, "n")
            made.write.mode("overwrite").options(**WRITTEN).partitionBy(*by).parquet(folder)
        return folder

    def _frame(self, group: list[bytes]) -> DataFrame:
        """A frame of numbered batches, spread over the cluster evenly, one by one."""
        table = pa.table({"n": np.arange(len(group)), "value": pa.array(group, pa.binary())})
        tasks = min(len(group), TASKS * self.workers)
        # Dealt out from several parts, two may begin with the same task.
        return self.session.createDataFrame(table).coalesce(1).repartition(tasks)

    def _new(self, *of: bytes) -> str:
        """A name in the scratch folder: where that is kept, made from what it is a name of."""
        if not (self.kept and of):
            return f"{self.folder}/{next(self._names)}"
        digest = blake2b(__version__.encode(), digest_size=16)
        for part in of:
            digest.update(len(part).to_bytes(8, "big") + part)
        return f"{self.folder}/{digest.hexdigest()}"


# The columns of what is given for each batch; those of rows, by key and share, have two more.
_NUMBERED = "n long, value binary"
# The key under which a function's words to the caller lie.
_SAID = "key=-1/share=0"


def _address(folder: str) -> str:
    """A folder's address, which says of a path that it is one of this machine's."""
    return folder.rstrip("/") if "://" in folder else f"file://{Path(folder).absolute()}"


def _literal(address: str) -> str:
    """An address that means itself, where Spark would match names with a pattern."""
    return re.sub(r"[\[\]{}*?\\]", r"\\\g<0>", address)


def _pickled(value: object) -> bytes:
    return pickle.dumps(value, protocol=5)


def _groups(batches: Iterable[bytes], most: int | None = None) -> Iterator[list[bytes]]:
    """Batches, so many and so many bytes at a time."""
    group: list[bytes] = []
    held = 0
    for batch in batches:
        group.append(batch)
        held += len(batch)
        if held >= GROUP_BYTES or len(group) == most:
            yield group
            group, held = [], 0
    if group:
        yield group


# -- tasks: records of batches in, records of rows out ---------------------------------------------


def _batches(records: Records) -> Iterator[tuple[int, Any]]:
    with uncollected():
        for record in records:
            for n, value in zip(record["n"].to_pylist(), record["value"], strict=True):
                yield n, pickle.loads(value.as_buffer())


def _mapped(function: Callable[[Any], Any], records: Records) -> Records:
    """What the function gives of each batch."""
    for n, batch in _batches(records):
        given = _pickled(function(batch))
        yield pa.record_batch({"n": pa.array([n]), "value": pa.array([given], pa.binary())})


def _opened(function: Callable[[Any], Any], number: Mapping[str, int], records: Records) -> Records:
    """What the function gives of each file, numbered."""
    for record in records:
        for path, content in zip(record["path"].to_pylist(), record["content"], strict=True):
            given = _pickled(function((path, content.as_py())))
            n = pa.array([number[path]])
            yield pa.record_batch({"n": n, "value": pa.array([given], pa.binary())})


def _dealt(
    function: Callable[[Any], tuple[Sequence[Rows], Any]],
    keys: Sequence[Key],
    shares: int,
    records: Records,
) -> Records:
    """The rows that the function gives of each batch, as the bytes of each share; what it said."""
    for n, batch in _batches(records):
        rows, said = function(batch)
        word = np.frombuffer(_pickled(said), np.uint8)
        yield _record(-1, n, word, np.zeros(1, np.int64), np.array([0, len(word)]))
        for i, (some, key) in enumerate(zip(rows, keys, strict=True)):
            ordered, edges = in_order(some, key(some), shares)
            which = np.flatnonzero(np.diff(edges))
            if len(which):
                yield _record(i, n, ordered, which, edges[np.append(which, which[-1] + 1)])


def _record(
    key: int, n: int, rows: Rows, shares: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]
) -> pa.RecordBatch:
    """Rows that lie in order of their shares, the bytes of each share as one value."""
    offsets = pa.py_buffer((edges * rows.dtype.itemsize).astype(np.int32))
    bytes_of_all = pa.py_buffer(np.ascontiguousarray(rows).view(np.uint8))
    some = len(shares)
    return pa.record_batch(
        {
            "key": np.full(some, key, np.int32),
            "share": shares.astype(np.int32),
            "n": np.full(some, n, np.int64),
            "value": pa.Array.from_buffers(pa.binary(), some, [None, offsets, bytes_of_all]),
        }
    )
