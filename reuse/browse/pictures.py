"""Figures -> the geometry of a picture; `_pictures.html` draws it as SVG.

Lengths are units of the picture's own box. Nothing here is HTML: the template escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reuse.browse import phrases

WIDTH = 720.0
LANE = 26.0  # height of an outlet's line in a timeline
GUTTER = 150.0  # room for the outlets' names
TOP = 26.0
LANES = 40  # outlets in one timeline
LABEL = 150.0  # room that two dates beside each other need
SIDES = 12  # outlets on each side of the flow


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars over a time axis, or one under another with their names."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...] = ()
    unit: str = "day"
    most: int = 0


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    id: str
    article_id: str
    label: str
    first: bool
    edited: bool


@dataclass(frozen=True, slots=True)
class Line:
    path: str
    label: str
    width: float = 1.5
    name: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    y: float
    label: str
    full: str


@dataclass(frozen=True, slots=True)
class Travels:
    """Appearances over time, a line an outlet, with curves to where each was likely taken from."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    undated_x: float | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    y: float
    height: float
    label: str
    full: str
    value: int


@dataclass(frozen=True, slots=True)
class Flow:
    width: float
    height: float
    left: tuple[Side, ...]
    right: tuple[Side, ...]
    bands: tuple[Line, ...] = field(default=())


def days(counts: Sequence[tuple[str, int]]) -> Bars | None:
    """Articles over time: a bar a day, a month or a year, as the span allows."""
    dated = [(text, n) for text, n in counts if phrases.moment(text) is not None]
    if not dated:
        return None
    first, last = date.fromisoformat(dated[0][0]), date.fromisoformat(dated[-1][0])
    span = (last - first).days + 1
    unit, cut = ("day", 10) if span <= 120 else ("month", 7) if span <= 3650 else ("year", 4)
    found: Counter[str] = Counter()
    for text, n in dated:
        found[text[:cut]] += n
    names = steps(first, last, unit)
    most = max(found.values())
    height, base = 84.0, 62.0
    wide = min(WIDTH / len(names), 26.0)
    tall = {name: round(max(2.0, base * 0.94 * found[name] / most), 2) for name in found}
    bars = tuple(
        Bar(
            round(i * wide, 2),
            round(base - tall.get(name, 0.0), 2),
            round(max(wide - 2, 1), 2),
            tall.get(name, 0.0),
            phrases.day(name),
            found[name],
        )
        for i, name in enumerate(names)
    )
    end = len(names) - 1
    ticks = [Tick(0.0, phrases.day(names[0]), "start")]
    if end * wide > 2 * LABEL:
        ticks.append(Tick(round((end // 2 + 0.5) * wide, 2), phrases.day(names[end // 2])))
    if end * wide > LABEL:
        ticks.append(Tick(round((end + 1) * wide - 2, 2), phrases.day(names[end]), "end"))
    return Bars(WIDTH, height, bars, tuple(ticks), unit, most)


def steps(first: date, last: date, unit: str) -> list[str]:
    """The names of all days, months or years from first to last."""
    if unit == "day":
        return [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]
    if unit == "year":
        return [f"{year:04}" for year in range(first.year, last.year + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]


def bars(counts: Sequence[tuple[str, int]]) -> Bars | None:
    """One bar under another, with its name."""
    if not counts:
        return None
    most = max(n for _, n in counts)
    row = 24.0
    return Bars(
        360.0,
        row * len(counts),
        tuple(
            Bar(140.0, i * row + 4, round(max(2.0, 170.0 * n / most), 2), row - 8, name, n)
            for i, (name, n) in enumerate(counts)
        ),
        most=most,
    )


def strip(
    length: int, spans: Sequence[tuple[int, int, str]]
) -> tuple[tuple[float, float, str], ...]:
    """Where in an article its marks stand: x and width in hundredths of it, and the kind."""
    return tuple(
        (round(100 * start / length, 2), round(max(100 * (end - start) / length, 0.3), 2), kind)
        for start, end, kind in spans
        if length
    )


def travels(appearances: Sequence[dict[str, Any]], first: str | None) -> Travels | None:
    """The appearances of a passage, or the versions of a quote, as they spread.

    Each needs id, article_id, outlet, title, published and source_id. ``first`` is the article
    known to be the first. An article is one dot, however often it has the words.
    """
    dot_of: dict[str, dict[str, Any]] = {}
    for appearance in appearances:
        dot_of.setdefault(appearance["article_id"], appearance)
    article_of = {a["id"]: a["article_id"] for a in appearances}
    steps = {(article_of.get(a["source_id"] or ""), a["article_id"]) for a in appearances}
    appearances = list(dot_of.values())
    if len(appearances) < 2:
        return None
    moments = [phrases.moment(a["published"]) for a in appearances]
    known = [m for m in moments if m is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    undated = any(m is None for m in moments)
    right = WIDTH - 24 - (90 if undated and known else 0)
    left = GUTTER + 14

    lanes: dict[str, Lane] = {}
    dots: list[Dot] = []
    crowd: Counter[tuple[str, float]] = Counter()
    for appearance, moment in zip(appearances, moments, strict=True):
        name = appearance["outlet"] or phrases.shortened(appearance["title"] or "no outlet", 40)
        if name not in lanes:
            if len(lanes) == LANES:
                continue
            lanes[name] = Lane(TOP + len(lanes) * LANE + LANE / 2, clip(name, 20), name)
        if moment is None:
            x = WIDTH - 50.0 if known else (left + right) / 2
        elif high > low:
            x = left + (right - left) * (moment - low) / (high - low)
        else:
            x = (left + right) / 2
        # Two at one moment in one outlet stand side by side.
        crowd[name, round(x, 0)] += 1
        x += 9 * (crowd[name, round(x, 0)] - 1)
        words = f"{name}, {phrases.when(appearance['published'])}"
        if appearance.get("change"):
            words += f": {phrases.CHANGES.get(appearance['change'], appearance['change'])}"
        dots.append(
            Dot(
                round(x, 2),
                lanes[name].y,
                appearance["id"],
                appearance["article_id"],
                words,
                appearance["article_id"] == first,
                bool(appearance.get("touches_meaning")),
            )
        )
    placed = {dot.article_id: dot for dot in dots}
    lines = []
    for source, article in sorted((s or "", a) for s, a in steps):
        here, there = placed.get(article), placed.get(source)
        if here and there and here is not there:
            bend = (here.x - there.x) / 2
            lines.append(
                Line(
                    f"M{there.x:g} {there.y:g} C{there.x + bend:g} {there.y:g} "
                    f"{here.x - bend:g} {here.y:g} {here.x:g} {here.y:g}",
                    f"{here.label}, most likely taken from {there.label}",
                )
            )
    height = TOP + len(lanes) * LANE + 8
    return Travels(
        WIDTH,
        height,
        tuple(lanes.values()),
        tuple(dots),
        tuple(lines),
        time_ticks(low, high, left, right) if known else (),
        WIDTH - 50.0 if undated and known else None,
        len(appearances) - len(dots),
    )


def time_ticks(low: float, high: float, left: float, right: float) -> tuple[Tick, ...]:
    """First and last moment, and days or hours between them where they fit."""
    if high <= low:
        return (Tick((left + right) / 2, label_of(low, high)),)
    hour = 3600.0
    for step in (
        hour,
        3 * hour,
        6 * hour,
        12 * hour,
        *(24 * hour * n for n in (1, 2, 7, 30, 90, 365)),
    ):
        if (high - low) / step <= 5:
            break
    start = -(-low // step) * step
    found: list[Tick] = []
    at = start
    while at <= high and len(found) < 8:
        found.append(
            Tick(
                round(left + (right - left) * (at - low) / (high - low), 2), label_of(at, at + step)
            )
        )
        at += step
    return tuple(found) or (Tick((left + right) / 2, label_of(low, high)),)


def label_of(at: float, following: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    text = f"{moment.day} {phrases.MONTHS[moment.month - 1][:3]}"
    if following - at >= 86400 * 300:
        return f"{text} {moment.year}"
    return text if moment.hour == 0 or following - at >= 86400 else f"{moment.hour}:00"


def clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def flow(flows: Sequence[dict[str, Any]]) -> Flow | None:
    """Who has passages first (left) and who takes them (right); the width of a band is how many."""
    givers: Counter[str] = Counter()
    takers: Counter[str] = Counter()
    for f in flows:
        givers[f["from_outlet"]] += f["passages"]
        takers[f["to_outlet"]] += f["passages"]
    from_names = [name for name, _ in givers.most_common(SIDES)]
    to_names = [name for name, _ in takers.most_common(SIDES)]
    shown = [f for f in flows if f["from_outlet"] in from_names and f["to_outlet"] in to_names]
    if not shown:
        return None
    givers, takers = Counter(), Counter()
    for f in shown:
        givers[f["from_outlet"]] += f["passages"]
        takers[f["to_outlet"]] += f["passages"]
    gap, box = 14.0, 300.0
    total = sum(givers.values())
    scale = min(12.0, (max(box, 24.0 * max(len(givers), len(takers))) - gap * 2) / total)
    left, right = stack(givers, scale, gap), stack(takers, scale, gap)
    x0, x1 = 190.0, WIDTH - 190.0
    leave = {side.full: side.y for side in left}
    arrive = {side.full: side.y for side in right}
    order = {side.full: i for i, side in enumerate(right)}
    bands = []
    for f in sorted(
        shown, key=lambda f: (-givers[f["from_outlet"]], f["from_outlet"], order[f["to_outlet"]])
    ):
        thick = f["passages"] * scale
        y0, y1 = leave[f["from_outlet"]] + thick / 2, arrive[f["to_outlet"]] + thick / 2
        leave[f["from_outlet"]] += thick
        arrive[f["to_outlet"]] += thick
        middle = (x0 + x1) / 2
        bands.append(
            Line(
                f"M{x0:g} {y0:.2f} C{middle:g} {y0:.2f} {middle:g} {y1:.2f} {x1:g} {y1:.2f}",
                f"{f['to_outlet']} from {f['from_outlet']}: "
                + phrases.count(f["passages"], "passage"),
                round(max(thick, 1.0), 2),
                f"{f['from_outlet_id']}-{f['to_outlet_id']}",
            )
        )
    height = max(side.y + max(side.height, 12) for side in (*left, *right)) + 10
    return Flow(WIDTH, round(height, 2), left, right, tuple(bands))


def stack(values: Counter[str], scale: float, gap: float) -> tuple[Side, ...]:
    found = []
    y = 10.0
    for name, value in sorted(values.items(), key=lambda item: (-item[1], item[0])):
        height = value * scale
        found.append(Side(round(y, 2), round(height, 2), clip(name, 24), name, value))
        y += max(height, 10.0) + gap
    return tuple(found)
