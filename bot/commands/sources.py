"""`bot sources …`: try one, ask one now, and settle what is held."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import ready

if TYPE_CHECKING:
    from config import schema

app = typer.Typer(no_args_is_help=True, help="Try sources, and settle what is held.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="As in sources.toml.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]


def _source(name: str) -> schema.Source:
    configuration = ready.configuration()
    found = next((source for source in configuration.sources if source.name == name), None)
    if found is None:
        names = ", ".join(f'"{source.name}"' for source in configuration.sources)
        raise ready.Trouble(
            f'There is no source "{name}" in sources.toml; there are {names or "none"}.'
        )
    return found


@app.command("try")
def try_(
    name: Name,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Ask a source now and show what would be seen and drafted. Touches nothing."""
    from bot import mind
    from bot.commands.looking import get
    from bot.preview import as_text
    from bot.preview import preview as look
    from bot.values import Fetched

    source = _source(name)
    configuration = ready.configuration()
    if source.is_file:
        path = configuration.path_of(source)
        try:
            answer = Fetched(url=source.url, status=200, body=path.read_bytes())
        except OSError as error:
            raise ready.Trouble(
                f"The file {source.url} cannot be read ({error.strerror}); correct it in sources.toml."
            ) from None
    else:
        answer = get(source.url)
    result = look(
        answer,
        configuration=configuration,
        mind=mind.load(configuration),
        language=source.language,
        source=source,
    )
    typer.echo(
        json.dumps(result, ensure_ascii=False, indent=2)
        if as_json
        else as_text(result, configuration=configuration)
    )


@app.command()
def ask(name: Name) -> None:
    """Ask a source at the next pass, whenever it was due; also one that was gone.

    A server that asked to be left alone is not asked before that time is over.
    """
    ready.desk()
    from review import intake

    source = _source(name)
    intake.sync_sources(ready.configuration().sources, now=ready.now())
    now = ready.now()
    due = intake.ask_now(source.name, now=now).next_check_at
    if due > now:
        when = f"at {due:%Y-%m-%d %H:%M} UTC: its server asked to be left alone until then"
    else:
        when = "at the next pass"
    typer.echo(f"{source.name} is asked {when}.")


@app.command()
def held(name: Name) -> None:
    """List the entries of a source that are held for a person."""
    ready.desk()
    from review import queries

    rows = list(queries.held_entries(_source(name).name))
    for row in rows:
        day = f"{row.published_at:%Y-%m-%d}  " if row.published_at else ""
        typer.echo(f"{day}{row.title or '(no title)'}  {row.link}".rstrip())
    if not rows:
        typer.echo("Nothing is held.")


@app.command()
def release(name: Name, *, by: By = "the operator") -> None:
    """Have the held entries of a source drafted."""
    ready.desk()
    from review import intake

    number = intake.release(_source(name).name, by=by, now=ready.now())
    typer.echo(f"{_entries(number)} drafted at the next pass.")


@app.command()
def dismiss(name: Name, *, by: By = "the operator") -> None:
    """Leave the held entries of a source as they are: known, and not drafted."""
    ready.desk()
    from review import intake

    number = intake.dismiss(_source(name).name, by=by, now=ready.now())
    typer.echo(f"{_entries(number)} left as known.")


def _entries(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number} entries are"
