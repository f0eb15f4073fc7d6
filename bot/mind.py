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


def load(configuration: Configuration) -> Mind:
    """Read rules.toml and the wording files. Raises `RulesError` or `WordingError` with the mend."""
    return Mind(
        rules=read_rules(configuration.rules_text(), where="rules.toml"),
        wording=read_wording(configuration.wording_files()),
    )
