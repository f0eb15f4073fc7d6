"""Reading the environment: every setting by one name, every secret also from a file.

A secret `NAME` may stand in the variable `NAME`, or in the file that `NAME_FILE` points at (as container
platforms and systemd credentials provide it). Values are never logged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


class MissingSecretFile(Exception):
    """`NAME_FILE` is set, but the file it names cannot be read."""


def secret(name: str, *, environment: Mapping[str, str] | None = None) -> str:
    """Return the secret `name` from the environment or from the file in `name`_FILE; "" if neither.

    Raises `MissingSecretFile` when `name`_FILE names a file that cannot be read: a silent empty secret
    would only fail later and far away.
    """
    env = os.environ if environment is None else environment
    if value := env.get(name, ""):
        return value.strip()
    path = env.get(f"{name}_FILE", "")
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingSecretFile(
            f"{name}_FILE points at {path}, which cannot be read: correct the path or its permissions."
        ) from error


def words(text: str) -> tuple[str, ...]:
    """Split a comma-separated setting into its non-empty parts."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
