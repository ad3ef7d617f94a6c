"""What was deleted, and a button that takes it back."""

from PySide6.QtCore import QCoreApplication, SignalInstance
from PySide6.QtWidgets import QWidget

from desktop.dialogs.context import Context
from desktop.dialogs.progress import working
from desktop.integration.returns import Back
from desktop.views.actions import Undo


def undo_by(context: Context, page: QWidget, back: Back) -> Undo:
    """Return a button that makes it again; ``page`` shows that it works."""
    return Undo(QCoreApplication.translate("Undo", "Undo"), lambda: working(context, page, back()))


def open_groups(context: Context, page: QWidget, offer: SignalInstance) -> None:
    """Open the groups; what was deleted in there can be taken back by a message once they are closed."""
    from desktop.dialogs.groups_dialog import GroupsDialog

    dialog = GroupsDialog(context, page.window())
    dialog.undo_left.connect(lambda words, back: offer.emit(words, "", "info", undo_by(context, page, back)))
    dialog.open()
