"""Which lines of a page are headings, and which of these head an item, a section or nothing.

Headings are told by how they look (`<h2>`, larger, bold, in capitals, a whole line linked, between
rules) and by what surrounds them; one look counts as a heading only where it is used as one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from bot.split import furniture, phrases
from bot.split.furniture import Furniture
from bot.split.lines import (
    LONGEST_TITLE,
    Line,
    Page,
    Signature,
    body_size,
    in_capitals,
    is_sentence,
    squash,
)
from bot.split.looks import PLAIN, ROOT, TERM, signature
from bot.split.titles import normalise_title

# Lines below a farewell: name, office, telephone, and the small print of a mail.
_LONGEST_SIGNATURE = 15
_VISUAL = ("bold", "caps", "link", "alone", "wrapped", "size", "class")


@dataclass(slots=True)
class Node:
    """A heading with the lines below it, up to the next heading. The first node of a page has none."""

    title: str = ""
    sign: Signature = ROOT
    heading: list[Line] = field(default_factory=list)
    content: list[Line] = field(default_factory=list)
    kind: Furniture | None = None
    parent: Node | None = None
    is_section: bool = False
    is_issue: bool = False
    is_rubric: bool = False

    def texts(self) -> list[Line]:
        """The lines below the heading that hold words."""
        return [line for line in self.content if line.text]


@dataclass(slots=True)
class _Candidate:
    start: int
    end: int
    sign: Signature
    title: str
    kind: Furniture | None
    has_text: bool = False
    tells: bool = False
    is_rubric: bool = False


def outline(page: Page) -> list[Node]:
    """Give the page's nodes in order; the first one holds what stands above every heading."""
    lines = page.lines
    _close(lines)
    candidates = _candidates(lines)
    _note_text(candidates, lines)
    candidates = _without_contents(candidates, lines)
    _note_text(candidates, lines)
    _raise_sections(candidates, lines)
    kept, kickers = _choose(candidates, lines)
    return _nodes(kept, kickers, lines)


def _close(lines: list[Line]) -> None:
    """Take what stands below a farewell near the end of a page for the signature that it is."""
    start = len(lines) * 2 // 3
    for place in range(len(lines) - 1, max(start, len(lines) - _LONGEST_SIGNATURE) - 1, -1):
        if phrases.is_farewell(lines[place].text):
            for line in lines[place:]:
                line.region = line.region or furniture.CLOSING.phrase
            return


def _candidates(lines: list[Line]) -> list[_Candidate]:
    body = body_size(lines)
    found: list[_Candidate] = []
    for place, line in enumerate(lines):
        sign = signature(line, body=body)
        if sign is None:
            continue
        if sign[0] == "link" and place + 1 < len(lines) and lines[place + 1].para == line.para:
            # The rest of its paragraph follows: `leads` reads such items.
            continue
        last = found[-1] if found else None
        if (
            last is not None
            and last.end == place
            and last.sign == sign
            and lines[place - 1].para == line.para
            and sign is not PLAIN
            and in_capitals(last.title) == in_capitals(line.text)
            and (line.level == 1 or not phrases.is_section(last.title))
            and len(last.title) + len(line.text) < LONGEST_TITLE
        ):
            last.end = place + 1
            last.title = f"{last.title} {line.text}"
            last.kind = furniture.of_title(last.title)
            continue
        found.append(_Candidate(place, place + 1, sign, line.text, furniture.of_title(line.text)))
    return found


def _note_text(candidates: list[_Candidate], lines: list[Line]) -> None:
    """Note for each candidate whether words stand between it and the next."""
    for number, candidate in enumerate(candidates):
        end = candidates[number + 1].start if number + 1 < len(candidates) else len(lines)
        below = [line.text for line in lines[candidate.end : end] if line.text and not line.region]
        candidate.has_text = bool(below)
        candidate.tells = any(is_sentence(text) for text in below)


def _without_contents(candidates: list[_Candidate], lines: list[Line]) -> list[_Candidate]:
    """Drop the entries of a list of contents: lines that say what a heading further down says."""
    places: dict[str, int] = {}
    for candidate in candidates:
        if candidate.has_text and candidate.sign is not PLAIN:
            places[normalise_title(candidate.title)] = candidate.start
    for place, line in enumerate(lines):
        later = (
            places.get(normalise_title(line.text), -1)
            if 0 < len(line.text) <= LONGEST_TITLE
            else -1
        )
        if later > place and not line.region:
            follower = lines[place + 1].text if place + 1 < len(lines) else ""
            if not is_sentence(follower) or normalise_title(follower) in places:
                line.region = furniture.CONTENTS.phrase
    return [c for c in candidates if not lines[c.start].region]


def _raise_sections(candidates: list[_Candidate], lines: list[Line]) -> None:
    """Lift a look that mostly stands directly above another: it names sections, however small it is."""
    followers: dict[Signature, list[Signature]] = defaultdict(list)
    counts: dict[Signature, int] = defaultdict(int)
    for number, candidate in enumerate(candidates):
        counts[candidate.sign] += 1
        if not candidate.has_text and number + 1 < len(candidates) and candidate.kind is None:
            follower = candidates[number + 1].sign
            if follower not in (candidate.sign, PLAIN):
                followers[candidate.sign].append(follower)
    raised: dict[Signature, Signature] = {}
    for sign, below in followers.items():
        # A look that says "kicker" where it is weaker than what follows stays what it is.
        if sign is PLAIN or sign[0][0] == "h" or len(below) < 2 or len(below) * 2 < counts[sign]:
            continue
        top = min(rank for _, rank in below)
        if sign[1] >= top and any(group > 1 for group in _group_sizes(candidates, sign)):
            raised[sign] = (sign[0], top - 0.2)
    for candidate in candidates:
        candidate.is_rubric = candidate.sign in raised
        candidate.sign = raised.get(candidate.sign, candidate.sign)


def _group_sizes(candidates: list[_Candidate], sign: Signature) -> list[int]:
    """Give how many headings with words stand below each heading of one look."""
    sizes: list[int] = []
    for candidate in candidates:
        if candidate.sign == sign:
            sizes.append(0)
        elif sizes and candidate.has_text:
            sizes[-1] += 1
    return sizes


def _choose(candidates: list[_Candidate], lines: list[Line]) -> tuple[list[_Candidate], set[int]]:
    """Keep the headings that head something, strongest look first; name the kickers among the rest."""
    # Words of furniture end what stands before them, in whatever look.
    kept: list[_Candidate] = [c for c in candidates if c.sign is PLAIN or _is_strong(c.kind)]
    issue = _issue(candidates)
    open_looks = [c for c in candidates if c.sign is not PLAIN and not _is_strong(c.kind)]
    for sign in sorted({c.sign for c in open_looks}, key=lambda s: (s[1], s[0])):
        groups: dict[int, list[_Candidate]] = defaultdict(list)
        starts = [c.start for c in kept]
        parents: dict[int, _Candidate] = {}
        for candidate in (c for c in open_looks if c.sign == sign):
            place = bisect_right(starts, candidate.start) - 1
            parent = kept[place] if place >= 0 else None
            if parent is not None and _holds(parent, candidate):
                continue
            if parent is None or parent is issue or parent.sign is PLAIN or _is_strong(parent.kind):
                groups[-1].append(candidate)
            else:
                groups[parent.start].append(candidate)
                parents[parent.start] = parent
        accepted = _accept(sign, groups, parents, [*starts, len(lines)], lines)
        kept = sorted([*kept, *accepted], key=lambda c: c.start)
    chosen = {c.start for c in kept}
    kickers = {
        place
        for number, candidate in enumerate(candidates[:-1])
        if candidate.start not in chosen
        and not candidate.has_text
        and candidates[number + 1].start in chosen
        and candidate.sign[0] in ("bold", "caps", "class")
        for place in range(candidate.start, candidate.end)
    }
    return kept, kickers


def _is_strong(kind: Furniture | None) -> bool:
    return kind is not None and kind.strong


def _holds(parent: _Candidate, candidate: _Candidate) -> bool:
    """Say whether a heading of furniture takes what stands below it in a weaker look for its own.

    A list of contents ends where the first heading with a text of its own begins, however it looks.
    """
    if not _is_strong(parent.kind) or parent.sign[1] >= candidate.sign[1]:
        return False
    return parent.kind is not furniture.CONTENTS or not candidate.tells


def _issue(candidates: list[_Candidate]) -> _Candidate | None:
    """Give the heading that names the whole page: the first, in a look used once and the strongest."""
    looks = [c for c in candidates if c.sign is not PLAIN]
    if not looks:
        return None
    top = min(looks, key=lambda c: (c.sign[1], c.start))
    same = [c for c in looks if c.sign == top.sign]
    is_first = all(c.start >= top.start or not c.has_text or c.kind for c in looks)
    return top if len(same) == 1 and is_first and len(looks) > 1 and top.kind is None else None


def _accept(
    sign: Signature,
    groups: dict[int, list[_Candidate]],
    parents: dict[int, _Candidate],
    starts: list[int],
    lines: list[Line],
) -> list[_Candidate]:
    """Say which headings of one look are headings, given those of stronger looks."""
    accepted = list(groups.pop(-1, ()))
    lists_links = sign[0] == "link" and (len(accepted) < 2 or not accepted[-1].tells)
    if lists_links or (sign[0] in _VISUAL and not any(c.tells for c in accepted)):
        accepted = []
    if sign is TERM:
        # An address is set so too: where nothing is told of a term, it is none.
        accepted = [c for c in accepted if c.tells]
    direct = {p for p, group in groups.items() if _is_direct(parents[p], group[0], lines)}
    own = len(groups) - len(direct)
    one_each = all(len(group) == 1 for group in groups.values())
    for place, group in groups.items():
        parent = parents[place]
        section = (
            parent.is_rubric
            or phrases.is_section(parent.title)
            or (parent.kind is not None and not parent.kind.strong)
        )
        if place in direct:
            subtitle = one_each and sign[0] in ("bold", "caps", "link", "class") and not section
            wanted = not subtitle and (len(group) > 1 or len(direct) >= own or section)
        else:
            wanted = section or len(direct) > own or _all_linked(parent, group, starts, lines)
        if sign[0] == "link" and (len(group) < 2 or not group[-1].tells):
            wanted = wanted and place in direct and group[-1].tells
        if wanted:
            accepted.extend(group)
    return accepted


def _is_direct(parent: _Candidate, child: _Candidate, lines: list[Line]) -> bool:
    return not any(line.text and not line.region for line in lines[parent.end : child.start])


def _all_linked(
    parent: _Candidate, group: list[_Candidate], starts: list[int], lines: list[Line]
) -> bool:
    """Say whether every part below a heading has a link of its own.

    The text above them must have none (an introduction) or end with one to read on (an item too).
    """
    above = [line for line in lines[parent.start : group[0].start] if line.text]
    if len(group) < 2 or (any(line.hrefs for line in above) and not _ends_with_action(above[-1])):
        return False
    ends = [c.start for c in group[1:]] + [
        min(group[-1].end + 12, next(start for start in starts if start >= group[-1].end))
    ]
    return all(
        any(line.hrefs for line in lines[c.start : end]) for c, end in zip(group, ends, strict=True)
    )


def _ends_with_action(line: Line) -> bool:
    linked = [run for run in line.runs if run.href and run.text.strip()]
    return bool(linked) and phrases.is_action(linked[-1].text)


def _nodes(kept: list[_Candidate], kickers: set[int], lines: list[Line]) -> list[Node]:
    nodes = [Node(content=lines[: kept[0].start] if kept else list(lines))]
    issue = _issue(kept)
    for number, candidate in enumerate(kept):
        end = kept[number + 1].start if number + 1 < len(kept) else len(lines)
        node = Node(
            title=_tidy(candidate.title),
            sign=candidate.sign,
            heading=lines[candidate.start : candidate.end],
            content=[
                line
                for place, line in enumerate(lines[candidate.end : end], candidate.end)
                if place not in kickers
            ],
            kind=candidate.kind,
            is_issue=candidate is issue,
            is_rubric=candidate.is_rubric,
        )
        nodes.append(node)
    nodes[0].content = [line for place, line in enumerate(nodes[0].content) if place not in kickers]
    open_nodes: list[Node] = []
    for node in nodes[1:]:
        while open_nodes and open_nodes[-1].sign[1] >= node.sign[1]:
            open_nodes.pop()
        if open_nodes and open_nodes[-1].kind is furniture.CONTENTS:
            open_nodes.pop()
        if open_nodes and node.sign is not PLAIN and not _is_strong(node.kind):
            node.parent = open_nodes[-1]
            node.parent.is_section = True
        if node.sign is not PLAIN:
            open_nodes.append(node)
    _place_images(nodes)
    return nodes


def _place_images(nodes: list[Node]) -> None:
    """Give an image that stands between a text and a heading to the one it is closer to."""
    for before, after in pairwise(nodes):
        if not before.content or before.content[-1].text or not after.heading:
            continue
        image = before.content[-1]
        has_image = any(line.images for line in before.content[:-1])
        if image.near < after.heading[0].near or (
            image.near == after.heading[0].near and (has_image or not before.heading)
        ):
            after.content.insert(0, before.content.pop())


def _tidy(title: str) -> str:
    """Give a heading without bullet, trailing colon and arrow."""
    text = squash(title).strip("|→»›▶►*=~_# ").strip("-– ")
    if text[:2] in ("* ", "• ", "- ", "– ", "· ", "o "):
        text = text[2:]
    return text[:-1].rstrip() if text.endswith((":", "：")) else text
