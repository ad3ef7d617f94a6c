"""Enter presses the button that has the focus, in a window as in a dialog."""

from PySide6.QtWidgets import QDialog, QPushButton, QWidget


def enter_presses(_left: QWidget | None, entered: QWidget | None) -> None:
    """Have Enter press ``entered`` too, as Space does. In a dialog it is the dialog that says what Enter does."""
    if isinstance(entered, QPushButton) and not isinstance(entered.window(), QDialog):
        entered.setAutoDefault(True)
