"""Some words and a database -> who said them, who had them first, every version and its changes.

Only the database is read. Its full-text index (`lookup`) gives a few dozen quotes and passages
that have most of the words; the stored MinHash signatures and an alignment of the words say which
is most like.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import click
import numpy as np
from rapidfuzz.distance import LCSseq

from reuse import passages, text
from reuse.edits import Comparison, Edit, comparison, from_json
from reuse.lookup import Index
from reuse.printable import printable
from reuse.settings import Settings
from reuse.words import ELLIPSIS, Words, folded, keys, weight, words_of

# A word that more quotes or passages have is not looked up by itself.
MOST = 1_000
# Quotes and passages that the search hands on.
LOOKED_AT = 16
# Of the quotes those that are compared with the words.
COMPARED = 6
# From this share of the asked words on, in their order, a quote is a version of them.
ENOUGH = 0.6
# Nearest quotes that are shown when there is none.
NEAREST = 3
# Versions that are shown in the terminal.
SHOWN = 40

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version stands."""

    article_id: str
    outlet: str | None
    title: str | None
    published: str | None
    url: str | None
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an utterance, as the database has it."""

    id: str
    place: Place
    text: str
    quoted: bool
    speaker: str | None
    mention: str | None
    change: str
    edits: tuple[Edit, ...]
    touches_meaning: bool
    reason: str | None
    taken_from: str | None
    confidence: float | None
    credit: str | None


@dataclass(frozen=True, slots=True)
class Disputed:
    """Two versions that cannot both be right, or differ in their marks."""

    kind: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Near:
    """A quote that is like the words, and how like: the share of the asked words that it has."""

    quote_id: str
    text: str
    speaker: str | None
    place: Place
    likeness: float


@dataclass(frozen=True, slots=True)
class Trace:
    """What the database knows of some words.

    `found` is false when nothing is like enough: `nearest` then has what comes closest. `jaccard`
    compares the words with the nearest stored MinHash signature of a passage, None without one.
    `asked` says what the words change in the fullest version.
    """

    words: str
    found: bool
    likeness: float
    jaccard: float | None
    family_id: str | None
    text: str | None
    speaker: str | None
    first: Place | None
    versions: tuple[Version, ...]
    disputes: tuple[Disputed, ...]
    nearest: tuple[Near, ...]
    asked: Comparison | None


def trace(db: sqlite3.Connection, words: str) -> Trace:
    """The family of the quote most like `words`."""
    wanted = words_of([(0, words)])
    near = nearest(db, wanted)
    jaccard = _jaccard(db, words)
    best = near[0] if near else None
    if best is None or best.likeness < ENOUGH:
        prose = _in_prose(db, wanted)
        if prose is not None:
            return replace(_of_family(db, words, wanted, prose, 1.0, near), jaccard=jaccard)
        return Trace(
            words=words,
            found=False,
            likeness=best.likeness if best else 0.0,
            jaccard=jaccard,
            family_id=None,
            text=None,
            speaker=None,
            first=None,
            versions=(),
            disputes=(),
            nearest=near[:NEAREST],
            asked=None,
        )
    return replace(_of_quote(db, words, wanted, best, near), jaccard=jaccard)


def trace_quote(db: sqlite3.Connection, quote_id: str) -> Trace | None:
    """The family of one quote; None when there is no such quote."""
    row = db.execute("SELECT text FROM quotes WHERE id = ?", [quote_id]).fetchone()
    if row is None:
        return None
    wanted = words_of([(0, row[0])])
    (near,) = _near(db, [(quote_id, 1.0)])
    return _of_quote(db, row[0], wanted, near, (near,))


def nearest(
    db: sqlite3.Connection, wanted: Words, index: Index | None = None, count: int = NEAREST * 2
) -> tuple[Near, ...]:
    """So many quotes most like some words, best first; `index` is that of the quotes."""
    index = index or Index(db, "quotes", MOST)
    spelled = asked(wanted.text)
    rows = index.rows(spelled, wanted.language, LOOKED_AT)
    marks = ",".join("?" * len(rows))
    scored: dict[str, tuple[float, float, str]] = {}
    for key, found, kind in _hopeful(
        set(spelled),
        db.execute(f"SELECT id, text, kind FROM quotes WHERE rowid IN ({marks})", rows).fetchall(),
    ):
        share, back = likeness(wanted, keys(found))
        direct = kind != "indirect"
        # A long quote that has the words comes before a fragment of them; marks before no marks.
        scored[key] = (round(share, 4), round(back, 4) + 0.01 * direct, key)
    best = sorted(scored.values(), key=lambda row: (-row[0], -row[1], row[2]))[:count]
    return _near(db, [(key, share) for share, _, key in best])


def _hopeful(
    asked_for: set[str], rows: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Of quotes (id, text, kind) those that have most of some words, in any order; none that has
    less than half of the words that the first has, since it is no more like them than that one."""
    having = sorted(
        (-len(asked_for.intersection(asked(found))), len(found), key, found, kind)
        for key, found, kind in rows
    )
    return [
        (key, found, kind)
        for common, _, key, found, kind in having[:COMPARED]
        if 2 * common <= having[0][0]
    ]


def likeness(wanted: Words, found: Sequence[str]) -> tuple[float, float]:
    """The share, by weight, of the one's words that the other has in runs, and the other way."""
    language = wanted.language
    total = sum(weight(k, language) for k in wanted.keys if k != ELLIPSIS)
    other = sum(weight(k, language) for k in found if k != ELLIPSIS)
    if not total or not other:
        return 0.0, 0.0
    same = 0
    for code in LCSseq.opcodes(wanted.keys, found):
        run = wanted.keys[code.src_start : code.src_end] if code.tag == "equal" else ()
        # A lone common word is the same by chance.
        if len(run) > 1 or any(weight(k, language) > 2 for k in run):
            same += sum(weight(k, language) for k in run)
    return same / total, min(same / other, 1.0)


def _passages(db: sqlite3.Connection, wanted: Words) -> list[str]:
    """The ids of the passages whose text has most of some words, those first."""
    rows = Index(db, "passages", MOST).rows(asked(wanted.text), wanted.language, LOOKED_AT)
    marks = ",".join("?" * len(rows))
    ids = dict(db.execute(f"SELECT rowid, id FROM passages WHERE rowid IN ({marks})", rows))
    return [ids[row] for row in rows]


def asked(text: str) -> list[str]:
    """The words of a text as the full-text index has them."""
    return [folded(word) for word in _WORD.findall(text)]


def _near(db: sqlite3.Connection, ranked: Sequence[tuple[str, float]]) -> tuple[Near, ...]:
    result: list[Near] = []
    for key, share in ranked:
        row = db.execute(
            "SELECT quotes.text, speakers.name, quotes.article_id, quotes.start, quotes.end "
            "FROM quotes LEFT JOIN speakers ON speakers.id = quotes.speaker_id WHERE quotes.id = ?",
            [key],
        ).fetchone()
        result.append(Near(key, row[0], row[1], place(db, *row[2:]), share))
    return tuple(result)


def place(db: sqlite3.Connection, article_id: str, start: int, end: int) -> Place:
    """A stretch of an article, with what names the article."""
    outlet, title, published, url, source = db.execute(
        "SELECT outlets.name, articles.title, articles.published, articles.url, articles.source "
        "FROM articles LEFT JOIN outlets ON outlets.id = articles.outlet_id WHERE articles.id = ?",
        [article_id],
    ).fetchone()
    return Place(article_id, outlet, title, published, url, source, start, end)


def _jaccard(db: sqlite3.Connection, words: str) -> float | None:
    """The likeness of the words to the nearest stored signature of a passage."""
    row = db.execute(
        "SELECT minhash_permutations, minhash_seed FROM scans ORDER BY id DESC LIMIT 1"
    ).fetchone()
    rows = _passages(db, words_of([(0, words)]))
    if row is None or not rows:
        return None
    settings = replace(Settings(), permutations=row[0], seed=row[1])
    found = text.tokens([words])
    whole = found.word, np.array([0]), np.array([len(found.word)])
    signature = passages.signed(whole, settings)[0]
    best = 0.0
    for key in rows[: NEAREST * 4]:
        for (stored,) in db.execute(
            "SELECT signature FROM appearances WHERE passage_id = ? AND signature IS NOT NULL "
            "ORDER BY id LIMIT 4",
            [key],
        ):
            other = np.frombuffer(stored, dtype=signature.dtype)
            if len(other) == len(signature):
                best = max(best, float((other == signature).mean()))
    return round(best, 4)


def _in_prose(db: sqlite3.Connection, wanted: Words) -> str | None:
    """The family of which some version, own prose, has the words."""
    for key in _passages(db, wanted)[:NEAREST]:
        for family_id, body, start, end in db.execute(
            "SELECT variants.family_id, articles.text, variants.start, variants.end "
            "FROM appearances JOIN variants ON variants.article_id = appearances.article_id "
            "AND variants.start < appearances.end AND appearances.start < variants.end "
            "JOIN articles ON articles.id = variants.article_id "
            "WHERE appearances.passage_id = ? ORDER BY variants.id LIMIT 8",
            [key],
        ):
            if likeness(wanted, keys(body[start:end]))[0] >= ENOUGH:
                return str(family_id)
    return None


def _of_quote(
    db: sqlite3.Connection, words: str, wanted: Words, best: Near, near: tuple[Near, ...]
) -> Trace:
    row = db.execute("SELECT family_id FROM quotes WHERE id = ?", [best.quote_id]).fetchone()
    if row[0] is not None:
        return _of_family(db, words, wanted, row[0], best.likeness, near)
    full = words_of([(0, best.text)])
    mention = db.execute("SELECT mention FROM quotes WHERE id = ?", [best.quote_id]).fetchone()[0]
    version = Version(
        id=best.quote_id,
        place=best.place,
        text=best.text,
        quoted=True,
        speaker=best.speaker,
        mention=mention,
        change="same",
        edits=(),
        touches_meaning=False,
        reason=None,
        taken_from=None,
        confidence=None,
        credit=None,
    )
    return Trace(
        words=words,
        found=True,
        likeness=best.likeness,
        jaccard=None,
        family_id=None,
        text=best.text,
        speaker=best.speaker,
        first=best.place if best.place.published else None,
        versions=(version,),
        disputes=(),
        nearest=near[1 : 1 + NEAREST],
        asked=comparison(wanted, full),
    )


def _of_family(
    db: sqlite3.Connection,
    words: str,
    wanted: Words,
    family_id: str,
    share: float,
    near: tuple[Near, ...],
) -> Trace:
    full, speaker, first_id = db.execute(
        "SELECT families.text, speakers.name, families.first_variant_id FROM families "
        "LEFT JOIN speakers ON speakers.id = families.speaker_id WHERE families.id = ?",
        [family_id],
    ).fetchone()
    versions = _versions(db, family_id)
    disputes = tuple(
        Disputed(*row)
        for row in db.execute(
            "SELECT kind, a_variant_id, b_variant_id FROM disputes WHERE family_id = ? ORDER BY id",
            [family_id],
        )
    )
    places = {version.id: version.place for version in versions}
    return Trace(
        words=words,
        found=True,
        likeness=share,
        jaccard=None,
        family_id=family_id,
        text=full,
        speaker=speaker,
        first=places.get(first_id or ""),
        versions=versions,
        disputes=disputes,
        nearest=tuple(n for n in near if not _belongs(db, n.quote_id, family_id))[:NEAREST],
        asked=comparison(wanted, words_of([(0, full)])),
    )


def _belongs(db: sqlite3.Connection, quote_id: str, family_id: str) -> bool:
    row = db.execute("SELECT family_id FROM quotes WHERE id = ?", [quote_id]).fetchone()
    return bool(row and row[0] == family_id)


def _versions(db: sqlite3.Connection, family_id: str) -> tuple[Version, ...]:
    """The versions of a family, earliest first, undated last."""
    rows = db.execute(
        "SELECT variants.id, variants.article_id, variants.start, variants.end, "
        "substr(articles.text, variants.start + 1, variants.end - variants.start), "
        "variants.quote_id, speakers.name, quotes.mention, variants.change, variants.edits, "
        "variants.touches_meaning, variants.reason, source.article_id, "
        "variants.source_confidence, variants.credit, outlets.name, articles.title, "
        "articles.published, articles.url, articles.source "
        "FROM variants JOIN articles ON articles.id = variants.article_id "
        "LEFT JOIN outlets ON outlets.id = articles.outlet_id "
        "LEFT JOIN quotes ON quotes.id = variants.quote_id "
        "LEFT JOIN speakers ON speakers.id = quotes.speaker_id "
        "LEFT JOIN variants AS source ON source.id = variants.source_id "
        "WHERE variants.family_id = ? "
        "ORDER BY articles.published IS NULL, articles.published, articles.id, variants.start",
        [family_id],
    ).fetchall()
    outlet_of = {row[1]: row[15] or row[19] for row in rows}
    return tuple(
        Version(
            id=row[0],
            place=Place(row[1], row[15], row[16], row[17], row[18], row[19], row[2], row[3]),
            text=row[4],
            quoted=row[5] is not None,
            speaker=row[6],
            mention=row[7],
            change=row[8],
            edits=from_json(row[9]),
            touches_meaning=bool(row[10]),
            reason=row[11],
            taken_from=outlet_of.get(row[12]),
            confidence=row[13],
            credit=row[14],
        )
        for row in rows
    )


# --- what a person reads ---------------------------------------------------------------------


def as_json(result: Trace) -> str:
    """The trace as JSON, one object."""
    return json.dumps(asdict(result), ensure_ascii=False, indent=2)


def rendered(result: Trace) -> str:
    """The trace for the terminal: removed words struck red, new ones green, warnings yellow."""
    if not result.found:
        lines = [click.style("These words are in no quote that was read.", bold=True)]
        if result.nearest:
            lines.append("Nearest:")
            lines += [_near_line(n) for n in result.nearest]
        return "\n".join(lines)
    lines = [click.style(f"“{shown(result.text or '')}”", bold=True)]
    who = result.speaker or "nobody is credited for certain"
    lines.append(f"Said by: {shown(who)}")
    if result.first is not None:
        lines.append(f"First known: {where(result.first)}")
    elif len(result.versions) > 1:
        lines.append("First known: the dates do not say")
    if result.asked is not None and result.asked.change != "same":
        lines.append(f"Your words: {result.asked.change}")
        if result.asked.reason:
            lines.append(click.style("  ! " + result.asked.reason, fg="yellow"))
    by_id = {version.id: version for version in result.versions}
    for d in result.disputes:
        lines.append(click.style("Disputed: ", fg="yellow") + _dispute(d, by_id))
    lines.append("")
    for version in result.versions[:SHOWN]:
        lines += _version(version)
    if len(result.versions) > SHOWN:
        lines.append(f"… and {len(result.versions) - SHOWN} more versions")
    return "\n".join(lines)


def _near_line(n: Near) -> str:
    who = f" — {shown(n.speaker)}" if n.speaker else ""
    return f"  {n.likeness:.0%}  “{shown(n.text)}”{who}, {where(n.place)}"


def where(place: Place) -> str:
    return shown(
        ", ".join(
            part for part in (place.outlet or place.source, place.published or "no date") if part
        )
    )


_DISPUTES = {
    "speaker": "who spoke",
    "quote_or_prose": "a quote in one, own words in the other",
    "marks": "which words stand in quotation marks",
}


def _dispute(d: Disputed, by_id: dict[str, Version]) -> str:
    a, b = by_id[d.a], by_id[d.b]
    sides = [f"{where(v.place)}: {shown(v.speaker or 'nobody')}" for v in (a, b)]
    if d.kind != "speaker":
        sides = [f"{where(v.place)}: “{shown(v.text)}”" for v in (a, b)]
    return f"{_DISPUTES[d.kind]} ({sides[0]} / {sides[1]})"


def _version(version: Version) -> list[str]:
    head = f"{where(version.place)}  [{version.change}]"
    if not version.quoted:
        head += " own prose"
    if version.speaker:
        head += f"  {shown(version.speaker)}"
    if version.taken_from:
        head += f"  from {shown(version.taken_from)} ({version.confidence or 0:.0%})"
    if version.credit:
        head += f"  credits {shown(version.credit)}"
    lines = [click.style(head, dim=not version.touches_meaning)]
    lines.append("  " + coloured(version.edits, version.text, version.place.start))
    if version.reason:
        lines.append(click.style("  ! " + shown(version.reason), fg="yellow"))
    return lines


def coloured(edits: Sequence[Edit], words: str, start: int) -> str:
    """A version with its edits shown; `words` is the article's text from `start` on.

    What went stands as ``[-went-]`` and what came as ``{+came+}`` (as in ``git diff --word-diff``),
    so that a file or a pipe, which has no colours, says it too.
    """
    if not edits:
        return shown(words)
    pieces: list[str] = []
    for e in edits:
        here = shown(words[e.start - start : e.end - start])
        if e.op == "equal":
            pieces.append(here)
        elif e.kind in ("case_punctuation", "style"):
            pieces.append(here or shown(e.now))
        else:
            if e.was:
                was = e.was if len(e.was) <= 160 else e.was[:70] + " … " + e.was[-70:]
                pieces.append(click.style(f"[-{shown(was)}-]", fg="red"))
            if e.now:
                pieces.append(
                    click.style(f"{{+{shown(e.now)}+}}", fg="green", bold=bool(e.meaning))
                )
    return " ".join(piece for piece in pieces if piece)


def shown(words: str) -> str:
    """Words of an article on one line, with what a terminal would obey written out."""
    return printable(" ".join(words.split()))
