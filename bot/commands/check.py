"""`bot check`: is this deployment sound? Each finding says the mend."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import connected, ready
from config import checks, schema
from config.checks import Finding


def check(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask the networks who we are, too; X bills a cent.")
    ] = False,
) -> None:
    """Check configuration, secrets, database and networks. Exit 1 if anything is an error."""
    findings = list(_findings(ask=ask))
    errors = sum(1 for finding in findings if finding.level == "error")
    if as_json:
        rows = [
            {"level": f.level, "where": f.where, "what": f.what, "mend": f.mend} for f in findings
        ]
        typer.echo(json.dumps({"ok": not errors, "findings": rows}, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            typer.echo(f"{finding.level.upper()}  {finding.where}: {finding.what} {finding.mend}")
        typer.echo(
            "Everything is sound."
            if not findings
            else f"{errors} errors, {len(findings) - errors} warnings."
        )
    if errors:
        raise typer.Exit(1)


def _findings(*, ask: bool) -> Iterator[Finding]:
    try:
        configuration = ready.configuration()
    except schema.ConfigurationError as error:
        place = f"{error.file}: {error.where}" if error.where else error.file
        yield Finding("error", place, "it cannot be used:", error.mend)
        configuration = None
    if configuration is not None:
        yield from checks.of_configuration(
            configuration, environment=os.environ, connected=connected.names()
        )
        yield from _of_mind(configuration)
        yield from _of_networks(configuration)
    yield from checks.of_environment(os.environ)
    yield from _of_chats()
    yield from _of_database(configuration, ask=ask)


def _of_mind(configuration: schema.Configuration) -> Iterator[Finding]:
    from bot import mind

    try:
        mind.load(configuration)
    except (ValueError, OSError) as error:
        yield Finding("error", "rules and wording", str(error), "")


def _of_networks(configuration: schema.Configuration) -> Iterator[Finding]:
    from bot.networks import registry, versions
    from bot.networks.base import Endpoints
    from review import text

    known = registry.names()
    for account in configuration.accounts:
        if account.network not in known:
            yield Finding(
                "error",
                f'accounts.toml: account "{account.name}"',
                f'there is no network "{account.network}".',
                f"Write one of {', '.join(sorted(known))}.",
            )
        elif account.network not in text.NETWORKS:
            yield Finding(
                "error",
                f'accounts.toml: account "{account.name}"',
                f'the package that adds the network "{account.network}" cannot be used; the log says why.',
                "Install it again, or remove the account.",
            )
    if any(account.network == "linkedin" for account in configuration.accounts):
        version = Endpoints.from_environment(os.environ).linkedin_version
        left = versions.days_left(version, ready.now().date())
        if left is None:
            yield Finding(
                "error", "LINKEDIN_VERSION", f'"{version}" is no version.', "Write it as 202609."
            )
        elif sentence := versions.ending(version, ready.now().date()):
            yield Finding("error" if left < 0 else "warning", "LINKEDIN_VERSION", sentence, "")


def _of_chats() -> Iterator[Finding]:
    from bot import chat
    from config.env import MissingSecretFile, secret

    for name in ("NOTICE_URLS", "ALERT_URLS"):
        try:
            found = chat.addresses(secret(name))
        except MissingSecretFile as error:
            yield Finding("error", name, str(error), "")
            continue
        for number, address in enumerate(found, start=1):
            if not chat.is_usable(address):
                # Only the service's name: the rest is a secret.
                yield Finding(
                    "error",
                    name,
                    f"its address number {number} ({chat.service(address)[:20]}) cannot be understood.",
                    "Compare it with the service's page in Apprise's wiki.",
                )


def _of_database(
    configuration: schema.Configuration | None, *, ask: bool = False
) -> Iterator[Finding]:
    from django.core.exceptions import ImproperlyConfigured

    try:
        ready.django()
        ready.database(prepared=True)
    except ready.NotPrepared as error:
        yield Finding("warning", "the database", str(error), "`bot run` does it by itself.")
        return
    except (ready.Trouble, ImproperlyConfigured) as error:
        yield Finding("error", "DATABASE_URL", str(error), "")
        return
    from bot import alerts
    from review import health, record

    fault = record.verify()
    if fault:
        yield Finding(
            "error", "the record", fault, "Restore a backup, and find out who wrote to it."
        )
    now = ready.now()
    ahead = {"the database": health.ahead_of_database(now)}
    said = set()
    for sign in alerts.signs(configuration, now=now, version="", folder=Path.cwd(), ahead=ahead):
        # An end that comes near has a sign for each stage, with the same sentence.
        if sign.sentence not in said:
            yield Finding(sign.level, sign.key, sign.sentence, "")
        said.add(sign.sentence)
    if configuration is not None:
        yield from connected.findings(configuration)
        yield from connected.ask(configuration) if ask else ()
    yield from _of_sources(configuration)


def _of_sources(configuration: schema.Configuration | None) -> Iterator[Finding]:
    """A source's first failures are no alert yet, but whoever asks is told."""
    from review import health, queries

    names = {source.name for source in configuration.sources} if configuration else set()
    for source in queries.sources():
        if source.name in names and source.trouble and source.failures < health.FAILURES:
            yield Finding("warning", f'source "{source.name}"', source.trouble, "")
