"""The pages in a real browser: Debian's Chromium, headless.

Skipped where there is no Chromium, unless REUSE_REQUIRE_BROWSER=1 (as in CI) makes that a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from browse_database import ARTICLES, CUT, FULL, HOSTILE, database, place

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("REUSE_REQUIRE_BROWSER") == "1"
if not REQUIRED:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine", allow_module_level=True)
    pytest.importorskip("playwright")
    pytest.importorskip("axe_playwright_python")
    pytest.importorskip("datasette")

import uvicorn  # noqa: E402
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright  # noqa: E402

from reuse import browse  # noqa: E402
from reuse.browse import phrases  # noqa: E402
from reuse.cli import main  # noqa: E402
from reuse.report import report  # noqa: E402

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ADDRESSES = [
    "",
    "?q=ferries",
    "/article/a1",
    "/article/a3",
    "/article/a4",
    "/match/m1",
    "/passage/p1",
    "/quote/f1",
    "/quote/q4",
    "/speaker/s1",
    "/outlets",
]

# The words of all marks that belong to one row.
MARKED = """name => [...document.querySelectorAll('mark')].filter(
  m => m.dataset.marks.split(' ').includes(name)).map(m => m.textContent).join('')"""


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of a running Datasette on this database."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        app = browse.application(path).app()
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(database(tmp_path_factory.mktemp("browser") / "news.db")) as address:
        yield f"{address}/news/-/reuse"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "REUSE_REQUIRE_BROWSER=1, and there is no chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched(chromium: Browser, host: str) -> Iterator[Page]:
    """A page that fails its test on a console error, a dialog, or a request to another host."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    trouble: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            trouble.append(message.text)

    def asked(dialog: Dialog) -> None:
        trouble.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def requested(request: Request) -> None:
        if not request.url.startswith((host, "data:,")):
            trouble.append(f"request to {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", asked)
    page.on("request", requested)
    yield page
    context.close()
    assert not trouble


@pytest.fixture
def tab(chromium: Browser, home: str) -> Iterator[Page]:
    """A watched page on the database made by hand."""
    with watched(chromium, home.partition("/news")[0]) as page:
        yield page


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that a scan of corpus/ makes."""
    path = tmp_path_factory.mktemp("scanned") / "reuse.db"
    corpus = Path(__file__).parent.parent / "corpus"
    assert CliRunner().invoke(main, ["scan", str(corpus), "--db", str(path)]).exit_code == 0
    return path


def serious(page: Page) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """What axe finds on a page that keeps somebody from using it."""
    return [
        (v["id"], [(n["html"][:200], n.get("failureSummary")) for n in v["nodes"][:3]])
        for v in Axe().run(page).response["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def rest(page: Page, home: str) -> str:
    return page.url.removeprefix(home).partition("?")[0].partition("#")[0]


def test_every_page_is_reached_from_the_start_by_clicks(tab: Page, home: str) -> None:
    tab.goto(home.removesuffix("/-/reuse"))
    tab.get_by_role("link", name="Open the newsroom pages").click()
    assert rest(tab, home) == ""
    tab.get_by_role(
        "link", name="The council met on Sunday behind closed doors to weigh"
    ).first.click()
    assert rest(tab, home) == "/passage/p1"
    tab.get_by_role("link", name="Compare Coast Wire side by side").click()
    assert rest(tab, home) == "/match/m1"
    tab.get_by_role("link", name="Winter timetable settled").click()
    assert rest(tab, home) == "/article/a2"
    tab.get_by_role("link", name="Mara Oduya").first.click()
    assert rest(tab, home) == "/speaker/s1"
    tab.get_by_role("link", name=CUT).first.click()
    assert rest(tab, home) == "/quote/q2"
    tab.get_by_role("link", name="Outlets", exact=True).click()
    assert rest(tab, home) == "/outlets"
    tab.get_by_role("link", name="Overview").click()
    assert rest(tab, home) == ""


def test_the_corpus_opens_by_clicks_alone_and_its_marks_are_true(
    chromium: Browser, scanned: Path
) -> None:
    with served(scanned) as host, watched(chromium, host) as page:
        home = f"{host}/reuse/-/reuse"
        page.goto(home)
        for kind in ("passage", "match", "article", "speaker", "quote", "outlets"):
            links = page.locator(f'a[href*="/-/reuse/{kind}"]')
            if not links.count():
                page.get_by_role("link", name="Overview").click()
            links.first.click()
            assert rest(page, home).startswith(f"/{kind}")
            assert not serious(page)
        connection = sqlite3.connect(scanned)
        quotes = connection.execute(
            "SELECT article_id, id, text FROM quotes WHERE kind = 'direct' ORDER BY id LIMIT 25"
        ).fetchall()
        connection.close()
        for article, quote, words in quotes:
            page.goto(f"{home}/article/{article}")
            marked = page.evaluate(MARKED, f"q-{quote}")
            assert "".join(marked.split()) == "".join(words.split())
        page.goto(home)
        page.locator("main").get_by_role("searchbox").fill("otters")
        page.locator("main").get_by_role("button", name="Search").click()
        page.locator("main").get_by_role("link").nth(3).wait_for()


def test_search_finds_from_the_start_page(tab: Page, home: str) -> None:
    tab.goto(home)
    tab.locator("main").get_by_role("searchbox").fill("closed doors")
    tab.locator("main").get_by_role("button", name="Search").click()
    tab.locator("main").get_by_role("link", name="The council met on Sunday").first.click()
    assert rest(tab, home) == "/passage/p1"


@pytest.mark.parametrize(
    ("article", "name", "words"),
    [
        ("a1", "q-q1", FULL),
        ("a1", "q-q5", "four ferries"),
        ("a1", "q-q4", "soft landing"),
        ("a2", "q-q2", CUT),
        ("a4", "v-v4", ARTICLES["a4"]["text"][:86]),
    ],
)
def test_marks_are_where_the_offsets_say(
    tab: Page, home: str, article: str, name: str, words: str
) -> None:
    tab.goto(f"{home}/article/{article}")
    found = tab.evaluate(
        """name => {
          const marks = [...document.querySelectorAll('mark')].filter(
            m => m.dataset.marks.split(' ').includes(name));
          const before = document.createRange();
          before.setStart(document.querySelector('.text'), 0);
          before.setEndBefore(marks[0]);
          const holder = before.cloneContents();
          holder.querySelectorAll('aside').forEach(note => note.remove());
          const text = [...holder.querySelectorAll('p.words')].map(p => p.textContent).join('');
          return [marks.map(m => m.textContent).join(''), text];
        }""",
        name,
    )
    start, _ = place(article, words)
    assert found == [words, ARTICLES[article]["text"][:start]]


def test_a_link_to_a_place_brings_it_into_view(tab: Page, home: str) -> None:
    start, end = place("a1", "soft landing")
    tab.set_viewport_size({"width": 390, "height": 300})
    tab.goto(f"{home}/article/a1?mark={start}-{end}#here")
    box = tab.locator("mark.here").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 300
    assert tab.locator("mark.here").inner_text() == "soft landing"


def test_keys_walk_the_marks(tab: Page, home: str) -> None:
    tab.goto(f"{home}/article/a1")
    current = tab.locator(".current")
    tab.keyboard.press("n")
    assert "We will keep all" in current.inner_text()
    tab.keyboard.press("n")
    assert current.inner_text() == "four ferries"
    tab.keyboard.press("p")
    assert "We will keep all" in current.inner_text()
    tab.keyboard.press("/")
    tab.keyboard.type("np")
    assert tab.get_by_role("searchbox").input_value() == "np"
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/reuse?q=np")


def test_hovering_a_mark_lights_its_counterpart(tab: Page, home: str) -> None:
    tab.goto(f"{home}/match/m1")
    tab.locator("mark.changed").first.hover()
    assert tab.locator("mark.lit").all_inner_texts() == ["cost", "price"]
    tab.goto(f"{home}/article/a1")
    tab.locator("mark.quote").first.hover()
    assert tab.locator(".note.lit").count() == 1


def test_nothing_in_hostile_articles_runs(tab: Page, home: str) -> None:
    for address in ADDRESSES:
        tab.goto(home + address)
        assert tab.locator("svg[onload], img, [onerror], iframe").count() == 0
        assert tab.locator("a[href^='javascript']").count() == 0
    tab.goto(f"{home}/article/a3")
    assert phrases.clean(HOSTILE) in (tab.locator("main").text_content() or "")
    assert tab.locator("h1").inner_text() == phrases.clean(HOSTILE)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_works_without_script(chromium: Browser, home: str, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(home + address)
    assert page.locator("h1, blockquote.main").first.is_visible()
    assert page.locator("main").inner_text().strip()
    context.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_telephone(tab: Page, home: str, address: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(home + address)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_serious(
    chromium: Browser, home: str, address: str, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(home + address)
    found = serious(page)
    context.close()
    assert not found


def test_a_report_opens_without_network_and_is_accessible(
    chromium: Browser, tmp_path: Path
) -> None:
    report(database(tmp_path / "news.db"), tmp_path / "report.html")
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("request", lambda request: trouble.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = serious(page)
    context.close()
    assert [url for url in trouble if not url.startswith(("file:", "data:,"))] == []
    assert not found
