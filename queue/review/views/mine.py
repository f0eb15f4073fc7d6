"""One's own page, and what is said to somebody whom nobody has invited."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from review import forms, letters, sign_in
from review.views.common import desk, page, signed_in


@desk
def mine(request: HttpRequest) -> HttpResponse:
    """One's own page: name, language, mails, and the ways to the rest."""
    person = signed_in(request)
    form = forms.OwnForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("Saved."))
        return redirect("account")
    context = {
        "form": form,
        "address": sign_in.address_of(person),
        "has_second_step": sign_in.has_second_step(person),
        "mail_works": letters.works(),
    }
    return page(request, "account/mine", context, status=422 if form.errors else 200)


def not_invited(request: HttpRequest) -> HttpResponse:
    """Say that the provider knows somebody whom nobody has invited."""
    return render(request, "review/account/not_invited.html", status=403)
