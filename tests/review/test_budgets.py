"""What posts cost, counted against the budget of their month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from review import budgets, transitions
from review.models import Account, Post
from review.transitions import NotFit
from tests.making import CALENDAR, NOW, SIAN, make_account, make_post

pytestmark = pytest.mark.django_db
NEXT_MONTH = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def account(budget: str | None, *, live: bool = True) -> Account:
    made = make_account(live=live)
    Account.objects.filter(pk=made.pk).update(
        monthly_budget=Decimal(budget) if budget else None, live=live
    )
    return Account.objects.get(pk=made.pk)


def approve(post: Post, when: datetime = NOW) -> Post:
    return transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=None, when=when)


def spent(of: Account, at: datetime = NOW) -> Decimal:
    return budgets.spent(of, at=at, zone=CALENDAR.zone)


def test_a_post_that_would_pass_the_budget_is_refused_with_what_is_left() -> None:
    ours = account("0.50")
    for _ in range(2):
        approve(make_post(account=ours))
    with pytest.raises(NotFit) as refused:
        approve(make_post(account=ours))
    assert str(refused.value) == (
        "This post costs $0.20, and of the $0.50 that cohes3ion-x may spend in November $0.10 is left. "
        "Choose a time in another month, or raise monthly_budget in accounts.toml."
    )
    assert spent(ours) == Decimal("0.40")


def test_the_next_month_has_a_budget_of_its_own() -> None:
    ours = account("0.20")
    approve(make_post(account=ours))
    approve(make_post(account=ours), when=NEXT_MONTH)
    assert spent(ours) == spent(ours, NEXT_MONTH) == Decimal("0.20")


def test_a_month_begins_at_midnight_of_the_calendars_zone() -> None:
    ours = account("1")
    # Half past midnight on the first of July in London is still June in UTC.
    approve(make_post(account=ours), when=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    assert spent(ours, datetime(2027, 7, 15, tzinfo=UTC)) == Decimal("0.20")
    assert spent(ours, datetime(2027, 6, 15, tzinfo=UTC)) == 0


def test_what_is_held_again_costs_nothing() -> None:
    ours = account("0.20")
    post = approve(make_post(account=ours))
    transitions.hold(post.pk, by=SIAN, now=NOW)
    approve(make_post(account=ours))


def test_a_post_without_a_link_costs_less() -> None:
    ours = account("0.02")
    post = make_post(account=ours)
    content = post.revisions.get().content
    transitions.amend(post.pk, content=replace(content, text="No link."), by=SIAN, now=NOW, seen=1)
    approve(post)
    assert spent(ours) == Decimal("0.015")


@pytest.mark.parametrize(("budget", "live"), [(None, True), ("0.01", False)])
def test_without_a_budget_or_in_rehearsal_nothing_is_refused(
    budget: str | None, live: bool
) -> None:
    approve(make_post(account=account(budget, live=live)))


def test_what_was_published_counts_by_the_day_it_went_out() -> None:
    ours = account("1")
    post = approve(make_post(account=ours))
    claim = transitions.claim(worker="w", now=NOW, lease=timedelta(minutes=3))
    assert claim is not None
    transitions.confirm_sent(claim, now=NEXT_MONTH, network_id="1", url="https://x.com/1")
    assert spent(ours) == 0
    assert spent(ours, NEXT_MONTH) == Decimal("0.20")
    assert Post.objects.get(pk=post.pk).published_at == NEXT_MONTH
