"""X, through tweepy: the only module that imports it.

OAuth 1.0a user context by default, because its keys do not expire; the token of a connection where there is
one. tweepy writes and signs the requests; its session is
replaced by `wire.Session`, which sets the address and the time-outs that tweepy has not, and hands over
every answer unread: what an answer means is decided here, by X's problem documents
(https://docs.x.com/x-api/fundamentals/response-codes-and-errors) and by answers that others recorded.
"""

from __future__ import annotations

import base64
import html
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy

from bot.networks import answers, credentials, matching, wire
from bot.networks.answers import Answer
from bot.networks.base import (
    AccountDetails,
    AlreadyPublished,
    CannotLook,
    Endpoints,
    Identity,
    Image,
    NetworkError,
    NotOurs,
    OutcomeUnknown,
    OutOfCredit,
    Published,
    Refused,
    Temporary,
    Throttled,
    Unauthorised,
)
from review.text import Content

SECRETS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
_TWEEPYS_NAMES = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

# The debug lines of these hold keys and signatures: LOG_LEVEL=DEBUG must not switch them on.
for _name in ("tweepy", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)

_PAGE = 100  # the most that X gives at once
_MOST_PAGES = 10
_SHORTEST_WAIT = timedelta(seconds=15)
_USUAL_WINDOW = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(days=2)
_CLOCK_TOLERANCE = timedelta(minutes=4)  # X refuses signatures whose time is 5 minutes off

# The last part of a problem's `type`, and of `reason`: the account or the app is at fault, not the post.
_OF_THE_ACCOUNT = {
    "oauth1-permissions": (
        "The app may not write",
        "Give the app “Read and write” in X's developer portal, then make a new access token and secret there.",
    ),
    "unsupported-authentication": (
        "X does not take these keys for posting",
        "Use OAuth 1.0a keys: API key and secret, access token and secret of the account.",
    ),
    "client-forbidden": (
        "The app may not use this part of X's API",
        "Enrol the app in a project and a plan in X's developer portal.",
    ),
    "client-not-enrolled": (
        "The app is in no project or plan",
        "Enrol the app in a project and a plan in X's developer portal.",
    ),
    "user-suspended": ("The account is suspended", "Sign in at x.com and settle it with X."),
}


class XClient:
    """One account on X. See `bot.networks.base.Client` for what its methods promise."""

    def __init__(
        self,
        details: AccountDetails,
        *,
        endpoints: Endpoints,
        now: Callable[[], datetime],
        patience: wire.Patience = wire.PATIENCE,
    ) -> None:
        """Raise `Unauthorised` when a key is missing, naming the environment variable."""
        self._details = details
        self._now = now
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
        given = {
            "media": base64.b64encode(image.data).decode(),
            "media_category": "tweet_image",
        }
        media = _id(self._change("/2/media/upload", given).get("data"))
        if not media:
            raise Temporary("X did not say under which number it keeps the image.")
        words = {"id": media, "metadata": {"alt_text": {"text": image.alt}}}
        self._change("/2/media/metadata", words)
        return media

    def _change(self, path: str, body: object) -> Mapping[str, Any]:
        """Send what publishes nothing."""
        answer = self._ask(
            lambda: self._tweepy.request("POST", path, json=body, user_auth=self._signs),
            changes=False,
        )
        if not answer.ok:
            raise self._passing(answer, self._error(answer))
        return answer.fields()

    def deliver(self, content: Content, *, media: str = "") -> Published:
        """Publish the text, which holds its link: X makes the card from it, unless an image is there."""
        images = {"media_ids": [media]} if media else {}
        answer = self._ask(
            lambda: self._tweepy.create_tweet(text=content.text, user_auth=self._signs, **images),
            changes=True,
        )
        if answer.ok:
            network_id = _id(answer.fields().get("data"))
            if network_id:
                return self._published(network_id)
        raise self._logged(answer, self._error(answer))

    def who(self) -> Identity:
        """Ask X whose credentials these are. X bills a cent for it."""
        me = self._read(lambda: self._tweepy.get_me(user_auth=self._signs)).get("data")
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
        user = _id(me)
        if not user:
            raise Temporary("X did not say whose account this is, so its posts were not read.")
        token = ""
        for _ in range(_MOST_PAGES):
            page = self._page(user, since=since, token=token)
            posts = page.get("data", [])
            for post in posts if isinstance(posts, list) else []:
                if isinstance(post, Mapping) and _id(post) and _is(post, content):
                    return self._published(_id(post))
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
                tweet_fields=["created_at", "entities"],
                user_auth=self._signs,
                **params,
            )
        )
        meta = page.get("meta")
        # An empty timeline has a `meta` that says so. Anything less proves nothing.
        if not isinstance(page.get("data"), list) and not (
            isinstance(meta, Mapping) and meta.get("result_count") == 0
        ):
            raise Temporary("X's answer about the account's posts cannot be read.")
        return page

    def _read(self, call: Callable[[], Any]) -> Mapping[str, Any]:
        """Read something. Whatever goes wrong, nothing was published by it."""
        answer = self._ask(call, changes=False)
        if answer.ok and answer.fields():
            return answer.fields()
        error = self._passing(answer, self._error(answer))
        if isinstance(error, Refused):
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
        """Return the error for an answer that does not prove publication."""
        status, problem, now = answer.status_code, answer.fields(), self._now()
        if not 400 <= status < 500 or status in (408, 409):
            return answers.unknown("X", answer)
        said = answers.quoted(_said(problem), secrets=self._keys.values())
        about = f": “{said.rstrip('.')}”." if said else f" ({status})."
        marks = {_last(problem.get("type")), _last(problem.get("reason"))}
        title = str(problem.get("title", "")).replace(" ", "").lower()
        if title == "spendcapreached":
            return OutOfCredit(
                "The spending limit set for X's API is reached. Raise it in X's developer console, or wait.",
                until=_midnight(problem.get("reset_date"), now=now),
            )
        if "usage-capped" in marks or title == "usagecapexceeded":
            return OutOfCredit(f"The monthly cap of the X plan is used up{about}")
        if status == 402:
            return OutOfCredit(
                "X's API has no credit left for this app. Buy credits in X's developer console."
            )
        if status == 429:
            return Throttled("X asks to wait: too many requests.", until=_until(answer, now=now))
        if status == 401:
            return Unauthorised(f"X does not accept the keys{about}", mend=self._mend(answer, now))
        if status == 403:
            if "duplicate" in said.lower():
                return AlreadyPublished(
                    "X says that this account has posted the same text already."
                )
            for mark in sorted(marks & _OF_THE_ACCOUNT.keys()):
                what, mend = _OF_THE_ACCOUNT[mark]
                return Unauthorised(f"{what}{about}", mend=mend)
            if re.search(r"\b(suspended|locked)\b", said.lower()):
                return Unauthorised(
                    f"X has locked the account{about}",
                    mend="Sign in at x.com and settle it with X.",
                )
        return Refused(f"X refused this{about}")

    def _mend(self, answer: Answer, now: datetime) -> str:
        try:
            theirs = parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
        except (ValueError, TypeError):
            theirs = now
        off = now - theirs
        if abs(off) > _CLOCK_TOLERANCE:
            minutes = round(abs(off).total_seconds() / 60)
            return (
                f"Set this machine's clock: it is {minutes} minutes {'fast' if off > timedelta() else 'slow'}, "
                "and X refuses requests with a wrong time."
            )
        if not self._signs:
            return credentials.RECONNECT.format(name=self._details.name, network="x")
        return f"Make new keys in X's developer portal and set {self._variables()}."


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


def _id(value: object) -> str:
    """The id in X's `data`, or "" where it is none."""
    found = value.get("id") if isinstance(value, Mapping) else None
    text = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,19}", text) else ""


def _said(problem: Mapping[str, Any]) -> str:
    """X's own words: the particular messages where there are some, else the detail, else the title."""
    errors = problem.get("errors")
    messages = [
        error["message"]
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, Mapping) and isinstance(error.get("message"), str)
    ]
    detail = problem.get("detail")
    if messages and (not isinstance(detail, str) or "parameters" in detail):
        return " ".join(messages)
    return str(detail or problem.get("title") or "")


def _last(address: object) -> str:
    """The last part of a problem type: it comes under api.x.com and under api.twitter.com."""
    return address.rstrip("/").rpartition("/")[2] if isinstance(address, str) else ""


def _midnight(value: object, *, now: datetime) -> datetime | None:
    """The start of a day given as YYYY-MM-DD; None where it is not one that lies ahead."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
    moment = datetime.combine(day, time(), tzinfo=UTC)
    return answers.sensible(moment, now=now, longest=timedelta(days=62))


def _until(answer: Answer, *, now: datetime) -> datetime:
    """When to ask again: the end of a used-up day, else of the window, else what Retry-After says."""

    def reset(name: str) -> datetime | None:
        value = answer.headers.get(f"{name}-reset", "").strip()
        if not re.fullmatch(r"\d{1,11}", value, re.ASCII):
            return None
        return answers.sensible(
            datetime.fromtimestamp(int(value), UTC), now=now, longest=_LONGEST_WAIT
        )

    days = [
        moment
        for name in ("x-user-limit-24hour", "x-app-limit-24hour")
        if answer.headers.get(f"{name}-remaining", "").strip() == "0"
        and (moment := reset(name)) is not None
    ]
    until = (
        max(days, default=None)
        or reset("x-rate-limit")
        or answers.sensible(answers.wait_of(answer, now=now), now=now, longest=_LONGEST_WAIT)
        or now + _USUAL_WINDOW
    )
    return max(until, now + _SHORTEST_WAIT)


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
