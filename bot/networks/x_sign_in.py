"""The way to a token of X: OAuth 2.0 with PKCE. OAuth 1.0a keys need none of this.

A refresh token works once: whoever uses it must keep the new pair before anything else.
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import quote, urlencode

from bot.networks import oauth, wire
from bot.networks.base import Endpoints, Temporary
from bot.networks.oauth import Token

SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")


def new_verifier() -> str:
    """Return a PKCE verifier: 86 characters that nobody can guess (RFC 7636 asks for 43 to 128)."""
    return secrets.token_urlsafe(64)


def challenge(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class SignIn:
    """The browser's way to a token: send people to `address`, then exchange the code within 30 seconds.

    `client_secret` is "" for an app that X calls public.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        endpoints: Endpoints,
        patience: wire.Patience = wire.PATIENCE,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._session = wire.Session(endpoints.x_api, patience=patience)
        self._consent = wire.Session(endpoints.x_auth).url("/i/oauth2/authorize")

    def address(self, *, state: str, verifier: str) -> str:
        """Return where people consent. Only the challenge of `verifier` is in it."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self._consent}?{urlencode(query, quote_via=quote)}"

    def exchange(self, code: str, *, verifier: str) -> Token:
        """Exchange the `code` of the redirect for a token. Raises as `oauth.ask` does."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        return self._ask(form, code, verifier)

    def renew(self, refresh_token: str) -> Token:
        """Use a refresh token up, for a new pair. Raises as `oauth.ask` does."""
        return self._ask(
            {"grant_type": "refresh_token", "refresh_token": refresh_token}, refresh_token
        )

    def revoke(self, token: str) -> None:
        """Take the consent that `token` came from back. Raises a `NetworkError` when X does not say it did."""
        form = {"token": token}
        answer = wire.ask(
            "X",
            "X_API_URL",
            lambda: self._session.request(
                "POST",
                self._session.url("/2/oauth2/revoke"),
                data=self._named(form),
                headers=self._headers(),
            ),
            changes=False,
        )
        if not answer.ok:
            raise Temporary(f"X did not take the consent back (it answered {answer.status_code}).")

    def _ask(self, form: dict[str, str], *given: str) -> Token:
        return oauth.ask(
            "X",
            "X_API_URL",
            self._session,
            "/2/oauth2/token",
            self._named(form),
            secrets=(self._client_secret, *given),
            headers=self._headers(),
        )

    # A public app names itself in the body, a confidential one in the header.

    def _named(self, form: dict[str, str]) -> dict[str, str]:
        return form if self._client_secret else {**form, "client_id": self._client_id}

    def _headers(self) -> dict[str, str]:
        if not self._client_secret:
            return {}
        # RFC 6749, 2.3.1: both are form-encoded first.
        pair = f"{quote(self._client_id, safe='')}:{quote(self._client_secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
