"""Every address of the web desk."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("review.urls")),
]
