"""A short share of benchmarks/fuzz.py, the same each time, and what the long runs found."""

from __future__ import annotations

import time

import pytest

from benchmarks import fuzz
from reuse.reading import read


@pytest.mark.parametrize(
    ("target", "inputs"), [("reader", 300), ("quotes", 200), ("aligner", 40), ("trace", 40)]
)
def test_no_input_breaks_anything_or_takes_long(target: str, inputs: int) -> None:
    findings = fuzz.Findings(target)
    fuzz.by_hypothesis(findings, inputs, seed=7)
    assert findings.inputs >= inputs
    assert list(findings.found.values()) == []


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("reader", b"M\xa6%\x9e\x1f"),  # a first line that csv takes for no row
        ("quotes", b'\x1e&\xba\x8f<\xb4\xeaYI#\xce;6"'),  # a colon at the head of its sentence
    ],
)
def test_what_was_found_is_mended(target: str, found: bytes) -> None:
    fuzz.TARGETS[target][0](found)


@pytest.mark.parametrize(
    "unit",
    [
        '"a" ',  # each quote looked for a subject through the whole sentence
        "“A,” said Ada Stone, who “b” and “c” ",
        "“ said\n\n",
        "‘a’ “b ",
    ],
)
def test_time_to_read_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    took = []
    for size in (10_000, 40_000):
        began = time.process_time()
        read(unit * (size // len(unit)), "en")
        took.append(time.process_time() - began)
    assert took[1] < 8 * took[0] + 0.5


@pytest.mark.parametrize("unit", [b"\xff\xd8\xff", bytes(range(9)), bytes(range(60))])
def test_time_to_compare_texts_that_repeat_themselves_does_not_grow_with_their_square(
    unit: bytes,
) -> None:
    took = []
    for size in (3_000, 12_000):
        began = time.process_time()
        fuzz.TARGETS["aligner"][0](unit * (size // len(unit)))
        took.append(time.process_time() - began)
    assert took[1] < 8 * took[0] + 0.5
