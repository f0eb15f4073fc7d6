"""What operators write, and what they are told when it cannot be used."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config import schema
from config.schema import ConfigurationError, load
from config.timing import Blackout, Quiet, WeeklySlot, parse_days, parse_duration

SOURCE = '[[source]]\nname = "News"\nurl = "https://example.org/feed"\n'
ACCOUNT = '[[account]]\nname = "ours-x"\nnetwork = "x"\nhandle = "@ours"\n'


def write(
    folder: Path, *, sources: str = SOURCE, accounts: str = ACCOUNT, calendar: str | None = None
) -> Path:
    (folder / "sources.toml").write_text(sources, encoding="utf-8")
    (folder / "accounts.toml").write_text(accounts, encoding="utf-8")
    if calendar is not None:
        (folder / "calendar.toml").write_text(calendar, encoding="utf-8")
    return folder


def test_the_packaged_configuration_rehearses_everything() -> None:
    configuration = load(schema.PACKAGED)
    assert configuration.sources
    assert [account.live for account in configuration.accounts] == [False, False]


def test_a_folder_needs_only_sources_and_accounts(tmp_path: Path) -> None:
    configuration = load(write(tmp_path))
    assert configuration.calendar.slots == load(schema.PACKAGED).calendar.slots
    assert configuration.rules_text() == (schema.PACKAGED / "rules.toml").read_text()
    assert configuration.sources[0].every == timedelta(minutes=15)


def test_the_operators_own_wording_wins_over_the_packaged(tmp_path: Path) -> None:
    own = write(tmp_path) / "wording" / "en" / "x"
    own.mkdir(parents=True)
    (own / "plan.txt").write_text("our own")
    files = load(tmp_path).wording_files()
    assert files["en/x/plan.txt"] == "our own"
    assert files["en/x/report.txt"] != "our own"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("new", schema.Announce()),
        ("all", schema.Announce(all=True)),
        ("newest 3", schema.Announce(newest=3)),
        ("2026-04-01", schema.Announce(since=datetime(2026, 4, 1, tzinfo=UTC))),
    ],
)
def test_announce_can_be_said_in_words_or_as_a_date(
    tmp_path: Path, text: str, expected: schema.Announce
) -> None:
    sources = f'{SOURCE}announce = "{text}"\n'
    assert load(write(tmp_path, sources=sources)).sources[0].announce == expected


def test_announce_can_be_a_toml_date(tmp_path: Path) -> None:
    sources = f"{SOURCE}announce = 2026-04-01\n"
    since = load(write(tmp_path, sources=sources)).sources[0].announce.since
    assert since is not None
    assert since.date() == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("part", "text", "words"),
    [
        ("sources", "[[source]\n", ["sources.toml", "line 1"]),
        ("sources", SOURCE + 'every = "often"\n', ['source 1 ("News")', '"every"', '"15m"']),
        ("sources", SOURCE + 'every = "1s"\n', ["every 30 seconds"]),
        ("sources", SOURCE + 'colour = "red"\n', ['"colour"', "no such key", "language"]),
        ("sources", '[[source]]\nname = "News"\n', ['"url"', "missing"]),
        ("sources", SOURCE.replace("https", "ftp"), ['"url"', "https://"]),
        ("sources", SOURCE.replace("https://example.org/feed", "file:/etc/passwd"), ["inside"]),
        ("sources", SOURCE.replace("https://example.org/feed", "file:../x"), ["inside"]),
        ("sources", SOURCE + 'type = "listing"\n', ["[source.select]"]),
        ("sources", SOURCE + 'announce = "some"\n', ['"announce"', '"newest 3"']),
        ("sources", SOURCE + 'accounts = ["theirs"]\n', ["no account", "theirs"]),
        ("sources", SOURCE + SOURCE, ["two have this name"]),
        ("sources", '[source]\nname = "x"\n', ["[[source]]", "two brackets"]),
        ("sources", "sources = 1\n", ['"sources"', "[[source]]"]),
        ("accounts", ACCOUNT + 'monthly_budget = "much"\n', ['"monthly_budget"', "25.00 USD"]),
        ("accounts", ACCOUNT + 'author = "me"\n', ["urn:li:organization:"]),
        ("calendar", 'timezone = "Mars"\n', ["calendar.toml", '"timezone"', "Europe/London"]),
        ("calendar", 'slots = ["noon"]\n', ['"Mon-Fri 09:30"']),
        ("calendar", 'quiet = ["18:00"]\n', ['"18:00-08:00"']),
        ("calendar", 'bank_holidays = "GB-MARS"\n', ['"bank_holidays"', '"GB-WLS"']),
        ("calendar", "[accounts.theirs]\nper_day = 1\n", ['"accounts.theirs"', "no account"]),
        (
            "calendar",
            '[[blackout]]\nname = "b"\nfrom = 2026-05-01T00:00\nto = 2026-04-01T00:00\n',
            ["later than"],
        ),
    ],
)
def test_a_mistake_is_named_by_file_key_and_mend(
    tmp_path: Path, part: str, text: str, words: list[str]
) -> None:
    write(tmp_path, **{part: text})
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    for word in words:
        assert word in str(caught.value)


def test_a_missing_file_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"sources\.toml: there is no such file"):
        load(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="HERODR_CONFIG"):
        load(tmp_path / "nowhere")


def test_bytes_that_are_no_text_are_refused_in_words(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load(tmp_path)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    import os

    write(tmp_path)
    first = schema.current(tmp_path)
    assert schema.current(tmp_path) is first
    write(tmp_path, sources=SOURCE.replace("News", "Other news"))
    os.utime(tmp_path / "sources.toml", (1, 1))
    assert schema.current(tmp_path).sources[0].name == "Other news"


@pytest.mark.parametrize(
    ("languages", "asked", "speaks"),
    [('["en"]', "en-GB", True), ('["cy"]', "en", False), ("[]", "pl", True), ('["en"]', "", True)],
)
def test_an_account_announces_what_is_in_its_languages(
    tmp_path: Path, languages: str, asked: str, speaks: bool
) -> None:
    accounts = f"{ACCOUNT}languages = {languages}\n"
    configuration = load(write(tmp_path, accounts=accounts))
    assert bool(configuration.accounts_for(asked, source=None)) is speaks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45s", timedelta(seconds=45)),
        ("15m", timedelta(minutes=15)),
        ("6h", timedelta(hours=6)),
        ("2d", timedelta(days=2)),
    ],
)
def test_durations_are_read(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Mon", {0}), ("Mon-Fri", {0, 1, 2, 3, 4}), ("Sat-Mon", {5, 6, 0}), ("Mon,wed", {0, 2})],
)
def test_days_are_read(text: str, expected: set[int]) -> None:
    assert parse_days(text) == expected


@pytest.mark.parametrize(
    "text", ["2026-04-08T00:01", "2026-04-08T00:01:00", "2026-04-08 00:01  # from midnight"]
)
def test_a_time_needs_no_seconds(tmp_path: Path, text: str) -> None:
    calendar = f'[[blackout]]\nname = "Election"\nfrom = {text}\nto = 2026-05-07T22:00\n'
    (blackout,) = load(write(tmp_path, calendar=calendar)).calendar.blackout
    assert blackout.start == datetime(2026, 4, 8, 0, 1)  # noqa: DTZ001 - local by the file's rule


def test_slots_and_quiet_hours_are_read(tmp_path: Path) -> None:
    calendar = 'slots = ["Tue 09:05"]\nquiet = ["22:00-07:00", "Sun", "Bank holidays"]\n'
    read = load(write(tmp_path, calendar=calendar)).calendar
    assert read.slots == (WeeklySlot(frozenset({1}), time(9, 5)),)
    assert read.quiet == (
        Quiet(start=time(22), end=time(7)),
        Quiet(days=frozenset({6})),
        Quiet(bank_holidays=True),
    )


def test_a_blackout_without_an_offset_is_in_local_time() -> None:
    zone = ZoneInfo("Europe/London")
    blackout = Blackout.model_validate(
        {"name": "b", "from": datetime(2026, 7, 1), "to": datetime(2026, 7, 2), "accounts": ["a"]}  # noqa: DTZ001
    )
    # Midnight in London in July is 23:00 UTC of the day before.
    start = datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert blackout.covers(start, account="a", zone=zone)
    assert not blackout.covers(start - timedelta(seconds=1), account="a", zone=zone)
    assert not blackout.covers(start, account="b", zone=zone)


@pytest.mark.parametrize("utm", ["source=x", "utm_source=", "utm_source=a b", "?utm_source=x"])
def test_campaign_parameters_that_are_none_are_refused_with_an_example(utm: str) -> None:
    with pytest.raises(ValueError, match="utm_source=x&utm_medium=social"):
        schema.Source.model_validate({"name": "N", "url": "https://e.org/feed", "utm": utm})
