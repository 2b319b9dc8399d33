"""What stands between marks, and whose words it is: rows of ``quotes`` against the labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

from rapidfuzz.distance import Levenshtein

from .found import SPOKEN, Found, Label, Measure, Place, Quoted, article, f1, share, words

PRONOUNS = frozenset(["he", "she", "it", "they", "we", "i", "sie", "er", "es"])


def spans(found: Found) -> Measure:
    """Stretches that somebody speaks, told exactly and told from terms: F1."""
    true = {place for label, place in found.labelled_quotes if label["kind"] in SPOKEN}
    said = {q.place for rows in found.quotes.values() for q in rows if q.kind in SPOKEN}
    return f1(
        len(true & said),
        map(found.told, sorted(true - said)),
        map(found.told, sorted(said - true)),
    )


def kinds(found: Found) -> Measure:
    """Direct, mixed, nested or a term, of the stretches that were read."""
    return share(
        (row.kind == label["kind"], f"{found.told(place)} is {label['kind']}, read as {row.kind}")
        for label, place, row in found.read
        if row
    )


def terms(found: Found) -> Measure:
    """Terms that nobody speaks stay without a speaker."""
    return share(
        (
            row is None or row.speaker_id is None,
            f"{found.told(place)}, by {row and row.speaker}",
        )
        for label, place, row in found.read
        if label["kind"] == "term"
    )


def mentions(found: Found) -> Measure:
    """The words that name the speaker: those labelled, or some that touch them."""

    def outcomes() -> Iterator[tuple[bool, str]]:
        for label, place, row in found.read:
            if label["kind"] not in SPOKEN:
                continue
            told = f"{found.told(place)}: {label['mention']!r}, read {row and row.mention!r}"
            if label["mention"] is None or row is None or row.mention is None:
                yield row is not None and row.mention == label["mention"], told
                continue
            at = found.place(label, what="mention")
            assert row.mention_start is not None
            touches = row.mention_start < at.end and at.start < row.mention_start + len(row.mention)
            yield touches or row.mention == label["mention"], told

    return share(outcomes())


def exact_mentions(found: Found) -> Measure:
    """The words that name the speaker, neither more nor fewer."""
    return share(
        (
            row is not None and row.mention == label["mention"],
            f"{found.told(place)}: {label['mention']!r}, read {row and row.mention!r}",
        )
        for label, place, row in found.read
        if label["kind"] in SPOKEN
    )


# -- whose words -----------------------------------------------------------------------------------


def right_speaker(label: Label, row: Quoted | None) -> bool:
    """Whether the row names whom the label names, in full."""
    if row is None:
        return False
    if label["speaker"] is None:
        return row.speaker_id is None
    if row.speaker_id is None:
        return False
    if label["speaker_kind"] in ("document", "unnamed"):
        if label.get("author") and row.speaker == label["author"]:
            return True
        return row.speaker_kind == label["speaker_kind"] and alike_mentions(
            label["mention"], row.mention or ""
        )
    return bool(row.speaker == label["speaker"])


def alike_mentions(one: str, other: str) -> bool:
    return bool(set(words(one)) & set(words(other)) - {"the", "a", "its", "her", "his"})


def way(label: Label) -> str:
    """How the article names the speaker."""
    mention = label["mention"]
    if mention is None:
        return "nobody named"
    said = words(mention)
    if " ".join(said) in PRONOUNS:
        return "pronoun"
    name = words(label["speaker"] or "")
    if label["speaker_kind"] == "person":
        if len(name) > 1 and set(name) <= set(said):
            return "full name"
        if set(name) & set(said):
            return "part of the name"
        return "description"
    return str(label["speaker_kind"])


def told_speaker(found: Found, label: Label, place: Place, row: Quoted | None) -> str:
    got = "no such row" if row is None else f"{row.mention!r} -> {row.speaker} ({row.confidence})"
    return f"{found.told(place)} | {label['mention']!r} -> {label['speaker']} | {got}"


def speakers(
    found: Found, wanted: Callable[[Label], bool] = lambda label: label["kind"] in SPOKEN
) -> Measure:
    """The speaker, in full, of every stretch that somebody speaks."""
    return share(
        (right_speaker(label, row), told_speaker(found, label, place, row))
        for label, place, row in found.read
        if label["kind"] in SPOKEN and wanted(label)
    )


def by_way(name: str) -> Callable[[Found], Measure]:
    def measure(found: Found) -> Measure:
        return speakers(found, lambda label: way(label) == name)

    measure.__doc__ = f"The speaker where the article names them so: {name}."
    return measure


def by_kind(name: str) -> Callable[[Found], Measure]:
    def measure(found: Found) -> Measure:
        return speakers(found, lambda label: bool(label["kind"] == name))

    measure.__doc__ = f"The speaker of {name} quotes."
    return measure


def carried(found: Found) -> Measure:
    """The speaker of what goes on after the attribution: later parts of one utterance."""
    seen = set()
    later = []
    for label, _, _ in found.read:
        key = article(label), label["utterance"]
        if label["kind"] in SPOKEN and key in seen:
            later.append(id(label))
        seen.add(key)
    return speakers(found, lambda label: id(label) in later)


def foreign(found: Found) -> Measure:
    """The speaker in the articles that are not in English."""
    return speakers(found, lambda label: found.languages[article(label)] != "en")


def accused(found: Found) -> Measure:
    """Where somebody is named, it is who said it: nobody is given another's words."""
    return share(
        (right_speaker(label, row), told_speaker(found, label, place, row))
        for label, place, row in found.read
        if label["kind"] in SPOKEN and row and row.speaker_id
    )


def sure(found: Found) -> Measure:
    """Of what the reader is sure of (confidence .9 or more), at least nine tenths is right."""
    return share(
        (right_speaker(label, row), told_speaker(found, label, place, row))
        for label, place, row in found.read
        if label["kind"] in SPOKEN and row and row.speaker_id and row.confidence >= 0.9
    )


def indirect(found: Found) -> Measure:
    """Reported clauses: half of it and more is a row, with the right speaker."""

    def outcomes() -> Iterator[tuple[bool, str]]:
        for label, place in found.labelled_quotes:
            if label["kind"] != "indirect":
                continue
            best = max(
                (
                    (overlap(place, q.place), q)
                    for q in found.quotes.get(place.article, [])
                    if q.kind == "indirect"
                ),
                key=lambda pair: pair[0],
                default=(0.0, None),
            )
            row = best[1] if best[0] >= 0.5 else None
            yield right_speaker(label, row), told_speaker(found, label, place, row)

    return share(outcomes())


def overlap(a: Place, b: Place) -> float:
    """What two stretches of one article share, of the longer of the two."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return max(common, 0) / max(a.end - a.start, b.end - b.start)


def nobody_invented(found: Found) -> Measure:
    """Whoever speaks between marks as a person is a person of the corpus."""
    people = {q["speaker"] for q in found.labels["quotes"] if q.get("speaker_kind") == "person"}
    people |= {f["speaker"] for f in found.labels["families"]}
    people |= {q["author"] for q in found.labels["quotes"] if q.get("author")}
    said: dict[str, Place] = {}
    for rows in found.quotes.values():
        for row in rows:
            if row.kind in SPOKEN and row.speaker_kind == "person" and row.speaker:
                said.setdefault(row.speaker, row.place)
    return share(
        (name in people, f"{name!r}: {found.told(place)}") for name, place in sorted(said.items())
    )


def identity(label: Label) -> str | None:
    """Who a labelled speaker is: the name, and the role where two have one name."""
    if label.get("speaker_kind") != "person":
        return None
    return " ".join(filter(None, (label["speaker"], label.get("speaker_role"))))


def ids_of(found: Found) -> dict[str, Counter[str]]:
    """For everybody labelled, the speaker ids that their words are under."""
    ids: dict[str, Counter[str]] = defaultdict(Counter)
    for label, _, row in found.read:
        who = identity(label)
        if who and row and row.speaker_id:
            ids[who][row.speaker_id] += 1
    return ids


def apart(found: Found) -> Measure:
    """Two people of one name or surname are never one speaker."""
    surnames = defaultdict(set)
    for label in found.labels["quotes"]:
        who = identity(label)
        if who:
            surnames[label["speaker"].split()[-1]].add(who)
    ids = ids_of(found)

    def one(who: str) -> str | None:
        return ids[who].most_common(1)[0][0] if ids[who] else None

    return share(
        (
            one(a) is not None and one(b) is not None and one(a) != one(b),
            f"{a} ({one(a)}) and {b} ({one(b)})",
        )
        for people in surnames.values()
        for a, b in combinations(sorted(people), 2)
    )


def same_name_apart(found: Found) -> Measure:
    """Of two people with the same full name, each quote is under the right one."""
    ids = ids_of(found)
    roles = sorted({q["speaker_role"] for q in found.labels["quotes"] if q.get("speaker_role")})
    most = {
        role: ids[f"Daniel Moss {role}"].most_common(1)[0][0]
        for role in roles
        if ids[f"Daniel Moss {role}"]
    }
    told_apart = len(set(most.values())) == len(roles)
    return share(
        (
            told_apart and row is not None and row.speaker_id == most[label["speaker_role"]],
            told_speaker(found, label, place, row) + f" ({label['speaker_role']})",
        )
        for label, place, row in found.read
        if label.get("speaker_role")
    )


def joined(found: Found) -> Measure:
    """The same person in several articles is one speaker: pairs of their rightly named quotes."""
    ids = defaultdict(list)
    for label, place, row in found.read:
        who = identity(label)
        if who and row and row.speaker_id and right_speaker(label, row):
            ids[who].append((row.speaker_id, place))
    return share(
        (a == b, f"{who}: {found.told(one)} / {found.told(other)}")
        for who, under in ids.items()
        for (a, one), (b, other) in combinations(under, 2)
        if one.article != other.article
    )


def misspelt(found: Found) -> Measure:
    """A name that one article misspells still is the person's."""

    def misspells(label: Label) -> bool:
        if label["mention"] is None or label["speaker_kind"] != "person":
            return False
        name = words(label["speaker"])
        return any(
            w not in name and any(len(n) > 3 and Levenshtein.distance(w, n) == 1 for n in name)
            for w in words(label["mention"])
        )

    ids = ids_of(found)
    return share(
        (
            right_speaker(label, row)
            and row is not None
            and row.speaker_id == ids[identity(label) or ""].most_common(1)[0][0],
            told_speaker(found, label, place, row),
        )
        for label, place, row in found.read
        if label["kind"] in SPOKEN and misspells(label)
    )
