"""The way to a token of each network, made from what the operator set; and whose credentials an account has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from bot.networks import linkedin_sign_in, registry, wire, x_sign_in
from bot.networks.base import (
    AccountDetails,
    CannotLook,
    Endpoints,
    Identity,
    SaysWho,
    Unauthorised,
)
from bot.networks.oauth import Token
from config import schema
from config.env import MissingSecretFile, secret

# The networks that have a way, and how long before its end an access token is renewed. X's lives two hours, and
# its refresh token works once; LinkedIn's lives sixty days, and few apps may renew it.
RENEW_AHEAD_MINUTES = {"x": 10, "linkedin": 7 * 24 * 60}
# Where people themselves end what they consented to.
CONSENTS = {
    "x": "https://x.com/settings/connected_apps",
    "linkedin": "https://www.linkedin.com/psettings/permitted-services",
}
REFRESH_WORKS_ONCE = frozenset({"x"})


class SignIn(Protocol):
    """A network's way from consent to tokens. Its calls raise as `bot.networks.oauth.ask` does."""

    def address(self, *, state: str, verifier: str) -> str:
        """Return where people consent; their browser brings `state` back."""
        ...

    def exchange(self, code: str, *, verifier: str) -> Token:
        """Exchange the code that the browser brought back for tokens. Works once."""
        ...

    def renew(self, refresh_token: str) -> Token:
        """Get new tokens for a refresh token."""
        ...

    def revoke(self, token: str) -> None:
        """Take the consent back, where the network has a way to; raises a `NetworkError`."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """A way, with the scopes without which the account could not post."""

    sign_in: SignIn
    needs: frozenset[str]


def secret_of(account: schema.Account, part: str) -> str:
    """Return the secret `part` of an account, "" where it is not set. Raises `Unauthorised`."""
    try:
        return secret(f"{account.credentials}_{part}") if account.credentials else ""
    except MissingSecretFile as error:
        raise Unauthorised(str(error)) from None


def details_of(account: schema.Account, *, token: str = "") -> AccountDetails:
    """Return what a client needs to know of an account; `token` is that of its connection."""
    return AccountDetails(
        name=account.name,
        network=account.network,
        handle=account.handle,
        author=account.author,
        credentials=account.credentials,
        mentions=account.mentions,
        secret=lambda part: secret_of(account, part),
        token=token,
    )


def ours(account: schema.Account) -> str:
    """Return the account as its network names it, "" where accounts.toml does not say."""
    if account.network == "x":
        handle = account.handle.strip().lstrip("@").lower()
        return f"@{handle}" if handle else ""
    return account.author


def is_ours(account: schema.Account, author: str) -> bool:
    """Say whether `author`, as a network named it, is the account in accounts.toml."""
    expected = ours(account)
    return not expected or expected == (author.lower() if account.network == "x" else author)


def can_connect(account: schema.Account) -> bool:
    """Say whether there is a way for the account: its network has one, and the app's id is set."""
    if account.network not in RENEW_AHEAD_MINUTES:
        return False
    try:
        return bool(secret_of(account, "CLIENT_ID"))
    except Unauthorised:
        return False


def way_of(
    account: schema.Account,
    *,
    redirect: str,
    endpoints: Endpoints,
    patience: wire.Patience = wire.PATIENCE,
) -> Way:
    """Return the way of an account. `redirect` is where the browser comes back to, as the app has it.

    Raises `Unauthorised`, which names what is not set.
    """
    if account.network not in RENEW_AHEAD_MINUTES:
        raise Unauthorised(
            f"{account.network} has no way to connect here.", mend="Its package says what it needs."
        )
    if not account.credentials:
        raise Unauthorised(
            f"The account {account.name} names no credentials.",
            mend=f'Write credentials = "{account.network.upper()}" in accounts.toml.',
        )
    client_id, client_secret = secret_of(account, "CLIENT_ID"), secret_of(account, "CLIENT_SECRET")
    # An app of X may be a public one, without a secret.
    if not client_id or not (client_secret or account.network == "x"):
        prefix = account.credentials
        missing = f"{prefix}_CLIENT_SECRET" if client_id else f"{prefix}_CLIENT_ID"
        raise Unauthorised(
            f"{missing} is not set.",
            mend=f"Set {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET, from the app's page in the network's "
            "developer portal.",
        )
    if account.network == "x":
        on_x = x_sign_in.SignIn(
            client_id, client_secret, redirect, endpoints=endpoints, patience=patience
        )
        return Way(on_x, frozenset({"tweet.read", "tweet.write", "users.read"}))
    page = account.author.startswith("urn:li:organization:")
    usual = linkedin_sign_in.ORGANISATION_SCOPES if page else linkedin_sign_in.MEMBER_SCOPES
    scopes = tuple(secret_of(account, "SCOPES").split()) or usual
    on_linkedin = linkedin_sign_in.SignIn(
        client_id, client_secret, redirect, scopes=scopes, endpoints=endpoints, patience=patience
    )
    return Way(on_linkedin, frozenset({"w_organization_social" if page else "w_member_social"}))


def who(
    account: schema.Account,
    *,
    token: str,
    endpoints: Endpoints,
    now: Callable[[], datetime],
) -> Identity:
    """Ask the account's network whose credentials it has: `token`, else the keys of the environment.

    Posts nothing. Raises a `NetworkError`: `NotOurs`, `Unauthorised`, `Temporary`, or `CannotLook` where the
    network does not say.
    """
    client = registry.client_for(
        details_of(account, token=token), live=True, endpoints=endpoints, now=now
    )
    if not hasattr(client, "who"):
        raise CannotLook(f"{account.network} does not say whose credentials these are.")
    return cast(SaysWho, client).who()


def end_of_key(account: schema.Account, *, endpoints: Endpoints) -> datetime | None:
    """Ask when a token that the operator set ends; None where nobody can say, or it does not end.

    Only LinkedIn's do, and LinkedIn says it to an app that shows its id and secret. Raises a `NetworkError`.
    """
    if account.network != "linkedin" or not secret_of(account, "CLIENT_SECRET"):
        return None
    token = secret_of(account, "ACCESS_TOKEN")
    if not token or not can_connect(account):
        return None
    return linkedin_sign_in.SignIn(
        secret_of(account, "CLIENT_ID"),
        secret_of(account, "CLIENT_SECRET"),
        "",
        scopes=(),
        endpoints=endpoints,
    ).ends_at(token)
