"""OAuth 2.0 as the networks share it: what a token answer gives, and what it means when there is none.

Asking for a token is a call like any other (`bot.networks.wire`): made once, every wait bounded. Codes and
refresh tokens may work only once, so a call without an answer says so: `OutcomeUnknown`.
https://www.rfc-editor.org/rfc/rfc6749
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.networks import answers, wire
from bot.networks.answers import Answer
from bot.networks.base import NetworkError, OutcomeUnknown, Temporary, Unauthorised


class Ended(Unauthorised):
    """The network does not take this refresh token any more: somebody has to consent again."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a network gave. Lifetimes are in seconds; None and "" where it did not say, or gave none."""

    access_token: str = field(repr=False)
    expires_in: int | None
    scope: tuple[str, ...] = ()
    refresh_token: str = field(default="", repr=False)
    refresh_token_expires_in: int | None = None


def ask(
    network: str,
    setting: str,
    session: wire.Session,
    path: str,
    form: Mapping[str, str],
    *,
    secrets: Iterable[str],
    headers: Mapping[str, str] | None = None,
) -> Token:
    """Ask for a token with `form`.

    Raises `Temporary` when the network certainly gave none, `OutcomeUnknown` when it may have given one that
    did not arrive, `Ended` when the code or refresh token in `form` is no good (any more), and `Unauthorised`
    when the app is not accepted. None of them holds one of `secrets`.
    """
    answer = wire.ask(
        network,
        setting,
        lambda: session.request("POST", session.url(path), data=form, headers=headers),
        changes=True,
    )
    token = _read(answer)
    if token is not None:
        return token
    raise _error(network, answer, secrets=secrets)


def _read(answer: Answer) -> Token | None:
    given = answer.fields()
    token = given.get("access_token")
    if not answer.ok or not isinstance(token, str) or not re.fullmatch(r"[!-~]+", token):
        return None
    refresh = given.get("refresh_token")
    return Token(
        access_token=token,
        expires_in=_whole(given.get("expires_in")),
        # Seen separated by commas and by spaces.
        scope=tuple(re.findall(r"[^,\s]+", str(given.get("scope") or ""))),
        refresh_token=refresh if isinstance(refresh, str) else "",
        refresh_token_expires_in=_whole(given.get("refresh_token_expires_in")),
    )


def _error(network: str, answer: Answer, *, secrets: Iterable[str]) -> NetworkError:
    status, given = answer.status_code, answer.fields()
    if answer.ok:
        return OutcomeUnknown(f"{network} gave a token ({status}) that cannot be read.")
    if status >= 500 or status in (408, 429):
        return Temporary(f"{network} could not give a token now (it answered {status}).")
    said = answers.quoted(
        given.get("error_description") or given.get("error") or given.get("detail"),
        secrets=secrets,
    )
    kind = str(given.get("error", ""))
    if status == 401 and kind != "invalid_request":
        kind = "invalid_client"
    if kind in ("invalid_client", "unauthorized_client"):
        return Unauthorised(
            f"{network} does not accept the app: “{said or status}”.",
            mend="Client id and client secret must be as in the network's developer portal.",
        )
    return Ended(
        f"{network} gave no token: “{said or status}”.",
        mend="Connect again. Client id, client secret and redirect address must be as in the network's "
        "developer portal.",
    )


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return int(value) if re.fullmatch(r"\d{1,12}", str(value), re.ASCII) else None
