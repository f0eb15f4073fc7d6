"""A person asks, the worker asks the network until it is done, and the record keeps all of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot import publish
from bot.networks.base import Client, NetworkError, Refused, Temporary, Throttled, Unauthorised
from bot.reconcile import Report
from review import record, transitions
from review.models import Connection, Decision, Event, Post
from review.states import State
from review.transitions import Actor, NotAllowed, NotFit, TooLate
from tests.bot.test_publish import Network, configuration
from tests.making import CALENDAR, NOW, SIAN, make_due_post, make_post, minutes

pytestmark = pytest.mark.django_db


class Deleting(Network):
    """A network that deletes, after the `troubles` that come first."""

    def __init__(self, *troubles: NetworkError) -> None:
        super().__init__()
        self.troubles = list(troubles)
        self.deleted: list[str] = []

    def client_for(self, account: str, live: bool) -> Client:
        client, network = super().client_for(account, live), self

        def delete(network_id: str) -> None:
            if network.troubles:
                raise network.troubles.pop(0)
            network.deleted.append(network_id)

        client.delete = delete  # type: ignore[method-assign]  # the rest is as it is
        return client


def go(network: Network, at: datetime = NOW) -> Report:
    return publish.publish(
        configuration(), clock=lambda: at, worker="w", client_for=network.client_for
    )


def published(network: Network) -> Post:
    post = make_due_post()
    go(network)
    return Post.objects.get(pk=post.pk)


def ask(post: Post, *, by: Actor = SIAN, reason: str = "a wrong figure") -> Post:
    return transitions.take_down(post.pk, by=by, now=NOW, reason=reason)


def test_what_a_person_wants_down_is_taken_down_and_stays_in_the_record() -> None:
    network = Deleting()
    post = published(network)
    ask(post)
    assert publish.anything_to_do(now=NOW)
    assert "1 taken down" in go(network, NOW + minutes(1)).sentence()
    post.refresh_from_db()
    assert network.deleted == [post.network_id] == ["1"]
    assert (post.state, post.taken_down_at) == (State.PUBLISHED, NOW + minutes(1))
    assert post.url
    assert post.reason == "Taken down at 09:01 on 24 November 2026 by Siân: a wrong figure"
    assert Decision.objects.filter(post=post, verb="take down", by="Siân").count() == 1
    assert Event.objects.filter(post_number=post.pk, verb="take down").count() == 2
    assert record.verify() == ""
    go(network, NOW + minutes(60))
    assert network.deleted == ["1"]


def test_passing_trouble_is_tried_again_and_the_post_says_that_it_is_still_there() -> None:
    network = Deleting(Temporary("X is down."), Throttled("Wait.", until=NOW + minutes(30)))
    post = published(network)
    ask(post)
    go(network)
    post.refresh_from_db()
    assert post.reason == "It is still on the account. X is down."
    go(network, NOW + minutes(5))
    go(network, NOW + minutes(29))
    assert network.deleted == []
    go(network, NOW + minutes(30))
    assert network.deleted == ["1"]


def test_keys_that_are_refused_are_tried_hourly_and_new_ones_within_minutes() -> None:
    refused = Unauthorised("X does not accept the keys.", connecting=True)
    network = Deleting(refused, refused)
    post = published(network)
    ask(post)
    go(network)
    post.refresh_from_db()
    assert post.take_down_at == NOW + minutes(60)
    Connection.objects.create(
        account=post.account, sealed="-", author="us", connected_at=NOW, connected_by="Siân",
        renewed_at=NOW + minutes(60),
    )  # fmt: skip
    go(network, NOW + minutes(60))
    post.refresh_from_db()
    assert post.take_down_at == NOW + minutes(65)


def test_a_refusal_is_for_a_person_who_may_ask_again() -> None:
    network = Deleting(Refused("X says no."))
    post = published(network)
    ask(post)
    go(network)
    go(network, NOW + timedelta(days=1))
    post.refresh_from_db()
    assert network.deleted == []
    assert "Take it down there yourself, or try again" in post.reason
    ask(post)
    go(network, NOW + timedelta(days=1))
    assert network.deleted == ["1"]


def test_who_took_it_down_on_the_network_says_so_and_a_correction_waits_no_longer() -> None:
    network = Deleting(Throttled("LinkedIn asks to wait.", until=NOW + timedelta(days=1)))
    post = published(network)
    with pytest.raises(NotFit, match="Nobody asked"):
        transitions.gone(post.pk, by=SIAN, now=NOW)
    new = transitions.correct(post.pk, by=SIAN, now=NOW, reason="a figure", words="Right.")
    go(network)
    with pytest.raises(NotFit, match="still on the account"):
        transitions.approve(new.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW)
    with pytest.raises(NotAllowed):
        transitions.gone(post.pk, by=Actor("Charlie"), now=NOW)
    transitions.gone(post.pk, by=SIAN, now=NOW + minutes(5))
    post.refresh_from_db()
    assert (post.taken_down_at, post.take_down_at) == (NOW + minutes(5), None)
    assert post.reason == (
        "Taken down on its network by Siân, as noted at 09:05 on 24 November 2026: a figure"
    )
    with pytest.raises(TooLate, match="taken down already"):
        transitions.gone(post.pk, by=SIAN, now=NOW + minutes(6))
    transitions.approve(new.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW)
    assert record.verify() == ""


def test_an_answer_that_comes_after_that_changes_nothing() -> None:
    post = published(Deleting())
    ask(post)
    transitions.gone(post.pk, by=SIAN, now=NOW + minutes(1))
    kept = transitions.not_taken_down(post.pk, now=NOW, again_at=NOW, why="X is down.")
    assert kept.take_down_at is None
    kept = transitions.taken_down(post.pk, now=NOW + minutes(2))
    assert kept.taken_down_at == NOW + minutes(1)


def test_who_may_not_or_gives_no_reason_or_asks_twice_is_told() -> None:
    post = published(Deleting())
    with pytest.raises(NotAllowed):
        ask(post, by=Actor("Charlie"))
    with pytest.raises(NotFit, match="Say why"):
        ask(post, reason=" ")
    ask(post)
    with pytest.raises(TooLate, match="taken down already"):
        ask(post)
    with pytest.raises(TooLate, match="Only a published post"):
        ask(make_post())


@pytest.mark.parametrize(
    ("url", "network_id"),
    [
        ("https://x.com/ours/status/1445880548472328192", "1445880548472328192"),
        ("https://www.linkedin.com/feed/update/urn:li:share:71411389/", "urn:li:share:71411389"),
    ],
)
def test_a_post_that_was_confirmed_by_its_link_is_known_by_it(url: str, network_id: str) -> None:
    post = make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(3))
    assert claim is not None
    transitions.lose_track(claim, now=NOW, outcome="OutcomeUnknown", reason="?", look_at=None)
    transitions.confirm(post.pk, by=SIAN, now=NOW, url=url)
    ask(post)
    network = Deleting()
    go(network)
    assert network.deleted == [network_id]


def test_a_link_without_a_number_leaves_it_to_the_person() -> None:
    post = published(Deleting())
    Post.objects.filter(pk=post.pk).update(network_id="", url="https://example.org/there")
    with pytest.raises(NotFit, match="Take it down there yourself"):
        ask(post)


# -- late proof, stale settlements and the fence --------------------------------------------------------


def stood_still(*, until: str) -> transitions.Claim:
    """A worker claims and stands still; meanwhile others give the post up as far as `until`."""
    post = make_due_post()
    claim = transitions.claim(worker="slow", now=NOW, lease=minutes(3))
    assert claim is not None
    go(Network(), NOW + minutes(4))
    transitions.requeue(post.pk, by=SIAN, now=NOW)
    if until == "scheduled":
        transitions.approve(
            post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=None, when=NOW + minutes(99)
        )
    elif until == "rejected":
        transitions.reject(post.pk, by=SIAN, now=NOW, seen=None, reason="not now")
    return claim


@pytest.mark.parametrize("until", ["in_review", "scheduled"])
def test_a_proof_that_comes_late_confirms_the_post_wherever_it_has_gone(until: str) -> None:
    claim = stood_still(until=until)
    post = transitions.confirm_sent(claim, now=NOW, network_id="9", url="https://x.com/9")
    assert (post.state, post.network_id) == (State.PUBLISHED, "9")
    assert "came late" in post.reason
    assert record.verify() == ""


def test_a_proof_about_a_post_that_has_ended_is_kept_where_people_see_it() -> None:
    claim = stood_still(until="rejected")
    with pytest.raises(TooLate):
        transitions.confirm_sent(claim, now=NOW, network_id="9", url="https://x.com/9")
    post = transitions.note_proof(claim, now=NOW, network_id="9", url="https://x.com/9")
    assert post.state == State.REJECTED
    assert post.reason == (
        "It is on the account all the same, at https://x.com/9: the proof came late. not now"
    )


def test_a_late_settlement_does_not_touch_the_try_that_is_open_by_then() -> None:
    claim = stood_still(until="scheduled")
    second = transitions.claim(worker="quick", now=NOW + minutes(99), lease=minutes(3))
    assert second is not None
    with pytest.raises(TooLate, match="Attempt 1 was taken to have died"):
        transitions.retry_later(claim, now=NOW, at=NOW, outcome="Temporary", reason="?")
    post = transitions.confirm_sent(second, now=NOW, network_id="2", url="https://x.com/2")
    assert post.state == State.PUBLISHED


def test_before_it_is_sent_again_a_post_is_looked_for() -> None:
    claim = stood_still(until="scheduled")
    network = Network()
    network.posts.append((claim.account, claim.content))  # it went out after all, and shows late
    assert go(network, NOW + minutes(99)).published == 1
    post = Post.objects.get(pk=claim.post_id)
    assert (network.calls, post.url) == (0, "https://network.example/1")
    assert "was not sent again" in post.reason
