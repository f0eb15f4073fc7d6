"""How quick the mind is: `python -m benchmarks.words`. Each figure stands beside a yardstick of the same run.

The yardstick is one plain piece of work in pure Python: counting the words of the sample bulletin.
"""

from __future__ import annotations

import csv
import gc
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bot import mind
from bot.draft import draft
from bot.sort import sort
from bot.split import split
from bot.values import Announcement, Kind
from config import schema
from review.text import Content, Origin, problems

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = (ROOT / "config" / "samples" / "bulletin.html").read_text(encoding="utf-8")
PARAGRAPH = "The plan names 24 measures, and each of them has a budget, a date and somebody who answers for it."


def cpu(work: Callable[[], object], *, times: int = 5) -> float:
    """CPU seconds of one run of `work`, the middle of several."""
    found = []
    for _ in range(times):
        gc.collect()
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return median(found)


def bulletin(size: int) -> str:
    """A bulletin of about `size` bytes: sections of items, each with a heading, words and a link."""
    items = []
    number = 0
    while sum(map(len, items)) < size:
        number += 1
        items.append(
            f"<table><tr><td><h2>Action plan {number} published by the region</h2><p>{PARAGRAPH} {PARAGRAPH}</p>"
            f'<p><a href="https://example.org/plans/{number}">Read more</a></p></td></tr></table>'
        )
    return f"<html lang='en'><body><h1>Bulletin</h1>{''.join(items)}</body></html>"


def main() -> None:
    """Measure sorting, splitting, drafting and checking."""
    loaded = mind.load(schema.load(schema.PACKAGED))
    yardstick = cpu(lambda: [Counter(SAMPLE.casefold().split()) for _ in range(100)]) / 100
    print(f"yardstick, counting the words of the sample: {yardstick * 1000:.3f} ms")

    rows: list[dict[str, str]] = []
    for path in sorted((ROOT / "tests" / "bot" / "labelled").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)

    def headlines() -> None:
        for row in rows:
            sort(row["title"], language=row["language"], rules=loaded.rules)

    def with_summaries() -> None:
        for row in rows:
            sort(row["title"], row["summary"], language=row["language"], rules=loaded.rules)

    for name, work in (("headline", headlines), ("headline with summary", with_summaries)):
        one = cpu(work) / len(rows)
        print(f"sort, one {name}: {1 / one:,.0f} a CPU second (ratio {one / yardstick:.2f})")

    for label, size in (("200 kB", 200_000), ("1 MB", 1_000_000)):
        page = bulletin(size)
        taken = cpu(lambda page=page: split(page), times=3)  # type: ignore[misc]
        print(f"split, {label}: {taken * 1000:.0f} ms (ratio {taken / yardstick:.0f})")

    piece = Announcement(
        key="plan",
        title="Regional action plan for the valleys published",
        summary=PARAGRAPH,
        link="https://example.org/plans/1",
        language="en",
        kind=Kind.PLAN,
        paragraphs=(PARAGRAPH,) * 6,
    )
    origin = Origin(words=" ".join((piece.title, *piece.paragraphs)), language="en")
    for network in ("x", "linkedin"):

        def write(network: str = network) -> None:
            for _ in range(50):
                draft(piece, network=network, card=None, wording=loaded.wording, rules=loaded.rules)

        one = cpu(write) / 50
        print(f"draft for {network}: {one * 1000:.2f} ms (ratio {one / yardstick:.2f})")
        content = draft(
            piece, network=network, card=None, wording=loaded.wording, rules=loaded.rules
        )

        def check(network: str = network, content: Content = content) -> None:
            for _ in range(50):
                problems(network, content, brands=loaded.rules.brands, origin=origin)

        one = cpu(check) / 50
        print(f"check for {network}: {one * 1000:.2f} ms (ratio {one / yardstick:.2f})")


if __name__ == "__main__":
    main()
