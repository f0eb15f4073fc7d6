"""What came back from a network, and the readings of it that the networks share."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self

from bot.networks.base import NetworkError, OutcomeUnknown

log = logging.getLogger(__name__)

MOST_WORDS = 300  # characters quoted from an answer


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end. Header names are looked up in any case.

    It can stand where tweepy expects a `requests.Response`.
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes = b""
    reason: str = ""

    def body(self) -> object:
        """Return the body read as JSON; None where it is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def fields(self) -> Mapping[str, Any]:
        """Return the body where it is a JSON object, else an empty one."""
        body = self.body()
        return body if isinstance(body, dict) else {}

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status_code < 300

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def quoted(words: object, *, secrets: Iterable[str] = ()) -> str:
    """Return the network's own words for a message: one bounded line, without any of `secrets`."""
    text = words if isinstance(words, str) else ""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    text = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") else char
        for char in text[: 4 * MOST_WORDS]
    )
    text = " ".join(text.split())
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1].rstrip()}…"


def wait_of(answer: Answer, *, now: datetime) -> datetime | None:
    """Return until when `Retry-After` asks to wait (seconds or a date); None without a usable one."""
    value = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,7}", value, re.ASCII):
        return now + timedelta(seconds=int(value))
    with contextlib.suppress(ValueError, TypeError):
        moment = parsedate_to_datetime(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def sensible(until: datetime | None, *, now: datetime, longest: timedelta) -> datetime | None:
    """Return `until` where it lies ahead and no further than `longest`; else None."""
    return until if until is not None and now < until <= now + longest else None


def unknown(network: str, answer: Answer) -> OutcomeUnknown:
    """Return the error for an answer to a create that proves nothing."""
    if answer.ok:
        return OutcomeUnknown(
            f"{network} took the post ({answer.status_code}), but did not say which one it made."
        )
    return OutcomeUnknown(
        f"{network} answered {answer.status_code}, which does not tell whether it published."
    )


def log_answer(network: str, answer: Answer, error: NetworkError, names: Iterable[str]) -> None:
    """Log the status and the headers in `names`, by which the network's support finds a request."""
    marks = {name: answer.headers[name] for name in names if name in answer.headers}
    log.info("%s answered %s (%s): %s", network, answer.status_code, marks, type(error).__name__)
