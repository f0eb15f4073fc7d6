"""What people do to posts: one address a verb, by POST only, each bound to the revision that was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from review import asks, comments, forms, looks, queries, shown, transitions
from review.models import Post
from review.said import told
from review.states import UNDO_WITHIN, State, Verb
from review.transitions import Actor, NotFit, TransitionError
from review.views.common import calendar, desk, ended, next_address, onward, page, signed_in
from review.views.posts import post_page, seen_revision

MOST_TOGETHER = 200  # posts
MOST_TOLD = 4
MOVE = "move"  # hold, and approve for another time
COMMENT = "comment"  # no verb of the table: it moves no post


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
        within=UNDO_WITHIN,
        strict=True,
    )
    return _approved(post, now=call.now)


def _approved(post: Post, *, now: datetime) -> str:
    if post.state == State.IN_REVIEW:
        return gettext(
            "1 of 2 approvals: yours is kept, and somebody else approves it too before it goes out."
        )
    if post.due_at is not None and post.due_at <= now + UNDO_WITHIN:
        return gettext("Approved: it goes out in a few seconds on %(account)s.") % {
            "account": _where(post)
        }
    return gettext("Approved for %(time)s on %(account)s.") % {
        "time": shown.moment(post.due_at or now, now=now),
        "account": _where(post),
    }


def _reject(call: _Call) -> str:
    reason = call.form.reason
    transitions.reject(call.pk, by=call.by, now=call.now, seen=call.seen, reason=reason)
    return gettext("Rejected: %(reason)s.") % {"reason": told(reason)}


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


def _move(call: _Call) -> str:
    """Hold and approve anew in one step: the new time is a new decision, by whoever moved it.

    Where two approve, the approval of the other one stands: the words are the same.
    """
    known, trouble = calendar()
    if known is None:
        raise NotFit(trouble)
    with transaction.atomic():
        transitions.hold(call.pk, by=call.by, now=call.now, seen=call.seen, only_own=True)
        post = transitions.approve(
            call.pk,
            by=call.by,
            now=call.now,
            calendar=known,
            seen=call.seen,
            when=call.form.cleaned_data["when"],
            within=UNDO_WITHIN,
            mindful=True,
        )
    if post.state == State.IN_REVIEW:
        return _approved(post, now=call.now)
    return gettext("Moved to %(time)s on %(account)s.") % {
        "time": shown.moment(post.due_at or call.now, now=call.now),
        "account": _where(post),
    }


def _withdraw(call: _Call) -> str:
    reason = call.form.cleaned_data["reason"]
    transitions.withdraw(call.pk, by=call.by, now=call.now, seen=call.seen, reason=reason)
    return gettext("Withdrawn: it will not go out.")


def _take_back(call: _Call) -> str:
    transitions.take_back(call.pk, by=call.by, now=call.now)
    return gettext("Your approval is taken back.")


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


def _gone(call: _Call) -> str:
    transitions.gone(call.pk, by=call.by, now=call.now)
    return gettext("Noted: it is taken down.")


def _comment(call: _Call) -> str:
    asks_for_changes = call.form.cleaned_data["asks"]
    comments.add(
        call.pk,
        text=call.form.cleaned_data["text"],
        asks_for_changes=asks_for_changes,
        by=call.by,
        now=call.now,
        seen=call.seen,
        tell=call.form.cleaned_data["tell"],
    )
    if asks_for_changes:
        return gettext("Asked for changes: everybody sees it on the post.")
    return gettext("Comment kept.")


def _correct(call: _Call) -> str:
    transitions.correct(call.pk, by=call.by, now=call.now, reason=call.form.cleaned_data["reason"])
    return gettext(
        "It will be taken down in a moment. Here is its correction: change it, then approve it."
    )


TAKE_DOWN = "take-down"
TAKE_BACK = "take-back"  # one's own approval, the first of two
GONE = "gone"  # somebody took it down on the network itself
VERBS: dict[str, tuple[type[Form], Callable[[_Call], str]]] = {
    Verb.APPROVE.value: (forms.ApproveForm, _approve),
    Verb.REJECT.value: (forms.RejectForm, _reject),
    Verb.AMEND.value: (forms.ContentForm, _amend),
    Verb.HOLD.value: (forms.VerbForm, _hold),
    Verb.WITHDRAW.value: (forms.ReasonForm, _withdraw),
    Verb.REQUEUE.value: (forms.ReasonForm, _requeue),
    Verb.CONFIRM.value: (forms.ConfirmForm, _confirm),
    TAKE_DOWN: (forms.ReasonForm, _take_down),
    TAKE_BACK: (forms.VerbForm, _take_back),
    GONE: (forms.VerbForm, _gone),
    Verb.CORRECT.value: (forms.ReasonForm, _correct),
    MOVE: (forms.MoveForm, _move),
    COMMENT: (forms.CommentForm, _comment),
}
# What the page offers to take back afterwards.
CAN_BE_UNDONE = (Verb.APPROVE.value, Verb.REJECT.value)


def _may(by: Actor, verb: str) -> bool:
    if verb == COMMENT:
        return by.may_edit
    return by.may_decide if verb in (TAKE_DOWN, TAKE_BACK, GONE, MOVE) else by.may(Verb(verb))


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
    if not _may(by, verb):
        return ended(
            request, transitions.NotAllowed(_may_not(by)), post=post, typed=_typed(request)
        )
    if not form.is_valid():
        return post_page(request, pk, **again)
    try:
        done = carry_out(_Call(pk, form, by, timezone.now()))
    except NotFit as error:
        return post_page(request, pk, problem=told(error), **again)
    except TransitionError as error:
        return ended(request, error, post=post, typed=_typed(request))
    _seen_to(request, [pk], now=timezone.now())
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>', done, reverse("post", args=[pk]), post.announcement.title
        ),
        extra_tags=reverse("undo", args=[str(pk)]) if verb in CAN_BE_UNDONE else "",
    )
    if verb == Verb.CORRECT:
        correction = post.corrections.order_by("-pk")[0]
        return HttpResponseRedirect(reverse("post", args=[correction.pk]) + "#edit")
    return onward(request, default=reverse("post", args=[pk]))


def _seen_to(request: HttpRequest, keys: Sequence[int], *, now: datetime) -> None:
    """Whoever has done something about posts has seen them, and owes no answer there."""
    looks.saw(signed_in(request), keys)
    asks.answer(signed_in(request), keys, now=now)


def _may_not(by: Actor) -> str:
    if by.may_edit:
        return gettext("%(name)s may edit, but not decide about posts.") % {"name": by.name}
    return gettext("%(name)s may look, but not decide about posts.") % {"name": by.name}


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "")


@desk
def approve_all(request: HttpRequest) -> HttpResponse:
    """Approve several posts for their next free slots: all of them, or none.

    `posts` names each with the revision that was on the page: "12-1.13-4".
    """
    if request.method != "POST":
        return redirect("queue")
    by = transitions.person(signed_in(request))
    now = timezone.now()
    chosen = {
        int(match[1]): match[2]
        for match in re.finditer(
            r"(?:^|\.)(\d{1,18})-(\d{1,9})(?=\.|$)", request.POST.get("posts", "")
        )
    }
    wanted = Post.objects.filter(pk__in=list(chosen)[:MOST_TOGETHER]).select_related(
        "account", "announcement"
    )
    posts = list(
        wanted.order_by(
            "announcement__entry__first_seen_at",
            "announcement__entry_id",
            "announcement__position",
            "announcement_id",
            "account__name",
        )
    )
    current: Post | None = None
    try:
        if not by.may_decide:
            raise transitions.NotAllowed(_may_not(by))
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
            {"sentence": told(error), "post": current},
            status=422,
        )
    except TransitionError as error:
        return ended(request, error, post=current)
    if posts:
        _seen_to(request, [post.pk for post in posts], now=now)
        messages.success(
            request,
            _approved_together(posts, now=now),
            extra_tags=reverse("undo", args=[".".join(str(post.pk) for post in posts)]),
        )
    return onward(request, default=reverse("queue"))


@desk
def undo(request: HttpRequest, keys: str) -> HttpResponse:
    """Take back what was just decided about these posts ("12.13"): all of it, or nothing."""
    if request.method != "POST":
        return redirect("queue")
    numbers = [int(key) for key in keys.split(".") if key.isdecimal() and len(key) < 19]
    by = transitions.person(signed_in(request))
    now = timezone.now()
    current: Post | None = None
    try:
        with transaction.atomic():
            for current in Post.objects.filter(pk__in=numbers[:MOST_TOGETHER]).order_by("pk"):
                if current.state == State.SCHEDULED:
                    transitions.hold(current.pk, by=by, now=now, only_own=True)
                elif current.approved_first_at is not None and current.state == State.IN_REVIEW:
                    transitions.take_back(current.pk, by=by, now=now)
                else:
                    transitions.undo(current.pk, by=by, now=now)
    except TransitionError as error:
        return ended(request, error, post=current)
    if current is None:
        raise Http404
    messages.success(
        request,
        ngettext(
            "Undone: %(count)s post is back in the queue.",
            "Undone: %(count)s posts are back in the queue.",
            len(numbers),
        )
        % {"count": len(numbers)},
    )
    return HttpResponseRedirect(
        next_address(request, default=reverse("queue")) + f"#post-{numbers[0]}"
    )


def _approved_together(posts: list[Post], *, now: datetime) -> str:
    rows = list(queries.posts().filter(pk__in=[post.pk for post in posts]))
    fresh = [post for post in rows if post.state != State.IN_REVIEW]
    once = len(rows) - len(fresh)
    first = (
        ngettext(
            "%(count)s post has 1 of 2 approvals now: somebody else approves it too.",
            "%(count)s posts have 1 of 2 approvals now: somebody else approves them too.",
            once,
        )
        % {"count": once}
        if once
        else ""
    )
    return " ".join(part for part in (_scheduled_together(fresh, now=now), first) if part)


def _scheduled_together(fresh: list[Post], *, now: datetime) -> str:
    if not fresh:
        return ""
    if len(fresh) > MOST_TOLD:
        return gettext("Approved %(count)s posts, each for its account’s next free slot.") % {
            "count": len(fresh)
        }
    told = [
        gettext("%(time)s on %(account)s")
        % {"time": shown.moment(post.due_at or now, now=now), "account": _where(post)}
        for post in fresh
    ]
    return ngettext(
        "Approved %(count)s post: %(list)s.", "Approved %(count)s posts: %(list)s.", len(told)
    ) % {"count": len(told), "list": "; ".join(told)}
