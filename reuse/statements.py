"""The members of a family -> its statements: where one quote holds what others give as several.

A quote that runs over several stretches of marks is one utterance of its article. Where another
article has two of its stretches in two places, and nobody has both within one stretch, each is a
statement of its own.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from reuse.alignment import alignment
from reuse.members import Member, Scene
from reuse.words import Words, words_of

# The first and the last word of the fullest member that a stretch has; none at all.
Reach = tuple[float, float]
NOWHERE: Reach = (math.inf, -math.inf)


def statements(members: Sequence[Member], scene: Scene) -> list[list[Member]]:
    """A family, the fullest member first, cut where it holds more than one statement."""
    leader = members[0]
    counts = Counter(m.carrier.id for m in members)
    if len(leader.spans) < 2 or all(n < 2 or k == leader.carrier.id for k, n in counts.items()):
        return [list(members)]
    full = _spelled(leader, leader.spans, scene)
    places: dict[tuple[str, ...], Reach] = {}
    reach: list[list[Reach]] = []
    for m in members:
        own: list[Reach] = []
        for span in m.spans:
            found = _spelled(m, [span], scene)
            if found.keys not in places:
                places[found.keys] = _placed(found, full)
            own.append(places[found.keys])
        reach.append(own)
    cuts = [
        border
        for part in range(1, len(leader.spans))
        if part in full.parts
        and (border := full.parts.index(part))
        and _separate(members, reach, border)
    ]
    if not cuts:
        return [list(members)]
    edges = [-math.inf, *cuts, math.inf]
    result = [
        [
            _only(m, kept)
            for m, own in zip(members, reach, strict=True)
            if (kept := [k for k, (first, _) in enumerate(own) if low <= first < high])
        ]
        for low, high in pairwise(edges)
    ]
    return [group for group in result if len(group) > 1 and any(m.quoted for m in group)]


def _spelled(member: Member, spans: Sequence[tuple[int, int]], scene: Scene) -> Words:
    text = scene.text(member.carrier.id)
    return words_of([(s, text[s:e]) for s, e in spans], member.carrier.language)


def _placed(found: Words, full: Words) -> Reach:
    at = [
        j for i, j in alignment(found, full) if i >= 0 and j >= 0 and found.keys[i] == full.keys[j]
    ]
    return (min(at), max(at)) if at else NOWHERE


def _only(member: Member, kept: Sequence[int]) -> Member:
    """A member with some of its stretches."""
    return replace(
        member,
        spans=tuple(member.spans[k] for k in kept),
        quote_ids=tuple(member.quote_ids[k] for k in kept) if member.quote_ids else (),
    )


def _separate(members: Sequence[Member], reach: Sequence[Sequence[Reach]], border: int) -> bool:
    """Whether an article has the sides of a border in two places, and none in one stretch."""
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for m, own in zip(members, reach, strict=True):
        if any(first < border <= last for first, last in own):
            return False
        if all(last < border for _, last in own):
            left[m.carrier.id] += 1
        elif all(first >= border for first, _ in own):
            right[m.carrier.id] += 1
    return bool(left.keys() & right.keys())
