"""What outlets share: rows of ``matches``, ``passages`` and ``appearances`` against the labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from .found import Found, Label, Measure, Place, Shared, article, share, touching, words

# A side of a match is found when so much of its characters is covered (issue 2).
COVERED = 0.8


def sides(found: Found) -> dict[tuple[str, str], list[tuple[Place, Place]]]:
    """All that the database says two articles share: its matches, and what a passage joins."""
    both = defaultdict(list)
    for match in found.matches:
        both[match.a.article, match.b.article].append((match.a, match.b))
        both[match.b.article, match.a.article].append((match.b, match.a))
    for places in found.appearances[False].values():
        for one in places:
            for other in places:
                if one.article != other.article:
                    both[one.article, other.article].append((one, other))
    return both


def common(places: Iterable[Place], by: Iterable[Place]) -> int:
    """How many characters of `places` stand in one of `by` (all of one article)."""
    wanted = {i for place in places for i in range(place.start, place.end)}
    return len(wanted & {i for place in by for i in range(place.start, place.end)})


def covered(places: list[Place], by: Iterable[Place]) -> float:
    """How much of the characters of `places` stands in one of `by` (all of one article)."""
    return common(places, by) / common(places, places)


def labelled_passages(found: Found) -> list[tuple[Label, list[list[Place]]]]:
    """Every labelled passage with the places of each of its appearances, the longest first."""
    return [
        (
            passage,
            sorted(
                (
                    [found.place(one, part) for part in one["parts"]]
                    for one in passage["appearances"]
                ),
                key=lambda places: -sum(p.end - p.start for p in places),
            ),
        )
        for passage in found.labels["passages"]
    ]


def reached(here: Iterable[Place], there: Iterable[Place], both: list[tuple[Place, Place]]) -> bool:
    """Whether what two articles are told to share is these places on both sides.

    The one side may have left out much of the other: so much of each must be covered as four
    fifths of the shorter.
    """
    here, there = list(here), list(there)
    least = COVERED * min(sum(p.end - p.start for p in side) for side in (here, there))
    return (
        min(common(here, (one for one, _ in both)), common(there, (other for _, other in both)))
        >= least
    )


def passages(found: Found) -> Measure:
    """Labelled passages: each appearance is told to share its words with the longest one."""
    shared = sides(found)

    def outcomes() -> Iterator[tuple[bool, str]]:
        for passage, (longest, *others) in labelled_passages(found):
            for places in others:
                if found.outlets[longest[0].article] != found.outlets[places[0].article]:
                    both = shared[longest[0].article, places[0].article]
                    yield (
                        reached(longest, places, both),
                        f"{passage['id']}: {longest[0].article}, {places[0].article}:"
                        f" {common(longest, (a for a, _ in both))} and"
                        f" {common(places, (b for _, b in both))} characters",
                    )

    return share(outcomes())


def complete(found: Found) -> Measure:
    """Some passage of the database has every appearance of a labelled one, furniture apart."""

    def outcomes() -> Iterator[tuple[bool, str]]:
        for passage, appearances in labelled_passages(found):
            best = max(
                (
                    sum(any(touching(places, one) for one in told) for places in appearances)
                    for told in found.appearances[False].values()
                ),
                default=0,
            )
            yield (
                best == len(appearances),
                f"{passage['id']} ({passage['kind']}): {best} of {len(appearances)}",
            )

    return share(outcomes())


def quotations(found: Found) -> Measure:
    """Of a quotation in two outlets, all that they share in runs of eight words and more."""
    shared = sides(found)
    least = 8

    def runs(places: list[Place]) -> dict[tuple[str, ...], Place]:
        found_runs = {}
        for place in places:
            text = found.texts[place.article]
            tokens = list(re.finditer(r"\w+(?:['’]\w+)*", text[place.start : place.end]))
            for i in range(len(tokens) - least + 1):
                run = tokens[i : i + least]
                key = tuple(t.group().casefold().replace("’", "'") for t in run)
                start = place.start
                found_runs[key] = Place(
                    place.article, start + run[0].start(), start + run[-1].end()
                )
        return found_runs

    def outcomes() -> Iterator[tuple[bool, str]]:
        for family in found.labels["families"]:
            variants = [
                [found.place(variant, part) for part in variant["parts"]]
                for variant in family["variants"]
            ]
            for a, b in combinations(variants, 2):
                if found.outlets[a[0].article] == found.outlets[b[0].article]:
                    continue
                here, there = runs(a), runs(b)
                common = here.keys() & there.keys()
                if not common:
                    continue
                both = shared[a[0].article, b[0].article]
                least_covered = min(
                    covered([here[k] for k in common], (one for one, _ in both)),
                    covered([there[k] for k in common], (other for _, other in both)),
                )
                yield (
                    least_covered >= COVERED,
                    f"{family['id']}: {a[0].article}, {b[0].article} {least_covered:.2f}",
                )

    return share(outcomes())


def told_match(found: Found, match: Shared) -> str:
    return f"{match.score:.2f} {match.kind}: {found.told(match.a)} | {found.told(match.b)}"


def true_matches(found: Found) -> Measure:
    """What is in ``matches`` is reuse: both sides stand in one labelled text."""
    return share(
        (
            any(touching(g, match.a) and touching(g, match.b) for g in found.groups),
            told_match(found, match),
        )
        for match in found.matches
    )


def true_words(found: Found) -> Measure:
    """The characters that the matches mark, on either side, are labelled as reuse.

    What stands between the parts of one labelled appearance (`"A," he said. "B."`) belongs to it.
    """
    labelled: dict[str, set[int]] = defaultdict(set)
    for label in (*found.labels["passages"], *found.labels["families"]):
        for one in label.get("appearances") or label["variants"]:
            places = [found.place(one, part) for part in one["parts"]]
            labelled[article(one)].update(
                range(min(p.start for p in places), max(p.end for p in places))
            )
    right = of = 0
    wrong = []
    for match in found.matches:
        for place in (match.a, match.b):
            inside = len(labelled[place.article] & set(range(place.start, place.end)))
            of += place.end - place.start
            right += inside
            if inside < 0.9 * (place.end - place.start):
                wrong.append(f"{inside} of {place.end - place.start}: {found.told(place)}")
    return Measure(right / of, right, of, tuple(wrong))


def no_stock_phrases(found: Found) -> Measure:
    """None of ``not_reuse`` is told: no match has such a phrase for half of its words."""
    stock = [
        [found.place(one) for one in label["appearances"]] for label in found.labels["not_reuse"]
    ]
    told = []
    for group in stock:
        of_it = [
            match
            for match in found.matches
            if any(
                covered([place], [p for p in group if p.article == place.article]) > 0.5
                for place in (match.a, match.b)
            )
        ]
        told.append((not of_it, "; ".join(told_match(found, m) for m in of_it[:3])))
    return share(told)


def match_kinds(found: Found) -> Measure:
    """The kind of the match that has most of a labelled passage, of two outlets.

    Where a longer labelled passage holds both of its sides, the longer one is judged.
    """
    labelled = [
        (passage, one, other)
        for passage, appearances in labelled_passages(found)
        for one, other in combinations(appearances, 2)
    ]

    def outcomes() -> Iterator[tuple[bool, str]]:
        for passage, one, other in labelled:
            if any(
                (holds(x, one) and holds(y, other)) or (holds(y, one) and holds(x, other))
                for longer, x, y in labelled
                if longer is not passage
            ):
                continue
            pair = {one[0].article, other[0].article}
            best = max(
                (m for m in found.matches if {m.a.article, m.b.article} == pair),
                key=lambda m: min(
                    common([p for p in (*one, *other) if p.article == side.article], [side])
                    for side in (m.a, m.b)
                ),
                default=None,
            )
            if best and touching([*one, *other], best.a) and touching([*one, *other], best.b):
                yield (
                    best.kind == passage["kind"],
                    f"{passage['id']} is {passage['kind']}: {told_match(found, best)}",
                )

    return share(outcomes())


def holds(places: list[Place], others: list[Place]) -> bool:
    """Whether `places` have all of `others`, and are of the same article."""
    return places[0].article == others[0].article and covered(others, places) == 1


def furniture_found(found: Found) -> Measure:
    """What an outlet repeats on its pages is marked as furniture."""
    marked = defaultdict(list)
    for places in found.appearances[True].values():
        for place in places:
            marked[place.article].append(place)
    return share(
        (covered([place], marked[place.article]) >= COVERED, found.told(place))
        for place in found.furniture
    )


def furniture_kept_out(found: Found) -> Measure:
    """No match takes in furniture: not three words of it."""

    def outcomes() -> Iterator[tuple[bool, str]]:
        for match in found.matches:
            taken = max(
                (
                    len(
                        words(
                            found.texts[side.article][
                                max(f.start, side.start) : min(f.end, side.end)
                            ]
                        )
                    )
                    for side in (match.a, match.b)
                    for f in found.furniture
                    if f.article == side.article and f.start < side.end and side.start < f.end
                ),
                default=0,
            )
            yield taken < 3, told_match(found, match)

    return share(outcomes())


def furniture_only(found: Found) -> Measure:
    """Nothing else is marked as furniture."""
    return share(
        (touching(found.furniture, place), found.told(place))
        for places in found.appearances[True].values()
        for place in places
    )
