"""What else is on the networks, and answers that keep to no document.

Drawn from a stream of their own, so that the rest of a seed's script stays what it was without them.
"""

from __future__ import annotations

import random
from datetime import timedelta

from review.models import Post
from tests.emulators.faults import Fault, Kind
from tests.emulators.linkedin import PAGE
from tests.faults.world import World

# Nothing is published by these, whatever they look like.
REFUSALS = (
    Fault(Kind.STATUS, status=403, body="<html>Access denied</html>"),
    Fault(Kind.STATUS, status=404, body="null"),
    Fault(Kind.STATUS, status=429, body="<html>", headers=(("RETRY-AFTER", "30"),)),
    Fault(Kind.STATUS, status=425, body="[1]"),
)
# These may hide a published post.
LOST = (
    Fault(Kind.STATUS, apply=True, status=201, body=""),
    Fault(Kind.STATUS, apply=True, status=200, body="<html>Sign in</html>"),
    Fault(Kind.STATUS, apply=True, status=204),
    Fault(Kind.STATUS, apply=True, status=201, body='{"data":{"id":null}}'),
    Fault(Kind.STATUS, apply=True, status=201, headers=(("X-RestLi-Id", "7141"),)),
    Fault(Kind.STATUS, apply=True, status=520, body="\x00\x01"),
    Fault(Kind.STATUS, apply=True, status=408, body="{}"),
)
READINGS = (
    Fault(Kind.DROP, on="GET /2/users/me"),
    Fault(Kind.STATUS, on="GET", status=200, body='{"data":[{"id":1}],"meta":"-"}'),
    Fault(Kind.STATUS, on="GET", status=200, body='{"elements":[[]],"paging":0}'),
    Fault(Kind.STATUS, on="GET", status=401, body="<html>"),
)
_KINDS = (REFUSALS, LOST, LOST, READINGS)


def answers(seed: int) -> dict[str, list[Fault]]:
    """Return the odd answers of a seed, by network: none in most."""
    chance = random.Random(f"answers {seed}")  # noqa: S311  # reproducible on purpose
    return {
        network: [chance.choice(chance.choice(_KINDS)) for _ in range(chance.choice((0, 0, 1, 2)))]
        for network in ("x", "linkedin")
    }


def crowd(world: World, seed: int) -> None:
    """Let other clients have posted about the same links, just now and days ago."""
    chance = random.Random(f"crowd {seed}")  # noqa: S311  # reproducible on purpose
    if chance.random() < 0.6:
        return
    for post in Post.objects.select_related("account").order_by("pk"):
        content = post.revisions.get(number=1).content
        at = world.clock.network() - timedelta(minutes=chance.choice((0, 1, 4000)))
        words = f"See also number {post.pk}: {content.text.partition(' is ')[0]}"
        if post.account.network == "x":
            world.x.put(f"{words} {content.link}", at=at)
        else:
            card = {"article": {"source": content.link, "title": "Another title"}}
            world.linkedin.put({"author": PAGE, "commentary": words, "content": card}, at=at)
