"""What machines ask: does the desk live, is it ready, and the figures for Prometheus."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from review import budgets, health, queries
from review.models import Connection
from review.views import common


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer as long as the process can: restart it when it cannot."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when pages can be served: the database is there and fits this version; else 503."""
    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"ready": False, "why": "the database does not answer"}, status=503)
    if behind:
        return JsonResponse({"ready": False, "why": "the database is not prepared"}, status=503)
    return JsonResponse({"ready": True})


# Figures of things that the desk knows nothing of; config.urls adds them.
more_figures: list[Callable[[datetime], Iterable[GaugeMetricFamily]]] = []


class _Figures(Collector):
    """The figures of this moment, read when they are asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        posts = GaugeMetricFamily("herodr_posts", "Posts by state", labels=["state"])
        for state, number in queries.counts().items():
            posts.add_metric([state], number)
        yield posts
        due = queries.due(now).values_list("due_at", flat=True).first()
        yield GaugeMetricFamily(
            "herodr_due_lag_seconds",
            "How long the longest due post has been due",
            value=(now - due).total_seconds() if due else 0,
        )
        ages = GaugeMetricFamily(
            "herodr_source_age_seconds", "Since a source was last asked", labels=["source"]
        )
        failures = GaugeMetricFamily(
            "herodr_source_failures", "Failed polls in a row", labels=["source"]
        )
        for source in queries.sources():
            if source.checked_at:
                ages.add_metric([source.name], (now - source.checked_at).total_seconds())
            failures.add_metric([source.name], source.failures)
        yield ages
        yield failures
        paused = GaugeMetricFamily(
            "herodr_account_paused", "Whether an account is paused", labels=["account"]
        )
        for account in queries.accounts():
            paused.add_metric([account.name], account.is_paused(now))
        yield paused
        yield from self._of_accounts(now)
        tries = GaugeMetricFamily(
            "herodr_attempts", "Tries to publish that are kept, by outcome", labels=["outcome"]
        )
        for outcome, number in queries.outcomes().items():
            tries.add_metric([outcome], number)
        yield tries
        for more in more_figures:
            yield from more(now)
        yield GaugeMetricFamily(
            "herodr_workers_alive",
            "Workers with a sign of life in the last two minutes",
            value=sum(health.is_alive(worker, now=now) for worker in queries.workers()[:100]),
        )

    def _of_accounts(self, now: datetime) -> Iterator[GaugeMetricFamily]:
        tokens = GaugeMetricFamily(
            "herodr_token_days_left",
            "Until an account is to be connected again",
            labels=["account"],
        )
        for one in Connection.objects.filter(account__active=True).select_related("account"):
            left = one.days_left(now)
            if left is not None:
                tokens.add_metric([one.account.name], left)
        yield tokens
        money = GaugeMetricFamily(
            "herodr_budget_left_dollars", "What an account may still spend", labels=["account"]
        )
        calendar, _ = common.calendar()
        for account in queries.accounts().filter(monthly_budget__isnull=False):
            spent = budgets.spent(account, at=now, zone=calendar.zone if calendar else UTC)
            money.add_metric([account.name], float((account.monthly_budget or 0) - spent))
        yield money


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with Prometheus figures to whoever sends `METRICS_TOKEN` as a bearer token; else 404."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
