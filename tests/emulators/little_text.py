r"""A parser of LinkedIn's little text, written from its published grammar and not from our escaping.

    Text            ::= ( NON_RESERVED | "\" RESERVED )+
    MentionElement  ::= '@' ( '[' Text ']' )? '(' Urn ')'
    HashtagElement  ::= '#' SINGLE_WORD
    HashtagTemplate ::= '{hashtag|' ( '\#' | '＃' ) '|' Text '}'

What does not parse ends the text there, without an error: LinkedIn answers 201 and cuts.
"""

from __future__ import annotations

from dataclasses import dataclass

RESERVED = frozenset("|{}@[]()<>#\\*_~")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What followers read, which hashtags they can follow, and whether something was cut off."""

    shown: str
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    cut: bool = False

    def stored(self) -> str:
        """The text as LinkedIn gives it back: little text, hashtags as templates."""
        rest, written = self.shown, ""
        for tag in self.hashtags:
            before, _, rest = rest.partition(f"#{tag}")
            written += f"{_escaped(before)}{{hashtag|\\#|{_escaped(tag)}}}"
        return written + _escaped(rest)


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in RESERVED else char for char in text)


class _Cut(Exception):
    """The text does not go on as the grammar wants."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.shown: list[str] = []
        self.hashtags: list[str] = []
        self.mentions: list[str] = []

    def read(self) -> Parsed:
        cut = False
        try:
            while self.at < len(self.text):
                self.element()
        except _Cut:
            cut = True
        return Parsed("".join(self.shown), tuple(self.hashtags), tuple(self.mentions), cut)

    def element(self) -> None:
        char = self.text[self.at]
        if char == "#":
            self.at += 1
            word = self.word()
            self.hashtags.append(word)
            self.shown.append(f"#{word}")
        elif char == "{":
            self.template()
        elif char == "@":
            self.mention()
        else:
            self.shown.append(self.character())

    def character(self) -> str:
        """One character of Text: not reserved, or escaped."""
        char = self.text[self.at : self.at + 1]
        if char == "\\" and self.text[self.at + 1 : self.at + 2] in RESERVED - {""}:
            self.at += 2
            return self.text[self.at - 1]
        if not char or char in RESERVED:
            raise _Cut
        self.at += 1
        return char

    def word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at].isalnum():
            self.at += 1
        if start == self.at:
            raise _Cut
        return self.text[start : self.at]

    def expect(self, *choices: str) -> None:
        for choice in choices:
            if self.text.startswith(choice, self.at):
                self.at += len(choice)
                return
        raise _Cut

    def until(self, end: str) -> str:
        found = ""
        while not self.text.startswith(end, self.at):
            found += self.character()
        self.expect(end)
        return found

    def template(self) -> None:
        self.expect("{hashtag|")
        self.expect("\\#", "＃", "#")
        self.expect("|")
        tag = self.until("}")
        if not tag:
            raise _Cut
        self.hashtags.append(tag)
        self.shown.append(f"#{tag}")

    def mention(self) -> None:
        self.expect("@")
        name = ""
        if self.text.startswith("[", self.at):
            self.expect("[")
            name = self.until("]")
        self.expect("(")
        urn = self.until(")")
        self.mentions.append(urn)
        self.shown.append(name or urn)


def parse(commentary: str) -> Parsed:
    """Read `commentary` the way LinkedIn does."""
    return _Reader(commentary).read()
