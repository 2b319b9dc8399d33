"""Versions of a family, appearances of a passage -> which came first, which was taken from which.

An order in time is only what the dates prove; where they allow one, the likeliest of the earlier
ones is the source.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from reuse.credit import Credit
from reuse.members import Carrier
from reuse.model import Appearance, Match
from reuse.versions import Version

# Versions that a version may have been taken from, compared one by one.
CANDIDATES = 24
# The versions right before one, compared besides the first of each wording.
LATEST = 12
# That the words came from where the corpus does not reach, in the same bits as the evidence.
ELSEWHERE = -0.5
# A source is named when it is likelier than this.
LIKELY = 0.3


# --- order in time -------------------------------------------------------------------------------


def earlier(a: str | None, b: str | None) -> bool:
    """Whether a date is certainly before another: a day and an hour of it are no order."""
    if a is None or b is None:
        return False
    return latest(a) < b


def latest(published: str) -> str:
    """A string behind every date within this one: "2024-05" is a span that ends with its month."""
    return published.removesuffix("Z").removesuffix("+00:00") + "~"


def in_time(carrier: Carrier) -> tuple[str, str]:
    """What articles are sorted by: undated ones last."""
    return carrier.published or "~", carrier.id


class Surroundings:
    """How much two articles share besides one passage: words of passages and matches of both."""

    def __init__(self, matches: Iterable[Match], shown: Sequence[Appearance]) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        for m in matches:
            pair = (m.a_article_id, m.b_article_id)
            self._pairs[min(pair), max(pair)] += m.words
        self._matched: dict[str, list[str]] = defaultdict(list)
        for one, other in sorted(self._pairs):
            self._matched[one].append(other)
        self._passages: dict[str, dict[str, int]] = defaultdict(dict)
        for a in shown:
            self._passages[a.article_id][a.passage_id] = a.end - a.start

    def among(self, ids: Sequence[str]) -> list[object]:
        """All that it knows of some articles, two by two."""
        some = set(ids)
        carriers = Counter(key for a in ids for key in self._passages.get(a, ()))
        return [
            (
                a,
                [(b, self._pairs[min(a, b), max(a, b)]) for b in self._matched[a] if b in some],
                [item for item in self._passages.get(a, {}).items() if carriers[item[0]] > 1],
            )
            for a in ids
        ]

    def __call__(self, a: str, b: str) -> int:
        """Words in common, about."""
        first, second = self._passages.get(a, {}), self._passages.get(b, {})
        both = sum([min(size, second[k]) for k, size in first.items() if k in second])
        pair = (a, b) if a < b else (b, a)
        return max(self._pairs.get(pair, 0), both // 6)


# --- versions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """The version that a version was most likely taken from, and how sure that is."""

    number: int
    confidence: float


def sources(versions: Sequence[Version], overlap: Surroundings) -> list[Source | None]:
    """The likely source of each version, in one pass over them in the order of time.

    Compared are the first of each wording, the first of each outlet that is credited and the
    latest: a line that 5,000 articles carry is not compared 12 million times.
    """
    result: list[Source | None] = []
    wordings: dict[tuple[str, ...], int] = {}
    outlets: dict[str, int] = {}
    lacking = _Lacking()
    for n, version in enumerate(versions):
        candidates = set(list(wordings.values())[:CANDIDATES]) | set(range(max(n - LATEST, 0), n))
        if version.words.keys in wordings:
            candidates.add(wordings[version.words.keys])
        credit = version.credit
        if credit is not None and credit.outlet_id in outlets:
            candidates.add(outlets[credit.outlet_id])
        result.append(_source(version, sorted(candidates), versions, overlap, lacking))
        wordings.setdefault(version.words.keys, n)
        if version.member.carrier.outlet_id is not None:
            outlets.setdefault(version.member.carrier.outlet_id, n)
    return result


def _source(
    version: Version,
    candidates: Sequence[int],
    versions: Sequence[Version],
    overlap: Surroundings,
    lacking: _Lacking,
) -> Source | None:
    """The likeliest of the earlier versions, if one stands out.

    Weights are bits of evidence: what it shares with a candidate that others have not, what the
    candidate lacks, credit in the text, and how much else the two articles share. That the words
    came from elsewhere is a candidate too.
    """
    scores: list[tuple[float, int]] = []
    mine = version.member.carrier
    for k in candidates:
        other = versions[k]
        theirs = other.member.carrier
        if theirs.id == mine.id or not earlier(theirs.published, mine.published):
            continue
        credits = _credits(version, other)
        score = 5.0 if credits else 0.0
        if version.credit is not None and not credits:
            score -= 2.5 if version.credit.outlet_id is not None else 1.5
        score += 2.0 * min(len(version.changed & other.changed), 4)
        # Words that it would have had to set right; words left out are counted below.
        undone = sum(bool(now) for _, now in other.changed - version.changed)
        score -= 1.5 * min(undone, 4)
        score -= 0.25 * min(lacking(version.words.keys, other.words.keys), 24)
        score += min(math.log2(1 + overlap(mine.id, theirs.id) / 12), 5.0)
        score += {"agency": 1.0, "origin": 0.75}.get(theirs.outlet_kind or "", 0.0)
        if not other.member.quoted and theirs.outlet_kind != "origin":
            score -= 3.0
        if theirs.house == mine.house:
            score += 0.5
        scores.append((round(score, 4), k))
    if not scores:
        return None
    scores.sort(key=lambda row: (-row[0], row[1]))
    top = scores[0][0]
    elsewhere = 2.0 ** (ELSEWHERE - top)
    confidence = round(1 / (sum(2.0 ** (score - top) for score, _ in scores) + elsewhere), 4)
    return Source(scores[0][1], confidence) if confidence >= LIKELY else None


def _credits(version: Version, other: Version) -> bool:
    credit = version.credit
    return (
        credit is not None
        and credit.outlet_id is not None
        and credit.outlet_id == other.member.carrier.outlet_id
    )


class _Lacking:
    """Words of a wording that another one has not; each two are compared once."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, ...], Counter[str]] = {}
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}

    def __call__(self, mine: tuple[str, ...], theirs: tuple[str, ...]) -> int:
        if mine == theirs:
            return 0
        known = self._known.get((mine, theirs))
        if known is None:
            other = self._counted(theirs)
            lack = [n - other.get(key, 0) for key, n in self._counted(mine).items()]
            known = self._known[mine, theirs] = sum([n for n in lack if n > 0])
        return known

    def _counted(self, keys: tuple[str, ...]) -> Counter[str]:
        if keys not in self._counts:
            self._counts[keys] = Counter(keys)
        return self._counts[keys]


def first(versions: Sequence[Version]) -> int | None:
    """The first known appearance; None when dates leave more than one."""
    dated = [n for n, v in enumerate(versions) if v.member.carrier.published]
    if not dated:
        return None
    bound = min(latest(versions[n].member.carrier.published or "") for n in dated)
    open_ = [n for n in dated if (versions[n].member.carrier.published or "") <= bound]
    if len({versions[n].member.carrier.id for n in open_}) == 1:
        return open_[0]
    # Of some on one day, the one that the others credit.
    outlets = {versions[n].member.carrier.outlet_id: n for n in reversed(open_)}
    named = {
        outlets[credit.outlet_id]
        for n in open_
        if (credit := versions[n].credit) is not None
        and credit.outlet_id in outlets
        and credit.outlet_id != versions[n].member.carrier.outlet_id
    }
    return named.pop() if len(named) == 1 else None


# --- passages -------------------------------------------------------------------------------------


def appearance_sources(
    appearances: Sequence[Appearance],
    carriers: Mapping[str, Carrier],
    credits: Callable[[Carrier, Sequence[tuple[int, int]]], Credit | None],
    overlap: Surroundings,
) -> dict[str, str]:
    """For each appearance of one passage the earlier one it was most likely taken from."""
    group = sorted(appearances, key=lambda a: (in_time(carriers[a.article_id]), a.start, a.id))
    result: dict[str, str] = {}
    by_outlet: dict[str | None, Appearance] = {}
    # Most are word for word another one: signatures that were compared come back.
    likeness = lru_cache(maxsize=None)(_likeness)
    for n, a in enumerate(group):
        carrier = carriers[a.article_id]
        credit = credits(carrier, [(a.start, a.end)])
        candidates = {b.id: b for b in (*group[: min(n, CANDIDATES)], *group[max(n - 8, 0) : n])}
        named = by_outlet.get(credit.outlet_id) if credit and credit.outlet_id else None
        if named is not None:
            candidates[named.id] = named
        scores: list[tuple[float, str]] = []
        for b in candidates.values():
            other = carriers[b.article_id]
            if b.article_id == a.article_id or not earlier(other.published, carrier.published):
                continue
            score = 5.0 if b is named else 0.0
            if credit is not None and credit.outlet_id is not None and b is not named:
                score -= 2.5
            score += 4.0 * likeness(a.signature, b.signature)
            score += min(math.log2(1 + overlap(a.article_id, b.article_id) / 12), 5.0)
            score += {"agency": 1.0, "origin": 0.75}.get(other.outlet_kind or "", 0.0)
            scores.append((round(score, 4), b.id))
        if scores:
            # The earliest of equals: max keeps the first, and candidates are in time order.
            result[a.id] = max(scores, key=lambda row: row[0])[1]
        by_outlet.setdefault(carrier.outlet_id, a)
    return result


def _likeness(a: bytes | None, b: bytes | None) -> float:
    """The share of equal MinHash values, the Jaccard likeness of the two texts."""
    if not a or not b or len(a) != len(b):
        return 0.0
    first, second = (np.frombuffer(x, dtype="<u4") for x in (a, b))
    return int(np.count_nonzero(first == second)) / len(first)
