"""The frame -> reported clauses: what somebody is said to have said, with or without marks in it.

Every word of saying proposes where its clause may stand (behind it, before it, nowhere) and who may
be its subject; learnt weights choose, as for quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reuse.attribution import Clause, Part, Sums, kind, odds, passive
from reuse.clauses import PARAGRAPH, QUOTE, Cue, Frame, Subject, heading, phrase, subjects
from reuse.languages import (
    CLOSED,
    DETERMINER,
    OBJECT,
    OCCASION,
    OPENER,
    PREPOSITION,
    TIME,
    VERB,
    Language,
)

# A clause ends with its sentence, however long; a bound keeps a text without full stops linear.
_LONGEST = 90
# Odds (natural logarithm) against a clause by the gate's features at which nothing more is asked.
_DOUBT = 1.8


@dataclass(slots=True)
class Option:
    """An item of the frame at which a clause may begin or end, and what speaks for it."""

    item: int
    parts: list[Part]


@dataclass(slots=True)
class Speaking:
    """A subject of a cue (``None``: nobody is named), and what speaks for it."""

    subject: Subject | None
    parts: list[Part]


class Tables:
    """The tables of features by which a language judges reported clauses."""

    def __init__(self, rules: Language) -> None:
        weights = rules.weights
        self.gate = Sums(_gate, weights["gate"])
        sides = weights["ways"]
        self.cue = [Sums(made, sides) for made in (_no_cue, _behind_cue, _before_cue)]
        self.words = Sums(_words, sides)
        self.frame = [Sums(made, sides) for made in (_no_frame, _behind_frame, _before_frame)]
        self.begin = Sums(_begin, weights["begins"])
        self.stop = Sums(_stop, weights["stops"])
        self.final = Sums(_final, weights["stops"])
        self.nobody = Sums(_nobody, weights["subjects"])
        self.subject = Sums(_subject, weights["subjects"])


@lru_cache(maxsize=16)
def tables(rules: Language) -> Tables:
    return Tables(rules)


def reported(f: Frame, cues: Sequence[Cue], least: float) -> list[Clause]:
    """The reported clauses of a frame whose probability, speaker and all, is at least `least`."""
    out: dict[tuple[int, int], Clause] = {}
    for cue in cues:
        table, key = gate(f, cue)
        if table[key] > _DOUBT:
            continue
        chances, way = odds([_score(parts) for parts in ways(f, cue)])
        clause = 1.0 - chances[0]
        if clause < least:
            continue
        way = way or chances.index(max(chances[1:]), 1)
        said = speakings(f, cue)
        sure, who = odds([_score(s.parts) for s in said])
        subject = said[who].subject
        if subject is None or clause * sure[who] < least:
            continue
        first, last = extent(f, cue, way)
        if last <= first or f.items[first:last] == [QUOTE]:
            continue
        found = Clause(first, last, cue, subject, clause * sure[who])
        known = out.get((first, last))
        # Two cues may claim one clause ("asked, suggesting"): the surer one has it.
        if known is None or known.chance < found.chance:
            out[first, last] = found
    return list(out.values())


def extent(f: Frame, cue: Cue, way: int) -> tuple[int, int]:
    """The likeliest clause of a cue (items, half-open) on the side that `way` says."""
    first = begins(f, cue, way)
    if not first:
        return 0, 0
    _, n = odds([_score(option.parts) for option in first])
    last = stops(f, cue, way, first[n].item)
    _, m = odds([_score(option.parts) for option in last])
    return first[n].item, last[m].item


def _score(parts: Sequence[Part]) -> float:
    return sum([table[key] for table, key in parts])


def gate(f: Frame, cue: Cue) -> Part:
    """The few features by which most cues are seen to have no clause ("the police reports")."""
    kinds = f.kinds
    left = kinds[cue.first - 1] if cue.first > cue.start else PARAGRAPH
    right = kinds[cue.last] if cue.last < cue.end else PARAGRAPH
    return tables(f.prose.language).gate, (cue.lemma, cue.shape, cue.group, left, right)


def _gate(lemma: str, shape: str, group: str, left: str, right: str) -> list[str]:
    return ["0", lemma + shape, lemma + shape + right, group + left + right, lemma + left]


def ways(f: Frame, cue: Cue) -> list[list[Part]]:
    """What speaks for: no clause, a clause behind the cue, a clause before it."""
    items, kinds = f.items, f.kinds
    start, end = _bounds(cue)
    before = items[cue.first - 1] if cue.first > start else PARAGRAPH
    after = items[cue.last] if cue.last < end else PARAGRAPH
    left = kinds[cue.first - 1] if cue.first > start else PARAGRAPH
    right = kinds[cue.last] if cue.last < end else PARAGRAPH
    who = subjects(f, cue)
    whose = kind(f, who[0]) + who[0].how if who else "-"
    turned = "T" if any(s.how == "after" for s in who) else "t"
    shape = cue.shape + ("to" if before == "to" else "") + ("be" if passive(f, cue.first) else "")
    ahead = _edge(f, cue, start)
    front = "-" if ahead <= start else items[ahead - 1] if items[ahead - 1] in _FRONT else "w"
    known = tables(f.prose.language)
    verb = (cue.lemma, cue.group, shape, left, right)
    title = "H" if heading(f, cue.first) else "h"
    marks = "Q" if QUOTE in items[start:end] else "q"
    sole = ""
    if after == QUOTE:
        sole = str(cue.last + 1 >= end or items[cue.last + 1] in _EDGE)
    rest = str(min(end - cue.last, 12) // 3)
    found: list[list[Part]] = [
        [
            (known.cue[0], verb),
            (known.words, (before, after, cue.group)),
            (known.frame[0], (whose, title, marks, front, left, right)),
        ],
        [(known.cue[1], verb), (known.frame[1], (turned, front, right, rest, sole))],
    ]
    if front != "-" and end - start >= 3:
        alone = str(ahead - 1 <= start and front == QUOTE)
        rest = str(min(ahead - start, 12) // 3)
        found.append([(known.cue[2], verb), (known.frame[2], (turned, front, right, rest, alone))])
    return found


def _no_cue(lemma: str, group: str, shape: str, left: str, right: str) -> list[str]:
    return [
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
        "0lr" + left + right,
    ]


def _behind_cue(lemma: str, group: str, shape: str, left: str, right: str) -> list[str]:
    out = [">", ">g" + group + shape, ">v" + lemma, ">r" + right, ">l" + left]
    return [*out, ">lr" + left + right]


def _before_cue(lemma: str, group: str, shape: str, left: str, right: str) -> list[str]:
    return ["<", "<g" + group + shape, "<v" + lemma, "<r" + right, "<l" + left]


def _words(before: str, after: str, group: str) -> list[str]:
    return ["0w" + after, "0g" + group + after, "0b" + before]


def _no_frame(whose: str, title: str, marks: str, front: str, left: str, right: str) -> list[str]:
    return ["0who" + whose, "0h" + title, "0q" + marks + left + right, "0f" + front + left]


def _behind_frame(turned: str, front: str, right: str, rest: str, sole: str) -> list[str]:
    out = [">" + turned + front, ">" + turned + right, ">n" + rest, ">n" + rest + right]
    if sole:
        out.append(">Q" + sole)
    return out


def _before_frame(turned: str, front: str, right: str, rest: str, alone: str) -> list[str]:
    return ["<" + turned + front, "<" + front + right, "<n" + rest, "<Q" + alone]


def _bounds(cue: Cue) -> tuple[int, int]:
    return max(cue.start, cue.first - _LONGEST), min(cue.end, cue.last + _LONGEST)


def _edge(f: Frame, cue: Cue, start: int) -> int:
    """Where the words of attribution begin: at the cue, or at the subject before it."""
    for subject in subjects(f, cue):
        if subject.how in _BEFORE and start < subject.first and subject.last <= cue.first:
            return subject.first
    return cue.first


_BEFORE = frozenset(("before", "pronoun", "apposition", "before the phrase"))
_FRONT = frozenset((",", "-", "–", "—", "--", QUOTE))
_EDGE = frozenset((".", "!", "?", "…", "...", ",", ";", ":", ")", "]", "-", "–", "—", "--"))
# Where a clause may break off; words of English, signs of all.
_BREAKS = frozenset(
    (
        ",", ";", "and", "but", "-", "–", "—", "--", "while", "as", "after", "when", "before",
        "because", "(", "which", "for", "in", "with", "on", "during", "about", "und", "aber",
    )
)  # fmt: skip


def begins(f: Frame, cue: Cue, way: int) -> list[Option]:
    """Where a clause behind the cue (way 1) or before it (way 2) may begin."""
    items, bits = f.items, f.bits
    rules = f.prose.language
    start, end = _bounds(cue)
    table = tables(rules).begin
    places: dict[int, Option] = {}

    def option(k: int, what: str) -> None:
        if k >= end:
            return
        word = items[k] if bits[k] & CLOSED else ""
        part: Part = (table, (what, cue.group, cue.lemma, f.kinds[k], word))
        if k in places:
            places[k].parts.append(part)
        else:
            places[k] = Option(k, [part])

    if way == 2:
        option(start, "<start")
        breaks = [j for j in range(start + 1, _edge(f, cue, start) - 2) if items[j] in _BREAKS]
        for n, k in enumerate(breaks[:4]):
            option(k + 1, "<" + _sign(items[k]) + str(n))
        return list(places.values())
    if cue.shape == "phrase":
        k = phrase(f, cue.last)
        option(k + 1 if k < end and items[k] == "," else k, ">behind")
        return list(places.values())
    k = cue.last
    option(k, ">at")
    if k < end and bits[k] & PREPOSITION and not bits[k] & OPENER:
        option(k + 1, ">prep" + items[k])
    seen = ""
    for j in range(k, min(end, k + 14)):
        item = items[j]
        if bits[j] & OPENER:
            option(j, ">that" + seen)
            break
        if item in (QUOTE, ",", ";", ":"):
            option(j + (item != QUOTE), ">sign" + item)
            seen = "s"
            if item != ",":
                break
        elif item in rules.verbs and rules.verbs[item].shape != "base":
            seen = "v"
        elif bits[j] & PREPOSITION and j > k and seen != "p":
            option(j + 1, ">later" + item)
            if item == "to":
                option(j, ">to")
            seen = "p"
    j = phrase(f, k)
    if j == k and k < end and bits[k] & OBJECT:
        j = k + 1
    if j > k:
        option(j, ">told")
    while k < end and (
        bits[k] & TIME or (bits[k] & OCCASION and k + 1 < end and bits[k + 1] & TIME)
    ):
        k += 1
    if k > cue.last:
        option(k, ">time")
    return list(places.values())


def _begin(what: str, group: str, lemma: str, kind: str, word: str) -> list[str]:
    out = ["b" + what, "b" + what + group, "b" + what + lemma, "bs" + kind + what]
    if word:
        out.append("bw" + word + what)
    return out


def _sign(item: str) -> str:
    return item if item in (",", "and", "but", "that") else "-" if len(item) == 1 else "w"


def stops(f: Frame, cue: Cue, way: int, begin: int) -> list[Option]:
    """Where the clause that begins at item `begin` may end."""
    items, kinds, bits = f.items, f.kinds, f.bits
    start, end = _bounds(cue)
    if way == 2:
        k = _edge(f, cue, start)
        while k > begin + 1 and items[k - 1] in _EDGE:
            k -= 1
        return [Option(k, [])]
    stop = end
    while stop > begin + 1 and (items[stop - 1] == PARAGRAPH or items[stop - 1] in _EDGE):
        stop -= 1
    known = tables(f.prose.language)
    last = QUOTE if items[stop - 1] == QUOTE else "w"
    found = [Option(stop, [(known.final, (cue.group, cue.lemma, _long(stop - begin), last))])]
    breaks = [k for k in range(begin + 1, stop) if items[k] in _BREAKS]
    verbs = f.prose.language.verbs
    for n, k in enumerate(breaks[:5]):
        what, word = PARAGRAPH, "-"
        if k + 1 < stop:
            after, what = items[k + 1], kinds[k + 1]
            if bits[k + 1] & (CLOSED | VERB):
                word = after
            if after in verbs:
                what += verbs[after].shape
        place = str(n) + ("l" if k == breaks[-1] else "m")
        long, rest = _long(k - begin), _long(stop - k)
        key = (
            items[k], what, word, long, rest, cue.group, cue.lemma, place, kinds[k - 1],
            kinds[begin],
        )  # fmt: skip
        found.append(Option(k, [(known.stop, key)]))
    return found


def _final(group: str, lemma: str, long: str, last: str) -> list[str]:
    return ["e", "eg" + group, "ev" + lemma, "en" + long, "e." + last]


def _stop(
    item: str, what: str, word: str, long: str, rest: str, group: str, lemma: str, place: str,
    left: str, first: str,
) -> list[str]:  # fmt: skip
    sign = _sign(item)
    return [
        "c" + item,
        "c" + item + what,
        "cn" + long + sign,
        "cl" + rest + sign,
        "c" + sign + group,
        "c" + sign + lemma,
        "c" + place[0],
        "cw" + item + word,
        "cp" + left + sign,
        "c" + sign + place[1],
        "cf" + first + sign,
    ]


def _long(n: int) -> str:
    if n < 8:
        return "1" if n < 2 else "2" if n < 4 else "4"
    return "8" if n < 16 else "16" if n < 30 else "30"


def speakings(f: Frame, cue: Cue) -> list[Speaking]:
    """Who may have spoken the clause of a cue; the first is nobody."""
    items, kinds, bits = f.items, f.kinds, f.bits
    known = tables(f.prose.language)
    be = str(passive(f, cue.first))
    found = [Speaking(None, [(known.nobody, (cue.group, cue.shape, cue.lemma, be))])]
    before = kinds[cue.first - 1] if cue.first else PARAGRAPH
    for rank, subject in enumerate(subjects(f, cue)):
        first, gap = subject.first, cue.first - subject.last
        key = (
            subject.how,
            str(rank),
            kind(f, subject),
            cue.shape + cue.group,
            cue.lemma,
            kinds[first - 1] if first else PARAGRAPH,
            before,
            kinds[subject.last] if subject.last < len(kinds) else PARAGRAPH,
            "0" if gap == 0 else "3" if gap < 4 else "9" if gap < 10 else "10",
            items[first] if bits[first] & DETERMINER else "-",
            be,
        )
        found.append(Speaking(subject, [(known.subject, key)]))
    return found


def _nobody(group: str, shape: str, lemma: str, be: str) -> list[str]:
    return ["0", "0 g" + group + shape, "0 v" + lemma, "0 be" + be]


def _subject(
    how: str, rank: str, what: str, group: str, lemma: str, stand: str, before: str, behind: str,
    gap: str, article: str, be: str,
) -> list[str]:  # fmt: skip
    return [
        how,
        how + rank,
        how + what,
        how + group,
        how + lemma,
        how + "s" + stand,
        how + "b" + before,
        how + "a" + behind,
        how + "d" + gap,
        "k" + what,
        "d" + how + article,
        "d" + article + stand,
        how + "be" + be,
    ]
