"""The versions of a family -> disputes: what two of them cannot both be right about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from reuse.kinship import People, bits, surprises
from reuse.members import BESIDE, PROSE_BITS, PROSE_WORDS, Scene
from reuse.model import Dispute, content_id
from reuse.versions import Version
from reuse.words import words_of

Kind = Literal["speaker", "quote_or_prose", "marks"]

# A dispute about who spoke needs both credits to be this sure; against several houses that are, one
# that is fairly sure is enough.
SURE, FAIRLY_SURE = 0.8, 0.7
# Prose is lifted when it has half of a quote, or so many words of it.
HALF, LIFTED_WORDS = 0.5, 7
# Words right outside the marks that another outlet has inside them tell so many bits.
MARKED_BITS = 10.0


def disputes(
    family_id: str, versions: Sequence[Version], who: People, scene: Scene
) -> list[Dispute]:
    """What two versions, given in the order of time, cannot both be right about.

    Of each side the earliest stands for it.
    """
    found: tuple[tuple[Kind, Iterator[tuple[Version, Version]]], ...] = (
        ("speaker", _speakers(versions, who)),
        ("quote_or_prose", _lifted(versions)),
        ("marks", _wider(versions, scene)),
    )
    return [
        Dispute(
            id=content_id("dispute", family_id, kind, a.id, b.id),
            family_id=family_id,
            kind=kind,
            a_variant_id=a.id,
            b_variant_id=b.id,
        )
        for kind, pairs in found
        for a, b in pairs
    ]


def _speakers(versions: Sequence[Version], who: People) -> Iterator[tuple[Version, Version]]:
    """The one whom most outlets credit, and each other person who is surely credited."""
    credited: dict[str, list[Version]] = defaultdict(list)
    for v in versions:
        m = v.member
        if m.speaker_id is not None and m.confidence >= FAIRLY_SURE and m.quoted:
            credited[m.speaker_id].append(v)
    sure = {
        key: [v for v in theirs if v.member.confidence >= SURE] for key, theirs in credited.items()
    }
    # Of equals the earliest: max keeps the first.
    main = max(sure, key=lambda key: len({v.member.carrier.house for v in sure[key]}), default=None)
    if main is None:
        return
    several = len({v.member.carrier.house for v in sure[main]}) > 1
    for key in credited:
        if key == main or not who.differ(main, key):
            continue
        # A house that says both has been misread, or has corrected itself.
        pairs = (
            (a, b)
            for b in (credited if several else sure)[key]
            for a in sure[main]
            if a.member.carrier.house != b.member.carrier.house
        )
        yield from islice(pairs, 1)


def _lifted(versions: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    """What was said, and who has the same words as their own."""
    said = next((v for v in versions if v.member.carrier.outlet_kind == "origin"), None) or next(
        (v for v in versions if v.member.quoted), None
    )
    quoting = {v.member.carrier.id for v in versions if v.member.quoted}
    for v in versions:
        m = v.member
        # Verbatim in a reported clause, or in the outlet's own voice.
        own = m.speaker_id is None or v.against.change in ("same", "shortened")
        retold = v.against.change == "paraphrased" and not _verbatim(v)
        lifted = not m.quoted and own and not retold and _much(v)
        elsewhere = m.carrier.id not in quoting and m.carrier.outlet_kind != "origin"
        if said is None or not lifted or not elsewhere:
            continue
        if m.carrier.house != said.member.carrier.house:
            yield said, v


def _much(version: Version) -> bool:
    """Whether a version has half of what was said, or as many words of it as no report of a fact
    needs: "counted 61 otters on the river" is nobody's."""
    kept = version.against.likeness * len(version.words)
    return version.against.covered >= HALF or kept >= LIFTED_WORDS


def _verbatim(version: Version) -> bool:
    """Whether a stretch of what was said stands word by word in another's account of it."""
    text, at = version.words.text, version.words.article_starts[0]
    runs = (
        words_of([(0, text[e.start - at : e.end - at])], version.words.language)
        for e in version.against.edits
        if e.op == "equal" and len(version.words.part_starts) == 1
    )
    return any(len(run) >= PROSE_WORDS and sum(surprises(run)) >= PROSE_BITS for run in runs)


def _wider(versions: Sequence[Version], scene: Scene) -> Iterator[tuple[Version, Version]]:
    """A quote whose marks cover words that another one has right outside of its marks."""
    quotes = [v for v in versions if v.member.quoted]
    for v in quotes:
        outside = _outside_marks(v, scene)
        if outside:
            inside = (u for u in quotes if u is not v and _has(u.words.keys, outside))
            yield from ((u, v) for u in islice(inside, 1))


def _outside_marks(version: Version, scene: Scene) -> tuple[str, ...]:
    """The words of the fullest version that stand right outside of this one's marks."""
    member = version.member
    whole = scene.text(member.carrier.id)
    edits = [e for e in version.against.edits if e.op != "insert"]
    if not edits:
        return ()
    language = member.carrier.language
    others = [span for span in scene.marked(member.carrier.id) if span not in member.spans]
    head, tail = edits[0], edits[-1]
    if head.op == "delete":
        floor = max((e for s, e in others if e <= member.start), default=0)
        missing = words_of([(0, head.was)], language).keys
        beside = words_of([(0, whole[max(member.start - BESIDE, floor) : member.start])], language)
        run = _run(missing[::-1], beside.keys[::-1], version.words.language)
        if run:
            return run[::-1]
    if tail.op == "delete":
        ceiling = min((s for s, e in others if s >= member.end), default=len(whole))
        missing = words_of([(0, tail.was)], language).keys
        beside = words_of([(0, whole[member.end : min(member.end + BESIDE, ceiling)])], language)
        return _run(missing, beside.keys, version.words.language)
    return ()


def _run(missing: Sequence[str], beside: Sequence[str], language: str) -> tuple[str, ...]:
    """The words that both begin with, if they tell enough."""
    same = 0
    for a, b in zip(missing, beside, strict=False):
        if a != b:
            break
        same += 1
    found = tuple(missing[:same])
    return found if sum(bits(k, language) for k in found) >= MARKED_BITS else ()


def _has(keys: Sequence[str], run: Sequence[str]) -> bool:
    return any(tuple(keys[k : k + len(run)]) == tuple(run) for k in range(len(keys)))
