"""A text may leave out what its source says, but not add to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import text
from review.text import Content, Origin, unsupported

SOURCE = (
    "Regional Action Plans published\nEight regions, Wales and Mazovia among them, will spend €1,250,000 by "
    "31 December 2026. Stockholm's project reached 28 000 people, and Gdańsk followed."
)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ("Eight regions publish their plans", ()),
        ("They spend €1,250,000 by 31 December 2026", ()),
        ("They spend 1 250 000 euro", ()),
        ("28,000 people in Stockholm", ()),
        ("28.000 people", ()),
        ("8 regions", ()),
        ("Nine regions spend €1,350,000", ("Nine", "1,350,000")),
        ("By 30 December 2027", ("30", "2027")),
        ("€1.25 million, €1.25m, EUR 1 250 000", ()),
        ("€1.25bn", ("1.25bn",)),
        ("Nine regions", ("Nine",)),
        ("28 people, 250 of them", ("28", "250")),
        ("by 31/12/2026, 2026-12-31", ()),
        ("In Welsh and in Cymru", ()),
        ("The plans of Wales and Cornwall", ("Cornwall",)),
        ("The mayor, Jane Morris, is glad", ("Jane Morris",)),
        ("Published: Regional Action Plans", ()),
        ("Read on: Plans of the regions", ()),
        ("Mieszkańcy w Gdańsku mówią", ()),
        ("See #Cornwall at https://example.org/2031 with @Devon", ()),
        ("A project of Cohes3ion", ()),
        ("", ()),
    ],
)
def test_figures_names_and_dates_that_the_source_lacks_are_found(
    said: str, lacking: tuple[str, ...]
) -> None:
    assert unsupported(said, SOURCE, known=["Cohes3ion"]) == lacking


@pytest.mark.parametrize(
    ("said", "source", "language", "lacking"),
    [
        # One number, written as each language writes it.
        ("1.234,5 Mio.", "1,234.5 million", "en", ()),
        ("1,234.5 million", "1.234,5 Mio.", "de", ()),
        ("1234,5 mln", "1 234,5 mln", "pl", ()),
        ("1\u202f234,5 M€", "1 234,5 millions", "fr", ()),
        ("1'250", "1250", "it", ()),
        ("£2,000 million", "£2 billion", "en", ()),
        ("7.8%", "7,8 %", "sv", ()),
        ("40 per cent", "40 %", "en", ()),
        ("3 planer", "tre planer", "sv", ()),
        ("dwanaście gmin", "12 gmin", "pl", ()),
        ("8 cynllun", "wyth cynllun", "cy", ()),
        ("Le 1er mai, la 2e édition", "1er mai, 2e édition", "fr", ()),
        ("Am 3. Oktober", "am 3. Oktober", "de", ()),
        ("8th plan", "the 8 plans", "en", ()),
        ("2026-27", "2026–27", "en", ()),
        ("2026/27", "2026 to 2027", "en", ()),
        ("at 2:30 pm", "at 14:30", "en", ()),
        ("On 3 April", "3/4/2026", "en", ()),
        ("3 May", "3 Mai", "cy", ()),
        # Another number, however alike.
        ("15 per cent", "1.5 per cent", "en", ("15",)),
        ("35 km", "3.5 km", "en", ("35",)),
        ("5 people", "5,000 people", "en", ("5",)),
        ("000 people", "5,000 people", "en", ("000",)),
        ("1.25 km", "1,250 km", "en", ("1.25",)),
        ("1.250 km", "1,250 km", "en", ()),
        ("1,25 km", "1,250 km", "fr", ()),
        ("30 people", "at 14:30", "en", ("30",)),
        ("31 March", "31 December; in March", "en", ("31 March",)),
        ("3 and 5 May", "3–5 May", "en", ()),
        ("2.5 million", "2.5 billion", "en", ("2.5 million",)),
        ("S4", "S3", "en", ()),  # a name that begins the text
        ("the S4 of RIS3CAT", "S3", "en", ("S4", "RIS3CAT")),
    ],
)
def test_figures_are_compared_by_what_they_are_worth(
    said: str, source: str, language: str, lacking: tuple[str, ...]
) -> None:
    assert unsupported(said, source, language=language) == lacking


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("yng Ngwynedd a Mhowys, i Fôn", "Gwynedd, Powys, Môn"),
        ("o Geredigion ac yng Nghaerffili", "Ceredigion, Caerffili"),
        ("dros Lanelli a thros Benfro", "Llanelli, Penfro"),
        ("ym Mangor a Chonwy, i Dreorci", "Bangor, Conwy, Treorci"),
        ("ym Mhen-y-bont ac yn Nhywyn", "Pen-y-bont, Tywyn"),
        ("a Lywodraeth Cymru yng Nghymru", "Llywodraeth Cymru"),
        ("i Orllewin a Gogledd Cymru", "Gorllewin a Gogledd Cymru"),
        ("gan Ddŵr Cymru i Went", "Dŵr Cymru, Gwent"),
        ("a Rhondda i Rondda", "Rhondda"),
    ],
)
def test_a_welsh_name_is_known_under_every_mutation(said: str, source: str) -> None:
    assert unsupported(said, source, language="cy") == ()


@pytest.mark.parametrize(
    ("said", "source", "lacking"),
    [
        ("with Dr O’Neill", "Dr O'Neill", ()),
        ("in Emilia Romagna e nella Loire", "Emilia-Romagna, Loire-Bretagne", ()),
        ("nad Bug i na Mazowszu", "nad Bugiem, województwo mazowieckie", ()),
        ("W Krakowie i w Łodzi", "Kraków, Łódź", ()),
        ("for Wales and Poland", "w Walii i Polsce", ()),
        ("i Sverige", "Sweden", ()),
        ("with Morris", "with Norris", ("Morris",)),
        ("with Newport Council", "with Cardiff Council", ("Newport",)),
    ],
)
def test_names_are_known_in_other_forms_and_not_mistaken_for_others(
    said: str, source: str, lacking: tuple[str, ...]
) -> None:
    assert unsupported(said, source) == lacking


@given(
    st.integers(min_value=0, max_value=9_999_999),
    st.integers(min_value=0, max_value=99),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", "."), ("", ",")]),
    st.sampled_from(["en", "cy", "es", "it", "pl", "sv", "de", "fr"]),
)
def test_a_number_stands_in_its_source_however_either_writes_it(
    whole: int, part: int, marks: tuple[str, str], language: str
) -> None:
    thousands, decimals = marks
    as_written = f"{whole:,}".replace(",", thousands) + (f"{decimals}{part:02}" if part else "")
    own = {"en": (",", "."), "cy": (",", ".")}.get(language, (".", ","))
    in_source = f"{whole:,}".replace(",", own[0]) + (f"{own[1]}{part:02}" if part else "")
    source = f"The sum is {in_source} euro."
    assert unsupported(f"it costs {as_written} euro", source, language=language) == ()
    assert unsupported(f"it costs {whole + 1}9 euro", source, language=language) != ()


def test_a_welsh_name_is_known_under_its_mutations() -> None:
    assert unsupported("cynllun newydd i Gaerdydd", "Cynllun Caerdydd") == ()


def test_german_nouns_are_no_names_but_german_figures_are_figures() -> None:
    assert unsupported("Die Regionen und ihr Plan", "Anderes", language="de-AT") == ()
    assert unsupported("Für 14 Regionen", "Für 15 Regionen", language="de") == ("14",)


def test_without_a_source_there_is_nothing_to_compare_with() -> None:
    assert unsupported("14 regions in Cornwall", " ") == ()


@given(st.text(max_size=300))
def test_a_text_is_never_unfaithful_to_itself(words: str) -> None:
    assert unsupported(words, words) == ()


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["", "de", "cy"]))
def test_any_two_texts_can_be_compared(said: str, source: str, language: str) -> None:
    for thing in unsupported(said, source, language=language):
        assert thing


LINK = "https://example.org/plan"


@pytest.mark.parametrize(
    ("words", "origin", "warning"),
    [
        ("In Cornwall", Origin(words="In Devon"), "The source does not say “Cornwall”. Check it"),
        ("7 of 5", Origin(words="of"), "The source does not say “7”, “5”. Check it"),
        ("1 22 33 44 55 66", Origin(words="none"), "“44” and 2 more. Check it"),
        ("Plan", Origin(links={LINK: "https://example.org/new"}), "https://example.org/new. Use"),
        ("Plan", Origin(links={LINK: "404 Not Found"}), "(404 Not Found). Open it, and correct"),
    ],
)
def test_each_thing_wrong_with_the_origin_is_one_sentence_with_its_mend(
    words: str, origin: Origin, warning: str
) -> None:
    found = text.problems("linkedin", Content(text=words, link=LINK), origin=origin)
    assert [problem.level for problem in found] == ["warning"]
    assert warning in found[0].sentence


def test_a_sound_link_or_another_link_is_not_complained_of() -> None:
    content = Content(text="Plan", link=LINK)
    for links in ({LINK: ""}, {"https://example.org/old": "404 Not Found"}):
        assert text.problems("linkedin", content, origin=Origin(links=links)) == ()


@pytest.mark.parametrize(
    ("words", "inside"),
    [
        ("Eight 🎉 plans", True),
        ("🎉 Eight plans", True),
        ("Eight plans 🎉", False),
        ("Eight plans 🎉\nRead them", False),
        ("Eight plans 🎉 #ActionPlans", False),
        ("Eight plans 🏴󠁧󠁢󠁷󠁬󠁳󠁿 https://example.org/", False),
        ("Eight plans", False),
    ],
)
def test_an_emoji_inside_the_text_is_complained_of(words: str, inside: bool) -> None:
    sentences = [problem.sentence for problem in text.problems("x", Content(text=words))]
    assert any("stands inside the text" in sentence for sentence in sentences) is inside


@pytest.mark.parametrize(
    ("words", "shouted"),
    [
        ("The plan is OUT TODAY", "“OUT TODAY”"),
        ("READ IT NOW and see", "“READ IT NOW”"),
        ("CYHOEDDWYD heddiw", "“CYHOEDDWYD”"),
        ("NATO and the EU agree", ""),
        ("NHS UK", ""),
        ("COHES3ION and INTERREG EUROPE", ""),
        ("Plans of the ŁÓDŹ region", ""),
        ("нова план за регион", ""),
        ("خطة عمل جديدة", ""),
    ],
)
def test_words_in_capitals_are_complained_of_and_abbreviations_are_not(
    words: str, shouted: str
) -> None:
    found = text.problems(
        "linkedin", Content(text=words), brands=["Cohes3ion", "INTERREG", "Europe"]
    )
    assert [shouted in problem.sentence for problem in found] == ([True] if shouted else [])
