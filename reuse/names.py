"""A house list (``--names FILE``): how a newsroom writes its people, and who owns which outlet.

YAML::

    people:
      - name: Mary Holt
        aliases: [M. Holt, Mary Holt-Brand]
        roles: [the mayor of Northford]
    organisations:
      - name: Northford Water Board
        aliases: [NWB]
    outlets:
      - name: The Northford Herald
        owner: Crane Media
        kind: press

or CSV with the columns ``kind,name,aliases,roles,owner`` (kind: person, organisation, press,
agency, origin; several aliases or roles are parted by ``;``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from reuse.model import ReuseError

OutletKind = Literal["press", "agency", "origin"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One person or organisation as the house writes it, and what else it is called."""

    name: str
    kind: Literal["person", "organisation"]
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What the list says of an outlet."""

    name: str
    owner: str | None = None
    kind: OutletKind | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """A house list as it was read."""

    entries: tuple[Entry, ...] = ()
    outlets: tuple[House, ...] = ()


class BadNames(ReuseError):
    """The list says something that cannot be read; the message names the place."""


def names_from(path: Path) -> Names:
    """The house list in a file: CSV by its suffix, else YAML."""
    text = path.read_text(encoding="utf-8-sig")
    return from_csv(text) if path.suffix.lower() == ".csv" else from_yaml(text)


def from_yaml(text: str) -> Names:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadNames(f"not YAML: {error}") from None
    if found is None:
        return Names()
    if not isinstance(found, dict):
        raise BadNames("the list must have the parts people, organisations, outlets")
    unknown = set(found) - {"people", "organisations", "organizations", "outlets"}
    if unknown:
        raise BadNames(f"unknown part {sorted(map(str, unknown))[0]!r}")
    entries: list[Entry] = []
    for part, kind in (
        ("people", "person"),
        ("organisations", "organisation"),
        ("organizations", "organisation"),
    ):
        for n, item in enumerate(found.get(part) or (), 1):
            row = _mapping(item, f"{part}, entry {n}")
            entries.append(
                Entry(
                    _name(row, f"{part}, entry {n}"),
                    "person" if kind == "person" else "organisation",
                    _listed(row, "aliases", f"{part}, entry {n}"),
                    _listed(row, "roles", f"{part}, entry {n}"),
                )
            )
    outlets = []
    for n, item in enumerate(found.get("outlets") or (), 1):
        place = f"outlets, entry {n}"
        row = _mapping(item, place)
        owner = row.get("owner")
        outlets.append(
            House(
                _name(row, place),
                str(owner) if owner else None,
                _outlet_kind(row.get("kind"), place),
            )
        )
    return Names(tuple(entries), tuple(outlets))


def from_csv(text: str) -> Names:
    entries: list[Entry] = []
    outlets: list[House] = []
    reader = csv.DictReader(io.StringIO(text))
    if not {"kind", "name"} <= set(reader.fieldnames or ()):
        raise BadNames("the first line must name the columns kind and name")
    for row in reader:
        place = f"line {reader.line_num}"
        kind = (row["kind"] or "").strip().lower()
        name = _name(row, place)
        if kind in {"person", "organisation", "organization"}:
            entries.append(
                Entry(
                    name,
                    "person" if kind == "person" else "organisation",
                    _parts(row.get("aliases")),
                    _parts(row.get("roles")),
                )
            )
        elif kind in {"press", "agency", "origin", "outlet"}:
            owner = (row.get("owner") or "").strip() or None
            outlets.append(
                House(name, owner, None if kind == "outlet" else _outlet_kind(kind, place))
            )
        else:
            raise BadNames(f"{place}: unknown kind {kind!r}")
    return Names(tuple(entries), tuple(outlets))


def _mapping(item: object, place: str) -> Mapping[str, object]:
    if isinstance(item, str):
        return {"name": item}
    if not isinstance(item, dict):
        raise BadNames(f"{place}: expected a name or a mapping")
    return item


def _name(row: Mapping[str, object], place: str) -> str:
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadNames(f"{place}: no name")
    return " ".join(name.split())


def _listed(row: Mapping[str, object], key: str, place: str) -> tuple[str, ...]:
    value = row.get(key) or ()
    if isinstance(value, str):
        return (" ".join(value.split()),)
    if not isinstance(value, Sequence):
        raise BadNames(f"{place}: {key} must be a list")
    return tuple(" ".join(str(v).split()) for v in value)


def _parts(value: str | None) -> tuple[str, ...]:
    return tuple(" ".join(p.split()) for p in (value or "").split(";") if p.strip())


def _outlet_kind(value: object, place: str) -> OutletKind | None:
    if value is None or value == "":
        return None
    if value == "press":
        return "press"
    if value == "agency":
        return "agency"
    if value == "origin":
        return "origin"
    raise BadNames(f"{place}: an outlet is press, agency or origin, not {value!r}")
