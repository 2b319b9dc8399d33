"""Labelled articles -> the weights of a language, and what they reach on articles held out.

    python benchmarks/weights.py de FILE.jsonl... [--folds 5] [--write]

A line of a file is an article: `text`, and `quotes` with `start`, `end`, `kind` (`direct`, `mixed`,
`indirect`), `inner` (the stretches between marks of a mixed one), `speaker_start`, `speaker_end`,
`cue_start`, `cue_end`. Without files, `quotes/*.train.jsonl` of the language in the folder that
REUSE_EVAL names. `--write` puts the weights of all articles where the reader finds them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from reuse import attribution as whose
from reuse import reported as clause
from reuse.attribution import Carried, other_sentences, own_sentence, scene
from reuse.clauses import Frame, cues, frame
from reuse.languages import WEIGHTS, Language, language
from reuse.prose import CLOSERS, ENDERS, Prose, prose
from reuse.quotes import MARKS, spans
from reuse.reading import LEAST, by_sentence, over, read_prose
from reuse.reported import begins, gate, reported, sides, speakings, stops, ways
from reuse.weighing import told

WRITTEN = Path(__file__).resolve().parent.parent / "reuse" / "languages" / "weights"
# What each weight is drawn to nought with, the inverse of the variance that it is taken to have:
# where the loss on articles held out was least, in English and in German.
PENALTY = {"quotes": 8.0, "gate": 1.5, "ways": 1.5, "begins": 1.5, "stops": 1.5, "subjects": 1.5}
# The files of a language in REUSE_EVAL.
LABELLED = {"en": "polnear.train.jsonl", "de": "de_news.train.jsonl"}
# Features that hardly any labelled article has, with weights set by hand: a name behind a dash,
# before a colon, before a colon inside the marks.
RARE = ("signed", "line:", "line:0", "line:1", "label")
# A feature of fewer choices is not learnt.
SEEN = 2
# Weights below this many hundredths are left out: they change no choice.
SMALL = 3
# Two spans are one when they share this much of the longer (the labels' own agreement).
SAME = 0.8
# Scores further below the best than this make no difference, and no overflow.
_LEAST = -60.0
_STEPS = {"maxiter": 400, "ftol": 1e-7}
# Signs at the edges of a span that say nothing.
_EDGE = MARKS | CLOSERS | ENDERS | frozenset(" \t\r\n\xa0`,;:–—-([")

Stretch = tuple[int, int]
Weights = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Label:
    """What an article is known to hold: ``kind`` is "marked" (words between marks) or "clause"."""

    start: int
    end: int
    kind: str
    mention: Stretch | None
    cue: Stretch | None


@dataclass(frozen=True, slots=True)
class Article:
    text: str
    labels: Sequence[Label]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each by its features, and which of them are right."""

    alternatives: Sequence[Sequence[str]]
    right: frozenset[int]


def articles(files: Iterable[Path]) -> list[Article]:
    found = []
    for file in files:
        for line in file.open(encoding="utf-8"):
            row = json.loads(line)
            once: dict[tuple[int, int, str], Label] = {}
            for quote in row["quotes"]:
                for label in _labels(row["text"], quote):
                    once.setdefault((label.start, label.end, label.kind), label)
            found.append(Article(row["text"], list(once.values())))
    return found


def _labels(text: str, quote: Mapping[str, object]) -> Iterator[Label]:
    def stretch(what: str) -> Stretch | None:
        start, end = quote.get(f"{what}_start"), quote.get(f"{what}_end")
        return (start, end) if isinstance(start, int) and isinstance(end, int) else None

    mention, cue = stretch("speaker"), stretch("cue")
    start, end, inner = quote["start"], quote["end"], quote.get("inner") or []
    assert isinstance(start, int)
    assert isinstance(end, int)
    assert isinstance(inner, list)
    if quote["kind"] == "direct":
        inner = [(start, end)]
    else:
        yield Label(*bare(text, start, end), "clause", mention, cue)
    for a, b in inner:
        at = a
        for line in text[a:b].splitlines(keepends=True):
            if line.strip():
                yield Label(*bare(text, at, at + len(line)), "marked", mention, cue)
            at += len(line)


def bare(text: str, start: int, end: int) -> Stretch:
    """A stretch without the marks and signs at its edges."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    return start, end


def overlap(one: Stretch, other: Stretch) -> float:
    """The share of the longer of two stretches that both have."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(shared, 0) / max(one[1] - one[0], other[1] - other[0], 1)


def touch(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


# -- choices -----------------------------------------------------------------------------------


def whole_frame(text: Prose) -> Frame:
    stretches = spans(text)
    outer = [n for n, span in enumerate(stretches) if span.parent is None]
    return frame(text, stretches, outer, text.paragraphs)


def clause_choices(article: Article, rules: Language) -> dict[str, list[Choice]]:
    """What each word of saying in an article should be taken for."""
    out: dict[str, list[Choice]] = defaultdict(list)
    f = whole_frame(replace(prose(article.text, rules.code), language=rules))
    clauses = [label for label in article.labels if label.kind == "clause"]
    features = clause.Tables(told)
    for cue in cues(f):
        at = f.offsets(cue.first, cue.last)
        known = [label for label in clauses if label.cue and touch(label.cue, at)]
        right_sides = {1 if label.start >= at[0] else 2 for label in known}
        doubt = gate(f, cue, features)
        out["gate"].append(Choice([doubt, []], frozenset([int(bool(known))])))
        proposed = ways(f, cue, features, sides(f, cue, features))
        right = frozenset(n for n in right_sides or {0} if n < len(proposed))
        if right:
            out["ways"].append(Choice(proposed, right))
        if not known:
            continue
        mentions = [label.mention for label in known if label.mention]
        said = speakings(f, cue, features)
        right = frozenset(
            n
            for n, (subject, _) in enumerate(said)
            if subject is not None
            and any(touch(f.offsets(subject.first, subject.last), mention) for mention in mentions)
        )
        if right or not mentions:
            out["subjects"].append(Choice([score for _, score in said], right or frozenset([0])))
        for label in known:
            side = 1 if label.start >= at[0] else 2
            opening = begins(f, cue, side, features)
            begin = _nearest(f, list(opening), label, 0)
            if begin is None:
                continue
            out["begins"].append(Choice(list(opening.values()), frozenset([begin])))
            closing = stops(f, cue, side, list(opening)[begin], features)
            stop = _nearest(f, list(closing), label, 1)
            if stop is not None:
                out["stops"].append(Choice(list(closing.values()), frozenset([stop])))
    return out


def _nearest(f: Frame, items: Sequence[int], label: Label, edge: int) -> int | None:
    """Which of these items begins (edge 0) or ends (1) a clause as it is labelled, about."""
    places = []
    for item in items:
        if edge:
            places.append(bare(f.prose.text, label.start, f.offsets(item - 1, item)[1])[1])
        else:
            places.append(bare(f.prose.text, f.offsets(item, item + 1)[0], label.end)[0])
    wanted = label.end if edge else label.start
    off = [abs(place - wanted) for place in places]
    if not off or min(off) > (1 - SAME) / 2 * (label.end - label.start):
        return None
    return off.index(min(off))


def marked(article: Article) -> Article:
    """The article with marks around words of its reported clauses that have none.

    Who speaks them is known as for quotes, and there are three times as many: they teach which
    mention is the speaker, not what is a quote.
    """
    stretches = [(label.start, label.end) for label in article.labels if label.kind == "marked"]
    places: list[int] = []
    inside: list[tuple[Stretch, Stretch]] = []
    free = 0
    for label in sorted(article.labels, key=lambda label: (label.start, label.end)):
        at = label.start, label.end
        if label.kind != "clause" or label.mention is None or label.start < free:
            continue
        if any(touch(at, other) for other in (*stretches, label.mention)):
            continue
        words = [found.span() for found in _WORDS.finditer(article.text, *at)]
        begin, end = _SHARES[len(inside) % len(_SHARES)]
        first = int(begin * len(words))
        last = max(first + 1, int(end * len(words)))
        if len(words) < 2 or "\n" in article.text[slice(*at)]:
            continue
        start, stop = bare(article.text, words[first][0], words[last - 1][1])
        if start < stop:
            places += [start, stop]
            inside.append(((start, stop), label.mention))
            free = label.end

    def moved(stretch: Stretch) -> Stretch:
        return (
            stretch[0] + bisect_right(places, stretch[0]),
            stretch[1] + bisect_left(places, stretch[1]),
        )

    pieces = [article.text[a:b] for a, b in pairwise([0, *places, len(article.text)])]
    labels = [Label(*moved(at), "marked", moved(whose), None) for at, whose in inside]
    return Article('"'.join(pieces), labels)


_WORDS = re.compile(r"\S+")
# The share of a clause's words that stands before the marks, and up to their end, by turns.
_SHARES = ((0.0, 1.0), (0.5, 1.0), (0.3, 0.7), (0.6, 0.9), (0.7, 1.0))


def speaker_choices(article: Article, rules: Language) -> list[Choice]:
    """Whose the words of reported clauses are, marks put around them: nobody is no choice."""
    return [
        Choice(choice.alternatives[1:], frozenset(n - 1 for n in choice.right))
        for choice in quote_choices(marked(article), rules)
        if 0 not in choice.right
    ]


def quote_choices(article: Article, rules: Language) -> list[Choice]:
    """Whose each stretch between marks is, each told with the speaker before it known; nobody is
    the first alternative."""
    out = []
    f = whole_frame(replace(prose(article.text, rules.code), language=rules))
    found = cues(f)
    near, standing = by_sentence(found), over(f, reported(f, found, LEAST))
    stretches = [label for label in article.labels if label.kind == "marked"]
    carried = Carried()
    features = whose.Tables(told)
    for n in f.places:
        span = f.spans[n]
        place = bare(article.text, f.prose.starts[span.first], f.prose.end(span.last - 1))
        label = max(
            stretches, key=lambda label: overlap(place, (label.start, label.end)), default=None
        )
        if label is not None and overlap(place, (label.start, label.end)) < SAME:
            label = None
        s = scene(f, features, found, near, n, carried, standing.get(n, []))
        own_sentence(s)
        other_sentences(s)
        mentions = list(s.out)
        proposed = [proposal.score for proposal in s.out.values()]
        right: list[int] = []
        if label is None:
            right = [0]
        elif label.mention is not None:
            at = label.mention
            right = [m for m, mention in enumerate(mentions) if mention and touch(mention, at)]
        if right:
            out.append(Choice(proposed, frozenset(right)))
        taken = mentions[right[0]] if right else None
        if taken is not None:
            name = article.text[slice(*taken)].split()[-1].lower()
            carried = Carried(taken, f.places[n], name)
    return out


# -- the fit -----------------------------------------------------------------------------------


def fitted(
    choices: Sequence[Choice],
    penalty: float,
    held: Mapping[str, float],
    start: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Log-linear weights: what makes the right choices likeliest, less a penalty on their squares.

    Weights that are ``held`` are not learnt; ``start`` only saves steps.
    """
    if not choices:
        return dict(held)
    # The same choice, told by the same features, comes back in every article.
    times = Counter((tuple(map(tuple, choice.alternatives)), choice.right) for choice in choices)
    seen: Counter[str] = Counter()
    for (alternatives, _), n in times.items():
        for feature in {feature for alternative in alternatives for feature in alternative}:
            seen[feature] += n
    names = sorted(f for f, n in seen.items() if n >= SEEN and f not in held)
    number = {name: n for n, name in enumerate(names)}
    columns: list[int] = []
    ends = [0]
    opening: list[int] = []
    rights: list[bool] = []
    for alternatives, right in times:
        opening.append(len(rights))
        for n, alternative in enumerate(alternatives):
            columns += [number[feature] for feature in alternative if feature in number]
            ends.append(len(columns))
            rights.append(n in right)
    table = csr_matrix(
        (np.ones(len(columns)), np.array(columns, np.int32), np.array(ends)),
        (len(rights), len(names)),
    )
    turned = table.T.tocsr()
    firsts, good = np.array(opening), np.array(rights)
    sizes = np.diff([*opening, len(rights)])
    often = np.array(list(times.values()), np.float64)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = table @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, firsts), sizes)
        parts = np.exp(np.maximum(scores, _LEAST))
        whole = np.add.reduceat(parts, firsts)
        sure = np.add.reduceat(parts * good, firsts)
        slope = np.repeat(often / whole, sizes) - good * np.repeat(often / sure, sizes)
        value = float(often @ (np.log(whole) - np.log(sure)) + penalty / 2 * weights @ weights)
        return value, turned @ (parts * slope) + penalty * weights

    begin = np.array([(start or {}).get(name, 0.0) for name in names])
    best = minimize(loss, begin, jac=True, method="L-BFGS-B", options=_STEPS)
    return {**held, **dict(zip(names, map(float, best.x), strict=True))}


def rounded(weights: Mapping[str, float]) -> dict[str, float]:
    """As the reader will have them: in hundredths, without the small ones."""
    whole = {name: round(100 * weight) for name, weight in weights.items()}
    return {name: weight / 100 for name, weight in whole.items() if abs(weight) >= SMALL}


def with_weights(rules: Language, weights: Mapping[str, Mapping[str, float]]) -> Language:
    return replace(rules, weights={**rules.weights, **{k: dict(v) for k, v in weights.items()}})


def clause_weights(
    made: Sequence[Mapping[str, Sequence[Choice]]], held: Weights, start: Weights
) -> Weights:
    out = {}
    for name in WEIGHTS:
        if name != "quotes":
            use = [choice for m in made for choice in m.get(name, ())]
            found = fitted(use, PENALTY[name], held.get(name, {}), start.get(name))
            out[name] = rounded(found)
    return out


def trained(
    known: Sequence[Article], rules: Language, folds: int, held: Weights
) -> tuple[Weights, list[Language]]:
    """The weights of all articles, and the rules with those of all articles but one fold.

    The reported clauses speak for the quotes in them as surely as on articles not used for their
    weights: each article's are found by the weights of the other folds.
    """
    made = [clause_choices(article, rules) for article in known]
    weights = clause_weights(made, held, {})
    halves = []
    for fold in range(folds):
        others = [m for n, m in enumerate(made) if n % folds != fold]
        halves.append(with_weights(rules, clause_weights(others, held, weights)))
    quotes = [
        quote_choices(article, halves[n % folds]) + speaker_choices(article, halves[n % folds])
        for n, article in enumerate(known)
    ]
    by_rule, penalty = held.get("quotes", {}), PENALTY["quotes"]
    weights["quotes"] = rounded(fitted([c for q in quotes for c in q], penalty, by_rule))
    apart = []
    for fold, half in enumerate(halves):
        use = [c for n, q in enumerate(quotes) if n % folds != fold for c in q]
        learnt = rounded(fitted(use, penalty, by_rule, weights["quotes"]))
        apart.append(with_weights(half, {"quotes": learnt}))
    return weights, apart


# -- what it reaches ---------------------------------------------------------------------------


def tally(article: Article, rules: Language) -> Counter[str]:
    """Labelled, read, found, and found with the right mention: marked words and clauses."""
    read = read_prose(replace(prose(article.text, rules.code), language=rules))
    out: Counter[str] = Counter()
    for kind, kinds in (("marked", ("direct", "mixed")), ("clause", ("indirect",))):
        true = [label for label in article.labels if label.kind == kind]
        rows = [q for q in read.quotes if q.kind in kinds]
        places = [bare(article.text, q.start, q.end) for q in rows]
        out[kind + " true"] += len(true)
        out[kind + " read"] += len(rows)
        for label in true:
            best = max(
                range(len(rows)),
                key=lambda n: overlap(places[n], (label.start, label.end)),
                default=None,
            )
            if best is None or overlap(places[best], (label.start, label.end)) < SAME:
                continue
            out[kind + " found"] += 1
            start, end = rows[best].mention_start, rows[best].mention_end
            if start is None or end is None:
                out[kind + " right"] += label.mention is None
            elif label.mention is not None:
                out[kind + " right"] += touch((start, end), label.mention)
    return out


def figures(counts: Counter[str]) -> str:
    """Precision, recall, F1 of spans; mentions right; F1 of both: in hundredths, a line a kind."""
    out = []
    for kind in ("marked", "clause"):
        true, read, found, right = (
            counts[f"{kind} {k}"] for k in ("true", "read", "found", "right")
        )
        shares = [found / max(read, 1), found / max(true, 1), 2 * found / max(read + true, 1)]
        shares += [right / max(found, 1), 2 * right / max(read + true, 1)]
        told = " ".join(
            f"{name} {100 * share:.1f}"
            for name, share in zip(("P", "R", "F1", "mention", "both"), shares, strict=True)
        )
        out.append(f"  {kind}: {told}")
    return "\n".join(out)


def by_hand(rules: Language) -> Weights:
    """The weights too rare in the labels to be learnt, which the file of the language keeps."""
    kept = {name: rules.weights["quotes"][name] for name in RARE if name in rules.weights["quotes"]}
    return {"quotes": kept}


def write(code: str, weights: Weights, source: str) -> Path:
    """Put weights where the reader finds them, a feature a line, in hundredths."""
    file = WRITTEN / f"{code}.json"
    whole = {
        name: {key: round(100 * weight) for key, weight in sorted(weights[name].items())}
        for name in WEIGHTS
    }
    file.write_text(
        json.dumps({"source": source, **whole}, ensure_ascii=False, indent=0) + "\n", "utf-8"
    )
    return file


def total(known: Sequence[Article], rules: Sequence[Language]) -> Counter[str]:
    """The tally of all articles, each by the rules in turn."""
    out: Counter[str] = Counter()
    for n, article in enumerate(known):
        out.update(tally(article, rules[n % len(rules)]))
    return out


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("language", help="code of the language, as its file in reuse/languages")
    ask.add_argument("files", nargs="*", type=Path, help="labelled articles, JSON lines")
    ask.add_argument("--folds", type=int, default=5)
    ask.add_argument("--source", help="what the articles are, for the file of weights")
    ask.add_argument("--write", action="store_true", help="put the weights where they are read")
    told = ask.parse_args()
    rules = language(told.language)
    files = told.files or sorted(
        Path(os.environ["REUSE_EVAL"], "quotes").glob(LABELLED[told.language])
    )
    known = articles(files)
    print(f"the weights as they are, {len(known)} articles:")
    print(figures(total(known, [rules])))
    weights, apart = trained(known, rules, told.folds, by_hand(rules))
    print(f"learnt, each article by the other folds of {told.folds}:")
    print(figures(total(known, apart)))
    print("learnt, on the articles learnt from:")
    print(figures(total(known, [with_weights(rules, weights)])))
    if told.write:
        print(write(told.language, weights, told.source or _source(told.language)))


def _source(code: str) -> str:
    read = json.loads((WRITTEN / f"{code}.json").read_text("utf-8"))
    return str(read["source"])


if __name__ == "__main__":
    main()
