"""A heading as the identity of an announcement: the same words give the same key, wherever they stand."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# "1.", "2)", "Item 3:", "(4)", "§ 5" in front of a heading say where it stands, not what it says.
_NUMBERING = re.compile(
    r"^\s*(?:[(\[]?\d{1,2}[.)\]:]|[(\[]?[ivx]{1,4}[.)\]]|[a-h]\))\s+", re.IGNORECASE
)
_TO_SPACE = re.compile(r"[\W_]+")

# Keys are stored and compared; longer ones only cost room.
_LONGEST_KEY = 160


@lru_cache(maxsize=4096)
def normalise_title(title: str) -> str:
    """Give `title` in lower case without numbering, accents, marks, symbols or double spaces.

    Two showings of one heading (in a list of contents, in a corrected bulletin) normalise alike. A
    title of symbols only gives an empty string.
    """
    plain = _NUMBERING.sub("", title.strip())
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return _TO_SPACE.sub(" ", plain.casefold()).strip()


def piece_key(title: str) -> str:
    """Give the identity of an announcement within its bulletin: its heading, not its position.

    The key holds lower-case letters, digits of any script and hyphens, at most 160 characters. A title
    without letters or digits gives an empty string.
    """
    key = normalise_title(title).replace(" ", "-")
    return key[:_LONGEST_KEY].rstrip("-")
