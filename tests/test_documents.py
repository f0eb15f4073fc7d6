"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import app
from config import schema, timing

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
CODE = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "config").rglob("*.py")]
FROM_ENVIRONMENT = re.compile(
    r"""(?:environ(?:ment)?\.get\(|secret\()\s*["']([A-Z][A-Z0-9_]+)["']"""
)


def rows(heading: str) -> set[str]:
    part = SETTINGS.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([A-Za-z_]+)` \|", part, re.M))


def test_every_environment_variable_has_its_line_and_no_other_has() -> None:
    read = {name for path in CODE for name in FROM_ENVIRONMENT.findall(path.read_text())}
    read -= {"CI", "SECRET_KEY_FILE"}
    assert rows("Environment") == read


@pytest.mark.parametrize(
    ("file", "model"),
    [
        ("sources.toml", schema.Source),
        ("accounts.toml", schema.Account),
        ("calendar.toml", timing.Calendar),
    ],
)
def test_every_key_of_a_file_has_its_line(
    file: str, model: type[schema.Source | schema.Account | timing.Calendar]
) -> None:
    assert rows(file) == set(model.model_fields)


def commands() -> set[str]:
    names: set[str] = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names |= {f"bot {name} {sub}" for sub in inner} if inner else {f"bot {name}"}
    return names


def test_every_command_is_in_the_operating_document() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert {name for name in commands() if f"`{name}" not in text} == set()


DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", document.read_text(encoding="utf-8"))
    missing = {
        name
        for file, name in named
        if not re.search(rf"^\s*(?:async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.M)
    }
    assert missing == set()
