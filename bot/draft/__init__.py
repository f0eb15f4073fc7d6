"""Announcement → text that fits its network, in the source's own words. Pure.

Nothing is made up: a draft holds words of its source and the wording file's fixed words. It fits by
construction: the sentence goes first, then the hashtags, then the title's end.
"""

from __future__ import annotations

from bot.draft.compose import draft
from bot.draft.wording import Wording, WordingError, read_wording
from review.text import problems as draft_problems

__all__ = ["Wording", "WordingError", "draft", "draft_problems", "read_wording"]
