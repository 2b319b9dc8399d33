"""Quality and speed of `reuse`, on generated corpora of the sizes asked for.

    python benchmarks/run.py --articles 1000,10000 [--only reuse] [--viral 500] [--no-plain]

One line for each program and size; the same, with corpus, version and machine, as JSON under
benchmarks/results/. docs/benchmarks.md says what each figure means.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import generate, language, measure, score
from benchmarks.generate import Corpus, Files
from benchmarks.score import Found

HERE = Path(__file__).resolve().parent
# Of the plain pipeline, for each window: to tell beforehand what fits (measured at 1,000 articles).
_PLAIN_BYTES = 13_000
_PLAIN_SHARE = 0.7  # of the free memory

# What a scan has to hold to: (figure, articles from which on it is asked for, most).
_BARS: dict[str, list[tuple[str, int, float]]] = {
    "reuse scan": [("times_wc", 10_000, 80), ("peak_gb", 10_000, 2.0)],
    "reuse only": [("times_wc", 10_000, 12), ("peak_gb", 10_000, 2.0)],
}
_EXPONENT = 1.1


class Line(NamedTuple):
    """What one program did on one corpus."""

    program: str
    articles: int
    megabytes: float
    wc: float
    cost: measure.Cost
    reuse: score.Reuse | None
    quotes: score.Quotes | None
    database: int | None
    inside: float | None = None  # seconds of the search itself, where the program tells

    def figures(self) -> dict[str, Any]:
        return {
            "program": self.program,
            "articles": self.articles,
            "megabytes": round(self.megabytes, 2),
            "seconds": round(self.cost.seconds, 2),
            "cpu_seconds": round(self.cost.cpu, 2),
            "wc_seconds": round(self.wc, 4),
            "times_wc": round(self.cost.seconds / self.wc, 1),
            "cpu_times_wc": round(self.cost.cpu / self.wc, 1),
            "articles_per_second": round(self.articles / self.cost.seconds, 1),
            "megabytes_per_second": round(self.megabytes / self.cost.seconds, 2),
            "peak_gb": round(self.cost.peak / 1e9, 3),
            "inside_times_wc": None if self.inside is None else round(self.inside / self.wc, 1),
            "database_mb": None if self.database is None else round(self.database / 1e6, 1),
            "reuse": None if self.reuse is None else asdict(self.reuse),
            "quotes": None if self.quotes is None else asdict(self.quotes),
        }

    def __str__(self) -> str:
        f = self.figures()
        said = [f"{self.articles:>9,} articles {self.megabytes:8.1f} MB  {self.program:<10}"]
        if self.reuse:
            said.append(
                f"recall {self.reuse.recall:.3f} precision {self.reuse.precision:.3f}"
                f" (of spans {self.reuse.precision_of_spans:.3f})"
                + ("" if self.reuse.linked is None else f" linked {self.reuse.linked:.3f}")
            )
        if self.quotes:
            said.append(
                f"quotes F1 {self.quotes.span_f1:.3f} speaker {self.quotes.speaker:.3f}"
                f" trusted {self.quotes.trusted:.3f}"
            )
        said.append(
            f"{f['seconds']:.1f} s (cpu {f['cpu_seconds']:.1f})"
            f" {f['articles_per_second']:,.0f} articles/s {f['megabytes_per_second']:.2f} MB/s"
            f" {f['times_wc']:.0f} x wc (cpu {f['cpu_times_wc']:.0f}), peak {f['peak_gb']:.2f} GB"
        )
        if self.inside is not None:
            said.append(f"without start-up, input and output {self.inside / self.wc:.0f} x wc")
        if self.database is not None:
            said.append(f"database {f['database_mb']:.0f} MB")
        return "  ".join(said)


def made(corpus: Corpus, cache: Path) -> Files:
    """The files of a corpus, made once for each state of the generator."""
    sources = b"".join(Path(m.__file__ or "").read_bytes() for m in (generate, language))
    state = blake2b(sources, digest_size=4).hexdigest()
    name = f"{corpus.articles}-seed{corpus.seed}-viral{corpus.viral}-{state}"
    return generate.write(corpus, cache / name)


def texts(files: Files) -> dict[str, str]:
    with files.articles.open(encoding="utf-8") as rows:
        return {row["id"]: row["text"] for row in map(json.loads, rows)}


def scanned(corpus: Corpus, files: Files, command: list[str], wc: float) -> Line:
    """The whole scan: quotes, database and full-text index included."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "reuse.db"
        cost = measure.run([*command, files.articles, "--db", database, "--json"])
        if cost.code or not database.exists():  # nothing in a generated corpus is to be skipped
            raise SystemExit(f"{shlex.join(command)} ended with {cost.code}")
        true, words = score.truth(files.gold), texts(files)
        return Line(
            "reuse scan",
            corpus.articles,
            files.text.stat().st_size / 1e6,
            wc,
            cost,
            score.reuse(true, score.reported(database), words, score.carried(database)),
            score.quotes(true, score.claimed(database), words),
            database.stat().st_size,
        )


def searched(corpus: Corpus, files: Files, program: str, script: str, wc: float) -> Line:
    """A program that writes what it found as JSON lines, on one core."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.jsonl"
        cost = measure.run([sys.executable, HERE / script, files.articles, "--out", out], cores=1)
        if cost.code:
            raise SystemExit(f"{script} ended with {cost.code}")
        true, words = score.truth(files.gold), texts(files)
        return Line(
            program,
            corpus.articles,
            files.text.stat().st_size / 1e6,
            wc,
            cost,
            score.reuse(true, found(out), words),
            None,
            None,
            json.loads(cost.stdout)["search_seconds"] if cost.stdout.strip() else None,
        )


def found(path: Path) -> Iterator[Found]:
    with path.open(encoding="utf-8") as rows:
        for a, a_span, b, b_span in map(json.loads, rows):
            yield Found(a, tuple(a_span), b, tuple(b_span))


def exponent(small: Line, large: Line) -> float:
    """By which power of the size the time grows."""
    return math.log(large.cost.seconds / small.cost.seconds) / math.log(
        large.articles / small.articles
    )


def held(line: Line) -> Iterator[str]:
    """Each bar of a line, and whether it was met."""
    figures = line.figures()
    for figure, least, most in _BARS.get(line.program, []):
        if line.articles >= least:
            verdict = "met" if figures[figure] <= most else "MISSED"
            at = f"{line.program}, {line.articles:,}"
            yield f"{at}: {figure} {figures[figure]} of at most {most}: {verdict}"


def plain_too_large(files: Files, last: Line | None) -> str | None:
    """Why the plain pipeline is not run on a corpus, with what it would have taken."""
    windows = files.text.stat().st_size / 6.1
    needed = windows * _PLAIN_BYTES
    if needed <= _PLAIN_SHARE * measure.free_memory():
        return None
    said = f"would hold {needed / 1e9:.0f} GB"
    if last:
        times = files.text.stat().st_size / 1e6 / last.megabytes
        said = (
            f"would hold {last.cost.peak * times / 1e9:.0f} GB and take "
            f"{last.cost.seconds * times:,.0f} s (from {last.articles:,} articles, in proportion)"
        )
    return said


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", default="1000", metavar="N[,N…]")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--viral", type=int, default=0, help="articles that carry one passage more")
    ask.add_argument("--only", choices=["reuse"], help="no quotes, no database, one core")
    ask.add_argument("--no-plain", action="store_true", help="not the plain datasketch pipeline")
    ask.add_argument("--workers", type=int, help="passed on to reuse scan")
    ask.add_argument("--scan", default=f"{sys.executable} -m reuse scan", help="the command to run")
    ask.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "reuse-benchmarks")
    ask.add_argument("--name", help="of the file under results/")
    told = ask.parse_args()

    command = shlex.split(told.scan)
    if told.workers:
        command += ["--workers", str(told.workers)]
    lines: list[Line] = []
    notes: list[str] = []
    plain: Line | None = None
    for size in map(int, told.articles.split(",")):
        corpus = Corpus(size, told.seed, told.viral)
        files = made(corpus, told.cache)
        wc = measure.word_count(files.text)
        if told.only:
            lines.append(searched(corpus, files, "reuse only", "search.py", wc))
        else:
            lines.append(scanned(corpus, files, command, wc))
        print(lines[-1], flush=True)
        if not told.no_plain:
            why = plain_too_large(files, plain)
            if why is None:
                plain = searched(corpus, files, "plain", "plain.py", wc)
                lines.append(plain)
                print(plain, flush=True)
            else:
                notes.append(f"plain, {size:,}: {why}")
                print(f"{size:>9,} articles  plain  not run: {why}", flush=True)
    for program in dict.fromkeys(line.program for line in lines):
        own = [line for line in lines if line.program == program]
        for small, large in pairwise(own):
            power = exponent(small, large)
            notes.append(
                f"{program}: time grows with exponent {power:.2f} "
                f"from {small.articles:,} to {large.articles:,} (bar {_EXPONENT})"
            )
    notes += [said for line in lines for said in held(line)]
    print(*notes, sep="\n")
    path = measure.record(
        told.name or f"run-{told.only or 'scan'}-{told.articles.replace(',', '-')}",
        {
            "corpus": {"articles": told.articles, "seed": told.seed, "viral": told.viral},
            "command": shlex.join(command).replace(sys.executable, "python"),
            "versions": measure.versions("datasketch", "numpy", "rapidfuzz", "wordfreq"),
            "machine": measure.machine(),
            "lines": [line.figures() for line in lines],
            "notes": notes,
        },
    )
    print(f"written: {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
