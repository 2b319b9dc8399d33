"""Languages to how often their words are written: the tables of the package `wordfreq`."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

# Languages that another one's table stands for.
_SAME = {"bs": "sh", "hr": "sh", "sr": "sh", "no": "nb", "tl": "fil"}


@cache
def _tables() -> Path:
    """Where wordfreq keeps its tables, told without running it.

    To import it costs 0.3 s and more in each process (it compiles what tokenises and names the
    languages of the world); its tables are files of a format that it documents.
    """
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ImportError("the package wordfreq is missing: pip install wordfreq")
    return Path(spec.origin).parent / "data"


@cache
def languages() -> frozenset[str]:
    """The languages (as ISO 639 codes) that there is a table for."""
    own = {path.name[6:].split(".")[0] for path in _tables().glob("small_*.msgpack.gz")}
    return frozenset(own | _SAME.keys())


def by_centibel(language: str) -> list[list[str]]:
    """The words that occur 10 ** (-i / 100) times a word of text, for each i from 0 on.

    Raises `LookupError` for a language without a table.
    """
    if language not in languages():
        raise LookupError(f"no table of words for the language {language!r}")
    name = _SAME.get(language, language)
    with gzip.open(_tables() / f"small_{name}.msgpack.gz") as file:
        header, *lists = msgspec.msgpack.decode(file.read())
    if header != {"format": "cB", "version": 1}:
        raise ValueError(f"wordfreq's table of {language!r} has an unknown header: {header!r}")
    return msgspec.convert(lists, list[list[str]])
