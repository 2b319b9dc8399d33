"""What holds of every scan, whatever the articles: the rows depend on them and on what people
decided, and on nothing else; and the database is whole at every moment."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from gold.found import CORPUS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import whole
from benchmarks.changes import FOOT, TOLD, changed, text
from reuse import api, comparing, pipeline, readers, store
from reuse.engines import Engine
from reuse.engines.local import Local
from reuse.model import Article, Item
from reuse.settings import Settings
from reuse.speakers import decision
from reuse.store import Store


def scan(
    database: Path,
    inputs: Iterable[Item],
    under: Callable[[str], bool] = lambda source: True,
    workers: int = 1,
    memory: int = 1 << 28,
    told: Settings | None = None,
    engine: Engine | None = None,
) -> None:
    written = Store(database)
    try:
        with Local(workers=workers, memory=memory) as here:
            pipeline.scan(
                inputs,
                under,
                written,
                engine or here,
                told or Settings(),
                None,
                lambda stage, done, total: None,
            )
    finally:
        written.close()
    assert list(whole.broken(database)) == []


def scan_folder(database: Path, *paths: Path, engine: Engine | None = None) -> None:
    named = [str(path) for path in paths]
    if engine is None:
        api.scan(named, database)
        assert list(whole.broken(database)) == []
    else:
        scan(database, readers.read(named), readers.under(named), engine=engine)


# -- order, workers, batches, steps ----------------------------------------------------------------


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Three stories of the demonstration corpus: forty articles, with all that a scan can find."""
    found = [item for item in readers.read([str(CORPUS)]) if isinstance(item, Article)]
    days = ("2025-03-06", "2025-03-07", "2025-03-08", "2025-03-09", "2025-03-10")
    return [a for a in found if a.published is None or a.published.startswith(days)]


@pytest.fixture(scope="module")
def undisturbed(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("laws") / "undisturbed.db"
    scan(database, articles)
    with closing(sqlite3.connect(database)) as db:
        for table in ("matches", "appearances", "families", "variants", "disputes"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() > (2,), table
    return database


@pytest.mark.parametrize("seed", [None, 1])
def test_the_order_of_the_articles_shows_in_no_row(
    articles: list[Article], undisturbed: Path, tmp_path: Path, engine: Engine, seed: int | None
) -> None:
    order = articles[::-1]
    if seed is not None:
        random.Random(seed).shuffle(order)
    scan(tmp_path / "x.db", order, engine=engine)
    assert whole.differing(tmp_path / "x.db", undisturbed) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_batches_and_memory_show_in_no_row(
    articles: list[Article],
    undisturbed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
) -> None:
    monkeypatch.setattr(pipeline, "BATCH_CHARACTERS", 1_500)
    monkeypatch.setattr(pipeline, "BATCH_ARTICLES", 7)
    monkeypatch.setattr(comparing, "BATCH_CHARACTERS", 3_000)
    monkeypatch.setattr(comparing, "PART_WORDS", 2_000)
    monkeypatch.setattr(comparing, "SEEDS_AT_ONCE", 2_000)
    scan(tmp_path / "x.db", articles, workers=workers, memory=1_000)
    assert whole.differing(tmp_path / "x.db", undisturbed) == []


def test_the_engine_shows_in_no_row(tmp_path: Path, engine: Engine) -> None:
    scan_folder(tmp_path / "local.db", CORPUS)
    scan_folder(tmp_path / "x.db", CORPUS, engine=engine)
    assert whole.differing(tmp_path / "x.db", tmp_path / "local.db") == []


@pytest.mark.parametrize("first", [1, 20])
def test_two_scans_give_what_one_gives(
    articles: list[Article], undisturbed: Path, tmp_path: Path, engine: Engine, first: int
) -> None:
    scan(tmp_path / "x.db", articles[:first], engine=engine)
    scan(tmp_path / "x.db", articles[first:], under=lambda source: False, engine=engine)
    assert whole.differing(tmp_path / "x.db", undisturbed) == []
    # What a third one will not have to make again: whatever no step asked for is there as well.
    kept = "SELECT stage, key FROM _kept ORDER BY 1, 2"
    assert rows(tmp_path / "x.db", kept) == rows(undisturbed, kept)


def test_a_scan_of_fewer_gives_what_they_alone_give(
    articles: list[Article], undisturbed: Path, tmp_path: Path
) -> None:
    scan(tmp_path / "more.db", articles)
    scan(tmp_path / "more.db", articles[::2])
    scan(tmp_path / "few.db", articles[::2])
    assert whole.differing(tmp_path / "more.db", tmp_path / "few.db") == []
    assert whole.differing(tmp_path / "more.db", undisturbed) != []


@pytest.mark.parametrize("told", [Settings(min_confidence=0.95), Settings(min_score=0.99)])
def test_another_setting_gives_what_a_scan_from_nothing_gives_with_it(
    articles: list[Article], tmp_path: Path, told: Settings
) -> None:
    scan(tmp_path / "x.db", articles[:20])
    before = whole.said(tmp_path / "x.db")
    scan(tmp_path / "x.db", articles[:20], told=told)
    scan(tmp_path / "fresh.db", articles[:20], told=told)
    assert whole.differing(tmp_path / "x.db", tmp_path / "fresh.db") == []
    assert whole.said(tmp_path / "x.db") != before


# -- folders that change ---------------------------------------------------------------------------

outlets = st.sampled_from(sorted(FOOT))
numbers = st.integers(0, 5)
changes = st.one_of(
    st.tuples(st.just("write"), outlets, numbers, st.integers(0, 99)),
    st.tuples(st.just("remove"), outlets, numbers, numbers),
    st.tuples(st.just("rename"), outlets, numbers, numbers),
    st.tuples(st.just("move"), outlets, numbers, outlets),
    st.tuples(st.just("scan"), outlets, numbers, numbers),
)


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(changes, min_size=6, max_size=18))
def test_changes_scanned_as_they_come_give_what_a_scan_from_nothing_gives(
    tmp_path_factory: pytest.TempPathFactory, changes: Sequence[tuple[str, str, int, int | str]]
) -> None:
    made = tmp_path_factory.mktemp("changes")
    folder = made / "in"
    folder.mkdir()
    # Half of the files that there can be, so that there is something to change.
    for number in range(3):
        for outlet in sorted(FOOT):
            changed(folder, ("write", outlet, number, number * 3 + len(outlet)))
    scan_folder(made / "grown.db", folder)
    store.decide(
        made / "grown.db", [decision("merge", ["Bram Holt", "Daniel Okoro"], None, "2025-07-01")]
    )
    for change in changes:
        if change[0] == "scan":
            scan_folder(made / "grown.db", folder)
        else:
            changed(folder, change)
    scan_folder(made / "grown.db", folder)

    scan(made / "fresh.db", [])
    store.decide(
        made / "fresh.db", [decision("merge", ["Bram Holt", "Daniel Okoro"], None, "2025-07-01")]
    )
    scan_folder(made / "fresh.db", folder)
    assert whole.differing(made / "grown.db", made / "fresh.db") == []


def test_two_chains_that_grow_into_one_stretch_are_one_match(tmp_path: Path) -> None:
    pages = [
        Article("a", text(25, "wire"), "Wire", published="2025-06-01"),
        Article("b", text(20, "herald"), "Herald", published="2025-06-02"),
    ]
    scan(tmp_path / "x.db", pages, told=Settings(ignore=(TOLD[3],)))
    assert rows(tmp_path / "x.db", "SELECT count(*) FROM matches") == [(4,)]


# -- what people decided ---------------------------------------------------------------------------


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def test_decisions_are_kept_and_applied_by_every_scan(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    pages = [
        Article(
            "a",
            "“The bridge is safe,” said Ada Stone. “I walked over it.”\n",
            "Herald",
            language="en",
        ),
        Article(
            "b",
            "“Nobody has told the ferrymen,” said A. Stonne of the council.\n",
            "Post",
            language="en",
        ),
        Article("c", "“It was a quiet day at the quay,” said Bram Holt.\n", "Wire", language="en"),
    ]
    speakers = (
        "SELECT a.source, s.name FROM quotes q JOIN articles a ON a.id = article_id"
        " JOIN speakers s ON s.id = speaker_id WHERE q.kind = 'direct' GROUP BY 1, 2 ORDER BY 1"
    )
    scan(database, pages[:2])
    assert rows(database, speakers) == [("a", "Ada Stone"), ("b", "A. Stonne")]
    decided = [
        decision("merge", ["Ada Stone", "A. Stonne"], None, "2025-07-01T00:00:00Z"),
        decision(
            "speaker",
            ["It was a quiet day at the quay,", "Celia Marsh"],
            pages[2].id,
            "2025-07-02T00:00:00Z",
        ),
    ]
    assert store.decide(database, decided) == 2
    assert store.decide(database, decided) == 0
    for _ in range(2):
        scan(database, pages)
        assert rows(database, "SELECT * FROM decisions ORDER BY made_at") == decided
        assert rows(database, speakers) == [
            ("a", "Ada Stone"),
            ("b", "Ada Stone"),
            ("c", "Celia Marsh"),
        ]


def test_whom_a_correction_names_may_be_met_later(tmp_path: Path) -> None:
    said = Article(
        "a", "“It was a quiet day at the quay,” said Bram Holt.\n", "Wire", language="en"
    )
    met = Article("b", "“The bridge is safe,” said Celia Marsh.\n", "Post", language="en")
    correction = decision(
        "speaker", ["It was a quiet day at the quay,", "Celia Marsh"], said.id, "2025-07-01"
    )
    for name, steps in (("grown", ([said], [said, met], [said])), ("fresh", ([said],))):
        database = tmp_path / f"{name}.db"
        scan(database, [])
        store.decide(database, [correction])
        for articles in steps:
            scan(database, articles)
    assert whole.differing(tmp_path / "grown.db", tmp_path / "fresh.db") == []


# -- whoever reads meanwhile -----------------------------------------------------------------------


def seen(db: sqlite3.Connection) -> tuple[object, ...]:
    """What one transaction sees of a database; raises what a reader would meet."""
    db.execute("BEGIN")
    try:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        counts = [
            db.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in ("articles", "quotes", "matches", "families", "outlet_totals", "scans")
        ]
        found = db.execute(
            "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'said OR sagte'"
        ).fetchone()
        ids = db.execute("SELECT group_concat(id) FROM (SELECT id FROM articles ORDER BY id)")
        return (*counts, found, *ids.fetchall())
    finally:
        db.execute("ROLLBACK")


def test_datasette_in_a_loop_answers_during_a_scan_and_shows_the_new_rows_after_it(
    articles: list[Article], tmp_path: Path
) -> None:
    database = tmp_path / "x.db"
    scan(database, articles[:20])
    question = "select count(*) n, (select count(*) from articles_fts) m from articles"

    async def looks(over: threading.Event) -> list[tuple[int, object]]:
        served = Datasette([str(database)])
        await served.invoke_startup()
        found = []
        last = False
        while not last:
            last = over.is_set()
            for page in ("/x.json?" + urlencode({"sql": question, "_shape": "array"}), "/x"):
                answer = await served.client.get(page)
                found.append((answer.status_code, answer.text if "sql" in page else None))
        return found

    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(lambda: asyncio.run(looks(over)))
        try:
            scan(database, articles)
        finally:
            over.set()
        found = looking.result()
    assert {status for status, _ in found} == {200}
    answers = [json.loads(str(text))[0] for _, text in found if text]
    assert [answer["n"] for answer in (answers[0], answers[-1])] == [20, len(articles)]
    assert {(answer["n"], answer["m"]) for answer in answers} <= {(20, 20), (len(articles),) * 2}


def test_whoever_reads_during_a_scan_sees_the_old_rows_or_the_new_ones(
    articles: list[Article], tmp_path: Path
) -> None:
    database = tmp_path / "x.db"
    scan(database, articles[:20])
    looks: list[tuple[object, ...]] = []
    trouble: list[BaseException] = []
    over = threading.Event()

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{database}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    def look() -> None:
        try:
            with closing(connected()) as kept:
                while not over.is_set():
                    looks.append(seen(kept))
                    with closing(connected()) as db:
                        looks.append(seen(db))
                looks.append(seen(kept))
        except (sqlite3.Error, AssertionError) as error:
            trouble.append(error)

    with closing(connected()) as db:
        before = seen(db)
    reader = threading.Thread(target=look)
    reader.start()
    try:
        scan(database, articles)
    finally:
        over.set()
        reader.join()
    with closing(connected()) as db:
        after = seen(db)
    assert trouble == []
    assert before != after
    assert looks[0] == before
    assert looks[-1] == after
    assert set(looks) == {before, after}
    assert list(whole.broken(database)) == []
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith("-lock")) == ["x.db"]
