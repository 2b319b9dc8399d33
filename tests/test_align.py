"""Chains to aligned passages; plain alignment by a loop is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reuse.align import Words, aligned, extended, joined, pieces, runs
from reuse.candidates import Chains
from reuse.text import tokens


def shelf(*texts: str) -> Words:
    found = tokens(texts)
    return Words(found.word, found.flag, found.bounds, np.full(1 << 16, 32, np.int32))


def chain(a0: int, a1: int, b0: int, b1: int, bits: int = 40) -> Chains:
    one, two = np.array([0], np.uint32), np.array([1], np.uint32)
    ends = (np.array([n], np.int32) for n in (a0, a1, b0, b1, a1 - a0, bits))
    return Chains(one, two, *ends)


def _at(place: int) -> NDArray[np.int64]:
    return np.array([place], np.int64)


def plain(a: list[int], b: list[int], gain: int, edit: int) -> int:
    """The best score of an alignment that begins where both begin: no band, no drop."""
    best = 0
    row = [-edit * j for j in range(len(b) + 1)]
    for i in range(1, len(a) + 1):
        new = [-edit * i]
        for j in range(1, len(b) + 1):
            same = gain if a[i - 1] == b[j - 1] else -edit
            new.append(max(row[j - 1] + same, row[j] - edit, new[-1] - edit))
        row = new
        best = max(best, *row)
    return best


@given(st.lists(st.integers(1, 3), max_size=9), st.lists(st.integers(1, 3), max_size=9))
@settings(max_examples=300, deadline=None)
def test_extension_scores_as_a_plain_alignment_does(a: list[int], b: list[int]) -> None:
    words = Words(
        np.array([*a, *b], np.uint32), np.zeros(len(a) + len(b), np.uint8),
        np.array([0, len(a), len(a) + len(b)]), np.full(1 << 16, 8, np.int32),
    )  # fmt: skip
    if not len(words.word):
        return
    far = extended(words, _at(0), _at(len(a)), _at(len(a)), _at(len(b)), 1, 6, 10_000, 12)
    assert far[2].tolist() == [plain(a, b, 8, 6)]
    back = extended(
        words,
        _at(len(a) - 1),
        _at(len(a)),
        _at(len(a) + len(b) - 1),
        _at(len(b)),
        -1,
        6,
        10_000,
        12,
    )
    assert back[2].tolist() == [plain(a[::-1], b[::-1], 8, 6)]


@pytest.mark.parametrize(
    ("one", "other", "a", "b"),
    [
        (
            "so the old mill burned to the ground last night here",
            "then the old mill burned to the ground last week there",
            (1, 9),
            (1, 9),
        ),
        (
            "x the old stone mill burned down to the ground y",
            "z the old mill burned down to the ground w",
            (1, 10),
            (1, 9),
        ),
        (
            "x the old mill burned down to the ground y",
            "z the old mill has burned right down to the ground w",
            (1, 9),
            (1, 11),
        ),
    ],
)
def test_ends_are_found_across_edits(
    one: str, other: str, a: tuple[int, int], b: tuple[int, int]
) -> None:
    words = shelf(one, other)
    found = [
        int(np.flatnonzero(words.word[: words.bounds[1]] == w)[0]) for w in tokens(["burned"]).word
    ]
    at_b = int(np.flatnonzero(words.word[words.bounds[1] :] == tokens(["burned"]).word[0])[0])
    grown, _ = pieces(words, chain(found[0], found[0] + 1, at_b, at_b + 1), 24, 96, 5)
    result = aligned(words, grown, np.array([24]), 96, 0)
    assert [(result.a0[0], result.a1[0]), (result.b0[0], result.b1[0])] == [a, b]


def test_pieces_with_an_attribution_between_are_one() -> None:
    one, two = chain(0, 8, 0, 8), chain(8, 20, 15, 27)
    both = Chains(*(np.concatenate([getattr(c, n) for c in (two, one)]) for n in Chains.__slots__))
    whole = joined(both, 14, 70, 90, 13)
    assert [whole.a0.tolist(), whole.a1.tolist()] == [[0], [20]]
    assert [whole.b0.tolist(), whole.b1.tolist()] == [[0], [27]]


def test_moved_blocks_stay_apart() -> None:
    one, two = chain(0, 30, 200, 230), chain(30, 60, 0, 30)
    both = Chains(*(np.concatenate([getattr(c, n) for c in (one, two)]) for n in Chains.__slots__))
    assert len(joined(both, 14, 70, 90, 13).a) == 2


words_of = st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=25)


@given(words_of, words_of)
@settings(max_examples=200, deadline=None)
def test_blocks_are_words_in_common_in_order(one: list[str], two: list[str]) -> None:
    words = shelf(" ".join(one), " ".join(two))
    found = aligned(words, chain(0, len(one), 0, len(two)), np.array([24]), 96, 0)
    end_a = end_b = 0
    for at, to, size in found.blocks.tolist():
        assert size > 0
        assert at >= end_a
        assert to >= end_b
        assert one[at : at + size] == two[to : to + size]
        end_a, end_b = at + size, to + size
    assert found.matched.sum() == sum(found.blocks[:, 2])
    if len(found.a):
        assert (one[found.a0[0]], one[found.a1[0] - 1]) == (two[found.b0[0]], two[found.b1[0] - 1])


def test_places_with_other_numbers_are_slots() -> None:
    words = shelf("it rose 12 points to 345 in all", "it rose 17 points to 341 in all")
    found = aligned(words, chain(0, 8, 0, 8), np.array([24]), 96, 0)
    assert [found.slots.tolist(), found.numbers.tolist()] == [[2], [0]]


def test_a_number_that_was_moved_is_no_other_number() -> None:
    words = shelf(
        "one of the 100 most quoted people in town", "one of the people most quoted 100 in town"
    )
    found = aligned(words, chain(0, 9, 0, 9), np.array([16]), 96, 0)
    assert found.slots.tolist() == [0]


def test_left_and_right_may_change_places() -> None:
    one, other = (
        "x the old stone mill burned down to the ground",
        "the old mill burned down to the very ground z",
    )
    here, there = shelf(one, other), shelf(other, one)
    a = aligned(here, pieces(here, chain(4, 8, 2, 6), 24, 96, 5)[0], np.array([24]), 96, 0)
    b = aligned(there, pieces(there, chain(2, 6, 4, 8), 24, 96, 5)[0], np.array([24]), 96, 0)
    left, right = (a.a0, a.a1, a.b0, a.b1, a.matched), (b.b0, b.b1, b.a0, b.a1, b.matched)
    assert [n.tolist() for n in left] == [n.tolist() for n in right]


@pytest.mark.parametrize(
    ("worth", "price", "expected"),
    [
        # What lies between costs less than either side is worth.
        ([50, 60], [0, 20], [0, 0]),
        # Other text lies between.
        ([50, 60], [0, 40], [0, 1]),
        # It does so bit by bit.
        ([50, 4, 4, 60], [0, 16, 16, 16], [0, -1, -1, 3]),
        # A stray word at an end is left out, and so is what is worth too little.
        ([5, 60, 5], [0, 10, 10], [-1, 1, -1]),
        ([5], [0], [0]),
    ],
)
def test_other_text_between_ends_a_run(
    worth: list[int], price: list[int], expected: list[int]
) -> None:
    follows = np.arange(len(worth)) > 0
    found = runs(follows, np.array(worth), np.array(price), cut=30, least=10)
    assert found.tolist() == expected
