"""The facts of each network, how texts are counted and cleaned, and what stands against a post."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from review import text
from review.text import Content, Picture, counting

SHARED = Path(__file__).resolve().parents[3] / "shared"


def length_on_x(words: str) -> int:
    return text.length("x", Content(text=words))


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("", 0),
        ("Regional action plans", 21),
        ("Dŵr, tŷ, gwên", 13),  # Welsh letters count one
        ("£5 – “yes”", 10),  # so do pound, dash and quotation marks
        ("one… two", 9),  # but the ellipsis counts two
        ("5 € • →", 10),
        ("計画", 4),
        ("e\u0301", 1),  # composed first
        ("a\r\nb", 3),
        ("https://gov.wales/a/very/long/address/indeed?with=much", 23),
        ("gov.wales", 23),  # X makes a link of a bare domain
        ("see gov.wales/report now", 31),
        ("👩‍👩‍👧‍👦", 2),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿 🎉", 5),
        ("1️⃣", 2),
        ("©", 2),
    ],
)
def test_x_counts_by_weight(words: str, length: int) -> None:
    assert length_on_x(words) == length


@pytest.mark.parametrize(
    ("words", "length"), [("Dŵr", 3), ("one… two", 8), ("🎉", 2), ("gov.wales", 9), ("a_b #c", 6)]
)
def test_linkedin_counts_utf_16_units_without_the_backslashes(words: str, length: int) -> None:
    assert text.length("linkedin", Content(text=words)) == length


def official_cases() -> Iterator[Any]:
    path = SHARED / "conformance" / "twitter-text" / "validate.yml"
    if not path.is_file():
        yield pytest.param({}, id="missing")
        return
    tests = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    without_emoji = tests["WeightedTweetsCounterTest"]
    with_emoji = [
        *tests["WeightedTweetsWithDiscountedEmojiCounterTest"],
        *tests["UnicodeDirectionalMarkerCounterTest"],
    ]
    for case in without_emoji:
        yield pytest.param(_with_emoji(case), id=f"plain: {case['description']}")
    for case in with_emoji:
        yield pytest.param(case, id=case["description"])


def _with_emoji(case: dict[str, Any]) -> dict[str, Any]:
    """A case of the first section as it is today.

    That section is for the configuration with `emojiParsingEnabled` off, in which an emoji weighs what its
    characters weigh. X counts with it on, which differs in that alone: each emoji weighs two.
    """
    emoji = text.emoji_in(case["text"])
    by_characters = sum(2 - _weighs_one(char) for char in "".join(emoji))
    length = case["expected"]["weightedLength"] - by_characters + 2 * len(emoji)
    assert emoji or length == case["expected"]["weightedLength"]
    fits = length <= 280 if emoji else case["expected"]["valid"]
    return {**case, "expected": {"weightedLength": length, "valid": fits}}


def _weighs_one(char: str) -> bool:
    ranges = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
    return any(first <= ord(char) <= last for first, last in ranges)


@pytest.mark.parametrize("case", list(official_cases()))
def test_x_counts_like_the_official_cases(case: dict[str, Any]) -> None:
    if not case:
        pytest.skip("this needs the shared samples beside the checkout")
    counted = length_on_x(case["text"])
    if len(unicodedata.normalize("NFC", case["text"])) > 1000:
        assert counted > text.limit("x")  # counted without the parser, and too long all the same
    else:
        assert counted == case["expected"]["weightedLength"]
    # What X would refuse, the editor refuses too.
    errors = [p for p in text.problems("x", Content(text=case["text"])) if p.level == "error"]
    assert (not errors) == case["expected"]["valid"]


def official_addresses() -> Iterator[Any]:
    path = SHARED / "conformance" / "twitter-text" / "extract.yml"
    if not path.is_file():
        yield pytest.param("", None, id="missing")
        return
    tests = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    for section in (
        "urls",
        "urls_with_indices",
        "urls_with_directional_markers",
        "tco_urls_with_params",
    ):
        for case in tests[section]:
            found = [url["url"] if isinstance(url, dict) else url for url in case["expected"]]
            yield pytest.param(case["text"], found, id=f"{section}: {case['description']}")


@pytest.mark.parametrize(("words", "expected"), list(official_addresses()))
def test_what_x_makes_a_link_of_is_found_as_in_the_official_cases(
    words: str, expected: list[str] | None
) -> None:
    if expected is None:
        pytest.skip("this needs the shared samples beside the checkout")
    assert list(counting.addresses(words)) == expected
    assert text.has_address(words) == bool(expected)


@pytest.mark.parametrize(
    "words", ["a-" * 50_000 + ".com", "a." * 50_000, "x" * 100_000, "a.b-" * 80]
)
@pytest.mark.timeout(60)  # a hang, not a slow machine
def test_a_monstrous_text_is_counted_and_is_too_long(words: str) -> None:
    assert length_on_x(words) > 280
    assert text.cost("x", Content(text=words)) is not None


def test_a_long_address_counts_23_like_any_other() -> None:
    assert length_on_x("Read https://example.org/" + "report/" * 300) == 28


@given(st.text(max_size=1500))
def test_any_text_can_be_counted_and_checked(words: str) -> None:
    content = Content(text=words, image="https://example.org/i.png", image_alt=words)
    for network in ("x", "linkedin"):
        assert text.length(network, content) >= 0
        assert all(problem.sentence for problem in text.problems(network, content))


@given(st.text(alphabet=st.characters(max_codepoint=0x10FF, codec="utf-8"), max_size=280))
def test_letters_of_european_languages_weigh_one_each_unless_they_are_part_of_an_address(
    words: str,
) -> None:
    if not text.has_address(words) and not set(words) & set("©®\u20e3"):
        clean = unicodedata.normalize("NFC", words.replace("\r\n", "\n"))
        # Two may compose to one beyond the alphabet: H and a dot below.
        if all(letter <= "\u10ff" for letter in clean):
            assert length_on_x(words) == len(clean)


@pytest.mark.parametrize(
    ("network", "words", "cost"),
    [
        ("x", "No link", Decimal("0.015")),
        ("x", "See https://example.org/a", Decimal("0.20")),
        ("x", "See gov.wales", Decimal("0.20")),
        ("x", "It ended.Then it began", Decimal("0.015")),
        ("linkedin", "See https://example.org/a", None),
    ],
)
def test_what_a_post_costs(network: str, words: str, cost: Decimal | None) -> None:
    assert text.cost(network, Content(text=words)) == cost


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Plans \r\n published\r", "Plans\n published"),
        ("e\u0301", "é"),
        ("a\x00b\x1bc\ufeff\ufffe", "abc"),
        ("tab\tstays", "tab\tstays"),
        ("one\u2028two", "one\ntwo"),
        ("half\ud800", "half"),
        ("\ufeff", ""),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert text.clean_text(raw) == clean


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaning_twice_changes_nothing_and_leaves_nothing_invalid(raw: str) -> None:
    clean = text.clean_text(raw)
    assert text.clean_text(clean) == clean
    assert not any("does not take" in p.sentence for p in text.problems("x", Content(clean)))


GOOD = Content(
    text="Eight plans are out.\n\nhttps://example.org/plans\n\n#Cohes3ion",
    link="https://example.org/plans",
)
FINE = {"x": GOOD, "linkedin": Content(text="Eight plans are out.", link="https://example.org/")}


@pytest.mark.parametrize("network", ["x", "linkedin"])
def test_a_good_post_has_no_problems(network: str) -> None:
    assert text.problems(network, FINE[network]) == ()


@pytest.mark.parametrize(
    ("network", "content", "words"),
    [
        ("x", Content(text=" \n "), "The text is empty"),
        ("x", Content(text="a" * 281), "The text is 281 long and X takes 280. Shorten it by 1."),
        ("linkedin", Content(text="a" * 3001), "3,001 long and LinkedIn takes 3,000"),
        ("linkedin", Content(text="🎉" * 1501), "Shorten it by 2."),
        ("x", Content(text="a", image="https://e.org/i.png"), "has no alt text"),
        (
            "x",
            Content(text="a", image="https://e.org/i.png", image_alt="b" * 1001),
            "The alt text is 1,001 characters long and X takes 1,000",
        ),
        ("linkedin", Content(text="a", card_title="t" * 401), "card's title is 401"),
        ("linkedin", Content(text="a", card_description="t" * 4087), "card's description"),
        ("x", Content(text="so it\ufeff goes"), "U+FEFF, after “so it”"),
        ("x", Content(text="\x07bell"), "U+0007, after “the beginning”"),
        ("linkedin", Content(text="half \ud83d"), "U+D83D"),
    ],
)
def test_what_a_network_would_refuse_is_an_error_with_its_mend(
    network: str, content: Content, words: str
) -> None:
    found = [p.sentence for p in text.problems(network, content) if p.level == "error"]
    assert any(words in sentence for sentence in found), found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Content(text="Out now.", link="https://e.org/a"), "does not hold its link"),
        (Content(text="Out. #One #Two #Three"), "has 3 hashtags"),
        (Content(text="Out. #regionalgrowth"), "Begin each word of #regionalgrowth"),
        (Content(text="Out. #cohes3ion"), "Write #cohes3ion as #Cohes3ion"),
        (Content(text="Out. #interreg"), "Write #interreg as #Interreg"),
        (Content(text="Out. #REGIONALGROWTH"), "Write #REGIONALGROWTH with a capital"),
        (Content(text="word " * 26), "has 26 words"),
        (Content(text="PUBLICATION of plans"), "Write “PUBLICATION” in small letters"),
        (Content(text="This is 𝐛𝐨𝐥𝐝 news"), "“𝐛𝐨𝐥𝐝” is not made of letters"),
        (Content(text="Out 🎉🎉🎉🎉"), "has 4 emoji"),
        (Content(text="With @interregeurope"), "@interregeurope will be told"),
        (Content(text="@cohes3ion has news"), "begins with a mention"),
        (
            Content(text="a", image="https://e.org/i.png", image_alt="Image of a bridge"),
            "Begin with what it shows",
        ),
    ],
)
def test_what_readers_would_mind_is_a_warning_with_its_mend(content: Content, words: str) -> None:
    found = text.problems("x", content, brands=("Cohes3ion", "COHES3ION", "Interreg", "INTERREG"))
    assert [p.level for p in found] == ["warning"] * len(found)
    assert any(words in p.sentence for p in found), found


@pytest.mark.parametrize(
    "words",
    [
        "INTERREG and COHES3ION met UNESCO and the OECD",  # brands, figures, short abbreviations
        "Mail press@example.org or see https://example.org/@name#part",
        "#Cohes3ion #S3",
        "Three are fine 🎉🎉🎉",
        "Item #1 and C# are no hashtags",
    ],
)
def test_what_only_looks_wrong_is_no_problem(words: str) -> None:
    brands = ("INTERREG", "Cohes3ion", "S3")
    assert text.problems("x", Content(text=words), brands=brands) == ()


def test_a_mention_is_no_matter_on_linkedin() -> None:
    assert text.problems("linkedin", Content(text="With @interregeurope")) == ()


def test_a_network_of_a_plug_in_is_counted_and_checked_like_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text.networks, "NETWORKS", dict(text.NETWORKS))
    facts = text.NetworkFacts(
        name="mastodon",
        label="Mastodon",
        limit=500,
        measure=len,
        counts="Every letter counts 1.",
        link_in_text=True,
        alt_limit=1500,
    )
    text.register(facts)
    assert text.limit("mastodon") == 500
    assert text.cost("mastodon", Content(text="gov.wales")) is None
    assert "Mastodon takes 500" in text.problems("mastodon", Content(text="a" * 501))[0].sentence
    with pytest.raises(ValueError, match="known already"):
        text.register(facts)


def test_an_unknown_network_is_named_with_those_that_are_known() -> None:
    with pytest.raises(text.UnknownNetwork, match='"myspace"; the known ones are linkedin, x'):
        text.limit("myspace")


@pytest.mark.parametrize(
    ("language", "words", "sentences"),
    [
        ("en", "One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("en", "Dr. J. Smith, e.g. Mr. Jones, spoke. He left.", None),
        ("en", "The U.S. Access Board met on gov.wales at 1.5 km. It rose.", None),
        ("en", "See no. 5 of it. Is it so? No. We left.", None),
        ("cy", "Cyhoeddwyd e.e. Cynllun Môn. Darllenwch ef.", None),
        ("de", "Am 17. Oktober z. B. Herr Dr. Maier. Danach nichts.", None),
        ("de", "Die 3. Phase beginnt. Sie dauert.", None),
        ("fr", "M. Dupont a parlé. Il est parti.", None),
        ("es", "El Sr. López habló. ¿Quién vino?", None),
        ("it", "Il dott. Rossi ha parlato. È andato.", None),
        ("pl", "Do 24 maja 2022 r. Rada działa. Śląsk też.", None),
        ("sv", "Det är bl.a. Region Skåne som deltar. Ändå.", None),
        ("en", "“It works.” She said so.", ["“It works.”", "She said so."]),
        ("en", "First line\nsecond line", ["First line", "second line"]),
    ],
)
def test_sentences_end_where_they_end(
    language: str, words: str, sentences: list[str] | None
) -> None:
    found = list(text.split_sentences(words, language=language))
    if sentences is None:
        # Every row without a list holds sentences whose last one or two words stand apart.
        assert " ".join(found) == words
        assert len(found) == {"See no. 5 of it. Is it so? No. We left.": 4}.get(words, 2)
    else:
        assert found == sentences


@given(st.text(max_size=300))
def test_splitting_into_sentences_loses_no_word(words: str) -> None:
    assert " ".join(text.split_sentences(words)).split() == words.split()


def test_the_fingerprint_changes_with_every_part_and_with_the_account() -> None:
    parts = ["text", "link", "card_title", "card_description", "image", "image_alt"]
    contents = [
        Content(text="t"),
        *(replace(Content(text="t"), **{part: "new"}) for part in parts),  # type: ignore[arg-type]
        Content(text="t", more_images=(Picture("https://e.org/1.png", "one"),)),
        Content(text="t", more_images=(Picture("https://e.org/1.png", "two"),)),
    ]
    prints = {content.fingerprint("a") for content in contents}
    assert len(prints) == len(contents)
    assert contents[0].fingerprint("b") not in prints
