"""What we watch and where we post: sources, accounts, and the pieces that were set aside."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from review import accounts, forms, intake, queries, shown, transitions
from review.models import Account, Announcement, Source
from review.transitions import NotAllowed
from review.views.common import desk, ended, onward, page, part, signed_in

PIECES_A_PAGE = 100


@desk
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source and account, how it is, and what to do about it."""
    now = timezone.now()
    context = {
        "sources": [
            (source, source.standing(now), queries.notice(source))
            for source in queries.sources_with_counts()
        ],
        "accounts": [
            (account, shown.network_label(account.network), account.is_paused(now))
            for account in queries.accounts()
        ],
        "most_counted": queries.MOST_COUNTED,
        "workers": queries.workers()[:10],
    }
    return page(request, "sources", context)


@desk
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a paused account go on."""
    if request.method != "POST":
        return redirect("sources")
    by = transitions.person(signed_in(request))
    try:
        account = accounts.resume(pk, by=by, now=timezone.now())
    except Account.DoesNotExist:
        raise Http404 from None
    except NotAllowed as error:
        return ended(request, error)
    messages.success(
        request, gettext("%(account)s goes on: its posts go out again.") % {"account": account.name}
    )
    return onward(request, default=reverse("sources"))


@desk
def held(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Release or dismiss the entries of a source that are held for a person."""
    if deed not in ("release", "dismiss"):
        raise Http404
    if request.method != "POST":
        return redirect("sources")
    person = signed_in(request)
    if not person.may_decide:
        sentence = gettext("%(name)s may look, but not decide what is announced.")
        return ended(request, NotAllowed(sentence % {"name": person}))
    source = get_object_or_404(Source, pk=pk)
    now = timezone.now()
    if deed not in ("release", "dismiss"):
        raise Http404
    if deed == "release":
        number = intake.release(source.name, by=str(person), now=now)
        said = gettext("%(number)d entries of %(source)s are drafted at the next pass.")
    else:
        number = intake.dismiss(source.name, by=str(person), now=now)
        said = gettext("%(number)d entries of %(source)s stay known and are not drafted.")
    messages.success(request, said % {"number": number, "source": source.name})
    return onward(request, default=reverse("sources"))


@desk
@require_safe
def set_aside(request: HttpRequest) -> HttpResponse:
    """What was found in the bulletins but is no announcement, one click from the queue."""
    on_page = part(request, queries.set_aside(), size=PIECES_A_PAGE)
    bulletins = []
    for _key, members in groupby(on_page, key=lambda piece: piece.entry_id):
        pieces = list(members)
        bulletins.append(
            (
                pieces[0].entry,
                [piece for piece in pieces if piece.set_aside != "furniture"],
                [piece for piece in pieces if piece.set_aside == "furniture"],
            )
        )
    context = {"bulletins": bulletins, "on_page": on_page, "kinds": shown.TAKE_IN_LABELS}
    return page(request, "set_aside", context)


@desk
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an announcement of a piece that was set aside."""
    said = gettext("“%(title)s” is a %(kind)s now. Its drafts come to the queue in a moment.")
    return _under_a_kind(request, pk, put=intake.take_in, said=said, default="set-aside")


@desk
def change_kind(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an announcement under the kind a person says; its drafts are written anew."""
    said = gettext("“%(title)s” is a %(kind)s now. Its drafts are written anew in a moment.")
    return _under_a_kind(request, pk, put=intake.change_kind, said=said, default="queue")


def _under_a_kind(
    request: HttpRequest, pk: int, *, put: Callable[..., Announcement], said: str, default: str
) -> HttpResponse:
    """Let `put` set the kind that the form names, and go back to the page it was sent from, else `default`."""
    if request.method != "POST":
        return redirect(default)
    person = signed_in(request)
    if not person.may_decide:
        sentence = gettext("%(name)s may look, but not decide what is announced.")
        return ended(request, NotAllowed(sentence % {"name": person}))
    form = forms.TakeInForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say of what kind it is: plan, practice or report."))
        return onward(request, default=reverse(default))
    try:
        row = put(pk, kind=form.cleaned_data["kind"], by=str(person), now=timezone.now())
    except Announcement.DoesNotExist:
        raise Http404 from None
    label = str(shown.KIND_LABELS[row.kind]).lower()
    messages.success(request, said % {"title": row.title, "kind": label})
    return onward(request, default=reverse(default))
