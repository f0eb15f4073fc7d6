"""The rows: what was found, what is to be said, what happened to it.

Thin on purpose. Facts about one row live here; reads are in `review.queries`, and every change of a
post's state in `review.transitions`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from review.states import State
from review.text import Content

STATE_LABELS = {
    State.IN_REVIEW: _("In review"),
    State.SCHEDULED: _("Scheduled"),
    State.SENDING: _("Sending"),
    State.PUBLISHED: _("Published"),
    State.FAILED: _("Failed"),
    State.UNCONFIRMED: _("Unconfirmed"),
    State.REJECTED: _("Rejected"),
    State.WITHDRAWN: _("Withdrawn"),
    State.EXPIRED: _("Expired"),
}


class Person(AbstractUser):
    """Somebody who signs in at the desk."""

    name = models.CharField(max_length=150)
    keys = models.BooleanField(default=False)  # wants single-key shortcuts: off until switched on

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def may_decide(self) -> bool:
        """Whether this person may decide about posts."""
        return self.is_active and self.has_perm("review.decide")

    @property
    def may_edit(self) -> bool:
        """Whether this person may change texts and comment on them."""
        return self.may_decide or (self.is_active and self.has_perm("review.edit"))


class SignInLink(models.Model):
    """A one-time sign-in link. Only the hash of its token is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.person}"


class FailedSignIn(models.Model):
    """One wrong password. Kept while it counts, so that guessing is slow."""

    username = models.CharField(max_length=150, db_index=True)  # as typed, in small letters
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.username} from {self.address}"


class Source(models.Model):
    """What we know at run time of a source in sources.toml."""

    class Health(models.TextChoices):
        NEW = "new", _("not read yet")
        OK = "ok", _("well")
        BROKEN = "broken", _("broken")
        BLOCKED = "blocked", _("blocked")
        GONE = "gone", _("gone")
        SILENT = "silent", _("silent for longer than usual")  # never stored: see `standing`

    name = models.CharField(max_length=100, unique=True)
    url = models.TextField()
    health = models.CharField(max_length=10, choices=Health, default=Health.NEW)
    trouble = models.TextField(blank=True)  # one sentence: what, and the mend
    failures = models.PositiveIntegerField(default=0)  # in a row
    next_check_at = models.DateTimeField(db_index=True)
    checked_at = models.DateTimeField(null=True)
    baselined_at = models.DateTimeField(null=True)  # first successful poll
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    active = models.BooleanField(default=True)  # still in sources.toml
    # How the last answer was read; another parser or other settings mean one question without conditions.
    read_as = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True)  # last successful poll
    news_at = models.DateTimeField(null=True)  # last new entry
    silent_after = models.DateTimeField(null=True)  # nothing new until then is unusual
    items = models.TextField(blank=True)  # hashes of the items that need not be read again
    rhythm = models.JSONField(default=dict, blank=True)  # what the feed asks: wait, hours, days
    # Where permanent redirects lead. In use only once they have led there long enough.
    moved_to = models.TextField(blank=True)
    moved_since = models.DateTimeField(null=True)
    moved_seen = models.PositiveIntegerField(default=0)  # polls in a row
    address = models.TextField(blank=True)  # asked instead of url, since the source moved

    def __str__(self) -> str:
        return self.name

    @property
    def asked_at(self) -> str:
        """The address that is asked: the one in sources.toml, or where the source moved to."""
        return self.address or self.url

    def standing(self, now: datetime) -> Source.Health:
        """Say how the source is: what its last poll showed, or silent for longer than usual."""
        health = Source.Health(self.health)
        if health == Source.Health.OK and self.silent_after and self.silent_after < now:
            return Source.Health.SILENT
        return health


class Entry(models.Model):
    """One item as its source gave it. People never edit it, and its key is never forgotten."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="entries")
    key = models.CharField(max_length=500)
    title = models.TextField()
    link = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    published_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    # Baseline entries are known but not announced.
    announce = models.BooleanField(default=True)
    # Null: still to be sorted, split and drafted.
    composed_at = models.DateTimeField(null=True, db_index=True)
    compose_after = models.DateTimeField(null=True)
    compose_failures = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    page = models.CharField(max_length=500, blank=True)  # identity of the page it links to
    held = models.BooleanField(default=False)  # part of a flood: a person releases or dismisses it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="one_entry_per_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source"], condition=Q(held=True), name="entries_held"),
        ]

    def __str__(self) -> str:
        return self.title


class EntryAlias(models.Model):
    """A further key under which the same entry may come back: a moved link, another form of its guid."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="aliases")
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    key = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "key"], name="one_entry_per_alias"),
        ]

    def __str__(self) -> str:
        return self.key


class EntryVersion(models.Model):
    """What an entry said before its source changed it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="versions")
    replaced_at = models.DateTimeField()
    title = models.TextField()
    summary = models.TextField(blank=True)
    html = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.title} (until {self.replaced_at:%Y-%m-%d})"


class Announcement(models.Model):
    """One thing worth saying, found in an entry; or a piece set aside, one click from the queue."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="announcements")
    key = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=10, blank=True)  # plan, practice, report; "" when set aside
    set_aside = models.CharField(max_length=10, blank=True)  # other, furniture
    because = models.JSONField(default=list)
    title = models.TextField()
    summary = models.TextField(blank=True)
    paragraphs = models.JSONField(default=list)
    link = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    card = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    drafted_at = models.DateTimeField(null=True)  # null with a kind: still to be drafted
    page = models.CharField(
        max_length=500, blank=True, db_index=True
    )  # identity of the linked page

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "key"], name="one_announcement_per_key"),
            models.CheckConstraint(
                condition=(Q(kind="") & ~Q(set_aside="")) | (~Q(kind="") & Q(set_aside="")),
                name="announced_or_set_aside",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Account(models.Model):
    """What we know at run time of an account in accounts.toml."""

    name = models.CharField(max_length=100, unique=True)
    network = models.CharField(max_length=50)
    who = models.CharField(max_length=200)  # the handle or author, for people
    live = models.BooleanField(default=False)
    active = models.BooleanField(default=True)  # still in accounts.toml
    # While paused, its posts wait. A pause without an end lasts until somebody resumes the account.
    paused = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)
    monthly_budget = models.DecimalField(max_digits=12, decimal_places=3, null=True)  # US dollars

    def __str__(self) -> str:
        return self.name

    def is_paused(self, now: datetime) -> bool:
        """Whether nothing may go out on this account at `now`."""
        return self.paused and (self.paused_until is None or now < self.paused_until)


class Post(models.Model):
    """An announcement's text for one account: the thing with a state."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="posts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    state = models.CharField(max_length=12, choices=[(s, STATE_LABELS[s]) for s in State])
    reason = models.TextField(blank=True)  # why it is in this state, in one sentence for people
    revision_number = models.PositiveIntegerField(default=1)  # the newest Revision
    approved_number = models.PositiveIntegerField(null=True)  # the Revision a person approved
    due_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)  # its time passed before it could go out
    # Approved, or sent, while its account rehearsed: nothing of it has left the machine.
    rehearsed = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    network_id = models.CharField(max_length=200, blank=True)
    url = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    # For an unconfirmed post: when to look for it next, and how often we have looked.
    look_at = models.DateTimeField(null=True)
    looks_done = models.PositiveIntegerField(default=0)
    # A published post that is to go: when to ask its network next, and when it was gone.
    take_down_at = models.DateTimeField(null=True)
    taken_down_at = models.DateTimeField(null=True)

    class Meta:
        permissions: ClassVar = [("decide", "May decide about posts"), ("edit", "May edit posts")]
        indexes: ClassVar = [
            # The two questions asked all day: what is due, and what waits.
            models.Index(fields=["state", "due_at"], name="post_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["announcement", "account"], name="one_post_per_account"
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="post_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SCHEDULED, State.SENDING, State.UNCONFIRMED])
                | Q(approved_number__isnull=False, due_at__isnull=False),
                name="only_the_approved_goes_out",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False),
                name="published_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement} on {self.account}"


class Revision(models.Model):
    """One version of a post's content, with who or what wrote it. Never changed once written."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    link = models.TextField(blank=True)
    card_title = models.TextField(blank=True)
    card_description = models.TextField(blank=True)
    image = models.TextField(blank=True)
    image_alt = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    written_by = models.CharField(max_length=150)
    by_person = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "number"], name="one_revision_per_number"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"

    @property
    def content(self) -> Content:
        """The content as one value."""
        return Content(
            text=self.text,
            link=self.link,
            card_title=self.card_title,
            card_description=self.card_description,
            image=self.image,
            image_alt=self.image_alt,
        )


class Decision(models.Model):
    """What a person did to which revision."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    verb = models.CharField(max_length=20)
    by = models.CharField(max_length=150)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by}: {self.verb} post {self.post_id}"


class Comment(models.Model):
    """What a person said about a revision; it may ask for changes, and changes nothing itself."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="comments")
    revision_number = models.PositiveIntegerField()
    text = models.TextField()
    asks_for_changes = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by} on post {self.post_id}: {self.text}"


class Attempt(models.Model):
    """One try to deliver a post: opened and committed before the call, closed after it."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="attempts")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    # A worker that has not closed the attempt by then is taken to have died in it.
    lease_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    detail = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "number"], name="one_attempt_per_number"),
            # Two open attempts would be two tries at once.
            models.UniqueConstraint(
                fields=["post"], condition=Q(closed_at__isnull=True), name="one_open_attempt"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} at post {self.post_id}"


class Event(models.Model):
    """One line of the record. Append-only; each carries the hash of the one before it.

    It names its post by number and not by key, so that the record outlives what it tells of.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=20)
    actor = models.CharField(max_length=150)
    post_number = models.BigIntegerField(null=True, db_index=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.verb} {self.post_number}"


class RecordHead(models.Model):
    """The one row that says where the record ends; locked while a line is added."""

    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.last_hash


class Worker(models.Model):
    """A worker process and its last sign of life."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """Something that was wrong, from when it was first seen until it was mended."""

    key = models.CharField(max_length=200)  # what is wrong with what: "source broken: News"
    level = models.CharField(max_length=10)  # error or warning
    sentence = models.TextField()
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(cleared_at__isnull=True), name="one_open_alert_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.sentence


class Halt(models.Model):
    """Everything is stopped: nothing goes out, on any account, until somebody lifts it."""

    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(lifted_at__isnull=True), name="one_halt_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"stopped by {self.by}: {self.reason}"
