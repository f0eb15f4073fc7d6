"""What the tests in a real browser share: a person's browser, a bulletin to decide about, signing in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from review import transitions
from review.models import Post
from tests.making import (
    NOW,
    make_account,
    make_announcement,
    make_content,
    make_entry,
    make_person,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "Install Chromium: apt install chromium (Debian, Ubuntu), dnf install chromium (Fedora)."


TWICE_A_DAY = 'slots = ["Mon-Sun 09:30", "Mon-Sun 14:00"]'
EVERY_HOUR = "slots = [" + ", ".join(f'"Mon-Sun {hour:02}:30"' for hour in range(24)) + "]"


def configure(settings: Settings, folder: Path, *, calendar: str = TWICE_A_DAY) -> None:
    """Let the desk read its configuration from `folder`: no source, no account, and this calendar.toml."""
    settings.HERODR_CONFIG = folder
    for name, text in {"sources": "", "accounts": "", "calendar": calendar}.items():
        (folder / f"{name}.toml").write_text(text)


class Desk:
    """One person's browser: every complaint of its console kept."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(5_000)
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda line: self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> None:
        """Go to a page of the desk."""
        self.page.goto(self.address + path)

    def sign_in_anywhere(self) -> None:
        """Sign in as Siân, whatever the language of the page."""
        self.open("/sign-in/")
        self.page.locator("#id_username").fill("siân")
        self.page.locator("#id_password").fill("correct horse battery")
        self.page.locator("main button.go").click()
        expect(self.page.locator(".me")).to_be_visible()


def bulletin() -> list[Post]:
    """A bulletin with three announcements, each with a post on X and one on LinkedIn."""
    entry = make_entry(title="Cohes3ion newsletter: regional action plans published")
    kinds = {
        "plan": "Eight regional action plans published",
        "practice": "Good practice of the Stockholm region recognised by Interreg Europe",
        "report": "Two consultancy reports published",
    }
    posts = []
    for position, (kind, title) in enumerate(kinds.items()):
        announcement = make_announcement(
            entry,
            kind=kind,
            title=title,
            position=position,
            link=f"https://www.interregeurope.eu/cohes3ion/{'a-very-long-part-' * 6}{position}",
        )
        for network in ("x", "linkedin"):
            account = make_account(network)
            content = make_content(announcement, network)
            posts.append(
                transitions.submit(announcement, account=account, content=content, now=NOW)
            )
    return posts


def sign_in(desk: Desk) -> None:
    make_person(admin=True)
    desk.open("/sign-in/")
    desk.page.get_by_label("User name").fill("siân")
    desk.page.get_by_label("Password").fill("correct horse battery")
    desk.page.get_by_role("button", name="Sign in").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Queue")
