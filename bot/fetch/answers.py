"""What a status and its headers mean. Pure, but for the clock where a server's own is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.fetch.errors import Blocked, Gone, NotFound, ServerTrouble, Throttled


def raise_for(status: int, headers: dict[str, str], host: str) -> None:
    """Raise what a status means; nothing for an answer that can be used."""
    if "challenge" in headers.get("cf-mitigated", "").lower():
        raise Blocked(f"{host} asks visitors to prove that they are people.", status=status)
    if 200 <= status < 300 or status == 304:
        return
    if status in (401, 403, 407, 451):
        raise Blocked(f"{host} refuses to answer this machine (status {status}).", status=status)
    if status == 404:
        raise NotFound(f"{host} has nothing at this address (status 404).", status=404)
    if status == 410:
        raise Gone(f"{host} says that this is gone for good (status 410).", status=410)
    retry_after = _retry_after(headers)
    if status == 429 or (status == 503 and retry_after is not None):
        raise Throttled(
            f"{host} asks to be left alone for a while (status {status}).",
            status=status,
            retry_after=retry_after,
            host=host,
        )
    raise ServerTrouble(f"{host} answered with status {status}.", status=status)


def _retry_after(headers: dict[str, str]) -> timedelta | None:
    """Read Retry-After: seconds, or a date seen from the server's own clock (RFC 9110 10.2.3)."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return timedelta(seconds=min(int(written[:9]), 10**8))
    moment = _http_date(written)
    if moment is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(moment - now, timedelta(0))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
