"""`bot run`, `bot web`, `bot worker`, `bot release`, `bot once`: the product at work."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.commands import ready

START_LIMIT = 30.0  # seconds the desk may take to answer
CHILD = "HERODR_CHILD"  # set by `bot run` for the two processes it starts
STOP_LIMIT = 40.0  # seconds a worker may take to finish the post in hand


class Step(StrEnum):
    """The three steps of one pass."""

    WATCH = "watch"
    COMPOSE = "compose"
    PUBLISH = "publish"


def port() -> int:
    """Return the port of the desk from `PORT`, by default 8000. Raises `Trouble`."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ready.Trouble(f'PORT is "{text}"; set it to a number such as 8000.')
    return int(text)


def release() -> None:
    """Prepare the database for this version. Run it before `web` and `worker`."""
    ready.keep_secret_key()
    ready.django()
    ready.migrate()
    typer.echo("The database is ready.")


def _end_with_parent() -> None:
    """End when `bot run` does, even if it was killed: its end of our standard input closes then."""
    if os.environ.get(CHILD) != "1":
        return

    def wait() -> None:
        # Not sys.stdin: its lock would be held while the interpreter shuts down.
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def web() -> None:
    """Serve the review desk on PORT."""
    ready.desk()
    _end_with_parent()
    from gunicorn.app.base import BaseApplication

    from config.wsgi import application

    class Desk(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            # A platform that starts the Procfile reaches us from outside; `bot run` sets HOST itself.
            host = os.environ.get("HOST") or "0.0.0.0"  # noqa: S104
            options: dict[str, Any] = {
                "bind": f"{host}:{port()}",
                "workers": int(os.environ.get("WEB_CONCURRENCY") or 1),
                "threads": 4,
                "worker_class": "gthread",
                "graceful_timeout": 1,
                "keepalive": 2,
                "loglevel": "warning",
                "preload_app": True,
                "control_socket_disable": True,
            }
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    Desk().run()


def worker() -> None:
    """Watch, compose and publish, until told to stop."""
    ready.desk()
    _end_with_parent()
    from bot import worker as the_worker

    the_worker.run(ready.directory())


def once(
    step: Annotated[Step | None, typer.Argument(help="Only this step.")] = None,
) -> None:
    """Make one pass, then end with a sentence that says what happened."""
    ready.keep_secret_key()
    ready.django()
    ready.migrate()
    from bot import notify
    from bot import worker as the_worker

    configuration = ready.configuration()
    one_pass = the_worker.Pass(configuration, name=f"once-{os.getpid()}")
    sentences = []
    try:
        if step in (None, Step.WATCH):
            sentences.append(one_pass.watch())
        if step in (None, Step.COMPOSE):
            sentences.append(one_pass.compose())
        if step in (None, Step.PUBLISH):
            sentences.append(one_pass.publish())
        if step is None:
            notify.tell_people(configuration, clock=ready.now)
    finally:
        one_pass.close()
        one_pass.readers.close()
    sentences.append(the_worker.where_things_stand())
    typer.echo(" ".join(sentence for sentence in sentences if sentence))


def run() -> None:
    """Run everything on this machine: database, desk and worker. Ctrl-C ends it."""
    desk_port = port()
    ready.keep_secret_key()
    ready.django()
    ready.configuration()
    _refuse_taken(desk_port)
    ready.migrate()
    address = os.environ.get("BASE_URL") or f"http://127.0.0.1:{desk_port}"
    # Own process groups: Ctrl-C reaches only us, and we ask each child to finish in its own way.
    desk, work = _start("web"), _start("worker")
    children = {"the desk": desk, "the worker": work}
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        _wait_for(desk_port, desk, lambda: stopping)
        if not stopping:
            typer.echo(f"Herodr is ready: {address.rstrip('/')}/")
            _invite(address.rstrip("/"))
            typer.echo("Press Ctrl-C to stop.")
        ended = None
        while not stopping and ended is None:
            time.sleep(0.2)
            ended = next((name for name, c in children.items() if c.poll() is not None), None)
    finally:
        _end(list(children.values()))
    if ended is not None:
        raise ready.Trouble(
            f"{ended.capitalize()} ended by itself, so Herodr stopped; its last lines above say why."
        )
    typer.echo("Herodr has stopped. Nothing was lost; start it again to go on.")


def _start(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "bot", command],
        env={**os.environ, CHILD: "1", "HOST": _host()},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def _refuse_taken(desk_port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_host(), desk_port))
        except OSError as error:
            raise ready.Trouble(
                f"Port {desk_port} cannot be used ({error.strerror}): set PORT to another number."
            ) from None


def _wait_for(desk_port: int, desk: subprocess.Popen[bytes], stopped: Any) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until and not stopped():
        if desk.poll() is not None:
            raise ready.Trouble("The desk did not start; its last lines above say why.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", desk_port), 1):
            return
        time.sleep(0.05)
    if not stopped():
        raise ready.Trouble(f"The desk did not answer within {START_LIMIT:.0f} seconds.")


def _invite(address: str) -> None:
    from review import sign_in

    token = sign_in.first_link(now=ready.now())
    if token is not None:
        typer.echo(f"Sign in once with this link (it works for a day): {address}{token}")


def sign_in(
    username: Annotated[str, typer.Argument(metavar="USERNAME", help="As on the People page.")],
    forget_second_step: Annotated[
        bool, typer.Option(help="Ask for no second step any more: the phone is lost.")
    ] = False,
) -> None:
    """Print a one-time sign-in link, for somebody who has forgotten the password."""
    ready.desk()
    from django.urls import reverse

    from review import sign_in as links
    from review.models import Person

    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise ready.Trouble(
            f'Nobody active has the user name "{username}"; the People page lists them.'
        )
    if forget_second_step:
        links.forget_second_step(person, by="operator", now=ready.now())
    token = links.make_link(person, now=ready.now())
    address = (os.environ.get("BASE_URL") or f"http://127.0.0.1:{port()}").rstrip("/")
    typer.echo(f"{address}{reverse('sign-in-link', args=[token])}")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_LIMIT
    for child in children:
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
