"""The guards of conftest fail a test that leaves something behind: proven on planted ones, in a run of their own."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PLANTED = """
import asyncio, logging, subprocess, sys, threading, time
import pytest
from tests.helpers import leaks

leaks.GRACE_SECONDS = 0.2
STOP = threading.Event()

def test_thread():
    threading.Thread(target=STOP.wait, args=(20,), name="planted-thread", daemon=True).start()

async def test_task():
    test_task.kept = asyncio.get_running_loop().create_task(asyncio.sleep(20), name="planted-task")
    await asyncio.sleep(0)

KEPT = []

def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_log():
    logging.getLogger("planted").warning("planted-warning")

@pytest.mark.expects_log("planted-wel.*ome")
def test_expected_log():
    logging.getLogger("planted").error("planted-welcome")

@pytest.mark.expects_log("something else")
def test_other_log():
    logging.getLogger("planted").error("planted-other")

def test_qt_allowed(qtbot):
    from PySide6.QtWidgets import QWidget
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    widget.raise_()

def test_qt(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("planted-qt-warning")

def test_quiet(profile):
    assert profile.is_dir()

async def test_quiet_async(feed_server):
    await asyncio.to_thread(time.monotonic)

def test_end():
    STOP.set()
    for child in KEPT:
        child.communicate(b"x", timeout=5)
"""

OPTIONS = ["-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-o", "qt_log_level_fail=WARNING", "."]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The output of a run of the planted tests under the project's own conftest and configuration."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "test_planted.py").write_text(PLANTED)
    return _pytest(folder, "-n0", "-rA")


def _pytest(folder, *options):
    own = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *own, *OPTIONS, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        ("test_thread", "left behind: thread planted-thread"),
        ("test_task", "left behind: task planted-task"),
        ("test_process", "left behind: process"),
        ("test_log", "unexpected log: WARNING planted planted-warning"),
        ("test_other_log", "unexpected log: ERROR planted planted-other"),
    ],
)
def test_a_planted_leak_fails_its_test(report, test, sentence):
    assert re.search(rf"ERROR at teardown of {test} _+\n{sentence}", report)


def test_a_qt_warning_fails_its_test(report):
    assert "::test_qt" in report.split("\nFAILED", 1)[1]
    assert "planted-qt-warning" in report


@pytest.mark.parametrize("test", ["test_quiet", "test_quiet_async", "test_expected_log", "test_qt_allowed", "test_end"])
def test_a_quiet_test_passes(report, test):
    ends = re.findall(rf"^(PASSED|FAILED|ERROR) \S+::{test}\b", report, re.MULTILINE)
    assert ends == ["PASSED"]


SHARED = """
import os
import pytest

@pytest.fixture(scope="module")
def made():
    print("made by", os.getpid())
    yield os.getpid()

@pytest.mark.parametrize("number", range(20))
def test_one(made, number):
    assert made == os.getpid()
    print(__name__, os.getpid())
"""


def test_processes_share_the_files_and_no_file(tmp_path):
    names = ["test_first", "test_second", "test_third"]
    for name in names:
        (tmp_path / f"{name}.py").write_text(SHARED)
    done = _pytest(tmp_path, "-n2", "-rP")
    assert "60 passed" in done
    passed = Counter(re.findall(r"^(test_\w+) (\d+)$", done, re.MULTILINE))
    assert [(name, count) for (name, _), count in sorted(passed.items())] == [(name, 20) for name in names]
    assert len({pid for _, pid in passed}) == 2
    assert len(re.findall(r"^made by", done, re.MULTILINE)) == 3
