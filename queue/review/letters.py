"""Mails: each in plain words and as HTML, in the language that is active when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


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
    values = {**context, "base": settings.BASE_URL}
    subject, _, words = render_to_string(f"review/mail/{name}.txt", values).partition("\n")
    mail = EmailMultiAlternatives(
        " ".join(subject.split()), words.strip() + "\n", None, [to], headers=dict(headers or {})
    )
    mail.attach_alternative(
        render_to_string(f"review/mail/{name}.html", {**values, "subject": subject}), "text/html"
    )
    return mail
