"""Who is named by one word in an article -> whom that word means in the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from reuse.everybody import Everybody, Groups
from reuse.lexicon import common_names, first_names, fold

# How many of a person's articles are looked at for evidence: more add nothing.
_SAMPLE: Final = 60
# A surname alone joins the full name that so much of its use speaks for.
_DOMINANT: Final = 0.8
# That many articles in which a person goes by the surname make it theirs without more evidence.
_KNOWN_BY: Final = 5
# Each role or companion in common makes a short name so much likelier to be somebody's.
_COMPANY: Final = 4


@dataclass(slots=True)
class _Bearer:
    """A full-named group that a short name may mean: in how many articles it goes by the short
    name, in how many others it is only named in full."""

    alone: int = 0
    in_full: int = 0


def short_names(rows: Everybody, groups: Groups) -> None:
    """A surname, or the letters of a body, joins those whom it is known to mean."""
    bare: dict[str, list[int]] = defaultdict(list)
    short = [form.named and len(form.keys) == 1 for form in rows.forms]
    for row in sorted(rows.by_form(short)[0].tolist()):
        bare[rows.form_of(row).keys[0]].append(row)
    # Only rows that can be meant by such a word are looked at: it ends their name or is an alias.
    words = [
        word if " " not in text and (word := fold(text)) in bare else "" for text in rows.strings
    ]
    ends = [
        form.keys[1].rpartition(" ")[2] if form.kind == "person" and len(form.keys) > 1 else ""
        for form in rows.forms
    ]
    aliased = np.array([word != "" for word in words], dtype=bool)[np.asarray(rows.alias)]
    known = np.concatenate(([0], np.cumsum(aliased)))
    called = np.diff(known[np.asarray(rows.alias_first)]) > 0
    form = np.asarray(rows.form)
    full = np.array([form.named and len(form.keys) > 1 for form in rows.forms], dtype=bool)[form]
    ending = np.array([end in bare for end in ends], dtype=bool)[form]
    bearers: dict[str, dict[int, _Bearer]] = defaultdict(lambda: defaultdict(_Bearer))
    sample: dict[int, list[int]] = defaultdict(list)
    genders: dict[int, Counter[int]] = defaultdict(Counter)
    for row in np.flatnonzero(full & (called | ending)).tolist():
        root = groups.root(row)
        alone = {
            word
            for i in range(rows.alias_first[row], rows.alias_first[row + 1])
            if (word := words[rows.alias[i]])
        }
        for key in alone:
            bearers[key][root].alone += 1
        end = ends[rows.form[row]]
        if end in bare and end not in alone:
            bearers[end][root].in_full += 1
        genders[root][rows.gender[row]] += 1
        if len(sample[root]) < _SAMPLE:
            sample[root].append(row)
    features: dict[int, set[str]] = {}
    for key, members in bare.items():
        unclear = []
        meant = bearers.get(key, {})
        for root in meant:
            if root not in features:
                features[root] = rows.features(sample[root])
        for row in members:
            chosen = _bearer(rows, row, key, meant, genders, features)
            if chosen is None:
                unclear.append(row)
            else:
                groups.union((chosen, row))
        _without_full_name(rows, groups, key, unclear, bool(meant))


def _bearer(
    rows: Everybody,
    row: int,
    key: str,
    bearers: dict[int, _Bearer],
    genders: dict[int, Counter[int]],
    features: dict[int, set[str]],
) -> int | None:
    """The group that a short name means, when one is clearly likelier than all others."""
    if not bearers:
        return None
    gender = rows.gender[row]
    mine = rows.features((row,))
    scores: dict[int, float] = {}
    shared: dict[int, int] = {}
    body = rows.form_of(row).kind == "organisation"
    for root, bearer in bearers.items():
        if body and (not bearer.alone or "on" in rows.form_of(root).keys):
            continue  # letters are nobody's surname, the Hill not the Democrats on Capitol Hill
        theirs = genders[root]
        known = 0 if theirs[1] == theirs[2] else 1 if theirs[1] > theirs[2] else 2
        if not gender or not known or gender == known:
            shared[root] = len(mine & features[root])
            scores[root] = (5 * bearer.alone + bearer.in_full) * (
                1 + _COMPANY * min(6, shared[root])
            )
    if not scores:
        return None
    best = min(scores, key=lambda root: (-scores[root], root))
    if scores[best] < _DOMINANT * sum(scores.values()):
        return None
    rare = key not in common_names()["surnames"] and key not in first_names()
    if shared[best] or bearers[best].alone >= _KNOWN_BY or (rare and bearers[best].alone):
        return best
    return None


def _without_full_name(
    rows: Everybody, groups: Groups, key: str, members: list[int], rivals: bool
) -> None:
    """A short name that no article explains: one speaker where it is an organisation's or rare;
    else one where roles or company are shared."""
    rare = key not in common_names()["surnames"] and key not in first_names()
    if (rare and not rivals) or any(rows.form_of(row).kind == "organisation" for row in members):
        groups.union(members)
        return
    if len(members) < 2:
        return
    seen: dict[str, int] = {}
    for row in members:
        for feature in (*rows.role_words(row), *rows.company(row)):
            known = seen.setdefault(feature, row)
            if known != row:
                groups.union((known, row))
