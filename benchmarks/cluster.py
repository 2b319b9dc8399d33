"""The same corpus on this machine and on Spark: are the rows equal, and what does it take?

    python benchmarks/cluster.py [--articles 5000[,N…]] [--viral N] [--on local,connect,standalone]
                                 [--kill]

`local` is two threads, `standalone` a master with two workers of one core each, `connect` a server
of Spark Connect on the loopback address. `--kill` runs on standalone once more and ends one worker
at half the time that the first run there took. For every stage of Spark's event log that has tasks
enough, the longest task is set against the median one.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, whole
from benchmarks.generate import Corpus, Files
from benchmarks.run import made

# Shorter tasks tell of Spark's own delays and not of how the work was shared out.
MEDIAN = 0.1
TASKS = 4
# What Spark calls the time until a Python worker is there and has loaded the program, which it does
# once: no part of a task.
STARTING = ("time to start Python workers", "time to initialize Python workers")
HOST = "127.0.0.1"


def port() -> int:
    """A port that nobody has now."""
    with socket.socket() as some:
        some.bind((HOST, 0))
        return int(some.getsockname()[1])


def settings(log_folder: Path) -> dict[str, str]:
    return {
        "spark.driver.bindAddress": HOST,
        "spark.driver.host": HOST,
        "spark.driver.memory": "2g",
        "spark.executor.memory": "1g",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": f"file://{log_folder}",
        "spark.ui.enabled": "false",
    }


def options(told: Mapping[str, str]) -> list[str]:
    return [word for key, value in told.items() for word in ("--conf", f"{key}={value}")]


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Spark's, which is ended with all that it started."""
    home = Path(find_spec("pyspark").submodule_search_locations[0])  # type: ignore[union-attr, index]
    env = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_DAEMON_MEMORY": "1g",
    }
    running = subprocess.Popen(
        [str(home / "bin" / words[0]), *words[1:]],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        end(running)


def end(running: subprocess.Popen[bytes]) -> None:
    """As when a machine fails: nothing is said to anybody."""
    for pid in measure.tree(running.pid)[::-1]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    running.wait()


def answers(running: subprocess.Popen[bytes], number: int) -> None:
    """Wait until the program listens there."""
    while True:
        try:
            socket.create_connection((HOST, number), 1).close()
            return
        except OSError:
            if running.poll() is not None:
                raise
            time.sleep(0.5)


Running = tuple[list[str], Sequence[subprocess.Popen[bytes]]]


@contextmanager
def local(told: Mapping[str, str], scratch: Path) -> Iterator[Running]:
    yield ["--master", "local[2]", *options(told)], ()


@contextmanager
def standalone(told: Mapping[str, str], scratch: Path) -> Iterator[Running]:
    at = port()
    url = f"spark://{HOST}:{at}"
    deploy = "org.apache.spark.deploy"
    with ExitStack() as stack:
        master = ("--host", HOST, "--port", str(at), "--webui-port", str(port()))
        answers(stack.enter_context(process("spark-class", f"{deploy}.master.Master", *master)), at)
        worker = ("--host", HOST, "--cores", "1", "--memory", "2g", "--webui-port")
        workers = []
        for n in range(2):
            folder = ("--work-dir", str(scratch / f"worker{n}"))
            words = (f"{deploy}.worker.Worker", *worker, str(port()), *folder, url)
            workers.append(stack.enter_context(process("spark-class", *words)))
        yield ["--master", url, "--scratch", str(scratch), *options(told)], workers


@contextmanager
def connect(told: Mapping[str, str], scratch: Path) -> Iterator[Running]:
    at = port()
    program = ("--class", "org.apache.spark.sql.connect.service.SparkConnectServer")
    binding = {
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(at),
    }
    words = ("--master", "local[2]", *program, *options({**told, **binding}), "spark-internal")
    with process("spark-submit", *words) as server:
        answers(server, at)
        yield ["--remote", f"sc://{HOST}:{at}", "--scratch", str(scratch)], ()


PLACES = {"local": local, "standalone": standalone, "connect": connect}


def stages(folder: Path) -> tuple[dict[str, Any], int]:
    """The stage whose longest task is the most times the median, and how many executors were lost,
    by the event log."""
    seconds: dict[tuple[int, int], list[float]] = defaultdict(list)
    lost = 0
    for file in folder.iterdir():
        for line in file.open(encoding="utf-8"):
            event = json.loads(line)
            if event["Event"] == "SparkListenerTaskEnd" and "Task Metrics" in event:
                key = (event["Stage ID"], event["Stage Attempt ID"])
                starting = sum(
                    int(one["Update"])
                    for one in event["Task Info"]["Accumulables"]
                    if one.get("Name") in STARTING and "Update" in one
                )
                took = event["Task Metrics"]["Executor Run Time"] - starting
                seconds[key].append(took / 1000)
            lost += event["Event"] == "SparkListenerExecutorRemoved"
    worst: dict[str, Any] = {}
    for some in seconds.values():
        median = statistics.median(some)
        if len(some) >= TASKS and median >= MEDIAN:
            times = round(max(some) / median, 2)
            if times > worst.get("times", 0):
                worst = {"tasks": len(some), "median": median, "longest": max(some), "times": times}
    return worst | {"stages": len(seconds)}, lost


def scanned(files: Files, database: Path, *told: str) -> measure.Cost:
    database.unlink(missing_ok=True)
    words = (sys.executable, "-m", "reuse", "scan", files.articles, "--quiet", "--db", database)
    cost = measure.run([*words, *told])
    if cost.code:
        raise SystemExit(f"the scan ended with {cost.code}")
    return cost


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", default="5000", metavar="N[,N…]")
    ask.add_argument("--viral", type=int, default=0, help="articles that carry one passage more")
    ask.add_argument("--on", default="local,connect,standalone", metavar="PLACE[,PLACE…]")
    ask.add_argument("--kill", action="store_true", help="end a worker in the middle, once")
    told = ask.parse_args()
    lines: list[dict[str, Any]] = []
    sizes = [int(size) for size in told.articles.split(",")]
    with tempfile.TemporaryDirectory(prefix="reuse-cluster-") as name:
        for size in sizes:
            folder = Path(name) / str(size)
            files = made(Corpus(size, 1, told.viral), folder)
            cost = scanned(files, folder / "here.db", "--workers", "2")
            lines.append(line(size, "this machine, two processes", cost))
            for place in told.on.split(","):
                lines.append(on_spark(place, PLACES[place], files, folder, size))
                recorded(told, sizes, lines)
            if told.kill:
                taken = [one["seconds"] for one in lines if one["on"] == "standalone"]
                half = taken[-1] / 2
                lines.append(on_spark("standalone", standalone, files, folder, size, half))
                recorded(told, sizes, lines)
    sys.exit(any(one.get("differs") for one in lines))


def recorded(told: argparse.Namespace, sizes: list[int], lines: list[dict[str, Any]]) -> None:
    """What was found so far, as JSON, with the growth of time from the smallest to the largest."""
    grows = {}
    for place in dict.fromkeys(one["on"] for one in lines):
        some = [one for one in lines if one["on"] == place]
        if some[0]["articles"] < some[-1]["articles"]:
            times = some[-1]["seconds"] / some[0]["seconds"]
            grows[place] = round(log(times) / log(some[-1]["articles"] / some[0]["articles"]), 3)
            print(f"{place}: time grows with exponent {grows[place]}")
    measure.record(
        "cluster-" + "-".join(map(str, sizes)) + (f"-viral-{told.viral}" if told.viral else ""),
        {
            "corpus": {"articles": sizes, "seed": 1, "viral": told.viral},
            "machine": measure.machine(),
            "versions": measure.versions("pyspark", "pyarrow", "numpy"),
            "lines": lines,
            "exponents": grows,
        },
    )


def line(size: int, place: str, cost: measure.Cost, **more: Any) -> dict[str, Any]:
    found = {
        "articles": size,
        "on": place,
        "seconds": round(cost.seconds, 1),
        "cpu": round(cost.cpu, 1),
        "peak_gb": round(cost.peak / 1e9, 2),
        **more,
    }
    print(*(f"{key} {value}" for key, value in found.items()), sep=", ", flush=True)
    return found


def on_spark(
    name: str,
    place: Callable[..., Any],
    files: Files,
    folder: Path,
    size: int,
    kill_after: float | None = None,
) -> dict[str, Any]:
    """A scan on Spark, held against the one of this machine."""
    logs = folder / f"log-{name}-{kill_after}"
    logs.mkdir(parents=True)
    database = folder / "spark.db"
    with place(settings(logs), folder) as (words, workers):
        if kill_after is not None:
            timer = threading.Timer(kill_after, end, workers[:1])
            timer.daemon = True
            timer.start()
        cost = scanned(files, database, "--engine", "spark", *words)
    worst, lost = stages(logs)
    if kill_after is not None:
        name += ", one worker killed"
    return line(
        size,
        name,
        cost,
        tasks=worst,
        executors_lost=lost,
        differs=whole.differing(database, folder / "here.db"),
    )


if __name__ == "__main__":
    main()
