"""What people do to posts: one address a verb, by POST only, each bound to the revision that was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from review import forms, queries, shown, transitions
from review.models import Post
from review.states import Verb
from review.transitions import Actor, NotFit, TransitionError
from review.views.common import calendar, desk, ended, onward, page, signed_in
from review.views.posts import announcement_title, post_page, seen_revision


@dataclass(frozen=True, slots=True)
class _Call:
    """One use of a verb: on which post, by whom, when, with which valid form."""

    pk: int
    form: Any
    by: Actor
    now: datetime

    @property
    def seen(self) -> int:
        number: int = self.form.cleaned_data["seen"]
        return number


def _where(post: Post) -> str:
    name = shown.account_name(post.account)
    if post.account.live:
        return name
    return gettext("%(account)s (rehearsal: nothing leaves this machine)") % {"account": name}


def _approve(call: _Call) -> str:
    known, trouble = calendar()
    if known is None:
        raise NotFit(
            gettext(
                "Nothing can be approved while the configuration is broken, because nobody knows when "
                "posts may go out. %(trouble)s"
            )
            % {"trouble": trouble}
        )
    post = transitions.approve(
        call.pk,
        by=call.by,
        now=call.now,
        calendar=known,
        seen=call.seen,
        when=call.form.moment(call.now),
    )
    if post.due_at is not None and post.due_at <= call.now:
        return gettext("Approved: it goes out now on %(account)s.") % {"account": _where(post)}
    return gettext("Approved for %(time)s on %(account)s.") % {
        "time": shown.moment(post.due_at or call.now, now=call.now),
        "account": _where(post),
    }


def _reject(call: _Call) -> str:
    reason = call.form.reason
    transitions.reject(call.pk, by=call.by, now=call.now, seen=call.seen, reason=reason)
    return gettext("Rejected: %(reason)s.") % {"reason": reason}


def _amend(call: _Call) -> str:
    base = seen_revision(call.pk, call.seen)
    if base is None:
        raise NotFit(gettext("There is no such revision of this post. Open the post again."))
    post = transitions.amend(
        call.pk, content=call.form.content(base.content), by=call.by, now=call.now, seen=call.seen
    )
    if post.revision_number == call.seen:
        return gettext("Nothing was changed.")
    return gettext("Saved as revision %(number)s. It waits for approval.") % {
        "number": post.revision_number
    }


def _hold(call: _Call) -> str:
    transitions.hold(call.pk, by=call.by, now=call.now, seen=call.seen)
    return gettext("Held: it is back in the queue and will not go out.")


def _withdraw(call: _Call) -> str:
    reason = call.form.cleaned_data["reason"]
    transitions.withdraw(call.pk, by=call.by, now=call.now, seen=call.seen, reason=reason)
    return gettext("Withdrawn: it will not go out.")


def _requeue(call: _Call) -> str:
    transitions.requeue(call.pk, by=call.by, now=call.now, reason=call.form.cleaned_data["reason"])
    return gettext("Back in the queue: it needs a new approval before it can go out.")


def _confirm(call: _Call) -> str:
    url = call.form.cleaned_data["url"]
    transitions.confirm(call.pk, by=call.by, now=call.now, url=url)
    return gettext("Confirmed: it is kept as published, with its link.")


def _take_down(call: _Call) -> str:
    reason = call.form.cleaned_data["reason"]
    transitions.take_down(call.pk, by=call.by, now=call.now, reason=reason)
    return gettext("It will be taken down in a moment.")


VERBS: dict[str, tuple[type[Form], Callable[[_Call], str]]] = {
    Verb.APPROVE.value: (forms.ApproveForm, _approve),
    Verb.REJECT.value: (forms.RejectForm, _reject),
    Verb.AMEND.value: (forms.ContentForm, _amend),
    Verb.HOLD.value: (forms.VerbForm, _hold),
    Verb.WITHDRAW.value: (forms.ReasonForm, _withdraw),
    Verb.REQUEUE.value: (forms.ReasonForm, _requeue),
    Verb.CONFIRM.value: (forms.ConfirmForm, _confirm),
    "take-down": (forms.ReasonForm, _take_down),
}


@desk
def verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Carry out a verb on a post, and say what came of it."""
    if verb not in VERBS:
        raise Http404
    if request.method != "POST":
        return redirect("post", pk=pk)  # where somebody lands who had to sign in first
    form_type, carry_out = VERBS[verb]
    form = form_type(request.POST)
    by = transitions.person(signed_in(request))
    post = Post.objects.select_related("account", "announcement").filter(pk=pk).first()
    if post is None:
        raise Http404
    again: dict[str, Any] = {
        "form": form,
        "form_name": verb,
        "onward": request.POST.get("next", ""),
        "status": 422,
    }
    if not by.may_decide:
        return ended(
            request, transitions.NotAllowed(_may_only_look(by)), post=post, typed=_typed(request)
        )
    if not form.is_valid():
        return post_page(request, pk, **again)
    try:
        done = carry_out(_Call(pk, form, by, timezone.now()))
    except NotFit as error:
        return post_page(request, pk, problem=str(error), **again)
    except TransitionError as error:
        return ended(request, error, post=post, typed=_typed(request))
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>', done, reverse("post", args=[pk]), post.announcement.title
        ),
    )
    return onward(request, default=reverse("post", args=[pk]))


def _may_only_look(by: Actor) -> str:
    return gettext("%(name)s may look, but not decide about posts.") % {"name": by.name}


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "")


@desk
def approve_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve several posts of one announcement for their next free slots: all of them, or none."""
    if request.method != "POST":
        return redirect("queue")
    title = announcement_title(pk)
    by = transitions.person(signed_in(request))
    now = timezone.now()
    chosen = {
        int(name.removeprefix("seen-")): value
        for name, value in request.POST.items()
        if name.startswith("seen-") and name.removeprefix("seen-").isdecimal()
    }
    wanted = Post.objects.filter(announcement=pk, pk__in=chosen).select_related(
        "account", "announcement"
    )
    posts = list(wanted.order_by("account__name"))
    current: Post | None = None
    try:
        if not by.may_decide:
            raise transitions.NotAllowed(_may_only_look(by))
        with transaction.atomic():
            for current in posts:
                form = forms.ApproveForm({"seen": chosen[current.pk], "at": "slot"})
                if not form.is_valid():
                    raise NotFit(str(form.errors["seen"][0]))
                _approve(_Call(current.pk, form, by, now))
    except NotFit as error:
        return page(
            request,
            "unfit",
            {"sentence": str(error), "post": current, "title": title},
            status=422,
        )
    except TransitionError as error:
        return ended(request, error, post=current)
    if posts:
        messages.success(request, _approved_together(posts, now=now))
    return onward(request, default=reverse("queue"))


def _approved_together(posts: list[Post], *, now: datetime) -> str:
    fresh = queries.posts().filter(pk__in=[post.pk for post in posts])
    told = [
        gettext("%(time)s on %(account)s")
        % {"time": shown.moment(post.due_at or now, now=now), "account": _where(post)}
        for post in fresh
    ]
    return ngettext(
        "Approved %(count)s post: %(list)s.", "Approved %(count)s posts: %(list)s.", len(told)
    ) % {"count": len(told), "list": "; ".join(told)}
