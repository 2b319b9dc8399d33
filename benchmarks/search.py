"""The reuse half of a scan alone: no quotes, no database, one process.

    python benchmarks/search.py articles.jsonl --out found.jsonl

Texts stay in their file and are read again when they are asked for, as a scan reads them from its
database. Prints the seconds that the search itself took, without start-up, input and output.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import msgspec

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.score import Found, unmatched
from reuse.comparing import Reused, reused
from reuse.engines.local import Local
from reuse.model import Listed, content_id
from reuse.settings import Settings


class Head(msgspec.Struct):
    """What comparing needs to know of an article's row; the rest is skipped."""

    id: str
    outlet: str
    published: str
    language: str


class Body(msgspec.Struct):
    text: str


def listed(source: Path) -> tuple[list[Listed], dict[str, tuple[int, int]]]:
    """The articles of a file without their texts, and the bytes and offset of each in the file."""
    articles, places = [], {}
    read = msgspec.json.Decoder(Head).decode
    with source.open("rb") as file:
        at = 0
        for line in file:
            row = read(line)
            outlet = content_id("outlet", row.outlet)
            articles.append(Listed(row.id, outlet, row.published, row.language))
            places[row.id] = len(line), at
            at += len(line)
    return articles, places


def found(what: Reused, outlets: Mapping[str, str | None]) -> list[Found]:
    """Matches, and the pairs of appearances that no match stands for; without furniture."""
    furniture = {p.id for p in what.passages if p.boilerplate}
    matches = [
        Found(m.a_article_id, (m.a_start, m.a_end), m.b_article_id, (m.b_start, m.b_end))
        for m in what.matches
        if m.passage_id not in furniture
    ]
    standing = sorted(
        (a.passage_id, a.article_id, (a.start, a.end))
        for a in what.appearances
        if a.passage_id not in furniture
    )
    groups = ([(i, s) for _, i, s in group] for _, group in groupby(standing, lambda a: a[0]))
    return [*matches, *unmatched(matches, groups, outlets)]


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[3])
    articles, places = listed(source)
    read = msgspec.json.Decoder(Body).decode
    with source.open("rb") as file, Local(workers=1) as engine:

        def texts(ids: Sequence[str]) -> dict[str, str]:
            return {i: read(os.pread(file.fileno(), *places[i])).text for i in ids}

        gc.disable()  # as a scan does
        began = time.perf_counter()
        what = reused(articles, texts, engine, Settings())
        seconds = time.perf_counter() - began
        with out.open("w", encoding="utf-8") as rows:
            for one in found(what, {a.id: a.outlet_id for a in articles}):
                rows.write(json.dumps(one) + "\n")
    print(json.dumps({"search_seconds": round(seconds, 2), "counts": what.counts}))


if __name__ == "__main__":
    main()
