"""Every number that a result depends on, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scan may be told; stored with it."""

    # MinHash: the scheme, seed and permutations are written into the database, since signatures of
    # another scheme cannot be compared. 128 permutations give a standard error of 0.09 at most.
    permutations: int = 128
    seed: int = 1
