"""Ctrl-C: a command stops within two seconds, whatever it is about to do."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

# What a shell says of a command that Ctrl-C ended.
STOPPED = 130
# Two seconds, less what it takes to clean up.
GRACE = 1.5


@contextmanager
def stoppable(said: str, grace: float = GRACE) -> Iterator[list[Callable[[], object]]]:
    """Ends the process with `STOPPED`, saying `said`, when Ctrl-C comes inside.

    Python hears of a signal only between two of its own steps, and one sort or one SQL statement
    may take minutes. So a thread hears of it as well: when what stands inside has not ended after
    `grace` seconds, it calls what is in the list, and ends the process as a kill would, which the
    database stands at any moment.
    """
    last: list[Callable[[], object]] = []
    ended = threading.Event()
    heard, tell = os.pipe()
    os.set_blocking(tell, False)

    def watch() -> None:
        while signals := os.read(heard, 1):
            if signals[0] == signal.SIGINT and not ended.wait(grace):
                for call in last:
                    call()
                click.echo(said, err=True)
                os._exit(STOPPED)

    watcher = threading.Thread(target=watch, daemon=True)
    before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    watcher.start()
    try:
        yield last
    except KeyboardInterrupt:
        click.echo(said, err=True)
        raise SystemExit(STOPPED) from None
    finally:
        ended.set()
        signal.set_wakeup_fd(before)
        os.close(tell)
        watcher.join()
        os.close(heard)
