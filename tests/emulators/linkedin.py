"""LinkedIn as its documents and its recorded answers describe it: sign-in, posts, versions, scopes.

python -m tests.emulators.linkedin --port 8902
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from tests.emulators import little_text
from tests.emulators.faults import Emulator, Reply, Request, stand_alone
from tests.emulators.linkedin_answers import duplicate, images_of, invalid, oauth, trouble

MEMBER = "urn:li:person:aB_cd-12"
PAGE = "urn:li:organization:5515715"
CLIENT_ID = "client-id-1"
CLIENT_SECRET = "client-secret-2=="  # of nobody
TOKEN = "AQX-access-token-3"  # of nobody

_DUPLICATE_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token may do, for whom, until when."""

    scopes: frozenset[str]
    expires_at: datetime
    member: str = MEMBER
    pages: tuple[str, ...] = (PAGE,)
    revoked: bool = False


@dataclass
class Post:
    """One post as it is stored."""

    urn: str
    body: dict[str, Any]
    parsed: little_text.Parsed
    at: datetime
    visible_at: datetime
    deleted: bool = False


ALL_SCOPES = frozenset(
    {"openid", "profile", "w_member_social", "w_organization_social", "r_organization_social"}
)


class LinkedInEmulator(Emulator):
    """One member, who administers one page."""

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Callable[[], datetime] | None = None,
        scopes: frozenset[str] = ALL_SCOPES,
        refreshes: bool = False,
    ) -> None:
        super().__init__(port=port, clock=clock)
        self.refreshes = refreshes
        self.denies = False
        self.asks = False  # show a page with a button, as people see it
        self.member = MEMBER  # who is signed in to LinkedIn in the browser
        self.pages = [PAGE]
        self.app_scopes = ALL_SCOPES | {"rw_organization_admin"}
        self.refresh_tokens: dict[str, tuple[frozenset[str], datetime]] = {}
        self.verified = True
        self.daily_limit = 150
        self.page_size = 100
        self.duplicate_window = _DUPLICATE_WINDOW
        self.posts: list[Post] = []
        self.images: dict[str, bytes | None] = {}  # by URN; None until the bytes have come
        self.grants = {TOKEN: Grant(scopes, self.clock() + timedelta(days=60))}
        self._codes: dict[str, tuple[str, frozenset[str], datetime]] = {}
        self._calls: dict[tuple[str, date], int] = {}
        self._sequence = 7_141_138_937_766_391_808

    def grant(self, scopes: frozenset[str], **more: Any) -> None:
        """Replace what `TOKEN` may do."""
        self.grants[TOKEN] = replace(self.grants[TOKEN], scopes=scopes, **more)

    def answer(self, request: Request) -> Reply:
        """Route, and mark every answer as LinkedIn does."""
        reply = self._route(request)
        marks = {"x-li-uuid": secrets.token_urlsafe(12), "x-li-fabric": "prod-lva1"}
        return Reply(reply.status, reply.body, {**marks, **reply.headers})

    def _route(self, request: Request) -> Reply:
        if request.path == "/oauth/v2/authorization" and request.method == "GET":
            return self._authorise(request)
        if request.path == "/oauth/v2/accessToken" and request.method == "POST":
            return self._token(request)
        if request.path == "/oauth/v2/introspectToken" and request.method == "POST":
            return self._introspect(request)
        if request.path == "/v2/userinfo" and request.method == "GET":
            return self._userinfo(request)
        if request.path == "/rest/organizationAcls" and request.method == "GET":
            return self._roles(request)
        if request.path == "/rest/images" and request.method == "POST":
            return self._initialise_upload(request)
        if request.path.startswith("/dms-uploads/") and request.method == "PUT":
            return self._put(request)
        if request.path == "/rest/posts" or request.path.startswith("/rest/posts/"):
            return self._posts(request)
        return trouble(404, "RESOURCE_NOT_FOUND", "No virtual resource found")

    # -- signing in ----------------------------------------------------------------------------------------

    def _authorise(self, request: Request) -> Reply:
        query = request.query
        missing = {"client_id", "redirect_uri", "scope", "state", "response_type"} - query.keys()
        if missing or query["client_id"] != CLIENT_ID or query["response_type"] != "code":
            return Reply(400, "<html>Bummer, something went wrong.</html>")
        if set(query["scope"].split(" ")) - self.app_scopes:
            given = {
                "error": "unauthorized_scope_error",
                "error_description": "Scope is not authorized for your application",
                "state": query["state"],
            }
        elif self.asks and "pressed" not in query:
            return _consent_page(query)
        elif self.denies or query.get("pressed") == "cancel":
            given = {"error": "user_cancelled_authorize", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(24)
            wanted = frozenset(query["scope"].split(" "))
            self._codes[code] = (query["redirect_uri"], wanted, self.clock())
            given = {"code": code, "state": query["state"]}
        return Reply(302, None, {"Location": f"{query['redirect_uri']}?{urlencode(given)}"})

    def _token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("grant_type") == "refresh_token":
            return self._renew(form)
        for name in ("grant_type", "code", "client_id", "client_secret", "redirect_uri"):
            if name not in form:
                return oauth(400, "invalid_request", f'A required parameter "{name}" is missing')
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return oauth(401, "invalid_client", "Client authentication failed")
        # A code works once, whether or not it fits.
        redirect, scopes, at = self._codes.pop(form["code"], ("", frozenset(), None))
        if at is None:
            return oauth(
                401,
                "invalid_request",
                "Unable to retrieve access token: authorization code not found",
            )
        if redirect != form["redirect_uri"] or self.clock() - at > timedelta(minutes=30):
            return oauth(
                400,
                "invalid_redirect_uri",
                "Unable to retrieve access token: appid/redirect uri/code verifier does not match "
                "authorization code. Or authorization code expired.",
            )
        ends = self.clock() + timedelta(days=365)
        refresh = f"AQ{secrets.token_urlsafe(60)}" if self.refreshes else ""
        if refresh:
            self.refresh_tokens[refresh] = (scopes, ends)
        return self._give(scopes, refresh, ends)

    def _renew(self, form: dict[str, str]) -> Reply:
        """A refresh token works until it ends, a year after the consent, however often it is used."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return oauth(401, "invalid_client", "Client authentication failed")
        refresh = form.get("refresh_token", "")
        scopes, ends = self.refresh_tokens.get(refresh, (frozenset(), self.clock()))
        if ends <= self.clock():
            said = (
                "The provided authorization grant or refresh token is invalid, expired or revoked"
            )
            return oauth(400, "invalid_request", said)
        return self._give(scopes, refresh, ends)

    def _give(self, scopes: frozenset[str], refresh: str, ends: datetime) -> Reply:
        token = f"AQ{secrets.token_urlsafe(60)}"
        self.grants[token] = Grant(
            scopes, self.clock() + timedelta(days=60), member=self.member, pages=tuple(self.pages)
        )
        given: dict[str, Any] = {
            "access_token": token,
            "expires_in": 5_184_000,
            "scope": ",".join(sorted(scopes)),
        }
        if refresh:
            left = int((ends - self.clock()).total_seconds())
            given |= {"refresh_token": refresh, "refresh_token_expires_in": left}
        return Reply(200, given)

    def _roles(self, request: Request) -> Reply:
        """The member's roles on pages, for apps that may see them."""
        grant = self._grant(request)
        if isinstance(grant, Reply):
            return grant
        if refusal := self._wrong_headers(request):
            return refusal
        if not grant.scopes & {"rw_organization_admin", "r_organization_admin"}:
            version = request.headers["linkedin-version"]
            message = f"Not enough permissions to access: organizationAcls.FINDER-roleAssignee.{version}01"
            return trouble(403, "ACCESS_DENIED", message, 100)
        elements = [
            {
                "role": "ADMINISTRATOR",
                "organization": page,
                "roleAssignee": grant.member,
                "state": "APPROVED",
            }
            for page in grant.pages
        ] + [
            {
                "role": "ANALYST",
                "organization": "urn:li:organization:77",
                "roleAssignee": grant.member,
                "state": "APPROVED",
            }
        ]
        start = int(request.query.get("start", "0"))
        count = min(int(request.query.get("count", "10")), self.page_size)
        more = [{"rel": "next", "href": "…"}] if start + count < len(elements) else []
        paging = {"start": start, "count": count, "links": more}
        return Reply(200, {"paging": paging, "elements": elements[start : start + count]})

    def _introspect(self, request: Request) -> Reply:
        """Say how a token stands, to the app that it was given to."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return oauth(401, "invalid_client", "Client authentication failed")
        grant = self.grants.get(form.get("token", ""))
        if grant is None:
            return Reply(200, {"active": False})
        expired = grant.expires_at <= self.clock()
        status = "revoked" if grant.revoked else "expired" if expired else "active"
        given = {
            "active": status == "active",
            "status": status,
            "client_id": CLIENT_ID,
            "expires_at": int(grant.expires_at.timestamp()),
            "scope": ",".join(sorted(grant.scopes)),
            "auth_type": "3L",
        }
        return Reply(200, given)

    def _userinfo(self, request: Request) -> Reply:
        grant = self._grant(request)
        if isinstance(grant, Reply):
            return grant
        if "openid" not in grant.scopes:
            return trouble(
                403, "ACCESS_DENIED", "Not enough permissions to access: userinfo.GET", 100
            )
        subject = grant.member.removeprefix("urn:li:person:")
        return Reply(200, {"sub": subject, "name": "Siân Ellis", "locale": "cy_GB"})

    def _grant(self, request: Request) -> Grant | Reply:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            body = {
                "message": "Empty oauth2_access_token",
                "serviceErrorCode": 401,
                "status": 401,
            }
            return Reply(401, body)
        grant = self.grants.get(token)
        if grant is None:
            return trouble(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if grant.revoked:
            message = "The token used in the request has been revoked by the user"
            return trouble(401, "REVOKED_ACCESS_TOKEN", message, 65601)
        if grant.expires_at <= self.clock():
            message = "The token used in the request has expired"
            return trouble(401, "EXPIRED_ACCESS_TOKEN", message, 65602)
        return grant

    # -- posts ---------------------------------------------------------------------------------------------

    def _posts(self, request: Request) -> Reply:
        grant = self._grant(request)
        if isinstance(grant, Reply):
            return grant
        if refusal := self._wrong_headers(request) or self._over_limit(grant):
            return refusal
        urn = unquote(request.path.removeprefix("/rest/posts").lstrip("/"))
        if request.method == "POST" and not urn:
            return self._create(request, grant)
        if request.method == "DELETE" and urn:
            return self._delete(request, grant, urn)
        if request.method == "GET" and urn:
            return self._show(request, grant, urn)
        if request.headers.get("x-restli-method", "").upper() != "FINDER":
            return trouble(400, "ILLEGAL_ARGUMENT", "Unsupported method")
        return self._finder(request, grant)

    def _initialise_upload(self, request: Request) -> Reply:
        grant = self._grant(request)
        if isinstance(grant, Reply):
            return grant
        if refusal := self._wrong_headers(request) or self._over_limit(grant):
            return refusal
        owner = (request.json() or {}).get("initializeUploadRequest", {}).get("owner", "")
        if request.query.get("action") != "initializeUpload" or not owner:
            return trouble(400, "PARAM_INVALID", "Invalid query parameters passed to request")
        if denied := self._denied(request, grant, owner, "CREATE"):
            return denied
        self._sequence += 1
        urn = f"urn:li:image:C4D{self._sequence}"
        self.images[urn] = None
        value = {
            "uploadUrlExpiresAt": int((self.clock() + timedelta(days=1)).timestamp() * 1000),
            "uploadUrl": f"{self.url}/dms-uploads/{urn}/0?e=2&t=a%253D",
            "image": urn,
        }
        return Reply(200, {"value": value})

    def _put(self, request: Request) -> Reply:
        urn = request.path.split("/")[2]
        # The address is signed: another escaping of it is another address.
        if urn not in self.images or "t=a%253D" not in request.url or not request.body:
            return Reply(403, "Forbidden")
        self.images[urn] = request.body
        return Reply(201)

    def _unknown_image(self, body: dict[str, Any]) -> Reply | None:
        for urn in images_of(body):
            if urn not in self.images:
                return trouble(400, "INVALID_IMAGE_ID", f"Image {urn} is invalid")
            if self.images[urn] is None:
                message = f"Image {urn} waits for its upload"
                return trouble(400, "MEDIA_ASSET_WAITING_UPLOAD", message)
        return None

    def _wrong_headers(self, request: Request) -> Reply | None:
        version = request.headers.get("linkedin-version", "")
        if not version:
            return trouble(
                400,
                "VERSION_MISSING",
                "A version must be present. Please specify a version by adding the Linkedin-Version "
                "header.",
            )
        if not self._is_active(version):
            return trouble(
                426,
                "NONEXISTENT_VERSION",
                f"Requested version {version.ljust(8, '0')[:6]}01 is not active",
            )
        if request.headers.get("x-restli-protocol-version") != "2.0.0":
            return trouble(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        return None

    def _is_active(self, version: str) -> bool:
        """A version lives from its month until the 15th of the same month a year later."""
        match = re.fullmatch(r"(20\d\d)(0[1-9]|1[0-2])", version)
        if match is None:
            return False
        year, month = int(match[1]), int(match[2])
        today = self.clock().date()
        return date(year, month, 1) <= today < date(year + 1, month, 15)

    def _over_limit(self, grant: Grant) -> Reply | None:
        """Limits are counted in requests a day, UTC. There is no Retry-After."""
        day = (grant.member, self.clock().date())
        self._calls[day] = self._calls.get(day, 0) + 1
        if self._calls[day] > self.daily_limit:
            message = (
                "Resource level throttle MEMBER DAY limit for calls to this resource is reached."
                if self.verified
                else "The share limit has been reached for unverified members."
            )
            return trouble(429, "TOO_MANY_REQUESTS", message, 101)
        return None

    def _denied(self, request: Request, grant: Grant, author: str, method: str) -> Reply | None:
        organisation = author.startswith("urn:li:organization:")
        letter = "w" if method in ("CREATE", "DELETE") else "r"
        scope = f"{letter}_{'organization' if organisation else 'member'}_social"
        own = author in grant.pages if organisation else author == grant.member
        if own and scope in grant.scopes:
            return None
        version = request.headers["linkedin-version"]
        return trouble(
            403,
            "ACCESS_DENIED",
            f"Not enough permissions to access: partnerApiPostsExternal.{method}.{version}01",
            100,
        )

    def _create(self, request: Request, grant: Grant) -> Reply:
        body = request.json()
        if not isinstance(body, dict):
            return trouble(400, "INVALID_REQUEST_BODY", "The body is not a JSON object")
        if refusal := invalid(body):
            return refusal
        if refusal := self._denied(request, grant, body["author"], "CREATE"):
            return refusal
        if refusal := self._unknown_image(body):
            return refusal
        now = self.clock()
        same = (body["author"], body["commentary"], _source(body))
        for post in self.posts:
            stored = (post.body["author"], post.body["commentary"], _source(post.body))
            # A deleted post's content counts too.
            if stored == same and now - post.at < self.duplicate_window:
                return duplicate(post.urn)
        post = self.put(body)
        return Reply(201, None, {"x-restli-id": post.urn})

    def put(self, body: dict[str, Any], *, at: datetime | None = None) -> Post:
        """Publish `body` without asking anything, as another client of the author would."""
        with self._lock:
            now = at or self.clock()
            self._sequence += 1
            parsed = little_text.parse(body["commentary"])
            visible = now + timedelta(seconds=self.lag)
            self.lag = 0.0
            post = Post(f"urn:li:share:{self._sequence}", body, parsed, now, visible)
            self.posts.append(post)
            self.published.append(parsed.shown)
            return post

    def _shown(self, post: Post) -> dict[str, Any]:
        moment = int(post.at.timestamp() * 1000)
        return {
            **post.body,
            "id": post.urn,
            "commentary": post.parsed.stored(),
            "createdAt": moment,
            "publishedAt": moment,
            "lastModifiedAt": moment,
        }

    def _visible(self) -> list[Post]:
        now = self.clock()
        return [p for p in self.posts if not p.deleted and p.visible_at <= now]

    def _show(self, request: Request, grant: Grant, urn: str) -> Reply:
        found = [post for post in self._visible() if post.urn == urn]
        if not found:
            return trouble(404, "NOT_FOUND", "Could not find entity")
        denied = self._denied(request, grant, found[0].body["author"], "GET")
        return denied or Reply(200, self._shown(found[0]))

    def _delete(self, request: Request, grant: Grant, urn: str) -> Reply:
        found = [post for post in self.posts if post.urn == urn and not post.deleted]
        if not found:
            return trouble(404, "NOT_FOUND", "Could not find entity")
        if denied := self._denied(request, grant, found[0].body["author"], "DELETE"):
            return denied
        found[0].deleted = True
        return Reply(204)

    def _finder(self, request: Request, grant: Grant) -> Reply:
        query = request.query
        author = query.get("author", "")
        if query.get("q") != "author" or not author:
            return trouble(400, "PARAM_INVALID", "Invalid query parameters passed to request")
        if denied := self._denied(request, grant, author, "FINDER-author"):
            return denied
        start, count = int(query.get("start", "0")), int(query.get("count", "10"))
        posts = [post for post in self._visible() if post.body["author"] == author]
        posts.sort(key=lambda post: (post.at, post.urn), reverse=True)
        last = start + min(count, self.page_size)
        links = []
        if last < len(posts):
            href = f"/rest/posts?q=author&author={quote(author, safe='')}&start={last}"
            links.append({"rel": "next", "type": "application/json", "href": href})
        return Reply(
            200,
            {
                "paging": {"start": start, "count": count, "links": links},
                "elements": [self._shown(post) for post in posts[start:last]],
            },
        )


def _consent_page(query: Mapping[str, str]) -> Reply:
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in query.items()
    )
    body = (
        "<!doctype html><html lang=en><title>LinkedIn</title><link rel=icon href=data:,><h1>Herodr would like to act for you</h1>"
        f'<form>{hidden}<button name="pressed" value="allow">Allow</button> '
        '<button name="pressed" value="cancel">Cancel</button></form>'
    )
    return Reply(200, body, {"Content-Type": "text/html"})


def _source(body: dict[str, Any]) -> str:
    return str(body.get("content", {}).get("article", {}).get("source", ""))


if __name__ == "__main__":
    stand_alone(lambda port: LinkedInEmulator(port=port))
