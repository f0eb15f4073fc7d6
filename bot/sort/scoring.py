"""How well the rules sort rows that a person has labelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from bot.sort.rules import Rules
from bot.sort.shelves import LABELS
from bot.sort.verdict import sort
from bot.values import Verdict


class Figures(TypedDict):
    """Precision, recall and F1 of one kind (0 to 1), and how many rows have its label."""

    precision: float
    recall: float
    f1: float
    support: int


class Evaluation(TypedDict):
    """The contract of `bot rules test`: `confusion[label][sorted as]` counts rows."""

    macro_f1: float
    kinds: dict[str, Figures]
    confusion: dict[str, dict[str, int]]


def evaluate(rows: Iterable[Mapping[str, str]], rules: Rules) -> Evaluation:
    """Sort labelled rows and compare.

    A row has `title` and `label`, and may have `summary`, `language` and `url` (or `link`). A label that is none of the kinds
    counts as other. The macro F1 is the plain mean over plan, practice, report and other.
    """
    confusion = {label: dict.fromkeys(LABELS, 0) for label in LABELS}
    for row in rows:
        said, _ = _sorted_as(row, rules)
        confusion[_label(row)][said] += 1
    kinds = {label: _figures(label, confusion) for label in LABELS}
    return {
        "macro_f1": sum(figures["f1"] for figures in kinds.values()) / len(LABELS),
        "kinds": kinds,
        "confusion": confusion,
    }


class Catch(TypedDict):
    """A phrase that decided: what it made of how many rows, and how many of them rightly."""

    rule: str
    kind: str
    rows: int
    right: int


def catches(rows: Iterable[Mapping[str, str]], rules: Rules) -> list[Catch]:
    """Say what each phrase caught, the busiest first: the first of a verdict's reasons is what decided."""
    found: dict[tuple[str, str], Catch] = {}
    for row in rows:
        kind, because = _sorted_as(row, rules)
        caught = found.setdefault(
            (kind, because), {"rule": because, "kind": kind, "rows": 0, "right": 0}
        )
        caught["rows"] += 1
        caught["right"] += kind == _label(row)
    return sorted(found.values(), key=lambda one: (-one["rows"], one["kind"], one["rule"]))


def verdict_of(row: Mapping[str, str], rules: Rules) -> Verdict:
    """Sort a labelled row by its title and, where it has them, its summary, language and url (or link)."""
    return sort(
        row.get("title", ""),
        row.get("summary", ""),
        language=row.get("language", ""),
        link=row.get("url") or row.get("link") or "",
        rules=rules,
    )


def _sorted_as(row: Mapping[str, str], rules: Rules) -> tuple[str, str]:
    verdict = verdict_of(row, rules)
    return verdict.kind.value if verdict.kind else "other", verdict.because[0]


def _label(row: Mapping[str, str]) -> str:
    label = row.get("label", "").strip().lower()
    return label if label in LABELS else "other"


def _figures(label: str, confusion: Mapping[str, Mapping[str, int]]) -> Figures:
    right = confusion[label][label]
    support = sum(confusion[label].values())
    said = sum(row[label] for row in confusion.values())
    precision = right / said if said else 0.0
    recall = right / support if support else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, "support": support}
