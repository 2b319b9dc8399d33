"""NITF, in which agencies and archives keep text: a document -> the fields of an article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reuse.readers.markup import local, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Archives that know the day alone write its first second.
_NO_HOUR = re.compile(r"T000000$")


def document(nitf: Element) -> dict[str, object]:
    """The fields of an `<nitf>`."""
    found: dict[str, Element] = {}
    for element in nitf.iter():
        found.setdefault(local(element), element)

    def said(name: str, attribute: str) -> str:
        return found[name].get(attribute, "").strip() if name in found else ""

    def line(name: str) -> str:
        return " ".join(text_of(found[name]).split()) if name in found else ""

    content = found.get("body.content")
    return {
        "id": said("doc-id", "id-string") or nitf.get("uno"),
        "outlet": said("pubdata", "name") or line("distributor"),
        "published": _NO_HOUR.sub("", said("date.issue", "norm"))
        or _NO_HOUR.sub("", said("pubdata", "date.publication")),
        "title": line("hl1") or line("title"),
        "url": said("pubdata", "ex-ref"),
        "byline": re.sub(r"^by\s+", "", line("byline"), flags=re.IGNORECASE),
        "language": nitf.get(_LANG),
        "text": _body(content) if content is not None else None,
    }


def _body(content: Element) -> str:
    """Where an archive repeats the lead in a block of its own, the block with the full text."""
    blocks = [one for one in content if one.get("class") == "full_text"]
    return "\n\n".join(filter(None, map(text_of, blocks or [content])))
