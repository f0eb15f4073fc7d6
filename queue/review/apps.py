"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The review queue."""

    name = "review"
    verbose_name = "Review queue"
