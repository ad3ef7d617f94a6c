"""What was told, what was not, and why: newest first, in pages that are asked for as the list is scrolled."""

from typing import Any

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication, QObject, Qt

from desktop.models.pages import PagedListModel
from desktop.models.rows import AnyIndex
from desktop.words import CELL_LENGTH, Face, Wording, cut_line, plain_tip
from master.api.notifications import Notification, NotificationFilter

STATES = ("pending", "read", "held", "suppressed", "snoozed", "dismissed")
"""In the order of the filter."""
KINDS = ("item", "alert", "job", "system")
SEEN = frozenset({"pending"})
"""States that wait to be seen."""


class NotificationWords:
    """What a notification is called and why it was not told, in the language of the window."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        translate = QCoreApplication.translate
        self._faces = {
            "pending": Face("dot", translate("NotificationWords", "New"), "accent"),
            "read": Face("ring", translate("NotificationWords", "Read"), "idle"),
            "held": Face("half", translate("NotificationWords", "Held"), "warn"),
            "suppressed": Face("bars", translate("NotificationWords", "Not told"), "idle"),
            "snoozed": Face("half", translate("NotificationWords", "Snoozed"), "idle"),
            "dismissed": Face("square", translate("NotificationWords", "Put away"), "idle"),
        }
        self._kinds = {
            "item": translate("NotificationWords", "Items"),
            "alert": translate("NotificationWords", "Alerts"),
            "job": translate("NotificationWords", "Jobs"),
            "system": translate("NotificationWords", "Watchkeeper"),
        }
        self._until = translate("NotificationWords", "until {time}")
        self._urgent = translate("NotificationWords", "urgent")
        self._silent = translate("NotificationWords", "silent")

    def face(self, row: Notification) -> Face:
        """Return how its state shows."""
        return self._faces.get(row.state) or Face("ring", row.state, "idle")

    def state(self, state: str) -> str:
        """Return the word of a state."""
        return self._faces[state].word

    def kind(self, kind: str) -> str:
        """Return the word of a kind."""
        return self._kinds.get(kind, kind)

    def title(self, row: Notification) -> str:
        """Return what it says first."""
        return self._wording.say(row.title)

    def body(self, row: Notification) -> str:
        """Return what it says below."""
        return self._wording.say(row.detail) if row.detail is not None else row.text

    def why(self, row: Notification) -> str:
        """Return why it was told as it was, or was not."""
        parts = []
        if row.level in ("urgent", "silent"):
            parts.append(self._urgent if row.level == "urgent" else self._silent)
        if row.reason is not None:
            parts.append(self._wording.say(row.reason))
        if row.snoozed_until_at is not None:
            parts.append(self._until.format(time=self._wording.minute(row.snoozed_until_at)))
        return " · ".join(parts)


class NotificationListModel(PagedListModel[Notification]):
    """The notifications that fit ``filter``."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = NotificationWords(wording)
        self.filter = NotificationFilter()

    def id_of(self, row: Notification) -> int:
        """The notification's id."""
        return row.id

    def fits(self, row: Notification) -> bool:
        """Whether it is of the state, the kind and the account that are shown."""
        wanted = self.filter
        return (
            wanted.state in (UNSET, row.state)
            and wanted.kind in (UNSET, row.kind)
            and wanted.account_id in (UNSET, row.account_id)
        )

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The notification, its title, all that it says."""
        row = self.at(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cut_line(self.words.title(row), CELL_LENGTH)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (self.words.face(row).word, self.words.title(row), self.words.body(row)[:120], self.words.why(row))
            return " · ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(part for part in (self.words.title(row), self.words.why(row)) if part))
        return super().data(index, role)
