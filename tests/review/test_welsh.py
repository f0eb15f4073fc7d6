"""The desk in Welsh: no string of ours is without a translation, and dates are Welsh too."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

import bot
import review
from tests.making import make_due_post, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("config")]

REVIEW = Path(str(review.__path__[0]))
BOT = Path(str(bot.__path__[0]))
CATALOGUE = REVIEW / "locale" / "cy" / "LC_MESSAGES"
CALLS = {"gettext", "gettext_lazy", "ngettext", "_", "say", "to_say"}
_LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_MARKED = re.compile(rf"(?:\bn?gettext|\b_)\(({_LITERAL})(?:,\s*({_LITERAL}))?")
_VALUE = re.compile(r"%\(\w+\)s")


def _in_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def _in_template(path: Path) -> Iterator[str]:
    for found in _MARKED.finditer(templatize(path.read_text(encoding="utf-8"))):
        yield from (str(ast.literal_eval(literal)) for literal in found.groups() if literal)


def _all() -> dict[str, str]:
    """Every string that a page may show, and where it stands."""
    found = {}
    # What the worker says of a post is read on its page too.
    for path in sorted([*REVIEW.rglob("*.py"), *BOT.rglob("*.py")]):
        found.update(dict.fromkeys(_in_code(path), path.name))
    for path in sorted((REVIEW / "templates").rglob("*.*")):
        found.update(dict.fromkeys(_in_template(path), path.name))
    return found


def _catalogue() -> dict[str, list[str]]:
    with (CATALOGUE / "django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)
    made: dict[str, list[str]] = {}
    for key, value in known._catalog.items():  # type: ignore[attr-defined]
        made.setdefault(key[0] if isinstance(key, tuple) else key, []).append(value)
    return made


def test_every_string_has_a_welsh_one_with_the_same_values_in_it() -> None:
    known = _catalogue()
    plurals = set(_values("msgid_plural"))
    strings = _all()
    assert len(strings) > 250
    missing = {
        f"{where}: {text}"
        for text, where in strings.items()
        if text not in plurals and not any(known.get(text, []))
    }
    assert missing == set()
    for text in strings:
        for welsh in known.get(text, []):
            assert set(_VALUE.findall(welsh)) == set(_VALUE.findall(text)), text


def _values(keyword: str) -> list[str]:
    """What the written catalogue says after a keyword, lines joined."""
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    found = re.findall(rf'^{keyword}(?:\[\d\])? ((?:".*"\n)+)', text, re.M)
    return ["".join(ast.literal_eval(line) for line in lines.splitlines()) for lines in found]


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = [value for values in _catalogue().values() for value in values]
    head = "Project-Id-Version"
    assert {text for text in _values("msgstr") if head not in text} == {
        text for text in compiled if head not in text
    }
    assert "fuzzy" not in (CATALOGUE / "django.po").read_text(encoding="utf-8")


def test_somebody_switches_to_welsh_and_stays_in_it(sian: Client) -> None:
    make_post()
    due = make_due_post("linkedin")
    english = sian.get(reverse("queue"))
    assert 'lang="en-gb"' in english.text
    answer = sian.post(reverse("language"), {"language": "cy", "next": "/"})
    assert answer.headers["Location"] == "/"
    queue = sian.get(reverse("queue")).text
    assert '<html lang="cy">' in queue
    assert "Cymeradwyo" in queue
    assert "Maw 24 Tach, 09:30" in queue
    assert "Mae angen penderfyniad ar 1 neges." in queue
    assert "Dydd Mawrth 24 Tachwedd 2026" in sian.get(reverse("scheduled")).text
    assert "Siân</strong> a’i cymeradwyodd" in sian.get(reverse("post", args=[due.pk])).text
    sian.post(reverse("language"), {"language": "en-gb", "next": "/"})
    assert "Approve" in sian.get(reverse("queue")).text


def test_a_browser_that_asks_for_welsh_gets_it_before_anybody_signs_in() -> None:
    page = Client(headers={"accept-language": "cy, en;q=0.5"}).get(reverse("sign-in")).text
    assert "Mewngofnodi" in page


def test_the_language_switch_leads_to_no_foreign_place(sian: Client) -> None:
    answer = sian.post(reverse("language"), {"language": "cy", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
