"""Class names, ids and roles by which pages say what an element is for."""

from __future__ import annotations

import re

FOOTERS = re.compile(
    r"(?:\S*[-_])?(?:page|site|mail|main|email)?footer[\w-]*|\w*Footer\w*|unsubscribe\S*|tagline"
)
HEADERS = re.compile(
    r"preheader\S*|pre-header\S*|mcnPreviewText|preview-?text|view-?in-?browser|dateline"
)
SOCIAL = re.compile(
    r"(?:social|share|sharing|follow)(?:[-_](?:media|links?|icons?|bar|block|buttons?|share|us|module|container|nav))*|mcn(?:Follow|Share)\w*"
)
FRAMES = re.compile(
    r"(?:main|site|page|primary|top|global|side|mega|mobile)?[-_]?(?:nav|navbar|navigation|menu|sidebar|breadcrumbs?|cookies?|cookie-\w+|skip-?links?|pagination|comments?|widget-area|related|search-?form)"
)
TITLED = re.compile(
    r"(?:\S*[-_])?(?:title|headline|heading|subject)(?:[-_]\d+)?|\w*(?:Title|Headline|Heading)"
)
SEPARATOR = re.compile(r"(?:\S*[-_])?(?:divider|separator)|mcnDividerBlock|gd_combo_table")
FRAME_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary", "menu"))
