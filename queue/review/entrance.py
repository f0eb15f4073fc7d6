"""What the library behind the sign-in pages (django-allauth) is to do our way.

Its flows stay its own; here stand our sentences, who may come in, and how secrets are kept.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from review import letters, second_steps, sign_in
from review.models import Person

log = logging.getLogger(__name__)

# What the library wants said after a deed, by the name of its own template. What is not here is not said.
SAID = {
    "account/messages/email_confirmation_sent.txt": _(
        "We have sent a link to %(email)s. Open it, and the address counts."
    ),
    "account/messages/email_confirmed.txt": _("%(email)s is your address now."),
    "account/messages/email_confirmation_failed.txt": _(
        "%(email)s belongs to somebody else here already."
    ),
    "account/messages/email_deleted.txt": _("%(email)s is forgotten."),
    "account/messages/cannot_delete_primary_email.txt": _(
        "%(email)s cannot be removed; give another address instead."
    ),
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer asked for."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "Here are new recovery codes; the old ones ended."
    ),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "usersessions/messages/sessions_logged_out.txt": _("You are signed out everywhere else."),
}
# What somebody is written to about, in case it was not them, by the name of the library's own template.
WATCHED = {
    "account/email/password_changed": _("Your password for Herodr was changed."),
    "account/email/password_set": _("A password for Herodr was set."),
    "account/email/password_reset": _("Your password for Herodr was replaced through a mail."),
    "account/email/email_changed": _("Your mail address at Herodr was changed."),
    "mfa/email/totp_activated": _("An authenticator app was set up for you at Herodr."),
    "mfa/email/totp_deactivated": _("Your authenticator app is no longer asked for at Herodr."),
    "mfa/email/webauthn_added": _("A passkey was added to your account at Herodr."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account at Herodr."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for you at Herodr."),
}
# Said by the library's own forms. They stand here so that they are translated with ours.
BORROWED = (_("You must type the same password each time."),)
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 - what is stored where the server has no client's address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Passwords, addresses and messages."""

    error_messages = {  # noqa: RUF012 - the library's own shape
        **DefaultAccountAdapter.error_messages,
        "duplicate_email": _("That is your address already."),
        "email_taken": _("Somebody else here has this address."),
        "max_email_addresses": _("You cannot have more than %d addresses."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _(
            "The code is not right. Codes change every half minute; try the next one."
        ),
        "invalid_password_reset": _("This link does not work any more."),
        "too_many_login_attempts": _(
            "Too many wrong codes. Wait a quarter of an hour, then try again."
        ),
        "rate_limited": _("That was too often. Wait a little, then try again."),
        "same_as_current": _("That is the same as before."),
        "username_password_mismatch": _(
            "The user name or the password is not right. Passwords know capital from small letters."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; nobody signs up."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here: `review.throttle` has, in rows that all processes see."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of the other side as the server gave it."""
        return str(request.META.get("REMOTE_ADDR") or UNKNOWN_ADDRESS)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say our sentence for the library's template, or the message as it is."""
        sentence = message or SAID.get(message_template or "")
        if sentence:
            told = str(sentence)
            messages.add_message(
                request, level, told % (message_context or {}) if not message else told
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our letters. A mail server that is down is said, never raised."""
        name = template_prefix.rpartition("/")[2]
        person = context.get("user")
        language = person.language if isinstance(person, Person) else ""
        with translation.override(language or translation.get_language()):
            letter = letters.letter(name, {**context, "email": email}, to=email)
        try:
            letter.send()
        except OSError as error:  # smtplib's errors are OSErrors
            log.error("the mail “%s” could not be sent (%s)", name, type(error).__name__)
            if self.request and self.request.user.is_authenticated:
                messages.error(
                    self.request,
                    gettext("The mail could not be sent: the mail server does not answer."),
                )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody what was changed about how they come in; `email` is an address they had before."""
        sentence = WATCHED.get(template_prefix)
        address = email or sign_in.address_of(user)
        if sentence and address and letters.works():
            values = {
                "user": user,
                "sentence": sentence,
                "at": timezone.localtime(timezone.now()),
                "ip": self.get_client_ip(self.request),
            }
            self.send_mail("security", address, values)

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Go on to one's own page, or to the queue's door."""
        return reverse("account")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to one's own page."""
        return reverse("account")


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Authenticator apps, passkeys and recovery codes; their secrets are stored sealed."""

    error_messages = {  # noqa: RUF012 - the library's own shape
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _(
            "Set up an authenticator app or a passkey first; recovery codes stand in for them."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return second_steps.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed. Raises `vault.Unreadable` when its key is not here any more."""
        return second_steps.unseal(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - the library's name
        """Suggest a name for a passkey."""
        return gettext("Passkey")
