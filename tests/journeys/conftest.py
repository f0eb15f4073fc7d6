"""A real Chromium for the journeys that need one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsers import ADVICE, NAMES


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium of this machine."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"The browser tests must run in CI, and there is no Chromium. {ADVICE}")
        pytest.skip(f"There is no Chromium here. {ADVICE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
