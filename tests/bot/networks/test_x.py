from __future__ import annotations

import json
import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.networks.base import (
    AccountDetails,
    AlreadyPublished,
    CannotLook,
    Endpoints,
    NetworkError,
    OutcomeUnknown,
    OutOfCredit,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from bot.networks.x import XClient
from review.text import Content
from tests.bot.networks.conftest import LINK, NOW, SINCE, TEXT, X_ACCOUNT, X_CONTENT, Clock
from tests.emulators import faults, openapi
from tests.emulators.faults import Fault, Kind
from tests.emulators.x import KEYS, Limits, XEmulator

Make = Callable[..., XClient]


def answer(status: int, body: object, **headers: str) -> Fault:
    """X answers so, and does nothing."""
    written = body if isinstance(body, str) else json.dumps(body)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(Kind.STATUS, status=status, body=written, headers=named)


def problem(status: int, detail: str, kind: str = "about:blank", **more: Any) -> Fault:
    body = {"title": "Forbidden", "detail": detail, "type": kind, "status": status, **more}
    return answer(status, body)


def stamp(moment: datetime) -> str:
    return str(int(moment.timestamp()))


# -- publishing ------------------------------------------------------------------------------------------


def test_a_post_is_published_once_with_the_approved_text(x: XEmulator, x_client: Make) -> None:
    published = x_client().deliver(X_CONTENT)
    assert x.ledger == {X_CONTENT.text: 1}
    assert published.network_id == x.posts[0].id
    assert published.url == f"https://x.com/cohes3ion/status/{x.posts[0].id}"
    assert [request.method for request in x.requests] == ["POST"]


@pytest.mark.parametrize("handle", ["", "two words", "a" * 16])
def test_a_link_needs_no_handle(x: XEmulator, x_client: Make, handle: str) -> None:
    published = x_client(replace(X_ACCOUNT, handle=handle)).deliver(X_CONTENT)
    assert published.url == f"https://x.com/i/web/status/{x.posts[0].id}"


def test_the_body_is_as_the_published_contract_of_x_wants_it(x: XEmulator, x_client: Make) -> None:
    if openapi.document() is None:
        pytest.skip("needs the shared contracts beside the checkout")
    x_client().deliver(X_CONTENT)
    assert openapi.complaints("/2/tweets", "post", x.requests[0].json()) == []


def test_the_address_may_have_a_path_and_a_closing_slash(x: XEmulator, x_client: Make) -> None:
    client = x_client(endpoints=Endpoints(x_api=f"{x.url}/by/proxy/"))
    with pytest.raises(Refused):
        client.deliver(X_CONTENT)
    assert x.requests[0].path == "/by/proxy/2/tweets"


def test_a_signature_by_other_keys_is_refused(x: XEmulator, x_client: Make) -> None:
    other = {**KEYS, "ACCESS_TOKEN_SECRET": "wrong"}
    with pytest.raises(Unauthorised, match="keys"):
        x_client(replace(X_ACCOUNT, secret=other.__getitem__)).deliver(X_CONTENT)
    assert x.ledger == {}


# -- every row of what X answers -------------------------------------------------------------------------

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
PROBLEMS = "https://api.x.com/2/problems/"
OLD_PROBLEMS = "https://api.twitter.com/2/problems/"

ROWS: list[Any] = [
    pytest.param(problem(403, DUPLICATE), AlreadyPublished, "already", id="duplicate"),
    pytest.param(
        problem(403, "You are not permitted to perform this action."),
        Refused,
        "not permitted",
        id="generic refusal",
    ),
    pytest.param(
        problem(403, "Your client app is not configured …", f"{PROBLEMS}oauth1-permissions"),
        Unauthorised,
        "may not write",
        id="read-only token",
    ),
    pytest.param(
        problem(403, "…", f"{OLD_PROBLEMS}client-forbidden", reason="client-not-enrolled"),
        Unauthorised,
        "API",
        id="client forbidden",
    ),
    pytest.param(
        problem(403, "…", f"{OLD_PROBLEMS}unsupported-authentication"),
        Unauthorised,
        "keys",
        id="unsupported authentication",
    ),
    pytest.param(
        problem(403, "…", f"{PROBLEMS}user-suspended"), Unauthorised, "suspended", id="suspended"
    ),
    pytest.param(
        problem(403, "Your account is temporarily locked."), Unauthorised, "locked", id="locked"
    ),
    pytest.param(
        answer(403, {"title": "SpendCapReached", "reset_date": "2026-12-01"}),
        OutOfCredit,
        "spending limit",
        id="spend cap",
    ),
    pytest.param(
        answer(402, {"title": "CreditsDepleted", "type": f"{OLD_PROBLEMS}credits"}),
        OutOfCredit,
        "credit",
        id="no credits",
    ),
    pytest.param(answer(402, "<html>"), OutOfCredit, "credit", id="402 in HTML"),
    pytest.param(
        answer(
            429,
            {
                "title": "UsageCapExceeded",
                "detail": "Usage cap exceeded: Monthly product cap",
                "type": f"{OLD_PROBLEMS}usage-capped",
            },
            x_rate_limit_reset=stamp(NOW + timedelta(minutes=3)),
        ),
        OutOfCredit,
        "monthly cap",
        id="legacy cap",
    ),
    pytest.param(
        answer(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401}),
        Unauthorised,
        "keys",
        id="401",
    ),
    pytest.param(answer(401, "<html>"), Unauthorised, "401", id="401 in HTML"),
    pytest.param(
        answer(
            400,
            {
                "errors": [{"parameters": {}, "message": "$.text: is too odd"}],
                "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": f"{PROBLEMS}invalid-request",
            },
        ),
        Refused,
        "is too odd",
        id="400",
    ),
    pytest.param(answer(404, ""), Refused, "404", id="404 without a body"),
    pytest.param(answer(403, "[]"), Refused, "403", id="an error body that is a list"),
    pytest.param(answer(403, "null"), Refused, "403", id="an error body that is null"),
    pytest.param(answer(403, {"errors": 5}), Refused, "403", id="an error body of another shape"),
    pytest.param(answer(403, "[" * 100_000), Refused, "403", id="an endlessly nested body"),
    pytest.param(answer(429, "Too many"), Throttled, "wait", id="429"),
    pytest.param(answer(408, {}), OutcomeUnknown, "408", id="408"),
    pytest.param(answer(409, {}), OutcomeUnknown, "409", id="409"),
    pytest.param(answer(301, "", Location="/elsewhere"), OutcomeUnknown, "301", id="redirect"),
    pytest.param(answer(500, {"title": "Internal"}), OutcomeUnknown, "500", id="500"),
    pytest.param(answer(503, "busy"), OutcomeUnknown, "503", id="503"),
    pytest.param(answer(201, "{}"), OutcomeUnknown, "201", id="201 without data"),
    pytest.param(answer(201, {"data": {"id": "x"}}), OutcomeUnknown, "201", id="201 with odd id"),
    pytest.param(answer(201, {"data": {"id": True}}), OutcomeUnknown, "201", id="201 id true"),
    pytest.param(answer(200, "<html>"), OutcomeUnknown, "200", id="200 in HTML"),
    pytest.param(
        answer(201, {"errors": [{"title": "odd"}]}), OutcomeUnknown, "201", id="201 with errors"
    ),
]


@pytest.mark.parametrize(("fault", "expected", "words"), ROWS)
def test_what_x_answers_decides_what_happened(
    x: XEmulator, x_client: Make, fault: Fault, expected: type[NetworkError], words: str
) -> None:
    x.play(fault)
    with pytest.raises(NetworkError) as caught:
        x_client().deliver(X_CONTENT)
    assert type(caught.value) is expected
    assert words in f"{caught.value}"
    assert len(x.requests) == 1
    if isinstance(caught.value, Unauthorised):
        assert caught.value.mend.endswith(".")


@pytest.mark.parametrize("body", ['{"data":{"id":"7"}}', '{"data":{"id":7,"text":"…"}}'])
def test_any_2xx_with_an_id_is_proof(x: XEmulator, x_client: Make, body: str) -> None:
    x.play(answer(200, body))
    assert x_client().deliver(X_CONTENT).network_id == "7"


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"x_rate_limit_reset": stamp(NOW + timedelta(minutes=7))}, timedelta(minutes=7)),
        (
            {
                "x_rate_limit_reset": stamp(NOW + timedelta(minutes=7)),
                "x_user_limit_24hour_remaining": "0",
                "x_user_limit_24hour_reset": stamp(NOW + timedelta(hours=9)),
            },
            timedelta(hours=9),
        ),
        (
            {
                "x_rate_limit_reset": stamp(NOW + timedelta(minutes=7)),
                "x_user_limit_24hour_remaining": "3",
                "x_user_limit_24hour_reset": stamp(NOW + timedelta(hours=9)),
            },
            timedelta(minutes=7),
        ),
        (
            {
                "x_app_limit_24hour_remaining": "0",
                "x_app_limit_24hour_reset": stamp(NOW + timedelta(hours=11)),
                "x_user_limit_24hour_remaining": "0",
                "x_user_limit_24hour_reset": stamp(NOW + timedelta(hours=2)),
            },
            timedelta(hours=11),
        ),
        ({"Retry_After": "90"}, timedelta(seconds=90)),
        ({"Retry_After": "Tue, 24 Nov 2026 10:00:00 GMT"}, timedelta(minutes=30)),
        ({}, timedelta(minutes=15)),
        ({"Retry_After": "0"}, timedelta(minutes=15)),
        ({"Retry_After": "soon"}, timedelta(minutes=15)),
        ({"x_rate_limit_reset": "never"}, timedelta(minutes=15)),
        ({"x_rate_limit_reset": stamp(NOW - timedelta(hours=1))}, timedelta(minutes=15)),
        ({"x_rate_limit_reset": "99999999999"}, timedelta(minutes=15)),
        ({"x_rate_limit_reset": stamp(NOW + timedelta(seconds=2))}, timedelta(seconds=15)),
    ],
)
def test_a_wait_lasts_as_long_as_the_headers_say(
    x: XEmulator, x_client: Make, headers: dict[str, str], until: timedelta
) -> None:
    x.play(answer(429, {"title": "Too Many Requests"}, **headers))
    with pytest.raises(Throttled) as caught:
        x_client().deliver(X_CONTENT)
    assert caught.value.until == NOW + until


@pytest.mark.parametrize(
    ("day", "until"),
    [
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01T00:00:00Z", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-11-01", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_spending_limit_lasts_until_its_day(
    x: XEmulator, x_client: Make, day: str | None, until: datetime | None
) -> None:
    x.play(answer(403, {"title": "SpendCapReached", "reset_date": day}))
    with pytest.raises(OutOfCredit) as caught:
        x_client().deliver(X_CONTENT)
    assert caught.value.until == until


def test_a_wrong_clock_is_told_from_wrong_keys(x: XEmulator, x_client: Make, clock: Clock) -> None:
    x.play(answer(401, {"detail": "Unauthorized"}))
    with pytest.raises(Unauthorised) as caught:
        x_client(now=lambda: clock.now + timedelta(minutes=9)).deliver(X_CONTENT)
    assert "9 minutes fast" in caught.value.mend
    x.play(answer(401, {"detail": "Unauthorized"}))
    with pytest.raises(Unauthorised) as caught:
        x_client().deliver(X_CONTENT)
    assert "X_API_KEY, X_API_SECRET, X_ACCESS_TOKEN and X_ACCESS_TOKEN_SECRET" in caught.value.mend


def test_the_words_of_x_are_shortened_and_cleaned(x: XEmulator, x_client: Make) -> None:
    x.play(problem(403, "no\x1b[31m\r\n\u202ethis\u2028one " + "x" * 5000))
    with pytest.raises(Refused) as caught:
        x_client().deliver(X_CONTENT)
    assert "no [31m this one xxx" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_the_real_limits_lead_to_their_outcome(x: XEmulator, x_client: Make) -> None:
    x.capped_until = date(2026, 12, 1)
    with pytest.raises(OutOfCredit):
        x_client().deliver(X_CONTENT)
    x.capped_until = None
    x.balance = Decimal("0.10")  # enough without a link, and there is one
    with pytest.raises(OutOfCredit):
        x_client().deliver(X_CONTENT)
    x.balance = None
    x_client().deliver(X_CONTENT)
    with pytest.raises(AlreadyPublished):
        x_client().deliver(X_CONTENT)
    with pytest.raises(Refused):
        x_client().deliver(Content(text="a" * 281))
    x.limits["POST /2/tweets"].most = 0
    with pytest.raises(Throttled):
        x_client().deliver(Content(text="another"))
    assert x.ledger == {X_CONTENT.text: 1}


# -- faults: what is raised, and what really happened ----------------------------------------------------

FAULTS = [
    pytest.param(faults.APPLY_THEN_DROP, OutcomeUnknown, 1, id="apply, then drop"),
    pytest.param(faults.DROP_BEFORE_APPLY, OutcomeUnknown, 0, id="drop before apply"),
    pytest.param(faults.APPLY_THEN_503, OutcomeUnknown, 1, id="apply, then 503"),
    pytest.param(faults.HTML_502, OutcomeUnknown, 0, id="502 in HTML"),
    pytest.param(faults.APPLY_THEN_HTML_502, OutcomeUnknown, 1, id="apply, then 502 in HTML"),
    pytest.param(faults.EMPTY_LIST, OutcomeUnknown, 1, id="[]"),
    pytest.param(faults.NULL, OutcomeUnknown, 1, id="null"),
    pytest.param(faults.WITHOUT_ID, OutcomeUnknown, 1, id="201 without an id"),
    pytest.param(Fault(Kind.DELAY, seconds=5), OutcomeUnknown, 1, id="no answer in time"),
    pytest.param(Fault(Kind.SLOW_BODY, seconds=0.1), OutcomeUnknown, 1, id="a body that drips"),
    pytest.param(Fault(Kind.CUT), OutcomeUnknown, 1, id="half a body"),
]


@pytest.mark.parametrize(("fault", "expected", "published"), FAULTS)
def test_a_fault_is_never_taken_for_not_sent(
    x: XEmulator, x_client: Make, fault: Fault, expected: type[NetworkError], published: int
) -> None:
    x.play(fault)
    with pytest.raises(expected):
        x_client().deliver(X_CONTENT)
    assert sum(x.ledger.values()) == published
    assert len(x.requests) == 1
    found = x_client().find(X_CONTENT, since=SINCE)
    assert (found is not None) == bool(published)


@pytest.mark.enable_socket
def test_a_refused_connection_is_certainly_not_sent(clock: Clock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = XClient(X_ACCOUNT, endpoints=Endpoints(x_api=f"http://127.0.0.1:{port}"), now=clock)
    with pytest.raises(Temporary, match="cannot be reached"):
        client.deliver(X_CONTENT)


def test_a_connection_without_tls_is_certainly_not_sent(x: XEmulator, x_client: Make) -> None:
    secure = x.url.replace("http:", "https:")
    with pytest.raises(Temporary, match="secure"):
        x_client(endpoints=Endpoints(x_api=secure)).deliver(X_CONTENT)
    assert x.requests == []


@pytest.mark.parametrize("address", ["api.x.com", "ftp://api.x.com", "http://", "https://[x"])
def test_an_address_that_is_none_names_its_setting(clock: Clock, address: str) -> None:
    client = XClient(X_ACCOUNT, endpoints=Endpoints(x_api=address), now=clock)
    with pytest.raises(Unauthorised) as caught:
        client.deliver(X_CONTENT)
    assert "X_API_URL" in caught.value.mend


# -- credentials and secrets -----------------------------------------------------------------------------


def test_missing_keys_are_named(clock: Clock) -> None:
    some = {"API_KEY": "k", "API_SECRET": "", "ACCESS_TOKEN": "t", "ACCESS_TOKEN_SECRET": " "}
    with pytest.raises(Unauthorised) as caught:
        XClient(replace(X_ACCOUNT, secret=some.__getitem__), endpoints=Endpoints(), now=clock)
    assert "no X_API_SECRET and X_ACCESS_TOKEN_SECRET." in str(caught.value)
    assert "X_API_SECRET_FILE" in caught.value.mend


def test_an_account_without_credentials_is_told_the_key_to_write(clock: Clock) -> None:
    details = AccountDetails(name="a", network="x")
    with pytest.raises(Unauthorised) as caught:
        XClient(details, endpoints=Endpoints(), now=clock)
    assert 'credentials = "X"' in caught.value.mend
    assert "X_ACCESS_TOKEN_SECRET" in caught.value.mend


def test_a_key_with_a_line_end_in_it_is_named_and_not_shown(clock: Clock) -> None:
    odd = {**KEYS, "API_SECRET": "se\ncret"}
    with pytest.raises(Unauthorised) as caught:
        XClient(replace(X_ACCOUNT, secret=odd.__getitem__), endpoints=Endpoints(), now=clock)
    assert "X_API_SECRET" in str(caught.value)
    assert "cret" not in str(caught.value).replace("X_API_SECRET", "")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize(
    "fault",
    [
        None,
        faults.APPLY_THEN_DROP,
        problem(403, f"Odd: {KEYS['ACCESS_TOKEN']}"),
        answer(401, {"detail": KEYS["API_SECRET"]}),
    ],
)
def test_no_secret_gets_into_an_address_a_message_or_the_log(
    x: XEmulator,
    x_client: Make,
    everything_logged: pytest.LogCaptureFixture,
    fault: Fault | None,
) -> None:
    said = repr(X_ACCOUNT)
    if fault is not None:
        x.play(fault)
    try:
        x_client().deliver(X_CONTENT)
        x_client().find(X_CONTENT, since=SINCE)
    except NetworkError as error:
        said += "".join(traceback.format_exception(error))
    said += " ".join(request.url for request in x.requests)
    said += everything_logged.text
    assert all(secret not in said for secret in KEYS.values())


# -- finding and deleting --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        X_CONTENT.text,
        f"Tom & Siân <3 “cohesion”, see {LINK}",
        "Without any address at all, but with an & in it",
        "Ends in a bare domain: gov.wales/plans",
        f"Two addresses {LINK} and https://example.com/two, and words",
        "Welsh: ŵ ŷ (decomposed: w\u0302), and a flag 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    ],
)
@pytest.mark.parametrize("naming", ["tweet", "post"])
def test_what_was_published_is_found_again(
    x: XEmulator, x_client: Make, text: str, naming: str
) -> None:
    x.naming = naming
    content = Content(text=text, link=LINK if LINK in text else "")
    published = x_client().deliver(content)
    for number in range(3):
        x.put(f"Something else, number {number} {LINK}")
    assert x_client().find(content, since=SINCE) == published


def test_another_post_with_the_same_link_is_not_taken_for_it(x: XEmulator, x_client: Make) -> None:
    x.put(f"Another announcement of the same bulletin {LINK}")
    assert x_client().find(X_CONTENT, since=SINCE) is None


def test_the_same_words_with_another_link_are_not_taken_for_it(
    x: XEmulator, x_client: Make
) -> None:
    x.put(f"{TEXT}\n\nhttps://example.org/reports/15")
    assert x_client().find(X_CONTENT, since=SINCE) is None


def test_older_posts_do_not_count(x: XEmulator, x_client: Make) -> None:
    x.put(X_CONTENT.text, at=SINCE - timedelta(seconds=5))
    assert x_client().find(X_CONTENT, since=SINCE) is None


def test_a_post_is_found_on_a_later_page(x: XEmulator, x_client: Make) -> None:
    number = x.put(X_CONTENT.text)
    for other in range(7):
        x.put(f"Other {other}")
    x.page_size = 3
    found = x_client().find(X_CONTENT, since=SINCE)
    assert found is not None
    assert found.network_id == number


def test_more_posts_than_can_be_read_prove_nothing(x: XEmulator, x_client: Make) -> None:
    for other in range(12):
        x.put(f"Other {other}")
    x.page_size = 1
    with pytest.raises(CannotLook):
        x_client().find(X_CONTENT, since=SINCE)


def test_a_post_that_shows_late_is_found_on_a_later_look(
    x: XEmulator, x_client: Make, clock: Clock
) -> None:
    x.play(Fault(Kind.LAG, seconds=30))
    published = x_client().deliver(X_CONTENT)
    assert x_client().find(X_CONTENT, since=SINCE) is None
    clock.move(seconds=60)
    assert x_client().find(X_CONTENT, since=SINCE) == published


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answer(200, "{}"), Temporary),
        (answer(200, "[]"), Temporary),
        (answer(200, {"meta": {}}), Temporary),
        (answer(200, {"errors": [{"title": "odd"}]}), Temporary),
        (answer(500, ""), Temporary),
        (answer(503, "<html>"), Temporary),
        (Fault(Kind.DROP), Temporary),
        (answer(429, ""), Throttled),
        (answer(401, ""), Unauthorised),
        (answer(402, ""), OutOfCredit),
        (problem(403, "Not in your plan."), CannotLook),
    ],
)
def test_a_reading_that_failed_is_no_proof_of_absence(
    x: XEmulator, x_client: Make, fault: Fault, expected: type[NetworkError]
) -> None:
    x.play(replace(fault, on="GET /2/users/1234567890/tweets"))
    with pytest.raises(expected):
        x_client().find(X_CONTENT, since=SINCE)


def test_an_account_that_is_not_named_is_no_proof_of_absence(x: XEmulator, x_client: Make) -> None:
    x.play(replace(answer(200, {"data": {}}), on="GET /2/users/me"))
    with pytest.raises(Temporary):
        x_client().find(X_CONTENT, since=SINCE)


def test_a_post_is_taken_down_and_taking_it_down_again_is_quiet(
    x: XEmulator, x_client: Make
) -> None:
    published = x_client().deliver(X_CONTENT)
    x_client().delete(published.network_id)
    assert x_client().find(X_CONTENT, since=SINCE) is None
    x_client().delete(published.network_id)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answer(500, ""), Temporary),
        (answer(200, {"data": {"deleted": False}}), Temporary),
        (problem(403, "Not yours."), Refused),
        (Fault(Kind.DROP), Temporary),
    ],
)
def test_a_deletion_that_failed_says_so(
    x: XEmulator, x_client: Make, fault: Fault, expected: type[NetworkError]
) -> None:
    x.play(replace(fault, on="DELETE"))
    with pytest.raises(expected):
        x_client().delete("7")


def test_a_limit_that_a_good_answer_uses_up_is_kept_to_without_asking_again(
    x: XEmulator, x_client: Callable[..., XClient]
) -> None:
    x.daily(2)
    assert x_client().deliver(replace(X_CONTENT, text="One.")).rest_until is None
    last = x_client().deliver(replace(X_CONTENT, text="Two."))
    assert last.rest_until == NOW + timedelta(hours=24)
    with pytest.raises(Throttled) as caught:
        x_client().deliver(replace(X_CONTENT, text="Three."))
    assert caught.value.until == NOW + timedelta(hours=24)


def test_of_two_limits_that_are_used_up_the_longer_one_counts(
    x: XEmulator, x_client: Callable[..., XClient]
) -> None:
    x.daily(1)
    x.limits["POST /2/tweets"] = Limits(1)
    assert x_client().deliver(X_CONTENT).rest_until == NOW + timedelta(hours=24)


def test_what_x_only_hints_at_is_said_in_our_words_beside_its_own(
    x: XEmulator, x_client: Callable[..., XClient]
) -> None:
    with pytest.raises(Refused) as caught:
        x_client().deliver(Content(text="a " * 200))
    said = str(caught.value)
    assert "“You are not permitted to perform this action”" in said
    assert "too long for the account" in said
