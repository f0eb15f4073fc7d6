"""Every change of a post's state, one function a verb. Nothing else writes `Post.state`.

Each function checks permission, then runs one transaction: a guarded UPDATE (`WHERE state = from AND
revision = seen`) that must hit exactly one row, the Decision if a person decided, and the Event. What
stands in the way comes out as one of

    TransitionError
    ├── NotAllowed   you may not do this
    ├── TooLate      somebody, or the bot, was there first; the text says who, what and when
    └── NotFit       the post, the time or the reason will not do; the text says the mend
"""

from review.transitions.agreeing import (
    TAKE_BACK,
    first_approval,
    take_back,
)
from review.transitions.correcting import correct
from review.transitions.deciding import (
    amend,
    approve,
    confirm,
    hold,
    reject,
    requeue,
    submit,
    undo,
    withdraw,
    wrote_last,
)
from review.transitions.moving import (
    BOT,
    Actor,
    NotAllowed,
    NotFit,
    TooLate,
    TransitionError,
    operator,
    person,
)
from review.transitions.restoring import (
    contents_of,
    no_doubt,
    take_stock,
    warning,
)
from review.transitions.sending import (
    WORKER_DIED,
    Claim,
    Doubt,
    claim,
    close_lapsed,
    confirm_sent,
    expire,
    give_up,
    look_again,
    lose_track,
    miss,
    note_proof,
    retry_later,
)
from review.transitions.taking_down import (
    TAKE_DOWN,
    gone,
    network_id_of,
    not_taken_down,
    take_down,
    taken_down,
)

__all__ = [
    "BOT",
    "TAKE_BACK",
    "TAKE_DOWN",
    "WORKER_DIED",
    "Actor",
    "Claim",
    "Doubt",
    "NotAllowed",
    "NotFit",
    "TooLate",
    "TransitionError",
    "amend",
    "approve",
    "claim",
    "close_lapsed",
    "confirm",
    "confirm_sent",
    "contents_of",
    "correct",
    "expire",
    "first_approval",
    "give_up",
    "gone",
    "hold",
    "look_again",
    "lose_track",
    "miss",
    "network_id_of",
    "no_doubt",
    "not_taken_down",
    "note_proof",
    "operator",
    "person",
    "reject",
    "requeue",
    "retry_later",
    "submit",
    "take_back",
    "take_down",
    "take_stock",
    "taken_down",
    "undo",
    "warning",
    "withdraw",
    "wrote_last",
]
