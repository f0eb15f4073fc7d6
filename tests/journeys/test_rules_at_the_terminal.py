"""Rules are tried at the terminal, and what people decide comes back as rows to try them on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_each_rule_says_what_it_caught(terminal: Terminal) -> None:
    table = terminal.folder / "rows.csv"
    table.write_text(
        "title,summary,label\nAction plan published,,plan\nAction plan published,,report\n",
        encoding="utf-8",
    )
    said = terminal.run("rules", "test", str(table), "--rules").stdout
    assert "2      1  plan: “action plan” with “published” in the title" in said
    answer = terminal.json("rules", "test", str(table), "--rules")
    assert answer["rules"] == [
        {
            "rule": "“action plan” with “published” in the title",
            "kind": "plan",
            "rows": 2,
            "right": 1,
        }
    ]
    assert set(terminal.json("rules", "test", str(table))) == {"macro_f1", "kinds", "confusion"}


def test_what_people_decide_can_be_exported_and_tried(terminal: Terminal) -> None:
    terminal.run("release")
    assert terminal.run("rules", "export").stdout == (
        "title,summary,language,label,said_by,source,link\n"
    )
    terminal.run("once")
    posts = terminal.posts("in_review")
    approved, refused = posts[0], next(post for post in posts if post["title"] != posts[0]["title"])
    terminal.run("queue", "approve", str(approved["id"]), "--by", "Siân")
    terminal.run("queue", "reject", str(refused["id"]), "--reason", "Not for us", "--by", "Siân")
    exported = terminal.run("rules", "export").stdout
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert {row["title"]: row["label"] for row in rows} == {
        approved["title"]: approved["kind"],
        refused["title"]: "other",
    }
    table = terminal.folder / "labelled.csv"
    table.write_text(exported, encoding="utf-8")
    result = json.loads(terminal.run("rules", "test", str(table), "--json").stdout)
    assert result["kinds"]["other"]["support"] == 1
