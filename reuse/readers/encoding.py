"""Bytes -> text, and what had to be assumed for that."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What a file is that is no text, by how it begins.
_BINARY = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "zip (or a word processor's file)"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip (name it .gz)"),
    (b"BZh91AY&SY", "bzip2 (name it .bz2)"),
    (b"\xfd7zXZ\x00", "xz (name it .xz)"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"\x7fELF", "program"),
    (b"\xd0\xcf\x11\xe0", "old Office document"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"{\\rtf", "RTF document"),
    (b"PAR1\x15", "Parquet table"),
)

_BEGINNINGS = tuple(begin for begin, _ in _BINARY)
_MARKED = tuple(mark for mark, _ in _MARKS)

_HEAD = 1 << 16


class Buffered(Protocol):
    """As much of ``io.BufferedReader`` as readers need."""

    def peek(self, size: int = 0, /) -> bytes: ...
    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


_CONTROLS = bytes({*range(32), 127} - {9, 10, 12, 13, 27})


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and what a reader of the report must know about how it was read."""

    text: str
    notes: tuple[str, ...] = ()


def binary(raw: bytes) -> str | None:
    """What these bytes are when they are no text."""
    head = raw[:_HEAD]
    if head.startswith(_BEGINNINGS):
        return next(name for begin, name in _BINARY if head.startswith(begin))
    if head.startswith(_MARKED) or (b"\0" in head and _utf16(head)):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # A text has a stray NUL or form feed; of random bytes a ninth are control characters. UTF-8
    # that holds together is believed for longer than what is not UTF-8.
    allowed = 0.1 if _is_utf8(head) else 0.02
    return "binary data" if controls > max(1, allowed * len(head)) else None


def decoded(raw: bytes, declared: str | None = None) -> Decoded | None:
    """The text of `raw`; none where no encoding gives one.

    In order: a byte order mark, UTF-16 without one, UTF-8, the encoding that the document
    declares, UTF-8 with single bytes of windows-1252 in it, what the bytes look like. Everything
    but UTF-8, and UTF-16 with its mark, is named in the notes.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return Decoded(raw.decode(encoding))
            except UnicodeDecodeError:
                text = raw.decode(encoding, "replace")
                return Decoded(text, (f"broken {encoding.removesuffix('-sig').upper()}",))
    if b"\0" in raw[:_HEAD] and (wide := _utf16(raw[:_HEAD])):
        text = raw.decode(wide, "replace")
        return Decoded(text, (f"read as {wide.upper()} (no byte order mark)",))
    try:
        return Decoded(raw.decode())
    except UnicodeDecodeError as error:
        place = error.start
    if declared and (as_declared := _declared(raw, declared)) is not None:
        return Decoded(as_declared, (f"not UTF-8: read as {declared}, which it declares",))
    if mixed := _mixed(raw):
        return mixed
    likely = _likely(raw)
    if likely is None:
        return None
    text = raw.decode(likely, "replace")
    return Decoded(text, (f"not UTF-8 (byte {place}): read as {likely}",))


def storable(text: str) -> tuple[str, list[str]]:
    """`text` with NUL and lone surrogates as U+FFFD, one for one; what was or had been lost."""
    notes = []
    lost = 0 if text.isascii() else text.count("\ufffd")
    if "\0" in text:
        notes.append(f"{times(text.count(chr(0)), 'NUL character')} became U+FFFD")
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text, notes
    try:
        text.encode()
    except UnicodeEncodeError:
        text, lone = _SURROGATES.subn("\ufffd", text)
        notes.append(f"{times(lone, 'lone surrogate')} became U+FFFD")
    if lost:
        notes.append(
            f"{times(lost, 'replacement character')} (U+FFFD) in it: letters were lost before"
        )
    if damaged := mojibake(text):
        notes.append(damaged)
    return text, notes


_SURROGATES = re.compile("[\ud800-\udfff]")

# UTF-8 read as windows-1252 or Latin-1: a lead byte (as Â, Ã, â, Ð, Ñ …) and its continuation.
_HIGH = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0)
) + "".join(map(chr, range(0x80, 0xA0)))
_MOJIBAKE = re.compile(
    rf"[ÂÃÄÅÎÏÐÑ][{re.escape(_HIGH)}]|[âãä][{re.escape(_HIGH)}]{{2}}|ð[{re.escape(_HIGH)}]{{3}}"
)
_LEADS = tuple("ÂÃÄÅÎÏÐÑâãäð")


def times(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def mojibake(text: str) -> str | None:
    """What to say of a text whose UTF-8 was once read as something else; none when it was not."""
    if not any(lead in text for lead in _LEADS):
        return None
    found = _MOJIBAKE.findall(text)
    # "Ã " is also the end of a Portuguese word in capitals ("MAÇÃ»"); twice is no accident.
    sure = [run for run in found if run[0] in "âãäð" or run[1] not in " \xa0«»“”‘’"]
    if not sure and len(found) < 2:
        return None
    return (
        f"UTF-8 was once read as windows-1252 in {times(len(found), 'place')} "
        f"({found[0]!r}): kept as it is"
    )


def utf8(stream: Buffered) -> tuple[Buffered, str | None]:
    """`stream` as UTF-8 where it begins as UTF-16 or UTF-32, and a note; else as it is."""
    begin = stream.peek(_HEAD)[:_HEAD]
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            if encoding == "utf-8-sig":
                stream.read(len(mark))
                return stream, None
            return io.BufferedReader(_Recoded(stream, encoding), 1 << 18), None
    if b"\0" in begin and (guess := _utf16(begin)):
        recoded = io.BufferedReader(_Recoded(stream, guess), 1 << 18)
        return recoded, f"read as {guess.upper()} (no byte order mark)"
    return stream, None


class _Recoded(io.RawIOBase):
    """A stream in another encoding as UTF-8, piece by piece."""

    def __init__(self, stream: Buffered, encoding: str) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self.ready:
            piece = self.stream.read(1 << 16)
            self.ready = self.decoder.decode(piece, not piece).encode()
            if not piece:
                break
        piece, self.ready = self.ready[: len(buffer)], self.ready[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def bounded_lines(stream: Buffered, limit: int) -> Iterator[tuple[int, bytes | None, int]]:
    """The lines of `stream` with their ends: number from 1, bytes, size.

    Of a line over `limit` bytes only the size is kept.
    """
    number = 0
    while raw := stream.readline(limit + 1):
        number += 1
        if len(raw) <= limit:
            yield number, raw, len(raw)
            continue
        size = len(raw)
        while not raw.endswith(b"\n") and (raw := stream.readline(1 << 20)):
            size += len(raw)
        yield number, None, size


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: half of the bytes of Latin letters, and of all spaces, are zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    low, high = head[0 : 2 * pairs : 2], head[1 : 2 * pairs : 2]
    for encoding, zeros, letters in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        # Latin text: nearly every high byte is zero and no low byte is.
        if zeros.count(0) > 0.7 * pairs and letters.count(0) < 0.05 * pairs:
            return encoding
    text = head.replace(b"\0", b"")
    if _is_utf8(text) and text == text.translate(None, _CONTROLS):
        return None  # with a stray NUL: of letters taken in pairs, most are some Chinese sign
    for encoding in ("utf-16-le", "utf-16-be"):
        # Other scripts: high bytes are few and alike (04 for Cyrillic), spaces and line ends have
        # a zero in one place only.
        try:
            read = head[: 2 * pairs].decode(encoding)
        except UnicodeDecodeError:
            continue
        spaces = sum(map(read.count, " \n\r。、，"))
        letters_read = sum(map(str.isalpha, read))
        if spaces > 0.02 * pairs and letters_read > 0.6 * pairs and b"\0" in head:
            return encoding
    return None


def _declared(raw: bytes, declared: str) -> str | None:
    try:
        codec = codecs.lookup(declared)
        # Browsers read what calls itself Latin-1 or ASCII as windows-1252, and so do its writers.
        name = "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name
        if name in ("utf-8", "utf-7", "idna", "punycode", "unicode_escape", "undefined"):
            return None
        text = raw.decode(name)
    except (LookupError, UnicodeError, ValueError, TypeError):
        return None
    # codecs has entries that do not give text (rot13, base64).
    return text if isinstance(text, str) else None


def _mixed(raw: bytes) -> Decoded | None:
    """UTF-8 in which single bytes are not: those are read as windows-1252, or where that has
    nothing in their place as Latin-1."""
    text = raw.decode("utf-8", "surrogateescape")
    stray = len(_SURROGATES.findall(text))
    proper = sum(not character.isascii() for character in text) - stray
    if proper < 2 * stray:
        return None
    table = {0xDC00 + byte: _single(byte) for byte in range(0x80, 0x100)}
    return Decoded(
        text.translate(table), (f"not UTF-8 in {times(stray, 'byte')}: read as windows-1252",)
    )


def _single(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


# Letters and marks that Western languages have in windows-1252. The rest of its upper half (¹, ³,
# ð, þ, ý, ¤ …) is rare there and common where another code page is misread as it.
_WESTERN = frozenset("äöüÄÖÜßàâáãåæçèéêëìíîïñòóôõøùúûœÀÂÁÃÅÆÇÈÉÊËÍÎÑÓÔÕØÚŒ")
_SIGNS = frozenset("“”‘’„‚«»‹›–—…•€£§°©®™¿¡ª º\xa0½·´\xad")


def _likely(raw: bytes) -> str | None:
    """The encoding that bytes which are not UTF-8 most likely have."""
    head = raw[: 4 * _HEAD]
    text = head.decode("cp1252", "replace")
    high = [character for character in text if not character.isascii()]
    if all(character in _WESTERN or character in _SIGNS for character in high):
        letters = sum(map(str.isalpha, text))
        western = sum(character in _WESTERN for character in high)
        # Of the letters of French 5 in a hundred are beyond ASCII, of Czech 14, of Russian all.
        if western <= max(3, 0.06 * letters):
            return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None:
        return None
    return "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
