"""A database -> one HTML file that can be sent: the findings, on the pages of `reuse browse`.

Everything is in the file: styles, pictures, no script, no address of another host but those that
articles give as their own. Where the articles lay on the scanning machine is not in it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from reuse.browse import pages, phrases

PASSAGES = 20  # of a report on everything: the most reused
FAMILIES = 40  # disputed quotes first, then altered ones, then those in most outlets
SPEAKERS = 12

WORTH_TELLING = """
SELECT id FROM families
ORDER BY disputed DESC,
  EXISTS (SELECT 1 FROM variants WHERE family_id = families.id AND touches_meaning = 1) DESC,
  outlets DESC, quotes DESC, id
LIMIT ?
"""
OF_SPEAKER = """
SELECT id FROM families WHERE speaker_id = ? ORDER BY disputed DESC, outlets DESC, quotes DESC, id
LIMIT ?
"""
OF_OUTLET = """
SELECT passages.id FROM passages
WHERE passages.boilerplate = 0 AND passages.outlets > 1 AND EXISTS (
  SELECT 1 FROM appearances JOIN articles ON articles.id = appearances.article_id
  WHERE appearances.passage_id = passages.id AND articles.outlet_id = ?)
ORDER BY passages.outlets DESC, passages.articles DESC, passages.words DESC, passages.id
LIMIT ?
"""
REUSED = """
SELECT id FROM passages WHERE boilerplate = 0 AND outlets > 1
ORDER BY outlets DESC, articles DESC, words DESC, id LIMIT ?
"""

ID = re.compile(r' id="([^"]+)"')

ONE: dict[str, Callable[[sqlite3.Connection, str, dict[str, str]], dict[str, Any] | None]] = {
    "passage": pages.passage,
    "quote": pages.quote,
    "speaker": pages.speaker,
}


class NotThere(LookupError):
    """What the report should be about is not in the database."""


def report(
    db: Path,
    path: Path,
    *,
    speaker: str | None = None,
    outlet: str | None = None,
    passage: str | None = None,
) -> None:
    """Write the report on everything, or on one speaker, outlet (by id or name) or passage (by id).

    Raises `NotThere` when there is no such speaker, outlet or passage, and when two have the name.
    """
    with closing(sqlite3.connect(f"file:{quote(str(db.resolve()))}?mode=ro", uri=True)) as conn:
        title, chosen = choice(conn, speaker, outlet, passage)
        path.write_text(document(conn, title, chosen), "utf-8")


def choice(
    conn: sqlite3.Connection, speaker: str | None, outlet: str | None, passage: str | None
) -> tuple[str, list[tuple[str, str]]]:
    """The title, and which pages the report has: their kind and id."""

    def ids(sql: str, *values: object) -> list[str]:
        return [row[0] for row in conn.execute(sql, values)]

    if speaker is not None:
        id, name = named(conn, "speakers", speaker)
        quotes = ids(OF_SPEAKER, id, FAMILIES)
        return name, [("speaker", id), *(("quote", q) for q in quotes)]
    if outlet is not None:
        id, name = named(conn, "outlets", outlet)
        return name, [("outlets", ""), *(("passage", p) for p in ids(OF_OUTLET, id, PASSAGES))]
    if passage is not None:
        row = conn.execute("SELECT name FROM passages WHERE id = ?", (passage,)).fetchone()
        if row is None:
            raise NotThere(f"no passage has the id {passage}")
        return phrases.clean(row[0]), [("passage", passage)]
    speakers = ids(
        "SELECT id FROM speakers WHERE kind <> 'unnamed' ORDER BY quotes DESC, id LIMIT ?", SPEAKERS
    )
    return "Where did these words come from?", [
        ("start", ""),
        ("outlets", ""),
        *(("quote", q) for q in ids(WORTH_TELLING, FAMILIES)),
        *(("passage", p) for p in ids(REUSED, PASSAGES)),
        *(("speaker", s) for s in speakers),
    ]


def named(conn: sqlite3.Connection, table: str, wanted: str) -> tuple[str, str]:
    found = conn.execute(
        f"SELECT id, name FROM {table} WHERE id = ?1 OR name = ?1 COLLATE NOCASE"
        " ORDER BY id <> ?1 LIMIT 2",
        (wanted,),
    ).fetchall()
    if not found or (len(found) == 2 and found[0][0] != wanted):
        ids = ", ".join(id for id, _ in found)
        raise NotThere(
            f"two {table} are named {wanted}: give an id ({ids})"
            if found
            else f"none of the {table} is named {wanted}"
        )
    return found[0][0], phrases.clean(found[0][1])


def document(conn: sqlite3.Connection, title: str, chosen: list[tuple[str, str]]) -> str:
    here = files("reuse.browse")
    environment = Environment(loader=FileSystemLoader(str(here / "templates")), autoescape=True)
    included = {anchor(kind, id) for kind, id in chosen}
    # The other names of what is included: a quote leads to its family's sheet.
    family_of = dict(conn.execute("SELECT id, family_id FROM quotes WHERE family_id IS NOT NULL"))

    def link(kind: str, id: str = "", **_: object) -> str:
        target = anchor(kind, family_of.get(id, id) if kind == "quote" else id)
        return f"#{target}" if target in included else ""

    surroundings = {
        "layout": "reuse/section.html",
        "report": True,
        "home": "",
        "database_name": title,
        "link": link,
        "table": lambda *_, **__: "",
        "w": phrases,
    }
    sections: dict[str, str] = {}
    contents = []
    for kind, id, values in sheets(conn, chosen):
        name = anchor(kind, id)
        sections[name] = environment.get_template(f"reuse/{kind}.html").render(
            values | surroundings | {"anchor": name}
        )
        contents.append({"anchor": name, "title": heading(kind, values)})
    places = {name: set(ID.findall(html)) - {name} for name, html in sections.items()}
    css = (here / "static" / "reuse.css").read_text("utf-8")
    return environment.get_template("reuse/report.html").render(
        title=title,
        css=Markup(css),
        sections=[Markup(settled(html, name, places)) for name, html in sections.items()],
        contents=contents if len(contents) > 1 else [],
        scan=pages.row(conn, "newest_scan"),
        w=phrases,
    )


def sheets(
    conn: sqlite3.Connection, chosen: list[tuple[str, str]]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind, id in chosen:
        if kind == "start":
            values: dict[str, Any] | None = pages.start(conn, {})
        elif kind == "outlets":
            values = pages.outlets(conn, {})
        else:
            values = ONE[kind](conn, id, {})
        if values is not None:
            yield kind, id, without_places(values)


def without_places(value: Any) -> Any:
    """The values of a page without the folders of the machine that scanned."""
    if isinstance(value, dict):
        return {
            key: Path(item).name
            if key in ("source", "article_source") and item
            else without_places(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_places(item) for item in value]
    return value


def settled(html: str, name: str, places: dict[str, set[str]]) -> str:
    """A page made one of many: its places get its name before theirs, and dead links are no links.

    ``places``: the ids on every page of the report. Every quotation mark that an article brings is
    escaped, so an attribute found here is one that a template wrote.
    """

    def pointer(match: re.Match[str]) -> str:
        target, _, place = match[1].partition("#")
        if target in places[name]:
            return f' href="#{name}.{target}"'
        if target not in places:
            return ""
        return f' href="#{target}.{place}"' if place in places[target] else f' href="#{target}"'

    html = re.sub(r' href="#?"', "", html)
    html = re.sub(r' href="#([^"]+)"', pointer, html)
    html = ID.sub(lambda m: m[0] if m[1] == name else f' id="{name}.{m[1]}"', html)
    return re.sub(r' for="([^"]+)"', lambda m: f' for="{name}.{m[1]}"', html)


def anchor(kind: str, id: str) -> str:
    return f"{kind}-{quote(id, safe='')}" if id else kind


def heading(kind: str, values: dict[str, Any]) -> str:
    if kind == "start":
        return "Overview"
    if kind == "outlets":
        return "Who takes from whom"
    if kind == "speaker":
        return str(values["speaker"]["name"])
    if kind == "passage":
        return phrases.shortened(values["passage"]["text"], 70)
    words = values["family"]["text"] if values["family"] else values["quote"]["text"]
    return f"“{phrases.shortened(phrases.bare(words), 70)}”"
