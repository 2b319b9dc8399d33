"""`reuse` and what one would use otherwise, on one corpus, in one run.

    python benchmarks/peers.py --articles 100,1000 [--limit 300]
    python benchmarks/peers.py --folder DIR

needs `pip install -e '.[bench]'`. Every program that does not end within the limit, ends badly or
is not there is a line that says so. --folder takes a labelled corpus: docs.jsonl (`id`, `outlet`,
`text`), gold.jsonl (`a_id`, `a_start`, `a_end`, `b_id`, `b_start`, `b_end`, `type`, `edit_rate`)
and, where there are some, boilerplate.jsonl and natural.jsonl (`id`, `start`, `end`) and
clusters.jsonl (`members`). What was shared before planting counts neither for a program nor against
it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shlex
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import detectors, measure, run, score
from benchmarks.generate import Corpus, Shared
from benchmarks.score import Claimed, Found, Span, Truth

HERE = Path(__file__).resolve().parent


class Peer(NamedTuple):
    """A program, the packages it takes, and how its time grows: with the articles (1), or with
    their pairs (2); `most` articles are what its memory holds."""

    name: str
    packages: tuple[str, ...] = ()
    power: int = 2
    most: int | None = None


PEERS = (
    # At 10,000 articles their windows would hold 14 to 24 GB.
    Peer("datasketch", ("datasketch",), power=1, most=5_000),
    Peer("rensa", ("rensa",), power=1, most=5_000),
    Peer("copydetect", ("copydetect",)),
    Peer("text-matcher", ("text_matcher",)),
    Peer("difflib"),
)
READERS = (Peer("regex", power=1), Peer("textacy", ("textacy", "spacy"), power=1))
# What a user would look for and cannot install.
ABSENT = {
    "passim": "not on the package index (the `passim` there checks passwords), nor is seriatim",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A corpus with what is true in it. `natural` is what its articles shared before planting."""

    name: str
    articles: Path
    size: int
    true: Truth
    texts: dict[str, str]
    natural: dict[str, list[Span]]
    wc: float | None = None


def generated(corpus: Corpus, cache: Path) -> Labelled:
    files = run.made(corpus, cache)
    return Labelled(
        f"generated, seed {corpus.seed}",
        files.articles,
        corpus.articles,
        score.truth(files.gold),
        run.texts(files),
        {},
        measure.word_count(files.text),
    )


def of_folder(folder: Path) -> Labelled:
    def rows(name: str) -> Iterator[dict[str, Any]]:
        if (path := folder / name).exists():
            with path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)

    def spans(name: str) -> dict[str, list[Span]]:
        found: dict[str, list[Span]] = defaultdict(list)
        for row in rows(name):
            found[row["id"]].append((row["start"], row["end"]))
        return found

    texts = {row["id"]: row["text"] for row in rows("docs.jsonl")}
    true = Truth(furniture=defaultdict(list, spans("boilerplate.jsonl")))
    true.passages = [_passage(row) for row in rows("gold.jsonl")]
    for row in rows("clusters.jsonl"):
        members: list[Any] = row["members"]
        # Two copies share it as well as a copy and its source do.
        true.passages.append(
            {"passage": row["cluster"], "type": "everywhere", "rate": 0.0, "members": members}
        )
    return Labelled(
        folder.name, folder / "docs.jsonl", len(texts), true, texts, spans("natural.jsonl")
    )


def _passage(row: dict[str, Any]) -> Shared:
    source = {"id": row["a_id"], "start": row["a_start"], "end": row["a_end"]}
    copy = {
        "id": row["b_id"], "start": row["b_start"], "end": row["b_end"],
        "source_start": row["a_start"], "source_end": row["a_end"],
    }  # fmt: skip
    members: list[Any] = [source, copy]
    rate = row.get("edit_rate") or 0.0
    return {"passage": row["gid"], "type": row["type"], "rate": rate, "members": members}


def unnatural(found: Iterable[Found], corpus: Labelled) -> Iterator[Found]:
    """What was found, without what lies on both sides in what was shared before planting."""
    for one in found:
        a, b = corpus.natural.get(one.a, ()), corpus.natural.get(one.b, ())
        if min(score.covered(one.a_span, a), score.covered(one.b_span, b)) < 0.5:
            yield one


def line(corpus: Labelled, program: str, command: str, settings: str) -> dict[str, Any]:
    return {
        "corpus": corpus.name,
        "articles": corpus.size,
        "program": program,
        "command": command,
        "settings": settings,
        "failed": None,
    }


def costs(cost: measure.Cost, corpus: Labelled) -> dict[str, Any]:
    return {
        "seconds": round(cost.seconds, 2),
        "cpu_seconds": round(cost.cpu, 2),
        "articles_per_second": round(corpus.size / cost.cpu, 2),
        "peak_gb": round(cost.peak / 1e9, 3),
    }


def scanned(corpus: Labelled, command: list[str]) -> dict[str, Any]:
    """The whole of `reuse scan`: reuse, quotes, speakers, database and search index."""
    shown = shlex.join(command).replace(sys.executable, "python")
    made = line(corpus, "reuse scan", f"{shown} articles.jsonl", "as shipped; quotes and database")
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "reuse.db"
        cost = measure.run([*command, corpus.articles, "--db", db, "--quiet", "--json"])
        if not db.exists():
            return made | {"failed": f"ended with {cost.code}"}
        found = unnatural(score.reported(db), corpus)
        made |= costs(cost, corpus)
        made["reuse"] = asdict(score.reuse(corpus.true, found, corpus.texts, score.carried(db)))
        if corpus.true.quotes:
            made["quotes"] = asdict(score.quotes(corpus.true, score.claimed(db), corpus.texts))
    return made


def searched(corpus: Labelled, limit: float) -> dict[str, Any]:
    """The search for reuse alone, in one process on one core, as the peers work."""
    made = line(corpus, "reuse only", "python benchmarks/search.py articles.jsonl", "as shipped")
    return made | _detected(corpus, "search.py", [], limit, quotes=False)


def foreseen(peer: Peer, corpus: Labelled, before: Iterable[Mapping[str, Any]]) -> float:
    """CPU seconds by what the program took for the largest corpus it has seen in this run."""
    seen = [
        (line["articles"], line["cpu_seconds"])
        for line in before
        if line["program"] == peer.name and not line["failed"]
    ]
    size, seconds = max(seen, default=(corpus.size, 0.0))
    return float(seconds * (corpus.size / size) ** peer.power)


def detected(
    corpus: Labelled,
    peer: Peer,
    limit: float,
    before: Iterable[Mapping[str, Any]],
    *,
    quotes: bool,
) -> dict[str, Any]:
    """One peer on one core; what it took `before` tells whether it can end in time."""
    does = (detectors.REUSE | detectors.QUOTES)[peer.name]
    made = line(
        corpus,
        peer.name,
        f"python benchmarks/detectors.py {peer.name} articles.jsonl",
        " ".join((does.__doc__ or "").split()),
    )
    if (reason := missing(peer)) is not None:
        return made | {"failed": reason}
    if peer.most is not None and corpus.size > peer.most:
        return made | {"failed": "not run: its windows would not fit in memory"}
    if (needed := foreseen(peer, corpus, before)) > limit:
        return made | {"failed": f"not run: would take about {needed:,.0f} s"}
    return made | _detected(corpus, "detectors.py", [peer.name], limit, quotes=quotes)


def _detected(
    corpus: Labelled, script: str, more: list[str], limit: float, *, quotes: bool
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.jsonl"
        command: list[str | Path] = [
            sys.executable,
            HERE / script,
            *more,
            corpus.articles,
            "--out",
            out,
        ]
        # Seconds of work: those of the clock would judge a busy machine.
        cost = measure.run(["prlimit", f"--cpu={limit:.0f}", *command], cores=1)
        if cost.code in (-signal.SIGXCPU, -signal.SIGKILL):
            return {"failed": f"not finished in {limit:,.0f} s"}
        if cost.code:
            return {"failed": f"ended with {cost.code}"}
        made = costs(cost, corpus)
        if quotes:
            with out.open(encoding="utf-8") as rows:
                said = [Claimed(*json.loads(row)) for row in rows]
            return made | {"quotes": asdict(score.quotes(corpus.true, said, corpus.texts))}
        found = unnatural(run.found(out), corpus)
        return made | {"reuse": asdict(score.reuse(corpus.true, found, corpus.texts))}


def missing(peer: Peer) -> str | None:
    """Why a program cannot be run here."""
    for package in peer.packages:
        if importlib.util.find_spec(package) is None:
            return f"not run: {package} is not installed"
    if peer.name == "textacy":
        import spacy

        if not any(name.startswith("en") for name in spacy.util.get_installed_models()):
            return "not run: it needs a spaCy model, which the package index does not have"
    return None


def told(one: dict[str, Any]) -> str:
    said = f"{one['articles']:>7,} {one['corpus']:<20} {one['program']:<13}"
    if one["failed"]:
        return f"{said} {one['failed']}"
    if found := one.get("reuse"):
        said += f" recall {found['recall']:.3f} precision {found['precision']:.3f}"
    if found := one.get("quotes"):
        said += f" quotes F1 {found['span_f1']:.3f} speaker {found['speaker']:.3f}"
    return f"{said} {one['seconds']:.1f} s (cpu {one['cpu_seconds']:.1f}) {one['peak_gb']:.2f} GB"


def versions() -> dict[str, str]:
    known = {}
    for name in ("reuse-news", "datasketch", "rensa", "copydetect", "text-matcher", "textacy"):
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            continue
    return known


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--articles", default="", metavar="N[,N…]", help="sizes of generated corpora")
    ask.add_argument("--folder", type=Path, help="a labelled corpus")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--limit", type=float, default=300, help="CPU seconds for each program")
    ask.add_argument("--only", default="", metavar="NAME[,NAME…]", help="these programs")
    ask.add_argument("--scan", default=f"{sys.executable} -m reuse scan", help="the command to run")
    ask.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "reuse-benchmarks")
    ask.add_argument("--name", help="of the file under results/")
    given = ask.parse_args()

    corpora = [
        generated(Corpus(int(size), given.seed, 0), given.cache)
        for size in filter(None, given.articles.split(","))
    ]
    if given.folder:
        corpora.append(of_folder(given.folder))
    only = set(filter(None, given.only.split(",")))

    lines: list[dict[str, Any]] = []

    def add(one: dict[str, Any]) -> None:
        lines.append(one)
        print(told(one), flush=True)

    for corpus in corpora:
        if not only or "reuse" in only:
            add(scanned(corpus, shlex.split(given.scan)))
            if not given.folder:
                add(searched(corpus, given.limit))
        for peer in PEERS:
            if not only or peer.name in only:
                add(detected(corpus, peer, given.limit, lines, quotes=False))
        for name, reason in ABSENT.items():
            if not only or name in only:
                add(line(corpus, name, "", "") | {"failed": reason})
        for peer in READERS if corpus.true.quotes else ():
            if not only or peer.name in only:
                add(detected(corpus, peer, given.limit, lines, quotes=True))
    sizes = [*filter(None, given.articles.split(",")), *(["folder"] if given.folder else [])]
    path = measure.record(
        given.name or "-".join(["peers", *sizes]),
        {
            "machine": measure.machine(),
            "versions": versions(),
            "limit": given.limit,
            "lines": lines,
        },
    )
    print(f"written: {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
