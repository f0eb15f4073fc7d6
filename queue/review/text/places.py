"""Countries and what is of them, under their names in the languages that Herodr reads: data, and one question."""

from __future__ import annotations

from collections.abc import Mapping

_GROUPS = """
    wales welsh cymru gymru nghymru chymru cymraeg gymraeg cymreig gales galés galesa galles gallese walia walii walijski walisiska walisisch gallois galloise
    europe european ewrop ewropeaidd europa europea europeo europei europee europy europejski europeisk europeiska europäisch europäische européen européenne eu ue
    england english lloegr saesneg inglaterra inglés inghilterra inglese anglia angielski engelsk engelska englisch angleterre anglais
    scotland scottish alban escocia escocés scozia szkocja szkocki skottland schottland écosse écossais
    ireland irish iwerddon irlanda irlandés irlandese irlandia irlandii irländsk irland irisch irlande irlandais
    uk britain british kingdom prydain brydain prydeinig deyrnas reino unido regno unito wielka brytania storbritannien großbritannien royaume-uni
    spain spanish sbaen españa español española spagna spagnolo hiszpania hiszpanii spanien spanisch espagne espagnol
    italy italian eidal italia italiano italiana włochy włoch italien italienisch italienne
    poland polish pwyl polonia polaco polacco polska polski polsce polen polnisch pologne polonais
    sweden swedish suecia sueco svezia svedese szwecja szwecji sverige svensk svenska schweden schwedisch suède suédois
    germany german almaen alemania alemán germania tedesco niemcy niemiec tyskland tysk deutschland deutsch deutsche allemagne allemand
    france french ffrainc ffrangeg francia francés francese francja francji frankrike fransk frankreich französisch français française
    romania romanian rumanía rumania rumunia rumänien roumanie
    netherlands dutch iseldiroedd países bajos paesi bassi niderlandy holandia nederländerna niederlande pays-bas
    portugal portuguese portugués portogallo portugalia portugais
    finland finnish ffindir finlandia finlande finnland
    denmark danish denmarc dinamarca danimarca dania danmark dänemark danemark
    norway norwegian norwy noruega norvegia norwegia norge norwegen norvège
    belgium belgian bélgica belgio belgia belgien belgique
    austria austrian österrike österreich autriche
    greece greek groeg grecia grecja grekland griechenland grèce
    cardiff caerdydd gaerdydd nghaerdydd chaerdydd
    swansea abertawe
    newport casnewydd nghasnewydd gasnewydd
    wrexham wrecsam
"""
_SAME: Mapping[str, frozenset[str]] = {
    word: frozenset(line.split()) for line in _GROUPS.split("\n") for word in line.split()
}


def other_names(word: str) -> frozenset[str]:
    """Return what else a country is called, given one of its names in small letters; nothing for another word."""
    return _SAME.get(word, frozenset())
