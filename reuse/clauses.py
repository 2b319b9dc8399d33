"""Prose -> the frame around its quotes, with its sentences, cues and their subjects.

The words inside quotation marks are another's; whose, the words around them say. So the reader
looks at the *frame*: the tokens of the article with each outermost quote shrunk to one item.
Positions here count items of the frame.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from reuse.languages import (
    ADVERB,
    AGENT,
    AUXILIARY,
    CAPITAL,
    CLOSED,
    CONJUNCTION,
    DETERMINER,
    DIGIT,
    DOCUMENT,
    FINITE,
    GENITIVE,
    IMPERSONAL,
    LINKING,
    NAMING,
    NOUN,
    OBJECT,
    OCCASION,
    OPENER,
    PASSIVE,
    PHRASE,
    PREPOSITION,
    PRONOUN,
    REFLEXIVE,
    RELATIVE,
    ROLE,
    SPEAKING,
    SPEECH,
    SUBORDINATOR,
    TIME,
    TITLING,
    VERB,
    VERBAL,
    WORD,
    Verb,
)
from reuse.prose import ENDERS, Prose
from reuse.quotes import Span

QUOTE: Final = "“”"
PARAGRAPH: Final = "¶"
# The sort of a pronoun that means the reader: "lesen Sie".
ADDRESS: Final = "address"
DASHES: Final = frozenset(("-", "--", "–", "—", "―"))
_STOPS: Final = frozenset((QUOTE, PARAGRAPH, ".", "!", "?", "…", "...", ";", ":"))
# Where something stands in the text: its start, its end.
Stretch = tuple[int, int]

# How far a noun phrase or a clause is followed: longer ones are lists or furniture, and a bound
# keeps hostile input linear.
_PHRASE: Final = 14
_REACH: Final = 60
# Items among which the subject of a sentence is looked for from its beginning.
_INTRODUCTION: Final = 200
# Items between a participle and its agent.
_NEAR: Final = 20
# Words of a name in marks, at most.
_NAME: Final = 4
_UNNAMED: Final = frozenset((",", *ENDERS))


class Subject(NamedTuple):
    """A noun phrase (items ``first`` to ``last``, half-open) that may be a subject: ``how`` it was
    found, and ``what`` sort of noun phrase it is."""

    first: int
    last: int
    how: str
    what: str


class Cue(NamedTuple):
    """A verb or a phrase of saying, items ``first`` to ``last``, in the sentence ``start`` to
    ``end`` (all half-open)."""

    first: int
    last: int
    lemma: str
    group: str
    shape: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Columns, one element an item: ``items`` (lower case), ``kinds`` (what features call each),
    ``bits`` (what it can be), ``shapes`` (its letter: of a quote "Q" when its last word ends a
    sentence, else "q"), ``tokens`` (the token each stands for).

    ``quotes`` maps the item of a quote to the index of its span, ``places`` the other way round.
    ``repeated`` are the spans (by index) whose few words stand between marks elsewhere too,
    ``known`` the words that end names of several words, where all nouns have capitals.
    ``sentences`` are the items at which sentences begin, ascending; a paragraph break is an item of
    its own and ends a sentence. ``subjects`` remembers what was asked before.
    """

    prose: Prose
    spans: list[Span]
    items: list[str]
    kinds: list[str]
    bits: list[int]
    shapes: str
    tokens: list[int]
    quotes: dict[int, int]
    places: dict[int, int]
    sentences: list[int]
    repeated: frozenset[int] = frozenset()
    known: frozenset[str] = frozenset()
    subjects: dict[int, list[Subject]] = field(default_factory=dict)

    def sentence(self, item: int) -> tuple[int, int]:
        """The sentence (items, half-open) that `item` stands in."""
        n = bisect_right(self.sentences, item)
        end = self.sentences[n] if n < len(self.sentences) else len(self.items)
        return self.sentences[n - 1], end

    def offsets(self, first: int, last: int) -> Stretch:
        """Where items `first` to `last` (half-open) stand in the text, marks and all."""
        prose, end = self.prose, self.tokens[last - 1]
        if last - 1 in self.quotes:
            end = self.spans[self.quotes[last - 1]].right - 1
        return prose.starts[self.tokens[first]], prose.end(end)

    def mention(self, subject: Subject) -> Stretch:
        """Where a subject stands in the text, without what opens its clause: "that *Holt* said"."""
        first, last, _, _ = subject
        opened = self.bits[first] & OPENER and last - first > 1 and self.bits[first + 1] & CAPITAL
        return self.offsets(first + bool(opened), last)


def frame(
    prose: Prose,
    spans: list[Span],
    members: list[int],
    ranges: list[tuple[int, int]],
) -> Frame:
    """The frame of the spans `members` in these token ranges: the paragraphs for the outermost
    quotes, a quote's own tokens for those inside it."""
    columns = prose.lower, prose.kinds, prose.bits, prose.shapes
    items: list[str] = []
    kinds: list[str] = []
    bits: list[int] = []
    shapes: list[str] = []
    tokens: list[int] = []

    def add(first: int, last: int, item: str, shape: str, token: int) -> None:
        """The tokens `first` to `last`, and an item that stands for more than one."""
        lower, kind, bit, letters = columns
        items.extend(lower[first:last])
        items.append(item)
        kinds.extend(kind[first:last])
        kinds.append(item)
        bits.extend(bit[first:last])
        bits.append(0)
        shapes.append(letters[first:last] + shape)
        tokens.extend(range(first, last))
        tokens.append(token)

    quotes: dict[int, int] = {}
    outer = iter(members)
    n = next(outer, None)
    for first, last in ranges:
        while n is not None and (span := spans[n]).left < last:
            stopped = prose.shapes[span.last - 1] in ".…"
            add(first, span.left, QUOTE, "Q" if stopped else "q", span.left)
            quotes[len(items) - 1] = n
            first = span.right
            n = next(outer, None)
        add(first, last, PARAGRAPH, PARAGRAPH, last - 1)
    places = {n: item for item, n in quotes.items()}
    for item, n in quotes.items():
        if item and _title(prose, spans[n], bits[max(item - 2, 0) : item]):
            bits[item] = NOUN | CAPITAL
    f = Frame(
        prose, spans, items, kinds, bits, "".join(shapes), tokens, quotes, places, [0],
        _repeated(prose, spans, members),
        _surnames(prose) if prose.language.verb_second else frozenset(),
    )  # fmt: skip
    f.sentences.extend(_sentences(f))
    return f


def _repeated(prose: Prose, spans: list[Span], members: list[int]) -> frozenset[int]:
    """The short spans whose words stand between marks more than once: a name, mostly."""
    places: dict[tuple[str, ...], list[int]] = {}
    for n in members:
        span = spans[n]
        if span.last - span.first <= _NAME:
            words = tuple(w for w in prose.lower[span.first : span.last] if w[0].isalnum())
            places.setdefault(words, []).append(n)
    return frozenset(n for numbers in places.values() if len(numbers) > 1 for n in numbers)


def _surnames(prose: Prose) -> frozenset[str]:
    """The last words of what is written in several words with capitals, one behind the other:
    names, where one such word by itself may be any noun."""
    lower, bits = prose.lower, prose.bits
    found = set()
    for run in _CAPITALS.finditer(prose.shapes):
        first, last = run.span()
        while first < last and bits[first] & CLOSED:
            first += 1
        if last - first > 1:
            found.add(lower[last - 1])
    return frozenset(found)


_CAPITALS: Final = re.compile("[AC]{2,}")


def _title(prose: Prose, span: Span, bits: list[int]) -> bool:
    """Whether marks hold the name of a paper, a band or a ship, which is part of a noun phrase:
    "der „Spiegel“", "die Zeitung „El País“", "…“, schrieb „Die Zeit“"."""
    words = prose.words[span.first : span.last]
    if len(words) > _NAME or span.open_end or not all(w[0].isupper() for w in words if len(w) > 3):
        return False
    if not words[0][0].isupper() or words[-1] in _UNNAMED:
        return False
    if bits[-1] & VERB:
        return len(bits) == 2 and not bits[0] & WORD
    return bool(bits[-1] & (DETERMINER | TITLING | DOCUMENT))


def _sentences(f: Frame) -> list[int]:
    """Where sentences begin but the first: behind a paragraph, a stop, a dateline."""
    shapes = f.shapes
    ends = {found.end() for found in _SENTENCE_END.finditer(shapes) if found[1]}
    if f.prose.language.verb_second:
        ends = {end for end in ends if not _ordinal(f, end)}
    ends.update(found.end() for found in _PARAGRAPH_END.finditer(shapes))
    datelines = (_dateline(f, found.end()) for found in _DATELINE.finditer(shapes))
    ends.update(behind for behind in datelines if behind)
    return sorted(ends)


def _ordinal(f: Frame, end: int) -> bool:
    """Whether the stop before item `end` makes an ordinal of a number: "am 14. Dezember"."""
    bits = f.bits
    if end < 3 or end >= len(bits) or f.items[end - 1] != "." or len(f.items[end - 2]) > 2:
        return False
    leads = bits[end] & TIME or bits[end - 3] & (DETERMINER | PREPOSITION)
    return bool(bits[end - 2] & DIGIT and leads)


# A stop, or a quote that ends with one, and whatever closes behind it; looking ahead, what begins a
# sentence, if it does. A pattern that failed there would try every stop of a long row again.
_SENTENCE_END: Final = re.compile("[.…Q][.)”]*+(?=([AC“„*―…Qq]?))")
_PARAGRAPH_END: Final = re.compile(r"¶(?!\Z)")
# A paragraph that begins with a capital and has a dash not far behind.
_DATELINE: Final = re.compile("(?:^|¶)(?=[AC*][^-―…Qq¶]{0,12}[-―])")


def _dateline(f: Frame, first: int) -> int | None:
    """Behind the dash of "WASHINGTON (AP) — "; no speaker is looked for before it."""
    items, bits = f.items, f.bits
    if first >= len(items) or not bits[first] & CAPITAL:
        return None
    for k in range(first + 1, min(first + 14, len(items) - 1)):
        item = items[k]
        if item in DASHES:
            place = f.prose.words[f.tokens[first]]
            inside = ")" in items[first:k]
            return k + 1 if inside or (place.isupper() and len(place) > 2) else None
        if item in _STOPS and item != ".":
            return None
        if bits[k] & WORD and not bits[k] & (CAPITAL | DIGIT | LINKING | CONJUNCTION):
            return None
    return None


_CUE: Final = re.compile("[cC]")


def cues(f: Frame) -> list[Cue]:
    """The words of saying in the frame, in order."""
    rules = f.prose.language
    verbs, parted, phrases = rules.verbs, rules.parted, rules.phrases
    items, bits = f.items, f.bits
    n = len(items)
    odd = {odd for odd in (_odd_verb(f, i) for i in f.quotes) if odd is not None}
    places = [found.start() for found in _CUE.finditer(f.shapes)]
    if odd:
        places = sorted({*places, *odd})
    out = []
    begins = [*f.sentences, n]
    at = 0
    for i in places:
        while begins[at + 1] <= i:
            at += 1
        start, end = begins[at], begins[at + 1]
        bit, item = bits[i], items[i]
        if bit & PHRASE:
            second = phrases[item]
            if second in ("-", "<"):
                out.append(Cue(i, i + 1, item, "according" + second, "phrase", start, end))
                continue
            if i + 1 < n and items[i + 1] == second:
                out.append(Cue(i, i + 2, item, "according", "phrase", start, end))
                continue
        if i in odd:
            out.append(Cue(i, i + 1, "?", "any", "finite", start, end))
        if bit & SPEECH and item in rules["wording"] and (put := _in_words(f, i, start, end)):
            out.append(put)
            continue
        if whose := owner(f, i):
            f.subjects[i] = [whose]
            out.append(Cue(i, i + 1, *_CLAIM, start, end))
            continue
        if not bit & VERB:
            continue
        verb = verbs[item]
        if item in parted:
            verb = (_with_particle if rules.verb_second else _with_object)(f, i, end) or verb
        if not verb.lemma:
            continue
        before = bits[i - 1] if i else 0
        if before & (NAMING | GENITIVE) and (verb.shape != "finite" or items[i - 1] in _ARTICLES):
            continue
        # "the United States": a name, unless a sentence or a title of capitals says otherwise.
        if bit & CAPITAL and i and items[i - 1] not in _OPENING and not heading(f, i):
            continue
        out.append(Cue(i, i + 1, verb.lemma, verb.group, verb.shape, start, end))
    return out


def _in_words(f: Frame, i: int, start: int, end: int) -> Cue | None:
    """The phrase of saying that a noun makes: "*in the words of* Holt", "*in* Holt's *words*"."""
    items, bits = f.items, f.bits
    if items[i - 1] == "the" and items[i - 2] == "in" and items[i + 1] == "of" and i - 2 >= start:
        return Cue(i - 2, i + 2, "according", "according", "phrase", start, end)
    if i > start and bits[i - 1] & GENITIVE:
        found = noun_phrase(f, i, max(start, i - _PHRASE))
        if found is not None and found[0] > start - 1 and items[found[0] - 1] == "in":
            return Cue(i, i + 1, "according", "according<", "phrase", start, end)
    return None


def owner(f: Frame, i: int) -> Subject | None:
    """Whose a noun for what was said is, where the clause behind it tells what: in "dismissed
    *Holt's* latest claim that “…”" it is Holt who claimed that."""
    bits = f.bits
    if not bits[i] & SPEECH or not bits[i + 1] & OPENER:
        return None
    for k in range(i - 1, max(i - 3, 0), -1):
        if bits[k] & GENITIVE:
            found = noun_phrase(f, k + 1, max(0, k - _PHRASE)) if bits[k] & CAPITAL else None
            if found is None:
                return None
            # "found no fault with *Holt's* claim that …"
            parted = [j for j in range(found[0], k) if bits[j] & (PREPOSITION | VERB | CONJUNCTION)]
            return named(f, parted[-1] + 1 if parted else found[0], k + 1, "before")
    return None


# Lemma, group and shape.
_CLAIM: Final = ("claim", "say", "finite")


def _with_particle(f: Frame, i: int, end: int) -> Verb | None:
    """The verb that a form and the particle at the end of its clause make: "teilte … mit"."""
    verbs = f.prose.language.parted[f.items[i]]
    for j in range(i + 1, min(end, i + _REACH)):
        verb = verbs.get(f.items[j])
        if verb is not None and (not f.bits[j + 1] & WORD or f.bits[j + 1] & _JOINING):
            return verb
    return None


def _with_object(f: Frame, i: int, end: int) -> Verb | None:
    """The idiom that a form makes with the word behind it: "as Holt put it"."""
    verb = f.prose.language.parted[f.items[i]].get(f.items[i + 1])
    return verb if "as" in f.items[max(0, i - _PHRASE) : i] else None


# No verb stands right behind one: "the talks".
_ARTICLES: Final = frozenset(("the", "a", "an"))
_JOINING: Final = CONJUNCTION | OPENER
_OPENING: Final = frozenset(
    (QUOTE, PARAGRAPH, ".", "!", "?", ":", ";", "(", "…", "...", "-", "–", "—", "--")
)


def heading(f: Frame, item: int) -> bool:
    """Whether an item stands in a title or a sub-head."""
    headings = f.prose.headings
    if not headings:
        return False
    return bisect_right(f.prose.paragraphs, (f.tokens[item], len(f.prose.words))) - 1 in headings


def _odd_verb(f: Frame, i: int) -> int | None:
    """A verb right behind a quote that no table knows: `“Fantastic!” beamed the mayor`."""
    items, bits = f.items, f.bits
    k = i + 1
    if k + 1 < len(items) and items[k] == ",":
        k += 1
    language = f.prose.language
    if k + 1 >= len(items):
        return None
    if not (language.verb_second or items[k].endswith(language.past or ("\0",))):
        return None
    if bits[k] & (CAPITAL | VERB | CLOSED):
        return None
    return k if bits[k + 1] & (CAPITAL | DETERMINER | PRONOUN) else None


def named(f: Frame, first: int, last: int, how: str) -> Subject:
    """The subject that a noun phrase is, with its sort in one word."""
    bits = f.bits
    bit = bits[first]
    if last - first == 1 and bit & PRONOUN:
        inside = first and (bits[first - 1] & WORD or f.items[first - 1] == ",")
        if bit & CAPITAL and inside and f.prose.language.verb_second:
            return Subject(first, last, how, ADDRESS)
        return Subject(first, last, how, f.items[first] if bit & SPEAKING else "pron")
    led = bool(bit & DETERMINER)
    if led:
        bit = 0
    for other in bits[first + 1 : last]:
        bit |= other
    what = "role" if bit & ROLE else "doc" if bit & DOCUMENT else ""
    if f.prose.language.verb_second and bit & CAPITAL:
        what = _sort(f, first, last) + "'" * led  # the article says more of a noun than of a name
    elif bit & CAPITAL:
        what = what + " name" if what else "name"
    return Subject(first, last, how, what or "thing")


def _sort(f: Frame, first: int, last: int) -> str:
    """The sort of a noun phrase where every noun has a capital, by its first: the head."""
    bits = f.bits
    head = first
    for k in range(first, last):
        if bits[k] & CAPITAL and not bits[k] & CLOSED:
            head = k
            break
    many = " name" if head + 1 < last and bits[head + 1] & CAPITAL else " word"
    return sort(f, head) + many


def sort(f: Frame, k: int) -> str:
    """The sort of a noun: by its tables, as a name known from elsewhere, by its ending."""
    bit, word, rules = f.bits[k], f.items[k], f.prose.language
    for table, what in _SORTS:
        if bit & table:
            return what
    if word in f.known:
        return "known"
    if bit & TIME:
        return "time"
    if word.endswith(rules.abstract):
        return "abstract"
    return "doing" if word.endswith(rules.doing) else "thing"


_SORTS: Final = ((TITLING, "titling"), (SPEECH, "speech"), (DOCUMENT, "doc"), (ROLE, "role"))


def subjects(f: Frame, cue: Cue) -> list[Subject]:
    """Who may be the subject of a cue: behind it, before it, by its clause."""
    known = f.subjects.get(cue.first)
    if known is not None:
        return known
    found: list[Subject] = []
    f.subjects[cue.first] = found
    if cue.shape == "phrase":
        if cue.group == "according<":
            before_it = noun_phrase(f, cue.first, max(cue.start, cue.first - _REACH))
            if before_it is not None:
                found.append(named(f, *before_it, "according"))
            return found
        end = phrase(f, cue.last)
        if end > cue.last:
            found.append(named(f, cue.last, end, "according"))
        return found
    whom = quoted(f, cue)
    if whom is not None:
        found.append(whom)
        return found
    bits = f.bits
    start = cue.start
    before = _before(f, cue, start)
    if before is not None and not _is_told(f, cue):
        found.append(before)
    if cue.shape != "ing":
        last = cue.last
        if bits[last] & REFLEXIVE or (
            # "so charakterisierte ihn der Minister"
            f.prose.language.verb_second
            and bits[last] & OBJECT
            and not bits[last] & (PRONOUN | DETERMINER)
        ):
            last += 1
        if bits[last] & IMPERSONAL:
            stated = _stated_in(f, cue, last + 1)
            if stated:
                found += stated
                return found
        if cue.lemma in f.prose.language.tables.get("addressing", ()):
            pass  # "told reporters": no speaker stands there
        elif not bits[last] & OBJECT or (bits[last] & PRONOUN and bits[last] & DETERMINER):
            end = phrase(f, last)
            if end > last:
                found.append(named(f, last, end, "after"))
            elif f.prose.language.verb_second:
                later = _past_adverbs(f, last, cue.end)
                end = phrase(f, later)
                if end > later > last:
                    found.append(named(f, later, end, "after the adverb"))
        if bits[last] & AGENT and cue.shape == "finite":
            end = phrase(f, last + 1)
            if end > last + 1:
                by = named(f, last + 1, end, "by")
                if passive(f, cue.first):
                    found[:] = [by]  # "Holt was accused by Lee": of whom it is said is in front
                    return found
                found.append(by)
    # "rebuked critics who say": whoever the clause is about, the critics say it.
    if before is None or before.how not in ("pronoun", "that", "who", "clause"):
        clause = clause_subject(f, start, cue.first)
        if clause is not None and (before is None or clause.first != before.first):
            found.append(clause)
        if f.prose.language.verb_second:
            others = [*_subordinate(f, cue), _agent(f, cue), *_auxiliary(f, cue)]
            for other in others:
                if other is not None and all(s.first != other.first for s in found):
                    found.append(other)
    return found


def _is_told(f: Frame, cue: Cue) -> bool:
    """Whether who stands before a verb is the one spoken to: "“…?” he was asked"."""
    rules = f.prose.language
    if rules.verb_second or cue.shape != "finite" or cue.lemma not in rules.telling:
        return False
    return passive(f, cue.first)


def quoted(f: Frame, cue: Cue) -> Subject | None:
    """Whose words somebody else tells: "KCNA quoted *the ministry* as saying", "slammed *Holt* as
    weak for saying", "heard *Holt* say"."""
    items, bits, k = f.items, f.bits, cue.first - 1
    if cue.group in _SAYING and (cue.shape == "ing" or items[cue.first] == cue.lemma):
        found = noun_phrase(f, cue.first, max(cue.start, cue.first - _REACH))
        hearing = f.prose.language["hearing"]
        if found is not None and found[0] > cue.start and items[found[0] - 1] in hearing:
            return named(f, *found, "before")
    if cue.shape != "ing" or k <= cue.start or items[k] not in _PASSING_ON:
        return None
    if items[k] == "as":
        found = noun_phrase(f, k, max(cue.start, k - _REACH))
        if found is None or found[0] == cue.start or not bits[found[0] - 1] & VERB:
            return None
        return named(f, *found, "before")
    if cue.group not in _SAYING:
        return None  # "praised Holt for showing “…”" are the words of who praises
    for v in range(k - 1, max(cue.start, k - _PHRASE), -1):
        if items[v] in _STOPS:
            return None
        verb = f.prose.language.verbs.get(items[v]) if bits[v] & VERB else None
        if verb is not None and verb.group == "judge":
            last = v + 2 if bits[v + 1] & OBJECT else phrase(f, v + 1)
            return named(f, v + 1, last, "before") if v + 1 < last <= k else None
    return None


_PASSING_ON: Final = frozenset(("as", "for", "of"))
_SAYING: Final = frozenset(("say", "manner", "ask", "argue"))


def passive(f: Frame, k: int) -> bool:
    """Whether the verb at item `k` is in the passive, by the words before it."""
    bits = f.bits
    for j in range(k - 1, max(k - 4, -1), -1):
        if bits[j] & PASSIVE:
            return True
        if not bits[j] & ADVERB:
            return False
    return False


def _agent(f: Frame, cue: Cue) -> Subject | None:
    """The agent before a participle: "wird *von der Zeitung* mit den Worten zitiert"."""
    bits = f.bits
    for k in range(cue.first - 1, max(cue.start, cue.first - _NEAR) - 1, -1):
        if f.items[k] in (",", ";"):
            return None
        if bits[k] & AGENT:
            last = phrase(f, k + 1)
            if last > k + 1:
                before = any(bit & PASSIVE for bit in bits[max(cue.start, k - 8) : k])
                after = bits[cue.last] & PASSIVE
                return named(f, k + 1, last, "agent") if before or after else None
    return None


def _stated_in(f: Frame, cue: Cue, k: int) -> list[Subject]:
    """The texts in which "it says": "heißt es dazu in dem Bericht", "In dem Bericht heißt es"."""
    found = []
    for at, how in ((cue.start, "in front"), (_past_adverbs(f, k, cue.end), "in")):
        if f.bits[at] & PREPOSITION:
            end = phrase(f, at + 1)
            if end > at + 1:
                found.append(named(f, at + 1, end, how))
    return found


def _past_adverbs(f: Frame, k: int, end: int) -> int:
    """Behind the adverbs and times at item `k`: "sagte *am Dienstag auch* der Minister"."""
    bits = f.bits
    for _ in range(4):
        if k >= end:
            break
        if bits[k] & OCCASION and bits[k + 1] & TIME:
            k += 2
        elif bits[k] & (ADVERB | TIME | REFLEXIVE) and not bits[k] & DETERMINER:
            k += 1
        else:
            break
    return k


def _subordinate(f: Frame, cue: Cue) -> list[Subject]:
    """The subject of a clause whose verb is its last word, behind the word that opens it: "wie
    *der Minister* am Dienstag in Hannover erklärte"."""
    bits = f.bits
    found: list[Subject] = []
    for k in range(cue.first - 1, max(cue.start, cue.first - _REACH) - 1, -1):
        if not bits[k] & SUBORDINATOR:
            if f.items[k] in _STOPS:
                break
            continue
        first = _past_adverbs(f, k + 1, cue.first)
        last = phrase(f, first)
        if first < last <= cue.first:
            found.append(named(f, first, last, "subordinate" + "+" * len(found)))
            if len(found) == 2:
                break
    return found


def _auxiliary(f: Frame, cue: Cue) -> list[Subject]:
    """The subject on either side of the finite verb, where the cue is a participle or an infinitive
    at the end: "hatte *die Kanzlerin* am Montag verkündet", "*Sie* habe am Montag verkündet"."""
    if cue.shape == "finite":
        return []
    bits = f.bits
    found = []
    for k in range(cue.first - 1, max(cue.start, cue.first - _REACH) - 1, -1):
        if f.items[k] in _STOPS and f.items[k] != QUOTE:
            break
        if bits[k] & AUXILIARY and f.items[k] != "nicht":
            first = _past_adverbs(f, k + 1, cue.first)
            last = phrase(f, first)
            if first < last <= cue.first:
                found.append(named(f, first, last, "behind the auxiliary"))
            before = noun_phrase(f, k, cue.start)
            if before is not None:
                found.append(named(f, *before, "before the auxiliary"))
            break
    return found


def _before(f: Frame, cue: Cue, start: int) -> Subject | None:
    items, bits = f.items, f.bits
    floor = max(start, cue.first - _REACH)
    k = cue.first - 1
    while k >= floor:
        bit = bits[k]
        if bit & (ADVERB | AUXILIARY | REFLEXIVE):
            k -= 1
        elif bit & (TIME | DIGIT):
            k -= 1
            if k >= floor and bits[k] & OCCASION:
                k -= 1
        else:
            break
    if k < floor:
        return None
    item, bit = items[k], bits[k]
    if bit & PRONOUN:
        return named(f, k, k + 1, "pronoun")
    if item == ")":
        opening = _back_to(f, k, floor, "(")
        if opening is None or opening - 1 < floor:
            return None
        k = opening - 1
        item, bit = items[k], bits[k]
    if bit & RELATIVE:
        j = k - 1
        if j >= floor and items[j] == ",":
            j -= 1
        behind = noun_phrase(f, j + 1, floor)
        if bit & OPENER:
            # A clause that "that" opens has a subject; with no more than an adverb or an auxiliary
            # before the verb it has none. Right behind it a verb may be a noun: "that claims".
            # But not behind a text: "released a report that says".
            if behind is None:
                return None
            text = cue.group == "say" and any(other & DOCUMENT for other in bits[slice(*behind)])
            return named(f, *behind, "that") if text or k < cue.first - 1 else None
        return named(f, *behind, "who") if behind else None
    if item == "," or item in DASHES:
        if cue.shape == "ing" and not f.prose.language.verb_second:
            return _who_went_on(f, k, floor) or _around(f, k, floor)
        return _around(f, k, floor)
    if not bit & WORD or bit & CONJUNCTION:
        return None
    found = noun_phrase(f, k + 1, floor)
    if found is None:
        return None
    whole = _with_relative(f, *found, floor)
    if whole is not None:
        return named(f, *whole, "before")
    # "Trump in a statement said": the phrase behind the preposition is not who speaks.
    head = found
    for _ in range(3):
        at = head[0] - 1
        if at <= floor or not bits[at] & PREPOSITION:
            break
        if bits[head[1] - 1] & CAPITAL and not bits[at] & LINKING:
            break
        further = noun_phrase(f, at, floor)
        if further is None:
            break
        head = further
    if head != found:
        return named(f, *head, "before the phrase")
    return named(f, *found, "before")


def _with_relative(f: Frame, k: int, end: int, floor: int) -> tuple[int, int] | None:
    """The noun phrase whose relative clause, without commas, the phrase of items `k` to `end` ends:
    "*a woman* who lost her home said"."""
    items, bits = f.items, f.bits
    if f.prose.language.verb_second:
        return None
    # "who know Tom Reed": such a verb passes for a part of the name.
    verb = end - k > 1 and not bits[k] & (CAPITAL | CLOSED)
    for j in range(k - 1, max(floor, k - _PHRASE), -1):
        bit = bits[j]
        if not bit & WORD or bit & (CONJUNCTION | SUBORDINATOR):
            return None
        if bit & RELATIVE and not bit & OPENER:
            return noun_phrase(f, j, floor) if verb and items[j] == "who" else None
        if bit & VERB and f.prose.language.verbs[items[j]].group in _SAYING:
            return None  # "a man who told police the driver said"
        verb |= bool(bit & (VERB | VERBAL | FINITE | AUXILIARY))
    return None


def _who_went_on(f: Frame, k: int, floor: int) -> Subject | None:
    """Whose attribution ends at the comma before a participle: "“…,” *Holt* said, adding", or whose
    clause begins behind a comma: "In a debate about Leeds, or Ledes, *Holt* kept to it, adding"."""
    items, bits = f.items, f.bits
    at = k - 1
    while at > floor and bits[at] & (TIME | OCCASION):
        at -= 1
    if bits[at] & VERB and f.prose.language.verbs[items[at]].shape == "finite":
        found = noun_phrase(f, at, floor)
        if found and found[0] > floor and items[found[0] - 1] in _BEFORE_ATTRIBUTION:
            return named(f, *found, "clause")
    for j in range(k - 1, floor, -1):
        if items[j] in _STOPS:
            return None
        if items[j] != "," or not bits[j + 1] & (CAPITAL | SPEAKING) or bits[j + 1] & TIME:
            continue
        end = phrase(f, j + 1)
        if j + 1 < end < k and named(f, j + 1, end, "").what in _SPEAKERS:
            verb = _past_adverbs(f, end, k)
            if bits[verb] & (AUXILIARY | FINITE) or (
                bits[verb] & (VERB | VERBAL) and items[verb].endswith(f.prose.language.past)
            ):
                return named(f, j + 1, end, "clause")
    return None


_BEFORE_ATTRIBUTION: Final = frozenset((",", QUOTE))
_SPEAKERS: Final = frozenset(("name", "role name", "he", "she"))


def _back_to(f: Frame, k: int, floor: int, opening: str) -> int | None:
    for j in range(k - 1, max(floor, k - 20) - 1, -1):
        if f.items[j] == opening:
            return j
    return None


_INSERTED: Final = (
    RELATIVE | DETERMINER | ROLE | PREPOSITION | SUBORDINATOR | DIGIT | VERBAL | GENITIVE | ADVERB
    | CAPITAL
)  # fmt: skip


def _around(f: Frame, k: int, floor: int) -> Subject | None:
    """The subject that an apposition or a relative clause parts from its verb: "X, who …, said"."""
    items, bits = f.items, f.bits
    mark = items[k]
    best = None
    for j in range(k - 1, floor, -1):
        item = items[j]
        if item in (QUOTE, PARAGRAPH, ";", ":"):
            break
        if item != mark or not (bits[j + 1] & _INSERTED or not bits[j + 1] & WORD):
            continue
        found = noun_phrase(f, j, floor)
        if found is None:
            continue
        first, last = found
        previous = items[first - 1] if first > floor else PARAGRAPH
        subordinate = first > floor and bits[first - 1] & SUBORDINATOR
        head = (
            previous in _STOPS
            or previous in (",", "(")
            or previous in DASHES
            or subordinate
            or bits[first - 1] & CONJUNCTION
        )
        if head and not bits[first] & TIME and not bits[last - 1] & TIME:
            best = named(f, first, last, "apposition")
            if previous in _STOPS or subordinate:
                break
        elif best is None:
            best = named(f, first, last, "apposition?")
    return best


def clause_subject(f: Frame, start: int, limit: int) -> Subject | None:
    """The first noun phrase of the clause that leads up to `limit`, behind its introduction."""
    items, bits = f.items, f.bits
    k = start
    # A sentence of a million marks has no subject, and as many quotes that ask for it.
    limit = min(limit, start + _INTRODUCTION)
    for _ in range(4):
        while k < limit and (bits[k] & (CONJUNCTION | ADVERB) or not bits[k] & WORD):
            if items[k] == PARAGRAPH:
                return None
            k += 1
        if k >= limit:
            return None
        if bits[k] & (PREPOSITION | SUBORDINATOR | TIME) or items[k].endswith("ing"):
            comma = next((j for j in range(k, min(limit, k + 30)) if items[j] == ","), None)
            if comma is None:
                return None
            k = comma + 1
            continue
        if bits[k] & DIGIT and items[k + 1] == ",":
            k += 2  # "On July 6, 2015, Holt said"
            continue
        end = phrase(f, k)
        if k < end < limit and bits[end - 1] & TIME and items[end] == ",":
            k = end + 1
            continue
        if end == k + 1 and end < limit and bits[end] & TIME:
            k = end
            continue
        return named(f, k, end, "clause") if k < end <= limit else None
    return None


def noun_phrase(f: Frame, end: int, floor: int) -> tuple[int, int] | None:
    """The noun phrase that ends before item `end`, followed back no further than `floor`."""
    bits = f.bits
    last = end - 1
    if last < floor:
        return None
    if f.items[last] == ")":
        opening = _back_to(f, last, floor, "(")
        if opening is None or opening - 1 < floor:
            return None
        last = end = opening
        last -= 1
    if bits[last] & PRONOUN:
        return last, end
    if not _noun(bits, last):
        return None
    k = last
    low = max(floor, end - _PHRASE)
    while k > low:
        bit = bits[k - 1]
        if bit & DETERMINER:
            k -= 1
            if bit & LINKING and k - 1 >= low and _noun(bits, k - 1):
                k -= 1  # a genitive: "der Sprecher der Partei"
                continue
            joins = bits[k - 1] & LINKING and k - 2 >= low and not bits[k - 2] & TIME
            if joins and _noun(bits, k - 2):
                k -= 2
                continue
            break
        if bit & LINKING:
            if k - 2 >= low and _noun(bits, k - 2) and not bits[k - 2] & TIME:
                k -= 2
                continue
            break
        if bit & (ADVERB | TIME) and k - 2 >= low and _attributive(f, k - 1, end):
            return k - 2, end
        if not _noun(bits, k - 1):
            break
        k -= 1
    return k, end


def phrase(f: Frame, begin: int) -> int:
    """Where the noun phrase that begins at item `begin` ends; `begin` itself when none does."""
    bits = f.bits
    n = min(len(bits), begin + _PHRASE)
    if begin >= n:
        return begin
    bit = bits[begin]
    first_name = _modal_name(bits, begin)
    if (not bit & (NOUN | DETERMINER | PRONOUN) and not first_name) or bit & OPENER:
        return begin
    if bit & PRONOUN:
        if not bit & DETERMINER:
            return begin + 1
        if begin + 1 < n and not (_noun(bits, begin + 1) or bits[begin + 1] & LINKING):
            return begin + 1
    seen = first_name
    k = begin + first_name
    while k < n:
        bit = bits[k]
        if bit & DETERMINER and not (bit & LINKING and seen):
            if k > begin and not bits[k - 1] & (LINKING | DETERMINER):
                break
            seen = seen or bool(bit & PRONOUN)
        elif bit & LINKING:
            if not seen or k + 1 >= n:
                break
            after = bits[k + 1]
            if after & TIME or not (_noun(bits, k + 1) or after & DETERMINER):
                break
        elif bit & NOUN or _noun(bits, k):
            if seen and bit & (TIME | VERBAL):
                break
            seen = True
        # "einer gestern verbreiteten Erklärung"
        elif not (k == begin + 1 and bit & (ADVERB | TIME) and _attributive(f, k, n)):
            break
        k += 1
    while k > begin and bits[k - 1] & (LINKING | DETERMINER):
        if k - 1 == begin and bits[begin] & PRONOUN:
            break
        k -= 1
    return k


def _modal_name(bits: list[int], k: int) -> bool:
    """Whether item `k` is written like an auxiliary and is a first name: "said *Will* Reed"."""
    if not bits[k] & AUXILIARY or not bits[k] & CAPITAL or not k or not bits[k - 1] & VERB:
        return False
    return bool(bits[k + 1] & CAPITAL) and not bits[k + 1] & CLOSED


def _attributive(f: Frame, k: int, limit: int) -> bool:
    """Whether the adverb at item `k`, behind a determiner, belongs to an adjective: where nouns
    have capitals, small words and one of those follow."""
    if not f.prose.language.verb_second or not f.bits[k - 1] & DETERMINER:
        return False
    for j in range(k + 1, min(limit, k + 4)):
        if f.bits[j] & CAPITAL:
            return j > k + 1
        if not f.bits[j] & NOUN:
            return False
    return False


def _noun(bits: list[int], k: int) -> bool:
    """Whether an item can be part of a noun phrase: no sign, no verb, none of the small words; a
    form that is a verb or a noun is a noun behind a determiner."""
    bit = bits[k]
    if bit & NOUN:
        return True
    return bool(bit & VERB and k and bits[k - 1] & DETERMINER and not bit & (CLOSED | FINITE))
