"""Pausing an account and letting it go on: while it is paused, its posts wait.

A pause has one cause. What comes on top of a pause that lasts is not kept: it shows again at the next post. So
connecting an account anew ends the pause that its tokens caused, and never that of a spending limit.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from review import record
from review.models import Account
from review.transitions import Actor, NotAllowed

CONNECTION = "connection"  # the cause of a pause that connecting the account anew ends


@transaction.atomic
def pause(
    name: str, *, until: datetime | None, trouble: str, now: datetime, cause: str = ""
) -> None:
    """Pause the account called `name` until `until`, or until somebody resumes it when that is None.

    `trouble` is one sentence for people: what is wrong, and the mend. Pausing for the same trouble and
    time again changes nothing; a pause without an end is never shortened, and one of another cause stays as it
    is. Does nothing for an unknown name.
    """
    account = Account.objects.select_for_update().filter(name=name).first()
    if account is None:
        return
    if account.is_paused(now) and account.pause_cause != cause:
        return
    if account.paused and account.paused_until is None:
        until = None
    if (account.paused, account.paused_until, account.trouble) == (True, until, trouble):
        return
    account.paused, account.paused_until = True, until
    account.trouble, account.pause_cause = trouble, cause
    _keep(account)
    record.append(
        "pause",
        actor="herodr",
        now=now,
        reason=trouble,
        details={"account": name, "until": until.isoformat() if until else None},
    )


@transaction.atomic
def resume(account_id: int, *, by: Actor, now: datetime) -> Account:
    """End the pause of an account: its posts go out again. One that is not paused stays as it is.

    Raises NotAllowed when `by` may not decide, Account.DoesNotExist when there is no such account.
    """
    if not by.may_decide:
        raise NotAllowed(f"{by.name} may look, but not decide about accounts.")
    account = Account.objects.select_for_update().get(pk=account_id)
    if account.paused:
        _let_go(account, actor=by.name, now=now)
    return account


@transaction.atomic
def go_on(name: str, *, now: datetime, actor: str = "herodr") -> None:
    """End the pause of the account called `name` that its connection caused, and no other."""
    own = Account.objects.select_for_update().filter(name=name, paused=True, pause_cause=CONNECTION)
    account = own.first()
    if account is not None:
        _let_go(account, actor=actor, now=now)


def _let_go(account: Account, *, actor: str, now: datetime) -> None:
    account.paused, account.paused_until = False, None
    account.trouble, account.pause_cause = "", ""
    _keep(account)
    record.append("resume", actor=actor, now=now, details={"account": account.name})


def _keep(account: Account) -> None:
    account.save(update_fields=["paused", "paused_until", "trouble", "pause_cause"])
