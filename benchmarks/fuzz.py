"""Readers, quote reader, aligner and `trace` on inputs that nobody would write.

    python benchmarks/fuzz.py [--inputs 200000] [--engine hypothesis|atheris] [--target NAME]

Each target is a function of some bytes: a file for a reader, or text put together from pieces that
mean something to it. It must end without an exception (bad input is a `Problem`, never an error),
keep its promises, and take no more time than grows linearly with the input. Every finding is told
once, by where it happened, with its input. atheris (`pip install atheris`) looks for inputs that
reach new lines; Hypothesis needs nothing and is what the tests use.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import click

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import measure
from reuse import readers
from reuse.checking import check
from reuse.comparing import reused
from reuse.engines.local import Local
from reuse.model import Article, Listed, Problem
from reuse.reading import read
from reuse.settings import Settings
from reuse.tracing import as_json, rendered, trace

# Seconds of the processor that an input may take: a fixed part (tables are loaded, a garbage
# collection falls into it), and so much for each byte or character.
FIXED, EACH = 3.0, 0.0005
# One input in so many is repeated until it is this long: what grows with the square shows.
REPEATED, LONG = 100, 20_000
MAX_LENGTH = 1_500

# What text is put together from: marks, words (with a space before each), and what is seldom seen.
_MARKS = "“ ” ‘ ’ \" ' « » „ ‚ ‹ › `` '' ( ) [ ] — – - … . , : ; ! ?"
_WORDS = """
said says told added according to he she they we it that who which whose the a an of in and not
Mary Holt Holt's Mr Mrs Dr. Senator Ada Stone UN U.N. O'Neil McCoy Jean-Luc spokesman spokeswoman
minister mayor council bridge river never 1 12 1,234 50% 3.5 $5 2024 Monday “I “We Reuters -- asked
sagte Müller der die das erklärte Präsidentin laut
"""
WORDS = tuple(_WORDS.split())
ODD = (
    *("\x00", "\x1b[31m", "\ufeff", "\u200b", "\u200f", "\u202e", "\u00ad", "e\u0301", "ﬁ", "Ａ"),
    *(
        "İ",
        "ß",
        "ẞ",
        "\U0001f600",
        "\ud800",
        "中文",
        "ไทย",
        "عربى",
        "нет",
        "\u0345",
        "\x85",
        "\r\n",
    ),
)
PROSE = (*(f" {w}" for w in WORDS), *_MARKS.split(), *ODD, "\n", "\n\n", "\u2028", "\t")
# What means something to each format.
_FORMS = {
    "jsonl": r"""{ } [ ] : , "text" "title" "id" "date" "url" null true -1 1e999 "Some␣words."
        \u0000 \ud800 " ⏎ "2024-02-30" "2024-05-03T10:00+99:00" 99999999999999999999""",
    "json": """{ } [ ] : , "text" "articles" "items" null 1 "Some␣words." " ⏎ {"text":"words"}
        [[[[""",
    "csv": """text , ; \t " "" ⏎ title id date Some␣words. "quoted⏎ ""x"" =1+1""",
    "tsv": """text title ⏎ Some␣words. " x""",
    "md": """---⏎ title: date: outlet: {a: [ !!python/object &a *a # ## - > ``` | Some␣words.""",
    "html": """<p> </p> <div> </div> <article> <!-- --> <script> <![CDATA[ ]]> <!ENTITY &lt; &x;
        &#0; &#xD800; <meta␣property="og:title"␣content=" "> <time␣datetime="2024"> <svg> <table>
        <tr> <td> <?xml␣encoding="utf-16"?> <base␣href=//x> <a␣href='file:///etc/passwd'> words
        Some␣words. ⏎""",
    "txt": """Some␣words. ⏎""",
}
FORMS = {
    form: (*pieces.replace("⏎", "\n").split(" "), " ", "\t", *ODD[:9])
    for form, pieces in _FORMS.items()
}
FORMS = {form: tuple(p.strip(" ").replace("␣", " ") for p in ps) for form, ps in FORMS.items()}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
COMPRESSED = (None, None, None, *PACKERS)


def pieced(data: bytes, pieces: Sequence[str]) -> str:
    """Text of one piece a byte."""
    return "".join(pieces[b % len(pieces)] for b in data)


def _reader(data: bytes) -> None:
    """Raw bytes, or pieces of its format, to any reader."""
    forms = sorted(FORMS)
    head, body = data[:2].ljust(2, b"\0"), data[2:]
    form, packing = forms[head[0] % len(forms)], COMPRESSED[head[1] % len(COMPRESSED)]
    if head[1] & 64:
        body = pieced(body, FORMS[form]).encode("utf-8", "surrogatepass")
    if packing and head[1] & 128:
        body = PACKERS[packing](body)
    file = readers.File("-", "fuzz", form, packing)
    for one in readers.records(file, stdin=io.BytesIO(body), max_article=100_000):
        assert isinstance(one, Article | Problem)
        if isinstance(one, Article):
            one.text.encode()
            assert one.text.strip()
            assert "\0" not in one.text


def _quotes(data: bytes) -> None:
    text = pieced(data[1:], PROSE) if data[:1] < b"\xd0" else data.decode("utf-8", "replace")
    found = read(text, (None, "en", "de", "xx")[data[0] % 4 if data else 0])
    for q in found.quotes:
        assert text[q.start : q.end] == q.text
        assert 0 <= q.confidence <= 1
        assert q.person is None or q.person < len(found.people)
        assert q.within is None or q.within < len(found.quotes)
        if q.mention_start is not None:
            assert text[q.mention_start : q.mention_end] == q.mention


def _aligner(data: bytes) -> None:
    """Two articles that share some of their pieces."""
    cut = len(data) // 3
    left = pieced(data[: 2 * cut], PROSE).replace("\ud800", "\ufffd")
    right = pieced(data[cut:], PROSE).replace("\ud800", "\ufffd")
    listed = [Listed("a", "x", None, "en"), Listed("b", "y", "2024", None)]
    texts = {"a": left, "b": right}
    with Local(workers=1) as engine:
        found = reused(listed, lambda keys: {key: texts[key] for key in keys}, engine, Settings())
        for m in found.matches:
            assert 0 <= m.a_start < m.a_end <= len(texts[m.a_article_id])
            assert 0 <= m.b_start < m.b_end <= len(texts[m.b_article_id])
            assert 0 <= m.score <= 1
        for p in found.passages:
            assert p.text in left or p.text in right
        list(found.appearances)


@cache
def _database() -> sqlite3.Connection:
    """A small database to ask: fifteen articles that share some sentences."""
    choose = random.Random(1)
    sentences = [" ".join(choose.choices(WORDS, k=12)) for _ in range(20)]
    folder = Path(tempfile.mkdtemp(prefix="reuse-fuzz-"))
    rows = [
        json.dumps(
            {"outlet": f"o{n % 5}", "text": "\n\n".join(f"“{s},” said Mary Holt." for s in some)}
        )
        for n in range(15)
        for some in [choose.sample(sentences, 6)]
    ]
    (folder / "in.jsonl").write_text("\n".join(rows), "utf-8")
    command = [sys.executable, "-m", "reuse", "scan", "in.jsonl", "--workers", "1", "--quiet"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(folder / "reuse.db")) as made:
        held = sqlite3.connect(":memory:")
        made.backup(held)
    return held


def _trace(data: bytes) -> None:
    syntax = (*PROSE, " OR ", " AND ", " NEAR(", "*", "^", "{", "}", ":", "text :", "%", ";")
    words = pieced(data[1:], syntax) if data[:1] < b"\xd0" else data.decode("utf-8", "replace")
    found = trace(_database(), words)
    as_json(found)
    assert "\x1b" not in click.unstyle(rendered(found))
    if data[:1] < b"\x20":
        check(_database(), words)


TARGETS: dict[str, tuple[Callable[[bytes], None], int]] = {
    # Of a hundred inputs, so many go to each.
    "reader": (_reader, 60),
    "quotes": (_quotes, 33),
    "aligner": (_aligner, 2),
    "trace": (_trace, 5),
}


class Findings:
    """What went wrong on which input, once for each place where it did."""

    def __init__(self, target: str) -> None:
        self.run = TARGETS[target][0]
        self.inputs = self.longest = 0
        self.slowest = 0.0
        self.found: dict[str, str] = {}
        self.times: Counter[str] = Counter()

    def __call__(self, data: bytes) -> None:
        self.inputs += 1
        if data and self.inputs % REPEATED == 0:
            data *= LONG // len(data) + 1
        self.longest = max(self.longest, len(data))
        began = time.process_time()
        try:
            self.run(data)
        except Exception as error:  # noqa: BLE001 - every kind of it is a finding
            at = traceback.extract_tb(error.__traceback__)[-1]
            self._note(f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}", data)
        taken = time.process_time() - began
        self.slowest = max(self.slowest, taken)
        if taken > FIXED + EACH * len(data):
            self._note(f"slow: {taken:.1f} s for {len(data):,} bytes", data, "slow")

    def _note(self, what: str, data: bytes, key: str | None = None) -> None:
        self.times[key or what] += 1
        if self.found.setdefault(key or what, "") == "":
            self.found[key or what] = f"{what}: {data[:400]!r}"
            print(f"FOUND {self.found[key or what]}", file=sys.stderr, flush=True)

    def told(self) -> dict[str, object]:
        return {
            "inputs": self.inputs,
            "longest": self.longest,
            "slowest_seconds": round(self.slowest, 2),
            "findings": [f"{self.times[key]} times {told}" for key, told in self.found.items()],
        }


def by_hypothesis(findings: Findings, inputs: int, seed: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    @seeded(seed)
    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=MAX_LENGTH // 4))
    def test(data: bytes) -> None:
        findings(data)

    test()


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("--inputs", type=int, default=200_000, help="of all targets together")
    ask.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    ask.add_argument("--target", choices=sorted(TARGETS), help="this one alone")
    ask.add_argument("--seed", type=int, default=1)
    told = ask.parse_args()
    report: dict[str, object] = {}
    for target, (_, share) in TARGETS.items():
        if told.target in (None, target):
            inputs = told.inputs if told.target else told.inputs * share // 100
            if told.engine == "hypothesis":
                findings = Findings(target)
                by_hypothesis(findings, inputs, told.seed)
                report[target] = findings.told()
            else:
                report[target] = _by_atheris(target, inputs, told.seed)
            print(target, json.dumps(report[target], ensure_ascii=False, indent=1), flush=True)
    measure.record(
        f"fuzz-{told.engine}" + (f"-{told.target}" if told.target else ""),
        {
            "machine": measure.machine(),
            "versions": measure.versions(told.engine),
            "bound": f"{FIXED} s and {EACH * 1000} ms a byte",
            "targets": report,
        },
    )
    sys.exit(any(one["findings"] for one in report.values() if isinstance(one, dict)))


def _by_atheris(target: str, inputs: int, seed: int) -> object:
    """A process of its own: libFuzzer ends it."""
    with tempfile.TemporaryDirectory(prefix="reuse-fuzz-") as folder:
        out = Path(folder) / "told.json"
        script = Path(__file__).with_name("fuzz_atheris.py")
        command = [sys.executable, str(script), target, str(inputs), str(seed), str(out)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        return json.loads(out.read_text("utf-8"))


if __name__ == "__main__":
    main()
