"""Reading the environment: every setting by one name, every secret also from a file.

A secret `NAME` may stand in the variable `NAME`, or in the file that `NAME_FILE` points at (as container
platforms and systemd credentials provide it). Values are never logged.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit


class MissingSecretFile(Exception):
    """`NAME_FILE` is set, but the file it names cannot be read."""


def _hide(name: str, value: str) -> str:
    if not name.endswith("_URL"):
        return hide(value)
    # Of an address only the password is a secret.
    with contextlib.suppress(ValueError):
        password = urlsplit(value).password or ""
        hide(password)
        hide(unquote(password))
    return value


def secret(name: str, *, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret `name` from the environment or from the file in `name`_FILE; "" if neither.

    Raises `MissingSecretFile` when `name`_FILE names a file that cannot be read: a silent empty secret
    would only fail later and far away.
    """
    env = os.environ if environment is None else environment
    if value := env.get(name, ""):
        return _hide(name, value.strip())
    path = env.get(f"{name}_FILE", "")
    if not path:
        return ""
    try:
        return _hide(name, Path(path).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise MissingSecretFile(
            f"{name}_FILE points at {path}, which cannot be read: correct the path or its permissions."
        ) from error


# What the log must never show, as far as it is known here; short ones would black out half of it.
_SHORTEST = 8
_MOST = 1000  # tokens are renewed every hour or so; the oldest are of no use any more
_hidden: dict[str, None] = {}


def hide(value: str) -> str:
    """Keep `value` out of the log from now on, and return it."""
    if len(value) >= _SHORTEST:
        _hidden[value] = None
        while len(_hidden) > _MOST:
            del _hidden[next(iter(_hidden))]
    return value


def without_secrets(text: str) -> str:
    """Return `text` with stars in place of every secret that was read so far."""
    for value in sorted(_hidden, key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def words(text: str) -> tuple[str, ...]:
    """Split a comma-separated setting into its non-empty parts."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
