"""Two approvers: two different people, neither the author, bound to one revision; and it fails closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from review import health, intake, notices, proposals, queries, record, transitions
from review.models import Decision, Event, MailedLink, Person, Post
from review.states import State
from review.text import Content
from tests.making import CALENDAR, NOW, make_person, make_post, minutes
from tests.review.desk import CONFIGURED, browser, do, message, parsed, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_approvers")]

TWO = CALENDAR.model_copy(update={"approvals": "two approvers"})
LATER = NOW + timedelta(hours=5)  # 14:00, a slot


@pytest.fixture
def two_approvers(config: Path) -> None:
    (config / "calendar.toml").write_text(f'approvals = "two approvers"\n{CONFIGURED}')


@pytest.fixture
def people() -> dict[str, transitions.Actor]:
    return {name: transitions.person(make_person(name)) for name in ("Siân", "Bryn", "Catrin")}


def approve(post: Post, by: transitions.Actor, **given: object) -> Post:
    options = {"now": NOW, "calendar": TWO, "seen": None, **given}
    return transitions.approve(post.pk, by=by, **options)  # type: ignore[arg-type]


def words(page: str) -> str:
    return " ".join(parsed(page).xpath("string(//main)").split())


def test_the_first_approval_is_kept_and_said_and_the_second_schedules(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    assert "Two people approve it." in words(sian.get(reverse("queue")).text)
    answer = do(sian, post, "approve")
    assert "1 of 2 approvals: yours is kept" in message(sian, answer)
    post.refresh_from_db()
    assert (post.state, post.approved_number, post.due_at) == (State.IN_REVIEW, None, None)
    (first,) = post.decisions.all()
    assert (first.verb, first.by, first.revision.number) == ("approve", "Siân", 1)
    event = Event.objects.latest("pk")
    assert (event.verb, event.from_state, event.to_state) == ("approve", "in_review", "in_review")
    assert event.content_hash == first.revision.content_hash
    for page in (reverse("queue"), reverse("post", args=[post.pk])):
        assert "1 of 2 approvals: Siân, Tue 24 Nov, 09:00." in words(bryn.get(page).text)
    assert do(bryn, post, "approve").status_code == 302
    post.refresh_from_db()
    assert (post.state, post.approved_number) == (State.SCHEDULED, 1)
    assert [decision.by for decision in post.decisions.order_by("pk")] == ["Siân", "Bryn"]
    assert record.verify() == ""


def test_one_person_counts_once_and_is_told(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve")
    again = do(sian, post, "approve")
    assert again.status_code == 409
    assert "Siân approved it already, and one person counts once" in again.text
    assert Decision.objects.count() == 1
    page = sian.get(reverse("queue"), {"whose": "all"}).text
    assert "You approved it; somebody else approves it too." in words(page)
    assert f"/posts/{post.pk}/approve/" not in page


def test_a_post_does_not_wait_for_whoever_has_approved_it(sian: Client, bryn: Client) -> None:
    mine, other = make_post(), make_post()
    do(sian, mine, "approve")
    Post.objects.filter(pk=mine.pk).update(assignee=Person.objects.get(name="Siân"))
    page = sian.get(reverse("queue")).text
    assert f'id="post-{mine.pk}"' not in page
    assert f'id="post-{other.pk}"' in page
    Post.objects.update(assignee=None)
    assert f'id="post-{mine.pk}"' in bryn.get(reverse("queue")).text


def test_the_author_is_neither_of_the_two(people: dict[str, transitions.Actor]) -> None:
    post = make_post()
    transitions.amend(post.pk, content=Content(text="Words"), by=people["Siân"], now=NOW, seen=1)
    with pytest.raises(transitions.NotAllowed, match="Siân wrote the text"):
        approve(post, people["Siân"])
    approve(post, people["Bryn"])
    with pytest.raises(transitions.NotAllowed, match="Siân wrote the text"):
        approve(post, people["Siân"])
    assert approve(post, people["Catrin"]).state == State.SCHEDULED


Ends = Callable[[Post, dict[str, transitions.Actor]], object]
ENDS: dict[str, Ends] = {
    "an edit": lambda post, who: transitions.amend(
        post.pk, content=Content(text="Other"), by=who["Catrin"], now=NOW, seen=1
    ),
    "another image": lambda post, who: transitions.amend(
        post.pk,
        content=Content(text="x", image="https://example.org/i.png", image_alt="A map"),
        by=who["Catrin"],
        now=NOW,
        seen=1,
    ),
    "the source's change": lambda post, _: transitions.amend(
        post.pk, content=Content(text="Newer"), by=transitions.BOT, now=NOW, seen=None
    ),
    "another kind": lambda post, _: intake.change_kind(
        post.announcement_id, kind="plan", by="Catrin", now=NOW
    ),
    "the first approver": lambda post, who: transitions.take_back(post.pk, by=who["Siân"], now=NOW),
}


@pytest.mark.parametrize("end", ENDS)
def test_an_approval_of_one_revision_is_none_of_another(
    end: str, people: dict[str, transitions.Actor]
) -> None:
    post = approve(make_post(), people["Siân"])
    ENDS[end](post, people)
    post.refresh_from_db()
    assert (post.approved_first_by, post.approved_first_at, post.due_at) == (None, None, None)
    assert approve(post, people["Bryn"]).state == State.IN_REVIEW
    assert approve(post, people["Siân"]).state == State.SCHEDULED


@pytest.mark.parametrize("how", ["hold", "miss"])
def test_what_comes_back_from_the_calendar_needs_both_again(
    how: str, people: dict[str, transitions.Actor]
) -> None:
    post = make_post()
    approve(post, people["Siân"])
    approve(post, people["Bryn"])
    if how == "hold":
        transitions.hold(post.pk, by=people["Catrin"], now=NOW)
    else:
        transitions.miss(post.pk, now=NOW, reason="late")
    assert approve(post, people["Siân"]).state == State.IN_REVIEW


def test_nobody_else_takes_an_approval_back(people: dict[str, transitions.Actor]) -> None:
    post = approve(make_post(), people["Siân"])
    with pytest.raises(transitions.NotAllowed, match="Siân approved it"):
        transitions.take_back(post.pk, by=people["Bryn"], now=NOW)
    transitions.take_back(post.pk, by=people["Siân"], now=NOW)
    with pytest.raises(transitions.TooLate, match="no approval to take back: Siân took back"):
        transitions.take_back(post.pk, by=people["Siân"], now=NOW)
    assert [event.verb for event in queries.history(post)] == ["submit", "approve", "take back"]


def test_undo_takes_back_only_ones_own_approval(sian: Client, bryn: Client) -> None:
    post = make_post()
    undo = reverse("undo", args=[str(post.pk)])
    do(sian, post, "approve")
    assert sian.post(undo).status_code == 302
    assert Post.objects.get(pk=post.pk).approved_first_by is None
    do(sian, post, "approve")
    assert bryn.post(undo).status_code == 403
    do(bryn, post, "approve")
    assert bryn.post(undo).status_code == 302
    found = Post.objects.get(pk=post.pk)
    assert (found.state, str(found.approved_first_by)) == (State.IN_REVIEW, "Siân")
    do(bryn, post, "approve")
    assert state(post) == State.SCHEDULED


def test_the_button_on_the_card_takes_it_back(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve")
    form = parsed(sian.get(reverse("post", args=[post.pk])).text).xpath("//form[@class='already']")
    assert [one.get("action") for one in form] == [f"/posts/{post.pk}/take-back/#post-{post.pk}"]
    assert message(sian, do(sian, post, "take-back")).startswith("Your approval is taken back.")
    assert do(bryn, post, "take-back").status_code == 409


def test_a_rejection_is_at_once_and_undoing_it_keeps_the_first_approval(
    sian: Client, bryn: Client
) -> None:
    post = make_post()
    do(sian, post, "approve")
    do(bryn, post, "reject", preset="duplicate")
    assert state(post) == State.REJECTED
    bryn.post(reverse("undo", args=[str(post.pk)]))
    do(bryn, post, "approve")
    assert state(post) == State.SCHEDULED


@pytest.mark.parametrize(
    ("first", "second", "due"),
    [
        (None, None, NOW + minutes(30)),
        (LATER, None, LATER),
        (None, LATER, LATER),
        (LATER, NOW + minutes(90), NOW + minutes(90)),
        (NOW, None, NOW + minutes(30)),
        (LATER, NOW, NOW),
    ],
)
def test_the_second_approvers_time_wins_else_the_first_ones(
    first: object, second: object, due: object, people: dict[str, transitions.Actor]
) -> None:
    post = make_post()
    approve(post, people["Siân"], when=first)
    assert approve(post, people["Bryn"], when=second).due_at == due


def test_a_time_that_the_first_asked_for_and_that_has_passed_gives_way_to_a_slot(
    people: dict[str, transitions.Actor],
) -> None:
    post = make_post()
    approve(post, people["Siân"], when=NOW + minutes(10))
    assert approve(post, people["Bryn"], now=NOW + minutes(20)).due_at == NOW + minutes(30)


def test_the_button_says_the_time_that_the_first_asked_for(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve", at="time", when="2026-11-26T11:15")
    page = words(bryn.get(reverse("queue")).text)
    assert "Asked for: Thu 26 Nov, 11:15." in page
    assert "Approve Thu 26 Nov, 11:15" in page


def test_the_calendar_proposes_the_time_that_the_first_asked_for(
    people: dict[str, transitions.Actor],
) -> None:
    far, near, other = make_post(), make_post(), make_post()
    approve(far, people["Siân"], when=NOW + timedelta(days=30))
    approve(near, people["Siân"], when=LATER)
    week = proposals.proposals({}, calendar=TWO, now=NOW, before=NOW + timedelta(days=7))
    assert [(slot, post.pk) for slot, post in week] == [
        (LATER, near.pk),
        (NOW + minutes(30), other.pk),
    ]


def test_bulk_approval_gives_each_post_what_it_lacks(sian: Client, bryn: Client) -> None:
    half, none = make_post(), make_post()
    do(sian, half, "approve")
    both = f"{half.pk}-1.{none.pk}-1"
    assert sian.post(reverse("approve-all"), {"posts": both}).status_code == 409
    assert Post.objects.get(pk=none.pk).approved_first_by is None
    answer = bryn.post(reverse("approve-all"), {"posts": both})
    said = message(bryn, answer)
    assert "Approved 1 post: Tue 24 Nov, 09:30" in said
    assert "1 post has 1 of 2 approvals now: somebody else approves it too." in said
    assert (state(half), state(none)) == (State.SCHEDULED, State.IN_REVIEW)
    bryn.post(reverse("undo", args=[f"{half.pk}.{none.pk}"]))
    firsts = Post.objects.order_by("pk").values_list("approved_first_by__name", flat=True)
    assert list(firsts) == ["Siân", None]


def test_moving_keeps_the_other_ones_approval(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve")
    do(bryn, post, "approve")
    for mover in (sian, bryn, browser("Catrin")):
        assert do(mover, post, "move", when="2026-11-26T11:15").status_code == 302
        assert state(post) == State.SCHEDULED
    assert str(Post.objects.get(pk=post.pk).approved_first_by) in {"Siân", "Bryn"}


def test_a_mail_gives_one_approval(bryn: Client) -> None:
    post, sian = make_post(), make_person()
    link = notices.make_links(sian, [(post, post.revisions.get())], now=NOW)[post.pk]
    address = reverse("approve-from-mail", args=[link])
    assert "It has 1 of 2 approvals" in words(Client().post(address, follow=True).text)
    assert state(post) == State.IN_REVIEW
    another = notices.make_links(sian, [(post, post.revisions.get())], now=NOW)[post.pk]
    address = reverse("approve-from-mail", args=[another])
    page = Client().get(address).text
    assert "You approved it; somebody else approves it too." in words(page)
    assert not parsed(page).xpath("//main//button")
    assert Client().post(address).status_code == 409
    assert MailedLink.objects.filter(used_at__isnull=True).count() == 1
    do(bryn, post, "approve")
    assert state(post) == State.SCHEDULED


@pytest.mark.parametrize("name", ["Sian", "Nobody", "Charlie"])
def test_a_name_at_the_terminal_is_one_of_the_desks_approvers(
    name: str, people: dict[str, transitions.Actor], charlie: Client
) -> None:
    post = approve(make_post(), people["Siân"])
    with pytest.raises(transitions.NotAllowed, match="People page"):
        approve(post, transitions.operator(name))
    with pytest.raises(transitions.TooLate, match="one person counts once"):
        approve(post, transitions.operator("siân"))
    assert approve(post, transitions.operator("bryn")).state == State.SCHEDULED
    assert Decision.objects.latest("pk").person == Person.objects.get(name="Bryn")


def test_two_people_of_one_name_are_one_in_doubt(people: dict[str, transitions.Actor]) -> None:
    post = approve(make_post(), people["Siân"])
    Person.objects.filter(name="Bryn").update(name="Siân")
    double = transitions.person(Person.objects.get(username="bryn"))
    with pytest.raises(transitions.TooLate, match="one person counts once"):
        approve(post, double)
    with pytest.raises(transitions.NotAllowed, match="is not the name of one person"):
        approve(post, transitions.operator("Siân"))


def test_alone_nobody_approves_and_the_check_says_so(sian: Client) -> None:
    post = make_post()
    refused = do(sian, post, "approve")
    assert refused.status_code == 422
    assert "nobody besides Siân could approve this one" in words(refused.text)
    assert Decision.objects.count() == 0
    (sign,) = [s for s in health.signs(now=NOW, calendar=TWO) if s.key == "too few approvers"]
    assert (sign.level, "only Siân may decide" in sign.sentence) == ("error", True)
    make_person("Bryn")
    assert "too few approvers" not in {s.key for s in health.signs(now=NOW, calendar=TWO)}
    assert do(sian, post, "approve").status_code == 302


def test_the_author_is_not_counted_as_somebody_who_could_second(
    people: dict[str, transitions.Actor],
) -> None:
    post = make_post()
    transitions.amend(post.pk, content=Content(text="Words"), by=people["Siân"], now=NOW, seen=1)
    Person.objects.filter(name="Catrin").update(is_active=False)
    with pytest.raises(transitions.NotFit, match="nobody besides Bryn"):
        approve(post, people["Bryn"])


def test_whoever_may_decide_no_more_has_approved_nothing(
    people: dict[str, transitions.Actor],
) -> None:
    reader = Client()
    reader.force_login(Person.objects.get(name="Bryn"))
    post = approve(make_post(), people["Siân"])
    Person.objects.filter(name="Siân").update(is_active=False)
    assert "1 of 2" not in words(reader.get(reverse("queue")).text)
    assert transitions.first_approval(Post.objects.get(pk=post.pk)) == ""
    assert approve(post, people["Bryn"]).state == State.IN_REVIEW
    assert approve(post, people["Catrin"]).state == State.SCHEDULED


def test_where_the_rule_was_lifted_one_approval_is_enough(
    people: dict[str, transitions.Actor],
) -> None:
    post = approve(make_post(), people["Siân"])
    done = approve(post, people["Siân"], calendar=CALENDAR)
    assert (done.state, done.approved_first_by) == (State.SCHEDULED, None)


def test_the_page_of_published_posts_names_both(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve")
    do(bryn, post, "approve", at="now")
    claim = transitions.claim(worker="w", now=NOW + minutes(1), lease=minutes(2))
    assert claim
    transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
    assert "Approved by Siân and Bryn" in words(sian.get(reverse("published")).text)


def test_the_card_is_said_in_welsh(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "approve")
    bryn.cookies["django_language"] = "cy"
    assert "1 o 2 gymeradwyaeth: Siân" in words(bryn.get(reverse("queue")).text)


def test_the_settings_page_says_the_rule(sian: Client) -> None:
    assert "two approvers" in words(sian.get(reverse("settings")).text)
