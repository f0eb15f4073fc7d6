"""Why a fetch gave nothing. The message is one plain sentence for people; it holds no query and no secret.

FetchError
├── BadAddress       not an http(s) address that could be asked
├── Forbidden        the address lies in a private network and is not allowed
├── Unreachable      no whole answer: name, connection, certificate, time, cut or damaged body
├── Blocked          the server refuses this host or asks for a sign-in (401, 403, 451, a challenge)
├── NotFound         404: may be a slip of the publisher; keep the source, ask less often
├── Gone             410: the publisher took it away for good; stop asking
├── Throttled        429, or 503 with a time: ask again after `retry_after`
├── Crowded          no room in memory for it beside the other answers of its batch: ask again at once
├── TooLarge         the body passes the limit, or swells beyond reason when unpacked
└── ServerTrouble    any other status, or redirects without end
"""

from __future__ import annotations

from datetime import timedelta


class FetchError(Exception):
    """A fetch gave nothing. `status` is the HTTP status where there was an answer."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class BadAddress(FetchError):
    """Not an http(s) address that could be asked."""


class Forbidden(FetchError):
    """The address lies in a private network and is not allowed."""


class Unreachable(FetchError):
    """No whole answer came."""


class Blocked(FetchError):
    """The server refuses to answer this host: the source is unavailable from here, not without news."""


class NotFound(FetchError):
    """Nothing is at the address now."""


class Gone(FetchError):
    """The publisher took it away for good."""


class Throttled(FetchError):
    """The server `host` asks for patience; `retry_after` is how much, where it says so."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        host: str = "",
    ) -> None:
        super().__init__(message, status=status)
        self.retry_after = retry_after
        self.host = host


class Crowded(FetchError):
    """The answer found no room beside the others of its batch. Nothing is wrong with it."""


class TooLarge(FetchError):
    """The body passes the limit."""


class ServerTrouble(FetchError):
    """The server answered with an error of its own or with nonsense."""
