"""The overview is right with posts, and with nothing at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from review import figures, transitions
from review.models import Entry, Source
from tests.making import NOW, make_due_post, minutes
from tests.review.desk import parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]


def test_with_nothing_at_all_it_says_what_to_do(sian: Client) -> None:
    page = sian.get(reverse("overview")).text
    assert "Nothing has gone out in twelve weeks." in page
    assert "No source is watched yet" in page
    assert "<svg class" not in page
    assert figures.gather(now=NOW).median_time is None


def test_what_went_out_is_drawn_and_in_the_table(sian: Client) -> None:
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim
    transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
    Entry.objects.update(first_seen_at=NOW - timedelta(hours=5))
    Source.objects.update(news_at=NOW - timedelta(days=9))
    page = parsed(sian.get(reverse("overview")).text)
    drawn = figures.WEEKS + len(figures.WITHIN) + 1 + Source.objects.count()
    assert page.xpath("count(//*[local-name()='rect'])") == drawn
    took = page.xpath("//section[@aria-labelledby='took-title']//td")
    assert [cell.text_content() for cell in took] == ["0", "0", "1", "0", "0"]
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")]
    assert len([row for row in rows if row.startswith("23 Nov 2026")]) == 1
    assert any(row.endswith("9 days") for row in rows)
    assert "5 hours" in page.text_content()
    assert "1 of them in rehearsal" in page.text_content()
