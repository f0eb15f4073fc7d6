"""X's OAuth 2.0: consent with PKCE, codes that live 30 seconds, refresh tokens that work once.

A used refresh token that comes back ends every token of its family, as for a thief's.
"""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode

from tests.emulators.faults import Reply, Request

CLIENT_ID = "x-client-id-1"
CLIENT_SECRET = "x-client-secret-2+/="  # of nobody
ALL_SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})
CODE_LIVES = timedelta(seconds=30)
ACCESS_LIVES = timedelta(hours=2)
REFRESH_LIVES = timedelta(days=180)


@dataclass
class Family:
    """All tokens that came from one consent."""

    scopes: frozenset[str]
    user: str
    dead: bool = False


@dataclass
class Access:
    """One access token."""

    family: Family
    expires_at: datetime


@dataclass
class Refresh:
    """One refresh token."""

    family: Family
    expires_at: datetime
    used: bool = False


@dataclass
class OAuth2:
    """The authorisation server. `user` is who is signed in to X in the browser."""

    clock: Callable[[], datetime]
    user: str
    confidential: bool = True
    denies: bool = False
    asks: bool = False  # show a page with a button, as people see it
    scopes: frozenset[str] = ALL_SCOPES
    access_lives: timedelta = ACCESS_LIVES
    redirects: set[str] = field(default_factory=set)  # empty: any
    access: dict[str, Access] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    reused: int = 0  # how often a used refresh token came back
    refreshed: int = 0
    revoked: int = 0
    _codes: dict[str, dict[str, str | datetime | Family]] = field(default_factory=dict)

    def answer(self, request: Request) -> Reply | None:
        """Answer what is OAuth 2.0, and None for the rest."""
        if request.path == "/i/oauth2/authorize" and request.method == "GET":
            return self._authorise(request)
        if request.path == "/2/oauth2/token" and request.method == "POST":
            return self._token(request)
        if request.path == "/2/oauth2/revoke" and request.method == "POST":
            return self._revoke(request)
        return None

    def grant(self, request: Request) -> Access | None:
        """Return the access token that a request carries, if it is good."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        found = self.access.get(token) if scheme == "Bearer" else None
        if found is None or found.family.dead or found.expires_at <= self.clock():
            return None
        return found

    def revoke_all(self) -> None:
        """The person takes the app's access away in X's settings."""
        for found in self.access.values():
            found.family.dead = True

    def _authorise(self, request: Request) -> Reply:
        query = request.query
        needed = {
            "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
            "code_challenge_method",
        }  # fmt: skip
        if (
            needed - query.keys()
            or query["response_type"] != "code"
            or query["client_id"] != CLIENT_ID
            or query["code_challenge_method"] != "S256"
            or len(query["state"]) > 500
            or (self.redirects and query["redirect_uri"] not in self.redirects)
        ):
            return _page(400, "<p>Something went wrong. You weren’t able to give access.</p>")
        if self.denies or query.get("pressed") == "cancel":
            return _back(query, error="access_denied")
        if self.asks and query.get("pressed") != "authorise":
            hidden = "".join(
                f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
                for name, value in query.items()
            )
            return _page(
                200,
                f"<h1>Herodr wants to access your X account</h1><form>{hidden}"
                '<button name="pressed" value="authorise">Authorize app</button> '
                '<button name="pressed" value="cancel">Cancel</button></form>',
            )
        code = secrets.token_urlsafe(60)
        wanted = frozenset(query["scope"].split(" ")) & self.scopes
        self._codes[code] = {
            "redirect": query["redirect_uri"],
            "challenge": query["code_challenge"],
            "at": self.clock(),
            "family": Family(wanted, self.user),
        }
        return _back(query, code=code)

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        if not self.confidential:
            return form.get("client_id") == CLIENT_ID
        pair = "x-client-id-1:x-client-secret-2%2B%2F%3D"
        return request.headers.get("authorization") == (
            f"Basic {base64.b64encode(pair.encode()).decode()}"
        )

    def _token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self._is_client(request, form):
            return _no(401, "unauthorized_client", "Missing valid authorization header")
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._renew(form)
        return _no(400, "invalid_request", "Missing required parameter [grant_type].")

    def _exchange(self, form: dict[str, str]) -> Reply:
        found = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            found is None
            or self.clock() - found["at"] > CODE_LIVES  # type: ignore[operator]
            or found["redirect"] != form.get("redirect_uri")
        ):
            return _no(
                400, "invalid_request", "Value passed for the authorization code was invalid."
            )
        if found["challenge"] != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return _no(400, "invalid_request", "Value passed for the code verifier did not match.")
        family = found["family"]
        assert isinstance(family, Family)
        return self._pair(family)

    def _renew(self, form: dict[str, str]) -> Reply:
        found = self.refresh.get(form.get("refresh_token", ""))
        if found is not None and found.used:
            self.reused += 1
            found.family.dead = True
        if found is None or found.used or found.family.dead or found.expires_at <= self.clock():
            return _no(400, "invalid_request", "Value passed for the token was invalid.")
        found.used = True
        self.refreshed += 1
        return self._pair(found.family)

    def _revoke(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self._is_client(request, form):
            return _no(401, "unauthorized_client", "Missing valid authorization header")
        token = form.get("token", "")
        for found in (self.access.get(token), self.refresh.get(token)):
            if found is not None:
                found.family.dead = True
                self.revoked += 1
        return Reply(200, {"revoked": True})

    def _pair(self, family: Family) -> Reply:
        now = self.clock()
        token = secrets.token_urlsafe(66)
        self.access[token] = Access(family, now + self.access_lives)
        given: dict[str, object] = {
            "token_type": "bearer",
            "expires_in": int(self.access_lives.total_seconds()),
            "access_token": token,
            "scope": " ".join(sorted(family.scopes)),
        }
        if "offline.access" in family.scopes:
            refresh = secrets.token_urlsafe(66)
            self.refresh[refresh] = Refresh(family, now + REFRESH_LIVES)
            given["refresh_token"] = refresh
        return Reply(200, given)


def _no(status: int, error: str, description: str) -> Reply:
    return Reply(status, {"error": error, "error_description": description})


def _page(status: int, body: str) -> Reply:
    return Reply(
        status,
        f"<!doctype html><html lang=en><title>X</title><link rel=icon href=data:,>{body}",
        {"Content-Type": "text/html"},
    )


def _back(query: object, **given: str) -> Reply:
    assert isinstance(query, dict)
    place = f"{query['redirect_uri']}?{urlencode({**given, 'state': query['state']})}"
    return Reply(302, None, {"Location": place})
