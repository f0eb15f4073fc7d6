"""Learns the weights of sorting from labelled rows: `make learn`.

Writes `bot/sort/weights.csv`. Rows are those of `tests/bot/labelled/`; each neutral title among them also appears
with summaries of `tests/bot/labelled/below/` and inside titles of `around/`, which say that what it names is out, a
draft, only talked about … : what stands below a title or around it has to be able to turn it. `--cross` instead learns on four fifths of the rows
and tries the rest, five times over.

Needs scikit-learn, which running Herodr does not: `uv run --group learning python -m benchmarks.learning`. The
same rows give the same weights.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.sort import Rules, evaluate, packaged, read_rules
from bot.sort.features import letters
from bot.sort.learned import BIAS, LETTERS, Learned, Weight
from bot.sort.phrases import STOP, words_of
from bot.sort.reading import SUMMARY_WORDS, TITLE_WORDS, Reading, read
from bot.sort.rules import Sign
from bot.sort.shelves import LABELS
from bot.sort.tale import place_in
from bot.sort.verdict import languages_of
from bot.sort.weigh import weigh

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ROOT / "tests" / "bot" / "labelled"
OUT = ROOT / "bot" / "sort" / "weights.csv"

PENALTY = 5.0  # L2: the more, the less a single row can say
AT_LEAST = 2  # rows that a mark must stand in
MARKS = 20_000  # the heaviest are kept
# What a title with another summary counts, and one with words around it, where a row counts 1.
BELOW_COUNTS = 0.15
AROUND_COUNTS = 1.0
DRAWN = "drawn_"  # files of rows that follow real items

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
    """All labelled rows, each title and summary once; `drawn` says whether they follow real items."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = (row["title"].casefold(), row["summary"].casefold())
                found.setdefault(
                    key, {**row, "drawn": "yes" if path.name.startswith(DRAWN) else ""}
                )
    return list(found.values())


def turned(rows: Iterable[Row], *, rules: Rules, folder: Path = LABELLED) -> list[dict[str, str]]:
    """Neutral titles of made-up rows with two summaries each from `below/`, and once with words from `around/` about them,
    labelled by what those make of them."""
    below = _phrases(folder / "below", "summary")
    around = _phrases(folder / "around", "title")
    chance = random.Random(1)  # noqa: S311 - the same rows give the same weights
    found = []
    for row in rows:
        turns = TURNS.get(row["label"])
        language = rules.languages.get(row["language"])
        if turns is None or language is None or row.get("drawn"):
            continue
        reading = read(words_of(row["title"], most=TITLE_WORDS), (), language=language)
        signs = {sign.value.sign for part in reading.title for sign in part.signs}
        if signs & _NOT_NEUTRAL or Sign(row["label"]) not in signs or Sign.OTHER in signs:
            continue
        found += [
            {**row, "summary": chance.choice(choice), "label": turns[says]}
            for says in chance.sample(sorted(turns), 2)
            if (choice := below.get((row["language"], says)))
        ]
        says = chance.choice(sorted(turns))
        if choice := around.get((row["language"], says)):
            title = chance.choice(choice).replace("{}", row["title"])
            found.append({**row, "title": title, "summary": "", "label": turns[says]})
    return found


def _phrases(folder: Path, column: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault((row["language"], row["says"]), []).append(row[column])
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
    marks = dict.fromkeys(learned.marks(reading, title=title, summary=summary, place=place), 1.0)
    for word in set(title_words) - {STOP}:
        for part in letters(word):
            marks[part] = marks.get(part, 0.0) + LETTERS
    return Example(marks, LABELS.index(row["label"]), counts)


def learn(examples: Sequence[Example]) -> dict[str, Weight]:
    """Return the weights that best tell the labels of the examples, of the marks that weigh most."""
    frequency = Counter(mark for one in examples for mark in one.marks)
    known = {mark for mark, number in frequency.items() if number >= AT_LEAST}
    columns = DictVectorizer()
    table = columns.fit_transform(
        {mark: value for mark, value in one.marks.items() if mark in known} for one in examples
    )
    model = LogisticRegression(C=1 / PENALTY, max_iter=1500, tol=1e-3, class_weight="balanced")
    model.fit(
        table,
        [one.label for one in examples],
        sample_weight=[one.counts for one in examples],
    )
    rows = {
        name: tuple(float(part) for part in model.coef_[:, number])
        for name, number in columns.vocabulary_.items()
    }
    heaviest = sorted(rows, key=lambda name: (-max(map(abs, rows[name])), name))[:MARKS]
    bias = tuple(float(part) for part in model.intercept_)
    return {BIAS: _weight(bias)} | {name: _weight(rows[name]) for name in heaviest}


def _weight(found: Sequence[float]) -> Weight:
    # The sums of all four say nothing: only differences count. What speaks for none is written as none.
    middle = sum(found) / len(found)
    plan, practice, report, other = (round(one - middle, 2) for one in found)
    return (plan, practice, report, other)


def written(weights: Mapping[str, Weight]) -> str:
    """The text of weights.csv, in hundredths."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(("mark", *LABELS))
    for name, weight in sorted(weights.items()):
        lines.writerow((name, *(round(one * 100) for one in weight)))
    return out.getvalue()


def examples_of(
    rows: Sequence[Row], *, rules: Rules, learned: Learned, folder: Path = LABELLED
) -> list[Example]:
    """The examples of labelled rows and of what `below/` makes of them."""
    return [example(row, rules=rules, learned=learned) for row in rows] + [
        example(
            row,
            rules=rules,
            learned=learned,
            counts=BELOW_COUNTS if row["summary"] else AROUND_COUNTS,
        )
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
