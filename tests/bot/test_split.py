"""Bulletins of many layouts and languages come apart into the announcements a careful editor would name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import links
from bot.split import furniture as words_of_furniture
from bot.split import normalise_title, piece_key, split
from bot.values import Bulletin, Piece

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).parent / "fixtures_split"
SHARED = ROOT.parent / "shared" / "samples"
SAMPLE = ROOT / "config" / "samples" / "bulletin.html"
CUSTOMER = SHARED / "govdelivery" / "ukwales_30680dd_cohes3ion_bulletin.txt"
CUSTOMER_URL = "https://content.govdelivery.com/accounts/UKWALES/bulletins/30680dd"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="this test needs the shared samples beside the checkout"
)


def items(bulletin: Bulletin) -> list[Piece]:
    return [piece for piece in bulletin.pieces if not piece.furniture]


def titles(document: str, *, url: str = "", title: str = "") -> list[str]:
    return [piece.title for piece in items(split(document, url=url, title=title))]


# --- scoring against an editor's answer


@dataclass
class Score:
    """What a split got right, and in words what it got wrong."""

    found: int = 0
    right_links: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.found / (2 * self.found + len(self.missed) + len(self.invented))

    def add(self, other: Score) -> None:
        self.found += other.found
        self.right_links += other.right_links
        self.missed += other.missed
        self.invented += other.invented
        self.wrong += other.wrong


def same_page(one: str, other: str) -> bool:
    return one == other or (bool(links.key(one)) and links.key(one) == links.key(other))


def score(bulletin: Bulletin, answer: dict[str, Any]) -> Score:
    """Compare a split with an answer file: optional items count neither for nor against it."""
    result = Score()
    left = items(bulletin)
    for item in answer["items"]:
        if not item["is_announcement"]:
            continue
        names = {normalise_title(t) for t in (item["title"], *item.get("title_alternatives", ()))}
        piece = next((p for p in left if normalise_title(p.title) in names), None)
        if piece is None:
            if not item.get("optional"):
                result.missed.append(item["title"])
            continue
        left.remove(piece)
        if item.get("optional"):
            continue
        result.found += 1
        accepted = (item["link"], *item.get("link_alternatives", ()))
        if any(same_page(piece.link, links.clean(link) or link) for link in accepted):
            result.right_links += 1
        else:
            result.wrong.append(f"{piece.title}: link {piece.link}")
        if item.get("summary_contains", "") not in " ".join(piece.paragraphs):
            result.wrong.append(f"{piece.title}: lost “{item['summary_contains']}”")
    result.invented = [piece.title for piece in left]
    return result


def page_of(answer: Path) -> Path:
    stem = answer.name.removesuffix(".expected.json")
    return next(
        p for ending in (".html", ".txt") if (p := answer.with_name(stem + ending)).exists()
    )


@pytest.mark.parametrize(
    "answer_file", sorted(FIXTURES.glob("*.expected.json")), ids=lambda p: p.name.split(".")[0]
)
def test_a_bulletin_of_each_layout_comes_apart_as_an_editor_would(answer_file: Path) -> None:
    answer = json.loads(answer_file.read_text("utf-8"))
    bulletin = split(page_of(answer_file).read_text("utf-8"), url=answer.get("url", ""))
    result = score(bulletin, answer)
    assert (result.missed, result.invented, result.wrong) == ([], [], [])
    assert bulletin.language == answer.get("language", bulletin.language)
    found = {normalise_title(piece.title): piece for piece in bulletin.pieces}
    for item in answer["items"]:
        if "image_alt" in item:
            assert found[normalise_title(item["title"])].image_alt == item["image_alt"]
    if answer["single"]:
        assert len(items(bulletin)) == 1


@needs_shared
def test_real_bulletins_are_split_at_least_this_well() -> None:
    total = Score()
    for answer_file in sorted((SHARED / "bulletins").glob("*.expected.json")):
        document = page_of(answer_file).read_text("utf-8", errors="replace")
        answer = json.loads(answer_file.read_text("utf-8"))
        bulletin = split(document)
        total.add(score(bulletin, answer))
        if answer["single"]:
            assert len(items(bulletin)) == 1, answer_file.name
    assert total.f1 >= 0.99, (total.missed, total.invented)
    assert total.right_links / total.found >= 0.98, total.wrong
    assert total.wrong == []


# --- the customer's bulletin, and ours


@needs_shared
def test_the_customers_bulletin_holds_three_announcements() -> None:
    bulletin = split(CUSTOMER.read_text("utf-8"), url=CUSTOMER_URL)
    plan, practice, report = items(bulletin)
    assert plan.title == "Regional Action Plans Published"
    assert practice.title == (
        "Stockholm Region project is the latest Cohes3ion good practice recognised by Interreg Europe"
    )
    assert report.title == "Bable Consultancy reports published"
    assert plan.paragraphs[0].startswith(
        "The ending of the first phase of the project sees the publication of eight"
    )
    assert plan.paragraphs[-1].endswith("Find out more about plans for your region here.")
    assert "private and public sector to support sustainable manufacturing." in " ".join(
        practice.paragraphs
    )
    assert report.paragraphs == (
        "To support the development of their Regional Action Plans, Welsh Government and Southern Regional "
        "Assembly appointed Bable Consultancy to undertake Research.",
        "The findings for Southern Regional Assembly report can be read here",
        "The findings for the Welsh Government report can be read here",
    )
    kinds = {piece.title: piece.furniture for piece in bulletin.pieces if piece.furniture}
    assert kinds["Looking back at some key project milestones"] == "a look back"
    assert kinds["ABOUT"] == "the page's About block"
    assert kinds["Follow us on Twitter"] == "links to social media"
    assert not any("govdelivery" in text for piece in bulletin.pieces for text in piece.paragraphs)


@needs_shared
def test_the_customers_page_breaks_are_found_without_knowing_its_address() -> None:
    text = CUSTOMER.read_text("utf-8")
    assert titles(text) == titles(text, url=CUSTOMER_URL)


@needs_shared
def test_the_customers_bulletin_told_as_a_web_page_gives_the_same_three() -> None:
    blocks = CUSTOMER.read_text("utf-8").replace(f"{CUSTOMER_URL}\n", "").split("\n\n")
    heads = {"Regional": 2, "Stockholm": 4, "Bable": 2, "Looking": 1, "ABOUT": 1}
    page = ["<h1 class='bulletin_subject'>News</h1><div id='bulletin_body'>"]
    for block in blocks:
        lines = block.strip().split("\n")
        count = heads.get(lines[0].split(" ")[0], 0)
        page.append(f"<h2>{' '.join(lines[:count])}</h2>" if count else "")
        page.append(f"<p>{' '.join(lines[count:])}</p>")
    bulletin = split("".join([*page, "</div>"]), url=CUSTOMER_URL)
    assert [piece.title.split(" ")[0] for piece in items(bulletin)] == [
        "Regional",
        "Stockholm",
        "Bable",
    ]


def test_the_shipped_sample_holds_a_plan_a_practice_and_a_report() -> None:
    bulletin = split(
        SAMPLE.read_text("utf-8"),
        url="https://content.govdelivery.com/accounts/EXAMPLE/bulletins/4c2a9f1",
    )
    assert bulletin.title == "Riverlink project: second phase begins"
    assert bulletin.language == "en"
    plan, practice, report = items(bulletin)
    assert "plans published" in plan.title
    assert "good practice recognised" in practice.title
    assert "reports" in report.title
    assert plan.link == "https://riverlink.example.org/action-plans"
    assert [link.url.rpartition("/")[2] for link in report.links] == [
        "avren-river-freight.pdf",
        "tessin-river-freight.pdf",
    ]
    assert report.link == report.links[0].url
    assert {piece.furniture for piece in bulletin.pieces if piece.furniture} >= {
        "a look back",
        "the page's About block",
        "links to social media",
    }


# --- single rules


STORY = "<p>The council has agreed to repair forty bridges before the winter comes.</p>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            f"<h2>Bridges to be repaired</h2>{STORY}<h2>Read more</h2><p>Some text that says a thing or two.</p>",
            ["Bridges to be repaired"],
            id="link words are no title",
        ),
        pytest.param(
            f"<ul><li>Bridges to be repaired</li><li>New park opens</li></ul><h2>Bridges to be repaired</h2>{STORY}"
            "<h2>New park opens</h2><p>The new park has opened its gates to all.</p>",
            ["Bridges to be repaired", "New park opens"],
            id="a list of contents without a heading is not doubled",
        ),
        pytest.param(
            f"<h2>Bridges to be repaired</h2>{STORY}<h2>Bridges to be repaired</h2><p>Forty bridges it is.</p>"
            "<h2>New park opens</h2><p>The new park has opened its gates to all.</p>",
            ["Bridges to be repaired", "New park opens"],
            id="one piece of news shown twice is one item",
        ),
        pytest.param(
            f"<h2>Bridges to be repaired</h2><div style='display:none'><h2>Old news</h2>{STORY}</div>{STORY}",
            ["Bridges to be repaired"],
            id="what is hidden is not on the page",
        ),
        pytest.param(
            f"<h2>Downloads</h2><p><a href='/a'>Form A for boats</a></p><p><a href='/b'>Form B for cars</a></p>"
            f"<h2>Bridges to be repaired</h2>{STORY}",
            ["Bridges to be repaired"],
            id="a bare list of links is no item",
        ),
        pytest.param(
            f"<h2>Bridges to be repaired</h2>{STORY}<p><b>Important:</b> work on all the bridges starts at seven.</p>"
            f"<h2>New park opens</h2>{STORY}",
            ["Bridges to be repaired", "New park opens"],
            id="bold words inside an item do not split it",
        ),
        pytest.param(
            f"<h2>Sponsor: Acme Ladders</h2><p>Ladders for every wall at half the price today.</p>"
            f"<h2>Bridges to be repaired</h2>{STORY}<h2>New park opens</h2>{STORY}",
            ["Bridges to be repaired", "New park opens"],
            id="a sponsor's block is advertising",
        ),
        pytest.param(
            f"<h3><img src='a.png' alt='Bridges to be repaired'></h3>{STORY}<h3>New park opens</h3>{STORY}",
            ["Bridges to be repaired", "New park opens"],
            id="a heading that is an image says its alternative text",
        ),
        pytest.param(
            "<p>First a paragraph. It has <b>bold words.</b> And it goes on after them in the same breath.</p>",
            ["First a paragraph"],
            id="a page without headings is one piece",
        ),
        pytest.param(
            "Bridges to be repaired\n======\n\nThe council has agreed to it at last.\n\nNew park\n======\n\n"
            "The park has opened its gates to all.",
            ["Bridges to be repaired", "New park"],
            id="underlined titles",
        ),
        pytest.param(
            "Bridges to be repaired\nThe council has agreed to repair forty of its bridges before the winter\n"
            "comes, it was said on Monday.\n\nNew park opens\nThe park behind the mill has opened its gates to all "
            "who like to\nwalk among trees.",
            ["Bridges to be repaired", "New park opens"],
            id="a short first line over wrapped text",
        ),
        pytest.param(
            "**Bridges to be repaired**\n\nThe council has agreed. [Read it](https://a.example.org/b)\n\n"
            "**New park opens**\n\nThe park has opened its gates to all. [More](https://a.example.org/p)",
            ["Bridges to be repaired", "New park opens"],
            id="Markdown bold lines",
        ),
        pytest.param(
            "01. OPEN BRIDGES. The council opened two bridges this week.\n\n02. NEW PARK. The park has opened its "
            "gates to all.\n\n03. LAST TRAM. The last tram ran on Friday night.",
            ["01. OPEN BRIDGES.", "02. NEW PARK.", "03. LAST TRAM."],
            id="numbered paragraphs that begin in capitals",
        ),
    ],
)
def test_items_are_told_from_what_only_looks_like_one(document: str, expected: list[str]) -> None:
    assert titles(document) == expected


def test_links_are_unwrapped_resolved_and_freed_of_tracking() -> None:
    page = (
        "<base href='https://news.example.org/'><h2>One thing happened</h2><p>It happened on <a href='#x'>Monday</a>, says "
        "<a href='mailto:a@example.org'>Ann</a>. <a href='/one?utm_source=mail'>Here</a> and "
        "<a href='http://links.govdelivery.com/track?type=click&amp;enid=1&amp;&amp;&amp;101&amp;&amp;&amp;https://two.example.org/t'>here</a>.</p>"
        "<h2>Another thing happened</h2><p>It has <a href='https://lnks.gd/l/a/s/1/br/2'>no link to publish</a> at all.</p>"
    )
    first, second = items(split(page))
    assert [link.url for link in first.links] == [
        "https://news.example.org/one",
        "https://two.example.org/t",
    ]
    assert first.link == "https://news.example.org/one"
    assert (second.link, second.links) == ("https://lnks.gd/l/a/s/1/br/2", ())


def test_a_social_network_is_an_items_link_only_when_there_is_no_other() -> None:
    page = (
        "<h2>One thing happened</h2><p>See <a href='https://twitter.com/a'>this</a> and <a href='https://a.example.org/'>that</a>.</p>"
        "<h2>Another thing happened</h2><p>It was shown <a href='https://www.youtube.com/watch?v=1'>in a film</a> on Monday.</p>"
    )
    assert [piece.link for piece in items(split(page))] == [
        "https://a.example.org/",
        "https://www.youtube.com/watch?v=1",
    ]


@pytest.mark.parametrize(
    ("document", "title", "expected"),
    [
        (
            "<h1 class='bulletin_subject'>Subject</h1><div id='bulletin_body'><p>Text.</p></div>",
            "Given",
            "Subject",
        ),
        (
            f"<title>Page</title><h1>Name</h1><h2>A thing</h2>{STORY}<h2>B thing</h2>{STORY}",
            "Given",
            "Name",
        ),
        (f"<title>Page</title><h2>A thing</h2>{STORY}<h2>B thing</h2>{STORY}", "Given", "Given"),
        (f"<title>Page</title><h2>A thing</h2>{STORY}<h2>B thing</h2>{STORY}", "", "Page"),
        (f"<title>*|MC:SUBJECT|*</title><h2>A thing</h2>{STORY}", "", "A thing"),
        ("", "Given", "Given"),
        ("", "", ""),
    ],
)
def test_a_bulletin_has_its_own_title_before_the_one_its_source_gives(
    document: str, title: str, expected: str
) -> None:
    assert split(document, title=title).title == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<html lang='cy'>", "cy"),
        ("<html xml:lang='en_GB'>", "en-GB"),
        ("<meta http-equiv='Content-Language' content='sv, en'>", "sv"),
        ("<html lang='not a language'>", ""),
        ("<html>", ""),
    ],
)
def test_the_language_is_the_one_the_page_names(head: str, expected: str) -> None:
    assert split(f"{head}<body><p>Text</p></body>").language == expected


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        *((t, "the page's About block") for t in (
            "About", "ABOUT COHES3ION", "Amdanom ni", "Sobre nosotros", "Chi siamo", "O projekcie", "Om oss",
            "Über uns", "À propos")),
        *((t, "contact details") for t in (
            "Contact us", "Cysylltu â ni", "Contacto", "Contatti", "Kontakt", "Kontakta oss", "Ansprechpartner",
            "Nous contacter")),
        *((t, "links to social media") for t in (
            "Follow us on Twitter:", "Dilynwch ni", "Síguenos", "Seguici", "Śledź nas", "Följ oss", "Folgen Sie uns",
            "Suivez-nous")),
        *((t, "a look back") for t in (
            "Looking back at some key project milestones", "Edrych yn ôl", "Mirando atrás", "Uno sguardo al passato",
            "Spojrzenie wstecz", "Tillbakablick", "Rückblick", "Retour en arrière")),
        *((t, "a list of contents") for t in (
            "In this issue", "Yn y rhifyn hwn", "En este número", "In questo numero", "W tym numerze",
            "I detta nummer", "In dieser Ausgabe", "Dans ce numéro", "Inhalt:")),
        *((t, "subscription details") for t in (
            "Unsubscribe", "Dad-danysgrifio", "Darse de baja", "Annulla l'iscrizione", "Wypisz się",
            "Avsluta prenumeration", "Newsletter abbestellen", "Se désabonner")),
        *((t, "advertising") for t in (
            "Advertisement", "Hysbyseb", "Publicidad", "Pubblicità", "Reklama", "Annons", "Anzeige", "Publicité",
            "SPONSORED BY: Acme")),
        *((t, "a calendar") for t in (
            "Upcoming events", "Digwyddiadau", "Próximos eventos", "Prossimi eventi", "Nadchodzące wydarzenia",
            "Kommande evenemang", "Termine", "Événements à venir")),
        *((t, "legal notices") for t in (
            "Disclaimer", "Ymwadiad", "Aviso legal", "Note legali", "Nota prawna", "Rättslig information",
            "Impressum", "Mentions légales")),
    ],
)  # fmt: skip
def test_furniture_is_known_by_its_heading_in_eight_languages(title: str, phrase: str) -> None:
    kind = words_of_furniture.of_title(title)
    assert kind is not None
    assert kind.phrase == phrase


@pytest.mark.parametrize(
    "title",
    [
        "About 300 homes to be insulated",
        "Contact tracing ends in June",
        "New board members appointed",
        "Join us for the launch of the strategy",
        "Sign up for the spring training course",
        "Get involved in shaping the plan",
        "Event reports published",
        "Kontaktlinsenbericht erschienen",
        "Agenda urbana aprobada por el consejo",
        "Archive of the coast opens to the public",
        "Regional Action Plans Published",
        "Adroddiad newydd ar dai",
        "Plan de acción publicado",
    ],
)
def test_news_is_not_taken_for_furniture(title: str) -> None:
    assert words_of_furniture.of_title(title) is None


@pytest.mark.parametrize(
    "paragraph",
    [
        "You are receiving this email because you signed up.",
        "To unsubscribe, click here.",
        "View this email in your browser",
        "© 2026 The Council. All rights reserved.",
        "Back to top",
        "Cedwir pob hawl",
        "Rydych yn derbyn yr e-bost hwn am eich bod wedi cofrestru.",
        "Ha recibido este correo porque está suscrito.",
        "Hai ricevuto questa e-mail perché sei iscritto.",
        "Wypisz się z listy",
        "Du får det här brevet för att du är medlem.",
        "Sie erhalten diese E-Mail als Mitglied.",
        "Vous recevez ce message car vous êtes abonné.",
        "Voir ce message dans votre navigateur",
        "Im Browser anzeigen",
    ],
)
def test_boilerplate_is_known_wherever_it_stands(paragraph: str) -> None:
    assert words_of_furniture.is_boilerplate(paragraph)
    (item,) = items(split(f"<h2>Bridges to be repaired</h2>{STORY}<p>{paragraph}</p>"))
    assert paragraph not in item.paragraphs


@pytest.mark.parametrize(
    ("title", "normal", "key"),
    [
        (
            "Regional Action Plans Published",
            "regional action plans published",
            "regional-action-plans-published",
        ),
        ("3. Cynllun  newydd – ar gael!", "cynllun newydd ar gael", "cynllun-newydd-ar-gael"),
        ("ÉTUDE SUR L’EAU", "etude sur l eau", "etude-sur-l-eau"),
        ("🎉 2026 budget", "2026 budget", "2026-budget"),
        ("اعتماد خطة", "اعتماد خطة", "اعتماد-خطة"),
        ("👨‍👩‍👧", "", ""),
        ("", "", ""),
    ],
)
def test_a_title_gives_the_same_key_however_it_is_shown(title: str, normal: str, key: str) -> None:
    assert normalise_title(title) == normal
    assert piece_key(title) == key


def test_a_corrected_bulletin_keeps_its_keys_when_the_order_changes() -> None:
    one = f"<h2>1. First thing</h2>{STORY}<h2>2. Second thing</h2>{STORY}"
    two = (
        f"<h2>1. Second thing</h2>{STORY}<h2>2. New thing</h2>{STORY}<h2>3. FIRST THING</h2>{STORY}"
    )
    assert {piece_key(title) for title in titles(one)} < {piece_key(title) for title in titles(two)}


# --- whatever comes, it ends well

HOSTILE = {
    "nested tables": "<table><tr><td>" * 60_000
    + "Some words that say a thing."
    + "</td></tr></table>" * 9_000,
    "deep divs": "<div><p>a b c d e f g.</p>" * 20_000,
    "open headings": "<h2>" * 30_000 + "x",
    "many headings": "<p><b>Title of it</b></p><p>Some sentence here is it.</p>" * 8_000,
    "many links": "<p><a href='http://x.example.org/1'>Title of it all</a></p>" * 8_000,
    "many breaks": "x<br>" * 60_000,
    "one long line": "a " * 500_000,
    "stars": "*" * 1_000_000,
    "brackets": "[" * 300_000,
    "bold marks": "**a " * 100_000,
    "rules": "---\nA title\n---\ntext is this one here now.\n" * 8_000,
    "blanks": " " * 1_000_000,
    "attributes": "<p " + "a=1 " * 60_000 + ">words</p>",
    "class names": "<p class='" + "-_" * 100_000 + "'>words</p>",
    "style sheet": "<style>" + ".a{color:red}" * 40_000 + "@media {" * 500 + "</style><p>words",
    "sheet without braces": "<style>" + "a " * 100_000 + "</style><p>words",
    "open comments": "<style>" + "/*" * 90_000 + "</style><p>words",
    "a name to backtrack on": "<p class='footer"
    + "a" * 50
    + "!'>words that say a thing.</p>" * 200,
    "a mark and blanks": ("# a" + " " * 390 + "b\n") * 500,
    "data image": f"<p><img src='data:image/png;base64,{'A' * 400_000}'>words that say a thing.</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(30)  # a hang, not a slow machine
def test_a_hostile_page_comes_to_an_end(name: str) -> None:
    assert isinstance(split(HOSTILE[name]), Bulletin)


def test_a_bulletin_of_200_kilobytes_keeps_every_item() -> None:
    row = (
        "<table class='gd_combo_table' style='width:100%'><tr><td class='gd_combo_image_cell'><img src='https://a.example.org/{0}.png' "
        "alt='Picture {0}' width='200'></td><td class='gd_combo_text_cell'><h2 style='font-size:20px'>Announcement number {0} is out</h2>"
        "<p class='gd_p' style='font-family:arial;font-size:14px'>The {0}th announcement of the year tells of {0} new things, and "
        "says so in a sentence of some length that holds {0} words.</p><p class='gd_p'><a href='https://a.example.org/{0}'>Read more"
        "</a></p></td></tr></table>"
    )
    rows = "".join(row.format(number) for number in range(400))
    document = f"<h1 class='bulletin_subject'>All of it</h1><div id='bulletin_body'>{rows}</div>"
    assert len(document) > 200_000
    assert len(items(split(document))) == 400


@pytest.mark.parametrize(
    "document",
    [
        "",
        " \n\t ",
        "<",
        "<html>",
        "<table><tr><td>",
        "\x00\x01\ud800<p>words</p>",
        "<?xml version='1.0' encoding='utf-16'?><html><body><p>Some words here.</p></body></html>",
        "<p>א" + "ב" * 100 + "</p>",
        "👨‍👩‍👧‍👦 " * 300,
        "<h1>" + "long title " * 500 + "</h1><p>text</p>",
        "----\n----\n====\n",
        "# \n## \n",
        "[a](b",
    ],
)
def test_odd_documents_give_a_bulletin(document: str) -> None:
    bulletin = split(document, url="not an address")
    assert all(piece.title or piece.paragraphs or piece.furniture for piece in bulletin.pieces)


def test_a_heading_of_5000_characters_is_text_and_nothing_of_it_is_lost() -> None:
    heading = "word " * 1000
    bulletin = split(f"<h2>{heading}</h2><p>The end of it.</p>")
    assert sum(" ".join(piece.paragraphs).count("word") for piece in bulletin.pieces) == 1000


MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<h1>",
            "</h1>",
            "<h2>",
            "</h2>",
            "<b>",
            "</b>",
            "<a href='https://a.example.org/x'>",
            "</a>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<br>",
            "<hr>",
            "<li>",
            "<ul>",
            "</ul>",
            "<div class='footer'>",
            "</div>",
            "<img src='/i.png' alt='A picture'>",
            "<style>.a{display:none}</style>",
            "<p class=a>",
            "Read more",
            "Follow us",
            "Advertisement",
            "A headline of some length",
            "In this issue",
            "Unsubscribe",
            "1. One thing",
            "The council has agreed to repair its bridges. ",
            "* ",
            "** ",
            "---\n",
            "\n\n",
            "\n",
            "# ",
            "[words](https://a.example.org/)",
            "اعتماد خطة",
            "👨\u200d👩\u200d👧",
        ]
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(MARKUP, st.text(max_size=40))
def test_any_mixture_of_marks_and_words_gives_pieces(parts: list[str], extra: str) -> None:
    for document in ("".join(parts), "".join(parts) + extra, extra):
        bulletin = split(document, url="https://a.example.org/page", title="Given")
        for piece in bulletin.pieces:
            assert piece.title == piece.title.strip()
            assert all(text and text == text.strip() for text in piece.paragraphs)
            assert not piece.link or piece.link.startswith("http")


WORDS = st.lists(
    st.sampled_from(
        ["red", "tower", "bridge", "opens", "seven", "plans", "near", "river", "bank", "today"]
    ),
    min_size=6,
    max_size=14,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=6))
def test_every_item_keeps_all_its_words_and_gains_none(stories: list[list[str]]) -> None:
    page = "".join(
        f"<h2>Headline number {n}</h2><p>{' '.join(words)}.</p><p>{' '.join(words[::-1])}.</p>"
        for n, words in enumerate(stories, 1)
    )
    found = items(split(page))
    assert [piece.title for piece in found] == [
        f"Headline number {n}" for n in range(1, len(stories) + 1)
    ] or (len(found) == 1)
    said = " ".join(text for piece in found for text in piece.paragraphs)
    for words in stories:
        assert f"{' '.join(words)}. {' '.join(words[::-1])}." in said


def test_what_govuk_labels_is_told_without_the_labels() -> None:
    page = "<html><body>" + "".join(
        f'<h2><a href="https://www.gov.uk/{n}">Rules for ponds and lakes {n}</a></h2>'
        "<p>Page summary:<br>How deep a pond may be, and who must be asked first.</p>"
        "<p>Change made:</p><p>Added the new form for farmers.</p>"
        "<p>Time updated: 9:30am, 11 March 2026</p>"
        for n in range(3)
    )
    assert [piece.paragraphs for piece in items(split(page))] == [
        (
            "How deep a pond may be, and who must be asked first.",
            "Added the new form for farmers.",
        )
    ] * 3


def test_the_same_page_comes_apart_alike_in_every_process() -> None:
    program = (
        "import sys; from bot.split import split;"
        "print([(p.title, p.furniture) for p in split(sys.stdin.read()).pieces])"
    )
    page = "".join(
        f"<p><b>Bridge {n} is mended</b></p><p>It opens to all on Monday at nine.</p>"
        f"<p>{'ROAD'} {n} IS CLOSED</p><p>It stays so until the end of May, says the town.</p>"
        f'<p><span style="font-size:{18 + n % 3}px">Larger {n} things</span></p><p>They are told in a line of text.</p>'
        for n in range(8)
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=page,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("cy", ["Pont newydd", "Cynllun y goedwig"]),
        ("en", ["A new bridge", "The plan for the forest"]),
        ("pl", ["A new bridge", "The plan for the forest"]),
    ],
)
def test_of_what_is_told_in_two_languages_the_wanted_one_is_kept(
    language: str, expected: list[str]
) -> None:
    page = (
        "<h2>Pont newydd</h2><p>Mae pont newydd wedi agor yn y dref, ac mae ar agor i bawb.</p>"
        "<h2>A new bridge</h2><p>A new bridge has opened in the town, and it is open to all.</p>"
        "<h2>Cynllun y goedwig</h2><p>Bydd y cyngor yn plannu coed yn y cwm dros y gaeaf.</p>"
        "<h2>The plan for the forest</h2><p>The council will plant trees in the valley this winter.</p>"
    )
    bulletin = split(page, language=language)
    assert [piece.title for piece in items(bulletin)] == expected
    assert {piece.furniture for piece in bulletin.pieces if piece.furniture} == {
        "the same in another language"
    }


def test_a_headline_with_sections_is_one_announcement_even_where_one_section_leads_elsewhere() -> (
    None
):
    page = (
        "<h1>Consultation opens on the shoreline plan</h1><p>Until May anyone who lives on the coast may say what the"
        " plan should hold, and which fields the sea may have.</p><p><a href='https://a.example/plan'>Read the plan</a></p>"
        "<h3>Sea and land</h3><p>The plan divides the coast into nine parts.</p>"
        "<h3>Forty farms</h3><p>Some would be salt marsh, see <a href='https://a.example/farms'>the scheme</a>.</p>"
        "<h3>Three evenings</h3><p>Engineers will be at the hall to answer.</p>"
    )
    assert titles(page) == ["Consultation opens on the shoreline plan"]
    linked = page.replace("nine parts", "<a href='https://a.example/nine'>nine parts</a>")
    assert len(titles(linked)) == 4
