"""What a detector reported + what is true -> recall, precision, and where they were lost."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import combinations, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if __package__ in (None, ""):
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if TYPE_CHECKING:  # what is measured alone need not load the generator
    from benchmarks.generate import Quoted, Shared

_PAIRS = 5000  # of one passage that are judged; what 5,000 articles carry has 12 million
_SHORT = 12  # words: what two articles share below this without being planted is a stock phrase
_EDGE = " \t\r\n\u00a0\"“”‘’'`,.;:!?–—-()[]"

Span = tuple[int, int]


class Found(NamedTuple):
    """A passage that two articles were said to share."""

    a: str
    a_span: Span
    b: str
    b_span: Span


class Claimed(NamedTuple):
    """A quote that an article was said to hold; `name` is null when nobody is named."""

    article: str
    start: int
    end: int
    mention: Span | None
    name: str | None


@dataclass(slots=True)
class Truth:
    """What is true in a corpus."""

    passages: list[Shared] = field(default_factory=list)
    quotes: dict[str, list[Quoted]] = field(default_factory=dict)
    furniture: dict[str, list[Span]] = field(default_factory=dict)


def truth(gold: Path) -> Truth:
    found = Truth()
    with gold.open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if "passage" in row:
                found.passages.append(row)
            else:
                found.quotes[row["id"]] = row["quotes"]
                found.furniture[row["id"]] = [(s, e) for s, e in row["furniture"]]
    return found


# --- what a database says -----------------------------------------------------------------------


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True)


def unmatched(
    matches: Iterable[Found],
    groups: Iterable[list[tuple[str, Span]]],
    outlets: Mapping[str, str | None],
) -> Iterator[Found]:
    """Pairs of appearances of one passage, in different outlets, that no match stands for.

    A passage that many articles carry has no match for each pair: its first 5,000 pairs speak
    for it.
    """
    matched: dict[tuple[str, str], list[tuple[Span, Span]]] = defaultdict(list)
    for m in matches:
        matched[m.a, m.b].append((m.a_span, m.b_span))
        matched[m.b, m.a].append((m.b_span, m.a_span))
    for group in groups:
        for (a, a_span), (b, b_span) in islice(combinations(group, 2), _PAIRS):
            if a == b or (outlets[a] is not None and outlets[a] == outlets[b]):
                continue
            if not any(
                _overlap(x, a_span) and _overlap(y, b_span) for x, y in matched.get((a, b), ())
            ):
                yield Found(a, a_span, b, b_span)


def reported(database: Path) -> list[Found]:
    """Matches, then pairs of appearances that no match stands for; without furniture."""
    with closing(_open(database)) as db:
        ids = {i: s.rsplit("#", 1)[-1] for i, s in db.execute("SELECT id, source FROM articles")}
        outlets = {ids[i]: o for i, o in db.execute("SELECT id, outlet_id FROM articles")}
        matches = [
            Found(ids[a], (a0, a1), ids[b], (b0, b1))
            for a, a0, a1, b, b0, b1 in db.execute(
                "SELECT a_article_id, a_start, a_end, b_article_id, b_start, b_end FROM matches "
                "LEFT JOIN passages ON passages.id = passage_id WHERE NOT coalesce(boilerplate, 0)"
            )
        ]
    return [*matches, *unmatched(matches, carried(database), outlets)]


def carried(database: Path) -> list[list[tuple[str, Span]]]:
    """The appearances of every passage that is not furniture."""
    with closing(_open(database)) as db:
        rows = db.execute(
            'SELECT passage_id, articles.source, start, "end" FROM appearances '
            "JOIN passages ON passages.id = passage_id JOIN articles ON articles.id = article_id "
            "WHERE NOT boilerplate ORDER BY 1, article_id, start"
        )
        return [
            [(source.rsplit("#", 1)[-1], (s, e)) for _, source, s, e in group]
            for _, group in groupby(rows, key=lambda r: r[0])
        ]


def claimed(database: Path) -> Iterator[Claimed]:
    """The stretches between marks, terms and nested ones left out."""
    with closing(_open(database)) as db:
        for source, start, end, m0, m1, name, kind in db.execute(
            'SELECT source, start, "end", mention_start, mention_end, name, speakers.kind '
            "FROM quotes JOIN articles ON articles.id = article_id "
            "LEFT JOIN speakers ON speakers.id = speaker_id "
            "WHERE quotes.kind IN ('direct', 'mixed')"
        ):
            mention = None if m0 is None else (m0, m1)
            named = name if kind != "unnamed" else None
            yield Claimed(source.rsplit("#", 1)[-1], start, end, mention, named)


# --- reuse --------------------------------------------------------------------------------------


def _overlap(x: Span, y: Span) -> int:
    return max(0, min(x[1], y[1]) - max(x[0], y[0]))


def covered(span: Span, by: Iterable[Span]) -> float:
    """The share of a span that lies in others."""
    total, reach = 0, span[0]
    for s, e in sorted(by):
        s, e = max(s, reach), min(e, span[1])
        if e > s:
            total += e - s
            reach = e
    return total / max(1, span[1] - span[0])


class _Pair(NamedTuple):
    a: Span
    b: Span


def _both(x: _Pair, y: _Pair) -> bool:
    return bool(_overlap(x.a, y.a) and _overlap(x.b, y.b))


@dataclass(slots=True)
class Reuse:
    """How well reuse was found.

    `recall`: of the planted passages, those of which half is reported on both sides (`recall_80`:
    four fifths); a copy counts against its source. `precision`: of what is reported, what lies on
    both sides at least half inside a planted passage that these two articles share;
    `precision_bar_furniture`: the same of what is not furniture. `precision_of_spans`: of the
    stretches of articles that are reported at all, each once, those in a pair that is right: a
    stock phrase in 70 articles counts 70 times there and 2,415 times among the pairs.
    """

    planted: int
    reported: int
    recall: float
    recall_80: float
    precision: float
    precision_bar_furniture: float
    precision_of_spans: float
    linked: float | None
    wrong: dict[str, int]
    by_kind: dict[str, float]


def reuse(
    true: Truth,
    found: Iterable[Found],
    words: dict[str, str],
    groups: list[list[tuple[str, Span]]] | None = None,
) -> Reuse:
    """Score what was reported; `words` are the texts, to tell short wrong ones from long.

    `groups` are passages with their appearances: for `linked`, the share of the copies of what
    spread widely that are in one passage together or joined by pairs.
    """
    by_pair: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    total = 0
    for f in found:
        total += 1
        if f.a <= f.b:
            by_pair[f.a, f.b].append(_Pair(f.a_span, f.b_span))
        else:
            by_pair[f.b, f.a].append(_Pair(f.b_span, f.a_span))

    # Where each passage stands, by article: two articles of one passage share it.
    standing: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for n, p in enumerate(true.passages):
        for m in p["members"]:
            standing[m["id"]].append((n, (m["start"], m["end"])))

    wrong: Counter[str] = Counter()
    right = 0
    stretches: dict[str, list[tuple[Span, bool]]] = defaultdict(list)
    for (a, b), pairs in by_pair.items():
        theirs = [
            _Pair(x, y) for n, x in standing.get(a, ()) for m, y in standing.get(b, ()) if n == m
        ]
        for pair in pairs:
            hit = [t for t in theirs if _both(t, pair)]
            good = (
                bool(hit)
                and min(covered(pair.a, [t.a for t in hit]), covered(pair.b, [t.b for t in hit]))
                >= 0.5
            )
            stretches[a].append((pair.a, good))
            stretches[b].append((pair.b, good))
            if good:
                right += 1
                continue
            furniture = max(covered(pair.a, true.furniture[a]), covered(pair.b, true.furniture[b]))
            length = len(words[a][slice(*pair.a)].split())
            wrong[
                "furniture" if furniture >= 0.5
                else "too wide" if hit
                else "stock" if length < _SHORT
                else "other"
            ] += 1  # fmt: skip

    hits: dict[str, list[float]] = defaultdict(list)
    fifths = 0
    # Of what 5,000 articles carry, not every pair is reported: `linked` speaks for it.
    for p in (p for p in true.passages if p["type"] != "everywhere"):
        source = p["members"][0]
        for copy in p["members"][1:]:
            was, ours = (copy["source_start"], copy["source_end"]), (copy["start"], copy["end"])
            if source["id"] <= copy["id"]:
                key, here = (source["id"], copy["id"]), _Pair(was, ours)
            else:
                key, here = (copy["id"], source["id"]), _Pair(ours, was)
            hit = [d for d in by_pair.get(key, ()) if _both(d, here)]
            share = min(covered(here.a, [d.a for d in hit]), covered(here.b, [d.b for d in hit]))
            fifths += share >= 0.8
            label = p["type"] if not p["rate"] else f"{p['type']} {p['rate']:.2f}"
            hits[label].append(share >= 0.5)
    every = [h for hs in hits.values() for h in hs]
    return Reuse(
        planted=len(every),
        reported=total,
        recall=_share(sum(every), len(every)),
        recall_80=_share(fifths, len(every)),
        precision=_share(right, total),
        precision_bar_furniture=_share(right, total - wrong["furniture"]),
        precision_of_spans=_of_spans(stretches),
        linked=_linked(true, by_pair, groups or []),
        wrong=dict(sorted(wrong.items())),
        by_kind={k: _share(sum(v), len(v)) for k, v in sorted(hits.items())},
    )


def _of_spans(stretches: dict[str, list[tuple[Span, bool]]]) -> float:
    merged: list[bool] = []
    for spans in stretches.values():
        reach = -1
        for (start, end), good in sorted(spans):
            if start < reach:
                merged[-1] |= good
            else:
                merged.append(good)
            reach = max(reach, end)
    return _share(sum(merged), len(merged))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _linked(
    true: Truth,
    by_pair: dict[tuple[str, str], list[_Pair]],
    groups: list[list[tuple[str, Span]]],
) -> float | None:
    wide = [p for p in true.passages if len(p["members"]) > 3 and p["type"] != "wire"]
    if not wide:
        return None
    at: dict[str, list[tuple[int, int, Span]]] = defaultdict(list)
    for n, p in enumerate(wide):
        for i, member in enumerate(p["members"]):
            at[member["id"]].append((n, i, (member["start"], member["end"])))
    parent = [list(range(len(p["members"]))) for p in wide]

    def root(n: int, i: int) -> int:
        while parent[n][i] != i:
            parent[n][i] = parent[n][parent[n][i]]
            i = parent[n][i]
        return i

    def carriers(article: str, span: Span) -> list[tuple[int, int]]:
        return [(n, i) for n, i, s in at.get(article, ()) if covered(s, [span]) >= 0.5]

    for (a, b), pairs in by_pair.items():
        if a in at and b in at:
            for pair in pairs:
                for n, i in carriers(a, pair.a):
                    for m, j in carriers(b, pair.b):
                        if n == m:
                            parent[n][root(n, i)] = root(n, j)
    for group in groups:
        first: dict[int, int] = {}
        for article, span in group:
            for n, i in carriers(article, span):
                parent[n][root(n, i)] = root(n, first.setdefault(n, i))
    largest = sum(
        max(Counter(root(n, i) for i in range(len(p["members"]))).values()) - 1
        for n, p in enumerate(wide)
    )
    return _share(largest, sum(len(p["members"]) - 1 for p in wide))


# --- quotes -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Quotes:
    """How well quotes were read.

    `span_f1`: stretches between marks of which the longer's four fifths agree. `speaker`: of
    those found whose speaker has a name, the share given that full name. `trusted`: of those
    found and given a name, the share where it is right (nobody's words given to somebody count
    against it).
    """

    gold: int
    claimed: int
    span_f1: float
    speaker: float
    trusted: float


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def quotes(true: Truth, found: Iterable[Claimed], words: dict[str, str]) -> Quotes:
    """Score the quotes of a database."""
    by_article: dict[str, list[Claimed]] = defaultdict(list)
    for c in found:
        by_article[c.article].append(c)
    gold = claims = agreed = named = given = right = 0
    for article, true_quotes in true.quotes.items():
        text = words[article]
        theirs = [(_stripped(text, c.start, c.end), c) for c in by_article.get(article, ())]
        real = [
            (_stripped(text, q["start"], q["end"]), q)
            for q in true_quotes
            if q["kind"] in ("direct", "mixed")
        ]
        terms = [_stripped(text, q["start"], q["end"]) for q in true_quotes if q["kind"] == "term"]
        gold += len(real)
        # A term read as a quote is not a wrong span, but its speaker is wrong.
        outside = [c for s, c in theirs if any(_overlap(s, t) for t in terms)]
        given += sum(c.name is not None for c in outside)
        claims += len(theirs) - len(outside)
        free = dict(theirs)
        for span, q in real:
            best = max(free, key=lambda s: _overlap(s, span), default=None)
            if best is None:
                continue
            longer = max(best[1] - best[0], span[1] - span[0])
            if _overlap(best, span) < 0.8 * longer:
                continue
            claim = free.pop(best)
            agreed += 1
            same = claim.name is not None and claim.name == q["name"]
            named += q["name"] is not None
            given += claim.name is not None
            right += same
    return Quotes(
        gold=gold,
        claimed=claims,
        span_f1=_share(2 * agreed, gold + claims),
        speaker=_share(right, named),
        trusted=_share(right, given),
    )
