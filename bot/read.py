"""Answer → Feed, by the type of the source it came from. Pure."""

from __future__ import annotations

from bot import parse
from bot.values import Feed, Fetched
from config import schema


def read(answer: Fetched, source: schema.Source) -> Feed:
    """Read an answer the way its source's type says. Raises ValueError with a sentence for people."""
    if source.type == "listing" and source.select is not None:
        selectors = parse.Selectors(
            item=source.select.item,
            title=source.select.title,
            link=source.select.link,
            date=source.select.date,
            summary=source.select.summary,
        )
        return parse.read_listing(
            answer.body,
            url=answer.url,
            selectors=selectors,
            content_type=answer.content_type,
            language=source.language,
        )
    if source.type == "bulletin":
        return parse.read_bulletin(
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            language=source.language,
        )
    return parse.parse(
        answer.body, url=answer.url, content_type=answer.content_type, language=source.language
    )
