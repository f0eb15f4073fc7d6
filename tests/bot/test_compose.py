"""New entries become posts; what changes is followed; nothing is drafted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import compose, find, mind
from bot.fetch import Blocked, FetchError, NotFound, Unreachable
from bot.values import Fetched
from config import schema
from config.schema import Account as AccountSettings
from config.schema import Configuration, Source
from config.timing import Calendar
from review import intake, queries, shown, transitions
from review.models import Announcement, Entry, Event, Post
from review.models import Source as Row
from review.states import State
from tests.bot.test_watch import Web
from tests.making import CALENDAR, NOW, SIAN, minutes

pytestmark = pytest.mark.django_db

MIND = mind.load(schema.load(schema.PACKAGED))
PAGE = "https://example.org/bulletins/7"
BULLETIN = """<html lang="en"><head><title>Bulletin 7</title></head><body>
<h1>Bulletin 7</h1>
<h2>Regional action plans published</h2>
<p>Eight regional action plans were published today and set out 24 measures. <a href="/plans">Read more here</a></p>
<h2>Good practice of the Kouvola region recognised</h2>
<p>The bio-economy hub is now a recognised good practice in the database. <a href="/hub">Here</a></p>
<h2>About</h2><p>The project brings nine regions together.</p>
</body></html>"""


def account(name: str, network: str, **given: Any) -> AccountSettings:
    return AccountSettings.model_validate({"name": name, "network": network, **given})


BOTH = (account("ours-x", "x"), account("ours-linkedin", "linkedin"))


def configuration(*, accounts: tuple[AccountSettings, ...] = BOTH, **source: Any) -> Configuration:
    return Configuration(
        directory=Path(),
        sources=(
            Source.model_validate(
                {"name": "News", "url": "https://example.org/feed", "announce": "all", **source}
            ),
        ),
        accounts=accounts,
        calendar=Calendar(),
    )


def entry(**given: Any) -> Entry:
    row, _ = Row.objects.get_or_create(
        name="News", defaults={"url": "https://example.org/feed", "next_check_at": NOW}
    )
    values: dict[str, Any] = {
        "key": "1",
        "title": "Annual skills report published",
        "summary": "The report finds that 14 regions grew by 3 per cent. It is based on 900 firms.",
        "link": "https://example.org/skills",
        "language": "en",
        "first_seen_at": NOW,
        "content_hash": "x",
        **given,
    }
    return Entry.objects.create(source=row, **values)


def go(
    web: Web | None = None, *, at: datetime = NOW, settings: Configuration | None = None
) -> compose.Report:
    return compose.compose(
        settings or configuration(cards=False), mind=MIND, now=at, fetch=web or Web()
    )


def test_a_report_becomes_one_post_for_each_account() -> None:
    row = entry()
    report = go()
    assert (report.announcements, report.posts) == (1, 2)
    assert {post.state for post in Post.objects.all()} == {State.IN_REVIEW}
    row.refresh_from_db()
    assert row.composed_at == NOW
    assert go().posts == 0


def test_other_news_is_set_aside_with_its_reason() -> None:
    entry(title="Workshop on regional finance", summary="Register by Friday.")
    report = go()
    assert (report.announcements, report.set_aside) == (0, 1)
    row = Announcement.objects.get()
    assert row.set_aside == "other"
    assert row.because


def test_a_bulletin_behind_an_entry_is_fetched_and_taken_apart() -> None:
    entry(title="Bulletin 7", link=PAGE, summary="")
    web = Web()
    web.put(PAGE, BULLETIN.encode(), **{"content-type": "text/html"})
    report = go(web, settings=configuration(follow="bulletin", cards=False))
    assert (report.announcements, report.posts, report.set_aside) == (2, 4, 1)
    assert list(
        Announcement.objects.exclude(kind="").order_by("position").values_list("kind", "link")
    ) == [("plan", "https://example.org/plans"), ("practice", "https://example.org/hub")]
    assert Announcement.objects.get(kind="").set_aside == "furniture"


def test_a_flood_of_twenty_is_drafted_oldest_first_and_grouped_under_its_bulletin() -> None:
    towns = [
        "Selmar",
        "Avren",
        "Teifi",
        "Tessin",
        "Halden",
        "Kouvola",
        "Severn",
        "Ljusdal",
        "Orla",
        "Penarth",
    ]
    items = "".join(
        f"<h2>{town} publishes its action plan</h2><p>The plan of {town} names 24 measures for its port.</p>"
        f'<p><a href="https://example.org/plans/{town}">Read more</a></p>'
        for town in towns
    )
    web = Web()
    bulletins = []
    for number in (1, 2):
        page = f"{PAGE}-{number}"
        bulletins.append(entry(key=str(number), title=f"Bulletin {number}", link=page, summary=""))
        document = items.replace("/plans/", f"/bulletin-{number}/plans/")
        web.put(
            page, f"<html><body>{document}</body></html>".encode(), **{"content-type": "text/html"}
        )
    report = go(web, settings=configuration(follow="bulletin", cards=False))
    assert (report.announcements, report.posts) == (20, 40)
    posts = list(queries.posts().order_by("pk"))
    order = [(post.announcement.entry_id, post.announcement.position) for post in posts]
    assert order == sorted(order)  # the older bulletin first, each in its own order
    shown_together = shown.bulletins(shown.show(posts, calendar=None, now=NOW))
    assert [group.entry for group in shown_together] == bulletins
    assert [len(group.groups) for group in shown_together] == [10, 10]


@pytest.mark.parametrize("answers", [True, False])
def test_a_counter_of_one_readers_clicks_is_never_what_a_post_links_to(*, answers: bool) -> None:
    counter = "https://example.us1.list-manage.com/track/click?u=1&id=2&e=3"
    bulletin = (
        "<html><body><h2>Skills report published</h2><p>The report finds that 14 regions grew.</p>"
        f'<p><a href="{counter}">Read more</a></p></body></html>'
    )
    entry(title="Bulletin 7", link=PAGE, summary="")
    web = Web() if answers else Web(answers={counter: Unreachable("gone")})
    web.put(PAGE, bulletin.encode(), **{"content-type": "text/html"})
    if answers:
        head = b"<html><head><link rel='canonical' href='https://example.org/skills'></head></html>"
        web.put(counter, head, **{"content-type": "text/html"})
    go(web, settings=configuration(follow="bulletin"))
    assert Announcement.objects.get(kind="report").link == counter
    contents = {post.revisions.get().content for post in Post.objects.all()}
    assert contents
    assert not any("list-manage" in f"{content.text} {content.link}" for content in contents)


def test_a_page_that_cannot_be_read_is_tried_again_and_then_the_entry_speaks_for_itself() -> None:
    row = entry(link=PAGE)
    web = Web(answers={PAGE: Unreachable("example.org does not answer.")})
    settings = configuration(follow="page", cards=False)
    at = NOW
    for _ in compose.PATIENCE:
        assert go(web, at=at, settings=settings).waiting == 1
        row.refresh_from_db()
        assert row.trouble == "example.org does not answer."
        assert row.compose_after is not None
        assert go(web, at=row.compose_after - minutes(0.1), settings=settings).waiting == 0
        at = row.compose_after
    assert go(web, at=at, settings=settings).posts == 2


def test_an_entry_without_words_takes_them_from_its_page() -> None:
    entry(summary="", link=PAGE)
    page = b"<html><head><title>t</title></head><body><p>The report covers 22 counties and was written by Cardiff University.</p></body></html>"
    web = Web()
    web.put(PAGE, page, **{"content-type": "text/html"})
    go(web, settings=configuration(follow="page", cards=False))
    assert "22 counties" in Announcement.objects.get().summary


def test_link_cards_are_read_and_a_dead_link_costs_only_its_card() -> None:
    entry()
    web = Web(answers={"https://example.org/skills": Unreachable("gone")})
    assert go(web, settings=configuration()).posts == 2
    Post.objects.all()
    entry(key="2", title="Transport study published", link=PAGE)
    head = (
        b"<html><head><meta property='og:title' content='Transport study'>"
        b"<meta property='og:description' content='What 4,000 travellers said.'></head></html>"
    )
    web.put(PAGE, head, **{"content-type": "text/html"})
    go(web, settings=configuration())
    post = Post.objects.get(announcement__link=PAGE, account__name="ours-linkedin")
    newest = post.revisions.get()
    assert (newest.card_title, newest.card_description) == (
        "Transport study",
        "What 4,000 travellers said.",
    )


SKILLS = "https://example.org/skills"


@pytest.mark.parametrize(
    ("answer", "warning"),
    [
        (NotFound("There is no page at that address.", status=404), "no page at that address"),
        (Unreachable("The connection failed."), "The connection failed"),
        (Fetched(url="https://example.org/moved", status=200, body=b"<p>"), "example.org/moved"),
        (Fetched(url="https://www.example.org/skills/", status=200, body=b"<p>"), ""),
        (Blocked("The server asks for a sign-in.", status=403), ""),
    ],
)
def test_a_link_that_does_not_answer_or_leads_on_is_shown_with_its_drafts(
    answer: Fetched | FetchError, warning: str
) -> None:
    entry()
    go(Web(answers={SKILLS: answer}), settings=configuration())
    post = queries.posts(states=[State.IN_REVIEW])[0]
    card = shown.show([post], calendar=None, now=NOW)[0]
    about = [sentence for sentence in card.warnings if "link" in sentence]
    assert [warning in sentence for sentence in about] == ([True] if warning else [])


@pytest.mark.parametrize(
    ("languages", "posts"), [(["en"], 1), (["cy"], 0), ([], 1), (["cy", "en"], 1)]
)
def test_an_account_gets_what_is_in_its_languages(languages: list[str], posts: int) -> None:
    entry()
    accounts = (account("ours-x", "x", languages=languages),)
    assert go(settings=configuration(accounts=accounts, cards=False)).posts == posts


def test_an_account_on_a_network_that_is_not_there_does_not_stop_the_others() -> None:
    entry()
    accounts = (*BOTH, account("ours-elsewhere", "elsewhere"))
    assert go(settings=configuration(accounts=accounts, cards=False)).posts == 2


def test_a_source_may_name_its_accounts() -> None:
    entry()
    assert go(settings=configuration(cards=False, accounts=BOTH)).posts == 2
    entry(key="2", title="Second skills report published")
    settings = configuration(cards=False, accounts=BOTH)
    named = replace(
        settings,
        sources=(settings.sources[0].model_copy(update={"accounts": ("ours-x",)}),),
    )
    assert go(settings=named).posts == 1


def edit(row: Entry, summary: str) -> None:
    """The source changes the entry's words, as a later poll finds it."""
    Entry.objects.filter(pk=row.pk).update(summary=summary, composed_at=None)


def test_an_edit_redrafts_what_waits() -> None:
    row = entry()
    go()
    edit(row, "The corrected report finds that 15 regions grew by 3 per cent.")
    assert go(at=NOW + minutes(1)).amended == 2
    post = Post.objects.get(account__name="ours-linkedin")
    assert "15 regions" in post.revisions.get(number=2).text
    assert "The source changed" in post.reason


def test_an_edit_that_changes_no_words_of_the_draft_leaves_it_alone() -> None:
    row = entry()
    go()
    Entry.objects.filter(pk=row.pk).update(composed_at=None)
    assert go(at=NOW + minutes(1)).amended == 0


def test_an_edit_un_approves() -> None:
    row = entry()
    go()
    post = Post.objects.get(account__name="ours-linkedin")
    transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1)
    edit(row, "The corrected report finds that 15 regions grew by 3 per cent.")
    go(at=NOW + minutes(1))
    post.refresh_from_db()
    assert (post.state, post.approved_number) == (State.IN_REVIEW, None)


def test_a_changed_kind_rewrites_what_waits_and_says_who_changed_it() -> None:
    entry()
    go()
    post = Post.objects.get(account__name="ours-x")
    intake.change_kind(post.announcement_id, kind="plan", by="Siân", now=NOW + minutes(1))
    assert go(at=NOW + minutes(2)).amended >= 1
    post.refresh_from_db()
    assert post.announcement.kind == "plan"
    assert post.reason == "Siân changed its kind. Compare before you approve."


def test_a_persons_own_words_are_kept_when_the_source_changes() -> None:
    row = entry()
    go()
    post = Post.objects.get(account__name="ours-linkedin")
    own = replace(post.revisions.get().content, text="Siân's own words.")
    transitions.amend(post.pk, content=own, by=SIAN, now=NOW, seen=1)
    edit(row, "The corrected report finds that 15 regions grew by 3 per cent.")
    go(at=NOW + minutes(1))
    post.refresh_from_db()
    assert post.revisions.get(number=post.revision_number).text == "Siân's own words."
    assert "after Siân wrote this" in post.reason


def test_an_edit_of_something_decided_is_only_noted() -> None:
    row = entry()
    go()
    post = Post.objects.get(account__name="ours-linkedin")
    transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="not for us")
    edit(row, "The corrected report finds that 15 regions grew by 3 per cent.")
    go(at=NOW + minutes(1))
    post.refresh_from_db()
    assert post.state == State.REJECTED
    assert Event.objects.filter(post_number=post.pk, verb="note").count() == 1


def test_what_a_person_takes_in_is_drafted_at_the_next_pass() -> None:
    entry(title="Workshop on regional finance", summary="Register by Friday.")
    go()
    intake.take_in(Announcement.objects.get().pk, kind="report", by="Siân", now=NOW)
    assert go(at=NOW + minutes(1)).posts == 2


def test_an_entry_that_breaks_the_composer_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, sound = entry(), entry(key="2", title="Second skills report published")
    real = find.in_entry

    def sometimes(item: Any, **given: Any) -> Any:
        if item.key == broken.key:
            raise RuntimeError("unforeseen")
        return real(item, **given)

    monkeypatch.setattr(find, "in_entry", sometimes)
    report = go()
    assert (report.posts, report.waiting) == (2, 1)
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert broken.composed_at is None
    assert "tried again" in broken.trouble
    assert sound.composed_at == NOW


def test_a_baseline_entry_is_never_composed() -> None:
    entry(announce=False)
    assert go().entries == 0


def test_a_page_in_another_encoding_is_read_by_its_header() -> None:
    entry(title="Bulletin 7", link=PAGE, summary="")
    page = BULLETIN.replace("Kouvola", "Skåne").encode("iso-8859-1")
    web = Web(
        answers={
            PAGE: Fetched(
                url=PAGE,
                status=200,
                body=page,
                headers={"content-type": "text/html; charset=ISO-8859-1"},
            )
        }
    )
    go(web, settings=configuration(follow="bulletin", cards=False))
    assert Announcement.objects.filter(title__contains="Skåne").exists()


OTHER = {"name": "Other", "url": "https://other.example/feed", "announce": "all", "cards": False}


def two_sources(**other: Any) -> Configuration:
    first = configuration(cards=False)
    return replace(first, sources=(*first.sources, Source.model_validate({**OTHER, **other})))


def entry_of_other(**given: Any) -> Entry:
    row = entry(key="other", **given)
    other, _ = Row.objects.get_or_create(
        name="Other", defaults={"url": "https://other.example/feed", "next_check_at": NOW}
    )
    row.source = other
    row.save()
    return row


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/skills",
        "http://www.example.org/skills/",
        "https://example.org/skills?utm_source=other",
    ],
)
def test_the_same_news_from_two_sources_makes_one_announcement(link: str) -> None:
    entry()
    go(settings=two_sources())
    entry_of_other(link=link, title="Skills report: what it says")
    report = go(settings=two_sources(), at=NOW + minutes(60))
    assert (report.announcements, report.posts, report.set_aside) == (0, 0, 1)
    row = Announcement.objects.get(entry__source__name="Other")
    assert (row.set_aside, row.because) == ("other", ["News brought the same news first"])


def test_sources_for_different_accounts_do_not_silence_each_other() -> None:
    settings = two_sources(accounts=["ours-x"])
    first = settings.sources[0].model_copy(update={"accounts": ("ours-linkedin",)})
    settings = replace(settings, sources=(first, settings.sources[1]))
    entry()
    entry_of_other()
    assert go(settings=settings).posts == 2


def test_front_pages_and_news_of_long_ago_silence_nobody() -> None:
    entry(link="https://example.org/")
    go(settings=two_sources())
    entry_of_other(link="https://example.org/")
    assert go(settings=two_sources()).announcements == 1
    Announcement.objects.update(page="example.org/skills", created_at=NOW - minutes(100_000))
    entry(key="2")
    assert go(settings=two_sources()).announcements == 1


def test_an_entry_without_words_needs_no_setting_to_get_its_lead() -> None:
    entry(summary="", link=PAGE)
    page = b"<html><body><p>The report covers 22 counties and was written by Cardiff University.</p></body></html>"
    web = Web()
    web.put(PAGE, page, **{"content-type": "text/html"})
    go(web, settings=configuration())
    assert "22 counties" in Announcement.objects.get().summary


def test_an_entry_without_words_does_not_wait_for_a_page_that_cannot_be_read() -> None:
    entry(summary="", link=PAGE)
    web = Web(answers={PAGE: Unreachable("example.org does not answer.")})
    assert go(web, settings=configuration()).posts == 2


ENGLISH = (
    b"<html lang='en'><head><title>Skills</title>"
    b"<link rel='alternate' hreflang='cy' href='https://example.org/cy/sgiliau'></head></html>"
)


@pytest.mark.parametrize(
    ("language", "link"),
    [("cy", "https://example.org/cy/sgiliau"), ("en", "https://example.org/skills")],
)
def test_an_announcement_leads_to_the_page_in_its_own_language(language: str, link: str) -> None:
    title = "Cyhoeddi adroddiad sgiliau" if language == "cy" else "Annual skills report published"
    entry(language=language, title=title)
    web = Web()
    web.put("https://example.org/skills", ENGLISH, **{"content-type": "text/html"})
    go(web, settings=configuration())
    assert {post.revisions.get().link for post in Post.objects.all()} == {link}


def test_campaign_parameters_are_added_by_rule() -> None:
    accounts = (account("ours-x", "x", utm="utm_source=x&utm_medium=social"), BOTH[1])
    entry(link="https://example.org/skills?id=7")
    go(settings=configuration(accounts=accounts, cards=False, utm="utm_source=herodr"))
    links = {post.account.name: post.revisions.get().link for post in Post.objects.all()}
    assert links == {
        "ours-x": "https://example.org/skills?id=7&utm_source=x&utm_medium=social",
        "ours-linkedin": "https://example.org/skills?id=7&utm_source=herodr",
    }
