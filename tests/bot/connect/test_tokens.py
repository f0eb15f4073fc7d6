"""Tokens: joined, renewed ahead by one process, and ended with a sentence when nobody can tell."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from bot import publish
from bot.connect import tokens, ways
from bot.networks.base import NetworkError, NotOurs, Temporary, Unauthorised
from bot.networks.x import XClient
from config import schema
from review import connections
from review.models import Account, Connection
from review.transitions import operator
from tests.bot.connect.conftest import PAGE_OF_OURS, X
from tests.bot.networks.conftest import X_CONTENT, Clock
from tests.connecting import found_in, rows, tokens_of
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import LinkedInEmulator
from tests.emulators.x import KEYS, XEmulator
from tests.emulators.x_oauth import ALL_SCOPES

Connect = Callable[..., Connection]
pytestmark = pytest.mark.django_db(transaction=True)


def account_of(name: str) -> Account:
    return Account.objects.get(name=name)


def fresh(connection: Connection) -> Connection:
    found = connections.of(connection.account.name)
    assert found
    return found


# -- joining ---------------------------------------------------------------------------------------------


def test_a_consent_on_x_becomes_a_connection_that_posts(
    connect: Connect, x: XEmulator, tools: tokens.Tools, configuration: schema.Configuration
) -> None:
    known = connect()
    assert (known.author, known.who) == ("@cohes3ion", "Cohes3ion (@cohes3ion)")
    assert known.renewable
    client = publish.real_clients(configuration, tools.endpoints, tools.clock)("ours-x", True)
    assert isinstance(client, XClient)
    assert client.deliver(X_CONTENT).url.startswith("https://x.com/Cohes3ion/status/")
    assert x.ledger == {X_CONTENT.text: 1}


def test_a_token_is_taken_although_linkedin_refuses_it_at_first(
    connect: Connect, linkedin: LinkedInEmulator
) -> None:
    linkedin.play(
        *[Fault(Kind.STATUS, on="GET /rest", status=401, body='{"serviceErrorCode":65601}')] * 2
    )
    known = connect(PAGE_OF_OURS)
    assert known.who == PAGE_OF_OURS.author
    assert not known.renewable
    assert known.days_left(known.connected_at) == 60


def test_somebody_elses_consent_is_refused_and_what_was_there_stays(
    connect: Connect, x: XEmulator, linkedin: LinkedInEmulator
) -> None:
    before = connect()
    x.oauth2.user = "somebody_else"
    with pytest.raises(NotOurs, match="X says that this is @somebody_else"):
        connect()
    assert (fresh(before).number, fresh(before).author) == (1, "@cohes3ion")
    linkedin.pages = ["urn:li:organization:999"]
    with pytest.raises(NotOurs, match="LinkedIn does not let this token act for"):
        connect(PAGE_OF_OURS)
    assert connections.of("ours-page") is None


def test_a_consent_that_may_not_post_is_refused(connect: Connect, x: XEmulator) -> None:
    x.oauth2.scopes = ALL_SCOPES - {"tweet.write"}
    with pytest.raises(Unauthorised, match=r"lacks tweet\.write"):
        connect()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("X_CLIENT_ID", "X_CLIENT_ID is not set"),
        ("LINKEDIN_CLIENT_SECRET", "LINKEDIN_CLIENT_SECRET"),
    ],
)
def test_what_is_not_set_is_named(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, missing: str, said: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(Unauthorised, match=said):
        connect(X if missing.startswith("X") else PAGE_OF_OURS)


# -- which token -----------------------------------------------------------------------------------------


def test_an_account_without_a_connection_uses_the_keys_of_the_environment(
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tokens.token_for(X, tools=tools) == ""
    for name, value in KEYS.items():
        monkeypatch.setenv(f"X_{name}", value)
    client = publish.real_clients(configuration, tools.endpoints, tools.clock)("ours-x", True)
    client.deliver(X_CONTENT)
    assert x.ledger == {X_CONTENT.text: 1}
    assert x.requests[-1].headers["authorization"].startswith("OAuth ")


def test_an_account_that_is_another_now_is_not_posted_to(
    connect: Connect, tools: tokens.Tools
) -> None:
    connect()
    other = X.model_copy(update={"handle": "@another"})
    with pytest.raises(NotOurs, match=r"connected as @cohes3ion, but .* it is @another"):
        tokens.token_for(other, tools=tools)
    assert tokens.token_for(X.model_copy(update={"handle": "cohes3ION"}), tools=tools)


# -- renewing --------------------------------------------------------------------------------------------


def test_a_token_is_renewed_ahead_and_the_new_pair_is_kept(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
) -> None:
    before = connect()
    for _ in range(12):
        clock.move(minutes=109)
        assert tokens.tend(configuration, tools=tools) == []
        clock.move(minutes=1)
        assert tokens.tend(configuration, tools=tools) == []
    assert (x.oauth2.refreshed, x.oauth2.reused) == (12, 0)
    after = fresh(before)
    assert after.number == 13
    assert connections.access_token(after) in x.oauth2.access
    assert not account_of("ours-x").paused


def test_a_token_with_a_short_life_is_renewed_half_way(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
) -> None:
    x.oauth2.access_lives = timedelta(minutes=6)
    connect()
    for _ in range(60):
        clock.move(minutes=1)
        tokens.tend(configuration, tools=tools)
    assert x.oauth2.refreshed == 20


def test_a_delivery_after_a_long_rest_renews_first(
    connect: Connect, tools: tokens.Tools, x: XEmulator, clock: Clock
) -> None:
    first = connections.access_token(connect())
    clock.move(hours=30)
    second = tokens.token_for(X, tools=tools)
    assert second != first
    assert second in x.oauth2.access
    assert tokens.token_for(X, tools=tools) == second
    assert x.oauth2.refreshed == 1


def test_a_token_that_lives_for_seconds_is_used_and_not_renewed_for_ever(
    connect: Connect, tools: tokens.Tools, x: XEmulator
) -> None:
    x.oauth2.access_lives = timedelta(seconds=20)
    connect()
    assert tokens.token_for(X, tools=tools) in x.oauth2.access
    assert x.oauth2.refreshed == 1


def test_a_delivery_waits_for_a_renewal_in_other_hands_but_not_for_long(
    connect: Connect, tools: tokens.Tools, x: XEmulator, clock: Clock
) -> None:
    known = connect()
    clock.move(hours=3)
    renewal = connections.begin_renewal(known, now=clock())
    assert renewal
    with pytest.raises(Temporary, match="is being renewed"):
        tokens.token_for(X, tools=tools)

    def brought(seconds: float) -> None:
        token = ways.way_of(X, redirect="", endpoints=tools.endpoints).sign_in.renew(
            renewal.refresh_token
        )
        connections.finish_renewal(renewal, tokens.granted_of(token, now=clock()), now=clock())

    patient = tokens.Tools(tools.endpoints, clock, brought)
    assert tokens.token_for(X, tools=patient) in x.oauth2.access
    assert x.oauth2.reused == 0


UNSURE = [
    faults.APPLY_THEN_DROP,
    faults.DROP_BEFORE_APPLY,
    faults.NULL,
    Fault(Kind.CUT, apply=True),
]


@pytest.mark.parametrize("fault", UNSURE)
def test_an_answer_that_was_lost_pauses_the_account_and_no_token_is_used_twice(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
    fault: Fault,
) -> None:
    known = connect()
    clock.move(minutes=115)
    x.play(fault)
    (said,) = tokens.tend(configuration, tools=tools)
    assert "ours-x was not renewed" in said
    paused = account_of("ours-x")
    assert paused.paused
    assert "was lost" in paused.trouble
    assert "`bot connect x --account ours-x`" in paused.trouble
    clock.move(hours=5)
    assert tokens.tend(configuration, tools=tools) == []
    with pytest.raises(Unauthorised, match="was lost"):
        tokens.token_for(X, tools=tools)
    assert x.oauth2.reused == 0
    again = connect()
    assert not account_of("ours-x").paused
    assert again.pk == known.pk
    assert tokens.token_for(X, tools=tools)


def test_a_process_that_died_between_use_and_keeping_pauses_the_account(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
) -> None:
    known = connect()
    clock.move(minutes=115)
    renewal = connections.begin_renewal(known, now=clock())
    assert renewal
    ways.way_of(X, redirect="", endpoints=tools.endpoints).sign_in.renew(renewal.refresh_token)
    # … and here the process is killed.
    clock.move(minutes=1)
    assert tokens.tend(configuration, tools=tools) == []
    assert not account_of("ours-x").paused
    clock.move(minutes=3)
    tokens.tend(configuration, tools=tools)
    assert account_of("ours-x").trouble.startswith(
        "Herodr was stopped while it renewed the token of ours-x, so the old one may be used up"
    )
    assert x.oauth2.reused == 0


@pytest.mark.parametrize(
    "fault",
    [Fault(Kind.STATUS, status=503), Fault(Kind.STATUS, status=429, body="{}")],
)
def test_an_x_that_cannot_just_now_is_asked_again_a_little_later(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
    fault: Fault,
) -> None:
    known = connect()
    clock.move(minutes=115)
    x.play(fault)
    assert tokens.tend(configuration, tools=tools)
    assert tokens.token_for(X, tools=tools) == connections.access_token(known)
    assert tokens.tend(configuration, tools=tools) == []
    clock.move(minutes=1)
    assert tokens.tend(configuration, tools=tools) == []
    assert (x.oauth2.refreshed, x.oauth2.reused) == (1, 0)


def test_a_consent_taken_away_pauses_the_account_with_xs_words(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    clock: Clock,
) -> None:
    connect()
    x.oauth2.revoke_all()
    clock.move(minutes=115)
    tokens.tend(configuration, tools=tools)
    assert "“Value passed for the token was invalid.”" in account_of("ours-x").trouble


def test_an_app_that_is_set_wrongly_uses_nothing_up(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect()
    clock.move(minutes=115)
    monkeypatch.setenv("X_CLIENT_SECRET", "wrong")
    (said,) = tokens.tend(configuration, tools=tools)
    assert "does not accept the app" in said
    monkeypatch.undo()
    monkeypatch.setenv("X_CLIENT_ID", "x-client-id-1")
    monkeypatch.setenv("X_CLIENT_SECRET", "x-client-secret-2+/=")
    clock.move(minutes=2)
    assert tokens.tend(configuration, tools=tools) == []
    assert not account_of("ours-x").paused


# -- LinkedIn --------------------------------------------------------------------------------------------


def test_linkedins_token_is_renewed_a_week_ahead_where_it_may_be(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    linkedin: LinkedInEmulator,
    clock: Clock,
) -> None:
    linkedin.refreshes = True
    first = connect(PAGE_OF_OURS)
    assert first.days_left(clock()) == 365
    clock.move(days=54)
    linkedin.play(faults.APPLY_THEN_DROP)  # its refresh token works again
    assert tokens.tend(configuration, tools=tools)
    clock.move(minutes=2)
    assert tokens.tend(configuration, tools=tools) == []
    second = fresh(first)
    assert second.number == 2
    assert second.days_left(clock()) == 311
    assert not account_of("ours-page").paused


def test_a_renewal_that_linkedin_takes_away_leaves_the_token_to_its_end(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    linkedin: LinkedInEmulator,
    clock: Clock,
) -> None:
    linkedin.refreshes = True
    known = connect(PAGE_OF_OURS)
    linkedin.refresh_tokens.clear()
    clock.move(days=54)
    assert tokens.tend(configuration, tools=tools)
    assert fresh(known).days_left(clock()) == 6
    assert tokens.token_for(PAGE_OF_OURS, tools=tools)
    assert not account_of("ours-page").paused
    clock.move(days=6)
    tokens.tend(configuration, tools=tools)
    assert "The token of ours-page ended on" in account_of("ours-page").trouble
    with pytest.raises(Unauthorised, match="ended on"):
        tokens.token_for(PAGE_OF_OURS, tools=tools)


def test_a_dead_process_costs_linkedin_nothing(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    linkedin: LinkedInEmulator,
    clock: Clock,
) -> None:
    linkedin.refreshes = True
    known = connect(PAGE_OF_OURS)
    clock.move(days=54)
    assert connections.begin_renewal(known, now=clock())
    clock.move(minutes=5)
    tokens.tend(configuration, tools=tools)
    assert fresh(known).number == 2


# -- secrets ---------------------------------------------------------------------------------------------


def test_no_token_is_in_the_database_the_log_or_an_address(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    x: XEmulator,
    linkedin: LinkedInEmulator,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    linkedin.refreshes = True
    connect()
    connect(PAGE_OF_OURS)
    clock.move(minutes=115)
    tokens.tend(configuration, tools=tools)
    clock.move(days=54)
    x.play(faults.NULL)
    tokens.tend(configuration, tools=tools)
    connections.disconnect(account_of("ours-x").pk, by=operator("Siân"), now=clock())
    given = tokens_of(x, linkedin)
    assert len(given) == 9
    addresses = str([request.url for request in [*x.requests, *linkedin.requests]])
    assert found_in(given, rows(), caplog.text, addresses) == set()


def test_a_lost_key_is_said_and_pauses_nothing_by_itself(
    connect: Connect,
    configuration: schema.Configuration,
    tools: tokens.Tools,
    settings: Settings,
    clock: Clock,
) -> None:
    connect()
    settings.HERODR_TOKEN_KEYS = ("another" * 10,)
    clock.move(minutes=115)
    (said,) = tokens.tend(configuration, tools=tools)
    assert "cannot be read with the keys given" in said
    with pytest.raises(NetworkError, match="cannot be read with the keys given"):
        tokens.token_for(X, tools=tools)
    settings.HERODR_TOKEN_KEYS = ("k" * 40,)
    assert tokens.tend(configuration, tools=tools) == []
    assert timedelta(hours=1) < (fresh(connect()).expires_at or clock()) - clock()
