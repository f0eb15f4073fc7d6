"""A line of the log says what it concerns and shows no secret, for people and for machines."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from logging.config import dictConfig

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import env, logs


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where a logger of our own writes, as JSON."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Json())
    logger = logging.getLogger("bot.test")
    logger.addHandler(handler)
    yield out
    logger.removeHandler(handler)


def last(out: io.StringIO) -> dict[str, object]:
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def test_what_is_said_around_a_line_stands_in_it(log: io.StringIO) -> None:
    with logs.about(account="ours-x"), logs.about(post=7, attempt=2):
        logging.getLogger("bot.test").warning("no answer from %s", "X")
    row = last(log)
    assert {name: row[name] for name in ("post", "attempt", "account")} == {
        "post": 7,
        "attempt": 2,
        "account": "ours-x",
    }
    assert (row["message"], row["level"], row["logger"]) == (
        "no answer from X",
        "warning",
        "bot.test",
    )
    logging.getLogger("bot.test").warning("outside", extra={"source": "News"})
    assert "post" not in last(log)
    assert last(log)["source"] == "News"


def test_a_traceback_stays_in_its_line(log: io.StringIO) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("bot.test").exception("it failed")
    assert len(log.getvalue().splitlines()) == 1
    assert "ValueError" in str(last(log)["exception"])


def test_people_read_what_a_line_concerns_at_its_end() -> None:
    line = logs.Line("%(levelname)s %(message)s")
    record = logging.LogRecord("bot", logging.INFO, "", 0, "published", None, None)
    with logs.about(post=7, account="ours-x"):
        assert line.format(record) == "INFO published [post 7, account ours-x]"
    assert line.format(record) == "INFO published"


@pytest.mark.parametrize("form", [logs.Line("%(message)s"), logs.Json()])
def test_a_secret_that_was_read_is_never_shown(form: logging.Formatter) -> None:
    secret = env.secret("X_API_SECRET", environment={"X_API_SECRET": "s3cret-of-x-777"})
    env.secret("DATABASE_URL", environment={"DATABASE_URL": "postgresql://me:p%40ssw0rd9@db/n"})
    record = logging.LogRecord("bot", logging.INFO, "", 0, "sent %s to db/n", (secret,), None)
    record.account = "p@ssw0rd9 and p%40ssw0rd9"
    said = form.format(record)
    assert "s3cret-of-x-777" not in said
    assert "ssw0rd9" not in said
    # Of an address only the password is hidden.
    assert "db/n" in said


@given(st.text(), st.text())
def test_any_message_becomes_one_line_of_json(message: str, account: str) -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "%s", (message,), None)
    record.account = account
    said = logs.Json().format(record)
    assert len(said.split("\n")) == 1
    assert set(json.loads(said)) == {"at", "level", "logger", "message", "account"}


@pytest.mark.parametrize(
    ("form", "formatter"), [("json", logs.Json), ("line", logs.Line), ("?", logs.Line)]
)
def test_the_setting_chooses_the_form_and_an_unknown_one_is_a_line(
    form: str, formatter: type[logging.Formatter]
) -> None:
    made = logs.configuration(form=form, level="INFO", stream=io.StringIO())
    name = made["handlers"]["stderr"]["formatter"]
    assert made["formatters"][name]["()"] is formatter
    assert callable(dictConfig)
