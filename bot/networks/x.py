"""X, through tweepy: the only module that imports it.

OAuth 1.0a user context by default, because its keys do not expire; the token of a connection where there is
one. tweepy writes and signs the requests; its session is
replaced by `wire.Session`, which sets the address and the time-outs that tweepy has not, and hands over
every answer unread: what an answer means is decided in `x_errors`.
"""

from __future__ import annotations

import html
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import requests
import tweepy

from bot.networks import answers, credentials, matching, wire, x_errors, x_media
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    CannotLook,
    Endpoints,
    Identity,
    Image,
    NetworkError,
    NotOurs,
    OutcomeUnknown,
    Published,
    Refused,
    Temporary,
    Uploaded,
)
from bot.networks.x_media import id_of
from review.text import Content

SECRETS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
_TWEEPYS_NAMES = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

# The debug lines of these hold keys and signatures: LOG_LEVEL=DEBUG must not switch them on.
for _name in ("tweepy", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)

_PAGE = 100  # the most that X gives at once
_MOST_PAGES = 10


class XClient:
    """One account on X. See `bot.networks.base.Client` for what its methods promise."""

    def __init__(
        self,
        details: AccountDetails,
        *,
        endpoints: Endpoints,
        now: Callable[[], datetime],
        patience: wire.Patience = wire.PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raise `Unauthorised` when a key is missing, naming the environment variable."""
        self._details = details
        self._now = now
        self._sleep = sleep
        self._signs = not details.token  # OAuth 1.0a; else the bearer token of OAuth 2.0
        self._keys = (
            credentials.read(details, SECRETS) if self._signs else {"bearer_token": details.token}
        )
        names = dict(zip(SECRETS, _TWEEPYS_NAMES, strict=True)) if self._signs else {}
        self._tweepy = tweepy.Client(
            **{names.get(name, name): value for name, value in self._keys.items()},
            # Whatever the session returns comes back as it is, headers and all.
            return_type=requests.Response,
            wait_on_rate_limit=False,
        )
        self._session = _TweepySession(
            endpoints.x_api, patience=patience, written_for="https://api.twitter.com"
        )
        self._tweepy.session = self._session

    def upload(self, image: Image) -> str:
        """Upload an image and its alt text. What nobody posts, X drops after a day."""
        return x_media.upload(image, change=self._change, read=self._look, sleep=self._sleep)

    def _look(self, path: str) -> Mapping[str, Any]:
        return self._read(
            lambda: self._tweepy.request("GET", path, user_auth=self._signs), refused=Refused
        )

    def _change(self, path: str, body: object) -> Mapping[str, Any]:
        """Send what publishes nothing."""
        answer = self._ask(
            lambda: self._tweepy.request("POST", path, json=body, user_auth=self._signs),
            changes=False,
        )
        if not answer.ok:
            raise self._passing(answer, self._error(answer))
        return answer.fields()

    def deliver(self, content: Content, *, media: Sequence[Uploaded] = ()) -> Published:
        """Publish the text, which holds its link: X makes the card from it, unless an image is there."""
        images = {"media_ids": [image.id for image in media]} if media else {}
        answer = self._ask(
            lambda: self._tweepy.create_tweet(text=content.text, user_auth=self._signs, **images),
            changes=True,
        )
        if answer.ok:
            network_id = id_of(answer.fields().get("data"))
            if network_id:
                rest = x_errors.rest_until(answer, now=self._now())
                return replace(self._published(network_id), rest_until=rest)
        raise self._logged(answer, self._error(answer))

    def who(self) -> Identity:
        """Ask X whose credentials these are. X bills a cent for it."""
        answer = self._ask(lambda: self._tweepy.get_me(user_auth=self._signs), changes=False)
        if not answer.ok:
            raise self._passing(answer, self._error(answer))
        me = answer.fields().get("data")
        found = me if isinstance(me, Mapping) else {}
        username = answers.quoted(found.get("username"))
        if not re.fullmatch(r"[A-Za-z0-9_]{1,20}", username):
            raise Temporary("X did not say whose credentials these are.")
        ours = self._details.handle.strip().lstrip("@")
        if ours and ours.lower() != username.lower():
            raise NotOurs(
                f"X says that this is @{username}, but accounts.toml says that {self._details.name} is @{ours}.",
                mend=f"Connect while signed in to X as @{ours}, or correct the handle in accounts.toml.",
            )
        return Identity(f"@{username}", answers.quoted(found.get("name")))

    def find(self, content: Content, *, since: datetime) -> Published | None:
        """Read the account's own timeline since then. X bills a fraction of a cent for each post read."""
        me = self._read(lambda: self._tweepy.get_me(user_auth=self._signs)).get("data")
        user = id_of(me)
        if not user:
            raise Temporary("X did not say whose account this is, so its posts were not read.")
        token = ""
        for _ in range(_MOST_PAGES):
            page = self._page(user, since=since, token=token)
            posts = page.get("data", [])
            for post in posts if isinstance(posts, list) else []:
                may_be = isinstance(post, Mapping) and _may_be(post, user=user, since=since)
                if may_be and _is(post, content):
                    return self._published(id_of(post))
            meta = page.get("meta")
            token = str(meta.get("next_token") or "") if isinstance(meta, Mapping) else ""
            if not token:
                return None
        raise CannotLook("The account has posted too much since then to look through it.")

    def delete(self, network_id: str) -> None:
        """Take a post down."""
        answer = self._ask(
            lambda: self._tweepy.delete_tweet(network_id, user_auth=self._signs), changes=False
        )
        if answer.status_code == 404:
            return
        data = answer.fields().get("data")
        if answer.ok and isinstance(data, Mapping) and data.get("deleted") is True:
            return
        raise self._passing(answer, self._error(answer))

    # -- calls ---------------------------------------------------------------------------------------------

    def _ask(self, call: Callable[[], Any], *, changes: bool) -> Answer:
        def answer() -> Answer:
            try:
                found: Answer = call()
            except _NotOk as error:
                return error.answer
            return found

        return wire.ask(
            "X", "X_API_URL", answer, changes=changes, mend=f"Check {self._variables()}."
        )

    def _page(self, user: str, *, since: datetime, token: str) -> Mapping[str, Any]:
        params: dict[str, Any] = {"pagination_token": token} if token else {}
        page = self._read(
            lambda: self._tweepy.get_users_tweets(
                user,
                start_time=since.astimezone(UTC),
                max_results=_PAGE,
                exclude=["retweets"],
                tweet_fields=["author_id", "created_at", "entities"],
                user_auth=self._signs,
                **params,
            )
        )
        meta = page.get("meta")
        # An empty timeline has a `meta` that says so. Anything less proves nothing.
        if not isinstance(page.get("data"), list) and not (
            isinstance(meta, Mapping) and str(meta.get("result_count")) == "0"
        ):
            raise Temporary("X's answer about the account's posts cannot be read.")
        return page

    def _read(
        self, call: Callable[[], Any], *, refused: type[NetworkError] = CannotLook
    ) -> Mapping[str, Any]:
        """Read something. Whatever goes wrong, nothing was published by it."""
        answer = self._ask(call, changes=False)
        if answer.ok and answer.fields():
            return answer.fields()
        error = self._passing(answer, self._error(answer))
        if isinstance(error, Refused) and refused is CannotLook:
            raise CannotLook(f"X does not let Herodr read this account's posts: {error}")
        raise error

    def _published(self, network_id: str) -> Published:
        handle = self._details.handle.strip().lstrip("@")
        known = re.fullmatch(r"[A-Za-z0-9_]{1,15}", handle)
        return Published(
            network_id, f"https://x.com/{handle if known else 'i/web'}/status/{network_id}"
        )

    def _variables(self) -> str:
        return credentials.listed(f"{self._details.credentials}_{name}" for name in SECRETS)

    # -- what an answer means ----------------------------------------------------------------------------

    def _logged(self, answer: Answer, error: NetworkError) -> NetworkError:
        answers.log_answer("X", answer, error, ("x-transaction-id", "x-access-level"))
        return error

    def _passing(self, answer: Answer, error: NetworkError) -> NetworkError:
        """Reading and deleting can be repeated: an answer that tells nothing is no loss there."""
        self._logged(answer, error)
        if isinstance(error, OutcomeUnknown):
            return Temporary(f"X did not do it now (it answered {answer.status_code}).")
        return error

    def _error(self, answer: Answer) -> NetworkError:
        mend = (
            f"Make new keys in X's developer portal and set {self._variables()}."
            if self._signs
            else credentials.RECONNECT.format(name=self._details.name, network="x")
        )
        return x_errors.error_of(answer, secrets=self._keys.values(), mend=mend, now=self._now())


class _NotOk(Exception):
    """An answer that is no 2xx, on its way past tweepy: its reading of errors breaks on odd bodies."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


class _TweepySession(wire.Session):
    def request(self, method: str, url: str, **given: Any) -> Answer:
        answer = super().request(method, url, **given)
        if not answer.ok:
            raise _NotOk(answer)
        return answer


def _may_be(post: Mapping[str, Any], *, user: str, since: datetime) -> bool:
    """Say whether a post of the timeline has an id, and is not said to be older or somebody else's."""
    author = post.get("author_id")
    if not id_of(post) or (author is not None and str(author) != user):
        return False
    try:
        made = datetime.fromisoformat(str(post.get("created_at")))
    except ValueError:
        return True
    return (made if made.tzinfo else made.replace(tzinfo=UTC)) >= since.replace(microsecond=0)


def _is(post: Mapping[str, Any], content: Content) -> bool:
    """Say whether a post of the timeline is `content`. X shortens addresses and escapes as in HTML."""
    text = html.unescape(str(post.get("text", "")))
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, Mapping) else None
    links = []
    for url in urls if isinstance(urls, list) else []:
        if not isinstance(url, Mapping):
            continue
        expanded = url.get("unwound_url") or url.get("expanded_url")
        sent = url.get("expanded_url") or url.get("unwound_url")
        if isinstance(sent, str) and isinstance(url.get("url"), str):
            text = text.replace(str(url["url"]), sent)
        links += [link for link in {sent, expanded} if isinstance(link, str)]
    return matching.is_same(content, text=text, links=links)
