"""Makes rows and values for tests: a source, an entry, an announcement, posts, people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission

from config.timing import Calendar
from review import transitions
from review.models import Account, Announcement, Entry, Person, Post, Source
from review.text import Content

# A Tuesday morning in winter: London is on UTC, and 09:30 is the next weekly slot.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CALENDAR = Calendar.model_validate({"slots": ["Mon-Fri 09:30", "Mon-Fri 14:00"], "spacing": "45m"})
SIAN = transitions.operator("Siân")
BRYN = transitions.operator("Bryn")
_numbers = count(1)


def make_person(
    name: str = "Siân", *, may_decide: bool = True, may_edit: bool = False, admin: bool = False
) -> Person:
    """A person who can sign in with the password "correct horse battery"."""
    person = Person.objects.create_user(
        username=name.lower(), password="correct horse battery", name=name, is_superuser=admin
    )
    if may_decide:
        person.user_permissions.add(Permission.objects.get(codename="decide"))
    if may_edit:
        person.user_permissions.add(Permission.objects.get(codename="edit"))
    return Person.objects.get(pk=person.pk)


def make_account(network: str = "x", *, name: str = "", live: bool = False) -> Account:
    """An account on `network`, made once."""
    account, _ = Account.objects.get_or_create(
        name=name or f"cohes3ion-{network}",
        defaults={"network": network, "who": "@cohes3ion", "live": live},
    )
    return account


def make_entry(**given: Any) -> Entry:
    """An entry of the source "Bulletins"."""
    source, _ = Source.objects.get_or_create(
        name="Bulletins", defaults={"url": "https://example.org/feed", "next_check_at": NOW}
    )
    number = next(_numbers)
    values: dict[str, Any] = {
        "key": f"entry-{number}",
        "title": f"Bulletin {number}",
        "link": f"https://example.org/bulletins/{number}",
        "first_seen_at": NOW,
        "content_hash": "0" * 64,
        "composed_at": NOW,
        "language": "en",
        **given,
    }
    return Entry.objects.create(source=source, **values)


def make_announcement(entry: Entry | None = None, **given: Any) -> Announcement:
    """An announcement of kind report, unless said otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "key": f"announcement-{number}",
        "kind": "report",
        "because": ["“report” with “published” in the title"],
        "title": f"Report {number} on regional growth published",
        "summary": "The report finds that 14 regions grew.",
        "paragraphs": ["The report finds that 14 regions grew."],
        "link": f"https://example.org/reports/{number}",
        "language": "en",
        "created_at": NOW,
        "drafted_at": NOW,
        **given,
    }
    return Announcement.objects.create(entry=entry or make_entry(), **values)


def make_content(announcement: Announcement, network: str = "x") -> Content:
    """A draft that fits its network."""
    text = f"{announcement.title}. The report finds that 14 regions grew."
    return Content(
        text=f"{text}\n\n{announcement.link}" if network == "x" else text,
        link=announcement.link,
        card_title=announcement.title,
        card_description=announcement.summary,
    )


def make_post(
    network: str = "x", *, announcement: Announcement | None = None, account: Account | None = None
) -> Post:
    """A post in review, submitted the way the bot does it."""
    announcement = announcement or make_announcement()
    account = account or make_account(network)
    return transitions.submit(
        announcement,
        account=account,
        content=make_content(announcement, account.network),
        now=NOW,
    )


def make_due_post(network: str = "x", *, account: Account | None = None) -> Post:
    """A post that Siân approved for now."""
    post = make_post(network, account=account)
    return transitions.approve(
        post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=post.revision_number, when=NOW
    )


def minutes(number: float) -> timedelta:
    """A span of minutes."""
    return timedelta(minutes=number)
