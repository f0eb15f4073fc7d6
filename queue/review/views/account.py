"""Signing in, and one's own passwords, second steps, address and sessions: django-allauth's flows, our look."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.forms import LoginForm
from allauth.mfa.base import views as second
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from review import letters, throttle

UNFIT = 422  # the page again, with what was wrong


class _Again:
    """Answer 422 with the page again when a form will not do."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # a FormView's
        if answer.status_code == 200:
            answer.status_code = UNFIT
        return answer


class SignInForm(LoginForm):  # type: ignore[misc]  # the library has no types
    """User name and password; the answer never says which of the two was wrong."""

    WAIT = _("Too many wrong passwords. Wait a quarter of an hour, then try again.")

    def add_prefix(self, field_name: str) -> str:
        """Call the field what it holds, as password managers know it."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    def clean(self) -> dict[str, Any]:
        """Try no password while its user name has to wait."""
        username = self.cleaned_data.get("login") or ""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        now = timezone.now()
        if throttle.must_wait(username, address=address, now=now):
            raise ValidationError(self.WAIT, code="wait")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            if username:
                throttle.failed(username, address=address, now=now)
            raise
        if not self.errors:
            throttle.succeeded(username, address=address)
        return cleaned


class SignIn(_Again, account.LoginView):  # type: ignore[misc]  # the library has no types
    """The sign-in page."""

    template_name = "review/sign_in.html"
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what else there is besides passwords."""
        return {
            **super().get_context_data(**kwargs),
            "provider": settings.OIDC_NAME,
            "mail_works": letters.works(),
        }


class SecondStep(second.AuthenticateView):  # type: ignore[misc]
    """After the password: a code, or a passkey."""

    template_name = "review/account/second_step.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Answer 422 with the page again."""
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = UNFIT
        return answer


class PasswordAgain(_Again, account.ReauthenticateView):  # type: ignore[misc]
    """Before something that matters: the password once more."""

    template_name = "review/account/again.html"
    extra_context = {"by": "password"}  # noqa: RUF012 - Django's own shape


class CodeAgain(_Again, second.ReauthenticateView):  # type: ignore[misc]
    """Before something that matters: a code once more."""

    template_name = "review/account/again.html"
    extra_context = {"by": "code"}  # noqa: RUF012


class PasskeyAgain(passkeys.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Before something that matters: a passkey once more."""

    template_name = "review/account/again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which of the three ways this is, and what the others are."""
        return {
            **super().get_context_data(**kwargs),
            "by": "passkey",
            "reauthentication_alternatives": self.get_reauthentication_alternatives(),
        }


class Password(_Again, account.PasswordChangeView):  # type: ignore[misc]
    """A new password, for somebody who knows the old one."""

    template_name = "review/account/password.html"


class FirstPassword(_Again, account.PasswordSetView):  # type: ignore[misc]
    """A password, for somebody who comes in by other ways and has none."""

    template_name = "review/account/password.html"


class Forgotten(_Again, account.PasswordResetView):  # type: ignore[misc]
    """Have a link mailed that sets a new password."""

    template_name = "review/account/forgotten.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether mail can be sent at all."""
        return {**super().get_context_data(**kwargs), "mail_works": letters.works()}


class NewPassword(_Again, account.PasswordResetFromKeyView):  # type: ignore[misc]
    """Where the link leads: a new password."""

    template_name = "review/account/new_password.html"


class Address(_Again, account.EmailView):  # type: ignore[misc]
    """One's own mail address."""

    template_name = "review/account/address.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether mail can be sent at all."""
        return {**super().get_context_data(**kwargs), "mail_works": letters.works()}


class App(_Again, app.ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator app."""

    template_name = "review/account/app.html"


class NewPasskey(_Again, passkeys.AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey."""

    template_name = "review/account/passkey.html"


class PasskeyName(_Again, passkeys.EditWebAuthnView):  # type: ignore[misc]
    """Give one of one's own passkeys another name."""

    template_name = "review/account/passkey_name.html"


class Sessions(sessions.ListUserSessionsView):  # type: ignore[misc]
    """Where one is signed in; end one of them, or all but this."""

    template_name = "review/account/sessions.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """End the session that was named; without a name, all others."""
        key = self.request.POST.get("session", "")
        if not key:
            answer: HttpResponse = super().form_valid(form)
            return answer
        found = UserSession.objects.filter(
            user=self.request.user, pk=int(key) if key.isdecimal() and len(key) < 19 else 0
        ).first()
        if found is not None and not found.is_current():
            found.end()
            messages.success(self.request, gettext("That session is ended."))
        return redirect("usersessions_list")
