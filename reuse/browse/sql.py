"""A file of named SQL statements -> the statements by name, with what their headers say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

HEADER = re.compile(r"^-- name: (?P<name>\w+)\n", re.MULTILINE)
FIELD = re.compile(r"^-- (?P<key>title|description): (?P<value>.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    name: str
    sql: str
    title: str = ""
    description: str = ""


def statements(file: str) -> dict[str, Statement]:
    """The statements of ``reuse/browse/<file>``, each opened by a line ``-- name: x``."""
    text = (files("reuse.browse") / file).read_text("utf-8")
    headers = list(HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    found = {}
    for header, end in zip(headers, ends, strict=True):
        body = text[header.end() : end]
        fields = {field["key"]: field["value"] for field in FIELD.finditer(body)}
        sql = FIELD.sub("", body).strip().rstrip(";")
        found[header["name"]] = Statement(header["name"], sql, **fields)
    return found
