"""The ends of a page: boilerplate taken out of items, what follows the footer, the name of the issue."""

from __future__ import annotations

from bot.split import furniture, phrases
from bot.split.furniture import Furniture
from bot.split.lines import Line, paragraphs, squash, words
from bot.split.part import Part


def name_issue(parts: list[Part]) -> None:
    """Take the first item for the name of the issue where it only names a newsletter."""
    items = [part for part in parts if part.kind is None]
    looks = {part.look for part in items[1:]}
    if len(items) >= 3 and items[0].look not in looks and _only_names(items[0]):
        items[0].kind = furniture.INTRODUCTION
        return
    if len(items) < 3 or items[0].look == "lead" or not phrases.names_issue(items[0].title):
        return
    title = items[0].title
    if len(words(title)) <= 4 or any(mark.isdigit() for mark in title):
        items[0].kind = furniture.INTRODUCTION


def _only_names(part: Part) -> bool:
    """Say whether a part is a name with at most a few words below it, and leads nowhere."""
    texts = part.paragraphs()
    linked = part.href or any(line.hrefs for line in part.body)
    return not linked and sum(len(words(text)) for text in texts) <= 15


def after_footer(parts: list[Part]) -> list[Part]:
    """Take what stands after the way to unsubscribe, at the end of a page, for its footer too."""
    sizes = [sum(len(text) for text in part.paragraphs()) for part in parts]
    total = sum(sizes)
    for number, part in enumerate(parts):
        ends = part.kind is furniture.SUBSCRIPTION or (
            part.kind is not None
            and part.kind.phrase == furniture.FOOTER.phrase
            and any(furniture.begins_footer(line.text) for line in part.body)
        )
        rest = [later for later in parts[number + 1 :] if later.kind is None]
        if ends and sum(sizes[:number]) * 10 >= total * 7 and len(rest) <= 3:
            for later in rest:
                later.kind = furniture.FOOTER
            break
    return parts


def without_footers(parts: list[Part]) -> list[Part]:
    """Take boilerplate out of the items into a footer of its own, and all that follows a footer's start."""
    last_item = max((n for n, part in enumerate(parts) if part.kind is None), default=-1)
    result: list[Part] = []
    for number, part in enumerate(parts):
        if part.kind is not None and part.kind is not furniture.INTRODUCTION:
            result.append(part)
            continue
        own: list[Line] = []
        other: list[Line] = []
        for unit in paragraphs(part.body):
            text = squash(" ".join(line.text for line in unit))
            if (
                any(line.region for line in unit)
                or (text and furniture.is_boilerplate(text))
                or (
                    other
                    and number == last_item
                    and any(furniture.begins_footer(line.text) for line in other)
                )
            ):
                other.extend(unit)
            else:
                own.extend(unit)
        part.body = own
        result.append(part)
        if any(line.text for line in other):
            phrase = (
                next((line.region for line in other if line.region), "") or furniture.FOOTER.phrase
            )
            result.append(Part(title="", body=other, kind=Furniture(phrase)))
    for part in result:
        # An item may have been nothing but boilerplate.
        if part.kind is None and part.look != "lead" and not part.body and not part.href:
            part.kind = furniture.SECTION
    return result
