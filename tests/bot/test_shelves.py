"""What an address says of the page that stands there, and what a person is told of words that only weigh."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sort import packaged, read_rules, sort
from bot.sort.shelves import read_shelves, shelves_of
from bot.values import Kind

TEXT = (Path(__file__).parents[2] / "config" / "rules.toml").read_text(encoding="utf-8")
RULES = read_rules(
    TEXT,
    where="rules.toml",
    packaged=read_rules(TEXT, where="rules.toml"),
    learned=packaged(),
)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("https://example.org/case-studies/warm-homes", ["case-studies"]),
        ("https://example.org/Case-Studies/", ["case-studies"]),
        ("https://example.org/cy/astudiaethau-achos/cartrefi", ["astudiaethau-achos"]),
        ("https://example.org/news/events/2026", ["news", "events"]),
        ("https://example.org/events.html?from=1", ["events"]),
        ("https://jobs.example.org/1234", ["jobs"]),
        ("https://news.org/1234", []),
        ("https://example.org/warm-homes-case-study", []),
        ("https://example.org/a/news/b/newsroom", ["news"]),
        ("https://example.org", []),
        ("https://[broken/news", []),
        ("file:/tmp/bulletin.html", []),
        ("", []),
    ],
)
def test_an_address_names_the_shelves_it_leads_past(address: str, parts: list[str]) -> None:
    assert list(shelves_of(address, shelves=packaged().shelves)) == parts


def test_shelves_are_read_with_what_they_count() -> None:
    shelves = read_shelves(
        '[tales]\nnames = ["tale*"]\ncounts = {plan = 0, practice = 2, report = -1, other = 0.5}\n'
    )
    assert shelves_of("https://a.example/tales/1", shelves=shelves) == {
        "tales": (0.0, 2.0, -1.0, 0.5)
    }


def test_a_case_study_without_a_word_that_says_so_is_told_by_its_shelf() -> None:
    title = "Movable homes in Dorvale for adult social care"
    link = "https://example.org/case-studies/movable-homes"
    verdict = sort(title, language="en", link=link, rules=RULES)
    assert verdict.kind is Kind.PRACTICE
    assert "“case-studies” in its address" in verdict.because


def test_a_shelf_does_not_make_a_consultation_a_report() -> None:
    link = "https://example.org/publications/have-your-say"
    verdict = sort("Have your say on the draft flood plan", language="en", link=link, rules=RULES)
    assert verdict.kind is None


@pytest.mark.parametrize(
    "title",
    [
        "What the data tell about Saturdays without cars",
        "Expectations and experiences of unpaid carers",
        "Food insecurity index by ward",
        "A bus for jobs: the story from Valga",
        "State of nature: one species in six at risk",
    ],
)
def test_everyday_words_are_no_reason(title: str) -> None:
    everyday = {"the", "of", "and", "in", "for", "a", "what", "by", "from", "at", "than", "about"}
    for reason in sort(title, language="en", rules=RULES).because:
        for quoted in reason.split("“")[1:]:
            assert not set(quoted.split("”")[0].split()) <= everyday, reason
