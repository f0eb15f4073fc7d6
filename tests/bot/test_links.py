"""Addresses: fit to publish, and comparable."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import links

TARGET = "https://www.southernassembly.example/plans?page=2"


def token(claims: object) -> str:
    """A lnks.gd address whose token carries `claims`, as GovDelivery mails have them."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"https://lnks.gd/l/eyJhbGciOiJIUzI1NiJ9.{body}.c2ln/s/123456/br/9-l"


@pytest.mark.parametrize(
    ("url", "cleaned"),
    [
        # what may be published stays, byte for byte
        ("https://example.org/a%2Fb?x=%20&y=1#part", "https://example.org/a%2Fb?x=%20&y=1#part"),
        ("HTTPS://Example.ORG:443/A", "https://example.org/A"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://example.org/cynllun gweithredu", "https://example.org/cynllun%20gweithredu"),
        ("  https://example.org/a\n b ", "https://example.org/a%20b"),
        ("https://example.org/tŷ", "https://example.org/tŷ"),
        ("//example.org/a", "https://example.org/a"),
        ("www.example.org/a", "https://www.example.org/a"),
        # twice escaped
        ("https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
        # who reads it is nobody's business
        ("https://name:secret@example.org/", "https://example.org/"),
        ("https://e.org/?utm_source=govdelivery&id=7&UTM_Medium=x", "https://e.org/?id=7"),
        ("https://e.org/?fbclid=1&gclid=2&mc_cid=3&mc_eid=4", "https://e.org/"),
        ("https://e.org/a?wgt_ref=UKWALES_WIDGET_2", "https://e.org/a"),
        ("https://e.org/a#utm_source=rss", "https://e.org/a"),
        ("https://e.org/?ref=1&source=2&campaign=3", "https://e.org/?ref=1&source=2&campaign=3"),
        # not the web
        ("javascript:alert(1)", ""),
        ("java\tscript:alert(1)", ""),
        ("mailto:a@example.org", ""),
        ("data:text/html,x", ""),
        ("ftp://example.org/x", ""),
        ("/relative/only", ""),
        ("https://", ""),
        ("http://[::1", ""),
        ("https://example.org:99999/", ""),
        ("https://exa mple.org/", ""),
        ("", ""),
        ("https://example.org/" + "a" * links.MAX_LENGTH, ""),
    ],
)
def test_an_address_is_made_fit_to_publish(url: str, cleaned: str) -> None:
    assert links.clean(url) == cleaned


@pytest.mark.parametrize(
    "wrapped",
    [
        f"http://links.govdelivery.com/track?type=click&enid=ZWFz&&&101&&&{TARGET}&utm_source=x",
        f"http://links.govdelivery.com:80/track?type=click&&&&101&&&{TARGET}",
        "https://links-2.govdelivery.com/CL0/https:%2F%2Fwww.southernassembly.example%2Fplans%3Fpage=2/1/01/abc=4",
        "https://x1.r.eu-west-1.awstrack.me/L0/https:%2F%2Fwww.southernassembly.example%2Fplans%3Fpage=2/1/01/abc=4",
        token({"bulletin_link_id": 100, "uri": "bp2:click", "url": TARGET}),
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fwww.southernassembly.example%2Fplans%3Fpage%3D2&usg=A",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fwww.southernassembly.example%2Fplans%3Fpage%3D2",
        "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.southernassembly.example%2Fplans%3Fpage%3D2&data=05",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.southernassembly.example%2Fplans%3Fpage%3D2%26fbclid%3D1",
    ],
)
def test_a_click_counter_gives_way_to_the_page_behind_it(wrapped: str) -> None:
    assert links.clean(wrapped) == TARGET
    assert not links.is_opaque_tracker(wrapped)


def test_counters_inside_counters_are_unwrapped() -> None:
    inner = token({"url": TARGET + "&utm_medium=email"})
    outer = f"https://eur02.safelinks.protection.outlook.com/?url={inner}"
    assert links.clean(outer) == TARGET


def test_a_counter_that_leads_to_itself_ends() -> None:
    url = "https://www.google.com/url?url="
    assert links.clean(url * 20 + "https://example.org/") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://lnks.gd/l/abcdef/s/123/br/4-l",
        token({"uri": "bp2:click"}),
        token(["no claims"]),
        token({"url": "javascript:alert(1)"}),
        "https://lnks.gd/2/xyz",
        "https://example.us1.list-manage.com/track/click?u=1&id=2&e=3",
        "https://u12.ct.sendgrid.net/ls/click?upn=abc",
    ],
)
def test_a_counter_that_hides_its_target_is_never_published(url: str) -> None:
    assert links.clean(url) == ""
    assert links.is_opaque_tracker(url)


@pytest.mark.parametrize("url", ["https://example.org/track/click", "", "https://mylnks.gd/", "x:"])
def test_other_addresses_are_no_opaque_counters(url: str) -> None:
    assert not links.is_opaque_tracker(url)


@pytest.mark.parametrize(
    ("url", "base", "cleaned"),
    [
        ("../b?x=1", "https://e.org/a/c/d", "https://e.org/a/b?x=1"),
        ("/b", "https://e.org/a/", "https://e.org/b"),
        ("#part", "https://e.org/a", "https://e.org/a#part"),
        ("//other.org/x", "http://e.org/", "http://other.org/x"),
        ("javascript:x()", "https://e.org/", ""),
        ("/b", "no base", ""),
        ("http://[", "https://e.org/", ""),
    ],
)
def test_a_relative_address_is_seen_from_its_base(url: str, base: str, cleaned: str) -> None:
    assert links.clean(url, base=base) == cleaned


def test_resolving_keeps_tracking_and_counters() -> None:
    url = "/feed?utm_source=x"
    assert links.resolve(url, base="https://e.org/") == "https://e.org/feed?utm_source=x"
    assert links.resolve("javascript:x", base="https://e.org/") == ""


@pytest.mark.parametrize(
    "twin",
    [
        "http://www.example.org/a/b/?y=2&x=1",
        "https://example.org/a/b?x=1&y=2#top",
        "https://EXAMPLE.org:443/a/b?x=1&y=2&utm_campaign=z",
        "http://example.org:80/a/b?y=2&x=1",
    ],
)
def test_two_spellings_of_one_page_have_one_key(twin: str) -> None:
    assert links.key(twin) == "example.org/a/b?x=1&y=2"


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/A/b",
        "https://example.org/a/b?x=2",
        "https://example.org:8080/a/b",
        "https://sub.example.org/a/b",
    ],
)
def test_other_pages_have_other_keys(other: str) -> None:
    assert links.key(other) != links.key("https://example.org/a/b")


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://content.govdelivery.com/accounts/UKWALES/bulletins/30680dd", "UKWALES/30680dd"),
        (
            "https://content.govdelivery.com/bulletins/gd/UKWALES-30680dd?wgt_ref=UKWALES_WIDGET_1",
            "UKWALES/30680dd",
        ),
        ("http://content.govdelivery.com/accounts/ukwales/bulletins/30680DD/#x", "UKWALES/30680dd"),
        ("https://content.govdelivery.com/accounts/UKWALES/bulletins", ""),
        ("https://content.govdelivery.com/accounts/UKWALES/widgets/1/0.json", ""),
        ("https://example.org/accounts/UKWALES/bulletins/30680dd", ""),
        ("nonsense", ""),
    ],
)
def test_a_bulletin_is_known_by_account_and_number(url: str, identity: str) -> None:
    assert links.bulletin_id(url) == identity
    if identity:
        assert links.key(url) == f"govdelivery:{identity}"


ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}{}".format,
        st.sampled_from(
            (
                "http://",
                "https://",
                "//",
                "https://lnks.gd/",
                "https://www.google.com/url?url=",
                "https://links.govdelivery.com/track?&&&",
            )
        ),
        st.text(max_size=60),
    ),
)


@given(ADDRESSES, ADDRESSES)
def test_garbage_gives_a_web_address_or_nothing(url: str, base: str) -> None:
    cleaned = links.clean(url, base=base)
    assert cleaned == "" or urlsplit(cleaned).scheme in ("http", "https")
    assert isinstance(links.key(url), str)
    assert isinstance(links.bulletin_id(url), str)
    assert isinstance(links.is_opaque_tracker(url), bool)


@given(ADDRESSES)
def test_cleaning_twice_is_cleaning_once(url: str) -> None:
    once = links.clean(url)
    assert links.clean(once) == once
    assert links.key(once) == links.key(url)


@pytest.mark.parametrize(
    ("url", "parameters", "marked"),
    [
        ("https://e.org/a", "", "https://e.org/a"),
        ("https://e.org/a", "utm_source=x", "https://e.org/a?utm_source=x"),
        ("https://e.org/a?id=1#b", "utm_source=x", "https://e.org/a?id=1&utm_source=x#b"),
        ("https://e.org/a?utm_source=y", "utm_source=x", "https://e.org/a?utm_source=y"),
        ("mailto:a@e.org", "utm_source=x", "mailto:a@e.org"),
    ],
)
def test_campaign_parameters_are_added_once_and_only_to_pages(
    url: str, parameters: str, marked: str
) -> None:
    assert links.marked(url, parameters) == marked


def test_a_counter_that_hides_its_target_is_kept_as_an_items_link_as_it_stands() -> None:
    counter = "https://example.us1.list-manage.com/track/click?u=1&id=2&e=3"
    assert links.found(counter.replace("&", "&amp;")) == counter
    assert links.found(TARGET + "&utm_source=x") == TARGET


@pytest.mark.parametrize(
    "url",
    [
        "https://example.us1.list-manage.com/unsubscribe?u=1&id=2",
        "https://example.us1.list-manage.com/profile?u=1",
        "mailto:a@example.org",
        "",
    ],
)
def test_the_way_out_of_a_mailing_is_no_items_link(url: str) -> None:
    assert links.found(url) == ""
