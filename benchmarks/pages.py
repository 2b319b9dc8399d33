"""How long each page of `reuse browse` takes on the server, on a made database of many articles.

    python benchmarks/pages.py [--articles 100000] [--db FILE] [--repeat 5]

The rows are made here (no scan), with a passage, a quote and a speaker that thousands of articles
carry. Prints one line a page: milliseconds by the clock and of this process; the same goes into
benchmarks/results/pages.json. Pages are asked for through Datasette's own client, so templates,
permissions and threads count, the network does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from reuse import browse

BOUND = 200.0  # milliseconds that a page may take
OUTLETS = 200
SPEAKERS = 30_000
VIRAL = 5_000
WORDS = [
    "council",
    "harbour",
    "winter",
    "ferry",
    "engine",
    "minister",
    "river",
    "bridge",
    "school",
    "budget",
    "north",
    "market",
    "power",
    "storm",
    "mayor",
    "train",
    "signal",
    "island",
    "report",
    "member",
    "office",
    "paper",
    "public",
    "summer",
    "street",
    "number",
    "figure",
]


def sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def insert(conn: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    iterator = iter(rows)
    first = next(iterator)
    marks = ", ".join("?" * len(first))
    conn.execute(f"INSERT INTO {table} VALUES ({marks})", first)
    conn.executemany(f"INSERT INTO {table} VALUES ({marks})", iterator)


def day(i: int) -> str:
    return f"20{20 + i % 5}-{i % 12 + 1:02}-{i % 28 + 1:02}T{i % 24:02}:{i % 60:02}Z"


def make(path: Path, articles: int) -> None:
    """A database of the contract: five quotes, five appearances and seven matches an article."""
    rng = random.Random(7)
    base = [sentence(rng, rng.randint(15, 25)) for _ in range(2000)]

    def texts() -> Iterator[tuple[object, ...]]:
        for i in range(articles):
            text = " ".join(base[(i * 7 + j * 13) % 2000] for j in range(15))
            yield (
                f"a{i}", f"wire/{i}.txt", f"o{i % OUTLETS}", sentence(rng, 7), "A reporter",
                f"https://example.org/{i}", day(i), "en", text, 300,
            )  # fmt: skip

    def quotes() -> Iterator[tuple[object, ...]]:
        for i in range(articles):
            for j in range(5):
                n = i * 5 + j
                start = 20 + 200 * j
                family = "f0" if j == 0 and i < VIRAL else f"f{n // 5 + 1}" if j < 2 else None
                speaker = "s0" if n % 25 == 0 else f"s{n % SPEAKERS}"
                yield (
                    f"q{n}", f"a{i}", start, start + 90, base[n % 2000], "direct", "said",
                    "Somebody", start + 95, start + 103, speaker, 0.9, "subject of said", f"u{n}",
                    None, family,
                )  # fmt: skip

    def variants() -> Iterator[tuple[object, ...]]:
        for i in range(articles):
            for j in range(2):
                family = "f0" if j == 0 and i < VIRAL else f"f{i + 1}"
                edits = json.dumps([{"op": "equal", "start": 20, "end": 110}])
                yield (
                    f"v{2 * i + j}", family, f"a{i}", f"u{i * 5 + j}", f"q{i * 5 + j}",
                    20 + 200 * j,
                    110 + 200 * j, "altered" if i % 5 == 0 else "same", edits, int(i % 7 == 0),
                    "a number differs" if i % 7 == 0 else None, None, None, None, None, None,
                )  # fmt: skip

    def appearances() -> Iterator[tuple[object, ...]]:
        for i in range(articles):
            for j in range(5):
                passage = "p0" if j == 0 and i < VIRAL else f"p{(i * 5 + j) // 4 + 1}"
                source = f"x{i * 5 + j - 5}" if j == 0 and 0 < i < VIRAL else (
                    f"x{i * 5 + j - 1}" if (i * 5 + j) % 4 else None)  # fmt: skip
                yield (
                    f"x{i * 5 + j}",
                    passage,
                    f"a{i}",
                    20 + 200 * j,
                    160 + 200 * j,
                    0.95,
                    source,
                    None,
                )

    def matches() -> Iterator[tuple[object, ...]]:
        for i in range(articles):
            for j in range(7):
                other = (i + j * j + 1) % articles
                yield (
                    f"m{i * 7 + j}", f"a{i}", 20, 160, f"a{other}", 20, 160, 0.5 + j / 14, 0.9, 0.8,
                    40.0 + j, 25, "prose", f"o{i % OUTLETS}", f"o{other % OUTLETS}",
                    f"p{(i * 5 + j) // 4 + 1}",
                )  # fmt: skip

    with closing(sqlite3.connect(path)) as conn:
        conn.executescript((files("reuse") / "schema.sql").read_text("utf-8"))
        with conn:
            insert(
                conn, "outlets", ((f"o{i}", f"Outlet {i}", "press", None) for i in range(OUTLETS))
            )
            insert(conn, "articles", texts())
            insert(
                conn,
                "speakers",
                ((f"s{i}", f"Name{i} Surname{i}", "person", 20, 20, 9) for i in range(SPEAKERS)),
            )
            insert(conn, "speaker_names", ((f"s{i}", f"Surname{i}", 4) for i in range(SPEAKERS)))
            insert(
                conn,
                "families",
                (
                    (f"f{i}", base[i % 2000][:60], f"s{i % SPEAKERS}", base[i % 2000], 9,
                     i % 40 + 2, f"v{2 * i}" if i < articles else None, day(i), int(i % 30 == 0))
                    for i in range(articles + 1)
                ),
            )  # fmt: skip
            insert(conn, "quotes", quotes())
            insert(
                conn,
                "passages",
                (
                    (f"p{i}", base[i % 2000][:60], base[i % 2000], 20, VIRAL if i == 0 else 4,
                     OUTLETS if i == 0 else i % 4 + 1, f"a{i % articles}", day(i), int(i % 50 == 1))
                    for i in range(articles * 5 // 4 + 3)
                ),
            )  # fmt: skip
            insert(conn, "appearances", appearances())
            insert(conn, "matches", matches())
            insert(conn, "variants", variants())
            insert(
                conn,
                "disputes",
                (
                    (f"d{i}", f"f{30 * i}", "speaker", f"v{60 * i}", f"v{60 * i + 1}")
                    for i in range(articles // 60)
                ),
            )
            conn.execute(
                "INSERT INTO scans VALUES (1, '2025-01-01', '2025-01-02', '0', 1, '{}', '{}', '{}',"
                " 'affine32', 1, 128)"
            )
        for table, columns in (
            ("articles", "title, text"),
            ("quotes", "text, mention"),
            ("passages", "text"),
        ):
            conn.executescript(
                f"CREATE VIRTUAL TABLE {table}_fts USING fts5({columns}, content={table});"
                f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild');"
            )
        conn.executescript((files("reuse") / "views.sql").read_text("utf-8"))
        conn.executescript((files("reuse") / "summaries.sql").read_text("utf-8"))


PAGES = {
    "start": "",
    "search, rare words": "?q=Surname77",
    "search, common words": "?q=council+harbour",
    "article": "/article/a77",
    "match": "/match/m539",
    "passage": "/passage/p77",
    "passage in 5,000 articles": "/passage/p0",
    "quote": "/quote/f77",
    "quote in 5,000 articles": "/quote/f0",
    "speaker": "/speaker/s77",
    "speaker of 20,000 quotes": "/speaker/s0",
    "outlets": "/outlets",
}


async def measured(path: Path, repeat: int) -> dict[str, dict[str, float]]:
    datasette = browse.application(path)
    found = {}
    for name, address in PAGES.items():
        times = []
        busy = []
        for _ in range(repeat + 1):
            began, worked = time.perf_counter(), time.process_time()
            response = await datasette.client.get(f"/{path.stem}/-/reuse{address}")
            times.append((time.perf_counter() - began) * 1000)
            busy.append((time.process_time() - worked) * 1000)
            assert response.status_code == 200, (address, response.text[-500:])
        # The first fills SQLite's cache and compiles the template: it is told apart.
        found[name] = {
            "median_ms": round(statistics.median(times[1:]), 1),
            "worst_ms": round(max(times[1:]), 1),
            "first_ms": round(times[0], 1),
            # What the page costs whatever else the machine is doing.
            "cpu_ms": round(statistics.median(busy[1:]), 1),
        }
        median, worst, first, cpu = found[name].values()
        print(
            f"{name:28} median {median:6.1f} ms, worst {worst:6.1f}, "
            f"first {first:6.1f}, cpu {cpu:5.1f}",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--db", type=Path, help="use (or make) this database and keep it")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.db or Path(folder) / "pages.db"
        if not path.exists():
            began = time.perf_counter()
            make(path, options.articles)
            print(f"made {options.articles:,} articles in {time.perf_counter() - began:.0f} s")
        pages = asyncio.run(measured(path, options.repeat))
    slow = [name for name, times in pages.items() if times["median_ms"] > BOUND]
    result = {
        "articles": options.articles,
        "datasette": version("datasette"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "pages": pages,
        "over_bound": slow,
    }
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    (results / "pages.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"over {BOUND:.0f} ms: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
