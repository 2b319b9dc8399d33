"""The frame -> reported clauses: what somebody is said to have said, with or without marks in it.

Every word of saying proposes where its clause may stand (behind it, before it, nowhere) and who may
be its subject; learnt weights choose, as for quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat

from reuse.attribution import Clause, choose_best, kind, passive
from reuse.clauses import PARAGRAPH, QUOTE, Cue, Frame, Subject, heading, phrase, subjects
from reuse.languages import CLOSED, DETERMINER, OBJECT, OCCASION, OPENER, PREPOSITION, TIME, VERB

# A clause ends with its sentence, however long; a bound keeps a text without full stops linear.
_LONGEST = 90
# Odds (natural logarithm) against a clause by the gate's few features at which nothing more is asked.
_DOUBT = 1.8


@dataclass(slots=True)
class Option:
    """An item of the frame at which a clause may begin or end, and what speaks for it."""

    item: int
    features: list[str]


@dataclass(slots=True)
class Speaking:
    """A subject of a cue (``None``: nobody is named), and what speaks for it."""

    subject: Subject | None
    features: list[str] = field(default_factory=list)


def gate(f: Frame, cue: Cue) -> list[str]:
    """The few features by which most cues are seen to have no clause ("the police reports")."""
    kinds = f.kinds
    left = kinds[cue.first - 1] if cue.first > cue.start else PARAGRAPH
    right = kinds[cue.last] if cue.last < cue.end else PARAGRAPH
    return [
        "0",
        cue.lemma + cue.shape,
        cue.lemma + cue.shape + right,
        cue.group + left + right,
        cue.lemma + left,
    ]


def ways(f: Frame, cue: Cue) -> list[list[str]]:
    """Features for: no clause, a clause behind the cue, a clause before it."""
    items = f.items
    start, end = _bounds(f, cue)
    before = items[cue.first - 1] if cue.first > start else PARAGRAPH
    after = items[cue.last] if cue.last < end else PARAGRAPH
    left = f.kinds[cue.first - 1] if cue.first > start else PARAGRAPH
    right = f.kinds[cue.last] if cue.last < end else PARAGRAPH
    who = subjects(f, cue)
    whose = kind(f, who[0]) + who[0].how if who else "-"
    turned = "T" if any(s.how == "after" for s in who) else "t"
    shape = cue.shape + ("to" if before == "to" else "") + ("be" if passive(f, cue.first) else "")
    lemma, group = cue.lemma, cue.group
    ahead = _edge(f, cue, start)
    front = "-" if ahead <= start else items[ahead - 1] if items[ahead - 1] in _FRONT else "w"
    rest = min(end - cue.last, 12) // 3
    nowhere = [
        "0",
        "0v" + lemma,
        "0v" + lemma + shape,
        "0g" + group + shape,
        "0l" + left,
        "0r" + right,
        "0v" + lemma + right,
        "0v" + lemma + left,
        "0g" + group + right,
        "0g" + group + left,
        "0w" + after,
        "0g" + group + after,
        "0b" + before,
        "0who" + whose,
        "0lr" + left + right,
        "0h" + ("H" if heading(f, cue.first) else "h"),
        "0q" + ("Q" if QUOTE in items[start:end] else "q") + left + right,
        "0f" + front + left,
    ]
    behind = [
        ">",
        ">g" + group + shape,
        ">v" + lemma,
        ">r" + right,
        ">l" + left,
        ">lr" + left + right,
        ">" + turned + front,
        ">" + turned + right,
        ">n" + str(rest),
        ">n" + str(rest) + right,
    ]
    if after == QUOTE:
        sole = cue.last + 1 >= end or items[cue.last + 1] in _EDGE
        behind.append(">Q" + str(sole))
    if front == "-" or end - start < 3:
        return [nowhere, behind]
    ahead_features = [
        "<",
        "<g" + group + shape,
        "<v" + lemma,
        "<r" + right,
        "<l" + left,
        "<" + turned + front,
        "<" + front + right,
        "<n" + str(min(ahead - start, 12) // 3),
        "<Q" + str(items[start : ahead - 1] == [] and front == QUOTE),
    ]
    return [nowhere, behind, ahead_features]


def _bounds(f: Frame, cue: Cue) -> tuple[int, int]:
    return max(cue.start, cue.first - _LONGEST), min(cue.end, cue.last + _LONGEST)


def _edge(f: Frame, cue: Cue, start: int) -> int:
    """Where the words of attribution begin: at the cue, or at the subject before it."""
    for subject in subjects(f, cue):
        if subject.how in _BEFORE and start < subject.first and subject.last <= cue.first:
            return subject.first
    return cue.first


_BEFORE = frozenset(("before", "pronoun", "apposition", "before the phrase"))
_FRONT = frozenset((",", "-", "–", "—", "--", QUOTE))


def begins(f: Frame, cue: Cue, way: int) -> list[Option]:
    """Where a clause behind the cue (way 1) or before it (way 2) may begin."""
    items = f.items
    rules = f.prose.language
    start, end = _bounds(f, cue)
    found: list[Option] = []
    places: dict[int, Option] = {}

    def option(k: int, what: str) -> None:
        if k >= end:
            return
        item = items[k]
        own = [
            "b" + what,
            "b" + what + cue.group,
            "b" + what + cue.lemma,
            "bs" + f.kinds[k] + what,
        ]
        if f.bits[k] & CLOSED:
            own.append("bw" + item + what)
        known = places.get(k)
        if known is None:
            places[k] = Option(k, own)
            found.append(places[k])
        else:
            known.features += own

    if way == 2:
        option(start, "<start")
        edge = _edge(f, cue, start)
        for n, k in enumerate(
            [j for j in range(start + 1, max(start + 1, edge - 2)) if items[j] in _BREAKS][:4]
        ):
            option(k + 1, "<" + _sign(items[k]) + str(n))
        return found
    if cue.shape == "phrase":
        k = phrase(f, cue.last)
        option(k + 1 if k < end and items[k] == "," else k, ">behind")
        return found
    k = cue.last
    option(k, ">at")
    after = items[k] if k < end else PARAGRAPH
    if k < end and f.bits[k] & PREPOSITION and not f.bits[k] & OPENER:
        option(k + 1, ">prep" + after)
    seen = ""
    for j in range(k, min(end, k + 14)):
        item = items[j]
        if f.bits[j] & OPENER:
            option(j, ">that" + seen)
            break
        if item in (QUOTE, ",", ";", ":"):
            option(j + (item != QUOTE), ">sign" + item)
            seen = "s"
            if item != ",":
                break
        elif item in rules.verbs and rules.verbs[item].shape != "base":
            seen = "v"
        elif f.bits[j] & PREPOSITION and j > k and seen != "p":
            option(j + 1, ">later" + item)
            if item == "to":
                option(j, ">to")
            seen = "p"
    j = phrase(f, k)
    if j == k and k < end and f.bits[k] & OBJECT:
        j = k + 1
    if j > k:
        option(j, ">told")
    while k < end and (
        f.bits[k] & TIME
        or f.bits[k] & OCCASION
        and k + 1 < end
        and f.bits[k + 1] & TIME
    ):
        k += 1
    if k > cue.last:
        option(k, ">time")
    return found




def _sign(item: str) -> str:
    return item if item in (",", "and", "but", "that") else "-" if len(item) == 1 else "w"


def stops(f: Frame, cue: Cue, way: int, begin: int) -> list[Option]:
    """Where the clause that begins at item `begin` may end."""
    items = f.items
    start, end = _bounds(f, cue)
    if way == 2:
        k = _edge(f, cue, start)
        while k > begin + 1 and items[k - 1] in _EDGE:
            k -= 1
        return [Option(k, ["e<"])]
    stop = end
    while stop > begin + 1 and (items[stop - 1] == PARAGRAPH or items[stop - 1] in _EDGE):
        stop -= 1
    final = [
        "e",
        "eg" + cue.group,
        "ev" + cue.lemma,
        "en" + _long(stop - begin),
        "e." + items[stop - 1][:1] if items[stop - 1] == QUOTE else "e.w",
    ]
    found = [Option(stop, final)]
    breaks = [k for k in range(begin + 1, stop) if items[k] in _BREAKS]
    rules = f.prose.language
    for n, k in enumerate(breaks[:5]):
        item = items[k]
        after = items[k + 1] if k + 1 < stop else PARAGRAPH
        what = f.kinds[k + 1] if k + 1 < stop else PARAGRAPH
        if after in rules.verbs:
            what += rules.verbs[after].shape
        found.append(
            Option(
                k,
                [
                    "c" + item,
                    "c" + item + what,
                    "cn" + _long(k - begin) + _sign(item),
                    "cl" + _long(stop - k) + _sign(item),
                    "c" + _sign(item) + cue.group,
                    "c" + _sign(item) + cue.lemma,
                    "c" + str(n),
                    "cw"
                    + item
                    + (after if k + 1 < stop and f.bits[k + 1] & (CLOSED | VERB) else "-"),
                    "cp" + f.kinds[k - 1] + _sign(item),
                    "c" + _sign(item) + ("l" if k == breaks[-1] else "m"),
                    "cf" + f.kinds[begin] + _sign(item),
                ],
            )
        )
    return found


def _long(n: int) -> str:
    return (
        "1"
        if n < 2
        else "2"
        if n < 4
        else "4"
        if n < 8
        else "8"
        if n < 16
        else "16"
        if n < 30
        else "30"
    )


_EDGE = frozenset((".", "!", "?", "…", "...", ",", ";", ":", ")", "]", "-", "–", "—", "--"))
_BREAKS = frozenset(
    (
        ",",
        ";",
        "and",
        "but",
        "-",
        "–",
        "—",
        "--",
        "while",
        "as",
        "after",
        "when",
        "before",
        "because",
        "(",
        "which",
        "for",
        "in",
        "with",
        "on",
        "during",
        "about",
    )
)


def speakings(f: Frame, cue: Cue) -> list[Speaking]:
    found = [
        Speaking(
            None,
            [
                "0",
                "0 g" + cue.group + cue.shape,
                "0 v" + cue.lemma,
                "0 be" + str(passive(f, cue.first)),
            ],
        )
    ]
    items = f.items
    before = f.kinds[cue.first - 1] if cue.first else PARAGRAPH
    for rank, subject in enumerate(subjects(f, cue)):
        gap = cue.first - subject.last
        k = subject.first - 1
        stand = f.kinds[k] if k >= 0 else PARAGRAPH
        behind = f.kinds[subject.last] if subject.last < len(items) else PARAGRAPH
        what = kind(f, subject)
        how = subject.how
        article = items[subject.first] if f.bits[subject.first] & DETERMINER else "-"
        found.append(
            Speaking(
                subject,
                [
                    how,
                    how + str(rank),
                    how + what,
                    how + cue.shape + cue.group,
                    how + cue.lemma,
                    how + "s" + stand,
                    how + "b" + before,
                    how + "a" + behind,
                    how
                    + "d"
                    + ("0" if gap == 0 else "3" if gap < 4 else "9" if gap < 10 else "10"),
                    "k" + what,
                    "d" + how + article,
                    "d" + article + stand,
                    how + "be" + str(passive(f, cue.first)),
                ],
            )
        )
    return found


def reported(f: Frame, cues: Sequence[Cue], least: float) -> list[Clause]:
    """The reported clauses of a frame whose probability, speaker and all, is at least `least`."""
    weights = f.prose.language.weights
    out: dict[tuple[int, int], Clause] = {}
    doubt, weigh = weights["gate"], weights["gate"].get
    for cue in cues:
        if doubt and sum(map(weigh, gate(f, cue), repeat(0.0))) > _DOUBT:
            continue
        chances, way = choose_best(ways(f, cue), weights["ways"])
        clause = 1.0 - chances[0]
        if clause < least:
            continue
        way = way or chances.index(max(chances[1:]), 1)
        said = speakings(f, cue)
        odds, who = choose_best([s.features for s in said], weights["subjects"])
        subject = said[who].subject
        if subject is None or clause * odds[who] < least:
            continue
        first, last = extent(f, cue, way)
        if last <= first or f.items[first:last] == [QUOTE]:
            continue
        found = Clause(first, last, cue, subject, clause * odds[who])
        known = out.get((first, last))
        # Two cues may claim one clause ("asked, suggesting"): the surer one has it.
        if known is None or known.chance < found.chance:
            out[first, last] = found
    return list(out.values())


def extent(f: Frame, cue: Cue, way: int) -> tuple[int, int]:
    """The likeliest clause of a cue (items, half-open) on the side that `way` says."""
    weights = f.prose.language.weights
    first = begins(f, cue, way)
    if not first:
        return 0, 0
    _, n = choose_best([o.features for o in first], weights["begins"])
    last = stops(f, cue, way, first[n].item)
    _, m = choose_best([o.features for o in last], weights["stops"])
    return first[n].item, last[m].item
