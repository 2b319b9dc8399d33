"""The command line: what a person types, and what comes out of it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reuse.cli import main


def reuse(*arguments: str | Path, **more: Any) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False, **more)


def rows(db: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(db)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for outlet, text in {
        "herald": "“The bridge will reopen in the second week of June,” said Ada Stone, "
        "the mayor.\n",
        "post": "Ada Stone promised a date. “The bridge will reopen in the second week of June,” "
        "she told reporters.\n",
    }.items():
        (folder / outlet).mkdir(parents=True)
        (folder / outlet / "bridge.txt").write_text(text, "utf-8")
    return folder


def test_a_scan_says_what_it_found_and_what_to_do_next(corpus: Path, tmp_path: Path) -> None:
    result = reuse("scan", corpus, "--db", tmp_path / "x.db", "--workers", "1")
    assert result.exit_code == 0
    assert "articles" in result.stdout
    assert "reuse browse" in result.stderr
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM quotes WHERE kind = 'direct'") == [(2,)]


def test_a_quiet_scan_has_no_news_on_stderr_when_all_is_well(corpus: Path, tmp_path: Path) -> None:
    # A line there is a mail from cron every night.
    result = reuse("scan", corpus, "--db", tmp_path / "x.db", "--workers", "1", "--quiet")
    assert result.exit_code == 0
    assert result.stderr == ""


def test_a_scan_tells_machines_in_json(corpus: Path, tmp_path: Path) -> None:
    result = reuse("scan", corpus, "--db", tmp_path / "x.db", "--json", "--workers", "1")
    assert json.loads(result.stdout)["counts"]["articles"] == 2


def test_standard_input_is_read_with_a_format(tmp_path: Path) -> None:
    line = json.dumps({"id": "7", "outlet": "Herald", "text": "Nothing was said here at all."})
    result = reuse("scan", "-", "--format", "jsonl", "--db", tmp_path / "x.db", input=line + "\n")
    assert result.exit_code == 0
    assert rows(tmp_path / "x.db", "SELECT source, outlet_id FROM articles") == [("-#7", "herald")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.jsonl", b'{"text": "one two"}\n{broken\n', "line 2"),
        ("binary.txt", bytes(range(256)) * 40, "binary"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_bad_input_costs_only_itself(
    corpus: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (corpus / "herald" / name).write_bytes(content)
    result = reuse("scan", corpus, "--db", tmp_path / "x.db", "--workers", "1")
    assert result.exit_code == 1
    assert name in result.stderr
    assert said in result.stderr
    assert rows(tmp_path / "x.db", "SELECT level FROM problems") == [("skipped",)]
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM articles WHERE source LIKE '%.txt'") == [
        (2,)
    ]


def test_a_folder_without_articles_is_said(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    result = reuse("scan", tmp_path / "nothing", "--db", tmp_path / "x.db")
    assert result.exit_code == 1
    assert "nothing" in result.stderr


def test_the_same_file_reached_twice_is_one_article(corpus: Path, tmp_path: Path) -> None:
    again = corpus / "herald" / "bridge.txt"
    result = reuse("scan", corpus, again, "--db", tmp_path / "x.db", "--workers", "1")
    assert result.exit_code == 0
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM articles") == [(2,)]
    assert rows(tmp_path / "x.db", "SELECT level FROM problems") == [("noted",)]


def test_what_is_gone_from_a_scanned_folder_is_gone_from_the_database(
    corpus: Path, tmp_path: Path
) -> None:
    reuse("scan", corpus, "--db", tmp_path / "x.db", "--workers", "1")
    (corpus / "post" / "bridge.txt").unlink()
    reuse("scan", corpus / "herald", "--db", tmp_path / "x.db", "--workers", "1")
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM articles") == [(2,)]
    reuse("scan", corpus, "--db", tmp_path / "x.db", "--workers", "1")
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM articles") == [(1,)]


def test_another_file_is_never_written_over(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("My notes, which are no database, and not short either.")
    result = reuse("scan", corpus, "--db", other)
    assert result.exit_code == 1
    assert "not a database" in result.stderr
    assert other.read_text().startswith("My notes")


def test_where_nothing_can_be_written_nobody_else_is_blamed(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    result = reuse("scan", corpus, "--db", tmp_path / "notes.txt" / "x.db")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert "another scan" not in result.stderr


@pytest.mark.parametrize("command", [("browse", "x.db"), ("trace", "words", "--db", "x.db")])
def test_a_database_that_is_not_there_is_said_with_how_to_make_one(
    command: tuple[str, ...],
) -> None:
    result = reuse(*command)
    assert result.exit_code == 2
    assert "x.db: no such database; make one with: reuse scan PATH" in result.stderr


def test_wrong_usage_exits_with_two() -> None:
    assert reuse("scan").exit_code == 2
    assert reuse("scan", "x", "--min-score", "7").exit_code == 2


def test_strict_stops_at_the_first_and_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    (corpus / "herald" / "empty.txt").write_bytes(b"")
    result = reuse("scan", corpus, "--db", tmp_path / "x.db", "--strict", "--workers", "1")
    assert result.exit_code == 1
    assert "empty.txt" in result.stderr
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--since", "2024-05-03"], {"on", "after"}),
        (["--until", "2024-05-03"], {"before", "on"}),
        (["--since", "2024-05-03", "--until", "2024-05"], {"on", "after"}),
        ([], {"before", "on", "after", "unknown"}),
    ],
)
def test_articles_of_other_days_are_left_out_and_said(
    tmp_path: Path, options: list[str], left: set[str]
) -> None:
    days = {"before": "2024-05-02", "on": "2024-05-03", "after": "2024-05-04", "unknown": None}
    lines = [
        json.dumps({"id": name, "published": day, "text": f"Nothing much happened {name} it."})
        for name, day in days.items()
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    result = reuse("scan", tmp_path / "a.jsonl", "--db", tmp_path / "x.db", *options)
    assert result.exit_code == 0
    found = {
        source.split("#")[1] for (source,) in rows(tmp_path / "x.db", "SELECT source FROM articles")
    }
    assert found == left
    assert ("left out" in result.stderr) == (len(left) < 4)


def test_what_is_left_out_for_its_date_is_not_gone(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": day, "published": day, "text": f"Nothing much happened on {day}."})
        for day in ("2024-05-02", "2024-05-04")
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    reuse("scan", tmp_path / "a.jsonl", "--db", tmp_path / "x.db", "--workers", "1")
    late = ("--since", "2024-05-03", "--workers", "1")
    reuse("scan", tmp_path / "a.jsonl", "--db", tmp_path / "x.db", *late)
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM articles") == [(2,)]
