"""Quotes, passages -> what hangs together: utterances that may be one, passages that carry them.

Every quote is looked at once, in columns (`echoes`); what meets no other quote and no passage is
seen no more. The rest falls into stories, which have nothing to do with one another: each is a
task by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reuse.accounts import accounts
from reuse.components import components
from reuse.echoes import ASKED, hopeful
from reuse.kinship import People
from reuse.model import Appearance, Part
from reuse.voices import Chorus

Parts = Callable[[Sequence[str]], Mapping[str, Sequence[Part]]]


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


def stories(
    ordered: Sequence[str],
    chorus: Chorus,
    links: NDArray[Any],
    who: People,
    appearances: Iterable[Appearance],
    related: Callable[[str, str], bool],
) -> list[Story]:
    """The stories of a corpus, whose articles are those of the chorus, by their ids.

    `links` are those of the chorus (dtype `echoes.LINK`); `related` says whether two articles share
    more than one line.
    """
    carried: dict[str, list[Appearance]] = defaultdict(list)
    for appearance in appearances:
        carried[appearance.article_id].append(appearance)
    every, number = chorus.compared(who), chorus.column("number", np.int32)
    article = every.article
    worthy = links["pair"][links["worth"] >= ASKED]
    pairs = hopeful(every, worthy, lambda x, y: related(ordered[article[x]], ordered[article[y]]))
    aloud = chorus.column("aloud", np.bool_)
    accounted = accounts(every, links, aloud)
    pairs = np.concatenate([pairs, accounted])
    echo = _Labels.of(pairs >> 32, pairs & 0xFFFFFFFF)
    # Reported clauses alone are nobody's words.
    spoken_aloud = np.unique(echo.label[aloud[echo.node]])
    echo = echo.only(np.isin(echo.label, spoken_aloud))
    names = sorted({a.passage_id for group in carried.values() for a in group})
    met, passage = _touching(chorus.spans, carried, ordered, article, names)
    # A passage that holds no quote tells nothing of one.
    with_quote = np.unique(passage[aloud[met]])
    kept = np.isin(passage, with_quote)
    met, passage = met[kept], passage[kept]
    one, other = _siblings(
        np.concatenate([echo.node, met]), article, chorus.column("whole", np.int32)
    )
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
            members.append((ordered[article[node]], int(number[node]), echo_of.get(node)))
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
    spans: NDArray[np.int64],
    carried: Mapping[str, Sequence[Appearance]],
    ids: Sequence[str],
    article: NDArray[np.int32],
    names: Sequence[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which utterances overlap an appearance of which passages (by number), in pairs."""
    number = {name: n for n, name in enumerate(names)}
    place = {key: n for n, key in enumerate(ids) if key in carried}
    holds = np.zeros(len(ids), dtype=bool)
    holds[list(place.values())] = True
    spans = spans[holds[article[spans[:, 0]]]]
    if not len(spans):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    owner, start, end = spans.T
    # One line of characters for all articles.
    base = article[owner].astype(np.int64) << 32
    order = np.argsort(base + start, kind="stable")
    owner, start, end = owner[order], (base + start)[order], (base + end)[order]
    furthest = np.maximum.accumulate(end)
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
