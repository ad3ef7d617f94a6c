"""Settings, workers, platforms, searches and lists of accounts, from a shell, on one master."""

import json

import pytest

from master.cli.main import run
from tests.helpers.deadlines import wait_until
from tests.helpers.masters import serving

pytestmark = pytest.mark.real_server


class Shell:
    """The command line in this process: what it prints, and its exit code."""

    def __init__(self, profile, capsys):
        self.profile = profile
        self.capsys = capsys

    def run(self, *arguments, code=0):
        self.capsys.readouterr()
        given = run(["--profile", str(self.profile), *arguments])
        told = self.capsys.readouterr()
        assert given == code, f"{arguments}: {given}\n{told.out}\n{told.err}"
        return told

    def json(self, *arguments, code=0):
        return json.loads(self.run(*arguments, "--json", code=code).out)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    profile = tmp_path_factory.mktemp("served") / "profile"
    with serving(profile):
        yield profile


@pytest.fixture
def shell(served, capsys):
    return Shell(served, capsys)


def test_settings(shell):
    changed = shell.json("settings", "set", "backup_keep=3", "sync_read=yes", 'item_keep_days={"mail":30}')
    assert (changed["backup_keep"], changed["sync_read"], changed["item_keep_days"]) == (3, True, {"mail": 30})
    assert ["sync_read", "yes"] in [line.split() for line in shell.run("settings", "list").out.splitlines()]
    wrong = shell.run("settings", "set", "backup_keep=4", "backup_kep=1", code=2)
    assert "backup_kep" in wrong.err
    assert shell.json("settings", "list")["backup_keep"] == 3


def test_workers(shell):
    made = shell.json("workers", "add", "third", "--set", "max_accounts=5", "--set", "auto_start=no")
    assert (made["worker_id"], made["name"], made["max_accounts"], made["auto_start"]) == (
        "third",
        "third",
        5,
        False,
    )
    edited = shell.json("workers", "edit", "third", "--name", "Third", "--set", "labels=a,b")
    assert (edited["name"], edited["labels"], edited["max_accounts"]) == ("Third", ["a", "b"], 5)
    assert "no such field" in shell.run("workers", "edit", "third", "--set", "accounts=5", code=2).err
    assert "third" in shell.run("workers", "add", "third", code=1).err
    report = shell.json("workers", "batch", "start", "third", "nobody", code=1)
    assert {row["worker_id"]: row["success"] for row in report["results"]} == {"third": True, "nobody": False}
    assert shell.json("workers", "rebalance", "--dry-run")["dry_run"] is True
    shell.run("workers", "remove", "third", "--yes")
    assert "third" not in [row["worker_id"] for row in shell.json("workers", "list")]


def test_platforms_and_searches(shell):
    wait_until(lambda: {"feed", "imap"} <= {row["id"] for row in shell.json("platforms", "list")})
    assert "password" in shell.run("platforms", "show", "imap").out
    kept = shell.json("searches", "add", "Mail of today", "--kind", "mail", "--unread", "--search", "invoice")
    assert kept["filter"] == {"kinds": ["mail"], "unread": True, "q": "invoice"}
    assert "invoice" in shell.run("searches", "list").out
    assert shell.json("searches", "run", "Mail of today")["rows"] == []
    assert "name already" in shell.run("searches", "add", "Mail of today", code=1).err
    shell.run("searches", "remove", "Mail of today")
    assert "No search" in shell.run("searches", "run", "Mail of today", code=1).err


def test_accounts_in_a_file(shell, tmp_path):
    url = "url=http://127.0.0.1:9/feed"
    shell.json("accounts", "add", "--platform", "feed", "--name", "One", "--no-credentials", "--set", url)
    for kind in ("csv", "json", "opml"):
        file = tmp_path / f"accounts.{kind}"
        shell.run("accounts", "export", str(file), "--format", kind)
        assert "http://127.0.0.1:9/feed" in file.read_text("utf-8")
    assert "--force" in shell.run("accounts", "export", str(tmp_path / "accounts.csv"), code=2).err
    # It is here already, so a dry run takes nothing of it.
    for kind in ("csv", "json", "opml"):
        again = shell.json("import", str(tmp_path / f"accounts.{kind}"), "--dry-run")
        assert len(again["rows"]) == 1, again
    table = tmp_path / "table.csv"
    table.write_text("name,url\nTwo,http://127.0.0.1:9/two\n", "utf-8")
    assert 'one of them must be "platform"' in shell.run("import", str(table), code=1).err


def test_sign_ins(shell):
    assert "Nobody" in shell.run("sign-ins", "list").out
    assert "nobody" in shell.run("sign-ins", "cancel", "nobody", code=1).err
