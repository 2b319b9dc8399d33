"""A scan is killed, or its disk is full, at any moment: is anything lost or broken?

    python benchmarks/faults.py [--articles 2000] [--characters N] [--kills 200] [--full 20]

Each kill: a first scan, or a scan that adds to a database, is ended by SIGKILL (with all its
workers) at a random moment. What is there then must open and pass the consistency check; the next
scan must finish the work, and every row must be as an undisturbed scan has it. A full disk is a
limit on the size of files (RLIMIT_FSIZE), at sizes up to that of the finished database. Articles
cut to N characters make the steps after the reading a larger share of the scan.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, whole
from benchmarks.generate import Corpus
from benchmarks.run import made

SCAN = (sys.executable, "-m", "reuse", "scan")


@dataclass(slots=True)
class Setting:
    """Articles in two files, and the databases of undisturbed scans of the first and of both."""

    folder: Path
    first: Path
    second: Path
    before: Path
    after: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def inputs(self, adding: bool) -> list[Path]:
        return [self.first, self.second] if adding else [self.first]

    def expected(self, adding: bool) -> Path:
        return self.after if adding else self.before


def scan(inputs: list[Path], database: Path, limit: int | None = None) -> subprocess.Popen[bytes]:
    """A scan in a process group of its own, files no larger than `limit` bytes if told."""

    def limited() -> None:
        if limit is not None:
            # Without this the process would be ended by the signal, not told by the error.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [*SCAN, *map(str, inputs), "--db", str(database), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=limited,
    )


def undisturbed(setting: Setting) -> None:
    for adding in (False, True):
        database = setting.expected(adding)
        if adding:
            shutil.copy(setting.before, database)
        began = time.perf_counter()
        if code := scan(setting.inputs(adding), database).wait():
            raise SystemExit(f"the undisturbed scan ended with {code}")
        setting.seconds["adding" if adding else "first"] = time.perf_counter() - began


def disturbed(
    setting: Setting, adding: bool, moment: float | None, limit: int | None
) -> tuple[str, list[str]]:
    """What became of a scan killed at `moment`, or that met its `limit`, and what is wrong."""
    wrong = []
    with tempfile.TemporaryDirectory(dir=setting.folder) as folder:
        database = Path(folder) / "reuse.db"
        if adding:
            shutil.copy(setting.before, database)
        process = scan(setting.inputs(adding), database, limit)
        try:
            code = process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            outcome = "killed"
        else:
            outcome = "had finished" if code == 0 else f"ended with {code}"
        if limit is not None and code == 0:
            outcome = "the disk was large enough"
        if database.exists():
            wrong += [f"after the fault: {w}" for w in whole.broken(database)]
            fresh = setting.expected(adding)
            old = setting.before if adding else None
            if not any(
                known is not None and not whole.differing(database, known) for known in (fresh, old)
            ):
                wrong.append("after the fault: neither the old database nor the new one")
        elif adding:
            wrong.append("the old database is gone")
        if again := scan(setting.inputs(adding), database).wait():
            wrong.append(f"the next scan ended with {again}")
        else:
            wrong += [f"after the next scan: {w}" for w in whole.broken(database)]
            tables = whole.differing(database, setting.expected(adding))
            wrong += [f"after the next scan: other rows in {t}" for t in tables]
        left = [p.name for p in Path(folder).iterdir() if p.name != "reuse.db"]
        wrong += [f"left behind: {name}" for name in left if not name.endswith("-lock")]
    return outcome, wrong


def halves(articles: Path, folder: Path, characters: int | None) -> tuple[Path, Path]:
    """Nine tenths of the articles of a file, and the last tenth, cut to `characters`."""
    lines = [
        json.dumps(row | {"text": row["text"][:characters]}, ensure_ascii=False) + "\n"
        for row in map(json.loads, articles.open(encoding="utf-8"))
    ]
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    cut = len(lines) * 9 // 10
    first.write_text("".join(lines[:cut]), encoding="utf-8")
    second.write_text("".join(lines[cut:]), encoding="utf-8")
    return first, second


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", type=int, default=2000)
    ask.add_argument("--characters", type=int, metavar="N", help="cut the articles to N characters")
    ask.add_argument("--kills", type=int, default=200)
    ask.add_argument("--full", type=int, default=20, help="scans that meet a full disk")
    ask.add_argument("--minutes", type=float, help="begin no fault after so many")
    ask.add_argument("--seed", type=int, default=1)
    told = ask.parse_args()
    rng = random.Random(told.seed)
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reuse-faults-") as name:
        folder = Path(name)
        files = made(Corpus(told.articles, told.seed), folder / "corpus")
        first, second = halves(files.articles, folder, told.characters)
        setting = Setting(folder, first, second, folder / "before.db", folder / "after.db")
        undisturbed(setting)
        print(f"undisturbed: {setting.seconds}", flush=True)
        size = setting.after.stat().st_size
        faults = [True] * told.kills + [False] * told.full
        rng.shuffle(faults)
        began = time.monotonic()
        for n, killing in enumerate(faults):
            if told.minutes and time.monotonic() - began > 60 * told.minutes:
                print(f"{told.minutes} minutes are over")
                break
            adding = bool(n % 2)
            whole_scan = setting.seconds["adding" if adding else "first"]
            moment = whole_scan * rng.random() if killing else None
            # From a disk that takes nothing to one that takes nearly all of it.
            limit = None if killing else int(size * 1.3 * rng.random())
            outcome, wrong = disturbed(setting, adding, moment, limit)
            fault = f"killed after {moment:.2f} s" if killing else f"files up to {limit:,} bytes"
            outcomes[f"{'kill' if killing else 'full disk'}: {outcome}"] += 1
            failures += [f"{fault}, {'adding' if adding else 'first'}: {w}" for w in wrong]
            print(f"{n + 1:>4} {fault}: {outcome}{''.join(f' | {w}' for w in wrong)}", flush=True)
    print(dict(outcomes), f"{len(failures)} failures", sep="\n")
    measure.record(
        "faults",
        {
            "corpus": {
                "articles": told.articles,
                "characters": told.characters,
                "seed": told.seed,
            },
            "machine": measure.machine(),
            "undisturbed_seconds": setting.seconds,
            "outcomes": outcomes,
            "failures": failures,
        },
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
