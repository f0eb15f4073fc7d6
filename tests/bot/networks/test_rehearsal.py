from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.networks import rehearsal
from bot.networks.base import AccountDetails
from bot.networks.rehearsal import RehearsalClient
from review.text import Content

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CONTENT = Content(text="A report is published.", link="https://example.org/1")


def client(name: str = "cohes3ion-x") -> RehearsalClient:
    return RehearsalClient(AccountDetails(name=name, network="x"), now=lambda: NOW)


def test_a_rehearsal_makes_up_a_link_that_leads_nowhere_and_sends_nothing() -> None:
    # Sockets are disabled here: had it sent anything, it would have failed.
    published = client().deliver(CONTENT)
    assert published.url == f"https://rehearsal.invalid/cohes3ion-x/{published.network_id}"


def test_the_id_follows_from_account_and_content() -> None:
    first = client().deliver(CONTENT)
    assert client().deliver(CONTENT) == first
    assert client("another").deliver(CONTENT).network_id != first.network_id
    assert client().deliver(replace(CONTENT, card_title="New")).network_id != first.network_id


def test_a_rehearsed_post_is_found_until_it_is_taken_down() -> None:
    content = replace(CONTENT, text="Found and taken down.")
    assert client().find(content, since=NOW) is None
    published = client().deliver(content)
    assert client().find(content, since=NOW) == published
    assert client().find(content, since=NOW + timedelta(seconds=1)) is None
    assert client("another").find(content, since=NOW) is None
    client().delete(published.network_id)
    client().delete(published.network_id)
    assert client().find(content, since=NOW) is None


def test_a_worker_that_rehearses_for_years_keeps_only_the_newest() -> None:
    for number in range(1200):
        client("busy").deliver(Content(text=f"Number {number}"))
    assert len(rehearsal._rehearsed) == 1000
    assert client("busy").find(Content(text="Number 1199"), since=NOW) is not None
