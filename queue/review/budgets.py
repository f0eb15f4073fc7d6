"""What an account's posts cost in a month, against its budget.

Networks bill by what a post holds, so the price follows from its text. A month is one of the calendar's zone. What is
on its way counts as spent; what was rehearsed does not.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import F, Q

from review import text
from review.models import Account, Revision
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
