"""Dates as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reuse.dates import Published, published


@pytest.mark.parametrize(
    ("written", "date"),
    [
        # ISO 8601 keeps its precision
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-03", "2024-05-03"),
        ("2024-05-03T10", "2024-05-03T10"),
        ("2024-05-03T10:00", "2024-05-03T10:00"),
        ("2024-05-03 10:00:07", "2024-05-03T10:00:07"),
        ("2024-05-03T10:00:07.250Z", "2024-05-03T10:00:07.25Z"),
        ("2024-05-03T10:00:00.000Z", "2024-05-03T10:00:00Z"),
        ("20240503", "2024-05-03"),
        (20240503, "2024-05-03"),
        ("20240503T101500Z", "2024-05-03T10:15:00Z"),
        ("2024/5/3", "2024-05-03"),
        # a known zone becomes UTC, an unknown one stays local
        ("2024-05-03T10:00+02:00", "2024-05-03T08:00Z"),
        ("2024-05-03T01:00:00+0200", "2024-05-02T23:00:00Z"),
        ("2024-12-31 23:30 -0500", "2025-01-01T04:30Z"),
        ("2024-05-03T10+05:30", "2024-05-03T04:30Z"),
        ("2024-05-03 10:00 GMT", "2024-05-03T10:00Z"),
        ("2024-05-03 10:00 EDT", "2024-05-03T14:00Z"),
        ("2024-05-03 10:00 BST", "2024-05-03T10:00"),
        # RFC 2822 and dates in prose
        ("Fri, 03 May 2024 10:00:00 +0200", "2024-05-03T08:00:00Z"),
        ("3 May 2024", "2024-05-03"),
        ("3rd of May 2024", None),
        ("May 3, 2024", "2024-05-03"),
        ("Friday, May 3rd, 2024 at 4:05 p.m.", "2024-05-03T16:05"),
        ("12:30 am", None),
        ("May 3, 2024, 12:30 am EST", "2024-05-03T05:30Z"),
        ("May 2024", "2024-05"),
        ("3. Mai 2024", "2024-05-03"),
        ("1er août 2024", "2024-08-01"),
        ("3 de mayo de 2024", "2024-05-03"),
        # day and month only where they cannot change places
        ("13/04/2024", "2024-04-13"),
        ("04/13/2024", "2024-04-13"),
        ("04/04/2024", "2024-04-04"),
        ("03/04/2024", None),
        ("3.4.2024", None),
        ("3-4-2024", None),
        ("13/04/24", None),
        # what does not exist is unknown
        ("2024-02-30", None),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("2024-00-00", None),
        ("0000-00-00", None),
        ("31 June 2024", None),
        ("31/04/2024", None),
        ("2024-05-03T25:00", None),
        ("2024-05-03T10:61", None),
        ("9999-12-31T23:59-05:00", None),
        ("2024-05-03 13:00 pm", None),
        # nor is anything guessed
        ("yesterday", None),
        ("two days ago", None),
        ("2024-05-03 and some words", None),
        ("3 Brumaire 2024", None),
        ("12", None),
        (5, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        # seconds and milliseconds since 1970
        (1714730000, "2024-05-03T09:53:20Z"),
        (1714730000123, "2024-05-03T09:53:20Z"),
        ("1714730000", "2024-05-03T09:53:20Z"),
    ],
)
def test_a_date_is_what_was_written_or_unknown(written: str | float, date: str | None) -> None:
    assert published(written).date == date


def test_an_unknown_date_says_why() -> None:
    assert "day and month" in (published("03/04/2024").reason or "")
    assert "no such date" in (published("2024-02-30").reason or "")
    assert "no date" in (published("soon").reason or "")
    assert "zone" in (published("2024-05-03 10:00 BST").reason or "")
    assert published("2024-05-03").reason is None


@given(
    st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
)
def test_any_moment_with_a_zone_becomes_the_same_moment_in_utc(
    moment: datetime, minutes: int
) -> None:
    local = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    found = published(local.isoformat()).date
    assert found is not None
    assert datetime.fromisoformat(found) == local.astimezone(UTC)


@given(st.text(max_size=120))
def test_any_text_gives_a_date_or_a_reason(text: str) -> None:
    found = published(text)
    assert found.date is not None or found.reason


@given(st.datetimes(), st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%SZ"]))
def test_what_is_written_as_we_write_it_stays_as_it_is(moment: datetime, form: str) -> None:
    written = moment.strftime(form).zfill(len(datetime(2024, 1, 1).strftime(form)))
    assert published(written) == Published(written)
    assert published(written + " ") == Published(written)
