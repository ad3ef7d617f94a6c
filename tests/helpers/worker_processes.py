"""Real worker processes, with a platform that reads what it finds from a file."""

import os
import sys
from pathlib import Path
from subprocess import PIPE, Popen

ROOT = Path(__file__).resolve().parents[2]

MANIFEST = """
id = "scripted"
icon = "S"
color = "#335577"
name_from = "file"
[title]
en = "Scripted"
[summary]
en = "Reads its items from a file."
[capabilities]
credentials = "optional"
[[fields]]
name = "file"
type = "text"
title = {en = "File"}
[[fields]]
name = "password"
type = "password"
secret = true
title = {en = "Password"}
"""
ADAPTER = """
import logging
from pathlib import Path

from worker.sdk.errors import AuthFailed
from worker.sdk.platform import ItemKind, Platform, Poll, Probe, make_item, text


class Adapter(Platform):
    async def probe(self):
        async with self.context.step("step_sign_in"):
            secret = await self.context.secret()
            if secret.get("password") == "wrong":
                raise AuthFailed(text("auth_refused", username="me"), {"password": text("auth_refused", username="me")})
        return Probe(identity="me")

    async def poll(self, cursor):
        secret = await self.context.secret()
        if secret:
            logging.getLogger("scripted").info("signing in with %s", secret.get("password"))
        file = self.context.settings.get("file")
        lines = Path(file).read_text().split() if file else []
        seen = int(cursor or 0)
        items = [make_item(ItemKind.LINE, line, line) for line in lines[seen:]]
        return Poll(items=items, cursor=str(len(lines)))
"""


def install_scripted(folder: Path) -> Path:
    """Make the plug-in as a third party would install it; return the folder to put on ``PYTHONPATH``."""
    package = folder / "scripted_plugin"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "manifest.toml").write_text(MANIFEST)
    (package / "adapter.py").write_text(ADAPTER)
    info = folder / "scripted_plugin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[watchkeeper.platforms]\nscripted = scripted_plugin\n")
    return folder


class WorkerProcess:
    """``python -m worker`` with a lifeline, unless told otherwise."""

    def __init__(self, folder: Path, url: str, token: str = "right", *arguments: str, lifeline: bool = True) -> None:
        plugins = folder / "plugins"
        if not plugins.exists():
            install_scripted(plugins)
        self.stderr_path = folder / "stderr.log"
        command = [sys.executable, "-m", "worker", "--connect", url, "--id", "w1", "--data", str(folder / "data")]
        with self.stderr_path.open("ab") as stderr:
            self.process = Popen(
                [*command, *(["--lifeline"] if lifeline else []), *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(plugins)])},
                stdin=PIPE,
                stdout=PIPE,
                stderr=stderr,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(token.encode() + b"\n")
        self.process.stdin.flush()

    @property
    def stderr(self) -> str:
        """Return what it wrote to stderr."""
        return self.stderr_path.read_text(encoding="utf-8", errors="replace")

    def end(self, seconds: float = 60.0) -> int:
        """Kill it if it runs; return the exit code."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=seconds)
        return self.process.returncode
