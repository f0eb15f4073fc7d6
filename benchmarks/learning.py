"""Learns the weights of sorting from labelled rows: `python -m benchmarks.learning`.

Writes `bot/sort/weights.csv`. Rows are those of `tests/bot/labelled/`; each neutral title among them also appears
with summaries of `tests/bot/labelled/below/`, which say that what the title names is out, a draft, only talked
about … : what stands below a title has to be able to turn it. `--cross` instead learns on four fifths of the rows
and tries the rest, five times over.

Plain Python, so that an operator can run it too: multinomial logistic regression by AdaGrad with an L2 penalty.
The same rows give the same weights.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sort import Rules, evaluate, packaged, read_rules
from bot.sort.learned import BIAS, LABELS, LETTERS, Learned, Weight
from bot.sort.features import letters
from bot.sort.phrases import STOP, words_of
from bot.sort.reading import SUMMARY_WORDS, TITLE_WORDS, Reading, read
from bot.sort.rules import Sign
from bot.sort.tale import place_in
from bot.sort.verdict import languages_of
from bot.sort.weigh import weigh

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT / "tests" / "bot" / "labelled"
OUT = ROOT / "bot" / "sort" / "weights.csv"

PASSES = 30
RATE = 0.25
PENALTY = 0.012  # L2, on the mean loss times the number of rows
AT_LEAST = 2  # rows that a mark must stand in
SMALLEST = 0.05  # weights below this, for all kinds, are left out
BELOW_COUNTS = 0.5  # a title with a made-up summary counts for half a row

# What a summary of `below/` makes of a title that names a plan, a report, a practice.
TURNS: dict[str, dict[str, str]] = {
    "plan": {
        "draft": "other", "practice": "practice", "report": "report",
        "talk": "other", "event": "other", "plan": "plan",
    },
    "report": {
        "draft": "other", "event": "other", "to come": "other", "report": "report", "talk": "other",
    },
    "practice": {"event": "other", "report": "report", "practice": "practice", "talk": "other"},
}  # fmt: skip
_NOT_NEUTRAL = {Sign.NEW, Sign.SETTLED, Sign.COMING, Sign.PROCESS, Sign.FRESH, Sign.TELLS}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """One row as the learner sees it: marks with their values, the label's index, how much it counts."""

    marks: Mapping[str, float]
    label: int
    counts: float = 1.0


def labelled_rows(folder: Path = LABELLED) -> list[dict[str, str]]:
    """All labelled rows, each title and summary once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["title"].casefold(), row["summary"].casefold())
                found.setdefault(key, {**row})
    return list(found.values())


def turned(rows: Iterable[Row], *, rules: Rules, folder: Path = LABELLED) -> list[dict[str, str]]:
    """Neutral titles with two summaries each from `below/`, labelled by what those make of them."""
    below: dict[tuple[str, str], list[str]] = {}
    for path in sorted((folder / "below").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                below.setdefault((row["language"], row["says"]), []).append(row["summary"])
    chance = random.Random(1)  # noqa: S311 - the same rows give the same weights
    found = []
    for row in rows:
        turns = TURNS.get(row["label"])
        language = rules.languages.get(row["language"])
        if turns is None or language is None:
            continue
        reading = read(words_of(row["title"], most=TITLE_WORDS), (), language=language)
        signs = {sign.value.sign for part in reading.title for sign in part.signs}
        if signs & _NOT_NEUTRAL or Sign(row["label"]) not in signs or Sign.OTHER in signs:
            continue
        for says in chance.sample(sorted(turns), 2):
            if choice := below.get((row["language"], says)):
                found.append({**row, "summary": chance.choice(choice), "label": turns[says]})
    return found


def example(row: Row, *, rules: Rules, learned: Learned, counts: float = 1.0) -> Example:
    """The marks of a row."""
    title, summary = row["title"], row.get("summary", "")
    title_words = words_of(title, most=TITLE_WORDS)
    summary_words = words_of(summary, most=SUMMARY_WORDS)
    spoken = languages_of(
        {*title_words, *summary_words}, declared=row.get("language", ""), rules=rules
    )
    readings = [read(title_words, summary_words, language=one) for one in spoken]
    reading: Reading = max(readings, key=lambda one: weigh(one).total)
    place = place_in(title, reading.language)
    marks = dict.fromkeys(
        learned.marks(reading, title=title, summary=summary, place=place), 1.0
    )
    for word in set(title_words) - {STOP}:
        for part in letters(word):
            marks[part] = marks.get(part, 0.0) + LETTERS
    marks[BIAS] = 1.0
    return Example(marks, LABELS.index(row["label"]), counts)


def learn(examples: Sequence[Example], *, at_least: int = AT_LEAST) -> dict[str, Weight]:
    """Return the weights that best tell the labels of the examples."""
    frequency = Counter(mark for one in examples for mark in one.marks)
    names = sorted(mark for mark, number in frequency.items() if number >= at_least)
    index = {name: number for number, name in enumerate(names)}
    data = [
        (
            [(index[mark], value) for mark, value in sorted(one.marks.items()) if mark in index],
            one.label,
            one.counts,
        )
        for one in examples
    ]
    per_label = Counter[int]()
    for _, label, counts in data:
        per_label[label] += counts  # type: ignore[assignment]
    total = sum(per_label.values())
    balance = [total / (len(LABELS) * max(per_label[label], 1)) for label in range(len(LABELS))]
    weights = [[0.0] * 4 for _ in names]
    squares = [[1e-6] * 4 for _ in names]
    rarer = [PENALTY / max(frequency[name], 1) ** 0.5 for name in names]
    chance = random.Random(1)  # noqa: S311
    order = list(range(len(data)))
    for number in range(PASSES):
        rate = RATE / (1 + 0.1 * number)
        chance.shuffle(order)
        for position in order:
            marks, label, counts = data[position]
            sums = [0.0] * 4
            for mark, value in marks:
                weight = weights[mark]
                for kind in range(4):
                    sums[kind] += value * weight[kind]
            most = max(sums)
            powers = [math.exp(one - most) for one in sums]
            whole = sum(powers)
            errors = [power / whole for power in powers]
            errors[label] -= 1.0
            scale = counts * balance[label]
            for mark, value in marks:
                weight, square, penalty = weights[mark], squares[mark], rarer[mark]
                for kind in range(4):
                    slope = scale * errors[kind] * value + penalty * weight[kind]
                    square[kind] += slope * slope
                    weight[kind] -= rate * slope / math.sqrt(square[kind])
    return {
        name: (weight[0], weight[1], weight[2], weight[3])
        for name, weight in zip(names, weights, strict=True)
    }


def written(weights: Mapping[str, Weight], *, smallest: float = SMALLEST) -> str:
    """The text of weights.csv, in hundredths."""
    lines = ["mark,plan,practice,report,other"]
    for name, weight in sorted(weights.items()):
        if max(map(abs, weight)) >= smallest:
            quoted = f'"{name}"' if "," in name or '"' in name else name
            lines.append(",".join((quoted, *(str(round(one * 100)) for one in weight))))
    return "\n".join(lines) + "\n"


def examples_of(
    rows: Sequence[Row], *, rules: Rules, learned: Learned, folder: Path = LABELLED
) -> list[Example]:
    """The examples of labelled rows and of what `below/` makes of them."""
    return [example(row, rules=rules, learned=learned) for row in rows] + [
        example(row, rules=rules, learned=learned, counts=BELOW_COUNTS)
        for row in turned(rows, rules=rules, folder=folder)
    ]


def main() -> None:
    """Learn and write, or try by cross-validation."""
    learned = replace(packaged(), weights={})
    text = (ROOT / "config" / "rules.toml").read_text(encoding="utf-8")
    rules = read_rules(text, where="rules.toml")
    rows = labelled_rows()
    if "--cross" in sys.argv:
        random.Random(1).shuffle(rows)  # noqa: S311
        for part in range(5):
            rest = [row for number, row in enumerate(rows) if number % 5 != part]
            titles = {row["title"] for number, row in enumerate(rows) if number % 5 == part}
            rest = [row for row in rest if row["title"] not in titles]
            weights = learn(examples_of(rest, rules=rules, learned=learned))
            tried = read_rules(
                text, where="rules.toml", packaged=rules, learned=replace(learned, weights=weights)
            )
            result = evaluate(rows[part::5], tried)
            print(f"part {part + 1}: macro F1 {result['macro_f1']:.3f}")
        return
    found = written(learn(examples_of(rows, rules=rules, learned=learned)))
    OUT.write_text(found, encoding="utf-8")
    print(f"{len(rows)} rows gave {len(found.splitlines()) - 1} weights, {len(found) // 1000} kB")


if __name__ == "__main__":
    main()
