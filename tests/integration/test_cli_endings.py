"""How commands end: the exit code, one sentence on stderr, and nothing else, whatever goes wrong."""

import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import sys

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ROOT, ServeProcess
from tests.helpers.shells import watchkeeper, workers_online

pytestmark = pytest.mark.real_server


def begin(profile, *arguments, **more):
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT} | more
    return subprocess.Popen([sys.executable, "-m", "master", "--profile", str(profile), *arguments], **given)


def refused(profile, *arguments, code):
    """Run a command that fails, as a person and as a program; return the sentence and the error."""
    said = watchkeeper("--profile", str(profile), *arguments)
    assert (said.returncode, said.stdout) == (code, ""), said
    assert "Traceback" not in said.stderr
    told = watchkeeper("--profile", str(profile), *arguments, "--json")
    assert (told.returncode, told.stdout) == (code, "")
    return said.stderr, json.loads(told.stderr)["error"]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    profile = tmp_path_factory.mktemp("served") / "profile"
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    serve = ServeProcess(profile, "--port", "0", environment=nowhere)
    serve.start()
    try:
        workers_online(profile, 1)
        yield profile, serve
    finally:
        serve.stop()


@pytest.mark.parametrize(
    ("line", "code", "error", "word"),
    [
        (["accounts", "show", "nobody"], 1, "ERR_NOT_FOUND", "nobody"),
        (["jobs", "show", "0123456789ab"], 1, "ERR_NOT_FOUND", "0123456789ab"),
        (["items", "show", "424242"], 1, "ERR_NOT_FOUND", "424242"),
        (["workers", "add", "x", "--set", "max_accounts=0"], 2, "ERR_USAGE", "max_accounts"),
        (["accounts", "add", "--platform", "feed", "--name", "x", "--set", "url=ftp://x"], 1, "ERR_INVALID", "url"),
        (["workers", "add", "local-1"], 1, "ERR_CONFLICT", "local-1"),
        (["items", "list", "--limit", "0"], 2, "ERR_USAGE", "--limit"),
        (["accounts", "list", "--nonsense"], 2, "ERR_USAGE", "--nonsense"),
        (["nonsense"], 2, "ERR_USAGE", "nonsense"),
        (["settings", "set", "port=high"], 2, "ERR_USAGE", "port"),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, list) else None,
)
def test_what_is_refused(served, line, code, error, word):
    sentence, told = refused(served[0], *line, code=code)
    assert told["code"] == error
    assert word in sentence
    assert word in json.dumps(told)


@pytest.mark.skipif(sys.platform != "linux", reason="its keyring is found by D-Bus")
def test_no_usable_keyring(served):
    profile, _ = served
    line = ["--profile", str(profile), "credentials", "add", "--name", "x", "--values-stdin", "--json"]
    done = watchkeeper(*line, stdin='{"token": "secret-9Xw"}')
    assert (done.returncode, done.stdout) == (4, "")
    assert json.loads(done.stderr)["error"]["code"] == "ERR_KEYRING"
    assert "secret-9Xw" not in done.stderr
    assert watchkeeper("--profile", str(profile), "vault", "check").returncode == 4
    assert watchkeeper("--profile", str(profile), "vault", "show").returncode == 0


def test_no_master_runs(tmp_path):
    sentence, told = refused(tmp_path, "status", code=1)
    assert told["code"] == "ERR_NOT_RUNNING"
    assert "watchkeeper serve" in sentence
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    known = {"url": url, "token": "t", "client_token": "c", "pid": 1, "started_at": 1, "version": "0"}
    (tmp_path / "master.json").write_text(json.dumps(known))
    assert refused(tmp_path, "status", code=1)[1]["code"] == "ERR_NOT_RUNNING"


def test_a_profile_that_cannot_be_read_or_is_damaged(tmp_path):
    (tmp_path / "master.json").write_text("{}")
    assert "damaged" in refused(tmp_path, "accounts", "list", code=5)[0]
    (tmp_path / "master.json").unlink()
    (tmp_path / "master.json").mkdir()
    assert "--profile" in refused(tmp_path, "accounts", "list", code=5)[0]


def test_a_master_elsewhere(served, tmp_path):
    profile, _ = served
    known = json.loads((profile / "master.json").read_text())
    token = tmp_path / "token"
    token.write_text(known["token"] + "\n")
    there = ["--connect", known["url"], "--token-file", str(token)]
    for line in ([*there, "workers", "list", "--json"], ["workers", "list", "--json", *there]):
        done = watchkeeper("--profile", str(tmp_path), *line)
        assert json.loads(done.stdout)[0]["worker_id"] == "local-1", done.stderr
    assert "--token-file" in watchkeeper("status", "--connect", known["url"]).stderr
    assert "ssh -L" in watchkeeper("status", "--connect", "http://192.0.2.1:3000").stderr
    token.write_text("wrong")
    assert json.loads(watchkeeper("status", *there, "--json").stderr)["error"]["code"] == "ERR_UNAUTHORIZED"
    assert watchkeeper("serve", *there).returncode == 2


def test_a_reader_that_has_seen_enough(served):
    profile, _ = served
    line = f"{sys.executable} -m master --profile {profile} COMMAND | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    for command in ("runners list --json", "status --watch --every 0.2"):
        done = subprocess.run(
            ["bash", "-c", line.replace("COMMAND", command)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.stderr == ""
        assert done.returncode in (0, 141)
    reader, writer = os.pipe()
    os.close(reader)
    done = begin(profile, "accounts", "list", stdout=writer)
    os.close(writer)
    assert done.communicate(timeout=60)[1] == ""
    assert done.returncode == 141


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_disk_that_is_full(served):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = begin(served[0], "accounts", "list", stdout=full)
        errors = done.communicate(timeout=60)[1]
    assert (done.returncode, errors) == (1, "Error: No space left on device.\n")


def test_control_c(served):
    profile, _ = served
    usual = signal.signal(signal.SIGINT, signal.SIG_DFL)  # shells have what they run in the background ignore it
    try:
        done = begin(profile, "status", "--watch", "--json", "--every", "0.2")
    finally:
        signal.signal(signal.SIGINT, usual)
    with done:
        assert json.loads(done.stdout.readline())["version"]
        done.send_signal(signal.SIGINT)
        errors = done.communicate(timeout=60)[1]
    assert (done.returncode, json.loads(errors)["error"]["message"]) == (130, "Stopped.")


def test_no_is_no_signal(served):
    main, terminal = pty.openpty()
    done = begin(served[0], "workers", "remove", "local-2", stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(main, 1000)
    os.write(main, b"n\n")
    assert done.wait(60) == 1
    os.close(main)


def test_a_master_that_dies_in_the_middle(tmp_path):
    profile = tmp_path / "profile"
    profile.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        known = {"url": url, "token": "t", "client_token": "c", "pid": 1, "started_at": 1, "version": "0"}
        (profile / "master.json").write_text(json.dumps(known))
        done = begin(profile, "janitor", "--json")
        peer, _ = server.accept()
        peer.recv(10)
        peer.close()
        errors = done.communicate(timeout=60)[1]
    assert done.returncode == 1
    assert json.loads(errors)["error"]["code"] == "ERR_UNREACHABLE"
    assert "in the middle" in errors


def test_a_status_is_all_that_the_master_says(served):
    profile, _ = served
    status = json.loads(watchkeeper("--profile", str(profile), "status", "--json").stdout)
    asked = json.loads(watchkeeper("--profile", str(profile), "api", "GET", "/status").stdout)
    assert {**status, "uptime": 0} == {**asked, "uptime": 0}
    shown = watchkeeper("--profile", str(profile), "status").stdout
    for words in ("online", "offline", "assigned", "without a worker", "told and not seen yet", "running", "waiting"):
        assert words in shown


def test_what_is_logged_is_followed(served):
    profile, _ = served
    done = begin(profile, "logs", "--follow", "--tail", "0", "--json")
    try:
        os.set_blocking(done.stdout.fileno(), False)
        lines = []

        def logged():
            watchkeeper("--profile", str(profile), "workers", "restart", "local-2", "--kill")
            with contextlib.suppress(BlockingIOError):
                lines.extend(os.read(done.stdout.fileno(), 65_536).splitlines())
            return lines

        wait_until(logged, what="a line of the log")
        assert {"at", "level", "source", "message"} <= json.loads(lines[0]).keys()
    finally:
        done.kill()
        done.communicate()
