"""The table of states, and the document that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from review.states import FINAL, MOVES, State, Verb, Who, move_for, sources_of, verbs_for_person

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_no_verb_leads_to_two_places_from_one_state() -> None:
    pairs = [(move.verb, source) for move in MOVES for source in move.sources]
    assert len(pairs) == len(set(pairs))


def test_nothing_leaves_a_final_state() -> None:
    assert all(not move.sources & FINAL for move in MOVES)


def test_every_state_can_be_reached_and_every_other_state_can_be_left() -> None:
    reached = {move.target for move in MOVES}
    left = set().union(*(move.sources for move in MOVES))
    assert reached == set(State)
    assert left == set(State) - FINAL


def test_only_the_bot_sends_and_only_a_person_approves() -> None:
    assert {m.who for m in MOVES if m.verb is Verb.APPROVE} == {Who.PERSON}
    assert {m.who for m in MOVES if m.verb is Verb.CLAIM} == {Who.BOT}


def test_nothing_unconfirmed_goes_out_without_a_new_approval() -> None:
    targets = {m.target for m in MOVES if State.UNCONFIRMED in m.sources}
    assert targets == {State.PUBLISHED, State.IN_REVIEW}


@pytest.mark.parametrize(
    ("verb", "state", "target"),
    [
        (Verb.SUBMIT, None, State.IN_REVIEW),
        (Verb.APPROVE, State.IN_REVIEW, State.SCHEDULED),
        (Verb.AMEND, State.SCHEDULED, State.IN_REVIEW),
        (Verb.APPROVE, State.PUBLISHED, None),
        (Verb.SUBMIT, State.IN_REVIEW, None),
    ],
)
def test_a_verb_leads_where_the_table_says(
    verb: Verb, state: State | None, target: State | None
) -> None:
    move = move_for(verb, state)
    assert (move.target if move else None) is target


def test_sources_of_a_verb_are_gathered_over_its_rows() -> None:
    assert sources_of(Verb.REQUEUE) == {State.FAILED, State.UNCONFIRMED}


def test_a_person_may_hold_amend_or_withdraw_what_is_scheduled() -> None:
    assert set(verbs_for_person(State.SCHEDULED)) == {Verb.AMEND, Verb.HOLD, Verb.WITHDRAW}


def test_the_document_shows_this_very_table() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", DOCUMENT.read_text(), re.M)
    shown = {
        (verb, source, target, who)
        for sources, verb, target, who in rows
        if verb in list(Verb)
        for source in sources.split(", ")
    }
    table = {
        (move.verb.value, source, move.target.value, move.who.value)
        for move in MOVES
        for source in (sorted(s.value for s in move.sources) or ["–"])
    }
    assert shown == table


def test_the_document_explains_every_state() -> None:
    text = DOCUMENT.read_text()
    assert [state for state in State if f"**{state.value}**" not in text] == []
