"""How often a match with score s is reuse -> a table, a picture (SVG), and the curve fitted anew.

    python benchmarks/calibrate.py [--articles 250,1000,5000] [--seed 11] [--out docs]
        [--planted FOLDER]... [--labelled FOLDER]... [--fit]

Each corpus is searched with every candidate kept. In a generated one a match is true when half of
both its sides lies in one planted passage; what two articles share in their furniture is not. A
folder holds `docs.jsonl` (id, outlet, date, language, text). With `--planted` it has `gold.jsonl`
(a_id, a_start, a_end, and the same of b): what is not planted was there before, and is not judged.
With `--labelled` it has `labels.jsonl`, the same and `reuse`, true or false: what somebody read.

`--fit` prints the numbers of `reuse/settings.py` that a logistic regression over all of them gives,
and what they reach on matches that they were not fitted on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.generate import Corpus, write
from reuse import evidence, passages
from reuse.comparing import reused
from reuse.engines.local import Local
from reuse.model import Listed, Match
from reuse.settings import Settings
from reuse.text import SENTENCE, STOP, tokens

# Edges of the bins: the ends of the curve are where most matches are.
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)
COLOURS = {"generated": "#0b6", "planted": "#07b", "labelled": "#b30"}
# The settings that make a score.
CURVE = (
    "bar_bits", "bar_least", "bar_rate", "bar_slope", "prose_bits", "phrase_words", "phrase_bits",
    "quoted_bits", "spoken_bits", "end_bits", "apart_bits",
)  # fmt: skip
# Bits beyond these make no score more sure, and would rule the fit.
MOST_BITS = 120.0
FOLDS = 5

Row = Mapping[str, Any]
Span = tuple[int, int]
# What a label says of two articles: both spans, and whether it is reuse.
Labels = dict[tuple[str, str], list[tuple[Span, Span, bool]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A match that is known to be reuse or not: the ``source`` of the judgement, the score, and
    what the score is made of (bits over the bar, words that lack, quoted, ends, apart)."""

    source: str
    score: float
    true: bool
    known: tuple[float, float, float, float, float]


def matches(rows: Iterable[Row], settings: Settings) -> Iterator[tuple[Match, Judged]]:
    """Every candidate among some articles, as if it were none."""
    rows = list(rows)
    texts = {str(row["id"]): str(row["text"]) for row in rows}
    listed = [
        Listed(
            str(row["id"]),
            row.get("outlet"),
            row.get("published") or row.get("date"),
            row.get("language") or row.get("lang"),
        )
        for row in rows
    ]
    with Local() as engine:
        found = reused(listed, lambda ids: {i: texts[i] for i in ids}, engine, settings)
        bar = evidence.bar(len(tokens(list(texts.values())).word), settings)
        for match in found.matches:
            yield match, Judged("", match.score, False, known(match, texts, bar, settings))


def known(
    match: Match, texts: Mapping[str, str], bar: float, settings: Settings
) -> tuple[float, float, float, float, float]:
    """What the score of a match is made of, read from the texts once more."""
    sides = (
        (texts[match.a_article_id], match.a_start, match.a_end),
        (texts[match.b_article_id], match.b_start, match.b_end),
    )
    begun = done = True
    quoted = 0.0
    length = match.words + 1
    for text, start, end in sides:
        first, last = passages.lines_of(text, start, end)
        found = tokens([text[first:last]])
        here = np.flatnonzero((found.start >= start - first) & (found.end <= end - first))
        length = min(length, len(here))
        begun &= bool(found.flag[here[0]] & SENTENCE)
        done &= bool(found.flag[here[-1]] & STOP)
        quoted = max(quoted, passages.share(passages.marked(text, first, last), start, end))
    apart = any(passages.apart(*side) for side in sides)
    lacking = max(0, settings.phrase_words - length)
    return min(match.bits, MOST_BITS) - bar, lacking, quoted, begun + done, float(apart)


def generated(articles: int, seed: int, settings: Settings) -> Iterator[Judged]:
    """The matches in a generated corpus."""
    with tempfile.TemporaryDirectory() as folder:
        files = write(Corpus(articles, seed), Path(folder))
        rows = lines(files[0])
        places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, label in enumerate(lines(files[1])):
            for member in label.get("members", ()):
                places[member["id"]].append((number, member["start"], member["end"]))
                first = label["members"][0]["id"]
                if "source_start" in member:
                    places[first].append((number, member["source_start"], member["source_end"]))

    def within(article: str, start: int, end: int) -> set[int]:
        return {n for n, s, e in places.get(article, ()) if covers((s, e), (start, end))}

    for match, one in matches(rows, settings):
        a = within(match.a_article_id, match.a_start, match.a_end)
        true = bool(a & within(match.b_article_id, match.b_start, match.b_end))
        yield Judged("generated", one.score, true, one.known)


def from_folder(folder: Path, source: str, settings: Settings) -> Iterator[Judged]:
    """The matches of a folder that its labels speak of."""
    labels: Labels = defaultdict(list)
    for row in lines(folder / ("gold.jsonl" if source == "planted" else "labels.jsonl")):
        a, b = (row["a_start"], row["a_end"]), (row["b_start"], row["b_end"])
        labels[row["a_id"], row["b_id"]].append((a, b, row.get("reuse", True)))
        labels[row["b_id"], row["a_id"]].append((b, a, row.get("reuse", True)))
    for match, one in matches(lines(folder / "docs.jsonl"), settings):
        here, there = (match.a_start, match.a_end), (match.b_start, match.b_end)
        for a, b, true in labels.get((match.a_article_id, match.b_article_id), ()):
            if covers(a, here) and covers(b, there):
                yield Judged(source, one.score, true, one.known)
                break


def lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def covers(label: Span, span: Span) -> bool:
    """Whether half of a span lies in what is labelled."""
    return 2 * (min(label[1], span[1]) - max(label[0], span[0])) >= span[1] - span[0]


def fitted(
    known: NDArray[np.float64], true: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The logistic regression of `true` on a constant and the columns of `known` (Newton's method,
    with a ridge that keeps it from running away)."""
    columns = np.column_stack([np.ones(len(known)), known])
    ridge = 1e-3 * np.eye(columns.shape[1])
    factors = np.zeros(columns.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(columns @ factors, -30, 30)))
        slope = weight * chance * (1 - chance)
        step = columns.T @ (weight * (true - chance)) - ridge @ factors
        factors += np.linalg.solve((columns * slope[:, None]).T @ columns + ridge, step)
    return factors


def fit(rows: list[Judged], min_score: float) -> dict[str, float]:
    """The settings that these judgements ask for; prints what they reach where they were not seen.

    Every source counts as much as the others.
    """
    known = np.array([row.known for row in rows])
    true = np.array([row.true for row in rows], float)
    source = np.array([row.source for row in rows])
    weight = np.ones(len(rows))
    for name in set(source.tolist()):
        weight[source == name] = len(rows) / (source == name).sum()
    weight *= len(rows) / weight.sum()
    fold = np.random.default_rng(0).permutation(len(rows)) % FOLDS
    score = np.zeros(len(rows))
    for i in range(FOLDS):
        seen = fold != i
        factors = fitted(known[seen], true[seen], weight[seen])
        score[~seen] = 1 / (1 + np.exp(-(factors[0] + known[~seen] @ factors[1:])))
    for name in sorted(set(source.tolist())):
        here = source == name
        shown = here & (score >= min_score)
        print(
            f"{name}: at {min_score} {int(true[shown].sum())} true and"
            f" {int((1 - true[shown]).sum())} wrong of {int(shown.sum())};"
            f" recall {true[shown].sum() / max(1, true[here].sum()):.3f}"
        )
    constant, *each = fitted(known, true, weight).tolist()
    slope = 1 / each[0]
    names = ("phrase_bits", "quoted_bits", "end_bits", "apart_bits")
    signs = (-1, 1, 1, 1)
    return {
        "bar_slope": round(slope, 1),
        "prose_bits": round(-constant * slope, 1),
        **{n: round(s * e * slope, 1) for n, s, e in zip(names, signs, each[1:], strict=True)},
    }


def curve(rows: Iterable[Judged]) -> list[dict[str, float]]:
    """How many of the matches in each bin of scores are true."""
    rows = list(rows)
    bins = []
    for low, high in pairwise(EDGES):
        inside = [row for row in rows if low <= row.score < high]
        if inside:
            bins.append(
                {
                    "from": low,
                    "to": min(high, 1.0),
                    "matches": len(inside),
                    "score": round(sum(row.score for row in inside) / len(inside), 4),
                    "true": round(sum(row.true for row in inside) / len(inside), 4),
                }
            )
    return bins


def picture(curves: Mapping[str, list[dict[str, float]]]) -> str:
    """The curves as SVG: the score across, the share that is true upwards, the diagonal between."""
    size, edge = 320, 40

    def at(x: float, y: float) -> str:
        return f"{edge + x * size:.1f},{edge + (1 - y) * size:.1f}"

    drawn = []
    for n, (name, bins) in enumerate(curves.items()):
        colour = COLOURS[name]
        path = " ".join(at(b["score"], b["true"]) for b in bins)
        drawn.append(f'<polyline points="{path}" stroke="{colour}" stroke-width="2" fill="none"/>')
        for b in bins:
            x, y = at(b["score"], b["true"]).split(",")
            told = f"{name}, score {b['score']:.2f}: {b['true']:.2f} of {b['matches']:.0f} true"
            drawn.append(
                f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{told}</title></circle>'
            )
        drawn.append(
            f'<text x="{edge + 12}" y="{edge + 20 + 16 * n}" fill="{colour}">{name}</text>'
        )
    body = "\n".join(drawn)
    whole = size + 2 * edge
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" role="img"
 font-family="sans-serif" font-size="12" fill="#666">
<title>Of matches with score s, how many are true</title>
<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#999"/>
<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#999" stroke-dasharray="4" fill="none"/>
{body}
<text x="{edge}" y="{whole - 12}">score 0</text>
<text x="{edge + size}" y="{whole - 12}" text-anchor="end">1</text>
<text x="8" y="{edge - 12}">share that is true</text>
</svg>
"""


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("--articles", default="250,1000,5000")
    ask.add_argument("--seed", type=int, default=11)
    ask.add_argument("--planted", type=Path, action="append", default=[])
    ask.add_argument("--labelled", type=Path, action="append", default=[])
    ask.add_argument("--fit", action="store_true")
    ask.add_argument("--out", type=Path, default=Path("docs"))
    asked = ask.parse_args()
    sizes = [int(n) for n in asked.articles.split(",") if n]
    settings = Settings(min_score=0.0)
    rows = [row for size in sizes for row in generated(size, asked.seed, settings)]
    for source in ("planted", "labelled"):
        for folder in getattr(asked, source):
            rows += from_folder(folder, source, settings)
    if asked.fit:
        print(json.dumps(fit(rows, Settings().min_score)))
    # What is planted is all true: a curve has to have both.
    curves = {
        name: curve(row for row in rows if row.source == name)
        for name in ("generated", "labelled")
        if any(row.source == name for row in rows)
    }
    shipped = {name: getattr(settings, name) for name in CURVE}
    asked.out.mkdir(exist_ok=True)
    told = {"articles": sizes, "seed": asked.seed, "curve": shipped, "bins": curves}
    (asked.out / "calibration.json").write_text(json.dumps(told, indent=1) + "\n")
    (asked.out / "calibration.svg").write_text(picture(curves))
    for name, bins in curves.items():
        for b in bins:
            print(
                f"{name}, score {b['from']:.2f} to {b['to']:.2f}:"
                f" {b['true']:.3f} true of {b['matches']}"
            )


if __name__ == "__main__":
    main()
