"""The marks inside a line of text: Markdown links and bold, bare addresses."""

from __future__ import annotations

import re

from bot.split.lines import Run

_TOKEN = re.compile(
    r"!\[(?P<alt>[^\]\n]{0,300})\]\(\s*<?(?P<src>[^()\s<>]{1,2000})>?[^()\n]{0,200}\)"
    r"|\[(?P<words>[^\[\]\n]{1,400})\]\(\s*<?(?P<target>(?:[^()\s<>]|\([^()\s<>]{0,200}\)){1,2000})>?(?:\s+\"[^\"\n]{0,200}\")?\s*\)"
    r"|(?P<address>https?://[^\s<>\"\]})]{1,2000}|(?<![\w@.])www\.[\w-]{1,80}(?:\.[\w-]{1,80}){1,5}(?:/[^\s<>\"\]})]{0,2000})?)"
    r"|(?P<bold>\*\*|__)"
)
_EMPHASIS = re.compile(r"(?<![\w*_\\])[*_](?=[^\s*_])|(?<=[^\s*_\\])[*_](?![\w*_])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!~>-])")
_TRAILING = ".,;:!?'’\"”*_"


def runs_of(text: str, *, marked: bool) -> tuple[Run, ...]:
    """Read one paragraph into runs; `marked` says that the text is written with Markdown marks."""
    runs: list[Run] = []
    bold = False
    place = 0
    toggles = marked and len(re.findall(r"\*\*|__", text)) % 2 == 0
    for token in _TOKEN.finditer(text):
        if token["bold"] is not None:
            if not toggles or not marked:
                continue
            _say(runs, text[place : token.start()], bold=bold, marked=marked)
            bold = not bold
        elif token["words"] is not None:
            _say(runs, text[place : token.start()], bold=bold, marked=marked)
            _say(runs, token["words"], bold=bold, marked=True, href=token["target"])
        elif token["src"] is not None:
            _say(runs, text[place : token.start()], bold=bold, marked=marked)
        else:
            address = token["address"]
            kept = address.rstrip(_TRAILING)
            _say(runs, text[place : token.start()], bold=bold, marked=marked)
            runs.append(Run(text=kept, bold=bold, href=kept))
            place = token.start() + len(kept)
            continue
        place = token.end()
    _say(runs, text[place:], bold=bold, marked=marked)
    return tuple(runs)


def _say(runs: list[Run], text: str, *, bold: bool, marked: bool, href: str = "") -> None:
    if marked:
        text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", text.replace("**", "").replace("__", "")))
    if text:
        runs.append(Run(text=text, bold=bold, href=href))
