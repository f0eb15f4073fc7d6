"""The pages that show posts: the queue, the scheduled, the finished, and one post with its whole story."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from review import asks, budgets, forms, looks, queries, shown, story, text, waiting
from review.models import STATE_LABELS, Decision, Post, Revision
from review.states import State
from review.views.common import brands, calendar, desk, page, part, signed_in

ANNOUNCEMENTS_A_PAGE = 20
ROWS_A_PAGE = 100


@desk
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for whoever looks, or all that needs a person, by bulletin; the address may narrow it."""
    reader = signed_in(request)
    whose = waiting.Whose(_one_of(request.GET.get("whose", ""), [*waiting.Whose]))
    wanted = waiting.Wanted(
        words=request.GET.get("q", "").replace("\0", "").strip()[:200],
        kind=_one_of(request.GET.get("kind", ""), shown.KIND_LABELS),
        network=_one_of(request.GET.get("network", ""), text.NETWORKS),
    )
    known = calendar()[0]
    rule = {
        "four_eyes": known is not None and known.approvals != "any",
        "by_two": known is not None and known.by_two,
    }
    condition = waiting.for_whom(whose, reader, **rule)
    on_page = part(request, waiting.announcements(wanted, condition), size=ANNOUNCEMENTS_A_PAGE)
    posts = waiting.posts(wanted, condition, keys=list(on_page))
    now = timezone.now()
    _look_at_what_is_open(request)
    rows = shown.show(posts, calendar=known, now=now, brands=brands(), reader=reader)
    context = {
        "bulletins": shown.bulletins(rows, expire_after=known.expire_after if known else None),
        "on_page": on_page,
        "troubled": [row for row in rows if row.post.state != State.IN_REVIEW],
        "clean": [row for row in rows if row.is_clean],
        "reasons": forms.REASONS,
        "wanted": wanted,
        "narrowed": wanted != waiting.Wanted(),
        "whose": whose,
        "waits_for": waiting.counts(reader, **rule) if reader.may_edit else {},
        "colleagues": asks.colleagues,
        "kinds": shown.KIND_LABELS,
        "networks": text.NETWORKS.values(),
        "now": now,
    }
    return page(request, "queue", context)


def _look_at_what_is_open(request: HttpRequest) -> None:
    """Whoever has a form open on a post is looking at it."""
    match = re.fullmatch(r"[a-z-]+-(\d{1,18})", request.GET.get("open", ""))
    if match:
        looks.look(signed_in(request), int(match[1]), now=timezone.now())


def _one_of(value: str, known: Collection[str]) -> str:
    return value if value in known else ""


@desk
@require_safe
def scheduled(request: HttpRequest) -> HttpResponse:
    """What is approved and on its way, by day."""
    on_page = part(request, queries.scheduled(), size=ROWS_A_PAGE)
    rows = shown.show(list(on_page), calendar=None, now=timezone.now(), checks=False)

    def day(row: shown.Shown) -> Any:
        due = row.post.due_at
        return timezone.localtime(due).date() if due else None

    days = [(date, list(members)) for date, members in groupby(rows, key=day)]
    return page(request, "scheduled", {"days": days, "on_page": on_page})


@desk
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """What has gone out, and what has ended without going out."""
    state = request.GET.get("state", "")
    if state not in queries.ENDED:
        state = ""
    counts = queries.counts()
    total = sum(counts[s] for s in queries.ENDED)
    keys = queries.finished(state)
    on_page = part(request, keys, size=ROWS_A_PAGE, total=counts[state] if state else total)
    posts = queries.in_order(list(on_page))
    approvers, prices = queries.approvers(posts), budgets.prices(posts)
    now = timezone.now()
    rows = shown.show(posts, calendar=None, now=now, checks=False)
    context = {
        "rows": [
            (row, approvers.get(row.post.pk), prices.get(row.post.pk), _took(row.post))
            for row in rows
        ],
        "months": budgets.months(now=now, zone=timezone.get_current_timezone())
        if on_page.number == 1
        else [],
        "on_page": on_page,
        "state": state,
        "states": [(s.value, STATE_LABELS[s], counts[s]) for s in queries.ENDED],
        "total": total,
    }
    return page(request, "published", context)


def _took(post: Post) -> timedelta | None:
    """Return how long it was from the first sight of a source's news to the post; None before that."""
    if post.published_at is None:
        return None
    return max(post.published_at - post.announcement.entry.first_seen_at, timedelta())


@desk
@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: how it will look, its verbs, its words so far and what happened to it."""
    return post_page(request, pk)


def post_page(
    request: HttpRequest,
    pk: int,
    *,
    problem: str = "",
    form: Form | None = None,
    form_name: str = "",
    onward: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the page of one post; after a form that would not do, with what was typed and why.

    `form_name` says which form that was (approve, reject, amend, confirm). Raises Http404.
    """
    found = queries.posts().filter(pk=pk).first()
    if found is None:
        raise Http404
    now = timezone.now()
    row = shown.show(
        [found], calendar=calendar()[0], now=now, brands=brands(), reader=signed_in(request)
    )[0]
    looks.look(signed_in(request), pk, now=now)
    if row.since is not None:
        looks.saw(signed_in(request), [pk])
    typed: Mapping[str, Any] = form.data if form is not None else {}
    seen = typed.get("seen") if form_name == "amend" else None
    content = {
        name: typed[name] if form_name == "amend" and name in typed else getattr(row.content, name)
        for name in ("text", "link", "card_title", "card_description", "image_alt")
    }
    content["more_images"] = (
        typed["more_images"]
        if form_name == "amend" and "more_images" in typed
        else "\n".join(f"{image.url} {image.alt}".rstrip() for image in row.content.more_images)
    )
    revisions = list(
        Revision.objects.filter(post=found)
        .order_by("-number")
        .prefetch_related(Prefetch("decisions", queryset=Decision.objects.order_by("pk")))
    )
    context = {
        "row": row,
        "group": shown.Group(found.announcement, (row,)),
        "siblings": queries.posts().filter(announcement=found.announcement_id).exclude(pk=pk),
        "revisions": [
            (revision, text.changes(before.text, revision.text) if before else ())
            for revision, before in zip(revisions, [*revisions[1:], None], strict=True)
        ],
        "attempts": found.attempts.order_by("number"),
        "story": [story.told(event, now=now) for event in queries.history(found)],
        "reasons": forms.REASONS,
        "colleagues": asks.colleagues,
        "other_kinds": [
            (kind, label)
            for kind, label in shown.TAKE_IN_LABELS.items()
            if kind != found.announcement.kind
        ],
        "content": content,
        "seen": seen or found.revision_number,
        "typed": typed,
        "problem": problem,
        "errors": _errors(form, form_name=form_name, pk=pk),
        "form_name": form_name,
        "onward": onward,
        "here": onward or reverse("post", args=[pk]),
        "opening": reverse("post", args=[pk]) + "?open=",
        "now": now,
    }
    if form_name and (form_name != "approve" or typed.get("at") == "time"):
        context["open"] = f"{form_name}-{pk}"
    return page(request, "post", context, status=status)


def _errors(form: Form | None, *, form_name: str, pk: int) -> list[tuple[str, str]]:
    """List a form's errors as (id of the field, sentence)."""
    if form is None:
        return []
    return [
        (f"{form_name}-{name}-{pk}", str(sentence))
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]


def seen_revision(pk: int, number: int) -> Revision | None:
    """Return the revision of a post that a page showed."""
    return Revision.objects.filter(post=pk, number=number).first()
