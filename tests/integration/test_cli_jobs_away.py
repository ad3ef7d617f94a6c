"""Ctrl-C at ``jobs run`` while no master is there: it is heeded all the same."""

import signal
import subprocess
import sys

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.masters import ROOT, serving
from tests.helpers.processes import alive
from tests.integration.test_cli_jobs import next_word

pytestmark = [
    pytest.mark.real_server,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of a shell"),
]


@pytest.fixture
def begun(profile):
    """Begins to follow a job that says its process id; nothing is left of it."""
    running = []

    def begin():
        job = "trap 'echo bye; exit 9' TERM; echo $$; while :; do sleep 0.05; done"
        words = [sys.executable, "-m", "master", "--profile", str(profile), "jobs", "run", "--", "sh", "-c", job]
        running.append(
            subprocess.Popen(words, cwd=ROOT, bufsize=0, stdout=subprocess.PIPE, stderr=subprocess.PIPE),
        )
        return running[-1], int(running[-1].stdout.readline())

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_a_ctrl_c_while_the_master_is_away_is_heeded(profile, begun):
    with serving(profile) as serve:
        cancelled, first = begun()
        left, second = begun()
        serve.kill()
        for process, count in ((cancelled, 1), (left, 3)):
            for said in (b"cancelling it", b"killing it", b"left to itself")[:count]:
                process.send_signal(signal.SIGINT)
                assert said in next_word(process.stderr)
        assert left.wait(timeout=60) == 1
        assert alive(first)
        assert alive(second)
        serve.start()
        assert (cancelled.communicate(timeout=60)[0], cancelled.returncode) == (b"bye\n", 9)
        again = [sys.executable, "-m", "master", "--profile", str(profile), "jobs", "list", "--state", "running"]
        listed = subprocess.run(again, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
        assert len(listed.splitlines()) == 2
        subprocess.run(
            [*again[:-3], "cancel", listed.splitlines()[1].split()[0]], cwd=ROOT, capture_output=True, check=True
        )
        wait_until(lambda: not alive(second))
