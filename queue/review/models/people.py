"""Who comes in: people, their one-time links, and sign-ins that failed."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


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
