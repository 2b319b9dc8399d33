"""Paths -> articles: which files there are (`files`), and what each holds (`records`).

A reader is a function from an `Opened` file to its articles and problems, filed under the suffix
of the files it reads. Another package adds one by an entry point of the group ``reuse.readers``
whose name is the suffix.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib import import_module
from importlib.metadata import entry_points
from itertools import chain, groupby
from typing import BinaryIO, Protocol, TypeVar

from reuse.model import Article, Item, Piece, Problem
from reuse.readers import again
from reuse.readers.again import Memo, Recall
from reuse.readers.opened import Bomb, Counted, Opened, Source
from reuse.readers.walk import File, Walk, reason, under

__all__ = [
    "MAX_ARTICLE",
    "File",
    "Opened",
    "Reader",
    "Recall",
    "files",
    "formats",
    "read",
    "records",
    "under",
]

Reader = Callable[[Opened], Iterator[Item]]


R = TypeVar("R")


class Map(Protocol):
    """The built-in `map`, or one that runs elsewhere and gives results in the same order."""

    def __call__(
        self,
        function: Callable[[list[File | Problem]], list[R]],
        batches: Iterable[list[File | Problem]],
        /,
    ) -> Iterable[list[R]]: ...


# The longest articles in print have some 100,000 characters; ten million bytes is a mistake.
MAX_ARTICLE = 10_000_000

# A page of HTML takes 40 ms and has some 100 KB: a batch of files is a fifth of a second. What is
# longer may hold thousands of articles.
_BATCH, _BATCH_FILES, _LONG, _PACKED = 500_000, 200, 2_000_000, 20

# Where each reader is, imported when the first file of its suffix is met: trafilatura alone takes
# half a second.
_OWN = {
    "txt": "plain",
    "text": "plain",
    "md": "markdown",
    "markdown": "markdown",
    "html": "page",
    "htm": "page",
    "xhtml": "page",
    "json": "json_records",
    "jsonl": "json_lines",
    "ndjson": "json_lines",
    "csv": "table",
    "tsv": "table",
    "xml": "xml_records",
    "rss": "xml_records",
    "atom": "xml_records",
    "nitf": "xml_records",
    "warc": "warc",
    "parquet": "parquet",
    "zip": "archive",
}
# What a reader needs beyond the package itself: the extra to install.
_EXTRAS = {"warc": "warc", "parquet": "parquet"}


@cache
def formats() -> dict[str, str]:
    """Suffix -> the function that reads it, as ``module:function``; other packages' included."""
    own = {suffix: f"reuse.readers.{module}:articles" for suffix, module in _OWN.items()}
    others = entry_points(group="reuse.readers")
    return own | {entry.name.lower().lstrip("."): entry.value for entry in others}


@cache
def _made_by(format: str) -> str:
    """What reads `format`, with its version where another package does."""
    for entry in entry_points(group="reuse.readers"):
        if entry.name.lower().lstrip(".") == format and entry.dist is not None:
            return f"{entry.value} {entry.dist.name} {entry.dist.version}"
    return formats()[format]


@cache
def _reader(format: str) -> Reader:
    module, _, function = formats()[format].partition(":")
    reader: Reader = getattr(import_module(module), function.split("[")[0].strip())
    return reader


def loaded(format: str) -> Reader | str:
    """The function that reads `format`; else why there is none, and what helps."""
    try:
        return _reader(format)
    except ModuleNotFoundError as error:
        if format in _EXTRAS:
            extra = f"pip install 'reuse-news[{_EXTRAS[format]}]'"
            return f"reading .{format} needs {error.name}: {extra}"
        return f"the reader for .{format} does not load: {error}"
    except (ImportError, AttributeError, KeyError, ValueError) as error:
        return f"the reader for .{format} does not load: {error}"


def files(
    paths: Sequence[str], *, outlet: str | None = None, format: str | None = None
) -> Iterator[File | Problem]:
    """The files under `paths` in an order that depends on their names alone, each once.

    `outlet` is for articles that neither name one nor lie in a folder that does. `format` is the
    suffix ("jsonl", "csv.gz") to take every file for, and standard input.
    """
    named = format.lower().lstrip(".") if format else None
    return Walk(formats(), outlet, named).over(paths)


def records(
    file: File,
    *,
    stdin: BinaryIO | None = None,
    max_article: int = MAX_ARTICLE,
    recall: Recall | None = None,
) -> Iterator[Item]:
    """What `file` holds, article by article. Nothing that is in a file raises here.

    Depends on the file's bytes alone, so that files can be read in any process and order.
    """
    return contents(file, lambda: _stream(file, stdin), max_article, recall)


def contents(
    file: File,
    stream_of: Callable[[], io.BufferedReader],
    max_article: int,
    recall: Recall | None = None,
) -> Iterator[Item]:
    """What is in the stream that `stream_of` opens, read as `file` says."""
    reader = loaded(file.format)
    if isinstance(reader, str):
        yield Problem(file.source, "", reader)
        return
    try:
        with stream_of() as stream:
            opened = Opened(stream, file.source, file.format, file.outlet, max_article, recall)
            yield from reader(opened)
    except Bomb as bomb:
        yield Problem(file.source, "", str(bomb))
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        yield Problem(file.source, "", f"broken {file.compression} data: {reason(error)}")
    except OSError as error:
        yield Problem(file.source, "", f"cannot be read: {reason(error)}")
    except RecursionError:
        yield Problem(file.source, "", "nested too deeply")
    except MemoryError:
        yield Problem(file.source, "", "too large for the memory of this machine")


def read(
    paths: Sequence[str],
    *,
    outlet: str | None = None,
    format: str | None = None,
    stdin: BinaryIO | None = None,
    max_article: int = MAX_ARTICLE,
    strict: bool = False,
    map: Map = map,
    recall: Recall | None = None,
) -> Iterator[Item]:
    """Everything under `paths`: `files`, then the `records` of each, in the order of the files.

    `strict` stops after the first problem that skips something. `map` may read several batches of
    files at once, elsewhere; long files and standard input are read here, record by record. With
    `recall`, what was noted of a `Piece` is not read again, and comes as `Same`.
    """
    found = files(paths, outlet=outlet, format=format)
    items = (
        item
        for long, some in groupby(found, _is_long)
        for item in chain.from_iterable(
            (
                records(file, stdin=stdin, max_article=max_article, recall=recall)
                for file in some
                if isinstance(file, File)
            )
            if long
            else _small(_batches(some), max_article, map, recall)
        )
    )
    for item in items:
        yield item
        if strict and isinstance(item, Problem) and item.level == "skipped":
            return


def _is_long(found: File | Problem) -> bool:
    if isinstance(found, Problem):
        return False
    packed = found.compression or found.format in ("zip", "parquet")
    return found.path == "-" or found.size * (_PACKED if packed else 1) > _LONG


def _batches(found: Iterable[File | Problem]) -> Iterator[list[File | Problem]]:
    batch: list[File | Problem] = []
    size = 0
    for one in found:
        batch.append(one)
        size += one.size if isinstance(one, File) else 0
        if size >= _BATCH or len(batch) >= _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _small(
    batches: Iterable[list[File | Problem]], max_article: int, map: Map, recall: Recall | None
) -> Iterator[Iterable[Item]]:
    """What each of some small files holds."""
    if recall is None:
        for found in map(partial(_all_records, max_article=max_article), batches):
            yield from found
        return
    asked: deque[tuple[list[str], Mapping[str, bytes]]] = deque()

    def unknown() -> Iterator[list[File | Problem]]:
        for keyed in map(partial(_keyed, max_article=max_article), batches):
            keys = [key for _, key in keyed]
            known = recall([key for key in keys if key])
            asked.append((keys, known))
            yield [one for one, key in keyed if key not in known]

    for found in map(partial(_all_pieces, max_article=max_article), unknown()):
        keys, known = asked.popleft()
        anew = iter(found)
        for key in keys:
            told = known.get(key)
            yield next(anew) if told is None else [memo.same for memo in again.memos(told)]


def _all_records(found: list[File | Problem], max_article: int) -> list[list[Item]]:
    return [
        [one] if isinstance(one, Problem) else [*records(one, max_article=max_article)]
        for one in found
    ]


def _keyed(found: list[File | Problem], max_article: int) -> list[tuple[File | Problem, str]]:
    """Files with the keys of what they hold now; an empty one where that cannot be told."""
    return [(one, "" if isinstance(one, Problem) else _key(one, max_article)[0]) for one in found]


def _key(file: File, max_article: int) -> tuple[str, bytes]:
    """The key of a file as it is now, and its bytes; an empty one of what is not to be held."""
    try:
        with _raw(file, None) as stream:
            content = stream.read(_LONG + 1)
    except OSError:
        return "", b""
    return ("", b"") if len(content) > _LONG else (key_of(file, content, max_article), content)


def key_of(file: File, content: bytes, max_article: int) -> str:
    """The key of a file that has these bytes."""
    context = (file.source, file.format, file.compression, file.outlet, max_article)
    return again.key((*context, _made_by(file.format)), content)


def _all_pieces(found: list[File | Problem], max_article: int) -> list[list[Item]]:
    return [[one] if isinstance(one, Problem) else _piece(one, max_article) for one in found]


def _piece(file: File, max_article: int) -> list[Item]:
    """What a file holds, and what to note of it."""
    key, content = _key(file, max_article)
    if not key:
        return [*records(file, max_article=max_article)]
    stream = partial(unpacked, io.BytesIO(content), file.compression)
    return [*noted(key, contents(file, stream, max_article))]


def noted(key: str, found: Iterable[Item]) -> Iterator[Item]:
    """What the file of a key holds, and what to note of it: nothing where something was to be said
    of it."""
    memos: list[Memo] | None = []
    for item in found:
        yield item
        if memos is not None and isinstance(item, Article):
            memos.append(Memo(0, None, "", again.same(item)))
        else:
            memos = None
    if memos:
        yield Piece(key, again.packed(memos))


def _raw(file: File, stdin: BinaryIO | None) -> BinaryIO:
    """The bytes of a file as they lie there."""
    if file.path == "-":
        return stdin if stdin is not None else sys.stdin.buffer
    # Not blocking: since it was found, somebody may have put a pipe in the file's place.
    handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("not a file any more")
    # A buffer of a quarter of a megabyte costs more to make than a small file to read.
    return open(handle, "rb", buffering=min(max(file.size, 0) + 8192, 1 << 18))


def _stream(file: File, stdin: BinaryIO | None) -> io.BufferedReader:
    raw = _raw(file, stdin)
    if file.compression is None and isinstance(raw, io.BufferedReader) and file.path != "-":
        return raw
    return unpacked(raw, file.compression, closes=file.path != "-")


def unpacked(raw: Source, compression: str | None, closes: bool = True) -> io.BufferedReader:
    """`raw` without its compression ("gz", "bz2", "xz")."""
    counted = Counted(raw, closes=closes)
    if compression is None:
        return io.BufferedReader(counted, 1 << 18)
    whole: Source
    if compression == "gz":
        whole = gzip.GzipFile(fileobj=counted)
    elif compression == "bz2":
        whole = bz2.BZ2File(counted)
    else:
        whole = lzma.LZMAFile(io.BufferedReader(counted))  # noqa: SIM115 - what wraps it closes it
    return io.BufferedReader(Counted(whole, packed=counted), 1 << 18)
