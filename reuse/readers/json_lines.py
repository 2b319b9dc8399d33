"""JSON lines: an article a line, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain

from reuse.model import Article, Item, Problem
from reuse.readers.again import Line, pieces
from reuse.readers.opened import Opened
from reuse.readers.record import Records, fields


def articles(opened: Opened) -> Iterator[Item]:
    """The article of every line that is not blank; a line that holds none costs only itself."""
    kept = opened.records()
    read = partial(_of_line, opened, kept)
    if opened.recall is None:
        yield from chain.from_iterable(map(read, opened.lines()))
        return
    for lines in pieces(opened.lines()):
        yield from kept.piece(lines, opened.recall, read)


def _of_line(opened: Opened, kept: Records, line: Line | Problem) -> Iterator[Article | Problem]:
    if isinstance(line, Problem):
        yield line
        return
    number, text = line
    if text.isspace():
        return
    value = parsed(text)
    if isinstance(value, Refused):
        yield opened.skipped(value.reason, f"line {number}")
    else:
        yield from of_object(kept, value, number, f"line {number}")


class Refused:
    """Text that is not JSON, or not JSON that can be read, and why."""

    def __init__(self, reason: str, extra: bool = False) -> None:
        self.reason = reason
        self.extra = extra


def parsed(text: str) -> object | Refused:
    """The value of `text`, or why there is none."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}"
        told = error.msg[0].lower() + error.msg[1:]
        return Refused(f"broken JSON: {told} ({place})", told.startswith("extra data"))
    except RecursionError:
        return Refused("nested too deeply")
    except ValueError:  # an integer of more than 4,300 digits
        return Refused("broken JSON: a number that is too long")
    return value


def of_object(
    kept: Records, value: object, number: int | None, place: str
) -> Iterator[Article | Problem]:
    """The article of one value, which must be an object."""
    if isinstance(value, dict):
        yield from kept.article(fields(value), number=number, place=place)
    else:
        yield Problem(kept.source, place, "not an article: a JSON object was expected")
