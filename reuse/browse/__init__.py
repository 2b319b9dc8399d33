"""A Datasette plugin: pages of our own, and good metadata, on databases that carry our contract.

It knows only the database. One code serves Datasette 0.65 (metadata and canned queries by hooks)
and 1.0 (by calls at start-up).
"""

from __future__ import annotations

import socket
import sqlite3
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import yaml
from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup
from pluggy import HookimplMarker

from reuse.browse import pages, phrases
from reuse.browse.sql import statements

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# The same as datasette.hookimpl, which has no types.
hookimpl = HookimplMarker("datasette")

QUERIES = statements("queries.sql")
METADATA: dict[str, Any] = yaml.safe_load(
    (files("reuse.browse") / "metadata.yaml").read_text("utf-8")
)
TABLES: dict[str, dict[str, Any]] = METADATA["tables"] | METADATA["views"]
# What stands in a cell; a mapping is a foreign key with its label.
Cell = str | int | float | bytes | dict[str, Any] | None

# What Datasette 1.0 calls configuration; the rest of a table's entry is metadata.
CONFIGURATION = ("label_column", "sort", "sort_desc", "size", "facets")

# Our pages run no script but our own file, whatever stands in an article.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


# ------------------------------------------------------------------------- which databases are ours

_checked: dict[str, tuple[object, bool]] = {}


def ours(datasette: Datasette, name: str | None) -> bool:
    """Whether a database carries our contract; one that does not is asked again when it changes."""
    database = datasette.databases.get(name)
    if database is None or not (database.path or database.memory_name):
        return False
    if database.memory_name:
        key, state = f"file:{database.memory_name}?mode=memory&cache=shared", object()
    else:
        path = Path(database.path)
        if not path.exists():
            return False
        mode = "mode=ro" if database.is_mutable else "immutable=1"
        key, state = f"file:{quote(str(path.resolve()))}?{mode}", path.stat().st_mtime_ns
    known = _checked.get(key)
    if known is None or (not known[1] and known[0] != state):
        try:
            with closing(sqlite3.connect(key, uri=True)) as conn:
                known = (state, pages.carries_contract(conn))
        except sqlite3.Error:
            return False
        _checked[key] = known
    return known[1]


def our_databases(datasette: Datasette) -> Iterator[str]:
    return (name for name in datasette.databases if ours(datasette, name))


# -------------------------------------------------------------------------- Datasette's own pages


def introduction(datasette: Datasette, name: str) -> str:
    link = f"{datasette.urls.database(name)}/-/reuse"
    return str(
        Markup('<p>{} <strong><a href="{}">Open the newsroom pages</a></strong>.</p>').format(
            METADATA["description"], link
        )
    )


@hookimpl(optionalhook=True)
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    """Datasette 0.65; what the person running it says wins."""
    return {
        "databases": {
            name: {
                "title": METADATA["title"],
                "description_html": introduction(datasette, name),
                # Datasette merges what the person running it says into what it gets here.
                "tables": deepcopy(TABLES),
            }
            for name in our_databases(datasette)
        }
    }


@hookimpl(optionalhook=True)
def canned_queries(datasette: Datasette, database: str) -> dict[str, dict[str, str]]:
    """Datasette 0.65."""
    if not ours(datasette, database):
        return {}
    return {
        name: {"sql": query.sql, "title": query.title, "description": query.description}
        for name, query in QUERIES.items()
    }


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Any]:
    async def describe() -> None:
        if not hasattr(datasette, "set_database_metadata"):
            return  # 0.65 asks by the two hooks above
        for name in our_databases(datasette):
            await describe_to_datasette_1(datasette, name)

    return describe


async def describe_to_datasette_1(datasette: Datasette, name: str) -> None:
    """Metadata, table configuration and queries; what is already said stays."""
    said = await datasette.get_database_metadata(name)
    for key, value in (
        ("title", METADATA["title"]),
        ("description_html", introduction(datasette, name)),
    ):
        if key not in said:
            await datasette.set_database_metadata(name, key, value)
    if datasette.config is None:
        datasette.config = {}
    tables = (
        datasette.config.setdefault("databases", {}).setdefault(name, {}).setdefault("tables", {})
    )
    for table, about in TABLES.items():
        said = await datasette.get_resource_metadata(name, table)
        for key in ("title", "description"):
            if key in about and key not in said:
                await datasette.set_resource_metadata(name, table, key, about[key])
        for column, description in about.get("columns", {}).items():
            if not await datasette.get_column_metadata(name, table, column):
                await datasette.set_column_metadata(name, table, column, "description", description)
        configured = {key: about[key] for key in CONFIGURATION if key in about}
        tables[table] = configured | (tables.get(table) or {})
    for query in QUERIES.values():
        if await datasette.get_query(name, query.name) is None:
            await datasette.add_query(
                name,
                query.name,
                query.sql,
                title=query.title,
                description=query.description,
                is_trusted=True,
            )


@hookimpl
def database_actions(datasette: Datasette, database: str) -> list[dict[str, str]]:
    if not ours(datasette, database):
        return []
    return [
        {
            "href": f"{datasette.urls.database(database)}/-/reuse",
            "label": "Newsroom pages",
            "description": "Articles, passages, quotes, speakers and outlets, side by side",
        }
    ]


# Columns that hold the id of a page of ours, and the kind of the page.
PAGE_OF_COLUMN = {
    "family_id": "quote",
    "quote_id": "quote",
    "passage_id": "passage",
    "article_id": "article",
    "first_article_id": "article",
    "a_article_id": "article",
    "b_article_id": "article",
    "speaker_id": "speaker",
    "match_id": "match",
}
PAGE_OF_NAME = {
    ("articles", "title"): "article",
    ("passages", "name"): "passage",
    ("families", "name"): "quote",
    ("speakers", "name"): "speaker",
    ("quotes", "text"): "quote",
    ("matches", "score"): "match",
}
# Offsets: the column, the article and the end of the marked place.
PLACES = {
    ("quotes", "start"): ("article_id", "end"),
    ("appearances", "start"): ("article_id", "end"),
    ("variants", "start"): ("article_id", "end"),
    ("matches", "a_start"): ("a_article_id", "a_end"),
    ("matches", "b_start"): ("b_article_id", "b_end"),
}


@hookimpl
def render_cell(
    row: sqlite3.Row,
    value: Cell,
    column: str,
    table: str | None,
    database: str,
    datasette: Datasette,
) -> Markup | None:
    """Names lead to our pages, offsets to the marked place."""
    if value is None or not ours(datasette, database):
        return None
    columns = row.keys() if hasattr(row, "keys") else ()
    base = f"{datasette.urls.database(database)}/-/reuse"
    place = PLACES.get((table or "", column))
    if place and all(name in columns for name in place):
        article, end = plain(row[place[0]]), plain(row[place[1]])
        href = f"{base}/article/{tilde_encode(article)}?mark={plain(value)}-{end}#here"
        return Markup('<a href="{}" title="Show the marked place">{}</a>').format(
            href, plain(value)
        )
    kind = PAGE_OF_NAME.get((table or "", column))
    if kind and "id" in columns:
        shown = phrases.shortened(str(value), 120)
        return Markup('<a href="{}/{}/{}">{}</a>').format(
            base, kind, tilde_encode(str(row["id"])), shown
        )
    # In tables such a column is a foreign key, and leads to its row as everywhere in Datasette.
    if table not in METADATA["tables"] and column in PAGE_OF_COLUMN and isinstance(value, str):
        return Markup('<a href="{}/{}/{}">{}</a>').format(
            base, PAGE_OF_COLUMN[column], tilde_encode(value), value
        )
    return None


def plain(value: Cell) -> str:
    """The value of a cell that Datasette may have given a label."""
    return str(value["value"] if isinstance(value, dict) else value)


# ---------------------------------------------------------------------------------- our own pages


ONE = {
    "article": pages.article,
    "match": pages.match,
    "passage": pages.passage,
    "quote": pages.quote,
    "speaker": pages.speaker,
}


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"/(?P<database>[^/]+)/-/reuse/?$", show_start),
        (r"/(?P<database>[^/]+)/-/reuse/outlets$", show_outlets),
        (
            rf"/(?P<database>[^/]+)/-/reuse/(?P<kind>{'|'.join(ONE)})/(?P<id>[^/]+)$",
            show_one,
        ),
    ]


async def show_start(datasette: Datasette, request: Request) -> Response:
    return await show(
        datasette, request, "start", lambda conn: pages.start(conn, arguments(request))
    )


async def show_outlets(datasette: Datasette, request: Request) -> Response:
    return await show(
        datasette, request, "outlets", lambda conn: pages.outlets(conn, arguments(request))
    )


async def show_one(datasette: Datasette, request: Request) -> Response:
    kind, id = request.url_vars["kind"], tilde_decode(request.url_vars["id"])
    return await show(
        datasette, request, kind, lambda conn: ONE[kind](conn, id, arguments(request))
    )


def arguments(request: Request) -> dict[str, str]:
    return {key: request.args[key] for key in request.args}


async def show(
    datasette: Datasette, request: Request, kind: str, page: Callable[[sqlite3.Connection], Any]
) -> Response:
    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError:
        raise NotFound("There is no such database") from None
    if not ours(datasette, database.name):
        raise NotFound("This database was not made by reuse")
    await permitted(datasette, request.actor, database.name)
    values = await database.execute_fn(page)
    if values is None:
        raise NotFound(f"There is no such {kind} in this database")
    values |= surroundings(datasette, database.name)
    html = await datasette.render_template(f"reuse/{kind}.html", values, request=request)
    return Response.html(html, headers=HEADERS)


async def permitted(datasette: Datasette, actor: dict[str, Any] | None, database: str) -> None:
    """A page shows rows of every table, so whoever may not see one of them may not see the page."""
    if hasattr(datasette, "ensure_permissions"):
        for table in pages.CONTRACT:
            await datasette.ensure_permissions(
                actor,
                [("view-table", (database, table)), ("view-database", database), "view-instance"],
            )
        return
    from datasette.resources import TableResource

    for table in pages.CONTRACT:
        await datasette.ensure_permission(
            action="view-table", resource=TableResource(database=database, table=table), actor=actor
        )


def surroundings(datasette: Datasette, name: str) -> dict[str, Any]:
    """What every template may call: addresses of pages, tables and files, and phrases."""
    base = f"{datasette.urls.database(name)}/-/reuse"

    def link(kind: str, id: str | None = None, **query: object) -> str:
        address = f"{base}/{kind}" + ("" if id is None else f"/{tilde_encode(id)}")
        return address + (f"?{urlencode(query)}" if query else "")

    def table(table_name: str, format: str | None = None, **query: object) -> str:
        query = {key.removeprefix("and_"): value for key, value in query.items()}
        if format == "csv" and table_name not in METADATA["views"]:
            query["_stream"] = "on"
        address = datasette.urls.table(name, table_name, format=format)
        return f"{address}?{urlencode(query)}" if query else str(address)

    return {
        "home": base,
        "link": link,
        "table": table,
        "database_link": str(datasette.urls.database(name)),
        "database_name": name,
        "static": lambda file: (
            f"{datasette.urls.static_plugins(static_name(), file)}?{fingerprint(file)}"
        ),
        "w": phrases,
    }


@cache
def static_name() -> str:
    """Under which name Datasette serves our files: the distribution's, else the module's."""
    # Not at the top: Datasette loads its plugins in the middle of this module.
    from datasette.plugins import get_plugins

    here = str(files("reuse.browse") / "static")
    return next(
        (str(plugin["name"]) for plugin in get_plugins() if plugin["static_path"] == here),
        "reuse_news",
    ).replace("-", "_")


@cache
def fingerprint(file: str) -> str:
    """So that a browser does not keep a file of an older version."""
    return blake2b(
        (files("reuse.browse") / "static" / file).read_bytes(), digest_size=4
    ).hexdigest()


# --------------------------------------------------------------------------------------- serving


def register() -> None:
    """Make Datasette know the plugin where the package is run in place, not installed."""
    from datasette.plugins import pm

    module = sys.modules[__name__]
    if module not in pm.get_plugins():
        pm.register(module, "reuse")


def application(db: str | Path) -> Datasette:
    """Datasette on one database, read-only, with everything set."""
    from datasette.app import Datasette

    register()
    return Datasette(
        [str(db)],
        settings={"sql_time_limit_ms": 5000, "facet_time_limit_ms": 1000, "default_page_size": 50},
    )


def serve(db: str | Path, port: int = 8001, open_browser: bool = True) -> None:
    """Datasette on ``db`` at 127.0.0.1 until interrupted; port 0 takes a free one.

    Raises ``OSError`` if the port is taken and ``ValueError`` if ``db`` is no database of ours.
    """

    import uvicorn

    path = Path(db)
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
        ) as conn:
            if not pages.carries_contract(conn):
                raise ValueError(f"{path} was not made by reuse scan")
    except sqlite3.Error as error:
        raise ValueError(f"{path} cannot be read as a database: {error}") from error

    datasette = application(path)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        (name,) = (n for n, d in datasette.databases.items() if d.path and Path(d.path) == path)
        start = f"{address}{datasette.urls.database(name)}/-/reuse"
        print(f"{path} is open at {start} (Ctrl-C stops)", file=sys.stderr, flush=True)
        if open_browser:
            threading.Timer(0.5, webbrowser.open, (start,)).start()
        server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="on"))
        server.run(sockets=[listening])


__all__ = ["application", "register", "serve"]
