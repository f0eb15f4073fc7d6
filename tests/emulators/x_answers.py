"""The problem documents that X answers with."""

from __future__ import annotations

from typing import Any

from tests.emulators.faults import Reply


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Reply:
    """A problem document, as v2 of X's API writes them."""
    body = {"title": title, "detail": detail, "type": kind, "status": status, **more}
    return Reply(status, body, {"Content-Type": "application/problem+json"})


def invalid(message: str) -> Reply:
    """The answer to a request that is written wrongly."""
    return problem(
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        "https://api.x.com/2/problems/invalid-request",
        errors=[{"parameters": {}, "message": message}],
    )
