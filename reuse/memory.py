"""What depends on nothing but what its key says: made once, and found again by later scans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")


class Memory(Protocol):
    """Values that stages keep under keys; what a scan does not ask for goes at its end."""

    def kept(self, stage: str, keys: Sequence[str]) -> Mapping[str, bytes]: ...
    def keep(self, made: Mapping[str, Mapping[str, bytes]]) -> None: ...


class Nothing:
    """No memory: everything is made anew."""

    def kept(self, stage: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {}

    def keep(self, made: Mapping[str, Mapping[str, bytes]]) -> None:
        """Forget it."""


def recalled(
    memory: Memory,
    stage: str,
    tasks: Mapping[str, Task],
    make: Callable[[Sequence[Task]], Iterable[bytes]],
) -> list[bytes]:
    """What each task comes to; of those that no earlier scan met, as `make` makes it.

    The key of a task must say all that its value depends on, the program's version included.
    """
    found = dict(memory.kept(stage, list(tasks)))
    if new := [key for key in tasks if key not in found]:
        made = dict(zip(new, make([tasks[key] for key in new]), strict=True))
        memory.keep({stage: made})
        found |= made
    return [found[key] for key in tasks]
