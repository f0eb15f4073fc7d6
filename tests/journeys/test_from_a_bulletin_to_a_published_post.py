"""The whole road at the terminal, with what ships: a sample bulletin, two rehearsing accounts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_three_announcements_become_six_posts_and_the_approved_are_published_once(
    terminal: Terminal,
) -> None:
    said = terminal.run("once").stdout
    assert "3 announcements and 6 posts drafted" in said

    posts = terminal.posts()
    assert [post["state"] for post in posts] == ["in_review"] * 6
    assert {post["kind"] for post in posts} == {"plan", "practice", "report"}
    assert {post["network"] for post in posts} == {"x", "linkedin"}
    assert all(post["link"] in post["text"] for post in posts if post["network"] == "x")

    terminal.run("queue", "reject", str(posts[0]["id"]), "--reason", "already said", "--by", "Siân")
    assert "goes out" in terminal.run("queue", "approve", "--all", "--now", "--by", "Siân").stdout
    assert "5 published" in terminal.run("once", "publish").stdout

    published = terminal.posts("published")
    assert len(published) == 5
    assert all(post["url"].startswith("https://rehearsal.invalid/") for post in published)
    assert [post["attempts"] for post in published] == [1] * 5

    # Looking again finds nothing new, and nothing goes out a second time.
    assert "No post was due" in terminal.run("once").stdout
    assert terminal.posts("published") == published
    assert "sound" in terminal.run("log", "verify").stdout


def test_each_command_says_what_stands_in_the_way(terminal: Terminal) -> None:
    assert "run `bot release` first" in terminal.run("queue", "list", code=1).stderr
    assert "run `bot release` first" in terminal.run("check").stdout
    terminal.run("release")
    assert "There is no post 7" in terminal.run("queue", "show", "7", code=1).stderr
    failed = terminal.run("queue", "approve", "7", "--by", "Siân", code=1)
    assert "post 7: There is no post 7" in failed.stderr
    assert "cannot be read" in terminal.run("preview", "nowhere.html", code=1).stderr
    assert "--by" in terminal.run("queue", "approve", "7", code=2).stderr
    assert "in_review" in terminal.run("queue", "list", "--state", "lost", code=2).stderr


def test_status_and_check_tell_how_things_stand(terminal: Terminal) -> None:
    terminal.run("once")
    status = terminal.json("status")
    assert status["posts"]["in_review"] == 6
    assert [s["health"] for s in status["sources"]] == ["ok"]
    assert {a["live"] for a in status["accounts"]} == {False}
    assert terminal.json("check") == {"ok": True, "findings": []}


def test_check_names_the_file_the_key_and_the_mend(terminal: Terminal) -> None:
    config = terminal.folder / "config"
    config.mkdir()
    (config / "sources.toml").write_text('[[source]]\nname = "News"\nurl = "ftp://example.org"\n')
    (config / "accounts.toml").write_text("")
    terminal.settings["HERODR_CONFIG"] = str(config)
    said = terminal.run("check", code=1).stdout
    assert 'sources.toml: source 1 ("News") key "url"' in said
    assert "https://" in said
    # Every other command says the same in one line.
    assert 'source 1 ("News") key "url"' in terminal.run("once", code=1).stderr


def test_the_record_can_be_exported(terminal: Terminal) -> None:
    terminal.run("once")
    rows = terminal.run("log", "export", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("id,at,verb,actor,post")
    assert sum(",submit,herodr," in row for row in rows) == 6
    one = terminal.run("log", "export", "--format", "json", "--account", "example-x").stdout
    assert len(json.loads(one)) == 3
    page = terminal.run("log", "export", "--format", "html").stdout
    assert page.count("<td>submit</td>") == 6
    assert "write a day" in terminal.run("log", "export", "--from", "May", code=2).stderr


def test_everything_is_stopped_and_goes_on_at_the_terminal(terminal: Terminal) -> None:
    terminal.run("once")
    terminal.run("queue", "approve", "1", "--now", "--by", "Siân")
    terminal.run("stop", "--reason", "mourning", "--by", "Siân")
    assert terminal.json("status")["stopped"]["reason"] == "mourning"
    assert "1 back in review" in terminal.run("once", "publish").stdout
    assert (
        "stopped already by Siân"
        in terminal.run("stop", "--reason", "again", "--by", "Bryn", code=1).stderr
    )
    terminal.run("go-on", "--by", "Siân")
    terminal.run("queue", "approve", "1", "--now", "--by", "Siân")
    assert "1 published" in terminal.run("once", "publish").stdout


def test_a_backup_is_restored_and_goes_on_where_it_was(terminal: Terminal) -> None:
    terminal.run("once")
    terminal.run("backup", "kept.sqlite3")
    terminal.run("queue", "approve", "--all", "--now", "--by", "Siân")
    terminal.run("once", "publish")
    assert "exists already" in terminal.run("backup", "kept.sqlite3", code=1).stderr
    terminal.run("restore", "kept.sqlite3")
    assert {post["state"] for post in terminal.posts()} == {"in_review"}
    (terminal.folder / "torn.sqlite3").write_bytes(b"SQLite format 3\x00 and nothing more")
    assert "not a sound" in terminal.run("restore", "torn.sqlite3", code=1).stderr


def test_a_database_of_a_newer_version_is_refused_in_words(terminal: Terminal) -> None:
    import sqlite3
    from contextlib import closing

    terminal.run("release")
    with closing(sqlite3.connect(terminal.folder / "herodr.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('review', '9999_from_the_future', '2030-01-01')"
        )
        database.commit()
    for command in (["once"], ["release"], ["queue", "list"]):
        assert "newer Herodr" in terminal.run(*command, code=1).stderr
