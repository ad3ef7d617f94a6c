"""Which system's word on sleep is heard here."""

import sys

from PySide6.QtCore import QCoreApplication

from desktop.integration.sleeps import MacSleeps, SleepSource, WindowsSleeps


def choose_source(app: QCoreApplication, platform: str = sys.platform) -> SleepSource:
    """Return what hears the system's word."""
    if platform == "win32":
        return WindowsSleeps(app)
    if platform == "darwin":
        return MacSleeps()
    from desktop.integration.logind import LogindSleeps  # with Qt's D-Bus, which other systems do not have

    return LogindSleeps()
