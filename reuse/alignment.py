"""Two versions of one utterance -> which word of the one is which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from reuse.words import ELLIPSIS, Words, weight

# Beyond this many cells the tables of the alignment are too large to hold for one pair of texts.
CELLS = 4_000_000
# The alignment's prices, against 2 or 4 for an equal word (`weight`). A cut costs the same however
# long it is, since editors cut whole sentences; words put in cost each.
MISMATCH, CUT, PUT_IN, PUT_IN_EACH = 2, 6, 5, 1
# A run of so many words that both texts have once is one piece of any alignment.
RUN = 4
# At the ends, words face so many more of the other version's than they are.
SLACK = 3
# A stretch out of its order counts as found elsewhere from more than this: three telling words.
MOVED = 12

# "he's" may be "he is" or "he has", "I'd" may be "I would" or "I had".
ALIASES = {"'s": ("is", "has"), "'d": ("would", "had")}

# A step of an alignment: the number of a word of this version and of the other one, -1 for none.
Step = tuple[int, int]


def alignment(now: Words, was: Words) -> list[Step]:
    """Which word of `now` is which of `was`, in the order of `now`; every word occurs once.

    A local alignment with free ends, then the same again for what is left over on either side:
    a version may put the end of a statement before its beginning.
    """
    if now.keys == was.keys:
        return [(i, i) for i in range(len(now))]
    return _complete(_pairs(now, was), now, was)


def matched(now: Words, was: Words) -> list[Step]:
    """The words of `now` that are words of `was`, and which, in the order of `now`."""
    return [(i, j) for i, j in _pairs(now, was) if now.keys[i] == was.keys[j]]


def _pairs(now: Words, was: Words) -> list[Step]:
    """The words of `now` that stand for words of `was`."""
    inside = _contained(now.keys, was.keys)
    if inside is not None:
        return inside
    large = len(now) * len(was) > CELLS
    return _levenshtein(now, was) if large else _chained(now, was)


def _contained(now: tuple[str, ...], was: tuple[str, ...]) -> list[Step] | None:
    """The alignment of two texts of which one has the other whole, in one place."""
    short, long = (now, was) if len(now) <= len(was) else (was, now)
    if len(short) < 3:
        return None
    inner, outer = "\0".join(("", *short, "")), "\0".join(("", *long, ""))
    at = outer.find(inner)
    if at < 0 or outer.find(inner, at + 1) >= 0:
        return None
    first = outer.count("\0", 0, at)
    pairs = [(k, first + k) for k in range(len(short))]
    return pairs if short is now else [(j, i) for i, j in pairs]


def _chained(now: Words, was: Words) -> list[Step]:
    blocks = _blocks(now.keys, was.keys)
    mine = _units(len(now), [(i, size) for i, _, size in blocks])
    theirs = _units(len(was), [(j, size) for _, j, size in blocks])
    # A run that both have once is as one word that tells as much as all of its words.
    number = {key: n for n, key in enumerate(dict.fromkeys((*now.keys, *was.keys)))}
    named = {("now", i): len(number) + n for n, (i, _, _) in enumerate(blocks)}
    named |= {("was", j): len(number) + n for n, (_, j, _) in enumerate(blocks)}
    here = np.array([named.get(("now", i), number[now.keys[i]]) for i, _ in mine], dtype=np.int32)
    there = np.array([named.get(("was", j), number[was.keys[j]]) for j, _ in theirs], np.int32)
    told = [0 if k == ELLIPSIS else weight(k, now.language) for k in now.keys]
    weights = np.array([sum(told[i : i + size]) for i, size in mine], dtype=np.int32)
    free = np.ones(len(there), dtype=bool)
    aliases = {
        number[a]: [number[b] for b in forms if b in number]
        for a, forms in ALIASES.items()
        if a in number
    }
    found: list[Step] = []
    stretches = [(0, len(here), 0)]
    while stretches:
        first, last, least = stretches.pop()
        if first >= last or not free.any():
            continue
        score, pairs = _local(here[first:last], there, weights[first:last], free, aliases)
        if score <= least or not pairs:
            continue
        pairs = [(i + first, j) for i, j in pairs]
        found += pairs
        free[pairs[0][1] : pairs[-1][1] + 1] = False
        stretches.append((pairs[-1][0] + 1, last, MOVED))
        stretches.append((first, pairs[0][0], MOVED))
    return sorted(
        (mine[i][0] + k, theirs[j][0] + k)
        for i, j in found
        for k in range(min(mine[i][1], theirs[j][1]))
    )


def _blocks(now: tuple[str, ...], was: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Runs of words that both texts have once, and nowhere else: where in each, and how long."""
    mine, theirs = _once(now), _once(was)
    result: list[tuple[int, int, int]] = []
    behind = 0
    taken: set[int] = set()
    for run, i in mine.items():
        j = theirs.get(run)
        if j is None:
            continue
        if result:
            first, other, size = result[-1]
            if i - first == j - other <= size and j + RUN - 1 not in taken:
                result[-1] = first, other, i - first + RUN
                behind = i + RUN
                taken.update(range(j, j + RUN))
                continue
        if i >= behind and taken.isdisjoint(range(j, j + RUN)):
            result.append((i, j, RUN))
            behind = i + RUN
            taken.update(range(j, j + RUN))
    return result


def _once(keys: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """The runs of `RUN` words that a text has once, in their order, and where."""
    runs = list(zip(*(keys[k:] for k in range(RUN)), strict=False))
    count = Counter(runs)
    return {run: i for i, run in enumerate(runs) if count[run] == 1}


def _units(length: int, blocks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The words of a text, those of a block as one: where each begins, how many words it has."""
    result: list[tuple[int, int]] = []
    behind = 0
    for start, size in sorted(blocks):
        result += [(i, 1) for i in range(behind, start)]
        result.append((start, size))
        behind = start + size
    return result + [(i, 1) for i in range(behind, length)]


def _local(
    here: NDArray[np.int32],
    there: NDArray[np.int32],
    weights: NDArray[np.int32],
    free: NDArray[np.bool_],
    aliases: dict[int, list[int]],
) -> tuple[int, list[Step]]:
    """The best local alignment (Smith & Waterman 1981) with gaps priced apart on the two sides.

    One numpy row for each word of `here`; a cut of any length costs `CUT`, so that the best place
    to cut from is a running maximum.
    """
    n, m = len(here), len(there)
    width = np.arange(m + 1)
    best = np.zeros(m + 1, dtype=np.int32)
    put_in = np.full(m + 1, -(10**6), dtype=np.int32)
    pointer = np.zeros((n + 1, m + 1), dtype=np.int8)
    extends = np.zeros((n + 1, m + 1), dtype=bool)
    cut_from = np.zeros((n + 1, m + 1), dtype=np.int32)
    unequal = np.where(free, -MISMATCH, -(10**6))
    top, place = 0, (0, 0)
    for i in range(1, n + 1):
        word = here[i - 1]
        same = there == word
        for alias, forms in aliases.items():
            if word == alias:
                same |= np.isin(there, forms)
            elif word in forms:
                same |= there == alias
        gain = np.where(same & free, weights[i - 1], unequal)
        opened, longer = best - PUT_IN, put_in - PUT_IN_EACH
        extends[i] = longer > opened
        put_in = np.maximum(opened, longer)
        straight = np.full(m + 1, -(10**6), dtype=np.int32)
        straight[1:] = best[:-1] + gain
        base = np.maximum(np.maximum(straight, put_in), 0)
        pointer[i] = np.where(base == 0, 0, np.where(straight >= put_in, 1, 2))
        so_far = np.maximum.accumulate(base)
        source = np.maximum.accumulate(np.where(base == so_far, width, 0))
        # The running maximum up to the column before this one.
        cut = np.full(m + 1, -(10**6), dtype=np.int32)
        cut[1:] = so_far[:-1] - CUT
        taken = cut > base
        cut_from[i, 1:] = np.where(taken[1:], source[:-1], -1)
        cut_from[i, 0] = -1
        best = np.where(taken, cut, base)
        peak = int(base.max())
        if peak > top:
            top, place = peak, (i, int(base.argmax()))
    pairs: list[Step] = []
    i, j = place
    while i > 0 and j > 0:
        if cut_from[i, j] >= 0 and (i, j) != place:
            j = int(cut_from[i, j])
        way = pointer[i, j]
        if way == 0:
            break
        if way == 1:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        else:
            while extends[i, j]:
                i -= 1
            i -= 1
    pairs.reverse()
    # An alignment begins and ends with a word that both have.
    return top, pairs


def _levenshtein(now: Words, was: Words) -> list[Step]:
    return [
        (code.src_start + k, code.dest_start + k)
        for code in Levenshtein.opcodes(now.keys, was.keys)
        if code.tag in ("equal", "replace")
        for k in range(min(code.src_end - code.src_start, code.dest_end - code.dest_start))
    ]


def equal(now: Words, was: Words, i: int, j: int) -> bool:
    if i < 0 or j < 0:
        return False
    a, b = now.keys[i], was.keys[j]
    return a == b or b in ALIASES.get(a, ()) or a in ALIASES.get(b, ())


def _complete(pairs: list[Step], now: Words, was: Words) -> list[Step]:
    """The aligned words with all others of either side put where they belong."""
    if not pairs:
        return [(i, -1) for i in range(len(now))] + [(-1, j) for j in range(len(was))]
    pairs = _ends(pairs, now, was)
    used = {j for _, j in pairs}
    behind: dict[int, list[int]] = {}
    anchor = -1
    for j in range(len(was)):
        if j in used:
            anchor = j
        else:
            behind.setdefault(anchor, []).append(j)
    steps: list[Step] = []
    steps += [(-1, j) for j in behind.pop(-1, [])] if pairs[0][1] == min(used) else []
    last = -1
    for n, (i, j) in enumerate(pairs):
        steps += [(k, -1) for k in range(last + 1, i)]
        if j == min(used) and -1 in behind:
            steps += [(-1, k) for k in behind.pop(-1)]
        steps.append((i, j))
        last = i
        # Words put in stand where they are read, the missing ones behind the word they followed.
        following = pairs[n + 1] if n + 1 < len(pairs) else None
        gone = behind.get(j, [])
        if following is None or following[0] == i + 1 or not gone:
            steps += [(-1, k) for k in gone]
        else:
            put_in = list(range(i + 1, following[0]))
            steps += [(k, -1) for k in put_in] + [(-1, k) for k in gone]
            last = following[0] - 1
    return steps + [(k, -1) for k in range(last + 1, len(now))]


def _ends(pairs: list[Step], now: Words, was: Words) -> list[Step]:
    """Words at the ends that changed: a local alignment stops before them.

    What stands beyond the last equal word on both sides, up to the end of the sentence, became one
    another; beyond a sentence end it is another sentence that was quoted or left out.
    """
    taken = {j for _, j in pairs}
    i, j = pairs[0]
    front = _facing(range(i - 1, -1, -1), range(j - 1, -1, -1), now, was, taken)
    i, j = pairs[-1]
    back = _facing(range(i + 1, len(now)), range(j + 1, len(was)), now, was, taken)
    return front[::-1] + pairs + back


def _facing(here: range, there: range, now: Words, was: Words, taken: set[int]) -> list[Step]:
    """Pairs of the words `here` and `there`, both of which lead away from an equal word."""
    mine = _sentence(here, now)
    theirs = [j for j in _sentence(there, was) if j not in taken][: len(mine) + SLACK]
    if not mine or not theirs:
        return []
    own = [now.keys[i] for i in mine]
    # The fewest words of the other version that cost the least: a word faces its nearest.
    size = min(
        range(min(len(mine), len(theirs)), len(theirs) + 1),
        key=lambda n: (Levenshtein.distance(own, [was.keys[j] for j in theirs[:n]]), n),
    )
    codes = Levenshtein.opcodes(own, [was.keys[j] for j in theirs[:size]])
    return [
        (mine[code.src_start + k], theirs[code.dest_start + k])
        for code in codes
        if code.tag in ("equal", "replace")
        for k in range(min(code.src_end - code.src_start, code.dest_end - code.dest_start))
    ]


def _sentence(places: range, found: Words) -> list[int]:
    """Of words that lead away from one, those of its sentence."""
    result: list[int] = []
    for place in places:
        if found.breaks[place if places.step < 0 else place - 1]:
            break
        result.append(place)
    return result
