"""LinkedIn, through python-linkedin-v2: the only module that imports it.

That library is used through two subclasses. As it comes, it signs in at addresses that are gone, draws its
`state` from a guessable source, forgets half of the token's answer, and puts the access token into every
address; and it hides or breaks on errors, so its own reading of them is never called. What remains is its
way of building the sign-in and of holding a token.

Posts API: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from linkedin_v2.linkedin import LinkedInApplication, LinkedInAuthentication

from bot.networks import answers, credentials, linkedin_errors, linkedin_post, matching, wire
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    CannotLook,
    Endpoints,
    Image,
    NetworkError,
    OutcomeUnknown,
    Published,
    Refused,
    Temporary,
    Unauthorised,
)
from bot.networks.little_text import unescape
from review.text import Content

SIGN_IN_SCOPES = ("openid", "profile")
MEMBER_SCOPES = (*SIGN_IN_SCOPES, "w_member_social")
ORGANISATION_SCOPES = (*SIGN_IN_SCOPES, "w_organization_social", "r_organization_social")

_AUTHOR = re.compile(r"urn:li:(person:[A-Za-z0-9_-]+|organization:[0-9]+)")
_POST = re.compile(r"urn:li:[A-Za-z]+:[0-9]+")
_PAGE = 20
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Token:
    """What LinkedIn gave for a sign-in. Lifetimes are in seconds; the last two only for some apps."""

    access_token: str = field(repr=False)
    expires_in: int | None
    scope: tuple[str, ...] = ()
    refresh_token: str = field(default="", repr=False)
    refresh_token_expires_in: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """The person who signed in, as the author of posts (`urn:li:person:…`) and by name."""

    author: str
    name: str


class SignIn(LinkedInAuthentication):  # type: ignore[misc]  # the library has no types
    """The browser's way to a token: send people to `authorization_url`, then exchange the code."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        scopes: tuple[str, ...],
        endpoints: Endpoints,
        patience: wire.Patience = wire.PATIENCE,
    ) -> None:
        super().__init__(client_id, client_secret, redirect_uri, list(scopes))
        # What the redirect must bring back. The library's own is drawn from a guessable source.
        self.state: str = secrets.token_urlsafe(32)
        self._session = wire.Session(endpoints.linkedin_auth, patience=patience)
        self.AUTHORIZATION_URL = self._session.url("/oauth/v2/authorization")
        self.ACCESS_TOKEN_URL = self._session.url("/oauth/v2/accessToken")

    def exchange(self, code: str) -> Token:
        """Exchange the `code` of the redirect, which lives 30 minutes and works once, for a token.

        Raises `Unauthorised` with LinkedIn's words when it is refused, `Temporary` when LinkedIn cannot
        be reached: then the way starts anew.
        """
        answer = wire.ask(
            "LinkedIn",
            "LINKEDIN_AUTH_URL",
            lambda: self._session.request(
                "POST",
                self.ACCESS_TOKEN_URL,
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "redirect_uri": self.redirect_uri,
                    "client_id": self.key,
                    "client_secret": self.secret,
                },
            ),
            changes=False,
        )
        given = answer.fields()
        token = given.get("access_token")
        if not answer.ok or not isinstance(token, str) or not token:
            if answer.status_code >= 500:
                raise Temporary(
                    f"LinkedIn could not give a token now (it answered {answer.status_code})."
                )
            said = answers.quoted(
                given.get("error_description") or given.get("error"), secrets=(self.secret, code)
            )
            raise Unauthorised(
                f"LinkedIn gave no token: “{said or answer.status_code}”.",
                mend="Start connecting again. Client id, client secret and redirect address must be as in "
                "LinkedIn's developer portal.",
            )
        self.token = Token(
            access_token=token,
            expires_in=_whole(given.get("expires_in")),
            # Seen separated by commas and by spaces.
            scope=tuple(re.findall(r"[^,\s]+", str(given.get("scope") or ""))),
            refresh_token=str(given.get("refresh_token") or ""),
            refresh_token_expires_in=_whole(given.get("refresh_token_expires_in")),
        )
        return self.token

    def get_access_token(self, timeout: float = 0) -> Token:
        """The library's name for `exchange` of `authorization_code`; `timeout` is not used."""
        return self.exchange(self.authorization_code or "")


class _Application(LinkedInApplication):  # type: ignore[misc]  # the library has no types
    """Makes the calls, with the token in a header and every wait bounded."""

    def __init__(self, token: str, *, endpoints: Endpoints, patience: wire.Patience) -> None:
        super().__init__(token=token)
        self._session = wire.Session(endpoints.linkedin_api, patience=patience)

    def make_request(
        self,
        method: str,
        url: str,
        data: object = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 0,
    ) -> Answer:
        """Call the path `url` with `data` as JSON. `timeout` is the library's; the session has its own."""
        return self._session.request(
            method,
            self._session.url(url),
            json=data,
            params=params,
            headers=headers,
            auth=wire.Bearer(self.authentication.token.access_token),
        )

    def put(self, url: str, image: Image) -> Answer:
        """Send the bytes of an image to the signed address `url`; the token goes to LinkedIn only."""
        ours = linkedin_post.is_theirs(url, api=self._session.url("/"))
        return self._session.request(
            "PUT",
            url,
            data=image.data,
            headers={"Content-Type": image.kind},
            auth=wire.Bearer(self.authentication.token.access_token) if ours else None,
        )


def member(token: str, *, endpoints: Endpoints, patience: wire.Patience = wire.PATIENCE) -> Member:
    """Ask LinkedIn who signed in. Raises `Unauthorised` or `Temporary`."""
    application = _Application(token, endpoints=endpoints, patience=patience)
    answer = wire.ask(
        "LinkedIn",
        "LINKEDIN_API_URL",
        lambda: application.make_request("GET", "/v2/userinfo"),
        changes=False,
    )
    given = answer.fields()
    if answer.ok and isinstance(given.get("sub"), str):
        return Member(f"urn:li:person:{given['sub']}", answers.quoted(given.get("name")))
    if answer.status_code in (401, 403):
        raise Unauthorised(
            "LinkedIn does not say whose token this is.", mend="Connect with the scope openid."
        )
    raise Temporary(f"LinkedIn could not be read (it answered {answer.status_code}).")


class LinkedInClient:
    """One author on LinkedIn. See `bot.networks.base.Client` for what its methods promise."""

    def __init__(
        self,
        details: AccountDetails,
        *,
        endpoints: Endpoints,
        now: Callable[[], datetime],
        patience: wire.Patience = wire.PATIENCE,
    ) -> None:
        """Raise `Unauthorised` when the author or the token is missing, with the mend."""
        self._details = details
        self._version = endpoints.linkedin_version
        self._now = now
        if not _AUTHOR.fullmatch(details.author):
            raise Unauthorised(
                f"The account {details.name} has no LinkedIn author.",
                mend='Write author = "urn:li:organization:…" with the page\'s number, or '
                '"urn:li:person:…", in accounts.toml.',
            )
        if not re.fullmatch(r"\d{6}", self._version, re.ASCII):
            raise Unauthorised(
                "LINKEDIN_VERSION is no version.",
                mend="Write it as year and month, such as 202609.",
            )
        self._token = credentials.read(details, ("ACCESS_TOKEN",))["ACCESS_TOKEN"]
        self._application = _Application(self._token, endpoints=endpoints, patience=patience)

    @property
    def _is_organisation(self) -> bool:
        return self._details.author.startswith("urn:li:organization:")

    def upload(self, image: Image) -> str:
        """Upload an image: ask where to, then put it there. The alt text goes with the post."""
        owner = {"initializeUploadRequest": {"owner": self._details.author}}
        answer = self._ask(
            "POST", "/rest/images?action=initializeUpload", data=owner, changes=False
        )
        place = linkedin_post.upload_of(answer.fields())
        if not answer.ok:
            raise self._passing(answer)
        if place is None:
            raise Temporary("LinkedIn did not say where to put the image.")
        put = wire.ask(
            "LinkedIn",
            "LINKEDIN_API_URL",
            lambda: self._application.put(place.url, image),
            changes=False,
        )
        if not put.ok:
            raise self._passing(put)
        return place.urn

    def deliver(self, content: Content, *, media: str = "") -> Published:
        """Publish the text, with its link as a card: LinkedIn does not read the linked page itself."""
        body = linkedin_post.body_of(content, author=self._details.author, media=media)
        answer = self._ask("POST", "/rest/posts", data=body, changes=True)
        if answer.ok:
            # The body is empty; the id, percent-encoded by some Rest.li servers, is the proof.
            urn = unquote(answer.headers.get("x-restli-id", "").strip())
            if _POST.fullmatch(urn):
                return _published(urn)
        raise self._error(answer)

    def find(self, content: Content, *, since: datetime) -> Published | None:
        """Read the organisation's newest posts back to `since`. A member's posts cannot be read."""
        if not self._is_organisation:
            raise CannotLook("LinkedIn does not let an app read the posts of a person.")
        for number in range(_MOST_PAGES):
            elements, more = self._newest(start=number * _PAGE)
            recent = [element for element in elements if _created(element) >= since]
            for element in recent:
                urn = str(element.get("id", ""))
                if _POST.fullmatch(urn) and _is(element, content):
                    return _published(urn)
            if not more or not recent:
                return None
        raise CannotLook("The page has posted too much since then to look through it.")

    def delete(self, network_id: str) -> None:
        """Take a post down."""
        answer = self._ask(
            "DELETE", f"/rest/posts/{quote(network_id, safe='')}", method="DELETE", changes=False
        )
        if answer.ok or answer.status_code == 404:
            return
        raise self._passing(answer)

    # -- calls ---------------------------------------------------------------------------------------------

    def _ask(
        self,
        verb: str,
        path: str,
        *,
        changes: bool,
        data: object = None,
        params: Mapping[str, str] | None = None,
        method: str = "",
    ) -> Answer:
        headers = {
            "LinkedIn-Version": self._version,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        if data is not None:
            headers["Content-Type"] = "application/json"
        if method:
            headers["X-RestLi-Method"] = method
        return wire.ask(
            "LinkedIn",
            "LINKEDIN_API_URL",
            lambda: self._application.make_request(
                verb, path, data=data, params=params, headers=headers
            ),
            changes=changes,
            mend=f"Check {self._details.credentials}_ACCESS_TOKEN.",
        )

    def _newest(self, *, start: int) -> tuple[list[Mapping[str, Any]], bool]:
        """Return one page of posts, newest first, and whether there may be another."""
        answer = self._ask(
            "GET",
            "/rest/posts",
            params={
                "q": "author",
                "author": self._details.author,
                "count": str(_PAGE),
                "start": str(start),
                "sortBy": "CREATED",
            },
            method="FINDER",
            changes=False,
        )
        if not answer.ok:
            error = self._passing(answer)
            if answer.status_code == 403:
                raise CannotLook(
                    "LinkedIn does not let this app read the page's posts: that takes the scope "
                    "r_organization_social."
                )
            if isinstance(error, Refused):
                raise CannotLook(f"LinkedIn does not let Herodr read the page's posts: {error}")
            raise error
        elements = answer.fields().get("elements")
        if not isinstance(elements, list) or not all(isinstance(e, Mapping) for e in elements):
            raise Temporary("LinkedIn's answer about the page's posts cannot be read.")
        paging = answer.fields().get("paging")
        links = paging.get("links") if isinstance(paging, Mapping) else None
        follows = any(
            isinstance(link, Mapping) and link.get("rel") == "next"
            for link in (links if isinstance(links, list) else [])
        )
        return elements, bool(elements) and (follows or len(elements) >= _PAGE)

    def _error(self, answer: Answer) -> NetworkError:
        error = linkedin_errors.error_of(
            answer, self._details, version=self._version, token=self._token, now=self._now()
        )
        marks = ("x-li-uuid", "x-li-fabric", "x-li-request-id")
        answers.log_answer("LinkedIn", answer, error, marks)
        return error

    def _passing(self, answer: Answer) -> NetworkError:
        """Reading and deleting can be repeated: an answer that tells nothing is no loss there."""
        error = self._error(answer)
        if isinstance(error, OutcomeUnknown):
            return Temporary(f"LinkedIn did not do it now (it answered {answer.status_code}).")
        return error


def _published(urn: str) -> Published:
    return Published(urn, linkedin_errors.url_of(urn))


def _created(element: Mapping[str, Any]) -> datetime:
    """When a post was made; unreadable counts as just now, so that it is looked at."""
    for name in ("createdAt", "publishedAt"):
        value = element.get(name)
        if isinstance(value, (int, float)) and 0 < value < 10**14:
            return datetime.fromtimestamp(value / 1000, UTC)
    return datetime.max.replace(tzinfo=UTC)


def _is(element: Mapping[str, Any], content: Content) -> bool:
    inner = element.get("content")
    article = inner.get("article") if isinstance(inner, Mapping) else None
    source = article.get("source") if isinstance(article, Mapping) else None
    links = [source] if isinstance(source, str) and source else []
    return matching.is_same(content, text=unescape(str(element.get("commentary", ""))), links=links)


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    return int(value) if re.fullmatch(r"\d{1,12}", str(value), re.ASCII) else None
