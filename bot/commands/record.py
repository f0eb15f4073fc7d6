"""`bot log …`: the record of everything that was decided and sent."""

from __future__ import annotations

import csv
import html
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
    HTML = "html"


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
    account: Annotated[str, typer.Option(metavar="NAME", help="Only this account's.")] = "",
    form: Annotated[Format, typer.Option("--format", help="csv, json or html.")] = Format.CSV,
) -> None:
    """Print the events of some days, oldest first, as somebody who asks for them may have them."""
    ready.desk()
    from review.models import Event

    zone = ready.configuration().calendar.zone
    events = Event.objects.order_by("pk")
    if from_:
        events = events.filter(at__gte=_day(from_, "--from").replace(tzinfo=zone))
    if to:
        events = events.filter(at__lt=_day(to, "--to").replace(tzinfo=zone) + timedelta(days=1))
    if account:
        events = events.filter(details__account=account)
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
    write = {Format.CSV: _csv, Format.JSON: _json, Format.HTML: _html}[form]
    typer.echo(write(rows), nl=False)


def _day(text: str, option: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - the caller gives it its zone
    except ValueError:
        raise typer.BadParameter("write a day such as 2026-01-31", param_hint=option) from None


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _html(rows: list[dict[str, Any]]) -> str:
    """One page that any browser shows and any printer prints; nothing in it runs."""
    names = (
        "at",
        "actor",
        "verb",
        "post",
        "account",
        "from",
        "to",
        "reason",
        "link",
        "content_hash",
    )
    cells = (
        [row.get(name) or row["details"].get("url" if name == "link" else name) for name in names]
        for row in rows
    )
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell or ''))}</td>" for cell in line) + "</tr>"
        for line in cells
    )
    heads = "".join(f'<th scope="col">{name.replace("_", " ")}</th>' for name in names)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Record of Herodr</title>'
        "</head>\n<body><h1>Record of Herodr</h1>\n"
        f"<p>{len(rows)} events, oldest first.</p>\n<table border='1'><thead><tr>{heads}</tr></thead>"
        f"<tbody>\n{body}\n</tbody></table></body></html>\n"
    )


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
