from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.emulators.linkedin import (
    ALL_SCOPES,
    MEMBER,
    PAGE,
    TOKEN,
    LinkedInEmulator,
)

NOW = datetime(2026, 11, 24, 23, 50, tzinfo=UTC)
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "LinkedIn-Version": "202609",
    "X-Restli-Protocol-Version": "2.0.0",
}


class Moved:
    """A clock that a test moves."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moved:
    return Moved()


@pytest.fixture
def linkedin(clock: Moved, socket_enabled: None) -> Iterator[LinkedInEmulator]:
    with LinkedInEmulator(clock=clock) as emulator:
        yield emulator


def body(text: str = "One", *, author: str = PAGE, **more: Any) -> dict[str, Any]:
    return {
        "author": author,
        "commentary": text,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
        **more,
    }


def create(linkedin: LinkedInEmulator, given: object, **headers: str | None) -> requests.Response:
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in {**HEADERS, **changed}.items() if value is not None}
    return requests.post(f"{linkedin.url}/rest/posts", json=given, headers=sent, timeout=2)


def test_success_is_an_empty_body_and_a_header(linkedin: LinkedInEmulator) -> None:
    answered = create(linkedin, body())
    assert (answered.status_code, answered.content) == (201, b"")
    assert answered.headers["X-RestLi-Id"] == linkedin.posts[0].urn
    assert linkedin.ledger == {"One": 1}


def test_a_missing_escape_cuts_the_post_and_says_nothing(linkedin: LinkedInEmulator) -> None:
    assert create(linkedin, body("A report (of 2026)")).status_code == 201
    assert linkedin.ledger == {"A report ": 1}


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        ("202609", 201, ""),
        ("202511", 426, "NONEXISTENT_VERSION"),
        ("202512", 201, ""),
        ("202701", 426, "NONEXISTENT_VERSION"),
        ("nonsense", 426, "NONEXISTENT_VERSION"),
        (None, 400, "VERSION_MISSING"),
    ],
)
def test_versions_live_about_a_year(
    linkedin: LinkedInEmulator, version: str | None, status: int, code: str
) -> None:
    answered = create(linkedin, body(), LinkedIn_Version=version)
    assert answered.status_code == status
    assert not code or answered.json()["code"] == code


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": None}, 401, None),
        ({"Authorization": "Bearer other"}, 401, "INVALID_ACCESS_TOKEN"),
        ({"X_Restli_Protocol_Version": None}, 400, "ILLEGAL_ARGUMENT"),
    ],
)
def test_headers_are_wanted(
    linkedin: LinkedInEmulator, headers: dict[str, str | None], status: int, code: str | None
) -> None:
    answered = create(linkedin, body(), **headers)
    assert (answered.status_code, answered.json().get("code")) == (status, code)


def test_a_token_in_the_address_counts_for_nothing(linkedin: LinkedInEmulator) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != "Authorization"}
    answered = requests.post(
        f"{linkedin.url}/rest/posts",
        params={"oauth2_access_token": TOKEN},
        json=body(),
        headers=headers,
        timeout=2,
    )
    assert answered.status_code == 401


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([], "INVALID_REQUEST_BODY"),
        ({"author": PAGE}, "MISSING_FIELD"),
        (body(odd=1), "INVALID_VALUE_FOR_FIELD"),
        (body(author="urn:li:company:1"), "INVALID_URN_TYPE"),
        (body(lifecycleState="DRAFT"), "INVALID_VALUE_FOR_FIELD"),
        (body("a" * 3001), "FIELD_LENGTH_TOO_LONG"),
        (body(content={"article": {"source": "https://e.org"}}), "INVALID_VALUE_BLANK_FIELD"),
        (
            body(content={"article": {"source": "https://e.org", "title": "t" * 401}}),
            "FIELD_LENGTH_TOO_LONG",
        ),
    ],
)
def test_bodies_are_checked(linkedin: LinkedInEmulator, given: object, code: str) -> None:
    answered = create(linkedin, given)
    assert (answered.status_code, answered.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    ("scopes", "author", "status"),
    [
        ({"w_organization_social"}, PAGE, 201),
        ({"w_member_social"}, MEMBER, 201),
        ({"w_member_social"}, PAGE, 403),
        ({"w_organization_social"}, MEMBER, 403),
        (ALL_SCOPES, "urn:li:organization:2", 403),
        (ALL_SCOPES, "urn:li:person:other", 403),
    ],
)
def test_scopes_go_by_the_author(
    linkedin: LinkedInEmulator, scopes: set[str], author: str, status: int
) -> None:
    linkedin.grant(frozenset(scopes))
    assert create(linkedin, body(author=author)).status_code == status


def test_a_member_posts_and_cannot_be_read(linkedin: LinkedInEmulator) -> None:
    create(linkedin, body(author=MEMBER))
    for path in (
        f"?q=author&author={MEMBER}",
        f"/{linkedin.posts[0].urn.replace(':', '%3A')}",
    ):
        answered = requests.get(
            f"{linkedin.url}/rest/posts{path}",
            headers={**HEADERS, "X-RestLi-Method": "FINDER"},
            timeout=2,
        )
        assert answered.json()["code"] == "ACCESS_DENIED"


def test_the_same_again_is_refused_for_ten_minutes_and_names_the_first(
    linkedin: LinkedInEmulator, clock: Moved
) -> None:
    urn = create(linkedin, body()).headers["X-RestLi-Id"]
    again = create(linkedin, body())
    assert again.status_code == 422
    assert f"duplicate of {urn}" in again.json()["message"]
    assert create(linkedin, body(author=MEMBER)).status_code == 201
    clock.now += timedelta(minutes=11)
    assert create(linkedin, body()).status_code == 201


def test_the_daily_limit_ends_at_midnight_utc_without_saying_so(
    linkedin: LinkedInEmulator, clock: Moved
) -> None:
    linkedin.daily_limit = 1
    assert create(linkedin, body("One")).status_code == 201
    refused = create(linkedin, body("Two"))
    assert refused.status_code == 429
    assert "retry-after" not in {name.lower() for name in refused.headers}
    clock.now += timedelta(minutes=10)
    assert create(linkedin, body("Two")).status_code == 201


def test_the_finder_gives_little_text_newest_first(linkedin: LinkedInEmulator) -> None:
    linkedin.put(body("First"), at=NOW - timedelta(minutes=5))
    create(linkedin, body("Second \\(2\\) #Tag"))
    answered = requests.get(
        f"{linkedin.url}/rest/posts",
        params={"q": "author", "author": PAGE, "count": "1"},
        headers={**HEADERS, "X-RestLi-Method": "FINDER"},
        timeout=2,
    ).json()
    [element] = answered["elements"]
    assert element["commentary"] == "Second \\(2\\) {hashtag|\\#|Tag}"
    assert element["createdAt"] == int(NOW.timestamp() * 1000)
    assert answered["paging"]["links"][0]["rel"] == "next"
