"""Links that begin with ``watchkeeper:`` lead to this program, by each system's own means."""

import plistlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from desktop.integration.autostart import Registry, quote_exec, replace_file, windows_line
from desktop.integration.deep_links import SCHEME
from desktop.integration.launches import program

TITLE = "Watchkeeper"


class UrlScheme(Protocol):
    """The table of schemes of one system. ``command`` is what starts the program; the link comes after it."""

    def registered(self, command: Sequence[str]) -> bool:
        """Whether links start ``command`` now."""

    def register(self, command: Sequence[str]) -> None:
        """Have links start ``command`` from now on. Raises ``OSError``."""

    def unregister(self) -> None:
        """Have them start it no longer; nothing happens where they did not. Raises ``OSError``."""


class LinkRegistry(Registry, Protocol):
    """The user's part of the registry of Windows, with whole keys."""

    def delete_key(self, key: str) -> None:
        """Delete a key and all below it; nothing happens where there is none."""


class XdgScheme:
    """Linux: a desktop entry that says what it opens, and a line that makes it the one that does.

    ``data`` and ``config`` are the user's folders (``~/.local/share``, ``~/.config``).
    """

    ENTRY = "watchkeeper-links.desktop"
    MIME = f"x-scheme-handler/{SCHEME}"
    SECTION = "[Default Applications]"

    def __init__(self, data: Path, config: Path) -> None:
        self._entry = data / "applications" / self.ENTRY
        self._defaults = config / "mimeapps.list"

    def registered(self, command: Sequence[str]) -> bool:
        """Whether the entry stands there as it would be written, and nobody chose another program."""
        try:
            entry = self._entry.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        return entry == self._text(command) and self._chosen() == self.ENTRY

    def register(self, command: Sequence[str]) -> None:
        """Write the entry and the line."""
        self._entry.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._entry, self._text(command).encode())
        self._choose(self.ENTRY)

    def unregister(self) -> None:
        """Delete both; a program that somebody else chose stays chosen."""
        if self._chosen() == self.ENTRY:
            self._choose(None)
        self._entry.unlink(missing_ok=True)

    def _text(self, command: Sequence[str]) -> str:
        entry = {
            "Type": "Application",
            "Version": "1.5",
            "Name": TITLE,
            "NoDisplay": "true",
            "Exec": " ".join([*(quote_exec(word) for word in command), "%u"]),
            "Icon": "watchkeeper",
            "Terminal": "false",
            "MimeType": f"{self.MIME};",
        }
        return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in entry.items())

    def _lines(self) -> list[str]:
        try:
            return self._defaults.read_text("utf-8", errors="surrogateescape").splitlines()
        except FileNotFoundError:
            return []

    def _line_at(self, lines: Sequence[str]) -> tuple[int | None, int | None]:
        """Return where the section begins and where our line stands in it."""
        begin = None
        for number, line in enumerate(lines):
            if line.startswith("["):
                begin = number if line.strip() == self.SECTION else None
            elif begin is not None and line.partition("=")[0].strip() == self.MIME:
                return begin, number
        sections = [number for number, line in enumerate(lines) if line.strip() == self.SECTION]
        return (sections[0] if sections else None), None

    def _chosen(self) -> str:
        lines = self._lines()
        _, at = self._line_at(lines)
        return "" if at is None else lines[at].partition("=")[2].strip().rstrip(";")

    def _choose(self, entry: str | None) -> None:
        lines = self._lines()
        section, at = self._line_at(lines)
        if at is not None:
            del lines[at]
        if entry is not None:
            if section is None:
                lines.append(self.SECTION)
                section = len(lines) - 1
            lines.insert(section + 1, f"{self.MIME}={entry}")
        self._defaults.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in lines)
        replace_file(self._defaults.resolve(), text.encode("utf-8", errors="surrogateescape"))


class ClassesScheme:
    """Windows: a class of the user that says that it is a protocol, and what opens it."""

    KEY = rf"Software\Classes\{SCHEME}"
    COMMAND = rf"{KEY}\shell\open\command"

    def __init__(self, registry: LinkRegistry) -> None:
        self._registry = registry

    def registered(self, command: Sequence[str]) -> bool:
        """Whether the class opens ``command``."""
        protocol = self._registry.read(self.KEY, "URL Protocol")
        return protocol is not None and self._registry.read(self.COMMAND, "") == self._line(command)

    def register(self, command: Sequence[str]) -> None:
        """Write the class."""
        self._registry.write(self.KEY, "", f"URL:{TITLE}")
        self._registry.write(self.KEY, "URL Protocol", "")
        self._registry.write(self.COMMAND, "", self._line(command))

    def unregister(self) -> None:
        """Delete the class."""
        self._registry.delete_key(self.KEY)

    def _line(self, command: Sequence[str]) -> str:
        return f'{windows_line(command)} "%1"'


class BundledScheme:
    """macOS: the bundle says what it opens, and the system reads it there. ``plist``: its ``Info.plist``, if any.

    Links come to the running program as events, so there is no command, and nothing to write.
    """

    def __init__(self, plist: Path | None) -> None:
        self._plist = plist

    def registered(self, command: Sequence[str]) -> bool:
        """Whether this program is a bundle that names the scheme."""
        if self._plist is None:
            return False
        try:
            info = plistlib.loads(self._plist.read_bytes())
        except (OSError, plistlib.InvalidFileException):
            return False
        types = info.get("CFBundleURLTypes") or []
        return any(SCHEME in (one.get("CFBundleURLSchemes") or []) for one in types if isinstance(one, dict))

    def register(self, command: Sequence[str]) -> None:
        """Nothing: a bundle that was opened once is known, and what is none cannot be."""

    def unregister(self) -> None:
        """Nothing: the system forgets a bundle with its deletion."""


def link_command(profile: Path | None) -> list[str]:
    """Return what starts this program with a link; ``profile`` None: the usual one."""
    return program() if profile is None else [*program(), "--profile", str(profile.resolve())]


def bundle_plist(executable: str = sys.executable) -> Path | None:
    """Return the ``Info.plist`` of the bundle that ``executable`` is the main program of; None outside of one."""
    contents = Path(executable).resolve().parent.parent
    return contents / "Info.plist" if contents.name == "Contents" and contents.parent.suffix == ".app" else None


def choose_scheme(environment: Mapping[str, str], home: Path) -> UrlScheme:
    """Return the table of this system."""
    if sys.platform == "win32":
        from desktop.integration.autostart import UserRegistry

        return ClassesScheme(UserRegistry())
    elif sys.platform == "darwin":
        return BundledScheme(bundle_plist())
    else:
        data, config = environment.get("XDG_DATA_HOME", ""), environment.get("XDG_CONFIG_HOME", "")
        return XdgScheme(
            Path(data) if data else home / ".local" / "share", Path(config) if config else home / ".config"
        )
