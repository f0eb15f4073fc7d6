"""What numbers and months are called in the languages that Herodr reads: data, and nothing else.

Left out are words that are something else as well: Italian "sei" (you are), French "neuf" (new).
"""

from __future__ import annotations

from collections.abc import Mapping

_NUMBERS = {
    "en": {
        2: "two second twice",
        3: "three third",
        4: "four fourth",
        5: "five fifth",
        6: "six sixth",
        7: "seven seventh",
        8: "eight eighth",
        9: "nine ninth",
        10: "ten tenth",
        11: "eleven eleventh",
        12: "twelve twelfth dozen",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety",
    },
    "cy": {
        2: "dau ddau dwy ddwy ail",
        3: "tri dri thri tair dair thair trydydd trydedd",
        4: "pedwar bedwar phedwar pedair bedair phedair",
        5: "pum bum phum pump bump",
        6: "chwe chwech",
        7: "saith",
        8: "wyth",
        9: "naw",
        10: "deg ddeg deng",
        12: "deuddeg ddeuddeg",
        15: "pymtheg bymtheg",
        20: "ugain",
    },
    "es": {
        2: "dos segunda segundo",
        3: "tres tercera tercer",
        4: "cuatro cuarta cuarto",
        5: "cinco",
        6: "seis",
        7: "siete",
        8: "ocho",
        9: "nueve",
        10: "diez",
        11: "once",
        12: "doce",
        15: "quince",
        20: "veinte",
        30: "treinta",
    },
    "it": {
        2: "due seconda",
        3: "tre terza terzo",
        4: "quattro quarta",
        5: "cinque",
        7: "sette",
        8: "otto",
        9: "nove",
        10: "dieci",
        11: "undici",
        12: "dodici",
        15: "quindici",
        20: "venti",
        30: "trenta",
    },
    "pl": {
        2: "dwa dwie dwóch dwoma dwu drugi druga",
        3: "trzy trzech trzema trzeci trzecia",
        4: "cztery czterech",
        5: "pięć pięciu",
        6: "sześć sześciu",
        7: "siedem siedmiu",
        8: "osiem ośmiu",
        9: "dziewięć dziewięciu",
        10: "dziesięć dziesięciu",
        11: "jedenaście jedenastu",
        12: "dwanaście dwunastu",
        15: "piętnaście piętnastu",
        20: "dwadzieścia dwudziestu",
    },
    "sv": {
        2: "två andra",
        3: "tre tredje",
        4: "fyra fjärde",
        5: "fem femte",
        6: "sex sjätte",
        7: "sju sjunde",
        8: "åtta",
        9: "nio",
        10: "tio",
        11: "elva",
        12: "tolv",
        15: "femton",
        20: "tjugo",
    },
    "de": {
        2: "zwei zweite zweiten",
        3: "drei dritte dritten",
        4: "vier",
        5: "fünf",
        6: "sechs",
        7: "sieben",
        8: "acht",
        9: "neun",
        10: "zehn",
        11: "elf",
        12: "zwölf",
        15: "fünfzehn",
        20: "zwanzig",
        30: "dreißig",
    },
    "fr": {
        2: "deux deuxième",
        3: "trois troisième",
        4: "quatre quatrième",
        5: "cinq",
        6: "six",
        7: "sept",
        8: "huit",
        10: "dix",
        11: "onze",
        12: "douze",
        15: "quinze",
        20: "vingt",
        30: "trente",
    },
}
NUMBERS: Mapping[str, Mapping[str, int]] = {
    language: {word: value for value, words in table.items() for word in words.split()}
    for language, table in _NUMBERS.items()
}
_MONTHS = (
    "january jan ionawr enero gennaio stycznia styczeń styczniu januari januar jänner janvier",
    "february feb chwefror febrero febbraio lutego luty lutym februari februar février",
    "march mar mawrth fawrth marzo marca marzec marcu mars märz",
    "april apr ebrill abril aprile kwietnia kwiecień kwietniu avril",
    "may mai fai mayo maggio maja maj maju",
    "june jun mehefin fehefin junio giugno czerwca czerwiec czerwcu juni juin",
    "july jul gorffennaf orffennaf julio luglio lipca lipiec lipcu juli juillet",
    "august aug awst agosto sierpnia sierpień sierpniu augusti août",
    "september sept sep medi fedi septiembre setiembre settembre września wrzesień wrześniu septembre",
    "october oct hydref octubre ottobre października październik październiku oktober octobre",
    "november nov tachwedd dachwedd thachwedd noviembre novembre listopada listopad listopadzie",
    "december dec rhagfyr ragfyr diciembre dicembre grudnia grudzień grudniu dezember décembre",
)
MONTHS: Mapping[str, int] = {
    word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()
}
# What follows a number and multiplies it: certainly, or perhaps ("5 m" may be metres).
TIMES: Mapping[str, int] = {
    word: times
    for times, words in (
        (1_000, "thousand mil mila mille tys tysiące tysięcy tusen tsd tausend k"),
        (
            1_000_000,
            "million millions miliwn filiwn millón millones milione milioni mln milion miliony milionów miljon miljoner mkr "
            "mio millionen m mn me",
        ),
        (
            1_000_000_000,
            "billion billions bn biliwn filiwn miliardo miliardi mld miliard miliardy miliardów miljard miljarder mdkr mrd "
            "milliarde milliarden milliard milliards",
        ),
    )
    for word in words.split()
}
PERHAPS = frozenset(["m", "k", "mil", "mn", "me"])
