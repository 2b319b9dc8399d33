"""The plugin through Datasette's own client: routes, escaping, other people's databases."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browse_database import ARTICLES, CUT, FULL, HOSTILE, database, place

pytest.importorskip("datasette")

from datasette.app import Datasette

from reuse import browse
from reuse.browse import pages, phrases

PAGES = [
    "",
    "?q=ferries",
    "/article/a1",
    "/article/a3",
    "/article/a4",
    "/match/m1",
    "/match/m2",
    "/passage/p1",
    "/passage/p2",
    "/quote/f1",
    "/quote/q2",
    "/quote/q4",
    "/speaker/s1",
    "/speaker/s2",
    "/outlets",
]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database(tmp_path_factory.mktemp("browse") / "news.db")


@pytest.fixture
def datasette(db: Path) -> Datasette:
    return browse.application(db)


@pytest.fixture
def conn(db: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(db)) as connection:
        yield connection


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would read them, and the text outside scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


async def page(datasette: Datasette, path: str) -> str:
    response = await datasette.client.get(f"/news/-/reuse{path}")
    assert response.status_code == 200, response.text[-2000:]
    return str(response.text)


async def test_every_page_answers_and_links_only_to_what_answers(datasette: Datasette) -> None:
    links: set[str] = set()
    for path in PAGES:
        tags = Tags(await page(datasette, path)).tags
        found = {attrs.get("href") or attrs.get("src") or "" for _, attrs in tags}
        inside = {link.partition("#")[0] for link in found if link.startswith("/")}
        assert inside
        links |= inside
    formats = set()
    for link in links:
        response = await datasette.client.get(link)
        assert response.status_code in (200, 302), link
        kind = re.search(r"\.(csv|json)(\?|$)", link)
        if kind:
            formats.add(kind[1])
        if kind and kind[1] == "json":
            json.loads(response.text)
    assert formats == {"csv", "json"}


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_hostile_becomes_markup(datasette: Datasette, path: str) -> None:
    html = await page(datasette, path)
    tags = Tags(html).tags
    scripts = [attrs for tag, attrs in tags if tag == "script"]
    assert len(scripts) == 1
    assert (scripts[0]["src"] or "").endswith(browse.fingerprint("reuse.js"))
    assert not [
        attrs for tag, attrs in tags if tag in ("img", "iframe", "object", "embed", "style")
    ]
    for tag, attrs in tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (
            tag,
            attrs,
        )
        address = attrs.get("href") or attrs.get("src") or attrs.get("action") or ""
        assert not address.strip().lower().startswith(("javascript:", "vbscript:"))
    assert "\u202e" not in html
    assert "{{" not in html or "{{7*7}}" in html


async def test_hostile_words_are_shown_as_they_stand(datasette: Datasette) -> None:
    text = Tags(await page(datasette, "/article/a3")).text
    assert phrases.clean(HOSTILE) in text
    assert "\ufffdgnp.exe" in text


async def test_a_page_forbids_inline_script(datasette: Datasette) -> None:
    response = await datasette.client.get("/news/-/reuse/article/a3")
    policy = response.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_only_web_addresses_become_links(datasette: Datasette) -> None:
    assert 'href="https://tidewater.example/ferries"' in await page(datasette, "/article/a1")
    html = await page(datasette, "/article/a2")
    assert "javascript:alert(3)" in Tags(html).text


@pytest.mark.parametrize("path", ["", "/outlets", "/article/a1", "/match/m1", "/quote/f1"])
async def test_a_database_that_is_not_ours_is_left_alone(
    tmp_path: Path, db: Path, path: str
) -> None:
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as conn:
        conn.executescript(
            "CREATE TABLE articles (id TEXT PRIMARY KEY, title TEXT, text TEXT);"
            "INSERT INTO articles VALUES ('a1', 'A title', 'words');"
            'CREATE TABLE quotes (start INTEGER, "end" INTEGER, article_id TEXT);'
            "INSERT INTO quotes VALUES (1, 2, 'a1');"
        )
    browse.register()
    both = Datasette([str(foreign), str(db)])
    assert (await both.client.get(f"/foreign/-/reuse{path}")).status_code == 404
    for address in ("/foreign", "/foreign/articles", "/foreign/quotes"):
        html = (await both.client.get(address)).text
        assert "/-/reuse" not in html
        assert "Who said it" not in html
    assert (await both.client.get(f"/news/-/reuse{path}")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/article/none", "/match/a1", "/passage/q1", "/quote/a1", "/speaker/a1", "/elsewhere"]
)
async def test_what_is_not_there_is_not_found(datasette: Datasette, path: str) -> None:
    assert (await datasette.client.get(f"/news/-/reuse{path}")).status_code == 404
    assert (await datasette.client.get(f"/none/-/reuse{path}")).status_code == 404


async def test_who_may_not_see_the_tables_may_not_see_the_pages(db: Path) -> None:
    browse.register()
    rules = {"databases": {"news": {"tables": {"quotes": {"allow": False}}}}}
    closed = (
        Datasette([str(db)], config=rules)
        if hasattr(Datasette, "allowed")
        else Datasette([str(db)], metadata=rules)
    )
    assert (await closed.client.get("/news/-/reuse/article/a1")).status_code == 403


async def test_the_databases_own_page_leads_to_ours_and_lists_the_queries(
    datasette: Datasette,
) -> None:
    html = (await datasette.client.get("/news")).text
    assert '/news/-/reuse"' in html
    for query in browse.QUERIES.values():
        # Datasette 1.0 lists the first few there, and all on a page of their own.
        known = hasattr(datasette, "get_query") and await datasette.get_query("news", query.name)
        assert known or query.title in html, query.name
    assert "Where did these words come from?" in html


@pytest.mark.parametrize("name", list(browse.QUERIES))
async def test_every_ready_query_runs(datasette: Datasette, name: str) -> None:
    values = "words=the&name=Mara&one_outlet=Coast+Wire&other_outlet=Tidewater+Post"
    response = await datasette.client.get(f"/news/{name}.json?_shape=array&{values}")
    assert response.status_code == 200, response.text
    rows = response.json()
    assert rows or name == "without_speaker"


async def test_tables_have_descriptions_facets_and_labels(datasette: Datasette) -> None:
    html = (await datasette.client.get("/news/quotes")).text
    assert "Probability that the speaker is right" in html
    assert re.search(r'data-facet|facet-results|class="facet', html)
    assert "Mara Oduya" in html  # the label of speaker_id
    for table in browse.TABLES:
        response = await datasette.client.get(f"/news/{table}")
        assert response.status_code == 200
        assert browse.TABLES[table]["title"] in response.text


def test_metadata_names_columns_that_are_there(conn: sqlite3.Connection) -> None:
    for table, about in browse.TABLES.items():
        columns = {row[1] for row in conn.execute(f"PRAGMA table_info({table})")}
        assert columns, table
        named = {*about.get("columns", {}), *about.get("facets", [])}
        named |= {about[key] for key in ("sort", "sort_desc", "label_column") if key in about}
        assert named <= columns, table


async def test_offsets_are_links_to_the_marked_place(datasette: Datasette) -> None:
    start, end = place("a2", CUT)
    html = (await datasette.client.get("/news/quotes")).text
    assert f'href="/news/-/reuse/article/a2?mark={start}-{end}#here"' in html
    shown = await page(datasette, f"/article/a2?mark={start}-{end}")
    assert 'id="here"' in shown


async def test_names_in_tables_and_views_lead_to_pages(datasette: Datasette) -> None:
    for address, link in (
        ("/news/passages", "/news/-/reuse/passage/p1"),
        ("/news/families", "/news/-/reuse/quote/f1"),
        ("/news/altered_quotes", "/news/-/reuse/quote/f1"),
        ("/news/disputed_quotes", "/news/-/reuse/article/a1"),
        ("/news/who_said?words=ferries", "/news/-/reuse/quote/q1"),
    ):
        assert f'href="{link}"' in (await datasette.client.get(address)).text, address


@pytest.mark.parametrize(
    ("words", "kind", "id"),
    [
        ("ferries winter", "quotes", "q1"),
        ('"behind closed doors"', "passages", "p1"),
        ("timetable", "articles", "a2"),
        ("oduya", "speakers", "s1"),
        ("Mara", "speakers", "s1"),
    ],
)
def test_search_finds(conn: sqlite3.Connection, words: str, kind: str, id: str) -> None:
    assert id in [row["id"] for row in pages.search(conn, words)[kind]]


@pytest.mark.parametrize(
    "words",
    ['"', "'", "*", "NEAR(", "ferries OR", "a AND", "-x", "col:x", "^", '""', "%", "_",
     "\\", "(", ";", "é" * 300],
)  # fmt: skip
async def test_search_takes_no_syntax(datasette: Datasette, words: str) -> None:
    response = await datasette.client.get("/news/-/reuse", params={"q": words})
    assert response.status_code == 200


def test_a_phrase_is_looked_for_as_it_stands(conn: sqlite3.Connection) -> None:
    assert not pages.search(conn, '"doors closed behind"')["passages"]
    assert pages.search(conn, "doors closed behind")["passages"]


async def test_marks_stand_where_the_offsets_say(datasette: Datasette) -> None:
    html = await page(datasette, "/article/a1")
    for name, words in (("q-q1", FULL), ("q-q4", "soft landing"), ("q-q5", "four ferries")):
        marked = re.findall(rf'<mark [^>]*data-marks="[^"]*\b{name}\b[^"]*">(.*?)</mark>', html)
        assert "".join(marked) == words


async def test_the_article_page_holds_the_whole_text(datasette: Datasette) -> None:
    html = await page(datasette, "/article/a1")
    body = html[html.index('<div class="text"') :]
    paragraphs = re.findall(r'<p class="words">(.*?)</p>', body, re.DOTALL)
    assert "".join(Tags(p).text for p in paragraphs) == ARTICLES["a1"]["text"]


async def test_the_notes_say_who_and_where_else(datasette: Datasette) -> None:
    text = Tags(await page(datasette, "/article/a3")).text
    assert "altered: a number changed: four became three" in text
    assert "likely taken from Coast Wire" in text
    text = Tags(await page(datasette, "/article/a1")).text
    assert "first seen here" in text
    assert "furniture of the page" in text
    text = Tags(await page(datasette, "/article/a4")).text
    assert "written here as the outlet’s own words" in text


async def test_a_match_marks_changed_words_on_both_sides(datasette: Datasette) -> None:
    html = await page(datasette, "/match/m1")
    changed = re.findall(r'<mark class="changed" data-marks="(\w+)">(.*?)</mark>', html)
    assert changed == [("c0", "cost"), ("c0", "price")]
    text = Tags(html).text
    assert "Of matches with this score, about 97 in 100 are real reuse." in text
    assert "6 hours later" in text


async def test_an_unknown_order_is_not_guessed(datasette: Datasette) -> None:
    text = Tags(await page(datasette, "/quote/f1")).text
    assert "date unknown" in text
    assert "Outlets do not agree" not in text


@pytest.mark.parametrize("id", ["f1", "q1", "q2", "q3"])
async def test_a_quote_leads_to_its_family(datasette: Datasette, id: str) -> None:
    text = Tags(await page(datasette, f"/quote/{id}")).text
    assert "Two speakers for the same words" in text
    assert text.index("Disputed") < text.index("Every version")
    assert "Decided by a person" in text


async def test_a_version_shows_what_it_dropped_and_put_in(datasette: Datasette) -> None:
    html = await page(datasette, "/quote/f1")
    assert re.search(r"<del[^>]*>, and nobody will lose a route</del>", html)
    assert re.search(
        r'<del class="meaning"[^>]*>four</del> <ins class="meaning"[^>]*>three</ins>', html
    )


async def test_furniture_is_out_of_the_start_page_but_reachable(datasette: Datasette) -> None:
    html = await page(datasette, "")
    assert "Sign up for" not in Tags(html).text
    assert "passages?boilerplate=1" in html
    assert "Furniture of the page" in Tags(await page(datasette, "/passage/p2")).text


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("SELECT first_outlet, outlets FROM quote_first_seen", [("Tidewater Post", 4)]),
        ("SELECT kind, a_speaker, b_speaker FROM disputed_quotes ORDER BY kind DESC LIMIT 1",
         [("speaker", "Mara Oduya", "Deputy <b>Pell</b>")]),
        ("SELECT variant_id, touches_meaning, reason FROM altered_quotes",
         [("v3", 1, "a number changed: four became three")]),
        ("SELECT passage_id, outlets FROM most_reused", [("p1", 3)]),
        ("SELECT from_outlet, to_outlet_id, passages, median_lag_hours FROM outlet_flow ORDER BY 1",
         [("Coast Wire", "o3", 1, 24.0), ("Tidewater Post", "o2", 1, 6.5)]),
        ("SELECT outlet_id, first_passages, original_share FROM outlet_totals ORDER BY 1",
         [("o1", 1, 1.0), ("o2", 0, 0.0), ("o3", 0, 0.0)]),
    ],
)  # fmt: skip
def test_a_view_answers_what_a_newsroom_asks(
    conn: sqlite3.Connection, view: str, expected: list[tuple[object, ...]]
) -> None:
    assert conn.execute(view).fetchall() == expected


@pytest.mark.parametrize("view", ["quote_first_seen", "altered_quotes", "most_reused"])
def test_counting_a_long_view_looks_nothing_up(conn: sqlite3.Connection, view: str) -> None:
    plan = conn.execute(f"EXPLAIN QUERY PLAN SELECT count(*) FROM {view}").fetchall()
    assert len(plan) == 1, plan


@pytest.mark.parametrize("view", ["altered_quotes", "most_reused"])
def test_a_long_view_comes_in_its_order_without_sorting(
    conn: sqlite3.Connection, view: str
) -> None:
    plan = [step for *_, step in conn.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view}")]
    assert "variants_altered" in plan[0] or "passages_by_reach" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step]


@pytest.mark.parametrize("name", list(pages.SQL))
def test_a_page_reads_no_table_from_end_to_end(conn: sqlite3.Connection, name: str) -> None:
    """Counts, small tables and lists that stop early may; nothing may sort or scan the big ones."""
    values = dict.fromkeys(re.findall(r":(\w+)", pages.SQL[name]), "x")
    values |= {key: 10 for key in ("limit", "offset", "start", "end") if key in values}  # type: ignore[misc]
    plan = [step for *_, step in conn.execute(f"EXPLAIN QUERY PLAN {pages.SQL[name]}", values)]
    big = ("articles", "quotes", "matches", "appearances", "variants")
    scans = [s for s in plan if re.match(rf"SCAN ({'|'.join(big)})\b", s) and "USING" not in s]
    assert not scans, plan


async def test_the_address_of_a_page_survives_hostile_ids(datasette: Datasette) -> None:
    for id in ("..%2f..", "%00", "a'--", '"><script>'):
        response = await datasette.client.get(f"/news/-/reuse/article/{id}")
        assert response.status_code in (302, 404)
        assert "<script>alert" not in response.text


async def test_pages_show_a_new_scan_without_a_restart(tmp_path: Path) -> None:
    path = database(tmp_path / "news.db")
    served = browse.application(path)
    assert "4 articles" in Tags(await page(served, "")).text
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("INSERT INTO articles (id, source, text, words) VALUES ('a5', 's', 't', 1)")
    assert "5 articles" in Tags(await page(served, "")).text


def test_serve_refuses_what_is_not_ours(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as conn:
        conn.execute("CREATE TABLE t (a)")
    (tmp_path / "y.db").write_text("no database")
    for name in ("x.db", "y.db", "none.db"):
        with pytest.raises(ValueError, match=name):
            browse.serve(tmp_path / name, 0, open_browser=False)


async def test_without_a_date_nothing_is_first(tmp_path: Path) -> None:
    path = database(tmp_path / "news.db")
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE articles SET published = NULL, title = NULL, source = '/x/y/1.txt'")
        conn.execute("UPDATE passages SET first_published = NULL")
    served = browse.application(path)
    for address in ("/article/a1", "/passage/p1", "/match/m1"):
        text = Tags(await page(served, address)).text
        assert "irst seen" not in text
        assert "later" not in text.replace("later articles", "")
    assert "not known" in Tags(await page(served, "/passage/p1")).text
    assert "<h1>1.txt</h1>" in await page(served, "/article/a1")
