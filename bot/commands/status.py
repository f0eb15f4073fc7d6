"""`bot status`: how things stand, in a few lines or as JSON."""

from __future__ import annotations

import json
import os
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from bot.commands import ready


def status(
    *, as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False
) -> None:
    """Show posts by state, sources, accounts and workers."""
    ready.desk()
    result = collect(ready.now())
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else _text(result))


def resume(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="As in accounts.toml.")],
    *,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; kept in the record.")],
) -> None:
    """Let a paused account go on, once its trouble is mended."""
    ready.desk()
    from review import accounts, transitions
    from review.models import Account

    account = Account.objects.filter(name=name).first()
    if account is None:
        raise ready.Trouble(f'There is no account "{name}"; `bot status` lists them.')
    accounts.resume(account.pk, by=transitions.operator(by), now=ready.now())
    typer.echo(f"The account {name} goes on; its posts that are due go out.")


def stop(
    *,
    reason: Annotated[str, typer.Option(metavar="R", help="Why; shown on every page.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; kept in the record.")],
) -> None:
    """Stop everything: nothing goes out until `bot go-on`."""
    ready.desk()
    from review import halts, transitions

    halts.stop(reason=reason, by=transitions.operator(by), now=ready.now())
    typer.echo("Everything is stopped. Posts whose time comes meanwhile go back to review.")


def go_on(
    *, by: Annotated[str, typer.Option(metavar="NAME", help="Who decides; kept in the record.")]
) -> None:
    """Let posts go out again after `bot stop`."""
    ready.desk()
    from review import halts, transitions

    halts.lift(by=transitions.operator(by), now=ready.now())
    typer.echo("Posts go out again, at their times.")


def collect(now: datetime) -> dict[str, Any]:
    """Return how things stand, in the shape the design gives `bot status --json`."""
    from review import budgets, health, intake, queries
    from review.models import Connection

    configuration = ready.configuration()
    zone = configuration.calendar.zone
    intake.sync_sources(configuration.sources, now=now)
    intake.sync_accounts(configuration.accounts, now=now)
    halt = queries.halt()
    connected = {one.account_id: one for one in Connection.objects.all()}
    return {
        "stopped": {"by": halt.by, "reason": halt.reason, "at": _iso(halt.at)} if halt else None,
        "posts": queries.counts(),
        "sources": [
            {
                "name": source.name,
                "url": source.url,
                "health": source.standing(now).value,
                "trouble": source.trouble or None,
                "notice": queries.notice(source) or None,
                "held": source.held_count,  # type: ignore[attr-defined]  # annotated
                "news_at": _iso(source.news_at),
                "checked_at": _iso(source.checked_at),
                "next_check_at": _iso(source.next_check_at),
                "failures": source.failures,
                "entries": source.entry_count,  # type: ignore[attr-defined]  # annotated
            }
            for source in queries.sources_with_counts(1 << 40)
        ],
        "accounts": [
            {
                "name": account.name,
                "network": account.network,
                "who": account.who,
                "live": account.live,
                "paused": account.is_paused(now),
                "paused_until": _iso(account.paused_until),
                "trouble": account.trouble or None,
                "connected_as": one.who if (one := connected.get(account.pk)) else None,
                "token_days_left": one.days_left(now) if one else account.key_days_left(now),
                "version_days_left": _version_days_left(account.network, now),
                **_money(account.monthly_budget, budgets.spent(account, at=now, zone=zone)),
            }
            for account in queries.accounts()
        ],
        "workers": [
            {
                "name": worker.name,
                "started_at": _iso(worker.started_at),
                "heartbeat_at": _iso(worker.heartbeat_at),
                "alive": health.is_alive(worker, now=now),
            }
            for worker in queries.workers()
        ],
    }


def _money(budget: Decimal | None, spent: Decimal) -> dict[str, str | None]:
    """The budget of the month, what it has cost so far, and what is left, in US dollars."""
    return {
        "monthly_budget": f"{budget:f}" if budget is not None else None,
        "spent_this_month": f"{spent:f}",
        "budget_left": f"{budget - spent:f}" if budget is not None else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _version_days_left(network: str, now: datetime) -> int | None:
    if network != "linkedin":
        return None
    from bot.networks import versions
    from bot.networks.base import Endpoints

    return versions.days_left(Endpoints.from_environment(os.environ).linkedin_version, now.date())


# Five different things, and one that is none of them yet.
_STANDINGS = {
    "new": "not read yet",
    "ok": "well, nothing new",
    "broken": "broken",
    "blocked": "blocked: it refuses this machine",
    "gone": "gone for good",
    "silent": "silent for longer than usual",
}


def _standing(source: dict[str, Any]) -> str:
    said = _STANDINGS[source["health"]]
    if source["health"] in ("ok", "silent") and source["news_at"]:
        said += f" since {source['news_at'][:16].replace('T', ' ')} UTC"
    return said


def _held(source: dict[str, Any]) -> str:
    if not source["held"]:
        return ""
    entries = "1 entry is" if source["held"] == 1 else f"{source['held']} entries are"
    return (
        f'{entries} held: `bot sources held "{source["name"]}"` lists them, then '
        "`bot sources release` has them drafted and `bot sources dismiss` does not."
    )


def _text(result: dict[str, Any]) -> str:
    posts = ", ".join(
        f"{number} {state.replace('_', ' ')}" for state, number in result["posts"].items() if number
    )
    lines = [f"Posts: {posts or 'none yet'}."]
    if result["stopped"]:
        lines.insert(
            0, f"EVERYTHING IS STOPPED by {result['stopped']['by']}: {result['stopped']['reason']}"
        )
    for source in result["sources"]:
        lines.append(f"Source {source['name']} ({_standing(source)})")
        more = (source["trouble"], source["notice"], _held(source))
        lines += [f"  {said}" for said in more if said]
    for account in result["accounts"]:
        how = "live" if account["live"] else "rehearsing"
        if account["paused"]:
            how += f", paused: {account['trouble']}"
        if account["monthly_budget"] is not None:
            how += (
                f", ${account['spent_this_month']} of ${account['monthly_budget']} spent this month"
            )
        if account["token_days_left"] is not None:
            how += f", its token lasts {account['token_days_left']} days more"
        lines.append(f"Account {account['name']} on {account['network']} ({how})")
    for worker in result["workers"][:5]:
        alive = "alive" if worker["alive"] else "not running"
        lines.append(f"Worker {worker['name']} ({alive}, last seen {worker['heartbeat_at']})")
    if not result["workers"]:
        lines.append("No worker has run yet: start one with `bot run` or `bot worker`.")
    return "\n".join(lines)
