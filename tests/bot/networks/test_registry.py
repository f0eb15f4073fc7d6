from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from bot.networks import registry
from bot.networks.base import AccountDetails, Client, Endpoints, Published, Unauthorised
from bot.networks.linkedin import LinkedInClient
from bot.networks.rehearsal import RehearsalClient
from bot.networks.x import XClient
from review.text import NETWORKS, Content

ROOT = Path(__file__).resolve().parents[3]
CONTENT = Content(text="A report.", link="https://example.org/1")


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


def details(network: str) -> AccountDetails:
    return AccountDetails(
        name="a",
        network=network,
        author="urn:li:organization:1",
        credentials="A",
        secret=lambda name: f"value-of-{name}",
    )


def make(network: str, *, live: bool) -> Client:
    return registry.client_for(details(network), live=live, endpoints=Endpoints(), now=now)


class Telegraph:
    """A network of somebody else."""

    def __init__(
        self, details: AccountDetails, *, endpoints: Endpoints, now: Callable[[], datetime]
    ) -> None:
        self.details = details

    def deliver(self, content: Content) -> Published:
        return Published("1", "https://telegraph.example/1")

    def find(self, content: Content, *, since: datetime) -> Published | None:
        return None

    def delete(self, network_id: str) -> None:
        return None


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packages that add a network, one of them broken, and one that would replace X."""
    entries = EntryPoints(
        EntryPoint(name, f"{place}:Telegraph", registry.GROUP)
        for name, place in (("telegraph", __name__), ("broken", "no_such_package"), ("x", __name__))
    )
    monkeypatch.setattr(registry, "entry_points", lambda **chosen: entries.select(**chosen))


@pytest.mark.parametrize(("network", "kind"), [("x", XClient), ("linkedin", LinkedInClient)])
def test_a_live_account_gets_the_client_of_its_network(network: str, kind: type) -> None:
    assert isinstance(make(network, live=True), kind)


@pytest.mark.parametrize("network", ["x", "linkedin"])
def test_an_account_that_is_not_live_rehearses_and_needs_no_secrets(network: str) -> None:
    client = registry.client_for(
        AccountDetails(name="a", network=network), live=False, endpoints=Endpoints(), now=now
    )
    assert isinstance(client, RehearsalClient)


@pytest.mark.parametrize("live", [True, False])
def test_an_unknown_network_is_told_the_known_ones(live: bool) -> None:
    with pytest.raises(Unauthorised, match='no network "myspace"') as caught:
        make("myspace", live=live)
    assert caught.value.mend == "Write one of linkedin, x in accounts.toml."


def test_the_clients_and_the_facts_for_the_editor_name_the_same_networks() -> None:
    assert set(registry.NETWORKS) == set(NETWORKS)


def test_an_entry_point_adds_a_network(others: None) -> None:
    assert registry.names() == {"x", "linkedin", "telegraph", "broken"}
    client = make("telegraph", live=True)
    assert client.deliver(CONTENT).network_id == "1"
    assert isinstance(make("x", live=True), XClient)


def test_a_network_that_cannot_be_loaded_says_so_in_a_sentence(others: None) -> None:
    with pytest.raises(Unauthorised, match='"broken" cannot be loaded'):
        make("broken", live=True)


def test_networks_are_loaded_on_first_use_only() -> None:
    code = (
        "import sys, bot.networks.registry as r\n"
        "from bot.networks.base import AccountDetails, Endpoints\n"
        "r.names()\n"
        "r.client_for(AccountDetails('a', 'x'), live=False, endpoints=Endpoints(), now=None)\n"
        "print(sorted({'tweepy', 'linkedin_v2', 'requests'} & sys.modules.keys()))"
    )
    path = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'queue')!r}]\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", path + code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_libraries_are_imported_in_one_place_each() -> None:
    places = {
        library: [
            path.relative_to(ROOT).as_posix()
            for part in ("bot", "config", "queue/review")
            for path in (ROOT / part).rglob("*.py")
            if any(
                line.startswith((f"import {library}", f"from {library}"))
                for line in path.read_text(encoding="utf-8").splitlines()
            )
        ]
        for library in ("tweepy", "linkedin_v2")
    }
    assert places == {
        "tweepy": ["bot/networks/x.py"],
        "linkedin_v2": ["bot/networks/linkedin.py", "bot/networks/linkedin_sign_in.py"],
    }


def test_the_environment_points_the_clients_elsewhere() -> None:
    assert Endpoints.from_environment({}) == Endpoints()
    set_to = {
        "X_API_URL": "http://127.0.0.1:1",
        "LINKEDIN_API_URL": "http://127.0.0.1:2",
        "LINKEDIN_AUTH_URL": "http://127.0.0.1:3",
        "LINKEDIN_VERSION": "202701",
        "X_AUTH_URL": "http://127.0.0.1:4",
    }
    assert Endpoints.from_environment(set_to) == Endpoints(*set_to.values())
    assert Endpoints.from_environment({"X_API_URL": ""}) == Endpoints()
    # An emulator's consent is its own; a proxy of the API has none.
    here = Endpoints.from_environment({"X_API_URL": "http://127.0.0.1:1"})
    assert here.x_auth == "http://127.0.0.1:1"
    assert (
        Endpoints.from_environment({"X_API_URL": "https://proxy.example"}).x_auth == "https://x.com"
    )
