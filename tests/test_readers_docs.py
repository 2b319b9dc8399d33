"""What docs/readers.md says of the readers is what they do."""

from __future__ import annotations

import io
import re
from pathlib import Path

from reuse.model import Article
from reuse.readers import Opened, formats
from reuse.readers.record import SYNONYMS

PAGE = (Path(__file__).parents[1] / "docs" / "readers.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[list[str]]]:
    """The code words of each cell of the first table under `heading`."""
    table = PAGE.partition(heading)[2].partition("|---|---|\n")[2].partition("\n\n")[0]
    return [
        [re.findall(r"`([^`]+)`", cell) for cell in line.strip("|").split("|")]
        for line in table.splitlines()
    ]


def test_the_page_lists_every_suffix() -> None:
    listed = {suffix.lstrip(".") for row in rows("## What is read") for suffix in row[0]}
    assert listed == set(formats())


def test_the_page_lists_every_name_of_every_field() -> None:
    listed = {row[0][0]: row[1] for row in rows("## The fields") if row[0][0] != "outlet_kind"}
    synonyms = {name: names.split()[1:] for name, names in SYNONYMS.items()}
    assert listed | {"outlet_kind": []} == synonyms


def test_the_reader_of_the_page_reads() -> None:
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    names: dict[str, object] = {}
    exec(code, names)
    stream = io.BufferedReader(io.BytesIO(b"First words.***Other words.***"))
    opened = Opened(stream, "x.minutes", "minutes", "Council", 1000)
    found = list(names["articles"](opened))  # type: ignore[operator]
    assert [(one.source, one.text) for one in found if isinstance(one, Article)] == [
        ("x.minutes#1", "First words."),
        ("x.minutes#2", "Other words."),
    ]
