"""What a scan costs when 1 % of the articles are new.

    python benchmarks/incremental.py [--articles 20000]

Three scans: of all articles; of all but 1 %; and of all again, into the database of the second. The
last must take at most 10 % of the first and two seconds more, and give the first one's rows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, whole
from benchmarks.generate import Corpus
from benchmarks.run import made


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", type=int, default=20_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--workers", type=int)
    told = ask.parse_args()
    options = ["--workers", str(told.workers)] if told.workers else []
    with tempfile.TemporaryDirectory(prefix="reuse-incremental-") as name:
        folder = Path(name)
        articles = made(Corpus(told.articles, told.seed), folder).articles
        lines = articles.read_text(encoding="utf-8").splitlines(keepends=True)
        source, fresh, grown = folder / "in.jsonl", folder / "fresh.db", folder / "grown.db"

        def scan(rows: list[str], database: Path) -> measure.Cost:
            # One path for all three: an article's source is part of its identity.
            source.write_text("".join(rows), encoding="utf-8")
            command = (sys.executable, "-m", "reuse", "scan", source, "--db", database, "--json")
            cost = measure.run([*command, *options])
            if cost.code:
                raise SystemExit(f"the scan ended with {cost.code}")
            return cost

        full = scan(lines, fresh)
        scan(lines[: len(lines) * 99 // 100], grown)
        added = scan(lines, grown)
        differing = whole.differing(fresh, grown)
    most = 0.1 * full.seconds + 2
    verdict = "met" if added.seconds <= most else "MISSED"
    print(
        f"{told.articles:,} articles in {full.seconds:.1f} s (cpu {full.cpu:.1f}); 1 % new in "
        f"{added.seconds:.1f} s (cpu {added.cpu:.1f}), at most {most:.1f}: {verdict}; "
        f"tables that differ from a scan from nothing: {', '.join(differing) or 'none'}"
    )
    measure.record(
        "incremental",
        {
            "corpus": {"articles": told.articles, "seed": told.seed},
            "machine": measure.machine(),
            "full": {"seconds": round(full.seconds, 2), "cpu": round(full.cpu, 2)},
            "added": {"seconds": round(added.seconds, 2), "cpu": round(added.cpu, 2)},
            "differing": differing,
        },
    )


if __name__ == "__main__":
    main()
