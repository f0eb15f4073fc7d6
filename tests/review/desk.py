"""What the tests of the desk share: people at their browsers, verbs as forms send them, posts in trouble."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from lxml import html

from review import transitions
from review.models import Post
from tests.making import (
    NOW,
    make_account,
    make_announcement,
    make_content,
    make_due_post,
    make_entry,
    make_person,
    minutes,
)

CONFIGURED = """
slots = ["Mon-Fri 09:30", "Mon-Fri 14:00"]
spacing = "45m"
[[blackout]]
name = "Senedd election"
from = 2026-12-01T00:01
to = 2026-12-08T22:00
"""
VERBS = ["approve", "reject", "amend", "hold", "withdraw", "requeue", "confirm"]


def browser(name: str, **given: Any) -> Client:
    """The browser of a person who is signed in."""
    client = Client()
    client.force_login(make_person(name, **given))
    return client


def do(client: Client, post: Post, verb: str, **typed: Any) -> Any:
    """Send the form of a verb, as a page that showed `post` would."""
    typed = {"seen": post.revision_number, **typed}
    return client.post(reverse("verb", args=[post.pk, verb]), typed)


def parsed(page: str) -> Any:
    """A page as a tree, for questions in XPath."""
    return html.fromstring(page)


def message(client: Client, answer: Any) -> str:
    """Follow an answer and return the message on the page it leads to."""
    assert answer.status_code == 302, answer.text
    page = parsed(client.get(answer.headers["Location"]).text)
    return " ".join(str(page.xpath("string(//*[@role='status'])")).split())


def state(post: Post) -> str:
    """The state of a post in the database."""
    return Post.objects.get(pk=post.pk).state


def unconfirmed() -> Post:
    """A post that the bot lost track of."""
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim
    return transitions.lose_track(
        claim, now=NOW, outcome="outcome unknown", reason="X did not answer.", look_at=None
    )


def failed() -> Post:
    """A post that the bot gave up."""
    make_due_post()
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim
    return transitions.give_up(claim, now=NOW, outcome="refused", reason="X refused <this> post.")


def fill(posts: int) -> None:
    """Put many posts into the queue, two an announcement, all of one bulletin."""
    entry = make_entry()
    x, linkedin = make_account("x"), make_account("linkedin")
    for _ in range(posts // 2):
        announcement = make_announcement(entry)
        for account in (x, linkedin):
            transitions.submit(
                announcement,
                account=account,
                content=make_content(announcement, account.network),
                now=NOW,
            )
