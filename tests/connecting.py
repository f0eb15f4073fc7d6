"""What tests of connections share: consenting as a browser does, and looking everywhere for a token."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import requests
from django.apps import apps

from bot.connect import ways
from bot.networks.base import Endpoints
from bot.networks.x_sign_in import new_verifier
from config import schema
from tests.emulators import linkedin as linkedin_app
from tests.emulators.linkedin import LinkedInEmulator
from tests.emulators.x import XEmulator
from tests.emulators.x_oauth import CLIENT_ID, CLIENT_SECRET


def x_environment() -> dict[str, str]:
    """The app of X's emulator, as an operator sets it."""
    return {"X_CLIENT_ID": CLIENT_ID, "X_CLIENT_SECRET": CLIENT_SECRET}


def environment_of(x: XEmulator, linkedin: LinkedInEmulator) -> dict[str, str]:
    """Both emulators' apps and addresses, as an operator sets them."""
    return {
        "LINKEDIN_AUTH_URL": linkedin.url,
        "LINKEDIN_API_URL": linkedin.url,
        "LINKEDIN_CLIENT_ID": linkedin_app.CLIENT_ID,
        "LINKEDIN_CLIENT_SECRET": linkedin_app.CLIENT_SECRET,
        "X_API_URL": x.url,
        **x_environment(),
    }


def came_back(address: str) -> dict[str, str]:
    """Consent at `address`, and return what the browser brings back."""
    answered = requests.get(address, allow_redirects=False, timeout=5)
    assert answered.status_code == 302, answered.text
    query = urlsplit(answered.headers["Location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def consent(account: schema.Account, *, endpoints: Endpoints, redirect: str) -> tuple[str, str]:
    """Consent for `account`; returns the code and the verifier."""
    way = ways.way_of(account, redirect=redirect, endpoints=endpoints)
    verifier = new_verifier()
    given = came_back(way.sign_in.address(state="a state", verifier=verifier))
    assert given["state"] == "a state"
    return given["code"], verifier


def tokens_of(x: XEmulator, linkedin: LinkedInEmulator) -> set[str]:
    """Every token that the emulators gave so far."""
    from tests.emulators.linkedin import TOKEN

    on_x = {*x.oauth2.access, *x.oauth2.refresh}
    return on_x | ({*linkedin.grants, *linkedin.refresh_tokens} - {TOKEN})


def rows() -> str:
    """Everything in the database, as text."""
    found: list[object] = []
    for model in apps.get_models():
        found += model._base_manager.values()
    return str(found)


def found_in(secrets: Iterable[str], *texts: str) -> set[str]:
    """Return those of `secrets` that stand in one of `texts`."""
    return {secret for secret in secrets for text in texts if secret in text}
