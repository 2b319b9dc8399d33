"""How long people wait: `reuse trace`, `reuse check` and the pages, on a large database.

    python benchmarks/lookup.py [--articles 13000] [--db FILE] [--times 50]

13,000 generated articles hold about 100,000 quotes. Every command is called in this process, after
one call that pays for start-up and imports; pages are asked of Datasette without a server between.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure
from benchmarks.generate import Corpus
from benchmarks.run import made

# (what, most milliseconds)
_BARS = {"trace": 100.0, "check": 100.0, "page": 200.0}


def waits(calls: list[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call but the first, which pays for start-up."""
    calls[0]()
    took = []
    for call in calls[1:]:
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return took


def command(*arguments: str | Path) -> Callable[[], object]:
    from click.testing import CliRunner

    from reuse.cli import main

    def call() -> object:
        result = CliRunner().invoke(main, [str(a) for a in arguments])
        if result.exit_code not in (0, 1) or (
            result.exception and not isinstance(result.exception, SystemExit)
        ):
            raise SystemExit(f"{' '.join(map(str, arguments))}: {result.output}")
        return result

    return call


def addresses(database: Path, times: int, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Pages of each kind, some at random and the heaviest of it."""
    home = f"/{database.stem}/-/reuse"
    yield "start", [home] * 5
    yield "outlets", [f"{home}/outlets"] * 5
    heaviest = {
        "article": "SELECT article_id FROM appearances GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
        "match": "SELECT id FROM matches ORDER BY words DESC LIMIT 1",
        "passage": "SELECT id FROM passages ORDER BY articles DESC LIMIT 1",
        "quote": "SELECT q.id FROM quotes q JOIN families f ON f.id = family_id "
        "ORDER BY f.quotes DESC LIMIT 1",
        "speaker": "SELECT id FROM speakers ORDER BY quotes DESC LIMIT 1",
    }
    tables = {"article": "articles", "match": "matches", "passage": "passages"}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        for kind, question in heaviest.items():
            table = tables.get(kind, f"{kind}s")
            ids = [i for (i,) in db.execute(f"SELECT id FROM {table} ORDER BY id")]
            if ids:
                chosen = [rng.choice(ids) for _ in range(times)]
                chosen += [i for (i,) in db.execute(question)]
                yield kind, [f"{home}/{kind}/{i}" for i in chosen]


async def pages(database: Path, times: int, rng: random.Random) -> dict[str, list[float]]:
    from datasette.app import Datasette  # ships no types

    site = Datasette([str(database)])
    await site.invoke_startup()
    took: dict[str, list[float]] = {}
    for kind, paths in addresses(database, times, rng):
        await site.client.get(paths[0])
        for path in paths[1:]:
            began = time.perf_counter()
            answer = await site.client.get(path)
            took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
    return took


def summary(what: str, took: list[float], most: float) -> dict[str, object]:
    ordered = sorted(took)
    slow = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    verdict = "met" if slow <= most else "MISSED"
    print(
        f"{what:<16} median {median(took):7.1f} ms, 95 % {slow:7.1f} ms, longest "
        f"{ordered[-1]:7.1f} ms of {len(took)}; at most {most:.0f}: {verdict}",
        flush=True,
    )
    return {
        "what": what,
        "median_ms": round(median(took), 1),
        "p95_ms": round(slow, 1),
        "longest_ms": round(ordered[-1], 1),
        "calls": len(took),
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", type=int, default=13_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--db", type=Path, help="a database that is there already")
    ask.add_argument("--times", type=int, default=50)
    told = ask.parse_args()
    rng = random.Random(told.seed)
    with tempfile.TemporaryDirectory(prefix="reuse-lookup-") as name:
        folder = Path(name)
        database = told.db
        if database is None:
            database = folder / "reuse.db"
            articles = made(Corpus(told.articles, told.seed), folder).articles
            scan = (sys.executable, "-m", "reuse", "scan", articles, "--db", database, "--quiet")
            if code := measure.run(scan).code:
                raise SystemExit(f"the scan ended with {code}")
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            (count,) = db.execute("SELECT count(*) FROM quotes").fetchone()
            said = [t for (t,) in db.execute("SELECT text FROM quotes WHERE length(text) > 30")]
            texts = [t for (t,) in db.execute("SELECT text FROM articles LIMIT 500")]
        print(f"{count:,} quotes in {database.stat().st_size / 1e6:.0f} MB")

        known = [rng.choice(said) for _ in range(told.times + 1)]
        unknown = [" ".join(rng.sample(rng.choice(texts).split(), 8)) for _ in range(told.times)]
        traces = [command("trace", words, "--db", database) for words in [*known, *unknown]]
        results = [summary("trace", waits(traces), _BARS["trace"])]
        drafts = []
        for n in range(told.times + 1):
            draft = folder / f"draft{n}.txt"
            draft.write_text(rng.choice(texts), encoding="utf-8")
            drafts.append(command("check", draft, "--db", database))
        results.append(summary("check", waits(drafts), _BARS["check"]))
        for kind, took in asyncio.run(pages(database, told.times, rng)).items():
            results.append(summary(f"page {kind}", took, _BARS["page"]))
    measure.record(
        "lookup",
        {
            "corpus": {"articles": told.articles, "seed": told.seed, "quotes": count},
            "machine": measure.machine(),
            "versions": measure.versions("datasette", "datasketch"),
            "waits": results,
        },
    )


if __name__ == "__main__":
    main()
