"""axe-core finds nothing to say about any page, wide or narrow, light or dark, in English or Welsh."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django import Settings

from review import asks, comments, letters, looks, notices, queries, sign_in, transitions
from review.models import Account, Person, Source
from tests.journeys.browsers import Desk, bulletin, configure
from tests.making import BRYN, CALENDAR, NOW, SIAN, make_announcement, make_person, minutes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.django_db(transaction=True),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def _configuration(settings: Settings, tmp_path: Path) -> None:
    configure(settings, tmp_path)


def everything() -> tuple[list[str], list[str]]:
    """Rows of every sort. Returns the addresses for people who are signed in, and those for outsiders."""
    sian = make_person(admin=True)
    posts = bulletin()
    make_announcement(posts[0].announcement.entry, kind="", set_aside="other")
    make_announcement(posts[0].announcement.entry, kind="", set_aside="furniture")
    comments.add(
        posts[1].pk, text="Name the regions.", asks_for_changes=True, by=SIAN, now=NOW, seen=1
    )
    transitions.approve(
        posts[2].pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW + minutes(5)
    )
    transitions.reject(posts[3].pk, by=SIAN, now=NOW, seen=1, reason="duplicate")
    transitions.approve(posts[4].pk, by=SIAN, now=NOW, calendar=CALENDAR, seen=1, when=NOW)
    claim = transitions.claim(worker="w", now=NOW, lease=minutes(2))
    assert claim
    transitions.lose_track(
        claim, now=NOW, outcome="outcome unknown", reason="X did not answer.", look_at=None
    )
    Source.objects.update(trouble="The feed answers 404. Correct its address.", health="broken")
    Account.objects.filter(network="linkedin").update(paused=True, trouble="Connect it again.")
    invited, token = sign_in.invite("Bryn", may_decide=True, by="Siân", now=NOW)
    Person.objects.filter(pk=invited.pk).update(username="bryn")
    bryn = Person.objects.get(pk=invited.pk)
    looks.saw(sian, [posts[5].pk])
    content = queries.newest_revision(queries.posts().get(pk=posts[5].pk)).content
    transitions.amend(
        posts[5].pk, content=replace(content, text="15 grew."), by=BRYN, now=NOW, seen=1
    )
    comments.add(
        posts[5].pk, text="@Siân, is it 15?", asks_for_changes=False, by=BRYN, now=NOW, seen=2
    )
    asks.assign([posts[5].pk], to=sian, by=BRYN, now=NOW)
    asks.assign([posts[0].pk], to=bryn, by=SIAN, now=NOW)
    looks.look(bryn, posts[5].pk, now=timezone.now() + minutes(5))
    some = [(post, queries.newest_revision(post)) for post in queries.posts().order_by("pk")[:4]]
    links = notices.make_links(Person.objects.get(pk=invited.pk), some, now=timezone.now())
    first = posts[0].pk
    inside = [
        "/",
        "/?q=nothing+like+that",
        *(f"/?whose=all&open={verb}-{first}" for verb in ("approve", "amend", "reject", "comment")),
        "/?whose=mine",
        f"/?whose=all&open=assign-{first}",
        f"/posts/{first}/",
        f"/posts/{posts[2].pk}/?open=withdraw-{posts[2].pk}",
        "/scheduled/",
        "/published/",
        "/set-aside/",
        "/sources/",
        "/people/",
        "/stop/",
        "/calendar/",
        "/overview/",
        "/settings/",
        "/calendar/?by=month",
        "/blackouts/",
        f"/posts/{posts[2].pk}/?open=move-{posts[2].pk}",
        "/keys/",
        "/account/",
        "/account/password/",
        "/account/address/",
        "/account/second-steps/",
        "/account/second-steps/app/",
        "/account/second-steps/passkeys/new/",
        "/account/again/password/",
        "/account/sessions/",
        "/nowhere/",
    ]
    outside = [
        "/sign-in/",
        f"/sign-in/{token}/",
        "/account/forgotten/",
        "/account/forgotten/sent/",
        "/account/forgotten/1-used/",
        "/account/address/gone/",
        "/account/shut-out/",
        *(reverse("approve-from-mail", args=[link]) for link in (*links.values(), "gone")),
        reverse("notices-off", args=[letters.off_token(invited, notices.DIGEST)]),
    ]
    return inside, outside


# Two widths, both themes, both languages; and the narrowest that must do, which is also 1280 at 400 % zoom.
# Each width with each colour scheme and language, each scheme with each language; HERODR_DRESSES=all wears the rest.
DRESSES = [
    (1280, "light", "en-GB"),
    (1280, "dark", "cy"),
    (390, "light", "cy"),
    (390, "dark", "en-GB"),
    (320, "light", "en-GB"),
    (640, "dark", "cy"),
]
if os.environ.get("HERODR_DRESSES") == "all":
    DRESSES += [(1280, "light", "cy"), (1280, "dark", "en-GB")]
    DRESSES += [(390, "light", "en-GB"), (390, "dark", "cy")]
# Where pictures of every page go, for people to look at; without it none are taken.
PICTURES = os.environ.get("HERODR_PICTURES", "")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "scheme", "language"), DRESSES)
def test_axe_finds_nothing_on_any_page(
    chromium: Browser,
    live_server: Any,
    width: int,
    scheme: Literal["light", "dark"],
    language: str,
) -> None:
    inside, outside = everything()
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce" if width == 390 else "no-preference",
        forced_colors="active" if width == 640 else "none",
    )
    desk = Desk(context, live_server.url)
    axe = Axe()
    options: dict[str, Any] = {"runOnly": RULES, "resultTypes": ["violations"]}
    if width == 640:
        # Forced colours are the browser's own; axe reads those of the style sheet.
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = []
    for number, path in enumerate((*outside, "sign in", *inside)):
        if path == "sign in":
            desk.sign_in_anywhere()
            continue
        desk.open(path)
        answer = axe.run(desk.page, options=options).response
        assert len(answer["passes"]) > 10, f"axe hardly looked at {path}"
        for violation in answer["violations"]:
            nodes = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            found.append(f"{path}: {violation['id']}: {violation['help']}: {nodes}")
        if wide := desk.page.evaluate(
            "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
        ):
            found.append(f"{path}: {wide} pixels wider than the window")
        if PICTURES:
            name = re.sub(r"[^a-z]+", "-", path.strip("/") or "queue", flags=re.I)[:40]
            place = Path(PICTURES) / f"{width}-{scheme}-{language[:2]}"
            desk.page.screenshot(path=place / f"{number:02}-{name}.png", full_page=True)
    context.close()
    # A page that is not there, or that says no, is told in the console as well.
    complaints = [line for line in desk.complaints if "Failed to load resource" not in line]
    assert found + complaints == []
