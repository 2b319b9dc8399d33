"""Addresses in other file systems -> articles: what an engine lists, its workers read.

A file comes to a worker whole, and is read there as a file of this machine is.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar, runtime_checkable

from reuse.model import Item, Problem
from reuse.readers import File, contents, formats, unpacked
from reuse.readers.walk import parts

R = TypeVar("R")

# So many bytes of files are under way at once: their articles come back together.
_AT_ONCE = 1 << 26
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://")


def is_address(path: str) -> bool:
    """Whether a PATH names a file system, as ``s3a://bucket/news`` does."""
    return bool(_ADDRESS.match(path))


@runtime_checkable
class Elsewhere(Protocol):
    """An engine that reaches other file systems than this machine's."""

    def files(self, address: str, /) -> list[tuple[str, int]]:
        """The files at an address or below it, by name, and their bytes. Raises `OSError`."""

    def opened(
        self, function: Callable[[tuple[str, bytes]], R], files: Sequence[str], /
    ) -> list[R]:
        """What the function gives of each file, its name and its bytes, in this order."""


def read(
    addresses: Iterable[str],
    engine: Elsewhere,
    *,
    outlet: str | None = None,
    format: str | None = None,
    max_article: int,
) -> Iterator[Item]:
    """Everything at some addresses. Folders name outlets as those of this machine do."""
    for address in sorted(dict.fromkeys(addresses)):
        found: list[File] = []
        for one in files(address, engine, outlet, format):
            if isinstance(one, Problem):
                yield one
            else:
                found.append(one)
        for some in _portions(found):
            function = partial(articles, {file.path: file for file in some}, max_article)
            for pieces in engine.opened(function, [file.path for file in some]):
                yield from pieces


def files(
    address: str, engine: Elsewhere, outlet: str | None, format: str | None
) -> Iterator[File | Problem]:
    """The files at an address, each under the address as it was typed."""
    try:
        listed = engine.files(address)
    except OSError as error:
        yield Problem(address, "", f"cannot be read: {error}")
        return
    top = _path(address).rstrip("/")
    unknown: Counter[str] = Counter()
    met = 0
    for path, size in listed:
        below = _path(path).removeprefix(top).strip("/")
        # What begins so is no article: what a job left beside its tables, a hidden file.
        if any(name.startswith((".", "_")) for name in below.split("/")):
            continue
        suffix, compression = parts(path)
        if format:
            suffix, packed = parts("x." + format.lower().lstrip("."))
            compression = packed or compression
        if suffix not in formats():
            unknown[f".{suffix}" if suffix else "without a suffix"] += 1
            continue
        met += 1
        folder, _, name = below.partition("/")
        source = f"{address.rstrip('/')}/{below}" if below else address
        yield File(path, source, suffix, compression, folder if name else outlet, size)
    if unknown:
        kinds = ", ".join(f"{kind} ({n})" for kind, n in sorted(unknown.items()))
        yield Problem(address, "", f"files that no reader knows: {kinds}", "noted")
    if not met:
        yield Problem(address, "", "a folder without articles")


def articles(files: dict[str, File], max_article: int, opened: tuple[str, bytes]) -> list[Item]:
    """What is in a file that was brought here."""
    name, content = opened
    file = files[name]

    def stream() -> io.BufferedReader:
        return unpacked(io.BytesIO(content), file.compression)

    return list(contents(file, stream, max_article))


def _path(address: str) -> str:
    """What stands after the scheme and the host: these have several spellings."""
    return re.sub(r"[a-z][a-z0-9+.-]*:(//[^/]*)?", "", address, count=1)


def _portions(found: Sequence[File]) -> Iterator[list[File]]:
    some: list[File] = []
    held = 0
    for file in found:
        some.append(file)
        held += file.size
        if held >= _AT_ONCE:
            yield some
            some, held = [], 0
    if some:
        yield some
