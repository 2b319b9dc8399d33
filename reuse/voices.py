"""The quotes of articles -> all statements of the corpus in columns, which `echoes` compares.

Workers make them while the rows are written. What is small stays in memory, one element a
statement; words and features lie in scratch files. Articles come in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse.echoes import FEATURE, NOBODY, WORD, Columns, Heard, spoken
from reuse.kinship import People
from reuse.model import Part
from reuse.utterances import Stated, day, is_spoken, nested_in, stated, utterance

Number = TypeVar("Number", bound=np.generic)

# What of each statement is kept in memory.
KEPT = ("article", "number", "whole", "day", "speaker", "quoted", "aloud", "sizes", "told")


class Reported(NamedTuple):
    """What one article reports: its quotes, in the order of its text.

    ``who`` has, for the id of each speaker, the number in `People` and whether it is a name's.
    """

    published: str | None
    language: str | None
    parts: Sequence[Part]
    who: Mapping[str, tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Voices:
    """The statements of a batch of articles: columns of `KEPT`, one element each.

    ``article`` numbers those of the batch, ``number`` the statements of an article, ``whole`` its
    utterances; ``aloud`` is true for what is surely somebody's words. ``spans`` are the parts of
    all (statement, start, end), ``words`` and ``features`` as in `echoes.Spoken`.
    """

    articles: int
    columns: Mapping[str, NDArray[Any]]
    spans: NDArray[np.int64]
    words: NDArray[Any]
    features: NDArray[Any]


def numbered(who: People, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """The speakers of these ids, for `Reported`."""
    places = {key: who.number.get(key, NOBODY) for key in ids}
    return {key: (place, bool(who.named[place])) for key, place in places.items()}


def voices(batch: Sequence[Reported]) -> Voices:
    """The statements of some articles."""
    every: list[Stated] = []
    own: dict[int, list[str]] = {}
    speakers: list[tuple[int, bool]] = []
    counts: list[int] = []
    for article in batch:
        found = stated(article.parts)
        if any(row.kind == "nested" for row in article.parts):
            nested = nested_in(article.parts)
            for n, one in enumerate(found, len(every)):
                own[n] = [text for _, text in utterance(one, nested, None, None).own()]
        nobody = NOBODY, False
        speakers += [article.who.get(one.sure.speaker_id or "", nobody) for one in found]
        every += found
        counts.append(len(found))
    texts = [own[n] if n in own else [row.text for row in one.outer] for n, one in enumerate(every)]
    count = np.array(counts, dtype=np.int64)
    days = [-1 if (d := day(article.published)) is None else d for article in batch]
    speaker = np.array([number for number, _ in speakers], dtype=np.int32)
    named = np.array([is_named for _, is_named in speakers], dtype=bool)
    when = np.repeat(np.array(days, dtype=np.int32), count)
    languages = np.array([(article.language or "en")[:2].lower() for article in batch] or ["en"])
    heard = spoken(
        Heard(
            texts=list(chain.from_iterable(texts)),
            sizes=np.fromiter(map(len, texts), np.int64, len(texts)),
            speaker=np.where(named, speaker, NOBODY).astype(np.int32),
            day=when,
            language=np.repeat(languages[: len(batch)], count),
        )
    )
    columns = {
        "article": np.repeat(np.arange(len(batch), dtype=np.int32), count),
        "number": (np.arange(len(every)) - np.repeat(np.cumsum(count) - count, count)).astype(
            np.int32
        ),
        "whole": np.array([one.number for one in every], dtype=np.int32),
        "day": when,
        "speaker": speaker,
        "quoted": np.array([one.outer[0].kind != "indirect" for one in every], dtype=bool),
        "aloud": np.array([is_spoken(one.outer[0]) for one in every], dtype=bool),
        "sizes": heard.sizes,
        "told": heard.told,
    }
    spans = [(n, row.start, row.end) for n, one in enumerate(every) for row in one.outer]
    return Voices(
        articles=len(batch),
        columns=columns,
        spans=np.array(spans, dtype=np.int64).reshape(-1, 3),
        words=heard.words,
        features=heard.features,
    )


@dataclass(slots=True)
class Chorus:
    """The voices of all articles, as they are added; words and features go to two files."""

    words: Path
    features: Path
    articles: int = 0
    statements: int = 0
    _columns: dict[str, list[NDArray[Any]]] = field(default_factory=lambda: {n: [] for n in KEPT})
    _spans: list[NDArray[np.int64]] = field(default_factory=list)
    _held: list[int] = field(default_factory=list)

    def add(self, some: Voices) -> None:
        """The articles that come next, with their statements."""
        some.columns["article"][:] += self.articles
        some.spans[:, 0] += self.statements
        some.features["owner"] += self.statements
        for name, column in some.columns.items():
            self._columns[name].append(column)
        self._spans.append(some.spans)
        self._held.append(len(some.features))
        for path, rows in ((self.words, some.words), (self.features, some.features)):
            with open(path, "ab") as file:
                rows.tofile(file)
        self.articles += some.articles
        self.statements += len(some.columns["day"])

    def column(self, name: str, dtype: type[Number]) -> NDArray[Number]:
        """One element a statement."""
        return np.concatenate([np.zeros(0, dtype), *self._columns[name]])

    @property
    def spans(self) -> NDArray[np.int64]:
        """The parts of all statements: statement, start, end."""
        return np.concatenate([np.zeros((0, 3), np.int64), *self._spans])

    def batches(self) -> Iterator[NDArray[Any]]:
        """The features, as they were added."""
        if any(self._held):
            with open(self.features, "rb") as file:
                for size in self._held:
                    yield np.fromfile(file, FEATURE, size)

    def compared(self, who: People) -> Columns:
        """The columns that pairs of statements are compared by."""
        size = self.column("sizes", np.int32)
        begin = np.zeros(len(size) + 1, np.int64)
        np.cumsum(size, out=begin[1:])
        return Columns(
            # A plain view: a memmap looks at itself whenever it is sliced.
            words=np.asarray(np.memmap(self.words, WORD, "r")) if begin[-1] else np.zeros(0, WORD),
            begin=begin,
            told=self.column("told", np.int32),
            article=self.column("article", np.int32),
            day=self.column("day", np.int32),
            quoted=self.column("quoted", np.bool_),
            speaker=self.column("speaker", np.int32),
            person=who.person,
            surname=who.surnames,
        )
