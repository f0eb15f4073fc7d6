"""Loads what composing needs from the configuration: the sorting rules and the wording."""

from __future__ import annotations

from dataclasses import dataclass

from bot.draft import Wording, read_wording
from bot.sort import Rules, read_rules
from config.schema import Configuration


@dataclass(frozen=True, slots=True)
class Mind:
    """How to sort and what to say."""

    rules: Rules
    wording: Wording


_loaded: dict[tuple[tuple[str, float], ...], Mind] = {}


def current(configuration: Configuration) -> Mind:
    """Like `load`, but read again only when a file has changed since the last call."""
    stamps = configuration.mind_stamps()
    if stamps not in _loaded:
        mind = load(configuration)
        _loaded.clear()
        _loaded[stamps] = mind
    return _loaded[stamps]


def load(configuration: Configuration) -> Mind:
    """Read rules.toml and the wording files. Raises `RulesError` or `WordingError` with the mend."""
    return Mind(
        rules=read_rules(configuration.rules_text(), where="rules.toml"),
        wording=read_wording(configuration.wording_files()),
    )
