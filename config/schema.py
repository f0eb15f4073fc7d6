"""What an operator may write in `sources.toml`, `accounts.toml` and `calendar.toml`, and its meaning.

`load(directory)` reads the whole configuration directory into one frozen `Configuration`. Whatever is wrong
comes out as a `ConfigurationError` that names the file, the key and the mend.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from config.timing import Calendar, Duration, Strict

PACKAGED = Path(__file__).resolve().parent


class ConfigurationError(Exception):
    """A configuration file cannot be used. The text names file, key and mend."""

    def __init__(self, file: str, where: str, mend: str) -> None:
        place = f"{file}: {where}" if where else file
        super().__init__(f"{place}: {mend}")
        self.file = file
        self.where = where
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Announce:
    """What the first successful poll of a source drafts: nothing, all, the newest `newest`, or what is
    dated after `since`."""

    all: bool = False
    newest: int = 0
    since: datetime | None = None


def _announce(value: object) -> object:
    if isinstance(value, Announce):
        return value
    if isinstance(value, datetime):
        return Announce(since=value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return Announce(since=datetime(value.year, value.month, value.day, tzinfo=UTC))
    text = str(value).strip().lower()
    if text == "new":
        return Announce()
    if text == "all":
        return Announce(all=True)
    if match := re.fullmatch(r"newest (\d+)", text):
        return Announce(newest=int(match[1]))
    try:
        return _announce(date.fromisoformat(text))
    except ValueError:
        raise ValueError('write "new", "all", "newest 3" or a date such as 2026-04-01') from None


def _campaign(text: str) -> str:
    if text and not re.fullmatch(r"utm_[a-z_]+=[\w.~%+-]+(?:&utm_[a-z_]+=[\w.~%+-]+)*", text, re.A):
        raise ValueError('write campaign parameters such as "utm_source=x&utm_medium=social"')
    return text


Campaign = Annotated[str, AfterValidator(_campaign)]


class Selectors(Strict):
    """CSS selectors that find the items of a listing page."""

    item: str
    title: str = "a"
    link: str = "a"
    date: str = ""
    summary: str = ""


class Source(Strict):
    """Something we watch. See docs/operating.md for each key."""

    name: str = Field(min_length=1, max_length=100)
    url: str
    type: Literal["feed", "bulletin", "listing"] = "feed"
    follow: Literal["", "bulletin", "page"] = ""
    language: str = "en"
    every: Duration = timedelta(minutes=15)
    announce: Annotated[Announce, BeforeValidator(_announce)] = Announce()
    cards: bool = True
    select: Selectors | None = None
    accounts: tuple[str, ...] = ()
    utm: Campaign = ""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname:
            return url
        if parts.scheme == "file" and not parts.netloc:
            path = Path(parts.path)
            if path.is_absolute() or ".." in path.parts:
                raise ValueError("a file: address must stay inside the configuration directory")
            return url
        raise ValueError('write an address that starts with "https://", "http://" or "file:"')

    @field_validator("every")
    @classmethod
    def _not_too_often(cls, every: timedelta) -> timedelta:
        if every < timedelta(seconds=30):
            raise ValueError(
                "a source may be asked every 30 seconds at the most; write a longer time"
            )
        return every

    @model_validator(mode="after")
    def _listing_has_selectors(self) -> Self:
        if self.type == "listing" and self.select is None:
            raise ValueError('a listing needs [source.select] with at least "item", a CSS selector')
        return self

    @property
    def is_file(self) -> bool:
        """Whether the source is a sample file in the configuration directory."""
        return self.url.startswith("file:")


class Account(Strict):
    """One identity on one network. It rehearses until `live = true`."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    network: str
    handle: str = ""
    author: str = ""
    languages: tuple[str, ...] = ()
    live: bool = False
    credentials: str = ""
    utm: Campaign = ""
    monthly_budget: Decimal | None = None
    mentions: dict[str, str] = Field(default_factory=dict)

    @field_validator("mentions")
    @classmethod
    def _urns(cls, mentions: dict[str, str]) -> dict[str, str]:
        for name, urn in mentions.items():
            if not name.strip() or not re.fullmatch(
                r"urn:li:(person:[A-Za-z0-9_-]+|organization:\d+)", urn
            ):
                raise ValueError(
                    'write each as a name and its URN, such as "Welsh Government" = "urn:li:organization:1234"'
                )
        return mentions

    @field_validator("monthly_budget", mode="before")
    @classmethod
    def _dollars(cls, value: object) -> Decimal | None:
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:USD)?\s*", str(value))
        if match is None:
            raise ValueError('write a budget such as "25.00 USD"')
        try:
            return Decimal(match[1])
        except InvalidOperation:
            raise ValueError('write a budget such as "25.00 USD"') from None

    @field_validator("author")
    @classmethod
    def _urn(cls, author: str) -> str:
        if author and not re.fullmatch(r"urn:li:(person:[A-Za-z0-9_-]+|organization:\d+)", author):
            raise ValueError(
                'write "urn:li:organization:" with the page\'s number, or "urn:li:person:" with the id'
            )
        return author

    @property
    def who(self) -> str:
        """The account as its network names it, for people to read."""
        return self.handle or self.author or self.name


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the operator set, read once."""

    directory: Path
    sources: tuple[Source, ...]
    accounts: tuple[Account, ...]
    calendar: Calendar
    brands: frozenset[str] = frozenset()  # names whose spelling stands, from rules.toml

    def account(self, name: str) -> Account | None:
        """Return the account called `name`, or None."""
        return next((a for a in self.accounts if a.name == name), None)

    def accounts_for(self, language: str, *, source: Source | None) -> tuple[Account, ...]:
        """Return the accounts that announce what `source` says in `language`."""
        base = language.partition("-")[0].lower()
        return tuple(
            account
            for account in self.accounts
            if (not account.languages or not base or base in account.languages)
            and (source is None or not source.accounts or account.name in source.accounts)
        )

    def path_of(self, source: Source) -> Path:
        """Where the file of a `file:` source lies."""
        return self.directory / urlsplit(source.url).path

    def rules_text(self) -> str:
        """The operator's rules.toml, or the packaged one when there is none."""
        return _own_or_packaged(self.directory, "rules.toml").read_text(encoding="utf-8")

    def wording_files(self) -> dict[str, str]:
        """All wording files by "language/network/kind.txt"; the operator's win over the packaged ones."""
        roots = (PACKAGED / "wording", self.directory / "wording")
        return {
            path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for root in roots
            for path in sorted(root.glob("*/*/*.txt"))
        }


def _own_or_packaged(directory: Path, name: str) -> Path:
    own = directory / name
    return own if own.is_file() else PACKAGED / name


# TOML 1.1 lets people write a time without its seconds; Python's reader still asks for them.
_NO_SECONDS = re.compile(
    r"^(\s*[\w-]+\s*=\s*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?=\s*(?:#.*)?$|[Zz]|[+-]\d\d:\d\d)", re.M
)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_NO_SECONDS.sub(r"\1:00", path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigurationError(
            path.name,
            "",
            f"there is no such file in {path.parent}; copy the one that came with Herodr and edit it.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            path.name, "", f"it cannot be read as UTF-8 text ({error})."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(path.name, "", f"it is not valid TOML: {error}.") from None


Table = TypeVar("Table", bound=BaseModel)


def _table(file: str, where: str, model: type[Table], value: object) -> Table:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(f.alias or n for n, f in model.model_fields.items()))
            mend = f"there is no such key; the keys here are {known}."
        elif first["type"] == "missing":
            mend = "this key is missing; add it."
        else:
            mend = str(first["msg"]).removeprefix("Value error, ").rstrip(".") + "."
        place = " ".join(part for part in (where, f'key "{key}"' if key else "") if part)
        raise ConfigurationError(file, place, mend) from None


def _tables(file: str, name: str, model: type[Table], data: dict[str, Any]) -> tuple[Table, ...]:
    unknown = sorted(set(data) - {name})
    if unknown:
        raise ConfigurationError(
            file, f'key "{unknown[0]}"', f"only [[{name}]] tables belong here."
        )
    rows = data.get(name, [])
    if not isinstance(rows, list):
        raise ConfigurationError(file, f'key "{name}"', f"write [[{name}]] with two brackets.")
    made = []
    for number, row in enumerate(rows, start=1):
        label = row.get("name") if isinstance(row, dict) else None
        where = f'{name} {number} ("{label}")' if isinstance(label, str) else f"{name} {number}"
        made.append(_table(file, where, model, row))
    return tuple(made)


def _unique(file: str, what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigurationError(file, f'{what} "{name}"', "two have this name; rename one.")
        seen.add(name)


def load(directory: Path) -> Configuration:
    """Read the configuration in `directory`. Raises `ConfigurationError` for the first thing wrong.

    `calendar.toml`, `rules.toml` and `wording/` fall back to the packaged ones; the sources and accounts
    must be the operator's own.
    """
    if not directory.is_dir():
        raise ConfigurationError(
            str(directory), "", "HERODR_CONFIG names no folder; create it or correct the setting."
        )
    sources = _tables("sources.toml", "source", Source, _read(directory / "sources.toml"))
    accounts = _tables("accounts.toml", "account", Account, _read(directory / "accounts.toml"))
    calendar = _table(
        "calendar.toml", "", Calendar, _read(_own_or_packaged(directory, "calendar.toml"))
    )
    _unique("sources.toml", "source", (s.name for s in sources))
    _unique("accounts.toml", "account", (a.name for a in accounts))
    known = {a.name for a in accounts}
    for name in calendar.accounts:
        if name not in known:
            raise ConfigurationError(
                "calendar.toml",
                f'key "accounts.{name}"',
                f'there is no account "{name}" in accounts.toml; correct the name.',
            )
    for source in sources:
        for name in source.accounts:
            if name not in known:
                raise ConfigurationError(
                    "sources.toml",
                    f'source "{source.name}" key "accounts"',
                    f'there is no account "{name}" in accounts.toml; correct the name.',
                )
    return Configuration(directory, sources, accounts, calendar, _brands(directory))


def _brands(directory: Path) -> frozenset[str]:
    """Read the brand names for the desk's checks. What is wrong with rules.toml is for its reader to say."""
    try:
        table = tomllib.loads(_own_or_packaged(directory, "rules.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    brands = table.get("brands")
    names = brands.get("names") if isinstance(brands, dict) else None
    return (
        frozenset(n for n in names if isinstance(n, str))
        if isinstance(names, list)
        else frozenset()
    )


_FILES = ("sources.toml", "accounts.toml", "calendar.toml", "rules.toml")
_loaded: dict[Path, tuple[tuple[float, ...], Configuration]] = {}


def current(directory: Path) -> Configuration:
    """Like `load`, but read again only when a file has changed since the last call."""
    stamps = tuple(
        path.stat().st_mtime if path.is_file() else 0.0
        for path in (directory / name for name in _FILES)
    )
    known = _loaded.get(directory)
    if known is None or known[0] != stamps:
        known = (stamps, load(directory))
        _loaded[directory] = known
    return known[1]
