"""The base of dialogs that begin with a choice among cards, and go on with the fields of what was chosen."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.delegates.labels import PlainLabel
from desktop.dialogs.base import BaseDialog
from desktop.dialogs.context import Context
from desktop.dialogs.platform_cards import PlatformCards
from worker.protocol.manifest import Manifest


class ChooserDialog(BaseDialog):
    """Has *Back* to the cards, and a line over what is shown."""

    def __init__(self, context: Context, title: str, parent: QWidget | None = None) -> None:
        super().__init__(context, title, parent)
        self.cards: PlatformCards | None = None
        self._back = self.add_button(self.tr("Back"))
        self._back.clicked.connect(lambda _checked=False: self.begin())
        self.add_cancel()
        self.hint = PlainLabel(self)
        self.hint.setWordWrap(True)
        self.hint.setProperty("kind", "muted")
        self.body.addWidget(self.hint)

    def begin(self) -> None:
        """Let the person choose, now or again."""
        raise NotImplementedError

    def offer(self, offered: Sequence[Manifest], words: str, chosen: Callable[[str], object]) -> None:
        """Show the cards under ``words``; ``chosen`` is called with the id of one."""
        self.hint.setText(words)
        self.hint.show()
        self.cards = PlatformCards(list(offered), self.context.theme, self.context.wording, self)
        self.cards.chosen.connect(chosen)
        self.body.addWidget(self.cards)
        self.cards.focus_first()
        self._back.hide()
        self.show_problem("")
        self.fit()

    def drop_cards(self) -> bool:
        """Take the cards away; False when there were none."""
        if self.cards is None:
            return False
        self.cards.hide()
        self.cards.deleteLater()
        self.cards = None
        return True
