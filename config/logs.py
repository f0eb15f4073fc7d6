"""How the log is written: a line for people or JSON for machines, with what it concerns, and without secrets.

with about(post=7, attempt=1, account="our-x"):
    log.warning("the network did not answer")   # says which post, attempt and account by itself
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from config import env

# What a line may concern, in the order in which it is said.
CONCERNS = ("post", "attempt", "account", "source", "worker")
_about: ContextVar[dict[str, Any]] = ContextVar("about", default={})  # noqa: B039 - never changed in place


@contextlib.contextmanager
def about(**what: Any) -> Iterator[None]:
    """Let every line that is logged inside say what it concerns; names are those of `CONCERNS`."""
    token = _about.set({**_about.get(), **what})
    try:
        yield
    finally:
        _about.reset(token)


def concerns(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a line concerns: what it was given itself, else what was said around it."""
    known = _about.get()
    found = {name: getattr(record, name, known.get(name)) for name in CONCERNS}
    return {name: value for name, value in found.items() if value is not None}


class Line(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write `record` with what it concerns behind it."""
        said = ", ".join(f"{name} {value}" for name, value in concerns(record).items())
        first, newline, more = super().format(record).partition("\n")
        return env.without_secrets(f"{first}{f' [{said}]' if said else ''}{newline}{more}")


class Json(logging.Formatter):
    """One JSON object a line, for whatever collects logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Write `record` as JSON: at, level, logger, message, what it concerns, and the traceback if any."""
        row: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **concerns(record),
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        hidden = {
            key: env.without_secrets(value) if isinstance(value, str) else value
            for key, value in row.items()
        }
        return json.dumps(hidden, ensure_ascii=False, default=str)


def configuration(*, form: str, level: str, stream: Any) -> dict[str, Any]:
    """Return Django's LOGGING for `form` ("line" or "json") and our own loggers' `level`."""
    formatters: dict[str, dict[str, Any]] = {
        "line": {"()": Line, "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": Json},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": stream,
                "formatter": form if form in formatters else "line",
            },
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"bot": {"level": level}, "review": {"level": level}},
    }
