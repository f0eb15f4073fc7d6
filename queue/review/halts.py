"""Stop everything, and go on: one switch for the whole house, with a name and a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from review import queries, record
from review.models import Halt
from review.transitions import Actor, NotAllowed, NotFit, TooLate


def stop(*, reason: str, by: Actor, now: datetime) -> Halt:
    """Stop everything: no post is taken in hand from now on. Those in a network's hands already may arrive.

    Raises NotAllowed, NotFit without a reason, TooLate when everything is stopped already.
    """
    _permit(by)
    if not reason.strip():
        raise NotFit(gettext("Say why everything is stopped: the reason is shown on every page."))
    try:
        with transaction.atomic():
            halt = Halt.objects.create(reason=reason.strip(), by=by.name, at=now)
            record.append("stop everything", actor=by.name, now=now, reason=halt.reason)
    except IntegrityError:
        known = queries.halt()
        if known is None:
            raise TooLate(gettext("Everything is stopped already.")) from None
        raise TooLate(
            gettext("Everything is stopped already by %(name)s: %(reason)s.")
            % {"name": known.by, "reason": known.reason}
        ) from None
    return halt


@transaction.atomic
def lift(*, by: Actor, now: datetime) -> None:
    """Let posts go out again. Those whose time passed meanwhile went back to review.

    Raises NotAllowed, TooLate when nothing is stopped.
    """
    _permit(by)
    if Halt.objects.filter(lifted_at__isnull=True).update(lifted_at=now, lifted_by=by.name) != 1:
        raise TooLate(gettext("Nothing is stopped."))
    record.append("go on", actor=by.name, now=now)


def _permit(by: Actor) -> None:
    if not by.may_decide:
        raise NotAllowed(gettext("%(name)s may look, but not stop anything.") % {"name": by.name})
    if not by.name:
        raise NotAllowed(gettext("Say who decides: every decision is kept with a name."))
