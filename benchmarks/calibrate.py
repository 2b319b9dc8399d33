"""How often a match with score s is reuse, on generated corpora -> a table and a picture (SVG).

    python benchmarks/calibrate.py [--articles 250,1000,5000] [--seed 11] [--out docs]

Each corpus is searched with every candidate kept. A match is true when half of both its sides lies
in one planted passage; what two articles share in their furniture is not.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.generate import Corpus, write
from reuse.comparing import reused
from reuse.engines.local import Local
from reuse.model import Listed, Match
from reuse.settings import Settings

# Edges of the bins: the ends of the curve are where most matches are.
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)

Places = dict[str, list[tuple[int, int, int]]]


def judged(articles: int, seed: int) -> Iterator[tuple[float, bool]]:
    """The score of each match in a generated corpus, and whether it is true."""
    with tempfile.TemporaryDirectory() as folder:
        files = write(Corpus(articles, seed), Path(folder))
        rows = [json.loads(line) for line in files[0].open(encoding="utf-8")]
        places: Places = defaultdict(list)
        for number, line in enumerate(files[1].open(encoding="utf-8")):
            for member in json.loads(line).get("members", ()):
                places[member["id"]].append((number, member["start"], member["end"]))
                first = json.loads(line)["members"][0]["id"]
                if "source_start" in member:
                    places[first].append((number, member["source_start"], member["source_end"]))
    texts = {row["id"]: row["text"] for row in rows}
    listed = [
        Listed(row["id"], row.get("outlet"), row.get("published"), row.get("language"))
        for row in rows
    ]
    with Local() as engine:
        found = reused(
            listed, lambda ids: {i: texts[i] for i in ids}, engine, Settings(min_score=0.0)
        )
    for match in found.matches:
        yield match.score, is_true(match, places)


def is_true(match: Match, places: Places) -> bool:
    """Whether both sides lie, by half, in one planted passage."""

    def within(article: str, start: int, end: int) -> set[int]:
        return {
            number
            for number, s, e in places.get(article, ())
            if 2 * (min(e, end) - max(s, start)) >= end - start
        }

    a = within(match.a_article_id, match.a_start, match.a_end)
    return bool(a & within(match.b_article_id, match.b_start, match.b_end))


def picture(bins: list[dict[str, float]]) -> str:
    """The curve as SVG: the score across, the share that is true upwards, the diagonal between."""
    size, edge = 320, 40

    def at(x: float, y: float) -> str:
        return f"{edge + x * size:.1f},{edge + (1 - y) * size:.1f}"

    line = " ".join(at(b["score"], b["true"]) for b in bins)
    dots = "\n".join(
        '<circle cx="{}" cy="{}" r="4" fill="#0b6"><title>{}</title></circle>'.format(
            *at(b["score"], b["true"]).split(","),
            f"score {b['score']:.2f}: {b['true']:.2f} of {b['matches']:.0f} matches true",
        )
        for b in bins
    )
    whole = size + 2 * edge
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img"
 font-family="sans-serif" font-size="12" fill="#666">
<title>Of matches with score s, how many are true</title>
<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#999"/>
<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#999" stroke-dasharray="4" fill="none"/>
<polyline points="{line}" stroke="#0b6" stroke-width="2" fill="none"/>
{dots}
<text x="{edge}" y="{whole - 12}">score 0</text>
<text x="{edge + size}" y="{whole - 12}" text-anchor="end">1</text>
<text x="8" y="{edge - 12}">share that is true</text>
</svg>
"""


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("--articles", default="250,1000,5000")
    ask.add_argument("--seed", type=int, default=11)
    ask.add_argument("--out", type=Path, default=Path("docs"))
    asked = ask.parse_args()
    sizes = [int(n) for n in asked.articles.split(",")]
    rows = [row for size in sizes for row in judged(size, asked.seed)]
    bins = []
    for low, high in pairwise(EDGES):
        inside = [(score, true) for score, true in rows if low <= score < high]
        if inside:
            bins.append(
                {
                    "from": low,
                    "to": min(high, 1.0),
                    "matches": len(inside),
                    "score": round(sum(s for s, _ in inside) / len(inside), 4),
                    "true": round(sum(t for _, t in inside) / len(inside), 4),
                }
            )
    settings = Settings()
    curve = {name: getattr(settings, name) for name in Settings.__slots__ if "bar_" in name}
    asked.out.mkdir(exist_ok=True)
    (asked.out / "calibration.json").write_text(
        json.dumps({"articles": sizes, "seed": asked.seed, "curve": curve, "bins": bins}, indent=1)
        + "\n"
    )
    (asked.out / "calibration.svg").write_text(picture(bins))
    for b in bins:
        print(f"score {b['from']:.2f} to {b['to']:.2f}: {b['true']:.3f} true of {b['matches']}")


if __name__ == "__main__":
    main()
