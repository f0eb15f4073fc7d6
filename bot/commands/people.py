"""`bot people …` and `bot prune`: letting go of a person's data, and of what is old."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands import ready

app = typer.Typer(no_args_is_help=True, help="Erase a person's data.")


@app.callback()
def _people() -> None:
    """Erase a person's data."""


@app.command()
def erase(
    username: Annotated[str, typer.Argument(metavar="USERNAME", help="As on the People page.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases.")],
) -> None:
    """Erase somebody: account, mail, sessions, and the name in every row; the record stays valid."""
    ready.desk()
    from review import erasing, transitions

    erased = erasing.erase(username, by=transitions.operator(by), now=ready.now())
    typer.echo(
        f"Erased. What they did now stands under {erased.pseudonym}, in {erased.lines} lines of the record. "
        "Backups made before still hold the name: delete those, or erase again after a restore."
    )


def prune() -> None:
    """Let go of what is older than calendar.toml's [keep] says; the worker does it each day by itself."""
    ready.desk()
    from review import pruning

    gone = pruning.prune(keep=ready.configuration().calendar.keep, now=ready.now())
    said = ", ".join(f"{number} {what}" for what, number in sorted(gone.items()))
    typer.echo(f"Let go of: {said}." if said else "Nothing is old enough to let go of.")
