"""HTML: trafilatura's text of the article, and what the page says of itself."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from reuse.dates import published
from reuse.model import Article, Problem
from reuse.readers.encoding import storable
from reuse.readers.opened import Opened
from reuse.readers.record import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Where a page declares its encoding: in the first kilobyte, says HTML; four, for crawlers that
# put their own lines before it.
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,30})""", re.I)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.\-]{2,30})""")

# Names and properties of <meta>, best first. No "modified": the day of an update is no answer to
# who was first.
_META = {
    "title": "og:title twitter:title dc.title dcterms.title headline parsely-title sailthru.title",
    "published": "article:published_time og:published_time datepublished parsely-pub-date "
    "sailthru.date article.published dc.date.issued dcterms.created dcterms.date dc.date "
    "pubdate publishdate publish-date publish_date publication_date date",
    "byline": "author article:author parsely-author sailthru.author dc.creator dcterms.creator "
    "byl twitter:creator",
    "outlet": "og:site_name dc.publisher dcterms.publisher publisher",
    "url": "og:url parsely-link",
    "language": "og:locale content-language dc.language dcterms.language",
}
# The longest live blogs have some 30,000 elements; a page of a million takes minutes.
_MOST_ELEMENTS = 100_000
_NEWS_TYPES = re.compile(r"Article|Posting|Report|Review$", re.I)


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """The article of the page. Nothing is fetched; no file or entity that it names is opened."""
    raw = opened.whole()
    if isinstance(raw, Problem):
        yield raw
        return
    read = article_of(opened, raw)
    if isinstance(read, Problem):
        yield read
    else:
        values, notes = read
        yield from opened.records().article(values, notes=notes)


def article_of(
    opened: Opened, raw: bytes, charset: str | None = None
) -> tuple[dict[str, object], tuple[str, ...]] | Problem:
    """The fields of the article in a page, and what was assumed to read it; else why there is none.

    `charset` is what the server said: browsers believe it before what the page says of itself.
    """
    declared = _CHARSET.search(raw[:4096]) or _XML.match(raw[:200])
    read = opened.text_of(raw, charset or (declared[1].decode("ascii") if declared else None))
    if isinstance(read, Problem):
        return read
    from lxml.etree import LxmlError

    try:
        values = of_page(storable(read.text)[0])
    except (
        LxmlError, RecursionError, ValueError, TypeError, AttributeError, LookupError,
        AssertionError,
    ) as error:  # fmt: skip
        # What trafilatura raises on pages that no browser made; none of it is documented.
        return opened.skipped(f"no article can be read from its HTML ({type(error).__name__})")
    return (values, read.notes) if values is not None else opened.skipped("no article in its HTML")


def of_page(text: str) -> dict[str, object] | None:
    """The fields of the article in the page `text`; none where there is no text."""
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura import bare_extraction, baseline

    # Trafilatura reports on every odd page, in words from the page.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    # As bytes: a page may declare another encoding than the one it was read in.
    parser = HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    tree = document_fromstring(text.encode(), parser=parser)
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise ValueError
    # Before the extraction, which takes the tree apart.
    values = metadata(tree)
    found = bare_extraction(deepcopy(tree), include_comments=False, with_metadata=False)
    body = getattr(found, "text", None) or baseline(tree)[1]
    return values | {"text": body} if body else None


def metadata(tree: HtmlElement) -> dict[str, object]:
    """What the page declares: JSON-LD first, then <meta>, then elements made for it."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content")
        if name and content and content.strip():
            meta.setdefault(name.casefold(), content.strip())
    linked = linked_data(tree)
    values: dict[str, object] = {}
    for name, keys in _META.items():
        candidates = [linked.get(name), *(meta.get(key) for key in keys.split())]
        candidates += _elements(tree, name)
        if name == "byline":
            # article:author is often the address of a profile, twitter:creator a handle
            candidates = [
                one for one in candidates if not str(one).startswith(("http://", "https://", "@"))
            ]
        if name == "published":
            value = _first_date(candidates)
        else:
            value = next((one for one in candidates if one), None)
        if value is not None:
            values[name] = value
    return values


def _first_date(candidates: Iterable[object]) -> object | None:
    """The first that is a date; else the first at all, so that its trouble is told."""
    written = [one for one in candidates if isinstance(one, str) and one]
    known = (one for one in written if published(one).date is not None)
    return next(known, written[0] if written else None)


def _elements(tree: HtmlElement, name: str) -> list[str | None]:
    if name == "published":
        times = [
            element.get("datetime") or element.text_content()
            for element in tree.iter("time")
            if "updated" not in (element.get("class") or "").casefold()
            and element.get("itemprop") != "dateModified"
        ]
        marked = [
            element.get("content") or element.get("datetime") or element.text_content()
            for element in tree.iterfind(".//*[@itemprop='datePublished']")
        ]
        classed = [
            text
            for element in tree.iterfind(".//*[@class]")
            if {"date", "published", "pubdate", "dateline", "post-date", "entry-date"}
            & set((element.get("class") or "").casefold().split())
            and published(text := element.text_content().strip()).date
        ]
        return [*marked, *times[:1], *classed[:1]]
    if name == "title":
        headings = [element.text_content() for element in tree.iter("h1")]
        return [*headings[:1], tree.findtext(".//title")]
    if name == "byline":
        return [element.text_content() for element in tree.iterfind(".//*[@rel='author']")][:1]
    if name == "language":
        html = tree if tree.tag == "html" else tree.find(".//html")
        return [html.get("lang") if html is not None else None]
    if name == "url":
        return [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"]
    return []


def linked_data(tree: HtmlElement) -> dict[str, object]:
    """What JSON-LD (schema.org) says of the article, under our names."""
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json" or not script.text:
            continue
        try:
            loaded = json.loads(script.text)
        except (ValueError, RecursionError):
            continue
        for thing in _things(loaded):
            kinds = thing.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _NEWS_TYPES.search(kind) for kind in kinds):
                return {
                    "title": one_line(thing.get("headline")),
                    "published": one_line(thing.get("datePublished")),
                    "byline": one_line(thing.get("author")),
                    "outlet": one_line(thing.get("publisher")),
                    "language": one_line(thing.get("inLanguage")),
                    "url": one_line(thing.get("url")),
                }
    return {}


def _things(loaded: object) -> Iterator[Mapping[str, object]]:
    """The objects of a JSON-LD script: one, a list of them, or a graph."""
    for thing in loaded if isinstance(loaded, list) else [loaded]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (
                (one for one in graph if isinstance(one, dict)) if isinstance(graph, list) else ()
            )
