"""What every network must offer, and the closed set of outcomes of one try to publish.

    NetworkError
    ├── NotSent                  the network certainly does not have the post
    │   ├── Throttled            … wait until `until`, then try again
    │   ├── Temporary            … try again a little later
    │   ├── Unauthorised         … the account must be connected again; the account pauses
    │   ├── OutOfCredit          … the account pauses until `until` (or until somebody pays)
    │   └── Refused              … the content or set-up is wrong; a person must look
    ├── AlreadyPublished         the network says it has this text already
    └── OutcomeUnknown           the network may have the post: never send it again unasked

Neither X nor LinkedIn has an idempotency key, so the class of the error is the whole safety: a client that
cannot tell raises `OutcomeUnknown`. The message is one plain sentence for the desk and the log; it
never holds a secret or a whole response body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from review.text import Content


class NetworkError(Exception):
    """A try to publish did not end with a published post."""

    @property
    def sentence(self) -> str:
        """What it says: one sentence, which a page can say in its own language where it was made by `say`."""
        said = self.args[0] if self.args else ""
        return said if isinstance(said, str) else str(said)


class NotSent(NetworkError):
    """Certainly not published."""


class Throttled(NotSent):
    """The network asks to wait until `until` (aware, UTC)."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Temporary(NotSent):
    """Something passing: the network could not be reached, or asked for the same request again."""


class Unauthorised(NotSent):
    """The account's credentials are missing, expired, revoked or too weak. `mend` says what to do.

    `connecting` is whether connecting the account anew mends it.
    """

    def __init__(self, message: str, *, mend: str = "", connecting: bool = False) -> None:
        super().__init__(message)
        self.mend = mend
        self.connecting = connecting


class OutOfCredit(NotSent):
    """The account has no credit left; `until` (aware, UTC) is when the cycle ends, if known."""

    def __init__(self, message: str, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class Refused(NotSent):
    """The network will not take this post as it is; sending it again would not help."""


class AlreadyPublished(NetworkError):
    """The network says it already has this content; `network_id` and `url` where it names the post."""

    def __init__(self, message: str, *, network_id: str = "", url: str = "") -> None:
        super().__init__(message)
        self.network_id = network_id
        self.url = url


class OutcomeUnknown(NetworkError):
    """Bytes left this machine and no trustworthy answer came back."""


@dataclass(frozen=True, slots=True)
class Published:
    """Proof of publication: the network's id for the post and the address where people find it.

    `rest_until` (aware, UTC) is when the network takes the next one, where it says that a limit is used up.
    """

    network_id: str
    url: str
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An image to be posted: its bytes, its media type ("image/png") and its alt text."""

    data: bytes = field(repr=False)
    kind: str
    alt: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An image that a network has been given: its id there, and its alt text."""

    id: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """What a client needs to know of an account. `secret(name)` returns a secret's value or "".

    `name`, `handle`, `author` and `credentials` are from `accounts.toml`; the secret ACCESS_TOKEN is
    `<credentials>_ACCESS_TOKEN` of the environment, or the file in its `_FILE`. `token` is that of a connection
    made here; where there is one, it is used and not the secrets.
    """

    name: str
    network: str
    handle: str = ""
    author: str = ""
    credentials: str = ""
    mentions: Mapping[str, str] = field(default_factory=dict)  # names and their URNs, on LinkedIn
    secret: Callable[[str], str] = field(default=lambda _name: "", repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are, as the network says: `id` as in accounts.toml, `name` for people.

    `roles` is what lets them post in the account's name, in a few words, "" where they post in their own.
    """

    id: str
    name: str = ""
    roles: str = ""


class NotOurs(Unauthorised):
    """The credentials are good, but they are not those of the account in accounts.toml."""


class Client(Protocol):
    """One account on one network. Made by `registry.client_for`, used for one post, then dropped."""

    def deliver(self, content: Content) -> Published:
        """Publish `content` once: one create request, no retry, no redirect.

        Raises a `NetworkError`; anything else that escapes is treated as `OutcomeUnknown`.
        """
        ...

    def find(self, content: Content, *, since: datetime) -> Published | None:
        """Look among the account's own posts newer than `since` for `content`.

        The caller has already allowed for clocks that differ. Returns None when it is provably absent. Raises `CannotLook` where the network does not let us
        read, and a `NetworkError` when reading failed this time.
        """
        ...

    def delete(self, network_id: str) -> None:
        """Take a published post down; quietly done when it is already gone. Raises a `NetworkError`."""
        ...


class ShowsImages(Protocol):
    """What a client has besides when its network shows images."""

    def upload(self, image: Image) -> str:
        """Give the network an image, which nobody sees yet, and return its id there.

        Whatever goes wrong, nothing was published: raises a `NotSent`.
        """
        ...

    def deliver(self, content: Content, *, media: Sequence[Uploaded] = ()) -> Published:
        """As `Client.deliver`, with the uploaded images `media`, in their order."""
        ...


class SaysWho(Protocol):
    """What a client has besides when its network says whose credentials it was given."""

    def who(self) -> Identity:
        """Ask the network whose credentials these are; posts nothing.

        Raises `NotOurs` when they are not those of the account, `Unauthorised` when the network does not take
        them, `Temporary` when it cannot be asked now.
        """
        ...


class CannotLook(NetworkError):
    """This network or account type does not let us read its own posts: a person has to look."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the networks are, so that tests and proxies can stand in for them."""

    x_api: str = "https://api.x.com"
    linkedin_api: str = "https://api.linkedin.com"
    linkedin_auth: str = "https://www.linkedin.com"
    linkedin_version: str = "202609"
    x_auth: str = "https://x.com"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Endpoints:
        """Read `X_API_URL`, `X_AUTH_URL`, `LINKEDIN_API_URL`, `LINKEDIN_AUTH_URL` and `LINKEDIN_VERSION`.

        Consent given at x.com is nothing to an emulator: where X's API is on this machine, so is its consent.
        """
        usual = cls()
        x_api = environment.get("X_API_URL") or usual.x_api
        emulated = urlsplit(x_api).hostname in ("127.0.0.1", "localhost", "::1")
        return cls(
            x_api=x_api,
            linkedin_api=environment.get("LINKEDIN_API_URL") or usual.linkedin_api,
            linkedin_auth=environment.get("LINKEDIN_AUTH_URL") or usual.linkedin_auth,
            linkedin_version=environment.get("LINKEDIN_VERSION") or usual.linkedin_version,
            x_auth=environment.get("X_AUTH_URL") or (x_api if emulated else usual.x_auth),
        )
