"""Every number that a result depends on, with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a scan may be told, and what it is built with; stored with every scan."""

    # A match is shown when it is more likely reuse than not.
    min_score: float = 0.5
    # Five words are one shingle; shorter runs are common property.
    min_words: int = 5
    # Below an even chance a speaker is left empty rather than guessed.
    min_confidence: float = 0.5
    # None: all dates are compared with all.
    window_days: int | None = None
    same_outlet: bool = False
    # Phrases, as words, that are no reuse.
    ignore: tuple[str, ...] = ()

    # MinHash: the scheme, seed and permutations are written into the database, since signatures of
    # another scheme cannot be compared. 128 permutations give a standard error of 0.09 at most.
    permutations: int = 128
    seed: int = 1
