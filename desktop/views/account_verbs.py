"""What can be done on the Accounts page and with one account, for the palette, the keys and the sheet of shortcuts."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.context import Context
from desktop.dialogs.groups_dialog import GroupDialog
from desktop.models.accounts import AccountTableModel
from desktop.models.palettes import Verb
from desktop.views.account_actions import AccountActions
from desktop.views.account_panel import AccountPanel
from desktop.views.actions import Action
from desktop.views.grouped_tables import GroupedTable
from master.api.schema import Account
from worker.protocol.states import AccountState

AT_REST = (AccountState.PAUSED, AccountState.LOGIN_NEEDED)
"""States in which no check may run."""


class AccountsHost(Protocol):
    """The page, as far as these go."""

    context: Context
    model: AccountTableModel
    table: GroupedTable
    panel: AccountPanel
    actions_of_accounts: AccountActions

    def window(self) -> QWidget: ...
    def chosen(self) -> list[Account]: ...
    def check_now(self) -> None: ...
    def check(self, ids: list[str]) -> None: ...
    def edit(self) -> None: ...
    def assign(self) -> None: ...
    def delete(self) -> None: ...
    def open_import(self) -> None: ...
    def open_groups(self) -> None: ...
    def open_settings(self, section: str) -> None: ...
    def show_logins(self) -> None: ...


class AccountVerbs(QObject):
    """Words it all as it stands now."""

    def __init__(self, page: AccountsHost, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page

    def actions(self) -> list[Action]:
        """What the buttons, the menu and the keys of the table do."""
        page = self._page
        table = (page.table,)
        return [
            Action(
                name="accounts.check", title=self.tr("Check the chosen accounts now"), act=page.check_now,
                enabled=lambda: bool(page.chosen()),
            ),
            Action(
                name="accounts.edit", title=self.tr("Edit the chosen account"), act=page.edit, keys=("Return",),
                where=table, by_widget=True, enabled=lambda: len(page.chosen()) == 1,
            ),
            Action(
                name="accounts.assign", title=self.tr("Assign the chosen accounts"), act=page.assign,
                enabled=lambda: bool(page.chosen()),
            ),
            Action(
                name="accounts.delete", title=self.tr("Delete the chosen accounts"), act=page.delete, keys=("Del",),
                where=table, by_widget=True, enabled=lambda: bool(page.chosen()),
            ),
            Action(name="accounts.import", title=self.tr("Import accounts…"), act=page.open_import, words="CSV OPML"),
            Action(name="accounts.groups", title=self.tr("Groups…"), act=page.open_groups),
            Action(
                name="accounts.proxies", title=self.tr("Proxies…"), act=partial(page.open_settings, "proxies")
            ),
            Action(name="accounts.logins", title=self.tr("Sign-ins"), act=page.show_logins),
            Action(
                name="accounts.backups", title=self.tr("Backups and moving…"),
                act=partial(page.open_settings, "storage"),
            ),
            Action(
                name="accounts.export", title=self.tr("Export as CSV…"),
                act=partial(page.actions_of_accounts.export, "csv"),
            ),
        ]  # fmt: skip

    def of(self, key: str) -> list[Verb]:
        """What the menu of one account offers; of a group (``group:`` and its id), to edit it."""
        page = self._page
        if key.startswith("group:"):
            return self._of_group(key.removeprefix("group:"))
        row = page.model.get(key)
        return self._of_account(row) if row is not None else []

    def _of_group(self, group_id: str) -> list[Verb]:
        page = self._page
        group = page.context.models.inbox.groups.get(group_id)
        open_group = partial(GroupDialog, page.context, group, page.window())
        edit = Verb(title=self.tr("Edit…"), act=lambda: open_group().open(), name="edit")
        return [edit] if group is not None else []

    def _of_account(self, row: Account) -> list[Verb]:
        page, acts, one = self._page, self._page.actions_of_accounts, [row]
        context, window = page.context, page.window()
        found = []
        if row.state not in AT_REST:
            found.append(Verb(title=self.tr("Check now"), act=partial(page.check, [row.id]), name="check"))
        if words := page.panel.sign_in_words(row):
            found.append(Verb(title=words, act=partial(acts.sign_in, row), name="sign-in"))
        paused = row.state is AccountState.PAUSED
        pause = self.tr("Resume") if paused else self.tr("Pause")
        return [
            *found,
            Verb(title=self.tr("Edit…"), act=lambda: AccountDialog(context, row, window).open(), name="edit"),
            Verb(title=pause, act=lambda: acts.pause(one, on=not paused), name="resume" if paused else "pause"),
            Verb(title=self.tr("Assign…"), act=lambda: AssignDialog(context, one, window).open(), name="assign"),
            Verb(title=self.tr("History…"), act=partial(acts.show_history, row), name="history"),
            Verb(title=self.tr("Delete…"), act=partial(acts.delete, one), name="delete"),
        ]
