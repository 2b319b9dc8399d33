"""The frame -> reported clauses: what somebody is said to have said, with or without marks in it.

Every word of saying proposes where its clause may stand (behind it, before it, nowhere) and who may
be its subject; learnt weights choose, as for quotes.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import Final, Generic

from reuse.attribution import Clause
from reuse.clauses import (
    PARAGRAPH,
    QUOTE,
    Cue,
    Frame,
    Subject,
    heading,
    passive,
    phrase,
    quoted,
    subjects,
)
from reuse.languages import (
    CAPITAL,
    CLOSED,
    DETERMINER,
    DIGIT,
    OBJECT,
    OCCASION,
    OPENER,
    PREPOSITION,
    TIME,
    VERB,
    WORD,
    Language,
)
from reuse.weighing import Maker, Score, Together, odds, summed

# A clause ends with its sentence, however long; a bound keeps a text without full stops linear.
_LONGEST: Final = 90
# A score against a clause by the gate's features at which nothing more is asked.
_DOUBT: Final = 180
# The same by the words around the cue: what its subjects could still add is less.
_IDLE: Final = 150


class Tables(Generic[Score]):
    """The tables of features by which a language judges reported clauses."""

    def __init__(self, table: Maker[Score]) -> None:
        self.gate_verb = table(_gate_verb, "gate")
        self.gate_sides = table(_gate_sides, "gate")
        self.gate_left = table(_gate_left, "gate")
        # No clause, one behind the cue, one before it.
        self.verb = Together(
            table(_no_verb, "ways"), table(_behind_verb, "ways"), table(_before_verb, "ways")
        )
        self.sides = Together(
            table(_no_sides, "ways"), table(_behind_sides, "ways"), table(_before_sides, "ways")
        )
        self.no_left = table(_no_left, "ways")
        self.no_right = table(_no_right, "ways")
        self.no_after = table(_no_after, "ways")
        self.no_before = table(_no_before, "ways")
        self.no_frame = table(_no_frame, "ways")
        self.behind_frame = table(_behind_frame, "ways")
        self.before_frame = table(_before_frame, "ways")
        self.begin_verb = table(_begin_verb, "begins")
        self.begin_word = table(_begin_word, "begins")
        self.only = table(_only, "stops")
        self.final = table(_final, "stops")
        self.stop_word = table(_stop_word, "stops")
        self.stop_length = table(_stop_length, "stops")
        self.stop_verb = table(_stop_verb, "stops")
        self.stop_place = table(_stop_place, "stops")
        self.stop_sides = table(_stop_sides, "stops")
        self.nobody = table(_nobody, "subjects")
        self.subject = table(_subject, "subjects")
        self.subject_verb = table(_subject_verb, "subjects")
        self.subject_head = table(_subject_head, "subjects")
        self.subject_sides = table(_subject_sides, "subjects")


@lru_cache(maxsize=16)
def tables(rules: Language) -> Tables[int]:
    return Tables(summed(rules.weights))


def reported(f: Frame, cues: list[Cue], least: float) -> list[Clause]:
    """The reported clauses of a frame whose probability, speaker and all, is at least `least`."""
    known = tables(f.prose.language)
    # So much less than that of no clause, the scores of both sides together are not `least`.
    far = 100 * log(2 * (1 - least) / least) + 1
    out: dict[tuple[int, int], Clause] = {}
    for cue in cues:
        if gate(f, cue, known) > _DOUBT or quoted(f, cue) is not None:
            continue  # the clause of "quoted the ministry as saying" is that of "quoted"
        around = sides(f, cue, known)
        if around[0] - max(around[1], around[2]) > _IDLE:
            continue
        scores = ways(f, cue, known, around)
        if scores[0] - max(scores[1:]) > far:
            continue
        chances, way = odds(scores)
        clause = 1.0 - chances[0]
        if clause < least:
            continue
        way = way or chances.index(max(chances[1:]), 1)
        said = speakings(f, cue, known)
        sure, who = odds([score for _, score in said])
        subject = said[who][0]
        if subject is None or clause * sure[who] < least:
            continue
        first, last = extent(f, cue, way, known)
        if not _tells(f, first, last):
            continue
        found = Clause(first, last, cue, subject, clause * sure[who])
        known_one = out.get((first, last))
        # Two cues may claim one clause ("asked, suggesting"): the surer one has it.
        if known_one is None or known_one.chance < found.chance:
            out[first, last] = found
    return list(out.values())


def _tells(f: Frame, first: int, last: int) -> bool:
    """Whether a clause says anything: more than marks or one word by themselves ("demands *wall*"),
    or in few words more than a name, a pronoun or a day ("criticized *him Thursday*")."""
    if last - first == 1:
        return False
    if last - first > _FEW:
        return True
    empty = _EMPTY if f.prose.language.verb_second else _EMPTY | CAPITAL
    return any(bit & WORD and not bit & empty for bit in f.bits[first:last]) or (
        "q" in f.shapes[first:last].lower()
    )


_FEW: Final = 3
_EMPTY: Final = CLOSED | TIME | DIGIT


def extent(f: Frame, cue: Cue, way: int, known: Tables[int]) -> tuple[int, int]:
    """The likeliest clause of a cue (items, half-open) on the side that `way` says."""
    opening = begins(f, cue, way, known)
    if not opening:
        return 0, 0
    first = max(opening, key=opening.__getitem__)
    closing = stops(f, cue, way, first, known)
    return first, max(closing, key=closing.__getitem__)


def gate(f: Frame, cue: Cue, known: Tables[Score]) -> Score:
    """The few features by which most cues are seen to have no clause ("the police reports")."""
    kinds, lemma = f.kinds, cue.lemma
    left = kinds[cue.first - 1] if cue.first > cue.start else PARAGRAPH
    right = kinds[cue.last] if cue.last < cue.end else PARAGRAPH
    return (
        known.gate_verb[lemma, cue.shape, right]
        + known.gate_sides[cue.group, left, right]
        + known.gate_left[lemma, left]
    )


def _gate_verb(lemma: str, shape: str, right: str) -> list[str]:
    return ["0", lemma + shape, lemma + shape + right]


def _gate_sides(group: str, left: str, right: str) -> list[str]:
    return [group + left + right]


def _gate_left(lemma: str, left: str) -> list[str]:
    return [lemma + left]


def sides(f: Frame, cue: Cue, known: Tables[Score]) -> tuple[Score, Score, Score]:
    """What the words around a cue say for: no clause, a clause behind it, a clause before it."""
    first, last, lemma, group, shape, start, end = cue
    left = before = right = after = PARAGRAPH
    if first > start:
        left, before = f.kinds[first - 1], f.items[first - 1]
    if last < end:
        right, after = f.kinds[last], f.items[last]
    if before == "to":
        shape += "to"
    if passive(f, first):
        shape += "be"
    verb, side = known.verb[lemma, group, shape], known.sides[left, right]
    no = known.no_right[lemma, group, right] + known.no_left[lemma, group, left]
    words = known.no_after[after, group] + known.no_before[(before,)]
    return verb[0] + side[0] + no + words, verb[1] + side[1], verb[2] + side[2]


def _no_verb(lemma: str, group: str, shape: str) -> list[str]:
    return ["0", "0v" + lemma, "0v" + lemma + shape, "0g" + group + shape]


def _no_sides(left: str, right: str) -> list[str]:
    return ["0l" + left, "0r" + right, "0lr" + left + right]


def _no_right(lemma: str, group: str, right: str) -> list[str]:
    return ["0v" + lemma + right, "0g" + group + right]


def _no_left(lemma: str, group: str, left: str) -> list[str]:
    return ["0v" + lemma + left, "0g" + group + left]


def _no_after(after: str, group: str) -> list[str]:
    return ["0w" + after, "0g" + group + after]


def _no_before(before: str) -> list[str]:
    return ["0b" + before]


def _behind_verb(lemma: str, group: str, shape: str) -> list[str]:
    return [">", ">g" + group + shape, ">v" + lemma]


def _behind_sides(left: str, right: str) -> list[str]:
    return [">r" + right, ">l" + left, ">lr" + left + right]


def _before_verb(lemma: str, group: str, shape: str) -> list[str]:
    return ["<", "<g" + group + shape, "<v" + lemma]


def _before_sides(left: str, right: str) -> list[str]:
    return ["<r" + right, "<l" + left]


def ways(
    f: Frame, cue: Cue, known: Tables[Score], around: tuple[Score, Score, Score]
) -> list[Score]:
    """What speaks for: no clause, a clause behind the cue, a clause before it.

    `around` is what the `sides` of the cue say.
    """
    items, kinds, shapes = f.items, f.kinds, f.shapes
    first, last = cue.first, cue.last
    start, end = _bounds(cue)
    left = kinds[first - 1] if first > cue.start else PARAGRAPH
    right = kinds[last] if last < cue.end else PARAGRAPH
    who = subjects(f, cue)
    whose = who[0].what + who[0].how if who else "-"
    turned = False
    ahead = first
    for subject in who:
        if subject.how == "after":
            turned = True
        elif ahead == first and _leads(subject, cue, start):
            ahead = subject.first
    front = "-"
    if ahead > start:
        front = items[ahead - 1] if items[ahead - 1] in _FRONT else "w"
    marks = shapes.find("q", start, end) >= 0 or shapes.find("Q", start, end) >= 0
    sole = str(last + 1 >= end or items[last + 1] in _EDGE) if right == QUOTE else ""
    rest = _THIRDS[min(end - last, 12)]
    found: list[Score] = [
        around[0] + known.no_frame[whose, heading(f, first), marks, front, left, right],
        around[1] + known.behind_frame[turned, front, right, rest, sole],
    ]
    if front != "-" and end - start >= 3:
        rest = _THIRDS[min(ahead - start, 12)]
        alone = ahead - 1 <= start and front == QUOTE
        found.append(around[2] + known.before_frame[turned, front, right, rest, alone])
    return found


_THIRDS: Final = [str(n // 3) for n in range(13)]


def _no_frame(whose: str, title: bool, marks: bool, front: str, left: str, right: str) -> list[str]:
    quoted = "0qQ" if marks else "0qq"
    return ["0who" + whose, "0hH" if title else "0hh", quoted + left + right, "0f" + front + left]


def _behind_frame(turned: bool, front: str, right: str, rest: str, sole: str) -> list[str]:
    turn = ">T" if turned else ">t"
    out = [turn + front, turn + right, ">n" + rest, ">n" + rest + right]
    if sole:
        out.append(">Q" + sole)
    return out


def _before_frame(turned: bool, front: str, right: str, rest: str, alone: bool) -> list[str]:
    return ["<T" + front if turned else "<t" + front, "<" + front + right, "<n" + rest,
            f"<Q{alone}"]  # fmt: skip


def _bounds(cue: Cue) -> tuple[int, int]:
    return max(cue.start, cue.first - _LONGEST), min(cue.end, cue.last + _LONGEST)


def _edge(f: Frame, cue: Cue, start: int) -> int:
    """Where the words of attribution begin: at the cue, or at the subject before it."""
    for subject in subjects(f, cue):
        if _leads(subject, cue, start):
            return subject.first
    return cue.first


def _leads(subject: Subject, cue: Cue, start: int) -> bool:
    """Whether a subject stands before its cue, with something before it since item `start`."""
    return start < subject.first and subject.last <= cue.first and subject.how in _BEFORE


_BEFORE: Final = frozenset(("before", "pronoun", "apposition", "before the phrase"))
_FRONT: Final = frozenset((",", "-", "–", "—", "--", QUOTE))
_EDGE: Final = frozenset((".", "!", "?", "…", "...", ",", ";", ":", ")", "]", "-", "–", "—", "--"))
# Where a clause may break off; words of English, signs of all.
_BREAKS: Final = frozenset(
    (
        ",", ";", "and", "but", "-", "–", "—", "--", "while", "as", "after", "when", "before",
        "because", "(", "which", "for", "in", "with", "on", "during", "about", "und", "aber",
    )
)  # fmt: skip


def begins(f: Frame, cue: Cue, way: int, known: Tables[Score]) -> dict[int, Score]:
    """The items at which a clause behind the cue (way 1) or before it (way 2) may begin."""
    items, kinds, bits = f.items, f.kinds, f.bits
    _, last, lemma, group, shape, _, _ = cue
    start, end = _bounds(cue)
    by_verb, by_word = known.begin_verb, known.begin_word
    places: dict[int, Score] = {}

    def option(k: int, what: str) -> None:
        if k < end:
            word = items[k] if bits[k] & CLOSED else ""
            score = by_verb[what, group, lemma] + by_word[what, kinds[k], word]
            places[k] = places[k] + score if k in places else score

    if way == 2:
        option(start, "<start")
        breaks = [j for j in range(start + 1, _edge(f, cue, start) - 2) if items[j] in _BREAKS]
        for n, k in enumerate(breaks[:4]):
            option(k + 1, "<" + _sign(items[k]) + str(n))
        return places
    if shape == "phrase":
        k = phrase(f, last)
        option(k + 1 if k < end and items[k] == "," else k, ">behind")
        return places
    k = last
    option(k, ">at")
    if k < end and bits[k] & PREPOSITION and not bits[k] & OPENER:
        option(k + 1, ">prep" + items[k])
    verbs = f.prose.language.verbs
    seen = ""
    for j in range(k, min(end, k + 14)):
        item, bit = items[j], bits[j]
        if not bit & (OPENER | VERB | PREPOSITION) and item not in _SIGNS:
            continue
        if bit & OPENER:
            option(j, ">that" + seen)
            break
        if item in _SIGNS:
            option(j + (item != QUOTE), ">sign" + item)
            seen = "s"
            if item != ",":
                break
        elif bit & VERB and verbs[item].shape != "base":
            seen = "v"
        elif bit & PREPOSITION and j > k and seen != "p":
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
    if k > last:
        option(k, ">time")
    return places


_SIGNS: Final = frozenset((QUOTE, ",", ";", ":"))


def _begin_verb(what: str, group: str, lemma: str) -> list[str]:
    return ["b" + what, "b" + what + group, "b" + what + lemma]


def _begin_word(what: str, kind: str, word: str) -> list[str]:
    return ["bs" + kind + what, *(["bw" + word + what] if word else [])]


def _sign(item: str) -> str:
    return item if item in (",", "and", "but", "that") else "-" if len(item) == 1 else "w"


def stops(f: Frame, cue: Cue, way: int, begin: int, known: Tables[Score]) -> dict[int, Score]:
    """The items before which the clause that begins at item `begin` may end."""
    items, kinds, bits = f.items, f.kinds, f.bits
    start, end = _bounds(cue)
    if way == 2:
        k = _edge(f, cue, start)
        while k > begin + 1 and items[k - 1] in _EDGE:
            k -= 1
        return {k: known.only[()]}
    stop = end
    while stop > begin + 1 and (items[stop - 1] == PARAGRAPH or items[stop - 1] in _EDGE):
        stop -= 1
    group, lemma = cue.group, cue.lemma
    last = QUOTE if items[stop - 1] == QUOTE else "w"
    found = {stop: known.final[group, lemma, _long(stop - begin), last]}
    breaks = [k for k, item in enumerate(items[begin + 1 : stop], begin + 1) if item in _BREAKS]
    verbs = f.prose.language.verbs
    for n, k in enumerate(breaks[:5]):
        item, what, word = items[k], PARAGRAPH, "-"
        if k + 1 < stop:
            after, what, bit = items[k + 1], kinds[k + 1], bits[k + 1]
            if bit & (CLOSED | VERB):
                word = after
            if bit & VERB:
                what += verbs[after].shape
        sign = _sign(item)
        found[k] = (
            known.stop_word[item, what, word]
            + known.stop_length[sign, _long(k - begin), _long(stop - k)]
            + known.stop_verb[sign, group, lemma]
            + known.stop_place[sign, "01234"[n], k == breaks[-1]]
            + known.stop_sides[sign, kinds[k - 1], kinds[begin]]
        )
    return found


def _only() -> list[str]:
    return []


def _final(group: str, lemma: str, long: str, last: str) -> list[str]:
    return ["e", "eg" + group, "ev" + lemma, "en" + long, "e." + last]


def _stop_word(item: str, what: str, word: str) -> list[str]:
    return ["c" + item, "c" + item + what, "cw" + item + word]


def _stop_length(sign: str, long: str, rest: str) -> list[str]:
    return ["cn" + long + sign, "cl" + rest + sign]


def _stop_verb(sign: str, group: str, lemma: str) -> list[str]:
    return ["c" + sign + group, "c" + sign + lemma]


def _stop_place(sign: str, rank: str, last: bool) -> list[str]:
    return ["c" + rank, "c" + sign + ("l" if last else "m")]


def _stop_sides(sign: str, left: str, first: str) -> list[str]:
    return ["cp" + left + sign, "cf" + first + sign]


def _long(n: int) -> str:
    if n < 8:
        return "1" if n < 2 else "2" if n < 4 else "4"
    return "8" if n < 16 else "16" if n < 30 else "30"


def speakings(f: Frame, cue: Cue, known: Tables[Score]) -> list[tuple[Subject | None, Score]]:
    """Who may have spoken the clause of a cue; the first is nobody."""
    items, kinds, bits = f.items, f.kinds, f.bits
    first_item, _, lemma, group, shape, _, _ = cue
    be = passive(f, first_item)
    found: list[tuple[Subject | None, Score]] = [(None, known.nobody[group, shape, lemma, be])]
    before = kinds[first_item - 1] if first_item else PARAGRAPH
    for rank, subject in enumerate(subjects(f, cue)):
        first, last, how, what = subject
        gap = first_item - last
        stand = kinds[first - 1] if first else PARAGRAPH
        behind = kinds[last] if last < len(kinds) else PARAGRAPH
        distance = "0" if gap == 0 else "3" if gap < 4 else "9" if gap < 10 else "10"
        article = items[first] if bits[first] & DETERMINER else "-"
        score = (
            known.subject[how, "0123456789"[rank], what]
            + known.subject_verb[how, shape + group, lemma, be]
            + known.subject_head[how, stand, article]
            + known.subject_sides[how, before, behind, distance]
        )
        found.append((subject, score))
    return found


def _nobody(group: str, shape: str, lemma: str, be: bool) -> list[str]:
    return ["0", "0 g" + group + shape, "0 v" + lemma, f"0 be{be}"]


def _subject(how: str, rank: str, what: str) -> list[str]:
    return [how, how + rank, how + what, "k" + what]


def _subject_verb(how: str, group: str, lemma: str, be: bool) -> list[str]:
    return [how + group, how + lemma, f"{how}be{be}"]


def _subject_head(how: str, stand: str, article: str) -> list[str]:
    return [how + "s" + stand, "d" + how + article, "d" + article + stand]


def _subject_sides(how: str, before: str, behind: str, distance: str) -> list[str]:
    return [how + "b" + before, how + "a" + behind, how + "d" + distance]
