"""Several people at one desk: what is asked of whom, who has seen which words, and who is looking now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from review.models.people import Person
from review.models.posts import Comment, Post


class Ask(models.Model):
    """That somebody wants a person's eye on a post: it was handed to them, or a comment names them."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="asks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="asks")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="asks", null=True)
    # Set as soon as the person has done something about the post, or said that they have seen it.
    answered_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when a notice was made of it

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["person", "post"],
                condition=Q(answered_at__isnull=True),
                name="ask_unanswered",
            ),
            models.Index(fields=["at"], condition=Q(told_at__isnull=True), name="ask_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.by} asks {self.person} about post {self.post_id}"


class Seen(models.Model):
    """The last revision of a post that a person has seen."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="seen")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "post"], name="seen_once_each"),
        ]

    def __str__(self) -> str:
        return f"{self.person} saw revision {self.number} of post {self.post_id}"


class Looking(models.Model):
    """Which post a person is looking at. One row a person, so that there is never much to read or write."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} looks at post {self.post_id}"
