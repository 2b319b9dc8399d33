"""One target of benchmarks/fuzz.py under atheris: TARGET INPUTS SEED REPORT."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
with atheris.instrument_imports(include=["reuse"]):
    from benchmarks import fuzz


def main() -> None:
    target, inputs, seed, report = sys.argv[1:]
    findings = fuzz.Findings(target)

    def one(data: bytes) -> None:
        findings(data)
        # libFuzzer ends the process without a word to Python.
        if findings.inputs % 100 == 0 or findings.inputs >= int(inputs):
            Path(report).write_text(json.dumps(findings.told()), encoding="utf-8")

    options = [f"-runs={inputs}", f"-seed={seed}", f"-max_len={fuzz.MAX_LENGTH}"]
    atheris.Setup([sys.argv[0], *options, "-rss_limit_mb=0", "-timeout=600"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
