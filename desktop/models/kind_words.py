"""What kinds of items are called where several of them are meant."""

from PySide6.QtCore import QCoreApplication

from worker.protocol.states import ItemKind


def kind_names() -> dict[ItemKind, str]:
    """Return the name of every kind, in the language of the window and in the order in which they are offered."""
    translate = QCoreApplication.translate
    return {
        ItemKind.DIRECT_MESSAGE: translate("ItemKinds", "Direct messages"),
        ItemKind.COMMENT: translate("ItemKinds", "Comments"),
        ItemKind.MENTION: translate("ItemKinds", "Mentions"),
        ItemKind.MAIL: translate("ItemKinds", "Mail"),
        ItemKind.ENTRY: translate("ItemKinds", "Entries"),
        ItemKind.CHANGE: translate("ItemKinds", "Changes"),
        ItemKind.LINE: translate("ItemKinds", "Lines"),
        ItemKind.SYSTEM: translate("ItemKinds", "System"),
    }
