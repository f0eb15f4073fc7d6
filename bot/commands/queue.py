"""`bot queue …`: the desk's verbs at the terminal."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands import ready

if TYPE_CHECKING:
    from review.models import Post

app = typer.Typer(no_args_is_help=True, help="Read and decide about the queue.")

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Post numbers.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="A post's number.")]
By = Annotated[str, typer.Option(metavar="NAME", help="Who decides; kept with the decision.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _row(post: Post) -> dict[str, Any]:
    from review.queries import newest_revision
    from review.text import together
    from review.transitions import first_approval

    return {
        "id": post.pk,
        "state": post.state,
        "network": post.account.network,
        "account": post.account.name,
        "kind": post.announcement.kind,
        "title": post.announcement.title,
        "link": newest_revision(post).link,
        "text": newest_revision(post).text,
        "due_at": post.due_at.isoformat() if post.due_at else None,
        "url": post.url or None,
        "attempts": post.attempt_count,  # type: ignore[attr-defined]  # annotated by queries.posts
        "reason": together(first_approval(post), post.reason) or None,
    }


@app.command("list")
def list_(
    *,
    state: Annotated[str, typer.Option(metavar="S", help="Only posts in this state.")] = "",
    as_json: AsJson = False,
) -> None:
    """List posts."""
    ready.desk()
    from review import queries
    from review.states import State

    if state and state not in list(State):
        raise typer.BadParameter(f"the states are {', '.join(State)}", param_hint="--state")
    rows = [_row(post) for post in queries.posts([state] if state else None)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        first = row["text"].partition("\n")[0]
        typer.echo(f"{row['id']:>5}  {row['state']:<11} {row['account']:<20} {first[:90]}")
    typer.echo(f"{len(rows)} {'post' if len(rows) == 1 else 'posts'}.")


@app.command()
def show(post_id: Id, *, as_json: AsJson = False) -> None:
    """Show one post and what happened to it."""
    ready.desk()
    from django.utils import timezone

    from review import queries
    from review.models import Post

    try:
        post = queries.posts().get(pk=post_id)
    except Post.DoesNotExist:
        raise ready.Trouble(f"There is no post {post_id}.") from None
    row = _row(post)
    events = [
        {
            "at": event.at.isoformat(),
            "actor": event.actor,
            "verb": event.verb,
            "state": event.to_state,
            "reason": event.reason or None,
        }
        for event in queries.history(post)
    ]
    if as_json:
        typer.echo(json.dumps({**row, "history": events}, ensure_ascii=False, indent=2))
        return
    for key in ("id", "state", "reason", "account", "kind", "title", "link", "due_at", "url"):
        if row[key] is not None:
            typer.echo(f"{key + ':':<9} {row[key]}")
    typer.echo("\n" + row["text"] + "\n")
    for event in queries.history(post):
        local = timezone.localtime(event.at)
        reason = f": {event.reason}" if event.reason else ""
        typer.echo(f"{local:%Y-%m-%d %H:%M}  {event.actor} · {event.verb}{reason}")


def _each(post_ids: list[int], act: Callable[[int], str]) -> None:
    """Act on each post; one that cannot be acted on is said and does not stop the others."""
    from review.transitions import TransitionError

    failed = 0
    for post_id in post_ids:
        try:
            typer.echo(act(post_id))
        except TransitionError as error:
            failed += 1
            typer.echo(f"bot: post {post_id}: {error}", err=True)
    if failed:
        raise typer.Exit(1)


@app.command()
def approve(
    post_ids: Ids = None,
    *,
    by: By,
    all_: Annotated[bool, typer.Option("--all", help="Every post in review.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Send at once, not in the next slot.")] = False,
    at: Annotated[
        str, typer.Option(metavar="TIME", help="Send at this local time, as 2026-11-24T09:30.")
    ] = "",
) -> None:
    """Approve posts for their next free slot. What the desk refuses is refused here too."""
    if bool(post_ids) == all_:
        raise typer.BadParameter("give post numbers, or --all", param_hint="ID…")
    if now and at:
        raise typer.BadParameter("choose one of --now and --at", param_hint="--at")
    ready.desk()
    from django.utils import timezone

    from review import queries, transitions
    from review.states import State

    calendar = ready.configuration().calendar
    when: datetime | None = None
    if at:
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            raise typer.BadParameter(
                "write a time such as 2026-11-24T09:30", param_hint="--at"
            ) from None
        when = when if when.tzinfo else when.replace(tzinfo=calendar.zone)
    ids = post_ids or [post.pk for post in queries.posts([State.IN_REVIEW])]

    def act(post_id: int) -> str:
        moment = ready.now()
        post = transitions.approve(
            post_id,
            by=transitions.operator(by),
            now=moment,
            calendar=calendar,
            seen=None,
            when=moment if now else when,
            strict=True,
        )
        if post.state == State.IN_REVIEW:
            return f"Post {post.pk} has 1 of 2 approvals; somebody else approves it too."
        due = timezone.localtime(post.due_at)
        return f"Post {post.pk} goes out on {post.account.name} at {due:%H:%M on %a %-d %b %Y}."

    _each(ids, act)
    if not ids:
        typer.echo("Nothing waits for review.")


@app.command("take-back")
def take_back(post_id: Id, *, by: By) -> None:
    """Take your approval back while it is the first of two."""
    _decide(
        post_id,
        lambda t, actor, now: t.take_back(post_id, by=actor, now=now),
        by=by,
        done="has lost its first approval",
    )


@app.command()
def reject(
    post_id: Id,
    *,
    reason: Annotated[str, typer.Option(metavar="R", help="Why; kept with the post.")],
    by: By,
) -> None:
    """Reject a post."""
    _decide(
        post_id,
        lambda t, actor, now: t.reject(post_id, by=actor, now=now, seen=None, reason=reason),
        by=by,
        done="is rejected",
    )


@app.command()
def hold(post_id: Id, *, by: By) -> None:
    """Take a scheduled post back into review."""
    _decide(
        post_id,
        lambda t, actor, now: t.hold(post_id, by=actor, now=now),
        by=by,
        done="is back in review",
    )


@app.command()
def withdraw(
    post_id: Id,
    *,
    by: By,
    reason: Annotated[str, typer.Option(metavar="R", help="Why; kept with the post.")] = "",
) -> None:
    """Withdraw a scheduled post for good."""
    _decide(
        post_id,
        lambda t, actor, now: t.withdraw(post_id, by=actor, now=now, reason=reason),
        by=by,
        done="is withdrawn",
    )


@app.command()
def amend(
    post_id: Id,
    *,
    text_file: Annotated[Path, typer.Option(metavar="F", help="The new text, UTF-8.")],
    by: By,
) -> None:
    """Give a post a new text; an approved one goes back to review."""
    words = _words_of(text_file)

    def act(transitions: Any, actor: Any, now: datetime) -> None:
        from review import queries
        from review.models import Post

        try:
            post = queries.posts().get(pk=post_id)
        except Post.DoesNotExist:
            raise ready.Trouble(f"There is no post {post_id}.") from None
        newest = queries.newest_revision(post)
        transitions.amend(
            post_id,
            content=replace(newest.content, text=words),
            by=actor,
            now=now,
            seen=newest.number,
        )

    _decide(post_id, act, by=by, done="has its new text and waits for review")


@app.command()
def confirm(
    post_id: Id,
    *,
    link: Annotated[str, typer.Option(metavar="URL", help="The published post's address.")],
    by: By = "",
) -> None:
    """Say that an unconfirmed post is there."""
    _decide(
        post_id,
        lambda t, actor, now: t.confirm(post_id, by=actor, now=now, url=link),
        by=by or _me(),
        done="is published",
    )


@app.command()
def requeue(post_id: Id, *, by: By = "") -> None:
    """Put a failed post, or an unconfirmed one that is not there, back into review."""
    _decide(
        post_id,
        lambda t, actor, now: t.requeue(post_id, by=actor, now=now),
        by=by or _me(),
        done="is back in review",
    )


@app.command("take-down")
def take_down(
    post_id: Id,
    *,
    reason: Annotated[str, typer.Option(metavar="R", help="Why; kept with the post.")],
    by: By,
) -> None:
    """Take a published post down from its network; the worker does it, within a second or so."""
    _decide(
        post_id,
        lambda t, actor, now: t.take_down(post_id, by=actor, now=now, reason=reason),
        by=by,
        done="will be taken down by the worker",
    )


@app.command()
def gone(post_id: Id, *, by: By) -> None:
    """Say that you took a post down on its network yourself, where Herodr could not."""
    _decide(
        post_id,
        lambda t, actor, now: t.gone(post_id, by=actor, now=now),
        by=by,
        done="is noted as taken down",
    )


@app.command()
def correct(
    post_id: Id,
    *,
    reason: Annotated[str, typer.Option(metavar="R", help="What was wrong; kept with both posts.")],
    by: By,
    text_file: Annotated[
        Path | None, typer.Option(metavar="F", help="The corrected text, UTF-8.")
    ] = None,
) -> None:
    """Take a published post down, and put its correction into review as a new post."""
    words = _words_of(text_file) if text_file is not None else ""
    ready.desk()
    from review import transitions

    new = transitions.correct(
        post_id, by=transitions.operator(by), now=ready.now(), reason=reason, words=words
    )
    typer.echo(
        f"Post {post_id} will be taken down by the worker. Its correction is post {new.pk}; it waits for review."
    )


def _words_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ready.Trouble(f"{path} cannot be read as UTF-8 text ({error}).") from None


def _decide(
    post_id: int, act: Callable[[Any, Any, datetime], object], *, by: str, done: str
) -> None:
    ready.desk()
    from review import transitions

    act(transitions, transitions.operator(by), ready.now())
    typer.echo(f"Post {post_id} {done}.")
