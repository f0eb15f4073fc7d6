"""A backup is put back, and what was published after it was taken is not published again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.emulators import faults, linkedin, x
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.enable_socket

SOURCES = """
[[source]]
name = "News"
url = "file:news.xml"
announce = "all"
cards = false
"""
ACCOUNT = """
[[account]]
name = "{name}"
network = "{network}"
author = "{author}"
live = true
credentials = "{credentials}"
"""
ACCOUNTS = [
    {"name": "ours-x", "network": "x", "author": "", "credentials": "X"},
    {"name": "our-page", "network": "linkedin", "author": linkedin.PAGE, "credentials": "LINKEDIN"},
    {"name": "sian", "network": "linkedin", "author": linkedin.MEMBER, "credentials": "LINKEDIN"},
]
ITEM = """<item><guid>{what}</guid><title>{what} report published</title><link>https://example.org/{what}</link>
<description>The report finds that 14 regions grew and 3 shrank.</description></item>"""


def feed(*topics: str) -> str:
    items = "".join(ITEM.format(what=topic) for topic in topics)
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


class House:
    """A deployment with three live accounts, and the two networks it publishes on."""

    def __init__(
        self, folder: Path, on_x: x.XEmulator, on_linkedin: linkedin.LinkedInEmulator
    ) -> None:
        self.config = folder / "config"
        self.config.mkdir()
        (self.config / "sources.toml").write_text(SOURCES)
        (self.config / "accounts.toml").write_text(
            "".join(ACCOUNT.format(**account) for account in ACCOUNTS)
        )
        (self.config / "calendar.toml").write_text('spacing = "0s"\n')
        self.says("Skills", "Energy")
        self.on_x, self.on_linkedin = on_x, on_linkedin
        self.terminal = Terminal(
            folder,
            {
                "HERODR_CONFIG": str(self.config),
                "X_API_URL": on_x.url,
                "LINKEDIN_API_URL": on_linkedin.url,
                "LINKEDIN_AUTH_URL": on_linkedin.url,
                **{f"X_{name}": value for name, value in x.KEYS.items()},
                "LINKEDIN_ACCESS_TOKEN": linkedin.TOKEN,
            },
        )

    def says(self, *topics: str) -> None:
        """Let the source say something else."""
        (self.config / "news.xml").write_text(feed(*topics))

    def approve(self, *, account: str = "", topic: str = "") -> list[str]:
        """Approve what is in review, all or the named; returns the ids."""
        ids = [
            str(post["id"])
            for post in self.terminal.posts("in_review")
            if account in ("", post["account"]) and topic in post["title"]
        ]
        self.terminal.run("queue", "approve", *ids, "--now", "--by", "Siân")
        return ids

    def states(self, account: str) -> list[str]:
        """List the states of the posts of one account, in the order they were drafted."""
        return [post["state"] for post in self.terminal.posts() if post["account"] == account]


@pytest.fixture
def networks() -> Iterator[tuple[x.XEmulator, linkedin.LinkedInEmulator]]:
    with x.XEmulator() as one, linkedin.LinkedInEmulator() as other:
        yield one, other


@pytest.fixture
def house(tmp_path: Path, networks: tuple[x.XEmulator, linkedin.LinkedInEmulator]) -> House:
    return House(tmp_path, *networks)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def on_either(request: pytest.FixtureRequest, house: House) -> Iterator[House]:
    """The same house on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield house
        return
    with postgres.server() as address:
        house.terminal.settings.update(DATABASE_URL=address, SECRET_KEY="only for this test")
        yield house


def test_what_was_published_after_the_backup_is_found_and_not_sent_again(on_either: House) -> None:
    house, terminal = on_either, on_either.terminal
    terminal.run("once")
    scheduled = house.approve(topic="Energy")
    terminal.run("backup", "kept")
    house.approve(topic="Skills")
    # News that the backup knows nothing of, drafted and published.
    house.says("Skills", "Energy", "Ports")
    terminal.run("sources", "ask", "News")
    terminal.run("once")
    house.approve(topic="Ports")
    terminal.run("once", "publish")
    assert len(terminal.posts("published")) == 9
    once = dict(house.on_x.ledger), dict(house.on_linkedin.ledger)

    said = terminal.run("restore", "kept").stdout
    assert f"{len(scheduled)} scheduled posts went back to review" in said
    assert {post["state"] for post in terminal.posts()} == {"in_review"}
    assert all("A backup of" in post["reason"] for post in terminal.posts())
    # One pass sees the new page again, takes it for news, and looks before it asks anybody.
    terminal.run("sources", "ask", "News")
    terminal.run("once", "watch")
    terminal.run("once", "compose")
    assert "6 found published" in terminal.run("once", "publish").stdout
    assert house.states("ours-x") == house.states("our-page") == ["published"] * 3
    # On a person's account nobody but the person can look.
    assert house.states("sian") == ["in_review"] * 3
    for post in terminal.posts("in_review"):
        assert "LinkedIn does not let an app read the posts of a person" in post["reason"]
        assert "if it is on the account, reject it here" in post["reason"]
    # Nothing went out a second time, and nothing that is asked once more does either.
    terminal.run("once")
    assert (dict(house.on_x.ledger), dict(house.on_linkedin.ledger)) == once
    assert "sound" in terminal.run("log", "verify").stdout


def test_whoever_approves_before_herodr_has_looked_sends_nothing_twice(house: House) -> None:
    terminal = house.terminal
    terminal.run("once")
    terminal.run("backup", "kept")
    house.approve(account="ours-x")
    terminal.run("once", "publish")
    terminal.run("restore", "kept")
    house.approve(account="ours-x")
    # The post leaves the queue before any other look: the claim looks first.
    assert "2 published" in terminal.run("once", "publish").stdout
    assert list(house.on_x.ledger.values()) == [1, 1]
    assert {post["reason"] for post in terminal.posts("published")} == {
        "An earlier try had published it; it was not sent again."
    }


def test_a_network_that_does_not_answer_holds_up_only_its_own_posts(house: House) -> None:
    terminal = house.terminal
    terminal.run("once")
    terminal.run("backup", "kept")
    house.approve(topic="Skills")
    terminal.run("once", "publish")
    terminal.run("restore", "kept")
    house.on_x.play(*[faults.Fault(faults.Kind.STATUS, on="GET", status=503)] * 20)
    terminal.run("once", "publish")
    assert house.states("ours-x") == ["in_review"] * 2
    assert sorted(house.states("our-page")) == ["in_review", "published"]
    house.approve(account="ours-x")
    assert "2 put off" in terminal.run("once", "publish").stdout
    assert sum(house.on_x.ledger.values()) == 1


def test_while_a_worker_is_at_work_nothing_is_restored(on_either: House) -> None:
    terminal = on_either.terminal
    terminal.run("release")
    terminal.run("backup", "kept")
    terminal.python(
        "from django.utils.timezone import now; from review.models import Worker; "
        "Worker.objects.create(name='elsewhere', started_at=now(), heartbeat_at=now())"
    )
    assert (
        "elsewhere is at work: stop Herodr first" in terminal.run("restore", "kept", code=1).stderr
    )
    assert "is at work" in terminal.run("restore", "--already", code=1).stderr
    terminal.python("from review.models import Worker; Worker.objects.all().delete()")
    assert "Restored" in terminal.run("restore", "--already").stdout
    assert "--already" in terminal.run("restore", code=2).stderr
    (terminal.folder / "torn").write_bytes(b"PGDMP and nothing more")
    assert "not a sound" in terminal.run("restore", "torn", code=1).stderr


def test_a_backup_taken_under_load_is_whole(on_either: House) -> None:
    terminal = on_either.terminal
    terminal.run("release")
    busy = (
        "from tests.making import *; from review.models import *\nfor _ in range({}): make_post()"
    )
    code = f"import django; django.setup(); exec({busy.format(400)!r})"
    writer = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=terminal.folder,
        env={**terminal.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    taken: list[str] = []
    while writer.poll() is None:
        taken.append(f"kept-{len(taken)}")
        terminal.run("backup", taken[-1])
    assert writer.returncode == 0
    assert len(taken) > 1
    wrote = "from review.models import Post; print(Post.objects.count())"
    assert terminal.python(wrote) == "400\n"
    for name in (taken[0], taken[-1]):
        terminal.run("restore", name)
        assert "sound" in terminal.run("log", "verify").stdout
