"""alerts: look for what is wrong, say it once when it begins and once when it ends.

    rows, versions, disk ─signs→ Alert rows ─changes→ one mail; all well → the heartbeat address is asked

Nothing here can publish, and nothing that fails here stops the worker.
"""

from __future__ import annotations

import logging
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from bot.networks import versions
from config import schema
from review import health
from review.health import Sign
from review.models import Alert

log = logging.getLogger(__name__)

# The beginnings of keys that tell of one machine.
DISK = "disk full on"
CLOCK = "clock wrong on"
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
    configuration: schema.Configuration | None,
    *,
    now: datetime,
    version: str,
    folder: Path,
    ahead: Mapping[str, timedelta] | None = None,
) -> list[Sign]:
    """Return all that is wrong: what the rows tell, LinkedIn's version, the disk of `folder`, and the clock,
    which is `ahead` of the clocks named there."""
    calendar = configuration.calendar if configuration else None
    return [
        *health.signs(now=now, calendar=calendar),
        *_version(configuration, version, now),
        *_disk(folder),
        *_clock(ahead or {}),
    ]


def _version(
    configuration: schema.Configuration | None, version: str, now: datetime
) -> Iterator[Sign]:
    if configuration is None or not any(
        account.network == "linkedin" and account.live for account in configuration.accounts
    ):
        return
    if sentence := versions.ending(version, now.date()):
        ended = (versions.days_left(version, now.date()) or 0) < 0
        yield Sign(f"linkedin version: {version}", "error" if ended else "warning", sentence)


def _disk(folder: Path) -> Iterator[Sign]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < DISK_LEAST:
        yield Sign(
            f"{DISK} {socket.gethostname()}",
            "error",
            f"Only {free // 1024 // 1024} MB are left on the disk of {folder} on {socket.gethostname()}. Make room, "
            "or posts cannot be kept.",
        )


def _clock(ahead: Mapping[str, timedelta]) -> Iterator[Sign]:
    for whose, span in ahead.items():
        if abs(span) > health.CLOCK:
            how = "ahead of" if span > timedelta(0) else "behind"
            yield Sign(
                f"{CLOCK} {socket.gethostname()}",
                "error",
                f"The clock of {socket.gethostname()} is {abs(span).total_seconds() / 60:.0f} minutes {how} that of "
                f"{whose}. Set the wrong one right, or posts go out at the wrong time.",
            )
            return


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
            # Another worker may see the same in this moment: one of them says it.
            alert, mine = Alert.objects.get_or_create(
                key=sign.key,
                cleared_at=None,
                defaults={"level": sign.level, "sentence": sign.sentence, "raised_at": now},
            )
            raised += [alert] if mine else []
        elif (known.sentence, known.level) != (sign.sentence, sign.level):
            known.sentence, known.level = sign.sentence, sign.level
            known.save(update_fields=["sentence", "level"])
    cleared = [alert for alert in open_alerts.values() if _is_ours(alert)]
    for alert in cleared:
        alert.cleared_at = now
        alert.save(update_fields=["cleared_at"])
    return Changes(tuple(raised), tuple(cleared))


def _is_ours(alert: Alert) -> bool:
    """Whether this machine can tell that it is over: of another machine's disk and clock it knows nothing."""
    return not alert.key.startswith((DISK, CLOCK)) or alert.key.endswith(f" {socket.gethostname()}")


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
        # The stages of one thing say the same.
        lines += dict.fromkeys(f"- {alert.sentence}" for alert in changes.cleared)
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
