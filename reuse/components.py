"""What hangs together in a graph, in columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def components(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least member of each one's connected component; the pairs are the edges.

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
