"""When nothing may go out, by a person's decision at the desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from review.models.posts import Account


class Blackout(models.Model):
    """A span in which nothing goes out, made at the desk; the operator's own stand in calendar.toml."""

    reason = models.TextField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)  # null: all of them
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)  # somebody ended it early

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="blackout_runs_forwards"
            ),
        ]

    def __str__(self) -> str:
        return self.reason
