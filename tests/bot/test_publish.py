"""One claim, one call, one settlement, whatever the network and the machine do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import publish
from bot.networks.base import (
    AlreadyPublished,
    CannotLook,
    Client,
    NetworkError,
    OutcomeUnknown,
    OutOfCredit,
    Published,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from bot.reconcile import Report
from config.schema import Account as AccountSettings
from config.schema import Configuration
from config.timing import Calendar
from review import accounts, halts, queries, transitions
from review.models import Account, Attempt, Event, Post
from review.states import State
from review.text import Content
from tests.making import BRYN, NOW, SIAN, make_account, make_due_post, make_post, minutes

pytestmark = pytest.mark.django_db


@dataclass
class Network:
    """A network in memory. `fails` is what the next deliveries raise; `keeps` says whether it has the
    post all the same; `blind` is what readers get instead of an answer."""

    clock: datetime = NOW
    posts: list[tuple[str, Content]] = field(default_factory=list)
    fails: list[tuple[Exception, bool]] = field(default_factory=list)
    blind: NetworkError | None = None
    calls: int = 0
    since: datetime | None = None

    def client_for(self, account: str, live: bool) -> Client:
        network = self

        class OneAccount:
            def deliver(self, content: Content) -> Published:
                network.calls += 1
                error, kept = network.fails.pop(0) if network.fails else (None, True)
                if kept:
                    network.posts.append((account, content))
                if error is not None:
                    raise error
                return network.proof(len(network.posts))

            def find(self, content: Content, *, since: datetime) -> Published | None:
                network.since = since
                if network.blind is not None:
                    raise network.blind
                for number, kept in enumerate(network.posts, start=1):
                    if kept == (account, content):
                        return network.proof(number)
                return None

            def delete(self, network_id: str) -> None:
                del network.posts[int(network_id) - 1]

        return OneAccount()

    def proof(self, number: int) -> Published:
        return Published(str(number), f"https://network.example/{number}")


def configuration(**calendar: object) -> Configuration:
    return Configuration(
        directory=Path(),
        sources=(),
        accounts=(AccountSettings(name="cohes3ion-x", network="x"),),
        calendar=Calendar.model_validate(calendar),
    )


def go(network: Network, *, at: datetime = NOW, **calendar: object) -> Report:
    return publish.publish(
        configuration(**calendar),
        clock=lambda: at,
        worker="w",
        client_for=network.client_for,
    )


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def test_a_due_post_is_published_once_with_its_link() -> None:
    post, network = make_due_post(), Network()
    assert go(network).published == 1
    post = fresh(post)
    assert (post.state, post.network_id, post.url) == (
        State.PUBLISHED,
        "1",
        "https://network.example/1",
    )
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.closed_at) == ("published", NOW)
    assert go(network).published == 0
    assert network.calls == 1


def test_what_is_sent_is_what_was_approved() -> None:
    post, network = make_due_post(), Network()
    go(network)
    assert network.posts[0][1] == post.revisions.get(number=1).content


def test_all_that_is_due_goes_out_in_one_pass_and_nothing_else_does() -> None:
    make_due_post()
    make_due_post()
    make_post()
    assert go(Network()).published == 2


@pytest.mark.parametrize(
    ("error", "state", "due"),
    [
        (Temporary("X cannot be reached."), State.SCHEDULED, NOW + minutes(1)),
        (Refused("X says no."), State.FAILED, None),
        (Throttled("Wait.", until=NOW + minutes(15)), State.SCHEDULED, NOW + minutes(15)),
        (OutOfCredit("No credit."), State.SCHEDULED, None),
        (Unauthorised("The token is dead.", mend="Connect again."), State.SCHEDULED, None),
        (OutcomeUnknown("X took too long to answer."), State.UNCONFIRMED, None),
        (AlreadyPublished("X has it already."), State.UNCONFIRMED, None),
        (RuntimeError("a mistake of ours"), State.UNCONFIRMED, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_outcome_has_its_state_and_its_reason(
    error: Exception, state: State, due: datetime | None
) -> None:
    post, network = make_due_post(), Network(fails=[(error, False)])
    go(network)
    post = fresh(post)
    assert post.state == state
    assert post.reason
    assert "Traceback" not in post.reason
    if due is not None:
        assert post.due_at == due
    assert Attempt.objects.get().closed_at == NOW


@pytest.mark.parametrize(
    ("error", "until"),
    [
        (Throttled("Wait.", until=NOW + minutes(15)), NOW + minutes(15)),
        (OutOfCredit("No credit.", until=NOW + minutes(60)), NOW + minutes(60)),
        (OutOfCredit("No credit."), None),
        (Unauthorised("The token is dead."), None),
    ],
)
def test_what_is_the_accounts_trouble_pauses_the_account_and_keeps_its_posts(
    error: NetworkError, until: datetime | None
) -> None:
    first, second = make_due_post(), make_due_post()
    network = Network(fails=[(error, False)])
    report = go(network)
    account = Account.objects.get()
    assert (account.paused, account.paused_until) == (True, until)
    assert str(error) in account.trouble
    assert {fresh(first).state, fresh(second).state} == {State.SCHEDULED}
    assert network.calls == 1
    assert "is paused" in report.sentence()

    accounts.resume(account.pk, by=SIAN, now=NOW)
    assert go(network, at=NOW + minutes(61), spacing="2h").published == 2


def test_a_passing_fault_is_tried_again_later_and_published_once() -> None:
    make_due_post()
    network = Network(fails=[(Temporary("down"), False)] * 2)
    assert go(network).later == 1
    assert go(network, at=NOW + minutes(0.5)).later == 0
    assert go(network, at=NOW + minutes(1)).later == 1
    assert go(network, at=NOW + minutes(10)).published == 1
    assert len(network.posts) == 1


def test_a_post_that_went_out_unseen_is_found_and_confirmed() -> None:
    post = make_due_post()
    network = Network(fails=[(OutcomeUnknown("timed out"), True)])
    assert go(network).unconfirmed == 1
    assert fresh(post).look_at == NOW + timedelta(seconds=15)
    assert go(network, at=NOW + timedelta(seconds=14)).confirmed == 0
    assert go(network, at=NOW + timedelta(seconds=15)).confirmed == 1
    assert (fresh(post).state, fresh(post).url) == (State.PUBLISHED, "https://network.example/1")
    assert network.calls == 1


def test_a_post_that_is_provably_absent_goes_back_to_review_and_not_out() -> None:
    post = make_due_post()
    network = Network(fails=[(OutcomeUnknown("timed out"), False)])
    go(network)
    for seconds in (15, 60):
        go(network, at=NOW + timedelta(seconds=seconds))
        assert fresh(post).state == State.UNCONFIRMED
    go(network, at=NOW + minutes(5))
    assert fresh(post).state == State.IN_REVIEW
    assert "Approve it again" in fresh(post).reason
    assert (network.calls, fresh(post).approved_number) == (1, None)


def test_a_text_that_the_network_has_from_before_is_found_and_not_sent_again() -> None:
    post = make_due_post()
    network = Network(fails=[(AlreadyPublished("X has it already."), False)])
    network.posts.append((post.account.name, post.revisions.get().content))
    go(network)
    assert go(network, at=NOW + minutes(1)).confirmed == 1
    assert network.since == NOW - timedelta(hours=24)


def test_a_text_that_the_network_claims_to_have_but_does_not_show_goes_back_with_advice() -> None:
    post = make_due_post()
    network = Network(fails=[(AlreadyPublished("X has it already."), False)])
    for number in range(4):
        go(network, at=NOW + minutes(5 * number))
    assert fresh(post).state == State.IN_REVIEW
    assert "Change the text, or wait a day" in fresh(post).reason


def test_where_nobody_can_look_a_person_is_asked_once_and_for_all() -> None:
    post = make_due_post()
    network = Network(
        fails=[(OutcomeUnknown("timed out."), True)], blind=CannotLook("Look on the account.")
    )
    go(network)
    go(network, at=NOW + minutes(1))
    post = fresh(post)
    assert (post.state, post.look_at) == (State.UNCONFIRMED, None)
    assert post.reason == "timed out. Look on the account."
    go(network, at=NOW + minutes(60 * 24 * 30))
    assert fresh(post).state == State.UNCONFIRMED
    assert network.calls == 1


def test_when_looking_fails_it_is_looked_for_again_later() -> None:
    post = make_due_post()
    network = Network(fails=[(OutcomeUnknown("timed out"), True)], blind=Temporary("down"))
    go(network)
    go(network, at=NOW + minutes(1))
    assert fresh(post).look_at == NOW + minutes(6)
    network.blind = None
    assert go(network, at=NOW + minutes(6)).confirmed == 1


def test_a_worker_that_died_while_sending_leaves_an_unconfirmed_post() -> None:
    post, network = make_due_post(), Network()
    transitions.claim(worker="dead", now=NOW, lease=minutes(3))
    assert go(network, at=NOW + minutes(3)).unconfirmed == 0
    assert go(network, at=NOW + minutes(3.1)).unconfirmed == 1
    assert "The worker dead stopped" in fresh(post).reason
    assert network.calls == 0


def test_a_post_found_under_the_id_of_another_is_not_taken_for_it() -> None:
    first = make_due_post()
    network = Network()
    go(network)
    second = make_due_post()
    network.fails = [(OutcomeUnknown("timed out"), False)]
    go(network)
    # The network shows the first one's post to whoever looks for the second.
    network.posts = [(second.account.name, second.revisions.get().content)]
    go(network, at=NOW + minutes(1))
    assert fresh(first).network_id == "1"
    assert fresh(second).state == State.UNCONFIRMED


def test_a_post_whose_time_passed_long_ago_goes_back_to_a_person() -> None:
    post, network = make_due_post(), Network()
    assert go(network, at=NOW + minutes(6 * 60 + 1)).returned == 1
    post = fresh(post)
    assert (post.state, post.missed) == (State.IN_REVIEW, True)
    assert "missed its time by more than 6 hours" in post.reason
    assert network.calls == 0


def test_a_post_a_little_late_still_goes_out() -> None:
    make_due_post()
    assert go(Network(), at=NOW + minutes(6 * 60)).published == 1


def test_nothing_goes_out_in_a_blackout_and_nothing_bursts_after_it() -> None:
    post, network = make_due_post(), Network()
    blackout = [{"name": "Mourning", "from": NOW, "to": NOW + minutes(60)}]
    go(network, blackout=blackout)
    assert fresh(post).state == State.IN_REVIEW
    assert "“Mourning”" in fresh(post).reason
    assert go(network, at=NOW + minutes(61)).published == 0
    assert network.calls == 0


def test_what_is_due_in_a_blackout_to_come_is_asked_about_as_soon_as_the_file_names_it() -> None:
    inside, before, after = (make_due_post() for _ in range(3))
    for post, hours in ((inside, 30), (before, 23), (after, 48)):
        Post.objects.filter(pk=post.pk).update(due_at=NOW + timedelta(hours=hours))
    span = {"from": NOW + timedelta(hours=24), "to": NOW + timedelta(hours=48)}
    publish.tidy(configuration(blackout=[{"name": "Senedd election", **span}]), now=NOW)
    returned = fresh(inside)
    assert (returned.state, returned.due_at, returned.missed) == (State.IN_REVIEW, None, True)
    assert returned.reason == "Its time falls into “Senedd election”, when nothing goes out."
    assert {fresh(before).state, fresh(after).state} == {State.SCHEDULED}


def test_a_blackout_of_other_accounts_asks_nobody_about_this_one() -> None:
    post = make_due_post()
    Post.objects.filter(pk=post.pk).update(due_at=NOW + timedelta(hours=30))
    span = {"from": NOW + timedelta(hours=24), "to": NOW + timedelta(hours=48)}
    theirs = {"name": "Mourning", "accounts": ["theirs"], **span}
    publish.tidy(configuration(blackout=[theirs]), now=NOW)
    assert fresh(post).state == State.SCHEDULED
    ours = {**theirs, "accounts": [post.account.name, "theirs"]}
    publish.tidy(configuration(blackout=[theirs, ours]), now=NOW)
    assert fresh(post).state == State.IN_REVIEW


def test_what_was_due_in_a_blackout_does_not_burst_where_no_worker_ran_in_it() -> None:
    post, network = make_due_post(), Network()
    span = {"from": NOW - minutes(30), "to": NOW + minutes(30)}
    go(network, at=NOW + minutes(31), blackout=[{"name": "Mourning", **span}])
    assert fresh(post).state == State.IN_REVIEW
    assert "fell into “Mourning”" in fresh(post).reason
    assert network.calls == 0


def test_what_nobody_decides_about_expires() -> None:
    post = make_post()
    go(Network(), at=NOW + timedelta(days=31))
    assert fresh(post).state == State.EXPIRED
    assert "within 30 days" in fresh(post).reason


def test_a_worker_that_is_told_to_stop_finishes_the_post_in_hand_and_takes_no_other() -> None:
    make_due_post()
    make_due_post()
    network = Network()
    report = publish.publish(
        configuration(),
        clock=lambda: NOW,
        worker="w",
        client_for=network.client_for,
        stop=lambda: network.calls > 0,
    )
    assert report.published == 1
    assert fresh(Post.objects.filter(state=State.SCHEDULED).get()).state == State.SCHEDULED


def test_a_client_that_cannot_be_made_leaves_the_post_unsent() -> None:
    post = make_due_post()

    def no_client(account: str, live: bool) -> Client:
        raise RuntimeError("secret-token")

    publish.publish(configuration(), clock=lambda: NOW, worker="w", client_for=no_client)
    post = fresh(post)
    assert post.state == State.SCHEDULED
    assert "secret-token" not in post.reason


def test_every_step_of_a_delivery_is_in_the_record() -> None:
    post = make_due_post()
    go(Network())
    verbs = list(Event.objects.filter(post_number=post.pk).values_list("verb", flat=True))
    assert verbs == ["submit", "approve", "claim", "confirm"]


def test_an_account_must_be_live_in_the_file_and_on_the_desk_to_leave_the_machine() -> None:
    from bot.networks.base import Endpoints
    from bot.networks.rehearsal import RehearsalClient

    make_account()
    client_for = publish.real_clients(configuration(), Endpoints(), lambda: NOW)
    assert isinstance(client_for("cohes3ion-x", True), RehearsalClient)
    with pytest.raises(Unauthorised, match=r"not in accounts\.toml"):
        client_for("somebody-else", True)


def test_a_backlog_goes_out_oldest_first_with_the_calendars_spacing() -> None:
    posts = [make_due_post() for _ in range(3)]
    for number, post in enumerate(posts):
        Post.objects.filter(pk=post.pk).update(due_at=NOW + minutes(number))
    network, back = Network(), NOW + minutes(120)
    assert go(network, at=back).published == 1
    assert fresh(posts[0]).state == State.PUBLISHED
    assert go(network, at=back + minutes(44)).published == 0
    assert go(network, at=back + minutes(45)).published == 1
    assert fresh(posts[1]).state == State.PUBLISHED


def test_what_is_unconfirmed_is_looked_for_while_a_backlog_waits() -> None:
    lost, waiting = make_due_post(), make_due_post()
    network = Network(fails=[(OutcomeUnknown("timed out"), True)])
    back = NOW + minutes(120)
    go(network, at=back)
    assert fresh(lost).state == State.UNCONFIRMED
    assert go(network, at=back + minutes(1)).confirmed == 1
    assert (fresh(lost).state, fresh(waiting).state) == (State.PUBLISHED, State.SCHEDULED)


def test_a_post_approved_for_now_does_not_wait_behind_a_backlog() -> None:
    for _ in range(2):
        make_due_post()
    network, back = Network(), NOW + minutes(120)
    assert go(network, at=back).published == 1
    post = make_post()
    transitions.approve(post.pk, by=SIAN, now=back, calendar=Calendar(), seen=1, when=back)
    assert go(network, at=back).published == 1
    assert fresh(post).state == State.PUBLISHED


def test_nothing_goes_out_while_everything_is_stopped_and_nothing_bursts_after() -> None:
    due, later, network = make_due_post(), make_due_post(), Network()
    Post.objects.filter(pk=later.pk).update(due_at=NOW + minutes(60))
    halts.stop(reason="mourning", by=SIAN, now=NOW)
    assert go(network).published == 0
    assert "everything was stopped (Siân: mourning)" in fresh(due).reason
    halts.lift(by=SIAN, now=NOW + minutes(30))
    assert go(network, at=NOW + minutes(30)).published == 0
    assert go(network, at=NOW + minutes(60)).published == 1
    assert fresh(later).state == State.PUBLISHED


def test_a_stop_that_comes_between_the_pass_and_the_claim_still_holds() -> None:
    make_due_post()
    halts.stop(reason="mourning", by=SIAN, now=NOW)
    assert transitions.claim(worker="w", now=NOW, lease=minutes(3)) is None


def test_everything_is_stopped_once_with_a_reason_and_by_somebody_who_may() -> None:
    with pytest.raises(transitions.NotFit, match="Say why"):
        halts.stop(reason=" ", by=SIAN, now=NOW)
    with pytest.raises(transitions.NotAllowed):
        halts.stop(reason="r", by=transitions.Actor("Charlie"), now=NOW)
    with pytest.raises(transitions.TooLate, match="Nothing is stopped"):
        halts.lift(by=SIAN, now=NOW)
    halts.stop(reason="mourning", by=SIAN, now=NOW)
    with pytest.raises(transitions.TooLate, match="stopped already by Siân: mourning"):
        halts.stop(reason="again", by=BRYN, now=NOW)


def test_what_was_approved_in_rehearsal_is_not_sent_when_the_account_goes_live() -> None:
    post, network = make_due_post(), Network()
    Account.objects.update(live=True)
    assert go(network).returned == 1
    post = fresh(post)
    assert (post.state, network.calls) == (State.IN_REVIEW, 0)
    assert "approve it again" in post.reason


def test_a_rehearsed_post_says_so_for_ever() -> None:
    post = make_due_post()
    go(Network())
    Account.objects.update(live=True)
    assert fresh(post).rehearsed
    live = make_due_post()
    go(Network())
    assert not fresh(live).rehearsed


def test_there_is_nothing_to_do_until_something_is_due() -> None:
    assert not publish.anything_to_do(now=NOW)
    make_due_post()
    assert not publish.anything_to_do(now=NOW - minutes(1))
    assert publish.anything_to_do(now=NOW)


def test_a_worker_knows_a_moment_ahead_when_the_next_post_is_due() -> None:
    make_due_post()
    second = timedelta(seconds=1)
    assert queries.due_within(NOW - second / 2, second) == NOW
    assert queries.due_within(NOW - second, second) == NOW
    assert queries.due_within(NOW - 2 * second, second) is None
    assert queries.due_within(NOW, second) is None
