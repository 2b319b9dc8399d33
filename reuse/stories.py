"""Quotes, passages -> what hangs together: utterances that may be one, passages that carry them.

Every quote is looked at once, in columns (`echoes`); what meets no other quote and no passage is
seen no more. The rest falls into stories, which have nothing to do with one another: each is a
task by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from reuse.accounts import accounts
from reuse.components import components
from reuse.echoes import ASKED, NOBODY, WORD, Columns, Heard, hopeful, linked, spoken
from reuse.engines import Engine
from reuse.kinship import People
from reuse.model import Appearance, Part
from reuse.utterances import Stated, day, is_spoken, nested_in, stated, utterance

# Articles whose quotes are in memory at once.
ARTICLES = 1000

Number = TypeVar("Number", bound=np.generic)

Parts = Callable[[Sequence[str]], Mapping[str, Sequence[Part]]]


class Dated(Protocol):
    """What of an article is needed here."""

    @property
    def id(self) -> str: ...
    @property
    def published(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Story:
    """What hangs together: utterances and the ids of passages.

    An utterance is the id of its article, its number there (in `stated`), and its echo: those of
    one number may be one utterance; None: nobody else has it. `accounts` are pairs of utterances,
    by their places, that surely are one.
    """

    utterances: tuple[tuple[str, int, int | None], ...]
    passages: tuple[str, ...]
    accounts: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class _Seen:
    """Columns of all utterances while they are read; ``spans`` are parts (utterance, start, end)
    in articles that carry passages."""

    article: list[NDArray[np.int32]] = field(default_factory=list)
    number: list[NDArray[np.int32]] = field(default_factory=list)
    whole: list[NDArray[np.int32]] = field(default_factory=list)
    day: list[NDArray[np.int32]] = field(default_factory=list)
    speaker: list[NDArray[np.int32]] = field(default_factory=list)
    quoted: list[NDArray[np.bool_]] = field(default_factory=list)
    spoken: list[NDArray[np.bool_]] = field(default_factory=list)
    sizes: list[NDArray[np.int32]] = field(default_factory=list)
    told: list[NDArray[np.int32]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)


def stories(
    articles: Iterable[Dated],
    quotes: Parts,
    who: People,
    appearances: Iterable[Appearance],
    related: Callable[[str, str], bool],
    engine: Engine,
) -> list[Story]:
    """The stories of a corpus. `related` says whether two articles share more than one line."""
    ordered = sorted(articles, key=lambda article: (article.published or "~", article.id))
    carried: dict[str, list[Appearance]] = defaultdict(list)
    for appearance in appearances:
        carried[appearance.article_id].append(appearance)
    seen = _Seen()
    path = engine.file()

    def features() -> Iterator[NDArray[np.void]]:
        with open(path, "wb") as file:
            for found in engine.map(spoken, _heard(ordered, quotes, who, carried, seen)):
                file.write(found.words.tobytes())
                seen.sizes.append(found.sizes)
                seen.told.append(found.told)
                yield found.features

    links = linked(features(), engine)
    every, number = _columns(seen, path, who), _joined(seen.number, np.int32)
    article = every.article
    worthy = links["pair"][links["worth"] >= ASKED]
    pairs = hopeful(
        every, worthy, lambda x, y: related(ordered[article[x]].id, ordered[article[y]].id)
    )
    aloud = _joined(seen.spoken, np.bool_)
    accounted = accounts(every, links, aloud)
    pairs = np.concatenate([pairs, accounted])
    echo = _Labels.of(pairs >> 32, pairs & 0xFFFFFFFF)
    # Reported clauses alone are nobody's words.
    spoken_aloud = np.unique(echo.label[aloud[echo.node]])
    echo = echo.only(np.isin(echo.label, spoken_aloud))
    names = sorted({a.passage_id for group in carried.values() for a in group})
    met, passage = _touching(seen.spans, carried, [a.id for a in ordered], article, names)
    # A passage that holds no quote tells nothing of one.
    with_quote = np.unique(passage[aloud[met]])
    kept = np.isin(passage, with_quote)
    met, passage = met[kept], passage[kept]
    one, other = _siblings(np.concatenate([echo.node, met]), article, _joined(seen.whole, np.int32))
    whole = _Labels.of(
        np.concatenate([echo.node, met, one]),
        np.concatenate([echo.label, passage + len(article), other]),
    )
    echo_of = dict(zip(echo.node.tolist(), echo.label.tolist(), strict=True))
    result: dict[int, tuple[list[tuple[str, int, int | None]], list[str]]] = {}
    places: dict[int, tuple[int, int]] = {}
    for node, label in zip(whole.node.tolist(), whole.label.tolist(), strict=True):
        members, passages = result.setdefault(label, ([], []))
        if node < len(article):
            places[node] = label, len(members)
            members.append((ordered[article[node]].id, int(number[node]), echo_of.get(node)))
        else:
            passages.append(names[node - len(article)])
    told: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair in accounted.tolist():
        story, first = places[pair >> 32]
        told[story].append((first, places[pair & 0xFFFFFFFF][1]))
    return [
        Story(tuple(members), tuple(passages), tuple(told[label]))
        for label, (members, passages) in result.items()
    ]


def _siblings(
    nodes: NDArray[np.int64], article: NDArray[np.int32], whole: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Statements that follow one another in the utterances that some statements are of."""
    key = article.astype(np.int64) << 32 | whole
    first = np.flatnonzero(key[1:] == key[:-1])
    first = first[np.isin(key[first], key[nodes])]
    return first, first + 1


def _heard(
    ordered: Sequence[Dated],
    quotes: Parts,
    who: People,
    carried: Mapping[str, Sequence[Appearance]],
    seen: _Seen,
) -> Iterator[Heard]:
    """All utterances in batches; what is needed of them later goes to `seen`."""
    first = 0
    for begin in range(0, len(ordered), ARTICLES):
        batch = ordered[begin : begin + ARTICLES]
        rows_of = quotes([article.id for article in batch])
        groups: list[Stated] = []
        own: dict[int, list[str]] = {}
        counts: list[int] = []
        for article in batch:
            rows = rows_of.get(article.id, ())
            found = stated(rows)
            if any(row.kind == "nested" for row in rows):
                nested = nested_in(rows)
                for n, group in enumerate(found, len(groups)):
                    own[n] = [text for _, text in utterance(group, nested, None, None).own()]
            groups += found
            counts.append(len(found))
        outer = [one.outer for one in groups]
        texts = [[row.text for row in group] for group in outer]
        for n, parts_of_own in own.items():
            texts[n] = parts_of_own
        speakers = [who.number.get(one.sure.speaker_id or "", NOBODY) for one in groups]
        seen.spans += [
            (first + n, row.start, row.end)
            for n, group in enumerate(outer)
            if group[0].article_id in carried
            for row in group
        ]
        count = np.array(counts, dtype=np.int64)
        days = np.array([-1 if (d := day(a.published)) is None else d for a in batch], np.int32)
        speaker = np.array(speakers, dtype=np.int32)
        seen.article.append(np.repeat(np.arange(begin, begin + len(batch), dtype=np.int32), count))
        seen.number.append(
            (np.arange(len(groups)) - np.repeat(np.cumsum(count) - count, count)).astype(np.int32)
        )
        seen.whole.append(np.array([one.number for one in groups], dtype=np.int32))
        seen.day.append(np.repeat(days, count))
        seen.speaker.append(speaker)
        seen.quoted.append(np.array([group[0].kind != "indirect" for group in outer], dtype=bool))
        seen.spoken.append(np.array([is_spoken(group[0]) for group in outer], dtype=bool))
        languages = [(article.language or "en")[:2].lower() for article in batch]
        yield Heard(
            first=first,
            texts=list(chain.from_iterable(texts)),
            sizes=np.fromiter(map(len, texts), np.int64, len(texts)),
            speaker=np.where(who.named[speaker], speaker, NOBODY).astype(np.int32),
            day=seen.day[-1],
            language=np.repeat(np.array(languages), count),
        )
        first += len(groups)


def _joined(arrays: Sequence[NDArray[Number]], dtype: type[Number]) -> NDArray[Number]:
    return np.concatenate([np.zeros(0, dtype), *arrays])


def _columns(seen: _Seen, path: Path, who: People) -> Columns:
    """What was seen, with the words that were written to `path`."""
    size = _joined(seen.sizes, np.int32)
    begin = np.zeros(len(size) + 1, np.int64)
    np.cumsum(size, out=begin[1:])
    return Columns(
        words=np.memmap(path, WORD, "r") if begin[-1] else np.zeros(0, WORD),
        begin=begin,
        told=_joined(seen.told, np.int32),
        article=_joined(seen.article, np.int32),
        day=_joined(seen.day, np.int32),
        quoted=_joined(seen.quoted, np.bool_),
        speaker=_joined(seen.speaker, np.int32),
        person=who.person,
        surname=who.surnames,
    )


@dataclass(frozen=True, slots=True)
class _Labels:
    """The ends of some edges, in order, and for each the least of its component."""

    node: NDArray[np.int64]
    label: NDArray[np.int64]

    @classmethod
    def of(cls, a: NDArray[np.int64], b: NDArray[np.int64]) -> _Labels:
        node, place = np.unique(np.concatenate([a, b]), return_inverse=True)
        return cls(node, node[components(len(node), place[: len(a)], place[len(a) :])])

    def only(self, kept: NDArray[np.bool_]) -> _Labels:
        return _Labels(self.node[kept], self.label[kept])


def _touching(
    spans: Sequence[tuple[int, int, int]],
    carried: Mapping[str, Sequence[Appearance]],
    ids: Sequence[str],
    article: NDArray[np.int32],
    names: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which utterances overlap an appearance of which passages (by number), in pairs."""
    if not spans:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    owner, start, end = np.array(spans, dtype=np.int64).T
    # One line of characters for all articles.
    base = article[owner].astype(np.int64) << 32
    order = np.argsort(base + start, kind="stable")
    owner, start, end = owner[order], (base + start)[order], (base + end)[order]
    furthest = np.maximum.accumulate(end)
    place = {key: n for n, key in enumerate(ids) if key in carried}
    number = {name: n for n, name in enumerate(names)}
    rows = np.array(
        [
            (number[a.passage_id], (place[key] << 32) + a.start, (place[key] << 32) + a.end)
            for key, group in carried.items()
            for a in group
        ],
        dtype=np.int64,
    )
    first = np.searchsorted(furthest, rows[:, 1], "right")
    last = np.searchsorted(start, rows[:, 2], "left")
    count = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(rows)), count)
    at = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - first, count)
    meets = end[at] > rows[which, 1]
    return owner[at[meets]], rows[which[meets], 0]
