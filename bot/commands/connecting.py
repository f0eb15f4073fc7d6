"""`bot connect`: authorise an account, at the terminal and in a browser."""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from bot.commands import ready
from config import schema
from config.env import secret

MEMBER_SCOPES = ("openid", "profile", "w_member_social")
PAGE_SCOPES = ("w_organization_social", "r_organization_social")


class Network(StrEnum):
    """The networks that can be connected here."""

    X = "x"
    LINKEDIN = "linkedin"


def connect(
    network: Annotated[Network, typer.Argument(help="x or linkedin.")],
    *,
    account: Annotated[str, typer.Option(metavar="NAME", help="As in accounts.toml.")],
    redirect: Annotated[
        str,
        typer.Option(metavar="URL", help="The redirect address that the app has on LinkedIn."),
    ] = "http://127.0.0.1:8000/connected",
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where the token is kept, for us only.")
    ] = None,
) -> None:
    """Authorise an account. X needs its four keys and nothing else; LinkedIn needs a person's consent."""
    found = ready.configuration().account(account)
    if found is None or found.network != network:
        raise ready.Trouble(
            f'accounts.toml has no account "{account}" on {network}; correct the name.'
        )
    if not found.credentials:
        raise ready.Trouble(
            f'The account "{account}" names no credentials; write credentials = "{network.upper()}".'
        )
    if network is Network.X:
        _check_x(found)
    else:
        _connect_linkedin(found, redirect, to or Path(f"herodr-{account}.token"))


def _check_x(account: schema.Account) -> None:
    from config.checks import SECRETS

    missing = [
        f"{account.credentials}_{name}"
        for name in SECRETS["x"]
        if not secret(f"{account.credentials}_{name}")
    ]
    if missing:
        raise ready.Trouble(
            f"X needs no consent here, only the keys from its developer portal. Not set: {', '.join(missing)}."
        )
    typer.echo("All four keys are set; they do not expire. `live = true` lets the account publish.")


def _connect_linkedin(account: schema.Account, redirect: str, to: Path) -> None:
    from bot.networks.base import Endpoints, NetworkError
    from bot.networks.linkedin_sign_in import SignIn

    client_id = secret(f"{account.credentials}_CLIENT_ID")
    client_secret = secret(f"{account.credentials}_CLIENT_SECRET")
    if not (client_id and client_secret):
        raise ready.Trouble(
            f"Set {account.credentials}_CLIENT_ID and {account.credentials}_CLIENT_SECRET, from the app's page "
            "on LinkedIn's developer portal."
        )
    scopes = PAGE_SCOPES if account.author.startswith("urn:li:organization:") else MEMBER_SCOPES
    way = SignIn(
        client_id,
        client_secret,
        redirect,
        scopes=scopes,
        endpoints=Endpoints.from_environment(os.environ),
    )
    typer.echo("Open this address in a browser, signed in as somebody who may post there:\n")
    typer.echo(way.authorization_url + "\n")
    ended = typer.prompt("Then paste the address at which the browser ended").strip()
    answer = {name: values[0] for name, values in parse_qs(urlsplit(ended).query).items()}
    if "error" in answer:
        raise ready.Trouble("LinkedIn was not given the consent, so there is no token; start anew.")
    if not secrets.compare_digest(answer.get("state", "").encode(), way.state.encode()):
        raise ready.Trouble("That address does not belong to this way in; start anew.")
    try:
        token = way.exchange(answer.get("code", ""))
    except NetworkError as error:
        raise ready.Trouble(f"{error} Start anew.") from None
    _keep(token.access_token, to)
    lasts = f"; it lasts {token.expires_in // 86_400} days" if token.expires_in else ""
    typer.echo(
        f"The token is in {to}, readable by you only{lasts}. "
        f"Set {account.credentials}_ACCESS_TOKEN_FILE={to.resolve()}"
    )


def _keep(token: str, to: Path) -> None:
    """Write the token where only we can read it. An older one there is replaced."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(token + "\n")
        to.chmod(0o600)
    except OSError as error:
        raise ready.Trouble(
            f"{to} cannot be written ({error.strerror}); name another with --to."
        ) from None
