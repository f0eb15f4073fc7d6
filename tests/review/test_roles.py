"""Who may do what: every role, every verb, every state, at the door; and four eyes."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from review import sign_in, transitions
from review.models import Decision, Event, Person, Post
from review.states import MOVES, NEEDS_A_PERSON, Role, State, Verb, Who, may, move_for
from review.text import Content
from tests.making import BRYN, CALENDAR, NOW, SIAN, make_due_post, make_person, make_post, minutes
from tests.review.desk import CONFIGURED, browser, do, failed, parsed, state, unconfirmed

FOUR_EYES = CALENDAR.model_copy(update={"approvals": "four eyes"})
TWO_APPROVERS = CALENDAR.model_copy(update={"approvals": "two approvers"})

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

OF_ROLE: dict[Role, dict[str, Any]] = {
    Role.VIEWER: {"may_decide": False},
    Role.EDITOR: {"may_decide": False, "may_edit": True},
    Role.APPROVER: {},
    Role.ADMINISTRATOR: {"may_decide": False, "admin": True},
}
TYPED: dict[Verb, dict[str, str]] = {
    Verb.AMEND: {"text": "Other words."},
    Verb.REJECT: {"preset": "duplicate"},
    Verb.CONFIRM: {"url": "https://x.com/1"},
}
# `correct` begins another post: tests/review/test_correcting.py.
PEOPLES_VERBS = sorted({move.verb for move in MOVES if move.who is not Who.BOT and move.sources})


def _post_in(wanted: State, *, by: Person) -> Post:
    """A post in a state; what a person decided about it, `by` decided."""
    if wanted is State.UNCONFIRMED:
        return unconfirmed()
    if wanted is State.FAILED:
        return failed()
    if wanted is State.IN_REVIEW:
        return make_post()
    if wanted is State.REJECTED:
        post = make_post()
        actor = transitions.Actor(str(by), may_decide=True, person_id=by.pk)
        return transitions.reject(post.pk, by=actor, now=NOW, seen=1, reason="duplicate")
    post = make_due_post()
    if wanted is State.WITHDRAWN:
        return transitions.withdraw(post.pk, by=SIAN, now=NOW)
    if wanted is State.EXPIRED:
        return transitions.expire(post.pk, now=NOW, reason="too old")
    if wanted in (State.SENDING, State.PUBLISHED):
        claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
        assert claim
        if wanted is State.PUBLISHED:
            transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
    return post


@pytest.mark.parametrize(("role", "verb", "before"), list(product(Role, PEOPLES_VERBS, State)))
def test_every_role_with_every_verb_in_every_state(role: Role, verb: Verb, before: State) -> None:
    person = make_person("Catrin", **OF_ROLE[role])
    client = Client()
    client.force_login(person)
    assert sign_in.role(person) is role
    post = _post_in(before, by=person)
    decisions = Decision.objects.count()
    if verb is Verb.UNDO:
        answer = client.post(reverse("undo", args=[str(post.pk)]))
    else:
        answer = do(client, post, verb, **TYPED.get(verb, {}))
    move = move_for(verb, before)
    if verb is Verb.UNDO and before is State.SCHEDULED:
        move = move_for(Verb.HOLD, before)  # how an approval is undone
    if not may(role, verb):
        assert answer.status_code == 403
        assert "Catrin may" in answer.text
    elif move is None or move.who is Who.BOT:
        assert answer.status_code in (403, 409)
    else:
        assert answer.status_code == 302, parsed(answer.text).text_content()
        assert state(post) == move.target
        assert Decision.objects.latest("pk").person == person
        return
    assert state(post) == before
    assert Decision.objects.count() == decisions


@pytest.mark.parametrize(("role", "verb", "before"), list(product(Role, PEOPLES_VERBS, State)))
def test_every_role_with_every_verb_in_every_state_where_two_approve(
    role: Role, verb: Verb, before: State, config: Path
) -> None:
    (config / "calendar.toml").write_text(f'approvals = "two approvers"\n{CONFIGURED}')
    person = make_person("Catrin", **OF_ROLE[role])
    make_person("Dai")
    first = transitions.person(make_person("Bryn"))
    client = Client()
    client.force_login(person)
    post = _post_in(before, by=person)
    if before is State.IN_REVIEW:
        post = transitions.approve(post.pk, by=first, now=NOW, calendar=TWO_APPROVERS, seen=1)
    if verb is Verb.UNDO:
        answer = client.post(reverse("undo", args=[str(post.pk)]))
    else:
        answer = do(client, post, verb, **TYPED.get(verb, {}))
    move = move_for(verb, before)
    if verb is Verb.UNDO and before is State.SCHEDULED:
        move = move_for(Verb.HOLD, before)
    if not may(role, verb):
        assert answer.status_code == 403
    elif move is None or move.who is Who.BOT:
        assert answer.status_code in (403, 409)
    else:
        assert answer.status_code == 302, parsed(answer.text).text_content()
        assert state(post) == move.target
        return
    assert state(post) == before


@pytest.mark.parametrize(("role", "before"), list(product(Role, State)))
def test_every_role_approves_first_and_takes_it_back_in_every_state(
    role: Role, before: State, config: Path
) -> None:
    (config / "calendar.toml").write_text(f'approvals = "two approvers"\n{CONFIGURED}')
    person = make_person("Catrin", **OF_ROLE[role])
    make_person("Bryn")
    client = Client()
    client.force_login(person)
    post = _post_in(before, by=person)
    approved = do(client, post, "approve")
    kept = Post.objects.get(pk=post.pk).approved_first_by
    back = do(client, post, "take-back")
    if not person.may_decide:
        assert (approved.status_code, back.status_code, kept) == (403, 403, None)
    elif before is not State.IN_REVIEW:
        assert (approved.status_code, back.status_code, kept) == (409, 409, None)
    else:
        assert (approved.status_code, back.status_code, kept) == (302, 302, person)
    assert state(post) == before
    assert Post.objects.get(pk=post.pk).approved_first_by is None


def test_a_right_may_come_with_a_group(client: Client) -> None:
    group = Group.objects.create(name="Comms")
    group.permissions.add(Permission.objects.get(codename="decide"))
    person = make_person("Dai", may_decide=False)
    person.groups.add(group)
    assert sign_in.role(Person.objects.get(pk=person.pk)) is Role.APPROVER


def test_somebody_who_is_shut_out_has_no_rights_left() -> None:
    person = make_person(admin=True)
    person.is_active = False
    assert (sign_in.role(person), person.may_edit) == (Role.VIEWER, False)


def test_an_editor_sees_what_an_editor_may_do() -> None:
    post = make_post()
    page = parsed(browser("Dai", may_decide=False, may_edit=True).get(reverse("queue")).text)
    words = [" ".join(a.text_content().split()) for a in page.xpath("//div[@class='verbs']/*")]
    assert words == ["Edit", "Comment", "Assign"]
    assert state(post) == State.IN_REVIEW


def test_an_administrator_changes_what_somebody_may_do() -> None:
    admin = browser("Siân", admin=True)
    dai = make_person("Dai", may_decide=False)
    for may_do, role in (("edit", Role.EDITOR), ("decide", Role.APPROVER), ("look", Role.VIEWER)):
        admin.post(reverse("person", args=[dai.pk, "rights"]), {"may": may_do})
        assert sign_in.role(Person.objects.get(pk=dai.pk)) is role
    assert Event.objects.filter(verb="set rights").count() == 3
    answer = admin.post(reverse("person", args=[dai.pk, "rights"]), {"may": "rule"}, follow=True)
    assert "Choose what your colleague may do." in answer.text
    assert sign_in.role(Person.objects.get(pk=dai.pk)) is Role.VIEWER


def test_an_administrators_own_rights_are_not_changed_there() -> None:
    other = make_person("Dai", admin=True)
    browser("Siân", admin=True).post(reverse("person", args=[other.pk, "rights"]), {"may": "look"})
    assert sign_in.role(Person.objects.get(pk=other.pk)) is Role.ADMINISTRATOR


def test_an_invited_editor_is_one() -> None:
    person, _ = sign_in.invite("Dai", may_decide=False, may_edit=True, by="Siân", now=NOW)
    assert sign_in.role(Person.objects.get(pk=person.pk)) is Role.EDITOR


@pytest.fixture
def four_eyes(config: Path) -> None:
    (config / "calendar.toml").write_text(f'approvals = "four eyes"\n{CONFIGURED}')


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_nobody_approves_their_own_words(sian: Client, bryn: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Siân's words")
    assert "1 post waits for others." in sian.get(reverse("queue")).text
    page = sian.get(reverse("queue"), {"whose": "all"}).text
    assert "You wrote this text" in page
    assert "/approve/" not in page
    refused = do(sian, post, "approve", seen=2)
    assert refused.status_code == 403
    assert "Siân wrote the text of this post" in refused.text
    assert state(post) == State.IN_REVIEW
    assert "/approve/" in bryn.get(reverse("queue")).text
    assert do(bryn, post, "approve", seen=2).status_code == 302


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_one_person_approves_what_the_bot_wrote(sian: Client) -> None:
    assert do(sian, make_post(), "approve").status_code == 302


@pytest.mark.usefixtures("four_eyes")
def test_another_name_does_not_make_another_pair_of_eyes(sian: Client) -> None:
    post = make_post()
    do(sian, post, "amend", text="Siân's words")
    Person.objects.update(name="Somebody else")
    assert do(sian, post, "approve", seen=2).status_code == 403


def test_with_four_eyes_the_terminal_asks_for_another_name_too() -> None:
    post = make_post()
    transitions.amend(post.pk, content=Content(text="Words"), by=SIAN, now=NOW, seen=1)
    with pytest.raises(transitions.NotAllowed, match="four eyes"):
        transitions.approve(post.pk, by=SIAN, now=NOW, calendar=FOUR_EYES, seen=2)
    transitions.approve(post.pk, by=BRYN, now=NOW, calendar=FOUR_EYES, seen=2)


def test_words_stay_somebodys_when_the_bot_follows_the_source() -> None:
    post = make_post()
    content = Content(text="Siân's words")
    transitions.amend(post.pk, content=content, by=SIAN, now=NOW, seen=1)
    newer = Content(text="Siân's words", link="https://example.org/moved")
    transitions.amend(post.pk, content=newer, by=transitions.BOT, now=NOW, seen=2)
    with pytest.raises(transitions.NotAllowed, match="four eyes"):
        transitions.approve(post.pk, by=SIAN, now=NOW, calendar=FOUR_EYES, seen=3)


@pytest.mark.usefixtures("four_eyes")
def test_approving_many_keeps_to_four_eyes(sian: Client) -> None:
    mine, other = make_post(), make_post()
    do(sian, mine, "amend", text="Siân's words")
    answer = sian.post(reverse("approve-all"), {"posts": f"{other.pk}-1.{mine.pk}-2"})
    assert answer.status_code == 403
    assert {state(mine), state(other)} == {State.IN_REVIEW}


@pytest.mark.parametrize(("role", "before"), list(product(Role, State)))
def test_every_role_hands_over_and_comments_in_every_state(role: Role, before: State) -> None:
    person = make_person("Catrin", **OF_ROLE[role])
    client = Client()
    client.force_login(person)
    post = _post_in(before, by=person)
    handed = client.post(reverse("assign", args=[post.pk]), {"take": "yes"})
    asked = do(client, post, "comment", text="Hm?", asks="yes")
    if role is Role.VIEWER:
        assert (handed.status_code, asked.status_code) == (403, 403)
    else:
        assert handed.status_code == (302 if before in NEEDS_A_PERSON else 409)
        assert asked.status_code == (302 if before is State.IN_REVIEW else 409)
    found = Post.objects.get(pk=post.pk)
    assert found.state == before
    assert (found.assignee == person) is (handed.status_code == 302)
    assert post.comments.exists() is (asked.status_code == 302)
    assert client.post(reverse("noted", args=[post.pk])).status_code == 302
