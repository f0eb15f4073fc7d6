"""Networks that behave like no document says: odd bytes, odd shapes, and connections that end anywhere.

Whatever comes, a create is made once, its outcome is one of the closed set, and what may have been read is never
called *not sent*.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.networks import linkedin_errors, x_errors
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    AlreadyPublished,
    CannotLook,
    Client,
    Endpoints,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    OutOfCredit,
    Published,
    Temporary,
    Unauthorised,
)
from bot.networks.linkedin import LinkedInClient
from bot.networks.x import XClient
from review.text import Content
from tests.bot.networks.conftest import (
    LINK,
    LINKEDIN_CONTENT,
    MEMBER_ACCOUNT,
    NOW,
    PAGE_ACCOUNT,
    PATIENCE,
    SINCE,
    TEXT,
    X_ACCOUNT,
    X_CONTENT,
)
from tests.emulators.faults import Emulator, Reply, Request
from tests.emulators.linkedin import PAGE
from tests.emulators.raw import Raw, listening
from tests.emulators.x import USER

URN = "urn:li:share:7141138937766391808"
X_BODY = b'{"data": {"text": "t", "id": "1445880548472328192"}}'


@pytest.fixture
def raw(socket_enabled: None) -> Iterator[Raw]:
    with listening() as found:
        yield found


def clients(url: str) -> list[tuple[Client, Content]]:
    endpoints = Endpoints(x_api=url, linkedin_api=url)

    def linkedin(details: AccountDetails) -> Client:
        return LinkedInClient(details, endpoints=endpoints, now=lambda: NOW, patience=PATIENCE)

    x: Client = XClient(X_ACCOUNT, endpoints=endpoints, now=lambda: NOW, patience=PATIENCE)
    return [
        (x, X_CONTENT),
        (linkedin(PAGE_ACCOUNT), LINKEDIN_CONTENT),
        (linkedin(MEMBER_ACCOUNT), LINKEDIN_CONTENT),
    ]


def outcomes(raw: Raw) -> list[str]:
    """What three deliveries come to: on X, for a page, for a member."""
    found = []
    for client, content in clients(raw.url):
        before = len(raw.requests)
        try:
            found.append(client.deliver(content).network_id)
        except NetworkError as error:
            found.append(type(error).__name__)
        assert len(raw.requests) - before == (raw.read != "nothing")
    return found


HEAD = b"HTTP/1.1 201 Created\r\n"
UNKNOWN = ["OutcomeUnknown"] * 3
CUT_OFF = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"HTT", id="a piece of the first line"),
    pytest.param(HEAD + b"X-RestLi-Id: " + URN[:15].encode(), id="a piece of the head"),
    pytest.param(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 99\r\n\r\n<html>", id="a piece of a 503"),
    pytest.param(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\n{", id="a piece of a 400"),
    pytest.param(b"\x00\xff\xfe garbage \r\n\r\n", id="no HTTP"),
    pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="100 and then nothing"),
    pytest.param(b"220 smtp.example.org ESMTP\r\n", id="another protocol"),
]  # fmt: skip


@pytest.mark.parametrize("resets", [False, True], ids=["ends", "is reset"])
@pytest.mark.parametrize("answer", CUT_OFF)
def test_a_connection_that_ends_in_an_answer_leaves_it_open(
    raw: Raw, answer: bytes, resets: bool
) -> None:
    raw.answer, raw.resets = answer, resets
    assert outcomes(raw) == UNKNOWN


def test_a_connection_that_is_reset_within_the_request_leaves_it_open(raw: Raw) -> None:
    # Nobody here knows how much of it arrived.
    raw.read, raw.resets = "head", True
    assert outcomes(raw) == UNKNOWN


def test_a_connection_that_is_reset_at_once_is_not_sent_only_where_no_byte_left(raw: Raw) -> None:
    raw.read, raw.resets = "nothing", True
    # The reset may come before the first byte leaves, or after it.
    assert set(outcomes(raw)) <= {"OutcomeUnknown", "Temporary"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            b"HTTP/1.0 201 OK\r\nx-ReStLi-iD: " + URN.encode() + b"\r\n\r\n" + X_BODY,
            ["1445880548472328192", URN, URN],
            id="HTTP/1.0 without a length, and names in any case",
        ),
        pytest.param(
            HEAD + b"X-RESTLI-ID:urn%3Ali%3Ashare%3A7141138937766391808\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"a\r\n" + X_BODY[:10] + b"\r\n" + b"%x\r\n" % len(X_BODY[10:]) + X_BODY[10:] + b"\r\n0\r\n\r\n",
            ["1445880548472328192", URN, URN],
            id="in chunks, and percent-encoded",
        ),
        pytest.param(
            HEAD + b"Content-Encoding: gzip\r\nx-restli-id: " + URN.encode() + b"\r\n\r\n" + gzip.compress(X_BODY),
            ["1445880548472328192", URN, URN],
            id="compressed",
        ),
        pytest.param(
            HEAD + b"Content-Encoding: gzip\r\nx-restli-id: " + URN.encode() + b"\r\n\r\nno gzip",
            ["OutcomeUnknown", URN, URN],
            id="compressed wrongly",
        ),
        pytest.param(
            HEAD + b"Location: /rest/posts/urn%3Ali%3AugcPost%3A7\r\nContent-Length: 0\r\n\r\n",
            ["OutcomeUnknown", "urn:li:ugcPost:7", "urn:li:ugcPost:7"],
            id="an empty body, and the id in Location",
        ),
        pytest.param(
            HEAD + b"x-restli-id: 7141138937766391808\r\nContent-Length: 0\r\n\r\n",
            UNKNOWN,
            id="a number that is no URN",
        ),
        pytest.param(
            HEAD + b'Content-Length: 37\r\n\r\n{"data":{"id":1445880548472328192} }',
            ["OutcomeUnknown", "OutcomeUnknown", "OutcomeUnknown"],
            id="a body one byte short",
        ),
        pytest.param(
            HEAD + b'\r\n{"meta":{},"data":{"id":1445880548472328192,"text":"t"}}',
            ["1445880548472328192", "OutcomeUnknown", "OutcomeUnknown"],
            id="an id that is a number",
        ),
        pytest.param(HEAD + b"Content-Length: 0\r\n\r\n", UNKNOWN, id="201 and nothing"),
        pytest.param(b"HTTP/1.1 202 Accepted\r\n\r\n<html>", UNKNOWN, id="202"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n<html>Sign in to the wireless</html>", UNKNOWN, id="a portal"),
        pytest.param(b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n\r\n", UNKNOWN, id="moved"),
        pytest.param(b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\nnull", UNKNOWN, id="500"),
        pytest.param(b"HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", UNKNOWN, id="599"),
        pytest.param(b"HTTP/1.1 429 Slow\r\nContent-Length: 6\r\n\r\n<html>", ["Throttled"] * 3, id="429"),
        pytest.param(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n[]", ["Unauthorised"] * 3, id="401"),
    ],
)  # fmt: skip
def test_what_odd_answers_come_to(raw: Raw, answer: bytes, expected: list[str]) -> None:
    raw.answer = answer
    assert outcomes(raw) == expected


# -- errors of any shape ---------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
WORDS = st.sampled_from(
    [
        "code", "message", "status", "errorDetails", "inputErrors", "title", "detail", "type", "reason",
        "errors", "reset_date", "DUPLICATE_POST", "SpendCapReached", "about:blank", "data", "id",
    ]
)  # fmt: skip
BODIES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=12,
)
VALUES = st.sampled_from(
    ["", "0", "-1", "1e9", "9" * 30, "Tue, 24 Nov 2026", "٣", "1764000000", "-"]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["retry-after", "date", "x-rate-limit-reset", "x-rate-limit-remaining",
         "x-user-limit-24hour-remaining", "x-user-limit-24hour-reset", "location", "x-restli-id"]
    ),
    VALUES,
)  # fmt: skip


@given(st.integers(100, 599), BODIES, HEADERS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_has_an_outcome_and_only_a_4xx_may_mean_not_sent(
    status: int, body: object, headers: dict[str, str]
) -> None:
    answer = Answer(status, headers, json.dumps(body).encode())
    for error in (
        x_errors.error_of(answer, secrets=("secret",), mend="Mend.", now=NOW),
        linkedin_errors.error_of(answer, PAGE_ACCOUNT, version="202609", token="secret", now=NOW),
    ):
        assert isinstance(error, NetworkError)
        assert str(error)
        if isinstance(error, NotSent | AlreadyPublished):
            assert 400 <= status < 500
            assert status != 408
        else:
            assert isinstance(error, OutcomeUnknown)
        until = getattr(error, "until", None)
        assert until is None or NOW < until <= NOW + timedelta(days=62)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"type": "https://api.twitter.com/2/problems/spend-cap-reached", "detail": "Capped."}),
        (403, {"title": "Spend Cap Reached"}),
        (403, {"title": "CreditsDepleted"}),
        (400, {"type": "https://api.x.com/2/problems/credits"}),
        (402, None),
        (402, "<html>Pay</html>"),
    ],
)  # fmt: skip
def test_money_that_is_missing_is_known_in_every_shape(status: int, body: object) -> None:
    answer = Answer(status, {}, json.dumps(body).encode())
    error = x_errors.error_of(answer, secrets=(), mend="", now=NOW)
    assert isinstance(error, OutOfCredit)


def test_an_ended_version_is_known_by_linkedins_words_alone() -> None:
    said = {"message": "Requested version 20250401 is not active", "status": 400}
    error = linkedin_errors.error_of(
        Answer(400, {}, json.dumps(said).encode()),
        PAGE_ACCOUNT,
        version="202504",
        token="-",
        now=NOW,
    )
    assert isinstance(error, Unauthorised)
    assert "LINKEDIN_VERSION" in error.mend


# -- reading back ----------------------------------------------------------------------------------------


@dataclass
class Listing:
    """A network whose lists hold what the test says, in the order it says."""

    emulator: Emulator
    pages: list[Any] = field(default_factory=list)
    asked: int = 0

    def answer(self, request: Request) -> Reply:
        if request.path == "/2/users/me":
            return Reply(200, {"data": {"username": "cohes3ion", "id": int(USER["id"])}})
        page = self.pages[min(self.asked, len(self.pages) - 1)]
        self.asked += 1
        return Reply(200, page)


@pytest.fixture
def listing(socket_enabled: None) -> Iterator[Listing]:
    with Emulator() as emulator:
        found = Listing(emulator)
        emulator.answer = found.answer  # type: ignore[method-assign]  # a network of our own
        yield found


def on_x(number: int, *, age: timedelta = timedelta(), **more: Any) -> dict[str, Any]:
    """A post of the timeline that reads like ours."""
    short = "https://t.co/abc"
    made = (NOW - age).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "entities": {"urls": [{"expanded_url": LINK, "url": short}]},
        "created_at": made,
        "text": f"{TEXT.replace('&', '&amp;')}\n\n{short}",
        "id": number,
        **more,
    }


def on_linkedin(number: int, *, age: timedelta = timedelta(), **more: Any) -> dict[str, Any]:
    """A post of the page that reads like ours."""
    return {
        "content": {"article": {"title": "The long view", "source": LINK}},
        "createdAt": int((NOW - age).timestamp() * 1000),
        "commentary": LINKEDIN_CONTENT.text.replace("(", "\\(").replace(")", "\\)").replace("_", "\\_"),
        "author": PAGE,
        "id": f"urn:li:share:{number}",
        **more,
    }  # fmt: skip


def find_on_x(listing: Listing, *pages: Any) -> Published | None:
    listing.pages = list(pages)
    client = clients(listing.emulator.url)[0][0]
    return client.find(X_CONTENT, since=SINCE)


def find_on_linkedin(listing: Listing, *pages: Any) -> Published | None:
    listing.pages = list(pages)
    client = clients(listing.emulator.url)[1][0]
    return client.find(LINKEDIN_CONTENT, since=SINCE)


def page_of(*elements: Mapping[str, Any], more: bool = False) -> dict[str, Any]:
    links = [{"href": "/rest/posts?start=20", "rel": "next"}] if more else []
    return {"elements": list(elements), "paging": {"links": links}}


OLD = timedelta(days=3)


@pytest.mark.parametrize(
    "post",
    [
        pytest.param(on_x(1, age=OLD), id="older"),
        pytest.param(on_x(1, author_id="42"), id="somebody else's"),
        pytest.param(on_x(1, author_id=42), id="somebody else's, as a number"),
        pytest.param(on_x(1, id="no number"), id="without an id"),
    ],
)
def test_what_x_lists_besides_is_not_taken_for_ours(listing: Listing, post: dict[str, Any]) -> None:
    ours = on_x(7, author_id=int(USER["id"]))
    assert find_on_x(listing, {"data": [post], "meta": {}}) is None
    found = find_on_x(listing, {"data": [post, ours], "meta": {}})
    assert found is not None
    assert found.network_id == "7"


@pytest.mark.parametrize(
    "post",
    [
        pytest.param(on_linkedin(1, age=OLD), id="older"),
        pytest.param(on_linkedin(1, createdAt=str(int((NOW - OLD).timestamp() * 1000))), id="as text"),
        pytest.param(on_linkedin(1, createdAt=int((NOW - OLD).timestamp())), id="in seconds"),
        pytest.param(on_linkedin(1, author="urn:li:organization:42"), id="somebody else's"),
        pytest.param(on_linkedin(1, id=7141138937766391808), id="with a number for a URN"),
    ],
)  # fmt: skip
def test_what_linkedin_lists_besides_is_not_taken_for_ours(
    listing: Listing, post: dict[str, Any]
) -> None:
    ours = on_linkedin(7, author=PAGE.replace(":", "%3A"))
    assert find_on_linkedin(listing, page_of(post)) is None
    found = find_on_linkedin(listing, page_of(post, ours))
    assert found is not None
    assert found.network_id == "urn:li:share:7"


@pytest.mark.parametrize(
    "created", [int(NOW.timestamp()), str(int(NOW.timestamp() * 1000)), None, "yesterday", [], -1, 0.5]
)  # fmt: skip
def test_a_time_that_cannot_be_read_does_not_hide_a_post(listing: Listing, created: object) -> None:
    assert find_on_linkedin(
        listing, page_of(on_linkedin(1, createdAt=created, publishedAt=created))
    )
    assert find_on_x(listing, {"data": [on_x(1, created_at=created)]})


def test_a_list_that_begins_with_the_oldest_is_read_to_its_end(listing: Listing) -> None:
    oldest = page_of(on_linkedin(1, age=2 * OLD), on_linkedin(2, age=OLD), more=True)
    found = find_on_linkedin(listing, oldest, page_of(on_linkedin(3)))
    assert found is not None
    assert found.network_id == "urn:li:share:3"


def test_a_list_that_never_ends_proves_nothing(listing: Listing) -> None:
    other = on_linkedin(1, commentary="Another text.")
    with pytest.raises(CannotLook):
        find_on_linkedin(listing, page_of(other, more=True))
    assert listing.asked == 10
    listing.asked = 0
    with pytest.raises(CannotLook):
        find_on_x(listing, {"data": [on_x(1, text="Another.")], "meta": {"next_token": 7}})
    assert listing.asked == 10


@pytest.mark.parametrize("count", [0, "0"])
def test_an_empty_timeline_proves_absence(listing: Listing, count: object) -> None:
    assert find_on_x(listing, {"meta": {"result_count": count}}) is None
    assert find_on_x(listing, {"data": []}) is None
    assert find_on_linkedin(listing, page_of()) is None


@pytest.mark.parametrize(
    "less",
    [{}, {"meta": {}}, {"data": None}, {"data": {}, "meta": {"result_count": 1}}, [], None, "<html>"],
)  # fmt: skip
def test_less_than_an_empty_timeline_proves_nothing(listing: Listing, less: object) -> None:
    with pytest.raises(Temporary):
        find_on_x(listing, less)


@pytest.mark.parametrize(
    "less", [{}, {"elements": None}, {"elements": ["urn:li:share:1"]}, [], None, "<html>"]
)
def test_less_than_an_empty_list_proves_nothing(listing: Listing, less: object) -> None:
    with pytest.raises(Temporary):
        find_on_linkedin(listing, less)


def test_the_moment_of_a_post_is_compared_in_its_own_zone(listing: Listing) -> None:
    assert find_on_x(listing, {"data": [on_x(1, created_at="2026-11-24T10:30:00+01:00")]})
    assert not find_on_x(listing, {"data": [on_x(1, created_at="2026-11-24T10:28:00+01:00")]})
