"""A response's body: unpacked piece by piece, within limits. Pure.

The HTTP client could unpack by itself, but only without a limit: 15 KiB of gzip can hold 15 MiB.
"""

from __future__ import annotations

import zlib

from bot.fetch.errors import TooLarge, Unreachable

# What we ask for, byte for byte, and all that `Unpacker` understands.
ACCEPT_ENCODING = "gzip, deflate"

# Feeds shrink to a tenth or a twentieth; a hundredth happens in tiny repetitive ones.
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 1024 * 1024


class Unpacker:
    """Collects the chunks of one body and undoes its Content-Encoding.

    Raises `TooLarge` as soon as the unpacked body passes `limit` bytes or swells beyond reason, and
    `Unreachable` for a damaged, cut or unknown encoding. `who` names the server in the sentences.
    """

    def __init__(self, encoding: str, *, limit: int, who: str) -> None:
        self._limit = limit
        self._who = who
        self._packed = 0
        self._parts: list[bytes] = []
        self.size = 0  # unpacked bytes so far
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in ("", "identity", "gzip", "deflate"):
            raise Unreachable(
                f"{who} packed its answer as {encoding[:40]!r}, which nobody asked for."
            )
        self._stream = self._new_stream()
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk as it came over the wire."""
        self._packed += len(chunk)
        if self._stream is None:
            self._keep(chunk)
            return
        try:
            self._unpack(chunk)
        except zlib.error:
            raise self._damaged() from None

    def finish(self) -> bytes:
        """Return the whole body. Raises `Unreachable` where its end is missing."""
        if self._stream is not None and self._begun and not self._stream.eof:
            raise Unreachable(f"{self._who} broke its answer off before the end.")
        return b"".join(self._parts)

    def _unpack(self, chunk: bytes) -> None:
        while chunk:
            assert self._stream is not None  # noqa: S101
            if self._stream.eof:
                # A gzip file may have several members; anything else behind the end is padding.
                if self._encoding != "gzip" or not chunk.startswith(b"\x1f\x8b"):
                    return
                self._stream = self._new_stream()
                continue
            if not self._begun and self._encoding == "deflate" and chunk[0] & 0x0F != 8:
                # "deflate" should be a zlib stream; some servers send the bare data.
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self._begun = True
            self._keep(self._stream.decompress(chunk, self._limit - self.size + 1))
            chunk = self._stream.unconsumed_tail or self._stream.unused_data

    def _keep(self, part: bytes) -> None:
        self.size += len(part)
        if self.size > self._limit:
            raise TooLarge(f"The answer of {self._who} is larger than {_size(self._limit)}.")
        if self.size > _RATIO_COUNTS_FROM and self.size > MAX_RATIO * self._packed:
            raise TooLarge(f"The answer of {self._who} swells beyond reason when unpacked.")
        self._parts.append(part)

    def _new_stream(self) -> zlib._Decompress | None:
        if self._encoding == "gzip":
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        return zlib.decompressobj() if self._encoding == "deflate" else None

    def _damaged(self) -> Unreachable:
        return Unreachable(f"The answer of {self._who} is damaged: it cannot be unpacked.")


def _size(number: int) -> str:
    return f"{number // 1024**2} MiB" if number >= 1024**2 else f"{number} bytes"
