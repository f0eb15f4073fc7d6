"""The image of a post: fetched from where the approved post says, and checked against its network's limits."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from bot.fetch import FetchError, Request
from bot.networks.base import Image
from bot.values import Fetched
from review.text import NetworkFacts, Picture, Tried, image_trouble

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


class NoImage(Exception):
    """The image cannot be had, or its network does not take it. The text says why."""


def load(picture: Picture, *, facts: NetworkFacts, fetch: Fetch) -> Image:
    """Fetch an image under the guards of `fetch`. Raises `NoImage` when it cannot be had or will not do."""
    answer = fetch([Request(url=picture.url)])[0]
    if isinstance(answer, FetchError):
        raise NoImage(f"The image {picture.url} cannot be fetched: {answer}")
    if answer.status != 200 or not answer.body:
        raise NoImage(f"The image {picture.url} cannot be fetched ({answer.status}).")
    found = tried(answer.body)
    if why := image_trouble(found, facts):
        raise NoImage(why)
    return Image(answer.body, found.kind, picture.alt.strip())


def tried(data: bytes) -> Tried:
    """Return what matters of an image's bytes to a network that may not take it."""
    kind = kind_of(data)
    width, height = size_of(data, kind)
    return Tried(kind=kind, size=len(data), width=width, height=height)


def kind_of(data: bytes) -> str:
    """Return the media type that the first bytes show, whatever a server calls it; "" for no image."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for sign, kind in _SIGNS if data.startswith(sign)), "")


def size_of(data: bytes, kind: str) -> tuple[int, int]:
    """Return width and height in pixels; (0, 0) where the bytes do not say."""
    try:
        if kind == "image/png":
            width, height = struct.unpack(">II", data[16:24])
        elif kind == "image/gif":
            width, height = struct.unpack("<HH", data[6:10])
        elif kind == "image/jpeg":
            return _jpeg(data)
        else:
            return 0, 0
    except struct.error:
        return 0, 0
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        # A frame header holds the size: SOF0 to SOF15, without DHT, JPG and DAC.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int(struct.unpack(">H", data[place + 2 : place + 4])[0])
    return 0, 0
