"""Elements of HTML or XML -> text as a reader sees it, a blank line between paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# What begins on a line of its own, in HTML, and in NITF (hl1, hl2, lead, nitf-table).
_BLOCK_NAMES = (
    "address article aside block blockquote body body.content caption center dd div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hl1 hl2 hr lead li main nav"
    " nitf-table ol p pre section table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# What is no part of the article's text, captions of NITF's media among it.
_UNSEEN_NAMES = "head iframe media noscript object script style template textarea"
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_TAG = re.compile(r"<[a-zA-Z/!]")


def local(element: Element) -> str:
    """The name of an element without its namespace; the empty word for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def children(parent: Element, name: str, within: str | None = None) -> list[Element]:
    """The children of this name in the namespace of `parent`, or in one that ends on `within`."""
    wanted = _namespace(parent)
    return [
        child
        for child in parent
        if local(child) == name
        and (
            _namespace(child) == wanted
            if within is None
            else _namespace(child).rstrip("/").endswith(within)
        )
    ]


def child(parent: Element, name: str, within: str | None = None) -> Element | None:
    return next(iter(children(parent, name, within)), None)


def words(parent: Element, name: str, within: str | None = None) -> str:
    """What the first such child says that says anything, on as many lines as it has."""
    written = ("".join(_written(one)).strip() for one in children(parent, name, within))
    return next(filter(None, written), "")


def text_of(element: Element) -> str:
    """The text of `element`: white space folded, blocks apart, `<br>` as an end of line."""
    paragraphs = [""]
    for piece in _pieces(element):
        if piece is None:
            paragraphs.append("")
        else:
            paragraphs[-1] += piece
    lines = (
        "\n".join(" ".join(line.split()) for line in paragraph.split("\0")).strip()
        for paragraph in paragraphs
    )
    return "\n\n".join(line for line in lines if line)


def of_html(written: str) -> str:
    """The text of a stretch of HTML; words without a tag keep their lines."""
    if not _TAG.search(written):
        return unescape(written).strip()
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    # In an element of its own, since a stretch may begin with words.
    whole = f"<html><body><div>{written}</div></body></html>"
    body = document_fromstring(whole.encode("utf-8", "replace"), parser=parser).find("body")
    return "" if body is None else text_of(body)


def _namespace(element: Element) -> str:
    return element.tag.rpartition("}")[0].lower() if isinstance(element.tag, str) else ""


def _entity(element: Element) -> str:
    """What an entity stands for that XML does not know and HTML does."""
    return html5.get((element.text or "").removeprefix("&"), "")


def _written(element: Element) -> Iterator[str]:
    """All words inside, as they stand."""
    yield element.text or ""
    for one in element.iterdescendants():
        yield (one.text or "") if isinstance(one.tag, str) else _entity(one)
        yield one.tail or ""


def _pieces(element: Element) -> Iterator[str | None]:
    """The words in order, "\\0" for an end of line, None for an end of paragraph. No recursion:
    broken markup may be nested deeply."""
    waiting: list[Element | str | None] = [element]
    while waiting:
        one = waiting.pop()
        if one is None or isinstance(one, str):
            yield one
        elif not isinstance(one.tag, str):
            yield _entity(one)
        elif (name := local(one)) == "br":
            yield "\0"
        elif name not in _UNSEEN:
            around: list[None] = [None] if name in _BLOCKS else []
            inner: list[Element | str | None] = [*around, one.text or ""]
            for below in one:
                inner += (below, below.tail or "")
            waiting.extend(reversed([*inner, *around]))
