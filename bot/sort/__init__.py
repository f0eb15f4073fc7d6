"""Says what a piece announces as newly available or newly recognised: a plan, a practice, a report, or none.

Pure and quick: rules.toml holds the words, weights.csv what they weigh, and the verdict says why in phrases.
"""

from __future__ import annotations

from bot.sort.learned import Learned, packaged
from bot.sort.rules import Language, Rules, RulesError, read_rules
from bot.sort.scoring import Catch, Evaluation, catches, evaluate, verdict_of
from bot.sort.verdict import sort

__all__ = [
    "Catch",
    "Evaluation",
    "Language",
    "Learned",
    "Rules",
    "RulesError",
    "catches",
    "evaluate",
    "packaged",
    "read_rules",
    "sort",
    "verdict_of",
]
