"""Quotes and the words around them -> whose they are: cue, mention, evidence, confidence.

Every rule proposes a mention (words that may name the speaker) or nobody, and says in features what
speaks for it. The features have weights, learnt once from labelled articles and kept as data beside
the tables of the language; their sums, as odds, choose among the proposals and are the confidence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import NamedTuple

from reuse.clauses import (
    DASHES,
    PARAGRAPH,
    QUOTE,
    Cue,
    Frame,
    Subject,
    clause_subject,
    noun_phrase,
    phrase,
    subjects,
)
from reuse.languages import (
    ADVERB,
    AUXILIARY,
    CAPITAL,
    CLOSED,
    DETERMINER,
    DOCUMENT,
    GENITIVE,
    OBJECT,
    PASSIVE,
    POSSESSIVE,
    PRONOUN,
    REPORTING,
    ROLE,
    SPEAKING,
    SPEECH,
    TIME,
    VERB,
    Language,
)
from reuse.prose import ENDERS

# A proposal of the quote's own sentence that is this sure is taken without asking the sentences
# around; three quotes of four are.
_SURE = 0.97
# Keys kept for one table of features.
_KNOWN = 100_000

Weights = Mapping[str, float]
Stretch = tuple[int, int]


class Sums(dict[tuple[str, ...], float]):
    """The summed weights of the features that a function makes of a key, each key worked out once.

    A key is a few short words about the surroundings; the same ones come back in every article.
    """

    def __init__(self, features: Callable[..., list[str]], weights: Weights) -> None:
        super().__init__()
        self.features = features
        self.weights = weights

    def __missing__(self, key: tuple[str, ...]) -> float:
        if len(self) > _KNOWN:
            self.clear()
        weigh = self.weights.get
        total = self[key] = sum([weigh(feature, 0.0) for feature in self.features(*key)])
        return total


Part = tuple[Sums, tuple[str, ...]]


@dataclass(slots=True)
class Proposal:
    """A mention (offsets; ``None`` for nobody) with what speaks for it."""

    mention: Stretch | None
    parts: list[Part]
    cue: Stretch | None = None
    evidence: str = ""
    by: Cue | None = None


class Attribution(NamedTuple):
    """Whose a quote is; ``mention``, ``cue`` and ``told`` (the one spoken to) are offsets.

    ``spoken`` is the probability that anybody speaks the words at all, ``confidence`` that of this
    mention.
    """

    mention: Stretch | None
    cue: Stretch | None
    confidence: float
    spoken: float
    evidence: str
    told: Stretch | None = None


class Carried(NamedTuple):
    """The attribution that a quote without a cue of its own may go on from: the mention, the item
    of its quote, the last word of the mention."""

    mention: Stretch | None = None
    item: int = -1
    name: str = ""


class Clause(NamedTuple):
    """A reported clause (items, half-open), its speaker and its probability."""

    first: int
    last: int
    cue: Cue
    subject: Subject
    chance: float


class Tables:
    """The tables of features by which a language judges whose a quote is."""

    def __init__(self, weights: Weights) -> None:
        self.nobody = Sums(_nobody, weights)
        self.nobody_place = Sums(_nobody_place, weights)
        self.phrase = Sums(_phrase, weights)
        self.cue = Sums(_cue, weights)
        self.cue_place = Sums(_cue_place, weights)
        self.subject = Sums(_subject, weights)
        self.after = Sums(_after, weights)
        self.carry = Sums(_carried, weights)
        self.clause = Sums(_in_clause, weights)
        self.near = Sums(_near, weights)
        self.sentence = Sums(_sentence_before, weights)
        self.own = Sums(_own, weights)
        self.one = Sums(_one, weights)


@lru_cache(maxsize=16)
def tables(rules: Language) -> Tables:
    return Tables(rules.weights["quotes"])


@dataclass(slots=True)
class Scene:
    """One quote in its sentence: what every rule looks at."""

    f: Frame
    tables: Tables
    cues: Sequence[Cue]
    near: Mapping[int, list[int]]
    carried: Carried
    x: int
    start: int
    end: int
    left: str
    right: str
    shape: str
    length: str
    earlier: list[int]
    later: list[int]
    follows: bool
    mood: str
    clauses: Sequence[Clause]
    out: dict[Stretch | None, Proposal]


def attribution(
    f: Frame,
    cues: Sequence[Cue],
    near: Mapping[int, list[int]],
    span_index: int,
    carried: Carried,
    clauses: Sequence[Clause],
) -> Attribution:
    """Whose one quote is, by the weights of the article's language.

    ``near`` are the cues (their indices) by the item at which their sentence begins, ``clauses``
    the reported clauses that the quote stands in.
    """
    nobody = f.prose.language.nobody
    s = scene(f, cues, near, span_index, carried, clauses)
    own_sentence(s)
    found = list(s.out.values())
    chances, best = choose(found, nobody)
    if best == 0 or chances[best] < _SURE:
        other_sentences(s)
        found = list(s.out.values())
        chances, best = choose(found, nobody)
    chosen = found[best]
    spoken = 1.0 - chances[0]
    if chosen.mention is None:
        return Attribution(None, None, 0.0, spoken, "")
    spoken_to = None if chosen.by is None else told(f, chosen.by)
    return Attribution(
        chosen.mention, chosen.cue, chances[best], spoken, _reason(f, chosen), spoken_to
    )


def _reason(f: Frame, chosen: Proposal) -> str:
    if chosen.cue is None:
        return chosen.evidence
    return chosen.evidence.format(f.prose.text[slice(*chosen.cue)])


def scene(
    f: Frame,
    cues: Sequence[Cue],
    near: Mapping[int, list[int]],
    span_index: int,
    carried: Carried,
    clauses: Sequence[Clause],
) -> Scene:
    """The quote's surroundings, and the first proposal: nobody speaks."""
    x = f.places[span_index]
    span = f.spans[span_index]
    items, kinds, bits, prose = f.items, f.kinds, f.bits, f.prose
    words = prose.words
    start, end = f.sentence(x)
    inside = words[span.first : min(span.last, span.first + 30)]
    length = _length(sum(map(str.isalnum, map(_first, inside))))
    opening = next((w for w in inside[:3] if w[0].isalnum()), "")
    capital = "C" if opening[:1].isupper() or opening[:1].isdigit() else "c"
    final = words[span.last - 1]
    shape = length + capital + ("," if final == "," else "." if final in ENDERS else "w")
    before = x - 1 if x else len(items) - 1
    left = kinds[before]
    right = kinds[x + 1] if x + 1 < len(items) else PARAGRAPH
    here = near.get(start, [])
    mood = ""
    if prose.language.tables.get("reporting"):
        window = bits[max(start, x - 40) : min(end, x + 20)]
        mood = "S" if any(bit & REPORTING for bit in window) else "s"
    # Only the nearest matter: a sentence without an end may hold any number.
    middle = bisect_left(here, x, key=lambda c: cues[c].first)
    earlier = [c for c in here[max(0, middle - 3) : middle] if cues[c].last <= x]
    later = here[middle : middle + 2]
    verb = prose.language.verbs.get(items[before])
    word = items[before] if bits[before] & (CLOSED | VERB) else "-"
    known = tables(prose.language)
    flags = (
        "h" + str(span.paragraph in prose.headings),
        "s" + str(span.single),
        "cue" + str(bool(here)),
        "carry" + str(carried.mention is not None),
        "mood" + mood,
        "in" + (_sureness(clauses) if clauses else ""),
        "title" if _title(inside[:12]) else "",
        "gen" if bits[before] & GENITIVE else "",
    )
    nobody: list[Part] = [
        (known.nobody, (length, shape, *flags)),
        (known.nobody_place, (left, right, length, word, verb.lemma if verb else "-", *flags[-2:])),
    ]
    return Scene(
        f, known, cues, near, carried, x, start, end, left, right, shape, length, earlier, later,
        span.follows, mood, clauses, {None: Proposal(None, nobody)},
    )  # fmt: skip


def _nobody(length: str, shape: str, *flags: str) -> list[str]:
    heading, single, cue, carry, mood, clause, title, _ = flags
    out = ["0", "0 n" + length, "0 " + shape, "0 " + heading, "0 " + single + length]
    out += ["0 " + cue + length, "0 " + carry, "0 " + mood + length, "0 " + clause + length]
    if title:
        out.append("0 title" + length)
    return out


def _nobody_place(
    left: str, right: str, length: str, word: str, lemma: str, title: str, genitive: str
) -> list[str]:
    out = ["0 l" + left, "0 r" + right, "0 l" + left + length, "0 r" + right + length]
    out += ["0 w" + word, "0 w" + lemma]
    if title:
        out.append("0 title" + left + genitive)
    return out


def _sureness(clauses: Sequence[Clause]) -> str:
    return str(int(max(clause.chance for clause in clauses) * 5))


def _first(word: str) -> str:
    return word[0]


def _length(words: int) -> str:
    if words < 4:
        return str(max(words, 1))
    return "4" if words < 7 else "7" if words < 15 else "15"


def own_sentence(s: Scene) -> None:
    """What the words of saying in the quote's sentence, and the quote before, propose."""
    f, x, items = s.f, s.x, s.f.items
    named = f.spans[f.quotes[x]].label
    if named is not None:
        mention = f.prose.starts[named[0]], f.prose.ends[named[1] - 1]
        s.out[mention] = Proposal(
            mention, [(s.tables.one, ("label",))], None, "named before the colon"
        )
    for rank, c in enumerate(reversed(s.earlier[-3:])):
        _by_cue(s, s.cues[c], "b", rank)
    for rank, c in enumerate(s.later[:2]):
        _by_cue(s, s.cues[c], "a", rank)
    # A full stop or question mark inside the marks may hide that the sentence goes on behind them.
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    if (x + 1 == s.end or (x + 2 == s.end and after in ENDERS)) and after != PARAGRAPH:
        for c in s.near.get(s.end, [])[:1]:
            if s.cues[c].first < s.end + 12:
                _by_cue(s, s.cues[c], "an", 0)
    if x >= 2 and items[x - 1] == ":":
        last = phrase(f, s.start)
        if last == x - 1:
            whose = Subject(s.start, last, "colon")
            _propose(s, whose, None, [(s.tables.one, ("line:",))], "named before the colon")
    signed = _signed(f, x)
    if signed is not None:
        _propose(s, signed, None, [(s.tables.one, ("signed",))], "signed with the name")
    for clause in s.clauses:
        sure = _sureness([clause])
        place = "w" if clause.last - clause.first < 2 else "p"
        parts: list[Part] = [(s.tables.clause, (sure, s.length, place, s.left, s.shape))]
        _propose(s, clause.subject, clause.cue, parts, "subject of “{}”, in whose clause it stands")
    if s.carried.mention is not None:
        _carry(s)


def other_sentences(s: Scene) -> None:
    """What the names in the quote's sentence, the sentence before and the next quote propose."""
    f, x, items, near, cues = s.f, s.x, s.f.items, s.near, s.cues
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    # Several quotes in a row may share the words of saying that stand behind the last.
    if (not s.later and x + 1 == s.end) or (x + 2 == s.end and after == PARAGRAPH):
        k = s.end
        if k < len(items) and items[k] == QUOTE:
            for c in near.get(k, [])[:1]:
                if cues[c].first <= k + 8:
                    rule = "nx" + ("¶" if after == PARAGRAPH else "")
                    _by_cue(s, cues[c], rule + str(f.spans[f.quotes[k]].follows), 0)
    has = str(bool(s.earlier)) + str(bool(s.later))
    for rank, (close, how) in enumerate(_nearest(f, s.start, x)):
        stand = f.kinds[close.first - 1] if close.first else PARAGRAPH
        parts: list[Part] = [(s.tables.near, (str(rank), how, s.left, has, stand))]
        _propose(s, close, None, parts, "named before the quote in its sentence")
    previous = s.start - 1
    breaks = 0
    while previous > 0 and items[previous] == PARAGRAPH:
        previous -= 1
        breaks += 1
    if previous > 0 and breaks <= 1:
        opening, closing = f.sentence(previous)
        colon = ":" if ":" in items[max(opening, closing - 3) : closing] else ""
        said = near.get(opening, [])
        for rank, c in enumerate(reversed(said[-2:])):
            _by_cue(s, cues[c], f"bp{breaks}{colon}", rank)
        subject = clause_subject(f, opening, closing)
        if subject is not None:
            key = (str(breaks), colon, s.left, s.shape, has, str(bool(said)))
            _propose(s, subject, None, [(s.tables.sentence, key)], "subject of the sentence before")
        if colon and closing - opening <= 9 and not said:
            last = phrase(f, opening)
            if last > opening:
                whose = Subject(opening, last, "colon")
                line: Part = (s.tables.one, ("line:" + str(breaks),))
                _propose(s, whose, None, [line], "named before the colon")
    own = clause_subject(f, s.start, x)
    if own is not None:
        part: Part = (s.tables.own, (s.left, s.right, s.shape, has))
        _propose(s, own, None, [part], "subject of the sentence")


def _one(feature: str) -> list[str]:
    return [feature]


def _in_clause(sure: str, length: str, place: str, left: str, shape: str) -> list[str]:
    return ["in" + sure, "in" + sure + length, "in" + place + left, "in" + shape]


def _near(rank: str, how: str, left: str, has: str, stand: str) -> list[str]:
    return ["near" + rank, "near " + how, "near " + how + left, "near" + rank + has,
            "near s" + stand + rank]  # fmt: skip


def _sentence_before(
    breaks: str, colon: str, left: str, shape: str, has: str, said: str
) -> list[str]:
    own = str(has != "FalseFalse")
    return ["p" + breaks + colon, "p" + left + breaks, "p" + shape, "p" + own, "p cue" + said]


def _own(left: str, right: str, shape: str, has: str) -> list[str]:
    return ["own", "own" + left, "own" + shape, "own" + right, "own cue" + has]


def _propose(s: Scene, subject: Subject, cue: Cue | None, parts: list[Part], evidence: str) -> None:
    f = s.f
    first = subject.first
    mention = f.offsets(first, subject.last)
    article = f.items[first] if f.bits[first] & DETERMINER else "-"
    stand = f.kinds[first - 1] if first else PARAGRAPH
    same = "same" if s.carried.name and s.carried.name == f.items[subject.last - 1] else ""
    parts.append((s.tables.phrase, (kind(f, subject), subject.how, article, stand, same)))
    found = s.out.get(mention)
    if found is None:
        found = s.out[mention] = Proposal(mention, parts, None, evidence)
    else:
        found.parts += parts
    if cue is not None and found.cue is None:
        found.cue, found.by = f.offsets(cue.first, cue.last), cue
        found.evidence = evidence


def _phrase(what: str, how: str, article: str, stand: str, same: str) -> list[str]:
    # The article tells the case where a language has cases, and something new from something known.
    out = ["t " + what, "t " + what + how, "d " + article + how, "d " + article + stand]
    out.append("s " + how + stand)
    if same:
        out.append("same name")
    return out


def _by_cue(s: Scene, cue: Cue, rule: str, rank: int) -> None:
    f, x = s.f, s.x
    kinds = f.kinds
    if rule[0] == "b":
        gap, between = x - cue.last, kinds[cue.last : x]
    else:
        gap, between = cue.first - x - 1, kinds[x + 1 : cue.first]
    distance = (
        "0" if gap == 0 else "1" if gap == 1 else "3" if gap < 4 else "8" if gap < 9
        else "20" if gap < 21 else "99"
    ) + ("Q" if QUOTE in between else "")  # fmt: skip
    ahead = kinds[cue.first - 1] if cue.first else PARAGRAPH
    behind = kinds[cue.last] if cue.last < len(kinds) else PARAGRAPH
    shape = cue.shape + ("be" if cue.shape == "finite" and passive(f, cue.first) else "")
    shared: list[Part] = [
        (s.tables.cue, (rule, distance, cue.lemma, cue.group, shape, ahead, behind)),
        (s.tables.cue_place, (rule, s.left, s.right, s.shape, s.mood)),
    ]
    evidence = _BY_CUE.get(rule, _BY_CUE["nx"])
    for subject in subjects(f, cue):
        how = subject.how
        stand = kinds[subject.first - 1] if subject.first else PARAGRAPH
        key = (rule, how, "012"[min(rank, 2)], distance, cue.group, stand, shape)
        parts = [*shared, (s.tables.subject, key)]
        if how == "after":
            behind = kinds[subject.last] if subject.last < len(kinds) else PARAGRAPH
            parts.append((s.tables.after, (rule, behind, cue.group, ahead)))
        _propose(s, subject, cue, parts, evidence)


def _cue(
    rule: str, distance: str, lemma: str, group: str, shape: str, ahead: str, behind: str
) -> list[str]:
    return [
        "c " + rule + distance,
        "v " + lemma,
        "v " + lemma + rule,
        "g " + group + rule + shape,
        "q " + shape + group + ahead,
        "that " + rule + behind,
    ]


def _cue_place(rule: str, left: str, right: str, shape: str, mood: str) -> list[str]:
    return ["l " + rule + left, "r " + rule + right, "n " + rule + shape, "m " + rule + mood]


def _subject(
    rule: str, how: str, rank: str, distance: str, group: str, stand: str, shape: str
) -> list[str]:
    side = rule + how
    return [
        "c " + side,
        "c " + side + rank,
        "c " + side + distance,
        "g " + group + side,
        "s " + side + stand,
        "be " + shape + how,
    ]


def _after(rule: str, behind: str, group: str, ahead: str) -> list[str]:
    return ["behind " + rule + behind + group, "ahead " + rule + ahead]


_BY_CUE = {
    "b": "subject of “{}” before the quote",
    "a": "subject of “{}” after the quote",
    "an": "subject of “{}” after the quote",
    "bp0": "subject of “{}” in the sentence before",
    "bp1": "subject of “{}” in the paragraph before",
    "bp0:": "subject of “{}” before the colon",
    "bp1:": "subject of “{}” before the colon",
    "nx": "subject of “{}” after the next quote",
}


def _carry(s: Scene) -> None:
    """The speaker of the quote before, by what stands between the two."""
    items, carried = s.f.items, s.carried
    gap = s.x - carried.item - 1
    far = str(min(items[carried.item + 1 : s.x].count(PARAGRAPH), 3)) if gap < 500 else "3"
    same = carried.item >= s.start
    if same:
        between = any(s.cues[c].first > carried.item for c in s.earlier)
    else:
        between = bool(s.earlier or s.later)
    place = far + ("s" if same else "o")
    has = str(bool(s.earlier)) + str(bool(s.later))
    distance = "0" if gap < 8 else "1" if gap < 25 else "2" if gap < 60 else "3"
    key = (place, s.left, s.right, has, str(between), s.shape, str(s.follows), s.mood, distance)
    found = s.out.get(carried.mention)
    if found is None:
        found = s.out[carried.mention] = Proposal(
            carried.mention, [], None, "carried over from the quote before"
        )
    found.parts.append((s.tables.carry, key))


def _carried(
    place: str, left: str, right: str, has: str, between: str, shape: str, follows: str,
    mood: str, distance: str,
) -> list[str]:  # fmt: skip
    far = place[0]
    return [
        "k" + place,
        "k" + place + left,
        "k" + place + right,
        "k" + left + right + place,
        "k cue" + has + place,
        "k between" + between + place,
        "k" + shape + far,
        "k follows" + follows,
        "k mood" + mood + far,
        "k far" + distance + far,
    ]


def _nearest(f: Frame, start: int, x: int) -> list[tuple[Subject, str]]:
    """The last names and pronouns before a quote in its sentence, with what follows each."""
    items, bits, kinds = f.items, f.bits, f.kinds
    found: list[tuple[Subject, str]] = []
    k = x - 1
    floor = max(start, x - 40)
    while k >= floor and len(found) < 3:
        bit = bits[k]
        if bit & SPEAKING or (bit & CAPITAL and not bit & (CLOSED | TIME)):
            span = noun_phrase(f, k + 1, floor)
            if span is not None:
                after = bits[k + 1]
                if bit & GENITIVE:
                    how = "of " + _speech(bits, k)
                elif after & AUXILIARY:
                    how = "aux"
                elif after & ADVERB:
                    how = "adverb"
                else:
                    how = kinds[k + 1]
                    if how == "word":
                        how += items[k + 1][-1]
                found.append((Subject(*span, "near"), how))
                k = span[0]
        elif bit & POSSESSIVE and _speech(bits, k):
            found.append((Subject(k, k + 1, "near"), "of speech"))
        k -= 1
    return found


def _speech(bits: Sequence[int], k: int) -> str:
    return "speech" if any(bit & SPEECH for bit in bits[k + 1 : k + 5]) else ""


def told(f: Frame, cue: Cue) -> Stretch | None:
    """The one spoken to ("told *reporters*"), who is not the speaker."""
    if cue.lemma not in f.prose.language.telling:
        return None
    k = cue.last
    last = k + 1 if k < len(f.items) and f.bits[k] & OBJECT else phrase(f, k)
    return f.offsets(k, last) if last > k else None


def kind(f: Frame, subject: Subject) -> str:
    """What sort of noun phrase a subject is, in one word."""
    bits = f.bits[subject.first : subject.last]
    first = bits[0]
    if len(bits) == 1 and first & PRONOUN:
        return f.items[subject.first] if first & SPEAKING else "pron"
    rest = bits[1:] if first & DETERMINER else bits
    joined = 0
    for bit in rest:
        joined |= bit
    if joined & CAPITAL:
        return "role name" if joined & ROLE else "doc name" if joined & DOCUMENT else "name"
    return "role" if joined & ROLE else "doc" if joined & DOCUMENT else "thing"


def passive(f: Frame, k: int) -> bool:
    """Whether the verb at item `k` is in the passive, by the words before it."""
    bits = f.bits
    for j in range(k - 1, max(k - 4, -1), -1):
        if bits[j] & PASSIVE:
            return True
        if not bits[j] & ADVERB:
            return False
    return False


def _title(words: Sequence[str]) -> bool:
    """Whether the words are written like a title: all but the small ones begin with a capital."""
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    return bool(long) and all(w[0].isupper() for w in long)


def _signed(f: Frame, x: int) -> Subject | None:
    """`“…” — Name` at the end of a paragraph or at the head of the next."""
    items = f.items
    k = x + 1
    if k < len(items) and items[k] == PARAGRAPH:
        k += 1
    if k + 1 < len(items) and (items[k] in DASHES or items[k] == "~"):
        last = phrase(f, k + 1)
        if last > k + 1 and last < len(items) and items[last] in (PARAGRAPH, ",", "(", "."):
            return Subject(k + 1, last, "signed")
    return None


def odds(scores: Sequence[float]) -> tuple[list[float], int]:
    """The probabilities of alternatives by their scores, and the first of the likeliest."""
    top = max(scores)
    parts = [exp(score - top) for score in scores]
    whole = sum(parts)
    return [part / whole for part in parts], scores.index(top)


def choose(found: Sequence[Proposal], nobody: float) -> tuple[list[float], int]:
    """The probability of every proposal, and the choice: nobody (the first) when that is as likely
    as `nobody`, else the likeliest other."""
    chances, best = odds([sum([table[key] for table, key in p.parts]) for p in found])
    if chances[0] >= nobody or len(found) == 1:
        return chances, 0
    if best == 0:
        best = chances.index(max(chances[1:]), 1)
    return chances, best
