"""The people of an article as they were put together -> its `Person` records."""

from __future__ import annotations

from typing import Final

from reuse.model import Person, SpeakerKind
from reuse.people import Table
from reuse.roles import roles

_SUFFIX: Final = {"jr": "Jr.", "sr": "Sr.", "ii": "II", "iii": "III", "iv": "IV"}


def records(table: Table) -> tuple[tuple[Person, ...], dict[int, int]]:
    """The speakers, then everybody else named in full; and from entity to index among them."""
    order = [e for e, entity in enumerate(table.entities) if entity.speaks]
    order += [
        e
        for e, entity in enumerate(table.entities)
        if not entity.speaks
        and entity.spans
        and entity.kind in {"person", "organisation", ""}
        and len(entity.keys) > 1
    ]
    return tuple(_record(table, e) for e in order), {e: i for i, e in enumerate(order)}


def _record(table: Table, e: int) -> Person:
    entity = table.entities[e]
    kind: SpeakerKind = "person"
    if entity.kind == "unnamed":
        kind = "unnamed"
    elif entity.kind == "document":
        kind = "document"
    elif entity.kind in {"organisation", "place", "other"}:
        kind = "organisation"
    name = entity.name
    if kind == "person" and entity.suffix in _SUFFIX:
        name += f" {_SUFFIX[entity.suffix]}"
    counts = [(form, max(1, n)) for form, n in entity.forms.items()]
    forms = tuple(sorted(counts, key=lambda form: (-form[1], form[0])))
    said = () if kind == "unnamed" else roles(table, e)
    return Person(name, kind, forms, said, entity.gender if kind == "person" else None)
