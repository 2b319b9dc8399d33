"""Texts to tokens: folded words with exact offsets, in any script."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse.text import CAPITAL, LINE, NUMBER, SENTENCE, STOP, tokens


def words(text: str) -> list[str]:
    found = tokens([text])
    return [text[s:e] for s, e in zip(found.start.tolist(), found.end.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour — quiet, cold.", ["The", "harbour", "quiet", "cold"]),
        ("don’t won't", ["don’t", "won't"]),
        ("“Quoted,” she said", ["Quoted", "she", "said"]),
        ("12,000 at 3.5 percent", ["12,000", "at", "3.5", "percent"]),
        ("the U.S. navy", ["the", "U.S", "navy"]),
        ("exam-\nple of it", ["exam-\nple", "of", "it"]),
        ("well-known", ["well", "known"]),
        ("co\u00adoperate", ["co\u00adoperate"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("\u200fשלום עולם", ["שלום", "עולם"]),
        ("東京の人", ["東", "京", "の", "人"]),
        ("ไทย", ["ไ", "ท", "ย"]),
        ("iPhone版", ["iPhone", "版"]),
        ("版iPhone", ["版", "iPhone"]),
        ("", []),
        ("…—”", []),
    ],
)
def test_words_begin_and_end_at_their_letters(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("don’t", "dont"),
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "cafe"),
        ("ﬁne", "fine"),
        ("Straße", "STRASSE"),
        ("Ærø", "aero"),
        ("co\u00adoperate", "cooperate"),
        ("ｆｕｌｌ１２", "full12"),
        ("12,000", "12000"),
        ("U.S.", "us"),
        ("Ёлка", "елка"),
        ("ΟΔΟΣ", "οδος"),
        ("أحمد", "احمد"),
        ("مـــحمد", "محمد"),
        ("exam-\nple", "example"),
        ("ｶ", "カ"),
    ],
)
def test_forms_of_one_word_fold_to_one_hash(one: str, other: str) -> None:
    assert tokens([one]).word.tolist() == tokens([other]).word.tolist()


@pytest.mark.parametrize(
    ("one", "other"), [("form", "from"), ("が", "か"), ("ab", "a b"), ("1", "l")]
)
def test_different_words_keep_different_hashes(one: str, other: str) -> None:
    assert tokens([one]).word.tolist() != tokens([other]).word.tolist()


def test_a_word_tells_what_it_looks_like_and_where_it_stands() -> None:
    flag = tokens(["Rain fell. Then 40 left\nNext day"]).flag
    assert [bool(f & CAPITAL) for f in flag] == [True, False, True, False, False, True, False]
    assert [bool(f & NUMBER) for f in flag] == [False, False, False, True, False, False, False]
    assert [bool(f & LINE) for f in flag] == [True, False, False, False, False, True, False]
    assert [bool(f & SENTENCE) for f in flag] == [True, False, True, False, False, True, False]
    assert [bool(f & STOP) for f in flag] == [False, True, False, False, False, False, False]


texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("ab Zß'’-.,\n\u00ad\u0301\u200d\u200f12ﬁ東の ไั"),
    ),
    max_size=60,
)


@given(st.lists(texts, max_size=4))
@settings(max_examples=300, deadline=None)
def test_every_offset_is_inside_its_own_text_and_in_order(batch: list[str]) -> None:
    found = tokens(batch)
    assert len(found.bounds) == len(batch) + 1
    for i, text in enumerate(batch):
        start = found.start[found.bounds[i] : found.bounds[i + 1]]
        end = found.end[found.bounds[i] : found.bounds[i + 1]]
        assert (start < end).all()
        assert (start[1:] >= end[:-1]).all()
        assert not len(end) or end[-1] <= len(text)


@given(st.lists(texts, min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_the_batch_does_not_show(batch: list[str]) -> None:
    together = tokens(batch)
    for i, text in enumerate(batch):
        alone = tokens([text])
        part = slice(together.bounds[i], together.bounds[i + 1])
        for name in ("word", "start", "end", "flag"):
            assert getattr(together, name)[part].tolist() == getattr(alone, name).tolist()


@given(texts)
@settings(max_examples=300, deadline=None)
def test_every_letter_and_digit_is_in_a_word(text: str) -> None:
    found = tokens([text])
    covered = np.zeros(len(text), bool)
    for s, e in zip(found.start.tolist(), found.end.tolist(), strict=True):
        covered[s:e] = True
    for i, char in enumerate(text):
        if re.match(r"[a-zA-Z0-9]", char) or unicodedata.category(char) in ("Lu", "Ll", "Nd"):
            assert covered[i], (text, i)


@given(st.text("abcdefgh ", max_size=80))
@settings(max_examples=200, deadline=None)
def test_plain_words_are_those_that_splitting_gives(text: str) -> None:
    assert words(text) == text.split()
