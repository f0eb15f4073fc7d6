"""notify: close batches → claim notices → send them, by mail and to chats.

Nothing here can publish, and nothing that fails here stops the worker. A message that may have left is never
sent again: a claim is committed before the mail server is spoken to, and whoever dies in between is not
followed by another. What the server refused, or could not be asked, is tried again later.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation

from bot import chat
from config import schema
from review import letters, notices
from review.models import Notice

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200  # messages in one pass

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass did."""

    sent: int = 0
    failed: int = 0


def notify(
    configuration: schema.Configuration | None,
    *,
    clock: Clock,
    chats: Sequence[str],
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Tell people what is new, what they are asked and what will soon expire. Does nothing where nobody could be told.

    Without a `configuration`, which is broken then, no reminder is made.
    """
    if not letters.works() and not chats:
        return Report()
    now = clock()
    known = {chat.name_of(address): address for address in chats}
    if notices.close_digest(now=now, chats=list(known)) is not None:
        notices.tidy(now=now)
    notices.close_asked(now=now)
    if configuration is not None:
        notices.close_reminder(now=now, calendar=configuration.calendar)
    sent = failed = 0
    for _ in range(MOST_AT_ONCE):
        if stop() or (notice := notices.claim(now=clock())) is None:
            break
        why, for_good = _deliver(notice, known, now=clock())
        if why:
            failed += 1
            notices.not_sent(notice, why=why, for_good=for_good, now=clock())
            log.warning("%s did not go out: %s", notice, why)
        else:
            sent += 1
            notices.sent(notice, now=clock())
    return Report(sent, failed)


def _deliver(notice: Notice, chats: dict[str, str], *, now: datetime) -> tuple[str, bool]:
    """Send one notice. Return why it did not go out ("" when it did), and whether that is for good."""
    posts = notices.posts(notice.batch)
    if not posts:
        return "", True  # all were decided about meanwhile
    if notice.person is not None:
        return _mail(notice, now=now)
    address = chats.get(notice.to.removeprefix("chat "))
    if address is None:
        return "its chat is no longer in NOTICE_URLS", True
    title, words = letters.chat_words(posts)
    if chat.send(address, title, words):
        return "", True
    return f"{chat.service(address)} did not take it", False


def _mail(notice: Notice, *, now: datetime) -> tuple[str, bool]:
    person = notice.person
    address = notices.address(person) if person else ""
    if person is None or not address:
        return "the person has no address any more", True
    with translation.override(person.language or "en-gb"):
        mail = letters.notice(notice, person, to=address, now=now)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        answers = [answer for answer, _ in error.recipients.values()]
        return f"the mail server refused the address ({answers[0]})", answers[0] >= 500
    except OSError as error:  # smtplib's errors are OSErrors
        return f"the mail server did not take it ({type(error).__name__})", False
    return "", True


def tell_people(
    configuration: schema.Configuration | None,
    *,
    clock: Clock,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Send what people are to be told, by mail and to the chats that are set."""
    notify(configuration, clock=clock, chats=chat.addresses(settings.NOTICE_URLS), stop=stop)


def tell_operators(subject: str, body: str) -> None:
    """Tell the operators, by mail and in their chats. What does not answer is said, not raised."""
    if settings.ALERT_EMAIL:
        try:
            send_mail(subject, body, None, list(settings.ALERT_EMAIL))
        except OSError as error:  # smtplib's errors are OSErrors
            log.error("the mail could not be sent (%s): %s", type(error).__name__, subject)
    for address in chat.addresses(settings.ALERT_URLS):
        if not chat.send(address, subject, body):
            log.error("%s did not take an alert: %s", chat.service(address), subject)
