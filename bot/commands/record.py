"""`bot log …`: the record of everything that was decided and sent."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.commands import ready

app = typer.Typer(no_args_is_help=True, help="Check and export the record.")


class Format(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    JSON = "json"


@app.command()
def verify() -> None:
    """Walk the whole record and say whether a line was changed, added or removed."""
    ready.desk()
    from review import record
    from review.models import Event

    fault = record.verify()
    if fault:
        raise ready.Trouble(fault)
    typer.echo(
        f"The record is sound: {Event.objects.count()} events, each bound to the one before."
    )


@app.command()
def export(
    *,
    from_: Annotated[str, typer.Option("--from", metavar="D", help="First day, 2026-01-31.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="D", help="Last day, included.")] = "",
    form: Annotated[Format, typer.Option("--format", help="csv or json.")] = Format.CSV,
) -> None:
    """Print the events of some days, oldest first."""
    ready.desk()
    from review.models import Event

    zone = ready.configuration().calendar.zone
    events = Event.objects.order_by("pk")
    if from_:
        events = events.filter(at__gte=_day(from_, "--from").replace(tzinfo=zone))
    if to:
        events = events.filter(at__lt=_day(to, "--to").replace(tzinfo=zone) + timedelta(days=1))
    rows = [
        {
            "id": event.pk,
            "at": event.at.astimezone(zone).isoformat(),
            "verb": event.verb,
            "actor": event.actor,
            "post": event.post_number,
            "from": event.from_state,
            "to": event.to_state,
            "content_hash": event.content_hash,
            "reason": event.reason,
            "details": event.details,
            "hash": event.hash,
        }
        for event in events.iterator(chunk_size=1000)
    ]
    typer.echo(
        json.dumps(rows, ensure_ascii=False, indent=2) if form is Format.JSON else _csv(rows),
        nl=form is Format.JSON,
    )


def _day(text: str, option: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - the caller gives it its zone
    except ValueError:
        raise typer.BadParameter("write a day such as 2026-01-31", param_hint=option) from None


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    names = [
        "id",
        "at",
        "verb",
        "actor",
        "post",
        "from",
        "to",
        "content_hash",
        "reason",
        "details",
        "hash",
    ]
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for row in rows:
        # A cell that begins like a formula would run in a spreadsheet.
        safe = {k: f"'{v}" if str(v)[:1] in "=+-@" else v for k, v in row.items()}
        writer.writerow({**safe, "details": json.dumps(row["details"], ensure_ascii=False)})
    return out.getvalue()
