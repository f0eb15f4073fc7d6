"""What an account's posts cost in a month, against its budget.

Networks bill by what a post holds, so the price follows from its text. A month is one of the calendar's zone. What is
on its way counts as spent; what was rehearsed does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import F, Q

from review import text
from review.models import Account, Post, Revision
from review.states import State

_ON_THEIR_WAY = (State.SCHEDULED, State.SENDING, State.UNCONFIRMED)


def spent(account: Account, *, at: datetime, zone: tzinfo, besides: int | None = None) -> Decimal:
    """Return what the posts of the month of `at` cost, in US dollars, without the post `besides`."""
    begin, end = _month(at, zone)
    due = Q(post__state__in=_ON_THEIR_WAY, post__due_at__gte=begin, post__due_at__lt=end)
    out = Q(post__state=State.PUBLISHED, post__published_at__gte=begin, post__published_at__lt=end)
    rows = Revision.objects.filter(
        due | out, post__account=account, post__rehearsed=False, number=F("post__approved_number")
    ).exclude(post=besides)
    if account.network not in text.NETWORKS:
        return Decimal(0)
    return sum(
        (text.cost(account.network, revision.content) or Decimal(0) for revision in rows),
        Decimal(0),
    )


@dataclass(frozen=True, slots=True)
class Month:
    """What one account published in a month: how many posts, how many of them in rehearsal, and their cost in dollars."""

    first: date
    account: Account
    posts: int
    rehearsed: int
    cost: Decimal | None  # None where the network takes nothing


def months(*, now: datetime, zone: tzinfo, back: int = 3) -> list[Month]:
    """Return what each account published in this month and the ones before, `back` in all; the newest first."""
    begin, _end = _month(now, zone)
    for _ in range(back - 1):
        begin, _end = _month(begin - timedelta(days=1), zone)
    rows = Revision.objects.filter(
        post__state=State.PUBLISHED,
        post__published_at__gte=begin,
        number=F("post__approved_number"),
    ).values_list("post__account_id", "post__published_at", "post__rehearsed", "text")
    counted: dict[tuple[date, int], list[tuple[bool, str]]] = {}
    for account, published, rehearsed, words in rows.iterator(chunk_size=1000):
        if published is not None:
            key = (published.astimezone(zone).date().replace(day=1), account)
            counted.setdefault(key, []).append((rehearsed, words))
    accounts = Account.objects.in_bulk({account for _first, account in counted})
    return [
        _counted(first, accounts[key], posts)
        for (first, key), posts in sorted(
            counted.items(), key=lambda item: (-item[0][0].toordinal(), accounts[item[0][1]].name)
        )
    ]


def _counted(first: date, account: Account, posts: Sequence[tuple[bool, str]]) -> Month:
    prices = [
        text.cost(account.network, text.Content(text=words))
        for rehearsed, words in posts
        if not rehearsed and account.network in text.NETWORKS
    ]
    costs = [price for price in prices if price is not None]
    return Month(
        first=first,
        account=account,
        posts=len(posts),
        rehearsed=sum(rehearsed for rehearsed, _words in posts),
        cost=sum(costs, Decimal(0)) if costs else None,
    )


def prices(posts: Iterable[Post]) -> dict[int, Decimal]:
    """Return what each of these posts cost when it was published, by its key; those that cost nothing are left out."""
    out = [post.pk for post in posts if post.state == State.PUBLISHED and not post.rehearsed]
    rows = Revision.objects.filter(post__in=out, number=F("post__approved_number"))
    found: dict[int, Decimal] = {}
    if not out:
        return found
    for key, network, words in rows.values_list("post_id", "post__account__network", "text"):
        price = text.cost(network, text.Content(text=words)) if network in text.NETWORKS else None
        if price is not None:
            found[key] = price
    return found


def over(
    account: Account, content: text.Content, *, at: datetime, zone: tzinfo, besides: int
) -> str:
    """Say in a sentence why this post would pass the account's budget, with the mend; "" when it does not."""
    if account.monthly_budget is None or not account.live or account.network not in text.NETWORKS:
        return ""
    price = text.cost(account.network, content)
    if not price:
        return ""
    left = account.monthly_budget - spent(account, at=at, zone=zone, besides=besides)
    if price <= left:
        return ""
    return text.say(
        "This post costs %(price)s, and of the %(budget)s that %(account)s may spend in %(month)s %(left)s is "
        "left. Choose a time in another month, or raise monthly_budget in accounts.toml.",
        price=dollars(price),
        budget=dollars(account.monthly_budget),
        account=account.name,
        month=text.month(at.astimezone(zone).month),
        left=dollars(max(left, Decimal(0))),
    )


def dollars(amount: Decimal) -> str:
    """Write an amount as people do: $25.00, $0.015."""
    cents = amount.quantize(Decimal("0.01"))
    return f"${cents if cents == amount else amount.normalize():f}"


def _month(at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    begin = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begin, (begin + timedelta(days=32)).replace(day=1)
