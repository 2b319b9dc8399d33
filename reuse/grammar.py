"""Sentences that say by their grammar whose words a quote is, too rare to be learnt from articles.

Whose clause it stands in, who only passes it on, whether it is denied, whether it is a title. What
these find comes before the weights of `attribution`; docs/attribution.md has an example of each.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from reuse.clauses import (
    DASHES,
    PARAGRAPH,
    QUOTE,
    Cue,
    Frame,
    Stretch,
    Subject,
    noun_phrase,
    owner,
    phrase,
    quoted,
    subjects,
)
from reuse.languages import (
    ADVERB,
    AUXILIARY,
    CAPITAL,
    CLOSED,
    CONJUNCTION,
    DOCUMENT,
    FINITE,
    GENITIVE,
    OBJECT,
    OPENER,
    SPEECH,
    VERB,
    VERBAL,
    WORD,
)


def ends_here(f: Frame, cues: list[Cue], c: int, x: int) -> bool:
    """Whether a quote at item `x` belongs to the clause of this cue, and what stands before the
    clause tells of somebody else: of whom it is about, who passes it on, who denies it."""
    cue = cues[c]
    return (
        any(_relative(f, cue, subject, x) for subject in subjects(f, cue))
        or _owned(f, cue, x)
        or quoted(f, cue) is not None
        or (c > 0 and _tellers(f, cues[c - 1], cue, x) is not None)
    )


def telling(f: Frame, cues: list[Cue], c: int, x: int) -> tuple[Cue, Subject] | None:
    """The verb with which somebody only tells that somebody else said the quote at item `x`, and
    who does: in "*Lee said* Holt had told her, “…”" and "*Lee quoted* Holt as saying “…”" it is
    Holt's."""
    if c == 0:
        return None
    cue, outer = cues[c], cues[c - 1]
    whom = quoted(f, cue)
    if whom is not None:
        verbs = [other for other in cues[max(0, c - 3) : c] if other.last == whom.first]
        return next(((other, s) for other in verbs for s in subjects(f, other)), None)
    return (outer, tellers[0]) if (tellers := _tellers(f, outer, cue, x)) else None


def _tellers(f: Frame, outer: Cue, cue: Cue, x: int) -> list[Subject] | None:
    """The subjects of the cue before, when this cue has one of its own in the clause of that and
    the quote at item `x` right behind it; else ``None``."""
    if outer.start != cue.start or cue.group in _NO_SPEECH:
        return None
    who = _who_says(f, cue, x)
    if who is None:
        return None
    between = f.items[outer.last : who.first]
    # Not "the loophole called “…”": what is behind a noun may be a participle.
    near = cue.group in _SAY and (not between or between == ["that"])
    # "… shouted “…” and the mayor said, “…”", but not "… over her lost emails “…”".
    called = cue.lemma == "call" and cue.last < x
    near |= QUOTE in between and (called or cue.lemma in _SURELY_SAID)
    if who.how == "before":
        if not (near or f.bits[who.last - 1] & CAPITAL):
            return None
    elif not (near and who.how.startswith("apposition")):
        return None
    # "According to Lee, Holt said …" has a comma there; a quote is another's already.
    apart = outer.shape == "phrase" or QUOTE in between
    if not apart and (len(between) > _WITHIN or _parted(f, outer.last, who.first)):
        return None
    if outer.last > who.first or _parted(f, cue.last, x - 1):
        return None
    # Behind "said" stands not who says it, but whom it is about.
    tellers = [s for s in subjects(f, outer) if outer.shape == "phrase" or s.last <= outer.first]
    same = any(f.items[s.last - 1] == f.items[who.last - 1] for s in tellers)
    return None if same else tellers


def has_own_verb(f: Frame, cue: Cue, x: int) -> bool:
    """Whether a quote at item `x` stands right behind a verb of saying that has its subject right
    before it."""
    if f.prose.language.verb_second or (cue.group not in _SAY and cue.lemma != "call"):
        return False
    who = _who_says(f, cue, x)
    if who is None or who.how not in ("before", "pronoun"):
        return False
    if cue.last == x and cue.lemma == "call":
        return False  # "the loophole called “…”"
    before = f.bits[who.first - 1] if who.first > cue.start else CLOSED
    if before & WORD and not before & (CLOSED | VERB):
        return False  # "nothing the president said “…”"
    return not _parted(f, cue.last, x)


def _who_says(f: Frame, cue: Cue, x: int) -> Subject | None:
    """The subject of a finite verb that has the quote at item `x` right behind it."""
    noun = f.bits[cue.first] & (SPEECH | DOCUMENT)
    if cue.shape != "finite" or noun or x - cue.last > _ADDRESSED:
        return None
    who = next(iter(subjects(f, cue)), None)
    return None if who is None or f.bits[who.last - 1] & GENITIVE else who


def _parted(f: Frame, first: int, last: int) -> bool:
    """Whether two clauses meet among these items."""
    return any(f.items[k] in _PARTS or f.bits[k] & CONJUNCTION for k in range(first, last))


# Groups of verbs: of the first a quote is what was said, of the last it seldom is.
_SAY: Final = frozenset(("say", "manner"))
_SURELY_SAID: Final = frozenset(
    ("say", "tell", "reply", "answer", "respond", "shout", "add", "write")
)
_NO_SPEECH: Final = frozenset(("give", "think"))
# Items between one verb and the subject of the next, and between that and the quote, at most; what
# parts two clauses.
_WITHIN: Final = 10
_ADDRESSED: Final = 6
_PARTS: Final = frozenset((",", ";", QUOTE, PARAGRAPH, "(", *DASHES))


def _relative(f: Frame, cue: Cue, subject: Subject, x: int) -> bool:
    """Whether a quote at item `x` stands in a relative clause whose verb is this cue, and which
    tells who is meant: "a report *that sharply criticized*", "critics *who say*"."""
    if subject.how != "who":
        return subject.how == "that"
    if f.items[subject.last] == ",":
        return adds(f, cue, x)
    # "told those who say that it is old that “…”"
    ended = f.bits[x - 1] & OPENER and any(bit & OPENER for bit in f.bits[cue.last : x - 1])
    return cue.group == "say" and not ended


def adds(f: Frame, cue: Cue, x: int) -> bool:
    """Whether a quote at item `x` stands right behind a clause that adds what somebody just named
    said: "told Lee, *who replied*, “…”", but not "Holt, who said so at lunch, called it “…”"."""
    who = next(iter(subjects(f, cue)), None)
    if who is None or who.how != "who" or f.items[who.last] != ",":
        return False
    if cue.group not in _SAY or cue.shape != "finite":
        return False
    return not any(f.bits[k] & WORD and not f.bits[k] & OPENER for k in range(cue.last, x))


def _owned(f: Frame, cue: Cue, x: int) -> bool:
    """Whether a quote at item `x` stands in the clause of what somebody claimed, and not behind it:
    "rejects Holt's claim *that it is “…”*", but "Lee calls Holt's claim *that it is so* “…”"."""
    if owner(f, cue.first) is None:
        return False
    begins = f.prose.bits[f.spans[f.quotes[x]].first]
    if not (f.bits[x - 1] & _LEADS_ON or begins & (AUXILIARY | FINITE)):
        return False
    verbs = [bool(bit & (AUXILIARY | FINITE)) for bit in f.bits[cue.last : x]]
    return sum(a and not b for a, b in pairwise([*verbs, False])) <= 1


# A clause does not end with one of these.
_LEADS_ON: Final = CLOSED | AUXILIARY | FINITE | VERB | VERBAL


def told(f: Frame, cue: Cue) -> Stretch | None:
    """Who is not the speaker: the one spoken to ("told *reporters*"), or who passes it on ("*KCNA*
    quoted the ministry as saying")."""
    whom = quoted(f, cue)
    if whom is not None:
        k = whom.first - 1
        by = noun_phrase(f, k, max(cue.start, k - _WITHIN))
        return None if by is None else f.offsets(*by)
    if cue.lemma not in f.prose.language.telling:
        return None
    k = cue.last
    last = k + 1 if k < len(f.items) and f.bits[k] & OBJECT else phrase(f, k)
    return f.offsets(k, last) if last > k else None


def doubted(f: Frame, cue: Cue) -> str | None:
    """The word that denies a verb of saying or leaves it open: "has *not*, however, said", "*if* he
    says"."""
    rules, items, bits = f.prose.language, f.items, f.bits
    k = cue.first - 1
    while k >= cue.start and (bits[k] & (AUXILIARY | ADVERB) or items[k] == ","):
        if items[k] in rules["denying"] or items[k].endswith(_NOT):
            return items[k]
        k -= 1
    who = next((s for s in subjects(f, cue) if s.how in ("before", "pronoun")), None)
    if who is not None and who.first > cue.start and items[who.first - 1] in rules["conditions"]:
        return items[who.first - 1]
    return None


_NOT: Final = ("n't", "n’t")


def is_work(f: Frame, span_index: int) -> bool:
    """Whether a quote is a work's title: "a book, “The Wall of Leeds,”", "on “Meet Leeds,”",
    "a memo titled “Leeds First”"."""
    x, span = f.places[span_index], f.spans[span_index]
    k = x - 2 if x and f.items[x - 1] == "," else x - 1
    if k < 0:
        return False
    rules = f.prose.language
    named = (f.bits[k] & DOCUMENT and not f.bits[k] & SPEECH) or f.items[k] in rules["entitling"]
    if not named and not (k == x - 1 and f.items[k] in rules["airing"]):
        return False
    words = f.prose.words[span.first : min(span.last, span.first + 12)]
    return len(words) > 1 and is_title(words)


def is_title(words: list[str]) -> bool:
    """Whether the words are written like a title: all but the small ones begin with a capital."""
    long = False
    for word in words:
        if len(word) > 3 and word[0].isalpha():
            if not word[0].isupper():
                return False
            long = True
    return long
