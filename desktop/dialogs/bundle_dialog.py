"""The support bundle: what is in it, file by file, before anything is saved."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSystemTrayIcon,
    QWidget,
)

from desktop import checks
from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.integration.recent_lines import keep_recent_lines
from master.api.bundle_files import write_bundle
from master.api.diagnostics import Bundle, BundleRequest

SHOWN: int = 200_000
"""Characters of a file that the preview shows."""
NAMES = 150


class BundleDialog(BaseDialog):
    """Asks the master for the files, shows each as it is, and saves them where the person says."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, QCoreApplication.translate("BundleDialog", "Support bundle"), parent)
        self.bundle: Bundle | None = None
        words = PlainLabel(
            self.tr(
                "For those who help you. It holds no password, no token, nothing that you received or wrote, and a "
                "stand-in for each name and address. Look at each file before you save it; nothing is sent anywhere."
            ),
            self,
        )
        words.setWordWrap(True)
        self.body.addWidget(words)
        self.state = PlainLabel(self.tr("Gathering…"), self)
        self.state.setProperty("kind", "muted")
        self.state.setWordWrap(True)
        self.body.addWidget(self.state)
        self.files = QListWidget(self)
        self.files.setProperty("kind", "picks")
        self.files.setAccessibleName(self.tr("Files of the bundle"))
        self.files.setFixedWidth(NAMES)
        self.files.currentRowChanged.connect(self._show)
        self.preview = QPlainTextEdit(self)
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview.setAccessibleName(self.tr("What the file holds"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.files)
        row.addWidget(self.preview, 1)
        for widget in (self.files, self.preview):
            widget.setFixedHeight(300)
        self.body.addLayout(row)
        self.add_cancel()
        self.save_button = self.add_button(self.tr("Save…"), kind="primary")
        self.save_button.clicked.connect(lambda _checked=False: self.choose_file())
        self.start(self._load())

    async def _load(self) -> None:
        bridge = self.context.bridge
        facts = _facts(self.context)
        tray = QSystemTrayIcon.isSystemTrayAvailable()
        found = await bridge.call(asyncio.to_thread(checks.check_window, tray=tray))
        facts |= {f"check {one.name}": f"{one.level} {one.message}" for one in found}
        request = BundleRequest(lines=list(keep_recent_lines().lines), facts=facts)
        bundle = await bridge.call(bridge.client.bundle(request))
        if self.gone:
            return
        self.bundle = bundle
        size = sum(len(part.content) for part in bundle.parts)
        said = self.tr("%n file(s), {size} KB of text", "", len(bundle.parts))
        self.state.setText(said.format(size=self.context.wording.number(max(1, size // 1000))))
        for part in bundle.parts:
            item = QListWidgetItem(part.name)
            item.setToolTip(self.context.wording.say(part.about))
            self.files.addItem(item)
        self.files.setCurrentRow(0)

    def on_free(self) -> None:
        """The list has the focus: arrows go from file to file."""
        self.files.setFocus()

    def _show(self, row: int) -> None:
        if self.bundle is None or row < 0:
            return
        part = self.bundle.parts[row]
        self.state.setText(self.context.wording.say(part.about))
        self.preview.setPlainText(part.content[:SHOWN])

    def choose_file(self) -> None:
        """Ask where it goes."""
        if self.bundle is None:
            return
        dialog = QFileDialog(self, self.tr("Save the support bundle"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Zip files (*.zip)"))
        dialog.setDefaultSuffix("zip")
        dialog.selectFile("watchkeeper-support.zip")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write the file."""
        self.start(self._save(path))

    async def _save(self, path: Path) -> None:
        assert self.bundle is not None
        try:
            await self.context.bridge.call(asyncio.to_thread(write_bundle, path, self.bundle))
        except OSError as error:
            if not self.gone:
                said = self.tr("The file cannot be written: {detail}")
                self.show_problem(said.format(detail=error.strerror or str(error)))
            return
        if not self.gone:
            self.accept()


def _facts(context: Context) -> dict[str, str | int | float | bool]:
    """Return what the window adds: of its settings only what was chosen from a list."""
    facts: dict[str, str | int | float | bool] = {
        "qt": qVersion(),
        "platform": QGuiApplication.platformName(),
        "dark": context.theme.dark,
        "language": context.wording.language,
    }
    for number, screen in enumerate(QGuiApplication.screens(), 1):
        size = screen.size()
        facts[f"screen {number}"] = f"{size.width()} x {size.height()} at {screen.devicePixelRatio():g}"
    for name, value in msgspec.structs.asdict(context.settings.values).items():
        facts[f"setting {name}"] = _plain(value)
    return facts


def _plain(value: Any) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    if value is None:
        return "none"
    return value if isinstance(value, str) and len(value) < 16 and value.isidentifier() else f"({len(value)})"
