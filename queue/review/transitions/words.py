"""The words in which transitions say who moved a post, and where it stands now."""

from __future__ import annotations

from review.states import State, Verb
from review.text import say, to_say

# What moved a post, as a clause of who did it and when: each a whole, because languages order them differently.
PAST = {
    Verb.SUBMIT.value: to_say("%(name)s submitted it at %(time)s on %(day)s %(month)s"),
    Verb.AMEND.value: to_say("%(name)s amended it at %(time)s on %(day)s %(month)s"),
    Verb.APPROVE.value: to_say("%(name)s approved it at %(time)s on %(day)s %(month)s"),
    Verb.REJECT.value: to_say("%(name)s rejected it at %(time)s on %(day)s %(month)s"),
    Verb.HOLD.value: to_say("%(name)s held it at %(time)s on %(day)s %(month)s"),
    Verb.WITHDRAW.value: to_say("%(name)s withdrew it at %(time)s on %(day)s %(month)s"),
    Verb.CLAIM.value: to_say("%(name)s began to send it at %(time)s on %(day)s %(month)s"),
    Verb.CONFIRM.value: to_say("%(name)s confirmed it at %(time)s on %(day)s %(month)s"),
    Verb.RETRY_LATER.value: to_say("%(name)s postponed it at %(time)s on %(day)s %(month)s"),
    Verb.GIVE_UP.value: to_say("%(name)s gave up on it at %(time)s on %(day)s %(month)s"),
    Verb.LOSE_TRACK.value: to_say("%(name)s lost track of it at %(time)s on %(day)s %(month)s"),
    Verb.REQUEUE.value: to_say("%(name)s requeued it at %(time)s on %(day)s %(month)s"),
    Verb.EXPIRE.value: to_say("%(name)s expired it at %(time)s on %(day)s %(month)s"),
    Verb.MISS.value: to_say("%(name)s returned it at %(time)s on %(day)s %(month)s"),
    "take down": to_say("%(name)s asked to take it down at %(time)s on %(day)s %(month)s"),
    "take back": to_say("%(name)s took back an approval of it at %(time)s on %(day)s %(month)s"),
    Verb.UNDO.value: to_say(
        "%(name)s took back the rejection of it at %(time)s on %(day)s %(month)s"
    ),
    Verb.CORRECT.value: to_say("%(name)s began to correct it at %(time)s on %(day)s %(month)s"),
}
NOW = {
    State.IN_REVIEW: say("it is in review now"),
    State.SCHEDULED: say("it is scheduled now"),
    State.SENDING: say("it is sending now"),
    State.PUBLISHED: say("it is published now"),
    State.FAILED: say("it is failed now"),
    State.UNCONFIRMED: say("it is unconfirmed now"),
    State.REJECTED: say("it is rejected now"),
    State.WITHDRAWN: say("it is withdrawn now"),
    State.EXPIRED: say("it is expired now"),
}
# What it was too late for, or not for somebody to do.
TO_DO = {
    Verb.SUBMIT: say("to submit"),
    Verb.AMEND: say("to amend"),
    Verb.APPROVE: say("to approve"),
    Verb.REJECT: say("to reject"),
    Verb.HOLD: say("to hold"),
    Verb.WITHDRAW: say("to withdraw"),
    Verb.CLAIM: say("to claim"),
    Verb.CONFIRM: say("to confirm"),
    Verb.RETRY_LATER: say("to retry later"),
    Verb.GIVE_UP: say("to give up"),
    Verb.LOSE_TRACK: say("to lose track"),
    Verb.REQUEUE: say("to requeue"),
    Verb.EXPIRE: say("to expire"),
    Verb.MISS: say("to miss"),
    Verb.UNDO: say("to undo"),
    Verb.CORRECT: say("to correct"),
}
