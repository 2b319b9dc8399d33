"""Input that comes again as it was: its articles are known by its bytes, and are not read twice.

A piece of input is a small file, or some lines of a long one; its key is made of its bytes and of
all else that its articles depend on. A scan notes what each piece held, unless something was to be
said of it, and the next one meets the same articles without reading them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import Distribution
from zlib import crc32

import msgspec

from reuse import __version__
from reuse.model import Article, Problem, Same

# The values of those keys that an earlier scan noted.
Recall = Callable[[Sequence[str]], Mapping[str, bytes]]
# A line of a file, with its number.
Line = tuple[int, str]

# Lines of a piece: where it ends, the lines themselves say (one in so many does), so that a line
# more at the beginning changes the first piece alone.
_LINES, _MOST_LINES = 32, 256


class Memo(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An article of a piece: which of its lines it is, the id that it has there (if it has one), a
    digest of its content."""

    line: int
    name: str | None
    content: str
    same: Same


_ENCODER = msgspec.msgpack.Encoder()
_MEMOS = msgspec.msgpack.Decoder(list[Memo])


def packed(memos: Sequence[Memo]) -> bytes:
    """What is noted of a piece."""
    return _ENCODER.encode(memos)


def memos(value: bytes) -> list[Memo]:
    """What was noted of a piece."""
    return _MEMOS.decode(value)


def same(article: Article) -> Same:
    """What is told of an article that is met again."""
    return Same(
        article.id,
        article.source,
        article.outlet,
        article.outlet_kind,
        article.published,
        article.language,
    )


def key(context: Iterable[object], content: bytes) -> str:
    """The key of a piece: its bytes, and what else its articles depend on (`context`)."""
    digest = blake2b("\0".join(map(str, (_made_by(), *context))).encode("utf-8", "replace"))
    digest.update(content)
    return digest.hexdigest()[:32]


@cache
def _made_by() -> str:
    """This version of the program, and those of all that it needs."""
    own = _installed("reuse-news")
    needed = [one for one in (own.requires if own else None) or [] if "extra ==" not in one]
    names = dict.fromkeys(re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed)
    found = [f"{name} {one.version}" for name in names if (one := _installed(name))]
    return ", ".join([__version__, *found])


def _installed(name: str) -> Distribution | None:
    """A package, in a folder: places that are none would be opened as zip archives."""
    folders = [place for place in sys.path if os.path.isdir(place)]
    return next(iter(Distribution.discover(name=name, path=folders)), None)


def pieces(lines: Iterable[Line | Problem]) -> Iterator[list[Line | Problem]]:
    """The lines of a file in pieces."""
    some: list[Line | Problem] = []
    for line in lines:
        some.append(line)
        ends = not isinstance(line, Problem) and crc32(line[1].encode()) % _LINES == 0
        if ends or len(some) == _MOST_LINES:
            yield some
            some = []
    if some:
        yield some
