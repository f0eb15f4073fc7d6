from __future__ import annotations

import pytest

from bot.networks.matching import is_same
from review.text import Content

LINK = "https://example.org/reports/14"
WORDS = "A report on fourteen regions is published, and it finds growth."


@pytest.mark.parametrize(
    ("sent", "link", "text", "links", "same"),
    [
        # Addresses
        (f"{WORDS} {LINK}", LINK, f"{WORDS} {LINK}", [LINK], True),
        (f"{WORDS} {LINK}", LINK, f"{WORDS} {LINK}/", [f"{LINK}/"], True),
        (f"{WORDS} {LINK}", LINK, f"{WORDS} https://t.co/x", [LINK], True),
        (
            f"{WORDS} {LINK}",
            LINK,
            f"{WORDS} https://t.co/x",
            ["http://Example.org/reports/14"],
            True,
        ),
        (f"{WORDS} {LINK}", LINK, f"{WORDS} https://t.co/x", [f"{LINK}5"], False),
        (f"{WORDS} {LINK}", LINK, f"{WORDS} https://t.co/x", [], True),
        (f"{WORDS} {LINK}", LINK, f"{WORDS} https://t.co/x", ["https://[odd"], False),
        (f"{WORDS} gov.wales/x", "", f"{WORDS} http://gov.wales/x", ["http://gov.wales/x"], True),
        # Letters and spaces
        ("Cynllun gw\u0302yl yma", "", "Cynllun gŵyl  yma\u200b ", [], True),
        ("two\r\n\r\nparagraphs", "", "two\n\nparagraphs", [], True),
        # Additions and cuts
        (
            f"{WORDS} {LINK}",
            LINK,
            f"{WORDS} {LINK} https://t.co/pic",
            [LINK, "https://x.com/p"],
            True,
        ),
        (f"{WORDS} {LINK}", LINK, f"{WORDS[:50]}… {LINK}", [LINK], True),
        (f"{WORDS} {LINK}", LINK, f"{WORDS[:20]}… {LINK}", [LINK], False),
        # Others
        (f"{WORDS} {LINK}", LINK, f"Another one. {LINK}", [LINK], False),
        (f"{WORDS} {LINK}", LINK, "", [LINK], False),
        ("", "", "", [], True),
        (WORDS, "", "Another one.", [], False),
        (LINK, LINK, "https://t.co/x", [], False),
        # LinkedIn: the link travels in the card
        (WORDS, LINK, WORDS, [LINK], True),
        (WORDS, LINK, WORDS, [], True),
        (WORDS, LINK, WORDS, ["https://example.org/other"], False),
    ],
)
def test_text_decides_and_the_link_forgives(
    sent: str, link: str, text: str, links: list[str], same: bool
) -> None:
    assert is_same(Content(text=sent, link=link), text=text, links=links) is same
