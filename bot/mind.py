"""Loads what composing needs from the configuration: the sorting rules and the wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.draft import Wording, read_wording
from bot.sort import Rules, packaged, read_rules
from config.schema import PACKAGED, Configuration

Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Mind:
    """How to sort and what to say."""

    rules: Rules
    wording: Wording


_loaded: dict[Stamps, Mind] = {}


def current(configuration: Configuration) -> Mind:
    """Like `load`, but read again only when a file has changed since the last call."""
    now = stamps(configuration)
    if now not in _loaded:
        mind = load(configuration)
        _loaded.clear()
        _loaded[now] = mind
    return _loaded[now]


def load(configuration: Configuration) -> Mind:
    """Read rules.toml and the wording files. Raises `RulesError` or `WordingError` with the mend."""
    return Mind(
        rules=read_rules(
            configuration.rules_text(),
            where="rules.toml",
            packaged=read_rules(_packaged_text(), where="rules.toml"),
            learned=packaged(),
        ),
        wording=read_wording(configuration.wording_files()),
    )


def _packaged_text() -> str:
    return (PACKAGED / "rules.toml").read_text(encoding="utf-8")


def stamps(configuration: Configuration) -> Stamps:
    """Say in what state the files are that `load` reads: path, time of change and size of each.

    While the stamps stay the same, what was loaded still holds.
    """
    return tuple(sorted(_stamps(configuration.directory)))


def _stamps(directory: Path) -> Iterator[tuple[str, int, int]]:
    for root in {PACKAGED, directory}:
        for path in (root / "rules.toml", *root.glob("wording/*/*/*.txt")):
            try:
                found = path.stat()
            except OSError:
                continue  # an editor is just replacing it, or there is none
            yield str(path), found.st_mtime_ns, found.st_size
