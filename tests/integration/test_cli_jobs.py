"""Jobs from a shell: a real master in a process of its own, real commands, real signals."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ROOT, ServeProcess
from tests.helpers.processes import alive

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of a shell"),
]


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    made = ServeProcess(tmp_path_factory.mktemp("profile") / "p", "--port", "0")
    made.start()
    wait_until(made.knows_plug_ins, what="its plug-ins")
    yield made
    made.stop()


@pytest.fixture
def jobs(serve):
    def ran(*arguments, code=0, stdin=b"", **more):
        done = subprocess.run(_words(serve, *arguments), input=stdin, capture_output=True, timeout=60, **more)
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout!r}\n{done.stderr!r}"
        return done

    return ran


@pytest.fixture
def begun(serve):
    """Begins to follow a job; nothing is left of it."""
    running = []

    def begin(*arguments):
        process = subprocess.Popen(
            _words(serve, "run", *arguments), bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def _words(serve, *arguments):
    # As a shell would: from wherever somebody is.
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from master.cli.main import run; sys.exit(run())"
    return [sys.executable, "-c", start, "--profile", str(serve.profile), "jobs", *arguments]


def unhurried(said):
    """Return what was said beside why a job waits, which somebody learns who waits for long."""
    return b"".join(line for line in said.splitlines(keepends=True) if b" waits: " not in line)


def next_word(stream):
    """Return the next line, as :func:`unhurried`."""
    return next(line for line in iter(stream.readline, b"") if unhurried(line))


def _rows(jobs, *arguments):
    return json.loads(jobs("list", "--json", *arguments).stdout)["rows"]


def test_it_prints_and_exits_as_the_command_does(jobs, tmp_path):
    script = "printf out; echo err >&2; pwd; echo $A; exit 37"
    done = jobs("run", "--env", "A=b c", "--", "sh", "-c", script, code=37, cwd=tmp_path)
    assert (done.stdout, unhurried(done.stderr)) == (f"out{tmp_path}\nb c\n".encode(), b"err\n")
    done = jobs("run", "--cwd", "/", "--shell", 'pwd; echo "$2" | cat', "one", "two words")
    assert (done.stdout, unhurried(done.stderr)) == (b"/\ntwo words\n", b"")


def test_every_byte_comes_through(jobs):
    count = 3_000_000
    source = f"import os, random; random.seed(7); os.write(1, b''); [os.write(f, random.randbytes({count // 10})) for _ in range(10) for f in (1, 2)]"  # noqa: E501
    done = jobs("run", "--", sys.executable, "-c", source)
    expected = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True)
    assert (len(done.stdout), len(done.stderr)) == (count, count)
    assert (done.stdout, unhurried(done.stderr)) == (expected.stdout, expected.stderr)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--", "/no/such"], 1, b"not found"),
        (["--cwd", "/no/such", "--", "true"], 1, b"/no/such"),
        (["--", "/etc/passwd"], 1, b"/etc/passwd"),
        (["--", "sh", "-c", "kill -9 $$"], 137, b"SIGKILL"),
        (["--time-limit", "0:01", "--", "sleep", "60"], 143, b"longer"),
        (["--time-limit", "0:01", "--", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"], 1, b"longer"),
        (["--time-limit", "soon", "--", "true"], 1, b"time_limit"),
        (["--worker", "nobody", "--", "true"], 1, b"worker_id"),
        (["--env", "A", "--", "true"], 2, b"NAME=VALUE"),
        (["--json", "--", "true"], 2, b"--detach"),
        ([], 2, b"COMMAND"),
    ],
)
def test_why_it_did_not_end_by_itself_is_said(jobs, arguments, code, said):
    done = jobs("run", *arguments, code=code)
    assert said in done.stderr
    assert done.stdout == b""


def test_the_output_is_seen_live_and_a_ctrl_c_cancels(jobs, begun):
    running = begun("--name", "stoppable", "--", "sh", "-c", "trap 'echo bye; exit 9' TERM; echo $$; while :; do sleep 0.05; done")  # fmt: skip  # noqa: E501
    pid = int(running.stdout.readline())
    assert alive(pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (out, running.returncode) == (b"bye\n", 9)
    assert b"cancelling it" in err
    assert not alive(pid)
    (row,) = _rows(jobs, "--search", "stoppable")
    assert (row["state"], row["exit_code"]) == ("CANCELLED", "9:0")


def test_a_second_ctrl_c_kills(begun):
    running = begun("--", "sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.05; done")
    pid = int(running.stdout.readline())
    running.send_signal(signal.SIGINT)
    assert b"again to kill" in next_word(running.stderr)
    running.send_signal(signal.SIGINT)
    began = time.monotonic()
    running.communicate(timeout=60)
    assert running.returncode == 137
    assert time.monotonic() - began < 20, "long before it would be killed anyway"
    assert not alive(pid)


def test_a_job_outlives_who_follows_it(jobs, begun, tmp_path):
    go = tmp_path / "go"
    waits = f"echo 1; while [ ! -e {go} ]; do sleep 0.05; done; echo 2; exit 3"
    running = begun("--name", "goes-on", "--", "sh", "-c", waits)
    assert running.stdout.readline() == b"1\n"
    running.kill()
    (row,) = _rows(jobs, "--search", "goes-on", "--state", "running")
    go.touch()
    done = jobs("output", row["id"], "--follow", code=3)
    assert done.stdout == b"1\n2\n"
    assert jobs("output", row["id"], "--stream", "stderr").stdout == b""


def test_a_reader_that_leaves_ends_the_job(jobs, begun):
    running = begun("--name", "endless", "--", "sh", "-c", "while :; do echo y; done")
    assert running.stdout.readline() == b"y\n"
    running.stdout.close()
    assert running.wait(timeout=60) == 141
    running.stdout = None
    wait_until(lambda: _rows(jobs, "--search", "endless")[0]["state"] == "CANCELLED")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_exit_code(serve, closed):
    words = _words(serve, "run", "--", "sh", "-c", "echo out; echo err >&2; exit 3")
    done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *words], capture_output=True, timeout=60, check=False)
    out, err = b"" if ">&- " in f" {closed} ".replace("2>&-", "") else b"out\n", b"" if "2>&-" in closed else b"err\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, out, err)


def test_why_it_ended_is_said_on_no_other_stream_than_stderr(serve):
    words = _words(serve, "run", "--", "sh", "-c", "kill -9 $$")
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *words], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (137, b"", b"")


def test_a_third_ctrl_c_leaves_a_job_whose_master_answers_nothing(serve, jobs, begun):
    running = begun("--name", "left", "--", "sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.05; done")
    pid = int(running.stdout.readline())
    os.kill(serve.pid, signal.SIGSTOP)
    try:
        for said in (b"cancelling", b"killing", b"left to itself"):
            running.send_signal(signal.SIGINT)
            assert said in next_word(running.stderr)
        assert running.wait(timeout=60) == 1
    finally:
        os.kill(serve.pid, signal.SIGCONT)
    assert alive(pid)
    (row,) = _rows(jobs, "--search", "left")
    jobs("cancel", row["id"], "--force")
    wait_until(lambda: not alive(pid))


def test_a_job_of_any_runner_and_all_the_verbs(jobs, feed_server, tmp_path):
    feed = feed_server.feed("status")
    feed.serve(b'{"status": "ok"}', "application/json")
    sets = [
        "--set",
        f"url={feed.url}",
        "--set",
        "json_path=$.status",
        "--set",
        "headers=X-A=b",
        "--set",
        "headers=X-C=d",
    ]
    added = json.loads(jobs("add", "--runner", "http", *sets, "--name", "health", "--json").stdout)
    assert added["spec"]["headers"] == {"X-A": "b", "X-C": "d"}
    assert jobs("output", added["id"], "-f").stdout == b'{"status": "ok"}'
    shown = json.loads(jobs("show", added["id"], "--json").stdout)
    assert (shown["state"], shown["result"]["status"]) == ("COMPLETED", 200)
    assert "COMPLETED" in jobs("show", added["id"]).stdout.decode()
    (tmp_path / "script").write_text("echo from a file; echo $1")
    given = ["--runner", "script", "--set", "language=shell", "--file", f"code={tmp_path}/script", "--set", "args=a b"]
    script = json.loads(jobs("add", *given, "--json").stdout)
    assert jobs("output", script["id"], "--follow").stdout == b"from a file\na b\n"
    again = json.loads(jobs("resubmit", script["id"], "--json").stdout)
    assert again["resubmit_of"] == script["id"]
    assert jobs("output", again["id"], "--follow").stdout == b"from a file\na b\n"
    waiting = json.loads(jobs("run", "--detach", "--json", "--", "sleep", "60").stdout)
    limited = json.loads(jobs("limit", waiting["id"], "1:00:00", "--json").stdout)
    assert limited["time_limit_seconds"] == 3600
    assert json.loads(jobs("limit", waiting["id"], "none", "--json").stdout)["time_limit_seconds"] is None
    held = json.loads(jobs("resources", "--json").stdout)["reservations"]
    assert [one["job_id"] for one in held] == [waiting["id"]]
    assert waiting["id"] in jobs("resources").stdout.decode()
    jobs("cancel", waiting["id"], "--force")
    wait_until(lambda: json.loads(jobs("show", waiting["id"], "--json").stdout)["state"] == "CANCELLED")
    jobs("cancel", waiting["id"])
    assert json.loads(jobs("remove", waiting["id"], "--yes", "--json").stdout) == {"id": waiting["id"]}
    assert b"no job" in jobs("show", waiting["id"], code=1).stderr.lower()
    stats = json.loads(jobs("stats", "--json").stdout)
    assert stats["completed"] >= 3
    assert re.search(r"Success +\d", jobs("stats").stdout.decode())
    assert "health" in jobs("list").stdout.decode()


def test_what_is_wrong_with_a_job_is_said_by_field(jobs):
    assert b"spec.url" in jobs("add", "--runner", "http", "--set", "url=ftp://x", code=1).stderr
    assert b"There are: command, docker, http" in jobs("add", "--runner", "none", code=2).stderr
    assert b"--set nope" in jobs("add", "--runner", "http", "--set", "nope=1", code=2).stderr
    assert b"--spec" in jobs("add", "--runner", "http", "--spec", "-", code=2, stdin=b"[1]").stderr
    error = json.loads(jobs("add", "--runner", "http", "--spec", "-", "--json", code=1, stdin=b"{}").stderr)["error"]
    assert list(error["fields"]) == ["spec.url"]


def test_following_goes_on_over_a_restart_of_the_master(serve, begun):
    # The last one: it ends the master of the others.
    count = 200
    running = begun(
        "--", "sh", "-c", f"i=0; while [ $i -lt {count} ]; do echo $i; i=$((i+1)); sleep 0.01; done; exit 5"
    )
    assert running.stdout.readline() == b"0\n"
    os.kill(serve.pid, signal.SIGKILL)
    serve.process.communicate()
    serve.start()
    out, err = running.communicate(timeout=60)
    assert (running.returncode, unhurried(err)) == (5, b"")
    assert [int(line) for line in out.split()] == list(range(1, count))
