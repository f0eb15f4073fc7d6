"""Letting go of what is not needed any more. What makes an entry known, and the record, stay for good.

An entry that was pruned keeps its keys, its link and its title, so that it is never announced again. Published and
approved words stay too: they are in the revisions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from config.timing import Keep
from review.models import (
    Address,
    Alert,
    Announcement,
    Ask,
    Attempt,
    Entry,
    EntryVersion,
    FailedSignIn,
    MailedLink,
    Notice,
    Post,
    Seen,
    SignInLink,
    Worker,
)
from review.states import FINAL, State

BATCH = 500  # rows in one transaction, so that nobody waits long for the database
ENDED = (*FINAL, State.REJECTED)


def prune(*, keep: Keep, now: datetime, stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Let go of what is older than `keep` says. Returns how many of what, in words for people."""
    gone: Counter[str] = Counter()
    words, tries, notices = now - keep.words, now - keep.tries, now - keep.notices
    open_posts = Post.objects.exclude(state__in=ENDED)
    old = (
        Entry.objects.filter(first_seen_at__lt=words)
        .exclude(composed_at__isnull=True, announce=True)
        .exclude(held=True)
        .exclude(Exists(open_posts.filter(announcement__entry=OuterRef("pk"))))
    )
    gone["entries"] = _in_batches(old.exclude(html="", summary=""), _empty, stop)
    gone["earlier versions of entries"] = _in_batches(
        EntryVersion.objects.filter(replaced_at__lt=words), _delete, stop
    )
    gone["tries"] = _in_batches(
        Attempt.objects.filter(
            closed_at__lt=tries, post__state__in=ENDED, post__changed_at__lt=tries
        ),
        _delete,
        stop,
    )
    gone["alerts"] = _in_batches(Alert.objects.filter(cleared_at__lt=notices), _delete, stop)
    gone["workers"] = _in_batches(Worker.objects.filter(heartbeat_at__lt=notices), _delete, stop)
    gone["failed sign-ins"] = _in_batches(
        FailedSignIn.objects.filter(at__lt=notices), _delete, stop
    )
    gone["sign-in links"] = _in_batches(
        SignInLink.objects.filter(expires_at__lt=notices), _delete, stop
    )
    gone["mailed links"] = _in_batches(MailedLink.objects.filter(expires_at__lt=now), _delete, stop)
    # What somebody has seen of a post matters while it can still change.
    ended = {"post__state__in": ENDED, "post__changed_at__lt": notices}
    gone["marks of what was seen"] = _in_batches(Seen.objects.filter(**ended), _delete, stop)
    gone["asks"] = _in_batches(Ask.objects.filter(**ended), _delete, stop)
    gone["notices"] = _in_batches(Notice.objects.filter(sent_at__lt=notices), _delete, stop)
    gone["tried addresses"] = _in_batches(
        Address.objects.filter(tried_at__lt=notices), _delete, stop
    )
    # A session that has ended opens nothing; whose it was need not be kept.
    gone["ended sessions"] = _in_batches(Session.objects.filter(expire_date__lt=now), _delete, stop)
    return +gone


def _in_batches(
    rows: QuerySet[Any],
    act: Callable[[list[object], QuerySet[Any]], None],
    stop: Callable[[], bool],
) -> int:
    number = 0
    while not stop():
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        with transaction.atomic():
            act(keys, rows)
        number += len(keys)
        if len(keys) < BATCH:
            break
    return number


def _delete(keys: list[object], rows: QuerySet[Any]) -> None:
    rows.model._base_manager.filter(pk__in=keys).delete()


def _empty(keys: list[object], _rows: QuerySet[Any]) -> None:
    Entry.objects.filter(pk__in=keys).update(html="", summary="")
    Announcement.objects.filter(entry__in=keys).update(paragraphs=[])
