"""A command -> how long it took, how much memory all its processes held, on which machine."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

RESULTS = Path(__file__).resolve().parent / "results"
_SAMPLE = 0.1  # seconds between two looks at the memory, at least
_LOOKING = 0.01  # of the time is spent on them, at most: the kernel stops a process meanwhile


class Cost(NamedTuple):
    """What a command took. Seconds of the clock, of all cores together, and bytes at the peak.

    Memory is the proportional share (PSS) summed over the process and all its descendants, looked
    at up to ten times a second: pages that several processes share count once.
    """

    seconds: float
    cpu: float
    peak: int
    code: int
    stdout: str


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
        except OSError:  # it has ended meanwhile
            continue
    return found


def _ticks(pid: int) -> int:
    """Clock ticks a process has used, without its children."""
    try:
        # The name of the command stands in brackets and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def memory(pids: Iterable[int]) -> int:
    """Bytes held now by these processes."""
    total = 0
    for one in pids:
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        for line in rollup.splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
                break
    return total


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cores: int | None = None,
    timeout: float | None = None,
) -> Cost:
    """Run a command to its end (stderr is passed on), on so many cores if told."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    if cores:
        chosen = sorted(os.sched_getaffinity(0))[:cores]
        command = ["taskset", "-c", ",".join(map(str, chosen)), *command]
    process = subprocess.Popen(
        [str(c) for c in command],
        stdout=subprocess.PIPE,
        text=True,
        env=None if env is None else {**os.environ, **env},
    )
    peak = 0
    ticks: dict[int, int] = {}
    while process.poll() is None:
        looked = time.perf_counter()
        pids = tree(process.pid)
        peak = max(peak, memory(pids))
        for one in pids:
            ticks[one] = max(ticks.get(one, 0), _ticks(one))
        if timeout and time.perf_counter() - began > timeout:
            process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(_SAMPLE, (time.perf_counter() - looked) / _LOOKING))
    seconds = time.perf_counter() - began
    stdout = process.stdout.read() if process.stdout else ""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Workers that nobody waits for are in the samples only, short ones in the total only.
    cpu = max(cpu, sum(ticks.values()) / os.sysconf("SC_CLK_TCK"))
    return Cost(seconds, cpu, peak, process.returncode, stdout)


def word_count(text: Path) -> float:
    """Seconds `wc -w` takes for a file, best of three."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(
            ["wc", "-w", str(text)],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        best = min(best, time.perf_counter() - began)
    return best


def machine() -> dict[str, str | float]:
    """Where a figure was taken."""
    cpu = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "cpu": cpu[0] if cpu else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
    }


def versions(*packages: str) -> dict[str, str]:
    return {p: version(p) for p in packages}


def free_memory() -> int:
    """Bytes a new process may take without pushing others out."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/meminfo does not say what memory is available")


def record(name: str, result: object) -> Path:
    """Write a result as JSON under benchmarks/results/."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
