"""What stands against a post: errors that its network would refuse, and warnings for readers' sake.

The warnings follow the accessibility guidance of the UK's Government Communication Service for social media:
short sentences, few emoji, hashtags with a capital for each word, no letters out of mathematics. Every
sentence says the mend.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from review.text import counting
from review.text.addresses import Tried, address_errors
from review.text.capitals import shouted
from review.text.cleaning import INVALID
from review.text.content import Content
from review.text.faithful import unsupported
from review.text.networks import NetworkFacts, facts_of
from review.text.saying import say
from review.text.sentences import count_words, split_sentences

MOST_HASHTAGS = 2
MOST_EMOJI = 3
MOST_WORDS = 25
_SHOUTED_FROM = 7  # letters of a hashtag; a shorter one in capitals is an abbreviation

_BESIDE = 20_000  # characters of the source in which a hashtag's words are looked for
_TAG_WORDS = 5
_PLAIN_WORD = re.compile(r"\w+")
_NAMED = 4  # things that the source lacks, named one by one

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w&/#])[#＃](\w*[^\W\d_]\w*)")
_MENTION = re.compile(r"(?<![\w@/.+-])[@＠](\w{1,15})\b", re.ASCII)
# Letters out of mathematics, phonetics, in circles, squares or full width, raised, or struck through, which people
# use as a typeface.
_FAKE_LETTERS = re.compile(
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\u210a-\u2113\u2115\u2118-\u211d\u2124\u2128\u212c\u212d"
    "\u212f-\u2131\u2133\u2134\u2102]+"
    "|[\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]{2,}"
    "|[\u1d00-\u1d2b\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\ua730\ua731]{2,}"
    "|[\u02b0-\u02b8\u1d2c-\u1d6a\u2071\u207f\u2090-\u209c]{3,}"
    "|(?:\\w[\u0335-\u0338]){2,}"
)
_IMAGE_OF = re.compile(r"(an? |the )?(image|picture|photo|photograph|graphic) (of|showing)\b", re.I)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a post, and its mend, in a sentence. An error forbids approval."""

    level: Literal["error", "warning"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a post comes from: the source's words and their language, and what its link answered.

    `links` has, by address, what is wrong with it: why it does not answer, or the address it leads on to;
    `tried` what the addresses in the post have answered since.
    """

    words: str = ""
    language: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    tried: Mapping[str, Tried] = field(default_factory=dict)


def problems(
    network: str,
    content: Content,
    *,
    brands: Collection[str] = (),
    origin: Origin | None = None,
) -> tuple[Problem, ...]:
    """Check a post against its network and for its readers: errors first, then warnings.

    `brands` are names whose spelling stands, such as Cohes3ion or INTERREG. With its `origin` a post is also
    checked for what its source lacks, and for a dead link. Raises `UnknownNetwork`.
    """
    facts = facts_of(network)
    return (
        *(Problem("error", sentence) for sentence in _errors(content, facts)),
        *(
            Problem("error", sentence)
            for sentence in address_errors(content, facts, origin.tried if origin else {})
        ),
        *(
            Problem("warning", sentence)
            for sentence in _warnings(content, facts, brands, origin or Origin())
        ),
        *(
            Problem("warning", sentence)
            for sentence in (_against_origin(content, origin, brands) if origin else ())
        ),
    )


def _against_origin(content: Content, origin: Origin, brands: Collection[str]) -> Iterator[str]:
    answer = origin.links.get(content.link, "") if content.link else ""
    if answer.startswith(("http://", "https://")):
        yield say(
            "The link leads on to %(address)s. Use that address, so that it goes on working.",
            address=answer,
        )
    elif answer and content.link not in origin.tried:
        yield say(
            "The link did not answer when it was last read (%(answer)s). "
            "Open it, and correct it if it is wrong.",
            answer=answer,
        )
    lacking = unsupported(content.text, origin.words, language=origin.language, known=brands)
    if lacking:
        listed = ", ".join(f"“{thing}”" for thing in lacking[:_NAMED])
        if len(lacking) > _NAMED:
            listed = say("%(list)s and %(number)s more", list=listed, number=len(lacking) - _NAMED)
        yield say(
            "The source does not say %(list)s. Check it against the page, or take it out.",
            list=listed,
        )


def _errors(content: Content, facts: NetworkFacts) -> Iterator[str]:
    if not content.text.strip():
        yield say("The text is empty. Write what the post is to say.")
    length = facts.measure(content.text)
    if length > facts.limit:
        yield say(
            "The text is %(length)s long and %(network)s takes %(most)s. Shorten it by %(over)s.",
            length=f"{length:,}",
            network=facts.label,
            most=f"{facts.limit:,}",
            over=f"{length - facts.limit:,}",
        )
    if found := INVALID.search(content.text):
        yield say(
            "The text holds a character that %(network)s does not take (%(character)s, after “%(place)s”). "
            "Delete it and type that place again.",
            network=facts.label,
            character=f"U+{ord(found.group()):04X}",
            place=_before(content.text, found.start()),
        )
    yield from _about_images(content, facts)
    yield from _too_long(
        say("link card's title"), content.card_title, facts.card_title_limit, facts
    )
    yield from _too_long(
        say("link card's description"),
        content.card_description,
        facts.card_description_limit,
        facts,
    )


def _about_images(content: Content, facts: NetworkFacts) -> Iterator[str]:
    images = content.images
    several = len(images) > 1
    for number, image in enumerate(images, start=1):
        which = say("image %(number)s", number=number) if several else say("image")
        if not image.alt.strip():
            yield say(
                "The %(image)s has no alt text. Describe what it shows for people who cannot see it, "
                "or remove the image.",
                image=which,
            )
        what = say("alt text of image %(number)s", number=number) if several else say("alt text")
        yield from _too_long(what, image.alt, facts.alt_limit, facts)
    if len(images) > facts.most_images:
        yield say(
            "The post has %(number)s images and %(network)s takes %(most)s. Remove %(over)s.",
            number=len(images),
            network=facts.label,
            most=facts.most_images,
            over=len(images) - facts.most_images,
        )
    elif several and content.link and facts.card_or_images:
        yield say(
            "%(network)s shows a link's card with one image, or several images without a card. "
            "Keep one image, or clear the link and write it into the text.",
            network=facts.label,
        )


def _before(text: str, position: int) -> str:
    return INVALID.sub("", text[max(0, position - 20) : position]).strip() or say("the beginning")


def _too_long(what: str, text: str, limit: int, facts: NetworkFacts) -> Iterator[str]:
    length = counting.utf16(text)
    if length > limit:
        yield say(
            "The %(what)s is %(length)s characters long and %(network)s takes %(most)s. "
            "Shorten it by %(over)s.",
            what=what,
            length=f"{length:,}",
            network=facts.label,
            most=f"{limit:,}",
            over=f"{length - limit:,}",
        )


def _warnings(
    content: Content, facts: NetworkFacts, brands: Collection[str], origin: Origin
) -> Iterator[str]:
    text = _ADDRESS.sub(" ", content.text)
    if facts.link_in_text and content.link and content.link not in content.text:
        yield say(
            "The text does not hold its link. Add %(link)s, or clear the link if followers need none.",
            link=content.link,
        )
    yield from _about_hashtags(text, brands, origin.words)
    yield from _about_words(text, brands, origin)
    emoji = counting.emoji_in(content.text)
    if len(emoji) > MOST_EMOJI:
        yield say(
            "The text has %(number)s emoji, and screen readers read out each one. Keep %(most)s at most.",
            number=len(emoji),
            most=MOST_EMOJI,
        )
    if inside := _emoji_inside(text, emoji):
        yield say(
            "%(emoji)s stands inside the text, where screen readers read it out between the words. "
            "Move it to the end of the line.",
            emoji=inside,
        )
    if facts.mentions_notify:
        yield from _about_mentions(content.text)
    if content.image and _IMAGE_OF.match(content.image_alt.strip()):
        yield say(
            "The alt text begins by saying that it is an image, which screen readers say already. "
            "Begin with what it shows."
        )


def _emoji_inside(text: str, emoji: Collection[str]) -> str:
    """Return the first emoji that words follow on its line; hashtags and addresses are no words."""
    for line in _HASHTAG.sub(" ", text).split("\n"):
        for one in emoji:
            _, found, after = line.partition(one)
            for other in emoji:  # a keycap has a figure in it
                after = after.replace(other, "")
            if found and any(letter.isalnum() for letter in after):
                return one
    return ""


def _about_hashtags(text: str, brands: Collection[str], source: str) -> Iterator[str]:
    tags = _HASHTAG.findall(text)
    if len(tags) > MOST_HASHTAGS:
        yield f"The text has {len(tags)} hashtags. Keep the {MOST_HASHTAGS} that matter most."
    # A name may have two spellings, Interreg and INTERREG; the one with small letters is proposed.
    spelled = {brand.casefold(): brand for brand in sorted(brands)}
    for tag in dict.fromkeys(tags):
        brand = spelled.get(tag.casefold())
        if tag in brands:
            continue
        if brand is not None:
            yield f"Write #{tag} as #{brand}, the way the name is spelled."
            continue
        camel = _camel(tag, f"{_HASHTAG.sub(' ', text)} {source}")
        if tag[0].islower() or (camel != tag and tag[1:].islower()):
            yield (
                f"Begin each word of #{tag} with a capital, such as #{camel}, "
                "so that screen readers can tell the words apart."
            )
        elif tag.isupper() and len(tag) >= _SHOUTED_FROM:
            yield f"Write #{tag} with a capital at the beginning of each word only."


def _camel(tag: str, words_beside: str) -> str:
    """Return a hashtag with a capital for each of its words: parted by underscores, or as the text has them apart."""
    parts = [part for part in tag.split("_") if part]
    if len(parts) > 1:
        return "".join(part[0].upper() + part[1:] for part in parts)
    rest = tag.casefold()
    words = _PLAIN_WORD.findall(words_beside[:_BESIDE].casefold())
    for start, word in enumerate(words):
        if not rest.startswith(word) or word == rest:
            continue
        run = ""
        for end in range(start, min(start + _TAG_WORDS, len(words))):
            run += words[end]
            if run == rest:
                return "".join(one[0].upper() + one[1:] for one in words[start : end + 1])
    return tag[0].upper() + tag[1:]


def _about_words(text: str, brands: Collection[str], origin: Origin) -> Iterator[str]:
    for sentence in split_sentences(_HASHTAG.sub(" ", text), language=origin.language):
        words = count_words(sentence)
        if words > MOST_WORDS:
            beginning = " ".join(sentence.split()[:5])
            yield say(
                "The sentence “%(beginning)s …” has %(number)s words. Split it: %(most)s are enough for one.",
                beginning=beginning,
                number=words,
                most=MOST_WORDS,
            )
    names = {brand.casefold() for brand in brands}
    loud = shouted(_HASHTAG.sub(" ", text), names=names, source=origin.words)
    if loud:
        listed = ", ".join(f"“{word}”" for word in loud[:3])
        yield say(
            "Write %(list)s in small letters: capitals are hard to read, "
            "and screen readers may spell them out.",
            list=listed,
        )
    if fake := _FAKE_LETTERS.search(text):
        yield say(
            "“%(letters)s” is not made of letters, and screen readers cannot read it. "
            "Type it in plain letters.",
            letters=fake.group(),
        )


def _about_mentions(text: str) -> Iterator[str]:
    if text.lstrip().startswith(("@", "＠")):
        yield say(
            "The text begins with a mention, and X shows such a post to few people. "
            "Begin with another word."
        )
    names = dict.fromkeys(_MENTION.findall(_ADDRESS.sub(" ", text)))
    for name in names:
        yield say(
            "@%(name)s will be told of this post on X. Make sure that it is the account you mean.",
            name=name,
        )
