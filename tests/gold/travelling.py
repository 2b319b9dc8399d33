"""What became of a quotation on its way: ``families``, ``variants``, ``disputes`` against the
labels; and what the readers say of outlets and languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import NamedTuple

from .found import Found, Measure, Place, Version, article, f1, share, touching


def families(found: Found) -> Measure:
    """Pairs of versions of one utterance: F1 (translations of it may or may not be joined)."""
    known = {version.id: i for i, version in found.version_of.items()}
    original = {f["id"]: f.get("translation_of") or f["id"] for f in found.labels["families"]}
    true_pairs = {
        (i, j)
        for i, j in combinations(range(len(found.variants)), 2)
        if found.variants[i][0] == found.variants[j][0]
    }

    def told(i: int) -> str:
        family, variant, _ = found.variants[i]
        return f"{family} {article(variant)}"

    by_family = defaultdict(list)
    for version in found.versions.values():
        by_family[version.family].append(version)
    said: set[tuple[int, int]] = set()
    invented = []
    for versions in by_family.values():
        for one, other in combinations(versions, 2):
            i, j = known.get(one.id), known.get(other.id)
            if i is not None and j is not None:
                if found.variants[i][0] == found.variants[j][0]:
                    said.add((min(i, j), max(i, j)))
                elif original[found.variants[i][0]] != original[found.variants[j][0]]:
                    invented.append(f"{told(i)} with {told(j)}")
            elif not carried_together(found, one, other):
                invented.append(f"{told_version(found, one)} with {told_version(found, other)}")
    missed = [f"{told(i)} with {told(j)}" for i, j in sorted(true_pairs - said)]
    return f1(len(said), missed, invented)


def carried_together(found: Found, one: Version, other: Version) -> bool:
    """Whether one labelled text holds both: what a report tells of somebody travels with it."""
    a = Place(one.article, min(one.covers), max(one.covers) + 1)
    b = Place(other.article, min(other.covers), max(other.covers) + 1)
    return any(touching(group, a) and touching(group, b) for group in found.groups)


def told_version(found: Found, version: Version) -> str:
    return found.told(Place(version.article, min(version.covers), max(version.covers) + 1))


def told_variant(found: Found, i: int) -> str:
    family, variant, _ = found.variants[i]
    return f"{family} in {article(variant)}: {variant['parts'][0]['words'][:70]}"


def changes(found: Found) -> Measure:
    """What was done to the words, against the fullest version."""
    return share(
        (
            version.change == found.variants[i][1]["change"],
            f"{told_variant(found, i)} is {found.variants[i][1]['change']}, told {version.change}",
        )
        for i, version in sorted(found.version_of.items())
    )


def meaning_precision(found: Found) -> Measure:
    """What is flagged as touching meaning does."""
    known = {version.id: i for i, version in found.version_of.items()}
    return share(
        (
            version.id in known and bool(found.variants[known[version.id]][1]["touches_meaning"]),
            f"{told_version(found, version)}: {version.reason}",
        )
        for version in found.versions.values()
        if version.touches_meaning
    )


def meaning_recall(found: Found) -> Measure:
    """What touches meaning is flagged."""
    return share(
        (
            i in found.version_of and found.version_of[i].touches_meaning,
            f"{told_variant(found, i)} ({variant['reason']})",
        )
        for i, (_, variant, _) in enumerate(found.variants)
        if variant["touches_meaning"]
    )


def meaning_reasons(found: Found) -> Measure:
    """Every flag has its reason, in words, and nothing else has one."""
    return share(
        (bool(version.reason) == version.touches_meaning, told_version(found, version))
        for version in found.versions.values()
    )


def told_source(found: Found, i: int) -> str:
    got = found.version_of[i].source if i in found.version_of else "no such version"
    return f"{told_variant(found, i)} | from {found.variants[i][1]['source']}, told {got}"


def sources(found: Found) -> Measure:
    """Where a version was most likely taken from."""
    return share(
        (
            i in found.version_of and found.version_of[i].source in variant["source"],
            told_source(found, i),
        )
        for i, (_, variant, _) in enumerate(found.variants)
        if variant["source"]
    )


def no_sources(found: Found) -> Measure:
    """No source where none may be named."""
    return share(
        (version.source is None, told_source(found, i))
        for i, version in sorted(found.version_of.items())
        if not found.variants[i][1]["source"]
    )


def database_family(found: Found, family: str) -> str | None:
    """The family of the database that holds most versions of a labelled one."""
    counted = Counter(
        version.family
        for i, version in sorted(found.version_of.items())
        if found.variants[i][0] == family
    )
    return counted.most_common(1)[0][0] if counted else None


def firsts(found: Found) -> Measure:
    """Who had it first, and nobody where the dates do not say."""
    first = {
        family: found.names[key] if key else None
        for family, key in found.db.execute(
            "SELECT f.id, v.article_id FROM families f LEFT JOIN variants v"
            " ON v.id = f.first_variant_id"
        )
    }
    return share(
        (
            (known := database_family(found, family["id"])) is not None
            and first[known] == family["first"],
            f"{family['id']}: {family['first']}, told {first.get(known or '')}",
        )
        for family in found.labels["families"]
    )


def family_speakers(found: Found) -> Measure:
    """Whom most outlets credit with an utterance, in full; nobody on a tie."""
    names = dict(
        found.db.execute(
            "SELECT f.id, s.name FROM families f LEFT JOIN speakers s ON s.id = f.speaker_id"
        ).fetchall()
    )
    documents = {
        q["speaker"]
        for q in found.labels["quotes"]
        if q.get("speaker_kind") in ("document", "unnamed")
    }
    return share(
        (
            (known := database_family(found, family["id"])) is not None
            and names[known] == family["speaker"],
            f"{family['id']}: {family['speaker']}, told {names.get(known or '')}",
        )
        for family in found.labels["families"]
        if family["speaker"] not in documents
    )


class Told(NamedTuple):
    """A row of ``disputes`` in the terms of the labels (family None: none of those labelled)."""

    kind: str
    family: str | None
    articles: frozenset[str]
    words: str


def told_disputes(found: Found) -> list[Told]:
    known = {version.id: found.variants[i][0] for i, version in found.version_of.items()}
    labelled = {
        database_family(found, family["id"]): family["id"] for family in found.labels["families"]
    }
    told = []
    for kind, family, a, b in found.db.execute(
        "SELECT kind, family_id, a_variant_id, b_variant_id FROM disputes ORDER BY id"
    ):
        one, other = found.versions[a], found.versions[b]
        told.append(
            Told(
                kind,
                known.get(b) or known.get(a) or labelled.get(family),
                frozenset((one.article, other.article)),
                f"{kind}: {told_version(found, one)} | {told_version(found, other)}",
            )
        )
    return told


def disputes(found: Found) -> Measure:
    """Disputes: the same words with another speaker, without the marks, with wider marks."""
    told = {(d.kind, d.family, key) for d in told_disputes(found) for key in d.articles}
    return share(
        ((d["kind"], d["family"], d["b"]) in told, str(d)) for d in found.labels["disputes"]
    )


def true_disputes(found: Found) -> Measure:
    """What is told as a dispute is one."""
    true = defaultdict(set)
    for d in found.labels["disputes"]:
        true[d["kind"], d["family"]].add(d["b"])
    return share(
        (bool(true[d.kind, d.family or ""] & d.articles), f"{d.family}: {d.words}")
        for d in told_disputes(found)
    )


def translations(found: Found) -> Measure:
    """Different translations of one letter are versions of one utterance."""
    translated = {f["id"] for f in found.labels["families"] if f.get("translation_of")}
    pairs = [
        (i, j)
        for i, j in combinations(range(len(found.variants)), 2)
        if found.variants[i][0] == found.variants[j][0]
        and found.variants[i][0] in translated
        and "paraphrased" in (found.variants[i][1]["change"], found.variants[j][1]["change"])
    ]
    return share(
        (
            i in found.version_of
            and j in found.version_of
            and found.version_of[i].family == found.version_of[j].family,
            f"{told_variant(found, i)} | {told_variant(found, j)}",
        )
        for i, j in pairs
    )


def outlet_kinds(found: Found) -> Measure:
    """An agency is one, a document is an origin, and no newspaper is either."""
    kinds = dict(found.db.execute("SELECT id, kind FROM outlets").fetchall())
    true = {"nwa": {"agency"}, "documents": {"origin"}}
    of_outlet = {
        outlet: (name, true.get(name.partition("/")[0], {"press", None}))
        for name, outlet in found.outlets.items()
        if outlet
    }
    return share(
        (kinds[outlet] in right, f"{outlet} ({name}) is {kinds[outlet]}")
        for outlet, (name, right) in sorted(of_outlet.items())
    )


def languages(found: Found) -> Measure:
    """The language of every article."""
    true = {"ostwind": "de", "gazzetta-del-molo": "it"}
    return share(
        (
            language == true.get(name.partition("/")[0], language if "brief" in name else "en"),
            f"{name}: {language}",
        )
        for name, language in sorted(found.languages.items())
    )
