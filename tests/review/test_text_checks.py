"""Each check of a post's words, on text that is hard to judge."""

from __future__ import annotations

import pytest

from review import text
from review.text import Content, Origin

BRANDS = ("Cohes3ion", "COHES3ION", "Interreg", "INTERREG", "S3")


def complaints(words: str, *, source: str = "", language: str = "") -> list[str]:
    origin = Origin(words=source, language=language)
    found = text.problems("linkedin", Content(text=words), brands=BRANDS, origin=origin)
    return [problem.sentence for problem in found]


@pytest.mark.parametrize(
    ("words", "loud"),
    [
        ("ERDF, EU, WEFO and UNESCO agree", ""),
        ("DEFRA OECD NATO", ""),
        ("PDF DOCX XLSX", ""),
        ("ÖPNV KMU EFRE", ""),
        ("NHS WALES with BBC CYMRU", ""),
        ("COHES3ION, INTERREG, RIS3CAT and COVID-19", ""),
        ("I AM a port", ""),
        ("XVIII. century", ""),
        ("IMPORTANT news", "“IMPORTANT”"),
        ("NEW report", "“NEW”"),
        ("ÉTUDE publiée", "“ÉTUDE”"),
        ("The plan is NOW OUT", "“NOW OUT”"),
        ("VERY BIG NEWS", "“VERY BIG NEWS”"),
    ],
)
def test_capitals_that_shout_are_told_from_abbreviations(words: str, loud: str) -> None:
    found = [sentence for sentence in complaints(words) if "in small letters" in sentence]
    assert [loud in sentence for sentence in found] == ([True] if loud else [])


def test_the_source_shows_that_a_short_word_in_capitals_is_no_abbreviation() -> None:
    assert "“PORT”" in complaints("The PORT opens", source="The port opens")[0]
    assert complaints("The PORT opens", source="PORT is a project: a port opens") == []
    assert complaints("The SELM opens", source="Selmar opens SELM") == []


@pytest.mark.parametrize(
    ("words", "source", "proposed"),
    [
        ("Out #regional_development", "", "#RegionalDevelopment"),
        ("Out #regionaldevelopment", "plans for regional development here", "#RegionalDevelopment"),
        ("Out #Regionaldevelopment", "plans for regional development here", "#RegionalDevelopment"),
        ("Regional development #regionaldevelopment", "", "#RegionalDevelopment"),
        ("Out #ŷnni", "", "#Ŷnni"),
        ("Out #netzero2030", "Net zero 2030", "#NetZero2030"),
        ("Out #s3", "", "#S3"),
        ("Out #Regionalentwicklung", "die Regionalentwicklung", ""),
        ("Out #RegionalDevelopment #S3", "", ""),
        ("Out #A11y #ERDF", "", ""),
        ("See https://example.org/#one and C#, &#39;", "", ""),
    ],
)
def test_hashtags_get_a_capital_for_each_word(words: str, source: str, proposed: str) -> None:
    found = complaints(words, source=source)
    assert [proposed in sentence for sentence in found] == ([True] if proposed else [])


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("Out 👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 0),
        ("Out 🏴󠁧󠁢󠁷󠁬󠁳󠁿🇪🇺🇬🇧", 0),
        ("Out 👍🏽👍🏿👍", 0),
        ("Out 1️⃣2️⃣3️⃣", 0),
        ("Out 🇪🇺🇬🇧🇮🇪🇵🇱", 4),
        ("Out 👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀", 4),
    ],
)
def test_an_emoji_counts_once_whatever_it_is_made_of(words: str, number: int) -> None:
    found = complaints(words)
    assert [f"has {number} emoji" in sentence for sentence in found] == ([True] if number else [])


@pytest.mark.parametrize(
    "words", ["𝐛𝐨𝐥𝐝", "𝟏𝟐", "Ⓒⓨ", "ｆｕｌｌ", "ℝeal", "ᴛᴏᴡɴ", "🅱🅾🅻🅳", "ᵗʰⁱˢ", "n̶e̶w̶"]
)
def test_letters_that_are_none_are_complained_of(words: str) -> None:
    assert any("not made of letters" in sentence for sentence in complaints(f"Out {words}"))


@pytest.mark.parametrize("words", ["5 m³ at 20 °C", "½ of 3 µm", "№ 5, 1ᵉʳ", "ŵyl żółć ﬁve", "Ω"])
def test_signs_that_people_read_are_no_fake_letters(words: str) -> None:
    assert not any("not made of letters" in sentence for sentence in complaints(words))


@pytest.mark.parametrize(
    ("words", "language", "too_long"),
    [
        ("Dr. A. B. Jones of St. Asaph, e.g. the 1.5 km port, " + "word " * 13, "en", False),
        ("Dr. A. B. Jones of St. Asaph, e.g. the 1.5 km port, " + "word " * 14, "en", True),
        ("Five things:\n" + "- six words stand in a line\n" * 6, "en", False),
        ("Das sind rund 1.234,5 Mio. Euro, " + "und " * 18 + "das am 3. Oktober.", "de", True),
        ("Das sind rund 1.234,5 Mio. Euro. " + "Und " * 20 + "das.", "de", False),
        ("word " * 25 + "https://example.org/a #One #Two", "en", False),
        ("« Un mot. » M" + "ot mot " * 12, "fr", False),
        ("m.in. " + "słowo " * 24 + "2026 r.", "pl", True),
    ],
)
def test_the_words_of_a_sentence_are_counted_past_abbreviations_and_figures(
    words: str, language: str, too_long: bool
) -> None:
    assert any("Split it" in one for one in complaints(words, language=language)) is too_long
