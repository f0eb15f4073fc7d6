"""The secrets of an account, read before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.networks.base import AccountDetails, Unauthorised

# What to do about the token of a connection that has ended.
RECONNECT = (
    "Press Reconnect on the Accounts page, or run `bot connect {network} --account {name}`; its posts "
    "wait until then."
)


def read(details: AccountDetails, names: Iterable[str]) -> dict[str, str]:
    """Return the secrets `names` of an account.

    Raises `Unauthorised`, which names the environment variables that are empty or malformed.
    """
    names = tuple(names)
    if not details.credentials:
        raise Unauthorised(
            f"The account {details.name} has no credentials.",
            mend=f'Write credentials = "{details.network.upper()}" in accounts.toml and set '
            f"{listed(f'{details.network.upper()}_{name}' for name in names)}.",
            connecting=True,
        )
    values = {name: details.secret(name).strip() for name in names}
    missing = [f"{details.credentials}_{name}" for name, value in values.items() if not value]
    if missing:
        raise Unauthorised(
            f"The account {details.name} has no {listed(missing)}.",
            mend=f"Set {listed(missing)} in the environment, or the path of a file in "
            f"{listed(f'{name}_FILE' for name in missing)}.",
            connecting=True,
        )
    odd = [
        f"{details.credentials}_{name}"
        for name, value in values.items()
        if not re.fullmatch(r"[!-~]+", value)
    ]
    if odd:
        raise Unauthorised(
            f"The account {details.name} cannot use {listed(odd)}: there are characters in it that no "
            "such key has.",
            mend=f"Copy {listed(odd)} again, without spaces, quotation marks or line ends.",
            connecting=True,
        )
    return values


def listed(names: Iterable[str]) -> str:
    """Write names as people do: "A", "A and B", "A, B and C"."""
    names = list(names)
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
