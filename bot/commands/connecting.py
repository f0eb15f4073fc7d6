"""`bot connect`: authorise an account, at the terminal and in a browser."""

from __future__ import annotations

import getpass
import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from bot.commands import ready
from config import schema
from config.env import secret

if TYPE_CHECKING:
    from bot.networks.base import Endpoints, Identity, NetworkError


class Network(StrEnum):
    """The networks that can be connected here."""

    X = "x"
    LINKEDIN = "linkedin"


def connect(
    network: Annotated[Network, typer.Argument(help="x or linkedin.")],
    *,
    account: Annotated[str, typer.Option(metavar="NAME", help="As in accounts.toml.")],
    redirect: Annotated[
        str, typer.Option(metavar="URL", help="The redirect address that the app has.")
    ] = "http://127.0.0.1:8000/connected",
    oauth2: Annotated[
        bool, typer.Option("--oauth2", help="X: with OAuth 2.0, although its four keys are set.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="LinkedIn: keep the token in a file, for us only."),
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who connects; kept in the record.")] = "",
) -> None:
    """Authorise an account with somebody's consent in a browser; X's four keys are enough without."""
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
        if to is not None:
            raise typer.BadParameter(
                "X's tokens change every two hours: they are not kept in a file."
            )
        if not oauth2 and not _needs_consent(found):
            _try_keys(found)
            return
    _ask_for_consent(found, redirect, to, by)


def disconnect(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="As in accounts.toml.")],
    *,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; kept in the record.")],
) -> None:
    """Forget the tokens of a connected account; X is asked to end them too."""
    ready.desk()
    from bot.connect import tokens, ways
    from bot.networks.base import Endpoints
    from review import connections, transitions

    known = connections.of(name)
    if known is None:
        raise ready.Trouble(f'The account "{name}" is not connected; `bot status` says which are.')
    account = ready.configuration().account(name)
    place = ways.CONSENTS.get(known.account.network, "the network's settings")
    if account is not None:
        tools = tokens.Tools(Endpoints.from_environment(os.environ), ready.now)
        if tokens.revoke(known, account, tools=tools):
            place = ""
    connections.disconnect(known.account_id, by=transitions.operator(by), now=ready.now())
    there = (
        f"But on its network they are still good: whoever consented takes the app's access away there, at {place}."
        if place
        else "Its network has ended them too."
    )
    typer.echo(f"{name} is disconnected: Herodr has forgotten its tokens. {there}")


def _needs_consent(account: schema.Account) -> bool:
    """Say whether X's four keys are not all set, but the app's id is. Raises `Trouble` when neither is."""
    from config.checks import SECRETS

    names = [f"{account.credentials}_{name}" for name in SECRETS["x"]]
    missing = [name for name in names if not secret(name)]
    if not missing:
        return False
    if not secret(f"{account.credentials}_CLIENT_ID"):
        raise ready.Trouble(
            "X needs no consent here, only the keys from its developer portal. Not set: "
            f"{', '.join(missing)}. Or set {account.credentials}_CLIENT_ID and "
            f"{account.credentials}_CLIENT_SECRET to connect with OAuth 2.0."
        )
    return True


def _try_keys(account: schema.Account) -> None:
    from bot.connect import ways
    from bot.networks.base import Endpoints, NetworkError, Temporary

    typer.echo("All four keys are set; they do not expire.")
    try:
        who = ways.who(
            account, token="", endpoints=Endpoints.from_environment(os.environ), now=ready.now
        )
    except Temporary as error:
        typer.echo(f"Whose they are is still to be seen. {error}")
        return
    except NetworkError as error:
        raise _trouble(error) from None
    typer.echo(
        f"X says that they are those of {_named(who)}. `live = true` lets the account publish."
    )


def _ask_for_consent(account: schema.Account, redirect: str, to: Path | None, by: str) -> None:
    from bot.connect import ways
    from bot.networks.base import Endpoints, NetworkError
    from bot.networks.x_sign_in import new_verifier

    endpoints = Endpoints.from_environment(os.environ)
    label = "X" if account.network == "x" else "LinkedIn"
    verifier, state = new_verifier(), secrets.token_urlsafe(32)
    try:
        way = ways.way_of(account, redirect=redirect, endpoints=endpoints)
    except NetworkError as error:
        raise _trouble(error) from None
    if to is None:
        # Before anybody consents: what cannot be kept is not worth asking for.
        row = _prepare(account)
    typer.echo("Open this address in a browser, signed in as somebody who may post there:\n")
    typer.echo(way.sign_in.address(state=state, verifier=verifier) + "\n")
    ended = typer.prompt("Then paste the address at which the browser ended").strip()
    answer = {name: values[0] for name, values in parse_qs(urlsplit(ended).query).items()}
    if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise ready.Trouble("That address does not belong to this way in; start anew.")
    if "error" in answer or not answer.get("code"):
        raise ready.Trouble(f"{label} was not given the consent, so there is no token; start anew.")
    try:
        if to is not None:
            token = way.sign_in.exchange(answer["code"], verifier=verifier)
            _keep(token.access_token, to)
            lasts = f"; it lasts {token.expires_in // 86_400} days" if token.expires_in else ""
            typer.echo(
                f"The token is in {to}, readable by you only{lasts}. "
                f"Set {account.credentials}_ACCESS_TOKEN_FILE={to.resolve()}"
            )
            return
        _join(account, row, answer["code"], verifier, redirect, endpoints, by)
    except NetworkError as error:
        raise _trouble(error) from None


def _prepare(account: schema.Account) -> int:
    """Make the database fit and return the number of the account's row."""
    ready.keep_secret_key()
    ready.django()
    ready.migrate()
    from review import intake
    from review.models import Account

    intake.sync_accounts(ready.configuration().accounts, now=ready.now())
    return Account.objects.get(name=account.name).pk


def _join(
    account: schema.Account,
    row: int,
    code: str,
    verifier: str,
    redirect: str,
    endpoints: Endpoints,
    by: str,
) -> None:
    from bot.connect import joining
    from review import transitions

    kept, who = joining.join(
        account,
        row,
        code=code,
        verifier=verifier,
        redirect=redirect,
        by=transitions.operator(by or _user()),
        endpoints=endpoints,
        clock=ready.now,
    )
    left = kept.days_left(ready.now())
    lasts = (
        f"It lasts {left} days."
        if left is not None
        else "It renews itself."
        if kept.renewable
        else ""
    )
    typer.echo(f"{account.name} is connected as {_named(who)}. {lasts}".rstrip())


def _named(who: Identity) -> str:
    return f"{who.name} ({who.id})" if who.name else who.id


def _user() -> str:
    """The name of whoever is at the terminal; some containers have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "the operator"


def _trouble(error: NetworkError) -> ready.Trouble:
    from bot.networks.base import Unauthorised

    mend = error.mend if isinstance(error, Unauthorised) else "Start anew."
    return ready.Trouble(f"{error} {mend}".strip())


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
