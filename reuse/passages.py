"""Matches to passages: one text, all its appearances; furniture told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Clusters:
    """Spans of articles and the passage each belongs to, one element an appearance.

    ``article`` is a rank, ``start`` and ``end`` count words; ``passage`` numbers the passages;
    ``of_match`` (shape matches x 2) says which appearances are the two sides of each match.
    """

    article: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    passage: NDArray[np.int64]
    of_match: NDArray[np.int64]


def components(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least member of each one's connected component.

    Hooking and pointer jumping (Shiloach & Vishkin 1982): a few passes over the columns.
    """
    label = np.arange(count)
    while True:
        low = np.minimum(label[left], label[right])
        new = label.copy()
        np.minimum.at(new, label[left], low)
        np.minimum.at(new, label[right], low)
        while True:
            jumped = new[new]
            if (jumped == new).all():
                break
            new = jumped
        if (new == label).all():
            return label
        label = new


def spots(
    article: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], overlap: float
) -> NDArray[np.int64]:
    """Which spans of one article are the same stretch: each belongs to the spot of the longest span
    that it overlaps by `overlap` of their union; spots are numbered by that span."""
    spot = np.arange(len(article))
    order = np.lexsort((end, start, article))
    art, s, e = article[order], start[order], end[order]
    # Equal spans are one from the start: a viral passage has thousands of them in one place.
    new = np.ones(len(order), bool)
    new[1:] = (art[1:] != art[:-1]) | (s[1:] != s[:-1]) | (e[1:] != e[:-1])
    head = np.flatnonzero(new)
    number = np.cumsum(new) - 1
    copies = np.diff(np.append(head, len(order)))
    art, s, e = art[head], s[head], e[head]
    leader = np.arange(len(head))
    edges = np.flatnonzero(np.append(True, art[1:] != art[:-1]))
    sizes = np.diff(np.append(edges, len(art)))
    for first, size in zip(edges[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = range(first, first + size)
        by_weight = sorted(rows, key=lambda i: (-int(copies[i]), -int(e[i] - s[i]), int(s[i])))
        leaders: list[int] = []
        for i in by_weight:
            for j in leaders:
                common = min(e[i], e[j]) - max(s[i], s[j])
                if common > 0 and common >= overlap * (max(e[i], e[j]) - min(s[i], s[j])):
                    leader[i] = j
                    break
            else:
                leaders.append(i)
    spot[order] = order[head[leader[number]]]
    return spot


def clusters(
    a: NDArray[np.int64],
    a0: NDArray[np.int64],
    a1: NDArray[np.int64],
    b: NDArray[np.int64],
    b0: NDArray[np.int64],
    b1: NDArray[np.int64],
    overlap: float,
) -> Clusters:
    """The passages that these matches tell of."""
    count = len(a)
    article = np.concatenate([a, b])
    start = np.concatenate([a0, b0])
    end = np.concatenate([a1, b1])
    spot = spots(article, start, end, overlap)
    where, inverse = np.unique(spot, return_inverse=True)
    sides = inverse.reshape(2, count).T
    label = components(len(where), sides[:, 0], sides[:, 1])
    _, passage = np.unique(label, return_inverse=True)
    return Clusters(article[where], start[where], end[where], passage, sides)
