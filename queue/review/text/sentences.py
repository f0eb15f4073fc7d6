"""Text → its sentences, in the eight languages that Herodr reads.

A full stop ends a sentence when a space and a capital, a figure or an opening quotation mark follow, and
the word before it is no abbreviation, initial or ordinal.
"""

from __future__ import annotations

import re

# French puts a space before what closes a quotation.
_STOP = re.compile(r"""[.!?…]+(?:["'”’»“)\]]|[ \u00a0\u202f]»)*(?=\s)""")
_OPENING = " \t\"'“„‘«»¿¡([–—-"
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.\s)+[^\W\d_]$|[\w’'-]+(?:\.[\w’'-]+)*$")
_WORD = re.compile(r"\w[\w’'&/.,:-]*")
# Abbreviations that are usually followed by more of their sentence, without their last full stop: English,
# Welsh, German, French, Spanish, Italian, Polish, Swedish. (Single letters never end a sentence.)
_ABBREVIATED = """
    mr mrs ms dr prof st no nos vs cf eg e.g ie i.e approx dept fig figs pp vol vols eds rev hon cllr gov gen sen col
    sgt capt lt hr jan feb apr jun jul aug sept sep oct nov dec inc ref tel art esp incl
    e.e h.y tt rhif gw cyng parch yr.ath dr
    z.b z.t d.h u.a i.d.r v.a bzw ca nr abs bspw ggf inkl vgl evtl hrsg bd st.-nr mio mrd tsd dr.-ing dipl.-ing dipl mag str zzgl rd max min sog
    mm mme mmes mlle env chap ch mgr dépt hab
    sr sra sres srta dª dña ej p.ej núm pág págs av avda excmo art.º ee.uu aprox mill depto
    sig sen arch geom rag sigg egr sig.ra dott dott.ssa ing avv ecc.mo p.es lett
    np m.in m.st tj tzn ul woj pow gm poz ust św hab inż mgr w.w t.j tys mln mld tzw dot śp os al pl nt pkt r.n prok mec
    bl.a t.ex d.v.s dvs kl s.k m.m f.d o.s.v resp jfr t.o.m fr.o.m mkr mdkr kap ang st tel
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_WORDS_TOO = frozenset(["no", "art", "max", "min", "rd", "str"])
# What French and Italian write before a vowel: "l'on. Rossi".
_TITLES = frozenset(["on", "avv", "ing", "arch", "amm", "ass"])
_ELIDED = re.compile(r"^(?:l|d|dell|all|nell|sull|dall|qu|s|n)[’'](?=\w)", re.IGNORECASE)
_MONTHS = (
    r"januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|"
    r"jänner|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|"
    r"listopada|grudnia"
)
_MONTH_NEXT = re.compile(rf"\s+(?:{_MONTHS})\b", re.IGNORECASE)


def split_sentences(text: str, *, language: str = "") -> tuple[str, ...]:
    """Return the sentences of `text` in order, each on one line; a line break always ends one.

    `language` (an ISO 639-1 code) settles ordinals: in German "3." goes on.
    """
    found = []
    for line in text.splitlines():
        line = " ".join(line.split())
        start = 0
        for stop in _STOP.finditer(line):
            if _ends(line, stop, language):
                found.append(line[start : stop.end()].strip())
                start = stop.end()
        rest = line[start:].strip()
        if rest:
            found.append(rest)
    return tuple(found)


def _ends(line: str, stop: re.Match[str], language: str) -> bool:
    next_letter = line[stop.end() :].lstrip(_OPENING)[:1]
    if not next_letter or next_letter.islower():
        return False
    if stop.group() != ".":
        return True
    match = _LAST_WORD.search(line, max(0, stop.start() - 40), stop.start())
    word = match.group().replace(" ", "") if match else ""
    elided = _ELIDED.match(word)
    if elided is not None:
        word = word[elided.end() :]
        if word.casefold() in _TITLES:
            return False
    if word.casefold() in _ABBREVIATIONS:
        # "no" and "art" are words too: they abbreviate only before a figure.
        return word.casefold() in _WORDS_TOO and not _figure_next(line, stop.end())
    if len(word) == 1 and word.isalpha():
        return False  # an initial, or "z. B."
    last = word.rpartition(".")[2].lstrip("-")
    if "." in word and len(last) == 1 and last.isupper():
        # "U.S. Access Board" goes on; "in the U.S. The board" does not, but who can tell.
        return False
    if word.isdigit() and len(word) <= 2:
        # An ordinal: "am 17. Oktober".
        return not (language.startswith("de") or _MONTH_NEXT.match(line, stop.end()))
    return True


def _figure_next(line: str, position: int) -> bool:
    return line[position : position + 2].strip()[:1].isdigit()


def count_words(sentence: str) -> int:
    """Return how many words a sentence has; an address counts as none."""
    return sum(1 for word in _WORD.findall(sentence) if "://" not in word)
