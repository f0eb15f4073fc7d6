"""Is the configuration sound? Findings about files and environment, each with its mend."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from config import outgoing
from config.env import MissingSecretFile, secret
from config.schema import Account, Configuration

# The secrets a live account needs, by network: <credentials>_<NAME>.
SECRETS = {
    "x": ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"),
    "linkedin": ("ACCESS_TOKEN",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (`error`) or may become so (`warning`): where, what, and the mend."""

    level: Literal["error", "warning"]
    where: str
    what: str
    mend: str


def of_configuration(
    configuration: Configuration,
    *,
    environment: Mapping[str, str],
    connected: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield what is wrong with the sources, accounts and calendar.

    `connected` names the accounts that were connected here, and so need no secrets.
    """
    if not configuration.sources:
        yield Finding(
            "warning", "sources.toml", "nothing is watched.", "Add a [[source]] with name and url."
        )
    for source in configuration.sources:
        if source.is_file and not configuration.path_of(source).is_file():
            yield Finding(
                "error",
                f'sources.toml: source "{source.name}" key "url"',
                f"there is no file {source.url}.",
                "Correct the address; it is relative to the configuration directory.",
            )
        if not configuration.accounts_for(source.language, source=source):
            yield Finding(
                "warning",
                f'sources.toml: source "{source.name}"',
                f"no account announces in its language ({source.language}).",
                'Add the language to an account\'s "languages" in accounts.toml.',
            )
    if not configuration.accounts:
        yield Finding(
            "warning", "accounts.toml", "nobody posts.", "Add an [[account]] with name and network."
        )
    for account in configuration.accounts:
        yield from _of_account(account, environment, connected=account.name in connected)
    if not configuration.calendar.slots:
        yield Finding(
            "warning",
            'calendar.toml: key "slots"',
            "there are no slots, so every approval needs a time of its own.",
            'Add some, such as slots = ["Mon-Fri 09:30"].',
        )


def _of_account(
    account: Account, environment: Mapping[str, str], *, connected: bool
) -> Iterator[Finding]:
    where = f'accounts.toml: account "{account.name}"'
    if not account.live:
        return
    if account.network == "linkedin" and not account.author:
        yield Finding(
            "error",
            f'{where} key "author"',
            "a LinkedIn account needs an author.",
            'Write author = "urn:li:organization:…" with the page\'s number.',
        )
    needed = () if connected else SECRETS.get(account.network, ())
    if needed and not account.credentials:
        yield Finding(
            "error",
            f'{where} key "credentials"',
            "it is live but names no credentials.",
            'Write credentials = "X", the prefix of its secrets in the environment.',
        )
        return
    for name in needed:
        variable = f"{account.credentials}_{name}"
        try:
            missing = not secret(variable, environment=environment)
        except MissingSecretFile as error:
            yield Finding("error", where, str(error), "")
            continue
        if missing:
            yield Finding(
                "error",
                where,
                f"it is live, but the secret {variable} is not set.",
                f"Set {variable}, or {variable}_FILE to a file that holds it. Or connect the account: "
                f"`bot connect {account.network} --account {account.name}`, or the Accounts page.",
            )


def of_environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with the environment variables."""
    base = environment.get("BASE_URL", "")
    if base and urlsplit(base).scheme not in ("http", "https"):
        yield Finding(
            "error", "BASE_URL", "it is no address.", "Write it as https://desk.example.org."
        )
    elif base.startswith("http://") and urlsplit(base).hostname not in ("localhost", "127.0.0.1"):
        yield Finding(
            "warning",
            "BASE_URL",
            "people would sign in without encryption.",
            "Serve the desk over https and set BASE_URL to that address.",
        )
    if not base and any(environment.get(name) for name in ("EMAIL_URL", "EMAIL_URL_FILE")):
        yield Finding(
            "warning",
            "BASE_URL",
            "it is not set, so links in mails lead to 127.0.0.1.",
            "Set it to the desk's address as people type it.",
        )
    for name, what, mend in outgoing.troubles(environment):
        yield Finding("error", name, what, mend)
    url = environment.get("DATABASE_URL", "")
    if url.startswith("postgres") and not (
        environment.get("SECRET_KEY") or environment.get("SECRET_KEY_FILE")
    ):
        yield Finding(
            "warning",
            "SECRET_KEY",
            "it is not set, so each machine makes its own and people are signed out between them.",
            "Set SECRET_KEY (50 random characters) to the same on every machine.",
        )
