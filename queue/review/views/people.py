"""Signing in and out, one-time links, and who may come in."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from review import forms, letters, queries, sign_in
from review.models import Person
from review.views.common import administrators, page, signed_in

log = logging.getLogger(__name__)

DEEDS = ("deactivate", "activate", "link", "rights", "second-step")
# A newcomer, or somebody whom a new link let in, may set a password without knowing the old one.
MAY_SET_PASSWORD = "may-set-password"  # noqa: S105 - the name of a session key


@never_cache
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; only pressing it uses the link up, because mail scanners open every link."""
    if request.method != "POST":
        return render(request, "review/sign_in_link.html", {"token": token})
    person = sign_in.redeem(token, now=timezone.now())
    if person is None:
        return render(request, "review/sign_in_link.html", {"used": True}, status=410)
    from allauth.account.utils import perform_login

    logout(request)
    request.session[MAY_SET_PASSWORD] = person.pk
    # Whoever has a second step is asked for it here too: a link may have been read on its way.
    answer: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=reverse("welcome")
    )
    return answer


@never_cache
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """Have somebody who came by a one-time link set their name, user name and password."""
    person = signed_in(request)
    if person.has_usable_password() and request.session.get(MAY_SET_PASSWORD) != person.pk:
        return redirect("queue")
    # A copy of its own: a form that fails must not leave half a name on the person of this request.
    own = Person.objects.get(pk=person.pk)
    if request.method == "POST":
        form = forms.WelcomeForm(request.POST, person=own)
        if form.is_valid():
            saved = form.save()
            update_session_auth_hash(request, saved)
            request.session.pop(MAY_SET_PASSWORD, None)
            messages.success(request, gettext("Welcome, %(name)s.") % {"name": saved.name})
            return redirect("queue")
    else:
        form = forms.WelcomeForm(initial=forms.WelcomeForm.first_values(own), person=own)
    status = 422 if form.is_bound else 200
    return render(request, "review/welcome.html", {"form": form}, status=status)


@administrators
def people(request: HttpRequest) -> HttpResponse:
    """Who may come in; add a colleague."""
    if request.method != "POST":
        return _people_page(request, forms.InviteForm(initial={"may": "decide"}))
    form = forms.InviteForm(request.POST)
    if not form.is_valid():
        return _people_page(request, form, status=422)
    person, token = sign_in.invite(
        form.cleaned_data["name"],
        may_decide=form.cleaned_data["may"] == "decide",
        may_edit=form.cleaned_data["may"] == "edit",
        email=form.cleaned_data["email"],
        by=str(request.user),
        now=timezone.now(),
    )
    return _link_page(request, person, token)


def _people_page(
    request: HttpRequest, form: forms.InviteForm, *, status: int = 200
) -> HttpResponse:
    return page(request, "people", {"people": queries.people(), "form": form}, status=status)


def _link_page(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    """Show a one-time link, this once, and mail it to whoever has an address."""
    link = request.build_absolute_uri(reverse("sign-in-link", args=[token]))
    response = page(
        request,
        "new_link",
        {
            "person": person,
            "link": link,
            "days": sign_in.LIFETIME.days,
            "mailed": _mail_link(request, person, link),
        },
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _mail_link(request: HttpRequest, person: Person, link: str) -> str:
    """Return the address to which the link was mailed, or ""."""
    address = sign_in.address_of(person) if letters.works() else ""
    if not address:
        return ""
    days = sign_in.LIFETIME.days
    values = {"person": person, "link": link, "days": days, "by": request.user}
    with translation.override(person.language or translation.get_language()):
        mail = letters.letter("invitation", values, to=address)
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors
        log.error("an invitation could not be sent (%s)", type(error).__name__)
        return ""
    return address


@administrators
def person(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Shut a colleague out, let one in again, make a link for one, or forget a lost second step."""
    found = Person.objects.filter(pk=pk).first()
    if found is None or deed not in DEEDS:
        raise Http404
    if request.method != "POST":
        return redirect("people")
    now = timezone.now()
    if deed == "link" and found.is_active:
        return _link_page(request, found, sign_in.make_link(found, now=now))
    if deed == "second-step":
        return _forget_second_step(request, found)
    if deed == "rights":
        return _set_rights(request, found)
    if found.pk == signed_in(request).pk:
        messages.error(request, gettext("You cannot shut yourself out."))
        return redirect("people")
    if deed != "link":
        sign_in.set_active(found, deed == "activate", by=str(request.user), now=now)
        told = (
            gettext("%(name)s may come in again.")
            if deed == "activate"
            else gettext("%(name)s can no longer come in.")
        )
        messages.success(request, told % {"name": found})
    return redirect("people")


def _set_rights(request: HttpRequest, found: Person) -> HttpResponse:
    may = request.POST.get("may", "")
    if found.is_superuser or may not in dict(forms.MAY):
        messages.error(request, gettext("Choose what your colleague may do."))
        return redirect("people")
    sign_in.set_rights(
        found,
        may_decide=may == "decide",
        may_edit=may == "edit",
        by=str(request.user),
        now=timezone.now(),
    )
    messages.success(
        request,
        gettext("%(name)s: %(may)s.") % {"name": found, "may": dict(forms.MAY)[may]},
    )
    return redirect("people")


def _forget_second_step(request: HttpRequest, found: Person) -> HttpResponse:
    if sign_in.forget_second_step(found, by=str(request.user), now=timezone.now()):
        messages.success(
            request,
            gettext("%(name)s is asked for no second step any more, until they set one up again.")
            % {"name": found},
        )
    return redirect("people")
