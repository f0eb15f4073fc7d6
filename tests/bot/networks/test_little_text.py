from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.networks.little_text import RESERVED, escape, unescape
from tests.emulators.little_text import parse

# Any text, and text that is mostly the characters that matter.
ANYTHING = (
    st.text()
    | st.text(alphabet="\\|{}@[]()<>#*_~ aZ1ŵ\u0302＃/:&\n")
    | st.lists(
        st.sampled_from(
            ["#", "tag", "_", "https://", "{hashtag|", "\\#", "|", "}", " ", "@[", "](", ")"]
        )
    ).map("".join)
)


def test_fifteen_characters_are_reserved() -> None:
    assert sorted(RESERVED) == sorted("\\|{}@[]()<>#*_~")
    assert len(set(RESERVED)) == 15


@given(ANYTHING)
@example("{hashtag|\\#|x} #x")
@example("#w\u0302 #_a_ #a#b ##c #")
def test_followers_read_what_was_approved(text: str) -> None:
    parsed = parse(escape(text))
    assert parsed.shown == text
    assert not parsed.cut


@given(ANYTHING)
def test_what_linkedin_gives_back_reads_the_same(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unescape(parse(escape(text)).stored()) == text


@pytest.mark.parametrize(
    ("text", "hashtags"),
    [
        ("New: #Cohes3ion, #GoodPractice.", ("Cohes3ion", "GoodPractice")),
        ("(#Wales) “#Cymru” —#EU", ("Wales", "Cymru", "EU")),
        ("#CynlluniauŴyl #Ynys_Môn #Tŷ", ("CynlluniauŴyl", "Ynys_Môn", "Tŷ")),
        ("C# and #1 and # alone, a#b and &#39; and ##x", ()),
        ("See https://example.org/page#part and https://example.org/?q=,#x", ()),
        ("@cohes3ion {curly}", ()),
    ],
)
def test_hashtags_stay_hashtags_and_nothing_else_becomes_one(
    text: str, hashtags: tuple[str, ...]
) -> None:
    assert parse(escape(text)).hashtags == hashtags


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a (b) [c] {d}", "a \\(b\\) \\[c\\] \\{d\\}"),
        ("back\\slash", "back\\\\slash"),
        ("me@example.org", "me\\@example.org"),
        ("#Tag", "#Tag"),
        ("#Tŷ_x", "{hashtag|\\#|Tŷ\\_x}"),
        ("https://example.org/a_(b)~c", "https://example.org/a\\_\\(b\\)\\~c"),
    ],
)
def test_how_it_is_written(text: str, written: str) -> None:
    assert escape(text) == written


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("@[Welsh Gov](urn:li:organization:1) said", "Welsh Gov said"),
        ("{hashtag|＃|Cymru}", "#Cymru"),
        ("{hashtag|#|Cymru}", "#Cymru"),
        ("not {a template} \\", "not {a template} \\"),
    ],
)
def test_reading_is_lenient(stored: str, read: str) -> None:
    assert unescape(stored) == read


PAGES = {
    "Welsh Government": "urn:li:organization:1",
    "Cohes3ion (Interreg)": "urn:li:organization:2",
    "Siân_E": "urn:li:person:aB_c-1",
    "x": "urn:li:organization:3",
}


@given(
    st.lists(
        st.sampled_from([*PAGES, "welsh government", "#", "@", "https://", "]", "(", " "])
        | st.text()
    ).map("".join)
)
@example("#x x xx @x")
def test_with_mentions_followers_read_what_was_approved_too(text: str) -> None:
    parsed = parse(escape(text, mentions=PAGES))
    assert parsed.shown == text
    assert not parsed.cut
    assert len(set(parsed.mentions)) == len(parsed.mentions)
    assert unescape(escape(text, mentions=PAGES)) == text


@given(ANYTHING, st.dictionaries(st.text(), st.just("urn:li:organization:1"), max_size=3))
def test_whatever_the_names_are_the_text_stays(text: str, names: dict[str, str]) -> None:
    assert parse(escape(text, mentions=names)).shown == text


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("The Welsh Government and Cohes3ion (Interreg) agree.", PAGES.keys() - {"Siân_E", "x"}),
        ("Welsh Government, again Welsh Government", {"Welsh Government"}),
        ("welsh government, Welsh Governments, #Siân_E", set()),
        ("https://example.org/Siân_E and Siân_E", {"Siân_E"}),
    ],
)
def test_a_name_spelled_just_so_becomes_a_mention_once(text: str, mentions: set[str]) -> None:
    parsed = parse(escape(text, mentions=PAGES))
    assert set(parsed.mentions) == {PAGES[name] for name in mentions}


def test_a_mention_is_written_in_its_own_form() -> None:
    assert escape("Siân_E: yes", mentions=PAGES) == "@[Siân\\_E](urn:li:person:aB\\_c-1): yes"
