"""The terminal refuses what the desk refuses, and shows what the networks will get."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys.terminal import ROOT, Terminal

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


def test_two_approvers_are_two_people_of_the_desk(terminal: Terminal) -> None:
    config = terminal.folder / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    calendar = config / "calendar.toml"
    calendar.write_text(
        f'approvals = "two approvers"\n{calendar.read_text(encoding="utf-8")}', encoding="utf-8"
    )
    terminal.settings["HERODR_CONFIG"] = str(config)
    terminal.run("release")
    terminal.run("once")
    first, second = (str(post["id"]) for post in terminal.posts("in_review")[:2])
    person = "Person.objects.create_superuser({name!r}, name={name!r})"
    imported = "from review.models import Person; "
    terminal.python(imported + person.format(name="Siân"))
    assert (
        "only Siân may decide, so nothing can be approved" in terminal.run("check", code=1).stdout
    )
    alone = terminal.run("queue", "approve", first, "--by", "Siân", code=1).stderr
    assert "nobody besides Siân could approve this one" in alone
    terminal.python(imported + person.format(name="Bryn"))
    terminal.run("check")
    for name, code, said in (
        ("Sian", 1, "“Sian” is not the name of one person who may decide"),
        ("Siân", 0, f"Post {first} has 1 of 2 approvals; somebody else approves it too."),
        ("siân", 1, "Siân approved it already, and one person counts once"),
        ("Bryn", 0, f"Post {first} goes out on "),
    ):
        done = terminal.run("queue", "approve", first, "--by", name, code=code)
        assert said in done.stdout + done.stderr
    terminal.run("queue", "approve", second, "--by", "Bryn")
    (half,) = [post for post in terminal.posts("in_review") if str(post["id"]) == second]
    assert half["reason"].startswith("1 of 2 approvals: Bryn, ")
    assert set(half) == {
        "id", "state", "network", "account", "kind", "title", "link", "text", "due_at", "url", "attempts", "reason",
    }  # fmt: skip
    assert "reason:   1 of 2 approvals: Bryn, " in terminal.run("queue", "show", second).stdout
    assert (
        "Bryn approved it"
        in terminal.run("queue", "take-back", second, "--by", "Siân", code=1).stderr
    )
    terminal.run("queue", "take-back", second, "--by", "bryn")
    assert "1 of 2" not in terminal.run("queue", "show", second).stdout.partition("\n\n")[0]
    assert terminal.run("log", "verify").returncode == 0
