"""Features of a choice -> the sum of their weights, and sums -> probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp
from typing import Final, Generic, Protocol, Self, TypeVar


class Adds(Protocol):
    """What adds up."""

    def __add__(self, other: Self, /) -> Self: ...


# What speaks for an alternative: when the reader chooses, the sum of the weights of its features,
# in hundredths of a natural logarithm of odds; when they are learnt, the features.
Score = TypeVar("Score", bound=Adds)
Features = Callable[..., list[str]]
Key = tuple[str | bool, ...]

# Keys kept for one table of features.
_KNOWN: Final = 100_000


class Table(dict[Key, Score], Generic[Score]):
    """What the features that a function makes of a key come to, each key worked out once.

    A key is a few short words about the surroundings. The fewer, the sooner the same ones come
    back: so the features of one choice are spread over several tables.
    """

    def __init__(self, made: Callable[[Key], Score]) -> None:
        super().__init__()
        self.made = made

    def __missing__(self, key: Key) -> Score:
        if len(self) > _KNOWN:
            self.clear()
        made = self[key] = self.made(key)
        return made


class Together(dict[Key, tuple[Score, ...]], Generic[Score]):
    """Several tables of the same keys, looked up as one."""

    def __init__(self, *tables: Table[Score]) -> None:
        super().__init__()
        self.tables = tables

    def __missing__(self, key: Key) -> tuple[Score, ...]:
        if len(self) > _KNOWN:
            self.clear()
        made = self[key] = tuple([table[key] for table in self.tables])
        return made


class Maker(Protocol[Score]):
    """Makes the table of some features, whose weights have a name (`reuse.languages.WEIGHTS`)."""

    def __call__(self, features: Features, name: str) -> Table[Score]: ...


def summed(weights: Mapping[str, Mapping[str, float]]) -> Maker[int]:
    """Tables of sums of these weights, in whole hundredths: exact in whatever order they add up."""
    whole = {
        name: {feature: round(100 * weight) for feature, weight in table.items()}
        for name, table in weights.items()
    }

    def table(features: Features, name: str) -> Table[int]:
        weigh = whole[name].get
        return Table(lambda key: sum([weigh(feature, 0) for feature in features(*key)]))

    return table


def told(features: Features, name: str) -> Table[tuple[str, ...]]:
    """A table of the features themselves."""
    return Table(lambda key: tuple(features(*key)))


def odds(scores: Sequence[int]) -> tuple[list[float], int]:
    """The probabilities of alternatives by their scores, and the first of the likeliest."""
    top = max(scores)
    parts = [exp((score - top) / 100) for score in scores]
    whole = sum(parts)
    return [part / whole for part in parts], scores.index(top)


def flattened(chance: float, share: float) -> float:
    """A probability whose log-odds are no more than this share of what they were."""
    if share == 1.0 or not 0.0 < chance < 1.0:
        return chance
    against: float = ((1.0 - chance) / chance) ** share
    return 1.0 / (1.0 + against)
