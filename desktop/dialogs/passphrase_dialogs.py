"""The passphrase of the window's lock: set, changed, taken away."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.fields import Field
from desktop.dialogs.form import Form
from desktop.models.app_locks import SHORTEST, AppLock, LockError


class PassphraseDialog(BaseDialog):
    """``remove``: ask for the passphrase, and take it away; else set a new one."""

    def __init__(self, context: Context, lock: AppLock, parent: QWidget | None = None, *, remove: bool = False) -> None:
        super().__init__(context, "", parent)
        self._lock, self._remove = lock, remove
        title = self.tr("Set a passphrase")
        if remove:
            title = self.tr("Remove the passphrase")
        elif lock.enabled:
            title = self.tr("Change the passphrase")
        self.setWindowTitle(title)
        self.heading.setText(title)
        words = PlainLabel(self._explanation(), self)
        words.setWordWrap(True)
        words.setProperty("kind", "muted")
        self.body.addWidget(words)
        self.form = Form(self._fields(), context.theme, self)
        self.form.wrong.connect(self.reveal)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.add_cancel()
        verb = self.tr("Remove passphrase") if remove else self.tr("Save passphrase")
        self.save_button = self.add_button(verb, kind="danger" if remove else "primary")
        self.save_button.clicked.connect(lambda _checked=False: self.save())
        self.form.focus_first()
        self.fit()

    def _explanation(self) -> str:
        if self._remove:
            return self.tr("The window then opens for whoever sits at this computer.")
        return self.tr(
            "It keeps out who sits down at this computer while you are away. It does not protect from programs that "
            "run as you, nor from who can read your files: for that, lock the computer and encrypt its disk. "
            "Forgotten, it cannot be shown again: quit, and delete lock.json in the profile folder."
        )

    def _fields(self) -> list[Field]:
        old = Field(
            name="old",
            type="password",
            label=self.tr("Passphrase") if self._remove else self.tr("Passphrase until now"),
            required=True,
            secret=True,
        )
        if self._remove:
            return [old]
        new = [
            Field(
                name="new",
                type="password",
                label=self.tr("New passphrase"),
                required=True,
                secret=True,
                help=self.tr("At least {count} characters; some words are better than one.").format(count=SHORTEST),
            ),
            Field(name="again", type="password", label=self.tr("Once more"), required=True, secret=True),
        ]
        return [old, *new] if self._lock.enabled else new

    def save(self) -> None:
        """Check what was typed, then keep it."""
        errors = self.form.missing(self.tr("Fill this in."))
        values = self.form.values(secret=True)
        if not errors and not self._remove:
            if len(str(values["new"])) < SHORTEST:
                errors["new"] = self.tr("At least {count} characters, please.").format(count=SHORTEST)
            elif values["new"] != values["again"]:
                errors["again"] = self.tr("This is another one.")
        self.form.set_errors(errors)
        if not errors:
            old = str(values.get("old", ""))
            act = self._lock.remove(old) if self._remove else self._lock.set_passphrase(str(values["new"]), old)
            self.start(self._save(act))

    async def _save(self, act: Coroutine[Any, Any, None]) -> None:
        try:
            await act
        except LockError as error:
            if not self.gone:
                self._show(error)
        else:
            if not self.gone:
                self.accept()

    def _show(self, error: LockError) -> None:
        if error.reason == "wrong":
            self.form.set_errors({"old": self.tr("That is not the passphrase.")})
        elif error.reason == "wait":
            said = self.tr("That was wrong a few times. Try again in %n second(s).", "", self._lock.wait_seconds())
            self.show_problem(said)
        elif error.reason == "damaged":
            said = self.tr("The file of the lock is damaged: {detail}. Quit Watchkeeper and delete {path} to open it.")
            self.show_problem(said.format(detail=error.detail, path=str(self._lock.path)))
        else:
            self.show_problem(self.tr("The profile cannot be written: {detail}").format(detail=error.detail))
