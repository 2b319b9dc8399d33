"""Articles to matches, passages and appearances: the search for reuse, spelled once.

Every step is a function of one batch, or of all rows that share a key; an engine (`engines/`) runs
them. Between the steps only columns travel: articles are numbered by date and id, so that neither
the order of the input, nor the batch, nor the worker shows in a result.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse import align, candidates, evidence, passages, sketch, text
from reuse.engines.local import SHARES, Local
from reuse.model import Appearance, Listed, Match, Passage, content_id
from reuse.settings import Settings

# One batch of texts: about what the caches hold.
BATCH_CHARACTERS = 400_000

Texts = Callable[[Sequence[str]], Mapping[str, str]]
Quotes = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[int, int]]]]


@dataclass(slots=True)
class Reused:
    """What the articles share, as rows of the database, and what was linked or left out."""

    matches: list[Match]
    passages: list[Passage]
    appearances: list[Appearance]
    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The words of all articles, in files: columns as in `Tokens`, ``bounds`` by rank."""

    folder: Path
    bounds: NDArray[np.int64]

    def column(self, name: str, dtype: type, first: int, last: int) -> NDArray[Any]:
        """The column's elements of the articles from rank `first` up to `last`."""
        start, end = int(self.bounds[first]), int(self.bounds[last])
        width = np.dtype(dtype).itemsize
        with open(f"{self.folder}.{name}", "rb", buffering=0) as file:
            file.seek(start * width)
            return np.frombuffer(file.read((end - start) * width), dtype)

    def some(self, name: str, dtype: type, ranks: NDArray[np.int64]) -> NDArray[Any]:
        """The column's elements of these articles, one after the other."""
        width = np.dtype(dtype).itemsize
        # Articles that follow one another are read at once.
        edge = np.ones(len(ranks) + 1, bool)
        edge[1:-1] = ranks[1:] != ranks[:-1] + 1
        edge = np.flatnonzero(edge)
        starts = (self.bounds[ranks[edge[:-1]]] * width).tolist()
        ends = (self.bounds[ranks[edge[1:] - 1] + 1] * width).tolist()
        with open(f"{self.folder}.{name}", "rb", buffering=0) as file:
            number = file.fileno()
            parts = [os.pread(number, e - s, s) for s, e in zip(starts, ends, strict=True)]
        return np.frombuffer(b"".join(parts), dtype)


def reused(
    articles: Sequence[Listed],
    texts: Texts,
    engine: Local,
    settings: Settings,
    quotes: Quotes | None = None,
) -> Reused:
    """Every passage that two outlets share, and the furniture that they do not count as."""
    articles = sorted(articles, key=lambda one: (one.published or "~", one.id))
    languages = tuple(sorted({(one.language or "en")[:2] for one in articles})) or ("en",)
    outlets = _outlets(articles, settings)
    days = _days(articles)
    sizes: list[int] = []
    heads: list[NDArray[np.uint64]] = []
    shelf_path = engine.file()
    counts: dict[str, int] = {}

    def prints() -> Iterator[NDArray[np.void]]:
        sketched = partial(sketches, languages=languages, settings=settings)
        with _Files(shelf_path, ("word", "flag", "start", "end")) as files:
            for tokens, rows, headlines in engine.map(sketched, _batches(articles, texts)):
                for name in files.names:
                    files.write(name, getattr(tokens, name))
                rows["article"] += len(sizes)
                sizes.extend(np.diff(tokens.bounds).tolist())
                heads.append(headlines)
                yield rows

    # Seeds need the lengths of all articles: known once the first share has come out.
    shares = engine.exchange(prints(), _by_hash)
    first = next(shares, np.zeros(0, sketch.FINGERPRINT))
    length = np.array(sizes, np.int64)
    bounds = np.zeros(len(articles) + 1, np.int64)
    np.cumsum(length, out=bounds[1:])
    shelf = Shelf(shelf_path, bounds)
    bar = evidence.bar(int(bounds[-1]), settings)
    frames: list[NDArray[np.void]] = []

    def seeds() -> Iterator[NDArray[np.void]]:
        meet = partial(
            meetings, outlets=outlets, sizes=length, days=days, bar=bar, settings=settings
        )
        for found, frame, some in engine.map(meet, chain([first], shares)):
            frames.append(frame)
            for name, number in some.items():
                counts[name] = counts.get(name, 0) + number
            yield found

    pairs = engine.exchange(seeds(), partial(_by_article, count=max(1, len(articles))))
    first_pairs = next(pairs, np.zeros(0, candidates.SEED))
    headlines = np.unique(np.concatenate(heads)) if heads else np.zeros(0, np.uint64)
    furniture = _furnished(shelf, frames, headlines, settings)
    known = evidence.language(_sample(articles, shelf, settings))
    search = partial(
        matched, shelf=shelf, known=known, languages=languages, bar=bar, settings=settings
    )
    found = list(engine.map(search, chain([first_pairs], pairs)))
    return _rows(articles, outlets, texts, shelf, found, furniture, bar, counts, settings, quotes)


# -- the steps: one batch or one share in, columns out ---------------------------------------------


def sketches(
    batch: Sequence[str], languages: tuple[str, ...], settings: Settings
) -> tuple[text.Tokens, NDArray[np.void], NDArray[np.uint64]]:
    """Texts to words, fingerprints and the hashes of their headlines."""
    tokens = text.tokens(batch)
    rows = sketch.fingerprints(
        tokens,
        evidence.weights(tokens.word, languages),
        settings.shingle,
        settings.longer,
        settings.sample_window,
        settings.seed,
    )
    return tokens, rows, passages.headlines(tokens.word, tokens.flag, tokens.bounds)


def meetings(
    rows: NDArray[np.void],
    outlets: NDArray[np.int64],
    sizes: NDArray[np.int64],
    days: NDArray[np.int64],
    bar: float,
    settings: Settings,
) -> tuple[NDArray[np.void], NDArray[np.void], dict[str, int]]:
    """All fingerprints of some hashes to the seeds that two outlets share, and the furniture."""
    rows = candidates.ordered(rows)
    framed = passages.framed(rows, outlets, sizes, days, settings)
    least = max(settings.floor_bits - 5, int(bar) - settings.seed_margin)
    found, counts = candidates.seeds(rows[~framed], outlets, settings.most_pairs, least)
    return found, rows[framed][["article", "place"]], counts


@dataclass(frozen=True, slots=True)
class Found:
    """Matched stretches, one element a pair: as in `Aligned`, with their bits (hundredths).

    ``odd`` marks what is like furniture: forms filled in, lines of a list of links.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    a0: NDArray[np.int64]
    a1: NDArray[np.int64]
    b0: NDArray[np.int64]
    b1: NDArray[np.int64]
    matched: NDArray[np.int64]
    bits: NDArray[np.int64]
    odd: NDArray[np.int64]


def matched(
    seeds: NDArray[np.void],
    shelf: Shelf,
    known: evidence.Language,
    languages: tuple[str, ...],
    bar: float,
    settings: Settings,
) -> Found:
    """Seeds of some articles to aligned stretches and their evidence."""
    chains = candidates.chains(seeds, settings.shingle, settings.chain_gap)
    least = max(settings.floor_bits, int(bar) - settings.chain_margin)
    chains = _picked(chains, chains.bits >= least)
    parts = [
        _matched(
            _picked(chains, slice(first, first + settings.chains_at_once)),
            shelf, known, languages, bar, settings,
        )
        for first in range(0, len(chains.a), settings.chains_at_once)
    ]  # fmt: skip
    if not parts:
        return Found(*([np.zeros(0, np.int64)] * len(fields(Found))))
    return Found(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Found)))


def _matched(
    chains: candidates.Chains,
    shelf: Shelf,
    known: evidence.Language,
    languages: tuple[str, ...],
    bar: float,
    settings: Settings,
) -> Found:
    ranks, local = np.unique(np.concatenate([chains.a, chains.b]), return_inverse=True)
    ranks = ranks.astype(np.int64)
    word = shelf.some("plain", np.uint32, ranks)
    flag = shelf.some("look", np.uint8, ranks)
    bounds = np.zeros(len(ranks) + 1, np.int64)
    np.cumsum(np.diff(shelf.bounds)[ranks], out=bounds[1:])
    words = align.Words(word, evidence.weights(word, languages).astype(np.int32), flag, bounds)
    half = len(chains.a)
    chains = candidates.Chains(
        local[:half].astype(np.uint32),
        local[half:].astype(np.uint32),
        *(getattr(chains, f.name) for f in fields(candidates.Chains)[2:]),
    )
    least = max(settings.floor_bits, int(bar) - settings.align_margin)
    edit, drop = settings.edit_bits * align.UNIT, settings.drop_bits * align.UNIT
    grown, score = align.pieces(words, chains, edit, drop, settings.band)
    grown = _picked(
        grown, score >= max(settings.floor_bits, int(bar) - settings.piece_margin) * align.UNIT
    )
    whole = align.joined(grown, settings.join_gap, settings.join_cut)
    found = align.aligned(words, whole, edit)
    bits = evidence.bits(found, words, flag, known, languages, settings.edit_price)
    # Same words around ever new numbers: a form that is filled in, not a text that is carried.
    odd = (found.slots >= 2) & (found.slots >= found.numbers)
    listed = flag & text.LISTED > 0
    odd |= passages.inside(listed, bounds[found.a] + found.a0, found.a1 - found.a0)
    odd |= passages.inside(listed, bounds[found.b] + found.b0, found.b1 - found.b0)
    keep = bits >= least * 100
    spans = (found.a0, found.a1, found.b0, found.b1, found.matched, bits, odd)
    return Found(
        ranks[found.a[keep]],
        ranks[found.b[keep]],
        *(column[keep].astype(np.int64) for column in spans),
    )


# -- between the steps -----------------------------------------------------------------------------


class _Files:
    """Files of columns that grow."""

    def __init__(self, path: Path, names: tuple[str, ...]) -> None:
        self.names = names
        self._open = {name: open(f"{path}.{name}", "wb") for name in names}

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def write(self, name: str, column: NDArray[Any]) -> None:
        self._open[name].write(column.tobytes())


def _batches(articles: Sequence[Listed], texts: Texts) -> Iterator[list[str]]:
    """The texts in order of rank, about `BATCH_CHARACTERS` at a time."""
    batch: list[str] = []
    size = 0
    for first in range(0, len(articles), 64):
        ids = [one.id for one in articles[first : first + 64]]
        found = texts(ids)
        for key in ids:
            batch.append(found[key])
            size += len(found[key])
            if size >= BATCH_CHARACTERS:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _by_hash(rows: NDArray[np.void]) -> NDArray[np.int64]:
    return (rows["hash"] >> np.uint64(65 - SHARES.bit_length())).astype(np.int64)


def _by_article(rows: NDArray[np.void], count: int) -> NDArray[np.int64]:
    return rows["a"].astype(np.int64) * SHARES // count


def _days(articles: Sequence[Listed]) -> NDArray[np.int64]:
    """A number for each article's day; an article without a date has a day of its own."""
    numbers: dict[str, int] = {}
    return np.array(
        [
            -1 - i if one.published is None else numbers.setdefault(one.published[:10], len(numbers))
            for i, one in enumerate(articles)
        ],
        np.int64,
    )


def _outlets(articles: Sequence[Listed], settings: Settings) -> NDArray[np.int64]:
    """A number for each article's outlet; an article without one is an outlet of its own."""
    numbers: dict[str, int] = {}
    return np.array(
        [
            -1 - i
            if one.outlet_id is None or settings.same_outlet
            else numbers.setdefault(one.outlet_id, len(numbers))
            for i, one in enumerate(articles)
        ],
        np.int64,
    )


def _picked(chains: candidates.Chains, which: Any) -> candidates.Chains:
    return candidates.Chains(*(getattr(chains, f.name)[which] for f in fields(candidates.Chains)))


def _sample(
    articles: Sequence[Listed], shelf: Shelf, settings: Settings
) -> list[NDArray[np.uint32]]:
    """The words of the articles with the least ids, up to a number of words: the same ones
    whatever else is there, since an id is a hash of content."""
    sample = []
    total = 0
    size = np.diff(shelf.bounds)
    for rank in sorted(range(len(articles)), key=lambda i: articles[i].id):
        total += int(size[rank])
        if total > settings.sample_words and sample:
            break
        sample.append(shelf.column("word", np.uint32, rank, rank + 1))
    return sample


def _furnished(
    shelf: Shelf,
    frames: list[NDArray[np.void]],
    headlines: NDArray[np.uint64],
    settings: Settings,
) -> passages.Furniture:
    """Mark every word of the furniture on the shelf; its lines, for the rows."""
    count = len(shelf.bounds) - 1
    rank = np.concatenate([f["article"] for f in frames]) if frames else np.zeros(0, np.uint32)
    place = np.concatenate([f["place"] for f in frames]) if frames else np.zeros(0, np.uint32)
    order = np.argsort(rank, kind="stable")
    rank, place = rank[order], place[order]
    found: list[passages.Furniture] = []
    unlike = 0
    with _Files(shelf.folder, ("plain", "look")) as files:
        for first in range(0, count, 1000):
            last = min(count, first + 1000)
            part = slice(*np.searchsorted(rank, [first, last]))
            word = shelf.column("word", np.uint32, first, last).copy()
            flag = shelf.column("flag", np.uint8, first, last)
            furniture, listed, lines = passages.furnished(
                word,
                flag,
                shelf.bounds[first : last + 1] - shelf.bounds[first],
                rank[part].astype(np.int64) - first,
                place[part].astype(np.int64),
                headlines,
                settings.shingle,
                settings.notice_words,
            )
            # A word of the furniture is like no other word: nothing is read across it.
            odd = np.flatnonzero(furniture)
            word[odd] = text.unlike(unlike, len(odd))
            unlike += len(odd)
            files.write("plain", word)
            files.write("look", flag | listed.astype(np.uint8) * np.uint8(text.LISTED))
            found.append(passages.Furniture(lines.article + first, lines.start, lines.end, lines.hash))
    if not found:
        none = np.zeros(0, np.int64)
        return passages.Furniture(none, none, none, np.zeros(0, np.uint64))
    return passages.Furniture(
        *(np.concatenate([getattr(f, c.name) for f in found]) for c in fields(passages.Furniture))
    )


# -- rows ------------------------------------------------------------------------------------------


def _ordered(a: Listed, b: Listed) -> bool:
    """Whether a comes first: the earlier, or without an order the one with the smaller id."""
    if a.published and b.published:
        short = min(len(a.published), len(b.published))
        if a.published[:short] != b.published[:short]:
            return a.published < b.published
        if len(a.published) == len(b.published) and a.published != b.published:
            return a.published < b.published
    return a.id < b.id


def _rows(
    articles: Sequence[Listed],
    outlets: NDArray[np.int64],
    texts: Texts,
    shelf: Shelf,
    parts: list[Found],
    furniture: passages.Furniture,
    bar: float,
    counts: dict[str, int],
    settings: Settings,
    quotes: Quotes | None,
) -> Reused:
    found = Found(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Found))) if parts else None
    if found is None:
        return Reused([], [], [], counts)
    score = evidence.score(found.bits, bar, settings)
    keep = (score >= settings.min_score) & (found.matched >= settings.min_words)
    found = Found(*(getattr(found, f.name)[keep] for f in fields(Found)))
    score = score[keep]
    groups = passages.clusters(
        found.a, found.a0, found.a1, found.b, found.b0, found.b1, settings.same_spot
    )
    size = np.diff(shelf.bounds)
    pair = found.a.astype(np.uint64) << np.uint64(32) | found.b.astype(np.uint64)
    boilerplate = passages.standing(
        groups, size[groups.article], found.odd > 0, pair, settings
    )
    shown = (found.odd == 0) & ~boilerplate[groups.passage[groups.of_match[:, 0]]]
    counts["matches"], counts["passages"] = len(found.a), int(groups.passage.max(initial=-1)) + 1
    ranks, local = np.unique(groups.article, return_inverse=True)
    word = shelf.some("word", np.uint32, ranks)
    start = shelf.some("start", np.int32, ranks)
    end = shelf.some("end", np.int32, ranks)
    bounds = np.zeros(len(ranks) + 1, np.int64)
    np.cumsum(np.diff(shelf.bounds)[ranks], out=bounds[1:])
    base = bounds[local]
    at, to = base + groups.start, base + groups.end
    signature = passages.signed(word, at, to, settings)
    from_char, to_char = start[at], end[to - 1]
    # The first appearance tells the passage; of several in one article the first.
    order = np.lexsort((groups.start, groups.article, groups.passage))
    first = np.ones(len(order), bool)
    first[1:] = groups.passage[order][1:] != groups.passage[order][:-1]
    lead = order[first]
    similarity = passages.likeness(word, at, to, lead[groups.passage])
    ids = [one.id for one in articles]
    appearance_ids = [
        content_id("appearance", ids[r], s, e)
        for r, s, e in zip(groups.article.tolist(), from_char.tolist(), to_char.tolist(), strict=True)
    ]
    passage_ids = [content_id("passage", appearance_ids[i]) for i in lead.tolist()]
    appearances = [
        Appearance(appearance_ids[i], passage_ids[p], ids[r], s, e, round(like, 4), None, sign.tobytes())
        for i, (p, r, s, e, like, sign) in enumerate(
            zip(
                groups.passage.tolist(),
                groups.article.tolist(),
                from_char.tolist(),
                to_char.tolist(),
                similarity.tolist(),
                signature,
                strict=True,
            )
        )
    ]
    carriers = passages.counted(groups.passage, groups.article)
    sources = passages.counted(groups.passage, outlets[groups.article])
    rows: list[Passage] = []
    for number, i in enumerate(lead.tolist()):
        one = articles[int(groups.article[i])]
        body = texts([one.id])[one.id][int(from_char[i]) : int(to_char[i])]
        rows.append(
            Passage(
                passage_ids[number],
                short(body),
                body,
                int(groups.end[i] - groups.start[i]),
                int(carriers[number]),
                int(sources[number]),
                one.id,
                one.published,
                bool(boilerplate[number]),
            )
        )
    found = Found(*(getattr(found, f.name)[shown] for f in fields(Found)))
    score = score[shown]
    of_match = groups.of_match[shown]
    same = (signature[of_match[:, 0]] == signature[of_match[:, 1]]).mean(axis=1)
    at_a = np.searchsorted(ranks, found.a)
    at_b = np.searchsorted(ranks, found.b)
    a0, a1 = start[bounds[at_a] + found.a0], end[bounds[at_a] + found.a1 - 1]
    b0, b1 = start[bounds[at_b] + found.b0], end[bounds[at_b] + found.b1 - 1]
    like = 2 * found.matched / (found.a1 - found.a0 + found.b1 - found.b0)
    kinds = ["prose"] * len(found.a)
    matches = []
    columns = zip(
        found.a.tolist(), found.b.tolist(), a0.tolist(), a1.tolist(), b0.tolist(), b1.tolist(),
        score.tolist(), like.tolist(), same.tolist(), found.bits.tolist(), found.matched.tolist(),
        groups.passage[of_match[:, 0]].tolist(), kinds, strict=True,
    )  # fmt: skip
    for a, b, s, e, s2, e2, value, likeness, jaccard, bits, number, passage, kind in columns:
        one, two = articles[a], articles[b]
        if not _ordered(one, two):
            one, two, s, e, s2, e2 = two, one, s2, e2, s, e
        matches.append(
            Match(
                content_id("match", one.id, s, e, two.id, s2, e2),
                one.id,
                s,
                e,
                two.id,
                s2,
                e2,
                value,
                round(likeness, 4),
                round(jaccard, 4),
                bits / 100,
                number,
                kind,
                one.outlet_id,
                two.outlet_id,
                passage_ids[passage],
            )
        )
    return Reused(matches, rows, appearances, counts)


def short(body: str, most: int = 60) -> str:
    """The first words of a passage, on one line."""
    line = " ".join(body.split())
    if len(line) <= most:
        return line
    return line[: line.rfind(" ", 0, most) if " " in line[:most] else most] + "…"
