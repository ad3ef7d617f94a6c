"""What the master is started with, and the settings that it keeps in ``settings.json``."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from master.api.system import Settings
from master.errors import StartError
from worker.protocol.texts import text

SETTINGS_FILE: Final = "settings.json"
EXIT_PROFILE: Final = 5


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a master is started. ``passphrase`` gives what opens the passphrase vault."""

    profile: Path
    host: str | None = None
    """None: what the settings say."""
    port: int | None = None
    """0: any free one; None: what the settings say, or the next free one where that is taken."""
    port_explicit: bool = False
    """The port was asked for by name: taken is an error, not a reason to look for another one."""
    log_level: str | None = None
    """None: what the settings say."""
    vault: Literal["keyring", "passphrase", "memory"] = "keyring"
    passphrase: Callable[[], str | None] | None = None
    demo: bool = False
    """With the demo platform."""
    demo_accounts: bool = True
    """And its accounts."""
    workers: bool = True
    """Start the workers that start with the master."""


def load_settings(profile: Path) -> Settings:
    """Read the settings; without a file the defaults. Raises :class:`StartError` 5 that names what is wrong."""
    path = profile / SETTINGS_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise _wrong(path, error.strerror or str(error)) from error
    try:
        return settings_of(msgspec.json.decode(raw))
    except msgspec.MsgspecError as error:
        raise _wrong(path, str(error)) from error


def settings_of(document: Any) -> Settings:
    """Return a JSON document as settings. Raises ``msgspec.ValidationError`` that names what is wrong."""
    if not isinstance(document, dict):
        raise msgspec.ValidationError("it holds no JSON object")
    unknown = sorted(document.keys() - set(Settings.__struct_fields__))
    if unknown:
        raise msgspec.ValidationError(f"unknown setting {unknown[0]!r}")
    return msgspec.convert(document, Settings, strict=True)


def save_settings(profile: Path, settings: Settings) -> None:
    """Write the settings so that a crash leaves the old file or the new one. Raises ``OSError``."""
    path = profile / SETTINGS_FILE
    content = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
    handle, name = tempfile.mkstemp(dir=profile, prefix=f".{SETTINGS_FILE}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise


def _wrong(path: Path, detail: str) -> StartError:
    return StartError(EXIT_PROFILE, text("start_settings_wrong", detail=f"{path}: {detail}"))
