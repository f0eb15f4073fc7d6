"""How fast sources are watched: `python -m benchmarks.watching`. The cold case needs a folder of sample feeds.

A server on this machine plays 1,000 sources. Each figure stands beside a yardstick in the same run: a bare
aiohttp loop that makes the same requests, and the package `reader`, which is installed into an environment of
its own for the purpose (`--reader PATH` names a Python that has it already). Each case has a process of its own.

    steady     all answer 304; then the same bytes without validators; then one new item among twenty
    cold       everything new: fetched, read, cleaned, stored
    memory     of this process and of the reading ones, and after many passes
    schedule   10,000 sources in one process, asked every 15 minutes: how late, and how busy
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.feeds import Server, alike, mixed, samples
from benchmarks.yardsticks import Cost, Reader, bare, reader_python

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples" / "feeds"
CASES = ("steady", "cold", "memory", "schedule")
LOOK_EVERY = 10.0  # seconds, as the worker does


class Ours:
    """`bot.watch` with a database of its own."""

    def __init__(self, folder: Path, count: int, port: int) -> None:
        from django.core.management import call_command
        from django.db import connection

        from bot.away import Away
        from bot.fetch import Limits, Session
        from config.schema import Configuration, Source
        from config.timing import Calendar
        from review import intake

        connection.close()
        connection.settings_dict["NAME"] = str(folder / "ours.sqlite")
        call_command("migrate", verbosity=0)
        self.configuration = Configuration(
            directory=folder,
            sources=tuple(
                Source.model_validate({"name": f"S{n}", "url": f"http://127.0.0.1:{port}/{n}"})
                for n in range(count)
            ),
            accounts=(),
            calendar=Calendar(),
        )
        # All sources are one host here, so the two connections a host gets would measure politeness.
        self.fetch = Session(allow_hosts=["127.0.0.1"], limits=Limits(per_host=32))
        self.away = Away()
        self.now = datetime.now(UTC)
        self.asked = self.new = 0
        # As `reader` is told of its feeds before it is timed.
        intake.sync_sources(self.configuration.sources, now=self.now)

    def spent(self) -> float:
        """CPU seconds of this process and of those that read for it."""
        tick = os.sysconf("SC_CLK_TCK")
        total = time.process_time()
        for child in self.away._children:
            stat = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(stat[11]) + int(stat[12])) / tick
        return total

    def look(self) -> Cost:
        """Cost of a pass with all bookkeeping, at `self.now`."""
        from bot.watch import watch

        started, spent = time.perf_counter(), self.spent()
        report = watch(
            self.configuration,
            now=self.now,
            rng=random.SystemRandom(),
            fetch=self.fetch,
            run=self.away,
        )
        seconds = time.perf_counter() - started
        self.asked, self.new = report.asked, report.new + report.noted
        return seconds, self.spent() - spent

    def update(self) -> Cost:
        """Cost of a pass in which all sources are due."""
        self.now += timedelta(days=2)
        cost = self.look()
        assert self.asked == len(self.configuration.sources), self.asked
        return cost

    def memory(self) -> str:
        """Say how much memory is held, here and in the reading processes."""
        children = [f"{memory(child.process.pid):.0f}" for child in self.away._children]
        return f"{memory():.0f} MB, reading processes {', '.join(children) or 'none'} MB"

    def close(self) -> None:
        """End what was begun."""
        self.fetch.close()
        self.away.close()


def memory(pid: int | str = "self") -> float:
    """Resident megabytes of a process."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0]) / 1024


def middle(costs: list[Cost]) -> Cost:
    """The medians of several costs."""
    return median(c[0] for c in costs), median(c[1] for c in costs)


def say(title: str, ours: Cost, count: int, *beside: tuple[str, Cost, int]) -> None:
    """Print a line of figures; `beside` holds names, costs and numbers of sources."""
    print(
        f"{title}: ours {count / ours[0]:.0f} sources/s, {1000 * ours[1] / count:.2f} ms CPU each"
    )
    for name, cost, number in beside:
        wall, spent = (cost[n] / number / (ours[n] / count) for n in (0, 1))
        print(
            f"    {name} {number / cost[0]:.0f} sources/s, {1000 * cost[1] / number:.2f} ms CPU each: "
            f"ours is {wall:.2f} x as fast, with 1/{spent:.2f} of the CPU",
            flush=True,
        )


def _beside_bare(title: str, pairs: list[tuple[Cost, Cost]], count: int) -> Cost:
    """Say how ours compares with the bare loop in pairs of runs; return our middle cost."""
    mine = middle([pair[0] for pair in pairs])
    say(title, mine, count, ("bare loop", middle([pair[1] for pair in pairs]), count))
    wall, spent = (median(a[n] / b[n] for a, b in pairs) for n in (0, 1))
    print(
        f"    of the bare loop's time, median of {len(pairs)} pairs: {wall:.2f} x, CPU {spent:.2f} x"
    )
    return mine


def steady(folder: Path, python: str, count: int) -> None:
    """What happens nearly always, on feeds of twenty items."""
    few = min(count, 300)  # reader is too slow for more
    server = Server(alike(count, newest=20))
    urls = [f"http://127.0.0.1:{server.port}/{n}" for n in range(count)]
    ours = Ours(folder, count, server.port)
    reader = Reader(python, folder, few, server.port)
    say("cold, twenty short items", ours.update(), count, ("reader", reader.update(), few))
    ours.update()
    pairs = [(ours.update(), bare(urls, tagged=True)) for _ in range(9)]
    mine = _beside_bare("all 304", pairs, count)
    say("all 304", mine, count, ("reader", middle([reader.update() for _ in range(5)]), few))
    server.order("plain")
    ours.update()
    reader.update()
    pairs = [(ours.update(), bare(urls, tagged=False)) for _ in range(9)]
    mine = _beside_bare("same bytes", pairs, count)
    say("same bytes", mine, count, ("reader", reader.update(), few))
    changed, theirs = [], []
    for newest in (21, 22, 23):
        server.play("alike", count, newest=newest)
        changed.append(ours.update())
        assert ours.new == count, ours.new
        theirs.append(reader.update())
    say("one new of twenty", middle(changed), count, ("reader", middle(theirs), few))
    ours.close()
    reader.close()
    server.close()


def cold(folder: Path, python: str, chosen: Path, count: int) -> None:
    """The sample feeds, all new."""
    if not chosen.exists():
        print(f"cold: left out, there are no sample feeds in {chosen}")
        return
    server = Server(samples(chosen, count))
    ours = Ours(folder, count, server.port)
    reader = Reader(python, folder, count, server.port)
    say("cold, sample feeds", ours.update(), count, ("reader", reader.update(), count))
    print(f"    memory after it: {ours.memory()}")
    ours.close()
    reader.close()
    server.close()


def holding(folder: Path, count: int, passes: int) -> None:
    """Memory after two passes, and after many in which one source in fifty has a new item."""
    server = Server(mixed(count, newest=20, one_in=50))
    server.order("plain")
    ours = Ours(folder, count, server.port)
    print(f"memory, {count} sources: {memory():.0f} MB before the first pass")
    ours.update()
    ours.update()
    print(f"    after 2 passes {ours.memory()}", flush=True)
    for number in range(passes):
        server.play("mixed", count, newest=21 + number, one_in=50)
        ours.update()
        if number + 1 in (passes // 4, passes // 2, passes):
            print(f"    after {number + 3} passes {ours.memory()}", flush=True)
    ours.close()
    server.close()


def schedule(folder: Path, count: int, hours: float = 1.0) -> None:
    """Many sources by the clock: a pass takes what it takes, the next look comes ten seconds after the last."""
    from review.models import Source

    server = Server(alike(count, newest=2, items=2))
    ours = Ours(folder, count, server.port)
    first = ours.look()
    print(f"schedule: {count} sources, the first pass took {first[0]:.0f} s")
    began = ours.now
    late = longest = busy = passed = 0.0
    asked = 0
    by_time = Source.objects.order_by("next_check_at").values_list("next_check_at", flat=True)
    while passed < hours * 3600:
        late = max(late, (ours.now - by_time[0]).total_seconds())
        seconds, spent = ours.look()
        longest, busy, asked = max(longest, seconds), busy + spent, asked + ours.asked
        ours.now += timedelta(seconds=max(LOOK_EVERY, seconds))
        passed = (ours.now - began).total_seconds()
    print(
        f"    {asked} questions in {passed / 60:.0f} minutes: at most {late:.0f} s late, the longest pass "
        f"{longest:.1f} s, {100 * busy / passed:.1f} % of one core; {ours.memory()}"
    )
    ours.close()
    server.close()


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--sources", type=int, default=1000)
    options.add_argument("--reader", default="", help="a Python that has the package reader")
    options.add_argument("--samples", type=Path, default=SAMPLES)
    options.add_argument("--passes", type=int, default=100)
    options.add_argument("--only", choices=CASES, action="append")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.only is None or len(chosen.only) > 1:
            python = chosen.reader or reader_python(folder)
            for case in chosen.only or CASES:
                command = [sys.executable, "-m", "benchmarks.watching", "--only", case]
                command += ["--reader", python, "--samples", str(chosen.samples)]
                command += ["--sources", str(chosen.sources), "--passes", str(chosen.passes)]
                subprocess.run(command, check=True)
            return
        _measure(chosen.only[0], chosen, folder)


def _measure(case: str, chosen: argparse.Namespace, folder: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        DATABASE_URL=f"sqlite:///{folder}/start.sqlite",
        SECRET_KEY="benchmark",  # noqa: S106
        LOG_LEVEL="ERROR",
    )
    sys.path[:0] = [str(ROOT), str(ROOT / "queue")]
    import django

    django.setup()
    if case in ("steady", "cold"):
        python = chosen.reader or reader_python(folder)
        if case == "steady":
            steady(folder, python, chosen.sources)
        else:
            cold(folder, python, chosen.samples, chosen.sources)
    elif case == "memory":
        holding(folder, chosen.sources, chosen.passes)
    else:
        schedule(folder, chosen.sources * 10)


if __name__ == "__main__":
    main()
