"""Start at login on macOS 13 and later: the program itself is a login item, switched in the system's settings too.

Only a bundle in an Applications folder can be one; everything else keeps the launch agent.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from desktop.integration.autostart import Autostart
from desktop.integration.url_schemes import bundle_plist

NOT_REGISTERED, ENABLED, REQUIRES_APPROVAL, NOT_FOUND = range(4)
"""What ``SMAppService.status`` says."""
FIRST_MACOS = 13


class LoginItem(Protocol):
    """``SMAppService.mainAppService`` of the framework *ServiceManagement*."""

    def status(self) -> int:
        """Return :data:`ENABLED` or one of the others."""

    def register(self) -> None:
        """Start the program at login. Raises ``OSError`` with the system's words."""

    def unregister(self) -> None:
        """Start it no longer. Raises ``OSError``."""


class ServiceAutostart:
    """The login item as a switch. ``agent`` is the one that an earlier version may have left.

    A login item is started without options: with the usual profile, and as the settings say (*start minimized*).
    """

    def __init__(self, item: LoginItem, agent: Autostart) -> None:
        self._item, self._agent = item, agent

    def enabled(self) -> bool:
        """Whether the system starts the program at login; not while it waits for the person's approval."""
        return self._item.status() == ENABLED or self._agent.enabled()

    def enable(self, command: Sequence[str]) -> None:
        """Register; the agent would start it twice."""
        if self._item.status() != ENABLED:
            self._item.register()
        if self._item.status() == REQUIRES_APPROVAL:
            raise OSError("macOS wants you to allow it: System Settings › General › Login Items.")
        self._agent.disable()

    def disable(self) -> None:
        """Unregister, and delete the agent."""
        if self._item.status() in (ENABLED, REQUIRES_APPROVAL):
            self._item.unregister()
        self._agent.disable()


def can_be_login_item(version: str, plist: Path | None) -> bool:
    """Whether this is a bundle in an Applications folder of a macOS that knows login items.

    ``version`` is that of macOS, such as ``14.5``; ``plist`` the bundle's ``Info.plist``, None outside of one.
    """
    major = version.partition(".")[0]
    if plist is None or not (major.isdecimal() and int(major) >= FIRST_MACOS):
        return False
    return plist.parent.parent.parent.name == "Applications"


if sys.platform == "darwin":

    class MainAppService:
        """The framework, through the Objective-C runtime; loaded when the switch is first looked at."""

        def __init__(self) -> None:
            from rubicon.objc import ObjCClass
            from rubicon.objc.runtime import load_library

            load_library("ServiceManagement")
            self._service = ObjCClass("SMAppService").mainAppService

        def status(self) -> int:
            """Ask the system."""
            return int(self._service.status)

        def register(self) -> None:
            """Register the bundle."""
            self._call("registerAndReturnError_")

        def unregister(self) -> None:
            """Unregister it."""
            self._call("unregisterAndReturnError_")

        def _call(self, name: str) -> None:
            from ctypes import byref

            from rubicon.objc import ObjCInstance
            from rubicon.objc.runtime import objc_id

            error = objc_id()
            if not getattr(self._service, name)(byref(error)):
                words = str(ObjCInstance(error).localizedDescription) if error else "the system refused"
                raise OSError(words)


def better_switch(agent: Autostart, *, usual_profile: bool) -> Autostart:
    """Return the login item where this program can be one, else ``agent``."""
    if sys.platform == "darwin":
        import platform

        if usual_profile and can_be_login_item(platform.mac_ver()[0], bundle_plist()):
            return ServiceAutostart(MainAppService(), agent)
    return agent
