"""The command line: `bot …`, or `python -m bot …`.

Exit 0: done. 1: what was asked for failed, with one clear line on standard error. 2: wrong usage.
"""

from __future__ import annotations

import logging
import os
import sys

import typer

from bot.commands import (
    check,
    connecting,
    keeping,
    looking,
    moving,
    people,
    queue,
    ready,
    record,
    serving,
    sources,
    status,
)
from config import outgoing

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Herodr watches what you publish, drafts announcements, and publishes what people approve.",
)
app.command()(serving.run)
app.command()(serving.once)
app.command()(serving.web)
app.command()(serving.worker)
app.command()(serving.release)
app.command()(serving.sign_in)
app.command()(connecting.connect)
app.command()(connecting.disconnect)
app.command()(looking.preview)
app.add_typer(looking.rules_app, name="rules")
app.add_typer(queue.app, name="queue")
app.add_typer(sources.app, name="sources")
app.command()(status.status)
app.command()(status.resume)
app.command()(status.stop)
app.command()(status.go_on)
app.command()(check.check)
app.add_typer(record.app, name="log")
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(moving.move)
app.add_typer(people.app, name="people")
app.command()(people.prune)


def _sentence(error: Exception) -> str | None:
    """Return what to tell the person for an expected error, None for one that is our own fault."""
    from config.env import MissingSecretFile
    from config.schema import ConfigurationError

    if isinstance(error, (ready.Trouble, ConfigurationError, MissingSecretFile)):
        return str(error)
    module = type(error).__module__
    if module.startswith(("bot.", "review.")):
        # The steps and the transitions raise their own errors, each with its sentence.
        return str(error)
    if module.startswith("django.db"):
        return f"The database did not answer as it should ({str(error).partition(chr(10))[0]})."
    if module.startswith("django.core.exceptions"):
        return str(error)
    return None


def main() -> None:
    """Run the command line. Ends the process with the exit code the contract names."""
    outgoing.share_certificates(os.environ)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (say, `head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        said = _sentence(error)
        if said is None:
            logging.getLogger("bot").exception("unexpected")
            said = f"Something unforeseen went wrong ({type(error).__name__}); the lines above help us mend it."
        sys.stderr.write(f"bot: {' '.join(said.split())}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
