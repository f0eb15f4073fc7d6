"""The worker: APScheduler says when to look; what is due is always a row.

There is no job store, so a restart loses nothing and any number of workers may run on PostgreSQL. On SIGTERM
or Ctrl-C the posts in hand are finished; fetching, which can be repeated, is not waited for.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from django.conf import settings
from django.db import close_old_connections
from django.db.utils import DatabaseError

from bot import alerts, compose, mind, notify, publish, trying, watch
from bot.away import Away
from bot.connect import keys, tokens
from bot.crew import Crew, SideBySide
from bot.deliver import Hands
from bot.fetch import FetchError, Request, fetch_all, user_agent
from bot.networks import fence, registry
from bot.networks.base import Endpoints
from bot.reconcile import ClientFor, Report
from bot.values import Fetched
from config import logs, schema
from config.counting import many
from review import chores, health, intake, pruning, queries
from review.models import Worker
from review.states import State

log = logging.getLogger(__name__)

LOOK_EVERY = 10  # seconds between looks for sources that are due and entries to compose
PUBLISH_EVERY = 1  # seconds between looks for posts that are due
AT_WORK = 0.9  # seconds that one look may go on, so that the next one is not passed over
AT_WORK_ON_MORE = 4.9  # the same while posts are in hand: beginning anew would leave hands idle
HANDS = 8  # accounts that one worker sends on side by side
LAST_JOBS = 240  # seconds that a post in hand gets to come to its end when the worker stops
HEARTBEAT_EVERY = 30  # seconds
NOTIFY_EVERY = 20  # seconds between looks for people who are to be told of something
HOUSE_EVERY = 600  # seconds between looks for chores of the house
TEND_EVERY = 60  # seconds between looks for tokens to renew
WATCH_OVER_EVERY = 60  # seconds between looks at whether all is well


def _now() -> datetime:
    return datetime.now(UTC)


class Pass:
    """One pass of each step, with everything it needs. Each method returns one sentence."""

    def __init__(
        self,
        configuration: schema.Configuration,
        *,
        name: str,
        stop: Callable[[], bool] = lambda: False,
        the_mind: mind.Mind | None = None,
        readers: Away | None = None,
    ) -> None:
        registry.learn(account.network for account in configuration.accounts)
        self.configuration = configuration
        self.mind = the_mind
        self.name = name
        self.stop = stop
        self.readers = readers or Away()
        self.fetch = watch.http_fetch(settings.HERODR_ALLOW_HOSTS, contact=settings.BASE_URL)

    def close(self) -> None:
        """Close the connections, and end the reading processes that have been idle for long."""
        self.fetch.close()
        self.readers.rest()

    def watch(self) -> str:
        """Ask every source that is due."""
        report = watch.watch(
            self.configuration,
            now=_now(),
            rng=random.SystemRandom(),
            fetch=self.fetch,
            run=self.readers,
            stop=self.stop,
        )
        said = f"{many(report.asked, 'source', 'sources')} asked, {many(report.new, 'new entry', 'new entries')}"
        if report.noted:
            said += f" and {report.noted} noted without drafting"
        troubles = f" In trouble: {' '.join(report.troubles)}" if report.troubles else ""
        return f"{said}.{troubles}"

    def compose(self) -> str:
        """Draft what is new."""
        report = compose.compose(
            self.configuration,
            mind=self.mind or mind.load(self.configuration),
            now=_now(),
            fetch=self.fetch,
            run=self.readers,
            stop=self.stop,
        )
        if not self.stop():
            unread = {source.name for source in self.configuration.sources if not source.cards}
            trying.try_addresses(now=_now(), fetch=self.fetch, without_links=unread)
        said = (
            f"{many(report.announcements, 'announcement', 'announcements')} and "
            f"{many(report.posts, 'post', 'posts')} drafted."
        )
        if report.waiting:
            said += f" {many(report.waiting, 'entry waits', 'entries wait')} for a page that could not be read."
        return said

    def publish(self, crew: Crew | None = None) -> str:
        """Send what is due and settle what is open; with a `crew`, some of it goes on when this returns."""
        intake.sync_accounts(self.configuration.accounts, now=_now())
        if crew is None:
            self.tend()
        report = publish.publish(
            self.configuration,
            clock=_now,
            worker=self.name,
            client_for=self._client_for,
            stop=self.stop,
            fetch=self._fetch_image,
            crew=crew,
        )
        return report.sentence()

    def tend(self) -> None:
        """Renew the tokens that end soon, and pause the accounts whose tokens have ended."""
        endpoints = Endpoints.from_environment(os.environ)
        tools = tokens.Tools(endpoints, _now)
        tokens.tend(self.configuration, tools=tools)
        keys.look(self.configuration, tools=tools)

    def send(self, crew: Crew) -> None:
        """Give `crew` what is due, where it has a hand free, and nothing else."""
        hands = Hands(_now, fence.steady, time.sleep, self._client_for, Report(), self._fetch_image)
        publish.send(self.configuration, hands, worker=self.name, stop=self.stop, crew=crew)

    @property
    def _client_for(self) -> ClientFor:
        return publish.real_clients(
            self.configuration, Endpoints.from_environment(os.environ), _now
        )

    def _fetch_image(self, requests: Sequence[Request]) -> Sequence[Fetched | FetchError]:
        """Fetch with connections of one's own: several hands may do so at the same time."""
        return fetch_all(
            requests,
            allow_hosts=settings.HERODR_ALLOW_HOSTS,
            agent=user_agent(settings.BASE_URL),
        )


def where_things_stand() -> str:
    """Say in a sentence what waits, for whom."""
    count = queries.counts()
    waiting = sum(count[s] for s in (State.IN_REVIEW, State.UNCONFIRMED, State.FAILED))
    return (
        f"{many(waiting, 'post waits', 'posts wait')} for a person, "
        f"{count[State.SCHEDULED]} scheduled, {count[State.PUBLISHED]} published."
    )


class Loop:
    """The unattended worker. Reads the configuration again when a file changes; a broken file is said,
    and the last good one goes on."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.stopping = threading.Event()
        self.publishing = threading.Lock()
        self.crew = SideBySide(HANDS)
        self.readers = Away()
        self.configuration = schema.current(directory)
        self.complaint = ""
        self.ahead = timedelta(0)  # of this machine's clock, as the heartbeat address shows it
        self.mind = mind.current(self.configuration)

    def one_pass(self) -> Pass:
        """Return a pass with the configuration as it is now."""
        try:
            configuration = schema.current(self.directory)
            self.mind = mind.current(configuration)
            self.configuration, self.complaint = configuration, ""
        except (schema.ConfigurationError, ValueError) as error:
            if str(error) != self.complaint:
                self.complaint = str(error)
                log.error(
                    "the configuration cannot be used, so the last good one goes on: %s", error
                )
        return Pass(
            self.configuration,
            name=self.name,
            stop=self.stopping.is_set,
            the_mind=self.mind,
            readers=self.readers,
        )

    def look(self) -> None:
        """Watch, then compose."""

        def act() -> None:
            one_pass = self.one_pass()
            # Before the sources, which may take minutes: a blackout that the file has just got counts at once.
            publish.tidy(one_pass.configuration, now=_now())
            try:
                one_pass.watch()
                if not self.stopping.is_set():
                    one_pass.compose()
            finally:
                one_pass.close()

        self._guarded(act)

    def publish(self) -> None:
        """Send what is due, and what becomes so within this second; go on while there is more to send.

        Costs one query when nothing is.
        """

        def act() -> None:
            began = looked = time.monotonic()
            done = self.crew.done
            one_pass = self.one_pass() if publish.anything_to_do(now=_now()) else None
            if one_pass is not None:
                with self.publishing:
                    if not self.stopping.is_set():
                        one_pass.publish(self.crew)
            while not self.stopping.is_set():
                soon = queries.due_within(_now(), timedelta(seconds=PUBLISH_EVERY))
                at_work = self.crew.keys
                left = began + (AT_WORK_ON_MORE if at_work else AT_WORK) - time.monotonic()
                if left <= 0 or (soon is None and not at_work):
                    return
                # Before the moment comes, so that it costs none of it.
                if one_pass is None or time.monotonic() - looked > PUBLISH_EVERY:
                    one_pass, looked = self.one_pass(), time.monotonic()
                # On time, not with the look after it; and on at once where a hand has become free.
                wait = min(left, PUBLISH_EVERY)
                if soon is not None:
                    wait = min(wait, (soon - _now()).total_seconds())
                self.crew.rest(wait, since=done)
                done = self.crew.done
                with self.publishing:
                    if not self.stopping.is_set():
                        one_pass.send(self.crew)

        self._guarded(act)

    def tend(self) -> None:
        """Keep the tokens of the accounts good."""
        self._guarded(lambda: self.one_pass().tend())

    def watch_over(self) -> None:
        """Say what is wrong when it begins and when it ends, and ask the heartbeat address when all is well."""

        def act() -> None:
            now = _now()
            found = alerts.signs(
                self.configuration if not self.complaint else None,
                now=now,
                version=Endpoints.from_environment(os.environ).linkedin_version,
                folder=Path.cwd(),
                ahead={
                    "the database": health.ahead_of_database(now),
                    "the heartbeat address": self.ahead,
                },
            )
            changes = alerts.update(found, now=now)
            for alert in changes.raised:
                log.error("%s", alert.sentence)
            for alert in changes.cleared:
                log.info("well again: %s", alert.sentence)
            alerts.tell(
                changes,
                address=settings.BASE_URL or "the address you know",
                send=notify.tell_operators,
            )
            # What only the answer can end must not keep us from asking.
            errors = [s for s in found if s.level == "error" and not s.key.startswith(alerts.CLOCK)]
            if settings.HEARTBEAT_URL and not errors:
                self.ahead = ping(settings.HEARTBEAT_URL, now=_now())

        self._guarded(act)

    def notify(self) -> None:
        """Tell people of new drafts, and of those that will soon expire."""
        known = self.configuration if not self.complaint else None
        self._guarded(lambda: notify.tell_people(known, clock=_now, stop=self.stopping.is_set))

    def keep_house(self) -> None:
        """Let go of what is old: once a day, by one of all workers."""

        def act() -> None:
            now = _now()
            if not self.complaint and chores.take("prune", every=timedelta(days=1), now=now):
                keep = self.configuration.calendar.keep
                gone = pruning.prune(keep=keep, now=now, stop=self.stopping.is_set)
                if gone:
                    log.info("let go of %s", ", ".join(f"{n} {what}" for what, n in gone.items()))

        self._guarded(act)

    def heartbeat(self, *, stopped: bool = False) -> None:
        """Say that this worker lives, or that it has stopped."""

        def act() -> None:
            now = _now()
            Worker.objects.update_or_create(
                name=self.name,
                defaults={"heartbeat_at": now, "stopped_at": now if stopped else None},
                create_defaults={
                    "started_at": now,
                    "heartbeat_at": now,
                    "stopped_at": now if stopped else None,
                },
            )

        self._guarded(act)

    def _guarded(self, act: Callable[[], None]) -> None:
        """Run one tick. Whatever goes wrong is said, and the next tick comes."""
        close_old_connections()
        try:
            with logs.about(worker=self.name):
                act()
        except DatabaseError as error:
            log.error("the database did not answer; trying again: %s", error)
        except Exception:
            log.exception("a tick failed; the next one comes")
        finally:
            close_old_connections()


def ping(address: str, *, now: datetime) -> timedelta:
    """Ask the heartbeat address; its owner raises the alarm when we stop asking.

    Returns how far `now` is ahead of the clock of its server, zero where that does not say.
    """
    host = urlsplit(address).hostname or ""
    # The operator chose the address, so it may well be a private one.
    answer = fetch_all([Request(address)], allow_hosts=[host])[0]
    if isinstance(answer, FetchError):
        log.warning("the heartbeat address does not answer: %s", answer)
        return timedelta(0)
    try:
        there = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return timedelta(0)
    return now - there if there.tzinfo else timedelta(0)


def run(directory: Path) -> None:
    """Work until SIGTERM or SIGINT. Raises `ConfigurationError` when it cannot even begin."""
    loop = Loop(directory)
    loop.heartbeat()
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={
            "default": ThreadPoolExecutor(1),
            "publish": ThreadPoolExecutor(1),
            "over": ThreadPoolExecutor(1),
            "tell": ThreadPoolExecutor(1),
        },
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    soon = _now()
    scheduler.add_job(loop.look, "interval", seconds=LOOK_EVERY, next_run_time=soon)
    scheduler.add_job(
        loop.publish,
        "interval",
        seconds=PUBLISH_EVERY,
        next_run_time=soon,
        executor="publish",
        # A look that began late is followed at once by the next, which would else be passed over.
        max_instances=2,
    )
    scheduler.add_job(loop.heartbeat, "interval", seconds=HEARTBEAT_EVERY, executor="publish")
    scheduler.add_job(loop.notify, "interval", seconds=NOTIFY_EVERY, executor="tell")
    scheduler.add_job(
        loop.tend, "interval", seconds=TEND_EVERY, next_run_time=soon, executor="over"
    )
    scheduler.add_job(loop.watch_over, "interval", seconds=WATCH_OVER_EVERY, executor="over")
    scheduler.add_job(loop.keep_house, "interval", seconds=HOUSE_EVERY, executor="over")
    # APScheduler logs every run at INFO; a tick a second would drown what matters.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def stop(_signal: int, _frame: object) -> None:
        loop.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.start()
    log.info("worker %s is at work", loop.name)
    loop.stopping.wait()
    log.info("worker %s is stopping: finishing the posts in hand", loop.name)
    scheduler.shutdown(wait=False)
    with loop.publishing:
        loop.crew.finish(LAST_JOBS)
        loop.heartbeat(stopped=True)
    log.info("worker %s has stopped", loop.name)
    sys.stderr.flush()
    # A fetch under way may take 20 seconds more; nothing of it is stored until it is whole, so leave it.
    os._exit(0)
