"""Assign accounts: automatically, or to a worker, pinned there or not."""

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QRadioButton, QWidget

from desktop.delegates.labels import PlainLabel
from desktop.delegates.states import StatePill
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from master.api.schema import Account, AssignmentPut, Worker
from worker.protocol.states import WorkerState


class AssignDialog(BaseDialog):
    """Shows why the account is where it is, and how full each worker is."""

    def __init__(self, context: Context, accounts: list[Account], parent: QWidget | None = None) -> None:
        title = (
            self.tr("Assign {name}").format(name=accounts[0].name)
            if len(accounts) == 1
            else self.tr("Assign %n accounts", "", len(accounts))
        )
        super().__init__(context, title, parent)
        self._accounts = list(accounts)
        first = accounts[0]
        if len(accounts) == 1:
            self._add_words(self._now(first))
        self._group = QButtonGroup(self)
        self._workers: list[str | None] = [None]
        self._add_choice(self.tr("Automatic: the worker with the least load"), None)
        for worker in sorted(context.models.workers.values(), key=lambda row: row.worker_id.casefold()):
            self._workers.append(worker.worker_id)
            self._add_choice(worker.name, worker)
        one = len(accounts) == 1
        self.pinned = QCheckBox(self.tr("Keep it there (pinned)") if one else self.tr("Keep them there (pinned)"), self)
        self.pinned.setChecked(first.pinned)
        self.body.addSpacing(4)
        self.body.addWidget(self.pinned)
        self.moves = QCheckBox(
            self.tr("While that worker is away, let another one watch it")
            if one
            else self.tr("While that worker is away, let others watch them"),
            self,
        )
        self.moves.setChecked(first.pin_policy == "move")
        self.body.addWidget(self.moves)
        self._add_words(
            self.tr("Otherwise a pinned account waits, unwatched, until its worker is back.")
            if one
            else self.tr("Otherwise pinned accounts wait, unwatched, until their worker is back."),
            "small",
        )
        self.body.addStretch(1)
        chosen = first.pinned_to if first.pinned_to in self._workers else None
        self._group.button(self._workers.index(chosen)).setChecked(True)
        self._group.idToggled.connect(self._on_toggled)
        self.pinned.toggled.connect(self._on_toggled)
        self._on_toggled()
        self.add_cancel()
        self.assign_button = self.add_button(self.tr("Assign"), kind="primary")
        self.assign_button.clicked.connect(lambda _checked=False: self.start(self._assign()))
        self.fit()

    @property
    def chosen(self) -> str | None:
        """The worker's id; None: automatic."""
        return self._workers[max(0, self._group.checkedId())]

    def choose(self, worker_id: str | None) -> None:
        """Choose a worker; None: automatic."""
        self._group.button(self._workers.index(worker_id)).setChecked(True)

    def _now(self, account: Account) -> str:
        reason = self.context.wording.say(account.assignment_reason)
        if account.worker_id is None:
            return self.tr("Not assigned: {reason}").format(reason=reason or "–")
        return self.tr("Now on {worker}: {reason}").format(worker=account.worker_id, reason=reason or "–")

    def _add_words(self, words: str, kind: str = "muted") -> None:
        label = PlainLabel(words, self)
        label.setProperty("kind", kind)
        label.setWordWrap(True)
        self.body.addWidget(label)

    def _add_choice(self, title: str, worker: Worker | None) -> None:
        line = QHBoxLayout()
        line.setSpacing(12)
        button = QRadioButton(title.replace("&", "&&"), self)
        button.setAccessibleName(title)
        self._group.addButton(button, len(self._group.buttons()))
        line.addWidget(button, 1)
        if worker is not None:
            number = self.context.wording.number
            load = PlainLabel(
                self.tr("{taken} of {places} places").format(
                    taken=number(worker.assigned_accounts), places=number(worker.max_accounts)
                ),
                self,
            )
            load.setProperty("kind", "muted")
            pill = StatePill(self.context.theme, self)
            pill.set_face(self.context.wording.worker_face(worker, now_ms()))
            button.setAccessibleDescription(load.text())
            line.addWidget(load)
            line.addWidget(pill)
            if worker.status is not WorkerState.RUNNING:
                button.setToolTip(self.tr("It does not run: the account would wait for it."))
        self.body.addLayout(line)

    def _on_toggled(self) -> None:
        self.pinned.setEnabled(self.chosen is not None)
        self.moves.setEnabled(self.pinned.isEnabled() and self.pinned.isChecked())

    async def _assign(self) -> None:
        client, call = self.context.bridge.client, self.context.bridge.call
        body = AssignmentPut(
            worker_id=self.chosen,
            pinned=self.chosen is not None and self.pinned.isChecked(),
            pin_policy="move" if self.moves.isChecked() else "wait",
        )
        while self._accounts and not self.gone:
            await call(client.assign_account(self._accounts[0].id, body))
            del self._accounts[0]
        if not self.gone:
            self.accept()
