"""Connections: kept sealed, renewed by one at a time, ended and taken away; consents work once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from review import accounts, connections, record, transitions, vault
from review.connections import Granted, NotYours
from review.models import Account, Connection, Consent, Event
from review.transitions import Actor, NotAllowed, operator
from tests.making import CALENDAR, NOW, make_account, make_person, make_post, minutes

pytestmark = pytest.mark.django_db

SIAN = operator("Siân")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.HERODR_TOKEN_KEYS = ("k" * 40,)


def granted(number: int = 1, **more: Any) -> Granted:
    values: dict[str, Any] = {
        "access_token": f"access-{number}",
        "refresh_token": f"refresh-{number}",
        "scopes": ("tweet.write", "tweet.read"),
        "expires_at": NOW + 2 * HOUR,
        **more,
    }
    return Granted(**values)


def kept(account: Account | None = None, **more: Any) -> Connection:
    account = account or make_account(live=True)
    return connections.keep(
        account.pk, granted(**more), author="@cohes3ion", who="Cohes3ion", by=SIAN, now=NOW
    )


def test_what_is_kept_comes_back_and_is_nowhere_readable() -> None:
    known = kept()
    assert connections.access_token(known) == "access-1"
    row = str(Connection.objects.values().get())
    told = str(list(Event.objects.values()))
    for token in ("access-1", "refresh-1"):
        assert token not in row + told + repr(granted())
    event = Event.objects.get(verb="connect")
    assert (event.actor, event.details["as"]) == ("Siân", "@cohes3ion")
    assert record.verify() == ""


def test_connecting_anew_replaces_the_tokens_and_lets_the_account_go_on() -> None:
    account = make_account(live=True)
    first = kept(account)
    connections.end(first.pk, number=first.number, reason="It was revoked.", now=NOW)
    account.refresh_from_db()
    assert (account.paused, account.trouble) == (True, "It was revoked.")
    second = kept(account, access_token="another")
    account.refresh_from_db()
    assert not account.paused
    assert (second.pk, second.number, second.ended) == (first.pk, 2, "")
    assert connections.access_token(second) == "another"


def test_a_pause_with_an_end_has_another_cause_and_stays() -> None:
    account = make_account(live=True)
    until = NOW + HOUR
    accounts.pause(account.name, until=until, trouble="X asks to wait.", now=NOW)
    kept(account)
    account.refresh_from_db()
    assert account.paused_until == until


def test_who_may_not_decide_connects_and_disconnects_nothing() -> None:
    account = make_account()
    charlie = Actor("Charlie")
    with pytest.raises(NotAllowed):
        connections.keep(account.pk, granted(), author="@c", who="", by=charlie, now=NOW)
    with pytest.raises(NotAllowed):
        connections.disconnect(account.pk, by=charlie, now=NOW)


def test_disconnecting_forgets_the_tokens_and_is_recorded_once() -> None:
    known = kept()
    assert connections.disconnect(known.account_id, by=SIAN, now=NOW)
    assert not connections.disconnect(known.account_id, by=SIAN, now=NOW)
    assert connections.of(known.account.name) is None
    assert Event.objects.filter(verb="disconnect").count() == 1


@pytest.mark.parametrize(
    ("who", "live", "refused"),
    [
        ("@cohes3ion", True, False),
        ("@Cohes3ion", True, False),
        ("cohes3ion-x", True, False),  # accounts.toml does not say
        ("@another", True, True),
        ("@another", False, False),  # nothing leaves the machine
    ],
)
def test_nothing_is_approved_for_an_account_that_is_another_now(
    who: str, live: bool, refused: bool
) -> None:
    known = kept(make_account(live=live))
    Account.objects.filter(pk=known.account_id).update(who=who, live=live)
    post = make_post(account=Account.objects.get(pk=known.account_id))

    def approve() -> None:
        transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1)

    if refused:
        with pytest.raises(
            transitions.NotFit, match=r"was connected as @cohes3ion, but accounts\.toml says"
        ):
            approve()
    else:
        approve()


# -- renewing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "due"), [(11, False), (10, True), (-5, True)])
def test_a_token_is_renewed_ahead_of_its_end(left: int, due: bool) -> None:
    kept(expires_at=NOW + minutes(left))
    found = connections.to_renew(now=NOW, ahead={"x": minutes(10), "linkedin": timedelta(days=7)})
    assert bool(found) is due


def test_one_process_renews_and_what_it_brings_is_kept() -> None:
    known = kept()
    renewal = connections.begin_renewal(known, now=NOW)
    assert renewal is not None
    assert renewal.refresh_token == "refresh-1"
    assert connections.begin_renewal(known, now=NOW) is None
    assert connections.finish_renewal(renewal, granted(2), now=NOW)
    fresh = connections.of(known.account.name)
    assert fresh is not None
    assert connections.access_token(fresh) == "access-2"
    # What was seen before is old now: nobody uses its refresh token up again.
    assert connections.begin_renewal(known, now=NOW) is None
    assert connections.begin_renewal(fresh, now=NOW) is not None


def test_a_renewal_that_used_nothing_up_is_tried_again_later() -> None:
    known = kept(expires_at=NOW)
    renewal = connections.begin_renewal(known, now=NOW)
    assert renewal
    connections.give_back(renewal, until=NOW + minutes(1))
    ahead = {"x": minutes(10)}
    assert connections.to_renew(now=NOW + minutes(0.5), ahead=ahead) == []
    assert connections.to_renew(now=NOW + minutes(1), ahead=ahead) == [known]


def test_a_process_that_died_while_renewing_is_noticed() -> None:
    known = kept()
    connections.begin_renewal(known, now=NOW)
    assert connections.lapsed(NOW + minutes(1)) == []
    assert connections.lapsed(NOW + minutes(4)) == [known]


def test_a_process_taken_for_dead_still_brings_what_only_it_has() -> None:
    known = kept()
    renewal = connections.begin_renewal(known, now=NOW)
    assert renewal
    connections.end(known.pk, number=known.number, reason="It seems lost.", now=NOW)
    assert connections.finish_renewal(renewal, granted(2), now=NOW)
    fresh = connections.of(known.account.name)
    assert fresh
    assert (fresh.ended, fresh.account.paused) == ("", False)
    assert connections.access_token(fresh) == "access-2"


def test_somebody_who_connects_meanwhile_wins_over_a_late_renewal() -> None:
    known = kept()
    renewal = connections.begin_renewal(known, now=NOW)
    assert renewal
    again = kept(known.account, access_token="of a person")
    assert not connections.finish_renewal(renewal, granted(2), now=NOW)
    assert not connections.end(known.pk, number=known.number, reason="Late.", now=NOW)
    fresh = connections.of(known.account.name)
    assert fresh
    assert connections.access_token(fresh) == "of a person"
    assert (fresh.number, fresh.ended) == (again.number, "")


def test_a_token_that_cannot_be_renewed_is_over_at_its_end() -> None:
    known = kept(refresh_token="", expires_at=NOW + HOUR)
    assert connections.over(NOW) == []
    assert connections.over(NOW + HOUR) == [known]
    connections.end(known.pk, number=known.number, reason="Over.", now=NOW)
    assert connections.over(NOW + HOUR) == []


def test_an_account_that_rehearses_is_not_paused_by_its_token() -> None:
    known = kept(make_account(live=False))
    connections.end(known.pk, number=known.number, reason="Over.", now=NOW)
    account = Account.objects.get(pk=known.account_id)
    assert not account.paused


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({"refresh_token": "", "expires_at": NOW + timedelta(days=60)}, 60),
        ({"refresh_token": "", "expires_at": NOW + timedelta(days=1, seconds=1)}, 2),
        ({"refresh_token": "", "expires_at": NOW - HOUR}, 0),
        ({"refresh_token": "", "expires_at": None}, None),
        ({"renewable_until": NOW + timedelta(days=300)}, 300),  # the access token renews itself
        ({"renewable_until": None}, None),
    ],
)
def test_the_days_left_are_until_somebody_has_to_consent_again(
    more: dict[str, Any], days: int | None
) -> None:
    assert kept(**more).days_left(NOW) == days


def test_a_new_key_takes_over_and_the_old_one_can_go(settings: Settings) -> None:
    known = kept()
    settings.HERODR_TOKEN_KEYS = ("n" * 40, "k" * 40)
    assert connections.reseal() == 1
    assert connections.reseal() == 0
    settings.HERODR_TOKEN_KEYS = ("n" * 40,)
    known.refresh_from_db()
    assert connections.access_token(known) == "access-1"
    settings.HERODR_TOKEN_KEYS = ("lost" * 10,)
    assert connections.reseal() == 0
    ((_, sentence),) = connections.unreadable(Connection.objects.select_related("account"))
    assert "The tokens of cohes3ion-x cannot be read" in sentence


# -- consents --------------------------------------------------------------------------------------------


def test_a_consent_works_once_for_whoever_began_it_where_they_began_it() -> None:
    sian, bryn, account = make_person("Siân"), make_person("Bryn"), make_account()
    state = connections.begin_consent(
        account, person=sian, session="here", fields={"verifier": "v"}, now=NOW
    )
    assert state not in str(Consent.objects.values().get())
    for person, session, given in (
        (bryn, "here", state),
        (sian, "there", state),
        (sian, "here", "forged"),
        (sian, "here", ""),
    ):
        with pytest.raises(NotYours, match="no connection that you began"):
            connections.redeem_consent(given, person=person, session=session, now=NOW)
    found, fields = connections.redeem_consent(state, person=sian, session="here", now=NOW)
    assert (found, fields) == (account, {"verifier": "v"})
    with pytest.raises(NotYours, match="used already"):
        connections.redeem_consent(state, person=sian, session="here", now=NOW)


def test_a_consent_that_took_too_long_is_refused_and_swept_away() -> None:
    sian, account = make_person("Siân"), make_account()
    state = connections.begin_consent(account, person=sian, session="s", fields={}, now=NOW)
    late = NOW + connections.CONSENT_LIVES
    with pytest.raises(NotYours, match="too late"):
        connections.redeem_consent(state, person=sian, session="s", now=late)
    connections.begin_consent(
        account, person=sian, session="s", fields={}, now=NOW + timedelta(days=3)
    )
    assert Consent.objects.count() == 1


def test_tokens_moved_to_another_account_are_refused() -> None:
    known = kept()
    other = make_account("linkedin", live=True)
    Connection.objects.filter(pk=known.pk).update(account=other)
    moved = connections.of(other.name)
    assert moved
    with pytest.raises(vault.Unreadable, match="not its own"):
        connections.access_token(moved)
