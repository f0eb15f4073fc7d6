"""compose: new entries → split → sort → link card → draft → submit.

    Entry row ─page→ document ─find→ Announcements ─cards→ ─intake.announce→ rows ─draft→ transitions.submit

Everything that asks the network happens before the transaction that stores the result, so an entry is
either wholly composed or tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from bot import away, find, links
from bot.draft import draft
from bot.fetch import FetchError, Throttled
from bot.mind import Mind
from bot.study import Fetch, Run, Study
from bot.values import Announcement, Card, Fetched, Kind, SetAside
from config import logs, schema
from review import intake, record, transitions
from review import models as rows
from review.states import State
from review.text import NETWORKS, Content, say

log = logging.getLogger(__name__)

AT_ONCE = 50  # entries composed in one pass
TOGETHER = 10  # entries whose pages are fetched together
# A page that cannot be fetched is tried again this often; then the entry's own words have to do.
PATIENCE = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


@dataclass
class Report:
    """What one pass of `compose` did."""

    entries: int = 0
    announcements: int = 0
    set_aside: int = 0
    posts: int = 0
    amended: int = 0
    waiting: int = 0  # entries whose page could not be fetched yet


def compose(
    configuration: schema.Configuration,
    *,
    mind: Mind,
    now: datetime,
    fetch: Fetch,
    run: Run = away.here,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Turn every new or changed entry into posts for the accounts it concerns. `run` does the reading."""
    intake.sync_accounts(configuration.accounts, now=now)
    sources = {source.name: source for source in configuration.sources}
    report = Report()
    due = list(
        rows.Entry.objects.filter(composed_at__isnull=True, announce=True)
        .filter(Q(compose_after__isnull=True) | Q(compose_after__lte=now))
        .select_related("source")
        .order_by("pk")[:AT_ONCE]
    )
    study = Study.of(mind.rules, fetch=fetch, run=run) if due else None
    unreadable: set[int] = set()
    for start in range(0, len(due), TOGETHER):
        if study is None or stop():
            return report
        some = due[start : start + TOGETHER]
        pages = study.pages((e for e in some if e.source_id not in unreadable), sources)
        for entry in some:
            if stop():
                return report
            if entry.source_id in unreadable:
                continue
            source = sources.get(entry.source.name)
            try:
                with logs.about(source=entry.source.name):
                    _compose_entry(
                        entry,
                        source,
                        configuration,
                        mind,
                        page=pages.pop(entry.pk, None),
                        study=study,
                        now=now,
                        report=report,
                    )
            except away.TooMuch as error:
                # The others of its source wait for the next pass, lest they cost as much each.
                unreadable.add(entry.source_id)
                _put_off(entry, str(error), now=now)
                report.waiting += 1
            except Exception:
                # One entry that cannot be read must not stop the others; it is tried again, and shows.
                log.exception("could not compose entry %s", entry.pk)
                _put_off(
                    entry,
                    "Herodr could not read this entry; the log says why. It is tried again.",
                    now=now,
                )
                report.waiting += 1
    for row in intake.waiting_for_words():
        if stop():
            return report
        source = sources.get(row.entry.source.name)
        with transaction.atomic():
            if not rows.Announcement.objects.select_for_update().filter(
                pk=row.pk, drafted_at__isnull=True
            ):
                continue
            _write(row, source, configuration, mind, now=now, report=report)
    return report


def _put_off(entry: rows.Entry, why: str, *, now: datetime, asked: timedelta | None = None) -> None:
    wait = PATIENCE[min(entry.compose_failures, len(PATIENCE) - 1)]
    wait = max(wait, min(asked or wait, PATIENCE[-1]))
    entry.compose_failures += 1
    entry.compose_after = now + wait
    entry.trouble = why
    entry.save(update_fields=["compose_failures", "compose_after", "trouble"])


def _compose_entry(
    entry: rows.Entry,
    source: schema.Source | None,
    configuration: schema.Configuration,
    mind: Mind,
    *,
    page: Fetched | FetchError | None,
    study: Study,
    now: datetime,
    report: Report,
) -> None:
    is_last_try = entry.compose_failures >= len(PATIENCE)
    if isinstance(page, FetchError):
        # Without `follow` the page would only add to what the entry says: nobody waits for it.
        if source is not None and source.follow and not is_last_try:
            asked = page.retry_after if isinstance(page, Throttled) else None
            _put_off(entry, str(page), now=now, asked=asked)
            report.waiting += 1
            return
        log.warning("entry %s is drafted from its own words: %s", entry.pk, page)
        page = None
    try:
        found = study.find(entry, source, page)
    except away.TooMuch as error:
        if page is None or not is_last_try:
            raise
        log.warning("entry %s is drafted from its own words: %s", entry.pk, error)
        page = None
        found = study.find(entry, source, page)
    found = _once(entry, found, source, configuration, now=now)
    cards = study.cards(found, page, source)
    with transaction.atomic():
        # Another worker may have composed it while we were reading its page.
        if not rows.Entry.objects.select_for_update().filter(pk=entry.pk, composed_at__isnull=True):
            return
        known = set(entry.announcements.values_list("key", flat=True))
        changed = intake.announce(
            entry,
            [find.with_card(piece, cards.get(piece.key)) for piece in found],
            cards={key: asdict(card) for key, card in cards.items()},
            now=now,
        )
        for row in changed:
            if row.kind:
                if row.key not in known:
                    report.announcements += 1
                _write(row, source, configuration, mind, now=now, report=report)
            elif row.key not in known:
                report.set_aside += 1
        entry.composed_at = now
        entry.compose_after = None
        entry.compose_failures = 0
        entry.trouble = ""
        entry.save()
    report.entries += 1
    log.info("composed entry %s: %d announcements or pieces new or changed", entry.pk, len(changed))


def _once(
    entry: rows.Entry,
    found: tuple[Announcement, ...],
    source: schema.Source | None,
    configuration: schema.Configuration,
    *,
    now: datetime,
) -> tuple[Announcement, ...]:
    """Set aside what another source for the same accounts has announced already; it stays one click away."""
    if source is None:
        return found
    accounts = set(source.accounts)
    beside = [
        other.name
        for other in configuration.sources
        if not (accounts and other.accounts) or accounts & set(other.accounts)
    ]
    pages = {piece.page for piece in found if piece.kind}
    said = intake.said_elsewhere(entry, pages, beside=beside, now=now) if pages else {}
    return tuple(
        replace(
            piece,
            kind=None,
            set_aside=SetAside.OTHER,
            because=(f"{said[piece.page[:500]]} brought the same news first",),
        )
        if piece.kind and piece.page[:500] in said
        else piece
        for piece in found
    )


def _write(
    row: rows.Announcement,
    source: schema.Source | None,
    configuration: schema.Configuration,
    mind: Mind,
    *,
    now: datetime,
    report: Report,
) -> None:
    """Draft an announcement for each of its accounts: submit what is new, follow what has changed."""
    card = _card_of(row.card)
    link = find.link_in(row.language, row.link, card, page=row.entry.link)
    announcement = Announcement(
        key=row.key,
        title=row.title,
        summary=row.summary,
        link=link,
        language=row.language,
        kind=Kind(row.kind),
        because=tuple(row.because),
        paragraphs=tuple(row.paragraphs),
        image=row.card.get("image", ""),
        image_alt=row.card.get("image_alt", ""),
    )
    posts = {post.account.name: post for post in row.posts.select_related("account").order_by("pk")}
    for account in configuration.accounts_for(row.language, source=source):
        if account.network not in NETWORKS:
            # `bot check` says so too; the other accounts must not wait for it.
            log.error(
                "no post for account %s: there is no network %s", account.name, account.network
            )
            continue
        utm = account.utm or (source.utm if source is not None else "")
        content = draft(
            replace(announcement, link=links.marked(link, utm)) if utm else announcement,
            network=account.network,
            card=card,
            wording=mind.wording,
            rules=mind.rules,
        )
        post = posts.get(account.name)
        if post is None:
            target = rows.Account.objects.get(name=account.name)
            transitions.submit(row, account=target, content=content, now=now)
            report.posts += 1
        else:
            report.amended += _follow(post, content, now=now)
    row.drafted_at = now
    row.save(update_fields=["drafted_at"])


def _card_of(stored: Mapping[str, Any]) -> Card | None:
    return Card(**stored) if stored.get("url") else None


def _follow(post: rows.Post, content: Content, *, now: datetime) -> int:
    """Let a post follow its source: redraft what waits, un-approve what was approved, else only note it."""
    state = State(post.state)
    newest = post.revisions.get(number=post.revision_number)
    if state in (State.IN_REVIEW, State.SCHEDULED):
        person = intake.who_changed_kind(post.announcement, since=newest.written_at)
        reason = say("The source changed. Compare before you approve.")
        if person:
            reason = say("%(name)s changed its kind. Compare before you approve.", name=person)
        if newest.by_person:
            # Somebody's own words are never replaced behind their back.
            if not person:
                reason = say(
                    "The source changed after %(name)s wrote this. Compare before you approve.",
                    name=newest.written_by,
                )
            content = newest.content
        elif content == newest.content:
            return 0
        transitions.amend(
            post.pk, content=content, by=transitions.BOT, now=now, seen=None, reason=reason
        )
        return 1
    record.append(
        "note",
        actor=transitions.BOT.name,
        now=now,
        post_number=post.pk,
        from_state=post.state,
        to_state=post.state,
        reason=say("The source changed after this post was decided."),
    )
    return 0
