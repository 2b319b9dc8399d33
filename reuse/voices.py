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

import msgspec
import numpy as np
from numpy.typing import NDArray

from reuse.echoes import FEATURE, NOBODY, WORD, Columns, Worded, featured, worded
from reuse.kinship import People
from reuse.model import Part
from reuse.utterances import Stated, day, is_spoken, nested_in, stated, utterance

Number = TypeVar("Number", bound=np.generic)

# What of each statement is kept in memory.
KEPT = ("article", "number", "whole", "day", "speaker", "quoted", "aloud", "sizes", "told")


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The statements of one article, as later scans find them again.

    Bytes are columns with one element a statement: the number of the utterance that it is of
    (int32), whether it is ``quoted``, and surely somebody's words (``aloud``; bool), how many
    words it has (int32); ``speaker`` is an id. ``words`` are those of all (dtype `echoes.WORD`),
    ``spans`` their parts (statement, start, end; int32).
    """

    whole: bytes
    quoted: bytes
    aloud: bytes
    sizes: bytes
    speaker: list[str | None]
    words: bytes
    spans: bytes


class Heard(NamedTuple):
    """An article's statements, and when it was published; ``who`` has, for the id of each speaker,
    the number in `People` and whether it is a name's."""

    said: Said
    published: str | None
    who: Mapping[str, tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Voices:
    """The statements of a batch of articles: columns of `KEPT`, one element each.

    ``article`` numbers those of the batch, ``number`` the statements of an article, ``whole`` its
    utterances; ``aloud`` is true for what is surely somebody's words. ``spans`` are the parts of
    all (statement, start, end), ``words`` and ``features`` as in `echoes`.
    """

    articles: int
    columns: Mapping[str, NDArray[Any]]
    spans: NDArray[np.int64]
    words: NDArray[Any]
    features: NDArray[Any]


def numbered(who: People, ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """The speakers of these ids, for `Heard`."""
    places = {key: who.number.get(key, NOBODY) for key in ids}
    return {key: (place, bool(who.named[place])) for key, place in places.items()}


def said(batch: Sequence[tuple[Sequence[Part], str | None]]) -> list[Said]:
    """The statements of some articles: the quotes of each, in the order of its text, and its
    language."""
    every: list[Stated] = []
    texts: list[list[str]] = []
    counts: list[int] = []
    spans: list[list[tuple[int, int, int]]] = []
    for parts, _ in batch:
        found = stated(parts)
        nested = nested_in(parts) if any(row.kind == "nested" for row in parts) else None
        for one in found:
            if nested is None:
                texts.append([row.text for row in one.outer])
            else:
                own = utterance(one, nested, None, None).own()
                texts.append([text for _, text in own])
        spans.append([(n, q.start, q.end) for n, one in enumerate(found) for q in one.outer])
        every += found
        counts.append(len(found))
    languages = np.array([(language or "en")[:2].lower() for _, language in batch] or ["en"])
    found_words = worded(
        list(chain.from_iterable(texts)),
        np.fromiter(map(len, texts), np.int64, len(texts)),
        np.repeat(languages[: len(batch)], counts),
    )
    whole = np.array([one.number for one in every], dtype=np.int32)
    quoted = np.array([one.outer[0].kind != "indirect" for one in every], dtype=bool)
    aloud = np.array([is_spoken(one.outer[0]) for one in every], dtype=bool)
    sizes = found_words.sizes
    at = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    word_at = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])[at]
    return [
        Said(
            whole[first:last].tobytes(),
            quoted[first:last].tobytes(),
            aloud[first:last].tobytes(),
            sizes[first:last].tobytes(),
            [one.sure.speaker_id for one in every[first:last]],
            found_words.words[from_:to].tobytes(),
            np.array(spans[n], np.int32).tobytes(),
        )
        for n, (first, last, from_, to) in enumerate(
            zip(
                at[:-1].tolist(),
                at[1:].tolist(),
                word_at[:-1].tolist(),
                word_at[1:].tolist(),
                strict=True,
            )
        )
    ]


def voices(batch: Sequence[Heard]) -> Voices:
    """The statements of some articles, in columns."""

    def column(name: str, dtype: type[Number]) -> NDArray[Number]:
        return np.frombuffer(b"".join(getattr(one.said, name) for one in batch), dtype)

    nobody = NOBODY, False
    speakers = [one.who.get(key or "", nobody) for one in batch for key in one.said.speaker]
    count = np.array([len(one.said.speaker) for one in batch], dtype=np.int64)
    days = [-1 if (d := day(one.published)) is None else d for one in batch]
    speaker = np.array([number for number, _ in speakers], dtype=np.int32)
    named = np.array([is_named for _, is_named in speakers], dtype=bool)
    when = np.repeat(np.array(days, dtype=np.int32), count)
    sizes = column("sizes", np.int32)
    words = np.frombuffer(b"".join(one.said.words for one in batch), WORD)
    places = [np.frombuffer(one.said.spans, np.int32).reshape(-1, 3) for one in batch]
    spans = np.concatenate([np.zeros((0, 3), np.int32), *places]).astype(np.int64)
    begins = np.cumsum(count) - count
    spans[:, 0] += np.repeat(begins, [len(rows) for rows in places])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return Voices(
        articles=len(batch),
        columns={
            "article": np.repeat(np.arange(len(batch), dtype=np.int32), count),
            "number": (np.arange(len(speakers)) - np.repeat(begins, count)).astype(np.int32),
            "whole": column("whole", np.int32),
            "day": when,
            "speaker": speaker,
            "quoted": column("quoted", np.bool_),
            "aloud": column("aloud", np.bool_),
            "sizes": sizes,
            "told": np.bincount(owner, words["told"], len(sizes)).astype(np.int32),
        },
        spans=spans,
        words=words,
        features=featured(
            Worded(words, sizes), np.where(named, speaker, NOBODY).astype(np.int32), when
        ),
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
