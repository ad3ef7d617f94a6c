"""Delete accounts: the secrets always go; the history only if the person says so."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from master.api.client import ApiError
from master.api.schema import Account


class DeleteDialog(BaseDialog):
    """The button that deletes says what it deletes."""

    deleted = Signal(list)
    """The ids of the accounts, once all of them are."""

    def __init__(self, context: Context, accounts: list[Account], parent: QWidget | None = None) -> None:
        count = len(accounts)
        title = (
            self.tr("Delete {name}?").format(name=accounts[0].name)
            if count == 1
            else self.tr("Delete %n accounts?", "", count)
        )
        super().__init__(context, title, parent)
        self._accounts = list(accounts)
        self._ids = [account.id for account in accounts]
        words = PlainLabel(
            self.tr("Checks stop, and the stored credentials are erased. For 30 seconds this can be undone."), self
        )
        words.setWordWrap(True)
        self.body.addWidget(words)
        self.keep = QCheckBox(self.tr("Keep the items that were found"), self)
        self.keep.setChecked(True)
        self.body.addWidget(self.keep)
        self.body.addStretch(1)
        self.add_cancel()
        self.delete_button = self.add_button(
            self.tr("Delete account") if count == 1 else self.tr("Delete accounts"), kind="danger"
        )
        self.delete_button.clicked.connect(lambda _checked=False: self.start(self._delete()))
        self.fit()

    async def _delete(self) -> None:
        client, call, keep = self.context.bridge.client, self.context.bridge.call, self.keep.isChecked()
        # What is done leaves the list: cancelled it stops, tried again it goes on.
        while self._accounts and not self.gone:
            try:
                await call(client.delete_account(self._accounts[0].id, keep_history=keep))
            except ApiError as error:
                if error.status != 404:
                    raise
            del self._accounts[0]
        if not self.gone:
            self.deleted.emit(self._ids)
            self.accept()
