"""What can be done with accounts beside watching them: sign in and out, copy, move, snooze, delete and undo."""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop.dialogs.account_history import AccountHistoryDialog
from desktop.dialogs.bulk_dialog import BulkDialog
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.delete_dialog import DeleteDialog
from desktop.dialogs.login_dialog import LoginDialog
from desktop.dialogs.progress import working
from desktop.dialogs.sign_in_dialog import SignInDialog
from desktop.integration.account_batches import batch_accounts
from desktop.views.pause_menu import PauseMenu
from desktop.views.snooze_menu import SnoozeMenu
from desktop.views.undo_offers import undo_by
from master.api.logins import LogOutReport
from master.api.rules import Snooze, SnoozeCreate, SnoozeRow
from master.api.schema import Account, AccountChanges
from worker.protocol.states import AccountState


class AccountActions(QObject):
    """``parent`` is the page: its window is asked above."""

    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with what can be done about it: the words of a button, and what it does."""
    made = Signal(str)
    """The id of an account that was made of another one."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._page = context, parent

    # -- the menu

    def fill(self, menu: QMenu, chosen: list[Account]) -> None:
        """Add what can be done with the chosen accounts."""
        if len(chosen) == 1:
            one = chosen[0]
            menu.addAction(self.tr("History…"), lambda: self.show_history(one))
            menu.addAction(self.tr("Duplicate"), lambda: self.duplicate(one))
            if one.has_credentials:
                menu.addAction(self.tr("Sign out…"), lambda: self.log_out(one))
        else:
            menu.addAction(self.tr("Edit %n account(s)…", "", len(chosen)), lambda: self.edit_many(chosen))
        self._fill_groups(menu.addMenu(self.tr("Move to group")), chosen)
        if any(row.state is not AccountState.PAUSED or row.paused_until_at is not None for row in chosen):
            pause = PauseMenu(self._context, self._page, self.tr("Pause until"))
            pause.chosen.connect(lambda at: self.pause_until(chosen, at))
            menu.addMenu(pause)
            menu.aboutToHide.connect(pause.deleteLater)
        snooze = SnoozeMenu(self._context, self._page, self.tr("Snooze notifications"))
        snooze.chosen.connect(lambda until: self.snooze(chosen, until))
        menu.addMenu(snooze)
        menu.aboutToHide.connect(snooze.deleteLater)

    def _fill_groups(self, menu: QMenu, chosen: list[Account]) -> None:
        groups = sorted(self._context.models.inbox.groups.values(), key=lambda row: row.position)
        for group in groups:
            menu.addAction(group.name.replace("&", "&&"), partial(self.move, chosen, group.id))
        menu.addSeparator()
        menu.addAction(self.tr("None"), lambda: self.move(chosen, None)).setEnabled(any(row.group_id for row in chosen))

    # -- one account

    def sign_in(self, account: Account) -> None:
        """Sign in: with help where the platform offers it, else by typing."""
        manifest = self._context.models.manifest(account.platform)
        if manifest is None or not manifest.logins:
            self.type_in(account)
            return
        dialog = LoginDialog(self._context, manifest, self._page.window(), account=account)
        dialog.signed_in.connect(
            lambda _id: self.notice.emit(self.tr("{name} is signed in").format(name=account.name), "", "info")
        )
        dialog.typing_wanted.connect(lambda: self.type_in(account))
        dialog.open()

    def type_in(self, account: Account) -> None:
        """Sign in by typing the credentials."""
        SignInDialog(self._context, account, self._page.window()).open()

    def log_out(self, account: Account) -> None:
        """Ask, then sign out: the service forgets the credentials, and they are erased here."""
        ConfirmDialog(
            self._context,
            self.tr("Sign out of {name}?").format(name=account.name),
            self.tr("Checks stop, and the stored credentials are erased. Items and settings stay."),
            self.tr("Sign out"),
            lambda: self._log_out(account),
            self._page.window(),
        ).open()

    async def _log_out(self, account: Account) -> None:
        bridge = self._context.bridge
        report: LogOutReport = await bridge.call(bridge.client.log_out(account.id))
        self.notice.emit(
            self.tr("Signed out of {name}").format(name=account.name), self._context.wording.say(report.text), "info"
        )

    def duplicate(self, account: Account) -> None:
        """Add an account like this one, paused and without its credentials."""
        self._run(self._duplicate(account))

    async def _duplicate(self, account: Account) -> None:
        bridge = self._context.bridge
        made: Account = await bridge.call(bridge.client.duplicate_account(account.id))
        self.made.emit(made.id)
        words = self.tr("It is paused. Edit it, sign in, then resume it.")
        self.notice.emit(self.tr("{name} was made").format(name=made.name), words, "info")

    def show_history(self, account: Account) -> None:
        """Show the states that it was in, and how its checks went."""
        AccountHistoryDialog(self._context, account, self._page.window()).open()

    # -- many

    def edit_many(self, accounts: list[Account]) -> None:
        """Edit what they have in common."""
        dialog = BulkDialog(self._context, accounts, self._page.window())
        dialog.edited.connect(self._on_edited)
        dialog.open()

    def _on_edited(self, count: int, back: list[tuple[AccountChanges, list[str]]]) -> None:
        ids = [one for _changes, some in back for one in some]
        self._offer(self.tr("%n account(s) changed", "", count), ids, lambda: self._edit_back(back))

    async def _edit_back(self, back: list[tuple[AccountChanges, list[str]]]) -> None:
        for changes, ids in back:
            await self._batch("edit", ids, changes=changes)

    def move(self, accounts: list[Account], group_id: str | None) -> None:
        """Put them into a group, or into none."""
        self._run(self._move(accounts, group_id))

    async def _move(self, accounts: list[Account], group_id: str | None) -> None:
        done = await self._batch("move", [row.id for row in accounts], group_id=group_id)
        before: dict[str | None, list[str]] = {}
        for row in accounts:
            if row.id in done:
                before.setdefault(row.group_id, []).append(row.id)
        self._offer(self.tr("%n account(s) moved", "", len(done)), done, lambda: self._move_back(before))

    async def _move_back(self, before: dict[str | None, list[str]]) -> None:
        for group_id, ids in before.items():
            await self._batch("move", ids, group_id=group_id)

    def pause(self, accounts: list[Account], *, on: bool) -> None:
        """Pause or resume them."""
        self._run(self._pause([row for row in accounts if (row.state is AccountState.PAUSED) is not on], on=on))

    def pause_until(self, accounts: list[Account], at: int) -> None:
        """Pause them; they go on by themselves then (UTC milliseconds)."""
        self._run(self._pause(accounts, on=True, until_at=at))

    async def _pause(self, accounts: list[Account], *, on: bool, **more: Any) -> None:
        done = await self._batch("pause" if on else "resume", [row.id for row in accounts], **more)
        count = len(done)
        title = self.tr("%n account(s) paused", "", count) if on else self.tr("%n account(s) resumed", "", count)
        self._offer(title, done, lambda: self._pause_as_before([row for row in accounts if row.id in done]))

    async def _pause_as_before(self, accounts: list[Account]) -> None:
        """Resume those that were watched; pause the others again, until when they were to go on."""
        await self._batch("resume", [row.id for row in accounts if row.state is not AccountState.PAUSED])
        paused = [row for row in accounts if row.state is AccountState.PAUSED]
        for until in {row.paused_until_at for row in paused}:
            await self._batch("pause", [row.id for row in paused if row.paused_until_at == until], until_at=until)

    def snooze(self, accounts: list[Account], until: Snooze) -> None:
        """Hold what comes of them until then."""
        self._run(self._snooze(accounts, until))

    async def _snooze(self, accounts: list[Account], until: Snooze) -> None:
        bridge = self._context.bridge
        made: list[str] = []
        for account in accounts:
            body = SnoozeCreate(
                scope="account",
                target_id=account.id,
                seconds=until.seconds,
                until_at=until.until_at,
                preset=until.preset,
            )
            row: SnoozeRow = await bridge.call(bridge.client.create_snooze(body))
            made.append(row.id)
        self._offer(self.tr("%n account(s) snoozed", "", len(accounts)), made, lambda: self._wake(made))

    async def _wake(self, snoozes: list[str]) -> None:
        bridge = self._context.bridge
        for snooze_id in snoozes:
            await bridge.call(bridge.client.delete_snooze(snooze_id))

    def delete(self, accounts: list[Account]) -> None:
        """Ask, then delete them; for half a minute that can be undone."""
        dialog = DeleteDialog(self._context, accounts, self._page.window())
        dialog.deleted.connect(lambda ids: self._offer_undo(list(ids)))
        dialog.open()

    def _offer(self, title: str, done: Sequence[str], undo: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Tell what was done, if anything was, and offer to take it back."""
        if done:
            self.offer.emit(title, "", "info", undo_by(self._context, self._page, undo))

    def _offer_undo(self, ids: list[str]) -> None:
        title = self.tr("%n account(s) deleted", "", len(ids))
        words = self.tr("For 30 seconds this can be undone.")
        undo = undo_by(self._context, self._page, lambda: self._batch("restore", ids))
        self.offer.emit(title, words, "info", undo)

    def export(self, format: Literal["csv", "opml"]) -> None:  # noqa: A002 (the master's own name)
        """Ask where to, then write all accounts, without secrets."""
        dialog = QFileDialog(self._page, self.tr("Export accounts"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(format)
        dialog.selectFile(f"watchkeeper-accounts.{format}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._run(self._export(Path(path), format)))
        dialog.open()

    async def _export(self, path: Path, format: Literal["csv", "opml"]) -> None:  # noqa: A002
        bridge = self._context.bridge
        try:
            await bridge.call(bridge.client.export_accounts(path, format))
        except OSError as error:
            self.notice.emit(self.tr("The accounts could not be exported"), error.strerror or str(error), "bad")
        else:
            self.notice.emit(self.tr("Exported"), str(path), "info")

    async def _batch(self, action: Any, ids: list[str], **more: Any) -> list[str]:
        """Do it with all of them; tell which failed, return the others."""
        failed = await batch_accounts(self._context.bridge, action, ids, **more)
        if failed:
            words = self._context.wording.failures(failed, self._context.models.account_name)
            self.notice.emit(self._failed_words(action, len(failed)), words, "bad")
        wrong = {row.id for row in failed}
        return [one for one in ids if one not in wrong]

    def _failed_words(self, action: str, count: int) -> str:
        if action == "move":
            return self.tr("%n account(s) could not be moved", "", count)
        if action == "restore":
            return self.tr("%n account(s) could not be restored", "", count)
        if action == "pause":
            return self.tr("%n account(s) could not be paused", "", count)
        if action == "edit":
            return self.tr("%n account(s) could not be changed", "", count)
        return self.tr("%n account(s) could not be resumed", "", count)

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        working(self._context, self._page, coroutine)
