"""What speaks a language: models, window, and what the tray tells; made together, and left together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from desktop.bridge import Bridge
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.integration.autostart import Autostart
from desktop.integration.tray import Tray
from desktop.models.app_locks import AppLock
from desktop.models.hub import Models
from desktop.settings import SettingsHolder
from desktop.tasks import Tasks
from desktop.theme import Theme
from desktop.views.jobs import JobsPage
from desktop.views.main_window import MainWindow
from desktop.views.page_table import PageTable
from desktop.views.quitting import Quitting
from desktop.views.tray_controls import TrayControls
from desktop.words import Wording

LONGEST: Final = 60.0
"""Seconds that a face which was left waits for the answers to what was asked in it."""

log = logging.getLogger("watchkeeper.desktop")


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """What is the same in every language. ``login_start`` gives the system's switch of the start at login, or None."""

    bridge: Bridge
    wording: Wording
    theme: Theme
    settings: SettingsHolder
    tasks: Tasks
    tray: Tray | None
    lock: AppLock
    profile: Path
    login_start: Callable[[], Autostart | None]


class Face:
    """Every text is made from the catalogues once: who wants another language makes another face, and leaves this one.

    What was asked for in it goes on after it was left, and finds its widgets and models until it has been answered.
    """

    def __init__(self, lasting: Lasting, parent: QObject) -> None:
        self._tasks = lasting.tasks
        self._running: set[asyncio.Task[Any]] = set()
        self._gone = False
        self.models = Models(lasting.bridge, lasting.wording, self.run, parent)
        context = Context(
            bridge=lasting.bridge,
            models=self.models,
            wording=lasting.wording,
            theme=lasting.theme,
            settings=lasting.settings,
            run=self.run,
            autostart=lasting.login_start(),
            profile=lasting.profile,
            pages=tuple((entry.name, entry.title) for entry in PageTable().entries()),
            lock=lasting.lock,
        )
        self.window = MainWindow(context)
        self.quitting = Quitting(context, self.window)
        self.window.quit_requested.connect(self.quitting.ask)
        self.controls: TrayControls | None = None
        if lasting.tray is not None:
            self.controls = self._make_controls(lasting, context, lasting.tray, parent)

    def _make_controls(self, lasting: Lasting, context: Context, tray: Tray, parent: QObject) -> TrayControls:
        controls = TrayControls(
            tray,
            lasting.bridge,
            self.models,
            lasting.settings,
            lasting.wording,
            self.run,
            partial(working, context, self.window),
            autostart=lasting.login_start(),
            profile=lasting.profile,
            parent=parent,
        )
        controls.set_locked(lasting.lock.locked)
        return controls

    def run(self, coroutine: Coroutine[Any, Any, Any], name: str = "") -> asyncio.Task[Any]:
        """Start what belongs to this face; its errors are logged and shown as all are."""
        task = self._tasks.run(coroutine, name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def show_again(self, page: str) -> None:
        """Show a page of the window before; the welcome is made only when it is shown."""
        if page in self.window.pages:
            self.window.show_page(page)
        else:
            self.window.welcoming.show()

    def take_over(self, before: "Face") -> None:
        """Know what the models before were told and what no load tells."""
        self.models.recovery = before.models.recovery
        self.models.connection_reason = before.models.connection_reason
        self.models.connection_changed.emit()
        self._take_over_removals(before.models)

    def _take_over_removals(self, before: Models) -> None:
        """Deleted jobs wait here for what is left of their time, and their undo is offered in this language."""
        for ids in self.models.work.removals.take_over(before.work.removals):
            page = self.window.pages["jobs"]
            if isinstance(page, JobsPage):  # else it could not be made, and says so
                page.job_actions.offer_back(ids)

    def close(self) -> None:
        """Be seen no more, and hear no event."""
        if self.controls is not None:
            self.controls.close()
        for dialog in self.window.findChildren(QDialog):
            dialog.done(QDialog.DialogCode.Rejected)  # they would stand over the window that comes
        self.window.close_for_good()
        self.models.close()

    async def leave(self) -> None:
        """After :meth:`close`: go once everything that was asked for here has been answered, well or not."""
        until = asyncio.get_running_loop().time() + LONGEST
        while self._running and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._running, timeout=left)
        for task in self._running:
            log.warning("%s had no answer in %s s and is given up", task.get_name(), LONGEST)
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.go()

    def go(self) -> None:
        """Let Qt take it away; nothing of it runs any more."""
        if self._gone:
            return
        self._gone = True
        for one in (self.controls, self.window, self.models):
            if one is not None:
                one.deleteLater()
