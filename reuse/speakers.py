"""The people of every article -> the speakers of the corpus, and under which names each is quoted.

Full names join first, by blocks and never by pairs: one name, its short forms and middle initials;
then what is misspelt or transliterated, where something besides the name speaks for it (what they
are said to be, with whom they appear, how much commoner one spelling is); then those that an
article names by surname or acronym alone. The house list and people's decisions come last.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz.distance import OSA

from reuse.lexicon import common_names, first_names, fold, lexicon
from reuse.model import Person, Speaker, SpeakerKind, content_id
from reuse.names import Entry, Names, names_from

__all__ = ["Decision", "Names", "Speakers", "decision", "join", "names_from"]

# A row of the table `decisions`: id, kind, names (JSON), article_id, made_at.
Decision = tuple[str, str, str, str | None, str]

# How many of a speaker's articles are looked at for evidence: more add nothing.
_SAMPLE = 60
# People in the news among whom one may have a namesake, at least; a larger corpus has more.
_NEWS_PEOPLE = 20_000
# More expected namesakes than this, and different roles make different people.
_NAMESAKES = 0.05
# A surname alone joins the full name that so many of its uses belong to.
_DOMINANT = 0.8
# A misspelling is this much rarer than the name it is taken for.
_RARER = 5


@dataclass(frozen=True, slots=True)
class Speakers:
    """The speakers of a corpus; ``of`` says who a person of an article is."""

    speakers: list[Speaker]
    names: list[tuple[str, str, int]]
    _first: dict[str, tuple[int, int]]
    _numbers: array[int]
    _corrections: dict[tuple[str | None, str], int]

    def of(self, article_id: str, index: int) -> str:
        """The id of the speaker that person `index` of an article is."""
        first, count = self._first[article_id]
        if not 0 <= index < count:
            raise IndexError(f"article {article_id} has no person {index}")
        return self.speakers[self._numbers[first + index]].id

    def corrected(self, article_id: str, words: str) -> str | None:
        """The speaker that somebody decided a quote of these words has, if somebody did."""
        for place in (article_id, None):
            number = self._corrections.get((place, _plain(words)))
            if number is not None:
                return self.speakers[number].id
        return None


def join(
    people: Iterable[tuple[str, int, Person]],
    decisions: Sequence[Decision] = (),
    names: Names | None = None,
) -> Speakers:
    """Every person of every article joined into speakers.

    The rows of one article come together, their index counted from 0; articles in any order.
    """
    rows = _columns(people)
    groups = _Groups(len(rows.form))
    _full_names(rows, groups)
    _variants(rows, groups)
    _short_names(rows, groups)
    if names is not None:
        _house(rows, groups, names)
    corrections = _decided(rows, groups, decisions)
    return _result(rows, groups, names, corrections)


# --- Columns ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Form:
    """One distinct (kind, name) of the corpus."""

    kind: SpeakerKind
    name: str
    keys: tuple[str, ...]
    middles: tuple[str, ...]
    suffix: str


@dataclass(slots=True)
class _Rows:
    """One element a person of an article; what occurs often is kept once and numbered."""

    articles: list[str]
    first: array[int]  # of each article, its first row; one more at the end
    article: array[int]  # of each row, its article
    form: array[int]
    gender: array[int]  # 0 unknown, 1 f, 2 m
    forms: list[_Form]
    strings: list[str]
    alias_first: array[int]
    alias: array[int]
    alias_count: array[int]
    role_first: array[int]
    role: array[int]

    def aliases(self, row: int) -> Iterator[tuple[str, int]]:
        for i in range(self.alias_first[row], self.alias_first[row + 1]):
            yield self.strings[self.alias[i]], self.alias_count[i]

    def roles(self, row: int) -> Iterator[str]:
        for i in range(self.role_first[row], self.role_first[row + 1]):
            yield self.strings[self.role[i]]

    def others(self, row: int) -> Iterator[int]:
        """The other rows of the article."""
        a = self.article[row]
        for other in range(self.first[a], self.first[a + 1]):
            if other != row:
                yield other

    def place(self, row: int) -> tuple[str, int]:
        """What rows are ordered by, whatever order they came in."""
        a = self.article[row]
        return self.articles[a], row - self.first[a]


def _columns(people: Iterable[tuple[str, int, Person]]) -> _Rows:
    rows = _Rows(
        [], array("q"), array("q"), array("q"), array("b"), [], [], array("q", [0]), array("q"),
        array("q"), array("q", [0]), array("q"),
    )  # fmt: skip
    form_numbers: dict[tuple[str, str], int] = {}
    string_numbers: dict[str, int] = {}

    def number(text: str) -> int:
        n = string_numbers.setdefault(text, len(rows.strings))
        if n == len(rows.strings):
            rows.strings.append(text)
        return n

    for article_id, index, person in people:
        if not rows.articles or rows.articles[-1] != article_id:
            rows.articles.append(article_id)
            rows.first.append(len(rows.form))
        if index != len(rows.form) - rows.first[-1]:
            raise ValueError(f"person {index} of article {article_id} is out of order")
        key = (person.kind, person.name)
        if key not in form_numbers:
            form_numbers[key] = len(rows.forms)
            rows.forms.append(_Form(person.kind, person.name, *_parsed(person.name, person.kind)))
        rows.article.append(len(rows.articles) - 1)
        rows.form.append(form_numbers[key])
        rows.gender.append({"f": 1, "m": 2}.get(person.gender or "", 0))
        for text, count in person.forms:
            rows.alias.append(number(text))
            rows.alias_count.append(count)
        rows.alias_first.append(len(rows.alias))
        for text in person.roles:
            rows.role.append(number(text))
        rows.role_first.append(len(rows.role))
    rows.first.append(len(rows.form))
    return rows


def _plain(text: str) -> str:
    return " ".join(fold(w) for w in text.split())


@lru_cache(maxsize=1 << 16)
def _parsed(name: str, kind: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """A name as its keys (first and last, or all words of an organisation), middles and suffix."""
    lex = lexicon("en")
    if kind in {"unnamed", "document"}:
        return (_plain(name),), (), ""
    if "," in name and kind == "person":
        # "Holt, Mary" and "Holt, Jr."
        last, _, rest = name.partition(",")
        if fold(rest.strip()) not in lex["suffixes"]:
            name = f"{rest.strip()} {last.strip()}"
    words = [w.strip(",\"“”()'‘’") for w in name.split()]
    words = [w for w in words if w]
    keys = [fold(w) for w in words]
    keys = [k for k in keys if k]
    if kind == "organisation":
        small = {"the", "of", "and", "for", "inc", "corp", "ltd", "llc", "co", "&"}
        keys = [k for k in keys if k not in small] or keys
        return tuple(keys), (), ""
    titles = lex["titles"] | lex["titles_m"] | lex["titles_f"]
    while len(keys) > 2 and keys[0] in titles and keys[0] not in first_names():
        keys = keys[1:]
    while len(keys) == 2 and keys[0] in lex["titles_m"] | lex["titles_f"]:
        keys = keys[1:]
    suffix = ""
    while len(keys) > 1 and keys[-1] in lex["suffixes"]:
        suffix, keys = keys[-1], keys[:-1]
    if len(keys) < 2:
        return tuple(keys), (), suffix
    particles = lex["particles"]
    last_at = len(keys) - 1
    while last_at > 1 and keys[last_at - 1] in particles:
        last_at -= 1
    return (keys[0], " ".join(keys[last_at:])), tuple(keys[1:last_at]), suffix


# --- Groups of rows -----------------------------------------------------------------------------


class _Groups:
    """Which rows are one speaker: a forest in which each row points towards its group's root."""

    def __init__(self, n: int) -> None:
        self.parent = array("q", range(n))

    def root(self, row: int) -> int:
        parent = self.parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def union(self, a: int, b: int) -> None:
        """The lesser root stays: which does not matter for the result, only for the forest."""
        a, b = self.root(a), self.root(b)
        if a != b:
            self.parent[max(a, b)] = min(a, b)

    def cut(self, members: Iterable[int]) -> None:
        """Make the groups anew of rows whose whole groups are given."""
        for row in members:
            self.parent[row] = row


# --- Full names ---------------------------------------------------------------------------------


def _namesakes(first: str, last: str) -> float:
    """How many others of this name one may expect among the people in the news."""
    common = common_names()
    given, family = common["first"].get(first, 3), common["surnames"].get(last, 1)
    return _NEWS_PEOPLE * (given / 100_000) * (family / 100_000)


def _full_names(rows: _Rows, groups: _Groups) -> None:
    """One name, one person, unless the middle names or what is said of them say otherwise."""
    blocks: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
    for n, form in enumerate(rows.forms):
        if form.kind == "organisation" or (form.kind == "person" and len(form.keys) > 1):
            blocks[form.kind, form.keys].append(n)
    of_form: dict[int, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        form = rows.forms[n]
        if form.kind == "organisation" or (form.kind == "person" and len(form.keys) > 1):
            of_form[n].append(row)
    for (kind, keys), numbers in blocks.items():
        for members in _by_middle(rows, numbers, of_form):
            if kind == "person" and _namesakes(keys[0], keys[1]) > _NAMESAKES:
                _apart_by_roles(rows, groups, members)
            else:
                for row in members[1:]:
                    groups.union(members[0], row)


def _by_middle(
    rows: _Rows, numbers: Sequence[int], of_form: dict[int, list[int]]
) -> Iterator[list[int]]:
    """The rows of one first name and surname, parted where middle names or Jr. contradict."""
    classes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n in sorted(numbers, key=lambda n: rows.forms[n].name):
        form = rows.forms[n]
        classes[" ".join(form.middles), form.suffix].extend(of_form[n])
    if len(classes) == 1:
        yield from (sorted(members, key=rows.place) for members in classes.values())
        return
    # Fuller middles first; a form joins the one class it does not contradict.
    heads: list[tuple[str, str]] = []
    merged: dict[tuple[str, str], list[int]] = {}
    for key in sorted(classes, key=lambda k: (-len(k[0]), -len(k[1]), k)):
        fitting = [
            h
            for h in heads
            if _middles_agree(key[0], h[0]) and _suffixes_agree(rows, key, h, classes)
        ]
        if fitting:
            best = max(fitting, key=lambda h: (len(merged[h]), h))
            total = sum(len(merged[h]) for h in fitting)
            if len(fitting) == 1 or len(merged[best]) >= _DOMINANT * total:
                merged[best].extend(classes[key])
                continue
        heads.append(key)
        merged[key] = list(classes[key])
    for key in heads:
        yield sorted(merged[key], key=rows.place)


def _middles_agree(a: str, b: str) -> bool:
    if not a or not b:
        return True
    xs, ys = a.split(), b.split()
    return all(
        x == y or (min(len(x), len(y)) == 1 and x[0] == y[0]) for x, y in zip(xs, ys, strict=False)
    )


def _suffixes_agree(
    rows: _Rows,
    a: tuple[str, str],
    b: tuple[str, str],
    classes: dict[tuple[str, str], list[int]],
) -> bool:
    """Jr. and no Jr. are one unless an article has both."""
    if a[1] == b[1]:
        return True
    if a[1] and b[1]:
        return False
    here = {rows.article[row] for row in classes[a]}
    return not any(rows.article[row] in here for row in classes[b])


def _apart_by_roles(rows: _Rows, groups: _Groups, members: list[int]) -> None:
    """Rows of a common name: one person where roles or company are shared; else the roles decide.

    Rows of which nothing is said go with the largest group.
    """
    seen: dict[str, int] = {}
    told = [row for row in members if any(True for _ in _role_words(rows, row))]
    for row in members:
        for feature in (*_role_words(rows, row), *_company(rows, row)):
            if feature in seen:
                groups.union(seen[feature], row)
            else:
                seen[feature] = row
    sizes = Counter(groups.root(row) for row in members)
    largest = min(sizes, key=lambda root: (-sizes[root], rows.place(root)))
    with_roles = {groups.root(row) for row in told}
    for root in list(sizes):
        if root not in with_roles:
            groups.union(root, largest)
    if largest not in with_roles and with_roles:
        groups.union(largest, min(with_roles, key=lambda root: (-sizes[root], rows.place(root))))


def _role_words(rows: _Rows, row: int) -> Iterator[str]:
    """What is said of somebody, as words that can be shared: offices by class, places by name."""
    lex = lexicon("en")
    done: set[str] = set()
    for role in rows.roles(row):
        for word in role.replace("(", " ").replace(")", " ").replace("-", " ").split():
            key = fold(word.strip(".,;:'\"“”’")).removesuffix("s'")
            if not key or key in lex["function_words"] or key == "former":
                continue
            if key in lex["titles_m"] or key in lex["titles_f"]:
                continue
            for meaning in (
                lex.meaning("role_classes", key)
                or lex.meaning("states", key)
                or lex.meaning("nationalities", key)
                or (key,)
            ):
                if meaning not in done:
                    done.add(meaning)
                    yield meaning


def _company(rows: _Rows, row: int) -> Iterator[str]:
    """With whom somebody appears: the others of the article that are named in full."""
    for other in rows.others(row):
        form = rows.forms[rows.form[other]]
        if form.kind in {"person", "organisation"} and len(form.keys) > 1:
            yield "with " + " ".join(form.keys)


# --- Variants of a name -------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    """A group of full-named rows while variants are compared."""

    root: int
    first: str
    last: str
    middles: frozenset[str]
    articles: int
    rows: list[int]
    gender: int


def _nodes(rows: _Rows, groups: _Groups) -> list[_Node]:
    members: dict[int, list[int]] = defaultdict(list)
    for row, n in enumerate(rows.form):
        form = rows.forms[n]
        if form.kind == "person" and len(form.keys) == 2:
            members[groups.root(row)].append(row)
    nodes = []
    for root, group in members.items():
        group.sort(key=rows.place)
        form = rows.forms[rows.form[group[0]]]
        genders = Counter(rows.gender[row] for row in group if rows.gender[row])
        middles = frozenset(m[0] for row in group for m in rows.forms[rows.form[row]].middles[:1])
        nodes.append(
            _Node(
                root,
                form.keys[0],
                form.keys[1],
                middles,
                len({rows.article[row] for row in group}),
                group[:_SAMPLE],
                max(genders, key=lambda g: (genders[g], g)) if genders else 0,
            )
        )
    nodes.sort(key=lambda node: rows.place(node.rows[0]))
    return nodes


def _variants(rows: _Rows, groups: _Groups) -> None:
    """Short forms, initials, misspellings, transliterations, word order."""
    nodes = _nodes(rows, groups)
    frequency = _feature_frequency(rows, nodes)
    total = max(1, len(rows.articles))
    done: set[tuple[int, int]] = set()
    by_block: dict[str, list[int]] = defaultdict(list)
    for i, node in enumerate(nodes):
        for block in _blocks(node):
            by_block[block].append(i)
    found: list[tuple[float, int, int]] = []
    for sharing in by_block.values():
        # A block that so many share tells nobody apart; its members meet in narrower ones.
        if not 1 < len(sharing) <= 50:
            continue
        for x, i in enumerate(sharing):
            for j in sharing[x + 1 :]:
                if (i, j) in done:
                    continue
                done.add((i, j))
                score = _alike(rows, nodes[i], nodes[j], frequency, total)
                if score > 0:
                    found.append((score, i, j))
    # The surest first; a form that could be two people is neither.
    found.sort(key=lambda f: (-f[0], f[1], f[2]))
    partner: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for score, i, j in found:
        partner[i].append((score, j))
        partner[j].append((score, i))
    for score, i, j in found:
        small = i if nodes[i].articles <= nodes[j].articles else j
        rivals = [
            s
            for s, k in partner[small]
            if k not in {i, j}
            and groups.root(nodes[k].root) != groups.root(nodes[i].root)
            and groups.root(nodes[k].root) != groups.root(nodes[j].root)
        ]
        if rivals and max(rivals) > score - 1.0:
            continue
        groups.union(nodes[i].root, nodes[j].root)


def _blocks(node: _Node) -> Iterator[str]:
    lex = lexicon("en")
    first, last = node.first, node.last
    for full in {first, *lex.meaning("nicknames", first)}:
        yield f"n {full} {last}"
    yield f"i {first[0]} {last}"
    yield "o " + " ".join(sorted((first, last)))
    yield f"s {_skeleton(first)} {_skeleton(last)}"
    # Symmetric deletes: two names one letter apart share a form with one letter left out.
    if len(last) >= 5:
        for k in range(len(last)):
            yield f"l {first} {last[:k]}{last[k + 1 :]}"
        yield f"l {first} {last}"
    if len(first) >= 4:
        for k in range(len(first)):
            yield f"f {first[:k]}{first[k + 1 :]} {last}"
        yield f"f {first} {last}"


_SOUNDS = (
    ("kh", "h"), ("gh", "g"), ("ph", "f"), ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"),
    ("zh", "s"), ("th", "t"), ("dh", "d"), ("ck", "k"), ("q", "k"), ("c", "k"), ("x", "ks"),
    ("w", "v"), ("j", "y"), ("z", "s"), ("g", "k"), ("h", ""),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _skeleton(word: str) -> str:
    """The consonants of a name, so that one transliteration meets another."""
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    out: list[str] = []
    for i, c in enumerate(word):
        if c in "aeiouy- " and i > 0:
            continue
        if c in "aeiouy":
            c = "a"
        if not out or out[-1] != c:
            out.append(c)
    return "".join(out)


def _features(rows: _Rows, node: _Node) -> set[str]:
    out: set[str] = set()
    for row in node.rows:
        out.update(_role_words(rows, row))
        out.update(_company(rows, row))
    return out


def _feature_frequency(rows: _Rows, nodes: Sequence[_Node]) -> Counter[str]:
    """In how many groups a feature occurs: what everybody shares is no evidence."""
    frequency: Counter[str] = Counter()
    for node in nodes:
        frequency.update(_features(rows, node))
    return frequency


def _shared(
    rows: _Rows, a: _Node, b: _Node, frequency: Counter[str], total: int
) -> tuple[float, bool]:
    """What two groups share besides the name, in log odds, and whether their roles are at odds."""
    fa, fb = _features(rows, a), _features(rows, b)
    both = fa & fb
    n = max(total, 20)
    weight = sum(max(0.0, log(n / (1 + frequency[f]))) for f in sorted(both))
    roles_a = {f for f in fa if not f.startswith("with ")}
    roles_b = {f for f in fb if not f.startswith("with ")}
    return min(weight, 6.0), bool(roles_a and roles_b and not roles_a & roles_b)


def _alike(rows: _Rows, a: _Node, b: _Node, frequency: Counter[str], total: int) -> float:
    """Log odds that two full names are one person's; 0 or less: they stay two."""
    if a.gender and b.gender and a.gender != b.gender:
        return 0.0
    if a.middles and b.middles and not a.middles & b.middles:
        return 0.0
    if {rows.article[row] for row in a.rows} & {rows.article[row] for row in b.rows}:
        # One article that has both thinks they are two.
        return 0.0
    prior = _variation(a, b)
    if prior is None:
        return 0.0
    weight, odds = _shared(rows, a, b, frequency, total)
    rarer, commoner = sorted((a.articles, b.articles))
    dominance = min(1.5, 0.5 * log(commoner / rarer)) if commoner >= _RARER * rarer else 0.0
    return prior + weight + dominance - (2.0 if odds else 0.0)


def _variation(a: _Node, b: _Node) -> float | None:
    """What the two spellings say by themselves, in log odds; ``None``: not the same name."""
    lex = lexicon("en")
    known = first_names()
    rare = -log(max(_namesakes(a.first, a.last), _namesakes(b.first, b.last)) + 1e-3)
    if a.last == b.last:
        if a.first == b.first:
            return None  # parted on purpose
        if {a.first, *lex.meaning("nicknames", a.first)} & {
            b.first,
            *lex.meaning("nicknames", b.first),
        }:
            return min(2.5, 0.5 * rare)
        if min(len(a.first), len(b.first)) == 1:
            return -2.0 + 0.3 * rare if a.first[0] == b.first[0] else None
        if a.first in known and b.first in known and OSA.distance(a.first, b.first) > 0:
            if _skeleton(a.first) == _skeleton(b.first) and a.first[0] == b.first[0]:
                return -2.5
            return -4.5 if OSA.distance(a.first, b.first) == 1 else None
        if OSA.distance(a.first, b.first) == 1 and min(len(a.first), len(b.first)) >= 4:
            return -0.5
        if _skeleton(a.first) == _skeleton(b.first):
            return -1.0
        return None
    if a.first == b.first:
        if OSA.distance(a.last, b.last) == 1 and min(len(a.last), len(b.last)) >= 5:
            surnames = common_names()["surnames"]
            return -3.5 if a.last in surnames and b.last in surnames else -1.0
        if _skeleton(a.last) == _skeleton(b.last) and len(_skeleton(a.last)) >= 3:
            return -1.5
        return None
    if a.first == b.last and a.last == b.first:
        return -1.0
    if (
        _skeleton(a.first) == _skeleton(b.first)
        and _skeleton(a.last) == _skeleton(b.last)
        and len(_skeleton(a.last)) >= 3
    ):
        return -2.0
    return None


# --- Surnames, acronyms -------------------------------------------------------------------------


def _short_names(rows: _Rows, groups: _Groups) -> None:
    """Who is named by one word in an article, by whom that word means in the others."""
    bare = [
        row
        for row, n in enumerate(rows.form)
        if rows.forms[n].kind in {"person", "organisation"} and len(rows.forms[n].keys) == 1
    ]
    wanted = {rows.forms[rows.form[row]].keys[0] for row in bare}
    # Of each short form, the groups that bear it: used alone in so many articles, or only in full.
    uses: dict[str, Counter[int]] = defaultdict(Counter)
    sample: dict[int, list[int]] = defaultdict(list)
    genders: dict[int, Counter[int]] = defaultdict(Counter)
    for row in sorted(range(len(rows.form)), key=rows.place):
        form = rows.forms[rows.form[row]]
        if form.kind not in {"person", "organisation"} or len(form.keys) < 2:
            continue
        root = groups.root(row)
        alone: set[str] = set()
        for alias, _ in rows.aliases(row):
            if " " not in alias:
                alone.add(fold(alias))
        for key in alone & wanted:
            uses[key][root] += 10
        ends = {form.keys[-1].split()[-1], form.keys[0]} if form.kind == "person" else set()
        for key in (ends - alone) & wanted:
            uses[key][root] += 2
        if (alone | ends) & wanted:
            genders[root][rows.gender[row]] += 1
            if len(sample[root]) < _SAMPLE:
                sample[root].append(row)
    known: dict[int, frozenset[str]] = {}

    def features(root: int) -> frozenset[str]:
        if root not in known:
            found: set[str] = set()
            for row in sample[root]:
                found.update(_role_words(rows, row))
                found.update(_company(rows, row))
            known[root] = frozenset(found)
        return known[root]

    left: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in bare:
        form = rows.forms[rows.form[row]]
        chosen = _bearer(rows, row, form.keys[0], uses, genders, features)
        if chosen is not None:
            groups.union(row, chosen)
        else:
            left[form.kind, form.keys[0]].append(row)
    # The same short name without a full one anywhere: one, where the name is rare or the company
    # or the roles agree; else each article's own.
    surnames, firsts = common_names()["surnames"], common_names()["first"]
    for (kind, key), members in left.items():
        if kind == "organisation" or (
            key not in surnames and key not in firsts and not uses.get(key)
        ):
            for row in members[1:]:
                groups.union(members[0], row)
            continue
        seen: dict[str, int] = {}
        for row in sorted(members, key=rows.place):
            for feature in (*_role_words(rows, row), *_company(rows, row)):
                if feature in seen:
                    groups.union(seen[feature], row)
                else:
                    seen[feature] = row


def _bearer(
    rows: _Rows,
    row: int,
    key: str,
    uses: dict[str, Counter[int]],
    genders: dict[int, Counter[int]],
    features: Callable[[int], frozenset[str]],
) -> int | None:
    """The group that a short name means, when one is clearly likelier than all others."""
    candidates = uses.get(key)
    if not candidates:
        return None
    gender = rows.gender[row]
    mine = {*_role_words(rows, row), *_company(rows, row)}
    scores: dict[int, float] = {}
    for root, count in candidates.items():
        theirs = genders[root]
        known = 1 if theirs[1] > theirs[2] else 2 if theirs[2] > theirs[1] else 0
        if gender and known and gender != known:
            continue
        agree = len(mine & features(root))
        scores[root] = count * (1 + min(agree, 6))
    if not scores:
        return None
    total = sum(scores.values())
    best = max(scores, key=lambda root: (scores[root], [-ord(c) for c in rows.place(root)[0]]))
    if scores[best] < _DOMINANT * total:
        return None
    surnames = common_names()["surnames"]
    # Seen once, and not called so there: a common surname is too little.
    if candidates[best] < 10 and scores[best] == candidates[best] and key in surnames:
        return None
    return best


# --- House list and decisions -------------------------------------------------------------------


def _called(rows: _Rows) -> dict[str, list[int]]:
    """Rows by the plain form of their name."""
    out: dict[str, list[int]] = defaultdict(list)
    by_form = [_plain(form.name) for form in rows.forms]
    for row, n in enumerate(rows.form):
        out[by_form[n]].append(row)
    return out


def _house(rows: _Rows, groups: _Groups, names: Names) -> None:
    called = _called(rows)
    owners: dict[str, list[Entry]] = defaultdict(list)
    for entry in names.entries:
        for form in {_plain(f) for f in (entry.name, *entry.aliases, *entry.roles)}:
            owners[form].append(entry)
    for entry in names.entries:
        found: list[int] = []
        for form in (entry.name, *entry.aliases, *entry.roles):
            key = _plain(form)
            # A form that the list gives to two is nobody's.
            if len(owners[key]) == 1:
                found += called.get(key, ())
        for row in found[1:]:
            groups.union(found[0], row)


def _decided(
    rows: _Rows, groups: _Groups, decisions: Sequence[Decision]
) -> list[tuple[str | None, str, str]]:
    """Merges and splits, oldest first; returns corrections of quotes: (article, words, name)."""
    corrections: list[tuple[str | None, str, str]] = []
    if not decisions:
        return corrections
    called = _called(rows)
    for _, kind, encoded, article_id, _ in decisions:
        forms = [str(name) for name in json.loads(encoded)]
        if kind == "speaker" and len(forms) == 2:
            corrections.append((article_id, _plain(forms[0]), forms[1]))
        if kind not in {"merge", "split"}:
            continue
        hits = [
            [
                row
                for row in called.get(_plain(form), ())
                if article_id is None or rows.articles[rows.article[row]] == article_id
            ]
            for form in forms
        ]
        if kind == "merge":
            every = [row for found in hits for row in found]
            for row in every[1:]:
                groups.union(every[0], row)
            continue
        for found in hits:
            _split_off(groups, found)
    return corrections


def _split_off(groups: _Groups, rows: Sequence[int]) -> None:
    """Make these rows a group of their own; those they leave stay together."""
    leaving = set(rows)
    roots = {groups.root(row) for row in rows}
    members: dict[int, list[int]] = defaultdict(list)
    for row in range(len(groups.parent)):
        root = groups.root(row)
        if root in roots:
            members[root].append(row)
    for group in members.values():
        groups.cut(group)
        stay = [row for row in group if row not in leaving]
        for row in stay[1:]:
            groups.union(stay[0], row)
    for row in rows[1:]:
        groups.union(rows[0], row)


def decision(kind: str, names: Sequence[str], article_id: str | None, made_at: str) -> Decision:
    """A row for the table `decisions`.

    merge: these names are one speaker, shown under the first. split: each of these names is a
    speaker of its own (with an article: there). speaker: (the words of a quote, who said them).
    """
    encoded = json.dumps(list(names), ensure_ascii=False)
    return content_id("decision", kind, encoded, article_id), kind, encoded, article_id, made_at


# --- Result -------------------------------------------------------------------------------------


def _result(
    rows: _Rows,
    groups: _Groups,
    names: Names | None,
    corrections: Sequence[tuple[str | None, str, str]],
) -> Speakers:
    members: dict[int, list[int]] = defaultdict(list)
    own: dict[tuple[int, str], int] = {}
    for row, n in enumerate(rows.form):
        form = rows.forms[n]
        root = groups.root(row)
        if form.kind in {"unnamed", "document"} and root == row:
            # Of one article, and there one for one description.
            root = own.setdefault((rows.article[row], form.keys[0]), row)
        members[root].append(row)
    house = {_plain(f): e for e in (names.entries if names else ()) for f in (e.name,)}
    made: list[tuple[str, Speaker, list[int]]] = []
    for group in members.values():
        first = min(group, key=rows.place)
        name, kind = _shown(rows, group)
        entry = house.get(_plain(name)) or next(
            (house[_plain(rows.forms[rows.form[row]].name)] for row in group
             if _plain(rows.forms[rows.form[row]].name) in house),
            None,
        )  # fmt: skip
        if entry is not None:
            name, kind = entry.name, entry.kind
        article_id, index = rows.place(first)
        key = content_id("speaker", article_id, index, rows.forms[rows.form[first]].name)
        made.append((key, Speaker(key, name, kind), group))
    made.sort(key=lambda m: m[0])
    numbers = array("q", bytes(8 * len(rows.form)))
    listed: list[tuple[str, str, int]] = []
    for n, (key, _, group) in enumerate(made):
        counts: Counter[str] = Counter()
        for row in group:
            numbers[row] = n
            for alias, count in rows.aliases(row):
                counts[alias] += count
        listed += [(key, form, count) for form, count in sorted(counts.items()) if count]
    speakers = [speaker for _, speaker, _ in made]
    by_name: dict[str, int] = {}
    for n, speaker in enumerate(speakers):
        if speaker.kind in {"person", "organisation"}:
            by_name.setdefault(_plain(speaker.name), n)
    corrected: dict[tuple[str | None, str], int] = {}
    for place, words, name in corrections:
        if _plain(name) not in by_name:
            by_name[_plain(name)] = len(speakers)
            key = content_id("speaker", "", 0, name)
            speakers.append(Speaker(key, name, "person"))
            listed.append((key, name, 0))
        corrected[place, words] = by_name[_plain(name)]
    first_rows = {
        article: (rows.first[a], rows.first[a + 1] - rows.first[a])
        for a, article in enumerate(rows.articles)
    }
    return Speakers(speakers, listed, first_rows, numbers, corrected)


def _shown(rows: _Rows, group: Sequence[int]) -> tuple[str, SpeakerKind]:
    """The name of a group: of its commonest full name the fullest form that is not a rarity."""
    counts = Counter(rows.form[row] for row in group)
    kinds: Counter[SpeakerKind] = Counter()
    for n, count in counts.items():
        kinds[rows.forms[n].kind] += count

    def rank(n: int) -> tuple[int, int, int, str]:
        form = rows.forms[n]
        named = form.kind in {"person", "organisation"}
        full = len(form.keys) > 1
        return (named, full, counts[n], form.name)

    best = max(counts, key=lambda n: (*rank(n)[:3], rank(n)[3]))
    form = rows.forms[best]
    # The same name with its middle initial is fuller; a misspelling would not share its keys.
    same = [
        n for n in counts if rows.forms[n].keys == form.keys and rows.forms[n].kind == form.kind
    ]
    fullest = max(same, key=lambda n: (len(rows.forms[n].name), counts[n], rows.forms[n].name))
    return rows.forms[fullest].name, form.kind
