"""A small database of the contract, made by hand: what the pages are tested on.

Its rows are what a scan of such articles should give, so the tests need no pipeline. Offsets are
found from the words, never typed.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

HOSTILE = '"><svg onload=alert(1)><script>alert(2)</script>{{7*7}} **b** \u202egnp.exe'

FULL = "We will keep all four ferries running through the winter, and nobody will lose a route"
CUT = "We will keep all four ferries running through the winter"
NUMBER = "We will keep all three ferries running through the winter"

COUNCIL = (
    "The council met on Sunday behind closed doors to weigh the {} of new engines for the fleet, "
    "which dates from before the bridge"
)

ARTICLES: dict[str, dict[str, Any]] = {
    "a1": {
        "outlet_id": "o1",
        "title": "Ferries stay, says harbour chief",
        "byline": "Ines Calder",
        "url": "https://tidewater.example/ferries",
        "published": "2031-03-02T08:00Z",
        "text": f"Ferries stay, says harbour chief\n\n“{FULL},” said Mara Oduya, the harbour chief."
        " "
        "The council met on Sunday behind closed doors to weigh the cost of new engines for the "
        "fleet, which dates from before the bridge.\n\nA clerk called it a “soft landing”. "
        "Sign up for the Tidewater letter.",
    },
    "a2": {
        "outlet_id": "o2",
        "title": "Winter timetable settled",
        "url": "javascript:alert(3)",
        "published": "2031-03-02T14:30Z",
        "text": f"“{CUT},” said Oduya.\n\nThe council met on Sunday behind closed doors to weigh "
        "the price of new engines for the fleet, which dates from before the bridge.",
    },
    "a3": {
        "outlet_id": "o3",
        "title": HOSTILE,
        "url": "https://hill.example/?q=<script>alert(4)</script>",
        "published": "2031-03-03",
        "text": f"“{NUMBER},” said Deputy Pell.\n\nThe council met on Sunday behind closed doors."
        f" {HOSTILE}",
    },
    "a4": {
        "outlet_id": None,
        "title": None,
        "url": None,
        "published": None,
        "text": "All four ferries will keep running through the winter and nobody will lose a route"
        ", the harbour has decided.",
    },
}
OUTLETS = [
    ("o1", "Tidewater Post", "press"),
    ("o2", "Coast Wire", "agency"),
    ("o3", '<img src=x onerror="alert(5)">', None),
]


def database(path: Path) -> Path:
    """Write the database and return its path."""
    schema = files("reuse")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA foreign_keys = ON")
        conn.executescript((schema / "schema.sql").read_text("utf-8"))
        with conn:
            fill(conn)
        conn.executescript((schema / "views.sql").read_text("utf-8"))
        conn.executescript((schema / "summaries.sql").read_text("utf-8"))
        for table, columns in (
            ("articles", "title, text"),
            ("quotes", "text, mention"),
            ("passages", "text"),
        ):
            conn.executescript(
                f"CREATE VIRTUAL TABLE {table}_fts USING fts5({columns}, content={table});"
                f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild');"
            )
        assert not conn.execute("PRAGMA foreign_key_check").fetchall()
    return path


def insert(conn: sqlite3.Connection, table: str, **values: object) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def place(article: str, words: str) -> tuple[int, int]:
    start = ARTICLES[article]["text"].index(words)
    return start, start + len(words)


def fill(conn: sqlite3.Connection) -> None:
    for id, name, kind in OUTLETS:
        insert(conn, "outlets", id=id, name=name, kind=kind)
    for id, fields in ARTICLES.items():
        insert(
            conn,
            "articles",
            id=id,
            source=f"news/{id}.txt",
            language="en",
            words=len(fields["text"].split()),
            **fields,
        )
    insert(
        conn, "speakers", id="s1", name="Mara Oduya", kind="person", quotes=2, articles=2, outlets=2
    )
    insert(
        conn,
        "speakers",
        id="s2",
        name="Deputy <b>Pell</b>",
        kind="person",
        quotes=1,
        articles=1,
        outlets=1,
    )
    for speaker, name, mentions in (
        ("s1", "Mara Oduya", 1),
        ("s1", "Oduya", 1),
        ("s2", "Deputy Pell", 1),
    ):
        insert(conn, "speaker_names", speaker_id=speaker, name=name, mentions=mentions)

    insert(
        conn, "families", id="f1", name="We will keep all four ferries", speaker_id="s1", text=FULL,
        quotes=3, outlets=4, first_variant_id="v1", first_published="2031-03-02T08:00Z", disputed=1,
    )  # fmt: skip
    quotes = [
        ("q1", "a1", FULL, "direct", "said", "Mara Oduya", "s1", 0.99, "f1"),
        ("q2", "a2", CUT, "direct", "said", "Oduya", "s1", 0.97, "f1"),
        ("q3", "a3", NUMBER, "direct", "said", "Deputy Pell", "s2", 0.6, "f1"),
        ("q4", "a1", "soft landing", "term", None, None, None, 0.0, None),
        ("q5", "a1", "four ferries", "nested", None, None, None, 0.0, None),
    ]
    for id, article, words, kind, cue, mention, said_by, confidence, family in quotes:
        start, end = place(article, words)
        named = place(article, mention) if mention else (None, None)
        insert(
            conn, "quotes", id=id, article_id=article, start=start, end=end, text=words, kind=kind,
            cue=cue, mention=mention, mention_start=named[0], mention_end=named[1],
            speaker_id=said_by, confidence=confidence, evidence="named after the quote",
            utterance_id=f"u-{id}", within_id="q1" if id == "q5" else None, family_id=family,
        )  # fmt: skip

    first, _ = place("a2", CUT)
    cut_at = len(CUT)
    dropped = [
        {"op": "equal", "start": first, "end": first + cut_at, "was_start": 0, "was_end": cut_at},
        {"op": "delete", "start": first + cut_at, "end": first + cut_at, "was_start": cut_at,
         "was_end": len(FULL), "was": FULL[cut_at:], "now": "", "class": "cut", "meaning": None},
    ]  # fmt: skip
    at, _ = place("a3", NUMBER)
    four = FULL.index("four")
    changed = [
        {"op": "equal", "start": at, "end": at + four, "was_start": 0, "was_end": four},
        {"op": "replace", "start": at + four, "end": at + four + 5, "was_start": four,
         "was_end": four + 4, "was": "four", "now": "three", "class": "number",
         "meaning": "a number changed: four became three"},
        {"op": "equal", "start": at + four + 5, "end": at + len(NUMBER), "was_start": four + 4,
         "was_end": cut_at},
    ]  # fmt: skip
    variants = [
        ("v1", "a1", "q1", FULL, "same", [], 0, None, None),
        ("v2", "a2", "q2", CUT, "shortened", dropped, 0, None, "v1"),
        (
            "v3",
            "a3",
            "q3",
            NUMBER,
            "altered",
            changed,
            1,
            "a number changed: four became three",
            "v2",
        ),
        ("v4", "a4", None, ARTICLES["a4"]["text"][:86], "paraphrased", [], 0, None, None),
    ]
    for id, article, quote, words, change, edits, touches, reason, source in variants:
        start, end = place(article, words)
        insert(
            conn, "variants", id=id, family_id="f1", article_id=article,
            utterance_id=f"u-{quote}" if quote else None, quote_id=quote, start=start, end=end,
            change=change, edits=json.dumps(edits), touches_meaning=touches, reason=reason,
            source_id=source, source_change=change if source else None,
            source_confidence=0.8 if source else None,
            credit="Coast Wire" if id == "v3" else None,
        )  # fmt: skip
    insert(
        conn,
        "disputes",
        id="d1",
        family_id="f1",
        kind="speaker",
        a_variant_id="v1",
        b_variant_id="v3",
    )
    insert(
        conn,
        "disputes",
        id="d2",
        family_id="f1",
        kind="quote_or_prose",
        a_variant_id="v1",
        b_variant_id="v4",
    )

    shared = {
        "a1": COUNCIL.format("cost"),
        "a2": COUNCIL.format("price"),
        "a3": "The council met on Sunday behind closed doors",
    }
    insert(
        conn, "passages", id="p1", name="The council met on Sunday", text=shared["a1"], words=23,
        articles=3, outlets=3, first_article_id="a1", first_published="2031-03-02T08:00Z",
    )  # fmt: skip
    insert(
        conn, "passages", id="p2", name="Sign up", text="Sign up for the Tidewater letter", words=6,
        articles=1, outlets=1, first_article_id=None, first_published=None, boilerplate=1,
    )  # fmt: skip
    steps: list[tuple[str, str, str | None]] = [
        ("x1", "a1", None), ("x2", "a2", "x1"), ("x3", "a3", "x2"),
    ]  # fmt: skip
    for id, article, source in steps:
        start, end = place(article, shared[article])
        insert(
            conn, "appearances", id=id, passage_id="p1", article_id=article, start=start, end=end,
            similarity=0.96, source_id=source,
        )  # fmt: skip
    start, end = place("a1", "Sign up for the Tidewater letter")
    insert(
        conn,
        "appearances",
        id="x4",
        passage_id="p2",
        article_id="a1",
        start=start,
        end=end,
        similarity=1.0,
    )
    for id, a, b, score in (("m1", "a1", "a2", 0.97), ("m2", "a2", "a3", 0.72)):
        (a_start, a_end), (b_start, b_end) = place(a, shared[a]), place(b, shared[b])
        insert(
            conn, "matches", id=id, a_article_id=a, a_start=a_start, a_end=a_end, b_article_id=b,
            b_start=b_start, b_end=b_end, score=score, similarity=0.95, jaccard=0.8, bits=120.5,
            words=23, kind="prose", a_outlet_id=ARTICLES[a]["outlet_id"],
            b_outlet_id=ARTICLES[b]["outlet_id"], passage_id="p1",
        )  # fmt: skip
    insert(
        conn,
        "decisions",
        id="k1",
        kind="merge",
        names='["Mara Oduya", "Oduya"]',
        made_at="2031-03-04T09:00Z",
    )
    insert(
        conn, "scans", id=1, started="2031-03-04T08:00Z", finished="2031-03-04T08:01Z",
        version="0.1.0",
        schema_version=1, settings="{}", counts="{}", seconds="{}", minhash_scheme="affine32",
        minhash_seed=1, minhash_permutations=128,
    )  # fmt: skip
    insert(
        conn,
        "problems",
        id=1,
        scan_id=1,
        source="news/x.bin",
        place="",
        reason="not text",
        level="skipped",
    )
