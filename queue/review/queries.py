"""Every read that a page, the command line or the worker asks of the queue. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from review.models import (
    Account,
    Announcement,
    Ask,
    Attempt,
    Blackout,
    Comment,
    Decision,
    Entry,
    Event,
    Halt,
    Person,
    Post,
    Revision,
    Source,
    Worker,
)
from review.states import FINAL, State, Verb


def posts(states: Iterable[str] | None = None) -> QuerySet[Post]:
    """Return posts with their announcement, source, account, newest revision and number of attempts.

    A fixed number of queries, however many posts. The newest revision is in `post.newest` (a list of
    one; use `newest_revision`), the attempts in `post.attempt_count`.
    """
    attempts = (
        Attempt.objects.filter(post=OuterRef("pk"))
        .order_by()
        .values("post")
        .annotate(n=Count("pk"))
    ).values("n")
    rows = (
        Post.objects.select_related("account", "announcement__entry__source", "approved_first_by")
        .prefetch_related(
            Prefetch(
                "revisions",
                queryset=Revision.objects.filter(number=F("post__revision_number")),
                to_attr="newest",
            )
        )
        .annotate(attempt_count=Coalesce(Subquery(attempts), 0))
        # Whole web pages, which no list shows; whoever does ask for them still gets them.
        .defer("announcement__entry__html")
        .order_by("pk")
    )
    return rows if states is None else rows.filter(state__in=list(states))


def newest_revision(post: Post) -> Revision:
    """Return the newest revision of a post that came from `posts`."""
    return cast("list[Revision]", post.newest)[0]  # type: ignore[attr-defined]


def due_times(*, after: datetime) -> dict[int, list[datetime]]:
    """Return the moments after `after` at which each account posts or has posted, by its key."""
    found: dict[int, list[datetime]] = {}
    rows = Post.objects.filter(
        state__in=[State.SCHEDULED, State.SENDING, State.UNCONFIRMED, State.PUBLISHED],
        due_at__gt=after,
    )
    for account, due in rows.values_list("account_id", "due_at"):
        if due is not None:
            found.setdefault(account, []).append(due)
    return found


def comments(posts: Iterable[Post]) -> dict[int, list[Comment]]:
    """Return what people said about each of these posts and whom they ask, oldest first, by the post's key."""
    found: dict[int, list[Comment]] = {}
    rows = Comment.objects.filter(post__in=[post.pk for post in posts])
    for comment in rows.prefetch_related(
        Prefetch("asks", queryset=Ask.objects.select_related("person").order_by("pk"))
    ).order_by("pk"):
        found.setdefault(comment.post_id, []).append(comment)
    return found


def last_writers(posts: Iterable[Post]) -> dict[int, tuple[str, int | None]]:
    """Return the last person who wrote a revision of each of these posts: the name and the person's key."""
    rows = Decision.objects.filter(
        post__in=[post.pk for post in posts], verb=Verb.AMEND, revision__by_person=True
    ).order_by("revision__number")
    return {row.post_id: (row.by, row.person_id) for row in rows}


def approvers(posts: Iterable[Post]) -> dict[int, Decision]:
    """Return the latest approval of each of these posts, by the post's key."""
    rows = Decision.objects.filter(post__in=[post.pk for post in posts], verb=Verb.APPROVE)
    return {decision.post_id: decision for decision in rows.order_by("pk")}


def people() -> QuerySet[Person]:
    """Return everybody who may sign in or could once, by name; those who may first.

    `person.decides` and `person.edits` say whether somebody was given the right to decide, or to edit
    (administrators need no giving); `person.second_step`, whether one is set up.
    """
    rights = Permission.objects.filter(
        Q(user=OuterRef("pk")) | Q(group__user=OuterRef("pk")), content_type__app_label="review"
    )
    return Person.objects.annotate(
        decides=Exists(rights.filter(codename="decide")),
        edits=Exists(rights.filter(codename="edit")),
        second_step=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
    ).order_by("-is_active", "name", "pk")


def deciders() -> list[Person]:
    """Return everybody who may decide about posts now, by name; one query."""
    return [one for one in people() if one.is_active and (one.is_superuser or one.decides)]  # type: ignore[attr-defined]  # annotated


def scheduled() -> QuerySet[Post]:
    """Return the posts on their way, the next one first."""
    return posts([State.SCHEDULED, State.SENDING]).order_by("due_at", "pk")


ENDED: tuple[State, ...] = (State.PUBLISHED, State.REJECTED, State.WITHDRAWN, State.EXPIRED)


def finished(state: str = "") -> QuerySet[Post, int]:
    """Return the keys of published and ended posts, or of those in one `state`, the newest first.

    Keys only, for `in_order`: whoever looks far back is not made to read all that lies before.
    """
    # All four states are named, because that is what the index is for.
    rows = Post.objects.filter(state__in=ENDED)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by("-changed_at", "-pk").values_list("pk", flat=True)


def in_order(keys: Sequence[int]) -> list[Post]:
    """Return the posts of these keys, as `posts` does, in the order of `keys`."""
    found = {post.pk: post for post in posts().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


OPEN: tuple[State, ...] = tuple(state for state in State if state not in {*FINAL, State.REJECTED})


def counts(states: Collection[State] = tuple(State)) -> dict[str, int]:
    """Count posts by state, each of `states` named. Those that are `OPEN` are few, whatever the past."""
    rows = Post.objects.filter(state__in=states) if len(states) < len(State) else Post.objects.all()
    # Rows, not keys, are counted: the index by state has all that takes.
    found = Counter(dict(rows.values_list("state").annotate(n=Count("*")).order_by("state")))
    return {state.value: found[state.value] for state in states}


def outcomes() -> dict[str, int]:
    """Count the closed attempts by how they ended."""
    closed = Attempt.objects.filter(closed_at__isnull=False).order_by()
    return dict(closed.values_list("outcome").annotate(n=Count("*")))


def history(post: Post) -> QuerySet[Event]:
    """Return the record of one post, oldest first."""
    return Event.objects.filter(post_number=post.pk).order_by("pk")


def set_aside() -> QuerySet[Announcement]:
    """Return what was found but is no announcement, newest first."""
    return (
        Announcement.objects.exclude(set_aside="")
        .select_related("entry__source")
        .order_by("-created_at", "position", "pk")
    )


def lapsed_attempts(now: datetime) -> QuerySet[Attempt]:
    """Return open attempts whose lease has ended: their worker died in them."""
    return Attempt.objects.filter(closed_at__isnull=True, lease_until__lt=now).select_related(
        "post__account", "revision"
    )


def to_look_for(now: datetime) -> QuerySet[Post]:
    """Return the posts that may be published, and are to be looked for among the account's own posts now.

    They are unconfirmed, or a backup was put back that knows less than the network does.
    """
    return (
        posts([State.UNCONFIRMED, State.IN_REVIEW, State.SCHEDULED, State.FAILED])
        .filter(look_at__isnull=False, look_at__lte=now)
        .exclude(~Q(state=State.UNCONFIRMED), restoration__isnull=True)
        .select_related("account", "announcement__entry__source", "restoration")
    )


def halt() -> Halt | None:
    """Return what stops everything, if anything does."""
    return Halt.objects.filter(lifted_at__isnull=True).first()


def to_take_down(now: datetime) -> QuerySet[Post]:
    """Return published posts whose network is to be asked now to take them down."""
    return posts([State.PUBLISHED]).filter(take_down_at__isnull=False, take_down_at__lte=now)


def _blackouts_at(now: datetime) -> QuerySet[Blackout]:
    """Those made at the desk that silence the account of the post in the outer query at `now`."""
    of_account = Q(account__isnull=True) | Q(account=OuterRef("account_id"))
    return Blackout.objects.filter(
        of_account, ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now
    )


def due(now: datetime) -> QuerySet[Post]:
    """Return the posts that may go out at `now`, the longest due first. Paused accounts wait.

    What was approved while its account rehearsed was not approved for the world. Nothing may go out while
    everything is stopped, or in a blackout made at the desk: the claim asks that in the same statement.
    """
    return (
        Post.objects.filter(
            ~Exists(Halt.objects.filter(lifted_at__isnull=True)),
            ~Exists(_blackouts_at(now)),
            state=State.SCHEDULED,
            due_at__lte=now,
            account__active=True,
        )
        .filter(Q(account__paused=False) | Q(account__paused_until__lte=now))
        .filter(Q(rehearsed=False) | Q(account__live=False))
        .order_by("due_at", "pk")
    )


def may_go(
    now: datetime,
    *,
    silent: Collection[str] = (),
    spaced: Collection[str] = (),
    spacing: timedelta = timedelta(0),
) -> QuerySet[Post]:
    """Return the due posts that a worker may take in hand: none of a `silent` account, and of those in
    `spaced`, which posted less than `spacing` ago, none that is later than that: a backlog does not burst.
    """
    rows = due(now)
    if silent:
        rows = rows.exclude(account__name__in=list(silent))
    if spaced:
        rows = rows.exclude(account__name__in=list(spaced), due_at__lt=now - spacing)
    return rows


def is_known(post_id: int, network_id: str) -> bool:
    """Say whether another post of the same account already carries `network_id`."""
    same_account = Post.objects.filter(pk=post_id).values("account_id")
    return (
        network_id != ""
        and Post.objects.filter(account_id__in=same_account, network_id=network_id)
        .exclude(pk=post_id)
        .exists()
    )


def posted_since(moment: datetime) -> set[str]:
    """Return the names of the accounts on which something was sent, or may have been, since `moment`."""
    return set(
        Attempt.objects.filter(opened_at__gt=moment).values_list("post__account__name", flat=True)
    )


def approved_in_rehearsal() -> QuerySet[Post]:
    """Return scheduled posts whose account has gone live since they were approved."""
    return posts([State.SCHEDULED]).filter(rehearsed=True, account__live=True)


def due_within(now: datetime, span: timedelta) -> datetime | None:
    """Return the next moment after `now`, and within `span`, at which a post becomes due; or None."""
    return (
        Post.objects.filter(state=State.SCHEDULED, due_at__gt=now, due_at__lte=now + span)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def next_due() -> datetime | None:
    """Return when the next scheduled post is due (UTC), or None."""
    return (
        Post.objects.filter(state=State.SCHEDULED)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


MOST_COUNTED = 1000  # entries of a source that a page counts; people do not care beyond
_FEW_ENTRIES = (
    "(SELECT COUNT(*) FROM (SELECT 1 FROM review_entry e WHERE e.source_id = review_source.id "
    "LIMIT %s) AS few)"
)


def sources() -> QuerySet[Source]:
    """Return the sources that are in use, by name."""
    return Source.objects.filter(active=True).order_by("name")


def sources_with_counts(most: int = MOST_COUNTED) -> QuerySet[Source]:
    """Return `sources` with the number of their entries, up to `most`, and of those that are held."""
    held = Entry.objects.filter(source=OuterRef("pk"), held=True).order_by().values("source")
    return sources().annotate(
        entry_count=RawSQL(_FEW_ENTRIES, [most]),  # noqa: S611 - our own words, and a number
        held_count=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
    )


def held_entries(source: str) -> QuerySet[Entry]:
    """Return the entries of the source of that name that are held for a person, oldest first."""
    return Entry.objects.filter(source__name=source, held=True).order_by("pk")


def notice(source: Source) -> str:
    """Return what the operator should know or do about a source besides its trouble, else ""."""
    if source.health == Source.Health.GONE:
        return (
            "It is not asked any more: write its new address in sources.toml, or run "
            f'`bot sources ask "{source.name}"` if it is back.'
        )
    twin = _twin(source)
    if twin is not None:
        return (
            f"It leads to the same address as {twin.name}; take one of the two out of sources.toml."
        )
    if source.address:
        return f"It has moved for good to {source.address}; write that as its url in sources.toml."
    if source.moved_to and source.moved_seen > 1:
        return (
            f"Its server says that it has moved for good to {source.moved_to}; if that is right, "
            "write it as the url in sources.toml."
        )
    return ""


def _twin(source: Source) -> Source | None:
    """Return another source that is asked where a move has led, or leads, `source`."""
    target = source.address or (source.moved_to if source.moved_seen > 1 else "")
    if not target:
        return None
    others = Source.objects.filter(active=True).exclude(pk=source.pk)
    return others.filter(Q(address=target) | Q(address="", url=target)).first()


def accounts() -> QuerySet[Account]:
    """Return the accounts that are in use, by name."""
    return Account.objects.filter(active=True).order_by("name")


def workers() -> QuerySet[Worker]:
    """Return the workers, the most recently alive first."""
    return Worker.objects.order_by("-heartbeat_at")
