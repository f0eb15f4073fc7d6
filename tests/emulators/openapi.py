"""Reads X's OpenAPI document where it lies beside the checkout, to check bodies against it."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

DOCUMENT = Path(__file__).resolve().parents[2].parent / "shared" / "contracts" / "x-openapi.json"


@functools.cache
def document() -> dict[str, Any] | None:
    """The document, or None where it is not there."""
    if not DOCUMENT.is_file():
        return None
    read: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return read


def _schema_validator(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    # OpenAPI 3.0 is close enough to draft 4 for bodies; its references point into the whole document.
    return jsonschema.Draft4Validator({**schema, "components": whole["components"]})


@functools.cache
def _validator(path: str, method: str, status: str) -> Any:
    whole = document()
    if whole is None:
        return None
    operation = whole["paths"][path][method]
    part = operation["responses"][status] if status else operation["requestBody"]
    return _schema_validator(part["content"]["application/json"]["schema"], whole)


def complaints(path: str, method: str, body: object, *, status: str = "") -> list[str]:
    """What is wrong with `body` as the request of `method` on `path`, or as its answer `status`.

    Empty where nothing is, or where the document is not there.
    """
    validator = _validator(path, method, status)
    return [] if validator is None else [error.message for error in validator.iter_errors(body)]
