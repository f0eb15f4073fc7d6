"""A network from somebody else's package, installed into a folder of its own, from draft to published post."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal

PACKAGE = '''
from review.text import NetworkFacts
from bot.networks.base import Published

SENT = "sent.txt"


class TelegraphClient:
    """Sends short messages by wire, in capitals."""

    facts = NetworkFacts(
        name="telegraph",
        label="The telegraph",
        limit=120,
        measure=len,
        counts="Every letter counts 1.",
        link_in_text=True,
        alt_limit=0,
    )

    def __init__(self, details, *, endpoints, now):
        self.details = details

    def deliver(self, content):
        with open(SENT, "a", encoding="utf-8") as sent:
            sent.write(content.text.upper() + "\\n")
        return Published("1", "https://telegraph.example/1")

    def find(self, content, *, since):
        return None

    def delete(self, network_id):
        return None
'''
ACCOUNT = """
[[account]]
name = "our-wire"
network = "telegraph"
live = true
"""
SOURCE = """
[[source]]
name = "Bulletin"
url = "file:bulletin.html"
type = "bulletin"
announce = "all"
cards = false
"""
BULLETIN = """<html lang="en"><head><title>Bulletin</title></head><body>
<h2>Regional skills report published</h2>
<p>The report finds that fourteen regions grew, that three shrank, that wages rose everywhere but in one, and that
nobody knows why. <a href="https://example.org/skills">Read it here</a></p>
</body></html>"""


def install(folder: Path, package: str) -> Path:
    """Put the package where pip would: its module, and the metadata that names the entry point."""
    site = folder / "site"
    metadata = site / "herodr_telegraph-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "herodr_telegraph.py").write_text(package)
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: herodr-telegraph\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(
        "[herodr.networks]\ntelegraph = herodr_telegraph:TelegraphClient\n"
    )
    return site


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "sources.toml").write_text(SOURCE)
    (folder / "accounts.toml").write_text(ACCOUNT)
    (folder / "bulletin.html").write_text(BULLETIN)
    return folder


class Machine(Terminal):
    """A machine on which the package is installed."""

    @property
    def environment(self) -> dict[str, str]:
        usual = super().environment
        return {**usual, "PYTHONPATH": f"{usual['PYTHONPATH']}:{self.folder / 'site'}"}


def test_a_package_adds_a_network_with_its_own_limits(tmp_path: Path, config: Path) -> None:
    install(tmp_path, PACKAGE)
    machine = Machine(tmp_path, {"HERODR_CONFIG": str(config)})
    previewed = machine.json("preview", str(config / "bulletin.html"))
    post = previewed["announcements"][0]["posts"][0]
    assert (post["network"], post["limit"], post["problems"]) == ("telegraph", 120, [])
    assert len(post["text"]) <= 120
    machine.run("once")
    machine.run("check")
    machine.run("queue", "approve", "--all", "--now", "--by", "Siân")
    assert "1 published" in machine.run("once", "publish").stdout
    assert machine.posts("published")[0]["url"] == "https://telegraph.example/1"
    assert "REGIONAL SKILLS REPORT" in (tmp_path / "sent.txt").read_text()


@pytest.mark.parametrize("package", ["raise RuntimeError", "class TelegraphClient: pass"])
def test_a_package_that_cannot_be_used_is_named_with_the_mend(
    tmp_path: Path, config: Path, package: str
) -> None:
    install(tmp_path, package)
    machine = Machine(tmp_path, {"HERODR_CONFIG": str(config), "LOG_LEVEL": "CRITICAL"})
    machine.run("release")
    said = machine.run("check", code=1).stdout
    assert 'the package that adds the network "telegraph" cannot be used' in said
