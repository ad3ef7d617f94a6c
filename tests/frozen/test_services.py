"""The unit of systemd under a real systemd: jobs go on while the service stops, starts, and dies."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.rules import ROOT
from tests.helpers.container_images import Images, images_or_skip
from tests.helpers.deadlines import wait_until

pytestmark = [pytest.mark.real_server, pytest.mark.timeout(1800)]

SYSTEM = "localhost/systemd:latest"
UNIT = "watchkeeper.service"
HOME = "/people/me"
PLACE = f"{HOME}/.config/systemd/user"
CONTAINERFILE = f"""FROM {SYSTEM}
COPY --from=localhost/watchkeeper-master:latest /opt/watchkeeper /opt/watchkeeper
COPY {UNIT} passphrase.conf /units/
RUN install -d /people && useradd --create-home --home-dir {HOME} me \\
 && install -d /var/lib/systemd/linger && touch /var/lib/systemd/linger/me \\
 && install -d {HOME}/.local/bin {HOME}/.config/watchkeeper {PLACE}/{UNIT}.d \\
 && ln -s /opt/watchkeeper/bin/watchkeeper {HOME}/.local/bin/watchkeeper \\
 && cp /units/{UNIT} {PLACE} && cp /units/passphrase.conf {PLACE}/{UNIT}.d \\
 && echo correct horse battery staple > {HOME}/.config/watchkeeper/passphrase \\
 && chmod 600 {HOME}/.config/watchkeeper/passphrase && chown -R me:me {HOME}
CMD ["/sbin/init"]
"""


class Computer:
    """A container with a systemd of its own, and a user who has the service."""

    def __init__(self, images: Images) -> None:
        self._images = images

    def attempt(self, *command: str) -> "subprocess.CompletedProcess[str]":
        runtime = "XDG_RUNTIME_DIR=/run/user/1000"
        return self._images.attempt("exec", "--user", "me", "--env", runtime, "--env", f"HOME={HOME}", "pc", *command)

    def run(self, *command: str) -> str:
        done = self.attempt(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def systemctl(self, *arguments: str) -> str:
        return self.run("systemctl", "--user", *arguments)

    def shown(self, name: str) -> str:
        return self.systemctl("show", "--property", name, "--value", UNIT).strip()

    def watchkeeper(self, *arguments: str) -> str:
        return self.run(f"{HOME}/.local/bin/watchkeeper", *arguments)

    def workers_run(self) -> None:
        def online() -> int:
            told = self.attempt(f"{HOME}/.local/bin/watchkeeper", "workers", "list", "--json")
            return sum(row["online"] for row in rows_of(told.stdout)) if told.returncode == 0 else 0

        wait_until(lambda: online() == 2, what="two workers")

    def job(self) -> dict[str, Any]:
        return rows_of(self.watchkeeper("jobs", "list", "--json"))[0]


def rows_of(told: str) -> list[dict[str, Any]]:
    answer = json.loads(told)
    rows: list[dict[str, Any]] = answer["rows"] if isinstance(answer, dict) else answer
    return rows


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    with images_or_skip("CONTAINER_SYSTEMD_BASE", SYSTEM) as images:
        images.build("master")
        for name in (UNIT, "passphrase.conf"):
            (tmp_path / name).write_bytes((ROOT / "packaging" / "systemd" / name).read_bytes())
        (tmp_path / "Containerfile").write_text(CONTAINERFILE)
        images.podman("build", "--tag", "localhost/watchkeeper-service:latest", str(tmp_path), seconds=300)
        images.podman("run", "--detach", "--systemd=always", "--name", "pc", "localhost/watchkeeper-service:latest")
        computer = Computer(images)
        manager = ("systemctl", "--user", "is-system-running")
        wait_until(lambda: computer.attempt(*manager).stdout.strip() == "running", what="the user's systemd")
        yield computer


def test_jobs_go_on_while_the_service_stops_starts_and_dies(computer: Computer) -> None:
    computer.run("systemd-analyze", "--user", "verify", f"{PLACE}/{UNIT}")
    computer.systemctl("enable", "--now", UNIT)
    computer.workers_run()
    assert json.loads(computer.watchkeeper("status", "--json"))["vault"] == "ok"
    script = "until [ -e /tmp/gate ]; do sleep 0.1; done; echo passed; exit 37"
    computer.watchkeeper("jobs", "run", "--detach", "--name", "gated", "--", "sh", "-c", script)
    wait_until(lambda: computer.job()["state"] == "RUNNING", what="the job")
    first = computer.job()["pid"]

    computer.systemctl("stop", UNIT)
    assert (computer.shown("ActiveState"), computer.shown("Result")) == ("inactive", "success")
    computer.run("sh", "-c", f"kill -0 {first}")
    computer.systemctl("start", UNIT)
    computer.workers_run()
    assert (computer.job()["state"], computer.job()["pid"]) == ("RUNNING", first)

    computer.run("sh", "-c", f"kill -9 {computer.shown('MainPID')}")
    wait_until(lambda: computer.shown("NRestarts") == "1", what="the restart")
    computer.workers_run()
    assert (computer.job()["state"], computer.job()["pid"]) == ("RUNNING", first)
    computer.run("touch", "/tmp/gate")
    wait_until(lambda: computer.job()["state"] == "FAILED", what="its end")
    assert computer.job()["exit_code"] == "37:0"

    # What another start would not mend is not started again.
    computer.systemctl("stop", UNIT)
    computer.run("sh", "-c", "chmod 000 ~/.local/share/Watchkeeper/watchkeeper.db")
    computer.attempt("systemctl", "--user", "start", UNIT)
    wait_until(lambda: computer.shown("ActiveState") == "failed", what="the refusal")
    assert (computer.shown("ExecMainStatus"), computer.shown("NRestarts")) == ("5", "0")
