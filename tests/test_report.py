"""The report: one file, whole by itself, with nothing hostile and no place of the machine in it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browse_database import database

pytest.importorskip("datasette")

from reuse import export
from reuse.report import NotThere, report

EVERYTHING: dict[str, str] = {}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = database(tmp_path_factory.mktemp("report") / "news.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE articles SET source = '/home/someone/' || source")
    return path


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (EVERYTHING, ["Who takes from whom", "Every version", "All appearances", "Named as"]),
        ({"speaker": "mara oduya"}, ["What they are quoted with", "Every version"]),
        ({"speaker": "s1"}, ["What they are quoted with"]),
        ({"outlet": "Coast Wire"}, ["Who takes from whom", "All appearances"]),
        ({"passage": "p1"}, ["All appearances"]),
    ],
)
def test_a_report_is_whole_by_itself(
    db: Path, tmp_path: Path, about: dict[str, str], told: list[str]
) -> None:
    path = tmp_path / "report.html"
    report(db, path, **about)
    html = path.read_text("utf-8")
    page = Tags(html)
    for words in told:
        assert words in page.text
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(set(ids)) == len(ids)
    for tag, attrs in page.tags:
        assert tag not in ("script", "img", "iframe", "form", "object")
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "style")]
        href = attrs.get("href")
        if href is not None and href != "data:,":
            assert href.startswith("#")
            assert href == "#main" or href[1:] in ids
    assert not re.search(r"url\(|@import", html)
    assert "\u202e" not in html
    assert "/home/someone" not in html
    assert "default-src 'none'" in html


@pytest.mark.parametrize("about", [{"speaker": "Nobody"}, {"outlet": "None"}, {"passage": "zz"}])
def test_what_is_not_there_is_said(db: Path, tmp_path: Path, about: dict[str, str]) -> None:
    with pytest.raises(NotThere):
        report(db, tmp_path / "x.html", **about)
    assert not (tmp_path / "x.html").exists()


def test_two_of_one_name_are_told_apart_by_id(tmp_path: Path) -> None:
    path = database(tmp_path / "news.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO speakers (id, name, kind) VALUES ('s9', 'Mara Oduya', 'person')")
    with pytest.raises(NotThere, match="s1, s9"):
        report(path, tmp_path / "x.html", speaker="Mara Oduya")
    report(path, tmp_path / "x.html", speaker="s9")


def test_a_report_can_be_made_of_excerpts(db: Path, tmp_path: Path) -> None:
    export.excerpts(db, tmp_path / "short.db")
    report(tmp_path / "short.db", tmp_path / "x.html")
    assert "Every version" in (tmp_path / "x.html").read_text("utf-8")
