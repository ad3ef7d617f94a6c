"""Add many accounts at once: out of a table, a subscription list or pasted addresses, after a look at each line."""

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QHeaderView, QPlainTextEdit, QPushButton, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.plain_tables import plain_table
from desktop.dialogs.account_drafts import SHOWN
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import LOW
from desktop.models.tables import Row, SmallTableModel
from master.api.account_imports import ImportFormat, ImportLine, ImportReport

HEIGHT: Final = 220
MOST_BYTES: Final = 16 * 1024 * 1024
FORMATS: Final[dict[str, ImportFormat]] = {".opml": "opml", ".xml": "opml", ".csv": "csv", ".tsv": "csv"}


class ImportDialog(BaseDialog):
    """First a dry run that judges every line; the same content is added then."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.heading.setText(self.tr("Import accounts"))
        self.setWindowTitle(self.heading.text())
        hint = PlainLabel(
            self.tr("A table (CSV), a list of feeds (OPML), or addresses: one a line, of feeds, pages or mailboxes."),
            self,
        )
        hint.setProperty("kind", "muted")
        hint.setWordWrap(True)
        self.body.addWidget(hint)
        row = QHBoxLayout()
        self.file_button = QPushButton(self.tr("Choose a file…"), self)
        self.file_button.setAutoDefault(False)
        self.file_button.clicked.connect(lambda _checked=False: self._choose())
        self.file_name = PlainLabel(self)
        self.file_name.setProperty("kind", "muted")
        row.addWidget(self.file_button)
        row.addWidget(self.file_name, 1)
        self.body.addLayout(row)
        self.lines = QPlainTextEdit(self)
        self.lines.setAccessibleName(self.tr("Addresses, one a line"))
        self.lines.setPlaceholderText("https://example.org/feed.xml\nyou@example.org")
        self.lines.setTabChangesFocus(True)
        self.lines.setFixedHeight(LOW)
        self.lines.textChanged.connect(self._on_typed)
        self.body.addWidget(self.lines)
        self.summary = PlainLabel(self)
        self.summary.setWordWrap(True)
        self.summary.hide()
        self.body.addWidget(self.summary)
        self._add_table()
        self.body.addStretch(1)
        self.cancel_button = self.add_cancel()
        self.check_button = self.add_button(self.tr("Look at it first"))
        self.check_button.clicked.connect(lambda _checked=False: self.check())
        self.import_button = self.add_button(self.tr("Import"), kind="primary")
        self.import_button.clicked.connect(lambda _checked=False: self.import_now())
        self._content: bytes | None = None
        self._format: ImportFormat | None = None
        self._done = False
        self._report: ImportReport | None = None
        self._judge(None)

    def _add_table(self) -> None:
        titles = (self.tr("Line"), self.tr("Account"), self.tr("What becomes of it"))
        self.rows = SmallTableModel(titles, frozenset({0}), self)
        self.table = plain_table(self.rows, self.context.theme, self)
        self.table.setAccessibleName(self.tr("Lines"))
        self.table.setFixedHeight(HEIGHT)
        self.table.setColumnWidth(0, 56)
        self.table.setColumnWidth(1, 170)
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.hide()
        self.body.addWidget(self.table)

    # -- what is imported

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Import accounts"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables and lists (*.csv *.tsv *.opml *.xml *.txt)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.take_file(Path(path)))
        dialog.open()

    def take_file(self, path: Path) -> None:
        """Read a file and look at it."""
        self.start(self._take_file(path))

    async def _take_file(self, path: Path) -> None:
        try:
            size = await asyncio.to_thread(lambda: path.stat().st_size)
            if size > MOST_BYTES:
                self.show_problem(self.tr("The file is larger than 16 MB."))
                return
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            self.show_problem(self.tr("The file cannot be read: {detail}").format(detail=error.strerror or str(error)))
            return
        if self.gone:
            return
        self.lines.blockSignals(True)
        self.lines.clear()
        self.lines.blockSignals(False)
        self.file_name.setText(path.name)
        self._content, self._format = content, FORMATS.get(path.suffix.lower())
        await self._check()

    def _on_typed(self) -> None:
        text = self.lines.toPlainText()
        self.file_name.clear()
        self._content, self._format = (text.encode(), "lines") if text.strip() else (None, None)
        self._judge(None)

    # -- the dry run, and the import

    def check(self) -> None:
        """Judge every line, change nothing."""
        if self._content is None:
            self.show_problem(self.tr("Choose a file, or paste addresses."))
        else:
            self.start(self._check())

    async def _check(self) -> None:
        self._show(await self._ask(dry_run=True))

    def import_now(self) -> None:
        """Add what is new."""
        if self._done:
            self.accept()
        elif self._content is not None:
            self.start(self._import())

    async def _import(self) -> None:
        report = await self._ask(dry_run=False)
        if not self.gone:
            self._done = True
            self._show(report)

    async def _ask(self, *, dry_run: bool) -> ImportReport:
        bridge, content = self.context.bridge, self._content or b""
        report: ImportReport = await bridge.call(
            bridge.client.import_accounts(content, dry_run=dry_run, format=self._format, show_existing=SHOWN)
        )
        return report

    def _show(self, report: ImportReport) -> None:
        if self.gone:
            return
        number = self.context.wording.number
        words = [
            self.tr("%n would be added", "", report.new) if report.dry_run else self.tr("%n added", "", report.new)
        ]
        if report.duplicate:
            words.append(self.tr("{count} here already").format(count=number(report.duplicate)))
        if report.wrong:
            words.append(self.tr("{count} wrong").format(count=number(report.wrong)))
        if report.groups:
            words.append(self.tr("new groups: {names}").format(names=", ".join(report.groups[:5])))
        self.summary.setText(" · ".join(words))
        self.summary.show()
        # What is wrong first: that is what there is to do.
        order = {"wrong": 0, "new": 1, "duplicate": 2}
        rows = sorted(report.rows, key=lambda row: (order[row.result], row.line))
        self.rows.show([self._row(row, dry_run=report.dry_run) for row in rows])
        self.table.setVisible(bool(rows))
        self._judge(report)
        self.fit()

    def on_free(self) -> None:
        """What was not looked at waits; what was found new is one press of Enter away."""
        self.import_button.setEnabled(self._ready())
        if self._ready() and self.focusWidget() in (self, None, self.check_button, self.cancel_button):
            self.import_button.setFocus()

    def _ready(self) -> bool:
        return self._done or (self._report is not None and self._report.new > 0)

    def _row(self, row: ImportLine, *, dry_run: bool) -> Row:
        wording = self.context.wording
        if row.result == "new":
            words = self.tr("is new") if dry_run else self.tr("added")
            if row.group:
                words = self.tr("{words}, in {group}").format(words=words, group=row.group)
        elif row.result == "duplicate":
            words = self.tr("is here already")
        else:
            parts = [
                self.tr("{name}: {fault}").format(name=self._title(row.platform, name), fault=wording.say(text))
                for name, text in row.fields.items()
            ]
            words = "; ".join(parts) or wording.say(row.error)
        return Row((wording.number(row.line), row.name or row.platform or "–", words), row, words)

    def _title(self, platform: str, name: str) -> str:
        """Return what a field is called in the form of its platform."""
        manifest = self.context.models.manifest(platform)
        field = next((one for one in manifest.fields if one.name == name), None) if manifest is not None else None
        return self.context.wording.pick(field.title) if field is not None else name

    def _judge(self, report: ImportReport | None) -> None:
        """Only what was looked at can be imported, and only if something of it is new."""
        self._report = report
        self.import_button.setEnabled(self._ready())
        self.import_button.setText(self.tr("Close") if self._done else self.tr("Import"))
        self.cancel_button.setVisible(not self._done)
        self.check_button.setVisible(not self._done)
        if report is None:
            self.summary.hide()
            self.table.hide()
            self.show_problem("")
