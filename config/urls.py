"""Every address of the web desk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime

from django.urls import include, path
from prometheus_client.core import GaugeMetricFamily

from bot.networks import versions
from bot.networks.base import Endpoints
from review import running
from review.views import machines


def _version(now: datetime) -> Iterator[GaugeMetricFamily]:
    left = versions.days_left(Endpoints.from_environment(os.environ).linkedin_version, now.date())
    yield GaugeMetricFamily(
        "herodr_linkedin_version_days_left", "Until LinkedIn ends LINKEDIN_VERSION", value=left
    )


machines.more_figures.append(_version)


def _networks(today: date) -> Iterator[running.Setting]:
    """Where the networks are, and how long LinkedIn keeps the version of its API that is used."""
    where = Endpoints.from_environment(os.environ)
    left = versions.days_left(where.linkedin_version, today)
    version = where.linkedin_version
    if left is not None:
        version += f" → {versions.sunset(version):%Y-%m-%d} ({left} d)"
    yield running.of_variable("LINKEDIN_VERSION", "LinkedIn", version)
    yield running.of_variable("LINKEDIN_API_URL", "LinkedIn", where.linkedin_api)
    yield running.of_variable("LINKEDIN_AUTH_URL", "LinkedIn", where.linkedin_auth)
    yield running.of_variable("X_API_URL", "X", where.x_api)
    yield running.of_variable("X_AUTH_URL", "X", where.x_auth)


running.more.append(_networks)

urlpatterns = [
    path("accounts/", include("bot.connect.urls")),
    path("", include("review.urls")),
]
