"""From the outline of a page to its parts: items whole, furniture named."""

from __future__ import annotations

from bot.split import furniture, leads, phrases
from bot.split.footers import after_footer, name_issue, without_footers
from bot.split.furniture import Furniture
from bot.split.lines import (
    Line,
    Signature,
    has_letters,
    is_sentence,
    is_short_sentence,
    paragraphs,
    squash,
    words,
)
from bot.split.looks import PLAIN
from bot.split.outline import Node
from bot.split.part import Part, host_of, is_social, links_of
from bot.split.titles import normalise_title


def parts_of(nodes: list[Node]) -> list[Part]:
    """Turn nodes into parts: take lists of leads apart, cut at rules, name the furniture."""
    rules = _rules_separate(nodes)
    patterns = _lead_looks(nodes)
    headed = [node for node in nodes[1:] if node.sign is not PLAIN and node.kind is None]
    sole = headed[0] if len(headed) == 1 else None
    parts: list[Part] = []
    sponsored = False
    for node in nodes:
        before, loose = _cut(node) if rules else (node.content, [])
        kind = node.kind
        if sponsored and node.heading and kind is None and not (node.heading[0].rule and rules):
            kind = furniture.SPONSOR
        sponsored = node.kind is furniture.SPONSOR and not any(line.text for line in node.content)
        is_pattern = node.sign in patterns or phrases.is_section(node.title)
        parts.extend(_node_parts(node, before, kind, is_pattern=is_pattern, is_sole=sole is node))
        for piece in loose:
            parts.extend(_loose_parts(piece))
    parts = without_footers(parts)
    name_issue(parts)
    return after_footer(parts)


def _rules_separate(nodes: list[Node]) -> bool:
    """Say whether the page draws its rules between items, as against under headings or at random."""
    heads = [node for node in nodes[1:] if node.sign is not PLAIN and not node.is_issue]
    ruled = sum(1 for node in heads if node.heading and node.heading[0].rule)
    return ruled >= 2 and ruled * 2 >= len(heads)


def _cut(node: Node) -> tuple[list[Line], list[list[Line]]]:
    """Cut a node's text at the rules in it: its own part, and what stands loose after it."""
    pieces: list[list[Line]] = [[]]
    for line in node.content:
        if line.rule and any(before.text for before in pieces[-1]):
            pieces.append([])
        pieces[-1].append(line)
    return pieces[0], pieces[1:]


def _lead_looks(nodes: list[Node]) -> set[Signature]:
    """Name the looks of headings below which the page lists its items as leads."""
    strong: dict[Signature, int] = {}
    for node in nodes:
        if node.heading and node.kind is None and leads.part(node.content) is not None:
            strong[node.sign] = strong.get(node.sign, 0) + 1
    return {sign for sign, count in strong.items() if count >= 2}


def _node_parts(
    node: Node, content: list[Line], kind: Furniture | None, *, is_pattern: bool, is_sole: bool
) -> list[Part]:
    is_root = not node.heading
    part = Part(title=node.title, body=content, heading=node.heading, kind=kind, look=node.sign[0])
    part.href = next((line.hrefs[0] for line in node.heading if line.hrefs), "")
    if kind is not None and kind.strong:
        return [part]
    names_page = is_root or node.is_issue or is_sole
    parted = leads.part(content, is_pattern=is_pattern, under_heading=not names_page)
    if parted is not None and is_sole and not _mostly_linked(parted):
        # Below the only heading of a page, bold words without links of their own are details of one thing.
        parted = None
    if parted is not None:
        listed = [_lead_part(lead, body) for lead, body in parted.parts]
        if _are_social(listed):
            return [Part(node.title, content, node.heading, furniture.FOLLOW)]
        above = Part(
            node.title,
            parted.before,
            node.heading,
            furniture.SECTION if node.heading else furniture.INTRODUCTION,
        )
        if names_page:
            above.kind = furniture.INTRODUCTION
        return [above, *listed]
    if is_root or (node.is_issue and not _is_lead_story(part)):
        part.kind = part.kind or furniture.INTRODUCTION
    elif node.is_section:
        if not any(line.text for line in content) or node.is_rubric or not _has_own_news(part):
            part.kind = part.kind or furniture.SECTION
    elif part.kind is None:
        part.kind = _kind_by_text(part)
    return [part]


def _has_own_news(part: Part) -> bool:
    """Say whether the text above a section's items is an item itself: it has a link and says enough."""
    texts = part.paragraphs()
    return (
        any(line.hrefs for line in part.body)
        and sum(len(words(text)) for text in texts) >= 20
        and not phrases.points_ahead(texts[-1])
        and not phrases.is_section(part.title)
    )


def _is_lead_story(part: Part) -> bool:
    """Say whether the page's first and largest heading heads an item too: its text ends with a link on."""
    lines = [line for line in part.body if line.text and not line.region]
    linked = [run for run in lines[-1].runs if run.href and run.text.strip()] if lines else []
    said = sum(len(words(text)) for text in part.paragraphs())
    return (
        bool(linked)
        and phrases.is_action(linked[-1].text)
        and said >= 10
        and not phrases.names_issue(part.title)
    )


def _mostly_linked(parted: leads.Parted) -> bool:
    linked = sum(1 for lead, body in parted.parts if lead.href or any(line.hrefs for line in body))
    return linked * 2 >= len(parted.parts)


def _lead_part(lead: leads.Lead, body: list[Line]) -> Part:
    return Part(
        title=lead.title,
        body=body,
        kind=furniture.of_title(lead.title),
        href=lead.href,
        lead=lead.title,
        rest=squash(lead.rest),
        look="lead",
    )


def _loose_parts(lines: list[Line]) -> list[Part]:
    parted = leads.part(lines, is_pattern=True, under_heading=False)
    if parted is None:
        return [Part(title="", body=lines, kind=furniture.LOOSE)]
    before = [Part(title="", body=parted.before, kind=furniture.LOOSE)] if parted.before else []
    return before + [_lead_part(lead, body) for lead, body in parted.parts]


def _kind_by_text(part: Part) -> Furniture | None:
    """Say what a headed text is that tells nothing: a list of links, of names, or an empty heading."""
    texts = [text for text in part.paragraphs() if not furniture.is_boilerplate(text)]
    linked = [run.text for line in part.body for run in line.runs if run.href and run.text.strip()]
    if linked and furniture.asks_for_gifts(" ".join(texts), linked[-1]):
        return furniture.APPEAL
    units = [unit for unit in paragraphs(part.body) if any(line.text for line in unit)]
    hrefs = {href for line in part.body for href in line.hrefs if not href.startswith("#")}
    if not any(is_sentence(text) for text in texts):
        strong_look = part.look[:2] in ("h1", "h2", "h3", "h4", "cl")
        if (
            strong_look
            and (part.href or hrefs)
            and len(hrefs) <= 2
            and not phrases.is_section(part.title)
        ):
            return None
        if len(hrefs) == 1 and any(is_short_sentence(text) for text in texts[:1]):
            return None  # little is said, but it is said of one thing
        return furniture.LINKS if hrefs else furniture.SECTION if not texts else furniture.LIST
    if len(units) >= 2 and all(_is_linked(unit) for unit in units):
        return furniture.LINKS
    if len(units) >= 3 and all(unit[0].item and any(line.hrefs for line in unit) for unit in units):
        return furniture.LINKS
    if (
        len(texts) == 1
        and not (hrefs or part.href)
        and phrases.points_ahead(texts[0])
        and len(words(texts[0])) < 40
    ):
        return furniture.SECTION
    return None


def _is_linked(unit: list[Line]) -> bool:
    """Say whether every word of a paragraph is linked, and the link names something."""
    runs = [run for line in unit for run in line.runs if has_letters(run.text)]
    return bool(runs) and all(run.href for run in runs) and not phrases.is_action(runs[0].text)


def _are_social(listed: list[Part]) -> bool:
    hosts = [host_of(part.href) for part in listed]
    return bool(hosts) and all(host and is_social(host) for host in hosts)


def once(parts: list[Part], *, base: str) -> None:
    """Keep one of two showings of the same item: the one with the fuller text."""
    seen: dict[str, Part] = {}
    for part in parts:
        name = normalise_title(part.title)
        if part.kind is not None or not name:
            continue
        other = seen.setdefault(name, part)
        if other is part or _differ(other, part, base=base):
            continue
        fuller = max((other, part), key=lambda p: sum(len(text) for text in p.paragraphs()))
        weaker = part if fuller is other else other
        weaker.kind = furniture.TWICE
        seen[name] = fuller


def _differ(one: Part, other: Part, *, base: str) -> bool:
    """Say whether two items of one title are two: other link and other words."""
    first, second = links_of(one, base=base)[1], links_of(other, base=base)[1]
    if not first or not second or first == second:
        return False
    ours, theirs = ({w.lower() for t in p.paragraphs() for w in words(t)} for p in (one, other))
    return len(ours & theirs) * 2 < min(len(ours), len(theirs))
