"""XML that news travels in: RSS, Atom, NITF and NewsML-G2, told by the outermost element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html.entities import html5
from typing import TYPE_CHECKING

from reuse.model import Article, Problem
from reuse.readers import feed, newsml, nitf
from reuse.readers.encoding import binary, times
from reuse.readers.markup import local
from reuse.readers.opened import Opened

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# A record -> its fields under our names; or why it is left out, which is counted.
Fields = Callable[["Element"], dict[str, object] | str]

# The outermost element -> the element that holds one article, and how it is read.
_KINDS: dict[str, tuple[str, Fields]] = {
    "rss": ("item", feed.rss_item),
    "rdf": ("item", feed.rss_item),  # RSS 1.0
    "channel": ("item", feed.rss_item),
    "feed": ("entry", feed.atom_entry),
    "entry": ("entry", feed.atom_entry),
    "nitf": ("nitf", nitf.document),
    "newsmessage": ("newsitem", newsml.news_item),
    "packageitem": ("newsitem", newsml.news_item),
    "newsitem": ("newsitem", newsml.news_item),
}
# A record with its markup, in articles of the greatest length.
_MARKUP = 4
_UNDECLARED = re.compile(r"Entity '(\w+)' not defined")


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """The article of every record; one record is held at a time. No entity is expanded, no other
    file opened, nothing fetched."""
    from lxml.etree import XMLSyntaxError, iterparse

    begin = opened.stream.peek(1 << 12)
    if not begin:
        yield opened.skipped("empty file")
        return
    if kind := binary(begin):
        yield opened.skipped(f"not text: {kind}")
        return
    bounded = _Bounded(opened, _MARKUP * opened.max_article)
    parsing = iterparse(
        bounded, events=("start", "end"), recover=True, resolve_entities=False, load_dtd=False,
        no_network=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    kept = opened.records()
    left_out: Counter[str] = Counter()
    holder = ""
    fields: Fields = feed.rss_item
    number, before = 0, None
    try:
        for event, element in parsing:
            name = local(element)
            if event == "start":
                if not holder:
                    if name not in _KINDS:
                        told = f"an XML document of <{name[:40]}>, which no reader knows"
                        yield opened.skipped(f"no article in it: {told}")
                        return
                    holder, fields = _KINDS[name]
                continue
            if name != holder:
                continue
            bounded.count = 0
            number += 1
            # What was read goes, or a year of a feed stays in memory. Not at once: the parser still
            # stands behind it.
            if before is not None and before.getparent() is not None:
                before.getparent().remove(before)
            before = element
            values = fields(element)
            if isinstance(values, str):
                left_out[values] += 1
            else:
                # A feed is named after its section ("The Herald: Sport") more often than after its
                # outlet: the folder, or the command, knows better.
                outlet = values.get("outlet") or opened.outlet or values.get("feed")
                known = {name: value for name, value in values.items() if value}
                place = f"{holder} {number}, line {element.sourceline}"
                yield from kept.article(known | {"outlet": outlet}, number=number, place=place)
    except XMLSyntaxError as error:
        yield opened.skipped(f"broken XML: {error.msg}", f"after record {number}")
        return
    except _TooLong:
        yield opened.skipped(
            f"a record over the limit of {_MARKUP} x {opened.max_article:,} bytes",
            f"after record {number}",
        )
        return
    yield from _told(opened, parsing.error_log)
    for reason, many in sorted(left_out.items()):
        yield opened.noted(f"{times(many, 'record')} left out: {reason}")
    if number == 0:
        yield opened.skipped("no article in it")


def _told(opened: Opened, errors: object) -> Iterator[Problem]:
    """What the parser had to mend. Names of HTML's letters (&nbsp;) are read although not XML."""
    found = [
        error
        for error in errors  # type: ignore[attr-defined]
        if not ((name := _UNDECLARED.search(error.message)) and f"{name[1]};" in html5)
    ]
    if found:
        more = f", and {len(found) - 1:,} more like it" if len(found) > 1 else ""
        yield opened.noted(f"broken XML, mended: {found[0].message}{more}", f"line {found[0].line}")


class _TooLong(Exception):
    """One record is longer than any article with its markup."""


class _Bounded:
    """The bytes of a file, as many as one record may have since `count` was last set to none."""

    def __init__(self, opened: Opened, limit: int) -> None:
        self.stream = opened.stream
        self.limit = limit
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(size)
        self.count += len(piece)
        if self.count > self.limit:
            raise _TooLong
        return piece
