"""Stop everything, and go on: the one page that shows what stands still and holds both buttons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from review import forms, halts, queries, transitions
from review.models import Halt
from review.states import State
from review.transitions import TransitionError
from review.views.common import desk, ended, onward, page, signed_in

TOLD_BEFORE = 5  # earlier stops


@desk
def stop(request: HttpRequest) -> HttpResponse:
    """Stop everything, with a reason; or show that everything is stopped, and the way on."""
    if request.method != "POST":
        return _page(request, forms.StopForm())
    form = forms.StopForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    by = transitions.person(signed_in(request))
    try:
        halts.stop(reason=form.cleaned_data["reason"], by=by, now=timezone.now())
    except TransitionError as error:
        return ended(request, error)
    messages.success(request, gettext("Everything is stopped: nothing goes out any more."))
    return redirect("stop")


@desk
def go_on(request: HttpRequest) -> HttpResponse:
    """Let posts go out again."""
    if request.method != "POST":
        return redirect("stop")
    by = transitions.person(signed_in(request))
    try:
        halts.lift(by=by, now=timezone.now())
    except TransitionError as error:
        return ended(request, error)
    messages.success(request, gettext("Posts go out again, each at its time."))
    return onward(request, default=reverse("scheduled"))


def _page(request: HttpRequest, form: forms.StopForm, *, status: int = 200) -> HttpResponse:
    counts = queries.counts(queries.OPEN)
    context = {
        "form": form,
        "on_their_way": counts[State.SCHEDULED],
        "sending": counts[State.SENDING],
        "next_due": queries.next_due(),
        "earlier": Halt.objects.filter(lifted_at__isnull=False).order_by("-pk")[:TOLD_BEFORE],
    }
    return page(request, "stop", context, status=status)
