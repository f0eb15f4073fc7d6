"""Every address of the web desk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from django.urls import include, path
from prometheus_client.core import GaugeMetricFamily

from bot.networks import versions
from bot.networks.base import Endpoints
from review.views import machines


def _version(now: datetime) -> Iterator[GaugeMetricFamily]:
    left = versions.days_left(Endpoints.from_environment(os.environ).linkedin_version, now.date())
    yield GaugeMetricFamily(
        "herodr_linkedin_version_days_left", "Until LinkedIn ends LINKEDIN_VERSION", value=left
    )


machines.more_figures.append(_version)

urlpatterns = [
    path("accounts/", include("bot.connect.urls")),
    path("", include("review.urls")),
]
