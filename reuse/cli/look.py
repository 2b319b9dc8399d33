"""Commands that look at a database: browse, matches, trace, check, outlets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from reuse.cli.shared import as_json, database, is_there, line, opened
from reuse.printable import printable


@click.command(short_help="Look at a database in the browser.")
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path), default=Path("reuse.db"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="The port to serve on; 0 takes a free one.",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def browse(db: Path, port: int, no_open: bool) -> None:
    """Look at a database in Datasette, with pages of our own.

    DB is what a scan made (reuse.db where none is named). Only this machine can reach the server;
    Ctrl-C ends it. Needs the extra: pip install 'reuse-news[browse]'.

    \b
    Examples:
      reuse browse
      reuse browse news.db --port 8002 --no-open
    """
    is_there(db)
    with missing_extra("browse"):
        from reuse.browse import serve
    try:
        serve(db, port, not no_open)
    except (OSError, ValueError) as error:
        raise click.UsageError(str(error)) from None


@click.command(short_help="Who said it, who had it first, every version.")
@click.argument("words", nargs=-1)
@database
@click.option("--quote", metavar="ID", help="The quote with this id, in place of words.")
@as_json
def trace(words: tuple[str, ...], db: Path, quote: str | None, as_json: bool) -> None:
    """Who said these words, who had them first, and what each version changed.

    WORDS are some of them, as you remember them, or - for standard input. Versions come in the
    order of their dates, each with what it changed against the fullest and from whom it most
    likely took the words. Exits with 1 when the words occur nowhere.

    \b
    Examples:
      reuse trace "we may have to close the works"
      pbpaste | reuse trace - --db news.db
      reuse trace --quote 1f2e3d4c5b6a7988 --json
    """
    from reuse import tracing

    asked = " ".join(words)
    if asked == "-":
        asked = sys.stdin.read()
    if bool(asked.strip()) == bool(quote):
        raise click.UsageError("give the words, or --quote ID")
    with opened(db) as connection:
        found = (
            tracing.trace_quote(connection, quote) if quote else tracing.trace(connection, asked)
        )
        if found is None:
            raise click.UsageError(f"{db} has no quote {quote}")
    click.echo(tracing.as_json(found) if as_json else tracing.rendered(found))
    if not found.found:
        sys.exit(1)


@click.command(short_help="A draft: what is reused, misquoted, somebody else's.")
@click.argument("drafts", nargs=-1, required=True, metavar="FILE...")
@database
@click.option("--format", "form", metavar="NAME", help="Read every FILE (and -) as txt, md, html…")
@as_json
def check(drafts: tuple[str, ...], db: Path, form: str | None, as_json: bool) -> None:
    """A draft against the database: what in it is reused, misquoted, or somebody else's.

    Nothing is written. Exits with 1 when something wants attention, so that it can stand in a
    pipeline; FILE is read as `reuse scan` would, `-` is standard input.

    \b
    Examples:
      reuse check draft.md --db news.db
      pandoc draft.docx -t plain | reuse check -
      reuse check drafts/*.md --json > checked.json
    """
    from reuse import checking, readers
    from reuse.model import Article, Problem

    attention = False
    with opened(db) as connection:
        for item in readers.read(
            drafts, format=form or "txt" if "-" in drafts else form, stdin=sys.stdin.buffer
        ):
            if isinstance(item, Problem):
                click.echo(f"{item.level}: {line(item)}", err=True)
                attention |= item.level == "skipped"
            if not isinstance(item, Article):
                continue
            found = checking.check(connection, item.text, item.language)
            attention |= found.attention
            if as_json:
                click.echo(checking.as_json(found))
            else:
                click.echo(click.style(printable(item.source), bold=True))
                click.echo(checking.rendered(found))
    if attention:
        sys.exit(1)


@click.command(short_help="Who takes from whom, how much, how late.")
@database
@as_json
def outlets(db: Path, as_json: bool) -> None:
    """Who takes from whom, how much, how late; and what each outlet had first.

    First a line for each outlet, then one for each direction between two of them. Among the
    articles of this database: what an outlet took from elsewhere looks like its own.

    \b
    Examples:
      reuse outlets
      reuse outlets --db news.db --json
    """
    with opened(db) as connection:
        totals = [
            dict(row)
            for row in connection.execute(
                "SELECT name, kind, owner, t.* FROM outlet_totals t"
                " JOIN outlets o ON o.id = outlet_id"
                " ORDER BY given DESC, name"
            )
        ]
        flows = [
            dict(row)
            for row in connection.execute(
                "SELECT f.name AS giver, t.name AS taker, x.* FROM outlet_flows x"
                " JOIN outlets f ON f.id = from_outlet_id JOIN outlets t ON t.id = to_outlet_id"
                " ORDER BY passages DESC, giver, taker"
            )
        ]
    if as_json:
        click.echo(json.dumps({"outlets": totals, "flows": flows}, ensure_ascii=False, indent=2))
        return
    for row in totals:
        share = row["original_share"]
        first = "" if share is None else f", first with {share:.0%} of what it shares"
        click.echo(
            printable(
                f"{row['name']}: {row['articles']} articles, gave {row['given']},"
                f" took {row['taken']}{first}"
            )
        )
    for row in flows:
        lag = row["median_lag_hours"]
        late = "" if lag is None else f", {lag:g} hours later"
        click.echo(printable(f"{row['giver']} > {row['taker']}: {row['passages']} passages{late}"))


@click.command(short_help="The findings as one HTML file to send to somebody.")
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path), default=Path("reuse.db"))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@click.option("--speaker", metavar="NAME", help="Only what this speaker said (a name or an id).")
@click.option("--outlet", metavar="NAME", help="Only what concerns this outlet.")
@click.option("--passage", metavar="ID", help="Only this passage.")
@click.option("--excerpts", is_flag=True, help="Passages and words around them, no whole articles.")
def report(
    db: Path,
    output: Path,
    speaker: str | None,
    outlet: str | None,
    passage: str | None,
    excerpts: bool,
) -> None:
    """The findings as one HTML file to send to somebody: nothing in it needs the network.

    DB is what a scan made (reuse.db where none is named). Needs the extra: pip install
    'reuse-news[browse]'.

    \b
    Examples:
      reuse report reuse.db -o findings.html
      reuse report reuse.db --speaker "Ada Stone" -o stone.html
    """
    with handed_over(db, excerpts) as source, missing_extra("browse"):
        from reuse.report import NotThere
        from reuse.report import report as write

        try:
            write(source, output, speaker=speaker, outlet=outlet, passage=passage)
        except NotThere as error:
            raise click.UsageError(str(error)) from None
    click.echo(str(output))


@click.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path), default=Path("reuse.db"))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="A file; for csv and parquet a folder.",
)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["csv", "jsonl", "parquet", "graphml", "annotations", "tei", "db"]),
    help="annotations: W3C Web Annotations; db: a database, with --excerpts.",
)
@click.option("--excerpts", is_flag=True, help="Passages and words around them, no whole articles.")
@click.option(
    "--formulas",
    is_flag=True,
    help="csv: leave cells that a spreadsheet would run as formulas as they are.",
)
def export(db: Path, output: Path, form: str, excerpts: bool, formulas: bool) -> None:
    """What a scan found, in the formats of other programs.

    DB is what a scan made (reuse.db where none is named). Parquet needs the extra: pip install
    'reuse-news[parquet]'.

    \b
    Examples:
      reuse export reuse.db --format csv -o tables/
      reuse export reuse.db --format graphml -o flow.graphml
      reuse export reuse.db --format db --excerpts -o shareable.db
    """
    from reuse import export as exporting

    if form == "db":
        if not excerpts:
            raise click.UsageError("--format db goes with --excerpts; else copy the file")
        with opened(db):
            exporting.excerpts(db, output)
    else:
        with handed_over(db, excerpts) as source:
            try:
                if form == "csv":
                    exporting.to_csv(source, output, formulas=formulas)
                else:
                    exporting.FORMATS[form](source, output)
            except exporting.MissingExtra as error:
                raise click.ClickException(str(error)) from None
    click.echo(str(output))


@contextmanager
def handed_over(db: Path, excerpts: bool) -> Iterator[Path]:
    """The database to give away: `db`, or a copy of it that has excerpts in place of articles."""
    with opened(db):
        if not excerpts:
            yield db
            return
    from reuse.export import excerpts as cut

    with TemporaryDirectory() as folder:
        short = Path(folder) / db.name
        cut(db, short)
        yield short


@contextmanager
def missing_extra(name: str) -> Iterator[None]:
    """What is not installed is said with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is not installed; pip install 'reuse-news[{name}]'"
        ) from None


COMMANDS = (browse, trace, check, outlets, report, export)
