"""Reuse as people find it with datasketch alone: windows of words, MinHash, MinHashLSH.

    python benchmarks/plain.py articles.jsonl --out found.jsonl

Every window of 12 words becomes a set of its words and word pairs, the set a MinHash of 128
permutations (`MinHash.generator`, the fast way); MinHashLSH finds windows that are alike; those of
different outlets that lie on about one diagonal are merged into a passage. Threshold, sets and
the least length were chosen on a generated corpus of another seed (docs/benchmarks.md).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from datasketch import MinHash, MinHashLSH

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.score import Found, Span

WIDTH = 12
PERMUTATIONS = 128
THRESHOLD = 0.6
GAP = 6  # words between two pairs of windows that still are one passage
LEAST = 2  # pairs of windows that make a passage

_WORD = re.compile(r"\w+")


def windows(text: str) -> tuple[list[list[bytes]], list[Span]]:
    """The set of every window, and where in the text it stands."""
    found = [(m.group().lower().encode(), m.start(), m.end()) for m in _WORD.finditer(text)]
    sets, spans = [], []
    for i in range(max(1, len(found) - WIDTH + 1) if found else 0):
        inside = found[i : i + WIDTH]
        words = [w for w, _, _ in inside]
        sets.append([*words, *(a + b" " + b for a, b in pairwise(words))])
        spans.append((inside[0][1], inside[-1][2]))
    return sets, spans


def matches(articles: Iterable[tuple[str, str, str]]) -> Iterator[Found]:
    """Passages shared by two articles of different outlets; articles are (id, outlet, text)."""
    ids: list[str] = []
    outlets: list[str] = []
    spans: list[list[Span]] = []
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    # Diagonals of windows that are alike, by pair of articles.
    alike: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for article, outlet, text in articles:
        number = len(ids)
        ids.append(article)
        outlets.append(outlet)
        sets, where = windows(text)
        spans.append(where)
        made = list(MinHash.generator(sets, num_perm=PERMUTATIONS))
        for window, signature in enumerate(made):
            for other, theirs in index.query(signature):
                if outlets[other] != outlet:
                    alike[other, number].append((theirs, window))
        for window, signature in enumerate(made):
            index.insert((number, window), signature, check_duplication=False)
    for (a, b), pairs in alike.items():
        for x, y in merged(pairs):
            yield Found(
                ids[a], (spans[a][x[0]][0], spans[a][x[1]][1]),
                ids[b], (spans[b][y[0]][0], spans[b][y[1]][1]),
            )  # fmt: skip


def merged(pairs: list[tuple[int, int]]) -> Iterator[tuple[Span, Span]]:
    """Ranges of windows on both sides, from pairs of windows that lie close together."""
    open_: list[list[int]] = []  # from and to on either side, and how many pairs
    for x, y in sorted(pairs):
        for run in open_:
            if x - run[1] <= GAP and -GAP <= y - run[3] <= GAP:
                run[1], run[2], run[3] = max(run[1], x), min(run[2], y), max(run[3], y)
                run[4] += 1
                break
        else:
            open_.append([x, x, y, y, 1])
    for a0, a1, b0, b1, count in open_:
        if count >= LEAST:
            yield (a0, a1), (b0, b1)


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[3])
    with source.open(encoding="utf-8") as rows, out.open("w", encoding="utf-8") as found:
        read = (json.loads(row) for row in rows)
        for match in matches((r["id"], r["outlet"], r["text"]) for r in read):
            found.write(json.dumps(match) + "\n")


if __name__ == "__main__":
    main()
