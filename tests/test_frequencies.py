"""Languages to how often their words are written; wordfreq is the oracle."""

from __future__ import annotations

import pytest
import wordfreq

from reuse import frequencies


def test_the_languages_are_those_of_wordfreq() -> None:
    assert frequencies.languages() >= wordfreq.available_languages("small").keys()


@pytest.mark.parametrize("language", ["en", "de", "zh", "no", "hr"])
def test_the_tables_are_those_that_wordfreq_takes(language: str) -> None:
    assert frequencies.by_centibel(language) == wordfreq.get_frequency_list(language, "small")


def test_a_language_without_a_table_is_named() -> None:
    with pytest.raises(LookupError, match="'xx'"):
        frequencies.by_centibel("xx")
