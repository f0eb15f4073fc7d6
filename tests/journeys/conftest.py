"""A real Chromium for the journeys that need one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsers import ADVICE, NAMES, Desk


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


@pytest.fixture
def at_desk(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Desk]]:
    """Another browser at the desk: at_desk() is one with the script, at_desk(script=False) one without."""
    contexts = []

    def opened(*, script: bool = True, width: int = 1280) -> Desk:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="en-GB", java_script_enabled=script
        )
        contexts.append(context)
        return Desk(context, live_server.url)

    yield opened
    for context in contexts:
        context.close()
