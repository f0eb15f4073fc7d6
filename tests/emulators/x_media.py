"""Where X keeps images: whole or in segments, described, and ready some time later."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.emulators import openapi
from tests.emulators.faults import Reply, Request
from tests.emulators.x_answers import invalid

LIMITS = {
    "POST /2/media/upload": 500,
    "GET /2/media/upload": 500,
    "POST /2/media/metadata": 500,
    "POST /2/media/upload/initialize": 500,
    "POST /2/media/upload/:id/append": 5000,
    "POST /2/media/upload/:id/finalize": 500,
}
MOST = {"tweet_image": 5_000_000, "tweet_gif": 15_000_000}  # bytes
_NUMBER = r"(\d{1,19})"

Route = tuple[str, str, str, Callable[..., Reply]]


class Shelf:
    """Images by their number. `takes` is how long X works at one in segments; `fails` that it cannot."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.media: dict[str, dict[str, Any]] = {}
        self.takes = timedelta()
        self.fails = False
        self._open: dict[str, dict[str, Any]] = {}
        self._ready: dict[str, datetime] = {}
        self._sequence = 0

    def routes(self) -> list[Route]:
        """Method, path, limit and what answers."""
        upload = "/2/media/upload"
        return [
            ("POST", upload, f"POST {upload}", self._whole),
            ("GET", upload, f"GET {upload}", self._status),
            ("POST", "/2/media/metadata", "POST /2/media/metadata", self._describe),
            ("POST", f"{upload}/initialize", f"POST {upload}/initialize", self._initialise),
            ("POST", f"{upload}/{_NUMBER}/append", f"POST {upload}/:id/append", self._append),
            ("POST", f"{upload}/{_NUMBER}/finalize", f"POST {upload}/:id/finalize", self._finalise),
        ]

    def is_ready(self, number: str) -> bool:
        """Whether a post may name this image."""
        return number in self.media and self._ready.get(number, self.clock()) <= self.clock()

    def _number(self) -> str:
        self._sequence += 1
        return str(10**18 + self._sequence)

    def _made(self, number: str, **more: Any) -> Reply:
        size = len(self.media[number]["data"])
        made = {
            "id": number,
            "media_key": f"3_{number}",
            "size": size,
            "expires_after_secs": 86400,
        }
        return Reply(200, {"data": {**made, **more}})

    def _whole(self, request: Request) -> Reply:
        body = request.json()
        if not isinstance(body, dict) or body.get("media_category") != "tweet_image":
            return invalid("$.media_category: is missing")
        if wrong := openapi.complaints("/2/media/upload", "post", body):
            return invalid(wrong[0])
        data = _bytes(body.get("media"))
        if not data or len(data) > MOST["tweet_image"]:
            return invalid("The size of the media is not allowed.")
        number = self._number()
        self.media[number] = {"data": data, "alt": ""}
        return self._made(number)

    def _initialise(self, request: Request) -> Reply:
        body = request.json()
        if wrong := openapi.complaints("/2/media/upload/initialize", "post", body):
            return invalid(wrong[0])
        if body.get("total_bytes", 0) > MOST.get(body.get("media_category"), 0):
            return invalid("The size of the media is not allowed.")
        number = self._number()
        self._open[number] = {**body, "segments": {}}
        made = {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400}
        return Reply(200, {"data": made})

    def _append(self, request: Request, number: str) -> Reply:
        body = request.json()
        if wrong := openapi.complaints("/2/media/upload/{id}/append", "post", body):
            return invalid(wrong[0])
        data = _bytes(body["media"])
        if number not in self._open or not data or len(data) > 5_000_000:
            return invalid("$.media: is no segment of an open upload")
        self._open[number]["segments"][body["segment_index"]] = data
        expires = int(self.clock().timestamp()) + 86400
        return Reply(200, {"data": {"expires_at": expires}})

    def _finalise(self, request: Request, number: str) -> Reply:
        opened = self._open.get(number)
        if opened is None:
            return invalid("$.id: is no open upload")
        segments = opened["segments"]
        data = b"".join(segments[index] for index in sorted(segments))
        if sorted(segments) != list(range(len(segments))) or len(data) != opened["total_bytes"]:
            return invalid("Segments do not add up to provided total file size.")
        del self._open[number]
        self.media[number] = {"data": data, "alt": "", "category": opened["media_category"]}
        self._ready[number] = self.clock() + self.takes
        return self._made(number, **self._progress(number))

    def _status(self, request: Request) -> Reply:
        number = request.query.get("media_id", "")
        if request.query.get("command") != "STATUS" or number not in self.media:
            return invalid("The `media_id` query parameter value is not valid")
        return self._made(number, **self._progress(number))

    def _progress(self, number: str) -> dict[str, Any]:
        if self.fails:
            return {"processing_info": {"state": "failed", "progress_percent": 12}}
        if self.is_ready(number):
            return {"processing_info": {"state": "succeeded"}} if self.takes else {}
        return {
            "processing_info": {
                "state": "in_progress",
                "check_after_secs": 2,
                "progress_percent": 40,
            }
        }

    def _describe(self, request: Request) -> Reply:
        body = request.json()
        if wrong := openapi.complaints("/2/media/metadata", "post", body):
            return invalid(wrong[0])
        if not isinstance(body, dict) or body.get("id") not in self.media:
            return invalid("$.id: is no media of yours")
        words = body["metadata"]["alt_text"]["text"]
        if len(words) > 1000:
            return invalid("$.metadata.alt_text.text: is longer than 1000")
        self.media[body["id"]]["alt"] = words
        return Reply(200, {"data": {"id": body["id"], "associated_metadata": body["metadata"]}})


def _bytes(given: object) -> bytes:
    try:
        return base64.b64decode(str(given), validate=True)
    except binascii.Error:
        return b""
