"""What a page's address says of it: sites keep case studies, publications, news and events on shelves of their own."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.sort.phrases import Finder

LABELS = ("plan", "practice", "report", "other")
Counts = tuple[float, float, float, float]  # for each of `LABELS`
_PARTS = 12  # of an address that are looked at
_ENDINGS = (".html", ".htm", ".aspx", ".php", ".jsp", ".xml", ".json")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf by its name, and what standing there counts."""

    name: str
    counts: Counts


Shelves = Finder[Shelf]
NO_SHELVES: Shelves = Finder(())


def read_shelves(text: str) -> Shelves:
    """Read shelves.toml."""
    return Finder(
        ((part,), Shelf(name, _counts(table["counts"])))
        for name, table in tomllib.loads(text).items()
        for part in table["names"]
    )


def shelves_of(address: str, *, shelves: Shelves) -> dict[str, Counts]:
    """Return the parts of `address` that name a shelf, with what each counts; each shelf once, the first part.

    An address that cannot be read stands on none.
    """
    found: dict[str, tuple[str, Counts]] = {}
    for part in _parts(address):
        for hit in shelves.find([part]):
            found.setdefault(hit.value.name, (part, hit.value.counts))
    return dict(found.values())


def _parts(address: str) -> Sequence[str]:
    try:
        split = urlsplit(address.casefold())
        host = split.hostname or ""
    except ValueError:
        return ()
    path = [part for part in split.path.split("/") if part]
    path = [
        next((part.removesuffix(e) for e in _ENDINGS if part.endswith(e)), part) for part in path
    ]
    # A host's last two labels are its name: jobs.example.org is a shelf, reports.org is not.
    return [*host.split(".")[:-2], *path][:_PARTS]


def _counts(table: dict[str, float]) -> Counts:
    plan, practice, report, other = (float(table[label]) for label in LABELS)
    return (plan, practice, report, other)
