"""What the house runs with, for people to read: each setting with its value and where that comes from. Reads only.

A secret is never shown: only whether it is set.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config import schema, timing
from config.checks import SECRETS
from config.schema import PACKAGED, Configuration
from review.models import Connection

FILE, PACKAGED_FILE, ENVIRONMENT, SECRET_FILE, DEFAULT = "file", "packaged", "env", "secret", ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name as an operator writes it, what it is, its value, and where that comes from."""

    name: str
    label: str
    value: str
    origin: str = DEFAULT
    place: str = ""  # the file or the variable

    @property
    def where(self) -> str:
        """Say where the value comes from."""
        if self.origin == FILE:
            return self.place
        if self.origin == PACKAGED_FILE:
            return gettext("%(file)s, as it came with Herodr") % {"file": self.place}
        if self.origin == ENVIRONMENT:
            return gettext("environment")
        if self.origin == SECRET_FILE:
            return gettext("a file that %(variable)s names") % {"variable": self.place}
        return gettext("default")


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together, and in a sentence how they are changed."""

    title: str
    settings: tuple[Setting, ...]
    change: str


# Facts about the networks' clients, which the other half of the house adds: the settings and their ends.
more: list[Callable[[date], Iterator[Setting]]] = []

CALENDAR = {
    "timezone": _("Time zone"),
    "slots": _("When posts may go out"),
    "quiet": _("Quiet hours"),
    "bank_holidays": _("Whose bank holidays"),
    "per_day": _("Most posts of an account a day"),
    "spacing": _("Least time between two posts of an account"),
    "stale_after": _("So late, a person decides again"),
    "expire_after": _("Undecided drafts expire after"),
    "remind_before": _("Reminder before that"),
    "approvals": _("Who may approve"),
}
KEEP = {
    "words": _("Words of old entries"),
    "tries": _("Tries to publish"),
    "notices": _("Alerts, workers and sign-ins"),
}
NOTICES = {
    "EMAIL_URL": _("Where mail is sent through"),
    "EMAIL_FROM": _("Sender of mail"),
    "ALERT_EMAIL": _("Who is told what is wrong"),
    "NOTICE_URLS": _("Chats that hear of drafts"),
    "ALERT_URLS": _("Chats that hear what is wrong"),
    "HEARTBEAT_URL": _("Address that is asked while all is well"),
}
ENTRANCE = {
    "SECOND_STEP": _("Who must have a second step"),
    "OIDC_URL": _("The organisation’s own accounts"),
    "OIDC_CLIENT_SECRET": _("Their secret"),
    "OIDC_NEWCOMERS": _("Who of them comes in"),
}
MACHINE = {
    "HERODR_CONFIG": _("Folder of the configuration"),
    "DATABASE_URL": _("Database"),
    "BASE_URL": _("Address of the desk"),
    "ALLOWED_HOSTS": _("Further names of the desk"),
    "SECRET_KEY": _("Key that signs sessions"),
    "HERODR_TOKEN_KEYS": _("Keys that seal tokens"),
    "METRICS_TOKEN": _("Token for the figures"),
    "LOG_LEVEL": _("How much is logged"),
}
# Of these nothing but that they are set is shown.
HIDDEN = frozenset(
    [
        "EMAIL_URL",
        "NOTICE_URLS",
        "ALERT_URLS",
        "HEARTBEAT_URL",
        "OIDC_CLIENT_SECRET",
        "SECRET_KEY",
        "HERODR_TOKEN_KEYS",
        "METRICS_TOKEN",
    ]
)


def sections(
    configuration: Configuration, *, environment: Mapping[str, str], now: datetime, all_of_it: bool
) -> list[Section]:
    """Return what the house runs with. `all_of_it` is for administrators: the machine, mail and sign-in too."""
    found = [
        Section(
            gettext("Accounts"),
            tuple(_accounts(configuration, environment, now)),
            gettext(
                "Change accounts.toml; it counts from the next pass on. An account is live once it says live = true."
            ),
        ),
        Section(
            gettext("Calendar"),
            tuple(_calendar(configuration)),
            gettext("Change calendar.toml. Blackouts can be made and ended at the desk."),
        ),
        Section(
            gettext("Sources and wording"),
            tuple(_reading(configuration)),
            gettext(
                "Change sources.toml, rules.toml, or the files in the folder wording; docs/settings.md has each key."
            ),
        ),
        Section(
            gettext("How long things are kept"),
            tuple(_kept(configuration)),
            gettext(
                "Change the table [keep] in calendar.toml. Decisions, links and the record are kept for good."
            ),
        ),
    ]
    if not all_of_it:
        return found
    restart = gettext("Set the variable, and start Herodr again.")
    return [
        *found,
        Section(
            gettext("Networks"), tuple(one for each in more for one in each(now.date())), restart
        ),
        Section(gettext("Notices"), tuple(_environment(NOTICES, environment)), restart),
        Section(gettext("Sign-in"), tuple(_environment(ENTRANCE, environment)), restart),
        Section(gettext("The machine"), tuple(_environment(MACHINE, environment)), restart),
    ]


def of_variable(
    name: str, label: str, value: str, *, environment: Mapping[str, str] | None = None
) -> Setting:
    """Return the setting of an environment variable, with where it comes from."""
    env = os.environ if environment is None else environment
    value = without_password(value)
    if env.get(name):
        return Setting(name, label, value, ENVIRONMENT, name)
    if env.get(f"{name}_FILE"):
        return Setting(name, label, value, SECRET_FILE, f"{name}_FILE")
    return Setting(name, label, value)


def _accounts(
    configuration: Configuration, environment: Mapping[str, str], now: datetime
) -> Iterator[Setting]:
    connected = {one.account.name: one for one in Connection.objects.select_related("account")}
    for account in configuration.accounts:
        parts = [gettext("live") if account.live else gettext("rehearses")]
        if account.languages:
            parts.append(", ".join(account.languages))
        if account.monthly_budget is not None:
            parts.append(gettext("$%(amount)s a month") % {"amount": account.monthly_budget})
        parts.append(_credentials(account, connected.get(account.name), environment, now))
        yield Setting(account.name, account.who, "; ".join(parts), FILE, "accounts.toml")


def _credentials(
    account: schema.Account,
    connection: Connection | None,
    environment: Mapping[str, str],
    now: datetime,
) -> str:
    if connection is not None:
        since = date_format(connection.connected_at, "j F Y")
        left = connection.days_left(now)
        if left is None:
            return gettext("connected since %(day)s") % {"day": since}
        return gettext("connected since %(day)s, days left: %(days)s") % {
            "day": since,
            "days": left,
        }
    needed = [f"{account.credentials}_{name}" for name in SECRETS.get(account.network, ())]
    if not account.credentials or not needed:
        return gettext("no credentials")
    lacking = [
        name for name in needed if not (environment.get(name) or environment.get(f"{name}_FILE"))
    ]
    if lacking:
        return gettext("not set: %(names)s") % {"names": ", ".join(lacking)}
    return gettext("credentials are set")


def _origin_of(configuration: Configuration, name: str) -> str:
    own = configuration.directory / name
    return FILE if own.is_file() and configuration.directory != PACKAGED else PACKAGED_FILE


def _calendar(configuration: Configuration) -> Iterator[Setting]:
    calendar, file = configuration.calendar, "calendar.toml"
    origin = _origin_of(configuration, file)
    for name, label in CALENDAR.items():
        value = _written(getattr(calendar, name))
        if name in calendar.model_fields_set:
            yield Setting(name, str(label), value, origin, file)
        else:
            yield Setting(name, str(label), value)
    for blackout in calendar.blackout:
        span = f"{blackout.start:%Y-%m-%d %H:%M} – {blackout.end:%Y-%m-%d %H:%M}"
        yield Setting("blackout", blackout.name, span, origin, file)


def _reading(configuration: Configuration) -> Iterator[Setting]:
    kinds = Counter(source.type for source in configuration.sources)
    listed = ", ".join(f"{kind}: {number}" for kind, number in sorted(kinds.items()))
    number = f"{len(configuration.sources)}" + (f" ({listed})" if listed else "")
    yield Setting("source", gettext("Sources"), number, FILE, "sources.toml")
    brands = len(configuration.brands)
    yield Setting(
        "brands",
        gettext("Names whose spelling stands"),
        str(brands),
        _origin_of(configuration, "rules.toml"),
        "rules.toml",
    )
    packaged, own = _wordings(PACKAGED), _wordings(configuration.directory)
    if configuration.directory == PACKAGED:
        own = Counter()
    as_it_came = sorted({place.partition("/")[0] for place in packaged - own})
    if as_it_came:
        yield Setting(
            "wording", gettext("Wording"), ", ".join(as_it_came), PACKAGED_FILE, "wording"
        )
    for place, many in sorted(own.items()):
        yield Setting(
            f"wording/{place}", gettext("Wording files"), str(many), FILE, f"wording/{place}"
        )


def _wordings(directory: Path) -> Counter[str]:
    """How many wording files a configuration has for each language and network ("cy/x")."""
    folder = directory / "wording"
    return Counter(
        "/".join(path.relative_to(folder).parts[:2]) for path in folder.glob("*/*/*.txt")
    )


def _kept(configuration: Configuration) -> Iterator[Setting]:
    keep = configuration.calendar.keep
    for name, label in KEEP.items():
        given = name in keep.model_fields_set
        yield Setting(
            f"keep.{name}",
            str(label),
            _written(getattr(keep, name)),
            _origin_of(configuration, "calendar.toml") if given else DEFAULT,
            "calendar.toml" if given else "",
        )


def _environment(names: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[Setting]:
    for name, label in names.items():
        given = bool(environment.get(name) or environment.get(f"{name}_FILE"))
        if name in HIDDEN:
            value = gettext("set") if given or _made(name) else gettext("not set")
        elif name == "DATABASE_URL":
            value = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        elif name == "HERODR_CONFIG":
            value = str(settings.HERODR_CONFIG)
        else:
            value = without_password(environment.get(name, "")) or gettext("not set")
        yield of_variable(name, str(label), value, environment=environment)


def _made(name: str) -> bool:
    """Say whether a key that nobody set was made at the first start."""
    if name == "SECRET_KEY":
        return settings.SECRET_KEY_PATH.is_file()
    return name == "HERODR_TOKEN_KEYS" and settings.TOKEN_KEY_PATH.is_file()


def without_password(value: str) -> str:
    """Return a value without what may be secret in an address: what is before its @, and its query."""
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
    except ValueError:
        return ""


_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def _written(value: object) -> str:
    """Write a value the way calendar.toml has it."""
    if value is None:
        return "–"
    if isinstance(value, timedelta):
        unit, size = next(
            ((u, s) for u, s in _UNITS if value and not value % s), ("s", timedelta(seconds=1))
        )
        return f"{value // size}{unit}"
    if isinstance(value, timing.WeeklySlot):
        return f"{_days(value.days)} {value.at:%H:%M}"
    if isinstance(value, timing.Quiet):
        if value.bank_holidays:
            return timing.BANK_HOLIDAYS
        if value.start is not None and value.end is not None:
            return f"{value.start:%H:%M}-{value.end:%H:%M}"
        return _days(value.days)
    if isinstance(value, tuple):
        return ", ".join(_written(one) for one in value) or "–"
    return str(value)


def _days(days: frozenset[int]) -> str:
    inside = sorted(days)
    if len(inside) > 2 and inside[-1] - inside[0] == len(inside) - 1:
        return f"{timing.DAYS[inside[0]]}-{timing.DAYS[inside[-1]]}"
    return ",".join(timing.DAYS[day] for day in inside)
