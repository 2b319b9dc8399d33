"""Quotes and the words around them -> whose they are: cue, mention, evidence, confidence.

Every rule proposes a mention (words that may name the speaker) or nobody, and says in features what
speaks for it. The features have weights, learnt once from labelled articles and kept as data beside
the tables of the language; their sums, as odds, choose among the proposals and are the confidence.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import Final, Generic, NamedTuple

from reuse.clauses import (
    ADDRESS,
    DASHES,
    PARAGRAPH,
    QUOTE,
    Cue,
    Frame,
    Stretch,
    Subject,
    clause_subject,
    named,
    noun_phrase,
    passive,
    phrase,
    quoted,
    sort,
    subjects,
)
from reuse.grammar import adds, doubted, ends_here, has_own_verb, is_title, is_work, telling, told
from reuse.languages import (
    ADVERB,
    AUXILIARY,
    CAPITAL,
    CLOSED,
    CONDITIONAL,
    DETERMINER,
    FINITE,
    GENITIVE,
    LINE,
    POSSESSIVE,
    REPORTING,
    SPEAKING,
    SPEECH,
    TIME,
    TITLING,
    TOUCH,
    VERB,
    Language,
)
from reuse.prose import ENDERS
from reuse.quotes import Span
from reuse.weighing import Maker, Score, flattened, odds, summed

# A proposal of the quote's own sentence that is this sure is taken without asking the sentences
# around; three quotes of four are.
_SURE: Final = 0.97
# Sentences over which reported speech is followed back to its words of saying.
_FARTHEST: Final = 6
# Items from a quote to the verb behind it, with a name and a comma between.
_RIGHT_BEHIND: Final = 8


class Proposal(Generic[Score]):
    """A mention (offsets; ``None`` for nobody) with what speaks for it."""

    def __init__(
        self,
        mention: Stretch | None,
        score: Score,
        cue: Stretch | None = None,
        evidence: str = "",
        by: Cue | None = None,
    ) -> None:
        self.mention = mention
        self.score = score
        self.cue = cue
        self.evidence = evidence
        self.by = by


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


_CARRIED: Final = "carried over from the quote before"


class Carried(NamedTuple):
    """The attribution that a quote without a cue of its own may go on from: the mention, the item
    of its quote, the last word of the mention, and how sure it is."""

    mention: Stretch | None = None
    item: int = -1
    name: str = ""
    confidence: float = 1.0


class Clause(NamedTuple):
    """A reported clause (items, half-open), its speaker and its probability."""

    first: int
    last: int
    cue: Cue
    subject: Subject
    chance: float


class Tables(Generic[Score]):
    """The tables of features by which a language judges whose a quote is."""

    def __init__(self, table: Maker[Score]) -> None:
        self.nobody = table(_nobody, "quotes")
        self.nobody_place = table(_nobody_place, "quotes")
        self.nobody_inside = table(_nobody_inside, "quotes")
        self.nobody_named = table(_nobody_named, "quotes")
        self.phrase = table(_phrase, "quotes")
        self.cue = table(_cue, "quotes")
        self.cue_sides = table(_cue_sides, "quotes")
        self.cue_ahead = table(_cue_ahead, "quotes")
        self.cue_place = table(_cue_place, "quotes")
        self.subject = table(_subject, "quotes")
        self.subject_verb = table(_subject_verb, "quotes")
        self.subject_head = table(_subject_head, "quotes")
        self.order = table(_order, "quotes")
        self.after = table(_after, "quotes")
        self.carry = table(_carried, "quotes")
        self.carry_cues = table(_carried_cues, "quotes")
        self.carry_shape = table(_carried_shape, "quotes")
        self.clause = table(_in_clause, "quotes")
        self.near = table(_near, "quotes")
        self.near_head = table(_near_head, "quotes")
        self.sentence = table(_sentence_before, "quotes")
        self.own = table(_own, "quotes")
        self.one = table(_one, "quotes")


@lru_cache(maxsize=16)
def tables(rules: Language) -> Tables[int]:
    return Tables(summed(rules.weights))


class Scene(Generic[Score]):
    """One quote in its sentence: what every rule looks at."""

    def __init__(
        self,
        f: Frame,
        tables: Tables[Score],
        cues: list[Cue],
        near: dict[int, list[int]],
        carried: Carried,
        x: int,
        start: int,
        end: int,
        left: str,
        right: str,
        shape: str,
        length: str,
        earlier: list[int],
        later: list[int],
        follows: bool,
        mood: str,
        clauses: list[Clause],
        out: dict[Stretch | None, Proposal[Score]],
    ) -> None:
        self.f = f
        self.tables = tables
        self.cues = cues
        self.near = near
        self.carried = carried
        self.x = x
        self.start = start
        self.end = end
        self.left = left
        self.right = right
        self.shape = shape
        self.length = length
        self.earlier = earlier
        self.later = later
        self.follows = follows
        self.mood = mood
        self.clauses = clauses
        self.out = out


def attribution(
    f: Frame,
    cues: list[Cue],
    near: dict[int, list[int]],
    span_index: int,
    carried: Carried,
    clauses: list[Clause],
) -> Attribution:
    """Whose one quote is, by the weights of the article's language.

    ``near`` are the cues (their indices) by the item at which their sentence begins, ``clauses``
    the reported clauses that the quote stands in.
    """
    if is_work(f, span_index):
        return Attribution(None, None, 0.0, 0.0, "")
    rules = f.prose.language
    s = scene(f, tables(rules), cues, near, span_index, carried, clauses)
    own_sentence(s)
    found = list(s.out.values())
    chances, best = choose(found, rules.nobody)
    added = bool(s.earlier) and adds(f, cues[s.earlier[-1]], s.x)
    if not added and (best == 0 or chances[best] < _SURE):
        other_sentences(s)
        found = list(s.out.values())
        chances, best = choose(found, rules.nobody)
    chosen = found[best]
    spoken = 1.0 - chances[0]
    if chosen.mention is None:
        return Attribution(None, None, 0.0, spoken, "")
    spoken_to = None if chosen.by is None else told(f, chosen.by)
    sure = flattened(chances[best], rules.candour)
    if chosen.evidence == _CARRIED:
        sure = min(sure, carried.confidence)
    reason = _reason(f, chosen)
    doubt = None if chosen.by is None else doubted(f, chosen.by)
    if doubt is not None:
        sure, reason = sure * _DOUBTED, f"{reason}, with “{doubt}”"
    return Attribution(chosen.mention, chosen.cue, sure, spoken, reason, spoken_to)


# What is left of an attribution that is denied or left open.
_DOUBTED: Final = 0.65


def _reason(f: Frame, chosen: Proposal[int]) -> str:
    if chosen.cue is None:
        return chosen.evidence
    return chosen.evidence.format(f.prose.text[slice(*chosen.cue)])


def scene(
    f: Frame,
    known: Tables[Score],
    cues: list[Cue],
    near: dict[int, list[int]],
    span_index: int,
    carried: Carried,
    clauses: list[Clause],
) -> Scene[Score]:
    """The quote's surroundings, and the first proposal: nobody speaks."""
    x = f.places[span_index]
    span = f.spans[span_index]
    items, kinds, bits, prose = f.items, f.kinds, f.bits, f.prose
    words = prose.words
    start, end = f.sentence(x)
    begin, many = span.first, prose.shapes.count
    last = min(span.last, begin + 30)
    length = _LENGTHS[sum([many(shape, begin, last) for shape in "aAcC"])]
    opening = next((w for w in words[begin : min(last, begin + 3)] if w[0].isalnum()), "")
    capital = "C" if opening[:1].isupper() or opening[:1].isdigit() else "c"
    final = words[span.last - 1]
    shape = length + capital + ("," if final == "," else "." if final in ENDERS else "w")
    before = x - 1 if x else len(items) - 1
    left = kinds[before]
    right = kinds[x + 1] if x + 1 < len(items) else PARAGRAPH
    here = near.get(start, [])
    mood = _mood(f, max(start, x - 40), min(end, x + 20))
    mood_before = _mood(f, *f.sentence(start - 1)) if mood and start else ""
    # Only the nearest matter: a sentence without an end may hold any number.
    middle = bisect_left(here, x, key=lambda c: cues[c].first)
    earlier = [c for c in here[max(0, middle - 3) : middle] if cues[c].last <= x]
    later = here[middle : middle + 2]
    word = items[before] if bits[before] & (CLOSED | VERB) else "-"
    lemma = prose.language.verbs[word].lemma if bits[before] & VERB else "-"
    title = is_title(words[begin : min(last, begin + 12)])
    mark = bool(bits[before] & GENITIVE)
    who = carried.mention is not None
    sure = _sureness(clauses) if clauses else ""
    heading = span.paragraph in prose.headings
    moods = mood + mood_before
    score = (
        known.nobody[length, shape, heading, span.single, bool(here), who, mood, sure, title]
        + known.nobody_named[
            length, shape, span_index in f.repeated, _titling(bits, x), moods, sure
        ]
        + known.nobody_place[left, right, length, word, lemma, title, mark]
    )
    if prose.language.verb_second:
        score = score + known.nobody_inside[length, *_inside(f, span, x)]
    return Scene(
        f, known, cues, near, carried, x, start, end, left, right, shape, length, earlier, later,
        span.follows, mood, clauses, {None: Proposal(None, score)},
    )  # fmt: skip


def _nobody(
    length: str, shape: str, heading: bool, single: bool, cue: bool, carry: bool, mood: str,
    clause: str, title: bool,
) -> list[str]:  # fmt: skip
    out = ["0", "0 n" + length, "0 " + shape, f"0 h{heading}", f"0 s{single}{length}"]
    out += [f"0 cue{cue}{length}", f"0 carry{carry}", f"0 mood{mood}{length}"]
    out.append(f"0 in{clause}{length}")
    if title:
        out.append("0 title" + length)
    return out


def _nobody_named(
    length: str, shape: str, again: bool, titling: str, moods: str, clause: str
) -> list[str]:
    out = []
    if again:
        out += ["0 again" + length, "0 again" + shape]
    if titling:
        out += ["0 titling" + titling, "0 titling" + shape]
    if moods:
        out += ["0 moods" + moods, "0 moods" + moods + "in" + clause]
    return out


def _nobody_place(
    left: str, right: str, length: str, word: str, lemma: str, title: bool, genitive: bool
) -> list[str]:
    out = ["0 l" + left, "0 r" + right, "0 l" + left + length, "0 r" + right + length]
    out += ["0 w" + word, "0 w" + lemma]
    if title:
        out.append("0 title" + left + ("gen" if genitive else ""))
    return out


def _inside(f: Frame, span: Span, x: int) -> tuple[str, ...]:
    """What tells a name in marks from somebody's words, where every noun has a capital: the sorts
    of its first and last words, whether it has a verb; what leads up to it, and what goes on."""
    prose, items = f.prose, f.items
    joined = 0
    for bit in prose.bits[span.first : span.last]:
        joined |= bit
    verb = "v" if joined & (VERB | AUXILIARY | FINITE) else "-"
    lead = before = PARAGRAPH
    if x:
        noun = f.bits[x - 1] & CAPITAL and not f.bits[x - 1] & CLOSED
        lead = sort(f, x - 1) if noun else f.kinds[x - 1]
    if x > 1:
        before = f.kinds[x - 2]
    joint = "-"
    if x + 1 < len(items) and f.bits[x + 1] & CAPITAL:
        joint = "n"
    elif x + 1 < len(items) and items[x + 1] in DASHES and prose.gaps[span.right - 1] == TOUCH:
        joint = "j"
    return prose.kinds[span.first], prose.kinds[span.last - 1], verb, lead, before, joint


def _nobody_inside(
    length: str, first: str, last: str, verb: str, lead: str, before: str, joint: str
) -> list[str]:
    out = ["0 f" + first + length, "0 e" + last + length, "0 fe" + first + last]
    out += ["0 v" + verb + length, "0 j" + joint, "0 j" + joint + length]
    out += ["0 le" + lead, "0 le" + lead + length, "0 lf" + lead + first, "0 bl" + before + lead]
    return out


def _mood(f: Frame, first: int, last: int) -> str:
    """Whether items are in the mood of reported speech ("S"), or in the one that stands in for it
    ("K"), in a language that has them."""
    if not f.prose.language.tables.get("reporting"):
        return ""
    joined = 0
    for bit in f.bits[first:last]:
        joined |= bit
    return "S" if joined & REPORTING else "K" if joined & CONDITIONAL else "s"


def _titling(bits: list[int], x: int) -> str:
    """On which side of a quote a word says that the marks name something: "the so-called"."""
    for bit in bits[max(x - 2, 0) : x]:
        if bit & TITLING:
            return "b"
    for bit in bits[x + 1 : x + 3]:
        if bit & TITLING:
            return "a"
    return ""


def _sureness(clauses: list[Clause]) -> str:
    return str(int(max(clause.chance for clause in clauses) * 5))


# By the number of words.
_LENGTHS: Final = ["1", "1", "2", "3"] + ["4"] * 3 + ["7"] * 8 + ["15"] * 16


def own_sentence(s: Scene[Score]) -> None:
    """What the words of saying in the quote's sentence, and the quote before, propose."""
    f, x, items = s.f, s.x, s.f.items
    label = f.spans[f.quotes[x]].label
    if label is not None:
        mention = f.prose.starts[label[0]], f.prose.end(label[1] - 1)
        s.out[mention] = Proposal(mention, s.tables.one[("label",)], None, "named before the colon")
    relative = -1
    for rank, c in enumerate(reversed(s.earlier[-3:])):
        _by_cue(s, s.cues[c], "b", rank)
        passed_on = telling(f, s.cues, c, x)
        if passed_on is not None:
            # What speaks for the one who tells of it speaks for the one who said it.
            outer, teller = passed_on
            _by_cue(s, outer, "b", rank + 1, teller, subjects(f, s.cues[c])[0])
        if ends_here(f, s.cues, c, x):
            relative = s.cues[c].first
            break
    said = _said_behind(s)
    # In "Holt said: “…,” the Herald reported" the paper only passes it on.
    led = x >= 2 and items[x - 1] == ":" and bool(s.earlier) and s.cues[s.earlier[-1]].last == x - 1
    # So does Lee in "Holt called her “…,” Lee said".
    own = bool(s.earlier) and has_own_verb(f, s.cues[s.earlier[-1]], x)
    for rank, c in enumerate([] if led or own else s.later[:2]):
        if c + 1 < len(s.cues) and quoted(f, s.cues[c + 1]) is not None:
            continue
        if not (said and rank and s.cues[c].shape == "phrase"):
            _by_cue(s, s.cues[c], "a", rank)
        passed_on = telling(f, s.cues, c, x) if quoted(f, s.cues[c]) is not None else None
        if passed_on is not None:
            outer, teller = passed_on
            _by_cue(s, outer, "a", 0, teller, subjects(f, s.cues[c])[0])
    # A full stop or question mark inside the marks may hide that the sentence goes on behind them.
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    if (x + 1 == s.end or (x + 2 == s.end and after in ENDERS)) and after != PARAGRAPH:
        for c in s.near.get(s.end, [])[:1]:
            if s.cues[c].first < s.end + 12:
                _by_cue(s, s.cues[c], "an", 0)
    if x >= 2 and items[x - 1] == ":":
        last = phrase(f, s.start)
        if s.start < last == x - 1:
            whose = named(f, s.start, last, "colon")
            _propose(s, whose, None, s.tables.one[("line:",)], "named before the colon")
    signed = _signed(f, x)
    if signed is not None:
        _propose(s, signed, None, s.tables.one[("signed",)], "signed with the name")
    for clause in s.clauses:
        if clause.cue.first < relative or (said and clause.cue.shape == "phrase"):
            continue
        if own and clause.cue.first > x:
            continue
        sure = _sureness([clause])
        place = "w" if clause.last - clause.first < 2 else "p"
        score = s.tables.clause[sure, s.length, place, s.left, s.shape]
        _propose(s, clause.subject, clause.cue, score, "subject of “{}”, in whose clause it stands")
    if s.carried.mention is not None and relative < 0:
        _carry(s)


def _said_behind(s: Scene[Score]) -> bool:
    """Whether a verb right behind the quote says whose it is: in "…," Ann Lee said, according to
    the Herald, the paper has only the report."""
    if not s.later:
        return False
    cue = s.cues[s.later[0]]
    return cue.shape != "phrase" and cue.first - s.x <= _RIGHT_BEHIND and bool(subjects(s.f, cue))


def other_sentences(s: Scene[Score]) -> None:
    """What the names in the quote's sentence, the sentence before and the next quote propose."""
    f, x, items, near, cues = s.f, s.x, s.f.items, s.near, s.cues
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    # Several quotes in a row may share the words of saying that stand behind the last.
    if (not s.later and x + 1 == s.end) or (x + 2 == s.end and after == PARAGRAPH):
        k = s.end if s.start == x or not s.earlier else len(items)
        if k < len(items) and items[k] == QUOTE:
            for c in near.get(k, [])[:1]:
                if cues[c].first <= k + 8:
                    rule = "nx" + ("¶" if after == PARAGRAPH else "")
                    _by_cue(s, cues[c], rule + str(f.spans[f.quotes[k]].follows), 0)
    has = str(bool(s.earlier)) + str(bool(s.later))
    for rank, (close, how) in enumerate(_nearest(f, s.start, x)):
        stand = f.kinds[close.first - 1] if close.first else PARAGRAPH
        place = "012"[rank]
        score = s.tables.near[place, how, s.left] + s.tables.near_head[place, has, stand]
        _propose(s, close, None, score, "named before the quote in its sentence")
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
            score = s.tables.sentence[str(breaks), colon, s.left, s.shape, has, bool(said)]
            _propose(s, subject, None, score, "subject of the sentence before")
        if colon and closing - opening <= 9 and not said:
            last = phrase(f, opening)
            if last > opening:
                whose = named(f, opening, last, "colon")
                score = s.tables.one[("line:" + str(breaks),)]
                _propose(s, whose, None, score, "named before the colon")
    if s.mood in ("S", "K"):
        _continued(s, previous)
    own = clause_subject(f, s.start, x)
    if own is not None:
        score = s.tables.own[s.left, s.right, s.shape, has]
        _propose(s, own, None, score, "subject of the sentence")


def _continued(s: Scene[Score], k: int) -> None:
    """The words of saying whose report goes on, sentence by sentence, up to the quote's."""
    f = s.f
    for far in range(_FARTHEST):
        if k <= 0:
            return
        opening, closing = f.sentence(k)
        if far:
            for rank, c in enumerate(reversed(s.near.get(opening, [])[-2:])):
                _by_cue(s, s.cues[c], "go" + "0123"[min(far, 3)], rank)
        if _mood(f, opening, closing) == "s":
            return
        k = opening - 1
        while k > 0 and f.items[k] == PARAGRAPH:
            k -= 1


def _one(feature: str) -> list[str]:
    return [feature]


def _in_clause(sure: str, length: str, place: str, left: str, shape: str) -> list[str]:
    return ["in" + sure, "in" + sure + length, "in" + place + left, "in" + shape]


def _near(rank: str, how: str, left: str) -> list[str]:
    return ["near" + rank, "near " + how, "near " + how + left]


def _near_head(rank: str, has: str, stand: str) -> list[str]:
    return ["near" + rank + has, "near s" + stand + rank]


def _sentence_before(
    breaks: str, colon: str, left: str, shape: str, has: str, said: bool
) -> list[str]:
    own = str(has != "FalseFalse")
    return ["p" + breaks + colon, "p" + left + breaks, "p" + shape, "p" + own, f"p cue{said}"]


def _own(left: str, right: str, shape: str, has: str) -> list[str]:
    return ["own", "own" + left, "own" + shape, "own" + right, "own cue" + has]


def _propose(
    s: Scene[Score], subject: Subject, cue: Cue | None, score: Score, evidence: str
) -> None:
    f = s.f
    first, last, how, what = subject
    if first <= s.x < last or what == ADDRESS:
        return
    mention = f.mention(subject)
    article = f.items[first] if f.bits[first] & DETERMINER else "-"
    stand = f.kinds[first - 1] if first else PARAGRAPH
    same = s.carried.name == f.items[last - 1]
    score = score + s.tables.phrase[what, how, article, stand, same]
    found = s.out.get(mention)
    if found is None:
        found = s.out[mention] = Proposal(mention, score, None, evidence)
    else:
        found.score = found.score + score
    if cue is not None and found.cue is None:
        found.cue, found.by = f.offsets(cue.first, cue.last), cue
        found.evidence = evidence


def _phrase(what: str, how: str, article: str, stand: str, same: bool) -> list[str]:
    # The article tells the case where a language has cases, and something new from something known.
    out = ["t " + what, "t " + what + how, "d " + article + how, "d " + article + stand]
    out.append("s " + how + stand)
    if same:
        out.append("same name")
    return out


def _by_cue(
    s: Scene[Score],
    cue: Cue,
    rule: str,
    rank: int,
    only: Subject | None = None,
    whose: Subject | None = None,
) -> None:
    """The subjects of a cue as speakers, or `only` one, in whose place somebody else may stand."""
    f, x, known = s.f, s.x, s.tables
    kinds, shapes, bits = f.kinds, f.shapes, f.bits
    first, last, lemma, group, shape, _, _ = cue
    begin, end = (last, x) if rule[0] in "bg" else (x + 1, first)
    distance = _DISTANCES[min(end - begin, 21)]
    if shapes.find("q", begin, end) >= 0 or shapes.find("Q", begin, end) >= 0:
        distance += "Q"
    ahead = kinds[first - 1] if first else PARAGRAPH
    behind = kinds[last] if last < len(kinds) else PARAGRAPH
    if shape == "finite" and passive(f, first):
        shape = "finitebe"
    shared = (
        known.cue[rule, lemma, group, shape]
        + known.cue_sides[rule, distance, behind]
        + known.cue_ahead[shape, group, ahead]
        + known.cue_place[rule, s.left, s.right, s.shape, s.mood]
    )
    evidence = _BY_CUE.get(rule) or _BY_CUE[rule[:2]]
    order = "012"[min(rank, 2)]
    proposed = subjects(f, cue) if only is None else [only]
    if (
        rule[0] == "a"
        and not f.prose.language.verb_second
        and proposed
        and proposed[0].first == x + 1
    ):
        # In "“…?” Holt asked Lee" the verb has its subject.
        proposed = [subject for subject in proposed if subject.how != "after"]
    after = next((subject.first for subject in proposed if subject.how == "after"), None)
    rival = "" if after is None else f.items[after] if f.bits[after] & CLOSED else "n"
    front = number = ""
    if f.prose.language.verb_second:
        front = _front(f, cue)
        number = "p" if f.items[first].endswith("n") else "s"
    for subject in proposed:
        how = subject.how
        stand = kinds[subject.first - 1] if subject.first else PARAGRAPH
        score = (
            shared
            + known.subject[rule, how, order, distance]
            + known.subject_verb[rule, how, group, shape]
            + known.subject_head[rule, how, stand, rival]
        )
        if front:
            article = f.items[subject.first] if bits[subject.first] & DETERMINER else "-"
            score = score + known.order[how, front, number, article, subject.what, shape]
        if how == "after":
            beyond = kinds[subject.last] if subject.last < len(kinds) else PARAGRAPH
            score = score + known.after[rule, beyond, group, ahead]
        _propose(s, whose or subject, cue, score, evidence)


def _front(f: Frame, cue: Cue) -> str:
    """What the clause of a cue begins with: where the verb is second, the subject stands there or
    behind the verb."""
    k = cue.first
    floor = max(cue.start, cue.first - 40)
    while k > floor and f.items[k - 1] not in _CLAUSE:
        k -= 1
    return f.kinds[k] if k < cue.first else "V"


_CLAUSE: Final = frozenset((",", ";", ":", "–", "-", "(", "und", "oder", "aber", "sondern", "doch"))


def _order(how: str, front: str, number: str, article: str, what: str, shape: str) -> list[str]:
    out = ["o " + how + front, "o " + how + front + what.split()[0]]
    if shape == "finite":
        out += ["num " + number + article, "num " + number + article + how, "num " + number + what]
    return out


# By the number of items between a cue and its quote.
_DISTANCES: Final = ["0", "1"] + ["3"] * 2 + ["8"] * 5 + ["20"] * 12 + ["99"]


def _cue(rule: str, lemma: str, group: str, shape: str) -> list[str]:
    return ["v " + lemma, "v " + lemma + rule, "g " + group + rule + shape]


def _cue_sides(rule: str, distance: str, behind: str) -> list[str]:
    return ["c " + rule + distance, "that " + rule + behind]


def _cue_ahead(shape: str, group: str, ahead: str) -> list[str]:
    return ["q " + shape + group + ahead]


def _cue_place(rule: str, left: str, right: str, shape: str, mood: str) -> list[str]:
    return ["l " + rule + left, "r " + rule + right, "n " + rule + shape, "m " + rule + mood]


def _subject(rule: str, how: str, rank: str, distance: str) -> list[str]:
    side = "c " + rule + how
    return [side, side + rank, side + distance]


def _subject_verb(rule: str, how: str, group: str, shape: str) -> list[str]:
    return ["g " + group + rule + how, "be " + shape + how]


def _subject_head(rule: str, how: str, stand: str, rival: str) -> list[str]:
    return ["s " + rule + how + stand, "x " + how + rival]


def _after(rule: str, behind: str, group: str, ahead: str) -> list[str]:
    return ["behind " + rule + behind + group, "ahead " + rule + ahead]


_BY_CUE: Final = {
    "b": "subject of “{}” before the quote",
    "a": "subject of “{}” after the quote",
    "an": "subject of “{}” after the quote",
    "bp0": "subject of “{}” in the sentence before",
    "bp1": "subject of “{}” in the paragraph before",
    "bp0:": "subject of “{}” before the colon",
    "bp1:": "subject of “{}” before the colon",
    "go": "subject of “{}”, whose report goes on",
    "nx": "subject of “{}” after the next quote",
}


def _carry(s: Scene[Score]) -> None:
    """The speaker of the quote before, by what stands between the two."""
    carried = s.carried
    gap = s.x - carried.item - 1
    far = "0123"[min(s.f.shapes.count(PARAGRAPH, carried.item + 1, s.x), 3)] if gap < 500 else "3"
    same = carried.item >= s.start
    if same:
        between = any(s.cues[c].first > carried.item for c in s.earlier)
    else:
        between = bool(s.earlier or s.later)
    place = far + ("s" if same else "o")
    has = str(bool(s.earlier)) + str(bool(s.later))
    distance = "0" if gap < 8 else "1" if gap < 25 else "2" if gap < 60 else "3"
    score = (
        s.tables.carry[place, s.left, s.right]
        + s.tables.carry_cues[place, has, between, s.follows]
        + s.tables.carry_shape[far, s.shape, s.mood, distance]
    )
    found = s.out.get(carried.mention)
    if found is None:
        s.out[carried.mention] = Proposal(carried.mention, score, None, _CARRIED)
    else:
        found.score = found.score + score


def _carried(place: str, left: str, right: str) -> list[str]:
    return ["k" + place, "k" + place + left, "k" + place + right, "k" + left + right + place]


def _carried_cues(place: str, has: str, between: bool, follows: bool) -> list[str]:
    return ["k cue" + has + place, f"k between{between}{place}", f"k follows{follows}"]


def _carried_shape(far: str, shape: str, mood: str, distance: str) -> list[str]:
    return ["k" + shape + far, "k mood" + mood + far, "k far" + distance + far]


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
                found.append((named(f, *span, "near"), how))
                k = span[0]
        elif bit & POSSESSIVE and _speech(bits, k):
            found.append((named(f, k, k + 1, "near"), "of speech"))
        k -= 1
    return found


def _speech(bits: list[int], k: int) -> str:
    return "speech" if any(bit & SPEECH for bit in bits[k + 1 : k + 5]) else ""


def _signed(f: Frame, x: int) -> Subject | None:
    """`“…” — Name` at the end of a line, before a quote, or at the head of the next paragraph."""
    items = f.items
    k = x + 1
    if k < len(items) and items[k] == PARAGRAPH:
        k += 1
    if k + 1 < len(items) and (items[k] in DASHES or items[k] == "~"):
        last = phrase(f, k + 1)
        if last == k + 1 or last == len(items):
            return None
        ends = items[last] in (PARAGRAPH, ",", "(", ".") or last in f.quotes
        if ends or f.prose.gaps[f.tokens[last - 1]] == LINE:
            return named(f, k + 1, last, "signed")
    return None


def choose(found: list[Proposal[int]], nobody: float) -> tuple[list[float], int]:
    """The probability of every proposal, and the choice: nobody (the first) when that is as likely
    as `nobody`, else the likeliest other."""
    chances, best = odds([proposal.score for proposal in found])
    if chances[0] >= nobody or len(found) == 1:
        return chances, 0
    if best == 0:
        best = chances.index(max(chances[1:]), 1)
    return chances, best
