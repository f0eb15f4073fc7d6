"""Giving X an image: whole, or in segments, and its alt text. Nobody sees it until a post names it.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.networks import fence
from bot.networks.base import Image, Refused, Temporary

# A request may take 30 seconds as a whole; a segment of this size passes a line of half a megabit in that time.
SEGMENT = 1_000_000  # bytes
_LONGEST_WAIT = 10.0  # seconds between two looks at how far X is with an image
_MOST_LOOKS = 12

Change = Callable[[str, object], Mapping[str, Any]]
Read = Callable[[str], Mapping[str, Any]]


def upload(image: Image, *, change: Change, read: Read, sleep: Callable[[float], None]) -> str:
    """Upload `image` with its alt text and return X's number for it.

    `change` posts JSON to a path and `read` gets one; both return the answer's fields and raise a
    `NetworkError`. What nobody posts, X drops after a day, so a repeated upload does no harm.
    """
    animated = image.kind == "image/gif" and b"NETSCAPE2.0" in image.data
    if animated or len(image.data) > SEGMENT:
        media = _in_segments(
            image,
            category="tweet_gif" if animated else "tweet_image",
            change=change,
            read=read,
            sleep=sleep,
        )
    else:
        given = {
            "media": base64.b64encode(image.data).decode(),
            "media_category": "tweet_image",
        }
        media = id_of(change("/2/media/upload", given).get("data"))
    if not media:
        raise Temporary("X did not say under which number it keeps the image.")
    change("/2/media/metadata", {"id": media, "metadata": {"alt_text": {"text": image.alt}}})
    return media


def _in_segments(
    image: Image, *, category: str, change: Change, read: Read, sleep: Callable[[float], None]
) -> str:
    begin = {
        "media_type": image.kind,
        "total_bytes": len(image.data),
        "media_category": category,
    }
    media = id_of(change("/2/media/upload/initialize", begin).get("data"))
    if not media:
        raise Temporary("X did not say under which number it takes the image.")
    for number, start in enumerate(range(0, len(image.data), SEGMENT)):
        segment = base64.b64encode(image.data[start : start + SEGMENT]).decode()
        change(f"/2/media/upload/{media}/append", {"media": segment, "segment_index": number})
    answer = change(f"/2/media/upload/{media}/finalize", None)
    for _ in range(_MOST_LOOKS):
        wait = _still_at_it(answer)
        if wait is None:
            return media
        if fence.passed():
            break
        sleep(wait)
        answer = read(f"/2/media/upload?command=STATUS&media_id={media}")
    raise Temporary("X is not done with the image yet.")


def _still_at_it(answer: Mapping[str, Any]) -> float | None:
    """Return in how many seconds to look again; None when the image is ready. Raises Refused."""
    data = answer.get("data")
    info = data.get("processing_info") if isinstance(data, Mapping) else None
    state = info.get("state") if isinstance(info, Mapping) else None
    if state == "failed":
        raise Refused("X could not make anything of the image.")
    if state not in ("pending", "in_progress") or not isinstance(info, Mapping):
        return None
    asked = info.get("check_after_secs")
    seconds = float(asked) if isinstance(asked, int | float) else 1.0
    return min(max(seconds, 0.5), _LONGEST_WAIT)


def id_of(value: object) -> str:
    """The id in X's `data`, or "" where it is none."""
    found = value.get("id") if isinstance(value, Mapping) else None
    text = str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,19}", text) else ""
