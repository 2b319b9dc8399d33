"""How long a scan takes to end after Ctrl-C, at random moments; at most two seconds are allowed.

python benchmarks/stop.py [--articles 2000] [--times 20]
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, whole
from benchmarks.generate import Corpus
from benchmarks.run import made

ALLOWED = 2.0


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", type=int, default=2000)
    ask.add_argument("--times", type=int, default=20)
    ask.add_argument("--seed", type=int, default=1)
    told = ask.parse_args()
    rng = random.Random(told.seed)
    took: list[float] = []
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reuse-stop-") as name:
        folder = Path(name)
        articles = made(Corpus(told.articles, told.seed), folder).articles
        scan = (sys.executable, "-m", "reuse", "scan", str(articles), "--quiet", "--db")
        began = time.perf_counter()
        subprocess.run([*scan, str(folder / "whole.db")], check=True, stdout=subprocess.DEVNULL)
        whole_scan = time.perf_counter() - began
        for n in range(told.times):
            # Even ones start from nothing; the others have all articles read already.
            database = folder / f"{n}.db"
            if n % 2:
                database.write_bytes((folder / "whole.db").read_bytes())
            process = subprocess.Popen(
                [*scan, str(database)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            moment = 1 + rng.random() * (whole_scan if n % 2 == 0 else whole_scan / 4)
            try:
                process.wait(moment)
                print(f"{n + 1:>3} had finished before {moment:.1f} s", flush=True)
            except subprocess.TimeoutExpired:
                began = time.perf_counter()
                os.killpg(process.pid, signal.SIGINT)
                _, said = process.communicate()
                took.append(round(time.perf_counter() - began, 3))
                if process.returncode != 130:
                    wrong.append(f"ended with {process.returncode}: {said}")
                if len(said.splitlines()) != 1:
                    wrong.append(f"said {said!r}")
                if database.exists():
                    wrong += whole.broken(database)
                print(f"{n + 1:>3} after {moment:.1f} s: {took[-1]:.2f} s", flush=True)
            for file in folder.glob(f"{n}.db*"):
                file.unlink()
    print(f"longest {max(took):.2f} s of {len(took)}; wrong: {wrong or 'nothing'}")
    measure.record(
        "stop",
        {
            "corpus": {"articles": told.articles, "seed": told.seed},
            "machine": measure.machine(),
            "seconds": sorted(took),
            "wrong": wrong,
        },
    )
    sys.exit(bool(wrong) or max(took) > ALLOWED)


if __name__ == "__main__":
    main()
