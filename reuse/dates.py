"""A date as somebody wrote it -> ISO 8601 of the same precision, in UTC where its zone is known."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

# English names; the table of other languages is short because feeds and page metadata speak ISO
# 8601 or RFC 2822, and only dates typed by hand name a month.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero gennaio januari janeiro",
            "february feb februar février fevrier febrero febbraio februari fevereiro",
            "march mar märz maerz mars marzo maart março marco",
            "april apr avril abril aprile",
            "may mai mayo maggio mei maio",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug août aout agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct oktober octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre decembre diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}

# The zones of RFC 2822. Others (BST, IST) name several zones at once and are left unknown.
_ZONES = {
    "z": 0,
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}

_TIME = r"""
    (?P<hour>\d{1,2})
    (?: [:.](?P<minute>\d{2}) (?: :(?P<second>\d{2}) (?:[.,](?P<fraction>\d{1,9}))? )? )?
    \s* (?P<half>[ap]\.?m\.?(?![a-z]))?
    \s* \(? (?P<zone>[a-z]{1,5}|[+-]\d{2}(?::?\d{2})?)? \)?
"""
_REST = rf"(?: (?: t | \s*,\s* | ,?\s+(?:at|à|um|-|–|\|)?\s* ) {_TIME} )? $"
_WEEKDAY = r"^ (?: [^\W\d]{2,10} \.? ,? \s+ )?"
_ORDINAL = r"(?:st|nd|rd|th|\.|º|er)?"

_FORMS = [
    re.compile(form, re.VERBOSE | re.IGNORECASE)
    for form in (
        rf"^(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}) {_REST}",
        rf"^(?P<year>\d{{4}})([/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}) {_REST}",
        r"^(?P<year>\d{4})-(?P<month>\d{2})$",
        r"^(?P<year>\d{4})$",
        r"""^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})
            (?: t? (?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?
                (?P<zone>z|[+-]\d{2}:?\d{2})? )?$""",
        rf"{_WEEKDAY} (?P<day>\d{{1,2}}){_ORDINAL} (?:\s+de)? [\s-]+ (?P<name>[^\W\d]{{3,12}})\.?"
        rf",? (?:\s+del?)? [\s-]+ (?P<year>\d{{4}}) {_REST}",
        rf"{_WEEKDAY} (?P<name>[^\W\d]{{3,12}})\.? \s+ (?P<day>\d{{1,2}}){_ORDINAL} ,? \s+"
        rf"(?P<year>\d{{4}}) {_REST}",
        r"^ (?P<name>[^\W\d]{3,12})\.? ,? (?:\s+de)? \s+ (?P<year>\d{4}) $",
        rf"^(?P<one>\d{{1,2}})([/.-])(?P<two>\d{{1,2}})\2(?P<year>\d{{4}}) {_REST}",
    )
]


# What most files say, and what is made of all else.
_AS_IT_IS = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """A date as ISO 8601, or ``None`` and the reason why it stays unknown."""

    date: str | None
    reason: str | None = None


@lru_cache(maxsize=4096)
def published(written: str | int | float) -> Published:
    """The date that `written` says, never one that it might say.

    Numbers of ten digits and more are seconds (thirteen: milliseconds) since 1970, in UTC. A date
    whose day and month could change places stays unknown, and so does one that does not exist.
    A time without a zone is kept as local time, without ``Z``.
    """
    if isinstance(written, int | float):
        return _epoch(written)
    if _AS_IT_IS.fullmatch(written):
        with suppress(ValueError):
            datetime.fromisoformat(written)
            return Published(written)
    text = " ".join(written.split())
    shown = text if len(text) <= 60 else text[:60] + "…"
    if len(text) > 100:
        return Published(None, f"no date in {shown!r}")
    if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", text):
        return _epoch(float(text))
    for form in _FORMS:
        if (found := form.match(text)) is None:
            continue
        part = found.groupdict()
        name = part.get("name")
        if name is not None and name.casefold() not in _MONTHS:
            continue
        if part.get("one") is not None:
            one, two = int(part["one"]), int(part["two"])
            if one != two and one <= 12 and two <= 12:
                return Published(None, f"day and month cannot be told apart in {shown!r}")
            day, month = (one, two) if two <= 12 else (two, one)
        else:
            day = int(part.get("day") or 1)
            month = _MONTHS[name.casefold()] if name else int(part.get("month") or 1)
        precision = "day" if part.get("day") or part.get("one") else None
        precision = precision or ("month" if name or part.get("month") else "year")
        return _written(part, int(part["year"]), month, day, precision, shown)
    return Published(None, f"no date in {shown!r}")


def _written(
    part: dict[str, str | None], year: int, month: int, day: int, precision: str, shown: str
) -> Published:
    """The date of the parts a form found, with the precision they have."""
    try:
        whole = date(year, month, day)
    except ValueError:
        return Published(None, f"there is no such date as {shown!r}")
    if precision != "day":
        return Published(f"{year:04}" if precision == "year" else f"{year:04}-{month:02}")
    if part.get("hour") is None:
        return Published(whole.isoformat())
    hour, minute, second = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := part.get("half"):
        if not 1 <= hour <= 12:
            return Published(None, f"there is no such time as in {shown!r}")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    offset, reason = _offset(part.get("zone"), shown)
    fraction = (part.get("fraction") or "").rstrip("0")[:6]
    try:
        moment = datetime(year, month, day, hour, minute, second)
        if offset is not None:
            moment = moment.replace(tzinfo=timezone(timedelta(minutes=offset))).astimezone(UTC)
    except (ValueError, OverflowError):
        return Published(None, f"there is no such time as in {shown!r}")
    form = "%H:%M:%S" if part.get("second") else "%H:%M" if part.get("minute") or half else "%H"
    if form == "%H" and offset is not None and offset % 60:
        form = "%H:%M"
    clock = moment.strftime(form) + (f".{fraction}" if fraction else "")
    day_written = f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
    return Published(f"{day_written}T{clock}{'' if offset is None else 'Z'}", reason)


def _offset(zone: str | None, shown: str) -> tuple[int | None, str | None]:
    """Minutes east of Greenwich, or none and the reason."""
    if not zone:
        return None, None
    if zone[0] not in "+-":
        minutes = _ZONES.get(zone.casefold())
        return minutes, None if minutes is not None else f"no known zone in {shown!r}: kept local"
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes > 14 * 60:
        return None, f"no known zone in {shown!r}: kept local"
    return (minutes if zone[0] == "+" else -minutes), None


def _epoch(seconds: int | float) -> Published:
    """Seconds (from 10^11 on: milliseconds) since 1970; smaller numbers are years or YYYYMMDD."""
    if 1000 <= seconds <= 99999999 and float(seconds).is_integer():
        return published(str(int(seconds)))
    if not 10**8 < seconds < 10**14:
        return Published(None, f"no date in {str(seconds)[:40]}")
    whole = int(seconds / 1000 if seconds >= 10**11 else seconds)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
    return Published(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
