"""When a version of LinkedIn's API ends. Pure.

LinkedIn numbers its API by month (`202609`), keeps each version for at least a year and then answers every
call with 426. No header announces it, so the calendar has to.
"""

from __future__ import annotations

import re
from datetime import date

WARN_DAYS = 60  # this many days ahead its end is said

# The last days that LinkedIn has published ("Migrations" on Microsoft Learn, as of 2026-09-19).
_PUBLISHED = {
    "202509": date(2026, 9, 15),
    "202510": date(2026, 10, 15),
    "202511": date(2026, 11, 16),
    "202601": date(2027, 1, 15),
    "202602": date(2027, 2, 15),
    "202603": date(2027, 3, 16),
    "202604": date(2027, 4, 15),
    "202605": date(2027, 5, 15),
    "202606": date(2027, 6, 15),
    "202607": date(2027, 7, 15),
    "202608": date(2027, 8, 17),
    "202609": date(2027, 9, 15),
}


def sunset(version: str) -> date:
    """Return the day on which `version` (YYYYMM) ends: as published, else the 15th a year later.

    Raises ValueError when `version` is not a year and a month.
    """
    match = re.fullmatch(r"(20\d\d)(0[1-9]|1[0-2])", version, re.ASCII)
    if match is None:
        raise ValueError(f'"{version}" is no version: write year and month, such as 202609.')
    return _PUBLISHED.get(version) or date(int(match[1]) + 1, int(match[2]), 15)


def ending(version: str, today: date) -> str:
    """Say in a sentence with its mend that `version` has ended or will within `WARN_DAYS`; "" while it is far."""
    left = days_left(version, today)
    if left is None or left >= WARN_DAYS:
        return ""
    said = (
        f"LinkedIn ends version {version} of its API in {left} days."
        if left >= 0
        else f"LinkedIn ended version {version} of its API {-left} days ago."
    )
    return f"{said} Set LINKEDIN_VERSION to a newer month, as docs/networks.md lists them."


def newest(today: date) -> str:
    """Return the newest version whose end is known and lies ahead; "" where all that are known have ended."""
    return max((version for version, end in _PUBLISHED.items() if end > today), default="")


def days_left(version: str, today: date) -> int | None:
    """Return the days from `today` until `version` ends, negative once it has; None if it is no version."""
    try:
        return (sunset(version) - today).days
    except ValueError:
        return None
