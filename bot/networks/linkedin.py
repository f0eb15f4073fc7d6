"""LinkedIn, through python-linkedin-v2.

That library is used through two subclasses: here, and in `linkedin_sign_in`. As it comes, it puts the access
token into every address, and hides errors or breaks on them, so its own reading of them is never called.
What remains is its way of holding a token.

Posts API: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

from linkedin_v2.linkedin import LinkedInApplication

from bot.networks import (
    answers,
    credentials,
    linkedin_errors,
    linkedin_post,
    linkedin_who,
    matching,
    wire,
)
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    CannotLook,
    Endpoints,
    Identity,
    Image,
    NetworkError,
    OutcomeUnknown,
    Published,
    Refused,
    Temporary,
    Unauthorised,
    Uploaded,
)
from bot.networks.little_text import unescape
from review.text import Content

_AUTHOR = re.compile(r"urn:li:(person:[A-Za-z0-9_-]+|organization:[0-9]+)")
_PAGE = 20
_MOST_PAGES = 10


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
        self._token = details.token or credentials.read(details, ("ACCESS_TOKEN",))["ACCESS_TOKEN"]
        self._application = _Application(self._token, endpoints=endpoints, patience=patience)

    @property
    def _is_organisation(self) -> bool:
        return self._details.author.startswith("urn:li:organization:")

    def who(self) -> Identity:
        """Ask LinkedIn whose token this is, and whether it may post as the account's author."""
        return linkedin_who.who(
            self._details,
            ask=lambda path, params, method: self._ask(
                "GET", path, params=params, method=method, changes=False
            ),
            passing=self._passing,
        )

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

    def deliver(self, content: Content, *, media: Sequence[Uploaded] = ()) -> Published:
        """Publish the text, with its link as a card: LinkedIn does not read the linked page itself."""
        body = linkedin_post.body_of(
            content,
            author=self._details.author,
            media=media,
            mentions=self._details.mentions,
        )
        answer = self._ask(
            "POST",
            "/rest/posts",
            data=body,
            changes=True,
            enough=lambda head: bool(linkedin_post.urn_of(head)),
        )
        if urn := linkedin_post.urn_of(answer):
            return _published(urn)
        raise self._error(answer)

    def find(self, content: Content, *, since: datetime) -> Published | None:
        """Read the organisation's newest posts back to `since`. A member's posts cannot be read."""
        if not self._is_organisation:
            raise CannotLook("LinkedIn does not let an app read the posts of a person.")
        for number in range(_MOST_PAGES):
            elements, more = self._newest(start=number * _PAGE)
            times = [_created(element) for element in elements]
            for element, made in zip(elements, times, strict=True):
                urn = str(element.get("id", ""))
                may_be = made >= since and self._is_own(element) and linkedin_post.is_post(urn)
                if may_be and _is(element, content):
                    return _published(urn)
            # The newest come first. What comes otherwise is read to its end.
            in_order = all(one >= other for one, other in pairwise(times))
            if not more or (in_order and times[-1] < since):
                return None
        raise CannotLook("The page has posted too much since then to look through it.")

    def delete(self, network_id: str) -> None:
        """Take a post down."""
        answer = self._ask(
            "DELETE", f"/rest/posts/{quote(network_id, safe='')}", method="DELETE", changes=False
        )
        # Anything else may come from something in between. Asking again does no harm.
        if answer.status_code in (204, 404):
            return
        raise self._passing(answer)

    def _is_own(self, element: Mapping[str, Any]) -> bool:
        """Whether a post is not said to be somebody else's."""
        author = element.get("author")
        return not isinstance(author, str) or unquote(author) == self._details.author

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
        enough: Callable[[Answer], bool] = wire.never,
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
            enough=enough,
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
        if isinstance(value, str) and re.fullmatch(r"[0-9]{9,14}", value):
            value = int(value)
        # Milliseconds. So few would be before LinkedIn was: then they are seconds.
        if isinstance(value, (int, float)) and 10**8 < value < 10**14:
            return datetime.fromtimestamp(value if value < 10**11 else value / 1000, UTC)
    return datetime.max.replace(tzinfo=UTC)


def _is(element: Mapping[str, Any], content: Content) -> bool:
    inner = element.get("content")
    article = inner.get("article") if isinstance(inner, Mapping) else None
    source = article.get("source") if isinstance(article, Mapping) else None
    links = [source] if isinstance(source, str) and source else []
    return matching.is_same(content, text=unescape(str(element.get("commentary", ""))), links=links)
