"""A clock that tests move, and the emulators by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.networks.conftest import Clock
from tests.emulators.linkedin import LinkedInEmulator
from tests.emulators.x import XEmulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def x(clock: Clock, socket_enabled: None) -> Iterator[XEmulator]:
    with XEmulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def linkedin(clock: Clock, socket_enabled: None) -> Iterator[LinkedInEmulator]:
    with LinkedInEmulator(clock=clock) as emulator:
        yield emulator
