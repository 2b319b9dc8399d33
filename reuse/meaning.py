"""One change of words -> whether it touches what was said, and why, in a sentence.

An editor filters on this: a false alarm costs more than a miss. Each kind of change is a row of
`CHECKS`: it looks at the words that went and the words that came, with what stands around them.
The words are tables, ``data/meaning.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz.distance import DamerauLevenshtein

from reuse.words import ELLIPSIS, Style, Words, common, folded, keys, style

# A rewritten stretch longer than this on both sides no longer shows which word became which.
REWRITTEN = 6
# How near the same word must stand for its loss to be one of a repetition ("I will, I will").
NEAR = 4
# So many words of grammar may change beside a modal or a "not" that went or came.
FEW = 2
# A condition without a comma behind it is no longer than so many words.
CLAUSE = 8
# Words of the article beside a version that may carry what was left out of it.
AROUND = 14


@dataclass(frozen=True, slots=True)
class Tables:
    """The words of one language whose change matters."""

    negations: frozenset[str]
    after_not: frozenset[str]
    modals: dict[str, int]
    reported: tuple[frozenset[str], ...]
    quantifiers: dict[str, int]
    bare_quantifiers: frozenset[str]
    qualifiers: frozenset[tuple[str, ...]]
    of_numbers: frozenset[tuple[str, ...]]
    at_least: frozenset[tuple[str, ...]]
    at_most: frozenset[tuple[str, ...]]
    conditions: frozenset[tuple[str, ...]]
    limits: frozenset[tuple[str, ...]]
    objections: frozenset[str]
    undoing: frozenset[tuple[str, ...]]
    denials: frozenset[str]
    subjects: frozenset[str]
    raising: frozenset[str]
    opposites: frozenset[frozenset[str]]
    first_person: frozenset[str]


@cache
def tables(language: str) -> Tables:
    """The tables of a language; English where it has none."""
    text = resources.files("reuse").joinpath("data/meaning.toml").read_text("utf-8")
    every = tomllib.loads(text)
    table = every.get(language, every["en"])
    spelled = language if language in every else "en"

    def forms(name: str) -> frozenset[tuple[str, ...]]:
        return frozenset(keys(form, spelled) for form in table[name])

    def strengths(name: str) -> dict[str, int]:
        return {keys(form, spelled)[0]: n for n, row in enumerate(table[name]) for form in row}

    return Tables(
        negations=frozenset(folded(w) for w in table["negations"]),
        after_not=frozenset(form.split()[0] for form in table["after_not"]),
        modals=strengths("modals"),
        reported=tuple(frozenset(folded(w) for w in row) for row in table["reported"]),
        quantifiers=strengths("quantifiers"),
        bare_quantifiers=frozenset(keys(w, spelled)[0] for w in table["bare_quantifiers"]),
        qualifiers=forms("qualifiers"),
        of_numbers=forms("of_numbers"),
        at_least=forms("at_least"),
        at_most=forms("at_most"),
        conditions=forms("conditions"),
        limits=forms("limits"),
        objections=frozenset(folded(w) for w in table["objections"]),
        undoing=forms("undoing"),
        denials=frozenset(keys(w, spelled)[0] for w in table["denials"]),
        subjects=frozenset(table["subjects"]),
        raising=frozenset(folded(w) for w in table["raising"]),
        first_person=frozenset(table["first_person"]),
        opposites=frozenset(
            frozenset(keys(word, spelled)[0] for word in row) for row in table["opposites"]
        ),
    )


@dataclass(frozen=True, slots=True)
class Context:
    """The two versions whose words are compared, and what stands around this one."""

    now: Words
    was: Words
    prose: bool = False
    before: str = ""
    after: str = ""

    @property
    def style(self) -> Style:
        """House style of this version's language."""
        return style(self.now.language)

    @property
    def tables(self) -> Tables:
        """The words of this version's language that matter."""
        return tables(self.now.language)

    def whole_sentence(self, here: Sequence[int]) -> bool:
        """Whether these words of this version begin and end as sentences do."""
        if not here:
            return False
        opens = here[0] == 0 or self.now.breaks[here[0] - 1]
        return opens and (self.now.breaks[here[-1]] or here[-1] == len(self.now) - 1)

    def between_parts(self, position: int) -> bool:
        """Whether a place in the article is where one part of a split quote ends."""
        starts = [*self.now.part_starts, len(self.now.text) + 1]
        for n, base in enumerate(self.now.article_starts[:-1]):
            part = self.now.text[starts[n] : starts[n + 1] - 1]
            if position == base + len(part.rstrip()):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Finding:
    """The class of an edit that touches meaning, and why, for an editor."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Swap:
    """One change: the words that went (`lost`) and came (`gained`), without what both have."""

    context: Context
    here: tuple[int, ...]
    there: tuple[int, ...]
    lost: tuple[str, ...]
    gained: tuple[str, ...]

    @property
    def both(self) -> bool:
        return bool(self.here) and bool(self.there)

    def near(self, key: str) -> bool:
        """Whether the word stands unchanged close by: then one of a repetition went or came."""
        now, was = self.context.now, self.context.was
        around = [
            *_around(now.keys, self.here, NEAR),
            *_around(was.keys, self.there, NEAR),
        ]
        return key in around


def meaning(here: Sequence[int], there: Sequence[int], context: Context) -> Finding | None:
    """Whether replacing the words `there` of the other version by `here` touches meaning."""
    now, was = context.now, context.was
    mine = [now.keys[i] for i in here if now.keys[i] != ELLIPSIS]
    theirs = [was.keys[j] for j in there if was.keys[j] != ELLIPSIS]
    lost, gained = list(theirs), list(mine)
    for key in mine:
        if key in lost:
            lost.remove(key)
            gained.remove(key)
    swap = Swap(context, tuple(here), tuple(there), tuple(lost), tuple(gained))
    if not lost and not gained:
        return None
    for check in CHECKS:
        finding = check(swap)
        if finding is not None:
            return finding
    return None


def _around(found: Sequence[str], places: Sequence[int], reach: int) -> list[str]:
    if not places:
        return []
    first, last = min(places), max(places)
    return [*found[max(first - reach, 0) : first], *found[last + 1 : last + 1 + reach]]


def _rewritten(swap: Swap) -> bool:
    return len(swap.lost) > REWRITTEN and len(swap.gained) > REWRITTEN


def _shown(swap: Swap) -> tuple[str, str]:
    """The words of both sides, as an editor reads them."""
    now, was = swap.context.now, swap.context.was
    mine = now.text[slice(*now.reach(swap.here[0], swap.here[-1]))] if swap.here else ""
    theirs = was.text[slice(*was.reach(swap.there[0], swap.there[-1]))] if swap.there else ""
    return _short(theirs), _short(mine)


def _short(text: str) -> str:
    text = " ".join(text.split()).strip(" .,;:!?\"'“”‘’—–-")
    found = text.split(" ")
    return text if len(found) <= 10 else " ".join([*found[:5], "…", *found[-4:]])


# --- the checks ----------------------------------------------------------------------------------


def number(swap: Swap) -> Finding | None:
    """A number became another one."""
    if not swap.both:
        return None
    lost = [k for k in swap.lost if _amount(k)]
    gained = [k for k in swap.gained if _amount(k)]
    if not lost or not gained or len(lost) != len(gained):
        return None
    if _rewritten(swap) and len(lost) > 1:
        return None
    if any(swap.near(k) for k in (*lost, *gained)):
        return None
    theirs, mine = _shown(swap)
    kind = "date" if any(_is_year(k) for k in lost) else "number"
    what = "date" if kind == "date" else "number"
    return Finding(kind, f"The {what} differs: “{mine}” for “{theirs}”.")


def _amount(key: str) -> bool:
    return key.startswith("#") and any(c.isdigit() for c in key)


def _is_year(key: str) -> bool:
    return bool(re.fullmatch(r"#(1[5-9]|20)\d\ds?", key))


def date(swap: Swap) -> Finding | None:
    """A month or a day became another one."""
    if not swap.both or _rewritten(swap):
        return None
    named = set(swap.context.style.months.values()) - {"may", "march"}
    lost = [k for k in swap.lost if k in named or k in swap.context.style.days]
    gained = [k for k in swap.gained if k in named or k in swap.context.style.days]
    relative = {"today", "yesterday", "tomorrow", "tonight", "heute", "gestern", "morgen"}
    if not lost or not gained:
        return None
    # "today" for "Friday" is one day under two names, as house styles have it.
    if bool(set(lost) & relative) != bool(set(gained) & relative):
        return None
    theirs, mine = _shown(swap)
    return Finding("date", f"The date differs: “{mine}” for “{theirs}”.")


def opposite(swap: Swap) -> Finding | None:
    """A word became its opposite."""
    if not swap.both or _rewritten(swap):
        return None
    pairs = swap.context.tables.opposites
    for a in swap.lost:
        for b in swap.gained:
            turned = frozenset((a, b)) in pairs or _prefixed(a, b) or _prefixed(b, a)
            others = [k for k in (*swap.lost, *swap.gained) if k not in (a, b)]
            if turned and not _negations(others, swap):
                theirs, mine = _shown(swap)
                return Finding("negation", f"It says the opposite: “{mine}” for “{theirs}”.")
    return None


def _prefixed(a: str, b: str) -> bool:
    """Whether b is a with a prefix that denies it: legal, illegal. Not so words of grammar: who is
    no speaker unlike her is no speaker like her."""
    prefixed = any(b == prefix + a for prefix in ("un", "in", "il", "im", "ir", "dis"))
    return len(a) >= 4 and prefixed and not common(a, "en", 6.0)


def _negations(found: Sequence[str], swap: Swap) -> list[str]:
    return [k for k in found if k in swap.context.tables.negations]


def negation(swap: Swap) -> Finding | None:
    """A "not" went or came."""
    if len(swap.lost) > REWRITTEN or len(swap.gained) > REWRITTEN:
        return None
    lost, gained = _negations(swap.lost, swap), _negations(swap.gained, swap)
    if len(lost) % 2 == len(gained) % 2:
        return None
    which = lost or gained
    words, places = (swap.context.was, swap.there) if lost else (swap.context.now, swap.here)
    if not all(_denies(words, j, swap) for j in places if words.keys[j] in which):
        return None
    if _others(swap, which):
        return None
    if any(swap.near(k) for k in which) or _turned(swap):
        return None
    theirs, mine = _shown(swap)
    if lost and _stands_around(swap, which):
        return None
    if not swap.here and (_at_edge(swap) or _whole_sentence(swap)):
        # Another statement was left out; what governs the rest is `qualifier`'s business.
        return None
    if not swap.there:
        return Finding("negation", f"“{mine}” was put in.")
    if not swap.here:
        return Finding("negation", f"“{theirs}” is missing.")
    return Finding("negation", f"The negation differs: “{mine}” for “{theirs}”.")


def _denies(words: Words, place: int, swap: Swap) -> bool:
    """Whether this "not" denies something: not one of "not only", nor a "No," that begins."""
    key = words.keys[place]
    following = words.keys[place + 1] if place + 1 < len(words) else ""
    if following in swap.context.tables.after_not:
        return False
    return not (key in ("no", "nein") and words.commas[place])


def _turned(swap: Swap) -> bool:
    """Whether other words make up for the "not": "not many" for "few", "not legal", "illegal"."""
    pairs = swap.context.tables.opposites
    scale = swap.context.tables.quantifiers
    for a in swap.lost:
        for b in swap.gained:
            if frozenset((a, b)) in pairs or _prefixed(a, b) or _prefixed(b, a):
                return True
            if a in scale and b in scale and a != b:
                return True
    return False


def _others(swap: Swap, looked_at: Sequence[str]) -> bool:
    """Whether telling words changed besides: then the sentence was put in other words."""
    others = [k for k in (*swap.lost, *swap.gained) if k not in looked_at]
    telling = any(not common(k, swap.context.now.language, 5.6) for k in others)
    return telling or len(others) > FEW


def modal(swap: Swap) -> Finding | None:
    """May became will; a could went or came."""
    if _rewritten(swap) or max(len(swap.lost), len(swap.gained)) > REWRITTEN:
        return None
    table = swap.context.tables.modals
    lost = [k for k in swap.lost if k in table]
    gained = [k for k in swap.gained if k in table]
    if {table[k] for k in lost} == {table[k] for k in gained}:
        return None
    if any(swap.near(k) for k in (*lost, *gained)):
        return None
    if swap.context.prose and (
        not lost
        or not gained
        or any(set(lost + gained) <= row for row in swap.context.tables.reported)
    ):
        return None
    if not swap.both and (len(swap.lost) > 2 or len(swap.gained) > 2 or _at_edge(swap)):
        return None
    # Only what limits a claim makes another one when it goes: "will win" for "wins" does not.
    weak = {"may", "might", "could", "should", "ought", "konnte", "sollte", "darf"}
    if (not lost or not gained) and not set(lost + gained) & weak:
        return None
    cut_besides = set(swap.lost) <= set(lost) or set(swap.gained) <= set(gained)
    if _others(swap, (*lost, *gained)) and not (lost and gained and cut_besides):
        return None
    theirs, mine = _shown(swap)
    if not swap.here:
        return Finding("modal", f"“{theirs}” is missing: the claim is stronger.")
    if not swap.there:
        return Finding("modal", f"“{mine}” was put in: the claim is weaker.")
    return Finding("modal", f"“{mine}” stands for “{theirs}”: not the same certainty or duty.")


def quantifier(swap: Swap) -> Finding | None:
    """All became some; an only went."""
    if max(len(swap.lost), len(swap.gained)) > REWRITTEN:
        return None
    table = swap.context.tables.quantifiers
    lost = [k for k in swap.lost if k in table]
    gained = [k for k in swap.gained if k in table]
    if {table[k] for k in lost} == {table[k] for k in gained}:
        return None
    if any(swap.near(k) for k in (*lost, *gained)):
        return None
    theirs, mine = _shown(swap)
    if (lost and gained) or (
        swap.both
        and (lost or gained)
        and len(swap.lost) <= 2
        and len(swap.gained) <= 2
        and any(_amount(k) for k in (swap.lost if gained else swap.gained))
    ):
        return Finding("quantifier", f"“{mine}” for “{theirs}”: not the same share.")
    bare = set(lost + gained) & swap.context.tables.bare_quantifiers
    if not bare or (not swap.both and _at_edge(swap)) or max(len(swap.lost), len(swap.gained)) > 2:
        return None
    if swap.both and not _numbered(swap):
        return None
    if not swap.here:
        return Finding("quantifier", f"“{theirs}” is missing: not the same share.")
    return Finding("quantifier", f"“{mine}” was put in: not the same share.")


def bound(swap: Swap) -> Finding | None:
    """More than so many became fewer than so many."""
    if not swap.both or max(len(swap.lost), len(swap.gained)) > REWRITTEN:
        return None
    now, was = swap.context.now, swap.context.was
    if not any(_amount(k) for k in now.keys[swap.here[-1] : swap.here[-1] + 3]):
        return None
    table = swap.context.tables
    # "than" stands behind both: the word after the change belongs to its form.
    mine = now.keys[swap.here[0] : swap.here[-1] + 2]
    theirs = was.keys[swap.there[0] : swap.there[-1] + 2]
    sides = [
        {
            side
            for side, forms in (("least", table.at_least), ("most", table.at_most))
            if any(True for _ in _phrases(found, range(len(found)), forms))
        }
        for found in (mine, theirs)
    ]
    if not sides[0] or not sides[1] or sides[0] == sides[1]:
        return None
    was_shown, now_shown = _shown(swap)
    return Finding("quantifier", f"“{now_shown}” for “{was_shown}”: not the same bound.")


def _numbered(swap: Swap) -> bool:
    """Whether words went or came without others in their place, but for an article or the like."""
    return all(common(k, swap.context.now.language) for k in (*swap.lost, *swap.gained))


def _at_edge(swap: Swap) -> bool:
    """Whether the words went from, or came at, the beginning or end of the version."""
    now, was = swap.context.now, swap.context.was
    if swap.there and not swap.here:
        return swap.there[0] == 0 or swap.there[-1] == len(was) - 1 or _missing_edge(swap)
    return bool(swap.here) and (swap.here[0] == 0 or swap.here[-1] == len(now) - 1)


def _whole_sentence(swap: Swap) -> bool:
    """Whether the missing words begin and end as sentences do."""
    was, first, last = swap.context.was, swap.there[0], swap.there[-1]
    return (first == 0 or was.breaks[first - 1]) and (last == len(was) - 1 or was.breaks[last])


def _missing_edge(swap: Swap) -> bool:
    return _kept_after(swap) is None or _kept_before(swap) is None


def _kept_after(swap: Swap) -> int | None:
    """The word of the other version behind the missing ones, where this version still has it."""
    following = swap.there[-1] + 1
    was = swap.context.was
    if following >= len(was):
        return None
    return following if was.keys[following] in swap.context.now.keys else None


def _kept_before(swap: Swap) -> int | None:
    previous = swap.there[0] - 1
    if previous < 0:
        return None
    was = swap.context.was
    return previous if was.keys[previous] in swap.context.now.keys else None


def name(swap: Swap) -> Finding | None:
    """A name became another name."""
    if not swap.both or len(swap.there) > 4 or len(swap.here) > 4:
        return None
    now, was = swap.context.now, swap.context.was
    lost = _names(was, swap.there, swap.lost)
    gained = _names(now, swap.here, swap.gained)
    titles, table = swap.context.style.honorifics, swap.context.tables
    lost = [n for n in lost if n[0] not in titles]
    gained = [n for n in gained if n[0] not in titles]
    speaks = [k for k in swap.lost if k in table.first_person]
    if gained and not lost and speaks and not swap.context.prose and not _bracketed(swap):
        theirs, mine = _shown(swap)
        return Finding("name", f"Another person: “{mine}” for “{theirs}”.")
    if not lost or not gained:
        return None
    if any(_same_name(a, b, now.language) for a, _ in lost for b, _ in gained):
        return None
    if any(a in now.keys for a, _ in lost) and any(b in was.keys for b, _ in gained):
        # The same names in another order.
        return None
    if _initials([k for k, _ in lost], [k for k, _ in gained]):
        return None
    theirs, mine = _shown(swap)
    return Finding("name", f"Another name: “{mine}” for “{theirs}”.")


def _names(words: Words, places: Sequence[int], among: Sequence[str]) -> list[tuple[str, str]]:
    """Capitalised words, but for a sentence's first that may be any word, as (key, form)."""
    if _title_case(words):
        return []
    result: list[tuple[str, str]] = []
    for i in places:
        form = words.text[words.starts[i] : words.ends[i]].lstrip("[")
        if words.keys[i] not in among or not form[:1].isupper() or not form[:1].isalpha():
            continue
        if form == "I" or form.startswith(("I'", "I’")):
            continue
        opens = i == 0 or words.breaks[i - 1] or words.parts[i - 1] != words.parts[i]
        opens = opens or words.keys[i - 1] == ELLIPSIS
        german = words.language == "de"
        if german or (opens and (common(words.keys[i], words.language, 4.8) or len(form) < 3)):
            continue
        if opens and not _never_small(words, form):
            continue
        result.append((words.keys[i], form))
    return result


def _never_small(words: Words, form: str) -> bool:
    """Whether a sentence's first word is capitalised elsewhere in the version too."""
    inner = [
        words.text[words.starts[i] : words.ends[i]]
        for i in range(1, len(words))
        if not words.breaks[i - 1]
    ]
    return form in inner and form.lower() not in inner


def _title_case(words: Words) -> bool:
    """Whether the version is a headline, where capitals tell nothing."""
    long = [
        words.text[s : s + 1].isupper()
        for s, e in zip(words.starts, words.ends, strict=True)
        if e - s > 3
    ]
    return len(long) >= 3 and sum(long) > 0.7 * len(long)


def _same_name(a: str, b: str, language: str) -> bool:
    """Whether two names may be one: a form of it (Iran, Iranian) or another spelling."""
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter[: max(4, len(shorter) - 1)]):
        # Niger and Nigeria begin alike, but both are words that people write often.
        return not (common(a, language, 3.3) and common(b, language, 3.3)) or longer.endswith(
            ("n", "s", "i", "ese", "ish")
        )
    distance = DamerauLevenshtein.distance(a, b)
    spelt = distance <= (2 if len(shorter) >= 7 else 1) and len(shorter) >= 4
    return spelt and not (common(a, language, 3.3) and common(b, language, 3.3))


def _bracketed(swap: Swap) -> bool:
    return any(swap.context.now.bracketed[i] for i in swap.here)


def _initials(lost: Sequence[str], gained: Sequence[str]) -> bool:
    """Whether one side is the other's initials: WHO, World Health Organization."""
    for short, long in ((lost, gained), (gained, lost)):
        if len(short) == 1 and len(long) > 1:
            letters = "".join(k[:1] for k in long)
            if short[0] == letters or short[0] in letters:
                return True
    return False


def qualifier(swap: Swap) -> Finding | None:
    """A cut that drops what limited the claim: an "allegedly", an "if", an "I do not think"."""
    if swap.gained:
        return None
    if swap.there and not swap.lost:
        return None
    was = swap.context.was
    found = _hedge(swap) or _condition(swap) or _limit(swap) or _undone(swap)
    if found is None:
        return None
    kind, (first, last), tail = found
    start, end = was.reach(first, last)
    return Finding(kind, f"“{_short(was.text[start:end])}” {tail}")


def _hedge(swap: Swap) -> tuple[str, tuple[int, int], str] | None:
    """A hedge that went by itself, or from before a number."""
    was, table = swap.context.was, swap.context.tables
    if len(swap.there) > 5 or not swap.there:
        return None
    for first, last in _phrases(was.keys, swap.there, table.qualifiers):
        form = was.keys[first : last + 1]
        if form in table.of_numbers:
            following = was.keys[last + 1] if last + 1 < len(was) else ""
            if not _amount(following) and table.quantifiers.get(following) != 0:
                continue
            if last + 1 in swap.there:
                continue
        elif _kept_after(swap) is None or any(swap.near(k) for k in form if len(k) > 3):
            continue
        elif swap.context.prose and form[0] in table.first_person:
            # "I think" is what a reported clause says with "she said".
            continue
        if _stands_around(swap, form):
            continue
        return "cut_qualifier", (first, last), "was left out: the claim is plainer than it was."
    return None


def _condition(swap: Swap) -> tuple[str, tuple[int, int], str] | None:
    """A clause that limited the one beside it: ", if attacked"."""
    was, table = swap.context.was, swap.context.tables
    for first, last in _phrases(was.keys, swap.there, table.conditions):
        opens = first == swap.there[0]
        if opens and first > 0 and not was.breaks[first - 1]:
            # Behind what was kept, in the same sentence, up to the end of the clause.
            if _kept_before(swap) is None or _stands_around(swap, was.keys[first : first + 1]):
                continue
            stop = _clause_end(was, last, swap.there)
            following = was.keys[stop + 1] if stop < swap.there[-1] else ""
            if was.commas[stop] and following in table.subjects:
                # "A. If so, we ..." run together: it limits what follows, and that went too.
                continue
            return "cut_qualifier", (first, stop), "was left out: it limited what was said."
        head = first == 0 or was.breaks[first - 1]
        after = _kept_after(swap)
        if head and after is not None and not any(was.breaks[j] for j in range(first, after)):
            if form_is_open(was.keys[first : last + 1]):
                continue
            clause = was.commas[after - 1] or (
                after - first <= CLAUSE and not any(was.commas[first : after - 1])
            )
            if not clause or _stands_around(swap, was.keys[first : first + 1]):
                continue
            return "cut_qualifier", (first, after - 1), "was left out: it limited what was said."
    return None


def _limit(swap: Swap) -> tuple[str, tuple[int, int], str] | None:
    """What limited a denial or a promise in time ("this winter"), or an objection (", but not")."""
    was, table = swap.context.was, swap.context.tables
    if not swap.there or _kept_before(swap) is None or was.breaks[swap.there[0] - 1]:
        return None
    first = swap.there[0]
    start = first
    while start > 0 and not was.breaks[start - 1]:
        start -= 1
    firm = set(was.keys[start:first]) & (table.negations | set(table.modals))
    for a, b in _phrases(was.keys, swap.there[:4], table.limits):
        if a == first and firm and not _stands_around(swap, was.keys[b : b + 1]):
            return "cut_qualifier", (a, b), "was left out: it limited what was said."
    if was.keys[first] in table.objections and _kept_after(swap) is None:
        stop = next((j for j in swap.there if was.breaks[j]), swap.there[-1])
        if set(was.keys[first : stop + 1]) & table.negations and not _stands_around(
            swap, was.keys[first : first + 1]
        ):
            return "cut_qualifier", (first, stop), "was left out: it took some of it back."
    return None


def form_is_open(form: Sequence[str]) -> bool:
    """Conditions that limit nothing when they begin a sentence ("Without doubt, ...")."""
    return form[0] in ("without", "ohne", "but", "aber", "bis", "ob")


def _clause_end(words: Words, first: int, places: Sequence[int]) -> int:
    last = first
    for j in range(first, places[-1] + 1):
        last = j
        if words.breaks[j] or (words.commas[j] and j > first + 1):
            break
    return last


def _undone(swap: Swap) -> tuple[str, tuple[int, int], str] | None:
    """Words before what was kept that took it back: "I do not think that"."""
    was, table = swap.context.was, swap.context.tables
    after = _kept_after(swap)
    if after is None or not swap.there:
        return None
    first = after
    while first > swap.there[0] and not was.breaks[first - 1]:
        first -= 1
    governing = list(range(first, after))
    if not governing or any(was.commas[j] for j in governing[-1:]):
        return None
    if _stands_around(swap, [was.keys[j] for j in governing], negations=True):
        return None
    tail = governing[-5:]
    keys_of = [was.keys[j] for j in tail]
    for n, key in enumerate(keys_of):
        if key not in table.negations or not _denies(was, tail[n], swap):
            continue
        behind = [k for k in keys_of[n + 1 :] if k not in ("that", "dass", "the", "to")]
        if not behind or (behind[0] in table.raising and len(behind) <= 2):
            return (
                "negation",
                (tail[max(n - 2, 0)], tail[-1]),
                "was left out: it denied what is quoted.",
            )
    for a, b in _phrases(was.keys, tail, table.undoing):
        rest = [was.keys[j] for j in range(b + 1, after)]
        if all(k in ("that", "the", "dass", "of", "to", "a") for k in rest):
            return "cut_qualifier", (a, tail[-1]), "was left out: it took back what is quoted."
    return None


def _phrases(
    found: Sequence[str], places: Sequence[int], forms: frozenset[tuple[str, ...]]
) -> Iterator[tuple[int, int]]:
    """Where a form stands wholly within places, longest first at each place."""
    inside = set(places)
    for j in places:
        for length in (4, 3, 2, 1):
            span = range(j, j + length)
            if all(k in inside for k in span) and tuple(found[k] for k in span) in forms:
                yield j, j + length - 1
                break


def _stands_around(swap: Swap, form: Sequence[str], *, negations: bool = False) -> bool:
    """Whether the article says it beside the version in its own words."""
    language = swap.context.now.language
    before = re.split(r"[.!?]['\"”’»]*\s", swap.context.before)[-1]
    after = re.split(r"[.!?]['\"”’»]*(?:\s|$)", swap.context.after)[0]
    around = (*keys(before, language)[-AROUND:], *keys(after, language)[:AROUND])
    table = swap.context.tables
    if negations and any(k in table.negations or k in table.denials for k in around):
        return True
    if any(k in table.negations for k in form) and any(k in table.negations for k in around):
        return True
    return any(k in around for k in form if len(k) > 1 and not common(k, language, 6.0)) or (
        form[0] in around if form else False
    )


CHECKS: tuple[Callable[[Swap], Finding | None], ...] = (
    bound,
    opposite,
    negation,
    number,
    date,
    name,
    modal,
    quantifier,
    qualifier,
)
