"""With nothing but environment variables set, drafts are told of by mail and in a chat, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.emulators import mailbox, webhook
from tests.journeys.terminal import Terminal

pytestmark = pytest.mark.enable_socket

LATER = (
    "from review.models import Post; from datetime import timedelta; from django.db.models import F; "
    "Post.objects.update(created_at=F('created_at') - timedelta(minutes=6))"
)
INVITE = (
    "from review import sign_in; from django.utils import timezone; "
    "sign_in.invite('Siân', may_decide=True, by='test', now=timezone.now(), email='sian@example.org')"
)


def test_the_drafts_of_a_pass_are_told_of_once(settings: Settings, tmp_path: Path) -> None:
    with mailbox.serving(settings) as box, webhook.serving() as hook:
        (tmp_path / "chats").write_text(f"{hook.address}\n")
        terminal = Terminal(
            tmp_path,
            {
                "BASE_URL": "https://desk.example.org",
                "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
                "EMAIL_FROM": "Herodr <herodr@example.org>",
                "NOTICE_URLS_FILE": str(tmp_path / "chats"),
            },
        )
        terminal.run("release")
        terminal.python(INVITE)
        terminal.run("once")
        assert (box.received, hook.received) == ([], [])
        terminal.python(LATER)
        said = [terminal.run("once"), terminal.run("once")]
    (mail,) = box.received
    assert mail["From"] == "Herodr <herodr@example.org>"
    assert mail["Subject"].startswith("6 new drafts wait for a decision")
    (message,) = hook.received
    assert message["title"] == "6 drafts wait for a decision"
    assert "hook-secret" not in "".join(done.stdout + done.stderr for done in said)


def test_a_lost_second_step_is_forgotten_at_the_terminal(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.run("release")
    made = (
        "from tests.making import make_person; "
        "from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes; "
        "from allauth.mfa.totp.internal.auth import TOTP; bryn = make_person('Bryn'); "
        "TOTP.activate(bryn, 'GEZDGNBVGY3TQOJQ'); RecoveryCodes.activate(bryn)"
    )
    terminal.python(made)
    count = "from allauth.mfa.models import Authenticator; print(Authenticator.objects.count())"
    assert "/sign-in/" in terminal.run("sign-in", "bryn").stdout
    assert terminal.python(count) == "2\n"
    assert "/sign-in/" in terminal.run("sign-in", "bryn", "--forget-second-step").stdout
    assert terminal.python(count) == "0\n"
    assert "sound" in terminal.run("log", "verify").stdout
