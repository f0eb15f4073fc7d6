"""People are told of new drafts once a batch, by mail and in chats, and reminded before a draft expires."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bot import alerts, chat, notify
from config import schema
from config.timing import Calendar
from review import asks, comments, letters, notices, transitions
from review.health import Sign
from review.models import Ask, MailedLink, Notice, Person, Post, Told
from tests.emulators import mailbox, webhook
from tests.emulators.mailbox import Mailbox
from tests.emulators.webhook import Webhook
from tests.making import (
    CALENDAR,
    NOW,
    SIAN,
    make_account,
    make_announcement,
    make_person,
    make_post,
    minutes,
)
from tests.review.desk import failed

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Settings, socket_enabled: None) -> Iterator[Mailbox]:
    settings.BASE_URL = "https://desk.example.org"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with mailbox.serving(settings) as kept:
        yield kept


@pytest.fixture
def hook(socket_enabled: None) -> Iterator[Webhook]:
    with webhook.serving() as kept:
        yield kept


def reader(name: str = "Siân", **given: Any) -> Person:
    person = make_person(name, **given)
    EmailAddress.objects.create(
        user=person, email=f"{name.lower()}@example.org".replace("â", "a"), verified=True
    )
    return person


def drafts(number: int, *, at: datetime = NOW) -> list[Post]:
    """Drafts that came into the queue a second after one another, the last one `at`."""
    account = make_account()
    made = [make_post(account=account) for _ in range(number)]
    for place, post in enumerate(reversed(made)):
        Post.objects.filter(pk=post.pk).update(created_at=at - timedelta(seconds=place))
    return made


def tell(
    now: datetime, *, chats: tuple[str, ...] = (), calendar: Calendar = CALENDAR
) -> notify.Report:
    known = schema.Configuration(Path(), (), (), calendar)
    return notify.notify(known, clock=lambda: now, chats=chats)


def test_one_mail_tells_of_a_whole_batch_five_minutes_after_its_last_draft(box: Mailbox) -> None:
    reader()
    posts = drafts(3)
    assert tell(NOW + minutes(4.9)).sent == 0
    assert tell(NOW + minutes(5)).sent == 1
    assert tell(NOW + minutes(5)).sent == 0
    assert tell(NOW + minutes(60)).sent == 0
    (mail,) = box.received
    assert mail["To"] == "sian@example.org"
    assert mail["Subject"].startswith("3 new drafts wait for a decision: Report")
    for part in (box.words(), box.words(html=True)):
        for post in posts:
            assert post.announcement.title in part
            assert f"https://desk.example.org/posts/{post.pk}/" in part
        assert "14 regions grew" in part


def test_a_draft_that_comes_later_is_the_next_batch(box: Mailbox) -> None:
    reader()
    drafts(2)
    tell(NOW + minutes(5))
    (late,) = drafts(1, at=NOW + minutes(7))
    assert tell(NOW + minutes(11)).sent == 0
    assert tell(NOW + minutes(12)).sent == 1
    assert box.received[-1]["Subject"].startswith("1 new draft waits")
    assert late.announcement.title in box.words()


def test_a_stream_of_drafts_is_told_of_after_half_an_hour(box: Mailbox) -> None:
    reader()
    drafts(1)
    for minute in range(4, 33, 4):
        drafts(1, at=NOW + minutes(minute))
        sent = tell(NOW + minutes(minute)).sent
        assert sent == (1 if minute == 32 else 0)


def test_what_was_decided_meanwhile_is_not_told_of(box: Mailbox) -> None:
    reader()
    first, second = drafts(2)
    transitions.reject(first.pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    tell(NOW + minutes(5))
    assert first.announcement.title not in box.words()
    (third,) = drafts(1, at=NOW + minutes(10))
    notices.close_digest(now=NOW + minutes(15), chats=[])
    transitions.reject(third.pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    tell(NOW + minutes(15))
    assert len(box.received) == 1
    assert second.announcement.title in box.words()


def test_a_post_that_missed_its_time_is_told_of_again(box: Mailbox) -> None:
    reader()
    (post,) = drafts(1)
    tell(NOW + minutes(5))
    transitions.approve(
        post.pk, by=SIAN, now=NOW + minutes(6), calendar=CALENDAR, seen=1, when=NOW + minutes(7)
    )
    back = NOW + timedelta(hours=8)
    transitions.miss(post.pk, now=back, reason="It missed its time.")
    assert tell(back + minutes(5)).sent == 1
    assert tell(back + minutes(6)).sent == 0
    assert post.announcement.title in box.words()


def test_everybody_chooses_and_viewers_are_left_in_peace(box: Mailbox) -> None:
    reader("Bryn")
    reader("Charlie", may_decide=False)
    reader("Dai", may_decide=False, may_edit=True)
    reader("Elin", may_decide=False)
    Person.objects.filter(name="Bryn").update(wants_digest=False)
    Person.objects.filter(name="Elin").update(wants_digest=True)
    make_person("Ffion")  # has no address
    Person.objects.filter(pk=reader("Gwen").pk).update(is_active=False)
    drafts(1)
    tell(NOW + minutes(5))
    assert {mail["To"] for mail in box.received} == {"dai@example.org", "elin@example.org"}


def test_only_those_who_may_decide_get_links_that_approve(box: Mailbox) -> None:
    reader("Dai", may_decide=False, may_edit=True)
    drafts(1)
    tell(NOW + minutes(5))
    assert "/notices/approve/" not in box.words() + box.words(html=True)
    assert not MailedLink.objects.exists()


def test_a_mail_is_in_its_readers_language(box: Mailbox) -> None:
    reader()
    Person.objects.update(language="cy")
    drafts(2)
    tell(NOW + minutes(5))
    assert "drafft" in box.received[0]["Subject"]
    assert "Annwyl Siân" in box.words()
    assert '<html lang="cy">' in box.words(html=True)


def test_a_mail_offers_a_way_out_that_a_mail_program_can_take(box: Mailbox) -> None:
    reader()
    drafts(1)
    tell(NOW + minutes(5))
    (mail,) = box.received
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    way = mail["List-Unsubscribe"].strip(" <>").removeprefix("https://desk.example.org")
    assert Client().get(way).status_code == 200
    assert Person.objects.get().gets_digest
    done = Client(enforce_csrf_checks=True).post(way, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    sian = Person.objects.get()
    assert (sian.gets_digest, sian.gets_reminders) == (False, True)
    assert Client().post("/notices/off/made-up/").status_code == 404


def test_a_reminder_comes_once_before_a_draft_expires(box: Mailbox) -> None:
    reader()
    calendar = Calendar.model_validate({"expire_after": "10d", "remind_before": "2d"})
    (post,) = drafts(1)
    tell(NOW + minutes(5), calendar=calendar)
    assert tell(NOW + timedelta(days=8) - minutes(1), calendar=calendar).sent == 0
    assert tell(NOW + timedelta(days=8), calendar=calendar).sent == 1
    assert tell(NOW + timedelta(days=9), calendar=calendar).sent == 0
    assert box.received[-1]["Subject"].startswith("1 draft will soon expire undecided")
    assert f"/posts/{post.pk}/" in box.words()


def test_drafts_of_long_ago_are_no_news(box: Mailbox) -> None:
    reader()
    drafts(2, at=NOW - timedelta(days=2))
    assert tell(NOW).sent == 0


def test_a_mail_server_that_is_down_is_asked_again_later(
    box: Mailbox, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    reader()
    drafts(1)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert tell(NOW + minutes(5)).failed == 1
    settings.EMAIL_PORT = port
    assert tell(NOW + minutes(5.5)).sent == 0
    assert tell(NOW + minutes(6)).sent == 1
    assert Notice.objects.get().trouble == ""
    assert "sian@" not in caplog.text


def test_an_address_that_the_server_refuses_holds_nobody_else_up(box: Mailbox) -> None:
    reader()
    reader("Bryn")
    box.refuse = {"sian@example.org"}
    drafts(1)
    report = tell(NOW + minutes(5))
    assert (report.sent, report.failed) == (1, 1)
    assert tell(NOW + timedelta(hours=5)).failed == 0
    assert [mail["To"] for mail in box.received] == ["bryn@example.org"]


def test_a_worker_that_died_with_a_mail_in_hand_is_not_followed_by_a_second_mail(
    box: Mailbox,
) -> None:
    reader()
    drafts(1)
    notices.close_digest(now=NOW + minutes(5), chats=[])
    assert notices.claim(now=NOW + minutes(5)) is not None
    assert tell(NOW + minutes(6)).sent == 0
    assert tell(NOW + timedelta(hours=6)).sent == 0
    assert box.received == []


def test_a_chat_hears_of_a_batch_and_of_nothing_secret(
    hook: Webhook, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.BASE_URL = "https://desk.example.org"
    for logger in ("bot", "apprise"):
        caplog.set_level("DEBUG", logger=logger)
    drafts(2)
    hook.status = 500
    assert tell(NOW + minutes(5), chats=(hook.address,)).failed == 1
    hook.status = 200
    hook.received.clear()
    assert tell(NOW + minutes(6), chats=(hook.address,)).sent == 1
    assert tell(NOW + minutes(9), chats=(hook.address,)).sent == 0
    (message,) = hook.received
    assert message["title"] == "2 drafts wait for a decision"
    assert "https://desk.example.org/" in message["message"]
    assert "approve" not in message["message"]
    said = caplog.text + str(list(Notice.objects.values()))
    assert "hook-secret-4711" not in said


def test_the_operators_chat_hears_what_is_wrong(hook: Webhook, settings: Settings) -> None:
    settings.ALERT_URLS = f"{hook.address}, broken-address"
    settings.ALERT_EMAIL = ()
    broken = Sign("source broken: News", "error", "The source News is broken.")
    alerts.tell(
        alerts.update([broken], now=NOW), address="https://desk", send=notify.tell_operators
    )
    (message,) = hook.received
    assert message["title"] == "Herodr needs you: The source News is broken."


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", ()),
        ("slack://a/b/c", ("slack://a/b/c",)),
        (
            "slack://a/b/c, msteams://x/y?to=1,2\njson://h/p",
            ("slack://a/b/c", "msteams://x/y?to=1,2", "json://h/p"),
        ),
    ],
)
def test_addresses_of_chats_are_told_apart(setting: str, expected: tuple[str, ...]) -> None:
    assert chat.addresses(setting) == expected


def test_without_mail_and_chats_nothing_is_asked(
    settings: Settings, django_assert_num_queries: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    with django_assert_num_queries(0):
        tell(NOW)


def test_old_links_and_batches_are_forgotten(box: Mailbox) -> None:
    reader()
    (post,) = drafts(1)
    tell(NOW + minutes(5))
    notices.tidy(now=NOW + timedelta(days=20))
    assert MailedLink.objects.count() == 1
    transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    notices.tidy(now=NOW + timedelta(days=200))
    assert not MailedLink.objects.exists()
    assert not Told.objects.exists()


def test_the_mail_names_a_local_desk_where_no_address_is_set(
    box: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_URL = ""
    monkeypatch.setenv("PORT", "8123")
    assert letters.base() == "http://127.0.0.1:8123"


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(box: Mailbox) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Several workers need PostgreSQL: test_on_postgresql.py runs this there.")
    people = [reader(name) for name in ("Bryn", "Dai", "Elin", "Gwen", "Siân")]
    account = make_account()
    for _ in range(3):
        make_post(account=account, announcement=make_announcement())

    def work(_number: int) -> int:
        try:
            return tell(NOW + minutes(5)).sent
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as crew:
        sent = list(crew.map(work, range(6)))
    assert sum(sent) == len(people)
    assert sorted(mail["To"] for mail in box.received) == sorted(
        f"{name}@example.org" for name in ("bryn", "dai", "elin", "gwen", "sian")
    )


# -- what is asked of somebody ------------------------------------------------------------------------------


def ask(post: Post, to: Person, *, at: datetime, words: str = "") -> None:
    """Siân hands a post over, or asks about it in a comment."""
    if words:
        comments.add(post.pk, text=words, asks_for_changes=False, by=SIAN, now=at, seen=1)
    else:
        asks.assign([post.pk], to=to, by=SIAN, now=at)


def test_who_is_asked_gets_one_mail_that_says_what_by_whom_and_nobody_else_does(
    box: Mailbox,
) -> None:
    reader("Nia", may_decide=False)
    bryn = reader("Bryn")
    first, second, third = drafts(3, at=NOW - timedelta(days=2))
    ask(first, bryn, at=NOW)
    ask(second, bryn, at=NOW + minutes(1), words="Is 14 right, @Bryn?")
    assert tell(NOW + minutes(5)).sent == 0
    assert tell(NOW + minutes(6)).sent == 1
    assert tell(NOW + minutes(7)).sent == 0
    (mail,) = box.received
    assert mail["To"] == "bryn@example.org"
    assert mail["Subject"].startswith("You are asked about 2 posts: Report")
    for part in (box.words(), box.words(html=True)):
        assert "Siân handed it to you." in part
        assert "Siân asks: Is 14 right, @Bryn?" in part
        assert third.announcement.title not in part


def test_what_is_settled_before_the_mail_is_not_asked_any_more(box: Mailbox) -> None:
    bryn = reader("Bryn")
    taken, answered, decided = drafts(3, at=NOW - timedelta(days=2))
    ask(taken, bryn, at=NOW)
    asks.assign([taken.pk], to=None, by=SIAN, now=NOW)
    ask(answered, bryn, at=NOW, words="@Bryn?")
    asks.answer(bryn, [answered.pk], now=NOW)
    ask(decided, bryn, at=NOW)
    transitions.reject(decided.pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    tell(NOW + minutes(5))
    assert box.received == []
    assert not Ask.objects.filter(told_at__isnull=True).exists()


def test_whoever_wants_no_such_mails_gets_none_and_the_link_in_one_ends_them(
    box: Mailbox, client: Client
) -> None:
    bryn = reader("Bryn")
    first, second = drafts(2, at=NOW - timedelta(days=2))
    ask(first, bryn, at=NOW)
    tell(NOW + minutes(5))
    off = box.received[0]["List-Unsubscribe"].strip(" <>").removeprefix("https://desk.example.org")
    assert "hands you a post" in client.get(off).text
    client.post(off)
    ask(second, bryn, at=NOW + minutes(10))
    tell(NOW + minutes(15))
    assert len(box.received) == 1


def test_a_failed_post_that_is_handed_over_brings_no_link_to_approve_it(box: Mailbox) -> None:
    bryn = reader("Bryn")
    post = failed()
    ask(post, bryn, at=NOW)
    tell(NOW + minutes(5))
    assert "Siân handed it to you." in box.words()
    assert "Approve it" not in box.words()
