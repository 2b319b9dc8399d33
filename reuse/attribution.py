"""Quotes and the words around them -> whose they are: cue, mention, evidence, confidence.

Every rule proposes a mention (words that may name the speaker) or nobody, and says in features what
speaks for it. The features have weights, learnt once from labelled articles and kept as data beside
the tables of the language; their sums, as odds, choose among the proposals and are the confidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

from reuse.clauses import (
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
from reuse.prose import ENDERS


@dataclass(slots=True)
class Proposal:
    """A mention (offsets; ``None`` for nobody) with what speaks for it."""

    start: int | None
    end: int | None
    features: list[str]
    cue: tuple[int, int] | None = None
    evidence: str = ""
    told: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose a quote is; ``mention``, ``cue`` and ``told`` (the one spoken to) are offsets.

    ``spoken`` is the probability that anybody speaks the words at all, ``confidence`` that of this
    mention.
    """

    mention: tuple[int, int] | None
    cue: tuple[int, int] | None
    confidence: float
    spoken: float
    evidence: str
    told: tuple[int, int] | None = None


@dataclass(slots=True)
class Carried:
    """The attribution that a quote without a cue of its own may go on from."""

    mention: tuple[int, int] | None = None
    item: int = -1
    name: str = ""


Weights = Mapping[str, float]


def _length(words: int) -> str:
    return (
        "1"
        if words < 2
        else "2"
        if words < 3
        else "3"
        if words < 4
        else "4"
        if words < 7
        else "7"
        if words < 15
        else "15"
    )


def proposals(
    f: Frame, cues: Sequence[Cue], near: Mapping[int, list[int]], span_index: int, carried: Carried
) -> list[Proposal]:
    """What the rules propose for one outermost quote; the first is nobody."""
    x = f.places[span_index]
    span = f.spans[span_index]
    items, prose = f.items, f.prose
    rules = prose.language
    words = prose.words
    start, end = f.sentence(x)
    n = span.last - span.first
    length = _length(
        sum(1 for w in words[span.first : span.last] if w[0].isalnum()) if n < 30 else 30
    )
    first_word = next((w for w in words[span.first : span.first + 3] if w[0].isalnum()), "")
    capital = "C" if first_word[:1].isupper() or first_word[:1].isdigit() else "c"
    final = words[span.last - 1]
    ending = "," if final == "," else "." if final in ENDERS else "w"
    before = items[x - 1] if x > 0 else PARAGRAPH
    after = items[x + 1] if x + 1 < len(items) else PARAGRAPH
    left = context(f, x - 1, before)
    right = context(f, x + 1, after)
    if before == PARAGRAPH or x == 0:
        left = "¶"
    shape = length + capital + ending
    here = near.get(start, [])
    out: dict[tuple[int, int] | None, Proposal] = {}
    # The sentence's own words of saying, the nearest first on each side.
    earlier = [c for c in here if cues[c].last <= x]
    later = [c for c in here if cues[c].first > x]
    nobody = Proposal(
        None,
        None,
        [
            "0",
            "0 n" + length,
            "0 " + shape,
            "0 l" + left,
            "0 r" + right,
            "0 l" + left + length,
            "0 r" + right + length,
            "0 w" + (before if before in rules["closed"] or before in rules.verbs else "-"),
            "0 w" + (rules.verbs[before].lemma if before in rules.verbs else "-"),
            "0 h" + str(span.paragraph in prose.headings),
            "0 s" + str(span.single) + length,
            "0 cue" + str(bool(here)) + length,
            "0 carry" + str(carried.mention is not None),
        ],
    )
    if _title(words, span.first, span.last):
        nobody.features.append("0 title" + length)
    out[None] = nobody

    def propose(subject: Subject, cue: Cue | None, features: list[str], evidence: str) -> None:
        a = prose.starts[f.tokens[subject.first]]
        b = prose.ends[f.tokens[subject.last - 1]]
        found = out.get((a, b))
        what = kind(f, subject)
        features.append("t " + what)
        if carried.mention is not None and carried.name == prose.lower[f.tokens[subject.last - 1]]:
            features.append("same name")
        features.append("t " + what + subject.how)
        where = None
        if cue is not None:
            where = (prose.starts[f.tokens[cue.first]], prose.ends[f.tokens[cue.last - 1]])
        if found is None:
            found = out[a, b] = Proposal(a, b, features, where, evidence)
        else:
            found.features += features
        if cue is not None and (found.cue is None or found.cue == where):
            found.cue, found.evidence, found.told = where, evidence, told(f, cue)

    def by_cue(cue: Cue, rule: str, rank: int) -> None:
        for subject in subjects(f, cue):
            side = rule + subject.how
            gap = x - cue.last if rule[0] == "b" else cue.first - x - 1
            between = items[cue.last : x] if rule[0] == "b" else items[x + 1 : cue.first]
            distance = (
                "0"
                if gap == 0
                else "1"
                if gap == 1
                else "3"
                if gap < 4
                else "8"
                if gap < 9
                else "20"
                if gap < 21
                else "99"
            )
            quoted = "Q" if QUOTE in between else ""
            stand = _stand(f, subject, x)
            features = [
                "c " + side,
                "c " + side + str(min(rank, 2)),
                "c " + rule + distance + quoted,
                "c " + side + distance,
                "v " + cue.lemma,
                "v " + cue.lemma + rule,
                "g " + cue.group + rule + cue.shape,
                "g " + cue.group + side,
                "l " + rule + left,
                "r " + rule + right,
                "n " + rule + shape,
                "s " + side + stand,
                "q "
                + cue.shape
                + cue.group
                + context(f, cue.first - 1, items[cue.first - 1] if cue.first else PARAGRAPH),
            ]
            if "that" in between[:1]:
                features.append("that " + rule)
            if cue.shape == "finite" and cue.first and passive(f, cue.first):
                features.append("passive " + subject.how)
            if subject.how == "after":
                behind = items[subject.last] if subject.last < len(items) else PARAGRAPH
                features.append("behind " + rule + context(f, subject.last, behind) + cue.group)
                features.append(
                    "ahead "
                    + rule
                    + context(f, cue.first - 1, items[cue.first - 1] if cue.first else PARAGRAPH)
                )
            word = prose.text[
                prose.starts[f.tokens[cue.first]] : prose.ends[f.tokens[cue.last - 1]]
            ]
            propose(subject, cue, features, _BY_CUE.get(rule, _BY_CUE["nx"]).format(word))

    for rank, c in enumerate(reversed(earlier[-3:])):
        by_cue(cues[c], "b", rank)
    for rank, c in enumerate(later[:2]):
        by_cue(cues[c], "a", rank)
    # A full stop or question mark inside the marks may hide that the sentence goes on behind them.
    if x + 1 == end or (x + 2 == end and after in ENDERS):
        if after != PARAGRAPH:
            follow = [c for c in near.get(end, []) if cues[c].first < end + 12]
            for rank, c in enumerate(follow[:1]):
                by_cue(cues[c], "an", rank)
    # Several quotes in a row may share the words of saying that stand behind the last.
    if not later and x + 1 == end or (x + 2 == end and after == PARAGRAPH):
        k = end
        if k < len(items) and items[k] == QUOTE:
            for c in near.get(k, [])[:1]:
                if cues[c].first <= k + 8:
                    by_cue(
                        cues[c],
                        "nx"
                        + ("¶" if after == PARAGRAPH else "")
                        + str(f.spans[f.quotes[k]].follows),
                        0,
                    )
    for rank, (close, how) in enumerate(_nearest(f, start, x)):
        propose(
            close,
            None,
            [
                "near" + str(rank),
                "near " + how,
                "near " + how + left,
                "near" + str(rank) + str(bool(earlier)) + str(bool(later)),
                "near s" + _stand(f, close, x) + str(rank),
            ],
            "named before the quote in its sentence",
        )
    # The sentence before.
    previous = start - 1
    breaks = 0
    while previous > 0 and items[previous] in (PARAGRAPH,):
        previous -= 1
        breaks += 1
    if previous > 0 and breaks <= 1:
        opening, closing = f.sentence(previous)
        colon = ":" if ":" in items[max(opening, closing - 3) : closing] else ""
        rule = f"bp{breaks}{colon}"
        for rank, c in enumerate(reversed(near.get(opening, [])[-2:])):
            by_cue(cues[c], rule, rank)
        subject = clause_subject(f, opening, closing)
        if subject is not None:
            propose(
                subject,
                None,
                [
                    "p" + str(breaks) + colon,
                    "p" + left + str(breaks),
                    "p" + shape,
                    "p" + str(bool(here)),
                    "p cue" + str(bool(near.get(opening))),
                ],
                "subject of the sentence before",
            )
        if colon and closing - opening <= 9 and not near.get(opening):
            last = phrase(f, opening)
            if last > opening:
                propose(
                    Subject(opening, last, "colon"),
                    None,
                    ["line:" + str(breaks)],
                    "named before the colon",
                )
    # The subject of the sentence itself, whatever its verb.
    own = clause_subject(f, start, x)
    if own is not None:
        propose(
            own,
            None,
            [
                "own",
                "own" + left,
                "own" + shape,
                "own" + right,
                "own cue" + str(bool(earlier)) + str(bool(later)),
            ],
            "subject of the sentence",
        )
    if before == ":" and x >= 2:
        last = phrase(f, start)
        if last == x - 1:
            propose(Subject(start, last, "colon"), None, ["line:"], "named before the colon")
    dash = _signed(f, x)
    if dash is not None:
        propose(dash, None, ["signed"], "signed with the name")
    if carried.mention is not None:
        gap = items[carried.item + 1 : x] if carried.item < x else []
        far = gap.count(PARAGRAPH)
        same = carried.item >= start
        between_cue = [c for c in here if carried.item < cues[c].first < x] if same else bool(here)
        features = [
            "k" + str(min(far, 3)) + str(same),
            "k" + str(min(far, 3)) + str(same) + left,
            "k" + str(min(far, 3)) + str(same) + right,
            "k own" + str(own is not None) + str(min(far, 3)),
            "k cue" + str(bool(earlier)) + str(bool(later)) + str(min(far, 3)) + str(same),
            "k between" + str(bool(between_cue)) + str(same) + str(min(far, 3)),
            "k" + shape + str(min(far, 3)),
            "k follows" + str(span.follows),
            "k far"
            + ("0" if len(gap) < 8 else "1" if len(gap) < 25 else "2" if len(gap) < 60 else "3")
            + str(min(far, 2)),
        ]
        found = out.get(carried.mention)
        if found is None:
            out[carried.mention] = Proposal(
                *carried.mention, features, None, "carried over from the quote before"
            )
        else:
            found.features += features
    return list(out.values())


_BY_CUE = {
    "nx": "subject of “{}” after the next quote",
    "b": "subject of “{}” before the quote",
    "a": "subject of “{}” after the quote",
    "an": "subject of “{}” after the quote",
    "bp0": "subject of “{}” in the sentence before",
    "bp1": "subject of “{}” in the paragraph before",
    "bp0:": "subject of “{}” before the colon",
    "bp1:": "subject of “{}” before the colon",
}


def _nearest(f: Frame, start: int, x: int) -> list[tuple[Subject, str]]:
    """The last names and pronouns before a quote in its sentence, with what follows each."""
    items = f.items
    rules = f.prose.language
    found: list[tuple[Subject, str]] = []
    k = x - 1
    floor = max(start, x - 40)
    while k >= floor and len(found) < 3:
        item = items[k]
        if item in rules["speaking"] or (
            f.capital(k) and item not in rules["closed"] and item not in rules["time"]
        ):
            span = noun_phrase(f, k + 1, floor)
            if span is not None:
                after = items[k + 1]
                how = (
                    "aux" if after in rules["auxiliaries"]
                    else "adverb" if after in rules["adverbs"] or after.endswith("ly")
                    else context(f, k + 1, after)
                )  # fmt: skip
                if how == "word":
                    how = "ed" if after.endswith("ed") else "s" if after.endswith("s") else "word"
                if item.endswith(("'s", "’s")) or item in ("his", "her", "their"):
                    how = "of " + (
                        "speech" if any(w in rules["speech"] for w in items[k + 1 : k + 5]) else ""
                    )
                found.append((Subject(*span, "near"), how))
                k = span[0]
        elif item in ("his", "her", "their") and any(
            w in rules["speech"] for w in items[k + 1 : k + 5]
        ):
            found.append((Subject(k, k + 1, "near"), "of speech"))
        k -= 1
    return found


def told(f: Frame, cue: Cue) -> tuple[int, int] | None:
    """The one spoken to ("told *reporters*"), who is not the speaker."""
    rules = f.prose.language
    if cue.lemma not in rules["telling"]:
        return None
    k = cue.last
    last = phrase(f, k)
    if last == k and k < len(f.items) and f.items[k] in rules["object_pronouns"]:
        last = k + 1
    return f.offsets(k, last) if last > k else None


def context(f: Frame, item: int, word: str) -> str:
    """What stands beside a quote, in one of a few classes."""
    rules = f.prose.language
    if word in (PARAGRAPH, QUOTE, ",", ":", ".", ";", "(", ")", "that", "as", "the", "a", "of"):
        return word
    if word in rules.verbs:
        return "V" + rules.verbs[word].group
    if word in rules["pronouns"]:
        return "pron"
    if word in rules["determiners"]:
        return "det"
    if word in rules["conjunctions"]:
        return "conj"
    if word in rules["prepositions"]:
        return "prep"
    if word in rules["closed"]:
        return "small"
    if not word[0].isalnum():
        return "sign"
    return "Name" if 0 <= item < len(f.items) and f.capital(item) else "word"


def kind(f: Frame, subject: Subject) -> str:
    rules = f.prose.language
    item = f.items[subject.first]
    if subject.last - subject.first == 1 and item in rules["pronouns"]:
        return item if item in ("i", "it", "we", "you", "they", "he", "she") else "pron"
    if any(
        f.capital(k)
        for k in range(subject.first, subject.last)
        if k > subject.first or item not in rules["determiners"]
    ):
        return "name"
    words = f.items[subject.first : subject.last]
    if any(w in rules["roles"] for w in words):
        return "role"
    if any(w in rules["documents"] for w in words):
        return "doc"
    return "thing"


def _stand(f: Frame, subject: Subject, x: int) -> str:
    """Where the subject stands: at the head of its clause, or behind other words."""
    k = subject.first - 1
    if k < 0:
        return "¶"
    return context(f, k, f.items[k])


def passive(f: Frame, k: int) -> bool:
    passive = f.prose.language["passive"]
    adverbs = f.prose.language["adverbs"]
    for j in range(k - 1, max(k - 4, -1), -1):
        item = f.items[j]
        if item in passive:
            return True
        if item not in adverbs and not item.endswith("ly"):
            return False
    return False


def _title(words: Sequence[str], first: int, last: int) -> bool:
    """Whether the words are written like a title: all but the small ones begin with a capital."""
    long = [w for w in words[first : min(last, first + 12)] if len(w) > 3 and w[0].isalpha()]
    return len(long) >= 1 and all(w[0].isupper() for w in long)


def _signed(f: Frame, x: int) -> Subject | None:
    """`“…” — Name` at the end of a paragraph or at the head of the next."""
    items = f.items
    k = x + 1
    if k < len(items) and items[k] == PARAGRAPH:
        k += 1
    if k + 1 < len(items) and items[k] in ("-", "--", "–", "—", "―", "~"):
        last = phrase(f, k + 1)
        if last > k + 1 and last < len(items) and items[last] in (PARAGRAPH, ",", "(", "."):
            return Subject(k + 1, last, "signed")
    return None


def choose_best(found: Sequence[list[str]], weights: Weights) -> tuple[list[float], int]:
    """The probability of every list of features, and the first of the likeliest."""
    weigh = weights.get
    scores = []
    for features in found:
        total = 0.0
        for feature in features:
            total += weigh(feature, 0.0)
        scores.append(total)
    top = max(scores)
    odds = [exp(score - top) for score in scores]
    whole = sum(odds)
    chances = [odd / whole for odd in odds]
    return chances, chances.index(max(chances))


def choose(found: Sequence[Proposal], weights: Weights) -> tuple[list[float], int]:
    """The probability of every proposal; nobody (the first) when that is as likely as not."""
    chances, best = choose_best([proposal.features for proposal in found], weights)
    if chances[0] >= 0.5 or len(found) == 1:
        return chances, 0
    if best == 0:
        best = chances.index(max(chances[1:]), 1)
    return chances, best


def attribution(
    f: Frame,
    cues: Sequence[Cue],
    near: Mapping[int, list[int]],
    span_index: int,
    carried: Carried,
) -> Attribution:
    """Whose one quote is, by the weights of the article's language."""
    found = proposals(f, cues, near, span_index, carried)
    chances, best = choose(found, f.prose.language.weights["quotes"])
    spoken = 1.0 - chances[0]
    chosen = found[best]
    if chosen.start is None or chosen.end is None:
        return Attribution(None, None, 0.0, spoken, "")
    return Attribution(
        (chosen.start, chosen.end),
        chosen.cue,
        chances[best],
        spoken,
        chosen.evidence,
        chosen.told,
    )
