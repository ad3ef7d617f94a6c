"""What is right and wrong on this machine: each check looks at one thing and says what to do."""

import asyncio
import contextlib
import os
import shutil
import socket
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from master.api.results import CheckResult, finding
from worker.protocol.texts import Text
from worker.version import __version__

EARLIEST_PLAUSIBLE = 1_767_225_600
"""First second of 2026: an earlier clock cannot be right."""
LEAST_FREE: Final = 500 * 1024 * 1024
"""Bytes on the disk of the profile."""
MEGABYTE: Final = 1024 * 1024

VaultKind = Literal["keyring", "passphrase", "memory"]


async def examine(profile: Path, host: str, port: int, *, running: bool, vault: VaultKind) -> list[CheckResult]:
    """Return everything that is known of a machine without a master; ``running``: one of this profile answers."""
    return [
        check_python(),
        check_clock(),
        *await asyncio.to_thread(_on_disk, profile),
        check_port(host, port, running),
        await check_worker(),
        await check_keyring(vault),
    ]


def _on_disk(profile: Path) -> list[CheckResult]:
    return [check_profile(profile), check_disk(profile), check_database(profile)]


def check_python() -> CheckResult:
    """The interpreter and our version."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return finding("version", "ok", "doctor_version", version=__version__, python=python)


def check_clock(now: Callable[[], float] = time.time) -> CheckResult:
    """A clock far off breaks TLS and every time shown."""
    if now() < EARLIEST_PLAUSIBLE:
        return finding("clock", "bad", "doctor_clock_behind", advice="doctor_clock_do")
    return finding("clock", "ok", "doctor_clock_ok")


def check_profile(profile: Path) -> CheckResult:
    """The profile folder: there, ours alone, writable."""
    path = str(profile)
    if not profile.exists():
        return finding("profile", "ok", "doctor_profile_none", path=path)
    if not os.access(profile, os.W_OK | os.X_OK):
        return finding(
            "profile", "bad", "doctor_profile_locked", advice="doctor_profile_locked_do", remedy="open_profile",
            path=path,
        )  # fmt: skip
    if sys.platform != "win32" and stat.S_IMODE(profile.stat().st_mode) & 0o077:
        command = f"chmod 700 {_quoted(path)}"
        return finding(
            "profile", "warn", "doctor_profile_open", advice="doctor_profile_open_do", command=command, path=path
        )
    return finding("profile", "ok", "doctor_profile_ok", path=path)


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(path)


def check_disk(profile: Path) -> CheckResult:
    """Room on the disk of the profile."""
    there = next((folder for folder in (profile, *profile.parents) if folder.exists()), profile)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        why = error.strerror or str(error)
        return finding(
            "disk", "warn", "doctor_disk_unknown", advice="doctor_disk_unknown_do", detail=why, folder=str(there)
        )
    if free < LEAST_FREE:
        return finding(
            "disk", "warn", "doctor_disk_low", advice="doctor_disk_low_do", remedy="open_profile", free=free // MEGABYTE
        )
    return finding("disk", "ok", "doctor_disk_ok", free=free // MEGABYTE)


def check_database(profile: Path) -> CheckResult:
    """The database passes SQLite's own check. Opened read-only."""
    path = profile / "watchkeeper.db"
    if not path.exists():
        return finding("database", "ok", "doctor_database_none")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        return finding(
            "database",
            "bad",
            "doctor_database_damaged",
            advice="doctor_database_damaged_do",
            remedy="show_backups",
            path=str(path),
            detail=answer,
            backups=str(profile / "backups"),
        )
    return finding("database", "ok", "doctor_database_ok", size=f"{_bytes_of(path) / 1e6:.1f}")


def _bytes_of(path: Path) -> int:
    """Return the size of a database with what is not in its main file yet."""
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))


def check_port(host: str, port: int, running: bool) -> CheckResult:
    """The master's port is free, or ours."""
    if running:
        return finding("port", "ok", "doctor_port_ours")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            detail = error.strerror or str(error)
            return finding("port", "warn", "doctor_port_taken", advice="doctor_port_taken_do", port=port, detail=detail)
    return finding("port", "ok", "doctor_port_free", port=port)


async def check_worker() -> CheckResult:
    """A worker can be started and knows its platforms."""
    from master.deploy.local import describe

    began = time.perf_counter()
    try:
        catalog = await asyncio.wait_for(describe(False), 20)
    except (OSError, ValueError, TimeoutError) as error:
        return finding("worker", "bad", "doctor_worker_none", advice="doctor_worker_none_do", detail=str(error))
    milliseconds = round((time.perf_counter() - began) * 1000)
    names = ", ".join(manifest.id for manifest in catalog.platforms)
    if catalog.broken:
        broken = "; ".join(f"{one.package}: {one.reason}" for one in catalog.broken)
        return finding(
            "worker",
            "warn",
            "doctor_worker_broken",
            advice="doctor_worker_broken_do",
            remedy="show_runners",
            detail=broken,
        )
    return finding("worker", "ok", "doctor_worker_ok", milliseconds=milliseconds, names=names)


async def check_keyring(kind: VaultKind) -> CheckResult:
    """Credentials can be kept. Asks the keyring with a deadline, on a throw-away profile; writes nothing to it."""
    from master.vault.backends import open_backend
    from master.vault.errors import VaultError
    from master.vault.vault import Vault

    if kind == "passphrase":
        return finding("keyring", "ok", "doctor_keyring_passphrase")
    if kind == "memory":
        return finding("keyring", "ok", "doctor_keyring_memory")
    with tempfile.TemporaryDirectory(prefix="watchkeeper-doctor-") as folder:
        vault = Vault(Path(folder), "doctor", open_backend(kind, Path(folder)))
        try:
            with contextlib.suppress(VaultError):  # the state says the same in its own words
                await vault.start()
            state = await vault.state()
        finally:
            await vault.close()
    if state.state == "ok":
        return finding("keyring", "ok", "doctor_keyring_ok", name=state.backend_name)
    said = Text(code=state.reason, params=dict(state.params), message=f"{state.message} {state.advice}".strip())
    return CheckResult(
        name="keyring",
        level="warn" if state.state == "locked" else "bad",
        message=state.message,
        advice=state.advice,
        said=said,
        remedy="show_security",
    )
