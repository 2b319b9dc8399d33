"""`python -m reuse` is the command `reuse`."""

from reuse.cli import main

main(prog_name="reuse")
