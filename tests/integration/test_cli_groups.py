"""Groups, proxies and what is done with many accounts, from a shell."""

import json

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import serving
from tests.helpers.proxies import SmallProxy
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server
CANARY = "canary-cli-proxy-8Wm"


def _run(profile, *arguments, stdin="", code=0):
    done = watchkeeper("--profile", str(profile), *arguments, stdin=stdin)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def _json(profile, *arguments, **more):
    return json.loads(_run(profile, *arguments, "--json", **more).stdout)


def test_groups_and_proxies_from_the_shell(profile, tmp_path):
    file = tmp_path / "passphrase"
    file.write_text("a long passphrase of a test\n")
    file.chmod(0o600)
    vault = ("--vault", "passphrase", "--passphrase-file", str(file))
    with SmallProxy("http", "me", CANARY) as proxy, SmallProxy("socks5") as target, serving(profile, *vault):
        workers_online(profile)
        address = ["--address", f"{proxy.host}:{proxy.port}"]
        secret = ["--user", "me", "--password-stdin"]
        made = _json(profile, "proxies", "add", "--name", "p", "--kind", "http", *address, *secret, stdin=f"{CANARY}\n")
        assert (made["has_password"], "password" in made) == (True, False)
        where = ["--target", f"{target.host}:{target.port}"]
        wait_until(lambda: _json(profile, "status")["workers"]["online"], what="a worker")
        assert "It works" in _run(profile, "proxies", "test", "p", *where).stdout
        _run(profile, "proxies", "edit", "p", "--password-stdin", stdin="x\n")
        assert "refuses its user name" in _run(profile, "proxies", "test", "p", *where, code=1).stdout
        group = _json(
            profile, "groups", "add", "--name", "Work", "--interval", "600", "--proxy", "p", "--quiet", "22:00-07:00"
        )
        assert group["settings"]["proxy_id"] == made["id"]
        assert "p" in _run(profile, "proxies", "remove", "p", "--yes", code=1).stderr
        new = ["accounts", "add", "--platform", "feed", "--no-credentials", "--set", "url=http://127.0.0.1:9/"]
        account = _json(profile, *new, "--name", "one", "--group", "Work")
        assert (account["interval_seconds"], account["proxy_id"]) == (600, made["id"])
        assert "600 (group)" in _run(profile, "accounts", "show", "one").stdout
        assert _json(profile, "items", "list", "--account", "one", "--group", "Work")["rows"] == []
        assert "no account two" in _run(profile, "notifications", "list", "--account", "two", code=1).stderr
        copy = _json(profile, "accounts", "duplicate", account["id"])
        changed = _json(profile, "accounts", "change", account["id"], copy["id"], "--proxy", "direct", "--add-tag", "x")
        assert changed["success"] == 2
        own = _json(profile, "accounts", "edit", copy["id"], "--interval", "60", "--notify", "urgent")
        assert (own["proxy_id"], own["interval_seconds"], own["notify_level"]) == (None, 60, "urgent")
        assert _json(profile, "accounts", "move", copy["id"], "--group", "none")["success"] == 1
        assert [row["id"] for row in _json(profile, "accounts", "list", "--group", "Work")] == [account["id"]]
        assert "restore" in _run(profile, "accounts", "remove", copy["id"], "--yes").stdout
        assert [row["id"] for row in _json(profile, "accounts", "list", "--removed")] == [copy["id"]]
        assert "is back" in _run(profile, "accounts", "restore", copy["id"]).stdout
        assert _json(profile, "accounts", "pause", account["id"], "--minutes", "5")["paused_until_at"]
        assert _json(profile, "accounts", "states", account["id"])[0]["state"] == "paused"
        assert "feed" in _run(profile, "accounts", "stats").stdout
        edited = _json(profile, "groups", "edit", "Work", "--proxy", "inherit", "--color", "#102030")
        assert (edited["settings"]["proxy_id"], edited["settings"]["interval_seconds"]) == (None, 600)
        assert _json(profile, "groups", "remove", "Work", "--yes")["accounts"] == 1
        _run(profile, "proxies", "remove", "p", "--yes")
    for path in profile.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    "arguments",
    [
        ("proxies", "add", "--name", "p", "--kind", "http", "--address", "nothing"),
        ("groups", "add", "--name", "g", "--interval", "4"),
        ("groups", "add", "--name", "g", "--interval", "sometimes"),
        ("proxies", "add", "--name", "p", "--kind", "ftp", "--address", "h:1"),
    ],
)
def test_what_is_wrong_is_said_before_anybody_is_asked(profile, arguments):
    assert "--" in _run(profile, *arguments, code=2).stderr
