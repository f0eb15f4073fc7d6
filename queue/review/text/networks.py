"""The facts of each network: limits, how length is counted, what a post costs.

`NETWORKS` holds X and LinkedIn; a network that comes with a plug-in is added by `register`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from review.text import counting
from review.text.content import Content
from review.text.saying import to_say


class UnknownNetwork(ValueError):
    """No network of this name is known."""


def _nowhere(_who: str) -> str:
    return ""


def _on_x(who: str) -> str:
    name = re.fullmatch(r"@?([A-Za-z0-9_]{1,15})", who.strip())
    return f"https://x.com/{name[1]}" if name else ""


def _on_linkedin(who: str) -> str:
    page = re.fullmatch(r"urn:li:organization:(\d+)", who.strip())
    if page:
        return f"https://www.linkedin.com/company/{page[1]}/"
    # An app does not learn a member's address; LinkedIn leads whoever is signed in to their own posts.
    return "https://www.linkedin.com/in/me/recent-activity/all/"


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What a network allows in a post.

    `name` is how accounts.toml spells it and `label` how people read it. `measure` counts a text in the
    unit of `limit`, which `counts` puts in a sentence. `link_in_text` says whether the link is part of the
    text (else it travels in the card). Prices are in US dollars, None where posting costs nothing.
    `home` turns what the account is called into the address of its own page there, "" where it cannot tell.
    `most_images` is how many images a post may have, `card_or_images` that a link's card leaves room for one.
    `image_bytes` and `image_pixels` are 0 where there is no such limit; the card limits count UTF-16 units.
    """

    name: str
    label: str
    limit: int
    measure: Callable[[str], int]
    counts: str
    link_in_text: bool
    alt_limit: int
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif")
    image_bytes: int = 0
    image_pixels: int = 0
    most_images: int = 1
    card_or_images: bool = False
    card_title_limit: int = 400
    card_description_limit: int = 4086
    price: Decimal | None = None
    price_with_link: Decimal | None = None
    mentions_notify: bool = False
    home: Callable[[str], str] = _nowhere


NETWORKS: dict[str, NetworkFacts] = {}


def register(facts: NetworkFacts) -> None:
    """Make a network known. Raises ValueError for a name that is taken, or facts that make no sense."""
    if not facts.name or facts.name in NETWORKS:
        raise ValueError(
            f'A network called "{facts.name}" is known already; give the new one another name.'
        )
    if facts.limit < 1 or facts.alt_limit < 0:
        raise ValueError(f"The limits of {facts.label} must be whole numbers above nought.")
    NETWORKS[facts.name] = facts


# Prices: X's list of 2026-04-20. X bills whatever it turns into a link, and that is any domain name.
register(
    NetworkFacts(
        name="x",
        label="X",
        limit=280,
        measure=counting.weighted,
        counts=to_say("A link counts 23, an emoji 2, and letters of European languages 1 each."),
        link_in_text=True,
        alt_limit=1000,
        image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        image_bytes=5_000_000,
        most_images=4,
        price=Decimal("0.015"),
        price_with_link=Decimal("0.20"),
        mentions_notify=True,
        home=_on_x,
    )
)
# LinkedIn does not say in which unit its 3,000 are counted. UTF-16 code units are the largest of the
# candidates, so a text that fits by them fits. The backslashes that go over the wire do not count.
register(
    NetworkFacts(
        name="linkedin",
        label="LinkedIn",
        limit=3000,
        measure=counting.utf16,
        counts=to_say("Every letter, space and line break counts 1, an emoji 2 or more."),
        link_in_text=False,
        alt_limit=4086,
        image_pixels=36_152_319,
        most_images=20,
        card_or_images=True,
        home=_on_linkedin,
    )
)


def facts_of(network: str) -> NetworkFacts:
    """Return the facts of a network. Raises `UnknownNetwork` with the names that are known."""
    try:
        return NETWORKS[network]
    except KeyError:
        known = ", ".join(sorted(NETWORKS))
        raise UnknownNetwork(
            f'There is no network called "{network}"; the known ones are {known}.'
        ) from None


def length(network: str, content: Content) -> int:
    """Return how long a post's text is, in the unit its network counts in (see `NetworkFacts.counts`)."""
    return facts_of(network).measure(content.text)


def limit(network: str) -> int:
    """Return how long a text may be on a network, in the unit of `length`."""
    return facts_of(network).limit


def cost(network: str, content: Content) -> Decimal | None:
    """Return what publishing this content costs in US dollars; None where the network takes nothing."""
    facts = facts_of(network)
    if facts.price_with_link is not None and counting.has_address(content.text):
        return facts.price_with_link
    return facts.price
