"""Fingerprints to seeds and chains; loops over all pairs are the oracle."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse.candidates import (
    SEED,
    chains,
    groups,
    in_order,
    linked,
    ordered,
    packed,
    priced,
    repeated,
    seeds,
    together,
)
from reuse.sketch import FINGERPRINT, fingerprints, sampled
from reuse.text import tokens


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=40), st.integers(2, 6))
@settings(max_examples=200, deadline=None)
def test_small_groups_make_all_pairs_of_different_outlets(
    members: list[tuple[int, int]], most: int
) -> None:
    members.sort(key=lambda m: m[0])
    keys = np.array([m[0] for m in members], np.uint64)
    outlet = np.array([m[1] for m in members], np.int64)
    left, right = linked(groups(keys), outlet, most)
    found = sorted(zip(left.tolist(), right.tolist(), strict=True))
    for key in set(keys.tolist()):
        rows = np.flatnonzero(keys == key).tolist()
        wanted = {(i, j) for i, j in combinations(rows, 2) if outlet[i] != outlet[j]}
        here = {p for p in found if p[0] in rows}
        if len(rows) <= most:
            assert here == wanted
        else:
            assert here <= wanted
            assert len([p for p in found if p[0] in rows]) <= 2 * (len(rows) - 1)
            # Whoever has a counterpart in another outlet is linked, and all hang together.
            assert {i for p in here for i in p} == {i for p in wanted for i in p}
            label = {i: i for i in rows}
            for i, j in sorted(here) * len(rows):
                label[i] = label[j] = min(label[i], label[j])
            assert len({label[i] for p in wanted for i in p}) <= 1


@given(st.lists(st.integers(0, 60), max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_occurs_once_falls_out(values: list[int]) -> None:
    spread = np.array(values, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    keys = packed(spread, np.arange(len(values)), len(values))
    found = repeated(keys, len(values)).tolist()
    assert found == [i for i, v in enumerate(values) if values.count(v) > 1]


@given(st.lists(st.integers(0, 20) | st.integers(1 << 63, (1 << 63) + 20), max_size=60))
@settings(max_examples=200, deadline=None)
def test_keys_are_put_in_order_and_equal_ones_stay_as_they_come(values: list[int]) -> None:
    order = in_order(np.array(values, np.uint64)).tolist()
    assert order == sorted(range(len(values)), key=lambda i: values[i])


def prints(*articles: str) -> np.ndarray:
    found = tokens(articles)
    at, _ = sampled(found.word, found.bounds, 4, 1, 1)
    return fingerprints(found.word, np.full(1 << 16, 40, np.int32), found.bounds, at, 4, 7)


PRICES = priced(8, 4.0, 0.0)
SHARED = "the lighthouse keeper counted eleven lanterns drifting past the northern breakwater"


def test_two_texts_meet_where_they_share_four_words() -> None:
    rows = prints(f"Well before dawn {SHARED}.", f"On Monday {SHARED} again.")
    found, counts = seeds(ordered(rows), np.array([0, 1]), PRICES, 10)
    assert sorted(found["at_a"].tolist()) == list(range(3, 11))
    assert (found["at_b"].astype(int) - found["at_a"] == -1).all()
    assert counts["frequent"] == 0
    whole = chains(found, 4, 10)
    assert [whole.a0.tolist(), whole.a1.tolist()] == [[3], [14]]
    assert whole.words.tolist() == [11]


def test_one_outlet_does_not_meet_itself() -> None:
    rows = prints(SHARED, SHARED)
    assert not len(seeds(ordered(rows), np.array([5, 5]), PRICES, 10)[0])


@pytest.mark.parametrize("count", [50, 500])
def test_a_viral_passage_is_linked_whole_at_linear_cost(count: int) -> None:
    rows = prints(*(f"{SHARED} says number{i}" for i in range(count)))
    outlet = np.arange(count) % 7
    found, counts = seeds(ordered(rows), outlet, PRICES, 10)
    assert len(found) <= 2 * len(rows)
    assert counts["linked"] > 0
    whole = chains(found, 4, 10)
    linked_articles = set(whole.a.tolist()) | set(whole.b.tolist())
    assert linked_articles == set(range(count))


def test_a_frequent_turn_that_goes_on_nowhere_is_language_and_is_counted() -> None:
    rows = prints(*(f"a{i} b{i} for the first time c{i} d{i} e{i} f{i} g{i}" for i in range(20)))
    found, counts = seeds(ordered(rows), np.arange(20), PRICES, 10)
    assert not len(found)
    assert counts == {"frequent": 20, "language": 20, "linked": 0}


@pytest.mark.parametrize(
    ("places", "price"), [(2, 0), (3, 25), (5, 53), (8, 77)], ids="{} places".format
)
def test_a_shingle_of_many_places_costs_by_the_pairs_it_makes(places: int, price: int) -> None:
    rows = prints(*(f"a{i} b{i} rang the northern bell c{i} d{i}" for i in range(places)))
    found, _ = seeds(ordered(rows), np.arange(places), PRICES, 10)
    assert found["price"].tolist() == [price] * (places * (places - 1) // 2)
    assert chains(found, 4, 10).bits.tolist() == [max(0, (160 - price) // 4)] * len(found)


def test_the_first_places_may_cost_nothing() -> None:
    assert priced(5, 4.0, 10.0).tolist() == [0, 0, 0, 0, 1, 13]


def test_what_is_shared_costs_as_little_as_its_rarest_shingle() -> None:
    often = [f"c{i} counted eleven lanterns drifting d{i}" for i in range(4)]
    rows = prints(*often, f"x {SHARED} y", f"z {SHARED} w")
    found, _ = seeds(ordered(rows), np.arange(6), PRICES, 10)
    whole = chains(found[(found["a"] == 4) & (found["b"] == 5)], 4, 10)
    assert whole.bits.tolist() == [11 * 10]


def test_an_attribution_between_two_parts_does_not_break_a_chain() -> None:
    rows = prints(
        "We counted eleven lanterns, and nobody rang the northern bell.",
        "We counted eleven lanterns, the keeper told us, and nobody rang the northern bell.",
    )
    whole = chains(seeds(ordered(rows), np.array([0, 1]), PRICES, 10)[0], 4, 10)
    assert [whole.a0.tolist(), whole.a1.tolist()] == [[0], [10]]
    assert [whole.b0.tolist(), whole.b1.tolist()] == [[0], [14]]


def test_no_rows_make_no_chains() -> None:
    none = np.zeros(0, FINGERPRINT)
    assert not len(ordered(none))
    found, _ = seeds(none, np.zeros(0, np.int64), PRICES, 10)
    assert found.dtype == SEED
    assert not len(together(chains(found, 4, 10), 90, 13))
