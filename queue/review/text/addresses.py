"""What stands against a post because of the addresses in it: a link where nothing is, an image that will not do. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.text.content import Content
from review.text.networks import NetworkFacts


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
        return f"{facts.label} takes images as {known}, and this is none of them."
    if facts.image_bytes and tried.size > facts.image_bytes:
        return f"The image has {tried.size:,} bytes, and {facts.label} takes {facts.image_bytes:,}."
    if facts.image_pixels and tried.width * tried.height > facts.image_pixels:
        return (
            f"The image has {tried.width:,} times {tried.height:,} pixels, and {facts.label} takes "
            f"{facts.image_pixels:,} in all."
        )
    return ""


def address_errors(
    content: Content, facts: NetworkFacts, tried: Mapping[str, Tried]
) -> Iterator[str]:
    """Yield what is certainly wrong with the link and the images of a post, by what they answered."""
    link = tried.get(content.link) if content.link else None
    if link is not None and link.gone:
        yield (
            f"The link is dead: {link.answer} Correct it, or clear it; it is tried again every few minutes."
        )
    for number, image in enumerate(content.images, start=1):
        found = tried.get(image.url)
        if found is None:
            continue
        which = f"image {number}" if len(content.images) > 1 else "image"
        if found.gone:
            yield f"The {which} is not there: {found.answer} Remove it."
        elif found.size and found.answer:
            most = f" {facts.label} takes {facts.image_bytes:,} bytes." if facts.image_bytes else ""
            yield f"The {which} is too large: {found.answer}{most} Remove it, or use another."
        elif found.size and (why := image_trouble(found, facts)):
            yield f"{why} Remove the {which}, or use another."
