"""After a backup was put back: looked for first, returned to a person, and never sent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.networks.base import CannotLook, Temporary
from review import record, transitions
from review.models import Event, Post, Restoration
from review.states import State
from tests.bot.test_publish import Network, fresh, go
from tests.making import BRYN, CALENDAR, NOW, SIAN, make_account, make_due_post, make_post, minutes

pytestmark = pytest.mark.django_db

BACK = NOW + timedelta(days=2)  # the backup is put back two days after it was taken


def published_since(post: Post, network: Network, *, number: int = 1) -> None:
    """The network has this post under its revision `number`; our database has forgotten that."""
    network.posts.append((post.account.name, post.revisions.get(number=number).content))


def approve(post: Post) -> Post:
    return transitions.approve(post.pk, by=SIAN, now=BACK, calendar=CALENDAR, seen=None, when=BACK)


def test_what_was_scheduled_goes_back_to_a_person_because_later_decisions_are_forgotten() -> None:
    post = make_due_post()
    counted = transitions.take_stock(now=BACK)
    assert (counted["returned"], counted["doubted"]) == (1, 1)
    post = fresh(post)
    assert (post.state, post.approved_number, post.missed) == (State.IN_REVIEW, None, False)
    assert "A backup of 09:00 on 24 November was put back" in post.reason
    assert record.verify() == ""
    assert Event.objects.filter(verb="restore").count() == 1


@pytest.mark.parametrize("make", [make_post, make_due_post])
def test_what_is_on_the_account_is_published_without_being_sent(make: object) -> None:
    assert callable(make)
    post, network = make(), Network()
    published_since(post, network)
    transitions.take_stock(now=BACK)
    assert go(network, at=BACK).confirmed == 1
    assert (fresh(post).state, fresh(post).network_id) == (State.PUBLISHED, "1")
    assert network.calls == 0
    assert network.since == NOW - timedelta(hours=24)


def test_it_is_found_under_any_of_the_words_it_ever_had() -> None:
    post, network = make_post(), Network()
    published_since(post, network)
    content = post.revisions.get().content
    changed = type(content)(text="Other words.", link=content.link)
    transitions.amend(post.pk, content=changed, by=BRYN, now=NOW, seen=1)
    transitions.take_stock(now=BACK)
    assert go(network, at=BACK).confirmed == 1


def test_what_is_not_there_says_so_and_goes_out_once_when_approved_again() -> None:
    post, network = make_due_post(), Network()
    transitions.take_stock(now=BACK)
    for wait in (0, 1, 6):
        go(network, at=BACK + minutes(wait))
    post = fresh(post)
    assert (post.state, post.restoration, post.look_at) == (State.IN_REVIEW, None, None)
    assert post.reason.endswith("Herodr looked: it is not on the account in these words.")
    approve(post)
    go(network, at=BACK + minutes(7), stale_after="1d")
    go(network, at=BACK + minutes(8))
    assert network.calls == 1
    assert fresh(post).state == State.PUBLISHED


def test_whoever_approves_at_once_is_protected_by_a_look_before_sending() -> None:
    post, network = make_post(), Network()
    published_since(post, network)
    transitions.take_stock(now=BACK)
    approve(post)
    assert go(network, at=BACK).published == 1
    assert network.calls == 0
    assert fresh(post).reason == "An earlier try had published it; it was not sent again."


def test_where_nobody_can_look_a_person_is_told_what_to_do_and_decides() -> None:
    post, network = make_due_post(), Network(blind=CannotLook("Nobody can look there."))
    transitions.take_stock(now=BACK)
    go(network, at=BACK)
    post = fresh(post)
    assert (post.state, post.look_at) == (State.IN_REVIEW, None)
    assert (
        "Nobody can look there. Look there: if it is on the account, reject it here" in post.reason
    )
    approve(post)
    go(network, at=BACK)
    assert network.calls == 1


def test_a_look_that_fails_is_made_again_and_nothing_goes_out_meanwhile() -> None:
    post, network = make_post(), Network(blind=Temporary("X does not answer."))
    published_since(post, network)
    transitions.take_stock(now=BACK)
    go(network, at=BACK)
    approve(post)
    assert go(network, at=BACK).later == 1
    network.blind = None
    go(network, at=BACK + minutes(10))
    assert (network.calls, fresh(post).state) == (0, State.PUBLISHED)


def test_news_that_is_new_only_to_the_backup_is_looked_for_too() -> None:
    transitions.take_stock(now=BACK)
    network = Network()
    Restoration.objects.update(
        restored_at=NOW - timedelta(days=3), backup_at=NOW - timedelta(days=9)
    )
    post = make_post()
    published_since(post, network)
    assert "was put back" in post.reason
    assert go(network).confirmed == 1


def test_a_month_later_news_is_news() -> None:
    transitions.take_stock(now=BACK)
    Restoration.objects.update(restored_at=NOW - timedelta(days=31))
    post = make_post()
    assert (post.restoration, post.look_at, post.reason) == (None, None, "")


def test_one_post_on_the_account_is_never_taken_for_two() -> None:
    account, network = make_account(), Network()
    first, second = make_post(account=account), make_post(account=account)
    content = first.revisions.get().content
    transitions.amend(second.pk, content=content, by=BRYN, now=NOW, seen=1)
    published_since(first, network)
    transitions.take_stock(now=BACK)
    for wait in (0, 1, 6):
        go(network, at=BACK + minutes(wait))
    assert sorted([fresh(first).state, fresh(second).state]) == [State.IN_REVIEW, State.PUBLISHED]


def test_a_failed_post_that_was_mended_after_the_backup_is_found() -> None:
    post, network = make_due_post(), Network()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(1))
    assert claim is not None
    transitions.give_up(claim, now=NOW, outcome="Refused", reason="X says no.")
    published_since(post, network)
    transitions.take_stock(now=BACK)
    assert go(network, at=BACK).confirmed == 1


def test_a_try_that_the_backup_caught_in_the_middle_is_looked_for() -> None:
    post, network = make_due_post(), Network()
    assert transitions.claim(worker="w", now=NOW, lease=minutes(1)) is not None
    published_since(post, network)
    transitions.take_stock(now=BACK)
    assert go(network, at=BACK).confirmed == 1
    assert network.calls == 0
