"""What can be done in the whole window, whatever page is shown. Keys, menus, palette and sheet are made from it."""

import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.integration.pauses import Pauses
from desktop.models.workers import starts_elsewhere
from desktop.views.actions import Action
from desktop.words import LANGUAGES
from master.api.rows import BatchResult
from master.api.system import SettingsPatch
from worker.protocol.states import AccountState

Std = QKeySequence.StandardKey
Role = QAction.MenuRole
HOUR = 3600
MUTES = (HOUR, 8 * HOUR)
"""Seconds for which notifications can be muted."""
RESTED = (AccountState.PAUSED, AccountState.LOGIN_NEEDED)
NEEDING = 20
"""Accounts that are offered to be signed in again, and workers to be restarted, one by one."""


class Hand(Protocol):
    """What the window does when it is told to."""

    def open_palette(self) -> None: ...
    def open_search(self) -> None: ...
    def open_sheet(self) -> None: ...
    def find_here(self) -> None: ...
    def make_new(self) -> None: ...
    def renew(self) -> None: ...
    def check_all(self) -> None: ...
    def go(self, by: int) -> None: ...
    def can_go(self, by: int) -> bool: ...
    def undo(self) -> None: ...
    def can_undo(self) -> bool: ...
    def add_account(self) -> None: ...
    def show_page(self, name: str) -> None: ...
    def has_page(self, name: str) -> bool: ...
    def sign_in(self, account_id: str) -> None: ...
    def close(self) -> bool: ...
    def quit(self) -> None: ...
    def toast(self, title: str, body: str = "", level: str = "info") -> None: ...


class WindowActions(QObject):
    """Words everything as it stands now: ask again each time it is shown."""

    def __init__(self, context: Context, hand: Hand, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._hand, self._window = context, hand, window
        self._pauses = Pauses(context.bridge, context.models.accounts.values, context.settings)

    def all(self) -> list[Action]:
        """Return everything, what is asked for most first."""
        return [*self.states(), *self.with_keys(), *self.looks(), *self.rows()]

    def with_keys(self) -> list[Action]:
        """Return what keys do; their keys never change."""
        hand = self._hand
        found = [
            self._one("palette", self.tr("Commands"), hand.open_palette, "Ctrl+K", listed=False),
            self._one("search", self.tr("Search everything"), hand.open_search, "F"),
            self._one("find", self.tr("Search this page"), hand.find_here, Std.Find, "/", listed=False),
            self._one("new", self.tr("Add what this page shows"), hand.make_new, Std.New, listed=False),
            self._one("renew", self.tr("Check now, or load this page anew"), hand.renew, "F5"),
            self._one("undo", self.tr("Undo"), hand.undo, Std.Undo, enabled=hand.can_undo),
            self._one("back", self.tr("The page before"), partial(hand.go, -1), Std.Back, enabled=self._can_back),
            self._one("forward", self.tr("Forward again"), partial(hand.go, 1), Std.Forward, enabled=self._can_forth),
            self._one("sheet", self.tr("Keyboard shortcuts"), hand.open_sheet, "F1", "Ctrl+/"),
            self._one("close", self.tr("Close the window"), hand.close, "Ctrl+W", Std.Close),
            self._one("quit", self.tr("Quit"), hand.quit, "Ctrl+Q", role=Role.QuitRole),
        ]
        lock = self._context.lock
        if lock is not None:
            locks = self._one(
                "lock", self.tr("Lock the window"), lock.lock, "Ctrl+Shift+L", enabled=lambda: lock.enabled
            )
            found.insert(-2, locks)
        if hand.has_page("settings"):
            found.insert(
                -2,
                self._one(
                    "settings",
                    self.tr("Settings"),
                    partial(hand.show_page, "settings"),
                    "Ctrl+,",
                    role=Role.PreferencesRole,
                    listed=False,
                ),
            )
        return found

    def _one(
        self,
        name: str,
        title: str,
        act: Callable[[], object],
        *keys: str | Std,
        listed: bool = True,
        enabled: Callable[[], bool] | None = None,
        role: Role = Role.NoRole,
    ) -> Action:
        more: dict[str, Any] = {} if enabled is None else {"enabled": enabled}
        return Action(name=f"window.{name}", title=title, act=act, keys=keys, listed=listed, role=role, **more)

    def _can_back(self) -> bool:
        return self._hand.can_go(-1)

    def _can_forth(self) -> bool:
        return self._hand.can_go(1)

    # -- the whole watch

    def states(self) -> list[Action]:
        """Return what is switched for all accounts together."""
        models, one = self._context.models, self._one
        found = [
            one("add-account", self.tr("Add account"), self._hand.add_account),
            one("check-all", self.tr("Check all now"), self._hand.check_all),
        ]
        states = {row.state for row in models.accounts.values()}
        if states - {AccountState.PAUSED}:
            found.append(one("pause-all", self.tr("Pause all"), lambda: self._run(self._pause_all(on=True))))
        if AccountState.PAUSED in states:
            found.append(one("resume-all", self.tr("Resume all"), lambda: self._run(self._pause_all(on=False))))
        settings = models.settings
        muted = (settings.muted_until_at or 0) if settings is not None else 0
        if muted > time.time() * 1000:
            found.append(one("unmute", self.tr("Unmute"), lambda: self._run(self._mute(0))))
        for seconds in MUTES:
            hours = seconds // HOUR
            title = self.tr("Mute for %n hour(s)", "", hours)
            found.append(one(f"mute-{hours}h", title, partial(self._start_mute, seconds)))
        return found

    def _start_mute(self, seconds: int) -> None:
        self._run(self._mute(seconds))

    async def _mute(self, seconds: int) -> None:
        bridge = self._context.bridge
        until = int(time.time() * 1000) + seconds * 1000 if seconds else None
        await bridge.call(bridge.client.patch_settings(SettingsPatch(muted_until_at=until)))

    async def _pause_all(self, *, on: bool) -> None:
        failed: list[BatchResult] = await (self._pauses.pause_all() if on else self._pauses.resume_all())
        if failed:
            count = len(failed)
            title = (
                self.tr("%n account(s) could not be paused", "", count)
                if on
                else self.tr("%n account(s) could not be resumed", "", count)
            )
            words = self._context.wording.failures(failed, self._context.models.account_name)
            self._hand.toast(title, words, "bad")

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        working(self._context, self._window, coroutine)

    # -- how it looks

    def looks(self) -> list[Action]:
        """Return what changes colours, language and rows."""
        settings = self._context.settings
        values = settings.values
        dark = self._context.theme.dark
        other = "light" if dark else "dark"
        title = self.tr("Switch to light") if dark else self.tr("Switch to dark")
        found = [self._one(f"look-{other}", title, partial(settings.update, color_scheme=other))]
        if values.color_scheme != "system":
            words = self.tr("Colours as the system has them")
            found.append(self._one("look-system", words, partial(settings.update, color_scheme="system")))
        for code, name in LANGUAGES.items():
            if code != self._context.wording.language:
                words = self.tr("Language: {name}").format(name=name)
                found.append(self._one(f"language-{code}", words, partial(settings.update, language=code)))
        compact = values.compact_rows
        words = self.tr("High rows") if compact else self.tr("Compact rows")
        found.append(self._one("rows", words, partial(settings.update, compact_rows=not compact)))
        return found

    # -- what needs somebody

    def rows(self) -> list[Action]:
        """Return what single accounts and workers are waiting for, in words with their names."""
        models, found = self._context.models, []
        needing = [row for row in models.accounts.values() if row.state is AccountState.LOGIN_NEEDED]
        for row in needing[:NEEDING]:
            words = self.tr("Sign in again: {name}").format(name=row.name)
            found.append(self._one(f"sign-in:{row.id}", words, partial(self._hand.sign_in, row.id)))
        for worker in [row for row in models.workers.ordered() if not starts_elsewhere(row)][:NEEDING]:
            words = self.tr("Restart {worker}").format(worker=worker.worker_id)
            found.append(self._one(f"restart:{worker.worker_id}", words, partial(self._restart, worker.worker_id)))
        return found

    def _restart(self, worker_id: str) -> None:
        bridge = self._context.bridge
        self._run(bridge.call(bridge.client.restart_worker(worker_id)))
