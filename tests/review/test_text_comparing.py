"""Comparing texts: nothing is lost, and what is the same is said to be the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.text import changes, facts, split_at

WORDS = st.text(alphabet="ab \n", max_size=60)


@given(old=WORDS, new=WORDS)
def test_changes_hold_both_texts_whole(old: str, new: str) -> None:
    found = changes(old, new)
    if old == new:
        assert found == ()
        return
    assert "".join(words for what, words in found if what != "added") == old
    assert "".join(words for what, words in found if what != "removed") == new


def test_endless_texts_are_not_compared() -> None:
    assert changes("a " * 5_000, "b " * 5_000) == ()


@given(text=st.text(max_size=200), other=st.text(max_size=200))
def test_splitting_a_text_at_its_facts_loses_nothing(text: str, other: str) -> None:
    assert "".join(part for _, part in split_at(text, facts([other]))) == text


def test_facts_are_figures_and_words_with_a_capital_inside_a_sentence() -> None:
    found = facts(["Together in 2026, 1,250 SMEs of Castilla y León grew by 2.5% (see Annex3)."])
    assert found == {"2026", "1,250", "SMEs", "Castilla", "León", "2.5", "Annex3"}
