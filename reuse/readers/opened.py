"""A file that is open: its bytes, and what a reader must know of where they come from."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from reuse.model import Problem
from reuse.readers.again import Recall
from reuse.readers.encoding import Buffered, Decoded, binary, bounded_lines, decoded, utf8
from reuse.readers.record import Records

# Prose packs to a third, the most repetitive records to a fiftieth. A file of zeros, which is what
# a bomb is made of, packs to a thousandth.
BOMB_RATIO, BOMB_FLOOR = 200, 64 << 20


_PIECE = 1 << 16


class Source(Protocol):
    """Any binary stream."""

    def read(self, size: int = -1, /) -> bytes: ...
    def close(self) -> object: ...


class Bomb(OSError):
    """A little packed data that unpacks to very much."""


class Counted(io.RawIOBase):
    """A stream that counts its bytes; unpacked from `packed`, it raises `Bomb` on too many."""

    def __init__(self, stream: Source, packed: Counted | None = None, closes: bool = True) -> None:
        self.stream = stream
        self.packed = packed
        self.closes = closes
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self.count += len(piece)
        if (
            self.packed is not None
            and self.count > BOMB_FLOOR
            and self.count > BOMB_RATIO * self.packed.count
        ):
            raise Bomb(
                f"{self.packed.count:,} bytes unpack to over {self.count:,}: taken for a bomb"
            )
        return len(piece)

    def close(self) -> None:
        if self.closes and not self.closed:
            self.stream.close()
            if self.packed is not None:
                self.packed.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reader is given.

    ``outlet`` is for articles that do not name theirs; ``max_article`` the most bytes (and the
    most characters) that one article may have; ``recall`` what an earlier scan noted of pieces.
    """

    stream: Buffered
    source: str
    format: str
    outlet: str | None
    max_article: int
    recall: Recall | None = None

    def skipped(self, reason: str, place: str = "") -> Problem:
        return Problem(self.source, place, reason)

    def noted(self, reason: str, place: str = "") -> Problem:
        return Problem(self.source, place, reason, "noted")

    def records(self) -> Records:
        return Records(self.source, self.outlet, self.max_article)

    def seekable(self) -> tuple[BinaryIO, int]:
        """The file for a format that is read from its end, and its size in bytes.

        What comes from a pipe, or out of other packed data, is copied to disk first.
        """
        stream = self.stream
        if not (isinstance(stream, io.BufferedReader) and stream.seekable()):
            copied = tempfile.TemporaryFile()  # noqa: SIM115 - gone when nobody holds it
            while piece := stream.read(1 << 20):
                copied.write(piece)
            return copied, copied.tell()
        return stream, stream.seek(0, io.SEEK_END)

    def whole(self, limit: int | None = None) -> bytes | Problem:
        """All bytes; a problem when there are none, or over `limit` (the size of an article)."""
        limit = self.max_article if limit is None else limit
        # Not the limit at once: Python makes room for all that is asked for.
        raw = self.stream.read(min(limit + 1, _PIECE))
        if len(raw) == _PIECE:
            raw += self.stream.read(limit + 1 - _PIECE)
        if len(raw) > limit:
            return self.skipped(f"over the limit of {limit:,} bytes")
        return raw or self.skipped("empty file")

    def text(self, limit: int | None = None) -> Decoded | Problem:
        """All of it as text; a problem when it is empty, too long or no text."""
        raw = self.whole(limit)
        return raw if isinstance(raw, Problem) else self.text_of(raw)

    def text_of(self, raw: bytes, declared: str | None = None) -> Decoded | Problem:
        """`raw` as text, in the encoding it declares where that is true."""
        if kind := binary(raw):
            return self.skipped(f"not text: {kind}")
        return decoded(raw, declared) or self.skipped("not text in any known encoding")

    def lines(self) -> Iterator[tuple[int, str] | Problem]:
        """The lines with their numbers and ends, one at a time, and problems between them.

        A line over the limit, or in no encoding, is a problem that skips it and names it. What is
        read as something else than UTF-8 is noted once for every encoding.
        """
        if kind := binary(self.stream.peek(1 << 16)):
            yield self.skipped(f"not text: {kind}")
            return
        stream, note = utf8(self.stream)
        if note:
            yield self.noted(note)
        encodings: set[str] = set()
        number = 0
        for number, raw, size in bounded_lines(stream, self.max_article):
            if raw is None:
                reason = f"{size:,} bytes are over the limit of {self.max_article:,}"
                yield self.skipped(reason, f"line {number}")
                continue
            try:
                yield number, raw.decode()
            except UnicodeDecodeError:
                read = decoded(raw)
                if read is None:
                    yield self.skipped("not text in any known encoding", f"line {number}")
                    continue
                for said in read.notes:
                    if (encoding := said.partition(": ")[2]) not in encodings:
                        encodings.add(encoding)
                        yield self.noted(f"{said} (as lines like it)", f"line {number}")
                yield number, read.text
        if number == 0:
            yield self.skipped("empty file")
