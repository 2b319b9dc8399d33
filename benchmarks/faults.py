"""A scan is killed, or its disk is full, at any moment: is anything lost or broken?

    python benchmarks/faults.py [--articles 2000] [--characters N] [--kills 200] [--full 20]

Each kill: a first scan, or a scan that adds to a database, is ended by SIGKILL (with all its
workers) at a random moment of one of its steps, each step as often as the others. What is there
then must open and pass the consistency check; the next scan must finish the work, and every row
must be as an undisturbed scan has it. A full disk is a limit on the size of files (RLIMIT_FSIZE),
at sizes up to that of the finished database. A fault that comes too late is not counted and tried
again. Articles cut to N characters make the steps after the reading a larger share of the scan.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
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
    steps: dict[bool, dict[str, float]] = field(default_factory=dict)

    def inputs(self, adding: bool) -> list[Path]:
        return [self.first, self.second] if adding else [self.first]

    def expected(self, adding: bool) -> Path:
        return self.after if adding else self.before


def scan(
    inputs: list[Path], database: Path, log: Path, limit: int | None = None
) -> subprocess.Popen[bytes]:
    """A scan in a process group of its own, files no larger than `limit` bytes if told."""

    def limited() -> None:
        if limit is not None:
            # Without this the process would be ended by the signal, not told by the error.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    log.write_text("")
    return subprocess.Popen(
        [*SCAN, *map(str, inputs), "--db", str(database), "--quiet", "--log-file", str(log)],
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
        if code := scan(setting.inputs(adding), database, setting.folder / "log").wait():
            raise SystemExit(f"the undisturbed scan ended with {code}")
        with closing(sqlite3.connect(database)) as db:
            (told,) = db.execute("SELECT seconds FROM scans ORDER BY id DESC").fetchone()
        # Publishing ends after its step was timed.
        setting.steps[adding] = json.loads(told) | {"write": 0.5}


def killed(process: subprocess.Popen[bytes], log: Path, step: str, after: float) -> bool:
    """Kill a scan and its workers so long after a step began; whether it was not too late."""
    began: float | None = None
    while process.poll() is None:
        if began is None and f"INFO {step} ..." in log.read_text():
            began = time.monotonic()
        if began is not None and time.monotonic() >= began + after:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait() == -signal.SIGKILL
        time.sleep(0.005)
    return False


@dataclass(frozen=True, slots=True)
class Fault:
    """A kill so long after a step began, or no file over `limit` bytes."""

    adding: bool
    step: str | None
    after: float
    limit: int | None

    @classmethod
    def of(cls, setting: Setting, size: int, seed: str, adding: bool, full: bool) -> Fault:
        rng = random.Random(seed)
        if full:
            # From a disk that takes nothing to one that takes nearly all of it.
            return cls(adding, None, 0, int(size * rng.random()))
        step, seconds = rng.choice(list(setting.steps[adding].items()))
        return cls(adding, step, seconds * rng.random(), None)

    @property
    def kind(self) -> str:
        return "full disk" if self.step is None else "kill"

    def __str__(self) -> str:
        return "full disk" if self.step is None else f"killed in {self.step}"


def disturbed(setting: Setting, fault: Fault) -> tuple[bool, list[str]]:
    """Whether the fault hit a scan, and what is wrong then."""
    wrong = []
    adding = fault.adding
    with tempfile.TemporaryDirectory(dir=setting.folder) as folder:
        database, log = Path(folder) / "reuse.db", Path(folder + ".log")
        if adding:
            shutil.copy(setting.before, database)
        process = scan(setting.inputs(adding), database, log, fault.limit)
        if fault.step is None:
            hit = process.wait() != 0
        else:
            hit = killed(process, log, fault.step, fault.after)
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
        if again := scan(setting.inputs(adding), database, log).wait():
            wrong.append(f"the next scan ended with {again}")
        else:
            wrong += [f"after the next scan: {w}" for w in whole.broken(database)]
            tables = whole.differing(database, setting.expected(adding))
            wrong += [f"after the next scan: other rows in {t}" for t in tables]
        left = [p.name for p in Path(folder).iterdir() if p.name != "reuse.db"]
        wrong += [f"left behind: {name}" for name in left if not name.endswith("-lock")]
    return hit, wrong


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
    ask.add_argument("--jobs", type=int, default=1, help="scans at once")
    ask.add_argument("--minutes", type=float, help="begin no fault after so many")
    ask.add_argument("--seed", type=int, default=1)
    told = ask.parse_args()
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="reuse-faults-") as name:
        folder = Path(name)
        files = made(Corpus(told.articles, told.seed), folder / "corpus")
        first, second = halves(files.articles, folder, told.characters)
        setting = Setting(folder, first, second, folder / "before.db", folder / "after.db")
        undisturbed(setting)
        print(f"undisturbed: {setting.steps}", flush=True)
        size = setting.after.stat().st_size
        hits: Counter[str] = Counter()
        began, numbers = time.monotonic(), count()
        wanted = {"kill": told.kills, "full disk": told.full}
        with ThreadPoolExecutor(told.jobs) as pool:
            while any(hits[fault] < most for fault, most in wanted.items()):
                if told.minutes and time.monotonic() - began > 60 * told.minutes:
                    print(f"{told.minutes} minutes are over")
                    break
                some = [
                    Fault.of(setting, size, f"{told.seed} {n}", n % 2 == 1, n % 11 == 10)
                    for n in islice(numbers, told.jobs)
                ]
                for fault, (hit, wrong) in zip(
                    some, pool.map(partial(disturbed, setting), some), strict=True
                ):
                    hits[fault.kind] += hit
                    outcomes[str(fault) if hit else f"{fault.kind}: too late"] += 1
                    failures += [f"{fault}, adding {fault.adding}: {w}" for w in wrong]
                    print(dict(hits), fault, fault.adding, hit, *wrong, sep=" | ", flush=True)
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
            "undisturbed_seconds": {
                ("adding" if adding else "first"): steps for adding, steps in setting.steps.items()
            },
            "outcomes": outcomes,
            "failures": failures,
        },
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
