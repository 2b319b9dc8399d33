"""Aligned words to bits and scores."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse import evidence
from reuse.align import Words, aligned
from reuse.candidates import Chains
from reuse.comparing import Found
from reuse.settings import Settings
from reuse.text import tokens

SETTINGS = Settings()
FILLER = "the council met on tuesday and a spokesman did not respond to a request for comment"


def bits(one: str, other: str, corpus: list[str] | None = None) -> float:
    """The evidence that two passages are one, in the corpus that is given besides."""
    found = tokens([one, other])
    words = Words(found.word, found.flag, found.bounds, evidence.weights(("en",)))
    size = np.diff(found.bounds).tolist()
    ends = (np.array([n], np.int32) for n in (0, size[0], 0, size[1], 0, 0))
    whole = Chains(np.array([0], np.uint32), np.array([1], np.uint32), *ends)
    sample = [tokens([text]).word for text in [one, other, *(corpus or [])]]
    pair = aligned(words, whole, np.array([SETTINGS.edit_bits * 4]), 120, 0)
    known = evidence.language(sample)
    hundredths = evidence.bits(pair, words, found.flag, known, ("en",), SETTINGS.edit_price)
    return float(hundredths[0]) / 100


def test_rare_words_are_worth_more_than_common_ones() -> None:
    assert bits(
        "seven copper lanterns drifted seaward", "seven copper lanterns drifted seaward"
    ) > (bits("that it would be one of the", "that it would be one of the") + 20)


def test_what_the_corpus_says_all_the_time_is_worth_less() -> None:
    phrase = "walked down the long road to the old harbour"
    corpus = [f"Person{i} of town{i} {phrase} on matter{i} as of day{i}" for i in range(40)]
    assert bits(phrase, phrase, corpus) < bits(phrase, phrase) - 10


def test_a_passage_that_many_carry_stays_as_surprising_as_it_was() -> None:
    words = "before dawn seven copper lanterns drifted seaward past the silent mill without a sound"
    copies = [words] * 500
    assert bits(words, words, copies) == pytest.approx(bits(words, words), rel=0.05)


def test_names_and_offices_say_little() -> None:
    name = "then Foreign Minister Ingrid Solberg Halvorsen"
    prose = "then copper lanterns drifted slowly seaward"
    assert bits(name, name) < bits(prose, prose) / 2


def test_each_edit_costs() -> None:
    whole = "before dawn seven copper lanterns drifted seaward past the silent mill"
    one = "before dawn seven copper lanterns floated seaward past the silent mill"
    two = "before dawn nine copper lanterns floated seaward past the silent mill"
    assert bits(whole, whole) > bits(whole, one) > bits(whole, two)


def test_left_and_right_may_change_places() -> None:
    one = "before dawn seven copper lanterns floated seaward past the silent mill"
    two = "before dawn nine copper lanterns drifted seaward past the old silent mill"
    assert bits(one, two) == bits(two, one)


def test_the_order_of_the_sample_does_not_show() -> None:
    sample = [tokens([FILLER[i:] + FILLER[:i]]).word for i in range(9)]
    here, there = evidence.language(sample), evidence.language(sample[::-1])
    for name in ("three", "two", "one"):
        a, b = getattr(here, name), getattr(there, name)
        assert a.keys.tolist() == b.keys.tolist()
        assert a.values.tolist() == b.values.tolist()


@given(st.dictionaries(st.integers(0, 40) | st.integers(0, 2**64 - 1), st.integers(1, 9)))
@settings(max_examples=200, deadline=None)
def test_a_table_gives_what_a_dictionary_gives(known: dict[int, int]) -> None:
    keys = np.array(sorted(known), np.uint64)
    found = evidence.table(keys, np.array([known[k] for k in sorted(known)], np.int64))
    asked = [*known, *range(50), 2**64 - 1]
    assert found[np.array(asked, np.uint64)].tolist() == [known.get(k, 0) for k in asked]


def test_the_bar_rises_with_the_comparisons_and_never_falls() -> None:
    bars = [evidence.bar(words, SETTINGS) for words in (0, 100, 10_000, 1_000_000, 100_000_000)]
    assert bars == sorted(bars)
    assert bars[-1] > bars[-2] + 10


def test_words_of_press_formulas_are_worth_little() -> None:
    formula = "the company did not immediately respond to requests for comment on monday"
    plain = "the lantern did not willingly descend to corners for safety on stilts"
    assert bits(formula, formula) < bits(plain, plain) * 0.75


def circumstances(
    count: int, quoted: float = 0.0, ends: int = 0, apart: bool = False
) -> evidence.Circumstances:
    share = np.full(count, quoted)
    return evidence.Circumstances(share, share, np.full(count, ends), np.full(count, apart))


def test_a_score_is_even_at_the_bar_and_grows_with_the_bits() -> None:
    number = np.full(5, 20)
    bar = 50.0 - SETTINGS.prose_bits
    score = evidence.score(
        np.array([0, 4000, 5000, 6000, 90000]), number, circumstances(5), bar, SETTINGS
    )
    assert score[2] == 0.5
    assert score.tolist() == sorted(score.tolist())
    assert 0 <= score[0] < 0.01
    assert score[-1] == 1.0


@pytest.mark.parametrize(
    "known",
    [
        circumstances(1, quoted=0.5),
        circumstances(1, quoted=1.0),
        circumstances(1, ends=1),
        circumstances(1, ends=2),
        circumstances(1, apart=True),
    ],
)
def test_marks_and_the_ends_of_sentences_speak_for_reuse(known: evidence.Circumstances) -> None:
    bits, words = np.array([5000]), np.array([10])
    plain = evidence.score(bits, words, circumstances(1), 50.0, SETTINGS)
    assert evidence.score(bits, words, known, 50.0, SETTINGS) > plain


def test_a_short_phrase_needs_more() -> None:
    bits_each = np.full(3, 6000)
    score = evidence.score(bits_each, np.array([5, 7, 12]), circumstances(3), 50.0, SETTINGS)
    assert score[0] < score[1] < score[2]


@pytest.mark.parametrize(
    ("here", "there", "matched", "length"),
    [(8, 8, 8, 8), (8, 9, 8, 8), (9, 9, 8, 9), (12, 11, 8, 9)],
    ids=["word for word", "a word put in", "a word changed", "three words changed"],
)
def test_one_changed_word_counts_to_the_length_of_a_phrase(
    here: int, there: int, matched: int, length: int
) -> None:
    columns = {field.name: np.zeros(1, np.int64) for field in fields(Found)}
    columns |= {"a1": np.array([here]), "b1": np.array([there]), "matched": np.array([matched])}
    assert Found(**columns).length().tolist() == [length]
