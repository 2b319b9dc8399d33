"""How fast one core reads quotes and their speakers, by stage, with caches cold and warm.

    python benchmarks/reading.py [FILE.jsonl] [--articles 500] [--language en]

A line of a file is an article with its `text`; without a file, articles are generated. The first
pass is cold, as every worker of a scan begins; the second finds every word known. Seconds are of
the processor, a million characters each, so that another program on the machine counts less; one
column is the stage people, which has the names of an article and whom a mention means.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.generate import Corpus
from benchmarks.measure import machine, record
from reuse import reading
from reuse.languages import language as rules

P = ParamSpec("P")
T = TypeVar("T")

# Functions that `reuse.reading` calls, and the stage each belongs to; the rest is "rows".
STAGES = {
    "prose": "words",
    "spans": "quotes",
    "frame": "clauses",
    "cues": "clauses",
    "reported": "reported",
    "attribution": "attribution",
    "_named": "people",
}
# MB a second and core that the whole reader is to reach (docs/benchmarks.md).
BAR = 2.0


def timed(stage: str, spent: dict[str, float], function: Callable[P, T]) -> Callable[P, T]:
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += time.process_time() - began

    return run


def texts(file: Path | None, articles: int) -> list[str]:
    if file is None:
        blocks = Corpus(articles).blocks()
        return [made.text for block, _ in blocks for made in block]
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, articles)]


def passed(articles: list[str], language: str, spent: dict[str, float]) -> dict[str, float]:
    """One pass over the articles: seconds for a million characters by stage, and MB a second."""
    spent.clear()
    began = time.process_time()
    for text in articles:
        reading.read(text, language)
    whole = time.process_time() - began
    size = sum(map(len, articles)) / 1e6
    spent["rows"] = whole - sum(spent.values())
    return {"mb_per_second": round(size / whole, 3)} | {
        stage: round(spent[stage] / size, 4) for stage in dict.fromkeys([*STAGES.values(), "rows"])
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("file", nargs="?", type=Path, help="articles as JSON lines")
    ask.add_argument("--articles", type=int, default=500, help="how many at most")
    ask.add_argument("--language", default="en")
    told = ask.parse_args()
    articles = texts(told.file, told.articles)
    rules(told.language)  # the tables are read once, whatever is read with them
    spent: dict[str, float] = defaultdict(float)
    for name, stage in STAGES.items():
        setattr(reading, name, timed(stage, spent, getattr(reading, name)))
    gc.disable()  # as a scan does: readings hold no circles
    passes = {name: passed(articles, told.language, spent) for name in ("cold", "warm")}
    for name, figures in passes.items():
        print(name, *(f"{stage} {value}" for stage, value in figures.items()))
    if told.file is None:
        result = {"articles": len(articles), "bar": BAR, "machine": machine(), **passes}
        print(record(f"reading-{len(articles)}", result))


if __name__ == "__main__":
    main()
