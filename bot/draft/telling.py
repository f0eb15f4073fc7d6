"""Which of a source's sentences are worth quoting, in eight languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.text import count_words, split_sentences

# Sentences whose point is a link that followers of a post do not see: "Read more here."
_POINTS_AT_THE_END = re.compile(
    r"(?<!\w)(?:here|this link|link below|yma|aquí|este enlace|qui|questo link|tutaj|poniżej|här|nedan|hier|ici|"
    r"ce lien|(?:on|from|via|at) (?:our|the|its|their) (?:web ?site|web ?page|site)|ar (?:ein|y|eu) gwefan|en (?:nuestra|la|su) (?:página )?web|"
    r"sul (?:nostro )?sito(?: web)?|na (?:naszej )?stronie(?: internetowej)?|på (?:vår |sin )?(?:webbplats|hemsida)|"
    r"auf (?:unserer|der|ihrer) (?:website|webseite|homepage|internetseite)|sur (?:notre|le|son) site(?: internet| web)?|clicking here|read more|find out more|learn more|mwy|weiterlesen|mehr dazu|läs mer|leer más|"
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
    r"plus d[’']informations?|the post .{1,200} (?:appeared first on|first appeared on)|to (?:read|download|view|find out)\b.{0,60}"
    r"\b(?:click|visit|see|follow|go to)|(?:please )?(?:contact|email|call|e-mail)|if you (?:have|would like|want|need)|"
    r"discover|explore|join us|come and|take a look|have a look|this (?:page|file|publication|document) (?:is (?:also )?available|may not be)|"
    r"(?:also )?available in (?:welsh|english)|mae[’']r (?:dudalen|ddogfen|adroddiad) (?:hon|hwn) (?:hefyd )?ar gael|darganfyddwch|"
    r"descubr[ae]|conozca|conoce|scoprite|zapraszamy|zachęcamy|upptäck|välkommen|entdecken sie|erfahren sie|retrouvez|découvrez|"
    r"cette page est|cysylltwch|contacte con|per informazioni|contattare|prosimy o kontakt|kontakta|bitte wenden|contactez)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\(.*\)[.\s]*|.*:")
_UNFINISHED = re.compile(r"(?:…|\.{3}|\[[….]+\])[\s\"”»)\]]*$")
_FINISHED = re.compile(r"[.!?][\"'”’»)\]]*$")
_QUOTATION = re.compile(r"[\s]*[\"“„«”][^\"“”„«»]*[.!?…]?[\"”“»]\s*")
_SHORTEST = 4  # words
_LONGEST = 60
# What closes a quotation, by what opened it; a German one closes with what opens an English one.
_CLOSES = {"„": "“”", "“": "”", "”": "”", "«": "»", "»": "«»", '"': '"'}


def usable_sentences(
    paragraphs: Iterable[str], *, title: str, language: str = ""
) -> tuple[str, ...]:
    """Return the source's sentences that can stand in a post, whole and in order.

    Left out: those that point at a link, are cut off, are a quotation of nobody or a part of one, ask or answer,
    have under four words or over sixty, or only repeat the title. Of words without a full stop a heading or list item
    is kept only when nothing better is there.
    """
    whole: list[str] = []
    loose: list[str] = []
    said = _key(title)
    for paragraph in paragraphs:
        asked = False
        quoted = ""
        for sentence in split_sentences(paragraph, language=language):
            was_quoted, quoted = quoted, _still_quoted(sentence, quoted)
            was_asked, asked = asked, sentence.rstrip("\"'”’»)").endswith("?")
            if was_quoted or quoted or asked or was_asked or not _is_balanced(sentence):
                continue
            if _QUOTATION.fullmatch(sentence) or _ASIDE.fullmatch(sentence):
                continue
            if _UNFINISHED.search(sentence) or is_pointer(sentence):
                continue
            if not _SHORTEST <= count_words(sentence) <= _LONGEST or _key(sentence) == said:
                continue
            (whole if _FINISHED.search(sentence) else loose).append(sentence)
    # A teaser and the text below it may differ in their apostrophes only.
    return tuple({_key(sentence): sentence for sentence in reversed(whole or loose[:1])}.values())[
        ::-1
    ]


def _still_quoted(sentence: str, opened: str) -> str:
    """Return the mark that opened the quotation which is open at the end of a sentence, or "".

    `opened` is that at its beginning.
    """
    for place, letter in enumerate(sentence):
        if opened:
            if letter in _CLOSES[opened]:
                opened = ""
        elif letter in _CLOSES and not (letter == "”" and sentence[place - 1 : place].strip()):
            opened = letter
    return opened


def _is_balanced(sentence: str) -> bool:
    return all(sentence.count(a) == sentence.count(b) for a, b in (("(", ")"), ("[", "]")))


def is_pointer(sentence: str) -> bool:
    """Say whether a sentence only sends its reader to a link: "Find out more about the plans here."."""
    return bool(_POINTS_AT_THE_BEGINNING.match(sentence) or _POINTS_AT_THE_END.search(sentence))


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
