"""Titles made fit to be read: without what a site puts around them, and cut where it does no harm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise
from urllib.parse import urlsplit

from review.text import emoji_in

ELLIPSIS = "…"
# Labels that say nothing of the news itself.
_PREFIX = re.compile(
    r"(?:new|news|latest|just published|press release|media release|news release|newyddion|newydd|"
    r"datganiad i[’']r wasg|nota de prensa|noticias?|novedad|actualidad|comunicato stampa|notizia|novità|aktualność|komunikat prasowy|"
    r"nowość|pressmeddelande|nyhet|nytt|pressemitteilung|pressemeldung|neu|aktuell|communiqué(?: de presse)?|actualités?|nouveau)"
    r"\s*(?:[:!|]+|\s[-–—]\s)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*(?:(?<=\s)(?P<mark>[|»›·-]|::|–|—)\s+)(?P<name>[^|»›]{2,60})$")
# What a file or a listing adds: "(PDF, 1.1 MB)", "[Publication]".
_FILE = re.compile(
    r"\s*[(\[](?:pdf|docx?|xlsx?|odt|pptx?|html)\b[^()\[\]]{0,24}[)\]]\s*$", re.IGNORECASE
)
_TAG = re.compile(r"\[[^\W\d_]{3,20}\]\s+(?=\S)")
_ADDRESS_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}", re.IGNORECASE)
_INSTITUTION = re.compile(
    r"(?i:\b(?:govern\w*|council|commission|agency|authority|assembly|ministry|department|parliament|university|association|news\w*|"
    r"press|blog|website|llywodraeth|cyngor|senedd|prifysgol|comisiwn|gobierno|ayuntamiento|junta|consejería|ministerio|diputación|"
    r"regione|comune|ministero|provincia|urząd|województwo|ministerstwo|gmina|powiat|region|kommun|länsstyrelsen|myndigheten|"
    r"landkreis|ministerium|stadt|land|bund|région|mairie|ministère|préfecture|métropole|interreg)\b)"
)
_DANGLING = re.compile(r"[\s:;,–—|-]+$")
_CUT_OFF = re.compile(r"\s*(?:\.{3,}|…|\[\s*(?:…|\.{3,})\s*\])$")
_CUT_LEAST = 3  # words by which a title that was cut off is found in the text
_COMPLETED_MOST = 160  # characters
_TITLE_LEAST = 2  # words that a title has left when the site's name goes
_SITE_LEAST = 5  # letters of a name by which a host can be known
_SITE_WORDS = 5
_TRAILING = " \t,;:–—-(/&+“„\"'«"
# Words too small to end a cut title on.
_SMALL_WORDS = """
    a an the of for in on to and or with by from at as y yr ar i o am gan de la el en del los las con por para un una
    e di il da per su w na do z dla oraz och på för med av der die das und von für den dem des le les du et au aux
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def trimmed(title: str, *, link: str = "") -> str:
    """Return a title without what a site puts around it: an emoji or "NEW:" before it, the site's name after it.

    The name goes when it is an address ("GOV.WALES"), when the host of `link` is made of it, or, after a bar,
    when it names an institution. A colon or full stop at the end goes too.
    """
    text = _without_emoji(title.strip())
    if tag := _TAG.match(text):
        text = text[tag.end() :]
    text = _FILE.sub("", text)
    while (match := _PREFIX.match(text)) and text[match.end() :].strip():
        rest = text[match.end() :].strip()
        text = rest[:1].upper() + rest[1:]
    while (match := _SUFFIX.search(text)) and len(text[: match.start()].split()) >= _TITLE_LEAST:
        if not _is_site(match["name"], match["mark"], link):
            break
        text = text[: match.start()].rstrip()
    text = _CUT_OFF.sub(ELLIPSIS, _DANGLING.sub("", text))
    if text.endswith(".") and text.count(".") == 1:
        text = text[:-1]
    return text or title.strip()


def _without_emoji(title: str) -> str:
    """Return a title without the emoji before its first word, which screen readers would read out first."""
    first = re.search(r"\w", title)
    before = title[: first.start()] if first else ""
    return title[len(before) :] if emoji_in(before) else title


def completed(title: str, *, sentences: Iterable[str]) -> str:
    """Return a title that its source cut off ("…") whole, where one of its sentences begins with the same words."""
    if not title.endswith(ELLIPSIS):
        return title
    known = title.removesuffix(ELLIPSIS).rstrip()
    for sentence in sentences:
        longer = len(known) < len(sentence) <= _COMPLETED_MOST
        if longer and len(known.split()) >= _CUT_LEAST and sentence.startswith(known):
            return sentence.rstrip(".")
    return title


def _is_site(name: str, mark: str, link: str) -> bool:
    if _ADDRESS_NAME.fullmatch(name):
        return True
    squashed = _squashed(name)
    if len(squashed) >= _SITE_LEAST and squashed in _squashed(urlsplit(link).hostname or ""):
        return True
    return (
        mark not in "-–—" and len(name.split()) <= _SITE_WORDS and bool(_INSTITUTION.search(name))
    )


def _squashed(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def cut(title: str, *, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of `title` that `fits`, with "…", or the whole title when that fits.

    The cut falls between words, and never inside a link, a number with its unit, a name of several words, a
    hashtag or an emoji. Text without spaces is cut between letters. Returns "" when nothing fits.
    """
    if fits(title):
        return title
    for places in (_places_between_words(title), _places_between_letters(title)):
        best = _longest(title, places, fits)
        if best:
            return best
    return ""


def _longest(title: str, places: list[int], fits: Callable[[str], bool]) -> str:
    low, high = 0, len(places) - 1
    best = ""
    while low <= high:
        middle = (low + high) // 2
        candidate = _closed(title[: places[middle]])
        if candidate and fits(candidate):
            best = candidate
            low = middle + 1
        else:
            high = middle - 1
    return best


def _closed(beginning: str) -> str:
    words = beginning.rstrip(_TRAILING).split(" ")
    while len(words) > 1 and words[-1].casefold().strip(_TRAILING) in _SMALL:
        words.pop()
    kept = " ".join(words).rstrip(_TRAILING + ".…")
    return kept + ELLIPSIS if kept else ""


def _places_between_words(title: str) -> list[int]:
    tokens = list(re.finditer(r"\S+", title))
    good = []
    loose = []
    for this, following in pairwise(tokens):
        a, b = this.group(), following.group()
        ends_statement = a[-1] in ",;:.!?–—-)”»"
        name = a[:1].isupper() and b[:1].isupper()
        number = _has_figure(a) or (a[:1].isupper() and _has_figure(b))
        if ends_statement or not number:
            loose.append(this.end())
            if ends_statement or not name:
                good.append(this.end())
    # In a Title Where Every Word Has a Capital a capital says nothing.
    return good if len(good) >= len(loose) / 4 else loose


def _has_figure(token: str) -> bool:
    return any(letter.isdigit() for letter in token)


def _places_between_letters(title: str) -> list[int]:
    """Where a text without spaces may be cut: between letters that stand for themselves (Chinese, Thai)."""
    first = re.search(r"\S+", title)
    if first is None or not _is_plain(first.group()):
        return []
    start, end = first.span()
    return [
        place
        for place in range(start + 1, end)
        if not unicodedata.combining(title[place]) and title[place].isalpha()
    ]


def _is_plain(token: str) -> bool:
    """A token that is no link, hashtag, mention, number or row of emoji."""
    return not (
        token.startswith(("#", "@", "＃", "＠"))
        or "." in token
        or "/" in token
        or _has_figure(token)
        or emoji_in(token)
    )
