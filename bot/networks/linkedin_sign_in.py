"""The way to a token of LinkedIn: consent in a browser, the code, and a new token for an old one.

python-linkedin-v2 builds the address; its addresses are gone, its `state` is guessable and it forgets half of
the answer, so all of these are replaced.
https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from linkedin_v2.linkedin import LinkedInAuthentication

from bot.networks import answers, oauth, wire
from bot.networks.base import Endpoints, Refused, Temporary, Unauthorised
from bot.networks.oauth import Token

SIGN_IN_SCOPES = ("openid", "profile")
MEMBER_SCOPES = (*SIGN_IN_SCOPES, "w_member_social")
# An app that may post for pages often may not use "Sign in with LinkedIn": LinkedIn refuses the whole consent
# when one scope is not the app's, so no more is asked for than posting and reading back take.
ORGANISATION_SCOPES = ("w_organization_social", "r_organization_social")


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

    def address(self, *, state: str, verifier: str = "") -> str:
        """Return where people consent; their browser brings `state` back. `verifier` is not used here."""
        self.state = state
        return str(self.authorization_url)

    def exchange(self, code: str, *, verifier: str = "") -> Token:
        """Exchange the `code` of the redirect, which lives 30 minutes and works once, for a token.

        `verifier` is for networks with PKCE and not used here. Raises as `oauth.ask` does; whatever it is,
        the way starts anew.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
        }
        self.token = self._ask(form, code)
        return self.token

    def renew(self, refresh_token: str) -> Token:
        """Get a new access token. The refresh token goes on, where LinkedIn gives no other.

        Only some apps have refresh tokens. Raises as `oauth.ask` does.
        """
        return self._ask(
            {"grant_type": "refresh_token", "refresh_token": refresh_token}, refresh_token
        )

    def ends_at(self, token: str) -> datetime | None:
        """Ask LinkedIn when an access token ends (aware, UTC); None where it does not say.

        For tokens that were not given here. Raises `Ended` for one that works no more, `Unauthorised` for an app
        that LinkedIn does not accept, `Temporary` when it cannot be asked now.
        https://learn.microsoft.com/linkedin/shared/authentication/token-introspection
        """
        form = {"token": token, "client_id": self.key, "client_secret": self.secret}
        answer = wire.ask(
            "LinkedIn",
            "LINKEDIN_AUTH_URL",
            lambda: self._session.request(
                "POST", self._session.url("/oauth/v2/introspectToken"), data=form
            ),
            changes=False,
        )
        given = answer.fields()
        if answer.ok and given.get("active") is False:
            status = answers.quoted(given.get("status"), secrets=(token,)) or "not active"
            raise oauth.Ended(f"LinkedIn says that the token is {status}.")
        if answer.status_code in (400, 401):
            raise Unauthorised(
                "LinkedIn does not say when the token ends: it does not accept the app.",
                mend="Client id and client secret must be as in LinkedIn's developer portal.",
            )
        if not answer.ok:
            raise Temporary(
                f"LinkedIn did not say when the token ends (it answered {answer.status_code})."
            )
        ends = given.get("expires_at")
        if isinstance(ends, bool) or not isinstance(ends, int) or not 0 < ends < 10**11:
            return None
        return datetime.fromtimestamp(ends, UTC)

    def revoke(self, token: str) -> None:
        """Raise `Refused`: LinkedIn's documents know no way for an app to take a consent back."""
        raise Refused(
            "LinkedIn lets only people themselves take a consent back, in their settings."
        )

    def _ask(self, form: dict[str, str], given: str) -> Token:
        return oauth.ask(
            "LinkedIn",
            "LINKEDIN_AUTH_URL",
            self._session,
            "/oauth/v2/accessToken",
            {**form, "client_id": self.key, "client_secret": self.secret},
            secrets=(self.secret, given),
        )

    def get_access_token(self, timeout: float = 0) -> Token:
        """The library's name for `exchange` of `authorization_code`; `timeout` is not used."""
        return self.exchange(self.authorization_code or "")
