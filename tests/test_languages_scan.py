"""An article in any language is scanned; one without tables costs nothing but its speakers."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from reuse.cli import main

WORDS = {
    "th": "สะพานจะเปิดอีกครั้งในสัปดาห์ที่สองของเดือนมิถุนายน นายกเทศมนตรีกล่าวเมื่อวันจันทร์",
    "eu": "«Zubia ekainaren bigarren astean irekiko da berriro», esan zuen alkateak astelehenean.",
    "la": "«Pons hebdomade altera mensis Iunii iterum patebit», praefectus urbis Lunae die dixit.",
    "zz": "«Tharel omi vessun dal orrethi», kenna sul mirretha vos alun tessara ommel varin.",
}


@pytest.mark.parametrize("language", WORDS)
def test_a_language_without_tables_is_compared_and_its_quotes_are_found(
    tmp_path: Path, language: str
) -> None:
    lines = [
        json.dumps({"id": outlet, "outlet": outlet, "language": language, "text": WORDS[language]})
        for outlet in ("one", "two")
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    db = tmp_path / "x.db"
    result = CliRunner().invoke(
        main, ["scan", str(tmp_path / "a.jsonl"), "--db", str(db), "--workers", "1"]
    )
    assert result.exit_code == 0, result.output
    connection = sqlite3.connect(db)
    marked = connection.execute("SELECT count(*) FROM quotes WHERE kind != 'indirect'").fetchone()
    assert marked == ((2,) if "«" in WORDS[language] else (0,))
    assert connection.execute("SELECT count(*) FROM matches").fetchone() == (1,)
    connection.close()
