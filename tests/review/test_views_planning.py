"""The calendar, moving a post, and blackouts from the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from review import blackouts, queries, silencing, transitions
from review.models import Account, Blackout, Decision, Event, Post
from review.states import State
from tests.making import BRYN, CALENDAR, NOW, SIAN, make_due_post, make_post, minutes
from tests.review.desk import CONFIGURED, do, message, parsed, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

SPAN = {"reason": "Mourning", "starts": "2026-11-24T08:00", "ends": "2026-11-25T18:00"}


SOON = NOW + minutes(30)


def scheduled(when: datetime = SOON, network: str = "x") -> Post:
    post = make_post(network)
    return transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=when)


def black_out(**given: object) -> Blackout:
    values: dict[str, object] = {
        "reason": "Mourning",
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=6),
        "account": None,
        "by": SIAN,
        "now": NOW,
        **given,
    }
    return silencing.black_out(**values)[0]  # type: ignore[arg-type]


def test_a_blackout_sends_what_is_due_inside_back_to_a_decision(sian: Client) -> None:
    inside, later = scheduled(), scheduled(NOW + timedelta(days=3), "linkedin")
    answer = sian.post(reverse("blackouts"), SPAN)
    said = message(sian, answer)
    assert "1 post that was due then is back in the queue." in said
    assert (state(inside), state(later)) == (State.IN_REVIEW, State.SCHEDULED)
    assert "Mourning" in Post.objects.get(pk=inside.pk).reason
    assert "“Mourning”, when nothing goes out" in sian.get(reverse("queue")).text
    assert Event.objects.filter(verb="black out", actor="Siân").exists()


def test_nothing_is_due_in_a_blackout_and_nothing_is_approved_into_it(sian: Client) -> None:
    make_due_post()
    assert queries.due(NOW).exists()
    Blackout.objects.create(
        reason="Outage", starts_at=NOW, ends_at=NOW + minutes(60), by="Siân", made_at=NOW
    )
    assert not queries.due(NOW).exists()
    post = make_post("linkedin")
    answer = do(sian, post, "approve", at="time", when="2026-11-24T09:30")
    assert answer.status_code == 422
    assert "Nothing goes out then: “Outage”" in answer.text
    do(sian, post, "approve")
    assert Post.objects.get(pk=post.pk).due_at == datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_a_blackout_of_one_account_leaves_the_others_alone() -> None:
    x, linkedin = scheduled(), scheduled(network="linkedin")
    black_out(account=Account.objects.get(network="x"))
    assert (state(x), state(linkedin)) == (State.IN_REVIEW, State.SCHEDULED)
    assert [post.pk for post in queries.due(NOW + minutes(31))] == [linkedin.pk]


def test_when_a_blackout_ends_nothing_goes_out_by_itself(sian: Client) -> None:
    post = scheduled()
    made = black_out()
    answer = sian.post(reverse("end-blackout", args=[made.pk]))
    assert "The blackout is over." in message(sian, answer)
    assert state(post) == State.IN_REVIEW
    assert not queries.due(NOW + timedelta(days=1)).exists()
    assert blackouts.added_to(CALENDAR, now=NOW).blackout == ()
    again = sian.post(reverse("end-blackout", args=[made.pk]))
    assert again.status_code == 409
    assert "ended by" in sian.get(reverse("blackouts")).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": " "}, "Say why nothing may go out"),
        ({"ends": "2026-11-24T07:00"}, "It must end later than it begins."),
        ({"starts": "2026-11-20T07:00", "ends": "2026-11-21T07:00"}, "That time has passed"),
        ({"starts": "tomorrow"}, "Give a day and a time"),
        ({"account": "4711"}, "Choose one of the accounts in the list."),
    ],
)
def test_a_blackout_that_will_not_do_is_said_and_not_made(
    sian: Client, typed: dict[str, str], sentence: str
) -> None:
    answer = sian.post(reverse("blackouts"), {**SPAN, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Blackout.objects.exists()


def test_who_may_not_decide_makes_and_ends_no_blackout(charlie: Client) -> None:
    assert "Make a blackout" not in charlie.get(reverse("blackouts")).text
    assert charlie.post(reverse("blackouts"), SPAN).status_code == 403
    made = black_out()
    assert charlie.post(reverse("end-blackout", args=[made.pk])).status_code == 403
    assert charlie.get(reverse("end-blackout", args=[made.pk])).status_code == 302
    assert Blackout.objects.get().ended_at is None


def test_the_week_shows_posts_free_slots_and_blackouts(sian: Client) -> None:
    post = scheduled()
    black_out(starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))
    page = sian.get(reverse("calendar")).text
    days = parsed(page).xpath("//li[contains(@class, 'planned-day')]")
    words = [" ".join(day.text_content().split()) for day in days]
    assert len(words) == 7
    assert words[1].startswith("Tue 24 Nov Today")
    assert post.announcement.title in words[1]
    assert "14:00 free: X" in words[1]
    assert "Blackout: Mourning" in words[2]
    assert "09:30" not in words[2]
    assert f"open=move-{post.pk}" in page


def test_the_month_shows_whole_weeks_bank_holidays_and_the_files_blackouts(
    sian: Client, config: Path
) -> None:
    (config / "calendar.toml").write_text(f'quiet = ["Sat", "Sun"]\n{CONFIGURED}')
    page = sian.get(reverse("calendar"), {"by": "month", "from": "2026-12-05"}).text
    days = parsed(page).xpath("//li[contains(@class, 'planned-day')]")
    words = {" ".join(day.xpath("string(h2)").split()): day.text_content() for day in days}
    assert len(words) == 35
    assert "Bank holiday" in words["Fri 25 Dec"]
    assert "Quiet day" in words["Sun 13 Dec"]
    assert "Senedd election" in words["Tue 8 Dec"]
    assert "Senedd election" not in words["Wed 9 Dec"]


@pytest.mark.parametrize("asked", ["2026-13-40", "yesterday", "9999-12-31", "0001-01-01", "\0"])
def test_a_day_that_is_none_shows_this_week(sian: Client, asked: str) -> None:
    assert "Tue 24 Nov" in sian.get(reverse("calendar"), {"from": asked}).text


def test_the_calendar_asks_as_often_for_many_posts_as_for_one(
    sian: Client, django_assert_max_num_queries: object
) -> None:
    for n in range(12):
        scheduled(NOW + minutes(50 * n + 10))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        sian.get(reverse("calendar"))


def test_a_post_moves_to_another_time_with_its_approval_made_anew(sian: Client) -> None:
    post = scheduled()
    answer = do(sian, post, "move", when="2026-11-26T11:15")
    assert "Moved to Thu 26 Nov, 11:15" in message(sian, answer)
    moved = Post.objects.get(pk=post.pk)
    assert (moved.state, moved.due_at) == (
        State.SCHEDULED,
        datetime(2026, 11, 26, 11, 15, tzinfo=UTC),
    )
    assert [d.verb for d in Decision.objects.filter(by="Siân", person__isnull=False)] == [
        "hold",
        "approve",
    ]


@pytest.mark.parametrize("when", ["2026-11-20T09:00", "2026-12-02T09:00", "soon", ""])
def test_a_move_that_will_not_do_changes_nothing(sian: Client, when: str) -> None:
    post = scheduled()
    answer = do(sian, post, "move", when=when)
    assert answer.status_code == 422
    assert f"move-when-{post.pk}" in answer.text
    unchanged = Post.objects.get(pk=post.pk)
    assert (unchanged.state, unchanged.due_at) == (State.SCHEDULED, post.due_at)


def test_only_who_decides_moves_and_only_what_is_scheduled(sian: Client, charlie: Client) -> None:
    post = scheduled()
    assert do(charlie, post, "move", when="2026-11-26T11:15").status_code == 403
    transitions.withdraw(post.pk, by=BRYN, now=NOW)
    answer = do(sian, post, "move", when="2026-11-26T11:15")
    assert answer.status_code == 409
    assert "Bryn withdrew it" in answer.text


QUIET = 'quiet = ["18:00-08:00", "Sat", "Sun"]\n'


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("2026-11-26T19:00", "That is in the quiet hours of calendar.toml."),
        ("2026-11-28T11:00", "That is in the quiet hours of calendar.toml."),
        ("2026-11-25T14:20", "cohes3ion-x has a post at 14:00 already, and 45 minutes must lie"),
        ("2026-12-02T09:00", "Nothing goes out then: “Senedd election”"),
    ],
)
def test_a_move_heeds_quiet_hours_other_posts_and_blackouts(
    sian: Client, config: Path, when: str, sentence: str
) -> None:
    (config / "calendar.toml").write_text(QUIET + CONFIGURED)
    post = scheduled()
    scheduled(datetime(2026, 11, 25, 14, 0, tzinfo=UTC))
    answer = do(sian, post, "move", when=when)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert Post.objects.get(pk=post.pk).due_at == post.due_at
    assert state(post) == State.SCHEDULED


def test_what_waits_is_drawn_where_it_would_go_and_not_as_approved(sian: Client) -> None:
    scheduled(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    waiting = [make_post() for _ in range(2)]
    tree = parsed(sian.get(reverse("calendar")).text)
    proposed = [
        " ".join(item.text_content().split())
        for item in tree.xpath(
            "//li[contains(@class, 'is-proposed') and contains(@class, 'planned')]"
        )
    ]
    assert proposed == [
        f"14:00 X proposed {waiting[0].announcement.title}",
        f"09:30 X proposed {waiting[1].announcement.title}",
    ]
    days = tree.xpath("//li[contains(@class, 'planned-day')]")
    assert "free" not in days[1].text_content()
    assert {post.due_at for post in Post.objects.filter(state=State.IN_REVIEW)} == {None}


def test_the_hours_of_a_day_are_drawn_and_said(sian: Client, config: Path) -> None:
    (config / "calendar.toml").write_text(QUIET + CONFIGURED)
    tree = parsed(sian.get(reverse("calendar"), {"from": "2026-12-01"}).text)
    said = tree.xpath("//*[local-name()='svg']/@aria-label")
    assert said[0] == "Quiet 00:00–08:00; Quiet 18:00–24:00"
    assert said[1] == "Quiet 00:00–08:00; Quiet 18:00–24:00; Blackout 00:01–24:00"
    assert said[5] == "Quiet 00:00–24:00; Blackout 00:00–24:00"


def test_who_may_not_decide_gets_no_way_to_move(charlie: Client) -> None:
    scheduled()
    page = charlie.get(reverse("calendar")).text
    assert "data-post" not in page
    assert "move-form" not in page
    assert "calendar.js" not in page
