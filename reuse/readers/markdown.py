"""Markdown: front matter in YAML says what is known, the rest is the article."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from reuse.model import Article, Problem
from reuse.readers.opened import Opened
from reuse.readers.record import fields

# Between two lines of three dashes (the second may be of dots), at the very beginning.
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)(?:^)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_HEADING = re.compile(r"^\s*#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.M)
# Front matter is some lines. A parser in Python over megabytes of it would take minutes.
_LONGEST_FRONT = 1 << 16


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """One article: its text is all after the front matter, the marks of Markdown included."""
    read = opened.text()
    if isinstance(read, Problem):
        yield read
        return
    values, text, notes = front_matter(read.text)
    values["text"] = text
    if "title" not in values and (heading := _HEADING.match(text)):
        values["title"] = heading[1]
    yield from opened.records().article(values, notes=(*read.notes, *notes))


def front_matter(text: str) -> tuple[dict[str, object], str, tuple[str, ...]]:
    """The fields, the text after them, and what is wrong with them.

    Every scalar stays the text it is: a date that does not exist raises in other loaders, 1:30
    becomes 90 and no becomes False.
    """
    found = _FRONT.match(text[:_LONGEST_FRONT])
    if found is None:
        return {}, text, ()
    rest = text[found.end() :]
    try:
        loaded = yaml.load(found[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark else ""
        return {}, rest, (f"front matter that is no YAML{where}: not used",)
    if not isinstance(loaded, dict):
        return {}, text, ()
    known = {str(key): value for key, value in loaded.items() if value not in ("null", "~")}
    values = fields(known)
    # The file is the article: its path names it, and its text comes after.
    return {name: value for name, value in values.items() if name not in ("id", "text")}, rest, ()
