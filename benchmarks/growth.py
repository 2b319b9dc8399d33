"""How time, memory and disk grow with the articles: the picture in docs/growth.svg.

    python benchmarks/growth.py                              # the picture, from the results
    python benchmarks/growth.py --articles 1000,10000,100000 # scans first

Scans are recorded in benchmarks/results/growth.json, a size at a time, so that a million articles
may be added on another day; a size that is there is measured again. What others took comes from
benchmarks/peers.py.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, run
from benchmarks.generate import Corpus
from benchmarks.table import PEERS

RESULTS = measure.RESULTS
PICTURE = RESULTS.parent.parent / "docs" / "growth.svg"

# Colours that people who do not see red and green tell apart (Okabe & Ito 2008), and dashes for
# those who print.
_INK = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 30, 50


class Point(NamedTuple):
    """What one program took for so many articles: CPU seconds, which a busy machine changes less
    than those of the clock."""

    articles: int
    seconds: float


def points(results: Iterable[Mapping[str, Any]]) -> dict[str, list[Point]]:
    """The points of every program, by size; of two at one size the later one counts."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for result in results:
        for line in result["lines"]:
            if line.get("cpu_seconds") and "generated" in line.get("corpus", "generated"):
                found[line["program"]][line["articles"]] = line["cpu_seconds"]
    return {
        program: [Point(*one) for one in sorted(sizes.items())]
        for program, sizes in found.items()
        if program in PEERS and program not in ("regex", "textacy")
    }


def picture(found: Mapping[str, list[Point]]) -> str:
    """CPU seconds against articles, both in powers of ten."""
    every = [point for line in found.values() for point in line]
    left, right = _decades(point.articles for point in every)
    low, high = _decades(point.seconds for point in every)

    def x(articles: float) -> float:
        share = (math.log10(articles) - left) / (right - left)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(seconds: float) -> float:
        share = (math.log10(seconds) - low) / (high - low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="13">',
        "<title>CPU seconds against articles</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for power in range(left, right + 1):
        at = x(10**power)
        parts.append(f'<path d="M{at} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#ddd"/>')
        label = f"{10**power:,}"
        parts.append(f'<text x="{at}" y="{_HEIGHT - 28}" text-anchor="middle">{label}</text>')
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<path d="M{_LEFT} {at}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        label = f"{10**power:,} s" if power >= 0 else f"{10**power:g} s"
        parts.append(f'<text x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{label}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">articles (left: CPU s)</text>'
    )
    ends: list[float] = []
    order = sorted(found.items(), key=lambda item: item[1][-1].seconds)
    for number, (program, line) in enumerate(order):
        ink = _INK[number % len(_INK)]
        dash = "" if program.startswith("reuse") else ' stroke-dasharray="6 3"'
        where = " ".join(f"{x(point.articles)},{y(point.seconds)}" for point in line)
        parts.append(
            f'<polyline points="{where}" fill="none" stroke="{ink}" stroke-width="2.5"{dash}/>'
        )
        parts += [
            f'<circle cx="{x(point.articles)}" cy="{y(point.seconds)}" r="4" fill="{ink}"/>'
            for point in line
        ]
        # Names stand at the right, none over another.
        beside = y(line[-1].seconds) + 4
        while any(abs(beside - other) < 16 for other in ends):
            beside -= 1
        ends.append(beside)
        name = escape(PEERS[program].replace("`", ""))
        parts.append(f'<text x="{_WIDTH - _RIGHT + 12}" y="{beside}" fill="{ink}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Iterable[float]) -> tuple[int, int]:
    """The powers of ten around some values."""
    held = list(values)
    low, high = math.floor(math.log10(min(held))), math.ceil(math.log10(max(held)))
    return low, max(high, low + 1)


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", default="", metavar="N[,N…]", help="scan so many first")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--scan", default=f"{sys.executable} -m reuse scan", help="the command to run")
    ask.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "reuse-benchmarks")
    told = ask.parse_args()

    path = RESULTS / "growth.json"
    lines = json.loads(path.read_text("utf-8"))["lines"] if path.exists() else []
    for size in map(int, filter(None, told.articles.split(","))):
        corpus = Corpus(size, told.seed, 0)
        files = run.made(corpus, told.cache)
        wc = measure.word_count(files.text)
        line = run.scanned(corpus, files, shlex.split(told.scan), wc)
        print(line, flush=True)
        lines = [one for one in lines if one["articles"] != size]
        lines = sorted([*lines, line.figures()], key=lambda one: one["articles"])
        measure.record("growth", {"machine": measure.machine(), "lines": lines})
    results = [*sorted(RESULTS.glob("run-*.json")), *sorted(RESULTS.glob("peers*.json"))]
    read = [json.loads(one.read_text("utf-8")) for one in (*results, path) if one.exists()]
    PICTURE.write_text(picture(points(read)), "utf-8")
    print(f"written: docs/{PICTURE.name}")


if __name__ == "__main__":
    main()
