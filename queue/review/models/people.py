"""Who comes in: people, their one-time links, and sign-ins that failed."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class Person(AbstractUser):
    """Somebody who signs in at the desk."""

    name = models.CharField(max_length=150)
    keys = models.BooleanField(default=False)  # wants single-key shortcuts: off until switched on
    language = models.CharField(max_length=10, default="", db_default="", blank=True)  # of mails
    # Wants mails about new drafts, and reminders; unknown: as the role says.
    wants_digest = models.BooleanField(null=True)
    wants_reminders = models.BooleanField(null=True)
    wants_asks = models.BooleanField(
        null=True
    )  # mails when a post is handed to them, or names them

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

    @property
    def gets_digest(self) -> bool:
        """Whether this person is told of new drafts: as chosen; by default, whoever may do something."""
        return self.may_edit if self.wants_digest is None else self.wants_digest

    @property
    def gets_reminders(self) -> bool:
        """Whether this person is reminded: as chosen; by default, whoever may decide."""
        return self.may_decide if self.wants_reminders is None else self.wants_reminders

    @property
    def gets_asks(self) -> bool:
        """Whether this person is told of what is asked of them: as chosen; by default, yes."""
        return self.wants_asks is not False


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


class Remembered(models.Model):
    """What Django's cache keeps for a while: how often somebody tried, and codes that were used.

    Rows, because every process of the desk must know them; the columns are those that Django's cache wants.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "review_remembered"

    def __str__(self) -> str:
        return self.cache_key
