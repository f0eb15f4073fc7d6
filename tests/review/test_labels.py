"""What people decide about kinds is kept as labelled rows."""

from __future__ import annotations

import pytest

from review import intake, transitions
from review.labels import labelled_rows
from review.models import Event
from tests.making import CALENDAR, NOW, SIAN, make_announcement, make_post

pytestmark = pytest.mark.django_db


def labels() -> dict[str, str]:
    return {row["title"]: row["label"] for row in labelled_rows()}


def test_what_nobody_has_decided_is_no_row() -> None:
    make_post()
    make_announcement(kind="", set_aside="other")
    assert labels() == {}


def test_an_approval_stands_for_the_kind() -> None:
    post = make_post(announcement=make_announcement(title="Skills report"))
    transitions.approve(post.pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1)
    assert labels() == {"Skills report": "report"}


def test_a_piece_that_was_taken_in_has_the_kind_it_was_given() -> None:
    piece = make_announcement(title="Harbour masterplan", kind="", set_aside="other")
    intake.take_in(piece.pk, kind="plan", by="Siân", now=NOW)
    rows = list(labelled_rows())
    assert [(row["label"], row["said_by"]) for row in rows] == [("plan", "Siân: take in")]
    assert rows[0]["summary"] == "The report finds that 14 regions grew."


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("not for us", {"Fish": "other"}),
        ("Not for us: weather", {"Fish": "other"}),
        ("duplicate", {}),
    ],
)
def test_only_a_rejection_as_not_for_us_speaks_about_the_kind(
    reason: str, expected: dict[str, str]
) -> None:
    post = make_post(announcement=make_announcement(title="Fish"))
    transitions.reject(post.pk, by=SIAN, now=NOW, seen=1, reason=reason)
    assert labels() == expected


def test_a_changed_kind_is_drafted_anew_recorded_and_labelled() -> None:
    row = make_announcement(title="Skills outlook", kind="plan")
    changed = intake.change_kind(row.pk, kind="report", by="Bryn", now=NOW)
    assert (changed.kind, changed.drafted_at) == ("report", None)
    assert changed.because == ["Bryn says that it is a report"]
    assert Event.objects.get(verb="change kind").details["was"] == "plan"
    assert labels() == {"Skills outlook": "report"}
    intake.change_kind(row.pk, kind="report", by="Bryn", now=NOW)
    assert Event.objects.filter(verb="change kind").count() == 1


def test_changing_the_kind_of_what_was_set_aside_takes_it_in() -> None:
    piece = make_announcement(title="Fish", kind="", set_aside="other")
    assert intake.change_kind(piece.pk, kind="practice", by="Bryn", now=NOW).set_aside == ""
    assert labels() == {"Fish": "practice"}
