"""Ctrl-C and the log: a scan can be stopped and watched. Real processes and real signals."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import whole

ARTICLES = [
    {"id": str(n), "outlet": outlet, "language": "en", "text": text}
    for n, (outlet, text) in enumerate(
        [
            ("Herald", "“The bridge will reopen in the second week of June,” said Ada Stone."),
            ("Post", "“The bridge will reopen in the second week of June,” Ada Stone said."),
        ]
    )
]
# Longer than anybody waits: a worker needs minutes for it, unless it is stopped.
LONG = "“We will see about the bridge,” said Ada Stone. “It is old, and so am I.”\n\n" * 40_000


def lines(articles: list[dict[str, str]]) -> str:
    return "".join(json.dumps(article) + "\n" for article in articles)


Scan = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def scan(tmp_path: Path) -> Iterator[Scan]:
    """Starts a scan in a process group of its own; none is left behind, nor its temporary files."""
    (tmp_path / "tmp").mkdir()
    begun: list[subprocess.Popen[str]] = []

    def start(
        *arguments: str | Path, verbose: bool = True, limit: int | None = None
    ) -> subprocess.Popen[str]:
        more = ["--verbose"] if verbose else []

        def limited() -> None:
            """No file may grow longer than `limit` bytes: a disk that is full."""
            if limit is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "reuse", "scan", *map(str, arguments), *more],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                preexec_fn=limited,
                env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
            )
        )
        return begun[-1]

    yield start
    for process in begun:
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream and not stream.closed:
                stream.close()
        if alive(process):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def alive(process: subprocess.Popen[str]) -> bool:
    """Whether the scan or one of its workers still runs."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone(process: subprocess.Popen[str]) -> bool:
    """Whether the scan and all its workers end, given some seconds."""
    for _ in range(200):
        if not alive(process):
            return True
        time.sleep(0.05)
    return False


def said(process: subprocess.Popen[str], words: str) -> None:
    """Wait until the scan says so on stderr."""
    assert process.stderr
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"the scan ended without saying {words!r}")


def stopped(process: subprocess.Popen[str], database: Path, temporary: Path) -> None:
    """The scan ends as one that Ctrl-C stops, and leaves no process and no temporary file."""
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.strip() == f"Stopped. {database} is whole; the same command goes on from here."
    assert gone(process)
    assert list(temporary.iterdir()) == []


def test_ctrl_c_stops_a_scan_and_the_next_goes_on(scan: Scan, tmp_path: Path) -> None:
    database, file, long = tmp_path / "x.db", tmp_path / "in.jsonl", tmp_path / "long.txt"
    file.write_text(lines(ARTICLES), "utf-8")
    assert scan(file, "--db", database).wait() == 0
    before = whole.said(database)

    long.write_text(LONG, "utf-8")
    process = scan(file, long, "--db", database, "--workers", "1")
    said(process, "reading ...")
    process.send_signal(signal.SIGINT)
    stopped(process, database, tmp_path / "tmp")
    assert whole.said(database) == before
    assert list(whole.broken(database)) == []

    file.write_text(lines(ARTICLES[:1]), "utf-8")
    assert scan(file, "--db", database).wait() == 0
    assert whole.said(database) != before


def test_ctrl_c_in_a_terminal_reaches_the_workers_as_well(scan: Scan, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text(LONG, "utf-8")
    process = scan(long, "--db", tmp_path / "x.db", "--workers", "2")
    said(process, "reading ...")
    time.sleep(1)  # The worker has begun to read: a signal that comes sooner is the easy case.
    os.killpg(process.pid, signal.SIGINT)
    stopped(process, tmp_path / "x.db", tmp_path / "tmp")
    assert not (tmp_path / "x.db").exists()


def test_ctrl_c_stops_a_scan_that_waits_for_input(scan: Scan, tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    process = scan("-", "--format", "jsonl", "--db", database)
    assert process.stdin
    process.stdin.write(lines(ARTICLES))
    process.stdin.flush()
    said(process, "reading ...")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert gone(process)
    assert not database.exists()


def test_the_workers_of_a_killed_scan_end_too(scan: Scan, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text(LONG, "utf-8")
    process = scan(long, "--db", tmp_path / "x.db", "--workers", "2")
    said(process, "reading ...")
    time.sleep(1)
    process.kill()
    assert gone(process)


def test_a_step_that_python_cannot_interrupt_is_ended(tmp_path: Path) -> None:
    """One SQL statement without an end: the process goes all the same, and tidies up."""
    endless = (
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    program = (
        "import sqlite3, sys, pathlib\n"
        "from reuse.cli.stop import stoppable\n"
        "with stoppable('Stopped.', grace=0.2) as last:\n"
        f"    last.append(pathlib.Path({str(tmp_path / 'scratch')!r}).rmdir)\n"
        "    print('begun', flush=True)\n"
        f"    sqlite3.connect(':memory:').execute({endless!r}).fetchall()\n"
    )
    (tmp_path / "scratch").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == "Stopped.\n"
    assert not (tmp_path / "scratch").exists()


def test_a_log_tells_steps_and_problems_with_the_time(scan: Scan, tmp_path: Path) -> None:
    file, log = tmp_path / "in.jsonl", tmp_path / "scan.log"
    file.write_text(lines(ARTICLES) + "{broken \x1b[31m\n", "utf-8")
    log.write_text("of the night before\n", "utf-8")
    assert scan(file, "--db", tmp_path / "x.db", "--log-file", log).wait() == 1
    before, *written = log.read_text("utf-8").splitlines()
    assert before == "of the night before"
    assert all(line[:2] == "20" and line[10] == "T" for line in written)
    assert sum("skipped: " in line and "line 3" in line for line in written) == 1
    assert sum(line.endswith("finished") for line in written) == 1
    assert "\x1b" not in log.read_text("utf-8")
    for step in ("reading", "reuse", "speakers", "provenance", "write"):
        assert any(f"INFO {step}: " in line for line in written), step


def test_without_a_log_each_problem_is_said_once_and_nothing_else(
    scan: Scan, tmp_path: Path
) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(lines(ARTICLES) + "{broken\n", "utf-8")
    _, told = scan(file, "--db", tmp_path / "x.db", verbose=False).communicate()
    problem, hint = told.splitlines()
    assert problem.startswith("skipped: ")
    assert "line 3" in problem
    assert "reuse browse" in hint


def test_a_full_disk_is_said_and_costs_nothing(scan: Scan, tmp_path: Path) -> None:
    database, file = tmp_path / "x.db", tmp_path / "in.jsonl"
    file.write_text(lines(ARTICLES[:1]), "utf-8")
    assert scan(file, "--db", database).wait() == 0
    before = whole.said(database)
    file.write_text(lines(ARTICLES), "utf-8")
    _, told = scan(file, "--db", database, verbose=False, limit=65_536).communicate()
    assert told.startswith("Error: ")
    assert told.count("\n") == 1
    assert whole.said(database) == before
    assert scan(file, "--db", database).wait() == 0
    assert whole.said(database) != before


def test_a_log_that_cannot_be_written_is_wrong_usage(scan: Scan, tmp_path: Path) -> None:
    process = scan(tmp_path, "--db", tmp_path / "x.db", "--log-file", tmp_path / "no" / "x.log")
    _, told = process.communicate()
    assert process.returncode == 2
    assert "x.log" in told
