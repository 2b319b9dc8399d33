"""Prints how much of what is true in ``corpus/`` a scan of it says.

    python -m tests.gold [--db DB] [--wrong] [NAME...]

scans the corpus (or reads the database of such a scan) and prints a line for each measure (or for
those of these names or parts); with ``--wrong``, every item that is wrong under it. ``--record``
writes what does not reach its floor into ``not_yet.json``, which the test reads.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from . import MEASURES, lines, scanned
from .found import Found

NOT_YET = Path(__file__).parent / "not_yet.json"


def record(found: Found) -> None:
    """Write down how far the measures got that do not reach their floors."""
    values = {row.name: row.measure(found).value for row in MEASURES}
    below = {
        row.name: int(values[row.name] * 1000) / 1000
        for row in MEASURES
        if values[row.name] < row.floor
    }
    NOT_YET.write_text(json.dumps(below, indent=2) + "\n", "utf-8")


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--db", type=Path, help="the database of a scan of corpus/")
    ask.add_argument("--wrong", action="store_true", help="every wrong item under its measure")
    ask.add_argument("--record", action="store_true", help="write not_yet.json")
    ask.add_argument("names", nargs="*", help="only these measures, or parts of the program")
    told = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = told.db or Path(folder) / "corpus.db"
        if told.db is None:
            scanned(database)
        with closing(sqlite3.connect(database)) as db:
            found = Found(db)
            if told.record:
                record(found)
            for line in lines(found, told.wrong, told.names):
                print(line)


if __name__ == "__main__":
    main()
