"""An OpenID Connect provider on loopback: discovery, authorisation with PKCE, tokens, who somebody is.

Rules from OpenID Connect Core 1.0 and RFC 7636 (PKCE): a code works once, for the redirect address and the
verifier that it was asked for with; the client proves itself with its secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.emulators.loopback import served

CLIENT, SECRET = "herodr-desk", "the provider's secret"


class Provider:
    """Who is signed in there, and how it misbehaves."""

    def __init__(self) -> None:
        self.port = 0
        # What it says of whoever comes; None: they press Cancel.
        self.identity: dict[str, Any] | None = {}
        self.broken = ""  # "token": its token endpoint answers 500
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.complaints: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def address(self) -> str:
        """The issuer's address."""
        return f"http://127.0.0.1:{self.port}"

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/me",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes back to."""
        back = {"state": asked.get("state", "")}
        if asked.get("client_id") != CLIENT or "openid" not in asked.get("scope", "").split():
            self.complaints.append(f"an odd request: {asked}")
        if asked.get("code_challenge_method") != "S256":
            self.complaints.append("no PKCE")
        if self.identity is None:
            return f"{asked['redirect_uri']}?{urlencode({**back, 'error': 'access_denied'})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({**back, 'code': code})}"

    def token(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code for tokens."""
        if self.broken == "token":
            return 500, {}
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        if (
            asked is None
            or given.get("client_secret") != SECRET
            or given.get("redirect_uri") != asked["redirect_uri"]
            or challenge.decode() != asked.get("code_challenge")
        ):
            self.complaints.append(f"refused a code: {sorted(given)}")
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = dict(self.identity or {})
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        id_token = jwt.encode(
            {**claims, **(self.identity or {})}, self.key, "RS256", headers={"kid": "1"}
        )
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": id_token}


@contextmanager
def serving() -> Iterator[Provider]:
    """Serve a provider."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: Any) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self._answer(200, provider.configuration())
            elif parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts.path == "/me":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                known = provider.tokens.get(token)
                self._answer(200 if known is not None else 401, known or {})
            elif parts.path == "/keys":
                algorithm = jwt.algorithms.RSAAlgorithm
                key = json.loads(algorithm.to_jwk(provider.key.public_key()))
                self._answer(200, {"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(given))

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with served(Handler) as provider.port:
        yield provider
