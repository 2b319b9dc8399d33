"""Exports against the rules and readers of their formats."""

from __future__ import annotations

import csv
import itertools
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from browse_database import ARTICLES, COUNCIL, FULL, database, insert
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reuse import export

TEI = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = database(tmp_path_factory.mktemp("export") / "news.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        text = "He said “one “two” three” and left.\x01 \x0b=cmd" + " so on" * 30 + " privatewords"
        insert(
            conn, "articles", id="b1", source="/home/someone/b1.txt", text=text, words=7,
            title="=HYPERLINK(1)", outlet_id="o2", published="2031-03-05",
        )  # fmt: skip
        for id, start, end, kind in (("z1", 9, 24, "direct"), ("z2", 14, 17, "nested"),
                                     ("z3", 15, 30, "indirect")):  # fmt: skip
            insert(
                conn, "quotes", id=id, article_id="b1", start=start, end=end, text=text[start:end],
                kind=kind, confidence=0.5, evidence="e", utterance_id=f"u{id}", speaker_id="s1",
            )  # fmt: skip
    return path


@pytest.fixture
def conn(db: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(db)) as connection:
        yield connection


def test_csv_has_every_row_and_runs_no_formula(
    db: Path, conn: sqlite3.Connection, tmp_path: Path
) -> None:
    export.to_csv(db, tmp_path / "csv")
    for table in (*export.TABLES, *export.VIEWS):
        with (tmp_path / "csv" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            found = list(csv.reader(file))
        (count,) = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert len(found) == count + 1
        assert not [c for line in found for c in line if c.lstrip(" \n").startswith(export.FORMULA)]
    assert "'=HYPERLINK(1)" in (tmp_path / "csv" / "articles.csv").read_text("utf-8-sig")


def test_csv_gives_the_words_untouched_when_told(db: Path, tmp_path: Path) -> None:
    export.to_csv(db, tmp_path / "csv", formulas=True)
    with (tmp_path / "csv" / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row["id"]: row["text"] for row in csv.DictReader(file)}
    assert {id: texts[id] for id in ARTICLES} == {id: a["text"] for id, a in ARTICLES.items()}


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = str(export.harmless(text))
    assert not cell.lstrip(" \n").startswith(export.FORMULA)
    assert cell in (text, f"'{text}")


def test_json_lines_are_the_rows(db: Path, conn: sqlite3.Connection, tmp_path: Path) -> None:
    export.to_jsonl(db, tmp_path / "x.jsonl")
    lines = (tmp_path / "x.jsonl").read_text("utf-8").split("\n")[:-1]
    records = [json.loads(line) for line in lines]
    for table in export.TABLES:
        (count,) = conn.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert len([r for r in records if r["table"] == table]) == count
    article = next(r for r in records if r["table"] == "articles" and r["id"] == "a3")
    assert article["text"] == ARTICLES["a3"]["text"]
    version = next(r for r in records if r["table"] == "variants" and r["id"] == "v3")
    assert version["edits"][1]["was"] == "four"


def test_parquet_reads_back(db: Path, conn: sqlite3.Connection, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export.to_parquet(db, tmp_path / "p")
    for table in export.TABLES:
        read = parquet.read_table(tmp_path / "p" / f"{table}.parquet").to_pylist()
        rows = conn.execute(f"SELECT * FROM {table} ORDER BY rowid")
        names = [column[0] for column in rows.description]
        assert read == [dict(zip(names, row, strict=True)) for row in rows]


def test_graphml_is_the_flow(db: Path, tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    export.to_graphml(db, tmp_path / "g.graphml")
    graph = networkx.read_graphml(tmp_path / "g.graphml")
    assert graph.is_directed()
    assert graph.nodes["o3"]["name"] == '<img src=x onerror="alert(5)">'
    assert set(graph.edges) == {("o1", "o2"), ("o2", "o3")}
    assert graph.edges["o1", "o2"] == {
        "passages": 1, "articles": 1, "words": 23, "median_lag_hours": 6.5,
    }  # fmt: skip


def test_annotations_follow_the_model(db: Path, conn: sqlite3.Connection, tmp_path: Path) -> None:
    """W3C Web Annotation Data Model: 3.1, 3.2.4, 4.2.4, 4.2.5 and 5."""
    export.to_annotations(db, tmp_path / "x.jsonld")
    collection: dict[str, Any] = json.loads((tmp_path / "x.jsonld").read_text("utf-8"))
    assert collection["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert collection["type"] == "AnnotationCollection"
    page = collection["first"]
    assert page["type"] == "AnnotationPage"
    assert page["partOf"] == collection["id"]
    assert len(page["items"]) == collection["total"] > 0
    ids = [item["id"] for item in page["items"]]
    assert len(set(ids)) == len(ids)
    texts = {
        f"urn:reuse:article:{id}" if not (url or "").startswith("http") or "<" in url else url: text
        for id, url, text in conn.execute("SELECT id, url, text FROM articles")
    }
    motivations = {"identifying", "linking"}
    for item in page["items"]:
        assert re.fullmatch(r"urn:[\w:%.~-]+", item["id"])
        assert item["type"] == "Annotation"
        assert item["motivation"] in motivations
        assert all(body["type"] == "TextualBody" and body["value"] for body in item["body"])
        text = texts[item["target"]["source"]]
        position, words = item["target"]["selector"]
        assert (position["type"], words["type"]) == ("TextPositionSelector", "TextQuoteSelector")
        start, end = position["start"], position["end"]
        assert text[start:end] == words["exact"]
        assert text[:start].endswith(words["prefix"])
        assert text[end:].startswith(words["suffix"])
    quote = next(item for item in page["items"] if item["id"] == "urn:reuse:quote:q1")
    assert [body["value"] for body in quote["body"]] == ["direct", "Mara Oduya"]


@pytest.fixture(scope="module")
def tei(db: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("tei") / "x.xml"
    export.to_tei(db, path)
    return etree.parse(str(path)).getroot()


def test_tei_has_what_a_header_must_have(tei: Any) -> None:
    assert tei.tag == f"{TEI}teiCorpus"
    for text in (tei, *tei.iter(f"{TEI}TEI")):
        description = text.find(f"{TEI}teiHeader/{TEI}fileDesc")
        assert [part.tag.removeprefix(TEI) for part in description] == [
            "titleStmt", "publicationStmt", "sourceDesc",
        ]  # fmt: skip
        assert description.find(f"{TEI}titleStmt/{TEI}title") is not None
    allowed = {
        "teiCorpus",
        "teiHeader",
        "fileDesc",
        "titleStmt",
        "title",
        "publicationStmt",
        "p",
        "sourceDesc",
        "bibl",
        "author",
        "publisher",
        "date",
        "profileDesc",
        "particDesc",
        "listPerson",
        "person",
        "persName",
        "org",
        "orgName",
        "TEI",
        "text",
        "body",
        "said",
    }
    assert {element.tag.removeprefix(TEI) for element in tei.iter()} <= allowed


def test_tei_keeps_the_text_and_names_who_said_what(tei: Any, conn: sqlite3.Connection) -> None:
    texts = dict(conn.execute("SELECT id, text FROM articles"))
    for article in tei.iter(f"{TEI}TEI"):
        body = "".join(article.find(f"{TEI}text").itertext())
        assert body == export.NOT_XML.sub("\ufffd", texts[article.get(XML_ID)[1:]])
    quote = next(e for e in tei.iter(f"{TEI}said") if e.get(XML_ID) == "qq1")
    assert "".join(quote.itertext()) == FULL
    assert quote.get("who") == "#ss1"


def test_tei_ids_are_unique_and_all_pointers_arrive(tei: Any) -> None:
    ids = [e.get(XML_ID) for e in tei.iter() if e.get(XML_ID)]
    assert len(set(ids)) == len(ids)
    for element in tei.iter(f"{TEI}said"):
        for pointer in ("who", "next", "prev"):
            if element.get(pointer):
                assert element.get(pointer)[1:] in ids
        if element.get("next"):
            following = next(e for e in tei.iter() if e.get(XML_ID) == element.get("next")[1:])
            assert following.get("prev") == f"#{element.get(XML_ID)}"


def test_a_quote_that_crosses_another_is_cut_in_two(tei: Any) -> None:
    parts = [e for e in tei.iter(f"{TEI}said") if e.get(XML_ID, "").startswith("qz3")]
    assert [part.get(XML_ID) for part in parts] == ["qz3", "qz3.2", "qz3.3"]
    assert parts[0].get("next") == "#qz3.2"


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=7)


@given(spans)
def test_cut_spans_nest_and_cover_the_same(given: list[tuple[int, int]]) -> None:
    whole = [(start, start + length, f"q{i}") for i, (start, length) in enumerate(given)]
    pieces = export.nested(whole)
    for a in pieces:
        for b in pieces:
            assert not a[0] < b[0] < a[1] < b[1]
    for start, end, id in whole:
        covered = sorted((p[0], p[1]) for p in pieces if p[2] == id)
        assert covered[0][0] == start
        assert covered[-1][1] == end
        assert all(one[1] == other[0] for one, other in itertools.pairwise(covered))


@given(st.text(alphabet="ab \n“”", max_size=200), spans)
def test_an_excerpt_keeps_every_finding_in_place(text: str, given: list[tuple[int, int]]) -> None:
    found = [(a, min(a + n, len(text))) for a, n in given if a < len(text)]
    kept = export.windows(text, found)
    moved = export.mover(kept)
    shortened = export.GAP.join(text[a:b] for a, b in kept)
    for start, end in found:
        assert shortened[moved(start) : moved(end)] == text[start:end]


def test_excerpts_hold_the_findings_and_not_the_articles(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AROUND", 2)
    path = tmp_path / "excerpt.db"
    export.excerpts(db, path)
    with closing(sqlite3.connect(path)) as conn:
        assert not conn.execute("PRAGMA foreign_key_check").fetchall()
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for start, end, words, text in conn.execute(
            'SELECT start, "end", quotes.text, articles.text FROM quotes'
            " JOIN articles ON articles.id = article_id"
        ):
            assert text[start:end] == words
        for start, end, text in conn.execute(
            "SELECT b_start, b_end, articles.text FROM matches"
            " JOIN articles ON articles.id = b_article_id"
        ):
            assert text[start:end] in (COUNCIL.format("price"), COUNCIL.format("cost")[:45])
        (told,) = conn.execute("SELECT edits FROM variants WHERE id = 'v3'").fetchone()
        edits = json.loads(told)
        (text,) = conn.execute("SELECT text FROM articles WHERE id = 'a3'").fetchone()
        assert text[edits[1]["start"] : edits[1]["end"]] == "three"
        assert conn.execute("SELECT count(*) FROM problems").fetchone() == (0,)
        found = conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'closed'")
        assert len(found.fetchall()) == 3
        gone = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'privatewords'"
        assert not conn.execute(gone).fetchall()
    raw = path.read_bytes()
    assert b"/home/someone" not in raw
    assert b"privatewords" not in raw
