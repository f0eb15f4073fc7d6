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
        ("Nine regions spend €1,350,000", ("1,350,000",)),
        ("By 30 December 2027", ("30", "2027")),
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
