"""The rows: what was found, what is to be said, what happened to it.

Thin on purpose. Facts about one row live here; reads are in `review.queries`, and every change of a
post's state in `review.transitions`.
"""

from __future__ import annotations

from review.models.blackouts import Blackout
from review.models.connections import Connection, Consent
from review.models.found import (
    Address,
    Announcement,
    Entry,
    EntryAlias,
    EntryVersion,
    Source,
)
from review.models.house import (
    Alert,
    Chore,
    Event,
    Halt,
    RecordHead,
    Restoration,
    Worker,
)
from review.models.notices import Batch, MailedLink, Notice, Told
from review.models.people import (
    FailedSignIn,
    Person,
    Remembered,
    SignInLink,
)
from review.models.posts import (
    STATE_LABELS,
    Account,
    Attempt,
    Comment,
    Decision,
    Post,
    Revision,
)
from review.models.together import Ask, Looking, Seen

__all__ = [
    "STATE_LABELS",
    "Account",
    "Address",
    "Alert",
    "Announcement",
    "Ask",
    "Attempt",
    "Batch",
    "Blackout",
    "Chore",
    "Comment",
    "Connection",
    "Consent",
    "Decision",
    "Entry",
    "EntryAlias",
    "EntryVersion",
    "Event",
    "FailedSignIn",
    "Halt",
    "Looking",
    "MailedLink",
    "Notice",
    "Person",
    "Post",
    "RecordHead",
    "Remembered",
    "Restoration",
    "Revision",
    "Seen",
    "SignInLink",
    "Source",
    "Told",
    "Worker",
]
