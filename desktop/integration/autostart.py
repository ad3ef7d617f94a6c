"""Start at login, by each system's own means. The system's switch is the truth: it is read, never remembered."""

import plistlib
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from desktop.integration.launches import program

IDENTIFIER = "io.github.watchkeeper"
NAME = "Watchkeeper"


class Autostart(Protocol):
    """The switch of one system."""

    def enabled(self) -> bool:
        """Whether the system starts the program at login now."""

    def enable(self, command: Sequence[str]) -> None:
        """Start ``command`` (program, then arguments) at every login. Raises ``OSError``."""

    def disable(self) -> None:
        """Start it no longer; nothing happens where it did not. Raises ``OSError``."""


def launch_command(profile: Path) -> list[str]:
    """Return what starts this program with ``profile`` in the tray."""
    return [*program(), "--profile", str(profile.resolve()), "--minimized"]


class XdgAutostart:
    """Linux: a desktop entry in the user's autostart folder (freedesktop.org, Desktop Application Autostart)."""

    def __init__(self, config: Path) -> None:
        self._file = config / "autostart" / "watchkeeper.desktop"

    def enabled(self) -> bool:
        """Whether the entry stands there and the session has not switched it off."""
        try:
            lines = {line.strip().lower() for line in self._file.read_text("utf-8").splitlines()}
        except (OSError, UnicodeDecodeError):
            return False
        return not lines & {"hidden=true", "x-gnome-autostart-enabled=false"}

    def enable(self, command: Sequence[str]) -> None:
        """Write the entry."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        entry = {
            "Type": "Application",
            "Version": "1.5",
            "Name": NAME,
            "Comment": "Keeps watch over all your accounts",
            "Exec": " ".join(quote_exec(word) for word in command),
            "Icon": "watchkeeper",
            "Terminal": "false",
            "X-GNOME-Autostart-enabled": "true",
        }
        text = "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in entry.items())
        replace_file(self._file, text.encode())

    def disable(self) -> None:
        """Delete the entry."""
        self._file.unlink(missing_ok=True)


def quote_exec(word: str) -> str:
    """Quote one word of an Exec line: its rules, then those of every string of a desktop entry."""
    escaped = word.replace("%", "%%")
    if shlex.quote(word) != word:
        for special in ("\\", '"', "`", "$"):
            escaped = escaped.replace(special, "\\" + special)
        escaped = f'"{escaped}"'
    return escaped.replace("\\", "\\\\")


def replace_file(file: Path, content: bytes) -> None:
    """Write a whole new file, or the old one stays."""
    draft = file.with_name(file.name + ".new")
    draft.write_bytes(content)
    draft.replace(file)


class LaunchAgent:
    """macOS: a launch agent of the user, read by launchd at login."""

    def __init__(self, agents: Path) -> None:
        self._file = agents / f"{IDENTIFIER}.plist"

    def enabled(self) -> bool:
        """Whether the agent stands there and is not disabled in its own file."""
        try:
            agent = plistlib.loads(self._file.read_bytes())
        except (OSError, plistlib.InvalidFileException):
            return False
        return bool(agent.get("RunAtLoad")) and not agent.get("Disabled", False)

    def enable(self, command: Sequence[str]) -> None:
        """Write the agent; launchd reads it at the next login."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": IDENTIFIER,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        replace_file(self._file, plistlib.dumps(agent))

    def disable(self) -> None:
        """Delete the agent."""
        self._file.unlink(missing_ok=True)


class Registry(Protocol):
    """The two values that Windows keeps of a program that starts at login, below the user's own key."""

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value, None where there is none."""

    def write(self, key: str, name: str, value: str) -> None:
        """Write a string."""

    def delete(self, key: str, name: str) -> None:
        """Delete a value; nothing happens where there is none."""


class RunKey:
    """Windows: a value of the user's Run key. Task Manager and Settings keep their switch in a key beside it."""

    RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
    APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def enabled(self) -> bool:
        """Whether the value stands there and the system's switch (an odd first byte means off) lets it."""
        if not self._registry.read(self.RUN, NAME):
            return False
        approved = self._registry.read(self.APPROVED, NAME)
        return not (isinstance(approved, bytes) and approved[:1] and approved[0] % 2)

    def enable(self, command: Sequence[str]) -> None:
        """Write the value, and take back what the system's switch said."""
        self._registry.write(self.RUN, NAME, windows_line(command))
        self._registry.delete(self.APPROVED, NAME)

    def disable(self) -> None:
        """Delete the value."""
        self._registry.delete(self.RUN, NAME)
        self._registry.delete(self.APPROVED, NAME)


def windows_line(command: Sequence[str]) -> str:
    """Join as the C runtime of Windows takes apart; no word of ours ends in a backslash or has a quote in it."""
    return " ".join(f'"{word}"' if " " in word or "\t" in word else word for word in command)


if sys.platform == "win32":
    import winreg

    class UserRegistry:
        """``HKEY_CURRENT_USER``."""

        def read(self, key: str, name: str) -> str | bytes | None:
            """Return a value, None where there is none or it is of another type."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    value, _type = winreg.QueryValueEx(opened, name)
            except FileNotFoundError:
                return None
            return value if isinstance(value, (str, bytes)) else None

        def write(self, key: str, name: str, value: str) -> None:
            """Write a string."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

        def delete(self, key: str, name: str) -> None:
            """Delete a value; nothing happens where there is none."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_SET_VALUE) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return

        def delete_key(self, key: str) -> None:
            """Delete a key and all below it; nothing happens where there is none."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    below = [winreg.EnumKey(opened, number) for number in range(winreg.QueryInfoKey(opened)[0])]
                for name in below:
                    self.delete_key(rf"{key}\{name}")
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
            except FileNotFoundError:
                return


def choose_autostart(environment: Mapping[str, str], home: Path) -> Autostart:
    """Return the switch of this system."""
    if sys.platform == "win32":
        return RunKey(UserRegistry())
    elif sys.platform == "darwin":
        return LaunchAgent(home / "Library" / "LaunchAgents")
    else:
        config = environment.get("XDG_CONFIG_HOME", "")
        return XdgAutostart(Path(config) if config else home / ".config")
