"""The figures of README.md, from benchmarks/results/*.json and docs/calibration.json:
`python benchmarks/table.py`.

Writes what stands between the marks; tests/test_docs.py holds it against the files. A result that
is not there has no table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reuse.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"
PROGRAMS = {
    "reuse scan": "`reuse scan`, whole",
    "reuse only": "the search for reuse alone, one core",
    "plain": "plain datasketch (MinHash, MinHashLSH over windows)",
}


def figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def where(machine: Mapping[str, Any]) -> str:
    """The machine in words; a load says that others worked on it too."""
    return (
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB, "
        f"Python {machine['python']}, load {machine['load']}"
    )


def runs(found: Mapping[str, Any]) -> str:
    """Of benchmarks/run.py: quality and speed, one line a program and size."""
    rows = []
    for line in found["lines"]:
        reuse, quotes = line["reuse"] or {}, line["quotes"] or {}
        rows.append(
            [
                f"{line['articles']:,}",
                PROGRAMS.get(line["program"], line["program"]),
                figure(reuse.get("recall"), ".3f"),
                figure(reuse.get("precision"), ".3f"),
                figure(quotes.get("span_f1"), ".3f"),
                figure(quotes.get("trusted"), ".3f"),
                figure(line["articles_per_second"], ",.0f"),
                figure(line["times_wc"], ",.0f"),
                figure(line["peak_gb"], ".2f"),
            ]
        )
    head = ["articles", "program", "recall", "precision", "quotes F1", "names right"]
    head += ["articles/s", "× `wc`", "GB"]
    told = "".join(f"- {note}\n" for note in found["notes"])
    return (
        f"Generated articles, seed {found['corpus']['seed']}; {where(found['machine'])}.\n\n"
        f"{table(head, rows)}\n\n{told}"
    )


PEERS = {
    "reuse scan": "`reuse scan`: reuse, quotes, database",
    "reuse only": "`reuse`, the search alone",
    "datasketch": "datasketch, windows of 12 words",
    "rensa": "rensa, windows of 12 words",
    "difflib": "difflib, every pair",
    "copydetect": "copydetect, every pair",
    "text-matcher": "text-matcher, every pair",
    "regex": "a regular expression",
    "textacy": "textacy on spaCy",
}


def peers(found: Mapping[str, Any]) -> str:
    """Of benchmarks/peers.py: `reuse` beside what one would use otherwise, failures included."""
    rows, quotes = [], []
    for line in found["lines"]:
        name, corpus = PEERS.get(line["program"], line["program"]), line["corpus"].split(",")[0]
        if line["failed"]:
            rows.append([corpus, f"{line['articles']:,}", name, line["failed"], "", "", "", ""])
            continue
        speed = [figure(line[key], ",.1f") for key in ("cpu_seconds", "articles_per_second")]
        if reuse := line.get("reuse"):
            shares = [figure(reuse[key], ".3f") for key in ("recall", "recall_80", "precision")]
            memory = figure(line["peak_gb"], ".2f")
            rows.append([corpus, f"{line['articles']:,}", name, *shares, *speed, memory])
        if said := line.get("quotes"):
            shares = [figure(said[key], ".3f") for key in ("span_f1", "speaker", "trusted")]
            quotes.append([f"{line['articles']:,}", name, *shares, *speed])
    head = [
        "corpus",
        "articles",
        "program",
        "recall",
        "4/5 of it",
        "precision",
        "CPU s",
        "articles/s",
    ]
    told = table([*head, "GB"], [[*row, ""][:9] for row in rows])
    if quotes:
        head = [
            "articles",
            "program",
            "quotes F1",
            "right name",
            "names right",
            "CPU s",
            "articles/s",
        ]
        told += "\n\n" + table(head, quotes)
    return (
        f"{where(found['machine'])}; {found['limit']:,.0f} s of CPU for each, articles per second "
        f"of CPU.\n\n{told}\n"
    )


def incremental(found: Mapping[str, Any]) -> str:
    """Of benchmarks/incremental.py: one article in a hundred is new."""
    differing = ", ".join(found["differing"]) or "none"
    return (
        f"{found['corpus']['articles']:,} articles take {found['full']['seconds']:g} s, 1 % new "
        f"ones {found['added']['seconds']:g} s; tables that differ from a scan from nothing: "
        f"{differing}. {where(found['machine'])}.\n"
    )


def lookup(found: Mapping[str, Any]) -> str:
    """Of benchmarks/lookup.py: how long trace, check and a page take."""
    rows = [
        [w["what"], figure(w["median_ms"], ".0f"), figure(w["p95_ms"], ".0f")]
        for w in found["waits"]
    ]
    return (
        f"{found['corpus']['quotes']:,} quotes; {where(found['machine'])}.\n\n"
        f"{table(['', 'median ms', '95 % ms'], rows)}\n"
    )


def pages(found: Mapping[str, Any]) -> str:
    """Of benchmarks/pages.py: how long each page takes on the server."""
    rows = [
        [name, figure(took["median_ms"], ".0f"), figure(took["worst_ms"], ".0f")]
        for name, took in found["pages"].items()
    ]
    return (
        f"{found['articles']:,} generated articles, Datasette {found['datasette']}.\n\n"
        f"{table(['page', 'median ms', 'worst ms'], rows)}\n"
    )


def calibration(found: Mapping[str, Any]) -> str:
    """Of benchmarks/calibrate.py: of matches with score s, how many are true.

    Nothing when it was made for another curve than that of today.
    """
    if any(getattr(Settings(), name, None) != value for name, value in found["curve"].items()):
        return ""
    rows = [
        [
            source,
            f"{b['from']:.2f} to {b['to']:.2f}",
            f"{b['matches']:,}",
            figure(b["score"], ".3f"),
            figure(b["true"], ".3f"),
        ]
        for source, bins in found["bins"].items()
        for b in bins
    ]
    sizes = ", ".join(f"{size:,}" for size in found["articles"])
    return (
        f"Generated corpora of {sizes} articles, seed {found['seed']}, and real ones read by hand; "
        "a score reads as a probability where the last two columns agree "
        "([picture](docs/calibration.svg)).\n\n"
        f"{table(['judged', 'score', 'matches', 'mean score', 'true'], rows)}\n"
    )


def faults(found: Mapping[str, Any]) -> str:
    """Of benchmarks/faults.py: scans that were killed, or ran out of disk."""
    rows = [[name, str(n)] for name, n in sorted(found["outcomes"].items())]
    return (
        f"Databases that were not whole afterwards, or not what an undisturbed scan gives: "
        f"{len(found['failures'])}.\n\n{table(['outcome', 'scans'], rows)}\n"
    )


def stop(found: Mapping[str, Any]) -> str:
    """How long a scan takes to end after Ctrl-C."""
    return (
        f"Of {len(found['seconds'])} scans the slowest ended {max(found['seconds']):.1f} s after "
        f"Ctrl-C; databases that were wrong: {len(found['wrong'])}. {where(found['machine'])}.\n"
    )


KINDS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("benchmarks/results/run-*.json", "Quality and speed", runs),
    ("benchmarks/results/peers*.json", "Beside others", peers),
    ("docs/calibration.json", "What a score is worth", calibration),
    ("benchmarks/results/incremental.json", "A scan that adds 1 %", incremental),
    ("benchmarks/results/faults.json", "Killed, and a full disk", faults),
    ("benchmarks/results/stop.json", "Ctrl-C", stop),
    ("benchmarks/results/lookup.json", "Looking up", lookup),
    ("benchmarks/results/pages.json", "Pages on the server", pages),
)


def section(root: Path = ROOT) -> str:
    """All tables of which there are results."""
    parts = []
    for pattern, title, told in KINDS:
        for path in sorted(root.glob(pattern)):
            words = told(json.loads(path.read_text("utf-8")))
            source = f"[{path.name}]({path.relative_to(root).as_posix()})"
            if words:
                parts.append(f"**{title}** ({source}). {words}")
    return "\n".join(parts)


def written(readme: str, figures: str) -> str:
    """README with these figures between the marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(written(README.read_text("utf-8"), section()), "utf-8")
