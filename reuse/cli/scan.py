"""`reuse scan`: articles in, one database out."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reuse import __version__
from reuse.cli.shared import line
from reuse.cli.stop import stoppable
from reuse.model import Problem
from reuse.printable import printable
from reuse.settings import Settings

if TYPE_CHECKING:
    from reuse.pipeline import Found

EXAMPLES = """\b
Examples:
  reuse scan corpus/                   one database, reuse.db, from a folder
  reuse scan a.jsonl b.html --db x.db  some files into another
  reuse scan crawl.warc.gz feeds/      a crawl and a folder of feeds
  reuse scan news/ --names house.yaml  with what you know of your people
  reuse scan news/ --engine spark --master yarn --scratch hdfs:///scratch
  zcat dump.gz | reuse scan - --format jsonl
"""


def ready() -> None:
    """See that the process which workers are forked from loads the program while this one does."""
    from multiprocessing import forkserver

    # Nothing here multiplies matrices: numpy's threads would wait for work, and use a core for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    forkserver.set_forkserver_preload(["reuse.pipeline"])
    forkserver.ensure_running()


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
        text = f"{stage} ..."
        if done:
            rate = done / max(now - self.began, 1e-9)
            left = f", {(total - done) / rate:.0f} s left" if total else ""
            text = f"{stage} {done:,}{f' of {total:,}' if total else ''} ({rate:,.0f}/s{left})"
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)

    def clear(self) -> None:
        if self.shown and self.said:
            click.echo("\r\x1b[K", nl=False, err=True)


class Failed(click.ClickException):
    """The machine failed the scan; 1 is said when an input was skipped, 2 of wrong usage."""

    exit_code = 3


@contextmanager
def failing(db: Path) -> Iterator[None]:
    """What the machine refuses, a full disk as a rule, is said on one line."""
    import sqlite3

    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise Failed(printable(f"{error} ({db}: nothing was published; scan again)")) from error


class Line(logging.Formatter):
    """A record on one line that a terminal may show, whatever a title or a file name holds."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, Problem):
            record.message = f"{record.msg.level}: {line(record.msg)}"
        return printable(super().formatMessage(record))


@contextmanager
def logged(verbose: bool, file: Path | None, progress: Progress) -> Iterator[logging.Logger]:
    """The steps of a scan on stderr when `verbose`; with its problems, each with the time, at the
    end of `file`."""

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            progress.clear()
            click.echo(self.format(record), err=True)

    log = logging.getLogger("reuse")
    # With no handler at all, Python would say warnings on stderr by itself.
    handlers: list[logging.Handler] = [logging.NullHandler()]
    if verbose:
        said = Said()
        # Problems and errors are said at the end, all together.
        said.addFilter(lambda record: record.levelno == logging.INFO)
        said.setFormatter(Line("%(message)s"))
        handlers.append(said)
    if file is not None:
        try:
            written = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise click.UsageError(f"{file}: {error.strerror}") from None
        written.setFormatter(Line("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
        handlers.append(written)
    level = log.level
    log.setLevel(logging.INFO)
    for handler in handlers:
        log.addHandler(handler)
    try:
        yield log
    except BaseException as error:
        log.error("ended by %r", error)
        raise
    finally:
        log.setLevel(level)
        for handler in handlers:
            log.removeHandler(handler)
            handler.close()


def day(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """An option's value as a day, a month or a year; anything else is a usage error."""
    if value is not None and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value):
        raise click.BadParameter(f"{value} is no date like 2024-05-03", context, option)
    return value


def pairs(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """An option's values as keys with values; one without is a usage error."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value} is no KEY=VALUE", context, option)
    return dict(value.split("=", 1) for value in values)


@click.command(epilog=EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("reuse.db"),
    show_default=True,
    help="The database to write, or to add to.",
)
@click.option(
    "--format",
    "form",
    metavar="NAME",
    help="Read every file (and -) as txt, md, html, jsonl, warc…",
)
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
@click.option(
    "--since", callback=day, metavar="DATE", help="Only articles published on this day or later."
)
@click.option(
    "--until", callback=day, metavar="DATE", help="Only articles published on this day or earlier."
)
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
    help="What the search may look at in memory at once; the rest waits on disk.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="This machine, or a cluster (extra: spark).",
)
@click.option("--master", metavar="URL", help="The Spark cluster: spark://…, yarn, local[4]…")
@click.option("--remote", metavar="URL", help="The Spark Connect server: sc://….")
@click.option(
    "--scratch",
    metavar="FOLDER",
    help="A folder that all workers of the cluster reach; an interrupted scan goes on from it.",
)
@click.option(
    "--conf", multiple=True, callback=pairs, metavar="KEY=VALUE", help="A setting of Spark."
)
@click.option("--strict", is_flag=True, help="Stop at the first input that would be skipped.")
@click.option("--json", "as_json", is_flag=True, help="The table of what was found as JSON.")
@click.option("--quiet", is_flag=True, help="No progress, and only problems that skip something.")
@click.option("--verbose", is_flag=True, help="Say when each step begins, and how long it took.")
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write steps and problems, with the time, at the end of FILE.",
)
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
    engine: str,
    master: str | None,
    remote: str | None,
    scratch: str | None,
    conf: dict[str, str],
    strict: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    log_file: Path | None,
    **told: float | int | bool | None,
) -> None:
    """Read articles, find reuse and quotes, write one SQLite database.

    PATH is a file, a folder, a glob or - for standard input; the folder below a scanned folder
    names the outlet of what lies in it. A second scan into the same database does only the work of
    what is new, changed or gone.

    Exits with 0 when all was read, 1 when some input was skipped (the rest is in the database), 2
    when it was called wrongly, 3 when the machine failed it (a full disk).
    """
    if engine != "spark" and (master or remote or scratch or conf):
        raise click.UsageError("--master, --remote, --scratch and --conf are for --engine spark")
    if master and remote:
        raise click.UsageError("--master or --remote, not both")
    progress = Progress(shown=sys.stderr.isatty() and not quiet)
    if workers > 1:
        ready()
    with (
        stoppable(f"Stopped. {db} is whole; the same command goes on from here.") as last,
        failing(db),
        logged(verbose, log_file, progress) as log,
    ):
        from reuse import api, pipeline, store
        from reuse.engines import Cluster, Unavailable
        from reuse.names import BadNames

        log.info("reuse %s: scan %s into %s", __version__, " ".join(paths), db)
        settings = Settings(
            **told,  # type: ignore[arg-type]  # click checked each by its option's type
            since=since,
            until=until,
            ignore=tuple(ignore.read_text("utf-8").splitlines()) if ignore else (),
        )
        try:
            found = api.run(
                paths,
                db,
                settings,
                outlet=outlet,
                format=form,
                names=names,
                forget=forget,
                max_article=max_article,
                workers=workers,
                memory=memory,
                strict=strict,
                progress=progress,
                cluster=Cluster(master, remote, scratch, conf) if engine == "spark" else None,
                started=lambda engine: last.append(engine.discard),
            )
        except Unavailable as error:
            raise click.UsageError(str(error)) from None
        except BadNames as error:
            raise click.UsageError(f"{names}: {error}") from None
        except (store.Busy, store.NotOurs, store.Unwritable) as error:
            raise click.ClickException(str(error)) from None
        except pipeline.Skipped as skipped:
            raise click.ClickException(f"{line(skipped.args[0])}; nothing was written") from None
        finally:
            progress.clear()
        log.info("finished")
    for problem in found.problems:
        if problem.level == "skipped" or not quiet:
            click.echo(f"{problem.level}: {line(problem)}", err=True)
    if as_json:
        told_all = {
            "db": str(db),
            "counts": found.counts,
            "seconds": found.seconds,
            "problems": [asdict(problem) for problem in found.problems],
        }
        click.echo(json.dumps(told_all, indent=2))
    else:
        click.echo(table(found))
        if not quiet and found.counts["articles"]:
            click.echo(f"Look at it: reuse browse {db}", err=True)
    if any(problem.level == "skipped" for problem in found.problems):
        sys.exit(1)


def table(found: Found) -> str:
    """What a scan found, a line each."""
    width = max(map(len, found.counts), default=0)
    return "\n".join(f"{name:<{width}}  {count:>9,}" for name, count in found.counts.items())
