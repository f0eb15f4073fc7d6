"""What the desk's pages show of a post: its checks, its next free slot, who is to say what next.

Everything is worked out here once, from rows that are already read, so that a page of many posts asks the
database a fixed number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.timing import Calendar
from review import addresses, looks, queries, slots, text
from review.models import (
    STATE_LABELS,
    Account,
    Announcement,
    Comment,
    Entry,
    Person,
    Post,
    Revision,
)
from review.said import told as in_words
from review.states import NEEDS_A_PERSON, State, Verb, verbs_for_person
from review.text import Content

KIND_LABELS = {"plan": _("Plan"), "practice": _("Practice"), "report": _("Report")}
TAKE_IN_LABELS = {
    "plan": _("It is a plan"),
    "practice": _("It is a practice"),
    "report": _("It is a report"),
}


def is_web(address: str) -> bool:
    """Say whether an address is one of the web, fit to become a link on a page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def moment(value: datetime, *, now: datetime) -> str:
    """Write a moment in the page's zone: "Thu 26 Nov, 09:30"; with the year when it is not this one."""
    local = timezone.localtime(value)
    this_year = local.year == timezone.localtime(now).year
    return date_format(local, "D j M, H:i" if this_year else "D j M Y, H:i")


def account_name(account: Account) -> str:
    """Name an account for people: its handle, or its own name when the network knows it by a number."""
    return account.name if account.who.startswith("urn:") else account.who


def is_looking(names: Sequence[str]) -> str:
    """Say who is looking at a post."""
    return ngettext(
        "%(names)s is looking at this.", "%(names)s are looking at this.", len(names)
    ) % {"names": ", ".join(names)}


def network_label(network: str) -> str:
    """Name a network for people, such as "LinkedIn"."""
    facts = text.NETWORKS.get(network)
    return facts.label if facts else network


@dataclass(frozen=True, slots=True)
class Shown:
    """One post, as a page shows it.

    `next_slot` is the account's next free slot (None: not known or not needed), `cost` in US dollars.
    `counts` says how the network counts, `own_card` whether we write the link card (else the network makes
    it from the page that the text links to).
    `own_words` says that four eyes are asked for and that whoever looks wrote this text. `by_two` says that two
    are to approve it, `first_by` who has already (None: nobody), and `approved_already` that this is its reader.
    `done_place` is the fragment where its reader goes on once the post is done with. `lookers` are others who
    look at it now, `since` is what changed since its reader saw it, and `asks_reader` says that a comment
    waits for their answer.
    """

    post: Post
    account: Account
    revision: Revision
    content: Content
    network: str
    who: str
    length: int
    limit: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    counts: str
    cost: Decimal | None
    own_card: bool
    next_slot: datetime | None
    paused: bool
    verbs: frozenset[str]
    comments: tuple[Comment, ...] = ()
    own_words: bool = False
    by_two: bool = False
    first_by: Person | None = None
    approved_already: bool = False
    done_place: str = ""
    lookers: tuple[str, ...] = ()
    since: looks.Since | None = None
    asks_reader: bool = False

    @property
    def state(self) -> str:
        """The state's label."""
        return str(STATE_LABELS[State(self.post.state)])

    @property
    def waits(self) -> bool:
        """Whether a person has something to do about it."""
        return self.post.state in NEEDS_A_PERSON

    @property
    def looked_at(self) -> str:
        """Who is looking at it, in a sentence."""
        return is_looking(self.lookers)

    @property
    def most_images(self) -> int:
        """How many images a post may have on its network."""
        facts = text.NETWORKS.get(self.account.network)
        return facts.most_images if facts else 0

    @property
    def home(self) -> str:
        """The address of the account's own page on its network; "" where that is not known."""
        facts = text.NETWORKS.get(self.account.network)
        return facts.home(self.account.who) if facts and self.account.live else ""

    @property
    def can_be_approved(self) -> bool:
        """Whether the verb is there and no check stands against it."""
        fit = Verb.APPROVE in self.verbs and not self.errors and self.account.active
        return fit and not self.own_words and not self.approved_already

    @property
    def asked(self) -> bool:
        """Whether somebody asks for changes of this very revision."""
        return any(
            c.asks_for_changes and c.revision_number == self.revision.number for c in self.comments
        )

    @property
    def is_clean(self) -> bool:
        """Whether it may be approved without a look of its own: every check passed, and nobody objects."""
        quiet = not self.warnings and not self.asked and not self.post.missed and not self.paused
        known = self.since is None and not self.asks_reader
        return self.can_be_approved and quiet and known and self.next_slot is not None

    @property
    def has_card(self) -> bool:
        """Whether the link card in the preview is the one that followers will see."""
        link = self.content.link
        return bool(link) and (self.own_card or link in self.content.text)

    @property
    def link_is_in_text(self) -> bool:
        """Whether the text holds the link, so that it can be followed from there."""
        return self.content.link in self.content.text

    @property
    def image_is_shown(self) -> bool:
        """Whether the image can be shown on a page."""
        return is_web(self.content.image)


@dataclass(frozen=True, slots=True)
class Group:
    """One announcement and its posts."""

    announcement: Announcement
    posts: tuple[Shown, ...]
    done_place: str = ""

    @property
    def approvable(self) -> tuple[Shown, ...]:
        """The posts that one press of a button may approve together."""
        return tuple(shown for shown in self.posts if shown.can_be_approved)

    @property
    def kind(self) -> str:
        """The kind's label."""
        return str(KIND_LABELS.get(self.announcement.kind, self.announcement.kind))

    @property
    def facts(self) -> frozenset[str]:
        """The figures and names that its posts use."""
        return text.facts(shown.content.text for shown in self.posts)

    @property
    def one_slot(self) -> datetime | None:
        """The next free slot, when it is the same for all that can be approved."""
        found = {shown.next_slot for shown in self.approvable}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One entry of a source with what of it is on the page, and when the first of its posts expires."""

    entry: Entry
    groups: tuple[Group, ...]
    expires: datetime | None = None

    @property
    def post_count(self) -> int:
        """How many posts of it are on this page."""
        return sum(len(group.posts) for group in self.groups)


def next_slots(
    accounts: Iterable[Account], *, calendar: Calendar | None, now: datetime
) -> dict[int, datetime]:
    """Find each account's next free slot (UTC), by the account's key; one query for all of them."""
    if calendar is None:
        return {}
    taken = queries.due_times(after=now - calendar.spacing)
    found = {}
    for account in {account.pk: account for account in accounts}.values():
        slot = slots.next_slot(
            now, calendar=calendar, account=account.name, taken=taken.get(account.pk, ())
        )
        if slot is not None:
            found[account.pk] = slot
    return found


def show(
    rows: Sequence[Post],
    *,
    calendar: Calendar | None,
    now: datetime,
    checks: bool = True,
    brands: Collection[str] = (),
    reader: Person | None = None,
) -> list[Shown]:
    """Work out what the pages show of posts that came from `review.queries.posts`.

    `brands` are names whose spelling stands, `reader` is who looks. `checks` False leaves out the checks,
    the price, the comments and the next slot, for lists that do not show them.
    """
    slots_by_account = (
        next_slots((post.account for post in rows), calendar=calendar, now=now) if checks else {}
    )
    comments = queries.comments(rows) if checks else {}
    tried = (
        addresses.tried(queries.newest_revision(post).content for post in rows) if checks else {}
    )
    four_eyes = reader is not None and calendar is not None and calendar.approvals != "any"
    writers = queries.last_writers(rows) if checks and four_eyes else {}
    firsts = _first_approvals(rows) if checks and calendar is not None and calendar.by_two else {}
    keys = [post.pk for post in rows]
    lookers = looks.lookers(keys, besides=reader, now=now) if reader is not None else {}
    since = looks.since(rows, reader) if reader is not None else {}
    return [
        replace(
            _show(
                post,
                # A time that the first of two asked for stands while it is ahead.
                {post.account_id: post.due_at}
                if post.pk in firsts and post.due_at is not None and post.due_at > now
                else slots_by_account,
                now=now,
                checks=checks,
                brands=brands,
                tried=tried,
            ),
            comments=tuple(comments.get(post.pk, ())),
            own_words=reader is not None and _is_by(reader, writers.get(post.pk)),
            by_two=calendar is not None and calendar.by_two,
            first_by=firsts.get(post.pk),
            approved_already=reader is not None and firsts.get(post.pk) == reader,
            lookers=tuple(lookers.get(post.pk, ())),
            since=since.get(post.pk),
            asks_reader=reader is not None
            and any(
                ask.person_id == reader.pk and ask.answered_at is None
                for comment in comments.get(post.pk, ())
                for ask in comment.asks.all()
            ),
        )
        for post in rows
    ]


def _first_approvals(rows: Iterable[Post]) -> dict[int, Person]:
    """Return who approved each post in review first, by the post's key, if they may decide still; one query at most."""
    found = {
        post.pk: post.approved_first_by
        for post in rows
        if post.state == State.IN_REVIEW and post.approved_first_by is not None
    }
    able = queries.deciders() if found else ()
    return {key: first for key, first in found.items() if first in able}


def with_text(content: Content, words: str) -> Content:
    """Return the content with other words."""
    return replace(content, text=words.replace("\r\n", "\n"))


def show_typed(
    post: Post, content: Content, *, now: datetime, brands: Collection[str] = ()
) -> Shown:
    """Work out how a post would look and what the checks would say, were `content` saved."""
    known = addresses.tried([content])
    return _show(post, {}, now=now, checks=True, brands=brands, content=content, tried=known)


def _is_by(reader: Person, writer: tuple[str, int | None] | None) -> bool:
    if writer is None:
        return False
    name, key = writer
    return key == reader.pk or name.casefold() == str(reader).casefold()


def origin_of(
    announcement: Announcement, *, tried: Mapping[str, text.Tried] | None = None
) -> text.Origin:
    """Return what the drafts of an announcement are checked against: its source's words, and its link."""
    card = announcement.card
    words = (
        announcement.title,
        announcement.summary,
        *announcement.paragraphs,
        card.get("title", ""),
        card.get("description", ""),
    )
    return text.Origin(
        words="\n".join(words),
        language=announcement.language,
        links={announcement.link: card.get("answer", "")},
        tried=tried or {},
    )


def _show(
    post: Post,
    next_by_account: dict[int, datetime],
    *,
    now: datetime,
    checks: bool,
    brands: Collection[str],
    content: Content | None = None,
    tried: Mapping[str, text.Tried] | None = None,
) -> Shown:
    revision = queries.newest_revision(post)
    content = content or revision.content
    network = post.account.network
    known = checks and network in text.NETWORKS
    problems = (
        text.problems(
            network, content, brands=brands, origin=origin_of(post.announcement, tried=tried)
        )
        if known
        else ()
    )
    return Shown(
        post=post,
        account=post.account,
        revision=revision,
        content=content,
        network=network_label(network),
        who=account_name(post.account),
        length=text.length(network, content) if known else len(content.text),
        limit=text.limit(network) if known else 0,
        errors=tuple(in_words(p.sentence) for p in problems if p.level == "error"),
        warnings=tuple(in_words(p.sentence) for p in problems if p.level != "error"),
        counts=gettext(text.NETWORKS[network].counts) if known else "",
        cost=text.cost(network, content) if known else None,
        own_card=network not in text.NETWORKS or not text.NETWORKS[network].link_in_text,
        next_slot=next_by_account.get(post.account_id),
        paused=post.account.is_paused(now),
        verbs=frozenset(verbs_for_person(State(post.state))),
    )


def groups(rows: Sequence[Shown]) -> list[Group]:
    """Put posts of the same announcement together; `rows` must hold them side by side."""
    made = []
    for _key, posts in groupby(rows, key=lambda shown: shown.post.announcement_id):
        together = tuple(posts)
        made.append(Group(together[0].post.announcement, together))
    return made


def bulletins(rows: Sequence[Shown], *, expire_after: timedelta | None = None) -> list[Bulletin]:
    """Put posts together by bulletin and announcement, and tell each where its reader goes on.

    The reader goes on at the same announcement while it has other posts, else at the next one, else at the
    one before.
    """
    found = groups(rows)
    places = [f"#announcement-{group.announcement.pk}" for group in found]
    placed = []
    for index, group in enumerate(found):
        here = places[index]
        beyond = (*places[index + 1 : index + 2], *places[max(index - 1, 0) : index], "")[0]
        done = beyond if len(group.posts) == 1 else here
        all_done = beyond if len(group.approvable) == len(group.posts) else here
        posts = tuple(replace(row, done_place=done) for row in group.posts)
        placed.append(replace(group, posts=posts, done_place=all_done))
    return [
        Bulletin(
            members[0].announcement.entry,
            tuple(members),
            _expires([row.post for group in members for row in group.posts], expire_after),
        )
        for members in (
            list(part) for _key, part in groupby(placed, key=lambda g: g.announcement.entry_id)
        )
    ]


def _expires(posts: Iterable[Post], after: timedelta | None) -> datetime | None:
    undecided = [post.created_at for post in posts if post.state == State.IN_REVIEW]
    return min(undecided) + after if undecided and after is not None else None
