"""What is wrong is said once when it begins, and once when it ends."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.core.mail import send_mail

from bot import alerts
from config.mail import BadMailAddress, mail_settings
from config.schema import Account, Configuration
from config.timing import Calendar
from review.health import Sign
from review.models import Alert
from tests.making import NOW, minutes

BROKEN = Sign("source broken: News", "error", "The source News is broken: it does not answer.")
DEAD = Sign("account paused: x", "error", "The account x is paused: its token is dead.")


@pytest.mark.django_db
def test_a_trouble_that_lasts_is_raised_once_and_cleared_once() -> None:
    first = alerts.update([BROKEN], now=NOW)
    assert [alert.key for alert in first.raised] == [BROKEN.key]
    assert not alerts.update([BROKEN], now=NOW + minutes(1))
    both = alerts.update([DEAD], now=NOW + minutes(2))
    assert [alert.key for alert in both.raised] == [DEAD.key]
    assert [alert.key for alert in both.cleared] == [BROKEN.key]
    assert Alert.objects.get(key=BROKEN.key).cleared_at == NOW + minutes(2)


@pytest.mark.django_db
def test_a_trouble_that_comes_back_is_raised_again() -> None:
    for found in ([BROKEN], [], [BROKEN]):
        changes = alerts.update(found, now=NOW)
    assert len(changes.raised) == 1
    assert Alert.objects.count() == 2


@pytest.mark.django_db
def test_a_sentence_that_changes_is_kept_up_to_date_without_a_new_alert() -> None:
    alerts.update([BROKEN], now=NOW)
    newer = Sign(BROKEN.key, "error", "The source News is broken: it answers with nonsense.")
    assert not alerts.update([newer], now=NOW + minutes(1))
    assert Alert.objects.get().sentence == newer.sentence


@pytest.mark.django_db
def test_one_message_tells_of_all_that_began_and_ended() -> None:
    sent: list[tuple[str, str]] = []

    def send(subject: str, body: str) -> None:
        sent.append((subject, body))

    alerts.tell(
        alerts.update([BROKEN, DEAD], now=NOW), address="https://desk.example.org", send=send
    )
    alerts.tell(alerts.update([BROKEN, DEAD], now=NOW), address="", send=send)
    alerts.tell(alerts.update([], now=NOW), address="", send=send)
    assert [subject for subject, _ in sent] == [
        "Herodr needs you: 2 things are wrong",
        "Herodr is well again",
    ]
    assert BROKEN.sentence in sent[0][1]
    assert "https://desk.example.org" in sent[0][1]


def configuration(*, live: bool) -> Configuration:
    account = Account.model_validate({"name": "l", "network": "linkedin", "live": live})
    return Configuration(Path(), (), (account,), Calendar())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "live", "words"),
    [
        ("2027-07-17", True, "ends version 202609 of its API in 60 days"),
        ("2027-07-18", True, "in 59 days"),
        ("2027-10-01", True, "ended version 202609 of its API 16 days ago"),
        ("2027-07-18", False, ""),
    ],
)
def test_the_end_of_linkedins_version_is_seen_sixty_days_ahead(
    today: str, live: bool, words: str, tmp_path: Path
) -> None:
    now = datetime.fromisoformat(today).replace(tzinfo=UTC)
    found = alerts.signs(configuration(live=live), now=now, version="202609", folder=tmp_path)
    said = " ".join(sign.sentence for sign in found)
    if words == "ends version 202609 of its API in 60 days":
        assert said == ""
    else:
        assert words in said
        assert bool(said) is bool(words)


@pytest.mark.django_db
def test_a_disk_that_is_nearly_full_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "DISK_LEAST", 1 << 62)
    (sign,) = alerts.signs(None, now=NOW, version="", folder=tmp_path)
    assert sign.key.startswith("disk full on ")
    alerts.update([sign], now=NOW)
    # Of another machine's disk this one knows nothing, so it does not say that all is well there.
    Alert.objects.update(key="disk full on elsewhere")
    assert not alerts.update([], now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "words"), [(6, "6 minutes ahead of that of X"), (-61, "61 minutes behind"), (4, "")]
)
def test_a_clock_that_differs_from_the_heartbeat_addresss_is_said(
    ahead: int, words: str, tmp_path: Path
) -> None:
    found = alerts.signs(None, now=NOW, version="", folder=tmp_path, ahead={"X": minutes(ahead)})
    assert bool(found) is bool(words)
    assert words in " ".join(sign.sentence for sign in found)


@pytest.mark.django_db
def test_two_workers_that_see_the_same_at_once_raise_it_once() -> None:
    Alert.objects.create(key=BROKEN.key, level="error", sentence=BROKEN.sentence, raised_at=NOW)
    with mock.patch.object(Alert.objects, "select_for_update", return_value=Alert.objects.none()):
        assert not alerts.update([BROKEN], now=NOW)


class Inbox(Message):
    """Keeps what a real SMTP server received."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.received.append(message)


@pytest.fixture
def inbox(socket_enabled: None) -> Iterator[tuple[Inbox, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = Inbox()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


def test_mail_arrives_through_a_real_smtp_server(inbox: tuple[Inbox, int], settings: Any) -> None:
    kept, port = inbox
    for name, value in mail_settings(f"smtp://127.0.0.1:{port}").items():
        setattr(settings, name, value)
    send_mail("Herodr needs you", "Siân, look.", "desk@example.org", ["sian@example.org"])
    (message,) = kept.received
    assert message["Subject"] == "Herodr needs you"
    assert message["To"] == "sian@example.org"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", False, False)),
        ("smtp+tls://me:p%40ss@m.example.org", ("m.example.org", 587, "p@ss", True, False)),
        ("smtps://me:pass@m.example.org:4650", ("m.example.org", 4650, "pass", False, True)),
    ],
)
def test_a_mail_address_says_all_that_django_asks(
    url: str, expected: tuple[str, int, str, bool, bool]
) -> None:
    read = mail_settings(url)
    names = ("HOST", "PORT", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(read[f"EMAIL_{name}"] for name in names) == expected


@pytest.mark.parametrize("url", ["mail.example.org", "https://me:hush@m.org", "smtp://m:hush"])
def test_a_mail_address_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadMailAddress) as caught:
        mail_settings(url)
    assert "smtp+tls://" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_without_a_mail_address_no_mail_is_sent() -> None:
    assert json.dumps(mail_settings("")).count("dummy") == 1
