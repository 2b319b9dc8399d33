"""Compiles the modules that a scan spends its time in, where a wheel is built with a C compiler.

mypyc makes C of the very same Python: with it or without it `reuse` gives the same answers, and
without it takes half as long again. An editable installation stays plain Python, so that what is
edited is what runs; so does one made with REUSE_PURE=1.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

# Plain functions over words and offsets. Not those that numpy does the work of, nor those whose
# records are pickled on their way between workers, nor tables that work a column out when asked.
COMPILED = (
    "attribution",
    "capitals",
    "clauses",
    "descriptions",
    "fullnames",
    "grammar",
    "kinship",
    "naming",
    "people",
    "prose",
    "quotes",
    "reading",
    "records",
    "reported",
    "resolve",
    "roles",
    "salience",
    "shortnames",
    "weighing",
    "words",
)


class Compiled(BuildHookInterface[Any]):
    """Adds to a wheel the extension modules of those in `COMPILED`."""

    PLUGIN_NAME = "custom"
    made: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or os.environ.get("REUSE_PURE"):
            return
        made = self.made = Path(tempfile.mkdtemp(prefix="reuse-compiled-"))
        try:
            extensions(made)
        # mypyc leaves by SystemExit when it does not accept a module.
        except (BaseError, CCompilerError, SystemExit) as error:
            self.app.display_warning(f"reuse is built as plain Python, which is slower: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for path in sorted([*made.glob("*.*"), *made.glob("reuse/*.*")]):
            build_data["force_include"][str(path)] = str(path.relative_to(made))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self.made is not None:
            shutil.rmtree(self.made, ignore_errors=True)


def extensions(folder: Path) -> None:
    """Write the extension modules into `folder`, as they are to lie in a wheel."""
    modules = [f"reuse/{name}.py" for name in COMPILED]
    made = mypycify(
        [
            # Of what these import, numpy and msgspec are there; the rest are objects like any.
            *("--config-file=", f"--cache-dir={folder / 'types'}"),
            *("--ignore-missing-imports", "--follow-imports=silent"),
            *modules,
        ],
        # A third of the time that level 3 takes to build, for the same speed.
        opt_level="1",
        target_dir=str(folder / "c"),
        group_name="reuse",
    )
    command = build_ext(Distribution({"ext_modules": made}))
    command.build_lib = str(folder)
    command.build_temp = str(folder / "c")
    command.ensure_finalized()
    command.run()
