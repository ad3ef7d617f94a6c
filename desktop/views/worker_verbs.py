"""What can be done on the Workers page and with one worker, for the palette; the sentence that says how they are."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.models.palettes import Verb
from desktop.models.workers import WorkerTableModel, starts_elsewhere
from desktop.views.actions import Action
from desktop.views.worker_actions import able_to
from worker.protocol.states import AccountState, WorkerState

AT_REST = (AccountState.PAUSED, AccountState.LOGIN_NEEDED)
"""Accounts that need no worker."""


class WorkersHost(Protocol):
    """The page, as far as these go."""

    context: Context
    model: WorkerTableModel

    def add_worker(self) -> None: ...
    def rebalance(self) -> None: ...
    def command(self, worker_id: str, command: str) -> None: ...


class WorkerVerbs(QObject):
    """Words it all as it stands now."""

    def __init__(self, page: WorkersHost, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page

    def actions(self) -> list[Action]:
        """What the buttons do."""
        page = self._page
        return [
            Action(name="workers.add", title=self.tr("Add worker"), act=page.add_worker),
            Action(name="workers.rebalance", title=self.tr("Rebalance…"), act=page.rebalance),
        ]

    def of(self, key: str) -> list[Verb]:
        """What the menu of one worker offers."""
        page = self._page
        row = page.model.get(key)
        if row is None:
            return []
        commands = [("start", self.tr("Start"))] if able_to(row, "start") else []
        running = (("restart", self.tr("Restart")), ("stop", self.tr("Stop")), ("kill", self.tr("Kill")))
        commands += [one for one in running if able_to(row, one[0])]
        if starts_elsewhere(row):
            commands.append(("join", self.tr("How it joins…")))
        commands += [("logs", self.tr("Logs")), ("edit", self.tr("Edit…")), ("delete", self.tr("Delete…"))]
        return [Verb(title=title, act=partial(page.command, key, name), name=name) for name, title in commands]

    def sentence(self) -> str:
        """Return how many run, and what is wrong with them."""
        context, model = self._page.context, self._page.model
        number = context.wording.number
        running, total = model.running(), model.total
        taken, places = model.places()
        parts = [
            self.tr("{running} of {total} running").format(running=number(running), total=number(total)),
            self.tr("{taken} of {places} places taken").format(taken=number(taken), places=number(places)),
        ]
        rows = list(model.values())
        states = [row.status for row in rows]
        dead = sum(row.status is WorkerState.RUNNING and row.health == "dead" for row in rows)
        over = sum(row.over_capacity for row in rows)
        for count, words in (
            (states.count(WorkerState.CRASHED), self.tr("%n restarting", "", states.count(WorkerState.CRASHED))),
            (states.count(WorkerState.ERROR), self.tr("%n given up", "", states.count(WorkerState.ERROR))),
            (dead, self.tr("%n do(es) not answer", "", dead)),
            (over, self.tr("%n over capacity", "", over)),
        ):
            if count:
                parts.append(words)
        accounts = context.models.accounts.values()
        waiting = sum(row.worker_id is None and row.state not in AT_REST for row in accounts)
        if waiting:
            parts.append(self.tr("%n account(s) without a worker", "", waiting))
        return " · ".join(parts) if total else self.tr("Nothing is watched.")
