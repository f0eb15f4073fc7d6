from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from requests_oauthlib import OAuth1  # type: ignore[import-untyped]

from tests.emulators import openapi
from tests.emulators.faults import APPLY_THEN_DROP, Fault, Kind
from tests.emulators.x import KEYS, USER, XEmulator

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LINK = "https://example.org/reports/14"


@pytest.fixture
def x(socket_enabled: None) -> Iterator[XEmulator]:
    with XEmulator(clock=lambda: NOW) as emulator:
        yield emulator


def signed(**changed: Any) -> OAuth1:
    return OAuth1(
        KEYS["API_KEY"],
        client_secret=changed.pop("API_SECRET", KEYS["API_SECRET"]),
        resource_owner_key=KEYS["ACCESS_TOKEN"],
        resource_owner_secret=KEYS["ACCESS_TOKEN_SECRET"],
        **changed,
    )


def post(x: XEmulator, body: object, **more: Any) -> requests.Response:
    given: dict[str, Any] = {"auth": signed(), "json": body, **more}
    return requests.post(f"{x.url}/2/tweets", timeout=2, **given)


def get(x: XEmulator, path: str, **params: str) -> requests.Response:
    return requests.get(f"{x.url}{path}", params=params, auth=signed(), timeout=2)


def test_a_post_comes_back_with_its_address_shortened_and_its_text_escaped(x: XEmulator) -> None:
    answered = post(x, {"text": f"Tom & Siân {LINK}"})
    assert answered.status_code == 201
    data = answered.json()["data"]
    assert data["text"].startswith("Tom &amp; Siân https://t.co/")
    shown = get(x, f"/2/tweets/{data['id']}", **{"tweet.fields": "entities"}).json()["data"]
    assert shown["entities"]["urls"][0]["expanded_url"] == LINK
    assert shown["entities"]["urls"][0]["url"] in shown["text"]
    assert x.ledger == {f"Tom & Siân {LINK}": 1}


def test_the_id_tells_the_time(x: XEmulator) -> None:
    number = int(post(x, {"text": "One"}).json()["data"]["id"])
    made = datetime.fromtimestamp(((number >> 22) + 1_288_834_974_657) / 1000, UTC)
    assert made == NOW


@pytest.mark.parametrize(
    "auth",
    [
        None,
        signed(API_SECRET="wrong"),
        signed(timestamp="1500000000"),
        OAuth1("other", "a", "b", "c"),
    ],
)
def test_only_a_right_and_fresh_signature_counts(x: XEmulator, auth: OAuth1 | None) -> None:
    assert post(x, {"text": "One"}, auth=auth).status_code == 401
    assert x.ledger == {}


def test_a_signature_counts_once(x: XEmulator) -> None:
    prepared = requests.Request(
        "POST", f"{x.url}/2/tweets", json={"text": "One"}, auth=signed()
    ).prepare()
    with requests.Session() as session:
        assert session.send(prepared, timeout=2).status_code == 201
        assert session.send(prepared, timeout=2).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "One"}, 201),
        ({"text": "a" * 280}, 201),
        ({"text": "a" * 256 + " " + LINK * 1}, 201),
        ({"text": "a" * 281}, 403),
        ({"text": "€" * 141}, 403),
        ({"text": "One", "status": "two"}, 400),
        ({"text": 5}, 400),
        ({"text": " "}, 400),
        ({}, 400),
        ([], 400),
        (None, 400),
    ],
)
def test_bodies_are_checked_as_x_does(x: XEmulator, body: object, status: int) -> None:
    assert post(x, body).status_code == status


def test_answers_are_as_the_published_contract_of_x_says(x: XEmulator) -> None:
    if openapi.document() is None:
        pytest.skip("needs the shared contracts beside the checkout")
    x.naming = "post"
    made = post(x, {"text": f"One {LINK}"}).json()
    page = get(x, f"/2/users/{USER['id']}/tweets", **{"tweet.fields": "entities,created_at"}).json()
    shown = get(x, f"/2/tweets/{made['data']['id']}").json()
    me = get(x, "/2/users/me").json()
    assert openapi.complaints("/2/tweets", "post", made, status="201") == []
    assert openapi.complaints("/2/users/{id}/tweets", "get", page, status="200") == []
    assert openapi.complaints("/2/tweets/{id}", "get", shown, status="200") == []
    assert openapi.complaints("/2/users/me", "get", me, status="200") == []


def test_the_same_text_is_refused_for_a_day_even_after_it_was_deleted(
    socket_enabled: None,
) -> None:
    now = [NOW]
    with XEmulator(clock=lambda: now[0]) as x:
        number = post(x, {"text": "One"}).json()["data"]["id"]
        deleted = requests.delete(f"{x.url}/2/tweets/{number}", auth=signed(), timeout=2)
        assert deleted.json() == {"data": {"deleted": True}}
        assert "duplicate" in post(x, {"text": "One"}).json()["detail"]
        now[0] += timedelta(hours=25)
        assert post(x, {"text": "One"}).status_code == 201


def test_the_limit_of_a_window_is_counted_and_told(x: XEmulator) -> None:
    first = post(x, {"text": "1"})
    assert first.headers["x-rate-limit-limit"] == "100"
    assert first.headers["x-rate-limit-remaining"] == "99"
    reset = str(int((NOW + timedelta(minutes=15)).timestamp()))
    assert first.headers["x-rate-limit-reset"] == reset
    x.limits["POST /2/tweets"].most = 1
    assert post(x, {"text": "2"}).status_code == 429


def test_the_timeline_is_newest_first_in_pages(x: XEmulator) -> None:
    for number in range(7):
        x.put(f"Number {number}", at=NOW - timedelta(seconds=10 - number))
    path = f"/2/users/{USER['id']}/tweets"
    first = get(x, path, max_results="5").json()
    assert [p["text"] for p in first["data"]] == [f"Number {n}" for n in (6, 5, 4, 3, 2)]
    second = get(x, path, max_results="5", pagination_token=first["meta"]["next_token"]).json()
    assert second["meta"]["result_count"] == 2
    assert "next_token" not in second["meta"]
    start = (NOW - timedelta(seconds=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert get(x, path, start_time=start).json()["meta"]["result_count"] == 1
    none = get(x, path, start_time="2027-01-01T00:00:00Z").json()
    assert none == {"meta": {"result_count": 0}}
    assert get(x, path, max_results="3").status_code == 400


def test_faults_are_played_once_in_their_order_for_what_they_fit(x: XEmulator) -> None:
    x.play(Fault(Kind.STATUS, on="GET", status=500), Fault(Kind.STATUS, status=503))
    assert post(x, {"text": "One"}).status_code == 503
    assert get(x, "/2/users/me").status_code == 500
    assert get(x, "/2/users/me").status_code == 200
    assert post(x, {"text": "One"}).status_code == 201


def test_apply_then_drop_publishes_and_says_nothing(x: XEmulator) -> None:
    x.play(APPLY_THEN_DROP)
    with pytest.raises(requests.ConnectionError):
        post(x, {"text": "One"})
    assert x.ledger == {"One": 1}


def test_it_stands_alone_and_is_scripted_over_http(socket_enabled: None) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.emulators.x", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        try:
            assert started.stdout is not None
            url = started.stdout.readline().strip()
            script = [{"kind": "status", "apply": True, "status": 503}]
            assert requests.post(f"{url}/_/faults", json=script, timeout=2).status_code == 204
            answered = requests.post(
                f"{url}/2/tweets", json={"text": "One"}, auth=signed(), timeout=2
            )
            assert answered.status_code == 503
            assert requests.get(f"{url}/_/ledger", timeout=2).json() == {"One": 1}
        finally:
            started.terminate()
