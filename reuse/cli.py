"""The command line: parses, calls, reports. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from reuse import __version__
from reuse.model import Problem
from reuse.printable import printable
from reuse.settings import Settings

if TYPE_CHECKING:
    from reuse.pipeline import Found

EXAMPLES = """\b
Examples:
  reuse scan corpus/                   one database, reuse.db, from a folder
  reuse scan a.jsonl b.html --db x.db  some files into another
  curl … | reuse scan - --format jsonl
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reuse")
def main() -> None:
    """Where did these words come from?

    Finds the passages that more than one outlet carries, every quote and who said it, and how a
    quote changed as it travelled, in a folder of news articles. Start with `reuse scan FOLDER`,
    then `reuse browse`.
    """


class Progress:
    """Stage, count, rate and time left on one line of stderr; silent when it is no terminal."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.stage = ""
        self.began = self.said = 0.0

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if stage != self.stage:
            self.clear()
            self.stage, self.began, self.said = stage, now, 0.0
        if not self.shown or now - self.said < 0.1:
            return
        self.said = now
        rate = done / max(now - self.began, 1e-9)
        left = f", {(total - done) / rate:.0f} s left" if total and rate else ""
        of = f" of {total:,}" if total else ""
        click.echo(f"\r\x1b[K{stage} {done:,}{of} ({rate:,.0f}/s{left})", nl=False, err=True)

    def clear(self) -> None:
        if self.shown and self.said:
            click.echo("\r\x1b[K", nl=False, err=True)


@main.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
    help="The database to write, or to add to.",
)
@click.option("--format", "form", metavar="NAME", help="Read every file (and -) as txt, md, jsonl…")
@click.option("--outlet", metavar="NAME", help="The outlet of articles that do not say theirs.")
@click.option(
    "--names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A house list of people, roles, aliases and owners.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    default=Settings().min_score,
    show_default=True,
    help="Matches below this probability are left out.",
)
@click.option(
    "--min-words",
    type=click.IntRange(1),
    default=Settings().min_words,
    show_default=True,
    help="Passages shorter than this are left out.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=Settings().min_confidence,
    show_default=True,
    help="Below this a speaker is left empty.",
)
@click.option("--since", metavar="DATE", help="Only articles published on this day or later.")
@click.option("--until", metavar="DATE", help="Only articles published on this day or earlier.")
@click.option(
    "--window",
    "window_days",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Compare only articles published within so many days of each other.",
)
@click.option(
    "--ignore",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of phrases that are no reuse, one a line.",
)
@click.option("--same-outlet", is_flag=True, help="Report matches inside one outlet as well.")
@click.option(
    "--forget", multiple=True, metavar="PATH", help="Drop what earlier scans took from PATH."
)
@click.option(
    "--max-article",
    type=click.IntRange(1),
    default=10_000_000,
    show_default=True,
    metavar="BYTES",
    help="Longer articles are skipped, and said.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default=True,
    help="Processes that read articles.",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    default=1000,
    show_default=True,
    metavar="MB",
    help="What the search may hold in memory; the rest is spilled to disk.",
)
@click.option("--strict", is_flag=True, help="Stop at the first input that would be skipped.")
@click.option("--json", "as_json", is_flag=True, help="The table of what was found as JSON.")
@click.option("--quiet", is_flag=True, help="No progress, and only problems that skip something.")
def scan(
    paths: tuple[str, ...],
    db: Path,
    form: str | None,
    outlet: str | None,
    names: Path | None,
    since: str | None,
    until: str | None,
    ignore: Path | None,
    forget: tuple[str, ...],
    max_article: int,
    workers: int,
    memory: int,
    strict: bool,
    as_json: bool,
    quiet: bool,
    **told: float | int | bool | None,
) -> None:
    """Read articles, find reuse and quotes, write one SQLite database.

    PATH is a file, a folder, a glob or - for standard input. A second scan into the same database
    does only the work of what is new, changed or gone.
    """
    from reuse import pipeline, readers, store
    from reuse.engines.local import Local
    from reuse.names import BadNames, names_from

    settings = Settings(
        **told,  # type: ignore[arg-type]  # click checked each by its option's type
        ignore=tuple(ignore.read_text("utf-8").splitlines()) if ignore else (),
    )
    inputs = readers.read(
        paths,
        outlet=outlet,
        format=form,
        stdin=sys.stdin.buffer,
        max_article=max_article,
        strict=strict,
    )
    try:
        house = names_from(names) if names else None
    except BadNames as error:
        raise click.UsageError(f"{names}: {error}") from None
    try:
        written = store.Store(db)
    except (store.Busy, store.NotOurs) as error:
        raise click.ClickException(str(error)) from None
    progress = Progress(shown=sys.stderr.isatty() and not quiet)
    try:
        with Local(workers=workers, memory=memory << 20) as engine:
            found = pipeline.scan(
                inputs,
                readers.under([*(p for p in paths if p != "-"), *forget]),
                written,
                engine,
                settings,
                house,
                progress,
            )
    finally:
        progress.clear()
        written.close()
    for problem in found.problems:
        if problem.level == "skipped" or not quiet:
            click.echo(f"{problem.level}: {line(problem)}", err=True)
    if as_json:
        click.echo(json.dumps({"db": str(db), **asdict(found)}, indent=2))
    else:
        click.echo(table(found))
        click.echo(f"Look at it: reuse browse {db}", err=True)
    if any(problem.level == "skipped" for problem in found.problems):
        sys.exit(1)


def line(problem: Problem) -> str:
    """One problem as one line that a terminal may show."""
    return printable(": ".join(filter(None, (problem.source, problem.place, problem.reason))))


def table(found: Found) -> str:
    """What a scan found, a line each."""
    width = max(map(len, found.counts), default=0)
    return "\n".join(f"{name:<{width}}  {count:>9,}" for name, count in found.counts.items())


# -- looking at what a scan found ------------------------------------------------------------------


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database at `path` to read; what is no database of ours is a usage error."""
    from reuse import store

    if not path.exists():
        raise click.UsageError(f"{path}: no such database; make one with: reuse scan PATH")
    try:
        with store.reading(path) as connection:
            yield connection
    except store.NotOurs as error:
        raise click.ClickException(str(error)) from None


def decide(path: Path, rows: Sequence[tuple[str, str, str, str | None, str]]) -> None:
    """Write decisions, and say what comes next."""
    from reuse import store

    try:
        added = store.decide(path, rows)
    except (store.NotOurs, store.Busy) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{added} decided in {path}; the next scan applies it", err=True)


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@main.command()
@click.argument("db", type=click.Path(dir_okay=False, path_type=Path), default=Path("reuse.db"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="0 takes a free one.",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def browse(db: Path, port: int, no_open: bool) -> None:
    """Look at a database in Datasette, with pages of our own.

    \b
    Example:
      reuse browse reuse.db --port 8002
    """
    try:
        from reuse.browse import serve
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is not installed; pip install 'reuse-news[browse]'"
        ) from None
    try:
        serve(db, port, not no_open)
    except (OSError, ValueError) as error:
        raise click.UsageError(str(error)) from None


@main.group(invoke_without_command=True)
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
)
@click.option("--like", metavar="WORDS", help="Only speakers with such a name.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
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
    """These names are one speaker, shown under the first."""
    from reuse.speakers import decision

    if len(names) < 2:
        raise click.UsageError("name two or more to merge")
    decide(db, [decision("merge", names, article, now())])


@speakers.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--article", metavar="ID", help="In this article only.")
@click.pass_obj
def split(db: Path, names: tuple[str, ...], article: str | None) -> None:
    """Each of these names is a speaker of its own."""
    from reuse.speakers import decision

    decide(db, [decision("split", names, article, now())])


@speakers.command()
@click.argument("quote")
@click.argument("name")
@click.pass_obj
def said(db: Path, quote: str, name: str) -> None:
    """The quote with this id was said by the one of this name."""
    from reuse.speakers import decision

    with opened(db) as connection:
        row = connection.execute(
            "SELECT text, article_id FROM quotes WHERE id = ?", [quote]
        ).fetchone()
    if row is None:
        raise click.UsageError(f"{db} has no quote {quote}")
    decide(db, [decision("speaker", [row["text"], name], row["article_id"], now())])


@main.group(invoke_without_command=True)
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def matches(context: click.Context, db: Path, limit: int, as_json: bool) -> None:
    """What outlets share, the surest first; mark what is no reuse.

    \b
    Examples:
      reuse matches --limit 5
      reuse matches wrong MATCH
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
    """The words of this match are no reuse, here or elsewhere."""
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


@main.command()
@click.argument("words", nargs=-1)
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
)
@click.option("--quote", metavar="ID", help="The quote with this id, in place of words.")
@click.option("--json", "as_json", is_flag=True)
def trace(words: tuple[str, ...], db: Path, quote: str | None, as_json: bool) -> None:
    """Who said these words, who had them first, and what each version changed.

    WORDS may be `-` for standard input. Exits with 1 when the words occur nowhere.

    \b
    Examples:
      reuse trace "we may have to close the works"
      reuse trace --quote 1f2e3d4c5b6a7988 --json
    """
    from reuse import trace as tracing

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


@main.command()
@click.argument("drafts", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
)
@click.option("--format", "form", metavar="NAME", help="Read every FILE (and -) as txt, md, html…")
@click.option("--json", "as_json", is_flag=True)
def check(drafts: tuple[str, ...], db: Path, form: str | None, as_json: bool) -> None:
    """A draft against the database: what in it is reused, misquoted, or somebody else's.

    Nothing is written. Exits with 1 when something wants attention, so that it can stand in a
    pipeline; FILE is read as `reuse scan` would, `-` is standard input.

    \b
    Example:
      reuse check draft.md --db reuse.db
    """
    from reuse import check as checking
    from reuse import readers
    from reuse.model import Article

    attention = False
    with opened(db) as connection:
        for item in readers.read(
            drafts, format=form or "txt" if "-" in drafts else form, stdin=sys.stdin.buffer
        ):
            if not isinstance(item, Article):
                click.echo(f"{item.level}: {line(item)}", err=True)
                attention |= item.level == "skipped"
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


@main.command()
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True)
def outlets(db: Path, as_json: bool) -> None:
    """Who takes from whom, how much, how late; and what each outlet had first.

    \b
    Example:
      reuse outlets --db reuse.db
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


if __name__ == "__main__":
    main()
