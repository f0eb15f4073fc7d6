"""Drafts say only what their source says, fit their network, and are laid out as the wording files say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.draft import Wording, WordingError, draft, draft_problems, read_wording
from bot.draft.calming import calm
from bot.draft.telling import is_pointer, usable_sentences
from bot.draft.titles import cut
from bot.sort import read_rules
from bot.values import Announcement, Card, Kind
from review import text
from review.text import Content

CONFIG = Path(__file__).resolve().parents[2] / "config"
RULES = read_rules((CONFIG / "rules.toml").read_text(encoding="utf-8"), where="rules.toml")
FILES = {
    path.relative_to(CONFIG / "wording").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((CONFIG / "wording").glob("*/*/*.txt"))
}
WORDING = read_wording(FILES)
LINK = "https://example.org/plans/2031"
LANGUAGES = ("en", "cy", "es", "it", "pl", "sv", "de", "fr")

PLANS = Announcement(
    key="plans",
    title="Five valley transport plans published",
    summary="",
    link=LINK,
    language="en",
    kind=Kind.PLAN,
    paragraphs=(
        "The plans cover 41 towns along the river Teifi. They were adopted on 3 May 2031.",
        "Read more here",
        "Smart specialisation guides two of them.",
    ),
)


def written(
    announcement: Announcement = PLANS,
    network: str = "x",
    *,
    card: Card | None = None,
    wording: Wording = WORDING,
) -> Content:
    return draft(announcement, network=network, card=card, wording=wording, rules=RULES)


def test_on_x_a_draft_is_title_sentence_link_and_hashtags() -> None:
    assert written().text == (
        "Five valley transport plans published\n\n"
        "The plans cover 41 towns along the river Teifi.\n\n"
        f"See what is planned: {LINK}\n\n"
        "#SmartSpecialisation"
    )


def test_on_linkedin_the_link_travels_in_the_card() -> None:
    content = written(network="linkedin", card=Card(url=LINK, title="Plans", description="Five."))
    assert content == Content(
        text=(
            "Five valley transport plans published\n\n"
            "The plans cover 41 towns along the river Teifi. They were adopted on 3 May 2031. "
            "Smart specialisation guides two of them.\n\n"
            "#SmartSpecialisation"
        ),
        link=LINK,
        card_title="Plans",
        card_description="Five.",
    )


def test_without_a_card_its_words_come_from_the_announcement() -> None:
    content = written(network="linkedin")
    assert content.card_title == PLANS.title
    assert content.card_description == "The plans cover 41 towns along the river Teifi."


def test_a_picture_comes_along_only_with_words_for_those_who_cannot_see_it() -> None:
    picture = replace(PLANS, image="https://example.org/i.png", image_alt="A bus on a bridge")
    assert written(picture).image_alt == "A bus on a bridge"
    assert written(replace(picture, image_alt=" ")).image == ""
    card = Card(url=LINK, image="https://example.org/c.png", image_alt="A map")
    assert written(card=card).image == "https://example.org/c.png"
    assert written(replace(picture, image="javascript:alert(1)")).image == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("network", ["x", "linkedin"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_language_network_and_kind_has_wording_that_makes_a_sound_post(
    language: str, network: str, kind: Kind
) -> None:
    assert f"{language}/{network}/{kind.value}.txt" in FILES
    content = written(replace(PLANS, language=language, kind=kind), network)
    assert content.text.startswith(PLANS.title)
    assert draft_problems(network, content, brands=RULES.brands) == ()
    assert content.text.count(LINK) == (1 if network == "x" else 0)


def test_the_call_to_read_on_is_in_the_announcements_language() -> None:
    assert (
        f"Darllenwch y cyhoeddiad: {LINK}"
        in written(replace(PLANS, language="cy-GB", kind=Kind.REPORT)).text
    )
    assert (
        f"Read the publication: {LINK}"
        in written(replace(PLANS, language="nl", kind=Kind.REPORT)).text
    )


def test_without_a_link_nothing_calls_for_one() -> None:
    assert "See what is planned" not in written(replace(PLANS, link="")).text


@pytest.mark.parametrize(
    "sentence",
    [
        "Read more here",
        "Read more here.",
        "Find out more about plans for your region here.",
        "The findings for the assembly's report can be read here",
        "Click here to register.",
        "Learn more",
        "Download the report (PDF, 2 MB)",
        "Darllenwch ragor yma",
        "Rhagor o wybodaeth am y cynllun",
        "Más información aquí.",
        "Leer más",
        "Leggi tutto",
        "Scarica il rapporto",
        "Czytaj więcej",
        "Więcej informacji tutaj.",
        "Läs mer här",
        "Mehr dazu hier.",
        "Weiterlesen …",
        "En savoir plus",
        "Lire la suite",
    ],
)
def test_a_sentence_that_points_at_a_link_is_never_used(sentence: str) -> None:
    assert is_pointer(sentence)
    announcement = replace(PLANS, paragraphs=(f"{PLANS.paragraphs[0]} {sentence}",))
    for network in ("x", "linkedin"):
        assert sentence.rstrip(".") not in written(announcement, network).text


@pytest.mark.parametrize(
    "sentence",
    [
        "Readers in the valley use 14 libraries.",
        "There are more of them than before.",
        "Where the river bends, a bridge was built.",
        "The plan sets out what happens next.",
        "Hierarchies matter.",
    ],
)
def test_a_sentence_that_says_something_is_no_pointer(sentence: str) -> None:
    assert not is_pointer(sentence)


def test_sentences_that_are_cut_off_repeated_or_only_the_title_are_left_out() -> None:
    paragraphs = (
        "Five valley transport plans published.",
        "One whole sentence stands here now. One whole sentence stands here now.",
        "This one has been cut off in the mid…",
        "A heading without an end",
    )
    assert usable_sentences(paragraphs, title=PLANS.title) == (
        "One whole sentence stands here now.",
    )
    assert usable_sentences(paragraphs[3:], title=PLANS.title) == ("A heading without an end",)


@pytest.mark.parametrize(
    ("title", "language", "calmed"),
    [
        (
            "COHES3ION PLANS FOR THE SEVERN VALLEY PUBLISHED",
            "en",
            "Cohes3ion plans for the Severn valley published",
        ),
        ("INTERREG REPORT: 14 REGIONS GREW", "en", "Interreg report: 14 regions grew"),
        ("MAßNAHMEN FÜR DIE REGION", "de", "Maßnahmen für die Region"),
        ("CYNLLUN GWEITHREDU NEWYDD", "cy", "Cynllun gweithredu newydd"),
        ("OECD reviews the Severn valley", "en", "OECD reviews the Severn valley"),
        ("NHS", "en", "NHS"),
    ],
)
def test_a_title_in_capitals_is_calmed_and_keeps_its_names(
    title: str, language: str, calmed: str
) -> None:
    words = ("People along the Severn know each valley. It grew.",)
    brands = {"Cohes3ion", "Interreg"}
    assert calm(title, words=words, brands=brands, language=language) == calmed


@pytest.mark.parametrize(
    ("title", "most", "short"),
    [
        ("A plan that covers all the towns", 40, "A plan that covers all the towns"),
        ("A plan that covers all the towns", 24, "A plan that covers all…"),
        ("A plan that covers all the towns", 27, "A plan that covers all…"),
        ("A plan by the Southern Regional Assembly for ferries", 35, "A plan…"),
        ("The county pays £6 million for ferries", 20, "The county pays…"),
        ("More about https://example.org/a/long/address", 30, "More about…"),
        ("Look at #RegionalDevelopment today", 18, "Look…"),
        ("Families 👩‍👩‍👧‍👦 win", 12, "Families…"),
        ("計画計画計画計画", 5, "計画計画…"),
        ("https://example.org/a/long/address", 10, ""),
    ],
)
def test_a_title_is_cut_where_it_does_no_harm(title: str, most: int, short: str) -> None:
    assert cut(title, fits=lambda words: len(words) <= most) == short


def test_the_sentence_goes_before_the_hashtags_and_the_hashtags_before_the_title() -> None:
    sentence = "The plans cover 41 towns and " + "very " * 30 + "many villages."
    title = "Interreg plans " + "published " * 17
    long = replace(PLANS, title=title.strip(), paragraphs=(sentence,))
    assert sentence not in written(long).text
    assert "#Interreg" in written(long).text
    longer = replace(long, title=(title + "published " * 4).strip())
    assert "#Interreg" not in written(longer).text
    assert longer.title in written(longer).text
    longest = replace(long, title=title + "published " * 20)
    assert "published…" in written(longest).text
    assert longest.link in written(longest).text


def test_wording_that_leaves_no_room_gives_way_to_title_and_link() -> None:
    wording = read_wording({"en/x/plan.txt": "word " * 80 + "{{ title }} {{ link }}"})
    assert written(wording=wording).text == f"{PLANS.title}\n\n{LINK}"


def test_hashtags_come_from_the_book_two_at_most_and_never_twice() -> None:
    announcement = replace(
        PLANS,
        title="#Interreg and net zero",
        paragraphs=("Innovation, smart specialisation and climate change meet here at last.",),
    )
    assert re.findall(r"#\w+", written(announcement, "linkedin").text) == [
        "#Interreg",
        "#NetZero",
        "#SmartSpecialisation",
    ]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"en/x/plan.txt": "{{ title }}\n{% if link %}"}, "en/x/plan.txt, line 2: "),
        (
            {"en/x/plan.txt": "one\n{{ titel }}"},
            'line 2: there is no "titel" to write; there are t',
        ),
        ({"en/x/plan.txt": "{{ title | shout }}"}, "line 1: No filter named 'shout'"),
        ({"en/x/plan.txt": "a\nb\n{{ title.lower(1) }}"}, "line 3: "),
        ({"en/x/plan.txt": "{{ sentences[5] }}"}, "en/x/plan.txt, line 1: "),
        ({"en/x/plan.txt": "{{ title * 999999999 }}"}, "no use for"),
        ({"en/x/plan.txt": "{{ title.__class__.__mro__ }}"}, "unsafe"),
        ({"en/x/note.txt": "{{ title }}"}, "one of plan, practice, report"),
        ({"plan.txt": "{{ title }}"}, "call it language/network/kind.txt"),
    ],
)
def test_a_broken_wording_file_is_named_with_line_and_mend(
    files: dict[str, str], words: str
) -> None:
    with pytest.raises(WordingError) as error:
        read_wording(files)
    assert words in str(error.value)
    assert str(error.value).startswith("wording/")


def test_missing_wording_is_said_with_the_file_to_copy() -> None:
    with pytest.raises(WordingError, match=r"wording/en/x/plan\.txt is missing"):
        written(wording=read_wording({}))


def test_a_title_that_looks_like_a_template_stays_as_it_is() -> None:
    title = "Plans for {{ link }} and {% if %} published"
    assert written(replace(PLANS, title=title)).text.startswith(title)


VOCABULARY = (
    "plan report the of for in Severn Teifi Region Authority 41 2031 £6 million 3 May towns gov.wales #Growth "
    "👩‍👩‍👧‍👦 🎉 https://example.org/long/address/of/a/page and, says: – ŵyl Straße żółć NATIONAL interreg innovation "
    "smart specialisation @council 計画 climate action 12% 1.5 (S3) “quoted” e.g. Dr. net zero"
)
WORDS = st.sampled_from(VOCABULARY.split())
TITLES = st.lists(WORDS, min_size=1, max_size=90).map(" ".join)
PARAGRAPHS = st.lists(
    st.lists(WORDS, min_size=3, max_size=40).map(lambda words: " ".join(words) + "."), max_size=5
).map(tuple)
FIXED = {
    word
    for source in FILES.values()
    for word in re.findall(r"\w+", re.sub(r"{[{%].*?[}%]}", " ", source).casefold())
}


@settings(max_examples=150, deadline=None)
@given(
    TITLES,
    PARAGRAPHS,
    st.sampled_from(LANGUAGES),
    st.sampled_from(list(Kind)),
    st.sampled_from(["x", "linkedin"]),
    st.sampled_from([LINK, "https://example.org/" + "a/" * 600, ""]),
)
def test_a_draft_fits_and_holds_nothing_that_its_source_does_not(
    title: str, paragraphs: tuple[str, ...], language: str, kind: Kind, network: str, link: str
) -> None:
    announcement = replace(
        PLANS, title=title, paragraphs=paragraphs, language=language, kind=kind, link=link
    )
    content = written(announcement, network)
    assert content.text.strip() == content.text
    assert text.length(network, content) <= text.limit(network)
    if network == "x":
        assert link in content.text
    source = " ".join((title, *paragraphs))
    said = content.text.replace(link, " ") if link else content.text
    for token in said.split():
        if token.startswith("#") and token in RULES.tags:
            continue
        known = token in source or token.rstrip("…") in source
        assert known or {*re.findall(r"\w+", token.casefold())} <= FIXED | {
            *re.findall(r"\w+", source.casefold())
        }, token
    added = [tag for tag in re.findall(r"(?<!\S)#\w+(?!\S)", said) if tag not in source]
    assert len(added) <= 2
    # What looks like a figure or an address is whole, as the source has it.
    for token in re.findall(r"\S*\d\S*|https?://\S+", said):
        assert token.rstrip("….,") in source


# Sentences with figures, days and names as eight languages write them; {0} to {2} are figures.
SAID = {
    "en": "The plan of {0} towns costs £{1} million by {2} May 2031, says Cllr. Elin Rees of Selmar.",
    "cy": "Mae’r cynllun ar gyfer {0} o drefi yng Ngwynedd a Phowys yn costio £{1} miliwn erbyn {2} Mai 2031.",
    "es": "El plan de {0} municipios de Jaén cuesta {1} millones de euros hasta el {2} de mayo de 2031.",
    "it": "Il piano per {0} comuni della Calabria costa {1} milioni di euro entro il {2} maggio 2031.",
    "pl": "Plan dla {0} gmin w Krakowie kosztuje {1} mln zł i potrwa do {2} maja 2031 r. w Gdańsku.",
    "sv": "Planen för {0} kommuner i Skåne kostar {1} miljoner kronor till den {2} maj 2031.",
    "de": "Der Plan für {0} Gemeinden im Allgäu kostet {1} Mio. Euro bis zum {2}. Mai 2031.",
    "fr": "Le plan de {0} communes d’Île-de-France coûte {1} M€ jusqu’au {2} mai 2031.",
}
WRITTEN = {"en": ",.", "cy": ",.", "es": ".,", "it": ".,", "pl": " ,", "sv": "\u00a0,", "de": ".,", "fr": "\u202f,"}  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(SAID)),
    st.lists(
        st.tuples(st.integers(2, 99_999), st.integers(0, 9_999_999), st.integers(1, 31)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["x", "linkedin"]),
    st.booleans(),
)
def test_every_figure_day_and_name_of_a_draft_stands_in_its_source(
    language: str, figures: list[tuple[int, int, int]], network: str, is_shouted: bool
) -> None:
    thousands, decimals = WRITTEN[language][0], WRITTEN[language][1]
    sentences = []
    for towns, cost, day in figures:
        counted = f"{towns:,}".replace(",", thousands)
        spent = f"{cost // 10:,}".replace(",", thousands) + f"{decimals}{cost % 10}"
        sentences.append(SAID[language].format(counted, spent, day))
    title = sentences[0].rstrip(".").upper() if is_shouted else sentences[0].rstrip(".")
    announcement = replace(PLANS, title=title, paragraphs=tuple(sentences), language=language)
    content = written(announcement, network)
    source = "\n".join((title, *sentences))
    for brand in RULES.brands:  # names come from the source, not from a list
        assert brand not in content.text or brand in source
    assert text.unsupported(content.text, source, language=language) == ()
    whole = [" ".join(sentence.split()) for sentence in sentences]
    for line in content.text.split("\n\n")[1:]:
        words = " ".join(line.split())
        if any(mark.isdigit() for mark in words) and LINK not in words:
            for sentence in whole:
                words = words.replace(sentence, "")
            assert not words.strip(), "a sentence is whole or not there"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=700), st.text(max_size=400), st.sampled_from(["x", "linkedin"]))
def test_any_text_at_all_makes_a_draft_that_fits(title: str, words: str, network: str) -> None:
    announcement = replace(PLANS, title=title, paragraphs=(words,))
    content = written(announcement, network)
    assert text.length(network, content) <= text.limit(network)
    assert not any("does not take" in p.sentence for p in text.problems(network, content))
