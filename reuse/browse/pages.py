"""A connection and an id -> what one page shows: plain values, or ``None`` if it is not there.

Nothing here knows Datasette or HTML; the report is made from the same values.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reuse.browse import diff, phrases, pictures
from reuse.browse.marks import Mark, Paragraph, covered, paragraphs, segments
from reuse.browse.sql import statements

SQL = {name: statement.sql for name, statement in statements("pages.sql").items()}

# A database is ours if it has all of these.
CONTRACT = (
    "outlets", "articles", "quotes", "speakers", "speaker_names", "matches", "passages",
    "appearances", "families", "variants", "disputes", "decisions", "scans", "problems",
)  # fmt: skip

PAGE = 50  # rows of a list
PREVIEW = 8  # rows of a list on the start page
PICTURED = 60  # appearances in a picture; beyond it no eye follows a line
WINDOW = 120_000  # characters of an article on one page
HOUSE_STYLE = ("case_punctuation", "style")  # edits that are shown, but not as changed words
FOUND = "\ue000\ue001"  # the signs around what a search found
MOSTLY = 0.6  # of a passage in a quote, and the quote's note tells of both
CONTEXT = 320  # characters shown around a match before one asks for more

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a version: ``same``, ``minor``, ``cut`` (only in the other) or ``added``."""

    text: str
    kind: str
    note: str = ""
    meaning: bool = False


def carries_contract(conn: sqlite3.Connection) -> bool:
    marks = ", ".join("?" * len(CONTRACT))
    sql = f"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ({marks})"
    return bool(conn.execute(sql, CONTRACT).fetchone()[0] == len(CONTRACT))


def rows(conn: sqlite3.Connection, query: str, **values: object) -> list[Row]:
    """The rows of a query of pages.sql, every text cleaned (as long as before)."""
    cursor = conn.execute(SQL[query], values)
    names = [column[0] for column in cursor.description]
    return [
        {
            name: phrases.clean(value) if isinstance(value, str) else value
            for name, value in zip(names, tuple(row), strict=True)
        }
        for row in cursor
    ]


def row(conn: sqlite3.Connection, query: str, **values: object) -> Row | None:
    found = rows(conn, query, **values)
    return found[0] if found else None


def has(conn: sqlite3.Connection, name: str) -> bool:
    return bool(conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone())


def page_number(args: Mapping[str, str]) -> int:
    value = args.get("page", "1")
    return min(max(int(value), 1), 10_000) if value.isdecimal() and len(value) < 7 else 1


# ---------------------------------------------------------------------------------------- start


def start(conn: sqlite3.Connection, args: Mapping[str, str]) -> Row:
    words = phrases.clean(args.get("q", "")).strip()[:400]
    if words:
        return {"words": words, "found": search(conn, words)}
    return {
        "counts": row(conn, "counts"),
        "days": pictures.days([(r["day"], r["articles"]) for r in rows(conn, "days")]),
        "scan": row(conn, "newest_scan"),
        "reused": outermost(rows(conn, "most_reused", limit=4 * PREVIEW))[:PREVIEW]
        if has(conn, "most_reused")
        else [],
        "altered": [with_pieces(r) for r in rows(conn, "altered", limit=5)],
        "disputed": rows(conn, "disputed", limit=6),
        "speakers": rows(conn, "most_quoted", limit=12),
        "matches": rows(conn, "closest_matches", limit=6),
        "articles": rows(conn, "newest_articles", limit=PREVIEW),
        "outlets": rows(conn, "outlet_totals", limit=PREVIEW, offset=0)
        if has(conn, "outlet_totals")
        else [],
        "decisions": len(rows(conn, "decisions")),
    }


def outermost(passages: list[Row]) -> list[Row]:
    """The passages without those whose words stand in another of them."""
    folded = [diff.letters(passage["text"]) for passage in passages]
    return [
        passage
        for i, passage in enumerate(passages)
        if not any(
            folded[i] in other and (len(folded[i]), j) < (len(other), i)
            for j, other in enumerate(folded)
            if j != i
        )
    ]


def with_pieces(version: Row) -> Row:
    """A version with the pieces of its words; the article's text is no longer needed."""
    text = version.pop("article_text")
    version["words"] = text[version["start"] : version["end"]]
    version["pieces"] = pieces(version["edits"], text, version["fullest"], version["words"])
    return version


def fts_words(words: str) -> str:
    """The words as an FTS5 query: every word (or "phrase") as it stands, no operators."""
    parts = re.findall(r'"[^"]*"|[^\s"]+', words)
    quoted = ['"' + part.strip('"') + '"' for part in parts if re.search(r"\w", part)]
    return " ".join(quoted)


def search(conn: sqlite3.Connection, words: str) -> Row:
    """The best finds of each kind. ``incomplete`` names the kinds that have no full-text index."""
    found: Row = {"incomplete": []}
    like = words.strip('"').replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found["speakers"] = rows(
        conn, "search_speakers", prefix=f"{like}%", word=f"% {like}%", limit=PREVIEW
    )
    query = fts_words(words)
    for kind in ("quotes", "passages", "articles"):
        if not has(conn, f"{kind}_fts"):
            found["incomplete"].append(kind)
            found[kind] = []
        else:
            found[kind] = rows(conn, f"search_{kind}", words=query, limit=10) if query else []
    for article in found["articles"]:
        article["snippet"] = snippet(article["snippet"] or "")
    found["any"] = any(found[kind] for kind in ("speakers", "quotes", "passages", "articles"))
    return found


def snippet(text: str) -> list[tuple[str, bool]]:
    """FTS5's excerpt as pieces, with whether each was found (between the signs of pages.sql)."""
    return [
        (part.strip(FOUND), part.startswith(FOUND[0]))
        for part in re.split(f"({FOUND[0]}[^{FOUND[1]}]*{FOUND[1]})", text)
        if part.strip(FOUND)
    ]


# -------------------------------------------------------------------------------------- article


def article(conn: sqlite3.Connection, id: str, args: Mapping[str, str]) -> Row | None:
    found = row(conn, "article", id=id)
    if found is None:
        return None
    text = found["text"]
    quotes = rows(conn, "article_quotes", id=id)
    variants = rows(conn, "article_variants", id=id)
    appearances = rows(conn, "article_appearances", id=id)
    matches = rows(conn, "article_matches", id=id)

    first, last = window(text, args)
    marks = [Mark(q["start"], q["end"], f"q-{q['id']}", f"quote {q['kind']}") for q in quotes]
    quoted = {variant["quote_id"] for variant in variants if variant["quote_id"]}
    prose = [v for v in variants if not v["quote_id"]]
    marks += [Mark(v["start"], v["end"], f"v-{v['id']}", "prose") for v in prose]
    for a in appearances:
        kind = "furniture" if a["boilerplate"] else "passage"
        whole = len(text[a["start"] : a["end"]].split("\n")) > 3
        kind += "-long" if whole and kind == "passage" else ""
        marks.append(Mark(a["start"], a["end"], f"p-{a['id']}", kind))
    here = place(args, len(text))
    if here:
        marks.append(Mark(*here, "here", "here"))
    notes = told_once(quote_notes(quotes, variants), passage_notes(id, appearances, matches))
    notes += [prose_note(variant) for variant in prose]
    blocks = paragraphs(text, marks, first, last)
    shared = [a for a in appearances if not a["boilerplate"] and a["outlets"] > 1]
    others = by_article(matches)
    return {
        "article": found,
        "blocks": beside(blocks, notes),
        "bars": [carried(block, shared) for block in blocks],
        "others": others[:PAGE],
        "more_others": max(0, len(others) - PAGE),
        "quotes": sum(q["kind"] != "term" for q in quotes),
        "speakers": Counter(q["speaker"] for q in quotes if q["speaker"]),
        "passages": len({a["passage_id"] for a in shared}),
        "reused": covered((a["start"], a["end"]) for a in shared) / len(text) if text else 0.0,
        "first_here": len(
            {
                a["passage_id"]
                for a in shared
                if a["first_published"] and a["first_article_id"] == id
            }
        ),
        "strip": pictures.strip(
            len(text),
            [(a["start"], a["end"], "passage") for a in shared]
            + [(q["start"], q["end"], "quote") for q in quotes if q["kind"] != "term"],
        ),
        "decided": decided(conn, article=id),
        "first": first,
        "last": last,
        "before": max(0, first - WINDOW) if first else None,
        "after": last if last < len(text) else None,
        "furniture": [a for a in appearances if a["boilerplate"]],
        "altered": sum(bool(v["touches_meaning"]) for v in variants),
        "versions": quoted,
    }


def by_article(matches: list[Row]) -> list[Row]:
    """The other articles, the one that shares most first, each with its matches."""
    others: dict[str, Row] = {}
    for match in matches:
        other = others.setdefault(match["other_id"], match | {"matches": []})
        other["matches"].append(match)
        other["score"] = max(other["score"], match["score"])
    return sorted(others.values(), key=lambda o: -sum(m["words"] for m in o["matches"]))


def window(text: str, args: Mapping[str, str]) -> tuple[int, int]:
    """The stretch of a very long article to show, from ``?from=`` to the end of a line."""
    value = args.get("from", "0")
    first = min(int(value), len(text)) if value.isdecimal() and len(value) < 12 else 0
    here = place(args, len(text))
    if here and "from" not in args:
        first = here[0] // WINDOW * WINDOW
    last = min(len(text), first + WINDOW)
    if last < len(text):
        line = text.rfind("\n", first + WINDOW // 2, last)
        last = line + 1 if line > 0 else last
    return first, last


def place(args: Mapping[str, str], length: int) -> tuple[int, int] | None:
    """``?mark=10-31``: a place that a row of a table points to."""
    found = re.fullmatch(r"(\d{1,10})-(\d{1,10})", args.get("mark", ""))
    if not found:
        return None
    start, end = int(found[1]), int(found[2])
    return (start, end) if start < end <= length else None


def quote_notes(quotes: list[Row], variants: list[Row]) -> list[Row]:
    """One note an utterance, beside its first part; terms have none."""
    version = {v["quote_id"]: v for v in variants if v["quote_id"]}
    by_utterance: dict[str, list[Row]] = {}
    for quote in quotes:
        if quote["kind"] != "term":
            by_utterance.setdefault(quote["utterance_id"], []).append(quote)
    notes = []
    for parts, wrapping in unwrapped(list(by_utterance.values())):
        head = parts[0]
        known = next((version[q["id"]] for q in parts if q["id"] in version), None)
        notes.append(
            {
                "kind": "quote",
                "at": head["start"],
                "name": f"q-{head['id']}",
                "names": " ".join(f"q-{q['id']}" for q in parts + wrapping),
                "quote": head,
                "version": known,
                "parts": len(parts),
                "elsewhere": max(0, (head["family_outlets"] or 1) - 1),
                "match": None,
            }
        )
    return notes


def unwrapped(utterances: list[list[Row]]) -> list[tuple[list[Row], list[Row]]]:
    """Each utterance with the reported clauses of the same speaker that merely stand around it."""
    found = []
    around: dict[int, list[Row]] = {}
    for clause in utterances:
        start, end, speaker = clause[0]["start"], clause[-1]["end"], clause[0]["speaker_id"]
        inside = next(
            (
                i
                for i, other in enumerate(utterances)
                if clause[0]["kind"] == "indirect"
                and other[0]["kind"] != "indirect"
                and other[0]["speaker_id"] == speaker
                and start <= other[0]["start"]
                and other[0]["end"] <= end
            ),
            None,
        )
        if inside is not None:
            around.setdefault(inside, []).extend(clause)
    folded = {row["id"] for clauses in around.values() for row in clauses}
    for i, parts in enumerate(utterances):
        if parts[0]["id"] not in folded:
            found.append((parts, around.get(i, [])))
    return found


def passage_notes(id: str, appearances: list[Row], matches: list[Row]) -> list[Row]:
    compare: dict[tuple[str, str], str] = {}
    for match in matches:
        compare.setdefault((match["passage_id"], match["other_id"]), match["id"])
        compare.setdefault((match["passage_id"], ""), match["id"])
    return [
        {
            "kind": "furniture" if a["boilerplate"] else "passage",
            "at": a["start"],
            "name": f"p-{a['id']}",
            "names": f"p-{a['id']}",
            "passage": a,
            "is_first": bool(a["first_published"]) and a["first_article_id"] == id,
            "match": compare.get((a["passage_id"], a["source_article_id"] or ""))
            or compare.get((a["passage_id"], a["first_article_id"] or ""))
            or compare.get((a["passage_id"], "")),
        }
        for a in appearances
    ]


def told_once(quotes: list[Row], passages: list[Row]) -> list[Row]:
    """The notes, a passage that is hardly more than a quote told with that quote's note."""
    kept = []
    for note in passages:
        passage = note["passage"]
        length = passage["end"] - passage["start"]
        same = next(
            (
                other
                for other in quotes
                if other["elsewhere"]
                and note["kind"] == "passage"
                and min(passage["end"], other["quote"]["end"])
                - max(passage["start"], other["quote"]["start"])
                >= MOSTLY * length
            ),
            None,
        )
        if same is None:
            kept.append(note)
        else:
            same["names"] += f" {note['names']}"
            same["match"] = same.get("match") or note["match"]
    return quotes + kept


def prose_note(variant: Row) -> Row:
    return {
        "kind": "prose",
        "at": variant["start"],
        "name": f"v-{variant['id']}",
        "names": f"v-{variant['id']}",
        "version": variant,
    }


def beside(blocks: list[Paragraph], notes: list[Row]) -> list[tuple[Paragraph, list[Row]]]:
    """Each paragraph with the notes of the marks that begin in it (or before the first one)."""
    pending = sorted(notes, key=lambda note: (note["at"], note["kind"]))
    found = []
    for i, block in enumerate(blocks):
        low = 0 if i == 0 else block.start
        high = blocks[i + 1].start if i + 1 < len(blocks) else block.end + len(block.gap)
        found.append((block, [note for note in pending if low <= note["at"] < high]))
    return found


def carried(block: Paragraph, shared: Iterable[Row]) -> bool:
    """Whether all of a paragraph lies in one passage that goes beyond it."""
    return any(
        a["start"] <= block.start
        and a["end"] >= block.end
        and a["end"] - a["start"] > block.end - block.start
        for a in shared
    )


def decided(conn: sqlite3.Connection, article: str = "", names: Iterable[str] = ()) -> list[Row]:
    """What a person decided about an article or about any of these names."""
    wanted = {name.casefold() for name in names}
    found = []
    for decision in rows(conn, "decisions"):
        forms = strings(loaded(decision["names"]))
        if (article and (decision["article_id"] == article or article in forms)) or wanted & {
            form.casefold() for form in forms
        }:
            found.append(decision | {"forms": forms})
    return found


def loaded(value: str | None) -> object:
    """JSON of a column, its texts cleaned; ``None`` where it is none."""
    try:
        return json.loads(value or "null")
    except ValueError:
        return None


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [phrases.clean(value)]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return []


# ---------------------------------------------------------------------------------------- match


def match(conn: sqlite3.Connection, id: str, args: Mapping[str, str]) -> Row | None:
    found = row(conn, "match", id=id)
    if found is None:
        return None
    a, b = (
        row(conn, "article", id=found["a_article_id"]),
        row(conn, "article", id=found["b_article_id"]),
    )
    if a is None or b is None:
        return None
    a_words = a["text"][found["a_start"] : found["a_end"]]
    b_words = b["text"][found["b_start"] : found["b_end"]]
    edits = diff.changes(a_words, b_words)
    others = [m for m in rows(conn, "matches_of_pair", a=a["id"], b=b["id"]) if m["id"] != id]
    return {
        "match": found,
        "a": side(a, found["a_start"], found["a_end"], [
            Mark(found["a_start"] + c.a_start, found["a_start"] + c.a_end, f"c{i}", c.kind)
            for i, c in enumerate(edits)
        ]),
        "b": side(b, found["b_start"], found["b_end"], [
            Mark(found["b_start"] + c.b_start, found["b_start"] + c.b_end, f"c{i}", c.kind)
            for i, c in enumerate(edits)
        ]),
        "edits": Counter(c.kind for c in edits),
        "scores": phrases.score_words(found),
        "later": phrases.later(a["published"], b["published"]),
        "others": others,
        "decided": [d for d in decided(conn, article=a["id"]) if d["kind"] == "not_reuse"]
        + [d for d in decided(conn, article=b["id"]) if d["kind"] == "not_reuse"],
    }  # fmt: skip


def side(article: Row, start: int, end: int, marks: list[Mark]) -> Row:
    """One side of a match: the passage with its changes, some words around it, and all the rest."""
    text = article["text"]
    near, far = around(text, start, end, CONTEXT)
    return {
        "article": article,
        "rest_before": text[:near],
        "before": text[near:start],
        "passage": segments(text, marks, start, end),
        "after": text[end:far],
        "rest_after": text[far:],
    }


def around(text: str, start: int, end: int, length: int) -> tuple[int, int]:
    """Where the context of a stretch begins and ends: about so many characters, cut at a space."""
    near = max(0, start - length)
    if near:
        near = next((m.end() for m in re.finditer(r"\s", text[near:start])), 0) + near
    far = min(len(text), end + length)
    if far < len(text):
        far = next((m.start() for m in re.finditer(r"\s\S*$", text[end:far])), far - end) + end
    return near, far


# -------------------------------------------------------------------------------------- passage


def passage(conn: sqlite3.Connection, id: str, args: Mapping[str, str]) -> Row | None:
    found = row(conn, "passage", id=id)
    if found is None:
        return None
    if not found["first_published"]:  # without a date nothing is known to be the first
        found["first_article_id"] = None
    page = page_number(args)
    pictured = rows(conn, "passage_appearances", id=id, limit=PICTURED, offset=0)
    listed = (
        pictured[:PAGE]
        if page == 1
        else rows(conn, "passage_appearances", id=id, limit=PAGE, offset=(page - 1) * PAGE)
    )
    total = conn.execute("SELECT count(*) FROM appearances WHERE passage_id = ?", (id,)).fetchone()[
        0
    ]
    first = found["first_article_id"]
    for appearance in listed:
        other = appearance["source_article_id"] or (
            first if first != appearance["article_id"] else None
        )
        pair = other and row(
            conn, "match_between", one=other, other=appearance["article_id"], passage=id
        )
        appearance["match_id"] = pair["id"] if pair else None
        appearance["later"] = phrases.later(found["first_published"], appearance["published"])
    here = next(
        (a for a in pictured if a["article_id"] == first), pictured[0] if pictured else None
    )
    quotes = (
        rows(
            conn,
            "passage_families",
            article=here["article_id"],
            start=here["start"],
            end=here["end"],
        )
        if here
        else []
    )
    return {
        "passage": found,
        "picture": pictures.travels(pictured, first),
        "pictured": len(pictured),
        "appearances": one_an_article(listed),
        "total": total,
        "page": page,
        "pages": -(-total // PAGE),
        "quotes": quotes,
    }


def one_an_article(appearances: list[Row]) -> list[Row]:
    """The likest appearance of each article, with the places of all of them in it."""
    found: dict[str, Row] = {}
    for a in appearances:
        best = found.get(a["article_id"])
        places = [*(best["places"] if best else []), a["id"]]
        if best is None or a["similarity"] > best["similarity"]:
            found[a["article_id"]] = best = (best or {}) | a
        best["places"] = places
    return list(found.values())


# ---------------------------------------------------------------------------------------- quote


def quote(conn: sqlite3.Connection, id: str, args: Mapping[str, str]) -> Row | None:
    """The family of a quote: ``id`` is a family's, or that of any quote in it."""
    one = None
    found = row(conn, "family", id=id)
    if found is None:
        one = row(conn, "quote", id=id)
        if one is None:
            return None
        found = row(conn, "family", id=one["family_id"]) if one["family_id"] else None
    if found is None:
        assert one is not None
        return lone_quote(conn, one)
    page = page_number(args)
    pictured = rows(conn, "family_variants", id=found["id"], limit=PICTURED, offset=0)
    listed = (
        pictured[:PAGE]
        if page == 1
        else rows(conn, "family_variants", id=found["id"], limit=PAGE, offset=(page - 1) * PAGE)
    )
    total = (row(conn, "family_size", id=found["id"]) or {"n": 0})["n"]
    for version in listed:
        version["pieces"] = version_pieces(conn, version, found["text"])
        version["later"] = phrases.later(found["first_published"], version["published"])
        version["asked_for"] = one is not None and version["utterance_id"] == one["utterance_id"]
        version["fullest"] = version["words"].strip() == found["text"].strip()
    credits = rows(conn, "family_credits", id=found["id"])
    return {
        "family": found,
        "quote": one,
        "versions": listed,
        "picture": pictures.travels(pictured, found["first_article_id"]),
        "pictured": len(pictured),
        "total": total,
        "page": page,
        "pages": -(-total // PAGE),
        "credits": [c for c in credits if c["name"]],
        "uncredited": sum(c["versions"] for c in credits if not c["name"]),
        "disputes": rows(conn, "family_disputes", id=found["id"]),
        "changes": Counter(v["change"] for v in pictured),
        "decided": decided(conn, names=[c["name"] for c in credits if c["name"]]),
    }


def lone_quote(conn: sqlite3.Connection, one: Row) -> Row:
    text = one.pop("article_text")
    near, far = around(text, one["start"], one["end"], CONTEXT)
    return {
        "family": None,
        "quote": one,
        "before": text[near : one["start"]],
        "after": text[one["end"] : far],
        "parts": rows(conn, "utterance", utterance=one["utterance_id"], article=one["article_id"]),
        "decided": decided(conn, names=[one["speaker"]] if one["speaker"] else []),
    }


def version_pieces(conn: sqlite3.Connection, version: Row, fullest: str) -> list[Piece]:
    """The edits of a version against the fullest, its words cut from the article by offsets."""
    operations = loaded(version["edits"])
    told = operations if isinstance(operations, list) else []
    reach = [o.get("end", 0) for o in told if isinstance(o, dict)]
    outside = reach and (max(reach) > version["end"] or min(reach) < version["start"])
    text = " " * version["start"] + version["words"]
    if outside:
        whole = row(conn, "article", id=version["article_id"])
        text = whole["text"] if whole else text
    return pieces(version["edits"], text, fullest, version["words"])


def pieces(edits: str | None, article: str, fullest: str, words: str) -> list[Piece]:
    """What a version says and what it leaves out, in reading order.

    ``edits`` is the column of that name: operations with offsets into the article's text and into
    the fullest version. Without one the words are compared here.
    """
    operations = loaded(edits)
    if not isinstance(operations, list) or not all(
        isinstance(o, dict) and "op" in o for o in operations
    ):
        operations = None
    if not operations:
        return compared(fullest, words)
    found = []
    for o in operations:
        here = article[int(o.get("start") or 0) : int(o.get("end") or 0)]
        was = phrases.clean(str(o.get("was") or ""))
        now = phrases.clean(str(o.get("now") or "")) or here
        note = phrases.EDITS.get(str(o.get("class")), "")
        meaning = o.get("meaning")
        told = phrases.clean(str(meaning)) if meaning else note
        if o["op"] == "equal":
            found.append(Piece(here, "same"))
        elif o.get("class") in HOUSE_STYLE and now and not meaning:
            found.append(Piece(now, "minor", f"{note}: “{was}”" if was else note))
        else:
            if was and o["op"] in ("replace", "delete"):
                found.append(Piece(was, "cut", told, bool(meaning)))
            if now and o["op"] in ("replace", "insert"):
                found.append(Piece(now, "added", told, bool(meaning)))
    return found


def compared(fullest: str, words: str) -> list[Piece]:
    found = []
    place = 0
    for change in diff.changes(fullest, words):
        found.append(Piece(words[place : change.b_start], "same"))
        if change.kind == "minor":
            found.append(Piece(words[change.b_start : change.b_end], "same"))
        else:
            found.append(Piece(fullest[change.a_start : change.a_end], "cut"))
            found.append(Piece(words[change.b_start : change.b_end], "added"))
        place = change.b_end
    found.append(Piece(words[place:], "same"))
    return [piece for piece in found if piece.text.strip()]


# -------------------------------------------------------------------------------------- speaker


def speaker(conn: sqlite3.Connection, id: str, args: Mapping[str, str]) -> Row | None:
    found = row(conn, "speaker", id=id)
    if found is None:
        return None
    names = rows(conn, "speaker_names", id=id)
    quotes = rows(conn, "speaker_quotes", id=id)
    utterances: dict[str, Row] = {}
    for quote in quotes:
        head = utterances.setdefault(quote["utterance_id"], quote | {"texts": []})
        head["texts"].append(quote["text"])
    page = page_number(args)
    listed = list(utterances.values())
    outlets = Counter(q["outlet"] or "no outlet" for q in listed)
    days = Counter(q["published"][:10] for q in listed if q["published"])
    return {
        "speaker": found,
        "names": names,
        "quotes": listed[(page - 1) * PAGE : page * PAGE],
        "total": len(listed),
        "capped": len(quotes) >= 2000,
        "page": page,
        "pages": -(-len(listed) // PAGE),
        "outlets": pictures.bars(outlets.most_common(12)),
        "days": pictures.days(sorted(days.items())),
        "decided": decided(conn, names=[found["name"], *(n["name"] for n in names)]),
    }


# -------------------------------------------------------------------------------------- outlets


def outlets(conn: sqlite3.Connection, args: Mapping[str, str]) -> Row:
    page = page_number(args)
    if not has(conn, "outlet_totals") or not has(conn, "outlet_flows"):
        return {"missing": True, "flows": [], "totals": [], "pages": 0, "page": 1}
    pictured = rows(conn, "flows", limit=40, offset=0)
    totals = rows(conn, "outlet_totals", limit=200, offset=0)
    flow_count = row(conn, "flow_count") or {"n": 0, "passages": 0}
    return {
        "missing": False,
        "picture": pictures.flow(pictured),
        "flows": rows(conn, "flows", limit=PAGE, offset=(page - 1) * PAGE),
        "totals": totals,
        "outlet_count": (row(conn, "outlet_count") or {"n": 0})["n"],
        "flow_count": flow_count["n"],
        "pictured": len(pictured),
        "page": page,
        "pages": -(-flow_count["n"] // PAGE),
    }
