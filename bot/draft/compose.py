"""Puts a draft together and makes it fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from jinja2 import Template

from bot.draft import furniture, ranking, telling, titles
from bot.draft.calming import calm
from bot.draft.wording import Wording, render
from bot.sort import Rules
from bot.sort.phrases import words_of
from bot.values import Announcement, Card, Kind
from review.text import Content, clean_text, facts_of

_SENTENCES = 3  # quoted on LinkedIn
_HEADLINE = 250  # characters; no headline is longer
_TRIED = 3  # sentences tried on X before there is none
_HASHTAGS = 2
_DESCRIPTION = 300  # characters of a card's description; more is cut off by the networks
_BOOK_WORDS = 200  # words of the source that are looked up in the hashtag book
_BLANK_LINES = re.compile(r"\n{3,}")


def draft(
    announcement: Announcement,
    *,
    network: str,
    card: Card | None,
    wording: Wording,
    rules: Rules,
) -> Content:
    """Write the post that announces `announcement` on `network`.

    The text is within the network's limit. Where the link is part of the text it is always whole. `card`
    is what the linked page says of itself. Raises `review.text.UnknownNetwork`, and `WordingError` when
    the wording has no file for this kind.
    """
    facts = facts_of(network)
    language = announcement.language.partition("-")[0].lower()
    kind = announcement.kind or Kind.REPORT
    link = announcement.link.strip()
    given = _one_line(announcement.title)
    trimmed = titles.trimmed(given, link=link)
    paragraphs = furniture.told(
        [clean_text(text) for text in announcement.paragraphs or (announcement.summary,)],
        title=given,
    )
    sentences = tuple(
        ranking.undated(sentence, language)
        for sentence in telling.usable_sentences(paragraphs, title=trimmed, language=language)
    )
    title = calm(
        titles.completed(trimmed, sentences=sentences),
        words=paragraphs,
        brands=rules.brands,
        language=language,
    )
    if not facts.link_in_text:
        # Where there is room for much, the first line is a headline all the same.
        title = titles.cut(title, fits=lambda title: len(title) <= _HEADLINE) or title
    text = _fit(
        wording.find(language=language, network=network, kind=kind),
        title=title,
        sentences=sentences,
        hashtags=hashtags(title, paragraphs, rules=rules),
        link=link,
        kind=kind,
        language=language,
        one_sentence=facts.link_in_text,
        fits=lambda text: facts.measure(text) <= facts.limit,
    )
    image, image_alt = announcement.image, announcement.image_alt
    if not image and card is not None:
        image, image_alt = card.image, card.image_alt
    # A picture that nobody has described would only stand in the way of approval.
    shows_image = bool(image_alt.strip()) and image.startswith(("https://", "http://"))
    return Content(
        text=text,
        link=link,
        card_title=_cut_at_word(
            titles.trimmed(_one_line(card.title), link=link) if card and card.title else title,
            facts.card_title_limit,
        ),
        card_description=_description(card, sentences, facts.card_description_limit),
        image=image if shows_image else "",
        image_alt=_cut_at_word(_one_line(image_alt), facts.alt_limit) if shows_image else "",
    )


def hashtags(title: str, paragraphs: Sequence[str], *, rules: Rules) -> tuple[str, ...]:
    """Return the hashtags whose words stand in the source: the title's first, two at most."""
    found = []
    for text in (title, " ".join(paragraphs)):
        words = words_of(text, most=_BOOK_WORDS)
        found += sorted(rules.hashtags.find(words), key=lambda hit: rules.tag_rank(hit.value))
    said = title.casefold()
    tags = dict.fromkeys(hit.value for hit in found if hit.value.casefold() not in said)
    return tuple(tags)[:_HASHTAGS]


def _fit(
    template: Template,
    *,
    title: str,
    sentences: Sequence[str],
    hashtags: Sequence[str],
    link: str,
    kind: Kind,
    language: str,
    one_sentence: bool,
    fits: Callable[[str], bool],
) -> str:
    def write(title: str, chosen: Sequence[str], tags: Sequence[str]) -> str:
        variables: dict[str, Any] = {
            "title": title,
            "sentence": chosen[0] if chosen else "",
            "sentences": tuple(chosen),
            "link": link,
            "hashtags": " ".join(tags),
            "kind": kind.value,
        }
        return _BLANK_LINES.sub("\n\n", clean_text(render(template, variables)))

    choices: list[Sequence[str]]
    if one_sentence:
        alone = ranking.most_telling(sentences, title=title, language=language, most=_TRIED)
        choices = [(sentence,) for sentence in alone]
    else:
        together = ranking.best_together(sentences, title=title, language=language, most=_SENTENCES)
        choices = [together[:number] for number in range(len(together), 0, -1)]
    for chosen in choices:
        for number in range(len(hashtags), -1, -1):
            text = write(title, chosen, hashtags[:number])
            if fits(text):
                return text
    for number in range(len(hashtags), -1, -1):
        text = write(title, (), hashtags[:number])
        if fits(text):
            return text
    short = titles.cut(title, fits=lambda title: fits(write(title, (), ())))
    if short:
        return write(short, (), ())
    # The wording's own words leave no room: title and link have to do.
    bare = titles.cut(title, fits=lambda title: fits(f"{title}\n\n{link}"))
    return f"{bare}\n\n{link}".strip() if one_sentence else bare


def _description(card: Card | None, sentences: Sequence[str], limit: int) -> str:
    text = card.description if card is not None and card.description else " ".join(sentences[:1])
    return _cut_at_word(_one_line(text), min(limit, _DESCRIPTION))


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _cut_at_word(text: str, limit: int) -> str:
    return titles.cut(text, fits=lambda text: len(text.encode("utf-16-le")) // 2 <= limit)
