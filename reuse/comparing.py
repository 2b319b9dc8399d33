"""Articles to matches, passages and appearances: the search for reuse, spelled once.

Every step is a function of one batch, or of all rows that share a key; an engine (`engines/`) runs
them. Between the steps only columns travel: articles are numbered by date and id, so that neither
the order of the input, nor the batch, nor the worker shows in a result.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse import align, candidates, evidence, passages, sketch, text
from reuse.engines import Engine, Given, Share, Shelf, Shelved, merged
from reuse.model import Appearance, Listed, Match, Passage, content_id
from reuse.settings import Settings

Row = TypeVar("Row")
Columns = TypeVar("Columns", "Found", passages.Furniture)

# One batch of texts: about what the caches hold.
BATCH_CHARACTERS = 200_000
# One part of the shelf: what a worker takes at once where the words are enough.
PART_WORDS = 250_000
# Seeds are chained so many bytes at once, and fewer where that leaves a worker without any: the
# articles that they lie in are looked up together.
SEEDS_AT_ONCE = 1 << 24

Texts = Callable[[Sequence[str]], Mapping[str, str]]
Quotes = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[int, int]]]]
Part = tuple[int, int]  # the ranks of some articles: from, up to

# What the shelf holds of every article, as in `Tokens`; and another one, when the furniture is
# known: its words without furniture, and how they look in its lists.
COLUMNS = ("word", "flag", "start", "end")
PLAIN = ("plain", "look")
# The place of a shingle that is furniture.
MARK = np.dtype([("article", np.uint32), ("place", np.uint32)])


class Rows(Generic[Row]):
    """Rows that are made as they are read, as often as they are: a corpus has millions."""

    def __init__(self, count: int, rows: Callable[[], Iterator[Row]]) -> None:
        self._count = count
        self._rows = rows

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        return self._rows()


@dataclass(frozen=True, slots=True)
class Reused:
    """What the articles share, as rows of the database, and what was linked or left out.

    The texts are asked for again while rows are read.
    """

    matches: Rows[Match]
    passages: Rows[Passage]
    appearances: Rows[Appearance]
    counts: dict[str, int] = field(default_factory=dict)


def reused(
    articles: Sequence[Listed],
    texts: Texts,
    engine: Engine,
    settings: Settings,
    quotes: Quotes | None = None,
) -> Reused:
    """Every passage that two outlets share, and the furniture that they do not count as."""
    articles = sorted(articles, key=lambda one: (one.published or "~", one.id))
    languages = tuple(sorted({(one.language or "en")[:2] for one in articles})) or ("en",)
    shelf, _ = engine.shelve(words, _batches(articles, texts), COLUMNS)
    corpus = engine.given(
        Corpus(
            shelf,
            _outlets(articles, settings),
            _days(articles),
            languages,
            evidence.bar(int(shelf.bounds[-1]), settings),
            settings,
        )
    )
    language = engine.begin(evidence.language, _sample(articles, shelf, settings))
    edges = _edges(shelf.bounds, PART_WORDS)
    parts: list[Part] = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    shares = engine.shares(8 * int(shelf.bounds[-1]))
    by_hash = partial(_share_of, shares=shares)
    by_place = partial(_part_of, edges=shelf.bounds[edges])
    # The first of a passage that many carry is linked with all of them: by the second articles the
    # links are spread as these are.
    by_b, by_article = (partial(_part_of, edges=edges, field=name) for name in ("b", "article"))

    # Most shingles occur once. Of all only the hashes meet; those that met are written out in full,
    # and meet again.
    (keys,), heads = engine.together(
        partial(hashed, corpus), parts, [(np.dtype(np.uint64), by_hash)], shares
    )
    (places,), _ = engine.together(
        partial(recurring, corpus), keys, [(np.dtype(np.int64), by_place)], len(parts)
    )
    engine.forget(keys)
    (prints,), _ = engine.together(
        partial(printed, corpus),
        zip(parts, places, strict=True),
        [(sketch.FINGERPRINT, by_hash)],
        shares,
    )
    (seeds, marks), counts = engine.together(
        partial(meetings, corpus),
        prints,
        [(candidates.SEED, by_b), (MARK, by_article)],
        len(parts),
    )
    engine.forget([*places, *prints])
    headlines = engine.given(np.unique(np.concatenate([np.zeros(0, np.uint64), *heads])))
    plain, lines = engine.shelve(
        partial(furnished, corpus, headlines), zip(parts, marks, strict=True), PLAIN
    )
    furniture = _joined(passages.Furniture, lines)
    known = engine.given(language())
    total = sum(share.nbytes for share in seeds)
    each = max(1, min(SEEDS_AT_ONCE, total // (2 * engine.workers)))
    found = _joined(Found, engine.map(partial(matched, corpus, known, plain), merged(seeds, each)))
    found = _kept(found, _in_order(found))
    engine.forget([*seeds, *marks])
    return _rows(
        articles, corpus.value, texts, engine, found, furniture, sum(counts, Counter()), quotes
    )


@dataclass(frozen=True, slots=True)
class Corpus:
    """What every step may ask about all articles together; columns have one element an article, by
    rank: its outlet and its day as numbers, its length in words."""

    shelf: Shelf
    outlets: NDArray[np.int64]
    days: NDArray[np.int64]
    languages: tuple[str, ...]
    bar: float
    settings: Settings

    def sizes(self) -> NDArray[np.int64]:
        return np.diff(self.shelf.bounds)


# -- the steps: one batch, part or share in, columns out ------------------------------------------


def words(batch: Sequence[str]) -> Shelved[None]:
    """Texts to their words: how many each has, and the columns of the shelf."""
    tokens = text.tokens(batch)
    return np.diff(tokens.bounds), {name: getattr(tokens, name) for name in COLUMNS}, None


def hashed(
    given: Given[Corpus], part: Part
) -> tuple[tuple[NDArray[np.uint64]], NDArray[np.uint64]]:
    """The shingles of some articles: hash and place, packed; the hashes of their headlines."""
    corpus = given.value
    shelf, settings = corpus.shelf, corpus.settings
    word, flag, bounds = _words(shelf, part)
    at, hashes = sketch.sampled(
        word, bounds, settings.shingle, settings.sample_window, settings.seed
    )
    total = int(shelf.bounds[-1])
    keys = candidates.packed(hashes, at + shelf.bounds[part[0]], total)
    return (keys,), np.unique(passages.headlines(word, flag, bounds))


def recurring(given: Given[Corpus], keys: Share) -> tuple[tuple[NDArray[np.int64]], None]:
    """The places of the shingles that occur more than once, of all whose hash begins alike."""
    return (candidates.repeated(keys.rows(), int(given.value.shelf.bounds[-1])),), None


def printed(
    given: Given[Corpus], batch: tuple[Part, Share]
) -> tuple[tuple[NDArray[np.void]], None]:
    """The fingerprints of some articles at these places."""
    part, places = batch
    corpus = given.value
    word, _, bounds = _words(corpus.shelf, part)
    rows = sketch.fingerprints(
        word,
        evidence.weights(corpus.languages),
        bounds,
        np.sort(places.rows()) - corpus.shelf.bounds[part[0]],
        corpus.settings.shingle,
        corpus.settings.longer,
    )
    rows["article"] += part[0]
    return (rows,), None


def meetings(
    given: Given[Corpus], prints: Share
) -> tuple[tuple[NDArray[np.void], NDArray[np.void]], Counter[str]]:
    """All fingerprints of some hashes to the seeds that two outlets share, and the furniture."""
    corpus = given.value
    settings, outlets, days = corpus.settings, corpus.outlets, corpus.days
    rows = candidates.ordered(prints.rows())
    framed = passages.framed(rows, outlets, corpus.sizes(), days, settings)
    least = max(settings.floor_bits - 5, int(corpus.bar) - settings.seed_margin)
    rest, fixed = np.flatnonzero(~framed), np.flatnonzero(framed)
    # What a small corpus asks for is above its bar already, and its stories are in many places.
    spare = max(0.0, settings.floor_bits + settings.chain_margin - corpus.bar)
    prices = candidates.priced(settings.most_pairs, settings.places_bits, spare)
    found, counts = candidates.seeds(sketch.taken(rows, rest), outlets, prices, least)
    if settings.window_days is not None:
        one, two = days[found["a"]], days[found["b"]]
        near = (one < 0) | (two < 0) | (np.abs(one - two) <= settings.window_days)
        counts["outside_window"] = int((~near).sum())
        found = sketch.taken(found, np.flatnonzero(near))
    marks = np.zeros(len(fixed), MARK)
    marks["article"], marks["place"] = rows["article"][fixed], rows["place"][fixed]
    return (found, marks), Counter(counts)


def furnished(
    given: Given[Corpus], headlines: Given[NDArray[np.uint64]], batch: tuple[Part, Share]
) -> Shelved[passages.Furniture]:
    """Some articles without their furniture, for another shelf; and the furniture."""
    part, share = batch
    corpus = given.value
    shelf = corpus.shelf
    word, flag, bounds = _words(shelf, part)
    marks = share.rows()
    furniture, listed, lines = passages.furnished(
        word,
        flag,
        bounds,
        marks["article"].astype(np.int64) - part[0],
        marks["place"].astype(np.int64),
        headlines.value,
        corpus.settings,
    )
    # A word of the furniture is like no other word: nothing is read across it.
    plain = word.copy()
    odd = np.flatnonzero(furniture)
    plain[odd] = text.unlike(odd + shelf.bounds[part[0]])
    look = flag | listed.astype(np.uint8) * np.uint8(text.LISTED)
    found = passages.Furniture(lines.article + part[0], lines.start, lines.end, lines.hash)
    return np.diff(bounds), {"plain": plain, "look": look}, found


@dataclass(frozen=True, slots=True)
class Found:
    """Matched stretches, one element a pair: as in `Aligned`, with their bits (hundredths).

    ``form`` marks what has other numbers at two places and more, as a form that is filled in;
    ``slot`` what has another number, and no number in common; ``ends`` counts the ends that are
    those of sentences on both sides.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    a0: NDArray[np.int64]
    a1: NDArray[np.int64]
    b0: NDArray[np.int64]
    b1: NDArray[np.int64]
    matched: NDArray[np.int64]
    bits: NDArray[np.int64]
    form: NDArray[np.int64]
    slot: NDArray[np.int64]
    ends: NDArray[np.int64]

    def length(self) -> NDArray[np.int64]:
        """The words in common, and one more where both have others between them: set phrases are
        repeated as they are."""
        span = np.minimum(self.a1 - self.a0, self.b1 - self.b0)
        return np.asarray(np.minimum(span, self.matched + 1))


def matched(
    given: Given[Corpus], language: Given[evidence.Language], plain: Shelf, seeds: Share
) -> Found:
    """Seeds of some articles to aligned stretches and their evidence."""
    corpus, known = given.value, language.value
    settings = corpus.settings
    chains = candidates.chains(seeds.rows(), settings.shingle, settings.chain_gap)
    least = max(settings.floor_bits, int(corpus.bar) - settings.chain_margin)
    joint = candidates.together(chains, settings.join_reach, settings.join_bits)
    chains = _picked(chains, joint >= least)
    chains = _picked(chains, candidates.uncrowded(chains, settings.most_chains))
    # They come by the first article: so those that are looked up together lie side by side on the
    # shelf, as the second ones do.
    return _joined(
        Found,
        (
            _matched(corpus, known, plain, _picked(chains, some))
            for some in _portioned(chains.a, settings.chains_at_once)
        ),
    )


def _in_order(found: Found) -> NDArray[np.int64]:
    """The order of matches by article and place; of two that chains grew into one stretch, the
    stronger."""
    place = (found.b1, found.a1, found.b0, found.a0, found.b, found.a)
    order = np.lexsort((-found.bits, *place))
    new = np.ones(len(order), bool)
    new[1:] = np.any([column[order][1:] != column[order][:-1] for column in place], axis=0)
    return order[new]


def _matched(
    corpus: Corpus, known: evidence.Language, plain: Shelf, chains: candidates.Chains
) -> Found:
    settings, languages = corpus.settings, corpus.languages
    ranks, local = np.unique(np.concatenate([chains.a, chains.b]), return_inverse=True)
    ranks = ranks.astype(np.int64)
    word = plain.some("plain", np.uint32, ranks)
    flag = plain.some("look", np.uint8, ranks)
    bounds = np.zeros(len(ranks) + 1, np.int64)
    np.cumsum(corpus.sizes()[ranks], out=bounds[1:])
    words = align.Words(word, flag, bounds, evidence.weights(languages))
    half = len(chains.a)
    chains = candidates.Chains(
        local[:half].astype(np.uint32),
        local[half:].astype(np.uint32),
        *(getattr(chains, f.name) for f in fields(candidates.Chains)[2:]),
    )
    least = max(settings.floor_bits, int(corpus.bar) - settings.align_margin)
    edit, drop = settings.edit_bits * align.UNIT, settings.drop_bits * align.UNIT
    grown, score = align.pieces(words, chains, edit, drop, settings.band)
    # What is surely reuse may be rewritten further on: there a changed word costs less.
    loose, sure = settings.rewritten_bits * align.UNIT, settings.sure_bits * align.UNIT
    gain = settings.followed_bits * align.UNIT
    grown = align.followed(words, grown, score >= sure, loose, drop, settings.band, gain)
    grown = candidates.rated(grown, score // align.UNIT)
    joint = candidates.together(grown, settings.join_reach, settings.join_bits)
    bar = max(settings.floor_bits, int(corpus.bar) - settings.piece_margin)
    grown = _picked(grown, joint >= bar)
    whole = align.joined(
        grown, settings.join_gap, settings.join_cut, settings.join_reach, settings.join_bits
    )
    paid = np.where(whole.bits >= settings.sure_bits, loose, edit)
    cut, floor = settings.cut_bits * align.UNIT, settings.floor_bits * align.UNIT
    found = align.aligned(words, whole, paid, cut, floor)
    bits = evidence.bits(found, words, flag, known, languages, settings.edit_price)
    keep = bits >= least * 100
    # Same words around new numbers: a form that is filled in, or a number that somebody changed; a
    # long text with few of them is none.
    dense = found.slots * settings.form_words >= found.matched
    slot = (found.slots > 0) & (found.numbers == 0) & dense
    form = (found.slots >= 2) & (found.slots >= found.numbers) & dense
    slot |= form
    one, two = bounds[found.a], bounds[found.b]
    begun = flag[one + found.a0] & flag[two + found.b0] & text.SENTENCE > 0
    done = flag[one + found.a1 - 1] & flag[two + found.b1 - 1] & text.STOP > 0
    ends = begun.astype(np.int64) + done
    spans = (found.a0, found.a1, found.b0, found.b1, found.matched, bits, form, slot, ends)
    return Found(
        ranks[found.a[keep]],
        ranks[found.b[keep]],
        *(column[keep].astype(np.int64) for column in spans),
    )


def looked_at(batch: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[tuple[float, bool]]:
    """How much of each stretch of some texts stands in marks, and whether marks set it off."""
    seen = []
    for body, stretches in batch:
        marks: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for start, end in stretches:
            lines = passages.lines_of(body, start, end)
            if lines not in marks:
                marks[lines] = passages.marked(body, *lines)
            share = passages.share(marks[lines], start, end)
            seen.append((share, passages.apart(body, start, end)))
    return seen


# -- between the steps -----------------------------------------------------------------------------


def _words(
    shelf: Shelf, part: Part
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]]:
    """The words of some articles, how these look, and their bounds."""
    first, last = part
    return (
        shelf.column("word", np.uint32, first, last),
        shelf.column("flag", np.uint8, first, last),
        shelf.bounds[first : last + 1] - shelf.bounds[first],
    )


def _edges(bounds: NDArray[np.int64], words: int) -> NDArray[np.int64]:
    """The ranks at which parts of about so many words each begin, and the end."""
    edges = np.searchsorted(bounds, np.arange(0, int(bounds[-1]), max(1, words)))
    return np.unique(np.append(edges, len(bounds) - 1))


def _share_of(rows: NDArray[Any], shares: int) -> NDArray[np.int64]:
    """The share of each hash, by its upper bits."""
    hashes: NDArray[np.uint64] = rows["hash"] if rows.dtype.names else rows
    bits = shares.bit_length() - 1
    # To shift by all 64 bits would be to shift by none.
    upper = hashes >> np.uint64(64 - bits) if bits else hashes & np.uint64(0)
    return upper.astype(np.int64)


def _part_of(
    rows: NDArray[Any], edges: NDArray[np.int64], field: str | None = None
) -> NDArray[np.int64]:
    """The part in which each place, or the article that a field of each row names, lies."""
    values = rows if field is None else rows[field]
    return np.searchsorted(edges, values, "right") - 1


def _joined(kind: type[Columns], parts: Iterable[Columns]) -> Columns:
    """Columns, one after the other; without any, none."""
    rows = list(parts)
    return kind(
        *(
            np.concatenate([getattr(some, f.name) for some in rows]) if rows else np.zeros(0, int)
            for f in fields(kind)
        )
    )


def _portioned(keys: NDArray[np.uint32], most: int) -> Iterator[slice]:
    """Rows in order of their keys, about `most` at a time, those of one key always together."""
    heads = candidates.groups(keys.astype(np.uint64))
    first = 0
    while first < len(keys):
        after = int(np.searchsorted(heads, first + most, "right")) - 1
        last = int(heads[max(after, int(np.searchsorted(heads, first, "right")))])
        yield slice(first, last)
        first = last


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


def _days(articles: Sequence[Listed]) -> NDArray[np.int64]:
    """Each article's day, counted from the year 1; an unknown one is a negative number of its own.

    A month or a year stands for its first day.
    """
    numbers: dict[str, int] = {}
    result = []
    for i, one in enumerate(articles):
        if one.published is None:
            result.append(-1 - i)
            continue
        day = one.published[:10]
        if day not in numbers:
            year, month, date = (*day.split("-"), "1", "1")[:3]
            numbers[day] = datetime.date(int(year), int(month), int(date)).toordinal()
        result.append(numbers[day])
    return np.array(result, np.int64)


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


def _picked(
    chains: candidates.Chains, which: NDArray[np.bool_] | NDArray[np.int64] | slice
) -> candidates.Chains:
    return candidates.Chains(*(getattr(chains, f.name)[which] for f in fields(candidates.Chains)))


def _sample(
    articles: Sequence[Listed], shelf: Shelf, settings: Settings
) -> list[NDArray[np.uint32]]:
    """The words of the articles with the least ids, up to a number of words: the same ones
    whatever else is there, since an id is a hash of content."""
    ranks = np.array(sorted(range(len(articles)), key=lambda i: articles[i].id), np.int64)
    ends = np.cumsum(np.diff(shelf.bounds)[ranks])
    count = max(1, int(np.searchsorted(ends, settings.sample_words, "right")))
    words: NDArray[np.uint32] = shelf.some("word", np.uint32, ranks[:count])
    return np.split(words, ends[: count - 1])


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
    corpus: Corpus,
    texts: Texts,
    engine: Engine,
    found: Found,
    furniture: passages.Furniture,
    counts: Counter[str],
    quotes: Quotes | None,
) -> Reused:
    shelf, outlets, days = corpus.shelf, corpus.outlets, corpus.days
    bar, settings = corpus.bar, corpus.settings
    # No circumstance helps a match more than marks on both sides: what needs more is out.
    all_of_it = np.ones(len(found.a))
    at_best = evidence.Circumstances(all_of_it, all_of_it, found.ends, all_of_it > 0)
    best = evidence.score(found.bits, found.length(), at_best, bar, settings)
    keep = (best >= settings.min_score) & (found.matched >= settings.min_words)
    found = _kept(found, keep)
    around = _circumstances(articles, texts, engine, shelf, found)
    score = evidence.score(found.bits, found.length(), around, bar, settings)
    keep = score >= settings.min_score
    spoken = around.spoken[keep] >= 0.3
    found, score = _kept(found, keep), score[keep]
    groups = passages.clusters(
        found.a, found.a0, found.a1, found.b, found.b0, found.b1, settings.same_spot
    )
    # Likenesses and signatures, of the words that appear in a passage; offsets.
    size = corpus.sizes()
    word, bounds = _stretches(shelf, groups.article, groups.start, groups.end)
    at, to = bounds[:-1], bounds[1:]
    signed = engine.begin(partial(passages.signed, settings=settings), (word, at, to))
    groups, likeness = passages.verified(groups, word, at, to, settings.same_text)
    lead = passages.leads(groups)
    pair = found.a.astype(np.uint64) << np.uint64(32) | found.b.astype(np.uint64)
    # What is said to stand between marks is nobody's form, whatever numbers it has elsewhere.
    odd = passages.forms(groups, (found.slot > 0) & ~spoken, days, settings)
    odd |= (found.form > 0) & ~spoken
    boilerplate = passages.standing(groups, size[groups.article], odd, spoken, pair, settings)
    shown = ~odd & ~boilerplate[groups.passage[groups.of_match[:, 0]]]
    found, score, sides = _kept(found, shown), score[shown], groups.of_match[shown]
    spans = _characters(shelf, groups.article, groups.start, groups.end)
    place = np.concatenate(
        [
            _characters(shelf, found.a, found.a0, found.a1),
            _characters(shelf, found.b, found.b0, found.b1),
        ],
        axis=1,
    )
    whole = passages.whole(pair[shown], found.matched, np.minimum(size[found.a], size[found.b]))

    lines = passages.repeated(furniture)
    line_spans = _characters(shelf, lines.article, lines.start, lines.end)
    line_carriers = passages.counted(lines.group, lines.article)
    line_sources = passages.counted(lines.group, outlets[lines.article])
    heads = np.flatnonzero(lines.leads)
    ids = [one.id for one in articles]
    spot_ids = [
        content_id("appearance", ids[rank], s, e)
        for rank, (s, e) in zip(groups.article.tolist(), spans.tolist(), strict=True)
    ]
    passage_ids = [content_id("passage", spot_ids[i]) for i in lead.tolist()]
    carriers = passages.counted(groups.passage, groups.article)
    sources = passages.counted(groups.passage, outlets[groups.article])
    signature = signed()

    def line_id(i: int) -> str:
        """The passage of a line of furniture, named by its first appearance."""
        head = int(heads[lines.group[i]])
        return content_id("furniture", ids[lines.article[head]], *line_spans[head].tolist())

    def told(i: int, body: str, carried: int, by: int, words: int, odd: bool, key: str) -> Passage:
        # Without a date no order is known, and nobody is first.
        first = articles[i].id if articles[i].published else None
        name = short(body)
        return Passage(key, name, body, words, carried, by, first, articles[i].published, odd)

    def passage_rows() -> Iterator[Passage]:
        leaders = groups.article[lead].tolist()
        for part in _portions(len(lead)):
            bodies = texts(sorted({ids[leaders[i]] for i in part}))
            for i in part:
                s, e = spans[lead[i]].tolist()
                yield told(
                    leaders[i], bodies[ids[leaders[i]]][s:e], int(carriers[i]), int(sources[i]),
                    int(groups.end[lead[i]] - groups.start[lead[i]]), bool(boilerplate[i]),
                    passage_ids[i],
                )  # fmt: skip
        for part in _portions(len(heads)):
            bodies = texts(sorted({ids[lines.article[heads[i]]] for i in part}))
            for i in part:
                line = int(heads[i])
                rank, (s, e) = int(lines.article[line]), line_spans[line].tolist()
                yield told(
                    rank, bodies[ids[rank]][s:e], int(line_carriers[i]), int(line_sources[i]),
                    int(lines.end[line] - lines.start[line]), True, line_id(line),
                )  # fmt: skip

    def appearance_rows() -> Iterator[Appearance]:
        columns = zip(
            groups.passage.tolist(), groups.article.tolist(), spans.tolist(), likeness.tolist(),
            strict=True,
        )  # fmt: skip
        for i, (passage, rank, (s, e), like) in enumerate(columns):
            yield Appearance(
                spot_ids[i], passage_ids[passage], ids[rank], s, e, round(like, 4), None,
                signature[i].tobytes(),
            )  # fmt: skip
        for i, (rank, (s, e)) in enumerate(
            zip(lines.article.tolist(), line_spans.tolist(), strict=True)
        ):
            key = content_id("appearance", "furniture", ids[rank], s, e)
            yield Appearance(key, line_id(i), ids[rank], s, e, 1.0)

    def match_rows() -> Iterator[Match]:
        for part in _portions(len(found.a)):
            named = sorted({ids[r] for r in np.concatenate([found.a[part], found.b[part]])})
            bodies, marks = texts(named), quotes(named) if quotes else {}
            for i in part:
                a, b = int(found.a[i]), int(found.b[i])
                s, e, s2, e2 = place[i].tolist()
                one, two = articles[a], articles[b]
                x, y = sides[i].tolist()
                kind = passages.kind(
                    bool(whole[i]),
                    passages.Side(bodies[one.id], s, e, marks.get(one.id, ())),
                    passages.Side(bodies[two.id], s2, e2, marks.get(two.id, ())),
                )
                if not _ordered(one, two):
                    one, two, s, e, s2, e2 = two, one, s2, e2, s, e
                words = int(found.a1[i] - found.a0[i] + found.b1[i] - found.b0[i])
                yield Match(
                    content_id("match", one.id, s, e, two.id, s2, e2),
                    one.id, s, e, two.id, s2, e2,
                    float(score[i]),
                    round(2 * int(found.matched[i]) / words, 4),
                    round(float((signature[x] == signature[y]).mean()), 4),
                    int(found.bits[i]) / 100,
                    int(found.matched[i]),
                    kind,
                    one.outlet_id,
                    two.outlet_id,
                    passage_ids[int(groups.passage[x])],
                )  # fmt: skip

    counts.update({"matches": len(found.a), "passages": len(lead), "furniture": len(heads)})
    return Reused(
        Rows(len(found.a), match_rows),
        Rows(len(lead) + len(heads), passage_rows),
        Rows(len(spans) + len(lines.article), appearance_rows),
        dict(counts),
    )


def _circumstances(
    articles: Sequence[Listed], texts: Texts, engine: Engine, shelf: Shelf, found: Found
) -> evidence.Circumstances:
    """What the texts say of each match."""
    rank = np.concatenate([found.a, found.b])
    order = np.argsort(rank, kind="stable")
    place = np.concatenate(
        [
            _characters(shelf, found.a, found.a0, found.a1),
            _characters(shelf, found.b, found.b0, found.b1),
        ]
    )[order]
    edges = candidates.groups(rank[order].astype(np.uint64))

    def batches() -> Iterator[list[tuple[str, list[tuple[int, int]]]]]:
        """Texts with the stretches to look at in each, some at a time."""
        for part in _portions(len(edges) - 1, 200):
            named = [articles[int(rank[order[edges[i]]])].id for i in part]
            bodies = texts(named)
            yield [
                (bodies[name], [(s, e) for s, e in place[edges[i] : edges[i + 1]].tolist()])
                for i, name in zip(part, named, strict=True)
            ]

    quoted, apart = np.zeros(len(rank)), np.zeros(len(rank), bool)
    seen = np.array([one for some in engine.map(looked_at, batches()) for one in some])
    if len(seen):
        quoted[order], apart[order] = seen[:, 0], seen[:, 1] > 0
    two, set_off = quoted.reshape(2, -1), apart.reshape(2, -1)
    return evidence.Circumstances(two.max(0), two.min(0), found.ends, set_off[0] | set_off[1])


def _characters(
    shelf: Shelf, rank: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int32]:
    """The offsets of stretches of words (shape stretches x 2)."""
    result = np.zeros((len(rank), 2), np.int32)
    for some, ranks, base in _by_rank(shelf, rank):
        result[some, 0] = shelf.some("start", np.int32, ranks)[base + start[some]]
        result[some, 1] = shelf.some("end", np.int32, ranks)[base + end[some] - 1]
    return result


def _stretches(
    shelf: Shelf, rank: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The words of stretches, one after the other, and the bounds of each."""
    size = (end - start).astype(np.int64)
    bounds = np.zeros(len(rank) + 1, np.int64)
    np.cumsum(size, out=bounds[1:])
    result = np.zeros(int(bounds[-1]), np.uint32)
    for some, ranks, base in _by_rank(shelf, rank):
        into = align.places(bounds[some], size[some])
        word = shelf.some("word", np.uint32, ranks)
        result[into] = word[align.places(base + start[some], size[some])]
    return result, bounds


def _by_rank(
    shelf: Shelf, rank: NDArray[np.int64], most: int = 5000
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Rows in order of their articles, some at a time: which rows, the ranks of their articles, and
    where the article of each begins when the shelf is asked for these."""
    order = np.argsort(rank, kind="stable")
    for part in _portions(len(order), most):
        some = order[part[0] : part[-1] + 1]
        ranks, local = np.unique(rank[some], return_inverse=True)
        bounds = np.zeros(len(ranks) + 1, np.int64)
        np.cumsum(np.diff(shelf.bounds)[ranks], out=bounds[1:])
        yield some, ranks, bounds[local]


def _kept(found: Found, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Found:
    return Found(*(getattr(found, f.name)[keep] for f in fields(Found)))


def _portions(count: int, size: int = 1000) -> Iterator[range]:
    """The numbers below `count`, so many at a time."""
    for first in range(0, count, size):
        yield range(first, min(count, first + size))


def short(body: str, most: int = 60) -> str:
    """The first words of a passage, on one line."""
    line = " ".join(body.split())
    if len(line) <= most:
        return line
    return line[: line.rfind(" ", 0, most) if " " in line[:most] else most] + "…"
