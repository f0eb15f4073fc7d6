"""What the house keeps of itself: the record, workers, alerts, and the switch that stops everything."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


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
    # Hashed with the rest, and dropped when somebody's name is erased, so that nobody can guess it from the hash.
    # Empty in lines of the first version.
    salt = models.CharField(max_length=32, default="", db_default="", blank=True)
    erased = models.BooleanField(default=False, db_default=False)  # names were taken out later
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.verb} {self.post_number}"


class RecordHead(models.Model):
    """The one row that says where the record ends; locked while a line is added."""

    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.last_hash


class Chore(models.Model):
    """Something that is to be done once in a while, by whichever worker comes first."""

    name = models.CharField(max_length=50, unique=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at:%Y-%m-%d %H:%M}"


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


class Restoration(models.Model):
    """A backup was put back: what was decided and sent between its moment and that one is forgotten here."""

    backup_at = models.DateTimeField()
    restored_at = models.DateTimeField()

    def __str__(self) -> str:
        return (
            f"backup of {self.backup_at:%Y-%m-%d %H:%M}, put back {self.restored_at:%Y-%m-%d %H:%M}"
        )


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
