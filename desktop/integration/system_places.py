"""Where the system knows the window: among what starts at login, and as what opens links."""

import os
from pathlib import Path

from PySide6.QtCore import QObject

from desktop.integration.autostart import Autostart, choose_autostart
from desktop.integration.login_items import better_switch
from desktop.options import DesktopOptions
from desktop.settings import SettingsHolder


def login_start(options: DesktopOptions) -> Autostart | None:
    """A start at login has nobody to ask: it is offered where the keyring opens with the session."""
    plain = not options.demo and options.connect is None and options.vault == "keyring"
    if not plain:
        return None
    return better_switch(choose_autostart(os.environ, Path.home()), usual_profile=options.usual_profile)


def lead_links_here(options: DesktopOptions, settings: SettingsHolder, parent: QObject) -> None:
    """Links name no profile, so they lead to the usual one."""
    if not options.usual_profile or options.demo or options.connect is not None:
        return
    from desktop.integration.link_registrations import LinkRegistration
    from desktop.integration.url_schemes import choose_scheme, link_command

    LinkRegistration(settings, choose_scheme(os.environ, Path.home()), link_command(None), parent).apply()
