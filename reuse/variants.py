"""People named in full -> who are one person under two spellings.

Short forms, initials, misspellings, transliterations and word order, where something besides the
name speaks for it: what they are said to be, with whom they appear, how much commoner one is.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from reuse.everybody import Everybody, Groups, meanings
from reuse.spellings import blocks, variation

# How many of a speaker's articles are looked at for evidence: more add nothing.
_SAMPLE = 60
# A misspelling is this much rarer than the name it is taken for.
_RARER = 5
# A block that more names share tells nobody apart; its members meet in narrower ones.
_BLOCK = 50


@dataclass(frozen=True, slots=True)
class _Node:
    """A group of full-named rows while variants are compared."""

    root: int
    first: str
    last: str
    middles: frozenset[str]
    articles: int
    rows: tuple[int, ...]
    gender: int

    @property
    def name(self) -> tuple[str, str]:
        return self.first, self.last


def variants(rows: Everybody, groups: Groups) -> None:
    """Join the spellings of one person."""
    members = _members(rows, groups)
    names = [_name(rows, sample) for _, _, sample in members]
    pairs = [(i, j) for i, j in _pairs(names) if variation(names[i], names[j]) is not None]
    if not pairs:
        return
    nodes = {i: _node(rows, names[i], *members[i]) for i in {i for pair in pairs for i in pair}}
    rarity = _rarity(rows)
    scored = ((_alike(rows, nodes[i], nodes[j], rarity), i, j) for i, j in sorted(pairs))
    found = sorted(((s, i, j) for s, i, j in scored if s > 0), key=lambda f: (-f[0], f[1], f[2]))
    partners: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for score, i, j in found:
        partners[i].append((score, j))
        partners[j].append((score, i))
    # The surest first; a form that could about as well be another's is nobody's.
    for score, i, j in found:
        small = i if nodes[i].articles <= nodes[j].articles else j
        roots = {groups.root(nodes[i].root), groups.root(nodes[j].root)}
        rivals = [s for s, k in partners[small] if groups.root(nodes[k].root) not in roots]
        if not rivals or max(rivals) <= score - 1.0:
            groups.union((nodes[i].root, nodes[j].root))


def _members(rows: Everybody, groups: Groups) -> list[tuple[int, int, list[int]]]:
    """The groups of people named in full: root, number of rows, a sample of them."""
    full = [form.kind == "person" and len(form.keys) == 2 for form in rows.forms]
    found, _ = rows.by_form(full)
    found.sort()
    roots = groups.roots()[found]
    order = np.argsort(roots, kind="stable")
    found, roots = found[order], roots[order]
    begins = np.flatnonzero(np.diff(roots, prepend=-1))
    counts = np.diff(begins, append=len(found)).tolist()
    return [
        (root, count, found[begin : begin + min(count, _SAMPLE)].tolist())
        for root, begin, count in zip(roots[begins].tolist(), begins.tolist(), counts, strict=True)
    ]


def _name(rows: Everybody, sample: Sequence[int]) -> tuple[str, str]:
    """The commonest first name and surname of a group."""
    forms = {rows.form[row] for row in sample}
    if len(forms) > 1:
        keys = Counter(rows.form_of(row).keys for row in sample)
        first, last = min(keys, key=lambda k: (-keys[k], k))
    else:
        first, last = rows.form_of(sample[0]).keys
    return first, last


def _node(
    rows: Everybody, name: tuple[str, str], root: int, articles: int, sample: Sequence[int]
) -> _Node:
    genders = Counter(rows.gender[row] for row in sample if rows.gender[row])
    middles = frozenset(m[0] for row in sample for m in rows.form_of(row).middles[:1])
    gender = min(genders, key=lambda g: (-genders[g], g), default=0)
    return _Node(root, *name, middles, articles, tuple(sample), gender)


def _pairs(names: Sequence[tuple[str, str]]) -> set[tuple[int, int]]:
    """The names that share a block: numbers of blocks, sorted, bring them side by side."""
    keys, counts = array("q"), array("i")
    for name in names:
        found = blocks(*name)
        keys.extend(map(hash, found))
        counts.append(len(found))
    block, of = np.asarray(keys), np.repeat(np.arange(len(names), dtype=np.int32), counts)
    order = np.lexsort((of, block))
    block, of = block[order], of[order]
    begins = np.flatnonzero(np.diff(block, prepend=~block[:1])) if len(block) else block
    sizes = np.diff(begins, append=len(block))
    shared = (sizes > 1) & (sizes <= _BLOCK)
    out: set[tuple[int, int]] = set()
    for begin, size in zip(begins[shared].tolist(), sizes[shared].tolist(), strict=True):
        sharing = of[begin : begin + size].tolist()
        out.update((i, j) for x, i in enumerate(sharing) for j in sharing[x + 1 :] if i != j)
    return out


def _rarity(rows: Everybody) -> Callable[[str], float]:
    """Of a feature, how surprising it is that two share it: the logarithm of one in how many."""
    counts: Counter[str] = Counter()
    for number, count in _counted(rows.role, len(rows.strings)):
        for word in meanings(rows.strings[number]):
            counts[word] += count
    for number, count in _counted(rows.form, len(rows.forms)):
        if rows.forms[number].label:
            counts[rows.forms[number].label] += count
    total = max(20, len(rows.articles))
    return lambda feature: max(0.0, log(total / (1 + counts[feature])))


def _counted(numbers: Sequence[int], many: int) -> Iterator[tuple[int, int]]:
    """How often each number below `many` occurs, where it does."""
    counts = np.bincount(np.asarray(numbers), minlength=many)
    found = np.flatnonzero(counts)
    return zip(found.tolist(), counts[found].tolist(), strict=True)


def _alike(rows: Everybody, a: _Node, b: _Node, rarity: Callable[[str], float]) -> float:
    """Log odds that two full names are one person's; 0 or less: they stay two."""
    if a.gender and b.gender and a.gender != b.gender:
        return 0.0
    if a.middles and b.middles and a.middles.isdisjoint(b.middles):
        return 0.0
    if {rows.article[row] for row in a.rows} & {rows.article[row] for row in b.rows}:
        return 0.0  # an article that has both thinks they are two
    prior = variation(a.name, b.name)
    if prior is None:
        return 0.0
    said_a, said_b = rows.features(a.rows), rows.features(b.rows)
    shared = min(6.0, sum(rarity(feature) for feature in sorted(said_a & said_b)))
    roles_a = {f for f in said_a if not f.startswith("with ")}
    roles_b = {f for f in said_b if not f.startswith("with ")}
    odds = -2.0 if roles_a and roles_b and roles_a.isdisjoint(roles_b) else 0.0
    rarer, commoner = sorted((a.articles, b.articles))
    dominance = min(1.5, 0.5 * log(commoner / rarer)) if commoner >= _RARER * rarer else 0.0
    return prior + shared + odds + dominance
