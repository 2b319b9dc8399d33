"""Quotes and the words around them -> whose they are: cue, mention, evidence, confidence.

Every rule proposes a mention (words that may name the speaker) or nobody, and says in features what
speaks for it. The features have weights, learnt once from labelled articles and kept as data beside
the tables of the language; their sums, as odds, choose among the proposals and are the confidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import exp

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
)
from reuse.prose import ENDERS

# A proposal of the quote's own sentence that is this sure is taken without asking the sentences
# around; three quotes of four are.
_SURE = 0.97

Weights = Mapping[str, float]
Stretch = tuple[int, int]


@dataclass(slots=True)
class Proposal:
    """A mention (offsets; ``None`` for nobody) with what speaks for it."""

    mention: Stretch | None
    features: list[str]
    cue: Stretch | None = None
    evidence: str = ""
    by: Cue | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
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


@dataclass(frozen=True, slots=True)
class Carried:
    """The attribution that a quote without a cue of its own may go on from: the mention, the item
    of its quote, the last word of the mention."""

    mention: Stretch | None = None
    item: int = -1
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A reported clause (items, half-open), its speaker and its probability."""

    first: int
    last: int
    cue: Cue
    subject: Subject
    chance: float


@dataclass(slots=True)
class Scene:
    """One quote in its sentence: what every rule looks at."""

    f: Frame
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

    ``near`` are the cues (their indices) by the item at which their sentence begins, ``clauses`` the
    reported clauses that the quote stands in.
    """
    weights = f.prose.language.weights["quotes"]
    s = scene(f, cues, near, span_index, carried, clauses)
    own_sentence(s)
    found = list(s.out.values())
    chances, best = choose(found, weights)
    if best == 0 or chances[best] < _SURE:
        other_sentences(s)
        found = list(s.out.values())
        chances, best = choose(found, weights)
    chosen = found[best]
    spoken = 1.0 - chances[0]
    if chosen.mention is None:
        return Attribution(None, None, 0.0, spoken, "")
    spoken_to = None if chosen.by is None else told(f, chosen.by)
    return Attribution(
        chosen.mention, chosen.cue, chances[best], spoken, chosen.evidence, spoken_to
    )


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
    earlier = [c for c in here if cues[c].last <= x]
    later = [c for c in here if cues[c].first > x]
    verb = prose.language.verbs.get(items[before])
    features = [
        "0",
        "0 n" + length,
        "0 " + shape,
        "0 l" + left,
        "0 r" + right,
        "0 l" + left + length,
        "0 r" + right + length,
        "0 w" + (items[before] if bits[before] & (CLOSED | VERB) else "-"),
        "0 w" + (verb.lemma if verb else "-"),
        "0 h" + str(span.paragraph in prose.headings),
        "0 s" + str(span.single) + length,
        "0 cue" + str(bool(here)) + length,
        "0 carry" + str(carried.mention is not None),
        "0 mood" + mood + length,
        "0 in" + (_sureness(clauses) if clauses else "") + length,
    ]
    if _title(inside[:12]):
        features.append("0 title" + length)
    nobody = Proposal(None, features)
    return Scene(
        f, cues, near, carried, x, start, end, left, right, shape, length, earlier, later,
        span.follows, mood, clauses, {None: nobody},
    )  # fmt: skip


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
            _propose(s, Subject(s.start, last, "colon"), None, ["line:"], "named before the colon")
    signed = _signed(f, x)
    if signed is not None:
        _propose(s, signed, None, ["signed"], "signed with the name")
    for clause in s.clauses:
        sure = _sureness([clause])
        place = "w" if clause.last - clause.first < 2 else "p"
        features = ["in" + sure, "in" + sure + s.length, "in" + place + s.left, "in" + s.shape]
        _propose(s, clause.subject, clause.cue, features, "subject of “{}”, in whose clause it stands")
    if s.carried.mention is not None:
        _carry(s)


def other_sentences(s: Scene) -> None:
    """What the names in the quote's sentence, the sentence before and the next quote propose."""
    f, x, items, near, cues = s.f, s.x, s.f.items, s.near, s.cues
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    # Several quotes in a row may share the words of saying that stand behind the last.
    if not s.later and x + 1 == s.end or (x + 2 == s.end and after == PARAGRAPH):
        k = s.end
        if k < len(items) and items[k] == QUOTE:
            for c in near.get(k, [])[:1]:
                if cues[c].first <= k + 8:
                    rule = "nx" + ("¶" if after == PARAGRAPH else "")
                    _by_cue(s, cues[c], rule + str(f.spans[f.quotes[k]].follows), 0)
    has = str(bool(s.earlier)) + str(bool(s.later))
    for rank, (close, how) in enumerate(_nearest(f, s.start, x)):
        n = str(rank)
        stand = f.kinds[close.first - 1] if close.first else PARAGRAPH
        features = ["near" + n, "near " + how, "near " + how + s.left, "near" + n + has]
        features.append("near s" + stand + n)
        _propose(s, close, None, features, "named before the quote in its sentence")
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
            n = str(breaks)
            features = ["p" + n + colon, "p" + s.left + n, "p" + s.shape]
            features += ["p" + str(bool(s.earlier or s.later)), "p cue" + str(bool(said))]
            _propose(s, subject, None, features, "subject of the sentence before")
        if colon and closing - opening <= 9 and not said:
            last = phrase(f, opening)
            if last > opening:
                whose = Subject(opening, last, "colon")
                _propose(s, whose, None, ["line:" + str(breaks)], "named before the colon")
    own = clause_subject(f, s.start, x)
    if own is not None:
        features = ["own", "own" + s.left, "own" + s.shape, "own" + s.right, "own cue" + has]
        _propose(s, own, None, features, "subject of the sentence")


def _propose(
    s: Scene, subject: Subject, cue: Cue | None, features: list[str], evidence: str
) -> None:
    f = s.f
    mention = f.offsets(subject.first, subject.last)
    what = kind(f, subject)
    features.append("t " + what)
    features.append("t " + what + subject.how)
    # The article tells the case where a language has cases, and something new from something known.
    first = subject.first
    article = f.items[first] if f.bits[first] & DETERMINER else "-"
    stand = f.kinds[first - 1] if first else PARAGRAPH
    features.append("d " + article + subject.how)
    features.append("d " + article + stand)
    features.append("s " + subject.how + stand)
    if s.carried.name and s.carried.name == f.items[subject.last - 1]:
        features.append("same name")
    found = s.out.get(mention)
    if found is None:
        found = s.out[mention] = Proposal(mention, features, None, evidence)
    else:
        found.features += features
    if cue is not None and found.cue is None:
        found.cue, found.by = f.offsets(cue.first, cue.last), cue
        word = f.prose.text[slice(*found.cue)]
        found.evidence = evidence.format(word)


def _by_cue(s: Scene, cue: Cue, rule: str, rank: int) -> None:
    f, x = s.f, s.x
    kinds, items = f.kinds, f.items
    back = rule[0] == "b"
    if back:
        gap, between = x - cue.last, kinds[cue.last : x]
    else:
        gap, between = cue.first - x - 1, kinds[x + 1 : cue.first]
    distance = (
        "0" if gap == 0 else "1" if gap == 1 else "3" if gap < 4 else "8" if gap < 9
        else "20" if gap < 21 else "99"
    ) + ("Q" if QUOTE in between else "")  # fmt: skip
    ahead = kinds[cue.first - 1] if cue.first else PARAGRAPH
    behind = kinds[cue.last] if cue.last < len(items) else PARAGRAPH
    shape = cue.shape + ("be" if cue.shape == "finite" and passive(f, cue.first) else "")
    shared = [
        "c " + rule + distance,
        "v " + cue.lemma,
        "v " + cue.lemma + rule,
        "g " + cue.group + rule + shape,
        "l " + rule + s.left,
        "r " + rule + s.right,
        "n " + rule + s.shape,
        "q " + shape + cue.group + ahead,
        "that " + rule + behind,
        "m " + rule + s.mood,
    ]
    evidence = _BY_CUE.get(rule, _BY_CUE["nx"])
    for subject in subjects(f, cue):
        side = rule + subject.how
        stand = kinds[subject.first - 1] if subject.first else PARAGRAPH
        features = [
            *shared,
            "c " + side,
            "c " + side + str(min(rank, 2)),
            "c " + side + distance,
            "g " + cue.group + side,
            "s " + side + stand,
            "be " + shape + subject.how,
        ]
        if subject.how == "after":
            next_kind = kinds[subject.last] if subject.last < len(items) else PARAGRAPH
            features.append("behind " + rule + next_kind + cue.group)
            features.append("ahead " + rule + ahead)
        _propose(s, subject, cue, features, evidence)


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
    features = [
        "k" + place,
        "k" + place + s.left,
        "k" + place + s.right,
        "k" + s.left + s.right + place,
        "k cue" + str(bool(s.earlier)) + str(bool(s.later)) + place,
        "k between" + str(between) + place,
        "k" + s.shape + far,
        "k follows" + str(s.follows),
        "k mood" + s.mood + far,
        "k far" + ("0" if gap < 8 else "1" if gap < 25 else "2" if gap < 60 else "3") + far,
    ]
    found = s.out.get(carried.mention)
    if found is None:
        s.out[carried.mention] = Proposal(
            carried.mention, features, None, "carried over from the quote before"
        )
    else:
        found.features += features


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


def choose_best(found: Sequence[Sequence[str]], weights: Weights) -> tuple[list[float], int]:
    """The probability of every list of features, and the first of the likeliest."""
    weigh = weights.get
    scores = [sum(map(weigh, features, repeat(0.0))) for features in found]
    top = max(scores)
    odds = [exp(score - top) for score in scores]
    whole = sum(odds)
    return [odd / whole for odd in odds], scores.index(top)


def choose(found: Sequence[Proposal], weights: Weights) -> tuple[list[float], int]:
    """The probability of every proposal; nobody (the first) when that is as likely as not."""
    chances, best = choose_best([proposal.features for proposal in found], weights)
    if chances[0] >= 0.5 or len(found) == 1:
        return chances, 0
    if best == 0:
        best = chances.index(max(chances[1:]), 1)
    return chances, best
