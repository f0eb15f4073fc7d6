"""What goes wrong in one run, drawn from its seed; and what must hold whatever it was."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection
from django.db.utils import DatabaseError, OperationalError

from bot import publish
from review import record
from review.models import Attempt, Post
from review.states import State
from tests.emulators import faults
from tests.emulators.faults import Fault, Kind
from tests.faults import strange
from tests.faults.world import World

# What the networks do wrong with a create, and with a reading.
CREATES = (
    faults.APPLY_THEN_DROP,
    faults.APPLY_THEN_503,
    faults.DROP_BEFORE_APPLY,
    Fault(Kind.STATUS, status=503),
    faults.HTML_502,
    faults.APPLY_THEN_HTML_502,
    faults.EMPTY_LIST,
    faults.NULL,
    faults.WITHOUT_ID,
    Fault(Kind.STATUS, apply=True, status=500, body="null"),
    Fault(Kind.STATUS, status=500, body="[]"),
    Fault(Kind.STATUS, status=429, body="{}", headers=(("Retry-After", "60"),)),
    Fault(Kind.STATUS, status=401, body="[]"),
    Fault(Kind.STATUS, status=402, body="null"),
    Fault(Kind.STATUS, status=400, body="<html>"),
    Fault(Kind.STATUS, status=302, apply=True, headers=(("Location", "/elsewhere"),)),
)
# These cost seconds of real time, so few runs have one.
SLOW_CREATES = (
    Fault(Kind.DELAY, seconds=1.3),
    Fault(Kind.SLOW_BODY, seconds=0.2),
    Fault(Kind.CUT),
)
READINGS = (
    Fault(Kind.DROP, on="GET"),
    Fault(Kind.STATUS, on="GET", status=503),
    Fault(Kind.STATUS, on="GET", status=502, body="<html>"),
    Fault(Kind.STATUS, on="GET", status=200, body="[]"),
    Fault(Kind.STATUS, on="GET", status=200, body="null"),
    Fault(Kind.STATUS, on="GET", status=200, body="{}"),
    Fault(Kind.STATUS, on="GET", status=429, body="{}", headers=(("Retry-After", "60"),)),
)
# What goes wrong with taking a post down.
DELETIONS = (
    Fault(Kind.DROP, on="DELETE"),
    Fault(Kind.DROP, apply=True, on="DELETE"),
    Fault(Kind.STATUS, on="DELETE", status=503),
    Fault(Kind.STATUS, apply=True, on="DELETE", status=502, body="<html>"),
    Fault(Kind.STATUS, on="DELETE", status=200, body="[]"),
    Fault(Kind.STATUS, on="DELETE", status=429, body="null"),
)
LAGS = (2, 20, 90, 280)  # seconds until a published post can be read
POINTS = ("claimed", "arrived", "answered", "back")
# A worker's request in flight lasts 30 seconds at the most; between requests it may stand still for long.
STALLS = {
    "claimed": (10, 170, 300, 2400),
    "back": (10, 300, 2400),
    "arrived": (5, 24),
    "answered": (5, 24),
}
# Seconds between passes. Together long enough for a clock that was set back by an hour, and for trouble in
# reading after that.
STEPS = (
    0,
    1,
    14,
    16,
    30,
    61,
    120,
    200,
    301,
    301,
    901,
    901,
    3601,
    3601,
    61,
    301,
    901,
    901,
    301,
    301,
    301,
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens at the `nth` time that the play comes to `point`."""

    point: str
    nth: int
    what: str
    seconds: int = 0


class Play:
    """One run: the script of `seed`, played to its end; `faults_found` are the broken promises."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        chance = random.Random(seed)  # noqa: S311  # reproducible on purpose
        self.names = [
            chance.choice(("x", "x", "page", "member")) for _ in range(chance.randint(1, 3))
        ]
        self.duplicates = chance.random() < 0.4
        self.hasty = chance.random() < 0.6
        self.faults = {
            network: self._faults(chance) for network in ("x", "linkedin") if chance.random() < 0.7
        }
        self.scenes = [self._scene(chance) for _ in range(chance.choice((0, 1, 1, 2)))]
        self.kills = [
            chance.randint(1, 1500) if chance.random() < 0.5 else 0
            for _ in range(chance.choice((0, 1, 1, 2)))
        ]
        self.hands = chance.choice((1, 1, 4, 8))
        self.corrects = chance.random() < 0.3
        self.deletions = [chance.choice(DELETIONS) for _ in range(chance.choice((0, 1, 2)))]
        self.odd = strange.answers(seed)
        self._seen: dict[str, int] = {}
        self._busy = False
        self._after: list[Callable[[], None]] = []
        self.lag = max(
            (f.seconds for many in self.faults.values() for f in many if f.kind is Kind.LAG),
            default=0.0,
        )

    def _faults(self, chance: random.Random) -> list[Fault]:
        found = [chance.choice(CREATES) for _ in range(chance.choice((0, 1, 1, 2)))]
        if chance.random() < 0.04:
            found.append(chance.choice(SLOW_CREATES))
        if chance.random() < 0.3:
            # Found late: the answer to the create is lost, and the post does not show at once.
            found[:0] = [Fault(Kind.LAG, seconds=chance.choice(LAGS))]
            found.append(replace(faults.APPLY_THEN_DROP))
        found += [chance.choice(READINGS) for _ in range(chance.choice((0, 0, 1, 2)))]
        return found

    def _scene(self, chance: random.Random) -> Scene:
        point = chance.choice(POINTS)
        what = chance.choice(
            ("stall", "stall", "stall", "others", "back", "ahead", "locked", "full")
        )
        if what == "stall":
            return Scene(point, chance.randint(1, 2), what, chance.choice(STALLS[point]))
        if what == "full":
            point = "claimed"
        return Scene(point, chance.randint(1, 3), what, chance.choice((1, 3, 80)))

    # -- playing -------------------------------------------------------------------------------------------

    def run(self) -> list[str]:
        """Play it, and return the promises that were broken, each in a sentence."""
        with World(duplicates=self.duplicates, hands=self.hands, seed=self.seed) as world:
            self.world = world
            world.make_posts(self.names)
            strange.crowd(world, self.seed)
            for script in (self.faults, self.odd):
                for network, many in script.items():
                    (world.x if network == "x" else world.linkedin).play(*many)
            world.at = self._at
            kills = list(self.kills)
            for step in STEPS:
                world.clock.move(step)
                self._pass(kills.pop(0) if kills else 0)
                if self.hasty and step > 15:
                    world.person_acts()
            broken = list(self._unsettled()) if not self.hasty else []
            self._finish()
            broken += self._broken()
            if self.corrects and not broken:
                broken += self._correct()
            return broken

    def _pass(self, kill_at: int) -> None:
        # As the worker does, each second: nothing is set in motion when nothing is due.
        if publish.anything_to_do(now=self.world.clock.wall()):
            self.world.work(kill_at=kill_at)
        while self._after:
            self._after.pop()()
        self.world.clock.while_asleep = lambda: None

    def _correct(self) -> list[str]:
        """Let a published post be corrected while its network has trouble with taking it down."""
        world = self.world
        old = Post.objects.filter(state=State.PUBLISHED).exclude(network_id="").first()
        if old is None:
            return []
        (world.x if old.account.name == "x" else world.linkedin).play(*self.deletions)
        new = world.correct(old)
        # LinkedIn's limits last until midnight UTC: each trouble may cost a whole day.
        days = (86_401, 301) * max(1, len(self.deletions))
        for step in (1, 301, 301, 3601, *days):
            world.clock.move(step)
            self._pass(0)
            if step < 301 and Post.objects.get(pk=old.pk).taken_down_at is None:
                world.person_acts()
                if Post.objects.get(pk=new.pk).state != State.IN_REVIEW:
                    return ["a correction was approved while the old post was there"]
        broken = []
        if world.is_there(old):
            broken.append(f"post {old.pk} was to be taken down and is still there: {old.reason}")
        self._finish()
        if not world.is_there(new):
            broken.append(f"post {new.pk}, a correction, is not there")
        return [*broken, *self._broken()]

    def _finish(self) -> None:
        for _ in range(14):
            if not Post.objects.exclude(state=State.PUBLISHED).exists():
                return
            self.world.person_acts()
            for step in (1, 16, 61, 301, 901):
                self.world.clock.move(step)
                self._pass(0)

    def _at(self, point: str) -> None:
        if self._busy:
            return
        self._seen[point] = self._seen.get(point, 0) + 1
        for scene in self.scenes:
            if (scene.point, scene.nth) == (point, self._seen[point]):
                self._busy = True
                try:
                    self._act(scene)
                finally:
                    self._busy = False

    def _act(self, scene: Scene) -> None:
        world = self.world
        world.say(f"{scene.what} {scene.seconds} at {scene.point}")
        if scene.what == "stall":
            left = scene.seconds
            while left > 0:
                step = min(left, 65)
                world.clock.move(step)
                left -= step
                world.others_work(person=self.hasty)
        elif scene.what == "others":
            world.others_work(person=False)
        elif scene.what == "back":
            world.clock.wrong_by -= timedelta(hours=1)
        elif scene.what == "ahead":
            world.clock.wrong_by += timedelta(hours=1)
        elif scene.what == "locked":
            self._take_the_database(scene.seconds)
        else:
            self._fill_the_disk(scene.seconds)

    def _take_the_database(self, naps: int) -> None:
        """Until the worker has slept `naps` times, no write goes through."""
        if connection.vendor == "sqlite":
            other = sqlite3.connect(
                connection.settings_dict["NAME"], timeout=1, check_same_thread=False
            )
            other.isolation_level = None
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                # Somebody is writing at this very moment: then it is locked anyway.
                other.close()
                return
            self._until(naps, again=lambda: None, end=other.close)
            return
        import psycopg

        settings = connection.get_connection_params()
        other_way = psycopg.connect(
            **{
                k: v
                for k, v in settings.items()
                if k in ("host", "port", "user", "dbname", "password")
            },
            autocommit=True,
        )

        def cut() -> None:
            """Cut every other connection, as a restart of the server does."""
            other_way.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

        cut()
        self._until(naps, again=cut, end=other_way.close)

    def _until(self, naps: int, *, again: Callable[[], None], end: Callable[[], None]) -> None:
        left = naps
        over = False

        def finish() -> None:
            nonlocal over
            if not over:
                over = True
                end()

        def nap() -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                finish()
            elif not over:
                again()

        self.world.clock.while_asleep = nap
        self._after.append(finish)

    def _fill_the_disk(self, naps: int) -> None:
        """SQLite finds no room for another page (its own error, not a played one)."""
        if connection.vendor != "sqlite":
            return
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1")

        def room() -> None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA max_page_count = 1000000")
            except (DatabaseError, OperationalError):
                connection.close()

        self._until(naps, again=lambda: None, end=room)

    # -- the promises --------------------------------------------------------------------------------------

    def _unsettled(self) -> Iterator[str]:
        """What is provable and did not settle by itself."""
        for post in Post.objects.select_related("account").order_by("pk"):
            name, times = post.account.name, self._times(post)
            if post.state == State.SENDING:
                yield f"post {post.pk} on {name} is still being sent"
            if name == "member":
                continue
            if post.state == State.UNCONFIRMED and post.look_at is not None:
                yield f"post {post.pk} on {name} is still unconfirmed"
            if times and post.state in (State.IN_REVIEW, State.SCHEDULED, State.FAILED):
                yield f"post {post.pk} is on {name}, but it is {post.state}: {post.reason}"

    def _broken(self) -> Iterator[str]:
        for post in Post.objects.select_related("account").order_by("pk"):
            name, times = post.account.name, self._times(post)
            what = f"post {post.pk} on {name}"
            if times > 1:
                yield f"{what} was published {times} times"
            if post.state == State.PUBLISHED:
                if not times:
                    yield f"{what} is called published and is not there"
                if not post.url:
                    yield f"{what} is published without its link"
            else:
                yield f"{what} did not come to its end: {post.state}, “{post.reason}”"
            if post.state not in (State.PUBLISHED, State.SCHEDULED) and not post.reason:
                yield f"{what} is {post.state} without a reason"
            if post.state == State.PUBLISHED and "second time" in post.reason:
                yield f"{what}: {post.reason}"
        if Attempt.objects.filter(closed_at=None).exists():
            yield "an attempt was left open"
        if fault := record.verify():
            yield fault

    def _times(self, post: Post) -> int:
        text = post.revisions.get(number=1).text
        return self.world.ledger(post.account.name).get(text, 0)
