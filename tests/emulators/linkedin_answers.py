"""The bodies that LinkedIn answers with, and its checks of a post's fields."""

from __future__ import annotations

import re
from typing import Any

from tests.emulators import little_text
from tests.emulators.faults import Reply

_REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_KNOWN = {*_REQUIRED, "content", "isReshareDisabledByAuthor", "contentLandingPage", "adContext"}


def trouble(status: int, code: str, message: str, service: int | None = None) -> Reply:
    """An error document of the Posts API."""
    body: dict[str, Any] = {"status": status, "code": code, "message": message}
    if service is not None:
        body["serviceErrorCode"] = service
    return Reply(status, body)


def duplicate(urn: str) -> Reply:
    body = {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
        f"Content is a duplicate of {urn}",
        "errorDetails": {
            "inputErrors": [
                {
                    "description": "Duplicate post is detected",
                    "input": {},
                    "code": "DUPLICATE_POST",
                }
            ]
        },
        "status": 422,
    }
    return Reply(422, body)


def oauth(status: int, error: str, description: str) -> Reply:
    return Reply(status, {"error": error, "error_description": description})


def _too_long(name: str, length: int, most: int) -> Reply:
    message = f"{name} length {length} can't exceeded maximum {most} length"
    return trouble(400, "FIELD_LENGTH_TOO_LONG", message)


def images_of(body: dict[str, Any]) -> list[str]:
    """The images that a post names."""
    content = body.get("content", {})
    named = [
        content.get("article", {}).get("thumbnail"),
        content.get("media", {}).get("id"),
        *(image.get("id") for image in content.get("multiImage", {}).get("images", ())),
    ]
    return [urn for urn in named if urn is not None]


def invalid(body: dict[str, Any]) -> Reply | None:
    for name in _REQUIRED:
        if name not in body:
            return trouble(400, "MISSING_FIELD", f"/{name} :: field is required but not found")
    for name in body.keys() - _KNOWN:
        return trouble(400, "INVALID_VALUE_FOR_FIELD", f"/{name} :: unrecognized field found")
    if not re.fullmatch(r"urn:li:(person:[\w-]+|organization:\d+)", str(body["author"]), re.ASCII):
        return trouble(400, "INVALID_URN_TYPE", "/author :: is not a valid URN")
    allowed = {
        "visibility": ("PUBLIC", "CONNECTIONS", "LOGGED_IN"),
        "lifecycleState": ("PUBLISHED",),
    }
    for name, values in allowed.items():
        if body[name] not in values:
            return trouble(
                400, "INVALID_VALUE_FOR_FIELD", f"/{name} :: {body[name]} is not allowed"
            )
    if body["distribution"].get("feedDistribution") != "MAIN_FEED":
        return trouble(400, "INVALID_VALUE_FOR_FIELD", "/distribution/feedDistribution")
    shown = little_text.parse(body["commentary"]).shown
    if len(shown) > 3000:
        return _too_long("commentary", len(shown), 3000)
    content = body.get("content", {})
    if len(content) > 1 or content.keys() - {"article", "media", "multiImage"}:
        return trouble(400, "INVALID_VALUE_FOR_FIELD", "/content :: is a union of one member")
    several = content.get("multiImage")
    if several is not None and not 2 <= len(several.get("images", ())) <= 20:
        return trouble(400, "INVALID_VALUE_FOR_FIELD", "/content/multiImage/images :: 2 to 20")
    for image in [*content.values(), *(several or {}).get("images", ())]:
        alt = image.get("altText", "")
        if len(alt) > 4086:
            return _too_long("altText", len(alt), 4086)
    article = content.get("article")
    if article is None:
        return None
    for name in ("source", "title"):
        if not article.get(name):
            return trouble(400, "INVALID_VALUE_BLANK_FIELD", f"/content/article/{name} :: is blank")
    if len(article["title"]) > 400:
        return _too_long("title", len(article["title"]), 400)
    return None
