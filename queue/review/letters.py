"""Mails: each in plain words and as HTML, in the language that is active when it is made."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from review import notices, queries, shown
from review.models import Notice, Person, Post
from review.states import State

MOST_POSTS = 30  # in one mail; the queue has the rest
MOST_IN_CHAT = 10
OFF = "review.letters.off"


def works() -> bool:
    """Say whether there is a mail server to send through."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def letter(
    name: str,
    context: Mapping[str, Any],
    *,
    to: str,
    headers: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """Return the mail `name` for the address `to`, ready to be sent.

    Its subject is the first line of `mail/NAME.txt`, its words the rest, and `mail/NAME.html` the same for
    those who read HTML.
    """
    values = {**context, "base": base()}
    subject, _, words = render_to_string(f"review/mail/{name}.txt", values).partition("\n")
    mail = EmailMultiAlternatives(
        " ".join(subject.split()), words.strip() + "\n", None, [to], headers=dict(headers or {})
    )
    mail.attach_alternative(
        render_to_string(f"review/mail/{name}.html", {**values, "subject": subject}), "text/html"
    )
    return mail


def notice(notice: Notice, person: Person, *, to: str, now: datetime) -> EmailMultiAlternatives:
    """Return the mail that tells `person` of a notice's posts, in the language that is active.

    Makes the links by which its reader may approve, where they may.
    """
    posts = notices.posts(notice.batch)
    rows = [(post, queries.newest_revision(post)) for post in posts[:MOST_POSTS]]
    undecided = [(post, revision) for post, revision in rows if post.state == State.IN_REVIEW]
    tokens = notices.make_links(person, undecided, now=now) if person.may_decide else {}
    kind = notice.batch.kind
    asks = notices.asks_of(notice.batch) if kind == notices.ASKED else {}
    address = base()
    off = f"{address}{reverse('notices-off', args=[off_token(person, kind)])}"
    context = {
        "person": person,
        "kind": kind,
        "number": len(posts),
        "more": max(0, len(posts) - MOST_POSTS),
        "rows": [
            {
                "post": post,
                "text": revision.text,
                "alt": revision.image_alt,
                "link": revision.link,
                "asks": asks.get(post.pk, ()),
                "network": shown.network_label(post.account.network),
                "card": f"{address}{reverse('post', args=[post.pk])}",
                "approve": f"{address}{reverse('approve-from-mail', args=[tokens[post.pk]])}"
                if post.pk in tokens
                else "",
            }
            for post, revision in rows
        ],
        "days": notices.LINK_LIFETIME.days,
        "queue": f"{address}{reverse('queue')}",
        "account": f"{address}{reverse('account')}",
        "off": off,
    }
    host = urlsplit(address).hostname or "herodr"
    headers = {
        # The same for every try, so that a reader's program drops a second copy, should there be one.
        "Message-ID": f"<notice-{notice.pk}-{notice.batch.made_at:%Y%m%d%H%M%S}@{host}>",
        "List-Unsubscribe": f"<{off}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return letter(kind, context, to=to, headers=headers)


def chat_words(posts: Sequence[Post]) -> tuple[str, str]:
    """Return the title and the words of a message to a chat about these posts."""
    with translation.override(settings.LANGUAGE_CODE):
        title = ngettext(
            "%(count)s draft waits for a decision",
            "%(count)s drafts wait for a decision",
            len(posts),
        ) % {"count": len(posts)}
        lines = [
            f"- {post.announcement.title} ({shown.network_label(post.account.network)})"
            for post in posts[:MOST_IN_CHAT]
        ]
        if len(posts) > MOST_IN_CHAT:
            lines.append("…")
        return title, "\n".join([*lines, "", f"{base()}{reverse('queue')}"])


def base() -> str:
    """Return the address of the desk as people type it, without a slash at its end."""
    return settings.BASE_URL or f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"


def off_token(person: Person, kind: str) -> str:
    """Return what stops one kind of mail to a person. It lasts as long as SECRET_KEY."""
    return signing.dumps([person.pk, kind], salt=OFF)


def read_off_token(token: str) -> tuple[int, str] | None:
    """Return whose mails of which kind a token stops, or None when it is none of ours."""
    try:
        pk, kind = signing.loads(token, salt=OFF)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(pk), str(kind)
