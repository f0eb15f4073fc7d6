"""What was found: sources, their entries, and what is worth saying in them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


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
    spared_until = models.DateTimeField(null=True)  # its server asked to be left alone until then

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


class Address(models.Model):
    """An address in a post, and what it answered when it was last tried: see `review.text.Tried`."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256: an index takes no long address
    url = models.TextField()
    tried_at = models.DateTimeField()
    again_at = models.DateTimeField()
    gone = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    kind = models.CharField(max_length=50, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    width = models.PositiveBigIntegerField(default=0)  # pixels
    height = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.url


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
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(drafted_at__isnull=True) & ~Q(kind=""),
                name="announcement_to_draft",
            ),
            models.Index(
                fields=["-created_at", "position", "id"],
                condition=~Q(set_aside=""),
                name="announcement_set_aside",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "key"], name="one_announcement_per_key"),
            models.CheckConstraint(
                condition=(Q(kind="") & ~Q(set_aside="")) | (~Q(kind="") & Q(set_aside="")),
                name="announced_or_set_aside",
            ),
        ]

    def __str__(self) -> str:
        return self.title
