"""X as its documents and its recorded answers describe it: `python -m tests.emulators.x --port 8901`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import review.text  # noqa: F401  # twitter_text can be imported only after it
from tests.emulators import openapi, x_media
from tests.emulators.faults import Emulator, Reply, Request, stand_alone
from tests.emulators.x_answers import invalid, problem
from tests.emulators.x_oauth import OAuth2

# Secrets as X makes them, with characters that percent-encoding could break.
KEYS = {
    "API_KEY": "consumer-key~1",
    "API_SECRET": "consumer-secret+/=2",
    "ACCESS_TOKEN": "1234567890-access-token-3",
    "ACCESS_TOKEN_SECRET": "token-secret&%4",
}
USER = {"id": "1234567890", "name": "Cohes3ion", "username": "cohes3ion"}

_FIELDS = {
    "text", "media", "reply", "quote_tweet_id", "reply_settings", "poll", "card_uri", "community_id",
    "edit_options", "for_super_followers_only", "geo", "made_with_ai", "paid_partnership", "nullcast",
    "share_with_followers", "direct_message_deep_link",
}  # fmt: skip
_DUPLICATE_WINDOW = timedelta(hours=24)
_WINDOW = timedelta(minutes=15)
_SNOWFLAKE_EPOCH = 1_288_834_974_657  # milliseconds


@dataclass
class Post:
    """One post as it is stored."""

    id: str
    sent: str
    text: str
    urls: list[dict[str, Any]]
    at: datetime
    visible_at: datetime
    deleted: bool = False
    media: list[str] = field(default_factory=list)


@dataclass
class Limits:
    """Counters of one endpoint: how many requests a window allows, and when they were."""

    most: int
    window: timedelta = _WINDOW
    name: str = "x-rate-limit"
    times: deque[datetime] = field(default_factory=deque)

    def take(self, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count one request, and return whether it is allowed, and the headers that say so."""
        while self.times and self.times[0] <= now - self.window:
            self.times.popleft()
        allowed = len(self.times) < self.most
        if allowed:
            self.times.append(now)
        reset = (self.times[0] if self.times else now) + self.window
        return allowed, {
            f"{self.name}-limit": str(self.most),
            f"{self.name}-remaining": str(self.most - len(self.times)),
            f"{self.name}-reset": str(int(reset.timestamp())),
        }


class XEmulator(Emulator):
    """One account on X. `naming` is "tweet" or "post": X's documents use both in field names."""

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Callable[[], datetime] | None = None,
        naming: str = "tweet",
        keys: Mapping[str, str] = KEYS,
    ) -> None:
        super().__init__(port=port, clock=clock)
        self.naming = naming
        self.keys = dict(keys)
        self.posts: list[Post] = []
        self.balance: Decimal | None = None  # dollars; None: never runs out
        self.capped_until: date | None = None
        self.page_size = 100
        self.duplicate_window = _DUPLICATE_WINDOW
        self.limits = {
            "POST /2/tweets": Limits(100),
            "DELETE /2/tweets": Limits(50),
            "GET /2/tweets": Limits(900),
            "GET /2/users/me": Limits(75),
            **{name: Limits(most) for name, most in x_media.LIMITS.items()},
            "GET /2/users/:id/tweets": Limits(900),
        }
        self.shelf = x_media.Shelf(self.clock)
        self.media = self.shelf.media
        # Some plans have a limit for 24 hours besides: `daily(25)`.
        self.day: Limits | None = None
        self.oauth2 = OAuth2(self.clock, USER["username"])
        self._nonces: set[str] = set()
        self._sequence = 0

    def daily(self, most: int) -> None:
        """Allow the account so many posts in 24 hours."""
        self.day = Limits(most, timedelta(hours=24), "x-user-limit-24hour")

    def answer(self, request: Request) -> Reply:
        """Route, check the signature and the limits, act."""
        if (reply := self.oauth2.answer(request)) is not None:
            return reply
        routes: list[tuple[str, str, str, Callable[..., Reply]]] = [
            ("POST", r"/2/tweets", "POST /2/tweets", self._create),
            ("GET", r"/2/tweets/(\d{1,19})", "GET /2/tweets", self._show),
            ("DELETE", r"/2/tweets/(\d{1,19})", "DELETE /2/tweets", self._delete),
            *self.shelf.routes(),
            ("GET", r"/2/users/me", "GET /2/users/me", self._me),
            ("GET", r"/2/users/(\d{1,19})/tweets", "GET /2/users/:id/tweets", self._timeline),
        ]
        for method, pattern, limit, act in routes:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                if not self._is_signed(request) and self.oauth2.grant(request) is None:
                    return problem(401, "Unauthorized", "Unauthorized")
                allowed, headers = self.limits[limit].take(self.clock())
                if self.day is not None and limit == "POST /2/tweets":
                    in_day, more = self.day.take(self.clock())
                    allowed, headers = allowed and in_day, {**headers, **more}
                if not allowed:
                    reply = problem(429, "Too Many Requests", "Too Many Requests")
                else:
                    reply = act(request, *match.groups())
                return Reply(reply.status, reply.body, {**reply.headers, **headers})
        return super().answer(request)

    # -- OAuth 1.0a (RFC 5849), checked without the library that signs ---------------------------------------

    def _is_signed(self, request: Request) -> bool:
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        given = {
            unquote(name.strip()): unquote(value.strip().strip('"'))
            for name, _, value in (part.partition("=") for part in rest.split(","))
        }
        signature = given.pop("oauth_signature", "")
        nonce, stamp = given.get("oauth_nonce", ""), given.get("oauth_timestamp", "0")
        now = datetime.now(UTC).timestamp()  # the signature is made by the real clock
        if (
            scheme != "OAuth"
            or given.get("oauth_consumer_key") != self.keys["API_KEY"]
            or given.get("oauth_token") != self.keys["ACCESS_TOKEN"]
            or given.get("oauth_signature_method") != "HMAC-SHA1"
            or not stamp.isdigit()
            or abs(now - int(stamp)) > 300
            or nonce in self._nonces
        ):
            return False
        self._nonces.add(nonce)
        parts = urlsplit(request.url)
        pairs = [*given.items(), *parse_qsl(parts.query, keep_blank_values=True)]
        encoded = sorted((_percent(name), _percent(value)) for name, value in pairs)
        base = "&".join(
            _percent(part)
            for part in (
                request.method,
                f"{parts.scheme}://{parts.netloc}{parts.path}",
                "&".join(f"{name}={value}" for name, value in encoded),
            )
        )
        key = f"{_percent(self.keys['API_SECRET'])}&{_percent(self.keys['ACCESS_TOKEN_SECRET'])}"
        ours = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
        return hmac.compare_digest(base64.b64encode(ours).decode(), signature)

    # -- posts ---------------------------------------------------------------------------------------------

    def _create(self, request: Request) -> Reply:
        body = request.json()
        if not isinstance(body, dict):
            return invalid("The body is not a JSON object.")
        unknown = sorted(body.keys() - _FIELDS)
        if unknown:
            return invalid(f"$.{unknown[0]}: is not defined in the schema")
        wrong = openapi.complaints("/2/tweets", "post", body)
        text = body.get("text")
        if wrong or not isinstance(text, str) or not text.strip():
            return invalid(wrong[0] if wrong else "$.text: is missing")
        media = (body.get("media") or {}).get("media_ids", [])
        if missing := [name for name in media if not self.shelf.is_ready(name)]:
            return invalid(f"Your media IDs are invalid: {missing[0]}.")
        links = _addresses(text)
        if refusal := self._charge(Decimal("0.200") if links else Decimal("0.015")):
            return refusal
        now = self.clock()
        if not _fits(text):
            return problem(403, "Forbidden", "You are not permitted to perform this action.")
        if any(p.sent == text and now - p.at < self.duplicate_window for p in self.posts):
            return problem(
                403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."
            )
        post = self._store(text, links, now)
        post.media = list(media)
        if self.balance is not None:
            self.balance -= Decimal("0.200") if links else Decimal("0.015")
        made = {
            "id": post.id,
            "text": html.escape(post.text, quote=False),
            f"edit_history_{self.naming}_ids": [post.id],
        }
        return Reply(201, {"data": made})

    def _charge(self, price: Decimal) -> Reply | None:
        if self.capped_until is not None and self.capped_until > self.clock().date():
            return problem(
                403,
                "SpendCapReached",
                "The spending limit of this billing cycle is reached.",
                reset_date=self.capped_until.isoformat(),
            )
        if self.balance is None or self.balance >= price:
            return None
        body = {
            "account_id": 2051096097834344448,
            "title": "CreditsDepleted",
            "detail": "Your enrolled account [2051096097834344448] does not have any credits to "
            "fulfill this request.",
            "type": "https://api.twitter.com/2/problems/credits",
        }
        return Reply(402, body)

    def _store(self, text: str, links: list[dict[str, Any]], now: datetime) -> Post:
        """Keep a post, its addresses shortened."""
        self._sequence += 1
        milliseconds = int(now.timestamp() * 1000) - _SNOWFLAKE_EPOCH
        number = str((milliseconds << 22) + self._sequence)
        shortened, urls, end = "", [], 0
        for place, link in enumerate(links):
            start, sent = link["indices"][0], link["url"]
            stop = start + len(sent)
            shortened += text[end:start]
            short = f"https://t.co/{number[-8:]}{place:02d}"
            expanded = sent if re.match(r"https?://", sent, re.IGNORECASE) else f"http://{sent}"
            urls.append(
                {
                    "start": len(shortened),
                    "end": len(shortened) + len(short),
                    "url": short,
                    "expanded_url": expanded,
                    "display_url": re.sub(r"^https?://", "", expanded)[:26],
                }
            )
            shortened, end = shortened + short, stop
        shortened += text[end:]
        visible = now + timedelta(seconds=self.lag)
        post = Post(number, text, shortened, urls, now, visible)
        self.lag = 0.0
        self.posts.append(post)
        self.published.append(text)
        return post

    def put(self, text: str, *, at: datetime | None = None) -> str:
        """Publish `text` as another client of the account would, and return its id."""
        with self._lock:
            return self._store(text, _addresses(text), at or self.clock()).id

    def _shown(self, post: Post, request: Request) -> dict[str, Any]:
        asked = request.query.get("tweet.fields", request.query.get("post.fields", "")).split(",")
        shown: dict[str, Any] = {
            "id": post.id,
            "text": html.escape(post.text, quote=False),
            f"edit_history_{self.naming}_ids": [post.id],
        }
        if "created_at" in asked:
            shown["created_at"] = post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if "entities" in asked and post.urls:
            shown["entities"] = {"urls": post.urls}
        return shown

    def _visible(self) -> list[Post]:
        now = self.clock()
        return [p for p in self.posts if not p.deleted and p.visible_at <= now]

    def _show(self, request: Request, number: str) -> Reply:
        found = [post for post in self._visible() if post.id == number]
        if found:
            return Reply(200, {"data": self._shown(found[0], request)})
        missing = {
            "title": "Not Found Error",
            "type": "https://api.x.com/2/problems/resource-not-found",
            "detail": f"Could not find tweet with id: [{number}].",
        }
        return Reply(200, {"errors": [missing]})

    def _delete(self, _request: Request, number: str) -> Reply:
        found = [post for post in self.posts if post.id == number and not post.deleted]
        if not found:
            return problem(404, "Not Found Error", f"Could not find tweet with id: [{number}].")
        found[0].deleted = True
        return Reply(200, {"data": {"deleted": True}})

    def _me(self, _request: Request) -> Reply:
        grant = self.oauth2.grant(_request)
        username = grant.family.user if grant else USER["username"]
        return Reply(200, {"data": {**USER, "username": username}})

    def _timeline(self, request: Request, user: str) -> Reply:
        query = request.query
        size = query.get("max_results", "10")
        if not size.isdigit() or not 5 <= int(size) <= 100:
            return invalid(
                f"The `max_results` query parameter value [{size}] is not between 5 and 100"
            )
        posts = self._visible() if user == USER["id"] else []
        if start := query.get("start_time"):
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", start):
                return invalid("The `start_time` query parameter value is not a time")
            posts = [p for p in posts if p.at >= datetime.fromisoformat(start)]
        posts.sort(key=lambda post: (post.at, post.id), reverse=True)
        token = query.get("pagination_token", "")
        if token and not re.fullmatch(r"from-\d+", token):
            return invalid("The `pagination_token` query parameter value is not valid")
        first = int(token.removeprefix("from-")) if token else 0
        last = first + min(int(size), self.page_size)
        page = posts[first:last]
        if not page:
            return Reply(200, {"meta": {"result_count": 0}})
        meta: dict[str, Any] = {
            "result_count": len(page),
            "newest_id": page[0].id,
            "oldest_id": page[-1].id,
        }
        if last < len(posts):
            meta["next_token"] = f"from-{last}"
        return Reply(200, {"data": [self._shown(post, request) for post in page], "meta": meta})


def _fits(text: str) -> bool:
    from twitter_text import parse_tweet

    # The parser is quadratic on some long texts.
    return len(text) <= 1000 and bool(parse_tweet(text).valid)


def _addresses(text: str) -> list[dict[str, Any]]:
    from twitter_text import extract_urls_with_indices

    found: list[dict[str, Any]] = extract_urls_with_indices(text[:1000])
    return found


def _percent(text: str) -> str:
    return quote(text, safe="-._~")


if __name__ == "__main__":
    stand_alone(lambda port: XEmulator(port=port))
