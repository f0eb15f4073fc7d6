"""What is to be said: accounts, posts, their revisions, decisions and attempts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from review.models.found import Announcement
from review.models.house import Restoration
from review.models.people import Person
from review.states import State
from review.text import Content, Picture, read

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
    # What ends the pause besides a person: "connection" is ended by connecting the account anew.
    pause_cause = models.CharField(max_length=20, blank=True, default="", db_default="")
    # When the token ends that the operator set for it in the environment, as far as that is known.
    key_ends_at = models.DateTimeField(null=True)
    monthly_budget = models.DecimalField(max_digits=12, decimal_places=3, null=True)  # US dollars

    def __str__(self) -> str:
        return self.name

    def key_days_left(self, now: datetime) -> int | None:
        """Count the days until its token of the environment ends, begun ones included; None where not known."""
        if self.key_ends_at is None:
            return None
        return max(0, -((now - self.key_ends_at) // timedelta(days=1)))

    def is_paused(self, now: datetime) -> bool:
        """Whether nothing may go out on this account at `now`."""
        return self.paused and (self.paused_until is None or now < self.paused_until)


class Post(models.Model):
    """An announcement's text for one account: the thing with a state."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="posts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    state = models.CharField(max_length=12, choices=[(s, STATE_LABELS[s]) for s in State])
    reason = models.TextField(blank=True)  # why it is in this state, in one sentence for people
    reason_said = models.JSONField(null=True)  # how that sentence is made: see review.text.saying
    revision_number = models.PositiveIntegerField(default=1)  # the newest Revision
    approved_number = models.PositiveIntegerField(null=True)  # the Revision a person approved
    due_at = models.DateTimeField(null=True)
    missed = models.BooleanField(default=False)  # its time passed before it could go out
    # Approved, or sent, while its account rehearsed: nothing of it has left the machine.
    rehearsed = models.BooleanField(default=False)
    # Where two are to approve: whose approval of the newest Revision came first, and when. Both are cleared by
    # whatever brings it back into review.
    approved_first_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    approved_first_at = models.DateTimeField(null=True)
    # Who is to see to it; null: whoever may.
    assignee = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="assigned"
    )
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    network_id = models.CharField(max_length=200, blank=True)
    url = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    # A backup was put back, and this may have been published in the time that is forgotten.
    restoration = models.ForeignKey(Restoration, on_delete=models.PROTECT, null=True)
    # For a post that may be published: when to look for it next, and how often we have looked.
    look_at = models.DateTimeField(null=True)
    looks_done = models.PositiveIntegerField(default=0)
    # A published post that is to go: when to ask its network next, and when it was gone.
    take_down_at = models.DateTimeField(null=True)
    taken_down_at = models.DateTimeField(null=True)
    # The published post that this one says better.
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="corrections", null=True
    )

    class Meta:
        permissions: ClassVar = [("decide", "May decide about posts"), ("edit", "May edit posts")]
        indexes: ClassVar = [
            # The two questions asked all day: what is due, and what waits.
            models.Index(fields=["state", "due_at"], name="post_due"),
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="post_to_look_for"
            ),
            models.Index(
                fields=["take_down_at"],
                condition=Q(take_down_at__isnull=False),
                name="post_to_take_down",
            ),
            # The page of what has ended, which grows for ever.
            models.Index(
                fields=["-changed_at", "-id"],
                condition=Q(
                    state__in=[State.PUBLISHED, State.REJECTED, State.WITHDRAWN, State.EXPIRED]
                ),
                name="post_ended",
            ),
            # What went out in the last weeks: the overview, the calendar, budgets.
            models.Index(
                fields=["published_at"],
                condition=Q(state=State.PUBLISHED),
                name="post_published",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["announcement", "account"],
                condition=Q(corrects__isnull=True),
                name="one_post_per_account",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=~Q(state__in=[State.REJECTED, State.WITHDRAWN, State.EXPIRED]),
                name="one_correction_at_a_time",
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

    @property
    def is_to_go(self) -> bool:
        """Whether somebody asked for it to be taken down, and it is not known to be gone."""
        if self.state != State.PUBLISHED or self.taken_down_at is not None:
            return False
        return self.decisions.filter(verb="take down").exists()

    @property
    def why(self) -> str:
        """The reason, as a sentence that a page can say in its own language."""
        return read(self.reason, self.reason_said)


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
    more_images = models.JSONField(null=True)  # [{"url", "alt"}], after the first image
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
            more_images=tuple(Picture(**given) for given in self.more_images or ()),
        )


class Decision(models.Model):
    """What a person did to which revision."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    verb = models.CharField(max_length=20)
    by = models.CharField(max_length=150)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    reason = models.TextField(blank=True)
    reason_said = models.JSONField(null=True)  # how that sentence is made: see review.text.saying
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by}: {self.verb} post {self.post_id}"

    @property
    def why(self) -> str:
        """The reason, as a sentence that a page can say in its own language."""
        return read(self.reason, self.reason_said)


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
    detail_said = models.JSONField(null=True)  # how that sentence is made: see review.text.saying
    content_hash = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [
            # Who has sent something of late: asked before each claim.
            models.Index(fields=["opened_at"], name="attempt_opened"),
            models.Index(
                fields=["outcome"], condition=Q(closed_at__isnull=False), name="attempt_outcome"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "number"], name="one_attempt_per_number"),
            # Two open attempts would be two tries at once.
            models.UniqueConstraint(
                fields=["post"], condition=Q(closed_at__isnull=True), name="one_open_attempt"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} at post {self.post_id}"

    @property
    def what_came(self) -> str:
        """The detail, as a sentence that a page can say in its own language."""
        return read(self.detail, self.detail_said)
