"""One HTTP call to a network, and what it means when it fails.

Neither network has an idempotency key, so a call is made once: no retry, no redirect followed, every wait
bounded. What matters when it fails is whether anything may have arrived. A connection that was never
completed (name, refusal, TLS) carried nothing; on any other a request may have been read and acted upon.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, cast
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from bot.networks import fence
from bot.networks.answers import Answer
from bot.networks.base import OutcomeUnknown, Temporary, Unauthorised
from config.outgoing import is_this_machine

TOO_LATE = "this worker stood still, and the time for sending ran out"
MOST_BYTES = 4_000_000  # of an answer; a page of a hundred posts has about 200,000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take, in seconds: to connect, between two reads, and as a whole."""

    connect: float = 5
    read: float = 20
    whole: float = 30


PATIENCE = Patience()


class NoAnswer(Exception):
    """The call brought no whole answer. `sent` says whether the request may have arrived.

    `head` is the status and the headers, without a body, where these came whole.
    """

    def __init__(self, message: str, *, sent: bool, head: Answer | None = None) -> None:
        super().__init__(message)
        self.sent = sent
        self.head = head


class BadAddress(Exception):
    """The address that was set for the network is no address, or the request cannot be written."""


class NoAuth(AuthBase):
    """Sends no credentials. Given explicitly, it keeps a `.netrc` file from adding some."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave `request` as it is."""
        return request


class Bearer(AuthBase):
    """Sends an access token in the Authorization header, never in the address."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header to `request`."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Session:
    """Makes calls to one base address. Stands in for the `requests.Session` of tweepy's client.

    `written_for` is the address that a library has built in: calls to it go to `base` instead. That
    happens before the request is signed, so an OAuth 1.0a signature is for the address really called.
    """

    def __init__(self, base: str, *, patience: Patience = PATIENCE, written_for: str = "") -> None:
        self._base = base.strip().rstrip("/")
        self._patience = patience
        self._written_for = written_for
        # A proxy and certificates set in the environment are honoured, but not for this machine itself.
        self._trust_env = not _is_this_machine(self._base)

    def url(self, path: str) -> str:
        """Return the full address of `path` ("/2/tweets")."""
        return f"{self._base}{path}"

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        data: Mapping[str, str] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
    ) -> Answer:
        """Make one call and read its answer to the end, whatever its status.

        Raises `NoAnswer` when there is none, or none in time, and `BadAddress`. Neither quotes the
        request, the address or the library's own message: these may hold a secret.
        """
        if self._written_for and url.startswith(f"{self._written_for}/"):
            url = self.url(url.removeprefix(self._written_for))
        if fence.passed():
            raise NoAnswer(TOO_LATE, sent=False)
        adapter = _Adapter()
        head: Answer | None = None
        with requests.Session() as session, _Deadline(self._patience.whole, adapter):
            session.trust_env = self._trust_env
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            try:
                response = session.request(
                    method,
                    url,
                    params=params,
                    json=json,
                    data=data,
                    headers=dict(headers or {}),
                    auth=auth or NoAuth(),
                    timeout=(self._patience.connect, self._patience.read),
                    allow_redirects=False,
                    stream=True,
                )
                head = Answer(
                    response.status_code,
                    CaseInsensitiveDict(response.headers),
                    reason=response.reason or "",
                )
                content = _read(response)
                if adapter.out_of_time:
                    # A body without a length looks whole where we cut it.
                    raise TimeoutError
            except _CANNOT_BE_WRITTEN:
                raise BadAddress from None
            except (
                requests.RequestException,
                urllib3.exceptions.HTTPError,
                OSError,
                ValueError,
            ) as error:
                why = _trouble(error, adapter)
                raise NoAnswer(why, sent=adapter.connected, head=head) from None
        return replace(head, content=content)


_CANNOT_BE_WRITTEN = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


class _TooLong(ValueError):
    """The answer is longer than any real one."""


def _read(response: requests.Response) -> bytes:
    parts: list[bytes] = []
    total = 0
    for part in response.iter_content(65_536):
        parts.append(part)
        total += len(part)
        if total > MOST_BYTES:
            raise _TooLong
    return b"".join(parts)


def _trouble(error: Exception, adapter: _Adapter) -> str:
    """Say in a few words what went wrong, without anything from the request."""
    if adapter.too_late:
        return TOO_LATE
    if isinstance(error, _TooLong):
        return "its answer is far too long"
    if adapter.out_of_time or isinstance(error, requests.Timeout):
        return (
            "it did not answer in time" if adapter.connected else "no connection came about in time"
        )
    if adapter.connected:
        return "the connection broke before a whole answer came"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy let nothing through"
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection came about"
    return "no connection came about"


class _Adapter(HTTPAdapter):
    """Notes when a connection is complete: from then on, bytes may have left this machine.

    The classes of the exceptions cannot tell: a reset during the TLS handshake and one after the request
    come out the same.
    """

    def __init__(self) -> None:
        self.connected = False
        self.out_of_time = False
        self.too_late = False
        self.sock: Any = None
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools note their connections."""
        super().init_poolmanager(*args, **kwargs)
        _note_connections(self.poolmanager, self)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pools of a proxy note their connections too."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        _note_connections(manager, self)
        return manager


def _note_connections(manager: Any, adapter: _Adapter) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _noting(pool, adapter) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def _noting(pool: Any, adapter: _Adapter) -> Any:
    plain = pool.ConnectionCls

    def connect(self: Any) -> None:
        plain.connect(self)
        # The last moment before bytes leave: whoever stood still until now must not send any more.
        adapter.too_late = fence.passed()
        if adapter.out_of_time or adapter.too_late:
            raise TimeoutError
        # Kept here, because a connection forgets it once a "Connection: close" has been read.
        adapter.sock = self.sock
        adapter.connected = True

    ours = {"connect": connect, "response_class": _WholeHead}
    connection = type(plain.__name__, (plain,), ours)
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class _WholeHead(http.client.HTTPResponse):
    """An answer whose head has come to its end.

    The standard library takes what a broken connection left of the headers for all of them; half of a post's
    id would be the proof of another post.
    """

    def begin(self) -> None:
        """Read the status and the headers. Raises IncompleteRead when they break off."""
        plain = self.fp
        lines = _Lines(plain)
        self.fp = cast(Any, lines)
        try:
            super().begin()
        finally:
            if self.fp is not None:
                self.fp = plain
        if lines.last not in (b"\r\n", b"\n"):
            raise http.client.IncompleteRead(b"")


class _Lines:
    """A file that remembers the last line read from it."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        """Read a line."""
        self.last = self._file.readline(limit)
        return self.last

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Deadline:
    """Ends a call that takes too long as a whole.

    The read time-out starts anew with every byte, so a server that drips would hold a worker for hours.
    """

    def __init__(self, seconds: float, adapter: _Adapter) -> None:
        self._adapter = adapter
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self._adapter.out_of_time = True
        sock = self._adapter.sock
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                # The plain shutdown, also under TLS: it wakes the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _is_this_machine(base: str) -> bool:
    try:
        return is_this_machine(urlsplit(base).hostname or "")
    except ValueError:
        return False


def never(_: Answer) -> bool:
    """Say that no answer is enough without its body."""
    return False


def ask(
    network: str,
    setting: str,
    call: Callable[[], Answer],
    *,
    changes: bool,
    mend: str = "",
    enough: Callable[[Answer], bool] = never,
) -> Answer:
    """Make `call` and return its answer of any status, for the client to read.

    An answer whose body broke off is returned without it where its status and headers are `enough`.
    `changes` says whether the call is to change something on the network: then no answer means
    `OutcomeUnknown`, unless nothing can have arrived. Otherwise it means `Temporary`. Raises
    `Unauthorised` when the address in `setting`, or the credentials (`mend`), cannot be used.
    """
    try:
        return call()
    except BadAddress:
        raise Unauthorised(
            f"The request to {network} cannot be written.",
            mend=f"Correct {setting}. {mend}".strip(),
        ) from None
    except NoAnswer as error:
        if error.head is not None and enough(error.head):
            return error.head
        if not error.sent:
            raise Temporary(f"{network} cannot be reached: {error}.") from None
        if changes:
            raise OutcomeUnknown(f"{network} got the request, but {error}.") from None
        raise Temporary(f"{network} gave no whole answer: {error}.") from None
