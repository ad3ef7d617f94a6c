"""Items from a shell, against a real master in a process of its own."""

import csv
import json

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import serving
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server


def _run(profile, *arguments, code=0):
    done = watchkeeper("--profile", str(profile), "items", *arguments)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def test_search_conversations_files_and_counts(profile, feed_server, tmp_path):
    feed = feed_server.feed("shell")
    feed.publish("Before", "old", "http://example.org/0")
    with serving(profile):
        workers_online(profile)
        add = ["--profile", str(profile), "accounts", "add", "--platform", "feed"]
        add += ["--name", "News", "--set", f"url={feed.url}", "--interval", "5", "--no-credentials", "--json"]
        account = json.loads(watchkeeper(*add).stdout)["id"]
        checked = [*add[:2], "accounts", "show", account, "--json"]
        wait_until(lambda: json.loads(watchkeeper(*checked).stdout)["state"] == "ok", what="the first check")
        feed.publish("Weather today", "今天天气很好", "http://example.org/1")
        feed.publish("=Sums", "of money", "http://example.org/2")
        wait_until(lambda: len(json.loads(_run(profile, "list", "--json").stdout)["rows"]) == 2, what="both entries")
        found = json.loads(_run(profile, "search", "天气", "--kind", "entry", "--json").stdout)["rows"]
        assert [row["title"] for row in found] == ["Weather today"]
        assert "Weather today" in _run(profile, "search", "weath*").stdout
        assert "Nothing has these words." in _run(profile, "search", "weather", "--", "-today").stdout
        _run(profile, "read", str(found[0]["id"]))
        first = _run(profile, "list", "--order", "unread-first").stdout
        assert first.index("=Sums") < first.index("Weather today")
        assert "Weather" not in _run(profile, "list", "--unread", "--account", account, "--since", "2020-01-01").stdout
        assert "Marked as unread: 1" in _run(profile, "read", str(found[0]["id"]), "--unread").stdout
        assert "Marked as read: 0" in _run(profile, "read", "--account", account, "--thread", "none").stdout
        assert "--account" in _run(profile, "read", "--thread", "none", code=2).stderr
        assert "Marked as read: 1" in _run(profile, "read", str(found[0]["id"])).stdout
        assert "There are no conversations." in _run(profile, "threads").stdout
        file = tmp_path / "items.csv"
        assert str(file) in _run(profile, "export", str(file), "--oldest-first", "--bom").stdout
        assert "--force" in _run(profile, "export", str(file), code=2).stderr
        assert str(file) in _run(profile, "export", str(file), "--bom", "--force").stdout
        with file.open(encoding="utf-8-sig", newline="") as opened:
            assert sorted(row["title"] for row in csv.DictReader(opened)) == ["'=Sums", "Weather today"]
        assert len(json.loads(_run(profile, "export", "-", "--format", "json", "--read").stdout)) == 1
        assert _run(profile, "export", str(tmp_path / "none" / "x.json"), code=1).stdout == ""
        shown = _run(profile, "stats", "--by", "hour", "--tz", "Asia/Shanghai").stdout
        assert "Found   2 (before: 0)" in shown
        assert "News" in shown
        assert json.loads(_run(profile, "stats", "--json", "--account", account).stdout)["total"] == 2
        assert "tz" in _run(profile, "stats", "--tz", "Mars", code=1).stderr
        _run(profile, "list", "--account", "gone", code=1)
