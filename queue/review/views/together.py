"""What people do for each other at the desk: hand posts over, say that they have seen something, be seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from review import asks, looks, shown, transitions, waiting
from review.models import Person, Post
from review.said import told
from review.transitions import NotFit, TransitionError
from review.views.common import desk, ended, onward, page, signed_in

MOST_ASKED_ABOUT = 200  # posts


@desk
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a post, or all of its bulletin that wait, to a person, to oneself, or back to everybody."""
    post = Post.objects.select_related("announcement").filter(pk=pk).first()
    if post is None:
        raise Http404
    if request.method != "POST":
        return redirect("post", pk=pk)
    reader = signed_in(request)
    chosen = str(reader.pk) if "take" in request.POST else request.POST.get("person", "")
    posts = list(waiting.of_bulletin(post)) if "all" in request.POST else [pk]
    try:
        to = _colleague(chosen)
        given = asks.assign(posts, to=to, by=transitions.person(reader), now=timezone.now())
    except NotFit as error:
        return page(request, "unfit", {"sentence": told(error), "post": post}, status=422)
    except TransitionError as error:
        return ended(request, error, post=post)
    messages.success(request, _handed(len(given), to, reader))
    return onward(request, default=reverse("post", args=[pk]))


def _colleague(chosen: str) -> Person | None:
    """Return the person with that key; None for "", which is nobody. Raises NotFit."""
    if not chosen:
        return None
    person = (
        Person.objects.filter(pk=int(chosen)).first()
        if chosen.isdecimal() and len(chosen) < 19
        else None
    )
    if person is None:
        raise NotFit(gettext("Choose one of the people in the list."))
    return person


def _handed(number: int, to: Person | None, reader: Person) -> str:
    if to is None:
        return gettext("It waits for whoever may decide.")
    if to == reader:
        return ngettext("%(count)s post is yours.", "%(count)s posts are yours.", number) % {
            "count": number
        }
    return ngettext(
        "%(count)s post handed to %(name)s, who is told.",
        "%(count)s posts handed to %(name)s, who is told.",
        number,
    ) % {"count": number, "name": to}


@desk
def noted(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep that somebody has seen a post as it is now, and what was asked of them there."""
    if request.method != "POST":
        return redirect("post", pk=pk)
    reader = signed_in(request)
    looks.saw(reader, [pk])
    asks.answer(reader, [pk], now=timezone.now())
    return onward(request, default=reverse("post", args=[pk]))


@desk
def looking(request: HttpRequest) -> HttpResponse:
    """Note at which post somebody looks, or which they left, and tell who looks at those on their page."""
    if request.method != "POST":
        return redirect("queue")
    reader, now = signed_in(request), timezone.now()
    at, left = request.POST.get("at", ""), request.POST.get("left", "")
    if _is_key(at):
        looks.look(reader, int(at), now=now)
    elif _is_key(left):
        looks.leave(reader, int(left))
    asked = request.POST.get("posts", "").split(".")[:MOST_ASKED_ABOUT]
    found = looks.lookers([int(key) for key in asked if _is_key(key)], besides=reader, now=now)
    return JsonResponse({str(key): shown.is_looking(names) for key, names in found.items()})


def _is_key(given: str) -> bool:
    return given.isascii() and given.isdecimal() and len(given) < 19
