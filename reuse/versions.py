"""The members of a family -> its versions, each compared with the fullest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reuse.credit import Credit, Forms, credited, whole
from reuse.edits import Comparison, comparison
from reuse.members import BESIDE, Carrier, Member
from reuse.model import content_id
from reuse.words import ELLIPSIS, Words, weight, words

# Wordings of a family that are held against one another, the commonest; and how like all of them,
# beside the likest, the one must be that stands for the family.
WORDINGS = 16
LIKE_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Version:
    """A member with its words, compared with the fullest.

    `changed` are its edits (what was there, what is) but for case, marks and house style.
    """

    id: str
    member: Member
    words: Words
    against: Comparison
    credit: Credit | None
    changed: frozenset[tuple[str, str]]


class Credits:
    """Whom articles credit; what an article credits as a whole is looked up once."""

    def __init__(self, text: Callable[[str], str], known: Forms) -> None:
        self._text, self._known = text, known
        self._whole: dict[str, Credit | None] = {}

    def __call__(self, carrier: Carrier, spans: Sequence[tuple[int, int]]) -> Credit | None:
        """Whom the article credits with the words at `spans`."""
        text, own = self._text(carrier.id), carrier.outlet_id
        if carrier.id not in self._whole:
            self._whole[carrier.id] = whole(text, self._known, own)
        return credited(text, spans, self._known, own, self._whole[carrier.id])


class Compared:
    """The comparisons of a family; those of equal words at equal places are made once."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text
        self._made: dict[tuple[object, ...], Comparison] = {}

    def __call__(self, member: Member, now: Words, was: Words) -> Comparison:
        """What `member`, whose words are `now`, changed in `was`."""
        key = (member.carrier.id, member.spans, was.text, was.part_starts)
        if key not in self._made:
            self._made[key] = self._with_context(member, now, was)
        return self._made[key]

    def _with_context(self, member: Member, now: Words, was: Words) -> Comparison:
        text = self._text(member.carrier.id)
        same = now.keys == was.keys and len(now.part_starts) == 1
        # What stands around it changes nothing in a version that has all the words.
        key = (now.text, was.text, member.quoted)
        if same and key in self._made:
            return _moved(self._made[key], now.article_starts[0])
        result = comparison(
            now,
            was,
            prose=not member.quoted,
            before=text[max(member.start - BESIDE, 0) : member.start],
            after=text[member.end : member.end + BESIDE],
        )
        if same:
            self._made[key] = _moved(result, -now.article_starts[0])
        return result


def _moved(compared: Comparison, by: int) -> Comparison:
    edits = (replace(e, start=e.start + by, end=e.end + by) for e in compared.edits)
    return replace(compared, edits=tuple(edits))


def versions(
    family_id: str,
    members: Sequence[Member],
    credits: Callable[[Carrier, Sequence[tuple[int, int]]], Credit | None],
    compared: Compared,
    text: Callable[[str], str],
) -> tuple[list[Version], int]:
    """The versions, in the order of `members`, and the number of the fullest."""
    spelled = [words(text(m.carrier.id), m.spans, m.carrier.language) for m in members]
    credited_by = [credits(m.carrier, m.spans) for m in members]
    upstream = Counter(c.outlet_id for c in credited_by if c is not None and c.outlet_id)
    full = fullest(members, spelled, upstream)
    result: list[Version] = []
    for member, found, credit in zip(members, spelled, credited_by, strict=True):
        against = compared(member, found, spelled[full])
        manner = "quoted" if member.quoted else "prose"
        result.append(
            Version(
                id=content_id(
                    "variant", family_id, member.carrier.id, member.start, member.end, manner
                ),
                member=member,
                words=found,
                against=against,
                credit=credit,
                changed=frozenset(
                    (e.was.casefold(), e.now.casefold())
                    for e in against.edits
                    if e.op != "equal" and e.kind not in ("case_punctuation", "style")
                ),
            )
        )
    return result, full


def fullest(
    members: Sequence[Member], spelled: Sequence[Words], upstream: Mapping[str, int]
) -> int:
    """The number of the fullest version: the most words, in marks or from where it all began.

    One that has a word more or less is as full: of those, the one that others credit, or the
    earliest, or the commonest. An altered version is often a word longer. Of two translations the
    one that most have stands for both.
    """
    wordings = Counter(found.keys for found in spelled)
    chosen = _most_told(spelled)
    told = [
        sum(k != ELLIPSIS for k in found.keys)
        - sum(found.bracketed)
        - 3 * sum(k == ELLIPSIS for k in found.keys)
        for found in spelled
    ]
    firm = [
        (m.quoted or m.carrier.outlet_kind == "origin") and found.keys in chosen
        for m, found in zip(members, spelled, strict=True)
    ]
    most = max(n for n, ok in zip(told, firm, strict=True) if ok or not any(firm))
    return min(
        (n for n in range(len(members)) if told[n] >= most - 1 and (firm[n] or not any(firm))),
        key=lambda n: (
            any(spelled[n].bracketed) or ELLIPSIS in spelled[n].keys,
            members[n].carrier.outlet_kind != "origin",
            -upstream.get(members[n].carrier.outlet_id or "", 0),
            members[n].carrier.published is None,
            members[n].carrier.published or "",
            -wordings[spelled[n].keys],
            -told[n],
            n,
        ),
    )


def _most_told(spelled: Sequence[Words]) -> set[tuple[str, ...]]:
    """The wordings that are about as like all versions as any other."""
    counts: Counter[tuple[str, ...]] = Counter()
    one: dict[tuple[str, ...], Words] = {}
    for found in spelled:
        counts[found.keys] += 1
        one.setdefault(found.keys, found)
    if len(counts) < 2:
        return set(counts)
    told = {keys: _told(one[keys]) for keys, _ in counts.most_common(WORDINGS)}
    support = {
        keys: sum(counts[other] * _in_common(told[keys], told[other]) for other in told)
        for keys in told
    }
    most = max(support.values())
    return {keys for keys in counts if keys not in told or support[keys] >= LIKE_ALL * most}


def _told(words: Words) -> Counter[str]:
    """The words of a version, by what they tell."""
    told: Counter[str] = Counter()
    for key in words.keys:
        if key != ELLIPSIS:
            told[key] += weight(key, words.language)
    return told


def _in_common(a: Counter[str], b: Counter[str]) -> float:
    """The share of the shorter of two wordings that the longer one has."""
    return (a & b).total() / max(min(a.total(), b.total()), 1)
