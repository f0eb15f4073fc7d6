"""Names that keep their capital when a title in capitals is put into small letters.

Countries, nations and peoples as each language writes them; months and days where they have capitals. Names of
smaller places are learned from the source's own words, and operators add theirs to `brands` in rules.toml.
"""

from __future__ import annotations

_EVERYWHERE = """
    Interreg Europe Erasmus Horizon Brexit LinkedIn Google Microsoft YouTube London Paris Berlin Stockholm Madrid Roma
"""
_IN = {
    "en": """
        Europe European Wales Welsh England English Scotland Scottish Ireland Irish Britain British Kingdom States America
        American Africa African Asia Asian Atlantic Baltic Mediterranean Nordic Celtic Alpine Austria Austrian Belgium Belgian
        Bulgaria Bulgarian Croatia Croatian Cyprus Czechia Czech Denmark Danish Estonia Estonian Finland Finnish France French
        Germany German Greece Greek Hungary Hungarian Iceland Italy Italian Latvia Latvian Lithuania Lithuanian Luxembourg
        Malta Maltese Netherlands Dutch Norway Norwegian Poland Polish Portugal Portuguese Romania Romanian Serbia Slovakia
        Slovak Slovenia Slovenian Spain Spanish Sweden Swedish Switzerland Swiss Turkey Ukraine Ukrainian January February
        April June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday
        Sunday Cardiff Swansea Newport Wrexham Gwynedd Powys Ceredigion Dublin Cork Belfast Edinburgh Glasgow Brussels Senedd
        Stormont Westminster Christmas Easter
    """,
    "cy": """
        Ewrop Ewropeaidd Cymru Gymru Nghymru Chymru Cymraeg Gymraeg Nghymraeg Cymreig Lloegr Saesneg Alban Albanaidd Iwerddon
        Gwyddelig Prydain Brydain Ffrainc Almaen Sbaen Eidal Pwyl Sweden Caerdydd Gaerdydd Nghaerdydd Abertawe Casnewydd
        Wrecsam Gwynedd Ngwynedd Wynedd Powys Phowys Bowys Ceredigion Ngheredigion Geredigion Penfro Morgannwg Gâr Gaerfyrddin Chaerfyrddin Dinbych Fflint Torfaen Merthyr Môn Conwy Gonwy Senedd
        Ionawr Chwefror Mawrth Ebrill Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr Llun Mercher Iau Gwener Sadwrn Sul
        Dachwedd Orffennaf Fawrth Fehefin Ragfyr
    """,
    "es": """
        Europa España Francia Alemania Italia Polonia Suecia Portugal Gales Irlanda Escocia Inglaterra Bélgica Austria
        Cataluña Andalucía Galicia Euskadi Navarra Aragón Asturias Cantabria Extremadura Murcia Valencia Sevilla Barcelona
        Bilbao Zaragoza Bruselas Castilla Mancha Rioja Canarias Baleares
    """,
    "it": """
        Europa Italia Francia Germania Spagna Polonia Svezia Portogallo Galles Irlanda Scozia Inghilterra Belgio Austria
        Calabria Sardegna Sicilia Puglia Basilicata Campania Lazio Toscana Umbria Abruzzo Molise Emilia Romagna Liguria
        Lombardia Piemonte Veneto Friuli Venezia Giulia Trentino Milano Torino Napoli Firenze Bologna Bruxelles
    """,
    "pl": """
        Europa Europy Europie Europę Polska Polski Polsce Polskę Niemcy Niemczech Francja Francji Hiszpania Hiszpanii Włochy
        Szwecja Szwecji Walia Walii Irlandia Irlandii Szkocja Mazowsze Mazowsza Mazowszu Śląsk Śląska Śląsku Małopolska
        Małopolski Pomorze Pomorza Podlasie Podlasia Warszawa Warszawy Warszawie Kraków Krakowa Krakowie Gdańsk Gdańska
        Gdańsku Wrocław Wrocławia Wrocławiu Poznań Poznania Poznaniu Łódź Łodzi Lublin Lublina Lublinie Unii Unia
    """,
    "sv": """
        Europa Europas Sverige Sveriges Norge Danmark Finland Tyskland Frankrike Spanien Italien Polen Wales Irland Skottland
        England Göteborg Malmö Uppsala Skåne Skånes Dalarna Norrbotten Västerbotten Västernorrland Jämtland Gävleborg Värmland
        Örebro Västmanland Södermanland Östergötland Jönköping Kronoberg Kalmar Gotland Blekinge Halland Götaland Svealand Norrland Bryssel
    """,
    "fr": """
        Europe France Français Allemagne Espagne Italie Pologne Suède Portugal Galles Irlande Écosse Angleterre Belgique
        Autriche Suisse Bretagne Normandie Occitanie Aquitaine Auvergne Alsace Lorraine Bourgogne Corse Provence Guyane
        Martinique Guadeloupe Réunion Loire Rhône Alpes Île Bruxelles Lyon Marseille Lille Nantes Bordeaux Toulouse
        Strasbourg Rennes
    """,
}
# Words of a language that look like one of them, or like a brand.
EVERYDAY = {
    "en": frozenset(["us", "it", "leader", "horizon", "stem"]),
    "cy": frozenset(["ai", "un", "ms"]),
    "es": frozenset(["un", "usa", "it"]),
    "it": frozenset(["ai", "un", "usa", "sma"]),
    "pl": frozenset(["ai", "to"]),
    "sv": frozenset(["en"]),
    "de": frozenset(["um"]),
    "fr": frozenset(["un", "ai", "pr"]),
}


def names_in(language: str) -> dict[str, str]:
    """Return how names are written in a language (ISO 639-1), by their words in small letters."""
    words = f"{_EVERYWHERE} {_IN.get(language, '')}".split()
    return {word.casefold(): word for word in words}
