"""The command line against a real master in a process of its own."""

import json
import os
import re
import stat
import subprocess
import sys
import urllib.request

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ROOT, serving
from tests.helpers.secret_service import SecretService
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server
CANARY = "canary-cli-7Qx"


def _run(profile, *arguments, stdin="", code=0):
    done = subprocess.run(
        [sys.executable, "-m", "master", "--profile", str(profile), *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def _json(profile, *arguments, **more):
    return json.loads(_run(profile, *arguments, "--json", **more).stdout)


def _here(profile, *arguments, stdin="", code=0):
    done = watchkeeper("--profile", str(profile), *arguments, stdin=stdin)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def _json_here(profile, *arguments, **more):
    return json.loads(_here(profile, *arguments, "--json", **more).stdout)


def test_a_feed_from_the_shell(profile, feed_server):
    feed = feed_server.feed("releases")
    feed.publish("1.0 released", "first", "http://example.org/1")
    with serving(profile):
        status = _json(profile, "status")
        assert status["workers"]["total"] == 2
        assert status["scheduling"]["total_accounts"] == 0
        settings = ["--set", f"url={feed.url}", "--interval", "5", "--no-credentials"]
        account = _json(profile, "accounts", "add", "--platform", "feed", "--name", "Releases", *settings, "--test")
        assert account["name"] == "Releases"
        assert "credentials" not in account
        wait_until(lambda: _json(profile, "accounts", "show", account["id"])["state"] == "ok")
        feed.publish("2.0 released", "second", "http://example.org/2")
        _run(profile, "accounts", "check", account["id"])
        rows = wait_until(lambda: _json(profile, "items", "list", "--unread")["rows"])
        assert [row["title"] for row in rows] == ["2.0 released"]
        assert "2.0 released" in _run(profile, "items", "list").stdout
        shown = _json(profile, "items", "show", str(rows[0]["id"]))
        assert shown["trace"]["steps"][0]["text"]["code"].startswith("trace_found")
        assert _json(profile, "items", "read", "--all") == {"count": 1}
        assert _json(profile, "items", "list", "--unread")["rows"] == []
        renamed = _json(profile, "accounts", "edit", account["id"], "--name", "News", "--interval", "60")
        assert (renamed["name"], renamed["interval_seconds"]) == ("News", 60)
        assert _json(profile, "accounts", "pause", account["id"])["state"] == "paused"
        assert _json(profile, "accounts", "remove", account["id"], "--yes") == {"id": account["id"]}
        assert _json(profile, "accounts", "list") == []


def test_bad_input_names_the_field_and_what_to_do(profile):
    with serving(profile):
        workers_online(profile)
        add = ["accounts", "add", "--platform", "feed", "--name", "F", "--no-credentials"]
        assert "settings.url" in _here(profile, *add, "--set", "url=ftp://example.org", code=1).stderr
        assert "There are: url" in _here(profile, *add, "--set", "urll=x", code=2).stderr
        assert "interval" in _here(profile, *add, "--set", "url=http://e.org", "--interval", "1", code=2).stderr
        unknown = _here(profile, "accounts", "add", "--platform", "x", "--name", "x", code=2)
        assert re.search(r"There are: .*\bfeed, ", unknown.stderr)
        assert _here(profile, "accounts", "show", "nobody", code=1).stderr
        assert _here(profile, "workers", "start", "nobody", code=1).stderr


def test_figures_of_workers_from_the_shell(profile):
    with serving(profile):
        overview = wait_until(lambda: (found := _json_here(profile, "workers", "overview"))["online"] == 2 and found)
        assert overview["states"] == {"running": 2}
        assert "2 running" in _here(profile, "workers", "overview").stdout
        assert _json_here(profile, "overview", "--tz", "Asia/Shanghai")["failed"] == []
        assert "Found today" in _here(profile, "overview", "--hours", "1").stdout
        health = wait_until(lambda: (found := _json_here(profile, "workers", "health", "local-1"))["healthy"] and found)
        assert health["status"] == "healthy"
        assert "lease" in _here(profile, "workers", "health", "local-1").stdout
        found = wait_until(lambda: (m := _json_here(profile, "workers", "metrics", "local-1"))["points"] and m)
        assert found["step_seconds"] == 10
        assert "Items/min" in _here(profile, "workers", "metrics", "local-1").stdout
        assert _json_here(profile, "workers", "metrics", "local-1", "--hours", "100")["step_seconds"] == 600
        assert _here(profile, "workers", "health", "nobody", code=1).stderr
        assert _here(profile, "workers", "metrics", "nobody", code=1).stderr


def test_the_example_of_outside_programs_works_as_it_stands(profile):
    with serving(profile):
        token = _run(profile, "token").stdout.strip()
        assert stat.S_IMODE((profile / "master.json").stat().st_mode) == 0o600
        url = json.loads((profile / "master.json").read_text())["url"]
        body = (
            '{"worker_id":"worker-1","name":"Main worker","deployment_type":"local","host":"localhost","port":4001,'
            '"max_accounts":10,"auto_start":true,"auto_restart":true}'
        )
        request = urllib.request.Request(
            f"{url}/api/v1/worker-configs",
            data=body.encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            made = json.load(answer)
        assert made["success"] is True
        assert made["data"]["worker_id"] == "worker-1"
        named = _json(profile, "token", "create", "--name", "script", "--scope", "client")
        assert named["token"] not in _run(profile, "token", "list").stdout
        _run(profile, "token", "revoke", named["id"])
        assert _json(profile, "token", "list") == []


def test_a_second_master_and_a_taken_port_are_refused(profile, tmp_path):
    with serving(profile) as serve:
        assert "in use" in _run(profile, "serve", "--port", "0", code=5).stderr
        port = json.loads((profile / "master.json").read_text())["url"].rsplit(":", 1)[1]
        other = _run(tmp_path / "other", "serve", "--port", port, code=3)
        assert port in other.stderr
        stopped = _run(profile, "stop")
        assert "stopped" in stopped.stdout
        assert serve.ended() == 0
    assert not (profile / "master.json").exists()
    assert "watchkeeper serve" in _run(profile, "status", code=1).stderr


def test_serve_needs_no_window(profile):
    with serving(profile) as serve:
        maps = f"/proc/{serve.process.pid}/maps"
        if os.path.exists(maps):  # noqa: PTH110
            with open(maps) as file:  # noqa: PTH123
                assert "PySide6" not in file.read()
        assert serve.stop() == 0


def test_the_self_test_passes_and_says_each_step(profile):
    done = _run(profile, "selftest")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert all(line.startswith("✓") for line in lines)
    steps = [line[2:].partition(" (")[0] for line in lines]
    assert steps == [
        "master started",
        "worker registered",
        "credential stored",
        "account watched",
        "item found",
        "item searched",
        "rule obeyed",
        "credential read",
        "signed in and out",
        "backup made and checked",
        "credential erased",
        "job run",
        "stopped in order",
    ]


async def test_the_self_test_and_doctor_on_a_real_keyring(profile, tmp_path):
    service = SecretService(tmp_path / "session")
    done = await service.run([sys.executable, "-m", "master", "selftest", "--json"], env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passed"] is True
    told = await service.run([sys.executable, "-m", "master", "doctor", "--json"], env={"PYTHONPATH": str(ROOT)})
    keyring = next(row for row in json.loads(told.stdout) if row["name"] == "keyring")
    assert keyring["level"] == "ok"
    bare = await service.run_without_dbus(
        [sys.executable, "-m", "master", "doctor", "--json"], env={"PYTHONPATH": str(ROOT)}
    )
    keyring = next(row for row in json.loads(bare.stdout) if row["name"] == "keyring")
    assert keyring["level"] == "bad"
    assert "Secret Service" in keyring["advice"]


def test_what_is_not_there_is_said(profile):
    with serving(profile):
        workers_online(profile)
        assert "nosuch" in _here(profile, "items", "list", "--account", "nosuch", code=1).stderr
        error = json.loads(_here(profile, "accounts", "remove", "nosuch", "--yes", "--json", code=1).stderr)["error"]
        assert error["code"] == "ERR_NOT_FOUND"
        _here(profile, "accounts", "add", "--platform", "nope", "--name", "x", code=2)
        added = _json_here(
            profile, "accounts", "add", "--platform", "feed", "--name", "x", "--set", "url=http://127.0.0.1:9/"
        )
        assert not added["has_credentials"]
