"""The wording files: how a draft is laid out, by language, network and kind.

A file is a Jinja2 template, run in Jinja's sandbox. It may use `title`, `sentence` (the most telling one,
or nothing), `sentences` (the first few, a list), `link`, `hashtags` (a line of them, or nothing) and `kind`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.values import Kind
from review.text import NETWORKS

VARIABLES = ("title", "sentence", "sentences", "link", "hashtags", "kind")
_NAME = re.compile(r"([a-z]{2,3})/([a-z0-9_-]+)/([a-z]+)\.txt")
_FALLBACK = "en"
_SAMPLES: tuple[dict[str, Any], ...] = (
    {
        "title": "Title",
        "sentence": "A sentence.",
        "sentences": ("A sentence.", "Another."),
        "link": "https://example.org/",
        "hashtags": "#One #Two",
        "kind": "plan",
    },
    {"title": "Title", "sentence": "", "sentences": (), "link": "", "hashtags": "", "kind": "plan"},
)


class WordingError(ValueError):
    """A wording file cannot be used. The text names file, line and mend."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates may lay out words, and cannot be made to write without end."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        # Wording has no use for what can make a text of any size.
        for name in ("range", "lipsum", "cycler", "joiner", "namespace"):
            self.globals.pop(name, None)
        self.filters.pop("center", None)
        self.filters.pop("indent", None)
        self.filters.pop("format", None)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse to multiply: a text times a large number fills the memory."""
        raise SecurityError(f'wording has no use for "{operator}"')


@dataclass(frozen=True, slots=True)
class Wording:
    """All wording files, read: templates by (language, network, kind)."""

    templates: Mapping[tuple[str, str, str], Template]

    def find(self, *, language: str, network: str, kind: Kind) -> Template:
        """Return the template to use: in this language, else in English.

        A network without wording of its own borrows that of X when its text holds the link, else
        LinkedIn's. Raises `WordingError` when there is none at all.
        """
        facts = NETWORKS.get(network)
        lender = "x" if facts is not None and facts.link_in_text else "linkedin"
        for spoken in (language.partition("-")[0].lower(), _FALLBACK):
            for name in (network, lender):
                template = self.templates.get((spoken, name, kind.value))
                if template is not None:
                    return template
        raise WordingError(
            f"wording/{_FALLBACK}/{network}/{kind.value}.txt is missing; "
            "copy the one that came with Herodr."
        )


def read_wording(files: Mapping[str, str]) -> Wording:
    """Read wording files, given as text by "language/network/kind.txt".

    Raises `WordingError` for the first file that is misnamed, is not a template, or uses what is not there.
    """
    environment = _Sandbox()
    templates = {}
    for name in sorted(files):
        match = _NAME.fullmatch(name)
        kinds = [kind.value for kind in Kind]
        if match is None or match[3] not in kinds:
            raise WordingError(
                f"wording/{name}: the name says nothing; call it language/network/kind.txt, "
                f"where kind is one of {', '.join(kinds)}, such as en/x/plan.txt."
            )
        templates[match[1], match[2], match[3]] = _template(environment, name, files[name])
    return Wording(templates)


def _template(environment: _Sandbox, name: str, source: str) -> Template:
    where = f"wording/{name}"
    try:
        tree = environment.parse(source)
        unknown = sorted(meta.find_undeclared_variables(tree) - set(VARIABLES))
        if unknown:
            raise WordingError(
                f'{where}, line {_line_of(unknown[0], source)}: there is no "{unknown[0]}" to write; '
                f"there are {', '.join(VARIABLES)}."
            )
        template = environment.from_string(source)
    except TemplateSyntaxError as error:
        reason = (error.message or "it is no template").rstrip(".")
        raise WordingError(
            f"{where}, line {error.lineno}: {reason}. Correct that line; "
            "a variable stands in {{ … }} and a condition in {% if … %} … {% endif %}."
        ) from None
    for sample in _SAMPLES:
        render(template, sample, where=where)
    return template


def _line_of(name: str, source: str) -> int:
    match = re.search(rf"\b{re.escape(name)}\b", source)
    return source.count("\n", 0, match.start()) + 1 if match else 1


def render(template: Template, variables: Mapping[str, Any], *, where: str = "wording") -> str:
    """Fill in a template. Raises `WordingError` with the line and the mend where it cannot be done."""
    try:
        return template.render(variables)
    except Exception as error:  # a template may fail in any way that Python can
        line = _line_in_template(error)
        place = f"{where}, line {line}" if line else where
        reason = str(error).rstrip(".") or type(error).__name__
        raise WordingError(f"{place}: {reason}. Correct that line.") from None


def _line_in_template(error: BaseException) -> int:
    """The line of the template that an error came from: the last frame that Jinja names so."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
