"""A database -> files of other programs: CSV, JSON lines, Parquet, GraphML, annotations, TEI.

Each function takes the database and the path to write, and overwrites what is there. Nothing but
the database is read. An article whose outlet is unknown stays without one.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent
from xml.sax.saxutils import escape, quoteattr

TABLES = (
    "outlets", "articles", "quotes", "speakers", "speaker_names", "matches", "passages",
    "appearances", "families", "variants", "disputes", "decisions",
)  # fmt: skip
VIEWS = (
    "quote_first_seen", "disputed_quotes", "altered_quotes", "outlet_flow", "most_reused",
)  # fmt: skip

# A spreadsheet runs a cell that begins so as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# XML 1.0 cannot hold these at all; one for one, so that offsets stay.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

CONTEXT = 32  # characters before and after the exact words in a text quote selector
AROUND = 25  # words kept around a finding in an excerpt
GAP = "\n[…]\n"


class MissingExtra(Exception):
    """A format needs a package that is not installed; says which to install."""


def read(db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{percent(str(db.resolve()))}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def rows(conn: sqlite3.Connection, name: str) -> Iterator[sqlite3.Row]:
    key = "rowid" if name in TABLES else "1"
    columns = [column for column in columns_of(conn, name) if column != "signature"]
    listed = ", ".join(f'"{column}"' for column in columns)
    return iter(conn.execute(f"SELECT {listed} FROM {name} ORDER BY {key}"))


def columns_of(conn: sqlite3.Connection, name: str) -> list[str]:
    return [row[1] for row in conn.execute(f"PRAGMA table_info({name})")]


# ---------------------------------------------------------------------------------------- tables


def to_csv(db: Path, folder: Path, *, formulas: bool = False) -> None:
    """A file for each table and newsroom view, in ``folder``; UTF-8 with a mark, as Excel wants.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, unless
    ``formulas``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(read(db)) as conn:
        for name in (*TABLES, *VIEWS):
            with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                found = rows(conn, name)
                writer.writerow(c for c in columns_of(conn, name) if c != "signature")
                for row in found:
                    writer.writerow(tuple(row) if formulas else map(harmless, row))


def harmless(value: object) -> object:
    if isinstance(value, str) and value.lstrip(" \n").startswith(FORMULA):
        return f"'{value}"
    return value


def to_jsonl(db: Path, path: Path) -> None:
    """One line a row: its table under ``table``, and its columns; edits as JSON, not as text."""
    with closing(read(db)) as conn, path.open("w", encoding="utf-8") as file:
        for name in TABLES:
            for row in rows(conn, name):
                record = {"table": name} | dict(row)
                for column in ("edits", "source_edits", "names"):
                    if isinstance(record.get(column), str) and name != "speaker_names":
                        record[column] = json.loads(record[column])
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


def to_parquet(db: Path, folder: Path) -> None:
    """A file for each table, in ``folder``. Needs the extra ``parquet``."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("Parquet needs: pip install 'reuse-news[parquet]'") from error
    types = {"INTEGER": pa.int64(), "REAL": pa.float64(), "BLOB": pa.binary(), "TEXT": pa.string()}
    folder.mkdir(parents=True, exist_ok=True)
    with closing(read(db)) as conn:
        for name in TABLES:
            fields = [(r[1], types[r[2]]) for r in conn.execute(f"PRAGMA table_info({name})")]
            schema = pa.schema(fields)
            cursor = conn.execute(f"SELECT * FROM {name} ORDER BY rowid")
            with parquet.ParquetWriter(folder / f"{name}.parquet", schema) as writer:
                while batch := cursor.fetchmany(20_000):
                    columns = [list(column) for column in zip(*batch, strict=True)]
                    writer.write_table(pa.table(columns, schema=schema))


# --------------------------------------------------------------------------------------- GraphML


def to_graphml(db: Path, path: Path) -> None:
    """Who takes from whom: outlets as nodes, an edge from giver to taker."""
    node = {"name": "string", "kind": "string", "articles": "long", "original_share": "double"}
    edge = {"passages": "long", "articles": "long", "words": "long", "median_lag_hours": "double"}
    with closing(read(db)) as conn, path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns'
            ' http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
        )
        for side, keys in (("node", node), ("edge", edge)):
            for key, kind in keys.items():
                said = f'attr.name="{key}" attr.type="{kind}"'
                file.write(f'  <key id="{side}-{key}" for="{side}" {said}/>\n')
        file.write('  <graph id="outlets" edgedefault="directed">\n')
        nodes = conn.execute(
            "SELECT outlets.id, outlets.name, outlets.kind, outlet_totals.articles,"
            " outlet_totals.original_share FROM outlets"
            " LEFT JOIN outlet_totals ON outlet_totals.outlet_id = outlets.id ORDER BY outlets.id"
        )
        for row in nodes:
            file.write(f"    <node id={attribute(row['id'])}>{data('node', node, row)}</node>\n")
        for row in conn.execute("SELECT * FROM outlet_flows ORDER BY 1, 2"):
            ends = (
                f"source={attribute(row['from_outlet_id'])} target={attribute(row['to_outlet_id'])}"
            )
            file.write(f"    <edge {ends}>{data('edge', edge, row)}</edge>\n")
        file.write("  </graph>\n</graphml>\n")


def data(side: str, keys: dict[str, str], row: sqlite3.Row) -> str:
    return "".join(
        f'<data key="{side}-{key}">{xml(row[key])}</data>' for key in keys if row[key] is not None
    )


def xml(value: object) -> str:
    return escape(NOT_XML.sub("\ufffd", str(value)), {"\r": "&#13;"})


def attribute(value: object) -> str:
    return quoteattr(NOT_XML.sub("\ufffd", str(value)))


# ---------------------------------------------------------------- W3C Web Annotation (JSON-LD)


def to_annotations(db: Path, path: Path) -> None:
    """Quotes and passages as one AnnotationCollection (W3C Web Annotation Data Model, 2017).

    Each target has a TextPositionSelector and a TextQuoteSelector; positions count Unicode
    characters of the article's text. The source is the article's address, else a URN of its id.
    """
    with closing(read(db)) as conn, path.open("w", encoding="utf-8") as file:
        total = conn.execute(
            "SELECT (SELECT count(*) FROM quotes) + (SELECT count(*) FROM appearances)"
        ).fetchone()[0]
        head = {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": "urn:reuse:annotations",
            "type": "AnnotationCollection",
            "label": "Quotes with their speakers, and passages that several articles carry",
            "total": total,
            "first": {
                "id": "urn:reuse:annotations:1",
                "type": "AnnotationPage",
                "partOf": "urn:reuse:annotations",
                "startIndex": 0,
            },
        }
        opening = json.dumps(head, ensure_ascii=False, indent=1)
        # The list of annotations goes, one at a time, before the two closing braces.
        file.write(opening.rstrip().removesuffix("}").rstrip().removesuffix("}").rstrip())
        file.write(',\n  "items": [')
        separator = "\n"
        for found in annotated(conn):
            file.write(separator + json.dumps(found, ensure_ascii=False))
            separator = ",\n"
        file.write("\n  ]\n }\n}\n")


def annotated(conn: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    quotes = conn.execute(
        "SELECT quotes.*, speakers.name AS speaker FROM quotes"
        " LEFT JOIN speakers ON speakers.id = quotes.speaker_id ORDER BY article_id, start"
    )
    text = Texts(conn)
    for row in quotes:
        bodies: list[dict[str, Any]] = [
            {"type": "TextualBody", "purpose": "classifying", "value": row["kind"]}
        ]
        if row["speaker"]:
            bodies.append(
                {
                    "type": "TextualBody",
                    "purpose": "identifying",
                    "value": row["speaker"],
                    "format": "text/plain",
                }
            )
        yield annotation(f"quote:{row['id']}", "identifying", bodies, text(row["article_id"]), row)
    appearances = conn.execute(
        "SELECT appearances.*, passages.name, passages.boilerplate FROM appearances"
        " JOIN passages ON passages.id = appearances.passage_id ORDER BY article_id, start"
    )
    for row in appearances:
        kind = "furniture" if row["boilerplate"] else "passage"
        bodies = [
            {"type": "TextualBody", "purpose": "classifying", "value": kind},
            {
                "type": "TextualBody",
                "purpose": "linking",
                "value": f"urn:reuse:{row['passage_id']}",
            },
        ]
        yield annotation(f"appearance:{row['id']}", "linking", bodies, text(row["article_id"]), row)


class Texts:
    """The texts of articles, one at a time: rows come article by article."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn
        self.last: tuple[str, str, str] = ("", "", "")

    def __call__(self, id: str) -> tuple[str, str, str]:
        """The id, the IRI and the text of an article."""
        if self.last[0] != id:
            url, text = self.conn.execute(
                "SELECT url, text FROM articles WHERE id = ?", (id,)
            ).fetchone()
            known = url and re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url)
            self.last = (id, url if known else f"urn:reuse:article:{percent(id, safe='')}", text)
        return self.last


def annotation(
    id: str,
    motivation: str,
    bodies: list[dict[str, Any]],
    article: tuple[str, str, str],
    row: sqlite3.Row,
) -> dict[str, Any]:
    _, source, text = article
    start, end = row["start"], row["end"]
    return {
        "id": f"urn:reuse:{percent(id, safe=':')}",
        "type": "Annotation",
        "motivation": motivation,
        "body": bodies,
        "target": {
            "source": source,
            "selector": [
                {"type": "TextPositionSelector", "start": start, "end": end},
                {
                    "type": "TextQuoteSelector",
                    "exact": text[start:end],
                    "prefix": text[max(0, start - CONTEXT) : start],
                    "suffix": text[end : end + CONTEXT],
                },
            ],
        },
    }


# ------------------------------------------------------------------------------------------- TEI


def to_tei(db: Path, path: Path) -> None:
    """A TEI P5 corpus: every article a text, every quote a ``said`` with ``who``.

    The characters of a body, read in order, are the article's text. The parts of one utterance
    are chained by ``next`` and ``prev``; a quote that crosses another is cut into such parts.
    """
    with closing(read(db)) as conn, path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">\n'
            + header("Quotes and their speakers", "made by reuse from news articles", people(conn))
        )
        articles = conn.execute(
            "SELECT articles.*, outlets.name AS outlet FROM articles"
            " LEFT JOIN outlets ON outlets.id = articles.outlet_id ORDER BY articles.id"
        )
        for article in articles:
            quotes = conn.execute(
                "SELECT * FROM quotes WHERE article_id = ? AND kind <> 'term'"
                ' ORDER BY start, "end" DESC',
                (article["id"],),
            ).fetchall()
            file.write(tei_text(article, quotes))
        file.write("</teiCorpus>\n")


def people(conn: sqlite3.Connection) -> str:
    listed = [
        f"<person xml:id={xml_id('s', row['id'])}><persName>{xml(row['name'])}</persName></person>"
        if row["kind"] in ("person", "unnamed")
        else f"<org xml:id={xml_id('s', row['id'])}><orgName>{xml(row['name'])}</orgName></org>"
        for row in conn.execute("SELECT * FROM speakers ORDER BY id")
    ]
    return "<listPerson>" + "".join(listed) + "</listPerson>" if listed else ""


def header(title: str, source: str, participants: str = "", extra: str = "") -> str:
    profile = f"<profileDesc><particDesc>{participants}</particDesc></profileDesc>"
    return (
        f"<teiHeader><fileDesc><titleStmt><title>{xml(title)}</title>{extra}</titleStmt>"
        "<publicationStmt><p>Exported by reuse; rights stay with the publishers.</p>"
        "</publicationStmt>"
        f"<sourceDesc>{source if source.startswith('<') else f'<p>{xml(source)}</p>'}</sourceDesc>"
        f"</fileDesc>{profile if participants else ''}</teiHeader>\n"
    )


def xml_id(prefix: str, id: str) -> str:
    """An NCName made of any id."""
    return attribute(name_of(prefix, id))


def name_of(prefix: str, id: str) -> str:
    return prefix + re.sub(r"[^A-Za-z0-9]", lambda m: f"_{ord(m[0]):x}_", id)


def tei_text(article: sqlite3.Row, quotes: list[sqlite3.Row]) -> str:
    dated = article["published"]
    when = f" when={attribute(dated)}" if dated and re.match(r"\d{4}(-\d\d){0,2}", dated) else ""
    source = (
        "<bibl>"
        + (f"<author>{xml(article['byline'])}</author>" if article["byline"] else "")
        + f"<title>{xml(article['title'] or 'Untitled')}</title>"
        + (f"<publisher>{xml(article['outlet'])}</publisher>" if article["outlet"] else "")
        + (f"<date{when}>{xml(dated)}</date>" if dated else "")
        + "</bibl>"
    )
    body = said(article["text"], quotes)
    return (
        f"<TEI xml:id={xml_id('a', article['id'])}>"
        + header(article["title"] or "Untitled", source)
        + f'<text><body><p xml:space="preserve">{body}</p></body></text></TEI>\n'
    )


def said(text: str, quotes: list[sqlite3.Row]) -> str:
    """The text with its quotes as elements, nested; what crosses is cut where it crosses."""
    pieces = nested([(q["start"], q["end"], q["id"]) for q in quotes if q["start"] < q["end"]])
    quote_of = {q["id"]: q for q in quotes}
    chains: dict[tuple[str, str], list[str]] = {}
    names: dict[tuple[int, int, str], str] = {}
    count: dict[str, int] = {}
    for piece in pieces:
        n = count[piece[2]] = count.get(piece[2], 0) + 1
        name = name_of("q", piece[2]) + (f".{n}" if n > 1 else "")
        names[piece] = name
        chains.setdefault(
            quote_of[piece[2]]["utterance_id"] + quote_of[piece[2]]["kind"], []
        ).append(name)
    place_in = {name: (chain, i) for chain in chains.values() for i, name in enumerate(chain)}

    out: list[str] = []
    open_: list[tuple[int, int, str]] = []
    place = 0
    for piece in [*pieces, (len(text), len(text), "")]:
        while open_ and open_[-1][1] <= piece[0]:
            end = open_.pop()[1]
            out.append(xml(text[place:end]) + "</said>")
            place = end
        out.append(xml(text[place : piece[0]]))
        place = piece[0]
        if piece[2]:
            row = quote_of[piece[2]]
            chain, i = place_in[names[piece]]
            who = f' who="#{name_of("s", row["speaker_id"])}"' if row["speaker_id"] else ""
            direct = "false" if row["kind"] == "indirect" else "true"
            prev = f' prev="#{chain[i - 1]}"' if i else ""
            following = f' next="#{chain[i + 1]}"' if i + 1 < len(chain) else ""
            out.append(
                f'<said xml:id="{names[piece]}"{who} direct="{direct}" aloud="unknown"'
                f"{prev}{following}>"
            )
            open_.append(piece)
    return "".join(out)


def nested(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The spans, cut so that no two cross, each before what lies in it."""
    pending = sorted(spans, key=lambda s: (s[0], -s[1], s[2]))
    found: list[tuple[int, int, str]] = []
    while pending:
        start, end, id = pending.pop(0)
        around = [s[1] for s in found if s[0] <= start < s[1] < end]
        if around:
            cut = min(around)
            pending.append((cut, end, id))
            pending.sort(key=lambda s: (s[0], -s[1], s[2]))
            end = cut
        found.append((start, end, id))
    return sorted(found, key=lambda s: (s[0], -s[1]))


# -------------------------------------------------------------------------------------- excerpts


def excerpts(db: Path, path: Path) -> None:
    """A database of the same findings with the words around them in place of whole articles.

    All offsets are those of the shortened texts. Places on the scanning machine and the rows about
    its input are left out. What the whole texts were is in no page of the file.
    """
    path.unlink(missing_ok=True)
    with closing(read(db)) as whole, closing(sqlite3.connect(path)) as copy:
        whole.backup(copy)
        copy.row_factory = sqlite3.Row
        triggers = copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            copy.execute(f'DROP TRIGGER "{name}"')
        copy.execute("DROP TABLE IF EXISTS _kept")
        copy.execute("DELETE FROM problems")
        copy.execute("UPDATE scans SET settings = '{}'")
        sources = [row[0] for row in copy.execute("SELECT source FROM articles")]
        common = os.path.commonpath(sources) if len(sources) > 1 and mixed_free(sources) else ""
        for article in copy.execute("SELECT id, source, text FROM articles").fetchall():
            shorten(copy, article, common)
        for (table,) in copy.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
        ).fetchall():
            copy.execute(f'INSERT INTO "{table}" ("{table}") VALUES (\'rebuild\')')
        copy.commit()
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("VACUUM")


def mixed_free(paths: list[str]) -> bool:
    """Whether the paths have a common part at all: all absolute or all relative."""
    return len({os.path.isabs(path) for path in paths}) == 1


# Every table with offsets into an article: its column of the article, and its pairs of columns.
OFFSETS = (
    ("quotes", "article_id", (("start", "end"), ("mention_start", "mention_end"))),
    ("appearances", "article_id", (("start", "end"),)),
    ("variants", "article_id", (("start", "end"),)),
    ("matches", "a_article_id", (("a_start", "a_end"),)),
    ("matches", "b_article_id", (("b_start", "b_end"),)),
)


def shorten(conn: sqlite3.Connection, article: sqlite3.Row, common: str) -> None:
    text = article["text"]
    spans = [
        (row[0], row[1])
        for table, column, pairs in OFFSETS
        for start, end in pairs
        for row in conn.execute(
            f'SELECT "{start}", "{end}" FROM {table} WHERE {column} = ? AND "{start}" IS NOT NULL',
            (article["id"],),
        )
    ]
    kept = windows(text, spans)
    moved = mover(kept)
    shortened = GAP.join(text[start:end] for start, end in kept)
    source = article["source"]
    if common and source != common:
        source = os.path.relpath(source, common)
    elif os.path.isabs(source):
        source = os.path.basename(source)
    conn.execute(
        "UPDATE articles SET text = ?, source = ? WHERE id = ?", (shortened, source, article["id"])
    )
    for table, column, pairs in OFFSETS:
        for start, end in pairs:
            found = conn.execute(
                f'SELECT rowid, "{start}", "{end}" FROM {table}'
                f' WHERE {column} = ? AND "{start}" IS NOT NULL',
                (article["id"],),
            ).fetchall()
            conn.executemany(
                f'UPDATE {table} SET "{start}" = ?, "{end}" = ? WHERE rowid = ?',
                [(moved(row[1]), moved(row[2]), row[0]) for row in found],
            )
    for column in ("edits", "source_edits"):
        found = conn.execute(
            f"SELECT rowid, {column} FROM variants WHERE article_id = ? AND {column} IS NOT NULL",
            (article["id"],),
        ).fetchall()
        for rowid, edits in found:
            operations = json.loads(edits)
            for operation in operations:
                for key in ("start", "end"):
                    operation[key] = moved(operation[key])
            told = json.dumps(operations, ensure_ascii=False, separators=(",", ":"))
            conn.execute(f"UPDATE variants SET {column} = ? WHERE rowid = ?", (told, rowid))


def windows(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans with some words around them, joined where they meet."""
    edges = [m.start() for m in re.finditer(r"\S+", text)]
    ends = [m.end() for m in re.finditer(r"\S+", text)]
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        first = max(0, bisect_right(edges, start) - 1 - AROUND)
        last = min(len(ends) - 1, bisect_right(edges, max(start, end - 1)) - 1 + AROUND)
        near = min(start, edges[first]) if edges else start
        far = max(end, ends[last]) if ends else end
        if found and near <= found[-1][1] + len(GAP):
            found[-1] = (found[-1][0], max(far, found[-1][1]))
        else:
            found.append((near, far))
    return found


def mover(kept: list[tuple[int, int]]) -> Callable[[int], int]:
    """From an offset in the whole text to the same place in the shortened one."""
    starts = [start for start, _ in kept]
    shifts = []
    length = 0
    for start, end in kept:
        shifts.append(length - start)
        length += end - start + len(GAP)

    def moved(offset: int) -> int:
        place = max(0, bisect_right(starts, offset) - 1)
        return offset + shifts[place]

    return moved


FORMATS: dict[str, Callable[[Path, Path], None]] = {
    "csv": to_csv,
    "jsonl": to_jsonl,
    "parquet": to_parquet,
    "graphml": to_graphml,
    "annotations": to_annotations,
    "tei": to_tei,
}
FOLDERS = ("csv", "parquet")  # formats that write a folder of files
