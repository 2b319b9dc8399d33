"""Prose -> the frame around its quotes: one item for each quote, sentences, cues and their subjects.

The words inside quotation marks are another's; whose, the words around them say. So the reader looks
at the *frame*: the tokens of the article with each outermost quote shrunk to one item. Positions
here count items of the frame.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from reuse.languages import Language, Verb
from reuse.prose import ENDERS, Prose
from reuse.quotes import Span

QUOTE = "“”"
PARAGRAPH = "¶"
_DASHES = frozenset(("-", "--", "–", "—", "―"))
_STOPS = frozenset((QUOTE, PARAGRAPH, ".", "!", "?", "…", "...", ";", ":"))
# How far a noun phrase or a clause is followed: longer ones are lists or furniture, and a bound
# keeps hostile input linear.
_PHRASE = 14
_REACH = 60


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Columns, one element an item: ``items`` (lower case), ``tokens`` (the token each stands for).

    ``quotes`` maps the item of a quote to the index of its span, ``places`` the other way round.
    ``sentences`` are the items at which sentences begin, ascending; a paragraph break is an item of
    its own and ends a sentence.
    """

    prose: Prose
    spans: Sequence[Span]
    items: list[str]
    tokens: list[int]
    quotes: dict[int, int]
    places: dict[int, int]
    sentences: list[int]
    subjects: dict[int, list[Subject]] = field(default_factory=dict)

    def sentence(self, item: int) -> tuple[int, int]:
        """The sentence (items, half-open) that `item` stands in."""
        n = bisect_right(self.sentences, item)
        end = self.sentences[n] if n < len(self.sentences) else len(self.items)
        return self.sentences[n - 1], end

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Where items `first` to `last` (half-open) stand in the text, marks and all."""
        prose, end = self.prose, self.tokens[last - 1]
        if last - 1 in self.quotes:
            end = self.spans[self.quotes[last - 1]].right - 1
        return prose.starts[self.tokens[first]], prose.ends[end]

    def capital(self, item: int) -> bool:
        word = self.prose.words[self.tokens[item]]
        return word[0].isupper() and self.items[item] not in (QUOTE, PARAGRAPH)


@dataclass(frozen=True, slots=True)
class Subject:
    """A noun phrase (items ``first`` to ``last``, half-open) that may be a cue's subject, and how."""

    first: int
    last: int
    how: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb or a phrase of saying, items ``first`` to ``last``, half-open."""

    first: int
    last: int
    lemma: str
    group: str
    shape: str


def frame(
    prose: Prose,
    spans: Sequence[Span],
    members: Sequence[int],
    ranges: Sequence[tuple[int, int]],
) -> Frame:
    """The frame of the spans `members` in these token ranges: the paragraphs for the outermost
    quotes, a quote's own tokens for those inside it."""
    lower = prose.lower
    items: list[str] = []
    tokens: list[int] = []
    quotes: dict[int, int] = {}
    places: dict[int, int] = {}
    outer = [(n, spans[n]) for n in members]
    at = 0
    for first, last in ranges:
        while at < len(outer) and outer[at][1].left < last:
            n, span = outer[at]
            items += lower[first : span.left]
            tokens += range(first, span.left)
            quotes[len(items)] = n
            places[n] = len(items)
            items.append(QUOTE)
            tokens.append(span.left)
            first = span.right
            at += 1
        items += lower[first:last]
        tokens += range(first, last)
        items.append(PARAGRAPH)
        tokens.append(last - 1)
    made = Frame(prose, spans, items, tokens, quotes, places, [0])
    made.sentences[1:] = _sentences(made)
    return made


def _sentences(f: Frame) -> list[int]:
    items, words, spans = f.items, f.prose.words, f.spans
    ends = []
    n = len(items)
    for i in [i for i, item in enumerate(items) if item in _ENDS]:
        if i + 1 >= n:
            break
        item = items[i]
        if item == PARAGRAPH:
            ends.append(i + 1)
            continue
        if item == QUOTE:
            span = spans[f.quotes[i]]
            if words[span.last - 1] not in ENDERS:
                continue
        j = i + 1
        while j < n and items[j] in _CLOSING:
            j += 1
        if (
            j < n
            and items[j] != PARAGRAPH
            and (items[j] == QUOTE or f.capital(j) or not items[j][0].isalnum())
        ):
            if items[j] in _CONTINUING:
                continue
            ends.append(j)
    for first in [0, *(end for end in ends if items[end - 1] == PARAGRAPH)]:
        behind = _dateline(f, first)
        if behind:
            ends.append(behind)
    return sorted(set(ends))


def _dateline(f: Frame, first: int) -> int | None:
    """Behind the dash of "WASHINGTON (AP) — "; no speaker is looked for before it."""
    items, words, tokens = f.items, f.prose.words, f.tokens
    for k in range(first, min(first + 14, len(items) - 1)):
        item = items[k]
        if item in _DASHES:
            if k == first:
                return None
            place = words[tokens[first]]
            inside = ")" in items[first:k]
            return k + 1 if inside or (place.isupper() and len(place) > 2) else None
        if item[0].isalpha() and not f.capital(k) and item not in ("of", "de", "and"):
            return None
        if item in (QUOTE, PARAGRAPH, "!", "?", ":", ";"):
            return None
    return None


_ENDS = frozenset((QUOTE, PARAGRAPH, ".", "!", "?", "…", "..."))
_CLOSING = frozenset((")", "]", "!", "?", ".", "’", "'", '"', "”"))
_CONTINUING = frozenset((",", ";", ":", "-", "--", "–", "—", "("))


def cues(f: Frame) -> list[Cue]:
    """The words of saying in the frame, in order."""
    rules = f.prose.language
    verbs = rules.verbs
    items = f.items
    words, tokens = f.prose.words, f.tokens
    title = f.prose.headings
    found = [i for i, item in enumerate(items) if item in verbs or item in _PHRASES]
    out = []
    for i in found:
        verb = verbs.get(items[i])
        if verb is None:
            if items[i] == QUOTE:
                odd = _odd_verb(f, i)
                if odd is not None:
                    out.append(Cue(odd, odd + 1, "?", "any", "finite"))
            elif i + 1 < len(items) and items[i + 1] == "to":
                out.append(Cue(i, i + 2, "according to", "according", "phrase"))
            continue
        before = items[i - 1] if i else PARAGRAPH
        if verb.shape != "finite" and _nominal(before, rules):
            continue
        # "the United States": a name, unless a sentence or a title of capitals says otherwise.
        if (
            words[tokens[i]][0].isupper()
            and before not in _OPENING
            and not (title and _in_title(f, tokens[i]))
        ):
            continue
        out.append(Cue(i, i + 1, verb.lemma, verb.group, verb.shape))
    return out


_OPENING = frozenset(
    (QUOTE, PARAGRAPH, ".", "!", "?", ":", ";", "(", "…", "...", "-", "–", "—", "--")
)


def _in_title(f: Frame, token: int) -> bool:
    paragraphs = f.prose.paragraphs
    return bisect_right(paragraphs, (token, len(f.prose.words))) - 1 in f.prose.headings


def _odd_verb(f: Frame, i: int) -> int | None:
    """A verb right behind a quote that no table knows: `“Fantastic!” beamed the mayor`."""
    items, rules = f.items, f.prose.language
    k = i + 1
    if k + 1 < len(items) and items[k] == ",":
        k += 1
    if k + 1 >= len(items) or f.capital(k) or not items[k].endswith(rules.past):
        return None
    if items[k] in rules.verbs or items[k] in rules["closed"]:
        return None
    after = items[k + 1]
    return (
        k
        if f.capital(k + 1) or after in rules["determiners"] or after in rules["pronouns"]
        else None
    )


_PHRASES = frozenset(("according", QUOTE))


def _nominal(before: str, rules: Language) -> bool:
    """Whether a form that may be a noun ("call", "saying") is one, by the word before it."""
    return (
        (
            before in rules["determiners"]
            and before
            not in (
                "that",
                "these",
                "those",
                "all",
                "both",
                "most",
                "many",
                "some",
                "few",
                "several",
                "others",
            )
        )
        or (
            before in rules["prepositions"]
            and before not in ("to", "in", "by", "without", "after", "before", "while", "as", "for")
        )
        or before.endswith(("'s", "’s"))
    )


def subjects(f: Frame, cue: Cue) -> list[Subject]:
    """Who may be the subject of a cue: after it when the order is turned, before it, by its clause."""
    known = f.subjects.get(cue.first)
    if known is not None:
        return known
    found: list[Subject] = []
    rules = f.prose.language
    if cue.group == "according":
        end = phrase(f, cue.last)
        if end > cue.last:
            found.append(Subject(cue.last, end, "according"))
        f.subjects[cue.first] = found
        return found
    start, _ = f.sentence(cue.first)
    before = _before(f, cue, start)
    if before is not None:
        found.append(before)
    if cue.shape == "finite" or cue.shape == "base":
        end = phrase(f, cue.last)
        if end > cue.last and f.items[cue.last] not in rules["object_pronouns"]:
            found.append(Subject(cue.last, end, "after"))
    if cue.last + 1 < len(f.items) and f.items[cue.last] == "by" and cue.shape == "finite":
        end = phrase(f, cue.last + 1)
        if end > cue.last + 1:
            found.append(Subject(cue.last + 1, end, "by"))
    if before is None or before.how not in ("pronoun",):
        clause = clause_subject(f, start, cue.first)
        if clause is not None and (before is None or clause.first != before.first):
            found.append(clause)
    f.subjects[cue.first] = found
    return found


def _before(f: Frame, cue: Cue, start: int) -> Subject | None:
    items = f.items
    rules = f.prose.language
    adverbs, auxiliaries, time = rules["adverbs"], rules["auxiliaries"], rules["time"]
    floor = max(start, cue.first - _REACH)
    k = cue.first - 1
    moved = False
    while k >= floor:
        item = items[k]
        if item in adverbs or item in auxiliaries or (item.endswith("ly") and not f.capital(k)):
            k -= 1
        elif item in time or item.isdigit():
            k -= 1
            if k >= floor and items[k] in ("on", "in", "at", "this", "that", "late", "early"):
                k -= 1
            moved = True
        elif item in rules["object_pronouns"] and item.endswith(("self", "selves")):
            k -= 1
        else:
            break
    if k < floor:
        return None
    item = items[k]
    if item in rules["pronouns"]:
        return Subject(k, k + 1, "pronoun")
    if item == ")":
        opening = _back_to(f, k, floor, "(")
        if opening is None or opening - 1 < floor:
            return None
        k = opening - 1
        item = items[k]
    if item in rules["relative"]:
        j = k - 1
        if j >= floor and items[j] == ",":
            j -= 1
        found = noun_phrase(f, j + 1, floor)
        return Subject(*found, "who") if found and item != "that" else None
    if item == "," or item in _DASHES:
        return _around(f, k, floor)
    if item in _STOPS or item in rules["conjunctions"] or not item[0].isalnum():
        return None
    found = noun_phrase(f, k + 1, floor)
    if found is None:
        return None
    # "Trump in a statement said": the phrase behind the preposition is not who speaks.
    head = found
    for _ in range(3):
        at = head[0] - 1
        if at <= floor or items[at] not in rules["prepositions"]:
            break
        if f.capital(head[1] - 1) and items[at] not in ("in", "on", "at", "during", "to", "from"):
            break
        further = noun_phrase(f, at, floor)
        if further is None:
            break
        head = further
    if head is not found:
        return Subject(*head, "before the phrase")
    return Subject(*found, "before")


def _back_to(f: Frame, k: int, floor: int, opening: str) -> int | None:
    for j in range(k - 1, max(floor, k - 20) - 1, -1):
        if f.items[j] == opening:
            return j
    return None


def _around(f: Frame, k: int, floor: int) -> Subject | None:
    """The subject that an apposition or a relative clause parts from its verb: "X, who …, said"."""
    items = f.items
    rules = f.prose.language
    mark = items[k]
    best = None
    for j in range(k - 1, floor, -1):
        item = items[j]
        if item in (QUOTE, PARAGRAPH, ";", ":"):
            break
        if item != mark:
            continue
        after = items[j + 1]
        insertion = (
            after in rules["relative"]
            or after in rules["determiners"]
            or after in rules["roles"]
            or after in rules["prepositions"]
            or after in rules["subordinators"]
            or after[0].isdigit()
            or after.endswith(("ing", "ed", "'s", "’s", "ly"))
            or f.capital(j + 1)
            or not after[0].isalpha()
        )
        if not insertion:
            continue
        found = noun_phrase(f, j, floor)
        if found is None:
            continue
        previous = items[found[0] - 1] if found[0] > floor else PARAGRAPH
        head = (
            found[0] <= floor
            or previous in _STOPS
            or previous in (",", "(")
            or previous in _DASHES
            or previous in rules["subordinators"]
            or previous in rules["conjunctions"]
        )
        if (
            head
            and items[found[0]] not in rules["time"]
            and items[found[1] - 1] not in rules["time"]
        ):
            best = Subject(*found, "apposition")
            if previous in _STOPS or found[0] <= floor or previous in rules["subordinators"]:
                break
        elif best is None:
            best = Subject(*found, "apposition?")
    return best


def clause_subject(f: Frame, start: int, limit: int) -> Subject | None:
    """The first noun phrase of the clause that leads up to `limit`, behind its introduction."""
    items = f.items
    rules = f.prose.language
    k = start
    for _ in range(4):
        while k < limit and (
            items[k] in rules["conjunctions"]
            or items[k] in rules["adverbs"]
            or items[k].endswith("ly")
            or not items[k][0].isalnum()
        ):
            if items[k] in (PARAGRAPH,):
                return None
            k += 1
        if k >= limit:
            return None
        item = items[k]
        if (
            item in rules["prepositions"]
            or item in rules["subordinators"]
            or item in rules["time"]
            or item.endswith("ing")
        ):
            comma = next((j for j in range(k, min(limit, k + 30)) if items[j] == ","), None)
            if comma is None:
                return None
            k = comma + 1
            continue
        end = phrase(f, k)
        if k < end < limit and items[end - 1] in rules["time"] and items[end] == ",":
            k = end + 1
            continue
        if end == k + 1 and end < limit and items[end] in rules["time"]:
            k = end
            continue
        return Subject(k, end, "clause") if k < end <= limit else None
    return None


def noun_phrase(f: Frame, end: int, floor: int) -> tuple[int, int] | None:
    """The noun phrase that ends before item `end`, followed back no further than `floor`."""
    items = f.items
    rules = f.prose.language
    last = end - 1
    if last < floor:
        return None
    if items[last] == ")":
        opening = _back_to(f, last, floor, "(")
        if opening is None or opening - 1 < floor:
            return None
        last = end = opening
        last -= 1
    item = items[last]
    if item in rules["pronouns"]:
        return last, end
    if not _noun(f, last):
        return None
    k = last
    low = max(floor, end - _PHRASE)
    while k - 1 >= low:
        item = items[k - 1]
        if item in rules["determiners"]:
            k -= 1
            if k - 2 >= low and items[k - 1] in rules["linking"] and _noun(f, k - 2):
                k -= 2
                continue
            break
        if item in rules["linking"]:
            if k - 2 >= low and _noun(f, k - 2) and items[k - 2] not in rules["time"]:
                k -= 2
                continue
            break
        if not _noun(f, k - 1):
            break
        k -= 1
    return k, end


def phrase(f: Frame, begin: int) -> int:
    """Where the noun phrase that begins at item `begin` ends; `begin` itself when none does."""
    items = f.items
    rules = f.prose.language
    n = min(len(items), begin + _PHRASE)
    if begin >= n or items[begin] == "that":
        return begin
    if items[begin] in rules["pronouns"]:
        if items[begin] not in rules["determiners"]:
            return begin + 1
        if begin + 1 < n and not (_noun(f, begin + 1) or items[begin + 1] == "of"):
            return begin + 1
    seen = False
    k = begin
    while k < n:
        item = items[k]
        if item in rules["determiners"]:
            if k > begin and items[k - 1] not in rules["linking"]:
                if items[k - 1] not in rules["determiners"]:
                    break
            seen = seen or item in rules["pronouns"]
        elif item in rules["linking"]:
            if not seen or k + 1 >= n:
                break
            after = items[k + 1]
            if after in rules["time"] or not (_noun(f, k + 1) or after in rules["determiners"]):
                break
        elif _noun(f, k):
            if seen and (item in rules["time"] or _verbal(f, k)):
                break
            seen = True
        else:
            break
        k += 1
    while k > begin and (items[k - 1] in rules["linking"] or items[k - 1] in rules["determiners"]):
        if k - 1 == begin and items[begin] in rules["pronouns"]:
            break
        k -= 1
    return k


def _verbal(f: Frame, k: int) -> bool:
    """Whether a small word behind a noun is more likely the verb: "Hollande retaliated"."""
    item = f.items[k]
    if f.capital(k) or item in f.prose.language["roles"]:
        return False
    if item.endswith(("ed", "ing")):
        return True
    return (
        item.endswith("s")
        and not item.endswith(
            ("ss", "ers", "ors", "ists", "ants", "ents", "ians", "als", "'s", "’s")
        )
        and item not in f.prose.language["documents"]
    )


def _noun(f: Frame, k: int) -> bool:
    """Whether an item can be part of a noun phrase: no sign, no verb, none of the small words."""
    item = f.items[k]
    if not item[0].isalnum() or item in f.prose.language["closed"]:
        return item == "&"
    if f.capital(k):
        return True
    verb = f.prose.language.verbs.get(item)
    if verb is not None and (verb.shape == "finite"):
        return k > 0 and f.items[k - 1] in f.prose.language["determiners"]
    return item not in f.prose.language["finite"] and not item.endswith("ly")
