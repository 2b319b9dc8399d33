"""PATHs as they were typed -> the files to read, each once, in one order."""

from __future__ import annotations

import errno
import fnmatch
import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reuse.model import Problem

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE = ".reuseignore"
COMPRESSED = ("gz", "bz2", "xz")


@dataclass(frozen=True, slots=True)
class File:
    """One file to read: how to open it (`path`) and how to name it (`source`).

    `outlet` is what its articles have when they do not say: the folder below the scanned one, else
    what was given. `size` (bytes) and `modified` (nanoseconds) tell whether it changed since; both
    are -1 for standard input, whose path is ``-``.
    """

    path: str
    source: str
    format: str
    compression: str | None = None
    outlet: str | None = None
    size: int = -1
    modified: int = -1


@dataclass(slots=True)
class Walk:
    """One walk over PATHs. What was seen is known by device and inode, so that a file reached by
    two names, a link or a loop of links is met once."""

    formats: Container[str]
    outlet: str | None = None
    format: str | None = None
    _files: set[tuple[int, int]] = field(default_factory=set)
    _folders: set[tuple[int, int]] = field(default_factory=set)
    _unknown: Counter[str] = field(default_factory=Counter)
    _met: int = 0

    def over(self, paths: Sequence[str]) -> Iterator[File | Problem]:
        """The files under `paths`. Folders before what lies in them, whatever the order typed."""
        for path in sorted(dict.fromkeys(paths), key=lambda path: (os.path.realpath(path), path)):
            if path == "-":
                yield self._standard_input()
            elif os.path.lexists(path):
                yield from self._given(path)
            elif glob.has_magic(path):
                yield from self._matching(path)
            else:
                yield Problem(shown(path), "", "there is no such file or folder")

    def _standard_input(self) -> File | Problem:
        if self.format is None:
            return Problem("-", "", "say with --format what comes on standard input")
        name, compression = parts("x." + self.format)
        if name not in self.formats:
            return Problem("-", "", f"no reader for the format {self.format!r}")
        return File("-", "-", name, compression, self.outlet)

    def _matching(self, pattern: str) -> Iterator[File | Problem]:
        try:
            found = sorted(glob.glob(pattern, recursive=True))
        except (OSError, RecursionError) as error:
            yield Problem(shown(pattern), "", f"cannot be matched: {reason(error)}")
            return
        if not found:
            yield Problem(shown(pattern), "", "matches no file")
        for path in found:
            yield from self._given(path)

    def _given(self, path: str) -> Iterator[File | Problem]:
        """A file or folder that was named on the command line."""
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            yield Problem(shown(path), "", f"cannot be read: {reason(error)}")
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(path, status)
            return
        format, compression = self._parts(path)
        if stat.S_ISREG(status.st_mode) and format not in self.formats:
            told = f"no reader for .{format}" if format else "no reader for a file without a suffix"
            yield Problem(shown(path), "", f"{told} (say what it is with --format)")
            return
        yield self._file(path, status, format, compression, self.outlet)

    def _parts(self, path: str) -> tuple[str, str | None]:
        """How to read `path`: as was said, else by its suffix."""
        if self.format is None:
            return parts(path)
        format, compression = parts("x." + self.format)
        return format, compression or parts(path)[1]

    def _file(
        self, path: str, status: os.stat_result, format: str, compression: str | None,
        outlet: str | None,
    ) -> File | Problem:  # fmt: skip
        self._met += 1
        if not stat.S_ISREG(status.st_mode):
            return Problem(shown(path), "", f"{_special(status.st_mode)}, not a file")
        identity = (status.st_dev, status.st_ino)
        if identity in self._files:
            return Problem(shown(path), "", "the same file was reached before: kept once", "noted")
        self._files.add(identity)
        return File(
            path, shown(path), format, compression, outlet, status.st_size, status.st_mtime_ns
        )

    def _folder(self, path: str, status: os.stat_result) -> Iterator[File | Problem]:
        """A scanned folder, everything below it, and what its walk left out."""
        before, self._unknown = self._met, Counter()
        repeated = (status.st_dev, status.st_ino) in self._folders
        links: list[tuple[str, str | None, _Ignored]] = []
        yield from self._below(path, path, None, _Ignored(), links)
        # What a link leads to may lie in the folder itself, and is then met under its own name.
        links.sort(key=lambda link: link[0])
        for link, outlet, ignored in links:
            yield from self._linked(path, link, outlet, ignored, links)
        if self._unknown:
            kinds = ", ".join(f"{kind} ({n})" for kind, n in sorted(self._unknown.items()))
            yield Problem(shown(path), "", f"files that no reader knows: {kinds}", "noted")
        if self._met == before and not repeated:
            yield Problem(shown(path), "", "a folder without articles")

    def _linked(
        self,
        top: str,
        link: str,
        outlet: str | None,
        ignored: _Ignored,
        links: list[tuple[str, str | None, _Ignored]],
    ) -> Iterator[File | Problem]:
        try:
            status = os.stat(link)
        except OSError as error:
            loop = error.errno == errno.ELOOP
            self._met += 1
            told = "a link that leads to itself" if loop else "a link that leads nowhere"
            yield Problem(shown(link), "", told)
            return
        if not stat.S_ISDIR(status.st_mode):
            if (file := self._walked(link, status, outlet)) is not None:
                yield file
            return
        if os.path.dirname(link) == top or os.path.dirname(link) == top.rstrip(os.sep):
            outlet = os.path.basename(link)
        found: list[tuple[str, str | None, _Ignored]] = []
        yield from self._below(link, top, outlet, ignored, found)
        links.extend(found)

    def _below(
        self,
        folder: str,
        top: str,
        outlet: str | None,
        ignored: _Ignored,
        links: list[tuple[str, str | None, _Ignored]],
    ) -> Iterator[File | Problem]:
        """Files below `folder` by name; links are put aside. No recursion: folders may be deep."""
        waiting: list[tuple[str, str | None, _Ignored]] = [(folder, outlet, ignored)]
        while waiting:
            path, outlet, ignored = waiting.pop()
            try:
                status = os.stat(path)
                identity = (status.st_dev, status.st_ino)
                if identity in self._folders:
                    yield Problem(
                        shown(path), "", "the same folder was reached before: kept once", "noted"
                    )
                    continue
                with os.scandir(path) as entries:
                    names = sorted(
                        (entry.name, entry.is_symlink(), entry.is_dir(follow_symlinks=False))
                        for entry in entries
                        if not entry.name.startswith(".") or entry.name == IGNORE
                    )
            except OSError as error:
                self._met += 1
                yield Problem(shown(path), "", f"cannot be read: {reason(error)}")
                continue
            self._folders.add(identity)
            if any(name == IGNORE for name, _, _ in names):
                listed = ignored.within(path)
                if isinstance(listed, Problem):
                    yield listed
                else:
                    ignored = listed
            folders = []
            for name, is_link, is_folder in names:
                below = os.path.join(path, name)
                if name == IGNORE or ignored(below, is_folder):
                    continue
                if is_link:
                    links.append((below, outlet, ignored))
                elif is_folder:
                    folders.append((below, name if path == top else outlet, ignored))
                else:
                    try:
                        status = os.lstat(below)
                    except OSError as error:
                        self._met += 1
                        yield Problem(shown(below), "", f"cannot be read: {reason(error)}")
                        continue
                    if (file := self._walked(below, status, outlet)) is not None:
                        yield file
            waiting.extend(reversed(folders))

    def _walked(
        self, path: str, status: os.stat_result, outlet: str | None
    ) -> File | Problem | None:
        """A file met in a folder; none when its suffix is nobody's (that is counted)."""
        format, compression = self._parts(path)
        if format not in self.formats:
            self._unknown[f".{format}" if format else "without a suffix"] += 1
            return None
        return self._file(path, status, format, compression, outlet or self.outlet)


@dataclass(frozen=True, slots=True)
class _Ignored:
    """Whether a path is left out by the `.reuseignore` files of the folders above it."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def __call__(self, path: str, is_folder: bool) -> bool:
        return any(
            spec.match_file(os.path.relpath(path, folder).replace(os.sep, "/") + "/" * is_folder)
            for folder, spec in self.specs
        )

    def within(self, folder: str) -> _Ignored | Problem:
        from pathspec import GitIgnoreSpec

        path = os.path.join(folder, IGNORE)
        try:
            with open(path, encoding="utf-8") as lines:
                spec = GitIgnoreSpec.from_lines(lines)
        except (OSError, ValueError) as error:
            return Problem(shown(path), "", f"cannot be read: {reason(error)}")
        return _Ignored((*self.specs, (folder, spec)))


def parts(path: str) -> tuple[str, str | None]:
    """The suffix that says the format, and the one after it that says the compression."""
    name, _, suffix = os.path.basename(path).lower().rpartition(".")
    if not name:
        return "", None
    if suffix in COMPRESSED:
        inner, _, format = name.rpartition(".")
        return (format if inner else ""), suffix
    return suffix, None


def under(paths: Sequence[str]) -> Callable[[str], bool]:
    """Whether a source (``path`` or ``path#record``) lies under one of `paths` or in one of them.

    A glob holds what it would match now, if it were there. What came from standard input lies
    under ``-`` alone.
    """
    roots = [_within(path) for path in paths]

    def lies_under(source: str) -> bool:
        return any(root.match(place) for place in _places(source) for root in roots)

    return lies_under


def _within(path: str) -> re.Pattern[str]:
    """What `path`, or anything in it, looks like as an absolute path."""
    if path == "-":
        return re.compile(r"-\Z")
    whole = shown(os.path.abspath(path))
    if os.path.lexists(path) or not glob.has_magic(path):
        return re.compile(rf"{re.escape(whole.rstrip(os.sep))}(?:{re.escape(os.sep)}|\Z)")
    parts = [
        ".*" if part == "**" else fnmatch.translate(part).removesuffix("\\Z").replace(".*", "[^/]*")
        for part in whole.split(os.sep)
    ]
    return re.compile("/".join(parts).replace("/.*/", "/(?:.*/)?") + r"(?:/|\Z)")


def _places(source: str) -> Iterator[str]:
    """The paths that `source` may mean: a name may have a ``#`` in it, and so may an id."""
    first, _, rest = source.partition("#")
    # An id is whatever somebody wrote; "../" in it must not lead to another folder.
    cuts = [first] if "/../" in f"/{rest}/" else [first, *_cuts(source, len(first))]
    return ("-" if cut == "-" else os.path.abspath(cut) for cut in cuts)


def _cuts(source: str, start: int) -> Iterator[str]:
    while (start := source.find("#", start + 1)) >= 0:
        yield source[:start]
    yield source


def shown(path: str) -> str:
    """`path` as text that can be stored: bytes of a name that are no UTF-8 as ``\\xe9``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def reason(error: Exception) -> str:
    """Why something failed, without the path that the message would repeat."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error) or type(error).__name__


_SPECIAL: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _special(mode: int) -> str:
    return next((name for test, name in _SPECIAL if test(mode)), "something special")
