"""NewsML-G2, in which agencies deliver: a news item -> the fields of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reuse.readers import nitf
from reuse.readers.markup import child, children, local, text_of, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_GONE = ("canceled", "withheld")


def news_item(item: Element) -> dict[str, object] | str:
    """The fields of a `<newsItem>` with text in it.

    Its date is that of its first version. That of the version at hand is taken for it only where
    the item says that this is the first.
    """
    about, content = child(item, "itemmeta"), child(item, "contentmeta")
    status = _code(about, "pubstatus")
    if status in _GONE:
        return f"{status} by its agency"
    held = child(item, "contentset")
    inline = [one for one in held if local(one).startswith("inline")] if held is not None else []
    if not inline:
        return f"without text ({_code(about, 'itemclass') or 'no class'})"
    inner = next((one for one in inline[0].iter() if local(one) == "nitf"), None)
    values = nitf.document(inner) if inner is not None else {}
    dates = [
        _said(about, "firstcreated"),
        _said(content, "contentcreated"),
        _said(about, "versioncreated") if item.get("version", "1") == "1" else "",
        values.get("published"),
    ]
    return values | {
        "id": item.get("guid"),
        "outlet": _provider(about) or values.get("outlet"),
        "published": next(filter(None, dates), None),
        "title": _said(content, "headline") or values.get("title"),
        "byline": _said(content, "by") or values.get("byline"),
        "language": _language(content) or item.get(_LANG),
        "text": values.get("text") or text_of(inline[0]),
    }


def _said(parent: Element | None, name: str) -> str:
    return "" if parent is None else " ".join(words(parent, name).split())


def _code(parent: Element | None, name: str) -> str:
    """The code of a concept without its scheme ("stat:usable" is "usable")."""
    found = None if parent is None else child(parent, name)
    return "" if found is None else found.get("qcode", "").rpartition(":")[2]


def _provider(about: Element | None) -> str:
    found = None if about is None else child(about, "provider")
    if found is None:
        return ""
    return _said(found, "name") or found.get("literal") or _code(about, "provider")


def _language(content: Element | None) -> str:
    named = [] if content is None else children(content, "language")
    return next((one.get("tag", "") for one in named), "")
