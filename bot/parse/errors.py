"""Why a body could not be read. The message is one plain sentence for people.

Unreadable (ValueError)
├── NotAFeed       a feed was expected, and this is something else
├── NotAPage       a page or a bulletin was expected, and this is something else
└── BadSelector    a selector of a listing cannot be understood
"""

from __future__ import annotations


class Unreadable(ValueError):
    """The body cannot be read as what it should be."""


class NotAFeed(Unreadable):
    """A feed was expected. `advertised` lists the feed addresses the page itself names."""

    def __init__(self, message: str, *, advertised: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.advertised = advertised


class NotAPage(Unreadable):
    """A page or a bulletin was expected."""


class BadSelector(Unreadable):
    """A CSS selector of a listing cannot be understood."""
