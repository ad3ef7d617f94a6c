"""Backups: what there is, a new one, restoring one; and moving everything to another machine in one file."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.list_panels import ListPanel
from desktop.dialogs.move_dialogs import MoveInDialog, MoveOutDialog
from desktop.models.accounts import now_ms
from desktop.models.tables import Row
from master.api.backups import Backup, BackupState

MEGABYTE = 1_000_000


class BackupsPanel(ListPanel):
    """Newest first; a restore asks, and says what comes of it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        titles = (
            QCoreApplication.translate("BackupsPanel", "Made"),
            QCoreApplication.translate("BackupsPanel", "Why"),
            QCoreApplication.translate("BackupsPanel", "Size"),
            QCoreApplication.translate("BackupsPanel", "Checked"),
        )
        title = QCoreApplication.translate("BackupsPanel", "Backups")
        super().__init__(context, title, titles, frozenset({2}), parent)
        for column, width in ((1, 130), (2, 84), (3, 90)):
            self.table.setColumnWidth(column, width)
        self.add_command(self.tr("Back up now"), self.make, needs_row=False)
        self.add_command(self.tr("Restore…"), self.restore)
        self.add_command(self.tr("Check"), self.verify)
        self.add_command(self.tr("Delete…"), self.delete, kind="danger")
        self.add_line()
        self.add_command(
            self.tr("Export everything…"), lambda: MoveOutDialog(self.context, self).open(), needs_row=False
        )
        self.add_command(self.tr("Import a file…"), self._choose, needs_row=False)
        self.on_chosen()

    async def load(self) -> None:
        """Ask for the backups and how the last one went."""
        bridge = self.context.bridge
        rows: list[Backup] = await bridge.call(bridge.client.backups())
        state: BackupState = await bridge.call(bridge.client.backup_state())
        if not self.gone:
            self.hint.setText(self._state_words(state))
            self.hint.show()
            self.show_rows([self._row(row) for row in rows], self.tr("There is no backup yet."))

    def _state_words(self, state: BackupState) -> str:
        wording = self.context.wording
        words = [self.tr("One is made every day, and read back to see that it is sound.")]
        if state.problem is not None:
            words.append(wording.say(state.problem))
        elif state.next_at is not None:
            words.append(self.tr("Next: {time}").format(time=wording.weekday_moment(state.next_at)))
        if state.last_restore is not None:
            words.append(wording.say(state.last_restore.text))
        return " ".join(words)

    def _row(self, row: Backup) -> Row:
        wording = self.context.wording
        reasons = {
            "daily": self.tr("daily"),
            "manual": self.tr("by hand"),
            "before-migration": self.tr("before an update"),
            "before-restore": self.tr("before a restore"),
        }
        checked = "–" if row.verified_at is None else wording.ago(row.verified_at, now_ms())
        if row.problem is not None:
            checked = self.tr("damaged")
        size = self.tr("{count} MB").format(count=wording.number(row.size_bytes / MEGABYTE, 1))
        about = self.tr("{accounts} accounts, {items} items").format(
            accounts=wording.number(row.accounts), items=wording.number(row.items)
        )
        why = wording.say(row.problem)
        texts = (wording.weekday_moment(row.made_at), reasons.get(row.why, row.why), size, checked)
        return Row(texts, row, "\n".join(part for part in (about, why) if part))

    # -- what the person does

    def make(self) -> None:
        """Make one now."""
        bridge = self.context.bridge
        self.act(bridge.call(bridge.client.make_backup()))

    def verify(self) -> None:
        """Read the chosen one from end to end."""
        if (row := self.chosen()) is not None:
            bridge = self.context.bridge
            self.act(bridge.call(bridge.client.verify_backup(row.id)))

    def open_chosen(self) -> None:
        """Restore it, after a question."""
        self.restore()

    def restore(self) -> None:
        """Ask, then restore: the master is away for some seconds."""
        row: Backup | None = self.chosen()
        if row is None:
            return
        if row.problem is not None:
            self.show_problem(self.context.wording.say(row.problem))
            return
        dialog = ConfirmDialog(
            self.context,
            self.tr("Restore the backup of {time}?").format(time=self.context.wording.weekday_moment(row.made_at)),
            self.tr(
                "Accounts, rules and schedules are as they were then. What was found since stays known: nothing is told"
                " twice. What is here now is backed up first. The watch stands still for some seconds."
            ),
            self.tr("Restore"),
            lambda: self._restore(row),
            self,
        )
        dialog.open()

    async def _restore(self, row: Backup) -> None:
        bridge = self.context.bridge
        await bridge.call(bridge.client.restore_backup(row.id))
        self.context.models.restart_words = self.tr("The backup is being restored. The watch goes on in a moment.")

    def delete(self) -> None:
        """Ask, then delete the chosen one."""
        row: Backup | None = self.chosen()
        if row is None:
            return
        dialog = ConfirmDialog(
            self.context,
            self.tr("Delete the backup of {time}?").format(time=self.context.wording.weekday_moment(row.made_at)),
            self.tr("This cannot be undone."),
            self.tr("Delete backup"),
            lambda: self.context.bridge.call(self.context.bridge.client.delete_backup(row.id)),
            self,
        )
        dialog.accepted.connect(self.reload)
        dialog.open()

    def move_in(self, path: Path) -> None:
        """Import a file that was exported elsewhere."""
        MoveInDialog(self.context, path, self).open()

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Import a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.move_in(Path(path)))
        dialog.open()
