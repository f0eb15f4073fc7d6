"""One-time sign-in links: how the first administrator and every new colleague come in.

A link's token is random and only its SHA-256 is stored, so the database gives nobody access. A link works
once and until it expires; a new one for the same person ends the ones before it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from review import record
from review.models import Person, SignInLink
from review.states import Role

NEW = "new-"  # how the user names of people begin who have not chosen one
LIFETIME = timedelta(days=3)
FIRST_LIFETIME = timedelta(hours=24)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(person: Person, *, now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """Make a one-time link for `person` and return its token, which is stored nowhere.

    It works until `now` + `lifetime`. Unused links made for this person before stop working.
    """
    person.sign_in_links.filter(used_at__isnull=True).delete()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(person=person, token_hash=_digest(token), expires_at=now + lifetime)
    return token


def redeem(token: str, *, now: datetime) -> Person | None:
    """Use a link up. Return whose it is, or None when it is unknown, used, expired or its person inactive.

    Of any number of calls with the same token, at most one gets the person.
    """
    link = SignInLink.objects.filter(token_hash=_digest(token))
    # The guard asks this one table only: of two at once, the second sees the first one's `used_at`.
    if link.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now) != 1:
        return None
    return Person.objects.filter(sign_in_links__in=link, is_active=True).first()


@transaction.atomic
def invite(
    name: str,
    *,
    may_decide: bool,
    by: str,
    now: datetime,
    may_edit: bool = False,
    email: str = "",
) -> tuple[Person, str]:
    """Add a colleague called `name`, who decides, edits or only looks. Return the person and a link's token.

    `email` is theirs by the word of whoever invites them; the organisation's own accounts are known by it.
    """
    person = Person(name=name, email=email.lower(), username=f"{NEW}{secrets.token_hex(8)}")
    person.set_unusable_password()
    person.save()
    if email:
        EmailAddress.objects.create(user=person, email=email.lower(), verified=True, primary=True)
    _let(person, may_decide=may_decide, may_edit=may_edit)
    record.append(
        "add person",
        actor=by,
        now=now,
        details={"person": person.pk, "may_decide": may_decide, "may_edit": may_edit},
    )
    return person, make_link(person, now=now)


def address_of(person: Person) -> str:
    """Return the address that is known to be a person's own, or ""."""
    own = EmailAddress.objects.filter(user_id=person.pk, verified=True).order_by("-primary").first()
    return own.email if own else ""


def address_taken(email: str) -> bool:
    """Say whether somebody has this address already."""
    return bool(
        EmailAddress.objects.filter(email=email.lower()).exists()
        or Person.objects.filter(email__iexact=email).exists()
    )


def has_second_step(person: Person) -> bool:
    """Say whether an authenticator app or a passkey stands beside the password."""
    return bool(
        Authenticator.objects.filter(
            user_id=person.pk, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists()
    )


def must_add_second_step(person: Person) -> bool:
    """Say whether the operator asks for a second step that this person has not set up."""
    asked = settings.SECOND_STEP == "everyone" or (
        settings.SECOND_STEP == "deciders" and person.may_decide
    )
    return asked and not has_second_step(person)


@transaction.atomic
def forget_second_step(person: Person, *, by: str, now: datetime) -> bool:
    """Take a lost app, passkeys and recovery codes from `person`. Returns whether there were any."""
    number, _ = Authenticator.objects.filter(user_id=person.pk).delete()
    if number:
        record.append("forget second step", actor=by, now=now, details={"person": person.pk})
    return bool(number)


def _let(person: Person, *, may_decide: bool, may_edit: bool) -> None:
    """Give exactly these rights, whatever was given before."""
    given = {"decide": may_decide, "edit": may_edit}
    person.user_permissions.set(
        Permission.objects.filter(
            codename__in=[name for name, wanted in given.items() if wanted],
            content_type__app_label="review",
        )
    )


def role(person: Person) -> Role:
    """Return the role that somebody's permissions amount to; without any, or shut out, a viewer."""
    if person.is_active and person.is_superuser:
        return Role.ADMINISTRATOR
    if person.may_decide:
        return Role.APPROVER
    return Role.EDITOR if person.may_edit else Role.VIEWER


@transaction.atomic
def set_rights(person: Person, *, may_decide: bool, may_edit: bool, by: str, now: datetime) -> None:
    """Let `person` do exactly this from now on. An administrator's rights are not given this way."""
    _let(person, may_decide=may_decide, may_edit=may_edit)
    record.append(
        "set rights",
        actor=by,
        now=now,
        details={"person": person.pk, "may_decide": may_decide, "may_edit": may_edit},
    )


@transaction.atomic
def set_active(person: Person, active: bool, *, by: str, now: datetime) -> None:
    """Let `person` in again, or shut them out: their links end here, their sessions at the next click."""
    if person.is_active == active:
        return
    person.is_active = active
    person.save(update_fields=["is_active"])
    if not active:
        person.sign_in_links.filter(used_at__isnull=True).delete()
    record.append(
        "let in" if active else "shut out", actor=by, now=now, details={"person": person.pk}
    )


@transaction.atomic
def first_link(*, now: datetime) -> str | None:
    """Return the path of a fresh link for the administrator while nobody has set a password yet, else None.

    Makes the administrator when there is none. The link works for 24 hours or until the next call.
    """
    set_up = Person.objects.filter(is_active=True).exclude(
        Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )
    if set_up.exists():
        return None
    admin = Person.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if admin is None:
        admin = Person(
            username=f"{NEW}{secrets.token_hex(8)}", name="Administrator", is_superuser=True
        )
        admin.set_unusable_password()
        admin.save()
    return reverse("sign-in-link", args=[make_link(admin, now=now, lifetime=FIRST_LIFETIME)])
