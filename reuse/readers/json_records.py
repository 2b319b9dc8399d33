"""A JSON document: one article, a list of them, or an object that has such a list."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

from reuse.model import Item, Problem
from reuse.readers import json_lines
from reuse.readers.json_lines import Refused, of_object, parsed
from reuse.readers.opened import Opened
from reuse.readers.record import fields

# A document is parsed whole and takes some ten times its size in memory. What is larger belongs in
# JSON lines, which are read one by one.
_LARGEST = 100_000_000

# Where exports keep their articles (JSON Feed: "items"; NewsAPI: "articles"; search servers:
# "results", "docs").
_LISTS = ("articles", "items", "results", "documents", "docs", "entries", "records", "data")


def articles(opened: Opened) -> Iterator[Item]:
    """The articles of the document; JSON lines under the name of JSON are read as such."""
    read = opened.text(_LARGEST)
    if isinstance(read, Problem):
        if "over the limit" in read.reason:
            read = opened.skipped(read.reason + " of a JSON document: make it JSON lines (.jsonl)")
        yield read
        return
    value = parsed(read.text)
    if isinstance(value, Refused):
        first = read.text.lstrip().partition("\n")[0]
        if value.extra and isinstance(parsed(first), dict):
            again = io.BytesIO(read.text.encode("utf-8", "replace"))
            lines = replace(opened, stream=io.BufferedReader(again))
            yield from map(opened.noted, read.notes)
            yield from json_lines.articles(lines)
        else:
            yield opened.skipped(value.reason)
        return
    yield from map(opened.noted, read.notes)
    kept = opened.records()
    many = listed(value)
    if many is None:
        lone = fields(value) if isinstance(value, dict) else {}
        if "text" not in lone:
            yield opened.skipped("no article in it: a JSON object with a text, or a list of such")
            return
        identity = lone.get("id")
        yield from kept.article(lone, number=None if identity is None else 1)
        return
    if not many:
        yield opened.skipped("an empty list")
    for number, one in enumerate(many, start=1):
        yield from of_object(kept, one, number, f"record {number}")


def listed(value: object) -> list[object] | None:
    """The list of articles that `value` is or has; none where it is an article itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and not isinstance(fields(value).get("text"), str):
        for name in _LISTS:
            if isinstance(found := value.get(name), list):
                return found
    return None
