"""Two versions of one utterance -> what changed between them, word by word, and whether it matters.

A version is one or more stretches of an article: the parts of a split quote are compared together,
joined by one space. `comparison` aligns the words of a version with those of another one (the
fullest of its family, or its likely source) and gives operations in reading order that cover both.

As JSON (`as_json`, the columns ``variants.edits`` and ``variants.source_edits``) an operation is an
object::

    {"op": "equal",   "start": 10, "end": 31, "was_start": 0, "was_end": 21}
    {"op": "replace", "start": 31, "end": 35, "was_start": 22, "was_end": 31,
     "was": "and their", "now": "[to]", "class": "bracket", "meaning": null}

``op`` is ``equal``, ``replace``, ``delete`` (words of the other version that are missing here) or
``insert``. ``start`` and ``end`` are offsets into this version's article (for ``delete`` the empty
place where the words are missing); ``was_start`` and ``was_end`` are offsets into the other
version's text, its parts joined by one space (``families.text`` for ``edits``). ``was`` and ``now``
are the words of the two sides, ``class`` is one of `CLASSES`, ``meaning`` says what an editor
should know, or is null. Shown one after another, with a space between, they give the version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from reuse.alignment import Step, alignment, equal
from reuse.meaning import Context, meaning
from reuse.words import ELLIPSIS, Words, folded, weight

Change = Literal["same", "shortened", "spliced", "bracketed", "altered", "paraphrased"]
Op = Literal["equal", "replace", "delete", "insert"]

CLASSES = (
    "case_punctuation",
    "style",
    "wording",
    "number",
    "date",
    "name",
    "negation",
    "modal",
    "quantifier",
    "cut_qualifier",
    "bracket",
    "ellipsis",
    "cut",
    "extended",
)

# Fewer aligned words than this share of the version (weighed by what the words tell) and it is a
# retelling, not an edit of the words.
RETOLD = 0.5
# A silent cut of so many words inside a sentence alters it; a longer one splices two places.
SILENT_CUT = 2


@dataclass(frozen=True, slots=True)
class Edit:
    """One operation; see the module's description."""

    op: Op
    start: int
    end: int
    was_start: int
    was_end: int
    was: str = ""
    now: str = ""
    kind: str = ""
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a version differs from another one.

    `likeness` is the share of the version's words, by weight, that the other version has too;
    `covered` the share of the other version's words that this one has.
    """

    change: Change
    edits: tuple[Edit, ...]
    likeness: float
    covered: float

    @property
    def touches_meaning(self) -> bool:
        return any(edit.meaning for edit in self.edits)

    @property
    def reason(self) -> str | None:
        """What an editor should know, the first three things."""
        reasons = list(dict.fromkeys(edit.meaning for edit in self.edits if edit.meaning))
        return " ".join(reasons[:3]) or None

    @property
    def source_change(self) -> str:
        """The change, or "extended" where the version has all of the other one, and more."""
        beyond = any(edit.kind == "extended" for edit in self.edits)
        return "extended" if beyond and self.change in ("same", "shortened") else self.change


def comparison(
    now: Words, was: Words, *, prose: bool = False, before: str = "", after: str = ""
) -> Comparison:
    """What the version `now` changed in the version `was`.

    `prose` is true when `now` stands outside quotation marks: reported speech shifts modals by
    itself. `before` and `after` are some words of the article around the version: a "not" that the
    reporter gives in their own words before the quote has not been dropped.
    """
    steps = alignment(now, was)
    total = sum(weight(key, now.language) for key in now.keys if key != ELLIPSIS)
    other = sum(weight(key, was.language) for key in was.keys if key != ELLIPSIS)
    shared = sum(weight(now.keys[i], now.language) for i, j in steps if equal(now, was, i, j))
    context = Context(now, was, prose=prose, before=before, after=after)
    edits = tuple(_edits(steps, context))
    likeness = round(shared / total, 4) if total else float(now.keys == was.keys)
    if likeness < RETOLD:
        # Which word became which cannot be told any more; what is claimed of it would be guessed.
        edits = tuple(
            replace(e, meaning=None, kind="wording" if e.meaning else e.kind) for e in edits
        )
    return Comparison(
        change=_change(edits, likeness, context),
        edits=edits,
        likeness=likeness,
        covered=round(min(shared / other, 1.0), 4) if other else 0.0,
    )


def as_json(edits: Sequence[Edit]) -> str:
    """The operations for the database; see the module's description."""
    rows: list[dict[str, object]] = []
    for e in edits:
        row: dict[str, object] = {
            "op": e.op,
            "start": e.start,
            "end": e.end,
            "was_start": e.was_start,
            "was_end": e.was_end,
        }
        if e.op != "equal":
            row |= {"was": e.was, "now": e.now, "class": e.kind, "meaning": e.meaning}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> tuple[Edit, ...]:
    """What `as_json` wrote."""
    return tuple(
        Edit(
            op=row["op"],
            start=row["start"],
            end=row["end"],
            was_start=row["was_start"],
            was_end=row["was_end"],
            was=row.get("was", ""),
            now=row.get("now", ""),
            kind=row.get("class", ""),
            meaning=row.get("meaning"),
        )
        for row in json.loads(text)
    )


# --- operations --------------------------------------------------------------------------------


def _edits(steps: list[Step], context: Context) -> Iterator[Edit]:
    now, was = context.now, context.was
    same = _whole_units(steps, [_unchanged(now, was, i, j) for i, j in steps], now, was)
    same = _without_chance(steps, same, now)
    k = 0
    while k < len(steps):
        last = k
        while last + 1 < len(steps) and same[last + 1] == same[k]:
            last += 1
        run = steps[k : last + 1]
        if same[k]:
            yield from _equal_edits(run, context)
        else:
            for piece in _pieces(run, context):
                yield _edit(piece, steps, context)
        k = last + 1


def _unchanged(now: Words, was: Words, i: int, j: int) -> bool:
    return equal(now, was, i, j) and now.bracketed[i] == was.bracketed[j]


def _whole_units(steps: list[Step], same: list[bool], now: Words, was: Words) -> list[bool]:
    """A written word of several keys ("won't") is equal as a whole or not at all."""
    while True:
        changed = [step for step, ok in zip(steps, same, strict=True) if not ok]
        here = {now.units[i] for i, _ in changed if i >= 0}
        there = {was.units[j] for _, j in changed if j >= 0}
        kept = [
            ok and now.units[i] not in here and was.units[j] not in there
            for (i, j), ok in zip(steps, same, strict=True)
        ]
        if kept == same:
            return kept
        same = kept


def _without_chance(steps: list[Step], same: list[bool], now: Words) -> list[bool]:
    """A lone common word between two rewritten stretches is equal by chance."""
    runs: list[tuple[int, int, bool]] = []
    for k, ok in enumerate(same):
        if runs and runs[-1][2] == ok:
            runs[-1] = (runs[-1][0], k + 1, ok)
        else:
            runs.append((k, k + 1, ok))
    result = list(same)
    for before, here, after in zip(runs, runs[1:], runs[2:], strict=False):
        lone = here[2] and here[1] - here[0] == 1
        if not lone or weight(now.keys[steps[here[0]][0]], now.language) > 2:
            continue
        if all(
            sum(i >= 0 for i, _ in steps[a:b]) >= 2 and sum(j >= 0 for _, j in steps[a:b]) >= 2
            for a, b, _ in (before, after)
        ):
            result[here[0]] = False
    return result


def _equal_edits(run: list[Step], context: Context) -> Iterator[Edit]:
    """An equal run, cut where case, marks or house style differ, and at the parts of a quote."""
    now, was = context.now, context.was
    if _verbatim(run, now, was):
        yield _equal_edit(run, "", now, was)
        return
    groups: list[tuple[list[Step], str]] = []
    for unit in _units(run, now, was):
        kind = _surface(unit, now, was)
        new_part = bool(groups) and now.parts[unit[0][0]] != now.parts[groups[-1][0][-1][0]]
        jump = bool(groups) and unit[0][1] != groups[-1][0][-1][1] + 1
        if groups and groups[-1][1] == kind == "" and not new_part and not jump:
            groups[-1][0].extend(unit)
        else:
            groups.append((list(unit), kind))
    for group, kind in groups:
        yield _equal_edit(group, kind, now, was)


def _verbatim(run: list[Step], now: Words, was: Words) -> bool:
    """Whether a run is written alike on both sides, in one part and without a gap."""
    (first, other), (last, end) = run[0], run[-1]
    if last - first != len(run) - 1 or end - other != len(run) - 1:
        return False
    mine, theirs = now.reach(first, last), was.reach(other, end)
    return (
        now.parts[first] == now.parts[last] and now.text[slice(*mine)] == was.text[slice(*theirs)]
    )


def _equal_edit(group: list[Step], kind: str, now: Words, was: Words) -> Edit:
    start, end = now.reach(group[0][0], group[-1][0])
    was_start, was_end = was.reach(group[0][1], group[-1][1])
    part = now.parts[group[0][0]]
    return Edit(
        op="replace" if kind else "equal",
        start=now.offset(start, part),
        end=now.offset(end, part),
        was_start=was_start,
        was_end=was_end,
        was=was.text[was_start:was_end] if kind else "",
        now=now.text[start:end] if kind else "",
        kind=kind,
    )


def _units(run: list[Step], now: Words, was: Words) -> Iterator[list[Step]]:
    """The run in pieces that are whole written words on both sides."""
    unit: list[Step] = []
    for step, following in pairwise([*run, (-1, -1)]):
        unit.append(step)
        if following[0] < 0 or (
            now.units[step[0]] != now.units[following[0]]
            and was.units[step[1]] != was.units[following[1]]
        ):
            yield unit
            unit = []


_STRAIGHT = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "}
)


def _surface(unit: list[Step], now: Words, was: Words) -> str:
    """How equal words are written differently: not, in case or marks, or by house style."""
    a = now.text[slice(*now.reach(unit[0][0], unit[-1][0]))].translate(_STRAIGHT)
    b = was.text[slice(*was.reach(unit[0][1], unit[-1][1]))].translate(_STRAIGHT)
    if a == b:
        return ""
    plain = ["".join(c for c in folded(s) if c.isalnum()) for s in (a, b)]
    return "case_punctuation" if plain[0] == plain[1] else "style"


def _pieces(run: list[Step], context: Context) -> Iterator[list[Step]]:
    """A changed run, cut into what an editor would call one change.

    Words left out in front of or behind a replacement are a cut of their own from three words on;
    an ellipsis takes the missing words around it; a change does not run over the parts of a quote
    nor from brackets into words without them.
    """
    now = context.now
    here = [i for i, _ in run if i >= 0]
    there = [j for _, j in run if j >= 0]
    if not here or not there:
        yield from _by_part([(i, -1) for i in here] + [(-1, j) for j in there], now)
        return
    marks = [n for n, i in enumerate(here) if now.keys[i] == ELLIPSIS]
    if marks:
        first, last = marks[0], marks[-1]
        front, back = here[:first], here[last + 1 :]
        head = there[: _whole(there, len(front), context.was)]
        rest = there[len(head) :]
        tail = rest[_whole(rest, len(rest) - len(back), context.was) :] if back else []
        middle = rest[: len(rest) - len(tail)]
        if front:
            yield from _by_part(_zip(front, head), now)
        yield from _by_part(_zip(here[first : last + 1], middle), now)
        if back:
            yield from _by_part(_zip(back, tail), now)
        return
    paired = any(i >= 0 and j >= 0 for i, j in run)
    if not paired and (min(here) == 0 or max(here) == len(now) - 1):
        # At its ends a version goes on in its own way: nothing there became anything else.
        yield from _by_part([(i, -1) for i in here], now)
        yield [(-1, j) for j in there]
        return
    lead = next(n for n, (i, _) in enumerate(run) if i >= 0)
    trail = next(n for n, (i, _) in enumerate(reversed(run)) if i >= 0)
    lead = lead if lead > SILENT_CUT else 0
    trail = trail if trail > SILENT_CUT else 0
    gone = [j for _, j in run if j >= 0]
    lead = lead if _whole(gone, lead, context.was) == lead else 0
    cut = len(gone) - trail
    trail = trail if _whole(gone, cut, context.was) == cut else 0
    if paired and (lead or trail):
        if lead:
            yield run[:lead]
        middle_run = run[lead : len(run) - trail]
        yield from _by_part(
            _zip([i for i, _ in middle_run if i >= 0], [j for _, j in middle_run if j >= 0]), now
        )
        if trail:
            yield run[len(run) - trail :]
        return
    yield from _by_part(_zip(here, there), now)


def _whole(places: list[int], cut: int, words: Words) -> int:
    """A cut through some words, moved on to where a written word ends."""
    cut = max(min(cut, len(places)), 0)
    while 0 < cut < len(places) and words.units[places[cut - 1]] == words.units[places[cut]]:
        cut += 1
    return cut


def _zip(here: list[int], there: list[int]) -> list[Step]:
    longest = max(len(here), len(there))
    return [
        (here[n] if n < len(here) else -1, there[n] if n < len(there) else -1)
        for n in range(longest)
    ]


def _by_part(piece: list[Step], now: Words) -> Iterator[list[Step]]:
    """The piece, cut where this version's words pass from one part of a split quote to the next."""
    if not piece:
        return
    group: list[Step] = []
    part: int | None = None
    for step in piece:
        if step[0] >= 0:
            if part is not None and now.parts[step[0]] != part:
                yield group
                group = []
            part = now.parts[step[0]]
        group.append(step)
    yield group


def _edit(piece: list[Step], steps: list[Step], context: Context) -> Edit:
    now, was = context.now, context.was
    here = sorted(i for i, _ in piece if i >= 0)
    there = sorted(j for _, j in piece if j >= 0)
    piece_now, piece_was = set(here), set(there)
    op: Op = "replace" if here and there else "insert" if here else "delete"
    first = next(n for n, (i, j) in enumerate(steps) if i in piece_now or j in piece_was)
    if here:
        start, end = now.reach(here[0], here[-1])
        part = now.parts[here[0]]
        place = now.offset(start, part), now.offset(end, part)
    else:
        place = _missing(steps, first, now)
    if there:
        was_start, was_end = was.reach(there[0], there[-1])
    else:
        previous = next((j for _, j in reversed(steps[:first]) if j >= 0), None)
        was_start = was_end = was.reach(previous, previous)[1] if previous is not None else 0
    edit = Edit(
        op=op,
        start=place[0],
        end=place[1],
        was_start=was_start,
        was_end=was_end,
        was=was.text[was_start:was_end] if there else "",
        now=now.text[slice(*now.reach(here[0], here[-1]))] if here else "",
    )
    finding = meaning(here, there, context)
    if finding is not None:
        return replace(edit, kind=finding.kind, meaning=finding.reason)
    return replace(edit, kind=_kind(here, there, steps, first, context))


def _missing(steps: list[Step], first: int, now: Words) -> tuple[int, int]:
    """The empty place in this version's article where missing words would stand."""
    previous = next((i for i, _ in reversed(steps[:first]) if i >= 0), None)
    if previous is not None:
        at = now.offset(now.reach(previous, previous)[1], now.parts[previous])
    else:
        following = next((i for i, _ in steps[first:] if i >= 0), None)
        at = (
            now.offset(now.reach(following, following)[0], now.parts[following])
            if following is not None
            else now.article_starts[0]
        )
    return at, at


def _kind(
    here: list[int], there: list[int], steps: list[Step], first: int, context: Context
) -> str:
    """The class of an edit that does not touch meaning."""
    now, was = context.now, context.was
    mine, theirs = [now.keys[i] for i in here], [was.keys[j] for j in there]
    if ELLIPSIS in mine or ELLIPSIS in theirs:
        return "ellipsis"
    if any(now.bracketed[i] for i in here) or any(was.bracketed[j] for j in there):
        return "bracket"
    titles = context.style.honorifics
    if all(key in titles for key in (*mine, *theirs)) or "".join(mine) == "".join(theirs):
        return "style"
    if sorted(mine) == sorted(theirs) and any(k.startswith("#") for k in mine):
        # 3 May, May 3
        return "style"
    if not here:
        return "cut"
    outside = all(j < 0 for _, j in steps[:first]) or all(
        j < 0 for _, j in steps[first + len(here) :]
    )
    if not there and (outside or context.whole_sentence(here)):
        return "extended"
    return "wording"


def _change(edits: Sequence[Edit], likeness: float, context: Context) -> Change:
    """The contract's kind of change: the last that applies."""
    if likeness < RETOLD:
        return "paraphrased"
    kinds = [e for e in edits if e.kind not in ("", "case_punctuation", "style")]
    inner = _inner(edits)
    if any(_alters(e, inner, context) for e in kinds):
        return "altered"
    # A bracket that was left out with the words around it was put in by somebody else.
    if any("[" in e.now or "]" in e.now or (e.now and "[" in e.was) for e in kinds):
        return "bracketed"
    if any(_splices(e, inner, context) for e in kinds) or _reordered(edits):
        return "spliced"
    return "shortened" if any(e.op in ("delete", "replace") for e in kinds) else "same"


def _inner(edits: Sequence[Edit]) -> set[int]:
    """The edits that have words of both versions before and behind them."""
    equal = [n for n, e in enumerate(edits) if e.op == "equal" or e.kind == "case_punctuation"]
    if not equal:
        return set()
    return {id(edits[n]) for n in range(equal[0] + 1, equal[-1])}


def _words(text: str) -> int:
    return sum(any(c.isalnum() for c in word) for word in text.split())


def _alters(edit: Edit, inner: set[int], context: Context) -> bool:
    if edit.kind in ("extended", "bracket") or _elides(edit):
        return False
    if edit.op == "delete":
        short = _words(edit.was) <= SILENT_CUT
        return id(edit) in inner and short and not context.between_parts(edit.start)
    return not (edit.now.startswith("[") or edit.was.startswith("["))


def _splices(edit: Edit, inner: set[int], context: Context) -> bool:
    if id(edit) not in inner or context.between_parts(edit.start):
        return False
    return edit.op == "delete" or (_elides(edit) and bool(edit.now))


def _elides(edit: Edit) -> bool:
    """Whether an ellipsis is all that stands in the place of some words."""
    return edit.kind == "ellipsis" or (edit.op == "replace" and not any(map(str.isalnum, edit.now)))


def _reordered(edits: Sequence[Edit]) -> bool:
    places = [e.was_start for e in edits if e.op == "equal"]
    return any(a > b for a, b in pairwise(places))
