"""What the commands share: where the database is, and how to say a thing on one line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reuse.model import Problem
from reuse.printable import printable

database = click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
    help="The database that a scan made.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="The same as JSON.")


def is_there(path: Path) -> None:
    """Raise a usage error unless there is a file of this name."""
    if not path.exists():
        raise click.UsageError(f"{path}: no such database; make one with: reuse scan PATH")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database at `path` to read; what is no database of ours is a usage error."""
    from reuse import store

    is_there(path)
    try:
        with store.reading(path) as connection:
            yield connection
    except store.NotOurs as error:
        raise click.ClickException(str(error)) from None


def line(problem: Problem) -> str:
    """One problem as one line that a terminal may show."""
    return printable(": ".join(filter(None, (problem.source, problem.place, problem.reason))))
