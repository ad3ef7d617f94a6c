"""Real commands: what they print is told, what they may do wrong is said, and nothing of them is left."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.helpers.deadlines import until
from worker.platforms.script.adapter import Adapter
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.script")


def _adapter(source, *args, credentials=None, **settings):
    settings = {"command": sys.executable, "args": ["-c", source, *args]} | settings
    return Adapter(TestContext(MANIFEST, settings, credentials))


COUNTING = """
import json, sys
given = json.load(sys.stdin)
last = given["cursor"] or {"n": 0}
print(json.dumps({"key": last["n"] + 1, "title": sys.argv[1]}))
print()
print(json.dumps({"cursor": {"n": last["n"] + 1}}))
"""


async def test_the_cursor_goes_to_the_command_and_back():
    adapter = _adapter(COUNTING, "after {cursor}")
    found, cursor = [], None
    for _ in range(3):
        items, cursor = await poll_all(adapter, cursor)
        found += [(item.key, item.title) for item in items]
    assert found == [("1", "after"), ("2", 'after {"n":1}'), ("3", 'after {"n":2}')]


async def test_all_that_an_item_may_say():
    line = {
        "key": "k",
        "title": "天气",
        "text": "a\nb",
        "author": "Ann",
        "url": "http://example.org/",
        "thread": "t",
        "kind": "direct_message",
        "created_at": "2023-11-14T22:13:20Z",
        "more": 1,
    }
    (item,), _ = await poll_all(_adapter(f"print({json.dumps(line)!r})"), None)
    assert (item.title, item.text, item.author, item.url, item.thread, item.kind, item.created_at) == (
        *(line[name] for name in ("title", "text", "author", "url", "thread", "kind")),
        1_700_000_000_000,
    )


async def test_secrets_come_on_stdin_alone(monkeypatch):
    monkeypatch.setenv("WATCHKEEPER_TOKEN", "canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    source = """
import json, os, sys
given = json.load(sys.stdin)
print(json.dumps({"key": 1, "title": json.dumps([given, dict(os.environ), sys.argv])}))
"""
    credentials = {"username": "me", "values": {"token": "s3cret-value"}}
    (item,), _ = await poll_all(_adapter(source, credentials=credentials), None)
    given, environment, arguments = json.loads(item.title)
    assert given == {"cursor": None, "credentials": credentials, "probe": False}
    assert "canary" not in str(environment)
    assert "s3cret" not in str(environment) + str(arguments)
    assert environment["PATH"] == os.environ["PATH"]


ENDS = [
    ("sys.exit(75)", TemporaryFailure, "script_temporary"),
    ("sys.exit(77)", AuthFailed, "script_auth"),
    ("sys.exit(1)", TemporaryFailure, "script_failed"),
    ("os.kill(os.getpid(), 9)", TemporaryFailure, "script_failed"),
    ('print(\'{"key": 1, "title": "a"}\\nno json\')', InvalidConfig, "script_line"),
    ("print('[1]')", InvalidConfig, "script_line"),
    ('print(\'{"title": "a"}\')', InvalidConfig, "script_line"),
    ('print(\'{"key": "", "title": "a"}\')', InvalidConfig, "script_line"),
    ('print(\'{"key": 1, "title": "a", "kind": "song"}\')', InvalidConfig, "script_line"),
    ("sys.stdout.buffer.write(b'\\xff\\xfe{}')", InvalidConfig, "script_line"),
    ("print('[' * 100000)", InvalidConfig, "script_line"),
    ("print('x' * 50_000_000)", InvalidConfig, "script_flood"),
]


@pytest.mark.parametrize(("source", "expected", "code"), ENDS)
async def test_ends(source, expected, code):
    error = await raises(expected, _adapter(f"import os, sys; {source}"))
    assert error.reason.code == code


async def test_the_wrong_line_is_named():
    adapter = _adapter('print(\'{"key": 1, "title": "a"}\\n\\noh no\')')
    error = await raises(InvalidConfig, adapter, "command")
    assert error.reason.params["number"] == 3


async def test_what_it_complains_of_is_told_without_its_secrets():
    source = "import sys; sys.exit('x' * 9000 + ' no such host: ' + sys.stdin.read())"
    adapter = _adapter(source, credentials={"password": 's3"cret-value'})
    error = await raises(TemporaryFailure, adapter, "command")
    assert "no such host" in error.reason.message
    assert "cret-value" not in error.reason.message


async def test_a_command_that_does_not_read_is_no_fault():
    adapter = _adapter("import os; os.close(0)", credentials={"values": {"big": "x" * 1_000_000}})
    assert (await poll_all(adapter, None))[0] == []


@pytest.mark.parametrize("command", ["", "no-such-command-here", "./relative", "a\x00b", "/", __file__])
async def test_commands_that_are_none(command):
    await raises(InvalidConfig, _adapter("", command=command), "command")


async def test_no_shell_reads_the_arguments(tmp_path):
    source = "import sys, json; print(json.dumps({'key': 1, 'title': sys.argv[1]}))"
    adapter = _adapter(source, f"$(touch {tmp_path}/x); *")
    (item,), _ = await poll_all(adapter, None)
    assert item.title == f"$(touch {tmp_path}/x); *"
    assert not (tmp_path / "x").exists()


FAMILY = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
book = pathlib.Path(sys.argv[1])
book.with_suffix(".new").write_text(f"{os.getpid()} {child.pid}")
book.with_suffix(".new").rename(book)
if sys.argv[2] == "stay":
    time.sleep(600)
"""


async def _gone(book: Path):
    pids = [int(pid) for pid in book.read_text().split()]
    await until(lambda: not any(_lives(pid) for pid in pids))
    return pids


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_run_that_takes_too_long_ends_with_all_it_started(tmp_path):
    book = tmp_path / "pids"
    adapter = _adapter(FAMILY, str(book), "stay", seconds=1)
    began = time.monotonic()
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.poll(None)
    assert caught.value.reason.code == "script_slow"
    assert time.monotonic() - began < 30
    assert len(await _gone(book)) == 2


async def test_what_is_left_behind_is_ended(tmp_path):
    book = tmp_path / "pids"
    assert (await poll_all(_adapter(FAMILY, str(book), "go"), None))[0] == []
    assert len(await _gone(book)) == 2


async def test_who_is_cancelled_leaves_nothing(tmp_path):
    book = tmp_path / "pids"
    task = asyncio.create_task(_adapter(FAMILY, str(book), "stay").poll(None))
    await until(book.exists)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=60)
    assert done
    assert len(await _gone(book)) == 2


HIDING = """
import os, pathlib, subprocess, sys
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
        os.execv(sleep[0], sleep)
    os._exit(0)
os.wait()
"""


async def test_who_hides_and_holds_the_output_is_found(tmp_path):
    book = tmp_path / "pids"
    assert (await poll_all(_adapter(HIDING, str(book)), None))[0] == []
    assert len(await _gone(book)) == 1
