"""A page's link card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import MAX_DESCRIPTION, read_card
from bot.values import Card

URL = "https://region.example/news/plan?utm_source=govdelivery"
LONG = "The Southern Regional Assembly adopted its action plan for smart specialisation today."


def card(head: str = "", body: str = "", *, content_type: str = "text/html") -> Card:
    page = f"<!DOCTYPE html><html lang='en-IE'><head>{head}</head><body>{body}</body></html>"
    return read_card(page.encode(), url=URL, content_type=content_type)


def meta(**named: str) -> str:
    return "".join(
        f'<meta property="{k.replace("_", ":")}" content="{v}">' for k, v in named.items()
    )


def test_a_full_page_gives_a_full_card() -> None:
    found = card(
        meta(
            og_title="Plans &amp; practices",
            og_description="Eight  plans",
            og_image="/img/map.png?utm_source=x",
            og_image_alt="Map of regions",
        )
        + '<link rel="canonical" href="/news/plan">'
        + '<link rel="alternate" hreflang="cy-GB" href="/cy/cynllun?utm_medium=x">'
        + '<link rel="alternate" hreflang="x-default" href="/"><link rel="alternate" hreflang="ga" href="javascript:x">'
        + "<title>Plans | Region</title>"
    )
    assert found == Card(
        url="https://region.example/news/plan",
        title="Plans & practices",
        description="Eight plans",
        image="https://region.example/img/map.png",
        image_alt="Map of regions",
        language="en",
        alternates={"cy": "https://region.example/cy/cynllun"},
    )


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Page\n title</title>", "<h1>Heading</h1>", "Page title"),
        ('<meta name="twitter:title" content="Tweet">', "<h1>Heading</h1>", "Tweet"),
        ("", "<h1>The <b>heading</b></h1>", "The heading"),
        (meta(og_title=" "), "", ""),
    ],
)
def test_the_title_comes_from_what_there_is(head: str, body: str, title: str) -> None:
    assert card(head, body).title == title


@pytest.mark.parametrize(
    ("head", "body", "description"),
    [
        ('<meta name="Description" content="Said of itself">', f"<p>{LONG}</p>", "Said of itself"),
        ("", f"<p>3 March 2026</p><p>{LONG}</p>", LONG),
        ("", f"<nav><p>{LONG} In the menu.</p></nav><p>{LONG}</p>", LONG),
        (
            "",
            f"<p>We use cookies on this site to make it work and to learn how you use it.</p><main><p>{LONG}</p></main>",
            LONG,
        ),
        ("", "<p>Short.</p>", ""),
    ],
)
def test_the_description_is_declared_or_the_first_real_paragraph(
    head: str, body: str, description: str
) -> None:
    assert card(head, body).description == description


def test_a_long_description_is_cut_between_words() -> None:
    found = card(body=f"<p>{'regional development ' * 60}</p>").description
    assert len(found) <= MAX_DESCRIPTION
    assert found.endswith(("regional…", "development…"))


@pytest.mark.parametrize(
    ("body", "alt"),
    [
        ('<img src="https://cdn.example/small/map.png" alt="Map &amp; key">', "Map & key"),
        ('<img src="other.png" alt="Other"><img src="/img/map.png" alt="">', ""),
        ("", ""),
    ],
)
def test_the_picture_has_the_alt_text_it_has_on_the_page(body: str, alt: str) -> None:
    assert card(meta(og_image="/img/map.png"), body).image_alt == alt


@pytest.mark.parametrize("image", ["data:image/png;base64,x", "javascript:x", "", "http://["])
def test_a_picture_that_cannot_be_linked_is_none(image: str) -> None:
    found = card(meta(og_image=image), '<img src="" alt="x">')
    assert (found.image, found.image_alt) == ("", "")


@pytest.mark.parametrize(
    ("claim", "address"),
    [
        ("/news/plan-final", "https://region.example/news/plan-final"),
        ("https://www.region.example/news/plan", "https://www.region.example/news/plan"),
        ("https://region.example/", "https://region.example/news/plan"),
        ("https://elsewhere.example/news/plan", "https://region.example/news/plan"),
        ("", "https://region.example/news/plan"),
    ],
)
def test_a_page_may_name_its_own_address_but_not_another_site(claim: str, address: str) -> None:
    assert card(f'<link rel="canonical" href="{claim}">').url == address


def test_the_base_of_the_page_counts() -> None:
    found = card('<base href="https://cdn.example/a/">' + meta(og_image="b.png"))
    assert found.image == "https://cdn.example/a/b.png"


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "image/png", "application/octet-stream"]
)
def test_a_file_gives_a_bare_card(content_type: str) -> None:
    assert card("<title>x</title>", content_type=content_type) == Card(
        url="https://region.example/news/plan"
    )


def test_the_language_falls_back_to_the_locale() -> None:
    page = b'<meta property="og:locale" content="cy_GB"><p>x'
    assert read_card(page, url=URL).language == "cy"
    assert read_card(b"", url="").language == ""


@given(
    st.binary(max_size=100)
    | st.lists(
        st.sampled_from(
            (
                "<html lang='",
                "<meta property=og:image content='",
                "<meta name=description content=",
                "<link rel=canonical href='",
                "http://[",
                "'>",
                "<base href=//[>",
                "<p>",
                "<title>",
                "&#0;",
                "\x00",
                "<img src=",
                "<link rel=alternate hreflang=cy href=",
            )
        ),
        max_size=10,
    ).map(lambda parts: "".join(parts).encode()),
    st.text(max_size=20),
)
def test_any_body_gives_a_card(body: bytes, url: str) -> None:
    found = read_card(body, url=url)
    assert found.image == "" or found.image.startswith(("http://", "https://"))
    assert found.url == "" or found.url.startswith(("http://", "https://"))
    assert found.title == " ".join(found.title.split())
