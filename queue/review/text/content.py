"""What a post says: the unit of a Revision, of approval and of delivery."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says: the unit of a Revision, of approval and of delivery.

    `text` is exactly what followers read (on X it holds the link; on LinkedIn the link travels in the
    card). The card fields are what the link card shows.
    """

    text: str
    link: str = ""
    card_title: str = ""
    card_description: str = ""
    image: str = ""
    image_alt: str = ""

    def fingerprint(self, account: str) -> str:
        """Hash this content for `account` (SHA-256, hex): an approval is bound to it."""
        parts = json.dumps([account, asdict(self)], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(parts.encode()).hexdigest()
