"""Tokens that the operator set: their days are counted as those of connections are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.connect import keys, tokens
from bot.connect.shown import show
from config import schema
from review import health
from review.models import Account, Connection
from tests.bot.connect.conftest import PAGE_OF_OURS
from tests.bot.networks.conftest import NOW, Clock
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import TOKEN, LinkedInEmulator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN", TOKEN)


def page() -> Account:
    return Account.objects.get(name=PAGE_OF_OURS.name)


def signs(clock: Clock) -> list[str]:
    return [sign.key for sign in health.signs(now=clock(), calendar=None)]


def test_linkedin_says_when_the_token_ends_and_the_days_are_counted(
    configuration: schema.Configuration, tools: tokens.Tools, clock: Clock
) -> None:
    keys.look(configuration, tools=tools)
    assert page().key_ends_at == NOW + timedelta(days=60)
    assert (page().key_days_left(clock()), signs(clock)) == (60, [])
    for days, stages in ((46, 1), (53, 2), (59, 3)):
        clock.now = NOW + timedelta(days=days)
        assert len(signs(clock)) == stages
    assert signs(clock)[0] == "token ends: ours-page"
    clock.now = NOW + timedelta(days=60)
    (sentence,) = {sign.sentence for sign in health.signs(now=clock(), calendar=None)}
    assert "The token that is set for ours-page ends now" in sentence
    shown = show(page(), PAGE_OF_OURS, now=clock())
    assert (shown.days_left, shown.soon) == (0, True)


def test_it_is_asked_once_an_hour_and_trouble_leaves_what_is_known(
    configuration: schema.Configuration,
    tools: tokens.Tools,
    clock: Clock,
    linkedin: LinkedInEmulator,
) -> None:
    keys.look(configuration, tools=tools)
    keys.look(configuration, tools=tools)
    assert len(linkedin.requests) == 1
    for fault in (faults.HTML_502, Fault(Kind.DROP), Fault(Kind.STATUS, status=401, body="[]")):
        clock.move(hours=1)
        linkedin.play(fault)
        keys.look(configuration, tools=tools)
    assert len(linkedin.requests) == 4
    assert page().key_ends_at == NOW + timedelta(days=60)


def test_a_token_that_was_revoked_has_ended(
    configuration: schema.Configuration,
    tools: tokens.Tools,
    clock: Clock,
    linkedin: LinkedInEmulator,
) -> None:
    keys.look(configuration, tools=tools)
    linkedin.grant(frozenset(), revoked=True)
    clock.move(hours=1)
    keys.look(configuration, tools=tools)
    assert page().key_days_left(clock()) == 0
    ended = page().key_ends_at
    clock.move(hours=1)
    keys.look(configuration, tools=tools)
    assert page().key_ends_at == ended


def test_a_day_that_is_set_needs_no_network(
    configuration: schema.Configuration,
    tools: tokens.Tools,
    linkedin: LinkedInEmulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LINKEDIN_CLIENT_ID")
    keys.look(configuration, tools=tools)
    assert page().key_ends_at is None
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN_ENDS", "2026-12-01")
    keys.look(configuration, tools=tools)
    ends = page().key_ends_at
    assert ends is not None
    assert ends.astimezone(UTC).date() == datetime(2026, 12, 1).date()  # noqa: DTZ001  # a day
    assert page().key_days_left(NOW) == 8
    assert linkedin.requests == []


@pytest.mark.parametrize("value", ["soon", "2026-13-01", "01/12/2026", "٢٠٢٦"])
def test_what_is_no_day_is_said_and_counts_nothing(value: str) -> None:
    with pytest.raises(ValueError, match="write LINKEDIN_ACCESS_TOKEN_ENDS as 2027-01-23"):
        keys.day_set(PAGE_OF_OURS, environment={"LINKEDIN_ACCESS_TOKEN_ENDS": value})


def test_a_connection_goes_before_and_a_token_that_was_taken_away_is_forgotten(
    configuration: schema.Configuration,
    tools: tokens.Tools,
    connect: Callable[..., Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys.look(configuration, tools=tools)
    assert page().key_ends_at
    connect(PAGE_OF_OURS)
    keys.look(configuration, tools=tools)
    assert page().key_ends_at is None
    Connection.objects.all().delete()
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN_ENDS", "2026-12-01")
    keys.look(configuration, tools=tools)
    assert page().key_ends_at
    monkeypatch.delenv("LINKEDIN_ACCESS_TOKEN")
    keys.look(configuration, tools=tools)
    assert page().key_ends_at is None
