"""Questions to a database: where do these words come from, and is this draft true to it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import unstyle
from click.testing import CliRunner

from reuse import checking, tracing
from reuse.cli import main

PIER = "The old pier will not be opened again before the winter storms have passed"
WALL = ("We cannot let another family lose its home to the sea", "This wall is ten years late")
ARTICLES = {
    "mail/wall.txt": (
        f"The wall\n\n“{WALL[0]},” said Ann Marlow, who leads the council. “{WALL[1]}.”\n"
    ),
    "herald/wall.txt": (
        "A wall at last\n\nResidents held up pictures of flooded kitchens. "
        f"“{WALL[0]},” Peter Gray, a fisherman, told the meeting. “{WALL[1]}.”\n"
    ),
    "herald/pier.txt": (
        f"Harbour news\n\n“{PIER},” Mary Holt, the harbour master, said on Monday. "
        "The ferry will use the north quay instead, and cars have to wait in Mill Street.\n"
    ),
    "post/pier.txt": (
        f"Pier closed\n\n“{PIER.replace(' not', '')},” said Mary Holt, the harbour master.\n\n"
        "Anglers were unhappy with the decision, which nobody had told them about in advance.\n"
    ),
    "mail/baker.txt": (
        "Bread\n\n“I have baked for this island for thirty years and nobody ever thanked me,” "
        "said Tom Lunn, the baker.\n\nHe was sitting in front of his shop in the sun, and the "
        "street smelled of bread as it has done every morning since the war.\n"
    ),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder: Path = tmp_path_factory.mktemp("scan")
    for name, text in ARTICLES.items():
        path = folder / "articles" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    path = folder / "reuse.db"
    arguments = ["scan", str(folder / "articles"), "--db", str(path), "--workers", "1", "--quiet"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "asked",
    [PIER, PIER.upper(), "not be opened again before the winter storms", f"“{PIER}.”"],
)
def test_the_family_of_some_words_is_found_with_its_versions(
    db: sqlite3.Connection, asked: str
) -> None:
    found = tracing.trace(db, asked)
    assert found.found
    assert found.speaker == "Mary Holt"
    assert {v.place.outlet for v in found.versions} == {"herald", "post"}
    assert [v.touches_meaning for v in found.versions].count(True) == 1


def test_a_split_quote_of_a_draft_is_known_and_who_else_is_credited_is_said(
    db: sqlite3.Connection,
) -> None:
    draft = f"Draft\n\n“{WALL[0]},” said Ann Marlow, the council’s leader. “{WALL[1]}.”\n"
    (quote,) = checking.check(db, draft, "en").quotes
    assert quote.state == "known"
    assert quote.attention == "Elsewhere credited to Peter Gray as well."
    assert quote.words == f"{WALL[0]}, … {WALL[1]}."
    assert draft[quote.start : quote.end] == quote.text


def test_a_quote_that_stands_alone_is_found(db: sqlite3.Connection) -> None:
    found = tracing.trace(db, "baked for this island for thirty years")
    assert (found.found, found.family_id, found.speaker) == (True, None, "Tom Lunn")
    assert len(found.versions) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "Zebras graze upon the moon",
        "",
        "…",
        '" OR * NEAR( ^ -text : AND',
        "pier OR 1=1; DROP TABLE x",
    ],
)
def test_words_that_are_nowhere_are_said_to_be_nowhere(db: sqlite3.Connection, asked: str) -> None:
    found = tracing.trace(db, asked)
    assert not found.found
    assert found.versions == ()
    assert "no quote" in tracing.rendered(found)


def test_what_the_asked_words_changed_is_told(db: sqlite3.Connection) -> None:
    found = tracing.trace(db, PIER.replace("winter", "spring"))
    assert found.asked is not None
    assert found.asked.change == "altered"
    assert "spring" in json.dumps(json.loads(tracing.as_json(found))["asked"])


def test_a_quote_is_traced_by_its_id(db: sqlite3.Connection) -> None:
    (quote_id,) = db.execute("SELECT id FROM quotes WHERE text LIKE 'I have baked%'").fetchone()
    found = tracing.trace_quote(db, quote_id)
    assert found is not None
    assert found.speaker == "Tom Lunn"
    assert tracing.trace_quote(db, "none") is None


def test_the_terminal_gets_no_escape_from_an_article() -> None:
    assert "\x1b" not in tracing.shown("red \x1b[31m alert")


@pytest.mark.parametrize(
    ("draft", "state", "attention"),
    [
        (f"“{PIER},” Mary Holt said.", "known", False),
        (f"“{PIER.replace('winter', 'spring')},” Mary Holt said.", "changed", True),
        (f"“{PIER.replace(' not', '')},” Mary Holt said.", "changed", True),
        (f"“{PIER},” said Tom Lunn, the baker.", "other_speaker", True),
        ("“Zebras graze upon the moon by night and day,” Mary Holt said.", "unknown", False),
    ],
)
def test_each_quote_of_a_draft_is_known_changed_somebody_elses_or_unknown(
    db: sqlite3.Connection, draft: str, state: str, attention: bool
) -> None:
    found = checking.check(db, f"Draft\n\n{draft}\n", "en")
    (quote,) = found.quotes
    assert (quote.state, found.attention) == (state, attention)
    assert bool(quote.attention) == attention
    assert json.loads(checking.as_json(found))["attention"] is attention
    assert checking.rendered(found)


def test_reused_prose_is_found_where_it_stands(db: sqlite3.Connection) -> None:
    copied = "The ferry will use the north quay instead, and cars have to wait in Mill Street."
    draft = f"Our own first line says something new altogether.\n\n{copied}\n"
    (found,) = checking.check(db, draft, "en").reused
    assert draft[found.start : found.end] == found.text == copied
    (text,) = db.execute(
        "SELECT text FROM articles WHERE id = ?", [found.place.article_id]
    ).fetchone()
    assert text[found.place.start : found.place.end] in copied
    assert found.place.outlet == "herald"


def test_what_a_draft_did_to_a_quote_is_shown_in_its_place(db: sqlite3.Connection) -> None:
    said = PIER.replace("winter", "spring")
    found = checking.check(db, f"The quay today. “{said},” Mary Holt said.\n", "en")
    (quote,) = found.quotes
    changed = [(e.was, e.now) for e in quote.edits if e.op == "replace"]
    assert ("winter", "spring") in changed
    assert "before the [-winter-] {+spring+} storms" in unstyle(checking.rendered(found))


@pytest.mark.parametrize("marks", ["“”", "  "])
def test_own_words_and_quotations_are_told_apart(db: sqlite3.Connection, marks: str) -> None:
    draft = f"Seen on the quay today: {marks[0]}{PIER}.{marks[1]}\n"
    (found,) = checking.check(db, draft, "en").reused
    assert found.quoted is (marks == "“”")


def test_a_draft_of_ones_own_has_nothing(db: sqlite3.Connection) -> None:
    found = checking.check(
        db, "Grey whales were seen off the cape by a teacher and her class.\n", "en"
    )
    assert (found.quotes, found.reused, found.attention) == ((), (), False)
