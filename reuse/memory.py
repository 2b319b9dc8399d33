"""What depends on nothing but what its key says: made once, and found again by later scans."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    batches: Iterable[Mapping[str, Task]],
    make: Callable[[Iterator[list[Task]]], Iterable[Sequence[bytes]]],
) -> Iterator[list[bytes]]:
    """What the tasks of each batch come to; of those that no earlier scan met, as `make` makes
    them, a batch at a time.

    The key of a task must say all that its value depends on, the program's version included.
    """
    asked: deque[tuple[list[str], dict[str, bytes], list[str]]] = deque()

    def new() -> Iterator[list[Task]]:
        for tasks in batches:
            found = dict(memory.kept(stage, list(tasks)))
            unknown = [key for key in tasks if key not in found]
            asked.append((list(tasks), found, unknown))
            yield [tasks[key] for key in unknown]

    for made in make(new()):
        keys, found, unknown = asked.popleft()
        values = dict(zip(unknown, made, strict=True))
        if values:
            memory.keep({stage: values})
        yield [values[key] if key in values else found[key] for key in keys]
