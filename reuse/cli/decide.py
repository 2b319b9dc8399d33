"""Commands by which people decide: who is one speaker, who said a quote, what is no reuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from reuse.cli.shared import as_json, database, opened
from reuse.printable import printable


def decide(path: Path, rows: Sequence[tuple[str, str, str, str | None, str]]) -> None:
    """Write decisions, and say what comes next."""
    from reuse import store

    try:
        added = store.decide(path, rows)
    except (store.NotOurs, store.Busy, store.Unwritable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{added} decided in {path}; the next scan applies it", err=True)


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@click.group(invoke_without_command=True)
@database
@click.option("--like", metavar="WORDS", help="Only speakers with such a name.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="The most to show."
)
@as_json
@click.option(
    "--export",
    type=click.File("w", encoding="utf-8"),
    metavar="FILE",
    help="Write every decision to FILE, as JSON lines.",
)
@click.option(
    "--import",
    "imported",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="Take the decisions of FILE, which --export wrote.",
)
@click.pass_context
def speakers(
    context: click.Context,
    db: Path,
    like: str | None,
    limit: int,
    as_json: bool,
    export: TextIO | None,
    imported: TextIO | None,
) -> None:
    """Who is quoted, and under which names; merge and split them.

    What you decide is written at once and shows after the next scan. Name another database than
    reuse.db before the decision: reuse speakers --db news.db merge …

    \b
    Examples:
      reuse speakers --like holm
      reuse speakers merge "Frederick Holm" "Fred Holm"
      reuse speakers split "Ada Stone" "A. Stone"
      reuse speakers said QUOTE "Ada Stone"
      reuse speakers --export decisions.jsonl
    """
    context.obj = db
    if context.invoked_subcommand:
        return
    if imported is not None:
        decide(db, [tuple(json.loads(line)) for line in imported if line.strip()])
        return
    with opened(db) as connection:
        if export is not None:
            for row in connection.execute("SELECT * FROM decisions ORDER BY made_at, id"):
                export.write(json.dumps(tuple(row), ensure_ascii=False) + "\n")
            return
        found = [
            {
                **row,
                "names": dict(
                    connection.execute(
                        "SELECT name, mentions FROM speaker_names WHERE speaker_id = ?"
                        " ORDER BY mentions DESC, name",
                        [row["id"]],
                    ).fetchall()
                ),
            }
            for row in map(
                dict,
                connection.execute(
                    "SELECT * FROM speakers WHERE kind != 'unnamed' AND id IN (SELECT speaker_id"
                    " FROM speaker_names WHERE name LIKE '%' || ? || '%')"
                    " ORDER BY quotes DESC, name, id LIMIT ?",
                    [like or "", limit],
                ).fetchall(),
            )
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        names = ", ".join(f"{name} ({count})" for name, count in row["names"].items())
        click.echo(printable(f"{row['quotes']:>6} quotes  {row['name']} [{row['kind']}]: {names}"))


@speakers.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--article", metavar="ID", help="In this article only.")
@click.pass_obj
def merge(db: Path, names: tuple[str, ...], article: str | None) -> None:
    """These names are one speaker, shown under the first.

    \b
    Examples:
      reuse speakers merge "Frederick Holm" "Fred Holm"
      reuse speakers merge "Mary Holt" "Holt" --article 3f2a9c0d1e4b5a68
    """
    from reuse.speakers import decision

    if len(names) < 2:
        raise click.UsageError("name two or more to merge")
    decide(db, [decision("merge", names, article, now())])


@speakers.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--article", metavar="ID", help="In this article only.")
@click.pass_obj
def split(db: Path, names: tuple[str, ...], article: str | None) -> None:
    """Each of these names is a speaker of its own.

    \b
    Examples:
      reuse speakers split "Ada Stone" "A. Stone"
      reuse speakers split "Daniel Moss" --article 3f2a9c0d1e4b5a68
    """
    from reuse.speakers import decision

    decide(db, [decision("split", names, article, now())])


@speakers.command()
@click.argument("quote")
@click.argument("name")
@click.pass_obj
def said(db: Path, quote: str, name: str) -> None:
    """The quote with this id was said by the one of this name.

    QUOTE is an id of the table quotes; it stands in the address of the quote's page.

    \b
    Example:
      reuse speakers said 06ddb224f591b049 "Clara Wendell"
    """
    from reuse.speakers import decision

    with opened(db) as connection:
        row = connection.execute(
            "SELECT text, article_id FROM quotes WHERE id = ?", [quote]
        ).fetchone()
    if row is None:
        raise click.UsageError(f"{db} has no quote {quote}")
    decide(db, [decision("speaker", [row["text"], name], row["article_id"], now())])


@click.group(invoke_without_command=True)
@database
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="The most to show."
)
@as_json
@click.pass_context
def matches(context: click.Context, db: Path, limit: int, as_json: bool) -> None:
    """What outlets share, the surest first; mark what is no reuse.

    \b
    Examples:
      reuse matches --limit 5
      reuse matches --json > matches.json
      reuse matches wrong 76bcccfb13718351
    """
    context.obj = db
    if context.invoked_subcommand:
        return
    with opened(db) as connection:
        found = [
            dict(row)
            for row in connection.execute(
                "SELECT m.id, m.score, m.words, m.kind, coalesce(a.outlet_id, a.source) AS earlier,"
                " coalesce(b.outlet_id, b.source) AS later, p.name AS passage FROM matches m"
                " JOIN articles a ON a.id = m.a_article_id JOIN articles b ON b.id = m.b_article_id"
                " LEFT JOIN passages p ON p.id = m.passage_id"
                " ORDER BY m.score DESC, m.words DESC, m.id LIMIT ?",
                [limit],
            )
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for row in found:
        click.echo(
            printable(
                f"{row['id']}  {row['score']:.2f}  {row['words']:>5} words  "
                f"{row['earlier']} > {row['later']}: {row['passage'] or ''}"
            )
        )


@matches.command()
@click.argument("match")
@click.pass_obj
def wrong(db: Path, match: str) -> None:
    """The words of this match are no reuse, here or elsewhere.

    MATCH is an id that `reuse matches` prints. It shows after the next scan.

    \b
    Example:
      reuse matches wrong 76bcccfb13718351
    """
    from reuse.speakers import decision

    with opened(db) as connection:
        row = connection.execute(
            "SELECT substr(a.text, a_start + 1, a_end - a_start),"
            " substr(b.text, b_start + 1, b_end - b_start) FROM matches"
            " JOIN articles a ON a.id = a_article_id JOIN articles b ON b.id = b_article_id"
            " WHERE matches.id = ?",
            [match],
        ).fetchone()
    if row is None:
        raise click.UsageError(f"{db} has no match {match}")
    decide(db, [decision("not_reuse", list(row), None, now())])


COMMANDS = (speakers, matches)
