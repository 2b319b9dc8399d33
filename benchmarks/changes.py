"""A folder that changes, scanned as it does: is the database that of a scan from nothing?

    python benchmarks/changes.py [--changes 1000] [--seed 1] [--most 8]

Files are added, changed, removed, renamed and moved to other outlets at random, and people decide
something now and then. After some changes, `--most` at a time, the folder is scanned into the
database that has seen all changes, and into a new one with the same decisions: every row must be
the same, and both databases whole.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure, whole
from reuse import scan, store
from reuse.speakers import Decision, decision

PEOPLE = ("Ada Stone, the mayor", "Bram Holt", "the engineer Celia Marsh", "Daniel Okoro")
SAID = (
    "The old bridge will reopen in the second week of June, if the river lets us work",
    "The old bridge may reopen in the second week of June",
    "We counted ninety cracks in the north pillar, and not one of them was there in spring",
    "We counted nineteen cracks in the north pillar",
    "Nobody asked the ferrymen, who have crossed here for three hundred years",
)
TOLD = (
    "Engineers found ninety cracks in the north pillar of the old bridge at Holt when the water"
    " stood at its lowest in living memory, according to a report that the council kept back.",
    "The ferry that was to be sold in autumn will run until the end of the year, at a price that"
    " the council did not want to name before its meeting on Thursday evening.",
    "Shops on the north bank say that they lose a third of their customers every week.",
    "A stonemason of eighty remembered how his father had carried the keystone up in a basket.",
)
FOOT = {
    "herald": "The Herald is printed on the north bank. Write to the editor about any mistake.",
    "post": "",
    "wire": "HOLT WIRE SERVICE - desk 12 - all rights reserved to the members of the service",
}


def text(seed: int, outlet: str) -> str:
    """A page of `outlet`: what it shares with the pages of other seeds is a matter of chance."""
    choose = random.Random(seed)
    paragraphs = [f"On day {seed} of the works at Holt there was news about item {seed * 7919}."]
    for _ in range(choose.randint(1, 3)):
        who, said = choose.choice(PEOPLE), choose.choice(SAID)
        paragraphs.append(
            choose.choice((f"“{said},” said {who}.", f"{who} told the council: “{said}.”"))
        )
        paragraphs.append(choose.choice(TOLD))
    return "\n\n".join(filter(None, (*paragraphs, FOOT[outlet]))) + "\n"


def changed(folder: Path, change: tuple[str, str, int, int | str]) -> None:
    """Write, remove, rename a file, or move it to another outlet, if it is there."""
    what, outlet, number, to = change
    file = folder / outlet / f"{number}.md"
    if what == "write":
        assert isinstance(to, int)
        file.parent.mkdir(exist_ok=True)
        date = f"---\ndate: 2025-06-{to % 28 + 1:02}\n---\n" if to % 5 else ""
        file.write_text(date + text(to, outlet), "utf-8")
    elif file.exists() and what == "remove":
        file.unlink()
    elif file.exists() and what == "rename":
        file.rename(file.with_name(f"{to}.md"))
    elif file.exists() and what == "move":
        (folder / str(to)).mkdir(exist_ok=True)
        file.rename(folder / str(to) / file.name)


# What people decide: who is one, who is not, who said it, what is no reuse.
DECIDED = (
    ("merge", ["Bram Holt", "Daniel Okoro"]),
    ("split", ["Bram Holt", "Daniel Okoro"]),
    ("merge", ["Ada Stone", "Celia Marsh"]),
    ("speaker", [SAID[4], "Celia Marsh"]),
    ("not_reuse", [TOLD[3]]),
)
FILES = 10  # of each outlet at most


def some_change(choose: random.Random) -> tuple[str, str, int, int | str]:
    """One of the changes that `changed` makes."""
    what = choose.choices(("write", "remove", "rename", "move"), (5, 2, 2, 2))[0]
    to = choose.choice(sorted(FOOT)) if what == "move" else choose.randrange(FILES)
    if what == "write":
        to = choose.randrange(100)
    return what, choose.choice(sorted(FOOT)), choose.randrange(FILES), to


def scanned(folder: Path, database: Path, found: Counter[str]) -> list[str]:
    """Scan a folder; what is wrong with the database then. What is in it is added to `found`."""
    found.update(scan(folder, db=database).counts)
    return [f"{database.name}: {wrong}" for wrong in whole.broken(database)]


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--changes", type=int, default=1000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--most", type=int, default=8, help="changes between two scans")
    told = ask.parse_args()
    choose = random.Random(told.seed)
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    failures: list[str] = []
    decisions: list[Decision] = []
    with tempfile.TemporaryDirectory(prefix="reuse-changes-") as name:
        folder, grown, fresh = (Path(name) / part for part in ("in", "grown.db", "fresh.db"))
        folder.mkdir()
        failures += scanned(folder, grown, found)
        scans = 1
        while made.total() < told.changes:
            for _ in range(choose.randint(1, min(told.most, told.changes - made.total()))):
                change = some_change(choose)
                changed(folder, change)
                made[change[0]] += 1
            if choose.random() < 0.1:
                day = f"2025-07-01T00:{scans // 60 % 60:02}:{scans % 60:02}Z"
                decisions.append(decision(*choose.choice(DECIDED), None, day))
                store.decide(grown, decisions[-1:])
            failures += scanned(folder, grown, found)
            fresh.unlink(missing_ok=True)
            empty = Path(name) / "empty"
            empty.mkdir(exist_ok=True)
            scan(empty, db=fresh)
            store.decide(fresh, decisions)
            failures += scanned(folder, fresh, found)
            failures += [
                f"scan {scans}: other rows in {table}" for table in whole.differing(grown, fresh)
            ]
            scans += 1
            if failures:
                break
    # Both databases of each scan were the same: half of it each.
    rows = {name: found[name] // 2 for name in ("articles", "matches", "families", "disputes")}
    print(
        f"{made.total():,} changes ({dict(made)}), {len(decisions)} decisions, {scans} scans, "
        f"{rows} altogether: {len(failures)} failures",
        *failures,
        sep="\n",
    )
    measure.record(
        "changes",
        {
            "seed": told.seed,
            "machine": measure.machine(),
            "changes": made,
            "decisions": len(decisions),
            "scans": scans,
            "rows": rows,
            "failures": failures,
        },
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
