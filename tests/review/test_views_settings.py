"""The settings page: what the house runs with and where it comes from, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.review.desk import browser, parsed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

ACCOUNTS = """
[[account]]
name = "our-x"
network = "x"
handle = "@ours"
live = true
credentials = "X"
monthly_budget = "25.00 USD"
[[account]]
name = "our-linkedin"
network = "linkedin"
author = "urn:li:organization:1"
"""


def _shown(client: Client) -> dict[str, str]:
    tree = parsed(client.get(reverse("settings")).text)
    return {
        row.xpath("string(.//code)"): " | ".join(
            " ".join(part.split()) for part in row.xpath("./dd//text()") if part.strip()
        )
        for row in tree.xpath("//dl[@class='settings']/div")
    }


def test_each_setting_stands_with_where_it_comes_from(sian: Client, config: Path) -> None:
    (config / "accounts.toml").write_text(ACCOUNTS)
    (config / "calendar.toml").write_text(
        'slots = ["Mon-Fri 09:30"]\nquiet = ["18:00-08:00", "Sat", "bank holidays"]\n[keep]\nwords = "30d"\n'
    )
    own = config / "wording" / "en" / "x"
    own.mkdir(parents=True)
    (own / "plan.txt").write_text("{{ title }}")
    shown = _shown(sian)
    assert shown["slots"] == "Mon-Fri 09:30 | calendar.toml"
    assert shown["quiet"] == "18:00-08:00, Sat, bank holidays | calendar.toml"
    assert shown["spacing"] == "45m | default"
    assert shown["keep.words"] == "30d | calendar.toml"
    assert shown["keep.tries"] == "365d | default"
    assert shown["wording/en/x"] == "1 | wording/en/x"
    assert shown["wording"].startswith("cy, de, en, ")
    assert "as it came with Herodr" in shown["wording"]
    assert "live; $25.00 a month; not set: X_API_KEY" in shown["our-x"]
    assert shown["our-linkedin"].startswith("rehearses; no credentials")
    assert "1 account of 2 is live" in sian.get(reverse("settings")).text


def test_no_secret_is_shown_to_anybody(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    (config / "accounts.toml").write_text(ACCOUNTS)
    hidden = {
        "X_API_KEY": "s3cret-1",
        "X_API_SECRET": "s3cret-2",
        "X_ACCESS_TOKEN": "s3cret-3",
        "X_ACCESS_TOKEN_SECRET": "s3cret-4",
        "EMAIL_URL": "smtp://u:s3cret-5@mail.example.org",
        "NOTICE_URLS": "slack://s3cret-6",
        "HEARTBEAT_URL": "https://beat.example/s3cret-7",
        "SECRET_KEY": "s3cret-8",
        "METRICS_TOKEN": "s3cret-9",
        "HERODR_TOKEN_KEYS": "s3cret-10",
        "DATABASE_URL": "postgresql://u:s3cret-11@db/name",
        "OIDC_CLIENT_SECRET": "s3cret-12",
        "OIDC_URL": "https://me:s3cret-13@login.example/tenant?key=s3cret-14",
        "X_API_URL": "https://me:s3cret-15@proxy.example/x?key=s3cret-16",
    }
    for name, value in hidden.items():
        monkeypatch.setenv(name, value)
    admin = browser("Olwen", admin=True)
    page = admin.get(reverse("settings")).text
    assert "s3cret" not in page
    shown = _shown(admin)
    assert shown["EMAIL_URL"] == "set | environment"
    assert shown["OIDC_URL"] == "https://login.example/tenant | environment"
    assert "credentials are set" in shown["our-x"]
    assert shown["X_API_URL"] == "https://proxy.example/x | environment"


def test_the_machine_is_for_administrators_to_see(charlie: Client) -> None:
    shown = _shown(charlie)
    assert "timezone" in shown
    assert "HERODR_CONFIG" not in shown
    admin = _shown(browser("Olwen", admin=True))
    assert {"HERODR_CONFIG", "DATABASE_URL", "LINKEDIN_VERSION", "SECOND_STEP"} <= set(admin)
    assert "2027-09-15" in admin["LINKEDIN_VERSION"]


def test_a_broken_file_leaves_the_page_standing(sian: Client, config: Path) -> None:
    (config / "calendar.toml").write_text("slots = [")
    page = sian.get(reverse("settings"))
    assert page.status_code == 200
    assert "calendar.toml" in page.text


def test_a_file_that_holds_a_secret_is_named_and_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "token"))
    shown = _shown(browser("Olwen", admin=True))
    assert shown["METRICS_TOKEN"] == "set | a file that METRICS_TOKEN_FILE names"
