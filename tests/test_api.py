"""The Python interface: what it gives, what it raises, and that importing it costs nothing."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import get_type_hints

import pytest

import reuse
from reuse.api import TABLES
from reuse.settings import Settings
from reuse.store import sql

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The example of the page, run beside corpus/: its database, and the lines it printed."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "corpus").symlink_to(ROOT / "corpus")
    code = PAGE.partition("```python\n")[2].partition("```")[0]
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.chdir(folder)
        exec(code, {})
    return folder / "news.db", out.getvalue().splitlines()


def test_the_example_of_the_page_runs(printed: tuple[Path, list[str]]) -> None:
    _, lines = printed
    assert lines[0] == "89 articles, 0 not read"
    assert lines[1] == "Elena Marsh first in Tarn & Holm"
    assert any("not the same certainty" in line for line in lines)
    assert any(re.fullmatch(r"\d+ passages", line) for line in lines)


def test_the_rows_of_every_table_are_typed(printed: tuple[Path, list[str]]) -> None:
    db, _ = printed
    with reuse.open(db) as rows:
        for kind in TABLES:
            first = next(rows.all(kind))
            assert isinstance(first, kind)
        furniture = {one.boilerplate for one in rows.all(reuse.Passage)}
        assert furniture == {True, False}
        best = [one.bits for one in rows.all(reuse.Match, "ORDER BY bits DESC")]
        assert best == sorted(best, reverse=True)


def test_a_record_has_the_columns_of_its_table_in_order() -> None:
    db = sqlite3.connect(":memory:")
    db.executescript(sql("schema.sql"))
    for kind, table in TABLES.items():
        columns = [column for (_, column, *_) in db.execute(f"PRAGMA table_info({table})")]
        assert list(kind.__annotations__) == columns


def test_the_options_are_settings_and_stand_on_the_page() -> None:
    for option in get_type_hints(reuse.Options):
        assert option in Settings.__dataclass_fields__
        assert f"`{option}`" in PAGE


def test_every_name_that_is_promised_is_there() -> None:
    for name in reuse.__all__:
        assert hasattr(reuse, name)


def test_settings_are_taken_and_unknown_ones_refused(tmp_path: Path) -> None:
    for outlet in ("a", "b"):
        (tmp_path / outlet).mkdir()
        (tmp_path / outlet / "x.txt").write_text(
            "“We will keep the old ferry running for another year,” Ines Calder said.", "utf-8"
        )
    db = tmp_path / "x.db"
    found = reuse.scan(tmp_path, db, min_words=5, ignore=("keep the old ferry",), workers=1)
    assert found.counts["articles"] == 2
    with reuse.open(db) as rows:
        assert len([*rows.all(reuse.QuoteRow, "kind = ?", "direct")]) == 2
    with pytest.raises(TypeError):
        reuse.scan(tmp_path, db, min_wrods=5)  # type: ignore[call-arg]


def test_what_cannot_be_read_is_a_problem_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Some words.")
    (tmp_path / "b.json").write_text("{")
    found = reuse.scan([tmp_path], tmp_path / "x.db")
    assert found.counts["articles"] == 1
    assert [Path(one.source).name for one in found.skipped] == ["b.json"]


def test_what_is_no_database_of_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database")
    for path in (tmp_path / "x.db", tmp_path / "none.db"):
        with pytest.raises(reuse.ReuseError, match=path.name):
            reuse.trace("some words", path)


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, reuse; print(sorted({'numpy', 'scipy', 'datasketch', 'trafilatura',"
        " 'click', 'sqlite_utils', 'wordfreq', 'rapidfuzz', 'lxml'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
