"""What the inbox says: its sentence, and what stands in for a list without rows."""

from dataclasses import replace

from PySide6.QtCore import QObject

from desktop.dialogs.context import Context
from desktop.models.accounts import now_ms
from desktop.models.inbox_filters import Wish
from desktop.models.items import ItemListModel
from desktop.models.pages import PagedListModel
from desktop.views.list_panes import Words
from master.api.schema import Item

JUST_NOW_MS = 1000


class InboxWords(QObject):
    """In the language of the window."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def sentence(self, wish: Wish, shown: PagedListModel[object]) -> str:
        """Return how much is unread, and how much of it is shown."""
        models = self._context.models
        parts = []
        if models.unread:
            parts += self._unread(wish, models.items)
        elif models.accounts.total == 0 and models.accounts.load_status.state == "ready":
            parts.append(self.tr("Nothing to watch yet."))
        else:
            parts.append(self.tr("All is read."))
        if wish.restricts and shown.next_cursor is None:
            parts.append(self.tr("%n shown", "", shown.rowCount()))
        elif wish.restricts:
            number = self._context.wording.number(shown.rowCount())
            parts.append(self.tr("first {count} shown").format(count=number))
        index = models.inbox.index
        if wish.query.strip() and index is not None and not index.complete:
            percent = self._context.wording.number(100 * index.done // max(1, index.total))
            parts.append(self.tr("older items are still being made searchable ({percent} %)").format(percent=percent))
        return " · ".join(parts)

    def _unread(self, wish: Wish, items: ItemListModel) -> list[str]:
        models = self._context.models
        words = self.tr("%n unread", "", models.unread)
        accounts = sum(1 for row in models.accounts.values() if row.unread)
        if accounts:
            words = self.tr("{unread} from {accounts}").format(
                unread=words, accounts=self.tr("%n account(s)", "", accounts)
            )
        newest = items.at(0)
        if newest is None or items.order != "newest" or wish.restricts:
            return [words]
        return [words, self._newest(newest)]

    def _newest(self, newest: Item) -> str:
        now = now_ms()
        if now - newest.detected_at < JUST_NOW_MS:
            return self.tr("newest just now")
        return self.tr("newest {age} ago").format(age=self._context.wording.ago(newest.detected_at, now))

    def first(self) -> Words:
        """Return what is said before anything was found."""
        if self._context.models.accounts.total == 0:
            words = self.tr("Add a mailbox or a feed. New messages appear here within seconds.")
            return "inbox", self.tr("No account is watched yet"), words, self.tr("Add account")
        words = self.tr("What was there before the first check is known, not new. New items appear here by themselves.")
        return "inbox", self.tr("Nothing new yet"), words, self.tr("Open Accounts")

    def nothing(self, wish: Wish) -> Words:
        """Return why a list is empty, and the way out."""
        if wish.query.strip():
            return "search", self.tr("Nothing fits this search"), "", self.tr("Clear the search")
        if wish.the_unread and not replace(wish, unread=None).narrows:
            return "done", self.tr("All is read"), "", self.tr("Show everything")
        if wish.restricts:
            return "search", self.tr("Nothing here"), "", self.tr("Show everything")
        return self.first()
