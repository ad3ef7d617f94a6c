"""Shows the whole window, and every dialog, on a screen of one's own, and says what does not fit. Run as a process:

Qt reads screens and scale once. ``python -m tests.helpers.small_screens [FOLDER]``; a folder gets a picture of each.
"""

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop import checks
from desktop.dialogs.context import Context
from desktop.tasks import Tasks
from desktop.views.free_places import actions_of, is_free
from desktop.views.main_window import MainWindow
from desktop.views.settings import FailedSection, SettingsPage
from desktop.views.settings_sections import SettingsSections
from tests.pictures.worlds import LOOKED_AT, make_world
from tests.unit.desktop.views.test_keyboard_walk import DIALOGS, choose_first

SETTLE_SECONDS = 10.0


class KeptTasks(Tasks):
    """What the window asks for runs on the loop, as in the program: some of it waits for other threads."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        super().__init__(lambda error: self.failures.append(repr(error)))

    @property
    def at_rest(self) -> bool:
        """Nothing is asked for."""
        return not self._running


def main() -> None:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    tasks = KeptTasks()
    context = dataclasses.replace(make_world(app, "en", "light"), run=tasks.run)
    context.theme.apply()
    checks.check_window = lambda *, tray: list(LOOKED_AT)  # the system's buses and keyrings are no part of it
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        print(json.dumps(runner.run(_look(context, tasks, folder))))


async def _look(context: Context, tasks: KeptTasks, folder: Path | None) -> dict[str, Any]:
    models = context.models
    window = MainWindow(context)
    window.come_forward()
    screen = window.available().size()
    fits = await _settles(lambda: _fits(window.frameGeometry().size(), screen))
    faults = [] if fits else [f"window {_words(window.size())}"]
    for name, page in window.pages.items():
        window.show_page(name)
        choose_first(page)
        if not await _settles(lambda page=page: _fits(page.minimumSizeHint(), page.size())):
            least = page.minimumSizeHint()
            faults.append(f"page {name} needs {_words(least)}, has {_words(page.size())}")
        _keep(window, folder, f"page_{name}")
        if window.devicePixelRatioF() == 1:
            faults += await _messages(window, f"page {name}", folder)
    for entry in SettingsSections().entries():
        window.open_settings(entry.name)
        if not await _settles(lambda: tasks.at_rest):
            faults.append(f"settings {entry.name} still asks for something")
        if not await _settles(lambda name=entry.name: _section_fits(window, name)):
            faults.append(f"settings {entry.name} is wider than its place")
        _keep(window, folder, f"settings_{entry.name}")
        if window.devicePixelRatioF() == 1:
            faults += await _messages(window, f"settings {entry.name}", folder)
    faults += await _dialogs(context, screen, folder)
    faults += tasks.failures
    await tasks.close()
    window.close_for_good()
    models.close()
    return {
        "screen": _words(screen),
        "window": _words(window.size()),
        "ratio": window.devicePixelRatioF(),
        "faults": faults,
    }


async def _messages(window: MainWindow, name: str, folder: Path | None) -> list[str]:
    """Return whether messages that come now lie over a button or a field."""
    window.toast("Something failed in this window", "It goes on. What happened stands in the log.", "bad")
    window.toast("2 accounts deleted", "For 30 seconds this can be undone.", action=("Undo", lambda: None))
    area, over = window.toasts, window.centralWidget()
    assert over is not None

    def free() -> bool:
        area._on_look()
        whole = area.height() >= sum(toast.heightForWidth(area.width()) for toast in area.toasts)
        return area.isVisible() and whole and is_free(area.geometry(), actions_of(over, area))

    covers = [] if await _settles(free) else [f"messages over {name} at {area.geometry().getRect()} cover a button"]
    _keep(window, folder, f"message_{name.replace(' ', '_')}")
    for toast in area.toasts:
        toast.leave()
    return covers


async def _dialogs(context: Context, screen: QSize, folder: Path | None) -> list[str]:
    faults = []
    for name, make in DIALOGS.items():
        dialog = make(context)
        dialog.open()
        if not await _settles(lambda dialog=dialog: _fits(dialog.frameGeometry().size(), screen)):
            faults.append(f"dialog {name} has {_words(dialog.size())}")
        _keep(dialog, folder, f"dialog_{name.replace(' ', '_')}")
        dialog.reject()
    return faults


def _section_fits(window: MainWindow, name: str) -> bool:
    """Whether a section came about, and needs no more width than there is: it scrolls up and down alone."""
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    section = page.sections[name]
    area = section.findChild(QScrollArea)
    assert area is not None
    return not isinstance(section, FailedSection) and section.inside.minimumSizeHint().width() <= area.width()


async def _settles(fits: Callable[[], bool]) -> bool:
    """Whether all is laid out so that it fits, sooner or later."""
    end = time.monotonic() + SETTLE_SECONDS
    await asyncio.sleep(0.01)
    while not fits():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.01)
    return True


def _keep(widget: QWidget, folder: Path | None, name: str) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(folder / f"{name}.png"))


def _fits(size: QSize, into: QSize) -> bool:
    return size.width() <= into.width() and size.height() <= into.height()


def _words(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


if __name__ == "__main__":
    main()
