from __future__ import annotations

import pytest

from tests.emulators.little_text import parse


@pytest.mark.parametrize(
    ("commentary", "shown", "cut"),
    [
        ("plain words, ŵ and 🏴󠁧󠁢󠁷󠁬󠁳󠁿", "plain words, ŵ and 🏴󠁧󠁢󠁷󠁬󠁳󠁿", False),
        ("escaped \\(all\\) \\\\ \\#", "escaped (all) \\ #", False),
        ("#Tag and #Tŷ", "#Tag and #Tŷ", False),
        ("{hashtag|\\#|Ynys\\_Môn}!", "#Ynys_Môn!", False),
        ("{hashtag|＃|Cymru}", "#Cymru", False),
        ("@[Welsh \\(Gov\\)](urn:li:organization:1) said", "Welsh (Gov) said", False),
        ("a report (of 2026)", "a report ", True),
        ("under_score", "under", True),
        ("# alone", "", True),
        ("a \\z", "a ", True),
        ("ends in \\", "ends in ", True),
        ("a {template}", "a ", True),
        ("mail me@example.org", "mail me", True),
        ("{hashtag|\\#|}", "", True),
        ("", "", False),
    ],
)
def test_a_missing_escape_cuts_the_text_without_an_error(
    commentary: str, shown: str, cut: bool
) -> None:
    parsed = parse(commentary)
    assert (parsed.shown, parsed.cut) == (shown, cut)
