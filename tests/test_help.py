"""What a command says of itself: `--help`, `--version`, and what the shell completes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from reuse import __version__
from reuse.cli import main


def commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command, then those below it, under the words that call them."""
    yield name, command
    if isinstance(command, click.Group):
        for below, found in command.commands.items():
            yield from commands(f"{name} {below}", found)


ALL = dict(commands("reuse", main))


def told(name: str, width: int = 80) -> str:
    result = CliRunner().invoke(main, [*name.split()[1:], "--help"], terminal_width=width)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("name", ALL)
def test_help_has_an_example_that_calls_the_command(name: str) -> None:
    examples = told(name).partition("Example")[2]
    assert re.search(rf"^    (?:.* \| )?{name}\b", examples, re.M)


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_does(name: str) -> None:
    bare = [
        option.name
        for option in ALL[name].params
        if isinstance(option, click.Option) and not option.help
    ]
    assert bare == []


@pytest.mark.parametrize("name", [n for n in ALL if isinstance(ALL[n], click.Group)])
def test_no_line_of_a_list_of_commands_is_cut(name: str) -> None:
    assert "..." not in told(name).partition("Commands:")[2]


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"reuse, version {__version__}\n"


def completed(words: str) -> set[str]:
    """What the shell is offered for the last of the words."""
    run = subprocess.run(
        [sys.executable, "-m", "reuse"],
        env={
            **os.environ,
            "_REUSE_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.partition(",")[2] for line in run.stdout.splitlines()}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("reuse s", {"scan", "speakers"}),
        ("reuse scan --min", {"--min-score", "--min-words", "--min-confidence"}),
        ("reuse speakers m", {"merge"}),
        ("reuse export --format g", {"graphml"}),
    ],
)
def test_the_shell_completes_commands_options_and_values(words: str, offered: set[str]) -> None:
    assert completed(words) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_script(shell: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "reuse"],
        env={**os.environ, "_REUSE_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_REUSE_COMPLETE" in run.stdout
