"""alerts: look for what is wrong, say it once when it begins and once when it ends.

    rows, versions, disk ─signs→ Alert rows ─changes→ one mail; all well → the heartbeat address is asked

Nothing here can publish, and nothing that fails here stops the worker.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from bot.networks import versions
from config import schema
from review import health
from review.health import Sign
from review.models import Alert

log = logging.getLogger(__name__)

VERSION_DAYS = 60  # LinkedIn's version ends: this many days ahead it is said
DISK_LEAST = 200 * 1024 * 1024  # bytes free; below that SQLite may not be able to write

Send = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What began and what ended since the last look."""

    raised: tuple[Alert, ...] = ()
    cleared: tuple[Alert, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.raised or self.cleared)


def signs(
    configuration: schema.Configuration | None, *, now: datetime, version: str, folder: Path
) -> list[Sign]:
    """Return all that is wrong: what the rows tell, LinkedIn's version and the disk of `folder`."""
    calendar = configuration.calendar if configuration else None
    return [
        *health.signs(now=now, calendar=calendar),
        *_version(configuration, version, now),
        *_disk(folder),
    ]


def _version(
    configuration: schema.Configuration | None, version: str, now: datetime
) -> Iterator[Sign]:
    if configuration is None or not any(
        account.network == "linkedin" and account.live for account in configuration.accounts
    ):
        return
    left = versions.days_left(version, now.date())
    if left is not None and left < VERSION_DAYS:
        yield Sign(
            f"linkedin version: {version}",
            "error" if left < 0 else "warning",
            (
                f"LinkedIn ends version {version} of its API in {left} days."
                if left >= 0
                else f"LinkedIn ended version {version} of its API {-left} days ago."
            )
            + " Set LINKEDIN_VERSION to a newer month.",
        )


def _disk(folder: Path) -> Iterator[Sign]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < DISK_LEAST:
        yield Sign(
            "disk full",
            "error",
            f"Only {free // 1024 // 1024} MB are left on the disk of {folder}. Make room, or posts cannot be "
            "kept.",
        )


@transaction.atomic
def update(found: Sequence[Sign], *, now: datetime) -> Changes:
    """Raise an Alert for each sign that is new, clear those that have gone, and return both."""
    open_alerts = {
        alert.key: alert
        for alert in Alert.objects.select_for_update().filter(cleared_at__isnull=True)
    }
    raised = []
    for sign in found:
        known = open_alerts.pop(sign.key, None)
        if known is None:
            raised.append(
                Alert.objects.create(
                    key=sign.key, level=sign.level, sentence=sign.sentence, raised_at=now
                )
            )
        elif (known.sentence, known.level) != (sign.sentence, sign.level):
            known.sentence, known.level = sign.sentence, sign.level
            known.save(update_fields=["sentence", "level"])
    for alert in open_alerts.values():
        alert.cleared_at = now
        alert.save(update_fields=["cleared_at"])
    return Changes(tuple(raised), tuple(open_alerts.values()))


def tell(changes: Changes, *, address: str, send: Send) -> None:
    """Send one message about what began and what ended. Quietly does nothing when nothing did."""
    if not changes:
        return
    lines = []
    if changes.raised:
        lines += ["What is wrong now:", ""]
        lines += [f"- {alert.sentence}" for alert in changes.raised]
        lines.append("")
    if changes.cleared:
        lines += ["What is well again:", ""]
        lines += [f"- {alert.sentence}" for alert in changes.cleared]
        lines.append("")
    lines.append(f"The desk: {address}")
    number = len(changes.raised)
    subject = (
        f"Herodr needs you: {changes.raised[0].sentence[:120]}"
        if number == 1
        else f"Herodr needs you: {number} things are wrong"
        if number
        else "Herodr is well again"
    )
    send(" ".join(subject.split()), "\n".join(lines))
