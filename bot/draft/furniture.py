"""What stands around an item's words and says nothing of it: dates, captions, greetings, buttons, notes to editors.

A feed gives such lines among the item's own paragraphs. They are left out of a draft whole, or cut off
where they begin or end a paragraph. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.split import phrases

_SHORT = 12  # words; a longer line tells something

_MONTHLIKE = r"[^\W\d_]{3,12}\.?"
_DAY = r"(?:[^\W\d_]{2,14},? )?\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?"
_DATE = (
    rf"(?:{_DAY} (?:de |d['’])?{_MONTHLIKE}(?: de| del)?,? \d{{4}}(?: r\.)?"
    rf"|{_MONTHLIKE} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{4}(?: r\.)?)"
    r"(?:,? (?:at |um |kl\. ?|a las |alle |à |godz\. )?\d{1,2}[:.h]\d{2}(?: ?(?:am|pm|uhr))?)?"
)
_STAMP_WORDS = (
    r"(?:first |last |date |latest )?(?:published|updated|posted|issued|modified|added|reviewed|released)(?: date| on| at)?"
    r"|date(?: of)?(?: publi\w+| issued?)?|publication date|news date"
    r"|cyhoeddwyd(?: gyntaf)?(?: ar)?|diweddarwyd(?: ddiwethaf)?(?: ar)?|dyddiad(?: cyhoeddi)?"
    r"|publicado(?: el)?|(?:última )?actualiza(?:ción|do)(?: el)?|fecha(?: de publicación)?"
    r"|pubblicato(?: il)?|(?:ultimo )?aggiorna(?:mento|to)(?: il)?|data(?: di)?(?: pubblicazione| publikacji)?"
    r"|opublikowano|(?:ostatnia )?aktualizacja|data dodania|dodano"
    r"|publicerad(?:es|)(?: den)?|(?:senast )?uppdaterad(?:es|)|publiceringsdatum"
    r"|veröffentlicht(?: am)?|(?:zuletzt )?aktualisiert(?: am)?|stand|datum|erstellt(?: am)?"
    r"|publié(?:e)?(?: le)?|(?:dernière )?mis(?:e)? à jour(?: le)?|date de publication"
)
_STAMP = re.compile(rf"(?:{_STAMP_WORDS})\s*:?\s*{_DATE}", re.IGNORECASE)
_BARE_DATE = re.compile(rf"{_DATE}(?=\s+[\"“„«]?[^\W\d_a-z])", re.IGNORECASE)
# Where and when a press office wrote: "Pamplona, 14 de mayo de 2026.-", "CARDIFF, 3 May 2026 –".
_DATELINE = re.compile(
    rf"\(?[^\W\d_a-z][\w’'.-]+(?: [^\W\d_a-z(][\w’'.-]+){{0,2}}(?: \([\w’' -]+\))?,? (?:le |den |el |il |dnia |am )?{_DATE}"
    r"\)?\s*(?:[.:]\s*[–—-]*|[–—-]+)\s*(?=\S)"
)
_CITY_IN_CAPITALS = re.compile(
    r"[^\W\d_a-z]{3,}(?: [^\W\d_a-z]{3,}){0,2} ?[–—-]{1,2} (?=[^\W\d_a-z])"
)
# "BOUAKE, Ivory Coast (Reuters) - ", "ZARAGOZA, 21 May. (EUROPA PRESS) - ", "(ots) ".
_AGENCY = re.compile(
    r"(?:[^\W\d_a-z]{3,}[\w ,.’'/-]{0,40}(?<=[\w.]) \([^\W\d_a-z][\w/ .-]{1,20}\)\s*[–—-]+"
    r"|\((?:[a-z]{2,4}|[A-Z]{2,5}(?: [A-Z]{2,8})?)\)\s*[–—-]*) +(?=\S)"
)
_GREETING = re.compile(
    r"(?:dear|annwyl|estimad[oa]s?|querid[oa]s|gentil[ei]|car[ei]|szanown[iy]|drodzy|liebe|sehr geehrte|chère?s?|cher|"
    r"hello|hi|hej|hola|ciao|bonjour|hallo|guten tag|buongiorno|dzień dobry|helo)"
    r"(?: (?:all|everyone|colleagues?|friends?|readers?|partners?|subscribers?|madam|sir|or|and|gydweithwyr|gydweithiwr|gyfaill|gyfeillion|"
    r"ddarllenydd|colegas?|amig[oa]s?|lector[ae]s?|y|soci[oae]s|collegh[ie]|amic[ie]|e|lettor[ie]|state|państwo|czytelnicy|czytelniku|"
    r"alla|kollegor?|läsare|vänner|leser\w*|kolleg\w+|freunde|damen|und|herren|collègues?|ami[es]*|lectri\w+|lecteur\w*|"
    r"à|et|tous|toutes|tutti|todos|pawb))*\s*[,:!]\s*(?=\S)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:page summary|summary|abstract|overview|teaser|details|description|crynodeb(?: o[’']r dudalen)?|manylion|resumen|sumario|"
    r"sommario|abstract|sintesi|streszczenie|podsumowanie|sammanfattning|ingress|zusammenfassung|kurzfassung|résumé|chapeau)"
    r"\s*:\s*(?=\S)",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(
    r"(?:page summary|summary|abstract|teaser|details|description|documents?|content|contents|challenge|solution|results?|"
    r"crynodeb(?: o[’']r dudalen)?|manylion|dogfennau|cynnwys|resumen|sumario|documentos|contenido|sommario|documenti|contenuto|"
    r"allegati|streszczenie|podsumowanie|dokumenty|załączniki|sammanfattning|ingress|dokument|innehåll|zusammenfassung|"
    r"kurzfassung|dokumente|inhalt|anhänge|résumé|sommaire|documents?|contenu|pièces jointes|chapeau)\s*:?",
    re.IGNORECASE,
)
_HOME = (
    r"home|homepage|start|hafan|inicio|strona główna|startsida|hem|startseite|accueil|inizio|"
    r"you are here|rydych chi yma|estás aquí|está aquí|sei qui|jesteś tutaj|du är här|sie sind hier|vous êtes ici"
)
_CRUMBS = re.compile(rf"(?:{_HOME})\s*(?::\s*\S|[>»›/|→]\s*\S)", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:(?:photo(?:graph)?s?|image|picture|pic)(?: caption| credit)?|caption|credits?|copyright|illustration|video|above|pictured|llun(?:iau)?|"
    r"fotos?|fotografía|imagen|crédito|créditos|immagine|foto di|zdjęcie|zdjęcia|fot|grafika|bild(?:er)?|fotograf|illustration|"
    r"bildnachweis|quelle|crédits?|crédit photo|photo credit|légende|©|\(c\))\s*(?:\([^)]*\))?\s*[:/.©–—-]",
    re.IGNORECASE,
)
_CAPTION_WORDS = 30
_BUTTONS = re.compile(
    r"(?:share|tweet|print|e-?mail this|save|copy link|listen|download|skip to|back to|jump to|view|show|open|play|next|previous|"
    r"follow us|subscribe|sign up|leave a comment|comments?|rhann\w+|argraffu|compartir|comparte|imprimir|descargar|escuchar|"
    r"condividi|stampa|scarica|ascolta|udostępnij|drukuj|pobierz|dela|skriv ut|ladda ne[dr]|lyssna|teilen|drucken|vorlesen|"
    r"herunterladen|partager|imprimer|télécharger|écouter|darllen|gwrando)\b",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\b(?:cookies?|javascript|cwcis)\b", re.IGNORECASE)
_TAGS = re.compile(
    r"(?:tags?|tagged|categor(?:y|ies)|filed under|topics?|themes?|keywords|categorías?|etiquetas|categorie|argomenti|kategori\w*|"
    r"tagi|słowa kluczowe|etiketter|ämnen|schlagw\w+|schlagworte|themen|catégories?|mots[- ]clés|étiquettes|reading time|time to read|"
    r"lesezeit|lästid|tiempo de lectura|tempo di lettura|czas czytania|temps de lecture|author|autor|auteur|autore|awdur|source|fuente|"
    r"fonte|źródło|källa|quelle|isbn|issn|doi|ref|reference|language|type|format)\s*:\s",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"\b(?:pdf|docx?|xlsx?|odt|ods|pptx?|csv|epub|zip)\b[^.!?]{0,40}\b\d[\d.,]* ?(?:[kmg]i?b|ko|mo)\b|\b\d[\d.,]* ?(?:[kmg]i?b|ko|mo)\b[^.!?]{0,20}\b(?:pdf|docx?|xlsx?|odt)\b",
    re.IGNORECASE,
)
_READING_TIME = re.compile(
    r"\d+ ?min(?:ute)?s?\.? (?:read|to read|lesezeit|de lecture|di lettura)\b", re.IGNORECASE
)
_END = re.compile(
    r"(?:[-–—*• ]*(?:ends|diwedd|fin|slut|ende|koniec|fine)[-–—*• .]*$"
    r"|(?:notes?|information|background) (?:to|for) (?:the )?(?:editors?|journalists?|media)"
    r"|(?:media|press) (?:contacts?|enquir\w+|inquir\w+)|for (?:media|press|further|more) (?:enquir\w+|inquir\w+|information,? (?:please )?contact)"
    r"|contacts?:?$|related (?:content|links?|news|articles?|pages?|documents?)|further reading|see also:?$|read also|you may also|"
    r"more (?:on this|news|like this)|about (?:the authors?|us)$|explore the topic|is this page useful"
    r"|nod(?:yn|iadau) i(?:[’']r)? olygydd\w*|cyswllt:?$|newyddion cysylltiedig"
    r"|notas? para (?:los )?(?:editores|medios|redac\w+)|contacto:?$|noticias relacionadas|contenido relacionado"
    r"|note? per (?:la|le|i) (?:stampa|redazion\w+|redattori)|contatti:?$|notizie correlate|leggi anche|vedi anche"
    r"|informacj\w+ dla (?:redakcji|mediów)|kontakt(?: dla mediów| dla prasy)?:?$|zobacz (?:też|także)|czytaj (?:też|także)|powiązane"
    r"|(?:not|information) till redakt\w+|(?:press)?kontakt(?:er)?:?$|läs också|relaterat|mer om"
    r"|hinweise? (?:für|an) (?:die )?(?:redaktion\w*|medien)|(?:presse|medien)kontakt|kontakt:?$|ansprechpartner\w*|lesen sie auch|siehe auch"
    r"|notes? (?:aux|à l[’']attention des) (?:rédact\w+|éditeurs|journalistes)|contacts? presse|contacts? ?:?$|lire aussi|voir aussi|à lire aussi"
    r"|the post .{1,200} (?:appeared first on|first appeared on)|la entrada .{1,200} (?:se publicó primero|aparece primero|apareció primero)"
    r"|l[’']articolo .{1,200} proviene da|artykuł .{1,200} pochodzi z|(?:der )?beitrag .{1,200} erschien zuerst|l[’']article .{1,200} (?:est apparu|apparaît) en premier|"
    r"inlägget .{1,200} dök först upp)",
    re.IGNORECASE,
)
_TITLE_WORDS = 3


def told(paragraphs: Iterable[str], *, title: str) -> tuple[str, ...]:
    """Return those paragraphs that tell something of the item, without what stands before their first sentence.

    What follows "Notes to editors" or the like is left out altogether.
    """
    kept: list[str] = []
    was_greeted = False
    for paragraph in paragraphs:
        text = " ".join(paragraph.split()) if "\n" not in paragraph else paragraph.strip()
        if kept and _END.match(text):
            break
        if phrases.is_greeting(text):
            was_greeted = True
            continue
        text, greeted = _opened(text, title)
        if not text or is_furniture(text):
            continue
        if (greeted or was_greeted) and text[:1].islower():
            text = text[:1].upper() + text[1:]
        was_greeted = False
        kept.append(text)
    return tuple(kept)


def is_furniture(line: str) -> bool:
    """Say whether a line only stands around the words of an item: a date, a caption, a button, a path of links."""
    words = line.split()
    ends_sentence = line.rstrip("\"'”’»)").endswith((".", "!", "?"))
    if _CRUMBS.match(line) or (_CAPTION.match(line) and len(words) <= _CAPTION_WORDS):
        return True
    if _END.match(line) or _LABEL_ALONE.fullmatch(line) or _READING_TIME.search(line[:60]):
        return True
    if _STAMP.fullmatch(line.rstrip(". ")) or phrases.is_date(line):
        return True
    if len(words) <= _SHORT and _COOKIES.search(line):
        return True
    if phrases.is_farewell(line) or phrases.is_bare_action(line):
        return True
    if ends_sentence:
        return len(words) <= 4 and bool(_BUTTONS.match(line))
    return bool(
        _TAGS.match(line)
        or _FILE.search(line)
        or (len(words) <= _SHORT and _BUTTONS.match(line))
        or phrases.is_byline(line)
        or phrases.is_label(line.rstrip(": "))
        or phrases.is_subheading(line)
        or phrases.is_section(line)
    )


def _opened(text: str, title: str) -> tuple[str, bool]:
    """Take off what stands before a paragraph's first sentence; also say whether that was a greeting."""
    greeted = False
    for _ in range(4):
        before = text
        for pattern in (_STAMP, _BARE_DATE, _DATELINE, _AGENCY, _CITY_IN_CAPITALS, _LABEL):
            if match := pattern.match(text):
                rest = text[match.end() :].lstrip(" .:–—|-")
                if _begins(rest):
                    text = rest
        if match := _GREETING.match(text):
            greeted, text = True, text[match.end() :]
        text = _without_title(text, title)
        if text == before:
            break
    return text, greeted


def _begins(rest: str) -> bool:
    """Say whether `rest` begins like a sentence, so that what stood before it was none of its words."""
    first = rest.lstrip("\"'“„«‘(¿¡").lstrip()[:1]
    return not rest or first.isupper() or first.isdigit()


def _without_title(text: str, title: str) -> str:
    """Take off the title where a paragraph begins by repeating it without a full stop."""
    size = len(title)
    if len(title.split()) < _TITLE_WORDS or text[:size].casefold() != title.casefold():
        return text
    rest = text[size:]
    return rest.strip() if rest[:1] in ("", " ") and rest.strip()[:1].isupper() else text
