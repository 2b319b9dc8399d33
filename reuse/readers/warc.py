"""WARC, in which crawlers keep what they fetched: an article a page."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from reuse.model import Item, Problem
from reuse.readers import page
from reuse.readers.encoding import Buffered, times
from reuse.readers.opened import Opened

_PAGES = ("text/html", "application/xhtml+xml")
_VERSIONS = ["WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17"]
_NEXT = re.compile(rb"\r?\n\r?\nWARC/[01]\.\d+\r?\nWARC-")
_SERVER = re.compile(r"https?://(?:[^/?#@]*@)?(?:www\.)?([^/?#@:\[\]]+)")
# The most bytes of one head; a hundred lines of cookies have some ten thousand.
_HEAD = 1 << 20
_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Record:
    """What a WARC record says of itself, and its block, to read before the next record."""

    number: int
    place: str
    kind: str
    address: str
    block: LimitReader


class _Broken(Exception):
    """Why a record, or the page in it, cannot be read."""


class _NoPage(Exception):
    """Why a response is no page that an article could be on."""


def articles(opened: Opened) -> Iterator[Item]:
    """The article of every HTML page that was fetched, one page held at a time.

    The page says when it was published; the day of the crawl is another day, and is not taken for
    it. Its source has the address that was fetched; its outlet is what the page or the folder say,
    else the name of the server.
    """
    kept = opened.records()
    left_out: Counter[str] = Counter()
    undated = 0
    for record in _records(opened):
        if isinstance(record, Problem):
            yield record
            continue
        if record.kind != "response" or not record.address.startswith(("http://", "https://")):
            continue
        try:
            raw, charset = _page(record, opened.max_article)
        except _NoPage as none:
            left_out[str(none)] += 1
            continue
        except _Broken as broken:
            yield opened.skipped(str(broken), record.place)
            continue
        key = ""
        if opened.recall is not None:
            key = kept.key(raw, record.address, charset)
            if (met := kept.known(key, opened.recall, record.number)) is not None:
                undated += sum(same.published is None for same in met)
                yield from met
                continue
        read = page.article_of(opened, raw, charset)
        if isinstance(read, Problem):
            yield opened.skipped(read.reason, record.place)
            continue
        values, notes = read
        undated += "published" not in values
        server = _SERVER.match(record.address)
        outlet = opened.outlet or (server[1].lower() if server else None)
        known = {"id": record.address, "url": record.address, "outlet": outlet}
        found = [
            *kept.article(known | values, number=record.number, place=record.place, notes=notes)
        ]
        yield from found
        if key:
            yield from kept.noted(key, ((record.number, one) for one in found), record.number)
    for reason, many in sorted(left_out.items()):
        yield opened.noted(f"{times(many, 'response')} left out: {reason}")
    if undated:
        yield opened.noted(
            f"{times(undated, 'page')} without a date: left unknown (that of the crawl is when it "
            "was fetched, not when it was published)"
        )


def _records(opened: Opened) -> Iterator[_Record | Problem]:
    """The records in order; what stands between them, and is none, is passed over and named."""
    stream = opened.stream
    if not stream.peek(1):
        yield opened.skipped("empty file")
        return
    parser = StatusAndHeadersParser(_VERSIONS)
    number, place, whole = 0, "", True
    while True:
        junk = 0
        while (line := stream.readline(_LINE)) and not line.startswith(b"WARC/"):
            junk += len(line) if line.strip() or junk else 0
        # After a head that is broken its block is junk, and was told.
        if junk and whole:
            told = f"{junk:,} bytes that are no record"
            yield opened.skipped(told, f"after {place}" if place else "at its beginning")
        if not line:
            break
        number, whole = number + 1, False
        place = f"record {number}"
        try:
            said = parser.parse(LimitReader(stream, _HEAD), line)
        except StatusAndHeadersParserException:
            yield opened.skipped(f"no known version: {line[:40].decode('latin-1').strip()}", place)
            continue
        address = (said.get_header("WARC-Target-URI") or "").strip("<>")
        place += f", {address}" if address else ""
        length = said.get_header("Content-Length") or ""
        if not length.isdecimal() or len(length) > 15:
            yield opened.skipped(f"no length: {length[:40]!r}", place)
            continue
        whole, block = True, LimitReader(stream, int(length))
        yield _Record(number, place, said.get_header("WARC-Type") or "", address, block)
        while block.read(_LINE):
            pass
        if block.limit:
            yield opened.skipped("the archive ends in the middle of it", place)
    if number == 0:
        yield opened.skipped("no WARC record in it")


def _page(record: _Record, limit: int) -> tuple[bytes, str | None]:
    """The page as the server meant it, and the encoding that it named."""
    try:
        said = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"]).parse(
            LimitReader(record.block, _HEAD)
        )
    except (StatusAndHeadersParserException, EOFError):
        raise _NoPage("no answer over HTTP") from None
    status = said.statusline.split(" ")[0]
    if status != "200":
        raise _NoPage(f"HTTP status {status[:20]}")
    kind, _, more = (said.get_header("Content-Type") or "no type").lower().partition(";")
    if kind.strip() not in _PAGES:
        raise _NoPage(f"no HTML ({kind.strip()[:60]})")
    packing = (said.get_header("Content-Encoding") or "identity").lower().strip()
    if packing not in ("identity", "gzip", "x-gzip", "deflate"):
        raise _NoPage(f"packed as {packing[:20]}, which is not read")
    raw = _block(record, said.get_header("Transfer-Encoding"), limit)
    if packing != "identity":
        raw = _unpacked(raw, limit)
    if _NEXT.search(raw):
        raise _Broken("its length is wrong: it runs into the next record")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", more)
    return raw, charset[1] if charset else None


def _block(record: _Record, transfer: str | None, limit: int) -> bytes:
    stream: Buffered = record.block
    if (transfer or "").lower() == "chunked":
        # Crawlers that keep the head as it was sent and the page put together: read as it is.
        stream = ChunkedDataReader(record.block)
    try:
        raw = stream.read(limit + 1)
    except ChunkedDataException:
        raise _Broken("its chunks are broken") from None
    if len(raw) > limit:
        raise _Broken(f"over the limit of {limit:,} bytes")
    return raw


def _unpacked(raw: bytes, limit: int) -> bytes:
    """`raw` unpacked, as far as the limit; as it is where a crawler had unpacked it before."""
    for wbits in (47, -15):  # gzip or zlib, told by its head; deflate without a head
        unpacking = zlib.decompressobj(wbits)
        try:
            whole = unpacking.decompress(raw, limit + 1)
        except zlib.error:
            continue
        if len(whole) > limit:
            raise _Broken(f"over the limit of {limit:,} bytes")
        if not unpacking.eof:
            raise _Broken("its packed data is cut short")
        return whole
    if raw.lstrip()[:1] == b"<":
        return raw
    raise _Broken("its packed data is broken")
