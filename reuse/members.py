"""Families and passages -> the members of each family: quotes, and places that are own prose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from reuse.alignment import alignment
from reuse.kinship import shared, surprises
from reuse.model import Appearance
from reuse.utterances import Utterance
from reuse.words import Words, words, words_of

Span = tuple[int, int]

# Own prose is a version when so many words, or so many bits, of the utterance stand there.
PROSE_WORDS = 5
PROSE_BITS = 50.0
# ... and this share of what stands there is the utterance's.
PROSE_LIKENESS = 0.6
# An article that has so much of an utterance in its family needs no search for the rest.
WHOLE = 0.8
# Prose places this close are one span, and this close one version.
ADJOINING, BESIDE = 4, 240

_MARKS = "\"'“”‘’„‚«»‹›"


class Carrier(NamedTuple):
    """An article as provenance needs it. Without an outlet it counts as one of its own."""

    id: str
    outlet_id: str | None
    outlet_kind: str | None
    published: str | None
    language: str | None
    owner: str | None = None

    @property
    def house(self) -> str:
        """Who answers for it: the owner, the outlet, or the article alone."""
        return self.owner or self.outlet_id or self.id


@dataclass(frozen=True, slots=True)
class Member:
    """One version before it is compared: where it stands and whose it is said to be.

    `quote_ids` are the rows of each span, its own first; none of own prose.
    """

    carrier: Carrier
    spans: tuple[Span, ...]
    quote_ids: tuple[tuple[str, ...], ...]
    utterance_id: str | None
    quoted: bool
    speaker_id: str | None
    confidence: float

    @property
    def start(self) -> int:
        """Where it begins in the article."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where it ends in the article."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class Scene:
    """Some articles: themselves, their texts, how many utterances each has, these by their number,
    and what stands in marks."""

    carriers: Mapping[str, Carrier]
    text: Callable[[str], str]
    count: Callable[[str], int]
    utterance: Callable[[str, int], Utterance]
    marked: Callable[[str], Sequence[Span]]


@dataclass(slots=True)
class _Places:
    """Where each utterance stands in an article: ``prose`` what was found, ``taken`` all of it."""

    taken: dict[tuple[int, str], list[Span]] = field(default_factory=lambda: defaultdict(list))
    prose: dict[tuple[int, str], list[Span]] = field(default_factory=lambda: defaultdict(list))


def members(
    gathered: Sequence[Sequence[Utterance]],
    alone: Sequence[Utterance],
    passages: Iterable[Sequence[Appearance]],
    scene: Scene,
) -> list[list[Member]]:
    """The families, and the places where passages carry an utterance's words without its marks.

    An utterance that stands `alone` becomes a family when somebody has it as prose; where that
    place has some of the words in marks, the quote is the version, not the words around it.
    """
    strands = [*gathered, *([u] for u in alone)]
    place_of = {id(u): k for k, strand in enumerate(strands) for u in strand}
    by_article: dict[str, list[Utterance]] = defaultdict(list)
    places = _Places()
    for k, strand in enumerate(strands):
        for u in strand:
            by_article[u.article_id].append(u)
            places.taken[k, u.article_id] += u.spans()
    for appearances in passages:
        for k, u in _touched(appearances, by_article, place_of):
            _find(k, u, appearances, places, scene)
    groups = [[_member(u, scene) for u in strand] for strand in gathered]
    groups += [[] for _ in alone]
    joined: set[int] = set()
    for (k, article_id), spans in sorted(places.prose.items()):
        for together in _together(sorted(spans)):
            inside = next(
                (
                    u
                    for u in by_article.get(article_id, ())
                    if u.quoted
                    and place_of[id(u)] >= len(gathered)
                    and place_of[id(u)] not in joined
                    and any(a <= u.start and u.end <= b for a, b in together)
                ),
                None,
            )
            if inside is not None:
                joined.add(place_of[id(inside)])
                member: Member | None = _member(inside, scene)
            else:
                member = _prose(together, article_id, scene)
            if member is not None:
                groups[k] = groups[k] or [_member(strands[k][0], scene)]
                groups[k].append(member)
    return [group for k, group in enumerate(groups) if len(group) > 1 and k not in joined]


def _member(u: Utterance, scene: Scene) -> Member:
    return Member(
        carrier=scene.carriers[u.article_id],
        spans=tuple(u.spans()),
        quote_ids=u.quote_ids,
        utterance_id=u.utterance_id,
        quoted=u.quoted,
        speaker_id=u.speaker_id,
        confidence=u.confidence,
    )


def _touched(
    appearances: Sequence[Appearance],
    by_article: Mapping[str, Sequence[Utterance]],
    place_of: Mapping[int, int],
) -> Iterator[tuple[int, Utterance]]:
    """The families that a passage touches with enough words, each with its fullest utterance."""
    best: dict[int, tuple[int, int, Utterance]] = {}
    for n, a in enumerate(appearances):
        for u in by_article.get(a.article_id, ()):
            if not u.spoken or u.end <= a.start or a.end <= u.start:
                continue
            common = "".join(
                words[max(a.start - start, 0) : max(a.end - start, 0)] + " "
                for start, words in u.parts
            )
            if len(common.split()) < PROSE_WORDS:
                continue
            k = place_of[id(u)]
            if k not in best or (len(common), -n) > best[k][:2]:
                best[k] = (len(common), -n, u)
    return ((k, best[k][2]) for k in sorted(best))


def _find(
    k: int, u: Utterance, appearances: Sequence[Appearance], places: _Places, scene: Scene
) -> None:
    """Look for the parts of an utterance in each appearance of a passage that touches it."""
    parts = [words_of([part], u.language) for part in u.parts]
    whole = sum(len(text) for _, text in u.parts)
    for a in appearances:
        key = k, a.article_id
        if a.article_id == u.article_id:
            continue
        if any(start <= a.start and a.end <= end for start, end in scene.marked(a.article_id)):
            continue
        here = [span for span in places.taken[key] if _meet(span, (a.start, a.end))]
        if sum(end - start for start, end in here) >= WHOLE * whole:
            continue
        for wanted in parts:
            place = _located(wanted, a, scene) if len(wanted) >= PROSE_WORDS else None
            if place is None or _in_marks(place, a.article_id, scene):
                continue
            # A part that was found before the whole gives way to it.
            inside = {s for s in places.prose[key] if place[0] <= s[0] and s[1] <= place[1]}
            if any(_meet(place, span) and span not in inside for span in here):
                continue
            here = [*(span for span in here if span not in inside), place]
            for found in (places.taken, places.prose):
                found[key] = [*(span for span in found[key] if span not in inside), place]


def _meet(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _located(wanted: Words, a: Appearance, scene: Scene) -> Span | None:
    """Where an appearance has the words of an utterance, if it has enough of them together."""
    whole = scene.text(a.article_id)
    # An edit near its end may have stopped the passage before the utterance stops.
    room = len(wanted.text)
    stretch = max(a.start - room, 0), min(a.end + room, len(whole))
    there = words(whole, [stretch], scene.carriers[a.article_id].language)
    if shared(wanted, there)[0] < PROSE_BITS:
        return None
    # The shorter text leads: the alignment takes a step for each of its words.
    steps = sorted(
        (j, i)
        for i, j in alignment(wanted, there)
        if i >= 0 and j >= 0 and there.keys[j] == wanted.keys[i]
    )
    if len(steps) < PROSE_WORDS:
        return None
    first, last = steps[0][0], steps[-1][0]
    told_by = surprises(there)
    told = sum(told_by[i] for i, _ in steps)
    if told < PROSE_BITS or told < PROSE_LIKENESS * sum(told_by[first : last + 1]):
        return None
    return there.offset(there.starts[first]), there.offset(there.ends[last] - 1) + 1


def _in_marks(place: Span, article_id: str, scene: Scene) -> bool:
    """Whether words stand in quotation marks, be they a name's, or a quote's that was not read."""
    start, end = place
    if any(s <= start and end <= e for s, e in scene.marked(article_id)):
        return True
    whole = scene.text(article_id)
    return whole[start - 1 : start] in _MARKS and bool(set(whole[end : end + 2]) & set(_MARKS))


def _together(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Places of one article in groups that stand side by side; what adjoins becomes one span."""
    result: list[list[Span]] = []
    for start, end in spans:
        if result and start - result[-1][-1][1] <= ADJOINING:
            result[-1][-1] = (result[-1][-1][0], end)
        elif result and start - result[-1][-1][1] <= BESIDE:
            result[-1].append((start, end))
        else:
            result.append([(start, end)])
    return [tuple(group) for group in result]


def _prose(spans: tuple[Span, ...], article_id: str, scene: Scene) -> Member | None:
    """The words at some places as a member: a reported clause knows its speaker."""
    carrier = scene.carriers[article_id]
    length = sum(end - start for start, end in spans)
    for number in range(scene.count(article_id)):
        u = scene.utterance(article_id, number)
        common = sum(
            max(min(e, end) - max(s, start), 0) for s, e in u.spans() for start, end in spans
        )
        if common * 2 < length:
            continue
        if u.quoted:
            return None
        return Member(carrier, spans, (), u.utterance_id, False, u.speaker_id, u.confidence)
    return Member(carrier, spans, (), None, False, None, 0.0)
