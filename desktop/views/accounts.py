"""The Accounts page: one table with live heartbeats, the chosen account below."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.assign_dialog import AssignDialog
from desktop.dialogs.context import Context
from desktop.dialogs.import_dialog import ImportDialog
from desktop.dialogs.progress import working
from desktop.integration.account_batches import batch_accounts
from desktop.models import accounts as columns
from desktop.models.group_words import group_line, plain_window
from desktop.models.palettes import Verb
from desktop.views.account_actions import AccountActions
from desktop.views.account_menus import AccountMenus
from desktop.views.account_panel import AccountPanel
from desktop.views.account_tables import AccountTable
from desktop.views.account_tabs import AccountTabs
from desktop.views.account_verbs import AT_REST, AccountVerbs
from desktop.views.actions import NEW, Action, key_words
from desktop.views.page import Page
from desktop.views.tables import make_card
from desktop.views.undo_offers import open_groups
from master.api.client import ApiError
from master.api.schema import Account, AccountTest
from worker.protocol.states import AccountState


class AccountsPage(Page):
    """Table, detail panel, and the dialogs that belong to accounts."""

    name = "accounts"
    notice = Signal(str, str, str)
    """Title, body and level of a short message."""
    offer = Signal(str, str, str, object)
    """The same with a button: its words, and what it does."""
    settings_wanted = Signal(str)
    """A section of the settings."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent=parent)
        self.set_title(self.tr("Accounts"))
        self.model = context.models.accounts
        self._awaited: str | None = None
        self.actions_of_accounts = AccountActions(context, self)
        self.actions_of_accounts.notice.connect(self.notice)
        self.actions_of_accounts.offer.connect(self.offer)
        self.actions_of_accounts.made.connect(self._on_added)
        self._verbs = AccountVerbs(self, self)
        self.add_search(self.tr("Search accounts"))
        self.more_button = self.add_action(self.tr("Manage"))
        self.more_button.setProperty("kind", "menu")
        self._menus = AccountMenus(self, self)
        menu, self.by_group = self._menus.of_all()
        self.more_button.setMenu(menu)
        self.assign_button = self.add_action(self.tr("Assign…"))
        self.check_button = self.add_action(self.tr("Check now"), tip=key_words(("F5",)))
        self.add_button = self.add_action(self.tr("Add account"), icon="plus", primary=True, tip=key_words(NEW))
        self.table = AccountTable(context, self)
        self.first_focus = self.table
        self.panel = AccountPanel(context, self)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        self.views = AccountTabs(context, make_card(self.table, self.content), self.panel, self.content)
        layout.addWidget(self.views)
        self.views.accounts_shown.connect(self._on_tab)
        self.add_button.clicked.connect(self.add_account)
        self.check_button.clicked.connect(lambda _checked=False: self.check_now())
        self.assign_button.clicked.connect(self.assign)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.opened.connect(lambda _key: self.edit())
        self.table.delete_wanted.connect(self.delete)
        self.panel.sign_in_wanted.connect(self.sign_in)
        self.panel.test_wanted.connect(self.test)
        self.panel.check_wanted.connect(self.check_now)
        self.panel.edit_wanted.connect(self.edit)
        self.panel.pause_wanted.connect(self.pause)
        self.panel.assign_wanted.connect(self.assign)
        self.panel.delete_wanted.connect(self.delete)
        self.model.rowsInserted.connect(self._choose_awaited)
        self.model.settled.connect(self._on_settled)
        context.models.catalog_changed.connect(self.refresh)
        context.settings.changed.connect(self._on_settings)
        context.models.inbox.groups_changed.connect(self._on_groups)
        self.watch(self.model.load_status, context.models.reload_accounts)
        self._on_settings()
        self.refresh()

    def _on_tab(self, accounts: bool) -> None:
        self.first_focus = self.table if accounts else self.views.logins.table
        for widget in (self.search, self.assign_button, self.check_button):
            if widget is not None:
                widget.setEnabled(accounts)
        if accounts:
            self._on_chosen()
        self.refresh()

    def show_logins(self) -> None:
        """Show the sign-ins that are under way."""
        self.views.show_logins()

    # -- what the page says

    def is_empty(self) -> bool:
        """No account, or none that fits the search; somebody may be signing in to the first."""
        return self.model.rowCount() == 0 and self.views.on_accounts

    def empty_notice(self) -> tuple[str, str, str, str]:
        """How to begin, or how to end the search."""
        if self.model.total:
            return "search", self.tr("No account fits this search"), "", self.tr("Clear the search")
        return (
            "accounts",
            self.tr("No account is watched yet"),
            self.tr("Add a mailbox or a feed. New messages appear in the inbox within seconds."),
            self.tr("Add account"),
        )

    def on_empty_clicked(self) -> None:
        """Add the first account, or clear the search."""
        if self.model.total and self.search is not None:
            self.search.clear()
            self.model.set_filter("")
        else:
            self.add_account()

    def on_search(self, text: str) -> None:
        """Filter the table."""
        self.model.set_filter(text)
        self.refresh()

    def refresh(self) -> None:
        """Count the states and show the chosen account anew."""
        counts = self.model.counts()
        total = self.model.total
        number = self.context.wording.number
        parts = [self.tr("%n account(s)", "", total)]
        if self.model.filter_text:
            shown = number(self.model.shown)
            parts = [self.tr("{shown} of {total} shown").format(shown=shown, total=number(total))]
        fine = counts[AccountState.OK]
        if fine:
            parts.append(self.tr("all fine") if fine == total else self.tr("{count} fine").format(count=number(fine)))
        words = {
            AccountState.LOGIN_NEEDED: self.tr("%n need(s) sign-in", "", counts[AccountState.LOGIN_NEEDED]),
            AccountState.UNREACHABLE: self.tr("%n unreachable", "", counts[AccountState.UNREACHABLE]),
            AccountState.STALE: self.tr("%n stale", "", counts[AccountState.STALE]),
            AccountState.PENDING: self.tr("%n pending", "", counts[AccountState.PENDING]),
            AccountState.PAUSED: self.tr("%n paused", "", counts[AccountState.PAUSED]),
        }
        parts += [text for state, text in words.items() if counts[state]]
        if signing := sum(row.login_session_id is not None for row in self.model.values()):
            parts.append(self.tr("%n sign-in(s) under way", "", signing))
        if self.model.load_status.state == "ready":
            self.set_sentence(" · ".join(parts) if total else self.tr("Nothing to watch yet."))
        self._on_chosen()
        super().refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the name is worth more than worker and age."""
        super().resizeEvent(event)
        self.table.make_room(event.size().width())

    def tick(self) -> None:
        """Ages run on."""
        self.table.viewport().update()
        if (account := self.panel.account) is not None:
            self.panel.show_account(self.model.get(account.id))

    def _on_settings(self) -> None:
        self.table.set_compact(self.context.settings.values.compact_rows)
        self._on_groups()

    def _on_groups(self) -> None:
        """The heads say what the groups pass on."""
        groups = sorted(self.context.models.inbox.groups.values(), key=lambda row: row.position)
        self.model.group_names = {row.id: row.name for row in groups}
        wanted = self.context.settings.values.group_accounts
        window = partial(plain_window, words=self.context.models.telling.words.window)
        lines = [(row.id, group_line(row, self.context.wording, window)) for row in groups] if wanted else []
        self.model.set_groups(lines, self.tr("In no group"))
        self.by_group.setChecked(wanted)
        self.by_group.setEnabled(bool(groups))

    def chosen(self) -> list[Account]:
        """Return the chosen accounts."""
        return [row for key in self.table.chosen if (row := self.model.get(key)) is not None]

    def show_found(self, words: str) -> None:
        """Show what a search finds; with no words everything, with what needs a person at the top."""
        if self.search is not None:
            self.search.setText(words)
        self.on_search(words)
        if not words:
            self.table.sortByColumn(columns.STATE, Qt.SortOrder.AscendingOrder)

    def choose(self, account_id: str) -> None:
        """Show one account."""
        self.views.show_accounts()
        self.table.choose(account_id)

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        focused = self.window().focusWidget()
        if len(chosen) != 1 and focused is not None and self.panel.isAncestorOf(focused):
            self.table.setFocus()
        self.panel.show_account(chosen[0] if len(chosen) == 1 else None)
        self.assign_button.setEnabled(bool(chosen) and self.views.on_accounts)
        self.check_button.setText(self.tr("Check now") if chosen else self.tr("Check all now"))
        self.check_button.setEnabled(self.can_check() and self.views.on_accounts)

    def can_check(self) -> bool:
        """Something of what is chosen, or of all, may be checked now."""
        return bool(self._checkable())

    def _checkable(self, *, chosen_only: bool = True) -> list[str]:
        rows = (self.chosen() if chosen_only else []) or list(self.model.values())
        return [row.id for row in rows if row.state not in AT_REST]

    def _on_added(self, account_id: str) -> None:
        self._awaited = account_id
        self._choose_awaited()

    def _choose_awaited(self) -> None:
        """Show the account that was just added; a search must not hide it."""
        if self._awaited is None or self.model.get(self._awaited) is None:
            return
        if self.model.position_of(self._awaited) is None and self.search is not None:
            self.search.clear()
            self.model.set_filter("")
        self.choose(self._awaited)

    def _on_settled(self) -> None:
        self._choose_awaited()
        if self._awaited is not None and self._awaited in self.table.chosen:
            self._awaited = None
        self.refresh()

    def _open_menu(self, at: QPoint) -> None:
        self._menus.of_chosen().popup(at)

    # -- for the palette

    def actions_here(self) -> list[Action]:
        """What the buttons, the menu and the keys of the table do."""
        return self._verbs.actions()

    def verbs_of(self, key: str) -> list[Verb]:
        """What the menu of one account offers; of a group, to edit it."""
        return self._verbs.of(key)

    def open_settings(self, section: str) -> None:
        """Ask for a section of the settings."""
        self.settings_wanted.emit(section)

    def open_import(self) -> None:
        """Add many accounts at once."""
        ImportDialog(self.context, self.window()).open()

    def open_groups(self) -> None:
        """Open the groups."""
        open_groups(self.context, self, self.offer)

    # -- what the person does

    def add_account(self) -> None:
        """Open *Add account*."""
        dialog = AccountDialog(self.context, None, self.window())
        dialog.added.connect(self._on_added)
        dialog.open()

    def edit(self) -> None:
        """Open *Edit* for the chosen account."""
        if len(chosen := self.chosen()) == 1:
            AccountDialog(self.context, chosen[0], self.window()).open()

    def sign_in(self) -> None:
        """Open *Sign in* for the chosen account."""
        if len(chosen := self.chosen()) == 1:
            self.actions_of_accounts.sign_in(chosen[0])

    def assign(self) -> None:
        """Open *Assign* for the chosen accounts."""
        if chosen := self.chosen():
            AssignDialog(self.context, chosen, self.window()).open()

    def delete(self) -> None:
        """Ask, then delete the chosen accounts."""
        if chosen := self.chosen():
            self.actions_of_accounts.delete(chosen)

    def pause(self, on: bool) -> None:
        """Pause or resume the chosen accounts."""
        self.actions_of_accounts.pause(self.chosen(), on=on)

    def check_now(self, *, chosen_only: bool = True) -> None:
        """Check the chosen accounts; all when none is chosen or ``chosen_only`` is false."""
        if ids := self._checkable(chosen_only=chosen_only):
            working(self.context, self.check_button if chosen_only else self, self._check(ids))

    def check(self, ids: list[str]) -> None:
        """Check these accounts now."""
        working(self.context, self, self._check(ids))

    def test(self) -> None:
        """Test the chosen account with its stored credentials; the steps show in the panel."""
        if len(chosen := self.chosen()) == 1:
            self.panel.show_testing()
            working(self.context, self, self._test(chosen[0]))

    async def _test(self, account: Account) -> None:
        bridge = self.context.bridge
        body = AccountTest(platform=account.platform, settings=account.settings, account_id=account.id)
        try:
            report = await bridge.call(bridge.client.test_account(body))
        except ApiError:
            self.panel.clear_test()
            raise
        self.panel.show_report(account.id, report)

    async def _check(self, ids: list[str]) -> None:
        failed = await batch_accounts(self.context.bridge, "check", ids)
        if failed:
            words = self.context.wording.failures(failed, self.context.models.account_name)
            self.notice.emit(self.tr("%n account(s) could not be checked", "", len(failed)), words, "bad")
