"""What stands against a post because of the addresses in it: a link where nothing is, an image that will not do. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.text.content import Content
from review.text.networks import NetworkFacts
from review.text.saying import say, together


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address answered when it was last tried.

    `gone`: its server says that nothing is there. For an image: its media type by its bytes ("" for none), its
    size in bytes, and its width and height in pixels (0 where they are not known).
    """

    gone: bool = False
    answer: str = ""
    kind: str = ""
    size: int = 0
    width: int = 0
    height: int = 0


def image_trouble(tried: Tried, facts: NetworkFacts) -> str:
    """Say in a sentence why a network does not take an image, with the network's limit; "" when it does."""
    if tried.kind not in facts.image_types:
        known = ", ".join(name.removeprefix("image/").upper() for name in facts.image_types)
        return say(
            "%(network)s takes images as %(types)s, and this is none of them.",
            network=facts.label,
            types=known,
        )
    if facts.image_bytes and tried.size > facts.image_bytes:
        return say(
            "The image has %(size)s bytes, and %(network)s takes %(most)s.",
            size=f"{tried.size:,}",
            network=facts.label,
            most=f"{facts.image_bytes:,}",
        )
    if facts.image_pixels and tried.width * tried.height > facts.image_pixels:
        return say(
            "The image has %(width)s times %(height)s pixels, and %(network)s takes %(most)s in all.",
            width=f"{tried.width:,}",
            height=f"{tried.height:,}",
            network=facts.label,
            most=f"{facts.image_pixels:,}",
        )
    return ""


def address_errors(
    content: Content, facts: NetworkFacts, tried: Mapping[str, Tried]
) -> Iterator[str]:
    """Yield what is certainly wrong with the link and the images of a post, by what they answered."""
    link = tried.get(content.link) if content.link else None
    if link is not None and link.gone:
        yield say(
            "The link is dead: %(answer)s Correct it, or clear it; it is tried again every few minutes.",
            answer=link.answer,
        )
    several = len(content.images) > 1
    for number, image in enumerate(content.images, start=1):
        found = tried.get(image.url)
        if found is None:
            continue
        which = say("image %(number)s", number=number) if several else say("image")
        if found.gone:
            yield say(
                "The %(image)s is not there: %(answer)s Remove it.",
                image=which,
                answer=found.answer,
            )
        elif found.size and found.answer:
            most = (
                say(
                    "%(network)s takes %(most)s bytes.",
                    network=facts.label,
                    most=f"{facts.image_bytes:,}",
                )
                if facts.image_bytes
                else ""
            )
            yield say(
                "The %(image)s is too large: %(answer)s Remove it, or use another.",
                image=which,
                answer=together(found.answer, most),
            )
        elif found.size and (why := image_trouble(found, facts)):
            yield together(why, say("Remove the %(image)s, or use another.", image=which))
