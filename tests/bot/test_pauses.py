"""What pauses an account, and what ends a pause: its cause decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bot import publish
from bot.networks.base import (
    Client,
    NetworkError,
    OutOfCredit,
    Published,
    Temporary,
    Throttled,
    Unauthorised,
)
from review import accounts, connections
from review.connections import Granted
from review.models import Account, Attempt, Connection, Post
from review.states import State
from review.text import Content
from tests.bot.test_publish import Network, configuration
from tests.making import NOW, SIAN, make_account, make_due_post, minutes

pytestmark = pytest.mark.django_db

NO_TOKEN = Unauthorised("X does not accept the keys.", connecting=True)


@pytest.fixture(autouse=True)
def _keys(settings: pytest.FixtureRequest) -> None:
    settings.HERODR_TOKEN_KEYS = ("k" * 40,)  # type: ignore[attr-defined]  # pytest-django's settings


class Limited(Network):
    """A network whose good answers say that a limit is used up."""

    until = NOW + timedelta(hours=24)

    def proof(self, number: int) -> Published:
        return Published(str(number), f"https://network.example/{number}", rest_until=self.until)


def go(network: Network, at: datetime = NOW) -> None:
    publish.publish(configuration(), clock=lambda: at, worker="w", client_for=network.client_for)


def account() -> Account:
    return Account.objects.get()


def connect(at: datetime = NOW) -> Connection:
    granted = Granted("access", "refresh", expires_at=at + timedelta(hours=2))
    return connections.keep(account().pk, granted, author="@cohes3ion", who="us", by=SIAN, now=at)


def renew(known: Connection, at: datetime) -> None:
    renewal = connections.begin_renewal(known, now=at)
    assert renewal is not None
    connections.finish_renewal(renewal, Granted("new", "newer"), now=at)


def test_a_limit_that_the_last_post_used_up_is_obeyed_before_the_next() -> None:
    first, second, network = make_due_post(), make_due_post(), Limited()
    go(network)
    assert network.calls == 1
    assert account().paused_until == NOW + timedelta(hours=24)
    assert "its limit was used up" in account().trouble
    go(network, NOW + minutes(5))
    assert network.calls == 1
    assert {Post.objects.get(pk=one.pk).state for one in (first, second)} == {
        State.PUBLISHED,
        State.SCHEDULED,
    }


class Renewing(Network):
    """A network that voids the old tokens while a post is on its way with them."""

    def client_for(self, name: str, live: bool) -> Client:
        client, network = super().client_for(name, live), self
        deliver = client.deliver

        def slow(content: Content) -> Published:
            if network.fails:
                network.meanwhile()
            return deliver(content)

        client.deliver = slow  # type: ignore[method-assign]  # the rest is as it is
        return client

    def meanwhile(self) -> None:
        known = connections.of(account().name)
        assert known is not None
        renew(known, NOW + timedelta(seconds=1))


def test_a_post_that_meets_the_end_of_the_old_token_goes_with_the_new_one() -> None:
    make_account(live=True)
    post, network = make_due_post(), Renewing(fails=[(NO_TOKEN, False)])
    connect(NOW - timedelta(hours=1))
    go(network)
    post.refresh_from_db()
    assert (post.state, account().paused) == (State.SCHEDULED, False)
    assert "it goes with the new ones" in post.reason
    go(network, NOW + minutes(1))
    post.refresh_from_db()
    assert (post.state, network.calls, Attempt.objects.count()) == (State.PUBLISHED, 2, 2)


def test_so_does_one_that_is_sent_while_somebody_connects_anew() -> None:
    class Connecting(Renewing):
        def meanwhile(self) -> None:
            connect(NOW + timedelta(seconds=1))

    make_account(live=True)
    post, network = make_due_post(), Connecting(fails=[(NO_TOKEN, False)])
    connect(NOW - timedelta(hours=1))
    go(network)
    post.refresh_from_db()
    assert (post.state, account().paused) == (State.SCHEDULED, False)


def test_a_renewal_that_others_have_in_hand_is_waited_for() -> None:
    class Begun(Renewing):
        def meanwhile(self) -> None:
            known = connections.of(account().name)
            assert known is not None
            connections.begin_renewal(known, now=NOW)

    make_account(live=True)
    post, network = make_due_post(), Begun(fails=[(NO_TOKEN, False)])
    connect(NOW - timedelta(hours=1))
    go(network)
    post.refresh_from_db()
    assert (post.state, account().paused) == (State.SCHEDULED, False)


def test_a_token_that_nobody_changed_pauses_the_account_and_keeps_the_post() -> None:
    make_account(live=True)
    post = make_due_post()
    connect(NOW - timedelta(hours=1))
    go(Network(fails=[(NO_TOKEN, False)]))
    post.refresh_from_db()
    assert (post.state, account().paused, account().paused_until) == (State.SCHEDULED, True, None)
    assert account().pause_cause == accounts.CONNECTION
    connect(NOW + minutes(1))
    assert not account().paused


@pytest.mark.parametrize(
    "error",
    [
        OutOfCredit("The spending limit is reached."),
        OutOfCredit("The spending limit is reached.", until=NOW + timedelta(days=3)),
        Throttled("X asks to wait.", until=NOW + minutes(15)),
        Unauthorised("LinkedIn has ended version 202511 of its API."),
    ],
)
def test_connecting_anew_ends_no_pause_of_another_cause(error: NetworkError) -> None:
    make_account(live=True)
    make_due_post()
    go(Network(fails=[(error, False)]))
    before = account()
    assert before.paused
    known = connect(NOW + minutes(1))
    connections.end(known.pk, number=known.number, reason="Gone.", now=NOW + minutes(2))
    connect(NOW + minutes(3))
    after = account()
    assert (after.paused, after.paused_until, after.trouble) == (
        True,
        before.paused_until,
        before.trouble,
    )


def test_a_token_that_ended_under_another_pause_is_said_when_that_is_over() -> None:
    make_account(live=True)
    make_due_post()
    go(Network(fails=[(Throttled("Wait.", until=NOW + minutes(15)), False)]))
    known = connect(NOW + minutes(1))
    connections.end(known.pk, number=known.number, reason="Gone.", now=NOW + minutes(2))
    go(Network(fails=[(NO_TOKEN, False)]), NOW + minutes(20))
    assert (account().pause_cause, account().paused_until) == (accounts.CONNECTION, None)


def test_keys_of_the_environment_that_are_refused_pause_as_ever() -> None:
    make_account(live=True)
    make_due_post()
    go(Network(fails=[(NO_TOKEN, False)]))
    assert account().paused


def test_passing_trouble_pauses_nothing() -> None:
    make_due_post()
    go(Network(fails=[(Temporary("X is down."), False)]))
    assert not account().paused


@pytest.mark.django_db(transaction=True)
def test_accounts_that_an_older_version_paused_for_their_tokens_go_on_when_connected_anew() -> None:
    before, after = [("review", "0012_blackouts")], [("review", "0013_pause_causes")]
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes("review")
    executor.migrate(before)
    try:
        old = executor.loader.project_state(before).apps
        for name, ended in (("ended", "The token ended."), ("capped", "")):
            row = old.get_model("review", "Account").objects.create(
                name=name, network="x", who="us", live=True, paused=True, trouble="It is paused."
            )
            old.get_model("review", "Connection").objects.create(
                account=row,
                sealed="-",
                author="us",
                connected_at=NOW,
                connected_by="Siân",
                ended=ended,
            )
        executor = MigrationExecutor(connection)
        executor.migrate(after)
        now = executor.loader.project_state(after).apps.get_model("review", "Account")
        assert dict(now.objects.values_list("name", "pause_cause")) == {
            "ended": accounts.CONNECTION,
            "capped": "",
        }
    finally:
        MigrationExecutor(connection).migrate(newest)
        Connection.objects.all().delete()
        Account.objects.all().delete()
