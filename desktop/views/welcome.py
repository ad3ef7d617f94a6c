"""The first minutes: three ways to begin, then what happens until the first item is there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs.account_dialog import AccountDialog
from desktop.dialogs.context import Context
from desktop.dialogs.import_dialog import ImportDialog
from desktop.models.accounts import now_ms
from desktop.models.first_runs import FirstRun, look
from desktop.theme import IconBinding
from desktop.views.page import Page
from desktop.views.welcome_steps import WelcomeStep
from desktop.views.welcome_ways import WelcomeWays
from desktop.words import Face
from master.api.client import ApiError
from master.api.schema import Item, ItemFilter

WIDEST = 760


class WelcomePage(Page):
    """Shown until there is an account and something was found, or the person has seen enough."""

    name = "welcome"
    demo_wanted = Signal()
    """Show the demo, in a window of its own."""
    notification_wanted = Signal()
    """Show one notification of the system, which asks for the permission where there is one to ask for."""
    move_wanted = Signal()
    """Take over a file of another computer."""
    account_wanted = Signal(str)
    item_wanted = Signal(int)
    finished = Signal()
    """The person goes on."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "", parent)
        self.set_title(self.tr("Welcome to Watchkeeper"))
        self._item: Item | None = None
        self._asked = False
        self._tried = False
        self._steps_of = FirstRun(account=None, others=0, checked=False, item=None)
        self._ways_or_steps = QStackedWidget(self.content)
        self.ways = WelcomeWays(context, self._ways_or_steps)
        self.ways.add_wanted.connect(self._add)
        self.ways.import_wanted.connect(self._import)
        self.ways.demo_wanted.connect(self.demo_wanted)
        self.ways.move_wanted.connect(self.move_wanted)
        self.ways.skipped.connect(self.finished)
        self._ways_or_steps.addWidget(self.ways)
        self._ways_or_steps.addWidget(self._make_steps())
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._ways_or_steps)
        self.watch(context.models.accounts.load_status, context.models.reload_accounts)
        context.models.accounts.settled.connect(self.refresh)
        context.models.inbox.found.connect(self._on_found)
        self.refresh()

    # -- making

    def _make_steps(self) -> QWidget:
        whole = QWidget(self.content)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        card = QFrame(whole)
        card.setProperty("kind", "card")
        card.setMaximumWidth(WIDEST)
        column = QVBoxLayout(card)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        self.account_step, self.told_step, self.item_step = (WelcomeStep(self.context, card) for _step in range(3))
        for number, step in enumerate((self.account_step, self.told_step, self.item_step)):
            if number:
                rule = QFrame(card)
                rule.setProperty("kind", "rule")
                column.addWidget(rule)
            column.addWidget(step)
        self.more_button = QPushButton(self.tr("Add another account"), whole)
        IconBinding(self.context.theme, self.more_button, "plus")
        self.done_button = QPushButton(whole)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.done_button, self.more_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addWidget(card)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.account_step.button.clicked.connect(lambda _checked=False: self._open_account())
        self.told_step.button.clicked.connect(lambda _checked=False: self._try_notification())
        self.item_step.button.clicked.connect(lambda _checked=False: self._open_item())
        self.more_button.clicked.connect(lambda _checked=False: self._add())
        self.done_button.clicked.connect(lambda _checked=False: self.finished.emit())
        return whole

    # -- showing

    def refresh(self) -> None:
        """Show how far the person is."""
        state = self._steps_of = look(self.context.models, self._item)
        begun = state.account is not None
        before, focused = self._ways_or_steps.currentWidget(), self.window().focusWidget()
        held = focused is not None and before is not None and before.isAncestorOf(focused)
        self._ways_or_steps.setCurrentIndex(1 if begun else 0)
        self.first_focus = self.done_button if begun else self.ways.add_card.button
        if held and before is not self._ways_or_steps.currentWidget():
            self.first_focus.setFocus()  # it would go to what happens to be next
        if begun:
            if not self._asked:
                self._asked = True
                self.context.run(self._ask())
            self._show_account(state)
            self._show_told()
            self._show_item(state)
            self.set_sentence(
                self.tr("Everything is set up.") if state.item is not None else self.tr("It works by itself from here.")
            )
            self.done_button.setText(self.tr("Go to the overview"))
        else:
            self.set_sentence(self.tr("It keeps watch over all your accounts and tells you what is new. How to begin?"))
        super().refresh()

    def tick(self) -> None:
        """How long ago the last check was changes by itself."""
        if self._steps_of.account is not None:
            self.refresh()

    def _show_account(self, state: FirstRun) -> None:
        account, wording = state.account, self.context.wording
        assert account is not None
        name = account.name
        if state.others:
            name = self.tr("{name} and %n other(s)", "", state.others).format(name=name)
        title = self.tr("{name}: watched").format(name=name)
        if state.needs_sign_in or (state.cannot_reach and not state.checked):
            words = wording.say(account.state_reason)
            self.account_step.set(wording.account_face(account), title, words, self.tr("Show the account"))
        elif state.checked:
            ago, now = wording.ago(account.last_checked_at, now_ms()), wording.ago(now_ms(), now_ms())
            words = self.tr("Checked {ago} ago. From now on what is new is found by itself.").format(ago=ago)
            if ago == now:
                words = self.tr("Checked just now. From now on what is new is found by itself.")
            self.account_step.set(self._done(), title, words)
        else:
            self.account_step.set(self._under_way(), title, self.tr("The first look at what is there is under way."))

    def _show_told(self) -> None:
        words = self.tr("What is new shows up on your screen, also while this window is closed.")
        if self._tried:
            words = self.tr(
                "One was sent. If nothing showed up, allow Watchkeeper in the notification settings of the system."
            )
        face = self._done() if self._tried else self._to_do()
        button = self.tr("Show another one") if self._tried else self.tr("Show me one")
        self.told_step.set(face, self.tr("Notifications"), words, button, primary=not self._tried)

    def _show_item(self, state: FirstRun) -> None:
        item = state.item
        if item is None:
            words = self.tr("What was there before is not told. The next thing that comes is shown here.")
            self.item_step.set(self._under_way(), self.tr("The first item"), words)
            return
        author = f"{item.author}: " if item.author else ""
        text = " ".join((author + item.text).split())
        self.item_step.set(self._done(), item.title or text, text if item.title else "", self.tr("Open"))

    def _done(self) -> Face:
        return Face("dot", self.tr("Done"), "ok")

    def _under_way(self) -> Face:
        return Face("half", self.tr("Under way"), "accent")

    def _to_do(self) -> Face:
        return Face("ring", self.tr("To do"), "idle")

    # -- what happens

    async def _ask(self) -> None:
        """Something may have been found before this page was made."""
        bridge = self.context.bridge
        try:
            page = await bridge.call(bridge.client.items(ItemFilter(), limit=1))
        except ApiError:
            self._asked = False  # at the next tick again
            return
        if page.rows and self._item is None:
            self._item = page.rows[0]
            self.refresh()

    def _on_found(self, item: Item) -> None:
        if self._item is None:
            self._item = item
            self.refresh()

    def _add(self) -> None:
        AccountDialog(self.context, None, self.window()).open()

    def _import(self) -> None:
        ImportDialog(self.context, self.window()).open()

    def _open_account(self) -> None:
        if self._steps_of.account is not None:
            self.account_wanted.emit(self._steps_of.account.id)

    def _try_notification(self) -> None:
        self._tried = True
        self.notification_wanted.emit()
        self.refresh()

    def _open_item(self) -> None:
        if self._item is not None:
            self.item_wanted.emit(self._item.id)
