"""What machines ask of the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.making import make_due_post

pytestmark = pytest.mark.django_db


def test_the_desk_says_that_it_lives_and_is_ready_to_anybody(client: Client) -> None:
    assert client.get(reverse("healthz")).text == "ok"
    assert client.get(reverse("readyz")).json() == {"ready": True}


def test_a_database_that_is_behind_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'review'")
    answer = client.get(reverse("readyz"))
    assert (answer.status_code, answer.json()["ready"]) == (503, False)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Bearer wröng"])
def test_the_figures_are_closed_without_the_token(
    client: Client, settings: Any, given: str
) -> None:
    settings.METRICS_TOKEN = "right"
    assert client.get(reverse("metrics"), headers={"authorization": given}).status_code == 404


def test_the_figures_are_closed_where_no_token_is_set(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get(reverse("metrics"), headers={"authorization": "Bearer "}).status_code == 404


def test_the_figures_tell_of_posts_sources_and_workers(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "right"
    make_due_post()
    text = client.get(reverse("metrics"), headers={"authorization": "Bearer right"}).text
    assert 'herodr_posts{state="scheduled"} 1.0' in text
    assert 'herodr_source_failures{source="Bulletins"} 0.0' in text
    assert "herodr_workers_alive 0.0" in text
    for figure in (
        "attempts",
        "token_days_left",
        "budget_left_dollars",
        "linkedin_version_days_left",
    ):
        assert f"# TYPE herodr_{figure} gauge" in text
    assert "herodr_due_lag_seconds" in text
