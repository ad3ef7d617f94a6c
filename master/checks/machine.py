"""What is right and wrong on this machine: each check looks at one thing and says what to do."""

import asyncio
import contextlib
import os
import socket
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from master.api.results import CheckResult
from worker.version import __version__

EARLIEST_PLAUSIBLE = 1_767_225_600
"""First second of 2026: an earlier clock cannot be right."""


def check_python() -> CheckResult:
    """The interpreter and our version."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return CheckResult(name="version", level="ok", message=f"Watchkeeper {__version__} on Python {version}")


def check_clock(now: Callable[[], float] = time.time) -> CheckResult:
    """A clock far off breaks TLS and every time shown."""
    if now() < EARLIEST_PLAUSIBLE:
        return CheckResult(
            name="clock", level="bad", message="The clock is years behind.", advice="Set the date of this machine."
        )
    return CheckResult(name="clock", level="ok", message="The clock is plausible.")


def check_profile(profile: Path) -> CheckResult:
    """The profile folder: there, ours alone, writable."""
    if not profile.exists():
        return CheckResult(name="profile", level="ok", message=f"{profile} will be made at the first start.")
    if not os.access(profile, os.W_OK | os.X_OK):
        return CheckResult(
            name="profile",
            level="bad",
            message=f"{profile} cannot be written.",
            advice="Give yourself the right to write there, or choose another folder with --profile.",
        )
    if sys.platform != "win32" and stat.S_IMODE(profile.stat().st_mode) & 0o077:
        return CheckResult(
            name="profile",
            level="warn",
            message=f"Other users may look into {profile}.",
            advice=f"chmod 700 {profile}",
        )
    return CheckResult(name="profile", level="ok", message=f"{profile} is yours and can be written.")


def check_database(profile: Path) -> CheckResult:
    """The database passes SQLite's own check. Opened read-only."""
    path = profile / "watchkeeper.db"
    if not path.exists():
        return CheckResult(name="database", level="ok", message="There is no database yet; the first start makes it.")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        return CheckResult(
            name="database",
            level="bad",
            message=f"{path} is damaged: {answer}",
            advice=f"Stop Watchkeeper, keep a copy of {path}, and restore one of {profile / 'backups'}.",
        )
    return CheckResult(name="database", level="ok", message=f"{path.stat().st_size / 1e6:.1f} MB, undamaged.")


def check_port(host: str, port: int, running: bool) -> CheckResult:
    """The master's port is free, or ours."""
    if running:
        return CheckResult(name="port", level="ok", message="A master of this profile answers.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return CheckResult(
                name="port",
                level="warn",
                message=f"Port {port} cannot be used: {error.strerror}.",
                advice="The next free one is taken instead; name another with --port.",
            )
    return CheckResult(name="port", level="ok", message=f"Port {port} is free.")


async def check_worker() -> CheckResult:
    """A worker can be started and knows its platforms."""
    from master.deploy.local import describe

    began = time.perf_counter()
    try:
        catalog = await asyncio.wait_for(describe(False), 20)
    except (OSError, ValueError, TimeoutError) as error:
        return CheckResult(
            name="worker",
            level="bad",
            message=f"No worker can be started: {error}",
            advice="Install Watchkeeper again.",
        )
    milliseconds = round((time.perf_counter() - began) * 1000)
    names = ", ".join(manifest.id for manifest in catalog.platforms)
    if catalog.broken:
        return CheckResult(
            name="worker",
            level="warn",
            message="Plug-ins are left out: " + "; ".join(f"{one.package}: {one.reason}" for one in catalog.broken),
            advice="Mend, update or uninstall them; everything else works.",
        )
    return CheckResult(name="worker", level="ok", message=f"Starts in {milliseconds} ms and knows {names}.")


async def check_keyring(kind: Literal["keyring", "passphrase"]) -> CheckResult:
    """Credentials can be kept. Asks the keyring with a deadline, on a throw-away profile; writes nothing to it."""
    from master.vault.backends import open_backend
    from master.vault.errors import VaultError
    from master.vault.vault import Vault

    if kind == "passphrase":
        return CheckResult(name="keyring", level="ok", message="A vault under a passphrase of yours is in use.")
    with tempfile.TemporaryDirectory(prefix="watchkeeper-doctor-") as folder:
        vault = Vault(Path(folder), "doctor", open_backend(kind, Path(folder)))
        try:
            with contextlib.suppress(VaultError):  # the state says the same in its own words
                await vault.start()
            state = await vault.state()
        finally:
            await vault.close()
    if state.state == "ok":
        return CheckResult(name="keyring", level="ok", message=f"{state.backend_name} can be used.")
    return CheckResult(
        name="keyring",
        level="warn" if state.state == "locked" else "bad",
        message=state.message,
        advice=state.advice,
    )
