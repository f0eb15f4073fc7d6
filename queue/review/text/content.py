"""What a post says: the unit of a Revision, of approval and of delivery."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its address, and its alt text."""

    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says: the unit of a Revision, of approval and of delivery.

    `text` is exactly what followers read (on X it holds the link; on LinkedIn the link travels in the
    card). The card fields are what the link card shows. `more_images` follow the first image, where the
    network shows several.
    """

    text: str
    link: str = ""
    card_title: str = ""
    card_description: str = ""
    image: str = ""
    image_alt: str = ""
    more_images: tuple[Picture, ...] = ()

    @property
    def images(self) -> tuple[Picture, ...]:
        """All images in their order."""
        first = (Picture(self.image, self.image_alt.strip()),) if self.image else ()
        return (*first, *self.more_images)

    def fingerprint(self, account: str) -> str:
        """Hash this content for `account` (SHA-256, hex): an approval is bound to it."""
        fields = asdict(self)
        if not self.more_images:
            del fields["more_images"]  # approvals from before there were several still hold
        parts = json.dumps([account, fields], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(parts.encode()).hexdigest()
