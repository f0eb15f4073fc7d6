"""What the networks allow in a post: limits, how length is counted, what a link costs.

Pure: the editor, the checks and the drafting all ask here, so they can never disagree.
"""

from __future__ import annotations

from review.text.addresses import Tried, address_errors, image_trouble
from review.text.capitals import ABBREVIATIONS
from review.text.checks import MOST_WORDS, Origin, Problem, problems
from review.text.cleaning import clean_text
from review.text.comparing import changes, facts, split_at
from review.text.content import Content, Picture
from review.text.counting import emoji_in, has_address
from review.text.faithful import unsupported
from review.text.networks import (
    NETWORKS,
    NetworkFacts,
    UnknownNetwork,
    cost,
    facts_of,
    length,
    limit,
    register,
)
from review.text.saying import Said, cut, month, read, say, stored, to_say, together, trimmed
from review.text.sentences import count_words, split_sentences

__all__ = [
    "ABBREVIATIONS",
    "MOST_WORDS",
    "NETWORKS",
    "Content",
    "NetworkFacts",
    "Origin",
    "Picture",
    "Problem",
    "Said",
    "Tried",
    "UnknownNetwork",
    "address_errors",
    "changes",
    "clean_text",
    "cost",
    "count_words",
    "cut",
    "emoji_in",
    "facts",
    "facts_of",
    "has_address",
    "image_trouble",
    "length",
    "limit",
    "month",
    "problems",
    "read",
    "register",
    "say",
    "split_at",
    "split_sentences",
    "stored",
    "to_say",
    "together",
    "trimmed",
    "unsupported",
]
