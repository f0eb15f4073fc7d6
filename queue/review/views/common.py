"""What every page of the desk shares: who may come in, the frame around a page, and the ways a verb ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from config import schema
from config.timing import Calendar
from review import blackouts, queries, sign_in
from review.models import Person, Post
from review.said import told
from review.states import NEEDS_A_PERSON, State
from review.transitions import NotAllowed, TooLate, TransitionError

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> Person:
    """Return the person at a page that `desk` guards."""
    return cast(Person, request.user)


def desk(view: View) -> View:
    """Let only people who are signed in see a page, and have newcomers set their password first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = signed_in(request)
        if not person.has_usable_password() and not _came_without_password(request):
            return redirect("welcome")
        if settings.SECOND_STEP:
            elsewhere = _ask_for_second_step(request, person)
            if elsewhere is not None:
                return elsewhere
        return view(request, *args, **kwargs)

    inside = login_required(guarded)

    @wraps(view)
    def entrance(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = request.POST.get("text", "") if request.method == "POST" else ""
        if typed and not request.user.is_authenticated:
            # A session that ended during an edit must not take the words with it.
            address = request.path if "pk" not in kwargs else reverse("post", args=[kwargs["pk"]])
            context = {"typed": typed, "address": address}
            return render(request, "review/signed_out.html", context, status=401)
        return inside(request, *args, **kwargs)

    return entrance


def _came_without_password(request: HttpRequest) -> bool:
    """Say whether somebody came by their organisation's account, or by a passkey alone."""
    return any(
        step.get("method") == "socialaccount" or step.get("passwordless")
        for step in get_authentication_records(request)
    )


def _ask_for_second_step(request: HttpRequest, person: Person) -> HttpResponse | None:
    """Send somebody who must set up a second step there. Who vouches for people sees to it itself."""
    if _came_without_password(request) or not sign_in.must_add_second_step(person):
        return None
    messages.warning(
        request,
        gettext(
            "Set up a second step first: your administrator asks for one of everybody who decides."
        )
        if settings.SECOND_STEP == "deciders"
        else gettext("Set up a second step first: your administrator asks for one of everybody."),
    )
    return redirect("mfa_index")


def administrators(view: View) -> View:
    """Let only administrators see a page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signed_in(request).is_superuser:
            sentence = gettext("Only an administrator may add people or shut them out.")
            return ended(request, NotAllowed(sentence))
        return view(request, *args, **kwargs)

    return desk(guarded)


def calendar() -> tuple[Calendar | None, str]:
    """Return the calendar with the desk's blackouts, or None and what is wrong with the configuration."""
    try:
        own = schema.current(settings.HERODR_CONFIG).calendar
    except schema.ConfigurationError as error:
        return None, str(error)
    return blackouts.added_to(own, now=timezone.now()), ""


def configuration_trouble() -> str:
    """Say in a sentence what is wrong with the configuration, or ""."""
    try:
        schema.current(settings.HERODR_CONFIG)
    except schema.ConfigurationError as error:
        return str(error)
    return ""


def brands() -> frozenset[str]:
    """Return the names whose spelling stands, none while the configuration is broken."""
    try:
        return schema.current(settings.HERODR_CONFIG).brands
    except schema.ConfigurationError:
        return frozenset()


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of the desk in its frame: navigation with its numbers, banners, the zone."""
    counts = queries.counts(queries.OPEN)
    query = here(request).partition("?")[2]
    frame = {
        "waiting_count": sum(counts[state] for state in NEEDS_A_PERSON),
        "scheduled_count": counts[State.SCHEDULED] + counts[State.SENDING],
        "configuration_trouble": configuration_trouble(),
        "halt": queries.halt(),
        "may_decide": signed_in(request).may_decide,
        "may_edit": signed_in(request).may_edit,
        "zone": timezone.get_current_timezone_name(),
        "here": here(request),
        "open": request.GET.get("open", ""),
        # What a link adds "verb-12" to, to open that form on this page.
        "opening": f"?{query}&open=" if query else "?open=",
    }
    return render(request, f"review/{template}.html", {**frame, **context}, status=status)


def here(request: HttpRequest) -> str:
    """Return the page's own address without what is open on it: where a verb leads back to."""
    asked = request.GET.copy()
    asked.pop("open", None)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


def part(
    request: HttpRequest,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    size: int,
    total: int | None = None,
) -> Page[Any]:
    """Return the page of `rows` that the address asks for; the nearest one when it is out of range.

    `total` is how many there are, where that is known already.
    """
    pages = Paginator(rows, size)
    if total is not None:
        pages.__dict__["count"] = (
            total  # a cached property: what is known need not be counted again
        )
    return pages.get_page(request.GET.get("page"))


def next_address(request: HttpRequest, *, default: str) -> str:
    """Return where to go on after a verb: what the form said, when it is ours, else `default`."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default


def onward(request: HttpRequest, *, default: str) -> HttpResponseRedirect:
    """Send the person on to `next_address`."""
    return HttpResponseRedirect(next_address(request, default=default))


def ended(
    request: HttpRequest, error: TransitionError, *, post: Post | None = None, typed: str = ""
) -> HttpResponse:
    """Answer a verb that did not come about: 409 when somebody was first, 403 when it is not allowed.

    `typed` is what the person had written; the page shows it, so that it is not lost.
    """
    late = isinstance(error, TooLate)
    context = {
        "sentence": told(error),
        "post": post,
        "typed": typed,
        "late": late,
        "back": next_address(request, default=reverse("queue")),
    }
    return page(request, "ended", context, status=409 if late else 403)
