"""A zip archive: what lies in it is read as if it lay in a folder of its name."""

from __future__ import annotations

import io
import lzma
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, ZipInfo

from reuse.model import Item, Problem
from reuse.readers import contents, formats, key_of, noted, unpacked
from reuse.readers.again import Recall, memos
from reuse.readers.opened import BOMB_FLOOR, BOMB_RATIO, Bomb, Opened
from reuse.readers.walk import IGNORE, File, parts, reason, shown

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


# A file that is longer is read again by every scan.
_HELD = 2_000_000


def articles(opened: Opened) -> Iterator[Item]:
    """The articles of every file in the archive, one file open at a time, nothing unpacked to disk.

    A file that is broken, encrypted or packed in a way that nobody knows costs only itself.
    """
    stream, size = opened.seekable()
    if not size:
        yield opened.skipped("empty file")
        return
    try:
        archive = ZipFile(stream)
        files = [info for info in archive.infolist() if not info.is_dir()]
    except (BadZipFile, ValueError, NotImplementedError, UnicodeError) as error:
        yield opened.skipped(f"no zip archive: {reason(error)}")
        return
    left = _Left(size)
    top = _own_folder(opened.source, files)
    is_ignored = _ignored(archive, files)
    unknown: Counter[str] = Counter()
    met: set[str] = set()
    for info in sorted(files, key=lambda info: (info.filename, info.header_offset)):
        name = shown(info.filename.replace("\0", "\ufffd"))
        folders = name.removeprefix(top).split("/")[:-1]
        if _is_hidden(name) or is_ignored(name):
            continue
        format, compression = parts(name)
        if format not in formats():
            unknown[f".{format}" if format else "without a suffix"] += 1
            continue
        source = f"{opened.source}#{name}"
        if name in met:
            yield Problem(source, "", "a file of this name is in the archive before")
            continue
        met.add(name)
        if format == "zip":
            yield Problem(source, "", "an archive in an archive: unpack it first")
            continue
        # A folder or a command that names the outlet knows better: the folders in an outlet's
        # archive are years as a rule.
        outlet = opened.outlet or (folders[0] if folders else None)
        file = File(name, source, format, compression, outlet, info.file_size)
        opener = _opener(archive, info, compression, left)
        if opened.recall is None or info.file_size > _HELD:
            yield from contents(file, opener, opened.max_article)
        else:
            yield from _again(file, opener, opened.max_article, opened.recall)
        if left.is_bomb:
            return
    if unknown:
        kinds = ", ".join(f"{kind} ({n})" for kind, n in sorted(unknown.items()))
        yield opened.noted(f"files that no reader knows: {kinds}")
    if not met:
        yield opened.skipped("an archive without articles")


def _again(
    file: File, opener: Callable[[], io.BufferedReader], max_article: int, recall: Recall
) -> Iterator[Item]:
    """What a small file of the archive holds, as an earlier scan noted it if one did."""
    try:
        with opener() as stream:
            content = stream.read(_HELD + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError):
        content = b""
    if not content or len(content) > _HELD:
        yield from contents(file, opener, max_article)
        return
    key = key_of(file, content, max_article)
    if key in (told := recall([key])):
        yield from (memo.same for memo in memos(told[key]))
    else:
        stream_of = partial(unpacked, io.BytesIO(content), None)
        yield from noted(key, contents(file, stream_of, max_article))


def _opener(
    archive: ZipFile, info: ZipInfo, compression: str | None, left: _Left
) -> Callable[[], io.BufferedReader]:
    def opened() -> io.BufferedReader:
        try:
            member = archive.open(info)
        except (RuntimeError, NotImplementedError, BadZipFile) as error:
            # Encrypted; packed as something else than zip's own ways; no such file at its place.
            raise OSError(reason(error)) from error
        return unpacked(_Member(member, left), compression)

    return opened


def _own_folder(source: str, files: list[ZipInfo]) -> str:
    """The folder that holds everything, where it has the archive's name, as when "corpus" is packed
    into "corpus.zip": then it says nothing of outlets."""
    own = source.replace("\\", "/").rpartition("/")[2].partition(".")[0] + "/"
    inside = all(info.filename.startswith(own) for info in files if not _is_hidden(info.filename))
    return own if inside else ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _ignored(archive: ZipFile, files: list[ZipInfo]) -> Callable[[str], bool]:
    """Whether a name is left out by the `.reuseignore` files of the archive."""
    from pathspec import GitIgnoreSpec

    specs: list[tuple[str, GitIgnoreSpec]] = []
    for info in files:
        folder, _, name = info.filename.rpartition("/")
        if name == IGNORE and info.file_size < 1 << 20:
            try:
                lines = archive.read(info).decode("utf-8", "replace").splitlines()
                specs.append((f"{folder}/" if folder else "", GitIgnoreSpec.from_lines(lines)))
            except (RuntimeError, NotImplementedError, BadZipFile, ValueError, zlib.error, OSError):
                # What cannot be read leaves nothing out: all of it is read, and what is no article
                # says so.
                continue
    return lambda name: any(
        name.startswith(folder) and spec.match_file(name.removeprefix(folder))
        for folder, spec in specs
    )


class _Left:
    """What an archive may still unpack to before it is taken for a bomb."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.count = 0

    @property
    def is_bomb(self) -> bool:
        return self.count > BOMB_FLOOR and self.count > BOMB_RATIO * self.size


class _Member(io.RawIOBase):
    """A file in an archive, whose bytes count for the whole archive."""

    def __init__(self, member: IO[bytes], left: _Left) -> None:
        self.member = member
        self.left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            piece = self.member.read(len(buffer))
        except (BadZipFile, zlib.error) as error:
            raise OSError(reason(error)) from error
        buffer[: len(piece)] = piece
        self.left.count += len(piece)
        if self.left.is_bomb:
            told = f"an archive of {self.left.size:,} bytes unpacks to over {self.left.count:,}"
            raise Bomb(f"{told}: taken for a bomb")
        return len(piece)

    def close(self) -> None:
        self.member.close()
        super().close()
