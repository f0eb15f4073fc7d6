"""Text as it should have been typed, and the characters that no post may hold."""

from __future__ import annotations

import re
import unicodedata

_NEWLINE = re.compile("\r\n?|\u2028|\u2029|\u0085")
# Control characters but for the line break and the tab; halves of a surrogate pair; and the characters
# that X refuses: U+FEFF and the noncharacters U+FFFE and U+FFFF.
INVALID = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACE_AT_END = re.compile(r"[^\S\n]+$", re.MULTILINE)


def clean_text(text: str) -> str:
    """Return `text` in Unicode form NFC, with plain line breaks, without control characters, trimmed.

    Spaces at the ends of lines go too. Cleaning twice changes nothing.
    """
    text = INVALID.sub("", _NEWLINE.sub("\n", text))
    return unicodedata.normalize("NFC", _SPACE_AT_END.sub("", text).strip())
