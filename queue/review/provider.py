"""The organisation's own accounts, by OpenID Connect: who of them may come in."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify

from review import record, sign_in
from review.models import Person

log = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """The organisation's own accounts: who of them may come in."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let nobody tie a foreign account to an own one by hand; a verified address does it."""
        if sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(redirect("account"))
        if sociallogin.is_existing:
            _settle_in(sociallogin.user)

    def authenticate_by_email(self, sociallogin: Any) -> tuple[Person, str] | None:
        """Find the person with an address that the provider, and we ourselves, know to be theirs."""
        for address in sociallogin.email_addresses:
            if address.verified and address.email:
                found = EmailAddress.objects.filter(
                    email=address.email.lower(), verified=True
                ).select_related("user")
                for own in found:
                    return own.user, own.email
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Say whether somebody whom nobody has invited comes in, as a viewer."""
        return bool(settings.OIDC_NEWCOMERS) and any(
            address.verified for address in sociallogin.email_addresses
        )

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """Take over the name by which the provider knows somebody."""
        person: Person = super().populate_user(request, sociallogin, data)
        person.name = str(data.get("name") or data.get("username") or data.get("email") or "")[:150]
        return person

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        """Keep a newcomer, and that they came."""
        person: Person = super().save_user(request, sociallogin, form)
        record.append(
            "add person",
            actor=str(person),
            now=timezone.now(),
            details={"person": person.pk, "may_decide": False, "may_edit": False, "by": "provider"},
        )
        return person

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Say what failed in a sentence, on the sign-in page's own ground."""
        log.warning(
            "signing in through the provider failed: %s",
            (exception and type(exception).__name__) or error,
        )
        raise ImmediateHttpResponse(
            render(request, "review/account/provider_failed.html", {"error": error}, status=502)
        )


def _settle_in(person: Person) -> None:
    """Give somebody who was invited, but never chose one, a user name of their own."""
    if not person.username.startswith(sign_in.NEW):
        return
    wanted = slugify(person.name) or f"person-{person.pk}"
    taken = Person.objects.filter(username__iexact=wanted).exclude(pk=person.pk).exists()
    person.username = f"{wanted}-{person.pk}" if taken else wanted
    person.save(update_fields=["username"])
