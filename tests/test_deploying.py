"""The recipes of the operating document, as far as a machine without systemd or containers can try them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.emulators.authority import certificates, context
from tests.emulators.loopback import served
from tests.journeys.terminal import ROOT, Terminal

TEXT = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
UNITS = dict(
    re.findall(r"`/etc/systemd/system/(herodr-[a-z]+\.service)`[^`]*```ini\n(.*?)```", TEXT, re.S)
)
FEED = b"""<rss version="2.0"><channel><title>News</title><item><title>Regional skills report published</title>
<link>https://example.org/skills</link></item></channel></rss>"""


def test_there_is_a_unit_for_each_process_of_the_procfile() -> None:
    processes = re.findall(r"^(\w+): python -m bot (\w+)$", (ROOT / "Procfile").read_text(), re.M)
    assert {f"herodr-{name}.service" for name, _ in processes} == set(UNITS)
    for name, command in processes:
        assert f"/bot {command}\n" in UNITS[f"herodr-{name}.service"]


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not on this machine")
    for name, text in UNITS.items():
        # Herodr is not installed where the units say.
        (tmp_path / name).write_text(text.replace("/opt/herodr/.venv/bin/bot", "/bin/true"))
    done = subprocess.run(
        [verify, "--man=no", "verify", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "herodr-" in line]
    assert about_ours == []


class Feed(BaseHTTPRequestHandler):
    """Serves one feed."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def inspected(tmp_path: Path, socket_enabled: None) -> Iterator[tuple[str, Path]]:
    """A server whose certificate only an authority of one's own vouches for: its address and the bundle."""
    bundle, both = certificates(tmp_path)
    with served(Feed, tls=context(both)) as port:
        yield f"https://localhost:{port}/feed", bundle


def test_a_network_that_inspects_tls_is_passed_with_its_certificate(
    inspected: tuple[str, Path], tmp_path: Path
) -> None:
    address, bundle = inspected
    terminal = Terminal(tmp_path, {"HERODR_ALLOW_HOSTS": "localhost"})
    said = terminal.run("preview", address, code=1).stderr
    assert "certificate" in said
    # Either setting does for all roads.
    terminal.settings["REQUESTS_CA_BUNDLE"] = str(bundle)
    assert (
        terminal.json("preview", address)["announcements"][0]["link"]
        == "https://example.org/skills"
    )
