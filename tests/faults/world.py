"""A small world in which everything can go wrong: two networks, a database, workers, a person, clocks.

The networks are the emulators over real HTTP, the database is a real file or a real PostgreSQL, and what works is
the real publisher. Only time is played: the world's clock moves when the play says so, this machine's wall clock
may be wrong by some hours, and a *steady* clock cannot be set.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import random
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Self

from django.db import DatabaseError, connection, connections

from bot import publish
from bot.crew import Job
from bot.networks.base import AccountDetails, Client, Endpoints, Published
from bot.networks.linkedin import LinkedInClient
from bot.networks.wire import Patience
from bot.networks.x import XClient
from bot.reconcile import Report
from config.schema import Account as AccountSettings
from config.schema import Configuration
from config.timing import Calendar
from review import accounts, transitions
from review.models import Account, Announcement, Attempt, Entry, Post, Source
from review.states import State
from review.text import Content
from tests.emulators.faults import Emulator
from tests.emulators.linkedin import MEMBER, PAGE, TOKEN, LinkedInEmulator
from tests.emulators.x import KEYS, XEmulator

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
BEGIN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATIENCE = Patience(connect=2, read=1.0, whole=1.5)
SIAN = transitions.operator("Siân")
# No spacing: these posts are hours late on purpose, and a backlog would keep it.
CALENDAR = Calendar.model_validate({"slots": ["Mon-Fri 09:30"], "spacing": "0s"})
NETWORK_OF = {"x": "x", "page": "linkedin", "member": "linkedin"}
CONFIGURATION = Configuration(
    directory=ROOT / "config",
    sources=(),
    accounts=(
        AccountSettings(name="x", network="x", live=True, credentials="X"),
        AccountSettings(name="page", network="linkedin", author=PAGE, live=True),
        AccountSettings(name="member", network="linkedin", author=MEMBER, live=True),
    ),
    calendar=CALENDAR,
)
_TRACED = ("/bot/", "/review/transitions/", "/review/record.py", "/review/accounts.py")


class Killed(BaseException):
    """The worker is dead. Not an Exception: nothing may catch it."""


class Clock:
    """The time, as the networks have it; as this machine believes it; and as nobody can set it."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.wrong_by = timedelta()
        self.while_asleep: Callable[[], None] = lambda: None

    def network(self) -> datetime:
        """The true time."""
        return self.now

    def wall(self) -> datetime:
        """What this machine believes."""
        return self.now + self.wrong_by

    def steady(self) -> float:
        """Seconds since the beginning."""
        return (self.now - BEGIN).total_seconds()

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Let time pass as a worker that waits sees it."""
        self.move(seconds)
        self.while_asleep()


class Shuffled:
    """Hands side by side whose order a play decides: claimed together, carried out one after the other.

    Threads would do the same in an order that no seed could repeat; the rounds with real workers have those.
    """

    def __init__(self, hands: int, chance: random.Random, clock: Clock) -> None:
        self._hands = hands
        self._chance = chance
        self._clock = clock
        self._jobs: dict[str, Job] = {}

    @property
    def keys(self) -> frozenset[str]:
        """What is in hand."""
        return frozenset(self._jobs)

    def takes(self, key: str = "", *, spare: int = 0) -> bool:
        """Say whether a hand is free for `key`, and `spare` more."""
        return key not in self._jobs and len(self._jobs) + spare < self._hands

    def give(self, key: str, job: Job) -> None:
        """Take `job` in hand."""
        self._jobs[key] = job

    def work_off(self) -> None:
        """Carry out what is in hand, in any order, with some time in between."""
        while self._jobs:
            job = self._jobs.pop(self._chance.choice(sorted(self._jobs)))
            try:
                job()
            except Exception as error:
                # As a hand does: it is said, the others go on, and the lease runs out.
                log.error("a job failed: %s", error)
                connection.close()
            self._clock.move(self._chance.choice((0, 0, 1, 20)))


def make_client(name: str, *, endpoints: Endpoints, now: Callable[[], datetime]) -> Client:
    """Make the real client of an account, for networks that stand at `endpoints`."""
    settings = CONFIGURATION.account(name)
    assert settings is not None
    secrets = KEYS if settings.network == "x" else {"ACCESS_TOKEN": TOKEN}
    details = AccountDetails(
        name=name,
        network=settings.network,
        author=settings.author,
        credentials=settings.network.upper(),
        secret=secrets.__getitem__,
    )
    make = XClient if settings.network == "x" else LinkedInClient
    return make(details, endpoints=endpoints, now=now, patience=PATIENCE)


class World:
    """Everything there is in one run. `at(point)` is called where the play may step in."""

    def __init__(self, *, duplicates: bool, hands: int = 1, seed: int = 0) -> None:
        self.clock = Clock()
        self._hands = hands
        self._chance = random.Random(seed)  # noqa: S311  # reproducible on purpose
        self.x = XEmulator(clock=self.clock.network)
        self.linkedin = LinkedInEmulator(clock=self.clock.network)
        if not duplicates:
            # The networks' own filters would hide a publisher that sends twice.
            self.x.duplicate_window = self.linkedin.duplicate_window = timedelta()
        self.at: Callable[[str], None] = lambda _point: None
        self.said: list[str] = []
        self._workers = 0

    def __enter__(self) -> Self:
        empty()
        for emulator in (self.x, self.linkedin):
            self._listen(emulator)
            emulator.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.x.stop()
        self.linkedin.stop()

    def _listen(self, emulator: Emulator) -> None:
        serve = emulator.serve

        def watched(request: Any) -> Any:
            creates = request.method == "POST"
            if creates:
                self.at("arrived")
            answer = serve(request)
            if creates:
                self.at("answered")
            return answer

        emulator.serve = watched  # type: ignore[method-assign]  # the play listens in

    def say(self, what: str) -> None:
        """Keep a line of what happened, for whoever looks into a failed run."""
        self.said.append(f"{self.clock.now:%H:%M:%S} {what}")

    # -- the networks as the worker sees them --------------------------------------------------------------

    def client_for(self, name: str, live: bool) -> Client:
        """Make the client of an account; the play may step in before and after it sends."""
        endpoints = Endpoints(x_api=self.x.url, linkedin_api=self.linkedin.url)
        client = make_client(name, endpoints=endpoints, now=self.clock.wall)
        world = self

        class Watched:
            def deliver(self, content: Content) -> Published:
                world.at("claimed")
                try:
                    return client.deliver(content)
                finally:
                    world.at("back")

            def find(self, content: Content, *, since: datetime) -> Published | None:
                return client.find(content, since=since)

            def delete(self, network_id: str) -> None:
                client.delete(network_id)

        return Watched()

    def ledger(self, account: str) -> dict[str, int]:
        """How often each text was really published on the network of `account`."""
        return (self.x if account == "x" else self.linkedin).ledger

    # -- who acts ------------------------------------------------------------------------------------------

    def work(self, *, kill_at: int = 0) -> None:
        """Let one worker make one pass; kill it at its `kill_at`-th line of our code."""
        self._workers += 1
        name = f"worker-{self._workers}"
        try:
            with dying(kill_at):
                # What a dead worker had in mind dies with it.
                report = contextvars.copy_context().run(self._one_pass, name)
            self.say(f"{name}: {report.sentence()}")
        except Killed:
            self.say(f"{name} was killed")
            _cut_the_connection()
        except DatabaseError as error:
            # As the worker does: it is said, and the next tick comes.
            self.say(f"{name}: the database did not answer ({error})")
            connection.close()

    def _one_pass(self, name: str) -> Report:
        crew = Shuffled(self._hands, self._chance, self.clock) if self._hands > 1 else None
        report = publish.publish(
            CONFIGURATION,
            clock=self.clock.wall,
            worker=name,
            client_for=self.client_for,
            steady=self.clock.steady,
            sleep=self.clock.sleep,
            crew=crew,
        )
        if crew is not None:
            crew.work_off()
        return report

    def others_work(self, *, person: bool) -> None:
        """Let another worker, with a connection of its own, make a pass; then a person, maybe."""

        def act() -> None:
            try:
                self.work()
                if person:
                    self.person_acts()
            finally:
                connection.close()

        thread = threading.Thread(target=act)
        thread.start()
        thread.join()

    def person_acts(self) -> None:
        """Let Siân do what the desk asks of her, truthfully and at once."""
        now = self.clock.wall()
        for account in Account.objects.filter(paused=True, paused_until=None):
            accounts.resume(account.pk, by=SIAN, now=now)
        for post in Post.objects.select_related("account").order_by("pk"):
            try:
                self._decide(post, now)
            except transitions.TransitionError as error:
                self.say(f"Siân could not: {error}")

    def _decide(self, post: Post, now: datetime) -> None:
        if post.state == State.UNCONFIRMED and post.look_at is None:
            url = self._seen(post)
            if url:
                transitions.confirm(post.pk, by=SIAN, now=now, url=url)
                self.say(f"Siân found post {post.pk}")
            else:
                transitions.requeue(post.pk, by=SIAN, now=now)
                self.say(f"Siân did not find post {post.pk}")
        elif post.state == State.FAILED:
            transitions.requeue(post.pk, by=SIAN, now=now)
        elif post.state == State.IN_REVIEW:
            transitions.approve(post.pk, by=SIAN, now=now, calendar=CALENDAR, seen=None, when=now)
            self.say(f"Siân approved post {post.pk}")

    def correct(self, post: Post) -> Post:
        """Let Siân correct a published post, with words of its own."""
        words = post.revisions.get(number=1).text.replace("is published", "is out, corrected")
        now = self.clock.wall()
        return transitions.correct(post.pk, by=SIAN, now=now, reason="a figure", words=words)

    def is_there(self, post: Post) -> bool:
        """Whether the network still shows the text of a post."""
        text = post.revisions.get(number=1).text
        if post.account.name == "x":
            return any(one.sent == text and not one.deleted for one in self.x.posts)
        return any(one.parsed.shown == text and not one.deleted for one in self.linkedin.posts)

    def _seen(self, post: Post) -> str:
        text = post.revisions.get(number=post.revision_number).text
        return "https://www.linkedin.com/feed/" if self.ledger(post.account.name).get(text) else ""

    # -- what there is -------------------------------------------------------------------------------------

    def make_posts(self, names: list[str], *, due: list[datetime] | None = None) -> None:
        """Give each account in `names` a post that Siân approved for now, or for its moment in `due`."""
        now = self.clock.wall()
        source = Source.objects.create(name="Bulletins", url="https://e.org/", next_check_at=now)
        entry = Entry.objects.create(
            source=source,
            key="1",
            title="Bulletin",
            first_seen_at=now,
            content_hash="0",
            composed_at=now,
        )
        for number, name in enumerate(names, start=1):
            account, _ = Account.objects.get_or_create(
                name=name,
                defaults={"network": NETWORK_OF[name.partition("-")[0]], "who": name, "live": True},
            )
            # Two posts may share their link, as the announcements of one bulletin do.
            link = f"https://example.org/reports/{(number + 1) // 2}"
            text = f"Report {number} (of the series) on regional growth is published."
            announcement = Announcement.objects.create(
                entry=entry,
                key=str(number),
                kind="report",
                title=text,
                link=link,
                created_at=now,
                drafted_at=now,
            )
            content = Content(
                text=f"{text} {link}" if account.network == "x" else text,
                link=link,
                card_title=text,
            )
            post = transitions.submit(announcement, account=account, content=content, now=now)
            when = due[number - 1] if due else now
            transitions.approve(post.pk, by=SIAN, now=now, calendar=CALENDAR, seen=1, when=when)


def _cut_the_connection() -> None:
    """Drop the connection as a dying process does: without a goodbye, with whatever was open on it."""
    if connection.connection is not None:
        connection.connection.close()
    # A new one is made at the next use; the old one may be stuck in the middle of a transaction.
    del connections[connection.alias]


def empty() -> None:
    """Take everything out of the database."""
    from review.models import Decision, Event, RecordHead, Revision

    for model in (
        Decision, Attempt, Revision, Post, Announcement, Entry, Source, Account, Event, RecordHead,
    ):  # fmt: skip
        model.objects.all()._raw_delete(connection.alias)


@contextlib.contextmanager
def dying(kill_at: int, *, die: Callable[[], None] | None = None) -> Iterator[None]:
    """Raise `Killed`, or `die`, when our own code has run its `kill_at`-th line inside; never when that is 0."""
    left = kill_at

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in _TRACED):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                if die is not None:
                    die()
                raise Killed
        return trace

    if kill_at:
        sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)
