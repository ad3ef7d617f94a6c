"""The left pane of the inbox: all, what is unread, saved searches, accounts by group, kinds, platforms."""

import time

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from desktop.delegates.scopes import FOLD, SIDE, ScopeDelegate
from desktop.dialogs.context import Context
from desktop.models import scopes
from desktop.models.kind_words import kind_names
from desktop.models.scopes import Member, Scope, ScopeListModel, account_rows
from master.api.schema import Account
from worker.protocol.states import AccountState

TROUBLED = frozenset({AccountState.LOGIN_NEEDED, AccountState.UNREACHABLE, AccountState.STALE})

REST = 20
"""After the rows were made anew they are left alone this many times as long as it took."""


class ScopeList(QListView):
    """Tells which row was chosen; the rows follow accounts, groups and searches while it is seen."""

    chosen = Signal(object)
    """A :class:`~desktop.models.scopes.Scope`."""
    menu_wanted = Signal(object, object)
    """The context menu of a scope is asked for at a global point."""
    delete_wanted = Signal(object)
    """Delete was pressed on a scope."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key = f"{scopes.ALL}:"
        self._quiet = False
        self._seen: dict[str, Account] = {}
        self._rest_until = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_changed)
        self.rows = ScopeListModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(ScopeDelegate(context.theme, context.wording, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Accounts and searches"))
        self.selectionModel().currentChanged.connect(self._on_current)
        models = context.models
        for changed in (models.catalog_changed, models.inbox.searches_changed, models.inbox.groups_changed):
            changed.connect(self._on_changed)
        models.telling.quiet_changed.connect(self._on_changed)
        models.accounts.settled.connect(self._on_accounts)
        models.unread_changed.connect(self._on_unread)
        context.theme.changed.connect(self.viewport().update)
        self.refresh()

    # -- rows

    def _on_accounts(self) -> None:
        if self.isVisible() and not self._count_changes():
            self._on_changed()

    def _on_changed(self) -> None:
        if not self.isVisible():
            return
        wait = self._rest_until - time.monotonic()
        if wait > 0:
            self._timer.start(int(wait * 1000) + 1)
        else:
            self.refresh()

    def _on_unread(self) -> None:
        self.rows.put(Scope(scopes.UNREAD, self.tr("Unread"), unread=self._context.models.unread, icon="unread"))

    def _count_changes(self) -> bool:
        """Show what changed of the accounts. False: they are others, or stand elsewhere."""
        accounts, seen = self._context.models.accounts, self._seen
        if accounts.total != len(seen):
            return False
        for row in accounts.values():
            old = seen.get(row.id)
            if old is row:
                continue
            if old is None or (old.name, old.platform, old.group_id) != (row.name, row.platform, row.group_id):
                return False
            seen[row.id] = row
            if (old.unread, old.state) == (row.unread, row.state):
                continue
            known = self.rows.at(self.rows.position_of(f"{scopes.ACCOUNT}:{row.id}") or 0)
            if known is not None and known.sort == scopes.ACCOUNT:
                self.rows.put(known._replace(unread=row.unread, needs=self._needs(row)))
            self.rows.count(f"{scopes.GROUP}:{row.group_id}", row.unread - old.unread)
            self.rows.count(f"{scopes.PLATFORM}:{row.platform}", row.unread - old.unread)
        return True

    def _needs(self, row: Account) -> str:
        return self._context.wording.account_face(row).word if row.state in TROUBLED else ""

    def _snoozed(self, scope: str) -> dict[str, str]:
        """Return until when accounts or groups are snoozed, by their id."""
        wording = self._context.wording
        return {
            row.target_id: self.tr("Snoozed until {time}").format(time=wording.minute(row.until_at))
            for row in self._context.models.telling.snoozes.values()
            if row.scope == scope and row.target_id is not None
        }

    def fold(self, group_id: str, folded: bool) -> None:
        """Show the accounts of a group, or not."""
        settings = self._context.settings
        others = tuple(one for one in settings.values.inbox_folded if one != group_id)
        settings.update(inbox_folded=(*others, group_id) if folded else others)
        scope = self.scope
        account = self._seen.get(scope.value) if scope is not None and scope.sort == scopes.ACCOUNT else None
        if folded and account is not None and account.group_id == group_id:
            self.choose(f"{scopes.GROUP}:{group_id}")  # what is shown is not among the rows any more
        self.refresh()

    def refresh(self) -> None:
        """Show the rows as they are now; the chosen one stays chosen as long as it is there."""
        began = time.monotonic()
        self._show_rows()
        ended = time.monotonic()
        self._rest_until = ended + (ended - began) * REST

    def _show_rows(self) -> None:
        rows = self._build()
        self._quiet = True
        self.rows.show(rows)
        position = self.rows.position_of(self._key)
        if position is None:
            self._quiet = False
            self.choose(f"{scopes.ALL}:")
        elif position != self.currentIndex().row():
            self.setCurrentIndex(self.rows.index(position))
        self._quiet = False

    def _build(self) -> list[Scope]:
        models = self._context.models
        accounts = list(models.accounts.values())
        self._seen = {row.id: row for row in accounts}
        rows = [
            Scope(scopes.UNREAD, self.tr("Unread"), unread=models.unread, icon="unread"),
            Scope(scopes.ALL, self.tr("All"), icon="inbox"),
        ]
        if models.inbox.searches:
            rows.append(Scope(scopes.HEADING, self.tr("Searches"), "searches"))
            rows += [Scope(scopes.SEARCH, one.name, str(one.id), icon="search") for one in models.inbox.searches]
        snoozed = self._snoozed("account")
        members = [
            Member(
                row.id, row.name, models.accounts.badge(row), row.unread, row.group_id or "", self._needs(row),
                snoozed.get(row.id, ""),
            )
            for row in accounts
        ]  # fmt: skip
        groups = sorted(models.inbox.groups.values(), key=lambda one: one.position)
        rows += account_rows(
            members,
            [(one.id, one.name) for one in groups],
            self.tr("Without a group") if groups else self.tr("Accounts"),
            self._context.settings.values.inbox_folded,
            self._snoozed("group"),
        )
        platforms: dict[str, int] = {}
        for row in accounts:
            platforms[row.platform] = platforms.get(row.platform, 0) + row.unread
        return rows + self._kinds(platforms) + self._platforms(platforms)

    def _kinds(self, platforms: dict[str, int]) -> list[Scope]:
        manifests = [one for name in platforms if (one := self._context.models.manifest(name)) is not None]
        kinds = {kind for one in manifests for kind in one.item_kinds}
        rows = [
            Scope(scopes.KIND, name, str(kind), icon=f"kind_{kind}")
            for kind, name in kind_names().items()
            if str(kind) in kinds
        ]
        if len(rows) < 2:
            return []
        return [Scope(scopes.HEADING, self.tr("Kinds"), "kinds"), *rows]

    def _platforms(self, platforms: dict[str, int]) -> list[Scope]:
        if len(platforms) < 2:
            return []
        badges = self._context.models.accounts.badges
        rows = [
            Scope(scopes.PLATFORM, badge.title, name, unread, badge=badge)
            for name, unread in platforms.items()
            if (badge := badges.get(name)) is not None
        ]
        rows.sort(key=lambda one: one.title.casefold())
        return [Scope(scopes.HEADING, self.tr("Platforms"), "platforms"), *rows]

    # -- choosing

    @property
    def scope(self) -> Scope | None:
        """The chosen row."""
        position = self.rows.position_of(self._key)
        return self.rows.at(position) if position is not None else None

    def choose(self, key: str) -> bool:
        """Choose a row as a person does. False: there is none with this key."""
        position = self.rows.position_of(key)
        if position is None:
            return False
        self.setCurrentIndex(self.rows.index(position))
        return True

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        scope = self.rows.at(current.row()) if current.isValid() else None
        if scope is None or scope.key == self._key:
            return
        self._key = scope.key
        if not self._quiet:
            self.chosen.emit(scope)

    # -- Qt's own

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while nobody saw it."""
        super().showEvent(event)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete asks to forget a saved search; Left and Right fold a group."""
        scope, key = self.scope, event.key()
        if key == Qt.Key.Key_Delete and scope is not None:
            self.delete_wanted.emit(scope)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and scope is not None and scope.folded is not None:
            self.fold(scope.value, key == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the sign of a group folds it."""
        at = event.position().toPoint()
        scope = self.rows.at(self.indexAt(at).row())
        if scope is not None and scope.folded is not None and at.x() < SIDE + FOLD:
            self.fold(scope.value, not scope.folded)
        else:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the pointer."""
        scope = self.rows.at(self.indexAt(event.pos()).row())
        if scope is not None and scope.sort != scopes.HEADING:
            self.menu_wanted.emit(scope, event.globalPos())
