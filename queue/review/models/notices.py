"""What people are told outside the desk: of which posts, whom, whether it went out, and what a mail lets them do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from review.models.people import Person
from review.models.posts import Post


class Batch(models.Model):
    """Posts that are told of together: new drafts, drafts that will soon expire, what one person is asked about."""

    kind = models.CharField(max_length=10)  # digest, reminder or asked
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Told(models.Model):
    """That a post was told of, on one occasion. Of two workers at once, only one can write this row."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="told")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="told")
    occasion = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["post", "occasion"], name="told_once_an_occasion"),
        ]

    def __str__(self) -> str:
        return f"{self.occasion}: post {self.post_id}"


class Notice(models.Model):
    """One message to one person, or to one chat. Whoever claims it sends it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True)
    to = models.CharField(max_length=40)  # "person 12", or "chat" with the hash of its address
    next_try_at = models.DateTimeField(null=True)  # none: sent, given up, or in somebody's hands
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_try_at"], name="notice_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "to"], name="one_notice_each"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} for {self.to}"


class MailedLink(models.Model):
    """What a link in a mail lets its reader do once: approve this revision. Only its token's hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    revision_number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} may approve revision {self.revision_number} of post {self.post_id}"
