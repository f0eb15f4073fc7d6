"""The desk at a fixed moment, and who sits at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.making import NOW
from tests.review.desk import CONFIGURED, browser


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Path:
    """The moment NOW, a calendar with two slots a day, and quick password hashes; the folder is returned."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    # Good password hashes are slow on purpose; these tests are about something else.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.HERODR_CONFIG = tmp_path
    (tmp_path / "sources.toml").touch()
    (tmp_path / "accounts.toml").touch()
    (tmp_path / "calendar.toml").write_text(CONFIGURED)
    return tmp_path


@pytest.fixture
def sian(db: None, config: Path) -> Client:
    """The browser of Siân, who decides."""
    return browser("Siân")


@pytest.fixture
def bryn(db: None, config: Path) -> Client:
    """The browser of Bryn, who decides too."""
    return browser("Bryn")


@pytest.fixture
def charlie(db: None, config: Path) -> Client:
    """The browser of Charlie, who may look but not decide."""
    return browser("Charlie", may_decide=False)
