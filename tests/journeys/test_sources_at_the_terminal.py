"""An operator tries a source, sees how each stands, and settles what is held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.emulators.loopback import served
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.enable_socket

ITEM = "<item><guid>g{0}</guid><title>Report {0} published</title><link>https://example.org/reports/{0}</link></item>"
LISTING = (
    "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body><ul>"
    "<li class='n'><a href='/a'>Skills report published</a></li></ul></body></html>"
)
SOURCES = """
[[source]]
name = "News"
url = "http://127.0.0.1:{port}/feed"
every = "30s"
cards = false

[[source]]
name = "Listing"
url = "http://127.0.0.1:{port}/listing"
type = "listing"
cards = false
[source.select]
item = "li.n"

[[source]]
name = "Page"
url = "http://127.0.0.1:{port}/page"
cards = false

[[source]]
name = "Gone"
url = "http://127.0.0.1:{port}/gone"

[[source]]
name = "Blocked"
url = "http://127.0.0.1:{port}/blocked"
"""


class Site(BaseHTTPRequestHandler):
    """A publisher's site: a feed of which `items` can be changed, a listing, and pages that fail."""

    items: tuple[int, ...] = (1,)

    def do_GET(self) -> None:
        """Answer."""
        feed = "".join(ITEM.format(n) for n in Site.items)
        pages = {
            "/feed": (200, f"<rss version='2.0'><channel><title>N</title>{feed}</channel></rss>"),
            "/listing": (200, LISTING),
            "/page": (200, LISTING),
            "/other": (200, LISTING),
            "/gone": (410, ""),
            "/blocked": (403, ""),
        }
        status, body = pages[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    Site.items = (1,)
    config = tmp_path / "config"
    config.mkdir()
    (config / "accounts.toml").write_text('[[account]]\nname = "ours"\nnetwork = "x"\n')
    with served(Site) as port:
        (config / "sources.toml").write_text(SOURCES.format(port=port))
        yield Terminal(tmp_path, {"HERODR_CONFIG": str(config), "HERODR_ALLOW_HOSTS": "127.0.0.1"})


def test_a_flood_is_held_and_settled_and_each_source_says_how_it_stands(
    terminal: Terminal,
) -> None:
    terminal.run("once", "watch")
    standings = {s["name"]: s for s in terminal.json("status")["sources"]}
    assert {name: s["health"] for name, s in standings.items()} == {
        "News": "ok",
        "Listing": "ok",
        "Page": "broken",
        "Gone": "gone",
        "Blocked": "blocked",
    }
    assert "/feed" in standings["Page"]["trouble"]  # the page names its feed
    said = terminal.run("status").stdout
    assert "Source Gone (gone for good)" in said
    assert 'bot sources ask "Gone"' in said

    Site.items = tuple(range(40))
    terminal.run("sources", "ask", "News")
    assert "Held for a person: 39 entries" in terminal.run("once", "watch").stdout
    assert terminal.posts() == []
    assert "39 entries are held" in terminal.run("status").stdout
    assert "Report 7 published" in terminal.run("sources", "held", "News").stdout
    assert "39 entries are drafted" in terminal.run("sources", "release", "News").stdout
    terminal.run("once", "compose")
    assert len(terminal.posts()) == 39
    assert "Nothing is held." in terminal.run("sources", "held", "News").stdout
    assert "0 entries are left" in terminal.run("sources", "dismiss", "News").stdout


def test_a_source_is_tried_without_touching_anything(terminal: Terminal) -> None:
    result = json.loads(terminal.run("sources", "try", "Listing", "--json").stdout)
    assert [a["title"] for a in result["announcements"]] == ["Skills report published"]
    assert "1 entry read" in terminal.run("sources", "try", "News").stdout
    refused = terminal.run("sources", "try", "Nothing", code=1).stderr
    assert 'There is no source "Nothing"' in refused
    assert not list(terminal.folder.glob("*.sqlite3"))


def test_a_page_that_names_a_feed_says_so_in_its_preview(terminal: Terminal) -> None:
    config = Path(terminal.settings["HERODR_CONFIG"]) / "sources.toml"
    address = config.read_text().partition('url = "')[2].partition('"')[0]
    done = terminal.run("preview", address.replace("/feed", "/other"))
    assert f"names a feed; watch that instead: {address}" in done.stderr


def test_a_counter_that_hides_its_page_is_in_no_draft_of_the_preview(terminal: Terminal) -> None:
    page = terminal.folder / "bulletin.html"
    counter = "https://oster.us2.list-manage.com/track/click?u=abc&id=def&e=123"
    page.write_text(
        "<h1>News from the fjell</h1><h2>Regional action plan published</h2>"
        "<p>The region has adopted its action plan with 12 measures for small ports.</p>"
        f"<p><a href='{counter}'>Read more here</a></p>",
        encoding="utf-8",
    )
    [announced] = terminal.json("preview", str(page))["announcements"]
    assert announced["posts"]
    for post in announced["posts"]:
        assert "list-manage" not in post["text"]
        assert post["problems"][0].startswith("Its link is a click counter")
