"""People and organisations named in full -> who is one: a name, unless what is said parts it.

Middle names part two people of one name, or Jr. does; for a common name what is said of them must
agree; a rare one is parted only by two stories that have nothing in common.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from reuse.everybody import Everybody, Groups, plain
from reuse.lexicon import first_names
from reuse.spellings import namesakes

# A namesake with a rare name has a story of his own: at least that many articles.
_STORY: Final = 2
# Names with more expected namesakes than this are told apart by what is said of their bearers.
_NAMESAKES: Final = 0.05
# A form that contradicts no other joins the class that has so much of all that it could join.
_DOMINANT: Final = 0.8
# A person who is called Jr. is called so at least that often.
_SELDOM: Final = 0.25


def full_names(rows: Everybody, groups: Groups) -> None:
    """One name, one person, unless the middle names or what is said of them say otherwise."""
    full = [form.named and len(form.keys) > 1 for form in rows.forms]
    found, begins = rows.by_form(full)
    begin = begins.tolist()
    by_name: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for n, form in enumerate(rows.forms):
        if full[n]:
            by_name[form.kind, form.keys].append(n)
    # Nearly all names need no second look: their rows are joined all at once.
    whole = np.full(len(rows.forms), -1)
    for (kind, keys), numbers in by_name.items():
        common = kind == "person" and namesakes(*keys) > _NAMESAKES
        stories = kind == "person" and not common
        many = sum([begin[n + 1] - begin[n] for n in numbers])
        alike = len({(rows.forms[n].middles, rows.forms[n].suffix) for n in numbers}) == 1
        if many == 1 or (alike and not common and not (stories and many >= 2 * _STORY)):
            whole[numbers] = numbers[0]
            continue
        of_form = {n: found[begin[n] : begin[n + 1]].tolist() for n in numbers}
        for members in _by_middle(rows, numbers, of_form):
            if common:
                _apart_by_roles(rows, groups, members)
            elif stories and len(members) >= 2 * _STORY:
                _apart_by_stories(rows, groups, members)
            else:
                groups.union(members)
    groups.together(found, whole[np.asarray(rows.form)[found]])
    spelled: dict[str, int] = {}
    for n, form in enumerate(rows.forms):
        if not full[n]:
            continue
        # The same words, here taken for a person's name and there for an organisation's.
        head = int(found[begin[n]])
        known = spelled.setdefault(plain(form.name), head)
        if known != head:
            groups.union((known, head))
        # "Angry Tom Reed" at the start of a sentence, where "Tom Reed" is known.
        if form.middles and form.keys[0] not in first_names() and form.middles[0] in first_names():
            meant = by_name.get(("person", (form.middles[0], form.keys[1])))
            if meant:
                groups.union((head, int(found[begin[meant[0]]])))


def _by_middle(
    rows: Everybody, numbers: list[int], of_form: dict[int, list[int]]
) -> Iterator[list[int]]:
    """The rows of one first name and surname, parted where middle names or Jr. contradict."""
    classes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n in numbers:
        form = rows.forms[n]
        classes[" ".join(form.middles), form.suffix] += of_form[n]
    # Fuller middle names first; a form joins the class that it does not contradict, if that is
    # the only one or by far the commonest.
    merged: dict[tuple[str, str], list[int]] = {}
    for key in sorted(classes, key=lambda k: (-len(k[0]), -len(k[1]), k)):
        fitting = [
            head
            for head in merged
            if _middles_agree(key[0], head[0])
            and _suffixes_agree(rows, key[1], head[1], classes[key], merged[head])
        ]
        if fitting:
            best = max(fitting, key=lambda head: (len(merged[head]), head))
            if len(merged[best]) >= _DOMINANT * sum(len(merged[head]) for head in fitting):
                merged[best] += classes[key]
                continue
        merged[key] = list(classes[key])
    for members in merged.values():
        yield sorted(members)


def _middles_agree(a: str, b: str) -> bool:
    """Whether one has no middle names, or all of them are the same or an initial of the other's."""
    xs, ys = a.split(), b.split()
    return not (xs and ys) or (
        len(xs) == len(ys)
        and all(
            x == y or (min(len(x), len(y)) == 1 and x[0] == y[0])
            for x, y in zip(xs, ys, strict=True)
        )
    )


def _suffixes_agree(rows: Everybody, a: str, b: str, of_a: list[int], of_b: list[int]) -> bool:
    """Jr. and no Jr. are one unless an article has both."""
    if a == b or (a and b):
        return a == b
    with_suffix = len(of_a) if a else len(of_b)
    if with_suffix < _SELDOM * (len(of_a) + len(of_b)):
        return False  # so seldom, Jr. is somebody else: the son of the one in the news
    return {rows.article[row] for row in of_a}.isdisjoint(rows.article[row] for row in of_b)


def _apart_by_roles(rows: Everybody, groups: Groups, members: list[int]) -> None:
    """Rows of a common name: one person where roles or company are shared; else roles part them.

    Rows of which nothing is said go with the largest group.
    """
    if len(members) == 1:
        return
    told: set[int] = set()
    by_feature: dict[str, list[int]] = defaultdict(list)
    for row in members:
        for word in rows.role_words(row):
            by_feature[word].append(row)
            told.add(row)
        for label in rows.company(row):
            by_feature[label].append(row)
    story = _joined(members, by_feature.values())
    sizes = Counter(story.values())
    saying = {story[row] for row in told}
    largest = min(saying or sizes, key=lambda root: (-sizes[root], root))
    _unite(
        groups, members, {row: root if root in saying else largest for row, root in story.items()}
    )


def _apart_by_stories(rows: Everybody, groups: Groups, members: list[int]) -> None:
    """Rows of a name that hardly two people bear: one person, unless two stories of several
    articles say different things of its bearer and have nobody else in common."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for row in members:
        for word in rows.role_words(row):
            by_word[word].append(row)
    if len(by_word) < 2:
        groups.union(members)
        return
    story = _joined(members, by_word.values())
    if len({story[row] for shared in by_word.values() for row in shared}) < 2:
        groups.union(members)
        return
    by_company: dict[int, list[int]] = defaultdict(list)
    for row in members:
        for form in rows.people_beside(row):
            by_company[form].append(row)
    alone = set(members).difference(*by_company.values())
    story = _joined(members, (*by_word.values(), *by_company.values()))
    told = {row for shared in by_word.values() for row in shared}
    sizes = Counter(story[row] for row in members)
    saying = Counter(story[row] for row in told - alone)
    own = {root for root in sizes if sizes[root] >= _STORY and saying[root]}
    if len(own) < 2:
        groups.union(members)
        return
    largest = min(own, key=lambda root: (-sizes[root], root))
    _unite(groups, members, {row: root if root in own else largest for row, root in story.items()})


def _unite(groups: Groups, members: list[int], part: dict[int, int]) -> None:
    """Make a group of the rows of each part."""
    parts: dict[int, list[int]] = defaultdict(list)
    for row in members:
        parts[part[row]].append(row)
    for rows in parts.values():
        groups.union(rows)


def _joined(members: list[int], shared: Iterable[list[int]]) -> dict[int, int]:
    """Of each row the least one it is joined to by what they share."""
    part = {row: row for row in members}

    def root(row: int) -> int:
        while part[row] != row:
            part[row] = row = part[part[row]]
        return row

    for rows in shared:
        for row in rows[1:]:
            a, b = root(rows[0]), root(row)
            part[max(a, b)] = min(a, b)
    return {row: root(row) for row in members}
