"""JSON lines: an article a line, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reuse.model import Article, Problem
from reuse.readers.opened import Opened
from reuse.readers.record import Records, fields


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """The article of every line that is not blank; a line that holds none costs only itself."""
    kept = opened.records()
    for line in opened.lines():
        if isinstance(line, Problem):
            yield line
            continue
        number, text = line
        if text.isspace():
            continue
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
