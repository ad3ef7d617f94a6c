"""Moving house: everything into one file, and such a file into this Watchkeeper."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.account_fields import common_fields
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from master.api.client import ApiError
from master.api.moves import MoveImport, MoveReport, MoveUpload

SHORTEST: Final = 8
SHOWN: Final = 8
FILE_NAME: Final = "watchkeeper.move"


class MoveOutDialog(BaseDialog):
    """With a passphrase the file has the secrets and the ledger too; without it neither."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.heading.setText(self.tr("Export everything"))
        self.setWindowTitle(self.heading.text())
        words = PlainLabel(
            self.tr(
                "One file with accounts, groups, rules and schedules. With a passphrase it also has the credentials,"
                " and all that is known as found: on the new machine nothing is told again."
            ),
            self,
        )
        words.setWordWrap(True)
        self.body.addWidget(words)
        fields = [
            Field(
                name="passphrase",
                type="password",
                secret=True,
                label=self.tr("Passphrase"),
                help=self.tr("At least 8 characters. Without it nobody can open the file, we neither."),
            ),
            Field(name="again", type="password", secret=True, label=self.tr("Once more")),
        ]
        self.form = Form(fields, context.theme, self)
        self.body.addWidget(self.form)
        self.result_words = PlainLabel(self)
        self.result_words.setWordWrap(True)
        self.result_words.hide()
        self.body.addWidget(self.result_words)
        self.body.addStretch(1)
        self.cancel_button = self.add_cancel()
        self.export_button = self.add_button(self.tr("Choose a place…"), kind="primary")
        self.export_button.clicked.connect(lambda _checked=False: self.ask())
        self.form.focus_first()
        self.fit()

    def passphrase(self) -> str | None:
        """Return what was typed twice, None for none; what is wrong stands at its field."""
        typed = self.form.values(secret=True)
        first, second = typed.get("passphrase", ""), typed.get("again", "")
        errors: dict[str, str] = {}
        if first and len(first) < SHORTEST:
            errors["passphrase"] = self.tr("At least 8 characters, please.")
        elif first != second:
            errors["again"] = self.tr("This is not the same.")
        self.form.set_errors(errors)
        return first or None

    def ask(self) -> None:
        """Ask where to."""
        self.passphrase()
        if self.form.errors():
            return
        dialog = QFileDialog(self, self.tr("Export everything"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(FILE_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the file."""
        self.start(self._export(path, self.passphrase()))

    async def _export(self, path: Path, passphrase: str | None) -> None:
        bridge = self.context.bridge
        try:
            size = await bridge.call(bridge.client.export_move(path, passphrase))
        except OSError as error:
            self.show_problem(
                self.tr("The file could not be written: {detail}").format(detail=error.strerror or str(error))
            )
            return
        if self.gone:
            return
        kilobytes = self.tr("{size} KB").format(size=self.context.wording.number(-(-size // 1000)))
        self.result_words.setText(self.tr("Written: {path} ({size})").format(path=path, size=kilobytes))
        self.result_words.show()
        self.form.hide()
        self.export_button.hide()
        self.cancel_button.setText(self.tr("Close"))
        self.cancel_button.setFocus()
        self.fit()


class MoveInDialog(BaseDialog):
    """Hands the file over, says what it would do, and does it when that is wanted; the master restarts in place."""

    def __init__(self, context: Context, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.heading.setText(self.tr("Import {name}").format(name=path.name))
        self.setWindowTitle(self.heading.text())
        self.upload: MoveUpload | None = None
        self._report: MoveReport | None = None
        self.about = PlainLabel(self)
        self.about.setWordWrap(True)
        self.body.addWidget(self.about)
        fields = [
            Field(name="passphrase", type="password", secret=True, label=self.tr("Passphrase of the file")),
            Field(
                name="on_conflict",
                type="choice",
                label=self.tr("What is here already, with other values"),
                choices=(
                    ("skip", self.tr("Stays as it is here")),
                    ("replace", self.tr("Becomes as it is in the file")),
                    ("merge", self.tr("Is filled in where it is empty here")),
                ),
                default="skip",
            ),
        ]
        self.form = Form(fields, context.theme, self)
        self.form.edited.connect(lambda _name: self._judge(None))
        self.body.addWidget(self.form)
        self.plan = PlainLabel(self)
        self.plan.setWordWrap(True)
        self.body.addWidget(self.plan)
        self.body.addStretch(1)
        self.add_cancel()
        self.check_button = self.add_button(self.tr("Look at it first"))
        self.check_button.clicked.connect(lambda _checked=False: self.start(self._import(dry_run=True)))
        self.import_button = self.add_button(self.tr("Import"), kind="primary")
        self.import_button.clicked.connect(lambda _checked=False: self.start(self._import(dry_run=False)))
        self._judge(None)
        self.form.hide()
        self.start(self._upload(path))

    async def _upload(self, path: Path) -> None:
        bridge = self.context.bridge
        try:
            upload: MoveUpload = await bridge.call(bridge.client.upload_move(path))
        except OSError as error:
            self.show_problem(self.tr("The file cannot be read: {detail}").format(detail=error.strerror or str(error)))
            return
        if self.gone:
            await bridge.call(bridge.client.drop_move(upload.id))
            return
        self.upload = upload
        made = self.context.wording.weekday_moment(upload.made_at)
        words = self.tr("Made {time}.").format(time=made)
        if not upload.encrypted:
            words += " " + self.tr("It has neither credentials nor the ledger: what is there now is told of again.")
        self.about.setText(words)
        self.form.rows["passphrase"].setVisible(upload.encrypted)
        self.form.show()
        self._judge(None)
        self.fit()

    async def _import(self, *, dry_run: bool) -> None:
        assert self.upload is not None
        bridge, values = self.context.bridge, self.form.values()
        self.form.set_errors({})
        body = MoveImport(
            passphrase=self.form.values(secret=True).get("passphrase"),
            on_conflict=values["on_conflict"],
            dry_run=dry_run,
        )
        report: MoveReport = await bridge.call(bridge.client.import_move(self.upload.id, body))
        if self.gone:
            return
        if dry_run:
            self._judge(report)
        else:
            self.upload = None
            self.context.models.restart_words = self.tr("The file is imported. The watch goes on in a moment.")
            self.accept()

    def on_free(self) -> None:
        """Only what was looked at can be imported."""
        self.import_button.setEnabled(self._report is not None)
        self.check_button.setEnabled(self.upload is not None)

    def _judge(self, report: MoveReport | None) -> None:
        self._report = report
        self.on_free()
        self.plan.setText("" if report is None else self._plan_words(report))
        self.plan.setVisible(report is not None)
        self.fit()

    def _plan_words(self, report: MoveReport) -> str:
        number, nouns = self.context.wording.number, self._nouns()
        lines = []
        for row in report.counts:
            if row.total:
                words = self.tr("{noun}: {new} new, {same} the same, {conflicts} different").format(
                    noun=nouns.get(row.noun, row.noun),
                    new=number(row.new),
                    same=number(row.same),
                    conflicts=number(row.conflicts),
                )
                lines.append(words)
        if report.credentials:
            lines.append(self.tr("{count} with their credentials").format(count=number(report.credentials)))
        if report.keys:
            lines.append(self.tr("{count} items known as found").format(count=number(report.keys)))
        known = {field.name: field.label for field in common_fields(self.context)}
        for other in report.conflicts[:SHOWN]:
            fields = ", ".join(known.get(name, name) for name in other.fields)
            lines.append(f"{nouns.get(other.noun, other.noun)} {other.name}: {fields}")
        lines += [self.context.wording.say(note) for note in report.notes]
        return "\n".join(lines)

    def _nouns(self) -> dict[str, str]:
        return {
            "accounts": self.tr("Accounts"),
            "groups": self.tr("Groups"),
            "proxies": self.tr("Proxies"),
            "rules": self.tr("Rules"),
            "schedules": self.tr("Schedules"),
            "credentials": self.tr("Credentials"),
            "searches": self.tr("Searches"),
            "settings": self.tr("Settings"),
        }

    def on_refused(self, error: ApiError) -> None:
        """A wrong passphrase stands at its field."""
        self.place_errors(error, self.form.set_errors)

    def done(self, result: int) -> None:
        """What was handed over and not imported is thrown away."""
        upload, self.upload = self.upload, None
        if upload is not None:
            self.context.run(self._drop(upload.id))
        super().done(result)

    async def _drop(self, upload_id: str) -> None:
        bridge = self.context.bridge
        await bridge.call(bridge.client.drop_move(upload_id))
