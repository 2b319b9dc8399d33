"""The store: what a scan puts in is what people read, whole, or not there at all."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from reuse import store
from reuse.model import Article, Person, Problem, Quote, QuoteKind, QuoteRow, Speaker
from reuse.rows import outlet_key, packed, people_of, quote_rows, quotes_of
from reuse.store import Busy, NotOurs, Store

SCAN: dict[str, Any] = {
    "started": "2024-05-01T00:00:00Z",
    "finished": "2024-05-01T00:00:01Z",
    "version": "1",
    "schema_version": store.SCHEMA_VERSION,
    "settings": "{}",
    "counts": "{}",
    "seconds": "{}",
    "minhash_scheme": "affine32",
    "minhash_seed": 1,
    "minhash_permutations": 128,
}


def article(name: str, text: str = "Some words here.", **more: str) -> Article:
    return Article(f"in/{name}", text, **more)


def published(path: Path, *articles: Article, gone: str = "", **tables: Any) -> None:
    """One scan of `articles` into `path`."""
    made = Store(path)
    made.add(articles)
    made.carry_over(lambda source: bool(gone) and source.startswith(gone))
    made.put("outlets", made.outlets())
    for table, rows in tables.items():
        made.put(table, rows)
    made.publish(SCAN, [Problem("in/z", "line 3", "broken")])
    made.close()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def consistent(path: Path) -> bool:
    return (
        rows(path, "PRAGMA integrity_check") == [("ok",)]
        and rows(path, "PRAGMA foreign_key_check") == []
        and all(
            rows(path, f"INSERT INTO {t}_fts({t}_fts) VALUES ('integrity-check')") == []
            for t in store.SEARCHED
        )
    )


def test_a_scan_writes_one_file_and_leaves_none_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    published(path, article("a", outlet="The Herald"), article("b"))
    assert rows(path, "SELECT source, outlet_id, words FROM articles ORDER BY source") == [
        ("in/a", "the-herald", 3),
        ("in/b", None, 3),
    ]
    assert rows(path, "SELECT source, place, reason, level FROM problems") == [
        ("in/z", "line 3", "broken", "skipped")
    ]
    assert consistent(path)
    assert {p.name for p in tmp_path.iterdir()} <= {"reuse.db", "reuse.db-lock"}


def test_a_second_scan_adds_and_drops_only_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    published(path, article("a"), article("b"), article("elsewhere"))
    before = dict(rows(path, "SELECT source, rowid FROM articles"))
    published(path, article("a"), article("c", "Other words stand here."), gone="in/b")
    after = dict(rows(path, "SELECT source, rowid FROM articles"))
    assert set(after) == {"in/a", "in/c", "in/elsewhere"}
    assert after["in/a"] == before["in/a"]
    assert rows(path, "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'other'") == [
        (1,)
    ]
    assert len(rows(path, "SELECT * FROM scans")) == 2
    assert consistent(path)


def test_the_same_rows_come_from_one_scan_or_from_two(tmp_path: Path) -> None:
    people = [Speaker("s1", "Ada Stone", "person"), Speaker("s2", "Bo Lind", "person", quotes=2)]
    published(tmp_path / "one.db", article("a"), article("b"), speakers=people)
    published(tmp_path / "two.db", article("a"), speakers=[Speaker("s1", "A. Stone", "person")])
    published(tmp_path / "two.db", article("a"), article("b"), speakers=people)
    for table in ("articles", "speakers", "outlets"):
        query = f"SELECT * FROM {table} ORDER BY id"
        assert rows(tmp_path / "one.db", query) == rows(tmp_path / "two.db", query)


def test_an_outlet_spelled_twice_is_one_in_any_order(tmp_path: Path) -> None:
    spelled = [article("a", outlet="The Herald"), article("b", outlet="the  herald")]
    kinds = [article("c", outlet="Wire", outlet_kind="agency"), article("d", outlet="Wire")]
    published(tmp_path / "x.db", *spelled, *kinds)
    published(tmp_path / "y.db", *reversed([*spelled, *kinds]))
    query = "SELECT * FROM outlets ORDER BY id"
    assert rows(tmp_path / "x.db", query) == [
        ("the-herald", "The Herald", None, None),
        ("wire", "Wire", "agency", None),
    ]
    assert rows(tmp_path / "x.db", query) == rows(tmp_path / "y.db", query)


def test_what_was_kept_survives_a_scan_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    cut = Store(path)
    cut.keep({"reading": {"k": b"value", "unused": b"x"}})
    cut.close()
    again = Store(path)
    assert again.kept("reading", ["k", "other"]) == {"k": b"value"}
    again.publish(SCAN, [])
    again.close()
    third = Store(path)
    assert third.kept("reading", ["k", "unused"]) == {"k": b"value"}
    third.close()


def test_of_what_belongs_together_all_is_kept_or_nothing(tmp_path: Path) -> None:
    cut = Store(tmp_path / "reuse.db")
    with pytest.raises(sqlite3.IntegrityError):
        cut.keep({"quotes": {"k": b"value"}, "people": {"k": None}})  # type: ignore[dict-item]
    assert cut.kept("quotes", ["k"]) == {}
    cut.close()


def test_two_scans_at_once_are_refused(tmp_path: Path) -> None:
    first = Store(tmp_path / "reuse.db")
    with pytest.raises(Busy):
        Store(tmp_path / "reuse.db")
    first.close()
    Store(tmp_path / "reuse.db").close()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be one", b""])
def test_another_file_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(NotOurs):
        Store(path)
    assert path.read_bytes() == content


def test_a_reading_comes_back_as_it_was_kept() -> None:
    quote = Quote(1, 5, "text", "direct", 0, confidence=0.75, evidence="subject of “said”")
    person = Person("Ada Stone", "person", (("Ada Stone", 2), ("Stone", 1)), ("the mayor",), "f")
    assert quotes_of(packed([quote])) == (quote,)
    assert people_of(packed([person])) == (person,)


def test_a_speaker_below_the_confidence_is_left_empty() -> None:
    sure = Quote(0, 4, "text", "direct", 0, person=0, confidence=0.9)
    unsure = Quote(5, 9, "text", "direct", 0, person=0, confidence=0.2)
    made = quote_rows("a", (sure, unsure), ["speaker 0"], 0.5)
    assert [row.speaker_id for row in made] == ["speaker 0", None]
    assert made[0].utterance_id == made[1].utterance_id == made[0].id


@pytest.mark.parametrize(
    ("text", "kind", "speaker"),
    [
        ("the two banks", "mixed", None),
        ("the two banks of the river", "mixed", "speaker 0"),
        ("that it is", "indirect", "speaker 0"),
    ],
)
def test_who_speaks_a_few_words_must_be_surer(
    text: str, kind: QuoteKind, speaker: str | None
) -> None:
    def named(confidence: float) -> str | None:
        quote = Quote(0, len(text), text, kind, 0, person=0, confidence=confidence)
        return quote_rows("a", (quote,), ["speaker 0"], 0.5)[0].speaker_id

    assert named(0.55) == speaker
    assert named(0.65) == "speaker 0"


@pytest.mark.parametrize(
    ("name", "key"),
    [("The Herald", "the-herald"), ("Вести  24", "вести-24"), ("L’Écho", "l-écho")],
)
def test_an_outlets_key_is_its_name_in_small_letters(name: str, key: str) -> None:
    assert outlet_key(name) == key


def test_names_without_letters_keep_apart() -> None:
    assert outlet_key("???") != outlet_key("!!!")


def test_a_database_of_another_schema_is_refused_with_what_helps(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    published(path, article("a"))
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {store.SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NotOurs, match="scan into a new file with --db"):
        Store(path)
    assert path.read_bytes() == before


def test_rows_of_some_articles_leave_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    articles = [article("a"), article("b"), article("c")]

    def quote(of: Article, start: int) -> tuple[Any, ...]:
        return QuoteRow(
            f"{of.id} {start}", of.id, start, start + 4, of.text[start : start + 4], "direct",
            None, None, None, None, None, 0.5, "", "u", None,
        )  # fmt: skip

    published(path, *articles, quotes=[quote(a, n) for a in articles for n in (0, 5)])
    made = Store(path)
    made.add(articles[:2])
    made.carry_over(lambda source: True)
    made.put("quotes", [quote(articles[0], 5)], of=[articles[0].id])
    made.publish(SCAN, [])
    made.close()
    assert sorted(rows(path, "SELECT article_id, start FROM quotes")) == sorted(
        [(articles[0].id, 5), (articles[1].id, 0), (articles[1].id, 5)]
    )
    assert consistent(path)


@pytest.mark.skipif(not Store.is_shared, reason="this SQLite is built without its locks")
def test_texts_are_read_by_another_thread_while_rows_are_written(tmp_path: Path) -> None:
    articles = [article(f"a{n}", f"Some words here, number {n}.") for n in range(300)]
    published(tmp_path / "x.db", *articles)
    written = Store(tmp_path / "x.db")
    texts = {a.id: a.text for a in articles}
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                if (found := written.texts(list(texts))) != texts:
                    wrong.append(found)
            except sqlite3.Error as error:
                wrong.append(error)

    reader = threading.Thread(target=read)
    try:
        written.add(articles)
        reader.start()
        for n in range(200):
            written.put("speakers", [Speaker(f"s{n}", f"Mary Holt {n}", "person")])
            written.link("appearances", "source_id", {})
    finally:
        done.set()
        reader.join()
        written.close()
    assert wrong == []


def test_what_a_scan_noted_goes_with_it_unless_it_is_published(tmp_path: Path) -> None:
    path = tmp_path / "reuse.db"
    published(path, article("a"))
    for publish, others in ((False, {"k"}), (True, {"k"}), (True, set())):
        made = Store(path)
        assert made.differing("stage", {"k": b"1"}) == others
        if publish:
            made.publish(SCAN, [])
        made.close()
