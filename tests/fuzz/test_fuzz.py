"""What was once found by fuzzing stays mended, and hypothesis goes on looking."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

SEEDS = sorted((Path(__file__).parent / "seeds").glob("*.bin"))

TAGS = st.sampled_from(
    [
        b"<rss version='2.0'><channel>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<item>",
        b"<entry>", b"<title>", b"<title type='html'>", b"</title>", b"<link>", b"<link href='/a'/>",
        b"<guid>", b"</guid>", b"<id>", b"<description>", b"<![CDATA[", b"]]>", b"&lt;", b"&amp;",
        b"&#x0;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"<!--", b"-->", b"<?xml version='1.0'?>",
        b"<h2>", b"<p>", b"<td id='main-body'>", b"<table>", b"<a href='https://lnks.gd/l/x'>",
        b"</a>", b"<script>", b"<style>", b"<meta property='og:title' content='", b"'>", b"<base href='",
        b"GDWidgets[0].update([", b'{"items": [', b'{"id": 1, "url": "//x"}', b"]}", b"</item>",
        b"</entry>", b"</channel></rss>", b"</feed>", b"xml:base='http://[bad'", b"\xff\xfe", b"\x00",
        b"\xed\xa0\x80", "Cwmni – é".encode(), b" ", b"\n",
    ]
)  # fmt: skip
BODIES = st.lists(TAGS | st.binary(max_size=12), max_size=30).map(b"".join)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_what_was_found_once_stays_mended(seed: Path) -> None:
    TARGETS[seed.stem.partition("-")[0]](seed.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@given(body=BODIES)
def test_any_body_is_read_or_refused(name: str, body: bytes) -> None:
    TARGETS[name](b"\0" + body)
