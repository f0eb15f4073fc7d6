"""Which of a source's sentences are worth quoting, in eight languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from review.text import count_words, split_sentences

# Sentences whose point is a link that followers of a post do not see: "Read more here."
_POINTS_AT_THE_END = re.compile(
    r"(?<!\w)(?:here|this link|link below|yma|aquí|este enlace|qui|questo link|tutaj|poniżej|här|nedan|hier|ici|"
    r"ce lien|clicking here|read more|find out more|learn more|mwy|weiterlesen|mehr dazu|läs mer|leer más|"
    r"saber más|leggi tutto|scopri di più|czytaj więcej|więcej|en savoir plus|lire la suite)[\s.!:…>»”\"')]*$",
    re.IGNORECASE,
)
_POINTS_AT_THE_BEGINNING = re.compile(
    r"[\s>«“\"(]*(?:read (?:more|on|the|about|our|it)|find out (?:more|how|about)|learn more|click|continue reading|"
    r"see (?:more|also|the (?:full|report|link|attached|website))|more (?:info|information|details|on this)|"
    r"for (?:more|further) (?:info|information|details)|further (?:info|information|details)|"
    r"download|view (?:the|more|our)|watch the|visit (?:our|the|https?:)|follow us|sign up|subscribe|register|"
    r"darllen\w* (?:mwy|rhagor)|darllenwch|cliciwch|am (?:ragor|fwy) o wybodaeth|rhagor o wybodaeth|gweler|lawrlwyth\w*|"
    r"más información|para más información|leer más|haga clic|haz clic|pulse|descarg(?:a|ue|ar)|consult(?:a|e) (?:el|la|aquí)|"
    r"leggi (?:tutto|di più|il|la)|per (?:maggiori|ulteriori) informazioni|maggiori informazioni|clicca|scarica|scopri di più|"
    r"czytaj (?:więcej|dalej)|więcej informacji|kliknij|pobierz|zobacz (?:też|więcej)|szczegóły|"
    r"läs (?:mer|hela|rapporten)|mer information|klicka|ladda ner|ladda ned|"
    r"weiterlesen|mehr (?:dazu|informationen|erfahren|infos)|weitere (?:informationen|infos)|lesen sie|klicken|herunterladen|"
    r"zum (?:bericht|download)|en savoir plus|lire (?:la suite|plus)|pour (?:en savoir plus|plus d)|cliquez|télécharge\w*|"
    r"plus d[’']informations?)\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"(?:…|\.{3}|\[[….]+\])[\s\"”»)\]]*$")
_FINISHED = re.compile(r"[.!?][\"'”’»)\]]*$")
# A sentence that begins so leans on the one before it.
_LEANS = re.compile(
    r"(?:it|its|this|these|they|their|those|he|she|his|her|but|and|however|also|therefore|so|as a result|moreover|"
    r"mae hwn|mae hi|ond|hefyd|este|esta|estos|estas|además|pero|sin embargo|también|questo|questa|questi|inoltre|ma|anche|"
    r"to|ten|ta|te|jednak|również|ponadto|det|den|de|detta|denna|dessa|men|även|dieser|diese|dieses|sie|er|es|"
    r"außerdem|aber|auch|dabei|cette|ce|ces|il|elle|ils|elles|mais|aussi|en outre)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_SHORTEST = 4  # words
_LONGEST = 60


def usable_sentences(
    paragraphs: Iterable[str], *, title: str, language: str = ""
) -> tuple[str, ...]:
    """Return the source's sentences that can stand in a post, whole and in order.

    Left out: those that point at a link, are cut off, have under four words or over sixty, or only repeat
    the title. Of words without a full stop a heading or list item is kept only when nothing better is there.
    """
    whole: list[str] = []
    loose: list[str] = []
    said = _key(title)
    for paragraph in paragraphs:
        for sentence in split_sentences(paragraph, language=language):
            if _UNFINISHED.search(sentence) or is_pointer(sentence):
                continue
            if not _SHORTEST <= count_words(sentence) <= _LONGEST or _key(sentence) == said:
                continue
            (whole if _FINISHED.search(sentence) else loose).append(sentence)
    return tuple(dict.fromkeys(whole or loose[:1]))


def is_pointer(sentence: str) -> bool:
    """Say whether a sentence only sends its reader to a link: "Find out more about the plans here."."""
    return bool(_POINTS_AT_THE_BEGINNING.match(sentence) or _POINTS_AT_THE_END.search(sentence))


def by_telling(sentences: Sequence[str], *, title: str) -> tuple[str, ...]:
    """Return those sentences that can stand alone, the most telling first.

    A sentence tells more when it comes early, gives a figure, is short enough to read at a glance, and says
    what the title does not.
    """
    title_words = set(_key(title).split())

    def worth(numbered: tuple[int, str]) -> float:
        number, sentence = numbered
        words = _key(sentence).split()
        fresh = sum(1 for word in words if word not in title_words) / max(len(words), 1)
        return (
            -0.6 * number
            + (0.8 if _FIGURE.search(sentence) else 0.0)
            + (0.5 if 8 <= len(words) <= 25 else 0.0)
            + fresh
            - (1.5 if number and _LEANS.match(sentence) else 0.0)
        )

    ranked = sorted(enumerate(sentences), key=worth, reverse=True)
    return tuple(sentence for _, sentence in ranked)


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
