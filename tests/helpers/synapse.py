"""A real Matrix homeserver, matrix-synapse, on loopback: in an environment, with a database, of its own."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import pytest

from tests.helpers.deadlines import wait_until
from tests.helpers.leaks import SESSION_PIDS
from tests.helpers.ports import LOOPBACK, free_port, listens

VERSION = "1.163.2"
INSTALL_SECONDS = 180
START_SECONDS = 180.0
"""It reads a hundred files for every one of ours: six seconds on a machine that does nothing else."""
QUICK = {"per_second": 10000, "burst_count": 10000}


class Synapse:
    """The homeserver of ``localhost``; a context manager. Its port stays the same over ``stop`` and ``start``."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="wk-synapse-"))
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        self._install()
        self._configure()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it answers. Does nothing when it runs."""
        if self._process is not None:
            return
        python = self.root / "venv" / "bin" / "python"
        self._process = subprocess.Popen(
            [str(python), "-m", "synapse.app.homeserver", "-c", str(self.root / "homeserver.yaml")],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        SESSION_PIDS.add(self._process.pid)
        wait_until(lambda: listens(self.port), START_SECONDS, "synapse")

    def stop(self) -> None:
        """End it and wait for its end."""
        if self._process is None:
            return
        self.resume()
        self._process.kill()
        self._process.wait(60)
        self._process = None

    def pause(self) -> None:
        """Let it hang: connections stay open and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def user(self) -> "User":
        """Register a user whom nobody knows."""
        self._count += 1
        return User(self, f"user{self._count}")

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Call the client-server API; raises ``urllib.error.HTTPError``."""
        request = urllib.request.Request(
            f"{self.url}/_matrix/client/v3{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def _install(self) -> None:
        uv = os.environ.get("UV") or shutil.which("uv")
        if uv is None:
            self._give_up("uv is not there")
        folder = self.root / "venv"
        for command in (
            [uv, "venv", "-q", "--python", sys.executable, str(folder)],
            [uv, "pip", "install", "-q", "--python", str(folder / "bin" / "python"), f"matrix-synapse=={VERSION}"],
        ):
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
            except subprocess.TimeoutExpired:
                self._give_up(f"not within {INSTALL_SECONDS} s")
            if done.returncode:
                self._give_up(done.stderr[-500:])

    def _give_up(self, why: str) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        pytest.skip(f"matrix-synapse could not be installed: {why}")

    def _configure(self) -> None:
        seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        (self.root / "signing.key").write_text(f"ed25519 a_key {seed}\n")
        (self.root / "log.config").write_text("version: 1\nroot: {level: ERROR}\n")
        listener = {"port": self.port, "bind_addresses": [LOOPBACK], "type": "http", "tls": False}
        settings = {
            "server_name": "localhost",
            "report_stats": False,
            "database": {"name": "sqlite3", "args": {"database": str(self.root / "homeserver.db")}},
            "pid_file": str(self.root / "homeserver.pid"),
            "media_store_path": str(self.root / "media"),
            "signing_key_path": str(self.root / "signing.key"),
            "log_config": str(self.root / "log.config"),
            "macaroon_secret_key": "only for tests",
            "form_secret": "only for tests",
            "listeners": [listener | {"resources": [{"names": ["client"]}]}],
            "bcrypt_rounds": 4,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "rc_message": QUICK,
            "rc_registration": QUICK,
            "rc_joins": {"local": QUICK},
            "rc_invites": {"per_room": QUICK, "per_user": QUICK},
            "rc_login": {"address": QUICK, "account": QUICK, "failed_attempts": QUICK},
        }
        # JSON is YAML.
        (self.root / "homeserver.yaml").write_text(json.dumps(settings))


class User:
    """One user, signed in on a device of theirs."""

    def __init__(self, server: Synapse, name: str) -> None:
        self.server = server
        self.password = "correct horse"
        body = {"auth": {"type": "m.login.dummy"}, "username": name, "password": self.password}
        made = server.call("POST", "/register", body)
        self.id: str = made["user_id"]
        self.token: str = made["access_token"]
        self._count = 0

    def settings(self) -> dict[str, Any]:
        """Return the settings of an account of this user."""
        return {"homeserver": self.server.url, "user": self.id}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as this user."""
        return self.server.call(method, path, body, self.token)

    def room(self, *others: "User", **more: Any) -> str:
        """Make a room that ``others`` have joined; return its id."""
        made = self.call("POST", "/createRoom", {"invite": [other.id for other in others], **more})
        for other in others:
            other.call("POST", f"/join/{quote(made['room_id'])}", {})
        return str(made["room_id"])

    def say(self, room: str, body: str, kind: str = "m.room.message", **content: Any) -> str:
        """Say something; return the event's id."""
        self._count += 1
        said = {"msgtype": "m.text", "body": body, **content} if kind == "m.room.message" else content
        path = f"/rooms/{quote(room)}/send/{kind}/{self.token[-6:]}{self._count}"
        return str(self.call("PUT", path, said)["event_id"])

    def sign_out_everywhere(self) -> None:
        """End every session of the user."""
        self.call("POST", "/logout/all", {})

    def log_in(self) -> None:
        """Sign in again."""
        body = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": self.id}}
        self.token = self.server.call("POST", "/login", body | {"password": self.password})["access_token"]
