"""Utterances that may be one -> families: which of them are one, the fullest first.

What `echoes` links is gathered around its fullest versions (leader clustering), each utterance
compared with the few leaders that it shares most with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from reuse.components import components
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
    order = sorted(enough, key=lambda n: (not found[n].spoken, -len(words[n]), n))
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
            if leader is None and not utterance.spoken:
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


def joined(
    gathered: Sequence[Sequence[Utterance]], pairs: Sequence[tuple[Utterance, Utterance]]
) -> list[list[Utterance]]:
    """Families, and what stands alone, that have utterances known to be one: the fullest first."""
    if not pairs:
        return [list(family) for family in gathered]
    single = [u for pair in pairs for u in pair]
    found = [*gathered, *([u] for u in dict.fromkeys(single))]
    home: dict[Utterance, int] = {}
    for k, family in enumerate(found):
        for u in family:
            home.setdefault(u, k)
    ends = np.array([(home[a], home[b]) for a, b in pairs], dtype=np.int64)
    label = components(len(found), ends[:, 0], ends[:, 1]).tolist()
    result: dict[int, dict[Utterance, None]] = {}
    for k, family in enumerate(found):
        if len(family) > 1 or home[family[0]] == k:
            result.setdefault(label[k], {}).update(dict.fromkeys(family))
    return [
        sorted(family, key=lambda u: (not u.spoken, -sum(len(text) for _, text in u.parts)))
        for family in result.values()
        if len(family) > 1
    ]
