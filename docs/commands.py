"""The reference of the commands, from the code: `python docs/commands.py`.

Writes docs/reference/commands.md; tests/test_docs.py holds the page against the code.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from reuse.cli import main

PAGE = Path(__file__).parent / "reference" / "commands.md"
TOP = """\
# Commands

*Made from the code by `python docs/commands.py`; do not edit.*

Results go to standard output, progress and problems to standard error. Exit codes: 0 all is well, 1
something wants your attention (an input was skipped, words occur nowhere, a draft has a changed
quote), 2 the command was called wrongly, 3 the machine failed it (a full disk), 130 it was stopped
with Ctrl-C.

`reuse --version` says which version this is, `-h` or `--help` what a command takes. The Tab key
completes commands, options and files after one line in your shell's start-up file:

```sh
eval "$(_REUSE_COMPLETE=bash_source reuse)"    # ~/.bashrc
eval "$(_REUSE_COMPLETE=zsh_source reuse)"     # ~/.zshrc
_REUSE_COMPLETE=fish_source reuse | source     # ~/.config/fish/config.fish
```
"""
# Its default is a property of the machine.
OF_THE_MACHINE = {"workers": "the number of cores"}


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[")


def default(option: click.Option) -> str:
    """The default of an option as a reader types it; nothing for a flag or where there is none."""
    name = option.name or ""
    if name in OF_THE_MACHINE:
        return OF_THE_MACHINE[name]
    if (
        option.is_flag
        or option.multiple
        or not isinstance(option.default, str | int | float | Path)
    ):
        return "required" if option.required else ""
    return f"`{option.default}`"


def kind(option: click.Option, context: click.Context) -> str:
    """What an option takes: the name of its value, the range or the choices."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + "\\|".join(map(str, option.type.choices))
    return " " + escaped(option.make_metavar(context).replace(" RANGE", ""))


def section(name: str, command: click.Command, depth: int = 2) -> str:
    """One command, then its own commands."""
    # As the group calls it: what the group says of `-h` holds for its commands.
    group = click.Context(main, info_name="reuse", **main.context_settings)
    context = click.Context(command, info_name=name, parent=group)
    pieces = " ".join(command.collect_usage_pieces(context))
    parts = [f"{'#' * depth} `{name}`", f"    {name} {pieces}"]
    told = inspect.cleandoc(command.help or "").partition("\f")[0]
    example = inspect.cleandoc(command.epilog or "")
    for text in (told, example):
        for paragraph in text.split("\n\n"):
            lines = paragraph.splitlines()
            if lines and lines[0] == "\b":
                lines = lines[1:]
                parts.append(lines[0])
                parts.append("\n".join("    " + line.strip() for line in lines[1:]))
            elif lines:
                parts.append("\n".join(lines))
    options = [p for p in command.get_params(context) if isinstance(p, click.Option)]
    rows = ["| option | default | |", "|---|---|---|"]
    for option in options:
        names = ", ".join(f"`{n}`" for n in (*option.opts, *option.secondary_opts))
        value = kind(option, context)
        rows.append(f"| {names}{value} | {default(option)} | {escaped(option.help or '')} |")
    parts.append("\n".join(rows))
    if isinstance(command, click.Group):
        parts += [
            section(f"{name} {sub}", found, depth + 1) for sub, found in command.commands.items()
        ]
    return "\n\n".join(parts)


def page() -> str:
    """The whole page."""
    sections = [section(f"reuse {name}", found) for name, found in main.commands.items()]
    return "\n\n".join([TOP.rstrip(), *sections]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
