"""Pausing an account and letting it go on: while it is paused, its posts wait."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from review import record
from review.models import Account
from review.transitions import Actor, NotAllowed


@transaction.atomic
def pause(name: str, *, until: datetime | None, trouble: str, now: datetime) -> None:
    """Pause the account called `name` until `until`, or until somebody resumes it when that is None.

    `trouble` is one sentence for people: what is wrong, and the mend. Pausing for the same trouble and
    time again changes nothing; a pause without an end is never shortened. Does nothing for an unknown name.
    """
    account = Account.objects.select_for_update().filter(name=name).first()
    if account is None:
        return
    if account.paused and account.paused_until is None:
        until = None
    if (account.paused, account.paused_until, account.trouble) == (True, until, trouble):
        return
    account.paused, account.paused_until, account.trouble = True, until, trouble
    account.save(update_fields=["paused", "paused_until", "trouble"])
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
        account.paused, account.paused_until, account.trouble = False, None, ""
        account.save(update_fields=["paused", "paused_until", "trouble"])
        record.append("resume", actor=by.name, now=now, details={"account": account.name})
    return account


@transaction.atomic
def go_on(name: str, *, now: datetime) -> None:
    """End the pause of the account called `name`, whose cause has gone by itself."""
    account = Account.objects.select_for_update().filter(name=name, paused=True).first()
    if account is not None:
        account.paused, account.paused_until, account.trouble = False, None, ""
        account.save(update_fields=["paused", "paused_until", "trouble"])
        record.append("resume", actor="herodr", now=now, details={"account": name})
