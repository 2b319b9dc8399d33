"""Families of statements -> families of what was said at once: split quotes together, or apart.

A quote that runs over several stretches of marks is one utterance of its article. Its stretches
stay together unless somebody else tells that they are statements of their own: an article that has
both in two places, or one that has one of them with something else. Nobody may have both within one
stretch.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from reuse.alignment import alignment
from reuse.components import components
from reuse.members import Member, Scene
from reuse.utterances import Utterance, together
from reuse.words import Words, words_of

# The first and the last word of the fullest member that a stretch has; none at all.
Reach = tuple[float, float]
NOWHERE: Reach = (math.inf, -math.inf)


# An utterance by its article and its number there; where each of its statements is: the number of a
# family, or of nothing else's.
Whole = tuple[str, int]
Homes = Mapping[Whole, Sequence[int]]


def utterances(
    gathered: Sequence[Sequence[Utterance]], alone: Sequence[Utterance]
) -> tuple[list[list[Utterance]], list[Utterance]]:
    """Families of statements, with those of one utterance put together; and what stands alone.

    `alone` are the statements in no family, among them all that the utterances of families have.
    """
    known = {(u.article_id, u.start): k for k, family in enumerate(gathered) for u in family}
    pieces: dict[Whole, list[Utterance]] = defaultdict(list)
    for u in (*(u for family in gathered for u in family), *alone):
        pieces[u.article_id, u.number].append(u)
    for own in pieces.values():
        own.sort(key=lambda u: u.start)
    ids = iter(range(len(gathered), len(gathered) + len(alone)))
    homes = {
        whole: [
            home if (home := known.get((u.article_id, u.start))) is not None else next(ids)
            for u in own
        ]
        for whole, own in pieces.items()
    }
    edges = [pair for pair in _neighbours(homes, len(gathered)) if _at_once(*pair, homes)]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    label = components(len(gathered) + len(alone), ends[:, 0], ends[:, 1]).tolist()
    families: dict[int, list[Utterance]] = {}
    rest: list[Utterance] = []
    used = {label[k] for k in range(len(gathered))}
    for whole, own in pieces.items():
        by_home: dict[int, list[Utterance]] = defaultdict(list)
        for u, home in zip(own, homes[whole], strict=True):
            by_home[label[home] if label[home] in used else -1].append(u)
        for home, some in by_home.items():
            if home < 0:
                rest.append(together(some))
            else:
                families.setdefault(home, []).append(together(some))
    for family in families.values():
        family.sort(key=lambda u: (not u.spoken, -sum(len(text) for _, text in u.parts)))
    return [families[k] for k in sorted(families)], rest


def _neighbours(homes: Homes, families: int) -> Iterator[tuple[int, int]]:
    """The homes of statements that follow one another in an utterance, one of them a family."""
    return iter(
        sorted(
            {
                (min(x, y), max(x, y))
                for own in homes.values()
                for x, y in pairwise(own)
                if x != y and min(x, y) < families
            }
        )
    )


def _at_once(x: int, y: int, homes: Homes) -> bool:
    """Whether what has two homes was said at once, for all that the other utterances tell."""
    places: dict[str, set[int]] = defaultdict(set)
    together = [set(own) for own in homes.values() if x in own and y in own]
    for (article_id, _), own in homes.items():
        if (x in own) == (y in own):
            continue
        places[article_id].add(x if x in own else y)
        if any(not whole.issuperset(own) for whole in together):
            return False
    return all(len(found) < 2 for found in places.values())


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
