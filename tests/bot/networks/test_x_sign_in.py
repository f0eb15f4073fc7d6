"""X's OAuth 2.0: consent with PKCE, and refresh tokens that work once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bot.networks.base import (
    Endpoints,
    NetworkError,
    NotOurs,
    OutcomeUnknown,
    Temporary,
    Unauthorised,
)
from bot.networks.oauth import Ended
from bot.networks.x import XClient
from bot.networks.x_sign_in import SignIn, challenge, new_verifier
from tests.bot.networks.conftest import PATIENCE, SINCE, X_ACCOUNT, X_CONTENT, Clock
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.emulators.x import XEmulator
from tests.emulators.x_oauth import CLIENT_ID, CLIENT_SECRET

REDIRECT = "https://desk.example.org/accounts/connected/"
VERIFIER = new_verifier()
Make = Callable[..., XClient]


def sign_in(x: XEmulator, secret: str = CLIENT_SECRET) -> SignIn:
    endpoints = Endpoints(x_api=x.url, x_auth=x.url)
    return SignIn(CLIENT_ID, secret, REDIRECT, endpoints=endpoints, patience=PATIENCE)


def consent(way: SignIn, verifier: str = VERIFIER) -> dict[str, str]:
    """Do what a browser does at X, and return what comes back."""
    address = way.address(state="a state", verifier=verifier)
    answered = requests.get(address, allow_redirects=False, timeout=2)
    assert answered.status_code == 302, answered.text
    query = urlsplit(answered.headers["Location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def test_the_challenge_is_that_of_the_rfc() -> None:
    # RFC 7636, appendix B
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    verifiers = {new_verifier() for _ in range(50)}
    assert len(verifiers) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in verifiers)


@pytest.mark.parametrize("confidential", [True, False], ids=["confidential", "public"])
def test_a_consent_gives_a_token_that_can_post_read_and_delete(
    x: XEmulator, x_client: Make, confidential: bool
) -> None:
    x.oauth2.confidential = confidential
    way = sign_in(x, CLIENT_SECRET if confidential else "")
    given = consent(way)
    assert given["state"] == "a state"
    token = way.exchange(given["code"], verifier=VERIFIER)
    assert token.expires_in == 7200
    assert "offline.access" in token.scope
    assert token.access_token not in repr(token)
    assert token.refresh_token not in repr(token)
    client = x_client(replace(X_ACCOUNT, token=token.access_token, secret=lambda _name: ""))
    assert client.who().id == "@cohes3ion"
    published = client.deliver(X_CONTENT)
    assert client.find(X_CONTENT, since=SINCE) == published
    client.delete(published.network_id)
    assert VERIFIER not in str([request.url for request in x.requests])


def test_a_code_without_its_verifier_is_worth_nothing(x: XEmulator) -> None:
    way = sign_in(x)
    code = consent(way)["code"]
    with pytest.raises(Ended, match="verifier did not match"):
        way.exchange(code, verifier=new_verifier())
    with pytest.raises(Ended):  # and it is used up
        way.exchange(code, verifier=VERIFIER)


def test_a_code_lives_for_thirty_seconds(x: XEmulator, clock: Clock) -> None:
    way = sign_in(x)
    code = consent(way)["code"]
    clock.move(seconds=31)
    with pytest.raises(Ended):
        way.exchange(code, verifier=VERIFIER)


def test_a_used_refresh_token_ends_all_that_came_of_the_consent(
    x: XEmulator, x_client: Make
) -> None:
    way = sign_in(x)
    first = way.exchange(consent(way)["code"], verifier=VERIFIER)
    second = way.renew(first.refresh_token)
    client = x_client(replace(X_ACCOUNT, token=second.access_token))
    assert client.who().id == "@cohes3ion"
    with pytest.raises(Ended, match="Value passed for the token was invalid") as caught:
        way.renew(first.refresh_token)
    assert first.refresh_token not in str(caught.value)
    assert x.oauth2.reused == 1
    with pytest.raises(Unauthorised, match="does not accept the keys") as refused:
        client.who()
    assert "bot connect x --account cohes3ion-x" in refused.value.mend


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.STATUS, status=503), Temporary),
        (Fault(Kind.STATUS, status=429, body='{"title":"Too Many Requests"}'), Temporary),
        (faults.APPLY_THEN_DROP, OutcomeUnknown),
        (faults.DROP_BEFORE_APPLY, OutcomeUnknown),  # which of the two it was, nobody can tell
        (faults.NULL, OutcomeUnknown),
        (Fault(Kind.CUT, apply=True), OutcomeUnknown),
    ],
)
def test_a_renewal_says_whether_it_may_have_happened(
    x: XEmulator, fault: Fault, error: type[NetworkError]
) -> None:
    way = sign_in(x)
    first = way.exchange(consent(way)["code"], verifier=VERIFIER)
    x.play(fault)
    with pytest.raises(error) as caught:
        way.renew(first.refresh_token)
    assert type(caught.value) is error


def test_an_x_that_cannot_be_reached_has_used_nothing_up(x: XEmulator) -> None:
    way = SignIn(
        CLIENT_ID, "", REDIRECT, endpoints=Endpoints(x_api="http://127.0.0.1:9"), patience=PATIENCE
    )
    with pytest.raises(Temporary):
        way.renew("anything")


def test_an_app_that_x_does_not_know_is_told_from_a_dead_token(x: XEmulator) -> None:
    way = sign_in(x)
    first = way.exchange(consent(way)["code"], verifier=VERIFIER)
    with pytest.raises(Unauthorised, match="does not accept the app") as caught:
        sign_in(x, "wrong").renew(first.refresh_token)
    assert not isinstance(caught.value, Ended)
    assert way.renew(first.refresh_token).access_token


def test_an_account_of_somebody_else_is_refused(x: XEmulator, x_client: Make) -> None:
    assert x_client().who().name == "Cohes3ion"
    given: dict[str, Any] = {"handle": "@somebody_else"}
    with pytest.raises(NotOurs, match=r"@cohes3ion, but accounts.toml says .* @somebody_else"):
        x_client(replace(X_ACCOUNT, **given)).who()


def test_a_refused_consent_comes_back_with_its_error(x: XEmulator) -> None:
    x.oauth2.denies = True
    assert consent(sign_in(x)) == {"error": "access_denied", "state": "a state"}
