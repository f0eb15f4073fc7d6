from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bot.networks.base import (
    AccountDetails,
    AlreadyPublished,
    CannotLook,
    Endpoints,
    NetworkError,
    NotOurs,
    OutcomeUnknown,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from bot.networks.linkedin import LinkedInClient
from bot.networks.linkedin_sign_in import MEMBER_SCOPES, ORGANISATION_SCOPES, SignIn
from bot.networks.oauth import Ended
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
    Clock,
)
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import (
    ALL_SCOPES,
    CLIENT_ID,
    CLIENT_SECRET,
    MEMBER,
    PAGE,
    TOKEN,
    LinkedInEmulator,
)

Make = Callable[..., LinkedInClient]
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)


def answer(status: int, body: object = "", on: str = "POST", **headers: str) -> Fault:
    """LinkedIn answers so, and does nothing."""
    written = body if isinstance(body, str) else json.dumps(body)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(Kind.STATUS, on=on, status=status, body=written, headers=named)


def trouble(status: int, code: str, message: str, **more: Any) -> Fault:
    return answer(status, {"status": status, "code": code, "message": message, **more})


# -- publishing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", [PAGE_ACCOUNT, MEMBER_ACCOUNT])
def test_a_post_is_published_once_and_reads_as_it_was_approved(
    linkedin: LinkedInEmulator, linkedin_client: Make, account: AccountDetails
) -> None:
    published = linkedin_client(account).deliver(LINKEDIN_CONTENT)
    assert linkedin.ledger == {LINKEDIN_CONTENT.text: 1}
    [post] = linkedin.posts
    assert post.parsed.hashtags == ("Cohes3ion", "Cymru_ŵ")
    assert published.network_id == post.urn
    assert published.url == f"https://www.linkedin.com/feed/update/{post.urn}/"
    assert post.body["author"] == account.author
    assert post.body["visibility"] == "PUBLIC"
    assert post.body["distribution"]["feedDistribution"] == "MAIN_FEED"
    assert len(linkedin.requests) == 1


def test_the_card_is_sent_whole_and_without_little_text(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    content = replace(LINKEDIN_CONTENT, card_title="The (long) view", card_description="A_B")
    linkedin_client().deliver(content)
    card = {"source": LINK, "title": "The (long) view", "description": "A_B"}
    assert linkedin.posts[0].body["content"] == {"article": card}


@pytest.mark.parametrize(
    ("content", "article"),
    [
        (Content(text="Only words"), None),
        (Content(text="No card", link=LINK), {"source": LINK, "title": LINK}),
        (
            Content(text="Long", link=LINK, card_title="t" * 500, card_description="d" * 5000),
            {"source": LINK, "title": "t" * 399 + "…", "description": "d" * 4085 + "…"},
        ),
    ],
)
def test_a_card_has_what_there_is(
    linkedin: LinkedInEmulator,
    linkedin_client: Make,
    content: Content,
    article: dict[str, str] | None,
) -> None:
    linkedin_client().deliver(content)
    assert linkedin.posts[0].body.get("content", {}).get("article") == article


@pytest.mark.parametrize("urn", ["urn:li:ugcPost:7", "urn%3Ali%3Ashare%3A7"])
def test_the_id_is_the_header_however_it_is_written(
    linkedin: LinkedInEmulator, linkedin_client: Make, urn: str
) -> None:
    linkedin.play(answer(201, "", X_RestLi_Id=urn))
    assert linkedin_client().deliver(LINKEDIN_CONTENT).network_id.endswith(":7")


# -- every row of what LinkedIn answers ------------------------------------------------------------------

DUPLICATE = {
    "errorDetailType": "com.linkedin.common.error.BadRequest",
    "message": "com.linkedin.content.common.exception.BadRequestResponseException: Content is a "
    "duplicate of urn:li:share:7141138937766391808",
    "errorDetails": {"inputErrors": [{"input": {}, "code": "DUPLICATE_POST"}]},
    "status": 422,
}

ROWS: list[Any] = [
    pytest.param(
        answer(401, {"message": "Empty oauth2_access_token", "serviceErrorCode": 401}),
        Unauthorised,
        "docs/networks.md",
        id="no token",
    ),
    *(
        pytest.param(trouble(401, code, "…"), Unauthorised, "LINKEDIN_ACCESS_TOKEN", id=code)
        for code in ("INVALID_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN")
    ),
    pytest.param(answer(401, "<html>"), Unauthorised, "new token", id="401 in HTML"),
    pytest.param(
        trouble(403, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal"),
        Unauthorised,
        "w_organization_social",
        id="denied",
    ),
    pytest.param(answer(422, DUPLICATE), AlreadyPublished, "7141138937766391808", id="duplicate"),
    pytest.param(
        answer(422, {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}}),
        AlreadyPublished,
        "already",
        id="duplicate of nothing named",
    ),
    pytest.param(
        answer(422, {"message": "odd", "errorDetails": {"inputErrors": 5}}),
        Refused,
        "odd",
        id="422 of another kind",
    ),
    pytest.param(
        trouble(409, "CONFLICT", "A write conflict occurred. Retry the request."),
        Temporary,
        "same moment",
        id="conflict",
    ),
    pytest.param(answer(409, "<html>"), OutcomeUnknown, "409", id="409 that is not LinkedIn's"),
    *(
        pytest.param(trouble(400, code, f"because of {code}"), Refused, code, id=code)
        for code in ("MISSING_FIELD", "INVALID_URN_ID", "FIELD_LENGTH_TOO_LONG")
    ),
    pytest.param(
        trouble(400, "VERSION_MISSING", "A version must be present."),
        Unauthorised,
        "LINKEDIN_VERSION",
        id="version missing",
    ),
    pytest.param(
        trouble(426, "NONEXISTENT_VERSION", "Requested version 20250401 is not active"),
        Unauthorised,
        "LINKEDIN_VERSION",
        id="version ended",
    ),
    pytest.param(answer(426, ""), Unauthorised, "LINKEDIN_VERSION", id="426 without a body"),
    pytest.param(
        trouble(429, "TOO_MANY_REQUESTS", "Resource level throttle APPLICATION DAY limit …"),
        Throttled,
        "today",
        id="daily limit",
    ),
    pytest.param(
        trouble(429, "TOO_MANY_REQUESTS", "share limit has been reached for unverified members"),
        Throttled,
        "verified",
        id="unverified member",
    ),
    pytest.param(answer(404, "[]"), Refused, "404", id="404"),
    pytest.param(answer(400, "null"), Refused, "400", id="an error body that is null"),
    pytest.param(answer(408, ""), OutcomeUnknown, "408", id="408"),
    pytest.param(answer(302, "", Location="/login"), OutcomeUnknown, "302", id="redirect"),
    *(
        pytest.param(answer(status, "{}"), OutcomeUnknown, str(status), id=str(status))
        for status in (500, 502, 503, 504)
    ),
    pytest.param(answer(201, ""), OutcomeUnknown, "201", id="201 without an id"),
    pytest.param(
        answer(201, {"id": "urn:li:share:7"}), OutcomeUnknown, "201", id="201, id in the body only"
    ),
    pytest.param(
        answer(201, "", x_restli_id="7"), OutcomeUnknown, "201", id="201, id that is no URN"
    ),
]


@pytest.mark.parametrize(("fault", "expected", "words"), ROWS)
def test_what_linkedin_answers_decides_what_happened(
    linkedin: LinkedInEmulator,
    linkedin_client: Make,
    fault: Fault,
    expected: type[NetworkError],
    words: str,
) -> None:
    linkedin.play(fault)
    with pytest.raises(NetworkError) as caught:
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert type(caught.value) is expected
    assert words in f"{caught.value} {getattr(caught.value, 'mend', '')}"
    assert len(linkedin.requests) == 1


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, MIDNIGHT),
        ({"Retry_After": "120"}, NOW + timedelta(minutes=2)),
        ({"Retry_After": "Tue, 24 Nov 2026 12:00:00 GMT"}, NOW + timedelta(hours=2.5)),
        ({"Retry_After": "-5"}, MIDNIGHT),
        ({"Retry_After": "9999999"}, MIDNIGHT),
    ],
)
def test_a_limit_lasts_until_midnight_utc_unless_linkedin_says_otherwise(
    linkedin: LinkedInEmulator, linkedin_client: Make, headers: dict[str, str], until: datetime
) -> None:
    linkedin.play(answer(429, {"status": 429}, **headers))
    with pytest.raises(Throttled) as caught:
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert caught.value.until == until


def test_a_duplicate_names_the_post_that_is_there(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    first = linkedin_client().deliver(LINKEDIN_CONTENT)
    with pytest.raises(AlreadyPublished) as caught:
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert caught.value.network_id == first.network_id
    assert first.url in str(caught.value)
    assert linkedin.ledger == {LINKEDIN_CONTENT.text: 1}


def test_the_real_refusals_lead_to_their_outcome(
    linkedin: LinkedInEmulator, linkedin_client: Make, clock: Clock
) -> None:
    linkedin.grant(frozenset({"w_member_social"}))
    with pytest.raises(Unauthorised, match="LinkedIn does not let this token post"):
        linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin.grant(ALL_SCOPES, pages=())
    with pytest.raises(Unauthorised, match="LinkedIn does not let this token post"):
        linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin.grant(ALL_SCOPES, pages=(PAGE,))
    with pytest.raises(Refused, match="length"):
        linkedin_client().deliver(Content(text="a" * 3001))
    linkedin.daily_limit = 0
    with pytest.raises(Throttled):
        linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin.daily_limit = 150
    clock.move(days=61)
    with pytest.raises(Unauthorised, match="expired"):
        linkedin_client().deliver(LINKEDIN_CONTENT)
    clock.move(days=240)
    linkedin.grant(ALL_SCOPES, expires_at=clock.now + timedelta(days=60))
    with pytest.raises(Unauthorised) as caught:
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert "LINKEDIN_VERSION" in caught.value.mend
    assert linkedin.ledger == {}


# -- faults: what is raised, and what really happened ----------------------------------------------------

FAULTS = [
    pytest.param(faults.APPLY_THEN_DROP, 1, id="apply, then drop"),
    pytest.param(faults.DROP_BEFORE_APPLY, 0, id="drop before apply"),
    pytest.param(faults.APPLY_THEN_503, 1, id="apply, then 503"),
    pytest.param(faults.HTML_502, 0, id="502 in HTML"),
    pytest.param(faults.APPLY_THEN_HTML_502, 1, id="apply, then 502 in HTML"),
    pytest.param(faults.EMPTY_LIST, 1, id="[]"),
    pytest.param(faults.NULL, 1, id="null"),
    pytest.param(faults.WITHOUT_ID, 1, id="201 without an id"),
    pytest.param(Fault(Kind.DELAY, seconds=5), 1, id="no answer in time"),
]


@pytest.mark.parametrize(("fault", "published"), FAULTS)
@pytest.mark.parametrize("account", [PAGE_ACCOUNT, MEMBER_ACCOUNT], ids=["page", "member"])
def test_a_fault_is_never_taken_for_not_sent(
    linkedin: LinkedInEmulator,
    linkedin_client: Make,
    account: AccountDetails,
    fault: Fault,
    published: int,
) -> None:
    linkedin.play(fault)
    with pytest.raises(OutcomeUnknown):
        linkedin_client(account).deliver(LINKEDIN_CONTENT)
    assert sum(linkedin.ledger.values()) == published
    assert len(linkedin.requests) == 1
    if account is MEMBER_ACCOUNT:
        with pytest.raises(CannotLook):
            linkedin_client(account).find(LINKEDIN_CONTENT, since=SINCE)
    else:
        found = linkedin_client(account).find(LINKEDIN_CONTENT, since=SINCE)
        assert (found is not None) == bool(published)


@pytest.mark.parametrize("fault", [Fault(Kind.SLOW_BODY, seconds=0.1), Fault(Kind.CUT)])
@pytest.mark.parametrize("account", [PAGE_ACCOUNT, MEMBER_ACCOUNT], ids=["page", "member"])
def test_an_id_that_came_is_proof_although_the_rest_broke_off(
    linkedin: LinkedInEmulator, linkedin_client: Make, account: AccountDetails, fault: Fault
) -> None:
    linkedin.play(fault)
    assert linkedin_client(account).deliver(LINKEDIN_CONTENT).network_id == linkedin.posts[0].urn
    assert len(linkedin.requests) == 1


@pytest.mark.enable_socket
def test_a_name_that_does_not_resolve_is_certainly_not_sent(clock: Clock) -> None:
    endpoints = Endpoints(linkedin_api="http://nowhere.invalid")
    client = LinkedInClient(PAGE_ACCOUNT, endpoints=endpoints, now=clock)
    with pytest.raises(Temporary, match="cannot be reached"):
        client.deliver(LINKEDIN_CONTENT)


# -- settings and secrets --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("details", "version", "mend"),
    [
        (replace(PAGE_ACCOUNT, author=""), "202609", "accounts.toml"),
        (replace(PAGE_ACCOUNT, author="urn:li:organization:x"), "202609", "accounts.toml"),
        (replace(PAGE_ACCOUNT, secret=lambda _name: ""), "202609", "LINKEDIN_ACCESS_TOKEN"),
        (replace(PAGE_ACCOUNT, credentials=""), "202609", 'credentials = "LINKEDIN"'),
        (PAGE_ACCOUNT, "september", "202609"),
    ],
)
def test_what_is_not_set_is_named(
    clock: Clock, details: AccountDetails, version: str, mend: str
) -> None:
    with pytest.raises(Unauthorised) as caught:
        LinkedInClient(details, endpoints=Endpoints(linkedin_version=version), now=clock)
    assert mend in caught.value.mend


@pytest.mark.parametrize(
    "fault",
    [None, faults.APPLY_THEN_DROP, trouble(401, "INVALID_ACCESS_TOKEN", f"Odd: {TOKEN}")],
)
def test_no_secret_gets_into_an_address_a_message_or_the_log(
    linkedin: LinkedInEmulator,
    linkedin_client: Make,
    caplog: pytest.LogCaptureFixture,
    fault: Fault | None,
) -> None:
    said = repr(PAGE_ACCOUNT)
    if fault is not None:
        linkedin.play(fault)
    with caplog.at_level(logging.DEBUG):
        try:
            linkedin_client().deliver(LINKEDIN_CONTENT)
            linkedin_client().find(LINKEDIN_CONTENT, since=SINCE)
        except NetworkError as error:
            said += "".join(traceback.format_exception(error))
    said += " ".join(request.url for request in linkedin.requests) + caplog.text
    assert TOKEN not in said
    assert all("oauth2_access_token" not in request.query for request in linkedin.requests)


# -- finding and deleting --------------------------------------------------------------------------------


def body(text: str, *, source: str = LINK, author: str = PAGE) -> dict[str, Any]:
    return {"author": author, "commentary": text, "content": {"article": {"source": source}}}


@pytest.mark.parametrize(
    "text",
    [
        LINKEDIN_CONTENT.text,
        "Brackets (all) [of] {them} <here> *and* _there_ ~ | \\ @you #1 #Tag",
        "Two paragraphs\n\nand a second",
    ],
)
def test_what_was_published_is_found_again(
    linkedin: LinkedInEmulator, linkedin_client: Make, text: str
) -> None:
    content = replace(LINKEDIN_CONTENT, text=text)
    published = linkedin_client().deliver(content)
    for number in range(3):
        linkedin.put(body(f"Something else, number {number}"))
    assert linkedin_client().find(content, since=SINCE) == published


def test_a_post_that_was_cut_is_known_by_its_link_and_beginning(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    post = linkedin.put(body("A report on 14 regions is published: growth & cohesion (“the"))
    found = linkedin_client().find(LINKEDIN_CONTENT, since=SINCE)
    assert post.parsed.cut
    assert found is not None
    assert found.network_id == post.urn


@pytest.mark.parametrize(
    "other",
    [
        body("Another announcement of the same bulletin"),
        body("A report"),
        body(""),
        body(TEXT.replace("(", "\\(").replace(")", "\\)"), source="https://example.org/15"),
        body(LINKEDIN_CONTENT.text, author=MEMBER),
    ],
)
def test_another_post_is_not_taken_for_it(
    linkedin: LinkedInEmulator, linkedin_client: Make, other: dict[str, Any]
) -> None:
    linkedin.put(other)
    assert linkedin_client().find(LINKEDIN_CONTENT, since=SINCE) is None


def test_only_recent_posts_count_whatever_stands_first(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    published = linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin.put(body("Pinned"), at=NOW - timedelta(days=3))
    assert linkedin_client().find(LINKEDIN_CONTENT, since=SINCE) == published
    later = NOW + timedelta(seconds=1)
    assert linkedin_client().find(LINKEDIN_CONTENT, since=later) is None


def test_a_post_is_found_on_a_later_page(linkedin: LinkedInEmulator, linkedin_client: Make) -> None:
    published = linkedin_client().deliver(LINKEDIN_CONTENT)
    for number in range(25):
        linkedin.put(body(f"Other {number}"))
    assert linkedin_client().find(LINKEDIN_CONTENT, since=SINCE) == published


def test_more_posts_than_can_be_read_prove_nothing(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    for number in range(201):
        linkedin.put(body(f"Other {number}"))
    with pytest.raises(CannotLook):
        linkedin_client().find(LINKEDIN_CONTENT, since=SINCE)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answer(200, "{}", "GET"), Temporary),
        (answer(200, "[]", "GET"), Temporary),
        (answer(200, {"elements": [None]}, "GET"), Temporary),
        (answer(500, "", "GET"), Temporary),
        (Fault(Kind.DROP, on="GET"), Temporary),
        (answer(429, "", "GET"), Throttled),
        (answer(401, "", "GET"), Unauthorised),
        (answer(403, "", "GET"), CannotLook),
        (answer(404, "", "GET"), CannotLook),
    ],
)
def test_a_reading_that_failed_is_no_proof_of_absence(
    linkedin: LinkedInEmulator,
    linkedin_client: Make,
    fault: Fault,
    expected: type[NetworkError],
) -> None:
    linkedin.play(fault)
    with pytest.raises(expected):
        linkedin_client().find(LINKEDIN_CONTENT, since=SINCE)


def test_an_app_without_the_reading_scope_cannot_look(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    linkedin.grant(frozenset({"w_organization_social"}))
    linkedin_client().deliver(LINKEDIN_CONTENT)
    with pytest.raises(CannotLook, match="r_organization_social"):
        linkedin_client().find(LINKEDIN_CONTENT, since=SINCE)


def test_a_post_is_taken_down_and_taking_it_down_again_is_quiet(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    published = linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin_client().delete(published.network_id)
    assert linkedin_client().find(LINKEDIN_CONTENT, since=SINCE) is None
    linkedin_client().delete(published.network_id)


def test_a_deletion_that_failed_says_so(linkedin: LinkedInEmulator, linkedin_client: Make) -> None:
    linkedin.play(answer(503, "", "DELETE"))
    with pytest.raises(Temporary):
        linkedin_client().delete("urn:li:share:7")


# -- signing in ------------------------------------------------------------------------------------------

REDIRECT = "https://desk.example.org/connect/linkedin"


def sign_in(linkedin: LinkedInEmulator, **more: Any) -> SignIn:
    settings: dict[str, Any] = {
        "scopes": ORGANISATION_SCOPES,
        "endpoints": Endpoints(linkedin_auth=linkedin.url),
        "patience": PATIENCE,
        **more,
    }
    return SignIn(CLIENT_ID, settings.pop("client_secret", CLIENT_SECRET), REDIRECT, **settings)


def authorise(way: SignIn) -> dict[str, str]:
    """Do what a browser does at LinkedIn, and return what comes back."""
    answered = requests.get(way.authorization_url, allow_redirects=False, timeout=2)
    assert answered.status_code == 302
    place = answered.headers["Location"]
    assert place.startswith(f"{REDIRECT}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


def test_signing_in_gives_a_token_that_can_post(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    linkedin.refreshes = True
    way = sign_in(linkedin)
    given = authorise(way)
    assert given["state"] == way.state
    token = way.exchange(given["code"])
    assert token.expires_in == 5_184_000
    assert set(token.scope) == set(ORGANISATION_SCOPES)
    assert token.refresh_token
    assert token.refresh_token_expires_in == 31_536_000
    assert token.access_token not in repr(token)
    account = replace(PAGE_ACCOUNT, secret=lambda _name: token.access_token)
    linkedin_client(account).deliver(LINKEDIN_CONTENT)
    who = linkedin_client(replace(PAGE_ACCOUNT, token=token.access_token)).who()
    assert (who.id, who.roles) == (PAGE, "may read the page's posts")


def test_no_refresh_token_is_no_error(linkedin: LinkedInEmulator) -> None:
    way = sign_in(linkedin, scopes=MEMBER_SCOPES)
    way.authorization_code = authorise(way)["code"]
    token = way.get_access_token()
    assert (token.refresh_token, token.refresh_token_expires_in) == ("", None)


def test_a_refused_sign_in_comes_back_with_its_error(linkedin: LinkedInEmulator) -> None:
    linkedin.denies = True
    assert authorise(sign_in(linkedin))["error"] == "user_cancelled_authorize"


def test_each_sign_in_has_a_state_nobody_can_guess(linkedin: LinkedInEmulator) -> None:
    ways = [sign_in(linkedin) for _ in range(20)]
    states = {parse_qs(urlsplit(way.authorization_url).query)["state"][0] for way in ways}
    assert len(states) == 20
    assert min(len(state) for state in states) >= 43


@pytest.mark.parametrize(
    ("secret", "code", "words"),
    [
        ("wrong", None, "Client authentication failed"),
        (CLIENT_SECRET, "unknown", "authorization code not found"),
    ],
)
def test_a_refused_exchange_says_why(
    linkedin: LinkedInEmulator, secret: str, code: str | None, words: str
) -> None:
    way = sign_in(linkedin, client_secret=secret)
    code = code or authorise(way)["code"]
    with pytest.raises(Unauthorised, match=words) as caught:
        way.exchange(code)
    assert secret not in str(caught.value)


def test_a_code_works_once_and_for_thirty_minutes(linkedin: LinkedInEmulator, clock: Clock) -> None:
    way = sign_in(linkedin)
    code = authorise(way)["code"]
    way.exchange(code)
    with pytest.raises(Unauthorised):
        way.exchange(code)
    late = authorise(way)["code"]
    clock.move(minutes=31)
    with pytest.raises(Unauthorised, match="expired"):
        way.exchange(late)


@pytest.mark.parametrize("fault", [faults.HTML_502, faults.DROP_BEFORE_APPLY])
def test_an_exchange_that_broke_off_can_be_started_again(
    linkedin: LinkedInEmulator, fault: Fault
) -> None:
    linkedin.play(fault)
    with pytest.raises((Temporary, OutcomeUnknown)):
        sign_in(linkedin).exchange("code")


def test_a_new_token_for_an_old_one_leaves_the_end_where_it_was(
    linkedin: LinkedInEmulator, clock: Clock
) -> None:
    linkedin.refreshes = True
    way = sign_in(linkedin)
    first = way.exchange(authorise(way)["code"])
    clock.move(days=59)
    second = way.renew(first.refresh_token)
    assert second.access_token != first.access_token
    assert second.refresh_token_expires_in == 306 * 86_400
    clock.move(days=307)
    with pytest.raises(Ended, match="invalid, expired or revoked"):
        way.renew(first.refresh_token)


def test_the_end_of_a_token_that_was_made_elsewhere_can_be_asked(
    linkedin: LinkedInEmulator, clock: Clock
) -> None:
    way = sign_in(linkedin)
    assert way.ends_at(TOKEN) == NOW + timedelta(days=60)
    with pytest.raises(Unauthorised, match="does not accept the app"):
        sign_in(linkedin, client_secret="wrong").ends_at(TOKEN)
    linkedin.play(answer(500), answer(200, {"active": True}))
    with pytest.raises(Temporary):
        way.ends_at(TOKEN)
    assert way.ends_at(TOKEN) is None
    with pytest.raises(Ended, match="not active"):
        way.ends_at("of nobody")
    clock.move(days=60)
    with pytest.raises(Ended, match="is expired"):
        way.ends_at(TOKEN)
    assert TOKEN not in str([request.url for request in linkedin.requests])


# -- whose token this is ---------------------------------------------------------------------------------


def test_a_member_is_told_from_another(linkedin: LinkedInEmulator, linkedin_client: Make) -> None:
    who = linkedin_client(MEMBER_ACCOUNT).who()
    assert (who.id, who.name) == (MEMBER, "Siân Ellis")
    other = replace(MEMBER_ACCOUNT, author="urn:li:person:other")
    with pytest.raises(NotOurs) as caught:
        linkedin_client(other).who()
    # LinkedIn's word beside ours.
    assert "Siân Ellis (urn:li:person:aB_cd-12)" in str(caught.value)
    assert "accounts.toml says that sian is urn:li:person:other" in str(caught.value)


def test_a_page_is_looked_up_among_the_roles(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    linkedin.grant(ALL_SCOPES | {"rw_organization_admin"})
    who = linkedin_client().who()
    assert (who.id, who.name, who.roles) == (PAGE, "Siân Ellis", "administrator")
    # An analyst may look, not post.
    for page in ("urn:li:organization:77", "urn:li:organization:999"):
        with pytest.raises(NotOurs, match=f"may post for {PAGE}, but .* is {page}"):
            linkedin_client(replace(PAGE_ACCOUNT, author=page)).who()


def test_a_page_is_found_among_many(linkedin: LinkedInEmulator, linkedin_client: Make) -> None:
    many = tuple(f"urn:li:organization:{number}" for number in range(1000, 1025))
    linkedin.page_size = 10
    linkedin.grant(ALL_SCOPES | {"rw_organization_admin"}, pages=(*many, PAGE))
    assert linkedin_client().who().roles == "administrator"
    with pytest.raises(NotOurs, match="may post for urn:li:organization:1000, "):
        linkedin_client(replace(PAGE_ACCOUNT, author="urn:li:organization:999")).who()


def test_a_page_of_others_is_refused_where_roles_cannot_be_seen(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    assert linkedin_client().who().id == PAGE
    with pytest.raises(NotOurs, match=r"“Not enough permissions to access: partnerApiPosts"):
        linkedin_client(replace(PAGE_ACCOUNT, author="urn:li:organization:999")).who()


def test_a_question_that_linkedin_does_not_take_refuses_nobody(
    linkedin: LinkedInEmulator, linkedin_client: Make
) -> None:
    linkedin.play(*[answer(404, {"status": 404}, "GET /rest")] * 2)
    who = linkedin_client().who()
    assert (who.id, who.roles) == (PAGE, "")


@pytest.mark.parametrize("account", [PAGE_ACCOUNT, MEMBER_ACCOUNT], ids=["page", "member"])
def test_a_token_of_nobody_is_refused(
    linkedin: LinkedInEmulator, linkedin_client: Make, account: AccountDetails
) -> None:
    with pytest.raises(Unauthorised, match="does not accept the token"):
        linkedin_client(replace(account, token="unknown")).who()
    linkedin.play(*[answer(500, "", "GET")] * 2)
    with pytest.raises(Temporary):
        linkedin_client(account).who()


@pytest.mark.parametrize("body", ["[]", "null", "<html>"])
def test_only_linkedins_own_answer_is_taken_as_proof_that_a_post_is_gone(
    linkedin: LinkedInEmulator, linkedin_client: Callable[..., LinkedInClient], body: str
) -> None:
    published = linkedin_client().deliver(LINKEDIN_CONTENT)
    linkedin.play(Fault(Kind.STATUS, on="DELETE", status=200, body=body))
    with pytest.raises(Temporary):
        linkedin_client().delete(published.network_id)
    linkedin_client().delete(published.network_id)
    assert linkedin.posts[0].deleted


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("FIELD_LENGTH_TOO_LONG", "LinkedIn takes 3,000 characters of text"),
        ("MEDIA_ASSET_PROCESSING_FAILED", "Use another, or none"),
        ("INVALID_URN_ID", "correct accounts.toml"),
    ],
)
def test_what_linkedin_refuses_is_said_in_its_words_and_in_ours(
    linkedin: LinkedInEmulator,
    linkedin_client: Callable[..., LinkedInClient],
    code: str,
    ours: str,
) -> None:
    body = json.dumps({"status": 400, "code": code, "message": "commentary length 3001 can't"})
    linkedin.play(Fault(Kind.STATUS, status=400, body=body))
    with pytest.raises(Refused) as caught:
        linkedin_client().deliver(LINKEDIN_CONTENT)
    assert "“commentary length 3001 can't”" in str(caught.value)
    assert ours in str(caught.value)


def test_an_ended_version_says_which_one_to_set(
    linkedin: LinkedInEmulator, linkedin_client: Callable[..., LinkedInClient]
) -> None:
    endpoints = Endpoints(linkedin_api=linkedin.url, linkedin_version="202510")
    with pytest.raises(Unauthorised) as caught:
        linkedin_client(endpoints=endpoints).deliver(LINKEDIN_CONTENT)
    assert "Set LINKEDIN_VERSION to a newer month, such as 202609" in caught.value.mend
