"""What happened to a post, in words: the lines of the record as its page tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from review import text
from review.models import Event
from review.said import told as in_words
from review.shown import moment
from review.states import Verb

DONE = {
    Verb.SUBMIT.value: _("drafted it"),
    Verb.AMEND.value: _("changed it"),
    Verb.APPROVE.value: _("approved it"),
    Verb.REJECT.value: _("rejected it"),
    Verb.HOLD.value: _("held it back for review"),
    Verb.WITHDRAW.value: _("withdrew it"),
    Verb.CLAIM.value: _("began to send it"),
    Verb.CONFIRM.value: _("confirmed that it is published"),
    Verb.RETRY_LATER.value: _("put it off"),
    Verb.GIVE_UP.value: _("gave up sending it"),
    Verb.LOSE_TRACK.value: _("lost track of it"),
    Verb.REQUEUE.value: _("put it back for review"),
    Verb.EXPIRE.value: _("let it expire"),
    Verb.MISS.value: _("returned it: its time had passed"),
    Verb.UNDO.value: _("took the rejection back"),
    Verb.CORRECT.value: _("began it, to correct another"),
    "take down": _("saw to taking it down"),
    "take back": _("took the approval back"),
    "comment": _("commented"),
    "ask for changes": _("asked for changes"),
    "assign": _("handed it on"),
}


def told(event: Event, *, now: datetime) -> dict[str, Any]:
    """Put one line of the record into words: when, who, what, the reason and the details."""
    details = []
    if due := event.details.get("due_at"):
        details.append(
            gettext("for %(time)s") % {"time": moment(datetime.fromisoformat(due), now=now)}
        )
    if revision := event.details.get("revision"):
        details.append(gettext("revision %(number)s") % {"number": revision})
    if to := event.details.get("to"):
        details.append(gettext("to %(name)s") % {"name": to})
    if attempt := event.details.get("attempt"):
        details.append(gettext("attempt %(number)s") % {"number": attempt})
    return {
        "at": event.at,
        "who": event.actor,
        "what": DONE.get(event.verb, event.verb),
        "reason": in_words(text.read(event.reason, event.details.get("said"))),
        "details": ", ".join(details),
    }
