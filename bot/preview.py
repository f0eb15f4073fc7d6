"""What would be drafted from a file or a page: the whole brain, with nothing touched.

bytes ─parse→ entries ─find→ announcements ─draft→ texts, as the JSON of `bot preview`
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import find, links, parse
from bot.draft import draft
from bot.mind import Mind
from bot.networks.little_text import mentioned
from bot.read import read
from bot.values import Announcement, Feed, Fetched
from config import schema
from config.counting import many
from review import text

# Published as it stands, a counter would count every follower as one reader.
_COUNTER = (
    "Its link is a click counter that hides the page behind it. Herodr follows it before it drafts; "
    "this draft, which touches nothing, leads to the bulletin."
)


def preview(
    answer: Fetched,
    *,
    configuration: schema.Configuration,
    mind: Mind,
    language: str = "en",
    source: schema.Source | None = None,
) -> dict[str, Any]:
    """Return what would be drafted from `answer`, in the shape the design gives `bot preview --json`.

    `source`, or the source of that address in sources.toml, says how to read it; else a feed is read as a
    feed, and anything else as a bulletin. Raises ValueError with one sentence where it can be read as
    neither.
    """
    source = source or next((s for s in configuration.sources if s.url == answer.url), None)
    feed, is_bulletin = _read(answer, source, language)
    found: list[Announcement] = []
    for entry in feed.entries:
        if is_bulletin:
            found += find.in_bulletin(
                entry.html,
                url=entry.link,
                title=entry.title,
                language=entry.language,
                rules=mind.rules,
            )
        else:
            found += find.in_entry(entry, rules=mind.rules)
    return {
        "entries": len(feed.entries),
        "announcements": [
            _announced(piece, answer.url, source, configuration, mind)
            for piece in found
            if piece.kind
        ],
        "set_aside": [
            {
                "title": piece.title,
                "summary": piece.summary,
                "link": piece.link,
                "as": piece.set_aside.value,
                "because": list(piece.because),
            }
            for piece in found
            if piece.set_aside
        ],
    }


def _read(answer: Fetched, source: schema.Source | None, language: str) -> tuple[Feed, bool]:
    if source is not None:
        return read(answer, source), source.type == "bulletin"
    try:
        return (
            parse.parse(
                answer.body, url=answer.url, content_type=answer.content_type, language=language
            ),
            False,
        )
    except parse.NotAFeed:
        if not answer.body.strip():
            raise
        return parse.read_bulletin(
            answer.body, url=answer.url, content_type=answer.content_type, language=language
        ), True


def feeds_named(answer: Fetched) -> tuple[str, ...]:
    """Return the feeds that a page names: often it is one of them that should be watched."""
    try:
        parse.parse(answer.body, url=answer.url, content_type=answer.content_type)
    except parse.NotAFeed as error:
        return error.advertised
    return ()


def _announced(
    piece: Announcement,
    page: str,
    source: schema.Source | None,
    configuration: schema.Configuration,
    mind: Mind,
) -> dict[str, Any]:
    posts = []
    hidden = links.is_opaque_tracker(piece.link)
    link = find.link_in(piece.language, piece.link, None, page=page)
    origin = text.Origin(
        words="\n".join((piece.title, piece.summary, *piece.paragraphs)), language=piece.language
    )
    for account in configuration.accounts_for(piece.language, source=source):
        if account.network not in text.NETWORKS:
            continue
        utm = account.utm or (source.utm if source is not None else "")
        content = draft(
            replace(piece, link=links.marked(link, utm)),
            network=account.network,
            card=None,
            wording=mind.wording,
            rules=mind.rules,
        )
        posts.append(
            {
                "network": account.network,
                "account": account.name,
                "text": content.text,
                "length": text.length(account.network, content),
                "limit": text.limit(account.network),
                "problems": [_COUNTER] * hidden
                + [
                    p.sentence
                    for p in text.problems(
                        account.network, content, brands=mind.rules.brands, origin=origin
                    )
                ],
            }
        )
    return {
        "kind": piece.kind.value if piece.kind else "",
        "because": list(piece.because),
        "title": piece.title,
        "summary": piece.summary,
        "link": piece.link,
        "language": piece.language,
        "posts": posts,
    }


def as_text(result: dict[str, Any], *, configuration: schema.Configuration) -> str:
    """Lay out what `preview` returned for people at a terminal, with the names that become mentions."""
    lines: list[str] = []
    mentions = {account.name: account.mentions for account in configuration.accounts}
    for piece in result["announcements"]:
        lines += [
            f"{piece['kind'].upper()}  {piece['title']}",
            f"    why: {'; '.join(piece['because'])}",
            f"    link: {piece['link'] or 'none'}",
        ]
        for post in piece["posts"]:
            lines.append(
                f"    {post['network']} · {post['account']} · {post['length']} of {post['limit']}"
            )
            lines += [f"      │ {line}" for line in post["text"].split("\n")]
            lines += [
                f"      @ a mention: {mention}"
                for mention in mentioned(post["text"], mentions=mentions[post["account"]])
            ]
            lines += [f"      ! {problem}" for problem in post["problems"]]
        lines.append("")
    if result["set_aside"]:
        lines.append("Set aside:")
        lines += [
            f"    {piece['title'] or '(no title)'}: {'; '.join(piece['because'])} ({piece['as']})"
            for piece in result["set_aside"]
        ]
        lines.append("")
    total = len(result["announcements"])
    lines.append(
        f"{many(result['entries'], 'entry', 'entries')} read, "
        f"{many(total, 'announcement', 'announcements')} found, "
        f"{many(len(result['set_aside']), 'piece', 'pieces')} set aside. Nothing was stored."
    )
    return "\n".join(lines)
