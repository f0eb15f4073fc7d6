"""What a headline announces, why, and how well the rules do on rows that a person has labelled."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sort import RulesError, evaluate, packaged, read_rules, sort
from bot.sort.learned import read_weights
from bot.sort.phrases import STOP, Finder, phrase_words, words_of
from bot.values import Kind

SHARED = Path(__file__).resolve().parents[3] / "shared" / "samples"
TEXT = (Path(__file__).resolve().parents[2] / "config" / "rules.toml").read_text(encoding="utf-8")
ALONE = read_rules(TEXT, where="rules.toml")
RULES = read_rules(TEXT, where="rules.toml", packaged=ALONE, learned=packaged())

HEADLINES = {
    "plan": [
        ("en", "Council adopts biodiversity action plan"),
        ("en", "Regional Skills Plan 2025-2028 published"),
        ("en", "Minister unveils roadmap to zero emission buses"),
        ("en", "Council signs off £12m culture strategy"),
        ("en", "Clean air plan approved after public consultation"),
        ("en", "Five regions publish their action plans for the circular economy"),
        ("en", "Cabinet approves draft transport strategy"),
        ("cy", "Cyhoeddi Cynllun Gweithredu ar Fioamrywiaeth"),
        ("es", "El Gobierno aprueba el Plan de Acción de Economía Circular"),
        ("it", "Approvato il piano d'azione per il clima"),
        ("pl", "Sejmik przyjął Strategię Rozwoju Województwa"),
        ("sv", "Regionfullmäktige antog klimatstrategin"),
        ("de", "Kabinett beschließt Aktionsplan Wasserstoff"),
        ("fr", "La Région adopte sa stratégie d'innovation"),
    ],
    "practice": [
        ("en", "Bike library in Ghent named good practice by Interreg Europe"),
        ("en", "Case studies on community energy published"),
        ("en", "New compendium of best practices in social innovation"),
        ("en", "Newport City Council: apprenticeships through procurement, a case study"),
        ("cy", "Arfer da: llyfrgell beiciau yng Ngwynedd"),
        ("es", "El proyecto de Navarra, reconocido como buena práctica por Interreg Europe"),
        ("it", "Progetto calabrese riconosciuto come buona pratica"),
        ("pl", "Mazowiecki projekt uznany za dobrą praktykę"),
        ("sv", "Gott exempel: cykelbibliotek i Umeå"),
        ("de", "Gute Praxis: Fahrradbibliothek in Gent"),
        ("fr", "Recueil de bonnes pratiques des territoires"),
    ],
    "report": [
        ("en", "Progress report on the action plan published"),
        ("en", "Good practice guide for cycle parking"),
        ("en", "Workshop report: mapping regional value chains"),
        ("en", "Guidance on writing local energy plans"),
        ("en", "New study shows benefits of cluster policy"),
        ("en", "Self-evaluation report on delivery of the Corporate Plan 2023/24"),
        ("en", "Consultants' findings on the ferry market released"),
        ("cy", "Gwerthusiad o'r Rhaglen Sgiliau Hyblyg: adroddiad terfynol"),
        ("es", "Informe de seguimiento del plan de acción"),
        ("it", "Pubblicato il rapporto annuale sull'economia"),
        ("pl", "Ewaluacja programu regionalnego – raport końcowy"),
        ("sv", "Uppföljning av handlingsplanen: årsrapport 2023"),
        ("de", "Fortschrittsbericht zum Aktionsplan"),
        ("fr", "Étude sur l'emploi transfrontalier publiée"),
    ],
    "other": [
        ("en", "Have your say on the draft action plan"),
        ("en", "Workshop on good practices"),
        ("en", "Annual report event"),
        ("en", "Join our webinar on the new innovation strategy"),
        ("en", "Call for good practices in sustainable tourism"),
        ("en", "Tender: evaluation of the rural development programme"),
        ("en", "Draft action plan published for consultation"),
        ("en", "Council calls for national strategy on coastal erosion"),
        ("en", "We are hiring: project officer for the action plan"),
        ("en", "Council plans to close two libraries"),
        ("en", "Report a pothole"),
        ("en", "Road closures this weekend"),
        ("en", ""),
        ("cy", "Dweud eich dweud ar y cynllun drafft"),
        ("es", "Abierta la consulta pública del plan de movilidad"),
        ("it", "Convegno sulle buone pratiche"),
        ("pl", "Konsultacje społeczne projektu strategii"),
        ("sv", "Välkommen till workshop om goda exempel"),
        ("de", "Beteiligung zum Entwurf des Regionalplans"),
        ("fr", "Atelier sur les bonnes pratiques"),
    ],
}
ROWS = [(kind, *row) for kind, rows in HEADLINES.items() for row in rows]


def said(title: str, summary: str = "", *, language: str = "en") -> str:
    kind = sort(title, summary, language=language, rules=RULES).kind
    return kind.value if kind else "other"


@pytest.mark.parametrize(("kind", "language", "title"), ROWS)
def test_a_headline_is_sorted_by_what_it_announces(kind: str, language: str, title: str) -> None:
    assert said(title, language=language) == kind


@pytest.mark.parametrize(
    ("kind", "language", "title"), [row for row in ROWS if row[2] and row[1] != "en"]
)
def test_the_language_is_known_by_the_words_where_the_source_does_not_say(
    kind: str, language: str, title: str
) -> None:
    assert said(title, language="") == kind


@pytest.mark.parametrize(
    ("kind", "title", "summary"),
    [
        ("other", "Transport strategy", "The board is updating it; it should be adopted in May."),
        ("other", "Transport strategy", "We are asking for your views until 3 May."),
        (
            "plan",
            "Transport strategy",
            "Adopted by the council in May, it covers buses and trains.",
        ),
        ("practice", "A strategic plan for the harbour", "Case study of how a town used its quay."),
        ("report", "The future of the harbour", "A new report by the university looks at trade."),
        ("report", "Harbour action plan", "The evaluation looked at what the plan achieved."),
        ("plan", "The future of the harbour", "The port has published its delivery plan."),
        ("other", "The future of the harbour", "Two days of talks, with a visit to the docks."),
        ("practice", "Turning a quay into a park", "The council worked with residents to do it."),
    ],
)
def test_the_summary_has_its_say(kind: str, title: str, summary: str) -> None:
    assert said(title, summary) == kind


@pytest.mark.parametrize(
    ("title", "summary", "language"),
    [
        ("Leeds: heat from waste for 2,000 homes", "Fuel bills fell by a quarter.", "en"),
        ("Turning a mill into workshops, Calderdale", "Forty firms have moved in.", "en"),
        ("Teruel: taxis compartidos", "Más de 900 vecinos los usan y el coste bajó.", "es"),
        ("Wie ein Dorf seinen Bahnhof rettete", "Bürger kauften das Gebäude.", "de"),
        ("Jak Słupsk ograniczył smog", "Miasto wymieniło 1200 pieców.", "pl"),
    ],
)
def test_a_tale_of_a_thing_done_is_a_practice_without_a_word_that_says_so(
    title: str, summary: str, language: str
) -> None:
    verdict = sort(title, summary, language=language, rules=RULES)
    assert verdict.kind is Kind.PRACTICE
    assert verdict.because[0].startswith("a thing done: ")


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Strategy board meets in Riga", "Members heard from four speakers."),
        ("Report launch event: rural futures", "Hear from the authors."),
        ("Economic strategy update", "Members asked questions about jobs."),
        ("Why regions need a data strategy", "An opinion piece by the director."),
        ("Leeds: new bus times", "The minister and the programme's partners met."),
        ("Five projects for the region", "They cost 3 million euro."),
    ],
)
def test_what_is_only_said_about_a_document_announces_none(title: str, summary: str) -> None:
    assert said(title, summary) == "other"


def test_our_own_labelled_rows_in_eight_languages_are_sorted_well() -> None:
    rows: list[dict[str, str]] = []
    for path in sorted((Path(__file__).parent / "labelled").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    assert len(rows) > 600
    assert {row["language"] for row in rows} == set(RULES.languages)
    result = evaluate(rows, RULES)
    assert result["macro_f1"] > 0.91
    kinds = ("plan", "practice", "report")
    missed = sum(result["confusion"][kind]["other"] for kind in kinds)
    assert missed / sum(result["kinds"][kind]["support"] for kind in kinds) < 0.08


def test_a_source_that_declares_the_wrong_language_is_read_in_the_right_one() -> None:
    assert said("Nowy raport o stanie środowiska jest już dostępny dla gmin", language="en") == (
        "report"
    )
    assert said("Action plan published", language="xx") == "plan"
    assert said("Action plan published", language="en-GB") == "plan"


def test_the_reasons_quote_the_words_that_decided() -> None:
    verdict = sort("Regional action plans published", language="en", rules=RULES)
    assert verdict.kind is Kind.PLAN
    assert verdict.because == ("“action plans” with “published” in the title",)


@pytest.mark.parametrize(
    ("title", "because"),
    [
        ("Workshop on good practices", "“workshop” in the title"),
        ("Have your say on the draft plan", "“have your say” in the title"),
        (
            "The road to a strategy",
            "only “strategy” in the title: not enough to say that it is announced",
        ),
        ("Snow", "no words that name a plan, a practice or a report"),
    ],
)
def test_what_is_set_aside_says_why_too(title: str, because: str) -> None:
    verdict = sort(title, language="en", rules=RULES)
    assert verdict.kind is None
    assert because in verdict.because


@given(st.text(max_size=400), st.text(max_size=800), st.sampled_from(["", "en", "cy", "zz"]))
def test_any_text_at_all_gets_a_verdict_with_a_reason(
    title: str, summary: str, language: str
) -> None:
    verdict = sort(title, summary, language=language, rules=RULES)
    assert verdict.because
    assert len(verdict.because) <= 3


@given(st.sampled_from(ROWS), st.booleans())
def test_capitals_do_not_change_a_verdict(row: tuple[str, str, str], shout: bool) -> None:
    kind, language, title = row
    assert said(title.upper() if shout else title.lower(), language=language) == kind


@pytest.mark.parametrize(
    ("text", "where", "mend"),
    [
        ("[en", "rules.toml: ", "not valid TOML"),
        ("", "rules.toml", "add a table such as [en]"),
        ("[english_language]", 'key "english_language"', "write the code of a language"),
        ("[en]\nnouns = []", 'key "en.nouns"', "there is no such key; the keys are "),
        ("[en.plan]\nmaybe = []", 'key "en.plan.maybe"', "the keys are sure, perhaps"),
        ("[en.plan]\nsure = 'plan'", 'key "en.plan.sure"', "write a list of phrases"),
        ("[en.plan]\nsure = [3]", 'key "en.plan.sure"', "write a list of phrases"),
        ("[en]\nnew = ['*']", 'key "en.new"', '"*" is no phrase'),
        ("[en]\nnew = ['a*']", 'key "en.new"', "two letters or more"),
        ("[en]\njoins = ['of']", 'key "en.joins"', "in one pair of quotes"),
        ("[en]\nwritten_apart = 1", 'key "en.written_apart"', "true or false"),
        ("[en]\noutcomes = ['*']", 'key "en.outcomes"', '"*" is no phrase'),
        ("[en]\nlast_noun_decides = 1", 'key "en.last_noun_decides"', "true or false"),
        ("en = 1", 'key "en"', "write it as a table, [en]"),
        ("[en]\n[brands]\nname = []", 'key "brands.name"', "write names = […]"),
        ("[en]\n[hashtags]\nx = 'Tag'", 'key "hashtags.x"', "write a hashtag such as"),
        ("[en]\n[hashtags]\nx = '#tag'", 'key "hashtags.x"', "a capital for each word"),
        ("[en]\n[hashtags]\nx = '#Two words'", 'key "hashtags.x"', "write a hashtag such as"),
    ],
)
def test_broken_rules_are_said_with_their_place_and_the_mend(
    text: str, where: str, mend: str
) -> None:
    with pytest.raises(RulesError) as error:
        read_rules(text, where="rules.toml")
    assert where in str(error.value)
    assert mend in str(error.value)


def test_an_operator_can_teach_it_a_word() -> None:
    rules = read_rules("[en.plan]\nsure = ['gameplan*']\n[en]\nnew = ['out']", where="rules.toml")
    verdict = sort("Gameplans for the valley are out", language="en", rules=rules)
    assert verdict.kind is Kind.PLAN
    assert verdict.because == ("“gameplans” with “out” in the title",)


@pytest.mark.parametrize(
    ("added", "title", "kind"),
    [
        ('[en.plan]\nsure = [\n  "gameplan*",', "Gameplan for the valley published", Kind.PLAN),
        ('[en.other]\nsure = [\n  "heat plan*",', "Heat plan adopted by the council", None),
        ('[en.report]\nsure = [\n  "skills ledger*",', "Skills ledger for Anglesey", Kind.REPORT),
    ],
)
def test_a_phrase_that_an_operator_adds_wins_over_the_weights(
    added: str, title: str, kind: Kind | None
) -> None:
    table = added.partition("\n")[0]
    text = TEXT.replace(f"{table}\nsure = [", added, 1)
    assert text != TEXT
    mine = read_rules(text, where="rules.toml", packaged=ALONE, learned=packaged())
    verdict = sort(title, language="en", rules=mine)
    assert verdict.kind is kind
    assert added.rpartition('"')[0].rpartition('"')[2].rstrip("*") in verdict.because[0]


@pytest.mark.parametrize(
    ("kind", "title", "summary", "said_in"),
    [
        ("report", "Who minds the children?", "Researchers interviewed 212 families.", "summary"),
        ("report", "Wages in 2024: a look at the figures", "", "title"),
    ],
)
def test_words_decide_without_a_rule_and_are_quoted(
    kind: str, title: str, summary: str, said_in: str
) -> None:
    verdict = sort(title, summary, language="en", rules=RULES)
    assert verdict.kind is Kind(kind)
    assert f"” in the {said_in}" in " ".join(verdict.because)


def test_weights_and_classes_of_words_cover_every_language() -> None:
    learned = packaged()
    assert set(learned.hints) == set(RULES.languages)
    assert all(len(weight) == 4 for weight in learned.weights.values())
    assert learned.weigh((), ("zzzz",)) == learned.weights["every piece"]


def test_weights_are_read_in_hundredths() -> None:
    text = 'mark,plan,practice,report,other\n"title word a,b",120,-5,0,-115\n'
    assert read_weights(text) == {"title word a,b": (1.2, -0.05, 0.0, -1.15)}


def test_weights_are_learned_from_examples() -> None:
    pytest.importorskip("sklearn", reason="learning needs the dependency group of that name")
    from benchmarks import learning

    examples = [
        learning.Example({f"title word {word}": 1.0}, label)
        for label, word in enumerate(("plan", "practice", "report", "snow"))
        for _ in range(5)
    ]
    weights = learning.learn(examples)
    assert read_weights(learning.written(weights)) == weights
    assert max(weights["title word report"]) == weights["title word report"][2]


def test_phrases_are_found_longest_first_and_with_open_ends() -> None:
    phrases = ["action plan", "action plan* event", "*bericht", "l'étude", "mid*"]
    finder = Finder((phrase_words(phrase), phrase) for phrase in phrases)
    words = words_of("Action plans event: Jahresbericht, l’étude – Action Plan, mid-term", most=50)
    assert words[3] == STOP
    assert [found.value for found in finder.find(words)] == [
        "action plan* event",
        "*bericht",
        "l'étude",
        "action plan",
        "mid*",
    ]


def test_evaluation_counts_what_was_sorted_as_what() -> None:
    rows = [
        {"title": "Action plan published", "summary": "", "label": "plan"},
        {"title": "Action plan published", "label": "report", "language": "en"},
        {"title": "Annual report published", "label": "report"},
        {"title": "Snow", "label": "weather"},
    ]
    result = evaluate(rows, RULES)
    assert list(result) == ["macro_f1", "kinds", "confusion"]
    assert result["confusion"]["report"] == {"plan": 1, "practice": 0, "report": 1, "other": 0}
    assert result["kinds"]["plan"] == {
        "precision": 0.5,
        "recall": 1.0,
        "f1": pytest.approx(2 / 3),
        "support": 1,
    }
    assert result["kinds"]["practice"]["f1"] == 0.0
    assert result["macro_f1"] == pytest.approx((2 / 3 + 0 + 2 / 3 + 1) / 4)


@pytest.mark.timeout(60)  # a hang, not a slow machine
def test_a_long_page_is_sorted_by_its_beginning() -> None:
    assert said("Action plan " * 5_000, "is published. " * 50_000) is not None


def test_the_labelled_items_are_sorted_well_and_few_announcements_are_missed() -> None:
    path = SHARED / "labelled" / "development.csv"
    if not path.is_file():
        pytest.skip("this needs the shared samples beside the checkout")
    with path.open(encoding="utf-8", newline="") as file:
        result = evaluate(list(csv.DictReader(file)), RULES)
    assert result["macro_f1"] > 0.8
    kinds = ("plan", "practice", "report")
    missed = sum(result["confusion"][kind]["other"] for kind in kinds)
    assert missed / sum(result["kinds"][kind]["support"] for kind in kinds) < 0.08


def test_the_customers_bulletin_holds_a_plan_a_practice_and_a_report() -> None:
    path = SHARED / "govdelivery" / "ukwales_30680dd_cohes3ion_bulletin.txt"
    if not path.is_file():
        pytest.skip("this needs the shared samples beside the checkout")
    whole = " ".join(path.read_text(encoding="utf-8").split())
    titles = {
        "plan": "Regional Action Plans Published",
        "practice": "Stockholm Region project is the latest Cohes3ion good practice recognised by "
        "Interreg Europe",
        "report": "Bable Consultancy reports published",
    }
    pieces = re.split("|".join(titles.values()) + "|Looking back at", whole)[1:4]
    assert len(pieces) == 3
    for (kind, title), summary in zip(titles.items(), pieces, strict=True):
        assert said(title, summary) == kind
        assert said(title, summary, language="") == kind


def test_marks_weigh_the_same_in_whatever_order_they_come() -> None:
    learned = packaged()
    marks = list(learned.weights)[:400]
    assert learned.weigh(marks, ()) == learned.weigh(marks[::-1], ())
    assert learned.weigh(marks[::2] + marks[1::2], ()) == learned.weigh(marks, ())
