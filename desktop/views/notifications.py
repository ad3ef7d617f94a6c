"""The history of notifications: what was told, what was not, and why; a tab of the Inbox."""

from collections.abc import Callable
from functools import partial

import msgspec
from msgspec import UNSET
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.delegates.items import HEIGHT
from desktop.delegates.labels import PlainLabel
from desktop.delegates.notifications import NotificationDelegate
from desktop.dialogs.confirm_dialog import ConfirmDialog
from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.models.accounts import Badge
from desktop.models.notifications import KINDS, STATES
from desktop.theme import GREY
from desktop.views.actions import Action, bind
from desktop.views.entry_lists import EntryList
from desktop.views.filter_chips import ChipRow, Choice, FilterChip
from desktop.views.list_panes import ListPane, Words
from desktop.views.snooze_menu import SnoozeMenu
from desktop.views.tables import make_card
from master.api.notifications import Notification, NotificationFilter
from master.api.rules import Snooze

UNKNOWN = Badge("?", GREY, "")
OVER = frozenset({"dismissed"})


class NotificationsView(QWidget):
    """Chips and what can be done with the chosen one above, the list, and below it all about the chosen one."""

    item_wanted = Signal(int)
    job_wanted = Signal(str)
    alert_wanted = Signal(int)
    notice = Signal(str, str, str, object)
    counted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.inbox = context.models.inbox
        self.model = self.inbox.notifications
        self.words = self.model.words
        self._bar = self._make_bar()
        self.list = self._make_list()
        self.pane = ListPane(context, self.list, self._nothing, self.show_all, self._reload, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._bar)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pane, 1)
        column.addWidget(self._make_foot())
        layout.addWidget(make_card(inside, self), 1)
        self._connect()
        self._on_chosen()

    def _make_bar(self) -> ChipRow:
        bar = ChipRow(self)
        states: list[Choice] = [(self.tr("Any state"), None), *((self.words.state(one), one) for one in STATES)]
        self.state = FilterChip(self.tr("State"), states, bar)
        kinds: list[Choice] = [(self.tr("About anything"), None), *((self.words.kind(one), one) for one in KINDS)]
        self.kind = FilterChip(self.tr("About"), kinds, bar)
        self.clear_button = QPushButton(self.tr("Put all away…"), bar)
        for chip in (self.state, self.kind):
            bar.add(chip)
            chip.chosen.connect(lambda _value: self._ask())
        bar.stretch()
        self.open_button = QPushButton(self.tr("Open"), bar)
        self.open_button.setToolTip(f"{self.open_button.text()} (O)")
        self.snooze_button = QPushButton(self.tr("Snooze…"), bar)
        self.snooze_button.setToolTip(f"{self.snooze_button.text()} (S)")
        self.snooze_menu = SnoozeMenu(self.context, self, self.tr("Snooze"))
        self.snooze_button.setMenu(self.snooze_menu)
        self.dismiss_button = QPushButton(self.tr("Put away"), bar)
        self.dismiss_button.setToolTip(f"{self.dismiss_button.text()} (D)")
        for button in (self.open_button, self.snooze_button, self.dismiss_button, self.clear_button):
            bar.add(button)
        return bar

    def _make_list(self) -> EntryList:
        context = self.context
        delegate = NotificationDelegate(
            context.theme, context.wording, self.words, self._badge, context.models.account_name, self
        )
        made = EntryList(self.model, delegate, HEIGHT, self)
        made.setAccessibleName(self.tr("Notifications"))
        context.theme.changed.connect(made.viewport().update)
        return made

    def _make_foot(self) -> QFrame:
        foot = QFrame(self)
        whole = QVBoxLayout(foot)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        rule = QFrame(foot)
        rule.setProperty("kind", "rule")
        whole.addWidget(rule)
        self.why = PlainLabel(foot)
        self.why.setProperty("kind", "small")
        self.why.setWordWrap(True)
        self.why.setContentsMargins(16, 8, 16, 8)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        whole.addWidget(self.why)
        self.foot = foot
        return foot

    def _connect(self) -> None:
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        self.open_button.clicked.connect(lambda _checked=False: self.open_chosen())
        self.dismiss_button.clicked.connect(lambda _checked=False: self.dismiss())
        self.snooze_menu.chosen.connect(self._on_snooze)
        self.list.chosen.connect(lambda _row: self._on_chosen())
        self.list.opened.connect(self.open_chosen)
        self.list.menu_wanted.connect(self._open_menu)
        self.list.paged.connect(self._on_paged)
        self.model.counted.connect(self._on_counted)
        self.inbox.totals_changed.connect(self.counted)
        bind(self.actions_here())

    def actions_here(self) -> list[Action]:
        """Return what can be done here, with its keys: letters work in the list."""
        rows: list[tuple[str, str, Callable[[], object], tuple[str, ...]]] = [
            ("next", self.tr("Next notification"), partial(self.list.step, 1), ("J",)),
            ("previous", self.tr("Previous notification"), partial(self.list.step, -1), ("K",)),
            ("open", self.tr("Open what the notification tells of"), self.open_chosen, ("O",)),
            ("snooze", self.tr("Snooze the notification"), self.open_snooze_menu, ("S",)),
            ("dismiss", self.tr("Put the notification away"), self.dismiss, ("D", "Del")),
        ]
        return [
            Action(name=f"notifications.{name}", title=title, act=act, keys=keys, where=(self.list,), listed=False)
            for name, title, act, keys in rows
        ]

    def _badge(self, account_id: str) -> Badge:
        account = self.context.models.accounts.get(account_id)
        return self.context.models.accounts.badge(account) if account else UNKNOWN

    # -- what is shown

    @property
    def sentence(self) -> str:
        """How many wait, and how many were not told."""
        totals = self.inbox.totals
        if totals is None:
            return ""
        waiting, states = totals.states.get("pending", 0), totals.states
        parts = [self.tr("%n new", "", waiting) if waiting else self.tr("Nothing new")]
        if held := states.get("held", 0) + states.get("snoozed", 0):
            parts.append(self.tr("%n held or snoozed", "", held))
        if silent := states.get("suppressed", 0):
            parts.append(self.tr("%n not told", "", silent))
        parts.append(self.tr("%n in all", "", totals.total))
        return " · ".join(parts)

    @property
    def filter(self) -> NotificationFilter:
        """What the list is restricted to."""
        return NotificationFilter(
            state=UNSET if self.state.value is None else self.state.value,
            kind=UNSET if self.kind.value is None else self.kind.value,
        )

    def open(self) -> None:
        """It is shown: load it the first time."""
        if not self.inbox.notifications_used:
            self._ask()

    def show_all(self) -> None:
        """Restrict nothing."""
        self.state.set_value(None)
        self.kind.set_value(None)
        self._ask()

    def _ask(self) -> None:
        self.list.forget()
        self._on_chosen()
        self.context.run(self._reload())

    async def _reload(self) -> None:
        await self.inbox.reload_notifications(self.filter)

    def _nothing(self) -> Words:
        if self.state.value is None and self.kind.value is None:
            words = self.tr("What is told, and what is kept quiet and why, is listed here.")
            return "bell", self.tr("Nothing was told yet"), words, self.tr("Look again")
        return "search", self.tr("No notification fits"), "", self.tr("Show all")

    # -- the chosen one

    @property
    def row(self) -> Notification | None:
        """The chosen notification."""
        found = self.list.row
        return found if isinstance(found, Notification) else None

    def _on_counted(self) -> None:
        self._on_chosen()
        if self.list.overgrown:
            self.model.arrived = 0  # asked for once
            self.context.run(self._reload())
        self.counted.emit()

    def _on_chosen(self) -> None:
        row = self.row
        self.foot.setVisible(row is not None)
        self.snooze_button.setEnabled(row is not None)
        if row is None:
            self.open_button.setEnabled(False)
            self.dismiss_button.setEnabled(False)
            return
        why = self.words.why(row)
        when = self.context.wording.moment(row.created_at)
        state = self.words.face(row).word
        self.why.setText(" · ".join(part for part in (when, state, why) if part))
        self.open_button.setEnabled(any(one is not None for one in (row.item_id, row.job_id, row.alert_id)))
        self.dismiss_button.setEnabled(row.state not in OVER)

    def open_chosen(self) -> None:
        """Go to what it tells of."""
        row = self.row
        if row is None:
            return
        if row.item_id is not None:
            self.item_wanted.emit(row.item_id)
        elif row.job_id is not None:
            self.job_wanted.emit(row.job_id)
        elif row.alert_id is not None:
            self.alert_wanted.emit(row.alert_id)

    def dismiss(self) -> None:
        """Put the chosen one away, and go to the next."""
        row = self.row
        if row is not None and row.state not in OVER:
            request = self.context.bridge.client.dismiss_notification(row.id)
            working(self.context, self, self.context.bridge.call(request))
            self.list.step(1)

    def open_snooze_menu(self) -> None:
        """Ask how long to snooze the chosen one."""
        if self.row is not None:
            button = self.snooze_button
            self.snooze_menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _on_snooze(self, until: Snooze) -> None:
        row = self.row
        if row is not None:
            working(self.context, self, self._snooze(row.id, until))

    async def _snooze(self, row_id: int, until: Snooze) -> None:
        bridge = self.context.bridge
        row: Notification = await bridge.call(bridge.client.snooze_notification(row_id, snooze=until))
        self.model.replace(row)
        when = self.context.wording.minute(row.snoozed_until_at)
        self.notice.emit(self.tr("Snoozed until {time}").format(time=when), "", "info", None)

    def _on_paged(self, by: int) -> None:
        bar = self.list.verticalScrollBar()
        bar.setValue(bar.value() + by * bar.pageStep())

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), self.open_chosen).setEnabled(self.open_button.isEnabled())
        menu.addMenu(self.snooze_menu)
        menu.addAction(self.tr("Put away"), self.dismiss).setEnabled(self.dismiss_button.isEnabled())
        menu.popup(at)

    # -- all of them

    def _up_to_now(self) -> NotificationFilter:
        """What came while the person looked is not put away unseen."""
        newest = self.model.at(0)
        return msgspec.structs.replace(self.filter, until_id=UNSET if newest is None else newest.id)

    def mark_all_read(self) -> None:
        """Mark what waits to be seen as read."""
        working(self.context, self, self._sweep(read=True))

    async def _sweep(self, *, read: bool) -> None:
        client, wanted = self.context.bridge.client, self._up_to_now()
        call = client.read_notifications(wanted) if read else client.clear_notifications(wanted)
        count = (await self.context.bridge.call(call)).count
        words = self.tr("%n marked read", "", count) if read else self.tr("%n put away", "", count)
        self.notice.emit(words, "", "info", None)

    def clear(self) -> None:
        """Ask, then put away what was told."""
        ConfirmDialog(
            self.context,
            self.tr("Put the notifications away?"),
            self.tr("What was told leaves the list of new ones. The items themselves stay, and so does this history."),
            self.tr("Put away"),
            partial(self._sweep, read=False),
            self.window(),
        ).open()
