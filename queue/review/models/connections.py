"""How accounts are connected to their networks: tokens, sealed, and consents that are under way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from review.models.people import Person
from review.models.posts import Account


class Connection(models.Model):
    """What somebody's consent gave for an account. `review.connections` writes it."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="connection")
    sealed = models.TextField()  # the tokens, encrypted by review.vault
    number = models.PositiveIntegerField(default=1)  # goes up with each new pair of tokens
    scopes = models.TextField(blank=True)  # separated by spaces
    author = models.CharField(max_length=200)  # whom the network took us for, as in accounts.toml
    who = models.CharField(max_length=300, blank=True)  # the same for people
    expires_at = models.DateTimeField(null=True)  # of the access token
    renewable = models.BooleanField(default=False)  # there is a refresh token
    renewable_until = models.DateTimeField(null=True)
    connected_at = models.DateTimeField()
    connected_by = models.CharField(max_length=150)
    renewed_at = models.DateTimeField(null=True)
    # A refresh token may work only once, so one process at a time renews: this one, until then.
    renewing = models.CharField(max_length=64, blank=True)
    renewing_until = models.DateTimeField(null=True)
    renew_after = models.DateTimeField(null=True)  # a try failed: no other before
    ended = models.TextField(blank=True)  # why it is of no use any more, "" while it is

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(renewing="", renewing_until__isnull=True)
                | ~Q(renewing="") & Q(renewing_until__isnull=False),
                name="who_renews_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} connected by {self.connected_by}"

    def is_for(self, who: str) -> bool:
        """Say whether `who`, an account's handle or author in accounts.toml, is whom the network took us for.

        Anything else than a handle with its @ or a URN says nothing about that.
        """
        if not who.startswith(("@", "urn:")):
            return True
        return who.lower() == self.author.lower() if who.startswith("@") else who == self.author

    @property
    def ends_at(self) -> datetime | None:
        """When somebody has to consent again, as far as the network said; None where it is not known."""
        return self.renewable_until if self.renewable else self.expires_at

    def days_left(self, now: datetime) -> int | None:
        """Count the days until then, those begun included; 0 when it has ended, None where not known."""
        if self.ended:
            return 0
        if self.ends_at is None:
            return None
        return max(0, -((now - self.ends_at) // timedelta(days=1)))


class Consent(models.Model):
    """A way to a network that somebody has begun in the browser. It works once, and not for long."""

    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)  # of a secret in the session that began it
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    sealed = models.TextField()  # the PKCE verifier and the redirect address
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} connects {self.account}"
