"""How the secrets of second steps are kept: those of authenticator apps, and the seed of recovery codes.

They are sealed with `HERODR_TOKEN_KEYS` where that is set, as the tokens of accounts are, else with a key made of
SECRET_KEY. Either way, what the other one sealed still opens.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from review import vault

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

OF = "the second steps"
SECRETS = ("secret", "seed")  # as the library names them


def seal(secret: str) -> str:
    """Encrypt a secret. Raises `vault.NoKey` for a key of no use."""
    if settings.HERODR_TOKEN_KEYS:
        return vault.seal({"secret": secret}, of=OF)
    return _own_seal().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what `seal` encrypted. Raises `vault.Unreadable` when its key is not here any more."""
    from cryptography.fernet import InvalidToken

    try:
        return _own_seal().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return vault.unseal(sealed, of=OF)["secret"]


def reseal() -> int:
    """Seal with the newest key what an older one, or SECRET_KEY, sealed; returns how many people's."""
    if not settings.HERODR_TOKEN_KEYS:
        return 0
    number = 0
    for step in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        fresh = _resealed(step.data)
        if fresh != step.data:
            # Guarded by what was read: a code that was used meanwhile stays used.
            own = Authenticator.objects.filter(pk=step.pk, data=step.data)
            number += own.update(data=fresh)
    return number


def _resealed(data: dict[str, Any]) -> dict[str, Any]:
    fresh = dict(data)
    for name in SECRETS:
        sealed = data.get(name)
        if isinstance(sealed, str) and not vault.is_newest(sealed):
            try:
                fresh[name] = seal(unseal(sealed))
            except vault.Unreadable:
                continue
    return fresh


def _own_seal() -> Fernet:
    from cryptography.fernet import Fernet  # costs every start of every command otherwise

    key = hashlib.sha256(b"second step:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
