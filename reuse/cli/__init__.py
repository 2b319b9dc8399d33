"""The command line: parses, calls, reports. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import click

from reuse import __version__
from reuse.cli import decide, look, scan


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reuse")
def main() -> None:
    """Where did these words come from?

    Finds the passages that more than one outlet carries, every quote and who said it, and how a
    quote changed as it travelled, in a folder of news articles. Start with `reuse scan FOLDER`,
    then `reuse browse`. Each command has its own --help, with examples.

    \b
    Examples:
      reuse scan corpus/
      reuse trace "we may have to close the works"
      reuse browse
    """


for command in (scan.scan, *look.COMMANDS, *decide.COMMANDS):
    main.add_command(command)
