"""Blackouts from the desk: make one, and end one. What is due inside goes back to a decision."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from review import record, transitions
from review.models import Account, Blackout, Post
from review.states import State
from review.text import say
from review.transitions import Actor, NotAllowed, NotFit, TooLate, TransitionError


@transaction.atomic
def black_out(
    *,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    account: Account | None,
    by: Actor,
    now: datetime,
) -> tuple[Blackout, int]:
    """Let nothing go out in [`starts_at`, `ends_at`) on `account`, or on any when that is None.

    Posts due inside go back to review at once. Returns the blackout and how many those are. Raises
    NotAllowed, NotFit for a span that is backwards or over, or without a reason.
    """
    _permit(by)
    if not reason.strip():
        raise NotFit(gettext("Say why nothing may go out: the reason is shown to everybody."))
    if ends_at <= starts_at:
        raise NotFit(gettext("It must end later than it begins."))
    if ends_at <= now:
        raise NotFit(gettext("That time has passed; choose an end that is still to come."))
    made = Blackout.objects.create(
        reason=reason.strip(),
        account=account,
        starts_at=starts_at,
        ends_at=ends_at,
        by=by.name,
        made_at=now,
    )
    record.append("black out", actor=by.name, now=now, reason=made.reason, details=_details(made))
    inside = Post.objects.filter(
        state=State.SCHEDULED, due_at__gte=starts_at, due_at__lt=ends_at
    ).order_by("due_at", "pk")
    if account is not None:
        inside = inside.filter(account=account)
    returned = 0
    why = say("Its time fell into “%(name)s”, when nothing goes out.", name=made.reason)
    for key in list(inside.values_list("pk", flat=True)):
        try:
            transitions.hold(key, by=by, now=now, reason=why)
        except TransitionError:
            continue  # it left, or somebody decided, in this very moment
        returned += 1
    return made, returned


@transaction.atomic
def end(blackout_id: int, *, by: Actor, now: datetime) -> Blackout:
    """End a blackout before its time. What it sent back to review stays there, so nothing bursts.

    Raises NotAllowed, TooLate when it is over already, Blackout.DoesNotExist.
    """
    _permit(by)
    made = (
        Blackout.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=blackout_id)
    )
    if made.ended_at is not None or made.ends_at <= now:
        raise TooLate(gettext("That blackout is over already."))
    made.ended_at, made.ended_by = now, by.name
    made.save(update_fields=["ended_at", "ended_by"])
    record.append(
        "end blackout", actor=by.name, now=now, reason=made.reason, details=_details(made)
    )
    return made


def _details(made: Blackout) -> dict[str, str | None]:
    return {
        "account": made.account.name if made.account else None,
        "from": made.starts_at.isoformat(),
        "to": made.ends_at.isoformat(),
    }


def _permit(by: Actor) -> None:
    if not by.may_decide:
        raise NotAllowed(
            gettext("%(name)s may look, but not decide when posts go out.") % {"name": by.name}
        )
    if not by.name:
        raise NotAllowed(gettext("Say who decides: every decision is kept with a name."))
