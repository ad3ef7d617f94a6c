"""System status: what `doctor` says of this machine and of the master's, with a button where one can help."""

import asyncio
import platform
from collections.abc import Coroutine
from typing import Any, Final

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QSystemTrayIcon

from desktop import checks
from desktop.dialogs.bundle_dialog import BundleDialog
from desktop.dialogs.context import Context
from desktop.dialogs.error_lines import ErrorLine
from desktop.dialogs.progress import working
from desktop.theme import IconBinding
from desktop.views.check_lines import CheckLines
from desktop.views.settings_bases import Section
from desktop.views.system_facts import FactsPanel, SelfTestPanel
from master.api.client import ApiError
from master.api.diagnostics import SelfTest, SystemReport
from master.api.results import CheckResult, Remedy

POLL_SECONDS: Final = 1


class SystemStatusSection(Section):
    """Looks when it is shown, and whenever it is asked to."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.set_title(self.tr("System status"))
        self._alive = [True]
        self.destroyed.connect(self._alive.clear)
        self._busy = False
        self._asks_selftest = False
        self.report: SystemReport | None = None
        self.window_checks: list[CheckResult] = []
        self._make_actions()
        self.problem = ErrorLine(context.theme, self.inside)
        self.body.addWidget(self.problem)
        self.add_heading(self.tr("Master"), self.tr("The machine that watches your accounts."))
        self.master_lines = CheckLines(context, self._remedy, self._copy, self.inside)
        self.body.addWidget(self.master_lines)
        self._rule()
        self.add_heading(self.tr("Window"), self.tr("The machine that you look at now."))
        self.window_lines = CheckLines(context, self._remedy, self._copy, self.inside)
        self.body.addWidget(self.window_lines)
        self._rule()
        self.add_heading(
            self.tr("Self-test"),
            self.tr("Starts a master and workers of its own on a throw-away profile; yours is not touched."),
        )
        self.selftest = SelfTestPanel(context, self.inside)
        self.body.addWidget(self.selftest)
        self._rule()
        self.add_heading(self.tr("Facts"))
        self.facts = FactsPanel(context, f"{platform.python_version()} · Qt {qVersion()}", self.inside)
        self.body.addWidget(self.facts)
        self.first_focus = self.again_button
        context.models.connection_changed.connect(self._on_connection)
        context.models.recovered.connect(lambda _report: self.facts.show_recovery())
        self._say()

    def _make_actions(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.again_button = QPushButton(self.tr("Run again"), self.inside)
        IconBinding(self.context.theme, self.again_button, "refresh")
        self.selftest_button = QPushButton(self.tr("Run the self-test"), self.inside)
        IconBinding(self.context.theme, self.selftest_button, "play")
        self.bundle_button = QPushButton(self.tr("Support bundle…"), self.inside)
        IconBinding(self.context.theme, self.bundle_button, "export")
        for button, act in (
            (self.again_button, self.look),
            (self.selftest_button, self.run_selftest),
            (self.bundle_button, self.open_bundle),
        ):
            button.clicked.connect(lambda _checked=False, act=act: act())
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)

    def _rule(self) -> None:
        line = QFrame(self.inside)
        line.setProperty("kind", "rule")
        self.body.addWidget(line)

    # -- what it shows

    def shown(self) -> None:
        """Look, unless it looks already."""
        self.look()
        self._ask_selftest(self._load_selftest())

    def look(self) -> None:
        """Look at both machines now."""
        if not self._busy:
            self._busy = True
            self._say()
            self.context.run(self._look())

    async def _look(self) -> None:
        bridge = self.context.bridge
        tray = QSystemTrayIcon.isSystemTrayAvailable()
        try:
            # The bus is asked, which may take a moment: not on the thread that draws.
            found, report = await asyncio.gather(
                bridge.call(asyncio.to_thread(checks.check_window, tray=tray)), bridge.call(bridge.client.system())
            )
        except ApiError as error:
            if self._alive:
                self.problem.say(self.context.wording.refusal(error), self.look)
        else:
            if self._alive:
                self.problem.say("")
                self.window_checks, self.report = found, report
                self.window_lines.show_results(found)
                self.master_lines.show_results(report.checks)
                self.facts.show_facts(report.facts)
        finally:
            if self._alive:
                self._busy = False
                self._say()

    def _say(self) -> None:
        self.again_button.setEnabled(not self._busy)
        self.bundle_button.setEnabled(self.context.models.connected)
        self.set_title(self.title, self._sentence())

    def _sentence(self) -> str:
        if self._busy and self.report is None:
            return self.tr("Looking…")
        if self.report is None:
            return self.tr("Nothing was looked at yet.")
        found = [*self.report.checks, *self.window_checks]
        bad, warn = (sum(one.level == level for one in found) for level in ("bad", "warn"))
        parts = []
        if bad:
            parts.append(self.tr("%n thing(s) wrong", "", bad))
        if warn:
            parts.append(self.tr("%n thing(s) to look at", "", warn))
        said = " · ".join(parts) or self.tr("Everything is as it should be.")
        at = self.context.wording.moment(self.report.at)
        return " · ".join([said, self.tr("looked at {time}").format(time=at)])

    # -- the self-test

    def run_selftest(self) -> None:
        """Begin one."""
        self._ask_selftest(self._start_selftest())

    def _ask_selftest(self, request: Coroutine[Any, Any, None]) -> None:
        if self._asks_selftest:
            request.close()
            return
        self._asks_selftest = True
        working(self.context, self, request)

    async def _start_selftest(self) -> None:
        bridge = self.context.bridge
        await self._take_selftest(bridge.call(bridge.client.start_selftest()))

    async def _load_selftest(self) -> None:
        bridge = self.context.bridge
        await self._take_selftest(bridge.call(bridge.client.selftest()))

    async def _take_selftest(self, request: Coroutine[Any, Any, SelfTest]) -> None:
        try:
            found = await request
        except ApiError as error:
            if self._alive:
                self.selftest.say(self.context.wording.refusal(error))
        else:
            if self._alive:
                self.selftest.show_result(found)
                self.selftest_button.setEnabled(found.state != "running")
        finally:
            self._asks_selftest = False

    def tick(self) -> None:
        """A self-test that runs is asked after."""
        if self.selftest.running:
            self.selftest.tick()
            self._ask_selftest(self._load_selftest())

    # -- what buttons do

    def open_bundle(self) -> None:
        """Show what a support bundle holds, then save it."""
        BundleDialog(self.context, self.window()).open()

    def _remedy(self, remedy: Remedy) -> None:
        if remedy == "open_profile":
            profile = self.context.profile
            if profile is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(profile))):
                self.notice.emit(self.tr("The folder cannot be opened from here"), self.facts.profile, "warn")
        elif remedy == "show_workers":
            self.page_wanted.emit("workers")
        elif remedy == "show_runners":
            self.page_wanted.emit("jobs")
        elif remedy == "show_backups":
            self.section_wanted.emit("storage")
        elif remedy == "show_security":
            self.section_wanted.emit("security")

    def _copy(self, command: str) -> None:
        QApplication.clipboard().setText(command)
        self.notice.emit(self.tr("Copied"), command, "ok")

    def _on_connection(self) -> None:
        self._say()
        if self.context.models.connected and self.isVisible():
            self.look()
