"""The terminal refuses what the desk refuses, and shows what the networks will get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal

NOTE = (
    "from django.utils import timezone; from review import addresses; from review.text import Tried; "
    "addresses.note({url!r}, Tried({tried}), now=timezone.now())"
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_a_dead_link_is_refused_and_the_other_posts_are_approved(terminal: Terminal) -> None:
    terminal.run("release")
    terminal.run("once")
    posts = terminal.posts("in_review")
    dead = posts[0]["link"]
    terminal.python(NOTE.format(url=dead, tried="gone=True, answer='It answers 404.'"))
    done = terminal.run("queue", "approve", "--all", "--by", "Siân", code=1)
    assert (
        f"bot: post {posts[0]['id']}: The link is dead: It answers 404. Correct it" in done.stderr
    )
    left = terminal.posts("in_review")
    assert {post["link"] for post in left} == {dead}
    assert len(terminal.posts("scheduled")) == len(posts) - len(left)


def test_an_image_that_the_network_does_not_take_is_refused(terminal: Terminal) -> None:
    terminal.run("release")
    terminal.run("once")
    image = "https://example.org/chart.tiff"
    post = next(post for post in terminal.posts("in_review") if post["network"] == "linkedin")
    terminal.python(
        "from review.models import Revision; "
        f"Revision.objects.filter(post={post['id']}).update(image={image!r}, image_alt='A chart')"
    )
    terminal.python(NOTE.format(url=image, tried="kind='image/tiff', size=1000"))
    done = terminal.run("queue", "approve", str(post["id"]), "--by", "Siân", code=1)
    assert "LinkedIn takes images as" in done.stderr
    assert terminal.posts("scheduled") == []


def test_the_preview_shows_names_as_the_mentions_that_linkedin_gets(terminal: Terminal) -> None:
    config = terminal.folder / "config"
    config.mkdir()
    (config / "accounts.toml").write_text(
        """[[account]]
name = "ours"
network = "linkedin"
author = "urn:li:organization:1"
mentions = { "Welsh_Government" = "urn:li:organization:1234" }
""",
        encoding="utf-8",
    )
    (config / "sources.toml").write_text("", encoding="utf-8")
    terminal.settings["HERODR_CONFIG"] = str(config)
    page = terminal.folder / "bulletin.html"
    page.write_text(
        """<html lang="en"><head><title>Bulletin</title></head><body><h2>Regional action plan published</h2>
<p>The Welsh_Government has published its plan. <a href="https://example.org/plan">Read it</a></p></body></html>""",
        encoding="utf-8",
    )
    said = terminal.run("preview", str(page)).stdout
    assert said.count("@ a mention: @[Welsh\\_Government](urn:li:organization:1234)") == 1
    assert set(terminal.json("preview", str(page))["announcements"][0]["posts"][0]) == {
        "network", "account", "text", "length", "limit", "problems",
    }  # fmt: skip
