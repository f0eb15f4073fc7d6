"""Of what a source gives, a draft takes the sentences that tell something, under a title fit to be read."""

from __future__ import annotations

import pytest

from bot import find
from bot.draft.calming import calm
from bot.draft.furniture import is_furniture, told
from bot.draft.ranking import best_together, most_telling, undated
from bot.draft.telling import usable_sentences
from bot.draft.titles import completed, trimmed
from bot.sort import read_rules
from bot.values import Entry
from config.schema import PACKAGED

RULES = read_rules((PACKAGED / "rules.toml").read_text(encoding="utf-8"), where="rules.toml")
BRANDS = RULES.brands


@pytest.mark.parametrize(
    ("title", "link", "bare"),
    [
        ("Estuary strategy 2027 to 2035 | GOV.WALES", "", "Estuary strategy 2027 to 2035"),
        ("NEW: Ferry plan published", "", "Ferry plan published"),
        ("Press release: Ferry plan published", "", "Ferry plan published"),
        ("Nota de prensa: plan de puertos", "", "Plan de puertos"),
        ("Ferry plan published:", "", "Ferry plan published"),
        ("Ferry plan published.", "", "Ferry plan published"),
        (
            "Piano dei porti - Regione Calabria",
            "https://www.regione.calabria.it/p",
            "Piano dei porti",
        ),
        ("Plan d'action des ports - Ports.bzh", "", "Plan d'action des ports"),
        ("Ferry plan published | Cork County Council", "", "Ferry plan published"),
        # These say something, or might.
        ("Ferry plan published - Evaluation of five ports", "", None),
        ("Cynllun fferi | Ferry plan", "", None),
        ("Smart strategy 2.0 – West Netherlands", "https://example.org/", None),
        ("Updated: guidance for ports", "", None),
        ("News", "", None),
        ("Plan for the U.S. and the E.U.", "", None),
        ("NEW:", "", "NEW"),
        ("🚢 Ferry plan published", "", "Ferry plan published"),
        ("🎉", "", None),
        ("Review of ports (PDF, 1.1 MB)", "", "Review of ports"),
        ("[Publication] Ports in 2026", "", "Ports in 2026"),
        ("Review of ports (final)", "", None),
    ],
)
def test_a_title_loses_what_a_site_puts_around_it(title: str, link: str, bare: str | None) -> None:
    assert trimmed(title, link=link) == (title if bare is None else bare)


def test_a_title_that_its_source_cut_off_is_completed_from_the_text_or_shows_the_cut() -> None:
    cut_off = trimmed("The county publishes its plan for the [...]")
    assert cut_off == "The county publishes its plan for the…"
    sentences = ("The county publishes its plan for the ferries of Selmar.", "It costs money.")
    whole = completed(cut_off, sentences=sentences)
    assert whole == "The county publishes its plan for the ferries of Selmar"
    assert completed(cut_off, sentences=sentences[1:]) == cut_off


@pytest.mark.parametrize(
    ("title", "language", "calmed"),
    [
        ("ERDF-FUNDED FERRY NAMED GOOD PRACTICE", "en", "ERDF-funded ferry named good practice"),
        ("SELMAR'S FERRIES: FINAL REPORT", "en", "Selmar's ferries: final report"),
        ("WELSH PORTS IN APRIL AND MAY", "en", "Welsh ports in April and may"),
        ("NEW REPORT: Ferries grow in Wales", "en", "New report: Ferries grow in Wales"),
        ("PLAN DLA MAŁOPOLSKI", "pl", "Plan dla Małopolski"),
        ("NHS AND R&D IN PHASE II", "en", "NHS and R&D in phase II"),
        ("LET US LEAD THE WAY", "en", "Let us lead the way"),
        ("ADRODDIAD AR FFERIS CYMRU", "cy", "Adroddiad ar fferis Cymru"),
        ("UN PLAN PARA LA UE Y ESPAÑA", "es", "Un plan para la UE y España"),
        ("GUIDA AI PORTI DELLA CALABRIA", "it", "Guida ai porti della Calabria"),
        ("RAPORT O PORTACH W POLSCE", "pl", "Raport o portach w Polsce"),
        ("RAPPORT: SÅ MÅR HAMNARNA I SVERIGE", "sv", "Rapport: Så mår hamnarna i Sverige"),
        ("DORFLADEN FEIERT JUBILÄUM", "de", "Dorfladen feiert Jubiläum"),
        ("STUDIE ZUM LÄNDLICHEN RAUM ERSCHIENEN", "de", "Studie zum ländlichen Raum erschienen"),
        ("RAPPORT DE L'OBSERVATOIRE D'ÎLE-DE-FRANCE", "fr", "Rapport de l'observatoire d'Île-de-France"),
    ],
)  # fmt: skip
def test_titles_in_capitals_keep_names_and_abbreviations_of_their_language(
    title: str, language: str, calmed: str
) -> None:
    words = ("Selmar and the ERDF pay.", "Les bateaux d'Île-de-France.")
    assert calm(title, words=words, brands=BRANDS, language=language) == calmed


@pytest.mark.parametrize("name", sorted(BRANDS))
def test_two_spellings_of_a_brand_give_the_same_title_in_every_run(name: str) -> None:
    title = f"{name.upper()} PUBLISHES ITS ACTION PLANS"
    assert calm(title, words=(), brands=BRANDS) == calm(
        title, words=(), brands=sorted(BRANDS, reverse=True)
    )


@pytest.mark.parametrize(
    "line",
    [
        "Published on 3 May 2027",
        "First published: 12 June 2026",
        "Cyhoeddwyd ar 12 Mai 2026",
        "Publicado el 3 de mayo de 2026",
        "Ultimo aggiornamento: 2 marzo 2026",
        "Data publikacji: 3.06.2026",
        "Publicerad: 2026-05-19",
        "Veröffentlicht am 5. Mai 2026",
        "Publié le 6 mai 2026",
        "12 April 2026",
        "Home > News > Ferry plan",
        "Sei qui: Home / Notizie",
        "Strona główna / Aktualności",
        "Picture caption: the ferry at Selmar",
        "Photo: The ferry at Selmar. Credit: A. Jones",
        "Crédit photo : Ports de Bretagne",
        "Bild: Hafenamt / M. Schulz",
        "By Aoife Ní Bhriain",
        "Share this page",
        "Rhannu’r dudalen hon",
        "Teilen",
        "Page summary:",
        "Documents",
        "Background",
        "Ferry plan: final report, PDF, 4 MB",
        "Download the plan (PDF, 2.3MB)",
        "Cookies on this site",
        "Tags: ferries, ports",
        "3 min read",
        "With kind regards",
        "Read more",
    ],
)
def test_lines_around_an_items_words_are_furniture(line: str) -> None:
    assert is_furniture(line)
    assert told((line, "The plan names 22 measures."), title="Ferry plan") == (
        "The plan names 22 measures.",
    )


@pytest.mark.parametrize(
    "line",
    [
        "Published this spring, the plan names 22 ports.",
        "By 2030 every port will have a charging point.",
        "Share prices of ferry companies fell by 8 per cent in 2025.",
        "Home to 41 towns, the valley has one port.",
        "Photographs of 300 ports were used to train the model that the county built last year.",
        "The cookies of Selmar are baked by the ferry company, which now has a strategy for them.",
        "Stand 2025 waren 96 Häfen in Betrieb.",
        "5 May 2026 is the day on which the plan begins.",
        "Contact between the ports has grown.",
        "Data från 12 hamnar visar att trafiken växer.",
    ],
)
def test_lines_that_tell_something_are_kept(line: str) -> None:
    assert told((line,), title="Ferry plan") == (line,)


@pytest.mark.parametrize(
    ("paragraph", "rest"),
    [
        ("Published on 3 May 2027 This page sets out our plan.", "This page sets out our plan."),
        ("Dear colleague, the plan is here now.", "The plan is here now."),
        ("Szanowni Państwo, projekt ma 46 portów.", "Projekt ma 46 portów."),
        ("Pamplona, 14 de mayo de 2026.- El plan nombra 22 puertos.", "El plan nombra 22 puertos."),
        ("(ots) Der Plan nennt 22 Häfen.", "Der Plan nennt 22 Häfen."),
        ("ZARAGOZA, 21 May. (EUROPA PRESS) - El plan nombra 22.", "El plan nombra 22."),
        ("SELMAR – The plan names 22 ports.", "The plan names 22 ports."),
        ("Potsdam, 5. Mai 2026. Der Plan nennt 22 Häfen.", "Der Plan nennt 22 Häfen."),
        ("SELMAR, Avren (Reuters) - The plan names 22 ports.", "The plan names 22 ports."),
        ("Summary: The plan names 22 ports.", "The plan names 22 ports."),
        ("Ferry plan for Selmar The plan names 22 ports.", "The plan names 22 ports."),
        ("Ferry plan for Selmar was adopted.", "Ferry plan for Selmar was adopted."),
    ],
)
def test_what_stands_before_a_paragraphs_first_sentence_is_cut_off(
    paragraph: str, rest: str
) -> None:
    assert told((paragraph,), title="Ferry plan for Selmar") == (rest,)


def test_nothing_is_taken_from_the_notes_to_editors() -> None:
    words = ("The plan names 22 ports.", "Notes to editors", "The county has 41 towns.")
    assert told(words, title="Ferry plan") == words[:1]
    ending = "The post Ferry plan appeared first on Selmar Today."
    assert told((words[0], ending), title="Ferry plan") == words[:1]


@pytest.mark.parametrize(
    ("paragraph", "language", "kept"),
    [
        ("He said: “We build ferries. They are fast.” The plan names 22 ports.", "en", "The plan names 22 ports."),
        ("“Ferries are the heart of our county.” The plan names 22 ports.", "en", "The plan names 22 ports."),
        ("Which ports does it name? Selmar and four others. The plan costs £4 million.", "en", "The plan costs £4 million."),
        ("Er sagte: „Wir bauen Fähren. Sie sind schnell.“ Der Plan nennt 22 Häfen.", "de", "Der Plan nennt 22 Häfen."),
        ("Hon sade: ”Vi bygger färjor. De är snabba.” Planen omfattar 22 hamnar.", "sv", "Planen omfattar 22 hamnar."),
        ("Elle dit : « Nous construisons. C'est rapide. » Le plan cite 22 ports.", "fr", "Le plan cite 22 ports."),
        ("Both reports are available on our website. The plan names 22 ports.", "en", "The plan names 22 ports."),
        ("The plan (see page 4. It names more) goes on. The plan names 22 ports.", "en", "The plan names 22 ports."),
    ],
)  # fmt: skip
def test_parts_of_quotations_answers_and_pointers_are_not_used(
    paragraph: str, language: str, kept: str
) -> None:
    assert usable_sentences((paragraph,), title="Ferry plan", language=language) == (kept,)


@pytest.mark.parametrize(
    ("sentences", "title", "language", "best"),
    [
        (
            ("The county has published its ferry plan.", "It names 22 ports and costs £4 million."),
            "Ferry plan published by the county",
            "en",
            1,
        ),
        (("The plan was adopted today by all members.", "It has six chapters on ports."), "Ferry plan", "en", 1),
        (("This follows a report in spring on 12 ports.", "Members voted for it."), "Ferry plan", "en", 1),
        (("Länsstyrelsen har beslutat om en plan för färjor.", "Planen innehåller 33 åtgärder i tio kommuner."), "Plan för färjor 2030", "sv", 1),
        (("La Région publie le plan des ports.", "Il prévoit 1 234,5 millions d’euros et 45 actions."), "La Région publie son plan des ports", "fr", 1),
        (("Danach haben 7,8 % keinen Hafen.", "Die Studie untersucht alle Kreise an der Küste."), "Studie", "de", 1),
        (("On 3 May the county adopted the plan with 22 ports.", "The county is large and old."), "Ferry plan", "en", 0),
    ],
)  # fmt: skip
def test_the_most_telling_sentence_is_chosen(
    sentences: tuple[str, ...], title: str, language: str, best: int
) -> None:
    chosen = most_telling(sentences, title=title, language=language, most=1)
    assert chosen == (sentences[best],)


def test_a_sentence_that_only_says_the_title_again_is_worse_than_none() -> None:
    title = "County publishes ferry plan for Selmar"
    assert (
        most_telling(("The county publishes its ferry plan for Selmar.",), title=title, most=3)
        == ()
    )


def test_a_sentence_is_said_once_whatever_its_apostrophes() -> None:
    words = (
        "It's the county's plan for ports.",
        "It’s the county’s plan for ports.",
        "(See page 4.)",
    )
    assert usable_sentences(words, title="Ferry plan") == words[:1]


def test_sentences_side_by_side_keep_their_order_and_lean_on_nothing_left_out() -> None:
    sentences = (
        "We are delighted to announce that the county has published its plan.",
        "It names 22 ports.",
        "All of the members voted for it today.",
        "They say that it is enough.",
        "The plan costs £4 million.",
        "This is a third more than last year, when the county was poor.",
    )
    assert best_together(sentences, title="Ferry plan", language="en", most=3) == (
        sentences[1],
        sentences[4],
        sentences[5],
    )


def test_a_long_sentence_is_used_only_when_there_is_no_other() -> None:
    long = "The plan names " + "very many ports and " * 10 + "ferries."
    short = "The plan costs £4 million."
    assert best_together((long, short), title="Ferries", most=3) == (short,)
    assert best_together((long,), title="Ferries", most=3) == (long,)


def entry(html: str, summary: str) -> Entry:
    return Entry(
        key="k",
        title="Ferry plan published",
        link="https://example.org/plan",
        summary=summary,
        html=html,
        language="en",
    )


def test_the_words_of_a_feed_item_come_paragraph_by_paragraph() -> None:
    html = "<p>Published on 3 May 2027</p><p>The plan names 22 ports.</p><p>It costs money.</p>"
    (found,) = find.in_entry(
        entry(html, "Published on 3 May 2027 The plan names 22 ports. It costs money."), rules=RULES
    )
    assert found.paragraphs == (
        "Published on 3 May 2027",
        "The plan names 22 ports.",
        "It costs money.",
    )
    assert found.summary.startswith("Published on 3 May 2027 The plan")


def test_a_teaser_stands_before_what_the_whole_text_adds() -> None:
    html = "<p>The plan names 22 ports.</p><p>It costs £4 million.</p>"
    (found,) = find.in_entry(entry(html, "All about ferries."), rules=RULES)
    assert found.paragraphs == (
        "All about ferries.",
        "The plan names 22 ports.",
        "It costs £4 million.",
    )
    assert found.summary == "All about ferries."
    (bare,) = find.in_entry(entry("", "All about ferries."), rules=RULES)
    assert bare.paragraphs == ("All about ferries.",)
    (empty,) = find.in_entry(entry("", ""), rules=RULES)
    assert empty.paragraphs == ()


@pytest.mark.parametrize(
    ("sentence", "language", "without"),
    [
        ("The county has today published its plan.", "en", "The county has published its plan."),
        ("The plan was published today.", "en", "The plan was published."),
        ("The board approved it today (Tuesday 9 June).", "en", "The board approved it."),
        ("El Gobierno ha publicado hoy el plan.", "es", "El Gobierno ha publicado el plan."),
        ("Das Land hat heute den Plan veröffentlicht.", "de", "Das Land hat den Plan veröffentlicht."),
        ("Mae'r cyngor wedi cyhoeddi'r cynllun heddiw.", "cy", "Mae'r cyngor wedi cyhoeddi'r cynllun."),
        # Here it cannot be left out, or is somebody's word.
        ("From today the plan is in force.", "en", None),
        ("Today the county has published its plan.", "en", None),
        ("Heute hat das Land den Plan veröffentlicht.", "de", None),
        ("He said: “The plan is out today.”", "en", None),
        ("The plan, today, is out.", "en", None),
        ("Today’s plan was drawn up yesterday and today.", "en", None),
        ("Der Plan gilt ab heute.", "de", None),
        ("Er wohnt hier seit 2019.", "de", None),
        ("The plan is out.", "xx", None),
    ],
)  # fmt: skip
def test_a_word_for_the_day_is_left_out_where_the_sentence_stands_without_it(
    sentence: str, language: str, without: str | None
) -> None:
    assert undated(sentence, language) == (sentence if without is None else without)


def test_a_later_part_of_a_name_keeps_its_capital_beside_its_neighbour_only() -> None:
    words = ("The Regional Innovation Strategy of Selmar Bay Council is here.",)
    title = "SELMAR BAY HAS AN INNOVATION PLAN"
    assert calm(title, words=words, brands=(), language="en") == "Selmar Bay has an innovation plan"
