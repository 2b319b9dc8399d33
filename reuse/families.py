"""Utterances that may be one -> families: which of them are one, the fullest first.

What `echoes` links is gathered around its fullest versions (leader clustering), each utterance
compared with the few leaders that it shares most with.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from reuse.alignment import alignment
from reuse.kinship import FRAGMENT, PLAIN, RUN, People, kinship, stem, surprises
from reuse.utterances import Utterance
from reuse.words import ELLIPSIS, Words, common, words_of

# Leaders that an utterance is compared with, word by word, and that a feature leads to.
COMPARED, LEADERS = 6, 48

Feature = tuple[str, ...]


def families(
    found: Sequence[Utterance], who: People, related: Callable[[str, str], bool]
) -> list[list[Utterance]]:
    """Those of some utterances that are one, the fullest first; without what stands alone.

    `found` is in the order of time; `related` says whether two articles share more than one line.
    """
    words = [words_of(u.own(), u.language) for u in found]
    enough = [
        n
        for n, own in enumerate(words)
        if len(own) > 1 and (_content(own) or sum(surprises(own)) >= FRAGMENT)
    ]
    order = sorted(enough, key=lambda n: (not found[n].quoted, -len(words[n]), n))
    gathered: dict[int, list[int]] = {}
    pointing: dict[Feature, list[int]] = defaultdict(list)
    exact: dict[tuple[tuple[str, ...], str | None], int] = {}
    for n in order:
        utterance, own = found[n], words[n]
        leader = exact.get((own.keys, utterance.speaker_id))
        if leader is None or not _apart(utterance, found[leader]):
            features = set(_features(own, utterance.speaker_id))
            votes = Counter(k for f in features for k in pointing.get(f, ())[:LEADERS])
            leader, best = None, 0.0
            for other, _ in sorted(votes.items(), key=lambda v: (-v[1], v[0]))[:COMPARED]:
                a, b = utterance, found[other]
                if not _apart(a, b):
                    continue
                differ = who.differ(a.speaker_id, b.speaker_id)
                near = related(a.article_id, b.article_id)
                score = kinship(a, b, own, words[other], differ, near)
                if score > best:
                    best, leader = score, other
            if leader is None and not utterance.quoted:
                continue
            if leader is None:
                leader = n
                gathered[n] = []
                for feature in features:
                    pointing[feature].append(n)
        gathered[leader].append(n)
        if sum(surprises(own)) >= 2 * FRAGMENT:
            exact.setdefault((own.keys, utterance.speaker_id), leader)
    return [[found[n] for n in members] for members in gathered.values() if len(members) > 1]


def _features(words: Words, speaker_id: str | None) -> Iterator[Feature]:
    """By what an utterance is found: its runs of three words, its telling words under a name."""
    keys = words.keys
    yield from zip(keys, keys[1:], keys[2:], strict=False)
    if len(keys) < RUN:
        yield keys
    if speaker_id is not None:
        for key in keys:
            if key != ELLIPSIS and not common(key, words.language, PLAIN):
                yield speaker_id, stem(key)


def _content(words: Words) -> bool:
    """Whether a text has a word that is not among the commonest."""
    return any(k != ELLIPSIS and not common(k, words.language, PLAIN) for k in words.keys)


def _apart(a: Utterance, b: Utterance) -> bool:
    """Whether two utterances stand apart: a quote in a quote is not its own version."""
    return a.article_id != b.article_id or a.end <= b.start or b.end <= a.start


def stated(members: Sequence[Utterance]) -> list[list[Utterance]]:
    """A family, cut where it holds more than one statement.

    A quote that runs over several stretches of marks is one utterance of its article, but where
    another article gives two of its stretches as two utterances, and nobody has both within one
    pair of marks, each is a statement of its own. The fullest member stands first.
    """
    leader = members[0]
    counts = Counter(u.article_id for u in members)
    if len(leader.parts) < 2 or all(n < 2 or k == leader.article_id for k, n in counts.items()):
        return [list(members)]
    full = words_of(leader.parts, leader.language)
    places: dict[tuple[str, ...], list[int]] = {}
    reach: list[list[tuple[float, float]]] = []
    for u in members:
        own = []
        for _, text in u.parts:
            found = words_of([(0, text)], u.language)
            if found.keys not in places:
                places[found.keys] = _placed(found, full)
            at = places[found.keys]
            own.append((min(at), max(at)) if at else (math.inf, -math.inf))
        reach.append(own)
    cuts: list[int] = []
    for part in range(1, len(leader.parts)):
        border = full.parts.index(part) if part in full.parts else 0
        if border and _separate(members, reach, border):
            cuts.append(border)
    if not cuts:
        return [list(members)]
    edges = [-math.inf, *cuts, math.inf]
    result: list[list[Utterance]] = []
    for low, high in pairwise(edges):
        group = []
        for u, own in zip(members, reach, strict=True):
            kept = [k for k, (first, _) in enumerate(own) if low <= first < high]
            if kept:
                group.append(
                    replace(
                        u,
                        parts=tuple(u.parts[k] for k in kept),
                        quote_ids=tuple(u.quote_ids[k] for k in kept),
                    )
                )
        result.append(group)
    return [group for group in result if len(group) > 1]


def _placed(found: Words, full: Words) -> list[int]:
    return [
        j for i, j in alignment(found, full) if i >= 0 and j >= 0 and found.keys[i] == full.keys[j]
    ]


def _separate(
    members: Sequence[Utterance], reach: Sequence[Sequence[tuple[float, float]]], border: int
) -> bool:
    """Whether an article has the sides of a border as two utterances, and none in one stretch."""
    left: dict[str, set[str]] = defaultdict(set)
    right: dict[str, set[str]] = defaultdict(set)
    for u, own in zip(members, reach, strict=True):
        if any(first < border <= last for first, last in own):
            return False
        if all(last < border for _, last in own):
            left[u.article_id].add(u.utterance_id)
        elif all(first >= border for first, _ in own):
            right[u.article_id].add(u.utterance_id)
    return any(right[key] - left[key] for key in left.keys() & right.keys())
