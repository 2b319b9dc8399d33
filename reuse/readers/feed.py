"""RSS (0.9 to 2.0, WordPress exports among them) and Atom: an item -> the fields of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reuse.readers.markup import child, children, local, of_html, text_of, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# How the namespaces end that matter beside the feed's own.
_CONTENT = "rss/1.0/modules/content"
_DUBLIN_CORE = "dc/elements/1.1"
_WORDPRESS = ("wordpress.org/export/1.0", "wordpress.org/export/1.1", "wordpress.org/export/1.2")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

_POSTS = ("post", "page")


def rss_item(item: Element) -> dict[str, object] | str:
    """The fields of an `<item>`. Its text is the whole one where there is a whole one, else the
    description."""
    kind, status = _wordpress(item, "post_type"), _wordpress(item, "status")
    if kind and kind not in _POSTS:
        return f"in WordPress as {kind}, no post"
    if status and status != "publish":
        return f"in WordPress as {status}, not published"
    source, channel = child(item, "source"), _channel(item)
    gmt, guid, link = _wordpress(item, "post_date_gmt"), words(item, "guid"), words(item, "link")
    described = child(item, "description")
    return {
        "id": guid or item.get(_ABOUT) or link,
        "url": link or (guid if guid.startswith(("http://", "https://")) else None),
        "title": _line(words(item, "title")),
        # Unpublished drafts have zeros for a date.
        "published": f"{gmt}Z"
        if gmt and not gmt.startswith("0000")
        else words(item, "pubdate") or words(item, "date", _DUBLIN_CORE),
        "byline": words(item, "creator", _DUBLIN_CORE) or words(item, "author"),
        "outlet": _line(text_of(source)) if source is not None else None,
        "feed": _line(words(channel, "title")) if channel is not None else None,
        "language": words(channel, "language") if channel is not None else None,
        "text": of_html(words(item, "encoded", _CONTENT))
        or (_escaped(described) if described is not None else None),
    }


def atom_entry(entry: Element) -> dict[str, object] | str:
    """The fields of an `<entry>`. The day of its last change is no day of publication."""
    feed, source = entry.getparent(), child(entry, "source")
    links = {
        link.get("rel", "alternate"): link.get("href") for link in reversed(children(entry, "link"))
    }
    authors = [words(author, "name") for author in children(entry, "author")]
    return {
        "id": words(entry, "id") or links.get("alternate"),
        "url": links.get("alternate"),
        "title": _construct(entry, "title"),
        "published": words(entry, "published") or words(entry, "issued"),
        "byline": ", ".join(filter(None, authors)),
        "outlet": _construct(source, "title") if source is not None else None,
        "feed": _construct(feed, "title") if feed is not None else None,
        "language": entry.get(_LANG) or (feed.get(_LANG) if feed is not None else None),
        "text": _construct(entry, "content") or _construct(entry, "summary"),
    }


def _channel(item: Element) -> Element | None:
    """What says whose feed it is: in RSS 1.0 it stands beside the items, later around them."""
    parent = item.getparent()
    if parent is None or local(parent) == "channel":
        return parent
    return child(parent, "channel", "") if local(parent) == "rdf" else None


def _wordpress(item: Element, name: str) -> str:
    return next(filter(None, (words(item, name, version) for version in _WORDPRESS)), "")


def _construct(parent: Element, name: str) -> str:
    """An Atom text construct: plain, escaped HTML, or XHTML in its place."""
    element = child(parent, name)
    if element is None:
        return ""
    if element.get("type", "text") in ("text", "text/plain") and not len(element):
        return (element.text or "").strip()
    return _escaped(element)


def _escaped(element: Element) -> str:
    """HTML that is escaped, as it should be, or stands there as elements."""
    if any(local(one) for one in element):
        return text_of(element)
    return of_html(words(element.getparent(), local(element)))


def _line(written: str) -> str:
    return " ".join(of_html(written).split())
