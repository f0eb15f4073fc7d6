"""Every verb, from every state, by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from review import record, transitions
from review.models import Attempt, Decision, Event, Post, Revision
from review.states import MOVES, State, Verb, Who, move_for
from review.transitions import BOT, Actor, Claim, NotAllowed, NotFit, TooLate, TransitionError
from tests.making import (
    BRYN,
    CALENDAR,
    NOW,
    SIAN,
    make_account,
    make_announcement,
    make_content,
    make_due_post,
    make_post,
    minutes,
)

pytestmark = pytest.mark.django_db

CHARLIE = Actor("Charlie")  # may look, not decide


def approve(post: Post, *, by: Actor = SIAN, seen: int | None = 1, **given: Any) -> Post:
    return transitions.approve(post.pk, by=by, now=NOW, calendar=CALENDAR, seen=seen, **given)


def claim_one() -> Claim:
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim is not None
    return claim


def in_state(state: State) -> tuple[Post, Claim]:
    """A post led into `state` by the verbs themselves, and a claim on it (real where there was one)."""
    post = make_due_post() if state is not State.IN_REVIEW else make_post()
    claim = Claim(post.pk, 0, 0, post.account.name, False, make_content(post.announcement), NOW)
    if state is State.REJECTED:
        transitions.hold(post.pk, by=SIAN, now=NOW)
        transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="no")
    elif state is State.WITHDRAWN:
        transitions.withdraw(post.pk, by=SIAN, now=NOW)
    elif state is State.EXPIRED:
        transitions.expire(post.pk, now=NOW, reason="too old")
    elif state not in (State.IN_REVIEW, State.SCHEDULED):
        claim = claim_one()
        if state is State.PUBLISHED:
            transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
        elif state is State.FAILED:
            transitions.give_up(claim, now=NOW, outcome="Refused", reason="too rude")
        elif state is State.UNCONFIRMED:
            transitions.lose_track(
                claim, now=NOW, outcome="OutcomeUnknown", reason="?", look_at=NOW
            )
    post = Post.objects.get(pk=post.pk)
    assert post.state == state
    return post, claim


def use(verb: Verb, post: Post, claim: Claim, actor: Actor) -> object:
    """Use a verb the way its callers do."""
    acts: dict[Verb, Callable[[], object]] = {
        Verb.AMEND: lambda: transitions.amend(
            post.pk,
            content=replace(make_content(post.announcement), text="Other words."),
            by=actor,
            now=NOW,
            seen=post.revision_number,
        ),
        Verb.APPROVE: lambda: approve(post, by=actor, seen=post.revision_number),
        Verb.REJECT: lambda: transitions.reject(
            post.pk, by=actor, now=NOW, seen=post.revision_number, reason="no"
        ),
        Verb.HOLD: lambda: transitions.hold(post.pk, by=actor, now=NOW),
        Verb.WITHDRAW: lambda: transitions.withdraw(post.pk, by=actor, now=NOW),
        Verb.REQUEUE: lambda: transitions.requeue(post.pk, by=actor, now=NOW),
        Verb.CONFIRM: lambda: (
            transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
            if actor.is_bot
            else transitions.confirm(post.pk, by=actor, now=NOW, url="https://x.com/1")
        ),
        Verb.RETRY_LATER: lambda: transitions.retry_later(
            claim, at=NOW + minutes(5), outcome="Temporary", reason="busy", now=NOW
        ),
        Verb.GIVE_UP: lambda: transitions.give_up(claim, outcome="Refused", reason="no", now=NOW),
        Verb.LOSE_TRACK: lambda: transitions.lose_track(
            claim, outcome="OutcomeUnknown", reason="?", look_at=NOW, now=NOW
        ),
        Verb.EXPIRE: lambda: transitions.expire(post.pk, now=NOW, reason="too old"),
        Verb.UNDO: lambda: transitions.undo(post.pk, by=actor, now=NOW),
        Verb.MISS: lambda: transitions.miss(post.pk, now=NOW, reason="too late"),
    }
    return acts[verb]()


# `correct` begins another post: tests/review/test_correcting.py.
PEOPLE = [m.verb for m in MOVES if m.who is not Who.BOT and m.sources]
BOTS = [m.verb for m in MOVES if m.who is not Who.PERSON]
CASES = [
    (verb, state, actor)
    for state in State
    for actor, verbs in ((SIAN, dict.fromkeys(PEOPLE)), (BOT, dict.fromkeys(BOTS)))
    for verb in verbs
    if verb not in (Verb.SUBMIT, Verb.CLAIM)
]


@pytest.mark.parametrize(("verb", "state", "actor"), CASES)
def test_each_verb_moves_a_post_as_the_table_says_or_changes_nothing(
    verb: Verb, state: State, actor: Actor
) -> None:
    post, claim = in_state(state)
    before = Post.objects.filter(pk=post.pk).values().get()
    events = Event.objects.count()
    move = move_for(verb, state)
    permitted = move is not None and move.who in (
        Who.EITHER,
        Who.BOT if actor.is_bot else Who.PERSON,
    )
    if move is not None and permitted:
        use(verb, post, claim, actor)
        assert Post.objects.get(pk=post.pk).state == move.target
        event = Event.objects.order_by("-pk")[0]
        assert (event.verb, event.actor, event.from_state) == (verb, actor.name, state)
        assert Event.objects.count() == events + 1
    else:
        with pytest.raises(TransitionError) as caught, transaction.atomic():
            use(verb, post, claim, actor)
        elsewhere = any(m.verb is verb and move and m.who is not move.who for m in MOVES)
        assert isinstance(caught.value, TooLate if move is None or elsewhere else NotAllowed)
        assert Post.objects.filter(pk=post.pk).values().get() == before
        assert Event.objects.count() == events
    assert record.verify() == ""


@pytest.mark.parametrize("verb", sorted(set(PEOPLE)))
def test_somebody_who_may_only_look_is_refused_by_name(verb: Verb) -> None:
    state = next(
        s for m in MOVES if m.verb is verb and m.who is not Who.BOT for s in sorted(m.sources)
    )
    post, claim = in_state(state)
    with pytest.raises(NotAllowed, match="Charlie may look"):
        use(verb, post, claim, CHARLIE)


def test_submitting_twice_leaves_one_post() -> None:
    first = make_post()
    again = transitions.submit(
        first.announcement,
        account=first.account,
        content=make_content(first.announcement),
        now=NOW,
    )
    assert again == first
    assert Post.objects.count() == 1


def test_the_second_of_two_people_is_told_who_was_first_and_when() -> None:
    post = make_post()
    approve(post)
    with pytest.raises(TooLate, match=r"Siân approved it at 09:00 on 24 November.*scheduled now"):
        approve(post, by=BRYN)
    assert Decision.objects.count() == 1


def test_approving_a_revision_that_is_no_longer_the_newest_is_too_late() -> None:
    post = make_post()
    content = replace(make_content(post.announcement), text="Newer words. https://example.org/a")
    transitions.amend(post.pk, content=content, by=BRYN, now=NOW, seen=1)
    with pytest.raises(TooLate, match=r"Bryn amended it.*revision 2"):
        approve(post, seen=1)


def test_an_edit_ends_an_approval() -> None:
    post = make_due_post()
    content = replace(make_content(post.announcement), text="Newer words. https://example.org/a")
    post = transitions.amend(post.pk, content=content, by=BRYN, now=NOW, seen=1)
    assert (post.state, post.approved_number, post.due_at) == (State.IN_REVIEW, None, None)
    assert Revision.objects.get(post=post, number=2).written_by == "Bryn"


def test_saving_unchanged_words_changes_nothing() -> None:
    post = make_due_post()
    again = transitions.amend(
        post.pk, content=make_content(post.announcement), by=BRYN, now=NOW, seen=1
    )
    assert again.state == State.SCHEDULED
    assert Revision.objects.count() == 1


def test_an_approval_is_bound_to_the_hash_of_the_content_and_the_account() -> None:
    post = make_due_post()
    event = Event.objects.filter(verb=Verb.APPROVE).get()
    assert event.content_hash == make_content(post.announcement).fingerprint(post.account.name)
    other = make_content(post.announcement).fingerprint("another-account")
    assert event.content_hash != other


def test_two_approvals_take_two_slots() -> None:
    first, second = approve(make_post()), approve(make_post())
    assert first.due_at is not None
    assert second.due_at is not None
    assert first.due_at.isoformat() == "2026-11-24T09:30:00+00:00"
    assert second.due_at.isoformat() == "2026-11-24T14:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"when": NOW - minutes(1)}, "has passed"),
        ({"calendar": CALENDAR.model_copy(update={"slots": ()})}, "no free slot"),
    ],
)
def test_a_time_that_will_not_do_is_refused_with_the_mend(
    given: dict[str, Any], words: str
) -> None:
    post = make_post()
    with pytest.raises(NotFit, match=words):
        transitions.approve(
            post.pk, **{"by": SIAN, "now": NOW, "calendar": CALENDAR, "seen": 1, **given}
        )


def test_nothing_is_approved_into_a_blackout() -> None:
    from config.timing import Calendar

    black = Calendar.model_validate(
        {"blackout": [{"name": "Election", "from": NOW, "to": NOW + minutes(60)}]}
    )
    post = make_post()
    with pytest.raises(NotFit, match="Election"):
        transitions.approve(post.pk, by=SIAN, now=NOW, calendar=black, seen=1, when=NOW)


def test_a_text_that_does_not_fit_its_network_may_be_saved_but_not_approved() -> None:
    post = make_post()
    content = replace(make_content(post.announcement), text="word " * 100)
    transitions.amend(post.pk, content=content, by=SIAN, now=NOW, seen=1)
    with pytest.raises(NotFit, match="280"):
        approve(post, seen=2)


def test_the_same_words_are_not_approved_twice_for_one_account() -> None:
    announcement = make_announcement()
    twin = make_announcement(title=announcement.title, link=announcement.link)
    approve(make_post(announcement=announcement))
    with pytest.raises(NotFit, match="says exactly the same"):
        approve(make_post(announcement=twin))


def test_a_rejection_needs_a_reason() -> None:
    post = make_post()
    with pytest.raises(NotFit, match="Say why"):
        transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="  ")


def test_a_decision_needs_a_name() -> None:
    with pytest.raises(NotAllowed, match="Say who"):
        approve(make_post(), by=transitions.operator(" "))


def test_a_post_that_does_not_exist_is_said() -> None:
    with pytest.raises(NotFit, match="no post 99"):
        transitions.hold(99, by=SIAN, now=NOW)


@pytest.mark.parametrize("url", ["", "example.org/1", "javascript:alert(1)", "https://x.com/ 1"])
def test_a_confirmation_needs_a_link(url: str) -> None:
    post, _ = in_state(State.UNCONFIRMED)
    with pytest.raises(NotFit, match="Paste the link"):
        transitions.confirm(post.pk, by=SIAN, now=NOW, url=url)


def test_claiming_takes_the_longest_due_first_and_opens_an_attempt() -> None:
    later = make_due_post()
    Post.objects.filter(pk=later.pk).update(due_at=NOW - minutes(1))
    earlier = make_due_post()
    Post.objects.filter(pk=earlier.pk).update(due_at=NOW - minutes(2))
    claim = claim_one()
    assert claim.post_id == earlier.pk
    attempt = Attempt.objects.get()
    assert (attempt.pk, attempt.closed_at) == (claim.attempt_id, None)
    assert attempt.lease_until == NOW + minutes(2)


def test_nothing_is_claimed_before_its_time_or_for_a_silent_or_paused_account() -> None:
    post = make_due_post()
    account = post.account
    lease = minutes(2)
    assert transitions.claim(worker="w", now=NOW - minutes(1), lease=lease) is None
    assert transitions.claim(worker="w", now=NOW, lease=lease, silent=[account.name]) is None
    account.paused = True
    account.save()
    assert transitions.claim(worker="w", now=NOW, lease=lease) is None
    account.paused_until = NOW + minutes(1)
    account.save()
    assert transitions.claim(worker="w", now=NOW, lease=lease) is None
    assert transitions.claim(worker="w", now=NOW + minutes(1), lease=lease) is not None


def test_a_claim_carries_exactly_what_was_approved() -> None:
    post = make_due_post()
    assert claim_one().content == make_content(post.announcement)


def test_proof_that_comes_after_the_lease_ended_still_confirms() -> None:
    post, claim = in_state(State.UNCONFIRMED)
    transitions.confirm_sent(claim, now=NOW, network_id="1", url="https://x.com/1")
    assert Post.objects.get(pk=post.pk).state == State.PUBLISHED


def test_the_database_itself_refuses_two_open_attempts() -> None:
    make_due_post()
    claim_one()
    attempt = Attempt.objects.get()
    attempt.pk, attempt.number = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "on holiday"},
        {"state": State.SCHEDULED, "approved_number": None},
        {"state": State.SENDING, "due_at": None},
        {"state": State.PUBLISHED, "published_at": None},
    ],
)
def test_the_database_itself_refuses_states_that_cannot_be(change: dict[str, Any]) -> None:
    post = make_post()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(**change)


def test_an_account_that_left_the_configuration_cannot_be_approved_for() -> None:
    account = make_account()
    account.active = False
    account.save()
    with pytest.raises(NotFit, match="no longer in accounts"):
        approve(make_post(account=account))
