"""Why a piece was drafted or set aside is said in the language of the page."""

from __future__ import annotations

import pytest
from django.utils import translation

from bot.split import furniture
from review.reasons import FURNITURE, reason


@pytest.mark.parametrize(
    ("english", "welsh"),
    [
        ("“action plan” in the title", "“action plan” yn y teitl"),
        (
            "“action plan” with “published” in the title",
            "“action plan” gyda “published” yn y teitl",
        ),
        ("“with in the title” in the summary", "“with in the title” yn y crynodeb"),
        ("“case-studies” in its address", "“case-studies” yn ei gyfeiriad"),
        ("a list of contents", "rhestr o’r cynnwys"),
        ("it reads like a report: “index” in the title", None),
        ("it reads like a plan as a whole", None),
        ("only “plan” in the summary: not enough to say that it is announced", None),
        ("Siân says that it is a practice", None),
        ("a thing done: “Leeds” named in the title, it tells how", None),
        ("", ""),
        ("words nobody has seen here", "words nobody has seen here"),
    ],
)
def test_reasons_are_said_in_welsh_around_what_is_quoted(english: str, welsh: str | None) -> None:
    assert reason(english) == english
    with translation.override("cy"):
        said = reason(english)
    if welsh is not None:
        assert said == welsh
    else:
        assert said != english
        assert not {"reads", "whole", "only", "says", "done", "tells"} & set(said.split())


def test_every_kind_of_furniture_has_its_words() -> None:
    known = {
        value.phrase for value in vars(furniture).values() if isinstance(value, furniture.Furniture)
    }
    assert known == set(FURNITURE)
