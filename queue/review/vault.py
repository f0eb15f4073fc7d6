"""Sealing what must not be read from the database: the tokens of accounts.

A sealed text is encrypted and signed (Fernet: AES-128-CBC and HMAC-SHA256) with a key that is never in the
database, and bound to what it belongs to, so that it cannot be moved to another row. Several keys may be given,
newest first: the first one seals, each one opens.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from config.env import words

SHORTEST = 32  # characters of a key


class NoKey(Exception):
    """There is no usable key to seal with. The sentence says the mend."""


class Unreadable(Exception):
    """None of the keys given opens this. The sentence says the mend."""


def seal(fields: Mapping[str, str], *, of: str) -> str:
    """Encrypt `fields` for the thing called `of`. Makes the key file where no key is set at all.

    Raises `NoKey`.
    """
    text = json.dumps({"of": of, "fields": dict(fields)})
    return MultiFernet(_ciphers(_keys(make=True))).encrypt(text.encode()).decode()


def unseal(sealed: str, *, of: str) -> dict[str, str]:
    """Return the fields that were sealed for `of`. Raises `Unreadable`, `NoKey` for a key of no use."""
    try:
        text = MultiFernet(_ciphers(_keys())).decrypt(sealed.encode())
        found = json.loads(text)
    except (InvalidToken, ValueError):
        raise Unreadable(
            f"The tokens of {of} cannot be read with the keys given. Put the key that sealed them back into "
            f"HERODR_TOKEN_KEYS, or into {settings.TOKEN_KEY_PATH}, or connect the account again."
        ) from None
    if found.get("of") != of:
        raise Unreadable(
            f"The tokens kept for {of} are not its own: somebody moved them in the database. Connect the account "
            "again."
        )
    return {str(name): str(value) for name, value in found["fields"].items()}


def is_newest(sealed: str) -> bool:
    """Say whether the newest key opens `sealed`. Raises `NoKey`."""
    try:
        _ciphers(_keys())[0].decrypt(sealed.encode())
    except (InvalidToken, IndexError):
        return False
    return True


def reseal(sealed: str, *, of: str) -> str:
    """Encrypt with the newest key what any of them opens. Raises `Unreadable`, `NoKey`."""
    return seal(unseal(sealed, of=of), of=of)


def _ciphers(keys: Sequence[str]) -> list[Fernet]:
    return [Fernet(_cipher_key(key)) for key in keys] or [Fernet(Fernet.generate_key())]


def _cipher_key(key: str) -> bytes:
    """Derive Fernet's key, so that any random text of enough length will do."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"herodr tokens").derive(key.encode())
    return base64.urlsafe_b64encode(derived)


def _keys(*, make: bool = False) -> tuple[str, ...]:
    """Return the keys, newest first: those set, else those in the key file."""
    keys: tuple[str, ...] = settings.HERODR_TOKEN_KEYS
    where, path = "HERODR_TOKEN_KEYS", Path(settings.TOKEN_KEY_PATH)
    if not keys:
        where, keys = str(path), _in_file(path)
        if not keys and make:
            _make(path)
            keys = _in_file(path)
    if any(len(key) < SHORTEST for key in keys):
        raise NoKey(
            f"{where} holds a key of fewer than {SHORTEST} characters: use random ones, such as "
            "`openssl rand -base64 33` makes."
        )
    return keys


def _in_file(path: Path) -> tuple[str, ...]:
    try:
        return words(",".join(path.read_text(encoding="utf-8").split()))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise NoKey(
            f"The key of the tokens in {path} cannot be read ({type(error).__name__}): mend the file or its "
            "permissions, or set HERODR_TOKEN_KEYS."
        ) from None


def _make(path: Path) -> None:
    """Write a new key, readable by us only, whole or not at all. Of two at once, one wins."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)
        finally:
            Path(name).unlink()
    except FileExistsError:
        return
    except OSError as error:
        raise NoKey(
            f"The key of the tokens cannot be written to {path} ({error.strerror}): start Herodr in a folder it "
            "may write to, or set HERODR_TOKEN_KEYS."
        ) from None
