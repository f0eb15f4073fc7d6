"""Words in capitals: which of them shout, and which are abbreviations that people know. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

# What stays in capitals though no list of brands has it.
ABBREVIATIONS = frozenset(
    [
        "EU",
        "UE",
        "UK",
        "ERDF",
        "FEDER",
        "FESR",
        "ESF",
        "ESIF",
        "EFRE",
        "ELER",
        "EFRR",
        "ÖPNV",
        "KMU",
        "PME",
        "PYME",
        "NGO",
        "CO2",
        "OECD",
        "OCDE",
        "UN",
        "ONU",
        "UNO",
        "NATO",
        "OTAN",
        "NHS",
        "GDP",
        "PIB",
        "BIP",
        "DEFRA",
        "WEFO",
        "CJC",
        "RSP",
        "ESPON",
        "URBACT",
        "INTERREG",
        "JRC",
        "BBSR",
        "R&D",
        "R&I",
        "I+D",
        "I+D+i",
        "STEM",
        "AI",
        "ICT",
        "TIC",
        "IKT",
        "BBC",
        "HGV",
        "EV",
        "GPS",
        "GIS",
        "HR",
        "IT",
        "PR",
        "COVID",
        "RTPI",
        "LGA",
        "WLGA",
        "SRA",
        "NWRA",
        "BMR",
        "GLA",
        "HS2",
        "MEP",
        "MS",
        "MP",
        "CEO",
        "GVA",
        "VAT",
        "TVA",
        "IVA",
        "VGA",
        "SUMP",
        "SECAP",
        "PNRR",
        "UNESCO",
        "UNICEF",
        "EUROSTAT",
        "EUSALP",
        "CORDIS",
        "HEFCW",
        "NRW",
        "CADW",
        "ESTYN",
        "ACAS",
        "OFCOM",
        "OFGEM",
        "OFWAT",
        "PDF",
        "DOC",
        "DOCX",
        "XLS",
        "XLSX",
        "CSV",
        "HTML",
        "USA",
        "LEADER",
        "LIFE",
        "RIS",
        "RIS3",
        "INSEE",
        "ADEME",
        "CNRS",
        "ISTAT",
        "ISPRA",
        "ENEA",
        "GUS",
        "NCBR",
        "BMEL",
        "BMWK",
        "BMBF",
        "SEAI",
        "EPA",
        "SFI",
        "IDA",
        "GAA",
        "AENA",
        "CDTI",
        "IDAE",
        "SLU",
        "KTH",
        "SCB",
        "FAQ",
        "AGM",
        "LEP",
        "NUTS",
        "LAU",
        "SCADA",
        "LED",
        "LNG",
        "CCUS",
        "EIA",
        "SEA",
        "TEN",
        "TENT",
        "CAP",
        "PAC",
        "GAP",
    ]
)
# Words that people put in capitals to be heard, too short to be told from an abbreviation by their length.
_LOUD = frozenset(
    [
        "NEW",
        "NOW",
        "OUT",
        "TODAY",
        "URGENT",
        "FREE",
        "BREAKING",
        "VERY",
        "NOT",
        "ALL",
        "MUST",
        "READ",
        "WATCH",
        "JOIN",
        "LAST",
        "FINAL",
        "ONLY",
        "STOP",
        "LIVE",
        "PLAN",
        "PLANS",
        "REPORT",
        "STUDY",
        "NEWYDD",
        "NAWR",
        "HEDDIW",
        "CYNLLUN",
        "NUEVO",
        "NUEVA",
        "AHORA",
        "HOY",
        "GRATIS",
        "INFORME",
        "NUOVO",
        "NUOVA",
        "ADESSO",
        "OGGI",
        "PIANO",
        "NOWY",
        "NOWA",
        "NOWE",
        "TERAZ",
        "DZIŚ",
        "RAPORT",
        "NYTT",
        "NYHET",
        "IDAG",
        "GRATIS",
        "RAPPORT",
        "NEU",
        "NEUE",
        "JETZT",
        "HEUTE",
        "STUDIE",
        "NOUVEAU",
        "NOUVELLE",
        "ÉTUDE",
        "AUJOURD",
    ]
)
# Shorter words in capitals are mostly abbreviations that people know: NATO, UNESCO.
_LONG = 7
_SHORT = 3  # letters of a word that the source can show to be no abbreviation
_ROW_LETTERS = 6
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w’'-]*[^\W\d_](?!\w)")
# Short words in capitals one after the other are no abbreviations: OUT NOW.
_ROW = re.compile(r"(?<![\w#])[^\W\d_a-z]{2,6}(?: [^\W\d_a-z]{2,6})+(?!\w)")
_VOWELS = frozenset("AEIOUYÄÖÅÜÁÉÍÓÚÀÈÌÒÙÂÊÎÔÛŴŶËÏĄĘÆØŒ")


def shouted(text: str, *, names: Collection[str], source: str = "") -> list[str]:
    """Return the words, or rows of words, of `text` that shout.

    `names` (in small letters) may stay in capitals. A word that `source` writes in small letters, and never in
    capitals, is no abbreviation however short.
    """
    there = set(_WORD.findall(source))
    found = [
        word
        for word in dict.fromkeys(_WORD.findall(text))
        if word.isupper()
        and not _is_name(word, names)
        and (
            len(word) >= _LONG
            or word in _LOUD
            or (len(word) >= _SHORT and word.lower() in there and word not in there)
        )
    ]
    for row in dict.fromkeys(match.group() for match in _ROW.finditer(text)):
        words = row.split()
        loud = [
            place
            for place, word in enumerate(words)
            if word.isupper() and not _is_name(word, names) and _VOWELS & set(word)
        ]
        if len(loud) > 1 and sum(len(words[place]) for place in loud) >= _ROW_LETTERS:
            found = [word for word in found if word not in words]
            found.append(" ".join(words[loud[0] : loud[-1] + 1]))
    return found


def _is_name(word: str, names: Collection[str]) -> bool:
    return (
        word in ABBREVIATIONS
        or word.casefold() in names
        or any(letter.isdigit() for letter in word)
    )
