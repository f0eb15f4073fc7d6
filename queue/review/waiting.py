"""What waits in the queue, and for whom: the posts that need a person, the most urgent first.

Urgent is what may be published or has failed; then what expires soonest. A bulletin's posts stay together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, When

from review import queries
from review.models import Ask, Person, Post, Revision
from review.states import NEEDS_A_PERSON, State, Verb


class Whose(StrEnum):
    """Whose posts somebody looks at; the value is what the queue's address says."""

    FOR_ME = ""  # what this person may decide, or is asked about
    MINE = "mine"  # what was handed to this person
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the waiting posts somebody wants to see; what is empty narrows nothing."""

    words: str = ""
    kind: str = ""
    network: str = ""
    state: str = ""

    def narrow(self, rows: QuerySet[Post]) -> QuerySet[Post]:
        """Return those of `rows` that are wanted. Every word must be in the title or the newest text."""
        for word in self.words.split()[:10]:
            in_text = Revision.objects.filter(
                post=OuterRef("pk"), number=OuterRef("revision_number"), text__icontains=word
            )
            rows = rows.filter(Q(announcement__title__icontains=word) | Q(Exists(in_text)))
        if self.kind:
            rows = rows.filter(announcement__kind=self.kind)
        if self.network:
            rows = rows.filter(account__network=self.network)
        if self.state:
            rows = rows.filter(state=self.state)
        return rows


def for_whom(whose: Whose, person: Person, *, four_eyes: bool, by_two: bool = False) -> Q:
    """Return the condition on posts that need a person under which they are `whose`, of `person`.

    For whoever decides, that is what nobody else was given, without their own words where `four_eyes` are
    asked for, and without what they have approved already where it is `by_two`; for an editor, the drafts that
    nobody was given. For both, what was given to them and where somebody's comment asks them. Whoever may only
    look is shown everything.
    """
    if whose is Whose.ALL or not person.may_edit:
        return Q()
    given = Q(assignee=person)
    if whose is Whose.MINE:
        return given
    asked = Q(
        Exists(Ask.objects.filter(post=OuterRef("pk"), person=person, answered_at__isnull=True))
    )
    free = Q(assignee__isnull=True) | Q(assignee__is_active=False)
    if not person.may_decide:
        free &= Q(state=State.IN_REVIEW)
    elif four_eyes:
        free &= ~(Q(state=State.IN_REVIEW, revision_number__gt=1) & Q(_own_words(person)))
    theirs = given | free
    if by_two:
        theirs &= ~Q(state=State.IN_REVIEW, approved_first_by=person)
    return theirs | asked


def _own_words(person: Person) -> Exists:
    """Whether `person` was the last one to write the words of the post in the outer query."""
    newer = Revision.objects.filter(
        post=OuterRef("post"), by_person=True, number__gt=OuterRef("number")
    )
    by_them = Q(written_by=str(person)) | Q(
        decisions__person=person, decisions__verb=Verb.AMEND.value
    )
    return Exists(
        Revision.objects.filter(~Exists(newer), by_them, post=OuterRef("pk"), by_person=True)
    )


def counts(person: Person, *, four_eyes: bool, by_two: bool = False) -> dict[str, int]:
    """Count the posts that need a person, by whose they are, in one query."""
    counted = {
        whose.name: Count(
            "pk",
            filter=for_whom(whose, person, four_eyes=four_eyes, by_two=by_two),
            distinct=True,
        )
        for whose in (Whose.FOR_ME, Whose.MINE)
    }
    return Post.objects.filter(state__in=NEEDS_A_PERSON).aggregate(**counted)


def announcements(wanted: Wanted, whose: Q) -> list[int]:
    """Return the keys of the announcements that have wanted posts, in the queue's order."""
    rows = wanted.narrow(Post.objects.filter(whose, state__in=NEEDS_A_PERSON))
    found = (
        rows.order_by()
        .values_list("announcement__entry_id", "announcement_id", "announcement__position")
        .annotate(
            calm=Min(
                Case(When(state=State.IN_REVIEW, then=1), default=0, output_field=IntegerField())
            ),
            first=Min("created_at"),
        )
    )
    lines = list(found)
    urgency: dict[int, tuple[object, ...]] = {}
    for entry, _key, _position, calm, first in lines:
        urgency[entry] = min(urgency.get(entry, (calm, first)), (calm, first))
    lines.sort(key=lambda line: (*urgency[line[0]], line[0], line[2], line[1]))
    return [line[1] for line in lines]


def posts(wanted: Wanted, whose: Q, *, keys: Sequence[int]) -> list[Post]:
    """Return the wanted posts of these announcements, as `queries.posts` does, in the order of `keys`."""
    rows = wanted.narrow(queries.posts(NEEDS_A_PERSON).filter(whose, announcement__in=keys))
    place = {key: index for index, key in enumerate(keys)}
    found = rows.select_related("assignee")
    return sorted(found, key=lambda post: (place[post.announcement_id], post.account.name))


def of_bulletin(post: Post) -> Iterable[int]:
    """Return the keys of the posts that need a person and come from the same bulletin as `post`."""
    return Post.objects.filter(
        state__in=NEEDS_A_PERSON, announcement__entry=post.announcement.entry_id
    ).values_list("pk", flat=True)
