"""The reference of the settings, from reuse/settings.py: `python docs/settings.py`.

Writes docs/reference/settings.md, and the values that README.md names; tests/test_docs.py holds
both against the code. A comment is the reason of all settings that stand under it, up to the next
comment.
"""

from __future__ import annotations

import re
from pathlib import Path

import click

from reuse.cli import main
from reuse.settings import Settings

SOURCE = Path(__file__).parent.parent / "reuse" / "settings.py"
PAGE = Path(__file__).parent / "reference" / "settings.md"
README = Path(__file__).parent.parent / "README.md"
TOP = """\
# Settings

*Made from `reuse/settings.py` by `python docs/settings.py`; do not edit.*

Every number that a result depends on, with its reason. Those with an option are for you to choose;
the others are what the program is built with. All are written into the table `scans`.
"""
HEAD = ["| setting | default | option | why |", "|---|---|---|---|"]
FIELD = re.compile(r"    (\w+): [^=]+ = (.+)")


def options() -> dict[str, str]:
    """The option of `reuse scan` for each setting that has one."""
    return {
        p.name or "": p.opts[0] for p in main.commands["scan"].params if isinstance(p, click.Option)
    }


def page() -> str:
    """The whole page."""
    told = options()
    parts = [TOP.rstrip()]
    rows = list(HEAD)
    comment: list[str] = []
    fields: list[tuple[str, str]] = []

    def end() -> None:
        if fields:
            names = ", ".join(f"`{name}`" for name, _ in fields)
            values = ", ".join(f"`{value}`" for _, value in fields)
            known = ", ".join(f"`{told[name]}`" for name, _ in fields if name in told)
            rows.append(f"| {names} | {values} | {known} | {' '.join(comment)} |")
            comment.clear()
            fields.clear()

    for line in SOURCE.read_text("utf-8").partition("class Settings:")[2].splitlines():
        stripped = line.strip()
        if stripped.startswith("# -- "):
            end()
            parts += ["\n".join(rows), f"## {stripped.strip('# -').capitalize()}"]
            rows = list(HEAD)
        elif stripped.startswith("# "):
            end()
            comment.append(stripped[2:].replace("|", "\\|"))
        elif found := FIELD.fullmatch(line):
            fields.append((found[1], found[2]))
    end()
    return "\n\n".join([*parts, "\n".join(rows)]) + "\n"


def readme() -> str:
    """README with the values of today."""
    return re.sub(
        r"`(\w+)` = -?[\d.]*\d",
        lambda found: f"`{found[1]}` = {getattr(Settings(), found[1]):g}",
        README.read_text("utf-8"),
    )


if __name__ == "__main__":
    README.write_text(readme(), "utf-8")
    PAGE.write_text(page(), "utf-8")
