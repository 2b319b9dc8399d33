"""How much of what is true in ``corpus/`` a scan of it says: measures and their floors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from . import reading, sharing, travelling
from .found import CORPUS, Found, Measure


class Row(NamedTuple):
    """A measure, who can mend it, and what it must reach."""

    name: str
    part: str
    floor: float
    measure: Callable[[Found], Measure]


# Floors are the where it names one; else what an editor would ask for before publishing.
MEASURES = [
    Row("spans", "reader", 0.98, reading.spans),
    Row("kinds", "reader", 0.95, reading.kinds),
    Row("terms without a speaker", "reader", 1.0, reading.terms),
    Row("mentions", "reader", 0.95, reading.mentions),
    Row("mentions, exactly", "reader", 0.90, reading.exact_mentions),
    Row("indirect", "reader", 0.85, reading.indirect),
    Row("speakers", "people", 0.92, reading.speakers),
    Row("nobody is given another's words", "people", 0.97, reading.accused),
    Row("sure and right", "people", 0.90, reading.sure),
    Row("nobody is invented", "people", 1.0, reading.nobody_invented),
    Row("speakers: full name", "people", 0.97, reading.by_way("full name")),
    Row("speakers: part of the name", "people", 0.95, reading.by_way("part of the name")),
    Row("speakers: pronoun", "people", 0.92, reading.by_way("pronoun")),
    Row("speakers: description", "people", 0.75, reading.by_way("description")),
    Row("speakers: organisation", "people", 0.90, reading.by_way("organisation")),
    Row("speakers: document", "people", 0.85, reading.by_way("document")),
    Row("speakers: unnamed", "people", 0.85, reading.by_way("unnamed")),
    Row("speakers: direct", "people", 0.93, reading.by_kind("direct")),
    Row("speakers: mixed", "people", 0.90, reading.by_kind("mixed")),
    Row("speakers: nested", "people", 0.75, reading.by_kind("nested")),
    Row("speakers: carried over", "people", 0.95, reading.carried),
    Row("speakers: not in English", "people", 0.85, reading.foreign),
    Row("two of one surname are two", "people", 1.0, reading.apart),
    Row("two of one name are two", "people", 0.95, reading.same_name_apart),
    Row("one person is one", "people", 0.98, reading.joined),
    Row("a misspelt name joins", "people", 0.90, reading.misspelt),
    Row("passages", "engine", 0.95, sharing.passages),
    Row("passages are complete", "engine", 0.90, sharing.complete),
    Row("quotations that travel", "engine", 0.95, sharing.quotations),
    Row("matches are reuse", "engine", 0.99, sharing.true_matches),
    Row("matched words are reuse", "engine", 0.97, sharing.true_words),
    Row("no stock phrases", "engine", 1.0, sharing.no_stock_phrases),
    Row("kinds of match", "engine", 0.90, sharing.match_kinds),
    Row("furniture found", "engine", 0.95, sharing.furniture_found),
    Row("furniture in no match", "engine", 1.0, sharing.furniture_kept_out),
    Row("nothing else is furniture", "engine", 1.0, sharing.furniture_only),
    Row("families", "provenance", 0.95, travelling.families),
    Row("kind of change", "provenance", 0.90, travelling.changes),
    Row("touches meaning: precision", "provenance", 0.95, travelling.meaning_precision),
    Row("touches meaning: recall", "provenance", 0.90, travelling.meaning_recall),
    Row("touches meaning: reasons", "provenance", 1.0, travelling.meaning_reasons),
    Row("sources", "provenance", 0.90, travelling.sources),
    Row("no source where none may be", "provenance", 0.95, travelling.no_sources),
    Row("first", "provenance", 0.95, travelling.firsts),
    Row("speakers of families", "provenance", 0.90, travelling.family_speakers),
    Row("disputes found", "provenance", 0.90, travelling.disputes),
    Row("disputes are true", "provenance", 0.90, travelling.true_disputes),
    Row("translations are joined", "provenance", 0.80, travelling.translations),
    Row("kinds of outlet", "readers", 1.0, travelling.outlet_kinds),
    Row("languages", "readers", 1.0, travelling.languages),
]


def scanned(database: Path) -> None:
    """Scan the corpus as a person would."""
    from click.testing import CliRunner

    from reuse.cli import main

    result = CliRunner().invoke(
        main,
        ["scan", str(CORPUS), "--db", str(database), "--workers", "1", "--quiet"],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output


def lines(found: Found, wrong: bool = False, names: Sequence[str] = ()) -> Iterator[str]:
    """The table of all measures; with `wrong`, the wrong items under each."""
    for row in MEASURES:
        if names and not {row.name, row.part} & set(names):
            continue
        it = row.measure(found)
        mark = " " if it.value >= row.floor else "!"
        yield (
            f"{mark} {row.part:<10}  {row.name:<32}  {it.value:6.3f}  of {row.floor:4.2f}"
            f"  {it.right:>6} / {it.of:<6}"
        )
        if wrong:
            yield from (f"      {words}" for words in it.wrong)
