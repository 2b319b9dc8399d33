"""Tokens to fingerprints; datasketch is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse.sketch import FINGERPRINT, fingerprints, sampled, shingles, signatures, windows
from reuse.text import tokens


def minhash(values: np.ndarray, count: int) -> MinHash:
    """datasketch's own MinHash of these 32-bit hashes."""
    sketch = MinHash(count, seed=1, hashfunc=lambda value: value)
    if len(values):
        sketch.update_batch([int(v) for v in values.astype(np.uint32)])
    return sketch


sizes = st.lists(st.integers(0, 30), min_size=1, max_size=6)


@given(sizes, st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_signatures_are_those_of_datasketch_bit_for_bit(lengths: list[int], seed: int) -> None:
    hashes = np.random.default_rng(seed).integers(0, 2**63, sum(lengths), dtype=np.uint64)
    bounds = np.array([0, *np.cumsum(lengths)])
    found = signatures(hashes, bounds, 64, 1)
    for i, row in enumerate(found):
        assert row.tolist() == minhash(hashes[bounds[i] : bounds[i + 1]], 64).hashvalues.tolist()


def test_a_stored_signature_loads_into_datasketch_with_the_same_jaccard() -> None:
    one = shingles(tokens(["the ferry left at dawn with nobody aboard but the pilot"]).word, 4)
    two = shingles(tokens(["the ferry left at dawn with nobody on it but the pilot"]).word, 4)
    both = signatures(
        np.concatenate([one, two]), np.array([0, len(one), len(one) + len(two)]), 128, 1
    )
    stored = [np.frombuffer(row.tobytes(), np.uint32) for row in both]
    loaded = [MinHash(128, seed=1, hashvalues=row, scheme="affine32") for row in stored]
    assert loaded[0].jaccard(loaded[1]) == (stored[0] == stored[1]).mean()
    assert loaded[0].jaccard(minhash(two, 128)) == loaded[0].jaccard(loaded[1])


def test_lsh_of_datasketch_finds_the_same_candidates_as_equal_bands() -> None:
    random = np.random.default_rng(3)
    base = random.integers(0, 2**63, (12, 60), dtype=np.uint64)
    sets = [np.concatenate([row[: 60 - k], random.integers(0, 2**63, k, dtype=np.uint64)])
            for row in base for k in (0, 6, 30)]  # fmt: skip
    bounds = np.arange(len(sets) + 1) * 60
    found = signatures(np.concatenate(sets), bounds, 64, 1)
    index = MinHashLSH(num_perm=64, params=(16, 4))
    for i, row in enumerate(sets):
        index.insert(i, minhash(row, 64))
    bands = found.reshape(len(sets), 16, 4)
    for i in range(len(sets)):
        same = (bands == bands[i]).all(axis=2).any(axis=1)
        assert set(np.flatnonzero(same).tolist()) == set(index.query(minhash(sets[i], 64)))


@given(st.lists(st.integers(0, 50), max_size=80), st.integers(1, 12))
@settings(max_examples=200, deadline=None)
def test_every_window_keeps_its_least(values: list[int], width: int) -> None:
    ranks = np.array(values, np.uint32)
    chosen = windows(ranks, width)
    brute = np.zeros(len(values), bool)
    for i in range(max(0, len(values) - width + 1)):
        part = values[i : i + width]
        brute[i + max(j for j, v in enumerate(part) if v == min(part))] = True
    if len(values) >= width:
        assert chosen.tolist() == brute.tolist()


@pytest.mark.parametrize("window", [1, 2, 5])
def test_texts_that_share_enough_words_share_a_sampled_shingle(window: int) -> None:
    shared = "seven grey herons stood in the shallow water below the mill wheel"
    one, two = f"At noon {shared} again.", f"They say that {shared} before the storm came over us."
    found = tokens([one, two])
    at, hashes = sampled(found.word, found.bounds, 4, window, 1)
    kept = [set(hashes[(at < found.bounds[1]) == first].tolist()) for first in (True, False)]
    assert kept[0] & kept[1]


def test_a_fingerprint_knows_its_neighbours_and_no_other_article() -> None:
    found = tokens(["a b c d e f g h", "i j k", "l m n o p"])
    at, hashes = sampled(found.word, found.bounds, 4, 1, 1)
    rows = fingerprints(found.word, np.full(1 << 16, 8, np.int32), found.bounds, at, 4, 7)
    assert rows.dtype == FINGERPRINT
    assert rows["hash"].tolist() == hashes.tolist()
    assert rows["article"].tolist() == [0] * 5 + [2] * 2
    assert rows["place"].tolist() == [0, 1, 2, 3, 4, 0, 1]
    assert (rows["longer"] != 0).tolist() == [True, True, False, False, False, False, False]
    assert (rows["weight"] == 32).all()
    top = (found.word >> np.uint32(24)).tolist()
    around = rows["around"][1:2].view(np.uint8).tolist()
    assert around[3] == top[0]
    assert around[4:7] == top[5:8]
    assert rows["after"].tolist() == [4, 3, 2, 1, 0, 1, 0]
