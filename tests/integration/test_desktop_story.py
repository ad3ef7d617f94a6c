"""The desktop as a process: the demo without a display, one window a profile, a client of a running master."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ROOT, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def _start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_demo_without_a_display_tells_what_it_sees():
    wanted = {
        "ready": lambda line: line.startswith("ready"),
        "worker": lambda line: line.startswith("worker") and line.endswith("running"),
        "account": lambda line: "is login_needed" in line,
        "notified": lambda line: line.startswith("notified"),
        "item": lambda line: line.split()[0] in {"comment", "direct_message", "mail"},
    }
    demo = _start("demo", "--offscreen", "--seconds", "70", "--port", "0")
    try:
        assert demo.stdout is not None
        while wanted and (line := demo.stdout.readline().rstrip()):
            wanted = {name: fits for name, fits in wanted.items() if not fits(line)}
        assert not wanted
        demo.send_signal(signal.SIGTERM)
        _output, errors = demo.communicate(timeout=60)
        assert (demo.returncode, errors) == (0, "")
    finally:
        if demo.poll() is None:
            demo.kill()
            demo.communicate(timeout=60)


def test_the_demo_without_a_display_ends_by_itself_with_a_picture(tmp_path):
    picture = tmp_path / "window.png"
    demo = _start("demo", "--offscreen", "--seconds", "0.5", "--port", "0", "--screenshot", str(picture))
    _output, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_written_is_a_failure(tmp_path):
    picture = tmp_path / ("x" * 300 + ".png")
    demo = _start("demo", "--offscreen", "--seconds", "0.5", "--port", "0", "--screenshot", str(picture))
    _output, errors = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "--screenshot" in errors


def test_no_display_is_one_sentence():
    desktop = _start("demo", QT_QPA_PLATFORM="")
    output, errors = desktop.communicate(timeout=60)
    assert desktop.returncode == 1
    assert output == ""
    assert len(errors.splitlines()) == 1
    assert "watchkeeper serve" in errors


def test_a_second_start_raises_the_first_and_a_signal_stops_in_order(profile):
    first = _start("--profile", str(profile), "--port", "0", QT_QPA_PLATFORM="offscreen")
    try:
        wait_until(lambda: (profile / "master.json").exists())
        workers = wait_until(lambda: psutil.Process(first.pid).children())
        wait_until(lambda: _clients(profile), what="the window")
        second = wait_until(lambda: _raised(profile))
        assert "raised" in second
        first.send_signal(signal.SIGTERM)
        _output, errors = first.communicate(timeout=60)
        assert first.returncode == 0, errors
        assert not [worker for worker in workers if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE]
        assert not (profile / "master.json").exists()
    finally:
        if first.poll() is None:
            first.kill()
            first.communicate(timeout=60)


def test_of_two_starts_at_once_one_window_stays(profile):
    starts = [_start("--profile", str(profile), "--port", "0", QT_QPA_PLATFORM="offscreen") for _turn in range(2)]
    try:
        ended = wait_until(lambda: [one for one in starts if one.poll() is not None])[0]
        output, errors = ended.communicate(timeout=60)
        assert (ended.returncode, errors) == (0, "")
        assert "raised" in output
        stays = next(one for one in starts if one is not ended)
        wait_until(lambda: (profile / "master.json").exists())
        wait_until(lambda: _clients(profile))
        stays.send_signal(signal.SIGTERM)
        _output, errors = stays.communicate(timeout=60)
        assert stays.returncode == 0, errors
    finally:
        for one in starts:
            if one.poll() is None:
                one.kill()
                one.communicate(timeout=60)


def test_a_window_whose_master_says_nothing_stands_and_can_be_quit(profile):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        secret = profile / "token"
        secret.write_text("wk_x", encoding="utf-8")
        secret.chmod(0o600)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        arguments = ("--profile", str(profile), "--connect", url, "--token-file", str(secret))
        window = _start(*arguments, QT_QPA_PLATFORM="offscreen")
        try:
            silent.settimeout(20)
            silent.accept()[0].detach()  # it connects, and waits for an answer
            second = _start(*arguments, QT_QPA_PLATFORM="offscreen")
            output, errors = second.communicate(timeout=60)
            assert "raised" in output, errors
            began = time.monotonic()
            window.send_signal(signal.SIGTERM)
            _output, errors = window.communicate(timeout=60)
            assert window.returncode == 0, errors
            assert time.monotonic() - began < 25
        finally:
            if window.poll() is None:
                window.kill()
                window.communicate(timeout=60)


def _raised(profile: Path) -> str:
    """Start once more; a window that is not listening yet is tried again, its master is never started twice."""
    second = _start("--profile", str(profile), "--port", "0", QT_QPA_PLATFORM="offscreen")
    try:
        output, _errors = second.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        second.terminate()  # it opened as a client of the same master
        second.communicate(timeout=60)
        return ""
    return output


def test_a_window_on_a_served_profile_is_its_client(profile):
    with serving(profile) as serve:
        window = _start("--profile", str(profile), QT_QPA_PLATFORM="offscreen")
        try:
            status = wait_until(lambda: _clients(profile))
            assert status["clients"]["online"] == 1
            window.send_signal(signal.SIGTERM)
            _output, errors = window.communicate(timeout=60)
            assert window.returncode == 0, errors
            assert serve.process is not None
            assert serve.process.poll() is None
        finally:
            if window.poll() is None:
                window.kill()
                window.communicate(timeout=60)


def _clients(profile: Path):
    done = subprocess.run(
        [sys.executable, "-m", "master", "status", "--profile", str(profile), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status = json.loads(done.stdout)
    return status if status["clients"]["online"] else None
