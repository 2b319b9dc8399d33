"""All quotes to pairs of utterances that may be one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from reuse.echoes import ASKED, NEAREST, STOCK, featured, linked, worded
from reuse.engines.local import Local

WORDS = """the pier will be closed until storms have passed and nobody may walk on it before
winter ferry council harbour budget engine lantern sparrow granite walnut copper thistle"""


def heard(texts: list[str], speakers: list[int], days: list[int]) -> NDArray[np.void]:
    """The features of quotes of one part each."""
    words = worded(texts, np.ones(len(texts), np.int64), np.full(len(texts), "en"))
    return featured(words, np.array(speakers, np.int32), np.array(days, np.int32))


def numbered(batches: list[NDArray[np.void]]) -> Iterator[NDArray[np.void]]:
    """The features of batches, whose utterances are numbered through all of them."""
    first = 0
    for batch in batches:
        features = batch.copy()
        features["owner"] += first
        # Each has a feature at least, its whole text.
        first = int(features["owner"].max(initial=first - 1)) + 1
        yield features


def pairs(batches: list[NDArray[np.void]], engine: Local) -> set[tuple[int, int]]:
    found = linked(numbered(batches), engine)
    found = found["pair"][found["worth"] >= ASKED]
    return {(pair >> 32, pair & 0xFFFFFFFF) for pair in found.tolist()}


def quotes(seed: int, count: int) -> tuple[list[str], list[int]]:
    chance = random.Random(seed)
    lines = [
        " ".join(chance.choices(WORDS.split(), k=chance.randint(2, 14))) for _ in range(count // 3)
    ]
    return [chance.choice(lines) for _ in range(count)], chance.choices([-1, 0, 1], k=count)


def by_hand(features: NDArray[np.void]) -> Iterator[tuple[int, int]]:
    """Every pair that shares enough: all with all, one by one."""
    weight: dict[tuple[int, int], int] = {}
    for row in features.tolist():
        weight.setdefault((row[1], row[0]), row[4])
    own: dict[int, set[int]] = defaultdict(set)
    for owner, h in weight:
        own[owner].add(h)
    for a, b in combinations(sorted(own), 2):
        shared = own[a] & own[b]
        if sum(max(weight[a, h], weight[b, h]) for h in shared) >= ASKED:
            yield a, b


@pytest.mark.parametrize("seed", range(10))
def test_the_pairs_are_those_of_all_with_all_where_few_share_a_feature(seed: int) -> None:
    texts, speakers = quotes(seed, NEAREST + 1)
    batch = heard(texts, speakers, [1] * len(texts))
    with Local() as engine:
        assert pairs([batch], engine) == set(by_hand(batch))


@pytest.mark.parametrize("seed", range(3))
def test_neither_batches_nor_memory_show_in_the_pairs(seed: int) -> None:
    texts, speakers = quotes(seed, 300)
    days = [n // 10 for n in range(300)]
    parts = [
        heard(texts[n : n + 70], speakers[n : n + 70], days[n : n + 70]) for n in range(0, 300, 70)
    ]
    with Local() as whole, Local(memory=1000) as small:
        found = pairs([heard(texts, speakers, days)], whole)
        assert found == pairs(parts, small)
        assert found


def test_a_line_that_thousands_quote_makes_a_few_pairs_for_each() -> None:
    batch = heard(["Nobody may walk on the old granite pier"] * 5000, [0] * 5000, [1] * 5000)
    with Local() as engine:
        found = pairs([batch], engine)
    assert len(found) < (NEAREST + 1) * 5000
    assert {b for _, b in found} == set(range(1, 5000))


@pytest.mark.parametrize(
    ("speakers", "days", "linked"),
    [
        ([0, 1, 2, 3], [0, 30, 60, 90], False),
        ([0, 1, 2, 3], [0, 1, 2, 3], True),
        ([0, 0, 0, 0], [0, 30, 60, 90], True),
        ([0, 1, 2, -1], [0, 30, 60, 90], True),
    ],
)
def test_what_many_say_over_weeks_is_common_property(
    speakers: list[int], days: list[int], linked: bool
) -> None:
    assert len(speakers) == STOCK
    with Local() as engine:
        found = pairs([heard(["our thoughts and prayers"] * STOCK, speakers, days)], engine)
    assert bool(found) is linked


@pytest.mark.parametrize("texts", [[], [""], ["…", "?"], ["no", "no"]])
def test_next_to_nothing_is_no_trouble(texts: list[str]) -> None:
    with Local() as engine:
        found = pairs([heard(texts, [-1] * len(texts), [-1] * len(texts))], engine)
    assert found == ({(0, 1)} if texts == ["no", "no"] else set())
