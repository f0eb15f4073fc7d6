"""A compressed month: hundreds of sources, two networks, two workers, a person, and a calendar of misfortunes.

What works is the real thing (watch, compose, publish, alerts, housekeeping), each worker in a process of its own, on a
real database and against the emulators over HTTP. Played are time, which goes by in steps of a quarter of an hour, and
the sources' servers, which answer from memory.
"""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self
from unittest import mock

from bot import alerts, compose, mind, watch
from config import schema
from config.timing import Calendar
from review import accounts, budgets, intake, queries, transitions
from review.health import Sign
from review.models import Account, Alert, Announcement, Connection, Post
from review.models import Worker as WorkerRow
from review.states import NEEDS_A_PERSON, State
from tests.emulators import faults
from tests.emulators.faults import Emulator
from tests.faults.world import BEGIN, CONFIGURATION, SIAN, World
from tests.soak.servers import Servers
from tests.soak.worker import Done, Task, Worker

STEP = timedelta(minutes=15)
LASTING = 1  # the worker that nobody kills: it is there from the first day to the last
CALENDAR = Calendar.model_validate(
    {
        "slots": [
            f"Mon-Sun {hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)
        ],
        "spacing": "10m",
        "blackout": [
            {
                "name": "a day of mourning",
                "from": BEGIN + timedelta(hours=30),
                "to": BEGIN + timedelta(hours=36),
            }
        ],
    }
)
# What passes by itself, or is decided by the person: played at random with requests to publish.
FAULTS = (
    faults.APPLY_THEN_DROP,
    faults.DROP_BEFORE_APPLY,
    faults.APPLY_THEN_503,
    faults.HTML_502,
    faults.WITHOUT_ID,
    faults.Fault(faults.Kind.LAG, apply=True, seconds=40),
)


class Month(World):
    """The world in which a month goes by. `misfortunes` are done at their step, each once."""

    def __init__(self, *, days: float, sources: int, rate: float, seed: int) -> None:
        super().__init__(duplicates=True)
        self.steps = int(timedelta(days=days) / STEP)
        self.rate = rate  # news of a source in a day
        # Twice two weeks are too long for a month, but two weeks of silence are unusual for a daily source.
        self.quiet = (0.3, 0.93) if days >= 25 else (2, 2)
        self.rng = random.Random(seed)  # noqa: S311 - a play, not a secret
        self.servers = Servers(sources)
        self.raised: Counter[str] = Counter()
        self.cleared: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.crashes = 0
        self.version = "202609"
        self.disk = alerts.DISK_LEAST
        self.ahead = timedelta(0)
        self.names: dict[int, str] = {0: "a-0", 1: "b-0"}
        self.workers: dict[int, Worker] = {}
        self.done: list[Done] = []  # of the worker that nobody kills
        self.down: set[int] = set()
        self.person_is_away = False
        self.x_is_out_of_reach = False
        self.configuration = schema.Configuration(
            directory=schema.PACKAGED,
            sources=tuple(
                schema.Source.model_validate(
                    {
                        "name": f"News {number}",
                        "url": f"https://news{number}.example/feed",
                        "every": f"{1 + number % 6}h" if number > 2 else "15m",
                        "cards": False,
                    }
                )
                for number in range(sources)
            ),
            accounts=CONFIGURATION.accounts,
            calendar=CALENDAR,
        )
        self.mind = mind.load(self.configuration)

    def __enter__(self) -> Self:
        super().__enter__()
        for which in self.names:
            self.workers[which] = Worker(
                x=self.x.url,
                linkedin=self.linkedin.url,
                configuration=self.configuration,
                seed=which,
            )
        return self

    def __exit__(self, *about: object) -> None:
        for worker in self.workers.values():
            worker.end()
        super().__exit__(*about)

    def at_step(self, number: int) -> datetime:
        """When a step begins."""
        return BEGIN + number * STEP

    # -- one step ------------------------------------------------------------------------------------------

    def step(self, number: int) -> None:
        """Let a quarter of an hour go by."""
        self._news(number)
        self._weather()
        at_work = [which for which in self.names if which not in self.down]
        for which in at_work:
            self._heartbeat(which)
        self._work(at_work, may_die=True, count_objects=number % 96 == 95)
        if not at_work:
            # Nobody is there to notice; whoever asks `bot check` does.
            self.look_over()
        if not self.person_is_away and number % 8 == 0:
            self.person_acts()

    def _heartbeat(self, which: int) -> None:
        now = self.clock.wall()
        WorkerRow.objects.update_or_create(
            name=self.names[which],
            defaults={"heartbeat_at": now, "stopped_at": None},
            create_defaults={"started_at": now, "heartbeat_at": now},
        )

    def _work(self, at_work: Sequence[int], *, may_die: bool, count_objects: bool = False) -> None:
        """Let each worker do what it does in a quarter of an hour, side by side. Only one of them is killed."""
        for which in at_work:
            dies = may_die and which == 0 and self.rng.random() < 0.04
            kill_at = self.rng.randint(1, 250) if dies else 0
            self.workers[which].give(self._task(self.names[which], kill_at, count_objects))
        for which in at_work:
            done = self.workers[which].wait()
            if done is None:
                self.crashes += 1
                self.restart(which)
                continue
            self.troubles += [done.trouble] if done.trouble else []
            self.raised.update(done.raised)
            self.cleared.update(done.cleared)
            if which == LASTING:
                self.done.append(done)

    def _task(
        self, name: str, kill_at: int, count_objects: bool
    ) -> Callable[[schema.Configuration | None], Task]:
        return lambda configuration: Task(
            name=name,
            seconds=self.clock.steady(),
            wrong_by=self.clock.wrong_by,
            ahead=self.ahead,
            servers=self.servers,
            x_is_out_of_reach=self.x_is_out_of_reach,
            version=self.version,
            disk_least=self.disk,
            kill_at=kill_at,
            count_objects=count_objects,
            configuration=configuration,
        )

    def restart(self, which: int, *, politely: bool = False) -> None:
        """Start a worker anew: a new process with a new name."""
        name = self.names[which]
        if politely:
            WorkerRow.objects.filter(name=name).update(stopped_at=self.clock.wall())
        letter, _, number = name.partition("-")
        self.names[which] = f"{letter}-{int(number) + 1}"
        if which != LASTING:
            self.workers[which].end()
            self.workers[which].start()

    def _news(self, number: int) -> None:
        """Sources have news at random; source 0 each day, but for its silence."""
        if number == 0:
            for feed in range(self.servers.number):
                self.servers.publish(feed)
            return
        for feed in range(1, self.servers.number):
            if self.rng.random() < self.rate / 96:
                self.servers.publish(feed)
        begin, end = self.quiet
        if number % 96 == 40 and not self.steps * begin < number < self.steps * end:
            self.servers.publish(0)

    def _weather(self) -> None:
        for emulator in (self.x, self.linkedin):
            if self.rng.random() < 0.03:
                emulator.play(self.rng.choice(FAULTS))

    # -- the person ----------------------------------------------------------------------------------------

    def person_acts(self) -> None:
        """Let Siân do what the desk asks of her: decide, settle what is in doubt, resume accounts."""
        now = self.clock.wall()
        for account in Account.objects.filter(paused=True, paused_until=None):
            accounts.resume(account.pk, by=SIAN, now=now)
        for post in (
            Post.objects.filter(state__in=NEEDS_A_PERSON).select_related("account").order_by("pk")
        ):
            with contextlib.suppress(transitions.TransitionError):
                if post.state == State.IN_REVIEW:
                    transitions.approve(post.pk, by=SIAN, now=now, calendar=CALENDAR, seen=None)
                else:
                    self._decide(post, now)

    # -- what is wrong -------------------------------------------------------------------------------------

    def look_over(self) -> None:
        """See what is wrong, and say so, as each worker does."""
        now = self.clock.wall()
        found = signs(
            self.configuration,
            now=now,
            version=self.version,
            ahead=self.ahead,
            disk_least=self.disk,
        )
        changes = alerts.update(found, now=now)
        self.raised.update(kind_of(alert) for alert in changes.raised)
        self.cleared.update(kind_of(alert) for alert in changes.cleared)

    # -- misfortunes ---------------------------------------------------------------------------------------

    def misfortunes(self) -> dict[str, Callable[[bool], None]]:
        """By the alert that each must raise: what begins it (True) and ends it (False)."""
        return {
            "worker gone": self._both_down,
            "worker lost": lambda begins: self.restart(0) if begins else None,
            "posts put off": self._x_out_of_reach,
            "posts unconfirmed": self._person_away_and_doubt,
            "posts failed": lambda begins: self._play_if(begins, self.x, 403),
            "account paused": lambda begins: self._play_if(begins, self.linkedin, 401),
            "source broken": lambda begins: self._break(range(3), begins),
            "clock wrong": self._clock_back,
            "clock wrong on": lambda begins: setattr(self, "ahead", timedelta(hours=begins)),
            "disk full on": lambda begins: setattr(self, "disk", (1 << 62) if begins else 1),
            "linkedin version": lambda begins: setattr(
                self, "version", "202512" if begins else "202609"
            ),
            "token ends": self._token,
            "budget nearly spent": self._budget,
        }

    def schedule(self) -> Iterator[tuple[int, int, Callable[[bool], None]]]:
        """When each misfortune begins and ends, one after the other over the month."""
        chosen = list(self.misfortunes().values())
        apart = (self.steps - 8) / (len(chosen) + 1)
        for place, act in enumerate(chosen):
            begin = int(4 + place * apart)
            yield begin, begin + max(2, min(int(apart * 0.7), 40)), act

    def _both_down(self, begins: bool) -> None:
        self.down = {0, 1} if begins else set()
        if begins:
            self._supply()
        else:
            for which in self.names:
                self.restart(which)

    def _x_out_of_reach(self, begins: bool) -> None:
        self.x_is_out_of_reach = begins
        if begins:
            self._supply()

    def _person_away_and_doubt(self, begins: bool) -> None:
        if begins:
            self._supply()
            self.linkedin.play(*[faults.APPLY_THEN_DROP] * 12)
        self.person_is_away = begins

    def _supply(self) -> None:
        """See to it that something is on its way: a misfortune that meets nothing shows nothing."""
        now = self.clock.wall()
        for feed in range(4, 7):
            self.servers.publish(feed)
            intake.ask_now(f"News {feed}", now=now)
        watch.watch(self.configuration, now=now, rng=self.rng, fetch=self.servers)
        compose.compose(self.configuration, mind=self.mind, now=now, fetch=self.servers)
        self.person_acts()

    def _play_if(self, begins: bool, emulator: Emulator, status: int) -> None:
        if begins:
            self._supply()
            emulator.play(faults.Fault(faults.Kind.STATUS, status=status, body="{}"))

    def _break(self, feeds: range, begins: bool) -> None:
        self.servers.broken = set(feeds) if begins else set()

    def _clock_back(self, begins: bool) -> None:
        if begins:
            self._supply()
        self.clock.wrong_by = timedelta(hours=-5) if begins else timedelta(0)

    def _token(self, begins: bool) -> None:
        now = self.clock.wall()
        account = Account.objects.get(name="x")
        Connection.objects.update_or_create(
            account=account,
            defaults={
                "sealed": "", "author": "", "connected_at": now, "connected_by": "Siân",
                "expires_at": now + timedelta(days=9 if begins else 90),
            },
        )  # fmt: skip

    def _budget(self, begins: bool) -> None:
        now = self.clock.wall()
        x = Account.objects.get(name="x")
        # Spent to nineteen parts of twenty.
        spent = budgets.spent(x, at=now, zone=CALENDAR.zone) * Decimal("1.05")
        changed = [
            account.model_copy(update={"monthly_budget": spent if begins else None})
            if account.name == "x"
            else account
            for account in self.configuration.accounts
        ]
        self.configuration = schema.Configuration(
            directory=self.configuration.directory,
            sources=self.configuration.sources,
            accounts=tuple(changed),
            calendar=CALENDAR,
        )
        for worker in self.workers.values():
            worker.learn(self.configuration)
        intake.sync_accounts(changed, now=now)

    # -- the end -------------------------------------------------------------------------------------------

    def wind_down(self) -> None:
        """Let everything come to its end: no more faults, no more news, and a person who decides at once."""
        for emulator in (self.x, self.linkedin):
            emulator.forget()
        heard: set[str] = set()
        for more in range(1, 97 * 4):
            self.clock.now = self.at_step(self.steps + more)
            self._end_silences(heard)
            for which in self.names:
                self._heartbeat(which)
            self._work(list(self.names), may_die=False)
            self.person_acts()
            self.look_over()
            if not Post.objects.filter(state__in=queries.OPEN).exists() and not self._open_alerts():
                return

    def _end_silences(self, heard: set[str]) -> None:
        """Let each source that is silent by chance say one thing more: silence ends with news, and else never."""
        silent = Alert.objects.filter(cleared_at__isnull=True, key__startswith="source silent: ")
        for key in silent.values_list("key", flat=True):
            name = key.partition(": ")[2]
            if name not in heard:
                heard.add(name)
                self.servers.publish(int(name.removeprefix("News ")))
                intake.ask_now(name, now=self.clock.wall())

    def _open_alerts(self) -> bool:
        return Alert.objects.filter(cleared_at__isnull=True).exists()

    def broken_promises(self) -> list[str]:
        """Say what was lost, doubled or not noticed; nothing when all went well."""
        said = list(dict.fromkeys(self.troubles))[:5]
        for name, ledger in (("X", self.x.ledger), ("LinkedIn", self.linkedin.ledger)):
            # The two LinkedIn accounts say the same words, each once.
            most = 1 if name == "X" else 2
            said += [f"{name} has {n} times: {text}" for text, n in ledger.items() if n > most]
        accounts_there = len(CONFIGURATION.accounts)
        for entry, number in self._said_of_entries():
            if number != accounts_there:
                said.append(f"{entry} was published {number} times instead of {accounts_there}")
        states = Counter(Post.objects.values_list("state", flat=True))
        if set(states) != {State.PUBLISHED}:
            said.append(f"posts ended as {dict(states)}")
        silent = ["source silent"] if self.quiet[0] < 1 else []
        for kind in [*self.misfortunes(), "posts overdue", *silent]:
            if not self.raised[kind]:
                said.append(f"“{kind}” was never raised")
        said += [
            f"“{kind}” was raised {self.raised[kind]} times and cleared {self.cleared[kind]} times"
            for kind in self.raised
            if self.raised[kind] != self.cleared[kind]
        ]
        return said

    def _said_of_entries(self) -> Iterator[tuple[str, int]]:
        counted = Counter(
            Post.objects.filter(state=State.PUBLISHED).values_list("announcement_id", flat=True)
        )
        for row in Announcement.objects.exclude(kind=""):
            yield row.title, counted[row.pk]


def signs(
    configuration: schema.Configuration,
    *,
    now: datetime,
    version: str,
    ahead: timedelta,
    disk_least: int,
) -> list[Sign]:
    """What `bot check` and the workers see."""
    with mock.patch.object(alerts, "DISK_LEAST", disk_least):
        return alerts.signs(
            configuration,
            now=now,
            version=version,
            folder=Path.cwd(),
            ahead={"the heartbeat address": ahead},
        )


def kind_of(alert: Alert) -> str:
    """The kind of an alert, without what it is about."""
    key = alert.key
    for beginning in (alerts.DISK, alerts.CLOCK):
        if key.startswith(beginning):
            return beginning
    return key.partition(":")[0]
