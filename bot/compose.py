"""compose: new entries → split → sort → link card → draft → submit.

    Entry row ─page→ document ─find→ Announcements ─cards→ ─intake.announce→ rows ─draft→ transitions.submit

Everything that asks the network happens before the transaction that stores the result, so an entry is
either wholly composed or tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from bot import find, links, markup
from bot.card import read_card
from bot.draft import draft
from bot.fetch import FetchError, Gone, NotFound, Request, ServerTrouble, Throttled, Unreachable
from bot.mind import Mind
from bot.sort import Rules
from bot.values import Announcement, Card, Entry, Fetched, Kind, SetAside
from config import logs, schema
from review import intake, record, transitions
from review import models as rows
from review.states import State
from review.text import NETWORKS, Content

log = logging.getLogger(__name__)

Fetch = Callable[[Sequence[Request]], Sequence[Fetched | FetchError]]

AT_ONCE = 50  # entries composed in one pass
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
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Turn every new or changed entry into posts for the accounts it concerns."""
    intake.sync_accounts(configuration.accounts, now=now)
    sources = {source.name: source for source in configuration.sources}
    report = Report()
    due = (
        rows.Entry.objects.filter(composed_at__isnull=True, announce=True)
        .filter(Q(compose_after__isnull=True) | Q(compose_after__lte=now))
        .select_related("source")
        .order_by("pk")[:AT_ONCE]
    )
    for entry in due:
        if stop():
            return report
        source = sources.get(entry.source.name)
        try:
            with logs.about(source=entry.source.name):
                _compose_entry(
                    entry, source, configuration, mind, now=now, fetch=fetch, report=report
                )
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
    now: datetime,
    fetch: Fetch,
    report: Report,
) -> None:
    page: Fetched | None = None
    if source is not None and entry.link and (source.follow or _needs_words(entry, source)):
        answer = fetch([Request(entry.link)])[0]
        if isinstance(answer, FetchError):
            # Without `follow` the page would only add to what the entry says: nobody waits for it.
            if source.follow and entry.compose_failures < len(PATIENCE):
                asked = answer.retry_after if isinstance(answer, Throttled) else None
                _put_off(entry, str(answer), now=now, asked=asked)
                report.waiting += 1
                return
            log.warning("entry %s is drafted from its own words: %s", entry.pk, answer)
        else:
            page = answer
    found = _once(entry, _find(entry, source, page, mind.rules), source, configuration, now=now)
    cards = _cards(found, page, source, fetch)
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


def _needs_words(entry: rows.Entry, source: schema.Source) -> bool:
    """Tell whether an entry says nothing but its title, so that its page has to be asked for its lead."""
    return source.cards and not (entry.summary.strip() or entry.html.strip())


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


def _find(
    entry: rows.Entry, source: schema.Source | None, page: Fetched | None, rules: Rules
) -> tuple[Announcement, ...]:
    if page is not None and source is not None and source.follow == "bulletin":
        return find.in_bulletin(
            markup.decode(page.body, content_type=page.content_type),
            url=page.url,
            title=entry.title,
            language=entry.language,
            rules=rules,
        )
    if source is not None and source.type == "bulletin":
        return find.in_bulletin(
            entry.html, url=entry.link, title=entry.title, language=entry.language, rules=rules
        )
    lead = read_card(page.body, url=page.url).description if page is not None else ""
    item = Entry(
        key=entry.key,
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        html=entry.html,
        language=entry.language,
        published_at=entry.published_at,
    )
    return find.in_entry(item, rules=rules, lead=lead)


def _cards(
    found: Iterable[Announcement],
    page: Fetched | None,
    source: schema.Source | None,
    fetch: Fetch,
) -> dict[str, Card]:
    """Read the page behind each announcement's link. One that cannot be read only costs its card."""
    if source is None or not source.cards:
        return {}
    wanted = [piece for piece in found if piece.kind and piece.link.startswith("http")]
    cards: dict[str, Card] = {}
    to_fetch: list[Announcement] = []
    for piece in wanted:
        if page is not None and piece.link.partition("#")[0] == page.url.partition("#")[0]:
            cards[piece.key] = read_card(page.body, url=page.url, content_type=page.content_type)
        else:
            to_fetch.append(piece)
    if to_fetch:
        for piece, answer in zip(
            to_fetch, fetch([Request(piece.link) for piece in to_fetch]), strict=True
        ):
            if isinstance(answer, Fetched):
                card = read_card(answer.body, url=answer.url, content_type=answer.content_type)
                moved = answer.url if _leads_elsewhere(piece.link, answer.url) else ""
                cards[piece.key] = replace(card, answer=moved)
            else:
                log.info("no link card for %s: %s", piece.link, answer)
                # A server that only turns this machine away may well answer a person.
                if isinstance(answer, (NotFound, Gone, Unreachable, ServerTrouble)):
                    cards[piece.key] = Card(url="", answer=str(answer))
    return cards


def _leads_elsewhere(link: str, end: str) -> bool:
    """Say whether a link ends at another page, not only at its secure or tidied form."""

    def bare(url: str) -> str:
        clean = links.clean(url).partition("#")[0].partition("://")[2]
        return clean.removeprefix("www.").rstrip("/").casefold()

    return bare(link) != bare(end)


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
    link = find.link_in(row.language, row.link, card)
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
        reason = "The source changed. Compare before you approve."
        if newest.by_person:
            # Somebody's own words are never replaced behind their back.
            reason = f"The source changed after {newest.written_by} wrote this. Compare before you approve."
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
        reason="The source changed after this post was decided.",
    )
    return 0
