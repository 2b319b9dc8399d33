"""Screenshots of the pages, made from corpus/ in Chromium: `python docs/screenshots.py`.

    python docs/screenshots.py                 the two of the README, into docs/
    python docs/screenshots.py --all FOLDER    every page, light, dark and 390 wide, to look at

Needs the extra `test` and Debian's chromium (or CHROMIUM=/path).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from reuse import browse

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Each page at what is most worth looking at.
PAGES = {
    "start": None,
    "search": None,
    "outlets": None,
    "article": "SELECT article_id FROM variants GROUP BY 1 ORDER BY sum(touches_meaning) DESC, 1",
    "match": "SELECT id FROM matches WHERE words < 120 ORDER BY similarity > .95, bits DESC, id",
    "passage": "SELECT id FROM passages WHERE boilerplate = 0 ORDER BY outlets DESC, words DESC",
    "quote": "SELECT families.id FROM families JOIN variants ON family_id = families.id "
    " GROUP BY 1 ORDER BY EXISTS (SELECT 1 FROM disputes WHERE kind = 'speaker'"
    " AND family_id = families.id) DESC, sum(touches_meaning) > 0 DESC, outlets DESC, 1",
    "speaker": "SELECT id FROM speakers WHERE kind = 'person' ORDER BY quotes DESC, id",
}
README = ("article", "quote")


@contextmanager
def served(db: Path) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(browse.application(db).app(), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/{db.stem}/-/reuse"
        finally:
            server.should_exit = True
            thread.join()


def addresses(db: Path) -> dict[str, str]:
    found = {"start": "", "search": "?q=engines", "outlets": "/outlets"}
    with closing(sqlite3.connect(db)) as conn:
        for page, sql in PAGES.items():
            row = conn.execute(f"{sql} LIMIT 1").fetchone() if sql else None
            if row:
                found[page] = f"/{page}/{row[0]}"
    return found


def shots(browser: Browser, home: str, pages: dict[str, str], folder: Path, *, every: bool) -> None:
    looks = [("light", 1120)] + ([("dark", 1120), ("light", 390), ("dark", 390)] if every else [])
    for scheme, width in looks:
        context = browser.new_context(
            viewport={"width": width, "height": 820},
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=1,
        )
        page = context.new_page()
        for name, address in pages.items():
            page.goto(home + address)
            ending = f"-{scheme}-{width}" if every else ""
            page.screenshot(path=folder / f"{name}{ending}.png", full_page=every)
        context.close()


def main() -> None:
    raw = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page in every look")
    parser.add_argument("--db", type=Path, help="this database instead of a scan of corpus/")
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        db = options.db or Path(folder) / "reuse.db"
        if not options.db:
            scan = [sys.executable, "-m", "reuse", "scan", "corpus", "--db", str(db)]
            subprocess.run(scan, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        out = options.all or ROOT / "docs"
        out.mkdir(parents=True, exist_ok=True)
        pages = addresses(db)
        chosen = pages if options.all else {name: pages[name] for name in README}
        with served(db) as home:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            shots(browser, home, chosen, out, every=bool(options.all))
            browser.close()


if __name__ == "__main__":
    main()
