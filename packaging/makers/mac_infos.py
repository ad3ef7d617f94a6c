"""What macOS is told about the program: ``Info.plist``, its words per language, and what the signed program may do."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from makers.contexts import IDENTIFIER

NAME: Final = "Watchkeeper"
EXECUTABLE: Final = "watchkeeper"
KEEPER: Final = "watchkeeper-keeper"
"""Of jobs, in ``Contents/Resources/keeper-VERSION``; packaging/macos/README.md says why there."""
SCHEME: Final = "watchkeeper"
"""Of links into the window; the same as in ``desktop/integration/deep_links.py``."""
MINIMUM: Final = "13.0"
"""The oldest macOS that the built-in Qt runs on: the tag of PySide6's wheels. Also where login items begin."""
FOLDER: Final = Path(__file__).resolve().parents[1] / "macos"
ICON: Final = FOLDER / "watchkeeper.icns"

LOCAL_NETWORK: Final = "NSLocalNetworkUsageDescription"
APPLE_EVENTS: Final = "NSAppleEventsUsageDescription"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        LOCAL_NETWORK: "Accounts on servers in your own network, such as a mail server at home, are checked there.",
        APPLE_EVENTS: "A job that you started wants to control another application.",
    },
    "zh-Hans": {
        LOCAL_NETWORK: "用于检查位于您自己网络中的服务器(例如家中的邮件服务器)上的账户。",
        APPLE_EVENTS: "您启动的一个作业想要控制其他应用程序。",
    },
}
"""Language → key → why. A question of the system without a reason would be refused, or would frighten."""

ENTITLEMENTS: Final[Mapping[str, bool]] = {
    # ctypes makes functions for the system to call (notifications, login items); on Intel that memory is not signed.
    "com.apple.security.cs.allow-unsigned-executable-memory": True,
    # A job may run AppleScript; without it the system refuses instead of asking the person.
    "com.apple.security.automation.apple-events": True,
}
"""Of the executables under the hardened runtime. Missing on purpose: library validation stays on (everything inside is
signed by the same team, and no library is loaded from elsewhere), no JIT, no ``DYLD_`` variables, no debugger."""


def bundle_version(version: str) -> str:
    """Return the one to three numbers that macOS takes for ``version``: ``1.4.0`` of ``1.4.0rc1``."""
    found = re.match(r"\d+(?:\.\d+){0,2}", version)
    if found is None:
        raise ValueError(f"{version!r} begins with no number")
    return found[0]


def info_plist(version: str) -> dict[str, Any]:
    """Return the content of ``Info.plist``; what macOS assumes anyway is not in it."""
    return {
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleExecutable": EXECUTABLE,
        "CFBundlePackageType": "APPL",
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": bundle_version(version),
        "CFBundleIconFile": ICON.name,
        "CFBundleDevelopmentRegion": "en",
        # Qt takes the words of its own menus and dialogs from here.
        "CFBundleLocalizations": list(WORDS),
        "CFBundleURLTypes": [
            {"CFBundleURLName": f"{IDENTIFIER}.link", "CFBundleURLSchemes": [SCHEME], "CFBundleTypeRole": "Viewer"}
        ],
        "LSApplicationCategoryType": "public.app-category.productivity",
        "LSMinimumSystemVersion": MINIMUM,
        # It has a window and stands in the Dock; closing hides it into the menu bar.
        "LSUIElement": False,
        "NSHighResolutionCapable": True,
        "NSPrincipalClass": "NSApplication",
        # Charts and icons need no fast graphics card.
        "NSSupportsAutomaticGraphicsSwitching": True,
        # It watches while its window is closed: never ended without being asked.
        "NSSupportsAutomaticTermination": False,
        "NSSupportsSuddenTermination": False,
        "NSHumanReadableCopyright": "The Watchkeeper authors. MIT licence.",
        **WORDS["en"],
    }


def strings(language: str) -> str:
    """Return ``InfoPlist.strings`` of a language."""
    lines = {"CFBundleDisplayName": NAME, **WORDS[language]}
    return "".join(f'"{key}" = "{text}";\n' for key, text in lines.items())
