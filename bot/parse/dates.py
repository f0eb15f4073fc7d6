"""Dates as feeds, bulletins and pages write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Abbreviations that mean one thing wherever public bodies publish. IST (Irish, Indian, Israeli) and the
# like are missing on purpose: a wrong guess is worse than no date.
_ZONE_HOURS: dict[str, float] = {
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1,
    "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr ion",
            "february feb chwefror chwef",
            "march mar mawrth maw",
            "april apr ebrill ebr",
            "may mai",
            "june jun mehefin meh",
            "july jul gorffennaf gorff",
            "august aug awst",
            "september sep sept medi",
            "october oct hydref hyd",
            "november nov tachwedd tach",
            "december dec rhagfyr rhag",
        ),
        start=1,
    )
    for name in names.split()
}

_CLOCK = (
    r"(?:[\s,T]+(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[A-Z]{1,5}\b|[+-]\d{2}:?\d{2})?)?"
)
_US = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})" + _CLOCK, re.I)
_WORDED = (
    re.compile(
        r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|af|ail|ydd|fed|eg|ain)?\s+(?:of\s+)?(?P<name>[^\W\d_]+)\.?,?\s+(?P<year>\d{4})"
        + _CLOCK,
        re.I,
    ),
    re.compile(
        r"\b(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _CLOCK,
        re.I,
    ),
)
_DAY_FIRST = re.compile(
    r"\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})" + _CLOCK, re.I
)
_ISO = re.compile(
    r"\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?)?",
    re.I,
)
_RFC_822 = re.compile(r"(?:[a-z]{3,9},?\s+)?\d{1,2}\s+[a-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d{2}", re.I)


def read_date(text: str, *, us_order: bool = False) -> datetime | None:
    """Return the moment `text` names, in UTC, or None where it names none for certain.

    Reads ISO 8601, RFC 822, "19 February 2026", "Feb 19, 2026", "19 Chwefror 2026" and numbers with
    the day first, or the month first with `us_order` (GovDelivery writes "07/08/2026 04:39 PM EDT"). A
    date without a zone is read as UTC; with a zone that means several things there is no date.
    """
    text = " ".join(text[:200].split())
    if not text:
        return None
    try:
        return _iso(text) or _rfc_822(text) or _written(text, us_order=us_order)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    written = found[0].replace(",", ".").upper()
    if len(written) == 7:
        written += "-01"
    # Up to microseconds; some feeds write nanoseconds.
    written = re.sub(r"(\.\d{6})\d+", r"\1", written)
    moment = datetime.fromisoformat(re.sub(r"\s(?=[Z+-])", "", written))
    return _in_utc(moment)


def _rfc_822(text: str) -> datetime | None:
    if not _RFC_822.match(text):
        return None
    zone = re.search(r"\b([A-Za-z]{1,5})$", text)
    if zone and zone[1].upper() not in ("AM", "PM"):
        hours = _ZONE_HOURS.get(zone[1].upper())
        if hours is None:
            return None
        moment = parsedate_to_datetime(text[: zone.start()] + "+0000")
        return _in_utc(moment - timedelta(hours=hours))
    return _in_utc(parsedate_to_datetime(text))


def _written(text: str, *, us_order: bool) -> datetime | None:
    for pattern in _WORDED:
        for found in pattern.finditer(text):
            month = _MONTHS.get(found["name"].lower())
            if month:
                return _moment(found, int(found["day"]), month)
    iso = re.search(r"\b\d{4}-\d{2}-\d{2}\b", text)
    if iso:
        return _in_utc(datetime.fromisoformat(iso[0]))
    found_us = _US.search(text) if us_order else None
    numbers = found_us or _DAY_FIRST.search(text)
    if not numbers:
        return None
    day, month = int(numbers["day"]), int(numbers["month"])
    # Only one order is possible when a number is above twelve.
    if month > 12 >= day:
        day, month = month, day
    return _moment(numbers, day, month)


def _moment(found: re.Match[str], day: int, month: int) -> datetime | None:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower().startswith("p") else 0)
    offset = _offset(found["zone"] or "")
    if offset is None:
        return None
    moment = datetime(int(found["year"]), month, day, hour, minute, second, tzinfo=UTC)
    return moment - offset


def _offset(zone: str) -> timedelta | None:
    if not zone:
        return timedelta(0)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return -size if zone[0] == "-" else size
    hours = _ZONE_HOURS.get(zone.upper())
    return None if hours is None else timedelta(hours=hours)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
