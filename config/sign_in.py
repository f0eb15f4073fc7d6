"""How people sign in: what the library behind the sign-in pages is told, and who vouches for people.

Passwords, second steps, sessions and OpenID Connect are django-allauth's work. Everything that an operator
can choose comes from the environment; the rest is decided here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from config.env import secret, words

PROVIDER = "organisation"  # the one provider's name in addresses
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SECOND_STEPS = ("", "deciders", "everyone")
NEWCOMERS = ("", "viewers")


class BadSignIn(Exception):
    """A setting about signing in cannot be used. The text says which, and the mend."""


def sign_in_settings(environment: Mapping[str, str], *, https: bool) -> dict[str, Any]:
    """Return the Django settings that sign-in needs. `https`: whether people reach the desk that way.

    Raises `BadSignIn`, and `MissingSecretFile` from reading a secret.
    """
    second_step = environment.get("SECOND_STEP", "").strip().lower()
    if second_step not in SECOND_STEPS:
        raise BadSignIn(
            f'SECOND_STEP is "{second_step}"; write deciders or everyone, or leave it out.'
        )
    return {
        "SECOND_STEP": second_step,
        **_provider(environment),
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            # What older versions stored; it becomes Argon2 when its owner next signs in.
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "ACCOUNT_ADAPTER": "review.entrance.AccountAdapter",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "email", "password1*"],
        "ACCOUNT_SESSION_REMEMBER": True,
        # An address counts once its owner has opened the link that was sent there; nobody signs in with it.
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_CHANGE_EMAIL": True,
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if https else "http",
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_USER_DISPLAY": str,
        # Wrong passwords are counted by review.throttle; this counts codes and passkeys, by person.
        "ACCOUNT_RATE_LIMITS": {
            "login_failed": "5/15m/key",
            # Behind a proxy a whole organisation comes from one address.
            "login": "300/m/ip",
            "reset_password": "60/m/ip,5/m/key",
        },
        "MFA_ADAPTER": "review.entrance.SecondStepAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        # Nobody signs up here, so an address that is not confirmed yet keeps nobody out of anything.
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,
        "MFA_TOTP_ISSUER": "Herodr",
        "MFA_TOTP_TOLERANCE": 1,  # thirty seconds either way: clocks differ, and people type
        # Browsers themselves allow passkeys over http only on localhost.
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not https,
        "USERSESSIONS_TRACK_ACTIVITY": False,  # it would cost a query on every page
        "SOCIALACCOUNT_ADAPTER": "review.provider.ProviderAdapter",
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": True,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        # A link and not a form: the policy of our pages lets forms lead to our own pages only, and a
        # provider may send people on to hosts that nobody can name beforehand.
        "SOCIALACCOUNT_LOGIN_ON_GET": True,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,  # seconds
    }


def _provider(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings about the organisation's own accounts."""
    address = environment.get("OIDC_URL", "").strip().rstrip("/")
    name = environment.get("OIDC_NAME", "").strip() or "your organisation"
    client = environment.get("OIDC_CLIENT_ID", "").strip()
    newcomers = environment.get("OIDC_NEWCOMERS", "").strip().lower()
    if newcomers not in NEWCOMERS:
        raise BadSignIn(f'OIDC_NEWCOMERS is "{newcomers}"; write viewers, or leave it out.')
    if not address:
        return {"OIDC_NAME": "", "OIDC_NEWCOMERS": newcomers, "SOCIALACCOUNT_PROVIDERS": {}}
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise BadSignIn("OIDC_URL must begin with https://; write the address of the provider.")
    if not client:
        raise BadSignIn("OIDC_URL is set, but OIDC_CLIENT_ID is not; the provider gives you one.")
    app: dict[str, Any] = {
        "provider_id": PROVIDER,
        "name": name,
        "client_id": client,
        "secret": secret("OIDC_CLIENT_SECRET", environment=environment),
        "settings": {"server_url": address},
    }
    if domains := words(environment.get("OIDC_EMAIL_DOMAINS", "")):
        # Some providers never say that an address is verified, although they gave it out themselves.
        app["settings"]["verified_email"] = list(domains)
    return {
        "OIDC_NAME": name,
        "OIDC_NEWCOMERS": newcomers,
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]},
        },
    }
